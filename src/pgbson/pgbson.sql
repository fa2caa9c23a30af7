CREATE TYPE bson;
CREATE TYPE bson_value;

CREATE FUNCTION docdb.bson_in(cstring) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_bson_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_out(bson) RETURNS cstring
    AS 'MODULE_PATHNAME', 'docdb_bson_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_recv(internal) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_bson_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_send(bson) RETURNS bytea
    AS 'MODULE_PATHNAME', 'docdb_bson_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE bson (
    INPUT = docdb.bson_in,
    OUTPUT = docdb.bson_out,
    RECEIVE = docdb.bson_recv,
    SEND = docdb.bson_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE bson IS 'a BSON document';

CREATE FUNCTION docdb.bson_value_in(cstring) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_bson_value_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_value_out(bson_value) RETURNS cstring
    AS 'MODULE_PATHNAME', 'docdb_bson_value_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_value_recv(internal) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_bson_value_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.bson_value_send(bson_value) RETURNS bytea
    AS 'MODULE_PATHNAME', 'docdb_bson_value_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE bson_value (
    INPUT = docdb.bson_value_in,
    OUTPUT = docdb.bson_value_out,
    RECEIVE = docdb.bson_value_recv,
    SEND = docdb.bson_value_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE bson_value IS 'one BSON value of any type';

COMMENT ON FUNCTION docdb.bson_in(cstring) IS 'input function of bson: MongoDB Extended JSON v2';
COMMENT ON FUNCTION docdb.bson_out(bson) IS 'output function of bson: MongoDB Extended JSON v2';
COMMENT ON FUNCTION docdb.bson_recv(internal) IS 'binary input function of bson: BSON bytes';
COMMENT ON FUNCTION docdb.bson_send(bson) IS 'binary output function of bson: BSON bytes';
COMMENT ON FUNCTION docdb.bson_value_in(cstring) IS
    'input function of bson_value: MongoDB Extended JSON v2';
COMMENT ON FUNCTION docdb.bson_value_out(bson_value) IS
    'output function of bson_value: MongoDB Extended JSON v2';
COMMENT ON FUNCTION docdb.bson_value_recv(internal) IS
    'binary input function of bson_value: type byte and BSON payload';
COMMENT ON FUNCTION docdb.bson_value_send(bson_value) IS
    'binary output function of bson_value: type byte and BSON payload';
