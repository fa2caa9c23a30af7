\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

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
