-- Estimates of how many documents a filter finds, after ANALYZE, are within three times of the truth.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA est;
SET search_path = est, public;
SET max_parallel_workers_per_gather = 0;
SELECT docdb.insert_many('c', array_agg(format('{"_id": %s, "u": "u%s", "m": %s, "f": %s.5, "d": {"$date": {"$numberLong": "%s"}}, "tags": ["t%s", "t%s", "x%s"], "s": {"k": %s}, "o": %s}',
    i, (i * 7919) % 20000, i % 50, (i * 13) % 1000, i * 60000::bigint, i % 20, (i / 20) % 10, i % 400, i % 7, CASE WHEN i % 10 = 0 THEN 'null' ELSE (i % 3)::text END)::bson)) FROM generate_series(1, 20000) AS i;
SELECT docdb.insert_many('texts', array_agg(format('{"_id": "%s"}', md5(i::text))::bson)) FROM generate_series(1, 20000) AS i;
SELECT docdb.insert_many('oids', array_agg(format('{"_id": {"$oid": "%s%s"}, "n": %s}', lpad(to_hex(1600000000 + i * 10), 8, '0'), lpad(to_hex(i), 16, '0'), i)::bson)) FROM generate_series(1, 20000) AS i;
SELECT docdb.insert_many('mixed', array_agg(CASE WHEN i % 2 = 0 THEN format('{"_id": %s}', i) ELSE format('{"_id": "%s"}', i) END::bson)) FROM generate_series(1, 20000) AS i;
ANALYZE c, texts, oids, mixed;

-- What the planner expects against what there is; a filter of none or one may be off by a few rows.
CREATE FUNCTION judge(collection text, filter text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    estimate bigint := (docdb.explain('est', format('{"find": "%s", "filter": %s}', collection, filter)::bson, 'queryPlanner')::jsonb #>> '{queryPlanner,postgresql,Plan,Plan Rows}')::bigint;
    truth bigint := docdb.count_documents('est.' || collection, filter::bson);
BEGIN
    RETURN CASE WHEN estimate BETWEEN truth / 3.0 AND truth * 3 OR abs(estimate - truth) <= 5 THEN 'good' ELSE format('%s estimated, %s found', estimate, truth) END;
END $$;
SELECT f, judge('c', f) FROM (VALUES
    (1, '{"u": "u77"}'), (2, '{"m": 7}'), (3, '{"s.k": 3}'), (4, '{"o": null}'), (5, '{"o": 1}'), (6, '{"u": "nobody"}'), (7, '{"m": {"$in": [1, 2, 3, 4]}}'), (8, '{"u": {"$in": ["u1", "u2", "u3"]}}'), (9, '{"m": {"$ne": 7}}'),
    (10, '{"f": {"$gt": 900}}'), (11, '{"f": {"$lt": 10}}'), (12, '{"f": {"$gte": 100, "$lt": 200}}'), (13, '{"f": {"$gt": 500, "$lt": 503}}'), (14, '{"m": {"$gte": 25}}'), (15, '{"u": {"$gte": "u5", "$lt": "u6"}}'),
    (16, '{"d": {"$gt": {"$date": "1970-01-10T00:00:00Z"}}}'), (17, '{"f": {"$gt": 5000}}'),
    (20, '{"tags": "t5"}'), (21, '{"tags": "t15"}'), (22, '{"tags": "x77"}'), (23, '{"tags": {"$in": ["t1", "t2"]}}'),
    (30, '{"_id": 77}'), (31, '{"_id": {"$gt": 15000}}'), (32, '{"_id": {"$gt": 5000, "$lte": 7000}}'), (33, '{"_id": {"$gte": 10000, "$lt": 10030}}'), (34, '{"_id": {"$lt": 100}}'), (35, '{"_id": {"$in": [1, 2, 3, 40000]}}'),
    (36, '{"_id": {"$gt": 5000, "$lte": 15000}, "m": 7}'), (37, '{"$and": [{"_id": {"$gt": 1000}}, {"_id": {"$lt": 4000}}]}'), (38, '{"_id": {"$gt": 19990}}'), (39, '{"_id": {"$gt": 30000}}'), (40, '{"_id": {"$gte": -5, "$lte": 30000}}'),
    (41, '{"$or": [{"_id": {"$lt": 1000}}, {"_id": {"$gt": 19000}}]}'), (42, '{"$nor": [{"_id": {"$lt": 10000}}]}'), (43, '{"_id": {"$gt": 100, "$lt": 5000, "$ne": 300}}'), (44, '{"_id": {"$not": {"$lt": 5000}}}'), (45, '{"_id": {"$gt": 5000, "$lt": 2000}}')) AS v(n, f) ORDER BY n;
SELECT f, judge('texts', f) FROM (VALUES (1, '{"_id": {"$gt": "8"}}'), (2, '{"_id": {"$gte": "a1", "$lt": "a3"}}'), (3, '{"_id": {"$lt": "01"}}')) AS v(n, f) ORDER BY n;
SELECT f, judge('oids', f) FROM (VALUES (1, '{"_id": {"$gt": {"$oid": "5f5f57fa0000000000000000"}}}'), (2, format('{"_id": {"$gte": {"$oid": "%s0000000000000000"}, "$lt": {"$oid": "%s0000000000000000"}}}', to_hex(1600100000), to_hex(1600101000)))) AS v(n, f) ORDER BY n;
SELECT f, judge('mixed', f) FROM (VALUES (1, '{"_id": {"$lt": 5000}}'), (2, '{"_id": {"$gte": 5000, "$lt": 6000}}'), (3, '{"_id": {"$gt": "5"}}')) AS v(n, f) ORDER BY n;

-- Conditions on values in plain SQL.
CREATE TABLE v AS SELECT i::text::bson_value AS v, CASE WHEN i % 4 > 0 THEN (i % 10)::text::bson_value END AS w FROM generate_series(1, 10000) AS i;
ANALYZE v;
CREATE FUNCTION judge_sql(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan json;
    truth bigint;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM v WHERE ' || condition INTO plan;
    EXECUTE 'SELECT count(*) FROM v WHERE ' || condition INTO truth;
    RETURN CASE WHEN (plan #>> '{0,Plan,Plan Rows}')::float8 BETWEEN truth / 3.0 AND truth * 3 + 5 THEN 'good' ELSE format('%s estimated, %s found', plan #>> '{0,Plan,Plan Rows}', truth) END;
END $$;
SELECT c, judge_sql(c) FROM (VALUES (1, 'v > ''9000'''), (2, 'v <= ''1234'''), (3, 'v > ''500'' AND v < ''600'''), (4, '''500'' < v AND v < ''600'''), (5, 'w > ''5'''), (6, 'w >= ''5'' AND w <= ''5'''), (7, 'w > ''9'''), (8, 'v > ''10'' AND v > ''5000'' AND v < ''6000'''),
    (9, 'v < NULL'), (10, 'v > ''{}'''), (11, 'v BETWEEN ''1'' AND ''20000''')) AS v(n, c) ORDER BY n;
-- Without statistics, and without the values.
CREATE FUNCTION share(statement text, of float8) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || statement INTO plan;
    RETURN round(((plan #>> '{0,Plan,Plan Rows}')::float8 / of)::numeric, 3);
END $$;
CREATE TABLE unknown AS TABLE v;
SELECT share($$SELECT FROM unknown WHERE v > '500' AND v < '600'$$, share('SELECT FROM unknown', 1)::float8);
PREPARE between(bson_value, bson_value) AS SELECT FROM v WHERE v > $1 AND v < $2;
SET plan_cache_mode = force_generic_plan;
SELECT share($$EXECUTE between('500', '600')$$, 10000);
DROP SCHEMA est CASCADE;
