-- explain of statements that use indexes.
CREATE SCHEMA cei;
SET search_path = cei, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SELECT docdb.insert_many('t', (SELECT array_agg(format('{"_id": %s, "a": %s, "s": "n%s", "d": {"$date": {"$numberLong": "%s"}}, "arr": [%s, %s], "sub": {"x": %s}, "h": %s}', i, i % 100, i % 50, i * 1000, i % 10, i % 3, i % 20, i % 2)::bson) FROM generate_series(1, 2000) AS i));
SELECT docdb.create_index('t', '{"a": 1}'), docdb.create_index('t', '{"s": -1}'), docdb.create_index('t', '{"d": 1}', '{"unique": true, "name": "dates"}'),
       docdb.create_index('t', '{"arr": 1}'), docdb.create_index('t', '{"sub.x": 1, "a": -1}'), docdb.create_index('t', '{"z": 1}', '{"sparse": true}'),
       docdb.create_index('t', '{"y": 1}', '{"partialFilterExpression": {"a": {"$gt": 50}}}');
ANALYZE t;
\pset format unaligned

CREATE FUNCTION pg_temp.winning(command text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT docdb.explain('cei', command::public.bson, 'queryPlanner')::jsonb #> '{queryPlanner,winningPlan}'
$$;
-- The index's stage, wherever it is.
CREATE FUNCTION pg_temp.ixscan(command text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_path_query_first(pg_temp.winning(command), '$.**{0 to 9} ? (@.stage == "IXSCAN" || @.stage == "IDHACK")')
$$;
-- Where the limits of a hint would not be in the way, it makes the choice of the index certain.
CREATE FUNCTION pg_temp.bounds(filter text, hint text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.ixscan(format('{"find": "t", "filter": %s, "hint": "%s"}', filter, hint)) ->> 'indexBounds'
$$;

SELECT pg_temp.ixscan('{"find": "t", "filter": {"a": 5}}');
SELECT pg_temp.ixscan('{"find": "t", "filter": {"d": {"$date": {"$numberLong": "5000"}}}}');
SELECT pg_temp.ixscan('{"find": "t", "filter": {"arr": 5}, "hint": "arr_1"}');
SELECT pg_temp.ixscan('{"find": "t", "filter": {"sub.x": 5, "a": {"$gt": 3}}, "hint": {"sub.x": 1, "a": -1}}');
SELECT pg_temp.ixscan('{"find": "t", "filter": {"z": 5}}');
SELECT pg_temp.ixscan('{"find": "t", "filter": {"y": 5, "a": 60}, "hint": "y_1"}');
SELECT pg_temp.ixscan('{"find": "t", "filter": {"_id": 5}}');
SELECT pg_temp.ixscan('{"find": "t", "filter": {"_id": {"$gt": 5, "$lt": 8}}, "hint": "_id_"}');
SELECT pg_temp.ixscan('{"find": "t", "sort": {"a": 1}, "limit": 3}'), pg_temp.ixscan('{"find": "t", "sort": {"a": -1}, "limit": 3}') -> 'direction';
SELECT pg_temp.ixscan('{"find": "t", "sort": {"_id": -1}, "limit": 3}');

-- Bounds, field by field.
SELECT f, pg_temp.bounds(f, 'a_1') FROM (VALUES
    ('{"a": 5}'), ('{"a": 5.5}'), ('{"a": null}'), ('{"a": "x"}'), ('{"a": true}'), ('{"a": {"b": 1}}'), ('{"a": {"$oid": "000000000000000000000001"}}'),
    ('{"a": {"$gt": 5}}'), ('{"a": {"$gte": 5}}'), ('{"a": {"$lt": 5}}'), ('{"a": {"$lte": 5}}'), ('{"a": {"$gt": 5, "$lte": 7}}'),
    ('{"a": {"$gt": "x"}}'), ('{"a": {"$lt": "x"}}'), ('{"a": {"$gt": {"$date": {"$numberLong": "5"}}}}'), ('{"a": {"$lt": {"$date": {"$numberLong": "5"}}}}'),
    ('{"a": {"$in": [1, 5, "x"]}}'), ('{"a": {"$in": []}}'), ('{"$or": [{"a": 1}, {"a": {"$gt": 90}}]}'), ('{"a": {"$ne": 5}}'), ('{"a": {"$exists": true}}'),
    ('{"a": {"$exists": false}}'), ('{"a": {"$regex": "^ab"}}'), ('{"a": {"$regex": "ab"}}'), ('{"a": {"$type": "string"}}'), ('{"a": {"$type": "number"}}'), ('{"h": 1}')) AS f(f);
SELECT f, h, pg_temp.bounds(f, h) FROM (VALUES
    ('{"s": "n5"}', 's_-1'), ('{"s": {"$gt": "n5"}}', 's_-1'), ('{"s": {"$in": ["n1", "n2"]}}', 's_-1'), ('{"s": {"$gte": "n1", "$lt": "n2"}}', 's_-1'),
    ('{"arr": {"$gt": 3, "$lt": 5}}', 'arr_1'), ('{"arr": {"$elemMatch": {"$gt": 3, "$lt": 5}}}', 'arr_1'), ('{"arr": {"$all": [1, 2]}}', 'arr_1'),
    ('{"sub.x": 5}', 'sub.x_1_a_-1'), ('{"sub.x": {"$in": [5, 6]}, "a": {"$lte": 3}}', 'sub.x_1_a_-1'), ('{"sub.x": {"$gt": 5}, "a": 3}', 'sub.x_1_a_-1'), ('{"a": 3}', 'sub.x_1_a_-1')) AS f(f, h);

-- Whole plans.
SELECT pg_temp.winning(c) FROM (VALUES
    ('{"find": "t", "filter": {"h": 1}}'), ('{"find": "t", "filter": {"h": 1, "sub.x": {"$gte": 0}}, "hint": {"$natural": 1}}'),
    ('{"find": "t", "filter": {"_id": 5}}'), ('{"find": "t", "filter": {"h": 1}, "sort": {"h": 1}, "limit": 2}')) AS c(c);

-- What was examined.
SELECT c, e -> 'nReturned' AS returned, e -> 'totalKeysExamined' AS keys, e -> 'totalDocsExamined' AS documents, (e ->> 'executionTimeMillis')::int >= 0 AS time, e -> 'allPlansExecution' AS "all"
FROM (VALUES ('{"find": "t", "filter": {"a": 5}}', 'executionStats'), ('{"find": "t", "filter": {"a": 5, "h": 1}, "hint": "a_1"}', 'executionStats'),
             ('{"find": "t", "filter": {"a": 5, "h": 0}, "hint": "a_1"}', 'executionStats'), ('{"find": "t", "filter": {"h": 0}, "hint": {"$natural": 1}}', 'executionStats'),
             ('{"find": "t", "sort": {"a": 1}, "limit": 7, "hint": "a_1"}', 'allPlansExecution'), ('{"find": "t", "filter": {"_id": 5}}', 'allPlansExecution'),
             ('{"find": "none", "filter": {"a": 5}}', 'executionStats')) AS c(c, v),
     LATERAL (SELECT docdb.explain('cei', c::bson, v)::jsonb -> 'executionStats') AS x(e);

-- Plain SQL: the filter and the order are readable in EXPLAIN.
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT doc FROM t WHERE doc @@ '{"a": 5}' ORDER BY doc <~> '{"a": 1}' LIMIT 3;
EXPLAIN (COSTS OFF) SELECT doc FROM t WHERE doc @@ '{"sub.x": 5}' ORDER BY doc <~> '{"a": -1}' LIMIT 3;
EXPLAIN (COSTS OFF) SELECT doc FROM t WHERE doc @@ '{"d": {"$date": {"$numberLong": "5000"}}, "h": 1}';
-- Whatever the search path.
RESET enable_bitmapscan;
SET search_path = '';
SELECT pg_temp.ixscan('{"find": "t", "filter": {"_id": 5}}');
SELECT pg_temp.ixscan('{"find": "t", "filter": {"a": 5}}');
SET search_path = public;
DROP SCHEMA cei CASCADE;
