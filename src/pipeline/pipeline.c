/*
 * pipeline.c
 *		docdb.aggregate, and the inventory of stages.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "pipeline/pipeline_internal.h"

PG_FUNCTION_INFO_V1(docdb_aggregate);
PG_FUNCTION_INFO_V1(docdb_aggregation_stages);

/*
 * docdb.aggregate(collection text, pipeline bson_value, options bson): the documents that come out
 * of a pipeline, streamed.
 */
Datum
docdb_aggregate(PG_FUNCTION_ARGS)
{
	if (SRF_IS_FIRSTCALL())
	{
		CollectionName name;
		BsonValue	pipeline;
		BsonValue	document;
		CrudOptions options;

		collection_arg_name(fcinfo, 0, &name);
		collection_arg_document(fcinfo, 2, &document);
		crud_parse_options(document.type == BSON_MISSING ? NULL : &document,
						   CRUD_FOR_AGGREGATE, &options);
		if (PG_ARGISNULL(1))
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("the pipeline must not be NULL")));
		pgbson_value_from_datum(PG_GETARG_DATUM(1), &pipeline);
		crud_stream_begin(fcinfo,
						  pipeline_build(&name, &pipeline,
										 options.let.type == BSON_MISSING ? NULL : &options.let,
										 &options.hint, &options.collation),
						  options.max_time_ms);
	}
	return crud_stream_next(fcinfo);
}

/* docdb.aggregation_stages(): the stages of stage_list.h. */
Datum
docdb_aggregation_stages(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < PIPELINE_STAGES; i++)
	{
		Datum		values[2];
		bool		nulls[2] = {false, false};

		values[0] = CStringGetTextDatum(pipeline_stages[i].name);
		values[1] = BoolGetDatum((pipeline_stages[i].flags & STAGE_ONE_TO_ONE) != 0);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
