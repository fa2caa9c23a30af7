-- Counting all documents without a statement gives what a statement gives.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA cnt;
SET search_path = cnt, public;
CREATE FUNCTION counts(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    documents bigint := docdb.count_documents(name);
    command bigint := (docdb.command('cnt', format('{"count": "%s"}', name)::bson) ->> 'n')::bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM cnt.%I', name) INTO n;
    RETURN format('%s documents%s', n, CASE WHEN n <> documents OR n <> command THEN format(', DIFFERENT: %s, %s', documents, command) END);
END $$;
SELECT docdb.count_documents('none'), docdb.create_collection('c');
SELECT counts('c');
SELECT docdb.insert_many('c', array_agg(format('{"_id": %s, "a": %s, "t": "%s"}', i, i % 10, repeat('x', i % 300))::bson)) FROM generate_series(1, 3000) i;
SELECT counts('c');
VACUUM c;
SELECT counts('c');

-- What the transaction changed itself, what it took back, and what is left of that.
BEGIN;
SELECT docdb.delete_many('c', '{"a": 3}');
SELECT counts('c');
SAVEPOINT s;
SELECT docdb.insert_many('c', array_agg(format('{"_id": %s}', i)::bson)) FROM generate_series(10001, 10100) i;
SELECT docdb.update_many('c', '{"a": 4}', '{"$set": {"a": 5}}');
SELECT counts('c');
ROLLBACK TO s;
SELECT counts('c');
COMMIT;
SELECT counts('c');
BEGIN;
SELECT docdb.update_many('c', '{"a": {"$gt": 4}}', '{"$inc": {"a": 5}}');
SELECT docdb.delete_many('c', '{"a": 1}');
ROLLBACK;
SELECT counts('c');
VACUUM c;
SELECT docdb.delete_one('c', '{"_id": 100}');
SELECT counts('c');
-- A function sees what its statement sees.
WITH d AS (DELETE FROM c WHERE doc @@ '{"a": 2}' RETURNING 1) SELECT count(*), docdb.count_documents('c') FROM d;
SELECT counts('c');

-- Options.
SELECT docdb.count_documents('c', '{}', '{"skip": 100}'), docdb.count_documents('c', '{}', '{"skip": 10000}'), docdb.count_documents('c', '{}', '{"limit": 10}'),
       docdb.count_documents('c', '{}', '{"limit": 10, "skip": 2395}'), docdb.count_documents('c', NULL), docdb.count_documents('c', '{}', '{"maxTimeMS": 100000}'),
       docdb.count_documents('c', '{}', '{"hint": "_id_"}'), docdb.count_documents('c', '{}', '{"hint": {"$natural": 1}}');
SELECT docdb.count_documents('c', '{}', '{"hint": "nope"}');
SELECT docdb.command('cnt', '{"count": "c", "query": {}, "skip": 100}'), docdb.command('cnt', '{"count": "c", "limit": -5}'), docdb.command('cnt', '{"count": "none"}');
SELECT docdb.to_sql('cnt', '{"count": "c"}');

-- Kinds of collections.
CREATE TABLE part (_id bson_value NOT NULL, doc bson NOT NULL) PARTITION BY HASH (_id);
CREATE TABLE part0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO part SELECT _id, doc FROM c;
CREATE TABLE parent (_id bson_value, doc bson);
CREATE TABLE child (more text) INHERITS (parent);
INSERT INTO parent SELECT _id, doc FROM c WHERE doc @@ '{"a": 5}';
INSERT INTO child SELECT _id, doc FROM c WHERE doc @@ '{"a": 6}';
CREATE VIEW view AS SELECT * FROM c WHERE doc @@ '{"a": {"$lt": 5}}';
CREATE MATERIALIZED VIEW materialized AS SELECT * FROM view;
CREATE UNLOGGED TABLE unlogged AS SELECT * FROM c;
SELECT name, counts(name) FROM (VALUES ('part'), ('part0'), ('part1'), ('parent'), ('child'), ('view'), ('materialized'), ('unlogged')) AS v(name);
REFRESH MATERIALIZED VIEW materialized WITH NO DATA;
SELECT docdb.count_documents('materialized');
CREATE TEMP TABLE temporary AS SELECT * FROM c;
SELECT docdb.count_documents('pg_temp.temporary');

-- Privileges and row-level security.
CREATE ROLE docdb_counter;
GRANT USAGE ON SCHEMA cnt TO docdb_counter;
CREATE TABLE secret AS SELECT * FROM c;
SET ROLE docdb_counter;
SELECT docdb.count_documents('c');
RESET ROLE;
GRANT SELECT (doc) ON c TO docdb_counter;
GRANT SELECT ON secret TO docdb_counter;
SET ROLE docdb_counter;
SELECT docdb.count_documents('c'), docdb.count_documents('secret');
RESET ROLE;
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON secret USING (doc @@ '{"a": 6}');
SET ROLE docdb_counter;
SELECT docdb.count_documents('secret');
RESET ROLE;
SELECT docdb.count_documents('secret');

-- Counted in the statistics as a sequential scan.
SELECT pg_stat_force_next_flush();
SELECT seq_scan, seq_tup_read FROM pg_stat_all_tables WHERE relid = 'cnt.c'::regclass \gset before_
SELECT docdb.count_documents('c');
SELECT pg_stat_force_next_flush();
SELECT seq_scan - :before_seq_scan, seq_tup_read - :before_seq_tup_read FROM pg_stat_all_tables WHERE relid = 'cnt.c'::regclass;

DROP SCHEMA cnt CASCADE;
DROP ROLE docdb_counter;
