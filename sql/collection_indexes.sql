-- create_index, drop_index, list_indexes.
\set VERBOSITY sqlstate
\pset format unaligned
SET client_min_messages = warning;
CREATE SCHEMA idx;
SET search_path = idx, public;

SELECT docdb.list_indexes('nowhere');
SELECT docdb.create_index('people', '{"born": 1}');
SELECT docdb.list_indexes('people');
SELECT indexdef FROM pg_indexes WHERE tablename = 'people' ORDER BY 1;

-- Names: MongoDB's default, or the one given.
SELECT docdb.create_index('people', '{"a": 1, "b.c": -1}');
SELECT docdb.create_index('people', '{"x": 1}', '{"name": "my index"}');
SELECT docdb.create_index('people', '{"d": {"$numberDouble": "-1"}, "e": {"$numberLong": "5"}}');
SELECT docdb.create_index('people', ('{"' || repeat('long', 20) || '": 1}')::bson);
-- The same name in another collection is another index.
SELECT docdb.create_index('others', '{"born": 1}');
SELECT docdb.list_indexes('people');
SELECT docdb.list_indexes('others');
SELECT indexname FROM pg_indexes WHERE tablename IN ('people', 'others') ORDER BY 1;

-- The same index again is none; a conflict is an error.
SELECT docdb.create_index('people', '{"born": 1}');
SELECT docdb.create_index('people', '{"born": 1}', '{"name": "born_1"}');
SELECT docdb.create_index('people', '{"born": 1}', '{"name": "other"}');
SELECT docdb.create_index('people', '{"born": -1}', '{"name": "born_1"}');
SELECT docdb.create_index('people', '{"born": -1}');
SELECT docdb.create_index('people', '{"_id": 1}');
SELECT docdb.create_index('people', '{"_id": 1}', '{"unique": true}');
SELECT docdb.create_index('people', '{"_id": -1}');

-- Key patterns and options that are no good, or not honoured.
CREATE FUNCTION outcome(keys text, options text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    result := docdb.create_index('c', keys::bson, options::bson);
    PERFORM docdb.drop_collection('c');
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE) || ' ' || SQLERRM;
END $$;
SELECT keys, options, outcome(keys, options) FROM (VALUES
    ('{}', NULL),
    ('{"a": 0}', NULL),
    ('{"a": true}', NULL),
    ('{"a": null}', NULL),
    ('{"a": {"b": 1}}', NULL),
    ('{"a": "text"}', NULL),
    ('{"a": "2dsphere"}', NULL),
    ('{"a": "hashed"}', NULL),
    ('{"a": {"$numberDouble": "NaN"}}', NULL),
    ('{"a": 2.5}', NULL),
    ('{"a": -0.5}', NULL),
    ('{"": 1}', NULL),
    ('{".a": 1}', NULL),
    ('{"a.": 1}', NULL),
    ('{"a..b": 1}', NULL),
    ('{"$a": 1}', NULL),
    ('{"a.$b": 1}', NULL),
    ('{"$**": 1}', NULL),
    ('{"a.$**": 1}', NULL),
    ('{"a": 1}', '{}'),
    ('{"a": 1}', '{"2dsphereIndexVersion": 3}'),
    ('{"a": 1}', '{"background": true}'),
    ('{"a": 1}', '{"bits": 26}'),
    ('{"a": 1}', '{"bucketSize": 1}'),
    ('{"a": 1}', '{"clustered": false}'),
    ('{"a": 1}', '{"clustered": true}'),
    ('{"a": 1}', '{"collation": {"locale": "simple"}}'),
    ('{"a": 1}', '{"collation": {"locale": "fr"}}'),
    ('{"a": 1}', '{"collation": 1}'),
    ('{"a": 1}', '{"comment": "why"}'),
    ('{"a": 1}', '{"commitQuorum": "majority"}'),
    ('{"a": 1}', '{"default_language": "de"}'),
    ('{"a": 1}', '{"dropDups": true}'),
    ('{"a": 1}', '{"expireAfterSeconds": 60}'),
    ('{"a": 1}', '{"hidden": true}'),
    ('{"a": 1}', '{"hidden": false}'),
    ('{"a": 1}', '{"key": {"a": 1}}'),
    ('{"a": 1}', '{"language_override": "l"}'),
    ('{"a": 1}', '{"max": 1}'),
    ('{"a": 1}', '{"min": 1}'),
    ('{"a": 1}', '{"name": 1}'),
    ('{"a": 1}', '{"name": ""}'),
    ('{"a": 1}', '{"name": "*"}'),
    ('{"a": 1}', '{"name": "_id_"}'),
    ('{"a": 1}', '{"ns": "idx.c"}'),
    ('{"a": 1}', '{"partialFilterExpression": {"a": {"$gt": 1}}}'),
    ('{"a": 1}', '{"prepareUnique": true}'),
    ('{"a": 1}', '{"sparse": true}'),
    ('{"a": 1}', '{"sparse": false}'),
    ('{"a": 1}', '{"sparse": "yes"}'),
    ('{"a": 1}', '{"storageEngine": {}}'),
    ('{"a": 1}', '{"textIndexVersion": 3}'),
    ('{"a": 1}', '{"unique": true}'),
    ('{"a": 1}', '{"unique": false}'),
    ('{"a": 1}', '{"v": 2}'),
    ('{"a": 1}', '{"weights": {"a": 1}}'),
    ('{"a": 1}', '{"wildcardProjection": {"a": 1}}'),
    ('{"a": 1}', '{"uniq": true}')) AS t(keys, options);
SELECT outcome((SELECT '{' || string_agg(format('"f%s": 1', i), ', ') || '}' FROM generate_series(1, 32) i), NULL) IS NOT NULL;
SELECT outcome((SELECT '{' || string_agg(format('"f%s": 1', i), ', ') || '}' FROM generate_series(1, 33) i), NULL);
SELECT docdb.create_index(NULL, '{"a": 1}');
SELECT docdb.create_index('c', NULL);
SELECT docdb.create_index('c', '{"a": 1}', NULL);

-- An index serves the sort that it is made for, whatever the numbers in the specification are.
SELECT docdb.insert_many('people', array_agg(format('{"_id": %s, "born": %s}', i, 2000 - i)::bson))
    FROM generate_series(1, 1000) i;
ANALYZE people;
EXPLAIN (COSTS OFF) SELECT doc FROM people ORDER BY doc <~> '{"born": 1}' LIMIT 3;
SELECT pg_stat_force_next_flush();
SELECT docdb.find('people', sort => '{"born": 1}', "limit" => 3);
SELECT docdb.find('people', sort => '{"born": {"$numberDouble": "1"}}', "limit" => 1);
SELECT docdb.find_one('people', sort => '{"born": -1}');
SELECT pg_stat_force_next_flush();
SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname IN ('people_born_1', 'people_born_-1') ORDER BY indexrelname;

-- Dropping, by name and by key pattern.
SELECT docdb.drop_index('people', 'my index');
SELECT docdb.drop_index('people', '{"a": 1, "b.c": -1}');
SELECT docdb.drop_index('people', '{"born": {"$numberDouble": "-1"}}');
SELECT docdb.drop_index('people', 'nothing');
SELECT docdb.drop_index('people', '{"nothing": 1}');
SELECT docdb.drop_index('people', '{"a": 1, "b.c": 1}');
SELECT docdb.drop_index('people', '_id_');
SELECT docdb.drop_index('people', '{"_id": 1}');
SELECT docdb.drop_index('nowhere', 'x');
SELECT docdb.drop_index(NULL, 'x');
SELECT docdb.drop_index('people', NULL);
SELECT docdb.drop_index('people', '{"a": ');
SELECT docdb.list_indexes('people') ->> 'name';
SELECT docdb.drop_index('people', '*');
SELECT docdb.drop_index('people', '*');
SELECT docdb.list_indexes('people') ->> 'name';

-- Indexes of plain SQL: those of bson_btree are MongoDB's, others are PostgreSQL's own affair.
CREATE INDEX by_sql ON people USING bson_btree (doc bson_keys (keys = '{"z": 1}'));
CREATE INDEX not_mongo ON people ((doc -> 'q'));
SELECT docdb.list_indexes('people');
SELECT docdb.create_index('people', '{"z": 1}');
SELECT docdb.drop_index('people', 'not_mongo');
SELECT docdb.drop_index('people', 'by_sql');
-- An index renamed by plain SQL keeps MongoDB's name.
ALTER INDEX "others_born_1" RENAME TO others_renamed;
SELECT docdb.list_indexes('others') ->> 'name';
DROP INDEX others_renamed;
SELECT docdb.create_index('others', '{"born": 1}');
SELECT docdb.rename_collection('others', 'renamed');
SELECT docdb.list_indexes('renamed') ->> 'name';
SELECT docdb.create_index('others', '{"born": 1}');
SELECT docdb.list_indexes('others') ->> 'name';
DROP TABLE renamed, others;

-- A view has none, a table without a primary key no _id index.
CREATE VIEW a_view AS SELECT * FROM people;
SELECT docdb.list_indexes('a_view');
CREATE TABLE bare (_id bson_value, doc bson);
SELECT docdb.list_indexes('bare');

DROP SCHEMA idx CASCADE;
