\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

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
