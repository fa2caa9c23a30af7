/*
 * accum_internal.h
 *		What accumulators are written with.
 */
#ifndef DOCDB_EXPR_ACCUM_INTERNAL_H
#define DOCDB_EXPR_ACCUM_INTERNAL_H

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"

#include "base/errors.h"
#include "expr/accum.h"
#include "expr/expr_internal.h"
#include "expr/value_set.h"

/* The states of the families; accum_list.h names them by family. */

/*
 * The exact sum of doubles and integers as the sum of two doubles, and that of decimals beside it.
 * `special` is the plain sum, which is right where infinities and NaNs are involved.
 */
typedef struct expr_accum_sum_state
{
	AccumState	base;
	double		sum;
	double		addend;
	double		special;
	BsonDecimal decimal;
	int64		ints;			/* how many values there were of each type */
	int64		longs;
	int64		doubles;
	int64		decimals;
} expr_accum_sum_state;

typedef struct expr_accum_count_state
{
	AccumState	base;
	int64		count;
} expr_accum_count_state;

/* One value, for $first, $last, $min and $max. */
typedef struct expr_accum_value_state
{
	AccumState	base;
	bool		present;
	BsonValue	value;
	Size		capacity;		/* of the memory that value.v.data points to */
	char	   *data;
} expr_accum_value_state;

/* Values in order.  `start` is the first one that has not been removed. */
typedef struct expr_accum_list_state
{
	AccumState	base;
	BsonValue  *values;
	uint64		start;
	uint64		count;			/* up to and without this one */
	uint64		capacity;
	uint64		bytes;
} expr_accum_list_state;

/* Distinct values in the order in which they came first. */
typedef struct expr_accum_set_state
{
	AccumState	base;
	ValueSet	set;
	uint64		bytes;
} expr_accum_set_state;

/* The fields of merged documents: each name where it came first, with its last value. */
typedef struct expr_accum_merge_state
{
	AccumState	base;
	ValueSet	names;			/* as strings */
	BsonValue  *values;			/* by index of the name */
	uint32		capacity;		/* of values */
} expr_accum_merge_state;

typedef struct expr_accum_deviation_state
{
	AccumState	base;
	int64		count;
	double		mean;
	double		m2;				/* sum of the squares of differences from the mean */
} expr_accum_deviation_state;

/* A value and what it is ranked by. */
typedef struct RankedEntry
{
	BsonValue	value;
	BsonValue  *keys;
	int64		place;			/* in the order of the input */
} RankedEntry;

/* How entries are ranked, and which n of them stay. */
typedef struct Ranking
{
	int64		n;				/* 0 before the first value */
	int			nkeys;			/* none: by place */
	uint32		descending;		/* bit i: key i */
	bool		last;			/* the last n, not the first */
	bool		reversed;		/* give them from the last to the first */
	const BsonCollation *collation; /* that of the state */
} Ranking;

/*
 * The first or last n values in some order.  More than n are kept until there are twice as many.
 */
typedef struct expr_accum_ranked_state
{
	AccumState	base;
	Ranking		ranking;
	struct BsonSort *sort;		/* of $top and its like */
	RankedEntry *entries;
	uint64		count;
	uint64		capacity;
	uint64		bytes;
	int64		next_place;
	bool		cut;			/* the first n entries were the best when others were dropped */
} expr_accum_ranked_state;

/*
 * Moves the n entries that stay to the front, in order, and the others behind them; returns the
 * number of those that stay.
 */
extern uint64 expr_accum_select(RankedEntry *entries, uint64 count, const Ranking *ranking);

/* All numbers, and which percentiles of them are wanted. */
typedef struct expr_accum_percentile_state
{
	AccumState	base;
	double	   *values;
	uint64		count;
	uint64		capacity;
	double	   *ps;
	int			nps;
} expr_accum_percentile_state;

/* The functions of all rows; what several rows share is declared several times. */
#define ACCUM(name, symbol, sql_name, family, step, final, argument, flags) \
	extern void expr_accum_##family##_init(AccumState *state); \
	extern void expr_accum_##family##_combine(AccumState *state, const AccumState *other); \
	extern bool expr_accum_##family##_remove(AccumState *state, const BsonValue *value); \
	extern void expr_accum_##family##_write(const AccumState *state, StringInfo out); \
	extern void expr_accum_##family##_read(AccumState *state, StringInfo in); \
	extern void expr_accum_##step##_step(AccumState *state, const BsonValue *value); \
	extern void expr_accum_##final##_final(const AccumState *state, BsonValue *result); \
	extern void expr_accum_##argument##_argument(const AccumOp *op, const BsonValue *spec, \
												 BsonValue *expression);
#include "expr/accum_list.h"
#undef ACCUM

/* A value as type, size and payload; MISSING is possible.  Read values are views. */
extern void expr_accum_write_value(StringInfo out, const BsonValue *value);
extern void expr_accum_read_value(StringInfo in, BsonValue *value);

/* A copy of a value in the state's context. */
extern void expr_accum_keep(AccumState *state, const BsonValue *value, BsonValue *copy);

/* Releases a value made by expr_accum_keep. */
extern void expr_accum_release(BsonValue *value);

/*
 * Raises ExceededMemoryLimit once a state holds more bytes than MongoDB allows one that cannot be
 * written to disk.
 */
extern void expr_accum_check_memory(const char *name, uint64 bytes);

#endif							/* DOCDB_EXPR_ACCUM_INTERNAL_H */
