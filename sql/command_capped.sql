-- Capped collections as copies of others.
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA cc;
SET search_path = cc, public;
CREATE FUNCTION pg_temp.run(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN replace(docdb.command('cc', command::bson)::text, '"id": {"$numberLong": "0"}, ', '');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;

SELECT docdb.insert_many('plain', ARRAY['{"_id": 3}', '{"_id": 1}', '{"_id": 2}']::bson[]);
SELECT docdb.create_index('plain', '{"a": 1}');
SELECT docdb.find('plain', sort => '{"$natural": -1}');
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"cloneCollectionAsCapped": "none", "toCollection": "c", "size": 30}'),
    ('{"cloneCollectionAsCapped": "plain", "toCollection": "c"}'),
    ('{"cloneCollectionAsCapped": "plain", "toCollection": "c", "size": 0}'),
    ('{"cloneCollectionAsCapped": "plain", "toCollection": "c", "size": 30}'),
    ('{"cloneCollectionAsCapped": "plain", "toCollection": "c", "size": 30}'),
    ('{"find": "c"}'),
    ('{"convertToCapped": "none", "size": 30}'),
    ('{"convertToCapped": "plain", "size": "x"}'),
    ('{"convertToCapped": "plain", "size": 20}'),
    ('{"find": "plain"}'),
    ('{"convertToCapped": "plain", "size": 200}'),
    ('{"insert": "plain", "documents": [{"_id": 8}, {"_id": 7}]}'),
    ('{"find": "plain"}')) AS c (c);
SELECT doc ->> 'name', doc -> 'options' FROM docdb.list_collections('cc', '{"name": {"$in": ["c", "plain"]}}') AS doc;
SELECT docdb.list_indexes('plain');
DROP SCHEMA cc CASCADE;
