-- Why a document does not match: the details of error 121.
CREATE FUNCTION pg_temp.explain(document bson, filter bson) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT docdb.filter_explain(document, filter)::text
$$;
SELECT docdb.filter_explain('{"a": 1}', '{"a": 1}') IS NULL AS matches;

-- One condition.
SELECT document, filter, pg_temp.explain(document, filter) FROM (VALUES
    ('{"a": 3}'::bson, '{"a": 1}'::bson),
    ('{"a": 3}', '{"a": {"$gt": 5}}'),
    ('{"a": [3, 4]}', '{"a": {"$gt": 5}}'),
    ('{"a": "x"}', '{"a": {"$gt": 5}}'),
    ('{"b": 3}', '{"a": {"$gt": 5}}'),
    ('{"a": {"b": 3}}', '{"a.b": {"$lt": 3}}'),
    ('{"a": [{"b": 3}, {"b": 4}]}', '{"a.b": {"$lt": 3}}'),
    ('{"a": 3}', '{"a": {"$ne": 3}}'),
    ('{"a": 3}', '{"a": {"$in": [1, 2]}}'),
    ('{"a": 3}', '{"a": {"$in": [1]}}'),
    ('{"a": 3}', '{"a": {"$nin": [3, 4]}}'),
    ('{"b": 3}', '{"a": {"$exists": true}}'),
    ('{"a": 3}', '{"a": {"$exists": false}}'),
    ('{"a": 3}', '{"a": {"$type": "string"}}'),
    ('{"a": [3, "x"]}', '{"a": {"$type": ["bool", "null"]}}'),
    ('{"a": 3}', '{"a": {"$mod": [2, 0]}}'),
    ('{"a": "x"}', '{"a": {"$mod": [2, 0]}}'),
    ('{"a": 3}', '{"a": {"$bitsAllSet": 4}}'),
    ('{"a": "x"}', '{"a": {"$bitsAnyClear": 4}}'),
    ('{"a": "x"}', '{"a": {"$regex": "^y"}}'),
    ('{"a": 3}', '{"a": {"$regex": "^y"}}'),
    ('{"a": [1]}', '{"a": {"$size": 2}}'),
    ('{"a": 1}', '{"a": {"$size": 2}}'),
    ('{"a": [1, 2]}', '{"a": {"$elemMatch": {"$gt": 2}}}'),
    ('{"a": 3}', '{"a": {"$not": {"$gt": 2}}}'),
    ('{"a": 3}', '{"a": {"$not": {"$ne": 4}}}'),
    ('{"a": 3}', '{"$expr": {"$gt": ["$a", 5]}}'),
    ('{"a": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}', '{"a": {"$gt": 50}}')
) AS t (document, filter);

-- Several: of a conjunction those that failed, of a disjunction all; negations turned round.
SELECT document, filter, pg_temp.explain(document, filter) FROM (VALUES
    ('{"a": 3, "b": 1}'::bson, '{"a": {"$gt": 5}, "b": 1, "c": {"$exists": true}}'::bson),
    ('{"a": 3}', '{"$or": [{"a": 1}, {"b": 2}]}'),
    ('{"a": 3}', '{"$nor": [{"a": 3}, {"b": 2}]}'),
    ('{"a": 3}', '{"a": {"$not": {"$gt": 1, "$lt": 5}}}'),
    ('{"a": 3}', '{"$and": [{"$or": [{"a": 1}, {"a": 2}]}, {"a": 3}]}'),
    ('{"a": 3}', '{"$alwaysFalse": 1}')
) AS t (document, filter);

-- $jsonSchema: each keyword.
SELECT document, schema, pg_temp.explain(document, format('{"$jsonSchema": %s}', schema)::bson)
FROM (VALUES
    ('{"a": 3}'::bson, '{"title": "T", "description": "D", "required": ["a", "b", "c"]}'),
    ('{"a": 3}', '{"properties": {"a": {"bsonType": "string", "description": "a text"}}}'),
    ('{"a": 3}', '{"properties": {"a": {"type": ["string", "null"]}}}'),
    ('{"a": 3}', '{"properties": {"a": {"minimum": 5}}}'),
    ('{"a": 3}', '{"properties": {"a": {"maximum": 3, "exclusiveMaximum": true}}}'),
    ('{"a": 3}', '{"properties": {"a": {"multipleOf": 2}}}'),
    ('{"a": "x"}', '{"properties": {"a": {"minLength": 5, "maxLength": 0, "pattern": "^y"}}}'),
    ('{"a": [1, 1]}', '{"properties": {"a": {"minItems": 5, "maxItems": 1, "uniqueItems": true}}}'),
    ('{"a": [1, "x"]}', '{"properties": {"a": {"items": {"type": "number"}}}}'),
    ('{"a": ["x", 1, 2]}', '{"properties": {"a": {"items": [{"type": "number"}], "additionalItems": false}}}'),
    ('{"a": [1, 1, "x"]}', '{"properties": {"a": {"items": [{}], "additionalItems": {"type": "number"}}}}'),
    ('{"a": 1, "b": 2}', '{"minProperties": 3}'),
    ('{"a": 1, "b": 2}', '{"maxProperties": 1}'),
    ('{"a": 1, "b": 2}', '{"properties": {"a": {}}, "additionalProperties": false}'),
    ('{"a": 1, "b": "x"}', '{"properties": {"a": {}}, "additionalProperties": {"type": "number"}}'),
    ('{"abc": "x"}', '{"patternProperties": {"^a": {"type": "number"}}}'),
    ('{"a": 1}', '{"dependencies": {"a": ["b", "c"]}}'),
    ('{"a": 1}', '{"dependencies": {"a": {"required": ["b"]}}}'),
    ('{"a": 1}', '{"properties": {"a": {"enum": [2, 3]}}}'),
    ('{"a": 1}', '{"allOf": [{"required": ["a"]}, {"required": ["b"]}]}'),
    ('{"a": 1}', '{"anyOf": [{"required": ["c"]}, {"required": ["b"]}]}'),
    ('{"a": 1}', '{"oneOf": [{"required": ["c"]}, {"required": ["b"]}]}'),
    ('{"a": 1}', '{"oneOf": [{"required": ["a"]}, {}]}'),
    ('{"a": 1}', '{"not": {"required": ["a"]}}'),
    ('{"a": 1}', '{"properties": {"a": {"encrypt": {}}}}'),
    ('{"a": {"b": {"c": "x"}}}', '{"properties": {"a": {"properties": {"b": {"properties": {"c": {"type": "number"}}}}}}}')
) AS t (document, schema);
SELECT pg_temp.explain('{"a": 1}', '{"$nor": [{"$jsonSchema": {"required": ["a"]}}]}');

-- A large value is not repeated for each of its faults.
SELECT octet_length(docdb.filter_explain(format('{"a": "%s"}', repeat('x', 900000))::bson,
    '{"$jsonSchema": {"properties": {"a": {"maxLength": 1, "pattern": "y", "enum": [1]}}}}')::text)
    BETWEEN 900000 AND 1000000 AS once;

-- A validator's errors say it.
CREATE SCHEMA explained;
SELECT docdb.create_collection('explained.c',
    '{"validator": {"$jsonSchema": {"required": ["name"], "properties": {"age": {"bsonType": "int"}}}}}');
SELECT docdb.insert_one('explained.c', '{"_id": 7, "age": "x"}');
SELECT docdb.insert_one('explained.c', '{"_id": 8, "name": "y", "age": 5}');
SELECT docdb.update_one('explained.c', '{"_id": 8}', '{"$unset": {"name": 1}}');
DROP SCHEMA explained CASCADE;
