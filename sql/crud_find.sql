-- find, find_one, count_documents, estimated_document_count, distinct.
\set VERBOSITY sqlstate
\pset format unaligned
SET client_min_messages = warning;
CREATE SCHEMA finds;
SET search_path = finds, public;
SELECT docdb.insert_many('people', ARRAY[
    '{"_id": 1, "name": "Ada", "born": 1815, "langs": ["en", "fr"], "home": {"city": "London", "zip": "W1"}}',
    '{"_id": 2, "name": "Blaise", "born": 1623, "langs": ["fr"]}',
    '{"_id": 3, "name": "Carl", "born": 1777, "langs": [], "home": {"city": "Brunswick"}}',
    '{"_id": 4, "name": "Emmy", "born": 1882, "langs": ["de", "en"], "home": null}',
    '{"_id": "five", "name": "Evariste", "born": 1811.0}']::bson[]);

-- Filters, and the whole of it.
SELECT * FROM docdb.find('people');
SELECT docdb.find('people', '{}') ->> 'name';
SELECT docdb.find('people', NULL) ->> 'name';
SELECT docdb.find('people', '{"langs": "fr", "born": {"$lt": 1900}}') ->> 'name';
SELECT docdb.find('people', '{"home.city": "London"}') ->> 'name';
SELECT docdb.find('people', '{"nothing": 1}');

-- Projection.
SELECT docdb.find('people', '{"_id": 1}', '{"name": 1}');
SELECT docdb.find('people', '{"_id": 1}', '{"_id": 0, "home.city": 1}');
SELECT docdb.find('people', '{"_id": 1}', '{"langs": 0, "home": 0}');
SELECT docdb.find('people', '{"_id": 1}', '{}');
SELECT docdb.find('people', '{"_id": 1}', '{"age": {"$subtract": [1852, "$born"]}}');
SELECT docdb.find('people', '{"_id": 1}', '{"name": 1, "born": 0}');

-- Sort, skip, limit.
SELECT docdb.find('people', sort => '{"born": 1}') ->> 'name';
SELECT docdb.find('people', sort => '{"born": -1}') ->> 'name';
SELECT docdb.find('people', sort => '{"langs": 1, "born": -1}') ->> 'name';
SELECT docdb.find('people', sort => '{"born": 1}', skip => 1, "limit" => 2) ->> 'name';
SELECT docdb.find('people', sort => '{"born": 1}', skip => 3) ->> 'name';
SELECT docdb.find('people', sort => '{"born": 1}', "limit" => 1) ->> 'name';
SELECT docdb.find('people', sort => '{"born": 1}', "limit" => 0) ->> 'name';
SELECT docdb.find('people', sort => '{"born": 1}', "limit" => -2) ->> 'name';
SELECT count(*) FROM docdb.find('people', "limit" => -9223372036854775808);
SELECT docdb.find('people', sort => '{"born": 1}', skip => NULL, "limit" => NULL) ->> 'name';
SELECT docdb.find('people', skip => 100);
SELECT docdb.find('people', skip => -1);
SELECT count(*) FROM docdb.find('people', sort => '{}');
SELECT count(*) FROM docdb.find('people', sort => '{"$natural": 1}');
SELECT count(*) FROM docdb.find('people', sort => '{"$natural": 1, "a": 1}');
SELECT docdb.find('people', sort => '{"born": 2}');
SELECT docdb.find('people', sort => '{"born": "up"}');

-- let.
SELECT docdb.find('people', '{"$expr": {"$lt": ["$born", "$$year"]}}', options => '{"let": {"year": 1800}}') ->> 'name';
SELECT docdb.find('people', '{"$expr": {"$lt": ["$born", "$$b"]}}',
                  options => '{"let": {"a": 1700, "b": {"$add": ["$$a", 100]}}}') ->> 'name';
SELECT docdb.find('people', '{"_id": 1}', '{"sum": {"$add": ["$born", "$$n"]}}', options => '{"let": {"n": 5}}');
SELECT docdb.find('people', '{"$expr": {"$lt": ["$born", "$$nothing"]}}', options => '{"let": {"year": 1800}}');
SELECT docdb.find('people', '{"$expr": {"$lt": ["$born", "$$year"]}}', options => '{"let": {"year": "$born"}}');

-- Equality on _id takes the primary key and finds what the filter means.
SELECT docdb.insert_many('ids', ARRAY['{"_id": null}', '{"_id": {"a": 1, "b": 2}}', '{"_id": "a"}',
    '{"_id": {"$oid": "0123456789abcdef01234567"}}', '{"_id": {}}', '{"_id": 1}', '{"_id": true}']::bson[]);
SELECT filter, docdb.find('ids', filter::bson) FROM (VALUES
    ('{"_id": null}'), ('{"_id": {"a": 1, "b": 2}}'), ('{"_id": {"b": 2, "a": 1}}'), ('{"_id": {"a": 1.0, "b": 2}}'),
    ('{"_id": "a"}'), ('{"_id": {"$regularExpression": {"pattern": "^a", "options": ""}}}'), ('{"_id": ["a"]}'), ('{"_id": []}'),
    ('{"_id": {"$oid": "0123456789abcdef01234567"}}'), ('{"_id": {}}'), ('{"_id": 1.0}'), ('{"_id": {"$numberDecimal": "1"}}'),
    ('{"_id": {"$eq": 1}}'), ('{"_id": {"$eq": 1, "$gt": 0}}'), ('{"_id": {"$eq": 1, "$gt": 1}}'), ('{"_id": {"$in": [1]}}'),
    ('{"_id": {"$in": [1, "a"]}}'), ('{"_id": {"$gte": 1}}'), ('{"_id": 1, "x": null}'), ('{"_id": 1, "x": 5}'),
    ('{"$and": [{"_id": 1}, {"x": null}]}'), ('{"$and": [{"_id": 1}, {"_id": "a"}]}'), ('{"$or": [{"_id": 1}, {"_id": "a"}]}'),
    ('{"_id": {"$exists": true}, "$nor": [{"_id": {"$type": "object"}}]}'), ('{"_id": true}'), ('{"_id": {"$not": {"$eq": 1}}, "$and": [{"_id": null}]}'),
    ('{"_id.a": 1}'), ('{"_id": {"$minKey": 1}}')) AS f(filter) ORDER BY filter COLLATE "C";
SELECT docdb.find('ids', '{"_id": {"$undefined": true}}');
-- The same with more to it.
SELECT docdb.find_one('people', '{"_id": 3}', '{"name": 1}');
SELECT docdb.find_one('people', '{"_id": 3, "born": 1777}', '{"name": 1}');
SELECT docdb.find_one('people', '{"$and": [{"born": 1777}, {"_id": 3}]}', '{"name": 1}');

-- find_one.
SELECT docdb.find_one('people') IS NOT NULL;
SELECT docdb.find_one('people', '{"langs": "en"}', '{"name": 1}', '{"born": -1}');
SELECT docdb.find_one('people', sort => '{"born": 1}', projection => '{"name": 1, "_id": 0}');
SELECT docdb.find_one('people', '{"nothing": 1}');
SELECT docdb.find_one('people', '{"$expr": {"$eq": ["$born", "$$y"]}}', '{"name": 1}', options => '{"let": {"y": 1777}}');

-- Counting.
SELECT docdb.count_documents('people');
SELECT docdb.count_documents('people', NULL);
SELECT docdb.count_documents('people', '{"langs": "en"}');
SELECT docdb.count_documents('people', '{"_id": 1}');
SELECT docdb.count_documents('people', '{"nothing": 1}');
SELECT docdb.count_documents('people', '{}', '{"skip": 1}');
SELECT docdb.count_documents('people', '{}', '{"limit": 2}');
SELECT docdb.count_documents('people', '{}', '{"skip": 4, "limit": 2}');
SELECT docdb.count_documents('people', '{}', '{"skip": -4}');
SELECT docdb.count_documents('people', '{"$expr": {"$lt": ["$born", "$$y"]}}', '{"let": {"y": 1800}}');
SELECT docdb.estimated_document_count('people');

-- An estimate only where the table is large.
SELECT docdb.insert_many('large', array_agg(format('{"_id": %s, "pad": "%s"}', i, repeat('x', 900))::bson)) FROM generate_series(1, 2000) i;
SELECT docdb.estimated_document_count('large');
ANALYZE large;
SELECT abs(docdb.estimated_document_count('large') - 2000) < 100;

-- distinct: arrays are unwound, a missing field is nothing, equal values are one; in their order.
SELECT docdb.distinct('people', 'name');
SELECT docdb.distinct('people', 'langs');
SELECT docdb.distinct('people', 'home');
SELECT docdb.distinct('people', 'home.city');
SELECT docdb.distinct('people', 'home.city', '{"born": {"$gt": 1800}}');
SELECT docdb.distinct('people', 'langs.0');
SELECT docdb.distinct('people', 'langs.5');
SELECT docdb.distinct('people', 'nothing');
SELECT docdb.distinct('people', '');
SELECT docdb.insert_many('nest', ARRAY[
    '{"_id": 1, "a": [{"b": 1}, {"b": [2, 3]}, {"b": [[4]]}, 5, {"c": 6}]}',
    '{"_id": 2, "a": {"b": [1.0, null, {"x": 1}]}}', '{"_id": 3, "a": []}', '{"_id": 4, "a": {"b": {"$numberLong": "1"}}}']::bson[]);
SELECT docdb.distinct('nest', 'a.b');
SELECT docdb.distinct('nest', 'a.1.b');
SELECT docdb.distinct('nest', 'a.b.0');
SELECT docdb.distinct('nest', 'a.b.x');
SELECT docdb.distinct('nest', 'a');
SELECT docdb.distinct_values('{"a": [1, [2], {"b": 3}]}', '"a"');
SELECT docdb.distinct_values('{"a": 1}', '5');

-- A missing collection is empty; a filter that makes no sense is an error all the same.
SELECT docdb.find('nowhere'), docdb.find_one('nowhere'), docdb.count_documents('nowhere'),
       docdb.estimated_document_count('nowhere');
SELECT docdb.find('nowhere', '{"a": 1}', '{"a": 1}', '{"a": 1}', 1, 1);
SELECT docdb.count_documents('nowhere', '{"_id": 1}', '{"skip": 1}');
SELECT docdb.distinct('nowhere', 'a');
SELECT docdb.find('nowhere', '{"a": {"$bad": 1}}');
SELECT docdb.find('nowhere', '{}', '{"a": 1, "b": 0}');
SELECT docdb.find('nowhere', sort => '{"a": 7}');
SELECT docdb.find('people', '{"_id": 1, "a": {"$bad": 1}}');
SELECT docdb.find_one('nowhere', '{"a": {"$bad": 1}}');
SELECT docdb.count_documents('nowhere', '{"a": {"$bad": 1}}');

-- Set-returning functions: several at once, stopped early, inside of functions, with an error halfway.
SELECT docdb.find('people', sort => '{"born": 1}') ->> 'name', docdb.find('people', '{"langs": "fr"}', sort => '{"born": -1}') ->> 'name';
SELECT docdb.find('large') -> '_id' LIMIT 2;
SELECT (SELECT count(*) FROM docdb.find('people', format('{"_id": %s}', i)::bson)) FROM generate_series(0, 5) i;
SELECT name, d ->> 'born' FROM (VALUES ('Ada'), ('Emmy'), ('Nobody')) v(name),
    LATERAL docdb.find('people', format('{"name": "%s"}', name)::bson) d;
BEGIN;
DECLARE c CURSOR FOR SELECT docdb.find('people', sort => '{"born": 1}') ->> 'name';
FETCH 2 FROM c;
SELECT docdb.insert_one('people', '{"_id": 6, "born": 1650, "name": "Newcomer"}');
SAVEPOINT s;
FETCH 1 FROM c;
SELECT 1 / 0;
ROLLBACK TO s;
SELECT docdb.delete_one('people', '{"_id": 6}');
FETCH ALL FROM c;
ROLLBACK;
DO $$
DECLARE
    d bson;
    n int := 0;
BEGIN
    FOR d IN SELECT docdb.find('people') LOOP
        BEGIN
            n := n + 1 / (n - 2);
        EXCEPTION WHEN division_by_zero THEN
            RETURN;
        END;
    END LOOP;
END $$;
SELECT docdb.find('people', '{"$expr": {"$divide": [1, {"$subtract": ["$born", 1777]}]}}') ->> 'name';
SELECT count(*) FROM docdb.find('people');

DROP SCHEMA finds CASCADE;
