CREATE FUNCTION docdb.bson_get(bson, text) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_bson_get' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_get(bson, text) IS 'implementation of -> operator';

CREATE FUNCTION docdb.bson_get_text(bson, text) RETURNS text
    AS 'MODULE_PATHNAME', 'docdb_bson_get_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_get_text(bson, text) IS 'implementation of ->> operator';

CREATE FUNCTION docdb.bson_value_get(bson_value, text) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_bson_value_get' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_value_get(bson_value, text) IS 'implementation of -> operator';

CREATE FUNCTION docdb.bson_value_get_text(bson_value, text) RETURNS text
    AS 'MODULE_PATHNAME', 'docdb_bson_value_get_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_value_get_text(bson_value, text) IS 'implementation of ->> operator';

CREATE OPERATOR -> (FUNCTION = docdb.bson_get, LEFTARG = bson, RIGHTARG = text);
COMMENT ON OPERATOR -> (bson, text) IS
    'value at a dotted path of names and array indexes, NULL where there is none';

CREATE OPERATOR ->> (FUNCTION = docdb.bson_get_text, LEFTARG = bson, RIGHTARG = text);
COMMENT ON OPERATOR ->> (bson, text) IS
    'text of the value at a dotted path, NULL where there is none or it is null';

CREATE OPERATOR -> (FUNCTION = docdb.bson_value_get, LEFTARG = bson_value, RIGHTARG = text);
COMMENT ON OPERATOR -> (bson_value, text) IS
    'value at a dotted path of names and array indexes, NULL where there is none';

CREATE OPERATOR ->> (FUNCTION = docdb.bson_value_get_text, LEFTARG = bson_value, RIGHTARG = text);
COMMENT ON OPERATOR ->> (bson_value, text) IS
    'text of the value at a dotted path, NULL where there is none or it is null';

CREATE FUNCTION docdb.to_text(bson_value) RETURNS text
    AS 'MODULE_PATHNAME', 'docdb_bson_value_to_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.to_text(bson_value) IS
    'plain text of a scalar, Extended JSON of a document or array, NULL of null';
