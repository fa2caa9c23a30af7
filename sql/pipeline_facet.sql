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

SELECT docdb.insert_many('pf', ARRAY[
    '{"_id": 1, "k": "a", "v": 5}', '{"_id": 2, "k": "b", "v": 3}', '{"_id": 3, "k": "a", "v": 1}',
    '{"_id": 4, "k": "c", "v": [7, 8]}']::bson[]);
SELECT docdb.insert_many('pf_other', ARRAY['{"_id": 1, "o": "x"}', '{"_id": 2, "o": "y"}']::bson[]);

-- $facet: one document, an array for each pipeline.
SELECT pg_temp.agg('pf', '[{"$facet": {"all": [], "n": [{"$count": "n"}], "by": [{"$sortByCount": "$k"}, {"$limit": 1}]}}]');
SELECT pg_temp.agg('pf', '[{"$match": {"k": "a"}}, {"$facet": {"x": [{"$match": {"v": 1}}], "none": [{"$match": {"v": 9}}]}}]');
SELECT pg_temp.agg('pf', '[{"$sort": {"v": -1}}, {"$limit": 3}, {"$facet": {"ids": [{"$project": {"_id": 1}}], "first": [{"$limit": 1}],
                            "rev": [{"$sort": {"_id": -1}}, {"$group": {"_id": null, "i": {"$push": "$_id"}}}],
                            "same": [{"$group": {"_id": null, "i": {"$push": "$_id"}}}]}}]');
SELECT pg_temp.agg('pf', '[{"$facet": {"u": [{"$unwind": "$v"}, {"$sort": {"v": 1}}, {"$project": {"_id": 0, "v": 1}}]}}, {"$unwind": "$u"}, {"$replaceWith": "$u"}, {"$match": {"v": {"$gt": 4}}}]');
SELECT pg_temp.agg('pf', '[{"$facet": {"l": [{"$lookup": {"from": "pf_other", "localField": "_id", "foreignField": "_id", "as": "o"}}, {"$match": {"o": {"$ne": []}}}, {"$project": {"o": "$o.o"}}, {"$sort": {"_id": 1}}]}}]');
SELECT pg_temp.agg('pf', '[{"$facet": {"v": [{"$match": {"$expr": {"$eq": ["$k", "$$x"]}}}, {"$count": "n"}]}}]', '{"let": {"x": "a"}}');
SELECT pg_temp.agg('pf_none', '[{"$facet": {"a": [{"$count": "n"}], "b": []}}]');
SELECT pg_temp.agg('pf_other', '[{"$sort": {"_id": 1}}, {"$lookup": {"from": "pf", "let": {"i": "$_id"}, "pipeline": [
    {"$match": {"$expr": {"$gt": ["$_id", "$$i"]}}}, {"$facet": {"n": [{"$count": "n"}], "m": [{"$match": {"$expr": {"$eq": ["$_id", {"$add": ["$$i", 1]}]}}}]}}], "as": "f"}}]');

-- $unionWith: the documents there are, then the others.
SELECT pg_temp.agg('pf', '[{"$project": {"k": 1}}, {"$unionWith": "pf_other"}]');
SELECT pg_temp.agg('pf', '[{"$sort": {"_id": -1}}, {"$project": {"k": 1}}, {"$unionWith": {"coll": "pf_other", "pipeline": [{"$sort": {"o": -1}}]}}]');
SELECT pg_temp.agg('pf', '[{"$match": {"_id": 1}}, {"$unionWith": {"coll": "pf_other", "pipeline": [{"$sort": {"o": -1}}, {"$limit": 1}]}}, {"$unionWith": "pf_other"}, {"$skip": 1}]');
SELECT pg_temp.agg('pf', '[{"$unionWith": {"coll": "pf_other"}}, {"$group": {"_id": null, "n": {"$sum": 1}}}]');
SELECT pg_temp.agg('pf', '[{"$unionWith": {"coll": "pf_other"}}, {"$match": {"_id": 1}}, {"$sort": {"o": 1}}]');
SELECT pg_temp.agg('pf', '[{"$limit": 1}, {"$unionWith": "pf_none"}]');
SELECT pg_temp.agg('pf_none', '[{"$unionWith": "pf_other"}]');
SELECT pg_temp.agg('pf', '[{"$match": {"_id": 4}}, {"$unionWith": {"coll": "pf_other", "pipeline": [{"$match": {"$expr": {"$eq": ["$o", "$$x"]}}}]}}]', '{"let": {"x": "y"}}');

SELECT pg_temp.agg(c, p) FROM (VALUES ('pf'), ('pf_none')) AS c(c),
(VALUES
    ('[{"$facet": 1}]'),
    ('[{"$facet": {}}]'),
    ('[{"$facet": []}]'),
    ('[{"$facet": {"a": 1}}]'),
    ('[{"$facet": {"a": [1]}}]'),
    ('[{"$facet": {"a": [{}]}}]'),
    ('[{"$facet": {"a": [{"$nope": 1}]}}]'),
    ('[{"$facet": {"a": [{"$facet": {"b": []}}]}}]'),
    ('[{"$facet": {"a.b": []}}]'),
    ('[{"$facet": {"$a": []}}]'),
    ('[{"$facet": {"": []}}]'),
    ('[{"$facet": {"a": [{"$limit": 0}]}}]'),
    ('[{"$unionWith": 1}]'),
    ('[{"$unionWith": {}}]'),
    ('[{"$unionWith": {"coll": 1}}]'),
    ('[{"$unionWith": {"coll": "x", "pipeline": 1}}]'),
    ('[{"$unionWith": {"coll": "x", "pipeline": [{"$nope": 1}]}}]'),
    ('[{"$unionWith": {"coll": "x", "nope": 1}}]'),
    ('[{"$unionWith": ""}]')
) AS p(p);

DROP TABLE pf, pf_other;
