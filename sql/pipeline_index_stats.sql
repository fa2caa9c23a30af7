-- $indexStats: how often indexes were used.
CREATE SCHEMA pis;
SET search_path = pis, public;
SET client_min_messages = warning;
\pset format unaligned
SELECT docdb.insert_many('t', (SELECT array_agg(format('{"_id": %s, "a": %s}', i, i)::bson) FROM generate_series(1, 1000) AS i));
SELECT docdb.create_index('t', '{"a": 1}', '{"unique": true}'), docdb.create_index('t', '{"b": -1}', '{"name": "bs", "sparse": true}');
ANALYZE t;
SELECT d -> 'name' AS name, d -> 'key' AS key, d -> 'spec' AS spec, d ->> 'host' <> '' AS host, jsonb_typeof((d::jsonb) #> '{accesses,ops}') AS ops, (d -> 'accesses.since')::timestamptz <= now() AS since
    FROM docdb.aggregate('t', '[{"$indexStats": {}}]') AS d;
SELECT d -> 'name' AS name FROM docdb.aggregate('t', '[{"$indexStats": {}}, {"$match": {"name": {"$ne": "bs"}}}, {"$sort": {"name": -1}}, {"$limit": 1}]') AS d;
SELECT docdb.find_one('t', '{"a": 5}', options => '{"hint": "a_1"}') IS NOT NULL AS found;
SELECT pg_stat_force_next_flush();
SELECT d -> 'name' AS name, ((d::jsonb) #>> '{accesses,ops}')::bigint > 0 AS used FROM docdb.aggregate('t', '[{"$indexStats": {}}, {"$match": {"name": {"$in": ["a_1", "bs"]}}}]') AS d;
SELECT count(*) FROM docdb.aggregate('none', '[{"$indexStats": {}}]');
\set VERBOSITY sqlstate
SELECT docdb.aggregate('t', '[{"$indexStats": {"a": 1}}]');
SELECT docdb.aggregate('t', '[{"$indexStats": 1}]');
SELECT docdb.aggregate('t', '[{"$match": {"a": 1}}, {"$indexStats": {}}]');
SELECT docdb.aggregate('t', '[{"$limit": 1}, {"$indexStats": {}}]');
SELECT docdb.aggregate('t', '[{"$group": {"_id": 1}}, {"$indexStats": {}}]');
CREATE ROLE pis_nobody;
GRANT USAGE ON SCHEMA pis TO pis_nobody;
SET ROLE pis_nobody;
SELECT docdb.aggregate('pis.t', '[{"$indexStats": {}}]');
RESET ROLE;
DROP SCHEMA pis CASCADE;
DROP ROLE pis_nobody;
