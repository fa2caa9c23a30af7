-- What the planner makes of filters.  All rows are in ANALYZE's sample, so estimates do not vary.
CREATE TEMP TABLE people (doc bson NOT NULL);
INSERT INTO people
SELECT format('{"_id": %s, "age": %s, "city": "c%s", "tags": ["t%s", "t%s"], "score": %s, "visits": [{"day": %s, "n": %s}]%s}',
              i, i % 80, i % 10 * (i % 7), i % 20, i % 20 + 1, i / 4.0, i % 30, i % 5,
              CASE WHEN i % 4 = 0 THEN ', "email": null' WHEN i % 4 = 1 THEN format(', "email": "u%s@x.org"', i) ELSE '' END)::bson
FROM generate_series(1, 2000) AS i;
CREATE FUNCTION pg_temp.estimated(condition text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT 1 FROM people WHERE ' || condition INTO plan;
    RETURN plan -> 0 -> 'Plan' -> 'Plan Rows';
END $$;
CREATE FUNCTION pg_temp.actual(condition text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    result bigint;
BEGIN
    EXECUTE 'SELECT count(*) FROM people WHERE ' || condition INTO result;
    RETURN result;
END $$;

-- An equality on _id finds one row, statistics or not.
SELECT pg_temp.estimated($$doc @@ '{"_id": 7}'$$) AS one,
       pg_temp.estimated($$doc @@ '{"_id": {"$in": [7, 8]}}'$$) AS two,
       pg_temp.estimated($$docdb.matches(doc, '{"_id": 7}')$$) AS function;

ANALYZE people;
-- Estimates that are less than half or more than double what comes out.
SELECT filter, pg_temp.estimated(condition) AS estimated, pg_temp.actual(condition) AS actual
FROM (VALUES
('{}'),
('{"_id": 7}'),
('{"_id": {"$in": [7, 8, 9]}}'),
('{"_id": {"$gt": 500}}'),
('{"$and": [{"_id": 7}, {"age": 7}]}'),
('{"$or": [{"_id": 7}, {"_id": 8}]}'),
('{"age": 7}'),
('{"age": {"$in": [7, 8, 9, 100]}}'),
('{"age": {"$gt": 70}}'),
('{"age": {"$gte": 20, "$lt": 30}}'),
('{"age": {"$lt": 30}, "age": {"$gte": 20}}'),
('{"$and": [{"age": {"$lt": 30}}, {"city": "c0"}, {"age": {"$gte": 20}}]}'),
('{"age": {"$not": {"$lt": 20}}}'),
('{"age": {"$ne": 7}}'),
('{"age": {"$gt": {"$minKey": 1}}}'),
('{"age": {"$type": "number"}}'),
('{"age": {"$gt": "x"}}'),
('{"city": "c0"}'),
('{"city": {"$regex": "^c0"}}'),
('{"tags": "t3"}'),
('{"tags": {"$in": ["t3", "t4"]}}'),
('{"tags": {"$nin": ["t3", "t4"]}}'),
('{"tags": {"$size": 2}}'),
('{"tags.0": "t3"}'),
('{"score": {"$gt": 400}}'),
('{"visits.day": 3}'),
('{"visits": {"$elemMatch": {"day": 3}}}'),
('{"visits": {"$elemMatch": {"day": {"$lt": 15}, "n": 2}}}'),
('{"email": null}'),
('{"email": {"$exists": true}}'),
('{"email": {"$exists": false}}'),
('{"email": {"$ne": null}}'),
('{"email": "u5@x.org"}'),
('{"email": {"$type": "null"}}'),
('{"nowhere": {"$exists": false}}'),
('{"nowhere": 1}'),
('{"$nor": [{"age": {"$lt": 40}}, {"city": "c0"}]}'),
('{"$alwaysFalse": 1}'),
('{"$sampleRate": 0}')
) AS filters (filter), LATERAL (SELECT format('doc @@ %L', filter) AS condition) AS conditions
WHERE pg_temp.estimated(condition) NOT BETWEEN pg_temp.actual(condition) / 2 AND pg_temp.actual(condition) * 2 + 2;

-- The function is estimated like the operator, also with variables.
SELECT pg_temp.estimated($$docdb.matches(doc, '{"age": 7}')$$) = pg_temp.estimated($$doc @@ '{"age": 7}'$$) AS same,
       pg_temp.estimated($q$docdb.matches(doc, '{"age": 7, "$expr": {"$gt": ["$_id", "$$x"]}}', '{"x": 5}')$q$)
           < pg_temp.estimated($$doc @@ '{"age": 7}'$$) AS less;

-- A parameter is looked at when its value is known; otherwise there is a guess.
PREPARE by_filter(bson) AS SELECT 1 FROM people WHERE doc @@ $1;
SET plan_cache_mode = force_custom_plan;
EXPLAIN (COSTS OFF) EXECUTE by_filter('{"age": 7}');
CREATE FUNCTION pg_temp.plan_rows(statement text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || statement INTO plan;
    RETURN plan -> 0 -> 'Plan' -> 'Plan Rows';
END $$;
SELECT pg_temp.plan_rows($$EXECUTE by_filter('{"_id": 7}')$$) AS id,
       pg_temp.plan_rows($$EXECUTE by_filter('{"age": {"$gte": 0}}')$$) AS every;
SET plan_cache_mode = force_generic_plan;
SELECT pg_temp.plan_rows($$EXECUTE by_filter('{"_id": 7}')$$) AS unknown;
RESET plan_cache_mode;
SELECT pg_temp.estimated($$doc @@ NULL$$) AS none;
SELECT pg_temp.plan_rows($$SELECT 1 FROM people a JOIN people b ON a.doc @@ b.doc$$) AS joined;

-- Of a filter made of unknown values the path is known.
SELECT pg_temp.plan_rows($$SELECT 1 FROM people a JOIN people b ON a.doc @@ docdb.equals_any('"_id"', ARRAY[b.doc -> 'age'])$$) AS by_id,
       pg_temp.plan_rows($$SELECT 1 FROM people a JOIN people b ON a.doc @@ docdb.equals_any('"age"', ARRAY[b.doc -> '_id'])$$) AS by_age,
       pg_temp.plan_rows($$SELECT 1 FROM people a JOIN people b ON a.doc @@ docdb.equals_any(b.doc -> 'age', ARRAY[b.doc -> '_id'])$$) AS unknown;

-- Cheap conditions are evaluated before a filter, plain filters before those with regexes or $expr.
EXPLAIN (COSTS OFF) SELECT 1 FROM people
WHERE doc @@ '{"$expr": {"$gt": ["$age", 5]}}' AND doc @@ '{"city": {"$regex": "c"}}'
  AND doc @@ '{"age": 7}' AND tableoid > 0;

-- A filter that is refused is refused by the planner already.
\set VERBOSITY sqlstate
EXPLAIN SELECT 1 FROM people WHERE doc @@ '{"a": {"$foo": 1}}';
\set VERBOSITY default
