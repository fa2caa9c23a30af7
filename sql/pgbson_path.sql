-- The operators -> and ->>.

CREATE TABLE sample AS SELECT '{"a": 1, "b": {"c": {"d": "deep"}}, "e": [10, {"f": "in"}, [7, 8]],
    "": "empty", "x": {"": 2, "0": "zero", "01": "one"}, "a.b": 3, "n": null,
    "u": {"$undefined": true},
    "t": true, "dup": 1, "dup": 2, "é": "utf"}'::bson AS doc;
SELECT path, doc -> path AS value, doc ->> path AS text,
       doc::bson_value -> path AS of_value, doc::bson_value ->> path AS text_of_value
FROM sample, unnest(ARRAY['a', 'b', 'b.c', 'b.c.d', 'b.c.d.e', 'e', 'e.0', 'e.1', 'e.1.f', 'e.2.1',
    'e.3', 'e.-1', 'e.01', 'e.f', 'e.', '', '.', 'x.', 'x.0', 'x.01', 'a.b', 'n', 'n.x', 'u', 't',
    'missing', 'missing.x', 'dup', 'A', 'é', 'b..c', 'e.99999999999', 'e.2147483648']) AS path;
-- A constant path, and chains.
SELECT doc -> 'b' -> 'c' ->> 'd', doc -> 'e' -> '1' -> 'f', doc -> 'e.2' ->> '0', doc ->> 'a'
FROM sample;
SELECT NULL::bson -> 'a' IS NULL AND doc -> NULL IS NULL AND '1'::bson_value -> 'a' IS NULL AND
       NULL::bson_value ->> 'a' IS NULL FROM sample;
SELECT '[1, [2, 3]]'::bson_value -> '1.0', '[1]'::bson_value ->> '0', '"text"'::bson_value -> '';

-- The text of each type; docdb.to_text gives the same of a value.
SELECT v, ('{"v": ' || v || '}')::bson ->> 'v' AS text, docdb.to_text(v::bson_value) FROM (VALUES
    ('1'), ('{"$numberLong": "5"}'), ('-9223372036854775808'), ('1.0'), ('0.1'), ('-0.0'),
    ('1e300'), ('{"$numberDouble": "NaN"}'), ('{"$numberDouble": "-Infinity"}'),
    ('{"$numberDecimal": "1.50"}'), ('{"$numberDecimal": "NaN"}'), ('"é\n\"x\""'), ('""'),
    ('{"$symbol": "sym"}'), ('{"$code": "f()"}'), ('true'), ('false'),
    ('{"$date": "2020-02-29T12:34:56Z"}'), ('{"$date": "2020-02-29T12:34:56.7Z"}'),
    ('{"$date": {"$numberLong": "-62167219200001"}}'),
    ('{"$date": {"$numberLong": "253402300800000"}}'),
    ('{"$date": {"$numberLong": "9223372036854775807"}}'),
    ('{"$date": {"$numberLong": "-9223372036854775808"}}'),
    ('{"$oid": "0102030405060708090a0b0c"}'),
    ('{"$uuid": "73ffd264-44b3-4c69-90e8-e7d1dfc035d4"}'),
    ('{"$binary": {"base64": "AQID", "subType": "00"}}'),
    ('{"$binary": {"base64": "AQID", "subType": "04"}}'),
    ('{"$regularExpression": {"pattern": "^a", "options": "i"}}'),
    ('{"$timestamp": {"t": 1, "i": 2}}'), ('{"$code": "f()", "$scope": {}}'),
    ('{"$dbPointer": {"$ref": "r", "$id": {"$oid": "0102030405060708090a0b0c"}}}'),
    ('{"$minKey": 1}'), ('{"$maxKey": 1}'),
    ('[1, {"a": {"$numberLong": "5"}}]'), ('{"a": [1.0]}'), ('null'), ('{"$undefined": true}')
) AS t(v);
\set VERBOSITY sqlstate
SELECT '{"a": "x\u0000y"}'::bson ->> 'a';
\set VERBOSITY default
SELECT '{"a": "x\u0000y"}'::bson -> 'a';

-- Paths that differ from row to row, also beside constant ones.
SELECT p, '{"a": {"b": 1}, "c": 2}'::bson ->> p, '{"a": {"b": 1}, "c": 2}'::bson ->> 'c'
FROM (VALUES ('a.b'), ('c'), ('a'), ('d')) AS t(p);
PREPARE path_of(text) AS SELECT doc ->> $1 FROM sample;
EXECUTE path_of('a');
EXECUTE path_of('b.c.d');
DEALLOCATE path_of;

-- Usable in an index.
CREATE INDEX ON sample ((doc ->> 'a'));
DROP TABLE sample;
