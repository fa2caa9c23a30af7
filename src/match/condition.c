/*
 * condition.c
 *		A filter as others see it: what it requires of documents, and what follows from it.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "match/match_internal.h"

/* ---- Making the tree ---- */

static MatchCondition *convert(const MatchNode *node, bool negated);

static void
convert_children(MatchCondition *condition, const MatchNode *node, bool negated)
{
	ListCell   *lc;

	condition->nchildren = list_length(node->children);
	condition->children = palloc(Max(condition->nchildren, 1) * sizeof(MatchCondition *));
	foreach(lc, node->children)
		condition->children[foreach_current_index(lc)] = convert(lfirst(lc), negated);
}

static void
add_regex(MatchCondition *condition, const MatchRegexData *data)
{
	MatchRegex *regex = unconstify(MatchRegex *, &condition->regexes[condition->nregexes++]);

	regex->pattern = data->pattern;
	regex->options = data->options;
}

static void
convert_in(MatchCondition *condition, const MatchInData *in)
{
	condition->kind = MATCH_IS_IN;
	condition->nvalues = in->nvalues;
	condition->values = in->values;
	condition->regexes = palloc(Max(in->nregexes, 1) * sizeof(MatchRegex));
	for (int i = 0; i < in->nregexes; i++)
		add_regex(condition, in->regexes[i].data);
}

static void
convert_elem_match(MatchCondition *condition, const Matcher *matcher)
{
	condition->kind = MATCH_IS_ELEM_MATCH;
	condition->of_fields = matcher->form == MATCH_FORM_DOCUMENT;
	condition->nchildren = 1;
	condition->children = palloc(sizeof(MatchCondition *));
	condition->children[0] = convert(matcher->root, false);
}

static void
convert_predicate(MatchCondition *condition, const MatchNode *node)
{
	condition->path = node->path;
	condition->node = node;
	condition->operand = node->operand;
	condition->collation = node->collation;
	switch (node->op->id)
	{
		case MATCH_OP_EQ:
			condition->kind = MATCH_IS_EQ;
			break;
		case MATCH_OP_GT:
			condition->kind = MATCH_IS_GT;
			break;
		case MATCH_OP_GTE:
			condition->kind = MATCH_IS_GTE;
			break;
		case MATCH_OP_LT:
			condition->kind = MATCH_IS_LT;
			break;
		case MATCH_OP_LTE:
			condition->kind = MATCH_IS_LTE;
			break;
		case MATCH_OP_IN:
			convert_in(condition, node->data);
			break;
		case MATCH_OP_REGEX:
			condition->kind = MATCH_IS_REGEX;
			condition->regexes = palloc(sizeof(MatchRegex));
			add_regex(condition, node->data);
			break;
		case MATCH_OP_EXISTS:
			condition->kind = MATCH_IS_EXISTS;
			break;
		case MATCH_OP_TYPE:
			condition->kind = MATCH_IS_TYPE;
			condition->types = (uint64) node->operand.v.i64;
			break;
		case MATCH_OP_MOD:
			condition->kind = MATCH_IS_NUMBER_TEST;
			break;
		case MATCH_OP_BITS_ALL_CLEAR:
		case MATCH_OP_BITS_ALL_SET:
		case MATCH_OP_BITS_ANY_CLEAR:
		case MATCH_OP_BITS_ANY_SET:
			condition->kind = MATCH_IS_BITS_TEST;
			break;
		case MATCH_OP_SIZE:
			condition->kind = MATCH_IS_SIZE;
			break;
		case MATCH_OP_ELEM_MATCH:
			convert_elem_match(condition, node->data);
			break;
		default:
			condition->kind = MATCH_IS_OTHER;
			break;
	}
}

static MatchCondition *
convert(const MatchNode *node, bool negated)
{
	MatchCondition *condition = palloc0(sizeof(MatchCondition));

	check_stack_depth();
	negated = negated != node->negated;
	switch (node->kind)
	{
		case MATCH_NODE_CONSTANT:
			condition->kind = MATCH_IS_CONSTANT;
			condition->constant = node->constant != negated;
			break;
		case MATCH_NODE_AND:
		case MATCH_NODE_OR:
			condition->kind = (node->kind == MATCH_NODE_AND) != negated ?
				MATCH_IS_AND : MATCH_IS_OR;
			convert_children(condition, node, negated);
			break;
		case MATCH_NODE_PREDICATE:
			condition->negated = negated;
			convert_predicate(condition, node);
			break;
	}
	return condition;
}

MatchCondition *
match_conditions(const BsonValue *filter)
{
	return convert(match_parse_shape(filter, false), false);
}

MatchCondition *
match_conditions_to_test(const BsonValue *filter)
{
	return convert(match_parse_shape(filter, true), false);
}

bool
match_condition_passes(const MatchCondition *condition, const BsonValue *value)
{
	MatchPredicate predicate = {0};

	match_fill_predicate(&predicate, condition->node);
	return predicate.eval(&predicate, value, NULL) != condition->negated;
}

bool
match_condition_has_type(const MatchCondition *condition, uint8 type)
{
	return match_is_type((int64) condition->types, type);
}

bool
match_condition_is_collatable(const MatchCondition *condition)
{
	switch (condition->kind)
	{
		case MATCH_IS_EQ:
		case MATCH_IS_GT:
		case MATCH_IS_GTE:
		case MATCH_IS_LT:
		case MATCH_IS_LTE:
			return pgbson_is_collatable(&condition->operand);
		case MATCH_IS_IN:
			for (int i = 0; i < condition->nvalues; i++)
				if (pgbson_is_collatable(&condition->values[i]))
					return true;
			return false;
		default:
			return false;
	}
}

/* ---- Testing values ---- */

static bool
test_comparison(MatchOperatorId id, const MatchCondition *condition, const BsonValue *operand,
				const BsonValue *value)
{
	MatchPredicate predicate = {.operand = *operand, .collation = condition->collation};

	if (condition->collation != NULL && pgbson_is_collatable(operand))
		return match_collated_eval(id) (&predicate, value, NULL);
	return match_operators[id].eval(&predicate, value, NULL);
}

bool
match_condition_test(const MatchCondition *condition, const BsonValue *value)
{
	const BsonValue *operand = &condition->operand;

	switch (condition->kind)
	{
		case MATCH_IS_EQ:
			return test_comparison(MATCH_OP_EQ, condition, operand, value);
		case MATCH_IS_GT:
			return test_comparison(MATCH_OP_GT, condition, operand, value);
		case MATCH_IS_GTE:
			return test_comparison(MATCH_OP_GTE, condition, operand, value);
		case MATCH_IS_LT:
			return test_comparison(MATCH_OP_LT, condition, operand, value);
		case MATCH_IS_LTE:
			return test_comparison(MATCH_OP_LTE, condition, operand, value);
		case MATCH_IS_IN:
			for (int i = 0; i < condition->nvalues; i++)
				if (test_comparison(MATCH_OP_EQ, condition, &condition->values[i], value))
					return true;
			return false;
		case MATCH_IS_EXISTS:
			return value->type != BSON_MISSING;
		case MATCH_IS_TYPE:
			return match_condition_has_type(condition, value->type);
		default:
			return false;
	}
}

/* ---- What follows from a filter ---- */

/* Whether a condition that is not negated can be met by a value that is missing or null. */
static bool
passes_missing(const MatchCondition *condition)
{
	BsonValue	missing;

	switch (condition->kind)
	{
		case MATCH_IS_EXISTS:
		case MATCH_IS_SIZE:
		case MATCH_IS_REGEX:
		case MATCH_IS_ELEM_MATCH:
			return false;
		case MATCH_IS_OTHER:
			return true;
		default:
			pgbson_make_simple(BSON_MISSING, &missing);
			return match_condition_test(condition, &missing);
	}
}

/*
 * Whether a path leads to something wherever another one does: it is the same, or a part of it
 * from the beginning.
 */
static bool
leads_on(const char *path, const char *other)
{
	size_t		len = strlen(path);

	return strncmp(path, other, len) == 0 && (other[len] == '\0' || other[len] == '.');
}

bool
match_requires(const MatchCondition *filter, const char *path)
{
	check_stack_depth();
	switch (filter->kind)
	{
		case MATCH_IS_CONSTANT:
			return !filter->constant;
		case MATCH_IS_AND:
			for (int i = 0; i < filter->nchildren; i++)
				if (match_requires(filter->children[i], path))
					return true;
			return false;
		case MATCH_IS_OR:
			for (int i = 0; i < filter->nchildren; i++)
				if (!match_requires(filter->children[i], path))
					return false;
			return true;
		default:
			return !filter->negated && filter->path != NULL && leads_on(path, filter->path) &&
				!passes_missing(filter);
	}
}

/* Whether all values that pass a range condition pass another one too. */
static bool
range_implies(const MatchCondition *range, const MatchCondition *other)
{
	bool		upward = range->kind == MATCH_IS_GT || range->kind == MATCH_IS_GTE;
	bool		other_upward = other->kind == MATCH_IS_GT || other->kind == MATCH_IS_GTE;
	int			order;

	if (other->kind < MATCH_IS_GT || other->kind > MATCH_IS_LTE || upward != other_upward ||
		range->operand.type == BSON_ARRAY || other->operand.type == BSON_ARRAY ||
		range->operand.type == BSON_MINKEY || range->operand.type == BSON_MAXKEY ||
		pgbson_type_rank(range->operand.type) != pgbson_type_rank(other->operand.type))
		return false;
	if (match_condition_test(other, &range->operand))
		return true;
	order = pgbson_compare_collated(range->collation, &range->operand, &other->operand);
	return order == 0 && (range->kind == MATCH_IS_GT || range->kind == MATCH_IS_LT);
}

/*
 * Whether a document with a value that passes one condition passes the other, where neither is
 * negated and both are on the same path.  Only conditions that test the elements of arrays may
 * follow from a value, which may be one.
 */
static bool
single_implies(const MatchCondition *condition, const MatchCondition *other)
{
	if (other->kind == MATCH_IS_EXISTS)
		return !passes_missing(condition);
	if (other->kind < MATCH_IS_EQ || (other->kind > MATCH_IS_IN && other->kind != MATCH_IS_TYPE) ||
		other->nregexes > 0)
		return false;
	switch (condition->kind)
	{
		case MATCH_IS_EQ:
			return condition->operand.type != BSON_NULL ?
				match_condition_test(other, &condition->operand) :
				other->kind == MATCH_IS_EQ && other->operand.type == BSON_NULL;
		case MATCH_IS_IN:
			for (int i = 0; i < condition->nvalues; i++)
				if (condition->values[i].type == BSON_NULL ||
					!match_condition_test(other, &condition->values[i]))
					return false;
			return condition->nregexes == 0;
		case MATCH_IS_GT:
		case MATCH_IS_GTE:
		case MATCH_IS_LT:
		case MATCH_IS_LTE:
			return range_implies(condition, other);
		case MATCH_IS_TYPE:
			return other->kind == MATCH_IS_TYPE && (condition->types & ~other->types) == 0;
		default:
			return false;
	}
}

/*
 * What strings pass one condition says nothing about another that compares them otherwise.  One
 * that compares with nothing that a collation concerns has none, and goes with all others.
 */
static bool
collations_agree(const MatchCondition *condition, const MatchCondition *other)
{
	return !match_condition_is_collatable(condition) || !match_condition_is_collatable(other) ||
		pgbson_collation_same(condition->collation, other->collation);
}

/* The same for any two conditions that are no groups. */
static bool
condition_implies(const MatchCondition *condition, const MatchCondition *other)
{
	if (!collations_agree(condition, other))
		return false;
	if (condition->path == NULL || other->path == NULL)
		return false;
	if (other->negated)
	{
		if (!condition->negated)
			return false;
		/* What no value passes, no value of a smaller set passes. */
		return strcmp(condition->path, other->path) == 0 && single_implies(other, condition);
	}
	if (condition->negated)
		return false;
	if (other->kind == MATCH_IS_EXISTS && leads_on(other->path, condition->path))
		return !passes_missing(condition);
	return strcmp(condition->path, other->path) == 0 && single_implies(condition, other);
}

bool
match_implies(const MatchCondition *filter, const MatchCondition *other)
{
	check_stack_depth();
	if (filter->kind == MATCH_IS_CONSTANT)
		return !filter->constant || (other->kind == MATCH_IS_CONSTANT && other->constant);
	if (filter->kind == MATCH_IS_OR)
	{
		for (int i = 0; i < filter->nchildren; i++)
			if (!match_implies(filter->children[i], other))
				return false;
		return true;
	}
	if (other->kind == MATCH_IS_CONSTANT)
		return other->constant;
	if (other->kind == MATCH_IS_AND)
	{
		for (int i = 0; i < other->nchildren; i++)
			if (!match_implies(filter, other->children[i]))
				return false;
		return true;
	}
	if (filter->kind == MATCH_IS_AND)
	{
		for (int i = 0; i < filter->nchildren; i++)
			if (match_implies(filter->children[i], other))
				return true;
	}
	if (other->kind == MATCH_IS_OR)
	{
		for (int i = 0; i < other->nchildren; i++)
			if (match_implies(filter, other->children[i]))
				return true;
		return false;
	}
	return filter->kind != MATCH_IS_AND && condition_implies(filter, other);
}
