-- Options of collections, and validators.
\set VERBOSITY sqlstate
\pset format unaligned
SET client_min_messages = warning;
CREATE SCHEMA opts;
SET search_path = opts, public;

-- Each option: what is accepted is written without effect unless it is about the validator.
CREATE FUNCTION outcome(options text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    PERFORM docdb.create_collection('c', options::bson);
    SELECT COALESCE(doc -> 'options', '"?"')::text INTO result FROM docdb.list_collections('opts') doc;
    PERFORM docdb.drop_collection('c');
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE) || ' ' || SQLERRM;
END $$;

SELECT options, outcome(options) FROM (VALUES
    ('{}'),
    ('{"autoIndexId": true}'),
    ('{"autoIndexId": false}'),
    ('{"autoIndexId": 1}'),
    ('{"capped": false}'),
    ('{"capped": true, "size": 1000}'),
    ('{"capped": "yes"}'),
    ('{"cappedSize": 1000}'),
    ('{"changeStreamPreAndPostImages": {"enabled": false}}'),
    ('{"changeStreamPreAndPostImages": {"enabled": true}}'),
    ('{"changeStreamPreAndPostImages": true}'),
    ('{"clusteredIndex": {"key": {"_id": 1}, "unique": true}}'),
    ('{"collation": {"locale": "simple"}}'),
    ('{"collation": {"locale": "de"}}'),
    ('{"collation": "de"}'),
    ('{"comment": {"any": "thing"}}'),
    ('{"encryptedFields": {}}'),
    ('{"expireAfterSeconds": 10}'),
    ('{"idIndex": {"key": {"_id": 1}, "name": "_id_"}}'),
    ('{"indexOptionDefaults": {}}'),
    ('{"indexOptionDefaults": {"storageEngine": {}}}'),
    ('{"max": 10}'),
    ('{"size": 10}'),
    ('{"pipeline": []}'),
    ('{"storageEngine": {}}'),
    ('{"storageEngine": {"wiredTiger": {}}}'),
    ('{"temp": false}'),
    ('{"temp": true}'),
    ('{"timeseries": {"timeField": "t"}}'),
    ('{"validationAction": "error"}'),
    ('{"validationAction": "warn"}'),
    ('{"validationAction": "shrug"}'),
    ('{"validationAction": 1}'),
    ('{"validationLevel": "off"}'),
    ('{"validationLevel": "strict"}'),
    ('{"validationLevel": "moderate"}'),
    ('{"validationLevel": "loose"}'),
    ('{"validationLevel": null}'),
    ('{"validator": {"a": {"$gt": 1}}}'),
    ('{"validator": {}}'),
    ('{"validator": {"a": {"$bad": 1}}}'),
    ('{"validator": 5}'),
    ('{"viewOn": "other"}'),
    ('{"writeConcern": {"w": 1}}'),
    ('{"validatr": {}}'),
    ('{"Validator": {}}'),
    ('{"": 1}')) AS v(options);

-- A validator holds for every way a row is written.
SELECT docdb.create_collection('v', '{"validator": {"age": {"$gte": 18}}}');
SELECT docdb.insert_one('v', '{"_id": 1, "age": 20}');
SELECT docdb.insert_one('v', '{"_id": 2, "age": 2}');
SELECT docdb.insert_many('v', ARRAY['{"_id": 3, "age": 30}', '{"_id": 4, "age": 4}']::bson[]);
INSERT INTO v (doc) VALUES ('{"_id": 5, "age": 5}');
COPY v (doc) FROM stdin;
{"_id": 6, "age": 6}
\.
SELECT docdb.update_one('v', '{"_id": 1}', '{"$set": {"age": 1}}');
SELECT docdb.update_many('v', '{}', '{"$inc": {"age": -10}}');
SELECT docdb.replace_one('v', '{"_id": 1}', '{"age": 1}');
SELECT docdb.update_one('v', '{"_id": 7}', '{"$set": {"age": 7}}', '{"upsert": true}');
SELECT docdb.find_one_and_update('v', '{"_id": 1}', '{"$set": {"age": 1}}');
SELECT docdb.bulk_write('v', '[{"insertOne": {"document": {"_id": 8, "age": 8}}}]') -> 'writeErrors';
SELECT docdb.bulk_write('v', '[{"insertOne": {"document": {"_id": 8, "age": 8}}},
                               {"insertOne": {"document": {"_id": 9, "age": 90}}}]', '{"ordered": false}')
       -> 'writeErrors';
UPDATE v SET doc = '{"_id": 1, "age": 1}';
SELECT docdb.find('v');
\set VERBOSITY default
SELECT docdb.insert_one('v', '{"_id": 2, "age": 2}');
\set VERBOSITY sqlstate

-- bypassDocumentValidation.
SELECT docdb.insert_one('v', '{"_id": 10, "age": 1}', '{"bypassDocumentValidation": true}');
SELECT docdb.insert_many('v', ARRAY['{"_id": 11, "age": 1}']::bson[], '{"bypassDocumentValidation": true}');
SELECT docdb.update_one('v', '{"_id": 1}', '{"$set": {"age": 1}}', '{"bypassDocumentValidation": true}');
SELECT docdb.update_one('v', '{"_id": 12}', '{"$set": {"age": 1}}', '{"upsert": true, "bypassDocumentValidation": true}');
SELECT docdb.find_one_and_update('v', '{"_id": 12}', '{"$set": {"age": 2}}', '{"bypassDocumentValidation": true}');
SELECT docdb.bulk_write('v', '[{"insertOne": {"document": {"_id": 13, "age": 1}}}]', '{"bypassDocumentValidation": true}')
       -> 'insertedIds';
SELECT docdb.insert_one('v', '{"_id": 14, "age": 1}', '{"bypassDocumentValidation": false}');
SELECT docdb.count_documents('v', '{"age": {"$lt": 18}}');

-- Levels and actions; the options are those in docdb.collections, whoever writes them.
SELECT docdb.update_one('v', '{"_id": 10}', '{"$set": {"x": 1}}');
UPDATE docdb.collections SET options = '{"validator": {"age": {"$gte": 18}}, "validationLevel": "moderate"}'
    WHERE collection = 'v'::regclass;
SELECT docdb.update_one('v', '{"_id": 10}', '{"$set": {"x": 1}}');
SELECT docdb.update_one('v', '{"_id": 10}', '{"$set": {"age": 50}}');
SELECT docdb.update_one('v', '{"_id": 10}', '{"$set": {"age": 5}}');
SELECT docdb.insert_one('v', '{"_id": 20, "age": 2}');
UPDATE docdb.collections SET options = '{"validator": {"age": {"$gte": 18}}, "validationLevel": "off"}'
    WHERE collection = 'v'::regclass;
SELECT docdb.insert_one('v', '{"_id": 20, "age": 2}');
UPDATE docdb.collections SET options = '{"validator": {"age": {"$gte": 18}}, "validationAction": "warn"}'
    WHERE collection = 'v'::regclass;
SELECT docdb.insert_one('v', '{"_id": 21, "age": 2}');
SET client_min_messages = notice;
SELECT docdb.insert_one('v', '{"_id": 22, "age": 2}');
SET client_min_messages = warning;
DELETE FROM docdb.collections WHERE collection = 'v'::regclass;
SELECT docdb.insert_one('v', '{"_id": 23, "age": 2}');

-- The validator of a statement is that at its start, and another session's change is seen.
SELECT docdb.create_collection('w', '{"validator": {"a": 1}}');
INSERT INTO w (doc) SELECT format('{"_id": %s, "a": 1}', i)::bson FROM generate_series(1, 3) i;
INSERT INTO w (doc) SELECT format('{"_id": %s, "a": %s}', i, i)::bson FROM generate_series(4, 6) i;
SELECT docdb.count_documents('w');

DROP SCHEMA opts CASCADE;
