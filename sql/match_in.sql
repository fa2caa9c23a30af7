-- Long lists of $in find what a disjunction of equalities finds, whatever the types.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA lists;
SET search_path = lists, public;
CREATE TABLE v (n serial, text text);
INSERT INTO v (text) VALUES ('0'), ('-0.0'), ('1'), ('1.0'), ('{"$numberLong": "1"}'), ('1.5'), ('{"$numberDouble": "NaN"}'), ('{"$numberDouble": "Infinity"}'), ('{"$numberDouble": "-Infinity"}'), ('-7'), ('{"$numberLong": "9007199254740992"}'),
    ('{"$numberLong": "9007199254740993"}'), ('9007199254740992.0'), ('{"$numberLong": "9223372036854775807"}'), ('9223372036854775808.0'), ('{"$numberLong": "-9223372036854775808"}'), ('2147483648'), ('""'), ('"a"'), ('{"$symbol": "a"}'),
    ('"eightbyt"'), ('"eightbyts"'), ('"eightby"'), ('"sixteen bytes !!"'), ('"sixteen bytes !?"'), ('"a longer string than two words have"'), ('"a\u0000b"'), ('"1"'), ('null'), ('true'), ('false'), ('{"$oid": "0123456789abcdef01234567"}'),
    ('{"$oid": "0123456789abcdef01234568"}'), ('{"$oid": "1123456789abcdef01234567"}'), ('{"$date": {"$numberLong": "0"}}'), ('{"$date": {"$numberLong": "1"}}'), ('{"$timestamp": {"t": 0, "i": 1}}'), ('{"$minKey": 1}'), ('{"$maxKey": 1}'), ('[]'), ('[1, "a"]'),
    ('{}'), ('{"x": 1}'), ('{"$binary": {"base64": "YQ==", "subType": "00"}}'), ('{"$code": "a"}');
INSERT INTO v (text) VALUES ('{"$numberDecimal": "1"}'), ('{"$numberDecimal": "NaN"}'), ('{"$numberDecimal": "9007199254740993"}'), ('{"$numberDecimal": "0.1"}'), ('0.1');
CREATE TABLE docs AS SELECT n, format('{"a": %s}', text)::bson AS doc FROM v;
INSERT INTO docs SELECT 100 + n, format('{"a": [99, %s]}', text)::bson AS doc FROM v;
INSERT INTO docs VALUES (200, '{}'), (201, '{"a": [[1]]}'), (202, '{"a": {"b": 1}}');

-- Without decimals among the values, with them, and one by one among others.
CREATE FUNCTION compare(texts text[]) RETURNS text LANGUAGE sql AS $$
    SELECT format('%s found, %s differ', count(*) FILTER (WHERE listed), count(*) FILTER (WHERE listed <> disjoined OR listed = unlisted))
    FROM (SELECT doc @@ format('{"a": {"$in": [%s]}}', array_to_string(texts, ', '))::bson AS listed, doc @@ format('{"a": {"$nin": [%s]}}', array_to_string(texts, ', '))::bson AS unlisted,
                 doc @@ format('{"$or": [%s]}', (SELECT string_agg(format('{"a": %s}', t), ', ') FROM unnest(texts) AS t))::bson AS disjoined FROM docs) AS s
$$;
SELECT compare(array_agg(text)) FROM v WHERE n <= 45;
SELECT compare(array_agg(text)) FROM v;
SELECT compare(array_agg(text ORDER BY n DESC)) FROM v WHERE n % 2 = 0 AND n <= 45;
SELECT compare(array_agg(text ORDER BY md5(text))) FROM v WHERE n % 2 = 1;
SELECT v.text, compare(array_agg((-i)::text) || v.text) FROM v, generate_series(101, 120) AS i GROUP BY n, v.text ORDER BY n;
SELECT compare(array_agg(i::text)) FROM generate_series(-3000, 3000) AS i;
SELECT compare(array_agg(to_json('k' || i)::text)) FROM generate_series(1, 3000) AS i;

-- Strings of a collation are looked up by it.
SELECT count(*) FROM docs WHERE doc @@ format('{"a": {"$in": ["A", %s]}, "$collation": {"locale": "en", "strength": 2}}', (SELECT string_agg(i::text, ',') FROM generate_series(101, 200) AS i))::bson;
SELECT count(*) FROM docs WHERE doc @@ format('{"a": {"$in": ["A", %s]}}', (SELECT string_agg(i::text, ',') FROM generate_series(101, 200) AS i))::bson;

-- What makes no sense is an error wherever in the list it is, also without a document.
SELECT docdb.count_documents('lists.none', format('{"a": {"$in": [%s, {"$gt": 1}]}}', (SELECT string_agg(i::text, ',') FROM generate_series(1, 100) AS i))::bson);
SELECT docdb.count_documents('lists.none', format('{"a": {"$in": [%s, {"$undefined": true}]}}', (SELECT string_agg(i::text, ',') FROM generate_series(1, 100) AS i))::bson);
DROP SCHEMA lists CASCADE;
