/*
 * accum.h
 *		Accumulators, of $group and as expressions.
 *
 * One of the public headers of expr.  Each accumulator is a row of accum_list.h; each is an SQL
 * aggregate docdb.accum_<sql_name>(bson_value) too, where NULL stands for a missing value, as
 * argument and as result.  A $group stage turns a missing result into null; a window leaves it.
 * Those that compare values have a form with a second argument, the collation.
 */
#ifndef DOCDB_EXPR_ACCUM_H
#define DOCDB_EXPR_ACCUM_H

#include "pgbson/builder.h"
#include "pgbson/collation.h"

/* There is an expression operator of the same name, over an array or a list of operands. */
#define ACCUM_EXPRESSION	0x01

/* The result depends on the order of the input. */
#define ACCUM_ORDERED		0x02

/* Takes an empty document instead of an expression ({$count: {}}). */
#define ACCUM_NO_ARGUMENT	0x04

/* A window that moves may take values out at its start. */
#define ACCUM_REMOVABLE		0x08

/* Compares values, so that a collation matters. */
#define ACCUM_COMPARES		0x10

/* Its argument is a document whose field "n" is the same for all of a group. */
#define ACCUM_TAKES_N		0x20

typedef struct AccumOp AccumOp;

/* What all states begin with.  A state and all that it keeps is in one memory context. */
typedef struct AccumState
{
	const AccumOp *op;
	MemoryContext context;
	const BsonCollation *collation;
} AccumState;

struct AccumOp
{
	const char *name;			/* with its dollar */
	const char *sql_name;
	int			flags;
	Size		state_size;

	/* Makes a zeroed state that of no input. */
	void		(*init) (AccumState *state);

	/* Takes in a value, which may be MISSING. */
	void		(*step) (AccumState *state, const BsonValue *value);

	/* Takes in what another state has taken in. */
	void		(*combine) (AccumState *state, const AccumState *other);

	/* Takes out the value that was taken in first; false when it cannot, the state then is void. */
	bool		(*remove) (AccumState *state, const BsonValue *value);

	/* A state as bytes and back. */
	void		(*write) (const AccumState *state, StringInfo out);
	void		(*read) (AccumState *state, StringInfo in);

	/* The result, in CurrentMemoryContext or a view of the state, which stays as it is. */
	void		(*final) (const AccumState *state, BsonValue *result);

	/*
	 * The expression whose values are to be taken in, made of what is written after the name: the
	 * same, or for {$topN: {n, sortBy, output}} and the like one of a document that has all that
	 * the accumulator needs.  Raises MongoDB's errors of form.
	 */
	void		(*argument) (const AccumOp *op, const BsonValue *spec, BsonValue *expression);
};

typedef enum AccumId
{
#define ACCUM(name, symbol, sql_name, family, step, final, argument, flags) ACCUM_##symbol,
#include "expr/accum_list.h"
#undef ACCUM
	ACCUM_COUNT_OF_ROWS
} AccumId;

extern const AccumOp expr_accum_ops[ACCUM_COUNT_OF_ROWS];

/* The accumulator of a name, dollar included, or NULL. */
extern const AccumOp *expr_accum_find(const char *name);

/* A new state in a memory context.  The collation must live as long. */
extern AccumState *expr_accum_create(const AccumOp *op, MemoryContext context,
									 const BsonCollation *collation);

#endif							/* DOCDB_EXPR_ACCUM_H */
