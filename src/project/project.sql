-- Projections.  `variables` holds the values of the variables that the specification may name, as
-- {"name": value, ...}; `filter` is the query's, which the positional projection {"<path>.$": 1}
-- asks for the element that it met, and `metadata` what {$meta: <name>} gives, by its names.

CREATE FUNCTION docdb.project(document bson, projection bson, variables bson DEFAULT NULL,
        filter bson DEFAULT NULL, metadata bson DEFAULT NULL)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_project' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.project(bson, bson, bson, bson, bson) IS
    'the document as find projects it; a NULL projection keeps all of it';

CREATE FUNCTION docdb.project_stage(document bson, spec bson, variables bson DEFAULT NULL,
        metadata bson DEFAULT NULL)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_project_stage' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.project_stage(bson, bson, bson, bson) IS
    'the document after the aggregation stage $project (or $unset, given as exclusions)';

CREATE FUNCTION docdb.add_fields(document bson, spec bson, variables bson DEFAULT NULL,
        metadata bson DEFAULT NULL)
    RETURNS bson
    AS 'MODULE_PATHNAME', 'docdb_add_fields' LANGUAGE C STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION docdb.add_fields(bson, bson, bson, bson) IS
    'the document after the aggregation stage $addFields, which is also $set';
