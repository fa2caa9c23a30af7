-- Updates that need no index entries: HOT although the column doc changed, where no index of the
-- table would have other entries.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA hot;
SET search_path = hot, public;

CREATE FUNCTION counts(OUT updates bigint, OUT hot bigint) LANGUAGE sql VOLATILE AS $$
    SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_all_tables
    WHERE relid = (SELECT oid FROM pg_class WHERE relname = 'h' AND relnamespace = 'hot'::regnamespace)
$$;

-- What an update of the one document was: '=' no update, 'hot', or 'entries'.
CREATE FUNCTION try(document bson, update bson_value, by_id boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before record;
    after record;
BEGIN
    TRUNCATE hot.h;
    PERFORM docdb.insert_one('hot.h', document);
    before := hot.counts();
    IF by_id THEN
        PERFORM docdb.update_one('hot.h', '{"_id": 1}', update);
    ELSE
        PERFORM docdb.update_many('hot.h', '{}', update);
    END IF;
    after := hot.counts();
    RETURN CASE WHEN after.updates = before.updates THEN '='
                WHEN after.hot > before.hot THEN 'hot' ELSE 'entries' END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

CREATE TABLE tried (id int GENERATED ALWAYS AS IDENTITY, document bson, update bson_value);
INSERT INTO tried (document, update) VALUES
-- Nothing of an index; fields that are new, that go, that change their size.
('{"_id": 1, "a": 1, "x": 1}', '{"$inc": {"x": 1}}'),
('{"_id": 1, "a": 1, "x": 1}', '{"$set": {"x": "long string"}}'),
('{"_id": 1, "a": 1}', '{"$set": {"x": 1}}'),
('{"_id": 1, "x": 1, "y": 2, "a": 1}', '{"$unset": {"x": 1}}'),
('{"_id": 1, "x": 1, "y": 2, "a": 1}', '{"$rename": {"x": "z"}}'),
('{"_id": 1, "a": 1, "x": 1}', '{"$set": {"x": 1}}'),
('{"_id": 1, "a": 1, "b": {"c": 1}, "x": 1}', '[{"$replaceWith": {"_id": 1, "x": 2, "b": {"c": 1}, "a": 1}}]'),
-- A key changes.
('{"_id": 1, "a": 1}', '{"$inc": {"a": 1}}'),
('{"_id": 1, "a": 1}', '{"$unset": {"a": 1}}'),
('{"_id": 1, "b": {"c": 1}}', '{"$inc": {"b.c": 1}}'),
('{"_id": 1}', '{"$set": {"a": 1}}'),
-- The field changes, the key does not: another type, missing for null, beside the path.
('{"_id": 1, "a": 1}', '{"$set": {"a": {"$numberLong": "1"}}}'),
('{"_id": 1, "a": 1}', '{"$set": {"a": {"$numberDouble": "1"}}}'),
('{"_id": 1, "a": {"$numberDouble": "0"}}', '{"$set": {"a": {"$numberDouble": "-0"}}}'),
('{"_id": 1}', '{"$set": {"a": null}}'),
('{"_id": 1, "a": null}', '{"$unset": {"a": 1}}'),
('{"_id": 1, "b": {"c": 1}}', '{"$set": {"b.d": 1}}'),
('{"_id": 1, "b": {"c": 1, "d": 1}}', '{"$set": {"b": {"d": 5, "c": 1}}}'),
-- Arrays: their keys and the marker.
('{"_id": 1, "a": [1, 2]}', '{"$push": {"a": 3}}'),
('{"_id": 1, "a": [1, 2]}', '{"$push": {"a": 2}}'),
('{"_id": 1, "a": [1, 2]}', '{"$set": {"a": [2, 1]}}'),
('{"_id": 1, "a": [1]}', '{"$set": {"a": 1}}'),
('{"_id": 1, "a": 1}', '{"$set": {"a": [1]}}'),
('{"_id": 1, "b": [{"c": 1}, {"c": 2}]}', '{"$set": {"b.0.d": 3}}'),
('{"_id": 1, "b": [{"c": 1}, {"c": 2}]}', '{"$set": {"b.0.c": 2}}'),
('{"_id": 1, "b": [{"c": 1}, {"c": 2}]}', '{"$set": {"b.0.c": 1.0}}'),
('{"_id": 1, "b": [{"c": 1}, {"c": 2}]}', '{"$set": {"b": {"c": [1, 2]}}}'),
('{"_id": 1, "a": [1], "b": {"c": 1}}', '{"$set": {"b.c": [1]}}'),
-- The partial filter, on which the sparse index depends as well.
('{"_id": 1, "p": 1, "q": 1}', '{"$set": {"q": 2}}'),
('{"_id": 1, "p": 7, "q": 1}', '{"$set": {"q": 2}}'),
('{"_id": 1, "p": 7, "q": 1}', '{"$set": {"p": 8}}'),
('{"_id": 1, "p": 1, "q": 1}', '{"$set": {"p": 2}}'),
('{"_id": 1, "p": 7, "q": 1}', '{"$set": {"p": 1}}'),
('{"_id": 1, "s": 1}', '{"$unset": {"s": 1}}'),
('{"_id": 1, "s": null}', '{"$unset": {"s": 1}}'),
-- More fields than are told apart, and a document that is stored out of line.
('{"_id": 1, "a": 1}', '{"$set": {"x0": 0, "x1": 0, "x2": 0, "x3": 0, "x4": 0, "x5": 0, "x6": 0, "x7": 0, "x8": 0, "x9": 0, "xa": 0, "xb": 0, "xc": 0, "xd": 0, "xe": 0, "xf": 0, "xg": 0}}'),
('{"_id": 1, "a": 1}', '{"$set": {"x0": 0, "x1": 0, "x2": 0, "x3": 0, "x4": 0, "x5": 0, "x6": 0, "x7": 0, "x8": 0, "x9": 0, "xa": 0, "xb": 0, "xc": 0, "xd": 0, "xe": 0, "xf": 0, "xg": 0, "a": 2}}'),
-- _id: equal, but not the same.
('{"_id": 1, "a": 1}', '{"$set": {"_id": 1.0}}'),
-- Keys that are cut, and what is cut off them.
(format('{"_id": 1, "a": "%s1"}', repeat('x', 3000))::bson, format('{"$set": {"a": "%s2"}}', repeat('x', 3000))::bson_value),
(format('{"_id": 1, "a": "%s1"}', repeat('x', 3000))::bson, '{"$set": {"x": 1}}');

SELECT docdb.create_index('h', '{"a": 1, "b.c": -1}');
SELECT docdb.create_index('h', '{"q": 1}', '{"partialFilterExpression": {"p": {"$gt": 5}}}');
SELECT docdb.create_index('h', '{"s": 1}', '{"sparse": true, "unique": true}');
SELECT id, left(update::text, 60), try(document, update, true), try(document, update, false) FROM tried ORDER BY id;

-- A document out of line; many updates of one row, whose versions are pruned away.
DELETE FROM h;
SELECT docdb.insert_one('h', jsonb_build_object('_id', 1, 'a', 1, 'x', 1, 'text',
    (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 2000) AS i))::text::bson);
BEGIN;
SELECT updates, hot FROM counts() \gset
SELECT count(docdb.update_one('h', '{"_id": 1}', '{"$inc": {"x": 1}}')) FROM generate_series(1, 3);
SELECT updates - :updates, hot - :hot FROM counts();
COMMIT;
DO $$
BEGIN
    FOR i IN 1 .. 200 LOOP
        PERFORM docdb.update_one('hot.h', '{"_id": 1}', '{"$inc": {"x": 1}}');
        COMMIT;
    END LOOP;
END $$;
SET enable_seqscan = off;
SELECT docdb.find_one('h', '{"a": 1}', '{"x": 1}'), docdb.count_documents('h', '{"a": {"$gt": 0}}');
RESET enable_seqscan;
SELECT indexrelid::regclass, docdb.index_check(indexrelid) FROM pg_index WHERE indrelid = 'h'::regclass AND NOT indisunique ORDER BY 1;

-- A key that goes away and comes back: each is found with its own document only.
DELETE FROM h;
SELECT docdb.insert_one('h', '{"_id": 1, "a": 1, "x": 0}');
SELECT docdb.update_one('h', '{"_id": 1}', update)
FROM (VALUES (1, '{"$inc": {"x": 1}}'::bson_value), (2, '{"$set": {"a": 2}}'), (3, '{"$inc": {"x": 1}}'), (4, '{"$set": {"a": 1}}'), (5, '{"$inc": {"x": 1}}'),
             (6, '{"$set": {"a": [1, 2]}}'), (7, '{"$inc": {"x": 1}}'), (8, '{"$set": {"a": 2}}'), (9, '{"$inc": {"x": 1}}')) AS u (n, update) ORDER BY n;
SET enable_seqscan = off;
SELECT a, docdb.find_one('h', format('{"a": %s}', a)::bson) FROM generate_series(0, 3) AS a;
VACUUM h;
SELECT a, docdb.find_one('h', format('{"a": %s}', a)::bson) FROM generate_series(0, 3) AS a;
RESET enable_seqscan;
-- The versions before are put into the indexes as well while another session may still see them.
DO $$
BEGIN
    FOR i IN 1 .. 600 LOOP
        PERFORM pg_stat_clear_snapshot();
        EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid());
        PERFORM pg_sleep(0.1);
    END LOOP;
END
$$;
REINDEX TABLE h;
SELECT indexrelid::regclass, docdb.index_check(indexrelid) FROM pg_index WHERE indrelid = 'h'::regclass AND NOT indisunique ORDER BY 1;

-- An update that is undone leaves a version that others see by the old entries.
BEGIN;
SELECT docdb.update_one('h', '{"_id": 1}', '{"$inc": {"x": 100}}');
SAVEPOINT s;
SELECT docdb.update_one('h', '{"_id": 1}', '{"$set": {"a": 9}}');
ROLLBACK TO s;
SELECT docdb.update_one('h', '{"_id": 1}', '{"$inc": {"x": 100}}');
ROLLBACK;
SET enable_seqscan = off;
SELECT a, docdb.find_one('h', format('{"a": %s}', a)::bson) FROM generate_series(1, 9, 4) AS a;
RESET enable_seqscan;

-- An error in the middle of an update leaves the table as fit for HOT updates as it was.
SELECT try('{"_id": 1, "a": 1, "x": 1}', '{"$inc": {"x": 1}}', true);
DELETE FROM h;
SELECT docdb.insert_many('h', ARRAY['{"_id": 1, "s": 1}', '{"_id": 2, "s": 2}']::bson[]);
SELECT docdb.update_one('h', '{"_id": 1}', '{"$set": {"s": 2}}');
SELECT docdb.update_many('h', '{}', '{"$set": {"a": [1], "b": {"c": [1]}}}');
BEGIN;
SELECT updates, hot FROM counts() \gset
SELECT docdb.update_many('h', '{}', '{"$set": {"x": 1}}');
SELECT updates - :updates, hot - :hot FROM counts();
UPDATE h SET doc = docdb.update_document(doc, '{"$set": {"a": 7}}');
SELECT updates - :updates, hot - :hot FROM counts();
COMMIT;
SET enable_seqscan = off;
SELECT docdb.count_documents('h', '{"a": 7}');
RESET enable_seqscan;
DROP TABLE h;

-- Other people's indexes over the document: expressions, predicates, GIN, hash, BRIN, the document
-- itself, the whole row, and one of ours over an expression.
CREATE FUNCTION strict_text(bson, text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    IF $1 ->> $2 = 'error' THEN
        RAISE EXCEPTION 'no error in an index';
    END IF;
    RETURN $1 ->> $2;
END $$;
CREATE FUNCTION try_index(definition text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS hot.h;
    PERFORM docdb.create_collection('hot.h');
    EXECUTE definition;
    RETURN QUERY SELECT string_agg(hot.try(document, update, true) || '/' || hot.try(document, update, false), ' ' ORDER BY id)
                 FROM hot.other;
END $$;
CREATE TABLE other (id int GENERATED ALWAYS AS IDENTITY, document bson, update bson_value);
INSERT INTO other (document, update) VALUES
('{"_id": 1, "a": 1, "x": 1}', '{"$inc": {"x": 1}}'),
('{"_id": 1, "a": 1, "x": 1}', '{"$inc": {"a": 1}}'),
('{"_id": 1, "a": "s", "x": 1}', '{"$set": {"a": "t"}}'),
('{"_id": 1, "a": 1, "x": 1}', '{"$unset": {"a": 1}}'),
('{"_id": 1, "a": [1, {"b": 2}]}', '{"$push": {"x": 1}}'),
('{"_id": 1, "a": 1, "x": 1}', '{"$set": {"a": "error"}}'),
('{"_id": 1, "a": 8, "x": 8}', '{"$set": {"x": 9}}'),
('{"_id": 1, "a": 8, "x": 9}', '{"$set": {"x": 8}}'),
('{"_id": 1, "a": 8, "x": 9}', '{"$set": {"x": 10}}'),
('{"_id": 1, "o": {"a": 8}, "x": 0}', '{"$set": {"x": 1}}'),
('{"_id": 1, "o": {"a": 8}, "x": 0}', '{"$set": {"o.a": 1}}');
SELECT definition, try_index(definition) FROM (VALUES
(1, $$CREATE INDEX ON hot.h ((doc ->> 'a'))$$),
(2, $$CREATE INDEX ON hot.h (_id, (doc ->> 'a')) INCLUDE (_id)$$),
(3, $$CREATE INDEX ON hot.h (_id) WHERE doc @@ '{"x": {"$gt": 8}}'$$),
(4, $$CREATE INDEX ON hot.h ((doc ->> 'a')) WHERE doc @@ '{"x": {"$gt": 8}}'$$),
(5, $$CREATE INDEX ON hot.h USING hash ((doc ->> 'a'))$$),
(6, $$CREATE INDEX ON hot.h USING gin ((doc::jsonb -> 'a'))$$),
(7, $$CREATE INDEX ON hot.h USING brin ((doc ->> 'a'))$$),
(8, $$CREATE INDEX ON hot.h (doc)$$),
(9, $$CREATE INDEX ON hot.h USING hash (doc)$$),
(10, $$CREATE INDEX ON hot.h ((h IS NULL))$$),
(11, $$CREATE INDEX ON hot.h (hot.strict_text(doc, 'a'))$$),
(12, $$CREATE INDEX ON hot.h USING bson_btree (doc bson_keys (keys = '{"a": 1}')) WHERE doc @@ '{"x": {"$gt": 8}}'$$),
(13, $$CREATE INDEX ON hot.h USING bson_btree (((doc -> 'o')::bson) bson_keys (keys = '{"a": 1}'))$$),
(14, $$CREATE UNIQUE INDEX ON hot.h ((doc ->> 'a'))$$),
(15, $$CREATE INDEX ON hot.h (_id)$$),
(16, $$CREATE INDEX ON hot.h USING gin (doc bson_ops (keys = '{"$**": 1}'))$$),
(17, $$CREATE INDEX ON hot.h USING gin (doc bson_ops (keys = '{"a.$**": 1}'))$$),
(18, $$CREATE INDEX ON hot.h USING gin (doc bson_ops (projection = '{"a": 1, "o.b": 1}'))$$),
(19, $$CREATE INDEX ON hot.h USING gin (doc bson_ops (projection = '{"x": 0, "o.b": 0}'))$$),
(20, $$CREATE INDEX ON hot.h USING gin (doc bson_ops (keys = '{"a.$**": 1}', partial = '{"x": {"$gt": 8}}'))$$),
(21, $$CREATE INDEX ON hot.h USING gin (doc bson_ops)$$),
(22, $$CREATE INDEX ON hot.h USING gin (doc bson_ops (keys = '{"a.$**": 1}')) WHERE doc ->> 'x' = '8'$$)) AS d (n, definition) ORDER BY n;

-- The same through their indexes: what is found is what is there.
DROP TABLE h;
SELECT docdb.create_collection('h');
CREATE INDEX h_expression ON h ((doc ->> 'a'));
CREATE INDEX h_predicate ON h ((doc ->> 'x')) WHERE doc ->> 'a' = '1';
CREATE INDEX h_gin ON h USING gin ((doc::jsonb));
SELECT docdb.insert_many('h', array_agg(format('{"_id": %s, "a": %s, "x": 0, "y": 0}', i, i % 3)::bson)) FROM generate_series(1, 30) AS i;
BEGIN;
SELECT docdb.update_many('h', '{"a": 2}', '{"$inc": {"a": 1}}');
SELECT docdb.update_many('h', '{"a": 3}', '{"$set": {"a": 1}}');
SELECT docdb.update_many('h', '{"a": 1}', '{"$inc": {"x": 1}}');
COMMIT;
SET enable_seqscan = off;
SELECT doc ->> 'a', count(*) FROM h WHERE doc ->> 'a' IN ('0', '1', '2', '3') GROUP BY 1 ORDER BY 1;
SELECT doc ->> 'x', count(*) FROM h WHERE doc ->> 'a' = '1' AND doc ->> 'x' IN ('0', '1') GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM h WHERE doc::jsonb @> '{"a": 1, "x": 1}';
SELECT count(*) FROM h WHERE doc::jsonb @> '{"a": 2}';
RESET enable_seqscan;

-- An index that is not valid, whose keys for a document there may be none of.
CREATE INDEX CONCURRENTLY h_broken ON h (strict_text(doc, 'broken'));
DROP INDEX h_broken;
SELECT docdb.insert_one('h', '{"_id": 99, "broken": "error", "a": [1], "b": [1]}');
CREATE INDEX CONCURRENTLY h_broken ON h (strict_text(doc, 'broken'));
CREATE INDEX CONCURRENTLY h_parallel ON h USING bson_btree (doc bson_keys (keys = '{"a": 1, "b": 1}'));
SELECT indexrelid::regclass, indisvalid, indisready FROM pg_index WHERE indrelid = 'h'::regclass AND NOT indisvalid ORDER BY 1;
SELECT docdb.update_one('h', '{"_id": 99}', '{"$set": {"x": 1}}');
SELECT docdb.update_one('h', '{"_id": 99}', '{"$set": {"broken": "mended"}}');
SELECT docdb.update_one('h', '{"_id": 99}', '{"$set": {"b": "mended"}}');
REINDEX TABLE h;
SELECT indexrelid::regclass, indisvalid, indisready FROM pg_index WHERE indrelid = 'h'::regclass AND NOT indisvalid ORDER BY 1;
SELECT docdb.index_check('h_parallel');

-- Dropped columns, temporary and unlogged tables.
CREATE TEMP TABLE temporary (gone int, _id bson_value PRIMARY KEY, doc bson NOT NULL);
ALTER TABLE temporary DROP COLUMN gone;
CREATE TRIGGER zz_docdb_collection BEFORE INSERT OR UPDATE ON temporary FOR EACH ROW EXECUTE FUNCTION docdb.collection_trigger();
CREATE INDEX temporary_a ON temporary USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
INSERT INTO temporary (doc) SELECT format('{"_id": %s, "a": %s}', i, i)::bson FROM generate_series(1, 10) AS i;
SELECT docdb.update_many(pg_my_temp_schema()::regnamespace || '.temporary', '{"a": {"$gt": 5}}', '{"$set": {"x": 1}}');
SELECT n_tup_upd > 0, n_tup_upd = n_tup_hot_upd FROM pg_stat_xact_all_tables WHERE relid = 'temporary'::regclass;
SELECT docdb.index_check('temporary_a');
DROP SCHEMA hot CASCADE;
