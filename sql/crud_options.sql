-- Options: each one, where it is known and where it is not, with good and bad values.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA optn;
SET search_path = optn, public;
SELECT docdb.insert_one('c', '{"_id": 1, "a": 1}');

-- The outcome of a call with options: "ok", or MongoDB's code and the message.
CREATE FUNCTION outcome(call text, options text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT %s', replace(call, '?', quote_literal(options)));
    RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
    RETURN COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE) || ' ' || SQLERRM;
END $$;

CREATE TABLE calls (function text, call text);
INSERT INTO calls VALUES
    ('find', 'docdb.find(''c'', options => ?)'),
    ('find_one', 'docdb.find_one(''c'', options => ?)'),
    ('count_documents', 'docdb.count_documents(''c'', ''{}'', ?)'),
    ('distinct', 'docdb.distinct(''c'', ''a'', ''{}'', ?)'),
    ('insert_one', 'docdb.insert_one(''c'', ''{}'', ?)'),
    ('insert_many', 'docdb.insert_many(''c'', ''{}'', ?)'),
    ('update_one', 'docdb.update_one(''c'', ''{"_id": 1}'', ''{"$set": {"b": 1}}'', ?)'),
    ('update_many', 'docdb.update_many(''c'', ''{"_id": 1}'', ''{"$set": {"b": 1}}'', ?)'),
    ('replace_one', 'docdb.replace_one(''c'', ''{"_id": 1}'', ''{"b": 1}'', ?)'),
    ('delete_one', 'docdb.delete_one(''c'', ''{"_id": 0}'', ?)'),
    ('delete_many', 'docdb.delete_many(''c'', ''{"_id": 0}'', ?)'),
    ('find_one_and_update', 'docdb.find_one_and_update(''c'', ''{"_id": 1}'', ''{"$set": {"b": 1}}'', ?)'),
    ('find_one_and_replace', 'docdb.find_one_and_replace(''c'', ''{"_id": 1}'', ''{"b": 1}'', ?)'),
    ('find_one_and_delete', 'docdb.find_one_and_delete(''c'', ''{"_id": 0}'', ?)'),
    ('bulk_write', 'docdb.bulk_write(''c'', ''[]'', ?)');

-- Which functions know which options.
SELECT o, string_agg(function, ', ' ORDER BY function)
    FROM unnest(ARRAY['allowDiskUse', 'allowPartialResults', 'arrayFilters', 'awaitData', 'batchSize',
        'bypassDocumentValidation', 'collation', 'comment', 'cursor', 'hint', 'let', 'limit', 'max', 'maxTimeMS', 'min',
        'noCursorTimeout', 'ordered', 'projection', 'readConcern', 'readPreference', 'returnDocument', 'returnKey',
        'showRecordId', 'singleBatch', 'skip', 'sort', 'tailable', 'upsert', 'writeConcern']) o, calls
    WHERE outcome(call, format('{"%s": null}', o)) = 'ok' GROUP BY o ORDER BY o COLLATE "C";
SELECT function, outcome(call, '{"nothing": 1}') FROM calls ORDER BY function;
SELECT function, outcome(call, '{"comment": {"any": "thing"}, "maxTimeMS": 10000}') FROM calls ORDER BY function;
SELECT function, outcome(call, '{}') FROM calls WHERE outcome(call, '{}') <> 'ok' OR outcome(call, NULL) <> 'ok';
SELECT function, outcome(call, '{"Comment": 1}') FROM calls WHERE function = 'find';

-- Values.
SELECT o, outcome(call, o) FROM calls, unnest(ARRAY[
    '{"allowDiskUse": true}', '{"allowDiskUse": 1}', '{"allowDiskUse": "yes"}', '{"allowPartialResults": true}',
    '{"awaitData": false}', '{"awaitData": true}', '{"batchSize": 100}', '{"batchSize": -1}', '{"batchSize": 1.5}',
    '{"batchSize": "x"}', '{"batchSize": {"$numberLong": "5"}}', '{"batchSize": 5.0}',
    '{"collation": {}}', '{"collation": {"locale": "simple"}}', '{"collation": {"locale": "de"}}', '{"collation": 1}',
    '{"hint": {}}', '{"hint": ""}', '{"hint": "a_1"}', '{"hint": {"a": 1}}', '{"hint": 1}',
    '{"let": {}}', '{"let": {"x": 1}}', '{"let": {"x": "$a"}}', '{"let": {"X": 1}}', '{"let": {"x": {"$bad": 1}}}', '{"let": 1}',
    '{"max": {}}', '{"max": {"a": 1}}', '{"min": {"a": 1}}', '{"min": 1}',
    '{"maxTimeMS": 0}', '{"maxTimeMS": 100000}', '{"maxTimeMS": -1}', '{"maxTimeMS": {"$numberLong": "3000000000"}}', '{"maxTimeMS": "x"}',
    '{"noCursorTimeout": true}', '{"readConcern": {"level": "majority"}}', '{"readConcern": "majority"}',
    '{"readPreference": "primary"}', '{"returnKey": true}', '{"returnKey": false}', '{"showRecordId": true}', '{"singleBatch": true}',
    '{"tailable": true}', '{"tailable": 0}', '{"sort": {"a": 1}}']) o WHERE function = 'find';
SELECT o, outcome(call, o) FROM calls, unnest(ARRAY[
    '{"skip": 1, "limit": 1}', '{"skip": -1}', '{"limit": -1}', '{"limit": 1.5}', '{"skip": "1"}']) o WHERE function = 'count_documents';
SELECT o, outcome(call, o) FROM calls, unnest(ARRAY[
    '{"ordered": true}', '{"ordered": false}', '{"ordered": "no"}', '{"bypassDocumentValidation": true}', '{"bypassDocumentValidation": "x"}',
    '{"writeConcern": {"w": 1}}', '{"writeConcern": 1}', '{"let": {}}', '{"collation": {}}']) o WHERE function = 'insert_many';
SELECT o, outcome(call, o) FROM calls, unnest(ARRAY[
    '{"upsert": true}', '{"upsert": 1}', '{"upsert": "x"}', '{"arrayFilters": []}', '{"arrayFilters": {}}', '{"arrayFilters": [{"x": 1}]}',
    '{"sort": {"a": 1}}', '{"sort": {"a": 3}}', '{"sort": []}', '{"returnDocument": "after"}', '{"returnDocument": "later"}', '{"returnDocument": 1}',
    '{"projection": {"a": 1}}', '{"projection": {"a": 1, "b": 0}}', '{"projection": 1}']) o WHERE function = 'find_one_and_update';

-- maxTimeMS ends what takes longer, and nothing else; a shorter statement_timeout of the session's holds as well.
SELECT docdb.insert_many('slow', array_agg(format('{"_id": %s, "s": "%s"}', i, repeat('ab', 200))::bson)) FROM generate_series(1, 30000) i;
CREATE FUNCTION code(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT count(x::text) FROM (SELECT ' || call || ' AS x) y';
    RETURN 'ok';
EXCEPTION WHEN query_canceled THEN
    RETURN SQLSTATE;
WHEN OTHERS THEN
    RETURN COALESCE((docdb.error_info(SQLSTATE)).name, SQLSTATE);
END $$;
SELECT code($$docdb.count_documents('slow', '{"$and": [{"s": {"$regex": "(a|b)*c"}}]}', '{"maxTimeMS": 1}')$$);
SELECT code($$docdb.find('slow', '{"s": {"$regex": "(a|b)*c"}}', options => '{"maxTimeMS": 1}')$$);
SELECT code($$docdb.find_one('slow', '{"s": {"$regex": "(a|b)*c"}}', options => '{"maxTimeMS": 1}')$$);
SELECT code($$docdb.distinct('slow', 's', '{"s": {"$regex": "(a|b)*c"}}', '{"maxTimeMS": 1}')$$);
SELECT code($$docdb.update_many('slow', '{"s": {"$regex": "(a|b)*c"}}', '{"$set": {"a": 1}}', '{"maxTimeMS": 1}')$$);
SELECT code($$docdb.delete_many('slow', '{"s": {"$regex": "(a|b)*c"}}', '{"maxTimeMS": 1}')$$);
SELECT code($$docdb.bulk_write('slow', '[{"deleteMany": {"filter": {"s": {"$regex": "(a|b)*c"}}}}]', '{"maxTimeMS": 1, "ordered": false}')$$);
SELECT code($$docdb.find_one_and_delete('slow', '{"s": {"$regex": "(a|b)*c"}}', '{"maxTimeMS": 1}')$$);
SELECT code($$docdb.count_documents('slow', '{"_id": 1}', '{"maxTimeMS": 60000}')$$);
SELECT code($$docdb.count_documents('slow', '{"_id": 1}')$$);
BEGIN;
SET LOCAL statement_timeout = 1;
SELECT docdb.count_documents('slow', '{"s": {"$regex": "(a|b)*c"}}', '{"maxTimeMS": 60000}');
ROLLBACK;
SELECT docdb.count_documents('slow', '{"_id": 1}');

DROP SCHEMA optn CASCADE;
