-- Projections of find: inclusion, exclusion, computed fields, arrays, _id.

CREATE TEMP TABLE cases (
    n int GENERATED ALWAYS AS IDENTITY, document text, projection text, expected text);

-- The outcome: a document, or "error" and MongoDB's code.
CREATE FUNCTION pg_temp.outcome(document text, projection text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RETURN docdb.project(document::bson, projection::bson)::text;
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE || SQLERRM);
END $$;

CREATE FUNCTION pg_temp.check_cases() RETURNS TABLE (n int, projection text, got text, expected text)
LANGUAGE sql AS $$
    SELECT c.n, c.projection, got, c.expected
    FROM cases c, LATERAL pg_temp.outcome(c.document, c.projection) AS got
    WHERE got IS DISTINCT FROM
          CASE WHEN c.expected LIKE 'error%' THEN c.expected ELSE c.expected::bson::text END
    ORDER BY c.n
$$;

-- Inclusion keeps the document's order, whatever the projection's.
INSERT INTO cases (document, projection, expected) VALUES
('{"_id": 1, "a": 1, "b": 2, "c": 3}', '{}', '{"_id": 1, "a": 1, "b": 2, "c": 3}'),
('{"_id": 1, "a": 1, "b": 2, "c": 3}', '{"c": 1, "a": 1}', '{"_id": 1, "a": 1, "c": 3}'),
('{"_id": 1, "a": 1, "b": 2, "c": 3}', '{"a": true}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": 1, "_id": 0}', '{"a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"_id": 0, "a": 1}', '{"a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"_id": 1, "a": 1}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"_id": 1}', '{"_id": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"x": 1}', '{"_id": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"x": 1, "_id": 0}', '{}'),
('{"a": 1, "b": 2}', '{"b": 1}', '{"b": 2}'),
('{"a": 1, "_id": 7}', '{"a": 1}', '{"a": 1, "_id": 7}'),
('{}', '{"a": 1}', '{}'),
('{}', '{"a": 0}', '{}'),
-- Exclusion.
('{"_id": 1, "a": 1, "b": 2, "c": 3}', '{"b": 0}', '{"_id": 1, "a": 1, "c": 3}'),
('{"_id": 1, "a": 1, "b": 2, "c": 3}', '{"c": false, "a": 0}', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"_id": 0}', '{"a": 1, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"_id": 0, "a": 0}', '{"b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"_id": 1, "a": 0}', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"x": 0}', '{"_id": 1, "a": 1, "b": 2}'),
-- Any number is true but zero; NaN is true.
('{"_id": 1, "a": 1, "b": 2}', '{"a": 5}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": -1.5}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": {"$numberLong": "1"}}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": {"$numberDecimal": "0.5"}}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": {"$numberDouble": "NaN"}}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": 0.0}', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": -0.0}', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": {"$numberLong": "0"}}', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": {"$numberDecimal": "0E+3"}}', '{"_id": 1, "b": 2}'),
-- Dotted and nested forms are the same.
('{"_id": 1, "a": {"b": 1, "c": 2}, "d": 3}', '{"a.b": 1}', '{"_id": 1, "a": {"b": 1}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}, "d": 3}', '{"a": {"b": 1}}', '{"_id": 1, "a": {"b": 1}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}, "d": 3}', '{"a.b": 0}', '{"_id": 1, "a": {"c": 2}, "d": 3}'),
('{"_id": 1, "a": {"b": 1, "c": 2}, "d": 3}', '{"a": {"b": 0}}', '{"_id": 1, "a": {"c": 2}, "d": 3}'),
('{"_id": 1, "a": {"b": {"c": 1, "d": 2}, "e": 3}}', '{"a": {"b.c": 1}}', '{"_id": 1, "a": {"b": {"c": 1}}}'),
('{"_id": 1, "a": {"b": {"c": 1, "d": 2}, "e": 3}}', '{"a.b": {"d": 1}, "a.e": 1}', '{"_id": 1, "a": {"b": {"d": 2}, "e": 3}}'),
('{"_id": 1, "a": {"b": {"c": 1, "d": 2}, "e": 3}}', '{"a.b.c": 1, "a": {"e": 1}}', '{"_id": 1, "a": {"b": {"c": 1}, "e": 3}}'),
('{"_id": {"x": 1, "y": 2}, "a": 1}', '{"_id.x": 1}', '{"_id": {"x": 1}}'),
('{"_id": {"x": 1, "y": 2}, "a": 1}', '{"_id": {"x": 1}, "a": 1}', '{"_id": {"x": 1}, "a": 1}'),
('{"_id": {"x": 1, "y": 2}, "a": 1}', '{"_id.x": 0}', '{"_id": {"y": 2}, "a": 1}'),
-- A scalar on the way has no such field: dropped by an inclusion, kept by an exclusion.
('{"_id": 1, "a": 5}', '{"a.b": 1}', '{"_id": 1}'),
('{"_id": 1, "a": 5}', '{"a.b": 0}', '{"_id": 1, "a": 5}'),
('{"_id": 1, "a": null}', '{"a.b": 1}', '{"_id": 1}'),
('{"_id": 1, "a": {}}', '{"a.b": 1}', '{"_id": 1, "a": {}}'),
('{"_id": 1, "a": {"c": 1}}', '{"a.b": 1}', '{"_id": 1, "a": {}}'),
('{"_id": 1}', '{"a.b": 1}', '{"_id": 1}'),
-- Arrays are traversed, those inside them too.
('{"_id": 1, "a": [{"b": 1, "c": 2}, {"b": 3}, {"c": 4}]}', '{"a.b": 1}', '{"_id": 1, "a": [{"b": 1}, {"b": 3}, {}]}'),
('{"_id": 1, "a": [1, {"b": 1, "c": 2}, null, [{"b": 5, "c": 6}, 7], []]}', '{"a.b": 1}', '{"_id": 1, "a": [{"b": 1}, [{"b": 5}], []]}'),
('{"_id": 1, "a": [1, {"b": 1, "c": 2}, null, [{"b": 5, "c": 6}, 7], []]}', '{"a.b": 0}', '{"_id": 1, "a": [1, {"c": 2}, null, [{"c": 6}, 7], []]}'),
('{"_id": 1, "a": [1, 2]}', '{"a.b": 1}', '{"_id": 1, "a": []}'),
('{"_id": 1, "a": [1, 2]}', '{"a.0": 1}', '{"_id": 1, "a": []}'),
('{"_id": 1, "a": [{"0": 5, "x": 6}]}', '{"a.0": 1}', '{"_id": 1, "a": [{"0": 5}]}'),
('{"_id": 1, "a": [{"b": [{"c": 1, "d": 2}, 3]}]}', '{"a.b.c": 1}', '{"_id": 1, "a": [{"b": [{"c": 1}]}]}'),
-- A value that is no number or boolean is an expression, since 4.4.
('{"_id": 1, "a": 1, "b": 2}', '{"x": "$a"}', '{"_id": 1, "x": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"x": "abc"}', '{"_id": 1, "x": "abc"}'),
('{"_id": 1, "a": 1, "b": 2}', '{"x": null}', '{"_id": 1, "x": null}'),
('{"_id": 1, "a": 1, "b": 2}', '{"x": ["$a", "$b", "$c", 7]}', '{"_id": 1, "x": [1, 2, null, 7]}'),
('{"_id": 1, "a": 1, "b": 2}', '{"x": {"$literal": 1}}', '{"_id": 1, "x": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"x": {"$add": ["$a", "$b"]}}', '{"_id": 1, "x": 3}'),
('{"_id": 1, "a": 1}', '{"x": {"$date": {"$numberLong": "0"}}}', '{"_id": 1, "x": {"$date": "1970-01-01T00:00:00Z"}}'),
('{"_id": 1, "a": 1}', '{"x": {"$oid": "0102030405060708090a0b0c"}}', '{"_id": 1, "x": {"$oid": "0102030405060708090a0b0c"}}'),
('{"_id": 1, "a": 1}', '{"x": {"$minKey": 1}}', '{"_id": 1, "x": {"$minKey": 1}}'),
-- Computed fields follow the included ones, in the projection's order, also where they replace.
('{"_id": 1, "a": 1, "b": 2, "c": 3}', '{"y": "$a", "c": 1, "x": "$b", "a": 1}', '{"_id": 1, "a": 1, "c": 3, "y": 1, "x": 2}'),
('{"_id": 1, "a": 1, "b": 2, "c": 3}', '{"a": "$b", "c": 1}', '{"_id": 1, "c": 3, "a": 2}'),
('{"_id": 1, "a": 1}', '{"a": "$missing"}', '{"_id": 1}'),
('{"_id": 1, "a": 1}', '{"x": "$missing", "a": 1}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1}', '{"_id": "$a"}', '{"_id": 1}'),
('{"_id": 1, "a": 5, "b": 6}', '{"_id": "$a", "b": 1}', '{"b": 6, "_id": 5}'),
-- Computed below a field: documents are extended, all else is replaced, missing ones are made.
('{"_id": 1, "a": {"b": 1, "c": 2}, "d": 3}', '{"a.x": "$d"}', '{"_id": 1, "a": {"x": 3}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}, "d": 3}', '{"a.x": "$d", "a.c": 1}', '{"_id": 1, "a": {"c": 2, "x": 3}}'),
('{"_id": 1, "a": 5, "d": 3}', '{"a.x": "$d", "d": 1}', '{"_id": 1, "a": {"x": 3}, "d": 3}'),
('{"_id": 1, "d": 3}', '{"a.x": "$d", "d": 1}', '{"_id": 1, "d": 3, "a": {"x": 3}}'),
('{"_id": 1, "d": 3}', '{"a.x.y": "$d"}', '{"_id": 1, "a": {"x": {"y": 3}}}'),
('{"_id": 1, "d": 3}', '{"a.x": "$none"}', '{"_id": 1, "a": {}}'),
('{"_id": 1, "a": [{"b": 1}, 2, [{"b": 3}, 4]], "d": 3}', '{"a.x": "$d"}', '{"_id": 1, "a": [{"x": 3}, {"x": 3}, [{"x": 3}, {"x": 3}]]}'),
('{"_id": 1, "a": [{"b": 1}, 2], "d": 3}', '{"a": {"b": 1, "x": "$d"}}', '{"_id": 1, "a": [{"b": 1, "x": 3}, {"x": 3}]}'),
('{"_id": 1, "a": 4, "b": {"c": 5}}', '{"x": "$$ROOT.b.c", "y": "$$CURRENT.a"}', '{"_id": 1, "x": 5, "y": 4}'),
-- A DBRef's names may be in a path.
('{"_id": 1, "r": {"$ref": "c", "$id": 5}}', '{"r.$id": 1}', '{"_id": 1, "r": {"$id": 5}}'),
('{"_id": 1, "r": {"$ref": "c", "$id": 5}}', '{"r": {"$ref": 1}}', '{"_id": 1, "r": {"$ref": "c"}}');

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;
TRUNCATE cases;

-- $slice: of arrays only; alone it keeps all other fields.
INSERT INTO cases (document, projection, expected)
SELECT '{"_id": 1, "a": [1, 2, 3, 4, 5], "b": 6}', format('{"a": {"$slice": %s}}', slice),
       format('{"_id": 1, "a": [%s], "b": 6}', expected)
FROM (VALUES
('0', ''), ('1', '1'), ('2', '1, 2'), ('5', '1, 2, 3, 4, 5'), ('6', '1, 2, 3, 4, 5'),
('-1', '5'), ('-2', '4, 5'), ('-5', '1, 2, 3, 4, 5'), ('-9', '1, 2, 3, 4, 5'),
('2.9', '1, 2'), ('{"$numberLong": "3000000000"}', '1, 2, 3, 4, 5'),
('{"$numberDecimal": "1"}', '1'), ('-2147483648', '1, 2, 3, 4, 5'),
('[0, 2]', '1, 2'), ('[1, 2]', '2, 3'), ('[4, 9]', '5'), ('[5, 1]', ''), ('[9, 1]', ''),
('[-2, 1]', '4'), ('[-2, 5]', '4, 5'), ('[-9, 2]', '1, 2'), ('[1.0, 1.0]', '2'))
AS t (slice, expected);
INSERT INTO cases (document, projection, expected) VALUES
('{"_id": 1, "a": [1, 2, 3], "b": 6}', '{"a": {"$slice": 1}, "b": 1}', '{"_id": 1, "a": [1], "b": 6}'),
('{"_id": 1, "a": [1, 2, 3], "b": 6}', '{"b": 1, "a": {"$slice": 1}}', '{"_id": 1, "a": [1], "b": 6}'),
('{"_id": 1, "a": [1, 2, 3], "b": 6}', '{"a": {"$slice": 1}, "b": 0}', '{"_id": 1, "a": [1]}'),
('{"_id": 1, "a": [1, 2, 3], "b": 6}', '{"_id": 1, "a": {"$slice": 1}}', '{"_id": 1, "a": [1]}'),
('{"_id": 1, "a": [1, 2, 3], "b": 6}', '{"_id": 0, "a": {"$slice": 1}}', '{"a": [1], "b": 6}'),
('{"_id": 1, "a": 5, "b": 6}', '{"a": {"$slice": 1}}', '{"_id": 1, "a": 5, "b": 6}'),
('{"_id": 1, "b": 6}', '{"a": {"$slice": 1}}', '{"_id": 1, "b": 6}'),
('{"_id": 1, "a": {"b": [1, 2], "c": 3}}', '{"a.b": {"$slice": 1}}', '{"_id": 1, "a": {"b": [1], "c": 3}}'),
('{"_id": 1, "a": [{"b": [1, 2]}, 5, {"b": [3, 4]}]}', '{"a.b": {"$slice": -1}}', '{"_id": 1, "a": [{"b": [2]}, 5, {"b": [4]}]}');

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;
TRUNCATE cases;

-- $elemMatch: the first matching element; it comes after the included fields.
INSERT INTO cases (document, projection, expected) VALUES
('{"_id": 1, "a": [{"x": 1, "y": 1}, {"x": 2, "y": 2}, {"x": 2, "y": 3}], "b": 6}', '{"a": {"$elemMatch": {"x": 2}}}', '{"_id": 1, "a": [{"x": 2, "y": 2}]}'),
('{"_id": 1, "a": [{"x": 1, "y": 1}, {"x": 2, "y": 3}], "b": 6}', '{"a": {"$elemMatch": {"x": 2, "y": {"$gt": 2}}}, "b": 1}', '{"_id": 1, "b": 6, "a": [{"x": 2, "y": 3}]}'),
('{"_id": 1, "a": [1, 5, 7], "b": 6}', '{"a": {"$elemMatch": {"$gt": 4}}}', '{"_id": 1, "a": [5]}'),
('{"_id": 1, "a": [1, 5, 7], "b": 6}', '{"a": {"$elemMatch": {"$gt": 9}}}', '{"_id": 1}'),
('{"_id": 1, "a": 5, "b": 6}', '{"a": {"$elemMatch": {"$gt": 4}}}', '{"_id": 1}'),
('{"_id": 1, "b": 6}', '{"a": {"$elemMatch": {"$gt": 4}}}', '{"_id": 1}'),
('{"_id": 1, "a": [1, 5], "b": 6}', '{"_id": 0, "a": {"$elemMatch": {"$gt": 4}}}', '{"a": [5]}'),
('{"_id": 1, "a": [1, 5], "b": 6, "c": 7}', '{"b": 0, "a": {"$elemMatch": {"$gt": 4}}}', '{"_id": 1, "a": [5], "c": 7}'),
('{"_id": 1, "a": [1, 5], "b": [6, 7]}', '{"a": {"$elemMatch": {"$gt": 4}}, "b": {"$slice": 1}}', '{"_id": 1, "a": [5], "b": [6]}');

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;
TRUNCATE cases;

-- Errors.
INSERT INTO cases (document, projection, expected) VALUES
('{}', '{"a": 1, "b": 0}', 'error 31254'),
('{}', '{"a": 0, "b": 1}', 'error 31253'),
('{}', '{"a": {"b": 1, "c": 0}}', 'error 31254'),
('{}', '{"a": 1, "_id.x": 0}', 'error 31254'),
('{}', '{"_id": {"x": 0}, "a": 1}', 'error 31253'),
('{}', '{"a": 0, "b": "$c"}', 'error 31310'),
('{}', '{"a": 0, "b": {"$add": [1, 2]}}', 'error 31252'),
('{}', '{"b": {"$add": [1, 2]}, "a": 0}', 'error 31254'),
('{}', '{"a": 1, "a.b": 1}', 'error 31249'),
('{}', '{"a": 1, "a.b.c": 1}', 'error 31249'),
('{}', '{"a.b": 1, "a": 1}', 'error 31250'),
('{}', '{"a.b": 1, "a": {"b": 1}}', 'error 31250'),
('{}', '{"a": {"b": 1}, "a.b": 1}', 'error 31250'),
('{}', '{"a": {"b": 1, "b.c": 1}}', 'error 31249'),
('{}', '{"a": 1, "a": 1}', 'error 31250'),
('{}', '{"a": "$b", "a": 1}', 'error 31250'),
('{}', '{"a": {"$slice": 1}, "a.b": 1}', 'error 31249'),
('{}', '{"a": {}}', 'error 51270'),
('{}', '{"a": {"b": {}}}', 'error 51270'),
('{}', '{"": 1}', 'error 40352'),
('{}', '{"a.": 1}', 'error 40353'),
('{}', '{".": 1}', 'error 40353'),
('{}', '{"a..b": 1}', 'error 15998'),
('{}', '{".a": 1}', 'error 15998'),
('{}', '{"$a": 1}', 'error 16410'),
('{}', '{"a.$b": 1}', 'error 16410'),
('{}', '{"a": {"$b": 1, "c": 1}}', 'error 16410'),
('{}', '{"a": {"$nope": 1}}', 'error 31325'),
('{}', '{"a": {"$add": [1], "$multiply": [1]}}', 'error 16410'),
('{}', '{"a": "$$nope"}', 'error 17276'),
('{}', '{"a": {"$elemMatch": 5}}', 'error 31274'),
('{}', '{"a.b": {"$elemMatch": {"c": 1}}}', 'error 31275'),
('{}', '{"a": {"b": {"$elemMatch": {"c": 1}}}}', 'error 31275'),
('{}', '{"a.$.b": 1}', 'error 31394'),
('{}', '{"a.$": 0}', 'error 31395'),
('{}', '{"a.$": "x"}', 'error 31308'),
('{}', '{"a.$": {"b": 1}}', 'error 31271'),
('{}', '{"a.$": 1}', '{}'),
('{"a": [1, 2]}', '{"a.$": 1}', 'error 51246'),
('{}', '{"a": {"$meta": "textScore"}}', 'error 40218'),
('{}', '{"b": 0, "a": {"$meta": "score"}}', 'error 40218'),
('{"a": 1, "b": 2}', '{"b": 0, "a": {"$meta": "indexKey"}}', '{}'),
('{"a": 1, "b": 2}', '{"b": 1, "c": {"$meta": "searchScore"}}', 'error 40218'),
('{"a": 1, "b": 2}', '{"b": 1, "c": {"$meta": "sortKey"}}', '{"b": 2}'),
('{"a": 1, "b": 2}', '{"c": {"$meta": "searchHighlights"}}', '{"a": 1, "b": 2}'),
('{"_id": 1, "a": 1}', '{"_id": 0, "c": {"$meta": "recordId"}}', '{"a": 1}'),
('{"_id": 1, "a": 1}', '{"_id": 1, "c": {"$meta": "recordId"}}', '{"_id": 1}'),
('{"a": 1, "b": 2}', '{"b": 0, "c": {"$add": [{"$meta": "recordId"}, 1]}}', 'error 31252'),
-- conditions of $elemMatch are those of a filter's $elemMatch
('{"a": [[1, 2], [3], 2]}', '{"a": {"$elemMatch": {"$gt": 1}}}', '{"a": [2]}'),
('{"a": [[1, 2], [3], 2]}', '{"a": {"$elemMatch": {"0": 3}}}', '{"a": [[3]]}'),
('{"a": [[1, 2], [3], 2]}', '{"a": {"$elemMatch": {"$not": {"$gt": 1}}}}', '{"a": [[1, 2]]}'),
('{"a": [{"b": 1}, {"b": 2}]}', '{"a": {"$elemMatch": {"$or": [{"b": 2}]}}}', '{"a": [{"b": 2}]}'),
('{"a": [{"b": 1}]}', '{"a": {"$elemMatch": {"$expr": true}}}', 'error 2'),
('{"a": [{"b": 1}]}', '{"a": {"$elemMatch": {"$sampleRate": 1}}}', 'error 2'),
('{"a": [{"b": 1}]}', '{"a": {"$elemMatch": {"$jsonSchema": {}}}}', 'error 224'),
('{"a": [{"b": 1}]}', '{"a": {"$elemMatch": {"$where": "1"}}}', 'error 2'),
('{"a": [{"b": 1}]}', '{"a": {"$elemMatch": {"b": {"$near": [1, 2]}}}}', 'error 5626500'),
('{}', '{"a.$": 1, "b.c": {"$elemMatch": {}}}', 'error 31255'),
('{}', '{"a.$": 1, "b": {"$elemMatch": 1}}', 'error 31274'),
-- a $slice that collides is tried as an expression
('{}', '{"a.b": 1, "a": {"$slice": 1}}', 'error 28667'),
('{}', '{"a": 1, "a.b": {"$slice": 1}}', 'error 28667'),
('{}', '{"a.b": 1, "a": {"$slice": [1, 2]}}', 'error 31250'),
('{}', '{"a": 1, "a.b": {"$slice": [1, 2]}}', 'error 31249'),
('{}', '{"a.b": 0, "a": {"$slice": 1}}', 'error 31252'),
('{}', '{"a.b": 0, "a": {"$slice": [1, 2]}}', 'error 31252'),
-- names with a dollar that may be in a path
('{"a": {"$id": {"x": 1, "y": 2}}}', '{"a": {"$id.x": 1}}', '{"a": {"$id": {"x": 1}}}'),
('{"a": {"$recordId": 1, "b": 1}}', '{"a": {"$recordId": 0}}', '{"a": {"b": 1}}'),
('{}', '{"a": {"$foo.x": 1}}', 'error 31325'),
('{}', '{"a": {"$meta": "nope"}}', 'error 17308'),
('{}', '{"a": {"$meta": 1}}', 'error 17307');

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;

-- No projection is all of the document; no document is none.
SELECT docdb.project('{"a": 1}', NULL), docdb.project(NULL, '{"a": 1}') IS NULL AS none;

-- Variables.
SELECT docdb.project('{"_id": 1}', '{"x": "$$v", "y": {"$add": ["$$w", 1]}}', '{"v": "one", "w": 2}');
SELECT docdb.project('{"_id": 1}', '{"x": "$$v"}', variables)
FROM (VALUES ('{"v": 1}'::bson), ('{"v": [2]}'), ('{"w": 0, "v": 3}')) t (variables);
