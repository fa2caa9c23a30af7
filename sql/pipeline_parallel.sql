-- Pipelines over more documents than a few, run serially and with parallel plans; the results of
-- both, with their order, must be the same.
SELECT docdb.insert_many('pa', (SELECT array_agg(format(
    '{"_id": %s, "k": %s, "r": %s, "s": "%s", "t": [%s, %s]}',
    i, i % 17, (i * 7919) % 10007, md5(i::text), i % 5, i % 3)::bson) FROM generate_series(1, 1200) AS i));
SELECT docdb.insert_many('pa_other', (SELECT array_agg(format(
    '{"_id": %s, "k": %s, "f": [%s, %s]}', i, i % 40, i % 17, i % 13)::bson) FROM generate_series(1, 200) AS i));
ANALYZE pa, pa_other;

CREATE FUNCTION pg_temp.run(sql text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    result text[];
BEGIN
    EXECUTE format('SELECT coalesce(array_agg(doc::text), ''{}'') FROM (%s) AS s', sql) INTO result;
    RETURN result;
END
$$;
CREATE FUNCTION pg_temp.run_parallel(sql text, OUT result text[], OUT gathers boolean) LANGUAGE plpgsql
    SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0 SET min_parallel_table_scan_size = 0
    SET max_parallel_workers_per_gather = 2 SET enable_mergejoin = off
AS $$
DECLARE
    plan text;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT coalesce(array_agg(doc::text), ''{}'') FROM (%s) AS s', sql) INTO plan;
    gathers := plan ~ '"Gather';
    result := pg_temp.run(sql);
END
$$;
CREATE FUNCTION pg_temp.run_otherwise(sql text) RETURNS text[] LANGUAGE plpgsql
    SET max_parallel_workers_per_gather = 0 SET enable_hashagg = off SET enable_hashjoin = off SET enable_nestloop = off
    SET work_mem = '64kB'
AS $$
BEGIN
    RETURN pg_temp.run(sql);
END
$$;

-- Each pipeline ends in an order without ties, or gives one document.
CREATE TEMP TABLE pipelines (n int GENERATED ALWAYS AS IDENTITY, pipeline text);
INSERT INTO pipelines (pipeline) VALUES
    ('[{"$match": {"k": 3}}, {"$sort": {"_id": 1}}]'),
    ('[{"$sort": {"r": 1}}, {"$project": {"r": 1}}]'),
    ('[{"$sort": {"r": -1}}, {"$limit": 50}, {"$match": {"k": {"$lt": 5}}}]'),
    ('[{"$sort": {"r": 1}}, {"$skip": 100}, {"$limit": 200}, {"$unwind": "$t"}]'),
    ('[{"$sort": {"r": 1}}, {"$unwind": {"path": "$t", "includeArrayIndex": "i"}}, {"$match": {"i": 1}}]'),
    ('[{"$sort": {"r": 1}}, {"$addFields": {"x": {"$add": ["$k", 1]}}}, {"$match": {"x": {"$gt": 10}}}, {"$project": {"x": 1}}]'),
    ('[{"$group": {"_id": "$k", "n": {"$sum": 1}, "r": {"$sum": "$r"}, "a": {"$avg": "$r"}, "lo": {"$min": "$s"}, "hi": {"$max": "$s"}}}, {"$sort": {"_id": 1}}]'),
    ('[{"$sort": {"r": 1}}, {"$group": {"_id": "$k", "f": {"$first": "$r"}, "l": {"$last": "$r"}}}, {"$sort": {"_id": 1}}]'),
    ('[{"$sort": {"r": -1}}, {"$group": {"_id": "$k", "f": {"$first": "$r"}, "p": {"$push": "$r"}}}, {"$sort": {"_id": 1}}]'),
    ('[{"$sort": {"r": 1}}, {"$limit": 500}, {"$group": {"_id": {"$mod": ["$k", 4]}, "p": {"$push": "$_id"}, "m": {"$mergeObjects": {"r": "$r"}}}}, {"$sort": {"_id": 1}}]'),
    ('[{"$group": {"_id": null, "n": {"$sum": 1}, "f": {"$max": "$r"}}}]'),
    ('[{"$count": "n"}]'),
    ('[{"$match": {"r": {"$gt": 5000}}}, {"$count": "n"}]'),
    ('[{"$unwind": "$t"}, {"$group": {"_id": "$t", "n": {"$sum": 1}}}, {"$sort": {"_id": -1}}]'),
    ('[{"$unwind": "$t"}, {"$sortByCount": "$t"}, {"$sort": {"count": -1, "_id": 1}}]'),
    ('[{"$sort": {"r": 1}}, {"$lookup": {"from": "pa_other", "localField": "_id", "foreignField": "_id", "as": "o"}}, {"$match": {"o": {"$ne": []}}}]'),
    ('[{"$sort": {"r": 1}}, {"$lookup": {"from": "pa_other", "localField": "k", "foreignField": "f", "as": "o"}}, {"$project": {"o": "$o._id"}}]'),
    ('[{"$sort": {"r": 1}}, {"$limit": 300}, {"$lookup": {"from": "pa_other", "localField": "t", "foreignField": "f", "as": "o"}}, {"$project": {"o": "$o._id"}}]'),
    ('[{"$lookup": {"from": "pa_other", "localField": "t", "foreignField": "f", "as": "o"}}, {"$unwind": "$o"}, {"$group": {"_id": "$o.k", "n": {"$sum": 1}}}, {"$sort": {"_id": 1}}]'),
    ('[{"$lookup": {"from": "pa_other", "localField": "k", "foreignField": "k", "as": "o"}}, {"$unwind": "$o"}, {"$project": {"k": "$o._id"}}, {"$sort": {"_id": 1, "k": 1}}]'),
    ('[{"$lookup": {"from": "pa_other", "localField": "k", "foreignField": "k", "as": "o"}}, {"$unwind": {"path": "$o", "preserveNullAndEmptyArrays": true}}, {"$project": {"k": "$o._id"}}, {"$sort": {"_id": 1, "k": 1}}]'),
    ('[{"$sort": {"r": 1}}, {"$lookup": {"from": "pa_other", "localField": "k", "foreignField": "f", "as": "o"}}, {"$group": {"_id": null, "p": {"$push": "$_id"}, "f": {"$first": "$r"}, "n": {"$sum": {"$size": "$o"}}}}]'),
    ('[{"$match": {"_id": {"$lt": 40}}}, {"$sort": {"r": 1}}, {"$lookup": {"from": "pa_other", "let": {"k": "$k"}, "pipeline": [{"$match": {"$expr": {"$eq": ["$k", "$$k"]}}}, {"$sort": {"_id": -1}}, {"$limit": 2}], "as": "o"}}]'),
    ('[{"$sort": {"r": 1}}, {"$limit": 100}, {"$facet": {"a": [{"$limit": 5}], "b": [{"$group": {"_id": null, "p": {"$push": "$r"}}}], "c": [{"$sort": {"_id": 1}}, {"$skip": 90}]}}]'),
    ('[{"$sort": {"r": 1}}, {"$project": {"r": 1}}, {"$unionWith": {"coll": "pa_other", "pipeline": [{"$sort": {"_id": -1}}]}}]'),
    ('[{"$sort": {"s": 1}}, {"$replaceWith": {"s": "$s"}}, {"$skip": 1190}]');
CREATE TEMP TABLE results AS
SELECT n, pipeline,
       ARRAY(SELECT d::text FROM docdb.aggregate('pa', pipeline::bson_value) AS d) AS documents,
       docdb.to_sql(current_schema(), format('{"aggregate": "pa", "pipeline": %s, "cursor": {}}', pipeline)::bson) AS sql
FROM pipelines;
SELECT n, cardinality(documents) AS documents, documents = pg_temp.run(sql) AS serial,
       documents = (pg_temp.run_parallel(sql)).result AS parallel,
       documents = pg_temp.run_otherwise(sql) AS otherwise
FROM results ORDER BY n;

-- Parallel plans there were.
SELECT count(*) > 10 AS enough FROM results WHERE (pg_temp.run_parallel(sql)).gathers;

-- What some of them must give, from the numbers themselves.
SELECT documents = (SELECT array_agg(format('{"_id": %s, "f": %s, "l": %s}', k, f, l) ORDER BY k)
                    FROM (SELECT i % 17 AS k, min((i * 7919) % 10007) AS f, max((i * 7919) % 10007) AS l
                          FROM generate_series(1, 1200) AS i GROUP BY 1) AS s) AS first_and_last
FROM results WHERE n = 8;
SELECT documents[1] = (SELECT format('{"_id": 0, "f": %s, "p": [%s]}', p[1], array_to_string(p, ', '))
                       FROM (SELECT array_agg((i * 7919) % 10007 ORDER BY (i * 7919) % 10007 DESC) AS p
                             FROM generate_series(1, 1200) AS i WHERE i % 17 = 0) AS s) AS pushed
FROM results WHERE n = 9;
SELECT sum(c) FROM (SELECT count(*) AS c FROM generate_series(1, 1200) AS i, generate_series(1, 200) AS j
    WHERE ARRAY[i % 5, i % 3] && ARRAY[j % 17, j % 13]) AS s;
SELECT sum((regexp_match(d, '"n": (\d+)'))[1]::int) FROM results, unnest(documents) AS d WHERE n = 19;

DROP TABLE pa, pa_other;
