-- The positional operator: {"<path>.$": 1} in projections, "<path>.$" in the paths of updates.
CREATE SCHEMA position;
SET search_path = position, public;

-- Projections.
CREATE FUNCTION pg_temp.project(doc text, filter text, projection text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    TRUNCATE p;
    PERFORM docdb.insert_one('p', doc::bson);
    result := docdb.find_one('p', filter::bson, projection::bson)::text;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || coalesce((docdb.error_info(SQLSTATE)).code::text, SQLSTATE || SQLERRM);
END $$;
SELECT docdb.create_collection('p');

CREATE TEMP TABLE projections (n int GENERATED ALWAYS AS IDENTITY, doc text, filter text,
                               projection text, expected text);
INSERT INTO projections (doc, filter, projection, expected) VALUES
('{"_id": 1, "x": [{"a": 1, "b": 2}, {"a": 2, "c": 3}, {"a": 1, "d": 5}]}', '{"x.a": 2}', '{"x.$": 1}', '{"_id": 1, "x": [{"a": 2, "c": 3}]}'),
('{"_id": 1, "x": [{"a": 1, "b": 2}, {"a": 2, "c": 3}, {"a": 1, "d": 5}]}', '{"x.a": 1}', '{"x.$": 1}', '{"_id": 1, "x": [{"a": 1, "b": 2}]}'),
('{"_id": 1, "x": [1, 2, 3], "y": 1}', '{"x": {"$gt": 1}}', '{"x.$": 1}', '{"_id": 1, "x": [2]}'),
('{"_id": 1, "x": [1, 2, 3], "y": 1}', '{"x": {"$gt": 1}}', '{"_id": 0, "x.$": true, "y": 1}', '{"x": [2], "y": 1}'),
('{"_id": 1, "x": {"y": [{"a": 1, "b": 1}, {"a": 1, "b": 2}]}}', '{"x.y.a": 1}', '{"x.y.$": 1}', '{"_id": 1, "x": {"y": [{"a": 1, "b": 1}]}}'),
('{"_id": 1, "x": {"y": [{"a": 1}, {"a": 2}]}}', '{"x.y.a": 2}', '{"x": {"y.$": 1}}', '{"_id": 1, "x": {"y": [{"a": 2}]}}'),
-- no such field, or no array on the path
('{"_id": 1, "x": [1]}', '{}', '{"g.$": 1}', '{"_id": 1}'),
('{"_id": 1, "x": 1}', '{"x": 1}', '{"a.$": 1}', '{"_id": 1}'),
('{"_id": 1, "x": 1}', '{"x": 1}', '{"x.$": 1}', '{"_id": 1, "x": 1}'),
('{"_id": 1, "x": [-1, 1, 2], "a": {"b": {"d": [1, 2, 3], "f": 4}, "e": 1}}', '{"x": {"$gt": 0}}', '{"a.b.c.$": 1}', '{"_id": 1, "a": {"b": {}}}'),
('{"_id": 1, "x": [-1, 1, 2], "a": {"b": {"c": {"d": 1}}}}', '{"x": {"$gt": 0}}', '{"a.b.c.$": 1}', '{"_id": 1, "a": {"b": {"c": {"d": 1}}}}'),
-- it is the first array on the path that shrinks
('{"_id": 1, "x": {"y": {"z": [0, 1, 2]}}, "a": [{"b": {"c": [1, 2, 3]}}, {"b": {"c": [4, 5, 6]}}, {"b": {"c": [7, 8, 9]}}]}', '{"x.y.z": 1}', '{"a.b.c.$": 1}', '{"_id": 1, "a": [{"b": {"c": [4, 5, 6]}}]}'),
('{"_id": 1, "x": {"y": {"z": [0, 1, 2]}}, "a": {"b": [{"c": [1, 2, 3], "d": 1}, {"c": [4, 5, 6], "d": 2}]}}', '{"x.y.z": 1}', '{"a.b.c.$": 1}', '{"_id": 1, "a": {"b": [{"c": [4, 5, 6]}]}}'),
('{"_id": 1, "x": {"y": {"z": [0, 1, 2]}}, "a": {"b": {"c": [1, 2, 3]}}}', '{"x.y.z": 1}', '{"a.b.c.$": 1}', '{"_id": 1, "a": {"b": {"c": [2]}}}'),
-- $elemMatch; of nested arrays the outermost counts
('{"_id": 1, "x": [1, 2, 3]}', '{"x": {"$elemMatch": {"$gt": 1, "$lt": 3}}}', '{"x.$": 1}', '{"_id": 1, "x": [2]}'),
('{"_id": 1, "x": [{"y": 1}, {"y": 2}, {"y": 3}]}', '{"x": {"$elemMatch": {"y": {"$gt": 1}}}}', '{"x.$": 1}', '{"_id": 1, "x": [{"y": 2}]}'),
('{"_id": 1, "a": [[1, 2], [3, 4]], "b": [[5, 6], [7, 8]]}', '{"a": {"$elemMatch": {"$elemMatch": {"$eq": 3}}}}', '{"b.$": 1}', '{"_id": 1, "b": [[7, 8]]}'),
('{"_id": 1, "a": [{"p": [1, 2]}, {"p": [5, 6]}], "b": [11, 12]}', '{"a": {"$elemMatch": {"p": {"$elemMatch": {"$eq": 2}}}}}', '{"b.$": 1}', '{"_id": 1, "b": [11]}'),
('{"_id": 1, "a": [{"p": [1, 2]}, {"p": [5, 6]}], "b": [11, 12]}', '{"a.p": 6}', '{"b.$": 1}', '{"_id": 1, "b": [12]}'),
('{"_id": 1, "a": [{"p": [1, 2]}, {"p": [5, 6]}], "b": [11, 12]}', '{"a.p": {"$elemMatch": {"$eq": 6}}}', '{"b.$": 1}', '{"_id": 1, "b": [12]}'),
('{"_id": 1, "a": [{"y": 1}, {"y": []}]}', '{"a": {"$elemMatch": {"y": {"$type": "array"}}}}', '{"a.$": 1}', '{"_id": 1, "a": [{"y": []}]}'),
-- an index in the path is no array met
('{"_id": 1, "a": [1, 2, 3]}', '{"a.1": 2}', '{"a.$": 1}', 'error 51246'),
('{"_id": 1, "a": [[1], [2, 3]], "b": [7, 8]}', '{"a.1": 3}', '{"b.$": 1}', NULL),
('{"_id": 1, "a": [{"b": 1}, {"b": [4, 5]}], "c": [7, 8]}', '{"a.1.b": 5}', '{"c.$": 1}', '{"_id": 1, "c": [8]}'),
-- several conditions: the last that met an element
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"$and": [{"a": 1}, {"a": 2}, {"a": 3}]}', '{"b.$": 1}', '{"_id": 1, "b": [6]}'),
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"$and": [{"a": 3}, {"a": 2}, {"a": 1}]}', '{"b.$": 1}', '{"_id": 1, "b": [4]}'),
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"a": {"$all": [3, 2]}}', '{"b.$": 1}', '{"_id": 1, "b": [5]}'),
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"a": 2, "x": {"$exists": false}}', '{"b.$": 1}', '{"_id": 1, "b": [5]}'),
-- MongoDB takes equalities before ranges
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"a": {"$gt": 2}, "b": 4}', '{"b.$": 1}', '{"_id": 1, "b": [6]}'),
-- lists of values, and what only looks like one
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"a": {"$in": [2, 3]}}', '{"b.$": 1}', '{"_id": 1, "b": [5]}'),
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"$or": [{"a": 3}, {"a": 2}]}', '{"b.$": 1}', '{"_id": 1, "b": [5]}'),
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"$or": [{"a": 1}, {"b": 5}]}', '{"a.$": 1}', 'error 51246'),
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"$nor": [{"a": -1}, {"a": -2}]}', '{"a.$": 1}', 'error 51246'),
('{"_id": 1, "a": [1, 2, 3]}', '{"a": {"$not": {"$elemMatch": {"$eq": 100}}}}', '{"a.$": 1}', 'error 51246'),
('{"_id": 1, "a": [1, 2, 3]}', '{"a": {"$ne": 100}}', '{"a.$": 1}', 'error 51246'),
('{"_id": 1, "a": [1, 2, 3]}', '{}', '{"a.$": 1}', 'error 51246'),
('{"_id": 1, "a": [1, 2, 3]}', '{"_id": 1}', '{"a.$": 1}', 'error 51246'),
('{"_id": 1, "a": [1, 2, 3], "b": [4, 5, 6]}', '{"b": [4, 5, 6]}', '{"a.$": 1}', 'error 51246'),
('{"_id": 1, "a": [1, 2, 3], "b": [4]}', '{"a": 3}', '{"b.$": 1}', 'error 51247'),
('{"_id": 1, "a": []}', '{"_id": 1}', '{"a.$": 1}', 'error 51246'),
-- beside other parts of a projection
('{"_id": 1, "x": [{"a": 1}, {"a": 2}], "j": [1, 2, 3]}', '{"x.a": 2}', '{"j": {"$slice": 2}, "x.$": 1}', '{"_id": 1, "x": [{"a": 2}], "j": [1, 2]}'),
('{"_id": 1, "a": [{"b": 1, "c": 2}, {"b": 3, "c": 4}], "z": [1, 2]}', '{"z": 2}', '{"a.b": 1, "z.$": 1}', '{"_id": 1, "a": [{"b": 1}, {"b": 3}], "z": [2]}'),
('{"_id": 1, "z": [1, 2]}', '{"z": 2}', '{"z.$": 1, "n": {"$add": ["$_id", 1]}}', '{"_id": 1, "z": [2], "n": 2}'),
-- refused
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"x.$": {"$slice": 1}}', 'error 31271'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"x.$": 0}', 'error 31395'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"x.$": "y"}', 'error 31308'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"x.$": 1, "y": 0}', 'error 31254'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"y": 0, "x.$": 1}', 'error 31253'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"x.$": 1, "y.$": 1}', 'error 31276'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"x.$": 1, "y": {"$elemMatch": {"$eq": 1}}}', 'error 31255'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"y": {"$elemMatch": {"$eq": 1}}, "x.$": 1}', 'error 31256'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"x.$": 1, "x": 1}', 'error 31250'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{"x.$.y": 1}', 'error 31394'),
('{"_id": 1, "x": [1]}', '{"x": 1}', '{".$": 1}', 'error 5392900');
SELECT n, filter, projection, expected, got
FROM (SELECT *, pg_temp.project(doc, filter, projection) AS got FROM projections) AS t
WHERE got IS DISTINCT FROM expected ORDER BY n;
SELECT count(*) FROM projections;

-- In aggregation it is refused.
\set VERBOSITY sqlstate
SELECT docdb.project_stage('{"a": [1]}', '{"a.$": 1}');
\set VERBOSITY default

-- Updates.
CREATE FUNCTION pg_temp.update(doc text, filter text, update text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    one text;
    many text;
    found text;
BEGIN
    TRUNCATE p;
    PERFORM docdb.insert_one('p', doc::bson);
    PERFORM docdb.update_one('p', filter::bson, update::bson_value);
    SELECT p.doc::text INTO one FROM p;
    TRUNCATE p;
    PERFORM docdb.insert_one('p', doc::bson);
    PERFORM docdb.update_many('p', filter::bson, update::bson_value);
    SELECT p.doc::text INTO many FROM p;
    TRUNCATE p;
    PERFORM docdb.insert_one('p', doc::bson);
    found := docdb.find_one_and_update('p', filter::bson, update::bson_value,
                                       '{"returnDocument": "after"}');
    IF one IS DISTINCT FROM many OR one IS DISTINCT FROM found THEN
        RETURN format('one %s, many %s, found %s', one, many, found);
    END IF;
    RETURN one;
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || coalesce((docdb.error_info(SQLSTATE)).code::text, SQLSTATE || SQLERRM);
END $$;

CREATE TEMP TABLE updates (n int GENERATED ALWAYS AS IDENTITY, doc text, filter text,
                           update text, expected text);
INSERT INTO updates (doc, filter, update, expected) VALUES
('{"_id": 1, "a": [1, 2, 3]}', '{"a": 2}', '{"$set": {"a.$": 9}}', '{"_id": 1, "a": [1, 9, 3]}'),
('{"_id": 1, "a": [1, 2, 2]}', '{"a": 2}', '{"$inc": {"a.$": 10}}', '{"_id": 1, "a": [1, 12, 2]}'),
('{"_id": 1, "a": [1, 2, 3]}', '{"a": {"$gte": 2}}', '{"$mul": {"a.$": 10}}', '{"_id": 1, "a": [1, 20, 3]}'),
('{"_id": 1, "a": [{"b": 1}, {"b": 2}]}', '{"a.b": 2}', '{"$set": {"a.$.c": 9}}', '{"_id": 1, "a": [{"b": 1}, {"b": 2, "c": 9}]}'),
('{"_id": 1, "a": [{"b": 1, "c": 0}, {"b": 2, "c": 0}]}', '{"a": {"$elemMatch": {"b": 2, "c": 0}}}', '{"$inc": {"a.$.c": 1}, "$set": {"a.$.d": 1}}', '{"_id": 1, "a": [{"b": 1, "c": 0}, {"b": 2, "c": 1, "d": 1}]}'),
('{"_id": 1, "a": [{"b": 1}, {"b": 2}]}', '{"a.b": 2}', '{"$unset": {"a.$.b": 1}}', '{"_id": 1, "a": [{"b": 1}, {}]}'),
('{"_id": 1, "a": [1, 2]}', '{"a": 2}', '{"$unset": {"a.$": 1}}', '{"_id": 1, "a": [1, null]}'),
('{"_id": 1, "a": [{"b": [1]}, {"b": [2]}]}', '{"a.b": 2}', '{"$push": {"a.$.b": 3}}', '{"_id": 1, "a": [{"b": [1]}, {"b": [2, 3]}]}'),
('{"_id": 1, "a": [{"b": [1, 5]}, {"b": [2, 5]}]}', '{"a.b": 2}', '{"$pull": {"a.$.b": 5}}', '{"_id": 1, "a": [{"b": [1, 5]}, {"b": [2]}]}'),
('{"_id": 1, "x": {"a": [1, 2]}}', '{"x.a": 2}', '{"$set": {"x.a.$": 9}}', '{"_id": 1, "x": {"a": [1, 9]}}'),
('{"_id": 1, "a": [1, 2], "b": [3, 4]}', '{"a": 2}', '{"$set": {"b.$": 9}}', '{"_id": 1, "a": [1, 2], "b": [3, 9]}'),
('{"_id": 1, "a": [1, 2], "b": [3]}', '{"a": 2}', '{"$set": {"b.$": 9}}', '{"_id": 1, "a": [1, 2], "b": [3, 9]}'),
('{"_id": 1, "a": [1, 2], "b": {"c": 1}}', '{"a": 2}', '{"$set": {"b.$": 9}}', '{"_id": 1, "a": [1, 2], "b": {"c": 1, "1": 9}}'),
('{"_id": 1, "a": [1, 2]}', '{"a": 2}', '{"$set": {"b.$": 9}}', '{"_id": 1, "a": [1, 2], "b": {"1": 9}}'),
('{"_id": 1, "a": [{"b": [{"c": 1}]}, {"b": [{"c": 1}, {"c": 2}]}]}', '{"a.b.c": 2}', '{"$set": {"a.$.d": 1}}', '{"_id": 1, "a": [{"b": [{"c": 1}]}, {"b": [{"c": 1}, {"c": 2}], "d": 1}]}'),
('{"_id": 1, "a": [1, 2, 3]}', '{"a": {"$in": [3, 2]}}', '{"$set": {"a.$": 9}}', '{"_id": 1, "a": [1, 9, 3]}'),
('{"_id": 1, "a": [{"b": 1}, {"b": 2}]}', '{"a.b": 2}', '{"$set": {"a.$": {"z": 1}}}', '{"_id": 1, "a": [{"b": 1}, {"z": 1}]}'),
-- with other paths into the same array
('{"_id": 1, "a": [{"b": 1}, {"b": 2}]}', '{"a.b": 2}', '{"$set": {"a.$.c": 9, "a.0.c": 8}}', '{"_id": 1, "a": [{"b": 1, "c": 8}, {"b": 2, "c": 9}]}'),
('{"_id": 1, "a": [{"b": 1}, {"b": 2}]}', '{"a.b": 2}', '{"$set": {"a.$.c": 9, "a.1.d": 8}}', '{"_id": 1, "a": [{"b": 1}, {"b": 2, "c": 9, "d": 8}]}'),
('{"_id": 1, "a": [{"b": 1}, {"b": 2}]}', '{"a.b": 2}', '{"$set": {"a.$.c": 9, "a.1.c": 8}}', 'error 40'),
('{"_id": 1, "a": [1, 2]}', '{"a": 2}', '{"$set": {"a.$": 9, "a.1": 8}}', 'error 40'),
('{"_id": 1, "a": [1, 2]}', '{"a": 2}', '{"$set": {"a.$": 9}, "$inc": {"a.$": 1}}', 'error 40'),
('{"_id": 1, "a": [1, 2]}', '{"a": 2}', '{"$set": {"a.$": 9, "a.$[]": 8}}', 'error 40'),
-- no position
('{"_id": 1, "a": [1, 2]}', '{"_id": 1}', '{"$set": {"a.$": 9}}', 'error 2'),
('{"_id": 1, "a": 2}', '{"a": 2}', '{"$set": {"a.$": 9}}', 'error 2'),
('{"_id": 1, "a": [1, 2]}', '{"a": {"$ne": 5}}', '{"$set": {"a.$": 9}}', 'error 2'),
('{"_id": 1, "a": [1, 2]}', '{"$or": [{"a": 2}, {"b": 1}]}', '{"$set": {"a.$": 9}}', 'error 2'),
('{"_id": 1, "a": [1, 2]}', '{"a": 2}', '{"$set": {"a.$.b.$": 9}}', 'error 2'),
('{"_id": 1, "a": [1, 2]}', '{"a": 2}', '{"$set": {"$": 9}}', 'error 2'),
('{"_id": 1, "a": [1, 2]}', '{"a": 2}', '{"$set": {"a.$.b": 9}}', 'error 28'),
-- nothing matches
('{"_id": 1, "a": [1, 2]}', '{"a": 7}', '{"$set": {"a.$": 9}}', 'one {"_id": 1, "a": [1, 2]}, many {"_id": 1, "a": [1, 2]}, found ');
SELECT n, doc, filter, update, expected, got
FROM (SELECT *, pg_temp.update(doc, filter, update) AS got FROM updates) AS t
WHERE got IS DISTINCT FROM expected ORDER BY n;
SELECT count(*) FROM updates;

-- Of many documents each has its own position; $[name] and variables beside it.
TRUNCATE p;
SELECT docdb.insert_many('p', ARRAY['{"_id": 1, "a": [5, 1], "b": [{"c": 1}, {"c": 2}]}',
                                    '{"_id": 2, "a": [1, 5], "b": [{"c": 1}, {"c": 2}]}']::bson[]);
SELECT docdb.update_many('p', '{"a": 5}', '{"$set": {"b.$.d": 1, "b.0.e": 2}}');
SELECT doc FROM p ORDER BY _id;
SELECT docdb.update_many('p', '{"a": 1, "$expr": {"$eq": ["$_id", "$$id"]}}',
                         '{"$set": {"a.$": 9}, "$inc": {"b.$[x].c": 10}}',
                         '{"let": {"id": 2}, "arrayFilters": [{"x.c": 2}]}');
SELECT doc FROM p ORDER BY _id;
SELECT docdb.find_one_and_update('p', '{"a": 9}', '{"$set": {"a.$": 7}}',
                                 '{"projection": {"a.$": 1}}');
SELECT docdb.find_one_and_delete('p', '{"a": 7}', '{"projection": {"a.$": 1}}');
SELECT docdb.bulk_write('p', '[{"updateOne": {"filter": {"a": 1}, "update": {"$set": {"a.$": 3}}}}]');
SELECT doc FROM p ORDER BY _id;
\set VERBOSITY sqlstate
SELECT docdb.find_one_and_update('p', '{"a": 3}', '{"$set": {"a.$": 7}}',
                                 '{"projection": {"a.$": 1}, "returnDocument": "after"}');
-- an upsert has no position
SELECT docdb.update_one('p', '{"a": 77}', '{"$set": {"a.$": 7}}', '{"upsert": true}');
\set VERBOSITY default

-- The functions by themselves.
SELECT docdb.update_document('{"a": [1, 2]}', '{"$set": {"a.$": 9}}', filter => '{"a": 2}'),
       docdb.updated('{"a": [1, 9]}', '{"$set": {"a.$": 9}}', filter => '{"a": 9}') IS NULL AS same,
       docdb.project('{"a": [1, 2]}', '{"a.$": 1}', filter => '{"a": 2}');

DROP SCHEMA position CASCADE;
