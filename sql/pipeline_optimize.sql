\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

-- Where the stages are in the SQL: on the collection's table, or in a subquery around it.
CREATE FUNCTION pg_temp.shape(pipeline text) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(regexp_replace(
        docdb.to_sql('app', format('{"aggregate": "po", "pipeline": %s, "cursor": {}}', pipeline)::bson),
        '::\w+\.bson(_value)?', '', 'g'), 'OPERATOR\(\w+\.(\S+)\)', '\1', 'g')
$$;
CREATE SCHEMA app;
SET search_path = app, public;
SELECT docdb.insert_many('po', (SELECT array_agg(format('{"_id": %s, "a": %s, "b": {"c": %s}, "t": [%s, %s]}',
    i, i % 3, i % 5, i % 2, i % 7)::bson) FROM generate_series(1, 30) AS i));
SELECT docdb.insert_many('po_other', ARRAY['{"_id": 1, "k": 1}', '{"_id": 2, "k": 2}']::bson[]);

-- Leading stages.
SELECT pg_temp.shape('[{"$match": {"a": 1}}, {"$match": {"b.c": 2}}]');
SELECT pg_temp.shape('[{"$match": {"_id": 5, "a": 1}}]');
SELECT pg_temp.shape('[{"$sort": {"a": 1}}, {"$skip": 2}, {"$limit": 3}]');
SELECT pg_temp.shape('[{"$match": {"a": 1}}, {"$sort": {"b": 1}}, {"$limit": 3}, {"$project": {"a": 1}}]');

-- $match comes before what it does not depend on, and only then.
CREATE TABLE pg_temp.moves (n int GENERATED ALWAYS AS IDENTITY, stage text, filter text);
INSERT INTO pg_temp.moves (stage, filter) VALUES
    ('{"$sort": {"a": 1}}', '{"a": 1}'),
    ('{"$addFields": {"x": 1}}', '{"a": 1}'),
    ('{"$addFields": {"x": 1}}', '{"x": 1}'),
    ('{"$set": {"b.d": 1}}', '{"b.c": 1}'),
    ('{"$set": {"b.d": 1}}', '{"$or": [{"a": 1}, {"t": 1}]}'),
    ('{"$set": {"b.d": 1}}', '{"$or": [{"a": 1}, {"$and": [{"b": 1}]}]}'),
    ('{"$set": {"x": 1}}', '{"$expr": {"$eq": ["$a", 1]}}'),
    ('{"$set": {"x": 1}}', '{"$comment": "c", "a": 1}'),
    ('{"$project": {"a": 1}}', '{"a": 1}'),
    ('{"$project": {"a": 1}}', '{"_id": 1}'),
    ('{"$project": {"a": 1, "_id": 0}}', '{"_id": 1}'),
    ('{"$project": {"a": 1}}', '{"b": {"$exists": false}}'),
    ('{"$project": {"b.c": 1}}', '{"b.c": 1}'),
    ('{"$project": {"a": "$b"}}', '{"a": 1}'),
    ('{"$project": {"b": 0}}', '{"a": 1}'),
    ('{"$project": {"b.c": 0}}', '{"b.c": 1}'),
    ('{"$unset": "b"}', '{"a": 1}'),
    ('{"$unset": ["b", "a.x"]}', '{"a": 1}'),
    ('{"$unwind": "$t"}', '{"a": 1}'),
    ('{"$unwind": "$t"}', '{"t": 1}'),
    ('{"$unwind": {"path": "$t", "includeArrayIndex": "a"}}', '{"a": 0}'),
    ('{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "k", "as": "o"}}', '{"a": 1}'),
    ('{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "k", "as": "o.p"}}', '{"o": {"$exists": true}}'),
    ('{"$replaceWith": {"a": "$a"}}', '{"a": 1}'),
    ('{"$group": {"_id": "$a"}}', '{"_id": 1}'),
    ('{"$limit": 5}', '{"a": 1}'),
    ('{"$skip": 5}', '{"a": 1}'),
    ('{"$unionWith": "po_other"}', '{"_id": 1}');
SELECT stage, filter, pg_temp.shape(format('[%s, {"$match": %s}]', stage, filter)) ~ 'FROM app.po AS t0( OFFSET 0)? WHERE' AS moved
FROM pg_temp.moves ORDER BY n;

-- Moved or not, the documents are the same as with a stage between that nothing goes before.
SELECT stage, filter FROM pg_temp.moves
WHERE pg_temp.sorted(ARRAY(SELECT pg_temp.agg('po', format('[{"$sort": {"_id": 1}}, %s, {"$match": %s}]', stage, filter)))) <>
      pg_temp.sorted(ARRAY(SELECT pg_temp.agg('po', format('[{"$sort": {"_id": 1}}, %s, {"$limit": 1000}, {"$match": %s}]', stage, filter))));

-- $limit and $skip before stages that keep the number; $sort before those that keep its fields.
SELECT pg_temp.shape('[{"$sort": {"a": 1}}, {"$project": {"a": 1}}, {"$limit": 2}]');
SELECT pg_temp.shape('[{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "_id", "as": "o"}}, {"$sort": {"a": -1}}, {"$skip": 1}, {"$limit": 2}]');
SELECT pg_temp.shape('[{"$unwind": "$t"}, {"$sort": {"a": 1}}, {"$limit": 2}]');
SELECT pg_temp.shape('[{"$addFields": {"x": 1}}, {"$sort": {"x": 1}}, {"$limit": 2}]');

-- An order that nothing heeds is not computed; one that an accumulator heeds is stated there.
SELECT pg_temp.shape('[{"$sort": {"b": 1}}, {"$group": {"_id": "$a", "n": {"$sum": 1}}}]');
SELECT pg_temp.shape('[{"$sort": {"b": 1}}, {"$group": {"_id": "$a", "f": {"$first": "$b"}, "p": {"$push": "$b"}, "m": {"$max": "$b"}}}]');
SELECT pg_temp.shape('[{"$sort": {"b": 1}}, {"$count": "n"}]');

-- $lookup: by primary key; by keys; with its $unwind.
SELECT pg_temp.shape('[{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "_id", "as": "o"}}]');
SELECT pg_temp.shape('[{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "k", "as": "o"}}]');
SELECT pg_temp.shape('[{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "k", "as": "o"}}, {"$unwind": "$o"}]');

-- The plans, where the planner has no choice.
CREATE FUNCTION pg_temp.plan(pipeline text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' ||
        docdb.to_sql('app', format('{"aggregate": "po", "pipeline": %s, "cursor": {}}', pipeline)::bson) LOOP
        IF line ~ '->|^\w' THEN
            RETURN NEXT regexp_replace(line, '\(.*', '');
        END IF;
    END LOOP;
END
$$;
ANALYZE po, po_other;
SET enable_nestloop = off; SET enable_mergejoin = off; SET enable_hashagg = off; SET enable_parallel_append = off;
SET max_parallel_workers_per_gather = 0;
SELECT pg_temp.plan('[{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "k", "as": "o"}}, {"$unwind": "$o"}]');
SELECT pg_temp.plan('[{"$sort": {"b": 1}}, {"$limit": 3}, {"$addFields": {"x": 1}}]');
SELECT pg_temp.plan('[{"$sort": {"b": 1}}, {"$limit": 3}, {"$unwind": "$t"}, {"$match": {"t": 1}}]');
SET enable_seqscan = off;
SELECT pg_temp.plan('[{"$match": {"_id": 5}}, {"$project": {"a": 1}}]');

-- An index on the foreign field of $lookup, if it has all documents and the field comes first.
RESET enable_nestloop;
CREATE FUNCTION pg_temp.lookup_plan(keys bson, options bson, field text DEFAULT 'k') RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM docdb.create_index('po_other', keys, options);
    RETURN QUERY SELECT pg_temp.plan(format('[{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "%s", "as": "o"}}]', field));
    PERFORM docdb.drop_index('po_other', '*');
END
$$;
SELECT pg_temp.lookup_plan('{"k": -1, "x": 1}', '{"name": "i"}');
SELECT keys, options, field, (SELECT count(*) FROM pg_temp.lookup_plan(keys::bson, options::bson, field) AS p WHERE p ~ 'po_other_i') AS scans FROM (VALUES
    ('{"k": 1}', '{"name": "i"}', 'k'),
    ('{"k": 1}', '{"name": "i", "unique": true}', 'k'),
    ('{"k.x": 1}', '{"name": "i"}', 'k.x'),
    ('{"k.x": 1}', '{"name": "i"}', 'k'),
    ('{"k.0": 1}', '{"name": "i"}', 'k.0'),
    ('{"x": 1, "k": 1}', '{"name": "i"}', 'k'),
    ('{"k": 1}', '{"name": "i", "sparse": true}', 'k'),
    ('{"k": 1}', '{"name": "i", "hidden": true}', 'k'),
    ('{"k": 1}', '{"name": "i", "partialFilterExpression": {"k": {"$exists": true}}}', 'k')) AS v(keys, options, field);
SELECT docdb.create_index('po_other', '{"k": 1}');
SELECT pg_temp.shape('[{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "k", "as": "o"}}]');
SELECT pg_temp.shape('[{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "k", "as": "o"}}, {"$unwind": {"path": "$o", "preserveNullAndEmptyArrays": true}}]');
SELECT pg_temp.shape('[{"$lookup": {"from": "po_other", "localField": "a", "foreignField": "k", "pipeline": [{"$limit": 1}], "as": "o"}}]');

DROP TABLE po, po_other;
DROP SCHEMA app;
