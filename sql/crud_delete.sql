-- delete_one, delete_many, find_one_and_delete, find_one_and_update, find_one_and_replace.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA del;
SET search_path = del, public;
SELECT docdb.insert_many('c', array_agg(format('{"_id": %s, "n": %s, "kind": "%s"}', i, i * 10, CASE i % 2 WHEN 0 THEN 'even' ELSE 'odd' END)::bson)) FROM generate_series(1, 12) i;

SELECT docdb.delete_one('c', '{"_id": 1}');
SELECT docdb.delete_one('c', '{"_id": 1}');
SELECT docdb.delete_one('c', '{"_id": 2, "kind": "odd"}');
SELECT docdb.delete_one('c', '{"kind": "even"}');
SELECT docdb.count_documents('c');
SELECT docdb.delete_one('c', '{"$expr": {"$eq": ["$_id", "$$id"]}}', '{"let": {"id": 12}}');
SELECT docdb.delete_many('c', '{"_id": {"$in": [3, 11, 77]}}');
SELECT docdb.delete_many('c', '{"kind": "none"}');
SELECT docdb.delete_many('c', '{"$expr": {"$eq": ["$_id", "$$id"]}}', '{"let": {"id": 10}}');
SELECT docdb.delete_one('c', '{"a": {"$bad": 1}}');
SELECT docdb.delete_one('nowhere', '{"_id": 1}'), docdb.delete_many('nowhere', '{}');
SELECT docdb.delete_many('nowhere', '{"a": {"$bad": 1}}');
SELECT docdb.count_documents('c');
SELECT docdb.delete_one('c', '{}');
SELECT docdb.delete_many('c', '{}');
SELECT docdb.count_documents('c');

-- Find and delete.
SELECT docdb.insert_many('c', array_agg(format('{"_id": %s, "n": %s}', i, i * 10)::bson)) FROM generate_series(1, 8) i;
SELECT docdb.find_one_and_delete('c', '{"_id": 1}');
SELECT docdb.find_one_and_delete('c', '{"_id": 1}');
SELECT docdb.find_one_and_delete('c', '{"n": {"$gt": 10}}', '{"sort": {"n": -1}}');
SELECT docdb.find_one_and_delete('c', '{"n": {"$gt": 10}}', '{"sort": {"n": 1}, "projection": {"n": 1, "_id": 0}}');
SELECT docdb.find_one_and_delete('c', '{"$expr": {"$eq": ["$n", "$$n"]}}', '{"let": {"n": 30}, "projection": {"v": {"$add": ["$n", "$$n"]}}}');
SELECT docdb.find_one_and_delete('nowhere', '{}');
SELECT docdb.find_one_and_delete('nowhere', '{"a": {"$bad": 1}}');
SELECT docdb.find_one_and_delete('nowhere', '{}', '{"sort": {"a": 5}}');
SELECT docdb.find_one_and_delete('nowhere', '{}', '{"projection": {"a": 1, "b": 0}}');
SELECT docdb.count_documents('c');

-- Find and update: the document before, or after.
SELECT docdb.find_one_and_update('c', '{"_id": 4}', '{"$inc": {"n": 1}}');
SELECT docdb.find_one_and_update('c', '{"_id": 4}', '{"$inc": {"n": 1}}', '{"returnDocument": "before"}');
SELECT docdb.find_one_and_update('c', '{"_id": 4}', '{"$inc": {"n": 1}}', '{"returnDocument": "after"}');
SELECT docdb.find_one_and_update('c', '{"n": {"$gte": 43}}', '{"$set": {"top": true}}', '{"sort": {"n": -1}, "returnDocument": "after"}');
SELECT docdb.find_one_and_update('c', '{"n": {"$gte": 43}}', '{"$set": {"low": true}}', '{"sort": {"n": 1}, "projection": {"low": 1}, "returnDocument": "after"}');
SELECT docdb.find_one_and_update('c', '{"_id": 4}', '{"$set": {"low": true}}');
SELECT docdb.find_one_and_update('c', '{"_id": 4}', '{"$set": {"low": true}}', '{"returnDocument": "after"}');
SELECT docdb.find_one_and_update('c', '{"_id": 99}', '{"$set": {"low": true}}');
SELECT docdb.find_one_and_update('c', '{"_id": 5}', '[{"$set": {"m": {"$multiply": ["$n", "$$f"]}}}]', '{"let": {"f": 2}, "returnDocument": "after"}');
SELECT docdb.find_one_and_update('c', '{"_id": 5}', '{"$set": {"a": [1, 2, 3]}}', '{"returnDocument": "after"}');
SELECT docdb.find_one_and_update('c', '{"_id": 5}', '{"$set": {"a.$[x]": 0}}', '{"arrayFilters": [{"x": {"$gt": 1}}], "returnDocument": "after"}');
SELECT docdb.find_one_and_update('c', '{"_id": 5}', '{"a": 1}');
SELECT docdb.find_one_and_update('c', '{"_id": 5}', '{"$set": {"_id": 1}}');
SELECT docdb.find_one_and_update('c', '{"_id": 5}', '{"$set": {"x": 1}}', '{"projection": {"a": 1, "b": 0}}');
SELECT docdb.find_one_and_update('c', '{"_id": 5}', '{"$set": {"x": 1}}', '{"returnDocument": "now"}');
SELECT docdb.find_one_and_update('c', '{"_id": 5}', NULL);
SELECT docdb.find_one_and_update('nowhere', '{"_id": 5}', '{"$set": {"x": 1}}');

-- Upserts.
SELECT docdb.find_one_and_update('c', '{"_id": 20}', '{"$set": {"x": 1}}', '{"upsert": true}');
SELECT docdb.find_one_and_update('c', '{"_id": 21}', '{"$set": {"x": 1}}', '{"upsert": true, "returnDocument": "after"}');
SELECT docdb.find_one_and_update('c', '{"_id": 21}', '{"$set": {"x": 2}}', '{"upsert": true, "returnDocument": "after"}');
SELECT docdb.find_one_and_update('made', '{"_id": 1}', '{"$set": {"x": 1}}', '{"upsert": true, "returnDocument": "after", "projection": {"_id": 0}}');
SELECT docdb.find('made');

-- Find and replace.
SELECT docdb.find_one_and_replace('c', '{"_id": 20}', '{"r": 1}');
SELECT docdb.find_one_and_replace('c', '{"_id": 20}', '{"r": 2}', '{"returnDocument": "after"}');
SELECT docdb.find_one_and_replace('c', '{"_id": 20}', '{"_id": 22, "r": 2}');
SELECT docdb.find_one_and_replace('c', '{"_id": 20}', '{"$set": {"r": 2}}');
SELECT docdb.find_one_and_replace('c', '{"_id": 23}', '{"r": 3}', '{"upsert": true, "returnDocument": "after"}');
SELECT docdb.find_one_and_replace('c', '{"_id": 23}', '{"r": 3}', '{"upsert": true}');
SELECT docdb.find_one_and_replace('c', '{"_id": 23}', NULL);

-- A queue: each call takes the oldest document.
SELECT docdb.insert_many('queue', array_agg(format('{"_id": %s, "at": %s}', i, 100 - i)::bson)) FROM generate_series(1, 5) i;
SELECT docdb.find_one_and_delete('queue', '{}', '{"sort": {"at": 1}}') FROM generate_series(1, 6);

DROP SCHEMA del CASCADE;
