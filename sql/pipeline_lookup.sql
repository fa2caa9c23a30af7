\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

-- The _id of the local documents whose array is not empty, and of the foreign documents found; and
-- whether the join that $lookup compiles to, the filter that defines it and an index agree.
CREATE FUNCTION pg_temp.lookup(local text[], local_field text, "foreign" text[], foreign_field text,
                               OUT pairs text, OUT by_filter boolean, OUT by_index boolean)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    stage text := format('{"from": "pl_f", "localField": %s, "foreignField": %s, "as": "m"',
                         to_json(local_field), to_json(foreign_field));
BEGIN
    PERFORM docdb.delete_many('pl_l', '{}'), docdb.delete_many('pl_f', '{}');
    PERFORM docdb.insert_many('pl_l', local::bson[]), docdb.insert_many('pl_f', "foreign"::bson[]);
    SELECT string_agg(format('%s:%s', d ->> '_id', d -> 'm'), ' ' ORDER BY (d ->> '_id')::int) INTO pairs
        FROM docdb.aggregate('pl_l', format(
            '[{"$lookup": %s}}, {"$match": {"m": {"$ne": []}}}, {"$project": {"m": "$m._id"}}]',
            stage)::bson_value) AS d;
    SELECT pairs IS NOT DISTINCT FROM
        string_agg(format('%s:%s', d ->> '_id', d -> 'm'), ' ' ORDER BY (d ->> '_id')::int) INTO by_filter
        FROM docdb.aggregate('pl_l', format(
            '[{"$lookup": %s, "pipeline": [{"$sort": {"_id": 1}}]}}, {"$match": {"m": {"$ne": []}}}, {"$project": {"m": "$m._id"}}]',
            stage)::bson_value) AS d;
    IF foreign_field ~ '[0-9]' THEN
        RETURN;                 -- indexes do not take both meanings of such a path
    END IF;
    PERFORM docdb.create_index('pl_f', format('{%s: 1}', to_json(foreign_field))::bson);
    SELECT pairs IS NOT DISTINCT FROM
        string_agg(format('%s:%s', d ->> '_id', d -> 'm'), ' ' ORDER BY (d ->> '_id')::int) INTO by_index
        FROM docdb.aggregate('pl_l', format(
            '[{"$lookup": %s}}, {"$match": {"m": {"$ne": []}}}, {"$project": {"m": {"$sortArray": {"input": "$m._id", "sortBy": 1}}}}]',
            stage)::bson_value) AS d;
    PERFORM docdb.drop_index('pl_f', '*');
END
$$;
SELECT docdb.create_collection('pl_l'), docdb.create_collection('pl_f');

-- What $lookup takes for equal, one foreign document at a time.
CREATE TEMP TABLE nulls AS SELECT ARRAY[
    '{"_id": 0, "no_a": 1}', '{"_id": 1, "a": null}', '{"_id": 2, "a": [null, 1]}', '{"_id": 10, "a": []}',
    '{"_id": 20, "a": 1}', '{"_id": 21, "a": {"x": null}}', '{"_id": 22, "a": [[null, 1], 2]}',
    '{"_id": 23, "a": false}', '{"_id": 24, "a": 0}', '{"_id": 25, "a": {}}', '{"_id": 26, "a": ""}'] AS docs;
SELECT pg_temp.lookup(docs, 'a', '{"{\"_id\": 0, \"b\": null}"}', 'b') FROM nulls;
SELECT pg_temp.lookup(docs, 'a', '{"{\"_id\": 0, \"no_b\": 1}"}', 'b') FROM nulls;
SELECT pg_temp.lookup('{"{\"_id\": 0, \"b\": null}"}', 'b', docs, 'a') FROM nulls;
SELECT pg_temp.lookup('{"{\"_id\": 0, \"no_b\": 1}"}', 'b', docs, 'a') FROM nulls;

CREATE TEMP TABLE nans AS SELECT ARRAY[
    '{"_id": 0, "a": {"$numberDouble": "NaN"}}', '{"_id": 1, "a": {"$numberDecimal": "NaN"}}',
    '{"_id": 2, "a": [1, {"$numberDouble": "NaN"}]}', '{"_id": 3, "a": [1, {"$numberDecimal": "NaN"}]}',
    '{"_id": 10, "a": null}', '{"_id": 11, "no_a": 42}'] AS docs;
SELECT pg_temp.lookup(docs, 'a', ARRAY['{"_id": 0, "b": {"$numberDouble": "NaN"}}'], 'b') FROM nans;
SELECT pg_temp.lookup(ARRAY['{"_id": 0, "b": {"$numberDouble": "NaN"}}'], 'b', docs, 'a') FROM nans;

-- Every type is equal to itself alone; numbers to each other.
CREATE TEMP TABLE types AS SELECT ARRAY[
    '{"_id": 0, "a": 0}', '{"_id": 1, "a": 3.14}', '{"_id": 2, "a": {"$numberDecimal": "3.14"}}',
    '{"_id": 3, "a": "abc"}', '{"_id": 4, "a": {"b": 1, "c": 2}}', '{"_id": 5, "a": true}', '{"_id": 6, "a": false}',
    '{"_id": 7, "a": {"$date": "2022-01-01T00:00:00Z"}}', '{"_id": 8, "a": {"$timestamp": {"t": 123, "i": 1}}}',
    '{"_id": 9, "a": {"$oid": "0102030405060708090a0b0c"}}', '{"_id": 10, "a": {"$binary": {"base64": "BBBB", "subType": "00"}}}',
    '{"_id": 11, "a": {"$regularExpression": {"pattern": "hjkl", "options": ""}}}',
    '{"_id": 12, "a": {"$regularExpression": {"pattern": "hjkl", "options": "i"}}}',
    '{"_id": 13, "a": {"$minKey": 1}}', '{"_id": 14, "a": {"$maxKey": 1}}', '{"_id": 15, "a": {"$code": "abc"}}',
    '{"_id": 16, "a": {"$symbol": "abc"}}', '{"_id": 17, "a": {"$numberLong": "0"}}', '{"_id": 18, "a": "hjkl"}'] AS docs;
SELECT pg_temp.lookup(docs, 'a', docs, 'a') FROM types;

CREATE TEMP TABLE scalars AS SELECT ARRAY[
    '{"_id": 0, "a": 1, "y": 2}', '{"_id": 1, "a": [1]}', '{"_id": 2, "a": [1, 2, 3]}', '{"_id": 3, "a": [1, [2, 3]]}',
    '{"_id": 4, "a": [1, [1, 2]]}', '{"_id": 5, "a": [1, 2, 1]}', '{"_id": 6, "a": [1, null]}', '{"_id": 7, "a": [1, []]}',
    '{"_id": 10, "a": 2}', '{"_id": 11, "a": [[1], 2]}', '{"_id": 12, "a": [2, 3]}', '{"_id": 13, "a": {"y": 1}}',
    '{"_id": 14, "no_a": 1}'] AS docs;
SELECT pg_temp.lookup(docs, 'a', '{"{\"_id\": 0, \"b\": 1}"}', 'b') FROM scalars;
SELECT pg_temp.lookup('{"{\"_id\": 0, \"b\": 1}"}', 'b', docs, 'a') FROM scalars;

CREATE TEMP TABLE paths AS SELECT ARRAY[
    '{"_id": 0, "a": {"x": 1, "y": 2}}', '{"_id": 1, "a": [{"x": 1}, {"x": 2}]}', '{"_id": 2, "a": [{"x": 1}, {"x": null}]}',
    '{"_id": 3, "a": [{"x": 1}, {"x": []}]}', '{"_id": 4, "a": [{"x": 1}, {"no_x": 2}]}', '{"_id": 5, "a": {"x": [1, 2]}}',
    '{"_id": 6, "a": [{"x": [1, 2]}]}', '{"_id": 7, "a": [{"x": [1, 2]}, {"no_x": 2}]}',
    '{"_id": 10, "a": {"x": 2, "y": 1}}', '{"_id": 11, "a": {"x": [2, 3], "y": 1}}', '{"_id": 12, "a": [{"no_x": 1}, {"x": 2}, {"x": 3}]}',
    '{"_id": 13, "a": {"x": [[1], 2]}}', '{"_id": 14, "a": [{"x": [[1], 2]}]}', '{"_id": 15, "a": {"no_x": 1}}'] AS docs;
SELECT pg_temp.lookup(docs, 'a.x', '{"{\"_id\": 0, \"b\": 1}"}', 'b') FROM paths;
SELECT pg_temp.lookup('{"{\"_id\": 0, \"b\": 1}"}', 'b', docs, 'a.x') FROM paths;

CREATE TEMP TABLE deep AS SELECT ARRAY[
    '{"_id": 0, "a": {"b": {"c": 1}}}', '{"_id": 1, "a": {"b": {"c": [[2, 3], 1]}}}', '{"_id": 2, "a": {"b": [{"c": 2}, {"c": 1}]}}',
    '{"_id": 4, "a": {"b": [{"no_c": 2}, {"c": 1}]}}', '{"_id": 6, "a": {"b": [{"c": [[2, 3], 1]}]}}',
    '{"_id": 8, "a": [{"b": {"c": 2}}, {"b": {"c": 1}}]}', '{"_id": 14, "a": [{"no_b": 2}, {"b": {"c": 1}}]}',
    '{"_id": 15, "a": [{"b": [{"c": 1}]}]}', '{"_id": 22, "a": [{"no_b": 2}, {"b": [{"no_c": 3}, {"c": 1}]}]}',
    '{"_id": 100, "a": {"b": {"c": [[1, 2], 3]}}}', '{"_id": 103, "a": [{"b": [{"c": [[1, 2], 3]}]}]}'] AS docs;
SELECT pg_temp.lookup(docs, 'a.b.c', '{"{\"_id\": 0, \"k\": 1}"}', 'k') FROM deep;
SELECT pg_temp.lookup('{"{\"_id\": 0, \"k\": 1}"}', 'k', docs, 'a.b.c') FROM deep;

-- Arrays: the whole array counts on the foreign side only.
CREATE TEMP TABLE arrays AS SELECT ARRAY[
    '{"_id": 0, "a": [[1, 2], 3], "y": 4}', '{"_id": 1, "a": [[1, 2]]}', '{"_id": 2, "a": [1, 2], "y": 3}',
    '{"_id": 10, "a": [[[1, 2], 3], 4]}', '{"_id": 11, "a": [2, 1]}', '{"_id": 12, "a": [[2, 1], 3], "y": [1, 2]}',
    '{"_id": 14, "a": null}', '{"_id": 15, "no_a": [1, 2]}'] AS docs;
SELECT pg_temp.lookup(docs, 'a', ARRAY['{"_id": 0, "b": [1, 2]}'], 'b') FROM arrays;
SELECT pg_temp.lookup(ARRAY['{"_id": 0, "b": [1, 2]}'], 'b', docs, 'a') FROM arrays;
SELECT pg_temp.lookup(docs, 'a', ARRAY['{"_id": 0, "b": [[1, 2], 42]}'], 'b') FROM arrays;
SELECT pg_temp.lookup(ARRAY['{"_id": 0, "b": [[1, 2], 42]}'], 'b', docs, 'a') FROM arrays;
SELECT pg_temp.lookup(docs, 'a', docs, 'a') FROM arrays;

CREATE TEMP TABLE missing AS SELECT ARRAY[
    '{"_id": 0, "a": {"no_x": 1}}', '{"_id": 1, "a": {"no_x": [1, 2]}}', '{"_id": 2, "a": [{"no_x": 1}, {"no_x": 2}]}',
    '{"_id": 3, "a": [{"no_x": 2}, {"x": 1}]}', '{"_id": 5, "a": {"x": null}}', '{"_id": 6, "a": [{"x": null}, {"x": 1}]}',
    '{"_id": 8, "no_a": 1}', '{"_id": 9, "a": [1]}', '{"_id": 10, "a": []}', '{"_id": 11, "a": [[1]]}', '{"_id": 12, "a": [[]]}',
    '{"_id": 20, "a": {"x": 2, "y": 1}}', '{"_id": 21, "a": [{"x": 2}, {"x": 3}]}'] AS docs;
SELECT pg_temp.lookup(docs, 'a.x', ARRAY['{"_id": 0, "b": null}'], 'b') FROM missing;
SELECT pg_temp.lookup(ARRAY['{"_id": 0, "b": null}'], 'b', docs, 'a.x') FROM missing;

CREATE TEMP TABLE empties AS SELECT ARRAY[
    '{"_id": 0, "a": [[]]}', '{"_id": 1, "a": [[], 1]}', '{"_id": 2, "a": [[], null]}', '{"_id": 3, "a": []}',
    '{"_id": 10, "no_a": 1}', '{"_id": 11, "a": null}', '{"_id": 12, "a": [null]}', '{"_id": 13, "a": [null, 1]}',
    '{"_id": 20, "a": 1}', '{"_id": 21, "a": [[[], 1], 2]}', '{"_id": 22, "a": [1, 2]}', '{"_id": 23, "a": [[null, 1], 2]}'] AS docs;
SELECT pg_temp.lookup(docs, 'a', ARRAY['{"_id": 0, "b": []}'], 'b') FROM empties;
SELECT pg_temp.lookup(ARRAY['{"_id": 0, "b": []}'], 'b', docs, 'a') FROM empties;
SELECT pg_temp.lookup(docs, 'a', ARRAY['{"_id": 0, "b": [[], 42]}'], 'b') FROM empties;
SELECT pg_temp.lookup(ARRAY['{"_id": 0, "b": [[], 42]}'], 'b', docs, 'a') FROM empties;

-- Numbers in paths are positions in arrays, and names.
CREATE TEMP TABLE positions AS SELECT ARRAY[
    '{"_id": 0, "a": [1, 2]}', '{"_id": 1, "a": [2, 1]}', '{"_id": 2, "a": {"0": 1}}', '{"_id": 3, "a": [{"0": 1}]}',
    '{"_id": 4, "a": [[1, 2]]}', '{"_id": 5, "a": [{"x": 1}, {"x": 2}]}', '{"_id": 6, "a": []}'] AS docs;
SELECT pg_temp.lookup(docs, 'a.0', ARRAY['{"_id": 0, "b": 1}'], 'b') FROM positions;
SELECT pg_temp.lookup(ARRAY['{"_id": 0, "b": 1}'], 'b', docs, 'a.0') FROM positions;
SELECT pg_temp.lookup(docs, 'a.0.x', ARRAY['{"_id": 0, "b": 1}'], 'b') FROM positions;
SELECT pg_temp.lookup(ARRAY['{"_id": 0, "b": 1}'], 'b', docs, 'a.0.x') FROM positions;

-- By _id the primary key serves.
SELECT pg_temp.lookup(ARRAY['{"_id": 0, "b": [1, 2, 2.0]}', '{"_id": 1, "b": "x"}', '{"_id": 2, "b": null}', '{"_id": 3}'], 'b',
                      ARRAY['{"_id": 1}', '{"_id": 2}', '{"_id": "x"}', '{"_id": null}'], '_id');
SELECT pg_temp.lookup(ARRAY['{"_id": 1}', '{"_id": 2}'], '_id', ARRAY['{"_id": 1}', '{"_id": {"_id": 2}}'], '_id');

-- From here on documents of people and their pets.
SELECT docdb.insert_many('pl_people', ARRAY[
    '{"_id": 1, "n": "Ada", "pets": [1, 2], "age": 3}', '{"_id": 2, "n": "Bob", "pets": 3, "age": 1}',
    '{"_id": 3, "n": "Cid", "age": 9}', '{"_id": 4, "n": "Dan", "pets": [], "age": 2}']::bson[]);
SELECT docdb.insert_many('pl_pets', ARRAY[
    '{"_id": 1, "n": "cat", "of": "Ada", "age": 2}', '{"_id": 2, "n": "dog", "of": ["Ada", "Bob"], "age": 4}',
    '{"_id": 3, "n": "emu", "of": "Bob", "age": 1}', '{"_id": 4, "n": "fox", "age": 2}']::bson[]);

-- The array: its place, nested places, a collection that does not exist.
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "pets", "foreignField": "_id", "as": "p"}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "pets"}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "pets.x.y"}}, {"$match": {"_id": {"$gte": 3}}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_none", "localField": "n", "foreignField": "of", "as": "p"}}, {"$limit": 1}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_none", "pipeline": [{"$match": {"a": 1}}], "as": "p"}}, {"$limit": 1}]');
SELECT pg_temp.agg('pl_none', '[{"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}}]');

-- With $unwind of the array.
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}}, {"$unwind": "$p"},
    {"$sort": {"_id": 1, "p._id": 1}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}},
    {"$unwind": {"path": "$p", "preserveNullAndEmptyArrays": true}}, {"$sort": {"_id": 1, "p._id": 1}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "pets", "foreignField": "_id", "as": "p"}},
    {"$unwind": {"path": "$p", "preserveNullAndEmptyArrays": true}}, {"$sort": {"_id": 1, "p._id": 1}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "pets", "foreignField": "_id", "as": "p"}},
    {"$unwind": {"path": "$p", "includeArrayIndex": "i"}}, {"$sort": {"_id": 1, "p._id": 1}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_none", "localField": "n", "foreignField": "of", "as": "p"}}, {"$unwind": "$p"}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_none", "localField": "n", "foreignField": "of", "as": "p"}},
    {"$unwind": {"path": "$p", "preserveNullAndEmptyArrays": true}}, {"$limit": 1}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}}, {"$unwind": "$p"},
    {"$group": {"_id": "$p.n", "n": {"$sum": 1}}}, {"$sort": {"_id": 1}}]');

-- Pipelines: without and with variables, with fields, nested.
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "pipeline": [{"$match": {"age": 2}}, {"$sort": {"n": -1}}, {"$project": {"n": 1}}], "as": "p"}},
    {"$project": {"p": 1}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "let": {"a": "$age", "name": "$n"},
    "pipeline": [{"$match": {"$expr": {"$gt": ["$age", "$$a"]}}}, {"$sort": {"_id": 1}}, {"$project": {"_id": 0, "s": {"$concat": ["$$name", " ", "$n"]}}}],
    "as": "p"}}, {"$project": {"p": 1}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "let": {"a": "$age"},
    "pipeline": [{"$match": {"$expr": {"$gte": ["$age", "$$a"]}}}, {"$project": {"n": 1}}], "as": "p"}}, {"$project": {"p": 1}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "pets", "foreignField": "_id",
    "pipeline": [{"$group": {"_id": null, "t": {"$sum": "$age"}}}], "as": "p"}}, {"$project": {"p": "$p.t"}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "let": {"missing": "$nope", "o": "$$outer"},
    "pipeline": [{"$match": {"_id": 1}}, {"$project": {"m": "$$missing", "t": {"$type": "$$missing"}, "o": "$$o", "p": "$$outer"}}], "as": "p"}},
    {"$match": {"_id": 1}}, {"$project": {"p": 1}}]', '{"let": {"outer": 7}}');
SELECT pg_temp.agg('pl_people', '[{"$match": {"_id": 2}}, {"$lookup": {"from": "pl_pets", "let": {"x": "$n", "y": "$_id"}, "as": "p", "pipeline": [
    {"$match": {"$expr": {"$in": ["$$x", {"$cond": [{"$isArray": "$of"}, "$of", ["$of"]]}]}}},
    {"$lookup": {"from": "pl_people", "let": {"y": "$_id", "z": "$$y"}, "as": "q", "pipeline": [
        {"$match": {"$expr": {"$lte": ["$_id", "$$z"]}}}, {"$project": {"x": "$$x", "y": "$$y", "z": "$$z"}}, {"$sort": {"_id": 1}}]}},
    {"$project": {"q": 1}}, {"$sort": {"_id": 1}}]}}, {"$project": {"p": 1}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "pipeline": [], "as": "p"}}, {"$project": {"n": {"$size": "$p"}}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "let": {"a": "$age"}, "pipeline": [{"$match": {"$expr": {"$lt": ["$age", "$$a"]}}}], "as": "p"}},
    {"$unwind": "$p"}, {"$project": {"p": "$p.n"}}, {"$sort": {"_id": 1, "p": 1}}]');

-- Order: that of the documents, whatever joins them.
SELECT pg_temp.agg('pl_people', '[{"$sort": {"n": -1}}, {"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}}, {"$project": {"p": "$p._id"}}]');
SELECT pg_temp.agg('pl_people', '[{"$sort": {"_id": -1}}, {"$lookup": {"from": "pl_pets", "localField": "pets", "foreignField": "_id", "as": "p"}}, {"$project": {"p": "$p._id"}}]');
SELECT pg_temp.agg('pl_people', '[{"$sort": {"_id": -1}}, {"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}}, {"$group": {"_id": null, "n": {"$push": "$n"}, "f": {"$first": "$n"}}}]');
SELECT pg_temp.agg('pl_people', '[{"$sort": {"n": -1}}, {"$limit": 3}, {"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}}, {"$project": {"p": "$p._id"}}]');
SELECT pg_temp.agg('pl_people', '[{"$sort": {"n": -1}}, {"$lookup": {"from": "pl_pets", "localField": "pets", "foreignField": "_id", "as": "p"}}, {"$skip": 2}, {"$project": {"p": "$p._id"}}]');
SELECT pg_temp.agg('pl_people', '[{"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}}, {"$sort": {"age": 1}}, {"$limit": 2}, {"$project": {"p": "$p._id"}}]');
SELECT pg_temp.agg('pl_people', '[{"$sort": {"n": -1}}, {"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}},
    {"$group": {"_id": null, "n": {"$push": "$n"}, "f": {"$first": "$n"}, "l": {"$last": {"$size": "$p"}}}}]');
SELECT pg_temp.agg('pl_people', '[{"$project": {"n": 1}}, {"$lookup": {"from": "pl_pets", "localField": "n", "foreignField": "of", "as": "p"}},
    {"$lookup": {"from": "pl_pets", "localField": "p._id", "foreignField": "_id", "as": "q"}}, {"$project": {"n": {"$size": "$q"}}}, {"$match": {"n": {"$gt": 0}}}]');

SELECT pg_temp.agg(c, p) FROM (VALUES ('pl_people'), ('pl_none')) AS c(c),
(VALUES
    ('[{"$lookup": 1}]'),
    ('[{"$lookup": {}}]'),
    ('[{"$lookup": {"from": "x"}}]'),
    ('[{"$lookup": {"from": 1, "as": "y", "pipeline": []}}]'),
    ('[{"$lookup": {"from": {"db": "a", "coll": "b"}, "as": "y", "pipeline": []}}]'),
    ('[{"$lookup": {"as": "y", "pipeline": []}}]'),
    ('[{"$lookup": {"from": "x", "as": "y"}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "localField": "a"}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "foreignField": "a"}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "localField": "a", "pipeline": []}}]'),
    ('[{"$lookup": {"from": "x", "as": 1, "localField": "a", "foreignField": "b"}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "localField": 1, "foreignField": "b"}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "localField": "a", "foreignField": "b", "let": {"v": 1}}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "let": 1, "pipeline": []}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "pipeline": 1}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "pipeline": [1]}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "pipeline": [{"$nope": 1}]}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "pipeline": [{"$match": {"$expr": "$$v"}}]}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "let": {"V": 1}, "pipeline": []}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "let": {"v": {"$nope": 1}}, "pipeline": []}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "pipeline": [], "nope": "1"}}]'),
    ('[{"$lookup": {"from": "x", "as": "$y", "pipeline": []}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "localField": "$a", "foreignField": "b"}}]'),
    ('[{"$lookup": {"from": "x", "as": "y", "localField": "a", "foreignField": "b."}}]'),
    ('[{"$lookup": {"from": "x$y", "as": "y", "localField": "a", "foreignField": "b"}}]')
) AS p(p);

-- The SQL functions with NULL and other things.
SELECT docdb.lookup_local_keys(NULL, '"a"'), docdb.lookup_local_keys('{}', NULL), docdb.lookup_foreign_keys(NULL, '"a"'),
       docdb.lookup_foreign_keys('{}', NULL), docdb.first_common_key(NULL, '{}'), docdb.only_key(NULL);
SELECT docdb.only_key('{}'), docdb.only_key('{1}'), docdb.only_key('{1,2}'), docdb.array_of(NULL), docdb.array_of('{"a": 1}');
SELECT docdb.lookup_local_keys('{}', '1');
SELECT docdb.each_key('{1,NULL,2}'), docdb.first_common_key('{1,2}', '{0,2,3}'), docdb.first_common_key('{1}', '{2}');
SELECT * FROM docdb.each_key(NULL);
SELECT docdb.set_field(NULL, '"a"', '1'), docdb.set_field('{}', NULL, '1'), docdb.set_field('{"a": 1, "b": 2}', '"a"', NULL);
SELECT docdb.set_field('{"a": 1, "b": {"c": 2, "d": 3}, "e": [1]}', p::bson_value, '"new"')
FROM (VALUES ('"a"'), ('"b"'), ('"b.c"'), ('"b.x"'), ('"b.c.d"'), ('"e.0"'), ('"f.g.h"')) AS p(p);
SELECT docdb.collect_documents(d::bson) FROM (VALUES ('{"a": 1}'), (NULL), ('{}')) AS d(d);
SELECT docdb.collect_documents(NULL), docdb.lookup(NULL, NULL, NULL, NULL) FROM generate_series(1, 0);
SELECT docdb.let_variables(NULL, '{}', NULL), docdb.let_variables('{}', NULL, '{"x": 1}'), docdb.let_variables('{"a": 1}', '{"y": "$a", "z": "$b"}', '{"x": 1}');

DROP TABLE pl_l, pl_f, pl_people, pl_pets;
