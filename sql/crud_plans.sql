-- Plans are kept by the statement's shape, and made anew when what they are made for changes.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA plans;
SET search_path = plans, public;
SELECT docdb.insert_many('c', array_agg(format('{"_id": %s, "a": %s}', i, i % 10)::bson)) FROM generate_series(1, 1000) i;

-- The same calls before and after each change.
CREATE FUNCTION calls() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT format('%s %s %s %s %s', docdb.count_documents('plans.c'), docdb.count_documents('plans.c', '{"a": 5}'), docdb.find_one('plans.c', '{"_id": 15}'),
        (SELECT docdb.find('plans.c', '{"a": 5}', sort => '{"_id": 1}') LIMIT 1), docdb.update_one('plans.c', '{"_id": 15}', '{"$set": {"a": 5}}'))
$$;
SELECT calls();
SELECT calls();
ALTER TABLE c ADD COLUMN note text DEFAULT 'x';
SELECT calls(), docdb.insert_one('c', '{"_id": 1001, "a": 5}');
ALTER TABLE c DROP COLUMN note;
SELECT calls(), docdb.insert_one('c', '{"_id": 1002, "a": 5}');
ALTER TABLE c DROP CONSTRAINT c_pkey;
SELECT calls(), docdb.insert_one('c', '{"_id": 1003, "a": 5}');
ALTER TABLE c ADD PRIMARY KEY (_id);
SELECT calls();
CREATE INDEX ON c ((doc <~> '{"a": 1}'));
SELECT calls(), docdb.insert_one('c', '{"_id": 1004, "a": 5}');
ALTER TABLE c RENAME TO d;
SELECT calls();
ALTER TABLE d RENAME TO c;
SELECT calls();
DROP TABLE c;
SELECT calls();
SELECT docdb.insert_one('c', '{"_id": 15, "a": 5, "new": true}');
SELECT calls();
CREATE TABLE c2 (_id bson_value PRIMARY KEY, extra int, doc bson NOT NULL);
INSERT INTO c2 VALUES ('15', 1, '{"_id": 15, "a": 5, "other": true}');
BEGIN;
ALTER TABLE c RENAME TO c1;
ALTER TABLE c2 RENAME TO c;
SELECT calls();
ROLLBACK;
SELECT calls();
ANALYZE c;
SELECT calls();
TRUNCATE c;
SELECT calls();
CREATE RULE no_insert AS ON INSERT TO c DO INSTEAD NOTHING;
SELECT docdb.insert_one('c', '{"_id": 16}'), docdb.insert_many('c', ARRAY['{"_id": 17}', '{"_id": 18}']::bson[]);
SELECT docdb.count_documents('c');
DROP RULE no_insert ON c;
SELECT docdb.insert_one('c', '{"_id": 16}');
SELECT docdb.count_documents('c');

-- Every shape has its own plan; those not used for longest are forgotten.
SHOW docdb.plan_cache_size;
SET docdb.plan_cache_size = 16;
SELECT docdb.insert_many('s', array_agg(format('{"_id": %s, "f%s": %s}', i, i % 3, i)::bson)) FROM generate_series(1, 20) i;
SELECT count(docdb.find_one('s', '{}', sort => format('{"f%s": 1}', i)::bson)) FROM generate_series(1, 100) i;
SELECT count(docdb.find_one('s', '{}', sort => format('{"f%s": 1}', i % 5)::bson)) FROM generate_series(1, 100) i;
SELECT docdb.find('s', '{"_id": {"$lt": 4}}', sort => '{"_id": 1}') -> '_id', docdb.find_one('s', '{}', sort => '{"f1": -1}') -> '_id', docdb.count_documents('s', '{"f1": {"$gt": 5}}');
-- A plan in use outlives its entry.
SELECT docdb.find('s', sort => '{"_id": 1}') -> '_id' AS id, (SELECT count(docdb.find_one('s', '{}', sort => format('{"g%s": 1}', i)::bson)) FROM generate_series(1, 30) i)
    FROM generate_series(1, 2) LIMIT 3;
SET docdb.plan_cache_size = 15;
RESET docdb.plan_cache_size;

-- Whatever PostgreSQL is told about plans.
SET plan_cache_mode = force_custom_plan;
SELECT docdb.count_documents('s', '{"_id": {"$gt": 10}}'), docdb.find_one('s', '{"_id": 5}') -> '_id', docdb.update_many('s', '{"_id": 1}', '{"$set": {"x": 1}}');
SET plan_cache_mode = force_generic_plan;
SELECT docdb.count_documents('s', '{"_id": {"$gt": 10}}'), docdb.find_one('s', '{"_id": 5}') -> '_id', docdb.update_many('s', '{"_id": 1}', '{"$set": {"x": 1}}');
RESET plan_cache_mode;
DISCARD PLANS;
SELECT docdb.count_documents('s', '{"_id": {"$gt": 10}}'), docdb.find_one('s', '{"_id": 5}') -> '_id';
DISCARD ALL;
SET search_path = plans, public;
SET client_min_messages = warning;
\pset format unaligned
SELECT docdb.count_documents('s', '{"_id": {"$gt": 10}}');

-- Read in parallel.
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT docdb.insert_many('p', array_agg(format('{"_id": %s, "a": %s, "pad": "%s"}', i, i % 7, repeat('x', 500))::bson)) FROM generate_series(1, 3000) i;
ANALYZE p;
SELECT docdb.count_documents('p', '{"a": 3}'), (SELECT count(*) FROM docdb.find('p', '{"a": 3}')), (SELECT count(*) FROM docdb.distinct('p', 'a'));
SELECT count(*) FROM p WHERE docdb.count_documents('plans.p', '{"a": 3}') > 5;
SELECT (SELECT count(*) FROM (SELECT docdb.find('p', '{"a": 3}')) x);

-- An isolation level at which nothing new is seen.
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT docdb.count_documents('s');
SELECT docdb.insert_one('s', '{"_id": 100}');
SELECT docdb.count_documents('s'), docdb.find_one('s', '{"_id": 100}');
SELECT docdb.update_one('s', '{"_id": 100}', '{"$set": {"a": 1}}'), docdb.delete_one('s', '{"_id": 100}');
COMMIT;

DROP SCHEMA plans CASCADE;
