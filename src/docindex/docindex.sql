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

CREATE FUNCTION docdb.index_check(index regclass) RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_index_check' LANGUAGE C STRICT;
COMMENT ON FUNCTION docdb.index_check(regclass) IS
    'checks a bson_btree index against its table: the number of its entries, or an error';
