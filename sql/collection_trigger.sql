-- The row trigger: column _id is the document's _id, whoever writes the row.
\set VERBOSITY sqlstate
\pset format unaligned
SET client_min_messages = warning;
CREATE SCHEMA trig;
SET search_path = trig, public;
SELECT docdb.create_collection('t');

-- Insertions: _id from the document, made first; from the column; or a new ObjectId.
INSERT INTO t (doc) VALUES ('{"_id": 1, "a": 1}'), ('{"a": 2, "_id": 2, "b": 2}');
INSERT INTO t (_id, doc) VALUES ('3', '{"_id": 3}'), ('4', '{"a": 4}'), ('5', '{"a": 5, "_id": 5}');
INSERT INTO t (doc) VALUES ('{"n": "new"}') RETURNING docdb.type_name(_id), _id = (doc -> '_id') AS same,
    (SELECT string_agg(key, ',') FROM jsonb_object_keys(doc::jsonb) key) AS keys;
COPY t (doc) FROM stdin;
{"_id": 6}
{"a": 7, "_id": 7}
\.
COPY t (_id, doc) FROM stdin;
8	{"_id": 8}
\.
SELECT _id, doc FROM t WHERE docdb.type_name(_id) = 'int' ORDER BY _id;
DELETE FROM t;

-- Numbers that are equal are the same _id; the document's type is kept.
INSERT INTO t (_id, doc) VALUES ('1', '{"_id": 1.5}');
INSERT INTO t (_id, doc) VALUES ('1', '{"_id": {"$numberLong": "1"}}') RETURNING _id, doc;
INSERT INTO t (_id, doc) VALUES ('1', '{"_id": 1}');
INSERT INTO t (doc) VALUES ('{"_id": 1.0}');

-- _id of every type.
CREATE FUNCTION outcome(document text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    DELETE FROM t;
    INSERT INTO t (doc) VALUES (document::bson) RETURNING _id::text INTO result;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE) || ' ' || SQLERRM;
END $$;
SELECT document, outcome(document) FROM (VALUES
    ('{"_id": 1}'),
    ('{"_id": {"$numberLong": "1"}}'),
    ('{"_id": 1.5}'),
    ('{"_id": {"$numberDecimal": "1.50"}}'),
    ('{"_id": {"$numberDouble": "NaN"}}'),
    ('{"_id": "text"}'),
    ('{"_id": ""}'),
    ('{"_id": null}'),
    ('{"_id": true}'),
    ('{"_id": {"$date": "2020-01-01T00:00:00Z"}}'),
    ('{"_id": {"$timestamp": {"t": 0, "i": 0}}}'),
    ('{"_id": {"$oid": "0123456789abcdef01234567"}}'),
    ('{"_id": {"$binary": {"base64": "AQID", "subType": "04"}}}'),
    ('{"_id": {"$minKey": 1}}'),
    ('{"_id": {"$maxKey": 1}}'),
    ('{"_id": {"$code": "f()"}}'),
    ('{"_id": {}}'),
    ('{"_id": {"a": 1, "b": {"$numberLong": "2"}}}'),
    ('{"_id": {"a": {"b": [1, 2]}}}'),
    ('{"_id": {"a.b": 1}}'),
    ('{"_id": {"$ref": "coll", "$id": 1}}'),
    ('{"_id": {"$ref": "coll", "$id": 1, "$db": "d"}}'),
    ('{"_id": {"$id": 1}}'),
    ('{"_id": {"a": 1, "$b": 2}}'),
    ('{"_id": {"$a": 1}}'),
    ('{"_id": []}'),
    ('{"_id": [1]}'),
    ('{"_id": {"$regularExpression": {"pattern": "a", "options": ""}}}'),
    ('{"_id": {"$undefined": true}}'),
    ('{"a": 1, "_id": [1]}'),
    ('{"a": 1, "_id": 2, "b": 3, "_id": 4}'),
    ('{"ID": 1, "_id": 7, "_Id": 2}'),
    ('{"_id2": 1, "_id": 8}')) AS v(document);
-- Given in both places, what cannot be an _id is refused all the same.
INSERT INTO t (_id, doc) VALUES ('[1]', '{"_id": [1]}');
INSERT INTO t (_id, doc) VALUES ('[1]', '{"a": 1}');
INSERT INTO t (_id, doc) VALUES ('{"$a": 1}', '{"_id": {"$a": 1}}');

-- Nulls are the constraints' affair.
INSERT INTO t (_id, doc) VALUES ('1', NULL);
INSERT INTO t (_id, doc) VALUES (NULL, '{"_id": 1}');
UPDATE t SET doc = NULL;

-- Updates keep the _id.
DELETE FROM t;
INSERT INTO t (doc) VALUES ('{"_id": 1, "a": 1}');
UPDATE t SET doc = '{"_id": 1, "a": 2}' RETURNING _id, doc;
UPDATE t SET doc = '{"a": 3}' RETURNING _id, doc;
UPDATE t SET doc = '{"a": 4, "_id": 1}' RETURNING _id, doc;
UPDATE t SET doc = '{"_id": 1.0, "a": 5}' RETURNING _id, doc;
UPDATE t SET doc = '{"_id": 2, "a": 6}';
UPDATE t SET _id = '2';
UPDATE t SET _id = '2', doc = '{"_id": 2}';
UPDATE t SET _id = '2', doc = '{"a": 2}';
UPDATE t SET _id = NULL, doc = '{"a": 7}';
UPDATE t SET _id = '1' RETURNING _id, doc;
UPDATE t SET _id = '1', doc = '{"_id": 1, "a": 8}' RETURNING _id, doc;
\set VERBOSITY default
UPDATE t SET doc = '{"_id": 2, "a": 6}';
\set VERBOSITY sqlstate

-- ON CONFLICT knows the _id that the trigger filled in.
INSERT INTO t (doc) VALUES ('{"_id": 1, "a": "again"}') ON CONFLICT (_id) DO UPDATE SET doc = excluded.doc
    RETURNING doc;
INSERT INTO t (doc) VALUES ('{"_id": 1, "a": "never"}') ON CONFLICT DO NOTHING;
MERGE INTO t USING (VALUES ('{"_id": 1, "m": 1}'::bson), ('{"_id": 2, "m": 2}')) AS s(doc) ON t._id = (s.doc -> '_id')
    WHEN MATCHED THEN UPDATE SET doc = s.doc WHEN NOT MATCHED THEN INSERT (doc) VALUES (s.doc);
SELECT * FROM t ORDER BY _id;

-- An update that changes nothing is plain SQL's to make: the row is written.
SELECT ctid FROM t WHERE _id = '2' \gset before_
UPDATE t SET doc = doc WHERE _id = '2';
SELECT ctid = :'before_ctid' AS unwritten FROM t WHERE _id = '2';
-- Through docdb it is not.
SELECT ctid FROM t WHERE _id = '2' \gset before_
SELECT * FROM docdb.update_one('t', '{"_id": 2}', '{"$set": {"m": 2}}');
SELECT ctid = :'before_ctid' AS unwritten FROM t WHERE _id = '2';
-- Not even where a trigger's own statement runs inside of it.
CREATE TABLE log (_id bson_value PRIMARY KEY, doc bson NOT NULL);
CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON log
    FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
INSERT INTO log (doc) VALUES ('{"_id": "l"}');
CREATE FUNCTION touch_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    UPDATE log SET doc = doc;
    GET DIAGNOSTICS n = ROW_COUNT;
    RAISE WARNING USING ERRCODE = CASE n WHEN 1 THEN 'LOG01' ELSE 'LOG00' END, MESSAGE = 'touched';
    RETURN NULL;
END $$;
CREATE TRIGGER touch AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch_log();
SELECT * FROM docdb.update_many('t', '{}', '{"$set": {"m": 1}}');
DROP TRIGGER touch ON t;

-- A document of the largest size, and one more.
INSERT INTO t (doc) SELECT format('{"_id": 3, "s": "%s"}', repeat('x', 16 * 1024 * 1024 - 22))::bson;
SELECT octet_length(doc::bytea) FROM t WHERE _id = '3';
UPDATE t SET doc = (SELECT format('{"_id": 3, "s": "%s"}', repeat('x', 16 * 1024 * 1024 - 21))::bson) WHERE _id = '3';
INSERT INTO t (doc) SELECT format('{"_id": 4, "s": "%s"}', repeat('x', 16 * 1024 * 1024 - 21))::bson;
DELETE FROM t WHERE _id = '3';

-- Large documents, out of line and compressed.
INSERT INTO t (doc) SELECT format('{"_id": 5, "s": "%s"}', repeat('abc', 100000))::bson;
UPDATE t SET doc = doc WHERE _id = '5' RETURNING _id;
SELECT * FROM docdb.update_one('t', '{"_id": 5}', '{"$set": {"x": 1}}');
SELECT * FROM docdb.update_one('t', '{"_id": 5}', '{"$set": {"x": 1}}');
INSERT INTO t (doc) SELECT docdb.update_document(doc, '{"$set": {"y": 1}}') FROM t WHERE _id = '5'
    ON CONFLICT (_id) DO UPDATE SET doc = excluded.doc RETURNING _id;
SELECT doc -> 'x', doc -> 'y', length(doc ->> 's') FROM t WHERE _id = '5';

-- Partitions have the trigger; the parent is routed by the _id that the statement gives.
CREATE TABLE p (_id bson_value PRIMARY KEY, doc bson NOT NULL) PARTITION BY HASH (_id);
CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON p
    FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
SELECT docdb.insert_many('p', array_agg(format('{"_id": %s}', i)::bson)) FROM generate_series(1, 20) i;
SELECT docdb.insert_one('p', '{"_id": 21}');
SELECT count(*), count(DISTINCT tableoid) FROM p;
SELECT * FROM docdb.update_many('p', '{"_id": {"$lt": 6}}', '{"$set": {"x": 1}}');
SELECT * FROM docdb.update_many('p', '{"_id": {"$lt": 11}}', '{"$set": {"x": 1}}');
SELECT * FROM docdb.update_one('p', '{"x": 1}', '{"$set": {"y": 1}}');
SELECT * FROM docdb.update_one('p', '{"_id": 100}', '{"$set": {"y": 1}}', '{"upsert": true}');
SELECT docdb.find_one_and_update('p', '{"_id": 100}', '{"$set": {"y": 2}}');
SELECT docdb.delete_one('p', '{"x": 1}'), docdb.delete_many('p', '{"x": 1}');
INSERT INTO p0 (doc) VALUES ('{"_id": 1}');
INSERT INTO p1 (doc) VALUES ('{"_id": 1}');
SELECT docdb.count_documents('p');

-- The function is a trigger function and nothing else.
SELECT docdb.collection_trigger();
CREATE TRIGGER wrong AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
INSERT INTO t (doc) VALUES ('{"_id": "w"}');
DROP TRIGGER wrong ON t;
CREATE TRIGGER wrong BEFORE INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION docdb.collection_trigger();
INSERT INTO t (doc) VALUES ('{"_id": "w"}');
DROP TRIGGER wrong ON t;
CREATE TRIGGER wrong BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
DELETE FROM t;
DROP TRIGGER wrong ON t;
CREATE TABLE other (a int);
CREATE TRIGGER wrong BEFORE INSERT ON other FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
INSERT INTO other VALUES (1);

DROP SCHEMA trig CASCADE;
