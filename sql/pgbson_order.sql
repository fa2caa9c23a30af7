-- MongoDB's order over all types.

-- Values in ascending order; those of one row are equal.
CREATE TABLE in_order (n serial, vs bson_value[]);
INSERT INTO in_order (vs)
SELECT array_agg(v::bson_value ORDER BY i)
FROM (VALUES
    (1, ARRAY['{"$minKey": 1}']),
    (2, ARRAY['{"$undefined": true}']),
    (3, ARRAY['null']),
    (4, ARRAY['{"$numberDouble": "NaN"}', '{"$numberDecimal": "NaN"}']),
    (5, ARRAY['{"$numberDouble": "-Infinity"}']),
    (6, ARRAY['-1', '{"$numberDecimal": "-1.0"}']),
    (7, ARRAY['0', '{"$numberDouble": "-0.0"}']),
    (8, ARRAY['1', '{"$numberLong": "1"}', '{"$numberDouble": "1"}', '{"$numberDecimal": "1"}']),
    (9, ARRAY['{"$numberDouble": "Infinity"}', '{"$numberDecimal": "Infinity"}']),
    -- Strings by their bytes: no collation, and NULs count.
    (10, ARRAY['""', '{"$symbol": ""}']),
    (11, ARRAY['"\u0000"']),
    (12, ARRAY['"\u0001"']),
    (13, ARRAY['"A"']),
    (14, ARRAY['"Z"']),
    (15, ARRAY['"a"', '{"$symbol": "a"}']),
    (16, ARRAY['"a\u0000"', '{"$symbol": "a\u0000"}']),
    (17, ARRAY['"a\u0000\u0000"']),
    (18, ARRAY['"a\u0000b"']),
    (19, ARRAY['"aa"']),
    (20, ARRAY['"abcdefgh"']),
    (21, ARRAY['"abcdefgh\u0000"']),
    (22, ARRAY['"abcdefghi"']),
    (23, ARRAY['"b"']),
    (24, ARRAY['"\u00e4"']),
    (25, ARRAY['"\uffff"']),
    (26, ARRAY['"\ud83d\ude00"']),
    -- Documents: of each field the type, then the name, then the value; the shorter is less.
    (27, ARRAY['{}']),
    (28, ARRAY['{"b": {"$undefined": true}}']),
    (29, ARRAY['{"a": null}']),
    (30, ARRAY['{"a": null, "a": null}']),
    (31, ARRAY['{"b": null}']),
    (32, ARRAY['{"": 5}']),
    (33, ARRAY['{"a": -1}', '{"a": {"$numberDouble": "-1.0"}}']),
    (34, ARRAY['{"a": 1}', '{"a": {"$numberLong": "1"}}']),
    (35, ARRAY['{"a": 1, "b": 1}']),
    (36, ARRAY['{"a": 1, "b": 2}',
               '{"a": {"$numberDecimal": "1"}, "b": {"$numberDecimal": "2.0"}}']),
    (37, ARRAY['{"a": 1, "c": 1}']),
    (38, ARRAY['{"a": 2}']),
    (39, ARRAY['{"aa": 1}']),
    (40, ARRAY['{"b": -5}']),
    (41, ARRAY['{"b": 1, "a": 1}']),
    (42, ARRAY['{"a": "x"}', '{"a": {"$symbol": "x"}}']),
    (43, ARRAY['{"a": {}}']),
    (44, ARRAY['{"a": {"b": 1}}']),
    (45, ARRAY['{"a": []}']),
    (46, ARRAY['{"a": true}']),
    -- Arrays: element by element.
    (47, ARRAY['[]']),
    (48, ARRAY['[null]']),
    (49, ARRAY['[1]', '[{"$numberLong": "1"}]']),
    (50, ARRAY['[1, 2]', '[1, {"$numberDouble": "2.0"}]']),
    (51, ARRAY['[1, 2, null]']),
    (52, ARRAY['[1, 3]']),
    (53, ARRAY['[1, "a"]']),
    (54, ARRAY['[2]']),
    (55, ARRAY['["a"]']),
    (56, ARRAY['[{"a": 1}]']),
    (57, ARRAY['[[]]']),
    (58, ARRAY['[[1], 2]']),
    (59, ARRAY['[[1, 2]]']),
    -- Binary: length, subtype, bytes.
    (60, ARRAY['{"$binary": {"base64": "", "subType": "00"}}']),
    (61, ARRAY['{"$binary": {"base64": "", "subType": "80"}}']),
    (62, ARRAY['{"$binary": {"base64": "/w==", "subType": "00"}}']),
    (63, ARRAY['{"$binary": {"base64": "AA==", "subType": "05"}}']),
    (64, ARRAY['{"$binary": {"base64": "AAA=", "subType": "00"}}']),
    (65, ARRAY['{"$binary": {"base64": "AAE=", "subType": "00"}}']),
    (66, ARRAY['{"$uuid": "00000000-0000-0000-0000-000000000001"}',
               '{"$binary": {"base64": "AAAAAAAAAAAAAAAAAAAAAQ==", "subType": "04"}}']),
    (67, ARRAY['{"$oid": "000000000000000000000000"}']),
    (68, ARRAY['{"$oid": "0000000000000000000000ff"}']),
    (69, ARRAY['{"$oid": "ff0000000000000000000000"}']),
    (70, ARRAY['false']),
    (71, ARRAY['true']),
    -- Dates have a sign, timestamps have none.
    (72, ARRAY['{"$date": {"$numberLong": "-9223372036854775808"}}']),
    (73, ARRAY['{"$date": {"$numberLong": "-1"}}']),
    (74, ARRAY['{"$date": "1970-01-01T00:00:00Z"}', '{"$date": {"$numberLong": "0"}}']),
    (75, ARRAY['{"$date": "2024-02-29T12:00:00.001Z"}']),
    (76, ARRAY['{"$date": {"$numberLong": "9223372036854775807"}}']),
    (77, ARRAY['{"$timestamp": {"t": 0, "i": 4294967295}}']),
    (78, ARRAY['{"$timestamp": {"t": 1, "i": 0}}']),
    (79, ARRAY['{"$timestamp": {"t": 4294967295, "i": 1}}']),
    (80, ARRAY['{"$regularExpression": {"pattern": "", "options": ""}}']),
    (81, ARRAY['{"$regularExpression": {"pattern": "a", "options": ""}}']),
    (82, ARRAY['{"$regularExpression": {"pattern": "a", "options": "i"}}']),
    (83, ARRAY['{"$regularExpression": {"pattern": "ab", "options": ""}}']),
    (84, ARRAY['{"$dbPointer": {"$ref": "b", "$id": {"$oid": "000000000000000000000000"}}}']),
    (85, ARRAY['{"$dbPointer": {"$ref": "aa", "$id": {"$oid": "000000000000000000000000"}}}']),
    (86, ARRAY['{"$code": ""}']),
    (87, ARRAY['{"$code": "f"}']),
    (88, ARRAY['{"$code": "f\u0000"}']),
    (89, ARRAY['{"$code": "a", "$scope": {}}']),
    (90, ARRAY['{"$code": "a", "$scope": {"x": 1}}',
        '{"$code": "a", "$scope": {"x": {"$numberLong": "1"}}}']),
    (91, ARRAY['{"$code": "b", "$scope": {}}']),
    (92, ARRAY['{"$maxKey": 1}'])
) AS rows (n, texts), unnest(texts) WITH ORDINALITY AS t (v, i)
GROUP BY n ORDER BY n;

-- Every pair in both directions: the comparison, the operators, the keys, the hashes.
CREATE VIEW pairs AS
SELECT a.v AS a, b.v AS b, sign(a.n - b.n)::int AS expected
FROM (SELECT n, v FROM in_order, unnest(vs) AS v) a, (SELECT n, v
    FROM in_order, unnest(vs) AS v) b;

SELECT count(*) AS pairs,
       count(*) FILTER (WHERE docdb.compare(a, b) <> expected) AS compare,
       count(*) FILTER (WHERE (a = b) <> (expected = 0)) AS eq,
       count(*) FILTER (WHERE (a <> b) <> (expected <> 0)) AS ne,
       count(*) FILTER (WHERE (a < b) <> (expected < 0)) AS lt,
       count(*) FILTER (WHERE (a <= b) <> (expected <= 0)) AS le,
       count(*) FILTER (WHERE (a > b) <> (expected > 0)) AS gt,
       count(*) FILTER (WHERE (a >= b) <> (expected >= 0)) AS ge
FROM pairs;
SELECT a, b, expected FROM pairs WHERE docdb.compare(a, b) <> expected LIMIT 10;

SELECT count(*) FILTER (WHERE (docdb.key_string(a) = docdb.key_string(b)) <> (expected = 0)) AS eq,
       count(*) FILTER (WHERE (docdb.key_string(a) < docdb.key_string(b)) <> (expected < 0)) AS lt,
       count(*) FILTER (WHERE (docdb.key_string(a, true) < docdb.key_string(b, true)) <>
                              (expected > 0)) AS descending,
       count(*) FILTER (WHERE expected = 0 AND
                              docdb.bson_value_hash(a) <> docdb.bson_value_hash(b)) AS hash,
       count(*) FILTER (WHERE expected = 0 AND docdb.bson_value_hash_extended(a, 42) <>
                              docdb.bson_value_hash_extended(b, 42)) AS hash_extended,
       count(*) FILTER (WHERE expected <> 0 AND docdb.bson_value_hash(a) = docdb.bson_value_hash(b))
           AS collisions
FROM pairs;
SELECT a, b, expected FROM pairs
WHERE (docdb.key_string(a) < docdb.key_string(b)) <> (expected < 0) LIMIT 10;

-- Documents as bson, where they are documents.
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE docdb.bson_cmp(a::bson, b::bson) <> expected) AS compare,
       count(*) FILTER (WHERE (a::bson = b::bson) <> (expected = 0)) AS eq,
       count(*) FILTER (WHERE (a::bson <> b::bson) <> (expected <> 0)) AS ne,
       count(*) FILTER (WHERE (a::bson < b::bson) <> (expected < 0)) AS lt,
       count(*) FILTER (WHERE (a::bson <= b::bson) <> (expected <= 0)) AS le,
       count(*) FILTER (WHERE (a::bson > b::bson) <> (expected > 0)) AS gt,
       count(*) FILTER (WHERE (a::bson >= b::bson) <> (expected >= 0)) AS ge,
       count(*) FILTER (WHERE expected = 0 AND
                              docdb.bson_hash(a::bson) <> docdb.bson_hash(b::bson)) AS hash
FROM (SELECT * FROM pairs WHERE docdb.type_name(a) = 'object' AND docdb.type_name(b) = 'object'
      OFFSET 0) p;

-- Sorting, grouping and joining.
CREATE TABLE shuffled AS
SELECT n, v FROM in_order, unnest(vs) AS v, generate_series(1, 3) ORDER BY md5(v::text), n;
SELECT count(*) AS wrong FROM (SELECT n, lag(n) OVER (ORDER BY v) AS before FROM shuffled) o
    WHERE n < before;
SELECT count(*) AS wrong FROM (SELECT n, lag(n) OVER (ORDER BY v DESC) AS before FROM shuffled) o
    WHERE n > before;
SELECT (SELECT count(*) FROM in_order) AS expected,
       (SELECT count(*) FROM (SELECT DISTINCT v FROM shuffled) d) AS distinct_values,
       (SELECT count(DISTINCT v) FROM shuffled) AS count_distinct;
SET enable_hashagg = off;
SELECT count(*) AS groups FROM (SELECT v FROM shuffled GROUP BY v) g;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT count(*) AS groups FROM (SELECT v FROM shuffled GROUP BY v) g;
RESET enable_sort;
SELECT docdb.compare((SELECT v FROM shuffled ORDER BY v LIMIT 1), '{"$minKey": 1}') AS first,
       docdb.compare((SELECT v FROM shuffled ORDER BY v DESC LIMIT 1), '{"$maxKey": 1}') AS last;

ANALYZE shuffled;
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM shuffled a JOIN in_order b ON a.v = b.vs[1];
SELECT count(*), sum((a.n = b.n)::int) FROM shuffled a JOIN in_order b ON a.v = b.vs[1];
RESET enable_mergejoin;
SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM shuffled a JOIN in_order b ON a.v = b.vs[1];
SELECT count(*), sum((a.n = b.n)::int) FROM shuffled a JOIN in_order b ON a.v = b.vs[1];
RESET enable_hashjoin;
RESET enable_nestloop;

-- Indexes find what a scan finds.
CREATE TABLE indexed (id int, v bson_value, d bson);
INSERT INTO indexed
SELECT i, CASE i % 4 WHEN 0 THEN (i / 3)::bson_value WHEN 1 THEN (i / 3)::bigint::bson_value
                     WHEN 2 THEN (i / 3)::float8::bson_value ELSE (i / 3)::numeric::bson_value END,
       ('{"a": ' || i % 100 || ', "b": "' || i || '"}')::bson
FROM generate_series(1, 3000) i;
INSERT INTO indexed SELECT 10000 + n, v FROM shuffled;
CREATE INDEX indexed_btree ON indexed (v);
CREATE INDEX indexed_hash ON indexed USING hash (v);
CREATE INDEX indexed_d ON indexed (d);
ANALYZE indexed;

SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM indexed
    WHERE v >= '500' AND v < '{"$numberDouble": "510.5"}';
SELECT count(*) FROM indexed WHERE v >= '500' AND v < '{"$numberDouble": "510.5"}';
EXPLAIN (COSTS OFF) SELECT v FROM indexed ORDER BY v DESC LIMIT 3;
SELECT v FROM indexed ORDER BY v DESC LIMIT 3;
EXPLAIN (COSTS OFF) SELECT id FROM indexed WHERE d = '{"a": 7, "b": "7"}';
SELECT id FROM indexed WHERE d = '{"a": {"$numberLong": "7"}, "b": "7"}';
DROP INDEX indexed_btree;
EXPLAIN (COSTS OFF) SELECT id FROM indexed WHERE v = '{"$numberDecimal": "333"}';
SELECT id FROM indexed WHERE v = '{"$numberDecimal": "333.0"}' ORDER BY id;
SELECT sum(found) AS found
FROM (SELECT n, v FROM in_order, unnest(vs) AS v) q,
     LATERAL (SELECT count(*) AS found FROM indexed WHERE v = q.v AND id = 10000 + q.n) f;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- The same numbers in other types hash to the same partitions.
CREATE TABLE partitioned (v bson_value PRIMARY KEY) PARTITION BY HASH (v);
CREATE TABLE partitioned_0 PARTITION OF partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE partitioned_1 PARTITION OF partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE partitioned_2 PARTITION OF partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO partitioned SELECT i::bson_value FROM generate_series(1, 300) i;
SELECT count(*) FROM partitioned p JOIN generate_series(1, 300) i ON p.v = i::float8::bson_value;
SELECT count(*) AS found
FROM generate_series(1, 300) i, LATERAL (SELECT FROM partitioned
    WHERE v = i::numeric::bson_value) f;
\set VERBOSITY sqlstate
INSERT INTO partitioned VALUES ('{"$numberDecimal": "17.00"}');
\set VERBOSITY default

-- Estimates: an equality on a unique column is one row, a range about its part.
CREATE FUNCTION estimate(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
CREATE TABLE estimated AS SELECT i::bson_value AS v, (i % 10)::bson_value AS few
    FROM generate_series(1, 10000) i;
ANALYZE estimated;
SELECT estimate($$SELECT FROM estimated WHERE v = '5000'$$) AS one,
       estimate($$SELECT FROM estimated WHERE v < '2500'$$) BETWEEN 2300 AND 2700 AS quarter,
       estimate($$SELECT FROM estimated WHERE v >= '9000'$$) BETWEEN 900 AND 1100 AS tenth,
       estimate($$SELECT FROM estimated WHERE few = '3'$$) BETWEEN 900 AND 1100 AS tenth,
       estimate($$SELECT FROM estimated a JOIN estimated b USING (v)$$) BETWEEN 9000 AND 11000
           AS all_rows;

-- A non-owner under row-level security still has the index: the operators are leakproof.
SELECT DISTINCT proleakproof FROM pg_proc
WHERE proname ~ '^bson_(value_)?(eq|ne|lt|le|gt|ge|cmp)$' AND pronamespace = 'docdb'::regnamespace;

DROP TABLE in_order, shuffled, indexed, partitioned, estimated CASCADE;
DROP FUNCTION estimate;
