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

SELECT docdb.insert_many('pp', ARRAY[
    '{"_id": 1, "a": 1, "b": {"c": 2, "d": [3, {"e": 4}]}, "f": "x"}',
    '{"_id": 2, "b": [{"c": 5}, {"c": 6, "d": 7}, 8]}',
    '{"_id": 3, "a": null, "b": "s"}']::bson[]);

-- $project: inclusion, exclusion, computed fields.
SELECT pg_temp.agg('pp', '[{"$project": {"a": 1}}]');
SELECT pg_temp.agg('pp', '[{"$project": {"_id": 0, "b.c": 1}}]');
SELECT pg_temp.agg('pp', '[{"$project": {"b": 0}}]');
SELECT pg_temp.agg('pp', '[{"$project": {"_id": 0}}]');
SELECT pg_temp.agg('pp', '[{"$project": {"x": {"$add": ["$a", 1]}, "y": "$b.c", "z": {"k": "$f"}}}]');
SELECT pg_temp.agg('pp', '[{"$project": {"a": 1, "g": "$nope", "h": {"$literal": 1}}}]');
SELECT pg_temp.agg('pp', '[{"$project": {"v": "$$x"}}]', '{"let": {"x": {"$concat": ["p", "q"]}}}');
SELECT pg_temp.agg('pp', '[{"$project": {"a": 1}}, {"$project": {"a": "$a", "b": "$b"}}]');

-- $addFields and $set.
SELECT pg_temp.agg('pp', '[{"$addFields": {"n": {"$type": "$b"}, "b.c": 0}}]');
SELECT pg_temp.agg('pp', '[{"$set": {"a": "$f", "f": "$$REMOVE"}}]');
SELECT pg_temp.agg('pp', '[{"$addFields": {}}, {"$set": {}}]');

-- $unset.
SELECT pg_temp.agg('pp', '[{"$unset": "b"}]');
SELECT pg_temp.agg('pp', '[{"$unset": ["a", "b.c", "_id"]}]');

-- $replaceRoot and $replaceWith.
SELECT pg_temp.agg('pp', '[{"$match": {"_id": 1}}, {"$replaceRoot": {"newRoot": "$b"}}]');
SELECT pg_temp.agg('pp', '[{"$replaceRoot": {"newRoot": {"id": "$_id", "t": {"$type": "$b"}}}}]');
SELECT pg_temp.agg('pp', '[{"$replaceWith": {"$mergeObjects": [{"a": 0, "n": 1}, "$$ROOT"]}}]');
SELECT pg_temp.agg('pp', '[{"$replaceRoot": {"newRoot": "$b"}}]');
SELECT pg_temp.agg('pp', '[{"$replaceWith": "$nope"}]');
SELECT pg_temp.agg('pp', '[{"$replaceWith": "$a"}]');

SELECT pg_temp.agg(c, p) FROM (VALUES ('pp'), ('pp_none')) AS c(c),
(VALUES
    ('[{"$project": 1}]'),
    ('[{"$project": {}}]'),
    ('[{"$project": {"a": 1, "b": 0}}]'),
    ('[{"$project": {"a": 1, "a.b": 1}}]'),
    ('[{"$project": {"a": {"$nope": 1}}}]'),
    ('[{"$addFields": "a"}]'),
    ('[{"$set": [1]}]'),
    ('[{"$set": {"a": 1, "a.b": 1}}]'),
    ('[{"$set": {"$a": 1}}]'),
    ('[{"$unset": {}}]'),
    ('[{"$unset": []}]'),
    ('[{"$unset": ["a", 1]}]'),
    ('[{"$unset": ["a", "a.b"]}]'),
    ('[{"$unset": ""}]'),
    ('[{"$replaceRoot": "$a"}]'),
    ('[{"$replaceRoot": {}}]'),
    ('[{"$replaceRoot": {"newRoot": "$a", "other": 1}}]'),
    ('[{"$replaceRoot": {"newRoot": {"$nope": 1}}}]'),
    ('[{"$replaceWith": {"$nope": 1}}]')
) AS p(p);

-- The SQL functions with NULL.
SELECT docdb.replace_root(NULL, '"$a"') IS NULL, docdb.replace_root('{}', NULL) IS NULL,
       docdb.replace_with(NULL, '"$a"') IS NULL, docdb.replace_with('{}', NULL) IS NULL;
SELECT docdb.replace_root('{"a": {"b": 1}}', '"$a"', NULL), docdb.replace_with('{}', '"$$v"', '{"v": {"x": 2}}');

DROP TABLE pp;
