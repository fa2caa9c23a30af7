-- bulkWrite.
\pset format unaligned
\pset tuples_only on
CREATE SCHEMA bw;
CREATE FUNCTION pg_temp.run(command text, database text DEFAULT 'admin') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN docdb.command(database, command::bson);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;
-- Operations on the collections bw.a and bw.b.
CREATE FUNCTION pg_temp.bulk(ops text, more text DEFAULT '') RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.run(format('{"bulkWrite": 1, "ops": %s, "nsInfo": [{"ns": "bw.a"}, {"ns": "bw.b"}]%s}', ops, more)) $$;
CREATE FUNCTION pg_temp.all() RETURNS TABLE (collection text, doc bson) LANGUAGE sql AS
$$ SELECT 'a', docdb.find('bw.a', sort => '{"_id": 1}') UNION ALL SELECT 'b', docdb.find('bw.b', sort => '{"_id": 1}') $$;

-- Every kind of operation, on two collections that are not there yet.
SELECT pg_temp.bulk('[
    {"insert": 0, "document": {"_id": 1, "x": 1}},
    {"insert": 0, "document": {"_id": 2, "x": 2}},
    {"insert": 1, "document": {"_id": 1, "y": 1}},
    {"update": 0, "filter": {"_id": 1}, "updateMods": {"$inc": {"x": 10}}},
    {"update": 0, "filter": {"_id": 1}, "updateMods": {"$set": {"x": 11}}},
    {"update": 0, "filter": {}, "updateMods": {"$set": {"m": true}}, "multi": true},
    {"update": 0, "filter": {"_id": 99}, "updateMods": {"$set": {"x": 0}}},
    {"update": 1, "filter": {"_id": 3}, "updateMods": {"$set": {"up": 1}}, "upsert": true},
    {"update": 1, "filter": {"k": 4}, "updateMods": {"_id": 4, "r": 1}, "upsert": true},
    {"update": 1, "filter": {"_id": 4}, "updateMods": [{"$set": {"p": {"$add": ["$r", 1]}}}]},
    {"update": 1, "filter": {"_id": 4}, "updateMods": {"$set": {"l": [1, 2, 3]}}},
    {"update": 1, "filter": {"_id": 4}, "updateMods": {"$set": {"l.$[e]": 0}}, "arrayFilters": [{"e": {"$gt": 1}}]},
    {"delete": 1, "filter": {"_id": 3}},
    {"delete": 1, "filter": {"_id": 3}},
    {"insert": 1, "document": {"_id": 5}}]');
SELECT pg_temp.all();
SELECT pg_temp.bulk('[{"delete": 0, "filter": {}}, {"delete": 1, "filter": {}, "multi": true}, {"insert": 0, "document": {"_id": 7}}]');
SELECT pg_temp.all();

-- Ordered: nothing after the first error.
SELECT pg_temp.bulk('[
    {"insert": 0, "document": {"_id": 10}},
    {"insert": 0, "document": {"_id": 10}},
    {"insert": 0, "document": {"_id": 11}},
    {"delete": 0, "filter": {}, "multi": true}]');
SELECT pg_temp.bulk('[{"update": 0, "filter": {"_id": 10}, "updateMods": {"$set": {"_id": 11}}}, {"delete": 0, "filter": {}, "multi": true}]');
SELECT pg_temp.bulk('[{"delete": 0, "filter": {"$nope": 1}}, {"delete": 0, "filter": {}, "multi": true}]');
-- Unordered: everything else.
SELECT pg_temp.bulk('[
    {"insert": 0, "document": {"_id": 10}},
    {"insert": 0, "document": {"_id": 12}},
    {"insert": 0, "document": {"_id": [1]}},
    {"insert": 1, "document": {"_id": 12}},
    {"insert": 0, "document": {"_id": 12}},
    {"update": 0, "filter": {"_id": 12}, "updateMods": {"$inc": {"a": "x"}}},
    {"update": 0, "filter": {"_id": 12}, "updateMods": {"a": 1}, "multi": true},
    {"update": 0, "filter": {"_id": 12}, "updateMods": {"$set": {"a": 1}}},
    {"delete": 0, "filter": {"_id": 10}}]', ', "ordered": false');
SELECT pg_temp.all();
-- Only errors among the results.
SELECT pg_temp.bulk('[{"insert": 0, "document": {"_id": 12}}, {"insert": 0, "document": {"_id": 13}}, {"delete": 0, "filter": {"_id": 13}}]', ', "ordered": false, "errorsOnly": true');
SELECT pg_temp.bulk('[{"insert": 0, "document": {"_id": 13}}]', ', "errorsOnly": true');

-- Variables, constants, sort, hint.
SELECT pg_temp.bulk('[
    {"update": 0, "filter": {"$expr": {"$eq": ["$_id", "$$id"]}}, "updateMods": [{"$set": {"v": "$$id", "w": "$$c"}}], "constants": {"c": 5}},
    {"update": 0, "filter": {}, "sort": {"_id": -1}, "updateMods": {"$set": {"last": true}}, "hint": "_id_"},
    {"update": 0, "filter": {"_id": 12}, "updateMods": {"$set": {"h": 1}}, "hint": {"_id": 1}},
    {"delete": 0, "filter": {"$expr": {"$eq": ["$_id", "$$id"]}}, "hint": {"_id": 1}}]', ', "let": {"id": 7}');
SELECT pg_temp.all();
SELECT pg_temp.bulk('[
    {"update": 0, "filter": {"_id": 12}, "updateMods": {"$set": {"h": 2}}, "hint": "h_1"},
    {"delete": 0, "filter": {"_id": 12}, "hint": {"h": 1}},
    {"update": 0, "filter": {"_id": 12}, "updateMods": {"$set": {"h": 2}}, "constants": {"c": 1}},
    {"update": 0, "filter": {"_id": 12}, "updateMods": {"h": "$$c"}, "constants": {"c": 1}}]', ', "ordered": false');

-- Validators.
SELECT docdb.command('bw', '{"collMod": "b", "validator": {"y": {"$gt": 0}}}');
SELECT pg_temp.bulk('[{"insert": 1, "document": {"_id": 20, "y": 0}}]');
SELECT pg_temp.bulk('[{"insert": 1, "document": {"_id": 20, "y": 0}}]', ', "bypassDocumentValidation": true');
SELECT pg_temp.bulk('[{"update": 1, "filter": {"_id": 20}, "updateMods": {"$set": {"y": -1}}}]');

-- The results as a cursor.
SELECT docdb.command('bw', '{"drop": "a"}'), docdb.command('bw', '{"drop": "b"}');
BEGIN;
CREATE TEMP TABLE reply AS SELECT docdb.command('admin', '{"bulkWrite": 1, "nsInfo": [{"ns": "bw.a"}], "cursor": {"batchSize": 2},
    "ops": [{"insert": 0, "document": {"_id": 1}}, {"insert": 0, "document": {"_id": 2}}, {"insert": 0, "document": {"_id": 3}}, {"delete": 0, "filter": {"_id": 1}}, {"delete": 0, "filter": {"_id": 9}}]}') AS r;
SELECT r -> 'cursor.firstBatch', r -> 'cursor.ns', (r -> 'cursor.id')::bigint <> 0, r -> 'nErrors', r -> 'nInserted', r -> 'nMatched', r -> 'nModified', r -> 'nUpserted', r -> 'nDeleted', r -> 'ok' FROM reply;
SELECT docdb.command('admin', format('{"getMore": {"$numberLong": "%s"}, "collection": "$cmd.bulkWrite", "batchSize": 2}', (r -> 'cursor.id')::bigint)::bson) -> 'cursor.nextBatch' FROM reply;
SELECT docdb.command('admin', format('{"getMore": {"$numberLong": "%s"}, "collection": "$cmd.bulkWrite"}', (r -> 'cursor.id')::bigint)::bson) -> 'cursor' FROM reply;
COMMIT;
SELECT pg_temp.bulk('[{"insert": 0, "document": {"_id": 5}}, {"delete": 0, "filter": {"_id": 5}}]', ', "cursor": {"batchSize": 2}');
SELECT r -> 'cursor.firstBatch', (r -> 'cursor.id')::bigint <> 0 FROM (SELECT docdb.command('admin', '{"bulkWrite": 1, "nsInfo": [{"ns": "bw.a"}], "cursor": {"batchSize": 0}, "ops": [{"delete": 0, "filter": {"_id": 5}}]}') AS r) AS s;
-- Many insertions, some of which fail.
SELECT r -> 'nInserted', r -> 'nErrors', jsonb_array_length((r -> 'cursor.firstBatch')::jsonb) FROM (SELECT docdb.command('admin', format('{"bulkWrite": 1, "ordered": false, "errorsOnly": true, "nsInfo": [{"ns": "bw.many"}], "ops": [%s]}',
    (SELECT string_agg(format('{"insert": 0, "document": {"_id": %s}}', i % 300), ', ') FROM generate_series(1, 1000) AS i))::bson) AS r) AS s;
SELECT count(*), count(DISTINCT _id) FROM bw.many;
-- A schema that is not there yet.
SELECT pg_temp.run('{"bulkWrite": 1, "nsInfo": [{"ns": "bw_new.c"}], "ops": [{"delete": 0, "filter": {}}, {"insert": 0, "document": {"_id": 1}}, {"update": 0, "filter": {"_id": 1}, "updateMods": {"$set": {"a": 1}}}, {"delete": 0, "filter": {}}]}');

-- The form of the command is checked before anything is done.
SELECT pg_temp.run('{"bulkWrite": 1, "ops": [{"insert": 0, "document": {}}], "nsInfo": [{"ns": "bw.a"}]}', 'bw');
SELECT c || ' => ' || pg_temp.run('{"bulkWrite": 1, ' || c || '}') FROM (VALUES
    ('"ops": []'), ('"nsInfo": []'), ('"ops": [], "nsInfo": []'), ('"ops": 1, "nsInfo": []'), ('"ops": [1], "nsInfo": []'), ('"ops": [], "nsInfo": [1]'), ('"ops": [], "nsInfo": [{}]'), ('"ops": [], "nsInfo": [{"ns": 1}]'),
    ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw.a", "nope": 1}]'), ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw"}]'), ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw."}]'),
    ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": ".a"}]'), ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": ""}]'), ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw.a$b"}]'),
    ('"ops": [{"delete": 1, "filter": {}}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"delete": 0, "filter": {}}, {"insert": 1, "document": {}}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"insert": -1, "document": {}}], "nsInfo": [{"ns": "bw.a"}]'),
    ('"ops": [{"insert": "0", "document": {}}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"insert": 0}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"insert": 0, "document": 1}], "nsInfo": [{"ns": "bw.a"}]'),
    ('"ops": [{"insert": 0, "document": {}, "filter": {}}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"nope": 0, "document": {}}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"document": {}, "insert": 0}], "nsInfo": [{"ns": "bw.a"}]'),
    ('"ops": [{"update": 0, "filter": {}}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"update": 0, "updateMods": {}}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"update": 0, "filter": {}, "updateMods": 1}], "nsInfo": [{"ns": "bw.a"}]'),
    ('"ops": [{"update": 0, "filter": {}, "updateMods": {}, "multi": 1}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"update": 0, "filter": {}, "updateMods": {}, "upsert": "x"}], "nsInfo": [{"ns": "bw.a"}]'),
    ('"ops": [{"update": 0, "filter": {}, "updateMods": {"$set": {"a": 1}}, "multi": true, "sort": {"a": 1}}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"update": 0, "filter": {}, "updateMods": {}, "arrayFilters": {}}], "nsInfo": [{"ns": "bw.a"}]'),
    ('"ops": [{"update": 0, "filter": {}, "updateMods": {}, "hint": 1}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"update": 0, "filter": {}, "updateMods": {}, "collation": {"locale": "xx"}}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"update": 0, "filter": {}, "updateMods": {}, "nope": 1}], "nsInfo": [{"ns": "bw.a"}]'),
    ('"ops": [{"delete": 0}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"delete": 0, "filter": 1}], "nsInfo": [{"ns": "bw.a"}]'), ('"ops": [{"delete": 0, "filter": {}, "sort": {"a": 1}}], "nsInfo": [{"ns": "bw.a"}]'),
    ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw.a"}], "ordered": 1'), ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw.a"}], "errorsOnly": "x"'), ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw.a"}], "let": 1'),
    ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw.a"}], "cursor": 1'), ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw.a"}], "cursor": {"nope": 1}'), ('"ops": [{"delete": 0, "filter": {}}], "nsInfo": [{"ns": "bw.a"}], "nope": 1')) AS c(c);
SELECT pg_temp.all();

SET client_min_messages = warning;
DROP SCHEMA bw CASCADE;
DROP SCHEMA bw_new CASCADE;
