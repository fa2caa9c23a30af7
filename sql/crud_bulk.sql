-- bulk_write.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA bulk;
SET search_path = bulk, public;

SELECT docdb.bulk_write('c', '[
    {"insertOne": {"document": {"_id": 1, "a": 1}}},
    {"insertOne": {"document": {"_id": 2, "a": 2}}},
    {"updateOne": {"filter": {"_id": 1}, "update": {"$inc": {"a": 10}}}},
    {"updateMany": {"filter": {}, "update": {"$set": {"b": 1}}}},
    {"updateMany": {"filter": {}, "update": {"$set": {"b": 1}}}},
    {"updateOne": {"filter": {"_id": 3}, "update": {"$set": {"c": 1}}, "upsert": true}},
    {"replaceOne": {"filter": {"_id": 2}, "replacement": {"r": 1}}},
    {"replaceOne": {"filter": {"_id": 4}, "replacement": {"r": 4}, "upsert": true}},
    {"insertOne": {"document": {"_id": 5}}},
    {"deleteOne": {"filter": {"r": {"$exists": true}}}},
    {"deleteMany": {"filter": {"_id": 5}}},
    {"updateOne": {"filter": {"_id": 1}, "update": [{"$set": {"sum": {"$add": ["$a", "$b"]}}}]}},
    {"updateOne": {"filter": {"_id": 1}, "update": {"$set": {"t": [1, 2]}}}},
    {"updateOne": {"filter": {"_id": 1}, "update": {"$set": {"t.$[x]": 0}}, "arrayFilters": [{"x": 2}]}}]');
SELECT docdb.find('c', sort => '{"_id": 1}');
SELECT docdb.bulk_write('c', '[]');

-- Ordered: what comes after the first error is not tried; what came before is kept.
SELECT docdb.bulk_write('o', '[
    {"insertOne": {"document": {"_id": 1}}},
    {"insertOne": {"document": {"_id": 2}}},
    {"insertOne": {"document": {"_id": 1}}},
    {"insertOne": {"document": {"_id": 3}}},
    {"deleteMany": {"filter": {}}}]');
SELECT docdb.find('o', sort => '{"_id": 1}');
SELECT docdb.bulk_write('o', '[
    {"updateOne": {"filter": {"_id": 1}, "update": {"$set": {"a": "x"}}}},
    {"updateOne": {"filter": {"_id": 1}, "update": {"$inc": {"a": 1}}}},
    {"updateOne": {"filter": {"_id": 1}, "update": {"$set": {"a": "y"}}}}]', '{"ordered": true}');
-- Unordered: all others are done.
SELECT docdb.bulk_write('o', '[
    {"insertOne": {"document": {"_id": 3}}},
    {"insertOne": {"document": {"_id": 1}}},
    {"insertOne": {"document": {"_id": [1]}}},
    {"insertOne": {"document": {"_id": 4}}},
    {"insertOne": {"document": {"_id": 4}}},
    {"insertOne": {"document": {"_id": 5}}},
    {"updateOne": {"filter": {"_id": 1}, "update": {"$inc": {"a": 1}}}},
    {"updateMany": {"filter": {}, "update": {"$set": {"z": 1}}}},
    {"updateOne": {"filter": {"_id": 5}, "update": {"$set": {"_id": 6}}}},
    {"replaceOne": {"filter": {"_id": 5}, "replacement": {"$set": {"a": 1}}}},
    {"updateMany": {"filter": {"_id": 5}, "update": {"a": 1}}},
    {"updateOne": {"filter": {"a": {"$bad": 1}}, "update": {"$set": {"a": 1}}}},
    {"deleteOne": {"filter": {"_id": 2}}}]', '{"ordered": false}');
SELECT docdb.find('o', sort => '{"_id": 1}');
-- Errors in many insertions.
SELECT r -> 'insertedCount', jsonb_array_length((r -> 'writeErrors')::jsonb)
    FROM docdb.bulk_write('many', (SELECT format('[%s]', string_agg(format('{"insertOne": {"document": {"_id": %s}}}', i % 300), ', '))::bson_value FROM generate_series(1, 1000) i), '{"ordered": false}') r;
SELECT count(*), count(DISTINCT _id) FROM many;
SELECT r -> 'insertedCount', r -> 'writeErrors'
    FROM docdb.bulk_write('many2', (SELECT format('[%s]', string_agg(format('{"insertOne": {"document": {"_id": %s}}}', i % 300), ', '))::bson_value FROM generate_series(1, 1000) i)) r;
SELECT count(*) FROM many2;
-- A collection made by a bulk whose first documents are duplicates of each other.
SELECT docdb.bulk_write('fresh', '[{"insertOne": {"document": {"_id": 1}}}, {"insertOne": {"document": {"_id": 1}}}]', '{"ordered": false}') -> 'writeErrors';
SELECT docdb.bulk_write('unmade', '[{"insertOne": {"document": {"_id": [1]}}}]') -> 'writeErrors';
SELECT docdb.list_collections('bulk') ->> 'name';
-- One that goes by statements.
CREATE TABLE wide (_id bson_value PRIMARY KEY, doc bson NOT NULL, CHECK (NOT doc @@ '{"a": "bad"}'));
CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON wide FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
SELECT docdb.bulk_write('wide', '[{"insertOne": {"document": {"_id": 1}}}, {"insertOne": {"document": {"_id": 2, "a": "bad"}}}, {"insertOne": {"document": {"_id": 1}}}, {"insertOne": {"document": {"_id": 3}}}]', '{"ordered": false}');
SELECT docdb.bulk_write('wide', '[{"insertOne": {"document": {"_id": 4}}}, {"insertOne": {"document": {"_id": 5, "a": "bad"}}}, {"insertOne": {"document": {"_id": 6}}}]');
SELECT docdb.find('wide', sort => '{"_id": 1}');

-- Variables and options.
SELECT docdb.bulk_write('c', '[{"updateMany": {"filter": {"$expr": {"$eq": ["$_id", "$$id"]}}, "update": [{"$set": {"v": "$$id"}}]}},
    {"deleteMany": {"filter": {"$expr": {"$eq": ["$_id", "$$id"]}}}}]', '{"let": {"id": 1}}');
SELECT docdb.bulk_write('c', '[{"deleteMany": {"filter": {}, "collation": {"locale": "xx"}}}]') -> 'writeErrors';
SELECT docdb.bulk_write('c', '[{"updateOne": {"filter": {}, "update": {"$set": {"a": 1}}, "nothing": 1}}]') -> 'writeErrors';

-- Each operation has its own fields.
SELECT docdb.bulk_write('c', '[{"updateOne": {"filter": {}, "replacement": {"a": 1}}}, {"replaceOne": {"filter": {}, "update": {"a": 1}}}, {"deleteOne": {"filter": {}, "update": {"a": 1}}},
    {"updateMany": {"filter": {}, "update": {"$set": {"a": 1}}, "sort": {"_id": 1}}}, {"updateOne": {"filter": {}, "update": {"$set": {"s": 1}}, "sort": {"_id": -1}, "hint": "_id_"}}]', '{"ordered": false}');
-- What cannot be read is an error of the whole.
SELECT docdb.bulk_write('c', '[{"insertOne": {"document": {"_id": 100}}}, {"upsertOne": {}}]');
SELECT docdb.bulk_write('c', '[{"insertOne": {}}]');
SELECT docdb.bulk_write('c', '[{"insertOne": {"document": 5}}]');
SELECT docdb.bulk_write('c', '[{"insertOne": 5}]');
SELECT docdb.bulk_write('c', '[{}]');
SELECT docdb.bulk_write('c', '[5]');
SELECT docdb.bulk_write('c', '[{"insertOne": {"document": {}}, "deleteOne": {"filter": {}}}]');
SELECT docdb.bulk_write('c', '[{"insertOne": {"document": {}, "hint": 1}}]');
SELECT docdb.bulk_write('c', '{"insertOne": {"document": {}}}');
SELECT docdb.bulk_write('c', '[{"deleteOne": {}}]') -> 'writeErrors';
SELECT docdb.bulk_write('c', '[{"updateOne": {"filter": {}}}]') -> 'writeErrors';
SELECT docdb.bulk_write('c', '[{"updateOne": {"filter": 5, "update": {}}}]') -> 'writeErrors';
SELECT docdb.bulk_write('c', '[{"replaceOne": {"filter": {}, "replacement": []}}]') -> 'writeErrors';
SELECT docdb.count_documents('c', '{"_id": 100}');
SELECT docdb.bulk_write('c', NULL);
SELECT docdb.bulk_write(NULL, '[]');
SELECT docdb.bulk_write('c', '[]', '{"nothing": 1}');

DROP SCHEMA bulk CASCADE;
