-- Privileges and row-level security on a collection are those of its table.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE ROLE docdb_owner;
CREATE ROLE docdb_user;
CREATE SCHEMA priv AUTHORIZATION docdb_owner;
GRANT USAGE ON SCHEMA priv TO docdb_user;
CREATE SCHEMA closed;

SET ROLE docdb_owner;
SELECT docdb.insert_many('priv.c', ARRAY['{"_id": 1, "owner": "docdb_user", "n": 1}', '{"_id": 2, "owner": "docdb_owner", "n": 2}']::bson[]);
SELECT docdb.create_collection('priv.' || repeat('long', 20), '{"validator": {"a": 1}}');

-- Without privileges: nothing, with PostgreSQL's own error.
SET ROLE docdb_user;
SELECT docdb.find('priv.c');
SELECT docdb.find_one('priv.c', '{"_id": 1}');
SELECT docdb.count_documents('priv.c');
SELECT docdb.estimated_document_count('priv.c');
SELECT docdb.distinct('priv.c', 'a');
SELECT docdb.insert_one('priv.c', '{}');
SELECT docdb.insert_many('priv.c', ARRAY['{}', '{}']::bson[]);
SELECT docdb.update_one('priv.c', '{"_id": 1}', '{"$set": {"a": 1}}');
SELECT docdb.update_one('priv.c', '{"n": 1}', '{"$set": {"a": 1}}');
SELECT docdb.update_many('priv.c', '{}', '{"$set": {"a": 1}}');
SELECT docdb.replace_one('priv.c', '{"_id": 1}', '{}');
SELECT docdb.delete_one('priv.c', '{"_id": 1}');
SELECT docdb.delete_many('priv.c', '{}');
SELECT docdb.find_one_and_update('priv.c', '{"_id": 1}', '{"$set": {"a": 1}}');
SELECT docdb.find_one_and_delete('priv.c', '{"_id": 1}');
SELECT docdb.bulk_write('priv.c', '[{"insertOne": {"document": {}}}, {"deleteMany": {"filter": {}}}]', '{"ordered": false}') -> 'writeErrors';
SELECT docdb.drop_collection('priv.c');
SELECT docdb.rename_collection('priv.c', 'd');
SELECT docdb.create_index('priv.c', '{"a": 1}');
SELECT docdb.create_collection('priv.new');
SELECT docdb.insert_one('priv.new', '{}');
SELECT docdb.insert_one('newdatabase.c', '{}');
SELECT docdb.find('closed.c');
SELECT docdb.insert_one('closed.c', '{}');
SELECT docdb.find('nosuchdatabase.c');

-- The table of names and options is to read.
SELECT count(*), count(name), count(options) FROM docdb.collections;
INSERT INTO docdb.collections VALUES ('priv.c', 'x', '{}');
UPDATE docdb.collections SET options = NULL;
DELETE FROM docdb.collections;
-- Dropping a table of his own is any role's right, and cleans up.
CREATE TEMP TABLE mine (a int);
DROP TABLE mine;

-- With one privilege each.
SET ROLE docdb_owner;
GRANT SELECT ON priv.c TO docdb_user;
SET ROLE docdb_user;
SELECT docdb.find('priv.c'), docdb.count_documents('priv.c'), docdb.estimated_document_count('priv.c');
SELECT docdb.insert_one('priv.c', '{"_id": 3}');
SELECT docdb.update_one('priv.c', '{"_id": 1}', '{"$set": {"a": 1}}');
SELECT docdb.find_one_and_update('priv.c', '{"_id": 1}', '{"$set": {"a": 1}}');
SET ROLE docdb_owner;
REVOKE SELECT ON priv.c FROM docdb_user;
GRANT INSERT ON priv.c TO docdb_user;
SET ROLE docdb_user;
SELECT docdb.insert_one('priv.c', '{"_id": 3}');
SELECT docdb.insert_many('priv.c', ARRAY['{"_id": 4}', '{"_id": 5}']::bson[]);
SELECT docdb.find('priv.c');
SELECT docdb.update_one('priv.c', '{"_id": 9}', '{"$set": {"a": 1}}', '{"upsert": true}');
SET ROLE docdb_owner;
REVOKE INSERT ON priv.c FROM docdb_user;
GRANT INSERT (_id) ON priv.c TO docdb_user;
SET ROLE docdb_user;
SELECT docdb.insert_one('priv.c', '{"_id": 6}');
SET ROLE docdb_owner;
GRANT INSERT (doc) ON priv.c TO docdb_user;
SET ROLE docdb_user;
SELECT docdb.insert_one('priv.c', '{"_id": 6}');
SELECT docdb.insert_many('priv.c', ARRAY['{"_id": 7}', '{"_id": 8}']::bson[]);
SET ROLE docdb_owner;
GRANT SELECT, UPDATE ON priv.c TO docdb_user;
SET ROLE docdb_user;
SELECT docdb.update_one('priv.c', '{"n": 1}', '{"$set": {"a": 1}}'), docdb.update_many('priv.c', '{}', '{"$set": {"a": 1}}');
SELECT docdb.find_one_and_update('priv.c', '{"_id": 1}', '{"$set": {"a": 2}}', '{"returnDocument": "after"}');
SELECT docdb.delete_one('priv.c', '{"_id": 8}');
SET ROLE docdb_owner;
GRANT DELETE ON priv.c TO docdb_user;
SET ROLE docdb_user;
SELECT docdb.delete_one('priv.c', '{"_id": 8}'), docdb.delete_many('priv.c', '{"_id": {"$gt": 2}}');

-- Cached plans are of the role that made them: the same call by both, in turn.
SET ROLE docdb_owner;
REVOKE ALL ON priv.c FROM docdb_user;
SELECT docdb.find_one('priv.c', '{"_id": 1}') -> '_id';
SET ROLE docdb_user;
SELECT docdb.find_one('priv.c', '{"_id": 1}') -> '_id';
SET ROLE docdb_owner;
SELECT docdb.find_one('priv.c', '{"_id": 1}') -> '_id';

-- Row-level security.
GRANT SELECT, INSERT, UPDATE, DELETE ON priv.c TO docdb_user;
ALTER TABLE priv.c ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON priv.c TO docdb_user USING ((doc ->> 'owner') = current_user) WITH CHECK ((doc ->> 'owner') = current_user AND NOT doc @@ '{"bad": true}');
SET ROLE docdb_user;
SELECT docdb.find('priv.c') -> '_id';
SELECT docdb.find_one('priv.c', '{"_id": 2}');
SELECT docdb.count_documents('priv.c'), docdb.estimated_document_count('priv.c');
SELECT docdb.distinct('priv.c', 'owner');
SELECT docdb.update_many('priv.c', '{}', '{"$set": {"seen": true}}');
SELECT docdb.update_one('priv.c', '{"_id": 2}', '{"$set": {"seen": true}}');
SELECT docdb.update_one('priv.c', '{"n": 2}', '{"$set": {"seen": true}}');
SELECT docdb.update_one('priv.c', '{"_id": 1}', '{"$set": {"owner": "docdb_owner"}}');
SELECT docdb.find_one_and_update('priv.c', '{"_id": 2}', '{"$set": {"seen": true}}');
SELECT docdb.delete_one('priv.c', '{"_id": 2}'), docdb.find_one_and_delete('priv.c', '{"_id": 2}');
SELECT docdb.insert_one('priv.c', '{"_id": 10, "owner": "docdb_user"}');
SELECT docdb.insert_one('priv.c', '{"_id": 11, "owner": "docdb_owner"}');
SELECT docdb.insert_many('priv.c', ARRAY['{"_id": 12, "owner": "docdb_user"}', '{"_id": 13, "owner": "docdb_user", "bad": true}']::bson[]);
SELECT docdb.bulk_write('priv.c', '[{"insertOne": {"document": {"_id": 12, "owner": "docdb_user"}}}, {"insertOne": {"document": {"_id": 13, "owner": "docdb_owner"}}}]', '{"ordered": false}') -> 'writeErrors';
SELECT docdb.update_one('priv.c', '{"_id": 2}', '{"$set": {"owner": "docdb_user"}}', '{"upsert": true}');
SELECT docdb.delete_many('priv.c', '{}');
SET ROLE docdb_owner;
SELECT docdb.find('priv.c');
SELECT docdb.count_documents('priv.c'), docdb.estimated_document_count('priv.c');
ALTER TABLE priv.c FORCE ROW LEVEL SECURITY;
SELECT docdb.find('priv.c');
SET row_security = off;
SELECT docdb.find('priv.c');
RESET row_security;
RESET ROLE;
SELECT docdb.find('priv.c') -> '_id';

-- The owner alone gives options, names and indexes.
SET ROLE docdb_owner;
SELECT docdb.create_index('priv.c', '{"n": 1}', '{"name": "by n"}');
SELECT docdb.list_indexes('priv.c') ->> 'name';
SELECT docdb.drop_index('priv.c', 'by n');
SELECT docdb.rename_collection('priv.' || repeat('long', 20), repeat('other', 15));
SELECT octet_length(name) FROM docdb.collections;
SELECT docdb.drop_collection('priv.' || repeat('other', 15));
SELECT count(*) FROM docdb.collections;
-- A function of the definer's rights runs docdb's with them.
CREATE FUNCTION priv.definer() RETURNS SETOF bson LANGUAGE sql SECURITY DEFINER SET search_path = priv, public AS $$ SELECT docdb.find('c') $$;
ALTER TABLE priv.c NO FORCE ROW LEVEL SECURITY;
SET ROLE docdb_user;
SELECT priv.definer() -> '_id';
SELECT docdb.find('priv.c') -> '_id';
RESET ROLE;

-- Names that others put in the way are not used: everything is qualified.
CREATE SCHEMA evil;
CREATE FUNCTION evil.match(bson, bson) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil'; END $$;
CREATE OPERATOR evil.@@ (LEFTARG = bson, RIGHTARG = bson, FUNCTION = evil.match);
CREATE FUNCTION evil.eq(bson_value, bson_value) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil'; END $$;
CREATE OPERATOR evil.= (LEFTARG = bson_value, RIGHTARG = bson_value, FUNCTION = evil.eq);
CREATE FUNCTION evil.count() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil'; END $$;
CREATE TABLE evil.collections (LIKE docdb.collections);
SET search_path = evil, pg_catalog;
SELECT docdb.find('priv.c', '{"_id": 2, "n": 2}', '{"n": 1}', '{"n": 1}', 0, 1);
SELECT docdb.count_documents('priv.c', '{"n": 2}'), docdb.count_documents('priv.c', '{"n": 2}', '{"limit": 5}');
SELECT docdb.distinct('priv.c', 'owner');
SELECT docdb.update_one('priv.c', '{"n": 2}', '{"$set": {"x": 1}}'), docdb.find_one_and_update('priv.c', '{"n": 2}', '{"$set": {"x": 2}}');
SELECT docdb.insert_one('priv.c', '{"_id": 50}'), docdb.delete_one('priv.c', '{"_id": 50}');
SELECT docdb.create_collection('priv.made'), docdb.create_index('priv.made', '{"a": 1}'), docdb.drop_collection('priv.made');
RESET search_path;

DROP SCHEMA evil, closed, priv CASCADE;
DROP ROLE docdb_owner, docdb_user;
