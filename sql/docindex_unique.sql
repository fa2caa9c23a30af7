-- Unique, sparse and partial indexes; what goes into an index and what is refused.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA uniq;
SET search_path = uniq, public;
\pset format unaligned
\pset tuples_only on

-- The elements of a document's own array may repeat; those of two documents may not.
SELECT docdb.create_index('u', '{"a": 1}', '{"unique": true}');
SELECT docdb.insert_one('u', '{"_id": 1, "a": [1, 2, 1]}');
SELECT docdb.insert_one('u', '{"_id": 2, "a": [2, 3]}');
SELECT docdb.insert_one('u', '{"_id": 2, "a": {"$numberDouble": "2"}}');
SELECT docdb.insert_one('u', '{"_id": 2, "a": [3, [1]]}');
SELECT docdb.insert_one('u', '{"_id": 3, "a": "s"}');
SELECT docdb.insert_one('u', '{"_id": 4}');
SELECT docdb.insert_one('u', '{"_id": 5, "a": null}');
SELECT docdb.update_one('u', '{"_id": 3}', '{"$set": {"a": 1}}');
SELECT docdb.update_one('u', '{"_id": 3}', '{"$set": {"a": ["s", "t"]}}');
SELECT docdb.update_one('u', '{"_id": 3}', '{"$set": {"b": 1}}');
SELECT docdb.delete_one('u', '{"_id": 1}');
SELECT docdb.insert_one('u', '{"_id": 1, "a": 1}');
INSERT INTO u (doc) VALUES ('{"_id": 1, "a": 77}') ON CONFLICT (_id) DO NOTHING;
INSERT INTO u (doc) VALUES ('{"_id": 1, "a": 1}') ON CONFLICT (_id) DO UPDATE SET doc = '{"_id": 1, "a": 2}';
INSERT INTO u (doc) VALUES ('{"_id": 9, "a": 2}') ON CONFLICT (_id) DO NOTHING;
SELECT doc FROM u ORDER BY _id;
SELECT docdb.index_check('u_a_1');
DO $$
DECLARE
    state text; name text; tab text;
BEGIN
    INSERT INTO uniq.u (doc) VALUES ('{"_id": 10, "a": 2}');
EXCEPTION WHEN unique_violation THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, name = CONSTRAINT_NAME, tab = TABLE_NAME;
    RAISE WARNING '% % %', state, name, tab;
END $$;
REINDEX INDEX u_a_1;
SELECT docdb.index_check('u_a_1');

-- Building says what is there twice, and leaves no index.
SELECT docdb.insert_many('v', ARRAY['{"_id": 1, "a": [1, 2], "b": "x"}', '{"_id": 2, "a": [2, 3], "b": "x"}']::bson[]);
SELECT docdb.create_index('v', '{"a": 1}', '{"unique": true}');
SELECT docdb.create_index('v', '{"b": 1, "c": -1}', '{"unique": true}');
SELECT docdb.create_index('v', '{"b": 1, "a": -1}', '{"unique": true}');
SELECT docdb.list_indexes('v') ->> 'name';

-- Of a sparse or partial index only what is in it must be unique.
SELECT docdb.create_index('s', '{"a": 1}', '{"unique": true, "sparse": true}');
SELECT docdb.insert_many('s', ARRAY['{"_id": 1}', '{"_id": 2}', '{"_id": 3, "a": null}']::bson[]);
SELECT docdb.insert_one('s', '{"_id": 4, "a": null}');
SELECT docdb.create_index('p', '{"a": 1}', '{"unique": true, "partialFilterExpression": {"b": {"$gt": 1}}}');
SELECT docdb.insert_many('p', ARRAY['{"_id": 1, "a": 1}', '{"_id": 2, "a": 1}', '{"_id": 3, "a": 1, "b": 2}']::bson[]);
SELECT docdb.insert_one('p', '{"_id": 4, "a": 1, "b": 3}');
SELECT docdb.update_one('p', '{"_id": 1}', '{"$set": {"b": 3}}');
SELECT docdb.index_check('s_a_1'), docdb.index_check('p_a_1');

-- Options, as they are listed; conflicts.
SELECT docdb.create_index('o', '{"a": 1}', '{"sparse": true, "hidden": true}');
SELECT docdb.create_index('o', '{"d": 1}', '{"expireAfterSeconds": 60, "background": true}');
SELECT docdb.create_index('o', '{"a": 1}', '{"name": "p", "partialFilterExpression": {"x": {"$exists": true}}}');
SELECT docdb.create_index('o', '{"s": 1}', '{"collation": {"locale": "fr"}}');
SELECT docdb.list_indexes('o');
SELECT docdb.create_index('o', '{"d": 1}', '{"expireAfterSeconds": 60}');
SELECT docdb.create_index('o', '{"d": 1}', '{"expireAfterSeconds": 61}');
SELECT docdb.create_index('o', '{"d": 1}', '{"name": "other"}');
SELECT docdb.create_index('o', '{"e": 1}', '{"name": "d_1"}');
SELECT docdb.create_index('o', '{"a": 1}', '{"name": "q", "sparse": true, "partialFilterExpression": {}}');
SELECT docdb.create_index('o', '{"a": 1, "b": 1}', '{"expireAfterSeconds": 5}');
SELECT docdb.create_index('o', '{"a": 1}', '{"expireAfterSeconds": -5}');
SELECT docdb.create_index('o', '{"a": 1}', '{"partialFilterExpression": {"a": {"$ne": 1}}}');
SELECT docdb.create_index('o', '{"a": 1}', '{"partialFilterExpression": {"a": {"$regex": "x"}}}');
SELECT docdb.create_index('o', '{"a": 1}', '{"unique": true, "collation": {"locale": "fr"}}');
SELECT docdb.create_index('o', '{"_id": 1}', '{"sparse": true}');
SELECT docdb.create_index('o', '{"_id": 1}', '{"hidden": true}');
SELECT docdb.create_index('o', '{"a": 1, "b": 1, "a": 1}');

-- Parallel arrays, and names that are both a position and a field.
SELECT docdb.create_index('a', '{"x": 1, "y": 1}');
SELECT docdb.create_index('a', '{"z.0.k": 1}');
SELECT docdb.insert_one('a', '{"x": [1], "y": [2]}');
SELECT docdb.insert_one('a', '{"z": [{"0": {"k": 1}}]}');
SELECT docdb.insert_one('a', '{"x": [1, 2], "y": 2}') IS NOT NULL;
SELECT docdb.insert_many('n', ARRAY['{"x": [1], "y": [2]}']::bson[]);
SELECT docdb.create_index('n', '{"x": 1, "y": 1}');

-- Plain SQL.
CREATE TABLE t (doc bson);
CREATE UNIQUE INDEX ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
CREATE INDEX ON t USING bson_btree (doc);
CREATE INDEX ON t USING bson_btree (doc bson_keys (keys = '{"a": 0}'));
CREATE INDEX ON t USING bson_btree (doc bson_keys (keys = 'x'));
CREATE INDEX ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}') DESC);
CREATE INDEX ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}'), doc);
CREATE INDEX ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}')) INCLUDE (doc);
CREATE INDEX ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}')) WITH (fillfactor = 5);
CREATE INDEX plain ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}', uniq = true, sparse = true)) WITH (fillfactor = 70);
CREATE TABLE alike (LIKE t INCLUDING ALL);
SELECT indexdef FROM pg_indexes WHERE schemaname = 'uniq' AND tablename IN ('t', 'alike') ORDER BY 1;
INSERT INTO alike VALUES ('{"a": 1}'), ('{}'), ('{}');
INSERT INTO alike VALUES ('{"a": 1}');
SELECT docdb.index_check('plain'), docdb.index_check('alike_doc_idx');
SELECT docdb.index_check('t');

-- Unlogged, temporary and partitioned tables.
CREATE UNLOGGED TABLE ul (doc bson);
CREATE INDEX ul_a ON ul USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
INSERT INTO ul VALUES ('{"a": [1, 2]}');
CREATE TEMP TABLE tt (doc bson);
CREATE INDEX tt_a ON tt USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
INSERT INTO tt VALUES ('{"a": [1, 2]}');
CREATE TABLE parted (_id bson_value, doc bson) PARTITION BY HASH (_id);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON parted_1 USING bson_btree (doc bson_keys (keys = '{"b": 1}'));
SELECT docdb.create_index('parted', '{"a": 1}');
SELECT docdb.create_index('parted', '{"a": 1}', '{"name": "u", "unique": true}');
SELECT docdb.list_indexes('parted');
SELECT indexdef FROM pg_indexes WHERE schemaname = 'uniq' AND tablename ~ '^parted' ORDER BY 1;
INSERT INTO parted SELECT i::text::bson_value, format('{"_id": %s, "a": [%s, %s]}', i, i % 10, i % 7)::bson FROM generate_series(1, 100) i;
SET enable_seqscan = off;
SELECT count(*) FROM ul WHERE doc @@ '{"a": 2}';
SELECT count(*) FROM tt WHERE doc @@ '{"a": 2}';
EXPLAIN (COSTS OFF) SELECT doc FROM parted WHERE doc @@ '{"a": {"$gt": 2}}' ORDER BY doc <~> '{"a": 1}' LIMIT 3;
SELECT doc -> 'a' FROM parted ORDER BY doc <~> '{"a": -1, "b": 1}' LIMIT 0;
SELECT count(*) FROM parted WHERE doc @@ '{"a": 3}';
SELECT docdb.drop_index('parted', 'a_1');
SELECT docdb.list_indexes('parted');

DROP SCHEMA uniq CASCADE;
