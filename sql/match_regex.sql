-- $regex with $options, and regexes as literals.
CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, document bson, filter bson,
                         expected boolean);
INSERT INTO cases (document, filter, expected) VALUES
('{"a": "abc"}', '{"a": {"$regex": "b"}}', true),
('{"a": "abc"}', '{"a": {"$regex": "^b"}}', false),
('{"a": "abc"}', '{"a": {"$regex": "^abc$"}}', true),
('{"a": "abc"}', '{"a": {"$regex": ""}}', true),
('{"a": "abc"}', '{"a": {"$regex": "B"}}', false),
('{"a": "abc"}', '{"a": {"$regex": "B", "$options": "i"}}', true),
('{"a": "abc"}', '{"a": {"$options": "i", "$regex": "B"}}', true),
('{"a": "abc"}', '{"a": {"$regex": "B", "$options": ""}}', false),
('{"a": "É"}', '{"a": {"$regex": "é", "$options": "i"}}', true),
('{"a": "é"}', '{"a": {"$regex": "^.$"}}', true),
-- m: ^ and $ at every line; s: the dot matches line ends; x: spaces and comments; u: nothing
('{"a": "x\nabc"}', '{"a": {"$regex": "^abc"}}', false),
('{"a": "x\nabc"}', '{"a": {"$regex": "^abc", "$options": "m"}}', true),
('{"a": "a\nb"}', '{"a": {"$regex": "a.b"}}', false),
('{"a": "a\nb"}', '{"a": {"$regex": "a.b", "$options": "s"}}', true),
('{"a": "abc"}', '{"a": {"$regex": "a b c # letters"}}', false),
('{"a": "abc"}', '{"a": {"$regex": "a b c # letters", "$options": "x"}}', true),
('{"a": "abc"}', '{"a": {"$regex": "b", "$options": "u"}}', true),
('{"a": "X\nABC"}', '{"a": {"$regex": "^a b c", "$options": "imxs"}}', true),
-- as a regex value
('{"a": "abc"}', '{"a": {"$regularExpression": {"pattern": "b", "options": ""}}}', true),
('{"a": "abc"}', '{"a": {"$regularExpression": {"pattern": "B", "options": "i"}}}', true),
('{"a": "abc"}', '{"a": {"$regularExpression": {"pattern": "d", "options": ""}}}', false),
('{"a": "abc"}', '{"a": {"$regex": {"$regularExpression": {"pattern": "B", "options": "i"}}}}', true),
('{"a": "abc"}', '{"a": {"$regex": {"$regularExpression": {"pattern": "B", "options": ""}}, "$options": "i"}}', true),
('{"a": "abc"}', '{"a": {"$options": "i", "$regex": {"$regularExpression": {"pattern": "B", "options": ""}}}}', true),
('{"a": "abc"}', '{"a": {"$options": "", "$regex": {"$regularExpression": {"pattern": "B", "options": "i"}}}}', true),
-- with other conditions
('{"a": "abc"}', '{"a": {"$regex": "b", "$ne": "abc"}}', false),
('{"a": "abc"}', '{"a": {"$regex": "b", "$nin": ["abd"]}}', true),
('{"a": "abc", "b": 1}', '{"a": {"$regex": "b"}, "b": 1}', true),
('{"a": "abc", "b": 1}', '{"a": {"$regex": "b"}, "b": 2}', false),
('{"a": "abc", "b": 1}', '{"a": {"$regex": "z"}, "b": 1}', false),
('{"a": "abc", "b": "x"}', '{"$or": [{"a": {"$regex": "z"}}, {"b": {"$regex": "x"}}]}', true),
('{"a": "abc", "b": "x"}', '{"$nor": [{"a": {"$regex": "z"}}, {"b": {"$regex": "x"}}]}', false),
-- what a regex matches: strings, symbols, and equal regexes
('{"a": {"$symbol": "abc"}}', '{"a": {"$regex": "b"}}', true),
('{"a": 5}', '{"a": {"$regex": "5"}}', false),
('{"a": null}', '{"a": {"$regex": ""}}', false),
('{}', '{"a": {"$regex": ""}}', false),
('{"a": {"$code": "abc"}}', '{"a": {"$regex": "b"}}', false),
('{"a": {"$regularExpression": {"pattern": "b", "options": "i"}}}', '{"a": {"$regularExpression": {"pattern": "b", "options": "i"}}}', true),
('{"a": {"$regularExpression": {"pattern": "b", "options": "i"}}}', '{"a": {"$regex": "b", "$options": "i"}}', true),
('{"a": {"$regularExpression": {"pattern": "b", "options": "i"}}}', '{"a": {"$regex": "b"}}', false),
('{"a": {"$regularExpression": {"pattern": "abc", "options": ""}}}', '{"a": {"$regex": "b"}}', false),
-- arrays
('{"a": ["x", "abc"]}', '{"a": {"$regex": "^a"}}', true),
('{"a": ["x", "abc"]}', '{"a": {"$regex": "^b"}}', false),
('{"a": [["abc"]]}', '{"a": {"$regex": "^a"}}', false),
('{"a": [{"b": "abc"}]}', '{"a.b": {"$regex": "^a"}}', true),
('{"a": ["abc", 5]}', '{"a": {"$not": {"$regex": "^a"}}}', false),
-- what PCRE2 has
('{"a": "foobar"}', '{"a": {"$regex": "foo(?=bar)"}}', true),
('{"a": "foobaz"}', '{"a": {"$regex": "foo(?!bar)"}}', true),
('{"a": "aa"}', '{"a": {"$regex": "^(a)\\1$"}}', true),
('{"a": "ABC"}', '{"a": {"$regex": "(?i)abc"}}', true),
('{"a": "x1"}', '{"a": {"$regex": "^\\p{L}\\d$"}}', true),
('{"a": "a.b"}', '{"a": {"$regex": "^a\\.b$"}}', true),
('{"a": "a\u0000b"}', '{"a": {"$regex": "a.b"}}', true);
SELECT n, document, filter, expected FROM cases
WHERE (document @@ filter) IS DISTINCT FROM expected ORDER BY n;
SELECT count(*) AS cases, count(*) FILTER (WHERE expected) AS matching,
       count(*) FILTER (WHERE document @@ ('{"$nor": [' || filter::text || ']}')::bson = expected) AS wrong_negation
FROM cases;
