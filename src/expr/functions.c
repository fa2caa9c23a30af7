/*
 * functions.c
 *		SQL functions that evaluate expressions.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "expr/expr_internal.h"

PG_FUNCTION_INFO_V1(docdb_eval);
PG_FUNCTION_INFO_V1(docdb_expression_operators);

static void *
compile_expression(const BsonValue *specs, ExprScope *scope)
{
	return expr_compile(&specs[0], scope);
}

/*
 * docdb.eval(expression bson_value, document bson, variables bson): the expression's value for a
 * document, NULL for a missing one.
 */
Datum
docdb_eval(PG_FUNCTION_ARGS)
{
	ExprEvalContext *context;
	BsonValue	expression;
	BsonValue	document;
	BsonValue	variables;
	BsonValue	result;
	const ExprNode *expr;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	pgbson_value_from_datum(PG_GETARG_DATUM(0), &expression);
	pgbson_from_datum(PG_GETARG_DATUM(1), &document);
	if (!PG_ARGISNULL(2))
		pgbson_from_datum(PG_GETARG_DATUM(2), &variables);
	expr = expr_cached(fcinfo, &expression, 1, PG_ARGISNULL(2) ? NULL : &variables,
					   compile_expression, &context);
	expr_context_set_root(context, &document);
	expr_eval(expr, context, &result);
	if (result.type == BSON_MISSING)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(pgbson_value_get_datum(&result));
}

/* docdb.expression_operators(): the inventory of expr_oplist.h. */
Datum
docdb_expression_operators(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < EXPR_OP_COUNT; i++)
	{
		const ExprOp *op = &expr_ops[i];
		bool		form = op->parse != NULL;
		bool		any_number = op->max_args == EXPR_ANY_NUMBER;
		Datum		values[3];
		bool		nulls[3] = {false, form, form || any_number};

		values[0] = CStringGetTextDatum(op->name);
		values[1] = Int32GetDatum(op->min_args);
		values[2] = Int32GetDatum(op->max_args);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
