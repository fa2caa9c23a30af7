-- What is refused, and with which code.  A filter is refused whole, whatever the document.
CREATE FUNCTION pg_temp.code(filter text, variables text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM docdb.matches('{}', filter::bson, variables::bson);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN coalesce((docdb.error_info(SQLSTATE)).code::text, SQLSTATE);
END $$;

CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, filter text, expected text);
INSERT INTO cases (filter, expected) VALUES
-- unknown names
('{"a": {"$foo": 1}}', '2'),
('{"$foo": 1}', '2'),
('{"$": 1}', '2'),
('{"a": {"$": 1}}', '2'),
('{"$gt": 1}', '2'),
('{"$not": {"a": 1}}', '2'),
('{"a": {"$and": [{"b": 1}]}}', '2'),
('{"a": {"$or": [{"b": 1}]}}', '2'),
('{"a": {"$expr": 1}}', '2'),
('{"a": {"$comment": "x"}}', '2'),
('{"a": {"$gt": 1, "b": 2}}', '2'),
('{"a": {"b": 2, "$gt": 1}}', 'accepted'),
('{"a": {"$gt": 1, "$foo": 2}}', '2'),
('{"a": {"$ref": "c"}}', '2'),
('{"a": {"$ref": "c", "$id": 1}}', 'accepted'),
('{"$or": [{"a": {"$foo": 1}}]}', '2'),
('{"a": {"$GT": 1}}', '2'),
-- logical operators
('{"$and": []}', '2'),
('{"$or": []}', '2'),
('{"$nor": []}', '2'),
('{"$and": {}}', '2'),
('{"$or": 5}', '2'),
('{"$nor": "x"}', '2'),
('{"$and": [1]}', '2'),
('{"$or": [{"a": 1}, []]}', '2'),
('{"$nor": [null]}', '2'),
('{"$and": [{"$or": []}]}', '2'),
('{"a": {"$not": 5}}', '2'),
('{"a": {"$not": {}}}', '2'),
('{"a": {"$not": []}}', '2'),
('{"a": {"$not": null}}', '2'),
('{"a": {"$not": {"b": 1}}}', '2'),
('{"a": {"$not": {"$foo": 1}}}', '2'),
('{"a": {"$not": {"$gt": {"$regularExpression": {"pattern": "b", "options": ""}}}}}', '2'),
('{"$alwaysTrue": 2}', '9'),
('{"$alwaysTrue": "1"}', '9'),
('{"$alwaysFalse": 0}', '9'),
('{"$alwaysFalse": 1.5}', '9'),
('{"$alwaysTrue": true}', '9'),
-- comparisons
('{"a": {"$undefined": true}}', '2'),
('{"a": {"$eq": {"$undefined": true}}}', '2'),
('{"a": {"$gt": {"$undefined": true}}}', '2'),
('{"a": {"$ne": {"$undefined": true}}}', '2'),
('{"a": {"$gt": {"$regularExpression": {"pattern": "b", "options": ""}}}}', '2'),
('{"a": {"$lte": {"$regularExpression": {"pattern": "b", "options": ""}}}}', '2'),
('{"a": {"$ne": {"$regularExpression": {"pattern": "b", "options": ""}}}}', '2'),
('{"a": {"$eq": {"$regularExpression": {"pattern": "b", "options": ""}}}}', 'accepted'),
('{"a": {"$in": 5}}', '2'),
('{"a": {"$in": {"b": 1}}}', '2'),
('{"a": {"$nin": null}}', '2'),
('{"a": {"$in": [{"$gt": 1}]}}', '2'),
('{"a": {"$in": [{"$foo": 1}]}}', '2'),
('{"a": {"$nin": [{"$gt": 1}]}}', '2'),
('{"a": {"$in": [{"$undefined": true}]}}', '2'),
('{"a": {"$in": [{"b": {"$gt": 1}}]}}', 'accepted'),
-- $exists takes anything
('{"a": {"$exists": "x"}}', 'accepted'),
-- $type
('{"a": {"$type": "missing"}}', '2'),
('{"a": {"$type": "foo"}}', '2'),
('{"a": {"$type": "String"}}', '2'),
('{"a": {"$type": ""}}', '2'),
('{"a": {"$type": 0}}', '2'),
('{"a": {"$type": 20}}', '2'),
('{"a": {"$type": -2}}', '2'),
('{"a": {"$type": 128}}', '2'),
('{"a": {"$type": 1.5}}', '2'),
('{"a": {"$type": {"$numberDouble": "NaN"}}}', '2'),
('{"a": {"$type": null}}', '14'),
('{"a": {"$type": true}}', '14'),
('{"a": {"$type": {}}}', '14'),
('{"a": {"$type": []}}', '9'),
('{"a": {"$type": ["int", null]}}', '14'),
('{"a": {"$type": ["int", "foo"]}}', '2'),
('{"a": {"$type": [["int"]]}}', '14'),
-- $size
('{"a": {"$size": -1}}', '2'),
('{"a": {"$size": 1.5}}', '2'),
('{"a": {"$size": "1"}}', '2'),
('{"a": {"$size": null}}', '2'),
('{"a": {"$size": [1]}}', '2'),
('{"a": {"$size": {"$gt": 1}}}', '2'),
('{"a": {"$size": {"$numberLong": "4294967296"}}}', '2'),
('{"a": {"$size": {"$numberDouble": "NaN"}}}', '2'),
('{"a": {"$size": {"$numberDouble": "Infinity"}}}', '2'),
-- $elemMatch
('{"a": {"$elemMatch": 5}}', '2'),
('{"a": {"$elemMatch": []}}', '2'),
('{"a": {"$elemMatch": null}}', '2'),
('{"a": {"$elemMatch": {"$foo": 1}}}', '2'),
('{"a": {"$elemMatch": {"b": {"$foo": 1}}}}', '2'),
('{"a": {"$elemMatch": {"$gt": 1, "b": 2}}}', '2'),
('{"a": {"$elemMatch": {"b": 2, "$gt": 1}}}', '2'),
('{"a": {"$elemMatch": {"$expr": true}}}', '2'),
('{"a": {"$elemMatch": {"b": 1, "$expr": true}}}', '2'),
('{"a": {"$elemMatch": {"$or": []}}}', '2'),
('{"a": {"$elemMatch": {"$sampleRate": 0.5}}}', '2'),
-- $all
('{"a": {"$all": 5}}', '2'),
('{"a": {"$all": {"b": 1}}}', '2'),
('{"a": {"$all": [{"$gt": 1}]}}', '2'),
('{"a": {"$all": [1, {"$gt": 1}]}}', '2'),
('{"a": {"$all": [1, {"$elemMatch": {"b": 1}}]}}', '2'),
('{"a": {"$all": [{"$elemMatch": {"b": 1}}, 1]}}', '2'),
('{"a": {"$all": [{"$elemMatch": {"b": 1}}, {"b": 1}]}}', '2'),
('{"a": {"$all": [{"$elemMatch": 5}]}}', '2'),
('{"a": {"$all": [{"$undefined": true}]}}', '2'),
-- $regex
('{"a": {"$regex": 5}}', '2'),
('{"a": {"$regex": null}}', '2'),
('{"a": {"$regex": "b", "$options": 5}}', '2'),
('{"a": {"$options": "i"}}', '2'),
('{"a": {"$options": "i", "$gt": 1}}', '2'),
('{"a": {"$regex": "b", "$options": "z"}}', '51108'),
('{"a": {"$regex": "b", "$options": "iz"}}', '51108'),
('{"a": {"$regularExpression": {"pattern": "b", "options": "z"}}}', '51108'),
('{"a": {"$regex": "("}}', '51091'),
('{"a": {"$regex": "[b"}}', '51091'),
('{"a": {"$regularExpression": {"pattern": "*", "options": ""}}}', '51091'),
('{"a": {"$in": [{"$regularExpression": {"pattern": "(", "options": ""}}]}}', '51091'),
('{"a": {"$regex": "a\u0000b"}}', '2'),
('{"a": {"$options": "i", "$regex": {"$regularExpression": {"pattern": "b", "options": "m"}}}}', '51074'),
('{"a": {"$regex": {"$regularExpression": {"pattern": "b", "options": "m"}}, "$options": "i"}}', '51075'),
('{"a": {"$regex": "b", "$options": ""}}', 'accepted'),
-- $mod
('{"a": {"$mod": 5}}', '2'),
('{"a": {"$mod": []}}', '2'),
('{"a": {"$mod": [2]}}', '2'),
('{"a": {"$mod": [2, 0, 1]}}', '2'),
('{"a": {"$mod": ["2", 0]}}', '2'),
('{"a": {"$mod": [2, "0"]}}', '2'),
('{"a": {"$mod": [0, 0]}}', '2'),
('{"a": {"$mod": [0.5, 0]}}', '2'),
('{"a": {"$mod": [{"$numberDouble": "9223372036854777856"}, 0]}}', '2'),
('{"a": {"$mod": [{"$numberDecimal": "9223372036854775807.5"}, 0]}}', '2'),
('{"a": {"$mod": [{"$numberDecimal": "9223372036854775808"}, 0]}}', '2'),
('{"a": {"$mod": [2, {"$numberDouble": "-Infinity"}]}}', '2'),
('{"a": {"$mod": [{"$numberDouble": "9223372036854775808"}, 0]}}', 'accepted'),
('{"a": {"$mod": [{"$numberDecimal": "9223372036854775806.5"}, 0]}}', 'accepted'),
('{"a": {"$mod": [{"$numberDouble": "NaN"}, 0]}}', '2'),
('{"a": {"$mod": [{"$numberDouble": "Infinity"}, 0]}}', '2'),
('{"a": {"$mod": [2, 1e300]}}', '2'),
-- bits
('{"a": {"$bitsAllSet": "x"}}', '2'),
('{"a": {"$bitsAllSet": null}}', '2'),
('{"a": {"$bitsAnySet": {"b": 1}}}', '2'),
('{"a": {"$bitsAllSet": -1}}', '9'),
('{"a": {"$bitsAllClear": 1.5}}', '9'),
('{"a": {"$bitsAnyClear": {"$numberDouble": "NaN"}}}', '9'),
('{"a": {"$bitsAllSet": [-1]}}', '2'),
('{"a": {"$bitsAllSet": [1.5]}}', '2'),
('{"a": {"$bitsAllSet": ["1"]}}', '2'),
('{"a": {"$bitsAllSet": [4294967296]}}', '2'),
-- $expr
('{"$expr": {"$foo": 1}}', '168'),
('{"$expr": {"$gt": [1]}}', '16020'),
('{"$expr": "$$nobody"}', '17276'),
('{"$or": [{"$expr": {"$foo": 1}}]}', '168'),
-- $sampleRate
('{"$sampleRate": "x"}', '2'),
('{"$sampleRate": -0.1}', '2'),
('{"$sampleRate": 1.1}', '2'),
('{"$sampleRate": {"$numberDouble": "NaN"}}', '2'),
-- not there yet
('{"$where": "true"}', '6108304'),
('{"$or": [{"$where": "true"}]}', '6108304'),
('{"a": {"$elemMatch": {"$where": "true"}}}', '2'),
('{"a": {"$elemMatch": {"$text": {"$search": "x"}}}}', '2'),
-- a text index is required, which there is none of
('{"$text": {"$search": "x"}}', '27'),
('{"$text": {"$search": "x", "$language": "en", "$caseSensitive": true, "$diacriticSensitive": false}}', '27'),
('{"$text": "x"}', '2'), ('{"$text": null}', '2'), ('{"$text": []}', '2'),
('{"$text": {}}', '4'), ('{"$text": {"$language": "en"}}', '4'),
('{"$text": {"$search": 1}}', '14'), ('{"$text": {"$search": null}}', '14'), ('{"$text": {"$search": "x", "$language": 1}}', '14'),
('{"$text": {"$search": "x", "$caseSensitive": 1}}', '14'), ('{"$text": {"$search": "x", "$diacriticSensitive": "y"}}', '14'),
('{"$text": {"$search": "x", "$foo": 1}}', '2'), ('{"$text": {"$search": "x", "search": 1}}', '2'),
('{"a": {"$geoWithin": {}}}', '115'),
('{"a": {"$geoIntersects": {}}}', '115'),
('{"a": {"$near": [0, 0]}}', '115'),
('{"a": {"$geoNear": [0, 0]}}', '115'),
('{"a": {"$nearSphere": [0, 0]}}', '115'),
('{"a": {"$within": {}}}', '115'),
('{"a": {"$gt": 1, "$near": [0, 0]}}', '2'),
('{"a": {"$near": 1}}', '2'),
('{"a": {"$geoNear": null}}', '2'),
('{"a": {"$nearSphere": "x"}}', '2'),
-- names that belong to $near and to expressions are no operators
('{"a": {"$maxDistance": 1}}', '2'),
('{"a": {"$minDistance": 1}}', '2'),
('{"a": {"$geometry": {}}}', '2'),
('{"a": {"$literal": 1}}', '2'),
('{"$rand": {}}', '2'),
-- numbers that are no whole ones, or too large
('{"a": {"$bitsAllSet": {"$numberDecimal": "1.5"}}}', '9'),
('{"a": {"$bitsAllSet": {"$numberDecimal": "NaN"}}}', '9'),
('{"a": {"$bitsAllSet": 1e300}}', '9'),
('{"a": {"$bitsAllSet": {"$numberDecimal": "3"}}}', 'accepted'),
('{"a": {"$bitsAllSet": []}}', 'accepted'),
('{"a": {"$size": {"$numberDecimal": "2"}}}', 'accepted'),
('{"a": {"$size": {"$numberDecimal": "2.5"}}}', '2'),
('{"a": {"$mod": [{"$numberDecimal": "NaN"}, 0]}}', '2'),
('{"a": {"$mod": [{"$numberDecimal": "1E+30"}, 0]}}', '2'),
('{"a": {"$mod": {"b": 1}}}', '2'),
('{"a": {"$mod": null}}', '2'),
('{"a": {"$mod": [null, 0]}}', '2'),
('{"$alwaysTrue": {"$numberDecimal": "1"}}', 'accepted'),
('{"$alwaysTrue": {"$numberDouble": "NaN"}}', '9'),
('{"a": {"$elemMatch": {"$alwaysTrue": 1}}}', 'accepted'),
-- comments may be anything, where a field could stand
('{"$comment": {"a": 1}}', 'accepted'),
('{"$and": [{"$comment": 1}]}', 'accepted'),
('{"a": {"$elemMatch": {"$comment": "x", "b": 1}}}', 'accepted'),
-- DBRefs in part
('{"a": {"$id": 1}}', '2'),
('{"a": {"$db": "x"}}', '2'),
('{"a": {"$id": 1, "$ref": "c", "$db": "d"}}', 'accepted'),
('{"$ref": "c"}', 'accepted'),
('{"a": {"$in": [{"$ref": "c", "$id": 1}]}}', 'accepted'),
('{"a": {"$in": [{"$ref": "c"}]}}', '2'),
('{"a": {"$where": "true"}}', '2');
-- a path of too many parts
INSERT INTO cases (filter, expected) VALUES
('{"' || repeat('a.', 199) || 'a": 1}', 'accepted'),
('{"' || repeat('a.', 200) || 'a": 1}', '5729100');
SELECT n, left(filter, 80) AS filter, expected, pg_temp.code(filter) AS got FROM cases
WHERE pg_temp.code(filter) IS DISTINCT FROM expected ORDER BY n;
SELECT count(*) AS cases, count(*) FILTER (WHERE expected <> 'accepted') AS refused FROM cases;

-- The texts of some, and the states as a client sees them.
SELECT '{}'::bson @@ '{"a": {"$foo": 1}}';
SELECT '{}'::bson @@ '{"$foo": 1}';
SELECT '{}'::bson @@ '{"$not": {"a": 1}}';
SELECT '{}'::bson @@ '{"$or": []}';
SELECT '{}'::bson @@ '{"a": {"$size": "x"}}';
SELECT '{}'::bson @@ '{"a": {"$in": 5}}';
\set VERBOSITY sqlstate
SELECT '{}'::bson @@ '{"a": {"$foo": 1}}';
SELECT '{}'::bson @@ '{"a": {"$type": []}}';
SELECT '{}'::bson @@ '{"a": {"$regex": "("}}';
SELECT '{}'::bson @@ '{"$where": "true"}';
-- in conditions on elements (QueryFeatureNotAllowed 224)
SELECT docdb.matches_element('{"a": 1}', '{"$expr": {"$eq": ["$a", 1]}}');
SELECT docdb.matches_element('{"a": 1}', '{"$or": [{"a": 2}, {"$sampleRate": 0.5}]}');
SELECT docdb.matches_element('5', '{"$gt": {"$undefined": true}}');
\set VERBOSITY default

-- The inventory: every operator, sorted.
SELECT count(*) AS operators,
       bool_and(name COLLATE "C" > previous COLLATE "C") AS sorted,
       string_agg(name, ' ' ORDER BY name COLLATE "C") FILTER (WHERE NOT supported) AS not_yet
FROM (SELECT *, lag(name) OVER () AS previous FROM docdb.filter_operators()) AS operators;
-- Those that are there are known where they belong and nowhere else.
SELECT name, place FROM docdb.filter_operators()
WHERE pg_temp.code(format(CASE place WHEN 'field' THEN '{"%s": 1}' ELSE '{"a": {"%s": 1}}' END, name)) <> '2';
