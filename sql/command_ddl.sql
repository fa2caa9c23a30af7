-- Commands that define, list and drop collections, indexes and databases.
CREATE SCHEMA cd;
CREATE SCHEMA cd2;
CREATE FUNCTION pg_temp.run(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    -- A collection's UUID is random.
    RETURN regexp_replace(docdb.command('cd', command::bson)::text, '"uuid": \{[^}]*\}\}', '"uuid": <uuid>', 'g');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;

SELECT pg_temp.run('{"create": "c", "$db": "cd", "writeConcern": {"w": 1}}');
SELECT pg_temp.run('{"create": "c"}');
SELECT pg_temp.run('{"create": "v", "validator": {"a": {"$type": "int"}}, "validationAction": "error"}');
SELECT pg_temp.run('{"create": "v"}');
SELECT pg_temp.run('{"insert": "v", "documents": [{"_id": 1, "a": "x"}, {"_id": 2, "a": 1}], "ordered": false}') ~ '"n": 1, "writeErrors": \[\{"index": 0, "code": 121,' AS refused;
SELECT pg_temp.run('{"insert": "v", "documents": [{"_id": 3, "a": "x"}], "bypassDocumentValidation": true}');
SELECT pg_temp.run('{"collMod": "v", "validationAction": "warn"}');
SELECT pg_temp.run('{"collMod": "none", "validationAction": "warn"}');
SELECT pg_temp.run('{"listCollections": 1, "nameOnly": true}');
SELECT pg_temp.run('{"listCollections": 1.0, "filter": {"name": "v"}, "cursor": {"batchSize": 5}, "authorizedCollections": true}');
SELECT pg_temp.run('{"listCollections": 1, "filter": {"name": "nope"}}');

SELECT pg_temp.run('{"createIndexes": "c", "indexes": [{"key": {"a": 1}, "name": "a_1"}, {"key": {"b": -1, "c": 1}, "name": "b_-1_c_1", "v": 2}]}');
SELECT pg_temp.run('{"createIndexes": "c", "indexes": [{"key": {"a": 1}, "name": "a_1"}], "commitQuorum": 1}');
SELECT pg_temp.run('{"createIndexes": "new", "indexes": [{"key": {"a": 1}, "name": "a_1"}]}');
SELECT pg_temp.run('{"listIndexes": "c"}');
SELECT pg_temp.run('{"listIndexes": "c", "cursor": {}}') = pg_temp.run('{"listIndexes": "c"}') AS same;
SELECT pg_temp.run('{"listIndexes": "none"}');
SELECT pg_temp.run('{"dropIndexes": "c", "index": "a_1"}');
SELECT pg_temp.run('{"dropIndexes": "c", "index": "a_1"}');
SELECT pg_temp.run('{"dropIndexes": "c", "index": {"b": -1, "c": 1}}');
SELECT pg_temp.run('{"createIndexes": "c", "indexes": [{"key": {"a": 1}, "name": "a_1"}, {"key": {"b": 1}, "name": "b_1"}]}');
SELECT pg_temp.run('{"dropIndexes": "c", "index": ["a_1", "b_1"]}');
SELECT pg_temp.run('{"createIndexes": "c", "indexes": [{"key": {"a": 1}, "name": "a_1"}]}');
SELECT pg_temp.run('{"dropIndexes": "c", "index": "*"}');
SELECT pg_temp.run('{"dropIndexes": "c", "index": "_id_"}');

SELECT pg_temp.run('{"insert": "c", "documents": [{"_id": 1}]}');
SELECT docdb.command('admin', '{"renameCollection": "cd.c", "to": "cd.d"}');
SELECT pg_temp.run('{"renameCollection": "cd.c", "to": "cd.e"}');
SELECT pg_temp.run('{"renameCollection": "cd.d", "to": "cd.v"}');
SELECT pg_temp.run('{"renameCollection": "cd.d", "to": "cd.v", "dropTarget": true}');
SELECT pg_temp.run('{"count": "v"}');

SELECT pg_temp.run('{"drop": "v"}');
SELECT pg_temp.run('{"drop": "v"}');
SELECT docdb.insert_one('cd2.x', '{"_id": 1}');
SELECT jsonb_path_query_array(docdb.command('cd', '{"listDatabases": 1, "nameOnly": true, "filter": {"name": {"$regex": "^cd"}}}')::jsonb, '$.databases');
SELECT (docdb.command('cd', '{"listDatabases": 1, "filter": {"name": "cd2"}}') -> 'totalSize')::bigint > 0 AS has_size,
       docdb.command('cd', '{"listDatabases": 1, "filter": {"name": "cd2"}}') -> 'databases.0.empty' AS empty;
SELECT docdb.command('cd2', '{"dropDatabase": 1}');
SELECT docdb.command('cd2', '{"dropDatabase": 1}');
SELECT docdb.command('nowhere', '{"dropDatabase": 1}');
SELECT jsonb_path_query_array(docdb.command('cd', '{"listDatabases": 1, "nameOnly": true, "filter": {"name": {"$regex": "^cd"}}}')::jsonb, '$.databases');

SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"create": 1}'), ('{"create": ""}'), ('{"create": "x", "nope": 1}'), ('{"create": "x", "validator": 1}'),
    ('{"drop": 1}'), ('{"drop": "x", "nope": 1}'), ('{"collMod": "new", "nope": 1}'),
    ('{"listCollections": 1, "nope": 1}'), ('{"listCollections": 1, "filter": 1}'),
    ('{"createIndexes": "x"}'), ('{"createIndexes": "x", "indexes": []}'), ('{"createIndexes": "x", "indexes": 1}'), ('{"createIndexes": "x", "indexes": [1]}'),
    ('{"createIndexes": "x", "indexes": [{"name": "a"}]}'), ('{"createIndexes": "x", "indexes": [{"key": 1, "name": "a"}]}'), ('{"createIndexes": "x", "indexes": [{"key": {"a": 1}}]}'),
    ('{"createIndexes": "x", "indexes": [{"key": {"a": 1}, "name": "a", "nope": 1}]}'), ('{"createIndexes": "x", "indexes": [{"key": {"a": 1}, "name": "a"}], "nope": 1}'),
    ('{"dropIndexes": "new"}'), ('{"dropIndexes": "new", "index": 1}'), ('{"dropIndexes": "new", "index": [1]}'), ('{"dropIndexes": "none", "index": "*"}'), ('{"dropIndexes": "new", "index": {"z": 1}}'),
    ('{"listIndexes": 1}'), ('{"renameCollection": "c", "to": "cd.x"}'), ('{"renameCollection": "cd.c"}'), ('{"renameCollection": 1, "to": "cd.x"}'), ('{"renameCollection": "cd.new", "to": "x"}'),
    ('{"listDatabases": 1, "nope": 1}'), ('{"dropDatabase": 1, "nope": 1}')) AS c(c);

SET client_min_messages = warning;
DROP SCHEMA cd, cd2 CASCADE;
