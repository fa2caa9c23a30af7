-- Writes by a filter go to the rows without an UPDATE or DELETE statement where nothing else would
-- run, and through a statement where there is another trigger.  The same operations on a collection
-- of each kind must return the same and leave the same behind.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA filtered;
SET search_path = filtered, public;
\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/operations.sql'
\set ECHO none
\i :helpers
\set ECHO all

CREATE PROCEDURE fill(c text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM docdb.drop_collection(c);
    PERFORM docdb.create_collection(c, '{"validator": {"bad": {"$exists": false}}}');
    PERFORM docdb.create_index(c, '{"g": 1, "n": -1}');
    PERFORM docdb.create_index(c, '{"u": 1}', '{"unique": true}');
    PERFORM docdb.insert_many(c, array_agg(format('{"_id": %s, "n": %s, "g": %s, "u": %s, "a": [%s, 2, 3], "s": "x"}', i, i * 10, i % 4, i, i)::bson))
    FROM generate_series(1, 20) AS i;
    PERFORM docdb.insert_one(c, jsonb_build_object('_id', 'large', 'u', 'l', 'g', 'large', 'n', 0, 'text',
        (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 2000) AS i))::text::bson);
END $$;

CALL fill('fast');
CALL fill('slow');
CREATE TRIGGER slow AFTER UPDATE OR DELETE ON slow EXECUTE FUNCTION nothing();

CREATE TABLE operation (id int GENERATED ALWAYS AS IDENTITY, statement text);
INSERT INTO operation (statement) VALUES
-- All that match; some of them, or none, change.
($q$docdb.update_many(c, '{"g": 1}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.update_many(c, '{"g": 1}', '{"$min": {"n": 60}}')$q$),
($q$docdb.update_many(c, '{"s": "x"}', '{"$set": {"s": "x"}}')$q$),
($q$docdb.update_many(c, '{"s": "y"}', '{"$set": {"s": "x"}}')$q$),
($q$docdb.update_many(c, '{}', '{"$set": {"new": true}}')$q$),
($q$docdb.update_many(c, '{"_id": {"$gte": 5, "$lt": 8}}', '{"$unset": {"new": 1}}')$q$),
($q$docdb.update_many(c, '{"_id": {"$in": [2, 4, 99]}}', '{"$push": {"a": 4}}')$q$),
($q$docdb.update_many(c, '{"$or": [{"g": 1, "n": {"$lt": 60}}, {"u": 7}]}', '{"$mul": {"n": 2}}')$q$),
-- The filter and the order are over what the update changes: no row is met twice.
($q$docdb.update_many(c, '{"n": {"$gt": 0}}', '{"$inc": {"n": 1000}}')$q$),
($q$docdb.update_many(c, '{"g": {"$gte": 0}}', '{"$inc": {"g": 1, "u": 100}}')$q$),
($q$docdb.update_many(c, '{"g": {"$lte": 100}}', '{"$inc": {"g": -1, "u": -100}}')$q$),
-- Errors: of the update, the validator, a unique index; nothing is left of the rows before.
($q$docdb.update_many(c, '{"g": 2}', '{"$inc": {"s": 1}}')$q$),
($q$docdb.update_many(c, '{"g": 2}', '{"$set": {"bad": 1}}')$q$),
($q$docdb.update_many(c, '{"g": 2}', '{"$set": {"bad": 1}}', '{"bypassDocumentValidation": true}')$q$),
($q$docdb.update_many(c, '{"g": 2}', '{"$unset": {"bad": 1}}')$q$),
($q$docdb.update_many(c, '{"g": 2}', '{"$set": {"u": 1}}')$q$),
($q$docdb.update_many(c, '{"g": 2, "_id": {"$lt": 3}}', '{"$set": {"u": 777}}')$q$),
($q$docdb.update_many(c, '{"g": 2}', '{"$set": {"_id": 5}}')$q$),
($q$docdb.update_many(c, '{"$nonsense": 2}', '{"$set": {"n": 5}}')$q$),
($q$docdb.update_many(c, '{"g": {"$nonsense": 2}}', '{"$set": {"n": 5}}')$q$),
($q$docdb.update_many(c, '{"g": 2}', '{"n": 5}')$q$),
-- One of them: by the order, by what is left of it.
($q$docdb.update_one(c, '{"g": 3}', '{"$set": {"n": 1}}', '{"sort": {"n": -1}}')$q$),
($q$docdb.update_one(c, '{"g": 3}', '{"$set": {"n": 1}}', '{"sort": {"n": -1, "_id": 1}}')$q$),
($q$docdb.update_one(c, '{"u": 5, "_id": 5}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.update_one(c, '{"u": 5, "_id": 6}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.update_one(c, '{"u": 5}', '{"$set": {"s": "x"}}')$q$),
($q$docdb.update_one(c, '{"u": "l"}', '{"$set": {"s": "x"}}')$q$),
($q$docdb.update_one(c, '{"u": "l"}', '{"$set": {"s": "x"}}')$q$),
($q$docdb.replace_one(c, '{"u": 6}', '{"u": 6, "g": 2, "v": 1}')$q$),
($q$docdb.replace_one(c, '{"u": 6}', '{"_id": {"$numberDouble": "6"}, "u": 6, "g": 2, "v": 1}')$q$),
($q$docdb.replace_one(c, '{"u": 6}', '{"_id": 6, "u": 6, "g": 2, "v": 1}')$q$),
($q$docdb.replace_one(c, '{"u": 6}', '{"v": 2, "g": 2, "u": 6, "_id": 6}')$q$),
($q$docdb.replace_one(c, '{"u": 6}', '{"_id": 7}')$q$),
-- Variables, array filters, the positional operator, hints.
($q$docdb.update_many(c, '{"$expr": {"$gt": ["$n", "$$x"]}}', '[{"$set": {"n": {"$add": ["$n", "$$x"]}}}]', '{"let": {"x": 1100}}')$q$),
($q$docdb.update_many(c, '{"g": 0}', '{"$set": {"a.$[e]": 0}}', '{"arrayFilters": [{"e": {"$gt": 2}}]}')$q$),
($q$docdb.update_many(c, '{"a": 3, "g": 1}', '{"$inc": {"a.$": 100}}')$q$),
($q$docdb.update_many(c, '{"a": {"$gt": 100}}', '{"$inc": {"a.$": 100}}')$q$),
($q$docdb.update_many(c, '{"g": 1}', '{"$inc": {"a.$": 100}}')$q$),
($q$docdb.update_one(c, '{"a": 9}', '{"$set": {"a.$": "nine"}}')$q$),
($q$docdb.update_one(c, '{"a": [1, 2], "_id": 77}', '{"$set": {"a.$": "nine"}}', '{"upsert": true}')$q$),
($q$docdb.update_many(c, '{"g": 3}', '{"$inc": {"n": 1}}', '{"hint": {"g": 1, "n": -1}}')$q$),
($q$docdb.update_many(c, '{"g": 3}', '{"$inc": {"n": 1}}', '{"hint": "u_1"}')$q$),
($q$docdb.update_many(c, '{"g": 3}', '{"$inc": {"n": 1}}', '{"hint": "no_such"}')$q$),
($q$docdb.update_one(c, '{"_id": 3}', '{"$inc": {"n": 1}}', '{"hint": {"$natural": 1}}')$q$),
-- Upserts.
($q$docdb.update_many(c, '{"g": 50}', '{"$set": {"_id": 50, "u": 50}}', '{"upsert": true}')$q$),
($q$docdb.update_many(c, '{"g": 50}', '{"$inc": {"n": 50}}', '{"upsert": true}')$q$),
($q$docdb.replace_one(c, '{"g": 51}', '{"_id": 51, "u": 51}', '{"upsert": true}')$q$),
-- Find and modify.
($q$docdb.find_one_and_update(c, '{"g": 2}', '{"$inc": {"n": 1}}', '{"sort": {"n": 1, "_id": 1}}')$q$),
($q$docdb.find_one_and_update(c, '{"g": 2}', '{"$inc": {"n": 1}}', '{"sort": {"n": 1, "_id": 1}, "returnDocument": "after"}')$q$),
($q$docdb.find_one_and_update(c, '{"g": 2}', '{"$set": {"s": "x"}}', '{"sort": {"_id": -1}, "returnDocument": "after"}')$q$),
($q$docdb.find_one_and_update(c, '{"g": 2}', '{"$set": {"s": "y"}}', '{"sort": {"_id": -1}, "projection": {"s": 1}}')$q$),
($q$docdb.find_one_and_update(c, '{"a": 10}', '{"$inc": {"a.$": 1}}', '{"projection": {"a.$": 1}}')$q$),
($q$docdb.find_one_and_update(c, '{"g": 99}', '{"$inc": {"n": 1}}')$q$),
($q$docdb.find_one_and_replace(c, '{"u": 10}', '{"u": 10, "v": 1}', '{"returnDocument": "after"}')$q$),
($q$docdb.find_one_and_delete(c, '{"g": 0}', '{"sort": {"n": -1}}')$q$),
($q$docdb.find_one_and_delete(c, '{"g": 99}', '{"sort": {"n": -1}}')$q$),
-- Deletions.
($q$docdb.delete_one(c, '{"u": 1}')$q$),
($q$docdb.delete_one(c, '{"u": 1}')$q$),
($q$docdb.delete_many(c, '{"g": 3, "n": {"$gt": 1100}}')$q$),
($q$docdb.delete_many(c, '{"g": {"$nonsense": 3}}')$q$),
-- Rows of this transaction, and rows again and again in one statement.
($q$(SELECT docdb.update_many(c, '{"g": 0}', '{"$inc": {"n": 1}}') FROM generate_series(1, 3))$q$),
($q$(SELECT docdb.insert_one(c, '{"_id": 60, "u": 60, "g": 6}'), docdb.update_many(c, '{"g": 6}', '{"$set": {"n": 1}}'), docdb.delete_many(c, '{"g": 6}'))$q$),
($q$docdb.bulk_write(c, '[{"updateMany": {"filter": {"g": 1}, "update": {"$inc": {"n": 1}}}}, {"updateOne": {"filter": {"g": 1}, "update": {"$set": {"u": 2}}, "sort": {"_id": 1}}}, {"deleteMany": {"filter": {"g": 50}}}]', '{"ordered": false}')$q$);

SELECT id, statement, try(statement, 'fast') AS fast, try(statement, 'slow') AS slow INTO outcome
FROM operation ORDER BY id;
SELECT id, left(fast, 250) FROM outcome ORDER BY id;
SELECT 'differs', id, statement, fast, slow FROM outcome
WHERE fast IS DISTINCT FROM replace(slow, 'slow', 'fast') ORDER BY id;
SELECT 'differs', f._id, f.doc, s.doc FROM fast AS f FULL JOIN slow AS s ON f._id::text = s._id::text
WHERE f.doc::text IS DISTINCT FROM s.doc::text ORDER BY 2;
SELECT _id, left(doc::text, 100) FROM fast ORDER BY _id;
SELECT docdb.index_check('fast_g_1_n_-1') = docdb.index_check('slow_g_1_n_-1'), docdb.index_check('fast_u_1');

-- Privileges, and transactions that only read.
CREATE ROLE filtered_user;
GRANT USAGE ON SCHEMA filtered, docdb TO filtered_user;
CREATE FUNCTION denied(operation text) RETURNS text LANGUAGE sql AS $$ SELECT left(filtered.try(operation, 'filtered.fast'), 5) $$;
CREATE TABLE privilege (id int, statement text);
INSERT INTO privilege VALUES
(1, $$docdb.update_many(c, '{"g": 1}', '{"$inc": {"n": 1}}')$$),
(2, $$docdb.delete_many(c, '{"g": 2, "_id": 2}')$$),
(3, $$docdb.find_one_and_delete(c, '{"u": 3}')$$);
GRANT SELECT ON privilege TO filtered_user;
SET ROLE filtered_user;
SELECT id, denied(statement) FROM privilege ORDER BY id;
RESET ROLE;
GRANT UPDATE, DELETE ON fast TO filtered_user;
SET ROLE filtered_user;
SELECT id, denied(statement) FROM privilege ORDER BY id;
RESET ROLE;
REVOKE ALL ON fast FROM filtered_user;
GRANT SELECT ON fast TO filtered_user;
SET ROLE filtered_user;
SELECT id, denied(statement) FROM privilege ORDER BY id;
RESET ROLE;
GRANT UPDATE (doc), DELETE ON fast TO filtered_user;
SET ROLE filtered_user;
SELECT id, denied(statement) FROM privilege ORDER BY id;
RESET ROLE;
BEGIN READ ONLY;
SAVEPOINT s;
SELECT docdb.update_many('fast', '{"g": 1}', '{"$inc": {"n": 1}}');
ROLLBACK TO s;
SELECT docdb.update_many('fast', '{"g": 1234}', '{"$inc": {"n": 1}}');
ROLLBACK TO s;
SELECT docdb.delete_many('fast', '{"g": 1}');
ROLLBACK;
DROP OWNED BY filtered_user;
DROP ROLE filtered_user;
DROP SCHEMA filtered CASCADE;
