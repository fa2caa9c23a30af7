-- $all: equalities with every value listed, or every $elemMatch.
CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, document bson, filter bson,
                         expected boolean);
INSERT INTO cases (document, filter, expected) VALUES
('{"a": [1, 2, 3]}', '{"a": {"$all": [1, 3]}}', true),
('{"a": [1, 2, 3]}', '{"a": {"$all": [3, 1]}}', true),
('{"a": [1, 2, 3]}', '{"a": {"$all": [1, 4]}}', false),
('{"a": [1, 2, 3]}', '{"a": {"$all": [1, 1]}}', true),
('{"a": [1, 2, 3]}', '{"a": {"$all": [2]}}', true),
('{"a": 2}', '{"a": {"$all": [2]}}', true),
('{"a": 2}', '{"a": {"$all": [2, 3]}}', false),
('{"a": [1, 2, 3]}', '{"a": {"$all": []}}', false),
('{"a": []}', '{"a": {"$all": []}}', false),
('{}', '{"a": {"$all": []}}', false),
('{}', '{"a": {"$all": [1]}}', false),
('{"a": ["x", 2, true]}', '{"a": {"$all": [true, "x"]}}', true),
('{"a": [1.0, 2]}', '{"a": {"$all": [{"$numberLong": "1"}]}}', true),
-- null
('{}', '{"a": {"$all": [null]}}', true),
('{"a": null}', '{"a": {"$all": [null]}}', true),
('{"a": [null, 1]}', '{"a": {"$all": [null, 1]}}', true),
('{"a": [1]}', '{"a": {"$all": [null, 1]}}', false),
-- an array in the list is the whole or an element
('{"a": [1, 2]}', '{"a": {"$all": [[1, 2]]}}', true),
('{"a": [[1, 2], 3]}', '{"a": {"$all": [[1, 2]]}}', true),
('{"a": [[1, 2], 3]}', '{"a": {"$all": [[1, 2], 3]}}', true),
('{"a": [1, 2, 3]}', '{"a": {"$all": [[1, 2]]}}', false),
('{"a": [1, 2]}', '{"a": {"$all": [[1, 2], 1]}}', true),
('{"a": []}', '{"a": {"$all": [[]]}}', true),
('{"a": [[]]}', '{"a": {"$all": [[]]}}', true),
-- documents
('{"a": [{"b": 1}, {"b": 2}]}', '{"a": {"$all": [{"b": 1}, {"b": 2}]}}', true),
('{"a": [{"b": 1}, {"b": 2}]}', '{"a": {"$all": [{"b": 1}, {"b": 3}]}}', false),
('{"a": [{"$ref": "c", "$id": 1}]}', '{"a": {"$all": [{"$ref": "c", "$id": 1}]}}', true),
-- regexes
('{"a": ["abc", "xyz"]}', '{"a": {"$all": [{"$regularExpression": {"pattern": "^a", "options": ""}}, {"$regularExpression": {"pattern": "z$", "options": ""}}]}}', true),
('{"a": ["abc", "xyz"]}', '{"a": {"$all": [{"$regularExpression": {"pattern": "^a", "options": ""}}, "xyz"]}}', true),
('{"a": ["abc", "xyz"]}', '{"a": {"$all": [{"$regularExpression": {"pattern": "^a", "options": ""}}, "zzz"]}}', false),
-- paths
('{"a": [{"b": 1}, {"b": 2}]}', '{"a.b": {"$all": [1, 2]}}', true),
('{"a": [{"b": 1}, {"b": 2}]}', '{"a.b": {"$all": [1, 3]}}', false),
('{"a": [{"b": [1, 2]}, {"b": 3}]}', '{"a.b": {"$all": [2, 3]}}', true),
('{"a": [{"b": [1, 2]}, {"b": 3}]}', '{"a.0.b": {"$all": [2, 3]}}', false),
-- $elemMatch
('{"a": [{"b": 1, "c": 2}, {"b": 3, "c": 4}]}', '{"a": {"$all": [{"$elemMatch": {"b": 1, "c": 2}}, {"$elemMatch": {"b": 3}}]}}', true),
('{"a": [{"b": 1, "c": 2}, {"b": 3, "c": 4}]}', '{"a": {"$all": [{"$elemMatch": {"b": 1, "c": 2}}, {"$elemMatch": {"b": 3, "c": 2}}]}}', false),
('{"a": [1, 5]}', '{"a": {"$all": [{"$elemMatch": {"$gt": 0, "$lt": 2}}, {"$elemMatch": {"$gt": 4}}]}}', true),
('{"a": 5}', '{"a": {"$all": [{"$elemMatch": {"$gt": 4}}]}}', false),
-- with others, and negated
('{"a": [1, 2, 3]}', '{"a": {"$all": [1, 2], "$size": 3}}', true),
('{"a": [1, 2, 3]}', '{"a": {"$all": [1, 2], "$size": 2}}', false),
('{"a": [1, 2, 3]}', '{"a": {"$not": {"$all": [1, 2]}}}', false),
('{"a": [1, 2, 3]}', '{"a": {"$not": {"$all": [1, 4]}}}', true),
('{"a": [1, 2, 3]}', '{"a": {"$not": {"$all": []}}}', true);
SELECT n, document, filter, expected FROM cases
WHERE (document @@ filter) IS DISTINCT FROM expected ORDER BY n;
SELECT count(*) AS cases, count(*) FILTER (WHERE expected) AS matching,
       count(*) FILTER (WHERE document @@ ('{"$nor": [' || filter::text || ']}')::bson = expected) AS wrong_negation
FROM cases;
