-- Indexes with a collation: what they find, in what order, and what is unique in them.
\set VERBOSITY sqlstate
SET client_min_messages = warning;
CREATE SCHEMA ic;
SET search_path = ic, public;
SET max_parallel_workers_per_gather = 0;
\pset format unaligned
\pset null '(null)'

CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, doc bson);
INSERT INTO t (doc) SELECT format('{"a": %s, "d": %s}', v, n % 3)::bson
FROM (VALUES ('"a"'), ('"A"'), ('"á"'), ('"Á"'), ('"ab"'), ('"aB"'), ('"a b"'), ('"a-b"'), ('"b"'), ('"B"'), ('""'), ('"10"'), ('"9"'), ('"ß"'),
             ('"ss"'), ('"\u0000"'), ('"a\u0000b"'), ('{"$symbol": "a"}'), ('1'), ('2.5'), ('null'), ('true'), ('{"$code": "a"}'),
             ('["a", "b"]'), ('["A", 1]'), ('["B", ["a"]]'), ('[]'), ('[["a"]]'), ('{"b": "a"}'), ('{"b": "A"}'), ('{"b": ["a", "B"]}'), ('{}'),
             ('[{"b": "a", "c": "x"}, {"b": "B", "c": "X"}]'), ('{"$regularExpression": {"pattern": "a", "options": ""}}'), ('{"$date": {"$numberLong": "5"}}'),
             ('{"$minKey": 1}'), ('{"$maxKey": 1}')) AS s(v), generate_series(0, 2) AS n;
INSERT INTO t (doc) VALUES ('{}'), ('{"d": "X"}'), (NULL), ('{"a": "x", "d": ["a", "B"]}'),
    (format('{"a": "%s"}', repeat('Long', 900))::bson), (format('{"a": "%s"}', repeat('lonG', 900))::bson), (format('{"a": "%sx"}', repeat('long', 900))::bson);

CREATE TABLE filters (n int GENERATED ALWAYS AS IDENTITY, filter text);
INSERT INTO filters (filter) VALUES
    ('{"a": "a"}'), ('{"a": "A"}'), ('{"a": "á"}'), ('{"a": "aB"}'), ('{"a": ""}'), ('{"a": "10"}'), ('{"a": "ss"}'), ('{"a": 1}'), ('{"a": null}'),
    ('{"a": {"$ne": "a"}}'), ('{"a": {"$gt": "a"}}'), ('{"a": {"$gte": "A"}}'), ('{"a": {"$lt": "B"}}'), ('{"a": {"$lte": "b"}}'),
    ('{"a": {"$gt": "a", "$lt": "b"}}'), ('{"a": {"$gt": "9"}}'), ('{"a": {"$gt": 1}}'), ('{"a": {"$in": ["A", "B", 1]}}'), ('{"a": {"$in": [1, null]}}'),
    ('{"a": {"$nin": ["A", "B"]}}'), ('{"a": {"$not": {"$gt": "a"}}}'), ('{"a": {"$regex": "^a"}}'), ('{"a": {"$regex": "^A", "$options": "i"}}'),
    ('{"a": {"$in": [{"$regularExpression": {"pattern": "^a", "options": ""}}, "B"]}}'), ('{"a": {"$type": "string"}}'), ('{"a": {"$exists": false}}'),
    ('{"a": {"$exists": true}}'), ('{"a": ["a", "b"]}'), ('{"a": ["A", "B"]}'), ('{"a": {"b": "A"}}'), ('{"a": {"$gt": {"b": "A"}}}'), ('{"a": {"$gte": {"b": "a"}}}'),
    ('{"a": {"$lt": []}}'), ('{"a": {}}'), ('{"a": {"$gt": {}}}'), ('{"a": []}'), ('{"a": {"$elemMatch": {"$eq": "B"}}}'), ('{"a": {"$elemMatch": {"$gt": "a", "$lt": "b"}}}'),
    ('{"a": {"$all": ["A", "b"]}}'), ('{"a": {"$elemMatch": {"b": "A", "c": "x"}}}'), ('{"a.b": "A"}'), ('{"a.b": "b", "a.c": "x"}'), ('{"a": "a", "d": 1}'),
    ('{"a": "a", "d": {"$gt": 0}}'), ('{"d": "x"}'), ('{"d": "b", "a": {"$gt": "a"}}'), ('{"$or": [{"a": "A"}, {"a": "B"}]}'), ('{"$or": [{"a": "A", "d": 1}, {"a": 1}]}'),
    ('{"$nor": [{"a": "A"}, {"a": "B"}]}'), ('{"a": {"$gt": {"$minKey": 1}}}'), ('{"a": {"$lt": {"$maxKey": 1}}}'), ('{"$expr": {"$eq": ["$a", "A"]}}'),
    (format('{"a": "%s"}', repeat('long', 900))), (format('{"a": {"$gte": "%s"}}', repeat('LONG', 900))), ('{}');

CREATE TABLE collations (c text);
INSERT INTO collations VALUES ('{"locale": "simple"}'), ('{"locale": "en"}'), ('{"locale": "en", "strength": 1}'), ('{"locale": "en", "strength": 2}'),
    ('{"locale": "en", "numericOrdering": true, "strength": 2}'), ('{"locale": "de@collation=phonebook", "strength": 1}'), ('{"locale": "fr_CA", "alternate": "shifted"}');

CREATE FUNCTION collated(document text, c text) RETURNS bson LANGUAGE sql IMMUTABLE AS $$
    SELECT (left(document, -1) || CASE WHEN document = '{}' THEN '' ELSE ', ' END || '"$collation": ' || c || '}')::bson $$;

-- The ids that a filter finds by the table and by the index, where they differ; it says how often
-- the index was what the planner took.
CREATE FUNCTION differences(OUT compared int, OUT different int, OUT example text) LANGUAGE plpgsql AS $$
DECLARE
    f record; by_table int[]; by_index int[]; filter bson;
BEGIN
    compared := 0; different := 0;
    FOR f IN SELECT fi.filter AS f, co.c FROM filters fi, collations co ORDER BY n, c LOOP
        filter := collated(f.f, f.c);
        SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_seqscan = on;
        EXECUTE format('SELECT array_agg(id ORDER BY id) FROM t WHERE doc @@ %L', filter) INTO by_table;
        SET enable_indexscan = on; SET enable_bitmapscan = on; SET enable_seqscan = off;
        EXECUTE format('SELECT array_agg(id ORDER BY id) FROM t WHERE doc @@ %L', filter) INTO by_index;
        EXECUTE format('SELECT array_append(%L::int[], count(*)::int) FROM t WHERE doc @@ %L', by_index, filter) INTO by_index;
        by_table := array_append(by_table, coalesce(cardinality(by_table), 0));
        compared := compared + 1;
        IF by_table IS DISTINCT FROM by_index THEN
            different := different + 1;
            example := coalesce(example, format('%s: %s instead of %s', left(filter::text, 200), by_index, by_table));
        END IF;
    END LOOP;
    RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_seqscan;
END
$$;
-- The same for orders: keys as the rows come.
CREATE FUNCTION order_differences(OUT compared int, OUT different int, OUT example text) LANGUAGE plpgsql AS $$
DECLARE
    s record; by_table bytea[]; by_index bytea[]; sort bson; filter bson;
BEGIN
    compared := 0; different := 0;
    FOR s IN SELECT so.s, co.c, fi.f FROM (VALUES ('{"a": 1}'), ('{"a": -1}'), ('{"a": 1, "d": -1}'), ('{"d": 1}'), ('{"d": 1, "a": 1}')) AS so(s),
             collations co, (VALUES ('{}'), ('{"a": "A"}'), ('{"a": 1}'), ('{"d": 1}'), ('{"a": {"$gt": 0}}'), ('{"a": {"$gt": "a"}}')) AS fi(f) LOOP
        sort := collated(s.s, s.c); filter := collated(s.f, s.c);
        SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_seqscan = on; SET enable_sort = on;
        EXECUTE format('SELECT array_agg(k) FROM (SELECT doc <~> %L AS k FROM t WHERE doc @@ %L ORDER BY doc <~> %1$L) AS s', sort, filter) INTO by_table;
        SET enable_indexscan = on; SET enable_bitmapscan = on; SET enable_seqscan = off; SET enable_sort = off;
        EXECUTE format('SELECT array_agg(k) FROM (SELECT doc <~> %L AS k FROM t WHERE doc @@ %L ORDER BY doc <~> %1$L) AS s', sort, filter) INTO by_index;
        compared := compared + 1;
        IF by_table IS DISTINCT FROM by_index THEN
            different := different + 1;
            example := coalesce(example, format('%s, %s', left(sort::text, 200), left(filter::text, 100)));
        END IF;
    END LOOP;
    RESET enable_indexscan; RESET enable_bitmapscan; RESET enable_seqscan; RESET enable_sort;
END
$$;

CREATE INDEX i1 ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}', collation = '{"locale": "en", "strength": 2}'));
SELECT * FROM differences();
SELECT * FROM order_differences();
SELECT docdb.index_check('i1');
DROP INDEX i1;
CREATE INDEX i2 ON t USING bson_btree (doc bson_keys (keys = '{"a": -1, "d": 1}', collation = '{"locale": "en"}'));
SELECT * FROM differences();
SELECT * FROM order_differences();
SELECT docdb.index_check('i2');
DROP INDEX i2;
CREATE INDEX i3 ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
SELECT * FROM differences();
SELECT * FROM order_differences();
DROP INDEX i3;
CREATE INDEX i4 ON t USING bson_btree (doc bson_keys (keys = '{"a": 1, "d": -1}', collation = '{"locale": "en", "numericOrdering": true, "strength": 2}', sparse = true));
SELECT * FROM differences();
SELECT * FROM order_differences();
DROP INDEX i4;
CREATE INDEX i5 ON t USING bson_btree (doc bson_keys (keys = '{"d": 1, "a": 1}', collation = '{"locale": "en", "strength": 1}', partial = '{"a": {"$gte": "A"}}'));
SELECT * FROM differences();
SELECT * FROM order_differences();
SELECT docdb.index_check('i5');
DROP INDEX i5;
CREATE INDEX i6 ON t USING bson_btree (doc bson_keys (keys = '{"a.b": 1, "a.c": 1}', collation = '{"locale": "en", "strength": 2}'));
SELECT * FROM differences();
DROP INDEX i6;
CREATE INDEX i8 ON t USING gin (doc bson_ops);
SELECT * FROM differences();
DROP INDEX i8;
CREATE INDEX bad ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}', collation = '{"locale": "xx"}'));
CREATE INDEX bad ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}', collation = '{}'));

-- Which indexes the planner takes.
INSERT INTO t (doc) SELECT format('{"a": "w%s"}', n)::bson FROM generate_series(1, 3000) n;
CREATE INDEX i7 ON t USING bson_btree (doc bson_keys (keys = '{"a": 1}', collation = '{"locale": "en", "strength": 2}'));
ANALYZE t;
CREATE FUNCTION plan(filter text, c text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; result text := '';
BEGIN
    FOR line IN EXECUTE format('EXPLAIN (COSTS OFF) SELECT * FROM t WHERE doc @@ %L', collated(filter, c)) LOOP
        CONTINUE WHEN line !~ 'Scan';
        result := result || regexp_replace(line, ' *(->)? *', '') || ' ';
    END LOOP;
    RETURN result;
END $$;
SELECT f, plan(f, '{"locale": "en", "strength": 2}') AS same, plan(f, '{"locale": "en"}') AS other, plan(f, '{"locale": "simple"}') AS simple
FROM (VALUES ('{"a": "W7"}'), ('{"a": 1}'), ('{"a": {"$in": ["w1", 2]}}'), ('{"a": {"$in": [1, 2]}}'), ('{"a": {"$gt": "x"}}')) AS v(f);

-- Unique by a collation.
SELECT docdb.create_index('u', '{"a": 1}', '{"unique": true, "collation": {"locale": "en", "strength": 2}}');
SELECT docdb.insert_one('u', '{"_id": 1, "a": "foo"}');
SELECT docdb.insert_one('u', '{"_id": 2, "a": "FOO"}');
SELECT docdb.insert_one('u', '{"_id": 3, "a": "fóo"}');
SELECT docdb.insert_one('u', '{"_id": 4, "a": ["bar", "BAR"]}');
SELECT docdb.insert_one('u', '{"_id": 5, "a": "Bar"}');
SELECT docdb.insert_one('u', '{"_id": 6, "a": {"x": "y"}}');
SELECT docdb.insert_one('u', '{"_id": 7, "a": {"x": "Y"}}');
SELECT * FROM docdb.update_one('u', '{"_id": 3}', '{"$set": {"a": "Foo"}}');
SELECT * FROM docdb.update_one('u', '{"_id": 1}', '{"$set": {"a": "Foo"}}');
SELECT docdb.create_index('u', '{"b": 1}', '{"unique": true, "collation": {"locale": "en", "strength": 2}, "partialFilterExpression": {"c": "yes"}}');
SELECT docdb.insert_many('u', ARRAY['{"_id": 10, "a": 10, "b": "x", "c": "no"}', '{"_id": 11, "a": 11, "b": "X", "c": "YES"}']::bson[]);
SELECT docdb.insert_one('u', '{"_id": 12, "a": 12, "b": "x", "c": "Yes"}');
SELECT docdb.command('ic', '{"insert": "u", "documents": [{"_id": 13, "a": "FOO"}]}');
SELECT docdb.insert_many('v', ARRAY['{"_id": 1, "a": "x"}', '{"_id": 2, "a": "X"}']::bson[]);
SELECT docdb.create_index('v', '{"a": 1}', '{"unique": true, "collation": {"locale": "en", "strength": 1}}');
SELECT docdb.create_index('v', '{"a": 1}', '{"unique": true, "collation": {"locale": "en"}}');

-- Requests and listings.
SELECT docdb.create_index('l', '{"a": 1}', '{"collation": 1}');
SELECT docdb.create_index('l', '{"a": 1}', '{"collation": {}}');
SELECT docdb.create_index('l', '{"a": 1}', '{"collation": {"blah": 1}}');
SELECT docdb.create_index('l', '{"a": 1}', '{"collation": {"locale": "en", "blah": 1}}');
SELECT docdb.create_index('l', '{"a": 1}', '{"collation": {"locale": "xx"}}');
SELECT docdb.create_index('l', '{"a": 1}', '{"collation": {"locale": "en", "version": "unknownVersion"}}');
SELECT docdb.create_collection('l', '{"collation": {"locale": "fr_CA"}}');
SELECT docdb.create_index('l', '{"a": 1}'), docdb.create_index('l', '{"b": 1}', '{"collation": {"locale": "en_US"}}'),
       docdb.create_index('l', '{"c": 1}', '{"collation": {"locale": "simple"}}');
SELECT docdb.create_index('l', '{"a": 1}', '{"collation": {"locale": "en"}}');
SELECT docdb.create_index('l', '{"a": 1}', '{"collation": {"locale": "en"}, "name": "en"}'), docdb.create_index('l', '{"a": 1}', '{"collation": {"locale": "fr_CA"}}');
SELECT docdb.create_index('l', '{"_id": 1}', '{"collation": {"locale": "fr_CA"}}');
SELECT docdb.create_index('l', '{"_id": 1}', '{"collation": {"locale": "en"}}');
SELECT l - 'v' FROM (SELECT i::jsonb AS l FROM docdb.list_indexes('l') AS i) AS s ORDER BY l ->> 'name';

-- A change of ICU's rules is noticed.
SET client_min_messages = notice;
SELECT docdb.index_check('i7') IS NOT NULL AS checked;
ALTER INDEX i7 SET (collation_version = '0.1');
\c
SET search_path = ic, public;
SELECT count(*) FROM t WHERE doc @@ '{"a": "W7", "$collation": {"locale": "en", "strength": 2}}';
SELECT count(*) FROM t WHERE doc @@ '{"a": "W7", "$collation": {"locale": "en", "strength": 2}}';
DO $$ BEGIN EXECUTE format('ALTER INDEX i7 SET (collation_version = %L)', docdb.collation_version('{"locale": "en", "strength": 2}')); END $$;
\c
SET search_path = ic, public;
SELECT count(*) FROM t WHERE doc @@ '{"a": "W7", "$collation": {"locale": "en", "strength": 2}}';

DROP SCHEMA ic CASCADE;
