-- explain: PostgreSQL's plan in MongoDB's words.
CREATE SCHEMA ce;
SET search_path = ce, public;
SELECT docdb.insert_many('t', (SELECT array_agg(format('{"_id": %s, "a": %s}', i, i % 10)::bson) FROM generate_series(1, 1000) AS i));
ANALYZE t;
SET max_parallel_workers_per_gather = 0;
CREATE FUNCTION pg_temp.stages(plan bson, path text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(s #>> '{}', ' ') FROM jsonb_path_query((plan::jsonb) #> string_to_array(path, '.'), 'strict $.**.stage') AS s
$$;
CREATE FUNCTION pg_temp.error(command text, verbosity text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN pg_temp.stages(docdb.explain('ce', command::bson, verbosity), 'queryPlanner.winningPlan');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;

SELECT c, pg_temp.error(c, 'queryPlanner') AS stages FROM (VALUES
    ('{"find": "t"}'),
    ('{"find": "t", "filter": {"a": 1}}'),
    ('{"find": "t", "filter": {"_id": 5}}'),
    ('{"find": "t", "sort": {"a": 1}, "limit": 2}'),
    ('{"find": "none"}'),
    ('{"count": "t"}'),
    ('{"aggregate": "t", "pipeline": [{"$group": {"_id": null}}], "cursor": {}}'),
    ('{"aggregate": "t", "pipeline": [{"$unwind": "$a"}], "cursor": {}}'),
    ('{"delete": "t", "deletes": [{"q": {"a": 1}, "limit": 0}]}')) AS c(c);
SELECT string_agg(key, ' ' ORDER BY n) FROM json_object_keys(docdb.explain('ce', '{"find": "t"}')::json) WITH ORDINALITY AS k(key, n);
SELECT string_agg(key, ' ' ORDER BY n) FROM json_object_keys(docdb.explain('ce', '{"find": "t", "filter": {"a": 1}}')::json -> 'queryPlanner') WITH ORDINALITY AS k(key, n);
SELECT e -> 'queryPlanner.namespace' AS namespace, e -> 'queryPlanner.parsedQuery' AS query, e -> 'command' AS command, e -> 'ok' AS ok,
       e -> 'queryPlanner.postgresql.Plan.Node Type' AS node, e -> 'executionStats' AS stats
FROM (SELECT docdb.explain('ce', '{"find": "t", "filter": {"a": 1}}') AS e) AS s;

-- With executionStats the statement is run; a write is undone.
SELECT e -> 'executionStats.nReturned' AS returned, e -> 'executionStats.totalDocsExamined' AS examined, e -> 'executionStats.totalKeysExamined' AS keys,
       e -> 'executionStats.executionSuccess' AS success, pg_temp.stages(e, 'executionStats.executionStages') AS stages
FROM (VALUES (docdb.explain('ce', '{"find": "t", "filter": {"a": 1}}', 'executionStats')),
             (docdb.explain('ce', '{"find": "t", "filter": {"_id": 7}}', 'allPlansExecution')),
             (docdb.explain('ce', '{"find": "t", "filter": {"_id": 70000}}', 'executionStats'))) AS e(e);
SELECT docdb.explain('ce', '{"delete": "t", "deletes": [{"q": {}, "limit": 0}]}', 'executionStats') -> 'executionStats.totalDocsExamined' AS examined;
SELECT docdb.explain('ce', '{"update": "t", "updates": [{"q": {}, "u": {"$set": {"z": 1}}, "multi": true}]}', 'executionStats') -> 'ok' AS ok;
SELECT docdb.count_documents('t', '{}'), docdb.count_documents('t', '{"z": 1}');

-- The command.
SELECT docdb.command('ce', '{"explain": {"find": "t", "filter": {"a": 1}}}') -> 'executionStats.nReturned' AS returned;
SELECT docdb.command('ce', '{"explain": {"find": "t", "filter": {"a": 1}}, "verbosity": "queryPlanner"}') -> 'executionStats' AS none;
SELECT docdb.command('ce', '{"explain": {"findAndModify": "t", "query": {"_id": 1}, "remove": true}, "verbosity": "queryPlanner"}') -> 'ok' AS ok;

SELECT c, pg_temp.error(c, v) FROM (VALUES
    ('{"find": "t"}', 'nope'), ('{"find": "t"}', ''), ('{"insert": "t", "documents": [{}]}', 'queryPlanner'), ('{"nope": 1}', 'queryPlanner'),
    ('{"delete": "t", "deletes": [{"q": {}, "limit": 0}, {"q": {}, "limit": 0}]}', 'queryPlanner'), ('{"find": "t", "nope": 1}', 'queryPlanner'),
    ('{"explain": {"find": "t"}}', 'queryPlanner'), ('{}', 'queryPlanner')) AS c(c, v);
\set VERBOSITY sqlstate
SELECT docdb.command('ce', '{"explain": 1}');
SELECT docdb.command('ce', '{"explain": {"find": "t"}, "verbosity": 1}');
SELECT docdb.command('ce', '{"explain": {"find": "t"}, "verbosity": "nope"}');
SELECT docdb.command('ce', '{"explain": {"find": "t"}, "nope": 1}');
SELECT docdb.explain(NULL, '{"find": "t"}') IS NULL, docdb.explain('ce', NULL) IS NULL, docdb.explain('ce', '{"find": "t"}', NULL) IS NULL;

SET client_min_messages = warning;
DROP SCHEMA ce CASCADE;
