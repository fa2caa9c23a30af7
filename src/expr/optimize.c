/*
 * optimize.c
 *		Folding of what is constant in a compiled expression.
 *
 * The rules are MongoDB's, since they decide which errors are found before any document is read:
 * an operator of constants is computed, and so are adjacent constant operands of an associative
 * operator.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "expr/expr_internal.h"

struct ExprOptimizer
{
	int			count;			/* slots in the arrays */
	bool	   *known;
	BsonValue  *value;
	const BsonCollation *collation;
};

void
expr_set_constant(ExprOptimizer *optimizer, int slot, const BsonValue *value)
{
	if (slot >= optimizer->count)
	{
		int			count = Max(slot + 1, 2 * optimizer->count);
		bool	   *known = palloc0(count * sizeof(bool));
		BsonValue  *values = palloc(count * sizeof(BsonValue));

		if (optimizer->count > 0)
		{
			memcpy(known, optimizer->known, optimizer->count * sizeof(bool));
			memcpy(values, optimizer->value, optimizer->count * sizeof(BsonValue));
		}
		optimizer->known = known;
		optimizer->value = values;
		optimizer->count = count;
	}
	optimizer->known[slot] = true;
	optimizer->value[slot] = *value;
}

/* The constant that a node without variable parts evaluates to. */
static ExprNode *
fold_node(const ExprOptimizer *optimizer, const ExprNode *expr)
{
	ExprEvalContext context;
	BsonValue	value;

	memset(&context, 0, sizeof(context));
	context.collation = optimizer->collation;
	expr_eval(expr, &context, &value);
	return expr_make_constant(&value);
}

static ExprNode *
optimize_path(ExprOptimizer *optimizer, ExprNode *expr)
{
	const BsonValue *variable;
	BsonValue	value;

	if (expr->slot == EXPR_SLOT_REMOVE)
		return fold_node(optimizer, expr);
	if (expr->slot < 0 || expr->slot >= optimizer->count || !optimizer->known[expr->slot])
		return expr;

	variable = &optimizer->value[expr->slot];
	if (expr->path == NULL)
		return expr_make_constant(variable);
	expr_path_eval(variable, expr->path, &value);
	return expr_make_constant(&value);
}

ExprNode *
expr_fold_args(ExprOptimizer *optimizer, ExprNode *expr)
{
	for (int i = 0; i < expr->nargs; i++)
		expr->args[i] = expr_optimize(optimizer, expr->args[i]);
	return expr;
}

ExprNode *
expr_fold_nothing(ExprOptimizer *optimizer, ExprNode *expr)
{
	check_stack_depth();
	if (expr->kind == EXPR_PATH)
		return optimize_path(optimizer, expr);
	for (int i = 0; i < expr->nargs; i++)
	{
		if (expr->args[i])
			expr->args[i] = expr_fold_nothing(optimizer, expr->args[i]);
	}
	return expr;
}

/* An operator of the same kind over part of another's operands, folded. */
static ExprNode *
fold_part(const ExprOptimizer *optimizer, const ExprNode *expr, int start, int count)
{
	ExprNode	part = *expr;

	part.args = expr->args + start;
	part.nargs = count;
	return fold_node(optimizer, &part);
}

/*
 * Replaces each run of adjacent constant operands by what the operator makes of it.  Operands that
 * are the same operator have been flattened before.
 */
static void
fold_runs(const ExprOptimizer *optimizer, ExprNode *expr)
{
	int			kept = 0;
	int			i = 0;

	while (i < expr->nargs)
	{
		int			end = i;

		while (end < expr->nargs && expr_is_constant_node(expr->args[end]))
			end++;
		if (end - i > 1)
		{
			expr->args[kept++] = fold_part(optimizer, expr, i, end - i);
			i = end;
		}
		else
			expr->args[kept++] = expr->args[i++];

		if (expr->op->flags & EXPR_LEFT_ASSOCIATIVE)
		{
			while (i < expr->nargs)
				expr->args[kept++] = expr->args[i++];
		}
	}
	expr->nargs = kept;
}

/* Puts the operands of operands that are the same operator in their place: a+(b+c) is a+b+c. */
static void
flatten(ExprNode *expr)
{
	int			nargs = 0;
	int			kept = 0;
	ExprNode  **args = expr->args;
	int			count = expr->nargs;

	for (int i = 0; i < count; i++)
		nargs += args[i]->op == expr->op ? args[i]->nargs : 1;
	if (nargs == count)
		return;

	expr_set_nargs(expr, nargs);
	for (int i = 0; i < count; i++)
	{
		if (args[i]->op == expr->op)
		{
			for (int j = 0; j < args[i]->nargs; j++)
				expr->args[kept++] = args[i]->args[j];
		}
		else
			expr->args[kept++] = args[i];
	}
}

ExprNode *
expr_fold(ExprOptimizer *optimizer, ExprNode *expr)
{
	int			constants = 0;
	int			flags = expr->op ? expr->op->flags : 0;

	expr_fold_args(optimizer, expr);
	for (int i = 0; i < expr->nargs; i++)
	{
		if (expr_is_constant_node(expr->args[i]))
			constants++;
	}
	if (constants == expr->nargs)
		return flags & EXPR_VOLATILE ? expr : fold_node(optimizer, expr);

	if (flags & EXPR_ASSOCIATIVE)
		flatten(expr);
	if (flags & (EXPR_ASSOCIATIVE | EXPR_LEFT_ASSOCIATIVE))
		fold_runs(optimizer, expr);
	return expr;
}

ExprNode *
expr_optimize(ExprOptimizer *optimizer, ExprNode *expr)
{
	check_stack_depth();
	switch (expr->kind)
	{
		case EXPR_CONSTANT:
			return expr;
		case EXPR_PATH:
			return optimize_path(optimizer, expr);
		case EXPR_OPERATOR:
			if (expr->op->optimize)
				return expr->op->optimize(optimizer, expr);
			break;
		default:
			break;
	}
	return expr_fold(optimizer, expr);
}

ExprNode *
expr_optimize_all(ExprNode *expr, const BsonCollation *collation)
{
	ExprOptimizer optimizer = {.collation = collation};

	return expr_optimize(&optimizer, expr);
}
