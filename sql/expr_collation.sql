-- Expressions and accumulators by a collation, which comes with the variables.
\set VERBOSITY sqlstate
\pset null '(null)'

CREATE FUNCTION ev(expression text, coll text DEFAULT '{"locale": "en", "strength": 2}',
                   document text DEFAULT '{"x": "Foo", "y": "foo", "z": ["A", "a", "b", "B", "á"]}')
    RETURNS bson_value LANGUAGE sql
    RETURN docdb.eval(expression::bson_value, document::bson,
                      format('{"$collation": %s, "v": "FOO"}', coll)::bson);

-- With constants, which are computed beforehand, and with fields.
SELECT n, ev(e) AS collated, ev(e, '{"locale": "simple"}') AS simple
FROM (VALUES
    (1, '{"$eq": ["a", "A"]}'),
    (2, '{"$eq": ["$x", "$y"]}'),
    (3, '{"$eq": ["$x", "$$v"]}'),
    (4, '{"$ne": ["$x", "$y"]}'),
    (5, '{"$cmp": ["$x", "$y"]}'),
    (6, '{"$cmp": ["a", "B"]}'),
    (7, '{"$lt": ["a", "B"]}'),
    (8, '{"$lte": ["B", "b"]}'),
    (9, '{"$gt": ["a", "B"]}'),
    (10, '{"$gte": ["b", "B"]}'),
    (11, '{"$eq": [{"a": "x"}, {"a": "X"}]}'),
    (12, '{"$eq": [{"a": "x"}, {"A": "x"}]}'),
    (13, '{"$eq": [["$x"], ["$y"]]}'),
    (14, '{"$in": ["A", ["a", "b"]]}'),
    (15, '{"$in": ["$$v", ["$x"]]}'),
    (16, '{"$indexOfArray": ["$z", "B"]}'),
    (17, '{"$indexOfArray": [["b", "a"], "A"]}'),
    (18, '{"$setUnion": [["b", "A"], ["B", "a", "c"]]}'),
    (19, '{"$setIntersection": [["a", "b"], ["B"]]}'),
    (20, '{"$setDifference": [["a", "b"], ["B"]]}'),
    (21, '{"$setEquals": [["a", "b"], ["B", "A"]]}'),
    (22, '{"$setIsSubset": [["a"], ["B", "A"]]}'),
    (23, '{"$max": ["a", "B", "A"]}'),
    (24, '{"$min": ["b", "A", "a"]}'),
    (25, '{"$max": "$z"}'),
    (26, '{"$min": "$z"}'),
    (27, '{"$sortArray": {"input": "$z", "sortBy": 1}}'),
    (28, '{"$sortArray": {"input": [{"k": "b"}, {"k": "A"}, {"k": "a"}], "sortBy": {"k": 1}}}'),
    (29, '{"$maxN": {"input": "$z", "n": 2}}'),
    (30, '{"$minN": {"input": "$z", "n": 3}}'),
    (31, '{"$switch": {"branches": [{"case": {"$eq": ["$x", "foo"]}, "then": 1}], "default": 2}}'),
    (32, '{"$cond": [{"$eq": ["$x", "foo"]}, 1, 2]}'),
    (33, '{"$filter": {"input": "$z", "cond": {"$eq": ["$$this", "A"]}}}'),
    (34, '{"$map": {"input": ["a", "A"], "in": {"$eq": ["$$this", "a"]}}}'),
    (35, '{"$reduce": {"input": ["a", "A"], "initialValue": true, "in": {"$and": ["$$value", {"$eq": ["$$this", "a"]}]}}}'),
    (36, '{"$let": {"vars": {"w": "foo"}, "in": {"$eq": ["$$w", "$x"]}}}'),
    (37, '{"$or": [{"$gt": ["$x", "$y"]}, {"$lt": ["$x", "$y"]}]}')
) AS v(n, e)
ORDER BY n;

-- What looks at characters goes without.
SELECT n, ev(e) AS collated
FROM (VALUES
    (1, '{"$indexOfCP": ["Foo", "f"]}'),
    (2, '{"$indexOfBytes": ["Foo", "f"]}'),
    (3, '{"$split": ["aXb", "x"]}'),
    (4, '{"$strcasecmp": ["a", "á"]}'),
    (5, '{"$regexMatch": {"input": "Foo", "regex": "^f"}}'),
    (6, '{"$replaceAll": {"input": "Foo", "find": "F", "replacement": "x"}}'),
    (7, '{"$replaceAll": {"input": "Foo", "find": "f", "replacement": "x"}}'),
    (8, '{"$trim": {"input": "aFooA", "chars": "a"}}'),
    (9, '{"$mergeObjects": [{"a": 1}, {"A": 2}]}'),
    (10, '{"$getField": {"field": "X", "input": {"x": 1}}}'),
    (11, '{"$arrayToObject": [[["a", 1], ["A", 2]]]}')
) AS v(n, e)
ORDER BY n;

-- Other collations.
SELECT n, ev(e, c)
FROM (VALUES
    (1, '{"$sortArray": {"input": ["10", "9", "1"], "sortBy": 1}}', '{"locale": "en", "numericOrdering": true}'),
    (2, '{"$sortArray": {"input": ["10", "9", "1"], "sortBy": 1}}', '{"locale": "en"}'),
    (3, '{"$eq": ["a", "á"]}', '{"locale": "en", "strength": 1}'),
    (4, '{"$lt": ["A", "a"]}', '{"locale": "en", "caseFirst": "upper"}'),
    (5, '{"$eq": ["a b", "ab"]}', '{"locale": "en", "alternate": "shifted"}')
) AS v(n, e, c)
ORDER BY n;
SELECT ev('1', '{"locale": "xx"}');
SELECT ev('1', '{}');

-- The same expression again with other collations.
SELECT c, docdb.eval('{"$eq": ["$a", "A"]}', '{"a": "a"}', c::bson)
FROM (VALUES ('{"$collation": {"locale": "en", "strength": 2}}'), ('{"$collation": {"locale": "en", "strength": 3}}'),
             ('{"$collation": {"locale": "en", "strength": 1}}'), ('{}'), (NULL),
             ('{"$collation": {"locale": "en", "strength": 2}, "v": 1}')) AS v(c);

-- Accumulators as aggregates.
CREATE TABLE words AS SELECT n, to_json(w)::text::bson_value AS w
FROM unnest(ARRAY['b', 'A', 'a', 'B', 'á', 'C', 'c', 'b']) WITH ORDINALITY AS u(w, n);
SELECT docdb.accum_max(w, c ORDER BY n), docdb.accum_min(w, c ORDER BY n), docdb.accum_add_to_set(w, c ORDER BY n) AS set,
       docdb.accum_max(w ORDER BY n) AS simple_max, docdb.accum_add_to_set(w ORDER BY n) AS simple_set
FROM words, (VALUES ('{"locale": "en", "strength": 2}'::bson), ('{"locale": "en", "strength": 1}'),
                    ('{"locale": "en"}'), ('{"locale": "simple"}')) AS v(c)
GROUP BY c ORDER BY c;
SELECT docdb.accum_set_union(('["' || a || '"]')::bson_value, '{"locale": "en", "strength": 2}' ORDER BY n)
FROM unnest(ARRAY['a', 'A', 'b']) WITH ORDINALITY AS u(a, n);
SELECT docdb.accum_max_n(format('{"n": 3, "input": %s}', w)::bson_value, '{"locale": "en"}' ORDER BY n) AS max_n,
       docdb.accum_min_n(format('{"n": 3, "input": %s}', w)::bson_value, '{"locale": "en"}' ORDER BY n) AS min_n,
       docdb.accum_top_n(format('{"n": 3, "output": "%s", "sortBy": {"0": 1}, "0": %s}', n, w)::bson_value,
                         '{"locale": "en", "strength": 2}' ORDER BY n) AS top_n,
       docdb.accum_bottom(format('{"n": 1, "output": "%s", "sortBy": {"0": 1}, "0": %s}', n, w)::bson_value,
                          '{"locale": "en", "strength": 2}' ORDER BY n) AS bottom
FROM words;

-- In a moving window.
SELECT n, w, docdb.accum_max(w, '{"locale": "en", "strength": 2}') OVER two AS max,
       docdb.accum_min(w, '{"locale": "en", "strength": 2}') OVER two AS min
FROM words WINDOW two AS (ORDER BY n ROWS 1 PRECEDING) ORDER BY n;

-- In parallel: states carry the collation.
CREATE TABLE many_words AS SELECT to_json(chr(97 + n % 26) || CASE WHEN n % 3 = 0 THEN 'X' ELSE 'x' END)::text::bson_value AS w
FROM generate_series(1, 20000) n;
ANALYZE many_words;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT docdb.compare(docdb.accum_max(w, '{"locale": "en", "strength": 2}'), '"ZX"', '{"locale": "en", "strength": 2}') AS max,
       jsonb_array_length(docdb.accum_add_to_set(w, '{"locale": "en", "strength": 2}')::jsonb) AS set,
       jsonb_array_length(docdb.accum_add_to_set(w)::jsonb) AS simple_set
FROM many_words;
EXPLAIN (COSTS OFF) SELECT docdb.accum_max(w, '{"locale": "en", "strength": 2}') FROM many_words;
RESET ALL;

DROP TABLE words, many_words;
DROP FUNCTION ev;
