\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

SELECT docdb.insert_many('pg', ARRAY[
    '{"_id": 1, "k": 1, "v": 5, "s": "b"}',
    '{"_id": 2, "k": 1.0, "v": 7, "s": "a"}',
    '{"_id": 3, "k": {"$numberLong": "1"}, "v": {"$numberLong": "2"}, "s": "c"}',
    '{"_id": 4, "k": {"$numberDecimal": "1"}, "v": "text", "s": "d"}',
    '{"_id": 5, "k": null, "v": 1}',
    '{"_id": 6, "v": 2}',
    '{"_id": 7, "k": [1, 2], "v": 3}',
    '{"_id": 8, "k": {"a": 1}, "v": 4}',
    '{"_id": 9, "k": {"a": 1.0}, "v": null}',
    '{"_id": 10, "k": "1"}']::bson[]);

-- Keys that compare equal are one group; a missing key is null.
SELECT pg_temp.agg('pg', '[{"$group": {"_id": {"$ifNull": ["$k", "none"]}, "n": {"$sum": 1}}},
                           {"$project": {"_id": {"$type": "$_id"}, "n": 1}},
                           {"$sort": {"_id": 1}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": "$k", "n": {"$sum": 1}}},
                           {"$project": {"_id": 0, "n": 1, "t": {"$type": "$_id"}}},
                           {"$sort": {"t": 1, "n": 1}}]');

-- The accumulators; fields come in the order they are given.
SELECT pg_temp.agg('pg', '[{"$group": {"_id": null, "sum": {"$sum": "$v"}, "avg": {"$avg": "$v"},
                            "min": {"$min": "$v"}, "max": {"$max": "$v"}, "n": {"$count": {}}}}]');
SELECT pg_temp.agg('pg', '[{"$match": {"_id": {"$lte": 4}}}, {"$sort": {"_id": 1}},
                           {"$group": {"_id": "$k", "first": {"$first": "$s"}, "last": {"$last": "$s"},
                            "all": {"$push": "$s"}}}, {"$project": {"_id": 0}}]');
SELECT pg_temp.agg('pg', '[{"$match": {"_id": {"$lte": 4}}}, {"$sort": {"s": -1}},
                           {"$group": {"_id": "$k", "first": {"$first": "$s"}, "last": {"$last": "$s"},
                            "all": {"$push": {"s": "$s", "i": "$_id"}}}}, {"$project": {"_id": 0}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": {"$lt": ["$_id", 7]}, "set": {"$addToSet": "$k"}}},
                           {"$project": {"n": {"$size": "$set"}}}, {"$sort": {"_id": 1}}]');
SELECT pg_temp.agg('pg', '[{"$match": {"_id": {"$in": [8, 9]}}}, {"$sort": {"_id": -1}},
                           {"$group": {"_id": null, "m": {"$mergeObjects": "$k"},
                            "d": {"$stdDevPop": "$_id"}, "e": {"$stdDevSamp": "$_id"}}}]');

-- What is missing: $push leaves it out, $first and $last make it null.
SELECT pg_temp.agg('pg', '[{"$sort": {"_id": 1}}, {"$group": {"_id": null, "p": {"$push": "$s"},
                            "f": {"$first": "$nope"}, "l": {"$last": "$s"}, "a": {"$avg": "$nope"},
                            "s": {"$sum": "$nope"}, "m": {"$min": "$nope"}}}]');

-- _id as an expression, a document of expressions, a constant.
SELECT pg_temp.agg('pg', '[{"$group": {"_id": {"$mod": ["$_id", 3]}, "n": {"$sum": 1}}}, {"$sort": {"_id": 1}}]');
SELECT pg_temp.agg('pg', '[{"$match": {"_id": {"$lte": 6}}},
                           {"$group": {"_id": {"odd": {"$mod": ["$_id", 2]}, "s": "$s"}, "n": {"$sum": 1}}},
                           {"$sort": {"_id": 1}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": {}, "n": {"$sum": 1}}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": "x", "n": {"$sum": {"$numberLong": "1"}}}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": {"$add": [1, 1]}, "n": {"$sum": 0.5}}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": null}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"n": {"$sum": 1}, "_id": "$$g"}}]', '{"let": {"g": {"$concat": ["y", "z"]}}}');

-- Accumulators of several values, with and without an order of the documents.
SELECT pg_temp.agg('pg', '[{"$match": {"_id": {"$lte": 4}}}, {"$sort": {"s": -1}}, {"$group": {"_id": null,
    "f": {"$firstN": {"input": "$s", "n": 2}}, "l": {"$lastN": {"input": "$s", "n": 2}}, "m": {"$maxN": {"input": "$_id", "n": 2}},
    "t": {"$top": {"sortBy": {"_id": 1}, "output": "$s"}}, "b": {"$bottomN": {"sortBy": {"_id": 1}, "output": ["$_id", "$s"], "n": 2}}}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": null, "t": {"$topN": {"sortBy": {"_id": -1}, "output": "$_id", "n": "$$n"}}}}]', '{"let": {"n": 3}}');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": null, "t": {"$firstN": {"input": "$_id", "n": 0}}}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": null, "t": {"$top": {"output": "$_id"}}}}]');

-- No document makes no group.
SELECT pg_temp.agg('pg_none', '[{"$group": {"_id": null, "n": {"$sum": 1}}}]');
SELECT pg_temp.agg('pg_none', '[{"$group": {"_id": "$k", "n": {"$sum": 1}}}]');

-- After other stages, and again.
SELECT pg_temp.agg('pg', '[{"$sort": {"_id": 1}}, {"$limit": 4}, {"$group": {"_id": null, "v": {"$push": "$v"}}}]');
SELECT pg_temp.agg('pg', '[{"$sort": {"_id": -1}}, {"$skip": 7}, {"$group": {"_id": null, "v": {"$push": "$_id"}, "f": {"$first": "$_id"}}}]');
SELECT pg_temp.agg('pg', '[{"$unwind": "$k"}, {"$group": {"_id": "$k", "n": {"$sum": 1}}}, {"$match": {"n": {"$gt": 1}}},
                           {"$project": {"_id": 0}}, {"$sort": {"n": 1}}]');
SELECT pg_temp.agg('pg', '[{"$group": {"_id": {"$type": "$k"}, "n": {"$sum": 1}}},
                           {"$group": {"_id": null, "types": {"$sum": 1}, "n": {"$sum": "$n"}}}]');
SELECT pg_temp.agg('pg', '[{"$project": {"w": {"$multiply": ["$_id", 2]}}}, {"$group": {"_id": null, "w": {"$sum": "$w"}}}]');

SELECT pg_temp.agg(c, p) FROM (VALUES ('pg'), ('pg_none')) AS c(c),
(VALUES
    ('[{"$group": 1}]'),
    ('[{"$group": {}}]'),
    ('[{"$group": {"n": {"$sum": 1}}}]'),
    ('[{"$group": {"_id": 1, "_id": 2}}]'),
    ('[{"$group": {"_id": {"a": 1}}}]'),
    ('[{"$group": {"_id": {"a": true}}}]'),
    ('[{"$group": {"_id": {"$nope": 1}}}]'),
    ('[{"$group": {"_id": null, "a": 1}}]'),
    ('[{"$group": {"_id": null, "a": {}}}]'),
    ('[{"$group": {"_id": null, "a": {"b": 1}}}]'),
    ('[{"$group": {"_id": null, "a": {"$nope": 1}}}]'),
    ('[{"$group": {"_id": null, "a": {"$abs": 1}}}]'),
    ('[{"$group": {"_id": null, "a.b": {"$sum": 1}}}]'),
    ('[{"$group": {"_id": null, "$a": {"$sum": 1}}}]'),
    ('[{"$group": {"_id": null, "a": {"$sum": 1, "$avg": 1}}}]'),
    ('[{"$group": {"_id": null, "a": {"$sum": [1, 2]}}}]'),
    ('[{"$group": {"_id": null, "a": {"$count": 1}}}]'),
    ('[{"$group": {"_id": null, "a": {"$count": {"x": 1}}}}]'),
    ('[{"$group": {"_id": null, "a": {"$sum": {"$nope": 1}}}}]')
) AS p(p);

-- The SQL functions and aggregates.
SELECT docdb.build_document('["a", "b"]', '1', NULL), docdb.build_document('[]', VARIADIC '{}');
SELECT docdb.build_document(NULL, '1') IS NULL;
SELECT docdb.build_document('["a"]', VARIADIC '{}');
SELECT docdb.build_document('[1]', '1');
SELECT docdb.build_document('1', '1');
SELECT docdb.count_value(1), docdb.count_value(2147483647), docdb.count_value(2147483648), docdb.count_value(NULL);
SELECT docdb.first_by(v::bson_value, k::bytea), docdb.last_by(v::bson_value, k::bytea)
FROM (VALUES ('1', '\x02'), ('2', '\x01'), ('3', '\x01'), ('4', '\x02'), (NULL, NULL), ('5', NULL)) AS t(v, k);
SELECT docdb.first_by(v::bson_value, k::bytea), docdb.last_by(v::bson_value, k::bytea)
FROM (VALUES (NULL, '\x01'), ('2', '\x0100'), (NULL, '\x02')) AS t(v, k);
SELECT docdb.first_by(NULL, NULL), docdb.last_by('1', '\x') FROM generate_series(1, 0);

DROP TABLE pg;
