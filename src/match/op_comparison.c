/*
 * op_comparison.c
 *		$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin: values against values.
 *
 * A value compares only with operands of its own class (all numbers are one class, strings and
 * symbols another, ...), except that MinKey and MaxKey as operands compare with everything.  A
 * missing field equals null.  Unlike in the sort order, NaN is neither less nor greater than other
 * numbers.
 *
 * A collation is looked at only by comparisons with strings, and with documents and arrays, which
 * may have strings in them; these have evaluation functions of their own.
 */
#include "postgres.h"

#include <math.h>

#include "base/errors.h"
#include "match/match_internal.h"
#include "pgbson/number.h"

static void
refuse_undefined(const BsonValue *operand)
{
	if (operand->type == BSON_UNDEFINED)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("cannot compare to undefined")));
}

/* A comparison, by the collation where that may make a difference. */
static MatchNode *
comparison_node(const MatchParse *parse, MatchOperatorId id, const char *path,
				const BsonValue *operand)
{
	MatchNode  *node = match_node_predicate(id, path, operand);

	if (pgbson_is_collatable(operand))
		node->collation = parse->collation;
	return node;
}

/* { $eq: value }, { $gt: value }, ...; only $eq takes a regex, which it compares as a value. */
MatchNode *
match_parse_comparison(MatchParse *parse, const MatchOperator *op, const char *path,
					   const BsonValue *operand, const BsonValue *siblings)
{
	refuse_undefined(operand);
	if (operand->type == BSON_REGEX && op->id != MATCH_OP_EQ)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Can't have RegEx as arg to non-equality predicate over field '%s'.",
						path ? path : "")));
	return comparison_node(parse, op->id, path, operand);
}

/* { $ne: value }: no value equals it. */
MatchNode *
match_parse_ne(MatchParse *parse, const MatchOperator *op, const char *path,
			   const BsonValue *operand, const BsonValue *siblings)
{
	MatchNode  *node;

	if (operand->type == BSON_REGEX)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Can't have regex as arg to $ne.")));
	refuse_undefined(operand);
	node = comparison_node(parse, MATCH_OP_EQ, path, operand);
	node->negated = true;
	return node;
}

MatchNode *
match_parse_literal(MatchParse *parse, const char *path, const BsonValue *literal)
{
	if (literal->type == BSON_REGEX)
		return match_regex_node(parse, path, literal);
	refuse_undefined(literal);
	return comparison_node(parse, MATCH_OP_EQ, path, literal);
}

static bool
is_nan(const BsonValue *value)
{
	return pgbson_is_number(value) && pgbson_number_is_nan(value);
}

typedef enum Comparison
{
	LESS,
	EQUAL,
	GREATER,
	INCOMPARABLE
} Comparison;

static inline Comparison
from_sign(int sign)
{
	return sign < 0 ? LESS : sign > 0 ? GREATER : EQUAL;
}

/* The general way for values of any two types. */
static Comparison
compare_any(const BsonValue *value, const BsonValue *operand, const BsonCollation *collation)
{
	if (value->type != operand->type &&
		pgbson_type_rank(value->type) != pgbson_type_rank(operand->type))
	{
		if (value->type == BSON_MISSING && operand->type == BSON_NULL)
			return EQUAL;
		if (operand->type == BSON_MINKEY)
			return GREATER;
		if (operand->type == BSON_MAXKEY)
			return LESS;
		return INCOMPARABLE;
	}
	if (is_nan(value) != is_nan(operand))
		return INCOMPARABLE;
	return from_sign(pgbson_compare_collated(collation, value, operand));
}

/* An int32 or a double as a double; both are exact. */
static inline bool
small_number(const BsonValue *value, double *f)
{
	if (value->type == BSON_INT32)
		*f = value->v.i32;
	else if (value->type == BSON_DOUBLE)
		*f = value->v.f64;
	else
		return false;
	return true;
}

static inline int
compare_strings(const BsonValue *a, const BsonValue *b)
{
	int			order;

	/* The first bytes decide most often. */
	if (a->len > 0 && b->len > 0 && *a->v.data != *b->v.data)
		return (int) (uint8) *a->v.data - (int) (uint8) *b->v.data;
	order = memcmp(a->v.data, b->v.data, Min(a->len, b->len));
	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* How a value stands to an operand; what is most common comes first. */
static inline Comparison
compare(const BsonValue *value, const BsonValue *operand)
{
	double		a;
	double		b;

	if (small_number(value, &a) && small_number(operand, &b))
	{
		if (a < b)
			return LESS;
		if (a > b)
			return GREATER;
		if (a == b)
			return EQUAL;
		return isnan(a) && isnan(b) ? EQUAL : INCOMPARABLE;
	}
	if (value->type == BSON_STRING && operand->type == BSON_STRING)
		return from_sign(compare_strings(value, operand));
	if (value->type == BSON_DATE && operand->type == BSON_DATE)
		return from_sign((value->v.i64 > operand->v.i64) - (value->v.i64 < operand->v.i64));
	return compare_any(value, operand, NULL);
}

bool
match_eval_eq(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	const BsonValue *operand = &predicate->operand;

	if (value->type == BSON_STRING && operand->type == BSON_STRING)
		return value->len == operand->len && compare_strings(value, operand) == 0;
	return compare(value, operand) == EQUAL;
}

bool
match_eval_gt(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return compare(value, &predicate->operand) == GREATER;
}

bool
match_eval_gte(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	Comparison	comparison = compare(value, &predicate->operand);

	return comparison == GREATER || comparison == EQUAL;
}

bool
match_eval_lt(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return compare(value, &predicate->operand) == LESS;
}

bool
match_eval_lte(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	Comparison	comparison = compare(value, &predicate->operand);

	return comparison == LESS || comparison == EQUAL;
}

/* ---- The same by a collation ---- */

static inline Comparison
compare_collated(const MatchPredicate *predicate, const BsonValue *value)
{
	return compare_any(value, &predicate->operand, predicate->collation);
}

static bool
eval_eq_collated(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return compare_collated(predicate, value) == EQUAL;
}

static bool
eval_gt_collated(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return compare_collated(predicate, value) == GREATER;
}

static bool
eval_gte_collated(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	Comparison	comparison = compare_collated(predicate, value);

	return comparison == GREATER || comparison == EQUAL;
}

static bool
eval_lt_collated(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return compare_collated(predicate, value) == LESS;
}

static bool
eval_lte_collated(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	Comparison	comparison = compare_collated(predicate, value);

	return comparison == LESS || comparison == EQUAL;
}

/* ---- $in, $nin ---- */

static int
compare_values(const void *a, const void *b, void *arg)
{
	return pgbson_compare_collated(arg, a, b);
}

/* Sorts the values and removes repetitions. */
static void
sort_values(MatchInData *in)
{
	int			kept = 0;
	bool		sorted = true;

	/* A driver's list is often in order already. */
	for (int i = 1; i < in->nvalues && sorted; i++)
		sorted = compare_values(&in->values[i - 1], &in->values[i],
								unconstify(BsonCollation *, in->collation)) < 0;
	if (sorted)
		return;
	qsort_interruptible(in->values, in->nvalues, sizeof(BsonValue), compare_values,
						unconstify(BsonCollation *, in->collation));
	for (int i = 0; i < in->nvalues; i++)
		if (i == 0 ||
			!pgbson_equal_collated(in->collation, &in->values[i], &in->values[kept - 1]))
			in->values[kept++] = in->values[i];
	in->nvalues = kept;
}

/* A list of one value is an equality, a list of none matches nothing. */
static MatchNode *
in_node(const MatchParse *parse, const char *path, const BsonValue *operand, MatchInData *in)
{
	MatchNode  *node;

	if (in->nvalues == 0 && in->nregexes == 0)
		return match_node_constant(false);
	if (in->nvalues == 1 && in->nregexes == 0)
		return comparison_node(parse, MATCH_OP_EQ, path, &in->values[0]);
	node = match_node_predicate(MATCH_OP_IN, path, operand);
	node->data = in;
	node->collation = in->collation;
	if (in->collation == NULL && !parse->check_only)
		in->sieve = match_sieve_create(in->values, in->nvalues);
	if (in->nregexes > 0)
		node->phase = MATCH_COSTLY;
	return node;
}

static void
add_to_list(MatchParse *parse, const BsonValue *value, MatchInData *in)
{
	refuse_undefined(value);
	if (match_is_conditions(value, false))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("cannot nest $ under $in")));
	if (value->type != BSON_REGEX)
		in->values[in->nvalues++] = *value;
	else
		in->regexes[in->nregexes++].data = match_regex_data(parse, value);
	in->has_null |= value->type == BSON_NULL;
	if (pgbson_is_collatable(value))
		in->collation = parse->collation;
}

/* { $in: [value or regex, ...] }; { $nin: ... } is its negation. */
MatchNode *
match_parse_in(MatchParse *parse, const MatchOperator *op, const char *path,
			   const BsonValue *operand, const BsonValue *siblings)
{
	MatchInData *in = palloc0(sizeof(MatchInData));
	MatchNode  *node;
	BsonIter	iter;
	uint32		count;

	if (operand->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("%s needs an array", op->name)));
	count = pgbson_count(operand);
	in->values = palloc(Max(count, 1) * sizeof(BsonValue));
	in->regexes = palloc0(Max(count, 1) * sizeof(MatchPredicate));
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		add_to_list(parse, &value, in);
	}
	if (!parse->check_only)
		sort_values(in);
	node = in_node(parse, path, operand, in);
	node->negated = op->id == MATCH_OP_NIN;
	return node;
}

static pg_attribute_always_inline bool
is_listed(const MatchInData *in, const BsonValue *value, const BsonCollation *collation)
{
	int			low = 0;
	int			high = in->nvalues;

	if (in->sieve != NULL && !match_sieve_passes(in->sieve, value))
		return false;
	while (low < high)
	{
		int			middle = (low + high) / 2;
		int			order = collation == NULL ? pgbson_compare(value, &in->values[middle]) :
		pgbson_compare_collated(collation, value, &in->values[middle]);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static pg_attribute_always_inline bool
eval_in(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run,
		const BsonCollation *collation)
{
	const MatchInData *in = predicate->data;

	if (value->type == BSON_MISSING)
		return in->has_null;
	if (is_listed(in, value, collation))
		return true;
	for (int i = 0; i < in->nregexes; i++)
		if (match_eval_regex(&in->regexes[i], value, run))
			return true;
	return false;
}

bool
match_eval_in(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return eval_in(predicate, value, run, NULL);
}

static bool
eval_in_collated(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return eval_in(predicate, value, run, predicate->collation);
}

MatchEvalFunction
match_collated_eval(MatchOperatorId id)
{
	switch (id)
	{
		case MATCH_OP_EQ:
			return eval_eq_collated;
		case MATCH_OP_GT:
			return eval_gt_collated;
		case MATCH_OP_GTE:
			return eval_gte_collated;
		case MATCH_OP_LT:
			return eval_lt_collated;
		case MATCH_OP_LTE:
			return eval_lte_collated;
		default:
			Assert(id == MATCH_OP_IN);
			return eval_in_collated;
	}
}
