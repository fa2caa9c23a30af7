-- Filters.

CREATE FUNCTION docdb.match(document bson, filter bson) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_match' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.match(bson, bson) IS 'implementation of @@ operator';

CREATE OPERATOR @@ (
    LEFTARG = bson,
    RIGHTARG = bson,
    FUNCTION = docdb.match,
    RESTRICT = contsel,
    JOIN = contjoinsel
);
COMMENT ON OPERATOR @@ (bson, bson) IS 'document matches filter';

CREATE FUNCTION docdb.matches(document bson, filter bson, variables bson DEFAULT NULL)
    RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_matches' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.matches(bson, bson, bson) IS
    'whether the document matches the filter, whose $expr may name the variables';

CREATE FUNCTION docdb.filter_operators(OUT name text, OUT place text, OUT supported boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'docdb_filter_operators' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.filter_operators() IS
    'the operators of filters: where each may stand, and whether docdb has it';
