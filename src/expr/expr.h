/*
 * expr.h
 *		Aggregation expressions: compile once, evaluate many.
 */
#ifndef DOCDB_EXPR_H
#define DOCDB_EXPR_H

#include "pgbson/builder.h"
#include "pgbson/collation.h"

typedef struct ExprNode ExprNode;
typedef struct ExprScope ExprScope;

/*
 * The variables an expression may name.  A new scope knows the system variables ($$ROOT,
 * $$CURRENT, $$NOW, $$REMOVE, ...); expr_scope_define adds a user variable (a `let` option's or an
 * enclosing $let's) and returns its slot in ExprEvalContext.vars.  Raises FailedToParse for a name
 * that is not allowed.
 */
extern ExprScope *expr_scope_create(void);
extern int	expr_scope_define(ExprScope *scope, const char *name, uint32 len);

/*
 * How many slots expressions compiled in this scope need, inner $let and $map included.  It grows
 * with every expression that is compiled, so make contexts after the last one.
 */
extern int	expr_scope_slots(const ExprScope *scope);

/*
 * The collation of all that is compiled in a scope, NULL for the simple one, which is also that of
 * no scope.  Set it before the first expression is compiled and the first context made.
 */
extern void expr_scope_set_collation(ExprScope *scope, const BsonCollation *collation);
extern const BsonCollation *expr_scope_collation(const ExprScope *scope);

/* What an evaluation reads.  (The executor of PostgreSQL has an ExprContext of its own.) */
typedef struct ExprEvalContext
{
	BsonValue	root;			/* $$ROOT: the document under evaluation */
	BsonValue	current;		/* $$CURRENT */
	BsonValue  *vars;			/* user variables by slot */
	BsonValue	now;			/* $$NOW: statement_timestamp as a DATE */
	const BsonCollation *collation; /* of the scope */
	BsonValue	metadata;		/* what $meta gives, by its names: a DOCUMENT, or MISSING */
} ExprEvalContext;

/*
 * A context with room for the scope's slots, all MISSING, and $$NOW set; in CurrentMemoryContext.
 * Who keeps a context for longer than a statement sets $$NOW anew with expr_context_set_now.
 */
extern ExprEvalContext *expr_context_create(const ExprScope *scope);
extern void expr_context_set_now(ExprEvalContext *context);

/*
 * Compiles an expression: a field path "$a.b", a variable "$$x.y", an operator {$op: args}, a
 * document or array of expressions, or any literal.  Constants are folded.  The result and its
 * copies of literals live in CurrentMemoryContext.  Errors carry MongoDB's codes
 * (InvalidPipelineOperator 168 for an unknown operator, 16020 for a wrong arity, ...).
 *
 * A compiled expression holds scratch space for its operands, so it may be used by one evaluation
 * at a time.
 */
extern ExprNode *expr_compile(const BsonValue *spec, ExprScope *scope);

/* True when the expression is a constant; its value then is *value. */
extern bool expr_is_constant(const ExprNode *expr, BsonValue *value);

/* Whether the expression reads the document under evaluation, a field of it or all. */
extern bool expr_reads_document(const ExprNode *expr);

/*
 * True when the expression is a plain field path of $$CURRENT or $$ROOT; *path then is that path,
 * with no parts for the whole document.
 */
extern bool expr_is_field_path(const ExprNode *expr, const BsonPath **path);

/*
 * Evaluates against context; the result is MISSING where MongoDB gives no value.  It may be a
 * view into the document, into the expression, or into memory of CurrentMemoryContext.
 */
extern void expr_eval(const ExprNode *expr, ExprEvalContext *context, BsonValue *result);

/* Sets $$ROOT and $$CURRENT. */
static inline void
expr_context_set_root(ExprEvalContext *context, const BsonValue *document)
{
	context->root = *document;
	context->current = *document;
}

/* The value of "a.b.c" as expressions see it: arrays are mapped over, indexes are not looked at. */
extern void expr_path_eval(const BsonValue *document, const BsonPath *path,
						   BsonValue *result);

/*
 * Checks one field name as MongoDB's field paths do: not empty (15998), no dollar first (16410),
 * no NUL (16411), no dot (16412).
 */
extern void expr_check_field_name(const char *name, uint32 len);

/*
 * Parses a dotted field path and checks it: not empty (40352), no final dot (40353), at most
 * BSON_MAX_DEPTH parts (Overflow), and every name as above.
 */
extern BsonPath *expr_parse_field_path(const char *path, uint32 len);

/*
 * Variables given as a document {name: value, ...}, whose values are final: how `let` reaches the
 * SQL functions.  The first makes a scope that defines them (NULL: none), the second gives a
 * context of that scope their values, which are views of the document; undefined stands for a
 * variable without a value.  A document with the same names in the same order can take the other's
 * place.  A field $collation is no variable but the scope's collation, which must be the same too.
 */
extern ExprScope *expr_scope_from_variables(const BsonValue *variables);
extern void expr_context_set_variables(ExprEvalContext *context, const BsonValue *variables);
extern bool expr_same_variables(const BsonValue *a, const BsonValue *b);

/*
 * For SQL functions: what compile makes of the specifications (documents, or any values; MISSING
 * where an argument is NULL), kept in fn_extra and made anew only when they or the names of the
 * variables differ from those of the last call.  compile is given copies that live as long as its
 * result.  *context is one of the scope, with the variables' values and $$NOW set.  variables is
 * NULL where there are none.
 */
typedef void *(*ExprCompileCallback) (const BsonValue *specs, ExprScope *scope);
extern void *expr_cached(FunctionCallInfo fcinfo, const BsonValue *specs, int nspecs,
						 const BsonValue *variables, ExprCompileCallback compile,
						 ExprEvalContext **context);

/* Whether there is an expression operator of that name, dollar included. */
extern bool expr_is_operator(const char *name);

#endif							/* DOCDB_EXPR_H */
