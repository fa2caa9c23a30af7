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

SELECT docdb.insert_many('pu', ARRAY[
    '{"_id": 1, "a": [1, "x", [2, 3], {"y": 4}, null], "z": 0}',
    '{"_id": 2, "a": []}',
    '{"_id": 3, "a": null}',
    '{"_id": 4}',
    '{"_id": 5, "a": "scalar"}',
    '{"_id": 6, "a": {"b": [7, 8]}}',
    '{"_id": 7, "a": [{"b": [9]}]}',
    '{"_id": 8, "a": {"b": []}}',
    '{"_id": 9, "a": {"$undefined": true}}']::bson[]);

SELECT pg_temp.agg('pu', '[{"$unwind": "$a"}]');
SELECT pg_temp.agg('pu', '[{"$unwind": {"path": "$a"}}]') LIMIT 2;
SELECT pg_temp.agg('pu', '[{"$unwind": {"path": "$a", "preserveNullAndEmptyArrays": true}}]');
SELECT pg_temp.agg('pu', '[{"$unwind": {"path": "$a", "includeArrayIndex": "i"}}]');
SELECT pg_temp.agg('pu', '[{"$unwind": {"path": "$a", "includeArrayIndex": "i.j",
                            "preserveNullAndEmptyArrays": true}}]');
SELECT pg_temp.agg('pu', '[{"$match": {"_id": 1}}, {"$unwind": {"path": "$a", "includeArrayIndex": "z"}}]');
SELECT pg_temp.agg('pu', '[{"$match": {"_id": 1}}, {"$unwind": {"path": "$a", "includeArrayIndex": "z.q"}}]');
SELECT pg_temp.agg('pu', '[{"$match": {"_id": 1}}, {"$unwind": {"path": "$a", "includeArrayIndex": "a.i"}}]');

-- A path goes through documents only.
SELECT pg_temp.agg('pu', '[{"$unwind": "$a.b"}]');
SELECT pg_temp.agg('pu', '[{"$unwind": {"path": "$a.b", "preserveNullAndEmptyArrays": true}}]');
SELECT pg_temp.agg('pu', '[{"$unwind": "$a"}, {"$unwind": "$a.b"}]');
SELECT pg_temp.agg('pu', '[{"$unwind": "$a"}, {"$unwind": "$a"}, {"$match": {"_id": 1}}]');

-- With other stages.
SELECT pg_temp.agg('pu', '[{"$sort": {"_id": -1}}, {"$unwind": "$a"}, {"$limit": 3}]');
SELECT pg_temp.agg('pu', '[{"$sort": {"_id": 1}}, {"$unwind": "$a"}, {"$skip": 3}, {"$limit": 3}, {"$project": {"a": 1}}]');
SELECT pg_temp.agg('pu', '[{"$unwind": "$a"}, {"$count": "n"}]');
SELECT pg_temp.agg('pu', '[{"$unwind": "$a"}, {"$group": {"_id": {"$type": "$a"}, "n": {"$sum": 1}}}, {"$sort": {"_id": 1}}]');
SELECT pg_temp.agg('pu', '[{"$group": {"_id": null, "all": {"$push": "$_id"}}}, {"$unwind": "$all"}, {"$sort": {"all": -1}}, {"$limit": 2}]');
SELECT pg_temp.agg('pu', '[{"$project": {"c": {"$cond": [{"$isArray": "$a"}, "$a", [0]]}}}, {"$unwind": "$c"}, {"$match": {"c": {"$type": "int"}}}]');

SELECT pg_temp.agg(c, p) FROM (VALUES ('pu'), ('pu_none')) AS c(c),
(VALUES
    ('[{"$unwind": 1}]'),
    ('[{"$unwind": []}]'),
    ('[{"$unwind": ""}]'),
    ('[{"$unwind": "a"}]'),
    ('[{"$unwind": "$"}]'),
    ('[{"$unwind": "$a."}]'),
    ('[{"$unwind": "$a..b"}]'),
    ('[{"$unwind": "$$a"}]'),
    ('[{"$unwind": {}}]'),
    ('[{"$unwind": {"path": 1}}]'),
    ('[{"$unwind": {"path": "a"}}]'),
    ('[{"$unwind": {"path": "$a", "preserveNullAndEmptyArrays": 1}}]'),
    ('[{"$unwind": {"path": "$a", "includeArrayIndex": ""}}]'),
    ('[{"$unwind": {"path": "$a", "includeArrayIndex": 1}}]'),
    ('[{"$unwind": {"path": "$a", "includeArrayIndex": "$i"}}]'),
    ('[{"$unwind": {"path": "$a", "nope": 1}}]')
) AS p(p);

-- The SQL function, also where it is not run to its end, and with NULL.
SELECT docdb.unwind('{"a": [1, 2, 3]}', '"$a"') LIMIT 2;
SELECT u FROM (VALUES ('{"a": [1, 2]}'::bson), ('{"a": [3, 4]}')) AS t(d), LATERAL (SELECT docdb.unwind(d, '"$a"') AS u LIMIT 1) AS s;
SELECT * FROM docdb.unwind(NULL, '"$a"');
SELECT * FROM docdb.unwind('{"a": [1]}', NULL);

DROP TABLE pu;
