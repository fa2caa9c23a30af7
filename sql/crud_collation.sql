-- Operations by a collation, and collections that have one.
\set VERBOSITY sqlstate
\pset null '(null)'

CREATE SCHEMA coll;
SET search_path = coll, public;

SELECT docdb.insert_many('words', array_agg(format('{"_id": %s, "w": %s}', n, w)::bson ORDER BY n))
FROM (VALUES (1, '"b"'), (2, '"A"'), (3, '"a"'), (4, '"B"'), (5, '"á"'), (6, '["C", "a"]'), (7, '10'), (8, 'null'),
             (9, '"c"'), (10, '{"x": "A"}')) AS v(n, w);

-- find
SELECT * FROM docdb.find('words', '{"w": "a"}', options => '{"collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('words', '{"w": "a"}', options => '{"collation": {"locale": "en", "strength": 1}}');
SELECT * FROM docdb.find('words', '{"w": "a"}', options => '{"collation": {"locale": "simple"}}');
SELECT * FROM docdb.find('words', '{"w": "a"}', options => '{"collation": {}}');
SELECT * FROM docdb.find('words', '{"w": "a"}', options => '{"collation": null}');
SELECT * FROM docdb.find('words', '{}', '{"_id": 0}', '{"w": 1, "_id": 1}', options => '{"collation": {"locale": "en"}}');
SELECT * FROM docdb.find('words', '{}', '{"_id": 0}', '{"w": -1, "_id": 1}', options => '{"collation": {"locale": "en", "strength": 1}}');
SELECT * FROM docdb.find('words', '{}', NULL, '{"w": 1}', 1, 2, '{"collation": {"locale": "en"}}');
SELECT * FROM docdb.find('words', '{"w": {"$gt": "B"}}', NULL, '{"_id": 1}', options => '{"collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('words', '{"w": "c"}', '{"w": {"$elemMatch": {"$eq": "c"}}}', '{"_id": 1}', options => '{"collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('words', '{"w": "c", "_id": 6}', '{"w.$": 1}', options => '{"collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('words', '{"w": "a"}', '{"e": {"$eq": ["$w", "a"]}}', '{"_id": 1}', options => '{"collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('words', '{"$expr": {"$eq": ["$w", "$$v"]}}', NULL, '{"_id": 1}',
                         options => '{"collation": {"locale": "en", "strength": 2}, "let": {"v": "A"}}');
SELECT * FROM docdb.find('words', '{"w": "a"}', sort => '{"$natural": 1}', options => '{"collation": {"locale": "en", "strength": 2}}');
SELECT docdb.find_one('words', '{"w": "A"}', sort => '{"_id": -1}', options => '{"collation": {"locale": "en", "strength": 2}}');

-- What is no collation, also where there is no collection.
SELECT docdb.find('words', '{}', options => '{"collation": {"locale": "xx"}}');
SELECT docdb.find('nothing', '{}', options => '{"collation": {"locale": "en", "strength": 9}}');
SELECT docdb.find('words', '{}', options => '{"collation": "en"}');
SELECT docdb.find('words', '{}', options => '{"collation": {"strength": 2}}');
SELECT docdb.count_documents('nothing', '{"w": "a"}', '{"collation": {"locale": "en", "strength": 2}}');
SELECT docdb.insert_one('words', '{"_id": 99}', '{"collation": {"locale": "en"}}');

-- The statement: numbers need no collation.
SELECT docdb.to_sql('coll', '{"find": "words", "filter": {"w": "a"}, "sort": {"w": 1}, "collation": {"locale": "en", "strength": 2}}');
SELECT docdb.to_sql('coll', '{"find": "words", "filter": {"w": 10}, "collation": {"locale": "en", "strength": 2}}');
SELECT docdb.to_sql('coll', '{"find": "words", "filter": {"_id": 1}, "sort": {"_id": 1}, "collation": {"locale": "en", "strength": 2}}');
SELECT docdb.to_sql('coll', '{"find": "words", "filter": {"_id": "a"}, "collation": {"locale": "en", "strength": 2}}');
SELECT docdb.to_sql('coll', '{"find": "words", "filter": {"_id": {"$in": [1, "a"], "$gt": "a", "$lt": 7}}, "collation": {"locale": "en"}}');

-- count and distinct
SELECT docdb.count_documents('words', '{"w": "A"}', '{"collation": {"locale": "en", "strength": 2}}'),
       docdb.count_documents('words', '{"w": "A"}', '{"collation": {"locale": "en", "strength": 1}, "limit": 2}'),
       docdb.count_documents('words', '{"w": "A"}');
SELECT count(*), count(DISTINCT docdb.key_string(v, false, '{"locale": "en", "strength": 2}'))
FROM docdb.distinct('words', 'w', options => '{"collation": {"locale": "en", "strength": 2}}') AS v;
SELECT docdb.to_sql('coll', '{"distinct": "words", "key": "w", "collation": {"locale": "en", "strength": 2}}');
SELECT v FROM docdb.distinct('words', 'w', '{"w": {"$gte": "a", "$lt": "b"}}', '{"collation": {"locale": "en", "strength": 3}}') AS v;

-- Updates and deletions.
SELECT * FROM docdb.update_many('words', '{"w": "A"}', '{"$set": {"t": 1}}', '{"collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.update_one('words', '{"w": "C"}', '{"$set": {"u": 1}}', '{"collation": {"locale": "en", "strength": 2}, "sort": {"_id": -1}}');
SELECT * FROM docdb.update_one('words', '{"_id": 6}', '{"$addToSet": {"w": "A"}}', '{"collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.update_one('words', '{"_id": 6}', '{"$pull": {"w": "c"}}', '{"collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.update_one('words', '{"_id": 6}', '{"$set": {"w.$[e]": "z"}}', '{"collation": {"locale": "en", "strength": 2}, "arrayFilters": [{"e": "A"}]}');
SELECT * FROM docdb.replace_one('words', '{"w": "B"}', '{"w": "bb"}', '{"collation": {"locale": "en", "strength": 2}, "sort": {"_id": 1}}');
SELECT * FROM docdb.update_one('words', '{"w": "NEW"}', '{"$set": {"_id": 20}}', '{"collation": {"locale": "en", "strength": 2}, "upsert": true}');
SELECT * FROM docdb.update_one('words', '{"w": "new"}', '{"$set": {"n": 1}}', '{"collation": {"locale": "en", "strength": 2}, "upsert": true}');
SELECT docdb.find_one_and_update('words', '{"w": "new"}', '{"$set": {"n": 2}}', '{"collation": {"locale": "en", "strength": 2}, "returnDocument": "after"}');
SELECT docdb.find_one_and_replace('words', '{"w": "new"}', '{"w": "New"}', '{"collation": {"locale": "en", "strength": 2}, "projection": {"e": {"$eq": ["$w", "new"]}}}');
SELECT docdb.find_one_and_delete('words', '{"w": "NEW"}', '{"collation": {"locale": "en", "strength": 2}}');
SELECT docdb.delete_one('words', '{"w": "a"}', '{"collation": {"locale": "en", "strength": 2}}');
SELECT docdb.delete_many('words', '{"w": "A"}', '{"collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('words', '{}', NULL, '{"_id": 1}');
SELECT docdb.bulk_write('words', '[
    {"insertOne": {"document": {"_id": 30, "w": "Bulk"}}},
    {"updateOne": {"filter": {"w": "bulk"}, "update": {"$set": {"x": 1}}, "collation": {"locale": "en", "strength": 2}}},
    {"updateMany": {"filter": {"w": "bulk"}, "update": {"$set": {"x": 2}}}},
    {"deleteOne": {"filter": {"w": "BULK"}, "collation": {"locale": "en", "strength": 2}}},
    {"deleteMany": {"filter": {"w": "BULK"}, "collation": {"locale": "xx"}}}]', '{"ordered": false}');

-- A collection's own collation: all operations have it that name none.
SELECT docdb.create_collection('cities', '{"collation": {"locale": "en", "strength": 2}}');
SELECT docdb.create_collection('cities', '{"collation": {"locale": "en", "strength": 2}}') AS again;
SELECT docdb.create_collection('cities', '{"collation": {"locale": "en"}}');
SELECT docdb.create_collection('cities');
SELECT docdb.create_collection('plain', '{"collation": {"locale": "simple"}}');
SELECT docdb.create_collection('bad', '{"collation": {"locale": "xx"}}');
SELECT docdb.create_collection('bad', '{"collation": {}}');
SELECT docdb.create_collection('bad', '{"collation": "en"}');
SELECT docdb.create_collection('bad', '{"collation": {"locale": "en", "version": "1"}}');
SELECT c -> 'options' FROM docdb.list_collections('coll') AS c WHERE c ->> 'name' IN ('cities', 'plain') ORDER BY c ->> 'name';
SELECT docdb.command('coll', '{"collMod": "cities", "collation": {"locale": "en"}}');

SELECT docdb.insert_many('cities', ARRAY['{"_id": "Paris", "n": 1}', '{"_id": "ROME", "n": 2}', '{"_id": "oslo", "n": 3}', '{"_id": 5, "n": 4}']::bson[]);
-- _id is unique by the collation, too.
SELECT docdb.insert_one('cities', '{"_id": "rome"}');
SELECT docdb.command('coll', '{"insert": "cities", "documents": [{"_id": "PARIS"}, {"_id": 6}], "ordered": false}');
SELECT docdb.delete_one('cities', '{"_id": 6}');
SELECT i ->> 'name' FROM docdb.list_indexes('cities') AS i;
SELECT docdb.drop_index('cities', '*');
SELECT * FROM docdb.find('cities', '{"_id": "PARIS"}');
SELECT * FROM docdb.find('cities', '{"_id": "PARIS"}', options => '{"collation": {"locale": "simple"}}');
SELECT * FROM docdb.find('cities', '{"_id": "Paris"}', options => '{"collation": {"locale": "simple"}}');
SELECT * FROM docdb.find('cities', '{"_id": "rome"}', NULL, '{"n": 1}');
SELECT * FROM docdb.find('cities', '{"_id": {"$in": ["paris", 5]}}', NULL, '{"_id": 1}');
SELECT * FROM docdb.find('cities', '{}', NULL, '{"_id": 1, "n": 1}');
SELECT docdb.find_one('cities', '{"_id": 5}');
SELECT docdb.count_documents('cities', '{"_id": "rome"}'), docdb.count_documents('cities', '{"_id": {"$gt": "q"}}');
SELECT count(*) FROM docdb.distinct('cities', '_id') AS v;
SELECT count(*) FROM docdb.distinct('cities', '_id', options => '{"collation": {"locale": "simple"}}') AS v;
SELECT * FROM docdb.update_one('cities', '{"_id": "paris"}', '{"$set": {"n": 10}}');
SELECT * FROM docdb.update_many('cities', '{"_id": "rome"}', '{"$inc": {"n": 10}}');
SELECT * FROM docdb.update_one('cities', '{"_id": "PARIS"}', '{"$set": {"n": 11}}', '{"upsert": true}');
SELECT docdb.find_one_and_update('cities', '{"_id": "paris"}', '{"$set": {"n": 12}}', '{"returnDocument": "after"}');
SELECT docdb.delete_one('cities', '{"_id": "paris"}', '{"collation": {"locale": "simple"}}');
SELECT docdb.delete_one('cities', '{"_id": "paris"}');
SELECT * FROM docdb.find('cities', '{}', NULL, '{"n": 1}');
SELECT * FROM docdb.aggregate('cities', '[{"$match": {"_id": "Rome"}}, {"$sort": {"n": 1}}]');
SELECT * FROM docdb.aggregate('cities', '[{"$match": {"_id": "Rome"}}]', '{"collation": {"locale": "simple"}}');

-- The validator has it too; listing shows it as it was given.
SELECT docdb.create_collection('checked', '{"collation": {"locale": "en", "strength": 2}, "validator": {"k": "yes"}}');
SELECT docdb.insert_one('checked', '{"_id": 1, "k": "YES"}');
SELECT docdb.insert_one('checked', '{"_id": 2, "k": "no"}');
SELECT c -> 'options' -> 'validator' FROM docdb.list_collections('coll') AS c WHERE c ->> 'name' = 'checked';

-- min and max go by the collation of the index, which must be the operation's where they have strings.
SELECT docdb.insert_many('between', ARRAY['{"_id": 1, "w": "a"}', '{"_id": 2, "w": "B"}', '{"_id": 3, "w": "c"}', '{"_id": 4, "w": "D"}', '{"_id": 5, "w": 5}']::bson[]);
SELECT docdb.create_index('between', '{"w": 1}', '{"name": "by_en", "collation": {"locale": "en", "strength": 2}}'), docdb.create_index('between', '{"w": 1}', '{"name": "by_bytes"}');
SELECT * FROM docdb.find('between', '{}', options => '{"hint": "by_en", "min": {"w": "b"}, "max": {"w": "d"}, "collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('between', '{}', options => '{"hint": "by_bytes", "min": {"w": "B"}, "max": {"w": "b"}}');
SELECT * FROM docdb.find('between', '{}', options => '{"hint": "by_en", "min": {"w": 4}, "max": {"w": 6}}');
SELECT * FROM docdb.find('between', '{}', options => '{"hint": "by_en", "min": {"w": "b"}}');
SELECT * FROM docdb.find('between', '{}', options => '{"hint": "by_en", "min": {"w": 1}, "max": {"w": "d"}}');
SELECT * FROM docdb.find('between', '{}', options => '{"hint": "by_bytes", "max": {"w": "b"}, "collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('between', '{}', options => '{"hint": "by_en", "min": {"w": "d"}, "max": {"w": "D"}, "collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('cities', '{}', options => '{"hint": "_id_", "min": {"_id": "r"}, "max": {"_id": "z"}}');
SELECT * FROM docdb.find('cities', '{}', options => '{"hint": "_id_", "min": {"_id": "r"}, "collation": {"locale": "simple"}}');

-- An index gives its keys only for a filter or a sort by its collation.
SELECT docdb.create_index('between', '{"w": 1, "x": 1}', '{"collation": {"locale": "en", "strength": 2}}'), docdb.drop_index('between', 'by_en'), docdb.drop_index('between', 'by_bytes');
SELECT * FROM docdb.find('between', '{"w": "b"}', options => '{"returnKey": true, "collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('between', '{"w": "B"}', options => '{"returnKey": true}');
SELECT * FROM docdb.find('between', '{"w": 5}', options => '{"returnKey": true}');
SELECT * FROM docdb.find('between', '{}', NULL, '{"w": -1}', options => '{"returnKey": true, "collation": {"locale": "en", "strength": 2}}');
SELECT * FROM docdb.find('between', '{}', NULL, '{"w": -1}', options => '{"returnKey": true, "collation": {"locale": "en", "strength": 1}}');
SELECT * FROM docdb.find('cities', '{"_id": "rome"}', options => '{"returnKey": true}');

-- A hint of the index on _id is one of that by the collation.
SELECT * FROM docdb.find('cities', '{"_id": "rome"}', options => '{"hint": "_id_"}');
SELECT * FROM docdb.find('cities', '{"_id": 5}', options => '{"hint": {"_id": 1}, "collation": {"locale": "simple"}}');
SELECT * FROM docdb.find('cities', '{"_id": "rome"}', options => '{"hint": "_id_", "collation": {"locale": "simple"}}');
SELECT docdb.command('coll', '{"explain": {"find": "cities", "filter": {"_id": "rome"}, "hint": "_id_"}, "verbosity": "queryPlanner"}')::text ~ '"indexName": "_id_"' AS index;
SELECT i FROM docdb.list_indexes('cities') AS i;
SELECT docdb.drop_index('cities', '_id_');

-- Renaming and dropping.
SELECT docdb.rename_collection('cities', 'towns');
SELECT docdb.count_documents('towns', '{"_id": "Rome"}');
SELECT docdb.drop_collection('towns');
SELECT docdb.insert_one('towns', '{"_id": "a"}');
SELECT docdb.count_documents('towns', '{"_id": "A"}');

DROP SCHEMA coll CASCADE;
