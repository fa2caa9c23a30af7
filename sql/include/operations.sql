-- operations.sql: what the tests include that run the same operations on two collections.

CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';

-- Runs one operation, in which c stands for the collection; its result or its error.
CREATE FUNCTION try(operation text, c text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE 'SELECT string_agg(r::text, ''; '') FROM ' || replace(operation, '(c, ', '(' || quote_literal(c) || ', ') || ' AS r'
    INTO result;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
