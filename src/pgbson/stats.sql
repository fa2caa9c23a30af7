CREATE FUNCTION docdb.bson_typanalyze(internal) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_bson_typanalyze' LANGUAGE C STRICT;
ALTER TYPE bson SET (ANALYZE = docdb.bson_typanalyze);

CREATE FUNCTION docdb.path_statistics(
    relation regclass,
    OUT column_name name,
    OUT path text,
    OUT missing_frac float8,
    OUT null_frac float8,
    OUT array_frac float8,
    OUT avg_array_length float8,
    OUT scalar_frac float8,
    OUT avg_values float8,
    OUT n_distinct float8,
    OUT types bson,
    OUT most_common_vals bson_value,
    OUT most_common_freqs float8[],
    OUT histogram_bounds bson_value
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'docdb_path_statistics' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION docdb.path_statistics(regclass) IS
    'what ANALYZE found at the paths of a table''s documents';

CREATE FUNCTION docdb.path_selectivity(
    relation regclass, path text, operator text, value bson_value
) RETURNS float8
    AS 'MODULE_PATHNAME', 'docdb_path_selectivity' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION docdb.path_selectivity(regclass, text, text, bson_value) IS
    'the fraction of documents that $eq, $lt, $lte, $gt, $gte or $exists is estimated to find';
