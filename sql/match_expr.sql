-- $expr: aggregation expressions as conditions, with and without variables.
CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, document bson, filter bson,
                         variables bson, expected boolean);
INSERT INTO cases (document, filter, variables, expected) VALUES
('{"a": 5, "b": 4}', '{"$expr": {"$gt": ["$a", "$b"]}}', NULL, true),
('{"a": 5, "b": 6}', '{"$expr": {"$gt": ["$a", "$b"]}}', NULL, false),
('{"a": 5}', '{"$expr": {"$eq": ["$a", 5]}}', NULL, true),
('{"a": [5]}', '{"$expr": {"$eq": ["$a", 5]}}', NULL, false),
('{"a": 5}', '{"$expr": "$a"}', NULL, true),
('{"a": 0}', '{"$expr": "$a"}', NULL, false),
('{"a": null}', '{"$expr": "$a"}', NULL, false),
('{}', '{"$expr": "$a"}', NULL, false),
('{"a": ""}', '{"$expr": "$a"}', NULL, true),
('{}', '{"$expr": true}', NULL, true),
('{}', '{"$expr": 0}', NULL, false),
('{}', '{"$expr": {"$gt": [2, 1]}}', NULL, true),
('{}', '{"$expr": {"$gt": [1, 2]}}', NULL, false),
('{"a": 1}', '{"a": 1, "$expr": {"$gt": [1, 2]}}', NULL, false),
('{"a": 5, "b": 4, "c": 1}', '{"c": 1, "$expr": {"$gt": ["$a", "$b"]}}', NULL, true),
('{"a": 5, "b": 4, "c": 2}', '{"c": 1, "$expr": {"$gt": ["$a", "$b"]}}', NULL, false),
('{"a": 5, "b": 6, "c": 1}', '{"c": 1, "$expr": {"$gt": ["$a", "$b"]}}', NULL, false),
('{"a": 5, "b": 6, "c": 1}', '{"$or": [{"c": 1}, {"$expr": {"$gt": ["$a", "$b"]}}]}', NULL, true),
('{"a": 7, "b": 6, "c": 2}', '{"$or": [{"c": 1}, {"$expr": {"$gt": ["$a", "$b"]}}]}', NULL, true),
('{"a": 5, "b": 6, "c": 2}', '{"$or": [{"c": 1}, {"$expr": {"$gt": ["$a", "$b"]}}]}', NULL, false),
('{"a": 5, "b": 6}', '{"$nor": [{"$expr": {"$gt": ["$a", "$b"]}}]}', NULL, true),
('{"a": 5, "b": 6}', '{"$and": [{"$expr": {"$lt": ["$a", "$b"]}}, {"$expr": {"$lt": ["$b", 7]}}]}', NULL, true),
('{"a": {"b": 3}}', '{"$expr": {"$eq": ["$a.b", {"$add": [1, 2]}]}}', NULL, true),
('{"a": 1}', '{"$expr": {"$eq": ["$$ROOT", {"a": 1}]}}', NULL, true),
('{"a": 5}', '{"$expr": {"$gt": ["$a", "$$limit"]}}', '{"limit": 4}', true),
('{"a": 5}', '{"$expr": {"$gt": ["$a", "$$limit"]}}', '{"limit": 5}', false),
('{"a": 5}', '{"$expr": {"$gt": ["$a", "$$x.y"]}}', '{"x": {"y": 3}}', true),
('{"a": 5}', '{"a": 5, "$or": [{"$expr": {"$eq": ["$a", "$$two"]}}, {"$expr": {"$eq": ["$a", "$$five"]}}]}', '{"two": 2, "five": 5}', true),
('{"a": 5}', '{"a": "$$limit"}', '{"limit": 5}', false),
('{"a": 5}', '{"a": 5}', '{"limit": 5}', true),
('{"a": 5}', NULL, NULL, true);
SELECT n, document, filter, variables, expected FROM cases
WHERE docdb.matches(document, filter, variables) IS DISTINCT FROM expected ORDER BY n;
SELECT n, document, filter, expected FROM cases
WHERE variables IS NULL AND filter IS NOT NULL
  AND (document @@ filter) IS DISTINCT FROM expected ORDER BY n;
SELECT count(*) AS cases, count(*) FILTER (WHERE expected) AS matching FROM cases;
SELECT docdb.matches(NULL, '{}') IS NULL AS no_document;

-- $$NOW is the time of the statement.
SELECT '{"a": {"$date": "2020-01-01T00:00:00Z"}}'::bson @@ '{"$expr": {"$lt": ["$a", "$$NOW"]}}' AS past,
       '{"a": {"$date": "9000-01-01T00:00:00Z"}}'::bson @@ '{"$expr": {"$lt": ["$a", "$$NOW"]}}' AS future;

-- One compiled filter serves documents and variables that change.
SELECT i, docdb.matches(('{"a": ' || i || '}')::bson, '{"$expr": {"$lt": ["$a", "$$limit"]}}',
                        ('{"limit": ' || 6 - i || '}')::bson)
FROM generate_series(1, 5) AS i;
-- The filter may change from row to row.
SELECT i, ('{"a": ' || i || '}')::bson @@ ('{"a": {"$gt": ' || 6 - i || '}}')::bson
FROM generate_series(1, 5) AS i;
-- A prepared statement keeps no filter of an earlier execution.
PREPARE matching(bson) AS
SELECT array_agg(i ORDER BY i) FROM generate_series(1, 5) AS i
WHERE ('{"a": ' || i || '}')::bson @@ $1;
EXECUTE matching('{"a": {"$gt": 3}}');
EXECUTE matching('{"a": {"$lt": 3}}');
SET plan_cache_mode = force_generic_plan;
EXECUTE matching('{"a": {"$gt": 4}}');
EXECUTE matching('{"a": {"$lt": 2}}');
RESET plan_cache_mode;
DEALLOCATE matching;
CREATE FUNCTION pg_temp.matches_each(document bson, filters bson[]) RETURNS boolean[]
LANGUAGE plpgsql AS $$
DECLARE
    results boolean[];
    filter bson;
BEGIN
    FOREACH filter IN ARRAY filters LOOP
        results := results || (document @@ filter);
    END LOOP;
    RETURN results;
END $$;
SELECT pg_temp.matches_each('{"a": 3}', ARRAY['{"a": 3}', '{"a": 4}', '{"a": {"$gt": 2}}', '{}', '{"b": 1}']::bson[]);
-- A filter that is refused leaves nothing behind.
SELECT i, CASE WHEN i <> 2 THEN '{"a": 1}'::bson @@ ('{"a": ' || i || '}')::bson END
FROM generate_series(1, 3) AS i;

-- $rand is drawn anew for every document; $sampleRate passes all at 1 and none at 0.
SELECT count(*) BETWEEN 300 AND 700 AS about_half
FROM generate_series(1, 1000) AS i
WHERE format('{"_id": %s}', i)::bson @@ '{"$expr": {"$lt": [{"$rand": {}}, 0.5]}}';
SELECT count(*) BETWEEN 300 AND 700 AS about_half
FROM generate_series(1, 1000) AS i
WHERE format('{"_id": %s}', i)::bson @@ '{"$sampleRate": 0.5}';
SELECT count(*) FILTER (WHERE doc @@ '{"$sampleRate": 1}') AS every,
       count(*) FILTER (WHERE doc @@ '{"$sampleRate": {"$numberDecimal": "0"}}') AS none,
       count(*) FILTER (WHERE doc @@ '{"$or": [{"$sampleRate": 0.0}, {"_id": 3}]}') AS one
FROM (SELECT format('{"_id": %s}', i)::bson AS doc FROM generate_series(1, 10) AS i) AS d;
