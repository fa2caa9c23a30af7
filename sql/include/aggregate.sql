-- aggregate.sql: what the tests of pipelines include.
--
-- pg_temp.agg: the documents of an aggregation, or MongoDB's error code and message.  The SQL that to_sql shows
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
