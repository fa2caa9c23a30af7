/*
 * expr.h
 *		Aggregation expressions: compile once, evaluate many.
 */
#ifndef DOCDB_EXPR_H
#define DOCDB_EXPR_H

#include "pgbson/builder.h"

typedef struct Expr Expr;
typedef struct ExprScope ExprScope;

/*
 * The variables an expression may name.  A new scope knows the system variables ($$ROOT,
 * $$CURRENT, $$NOW, $$REMOVE, ...); expr_scope_define adds a user variable (a `let` option's or an
 * enclosing $let's) and returns its slot in ExprContext.vars.  Raises FailedToParse for a name
 * that is not allowed.
 */
extern ExprScope *expr_scope_create(void);
extern int	expr_scope_define(ExprScope *scope, const char *name, uint32 len);

/* How many slots expressions compiled in this scope need, inner $let and $map included. */
extern int	expr_scope_slots(const ExprScope *scope);

typedef struct ExprContext
{
	BsonValue	root;			/* $$ROOT: the document under evaluation */
	BsonValue	current;		/* $$CURRENT */
	BsonValue  *vars;			/* user variables by slot */
	BsonValue	now;			/* $$NOW: statement_timestamp as a DATE */
} ExprContext;

/* A context with room for the scope's slots, all MISSING; in CurrentMemoryContext. */
extern ExprContext *expr_context_create(const ExprScope *scope);

/*
 * Compiles an expression: a field path "$a.b", a variable "$$x.y", an operator {$op: args}, a
 * document or array of expressions, or any literal.  Constants are folded.  The result and its
 * copies of literals live in CurrentMemoryContext.  Errors carry MongoDB's codes
 * (InvalidPipelineOperator 168 for an unknown operator, 16020 for a wrong arity, ...).
 */
extern Expr *expr_compile(const BsonValue *spec, ExprScope *scope);

/* True when the expression is a constant; its value then is *value. */
extern bool expr_is_constant(const Expr *expr, BsonValue *value);

/*
 * Evaluates against context; the result is MISSING where MongoDB gives no value.  It may be a
 * view into the document, into the expression, or into memory of CurrentMemoryContext.
 */
extern void expr_eval(const Expr *expr, ExprContext *context, BsonValue *result);

/* Sets $$ROOT and $$CURRENT. */
static inline void
expr_context_set_root(ExprContext *context, const BsonValue *document)
{
	context->root = *document;
	context->current = *document;
}

/* The value of "a.b.c" as expressions see it: arrays are mapped over, indexes are not looked at. */
extern void expr_path_eval(const BsonValue *document, const BsonPath *path,
						   BsonValue *result);

#endif							/* DOCDB_EXPR_H */
