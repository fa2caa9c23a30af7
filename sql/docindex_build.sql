-- Building indexes: sorted beforehand or not, what the progress view says, size.
SET client_min_messages = warning;
CREATE SCHEMA build;
SET search_path = build, public;
\pset format unaligned
CREATE TABLE t (id int, doc bson) WITH (autovacuum_enabled = off);
INSERT INTO t SELECT i, format('{"a": %s, "s": "user%s", "t": [%s, %s], "k": "%s", "x": %s}', i % 70, (i * 7919) % 30011, i % 10, i % 7,
    repeat('k', i % 400), (ARRAY['null', '1.5', '"x"', '-3', 'true', '{"y": [1]}', '""', '"xyzxyzxyz"', '"xyzxyzxyzz"'])[1 + i % 9])::bson
    FROM generate_series(1, 8000) i;
INSERT INTO t VALUES (0, NULL), (-1, '{}'), (-2, format('{"k": "%s"}', repeat('long', 1000))::bson),
    (-3, format('{"k": "%sx"}', repeat('long', 1000))::bson);
-- Versions that some transaction may still see, and such as none does.
BEGIN;
UPDATE t SET doc = doc WHERE id % 100 = 1;
ROLLBACK;
DELETE FROM t WHERE id % 100 = 2;

-- Creates an index with much and with little memory; the number of its entries, and whether both are the same size.
CREATE FUNCTION built(definition text, OUT entries bigint, OUT same boolean) LANGUAGE plpgsql AS $$
DECLARE
    much bigint;
    size bigint;
BEGIN
    SET LOCAL maintenance_work_mem = '64MB';
    EXECUTE 'CREATE INDEX i ON t USING bson_btree (doc bson_keys (' || definition || '))';
    much := docdb.index_check('i');
    size := pg_relation_size('i');
    DROP INDEX i;
    SET LOCAL maintenance_work_mem = '1MB';
    EXECUTE 'CREATE INDEX i ON t USING bson_btree (doc bson_keys (' || definition || '))';
    entries := docdb.index_check('i');
    same := entries = much AND size = pg_relation_size('i');
    DROP INDEX i;
END $$;
SELECT d, b.* FROM (VALUES ($$keys = '{"a": 1}'$$), ($$keys = '{"a": -1}'$$), ($$keys = '{"s": 1}'$$), ($$keys = '{"s": -1, "a": 1}'$$),
    ($$keys = '{"t": 1}'$$), ($$keys = '{"t": 1, "a": -1}'$$), ($$keys = '{"k": 1}'$$), ($$keys = '{"x": 1}'$$), ($$keys = '{"x": -1}'$$),
    ($$keys = '{"missing": 1}'$$), ($$keys = '{"missing": 1}', sparse = true$$), ($$keys = '{"x": 1}', partial = '{"a": {"$lt": 5}}'$$),
    ($$keys = '{"s": 1, "k": 1, "a": 1, "t": 1}', uniq = true$$)) AS v(d), built(d) b;

-- Duplicates are found and said, wherever the sort finds them.
\set VERBOSITY terse
CREATE INDEX u ON t USING bson_btree (doc bson_keys (keys = '{"s": 1, "a": 1}', uniq = true, sparse = true));
DROP INDEX u;
INSERT INTO t VALUES (30000, '{"a": 1, "s": "user7919", "t": [1], "k": "k"}'), (30001, '{"s": "user7919", "a": 1, "t": 1, "k": "k"}');
CREATE INDEX u ON t USING bson_btree (doc bson_keys (keys = '{"s": 1, "a": 1}', uniq = true, sparse = true));
SET maintenance_work_mem = '1MB';
CREATE INDEX u ON t USING bson_btree (doc bson_keys (keys = '{"s": 1, "a": 1}', uniq = true, sparse = true));
DELETE FROM t WHERE id >= 30000;
CREATE INDEX u ON t USING bson_btree (doc bson_keys (keys = '{"s": 1, "a": 1}', uniq = true, sparse = true));
RESET maintenance_work_mem;
DROP INDEX u;
SHOW maintenance_work_mem;

-- The progress view, asked in the middle of a build.
CREATE FUNCTION progress(d bson) RETURNS bson IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    p record;
BEGIN
    IF d ->> 's' = 'user' || (4003 * 7919) % 30011 THEN
        PERFORM pg_stat_clear_snapshot();
        SELECT * INTO p FROM pg_stat_progress_create_index WHERE pid = pg_backend_pid();
        RAISE WARNING '%: %, % of %', p.command, p.phase, CASE WHEN p.blocks_done BETWEEN 0 AND p.blocks_total THEN 'some' END,
            CASE WHEN p.blocks_total = pg_relation_size('build.t') / 8192 THEN 'all' END;
    END IF;
    RETURN d;
END $$;
CREATE INDEX p ON t USING bson_btree (build.progress(doc) bson_keys (keys = '{"a": 1}'));
DROP INDEX p;

-- No more than 1.3 times as large as a native index of the same values.
CREATE TABLE plain AS SELECT id, (doc ->> 'a')::int AS a, doc ->> 's' AS s FROM t;
CREATE INDEX plain_a ON plain (a);
CREATE INDEX plain_s ON plain (s);
CREATE INDEX t_a ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
CREATE INDEX t_s ON t USING bson_btree (doc bson_keys (keys = '{"s": 1}'));
SELECT pg_relation_size('t_a') <= 1.3 * pg_relation_size('plain_a') AS a, pg_relation_size('t_s') <= 1.3 * pg_relation_size('plain_s') AS s;
DROP SCHEMA build CASCADE;
