/*
 * expr_internal.h
 *		How expression operators are written.
 *
 * An operator is one row of expr_oplist.h and one function in an op_*.c file.  The engine parses
 * the operands, checks their number, folds constants, evaluates the operands from left to right
 * and deals with null; the function computes the result from the operands' values.
 *
 * A compiled expression is a tree of nodes.  Parsing builds it, optimizing folds what is
 * constant, evaluating walks it.  Folding comes after all parsing, so that an error in the
 * expression's form is found before one in its constants, as in MongoDB.
 */
#ifndef DOCDB_EXPR_INTERNAL_H
#define DOCDB_EXPR_INTERNAL_H

#include "base/errors.h"
#include "expr/expr.h"
#include "pgbson/number.h"

typedef struct ExprOp ExprOp;

/* ---- Compiled expressions ---- */

typedef enum ExprKind
{
	EXPR_CONSTANT,
	EXPR_PATH,					/* a variable, or a path into one */
	EXPR_DOCUMENT,
	EXPR_ARRAY,
	EXPR_OPERATOR
} ExprKind;

/* Slots of variables that are not a user's. */
#define EXPR_SLOT_CURRENT (-1)
#define EXPR_SLOT_ROOT (-2)
#define EXPR_SLOT_NOW (-3)
#define EXPR_SLOT_REMOVE (-4)
#define EXPR_SLOT_UNAVAILABLE (-5)	/* $$CLUSTER_TIME, which only a cluster has */
#define EXPR_SLOT_USER_ROLES (-6)	/* none: docdb has no roles of MongoDB's */

typedef struct ExprName
{
	const char *name;
	uint32		len;
} ExprName;

struct ExprNode
{
	void		(*eval) (const ExprNode *expr, ExprEvalContext *context, BsonValue *result);
	ExprKind	kind;

	BsonValue	constant;		/* CONSTANT */

	int			slot;			/* PATH: the variable ... */
	const BsonPath *path;		/* ... and the path into it, NULL for all of it */
	const char *variable;		/* name of an unavailable variable */

	ExprName   *names;			/* DOCUMENT: one for each operand */

	const ExprOp *op;			/* OPERATOR */
	void	   *data;			/* what the operator's parse function keeps */
	BsonValue  *values;			/* room for the operands' values */

	int			nargs;			/* operands: an operator's arguments, elements, field values */
	ExprNode  **args;
};

/* ---- Operators ---- */

/*
 * What an operator's function is given.  `nargs` is the number of operands it shall look at.
 */
typedef struct ExprCall
{
	const ExprNode *expr;
	int			nargs;
	ExprEvalContext *context;
} ExprCall;

/* Computes the result from evaluated operands. */
typedef void ExprFunction(ExprCall *call, const BsonValue *args, BsonValue *result);

/* The same for an operator that evaluates its operands itself, with expr_arg. */
typedef void ExprLazyFunction(ExprCall *call, BsonValue *result);

/* Parses an operator's argument where it is not simply a list of operands; fills args and data. */
typedef struct ExprParser ExprParser;
typedef void ExprParseFunction(ExprParser *parser, ExprNode *expr, const BsonValue *argument);

/* Folds constants; returns what replaces the expression (often itself). */
typedef struct ExprOptimizer ExprOptimizer;
typedef ExprNode *ExprOptimizeFunction(ExprOptimizer *optimizer, ExprNode *expr);

/* Flags of rows in expr_oplist.h. */

/* If any operand is null, undefined or missing, the result is null. */
#define EXPR_NULL_PROPAGATES	0x01

/*
 * The first such operand ends the evaluation and makes the result null.  The function is called
 * for the operands before it, so that it can refuse them, and its result is discarded.
 */
#define EXPR_NULL_ENDS			0x02

/* All operands must be numbers (28765), once null has been dealt with. */
#define EXPR_NUMERIC			0x04

/* Adjacent constant operands may be computed beforehand: all, or only the leading ones. */
#define EXPR_ASSOCIATIVE		0x08
#define EXPR_LEFT_ASSOCIATIVE	0x10

/* Gives another result each time, so it is never folded. */
#define EXPR_VOLATILE			0x20

#define EXPR_ANY_NUMBER (-1)	/* of arguments */

struct ExprOp
{
	const char *name;			/* with its dollar */
	int			min_args;
	int			max_args;		/* or EXPR_ANY_NUMBER */
	int			flags;
	ExprParseFunction *parse;	/* NULL: a list of operands */
	ExprOptimizeFunction *optimize; /* NULL: expr_fold */
	ExprFunction *function;		/* one of these two */
	ExprLazyFunction *lazy;
};

typedef enum ExprOpId
{
#define EXPR_OP(name, symbol, min, max, flags, function) EXPR_OP_##symbol,
#define EXPR_LAZY(name, symbol, min, max, flags, function) EXPR_OP_##symbol,
#define EXPR_FORM(name, symbol, flags, parse, optimize, function) EXPR_OP_##symbol,
#include "expr/expr_oplist.h"
#undef EXPR_OP
#undef EXPR_LAZY
#undef EXPR_FORM
	EXPR_OP_COUNT
} ExprOpId;

extern const ExprOp expr_ops[EXPR_OP_COUNT];

/* The operator of a name, or NULL. */
extern const ExprOp *expr_find_op(const char *name);

#define EXPR_OP(name, symbol, min, max, flags, function) extern ExprFunction function;
#define EXPR_LAZY(name, symbol, min, max, flags, function) extern ExprLazyFunction function;
#define EXPR_FORM(name, symbol, flags, parse, optimize, function) \
	extern ExprParseFunction parse; \
	extern ExprOptimizeFunction optimize; \
	extern ExprLazyFunction function;
#include "expr/expr_oplist.h"
#undef EXPR_OP
#undef EXPR_LAZY
#undef EXPR_FORM

/* The operator's name, for error messages. */
static inline const char *
expr_name(const ExprCall *call)
{
	return call->expr->op->name;
}

/* Evaluates one operand of a lazy operator. */
static inline void
expr_arg(ExprCall *call, int i, BsonValue *value)
{
	const ExprNode *arg = call->expr->args[i];

	arg->eval(arg, call->context, value);
}

/* Comparison of values by the collation of the expression. */
static inline int
expr_compare(const ExprCall *call, const BsonValue *a, const BsonValue *b)
{
	return pgbson_compare_collated(call->context->collation, a, b);
}

static inline bool
expr_equal(const ExprCall *call, const BsonValue *a, const BsonValue *b)
{
	return pgbson_equal_collated(call->context->collation, a, b);
}

/* Null, undefined or missing. */
static inline bool
expr_is_nullish(const BsonValue *value)
{
	return value->type == BSON_NULL || value->type == BSON_UNDEFINED ||
		value->type == BSON_MISSING;
}

static inline int64
expr_integer(const BsonValue *number)
{
	Assert(number->type == BSON_INT32 || number->type == BSON_INT64);
	return number->type == BSON_INT32 ? number->v.i32 : number->v.i64;
}

/* An int32 where it fits, and otherwise an int64. */
static inline void
expr_make_integer(int64 i, BsonValue *result)
{
	if (i >= PG_INT32_MIN && i <= PG_INT32_MAX)
		pgbson_make_int32((int32) i, result);
	else
		pgbson_make_int64(i, result);
}

static inline void
expr_make_decimal(BsonDecimal decimal, BsonValue *result)
{
	pgbson_make_simple(BSON_DECIMAL128, result);
	result->v.dec = decimal;
}

/* Whether a number is an integer of 32 bits, whatever its type; its value then is *i. */
extern bool expr_to_int32(const BsonValue *number, int32 *i);

/*
 * Evaluates operand i, which must be an int32 (else not_integer is raised) and not negative (else
 * negative is).
 */
extern int32 expr_index_operand(ExprCall *call, int i, const char *which, int not_integer,
								int negative);

/* The number n of $firstN and its like; raises 5787902, 5787903 or 5787908. */
extern int64 expr_check_n(const BsonValue *value);

/* The elements of an array, as views; and an array of values, where missing ones become null. */
extern BsonValue *expr_array_elements(const BsonValue *array, uint32 *count);
extern void expr_make_array(const BsonValue *values, uint32 count, BsonValue *result);

/*
 * Refuses a string or binary of more bytes than a document may have (BSONObjectTooLarge); returns
 * the size.
 */
extern uint32 expr_check_size(uint64 size);

/* Raises "<operator><what> <type>", as in "$add" " only supports numbers, not" "string". */
pg_noreturn extern void expr_type_error(ExprCall *call, int sqlstate, const char *what,
										const BsonValue *value);

/* ---- Parsing ---- */

/* Parses any expression, or an operator's operands (an array of them, or one alone). */
extern ExprNode *expr_parse(ExprParser *parser, const BsonValue *spec);
extern void expr_parse_args(ExprParser *parser, ExprNode *expr, const BsonValue *argument);

/* Refuses another number of operands (16020). */
extern void expr_require_args(const ExprNode *expr, int nargs);

/* The same for a range of numbers (28667). */
extern void expr_require_arg_range(const ExprNode *expr, int min_args, int max_args);

/* Sets the number of operands, all NULL, and makes room for their values. */
extern void expr_set_nargs(ExprNode *expr, int nargs);

/*
 * Variables that are visible only to a part of an expression: expr_define while the inner
 * expression is parsed, then expr_undefine with the number of them.
 */
extern int	expr_define(ExprParser *parser, const char *name, uint32 len);
extern void expr_undefine(ExprParser *parser, int count);

/*
 * One named operand of an operator that takes a document; `*found` points into the list given to
 * expr_parse_named.
 */
typedef struct ExprNamedArg
{
	const char *name;
	bool		raw;			/* no expression */
	bool		present;
	BsonValue	value;
	ExprNode   *node;			/* once it is parsed */
} ExprNamedArg;

/*
 * Sorts the fields of an operator's argument document into a list of names.  Returns the name of
 * the first field that is not in the list, or NULL.
 *
 * Given a parser, it parses the operands where they stand, for operators with which MongoDB does
 * so: then errors in operands come before what is said about the fields after them.
 */
extern const char *expr_named_args(ExprParser *parser, const BsonValue *argument,
								   ExprNamedArg *list, int count);

/* The expression of an operand that is present. */
extern ExprNode *expr_named_node(ExprParser *parser, const ExprNamedArg *arg);

/*
 * The form of an argument document: the SQLSTATEs for an argument that is no document, for a field
 * that is not known, and for each field that is missing, 0 where it may be.
 */
#define EXPR_MAX_FORM_FIELDS 6

typedef struct ExprForm
{
	int			not_document;
	int			unknown;
	const char *names[EXPR_MAX_FORM_FIELDS];
	int			missing[EXPR_MAX_FORM_FIELDS];
	bool		in_order;		/* operands are parsed where they stand ... */
	uint32		raw;			/* ... except these, by the bits of their numbers */
} ExprForm;

/*
 * Sorts an operator's argument into a list of the form's fields, raising the form's errors.  The
 * parser may be NULL where only these are wanted.
 */
extern void expr_parse_form(ExprParser *parser, const ExprNode *expr, const BsonValue *argument,
							const ExprForm *form, ExprNamedArg *list);

/* True for a constant as it was written, which {$literal: ...} is too; its value then is *value. */
extern bool expr_is_literal(const ExprNode *expr, BsonValue *value);

/* ---- Folding ---- */

extern ExprNode *expr_optimize(ExprOptimizer *optimizer, ExprNode *expr);

/* The same for a whole expression, whose constants compare by a collation. */
extern ExprNode *expr_optimize_all(ExprNode *expr, const BsonCollation *collation);

/* Optimizes the operands, and folds the expression when all of them are constant. */
extern ExprNode *expr_fold(ExprOptimizer *optimizer, ExprNode *expr);

/* Optimizes the operands only. */
extern ExprNode *expr_fold_args(ExprOptimizer *optimizer, ExprNode *expr);

/* Only puts the values of constant variables in their places, in all operands. */
extern ExprNode *expr_fold_nothing(ExprOptimizer *optimizer, ExprNode *expr);

/* Tells the optimizer that a variable has a constant value. */
extern void expr_set_constant(ExprOptimizer *optimizer, int slot, const BsonValue *value);

/* A node for a constant; the value is not copied. */
extern ExprNode *expr_make_constant(const BsonValue *value);

static inline bool
expr_is_constant_node(const ExprNode *expr)
{
	return expr->kind == EXPR_CONSTANT;
}

/* ---- Evaluation of the kinds of nodes ---- */

extern void expr_eval_constant(const ExprNode *expr, ExprEvalContext *context, BsonValue *result);
extern void expr_eval_path(const ExprNode *expr, ExprEvalContext *context, BsonValue *result);
extern void expr_eval_document(const ExprNode *expr, ExprEvalContext *context, BsonValue *result);
extern void expr_eval_array(const ExprNode *expr, ExprEvalContext *context, BsonValue *result);
extern void expr_eval_operator(const ExprNode *expr, ExprEvalContext *context, BsonValue *result);
extern void expr_eval_lazy(const ExprNode *expr, ExprEvalContext *context, BsonValue *result);

#endif							/* DOCDB_EXPR_INTERNAL_H */
