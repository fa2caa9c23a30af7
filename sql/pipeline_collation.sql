-- Pipelines by a collation.
\set VERBOSITY sqlstate
\pset null '(null)'

CREATE SCHEMA pc;
SET search_path = pc, public;
SELECT docdb.insert_many('words', array_agg(format('{"_id": %s, "w": %s, "n": %s}', n, w, n * 10)::bson ORDER BY n))
FROM (VALUES (1, '"b"'), (2, '"A"'), (3, '"a"'), (4, '"B"'), (5, '"á"'), (6, '["C", "a"]'), (7, '10'), (8, 'null'),
             (9, '"c"'), (10, '{"x": "A"}'), (11, '{"x": "a"}')) AS v(n, w);
SELECT docdb.insert_many('names', ARRAY['{"_id": "A", "w": "one"}', '{"_id": "B", "w": "Two"}', '{"_id": "a", "w": "two"}', '{"_id": 10, "w": "ten"}']::bson[]);

CREATE FUNCTION agg(pipeline text, coll text DEFAULT '{"locale": "en", "strength": 2}') RETURNS SETOF bson LANGUAGE sql
AS $$ SELECT docdb.aggregate('words', pipeline::bson_value, format('{"collation": %s}', coll)::bson) $$;

SELECT agg('[{"$match": {"w": "A"}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$match": {"w": "A"}}, {"$sort": {"_id": 1}}]', '{"locale": "simple"}');
SELECT agg('[{"$limit": 100}, {"$match": {"w": "A"}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$addFields": {"v": "$w"}}, {"$match": {"v": "A"}}, {"$sort": {"_id": 1}}, {"$project": {"v": 1}}]');
SELECT agg('[{"$match": {"$expr": {"$eq": ["$w", "a"]}}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$sort": {"w": 1, "_id": 1}}, {"$project": {"w": 1}}]');
SELECT agg('[{"$sort": {"w": -1, "_id": 1}}, {"$skip": 2}, {"$limit": 3}, {"$project": {"w": 1}}]', '{"locale": "en"}');
SELECT agg('[{"$project": {"e": {"$eq": ["$w", "a"]}}}, {"$match": {"e": true}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$addFields": {"e": {"$in": ["$w", ["a", "B"]]}}}, {"$match": {"e": true}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$match": {"w": {"$type": "string"}}}, {"$replaceRoot": {"newRoot": {"lt": {"$lt": ["$w", "B"]}, "w": "$w"}}}, {"$sort": {"w": 1}}, {"$project": {"lt": 1}}]');

-- Groups: one for all values that are equal, with the first of them as _id.
SELECT agg('[{"$sort": {"_id": 1}}, {"$group": {"_id": "$w", "n": {"$sum": 1}, "ids": {"$push": "$_id"}}}, {"$sort": {"ids": 1}}]');
SELECT agg('[{"$sort": {"_id": -1}}, {"$group": {"_id": "$w", "n": {"$sum": 1}}}, {"$match": {"n": {"$gt": 1}}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$sort": {"_id": 1}}, {"$group": {"_id": {"k": "$w"}, "n": {"$sum": 1}}}, {"$match": {"n": {"$gt": 1}}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$match": {"_id": {"$lt": 6}}}, {"$sort": {"_id": 1}}, {"$group": {"_id": null, "max": {"$max": "$w"}, "min": {"$min": "$w"}, "set": {"$addToSet": "$w"}, "first": {"$first": "$w"}}}, {"$project": {"max": 1, "min": 1, "first": 1, "size": {"$size": "$set"}}}]');
SELECT agg('[{"$match": {"_id": {"$lt": 6}}}, {"$group": {"_id": null, "top": {"$topN": {"n": 3, "sortBy": {"w": 1, "_id": 1}, "output": "$w"}}, "bottom": {"$bottom": {"sortBy": {"w": 1, "_id": 1}, "output": "$w"}}, "maxN": {"$maxN": {"n": 2, "input": "$n"}}}}]');
SELECT agg('[{"$match": {"w": {"$type": "string"}}}, {"$sortByCount": "$w"}, {"$project": {"_id": 0}}]');
SELECT agg('[{"$sort": {"w": 1, "_id": 1}}, {"$group": {"_id": null, "w": {"$push": "$_id"}, "l": {"$last": "$w"}}}]', '{"locale": "en", "strength": 1}');

-- Joins. The other side is compared by the pipeline's collation.
SELECT agg('[{"$match": {"_id": {"$lte": 7}}}, {"$lookup": {"from": "names", "localField": "w", "foreignField": "_id", "as": "m"}}, {"$project": {"m": {"$map": {"input": "$m", "in": "$$this._id"}}}}, {"$addFields": {"m": {"$sortArray": {"input": {"$map": {"input": "$m", "in": {"$cond": [{"$eq": [{"$type": "$$this"}, "string"]}, {"$concat": ["$$this", ""]}, "$$this"]}}}, "sortBy": 1}}}}, {"$sort": {"_id": 1}}]', '{"locale": "simple"}');
SELECT agg('[{"$match": {"_id": {"$lte": 7}}}, {"$lookup": {"from": "names", "localField": "w", "foreignField": "_id", "as": "m"}}, {"$project": {"n": {"$size": "$m"}}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$match": {"_id": {"$lte": 7}}}, {"$lookup": {"from": "names", "localField": "w", "foreignField": "_id", "as": "m"}}, {"$unwind": "$m"}, {"$project": {"m": "$m.w"}}, {"$sort": {"_id": 1, "m": 1}}]');
SELECT agg('[{"$match": {"_id": {"$lte": 4}}}, {"$lookup": {"from": "names", "let": {"v": "$w"}, "pipeline": [{"$match": {"$expr": {"$eq": ["$_id", "$$v"]}}}, {"$sort": {"w": 1, "_id": 1}}], "as": "m"}}, {"$project": {"n": {"$size": "$m"}}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$match": {"_id": {"$lte": 4}}}, {"$lookup": {"from": "names", "localField": "w", "foreignField": "_id", "pipeline": [{"$match": {"w": "TWO"}}], "as": "m"}}, {"$project": {"m": "$m.w"}}, {"$sort": {"_id": 1}}]');
SELECT agg('[{"$limit": 1}, {"$lookup": {"from": "names", "pipeline": [{"$match": {"w": "TWO"}}, {"$count": "n"}], "as": "m"}}, {"$project": {"m": 1}}]');
SELECT agg('[{"$match": {"w": "a"}}, {"$unionWith": {"coll": "names", "pipeline": [{"$match": {"w": "TWO"}}]}}, {"$count": "n"}]');
SELECT agg('[{"$facet": {"a": [{"$match": {"w": "a"}}, {"$count": "n"}], "b": [{"$sort": {"w": 1, "_id": 1}}, {"$limit": 4}, {"$project": {"_id": 1}}]}}]');
SELECT agg('[{"$unwind": "$w"}, {"$match": {"w": "C"}}, {"$sort": {"_id": 1}}]');

-- With variables.
SELECT docdb.aggregate('words', '[{"$match": {"$expr": {"$eq": ["$w", "$$v"]}, "w": {"$ne": "A"}}}]', '{"let": {"v": "a"}, "collation": {"locale": "en", "strength": 3}}');
SELECT docdb.aggregate('words', '[{"$match": {"$expr": {"$eq": ["$w", "$$v"]}}}, {"$sort": {"_id": 1}}]', '{"let": {"v": "a"}, "collation": {"locale": "en", "strength": 2}}');
SELECT docdb.aggregate('words', '[{"$project": {"e": {"$eq": ["$w", "$$v"]}}}, {"$match": {"e": true}}, {"$sort": {"_id": 1}}]', '{"let": {"v": "a"}, "collation": {"locale": "en", "strength": 1}}');

-- Serial and parallel plans, and what statement it is.
SELECT docdb.to_sql('pc', '{"aggregate": "words", "pipeline": [{"$match": {"w": "a"}}, {"$group": {"_id": "$w", "m": {"$max": "$w"}, "s": {"$sum": 1}}}], "cursor": {}, "collation": {"locale": "en", "strength": 2}}');
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT agg('[{"$group": {"_id": "$w", "n": {"$sum": 1}}}, {"$match": {"n": {"$gt": 1}}}, {"$group": {"_id": null, "groups": {"$sum": 1}, "of": {"$sum": "$n"}}}]');
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

SELECT agg('[]', '{"locale": "xx"}');
SELECT docdb.aggregate('nothing', '[{"$match": {"a": "b"}}]', '{"collation": {"locale": "fr"}}');
DROP SCHEMA pc CASCADE;
