-- The tour that `make demo` gives: run by psql, which prints each statement, its output and its time.
\set QUIET on
\pset footer off
\pset border 1
\pset columns 100
SET search_path = shop, public;
\set ECHO queries
\timing on

\echo
\echo '== Insert: the collection is created by its first document'
SELECT docdb.insert_one('people', '{"name": "Ada", "born": 1815, "langs": ["en", "fr"]}');
SELECT docdb.insert_many('people', ARRAY[
    '{"_id": 1, "name": "Alan", "born": 1912, "langs": ["en"]}',
    '{"_id": 2, "name": "Grace", "born": 1906, "langs": ["en", "de"]}',
    '{"_id": 3, "name": "Sofia", "born": 1850, "langs": ["ru", "de", "fr"]}']::bson[]);

\echo
\echo '== Find: filter, projection, sort, limit'
SELECT * FROM docdb.find('people', '{"langs": "fr", "born": {"$lt": 1900}}',
                         projection => '{"_id": 0, "langs": 0}', sort => '{"born": -1}');
SELECT * FROM docdb.find('iso.languages', '{"name": {"$regex": "^Old ", "$options": "i"}, "type": "H"}',
                         projection => '{"_id": 1, "name": 1}', sort => '{"name": 1}', "limit" => 5);
SELECT * FROM docdb.find('orders',
    '{"address.country": "JP", "items": {"$elemMatch": {"quantity": {"$gte": 9}, "price": {"$gt": 95}}}}',
    projection => '{"placed": 1, "total": 1, "address.city": 1}', sort => '{"total": -1}', "limit" => 3);

\echo
\echo '== Find one by _id'
SELECT docdb.find_one('iso.countries', '{"_id": "NL"}');

\echo
\echo '== Update: operators, one document and many'
SELECT * FROM docdb.update_one('people', '{"name": "Ada"}',
    '{"$set": {"died": 1852}, "$push": {"langs": "it"}, "$inc": {"papers": 1}}');
SELECT docdb.find_one('people', '{"name": "Ada"}', '{"_id": 0}');
SELECT * FROM docdb.update_many('orders', '{"status": "new", "total": {"$lt": 20}}',
    '{"$set": {"status": "paid"}, "$currentDate": {"changed": true}}');

\echo
\echo '== Upsert'
SELECT matched_count, modified_count, upserted_id FROM docdb.update_one('people', '{"_id": 4, "name": "Emmy"}',
    '{"$set": {"born": 1882}, "$setOnInsert": {"langs": ["de"]}}', '{"upsert": true}');

\echo
\echo '== Aggregate: the best-selling articles'
SELECT * FROM docdb.aggregate('orders', '[
    {"$match": {"status": "paid"}},
    {"$unwind": "$items"},
    {"$group": {"_id": "$items.article",
                "sold": {"$sum": "$items.quantity"},
                "revenue": {"$sum": {"$multiply": ["$items.quantity", "$items.price"]}},
                "orders": {"$sum": 1}}},
    {"$sort": {"revenue": -1}},
    {"$limit": 5}]');

\echo
\echo '== The SQL that an aggregation runs as'
\pset format unaligned
\pset tuples_only on
SELECT docdb.to_sql('shop', '{"aggregate": "orders", "cursor": {}, "pipeline": [
    {"$match": {"status": "paid"}}, {"$group": {"_id": "$address.country", "n": {"$sum": 1}}},
    {"$sort": {"n": -1}}, {"$limit": 3}]}');

\pset format aligned
\pset tuples_only off

\echo
\echo '== EXPLAIN works on documents as on any table'
EXPLAIN (ANALYZE, COSTS OFF, SUMMARY OFF)
SELECT doc FROM orders WHERE doc @@ '{"address.country": "JP", "total": {"$gt": 900}}'
ORDER BY doc <~> '{"total": -1}' LIMIT 3;

\echo
\echo '== An index serves filter and sort'
SELECT docdb.create_index('orders', '{"address.country": 1, "total": -1}');
EXPLAIN (ANALYZE, COSTS OFF, SUMMARY OFF)
SELECT doc FROM orders WHERE doc @@ '{"address.country": "JP", "total": {"$gt": 900}}'
ORDER BY doc <~> '{"total": -1}' LIMIT 3;

\echo
\echo '== A plain SQL join of two collections'
SELECT c.doc ->> 'name' AS country, count(*) AS orders, round(sum((o.doc ->> 'total')::numeric), 2) AS total
FROM orders o JOIN iso.countries c ON c._id = o.doc -> 'address.country'
GROUP BY 1 ORDER BY 3 DESC LIMIT 5;

\echo
\echo '== MongoDB''s own command documents'
\pset format unaligned
\pset tuples_only on
SELECT docdb.command('iso', '{"find": "currencies", "filter": {"name": {"$regex": "Peso"}}, "limit": 2}');
SELECT docdb.command('shop', '{"count": "orders", "query": {"items.2": {"$exists": false}}}');
