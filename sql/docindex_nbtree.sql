-- What an index that is nbtree's beneath must not be tripped up by; see doc/internals.md.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA nbtree;
SET search_path = nbtree, public;
\pset format unaligned

-- Equal keys are stored once a page, after a build and after insertions.
CREATE TABLE d (id int, doc bson) WITH (autovacuum_enabled = off);
INSERT INTO d SELECT i, '{"a": "a rather long value that is always the same"}' FROM generate_series(1, 10000) i;
CREATE INDEX d_a ON d USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
CREATE INDEX d_plain ON d ((doc ->> 'a'));
SELECT pg_relation_size('d_a') <= pg_relation_size('d_plain') AS built;
INSERT INTO d SELECT i, '{"a": "a rather long value that is always the same"}' FROM generate_series(10001, 20000) i;
SELECT pg_relation_size('d_a') <= 1.3 * pg_relation_size('d_plain') AS inserted;
SELECT docdb.index_check('d_a');

-- Keys that grow fill the pages, whether rows have markers or not.
CREATE TABLE g (id int, doc bson) WITH (autovacuum_enabled = off);
CREATE INDEX g_a ON g USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
CREATE INDEX g_plain ON g (id);
INSERT INTO g SELECT i, format('{"a": [%s]}', i)::bson FROM generate_series(1, 10000) i;
SELECT pg_relation_size('g_a') <= 1.6 * pg_relation_size('g_plain') AS grown, docdb.index_check('g_a');

-- Dead entries, several of one row on a page, are deleted when a page is full, and pages need no split for that.
CREATE TABLE u (id int PRIMARY KEY, doc bson) WITH (autovacuum_enabled = off);
INSERT INTO u SELECT i, format('{"a": [%s, %s, %s], "n": 0}', i % 5, i % 7, i % 3)::bson FROM generate_series(1, 200) i;
CREATE INDEX u_a ON u USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
CREATE INDEX u_n ON u USING bson_btree (doc bson_keys (keys = '{"n": 1}'));
CREATE PROCEDURE churn(rounds int) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. rounds LOOP
        UPDATE u SET doc = format('{"a": [%s, %s, %s], "n": %s}', id % 5, id % 7, id % 3, i)::bson WHERE id % 4 = i % 4;
        COMMIT;
        -- Who meets dead entries marks them.
        SET LOCAL enable_seqscan = off;
        SET LOCAL enable_bitmapscan = off;
        PERFORM id FROM u WHERE doc @@ '{"a": {"$gte": 0}}';
        COMMIT;
    END LOOP;
END $$;
CALL churn(400);
-- 20,000 new versions with up to three keys and a marker each would have needed 60 pages and more.
SELECT pg_relation_size('u_a') / 8192 < 30 AS a, docdb.index_check('u_a') > 0 AS checked, docdb.index_check('u_n');
VACUUM u;
SELECT docdb.index_check('u_a') > 0 AS vacuumed;

-- Scans in an order do not go back, and say so; cursors that must are given a sorted result.
BEGIN;
SET LOCAL enable_seqscan = off;
DECLARE c SCROLL CURSOR FOR SELECT id FROM g WHERE doc @@ '{"a": {"$gt": 9990}}' ORDER BY doc <~> '{"a": 1}';
FETCH 3 FROM c;
FETCH BACKWARD 2 FROM c;
FETCH LAST FROM c;
COMMIT;

-- create_index takes no partition's index for a part of one on something else.  PostgreSQL's own CREATE INDEX does;
-- what is found is right even then.
CREATE TABLE p (_id bson_value, doc bson) PARTITION BY HASH (_id);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (modulus 1, remainder 0);
CREATE INDEX p1_a ON p1 USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
INSERT INTO p SELECT i::text::bson_value, format('{"a": %s, "b": %s}', i, 1000 - i)::bson FROM generate_series(1, 999) i;
SELECT docdb.create_index('nbtree.p', '{"b": 1}');
SELECT inhrelid::regclass, inhparent::regclass FROM pg_inherits WHERE inhparent = 'p_b_1'::regclass;
CREATE INDEX p_c ON p USING bson_btree (doc bson_keys (keys = '{"c": 1}'));
SET enable_seqscan = off;
SELECT doc FROM p WHERE doc @@ '{"b": 5}';
SELECT doc FROM p WHERE doc @@ '{"a": 5}';
SELECT count(*) FROM p WHERE doc @@ '{"c": null}';
RESET enable_seqscan;

-- Uniqueness is no constraint to PostgreSQL: no foreign key refers to it, and it is no replica identity.
CREATE INDEX u_u ON u USING bson_btree (doc bson_keys (keys = '{"u": 1}', uniq = true, sparse = true));
ALTER TABLE u ADD CONSTRAINT c UNIQUE USING INDEX u_u;
ALTER TABLE u REPLICA IDENTITY USING INDEX u_u;
CREATE TABLE f (doc bson REFERENCES u (doc));
CREATE UNIQUE INDEX x ON u USING bson_btree (doc bson_keys (keys = '{"n": 1}'));
CREATE INDEX x ON u USING bson_btree (doc bson_keys (keys = '{"n": 1}'), id);
CREATE INDEX x ON u USING bson_btree (doc bson_keys (keys = '{"n": 1}')) INCLUDE (id);
CLUSTER u USING u_n;

-- All kinds of tables, and copies of their definitions.
CREATE UNLOGGED TABLE ul (LIKE u INCLUDING INDEXES);
INSERT INTO ul SELECT * FROM u;
CREATE TEMP TABLE te (LIKE u INCLUDING INDEXES);
INSERT INTO te SELECT * FROM u;
SELECT c.relname, pg_get_indexdef(c.oid), docdb.index_check(c.oid) > 0 AS checked FROM pg_index i JOIN pg_class c ON c.oid = indexrelid
    WHERE indrelid IN ('ul'::regclass, 'te'::regclass) AND relam = (SELECT oid FROM pg_am WHERE amname = 'bson_btree')
    AND c.relname ~ 'doc_idx1?$' ORDER BY 1, 2;

-- The number of entries in the catalog may be that of the rows, or of the entries: nothing depends on it.
ANALYZE g;
VACUUM g;
SELECT reltuples IN (10000, 20000) FROM pg_class WHERE oid = 'g_a'::regclass;

-- Damage is found: a row that the index lacks, an entry that its row should not have.
CREATE TABLE b (id int, doc bson) WITH (autovacuum_enabled = off);
INSERT INTO b SELECT i, format('{"a": %s}', i % 3)::bson FROM generate_series(1, 1000) i;
CREATE INDEX b_a ON b USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
UPDATE pg_index SET indisready = false WHERE indexrelid = 'b_a'::regclass;
INSERT INTO b VALUES (1001, '{"a": 1}');
UPDATE pg_index SET indisready = true WHERE indexrelid = 'b_a'::regclass;
SELECT docdb.index_check('b_a');
REINDEX INDEX b_a;
SELECT docdb.index_check('b_a');
SELECT docdb.index_check('d_plain');
DROP SCHEMA nbtree CASCADE;
