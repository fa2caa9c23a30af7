/*
 * pipeline.h
 *		Aggregation pipelines, compiled to SQL.
 */
#ifndef DOCDB_PIPELINE_H
#define DOCDB_PIPELINE_H

#include "crud/crud.h"

/*
 * Compiles a pipeline, an ARRAY of stages, over a collection, which need not exist, into one
 * SELECT of one column, the document.  let is the document of the variables' values, or NULL;
 * hint is for the collection, see crud_query_hint.  collation is MISSING or empty for the
 * collection's; the whole pipeline has the same, other collections that it looks into included.
 * Raises MongoDB's errors for what is wrong with the stages; none depends on the documents.
 */
extern CrudQuery *pipeline_build(const CollectionName *name, const BsonValue *pipeline,
								 const BsonValue *let, const BsonValue *hint,
								 const BsonValue *collation);

#endif							/* DOCDB_PIPELINE_H */
