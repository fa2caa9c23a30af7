-- Rules of writes that need more than one command to see.
\pset format unaligned
\pset tuples_only on
CREATE SCHEMA wr;
CREATE FUNCTION pg_temp.run(command text, database text DEFAULT 'wr') RETURNS text LANGUAGE plpgsql AS $$
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
CREATE FUNCTION pg_temp.bulk(ops text, more text DEFAULT '') RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.run(format('{"bulkWrite": 1, "ops": %s, "nsInfo": [{"ns": "wr.b"}]%s}', ops, more), 'admin') $$;

-- What counts as a modification although the document is the same: a replacement without _id, and
-- $push that sorts.
SELECT u, pg_temp.run(format('{"update": "n", "updates": [{"q": {"_id": 1}, "u": {"_id": 1, "a": [1, 2]}, "upsert": true}, {"q": {"_id": 1}, "u": %s}]}', u))
FROM (VALUES ('{"a": [1, 2]}'), ('{"_id": 1, "a": [1, 2]}'), ('{"$set": {"a": [1, 2]}}'),
    ('{"$push": {"a": {"$each": [], "$sort": 1}}}'), ('{"$push": {"a": {"$each": [], "$slice": 5}}}'),
    ('{"$push": {"a": {"$each": []}}}'), ('{"$pull": {"a": 3}}'), ('[{"$set": {"a": [1, 2]}}]')) AS t (u);
-- In statements too.
SELECT docdb.create_collection('wr.s');
CREATE FUNCTION wr.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER t AFTER UPDATE ON wr.s FOR EACH STATEMENT EXECUTE FUNCTION wr.nothing();
SELECT docdb.insert_one('wr.s', '{"_id": 1, "a": [1]}');
SELECT docdb.replace_one('wr.s', '{"_id": 1}', '{"a": [1]}'), docdb.replace_one('wr.s', '{"_id": 1}', '{"_id": 1, "a": [1]}');
SELECT docdb.update_many('wr.s', '{}', '{"$push": {"a": {"$each": [], "$sort": 1}}}'), docdb.update_many('wr.s', '{}', '{"$push": {"a": {"$each": []}}}');

-- An equal _id of another type takes the place of the old one.
SELECT docdb.replace_one('wr.s', '{"_id": 1}', '{"_id": 1.0, "b": 1}');
SELECT _id, doc FROM wr.s;
SELECT docdb.replace_one('wr.n', '{"_id": 1}', '{"_id": {"$numberLong": "1"}, "b": 1}');
SELECT _id, doc FROM wr.n;
SELECT docdb.update_one('wr.n', '{"_id": 1}', '[{"$set": {"_id": {"$numberDecimal": "1"}}}]');
SELECT _id, doc FROM wr.n;
SELECT docdb.update_one('wr.n', '{"_id": 1}', '{"$set": {"_id": 1}}');

-- Empty timestamps: in what is inserted and in replacements they are the current time, unless that
-- is bypassed; elsewhere they stay.
SELECT pg_temp.run(format('{"insert": "t", "documents": [{"_id": "i%s", "t": {"$timestamp": {"t": 0, "i": 0}}}], "bypassEmptyTsReplacement": %s}', b, b)),
    pg_temp.run(format('{"update": "t", "updates": [{"q": {"_id": "u%s"}, "u": {"t": {"$timestamp": {"t": 0, "i": 0}}}, "upsert": true}, {"q": {"_id": "s%s"}, "u": {"$set": {"t": {"$timestamp": {"t": 0, "i": 0}}}}, "upsert": true}], "bypassEmptyTsReplacement": %s}', b, b, b)) IS NOT NULL,
    pg_temp.run(format('{"findAndModify": "t", "query": {"_id": "f%s"}, "update": {"t": {"$timestamp": {"t": 0, "i": 0}}}, "upsert": true, "bypassEmptyTsReplacement": %s}', b, b)) IS NOT NULL,
    pg_temp.run(format('{"bulkWrite": 1, "ops": [{"insert": 0, "document": {"_id": "b%s", "t": {"$timestamp": {"t": 0, "i": 0}}}}, {"update": 0, "filter": {"_id": "c%s"}, "updateMods": {"t": {"$timestamp": {"t": 0, "i": 0}}}, "upsert": true}], "nsInfo": [{"ns": "wr.t"}], "errorsOnly": true, "bypassEmptyTsReplacement": %s}', b, b, b), 'admin') IS NOT NULL
FROM (VALUES ('false'), ('true')) AS v (b);
SELECT doc ->> '_id', doc -> 't' = '{"$timestamp": {"t": 0, "i": 0}}' AS empty FROM docdb.find('wr.t', sort => '{"_id": 1}') AS doc;
SELECT pg_temp.run('{"insert": "t", "documents": [{}], "bypassEmptyTsReplacement": 1}');

-- A document that is supplied with an upsert, as the variable "new".
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"update": "p", "updates": [{"q": {"_id": 1}, "u": [{"$set": {"a": 1}}], "upsert": true, "upsertSupplied": true, "c": {"new": {"b": 2}}}]}'),
    ('{"update": "p", "updates": [{"q": {"_id": 1}, "u": [{"$set": {"a": "$$new.b"}}], "upsert": true, "upsertSupplied": true, "c": {"new": {"b": 3}}}]}'),
    ('{"update": "p", "updates": [{"q": {"_id": 2}, "u": [{"$set": {"a": 1}}], "upsertSupplied": true, "c": {"new": {"b": 2}}}]}'),
    ('{"update": "p", "updates": [{"q": {"_id": 2}, "u": [{"$set": {"a": 1}}], "upsert": true, "upsertSupplied": true}]}'),
    ('{"update": "p", "updates": [{"q": {"_id": 2}, "u": [{"$set": {"a": 1}}], "upsert": true, "upsertSupplied": true, "c": {"new": 5}}]}'),
    ('{"update": "p", "updates": [{"q": {"_id": 2}, "u": [{"$set": {"a": 1}}], "upsert": true, "upsertSupplied": true, "c": {"new": {"_id": 3}}}]}'),
    ('{"update": "p", "updates": [{"q": {"_id": 2}, "u": {"$set": {"a": 1}}, "upsert": true, "upsertSupplied": true, "c": {"new": {"b": 2}}}]}')) AS c (c);
SELECT pg_temp.bulk('[{"update": 0, "filter": {"_id": 1}, "updateMods": [{"$set": {"s": 1}}], "upsert": true, "upsertSupplied": true, "constants": {"new": {"s": 2}}}, {"update": 0, "filter": {"_id": 2}, "updateMods": [{"$set": {"s": 1}}], "upsert": true, "upsertSupplied": true, "constants": {}}]');
SELECT docdb.find('wr.p', sort => '{"_id": 1}') UNION ALL SELECT docdb.find('wr.b', sort => '{"_id": 1}');

-- The form of a statement is part of the command's.
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"delete": "p", "deletes": [{"q": {}, "limit": 0.5}]}'),
    ('{"delete": "p", "deletes": [{"q": {"_id": 9}, "limit": 1.0}]}'),
    ('{"delete": "p", "deletes": [{"q": {"_id": 9}, "limit": {"$numberDecimal": "0"}}]}'),
    ('{"update": "p", "updates": [{"q": {}, "u": [5]}]}'),
    ('{"update": "p", "updates": [{"q": {}, "u": [{"$set": {"a": 1}}, null]}]}')) AS c (c);

-- A command may be larger than a document, up to 48 MB, and have 100,000 statements.
SELECT pg_temp.run('{"insert": "l", "documents": [' || string_agg(format('{"_id": %s, "x": "%s"}', i, repeat('x', 4000000)), ', ') || ']}')
FROM generate_series(1, 11) AS i;
SELECT left(pg_temp.run('{"insert": "l", "documents": [' || string_agg(format('{"_id": %s, "x": "%s"}', i, repeat('x', 4000000)), ', ') || ']}'), 40)
FROM generate_series(21, 33) AS i;
SELECT pg_temp.run('{"insert": "l", "documents": [' || string_agg(format('{"_id": %s}', i), ', ') || ']}') FROM generate_series(101, 100100) AS i;
SELECT pg_temp.run('{"insert": "l", "documents": [' || string_agg('{}', ', ') || ']}') FROM generate_series(1, 100001) AS i;
SELECT docdb.count_documents('wr.l', '{}');
-- A document may not.
SELECT pg_temp.run('{"insert": "l", "documents": [{"_id": -1, "x": "' || repeat('x', 16777216) || '"}, {"_id": -2}], "ordered": false}');
SELECT pg_temp.run('{"update": "l", "updates": [{"q": {"_id": 1}, "u": {"$set": {"y": "' || repeat('x', 13000000) || '"}}}, {"q": {"_id": 1}, "u": {"x": "' || repeat('x', 16777216) || '"}}, {"q": {"_id": 1}, "u": {"$set": {"n": 1}}}], "ordered": false}');
SELECT pg_temp.run('{"update": "l", "updates": [{"q": {"_id": -3, "x": "' || repeat('x', 9000000) || '"}, "u": {"$set": {"y": "' || repeat('x', 9000000) || '"}}, "upsert": true}]}');
SELECT docdb.find('wr.l', '{"_id": {"$lt": 2}}', '{"n": 1}', '{"_id": 1}');

-- Keys as MongoDB's messages write them, and as documents.
SELECT docdb.create_index('wr.k', '{"a": 1, "b": -1}', '{"unique": true}');
SELECT pg_temp.run(format('{"insert": "k", "documents": [{"_id": {"k": %s}, "a": %s, "b": [%s]}, {"_id": {"k": %s}}, {"a": %s, "b": %s}], "ordered": false}', v, v, v, v, v, v))
FROM (VALUES ('1'), ('-1.5'), ('1e300'), ('{"$numberLong": "5"}'), ('{"$numberDecimal": "1.50"}'), ('true'), ('"x"'), ('null'),
    ('{"a": 1, "b": {}}'), ('{"$oid": "0123456789abcdef01234567"}'), ('{"$date": "2020-01-01T00:00:00Z"}'), ('{"$timestamp": {"t": 1, "i": 2}}'),
    ('{"$binary": {"base64": "AQID", "subType": "00"}}'), ('{"$uuid": "00112233-4455-6677-8899-aabbccddeeff"}'), ('{"$minKey": 1}'),
    ('{"$numberDouble": "Infinity"}'), ('{"$symbol": "s"}'), (format('"%s"', repeat('long ', 40)))) AS t (v);
-- Those of whole commands have them in their detail.
CREATE FUNCTION pg_temp.detail(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    RETURN docdb.command('wr', command::bson);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN detail;
END
$$;
SELECT docdb.create_collection('wr.v', '{"validator": {"a": {"$gt": 5}}}');
SELECT pg_temp.detail('{"findAndModify": "k", "query": {"_id": {"k": 1}, "c": 1}, "update": {"$set": {"c": 1}}, "upsert": true}'),
    pg_temp.detail('{"findAndModify": "k", "query": {"_id": 1}, "update": {"$set": {"a": "x", "b": "x"}}, "upsert": true}'),
    pg_temp.detail('{"findAndModify": "v", "query": {"_id": 1}, "update": {"$set": {"a": 1}}, "upsert": true}');
SET client_min_messages = warning;
DROP SCHEMA wr CASCADE;
