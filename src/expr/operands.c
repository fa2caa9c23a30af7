/*
 * operands.c
 *		Operators that take a document of named operands, some of which may be absent.
 */
#include "postgres.h"

#include "expr/operands.h"

void
expr_parse_named(ExprParser *parser, ExprNode *expr, const ExprNamedArg *named, int count,
				 ExprNamedIndex *index)
{
	int			nargs = 0;

	Assert(count <= EXPR_MAX_NAMED);
	for (int i = 0; i < count; i++)
		index->arg[i] = named[i].present ? nargs++ : -1;
	expr_set_nargs(expr, nargs);
	for (int i = 0; i < count; i++)
	{
		if (named[i].present)
			expr->args[index->arg[i]] = expr_named_node(parser, &named[i]);
	}
}

bool
expr_named_constant(const ExprNode *expr, const ExprNamedIndex *index, int name,
					BsonValue *value)
{
	return expr_has_named(index, name) && expr_is_constant(expr->args[index->arg[name]], value);
}
