\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

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
