-- Documents of changing shapes: what a filter remembers of the fields of documents before does not change what it finds.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA walk;
SET search_path = walk, public;

-- Fields that come and go, in the usual order and others, of other types, twice, with long and short names, at the very end, many and few.
CREATE TABLE pieces (n serial, field text);
INSERT INTO pieces (field) VALUES ('"a": 1'), ('"a": 2'), ('"a": "1"'), ('"a": null'), ('"a": {"b": 1}'), ('"a": {"b": {"c": 1}, "d": 2}'), ('"a": [1, {"b": 1}]'), ('"a": []'), ('"a": ["1", {"b": {"c": 1}}, {"b": 2}]'),
    ('"b": 1'), ('"b": {"a": 1}'), ('"": 1'), ('"a.b": 1'), ('"ab": 1'), ('"aa": "a"'), ('"sevenxx": 1'), ('"sixsix": 1'), ('"a name of fourteen": 1'), ('"fourteenbytes!": 5'), ('"fourteenbytes?": 5'), ('"fifteen bytes !": 5'),
    ('"thirteenbytes": 5'), ('"s": "some text that has a name in it: a"'), ('"s": "\u0010a\u0001"'), ('"o": {"$oid": "0123456789abcdef01234567"}'), ('"d": {"$date": "2020-01-01T00:00:00Z"}'), ('"t": true'),
    ('"r": {"$regularExpression": {"pattern": "a", "options": ""}}'), ('"bin": {"$binary": {"base64": "EGEAAQAAAA==", "subType": "00"}}'), ('"dec": {"$numberDecimal": "1"}'), ('"l": {"$numberLong": "1"}'), ('"f": 1.5'),
    ('"min": {"$minKey": 1}'), ('"code": {"$code": "a", "$scope": {"a": 1}}'), ('"z": 1');
CREATE TABLE docs AS
SELECT i, format('{%s}', (SELECT string_agg(field, ', ' ORDER BY CASE WHEN i % 4 = 0 THEN hashint4extended(n, i) ELSE n END) FROM pieces WHERE hashint4extended(n, i * 100) % (2 + i % 5) = 0))::bson AS doc
FROM generate_series(1, 2000) AS i;
INSERT INTO docs SELECT 2000 + i, format('{%s, "a": %s, "z": 3}', (SELECT string_agg(format('"f%s": %s', j, j), ', ') FROM generate_series(1, i % 60 + 1) AS j), i % 3)::bson FROM generate_series(1, 300) AS i;
INSERT INTO docs SELECT 2300 + i, format('{"x": 1, "a": {"b": %s, "c": [{"d": 1, "e": %s}, {"e": 2, "d": %s}]}}', i % 3, i % 5, i % 2)::bson FROM generate_series(1, 300) AS i;
INSERT INTO docs SELECT 2700 + i, format('{"q": 1, "fourteenbytes%s": 5}', CASE WHEN i % 3 > 0 THEN '?' ELSE '!' END)::bson FROM generate_series(1, 99) AS i;
INSERT INTO docs SELECT 2600 + i, '{"a": 1}' FROM generate_series(1, 20) AS i;
INSERT INTO docs SELECT 2620 + i, CASE i % 3 WHEN 0 THEN '{}' WHEN 1 THEN '{"z": 1}' ELSE '{"a": 1, "z": 1}' END::bson FROM generate_series(1, 20) AS i;

-- A filter that differs from row to row remembers nothing: $comment sees to that.
CREATE FUNCTION compare(filter text) RETURNS text LANGUAGE sql AS $$
    WITH together AS (SELECT array_agg(i ORDER BY i) AS rows FROM docs WHERE doc @@ filter::bson),
         apart AS (SELECT array_agg(i ORDER BY i) AS rows FROM docs
                   WHERE doc @@ (rtrim(filter, '}') || repeat('}', length(filter) - length(rtrim(filter, '}')) - 1) || format(', "$comment": %s}', i))::bson)
    SELECT format('%s%s', coalesce(cardinality(together.rows), 0), CASE WHEN together.rows IS DISTINCT FROM apart.rows THEN ' DIFFERENT' END) FROM together, apart
$$;
SELECT f, compare(f)
FROM (VALUES (1, '{"a": 1}'), (2, '{"a": {"$exists": false}}'), (3, '{"a.b": 1}'), (4, '{"a.b.c": 1, "b": 1}'), (5, '{"z": 1}'), (6, '{"z": {"$gt": 0}, "a": {"$lt": 2}, "s": {"$exists": true}}'),
                   (7, '{"": 1}'), (8, '{"sevenxx": 1, "sixsix": 1}'), (9, '{"a name of fourteen": 1}'), (10, '{"fourteenbytes!": 5}'), (10, '{"fourteenbytes?": {"$exists": false}}'), (11, '{"fifteen bytes !": 5}'), (12, '{"thirteenbytes": {"$exists": true}}'),
                   (13, '{"bin": {"$exists": true}, "t": true}'), (14, '{"l": 1, "f": {"$lt": 2}, "dec": 1}'), (15, '{"code": {"$type": "javascriptWithScope"}}'), (16, '{"min": {"$type": "minKey"}}'),
                   (17, '{"f40": 40, "a": 1}'), (18, '{"a.c.d": 1, "a.c.e": 2}'), (19, '{"a.c": {"$elemMatch": {"d": 1, "e": 2}}}'), (20, '{"a": {"$type": "string"}}'), (21, '{"r": {"$regex": "a"}, "o": {"$exists": true}}'),
                   (22, '{"$or": [{"a": 2}, {"b.a": 1}, {"ab": 1, "aa": "a"}]}'), (23, '{"a.1.b": 1}'), (24, '{"x": 1, "a.b": {"$gte": 1}}')) AS v(n, f) ORDER BY n, f;
DROP SCHEMA walk CASCADE;
