-- The value of an expression for a document, "missing", or MongoDB's error code.
CREATE FUNCTION pg_temp.try(expression text, document text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    RETURN coalesce(docdb.eval(expression::bson_value, document::bson)::text, 'missing');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
    RETURN coalesce((docdb.error_info(state)).code::text, state);
END
$$;

-- Cases whose result is not the expected one, and how many cases there are.
CREATE TEMP TABLE cases (n serial, expression text, document text DEFAULT '{}', expected text);
CREATE FUNCTION pg_temp.report() RETURNS TABLE (n int, expression text, document text, expected text, result text)
LANGUAGE sql AS $$
    SELECT c.n, c.expression, c.document, c.expected, t.result
    FROM pg_temp.cases AS c, LATERAL (SELECT pg_temp.try(c.expression, c.document) AS result) AS t
    WHERE t.result IS DISTINCT FROM c.expected ORDER BY c.n
$$;

-- A value of every type; the missing one is no field at all.
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

SELECT name, pg_temp.try('{"$bitAnd": [5, "$v"]}', '{' || field || '}') AS "and",
       pg_temp.try('{"$bitOr": ["$v", 8]}', '{' || field || '}') AS "or",
       pg_temp.try('{"$bitXor": ["$v", 5]}', '{' || field || '}') AS "xor",
       pg_temp.try('{"$bitNot": "$v"}', '{' || field || '}') AS "not"
FROM types ORDER BY n;

INSERT INTO cases (expression, document, expected) VALUES
    ('{"$bitAnd": ["$a", "$b"]}', '{"a": 0, "b": 127}', '0'),
    ('{"$bitAnd": ["$a", "$b"]}', '{"a": 3, "b": 5}', '1'),
    ('{"$bitOr": ["$a", "$b"]}', '{"a": 3, "b": 5}', '7'),
    ('{"$bitXor": ["$a", "$b"]}', '{"a": 3, "b": 5}', '6'),
    ('{"$bitAnd": [7, {"$numberLong": "3"}]}', '{}', '{"$numberLong": "3"}'),
    ('{"$bitAnd": [-1, {"$numberLong": "-4294967296"}]}', '{}', '-4294967296'),
    ('{"$bitOr": [-1, {"$numberLong": "0"}]}', '{}', '{"$numberLong": "-1"}'),
    ('{"$bitXor": [1, 2, 4, 1]}', '{}', '6'),
    ('{"$bitAnd": []}', '{}', '-1'),
    ('{"$bitOr": []}', '{}', '0'),
    ('{"$bitXor": []}', '{}', '0'),
    ('{"$bitXor": "$a"}', '{"a": 9}', '9'),
    ('{"$bitAnd": "$a"}', '{"a": [1, 2]}', '14'),
    ('{"$bitAnd": [[1, 2]]}', '{}', '14'),
    ('{"$bitAnd": [1, 12.0]}', '{}', '14'),
    ('{"$bitOr": [1, {"$numberDecimal": "12"}]}', '{}', '14'),
    ('{"$bitOr": [1, null, "x"]}', '{}', 'null'),
    ('{"$bitOr": ["x", "$a", null]}', '{"a": 1}', '14'),
    ('{"$bitNot": 0}', '{}', '-1'),
    ('{"$bitNot": {"$numberLong": "0"}}', '{}', '{"$numberLong": "-1"}'),
    ('{"$bitNot": 2147483647}', '{}', '-2147483648'),
    ('{"$bitNot": 12.5}', '{}', '14'),
    ('{"$bitNot": [1, 2]}', '{}', '16020');
SELECT * FROM pg_temp.report();
SELECT count(*) FROM cases;
