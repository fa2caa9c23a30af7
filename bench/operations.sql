-- The collection and the jsonb table that the single operations work on, with the same indexes.
\set QUIET on
SET client_min_messages = warning;
DROP TABLE IF EXISTS bench.ops_j, bench.ops_j_id;
SELECT docdb.drop_collection('bench.ops'), docdb.drop_collection('bench.ops_id') \g /dev/null
SELECT docdb.create_collection('bench.ops'), docdb.create_collection('bench.ops_id') \g /dev/null
INSERT INTO bench.ops (doc) SELECT doc FROM bench.plain;
INSERT INTO bench.ops_id (doc) SELECT doc FROM bench.plain;
CREATE TABLE bench.ops_j (LIKE bench.people_j INCLUDING ALL);
CREATE TABLE bench.ops_j_id (LIKE bench.people_j INCLUDING ALL);
INSERT INTO bench.ops_j SELECT (doc ->> '_id')::bigint, doc FROM bench.plain_j;
INSERT INTO bench.ops_j_id SELECT (doc ->> '_id')::bigint, doc FROM bench.plain_j;

CREATE TABLE bench.build (name text, side text, ms float8, index regclass);
CREATE PROCEDURE bench.build(name text, side text, statement text) LANGUAGE plpgsql AS $$
DECLARE
    start bigint := bench.cpu();
BEGIN
    EXECUTE statement;
    INSERT INTO bench.build VALUES (name, side, (bench.cpu() - start) / 1e6,
        (SELECT max(indexrelid) FROM pg_index));
END $$;
SET max_parallel_maintenance_workers = 0;
SET maintenance_work_mem = '256MB';
CALL bench.build('email', 'docdb', $$SELECT docdb.create_index('bench.ops', '{"email": 1}')$$);
CALL bench.build('email', 'jsonb', $$CREATE INDEX ops_j_email ON bench.ops_j ((doc ->> 'email'))$$);
CALL bench.build('score', 'docdb', $$SELECT docdb.create_index('bench.ops', '{"score": 1}')$$);
CALL bench.build('score', 'jsonb', $$CREATE INDEX ops_j_score ON bench.ops_j (((doc ->> 'score')::float8))$$);
CALL bench.build('tags, age', 'docdb', $$SELECT docdb.create_index('bench.ops', '{"tags": 1, "age": 1}')$$);
CALL bench.build('tags, age', 'jsonb', $$CREATE INDEX ops_j_tags ON bench.ops_j USING gin ((doc -> 'tags'))$$);
VACUUM (ANALYZE, FREEZE) bench.ops, bench.ops_id, bench.ops_j, bench.ops_j_id;
