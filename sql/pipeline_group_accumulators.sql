\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

-- The first result of a $group of all documents as field r, after an order of _id, or the code.
CREATE FUNCTION pg_temp.acc(accumulator text, sort text DEFAULT '{"_id": 1}') RETURNS text
LANGUAGE sql AS $$
    SELECT regexp_replace(string_agg(d, ' | '), '^([0-9]+): .*', '\1')
    FROM pg_temp.agg('scores', format('[{"$sort": %s}, {"$group": {"_id": null, "r": %s}}, {"$project": {"_id": 0}}]',
                                      sort, accumulator)) AS d
$$;

SELECT docdb.insert_many('scores', ARRAY[
    '{"_id": 1, "game": "a", "player": "p1", "score": 31, "tags": ["x", "y"]}',
    '{"_id": 2, "game": "a", "player": "p2", "score": 33, "tags": []}',
    '{"_id": 3, "game": "a", "player": "p3", "score": 99, "tags": ["y", "z"]}',
    '{"_id": 4, "game": "b", "player": "p4", "score": {"$numberLong": "1"}}',
    '{"_id": 5, "game": "b", "player": "p5", "score": null}',
    '{"_id": 6, "game": "b", "player": "p6"}',
    '{"_id": 7, "game": "b", "player": "p7", "score": {"$numberDecimal": "66.0"}, "tags": ["x"]}',
    '{"_id": 8, "game": "c", "player": "p8", "score": 33.0}']::bson[]);

SELECT n, accumulator, expected, pg_temp.acc(accumulator) AS result
FROM (VALUES
    (1, '{"$firstN": {"n": 2, "input": "$player"}}', '{"r": ["p1", "p2"]}'),
    (2, '{"$firstN": {"n": 7, "input": "$score"}}', '{"r": [31, 33, 99, {"$numberLong": "1"}, null, null, {"$numberDecimal": "66.0"}]}'),
    (3, '{"$lastN": {"n": 2, "input": "$player"}}', '{"r": ["p7", "p8"]}'),
    (4, '{"$lastN": {"n": 99, "input": "$_id"}}', '{"r": [1, 2, 3, 4, 5, 6, 7, 8]}'),
    (5, '{"$minN": {"n": 3, "input": "$score"}}', '{"r": [{"$numberLong": "1"}, 31, 33]}'),
    (6, '{"$maxN": {"n": 3, "input": "$score"}}', '{"r": [99, {"$numberDecimal": "66.0"}, 33]}'),
    (7, '{"$maxN": {"n": {"$add": [1, 1]}, "input": {"$multiply": ["$_id", -1]}}}', '{"r": [-1, -2]}'),
    (8, '{"$minN": {"n": 3, "input": "$nope"}}', '{"r": []}'),
    (10, '{"$top": {"output": "$player", "sortBy": {"score": -1}}}', '{"r": "p3"}'),
    (11, '{"$top": {"output": ["$player", "$score"], "sortBy": {"game": -1, "score": 1}}}', '{"r": ["p8", 33.0]}'),
    (12, '{"$topN": {"n": 3, "output": "$player", "sortBy": {"score": -1, "_id": 1}}}', '{"r": ["p3", "p7", "p2"]}'),
    (13, '{"$topN": {"n": 2, "output": "$nope", "sortBy": {"_id": 1}}}', '{"r": [null, null]}'),
    (14, '{"$topN": {"n": 2, "output": "$player", "sortBy": {"tags": 1}}}', '{"r": ["p2", "p4"]}'),
    (15, '{"$bottom": {"output": "$player", "sortBy": {"score": -1, "_id": 1}}}', '{"r": "p6"}'),
    (16, '{"$bottomN": {"n": 3, "output": "$player", "sortBy": {"score": 1, "_id": -1}}}', '{"r": ["p2", "p7", "p3"]}'),
    (17, '{"$topN": {"n": 99, "output": "$_id", "sortBy": {"game": -1, "_id": -1}}}', '{"r": [8, 7, 6, 5, 4, 3, 2, 1]}'),
    (20, '{"$percentile": {"input": "$score", "p": [0.5, 0, 1, 0.75], "method": "approximate"}}', '{"r": [33.0, 1.0, 99.0, 66.0]}'),
    (21, '{"$percentile": {"input": "$player", "p": [0.5, 0.9], "method": "approximate"}}', '{"r": [null, null]}'),
    (22, '{"$percentile": {"input": "$score", "p": {"$concatArrays": [[0.5], [1]]}, "method": "approximate"}}', '{"r": [33.0, 99.0]}'),
    (23, '{"$median": {"input": "$score", "method": "approximate"}}', '{"r": 33.0}'),
    (24, '{"$median": {"input": "$player", "method": "approximate"}}', '{"r": null}'),
    (30, '{"$concatArrays": "$tags"}', '{"r": ["x", "y", "y", "z", "x"]}'),
    (31, '{"$concatArrays": "$nope"}', '{"r": []}'),
    (32, '{"$concatArrays": "$score"}', '14'),
    (34, '{"$setUnion": "$nope"}', '{"r": []}'),
    (35, '{"$setUnion": "$score"}', '14'),
    -- forms
    (40, '{"$firstN": 5}', '5787801'),
    (41, '{"$lastN": {"n": 1, "input": 1, "x": 1}}', '5787901'),
    (42, '{"$firstN": {"input": 1}}', '5787906'),
    (43, '{"$firstN": {"n": 1}}', '5787907'),
    (44, '{"$firstN": {"n": "x", "input": 1}}', '5787902'),
    (45, '{"$firstN": {"n": 1.5, "input": 1}}', '5787903'),
    (46, '{"$minN": {"n": 0, "input": 1}}', '5787908'),
    (47, '{"$maxN": "x"}', '5787900'),
    (48, '{"$firstN": [1]}', '40237'),
    (50, '{"$top": 5}', '5788001'),
    (51, '{"$top": {"n": 1, "output": 1, "sortBy": {"a": 1}}}', '5788002'),
    (52, '{"$topN": {"output": 1, "sortBy": {"a": 1}}}', '5788003'),
    (53, '{"$topN": {"n": 1, "sortBy": {"a": 1}}}', '5788004'),
    (54, '{"$bottomN": {"n": 1, "output": 1}}', '5788005'),
    (55, '{"$bottom": {"output": 1, "sortBy": 5}}', '10065'),
    (56, '{"$bottom": {"output": 1, "sortBy": {"a": 2}}}', '15975'),
    (57, '{"$topN": {"n": -1, "output": 1, "sortBy": {"a": 1}}}', '5787908'),
    (60, '{"$percentile": 5}', '7429703'),
    (61, '{"$percentile": {"input": "$score", "p": [0.5], "method": "exact"}}', '2'),
    (62, '{"$percentile": {"input": "$score", "p": [0.5], "method": 5}}', '14'),
    (63, '{"$percentile": {"input": "$score", "p": [0.5]}}', '40414'),
    (64, '{"$percentile": {"input": "$score", "method": "approximate"}}', '40414'),
    (65, '{"$percentile": {"input": "$score", "p": [0.5], "method": "approximate", "x": 1}}', '40415'),
    (66, '{"$percentile": {"input": "$score", "p": ["$score"], "method": "approximate"}}', '7750300'),
    (67, '{"$percentile": {"input": "$score", "p": 0.5, "method": "approximate"}}', '7750301'),
    (68, '{"$percentile": {"input": "$score", "p": [], "method": "approximate"}}', '7750301'),
    (69, '{"$percentile": {"input": "$score", "p": ["x"], "method": "approximate"}}', '7750302'),
    (70, '{"$percentile": {"input": "$score", "p": [1.5], "method": "approximate"}}', '7750303'),
    (71, '{"$median": 5}', '7436100'),
    (72, '{"$median": {"input": "$score", "p": [0.5], "method": "approximate"}}', '40415')
) AS t (n, accumulator, expected)
WHERE pg_temp.acc(accumulator) IS DISTINCT FROM expected ORDER BY n;

-- A set has no order of its own.
SELECT pg_temp.agg('scores', '[{"$group": {"_id": null, "r": {"$setUnion": "$tags"}}},
                               {"$project": {"_id": 0, "r": {"$sortArray": {"input": "$r", "sortBy": 1}}}}]');

-- By groups, in the order of the input, with a number that depends on the group.
SELECT pg_temp.agg('scores', '[{"$sort": {"_id": -1}}, {"$group": {"_id": {"game": "$game"},
    "first": {"$firstN": {"n": {"$cond": [{"$eq": ["$game", "a"]}, 1, 2]}, "input": "$player"}},
    "best": {"$topN": {"n": 2, "output": "$player", "sortBy": {"score": -1}}},
    "median": {"$median": {"input": "$score", "method": "approximate"}}}}, {"$sort": {"_id": 1}}]');

-- The number is an expression of the group's key, and of nothing else in the documents.
SELECT pg_temp.agg('scores', '[{"$group": {"_id": {"n": {"$cond": [{"$eq": ["$game", "a"]}, 1, 2]}},
    "r": {"$lastN": {"n": "$n", "input": "$_id"}}}}, {"$sort": {"_id": 1}}]');
SELECT pg_temp.agg('scores', '[{"$group": {"_id": null, "r": {"$firstN": {"n": "$_id", "input": "$player"}}}}]');
SELECT pg_temp.agg('scores', '[{"$group": {"_id": "$game", "r": {"$minN": {"n": "$score", "input": "$score"}}}}]');

-- Many values: what is kept along the way is enough, in parallel too.
SELECT docdb.insert_many('numbers', array_agg(format('{"_id": %s, "v": %s, "w": %s}', i, (i * 7919) % 10007, i % 10)::bson))
FROM generate_series(1, 10000) AS i;
ANALYZE numbers;
SELECT pg_temp.agg('numbers', '[{"$group": {"_id": null,
    "top": {"$topN": {"n": 3, "output": "$v", "sortBy": {"v": -1}}},
    "bottom": {"$bottomN": {"n": 3, "output": "$v", "sortBy": {"v": -1}}},
    "mixed": {"$topN": {"n": 4, "output": "$_id", "sortBy": {"w": 1, "_id": -1}}},
    "min": {"$minN": {"n": 20, "input": "$v"}}, "max": {"$maxN": {"n": 2, "input": "$v"}},
    "one": {"$top": {"output": "$v", "sortBy": {"v": 1}}},
    "p": {"$percentile": {"input": "$v", "p": [0.25, 0.5, 0.99], "method": "approximate"}}}}]');
SELECT pg_temp.agg('numbers', '[{"$sort": {"_id": 1}}, {"$group": {"_id": null,
    "first": {"$firstN": {"n": 3, "input": "$_id"}}, "last": {"$lastN": {"n": 3, "input": "$_id"}}}}]');
