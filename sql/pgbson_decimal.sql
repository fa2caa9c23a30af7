-- Decimals: their text, and what has none or no exact value.

CREATE FUNCTION decimal_text(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN docdb.to_canonical_json(('{"$numberDecimal": "' || $1 || '"}')::bson_value);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

-- Plain notation where the exponent is not positive and the first digit is at most six places
-- behind the point, else scientific; trailing zeros are kept.
SELECT text, decimal_text(text)
FROM (VALUES
    (1, '0'), (2, '-0'), (3, '0.0'), (4, '0E+3'), (5, '0E-6'), (6, '0E-7'), (7, '-0E-7'),
    (8, '1'), (9, '-1'), (10, '+1'), (11, '1.'), (12, '.1'), (13, '001.50'), (14, '1.500'),
    (15, '0.000001'), (16, '0.0000001'), (17, '0.00000123'), (18, '0.000000123'), (19, '12.3E-4'),
    (20, '12E1'), (21, '1e3'), (22, '1E+3'), (23, '123.456E2'), (24, '123.456E3'),
        (25, '123.456E4'),
    (26, '1234567890123456789012345678901234'), (27, '1.234567890123456789012345678901234'),
    (28, '0.000001234567890123456789012345678901234'),
    (29, 'NaN'), (30, 'nan'), (31, '-NaN'), (32, 'Infinity'), (33, 'inf'), (34, '-INF'),
    (35, '+iNFINITY'), (36, '-infinity')
) AS cases (n, text)
ORDER BY n;

-- The limits.  Zeros are added to or dropped from the digits to bring the exponent into range, and
-- a zero takes the nearest exponent; nothing but zeros is dropped.
SELECT n, left(text, 45) AS text, decimal_text(text)
FROM (VALUES
    (1, '9.999999999999999999999999999999999E+6144'), (2, '1E+6144'), (3, '1E+6145'),
    (4, '10E+6143'), (5, '1E+6112'), (6, '12E+6143'), (7, '12E+6144'),
    (8, '1E-6176'), (9, '1E-6177'), (10, '10E-6177'), (11, '1200E-6178'), (12, '1230E-6178'),
    (13, '0E+9999'), (14, '0E-9999'), (15, '-0E+99999999999999999999'),
    (16, '1E+99999999999999999999'), (17, '1E-99999999999999999999'),
    (18, '12345678901234567890123456789012345'), (19, '12345678901234567890123456789012340'),
    (20, '1.0000000000000000000000000000000000'), (21, '1.0000000000000000000000000000000001'),
    (22, '0.' || repeat('0', 100) || '1'), (23, repeat('0', 100) || '7'),
    (24, '1' || repeat('0', 100)), (25, '1' || repeat('0', 100) || 'E-100'),
    (26, '1' || repeat('0', 7000) || 'E-7000')
) AS cases (n, text)
ORDER BY n;

-- No numbers.
SELECT text, decimal_text(text)
FROM (VALUES
    (1, ''), (2, ' '), (3, '.'), (4, '-'), (5, '+'), (6, 'E3'), (7, '1E'), (8, '1E+'),
        (9, '1E1.5'),
    (10, '1.2.3'), (11, '1 '), (12, ' 1'), (13, '1e-'), (14, '--1'), (15, '+-1'), (16, 'Infinit'),
    (17, 'Infinityy'), (18, 'sNaN'), (19, 'NaN1'), (20, '0x1'), (21, '1_000'), (22, '1,5'),
    (23, 'e'), (24, '.e1'), (25, '1\\u00001')
) AS cases (n, text)
ORDER BY n;

-- Bits that are no canonical decimal: digits of 10^34 and more are zeros, NaNs are NaN.  They are
-- kept as they are all the same.
SELECT bits, docdb.to_canonical_json(bits::bson_value) AS text,
    bits::bson_value::bytea = bits AS kept
FROM (VALUES
    (1, '\x13ffffffff638e8d37c087adbe09ed4130'::bytea), -- 10^34 - 1
    (2, '\x1300000000648e8d37c087adbe09ed4130'), -- 10^34
    (3, '\x1300000000648e8d37c087adbe09edc1b0'),
    (4, '\x130000000000000000000000000000106c'), -- 2^113 and more
    (5, '\x13dcba9876543210deadbeef00000010ec'),
    (6, '\x13ffffffffffffffffffffffffffffff6f'),
    (7, '\x1300000000000000000000000000000078'),
    (8, '\x13010000000000000000000000000000f8'),
    (9, '\x130000000000000000000000000000007e'), -- signalling
    (10, '\x13120000000000000000000000000000fc')
) AS cases (n, bits)
ORDER BY n;

-- A double becomes a decimal of 15 digits, whatever it was written as.
SELECT f, docdb.to_canonical_json(f::bson_value + '{"$numberDecimal": "0E+6111"}'::bson_value)
FROM (VALUES
    (1, '2.5'), (2, '{"$numberDouble": "1"}'), (3, '0.1'), (4, '-0.1'),
    (5, '{"$numberDouble": "123456789012345678"}'), (6, '{"$numberDouble": "999999999999999.5"}'),
    (7, '0.30000000000000004'), (8, '{"$numberDouble": "5e-324"}'),
    (9, '{"$numberDouble": "1.7976931348623157e308"}'), (10, '{"$numberDouble": "1e15"}'),
    (11, '{"$numberDouble": "1e22"}'), (12, '{"$numberDouble": "100000.5"}'),
    (13, '{"$numberDouble": "NaN"}'), (14, '{"$numberDouble": "-Infinity"}'),
    (15, '{"$numberDouble": "-0.0"}'), (16, '1')
) AS cases (n, f)
ORDER BY n;

-- Sums and products of these are those that numeric gives.
SELECT count(*) AS sums,
       count(*) FILTER (WHERE (a::numeric::bson_value + b::numeric::bson_value)::numeric <>
                              a::numeric + b::numeric) AS wrong_sums,
       count(*) FILTER (WHERE (a::numeric::bson_value * b::numeric::bson_value)::numeric <>
                              a::numeric * b::numeric) AS wrong_products
FROM (VALUES ('0.1'), ('-0.2'), ('1234567890123456'), ('0.0000001'), ('99999999.99'),
    ('-5')) a (a),
     (VALUES ('0.3'), ('-1e-10'), ('98765432109876543'), ('0.00'), ('1e15'), ('-7.25')) b (b);

DROP FUNCTION decimal_text;
