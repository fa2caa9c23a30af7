-- What keys say beyond bounds: rows that are not fetched, keys that are skipped, runs that are merged.
SET client_min_messages = warning;
CREATE SCHEMA keyfilter;
SET search_path = keyfilter, public;
\pset format unaligned
CREATE TABLE t (_id bson_value, id int GENERATED ALWAYS AS IDENTITY, doc bson) WITH (autovacuum_enabled = off);
INSERT INTO t (doc) SELECT format('{"a": %s, "b": %s, "c": "name%s", "d": %s}', i % 10, i / 10 % 100, i % 37, i % 3)::bson
    FROM generate_series(1, 10000) i;
INSERT INTO t (doc) VALUES
    ('{"a": 3}'), ('{"a": 3, "b": null}'), ('{"a": 3, "b": {"$numberDecimal": "1.1"}}'), ('{"a": 3, "b": 1.5}'),
    ('{"a": 3, "b": {"$numberLong": "9007199254740993"}}'), ('{"a": 3, "b": {"$numberDouble": "NaN"}}'), ('{"a": 3, "b": -7}'),
    ('{"a": 3, "b": "x"}'), ('{"a": 3, "b": "x\u0000\u0001y"}'), ('{"a": 3, "b": {"$symbol": "xyz"}}'), ('{"a": 3, "b": ""}'),
    ('{"a": 3, "b": {"x": 1, "y": "z"}}'), ('{"a": 3, "b": {}}'), ('{"a": 3, "b": {"$binary": {"base64": "AwE=", "subType": "05"}}}'),
    ('{"a": 3, "b": {"$oid": "0102030405060708090a0b0c"}}'), ('{"a": 3, "b": true}'), ('{"a": 3, "b": {"$date": {"$numberLong": "-5"}}}'),
    ('{"a": 3, "b": {"$timestamp": {"t": 4, "i": 5}}}'), ('{"a": 3, "b": {"$regularExpression": {"pattern": "^x", "options": "i"}}}'),
    ('{"a": 3, "b": {"$code": "f"}}'), ('{"a": 3, "b": {"$code": "f", "$scope": {"x": 1}}}'), ('{"a": 3, "b": {"$undefined": true}}'),
    ('{"a": 3, "b": {"$dbPointer": {"$ref": "r", "$id": {"$oid": "0102030405060708090a0b0c"}}}}'),
    ('{"a": 3, "b": {"$minKey": 1}}'), ('{"a": 3, "b": {"$maxKey": 1}}'), ('{"b": 5, "c": "name5"}');
CREATE INDEX i ON t USING bson_btree (doc bson_keys (keys = '{"a": 1, "b": -1, "c": 1}'));
VACUUM ANALYZE t;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;

-- How many rows are returned, are fetched in vain, and how many pages of the index and the table are looked at.
CREATE FUNCTION work(filter text, sort text = NULL, lim int = NULL, OUT kind text, OUT returned int, OUT removed int, OUT few_pages boolean)
LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE format('EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) SELECT doc FROM t WHERE doc @@ %L ', filter)
        || CASE WHEN sort IS NULL THEN '' ELSE format('ORDER BY doc <~> %L ', sort) END
        || CASE WHEN lim IS NULL THEN '' ELSE 'LIMIT ' || lim END INTO plan;
    plan := plan -> 0 -> 'Plan';
    few_pages := (plan ->> 'Shared Hit Blocks')::int + (plan ->> 'Shared Read Blocks')::int < 20 + 3 * (plan ->> 'Actual Rows')::int;
    kind := plan ->> 'Node Type';
    IF kind = 'Limit' THEN
        plan := plan -> 'Plans' -> 0;
        kind := kind || ', ' || (plan ->> 'Node Type');
    END IF;
    returned := plan ->> 'Actual Rows';
    removed := plan ->> 'Rows Removed by Index Recheck';
END $$;
CREATE FUNCTION ids(filter text, by_index boolean) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    result int[];
BEGIN
    PERFORM set_config('enable_indexscan', by_index::text, true), set_config('enable_seqscan', (NOT by_index)::text, true);
    EXECUTE format('SELECT array(SELECT id FROM (SELECT id FROM t WHERE doc @@ %L OFFSET 0) s ORDER BY id)', filter) INTO result;
    RETURN result;
END $$;
CREATE FUNCTION same(filter text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN ids(filter, true) = ids(filter, false);
END $$;

-- Conditions behind a range, and such as bounds do not decide.
CREATE TABLE filters (n int GENERATED ALWAYS AS IDENTITY, filter text);
INSERT INTO filters (filter) VALUES
    ('{"a": {"$gt": 2}, "b": 50}'), ('{"a": {"$gt": 2}, "b": {"$in": [50, 60, 1000]}}'), ('{"a": {"$lt": 4}, "b": {"$gt": 10, "$lt": 13}}'),
    ('{"a": {"$gt": 2}, "b": 50, "c": "name3"}'), ('{"a": {"$gt": 2}, "c": "name3"}'), ('{"a": 3, "b": {"$gt": 90}, "c": {"$lt": "name2"}}'),
    ('{"a": 3, "c": {"$regex": "7$"}}'), ('{"a": 3, "b": {"$mod": [50, 3]}}'), ('{"a": 3, "b": {"$ne": 33}}'),
    ('{"a": 3, "b": {"$exists": true}}'), ('{"a": 3, "b": {"$exists": false}}'), ('{"a": 3, "b": null}'), ('{"a": 3, "b": {"$ne": null}}'),
    ('{"a": 3, "b": {"$type": "string"}}'), ('{"a": 3, "b": {"$type": ["string", "symbol"]}}'), ('{"a": 3, "b": {"$type": "number"}}'),
    ('{"a": 3, "b": {"$type": "double"}}'), ('{"a": 3, "b": {"$type": "object"}}'), ('{"a": 3, "b": {"$type": "regex"}}'),
    ('{"a": 3, "b": {"$type": ["null", "bool"]}}'), ('{"a": 3, "b": {"$type": "undefined"}}'), ('{"a": 3, "b": {"$type": "array"}}'),
    ('{"a": 3, "b": {"$not": {"$mod": [2, 1]}}}'), ('{"a": 3, "b": {"$not": {"$regex": "^x"}}}'), ('{"a": 3, "b": {"$regex": "y"}}'),
    ('{"a": 3, "b": {"$regex": "^X", "$options": "i"}}'), ('{"a": 3, "b": {"$in": [1.5, {"$regularExpression": {"pattern": "z$", "options": ""}}]}}'),
    ('{"a": 3, "b": {"$nin": [1.5, null, {"$regularExpression": {"pattern": "z$", "options": ""}}]}}'), ('{"a": 3, "b": {"$size": 1}}'),
    ('{"a": 3, "b": {"$elemMatch": {"$gt": 1}}}'), ('{"a": 3, "b": {"$not": {"$size": 1}}}'), ('{"a": 3, "b": {"$bitsAllSet": [0]}}'),
    ('{"a": 3, "b": {"$bitsAnyClear": 3}}'), ('{"a": 3, "b": {"$gte": {"$numberLong": "9007199254740993"}}}'), ('{"a": 3, "b": {"x": 1, "y": "z"}}'),
    ('{"a": 3, "b": {"$lt": {"x": 1, "y": "z"}}}'), ('{"a": 3, "b": {"$numberDecimal": "1.1"}}'), ('{"a": 3, "b": {"$gt": 1, "$mod": [3, 0]}}'),
    ('{"a": 3, "$or": [{"b": 7}, {"c": {"$regex": "^name7"}}]}'), ('{"a": 3, "$nor": [{"b": {"$gt": 7}}, {"c": {"$regex": "1"}}]}'),
    ('{"a": {"$in": [1, 3]}, "$or": [{"b": 7}, {"d": 1}]}'), ('{"a": 3, "d": 1, "c": {"$regex": "5"}}'), ('{"a": {"$gt": 3}, "b.x": 1}');
SELECT filter, w.* FROM filters, work(filter) w ORDER BY n;
SELECT filter FROM filters WHERE NOT same(filter) ORDER BY n;
-- Without the index's help, to be sure that the filters find something.
SELECT sum(cardinality(ids(filter, false))) FROM filters;

-- Several values of the first field, sorted by the next: the first rows are found without the others.
SELECT f, s, w.* FROM (VALUES
    ('{"a": {"$in": [1, 3, 5]}}', '{"b": 1}'), ('{"a": {"$in": [1, 3, 5]}}', '{"b": -1}'), ('{"a": {"$in": [1, 3, 5]}}', '{"b": -1, "c": 1}'),
    ('{"a": {"$in": [1, 3, 5]}, "b": {"$lt": 20}}', '{"b": -1}'), ('{"a": {"$in": [1, 3]}, "b": {"$in": [7, 8]}}', '{"c": 1}'),
    ('{"a": {"$in": [1, 3]}, "b": {"$in": [7, 8]}}', '{"c": -1}'), ('{"a": {"$in": [1, 77]}, "c": {"$regex": "5"}}', '{"b": 1}'),
    ('{"a": {"$in": []}}', '{"b": 1}')) AS v(f, s), work(f, s, 10) w;
CREATE FUNCTION sorted(filter text, sort text, lim int, by_index boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    PERFORM set_config('enable_indexscan', by_index::text, true), set_config('enable_seqscan', (NOT by_index)::text, true),
        set_config('enable_sort', (NOT by_index)::text, true);
    EXECUTE format('SELECT string_agg(k::text, '' '') FROM (SELECT doc <~> %1$L AS k FROM t WHERE doc @@ %2$L ORDER BY doc <~> %1$L LIMIT %3$s) s',
        sort, filter, lim) INTO result;
    RETURN result;
END $$;
CREATE TABLE sorts (filter text, sort text);
INSERT INTO sorts VALUES
    ('{"a": {"$in": [1, 3, 5]}}', '{"b": 1}'), ('{"a": {"$in": [1, 3, 5]}}', '{"b": -1}'), ('{"a": {"$in": [1, 3, 5]}}', '{"b": -1, "c": 1}'),
    ('{"a": {"$in": [1, 3, 5]}}', '{"b": 1, "c": -1}'), ('{"a": {"$in": [1, 3, 5]}, "b": {"$lt": 20}}', '{"b": -1}'),
    ('{"a": {"$in": [1, 3]}, "b": {"$in": [7, 8]}}', '{"c": 1}'), ('{"a": {"$in": [1, 3]}, "b": {"$in": [7, 8]}}', '{"c": -1}'),
    ('{"a": {"$in": [1, null, 77]}}', '{"b": 1}'), ('{"a": {"$in": [1, 3]}, "$or": [{"b": 3}, {"b": {"$gt": 50}}]}', '{"b": -1}'),
    ('{"a": {"$in": [1, 3]}, "c": {"$regex": "5"}}', '{"b": 1}'), ('{"a": {"$in": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}, "d": 2}', '{"b": 1}');
SELECT * FROM sorts WHERE sorted(filter, sort, 30, true) IS DISTINCT FROM sorted(filter, sort, 30, false);
SELECT * FROM sorts WHERE sorted(filter, sort, 100000, true) IS DISTINCT FROM sorted(filter, sort, 100000, false);
-- More values than runs are merged of.
SELECT work(format('{"a": {"$in": [%s]}}', string_agg(i::text, ', ')), '{"b": 1}', 5) FROM generate_series(1, 101) i;
SELECT (work(format('{"a": {"$in": [%s]}}', string_agg(i::text, ', ')), '{"b": 1}', 5)).kind FROM generate_series(1, 100) i;

-- With arrays, keys of a path that meets them decide less.
INSERT INTO t (doc) VALUES ('{"a": 3, "b": [1, 50, "x7"], "c": "name3"}'), ('{"a": [1, 3, 5], "b": 50, "c": "name7"}'), ('{"a": 3, "c": ["u7", "v"]}');
SELECT filter FROM filters WHERE NOT same(filter) ORDER BY n;
SELECT * FROM sorts WHERE sorted(filter, sort, 30, true) IS DISTINCT FROM sorted(filter, sort, 30, false);
SELECT * FROM sorts WHERE sorted(filter, sort, 100000, true) IS DISTINCT FROM sorted(filter, sort, 100000, false);
DELETE FROM t WHERE id > 10026;
INSERT INTO t (doc) VALUES ('{"a": 3, "b": 1, "c": ["name3", "name7"]}');
SELECT filter, w.* FROM filters, work(filter) w WHERE n IN (1, 3, 7, 8) ORDER BY n;
SELECT filter FROM filters WHERE NOT same(filter) ORDER BY n;
-- And keys that are cut nothing at all.
INSERT INTO t (doc) VALUES (format('{"a": 3, "b": "%s", "c": "name7"}', repeat('long', 800))::bson);
SELECT filter, w.* FROM filters, work(filter) w WHERE n IN (1, 3, 7, 8) ORDER BY n;
SELECT filter FROM filters WHERE NOT same(filter) ORDER BY n;
SELECT * FROM sorts WHERE sorted(filter, sort, 30, true) IS DISTINCT FROM sorted(filter, sort, 30, false);
DROP SCHEMA keyfilter CASCADE;
