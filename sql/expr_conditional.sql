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

-- $cond takes any value as its condition; $ifNull passes over null, undefined and missing.
SELECT name, pg_temp.try('{"$cond": ["$v", "then", "else"]}', '{' || field || '}') AS cond,
       pg_temp.try('{"$ifNull": ["$v", "replaced"]}', '{' || field || '}') AS if_null,
       pg_temp.try('{"$switch": {"branches": [{"case": "$v", "then": "then"}], "default": "default"}}',
                   '{' || field || '}') AS switch
FROM types ORDER BY n;

SELECT n, expression, pg_temp.try(expression, '{"t": true, "f": false, "z": 0, "a": 5, "n": null}')
FROM (VALUES
    (1, '{"$cond": [true, 1, 2]}'),
    (2, '{"$cond": [false, 1, 2]}'),
    (3, '{"$cond": {"if": "$t", "then": 1, "else": 2}}'),
    (4, '{"$cond": {"else": 2, "then": 1, "if": "$f"}}'),
    (5, '{"$cond": ["$t", "$missing", 2]}'),
    (6, '{"$cond": [{"$gt": ["$a", 3]}, {"$add": ["$a", 1]}, {"$divide": [1, "$z"]}]}'),
    (7, '{"$cond": [{"$gt": ["$a", 9]}, {"$divide": [1, "$z"]}, "$a"]}'),
    (8, '{"$cond": [true, 1, {"$divide": [1, 0]}]}'),
    (9, '{"x": {"$cond": ["$t", "$missing", 2]}}'),
    (10, '{"$cond": ["$t", "$$REMOVE", 2]}'),
    (11, '{"$cond": []}'),
    (12, '{"$cond": [1, 2]}'),
    (13, '{"$cond": [1, 2, 3, 4]}'),
    (14, '{"$cond": "$t"}'),
    (15, '{"$cond": {"then": 1, "else": 2}}'),
    (16, '{"$cond": {"if": 1, "else": 2}}'),
    (17, '{"$cond": {"if": 1, "then": 2}}'),
    (18, '{"$cond": {"if": 1, "then": 2, "else": 3, "other": 4}}'),
    (19, '{"$cond": {}}'),
    (20, '{"$cond": {"$add": [1, 2]}}'),
    (30, '{"$ifNull": ["$n", "$missing", "$a"]}'),
    (31, '{"$ifNull": ["$a", {"$divide": [1, "$z"]}]}'),
    (32, '{"$ifNull": ["$n", {"$divide": [1, "$z"]}]}'),
    (33, '{"$ifNull": ["$n", "$missing"]}'),
    (34, '{"$ifNull": [null, null]}'),
    (35, '{"$ifNull": [null, 1, {"$divide": [1, "$z"]}]}'),
    (36, '{"$ifNull": [false, 1]}'),
    (37, '{"$ifNull": [0, 1]}'),
    (38, '{"$ifNull": [1, {"$divide": [1, 0]}]}'),
    (39, '{"$ifNull": [null, "$a", 1]}'),
    (40, '{"$ifNull": []}'),
    (41, '{"$ifNull": ["$a"]}'),
    (42, '{"$ifNull": "$a"}'),
    (50, '{"$switch": {"branches": [{"case": "$f", "then": 1}, {"case": "$t", "then": 2}, {"case": "$t", "then": 3}]}}'),
    (51, '{"$switch": {"branches": [{"case": "$f", "then": 1}]}}'),
    (52, '{"$switch": {"branches": [{"case": "$f", "then": 1}], "default": "$a"}}'),
    (53, '{"$switch": {"branches": [{"then": {"$divide": [1, "$z"]}, "case": "$f"}, {"case": "$t", "then": "$missing"}]}}'),
    (54, '{"$switch": {"branches": [{"case": true, "then": "$a"}, {"case": true, "then": {"$divide": [1, 0]}}]}}'),
    (55, '{"$switch": {"branches": [{"case": false, "then": {"$divide": [1, 0]}}, {"case": "$t", "then": 7}]}}'),
    (56, '{"$switch": {"branches": [{"case": false, "then": 1}]}}'),
    (57, '{"$switch": {"branches": [{"case": false, "then": 1}], "default": 2}}'),
    (58, '{"$switch": {"branches": [{"case": "$f", "then": 1}, {"case": 1, "then": 2}, {"case": "$t", "then": 3}], "default": 4}}'),
    (59, '{"$switch": {"branches": []}}'),
    (60, '{"$switch": {"branches": [], "default": 1}}'),
    (61, '{"$switch": {"default": 1}}'),
    (62, '{"$switch": {}}'),
    (63, '{"$switch": [1]}'),
    (64, '{"$switch": {"branches": 1}}'),
    (65, '{"$switch": {"branches": [1]}}'),
    (66, '{"$switch": {"branches": [{"case": 1}]}}'),
    (67, '{"$switch": {"branches": [{"then": 1}]}}'),
    (68, '{"$switch": {"branches": [{}]}}'),
    (69, '{"$switch": {"branches": [{"case": 1, "then": 1, "other": 1}]}}'),
    (70, '{"$switch": {"branches": [{"case": 1, "then": 1}], "other": 1}}')
) AS t (n, expression) ORDER BY n;
