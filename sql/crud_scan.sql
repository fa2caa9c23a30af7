-- Scans that match documents where they lie: what they are offered for, and that they give what a sequential scan gives.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA scan;
SET search_path = scan, public;
SET max_parallel_workers_per_gather = 0;
SELECT docdb.insert_many('c', array_agg(format('{"_id": %s, "a": %s, "s": "%s", "t": "%s"}', i, i % 10, md5(i::text), repeat('x', i % 300))::bson)) FROM generate_series(1, 3000) i;
ANALYZE c;

-- Readable in EXPLAIN; with all conditions and what they removed.
EXPLAIN (COSTS OFF) SELECT doc FROM c WHERE doc @@ '{"a": 5}';
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT count(*) FROM c WHERE doc @@ '{"a": 5}' AND doc @@ '{"s": {"$regex": "a"}}' AND _id > '1000'::bson_value AND doc ->> 's' > 'b';
EXPLAIN (COSTS OFF, FORMAT JSON) SELECT FROM c WHERE doc @@ '{"a": 5}';
SELECT docdb.explain('scan', '{"find": "c", "filter": {"a": 5}}') -> 'queryPlanner.winningPlan';

-- Both ways: each query with the scan and without.
CREATE FUNCTION compare(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    plan text := '';
    summary text;
    one text;
    two text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ 'Scan' THEN
            plan := plan || ' ' || regexp_replace(line, '^[ >-]*', '');
        END IF;
    END LOOP;
    summary := format('SELECT format(''%%s %%s'', count(*), sum(hashtextextended(q::text, 0))) FROM (%s) AS q', query);
    EXECUTE summary INTO one;
    SET LOCAL docdb.enable_document_scan = off;
    EXECUTE summary INTO two;
    SET LOCAL docdb.enable_document_scan = on;
    RETURN format('%s rows, %s:%s', split_part(one, ' ', 1), CASE WHEN one = two THEN 'the same' ELSE 'DIFFERENT' END, plan);
END $$;

CREATE TABLE wide (n int, note text, doc bson, tail text, other bson);
ALTER TABLE wide ADD CONSTRAINT n CHECK (n > 0);
INSERT INTO wide SELECT i, CASE WHEN i % 3 > 0 THEN repeat('y', i % 200) END, CASE WHEN i % 7 > 0 THEN format('{"a": %s}', i % 10)::bson END, NULL, format('{"a": %s}', i % 4)::bson FROM generate_series(1, 1000) i;
CREATE TABLE late AS SELECT i AS n FROM generate_series(1, 50) i;
ALTER TABLE late ADD doc bson DEFAULT '{"a": 5}';
INSERT INTO late SELECT i, '{"a": 6}' FROM generate_series(1, 50) i;
CREATE TABLE toasted (doc bson);
ALTER TABLE toasted ALTER doc SET STORAGE external;
INSERT INTO toasted SELECT format('{"a": %s, "t": "%s"}', i % 10, repeat('z', 5000))::bson FROM generate_series(1, 50) i;
ALTER TABLE toasted ALTER doc SET STORAGE extended;
INSERT INTO toasted SELECT format('{"a": %s, "t": "%s"}', i % 10, repeat('z', 5000 * (i % 9)))::bson FROM generate_series(1, 50) i;
CREATE TABLE part (_id bson_value NOT NULL, doc bson NOT NULL) PARTITION BY HASH (_id);
CREATE TABLE part0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part1 (doc bson NOT NULL, _id bson_value NOT NULL);
ALTER TABLE part ATTACH PARTITION part1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO part SELECT _id, doc FROM c;
CREATE TABLE parent (n int, doc bson);
CREATE TABLE child (more text) INHERITS (parent);
INSERT INTO parent SELECT i, format('{"a": %s}', i % 10)::bson FROM generate_series(1, 100) i;
INSERT INTO child SELECT i, format('{"a": %s}', i % 10)::bson FROM generate_series(1, 100) i;
CREATE TEMP TABLE temporary AS SELECT doc FROM c;
CREATE UNLOGGED TABLE unlogged AS SELECT doc FROM c;
CREATE MATERIALIZED VIEW materialized AS SELECT doc FROM c;
CREATE VIEW view AS SELECT doc AS d, _id FROM c WHERE doc @@ '{"a": {"$lt": 7}}';
CREATE TABLE empty (doc bson);
ANALYZE;

SELECT q, compare(q) FROM (VALUES
    (1, 'SELECT * FROM c WHERE doc @@ ''{"a": 5}'''),
    (2, 'SELECT doc -> ''s'', ctid, tableoid, xmin FROM c WHERE doc @@ ''{"a": {"$gte": 5}}'' AND doc @@ ''{"s": {"$regex": "7"}}'''),
    (3, 'SELECT c FROM c WHERE doc @@ ''{"a": {"$in": [1, 2]}}'' AND _id > ''50''::bson_value'),
    (4, 'SELECT FROM c WHERE doc @@ ''{"a": 99}'''),
    (5, 'SELECT FROM c WHERE doc @@ ''{"$expr": {"$eq": ["$a", {"$mod": ["$_id", 7]}]}}'''),
    (6, 'SELECT n FROM wide WHERE doc @@ ''{"a": 5}'''),
    (7, 'SELECT n FROM wide WHERE other @@ ''{"a": 1}'' AND doc @@ ''{"a": 5}'' AND note IS NULL'),
    (8, 'SELECT n FROM wide WHERE doc @@ ''{"a": null}'''),
    (9, 'SELECT n FROM late WHERE doc @@ ''{"a": {"$in": [5, 6]}}'''),
    (10, 'SELECT doc FROM toasted WHERE doc @@ ''{"a": 5, "t": {"$regex": "zz"}}'''),
    (11, 'SELECT doc FROM part WHERE doc @@ ''{"a": 5}'''),
    (12, 'SELECT n, doc FROM parent WHERE doc @@ ''{"a": 5}'''),
    (13, 'SELECT doc FROM temporary WHERE doc @@ ''{"a": 5}'''),
    (14, 'SELECT doc FROM unlogged WHERE doc @@ ''{"a": 5}'''),
    (15, 'SELECT doc FROM materialized WHERE doc @@ ''{"a": 5}'''),
    (16, 'SELECT d FROM view WHERE d @@ ''{"a": {"$gt": 5}}'''),
    (17, 'SELECT doc FROM empty WHERE doc @@ ''{"a": 5}'''),
    (18, 'SELECT c.doc FROM c, LATERAL (SELECT doc FROM wide WHERE doc @@ docdb.equals_any(''"a"'', ARRAY[c.doc -> ''a'']) OFFSET 0) AS w WHERE c._id < ''20''::bson_value'),
    (19, 'SELECT n FROM wide WHERE doc @@ (SELECT ''{"a": 5}''::bson)'),
    (20, 'SELECT n FROM wide WHERE doc @@ (SELECT NULL::bson)'),
    (21, 'SELECT n FROM wide AS w WHERE n < 30 AND EXISTS (SELECT FROM c WHERE c.doc @@ (''{"_id": '' || w.n || ''}'')::bson)'),
    (22, 'SELECT a.n, b.n FROM late a JOIN late b ON a.n = b.n WHERE a.doc @@ ''{"a": 5}'' AND b.doc @@ ''{"a": 6}'''),
    (23, 'SELECT n FROM wide WHERE doc @@ ''{}'' AND note > ''yyy'''),
    (24, 'SELECT n FROM wide WHERE doc @@ ''{"a": 5}'' AND random() < 2'),
    (25, 'SELECT d.doc FROM (SELECT doc FROM wide WHERE doc @@ ''{"a": 5}'' LIMIT 30) AS d'),
    -- Not for these: what is no condition on a column with a filter of its own.
    (30, 'SELECT n FROM wide WHERE doc @@ other'),
    (31, 'SELECT n FROM wide WHERE doc @@ ''{"a": 1}'' OR n = 5'),
    (32, 'SELECT n FROM wide WHERE NOT doc @@ ''{"a": 1}'''),
    (33, 'SELECT n FROM wide WHERE coalesce(doc, other) @@ ''{"a": 1}'''),
    (34, 'SELECT n FROM wide WHERE doc @@ (''{"a": '' || floor(random()) || ''}'')::bson'),
    (35, 'SELECT n FROM wide TABLESAMPLE SYSTEM (100) WHERE doc @@ ''{"a": 1}'''),
    (36, 'SELECT v.d FROM (VALUES (''{"a": 1}''::bson)) AS v(d) WHERE v.d @@ ''{"a": 1}''')) AS v(number, q) ORDER BY number;

-- Switched off, by its own setting and as sequential scans are.
SET docdb.enable_document_scan = off;
EXPLAIN (COSTS OFF) SELECT doc FROM c WHERE doc @@ '{"a": 5}';
RESET docdb.enable_document_scan;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT doc FROM c WHERE doc @@ '{"a": 5}' AND _id > '0'::bson_value;
RESET enable_seqscan;

-- A filter that is a parameter, also in generic plans.
PREPARE by_filter(bson) AS SELECT count(*) FROM c WHERE doc @@ $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_filter('{"a": 5}');
EXECUTE by_filter('{"a": 5}');
EXECUTE by_filter('{"a": {"$lt": 3}}');
EXECUTE by_filter(NULL);
EXECUTE by_filter('{"a": {"$bad": 3}}');
EXECUTE by_filter('{"a": 5}');
RESET plan_cache_mode;

-- Filters that make no sense are errors only where there is a row to match, as elsewhere.
SELECT count(*) FROM c WHERE doc @@ '{"a": {"$bad": 3}}';

-- Rows are looked at one by one: one beyond the limit raises no error.
INSERT INTO empty SELECT format('{"n": %s, "d": %s}', i, 5 - i)::bson FROM generate_series(1, 9) i;
SELECT doc FROM empty WHERE doc @@ '{"$expr": {"$gt": [{"$divide": [10, "$d"]}, 4]}}' LIMIT 2;
SELECT doc FROM empty WHERE doc @@ '{"$expr": {"$gt": [{"$divide": [10, "$d"]}, 4]}}';

-- Cursors: forth, and back where somebody asks for it.
BEGIN;
DECLARE cursor SCROLL CURSOR FOR SELECT doc -> '_id' FROM c WHERE doc @@ '{"a": 5}';
FETCH 3 FROM cursor;
FETCH BACKWARD 2 FROM cursor;
FETCH ABSOLUTE 300 FROM cursor;
FETCH 2 FROM cursor;
FETCH RELATIVE 0 FROM cursor;
CLOSE cursor;
DECLARE cursor NO SCROLL CURSOR FOR SELECT doc -> '_id' FROM c WHERE doc @@ '{"a": 5}';
FETCH 2 FROM cursor;
-- What the transaction itself does later is not seen.
DELETE FROM c WHERE doc @@ '{"a": 5, "_id": {"$lt": 2990}}';
UPDATE c SET doc = docdb.update_document(doc, '{"$set": {"a": 5}}') WHERE doc @@ '{"a": 6}';
FETCH 2 FROM cursor;
SELECT count(*) FROM c WHERE doc @@ '{"a": 5}';
ROLLBACK;
SELECT count(*) FROM c WHERE doc @@ '{"a": 5}';

-- Joins that go back to a marked row.
SET enable_hashjoin = off;
SET enable_nestloop = off;
SELECT count(*) FROM (SELECT doc -> 'a' AS a FROM c WHERE doc @@ '{"_id": {"$lt": 100}}') AS x JOIN (SELECT doc -> 'a' AS a FROM wide WHERE doc @@ '{"a": {"$lt": 5}}') AS y USING (a);
RESET enable_hashjoin;
RESET enable_nestloop;

-- Writes and locks.
BEGIN;
EXPLAIN (COSTS OFF) UPDATE wide SET n = n + 1 WHERE doc @@ '{"a": 5}';
UPDATE wide SET n = n + 1000 WHERE doc @@ '{"a": 5}';
SELECT count(*) FROM wide WHERE n > 1000;
DELETE FROM wide WHERE doc @@ '{"a": 5}';
SELECT count(*) FROM (SELECT n FROM wide WHERE doc @@ '{"a": 6}' FOR UPDATE) AS s;
ROLLBACK;

-- Row-level security and security barriers come first: a function in the filter's place learns of no other rows.
CREATE ROLE docdb_scan_user;
GRANT USAGE ON SCHEMA scan TO docdb_scan_user;
CREATE TABLE secret (who text, doc bson);
INSERT INTO secret SELECT CASE WHEN i % 2 = 0 THEN 'docdb_scan_user' ELSE 'other' END, format('{"d": %s}', (i + 1) % 2)::bson FROM generate_series(1, 100) i;
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON secret USING (who = CURRENT_USER);
CREATE POLICY q ON secret AS RESTRICTIVE USING (doc @@ '{"d": {"$gt": 0}}');
CREATE VIEW barrier WITH (security_barrier) AS SELECT doc FROM wide WHERE doc @@ '{"a": {"$gt": 4}}';
GRANT SELECT ON secret TO docdb_scan_user;
SET ROLE docdb_scan_user;
EXPLAIN (COSTS OFF) SELECT doc FROM secret WHERE doc @@ '{"$expr": {"$divide": [1, "$d"]}}';
SELECT count(*) FROM secret WHERE doc @@ '{"$expr": {"$divide": [1, "$d"]}}';
SELECT count(*) FROM secret WHERE doc @@ '{"d": {"$gte": 0}}';
SELECT count(*) FROM c WHERE doc @@ '{"a": 5}';
RESET ROLE;
SELECT count(*) FROM secret WHERE doc @@ '{"$expr": {"$divide": [1, "$d"]}}';
-- The barrier's own condition may be looked at first, the query's not.
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT count(*) FROM barrier WHERE doc @@ '{"$expr": {"$gt": [{"$divide": [1, {"$subtract": ["$a", 4]}]}, 0]}}';
SELECT count(*) FROM wide WHERE doc @@ '{"$expr": {"$gt": [{"$divide": [1, {"$subtract": ["$a", 4]}]}, 0]}}';

-- Parallel.
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
EXPLAIN (COSTS OFF) SELECT count(*) FROM c WHERE doc @@ '{"a": 5}';
SELECT count(*), sum((doc ->> '_id')::int) FROM c WHERE doc @@ '{"a": 5}';
EXECUTE by_filter('{"a": {"$lt": 3}}');
SELECT count(*) FROM c WHERE doc @@ (SELECT '{"a": 5}'::bson);
EXPLAIN (COSTS OFF) SELECT count(*) FROM part WHERE doc @@ '{"a": 5}';
SELECT count(*) FROM part WHERE doc @@ '{"a": 5}';
-- Again and again within one query.
SET enable_material = off;
SELECT n, (SELECT count(*) FROM c WHERE doc @@ '{"a": 5}' AND s.n > 0) FROM late AS s WHERE doc @@ '{"a": 5}' AND n < 4 ORDER BY n;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT count(*) FROM (VALUES (1), (2), (3)) AS v(n) LEFT JOIN (SELECT count(*) AS m FROM c WHERE doc @@ '{"a": 5}') AS s ON s.m > v.n;

-- Counted in the statistics as a sequential scan.
SELECT pg_stat_force_next_flush();
SELECT seq_scan, seq_tup_read FROM pg_stat_all_tables WHERE relid = 'scan.late'::regclass \gset before_
SET max_parallel_workers_per_gather = 0;
SELECT count(*) FROM late WHERE doc @@ '{"a": 5}';
SELECT pg_stat_force_next_flush();
SELECT seq_scan - :before_seq_scan, seq_tup_read - :before_seq_tup_read FROM pg_stat_all_tables WHERE relid = 'scan.late'::regclass;

DROP SCHEMA scan CASCADE;
DROP ROLE docdb_scan_user;
