-- MongoDB's wildcard indexes: create, list, hint, explain, drop, check.
\set VERBOSITY terse
\pset format unaligned
SET client_min_messages = warning;
CREATE SCHEMA wild;
SET search_path = wild, public;

-- Key patterns and options.
CREATE FUNCTION outcome(keys text, options text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    PERFORM docdb.create_index('c', keys::bson, options::bson);
    SELECT string_agg(i::text, ' ') INTO result FROM docdb.list_indexes('c') AS i WHERE i ->> 'name' <> '_id_';
    PERFORM docdb.drop_collection('c');
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE) || ' ' || SQLERRM;
END $$;
SELECT keys, options, outcome(keys, options) FROM (VALUES
    ('{"$**": 1}', NULL),
    ('{"$**": -1}', NULL),
    ('{"$**": {"$numberDouble": "2.5"}}', NULL),
    ('{"a.$**": 1}', NULL),
    ('{"a.b.$**": 1}', '{"name": "mine"}'),
    ('{"_id.$**": 1}', NULL),
    ('{"$**": 0}', NULL),
    ('{"$**": true}', NULL),
    ('{"$**": "wildcard"}', NULL),
    ('{"$**": "text"}', NULL),
    ('{"$**": "hashed"}', NULL),
    ('{"a": "wildcard"}', NULL),
    ('{"a.$**.$**": 1}', NULL),
    ('{"$**.$**": 1}', NULL),
    ('{"$**.a": 1}', NULL),
    ('{".$**": 1}', NULL),
    ('{"a..$**": 1}', NULL),
    ('{"$a.$**": 1}', NULL),
    ('{"$**": 1, "a": 1}', '{"wildcardProjection": {"a": 0}}'),
    ('{"a": 1, "b.$**": 1}', NULL),
    ('{"$**": 1}', '{"unique": true}'),
    ('{"$**": 1}', '{"unique": false}'),
    ('{"$**": 1}', '{"sparse": true}'),
    ('{"$**": 1}', '{"expireAfterSeconds": 60}'),
    ('{"$**": 1}', '{"hidden": true}'),
    ('{"$**": 1}', '{"collation": {"locale": "simple"}}'),
    ('{"$**": 1}', '{"partialFilterExpression": {"a": {"$gt": 0}}}'),
    ('{"$**": 1}', '{"partialFilterExpression": {"a": {"$ne": 0}}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"a": 1, "b.c": 1}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"a": 0, "b": 0}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"_id": 1, "a": 0}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"_id": 0, "a": 1}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"a": {"b": 1}}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"a": 1, "b": 0}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"a": 0, "b": 1}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"a": 1, "b": "string"}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"a": {"$slice": 1}}}'),
    ('{"$**": 1}', '{"wildcardProjection": {"a": 1, "a.b": 1}}'),
    ('{"$**": 1}', '{"wildcardProjection": {}}'),
    ('{"$**": 1}', '{"wildcardProjection": "string"}'),
    ('{"a.$**": 1}', '{"wildcardProjection": {"a": 1}}'),
    ('{"a.$**": 1}', '{"wildcardProjection": "string"}'),
    ('{"a": 1}', '{"wildcardProjection": {"a": 1}}')) AS t(keys, options);

SELECT docdb.create_index('people', '{"$**": 1}');
SELECT docdb.create_index('people', '{"$**": 1}');
SELECT docdb.create_index('people', '{"$**": 1}', '{"name": "other"}');
SELECT docdb.create_index('people', '{"$**": 1}', '{"wildcardProjection": {"tags": 1}}');
SELECT docdb.create_index('people', '{"$**": 1}', '{"wildcardProjection": {"tags": 1}, "name": "tags", "partialFilterExpression": {"n": {"$gte": 1000}}}');
SELECT docdb.create_index('people', '{"address.$**": 1}', '{"hidden": true}');
SELECT docdb.command('wild', '{"createIndexes": "people", "indexes": [{"key": {"x.$**": 1}, "name": "x.$**_1"}]}');
SELECT docdb.list_indexes('people');
SELECT docdb.command('wild', '{"listIndexes": "people"}') -> 'cursor.firstBatch';
SELECT indexdef FROM pg_indexes WHERE schemaname = 'wild' ORDER BY 1;

SELECT docdb.insert_many('people', array_agg(format(
    '{"_id": %s, "n": %s, "name": "name %s", "tags": ["t%s", "t%s"], "address": {"city": "c%s", "lines": [{"no": %s}, {"no": %s}]}}',
    i, i, i, i % 50, i % 7, i % 100, i % 20, i % 30)::bson)) FROM generate_series(1, 3000) AS i;
VACUUM ANALYZE people;

-- Which index serves a filter, with what bounds.
CREATE FUNCTION plan(filter text, options text DEFAULT '{}') RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', e ->> 'stage', e ->> 'inputStage.stage', e ->> 'inputStage.indexName', e ->> 'inputStage.indexBounds')
    FROM (SELECT docdb.explain('wild', ('{"find": "people", "filter": ' || filter || ', ' || options || '}')::bson, 'queryPlanner')
                 -> 'queryPlanner.winningPlan' AS e) AS t $$;
SELECT filter, plan(filter, '"comment": 1') FROM (VALUES
    ('{"n": 5}'), ('{"n": {"$gte": 10, "$lt": 15}}'), ('{"name": "name 77"}'), ('{"name": {"$regex": "^name 77"}}'),
    ('{"tags": "t5", "address.city": "c55"}'), ('{"address.lines.no": 3, "n": {"$lt": 100}}'),
    ('{"address.lines": {"$elemMatch": {"no": 29}}, "n": {"$lt": 100}}'), ('{"$or": [{"n": 1}, {"name": "name 2"}]}'),
    ('{"n": {"$in": [5, 6, 9]}}'), ('{"nothing": {"$exists": true}}'), ('{"n": {"$ne": 5}}'), ('{"nothing": null}'),
    ('{"address": {"city": "c1", "lines": []}}')) AS t(filter);
SELECT filter, plan(filter, options) FROM (VALUES
    ('{"tags": "t5", "n": {"$gt": 2000}}', '"hint": "tags"'), ('{"tags": "t5"}', '"hint": "tags"'),
    ('{"n": 5}', '"hint": "$**_1"'), ('{"n": {"$ne": 5}}', '"hint": "$**_1"'), ('{"x.y": {"$exists": true}}', '"hint": {"x.$**": 1}')) AS t(filter, options);
SELECT plan('{"n": 5}', '"hint": "address.$**_1"');
SELECT plan('{"n": 5}', '"hint": {"$**": 1}');
SELECT docdb.explain('wild', '{"find": "people", "filter": {"name": "name 5"}}', 'queryPlanner') -> 'queryPlanner.winningPlan';
SELECT docdb.explain('wild', '{"count": "people", "query": {"tags": "t9"}}', 'executionStats') ->> 'executionStats.totalDocsExamined';

-- One plan for all filters of a shape, whatever an index can tell of them.
SELECT count(*) FROM docdb.find('people', '{"n": {"$in": [5, 6]}, "tags": {"$ne": "t0"}}');
SELECT count(*) FROM docdb.find('people', '{"n": {"$in": [5, null]}, "tags": {"$ne": "t0"}}');
SELECT count(*) FROM docdb.find('people', '{"zip": {"$in": [5, null]}, "tags": {"$ne": "t0"}}');
SELECT docdb.count_documents('people', '{"tags": "t3", "n": {"$lte": 500}}'), docdb.count_documents('people', '{"tags": {"$all": ["t3", "t10"]}}');
SELECT docdb.count_documents('people', '{"tags": "t3", "n": {"$lte": 500}}', '{"hint": {"$natural": 1}}');

-- Writes.
SELECT * FROM docdb.update_many('people', '{"address.city": "c7"}', '{"$set": {"address.city": "C7"}, "$push": {"tags": "moved"}}');
SELECT docdb.count_documents('people', '{"address.city": "c7"}'), docdb.count_documents('people', '{"tags": "moved", "address.city": "C7"}');
SELECT docdb.delete_many('people', '{"tags": "t49"}');
SELECT docdb.count_documents('people', '{"tags": "t49"}');
SELECT name, docdb.index_check(('wild.' || quote_ident('people_' || name))::regclass) > 0 FROM (VALUES ('$**_1'), ('tags'), ('address.$**_1')) AS t(name);
SELECT docdb.index_check('"people_x.$**_1"');
INSERT INTO people SELECT i::bson_value, format('{"_id": %s}', i)::bson FROM generate_series(10001, 10010) AS i;
SELECT docdb.index_check('"people_x.$**_1"');

-- An update of what no index is over is HOT.
SELECT docdb.insert_many('narrow', array_agg(format('{"_id": %s, "a": {"b": %s}, "c": 1, "d": 1}', i, i)::bson)) FROM generate_series(1, 20) AS i;
SELECT docdb.create_index('narrow', '{"a.$**": 1}', '{"partialFilterExpression": {"c": {"$gt": 0}}}');
CREATE TEMP TABLE updates (n int, hot bigint);
CREATE FUNCTION note_hot(n int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO updates SELECT n, pg_stat_get_xact_tuples_hot_updated('narrow'::regclass) $$;
BEGIN;
SELECT docdb.update_one('narrow', '{"_id": 1}', '{"$set": {"d": 2}}');
SELECT note_hot(1);
SELECT docdb.update_one('narrow', '{"_id": 1}', '{"$set": {"c": 2}}');
SELECT note_hot(2);
SELECT docdb.update_one('narrow', '{"_id": 1}', '{"$set": {"a.b": 2}}');
SELECT note_hot(3);
SELECT docdb.update_one('narrow', '{"_id": 1}', '{"$set": {"e": 2}}');
SELECT note_hot(4);
COMMIT;
SELECT * FROM updates ORDER BY n;
SELECT docdb.index_check('"narrow_a.$**_1"');
SELECT docdb.count_documents('narrow', '{"a.b": 2, "c": 2}');

-- An index that lacks entries.
UPDATE pg_index SET indisready = false WHERE indexrelid = '"narrow_a.$**_1"'::regclass;
SELECT docdb.insert_one('narrow', '{"_id": 99, "a": {"b": 99}, "c": 1}');
UPDATE pg_index SET indisready = true WHERE indexrelid = '"narrow_a.$**_1"'::regclass;
SELECT docdb.index_check('"narrow_a.$**_1"');
REINDEX INDEX "narrow_a.$**_1";
SELECT docdb.index_check('"narrow_a.$**_1"');
SELECT docdb.index_check('people_pkey');

-- Statistics, partitions, dropping.
SELECT s ->> 'name', s -> 'key', s -> 'spec.wildcardProjection' FROM docdb.aggregate('people', '[{"$indexStats": {}}]') AS s ORDER BY 1;
CREATE TABLE parts (_id bson_value, doc bson, PRIMARY KEY (_id)) PARTITION BY HASH (_id);
CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT docdb.create_index('parts', '{"$**": 1}');
SELECT docdb.create_index('parts', '{"a.$**": 1}');
INSERT INTO parts SELECT i::bson_value, format('{"_id": %s, "a": {"b": %s}}', i, i)::bson FROM generate_series(1, 10000) AS i;
VACUUM ANALYZE parts;
EXPLAIN (COSTS OFF) SELECT doc FROM parts WHERE doc @@ '{"a.b": 5}';
SELECT doc FROM parts WHERE doc @@ '{"a.b": 5}';
SELECT docdb.drop_index('people', '{"x.$**": 1}');
SELECT docdb.drop_index('people', 'tags');
SELECT docdb.command('wild', '{"dropIndexes": "people", "index": "$**_1"}');
SELECT docdb.list_indexes('people');
SELECT docdb.drop_index('people', '*');
CREATE INDEX plain ON people USING gin (doc);
SELECT docdb.list_indexes('people');
DROP SCHEMA wild CASCADE;
