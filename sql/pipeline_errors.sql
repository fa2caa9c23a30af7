-- The documents of an aggregation, or MongoDB's error code and message.  The SQL that to_sql shows
-- is run as well, once more with parallel plans, and must give the same documents.
CREATE FUNCTION pg_temp.run(sql text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    result text[];
BEGIN
    EXECUTE format('SELECT coalesce(array_agg(doc::text), ''{}'') FROM (%s) AS s', sql)
        INTO result;
    RETURN result;
END
$$;
CREATE FUNCTION pg_temp.run_parallel(sql text) RETURNS text[] LANGUAGE plpgsql
    SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0 SET min_parallel_table_scan_size = 0
    SET max_parallel_workers_per_gather = 2
AS $$
BEGIN
    RETURN pg_temp.run(sql);
END
$$;
CREATE FUNCTION pg_temp.sorted(text[]) RETURNS text[] LANGUAGE sql AS
    'SELECT coalesce(array_agg(x ORDER BY x COLLATE "C"), ''{}'') FROM unnest($1) AS x';
CREATE FUNCTION pg_temp.agg(collection text, pipeline text, options text DEFAULT NULL)
    RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    result text[];
    sql text;
    state text;
    message text;
BEGIN
    SELECT coalesce(array_agg(d::text), '{}') INTO result
        FROM docdb.aggregate(collection, pipeline::bson_value, options::bson) AS d;
    sql := docdb.to_sql(current_schema(),
        format('{"aggregate": %s, "pipeline": %s, "cursor": {}, "let": %s}', to_json(collection),
               pipeline, coalesce(options::json -> 'let', '{}'))::bson);
    IF pg_temp.sorted(pg_temp.run(sql)) <> pg_temp.sorted(result) THEN
        RETURN NEXT 'to_sql differs: ' || pg_temp.run(sql)::text;
    END IF;
    IF pg_temp.sorted(pg_temp.run_parallel(sql)) <> pg_temp.sorted(result) THEN
        RETURN NEXT 'parallel differs: ' || pg_temp.run_parallel(sql)::text;
    END IF;
    RETURN QUERY SELECT unnest(result);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN NEXT coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;

SELECT docdb.insert_one('pe', '{"_id": 1}');

-- What a pipeline is.
SELECT pg_temp.agg('pe', p) FROM (VALUES
    ('1'), ('null'), ('"x"'), ('{}'), ('{"$match": {}}'),
    ('[1]'), ('["$match"]'), ('[[]]'), ('[null]'), ('[{}]'),
    ('[{"$match": {}, "$limit": 1}]'), ('[{"a": 1}]'), ('[{"match": {}}]'), ('[{"$Match": {}}]'),
    ('[{"$matc": {}}]'), ('[{"$matchx": {}}]'), ('[{"": 1}]'), ('[{"$zzz": 1}]'), ('[{"$": 1}]'),
    ('[{"$limit": 1}, {"$nope": 1}]'),
    ('[{"$nope": 1}, {"$limit": 0}]')) AS p(p);

-- Stages of MongoDB that are not there are unknown.
SELECT s.name, pg_temp.agg('pe', format('[{"%s": {}}]', s.name)) FROM unnest('{$out,$merge,$bucket,$bucketAuto,$graphLookup,$redact,$geoNear,$setWindowFields,$densify,$fill,$documents,$search,$changeStream,$collStats,$currentOp}'::text[]) AS s(name);

-- Errors in documents come while they are read.
SELECT pg_temp.agg('pe', '[{"$project": {"x": {"$divide": [1, 0]}}}]');
SELECT pg_temp.agg('pe', '[{"$project": {"x": {"$divide": [1, {"$subtract": ["$_id", 1]}]}}}]');
SELECT pg_temp.agg('pe', '[{"$match": {"_id": 2}}, {"$project": {"x": {"$divide": [1, {"$subtract": ["$_id", 2]}]}}}]');

-- Length and depth.
SELECT pg_temp.agg('pe', '[' || repeat('{"$match": {}}, ', 999) || '{"$count": "n"}]');
SELECT pg_temp.agg('pe', '[' || repeat('{"$match": {}}, ', 1000) || '{"$count": "n"}]');
SELECT pg_temp.agg('pe', repeat('[{"$lookup": {"from": "pe", "as": "a", "pipeline": ', 19) || '[]' || repeat('}}]', 19)) IS NOT NULL AS works;
SELECT pg_temp.agg('pe', repeat('[{"$lookup": {"from": "pe", "as": "a", "pipeline": ', 20) || '[]' || repeat('}}]', 20));

-- The function's arguments.
\set VERBOSITY sqlstate
SELECT docdb.aggregate('pe', NULL);
SELECT docdb.aggregate(NULL, '[]');
SELECT docdb.aggregate('', '[]');
SELECT docdb.aggregate('a$b', '[]');
SELECT docdb.aggregate('pg_catalog.pg_class', '[]');
SELECT docdb.aggregate('pe', '[]', '{"nope": 1}');
SELECT docdb.aggregate('pe', '[]', '{"let": 1}');
SELECT docdb.aggregate('pe', '[]', '{"let": {"X": 1}}');
SELECT docdb.aggregate('pe', '[]', '{"maxTimeMS": -1}');
SELECT docdb.aggregate('pe', '[]', '{"collation": {"locale": "fr"}}');
SELECT docdb.aggregate('pe', '[]', '{"hint": {"a": 1}}');
SELECT docdb.aggregate('pe', '[]', '{"allowDiskUse": 1, "cursor": {"batchSize": 5}, "comment": "x", "maxTimeMS": 1000, "readConcern": {}}');
SELECT docdb.aggregate('pe', '[]', NULL);
SELECT docdb.aggregate(collection => 'pe', pipeline => '[{"$count": "n"}]');
\set VERBOSITY default

-- Permissions are those of the table.
CREATE ROLE regress_pipeline;
SET ROLE regress_pipeline;
SELECT pg_temp.agg('pe', '[{"$match": {}}]');
SELECT pg_temp.agg('pe_none', '[{"$lookup": {"from": "pe", "pipeline": [], "as": "x"}}]');
RESET ROLE;
DROP ROLE regress_pipeline;

-- The inventory.
SELECT * FROM docdb.aggregation_stages() ORDER BY name COLLATE "C";

DROP TABLE pe;
