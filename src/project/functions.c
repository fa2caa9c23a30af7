/*
 * functions.c
 *		The SQL functions of projections.
 */
#include "postgres.h"

#include "fmgr.h"

#include "project/project_internal.h"

PG_FUNCTION_INFO_V1(docdb_project);
PG_FUNCTION_INFO_V1(docdb_project_stage);
PG_FUNCTION_INFO_V1(docdb_add_fields);

static void *
compile_find(const BsonValue *specs, ExprScope *scope)
{
	Projection *projection = project_compile(&specs[0], PROJECT_FIND, scope);

	if (specs[1].type == BSON_DOCUMENT)
		project_set_filter(projection, &specs[1], scope);
	return projection;
}

static void *
compile_stage(const BsonValue *specs, ExprScope *scope)
{
	return project_compile(&specs[0], PROJECT_STAGE, scope);
}

static void *
compile_add_fields(const BsonValue *specs, ExprScope *scope)
{
	return project_compile(&specs[0], PROJECT_ADD_FIELDS, scope);
}

/*
 * Arguments: document, specification, variables, perhaps a filter, and metadata.  NULL documents
 * stay NULL.
 */
static Datum
project_call(FunctionCallInfo fcinfo, ExprCompileCallback compile, bool has_filter)
{
	int			metadata = has_filter ? 4 : 3;
	BsonValue	document;
	BsonValue	specs[2];
	BsonValue	variables;
	bool		has_variables = !PG_ARGISNULL(2);
	Projection *projection;
	ExprEvalContext *context;
	BsonBuilder builder;
	BsonValue	result;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_from_datum(PG_GETARG_DATUM(1), &specs[0]);
	pgbson_make_simple(BSON_MISSING, &specs[1]);
	if (has_filter && !PG_ARGISNULL(3))
		pgbson_from_datum(PG_GETARG_DATUM(3), &specs[1]);
	if (has_variables)
		pgbson_from_datum(PG_GETARG_DATUM(2), &variables);
	projection = expr_cached(fcinfo, specs, 2, has_variables ? &variables : NULL, compile,
							 &context);
	if (projection->trivial)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	pgbson_make_simple(BSON_MISSING, &context->metadata);
	if (!PG_ARGISNULL(metadata))
		pgbson_from_datum(PG_GETARG_DATUM(metadata), &context->metadata);
	pgbson_builder_init(&builder);
	project_eval(projection, &document, context, &builder, &result);
	PG_RETURN_DATUM(project_result_datum(&result, &builder));
}

/*
 * docdb.project(document bson, projection bson, variables bson, filter bson, metadata bson): as
 * find projects.
 */
Datum
docdb_project(PG_FUNCTION_ARGS)
{
	return project_call(fcinfo, compile_find, true);
}

/* docdb.project_stage(document, spec, variables, metadata): as $project and $unset do. */
Datum
docdb_project_stage(PG_FUNCTION_ARGS)
{
	return project_call(fcinfo, compile_stage, false);
}

/* docdb.add_fields(document, spec, variables, metadata): as $addFields and $set do. */
Datum
docdb_add_fields(PG_FUNCTION_ARGS)
{
	return project_call(fcinfo, compile_add_fields, false);
}
