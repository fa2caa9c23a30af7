/*
 * op_conditional.c
 *		Operators that choose between their operands, and those that bind or quote.
 */
#include "postgres.h"

#include "expr/expr_internal.h"

/* ---- $cond ---- */

/* {$cond: [if, then, else]} or {$cond: {if: ..., then: ..., else: ...}} */
void
expr_parse_cond(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const int missing_code[3] = {
		DOCDB_SQLSTATE(17080), DOCDB_SQLSTATE(17081), DOCDB_SQLSTATE(17082)
	};
	ExprNamedArg named[3] = {{"if"}, {"then"}, {"else"}};
	const char *unknown;

	if (argument->type != BSON_DOCUMENT)
	{
		expr_parse_args(parser, expr, argument);
		expr_require_args(expr, 3);
		return;
	}

	unknown = expr_named_args(parser, argument, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(17083)),
				 errmsg("Unrecognized parameter to $cond: %s", unknown)));
	expr_set_nargs(expr, 3);
	for (int i = 0; i < 3; i++)
	{
		if (!named[i].present)
			ereport(ERROR,
					(errcode(missing_code[i]),
					 errmsg("Missing '%s' parameter to $cond", named[i].name)));
		expr->args[i] = expr_named_node(parser, &named[i]);
	}
}

void
expr_cond(ExprCall *call, BsonValue *result)
{
	BsonValue	condition;

	expr_arg(call, 0, &condition);
	expr_arg(call, pgbson_is_truthy(&condition) ? 1 : 2, result);
}

ExprNode *
expr_optimize_cond(ExprOptimizer *optimizer, ExprNode *expr)
{
	BsonValue	condition;

	expr_fold_args(optimizer, expr);
	if (expr_is_constant(expr->args[0], &condition))
		return expr->args[pgbson_is_truthy(&condition) ? 1 : 2];
	return expr;
}

/* ---- $ifNull ---- */

/* {$ifNull: [any, ..., replacement]} */
void
expr_parse_if_null(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	expr_parse_args(parser, expr, argument);
	if (expr->nargs < 2)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(1257300)),
				 errmsg("$ifNull needs at least two arguments, had: %d", expr->nargs)));
}

void
expr_if_null(ExprCall *call, BsonValue *result)
{
	for (int i = 0; i < call->nargs; i++)
	{
		expr_arg(call, i, result);
		if (!expr_is_nullish(result))
			return;
	}
}

/* Drops operands that are constant nulls, and all after a constant that is not. */
ExprNode *
expr_optimize_if_null(ExprOptimizer *optimizer, ExprNode *expr)
{
	int			kept = 0;

	expr_fold_args(optimizer, expr);
	for (int i = 0; i < expr->nargs; i++)
	{
		BsonValue	value;

		if (i == expr->nargs - 1 || !expr_is_constant(expr->args[i], &value))
			expr->args[kept++] = expr->args[i];
		else if (!expr_is_nullish(&value))
		{
			expr->args[kept++] = expr->args[i];
			break;
		}
	}
	expr->nargs = kept;
	return kept == 1 ? expr->args[0] : expr;
}

/* ---- $switch ---- */

/* The operands are pairs of a case and its result, and then the default where there is one. */

static void
parse_branch(ExprParser *parser, ExprNode *expr, int i, const BsonValue *branch)
{
	ExprNamedArg named[2] = {{"case"}, {"then"}};
	const char *unknown;

	if (branch->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40062)),
				 errmsg("$switch expected each branch to be an object, found: %s",
						pgbson_type_name(branch->type))));
	unknown = expr_named_args(parser, branch, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40063)),
				 errmsg("$switch found an unknown argument to a branch: %s", unknown)));
	if (!named[0].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40064)),
				 errmsg("$switch requires each branch have a 'case' expression")));
	if (!named[1].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40065)),
				 errmsg("$switch requires each branch have a 'then' expression.")));
	expr->args[i] = expr_named_node(parser, &named[0]);
	expr->args[i + 1] = expr_named_node(parser, &named[1]);
}

/* Makes the branches the operands, with room for one more. */
static void
parse_branches(ExprParser *parser, ExprNode *expr, const BsonValue *branches)
{
	BsonIter	iter;
	int			i = 0;

	if (branches->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40061)),
				 errmsg("$switch expected an array for 'branches', found: %s",
						pgbson_type_name(branches->type))));
	expr_set_nargs(expr, 2 * pgbson_count(branches) + 1);
	pgbson_iter_init(&iter, branches);
	for (; pgbson_iter_next(&iter); i += 2)
	{
		BsonValue	branch;

		pgbson_iter_value(&iter, &branch);
		parse_branch(parser, expr, i, &branch);
	}
}

/* {$switch: {branches: [{case: expression, then: expression}, ...], default: expression}} */
void
expr_parse_switch(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNode   *otherwise = NULL;
	BsonIter	iter;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40060)),
				 errmsg("$switch requires an object as an argument, found: %s",
						pgbson_type_name(argument->type))));
	pgbson_iter_init(&iter, argument);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (strcmp(iter.key, "branches") == 0)
			parse_branches(parser, expr, &value);
		else if (strcmp(iter.key, "default") == 0)
			otherwise = expr_parse(parser, &value);
		else
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40067)),
					 errmsg("$switch found an unknown argument: %s", iter.key)));
	}
	if (expr->nargs < 2)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40068)),
				 errmsg("$switch requires at least one branch")));
	if (otherwise)
		expr->args[expr->nargs - 1] = otherwise;
	else
		expr->nargs--;
}

void
expr_switch(ExprCall *call, BsonValue *result)
{
	int			i;

	for (i = 0; i + 1 < call->nargs; i += 2)
	{
		BsonValue	condition;

		expr_arg(call, i, &condition);
		if (pgbson_is_truthy(&condition))
		{
			expr_arg(call, i + 1, result);
			return;
		}
	}
	if (i == call->nargs)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40066)),
				 errmsg("$switch could not find a matching branch for an input, and no default "
						"was specified.")));
	expr_arg(call, i, result);
}

/*
 * Drops branches that are constantly false; one that is constantly true becomes the default, and
 * what follows it is not even folded.
 */
ExprNode *
expr_optimize_switch(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *otherwise = NULL;
	int			kept = 0;

	if (expr->nargs % 2 == 1)
		otherwise = expr_optimize(optimizer, expr->args[expr->nargs - 1]);
	for (int i = 0; i + 1 < expr->nargs; i += 2)
	{
		ExprNode   *condition = expr_optimize(optimizer, expr->args[i]);
		bool		constant;
		BsonValue	value;

		constant = expr_is_constant(condition, &value);
		if (constant && !pgbson_is_truthy(&value))
			continue;
		expr->args[i + 1] = expr_optimize(optimizer, expr->args[i + 1]);
		if (constant)
		{
			otherwise = expr->args[i + 1];
			break;
		}
		expr->args[kept++] = condition;
		expr->args[kept++] = expr->args[i + 1];
	}
	if (kept == 0)
	{
		if (otherwise == NULL)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40069)),
					 errmsg("Cannot execute a switch statement where all the cases evaluate to "
							"false without a default")));
		return otherwise;
	}
	if (otherwise)
		expr->args[kept++] = otherwise;
	expr->nargs = kept;
	return expr;
}

/* ---- $literal and $const ---- */

/* {$literal: anything}: the argument itself, unread */
void
expr_parse_literal(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	BsonValue  *value = palloc(sizeof(BsonValue));

	*value = *argument;
	expr->data = value;
	expr_set_nargs(expr, 0);
}

void
expr_literal(ExprCall *call, BsonValue *result)
{
	*result = *(const BsonValue *) call->expr->data;
}

bool
expr_is_literal(const ExprNode *expr, BsonValue *value)
{
	while (expr->kind == EXPR_OPERATOR && expr->op->lazy == expr_parentheses)
		expr = expr->args[0];
	if (expr->kind == EXPR_OPERATOR && expr->op->lazy == expr_literal)
	{
		*value = *(const BsonValue *) expr->data;
		return true;
	}
	return expr_is_constant(expr, value);
}

/* ---- $expr ---- */

/* {$expr: any}: the operand itself; an array is one operand */
void
expr_parse_parentheses(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	expr_set_nargs(expr, 1);
	expr->args[0] = expr_parse(parser, argument);
}

ExprNode *
expr_optimize_parentheses(ExprOptimizer *optimizer, ExprNode *expr)
{
	return expr_optimize(optimizer, expr->args[0]);
}

void
expr_parentheses(ExprCall *call, BsonValue *result)
{
	expr_arg(call, 0, result);
}

/* ---- $let ---- */

/* The operands are the variables' values and then the inner expression. */
typedef struct LetData
{
	int			count;
	int		   *slots;
} LetData;

/* {$let: {vars: {name: expression, ...}, in: expression}} */
void
expr_parse_let(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[2] = {{"vars"}, {"in"}};
	LetData    *let = palloc(sizeof(LetData));
	const char *unknown;
	BsonIter	iter;
	int			i = 0;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16874)),
				 errmsg("$let only supports an object as its argument")));
	unknown = expr_named_args(NULL, argument, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16875)),
				 errmsg("Unrecognized parameter to $let: %s", unknown)));
	for (int j = 0; j < lengthof(named); j++)
	{
		if (!named[j].present)
			ereport(ERROR,
					(errcode(j == 0 ? DOCDB_SQLSTATE(16876) : DOCDB_SQLSTATE(16877)),
					 errmsg("Missing '%s' parameter to $let", named[j].name)));
	}
	if (named[0].value.type != BSON_DOCUMENT && named[0].value.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(10065)),
				 errmsg("invalid parameter: expected an object (vars)")));

	let->count = pgbson_count(&named[0].value);
	let->slots = palloc(Max(let->count, 1) * sizeof(int));
	expr->data = let;
	expr_set_nargs(expr, let->count + 1);

	/* The values do not see the variables that are being defined. */
	pgbson_iter_init(&iter, &named[0].value);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		expr->args[i++] = expr_parse(parser, &value);
	}
	i = 0;
	pgbson_iter_init(&iter, &named[0].value);
	while (pgbson_iter_next(&iter))
		let->slots[i++] = expr_define(parser, iter.key, iter.keylen);
	expr->args[let->count] = expr_named_node(parser, &named[1]);
	expr_undefine(parser, let->count);
}

void
expr_let(ExprCall *call, BsonValue *result)
{
	const LetData *let = call->expr->data;

	for (int i = 0; i < let->count; i++)
		expr_arg(call, i, &call->context->vars[let->slots[i]]);
	expr_arg(call, let->count, result);
}

/* Variables with constant values are replaced by these. */
ExprNode *
expr_optimize_let(ExprOptimizer *optimizer, ExprNode *expr)
{
	LetData    *let = expr->data;
	ExprNode   *inner = expr->args[let->count];
	int			kept = 0;

	for (int i = 0; i < let->count; i++)
	{
		ExprNode   *arg = expr_optimize(optimizer, expr->args[i]);
		BsonValue	value;

		if (expr_is_constant(arg, &value))
			expr_set_constant(optimizer, let->slots[i], &value);
		else
		{
			expr->args[kept] = arg;
			let->slots[kept++] = let->slots[i];
		}
	}
	let->count = kept;
	expr->args[kept] = expr_optimize(optimizer, inner);
	expr->nargs = kept + 1;
	return kept == 0 ? expr->args[0] : expr;
}
