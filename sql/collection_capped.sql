-- Capped collections.
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA capped;
SET search_path = capped, public;
CREATE FUNCTION pg_temp.run(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN replace(docdb.command('capped', command::bson)::text, '"id": {"$numberLong": "0"}, ', '');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;
-- Whether what is kept of the number of documents and bytes is true.
CREATE FUNCTION pg_temp.check(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    counted text;
    kept text;
BEGIN
    EXECUTE format('SELECT format(''%%s documents, %%s bytes'', count(*), coalesce(sum(length(doc::bytea)), 0)) FROM %I', name) INTO counted;
    SELECT format('%s documents, %s bytes', documents, bytes) INTO kept FROM docdb.capped WHERE collection = name::regclass;
    RETURN CASE WHEN kept = counted THEN kept ELSE format('kept %s, are %s', kept, counted) END;
END
$$;

-- Options.
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"create": "o", "capped": true}'),
    ('{"create": "o", "capped": true, "max": 5}'),
    ('{"create": "o", "capped": true, "size": null}'),
    ('{"create": "o", "size": 100}'),
    ('{"create": "o", "max": 100}'),
    ('{"create": "o", "capped": false, "size": 100}'),
    ('{"create": "o", "capped": null, "size": 100}'),
    ('{"create": "o", "capped": "yes", "size": 100}'),
    ('{"create": "o", "capped": true, "size": 0}'),
    ('{"create": "o", "capped": true, "size": -5}'),
    ('{"create": "o", "capped": true, "size": 0.5}'),
    ('{"create": "o", "capped": true, "size": "100"}'),
    ('{"create": "o", "capped": true, "size": 1125899906842625}'),
    ('{"create": "o", "capped": true, "size": {"$numberDouble": "NaN"}}'),
    ('{"create": "o", "capped": true, "size": {"$numberDouble": "Infinity"}}'),
    ('{"create": "o", "capped": true, "size": 100, "max": 2147483648}'),
    ('{"create": "o", "capped": true, "size": 100, "max": "x"}'),
    ('{"create": "o", "cappedSize": 100}'),
    ('{"create": "o1", "capped": 1, "size": 100.9, "max": {"$numberLong": "7"}}'),
    ('{"create": "o2", "capped": true, "size": 1125899906842624, "max": 0}'),
    ('{"create": "o3", "capped": true, "size": 1, "validator": {"a": 1}}'),
    ('{"create": "o3", "capped": true, "size": 1, "validator": {"a": 1}}'),
    ('{"create": "o3", "capped": true, "size": 2, "validator": {"a": 1}}'),
    ('{"collMod": "o1", "cappedSize": 0}'),
    ('{"collMod": "o1", "cappedSize": 1125899906842625}'),
    ('{"collMod": "o1", "cappedMax": 2147483648}'),
    ('{"collMod": "o1", "capped": true}'),
    ('{"collMod": "o1", "size": 10}'),
    ('{"collMod": "o1", "cappedSize": 300, "cappedMax": -1}'),
    ('{"create": "plain"}'),
    ('{"collMod": "plain", "cappedSize": 300}')) AS c (c);
SELECT doc ->> 'name', doc -> 'options' FROM docdb.list_collections('capped') AS doc;
SELECT docdb.list_indexes('o1');

-- By the number of documents, in the order of their insertion.
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"create": "n", "capped": true, "size": 10000, "max": 3}'),
    ('{"insert": "n", "documents": [{"_id": 5}, {"_id": 4}, {"_id": 3}]}'),
    ('{"find": "n"}'),
    ('{"insert": "n", "documents": [{"_id": 9}]}'),
    ('{"find": "n"}'),
    ('{"find": "n", "sort": {"$natural": -1}}'),
    ('{"find": "n", "hint": {"$natural": -1}, "limit": 1}'),
    ('{"find": "n", "hint": {"$natural": -1}, "sort": {"_id": 1}}'),
    ('{"find": "n", "sort": {"$natural": 2}}'),
    ('{"find": "n", "sort": {"$natural": 1, "a": 1}}'),
    ('{"find": "n", "filter": {"_id": {"$lt": 9}}, "skip": 1}'),
    ('{"insert": "n", "documents": [{"_id": 10}, {"_id": 11}, {"_id": 12}, {"_id": 13}, {"_id": 14}]}'),
    ('{"find": "n"}'),
    ('{"insert": "n", "documents": [{"_id": 13}, {"_id": 15}], "ordered": false}'),
    ('{"find": "n"}'),
    ('{"delete": "n", "deletes": [{"q": {"_id": 14}, "limit": 1}]}'),
    ('{"insert": "n", "documents": [{"_id": 16}]}'),
    ('{"find": "n"}'),
    ('{"findAndModify": "n", "remove": true}'),
    ('{"findAndModify": "n", "update": {"$set": {"x": 1}}, "sort": {"$natural": -1}, "new": true}'),
    ('{"update": "n", "updates": [{"q": {"_id": 17}, "u": {"$set": {"x": 1}}, "upsert": true}, {"q": {"_id": 18}, "u": {"$set": {"x": 1}}, "upsert": true}]}'),
    ('{"find": "n"}'),
    ('{"collMod": "n", "cappedMax": 2}'),
    ('{"find": "n"}'),
    ('{"insert": "n", "documents": [{"_id": 19}]}'),
    ('{"find": "n"}')) AS c (c);
SELECT pg_temp.check('n');

-- By bytes.  An update may make a document larger; the next insertion makes room.
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"create": "b", "capped": true, "size": 100}'),
    ('{"insert": "b", "documents": [{"_id": 1, "x": "0123456789"}, {"_id": 2, "x": "0123456789"}, {"_id": 3, "x": "0123456789"}]}'),
    ('{"find": "b"}'),
    ('{"insert": "b", "documents": [{"_id": 4, "x": "0123456789"}]}'),
    ('{"find": "b"}'),
    ('{"update": "b", "updates": [{"q": {"_id": 3}, "u": {"$set": {"x": "01234567890123456789"}}}, {"q": {"_id": 4}, "u": {"$set": {"x": "9876543210"}}}]}'),
    ('{"find": "b"}'),
    ('{"insert": "b", "documents": [{"_id": 5}]}'),
    ('{"find": "b"}'),
    ('{"insert": "b", "documents": [{"_id": 6, "x": "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"}]}'),
    ('{"insert": "b", "documents": [{"_id": 6, "x": "01234567890123456789012345678901234567890123456789012345678901234567890"}]}'),
    ('{"find": "b"}')) AS c (c);
SELECT pg_temp.check('b');
SELECT doc ->> 'capped', doc -> 'max', doc -> 'maxSize', doc -> 'count', doc -> 'nindexes' FROM docdb.command('capped', '{"collStats": "n"}') AS doc;
SELECT doc ->> 'capped', doc -> 'max', doc -> 'maxSize', doc -> 'count', doc -> 'nindexes' FROM docdb.command('capped', '{"collStats": "b"}') AS doc;

-- Plain SQL too; what is rolled back was not there.
INSERT INTO n (doc) VALUES ('{"_id": 30}'), ('{"_id": 31}'), ('{"_id": 32}');
SELECT docdb.find('n');
BEGIN;
INSERT INTO n (doc) VALUES ('{"_id": 33}');
SAVEPOINT s;
INSERT INTO n (doc) VALUES ('{"_id": 34}');
SELECT docdb.find('n');
ROLLBACK TO s;
SELECT docdb.find('n'), pg_temp.check('n');
ROLLBACK;
SELECT docdb.find('n'), pg_temp.check('n');
UPDATE n SET doc = '{"_id": 31, "longer": true}' WHERE _id = '31';
DELETE FROM n WHERE _id = '32';
SELECT docdb.find('n'), pg_temp.check('n');
COPY n (doc) FROM stdin;
{"_id": 40}
{"_id": 41}
{"_id": 42}
\.
SELECT docdb.find('n'), pg_temp.check('n');
TRUNCATE n;
SELECT pg_temp.check('n');
SELECT docdb.insert_many('n', array_agg(format('{"_id": %s}', i)::bson)) FROM generate_series(1, 5000) AS i;
SELECT docdb.find('n'), pg_temp.check('n');

-- Who may insert need not be allowed to delete, or to read.
CREATE ROLE regress_capped;
GRANT USAGE ON SCHEMA capped TO regress_capped;
GRANT INSERT ON n TO regress_capped;
SET ROLE regress_capped;
INSERT INTO n (doc) VALUES ('{"_id": 50}');
SELECT docdb.insert_one('n', '{"_id": 51}'), current_user;
UPDATE docdb.capped SET documents = 0;
RESET ROLE;
SELECT docdb.find('n'), pg_temp.check('n');
DROP OWNED BY regress_capped;
DROP ROLE regress_capped;

-- Indexes, validators and renaming as for any collection.
SELECT docdb.create_index('n', '{"a": 1}', '{"unique": true, "sparse": true}');
SELECT pg_temp.run('{"insert": "n", "documents": [{"_id": 1, "a": 1}, {"_id": 2, "a": 1}, {"_id": 3, "a": 2}], "ordered": false}');
SELECT pg_temp.run('{"insert": "o3", "documents": [{"_id": 1, "a": 2}]}');
SELECT docdb.rename_collection('n', 'renamed');
SELECT docdb.find('renamed'), pg_temp.check('renamed');
SELECT * FROM docdb.index_check('n_a_1');

-- What is lost of the counts is counted.
DELETE FROM docdb.capped WHERE collection = 'renamed'::regclass;
SELECT docdb.insert_one('renamed', '{"_id": 60, "a": 60}'), docdb.insert_one('renamed', '{"_id": 61, "a": 61}');
SELECT docdb.find('renamed'), pg_temp.check('renamed');

-- No cursors that wait.
SELECT pg_temp.run('{"find": "renamed", "tailable": true}');

-- Nothing is left of those that are dropped.
DROP SCHEMA capped CASCADE;
SELECT count(*) FROM docdb.capped c WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = c.collection);
