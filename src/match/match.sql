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

-- Parts of the filter language that other statements are made of.

CREATE FUNCTION docdb.matches_element(element bson_value, condition bson_value) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_matches_element' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.matches_element(bson_value, bson_value) IS
    'whether $pull with this condition would remove the element';

CREATE FUNCTION docdb.filter_equalities(filter bson, OUT path text, OUT value bson_value)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'docdb_filter_equalities' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.filter_equalities(bson) IS
    'the fields that an upsert with this filter puts into the new document';

CREATE FUNCTION docdb.filter_id(filter bson) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_filter_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.filter_id(bson) IS
    'the _id that every document that matches has, or NULL where the filter names none';
