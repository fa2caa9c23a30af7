-- Text needs no casts here: PostgreSQL casts through the input and output functions, as for jsonb,
-- so text::bson reads Extended JSON and bson::text writes it.  docdb.to_value(text) makes a string.
--
-- Casts from scalars to bson_value are for assignment.  Were they implicit, nonsense like
-- "true = 1" would mean a comparison of BSON values instead of an error.

CREATE FUNCTION docdb.bson_to_jsonb(bson) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'docdb_bson_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_to_jsonb(bson) IS 'a document as jsonb, by relaxed Extended JSON';

CREATE FUNCTION docdb.bson_to_json(bson) RETURNS json
    AS 'MODULE_PATHNAME', 'docdb_bson_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_to_json(bson) IS 'a document as json, by relaxed Extended JSON';

CREATE FUNCTION docdb.bson_from_jsonb(jsonb) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_bson_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_from_jsonb(jsonb) IS 'a document of jsonb, read as Extended JSON';

CREATE FUNCTION docdb.bson_from_json(json) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_bson_from_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_from_json(json) IS 'a document of json, read as Extended JSON';

CREATE FUNCTION docdb.bson_from_bytea(bytea) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_bson_from_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_from_bytea(bytea) IS 'a document of BSON bytes, validated';

CREATE CAST (bson AS jsonb) WITH FUNCTION docdb.bson_to_jsonb(bson) AS ASSIGNMENT;
COMMENT ON CAST (bson AS jsonb) IS 'relaxed Extended JSON';

CREATE CAST (bson AS json) WITH FUNCTION docdb.bson_to_json(bson) AS ASSIGNMENT;
COMMENT ON CAST (bson AS json) IS 'relaxed Extended JSON';

CREATE CAST (jsonb AS bson) WITH FUNCTION docdb.bson_from_jsonb(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS bson) IS 'Extended JSON';

CREATE CAST (json AS bson) WITH FUNCTION docdb.bson_from_json(json) AS ASSIGNMENT;
COMMENT ON CAST (json AS bson) IS 'Extended JSON';

CREATE CAST (bson AS bytea) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (bson AS bytea) IS 'BSON bytes';

CREATE CAST (bytea AS bson) WITH FUNCTION docdb.bson_from_bytea(bytea) AS ASSIGNMENT;
COMMENT ON CAST (bytea AS bson) IS 'BSON bytes, validated';

CREATE FUNCTION docdb.bson_to_value(bson) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_bson_to_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_to_value(bson) IS 'a document as a value';

CREATE FUNCTION docdb.bson_from_value(bson_value) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_bson_from_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.bson_from_value(bson_value) IS 'a value that is a document';

CREATE CAST (bson AS bson_value) WITH FUNCTION docdb.bson_to_value(bson) AS IMPLICIT;
COMMENT ON CAST (bson AS bson_value) IS 'a document as a value';

CREATE CAST (bson_value AS bson) WITH FUNCTION docdb.bson_from_value(bson_value) AS ASSIGNMENT;
COMMENT ON CAST (bson_value AS bson) IS 'a value that is a document';

CREATE FUNCTION docdb.value_to_jsonb(bson_value) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'docdb_value_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_to_jsonb(bson_value) IS
    'a value as jsonb, by relaxed Extended JSON';

CREATE FUNCTION docdb.value_from_jsonb(jsonb) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_value_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_from_jsonb(jsonb) IS 'a value of jsonb, read as Extended JSON';

CREATE FUNCTION docdb.value_from_bytea(bytea) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_value_from_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_from_bytea(bytea) IS
    'a value of its type byte and BSON payload, validated';

CREATE CAST (bson_value AS jsonb) WITH FUNCTION docdb.value_to_jsonb(bson_value) AS ASSIGNMENT;
COMMENT ON CAST (bson_value AS jsonb) IS 'relaxed Extended JSON';

CREATE CAST (jsonb AS bson_value) WITH FUNCTION docdb.value_from_jsonb(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS bson_value) IS 'Extended JSON';

CREATE CAST (bson_value AS bytea) WITHOUT FUNCTION AS ASSIGNMENT;
COMMENT ON CAST (bson_value AS bytea) IS 'type byte and BSON payload';

CREATE CAST (bytea AS bson_value) WITH FUNCTION docdb.value_from_bytea(bytea) AS ASSIGNMENT;
COMMENT ON CAST (bytea AS bson_value) IS 'type byte and BSON payload, validated';

CREATE FUNCTION docdb.value_to_int4(bson_value) RETURNS integer
    AS 'MODULE_PATHNAME', 'docdb_value_to_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_to_int4(bson_value) IS 'a number rounded to integer; NULL of null';

CREATE FUNCTION docdb.value_from_int4(integer) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_value_from_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_from_int4(integer) IS 'an int';

CREATE CAST (bson_value AS integer) WITH FUNCTION docdb.value_to_int4(bson_value);
COMMENT ON CAST (bson_value AS integer) IS 'a number rounded to integer; NULL of null';

CREATE CAST (integer AS bson_value) WITH FUNCTION docdb.value_from_int4(integer) AS ASSIGNMENT;
COMMENT ON CAST (integer AS bson_value) IS 'an int';

CREATE FUNCTION docdb.value_to_int8(bson_value) RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_value_to_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_to_int8(bson_value) IS 'a number rounded to bigint; NULL of null';

CREATE FUNCTION docdb.value_from_int8(bigint) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_value_from_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_from_int8(bigint) IS 'a long';

CREATE CAST (bson_value AS bigint) WITH FUNCTION docdb.value_to_int8(bson_value);
COMMENT ON CAST (bson_value AS bigint) IS 'a number rounded to bigint; NULL of null';

CREATE CAST (bigint AS bson_value) WITH FUNCTION docdb.value_from_int8(bigint) AS ASSIGNMENT;
COMMENT ON CAST (bigint AS bson_value) IS 'a long';

CREATE FUNCTION docdb.value_to_float8(bson_value) RETURNS double precision
    AS 'MODULE_PATHNAME', 'docdb_value_to_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_to_float8(bson_value) IS
    'a number as double precision; NULL of null';

CREATE FUNCTION docdb.value_from_float8(double precision) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_value_from_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_from_float8(double precision) IS 'a double';

CREATE CAST (bson_value AS double precision) WITH FUNCTION docdb.value_to_float8(bson_value);
COMMENT ON CAST (bson_value AS double precision) IS 'a number as double precision; NULL of null';

CREATE CAST (double precision AS bson_value)
    WITH FUNCTION docdb.value_from_float8(double precision) AS ASSIGNMENT;
COMMENT ON CAST (double precision AS bson_value) IS 'a double';

CREATE FUNCTION docdb.value_to_numeric(bson_value) RETURNS numeric
    AS 'MODULE_PATHNAME', 'docdb_value_to_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_to_numeric(bson_value) IS 'a number as numeric; NULL of null';

CREATE FUNCTION docdb.value_from_numeric(numeric) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_value_from_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_from_numeric(numeric) IS 'a decimal, exactly';

CREATE CAST (bson_value AS numeric) WITH FUNCTION docdb.value_to_numeric(bson_value);
COMMENT ON CAST (bson_value AS numeric) IS 'a number as numeric; NULL of null';

CREATE CAST (numeric AS bson_value) WITH FUNCTION docdb.value_from_numeric(numeric) AS ASSIGNMENT;
COMMENT ON CAST (numeric AS bson_value) IS 'a decimal, exactly';

CREATE FUNCTION docdb.value_to_bool(bson_value) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_value_to_bool' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_to_bool(bson_value) IS 'a boolean; NULL of null';

CREATE FUNCTION docdb.value_from_bool(boolean) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_value_from_bool' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_from_bool(boolean) IS 'a boolean';

CREATE CAST (bson_value AS boolean) WITH FUNCTION docdb.value_to_bool(bson_value);
COMMENT ON CAST (bson_value AS boolean) IS 'a boolean; NULL of null';

CREATE CAST (boolean AS bson_value) WITH FUNCTION docdb.value_from_bool(boolean) AS ASSIGNMENT;
COMMENT ON CAST (boolean AS bson_value) IS 'a boolean';

CREATE FUNCTION docdb.value_to_timestamptz(bson_value) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'docdb_value_to_timestamptz' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_to_timestamptz(bson_value) IS
    'a date, or the time in an ObjectId or timestamp; NULL of null';

CREATE FUNCTION docdb.value_from_timestamptz(timestamptz) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_value_from_timestamptz' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_from_timestamptz(timestamptz) IS 'a date, microseconds cut off';

CREATE CAST (bson_value AS timestamptz) WITH FUNCTION docdb.value_to_timestamptz(bson_value);
COMMENT ON CAST (bson_value AS timestamptz) IS
    'a date, or the time in an ObjectId or timestamp; NULL of null';

CREATE CAST (timestamptz AS bson_value)
    WITH FUNCTION docdb.value_from_timestamptz(timestamptz) AS ASSIGNMENT;
COMMENT ON CAST (timestamptz AS bson_value) IS 'a date, microseconds cut off';

CREATE FUNCTION docdb.value_to_uuid(bson_value) RETURNS uuid
    AS 'MODULE_PATHNAME', 'docdb_value_to_uuid' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_to_uuid(bson_value) IS
    'a UUID (binary data of subtype 4); NULL of null';

CREATE FUNCTION docdb.value_from_uuid(uuid) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_value_from_uuid' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.value_from_uuid(uuid) IS 'a UUID (binary data of subtype 4)';

CREATE CAST (bson_value AS uuid) WITH FUNCTION docdb.value_to_uuid(bson_value);
COMMENT ON CAST (bson_value AS uuid) IS 'a UUID (binary data of subtype 4); NULL of null';

CREATE CAST (uuid AS bson_value) WITH FUNCTION docdb.value_from_uuid(uuid) AS ASSIGNMENT;
COMMENT ON CAST (uuid AS bson_value) IS 'a UUID (binary data of subtype 4)';

CREATE FUNCTION docdb.to_value(anyelement) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_to_value' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.to_value(anyelement) IS
    'any SQL value as a BSON value: text as a string, arrays as arrays, rows as documents';
