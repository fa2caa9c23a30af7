\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

SELECT docdb.insert_many('ps', ARRAY[
    '{"_id": 1, "a": 3, "b": "x"}',
    '{"_id": 2, "a": 1, "b": "y"}',
    '{"_id": 3, "a": "2", "b": "x"}',
    '{"_id": 4, "a": [0, 9], "b": "z"}',
    '{"_id": 5, "b": "x"}',
    '{"_id": 6, "a": {"c": 1}, "b": "y"}']::bson[]);

SELECT pg_temp.agg('ps', '[{"$sort": {"a": 1}}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"a": -1}}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"b": 1, "_id": -1}}, {"$project": {"b": 1}}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"b": 1.0, "_id": {"$numberLong": "-1"}}}, {"$limit": 2}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"a.c": -1, "_id": 1}}, {"$limit": 1}]');

-- $skip and $limit, in any order and number.
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": 1}}, {"$skip": 4}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": 1}}, {"$skip": 1}, {"$limit": 2}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": 1}}, {"$limit": 3}, {"$skip": 2}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": 1}}, {"$skip": 1}, {"$skip": 2}, {"$limit": 2}, {"$limit": 5}, {"$skip": 1}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": 1}}, {"$limit": 2}, {"$skip": 2}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": 1}}, {"$skip": 0}, {"$limit": {"$numberLong": "9223372036854775807"}}, {"$skip": 5.0}]');
SELECT pg_temp.agg('ps', '[{"$skip": {"$numberLong": "9223372036854775807"}}, {"$skip": 1}]');
SELECT count(*) FROM docdb.aggregate('ps', '[{"$limit": 4}]');

-- The last $sort counts; an order outlives later stages.
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": 1}}, {"$sort": {"_id": -1}}, {"$limit": 1}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": -1}}, {"$limit": 4}, {"$sort": {"_id": 1}}, {"$limit": 2}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": -1}}, {"$addFields": {"c": {"$type": "$a"}}}, {"$match": {"c": {"$ne": "int"}}}, {"$project": {"c": 1}}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": -1}}, {"$limit": 5}, {"$match": {"b": {"$in": ["y", "z"]}}}, {"$unwind": "$a"}, {"$skip": 1}]');
SELECT pg_temp.agg('ps', '[{"$project": {"n": {"$subtract": [0, "$_id"]}}}, {"$sort": {"n": 1}}, {"$limit": 2}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"b": 1, "_id": 1}}, {"$group": {"_id": null, "i": {"$push": "$_id"}}}]');
SELECT pg_temp.agg('ps', '[{"$group": {"_id": "$b", "n": {"$sum": 1}}}, {"$sort": {"n": -1, "_id": 1}}]');

SELECT pg_temp.agg('ps', '[{"$sort": {"_id": -1, "a": 1}}, {"$group": {"_id": "$b", "f": {"$first": "$_id"}, "l": {"$last": "$_id"}, "p": {"$push": "$_id"}}}, {"$sort": {"_id": 1}}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": -1}}, {"$limit": 4}, {"$group": {"_id": "$b", "f": {"$first": "$_id"}, "p": {"$push": "$_id"}}}, {"$sort": {"_id": 1}}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": -1}}, {"$facet": {"a": [{"$limit": 2}, {"$project": {"_id": 1}}], "b": [{"$group": {"_id": null, "f": {"$first": "$_id"}}}]}}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": -1}}, {"$limit": 2}, {"$unionWith": {"coll": "ps", "pipeline": [{"$sort": {"_id": -1}}, {"$limit": 1}]}}, {"$project": {"_id": 1}}]');

-- $sample
SELECT count(*) FROM docdb.aggregate('ps', '[{"$sample": {"size": 3}}]');
SELECT count(*) FROM docdb.aggregate('ps', '[{"$sample": {"size": 100.9}}]');
SELECT count(*) FROM docdb.aggregate('ps', '[{"$sample": {"size": 4}}, {"$match": {"_id": {"$gt": 0}}}, {"$limit": 3}]');
SELECT pg_temp.agg('ps', '[{"$sort": {"_id": 1}}, {"$limit": 2}, {"$sample": {"size": 9}}, {"$sort": {"_id": -1}}]');
SELECT count(*) FROM docdb.aggregate('ps', '[{"$sample": {"size": 9}}, {"$group": {"_id": "$b", "f": {"$first": "$_id"}}}]');

-- $sortByCount
SELECT pg_temp.agg('ps', '[{"$sortByCount": "$b"}]');
SELECT pg_temp.agg('ps', '[{"$sortByCount": {"$gt": ["$_id", 2]}}]');

SELECT pg_temp.agg(c, p) FROM (VALUES ('ps'), ('ps_none')) AS c(c),
(VALUES
    ('[{"$sort": 1}]'),
    ('[{"$sort": {}}]'),
    ('[{"$sort": {"a": "asc"}}]'),
    ('[{"$sort": {"a": true}}]'),
    ('[{"$sort": {"a": 0}}]'),
    ('[{"$sort": {"a": 2}}]'),
    ('[{"$sort": {"a": 1e300}}]'),
    ('[{"$sort": {"a": 1, "a": -1}}]'),
    ('[{"$sort": {"a": {"b": 1}}}]'),
    ('[{"$sort": {"a": {}}}]'),
    ('[{"$sort": {"a": {"$meta": "textScore"}}}]'),
    ('[{"$sort": {"": 1}}]'),
    ('[{"$sort": {"a.": 1}}]'),
    ('[{"$sort": {"$a": 1}}]'),
    ('[{"$limit": "1"}]'),
    ('[{"$limit": null}]'),
    ('[{"$limit": 0}]'),
    ('[{"$limit": -1}]'),
    ('[{"$limit": 1.5}]'),
    ('[{"$limit": 1e30}]'),
    ('[{"$limit": {"$numberDouble": "NaN"}}]'),
    ('[{"$limit": {"$numberDouble": "Infinity"}}]'),
    ('[{"$skip": {}}]'),
    ('[{"$skip": -5}]'),
    ('[{"$skip": 0.5}]'),
    ('[{"$skip": {"$numberDecimal": "1E+30"}}]'),
    ('[{"$project": {"a": 1}}, {"$limit": -1}]'),
    ('[{"$sample": 1}]'),
    ('[{"$sample": {}}]'),
    ('[{"$sample": {"size": "1"}}]'),
    ('[{"$sample": {"size": 0}}]'),
    ('[{"$sample": {"size": -1}}]'),
    ('[{"$sample": {"size": 1, "n": 1}}]'),
    ('[{"$sortByCount": 1}]'),
    ('[{"$sortByCount": "a"}]'),
    ('[{"$sortByCount": ""}]'),
    ('[{"$sortByCount": {}}]'),
    ('[{"$sortByCount": {"a": 1}}]'),
    ('[{"$sortByCount": {"$nope": 1}}]')
) AS p(p);

DROP TABLE ps;
