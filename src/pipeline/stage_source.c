/*
 * stage_source.c
 *		Stages that documents begin with: $indexStats.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "pipeline/pipeline_internal.h"

/*
 * {$indexStats: {}}: a document {name, key, host, accesses: {ops, since}, spec} for each index of
 * the collection.  Raises Location28803 for an argument that is not empty, and Location40602
 * where the stage is not the first one.
 */
void
pipeline_stage_index_stats(PipelineQuery *query, const BsonValue *spec)
{
	if (spec->type != BSON_DOCUMENT || spec->len > BSON_MIN_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28803)),
				 errmsg("The $indexStats stage specification must be an empty object")));
	if (query->alias == NULL || query->where != NIL || query->order != NULL || query->skip > 0 ||
		query->limit >= 0 || strcmp(query->doc, psprintf("%s.doc", query->alias)) != 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40602)),
				 errmsg("$indexStats is only valid as the first stage in a pipeline")));
	if (query->collection == NULL)
		return;
	query->from = psprintf("docdb.index_stats(%s::pg_catalog.regclass) AS %s(doc)",
						   quote_literal_cstr(query->collection->sql_name), query->alias);
	query->alias = NULL;
	query->collection = NULL;
}
