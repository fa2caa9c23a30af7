-- MongoDB's commands.

CREATE FUNCTION docdb.command(database text, command bson) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_command' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION docdb.command(text, bson) IS 'runs a MongoDB command and returns its reply';

CREATE FUNCTION docdb.commands(OUT name text, OUT takes_collection boolean,
                               OUT is_explainable boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'docdb_commands' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.commands() IS 'the commands that docdb.command knows';

CREATE FUNCTION docdb.to_sql(database text, command bson) RETURNS text
    AS 'MODULE_PATHNAME', 'docdb_to_sql' LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION docdb.to_sql(text, bson) IS
    'the SQL that a find, count, distinct, aggregate, update or delete command runs as';

CREATE FUNCTION docdb.explain(database text, command bson,
                              verbosity text DEFAULT 'queryPlanner')
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_explain' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION docdb.explain(text, bson, text) IS
    'how a command is run, as MongoDB explains it, with PostgreSQL''s plan inside';
