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

-- Every type as an operand, before and after a number.
SELECT name, pg_temp.try('{"$add": ["$v", 1]}', '{' || field || '}') AS "v + 1",
       pg_temp.try('{"$add": [1, "$v"]}', '{' || field || '}') AS "1 + v"
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$subtract": ["$v", 1]}', '{' || field || '}') AS "v - 1",
       pg_temp.try('{"$subtract": [1, "$v"]}', '{' || field || '}') AS "1 - v"
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$multiply": ["$v", 3]}', '{' || field || '}') AS "v * 3",
       pg_temp.try('{"$multiply": [3, "$v"]}', '{' || field || '}') AS "3 * v"
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$divide": ["$v", 2]}', '{' || field || '}') AS "v / 2",
       pg_temp.try('{"$divide": [10, "$v"]}', '{' || field || '}') AS "10 / v"
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$mod": ["$v", 2]}', '{' || field || '}') AS "v % 2",
       pg_temp.try('{"$mod": [10, "$v"]}', '{' || field || '}') AS "10 % v"
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$abs": "$v"}', '{' || field || '}') AS abs,
       pg_temp.try('{"$ceil": "$v"}', '{' || field || '}') AS ceil,
       pg_temp.try('{"$floor": "$v"}', '{' || field || '}') AS floor
FROM types ORDER BY n;

-- The type of the result is the widest of the operands'; integers that overflow widen.
SELECT n, expression, pg_temp.try(expression)
FROM (VALUES
    (1, '{"$add": []}'),
    (2, '{"$add": [5]}'),
    (3, '{"$add": 5}'),
    (4, '{"$add": [1, 2, 3]}'),
    (5, '{"$add": [2147483647, 1]}'),
    (6, '{"$add": [2147483647, 1, -5]}'),
    (7, '{"$add": [-2147483648, -1]}'),
    (8, '{"$add": [1, {"$numberLong": "2"}]}'),
    (9, '{"$add": [{"$numberLong": "9223372036854775807"}, 1]}'),
    (10, '{"$add": [{"$numberLong": "-9223372036854775808"}, -1]}'),
    (11, '{"$add": [{"$numberLong": "9223372036854775807"}, 1, -1]}'),
    (12, '{"$add": [1, 2.5]}'),
    (13, '{"$add": [0.1, 0.2]}'),
    (14, '{"$add": [{"$numberLong": "9007199254740993"}, 0.5]}'),
    (15, '{"$add": [1, {"$numberDecimal": "2.50"}]}'),
    (16, '{"$add": [0.1, {"$numberDecimal": "0.2"}]}'),
    (17, '{"$add": [{"$numberDecimal": "9.999999999999999999999999999999999E+6144"}, {"$numberDecimal": "9E+6144"}]}'),
    (18, '{"$add": [{"$numberDouble": "Infinity"}, {"$numberDouble": "-Infinity"}]}'),
    (19, '{"$add": [1, {"$numberDouble": "Infinity"}]}'),
    (20, '{"$add": [{"$numberDouble": "-0.0"}]}'),
    (21, '{"$add": [1, null, "x"]}'),
    (22, '{"$add": [1, "x", null]}'),
    (23, '{"$add": [1, [2]]}'),
    (30, '{"$multiply": []}'),
    (31, '{"$multiply": [5]}'),
    (32, '{"$multiply": [65536, 65536]}'),
    (33, '{"$multiply": [65536, 65536, 0]}'),
    (34, '{"$multiply": [{"$numberLong": "4294967296"}, {"$numberLong": "4294967296"}]}'),
    (35, '{"$multiply": [{"$numberLong": "-9223372036854775808"}, -1]}'),
    (36, '{"$multiply": [3, 1.5]}'),
    (37, '{"$multiply": [3, {"$numberDecimal": "1.50"}]}'),
    (38, '{"$multiply": [1.5, {"$numberDecimal": "2"}]}'),
    (39, '{"$multiply": [{"$numberDouble": "Infinity"}, 0]}'),
    (40, '{"$multiply": [2, null, "x"]}'),
    (41, '{"$multiply": [2, "x", null]}'),
    (50, '{"$subtract": [-2147483648, 1]}'),
    (51, '{"$subtract": [{"$numberLong": "-9223372036854775808"}, 1]}'),
    (52, '{"$subtract": [{"$numberLong": "5"}, 5]}'),
    (53, '{"$subtract": [1, 0.75]}'),
    (54, '{"$subtract": [1, {"$numberDecimal": "0.75"}]}'),
    (55, '{"$subtract": [null, "x"]}'),
    (56, '{"$subtract": ["x", null]}'),
    (57, '{"$subtract": ["x", "y"]}'),
    (60, '{"$divide": [1, 4]}'),
    (61, '{"$divide": [6, 3]}'),
    (62, '{"$divide": [1, {"$numberDecimal": "3"}]}'),
    (63, '{"$divide": [{"$numberLong": "9223372036854775807"}, 2]}'),
    (64, '{"$divide": [1, 0]}'),
    (65, '{"$divide": [1, {"$numberDouble": "-0.0"}]}'),
    (66, '{"$divide": [1, {"$numberLong": "0"}]}'),
    (67, '{"$divide": [1, {"$numberDecimal": "0.00"}]}'),
    (68, '{"$divide": [0, 5]}'),
    (69, '{"$divide": [1, {"$numberDouble": "Infinity"}]}'),
    (70, '{"$divide": ["x", null]}'),
    (71, '{"$divide": ["x", 0]}'),
    (80, '{"$mod": [17, 5]}'),
    (81, '{"$mod": [-17, 5]}'),
    (82, '{"$mod": [17, -5]}'),
    (83, '{"$mod": [-2147483648, -1]}'),
    (84, '{"$mod": [{"$numberLong": "-9223372036854775808"}, -1]}'),
    (85, '{"$mod": [17, {"$numberLong": "5"}]}'),
    (86, '{"$mod": [17, 2.5]}'),
    (87, '{"$mod": [5.5, 2]}'),
    (88, '{"$mod": [17, {"$numberDecimal": "2.50"}]}'),
    (89, '{"$mod": [-17, {"$numberDecimal": "5"}]}'),
    (90, '{"$mod": [1, 0]}'),
    (91, '{"$mod": [1.5, 0]}'),
    (92, '{"$mod": [1, {"$numberDecimal": "0"}]}'),
    (93, '{"$mod": [{"$numberDouble": "Infinity"}, 2]}'),
    (94, '{"$mod": ["x", null]}'),
    (100, '{"$abs": -5}'),
    (101, '{"$abs": [-5]}'),
    (102, '{"$abs": -2147483648}'),
    (103, '{"$abs": {"$numberLong": "-5"}}'),
    (104, '{"$abs": {"$numberLong": "-9223372036854775808"}}'),
    (105, '{"$abs": -2.5}'),
    (106, '{"$abs": {"$numberDouble": "-Infinity"}}'),
    (107, '{"$abs": {"$numberDecimal": "-2.50"}}'),
    (110, '{"$ceil": 2.1}'),
    (111, '{"$ceil": -2.1}'),
    (112, '{"$ceil": {"$numberDecimal": "2.1"}}'),
    (113, '{"$ceil": {"$numberDecimal": "-2.1"}}'),
    (114, '{"$ceil": {"$numberLong": "3"}}'),
    (115, '{"$floor": 2.9}'),
    (116, '{"$floor": -2.1}'),
    (117, '{"$floor": {"$numberDecimal": "-2.1"}}'),
    (118, '{"$floor": {"$numberDecimal": "Infinity"}}')
) AS t (n, expression) ORDER BY n;

-- Dates: one of them in a sum, numbers in milliseconds, fractions rounded.
SELECT n, expression, pg_temp.try(expression, '{"d": {"$date": "2020-01-01T00:00:00Z"}, "e": {"$date": "2020-01-02T00:00:00Z"}}')
FROM (VALUES
    (1, '{"$add": ["$d", 1000]}'),
    (2, '{"$add": [1000, "$d"]}'),
    (3, '{"$add": [1, "$d", {"$numberLong": "2"}]}'),
    (4, '{"$add": ["$d", 1.5]}'),
    (5, '{"$add": ["$d", -1.5]}'),
    (6, '{"$add": [0.5, 0.5, "$d"]}'),
    (7, '{"$add": ["$d", 0.5, 0.5]}'),
    (8, '{"$add": ["$d", {"$numberDecimal": "2.5"}]}'),
    (9, '{"$add": ["$d", {"$numberDecimal": "3.5"}]}'),
    (10, '{"$add": ["$d", "$e"]}'),
    (11, '{"$add": ["$d", null]}'),
    (12, '{"$add": ["$d", {"$numberLong": "9223372036854775807"}]}'),
    (13, '{"$add": ["$d", 1e300]}'),
    (14, '{"$add": ["$d", {"$numberDouble": "NaN"}]}'),
    (15, '{"$add": ["$d", {"$numberDecimal": "NaN"}]}'),
    (16, '{"$add": ["$d"]}'),
    (20, '{"$subtract": ["$e", "$d"]}'),
    (21, '{"$subtract": ["$d", "$e"]}'),
    (22, '{"$subtract": ["$d", 1]}'),
    (23, '{"$subtract": ["$d", 1.5]}'),
    (24, '{"$subtract": ["$d", {"$numberDecimal": "1.5"}]}'),
    (25, '{"$subtract": ["$d", {"$numberLong": "-9223372036854775808"}]}'),
    (26, '{"$subtract": [1, "$d"]}'),
    (27, '{"$subtract": ["$d", "x"]}'),
    (28, '{"$subtract": ["x", "$d"]}'),
    (29, '{"$subtract": ["$d", null]}'),
    (30, '{"$multiply": ["$d", 2]}'),
    (31, '{"$divide": ["$d", 2]}'),
    (32, '{"$mod": ["$d", 2]}')
) AS t (n, expression) ORDER BY n;

-- Operands that are not constant give the same results as folded ones.
SELECT n, expression, pg_temp.try(expression, '{"i": 2147483647, "l": {"$numberLong": "9223372036854775807"}, "f": 0.5, "z": 0, "s": "x"}')
FROM (VALUES
    (1, '{"$add": ["$i", 1]}'),
    (2, '{"$add": [1, 2, "$i", 3, 4]}'),
    (3, '{"$add": ["$l", "$i", "$f"]}'),
    (4, '{"$add": ["$l", "$l"]}'),
    (5, '{"$multiply": [2, 3, "$i"]}'),
    (6, '{"$multiply": ["$l", "$l", 0]}'),
    (7, '{"$divide": [1, "$z"]}'),
    (8, '{"$mod": [1, "$z"]}'),
    (9, '{"$add": [1, "x", "$i"]}'),
    (10, '{"$add": ["$missing", "x"]}'),
    (11, '{"$add": ["$missing", {"$divide": [1, "$z"]}]}'),
    (12, '{"$add": ["$s", "$missing"]}'),
    (13, '{"$subtract": ["$i", {"$multiply": ["$i", 2]}]}')
) AS t (n, expression) ORDER BY n;
