-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION docdb" to load this file. \quit

CREATE SCHEMA docdb;
GRANT USAGE ON SCHEMA docdb TO PUBLIC;
COMMENT ON SCHEMA docdb IS 'document database functions';
