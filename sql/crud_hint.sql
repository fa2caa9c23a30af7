-- Hints: a statement uses the index that it names, or none.
CREATE SCHEMA hints;
SET search_path = hints, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SELECT docdb.insert_many('t', (SELECT array_agg(format('{"_id": %s, "a": %s, "b": %s, "c": [%s, %s]}', i, i % 100, i % 7, i % 10, i % 3)::bson) FROM generate_series(1, 2000) AS i));
SELECT docdb.create_index('t', '{"a": 1}'), docdb.create_index('t', '{"b": 1, "a": -1}'), docdb.create_index('t', '{"c": 1}', '{"name": "elements"}'),
       docdb.create_index('t', '{"d": 1}', '{"sparse": true}'), docdb.create_index('t', '{"e": 1}', '{"hidden": true}'),
       docdb.create_index('t', '{"f": 1}', '{"name": "f1"}'), docdb.create_index('t', '{"f": 1}', '{"name": "f2", "sparse": true}'),
       docdb.create_index('t', '{"g": 1}', '{"partialFilterExpression": {"a": {"$gt": 50}}}');
ANALYZE t;

-- The index that a command's plan uses, or that it reads the table; and how many rows come out.
CREATE FUNCTION pg_temp.plan(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    plan jsonb;
BEGIN
    plan := docdb.explain('hints', command::bson, 'executionStats')::jsonb #> '{queryPlanner,postgresql}';
    RETURN (SELECT string_agg(DISTINCT coalesce(n ->> 'Index Name', n ->> 'Node Type'), ', ' ORDER BY coalesce(n ->> 'Index Name', n ->> 'Node Type'))
            FROM jsonb_path_query(plan, 'strict $.** ? (exists(@."Relation Name") || exists(@."Index Name"))') AS n
            WHERE n ->> 'Node Type' NOT IN ('Bitmap Heap Scan', 'ModifyTable')) || ': ' || trunc((plan #>> '{Plan,Actual Rows}')::numeric);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ' ' || message;
END
$$;

\pset format unaligned
SELECT c, pg_temp.plan(c) FROM (VALUES
    -- without a hint, by name, by keys
    ('{"find": "t", "filter": {"a": 5}}'),
    ('{"find": "t", "filter": {"a": 5}, "hint": "a_1"}'),
    ('{"find": "t", "filter": {"a": 5}, "hint": {"a": 1}}'),
    ('{"find": "t", "filter": {"a": 5}, "hint": {"a": 1.0}}'),
    ('{"find": "t", "filter": {"a": 5}, "hint": {"b": 1, "a": -1}}'),
    ('{"find": "t", "filter": {"a": 5}, "hint": "elements"}'),
    ('{"find": "t", "filter": {"a": {"$gte": 0}}}'),
    ('{"find": "t", "filter": {"a": {"$gte": 0}}, "hint": "a_1"}'),
    ('{"find": "t", "filter": {"a": 5, "b": 3}, "hint": "a_1"}'),
    ('{"find": "t", "filter": {"a": 5, "b": 3}, "hint": "b_1_a_-1"}'),
    ('{"find": "t", "filter": {"c": 5}, "sort": {"a": 1}, "hint": "elements"}'),
    ('{"find": "t", "filter": {"c": 5}, "sort": {"a": 1}, "hint": "a_1"}'),
    ('{"find": "t", "sort": {"a": 1}, "limit": 5, "hint": "a_1"}'),
    ('{"find": "t", "hint": "a_1"}'),
    ('{"find": "t", "filter": {"_id": 5}, "hint": "_id_"}'),
    ('{"find": "t", "filter": {"_id": 5}, "hint": "a_1"}'),
    ('{"find": "t", "filter": {"a": 5}, "hint": "_id_"}'),
    ('{"find": "t", "filter": {"a": 5}, "hint": {"_id": 1}}'),
    -- no index
    ('{"find": "t", "filter": {"a": 5}, "hint": {"$natural": 1}}'),
    ('{"find": "t", "filter": {"_id": 5}, "hint": {"$natural": -1}}'),
    ('{"find": "t", "filter": {"a": 5}, "hint": {}}'),
    ('{"find": "t", "filter": {"a": 5}, "hint": ""}'),
    -- an index that has not all documents is only used where it has those that match
    ('{"find": "t", "hint": "d_1"}'),
    ('{"find": "t", "filter": {"d": 5}, "hint": "d_1"}'),
    ('{"find": "t", "filter": {"g": 5}, "hint": "g_1"}'),
    ('{"find": "t", "filter": {"g": null, "a": 60}, "hint": "g_1"}'),
    -- hints that are none
    ('{"find": "t", "hint": "nope"}'), ('{"find": "t", "hint": {"nope": 1}}'), ('{"find": "t", "hint": {"a": -1}}'), ('{"find": "t", "hint": {"a": 1, "b": 1}}'),
    ('{"find": "t", "hint": "e_1"}'), ('{"find": "t", "hint": {"f": 1}}'), ('{"find": "t", "filter": {"f": 1}, "hint": "f2"}'),
    ('{"find": "t", "hint": {"$natural": 2}}'), ('{"find": "t", "hint": {"$natural": "x"}}'), ('{"find": "t", "hint": {"$natural": 1, "a": 1}}'),
    ('{"find": "t", "hint": 1}'), ('{"find": "t", "hint": ["a"]}'), ('{"find": "none", "hint": "nope"}'),
    -- other commands
    ('{"count": "t", "query": {"a": 5}, "hint": {"$natural": 1}}'), ('{"count": "t", "query": {"a": 5}, "hint": "b_1_a_-1"}'), ('{"count": "t", "hint": "nope"}'),
    ('{"distinct": "t", "key": "b", "query": {"a": 5}, "hint": {"$natural": 1}}'), ('{"distinct": "t", "key": "b", "query": {"a": 5}, "hint": "a_1"}'),
    ('{"aggregate": "t", "pipeline": [{"$match": {"a": 5}}], "cursor": {}, "hint": {"$natural": 1}}'),
    ('{"aggregate": "t", "pipeline": [{"$match": {"a": 5}}, {"$limit": 3}, {"$match": {"b": {"$gte": 0}}}], "cursor": {}, "hint": "b_1_a_-1"}'),
    ('{"aggregate": "t", "pipeline": [{"$match": {"a": 5}}, {"$lookup": {"from": "t", "localField": "_id", "foreignField": "_id", "as": "x"}}], "cursor": {}, "hint": "b_1_a_-1"}'),
    ('{"aggregate": "t", "pipeline": [], "cursor": {}, "hint": "nope"}'),
    ('{"update": "t", "updates": [{"q": {"a": 5}, "u": {"$set": {"z": 1}}, "multi": true, "hint": {"$natural": 1}}]}'),
    ('{"update": "t", "updates": [{"q": {"a": 5}, "u": {"$set": {"z": 1}}, "hint": "b_1_a_-1"}]}'),
    ('{"update": "t", "updates": [{"q": {"a": 5}, "u": {"$set": {"z": 1}}, "hint": "nope"}]}'),
    ('{"delete": "t", "deletes": [{"q": {"a": 5}, "limit": 0, "hint": {"$natural": 1}}]}'),
    ('{"delete": "t", "deletes": [{"q": {"a": 5}, "limit": 1, "hint": "a_1"}]}'),
    ('{"delete": "t", "deletes": [{"q": {"_id": 5}, "limit": 1, "hint": "nope"}]}'),
    ('{"findAndModify": "t", "query": {"a": 5}, "remove": true, "hint": {"$natural": 1}}'),
    ('{"findAndModify": "t", "query": {"a": 5}, "update": {"$set": {"z": 1}}, "hint": "b_1_a_-1"}'),
    ('{"findAndModify": "t", "query": {"_id": 5}, "update": {"$set": {"z": 1}}, "hint": "nope"}')) AS c(c);

-- The functions give the same rows with any hint.
SELECT h, count(DISTINCT doc -> '_id'), count(*) FROM (VALUES ('{}'), ('{"hint": "a_1"}'), ('{"hint": "elements"}'), ('{"hint": "d_1"}'), ('{"hint": "g_1"}'),
    ('{"hint": "_id_"}'), ('{"hint": {"$natural": 1}}')) AS h(h), docdb.find('t', '{"c": {"$gt": 3, "$lt": 2}}', options => h::bson) AS doc GROUP BY h ORDER BY h;
SELECT docdb.count_documents('t', '{"b": 3}', '{"hint": "elements"}'), docdb.count_documents('t', '{"b": 3}', '{"hint": {"$natural": 1}}'),
       docdb.find_one('t', '{"_id": 5}', options => '{"hint": "a_1"}') -> 'a' AS found, (SELECT count(*) FROM docdb.distinct('t', 'b', '{}', '{"hint": "a_1"}')) AS "distinct",
       (SELECT count(*) FROM docdb.aggregate('t', '[{"$match": {"a": 5}}]', '{"hint": "elements"}')) AS aggregated;
SELECT docdb.update_many('t', '{"a": 5}', '{"$set": {"z": 1}}', '{"hint": "elements"}'), docdb.update_one('t', '{"a": 6}', '{"$set": {"z": 1}}', '{"hint": {"a": 1}}'),
       docdb.delete_one('t', '{"a": 7}', '{"hint": {"$natural": 1}}'), docdb.delete_many('t', '{"a": 7}', '{"hint": "b_1_a_-1"}'),
       docdb.find_one_and_update('t', '{"a": 8}', '{"$set": {"z": 1}}', '{"hint": "a_1"}') IS NOT NULL AS updated,
       docdb.find_one_and_delete('t', '{"_id": 9}', '{"hint": "a_1"}') -> '_id' AS deleted;
SELECT docdb.count_documents('t', '{"z": 1}'), docdb.count_documents('t');
\set VERBOSITY sqlstate
SELECT docdb.find('t', '{"a": 5}', options => '{"hint": "nope"}');
SELECT docdb.find_one('t', '{"_id": 5}', options => '{"hint": "nope"}');
SELECT docdb.count_documents('t', '{}', '{"hint": "nope"}');
SELECT docdb.distinct('t', 'a', '{}', '{"hint": "nope"}');
SELECT docdb.aggregate('t', '[]', '{"hint": {"nope": 1}}');
SELECT docdb.update_one('t', '{"_id": 5}', '{"$set": {"z": 1}}', '{"hint": "nope"}');
SELECT docdb.delete_many('t', '{"_id": 5}', '{"hint": "nope"}');
SELECT docdb.find_one_and_delete('t', '{"_id": 5}', '{"hint": "nope"}');

-- The hint is part of what a plan is kept for: without it the planner is free again, and after an error.
SELECT docdb.drop_index('t', 'a_1');
SELECT docdb.count_documents('t', '{"a": 10}', '{"hint": "a_1"}');
SELECT docdb.create_index('t', '{"a": 1}');
SELECT docdb.count_documents('t', '{"a": 10}', '{"hint": "a_1"}'), docdb.count_documents('t', '{"a": 10}');
SELECT pg_temp.plan('{"find": "t", "filter": {"a": 10}}'), pg_temp.plan('{"find": "t", "filter": {"a": 10}, "hint": {"$natural": 1}}'), pg_temp.plan('{"find": "t", "filter": {"a": 10}}');
EXPLAIN (COSTS OFF) SELECT doc FROM t WHERE doc @@ '{"a": 10}';

-- Partitions use their part of the index.
CREATE TABLE p (_id bson_value PRIMARY KEY, doc bson NOT NULL) PARTITION BY HASH (_id);
CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO p SELECT format('%s', i)::bson_value, format('{"_id": %s, "a": %s}', i, i % 5)::bson FROM generate_series(1, 100) AS i;
CREATE INDEX p_a ON p USING bson_btree (doc bson_keys (keys = '{"a": 1}', name = 'a_1'));
SELECT pg_temp.plan('{"find": "p", "filter": {"a": 1}}'), pg_temp.plan('{"find": "p", "filter": {"a": 1}, "hint": "a_1"}'), pg_temp.plan('{"find": "p", "filter": {"a": 1}, "hint": {"$natural": 1}}');

DROP SCHEMA hints CASCADE;
