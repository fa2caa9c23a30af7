-- Finding, inserting, updating and deleting documents.  A collection is named 'database.collection'
-- or 'collection', in the current schema.

CREATE FUNCTION docdb.find(
    collection text, filter bson DEFAULT '{}', projection bson DEFAULT NULL,
    sort bson DEFAULT NULL, skip bigint DEFAULT 0, "limit" bigint DEFAULT 0,
    options bson DEFAULT NULL) RETURNS SETOF bson
    AS 'MODULE_PATHNAME', 'docdb_find' LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION docdb.find(text, bson, bson, bson, bigint, bigint, bson) IS
    'the documents of a collection that match a filter';

CREATE FUNCTION docdb.find_one(
    collection text, filter bson DEFAULT '{}', projection bson DEFAULT NULL,
    sort bson DEFAULT NULL, options bson DEFAULT NULL) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_find_one' LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION docdb.find_one(text, bson, bson, bson, bson) IS
    'a document of a collection that matches a filter, the first by the sort, or NULL';

CREATE FUNCTION docdb.count_documents(
    collection text, filter bson DEFAULT '{}', options bson DEFAULT NULL) RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_count_documents' LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION docdb.count_documents(text, bson, bson) IS
    'how many documents of a collection match a filter';

CREATE FUNCTION docdb.estimated_document_count(collection text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_estimated_document_count'
    LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION docdb.estimated_document_count(text) IS
    'about how many documents a collection has, from PostgreSQL''s statistics where it is large';

CREATE FUNCTION docdb.distinct(
    collection text, path text, filter bson DEFAULT '{}', options bson DEFAULT NULL)
    RETURNS SETOF bson_value
    AS 'MODULE_PATHNAME', 'docdb_distinct' LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION docdb.distinct(text, text, bson, bson) IS
    'the different values at a path, elements of arrays each for itself, in their order';

CREATE FUNCTION docdb.distinct_values(document bson, path bson_value) RETURNS SETOF bson_value
    AS 'MODULE_PATHNAME', 'docdb_distinct_values'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 2;
COMMENT ON FUNCTION docdb.distinct_values(bson, bson_value) IS
    'the values that distinct finds in one document';

CREATE FUNCTION docdb.find_metadata(document bson, record tid, sort bson, keys bson) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_find_metadata' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.find_metadata(bson, tid, bson, bson) IS
    'what {$meta: <name>} gives in a find: the place of the row, the sort''s and the index''s key';

CREATE FUNCTION docdb.index_key(document bson, keys bson) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_index_key' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.index_key(bson, bson) IS
    'the first key that an index of these keys has for the document';

CREATE FUNCTION docdb.key_between(document bson, keys bson, min bson, max bson) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_key_between' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.key_between(bson, bson, bson, bson) IS
    'whether an index of these keys has one for the document from min on and before max';

CREATE FUNCTION docdb.document_id(document bson) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_document_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.document_id(bson) IS 'the document''s _id';

CREATE FUNCTION docdb.insert_one(collection text, document bson, options bson DEFAULT NULL)
    RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_insert_one' LANGUAGE C;
COMMENT ON FUNCTION docdb.insert_one(text, bson, bson) IS
    'inserts a document and returns its _id';

CREATE FUNCTION docdb.insert_many(collection text, documents bson[], options bson DEFAULT NULL)
    RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_insert_many' LANGUAGE C;
COMMENT ON FUNCTION docdb.insert_many(text, bson[], bson) IS
    'inserts documents and returns how many; an error undoes all of them';

CREATE FUNCTION docdb.update_one(
    collection text, filter bson, update bson_value, options bson DEFAULT NULL,
    OUT matched_count bigint, OUT modified_count bigint, OUT upserted_id bson_value)
    AS 'MODULE_PATHNAME', 'docdb_update_one' LANGUAGE C;
COMMENT ON FUNCTION docdb.update_one(text, bson, bson_value, bson) IS
    'updates one document that matches a filter';

CREATE FUNCTION docdb.update_many(
    collection text, filter bson, update bson_value, options bson DEFAULT NULL,
    OUT matched_count bigint, OUT modified_count bigint, OUT upserted_id bson_value)
    AS 'MODULE_PATHNAME', 'docdb_update_many' LANGUAGE C;
COMMENT ON FUNCTION docdb.update_many(text, bson, bson_value, bson) IS
    'updates all documents that match a filter';

CREATE FUNCTION docdb.replace_one(
    collection text, filter bson, replacement bson_value, options bson DEFAULT NULL,
    OUT matched_count bigint, OUT modified_count bigint, OUT upserted_id bson_value)
    AS 'MODULE_PATHNAME', 'docdb_replace_one' LANGUAGE C;
COMMENT ON FUNCTION docdb.replace_one(text, bson, bson_value, bson) IS
    'replaces one document that matches a filter';

CREATE FUNCTION docdb.delete_one(collection text, filter bson, options bson DEFAULT NULL)
    RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_delete_one' LANGUAGE C;
COMMENT ON FUNCTION docdb.delete_one(text, bson, bson) IS
    'deletes one document that matches a filter; returns how many';

CREATE FUNCTION docdb.delete_many(collection text, filter bson, options bson DEFAULT NULL)
    RETURNS bigint
    AS 'MODULE_PATHNAME', 'docdb_delete_many' LANGUAGE C;
COMMENT ON FUNCTION docdb.delete_many(text, bson, bson) IS
    'deletes all documents that match a filter; returns how many';

CREATE FUNCTION docdb.find_one_and_update(
    collection text, filter bson, update bson_value, options bson DEFAULT NULL) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_find_one_and_update' LANGUAGE C;
COMMENT ON FUNCTION docdb.find_one_and_update(text, bson, bson_value, bson) IS
    'updates one document and returns it as it was, or is with {"returnDocument": "after"}';

CREATE FUNCTION docdb.find_one_and_replace(
    collection text, filter bson, replacement bson_value, options bson DEFAULT NULL) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_find_one_and_replace' LANGUAGE C;
COMMENT ON FUNCTION docdb.find_one_and_replace(text, bson, bson_value, bson) IS
    'replaces one document and returns it as it was, or is with {"returnDocument": "after"}';

CREATE FUNCTION docdb.find_one_and_delete(
    collection text, filter bson, options bson DEFAULT NULL) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_find_one_and_delete' LANGUAGE C;
COMMENT ON FUNCTION docdb.find_one_and_delete(text, bson, bson) IS
    'deletes one document and returns it';

CREATE FUNCTION docdb.bulk_write(
    collection text, operations bson_value, options bson DEFAULT NULL) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_bulk_write' LANGUAGE C;
COMMENT ON FUNCTION docdb.bulk_write(text, bson_value, bson) IS
    'runs an array of write operations; returns counts, ids and writeErrors';
