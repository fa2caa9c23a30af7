-- Scans of bson_btree indexes return what scans of the table return.
SET client_min_messages = warning;
CREATE SCHEMA scan;
SET search_path = scan, public;
\pset format unaligned

\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/arrays_and_scalars.sql'
\set ECHO none
\i :helpers
\set ECHO all

CREATE TABLE filters (n int GENERATED ALWAYS AS IDENTITY, filter bson);
INSERT INTO filters (filter) SELECT filter::bson FROM (VALUES
    ('{"a": 1}'), ('{"a": 1.5}'), ('{"a": "x"}'), ('{"a": null}'), ('{"a": true}'), ('{"a": []}'),
    ('{"a": [1, 5]}'), ('{"a": [1]}'), ('{"a": {"b": 1}}'), ('{"a": {}}'),
    ('{"a": {"$numberDouble": "NaN"}}'), ('{"a": {"$minKey": 1}}'), ('{"a": {"$maxKey": 1}}'),
    ('{"a": {"$numberLong": "9007199254740993"}}'), ('{"a": {"$binary": {"base64": "AQ==", "subType": "00"}}}'),
    ('{"a": {"$gt": 1}}'), ('{"a": {"$gte": 1}}'), ('{"a": {"$lt": 1}}'), ('{"a": {"$lte": 1}}'),
    ('{"a": {"$gt": "x"}}'), ('{"a": {"$lte": "x"}}'), ('{"a": {"$gte": null}}'), ('{"a": {"$gt": null}}'),
    ('{"a": {"$gte": {"$numberDouble": "NaN"}}}'), ('{"a": {"$lt": {"$numberDouble": "NaN"}}}'),
    ('{"a": {"$gt": {"$minKey": 1}}}'), ('{"a": {"$lt": {"$maxKey": 1}}}'), ('{"a": {"$gt": []}}'),
    ('{"a": {"$lt": {"b": 2}}}'), ('{"a": {"$gt": false}}'), ('{"a": {"$lt": {"$date": {"$numberLong": "9"}}}}'),
    ('{"a": {"$gt": 1, "$lt": 2}}'), ('{"a": {"$gt": 1, "$lt": 5}}'), ('{"a": {"$gt": 4, "$lt": 2}}'),
    ('{"a": {"$in": [1, "x", null]}}'), ('{"a": {"$in": []}}'), ('{"a": {"$in": [[1, 5], true]}}'),
    ('{"a": {"$in": [{"$regularExpression": {"pattern": "^x", "options": ""}}, 1]}}'),
    ('{"a": {"$regularExpression": {"pattern": "^x", "options": ""}}}'), ('{"a": {"$regex": "^xy?$"}}'),
    ('{"a": {"$regex": "X", "$options": "i"}}'), ('{"a": {"$regex": "^lon"}}'),
    ('{"a": {"$exists": true}}'), ('{"a": {"$exists": false}}'), ('{"a.b": {"$exists": true}}'), ('{"a.b": {"$exists": false}}'),
    ('{"a": {"$type": "number"}}'), ('{"a": {"$type": "string"}}'), ('{"a": {"$type": "array"}}'),
    ('{"a": {"$type": "null"}}'), ('{"a": {"$type": "undefined"}}'), ('{"a": {"$type": ["bool", "date"]}}'),
    ('{"a": {"$ne": 1}}'), ('{"a": {"$ne": null}}'), ('{"a": {"$nin": [1, "x"]}}'), ('{"a": {"$not": {"$gt": 1}}}'),
    ('{"a": {"$not": {"$regex": "^x"}}}'), ('{"a": {"$ne": [1, 5]}}'), ('{"a.b": {"$ne": null}}'),
    ('{"a": {"$elemMatch": {"$gt": 1}}}'), ('{"a": {"$elemMatch": {"$gt": 1, "$lt": 5}}}'),
    ('{"a": {"$elemMatch": {"$eq": [1, 5]}}}'), ('{"a": {"$elemMatch": {"$ne": 1}}}'),
    ('{"a": {"$elemMatch": {"$elemMatch": {"$gt": 1}}}}'), ('{"a": {"$elemMatch": {"$elemMatch": {"$gt": 4}, "$elemMatch": {"$lt": 2}}}}'),
    ('{"a": {"$elemMatch": {"b": 2}}}'), ('{"a": {"$elemMatch": {"b": 1, "c": 5}}}'), ('{"a": {"$elemMatch": {"b": 4, "c": 5}}}'),
    ('{"a": {"$elemMatch": {"b": null}}}'), ('{"a": {"$elemMatch": {"b": {"$ne": 1}}}}'),
    ('{"a": {"$all": [1, 5]}}'), ('{"a": {"$all": [1]}}'), ('{"a": {"$size": 2}}'), ('{"a": {"$mod": [2, 1]}}'),
    ('{"a.b": 1}'), ('{"a.b": 1, "a.c": 5}'), ('{"a.b": 4, "a.c": {"$gt": 3}}'), ('{"a.b": null}'), ('{"a.0": 1}'),
    ('{"a.b": {"$gt": 1, "$lt": 4}}'), ('{"a.b": [1, 7]}'),
    ('{"a": 1, "d": 2}'), ('{"a": 1, "d": {"$gt": 1}}'), ('{"d": 2}'), ('{"a": {"$gt": 0}, "d": {"$lte": 1}}'),
    ('{"$or": [{"a": 1}, {"a": "x"}]}'), ('{"$or": [{"a": 1, "d": 1}, {"a": {"$gt": 4}}]}'), ('{"$or": [{"a": 1}, {"d": 2}]}'),
    ('{"a": 1, "$or": [{"d": 1}, {"d": 2}]}'), ('{"$nor": [{"a": 1}, {"d": 1}]}'), ('{"$and": [{"a": {"$gte": 1}}, {"a": {"$lte": 1}}]}'),
    ('{"$expr": {"$eq": ["$a", 1]}}'), ('{"$alwaysFalse": 1}'), ('{}')) AS v(filter);
INSERT INTO filters (filter) VALUES
    (format('{"a": "%s"}', repeat('long', 800))::bson),
    (format('{"a": {"$gt": "%s"}}', repeat('long', 800))::bson),
    (format('{"a": {"$ne": "%s"}}', repeat('long', 800))::bson),
    (format('{"a": "%s", "d": 1}', repeat('long', 636))::bson),
    (format('{"a": {"$in": ["%s", 1]}}', repeat('long', 800))::bson);

CREATE TABLE truth AS SELECT n, array(SELECT id FROM t WHERE doc @@ filter ORDER BY id) AS ids FROM filters;
SELECT count(*), count(*) FILTER (WHERE ids <> '{}') AS some FROM truth;

-- The ids that a plan of a kind finds for a filter.
CREATE FUNCTION ids(filter bson, bitmap boolean) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    result int[];
BEGIN
    PERFORM set_config('enable_bitmapscan', bitmap::text, true),
        set_config('enable_indexscan', (NOT bitmap)::text, true);
    EXECUTE format('SELECT array(SELECT id FROM (SELECT id FROM t WHERE doc @@ %L OFFSET 0) s ORDER BY id)', filter) INTO result;
    RETURN result;
END $$;

-- Creates an index and compares; says how many scans of it there were.
CREATE FUNCTION differences(definition text) RETURNS TABLE (n int, filter bson, bitmap boolean, missing int[], extra int[])
LANGUAGE plpgsql AS $$
BEGIN
    DROP INDEX IF EXISTS i;
    EXECUTE 'CREATE INDEX i ON t USING bson_btree (doc bson_keys (' || definition || '))';
    SET LOCAL enable_seqscan = off;
    FOR n, filter, bitmap, missing, extra IN
        SELECT f.n, f.filter, b, tr.ids, ids(f.filter, b) FROM filters f JOIN truth tr USING (n), (VALUES (true), (false)) v(b)
    LOOP
        IF missing <> extra THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;
SELECT * FROM differences($$keys = '{"a": 1}'$$);
SELECT * FROM differences($$keys = '{"a": -1}'$$);
SELECT * FROM differences($$keys = '{"a": 1, "d": 1}'$$);
SELECT * FROM differences($$keys = '{"d": -1, "a": 1}'$$);
SELECT * FROM differences($$keys = '{"a.b": 1}'$$);
SELECT * FROM differences($$keys = '{"a.b": 1, "a.c": -1}'$$);
SELECT * FROM differences($$keys = '{"a.0": 1}'$$);
SELECT * FROM differences($$keys = '{"a": 1}', sparse = true$$);
SELECT * FROM differences($$keys = '{"d": 1, "a": 1}', sparse = true$$);
SELECT * FROM differences($$keys = '{"a": 1}', partial = '{"d": {"$gt": 1}}'$$);
SELECT * FROM differences($$keys = '{"a": 1}', partial = '{"a": {"$gt": 0}}'$$);

-- Which filters an index serves: those with bounds on its first path.
CREATE FUNCTION served(definition text) RETURNS SETOF bson LANGUAGE plpgsql AS $$
DECLARE
    f record;
    line text;
BEGIN
    DROP INDEX IF EXISTS i;
    EXECUTE 'CREATE INDEX i ON t USING bson_btree (doc bson_keys (' || definition || '))';
    SET LOCAL seq_page_cost = 1e10;
    FOR f IN SELECT filter FROM filters WHERE length(filter::text) < 200 ORDER BY n LOOP
        FOR line IN EXECUTE format('EXPLAIN (COSTS OFF) SELECT FROM t WHERE doc @@ %L', f.filter) LOOP
            IF line ~ 'Index Scan' THEN
                RETURN NEXT f.filter;
            END IF;
        END LOOP;
    END LOOP;
END $$;
SELECT filter FROM filters WHERE length(filter::text) < 200
EXCEPT SELECT served($$keys = '{"a": 1}'$$) ORDER BY 1;
SELECT served($$keys = '{"a": 1}', sparse = true$$) EXCEPT SELECT served($$keys = '{"a": 1}'$$);
SELECT served($$keys = '{"a": 1}'$$) EXCEPT SELECT served($$keys = '{"a": 1}', sparse = true$$) ORDER BY 1;
SELECT served($$keys = '{"a": 1}', partial = '{"d": {"$gt": 1}}'$$) ORDER BY 1;
SELECT served($$keys = '{"a.b": 1, "a.c": 1}'$$) ORDER BY 1;
-- An index that is hidden serves none, until it is shown.
CREATE INDEX h ON t USING bson_btree (doc bson_keys (keys = '{"d": 1}')) WITH (hidden = true);
SET seq_page_cost = 1e10;
EXPLAIN (COSTS OFF) SELECT FROM t WHERE doc @@ '{"d": 2}';
EXPLAIN (COSTS OFF) SELECT FROM t ORDER BY doc <~> '{"d": 1}';
ALTER INDEX h SET (hidden = false);
EXPLAIN (COSTS OFF) SELECT FROM t WHERE doc @@ '{"d": 2}';
EXPLAIN (COSTS OFF) SELECT FROM t ORDER BY doc <~> '{"d": 1}';

DROP SCHEMA scan CASCADE;
