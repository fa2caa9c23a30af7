-- The equalities of a filter, which an upsert puts into the new document, and the _id it names.
CREATE FUNCTION pg_temp.equalities(filter bson) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT coalesce(string_agg(format('%s = %s', path, value), ', '), '')
            FROM docdb.filter_equalities(filter));
EXCEPTION WHEN OTHERS THEN
    RETURN coalesce((docdb.error_info(SQLSTATE)).code::text, SQLSTATE);
END $$;
CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, filter bson, expected text);
INSERT INTO cases (filter, expected) VALUES
('{}', ''),
('{"a": 1}', 'a = 1'),
('{"a": {"$eq": 1}}', 'a = 1'),
('{"b": 1, "a": "x"}', 'a = "x", b = 1'),
('{"a.b": 1, "a.c": 2}', 'a.b = 1, a.c = 2'),
('{"a": {"b": 1}}', 'a = {"b": 1}'),
('{"a": [1, 2]}', 'a = [1, 2]'),
('{"a": null}', 'a = null'),
('{"a": {"$gt": 1}}', ''),
('{"a": {"$gt": 1, "$eq": 5}}', 'a = 5'),
('{"a": {"$ne": 1}}', ''),
('{"a": {"$not": {"$eq": 1}}}', ''),
('{"a": {"$exists": true}}', ''),
('{"a": {"$regularExpression": {"pattern": "b", "options": ""}}}', ''),
('{"a": {"$eq": {"$regularExpression": {"pattern": "b", "options": ""}}}}',
 'a = {"$regularExpression": {"pattern": "b", "options": ""}}'),
('{"a": {"$elemMatch": {"b": 1}}}', ''),
('{"a": {"$in": [1]}}', 'a = 1'),
('{"a": {"$in": [1, 1]}}', 'a = 1'),
('{"a": {"$in": [1, 2]}}', ''),
('{"a": {"$in": []}}', ''),
('{"a": {"$nin": [1]}}', ''),
('{"a": {"$all": [1]}}', 'a = 1'),
('{"a": {"$all": [[1, 2]]}}', 'a = [1, 2]'),
('{"a": {"$all": [{"$elemMatch": {"b": 1}}]}}', ''),
('{"$and": [{"a": 1}, {"b": 2}]}', 'a = 1, b = 2'),
('{"$and": [{"a": 1}], "b": {"$lt": 3}, "c": 4}', 'a = 1, c = 4'),
('{"$and": [{"$and": [{"a": 1}]}]}', 'a = 1'),
('{"$or": [{"a": 1}, {"b": 2}]}', ''),
('{"$or": [{"a": 1}]}', 'a = 1'),
('{"$or": [{"a": 1, "b": 2}]}', 'a = 1, b = 2'),
('{"$nor": [{"a": 1}]}', ''),
('{"$expr": {"$eq": ["$a", "$$x"]}, "b": 1}', 'b = 1'),
('{"a": {"$ref": "c", "$id": 1}}', 'a = {"$ref": "c", "$id": 1}'),
('{"_id": 5, "a": 1}', '_id = 5, a = 1'),
('{"_id": {"x": 1}}', '_id = {"x": 1}'),
('{"_id.x": 1}', '_id.x = 1'),
('{"": 1}', ' = 1'),
-- several values for one field are the caller's to refuse
('{"a": 1, "$and": [{"a": 2}]}', 'a = 1, a = 2'),
('{"a": 1, "$and": [{"a": 1}]}', 'a = 1, a = 1'),
('{"a": {"$all": [1, 2]}}', 'a = 1, a = 2'),
('{"a": {"b": 1}, "a.b": 1}', 'a = {"b": 1}, a.b = 1'),
('{"a.b": 1, "a": {"b": 1}}', 'a = {"b": 1}, a.b = 1'),
('{"a.b.c": 1, "a.b": {}}', 'a.b = {}, a.b.c = 1'),
('{"a.b": 1, "a.bc": 2, "ab": 3}', 'a.b = 1, a.bc = 2, ab = 3');
SELECT n, filter, expected, pg_temp.equalities(filter) AS got FROM cases
WHERE pg_temp.equalities(filter) IS DISTINCT FROM expected ORDER BY n;
SELECT count(*) AS cases FROM cases;

SELECT filter, expected, docdb.filter_id(filter) AS got
FROM (VALUES
('{"_id": 5}'::bson, '5'),
('{"_id": {"$eq": 5}}', '5'),
('{"a": 1, "_id": "x", "b": {"$gt": 2}}', '"x"'),
('{"_id": {"x": 1}}', '{"x": 1}'),
('{"_id": null}', 'null'),
('{"_id": {"$ref": "c", "$id": 1}}', '{"$ref": "c", "$id": 1}'),
('{"$and": [{"a": 1}, {"_id": 5}]}', '5'),
('{"$and": [{"_id": {"$in": [5]}}]}', '5'),
('{"_id": {"$gt": 1, "$eq": 5}}', '5'),
('{"$or": [{"_id": 5}]}', '5'),
('{"_id": {"$oid": "64b5f0c0a1b2c3d4e5f60718"}}', '{"$oid": "64b5f0c0a1b2c3d4e5f60718"}'),
('{}', NULL),
('{"a": 5}', NULL),
('{"_id": [5]}', NULL),
('{"_id": {"$gt": 5}}', NULL),
('{"_id": {"$ne": 5}}', NULL),
('{"_id": {"$in": [5, 6]}}', NULL),
('{"_id.x": 5}', NULL),
('{"$or": [{"_id": 5}, {"a": 1}]}', NULL),
('{"$nor": [{"_id": 5}]}', NULL),
('{"_id": {"$regularExpression": {"pattern": "b", "options": ""}}}', NULL)
) AS cases (filter, expected)
WHERE docdb.filter_id(filter)::text IS DISTINCT FROM expected;
