/*
 * functions.c
 *		The SQL functions of updates.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "update/update_internal.h"

PG_FUNCTION_INFO_V1(docdb_update_document);
PG_FUNCTION_INFO_V1(docdb_updated);
PG_FUNCTION_INFO_V1(docdb_upsert_document);
PG_FUNCTION_INFO_V1(docdb_update_operators);

static void *
compile(const BsonValue *specs, ExprScope *scope)
{
	Update	   *update = update_compile(&specs[0], &specs[1], scope);

	if (specs[2].type == BSON_DOCUMENT)
		update_set_filter(update, &specs[2], scope);
	return update;
}

/*
 * The compiled update of arguments update, variables and array filters; filter is the argument
 * with the filter that its documents are found by, or 0.
 */
static Update *
get_update(FunctionCallInfo fcinfo, int update, int variables, int array_filters, int filter,
		   ExprEvalContext **context)
{
	BsonValue	specs[3];
	BsonValue	let;
	bool		has_let = !PG_ARGISNULL(variables);

	pgbson_value_from_datum(PG_GETARG_DATUM(update), &specs[0]);
	pgbson_make_simple(BSON_MISSING, &specs[1]);
	pgbson_make_simple(BSON_MISSING, &specs[2]);
	if (!PG_ARGISNULL(array_filters))
		pgbson_value_from_datum(PG_GETARG_DATUM(array_filters), &specs[1]);
	if (filter > 0 && !PG_ARGISNULL(filter))
		pgbson_from_datum(PG_GETARG_DATUM(filter), &specs[2]);
	if (has_let)
		pgbson_from_datum(PG_GETARG_DATUM(variables), &let);
	return expr_cached(fcinfo, specs, 3, has_let ? &let : NULL, compile, context);
}

/* Arguments: document, update, variables, is_insert, array_filters, filter. */
static Datum
update_call(FunctionCallInfo fcinfo, bool null_if_same)
{
	bool		is_insert = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	Update	   *update;
	ExprEvalContext *context;
	BsonValue	document;
	BsonValue	result;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	update = get_update(fcinfo, 1, 2, 4, 5, &context);
	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	if (update_apply(update, &document, is_insert, context, &result))
		PG_RETURN_DATUM(pgbson_finished_datum(&result));
	if (null_if_same)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* docdb.update_document(...): the document after the update. */
Datum
docdb_update_document(PG_FUNCTION_ARGS)
{
	return update_call(fcinfo, false);
}

/* docdb.updated(...): the same, but NULL where the update changes nothing. */
Datum
docdb_updated(PG_FUNCTION_ARGS)
{
	return update_call(fcinfo, true);
}

/* docdb.upsert_document(filter, update, variables, array_filters): what an upsert inserts. */
Datum
docdb_upsert_document(PG_FUNCTION_ARGS)
{
	Update	   *update;
	ExprEvalContext *context;
	BsonValue	filter;
	BsonValue	result;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	update = get_update(fcinfo, 1, 2, 3, 0, &context);
	pgbson_from_datum(PG_GETARG_DATUM(0), &filter);
	update_build_upsert(update, &filter, context, &result);
	PG_RETURN_DATUM(pgbson_get_datum(&result));
}

/* docdb.update_operators(): the inventory of update_oplist.h. */
Datum
docdb_update_operators(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < UPDATE_OP_COUNT; i++)
	{
		const UpdateOp *op = &update_ops[i];
		Datum		values[3];
		bool		nulls[3] = {false, false, false};

		values[0] = CStringGetTextDatum(op->name);
		values[1] = BoolGetDatum((op->flags & (UPDATE_CREATES | UPDATE_MOVES)) != 0);
		values[2] = BoolGetDatum((op->flags & UPDATE_INSERT_ONLY) != 0);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
