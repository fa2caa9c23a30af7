/*
 * op_set.c
 *		Operators that take arrays as sets, and those over the truth of elements.
 */
#include "postgres.h"

#include "expr/expr_internal.h"
#include "expr/value_set.h"

/* Refuses what is no array; `which` says whose type it is. */
static void
require_set(ExprCall *call, const BsonValue *value, int sqlstate, const char *which)
{
	if (value->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg("All operands of %s must be arrays. %s argument is of type: %s",
						expr_name(call), which, pgbson_type_name(value->type))));
}

static void
init_set(const ExprCall *call, ValueSet *set)
{
	expr_value_set_init_collated(set, CurrentMemoryContext, call->context->collation);
}

static void
add_elements(ValueSet *set, const BsonValue *array)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		(void) expr_value_set_add(set, &element);
	}
}

static void
make_set(const ExprCall *call, const BsonValue *array, ValueSet *set)
{
	init_set(call, set);
	add_elements(set, array);
}

static int
compare_values(const void *a, const void *b, void *arg)
{
	return pgbson_compare_collated(arg, (const BsonValue *) a, (const BsonValue *) b);
}

/* A set as an array in order, as MongoDB gives it. */
static void
make_sorted(const ValueSet *set, BsonValue *result)
{
	qsort_interruptible(set->values, set->count, sizeof(BsonValue), compare_values,
						unconstify(BsonCollation *, set->collation));
	expr_make_array(set->values, set->count, result);
}

/* {$setUnion: [array, ...]} */
void
expr_set_union(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	ValueSet	set;

	init_set(call, &set);
	for (int i = 0; i < call->nargs; i++)
	{
		require_set(call, &args[i], DOCDB_SQLSTATE(17043), "One");
		add_elements(&set, &args[i]);
	}
	make_sorted(&set, result);
}

/* Keeps the elements of the smaller set, as MongoDB does where equal elements differ in type. */
static void
intersect(ValueSet *set, ValueSet *other)
{
	ValueSet	smaller;

	if (set->count > other->count)
	{
		smaller = *other;
		*other = *set;
		*set = smaller;
	}
	expr_value_set_init_collated(&smaller, CurrentMemoryContext, set->collation);
	for (uint32 i = 0; i < set->count; i++)
	{
		if (expr_value_set_find(other, &set->values[i]) >= 0)
			(void) expr_value_set_add(&smaller, &set->values[i]);
	}
	*set = smaller;
}

/* {$setIntersection: [array, ...]} */
void
expr_set_intersection(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	ValueSet	set;

	init_set(call, &set);
	for (int i = 0; i < call->nargs; i++)
	{
		ValueSet	other;

		require_set(call, &args[i], DOCDB_SQLSTATE(17047), "One");
		if (i == 0)
			add_elements(&set, &args[i]);
		else if (set.count > 0)
		{
			make_set(call, &args[i], &other);
			intersect(&set, &other);
		}
	}
	make_sorted(&set, result);
}

/* {$setDifference: [array, array]}: in the order of the first */
void
expr_set_difference(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	ValueSet	set;
	BsonBuilder builder;
	BsonIter	iter;

	require_set(call, &args[0], DOCDB_SQLSTATE(17048), "First");
	require_set(call, &args[1], DOCDB_SQLSTATE(17049), "Second");
	make_set(call, &args[1], &set);
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, &args[0]);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		if (expr_value_set_add(&set, &element))
			pgbson_push(&builder, &element);
	}
	pgbson_finish(&builder, BSON_ARRAY, result);
}

static bool
contains_all(const ValueSet *set, const BsonValue *array)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		if (expr_value_set_find(set, &element) < 0)
			return false;
	}
	return true;
}

/* {$setIsSubset: [array, array]}; the first is refused before the second is evaluated */
void
expr_parse_set_is_subset(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	expr_parse_args(parser, expr, argument);
	expr_require_args(expr, 2);
}

/* A constant second operand is refused before any document is read. */
ExprNode *
expr_optimize_set_is_subset(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *folded = expr_fold(optimizer, expr);
	BsonValue	superset;

	if (folded == expr && expr_is_constant(expr->args[1], &superset) &&
		superset.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(17311)),
				 errmsg("both operands of $setIsSubset must be arrays. Second argument is of "
						"type: %s", pgbson_type_name(superset.type))));
	return folded;
}

void
expr_set_is_subset(ExprCall *call, BsonValue *result)
{
	BsonValue	subset;
	BsonValue	superset;
	ValueSet	set;

	expr_arg(call, 0, &subset);
	require_set(call, &subset, DOCDB_SQLSTATE(17046), "First");
	expr_arg(call, 1, &superset);
	require_set(call, &superset, DOCDB_SQLSTATE(17042), "Second");
	make_set(call, &superset, &set);
	pgbson_make_bool(contains_all(&set, &subset), result);
}

/* {$setEquals: [array, array, ...]} */
void
expr_parse_set_equals(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	expr_parse_args(parser, expr, argument);
	if (expr->nargs < 2)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(17045)),
				 errmsg("$setEquals needs at least two arguments had: %d", expr->nargs)));
}

/*
 * Constant operands are refused before any document is read; of these the first one is what the
 * others are compared with, which decides about errors in operands that are not reached.
 */
ExprNode *
expr_optimize_set_equals(ExprOptimizer *optimizer, ExprNode *expr)
{
	int		   *constant = palloc(sizeof(int));

	*constant = 0;
	expr_fold_args(optimizer, expr);
	for (int i = expr->nargs - 1; i >= 0; i--)
	{
		if (expr_is_constant_node(expr->args[i]))
			*constant = i;
	}
	for (int i = 0; i < expr->nargs; i++)
	{
		BsonValue	value;

		if (expr_is_constant(expr->args[i], &value) && value.type != BSON_ARRAY)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(5887502)),
					 errmsg("All operands of $setEquals must be arrays. %d-th argument is of "
							"type: %s", i + 1, pgbson_type_name(value.type))));
	}
	expr->data = constant;
	return expr;
}

/* Evaluates an operand as a set. */
static void
get_set(ExprCall *call, int i, ValueSet *set)
{
	BsonValue	value;

	expr_arg(call, i, &value);
	if (value.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(17044)),
				 errmsg("All operands of $setEquals must be arrays. %d-th argument is of type: "
						"%s", i + 1, pgbson_type_name(value.type))));
	make_set(call, &value, set);
}

void
expr_set_equals(ExprCall *call, BsonValue *result)
{
	const int  *constant = call->expr->data;
	int			first = constant ? *constant : 0;	/* it may not have been optimized */
	ValueSet	set;

	get_set(call, first, &set);
	pgbson_make_bool(true, result);
	for (int i = 0; i < call->nargs && result->v.boolean; i++)
	{
		ValueSet	other;

		if (i == first)
			continue;
		get_set(call, i, &other);
		result->v.boolean = set.count == other.count;
		for (uint32 j = 0; j < set.count && result->v.boolean; j++)
			result->v.boolean = expr_value_set_find(&other, &set.values[j]) >= 0;
	}
}

/* ---- The truth of elements ---- */

/* Whether an element of the array has the given truth. */
static bool
has_element(ExprCall *call, const BsonValue *array, bool truth, int sqlstate)
{
	BsonIter	iter;

	if (array->type != BSON_ARRAY)
		expr_type_error(call, sqlstate, "'s argument must be an array, but is", array);
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		if (pgbson_is_truthy(&element) == truth)
			return true;
	}
	return false;
}

/* {$allElementsTrue: [array]} */
void
expr_all_elements_true(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(!has_element(call, &args[0], false, DOCDB_SQLSTATE(17040)), result);
}

/* {$anyElementTrue: [array]} */
void
expr_any_element_true(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(has_element(call, &args[0], true, DOCDB_SQLSTATE(17041)), result);
}
