CREATE FUNCTION docdb.to_canonical_json(bson_value) RETURNS text
    AS 'MODULE_PATHNAME', 'docdb_to_canonical_json'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.to_canonical_json(bson_value) IS
    'canonical Extended JSON of a document or value, with the type of every value';

CREATE FUNCTION docdb.to_relaxed_json(bson_value) RETURNS text
    AS 'MODULE_PATHNAME', 'docdb_to_relaxed_json'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.to_relaxed_json(bson_value) IS
    'relaxed Extended JSON of a document or value, with all numbers but decimals as plain numbers';

CREATE FUNCTION docdb.type_name(bson_value) RETURNS text
    AS 'MODULE_PATHNAME', 'docdb_type_name' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.type_name(bson_value) IS 'MongoDB''s name of a value''s type';

CREATE FUNCTION docdb.object_id() RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_object_id' LANGUAGE C VOLATILE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.object_id() IS 'a new ObjectId';

CREATE FUNCTION docdb.size(bson) RETURNS integer
    AS 'MODULE_PATHNAME', 'docdb_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.size(bson) IS 'size of a document in bytes';

CREATE FUNCTION docdb.binary_data(bson_value) RETURNS bytea
    AS 'MODULE_PATHNAME', 'docdb_binary_data' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.binary_data(bson_value) IS 'the bytes of a binary value';
