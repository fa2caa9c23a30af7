-- NULL and odd values in every argument: an error with a code or a sensible result, never a crash.
\set VERBOSITY sqlstate
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA args;
SET search_path = args, public;
SELECT docdb.insert_one('c', '{"_id": 1, "a": 1}');

CREATE FUNCTION outcome(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE 'SELECT string_agg(x::text, '' '') FROM (SELECT ' || call || ' AS x) y' INTO result;
    RETURN COALESCE(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE) || ' ' || SQLERRM;
END $$;

-- Every function with NULL for each argument in turn, the others being sensible.
CREATE TABLE functions (name text, args text[]);
INSERT INTO functions VALUES
    ('find', ARRAY['''c''', '''{"a": 1}''', '''{"a": 1}''', '''{"a": 1}''', '0', '1', '''{}''']),
    ('find_one', ARRAY['''c''', '''{"a": 1}''', '''{"a": 1}''', '''{"a": 1}''', '''{}''']),
    ('count_documents', ARRAY['''c''', '''{"a": 1}''', '''{}''']),
    ('estimated_document_count', ARRAY['''c''']),
    ('distinct', ARRAY['''c''', '''a''', '''{"a": 1}''', '''{}''']),
    ('insert_one', ARRAY['''c''', '''{"_id": 2}''', '''{}''']),
    ('insert_many', ARRAY['''c''', '''{}''', '''{}''']),
    ('update_one', ARRAY['''c''', '''{"_id": 1}''', '''{"$set": {"b": 1}}''', '''{}''']),
    ('update_many', ARRAY['''c''', '''{"_id": 1}''', '''{"$set": {"b": 1}}''', '''{}''']),
    ('replace_one', ARRAY['''c''', '''{"_id": 1}''', '''{"a": 1}''', '''{}''']),
    ('delete_one', ARRAY['''c''', '''{"_id": 0}''', '''{}''']),
    ('delete_many', ARRAY['''c''', '''{"_id": 0}''', '''{}''']),
    ('find_one_and_update', ARRAY['''c''', '''{"_id": 1}''', '''{"$set": {"b": 1}}''', '''{}''']),
    ('find_one_and_replace', ARRAY['''c''', '''{"_id": 1}''', '''{"a": 1}''', '''{}''']),
    ('find_one_and_delete', ARRAY['''c''', '''{"_id": 0}''', '''{}''']),
    ('bulk_write', ARRAY['''c''', '''[]''', '''{}''']),
    ('create_collection', ARRAY['''c''', '''{}''']),
    ('drop_collection', ARRAY['''x''']),
    ('rename_collection', ARRAY['''c''', '''c''', 'false']),
    ('list_collections', ARRAY['''args''', '''{"name": "x"}''']),
    ('create_index', ARRAY['''c''', '''{"a": 1}''', '''{}''']),
    ('drop_index', ARRAY['''c''', '''x''']),
    ('list_indexes', ARRAY['''x''']),
    ('document_id', ARRAY['''{"a": 1}''']),
    ('distinct_values', ARRAY['''{"a": 1}''', '''"a"''']);
SELECT name, n, outcome(format('docdb.%s(%s)', name,
        (SELECT string_agg(CASE i WHEN n THEN 'NULL' ELSE arg END, ', ' ORDER BY i) FROM unnest(args) WITH ORDINALITY a(arg, i))))
    FROM functions, generate_series(0, cardinality(args)) n ORDER BY name, n;
-- All arguments NULL.
SELECT name, outcome(format('docdb.%s(%s)', name, (SELECT string_agg('NULL', ', ') FROM unnest(args))))
    FROM functions ORDER BY name;

-- Values of a wrong type for an update.
SELECT u, outcome(format('docdb.update_one(''c'', ''{"_id": 1}'', %L)', u)), outcome(format('docdb.replace_one(''c'', ''{"_id": 1}'', %L)', u)),
    outcome(format('docdb.bulk_write(''c'', %L)', u))
    FROM unnest(ARRAY['1', '"text"', 'null', 'true', '[]', '[1]', '{}', '{"$oid": "0123456789abcdef01234567"}', '{"": 1}', '{"$": 1}']) u;

-- Text that is no document.
SELECT docdb.find('c', '[]');
SELECT docdb.find('c', '{"a": ');
SELECT docdb.insert_one('c', '5');
SELECT docdb.update_one('c', '{"_id": 1}', '{');

DROP SCHEMA args CASCADE;
