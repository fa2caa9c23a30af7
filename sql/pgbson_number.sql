-- Arithmetic and comparison over the four numeric types.

-- Promotion: int32 overflows into int64, int64 into double; a double makes a double, a decimal a
-- decimal, to which doubles go with 15 digits.
SELECT a, op, b,
       docdb.to_canonical_json(CASE op WHEN '+' THEN a::bson_value + b::bson_value
                                       WHEN '-' THEN a::bson_value - b::bson_value
                                       WHEN '*' THEN a::bson_value * b::bson_value
                                       WHEN '/' THEN a::bson_value / b::bson_value END) AS result
FROM (VALUES
    (1, '1', '+', '2'),
    (2, '2147483647', '+', '1'),
    (3, '-2147483648', '-', '1'),
    (4, '-2147483648', '*', '-1'),
    (5, '65536', '*', '65536'),
    (6, '1', '+', '{"$numberLong": "2"}'),
    (7, '{"$numberLong": "3"}', '-', '{"$numberLong": "2"}'),
    (8, '{"$numberLong": "9223372036854775807"}', '+', '1'),
    (9, '{"$numberLong": "-9223372036854775808"}', '-', '1'),
    (10, '{"$numberLong": "-9223372036854775808"}', '*', '-1'),
    (11, '{"$numberLong": "9223372036854775807"}', '*', '2'),
    (12, '1', '+', '1.5'),
    (13, '{"$numberLong": "9007199254740993"}', '+', '{"$numberDouble": "0.0"}'),
    (14, '0.1', '+', '0.2'),
    (15, '{"$numberDouble": "1e308"}', '*', '10'),
    (16, '{"$numberDouble": "Infinity"}', '-', '{"$numberDouble": "Infinity"}'),
    (17, '1', '+', '{"$numberDecimal": "0.10"}'),
    (18, '{"$numberLong": "9223372036854775807"}', '+', '{"$numberDecimal": "1"}'),
    (19, '0.1', '+', '{"$numberDecimal": "0.2"}'),
    (20, '{"$numberDouble": "1.0"}', '*', '{"$numberDecimal": "3"}'),
    (21, '{"$numberDecimal": "9.999999999999999999999999999999999E+6144"}', '*', '10'),
    (22, '{"$numberDecimal": "-Infinity"}', '+', '{"$numberDecimal": "Infinity"}'),
    (23, '{"$numberDecimal": "1E-6176"}', '/', '10'),
    (24, '7', '/', '2'),
    (25, '6', '/', '3'),
    (26, '{"$numberLong": "9007199254740993"}', '/', '{"$numberLong": "1"}'),
    (27, '1', '/', '{"$numberDecimal": "3"}'),
    (28, '{"$numberDecimal": "1.0"}', '/', '{"$numberDecimal": "1.00"}'),
    (29, '{"$numberDouble": "NaN"}', '*', '0'),
    (30, '0', '*', '{"$numberDouble": "-1.0"}'),
    (31, 'null', '+', '1'),
    (32, '1', '/', '{"$undefined": true}')
) AS cases (n, a, op, b)
ORDER BY n;

\set VERBOSITY sqlstate
SELECT '1'::bson_value + '"1"'::bson_value;
SELECT '[1]'::bson_value - '1'::bson_value;
SELECT 'true'::bson_value * '1'::bson_value;
SELECT '1'::bson_value / '0'::bson_value;
SELECT '1'::bson_value / '{"$numberDouble": "-0.0"}'::bson_value;
SELECT '1'::bson_value / '{"$numberDecimal": "0E+10"}'::bson_value;
SELECT '"a"'::bson_value / '0'::bson_value;
\set VERBOSITY default

-- The number line: each row is less than the next, numbers of one row are equal.
CREATE TABLE number_line (n int, v bson_value);
INSERT INTO number_line
SELECT n, v::bson_value
FROM (VALUES
    (1, ARRAY['{"$numberDouble": "NaN"}', '{"$numberDecimal": "NaN"}']),
    (2, ARRAY['{"$numberDouble": "-Infinity"}', '{"$numberDecimal": "-Infinity"}']),
    (3, ARRAY['{"$numberDecimal": "-9.999999999999999999999999999999999E+6144"}']),
    (4, ARRAY['{"$numberDecimal": "-1.8E+308"}']),
    (5, ARRAY['{"$numberDouble": "-1.7976931348623157e308"}']),
    (6, ARRAY['{"$numberDecimal": "-9223372036854775808.001"}']),
    (7, ARRAY['{"$numberLong": "-9223372036854775808"}',
        '{"$numberDouble": "-9223372036854775808"}',
              '{"$numberDecimal": "-9223372036854775808"}']),
    (8, ARRAY['{"$numberLong": "-9223372036854775807"}',
        '{"$numberDecimal": "-9223372036854775807"}']),
    (9, ARRAY['{"$numberDouble": "-9223372036854774784"}',
              '{"$numberLong": "-9223372036854774784"}']),
    (10, ARRAY['{"$numberLong": "-9007199254740993"}',
        '{"$numberDecimal": "-9007199254740993.0"}']),
    (11, ARRAY['{"$numberLong": "-9007199254740992"}', '{"$numberDouble": "-9007199254740992"}']),
    (12, ARRAY['{"$numberInt": "-2147483648"}', '{"$numberDouble": "-2147483648"}',
               '{"$numberDecimal": "-2.147483648E+9"}']),
    (13, ARRAY['-1', '{"$numberLong": "-1"}', '{"$numberDouble": "-1"}',
               '{"$numberDecimal": "-1.000000000000000000000000000000000"}']),
    -- The double nearest to -0.1 is a little below the decimal.
    (14, ARRAY['{"$numberDouble": "-0.1"}']),
    (15, ARRAY['{"$numberDecimal": "-0.1"}', '{"$numberDecimal": "-0.10"}']),
    (16, ARRAY['{"$numberDouble": "-5e-324"}']),
    (17, ARRAY['{"$numberDecimal": "-1E-6176"}']),
    (18, ARRAY['0', '{"$numberLong": "0"}', '{"$numberDouble": "0.0"}',
        '{"$numberDouble": "-0.0"}',
               '{"$numberDecimal": "0"}', '{"$numberDecimal": "-0"}',
                   '{"$numberDecimal": "0E+6000"}',
               '{"$numberDecimal": "-0E-6176"}']),
    (19, ARRAY['{"$numberDecimal": "1E-6176"}']),
    (20, ARRAY['{"$numberDecimal": "4.9E-324"}']),
    (21, ARRAY['{"$numberDouble": "5e-324"}']),
    (22, ARRAY['{"$numberDecimal": "4.95E-324"}']),
    (23, ARRAY['{"$numberDecimal": "0.1"}']),
    (24, ARRAY['{"$numberDouble": "0.1"}']),
    (25, ARRAY['{"$numberDecimal": "0.1000000000000000055511151231257828"}']),
    (26, ARRAY['{"$numberDouble": "0.5"}', '{"$numberDecimal": "0.5"}',
        '{"$numberDecimal": "0.50"}']),
    (27, ARRAY['{"$numberDecimal": "0.9999999999999999999999999999999999"}']),
    (28, ARRAY['1', '{"$numberLong": "1"}', '{"$numberDouble": "1"}', '{"$numberDecimal": "1"}',
               '{"$numberDecimal": "1.0"}']),
    (29, ARRAY['{"$numberDecimal": "1.000000000000000000000000000000001"}']),
    (30, ARRAY['{"$numberDouble": "1.0000000000000002"}']),
    (31, ARRAY['{"$numberInt": "2147483647"}']),
    (32, ARRAY['{"$numberLong": "2147483648"}']),
    (33, ARRAY['{"$numberLong": "9007199254740991"}', '{"$numberDouble": "9007199254740991"}']),
    (34, ARRAY['{"$numberLong": "9007199254740992"}', '{"$numberDouble": "9007199254740992"}']),
    (35, ARRAY['{"$numberLong": "9007199254740993"}', '{"$numberDecimal": "9007199254740993"}']),
    (36, ARRAY['{"$numberDecimal": "9007199254740993.5"}']),
    (37, ARRAY['{"$numberLong": "9007199254740994"}', '{"$numberDouble": "9007199254740994"}']),
    (38, ARRAY['{"$numberDouble": "9223372036854774784"}']),
    (39, ARRAY['{"$numberLong": "9223372036854775806"}']),
    (40, ARRAY['{"$numberLong": "9223372036854775807"}',
        '{"$numberDecimal": "9223372036854775807"}']),
    (41, ARRAY['{"$numberDouble": "9223372036854775808"}',
        '{"$numberDecimal": "9223372036854775808"}']),
    (42, ARRAY['{"$numberDecimal": "99999999999999999999.9"}']),
    (43, ARRAY['{"$numberDouble": "1e20"}', '{"$numberDecimal": "1E+20"}',
               '{"$numberDecimal": "100000000000000000000.0"}']),
    (44, ARRAY['{"$numberDecimal": "1E+23"}']),
    -- 1e23 has no double; the nearest is below, the next above.
    (45, ARRAY['{"$numberDouble": "1.0000000000000001e23"}']),
    (46, ARRAY['{"$numberDouble": "1.7976931348623157e308"}']),
    (47, ARRAY['{"$numberDecimal": "1.8E+308"}']),
    (48, ARRAY['{"$numberDecimal": "9.999999999999999999999999999999999E+6144"}']),
    (49, ARRAY['{"$numberDouble": "Infinity"}', '{"$numberDecimal": "Infinity"}'])
) AS line (n, vs), unnest(vs) AS v;

SELECT count(*) AS pairs,
       count(*) FILTER (WHERE docdb.compare(a.v, b.v) <> sign(a.n - b.n)) AS wrong,
       count(*) FILTER (WHERE sign(a.n - b.n) <>
           CASE WHEN docdb.key_string(a.v) < docdb.key_string(b.v) THEN -1
                WHEN docdb.key_string(a.v) > docdb.key_string(b.v) THEN 1 ELSE 0 END) AS wrong_keys,
       count(*) FILTER (WHERE a.n = b.n AND
                              docdb.bson_value_hash(a.v) <> docdb.bson_value_hash(b.v))
           AS wrong_hashes
FROM number_line a, number_line b;
SELECT a.n, a.v, b.n, b.v FROM number_line a, number_line b
WHERE docdb.compare(a.v, b.v) <> sign(a.n - b.n);

-- NaNs of other bit patterns, and decimals that are no canonical zeros.
SELECT a::bson_value = b::bson_value AS equal,
       docdb.bson_value_hash(a::bson_value) = docdb.bson_value_hash(b::bson_value) AS equal_hash,
       docdb.key_string(a::bson_value) = docdb.key_string(b::bson_value) AS equal_key
FROM (VALUES
    ('\x01000000000000f87f'::bytea, '\x01010000000000f0ff'::bytea),
    ('\x01000000000000f87f', '\x130000000000000000000000000000007c'),
    ('\x01000000000000f87f', '\x13120000000000000000000000000000fe'),
    ('\x1000000000', '\x130000000000000000000000000000106c'),
    ('\x1000000000', '\x13ffffffffffffffffffffffffffff3130')
) AS cases (a, b);
DROP TABLE number_line;
