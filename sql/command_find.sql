-- find, getMore, killCursors, aggregate, count, distinct.
CREATE SCHEMA cf;
CREATE FUNCTION pg_temp.run(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    -- The ids of cursors are random.
    RETURN regexp_replace(docdb.command('cf', command::bson)::text, '"id": [1-9]\d*', '"id": <id>');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;
SELECT docdb.insert_many('cf.t', (SELECT array_agg(format('{"_id": %s, "a": %s, "b": ["x", "%s"]}', i, i % 3, chr(96 + i))::bson) FROM generate_series(1, 7) AS i));

SELECT pg_temp.run('{"find": "t", "limit": 1}');
SELECT pg_temp.run('{"find": "t", "filter": {"a": 1}, "sort": {"_id": -1}, "projection": {"b": 0}, "skip": 1, "limit": 5}');
SELECT pg_temp.run('{"find": "t", "filter": {"$expr": {"$eq": ["$_id", "$$x"]}}, "let": {"x": {"$add": [1, 2]}}}');
SELECT pg_temp.run('{"find": "none"}');
SELECT pg_temp.run('{"find": "t", "batchSize": 2, "projection": {"_id": 1}, "sort": {"_id": 1}}');
SELECT pg_temp.run('{"find": "t", "batchSize": 0}');
SELECT pg_temp.run('{"find": "t", "batchSize": 2, "singleBatch": true, "projection": {"_id": 1}, "sort": {"_id": 1}}');
SELECT pg_temp.run('{"find": "t", "batchSize": 7, "projection": {"_id": 1}, "sort": {"_id": 1}}');
SELECT pg_temp.run('{"find": "t", "filter": null, "sort": null, "limit": null, "$db": "cf", "lsid": {"id": 1}, "$readPreference": {"mode": "primary"},
    "readConcern": {"level": "local"}, "comment": "c", "maxTimeMS": 5000, "apiVersion": "1", "allowDiskUse": true, "noCursorTimeout": false, "collation": {"locale": "simple"}, "hint": {}}') IS NOT NULL AS accepted;

-- Cursors in a transaction block go on where they stopped.
BEGIN;
SELECT docdb.command('cf', '{"find": "t", "sort": {"_id": 1}, "projection": {"_id": 1}, "batchSize": 2}') -> 'cursor.id' AS id \gset
SELECT docdb.delete_many('cf.t', '{"_id": 4}');
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "t", "batchSize": 2}', :'id'));
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "t"}', :'id'));
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "t"}', :'id')) ~ '^43: cursor id \d+ not found$' AS gone;
ROLLBACK;

-- They end with it; outside of one they are held, with what was there when they were opened.
BEGIN;
SELECT docdb.command('cf', '{"find": "t", "batchSize": 2}') -> 'cursor.id' AS id \gset
COMMIT;
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "t"}', :'id')) ~ '^43: ' AS gone;
SELECT docdb.command('cf', '{"find": "t", "sort": {"_id": 1}, "projection": {"_id": 1}, "batchSize": 0}') -> 'cursor.id' AS id \gset
SELECT docdb.update_many('cf.t', '{}', '{"$set": {"new": 1}}');
SELECT docdb.delete_many('cf.t', '{"_id": {"$gt": 5}}');
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "t", "batchSize": 3}', :'id'));
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "other"}', :'id')) ~ '^13: Requested getMore on namespace .cf.other., but cursor belongs to a different namespace cf.t$' AS refused;
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "t", "batchSize": 3}', :'id'));
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "t", "batchSize": 3}', :'id'));

-- aggregate has them as well.
SELECT docdb.command('cf', '{"aggregate": "t", "pipeline": [{"$sort": {"_id": 1}}, {"$project": {"_id": 1}}], "cursor": {"batchSize": 1}}') -> 'cursor.id' AS id \gset
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "t", "batchSize": 1}', :'id'));
SELECT docdb.command('cf', '{"find": "t", "batchSize": 1}') -> 'cursor.id' AS other \gset
SELECT replace(replace(docdb.command('cf', format('{"killCursors": "t", "cursors": [{"$numberLong": "%s"}, {"$numberLong": "12345"}, {"$numberLong": "%s"}]}', :'id', :'other')::bson)::text,
    :'id', '<id>'), :'other', '<other>');
SELECT pg_temp.run(format('{"getMore": {"$numberLong": "%s"}, "collection": "t"}', :'id')) ~ '^43: ' AS gone;
SELECT count(*) FROM pg_cursors WHERE name LIKE 'docdb cursor%';

-- A batch holds 16 MiB at most.
SELECT docdb.insert_many('cf.big', (SELECT array_agg(format('{"_id": %s, "s": "%s"}', i, repeat('x', 6000000))::bson) FROM generate_series(1, 5) AS i));
SELECT length(c::bytea) < 17000000 AS fits, c -> 'cursor.firstBatch.1._id' AS second, (c -> 'cursor.firstBatch.2._id') IS NULL AS no_third, c -> 'cursor.id' AS id
FROM (SELECT docdb.command('cf', '{"find": "big", "sort": {"_id": 1}}') AS c OFFSET 0) AS s \gset
SELECT :'fits' AS fits, :'second' AS second, :'no_third' AS no_third;
SELECT c -> 'cursor.nextBatch.0._id' AS first, c -> 'cursor.nextBatch.1._id' AS second, c -> 'cursor.nextBatch.2._id' AS third
FROM (SELECT docdb.command('cf', format('{"getMore": {"$numberLong": "%s"}, "collection": "big"}', :'id')::bson) AS c OFFSET 0) AS s;
SELECT c -> 'cursor.nextBatch.0._id' AS first, c -> 'cursor.id' AS id
FROM (SELECT docdb.command('cf', format('{"getMore": {"$numberLong": "%s"}, "collection": "big"}', :'id')::bson) AS c OFFSET 0) AS s;

SELECT pg_temp.run('{"aggregate": "t", "pipeline": [{"$group": {"_id": "$a", "n": {"$sum": 1}}}, {"$sort": {"_id": 1}}], "cursor": {}}');
SELECT pg_temp.run('{"aggregate": "t", "pipeline": [{"$match": {"$expr": {"$eq": ["$_id", "$$x"]}}}, {"$project": {"x": "$$x"}}], "cursor": {"batchSize": 10}, "let": {"x": 3}}');
SELECT pg_temp.run('{"aggregate": "none", "pipeline": [], "cursor": {}}');
SELECT pg_temp.run('{"aggregate": "t", "pipeline": [{"$count": "n"}], "explain": true}') ~ '"explainVersion": "1"' AS explains;

SELECT pg_temp.run('{"count": "t"}');
SELECT pg_temp.run('{"count": "t", "query": {"a": 1}}');
SELECT pg_temp.run('{"count": "t", "limit": 2}');
SELECT pg_temp.run('{"count": "t", "limit": -2}');
SELECT pg_temp.run('{"count": "t", "skip": 4, "limit": 2}');
SELECT pg_temp.run('{"count": "none"}');

SELECT pg_temp.run('{"distinct": "t", "key": "a"}');
SELECT pg_temp.run('{"distinct": "t", "key": "b", "query": {"_id": {"$lte": 2}}}');
SELECT pg_temp.run('{"distinct": "t", "key": "nope"}');
SELECT pg_temp.run('{"distinct": "none", "key": "a"}');

SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"find": 1}'), ('{"find": ""}'), ('{"find": "a$b"}'), ('{"find": "t", "nope": 1}'), ('{"find": "t", "filter": 1}'),
    ('{"find": "t", "filter": {"$nope": 1}}'), ('{"find": "t", "sort": {"a": 0}}'), ('{"find": "t", "sort": 1}'), ('{"find": "t", "projection": {"a": 1, "b": 0}}'),
    ('{"find": "t", "skip": -1}'), ('{"find": "t", "limit": -1}'), ('{"find": "t", "limit": "1"}'), ('{"find": "t", "batchSize": -1}'),
    ('{"find": "t", "singleBatch": "x"}'), ('{"find": "t", "filter": {}, "filter": {}}'), ('{"find": "t", "tailable": true}'), ('{"find": "t", "min": {"a": 1}}'),
    ('{"find": "t", "collation": {"locale": "xx"}}'), ('{"find": "t", "collation": 1}'), ('{"find": "t", "hint": 1}'), ('{"find": "t", "hint": "a_1"}'),
    ('{"find": "t", "maxTimeMS": -1}'), ('{"find": "t", "maxTimeMS": "x"}'), ('{"find": "t", "let": 1}'),
    ('{"getMore": 1, "collection": "t"}'), ('{"getMore": {"$numberLong": "1"}}'), ('{"getMore": {"$numberLong": "1"}, "collection": 1}'),
    ('{"getMore": {"$numberLong": "1"}, "collection": "t", "batchSize": -1}'), ('{"getMore": {"$numberLong": "0"}, "collection": "t"}'),
    ('{"killCursors": "t"}'), ('{"killCursors": "t", "cursors": [1]}'), ('{"killCursors": "t", "cursors": 1}'),
    ('{"aggregate": "t"}'), ('{"aggregate": "t", "pipeline": []}'), ('{"aggregate": "t", "pipeline": {}, "cursor": {}}'), ('{"aggregate": "t", "pipeline": [{"$nope": 1}], "cursor": {}}'),
    ('{"aggregate": 1, "pipeline": [], "cursor": {}}'), ('{"aggregate": "t", "pipeline": [], "cursor": 1}'), ('{"aggregate": "t", "pipeline": [], "cursor": {"nope": 1}}'),
    ('{"count": "t", "query": 1}'), ('{"count": "t", "skip": -1}'), ('{"distinct": "t"}'), ('{"distinct": "t", "key": 1}'), ('{"distinct": "t", "key": "a", "query": 1}'),
    ('{"distinct": "t", "key": "a\u0000b"}')) AS c(c);

SET client_min_messages = warning;
DROP SCHEMA cf CASCADE;
