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

SELECT name, pg_temp.try('{"$percentile": {"input": "$v", "p": [0.5, 1], "method": "approximate"}}', '{' || field || '}') AS percentile,
       pg_temp.try('{"$median": {"input": ["$v", 1], "method": "approximate"}}', '{' || field || '}') AS median
FROM types ORDER BY n;

INSERT INTO cases (expression, document, expected) VALUES
    ('{"$percentile": {"input": [1, 2, 3, 4], "p": [0.5, 0.75, 0, 1], "method": "approximate"}}', '{}', '[2.0, 3.0, 1.0, 4.0]'),
    ('{"$percentile": {"input": ["$a", "$b", "$c"], "p": [0.5, 0.95], "method": "approximate"}}', '{"a": 99, "b": 45, "c": 67}', '[67.0, 99.0]'),
    ('{"$percentile": {"input": [5, "x", null, {"$numberDecimal": "2.5"}, {"$numberLong": "7"}], "p": [0.5], "method": "approximate"}}', '{}', '[5.0]'),
    ('{"$percentile": {"input": [], "p": [0.5, 1], "method": "approximate"}}', '{}', '[null, null]'),
    ('{"$percentile": {"input": ["x"], "p": [0.5], "method": "approximate"}}', '{}', '[null]'),
    ('{"$percentile": {"input": 7, "p": [0.1, 0.2], "method": "approximate"}}', '{}', '[7.0, 7.0]'),
    ('{"$percentile": {"input": [{"$numberDouble": "Infinity"}, 1, {"$numberDouble": "-Infinity"}], "p": [0, 0.5, 1], "method": "approximate"}}', '{}', '[{"$numberDouble": "-Infinity"}, 1.0, {"$numberDouble": "Infinity"}]'),
    ('{"$percentile": {"input": [{"$numberDouble": "NaN"}, 1, 2], "p": [0.5, 1], "method": "approximate"}}', '{}', '[1.0, 2.0]'),
    ('{"$percentile": {"input": [1], "p": [{"$divide": [1, 2]}], "method": "approximate"}}', '{}', '[1.0]'),
    ('{"$median": {"input": [3, 1, 2], "method": "approximate"}}', '{}', '2.0'),
    ('{"$median": {"input": [4, 3, 1, 2], "method": "approximate"}}', '{}', '2.0'),
    ('{"$median": {"input": "$nope", "method": "approximate"}}', '{}', 'null'),
    ('{"$percentile": 5}', '{}', '7436200'),
    ('{"$median": [1]}', '{}', '7436201'),
    ('{"$percentile": {"input": [1], "p": [0.5], "method": "discrete"}}', '{}', '2'),
    ('{"$percentile": {"input": [1], "p": [0.5], "method": 5}}', '{}', '14'),
    ('{"$percentile": {"input": [1], "p": [0.5]}}', '{}', '40414'),
    ('{"$percentile": {"p": [0.5], "method": "approximate"}}', '{}', '40414'),
    ('{"$percentile": {"input": [1], "p": [0.5], "method": "approximate", "x": 1}}', '{}', '40415'),
    ('{"$percentile": {"input": [1], "p": "$a", "method": "approximate"}}', '{"a": [0.5]}', '7750300'),
    ('{"$percentile": {"input": [1], "p": [], "method": "approximate"}}', '{}', '7750301'),
    ('{"$percentile": {"input": [1], "p": 0.5, "method": "approximate"}}', '{}', '7750301'),
    ('{"$percentile": {"input": [1], "p": ["x"], "method": "approximate"}}', '{}', '7750302'),
    ('{"$percentile": {"input": [1], "p": [-0.1], "method": "approximate"}}', '{}', '7750303');
SELECT * FROM pg_temp.report();
SELECT count(*) FROM cases;
