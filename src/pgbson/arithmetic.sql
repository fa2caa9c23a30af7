CREATE FUNCTION docdb.bson_value_add(bson_value, bson_value) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_bson_value_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE OPERATOR + (
    LEFTARG = bson_value, RIGHTARG = bson_value,
    FUNCTION = docdb.bson_value_add, COMMUTATOR = +
);
COMMENT ON OPERATOR + (bson_value, bson_value) IS
    'sum, with MongoDB''s promotion of types';

CREATE FUNCTION docdb.bson_value_subtract(bson_value, bson_value) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_bson_value_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE OPERATOR - (
    LEFTARG = bson_value, RIGHTARG = bson_value,
    FUNCTION = docdb.bson_value_subtract
);
COMMENT ON OPERATOR - (bson_value, bson_value) IS
    'difference, with MongoDB''s promotion of types';

CREATE FUNCTION docdb.bson_value_multiply(bson_value, bson_value) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_bson_value_multiply' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE OPERATOR * (
    LEFTARG = bson_value, RIGHTARG = bson_value,
    FUNCTION = docdb.bson_value_multiply, COMMUTATOR = *
);
COMMENT ON OPERATOR * (bson_value, bson_value) IS
    'product, with MongoDB''s promotion of types';

CREATE FUNCTION docdb.bson_value_divide(bson_value, bson_value) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_bson_value_divide' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE OPERATOR / (
    LEFTARG = bson_value, RIGHTARG = bson_value,
    FUNCTION = docdb.bson_value_divide
);
COMMENT ON OPERATOR / (bson_value, bson_value) IS
    'quotient: a double, or a decimal where one is involved';
