-- Writes by _id alone go to the row without a statement where nothing else would run, and through
-- a statement where there is another trigger.  The same operations on a collection of each kind
-- must return the same and leave the same behind.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA express;
SET search_path = express, public;
\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/operations.sql'
\set ECHO none
\i :helpers
\set ECHO all

CREATE PROCEDURE fill(c text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM docdb.drop_collection(c);
    PERFORM docdb.create_collection(c, '{"validator": {"bad": {"$exists": false}}}');
    PERFORM docdb.create_index(c, '{"u": 1}', '{"unique": true}');
    PERFORM docdb.insert_many(c, array_agg(format('{"_id": %s, "n": %s, "u": %s, "a": [1, 2, 3], "s": "x"}', i, i * 10, i)::bson))
    FROM generate_series(1, 6) AS i;
    PERFORM docdb.insert_one(c, jsonb_build_object('_id', 'large', 'u', 'l', 'text',
        (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 2000) AS i))::text::bson);
    PERFORM docdb.insert_one(c, '{"_id": {"a": 1, "b": 2}, "u": "d"}');
END $$;

CALL fill('fast');
CALL fill('slow');
CREATE TRIGGER slow AFTER UPDATE OR DELETE ON slow EXECUTE FUNCTION nothing();

CREATE TABLE operation (id int GENERATED ALWAYS AS IDENTITY, statement text);
INSERT INTO operation (statement) VALUES
-- Operators: a change, none, a field that is new, one that goes, arrays, an error.
($q$docdb.update_one(c, '{"_id": 1}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": 1}', '{"$set": {"s": "x"}}')$q$),
($q$docdb.update_one(c, '{"_id": {"$eq": 1}}', '{"$set": {"new": {"a": 1}}, "$unset": {"s": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": 1.0}', '{"$push": {"a": 4}}')$q$),
($q$docdb.update_one(c, '{"_id": {"$numberDecimal": "1.00"}}', '{"$push": {"a": 5}}')$q$),
($q$docdb.update_one(c, '{"_id": 1}', '{"$inc": {"s": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": 1}', '{"$inc": {"a": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": 1}', '{"$nonsense": {"a": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": 99}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": "large"}', '{"$set": {"n": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": "large"}', '{"$set": {"n": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": {"a": 1, "b": 2}}', '{"$set": {"n": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": {"b": 2, "a": 1}}', '{"$set": {"n": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": null}', '{"$set": {"n": 1}}')$q$),
($q$docdb.update_many(c, '{"_id": 2}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.update_many(c, '{"_id": 2}', '{"n": 1}')$q$),
-- _id.
($q$docdb.update_one(c, '{"_id": 2}', '{"$set": {"_id": 2}}')$q$),
($q$docdb.update_one(c, '{"_id": 2}', '{"$set": {"_id": 2.0}}')$q$),
($q$docdb.update_one(c, '{"_id": 2}', '{"$set": {"_id": 3}}')$q$),
($q$docdb.replace_one(c, '{"_id": 2}', '{"n": 5, "u": 2}')$q$),
($q$docdb.replace_one(c, '{"_id": 2}', '{"n": 5, "u": 2}')$q$),
($q$docdb.replace_one(c, '{"_id": 2}', '{"n": 6, "u": 2, "_id": 2}')$q$),
($q$docdb.replace_one(c, '{"_id": 2}', '{"_id": {"$numberDouble": "2"}, "n": 7, "u": 2}')$q$),
($q$docdb.update_one(c, '{"_id": 2}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.replace_one(c, '{"_id": 2}', '{"_id": 9}')$q$),
-- Pipelines, variables, array filters, the positional operator.
($q$docdb.update_one(c, '{"_id": 3}', '[{"$set": {"n": {"$add": ["$n", "$$x"]}}}]', '{"let": {"x": 5}}')$q$),
($q$docdb.update_one(c, '{"_id": 3}', '[{"$set": {"n": {"$add": ["$n", "$$y"]}}}]', '{"let": {"x": 5}}')$q$),
($q$docdb.update_one(c, '{"_id": 3}', '{"$set": {"a.$[e]": 0}}', '{"arrayFilters": [{"e": {"$gt": 1}}]}')$q$),
($q$docdb.update_one(c, '{"_id": 3}', '{"$set": {"a.$": 0}}')$q$),
($q$docdb.update_one(c, '{"_id": 3}', '{"$inc": {"n": 1}}', '{"sort": {"n": 1}}')$q$),
-- The validator, a unique index, the size.
($q$docdb.update_one(c, '{"_id": 4}', '{"$set": {"bad": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": 4}', '{"$set": {"bad": 1}}', '{"bypassDocumentValidation": true}')$q$),
($q$docdb.update_one(c, '{"_id": 4}', '{"$set": {"n": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": 4}', '{"$unset": {"bad": 1}}')$q$),
($q$docdb.update_one(c, '{"_id": 4}', '{"$set": {"u": 40}}')$q$),
($q$docdb.update_one(c, '{"_id": 4}', '{"$set": {"u": 4}}')$q$),
-- Upserts.
($q$docdb.update_one(c, '{"_id": 4}', '{"$inc": {"n": 1}}', '{"upsert": true}')$q$),
($q$docdb.update_one(c, '{"_id": 50}', '{"$set": {"u": 50}}', '{"upsert": true}')$q$),
($q$docdb.replace_one(c, '{"_id": 51}', '{"u": 51}', '{"upsert": true}')$q$),
-- Find and modify.
($q$docdb.find_one_and_update(c, '{"_id": 5}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.find_one_and_update(c, '{"_id": 5}', '{"$inc": {"n": 1}}', '{"returnDocument": "after"}')$q$),
($q$docdb.find_one_and_update(c, '{"_id": 5}', '{"$set": {"s": "x"}}', '{"returnDocument": "after"}')$q$),
($q$docdb.find_one_and_update(c, '{"_id": 5}', '{"$set": {"s": "x"}}', '{"projection": {"s": 1}}')$q$),
($q$docdb.find_one_and_update(c, '{"_id": 5}', '{"$inc": {"n": 1}}', '{"sort": {"n": "x"}}')$q$),
($q$docdb.find_one_and_update(c, '{"_id": 99}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.find_one_and_update(c, '{"_id": 52}', '{"$inc": {"u": 52}}', '{"upsert": true, "returnDocument": "after"}')$q$),
($q$docdb.find_one_and_replace(c, '{"_id": 5}', '{"u": 5, "v": 1}')$q$),
($q$docdb.find_one_and_replace(c, '{"_id": 5}', '{"u": 5, "v": 2}', '{"returnDocument": "after"}')$q$),
($q$docdb.find_one_and_delete(c, '{"_id": 5}')$q$),
($q$docdb.find_one_and_delete(c, '{"_id": 5}')$q$),
($q$docdb.delete_one(c, '{"_id": 6}')$q$),
($q$docdb.delete_one(c, '{"_id": 6}')$q$),
($q$docdb.delete_many(c, '{"_id": {"$numberLong": "50"}}')$q$),
-- One row again and again in one statement and one transaction; a row of this transaction.
($q$(SELECT docdb.update_one(c, '{"_id": 1}', '{"$inc": {"n": 1}}') FROM generate_series(1, 3))$q$),
($q$(SELECT docdb.insert_one(c, '{"_id": 60, "u": 60}'), docdb.update_one(c, '{"_id": 60}', '{"$set": {"n": 1}}'), docdb.delete_one(c, '{"_id": 60}'))$q$),
($q$docdb.bulk_write(c, '[{"updateOne": {"filter": {"_id": 1}, "update": {"$inc": {"n": 1}}}}, {"deleteOne": {"filter": {"_id": 51}}}]')$q$);

SELECT id, statement, try(statement, 'fast') AS fast, try(statement, 'slow') AS slow INTO outcome
FROM operation ORDER BY id;
SELECT id, left(fast, 200) FROM outcome ORDER BY id;
SELECT 'differs', id, statement, fast, slow FROM outcome
WHERE fast IS DISTINCT FROM replace(slow, 'slow', 'fast') ORDER BY id;
SELECT 'differs', f._id, f.doc, s.doc FROM fast AS f FULL JOIN slow AS s ON f._id::text = s._id::text
WHERE f.doc::text IS DISTINCT FROM s.doc::text ORDER BY 2;
SELECT _id, left(doc::text, 100) FROM fast ORDER BY _id;

-- Every row is found through the indexes, where its update put it.
SET enable_seqscan = off;
SELECT docdb.find('fast', '{"_id": 1}');
SELECT docdb.find_one('fast', '{"u": 4}') -> '_id', docdb.find_one('fast', '{"u": 40}');
RESET enable_seqscan;

-- What is out of the ordinary: rules, row-level security, children, foreign keys.
CREATE TABLE log (what text);
CREATE RULE r AS ON UPDATE TO fast DO ALSO INSERT INTO log VALUES ('updated');
SELECT docdb.update_one('fast', '{"_id": 1}', '{"$inc": {"n": 1}}');
TABLE log;
DROP RULE r ON fast;
CREATE TABLE child () INHERITS (fast);
CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON child FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
INSERT INTO child (doc) VALUES ('{"_id": 70}');
SELECT docdb.update_one('fast', '{"_id": 70}', '{"$inc": {"n": 1}}');
SELECT docdb.delete_one('fast', '{"_id": 70}');
DROP TABLE child;
CREATE TABLE reference (id bson_value REFERENCES fast);
INSERT INTO reference VALUES ('1');
SELECT docdb.delete_one('fast', '{"_id": 1}');
SELECT docdb.update_one('fast', '{"_id": 1}', '{"$inc": {"n": 1}}');
DROP TABLE reference;

-- Privileges, and transactions that only read.
CREATE ROLE express_user;
GRANT USAGE ON SCHEMA express, docdb TO express_user;
CREATE FUNCTION denied(operation text) RETURNS text LANGUAGE sql AS $$ SELECT left(express.try(operation, 'express.fast'), 5) $$;
CREATE TABLE privilege (id int, statement text);
INSERT INTO privilege VALUES
(1, $$docdb.update_one(c, '{"_id": 1}', '{"$inc": {"n": 1}}')$$),
(2, $$docdb.delete_one(c, '{"_id": 3}')$$),
(3, $$docdb.find_one_and_delete(c, '{"_id": 3}')$$);
GRANT SELECT ON privilege TO express_user;
SET ROLE express_user;
SELECT id, denied(statement) FROM privilege ORDER BY id;
RESET ROLE;
GRANT UPDATE, DELETE ON fast TO express_user;
SET ROLE express_user;
SELECT id, denied(statement) FROM privilege ORDER BY id;
RESET ROLE;
REVOKE ALL ON fast FROM express_user;
GRANT SELECT ON fast TO express_user;
SET ROLE express_user;
SELECT id, denied(statement) FROM privilege ORDER BY id;
RESET ROLE;
GRANT UPDATE (doc) ON fast TO express_user;
SET ROLE express_user;
SELECT id, denied(statement) FROM privilege ORDER BY id;
RESET ROLE;
ALTER TABLE fast ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON fast TO express_user USING (_id = '3');
GRANT UPDATE, DELETE ON fast TO express_user;
SET ROLE express_user;
SELECT id, denied(statement) FROM privilege ORDER BY id;
RESET ROLE;
ALTER TABLE fast DISABLE ROW LEVEL SECURITY;
BEGIN READ ONLY;
SAVEPOINT s;
SELECT docdb.update_one('fast', '{"_id": 1}', '{"$inc": {"n": 1}}');
ROLLBACK TO s;
SELECT docdb.delete_one('fast', '{"_id": 1}');
ROLLBACK;
DROP OWNED BY express_user;
DROP ROLE express_user;
DROP SCHEMA express CASCADE;
