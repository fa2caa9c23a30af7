-- update_one, update_many, replace_one.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA upd;
SET search_path = upd, public;
SELECT docdb.insert_many('c', array_agg(format('{"_id": %s, "n": %s, "kind": "%s", "tags": ["a", "b"]}', i, i * 10, CASE i % 2 WHEN 0 THEN 'even' ELSE 'odd' END)::bson)) FROM generate_series(1, 6) i;

-- One: by _id, by another field, by both, by sort; matched and modified.
SELECT docdb.update_one('c', '{"_id": 1}', '{"$set": {"x": 1}}');
SELECT docdb.update_one('c', '{"_id": 1}', '{"$set": {"x": 1}}');
SELECT docdb.update_one('c', '{"_id": 1, "kind": "odd"}', '{"$inc": {"n": 1}}');
SELECT docdb.update_one('c', '{"_id": 1, "kind": "even"}', '{"$inc": {"n": 1}}');
SELECT docdb.update_one('c', '{"_id": 99}', '{"$inc": {"n": 1}}');
SELECT docdb.update_one('c', '{"kind": "even"}', '{"$set": {"x": 2}}');
SELECT count(*) FROM c WHERE doc @@ '{"x": 2}';
SELECT docdb.update_one('c', '{"kind": "even"}', '{"$set": {"x": 3}}', '{"sort": {"n": -1}}');
SELECT docdb.find('c', '{"x": 3}');
SELECT docdb.update_one('c', '{"kind": "even"}', '{"$set": {"y": 1}}', '{"sort": {"n": 1}}');
SELECT docdb.find('c', '{"y": 1}') -> '_id';
SELECT docdb.update_one('c', '{}', '{"$set": {"z": 1}}', '{"sort": {"_id": -1}}');
SELECT docdb.update_one('c', '{}', '{"$set": {"z": 2}}', '{"sort": {"_id": 1}}');
SELECT docdb.find('c', '{"z": {"$exists": true}}', '{"z": 1}', '{"z": 1}');
SELECT docdb.update_one('c', '{"kind": "none"}', '{"$set": {"z": 1}}');

-- Many.
SELECT docdb.update_many('c', '{"kind": "odd"}', '{"$inc": {"n": 100}}');
SELECT docdb.update_many('c', '{}', '{"$set": {"kind": "odd"}}');
SELECT docdb.update_many('c', '{}', '{"$set": {"kind": "odd"}}');
SELECT docdb.update_many('c', '{"_id": {"$gt": 4}}', '{"$unset": {"tags": 1, "n": 1}}');
SELECT docdb.update_many('c', '{"_id": 3}', '{"$push": {"tags": "c"}}');
SELECT docdb.update_many('c', '{"kind": "none"}', '{"$set": {"z": 1}}');
SELECT docdb.find('c', sort => '{"_id": 1}');

-- arrayFilters, pipelines, variables.
SELECT docdb.update_many('c', '{"_id": {"$lt": 3}}', '{"$set": {"tags.$[t]": "B"}}', '{"arrayFilters": [{"t": "b"}]}');
SELECT docdb.update_one('c', '{"_id": 1}', '[{"$set": {"sum": {"$add": ["$n", "$x"]}}}]');
SELECT docdb.update_one('c', '{"_id": 1}', '[{"$set": {"sum": {"$add": ["$sum", "$$more"]}}}]', '{"let": {"more": 1000}}');
SELECT docdb.update_many('c', '{"$expr": {"$eq": ["$_id", "$$id"]}}', '{"$set": {"let": true}}', '{"let": {"id": 2}}');
SELECT docdb.find('c', '{"_id": {"$lt": 3}}', sort => '{"_id": 1}');

-- Replacement keeps the _id.
SELECT docdb.replace_one('c', '{"_id": 3}', '{"new": 1}');
SELECT docdb.replace_one('c', '{"_id": 3}', '{"new": 1}');
SELECT docdb.replace_one('c', '{"_id": 3}', '{"_id": 3, "new": 2}');
SELECT docdb.replace_one('c', '{"_id": 3}', '{"_id": 33, "new": 2}');
SELECT docdb.replace_one('c', '{"kind": "odd"}', '{"kind": "replaced"}', '{"sort": {"_id": -1}}');
SELECT docdb.replace_one('c', '{"_id": 5}', '{}');
SELECT docdb.find('c', '{"_id": {"$gte": 3}}', sort => '{"_id": 1}');

-- Upserts.
SELECT docdb.update_one('u', '{"_id": 1}', '{"$set": {"a": 1}}', '{"upsert": true}');
SELECT docdb.update_one('u', '{"_id": 1}', '{"$set": {"a": 2}}', '{"upsert": true}');
SELECT docdb.update_one('u', '{"b": 5, "c": {"$gt": 1}}', '{"$set": {"a": 3}, "$setOnInsert": {"_id": 2}}', '{"upsert": true}');
SELECT docdb.update_one('u', '{"b": 5}', '{"$set": {"a": 4}, "$setOnInsert": {"_id": 3}}', '{"upsert": true}');
SELECT docdb.update_many('u', '{"d": {"$exists": true}}', '{"$set": {"_id": 4, "d": 1}}', '{"upsert": true}');
SELECT docdb.update_many('u', '{}', '{"$set": {"e": 1}}', '{"upsert": true}');
SELECT docdb.replace_one('u', '{"_id": 5}', '{"f": 1}', '{"upsert": true}');
SELECT docdb.replace_one('u', '{"f": 2}', '{"_id": 6, "f": 2}', '{"upsert": true}');
SELECT docdb.update_one('u', '{"_id": 7}', '[{"$set": {"g": {"$add": [1, 2]}}}]', '{"upsert": true}');
SELECT docdb.type_name((docdb.update_one('u', '{"nothing": 1}', '{"$set": {"h": 1}}', '{"upsert": true}')).upserted_id);
SELECT docdb.update_one('u2', '{}', '{"$set": {"_id": 1}}', '{"upsert": true}');
SELECT docdb.update_one('u', '{"_id": 8}', '{"$set": {"_id": 9}}', '{"upsert": true}');
SELECT docdb.update_one('u', '{"_id": 1, "a": "none"}', '{"$set": {"b": 1}}', '{"upsert": true}');
SELECT docdb.update_one('u', '{"_id": [1]}', '{"$set": {"b": 1}}', '{"upsert": true}');
SELECT docdb.update_one('u', '{"_id": 8}', '{"$set": {"b": 1}}', '{"upsert": false}');
SELECT docdb.find('u', '{"_id": {"$type": "int"}}', sort => '{"_id": 1}');
SELECT docdb.find('u2');
-- A unique index of the user's: the update is tried again, and then it is an error.
CREATE UNIQUE INDEX ON u ((doc -> 'h'));
SELECT docdb.update_one('u', '{"_id": 10}', '{"$set": {"h": 1}}', '{"upsert": true}');

-- What is no update.
SELECT docdb.update_one('c', '{"_id": 1}', '{"a": 1}');
SELECT docdb.update_one('c', '{"_id": 1}', '{}');
SELECT docdb.update_one('c', '{"_id": 1}', '5');
SELECT docdb.update_many('c', '{"_id": 1}', '{"a": 1}');
SELECT docdb.update_one('c', '{"_id": 1}', '{"$bad": {"a": 1}}');
SELECT docdb.update_one('c', '{"_id": 1}', '{"$set": {"a": 1}, "b": 2}');
SELECT docdb.update_one('c', '{"_id": 1}', '{"$set": {"a": 1}, "$inc": {"a": 2}}');
SELECT docdb.update_one('c', '{"_id": 1}', '{"$set": {"_id": 2}}');
SELECT docdb.update_one('c', '{"_id": 1}', '{"$inc": {"kind": 2}}');
SELECT docdb.update_one('c', '{"_id": 1}', '[{"$match": {"a": 1}}]');
SELECT docdb.replace_one('c', '{"_id": 1}', '{"$set": {"a": 1}}');
SELECT docdb.replace_one('c', '{"_id": 1}', '[{"$set": {"a": 1}}]');
SELECT docdb.replace_one('c', '{"_id": 1}', '"text"');
SELECT docdb.update_one('c', '{"a": {"$bad": 1}}', '{"$set": {"a": 1}}');
-- Also where there is nothing to update.
SELECT docdb.update_one('nowhere', '{"_id": 1}', '{"$set": {"a": 1}}');
SELECT docdb.update_many('nowhere', '{"_id": 1}', '{"$set": {"a": 1}}');
SELECT docdb.replace_one('nowhere', '{"_id": 1}', '{"a": 1}');
SELECT docdb.update_one('nowhere', '{"_id": 1}', '{"$bad": {"a": 1}}');
SELECT docdb.update_one('nowhere', '{"a": {"$bad": 1}}', '{"$set": {"a": 1}}');
SELECT docdb.list_collections('upd') ->> 'name';

-- In one transaction, and by several calls in one statement.
SELECT docdb.insert_one('counter', '{"_id": 1, "n": 0}');
BEGIN;
SELECT docdb.update_one('counter', '{"_id": 1}', '{"$inc": {"n": 1}}');
SELECT docdb.update_one('counter', '{"_id": 1}', '{"$inc": {"n": 1}}');
SAVEPOINT s;
SELECT docdb.update_one('counter', '{"_id": 1}', '{"$inc": {"n": 1}}');
ROLLBACK TO s;
SELECT docdb.update_one('counter', '{"n": 2}', '{"$inc": {"n": 1}}');
COMMIT;
SELECT count(docdb.update_one('counter', '{"_id": 1}', '{"$inc": {"n": 1}}')) FROM generate_series(1, 10);
SELECT docdb.find('counter');

-- Updates of only the document do not touch the primary key's index.
SELECT docdb.insert_one('hot', '{"_id": 1, "n": 0}');
SELECT count(docdb.update_one('hot', '{"_id": 1}', '{"$inc": {"n": 1}}')) FROM generate_series(1, 20);
SELECT pg_stat_force_next_flush();
SELECT n_tup_upd, n_tup_hot_upd > 15 FROM pg_stat_user_tables WHERE relid = 'hot'::regclass;

-- A collection that needs no row trigger to be there.
CREATE TABLE bare (_id bson_value PRIMARY KEY, doc bson NOT NULL);
INSERT INTO bare VALUES ('1', '{"_id": 1, "a": 1}'), ('2', '{"_id": 2, "a": 2}');
SELECT docdb.update_many('bare', '{}', '{"$set": {"a": 1}}');
SELECT docdb.update_one('bare', '{"a": 1}', '{"$set": {"b": 1}}', '{"sort": {"_id": -1}}');
SELECT docdb.find_one_and_update('bare', '{"_id": 1}', '{"$set": {"a": 1}}');
SELECT docdb.find('bare', sort => '{"_id": 1}');
-- No unique index on _id: an update of one takes one.
CREATE TABLE heap (_id bson_value, doc bson NOT NULL);
CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON heap FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
SELECT docdb.insert_many('heap', ARRAY['{"_id": 1, "a": 1}', '{"_id": 2, "a": 1}']::bson[]);
SELECT docdb.update_one('heap', '{"_id": 1}', '{"$inc": {"a": 1}}'), docdb.update_one('heap', '{"a": 1}', '{"$inc": {"a": 4}}');
SELECT docdb.find('heap', sort => '{"_id": 1}');

DROP SCHEMA upd CASCADE;
