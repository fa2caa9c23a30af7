-- The same work on docdb and on jsonb: loading, scanning, size.  Needs setup.sql and the psql
-- variables documents, rounds and folder (where the server may write).
\set QUIET on
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
DROP TABLE IF EXISTS bench.people, bench.people_j, bench.plain, bench.plain_j, bench.loaded_j CASCADE;
SELECT docdb.drop_collection('bench.people'), docdb.drop_collection('bench.loaded') \g /dev/null

\echo Generating :documents documents ...
CREATE UNLOGGED TABLE bench.plain (doc bson NOT NULL);
CREATE UNLOGGED TABLE bench.plain_j (doc jsonb NOT NULL);
INSERT INTO bench.plain SELECT bench.document(n, false)::bson FROM generate_series(1, :documents) AS n;
INSERT INTO bench.plain_j SELECT bench.document(n, true)::jsonb FROM generate_series(1, :documents) AS n;
SELECT set_config('bench.folder', :'folder', false), set_config('bench.documents', :'documents', false)
\g /dev/null
DO $$
BEGIN
    EXECUTE format('COPY bench.plain TO %L BINARY', current_setting('bench.folder') || '/bson.bin');
    EXECUTE format('COPY bench.plain_j TO %L', current_setting('bench.folder') || '/jsonb.txt');
    EXECUTE format('COPY (SELECT (doc ->> ''_id'')::bigint, doc FROM bench.plain_j) TO %L',
                   current_setting('bench.folder') || '/jsonb_id.txt');
END $$;

SELECT docdb.create_collection('bench.people') \g /dev/null
INSERT INTO bench.people (doc) SELECT doc FROM bench.plain;
CREATE TABLE bench.people_j (id bigint PRIMARY KEY, doc jsonb NOT NULL);
ALTER TABLE bench.people_j ALTER doc SET COMPRESSION lz4;
INSERT INTO bench.people_j SELECT (doc ->> '_id')::bigint, doc FROM bench.plain_j;
SELECT docdb.create_collection('bench.loaded') \g /dev/null
CREATE TABLE bench.loaded_j (LIKE bench.people_j INCLUDING ALL);
CREATE TABLE bench.batch AS
    SELECT array_agg(doc) AS documents
    FROM (SELECT doc, (row_number() OVER () - 1) / 1000 AS n FROM bench.plain) AS numbered GROUP BY n;
VACUUM (ANALYZE, FREEZE) bench.people, bench.people_j, bench.plain, bench.plain_j, bench.batch;

INSERT INTO bench.work (name, target, operations, docdb, jsonb, before_docdb, before_jsonb) VALUES
('filter scan, unindexed number', 1.5, :documents,
 $$SELECT count(*) FROM bench.people WHERE doc @@ '{"score": {"$gt": 900}}'$$,
 $$SELECT count(*) FROM bench.people_j WHERE (doc ->> 'score')::float8 > 900$$, NULL, NULL),
('filter scan, five conditions', NULL, :documents,
 $$SELECT count(*) FROM bench.people WHERE doc @@ '{"age": {"$gte": 20}, "tags": {"$exists": true}, "address.country": {"$ne": "XX"}, "score": {"$gt": 10}, "created": {"$gt": {"$date": "2019-01-01T00:00:00Z"}}}'$$,
 $$SELECT count(*) FROM bench.people_j WHERE (doc ->> 'age')::int >= 20 AND doc ? 'tags' AND doc #>> '{address,country}' <> 'XX' AND (doc ->> 'score')::float8 > 10 AND doc ->> 'created' > '2019-01-01'$$, NULL, NULL),
('COPY binary bson / COPY text jsonb, one column', 3, :documents,
 format('COPY bench.plain FROM %L BINARY', :'folder' || '/bson.bin'),
 format('COPY bench.plain_j FROM %L', :'folder' || '/jsonb.txt'),
 'TRUNCATE bench.plain', 'TRUNCATE bench.plain_j'),
('COPY binary into a collection / text into a table with key', NULL, :documents,
 format('COPY bench.loaded (doc) FROM %L BINARY', :'folder' || '/bson.bin'),
 format('COPY bench.loaded_j FROM %L', :'folder' || '/jsonb_id.txt'),
 'TRUNCATE bench.loaded', 'TRUNCATE bench.loaded_j'),
('insert_many of 1,000 / COPY text into a table with key', 1, :documents,
 $$SELECT sum(docdb.insert_many('bench.loaded', documents)) FROM bench.batch$$,
 format('COPY bench.loaded_j FROM %L', :'folder' || '/jsonb_id.txt'),
 'TRUNCATE bench.loaded', 'TRUNCATE bench.loaded_j'),
('text output of all documents', NULL, :documents,
 $$SELECT sum(length(doc::text)) FROM bench.people$$,
 $$SELECT sum(length(doc::text)) FROM bench.people_j$$, NULL, NULL),
('aggregate: group by country, sum', NULL, :documents,
 $$SELECT * FROM docdb.aggregate('bench.people', '[{"$group": {"_id": "$address.country", "n": {"$sum": "$score"}}}]')$$,
 $$SELECT doc #>> '{address,country}', sum((doc ->> 'score')::float8) FROM bench.people_j GROUP BY 1$$, NULL, NULL);

CALL bench.run_all(:rounds);

\echo
\echo Ratios are jsonb time / docdb time (CPU time of the backend, median of :rounds rounds); higher is better.
\pset footer off
TABLE bench.report;

\echo
\echo Heap and index size of the loaded collection and of the jsonb table with its key (MB):
SELECT round(pg_table_size('bench.people') / 1e6, 1) AS "docdb heap", round(pg_table_size('bench.people_j') / 1e6, 1) AS "jsonb heap",
       round(pg_table_size('bench.people_j')::numeric / pg_table_size('bench.people'), 2) AS "heap ratio",
       round(pg_indexes_size('bench.people') / 1e6, 1) AS "docdb key", round(pg_indexes_size('bench.people_j') / 1e6, 1) AS "jsonb key",
       (SELECT round(avg(docdb.size(doc))) FROM bench.people) AS "bson bytes";
