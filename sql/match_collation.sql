-- Filters by a collation, which the filter brings.
\set VERBOSITY sqlstate
\pset null '(null)'

CREATE TABLE collated (id int, doc bson);
INSERT INTO collated
SELECT n, format('{"_id": %s, "a": %s}', n, a)::bson
FROM (VALUES (1, '"foo"'), (2, '"FOO"'), (3, '"Fóo"'), (4, '"bar"'), (5, '["Foo", "x"]'), (6, '{"b": "Foo"}'),
             (7, '{"b": "foo"}'), (8, '[["foo"]]'), (9, '10'), (10, '"10"'), (11, '"9"'), (12, 'null'),
             (13, '{"B": "foo"}'), (14, '[{"b": "FOO", "c": 1}]'), (15, '{"$regularExpression": {"pattern": "foo", "options": ""}}'),
             (16, '{"$symbol": "foo"}'), (17, '"f-oo"'), (18, '""')) AS v(n, a);

CREATE FUNCTION ids(filter text, coll text) RETURNS text LANGUAGE sql
    RETURN (SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '-') FROM collated
            WHERE doc @@ (left(filter, -1) || CASE WHEN filter = '{}' THEN '' ELSE ', ' END ||
                          '"$collation": ' || coll || '}')::bson);

SELECT n, ids(f, '{"locale": "simple"}') AS simple, ids(f, '{"locale": "en"}') AS tertiary,
       ids(f, '{"locale": "en", "strength": 2}') AS secondary, ids(f, '{"locale": "en", "strength": 1}') AS primary
FROM (VALUES
    (1, '{"a": "foo"}'),
    (2, '{"a": {"$eq": "FOO"}}'),
    (3, '{"a": {"$ne": "foo"}}'),
    (4, '{"a": {"$gt": "fop"}}'),
    (5, '{"a": {"$gt": "FOO"}}'),
    (6, '{"a": {"$gte": "FOO"}}'),
    (7, '{"a": {"$lt": "foo"}}'),
    (8, '{"a": {"$lte": "Foo"}}'),
    (9, '{"a": {"$in": ["FOO", "BAR", 10]}}'),
    (10, '{"a": {"$in": ["FOO"]}}'),
    (11, '{"a": {"$nin": ["foo", "bar"]}}'),
    (12, '{"a": {"$in": ["FOO", {"$regularExpression": {"pattern": "^BAR", "options": ""}}]}}'),
    (13, '{"a": {"$all": ["foo", "X"]}}'),
    (14, '{"a": {"$elemMatch": {"$eq": "FOO"}}}'),
    (15, '{"a": {"$elemMatch": {"b": "foo", "c": 1}}}'),
    (16, '{"a": {"b": "foo"}}'),
    (17, '{"a.b": "foo"}'),
    (18, '{"a": ["foo", "X"]}'),
    (19, '{"a": ["FOO"]}'),
    (20, '{"a": {"$not": {"$eq": "foo"}}}'),
    (21, '{"$or": [{"a": "FOO"}, {"a": "BAR"}]}'),
    (22, '{"$nor": [{"a": "FOO"}, {"a": "BAR"}]}'),
    (23, '{"a": {"$regex": "^f"}}'),
    (24, '{"a": {"$regularExpression": {"pattern": "^FOO", "options": ""}}}'),
    (25, '{"$expr": {"$eq": ["$a", "FOO"]}}'),
    (26, '{"$expr": {"$in": ["$a", ["FOO", "BAR"]]}}'),
    (27, '{"a": "foo", "$expr": {"$lt": ["$_id", 2]}}'),
    (28, '{"$jsonSchema": {"properties": {"a": {"enum": ["FOO"]}}}}'),
    (29, '{"a": {"$type": "string"}}'),
    (30, '{"a": {"$exists": true}, "_id": {"$lt": 3}}'),
    (31, '{"a": {"$gt": 5}}'),
    (32, '{"a": null}'),
    (33, '{"a": {"$gt": {"b": "FOO"}}}'),
    (34, '{"a": {"$gte": ["Foo"]}}'),
    (35, '{"a": {"$gt": {"$minKey": 1}}, "_id": {"$lt": 5}}'),
    (36, '{}')
) AS v(n, f)
ORDER BY n;

SELECT ids('{"a": {"$gt": "9"}}', '{"locale": "en", "numericOrdering": true}') AS numeric,
       ids('{"a": "foo"}', '{"locale": "en", "alternate": "shifted"}') AS shifted,
       ids('{"a": "foo"}', '{"locale": "en", "alternate": "shifted", "strength": 1}') AS shifted_primary,
       ids('{"a": "foo"}', '{"locale": "en", "strength": 1, "caseLevel": true}') AS case_level;

-- A large list.
SELECT count(*) FROM collated
WHERE doc @@ (SELECT format('{"a": {"$in": [%s]}, "$collation": {"locale": "en", "strength": 2}}',
                            string_agg(format('"w%s"', n), ', ') || ', "BAR"')::bson FROM generate_series(1, 2000) n);

-- It must stand at the top, and make sense.
SELECT count(*) FROM collated WHERE doc @@ '{"$and": [{"$collation": {"locale": "en"}}]}';
SELECT count(*) FROM collated WHERE doc @@ '{"a": {"$elemMatch": {"$collation": {"locale": "en"}}}}';
SELECT count(*) FROM collated WHERE doc @@ '{"a": "foo", "$collation": {"locale": "xx"}}';
SELECT count(*) FROM collated WHERE doc @@ '{"a": "foo", "$collation": "en"}';
SELECT count(*) FROM collated WHERE doc @@ '{"a": "foo", "$collation": {}}';

-- With variables, from which the collation may come too.
SELECT string_agg(id::text, ' ' ORDER BY id) FROM collated
WHERE docdb.matches(doc, '{"$expr": {"$eq": ["$a", "$$v"]}, "$collation": {"locale": "en", "strength": 2}}', '{"v": "FOO"}');
SELECT string_agg(id::text, ' ' ORDER BY id) FROM collated
WHERE docdb.matches(doc, '{"$expr": {"$eq": ["$a", "$$v"]}}', '{"v": "FOO", "$collation": {"locale": "en", "strength": 2}}');
SELECT string_agg(id::text, ' ' ORDER BY id) FROM collated
WHERE docdb.matches(doc, '{"a": "FOO"}', '{"$collation": {"locale": "en", "strength": 2}}');

-- The _id that a filter requires: strings may equal others.
SELECT docdb.filter_id('{"_id": "a", "$collation": {"locale": "en", "strength": 2}}') AS string,
       docdb.filter_id('{"_id": {"$eq": "a"}, "$collation": {"locale": "en", "strength": 2}}') AS eq,
       docdb.filter_id('{"_id": {"x": 1}, "$collation": {"locale": "en", "strength": 2}}') AS document,
       docdb.filter_id('{"_id": 1, "$collation": {"locale": "en", "strength": 2}}') AS number,
       docdb.filter_id('{"_id": "a", "$collation": {"locale": "simple"}}') AS simple;
SELECT * FROM docdb.filter_equalities('{"a": "x", "b": {"$eq": 1}, "$collation": {"locale": "en", "strength": 2}}');
SELECT docdb.filter_explain('{"a": "bar"}', '{"a": "foo", "$collation": {"locale": "en"}}');

DROP FUNCTION ids;
DROP TABLE collated;
