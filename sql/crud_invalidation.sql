-- Plans that docdb keeps are made anew when what they were made for changes.
CREATE SCHEMA inv;
CREATE SCHEMA inv2;
SET search_path = inv, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
\pset format unaligned
\pset tuples_only on
SELECT docdb.insert_many('t', (SELECT array_agg(format('{"_id": %s, "a": %s, "b": %s}', i, i % 500, CASE WHEN i % 1000 = 0 THEN i / 1000 ELSE 0 END)::bson) FROM generate_series(1, 5000) AS i));
ANALYZE t;

-- The number of documents that a find returns, and what it read: the scans begun meanwhile.
CREATE FUNCTION used(filter text, collection text DEFAULT 'inv.t') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    n bigint;
BEGIN
    SELECT jsonb_object_agg(oid, pg_stat_get_xact_numscans(oid)) INTO before FROM pg_class WHERE relnamespace = 'inv'::regnamespace AND relkind IN ('r', 'i');
    SELECT count(*) INTO n FROM docdb.find(collection, filter::public.bson);
    RETURN n || ' ' || (SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), 'nothing') FROM pg_class
                        WHERE before ? oid::text AND pg_stat_get_xact_numscans(oid) > (before ->> oid::text)::bigint);
END
$$;

-- An index that comes, one that goes, one that is hidden.
SELECT used('{"a": 5}'), used('{"a": 6}');
SELECT docdb.create_index('t', '{"a": 1}');
SELECT used('{"a": 5}'), used('{"a": 6}');
DROP INDEX t_a_1;
SELECT used('{"a": 5}'), used('{"a": 6}');
SELECT docdb.create_index('t', '{"a": 1}');
SELECT used('{"a": 5}'), used('{"a": 6}');
ALTER INDEX t_a_1 SET (hidden = true);
SELECT used('{"a": 5}'), used('{"a": 6}');
ALTER INDEX t_a_1 RESET (hidden);
SELECT used('{"a": 5}'), used('{"a": 6}');
CREATE INDEX CONCURRENTLY t_a2 ON t USING bson_btree (doc bson_keys (keys = '{"a": 1, "z": 1}'));
SELECT docdb.drop_index('t', 'a_1'), used('{"a": 5}'), used('{"a": 6}');
REINDEX INDEX CONCURRENTLY t_a2;
SELECT used('{"a": 5}'), used('{"a": 6}');
BEGIN;
DROP INDEX t_a2;
SELECT used('{"a": 5}');
ROLLBACK;
SELECT used('{"a": 5}');

-- A plan is made for the values at hand, and serves others; ANALYZE has it made anew.
SELECT docdb.create_index('t', '{"b": 1}');
SELECT used('{"b": 0}'), used('{"b": 3}');
ANALYZE t;
SELECT used('{"b": 3}'), used('{"b": 4}');

-- ALTER TABLE.
ALTER TABLE t ADD COLUMN note text DEFAULT 'x';
SELECT used('{"a": 5}');
ALTER TABLE t ALTER COLUMN doc SET STORAGE EXTERNAL;
ALTER TABLE t DROP COLUMN note;
ALTER TABLE t SET (autovacuum_enabled = false);
SELECT used('{"a": 5}');
ALTER TABLE t SET UNLOGGED;
SELECT used('{"a": 5}');

-- Settings.
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT used('{"a": 5}');
RESET enable_indexscan;
RESET enable_bitmapscan;
SELECT used('{"a": 5}');
SELECT used('{"c": 5}');
SELECT docdb.insert_one('inv2.t', '{"_id": 1, "a": 5, "other": true}'), used('{"a": 5}', 't');
SET search_path = inv2, inv, public;
SELECT used('{"a": 5}', 't');
SET search_path = inv, inv2, public;
SELECT used('{"a": 5}', 't');
SET search_path = '';
SELECT inv.used('{"a": 5}');
SET search_path = inv, public;

-- Roles, privileges and row-level security.
CREATE ROLE inv_reader;
CREATE ROLE inv_owner;
GRANT USAGE ON SCHEMA inv TO inv_reader, inv_owner;
GRANT CREATE ON SCHEMA inv TO inv_owner;
GRANT SELECT ON t TO inv_reader;
\set VERBOSITY sqlstate
SET ROLE inv_reader;
SELECT used('{"a": 5}'), docdb.find_one('inv.t', '{"_id": 5}') -> 'a', docdb.count_documents('inv.t', '{"_id": 5}');
RESET ROLE;
REVOKE SELECT ON t FROM inv_reader;
SET ROLE inv_reader;
SELECT docdb.find('inv.t', '{"a": 5}');
SELECT docdb.find_one('inv.t', '{"_id": 5}');
SELECT docdb.count_documents('inv.t', '{"_id": 5}');
RESET ROLE;
SELECT used('{"a": 5}');
GRANT SELECT ON t TO inv_reader;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t TO inv_reader USING (_id < '1000');
SET ROLE inv_reader;
SELECT used('{"a": 5}'), docdb.find_one('inv.t', '{"_id": 2000}'), docdb.count_documents('inv.t', '{"_id": 2000}');
RESET ROLE;
SELECT used('{"a": 5}');
ALTER POLICY p ON t USING (_id < '2000');
SET ROLE inv_reader;
SELECT used('{"a": 5}');
RESET ROLE;
ALTER TABLE t OWNER TO inv_owner;
SET ROLE inv_owner;
SELECT used('{"a": 5}');
RESET ROLE;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
SET ROLE inv_owner;
SELECT count(*) FROM docdb.find('inv.t', '{"a": 5}');
RESET ROLE;
ALTER TABLE t NO FORCE ROW LEVEL SECURITY;
ALTER TABLE t DISABLE ROW LEVEL SECURITY;
SET ROLE inv_owner;
SELECT used('{"a": 5}');
SET row_security = off;
SELECT used('{"a": 5}');
RESET row_security;
RESET ROLE;
SET ROLE inv_reader;
SELECT used('{"a": 5}');
RESET ROLE;

-- The collection goes and comes.
SELECT docdb.drop_collection('t');
SELECT used('{"a": 5}');
SELECT docdb.insert_many('t', (SELECT array_agg(format('{"_id": %s, "a": %s}', i, i)::bson) FROM generate_series(1, 3000) AS i));
SELECT used('{"a": 5}');
SELECT docdb.create_index('t', '{"a": 1}');
SELECT used('{"a": 5}');
SELECT docdb.rename_collection('t', 'u'), used('{"a": 5}'), used('{"a": 5}', 'inv.u');

-- Estimates after ANALYZE are within three times the truth, through docdb.find's statement and plain SQL.
SELECT docdb.insert_many('e', (SELECT array_agg(format('{"_id": %s, "email": "user%s@example.com", "score": %s, "city": "c%s", "tags": ["t%s", "t%s", "t%s"], "sub": {"n": %s}}',
    i, i, i % 1000, least(i % 40, i % 7), i % 50, i % 9, (i * 7) % 300, i % 13)::bson) FROM generate_series(1, 20000) AS i));
CREATE FUNCTION estimate(filter text) RETURNS TABLE (sql_estimate numeric, find_estimate numeric, truth numeric) LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT doc FROM inv.e WHERE doc @@ %L', filter) INTO plan;
    sql_estimate := (plan #>> '{0,Plan,Plan Rows}')::numeric;
    find_estimate := (docdb.explain('inv', format('{"find": "e", "filter": %s}', filter)::bson, 'queryPlanner')::jsonb #>> '{queryPlanner,postgresql,Plan,Plan Rows}')::numeric;
    truth := docdb.count_documents('inv.e', filter::bson);
    RETURN NEXT;
END
$$;
CREATE TABLE filters AS SELECT * FROM (VALUES
    ('{"email": "user777@example.com"}'), ('{"score": 5}'), ('{"score": {"$lt": 100}}'), ('{"score": {"$gte": 250, "$lt": 500}}'), ('{"score": {"$gt": 990}}'),
    ('{"city": "c0"}'), ('{"city": "c3"}'), ('{"city": {"$in": ["c1", "c2"]}}'), ('{"city": {"$ne": "c0"}}'),
    ('{"tags": "t3"}'), ('{"tags": "t20"}'), ('{"tags": {"$in": ["t3", "t250"]}}'), ('{"sub.n": 5}'), ('{"sub.n": {"$gt": 10}}'),
    ('{"score": 5, "sub.n": {"$gte": 0}}'), ('{"nothing": 1}'), ('{"nothing": null}'), ('{"_id": 5}')) AS f(filter);
ANALYZE e;
SELECT f.filter, e.* FROM filters f, LATERAL estimate(f.filter) e
    WHERE greatest(sql_estimate, find_estimate) > 3 * greatest(truth, 1) OR least(sql_estimate, find_estimate) < greatest(truth, 1) / 3;
SELECT docdb.create_index('e', '{"email": 1}'), docdb.create_index('e', '{"score": 1}'), docdb.create_index('e', '{"tags": 1}');
ANALYZE e;
SELECT f.filter, e.* FROM filters f, LATERAL estimate(f.filter) e
    WHERE greatest(sql_estimate, find_estimate) > 3 * greatest(truth, 1) OR least(sql_estimate, find_estimate) < greatest(truth, 1) / 3;

DROP SCHEMA inv CASCADE;
DROP SCHEMA inv2 CASCADE;
DROP ROLE inv_reader, inv_owner;
