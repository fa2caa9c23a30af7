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

-- The order across types: each of them compared with all others, as a line of < = >.
SELECT a.name, string_agg(CASE pg_temp.try('{"$cmp": ["$v", "$w"]}',
                                    format('{%s}', concat_ws(',', nullif(a.field, ''),
                                                             nullif(replace(b.field, '"v"', '"w"'), ''))))
                          WHEN '-1' THEN '<' WHEN '0' THEN '=' WHEN '1' THEN '>' ELSE '?' END,
                          '' ORDER BY b.n) AS against
FROM types a, types b GROUP BY a.n, a.name ORDER BY a.n;

-- The other operators agree with $cmp.
SELECT count(*) AS pairs, count(*) FILTER (WHERE
           (eq = 'true') IS DISTINCT FROM (cmp = '0') OR (ne = 'true') IS DISTINCT FROM (cmp <> '0') OR
           (lt = 'true') IS DISTINCT FROM (cmp = '-1') OR (lte = 'true') IS DISTINCT FROM (cmp <> '1') OR
           (gt = 'true') IS DISTINCT FROM (cmp = '1') OR (gte = 'true') IS DISTINCT FROM (cmp <> '-1'))
           AS disagreeing
FROM types a, types b,
     LATERAL (SELECT format('{%s}', concat_ws(',', nullif(a.field, ''),
                                              nullif(replace(b.field, '"v"', '"w"'), '')))) AS d (doc),
     LATERAL (SELECT pg_temp.try('{"$cmp": ["$v", "$w"]}', doc), pg_temp.try('{"$eq": ["$v", "$w"]}', doc),
                     pg_temp.try('{"$ne": ["$v", "$w"]}', doc), pg_temp.try('{"$lt": ["$v", "$w"]}', doc),
                     pg_temp.try('{"$lte": ["$v", "$w"]}', doc), pg_temp.try('{"$gt": ["$v", "$w"]}', doc),
                     pg_temp.try('{"$gte": ["$v", "$w"]}', doc)) AS r (cmp, eq, ne, lt, lte, gt, gte);

SELECT n, expression, pg_temp.try(expression, '{"a": [1, 2], "d": {"x": 1, "y": 2}, "n": null}')
FROM (VALUES
    (1, '{"$eq": [1, 1.0]}'),
    (2, '{"$eq": [1, {"$numberLong": "1"}]}'),
    (3, '{"$eq": [0.1, {"$numberDecimal": "0.1"}]}'),
    (4, '{"$eq": [0.5, {"$numberDecimal": "0.50"}]}'),
    (5, '{"$lt": [{"$numberLong": "9007199254740992"}, {"$numberLong": "9007199254740993"}]}'),
    (6, '{"$eq": [{"$numberDouble": "9007199254740992"}, {"$numberLong": "9007199254740993"}]}'),
    (7, '{"$eq": [{"$numberDouble": "NaN"}, {"$numberDouble": "NaN"}]}'),
    (8, '{"$lt": [{"$numberDouble": "NaN"}, {"$numberDouble": "-Infinity"}]}'),
    (9, '{"$eq": [0.0, {"$numberDouble": "-0.0"}]}'),
    (10, '{"$eq": ["$n", "$missing"]}'),
    (11, '{"$lt": ["$missing", "$n"]}'),
    (12, '{"$eq": ["$missing", "$missing2"]}'),
    (13, '{"$eq": ["$a", [1, 2]]}'),
    (14, '{"$eq": ["$a", 1]}'),
    (15, '{"$lt": [[1, 2], [1, 3]]}'),
    (16, '{"$lt": [[1, 2], [1, 2, 0]]}'),
    (17, '{"$eq": ["$d", {"x": 1, "y": 2}]}'),
    (18, '{"$eq": ["$d", {"y": 2, "x": 1}]}'),
    (19, '{"$lt": [{"$literal": {"x": 1}}, {"$literal": {"y": 0}}]}'),
    (20, '{"$lt": ["a", "B"]}'),
    (21, '{"$lt": ["a", "ab"]}'),
    (22, '{"$lt": ["", "\u0000"]}'),
    (23, '{"$gt": [false, true]}'),
    (24, '{"$cmp": ["b", "a"]}'),
    (25, '{"$cmp": [[], {}]}'),
    (26, '{"$eq": [1]}'),
    (27, '{"$eq": [1, 2, 3]}'),
    (28, '{"$eq": "$a"}'),
    (29, '{"$cmp": []}')
) AS t (n, expression) ORDER BY n;

-- Truth: false, 0, null, undefined and missing are false, all else is true.
SELECT name, pg_temp.try('{"$not": ["$v"]}', '{' || field || '}') AS "not",
       pg_temp.try('{"$and": ["$v"]}', '{' || field || '}') AS "and",
       pg_temp.try('{"$or": ["$v"]}', '{' || field || '}') AS "or"
FROM types ORDER BY n;

SELECT n, expression, pg_temp.try(expression, '{"t": true, "f": false, "z": 0, "e": []}')
FROM (VALUES
    (1, '{"$not": [0]}'),
    (2, '{"$not": [{"$numberDouble": "-0.0"}]}'),
    (3, '{"$not": [{"$numberDecimal": "0E+5"}]}'),
    (4, '{"$not": [{"$numberLong": "0"}]}'),
    (5, '{"$not": [""]}'),
    (6, '{"$not": [[]]}'),
    (7, '{"$not": [{}]}'),
    (8, '{"$not": [[false]]}'),
    (9, '{"$not": "$t"}'),
    (10, '{"$not": []}'),
    (11, '{"$not": [1, 2]}'),
    (20, '{"$and": []}'),
    (21, '{"$or": []}'),
    (22, '{"$and": [1, "x", "$e"]}'),
    (23, '{"$and": [1, "$t", "$f"]}'),
    (24, '{"$or": [0, null, "$f"]}'),
    (25, '{"$or": [0, null, "$t"]}'),
    (26, '{"$and": "$t"}'),
    (27, '{"$or": "$f"}'),
    (30, '{"$and": ["$f", {"$divide": [1, "$z"]}]}'),
    (31, '{"$or": ["$t", {"$divide": [1, "$z"]}]}'),
    (32, '{"$and": ["$t", {"$divide": [1, "$z"]}]}'),
    (33, '{"$or": ["$f", {"$divide": [1, "$z"]}]}'),
    (34, '{"$and": [{"$divide": [1, "$z"]}, "$f"]}'),
    (35, '{"$and": [{"$divide": [1, "$z"]}, false]}'),
    (36, '{"$or": [{"$divide": [1, "$z"]}, true]}'),
    (37, '{"$and": [false, {"$divide": [1, 0]}]}'),
    (38, '{"$or": [true, {"$divide": [1, 0]}]}'),
    (39, '{"$and": ["$t", true, "$t", 1]}'),
    (40, '{"$or": ["$f", false, 0, "$f"]}')
) AS t (n, expression) ORDER BY n;
