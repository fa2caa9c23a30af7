-- Extended JSON: what is read, what is refused, what is written.

-- The canonical text of what was read, or the SQLSTATE and message.
CREATE FUNCTION read_json(source text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN docdb.to_canonical_json(source::bson_value);
EXCEPTION WHEN OTHERS THEN
    RETURN format('%s: %s', SQLSTATE, SQLERRM);
END $$;

-- Numbers: int32 if it fits, else int64, else double; double with a fraction or an exponent.
SELECT json, read_json(json) FROM (VALUES
    ('0'), ('-0'), ('1'), ('-1'),
    ('2147483647'), ('2147483648'), ('-2147483648'), ('-2147483649'),
    ('9223372036854775807'), ('9223372036854775808'),
    ('-9223372036854775808'), ('-9223372036854775809'),
    ('18446744073709551616'), ('100000000000000000000'),
    ('1.0'), ('-0.0'), ('0.1'), ('1e0'), ('1E+2'), ('1e-2'), ('123.456e3'),
    ('9007199254740993.0'), ('0.30000000000000004'), ('123456789012345678901234.5'),
    ('1.7976931348623157e308'), ('5e-324'), ('2.2250738585072011e-308'),
    ('1e22'), ('1e23'), ('8.41e21'), ('1e-400'), ('0e999999999999'),
    ('0.000000000000000000000000000000000000000000000000000000000000000000000000000000000001'),
    ('1e309'), ('-1e309'),
    ('01'), ('-01'), ('-'), ('+1'), ('.5'), ('1.'), ('1.e5'), ('1e'), ('1e+'), ('0x10'), ('1_0'),
    ('NaN'), ('Infinity'), ('-Infinity')
) AS t(json);

-- Literals, space and structure.
SELECT json, read_json(json) FROM (VALUES
    ('true'), ('false'), ('null'), ('""'), ('{}'), ('[]'),
    (E' \t\r\n{ \t\r\n"a" \t\r\n: \t\r\n[ \t\r\n] \t\r\n} \t\r\n'),
    ('[1,[2,[3,{"a":[]}]]]'), ('{"a":{"b":{}}}'), ('{"a":1,"a":2}'), ('{"":1}'),
    ('{"a.b": 1, "$x": 2, "$": 3}'),
    (''), (' '), ('tru'), ('True'), ('nul'), ('nulll'), ('truefalse'), ('undefined'),
    ('{'), ('}'), ('['), (']'), ('{]'), ('[}'), ('{"a"}'), ('{"a":}'), ('{"a":1,}'), ('[1,]'),
    ('[,1]'), ('{,}'), ('[1 2]'), ('{"a":1 "b":2}'), ('{a:1}'), ('{1:1}'), ('{''a'':1}'),
    ('1 2'), ('{} {}'), ('[1]]'), ('{"a":1} x'), ('// c' || chr(10) || '1'), ('"a" "b"'),
    (E'\u00a01')
) AS t(json);

-- Strings.
SELECT json, read_json(json) FROM (VALUES
    ('"abc"'), ('"\"\\\/\b\f\n\r\t"'), ('"\u0041\u00e9\u2606"'), ('"\ud83d\ude00"'), ('"é☆😀"'),
    ('"a\u0000b"'), ('"\u001f\u007f"'), ('"' || chr(127) || '"'),
    ('"12345678"'), ('"1234567\n"'), ('"12345678\n9"'), ('"12345678é"'), ('"abcdefg""'),
    ('{"\u0061\n": 1}'), ('{"é": 1}'),
    ('"'), ('"abc'), ('"abc\'), ('"\x"'), ('"\u12"'), ('"\u12g4"'), ('"\u"'), ('"\U0041"'),
    ('"\ud83d"'), ('"\ud83dx"'), ('"\ud83d\u0041"'), ('"\ude00"'), ('"\ud83d\ud83d"'),
    (E'"a\nb"'), (E'"\t"'), (E'"12345678\x01"'),
    ('{"a\u0000b": 1}'), ('{"\u0000": 1}'), ('{"x": {"a\u0000": 1}}')
) AS t(json);

-- The wrappers.
SELECT json, read_json(json) FROM (VALUES
    ('{"$oid": "56e1fc72e0c917e9c4714161"}'), ('{"$oid": "56E1FC72E0C917E9C4714161"}'),
    ('{"$oid": "56e1fc72e0c917e9c471416"}'), ('{"$oid": "56e1fc72e0c917e9c471416g"}'),
    ('{"$oid": 1}'), ('{"$oid": {}}'), ('{"$oid": null}'),
    ('{"$symbol": "a"}'), ('{"$symbol": 1}'),
    ('{"$numberInt": "-2147483648"}'), ('{"$numberInt": "2147483647"}'),
    ('{"$numberInt": "2147483648"}'), ('{"$numberInt": "-2147483649"}'), ('{"$numberInt": ""}'),
    ('{"$numberInt": "-"}'), ('{"$numberInt": "1.0"}'), ('{"$numberInt": " 1"}'),
    ('{"$numberInt": 1}'),
    ('{"$numberLong": "9223372036854775807"}'), ('{"$numberLong": "-9223372036854775808"}'),
    ('{"$numberLong": "5"}'), ('{"$numberLong": "9223372036854775808"}'),
    ('{"$numberLong": "99999999999999999999"}'), ('{"$numberLong": 5}'),
    ('{"$numberDouble": "1"}'), ('{"$numberDouble": "-0.0"}'), ('{"$numberDouble": "1.5E+10"}'),
    ('{"$numberDouble": ".5"}'), ('{"$numberDouble": "NaN"}'), ('{"$numberDouble": "Infinity"}'),
    ('{"$numberDouble": "-Infinity"}'), ('{"$numberDouble": "nan"}'),
    ('{"$numberDouble": "1e400"}'), ('{"$numberDouble": "0x1p3"}'), ('{"$numberDouble": ""}'),
    ('{"$numberDouble": "1e"}'), ('{"$numberDouble": 1.5}'),
    ('{"$numberDecimal": "1.50"}'), ('{"$numberDecimal": "-Infinity"}'),
    ('{"$numberDecimal": "NaN"}'), ('{"$numberDecimal": "1E+6144"}'),
    ('{"$numberDecimal": "1E+7000"}'), ('{"$numberDecimal": "x"}'), ('{"$numberDecimal": 1}'),
    ('{"$binary": {"base64": "//8=", "subType": "00"}}'),
    ('{"$binary": {"subType": "80", "base64": ""}}'),
    ('{"$binary": {"base64": "//8=", "subType": "2"}}'),
    ('{"$binary": {"base64": "//8=", "subType": "100"}}'),
    ('{"$binary": {"base64": "//8=", "subType": "zz"}}'),
    ('{"$binary": {"base64": "//8=", "subType": ""}}'),
    ('{"$binary": {"base64": "/", "subType": "00"}}'),
    ('{"$binary": {"base64": "//8="}}'), ('{"$binary": {"base64": "//8=", "base64": "//8="}}'),
    ('{"$binary": {"base64": "//8=", "subType": "00", "x": 1}}'),
    ('{"$binary": {"base64": "//8=", "subType": 0}}'), ('{"$binary": {}}'), ('{"$binary": 1}'),
    ('{"$binary": "//8=", "$type": "00"}'), ('{"$binary": "//8=", "$type": 0}'),
    ('{"$binary": "//8="}'), ('{"$binary": "//8=", "x": "00"}'),
    ('{"$uuid": "73ffd264-44b3-4c69-90e8-e7d1dfc035d4"}'),
    ('{"$uuid": "73ffd26444b34c6990e8e7d1dfc035d4"}'),
    ('{"$uuid": "73ffd264-44b3-4c69-90e8-e7d1dfc035d"}'), ('{"$uuid": 1}'),
    ('{"$code": "f()"}'), ('{"$code": "f()", "$scope": {"x": 1}}'),
    ('{"$scope": {"x": {"$oid": "56e1fc72e0c917e9c4714161"}}, "$code": "f()"}'),
    ('{"$code": 1}'), ('{"$code": "f()", "$scope": 1}'), ('{"$code": "f()", "x": {}}'),
    ('{"$scope": {}}'), ('{"$scope": {}, "x": "f()"}'), ('{"$code": "f()", "$scope": {}, "x": 1}'),
    ('{"$timestamp": {"t": 4294967295, "i": 0}}'), ('{"$timestamp": {"i": 2, "t": 1}}'),
    ('{"$timestamp": {"t": 4294967296, "i": 0}}'), ('{"$timestamp": {"t": -1, "i": 0}}'),
    ('{"$timestamp": {"t": 1.0, "i": 0}}'), ('{"$timestamp": {"t": 01, "i": 0}}'),
    ('{"$timestamp": {"t": 1}}'), ('{"$timestamp": 1}'), ('{"$timestamp": {"t": "1", "i": 0}}'),
    ('{"$regularExpression": {"pattern": "^a/b\\.", "options": "xmi"}}'),
    ('{"$regularExpression": {"options": "", "pattern": ""}}'),
    ('{"$regularExpression": {"pattern": "a\u0000", "options": ""}}'),
    ('{"$regularExpression": {"pattern": "a", "options": "i\u0000"}}'),
    ('{"$regularExpression": {"pattern": "a"}}'), ('{"$regularExpression": "a"}'),
    ('{"$dbPointer": {"$ref": "c", "$id": {"$oid": "56e1fc72e0c917e9c4714161"}}}'),
    ('{"$dbPointer": {"$id": {"$oid": "56e1fc72e0c917e9c4714161"}, "$ref": "c"}}'),
    ('{"$dbPointer": {"$ref": "c", "$id": "56e1fc72e0c917e9c4714161"}}'),
    ('{"$dbPointer": {"$ref": 1, "$id": {"$oid": "56e1fc72e0c917e9c4714161"}}}'),
    ('{"$minKey": 1}'), ('{"$maxKey": 1}'), ('{"$undefined": true}'),
    ('{"$minKey": 0}'), ('{"$minKey": 10}'), ('{"$minKey": "1"}'), ('{"$maxKey": true}'),
    ('{"$undefined": false}')
) AS t(json);

-- Dates.
SELECT json, read_json(json) FROM (VALUES
    ('{"$date": "1970-01-01T00:00:00Z"}'), ('{"$date": "1970-01-01T00:00:00.001Z"}'),
    ('{"$date": "1969-12-31T23:59:59.999Z"}'), ('{"$date": "0000-01-01T00:00:00Z"}'),
    ('{"$date": "0000-02-29T00:00:00Z"}'), ('{"$date": "0001-01-01T00:00:00Z"}'),
    ('{"$date": "9999-12-31T23:59:59.999Z"}'), ('{"$date": "2000-02-29T12:34:56.7Z"}'),
    ('{"$date": "2020-01-01T00:00:00.123456789Z"}'), ('{"$date": "2020-01-01T00:00Z"}'),
    ('{"$date": "2020-01-01T01:30:00+01:30"}'), ('{"$date": "2019-12-31T19:00:00.000-0500"}'),
    ('{"$date": "2020-01-01T02:00:00+02"}'),
    ('{"$date": {"$numberLong": "-62135596800001"}}'),
    ('{"$date": {"$numberLong": "9223372036854775807"}}'),
    ('{"$date": "1900-02-29T00:00:00Z"}'), ('{"$date": "2021-02-29T00:00:00Z"}'),
    ('{"$date": "2020-13-01T00:00:00Z"}'), ('{"$date": "2020-00-01T00:00:00Z"}'),
    ('{"$date": "2020-04-31T00:00:00Z"}'), ('{"$date": "2020-01-01T24:00:00Z"}'),
    ('{"$date": "2020-01-01T00:60:00Z"}'), ('{"$date": "2020-01-01T00:00:60Z"}'),
    ('{"$date": "2020-01-01T00:00:00"}'), ('{"$date": "2020-01-01"}'),
    ('{"$date": "2020-01-01 00:00:00Z"}'), ('{"$date": "2020-1-01T00:00:00Z"}'),
    ('{"$date": "2020-01-01T00:00:00.Z"}'), ('{"$date": "2020-01-01T00:00:00Zx"}'),
    ('{"$date": "2020-01-01T00:00:00+25:00"}'), ('{"$date": "10000-01-01T00:00:00Z"}'),
    ('{"$date": ""}'), ('{"$date": 0}'), ('{"$date": {"$numberLong": 0}}'),
    ('{"$date": {"$numberInt": "0"}}'), ('{"$date": null}')
) AS t(json);

-- Documents that only resemble wrappers stay documents; a wrapper with other keys is an error.
SELECT json, read_json(json) FROM (VALUES
    ('{"name": {"$regex": "^a", "$options": "i"}}'),
    ('{"name": {"$regex": {"$regularExpression": {"pattern": "a", "options": ""}}}}'),
    ('{"a": {"$type": 2}}'), ('{"a": {"$type": "string"}}'),
    ('{"a": {"$ref": "c", "$id": 1}}'), ('{"a": {"$ref": "c"}}'), ('{"a": {"$db": 1}}'),
    ('{"a": {"$gt": {"$date": "1970-01-01T00:00:00Z"}}}'), ('{"a": {"$oidx": 1}}'),
    ('{"a": {"$options": "i"}}'), ('{"a": {"base64": "", "subType": "00"}}'),
    ('{"a": {"$oid": "56e1fc72e0c917e9c4714161", "x": 1}}'),
    ('{"a": {"x": 1, "$oid": "56e1fc72e0c917e9c4714161"}}'),
    ('{"a": {"$date": {"$numberLong": "0"}, "x": 1}}'),
    ('{"a": {"x": {"$numberLong": "0", "$date": 1}}}'),
    -- The escaped dollar sign says that it is a document.
    ('{"a": {"\u0024oid": "x", "\u0024date": {"\u0024date": 1}}}'), ('{"\u0024oid": 1}')
) AS t(json);

-- The top level of a document is never a wrapper.
SELECT json::bson, docdb.to_canonical_json(json::bson) FROM (VALUES
    ('{"$oid": "56e1fc72e0c917e9c4714161"}'), ('{"a": 1, "$date": 1, "$code": {"$code": "x"}}'),
    ('{"$numberLong": 5}'), ('{"$scope": {}}')
) AS t(json);

-- bson takes documents only.
\set VERBOSITY terse
SELECT '[1]'::bson;
SELECT '1'::bson;
SELECT ''::bson;
SELECT '{"a": 1}]'::bson;
\set VERBOSITY default
SELECT '{"a": 1, "é": tru}'::bson;
SELECT '{"a": 1, "b": "☆☆", "c" 2}'::bson;
SELECT '{"a": 1'::bson;

-- What is written: lossless is bson's text, and reads back as the same bytes.
CREATE TABLE written AS SELECT i, json::bson AS doc FROM (VALUES
    (1, '{"int": 1, "long": {"$numberLong": "1"}, "big": 5000000000, "min": -2147483648,
          "low": -2147483649}'),
    (2, '{"doubles": [1.0, -0.0, 0.1, 1e15, 1e300, 5e-324, 123456789.125, 100.0]}'),
    (3, '{"special": [{"$numberDouble": "NaN"}, {"$numberDouble": "Infinity"},
          {"$numberDouble": "-Infinity"}]}'),
    (4, '{"decimals": [{"$numberDecimal": "1.50"}, {"$numberDecimal": "-1E+10"},
          {"$numberDecimal": "NaN"}]}'),
    (5, '{"dates": [{"$date": "1970-01-01T00:00:00Z"}, {"$date": "2020-02-29T23:59:59.050Z"},
          {"$date": "9999-12-31T23:59:59.999Z"}, {"$date": "1969-12-31T23:59:59.999Z"},
          {"$date": {"$numberLong": "253402300800000"}}]}'),
    (6, '{"strings": ["", "abc", "\"\\/\b\f\n\r\t\u0001\u001f\u007f", "\u0000", "é☆😀"]}'),
    (7, '{"oid": {"$oid": "0123456789abcdefABCDEF00"}, "yes": true, "no": false, "null": null,
          "undefined": {"$undefined": true}, "min": {"$minKey": 1}, "max": {"$maxKey": 1}}'),
    (8, '{"code": {"$code": "f(\"x\")"}, "scoped": {"$code": "f", "$scope": {"a": [1, {}]}},
          "symbol": {"$symbol": "s"}, "ts": {"$timestamp": {"t": 4294967295, "i": 7}},
          "regex": {"$regularExpression": {"pattern": "a\"/b", "options": "im"}},
          "pointer": {"$dbPointer": {"$ref": "a.b",
                                     "$id": {"$oid": "0123456789abcdef00000000"}}}}'),
    (9, '{"bin": [{"$binary": {"base64": "", "subType": "00"}},
          {"$binary": {"base64": "AQI=", "subType": "02"}},
          {"$binary": {"base64": "AQID", "subType": "ff"}},
          {"$uuid": "73ffd264-44b3-4c69-90e8-e7d1dfc035d4"}]}'),
    (10, '{"": {"": []}, "a.b": {"$a": {"b c": 1}}, "\"": {"é": {}}}'),
    (11, '{"$oid": {"\u0024oid": 1, "\u0024date": "x", "$gt": {"a": {"\u0024numberInt": 1}}}}'),
    (12, '{}')
) AS t(i, json);
SELECT doc FROM written ORDER BY i;
SELECT docdb.to_relaxed_json(doc) FROM written ORDER BY i;
SELECT docdb.to_canonical_json(doc) FROM written ORDER BY i;
-- All but relaxed are lossless; relaxed is where it has no int64 below 2^31.
SELECT i, doc::text::bson::bytea = doc::bytea AS text,
       docdb.to_canonical_json(doc)::bson::bytea = doc::bytea AS canonical,
       docdb.to_relaxed_json(doc)::bson::bytea = doc::bytea AS relaxed
FROM written ORDER BY i;
-- The same for single values.
SELECT count(*), count(*) FILTER (WHERE v::text::bson_value::bytea <> v::bytea) AS lossy
FROM written, LATERAL (SELECT doc::bson_value UNION ALL SELECT doc -> k FROM unnest(ARRAY[
    'int', 'long', 'big', 'doubles', 'doubles.1', 'special.0', 'decimals.0', 'dates.0', 'dates.3',
    'strings.2', 'strings.3', 'oid', 'yes', 'null', 'undefined', 'min', 'max', 'code', 'scoped',
    'symbol', 'ts', 'regex', 'pointer', 'bin.0', 'bin.1', 'bin.3', 'a.b', '$oid']) AS k) AS s(v)
WHERE v IS NOT NULL;

-- Doubles' digits read back as the same double.
SELECT count(*), count(*) FILTER (WHERE v::text::bson_value::bytea <> v::bytea) AS lossy,
       count(*) FILTER (WHERE docdb.to_canonical_json(v)::bson_value::float8 <> d) AS wrong
FROM generate_series(-740, 709) AS i, generate_series(1, 3) AS j,
    LATERAL (SELECT (exp(i::float8) / j) * (1 - 2 * (i % 2)::float8)) AS s(d),
    LATERAL (SELECT d::bson_value) AS u(v);
SELECT count(*), count(*) FILTER (WHERE v::text::bson_value::bytea <> v::bytea) AS lossy
FROM generate_series(-2000, 2000) AS i, unnest(ARRAY[1, 10, 100, 1e3, 1e7, 1e12]) AS j,
    LATERAL (SELECT (i / j::float8)::bson_value) AS u(v);

-- Nesting: 200 levels are the limit.
SELECT n, CASE WHEN ok IS NULL THEN 'written and read' ELSE ok END FROM (VALUES
    (199), (200), (201), (20000)) AS t(n), LATERAL (SELECT substr(read_json(
        repeat('{"a":', n - 1) || '{}' || repeat('}', n - 1)), 1, 70)) AS s(result),
    LATERAL (SELECT CASE WHEN result LIKE 'M%' THEN result END) AS u(ok);
SELECT n, CASE WHEN ok IS NULL THEN 'written and read' ELSE ok END FROM (VALUES
    (200), (201), (20000)) AS t(n), LATERAL (SELECT substr(read_json(
        repeat('[', n) || repeat(']', n)), 1, 70)) AS s(result),
    LATERAL (SELECT CASE WHEN result LIKE 'M%' THEN result END) AS u(ok);
SELECT substr(read_json(repeat('{"a":{"$code": "", "$scope":', 150) || '{}' ||
                        repeat('}}', 150)), 1, 70);
SELECT substr(read_json(repeat('[', 20000)), 1, 70);

-- Size: that of a message, as commands come; what is stored is limited where it is stored.
SELECT docdb.size(('{"a": "' || repeat('x', 45 * 1024 * 1024) || '"}')::bson);
\set VERBOSITY sqlstate
SELECT docdb.size(('{"a": "' || repeat('x', 46 * 1024 * 1024) || '"}')::bson);
SELECT docdb.size(('[' || repeat('"12345678",', 2400000) || '1]')::bson_value::bson);
\set VERBOSITY default

-- Long strings, with what must be escaped at every distance from the pieces they are written in.
SELECT count(*), count(*) FILTER (WHERE b::text::bson::bytea <> b::bytea) AS lossy
FROM generate_series(4080, 4110) AS n, unnest(ARRAY['"', '\', chr(9), 'é', 'x']) AS c,
    LATERAL (SELECT ('{"a": ' || to_json(repeat('y', n) || c || repeat(c, 5000)) || '}')::bson)
        AS s(b);

DROP TABLE written;
DROP FUNCTION read_json;
