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

SELECT docdb.insert_many('pm', ARRAY[
    '{"_id": 1, "a": 1, "b": {"c": "x"}}',
    '{"_id": 2, "a": [1, 5], "b": {"c": "y"}}',
    '{"_id": 3, "a": "1", "b": null}',
    '{"_id": 4}']::bson[]);

-- The filter language, at the start of a pipeline and after other stages.
SELECT pg_temp.agg('pm', '[{"$match": {}}]');
SELECT pg_temp.agg('pm', '[{"$match": {"a": 1}}]');
SELECT pg_temp.agg('pm', '[{"$match": {"_id": 3}}]');
SELECT pg_temp.agg('pm', '[{"$match": {"_id": {"$in": [2, 4]}, "a": {"$exists": true}}}]');
SELECT pg_temp.agg('pm', '[{"$match": {"a": {"$gt": 2}}}, {"$match": {"b.c": "y"}}]');
SELECT pg_temp.agg('pm', '[{"$match": {"$or": [{"b": null}, {"b.c": "x"}]}}]');
SELECT pg_temp.agg('pm', '[{"$match": {"$expr": {"$eq": ["$_id", {"$add": [1, 1]}]}}}]');
SELECT pg_temp.agg('pm', '[{"$limit": 3}, {"$match": {"_id": 4}}]');
SELECT pg_temp.agg('pm', '[{"$project": {"z": "$a"}}, {"$match": {"z": 1}}]');
SELECT pg_temp.agg('pm', '[{"$unwind": "$a"}, {"$match": {"a": 5}}]');
SELECT pg_temp.agg('pm', '[{"$group": {"_id": {"$type": "$a"}}}, {"$match": {"_id": "string"}}]');

-- Variables.
SELECT pg_temp.agg('pm', '[{"$match": {"$expr": {"$eq": ["$_id", "$$x"]}}}]', '{"let": {"x": 2}}');
SELECT pg_temp.agg('pm', '[{"$limit": 10}, {"$match": {"$expr": {"$eq": ["$_id", "$$x"]}}}]',
                   '{"let": {"x": 2}}');
SELECT pg_temp.agg('pm', '[{"$limit": 10}, {"$match": {"a": {"$exists": true},
                    "$expr": {"$gt": ["$_id", {"$add": ["$$x", "$$y"]}]}}}]',
                   '{"let": {"x": 1, "y": {"$subtract": [4, 4]}}}');
SELECT pg_temp.agg('pm', '[{"$match": {"$expr": {"$eq": ["$_id", "$$nope"]}}}]');
SELECT pg_temp.agg('pm', '[{"$match": {"$expr": "$$x"}}]', '{"let": {"x": "$a"}}');

-- A collection that does not exist is empty.
SELECT pg_temp.agg('pm_none', '[{"$match": {"a": 1}}]');
SELECT pg_temp.agg('pm_none', '[]');
SELECT pg_temp.agg('pm', '[]');

-- Errors are raised whatever the documents are.
SELECT pg_temp.agg(c, p) FROM (VALUES ('pm'), ('pm_none')) AS c(c),
(VALUES
    ('[{"$match": 1}]'),
    ('[{"$match": []}]'),
    ('[{"$match": null}]'),
    ('[{"$match": "a"}]'),
    ('[{"$match": {"a": {"$foo": 1}}}]'),
    ('[{"$match": {"$foo": 1}}]'),
    ('[{"$match": {"$and": []}}]'),
    ('[{"$limit": 1}, {"$match": {"a": {"$in": 1}}}]')
) AS p(p);

DROP TABLE pm;
