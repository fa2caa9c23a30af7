-- GIN indexes of operator class bson_ops: @@ for any filter.
SET client_min_messages = warning;
CREATE SCHEMA gin;
SET search_path = gin, public;
\pset format unaligned

SELECT amvalidate(c.oid) FROM pg_opclass AS c JOIN pg_am AS a ON a.oid = opcmethod
    WHERE opcname = 'bson_ops' AND amname = 'gin';

\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/arrays_and_scalars.sql'
\set ECHO none
\i :helpers
\set ECHO all

-- Names that look like positions, names twice, empty names, arrays in arrays.
INSERT INTO t (doc) SELECT doc::bson FROM (VALUES
    ('{"a": {"0": 1}}'), ('{"a": [{"0": 1}]}'), ('{"a": [[[1, 7]]]}'), ('{"a": [[{"b": 1}]]}'), ('{"a": [[], 5]}'),
    ('{"a": [{}]}'), ('{"a": {"b": [[1, 7]]}}'), ('{"a": {"b": {"0": 1, "1": 5}}}'), ('{"a": [0, 6]}'), ('{"a": [[0, 6]]}'),
    ('{"a": 1, "a": 2}'), ('{"a": {"b": 1, "b": 2}}'), ('{"a.b": 1}'), ('{"a": {"": 1}}'), ('{"": {"a": 1}}')) AS v(doc);

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
    ('{"a": {"$elemMatch": {"b": 2}}}'), ('{"a": {"$elemMatch": {"b": 1, "c": 5}}}'), ('{"a": {"$elemMatch": {"b": 4, "c": 5}}}'),
    ('{"a": {"$elemMatch": {"b": null}}}'), ('{"a": {"$elemMatch": {"b": {"$ne": 1}}}}'),
    ('{"a": {"$all": [1, 5]}}'), ('{"a": {"$all": [1]}}'), ('{"a": {"$size": 2}}'), ('{"a": {"$mod": [2, 1]}}'),
    ('{"a.b": 1}'), ('{"a.b": 1, "a.c": 5}'), ('{"a.b": 4, "a.c": {"$gt": 3}}'), ('{"a.b": null}'), ('{"a.0": 1}'),
    ('{"a.b": {"$gt": 1, "$lt": 4}}'), ('{"a.b": [1, 7]}'),
    ('{"a": 1, "d": 2}'), ('{"a": 1, "d": {"$gt": 1}}'), ('{"d": 2}'), ('{"a": {"$gt": 0}, "d": {"$lte": 1}}'),
    ('{"$or": [{"a": 1}, {"a": "x"}]}'), ('{"$or": [{"a": 1, "d": 1}, {"a": {"$gt": 4}}]}'), ('{"$or": [{"a": 1}, {"d": 2}]}'),
    ('{"a": 1, "$or": [{"d": 1}, {"d": 2}]}'), ('{"$nor": [{"a": 1}, {"d": 1}]}'), ('{"$and": [{"a": {"$gte": 1}}, {"a": {"$lte": 1}}]}'),
    ('{"a": {"$elemMatch": {"$elemMatch": {"$gt": 1}}}}'), ('{"a": {"$elemMatch": {"$elemMatch": {"$gt": 1, "$lt": 5}}}}'),
    ('{"a": {"$elemMatch": {"$elemMatch": {"$gt": 4}, "$size": 2}}}'), ('{"a": {"$elemMatch": {"$size": 0}}}'),
    ('{"a.0.0": 1}'), ('{"a.1": {"$gte": 5}}'), ('{"a.0.b": 1}'), ('{"a.b.0": 1}'), ('{"a.b.1": {"$gt": 1, "$lt": 8}}'),
    ('{"a.0.1.2.3.4": 1}'), ('{"a": [[]]}'), ('{"a": [[1, 5]]}'), ('{"a": {"b": [1, 7]}}'), ('{"a": {"b": 2, "c": 3}}'),
    ('{"a": {"$in": [{"b": 1}, {}, []]}}'), ('{"a": {"$in": [{"b": 1}, null]}}'), ('{"a": {"$all": [[1, 5]]}}'),
    ('{"a": {"$bitsAllSet": 1}}'), ('{"a": {"$exists": true}, "d": {"$ne": 1}}'), ('{"a": {"$gt": 1}, "a.b": {"$exists": false}}'),
    ('{"$jsonSchema": {"required": ["a"]}}'), ('{"$or": [{"a": {"$gt": 1}}, {"$alwaysFalse": 1}]}'), ('{"$and": [{"a": 1}, {"$alwaysTrue": 1}]}'),
    ('{"$expr": {"$eq": ["$a", 1]}}'), ('{"$alwaysFalse": 1}'), ('{}')) AS v(filter);

-- The rows that each filter finds, by a scan of the table.
CREATE FUNCTION rows_of(filter bson) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    result int[];
BEGIN
    EXECUTE format('SELECT array_agg(id ORDER BY id) FROM t WHERE doc @@ %L', filter) INTO result;
    RETURN result;
END $$;
SET enable_bitmapscan = off;
CREATE TABLE expected AS SELECT n, rows_of(filter) AS ids FROM filters;
SET enable_bitmapscan = on;
SET enable_seqscan = off;

-- The filters that give other rows with an index than without; and scans for the filter as it is.
CREATE FUNCTION differences(definition text) RETURNS TABLE (filter bson) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'CREATE INDEX ti ON t USING gin (doc ' || definition;
    RETURN QUERY SELECT f.filter FROM filters AS f JOIN expected AS e USING (n)
        WHERE rows_of(f.filter) IS DISTINCT FROM e.ids;
    RETURN QUERY SELECT f.filter FROM filters AS f JOIN expected AS e USING (n)
        WHERE (SELECT array_agg(id ORDER BY id) FROM t
               WHERE doc OPERATOR(docdb.@@*) f.filter AND doc @@ f.filter) IS DISTINCT FROM e.ids;
    DROP INDEX ti;
END $$;
SELECT differences('bson_ops)');
SELECT differences(')');
SELECT differences('bson_ops) WITH (fastupdate = off)');
SELECT differences($$bson_ops (keys = '{"$**": -1}'))$$);
SELECT differences($$bson_ops (keys = '{"a.$**": 1}'))$$);
SELECT differences($$bson_ops (keys = '{"a.b.$**": 1}'))$$);
SELECT differences($$bson_ops (projection = '{"a": 1}'))$$);
SELECT differences($$bson_ops (projection = '{"a.b": 1, "d": 1, "_id": 1}'))$$);
SELECT differences($$bson_ops (projection = '{"a": {"b": true}}'))$$);
SELECT differences($$bson_ops (projection = '{"a": 0}'))$$);
SELECT differences($$bson_ops (projection = '{"a.b": 0}'))$$);
SELECT differences($$bson_ops (projection = '{"a": {"b": 0, "c": false}, "_id": 1}'))$$);
SELECT differences($$bson_ops (projection = '{"_id": 1}'))$$);
SELECT differences($$bson_ops (partial = '{"a": {"$gt": 1}}'))$$);
SELECT differences($$bson_ops (partial = '{"d": {"$exists": true}}'))$$);
SELECT differences($$bson_ops (partial = '{"a": {"$type": "number"}, "d": {"$lte": 2}}'))$$);

-- What of each filter the index is asked for; {} where it can tell nothing.
CREATE INDEX ti ON t USING gin (doc bson_ops);
SELECT filter, docdb.index_filter(filter, 'ti') FROM filters ORDER BY n;
CREATE INDEX ti_part ON t USING gin (doc bson_ops (projection = '{"a.b": 1, "d": 1}', partial = '{"d": {"$gte": 1}}'));
SELECT filter, docdb.index_filter(filter::bson, 'ti_part') FROM (VALUES
    ('{"d": 1}'), ('{"d": 0}'), ('{"d": {"$gt": 1}, "a": 1}'), ('{"d": {"$gt": 1}, "a.b": 1}'), ('{"a.b": 1}'), ('{"d": 1, "a": {"b": 1, "c": 2}}'),
    ('{"d": 1, "a": {"$exists": true}}'), ('{"d": {"$gte": 1}, "a.b": {"$exists": true}}'), ('{"d": {"$gte": 1}}'), ('{"$or": [{"d": 1}, {"d": 2, "a.b": 3}]}'),
    ('{"$alwaysFalse": 1}')) AS v(filter);
SELECT docdb.index_filter('{"a": 1}', 'pg_class_oid_index');
SELECT docdb.index_filter('{"a": {"$gt": {"$undefined": true}}}', 'ti');
DROP INDEX ti_part;

-- What is in the list of pending entries is found too, and what VACUUM moves from there.
CREATE TABLE pending (id int, doc bson);
CREATE INDEX pi ON pending USING gin (doc bson_ops) WITH (fastupdate = on);
INSERT INTO pending SELECT i, format('{"a": %s, "b": ["x%s", {"c": %s}]}', i, i % 7, i % 5)::bson FROM generate_series(1, 300) i;
SELECT count(*), sum(id) FROM pending WHERE doc @@ '{"a": {"$gt": 100, "$lte": 200}, "b": "x3", "b.c": {"$in": [1, 2]}}';
DELETE FROM pending WHERE id % 3 = 0;
VACUUM pending;
SELECT count(*), sum(id) FROM pending WHERE doc @@ '{"a": {"$gt": 100, "$lte": 200}, "b": "x3", "b.c": {"$in": [1, 2]}}';
UPDATE pending SET doc = '{"a": 150, "b": ["x3", {"c": 1}]}' WHERE id = 1;
SELECT count(*), sum(id) FROM pending WHERE doc @@ '{"a": {"$gt": 100, "$lte": 200}, "b": "x3", "b.c": {"$in": [1, 2]}}';
SELECT gin_clean_pending_list('pi') >= 0;
SELECT count(*), sum(id) FROM pending WHERE doc @@ '{"a": {"$gt": 100, "$lte": 200}, "b": "x3", "b.c": {"$in": [1, 2]}}';
SELECT count(*), sum(id) FROM pending WHERE doc @@ format('{"a": {"$in": [%s]}}', (SELECT string_agg(i::text, ',') FROM generate_series(1, 3000) i))::bson;

-- Plans: for a filter that is known, for one of which the index can tell nothing, for parameters.
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"a": 5, "b": {"$regex": "^x3"}, "c": {"$ne": 1}}';
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"$or": [{"a": 5}, {"b": {"$regex": "x3"}, "c": null}]}';
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"a": {"$ne": 5}}';
PREPARE p(bson) AS SELECT * FROM pending WHERE doc @@ $1;
SET plan_cache_mode = force_custom_plan;
EXPLAIN (COSTS OFF) EXECUTE p('{"a": 5}');
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE p('{"a": 5}');
RESET plan_cache_mode;
EXPLAIN (COSTS OFF) SELECT * FROM pending AS x JOIN pending AS y ON y.doc @@ x.doc;
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE docdb.match(doc, '{"a": 5}');
RESET enable_seqscan;
INSERT INTO pending SELECT i, format('{"a": %s, "b": ["x%s", {"c": %s}], "e": "abc"}', i, i % 7, i % 5)::bson FROM generate_series(301, 10000) i;
VACUUM ANALYZE pending;
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"a": 5}';
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"a": {"$gte": 10, "$lt": 20}, "b.c": 1}';
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"a": {"$gte": 10}}';
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"a": {"$exists": true}}';
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"e": {"$regex": "b.*x"}}';
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"e": {"$exists": false}}';
EXPLAIN (COSTS OFF) SELECT * FROM pending WHERE doc @@ '{"nothing": {"$exists": true}}';

-- Options that make no sense.
\set VERBOSITY sqlstate
CREATE INDEX ON t USING gin (doc bson_ops (keys = '{"a": 1}'));
CREATE INDEX ON t USING gin (doc bson_ops (keys = '{"$**": 1, "a": 1}'));
CREATE INDEX ON t USING gin (doc bson_ops (keys = '{"a..$**": 1}'));
CREATE INDEX ON t USING gin (doc bson_ops (keys = '{"$**": 0}'));
CREATE INDEX ON t USING gin (doc bson_ops (keys = '{"$**": "text"}'));
CREATE INDEX ON t USING gin (doc bson_ops (keys = 'x'));
CREATE INDEX ON t USING gin (doc bson_ops (projection = '{}'));
CREATE INDEX ON t USING gin (doc bson_ops (projection = '{"a": 1, "b": 0}'));
CREATE INDEX ON t USING gin (doc bson_ops (projection = '{"a": 0, "b": 1}'));
CREATE INDEX ON t USING gin (doc bson_ops (projection = '{"a": "x"}'));
CREATE INDEX ON t USING gin (doc bson_ops (projection = '{"a": 1, "a.b": 1}'));
CREATE INDEX ON t USING gin (doc bson_ops (keys = '{"a.$**": 1}', projection = '{"a": 1}'));
CREATE INDEX ON t USING gin (doc bson_ops (partial = '{"a": {"$ne": 1}}'));
CREATE INDEX ON t USING gin (doc bson_ops (sparse = true));
CREATE UNIQUE INDEX ON t USING gin (doc bson_ops);
DROP SCHEMA gin CASCADE;
