/*
 * selectivity.c
 *		How many documents a filter is likely to let through.
 *
 * Each operator of match_oplist.h has a function here that guesses from the statistics of its
 * path, and a number for where there are none.  Conditions are taken to be independent, except
 * that two ends of a range on one path are looked at together.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "match/match_internal.h"
#include "pgbson/number.h"

/* How many conditions further on the other end of a range is looked for. */
#define RANGE_DISTANCE 32

static double
clamp(double fraction)
{
	return fraction > 1 ? 1 : fraction > 0 ? fraction : 0;
}

static double
type_fraction(const BsonPathStatistics *path, const uint8 *types, int ntypes)
{
	double		fraction = 0;

	for (int i = 0; i < ntypes; i++)
		fraction += pgbson_path_type_fraction(path, types[i]);
	return clamp(fraction);
}

/* ---- The operators ---- */

double
match_estimate_default(const MatchNode *node, const MatchEstimate *known,
					   const BsonPathStatistics *path)
{
	return node->op->selectivity;
}

double
match_estimate_sample_rate(const MatchNode *node, const MatchEstimate *known,
						   const BsonPathStatistics *path)
{
	return node->operand.v.f64;
}

/* Every document has an _id of its own. */
static bool
is_id(const MatchNode *node, const MatchEstimate *known)
{
	return known->prefix == NULL && node->path != NULL && strcmp(node->path, "_id") == 0;
}

static double
equal_fraction(const MatchNode *node, const BsonValue *value, const MatchEstimate *known,
			   const BsonPathStatistics *path)
{
	if (is_id(node, known))
		return 1 / known->rows;
	if (path == NULL)
		return match_operators[MATCH_OP_EQ].selectivity;
	if (value->type == BSON_NULL)
		return clamp(1 - path->present + path->null);
	return pgbson_path_equal_fraction(path, value, known->rows);
}

double
match_estimate_eq(const MatchNode *node, const MatchEstimate *known,
				  const BsonPathStatistics *path)
{
	return equal_fraction(node, &node->operand, known, path);
}

double
match_estimate_in(const MatchNode *node, const MatchEstimate *known,
				  const BsonPathStatistics *path)
{
	BsonIter	iter;
	double		fraction = 0;

	pgbson_iter_init(&iter, &node->operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		fraction += value.type == BSON_REGEX ? match_operators[MATCH_OP_REGEX].selectivity :
			equal_fraction(node, &value, known, path);
	}
	return clamp(fraction);
}

/* $gt and $gte give the low end of a range, $lt and $lte the high end. */
static bool
is_low_end(const MatchNode *node)
{
	return node->op->id == MATCH_OP_GT || node->op->id == MATCH_OP_GTE;
}

static bool
is_range(const MatchNode *node)
{
	return node->kind == MATCH_NODE_PREDICATE && !node->negated && node->path != NULL &&
		node->op->estimate == match_estimate_range;
}

static bool
includes_end(const MatchNode *node)
{
	return node->op->id == MATCH_OP_GTE || node->op->id == MATCH_OP_LTE;
}

static BsonRangeEnd
range_end(const MatchNode *node, int rank)
{
	BsonRangeEnd end = {NULL, rank, true};

	if (node != NULL)
	{
		end.value = &node->operand;
		end.inclusive = includes_end(node);
	}
	return end;
}

/* Between two ends of a rank, of which one may be NULL. */
static double
between(const MatchNode *low, const MatchNode *high, int rank, const BsonPathStatistics *path)
{
	BsonRangeEnd from = range_end(low, rank);
	BsonRangeEnd to = range_end(high, rank);

	return pgbson_path_range_fraction(path, &from, &to);
}

double
match_estimate_range(const MatchNode *node, const MatchEstimate *known,
					 const BsonPathStatistics *path)
{
	const BsonValue *operand = &node->operand;
	int			rank;

	if (operand->type == BSON_MINKEY || operand->type == BSON_MAXKEY)
		return is_low_end(node) == (operand->type == BSON_MINKEY) ? 1 : 1 / known->rows;
	if (operand->type == BSON_NULL && !includes_end(node))
		return 0;
	if (path == NULL)
		return node->op->selectivity;
	if (operand->type == BSON_NULL)
		return clamp(1 - path->present + path->null);
	if (operand->type == BSON_DOCUMENT || operand->type == BSON_ARRAY)
		return pgbson_path_type_fraction(path, operand->type) * node->op->selectivity;
	rank = pgbson_type_rank(operand->type);
	return is_low_end(node) ? between(node, NULL, rank, path) : between(NULL, node, rank, path);
}

double
match_estimate_exists(const MatchNode *node, const MatchEstimate *known,
					  const BsonPathStatistics *path)
{
	return path == NULL ? node->op->selectivity : path->present;
}

double
match_estimate_type(const MatchNode *node, const MatchEstimate *known,
					const BsonPathStatistics *path)
{
	double		fraction = 0;

	if (path == NULL)
		return node->op->selectivity;
	for (int type = 1; type <= PG_UINT8_MAX; type++)
		if (match_is_type(node->operand.v.i64, type))
			fraction += pgbson_path_type_fraction(path, type);
	return clamp(fraction);
}

/* Lengths near the average are likely, how likely is not known. */
double
match_estimate_size(const MatchNode *node, const MatchEstimate *known,
					const BsonPathStatistics *path)
{
	if (path == NULL)
		return node->op->selectivity;
	return path->array * 0.5 / (1 + pow(node->operand.v.i64 - path->length, 2));
}

double
match_estimate_elem_match(const MatchNode *node, const MatchEstimate *known,
						  const BsonPathStatistics *path)
{
	const Matcher *matcher = node->data;
	MatchEstimate inner = *known;
	double		fraction;

	if (path == NULL)
		return node->op->selectivity;
	if (matcher->is_constant)
		return matcher->constant ? path->array : 0;

	/* The statistics of a path are those of the values in the arrays on it. */
	inner.prefix = known->prefix == NULL ? node->path :
		node->path == NULL ? known->prefix : psprintf("%s.%s", known->prefix, node->path);
	fraction = match_selectivity(matcher->root, &inner);
	return Min(path->array, fraction);
}

/* Tries the most common values, and takes a share of the other strings. */
double
match_estimate_regex(const MatchNode *node, const MatchEstimate *known,
					 const BsonPathStatistics *path)
{
	static const uint8 text_types[] = {BSON_STRING, BSON_SYMBOL};
	MatchPredicate predicate = {.data = node->data};
	BsonIter	value_iter;
	BsonIter	count_iter;
	double		matching = 0;
	double		others;

	if (path == NULL || ((const MatchRegexData *) node->data)->compiled == NULL)
		return node->op->selectivity;
	others = type_fraction(path, text_types, lengthof(text_types));
	pgbson_iter_init(&value_iter, &path->common);
	pgbson_iter_init(&count_iter, &path->counts);
	while (pgbson_iter_next(&value_iter) && pgbson_iter_next(&count_iter))
	{
		BsonValue	value;
		BsonValue	count;
		double		fraction;

		pgbson_iter_value(&value_iter, &value);
		pgbson_iter_value(&count_iter, &count);
		if (value.type != BSON_STRING)
			continue;
		fraction = pgbson_number_to_double(&count) / path->documents;
		others -= fraction;
		if (match_eval_regex(&predicate, &value, NULL))
			matching += fraction;
	}
	return clamp(matching + Max(others, 0) * node->op->selectivity);
}

double
match_estimate_number(const MatchNode *node, const MatchEstimate *known,
					  const BsonPathStatistics *path)
{
	static const uint8 number_types[] = {BSON_INT32, BSON_INT64, BSON_DOUBLE, BSON_DECIMAL128};

	return path == NULL ? node->op->selectivity :
		type_fraction(path, number_types, lengthof(number_types)) * node->op->selectivity;
}

/* ---- The tree ---- */

/* What is known of a path below the prefix; NULL without statistics. */
static const BsonPathStatistics *
find_path(const MatchEstimate *known, const char *path, BsonPathStatistics *space)
{
	const char *full = known->prefix == NULL ? path :
	path == NULL ? known->prefix : psprintf("%s.%s", known->prefix, path);

	if (known->statistics == NULL || full == NULL)
		return NULL;
	(void) pgbson_statistics_path(known->statistics, full, strlen(full), space);
	return space;
}

/*
 * The other end of a range on the same path among the later conditions of a conjunction; both are
 * marked as done.
 */
static const MatchNode *
find_other_end(const MatchNode *node, List *children, int from, bool *done)
{
	int			to = Min(list_length(children), from + RANGE_DISTANCE);

	for (int i = from; i < to; i++)
	{
		const MatchNode *other = list_nth(children, i);

		if (!done[i] && is_range(other) && is_low_end(other) != is_low_end(node) &&
			strcmp(other->path, node->path) == 0 &&
			pgbson_type_rank(other->operand.type) == pgbson_type_rank(node->operand.type))
		{
			done[i] = true;
			return other;
		}
	}
	return NULL;
}

/*
 * Whether a condition on _id is one on the column of that name too, as crud writes it.  The planner
 * takes that one into account besides.
 */
static bool
is_said_by_column(const MatchNode *node, const MatchEstimate *known)
{
	if (known->id_conditions == 0 || node->kind != MATCH_NODE_PREDICATE || node->negated ||
		!is_id(node, known))
		return false;
	switch (node->op->id)
	{
		case MATCH_OP_GT:
		case MATCH_OP_GTE:
			return (known->id_conditions & MATCH_ID_LOW) != 0;
		case MATCH_OP_LT:
		case MATCH_OP_LTE:
			return (known->id_conditions & MATCH_ID_HIGH) != 0;
		case MATCH_OP_EQ:
		case MATCH_OP_IN:
			return (known->id_conditions & MATCH_ID_EQUAL) != 0;
		default:
			return false;
	}
}

static double
and_selectivity(const MatchNode *node, const MatchEstimate *known)
{
	bool	   *done = palloc0(list_length(node->children) * sizeof(bool));
	double		fraction = 1;

	for (int i = 0; i < list_length(node->children); i++)
	{
		const MatchNode *child = list_nth(node->children, i);
		const MatchNode *other = NULL;
		BsonPathStatistics space;

		if (done[i])
			continue;
		if (is_said_by_column(child, known))
			continue;
		if (known->statistics != NULL && is_range(child))
			other = find_other_end(child, node->children, i + 1, done);
		if (other == NULL)
			fraction *= match_selectivity(child, known);
		else
			fraction *= between(is_low_end(child) ? child : other,
								is_low_end(child) ? other : child,
								pgbson_type_rank(child->operand.type),
								find_path(known, child->path, &space));
	}
	return fraction;
}

static double
or_selectivity(const MatchNode *node, const MatchEstimate *known)
{
	MatchEstimate inner = *known;
	double		none = 1;
	ListCell   *lc;

	inner.id_conditions = 0;
	foreach(lc, node->children)
		none *= 1 - match_selectivity(lfirst(lc), &inner);
	return 1 - none;
}

double
match_selectivity(const MatchNode *node, const MatchEstimate *known)
{
	MatchEstimate inner = *known;
	BsonPathStatistics space;
	double		fraction = 0;

	check_stack_depth();
	switch (node->kind)
	{
		case MATCH_NODE_CONSTANT:
			fraction = node->constant ? 1 : 0;
			break;
		case MATCH_NODE_AND:
			if (node->negated)
				inner.id_conditions = 0;
			fraction = and_selectivity(node, &inner);
			break;
		case MATCH_NODE_OR:
			fraction = or_selectivity(node, known);
			break;
		case MATCH_NODE_PREDICATE:
			if (is_said_by_column(node, known))
				return 1;
			fraction = node->op->estimate(node, known, find_path(known, node->path, &space));
			break;
	}
	return clamp(node->negated ? 1 - fraction : fraction);
}
