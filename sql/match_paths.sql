-- Paths: dotted names, positions in arrays, empty and repeated names, depth.
CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, document bson, filter bson,
                         expected boolean);
INSERT INTO cases (document, filter, expected) VALUES
-- documents in documents
('{"a": {"b": {"c": 1}}}', '{"a.b.c": 1}', true),
('{"a": {"b": {"c": 1}}}', '{"a.b.d": 1}', false),
('{"a": {"b": 1}}', '{"a.b.c": 1}', false),
('{"a": {"b": 1}}', '{"a.b.c": {"$exists": false}}', true),
('{"a": {"b": 1}, "ab": 2, "abc": 3}', '{"ab": 2, "abc": 3, "a.b": 1}', true),
('{"abc": 3, "ab": 2, "a": {"b": 1}}', '{"a": {"b": 1}, "ab": 2}', true),
('{"a": {"b": {"c": 1, "d": 2}, "e": 3}, "f": 4}', '{"f": 4, "a.e": 3, "a.b.d": 2, "a.b.c": 1}', true),
('{"a": {"b": {"c": 1, "d": 2}, "e": 3}, "f": 4}', '{"f": 4, "a.e": 3, "a.b.d": 3, "a.b.c": 1}', false),
-- names as long as a machine word, and longer
('{"abcdefg": 1, "abcdefgh": 2, "abcdefghi": 3}', '{"abcdefg": 1, "abcdefgh": 2, "abcdefghi": 3}', true),
('{"abcdefg": 1, "abcdefgh": 2, "abcdefghi": 3}', '{"abcdefgh": 3}', false),
('{"abcdefgh1": 1, "abcdefgh2": 2}', '{"abcdefgh2": 2}', true),
('{"abcdefgh1": 1, "abcdefgh2": 2}', '{"abcdefgh3": {"$exists": false}}', true),
('{"a_rather_long_name_of_a_field": {"another_long_name": 1}}', '{"a_rather_long_name_of_a_field.another_long_name": 1}', true),
('{"é": {"ü": 1}}', '{"é.ü": 1}', true),
-- a name that holds a dot is not a path
('{"a.b": 1}', '{"a.b": 1}', false),
('{"a.b": 1}', '{"a.b": {"$exists": false}}', true),
-- positions
('{"a": [5, 6, 7]}', '{"a.0": 5}', true),
('{"a": [5, 6, 7]}', '{"a.2": 7}', true),
('{"a": [5, 6, 7]}', '{"a.1": 5}', false),
('{"a": [5, 6, 7]}', '{"a.3": {"$exists": true}}', false),
('{"a": [5, 6, 7]}', '{"a.2": {"$exists": true}}', true),
('{"a": [5, 6, 7]}', '{"a.01": 6}', false),
('{"a": [5, 6, 7]}', '{"a.-1": 7}', false),
('{"a": [0,1,2,3,4,5,6,7,8,9,10,11]}', '{"a.11": 11}', true),
('{"a": [5, 6, 7]}', '{"a.4294967296": 5}', false),
-- a name in a document of the array, and a position
('{"a": {"0": 5}}', '{"a.0": 5}', true),
('{"a": [{"0": 5}]}', '{"a.0": 5}', true),
('{"a": [{"0": 5}]}', '{"a.0": {"0": 5}}', true),
('{"a": [1, {"0": 5}]}', '{"a.0": 5}', true),
('{"a": [1, {"0": 5}]}', '{"a.0": 1}', true),
('{"a": [5, {"b": 4}, 3]}', '{"a.1.b": 4}', true),
('{"a": [5, {"b": 4}, 3]}', '{"a.0.b": 4}', false),
('{"a": [5, {"b": 4}, 3]}', '{"a.1.b": null}', true),
('{"a": [5, 4, 3]}', '{"a.1.b": null}', false),
('{"a": [{"1": {"b": 9}}]}', '{"a.1.b": 9}', true),
-- the element at a position is tested as a whole
('{"a": [[1, 2], 3]}', '{"a.0": 1}', false),
('{"a": [[1, 2], 3]}', '{"a.0": [1, 2]}', true),
('{"a": [[1, 2], 3]}', '{"a.0": {"$size": 2}}', true),
('{"a": [[1, 2], 3]}', '{"a.0": {"$type": "array"}}', true),
('{"a": [[1, 2], 3]}', '{"a.0": {"$type": "int"}}', false),
('{"a": [[1, 2], 3]}', '{"a.0": {"$elemMatch": {"$gt": 1}}}', true),
('{"a": [[1, 2], 3]}', '{"a.0": {"$gt": [1]}}', true),
-- but a document's field of that name is looked into
('{"a": {"0": [1, 2]}}', '{"a.0": 1}', true),
-- arrays of arrays by position
('{"a": [[1, 2], [3, 4]]}', '{"a.1.0": 3}', true),
('{"a": [[1, 2], [3, 4]]}', '{"a.1.1": 3}', false),
('{"a": [[1, 2], [3, 4]]}', '{"a.0.0": 3}', false),
('{"a": [[[7]]]}', '{"a.0.0.0": 7}', true),
('{"a": [[[7]]]}', '{"a.0.0": 7}', false),
('{"a": [[[7]]]}', '{"a.0.0": [7]}', true),
('{"a": [5, [{"b": 4}], 3]}', '{"a.1.b": 4}', true),
('{"a": [5, [{"b": 4}, {"b": 6}], 3]}', '{"a.1.b": 6}', true),
('{"a": [5, [{"b": 4}, {"b": 6}], 3]}', '{"a.1.1.b": 6}', true),
('{"a": [5, [{"b": 4}, {"b": 6}], 3]}', '{"a.1.0.b": 6}', false),
('{"a": [5, [{"b": 4}], 3]}', '{"a.b": 4}', false),
('{"a": [5, [[{"b": 4}]], 3]}', '{"a.1.b": 4}', false),
('{"a": [{"b": [10, 20]}, {"b": [30, 40]}]}', '{"a.b.1": 40}', true),
('{"a": [{"b": [10, 20]}, {"b": [30, 40]}]}', '{"a.0.b.1": 40}', false),
('{"a": [{"b": [10, 20]}, {"b": [30, 40]}]}', '{"a.1.b.1": 40}', true),
('{"a": [{"b": [10, 20]}, {"b": [30, 40]}]}', '{"a.1.b": 40}', true),
('{"a": [{"b": [10, 20]}, {"b": [30, 40]}]}', '{"a.0.b": 10, "a.1.b": 40, "a.b.0": 30}', true),
('{"a": [{"b": [10, 20]}, {"b": [30, 40]}]}', '{"a.0.b": 10, "a.1.b": 10, "a.b.0": 30}', false),
('{"a": [5, 6]}', '{"a": 6, "a.0": 5, "a.1": 6}', true),
-- empty names
('{"": 1}', '{"": 1}', true),
('{"": 1}', '{"": 2}', false),
('{"a": {"": 1}}', '{"a.": 1}', true),
('{"": {"a": 1}}', '{".a": 1}', true),
('{"": {"": 1}}', '{".": 1}', true),
('{"a": {"": {"b": 1}}}', '{"a..b": 1}', true),
('{"a": {"b": 1}}', '{"a..b": 1}', false),
('{"a": 1}', '{"a.": {"$exists": false}}', true),
('{"a": [1]}', '{"a.": {"$exists": false}}', true),
-- names that start with a dollar, below the first level
('{"a": {"$b": 1}}', '{"a.$b": 1}', true);

-- Of a repeated name the first field counts.
INSERT INTO cases (document, filter, expected) VALUES
('{"a": 1, "a": 2}', '{"a": 1}', true),
('{"a": 1, "a": 2}', '{"a": 2}', false),
('{"a": 1, "a": 2}', '{"a": {"$gt": 0, "$lt": 2}}', true),
('{"a": 1, "b": 3, "a": 2}', '{"a": 2, "b": 3}', false),
('{"a": 1, "a": 2, "b": 3}', '{"a": 1, "b": 3}', true),
('{"a": 1, "a": 1, "a": 1, "b": 3}', '{"b": {"$exists": false}, "a": 1}', false),
('{"a": {"b": 1, "b": 2}}', '{"a.b": 2}', false),
('{"x": [{"a": 1, "a": 2}]}', '{"x.a": 2}', false),
('{"x": [{"a": 1, "a": 2}, {"a": 3}]}', '{"x.a": 3}', true);

-- A deep path.
INSERT INTO cases (document, filter, expected)
SELECT (repeat('{"a": ', 150) || '1' || repeat('}', 150))::bson,
       ('{"' || repeat('a.', 149) || 'a": ' || i || '}')::bson, i = 1
FROM generate_series(1, 2) AS i;

-- Many conditions, some on the same path.
INSERT INTO cases (document, filter, expected)
SELECT ('{' || string_agg(format('"f%s": {"x": %s}', i, i), ', ') || '}')::bson,
       ('{' || string_agg(format('"f%s.x": {"$gte": %s, "$lt": %s}', i, i, i + 1), ', ' ORDER BY i DESC) || '}')::bson,
       true
FROM generate_series(1, 300) AS i;
INSERT INTO cases (document, filter, expected)
SELECT ('{' || string_agg(format('"f%s": {"x": %s}', i, i), ', ') || '}')::bson,
       ('{"$or": [' || string_agg(format('{"f%s.x": %s}', i, i + CASE WHEN i = 7 THEN j ELSE 1 END), ', ' ORDER BY i DESC) || ']}')::bson,
       j = 0
FROM generate_series(1, 300) AS i, generate_series(0, 1) AS j
GROUP BY j;

SELECT n, document, filter, expected FROM cases
WHERE (document @@ filter) IS DISTINCT FROM expected ORDER BY n;
SELECT count(*) AS cases, count(*) FILTER (WHERE expected) AS matching,
       count(*) FILTER (WHERE document @@ ('{"$nor": [' || filter::text || ']}')::bson = expected) AS wrong_negation
FROM cases;
