-- The index access method bson_btree.

CREATE FUNCTION docdb.bson_btree_handler(internal) RETURNS index_am_handler
    AS 'MODULE_PATHNAME', 'docdb_bson_btree_handler' LANGUAGE C;
CREATE ACCESS METHOD bson_btree TYPE INDEX HANDLER docdb.bson_btree_handler;
COMMENT ON ACCESS METHOD bson_btree IS 'B-tree over documents, with MongoDB''s index semantics';

CREATE FUNCTION docdb.index_options(internal) RETURNS void
    AS 'MODULE_PATHNAME', 'docdb_index_options' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION docdb.key_sortsupport(internal) RETURNS void
    AS 'MODULE_PATHNAME', 'docdb_key_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE OPERATOR CLASS bson_keys DEFAULT FOR TYPE bson USING bson_btree AS
    OPERATOR 1 @@ (bson, bson),
    OPERATOR 2 <~> (bson, bson) FOR ORDER BY pg_catalog.bytea_ops,
    FUNCTION 1 pg_catalog.byteacmp(bytea, bytea),
    FUNCTION 2 docdb.key_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid),
    FUNCTION 4 (bytea, bytea) pg_catalog.btequalimage(oid),
    FUNCTION 5 docdb.index_options(internal),
    STORAGE bytea;
COMMENT ON OPERATOR CLASS bson_keys USING bson_btree IS 'keys of documents, as its options say';

-- The GIN operator class bson_ops.  Its operator is one that only the planner puts into statements:
-- the filter to its right asks for no more than what the index can tell of documents.

CREATE FUNCTION docdb.gin_options(internal) RETURNS void
    AS 'MODULE_PATHNAME', 'docdb_gin_options' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION docdb.gin_extract_value(bson, internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_gin_extract_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.gin_extract_query(bson, internal, smallint, internal, internal, internal,
                                        internal)
    RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_gin_extract_query' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.gin_compare_partial(bytea, bytea, smallint, internal) RETURNS integer
    AS 'MODULE_PATHNAME', 'docdb_gin_compare_partial' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.gin_consistent(internal, smallint, bson, integer, internal, internal,
                                     internal)
    RETURNS "char"
    AS 'MODULE_PATHNAME', 'docdb_gin_consistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION docdb.index_filter(filter bson, index regclass) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_index_filter' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.index_filter(bson, regclass) IS
    'what of a filter a GIN index of operator class bson_ops can answer';

CREATE OPERATOR docdb.@@* (
    LEFTARG = bson,
    RIGHTARG = bson,
    FUNCTION = docdb.match,
    RESTRICT = docdb.match_sel,
    JOIN = docdb.match_join_sel
);
COMMENT ON OPERATOR docdb.@@* (bson, bson) IS 'condition of an index of operator class bson_ops';

CREATE OPERATOR CLASS bson_ops DEFAULT FOR TYPE bson USING gin AS
    OPERATOR 1 docdb.@@* (bson, bson),
    FUNCTION 1 pg_catalog.byteacmp(bytea, bytea),
    FUNCTION 2 docdb.gin_extract_value(bson, internal, internal),
    FUNCTION 3 docdb.gin_extract_query(bson, internal, smallint, internal, internal, internal,
                                       internal),
    FUNCTION 5 docdb.gin_compare_partial(bytea, bytea, smallint, internal),
    FUNCTION 6 docdb.gin_consistent(internal, smallint, bson, integer, internal, internal,
                                    internal),
    FUNCTION 7 docdb.gin_options(internal),
    STORAGE bytea;
COMMENT ON OPERATOR CLASS bson_ops USING gin IS 'all paths and values of documents, for @@';

CREATE FUNCTION docdb.index_check(index regclass) RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_index_check' LANGUAGE C STRICT;
COMMENT ON FUNCTION docdb.index_check(regclass) IS
    'checks an index of documents against its table: the number of its entries, or an error';
