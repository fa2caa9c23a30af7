CREATE FUNCTION docdb.compare(bson_value, bson_value) RETURNS integer
    AS 'MODULE_PATHNAME', 'docdb_bson_value_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.compare(bson_value, bson_value) IS
    '-1, 0 or 1: how the values compare in MongoDB''s order';

CREATE FUNCTION docdb.key_string(value bson_value, descending boolean DEFAULT false) RETURNS bytea
    AS 'MODULE_PATHNAME', 'docdb_key_string' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.key_string(bson_value, boolean) IS
    'bytes that compare as the value does';

CREATE FUNCTION docdb.sort_key(document bson, specification bson) RETURNS bytea
    AS 'MODULE_PATHNAME', 'docdb_sort_key' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.sort_key(bson, bson) IS
    'bytes that sort as documents do by a sort specification';

CREATE OPERATOR <~> (
    LEFTARG = bson, RIGHTARG = bson, FUNCTION = docdb.sort_key
);
COMMENT ON OPERATOR <~> (bson, bson) IS 'sort key for a sort specification';

CREATE FUNCTION docdb.bson_lt(bson, bson) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_lt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_le(bson, bson) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_le'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_eq(bson, bson) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_eq'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_ne(bson, bson) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_ne'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_ge(bson, bson) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_ge'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_gt(bson, bson) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_gt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_cmp(bson, bson) RETURNS integer
    AS 'MODULE_PATHNAME', 'docdb_bson_cmp'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_sortsupport(internal) RETURNS void
    AS 'MODULE_PATHNAME', 'docdb_bson_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_hash(bson) RETURNS integer
    AS 'MODULE_PATHNAME', 'docdb_bson_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_hash_extended(bson, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_bson_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE OPERATOR < (
    LEFTARG = bson, RIGHTARG = bson, FUNCTION = docdb.bson_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR <= (
    LEFTARG = bson, RIGHTARG = bson, FUNCTION = docdb.bson_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR = (
    LEFTARG = bson, RIGHTARG = bson, FUNCTION = docdb.bson_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR <> (
    LEFTARG = bson, RIGHTARG = bson, FUNCTION = docdb.bson_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR >= (
    LEFTARG = bson, RIGHTARG = bson, FUNCTION = docdb.bson_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
CREATE OPERATOR > (
    LEFTARG = bson, RIGHTARG = bson, FUNCTION = docdb.bson_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

CREATE OPERATOR CLASS bson_ops DEFAULT FOR TYPE bson USING btree AS
    OPERATOR 1 <,
    OPERATOR 2 <=,
    OPERATOR 3 =,
    OPERATOR 4 >=,
    OPERATOR 5 >,
    FUNCTION 1 docdb.bson_cmp(bson, bson),
    FUNCTION 2 docdb.bson_sortsupport(internal);

CREATE OPERATOR CLASS bson_ops DEFAULT FOR TYPE bson USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 docdb.bson_hash(bson),
    FUNCTION 2 docdb.bson_hash_extended(bson, bigint);

COMMENT ON OPERATOR < (bson, bson) IS 'less than, in MongoDB''s order';
COMMENT ON OPERATOR <= (bson, bson) IS 'less than or equal, in MongoDB''s order';
COMMENT ON OPERATOR = (bson, bson) IS 'equal, in MongoDB''s order';
COMMENT ON OPERATOR <> (bson, bson) IS 'not equal, in MongoDB''s order';
COMMENT ON OPERATOR >= (bson, bson) IS 'greater than or equal, in MongoDB''s order';
COMMENT ON OPERATOR > (bson, bson) IS 'greater than, in MongoDB''s order';

CREATE FUNCTION docdb.bson_value_lt(bson_value, bson_value) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_value_lt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_value_le(bson_value, bson_value) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_value_le'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_value_eq(bson_value, bson_value) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_value_eq'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_value_ne(bson_value, bson_value) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_value_ne'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_value_ge(bson_value, bson_value) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_value_ge'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_value_gt(bson_value, bson_value) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_value_gt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_value_cmp(bson_value, bson_value) RETURNS integer
    AS 'MODULE_PATHNAME', 'docdb_bson_value_cmp'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION docdb.bson_value_sortsupport(internal) RETURNS void
    AS 'MODULE_PATHNAME', 'docdb_bson_value_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_value_hash(bson_value) RETURNS integer
    AS 'MODULE_PATHNAME', 'docdb_bson_value_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_value_hash_extended(bson_value, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_bson_value_hash_extended'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION docdb.value_range_sel(internal, oid, internal, integer) RETURNS double precision
    AS 'MODULE_PATHNAME', 'docdb_value_range_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_range_sel(internal, oid, internal, integer) IS
    'restriction selectivity of < <= >= > on values';

CREATE OPERATOR < (
    LEFTARG = bson_value, RIGHTARG = bson_value, FUNCTION = docdb.bson_value_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = docdb.value_range_sel, JOIN = scalarltjoinsel
);
CREATE OPERATOR <= (
    LEFTARG = bson_value, RIGHTARG = bson_value, FUNCTION = docdb.bson_value_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = docdb.value_range_sel, JOIN = scalarlejoinsel
);
CREATE OPERATOR = (
    LEFTARG = bson_value, RIGHTARG = bson_value, FUNCTION = docdb.bson_value_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR <> (
    LEFTARG = bson_value, RIGHTARG = bson_value, FUNCTION = docdb.bson_value_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR >= (
    LEFTARG = bson_value, RIGHTARG = bson_value, FUNCTION = docdb.bson_value_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = docdb.value_range_sel, JOIN = scalargejoinsel
);
CREATE OPERATOR > (
    LEFTARG = bson_value, RIGHTARG = bson_value, FUNCTION = docdb.bson_value_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = docdb.value_range_sel, JOIN = scalargtjoinsel
);

CREATE OPERATOR CLASS bson_value_ops DEFAULT FOR TYPE bson_value USING btree AS
    OPERATOR 1 <,
    OPERATOR 2 <=,
    OPERATOR 3 =,
    OPERATOR 4 >=,
    OPERATOR 5 >,
    FUNCTION 1 docdb.bson_value_cmp(bson_value, bson_value),
    FUNCTION 2 docdb.bson_value_sortsupport(internal);

CREATE OPERATOR CLASS bson_value_ops DEFAULT FOR TYPE bson_value USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 docdb.bson_value_hash(bson_value),
    FUNCTION 2 docdb.bson_value_hash_extended(bson_value, bigint);

COMMENT ON OPERATOR < (bson_value, bson_value) IS 'less than, in MongoDB''s order';
COMMENT ON OPERATOR <= (bson_value, bson_value) IS 'less than or equal, in MongoDB''s order';
COMMENT ON OPERATOR = (bson_value, bson_value) IS 'equal, in MongoDB''s order';
COMMENT ON OPERATOR <> (bson_value, bson_value) IS 'not equal, in MongoDB''s order';
COMMENT ON OPERATOR >= (bson_value, bson_value) IS 'greater than or equal, in MongoDB''s order';
COMMENT ON OPERATOR > (bson_value, bson_value) IS 'greater than, in MongoDB''s order';
