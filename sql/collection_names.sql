-- Names of databases and collections.
\set VERBOSITY sqlstate
SET client_min_messages = warning;
CREATE SCHEMA names;
SET search_path = names, public;

-- Without a database the current schema's; with one, up to the first dot; case is kept.
SELECT docdb.insert_one('Plain', '{"_id": 1}');
SELECT docdb.insert_one('names.dotted.name', '{"_id": 2}');
SELECT docdb.insert_one('names.with space "quoted" ''single''', '{"_id": 3}');
SELECT docdb.insert_one('names.select', '{"_id": 4}');
SELECT docdb.insert_one('names.ünïcode', '{"_id": 5}');
SELECT docdb.insert_one('names._under', '{"_id": 6}');
SELECT docdb.insert_one('names.1digit', '{"_id": 7}');
SELECT docdb.insert_one('names.plain', '{"_id": 8}');
SELECT relname FROM pg_class WHERE relnamespace = 'names'::regnamespace AND relkind = 'r' ORDER BY 1;
SELECT docdb.find('Plain'), docdb.find('names.plain'), docdb.find('dotted.name');
SELECT docdb.find('names.dotted.name');
SELECT docdb.find('names.with space "quoted" ''single''');
SELECT docdb.find('names.select');
SELECT docdb.find('ünïcode');

-- A missing database is a missing collection, and is created with it.
SELECT docdb.count_documents('names_new.things');
SELECT docdb.insert_one('names_new.things', '{"_id": 1}');
SELECT docdb.count_documents('names_new.things');

-- A name of up to 63 bytes is the table's; of a longer one the table has a part and a hash.
SELECT docdb.insert_one('names.' || repeat('n', 63), '{"_id": 63}');
SELECT docdb.insert_one('names.' || repeat('n', 64), '{"_id": 64}');
SELECT docdb.insert_one('names.' || repeat('n', 65), '{"_id": 65}');
SELECT docdb.insert_one('names.' || repeat('ü', 60), '{"_id": 120}');
SELECT docdb.insert_one('names.' || repeat('x', 249), '{"_id": 249}');
SELECT docdb.find('names.' || repeat('n', 63)), docdb.find('names.' || repeat('n', 64)),
       docdb.find('names.' || repeat('n', 65)), docdb.find(repeat('ü', 60)),
       docdb.find(repeat('x', 249));
SELECT relname, octet_length(relname) FROM pg_class
    WHERE relnamespace = 'names'::regnamespace AND relkind = 'r' AND octet_length(relname) > 40
    ORDER BY 1;
SELECT collection, octet_length(name), options FROM docdb.collections ORDER BY 1::text;
SELECT docdb.count_documents('names.' || repeat('n', 66));
-- The table's own name is a name as well.
SELECT docdb.find((SELECT relname FROM pg_class WHERE relname LIKE 'nnn%~%' AND relkind = 'r'
                   ORDER BY 1 LIMIT 1));
SELECT doc -> 'name' FROM docdb.list_collections('names') doc;
-- A table that was renamed has the name it was given.
ALTER TABLE names."xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx~165fb350e336bd67" RENAME TO short;
SELECT docdb.find('names.short');
SELECT docdb.count_documents('names.' || repeat('x', 249));
SELECT docdb.list_collections('names', '{"name": {"$regex": "^(x|short)"}}') -> 'name';
SELECT docdb.drop_collection('names.' || repeat('n', 64));
SELECT octet_length(name) FROM docdb.collections ORDER BY 1;

-- Names that MongoDB does not allow: InvalidNamespace.
SELECT docdb.find('');
SELECT docdb.find('names.');
SELECT docdb.find('.coll');
SELECT docdb.find('names..coll');
SELECT docdb.find('a$b');
SELECT docdb.find('names.a$b');
SELECT docdb.find('$cmd');
SELECT docdb.find('a b.coll');
SELECT docdb.find('a/b.coll');
SELECT docdb.find('a\b.coll');
SELECT docdb.find('a"b.coll');
SELECT docdb.find('a$b.coll');
SELECT docdb.find(repeat('d', 64) || '.coll');
SELECT docdb.find('names.' || repeat('x', 250));
SELECT docdb.insert_one('names.system.views', '{}');
SELECT docdb.create_collection('names.system.anything');
SELECT docdb.find('names.system.views');
SELECT docdb.insert_one('names.systematic', '{"_id": 1}');
SELECT docdb.find(NULL);

-- PostgreSQL's own schemas are not to be had.
SELECT docdb.insert_one('pg_new.things', '{}');

-- Relations that are no collections.
CREATE TABLE not_one (a int);
CREATE TABLE half_one (doc bson);
CREATE TABLE wrong_one (_id int, doc bson);
CREATE SEQUENCE a_sequence;
SELECT docdb.find('not_one');
SELECT docdb.find('half_one');
SELECT docdb.find('wrong_one');
SELECT docdb.find('a_sequence');
SELECT docdb.insert_one('not_one', '{}');
SELECT docdb.create_collection('not_one');
SELECT docdb.drop_collection('not_one');

-- No current schema: only qualified names.
SET search_path = '';
SELECT docdb.find('Plain');
SELECT docdb.find('names.Plain');
SET search_path = nonexistent;
SELECT docdb.insert_one('Plain', '{}');

-- Temporary tables.
SET search_path = pg_temp, public;
SELECT docdb.insert_one('fleeting', '{"_id": 1}');
SELECT docdb.find('fleeting');
SELECT relpersistence FROM pg_class WHERE relname = 'fleeting';
SET search_path = public;
SELECT docdb.count_documents('fleeting');

DROP SCHEMA names CASCADE;
DROP SCHEMA names_new CASCADE;
SELECT * FROM docdb.collections;
