/*
 * op_comparison.c
 *		$eq, $ne, $gt, $gte, $lt, $lte: values against one operand.
 *
 * A value compares only with operands of its own class (all numbers are one class, strings and
 * symbols another, ...), except that MinKey and MaxKey as operands compare with everything.  A
 * missing field equals null.  Unlike in the sort order, NaN is neither less nor greater than other
 * numbers.
 */
#include "postgres.h"

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
	return match_node_predicate(op->id, path, operand);
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
	node = match_node_predicate(MATCH_OP_EQ, path, operand);
	node->negated = true;
	return node;
}

/* { field: literal }: equality. */
MatchNode *
match_parse_literal(const char *path, const BsonValue *literal)
{
	refuse_undefined(literal);
	return match_node_predicate(MATCH_OP_EQ, path, literal);
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

/* How a value stands to an operand. */
static Comparison
compare(const BsonValue *value, const BsonValue *operand)
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
	return from_sign(pgbson_compare(value, operand));
}

bool
match_eval_eq(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return compare(value, &predicate->operand) == EQUAL;
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
