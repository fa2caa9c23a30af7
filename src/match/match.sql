-- Filters.

CREATE FUNCTION docdb.match_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_match_support' LANGUAGE C STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.match_support(internal) IS 'planner support of filters';

CREATE FUNCTION docdb.match_sel(internal, oid, internal, integer) RETURNS double precision
    AS 'MODULE_PATHNAME', 'docdb_match_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.match_sel(internal, oid, internal, integer) IS
    'restriction selectivity of @@';

CREATE FUNCTION docdb.match_join_sel(internal, oid, internal, smallint, internal)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'docdb_match_join_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.match_join_sel(internal, oid, internal, smallint, internal) IS
    'join selectivity of @@';

-- A filter may hold $expr with $$NOW or $rand, or $sampleRate, whose results change.  docdb.match
-- is IMMUTABLE all the same, so that @@ can stand in index predicates and be served by indexes:
-- PostgreSQL only computes a call ahead of time when the document is a constant too, and where it
-- stores results (index predicates, generated columns) such filters are for the user to avoid.
-- docdb.matches makes no such promise.

CREATE FUNCTION docdb.match(document bson, filter bson) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_match' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    SUPPORT docdb.match_support;
COMMENT ON FUNCTION docdb.match(bson, bson) IS 'implementation of @@ operator';

CREATE OPERATOR @@ (
    LEFTARG = bson,
    RIGHTARG = bson,
    FUNCTION = docdb.match,
    RESTRICT = docdb.match_sel,
    JOIN = docdb.match_join_sel
);
COMMENT ON OPERATOR @@ (bson, bson) IS 'document matches filter';

CREATE FUNCTION docdb.matches(document bson, filter bson, variables bson DEFAULT NULL)
    RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_matches' LANGUAGE C STABLE PARALLEL SAFE COST 10
    SUPPORT docdb.match_support;
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

CREATE FUNCTION docdb.filter_explain(document bson, filter bson) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_filter_explain' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.filter_explain(bson, bson) IS
    'why the document does not match the filter, or NULL where it does';

CREATE FUNCTION docdb.equals_any(path bson_value, "values" bson_value[],
                                 or_missing boolean DEFAULT false)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_equals_any' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.equals_any(bson_value, bson_value[], boolean) IS
    'the filter that the value at a path is one of those; null for a path without value, if asked';

CREATE FUNCTION docdb.equals_any(path bson_value, "values" bson_value[], or_missing boolean,
                                 collation bson)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_equals_any' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.equals_any(bson_value, bson_value[], boolean, bson) IS
    'the same filter by a collation';
