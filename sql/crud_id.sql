-- Conditions and sorts on _id use the primary key, and mean what the filter and the sort mean.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA ids;
SET search_path = ids, public;

-- _ids of every type.
CREATE TABLE samples (id bson_value);
INSERT INTO samples VALUES
    ('{"$minKey": 1}'), ('null'), ('{"$numberDouble": "NaN"}'), ('{"$numberDouble": "-Infinity"}'), ('-1'), ('0'), ('{"$numberLong": "1"}'),
    ('1.5'), ('{"$numberDecimal": "2"}'), ('{"$numberLong": "9007199254740993"}'), ('{"$numberDouble": "Infinity"}'), ('""'), ('"a"'), ('"b"'),
    ('{"$symbol": "aa"}'), ('{}'), ('{"a": 1}'), ('{"a": "x", "b": 2}'), ('{"$binary": {"base64": "", "subType": "00"}}'),
    ('{"$binary": {"base64": "AQID", "subType": "04"}}'), ('{"$oid": "000000000000000000000000"}'), ('{"$oid": "ffffffffffffffffffffffff"}'),
    ('false'), ('true'), ('{"$date": "1969-12-31T00:00:00Z"}'), ('{"$date": "2020-01-01T00:00:00Z"}'), ('{"$timestamp": {"t": 0, "i": 1}}'),
    ('{"$timestamp": {"t": 4000000000, "i": 1}}'), ('{"$code": "f()"}'), ('{"$maxKey": 1}');
SELECT docdb.insert_many('c', array_agg(format('{"_id": %s}', id)::bson)) FROM samples;

-- Every comparison with each of them and with values that are no _id: with the index as without.
CREATE TABLE operands AS SELECT id FROM samples
    UNION ALL VALUES ('1'::bson_value), ('{"$numberDouble": "1.0"}'), ('[1]'), ('[]'), ('{"a": 1.0}'), ('"A"');
CREATE FUNCTION without_index(filter bson) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(doc::text, ' ' ORDER BY _id) FROM ids.c WHERE doc @@ filter
$$;
CREATE FUNCTION with_index(filter bson) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(d::text, ' ' ORDER BY docdb.document_id(d)) FROM docdb.find('ids.c', filter) d
$$;
CREATE TABLE filters AS
    SELECT format('{"_id": {"%s": %s}}', op, id) AS filter FROM operands, unnest(ARRAY['$eq', '$gt', '$gte', '$lt', '$lte', '$ne']) op
    UNION ALL SELECT format('{"_id": %s}', id) FROM operands WHERE docdb.type_name(id) <> 'object'
    UNION ALL SELECT format('{"_id": {"$in": [%s, %s]}}', a.id, b.id) FROM operands a, operands b
    UNION ALL SELECT format('{"_id": {"$gt": %s, "$lte": %s}}', a.id, b.id) FROM operands a, operands b
    UNION ALL SELECT format('{"_id": {"$gte": %s}, "x": {"$exists": %s}}', id, b) FROM operands, unnest(ARRAY['true', 'false']) b
    UNION ALL SELECT format('{"$and": [{"_id": {"$gte": %s}}, {"_id": %s}]}', id, id) FROM operands WHERE docdb.type_name(id) <> 'object'
    UNION ALL VALUES ('{"_id": {"$in": []}}'), ('{"_id": {"$in": [{"$regularExpression": {"pattern": "^a", "options": ""}}, 0]}}'), ('{"_id": {"$nin": [0]}}'),
        ('{"_id": {"$in": [[1], 0]}}'), ('{"_id": {"$not": {"$gt": 0}}}'), ('{"_id": {"$gt": 0, "$ne": 1.5}}'), ('{"_id": {"$exists": true, "$lt": 0}}'),
        ('{"_id": {"$gte": 0, "$in": [0, 1, "a"]}}'), ('{"_id": {"$type": "string", "$gt": "a"}}'), ('{"_id": {"$gt": 0}, "$or": [{"_id": 1.5}, {"x": 1}]}');
SELECT count(*) > 2000, count(*) FILTER (WHERE without_index(filter::bson) IS NOT NULL) > 1000 FROM filters;
SELECT filter, without_index(filter::bson) AS expected, with_index(filter::bson) AS got FROM filters
    WHERE without_index(filter::bson) IS DISTINCT FROM with_index(filter::bson);
-- What the filter refuses is refused.
SELECT docdb.find('c', '{"_id": {"$in": 5}}');
SELECT docdb.find('c', '{"_id": {"$gt": {"$regularExpression": {"pattern": "a", "options": ""}}}}');

-- The order of the column is that of the sort.
SELECT count(*), count(*) FILTER (WHERE a IS DISTINCT FROM b) FROM
    (SELECT docdb.find('c', sort => '{"_id": 1}') AS a, docdb.find('c', sort => '{"_id": 1, "none": 1}') AS b) x;
SELECT count(*), count(*) FILTER (WHERE a IS DISTINCT FROM b) FROM
    (SELECT docdb.find('c', sort => '{"_id": -1.0}') AS a, docdb.find('c', sort => '{"_id": -1, "none": 1}') AS b) x;
SELECT docdb.find('c', sort => '{"_id": 2}');
SELECT docdb.find('c', sort => '{"_id": 1, "_id": 1}');

-- They are index scans.
SELECT docdb.insert_many('large', array_agg(format('{"_id": %s, "pad": "%s"}', i, repeat('x', 100))::bson)) FROM generate_series(1, 20000) i;
VACUUM ANALYZE large;
CREATE FUNCTION scans() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    RETURN (SELECT format('sequential %s, index %s, rows %s', pg_stat_get_xact_numscans('ids.large'::regclass), pg_stat_get_xact_numscans('ids.large_pkey'::regclass) > 12,
                          pg_stat_get_xact_tuples_returned('ids.large'::regclass)));
END $$;
SELECT pg_stat_force_next_flush();
BEGIN;
SELECT docdb.find_one('large', '{"_id": 777}', '{"pad": 0}');
SELECT docdb.find('large', '{"_id": {"$gt": 19990}}', '{"pad": 0}', '{"_id": 1}', "limit" => 2);
SELECT docdb.find('large', '{"_id": {"$lte": 3}}', '{"pad": 0}', '{"_id": -1}');
SELECT docdb.find('large', '{"_id": {"$in": [5, 19999, 7]}}', '{"pad": 0}', '{"_id": 1}');
SELECT docdb.find('large', '{}', '{"pad": 0}', '{"_id": -1}', "limit" => 1);
SELECT docdb.count_documents('large', '{"_id": {"$gte": 100, "$lt": 110}}');
SELECT docdb.update_one('large', '{"_id": 5}', '{"$set": {"x": 1}}'), docdb.update_many('large', '{"_id": {"$in": [1, 2]}}', '{"$set": {"x": 1}}');
SELECT docdb.replace_one('large', '{"_id": 6}', '{"x": 1}'), docdb.update_one('large', '{"_id": {"$gt": 10, "$lt": 20}}', '{"$set": {"x": 1}}', '{"sort": {"_id": -1}}');
SELECT docdb.find_one_and_update('large', '{"_id": 8}', '{"$set": {"x": 1}}', '{"projection": {"pad": 0}, "returnDocument": "after"}');
SELECT docdb.delete_one('large', '{"_id": 9}'), docdb.delete_many('large', '{"_id": {"$gt": 19995}}'), docdb.find_one_and_delete('large', '{"_id": 10}', '{"projection": {"pad": 0}}');
SELECT scans();
SELECT docdb.count_documents('large', '{"pad": 5}');
SELECT scans();
ROLLBACK;

DROP SCHEMA ids CASCADE;
