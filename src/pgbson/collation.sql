-- Collations.

CREATE FUNCTION docdb.collation(bson) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_collation' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.collation(bson) IS
    'a collation with all its fields; NULL for the simple one';

CREATE FUNCTION docdb.collation_version(bson) RETURNS text
    AS 'MODULE_PATHNAME', 'docdb_collation_version' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.collation_version(bson) IS
    'the version of ICU''s rules for a collation; NULL for the simple one';

CREATE FUNCTION docdb.compare(a bson_value, b bson_value, collation bson) RETURNS integer
    AS 'MODULE_PATHNAME', 'docdb_compare_collated' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.compare(bson_value, bson_value, bson) IS
    '-1, 0 or 1: how the values compare by a collation';

CREATE FUNCTION docdb.hash(value bson_value, collation bson) RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_hash_collated' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.hash(bson_value, bson) IS
    'a hash that is the same for values that a collation takes for equal';

CREATE FUNCTION docdb.key_string(value bson_value, descending boolean, collation bson)
    RETURNS bytea
    AS 'MODULE_PATHNAME', 'docdb_key_string' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.key_string(bson_value, boolean, bson) IS
    'bytes that compare as the value does by a collation';
