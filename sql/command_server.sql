-- Commands about the server; commands that there are not; errors of PostgreSQL.
CREATE SCHEMA cs;
CREATE FUNCTION pg_temp.run(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN docdb.command('cs', command::bson);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;
-- The names of a reply's fields.
CREATE FUNCTION pg_temp.fields(command text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(key, ' ' ORDER BY n) FROM json_object_keys(docdb.command('cs', command::bson)::json) WITH ORDINALITY AS k(key, n)
$$;

SELECT pg_temp.run('{"ping": 1}');
SELECT pg_temp.run('{"ping": 1, "nope": 1}');
SELECT pg_temp.fields('{"hello": 1, "helloOk": true, "client": {}, "topologyVersion": {}}');
SELECT pg_temp.fields('{"isMaster": 1}');
SELECT pg_temp.fields('{"ismaster": 1}');
SELECT docdb.command('cs', '{"hello": 1}') -> 'isWritablePrimary' AS writable, docdb.command('cs', '{"hello": 1}') -> 'maxWireVersion' AS wire,
       docdb.command('cs', '{"isMaster": 1}') -> 'ismaster' AS ismaster, (docdb.command('cs', '{"hello": 1}') -> 'connectionId')::int = pg_backend_pid() AS connection,
       abs(extract(epoch FROM (docdb.command('cs', '{"hello": 1}') -> 'localTime')::timestamptz - now())) < 60 AS time;
SELECT pg_temp.fields('{"buildInfo": 1}');
SELECT pg_temp.fields('{"buildinfo": 1}') = pg_temp.fields('{"buildInfo": 1}') AS same;
SELECT docdb.command('cs', '{"buildInfo": 1}') -> 'versionArray' AS version;
SELECT pg_temp.run('{"connectionStatus": 1, "showPrivileges": false}') = format('{"authInfo": {"authenticatedUsers": [{"user": "%s", "db": "admin"}], "authenticatedUserRoles": []}, "ok": 1.0}', current_user) AS status;
SELECT pg_temp.run('{"endSessions": [{"id": 1}]}');

SELECT docdb.insert_many('cs.t', ARRAY['{"_id": 1}', '{"_id": 2}']::bson[]);
SELECT pg_temp.fields('{"collStats": "t"}');
SELECT pg_temp.run('{"collStats": "none"}');
SELECT docdb.command('cs', '{"collStats": "t"}') -> 'count' AS count, docdb.command('cs', '{"collStats": "t", "scale": 1024}') -> 'scaleFactor' AS scale,
       (docdb.command('cs', '{"collStats": "t"}') -> 'totalSize')::bigint > 0 AS size;
SELECT pg_temp.fields('{"dbStats": 1}');
SELECT docdb.command('cs', '{"dbStats": 1}') -> 'collections' AS collections, docdb.command('cs', '{"dbstats": 1}') -> 'indexes' AS indexes, docdb.command('nowhere', '{"dbStats": 1}') -> 'collections' AS nowhere;

-- What is no command.
SELECT c, pg_temp.run(c) FROM (VALUES ('{}'), ('{"nope": 1}'), ('{"": 1}'), ('{"Find": "t"}'), ('{"$db": "cs", "find": "t"}'), ('{"eval": "f"}')) AS c(c);
SELECT docdb.command(NULL, '{"ping": 1}') IS NULL, docdb.command('cs', NULL) IS NULL;
SELECT docdb.command('', '{"find": "t"}');
SELECT pg_temp.fields('{"ping": 1, "$db": "cs", "lsid": {}, "$clusterTime": {}, "$readPreference": {}, "readConcern": {}, "writeConcern": {}, "comment": 1, "maxTimeMS": 0, "apiVersion": "1", "apiStrict": true, "apiDeprecationErrors": true, "txnNumber": 1, "autocommit": false, "startTransaction": true}');

-- PostgreSQL's errors come under MongoDB's numbers.
CREATE ROLE regress_command;
GRANT USAGE ON SCHEMA cs TO regress_command;
SET ROLE regress_command;
SELECT pg_temp.run('{"find": "t"}');
SELECT pg_temp.run('{"insert": "t", "documents": [{"_id": 1}]}');
SELECT pg_temp.run('{"insert": "other", "documents": [{"_id": 1}]}');
SELECT pg_temp.run('{"drop": "t"}');
RESET ROLE;
DROP OWNED BY regress_command;
DROP ROLE regress_command;
BEGIN;
SET TRANSACTION READ ONLY;
SELECT pg_temp.run('{"find": "t", "limit": 1}');
SELECT pg_temp.run('{"insert": "t", "documents": [{"_id": 9}]}');
SELECT pg_temp.run('{"create": "u"}');
ROLLBACK;
SET statement_timeout = '50ms';
\set VERBOSITY sqlstate
SELECT docdb.command('cs', '{"aggregate": "t", "pipeline": [{"$unionWith": "t"}, {"$unionWith": "t"}, {"$match": {"$expr": {"$lt": [{"$reduce": {"input": {"$range": [0, 100000]}, "initialValue": 0, "in": {"$reduce": {"input": {"$range": [0, 1000]}, "initialValue": 0, "in": 1}}}}, 0]}}}], "cursor": {}}');
RESET statement_timeout;
SELECT docdb.command('cs', '{"aggregate": "t", "pipeline": [{"$match": {"$expr": {"$lt": [{"$reduce": {"input": {"$range": [0, 100000]}, "initialValue": 0, "in": {"$reduce": {"input": {"$range": [0, 1000]}, "initialValue": 0, "in": 1}}}}, 0]}}}], "cursor": {}, "maxTimeMS": 50}');
\set VERBOSITY default
SELECT pg_temp.run('{"find": "t", "maxTimeMS": 1000}');

-- The inventory.
SELECT * FROM docdb.commands() ORDER BY name COLLATE "C";

SET client_min_messages = warning;
DROP SCHEMA cs CASCADE;
