-- Creating, dropping, renaming and listing collections; plain SQL beside docdb's functions.
\set VERBOSITY sqlstate
\pset format unaligned
SET client_min_messages = warning;
CREATE SCHEMA ddl;
SET search_path = ddl, public;

-- What a collection is made of.
SELECT docdb.create_collection('people');
SELECT a.attname, a.atttypid::regtype, a.attnotnull, a.attcompression = 'l' AS lz4
    FROM pg_attribute a WHERE a.attrelid = 'people'::regclass AND a.attnum > 0 ORDER BY a.attnum;
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'people'::regclass AND contype <> 'n';
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'people'::regclass;
SELECT relreplident FROM pg_class WHERE oid = 'people'::regclass;
SELECT count(*) FROM docdb.collections;

-- Again: false with the same options, NamespaceExists with others.
SELECT docdb.create_collection('people');
SELECT docdb.create_collection('people', '{}');
SELECT docdb.create_collection('people', '{"comment": "no option that is kept"}');
SELECT docdb.create_collection('people', '{"validator": {"a": 1}}');
SELECT docdb.create_collection('strict', '{"validator": {"a": 1}, "comment": "x"}');
SELECT docdb.create_collection('strict', '{"validator": {"a": 1}}');
SELECT docdb.create_collection('strict');
SELECT docdb.create_collection('ddl_other.strict', '{"validator": {"a": {"$gt": 5}}, "validationLevel": "moderate", "validationAction": "warn"}');
SELECT * FROM docdb.collections ORDER BY 1::text;

-- Listing.
SELECT docdb.list_collections();
SELECT docdb.list_collections('ddl_other');
SELECT docdb.list_collections('ddl', '{"name": "people"}');
SELECT docdb.list_collections('ddl', '{"options.validator": {"$exists": true}}') -> 'name';
SELECT docdb.list_collections('ddl', '{"$bad": 1}');
SELECT docdb.list_collections('nowhere');
SELECT docdb.list_collections('ddl', NULL) -> 'name';
SELECT docdb.list_collections(NULL);

-- Tables, views and partitions made by plain SQL.
CREATE TABLE by_sql (_id bson_value PRIMARY KEY, doc bson NOT NULL, note text);
CREATE VIEW a_view AS SELECT _id, doc FROM people;
CREATE MATERIALIZED VIEW a_matview AS SELECT _id, doc FROM people;
CREATE TABLE parted (_id bson_value PRIMARY KEY, doc bson NOT NULL) PARTITION BY HASH (_id);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE unrelated (a int);
SELECT docdb.list_collections() ->> 'name', docdb.list_collections() ->> 'type',
       docdb.list_collections() -> 'idIndex';

-- Renaming: within a database, to another one, onto an existing collection.
SELECT docdb.insert_one('people', '{"_id": "p"}');
SELECT docdb.rename_collection('people', 'persons');
SELECT docdb.find('people'), docdb.find('persons');
SELECT docdb.find('persons');
SELECT doc FROM a_view;
SELECT docdb.rename_collection('ddl.persons', 'ddl_third.people');
SELECT docdb.find('ddl_third.people');
SELECT docdb.rename_collection('ddl_third.people', 'back');
SELECT docdb.find('ddl_third.back');
SELECT docdb.rename_collection('ddl_third.back', 'ddl.people');
SELECT docdb.rename_collection('people', 'strict');
SELECT docdb.rename_collection('people', 'strict', true);
SELECT docdb.find('strict');
SELECT docdb.rename_collection('strict', repeat('long', 20));
SELECT docdb.find(repeat('long', 20));
SELECT octet_length(name) FROM docdb.collections WHERE name IS NOT NULL;
SELECT docdb.rename_collection(repeat('long', 20), 'people');
SELECT count(*) FROM docdb.collections WHERE name IS NOT NULL;
SELECT docdb.rename_collection('nowhere', 'x');
SELECT docdb.rename_collection('people', 'people');
SELECT docdb.rename_collection('people', 'ddl.system.x');
SELECT docdb.rename_collection('people', 'a$b');
SELECT docdb.rename_collection(NULL, 'x');
SELECT docdb.rename_collection('people', NULL);
SELECT docdb.rename_collection('people', 'by_sql', NULL);
SELECT docdb.rename_collection('by_sql', 'was_by_sql');
SELECT docdb.rename_collection('a_view', 'was_a_view');
SELECT docdb.rename_collection('a_matview', 'was_a_matview');
SELECT docdb.rename_collection('parted', 'was_parted');

-- PostgreSQL's own DDL is as good: the options follow the table.
SELECT docdb.create_collection('opts', '{"validator": {"a": 1}}');
ALTER TABLE opts RENAME TO opts2;
SELECT docdb.insert_one('opts2', '{"_id": 1, "a": 1}');
SELECT docdb.insert_one('opts2', '{"_id": 2, "a": 2}');
ALTER TABLE opts2 SET SCHEMA ddl_other;
SELECT docdb.insert_one('ddl_other.opts2', '{"_id": 2, "a": 2}');
SELECT docdb.find('ddl_other.opts2');
ALTER SCHEMA ddl_other RENAME TO ddl_fourth;
SELECT docdb.find('ddl_other.opts2');
SELECT docdb.find('ddl_fourth.opts2');
SELECT docdb.insert_one('ddl_fourth.opts2', '{"_id": 2, "a": 2}');
SELECT collection FROM docdb.collections ORDER BY 1::text;

-- Dropping.
SELECT docdb.drop_collection('nowhere');
SELECT docdb.drop_collection('people');
DROP VIEW was_a_view;
SELECT docdb.drop_collection('was_a_matview');
SELECT docdb.drop_collection('people');
SELECT docdb.drop_collection('people');
SELECT docdb.drop_collection('was_by_sql');
SELECT docdb.drop_collection('was_parted');
SELECT docdb.drop_collection(NULL);
SELECT docdb.count_documents('people');
DROP TABLE ddl_fourth.opts2;
SELECT collection FROM docdb.collections ORDER BY 1::text;
DROP SCHEMA ddl_fourth, ddl_third CASCADE;
SELECT collection FROM docdb.collections ORDER BY 1::text;

-- In a transaction that is undone, everything is.
BEGIN;
SELECT docdb.create_collection('fleeting', '{"validator": {"a": 1}}');
SELECT docdb.insert_one('fleeting', '{"_id": 1, "a": 1}');
ROLLBACK;
SELECT docdb.find('fleeting');
SELECT count(*) FROM docdb.collections;
SELECT docdb.create_collection('kept', '{"validator": {"a": 1}}');
BEGIN;
SELECT docdb.drop_collection('kept');
SELECT docdb.find('kept');
SELECT docdb.insert_one('kept', '{"_id": 1, "a": 2}');
ROLLBACK;
SELECT docdb.insert_one('kept', '{"_id": 1, "a": 2}');
SELECT docdb.insert_one('kept', '{"_id": 1, "a": 1}');

-- A read-only transaction reads, and creates nothing.
BEGIN READ ONLY;
SELECT docdb.find('kept');
SELECT docdb.find('nowhere');
SAVEPOINT s;
SELECT docdb.insert_one('nowhere', '{}');
ROLLBACK TO s;
SELECT docdb.insert_one('kept', '{"a": 1}');
ROLLBACK TO s;
SELECT docdb.create_collection('nowhere');
ROLLBACK;

DROP SCHEMA ddl CASCADE;
SELECT count(*) FROM docdb.collections;
