-- Key strings.  Indexes store them, so their bytes may not change; that they are in order is in
-- pgbson_order and in the property test.

SELECT value, docdb.key_string(value::bson_value) AS key
FROM (VALUES
    (1, '{"$minKey": 1}'), (2, '{"$undefined": true}'), (3, 'null'),
    (4, '{"$numberDouble": "NaN"}'), (5, '{"$numberDouble": "-Infinity"}'), (6, '-1.5'), (7, '-1'),
    (8, '0'), (9, '{"$numberDouble": "-0.0"}'), (10, '{"$numberDouble": "5e-324"}'),
    (11, '0.5'), (12, '1'), (13, '2'), (14, '3'), (15, '100'), (16, '1000'), (17, '65535'),
    (18, '1000000'), (19, '2147483647'), (20, '{"$numberLong": "9007199254740992"}'),
    (21, '{"$numberLong": "9007199254740993"}'), (22, '{"$numberLong": "-9007199254740993"}'),
    (23, '{"$numberLong": "9223372036854775807"}'),
        (24, '{"$numberLong": "-9223372036854775808"}'),
    (25, '0.1'), (26, '{"$numberDecimal": "0.1"}'), (27, '{"$numberDecimal": "-0.1"}'),
    (28, '{"$numberDecimal": "0.50"}'), (29, '{"$numberDecimal": "19.99"}'),
    (30, '{"$numberDecimal": "1E-6176"}'),
    (31, '{"$numberDecimal": "9.999999999999999999999999999999999E+6144"}'),
    (32, '{"$numberDecimal": "1234567890.123456789012345678901234"}'),
    (33, '{"$numberDecimal": "Infinity"}'),
    (34, '""'), (35, '"abc"'), (36, '{"$symbol": "abc"}'), (37, '"\u0000\u0001\u0002"'),
    (38, '"long enough\u0001for words"'), (39, '"\u20ac"'),
    (40, '{}'), (41, '{"a": 1}'), (42, '{"a": "x", "b": {"c": null}}'), (43, '{"": true}'),
    (44, '[]'), (45, '[1, "a", []]'),
    (46, '{"$binary": {"base64": "AAEC", "subType": "05"}}'),
    (47, '{"$oid": "0123456789abcdef01234567"}'), (48, 'false'), (49, 'true'),
    (50, '{"$date": {"$numberLong": "-1"}}'), (51, '{"$date": {"$numberLong": "1"}}'),
    (52, '{"$timestamp": {"t": 1, "i": 2}}'),
    (53, '{"$regularExpression": {"pattern": "ab", "options": "i"}}'),
    (54, '{"$dbPointer": {"$ref": "c", "$id": {"$oid": "0123456789abcdef01234567"}}}'),
    (55, '{"$code": "f()"}'), (56, '{"$code": "f()", "$scope": {"a": 1}}'), (57, '{"$maxKey": 1}')
) AS cases (n, value)
ORDER BY n;

-- The length of a binary value is one byte, or five from 255 on.
SELECT n, substr(docdb.key_string(format('{"$binary": {"base64": "%s", "subType": "00"}}',
    base64)::bson_value),
                 1, 8) AS start
FROM (VALUES (0), (1), (254), (255), (256), (65536)) AS lengths (n),
     translate(encode(repeat('x', n)::bytea, 'base64'), E'\n', '') AS base64
ORDER BY n;

-- Descending: every bit is the other.
SELECT value, docdb.key_string(value::bson_value, descending => true) AS key
FROM (VALUES (1, '{"$minKey": 1}'), (2, '1'), (3, '"ab"'), (4, '{"a": [1]}'),
    (5, '{"$maxKey": 1}'))
    AS cases (n, value)
ORDER BY n;

-- Strict.
SELECT docdb.key_string(NULL) IS NULL AS no_value, docdb.key_string('1',
    NULL) IS NULL AS no_direction;

-- Deep values neither break nor exhaust the stack.
SELECT length(docdb.key_string((repeat('[', 150) || repeat(']', 150))::bson_value)) AS deep_array,
       length(docdb.key_string((repeat('{"a":', 150) || '1' || repeat('}',
           150))::bson_value)) AS deep_document;

-- Long ones: a NUL takes two bytes.
SELECT length(docdb.key_string(('"' || repeat('\u0000', 100000) || '"')::bson_value)) AS nuls,
       length(docdb.key_string(('"' || repeat('x', 100000) || '"')::bson_value)) AS letters,
       length(docdb.key_string(('[' || repeat('1,', 99999) || '1]')::bson_value)) AS elements;
