-- The collection and the jsonb table that the single operations work on, with the same indexes.
\set QUIET on
SET client_min_messages = warning;
DROP TABLE IF EXISTS bench.ops_j, bench.ops_j_id, bench.long_list;
SELECT docdb.drop_collection('bench.ops'), docdb.drop_collection('bench.ops_id') \g /dev/null
SELECT docdb.create_collection('bench.ops'), docdb.create_collection('bench.ops_id') \g /dev/null
INSERT INTO bench.ops (doc) SELECT doc FROM bench.plain;
INSERT INTO bench.ops_id (doc) SELECT doc FROM bench.plain;
CREATE TABLE bench.ops_j (LIKE bench.people_j INCLUDING ALL);
CREATE TABLE bench.ops_j_id (LIKE bench.people_j INCLUDING ALL);
INSERT INTO bench.ops_j SELECT (doc ->> '_id')::bigint, doc FROM bench.plain_j;
INSERT INTO bench.ops_j_id SELECT (doc ->> '_id')::bigint, doc FROM bench.plain_j;


-- A filter with a list of every 25th address.
CREATE TABLE bench.long_list AS
    SELECT format('{"email": {"$in": [%s]}}',
                  string_agg(format('"user%s@example.com"', i * 25), ', '))::bson AS filter
    FROM generate_series(1, 20000) AS i;

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

-- For update_many: an index on the field of the filter alone.
DROP TABLE IF EXISTS bench.many_j, bench.arrays_j, bench.numbers_j, bench.bulk_operations;
SELECT docdb.drop_collection('bench.' || name), docdb.create_collection('bench.' || name)
FROM unnest('{many, arrays, numbers, bulk, bulk_single, few}'::text[]) AS name \g /dev/null
INSERT INTO bench.many (doc) SELECT doc FROM bench.plain;
CREATE TABLE bench.many_j (LIKE bench.people_j INCLUDING ALL);
INSERT INTO bench.many_j SELECT (doc ->> '_id')::bigint, doc FROM bench.plain_j;
SELECT docdb.create_index('bench.many', '{"score": 1}') \g /dev/null
CREATE INDEX many_j_score ON bench.many_j (((doc ->> 'score')::float8));

-- Arrays of 1,000 small documents, and of 1,000 numbers.
CREATE TABLE bench.arrays_j (LIKE bench.people_j INCLUDING ALL);
CREATE TABLE bench.numbers_j (LIKE bench.people_j INCLUDING ALL);
INSERT INTO bench.arrays_j
SELECT n, jsonb_build_object('_id', n, 'a',
    (SELECT jsonb_agg(jsonb_build_object('n', i, 's', 'item ' || i * n % 128)) FROM generate_series(1, 1000) AS i))
FROM generate_series(1, 2000) AS n;
INSERT INTO bench.numbers_j
SELECT n, jsonb_build_object('_id', n, 'a', (SELECT jsonb_agg(i * n) FROM generate_series(1, 1000) AS i))
FROM generate_series(1, 2000) AS n;
INSERT INTO bench.arrays (doc) SELECT doc::bson FROM bench.arrays_j;
INSERT INTO bench.numbers (doc) SELECT doc::bson FROM bench.numbers_j;

-- 10,000 operations of four kinds in turn, which leave as many documents as there were.
INSERT INTO bench.bulk (doc) SELECT bench.document(n, false)::bson FROM generate_series(1, 10000) AS n;
INSERT INTO bench.bulk_single (doc) SELECT bench.document(n, false)::bson FROM generate_series(1, 10000) AS n;
INSERT INTO bench.few (doc) SELECT bench.document(n, false)::bson FROM generate_series(1, 10000) AS n;
CREATE TABLE bench.bulk_operations AS
SELECT ('[' || string_agg(format('{"insertOne": {"document": {"_id": %s, %s}}},
    {"updateOne": {"filter": {"_id": %s}, "update": {"$inc": {"age": 1}}}},
    {"replaceOne": {"filter": {"_id": %s}, "replacement": {%2$s}}},
    {"deleteOne": {"filter": {"_id": %1$s}}}',
    100000000 + i, fields, 1 + i * 3571 % 10000, 1 + i * 7919 % 10000), ',') || ']')::bson_value AS operations
FROM generate_series(1, 2500) AS i,
    (VALUES ('"name": "Ada Lovelace", "age": 36, "email": "new@example.com",
        "tags": ["tag1", "tag2", "tag3"], "address": {"street": "1 Station Road", "city": "Lyon",
        "zip": "69000", "country": "FR"}, "score": 1.5, "note": "inserted by the bench"')) AS document (fields);
VACUUM (ANALYZE) bench.many, bench.many_j, bench.arrays, bench.arrays_j, bench.numbers,
    bench.numbers_j, bench.bulk, bench.bulk_single, bench.few;
