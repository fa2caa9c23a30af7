-- What find gives beside the documents: $meta, showRecordId, returnKey, min and max.
\set VERBOSITY terse
\pset format unaligned
\pset tuples_only on
SET search_path = public, docdb;
CREATE SCHEMA cm;
CREATE FUNCTION pg_temp.try(options text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN docdb.command('cm', format('{"find": "t", %s}', options)::bson)->'cursor.firstBatch';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ' ' || message;
END
$$;
SELECT insert_many('cm.t', ARRAY['{"_id": 1, "a": 2, "b": "x"}', '{"_id": 2, "a": 1, "b": "y"}', '{"_id": 3, "a": [5, 3]}',
    '{"_id": 4, "a": 1, "c": {"d": 7}}', '{"_id": 5}']::bson[]);
SELECT create_index('cm.t', '{"a": 1}'), create_index('cm.t', '{"b": -1, "_id": 1}'), create_index('cm.t', '{"c.d": 1}', '{"sparse": true}'),
    create_index('cm.t', '{"e": 1}', '{"name": "some", "partialFilterExpression": {"a": {"$gt": 1}}}');
CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, options text);
INSERT INTO cases (options) VALUES
-- the place of the row, as the number of a record
('"projection": {"r": {"$meta": "recordId"}, "_id": 1}'), ('"projection": {"r": {"$meta": "recordId"}, "_id": 0, "a": 0}'), ('"projection": {"b": 1, "r": {"$meta": "recordId"}}'),
('"projection": {"r": {"$add": [{"$meta": "recordId"}, 10]}}'), ('"filter": {"_id": 2}, "projection": {"r": {"$meta": "recordId"}, "a": 1}'),
('"showRecordId": true, "projection": {"a": 1}'), ('"showRecordId": true, "filter": {"_id": 4}'), ('"showRecordId": true, "projection": {"a": 0, "c": 0}, "limit": 1'),
('"showRecordId": true, "projection": {"$recordId": 1}'), ('"showRecordId": 1'), ('"showRecordId": false, "limit": 1'),
-- the values that documents are sorted by
('"sort": {"a": 1}, "projection": {"_id": 1, "k": {"$meta": "sortKey"}}'), ('"sort": {"a": -1, "b": 1}, "projection": {"_id": 1, "k": {"$meta": "sortKey"}}'),
('"projection": {"k": {"$meta": "sortKey"}}'), ('"sort": {}, "projection": {"k": {"$meta": "sortKey"}}'), ('"sort": {"$natural": 1}, "projection": {"k": {"$meta": "sortKey"}}'),
('"filter": {"_id": 2}, "sort": {"b": 1}, "projection": {"_id": 1, "k": {"$meta": "sortKey"}}'),
-- the key of the index
('"hint": {"a": 1}, "projection": {"_id": 1, "k": {"$meta": "indexKey"}}, "sort": {"_id": 1}'), ('"hint": {"b": -1, "_id": 1}, "projection": {"_id": 1, "k": {"$meta": "indexKey"}}, "sort": {"_id": 1}'),
('"filter": {"a": {"$gte": 1}}, "projection": {"_id": 1, "k": {"$meta": "indexKey"}}'), ('"projection": {"_id": 1, "k": {"$meta": "indexKey"}}'),
('"filter": {"x": 1}, "projection": {"_id": 1, "k": {"$meta": "indexKey"}}'), ('"hint": {"$natural": 1}, "filter": {"a": 1}, "projection": {"_id": 1, "k": {"$meta": "indexKey"}}'),
('"filter": {"$or": [{"a": 1}, {"_id": 1}]}, "projection": {"_id": 1, "k": {"$meta": "indexKey"}}'),
-- what nothing gives
('"projection": {"_id": 1, "k": {"$meta": "randVal"}}, "limit": 1'), ('"projection": {"_id": 1, "k": {"$meta": "textScore"}}'), ('"projection": {"k": {"$meta": "nope"}}'), ('"projection": {"k": {"$meta": 1}}'),
-- the key of the index in place of the document
('"returnKey": true'), ('"returnKey": true, "hint": "a_1", "sort": {"_id": 1}'), ('"returnKey": true, "hint": "b_-1__id_1", "projection": {"zz": 1}, "sort": {"_id": 1}'),
('"returnKey": true, "filter": {"a": 1}'), ('"returnKey": true, "filter": {"_id": 2}'), ('"returnKey": true, "filter": {"_id": {"$gt": 3}}'), ('"returnKey": true, "sort": {"b": 1}'),
('"returnKey": true, "hint": "a_1", "showRecordId": true, "sort": {"_id": 1}, "limit": 2'), ('"returnKey": false, "limit": 1'), ('"returnKey": 1'),
-- min and max
('"hint": {"a": 1}, "min": {"a": 2}, "projection": {"_id": 1}'), ('"hint": {"a": 1}, "max": {"a": 2}, "projection": {"_id": 1}'), ('"hint": {"a": 1}, "min": {"a": 1}, "max": {"a": 3}, "projection": {"_id": 1}'),
('"hint": {"a": 1}, "min": {"a": 1}, "max": {"a": 3}, "projection": {"_id": 1}, "sort": {"_id": -1}'), ('"hint": {"a": 1}, "min": {"a": 1}, "filter": {"b": {"$exists": true}}, "projection": {"_id": 1}, "limit": 1'),
('"hint": {"a": 1}, "min": {"a": 4}, "max": {"a": 5}, "projection": {"_id": 1}'), ('"hint": {"a": 1}, "min": {"a": 3}, "max": {"a": 4}, "projection": {"_id": 1}'), ('"hint": {"a": 1}, "min": {"a": null}, "max": {"a": 1}, "projection": {"_id": 1}'),
('"hint": {"a": 1}, "min": {}, "max": {}, "projection": {"_id": 1}, "sort": {"_id": 1}'), ('"hint": {"b": -1, "_id": 1}, "min": {"b": "y", "_id": 0}, "max": {"b": "x", "_id": 5}, "projection": {"_id": 1}'),
('"hint": {"b": -1, "_id": 1}, "min": {"b": "x", "_id": 1}, "projection": {"_id": 1}'), ('"hint": "_id_", "min": {"_id": 2}, "max": {"_id": 4}, "projection": {"_id": 1}'),
('"hint": "c.d_1", "max": {"c.d": 8}, "projection": {"_id": 1}'), ('"hint": "some", "min": {"e": {"$minKey": 1}}, "projection": {"_id": 1}'),
('"hint": {"a": 1}, "min": {"a": 2}, "returnKey": true'), ('"hint": {"a": 1}, "min": {"a": "b"}, "max": {"a": "c"}'),
('"min": {"a": 1}'), ('"max": {"a": 1}, "filter": {"a": 1}'), ('"hint": {"$natural": 1}, "min": {"a": 1}'), ('"hint": "nope", "min": {"a": 1}'),
('"min": {"a": 1}, "max": {"b": 1}'), ('"hint": {"a": 1}, "min": {"a": 1}, "max": {"a": 2, "b": 1}'), ('"hint": {"a": 1}, "min": {"b": 1}'), ('"hint": {"b": -1, "_id": 1}, "min": {"b": 1}'),
('"hint": {"b": -1, "_id": 1}, "min": {"_id": 1, "b": 1}'), ('"hint": {"a": 1}, "min": {"a": 1}, "max": {"a": 1}'), ('"hint": {"a": 1}, "min": {"a": 2}, "max": {"a": 1}'),
('"hint": {"b": -1, "_id": 1}, "min": {"b": 1, "_id": 1}, "max": {"b": 2, "_id": 1}'), ('"min": 1'), ('"max": null'), ('"min": []');
SELECT options || '|' || pg_temp.try(options) FROM cases ORDER BY n;
-- a collection that is not there, and the functions' options
SELECT command('cm', '{"find": "none", "min": {"a": 1}, "max": {"b": 1}}');
SELECT command('cm', '{"find": "none", "min": {"a": 1}, "returnKey": true, "showRecordId": true}')->'cursor.firstBatch';
SELECT find('cm.t', '{}', '{"a": 1}', options => '{"hint": "a_1", "min": {"a": 2}, "showRecordId": true}');
SELECT find_one('cm.t', '{"_id": 3}', options => '{"returnKey": true}'), find_one('cm.t', '{"_id": 3}', '{"a": 1}', options => '{"showRecordId": true}');
-- a hinted index is read in its order, and only what it has entries for
SELECT h || '|' || pg_temp.try(format('"hint": %s, "projection": {"_id": 1}', h)) || '|' || (command('cm', format('{"count": "t", "hint": %s}', h)::bson)->'n')::text
    || '|' || (command('cm', format('{"distinct": "t", "key": "_id", "hint": %s}', h)::bson)->'values')::text
    || '|' || (command('cm', format('{"aggregate": "t", "pipeline": [{"$match": {"_id": {"$gte": 2}}}, {"$count": "n"}], "cursor": {}, "hint": %s}', h)::bson)->'cursor.firstBatch')::text
FROM unnest('{"{\"a\": 1}","{\"b\": -1, \"_id\": 1}","\"c.d_1\"","\"some\"","\"_id_\"","{\"$natural\": -1}"}'::text[]) AS h;
SELECT pg_temp.try('"hint": "c.d_1", "filter": {"c.d": null}'), pg_temp.try('"hint": "some", "filter": {"_id": 2}'), pg_temp.try('"hint": "c.d_1", "filter": {"c.d": 7}, "projection": {"_id": 1}, "sort": {"_id": 1}');
-- a sort by random values leaves the order, where nothing gives them
SELECT pg_temp.try('"sort": {"r": {"$meta": "randVal"}, "_id": -1}, "projection": {"_id": 1}'), pg_temp.try('"sort": {"r": {"$meta": "randVal"}}, "hint": {"$natural": 1}, "projection": {"_id": 1}');
-- the natural order backward
SELECT pg_temp.try('"sort": {"$natural": -1}, "projection": {"_id": 1}'), pg_temp.try('"hint": {"$natural": -1}, "projection": {"_id": 1}, "limit": 2');
-- pipelines: the row's place and what the documents were sorted by, as long as they are the same
SELECT p || '|' || (command('cm', format('{"aggregate": "t", "pipeline": [%s], "cursor": {}}', p)::bson)->'cursor.firstBatch')::text FROM (VALUES
    ('{"$project": {"r": {"$meta": "recordId"}}}'), ('{"$sort": {"b": -1, "_id": 1}}, {"$project": {"k": {"$meta": "sortKey"}, "r": {"$meta": "recordId"}}}'),
    ('{"$sort": {"_id": -1}}, {"$limit": 2}, {"$addFields": {"k": {"$meta": "sortKey"}, "a": 0, "b": 0, "c": 0}}'), ('{"$limit": 1}, {"$project": {"k": {"$meta": "sortKey"}}}'),
    ('{"$sort": {"_id": 1}}, {"$limit": 1}, {"$project": {"b": 1}}, {"$project": {"k": {"$meta": "sortKey"}}}'), ('{"$match": {"_id": 2}}, {"$set": {"k": {"$meta": "indexKey"}}}')) AS v(p);
-- a view has no rows of its own
CREATE VIEW cm.v AS SELECT _id, doc FROM cm.t;
SELECT command('cm', '{"find": "v", "projection": {"_id": 1, "r": {"$meta": "recordId"}}, "sort": {"_id": 1}, "limit": 1}')->'cursor.firstBatch';
SET client_min_messages = warning;
DROP SCHEMA cm CASCADE;
