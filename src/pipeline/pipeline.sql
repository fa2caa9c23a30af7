-- Aggregation pipelines.

CREATE FUNCTION docdb.aggregate(collection text, pipeline bson_value, options bson DEFAULT NULL)
    RETURNS SETOF bson
    AS 'MODULE_PATHNAME', 'docdb_aggregate' LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000;
COMMENT ON FUNCTION docdb.aggregate(text, bson_value, bson) IS
    'the documents that an aggregation pipeline gives';

CREATE FUNCTION docdb.aggregation_stages(OUT name text, OUT one_to_one boolean)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'docdb_aggregation_stages' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.aggregation_stages() IS
    'the aggregation stages; one_to_one: gives one document for each';

-- What stages compile to.  Specifications are given as MongoDB writes them.

CREATE FUNCTION docdb.build_document(names bson_value, VARIADIC "values" bson_value[])
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_build_document' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.build_document(bson_value, bson_value[]) IS
    'a document of the fields named in an array; NULL becomes null';

CREATE FUNCTION docdb.count_value(bigint) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_count_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.count_value(bigint) IS
    'a number as $count gives it: an int where it fits, a long otherwise';

CREATE FUNCTION docdb.array_of(bson) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_array_of' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION docdb.array_of(bson) IS
    'an array of the document, or of nothing for NULL';

CREATE FUNCTION docdb.set_field(document bson, path bson_value, value bson_value) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_set_field' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.set_field(bson, bson_value, bson_value) IS
    'the document with the field at a path set; removed where the value is NULL';

CREATE FUNCTION docdb.replace_root(document bson, new_root bson_value,
                                   variables bson DEFAULT NULL)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_replace_root' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.replace_root(bson, bson_value, bson) IS
    'the document after the aggregation stage $replaceRoot';

CREATE FUNCTION docdb.replace_with(document bson, replacement bson_value,
                                   variables bson DEFAULT NULL)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_replace_with' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.replace_with(bson, bson_value, bson) IS
    'the document after the aggregation stage $replaceWith';

CREATE FUNCTION docdb.let_variables(document bson, let bson, variables bson DEFAULT NULL)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_let_variables' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.let_variables(bson, bson, bson) IS
    'the values of variables, and of those that a let document defines, for a document';

CREATE FUNCTION docdb.unwind(document bson, spec bson_value) RETURNS SETOF bson
    AS 'MODULE_PATHNAME', 'docdb_unwind' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    COST 10 ROWS 5;
COMMENT ON FUNCTION docdb.unwind(bson, bson_value) IS
    'the documents that the aggregation stage $unwind makes of one';

-- The join keys of $lookup.

CREATE FUNCTION docdb.lookup_local_keys(document bson, path bson_value) RETURNS bson_value[]
    AS 'MODULE_PATHNAME', 'docdb_lookup_local_keys'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.lookup_local_keys(bson, bson_value) IS
    'the values of localField by which $lookup looks for documents';

CREATE FUNCTION docdb.lookup_local_keys(document bson, path bson_value, collation bson)
    RETURNS bson_value[]
    AS 'MODULE_PATHNAME', 'docdb_lookup_local_keys'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.lookup_local_keys(bson, bson_value, bson) IS
    'the same as keys that are equal where a collation takes the values for equal';

CREATE FUNCTION docdb.lookup_foreign_keys(document bson, path bson_value) RETURNS bson_value[]
    AS 'MODULE_PATHNAME', 'docdb_lookup_foreign_keys'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.lookup_foreign_keys(bson, bson_value) IS
    'the values by which $lookup finds a document through foreignField';

CREATE FUNCTION docdb.lookup_foreign_keys(document bson, path bson_value, collation bson)
    RETURNS bson_value[]
    AS 'MODULE_PATHNAME', 'docdb_lookup_foreign_keys'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.lookup_foreign_keys(bson, bson_value, bson) IS
    'the same as keys that are equal where a collation takes the values for equal';

CREATE FUNCTION docdb.each_key(keys bson_value[]) RETURNS SETOF bson_value
    AS 'MODULE_PATHNAME', 'docdb_each_key' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION docdb.each_key(bson_value[]) IS 'the elements of an array of keys';

CREATE FUNCTION docdb.only_key(bson_value[]) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_only_key' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.only_key(bson_value[]) IS
    'the key of an array of one, NULL for several';

CREATE FUNCTION docdb.first_common_key(bson_value[], bson_value[]) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_first_common_key'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION docdb.first_common_key(bson_value[], bson_value[]) IS
    'the least key that two arrays of keys share';

-- Aggregates.

CREATE FUNCTION docdb.collect_documents_step(internal, bson) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_collect_documents_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION docdb.collect_documents_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_collect_documents_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION docdb.collect_documents_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'docdb_collect_documents_serialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.collect_documents_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_collect_documents_deserialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.collect_documents_final(internal) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_collect_documents_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE docdb.collect_documents(bson) (
    SFUNC = docdb.collect_documents_step,
    STYPE = internal,
    FINALFUNC = docdb.collect_documents_final,
    COMBINEFUNC = docdb.collect_documents_combine,
    SERIALFUNC = docdb.collect_documents_serialize,
    DESERIALFUNC = docdb.collect_documents_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE docdb.collect_documents(bson) IS 'the documents as an array';

CREATE FUNCTION docdb.lookup_step(internal, bson, bson_value, bson_value, bson) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_lookup_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION docdb.lookup_final(internal) RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_lookup_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE docdb.lookup(document bson, path bson_value, id bson_value, found bson) (
    SFUNC = docdb.lookup_step,
    STYPE = internal,
    FINALFUNC = docdb.lookup_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE docdb.lookup(bson, bson_value, bson_value, bson) IS
    'a document with an array of the documents found for it, each once by its _id';

CREATE FUNCTION docdb.first_by_step(internal, bson_value, bytea) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_first_by_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION docdb.last_by_step(internal, bson_value, bytea) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_last_by_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION docdb.first_by_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_first_by_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION docdb.last_by_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_last_by_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION docdb.by_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'docdb_by_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.by_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'docdb_by_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION docdb.by_final(internal) RETURNS bson_value
    AS 'MODULE_PATHNAME', 'docdb_by_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE docdb.first_by(value bson_value, key bytea) (
    SFUNC = docdb.first_by_step,
    STYPE = internal,
    FINALFUNC = docdb.by_final,
    COMBINEFUNC = docdb.first_by_combine,
    SERIALFUNC = docdb.by_serialize,
    DESERIALFUNC = docdb.by_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE docdb.first_by(bson_value, bytea) IS 'the value with the least sort key';
CREATE AGGREGATE docdb.last_by(value bson_value, key bytea) (
    SFUNC = docdb.last_by_step,
    STYPE = internal,
    FINALFUNC = docdb.by_final,
    COMBINEFUNC = docdb.last_by_combine,
    SERIALFUNC = docdb.by_serialize,
    DESERIALFUNC = docdb.by_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE docdb.last_by(bson_value, bytea) IS 'the value with the greatest sort key';
