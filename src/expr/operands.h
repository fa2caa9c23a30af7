/*
 * operands.h
 *		Operators that take a document of named operands, some of which may be absent.
 *
 * Operands that are there become the operator's arguments, in the order of the list of names, so
 * that folding works as for any other operator; a table says which argument a name has become.
 */
#ifndef DOCDB_EXPR_OPERANDS_H
#define DOCDB_EXPR_OPERANDS_H

#include "expr/expr_internal.h"

#define EXPR_MAX_NAMED 12

/* For each name the number of its argument, or -1. */
typedef struct ExprNamedIndex
{
	int8		arg[EXPR_MAX_NAMED];
} ExprNamedIndex;

/* Parses the operands that expr_named_args has found, and fills the table. */
extern void expr_parse_named(ExprParser *parser, ExprNode *expr, const ExprNamedArg *named,
							 int count, ExprNamedIndex *index);

/* Whether the operand of a name is there. */
static inline bool
expr_has_named(const ExprNamedIndex *index, int name)
{
	return index->arg[name] >= 0;
}

/* Evaluates the operand of a name; false, and nothing evaluated, where it is absent. */
static inline bool
expr_named_value(ExprCall *call, const ExprNamedIndex *index, int name, BsonValue *value)
{
	if (!expr_has_named(index, name))
		return false;
	expr_arg(call, index->arg[name], value);
	return true;
}

/* Whether the operand of a name is there and constant; its value then. */
extern bool expr_named_constant(const ExprNode *expr, const ExprNamedIndex *index, int name,
								BsonValue *value);

#endif							/* DOCDB_EXPR_OPERANDS_H */
