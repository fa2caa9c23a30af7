CREATE FUNCTION docdb.eval(expression bson_value, document bson, variables bson DEFAULT NULL)
    RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_eval' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.eval(bson_value, bson, bson) IS
    'value of an aggregation expression for a document, NULL where it is missing';

CREATE FUNCTION docdb.expression_operators(OUT name text, OUT min_args integer,
                                           OUT max_args integer)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'docdb_expression_operators' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.expression_operators() IS
    'the operators of aggregation expressions; a form of its own where min_args is NULL';

CREATE FUNCTION docdb.accumulators(OUT name text, OUT aggregate text, OUT is_expression boolean,
                                   OUT is_ordered boolean, OUT is_removable boolean,
                                   OUT compares boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'docdb_accumulators' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.accumulators() IS 'the accumulators, with the aggregate of each';

-- Every accumulator has the same functions, so they are made from the list.
DO $do$
DECLARE
    accum record;
BEGIN
    FOR accum IN SELECT * FROM docdb.accumulators() LOOP
        EXECUTE format($$
            CREATE FUNCTION docdb.%1$s_step(state internal, value bson_value) RETURNS internal
                AS 'MODULE_PATHNAME', 'docdb_%1$s_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
            CREATE FUNCTION docdb.%1$s_combine(state internal, other internal) RETURNS internal
                AS 'MODULE_PATHNAME', 'docdb_%1$s_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
            CREATE FUNCTION docdb.%1$s_write(state internal) RETURNS bytea
                AS 'MODULE_PATHNAME', 'docdb_%1$s_write'
                LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION docdb.%1$s_read(bytes bytea, dummy internal) RETURNS internal
                AS 'MODULE_PATHNAME', 'docdb_%1$s_read'
                LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
            CREATE FUNCTION docdb.%1$s_final(state internal) RETURNS bson_value
                AS 'MODULE_PATHNAME', 'docdb_%1$s_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
            $$, accum.aggregate);
        IF accum.is_removable THEN
            EXECUTE format($$
                CREATE FUNCTION docdb.%1$s_remove(state internal, value bson_value)
                    RETURNS internal
                    AS 'MODULE_PATHNAME', 'docdb_%1$s_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
                $$, accum.aggregate);
        END IF;
        EXECUTE format($$
            CREATE AGGREGATE docdb.%1$s(value bson_value) (
                SFUNC = docdb.%1$s_step, STYPE = internal, FINALFUNC = docdb.%1$s_final,
                COMBINEFUNC = docdb.%1$s_combine, SERIALFUNC = docdb.%1$s_write,
                DESERIALFUNC = docdb.%1$s_read, PARALLEL = SAFE %2$s);
            COMMENT ON AGGREGATE docdb.%1$s(bson_value) IS %3$L;
            $$, accum.aggregate,
            CASE WHEN accum.is_removable THEN format(', MSFUNC = docdb.%1$s_step,
                MINVFUNC = docdb.%1$s_remove, MSTYPE = internal, MFINALFUNC = docdb.%1$s_final',
                accum.aggregate) ELSE '' END,
            format('the accumulator %s', accum.name));
        CONTINUE WHEN NOT accum.compares;

        -- The same by a collation.
        EXECUTE format($$
            CREATE FUNCTION docdb.%1$s_step(state internal, value bson_value, collation bson)
                RETURNS internal
                AS 'MODULE_PATHNAME', 'docdb_%1$s_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
            $$, accum.aggregate);
        IF accum.is_removable THEN
            EXECUTE format($$
                CREATE FUNCTION docdb.%1$s_remove(state internal, value bson_value,
                                                  collation bson) RETURNS internal
                    AS 'MODULE_PATHNAME', 'docdb_%1$s_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
                $$, accum.aggregate);
        END IF;
        EXECUTE format($$
            CREATE AGGREGATE docdb.%1$s(value bson_value, collation bson) (
                SFUNC = docdb.%1$s_step, STYPE = internal, FINALFUNC = docdb.%1$s_final,
                COMBINEFUNC = docdb.%1$s_combine, SERIALFUNC = docdb.%1$s_write,
                DESERIALFUNC = docdb.%1$s_read, PARALLEL = SAFE %2$s);
            COMMENT ON AGGREGATE docdb.%1$s(bson_value, bson) IS %3$L;
            $$, accum.aggregate,
            CASE WHEN accum.is_removable THEN format(', MSFUNC = docdb.%1$s_step,
                MINVFUNC = docdb.%1$s_remove, MSTYPE = internal, MFINALFUNC = docdb.%1$s_final',
                accum.aggregate) ELSE '' END,
            format('the accumulator %s by a collation', accum.name));
    END LOOP;
END
$do$;
