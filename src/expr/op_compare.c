/*
 * op_compare.c
 *		Comparison and boolean operators.
 */
#include "postgres.h"

#include "expr/expr_internal.h"

/*
 * {$cmp: [a, b]}, {$eq: [a, b]} and so on: any two values, in MongoDB's order across types, strings
 * by the collation.
 * Arrays and documents are compared whole; a missing value is below null.
 */
void
expr_cmp(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	int			order = expr_compare(call, &args[0], &args[1]);

	pgbson_make_int32((order > 0) - (order < 0), result);
}

void
expr_eq(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(expr_equal(call, &args[0], &args[1]), result);
}

void
expr_ne(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(!expr_equal(call, &args[0], &args[1]), result);
}

void
expr_gt(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(expr_compare(call, &args[0], &args[1]) > 0, result);
}

void
expr_gte(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(expr_compare(call, &args[0], &args[1]) >= 0, result);
}

void
expr_lt(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(expr_compare(call, &args[0], &args[1]) < 0, result);
}

void
expr_lte(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(expr_compare(call, &args[0], &args[1]) <= 0, result);
}

/* ---- Boolean operators ---- */

/* True as soon as one operand has the wanted truth. */
static bool
any_operand_is(ExprCall *call, bool wanted)
{
	for (int i = 0; i < call->nargs; i++)
	{
		BsonValue	value;

		expr_arg(call, i, &value);
		if (pgbson_is_truthy(&value) == wanted)
			return true;
	}
	return false;
}

/* {$and: [any, ...]}: evaluated up to the first that is false */
void
expr_and(ExprCall *call, BsonValue *result)
{
	pgbson_make_bool(!any_operand_is(call, false), result);
}

/* {$or: [any, ...]}: evaluated up to the first that is true */
void
expr_or(ExprCall *call, BsonValue *result)
{
	pgbson_make_bool(any_operand_is(call, true), result);
}

/* {$not: [any]} */
void
expr_not(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(!pgbson_is_truthy(&args[0]), result);
}

/*
 * Folds $and and $or: constant operands that decide nothing are dropped, and one that decides is
 * the result, whatever the other operands would do.
 */
static ExprNode *
optimize_boolean(ExprOptimizer *optimizer, ExprNode *expr, bool deciding)
{
	int			kept = 0;
	bool		decided = false;
	BsonValue	value;

	expr_fold_args(optimizer, expr);
	for (int i = 0; i < expr->nargs; i++)
	{
		if (!expr_is_constant(expr->args[i], &value))
			expr->args[kept++] = expr->args[i];
		else if (pgbson_is_truthy(&value) == deciding)
			decided = true;
	}
	if (!decided && kept > 0)
	{
		expr->nargs = kept;
		return expr;
	}
	pgbson_make_bool(decided ? deciding : !deciding, &value);
	return expr_make_constant(&value);
}

ExprNode *
expr_optimize_and(ExprOptimizer *optimizer, ExprNode *expr)
{
	return optimize_boolean(optimizer, expr, false);
}

ExprNode *
expr_optimize_or(ExprOptimizer *optimizer, ExprNode *expr)
{
	return optimize_boolean(optimizer, expr, true);
}
