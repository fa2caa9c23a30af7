-- Comparisons: $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin over scalars and documents.
-- Each case says whether the document matches; the rows shown are those that come out otherwise.
CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, document bson, filter bson,
                         expected boolean);

-- Numbers compare by their exact value, whatever their types.
INSERT INTO cases (document, filter, expected) VALUES
('{"a": 1}', '{"a": 1}', true),
('{"a": 1}', '{"a": 2}', false),
('{"a": 1}', '{"a": {"$eq": 1}}', true),
('{"a": 1}', '{"a": 1.0}', true),
('{"a": 1.0}', '{"a": {"$numberLong": "1"}}', true),
('{"a": {"$numberLong": "1"}}', '{"a": {"$numberDecimal": "1.00"}}', true),
('{"a": {"$numberDecimal": "1E+0"}}', '{"a": 1}', true),
('{"a": 0.1}', '{"a": {"$numberDecimal": "0.1"}}', false),
('{"a": 0.5}', '{"a": {"$numberDecimal": "0.5"}}', true),
('{"a": {"$numberLong": "9007199254740993"}}', '{"a": {"$numberDouble": "9007199254740992"}}', false),
('{"a": {"$numberLong": "9007199254740993"}}', '{"a": {"$gt": {"$numberDouble": "9007199254740992"}}}', true),
('{"a": {"$numberLong": "9223372036854775807"}}', '{"a": {"$lt": {"$numberDouble": "9223372036854775808"}}}', true),
('{"a": {"$numberDouble": "-0.0"}}', '{"a": 0}', true),
('{"a": {"$numberDouble": "Infinity"}}', '{"a": {"$gt": {"$numberLong": "9223372036854775807"}}}', true),
('{"a": {"$numberDouble": "Infinity"}}', '{"a": {"$numberDecimal": "Infinity"}}', true),
('{"a": {"$numberDouble": "-Infinity"}}', '{"a": {"$lt": 0}}', true),
('{"a": 5}', '{"a": {"$gt": 4}}', true),
('{"a": 5}', '{"a": {"$gt": 5}}', false),
('{"a": 5}', '{"a": {"$gte": 5}}', true),
('{"a": 5}', '{"a": {"$gte": 6}}', false),
('{"a": 5}', '{"a": {"$lt": 6}}', true),
('{"a": 5}', '{"a": {"$lt": 5}}', false),
('{"a": 5}', '{"a": {"$lte": 5}}', true),
('{"a": 5}', '{"a": {"$lte": 4}}', false),
('{"a": 5}', '{"a": {"$gt": 4, "$lt": 6}}', true),
('{"a": 5}', '{"a": {"$gt": 5, "$lt": 6}}', false),
('{"a": 5}', '{"a": {"$ne": 5}}', false),
('{"a": 5}', '{"a": {"$ne": 6}}', true),
('{"a": 5}', '{"a": {"$ne": "5"}}', true),
('{}', '{"a": {"$ne": 5}}', true),
('{}', '{"a": 5}', false),
('{}', '{"a": {"$lt": 5}}', false),
('{}', '{"a": {"$gte": 5}}', false);

-- NaN equals NaN and compares with nothing else.
INSERT INTO cases (document, filter, expected) VALUES
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$numberDouble": "NaN"}}', true),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$numberDecimal": "NaN"}}', true),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$ne": {"$numberDouble": "NaN"}}}', false),
('{"a": 5}', '{"a": {"$ne": {"$numberDouble": "NaN"}}}', true),
('{"a": 5}', '{"a": {"$gt": {"$numberDouble": "NaN"}}}', false),
('{"a": 5}', '{"a": {"$gte": {"$numberDouble": "NaN"}}}', false),
('{"a": 5}', '{"a": {"$lt": {"$numberDouble": "NaN"}}}', false),
('{"a": 5}', '{"a": {"$lte": {"$numberDouble": "NaN"}}}', false),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$lt": 5}}', false),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$lte": 5}}', false),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$gt": 5}}', false),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$gte": {"$numberDouble": "NaN"}}}', true),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$lte": {"$numberDecimal": "NaN"}}}', true),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$gt": {"$numberDouble": "NaN"}}}', false),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$lt": {"$numberDouble": "-Infinity"}}}', false),
('{"a": {"$numberDouble": "NaN"}}', '{"a": {"$in": [1, {"$numberDouble": "NaN"}]}}', true);

-- The other types, each within its own class.
INSERT INTO cases (document, filter, expected) VALUES
('{"a": "x"}', '{"a": "x"}', true),
('{"a": "x"}', '{"a": "X"}', false),
('{"a": "x"}', '{"a": {"$gt": "w"}}', true),
('{"a": "x"}', '{"a": {"$gt": "xa"}}', false),
('{"a": "xa"}', '{"a": {"$gt": "x"}}', true),
('{"a": ""}', '{"a": ""}', true),
('{"a": ""}', '{"a": {"$lt": "\u0000"}}', true),
('{"a": "é"}', '{"a": {"$gt": "z"}}', true),
('{"a": {"$symbol": "x"}}', '{"a": "x"}', true),
('{"a": "x"}', '{"a": {"$symbol": "x"}}', true),
('{"a": "x"}', '{"a": {"$gt": 5}}', false),
('{"a": 5}', '{"a": {"$lt": "x"}}', false),
('{"a": "5"}', '{"a": 5}', false),
('{"a": true}', '{"a": true}', true),
('{"a": true}', '{"a": false}', false),
('{"a": false}', '{"a": {"$lt": true}}', true),
('{"a": true}', '{"a": 1}', false),
('{"a": true}', '{"a": {"$gt": 0}}', false),
('{"a": {"$date": "2020-01-01T00:00:00Z"}}', '{"a": {"$date": "2020-01-01T00:00:00Z"}}', true),
('{"a": {"$date": "2020-01-01T00:00:00Z"}}', '{"a": {"$lt": {"$date": "2020-01-01T00:00:00.001Z"}}}', true),
('{"a": {"$date": "1960-01-01T00:00:00Z"}}', '{"a": {"$lt": {"$date": "1970-01-01T00:00:00Z"}}}', true),
('{"a": {"$date": "2020-01-01T00:00:00Z"}}', '{"a": {"$gt": {"$timestamp": {"t": 1, "i": 1}}}}', false),
('{"a": {"$timestamp": {"t": 4294967295, "i": 1}}}', '{"a": {"$gt": {"$timestamp": {"t": 1, "i": 1}}}}', true),
('{"a": {"$timestamp": {"t": 1, "i": 2}}}', '{"a": {"$gt": {"$timestamp": {"t": 1, "i": 1}}}}', true),
('{"a": {"$oid": "64b5f0c0a1b2c3d4e5f60718"}}', '{"a": {"$oid": "64b5f0c0a1b2c3d4e5f60718"}}', true),
('{"a": {"$oid": "64b5f0c0a1b2c3d4e5f60718"}}', '{"a": {"$gt": {"$oid": "64b5f0c0a1b2c3d4e5f60717"}}}', true),
('{"a": {"$oid": "64b5f0c0a1b2c3d4e5f60718"}}', '{"a": "64b5f0c0a1b2c3d4e5f60718"}', false),
('{"a": {"$binary": {"base64": "AQI=", "subType": "00"}}}', '{"a": {"$binary": {"base64": "AQI=", "subType": "00"}}}', true),
('{"a": {"$binary": {"base64": "AQI=", "subType": "00"}}}', '{"a": {"$binary": {"base64": "AQI=", "subType": "05"}}}', false),
('{"a": {"$binary": {"base64": "AQI=", "subType": "00"}}}', '{"a": {"$gt": {"$binary": {"base64": "/w==", "subType": "00"}}}}', true),
('{"a": {"$regularExpression": {"pattern": "b", "options": "i"}}}', '{"a": {"$eq": {"$regularExpression": {"pattern": "b", "options": "i"}}}}', true),
('{"a": {"$regularExpression": {"pattern": "b", "options": ""}}}', '{"a": {"$eq": {"$regularExpression": {"pattern": "b", "options": "i"}}}}', false),
('{"a": "b"}', '{"a": {"$eq": {"$regularExpression": {"pattern": "b", "options": ""}}}}', false),
('{"a": {"$code": "f()"}}', '{"a": {"$code": "f()"}}', true),
('{"a": {"$code": "f()"}}', '{"a": "f()"}', false),
('{"a": {"$code": "f()", "$scope": {"x": 1}}}', '{"a": {"$code": "f()", "$scope": {"x": 1}}}', true),
('{"a": {"$code": "f()", "$scope": {"x": 1}}}', '{"a": {"$code": "f()"}}', false),
('{"a": {"$dbPointer": {"$ref": "b", "$id": {"$oid": "64b5f0c0a1b2c3d4e5f60718"}}}}', '{"a": {"$dbPointer": {"$ref": "b", "$id": {"$oid": "64b5f0c0a1b2c3d4e5f60718"}}}}', true);

-- MinKey and MaxKey as operands compare with everything, missing fields included.
INSERT INTO cases (document, filter, expected) VALUES
('{"a": 5}', '{"a": {"$gt": {"$minKey": 1}}}', true),
('{"a": 5}', '{"a": {"$gte": {"$minKey": 1}}}', true),
('{"a": "x"}', '{"a": {"$lt": {"$maxKey": 1}}}', true),
('{"a": null}', '{"a": {"$lte": {"$maxKey": 1}}}', true),
('{}', '{"a": {"$gt": {"$minKey": 1}}}', true),
('{}', '{"a": {"$lt": {"$maxKey": 1}}}', true),
('{"a": 5}', '{"a": {"$lt": {"$minKey": 1}}}', false),
('{"a": 5}', '{"a": {"$gt": {"$maxKey": 1}}}', false),
('{"a": 5}', '{"a": {"$minKey": 1}}', false),
('{"a": {"$minKey": 1}}', '{"a": {"$minKey": 1}}', true),
('{"a": {"$minKey": 1}}', '{"a": {"$gt": {"$minKey": 1}}}', false),
('{"a": {"$minKey": 1}}', '{"a": {"$gte": {"$minKey": 1}}}', true),
('{"a": {"$maxKey": 1}}', '{"a": {"$lt": {"$maxKey": 1}}}', false),
('{"a": {"$maxKey": 1}}', '{"a": {"$lte": {"$maxKey": 1}}}', true),
('{"a": {"$maxKey": 1}}', '{"a": {"$gt": {"$minKey": 1}}}', true),
('{"a": {"$minKey": 1}}', '{"a": {"$lt": 5}}', false),
('{"a": {"$maxKey": 1}}', '{"a": {"$gt": 5}}', false);

-- Documents are equal with the same fields in the same order, and compare field by field.
INSERT INTO cases (document, filter, expected) VALUES
('{"a": {"b": 1, "c": 2}}', '{"a": {"b": 1, "c": 2}}', true),
('{"a": {"b": 1, "c": 2}}', '{"a": {"c": 2, "b": 1}}', false),
('{"a": {"b": 1, "c": 2}}', '{"a": {"b": 1}}', false),
('{"a": {"b": 1}}', '{"a": {"b": 1.0}}', true),
('{"a": {}}', '{"a": {}}', true),
('{"a": {"b": 1}}', '{"a": {}}', false),
('{"a": {"b": 1}}', '{"a": {"$gt": {"b": 0}}}', true),
('{"a": {"b": 1}}', '{"a": {"$lt": {"b": 1, "c": 1}}}', true),
('{"a": {"c": 0}}', '{"a": {"$gt": {"b": 5}}}', true),
('{"a": {"b": "x"}}', '{"a": {"$gt": {"b": 5}}}', true),
('{"a": {}}', '{"a": {"$lt": {"b": 1}}}', true),
('{"a": {"b": 1}}', '{"a": {"$gt": 5}}', false),
('{"a": {"b": {"$numberDouble": "NaN"}}}', '{"a": {"$lt": {"b": 1}}}', true),
('{"a": {"$ref": "c", "$id": 1}}', '{"a": {"$ref": "c", "$id": 1}}', true),
('{"a": {"$ref": "c", "$id": 1, "$db": "d"}}', '{"a": {"$ref": "c", "$id": 1, "$db": "d"}}', true),
('{"a": {"$ref": "c", "$id": 1}}', '{"a": {"$ref": "c", "$id": 2}}', false),
('{"a": {"$ref": "c", "$id": 1}}', '{"a.$id": 1}', true),
('{"a": {"$ref": "c", "$id": 1}}', '{"a.$ref": "d"}', false),
('{"$id": 1}', '{"$id": 1}', true),
('{"$ref": "x"}', '{"$ref": "y"}', false);

-- $in and $nin: lists of values, of any types.
INSERT INTO cases (document, filter, expected) VALUES
('{"a": 1}', '{"a": {"$in": [1, 2]}}', true),
('{"a": 3}', '{"a": {"$in": [1, 2]}}', false),
('{"a": 3}', '{"a": {"$in": []}}', false),
('{}', '{"a": {"$in": []}}', false),
('{"a": 3}', '{"a": {"$nin": []}}', true),
('{}', '{"a": {"$nin": [1]}}', true),
('{"a": 1}', '{"a": {"$nin": [1, 2]}}', false),
('{"a": 3}', '{"a": {"$nin": [1, 2]}}', true),
('{"a": 1.0}', '{"a": {"$in": [{"$numberLong": "1"}]}}', true),
('{"a": "x"}', '{"a": {"$in": [5, "x", null, true, {"b": 1}]}}', true),
('{"a": {"b": 1}}', '{"a": {"$in": [5, "x", null, true, {"b": 1}]}}', true),
('{"a": false}', '{"a": {"$in": [5, "x", null, true, {"b": 1}]}}', false),
('{"a": 7}', '{"a": {"$in": [9, 7, 5, 7, 3, 7, 1]}}', true),
('{"a": 6}', '{"a": {"$in": [9, 7, 5, 7, 3, 7, 1]}}', false),
('{"a": 9}', '{"a": {"$in": [9, 7, 5, 7, 3, 7, 1]}}', true),
('{"a": 1}', '{"a": {"$in": [9, 7, 5, 7, 3, 7, 1]}}', true),
('{"a": 10}', '{"a": {"$in": [9, 7, 5, 7, 3, 7, 1]}}', false),
('{"a": {"$minKey": 1}}', '{"a": {"$in": [{"$minKey": 1}, 5]}}', true),
('{"a": 5}', '{"a": {"$in": [{"$minKey": 1}, {"$maxKey": 1}]}}', false),
('{"a": {"$ref": "c", "$id": 1}}', '{"a": {"$in": [{"$ref": "c", "$id": 1}]}}', true),
('{"a": "b"}', '{"a": {"$in": ["a", {"$regularExpression": {"pattern": "^b", "options": ""}}]}}', true),
('{"a": "ab"}', '{"a": {"$in": ["a", {"$regularExpression": {"pattern": "^b", "options": ""}}]}}', false),
('{"a": "b"}', '{"a": {"$nin": ["a", {"$regularExpression": {"pattern": "^b", "options": ""}}]}}', false),
('{"a": "c"}', '{"a": {"$nin": ["a", {"$regularExpression": {"pattern": "^b", "options": ""}}]}}', true),
('{"a": {"$regularExpression": {"pattern": "^b", "options": ""}}}', '{"a": {"$in": [{"$regularExpression": {"pattern": "^b", "options": ""}}]}}', true);

-- Several fields.
INSERT INTO cases (document, filter, expected) VALUES
('{"a": 1, "b": 2}', '{"a": 1, "b": 2}', true),
('{"a": 1, "b": 2}', '{"a": 1, "b": 3}', false),
('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', true),
('{"a": 1, "b": 2}', '{"a": 1, "c": 2}', false),
('{"a": 1}', '{}', true),
('{}', '{}', true),
('{"a": 1, "b": {"c": 2, "d": 3}}', '{"a": 1, "b.c": 2, "b.d": 3}', true),
('{"a": 1, "b": {"c": 2, "d": 3}}', '{"a": 1, "b.c": 2, "b.d": 4}', false),
('{"a": 1, "b": {"c": 2, "d": 3}}', '{"b.d": 3, "b.c": 2, "a": 1, "b": {"c": 2, "d": 3}}', true);

SELECT n, document, filter, expected FROM cases
WHERE (document @@ filter) IS DISTINCT FROM expected ORDER BY n;

-- A filter under $nor gives the opposite, and the function does what the operator does.
SELECT count(*) AS cases, count(*) FILTER (WHERE expected) AS matching,
       count(*) FILTER (WHERE document @@ ('{"$nor": [' || filter::text || ']}')::bson = expected) AS wrong_negation,
       count(*) FILTER (WHERE docdb.matches(document, filter) <> expected) AS wrong_function
FROM cases;
