-- The value of an expression for a document, "(missing)", or MongoDB's error code and message.
CREATE FUNCTION pg_temp.try(expression text, document text DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN coalesce(docdb.eval(expression::bson_value, document::bson)::text, '(missing)');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;

-- A value of every type, as text; the missing one is no field at all.
CREATE TEMP TABLE types (n int, name text, field text);
INSERT INTO types VALUES
    (1, 'missing', ''),
    (2, 'undefined', '"v": {"$undefined": true}'),
    (3, 'null', '"v": null'),
    (4, 'minKey', '"v": {"$minKey": 1}'),
    (5, 'int', '"v": 7'),
    (6, 'long', '"v": {"$numberLong": "7"}'),
    (7, 'double', '"v": 2.5'),
    (8, 'NaN', '"v": {"$numberDouble": "NaN"}'),
    (9, 'decimal', '"v": {"$numberDecimal": "2.50"}'),
    (10, 'string', '"v": "seven"'),
    (11, 'symbol', '"v": {"$symbol": "seven"}'),
    (12, 'object', '"v": {"a": 1}'),
    (13, 'array', '"v": [1, 2]'),
    (14, 'binData', '"v": {"$binary": {"base64": "AQI=", "subType": "00"}}'),
    (15, 'objectId', '"v": {"$oid": "0123456789abcdef01234567"}'),
    (16, 'bool', '"v": true'),
    (17, 'date', '"v": {"$date": "2020-01-02T03:04:05.678Z"}'),
    (18, 'timestamp', '"v": {"$timestamp": {"t": 5, "i": 6}}'),
    (19, 'regex', '"v": {"$regularExpression": {"pattern": "a", "options": "i"}}'),
    (20, 'dbPointer', '"v": {"$dbPointer": {"$ref": "c", "$id": {"$oid": "0123456789abcdef01234567"}}}'),
    (21, 'javascript', '"v": {"$code": "f()"}'),
    (22, 'javascriptWithScope', '"v": {"$code": "f()", "$scope": {"x": 1}}'),
    (23, 'maxKey', '"v": {"$maxKey": 1}');

SELECT name, pg_temp.try('{"$concat": ["a", "$v"]}', '{' || field || '}') AS concat
FROM types ORDER BY n;

SELECT n, expression, pg_temp.try(expression, '{"a": "one", "b": "zwei", "u": "日本", "e": "", "n": null, "i": 1}')
FROM (VALUES
    (1, '{"$concat": ["$a", " ", "$b"]}'),
    (2, '{"$concat": []}'),
    (3, '{"$concat": "$a"}'),
    (4, '{"$concat": ["$e", "$e"]}'),
    (5, '{"$concat": ["$u", "$a", "é"]}'),
    (6, '{"$concat": ["a\u0000b", "$a"]}'),
    (7, '{"$concat": ["$a", "$n", "$i"]}'),
    (8, '{"$concat": ["$a", "$i", "$n"]}'),
    (9, '{"$concat": ["$a", "$missing"]}'),
    (10, '{"$concat": ["x", "y", "$a", "z", {"$concat": ["1", "$b", "2"]}, "3"]}'),
    (11, '{"$concat": ["$a", ["b"]]}'),
    (12, '{"$concat": ["$n", "x", 5]}'),
    (13, '{"$concat": [null, 5]}')
) AS t (n, expression) ORDER BY n;

-- Longer than any document may be.
SELECT pg_temp.try('{"$concat": ["$v", "$v"]}', '{"v": "' || repeat('x', 9000000) || '"}');
