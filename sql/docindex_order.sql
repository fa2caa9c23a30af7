-- Orders that bson_btree indexes give.
SET client_min_messages = warning;
CREATE SCHEMA ord;
SET search_path = ord, public;
\pset format unaligned
CREATE TABLE t (id int, doc bson);
INSERT INTO t SELECT i, format('{"a": %s, "b": %s, "c": "%s"}', i % 7, i % 11, i % 5)::bson
    FROM generate_series(1, 500) i;
INSERT INTO t VALUES (501, '{}'), (502, '{"a": null, "b": "x"}'), (503, NULL), (504, '{"a": {"x": 1}, "b": true}');
ANALYZE t;

-- Each order by the index and by a sort: the same keys, row by row.
CREATE FUNCTION keys_of(filter text, sort text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT count(*) || string_agg(COALESCE(k::text, ''NULL''), '' '') FROM
        (SELECT doc <~> %1$L AS k FROM t WHERE %2$s ORDER BY doc <~> %1$L OFFSET 0) s', sort,
        CASE WHEN filter IS NULL THEN 'true' ELSE format('doc @@ %L', filter) END) INTO result;
    RETURN result;
END $$;
CREATE FUNCTION outcome(filter text, sort text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    expected text;
    found text;
    line text;
    result text := 'sorted';
BEGIN
    PERFORM set_config('enable_indexscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
        set_config('enable_seqscan', 'on', true);
    expected := keys_of(filter, sort);
    PERFORM set_config('enable_indexscan', 'on', true), set_config('enable_seqscan', 'off', true),
        set_config('enable_sort', 'off', true);
    found := keys_of(filter, sort);
    FOR line IN EXECUTE format('EXPLAIN SELECT FROM t WHERE %s ORDER BY doc <~> %L',
        CASE WHEN filter IS NULL THEN 'true' ELSE format('doc @@ %L', filter) END, sort) LOOP
        IF line ~ 'Order By' THEN
            result := 'by index';
        END IF;
    END LOOP;
    RETURN result || CASE WHEN found IS DISTINCT FROM expected THEN ', WRONG' ELSE '' END;
END $$;
CREATE TABLE cases (n int GENERATED ALWAYS AS IDENTITY, filter text, sort text);
INSERT INTO cases (filter, sort) VALUES
    (NULL, '{"a": 1}'), (NULL, '{"a": -1}'), (NULL, '{"a": 1, "b": -1}'), (NULL, '{"a": -1, "b": 1}'),
    (NULL, '{"a": 1, "b": 1}'), (NULL, '{"b": 1}'), (NULL, '{"a": 1, "c": 1}'), (NULL, '{}'),
    ('{"a": 3}', '{"b": 1}'), ('{"a": 3}', '{"b": -1}'), ('{"a": 3}', '{"a": 1, "b": 1}'),
    ('{"a": 3}', '{"b": 1, "a": 1}'), ('{"a": 3, "b": 5}', '{"c": 1}'), ('{"b": 5}', '{"a": 1, "c": 1}'),
    ('{"b": 5}', '{"a": 1, "c": -1}'), ('{"a": {"$gt": 3}}', '{"a": -1}'), ('{"a": {"$gt": 3}}', '{"b": 1}'),
    ('{"a": {"$in": [1, 5, 3]}}', '{"a": 1}'), ('{"a": {"$in": [1, 5, 3]}}', '{"b": 1}'),
    ('{"a": null}', '{"b": 1}'), ('{"c": "3"}', '{"a": 1}'), ('{"a": 3, "c": "3"}', '{"b": 1}'),
    ('{"$or": [{"a": 1}, {"a": 3}]}', '{"a": 1}'), ('{"a": 99}', '{"b": 1}');
CREATE INDEX i ON t USING bson_btree (doc bson_keys (keys = '{"a": 1, "b": -1, "c": 1}'));
SELECT filter, sort, outcome(filter, sort) FROM cases ORDER BY n;

-- With arrays: a document is where its first key is, whatever part of the keys the filter asks for.
INSERT INTO t SELECT i, format('{"a": [%s, %s], "b": %s, "c": "%s"}', i % 7, i % 5, i % 11, i % 5)::bson
    FROM generate_series(601, 700) i;
INSERT INTO t VALUES (701, '{"a": []}'), (702, '{"a": [[]]}');
SELECT filter, sort, outcome(filter, sort) FROM cases ORDER BY n;
INSERT INTO t VALUES (703, '{"b": [1, 2]}');
SELECT filter, sort, outcome(filter, sort) FROM cases ORDER BY n;
DROP INDEX i;
-- Two paths through one array: the first of the elements that a filter picks need not be the first.
TRUNCATE t;
INSERT INTO t SELECT i, format('{"a": [{"x": %s, "y": %s}, {"x": %s, "y": %s}]}', i % 3, i % 7, i % 5, i % 4)::bson
    FROM generate_series(1, 100) i;
CREATE INDEX i ON t USING bson_btree (doc bson_keys (keys = '{"a.x": 1, "a.y": 1}'));
SELECT filter, sort, outcome(filter, sort) FROM (VALUES
    ('{"a.x": 1}', '{"a.y": 1}'), ('{"a.x": 1}', '{"a.x": 1, "a.y": 1}'), (NULL, '{"a.x": -1, "a.y": -1}'),
    ('{"a": {"$elemMatch": {"x": 1, "y": {"$gt": 2}}}}', '{"a.x": 1}')) v(filter, sort);
-- Keys that are cut tell no order.
INSERT INTO t VALUES (101, format('{"a": {"x": "%s"}}', repeat('long', 800))::bson);
SELECT outcome(NULL, '{"a.x": 1}');
DELETE FROM t WHERE id = 101;

-- A plan that was made before there were arrays: what it takes for an order is none any more, and
-- the executor sorts.  The same with a partial index that the filter does not imply any more.
RESET enable_seqscan;
SELECT docdb.create_index('f', '{"a.x": 1, "a.y": 1}');
SELECT docdb.create_index('f', '{"z": 1}', '{"partialFilterExpression": {"z": {"$gt": 5}}}');
SELECT docdb.insert_many('f', array_agg(format('{"_id": %s, "a": {"x": %s, "y": %s}, "z": %s}', i, i % 3, (i * 7) % 1000, i % 10)::bson))
    FROM generate_series(1, 3000) i;
ANALYZE f;
SELECT d -> 'a' FROM docdb.find('f', '{"a.x": 1}', sort => '{"a.y": 1}', "limit" => 3) d;
SELECT d -> 'z' FROM docdb.find('f', '{"z": {"$gt": 7}}', sort => '{"z": 1}', "limit" => 3) d;
SELECT docdb.insert_many('f', array_agg(format('{"_id": %s, "a": [{"x": 1, "y": 500}, {"x": 2, "y": -%s}]}', i, i)::bson))
    FROM generate_series(3001, 3010) i;
SELECT d -> 'a' FROM docdb.find('f', '{"a.x": 1}', sort => '{"a.y": 1}', "limit" => 3) d;
SELECT d -> 'z' FROM docdb.find('f', '{"z": {"$gt": 0}}', sort => '{"z": 1}', "limit" => 3) d;
SELECT count(*), count(DISTINCT d -> '_id') FROM docdb.find('f', '{"a.x": 1}', sort => '{"a.y": 1}') d;
SELECT count(*), count(DISTINCT d -> '_id') FROM docdb.find('f', '{"z": {"$gt": 0}}', sort => '{"z": 1}') d;
SELECT count(*) FROM docdb.find('f', '{"z": {"$gt": 7}}') d;
SELECT count(*) FROM docdb.find('f', '{"z": {"$gt": 3}}') d;
DROP SCHEMA ord CASCADE;
