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

SELECT name, pg_temp.try('{"$round": "$v"}', '{' || field || '}') AS round,
       pg_temp.try('{"$trunc": ["$v", 0]}', '{' || field || '}') AS trunc,
       pg_temp.try('{"$round": [123.456, "$v"]}', '{' || field || '}') AS places
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$pow": ["$v", 2]}', '{' || field || '}') AS base,
       pg_temp.try('{"$pow": [2, "$v"]}', '{' || field || '}') AS exponent
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$sqrt": "$v"}', '{' || field || '}') AS sqrt,
       pg_temp.try('{"$exp": "$v"}', '{' || field || '}') AS exp
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$ln": "$v"}', '{' || field || '}') AS ln,
       pg_temp.try('{"$log10": "$v"}', '{' || field || '}') AS log10
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$log": ["$v", 2]}', '{' || field || '}') AS number,
       pg_temp.try('{"$log": [8, "$v"]}', '{' || field || '}') AS base
FROM types ORDER BY n;

SELECT n, expression, pg_temp.try(expression)
FROM (VALUES
    (1, '{"$round": 2.5}'),
    (2, '{"$round": 3.5}'),
    (3, '{"$round": -2.5}'),
    (4, '{"$round": [1234.5678, 2]}'),
    (5, '{"$round": [1234.5678, -2]}'),
    (6, '{"$round": [1.005, 2]}'),
    (7, '{"$round": [1234, 2]}'),
    (8, '{"$round": [1250, -2]}'),
    (9, '{"$round": [1350, -2]}'),
    (10, '{"$round": [2147483647, -1]}'),
    (11, '{"$round": [{"$numberLong": "9223372036854775807"}, -1]}'),
    (12, '{"$round": [{"$numberLong": "15"}, -1]}'),
    (13, '{"$round": [{"$numberDecimal": "2.345"}, 2]}'),
    (14, '{"$round": [{"$numberDecimal": "2.5"}, 3]}'),
    (15, '{"$round": {"$numberDecimal": "1E+40"}}'),
    (16, '{"$round": {"$numberDecimal": "-Infinity"}}'),
    (17, '{"$round": {"$numberDouble": "Infinity"}}'),
    (18, '{"$round": 1e300}'),
    (19, '{"$round": [1.5, 100]}'),
    (20, '{"$round": [1.5, 101]}'),
    (21, '{"$round": [1.5, -20]}'),
    (22, '{"$round": [1.5, -21]}'),
    (23, '{"$round": [1.5, 0.5]}'),
    (24, '{"$round": [1.5, 1.0]}'),
    (25, '{"$round": [1.5, "x"]}'),
    (26, '{"$round": ["x", null]}'),
    (27, '{"$round": [null, "x"]}'),
    (28, '{"$round": []}'),
    (29, '{"$round": [1, 2, 3]}'),
    (30, '{"$trunc": 2.9}'),
    (31, '{"$trunc": -2.9}'),
    (32, '{"$trunc": [1234.5678, 2]}'),
    (33, '{"$trunc": [1299, -2]}'),
    (34, '{"$trunc": [{"$numberDecimal": "-2.349"}, 2]}'),
    (35, '{"$trunc": {"$numberDouble": "-0.5"}}'),
    (40, '{"$pow": [2, 10]}'),
    (41, '{"$pow": [2, 31]}'),
    (42, '{"$pow": [2, 62]}'),
    (43, '{"$pow": [2, 63]}'),
    (44, '{"$pow": [-2, 63]}'),
    (45, '{"$pow": [-2, 64]}'),
    (46, '{"$pow": [3, 39]}'),
    (47, '{"$pow": [3, 40]}'),
    (48, '{"$pow": [{"$numberLong": "2"}, 2]}'),
    (49, '{"$pow": [2, -1]}'),
    (50, '{"$pow": [-1, -3]}'),
    (51, '{"$pow": [-1, {"$numberLong": "-4"}]}'),
    (52, '{"$pow": [1, 1000000]}'),
    (53, '{"$pow": [0, 0]}'),
    (54, '{"$pow": [0, 5]}'),
    (55, '{"$pow": [0, -1]}'),
    (56, '{"$pow": [0.0, -1]}'),
    (57, '{"$pow": [2, 0.5]}'),
    (58, '{"$pow": [-8, 0.5]}'),
    (59, '{"$pow": [{"$numberDecimal": "2"}, 3]}'),
    (60, '{"$pow": [{"$numberDecimal": "3"}, 3]}'),
    (61, '{"$pow": [10, {"$numberDecimal": "-2"}]}'),
    (62, '{"$pow": [{"$numberDecimal": "0"}, -1]}'),
    (63, '{"$pow": ["x", null]}'),
    (64, '{"$pow": ["x", "y"]}'),
    (65, '{"$pow": [1]}'),
    (70, '{"$sqrt": 25}'),
    (71, '{"$sqrt": 2}'),
    (72, '{"$sqrt": {"$numberDecimal": "2"}}'),
    (73, '{"$sqrt": -1}'),
    (74, '{"$sqrt": {"$numberDecimal": "-1"}}'),
    (75, '{"$sqrt": {"$numberDouble": "-0.0"}}'),
    (76, '{"$exp": 0}'),
    (77, '{"$exp": {"$numberDecimal": "1"}}'),
    (78, '{"$exp": 1000}'),
    (79, '{"$exp": {"$numberDouble": "-Infinity"}}'),
    (80, '{"$ln": 1}'),
    (81, '{"$ln": {"$numberDecimal": "10"}}'),
    (82, '{"$ln": 0}'),
    (83, '{"$ln": -1.5}'),
    (84, '{"$ln": {"$numberDecimal": "-1"}}'),
    (85, '{"$ln": {"$numberDouble": "Infinity"}}'),
    (86, '{"$log10": 100}'),
    (87, '{"$log10": {"$numberDecimal": "1000"}}'),
    (88, '{"$log10": 0}'),
    (90, '{"$log": [8, 2]}'),
    (91, '{"$log": [100, 10]}'),
    (92, '{"$log": [{"$numberDecimal": "8"}, 2]}'),
    (93, '{"$log": [{"$numberDecimal": "9"}, {"$numberDecimal": "3"}]}'),
    (94, '{"$log": [0, 2]}'),
    (95, '{"$log": [8, 1]}'),
    (96, '{"$log": [8, 0]}'),
    (97, '{"$log": [8, -2]}'),
    (98, '{"$log": [{"$numberDouble": "NaN"}, 2]}'),
    (99, '{"$log": [8, {"$numberDouble": "NaN"}]}'),
    (100, '{"$log": ["x", null]}'),
    (101, '{"$log": ["x", "y"]}'),
    (102, '{"$log": [8, "y"]}')
) AS t (n, expression) ORDER BY n;
