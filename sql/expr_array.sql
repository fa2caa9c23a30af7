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

SELECT name, pg_temp.try('{"$isArray": "$v"}', '{' || field || '}') AS is_array,
       pg_temp.try('{"$isNumber": "$v"}', '{' || field || '}') AS is_number,
       pg_temp.try('{"$type": "$v"}', '{' || field || '}') AS type,
       pg_temp.try('{"$size": "$v"}', '{' || field || '}') AS size
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$arrayElemAt": ["$v", 0]}', '{' || field || '}') AS array,
       pg_temp.try('{"$arrayElemAt": [[10, 20], "$v"]}', '{' || field || '}') AS index
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$first": "$v"}', '{' || field || '}') AS first,
       pg_temp.try('{"$last": "$v"}', '{' || field || '}') AS last
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$in": ["$v", [1, null, 7.0, "seven", [1, 2]]]}', '{' || field || '}') AS "in",
       pg_temp.try('{"$in": [1, "$v"]}', '{' || field || '}') AS "in v"
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$concatArrays": [[0], "$v"]}', '{' || field || '}') AS concat_arrays
FROM types ORDER BY n;

SELECT n, expression, pg_temp.try(expression, '{"a": [1, 2, 3], "e": [], "d": [{"x": 1}, {"x": 2}], "s": "x", "z": 0}')
FROM (VALUES
    (1, '{"$size": "$a"}'),
    (2, '{"$size": ["$a"]}'),
    (3, '{"$size": [[1, 2]]}'),
    (4, '{"$size": [["$a"]]}'),
    (5, '{"$size": "$e"}'),
    (6, '{"$size": "$d.x"}'),
    (7, '{"$size": [1, 2]}'),
    (8, '{"$size": []}'),
    (10, '{"$arrayElemAt": ["$a", 0]}'),
    (11, '{"$arrayElemAt": ["$a", 2]}'),
    (12, '{"$arrayElemAt": ["$a", 3]}'),
    (13, '{"$arrayElemAt": ["$a", -1]}'),
    (14, '{"$arrayElemAt": ["$a", -3]}'),
    (15, '{"$arrayElemAt": ["$a", -4]}'),
    (16, '{"$arrayElemAt": ["$a", 1.0]}'),
    (17, '{"$arrayElemAt": ["$a", {"$numberLong": "1"}]}'),
    (18, '{"$arrayElemAt": ["$a", {"$numberDecimal": "1"}]}'),
    (19, '{"$arrayElemAt": ["$a", 1.5]}'),
    (20, '{"$arrayElemAt": ["$a", {"$numberLong": "2147483648"}]}'),
    (21, '{"$arrayElemAt": ["$a", -2147483648]}'),
    (22, '{"$arrayElemAt": ["$a", {"$numberDouble": "NaN"}]}'),
    (23, '{"$arrayElemAt": ["$e", 0]}'),
    (24, '{"$arrayElemAt": ["$e", -1]}'),
    (25, '{"$arrayElemAt": ["$missing", "x"]}'),
    (26, '{"$arrayElemAt": ["$s", null]}'),
    (27, '{"$arrayElemAt": ["$d.x", 1]}'),
    (28, '{"$arrayElemAt": ["$a"]}'),
    (29, '{"$arrayElemAt": ["$a", 1, 2]}'),
    (30, '{"$first": "$a"}'),
    (31, '{"$last": "$a"}'),
    (32, '{"$first": "$e"}'),
    (33, '{"$last": "$e"}'),
    (34, '{"$first": [[5, 6]]}'),
    (35, '{"$last": [[5, 6]]}'),
    (36, '{"$first": [5, 6]}'),
    (40, '{"$in": [2, "$a"]}'),
    (41, '{"$in": [4, "$a"]}'),
    (42, '{"$in": [2.0, "$a"]}'),
    (43, '{"$in": ["$missing", [null]]}'),
    (44, '{"$in": [[1], [[1], 2]]}'),
    (45, '{"$in": [{"x": 1}, "$d"]}'),
    (46, '{"$in": [1, []]}'),
    (47, '{"$in": ["$z", ["$z", 1]]}'),
    (48, '{"$in": [1, 1]}'),
    (49, '{"$in": [1, "$missing"]}'),
    (50, '{"$in": [1]}'),
    (60, '{"$concatArrays": ["$a", [4], "$e", [[5]]]}'),
    (61, '{"$concatArrays": []}'),
    (62, '{"$concatArrays": ["$a"]}'),
    (63, '{"$concatArrays": "$a"}'),
    (64, '{"$concatArrays": ["$a", null, "$s"]}'),
    (65, '{"$concatArrays": ["$a", "$s", null]}'),
    (66, '{"$concatArrays": ["$a", "$missing"]}'),
    (67, '{"$concatArrays": [[1], [2], "$a", [3], {"$concatArrays": [[4], "$e", [5]]}]}'),
    (68, '{"$concatArrays": ["$missing", [1], "x"]}'),
    (70, '{"$isArray": ["$a"]}'),
    (71, '{"$isArray": [[1]]}'),
    (72, '{"$isArray": ["$s"]}'),
    (73, '{"$isArray": []}'),
    (74, '{"$isArray": [1, 2]}'),
    (75, '{"$type": [[]]}'),
    (76, '{"$type": {"$add": ["$z", 0.5]}}'),
    (77, '{"$type": ["$a", 1]}')
) AS t (n, expression) ORDER BY n;

-- $mergeObjects: fields stand where their name came first, with the last value.
SELECT name, pg_temp.try('{"$mergeObjects": [{"b": 1}, "$v"]}', '{' || field || '}') AS merge_objects,
       pg_temp.try('{"$mergeObjects": "$v"}', '{' || field || '}') AS alone
FROM types ORDER BY n;
SELECT n, expression, pg_temp.try(expression, '{"a": {"x": 1, "y": 2}, "b": {"y": 3, "z": 4}, "l": [{"p": 1}, {"q": 2}, null, {"p": 3}], "n": null}')
FROM (VALUES
    (1, '{"$mergeObjects": ["$a", "$b"]}'),
    (2, '{"$mergeObjects": ["$b", "$a"]}'),
    (3, '{"$mergeObjects": ["$a", {"x": null, "w": "$missing"}]}'),
    (4, '{"$mergeObjects": ["$a", {"x": {"deep": 1}}, {"x": {"other": 2}}]}'),
    (5, '{"$mergeObjects": "$l"}'),
    (6, '{"$mergeObjects": ["$l"]}'),
    (7, '{"$mergeObjects": []}'),
    (8, '{"$mergeObjects": ["$n", "$missing"]}'),
    (9, '{"$mergeObjects": ["$a", "$l"]}'),
    (10, '{"$mergeObjects": ["$$ROOT", {"a": 0, "extra": 1}]}'),
    (11, '{"$mergeObjects": [{"a": 1}, {"b": 2}]}')
) AS t (n, expression) ORDER BY n;
