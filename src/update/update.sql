-- Updates.  `update` is a document of operators, a replacement document, or an array (a pipeline).
-- `variables` holds the values of the variables that a pipeline may name; `is_insert` makes
-- $setOnInsert take effect; `array_filters` is the array that $[name] in paths refers to; `filter`
-- is what the document was found by, which says what $ in paths refers to.

CREATE FUNCTION docdb.update_document(document bson, update bson_value,
        variables bson DEFAULT NULL, is_insert boolean DEFAULT false,
        array_filters bson_value DEFAULT NULL, filter bson DEFAULT NULL)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_update_document' LANGUAGE C VOLATILE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.update_document(bson, bson_value, bson, boolean, bson_value, bson) IS
    'the document after the update, or the document itself where the update changes nothing';

-- For the statement that updates rows, which must leave alone those that do not change:
-- COALESCE(docdb.updated(doc, ...), doc) is docdb.update_document(doc, ...).
CREATE FUNCTION docdb.updated(document bson, update bson_value,
        variables bson DEFAULT NULL, is_insert boolean DEFAULT false,
        array_filters bson_value DEFAULT NULL, filter bson DEFAULT NULL)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_updated' LANGUAGE C VOLATILE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.updated(bson, bson_value, bson, boolean, bson_value, bson) IS
    'the document after the update, or NULL where the update changes nothing';

CREATE FUNCTION docdb.upsert_document(filter bson, update bson_value,
        variables bson DEFAULT NULL, array_filters bson_value DEFAULT NULL)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_upsert_document' LANGUAGE C VOLATILE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.upsert_document(bson, bson_value, bson, bson_value) IS
    'the document that an upsert with this filter and update inserts';

CREATE FUNCTION docdb.update_operators(OUT name text, OUT creates_fields boolean,
        OUT only_on_insert boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'docdb_update_operators' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.update_operators() IS 'the update operators';
