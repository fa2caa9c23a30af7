-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION docdb" to load this file. \quit

CREATE SCHEMA docdb;
GRANT USAGE ON SCHEMA docdb TO PUBLIC;
COMMENT ON SCHEMA docdb IS 'document database functions';

CREATE FUNCTION docdb.error_info(sqlstate text, OUT code integer, OUT name text)
    AS 'MODULE_PATHNAME', 'docdb_error_info' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.error_info(text) IS
    'MongoDB''s error code and name of a SQLSTATE raised by docdb';

CREATE FUNCTION docdb.error_names(OUT code integer, OUT name text, OUT sqlstate text)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'docdb_error_names' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.error_names() IS
    'the MongoDB error codes that have names, with the SQLSTATE of each';
