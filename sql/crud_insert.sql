-- insert_one, insert_many.
\set VERBOSITY sqlstate
\pset format unaligned
SET client_min_messages = warning;
CREATE SCHEMA ins;
SET search_path = ins, public;

SELECT docdb.insert_one('c', '{"_id": 1, "a": 1}');
SELECT docdb.type_name(docdb.insert_one('c', '{"a": 2}'));
SELECT docdb.insert_one('c', '{"a": 3, "_id": "last"}');
SELECT docdb.insert_one('c', '{"_id": {"x": 1}}');
SELECT docdb.insert_one('c', '{"_id": null}');
SELECT docdb.type_name(docdb.insert_one('c', '{}'));
SELECT count(*), count(*) FILTER (WHERE _id = (doc -> '_id')) FROM c;
SELECT doc FROM c WHERE doc @@ '{"a": {"$in": [1, 3]}}' ORDER BY _id;

-- What cannot be inserted.
SELECT docdb.insert_one('c', '{"_id": 1}');
SELECT docdb.insert_one('c', '{"_id": 1.0}');
SELECT docdb.insert_one('c', '{"_id": [1]}');
SELECT docdb.insert_one('c', '{"_id": {"$a": 1}}');
SELECT docdb.insert_one('c', '{"_id": 2, "a": 1, "_id": 3}');
SELECT docdb.insert_one('c', '{"a": 1, "_id": 2, "_id": 3}');
SELECT docdb.insert_one('c', format('{"_id": 16, "s": "%s"}', repeat('x', 16 * 1024 * 1024))::bson);
-- An error before anything is written leaves no collection behind.
SELECT docdb.insert_one('unmade', '{"_id": [1]}');
SELECT docdb.list_collections('ins') ->> 'name';
-- Names with dollars and dots are allowed, save in _id.
SELECT docdb.insert_one('c', '{"_id": 3, "$a": 1, "b.c": 2, "": 3}');
SELECT docdb.find_one('c', '{"_id": 3}');
\set VERBOSITY default
SELECT docdb.insert_one('c', '{"_id": 1}');
\set VERBOSITY sqlstate

-- An empty timestamp among the document's own fields becomes the time of insertion, as in MongoDB.
SELECT docdb.insert_one('c', '{"_id": {"$timestamp": {"t": 0, "i": 0}}, "t": {"$timestamp": {"t": 0, "i": 0}}, "u": {"$timestamp": {"t": 0, "i": 0}}, "v": {"$timestamp": {"t": 1, "i": 0}}, "w": {"t": {"$timestamp": {"t": 0, "i": 0}}}}');
SELECT _id, (doc -> 't') > '{"$timestamp": {"t": 1600000000, "i": 0}}' AS t, (doc -> 't') < (doc -> 'u') AS order, doc -> 'v', doc -> 'w'
    FROM c WHERE doc @@ '{"v": {"$exists": true}}';

-- insert_many.
SELECT docdb.insert_many('m', ARRAY['{"_id": 1}', '{"_id": 2}', '{"a": 1}']::bson[]);
SELECT docdb.insert_many('m', '{}');
SELECT docdb.insert_many('nothing', ARRAY[]::bson[]);
SELECT docdb.insert_many('m', ARRAY[NULL]::bson[]);
SELECT docdb.insert_many('m', ARRAY['{"_id": 3}', NULL]::bson[]);
SELECT docdb.insert_many('m', ARRAY[['{"_id": 4}', '{"_id": 5}'], ['{"_id": 6}', '{"_id": 7}']]::bson[]);
SELECT docdb.count_documents('m');
-- One that fails undoes all, whether ordered or not, as errors in SQL do.
SELECT docdb.insert_many('m', ARRAY['{"_id": 10}', '{"_id": 1}', '{"_id": 11}']::bson[]);
SELECT docdb.insert_many('m', ARRAY['{"_id": 10}', '{"_id": 1}', '{"_id": 11}']::bson[], '{"ordered": false}');
SELECT docdb.insert_many('m', ARRAY['{"_id": 10}', '{"_id": 10}']::bson[]);
SELECT docdb.insert_many('m', ARRAY['{"_id": 10}', '{"_id": [1]}']::bson[]);
SELECT docdb.insert_many('m2', ARRAY['{"_id": 10}', '{"_id": 10}']::bson[]);
SELECT docdb.count_documents('m'), docdb.count_documents('m2');
-- Many, and more than go to the table at once.
SELECT docdb.insert_many('many', array_agg(format('{"_id": %s, "pad": "%s"}', i, repeat('x', i % 1000))::bson)) FROM generate_series(1, 5000) i;
SELECT docdb.insert_many('many', array_agg(format('{"_id": "l%s", "pad": "%s"}', i, repeat('x', 400000))::bson)) FROM generate_series(1, 10) i;
SELECT count(*), count(*) FILTER (WHERE _id = (doc -> '_id')), sum(docdb.size(doc)) FROM many;
SET enable_seqscan = off;
SELECT count(*) FROM many WHERE _id > '4990' AND _id <= '5000';
RESET enable_seqscan;
SELECT docdb.find_one('many', '{"_id": 4321}', '{"pad": 0}');

-- Within one statement, rows see no rows of it; the next statement sees them.
SELECT docdb.insert_many('m', array_agg(docdb.update_document(doc, '{"$set": {"copy": true}}'))) FROM m WHERE doc @@ '{"none": 1}';
WITH i AS (SELECT docdb.insert_one('w', '{"_id": 1}') AS id) SELECT id, docdb.count_documents('w') FROM i;
SELECT docdb.count_documents('w');
INSERT INTO w (doc) SELECT docdb.find('m', '{"_id": {"$in": [2, 4]}}');
SELECT * FROM w ORDER BY _id;

-- In and out of subtransactions.
BEGIN;
SELECT docdb.insert_one('tx', '{"_id": 1}');
SAVEPOINT a;
SELECT docdb.insert_many('tx', ARRAY['{"_id": 2}', '{"_id": 3}']::bson[]);
ROLLBACK TO a;
SELECT docdb.insert_one('tx', '{"_id": 2, "again": true}');
COMMIT;
SELECT docdb.find('tx');
BEGIN;
SELECT docdb.insert_one('tx2', '{"_id": 1}');
ROLLBACK;
SELECT docdb.insert_one('tx2', '{"_id": 2}');
SELECT docdb.find('tx2');

-- The same through a table that needs a statement: further columns, defaults, checks, triggers, generated columns, rules.
CREATE TABLE wide (_id bson_value PRIMARY KEY, doc bson NOT NULL, made text DEFAULT 'by default',
    g text GENERATED ALWAYS AS (doc ->> 'a') STORED, CHECK (NOT doc @@ '{"a": "bad"}'));
CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON wide FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
SELECT docdb.insert_one('wide', '{"a": "x", "_id": 1}');
SELECT docdb.insert_many('wide', ARRAY['{"_id": 2, "a": "y"}', '{"_id": 3}']::bson[]);
SELECT docdb.insert_one('wide', '{"_id": 4, "a": "bad"}');
SELECT docdb.insert_many('wide', ARRAY['{"_id": 4}', '{"_id": 5, "a": "bad"}']::bson[]);
SELECT docdb.insert_many('wide', ARRAY['{"_id": 4}', '{"_id": 4}']::bson[]);
SELECT * FROM wide ORDER BY _id;
-- A table without the row trigger gets the _id from docdb's functions.
CREATE TABLE bare (_id bson_value PRIMARY KEY, doc bson NOT NULL);
SELECT docdb.insert_many('bare', ARRAY['{"a": 1, "_id": 1}', '{"_id": 2}']::bson[]);
SELECT docdb.type_name(docdb.insert_one('bare', '{"a": 3}'));
SELECT * FROM bare WHERE _id < '5' ORDER BY _id;
-- One with columns that were dropped.
CREATE TABLE shifted (x int, _id bson_value PRIMARY KEY, y int, doc bson NOT NULL, z int);
ALTER TABLE shifted DROP COLUMN x, DROP COLUMN y, DROP COLUMN z;
CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON shifted FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
SELECT docdb.insert_many('shifted', ARRAY['{"_id": 1, "a": 1}', '{"_id": 2, "a": 2}']::bson[]);
SELECT * FROM docdb.update_many('shifted', '{}', '{"$inc": {"a": 1}}');
SELECT * FROM shifted ORDER BY _id;
-- Triggers and foreign keys of the user's.
CREATE TABLE orders (_id bson_value PRIMARY KEY REFERENCES shifted, doc bson NOT NULL);
CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
SELECT docdb.insert_one('orders', '{"_id": 1}');
SELECT docdb.insert_one('orders', '{"_id": 7}');
SELECT docdb.insert_many('orders', ARRAY['{"_id": 2}', '{"_id": 8}']::bson[]);
SELECT docdb.find('orders');
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.doc := docdb.update_document(NEW.doc, '{"$set": {"stamp": 1}}');
    RETURN NEW;
END $$;
SELECT docdb.insert_one('c', '{"_id": "before"}');
CREATE TRIGGER stamp BEFORE INSERT ON c FOR EACH ROW EXECUTE FUNCTION stamp();
SELECT docdb.insert_one('c', '{"_id": "after"}');
DROP TRIGGER stamp ON c;
SELECT docdb.insert_one('c', '{"_id": "later"}');
ALTER TABLE c DISABLE TRIGGER zz_docdb_collection;
SELECT docdb.insert_one('c', '{"_id": "disabled", "a": 1}');
SELECT doc FROM c WHERE docdb.type_name(_id) = 'string' ORDER BY _id;
-- Constraints that wait, and indexes with conditions and expressions.
SELECT docdb.insert_one('late', '{"_id": 1, "a": 1}');
ALTER TABLE late ADD CONSTRAINT late_unique UNIQUE (_id) DEFERRABLE INITIALLY DEFERRED, DROP CONSTRAINT late_pkey;
BEGIN;
SELECT docdb.insert_many('late', ARRAY['{"_id": 1}', '{"_id": 2}']::bson[]);
COMMIT;
SELECT docdb.count_documents('late');
SELECT docdb.insert_one('cond', '{"_id": 1, "email": "a", "active": true}');
CREATE UNIQUE INDEX ON cond ((doc -> 'email')) WHERE doc @@ '{"active": true}';
SELECT docdb.insert_many('cond', ARRAY['{"_id": 2, "email": "a"}', '{"_id": 3, "email": "b", "active": true}']::bson[]);
SELECT docdb.insert_many('cond', ARRAY['{"_id": 4}', '{"_id": 5, "email": "b", "active": true}']::bson[]);
SELECT docdb.bulk_write('cond', '[{"insertOne": {"document": {"_id": 4}}}, {"insertOne": {"document": {"_id": 5, "email": "b", "active": true}}}]') -> 'writeErrors';
SELECT docdb.find('cond', sort => '{"_id": 1}');
-- A view that can be written through.
CREATE VIEW v AS SELECT _id, doc FROM shifted WHERE doc @@ '{"a": {"$gt": 0}}' WITH CHECK OPTION;
SELECT docdb.insert_one('v', '{"_id": 3, "a": 3}');
SELECT docdb.insert_one('v', '{"_id": 4, "a": 0}');
SELECT * FROM docdb.update_one('v', '{"_id": 3}', '{"$set": {"a": 5}}');
SELECT docdb.delete_one('v', '{"a": 5}');
SELECT docdb.find('v');

DROP SCHEMA ins CASCADE;
