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

SELECT name, pg_temp.try('{"$setUnion": [[3], "$v"]}', '{' || field || '}') AS set_union,
       pg_temp.try('{"$setIntersection": ["$v", [2]]}', '{' || field || '}') AS intersection,
       pg_temp.try('{"$setDifference": ["$v", [2]]}', '{' || field || '}') AS difference,
       pg_temp.try('{"$setDifference": [[2], "$v"]}', '{' || field || '}') AS difference_2,
       pg_temp.try('{"$setIsSubset": ["$v", [1, 2]]}', '{' || field || '}') AS subset,
       pg_temp.try('{"$setIsSubset": [[1], "$v"]}', '{' || field || '}') AS superset,
       pg_temp.try('{"$setEquals": ["$v", [2, 1]]}', '{' || field || '}') AS equals,
       pg_temp.try('{"$allElementsTrue": "$v"}', '{' || field || '}') AS all_true,
       pg_temp.try('{"$anyElementTrue": ["$v"]}', '{' || field || '}') AS any_true,
       pg_temp.try('{"$anyElementTrue": [["$v"]]}', '{' || field || '}') AS is_true
FROM types ORDER BY n;

INSERT INTO cases (expression, document, expected) VALUES
    ('{"$setUnion": [["b", "a"], ["c", "b"]]}', '{}', '["a", "b", "c"]'),
    ('{"$setUnion": ["$a", [2, "x", null]]}', '{"a": [3, 1, 2, 1]}', '[null, 1, 2, 3, "x"]'),
    ('{"$setUnion": []}', '{}', '[]'),
    ('{"$setUnion": [["a", "a"]]}', '{}', '["a"]'),
    ('{"$setUnion": "$a"}', '{"a": [2, 1]}', '[1, 2]'),
    ('{"$setUnion": [[1, {"$numberLong": "1"}, 1.0], [{"$numberDecimal": "1"}]]}', '{}', '[1]'),
    ('{"$setUnion": [[[1, 2]], [[2, 1], [1, 2]]]}', '{}', '[[1, 2], [2, 1]]'),
    ('{"$setUnion": [[{"a": 1, "b": 2}], [{"b": 2, "a": 1}]]}', '{}', '[{"a": 1, "b": 2}, {"b": 2, "a": 1}]'),
    ('{"$setUnion": ["$a", null, "x"]}', '{"a": [1]}', 'null'),
    ('{"$setUnion": ["x", "$a", null]}', '{"a": [1]}', '17043'),
    ('{"$setUnion": ["$nope", 5]}', '{}', 'null'),
    ('{"$setIntersection": [["a", "b"], ["b", "c"]]}', '{}', '["b"]'),
    ('{"$setIntersection": ["$a", [3, 2], [2, 3, 4]]}', '{"a": [3, 1, 2, 2]}', '[2, 3]'),
    ('{"$setIntersection": [["a"], []]}', '{}', '[]'),
    ('{"$setIntersection": []}', '{}', '[]'),
    ('{"$setIntersection": [[1, 1]]}', '{}', '[1]'),
    ('{"$setIntersection": [[], 5]}', '{}', '17047'),
    ('{"$setIntersection": [[1, 2, 3], [3.0]]}', '{}', '[3.0]'),
    ('{"$setIntersection": [[3], [3.0, 4]]}', '{}', '[3]'),
    ('{"$setIntersection": [[["a", "b"]], ["a", "b"]]}', '{}', '[]'),
    ('{"$setDifference": [["a", "b", "a", "c"], ["b"]]}', '{}', '["a", "c"]'),
    ('{"$setDifference": [[3, 1, 2, 1, 3], []]}', '{}', '[3, 1, 2]'),
    ('{"$setDifference": [[1.0, 2], [1]]}', '{}', '[2]'),
    ('{"$setDifference": [[["a", "b"]], ["a", "b"]]}', '{}', '[["a", "b"]]'),
    ('{"$setDifference": [null, "x"]}', '{}', 'null'),
    ('{"$setDifference": [[1]]}', '{}', '16020'),
    ('{"$setDifference": [[1], [2], [3]]}', '{}', '16020'),
    ('{"$setIsSubset": [[], []]}', '{}', 'true'),
    ('{"$setIsSubset": [["a", "a"], ["b", "a"]]}', '{}', 'true'),
    ('{"$setIsSubset": [["a", "c"], ["b", "a"]]}', '{}', 'false'),
    ('{"$setIsSubset": [["a", "b"], [["a", "b"]]]}', '{}', 'false'),
    ('{"$setIsSubset": ["$a", null]}', '{"a": [1]}', '17311'),
    ('{"$setIsSubset": ["$a", "$b"]}', '{"a": 5, "b": 5}', '17046'),
    ('{"$setIsSubset": ["$a", "$b"]}', '{"a": [5], "b": 5}', '17042'),
    ('{"$setIsSubset": ["$a", {"$divide": [1, "$zero"]}]}', '{"a": 5, "zero": 0}', '17046'),
    ('{"$setIsSubset": [[1]]}', '{}', '16020'),
    ('{"$setEquals": [["a", "b", "a"], ["b", "a"]]}', '{}', 'true'),
    ('{"$setEquals": [["a", "b"], [["a", "b"]]]}', '{}', 'false'),
    ('{"$setEquals": [[1], [1.0], "$a"]}', '{"a": [1, 1]}', 'true'),
    ('{"$setEquals": ["$a", "$b", "$c"]}', '{"a": [1], "b": [2], "c": 5}', 'false'),
    ('{"$setEquals": ["$a", "$b", "$c"]}', '{"a": [1], "b": [1], "c": 5}', '17044'),
    ('{"$setEquals": ["$a", null]}', '{"a": [1]}', '5887502'),
    ('{"$setEquals": [[1], 5]}', '{}', '5887502'),
    ('{"$setEquals": ["$a", "$nope"]}', '{"a": [1]}', '17044'),
    ('{"$setEquals": [[1]]}', '{}', '17045'),
    ('{"$setEquals": []}', '{}', '17045'),
    ('{"$allElementsTrue": [[true, 1, "x", []]]}', '{}', 'true'),
    ('{"$allElementsTrue": [[true, 0]]}', '{}', 'false'),
    ('{"$allElementsTrue": [[]]}', '{}', 'true'),
    ('{"$allElementsTrue": [[null]]}', '{}', 'false'),
    ('{"$allElementsTrue": [[[false]]]}', '{}', 'true'),
    ('{"$allElementsTrue": [[1], [2]]}', '{}', '16020'),
    ('{"$allElementsTrue": []}', '{}', '16020'),
    ('{"$anyElementTrue": [[false, 0, null, 0.0]]}', '{}', 'false'),
    ('{"$anyElementTrue": [[false, -0.5]]}', '{}', 'true'),
    ('{"$anyElementTrue": [[]]}', '{}', 'false'),
    ('{"$anyElementTrue": [[[false]]]}', '{}', 'true'),
    ('{"$anyElementTrue": [[{"$numberDouble": "NaN"}]]}', '{}', 'true');
SELECT * FROM pg_temp.report();
SELECT count(*) FROM cases;

-- Many elements.
SELECT docdb.eval('{"$size": {"$setIntersection": [{"$range": [0, 30000]}, {"$range": [20000, 70000]}]}}', '{}') AS intersection,
       docdb.eval('{"$slice": [{"$setUnion": [{"$reverseArray": {"$range": [0, 30000]}}, {"$range": [20000, 70000]}]}, -2]}', '{}') AS last,
       docdb.eval('{"$setEquals": [{"$range": [0, 30000]}, {"$reverseArray": {"$range": [0, 30000]}}]}', '{}') AS equal;
