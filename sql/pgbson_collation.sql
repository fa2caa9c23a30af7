-- Collations: their documents, and values compared by them.
\set VERBOSITY sqlstate
\pset null '(null)'

-- With all fields; what is not given comes from the locale.
SELECT docdb.collation(c::bson)
FROM (VALUES
    (1, '{"locale": "en"}'),
    (2, '{"locale": "en_US", "strength": 2}'),
    (3, '{"locale": "en_US_POSIX"}'),
    (4, '{"locale": "fr_CA"}'),
    (5, '{"locale": "fr_CA", "backwards": false}'),
    (6, '{"locale": "da"}'),
    (7, '{"locale": "th"}'),
    (8, '{"locale": "vi"}'),
    (9, '{"locale": "de@collation=phonebook"}'),
    (10, '{"locale": "zh_Hant@collation=pinyin"}'),
    (11, '{"locale": "zh"}'),
    (12, '{"locale": "en", "strength": 1, "caseLevel": true, "caseFirst": "upper"}'),
    (13, '{"strength": {"$numberLong": "4"}, "alternate": "shifted", "maxVariable": "space", "locale": "en"}'),
    (14, '{"locale": "en", "strength": 5, "normalization": true, "numericOrdering": true, "version": "57.1"}'),
    (15, '{"locale": "en", "strength": 2.9, "caseFirst": "lower", "caseLevel": true}'),
    (16, '{"locale": "en", "strength": {"$numberDecimal": "3"}}'),
    (17, '{"locale": "en", "strength": null, "caseLevel": null, "caseFirst": null, "version": null}'),
    (18, '{"locale": "simple"}'),
    (19, '{"locale": "simple", "strength": 1}')
) AS v(n, c)
ORDER BY n;

-- What is no collation.
CREATE FUNCTION collation_error(c text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN docdb.collation(c::bson)::text;
EXCEPTION WHEN OTHERS THEN
    RETURN (docdb.error_info(SQLSTATE)).code || ': ' || SQLERRM;
END
$$;
SELECT n, collation_error(c)
FROM (VALUES
    (1, '{}'),
    (2, '{"strength": 1}'),
    (3, '{"locale": null}'),
    (4, '{"locale": 1}'),
    (5, '{"locale": ""}'),
    (6, '{"locale": "xx"}'),
    (7, '{"locale": "en_us"}'),
    (8, '{"locale": "en-US"}'),
    (9, '{"locale": "EN"}'),
    (10, '{"locale": "en_US_FOO"}'),
    (11, '{"locale": "en__POSIX"}'),
    (12, '{"locale": "zh_HANT"}'),
    (13, '{"locale": "sr_Blah"}'),
    (14, '{"locale": "@collation=phonebook"}'),
    (15, '{"locale": "de@collation=phonebook;"}'),
    (16, '{"locale": "de@collation"}'),
    (17, '{"locale": "en_US@collation=phonebook"}'),
    (18, '{"locale": "zh_TW@collation=stroke"}'),
    (19, '{"locale": "en\u0000"}'),
    (20, '{"locale": "en", "blah": 1}'),
    (21, '{"blah": 1}'),
    (22, '{"locale": "en", "Strength": 1}'),
    (23, '{"locale": "en", "strength": 0}'),
    (24, '{"locale": "en", "strength": 6}'),
    (25, '{"locale": "en", "strength": 99}'),
    (26, '{"locale": "en", "strength": -1}'),
    (27, '{"locale": "en", "strength": "2"}'),
    (28, '{"locale": "en", "strength": {"$numberDouble": "NaN"}}'),
    (29, '{"locale": "en", "strength": {"$numberDouble": "Infinity"}}'),
    (30, '{"locale": "en", "strength": true}'),
    (31, '{"locale": "en", "caseLevel": 1}'),
    (32, '{"locale": "en", "caseLevel": "true"}'),
    (33, '{"locale": "en", "caseFirst": "Upper"}'),
    (34, '{"locale": "en", "caseFirst": 1}'),
    (35, '{"locale": "en", "caseFirst": ""}'),
    (36, '{"locale": "en", "numericOrdering": "yes"}'),
    (37, '{"locale": "en", "alternate": "shift"}'),
    (38, '{"locale": "en", "alternate": []}'),
    (39, '{"locale": "en", "maxVariable": "symbol"}'),
    (40, '{"locale": "en", "maxVariable": {}}'),
    (41, '{"locale": "en", "normalization": 0}'),
    (42, '{"locale": "en", "backwards": null}'),
    (43, '{"locale": "en", "version": "57.2"}'),
    (44, '{"locale": "en", "version": 57.1}'),
    (45, '{"locale": "en", "backwards": true, "strength": 1}'),
    (46, '{"locale": "fr_CA", "strength": 1}'),
    (47, '{"locale": "en", "caseFirst": "lower", "strength": 2}'),
    (48, '{"locale": "da", "strength": 2}'),
    (49, '{"locale": "simple", "blah": 1}')
) AS v(n, c)
ORDER BY n;
SELECT docdb.collation('{"locale": "en", "locale": "de"}');

-- How strings compare.
SELECT n, docdb.compare(a::bson_value, b::bson_value, c::bson),
       docdb.compare(b::bson_value, a::bson_value, c::bson) AS reversed
FROM (VALUES
    (1, '"a"', '"A"', '{"locale": "simple"}'),
    (2, '"a"', '"A"', '{"locale": "en"}'),
    (3, '"a"', '"A"', '{"locale": "en", "strength": 2}'),
    (4, '"a"', '"A"', '{"locale": "en", "caseFirst": "upper"}'),
    (5, '"a"', '"A"', '{"locale": "en", "strength": 1, "caseLevel": true}'),
    (6, '"a"', '"á"', '{"locale": "en", "strength": 1}'),
    (7, '"a"', '"á"', '{"locale": "en", "strength": 2}'),
    (8, '"a"', '"á"', '{"locale": "en", "strength": 1, "caseLevel": true}'),
    (9, '"b"', '"á"', '{"locale": "en"}'),
    (10, '"a"', '"b"', '{"locale": "en", "strength": 1}'),
    (11, '"10"', '"2"', '{"locale": "en"}'),
    (12, '"10"', '"2"', '{"locale": "en", "numericOrdering": true}'),
    (13, '"a 10"', '"a 9"', '{"locale": "en_US", "numericOrdering": true}'),
    (14, '"-10"', '"-2"', '{"locale": "en", "numericOrdering": true}'),
    (15, '"ab"', '"a b"', '{"locale": "en"}'),
    (16, '"ab"', '"a b"', '{"locale": "en", "alternate": "shifted"}'),
    (17, '"ab"', '"a b"', '{"locale": "en", "alternate": "shifted", "strength": 4}'),
    (18, '"ab"', '"a-b"', '{"locale": "en", "alternate": "shifted"}'),
    (19, '"ab"', '"a-b"', '{"locale": "en", "alternate": "shifted", "maxVariable": "space"}'),
    (20, '"coté"', '"côte"', '{"locale": "fr"}'),
    (21, '"coté"', '"côte"', '{"locale": "fr_CA"}'),
    (22, '"ä"', '"ad"', '{"locale": "de"}'),
    (23, '"ä"', '"ad"', '{"locale": "de@collation=phonebook"}'),
    (24, '"ä"', '"z"', '{"locale": "sv"}'),
    (25, '"ä"', '"z"', '{"locale": "de"}'),
    (26, '"ß"', '"ss"', '{"locale": "de", "strength": 1}'),
    (27, '"é"', '"e\u0301"', '{"locale": "en"}'),
    (28, '"é"', '"e\u0301"', '{"locale": "en", "strength": 5}'),
    (29, '"a"', '"a\u0000"', '{"locale": "en"}'),
    (30, '""', '"a"', '{"locale": "en"}'),
    (31, '""', '"\u0000"', '{"locale": "en", "strength": 5}'),
    (32, '"い"', '"ゐ"', '{"locale": "ja"}')
) AS v(n, a, b, c)
ORDER BY n;

-- Strings within values count, names of fields do not; other values are as ever.
SELECT n, docdb.compare(a::bson_value, b::bson_value, '{"locale": "en", "strength": 2}')
FROM (VALUES
    (1, '["a", 1]', '["A", 1]'),
    (2, '["a", 1]', '["A", 2]'),
    (3, '{"a": "x"}', '{"a": "X"}'),
    (4, '{"a": "x"}', '{"A": "x"}'),
    (5, '{"a": {"b": ["x", {"c": "y"}]}}', '{"a": {"b": ["X", {"c": "Y"}]}}'),
    (6, '{"$symbol": "a"}', '"A"'),
    (7, '{"$symbol": "a"}', '{"$symbol": "A"}'),
    (8, '{"$code": "a"}', '{"$code": "A"}'),
    (9, '{"$regularExpression": {"pattern": "a", "options": ""}}', '{"$regularExpression": {"pattern": "A", "options": ""}}'),
    (10, '1', '1.0'),
    (11, '"1"', '1'),
    (12, 'null', '"a"'),
    (13, '{"$code": "f", "$scope": {"a": "x"}}', '{"$code": "f", "$scope": {"a": "X"}}')
) AS v(n, a, b)
ORDER BY n;

-- Key strings and hashes say the same as comparison, for every two of some values.
CREATE TABLE collated_values AS
SELECT v::bson_value AS v FROM (VALUES
    ('""'), ('"a"'), ('"A"'), ('"á"'), ('"Á"'), ('"a\u0301"'), ('"ab"'), ('"aB"'), ('"a b"'), ('"a-b"'),
    ('"b"'), ('"ß"'), ('"ss"'), ('"SS"'), ('"10"'), ('"9"'), ('"09"'), ('"a10"'), ('"a9"'),
    ('"\u0000"'), ('"a\u0000b"'), ('"\u0001"'), ('"日本"'), ('"日"'), ('"😀"'), ('"𝐚"'), ('"ﬁ"'), ('"fi"'),
    ('"coté"'), ('"côte"'), ('{"$symbol": "a"}'), ('1'), ('1.0'), ('null'), ('true'),
    ('["a"]'), ('["A"]'), ('["a", "b"]'), ('["A", 1]'), ('[]'), ('{}'), ('{"a": "x"}'), ('{"a": "X"}'),
    ('{"a": "X", "b": 1}'), ('{"a": ["x", {"b": "É"}]}'), ('{"a": ["X", {"b": "é"}]}')
) AS s(v)
UNION ALL SELECT to_json(repeat('aÀb ', 100 * n))::text::bson_value FROM generate_series(1, 3) n
UNION ALL SELECT to_json(repeat('Aàb ', 100 * n))::text::bson_value FROM generate_series(1, 3) n;

SELECT c,
       count(*) FILTER (WHERE docdb.compare(a.v, b.v, c::bson) <>
           sign(CASE WHEN ka < kb THEN -1 WHEN ka = kb THEN 0 ELSE 1 END)) AS keys_differ,
       count(*) FILTER (WHERE docdb.compare(a.v, b.v, c::bson) <>
           CASE WHEN da < db THEN 1 WHEN da = db THEN 0 ELSE -1 END) AS descending_keys_differ,
       count(*) FILTER (WHERE docdb.compare(a.v, b.v, c::bson) = 0 AND
           docdb.hash(a.v, c::bson) <> docdb.hash(b.v, c::bson)) AS hashes_differ,
       count(*) FILTER (WHERE docdb.compare(a.v, b.v, c::bson) = 0) AS equal
FROM collated_values a, collated_values b,
     (VALUES ('{"locale": "en"}'), ('{"locale": "en", "strength": 1}'), ('{"locale": "en", "strength": 2}'),
             ('{"locale": "en", "strength": 1, "caseLevel": true}'), ('{"locale": "en", "caseFirst": "upper"}'),
             ('{"locale": "en", "strength": 4, "alternate": "shifted"}'), ('{"locale": "en", "alternate": "shifted"}'),
             ('{"locale": "en", "strength": 5}'), ('{"locale": "en", "numericOrdering": true}'),
             ('{"locale": "fr_CA"}'), ('{"locale": "de@collation=phonebook"}'), ('{"locale": "ja", "strength": 3}'),
             ('{"locale": "en", "strength": 5, "normalization": true}'), ('{"locale": "simple"}')) AS s(c),
     LATERAL (SELECT docdb.key_string(a.v, false, c::bson) AS ka, docdb.key_string(b.v, false, c::bson) AS kb,
                     docdb.key_string(a.v, true, c::bson) AS da, docdb.key_string(b.v, true, c::bson) AS db) AS keys
GROUP BY c ORDER BY c;

-- Without strings, keys are the same by all collations.
SELECT count(*) FROM collated_values
WHERE docdb.type_name(v) IN ('int', 'double', 'null', 'bool')
  AND docdb.key_string(v) <> docdb.key_string(v, false, '{"locale": "en"}');

-- Sorting: the specification brings the collation.
CREATE TABLE collated (n int, doc bson);
INSERT INTO collated SELECT n, format('{"a": %s, "n": %s}', a, n)::bson
FROM (VALUES (1, '"b"'), (2, '"A"'), (3, '"a"'), (4, '"B"'), (5, '"á"'), (6, '["C", "A"]'), (7, '10'), (8, '"10"'),
             (9, '"9"'), (10, 'null'), (11, '{"x": "B"}'), (12, '{"x": "a"}')) AS v(n, a);
SELECT array_agg(doc -> 'a' ORDER BY doc <~> '{"a": 1, "n": 1}') FROM collated;
SELECT array_agg(doc -> 'a' ORDER BY doc <~> '{"a": 1, "n": 1, "$collation": {"locale": "en"}}') FROM collated;
SELECT array_agg(doc -> 'a' ORDER BY doc <~> '{"a": -1, "n": 1, "$collation": {"locale": "en"}}') FROM collated;
SELECT array_agg(doc -> 'a' ORDER BY doc <~> '{"$collation": {"locale": "en", "strength": 1, "numericOrdering": true}, "a": 1, "n": -1}') FROM collated;
SELECT array_agg(doc -> 'a' ORDER BY doc <~> '{"a": 1, "n": 1, "$collation": {"locale": "simple"}}') FROM collated;
SELECT doc <~> '{"a": 1, "$collation": {"locale": "xx"}}' FROM collated;
SELECT doc <~> '{"a": 1, "$collation": 1}' FROM collated;

-- More collations than a backend keeps, some of them in use.
SELECT count(DISTINCT docdb.key_string('"é"', false, format('{"locale": "%s", "strength": %s, "caseLevel": %s}', l, s, c)::bson))
FROM (VALUES ('en'), ('de'), ('fr'), ('es'), ('sv'), ('ja'), ('el'), ('ru'), ('ar'), ('tr'), ('hu'), ('pl')) AS a(l),
     generate_series(1, 5) s, (VALUES ('true'), ('false')) AS b(c);

DROP TABLE collated, collated_values;
DROP FUNCTION collation_error;
