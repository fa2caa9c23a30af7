/*
 * op_array_sort.c
 *		$sortArray, and $firstN, $lastN, $minN and $maxN of an array.
 */
#include "postgres.h"

#include "expr/accum_internal.h"
#include "expr/expr_internal.h"
#include "pgbson/element_sort.h"

/* ---- $sortArray ---- */

static const BsonElementSortErrors sort_errors = {
	.bad_kind = DOCDB_SQLSTATE(2942507),
	.bad_direction = DOCDB_SQLSTATE(2942506),
	.bad_field = DOCDB_SQLSTATE(2942505)
};

/* {$sortArray: {input: array, sortBy: specification}} */
void
expr_parse_sort_array(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(2942500), DOCDB_SQLSTATE(2942501),
		{"input", "sortBy"},
		{DOCDB_SQLSTATE(2942502), DOCDB_SQLSTATE(2942503)},
		true, 1 << 1
	};
	ExprNamedArg named[2];
	BsonElementSort *sort;

	expr_parse_form(parser, expr, argument, &form, named);
	expr_set_nargs(expr, 1);
	expr->args[0] = expr_named_node(parser, &named[0]);
	sort = pgbson_element_sort_compile(&named[1].value, &sort_errors);
	/* MongoDB turns equal elements around where it sorts whole elements downward. */
	sort->reverses_ties = sort->keys[0].path == NULL && sort->keys[0].descending;
	expr->data = sort;
}

void
expr_sort_array(ExprCall *call, BsonValue *result)
{
	BsonValue	input;
	BsonValue  *elements;
	uint32		count;
	BsonElementSort sort = *(const BsonElementSort *) call->expr->data;

	expr_arg(call, 0, &input);
	if (expr_is_nullish(&input))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (input.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(2942504)),
				 errmsg("The input argument to $sortArray must be an array, but was of type: %s",
						pgbson_type_name(input.type))));
	elements = expr_array_elements(&input, &count);
	sort.collation = call->context->collation;
	pgbson_element_sort(&sort, elements, count);
	expr_make_array(elements, count, result);
}

/* ---- $firstN, $lastN, $minN and $maxN ---- */

/* The operands, in this order. */
#define ARG_N 0
#define ARG_INPUT 1

static void
parse_n(ExprParser *parser, ExprNode *expr, const BsonValue *argument, int not_document)
{
	const ExprForm form = {
		not_document, DOCDB_SQLSTATE(5787901),
		{"n", "input"},
		{DOCDB_SQLSTATE(5787906), DOCDB_SQLSTATE(5787907)},
		true
	};
	ExprNamedArg named[2];

	expr_parse_form(parser, expr, argument, &form, named);
	expr_set_nargs(expr, 2);
	for (int i = 0; i < 2; i++)
		expr->args[i] = expr_named_node(parser, &named[i]);
}

/* {$firstN: {n: number, input: array}} and the same of $lastN */
void
expr_parse_first_n(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	parse_n(parser, expr, argument, DOCDB_SQLSTATE(5787801));
}

/* {$minN: {n: number, input: array}} and the same of $maxN */
void
expr_parse_min_n(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	parse_n(parser, expr, argument, DOCDB_SQLSTATE(5787900));
}

int64
expr_check_n(const BsonValue *value)
{
	int64		n;

	if (!pgbson_is_number(value))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5787902)),
				 errmsg("Value for 'n' must be of integral type, but found %s",
						value->type == BSON_MISSING ? "missing" :
						pgbson_to_json(value, BSON_JSON_RELAXED))));
	if (!pgbson_number_to_int64_exact(value, &n))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5787903)),
				 errmsg("Value for 'n' must be of integral type, but found %s",
						pgbson_to_json(value, BSON_JSON_RELAXED))));
	if (n <= 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5787908)),
				 errmsg("'n' must be greater than 0, found " INT64_FORMAT, n)));
	return n;
}

/* Evaluates the operands: n and the elements of the input. */
static BsonValue *
get_elements(ExprCall *call, int64 *n, uint32 *count)
{
	BsonValue	value;

	expr_arg(call, ARG_N, &value);
	*n = expr_check_n(&value);
	expr_arg(call, ARG_INPUT, &value);
	if (value.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5788200)),
				 errmsg("Input must be an array")));
	return expr_array_elements(&value, count);
}

void
expr_first_n(ExprCall *call, BsonValue *result)
{
	int64		n;
	uint32		count;
	BsonValue  *elements = get_elements(call, &n, &count);

	expr_make_array(elements, Min(n, count), result);
}

void
expr_last_n(ExprCall *call, BsonValue *result)
{
	int64		n;
	uint32		count;
	BsonValue  *elements = get_elements(call, &n, &count);

	n = Min(n, count);
	expr_make_array(elements + (count - n), n, result);
}

/* The least or greatest elements, without nulls; which of equal ones is as for the accumulators. */
static void
extreme_n(ExprCall *call, bool greatest, BsonValue *result)
{
	Ranking		ranking = {
		.nkeys = 1, .last = greatest, .reversed = greatest,
		.collation = call->context->collation
	};
	uint32		count;
	uint32		kept = 0;
	BsonValue  *elements = get_elements(call, &ranking.n, &count);
	BsonValue  *values = palloc(Max(count, 1) * sizeof(BsonValue));
	RankedEntry *entries = palloc(Max(count, 1) * sizeof(RankedEntry));

	for (uint32 i = 0; i < count; i++)
	{
		if (expr_is_nullish(&elements[i]))
			continue;
		entries[kept].value = elements[i];
		entries[kept].keys = &elements[i];
		entries[kept++].place = i;
	}
	kept = expr_accum_select(entries, kept, &ranking);
	for (uint32 i = 0; i < kept; i++)
		values[ranking.reversed ? kept - 1 - i : i] = entries[i].value;
	expr_make_array(values, kept, result);
}

void
expr_min_n(ExprCall *call, BsonValue *result)
{
	extreme_n(call, false, result);
}

void
expr_max_n(ExprCall *call, BsonValue *result)
{
	extreme_n(call, true, result);
}
