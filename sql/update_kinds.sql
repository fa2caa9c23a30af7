-- Replacement documents, update pipelines, and what an upsert inserts.

CREATE TEMP TABLE cases (
    n int GENERATED ALWAYS AS IDENTITY, document text, update text, expected text,
    is_insert boolean DEFAULT false, filters text);

-- The outcome: a document, "same" where nothing changes, or "error" and MongoDB's code.
CREATE FUNCTION pg_temp.outcome(document text, update text, is_insert boolean, filters text)
    RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN COALESCE(docdb.updated(document::bson, update::bson_value, NULL, is_insert,
                                  filters::bson_value)::text, 'same');
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE || SQLERRM);
END $$;

CREATE FUNCTION pg_temp.check_cases()
    RETURNS TABLE (n int, document text, update text, got text, expected text)
LANGUAGE sql AS $$
    SELECT c.n, c.document, c.update, got, c.expected
    FROM cases c, LATERAL pg_temp.outcome(c.document, c.update, c.is_insert, c.filters) AS got
    WHERE got IS DISTINCT FROM
          CASE WHEN c.expected LIKE '{%' THEN c.expected::bson::text ELSE c.expected END
    ORDER BY c.n
$$;

INSERT INTO cases (document, update, expected) VALUES
-- Replacement.
('{"_id": 1, "a": 1}', '{"b": 2}', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": 1}', '{}', '{"_id": 1}'),
('{"_id": 1, "a": 1}', '{"_id": 1, "b": 2}', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": 1}', '{"b": 2, "_id": 1}', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": 1}', '{"_id": 1.0, "b": 2}', '{"_id": 1.0, "b": 2}'),
('{"_id": 1, "a": 1}', '{"_id": 2, "b": 2}', 'error 66'),
('{"_id": 1, "a": 1}', '{"_id": null}', 'error 66'),
('{"_id": 1, "a": 1}', '{"_id": 1, "a": 1}', 'same'),
('{"_id": 1, "a": 1}', '{"a": 1}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"b": 2, "a": 1}', '{"_id": 1, "b": 2, "a": 1}'),
('{"a": 1}', '{"b": 2}', '{"b": 2}'),
('{"a": 1}', '{"b": 2, "_id": 3}', '{"_id": 3, "b": 2}'),
('{"_id": 1}', '{"b.c": 2, "d": {"$e": 3, "": 4}}', '{"_id": 1, "b.c": 2, "d": {"$e": 3, "": 4}}'),
('{"_id": 1}', '{"": 2}', '{"_id": 1, "": 2}'),
('{"_id": 1}', '{"b": 2, "$set": {"c": 1}}', 'error 52'),
('{"_id": 1}', '{"b": 2, "$c": 1}', 'error 52'),
('{"_id": 1}', '{"b": 2, "$ref": "c", "$id": 5}', '{"_id": 1, "b": 2, "$ref": "c", "$id": 5}'),
('{"_id": 1}', '{"b": 2, "$ref": "c", "$id": 5, "$db": "d"}', '{"_id": 1, "b": 2, "$ref": "c", "$id": 5, "$db": "d"}'),
('{"_id": 1}', '{"b": 2, "$ref": "c"}', 'error 55'),
('{"_id": 1, "$ref": "c", "$id": 1}', '{"$set": {"$id": 2}}', '{"_id": 1, "$ref": "c", "$id": 2}'),
('{"_id": 1, "$ref": "c", "$id": 1}', '{"$set": {"$db": "d"}}', '{"_id": 1, "$ref": "c", "$id": 1, "$db": "d"}'),
('{"_id": 1, "$ref": "c", "$id": 1}', '{"$set": {"$db": 5}}', 'error 55'),
('{"_id": 1, "$ref": "c", "$id": 1}', '{"$set": {"$ref": 5}}', 'error 55'),
('{"_id": 1, "$ref": "c", "$id": 1}', '{"$unset": {"$ref": 1}}', 'error 55'),
('{"_id": 1, "$ref": "c", "$id": 1}', '{"$unset": {"$id": 1}}', 'error 55'),
('{"_id": 1, "$ref": "c", "$id": 1}', '{"$unset": {"$id": 1, "$ref": 1}}', '{"_id": 1}'),
('{"_id": 1}', '{"$set": {"$id": 1}}', 'error 55'),
('{"_id": 1}', '{"$set": {"$ref": "c", "$id": 1}}', 'error 55'),
('{"_id": 1}', '{"$set": {"a.$ref": "c", "b.$id": 1}}', '{"_id": 1, "a": {"$ref": "c"}, "b": {"$id": 1}}'),
('{"_id": 1, "a": "c"}', '{"$rename": {"a": "$ref"}}', 'error 55'),
('{"_id": 1}', '{"b": 2, "$ref": "c", "c": 1, "$id": 5}', 'error 55'),
('{"_id": 1}', '{"b": 2, "$ref": 5, "$id": 5}', 'error 55'),
('{"_id": 1}', '{"b": 2, "$ref": "c", "$id": 5, "$db": 5}', 'error 55'),
('{"_id": 1}', '{"b": 2, "$id": 5}', 'error 55'),
('{"_id": 1}', '{"b": 2, "$db": 5}', 'error 55'),
('{"_id": 1}', '{"t": {"$timestamp": {"t": 0, "i": 1}}, "d": {"t": {"$timestamp": {"t": 0, "i": 0}}}}', '{"_id": 1, "t": {"$timestamp": {"t": 0, "i": 1}}, "d": {"t": {"$timestamp": {"t": 0, "i": 0}}}}'),
-- Pipelines.
('{"_id": 1, "a": 1}', '[]', 'same'),
('{"_id": 1, "a": 1}', '[{"$set": {"b": {"$add": ["$a", 1]}}}]', '{"_id": 1, "a": 1, "b": 2}'),
('{"_id": 1, "a": 1}', '[{"$addFields": {"b": 2}}, {"$set": {"c": "$b"}}]', '{"_id": 1, "a": 1, "b": 2, "c": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '[{"$unset": "a"}]', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": {"x": 1, "y": 2}, "b": 2}', '[{"$unset": ["a.x", "b"]}]', '{"_id": 1, "a": {"y": 2}}'),
('{"_id": 1, "a": 1, "b": 2}', '[{"$project": {"a": 1}}]', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '[{"$project": {"_id": 0, "a": 1}}]', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": {"x": 1}}', '[{"$replaceRoot": {"newRoot": "$a"}}]', '{"_id": 1, "x": 1}'),
('{"_id": 1, "a": {"x": 1}}', '[{"$replaceWith": "$a"}, {"$set": {"y": 2}}]', '{"_id": 1, "x": 1, "y": 2}'),
('{"_id": 1, "a": {"x": 1}}', '[{"$replaceWith": {"b": "$a.x", "_id": 1}}]', '{"_id": 1, "b": 1}'),
('{"_id": 1, "a": 1}', '[{"$set": {"a": 1}}]', 'same'),
('{"_id": 1, "a": 1}', '[{"$set": {"_id": 1}}]', 'same'),
('{"_id": 1, "a": 1}', '[{"$set": {"_id": 2}}]', 'error 66'),
('{"_id": 1, "a": 1}', '[{"$unset": "_id"}]', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1}', '[{"$replaceWith": {"$literal": {"$a": 1}}}]', '{"_id": 1, "$a": 1}'),
('{"_id": 1, "a": 1}', '[{"$replaceWith": "$a"}]', 'error 40228'),
('{"_id": 1, "a": 1}', '[{"$replaceWith": "$b"}]', 'error 40228'),
('{"_id": 1, "a": 1}', '[{"$replaceRoot": {"newRoot": "$a"}}]', 'error 40228'),
('{"_id": 1, "a": 1}', '[{"$replaceRoot": {"x": "$a"}}]', 'error 40230'),
('{"_id": 1, "a": 1}', '[{"$replaceRoot": {}}]', 'error 40231'),
('{"_id": 1, "a": 1}', '[{"$replaceRoot": "$a"}]', 'error 40229'),
('{"_id": 1, "a": 1}', '[{"$unset": []}]', 'error 31119'),
('{"_id": 1, "a": 1}', '[{"$unset": [1]}]', 'error 31120'),
('{"_id": 1, "a": 1}', '[{"$unset": 1}]', 'error 31002'),
('{"_id": 1, "a": 1}', '[{"$unset": "a\u0000b"}]', 'error 16411'),
('{"_id": 1, "a": 1}', '[{"$unset": ""}]', 'error 40352'),
('{"_id": 1, "a": 1}', '[{"$unset": ["a", "a.b"]}]', 'error 31249'),
('{"_id": 1, "a": 1}', '[{"$project": {}}]', 'error 51272'),
('{"_id": 1, "a": 1}', '[{"$set": 5}]', 'error 40272'),
('{"_id": 1, "a": 1}', '[{"$project": 5}]', 'error 15969'),
('{"_id": 1, "a": 1}', '[{"$match": {"a": 1}}]', 'error 72'),
('{"_id": 1, "a": 1}', '[{"$nope": {"a": 1}}]', 'error 40324'),
('{"_id": 1, "a": 1}', '[{"$set": {"a": 1}, "$unset": "b"}]', 'error 40323'),
('{"_id": 1, "a": 1}', '[{}]', 'error 40323'),
('{"_id": 1, "a": 1}', '[5]', 'error 14');

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;
TRUNCATE cases;

-- Variables in a pipeline, and $$NOW.
SELECT docdb.update_document('{"_id": 1, "a": 1}', '[{"$set": {"a": {"$add": ["$a", "$$by"]}}}]', '{"by": 10}');
SELECT docdb.update_document('{"_id": 1}', '[{"$set": {"now": "$$NOW"}}]') ->> 'now' IS NOT NULL AS now;

-- Upserts: document holds the filter.  A generated _id is shown as 0.
CREATE FUNCTION pg_temp.upsert(filter text, update text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RETURN regexp_replace(docdb.upsert_document(filter::bson, update::bson_value)::text,
                          '^{"_id": {"\$oid": "\w{24}"}', '{"_id": 0');
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE || SQLERRM);
END $$;

INSERT INTO cases (document, update, expected) VALUES
('{}', '{}', '{"_id": 0}'),
('{}', '{"a": 1}', '{"_id": 0, "a": 1}'),
('{}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{}', '{"$setOnInsert": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{}', '{"_id": 1}', '{"_id": 1}'),
('{}', '{"a": 1, "_id": 1}', '{"_id": 1, "a": 1}'),
('{}', '{"$set": {"_id": 1, "Z": 2}}', '{"_id": 1, "Z": 2}'),
('{}', '{"$setOnInsert": {"_id": 1}}', '{"_id": 1}'),
('{"_id": 1}', '{"$set": {"a": 1}}', '{"_id": 1, "a": 1}'),
('{"_id": 1}', '{"a": 1}', '{"_id": 1, "a": 1}'),
('{"_id": 1}', '{}', '{"_id": 1}'),
('{"_id": 1}', '{"_id": 1, "a": 2}', '{"_id": 1, "a": 2}'),
('{"_id": 1}', '{"_id": 2}', 'error 66'),
('{"_id": 1}', '{"$set": {"_id": 2}}', 'error 66'),
('{"_id": 1}', '{"$set": {"_id": 1}}', '{"_id": 1}'),
('{"_id": {"$eq": 1}}', '{"$set": {"a": 1}}', '{"_id": 1, "a": 1}'),
('{"_id": {"$in": [1]}}', '{"$set": {"a": 1}}', '{"_id": 1, "a": 1}'),
('{"_id": {"$all": [1]}}', '{"$set": {"a": 1}}', '{"_id": 1, "a": 1}'),
('{"$and": [{"_id": 1}]}', '{"$set": {"a": 1}}', '{"_id": 1, "a": 1}'),
('{"$or": [{"_id": 1}]}', '{"$set": {"a": 1}}', '{"_id": 1, "a": 1}'),
('{"_id": {"$gt": 1}}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"_id": {"$ne": 1}}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"_id": {"$in": [1, 2]}}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"_id": {"$exists": true}}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"$or": [{"_id": 1}, {"_id": 2}]}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"$nor": [{"_id": 1}]}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"_id.x": 1, "_id.y": 2}', '{"$set": {"a": 1}}', '{"_id": {"x": 1, "y": 2}, "a": 1}'),
('{"_id.x": 1}', '{"a": 1}', 'error 111'),
('{"_id": 1, "_id.x": 1}', '{"$set": {"a": 1}}', 'error 54'),
('{"_id": {"x": 1}, "_id.x": 1}', '{"$set": {"a": 1}}', 'error 54'),
('{"$and": [{"_id": 1}, {"_id": 2}]}', '{"$set": {"a": 1}}', 'error 54'),
('{"$and": [{"_id": 1}, {"_id": 2}]}', '{"a": 1}', 'error 54'),
('{"x": 1}', '{"$set": {"a": 1}}', '{"_id": 0, "x": 1, "a": 1}'),
('{"x": 1}', '{"a": 1}', '{"_id": 0, "a": 1}'),
('{"x": 1, "y": 2}', '{"$inc": {"x": 5}}', '{"_id": 0, "x": 6, "y": 2}'),
('{"y": 1, "_id": 5, "b": 2}', '{"$set": {"a": 1}}', '{"_id": 5, "b": 2, "y": 1, "a": 1}'),
('{"x": {"y": 1}}', '{"$set": {"x.z": 1}}', '{"_id": 0, "x": {"y": 1, "z": 1}}'),
('{"x": [1, 2]}', '{"$push": {"x": 3}}', '{"_id": 0, "x": [1, 2, 3]}'),
('{"x": {"x.x": 1}}', '{"$set": {"a": 1}}', '{"_id": 0, "x": {"x.x": 1}, "a": 1}'),
('{"x.y.z": 1, "x.w": 2}', '{"$set": {"a": 1}}', '{"_id": 0, "x": {"w": 2, "y": {"z": 1}}, "a": 1}'),
('{"x": {"$gt": 1}}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"x": {"$not": {"$eq": 1}}}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"x": {"$elemMatch": {"$eq": 1}}}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"x": {"$regularExpression": {"pattern": "a", "options": ""}}}', '{"$set": {"a": 1}}', '{"_id": 0, "a": 1}'),
('{"x": {"$eq": {"$regularExpression": {"pattern": "a", "options": ""}}}}', '{"$set": {"a": 1}}', '{"_id": 0, "x": {"$regularExpression": {"pattern": "a", "options": ""}}, "a": 1}'),
('{"x": {"$all": [1, 2]}}', '{"$set": {"a": 1}}', 'error 54'),
('{"x": {"$all": [1, 2]}}', '{"a": 1}', '{"_id": 0, "a": 1}'),
('{"$and": [{"x": 1}, {"x": 2}]}', '{"$set": {"a": 1}}', 'error 54'),
('{"$and": [{"x": 1}, {"x": 2}]}', '{"a": 1}', '{"_id": 0, "a": 1}'),
('{"x": 1, "x.x": 1}', '{"$set": {"a": 1}}', 'error 54'),
('{"x.y": 1, "x": {"y": 1}}', '{"$set": {"a": 1}}', 'error 54'),
('{"x-": 1, "x.y": 1, "x": 5}', '{"$set": {"a": 1}}', 'error 54'),
('{"x": 1}', '{"$unset": {"x": 1}}', '{"_id": 0}'),
('{"x": 1}', '{"$set": {"x.y": 1}}', 'error 28'),
('{"x": 1, "_id": 3}', '[{"$set": {"y": "$x"}}]', '{"_id": 3, "x": 1, "y": 1}'),
('{"x": 1}', '[{"$project": {"x": 1}}]', '{"_id": 0, "x": 1}'),
('{"x.$id": 1}', '{"$set": {"x": {"$ref": "a", "$id": 1}}}', '{"_id": 0, "x": {"$ref": "a", "$id": 1}}');

SELECT n, document AS filter, c.update, got, expected
FROM cases c, LATERAL pg_temp.upsert(document, c.update) AS got
WHERE got IS DISTINCT FROM CASE WHEN expected LIKE '{%' THEN expected::bson::text ELSE expected END
ORDER BY n;
SELECT count(*) FROM cases;

SELECT pg_temp.upsert(format('{"a": "%s"}', repeat('x', 16000000)), format('{"$set": {"b": "%s"}}', repeat('x', 777200)));
