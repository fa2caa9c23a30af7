-- Sort keys: bson <~> {path: 1 | -1, ...}.

-- What a document is sorted by, as the key of the value that decides.
CREATE FUNCTION sorts_as(doc bson, spec bson, VARIADIC expected text[]) RETURNS boolean
LANGUAGE sql AS $$
    SELECT doc <~> spec = string_agg(docdb.key_string(e::bson_value,
        (s.direction)::int < 0), ''::bytea ORDER BY n)
    FROM unnest(expected) WITH ORDINALITY AS x (e, n)
    JOIN (SELECT row_number() OVER (), v AS direction FROM jsonb_array_elements_text(
              (SELECT jsonb_agg(value) FROM json_each(spec::json))) v) s (i, direction) ON i = n
$$;

SELECT n, sorts_as(doc::bson, spec::bson, VARIADIC expected) AS ok
FROM (VALUES
    -- Scalars; missing is null.
    (1, '{"a": 5}', '{"a": 1}', ARRAY['5']),
    (2, '{"a": 5}', '{"a": -1}', ARRAY['5']),
    (3, '{"a": 5}', '{"b": 1}', ARRAY['null']),
    (4, '{}', '{"a": -1}', ARRAY['null']),
    (5, '{"a": {"$undefined": true}}', '{"a": 1}', ARRAY['{"$undefined": true}']),
    (6, '{"a": {"b": 5}}', '{"a.b": 1}', ARRAY['5']),
    (7, '{"a": {"b": 5}}', '{"a": 1}', ARRAY['{"b": 5}']),
    (8, '{"a": 5}', '{"a.b": 1}', ARRAY['null']),
    (9, '{"a": 1, "b": "x"}', '{"b": -1, "a": 1}', ARRAY['"x"', '1']),
    -- Arrays: the least or the greatest element.
    (10, '{"a": [3, 1, 2]}', '{"a": 1}', ARRAY['1']),
    (11, '{"a": [3, 1, 2]}', '{"a": -1}', ARRAY['3']),
    (12, '{"a": [1, "x", null]}', '{"a": 1}', ARRAY['null']),
    (13, '{"a": [1, "x", null]}', '{"a": -1}', ARRAY['"x"']),
    (14, '{"a": []}', '{"a": 1}', ARRAY['{"$undefined": true}']),
    (15, '{"a": []}', '{"a": -1}', ARRAY['{"$undefined": true}']),
    (16, '{"a": []}', '{"a.b": 1}', ARRAY['null']),
    (17, '{"a": [[2, 1], [3]]}', '{"a": 1}', ARRAY['[2, 1]']),
    (18, '{"a": [[]]}', '{"a": 1}', ARRAY['[]']),
    (19, '{"a": [[], 1]}', '{"a": 1}', ARRAY['1']),
    -- Dotted paths through arrays.
    (20, '{"a": [{"b": 2}, {"b": 1}, {"c": 0}]}', '{"a.b": 1}', ARRAY['null']),
    (21, '{"a": [{"b": 2}, {"b": 1}]}', '{"a.b": 1}', ARRAY['1']),
    (22, '{"a": [{"b": 2}, {"b": 1}, 5]}', '{"a.b": -1}', ARRAY['2']),
    (23, '{"a": [{"b": [5, 7]}, {"b": [1, 9]}]}', '{"a.b": 1}', ARRAY['1']),
    (24, '{"a": [{"b": [5, 7]}, {"b": [1, 9]}]}', '{"a.b": -1}', ARRAY['9']),
    (25, '{"a": [{"b": []}, {"b": 1}]}', '{"a.b": 1}', ARRAY['{"$undefined": true}']),
    (26, '{"a": [[{"b": 1}]]}', '{"a.b": 1}', ARRAY['null']),
    (27, '{"a": [1, 2]}', '{"a.b": 1}', ARRAY['null']),
    (28, '{"a": {"b": [{"c": 2}, {"c": 1}]}}', '{"a.b.c": 1}', ARRAY['1']),
    -- By index.
    (29, '{"a": [3, 1, 2]}', '{"a.0": 1}', ARRAY['3']),
    (30, '{"a": [3, 1, 2]}', '{"a.3": 1}', ARRAY['null']),
    (31, '{"a": [{"b": 3}, {"b": 1}]}', '{"a.1.b": 1}', ARRAY['1']),
    (32, '{"a": [[5, 4], 1]}', '{"a.0": 1}', ARRAY['[5, 4]']),
    (33, '{"a": [[{"b": 3}, {"b": 2}], 1]}', '{"a.0.b": 1}', ARRAY['2']),
    (34, '{"a": {"0": 7}}', '{"a.0": 1}', ARRAY['7']),
    (35, '{"a": [{"0": 7}, {"0": 6}]}', '{"a.00": 1}', ARRAY['null']),
    -- Several paths through one array: the first of the keys that belong together.
    (36, '{"a": [{"b": 1, "c": 5}, {"b": 1, "c": 9}, {"b": 2, "c": 0}]}', '{"a.b": 1, "a.c": 1}',
        ARRAY['1', '5']),
    (37, '{"a": [{"b": 1, "c": 5}, {"b": 1, "c": 9}, {"b": 2, "c": 0}]}', '{"a.b": 1, "a.c": -1}',
        ARRAY['1', '9']),
    (38, '{"a": [{"b": 1, "c": 5}, {"b": 1, "c": 9}, {"b": 2, "c": 0}]}', '{"a.c": 1, "a.b": -1}',
        ARRAY['0', '2']),
    (39, '{"a": [{"b": 1}, {"b": 2, "c": 0}]}', '{"a.b": -1, "a.c": 1}', ARRAY['2', '0']),
    (40, '{"a": [4, 3], "b": 1}', '{"a": 1, "b": 1}', ARRAY['3', '1']),
    (41, '{"a": [], "b": 1}', '{"a": 1, "b": 1}', ARRAY['{"$undefined": true}', '1']),
    (42, '{"a": [], "b": 1}', '{"a.x": 1, "b": 1, "a": 1}', ARRAY['null', '1',
        '{"$undefined": true}']),
    (43, '{"a": [{"b": 1}, {"b": 2}]}', '{"a": 1, "a.b": 1}', ARRAY['{"b": 1}', '1']),
    (44, '{"a": [{"b": 1}, {"b": 2}]}', '{"a.0.b": 1, "a.b": -1}', ARRAY['1', '2']),
    (45, '{"a": [[1, 2], 3], "b": 4}', '{"a.0": 1, "b": 1}', ARRAY['[1, 2]', '4']),
    -- The _id alone is never taken apart.
    (46, '{"_id": [3, 1]}', '{"_id": 1}', ARRAY['[3, 1]']),
    (47, '{"_id": [3, 1]}', '{"_id": -1}', ARRAY['[3, 1]']),
    (48, '{"_id": [3, 1], "a": 1}', '{"_id": 1, "a": 1}', ARRAY['1', '1']),
    (49, '{"_id": {"x": [2, 1]}}', '{"_id.x": 1}', ARRAY['1']),
    -- A repeated name: the first counts.
    (50, '{"a": 1, "a": 2}', '{"a": -1}', ARRAY['1'])
) AS cases (n, doc, spec, expected)
ORDER BY n;

-- Directions are truncated; nothing to sort by gives equal keys.
SELECT '{"a": 5}'::bson <~> '{"a": 1.9}' = '{"a": 5}'::bson <~> '{"a": {"$numberLong": "1"}}' AS up,
       '{"a": 5}'::bson <~> '{"a": {"$numberDecimal": "-1.5"}}' = '{"a": 5}'::bson <~> '{"a": -1}'
           AS down,
       '{"a": 5}'::bson <~> '{}' AS nothing,
       '{"a": 5}'::bson <~> NULL AS no_specification;

\set VERBOSITY sqlstate
-- 15974: no number.  15975: another number.
SELECT '{}'::bson <~> '{"a": "1"}';
SELECT '{}'::bson <~> '{"a": null}';
SELECT '{}'::bson <~> '{"a": true}';
SELECT '{}'::bson <~> '{"a": [1]}';
SELECT '{}'::bson <~> '{"a": 0}';
SELECT '{}'::bson <~> '{"a": 2}';
SELECT '{}'::bson <~> '{"a": -1, "b": 0.9}';
SELECT '{}'::bson <~> '{"a": {"$numberDouble": "NaN"}}';
SELECT '{}'::bson <~> '{"a": {"$numberLong": "4294967297"}}';
-- Paths: 40352, 40353, 15998, 16410, 7472500.
SELECT '{}'::bson <~> '{"": 1}';
SELECT '{}'::bson <~> '{"a.": 1}';
SELECT '{}'::bson <~> '{".a": 1}';
SELECT '{}'::bson <~> '{"a..b": 1}';
SELECT '{}'::bson <~> '{"$a": 1}';
SELECT '{}'::bson <~> '{"a.$b": 1}';
SELECT '{}'::bson <~> '{"a": 1, "b": 1, "a": -1}';
-- $meta: 17312, 9, 31138, 40218.
SELECT '{}'::bson <~> '{"a": {}}';
SELECT '{}'::bson <~> '{"a": {"$add": 1}}';
SELECT '{}'::bson <~> '{"a": {"$meta": "textScore", "x": 1}}';
SELECT '{}'::bson <~> '{"a": {"$meta": "nothing"}}';
SELECT '{}'::bson <~> '{"a": {"$meta": 1}}';
SELECT '{}'::bson <~> '{"a": {"$meta": "textScore"}}';
-- 13103: more than 32 keys.
SELECT length('{}'::bson <~> (SELECT '{' || string_agg(format('"f%s": 1', i), ', ') || '}'
    FROM generate_series(1, 32) i)::bson);
SELECT length('{}'::bson <~> (SELECT '{' || string_agg(format('"f%s": 1', i), ', ') || '}'
    FROM generate_series(1, 33) i)::bson);
-- Parallel arrays (2) and names that are also indexes (16746), in the document.
SELECT '{"a": [1], "b": [2]}'::bson <~> '{"a": 1, "b": 1}';
SELECT '{"a": [{"b": [1], "c": [2]}]}'::bson <~> '{"a.b": 1, "a.c": 1}';
SELECT '{"a": [], "b": []}'::bson <~> '{"a": 1, "b": 1}';
SELECT '{"a": [1, {"0": 2}]}'::bson <~> '{"a.0": 1}';
SELECT length('{"a": [1], "b": [2]}'::bson <~> '{"a": 1, "c": 1}');
\set VERBOSITY default
SELECT '{}'::bson <~> '{"a": "up"}';
SELECT '{}'::bson <~> '{"a": 3}';
SELECT '{}'::bson <~> '{"a": {"$meta": "textScore"}}';
SELECT '{"a": [1], "b": [2]}'::bson <~> '{"a": 1, "b": 1}';

-- In a query; the specification may differ from row to row.
CREATE TABLE sorted (id int, doc bson);
INSERT INTO sorted VALUES
    (1, '{"a": 2, "b": "x"}'), (2, '{"a": 1, "b": "x"}'), (3, '{"a": 2, "b": "a"}'), (4, '{}'),
    (5, '{"a": [1, 3]}'), (6, '{"a": "s"}'), (7, '{"a": null}'), (8, '{"a": []}'),
        (9, '{"a": 1.5}'),
    (10, '{"a": {"$minKey": 1}}');
SELECT id, doc FROM sorted ORDER BY doc <~> '{"a": 1, "b": -1}', id;
SELECT id, doc FROM sorted ORDER BY doc <~> '{"a": -1}', id;
SELECT id, doc <~> CASE WHEN id % 2 = 0 THEN '{"b": 1}'::bson ELSE '{"b": -1}' END AS key
    FROM sorted WHERE id < 4 ORDER BY id;
PREPARE by(bson) AS SELECT array_agg(id ORDER BY doc <~> $1, id) FROM sorted;
EXECUTE by('{"b": 1}');
EXECUTE by('{"b": -1}');
DROP TABLE sorted;
DROP FUNCTION sorts_as;
