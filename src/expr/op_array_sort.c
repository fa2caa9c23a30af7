/*
 * op_array_sort.c
 *		$sortArray, and $firstN, $lastN, $minN and $maxN of an array.
 */
#include "postgres.h"

#include "expr/expr_internal.h"

/* ---- $sortArray ---- */

/* A part of sortBy; a NULL path stands for the whole element. */
typedef struct ElementKey
{
	BsonPath   *path;
	bool		descending;
} ElementKey;

typedef struct ElementSort
{
	int			nkeys;
	ElementKey *keys;
} ElementSort;

/* An element with the values that it is sorted by. */
typedef struct SortElement
{
	BsonValue	value;
	BsonValue  *keys;
	uint32		place;			/* before sorting */
} SortElement;

static void
bad_sort(const char *message)
{
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(2942505)),
			 errmsg("%s", message)));
}

static void
parse_element_key(const BsonIter *field, ElementKey *key)
{
	BsonValue	value;
	double		direction;

	pgbson_iter_value(field, &value);
	direction = pgbson_is_number(&value) ? pgbson_number_to_double(&value) : 0;
	if (direction != 1 && direction != -1)
		bad_sort("The sort element value must be either 1 or -1");
	if (field->keylen == 0)
		bad_sort("The sort field cannot be empty");
	key->descending = direction < 0;
	key->path = pgbson_path_parse(field->key, field->keylen);
	for (int i = 0; i < key->path->nparts; i++)
	{
		if (key->path->part[i].len == 0)
			bad_sort("The sort field is a dotted field but has an empty part");
	}
}

/* sortBy: 1 or -1 for the whole elements, or {field: 1 or -1, ...} */
static ElementSort *
parse_sort_by(const BsonValue *by)
{
	ElementSort *sort = palloc0(sizeof(ElementSort));
	BsonIter	iter;
	double		direction;

	if (pgbson_is_number(by))
	{
		direction = pgbson_number_to_double(by);
		if (direction != 1 && direction != -1)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(2942506)),
					 errmsg("The $sort element value must be either 1 or -1")));
		sort->nkeys = 1;
		sort->keys = palloc0(sizeof(ElementKey));
		sort->keys[0].descending = direction < 0;
		return sort;
	}
	if (by->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(2942507)),
				 errmsg("The $sort is invalid: use 1/-1 to sort the whole element, or "
						"{field:1/-1} to sort embedded fields")));
	if (pgbson_count(by) == 0)
		bad_sort("The sort pattern is empty when it should be a set of fields.");
	sort->keys = palloc(pgbson_count(by) * sizeof(ElementKey));
	pgbson_iter_init(&iter, by);
	while (pgbson_iter_next(&iter))
		parse_element_key(&iter, &sort->keys[sort->nkeys++]);
	return sort;
}

/* {$sortArray: {input: array, sortBy: specification}} */
void
expr_parse_sort_array(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(2942500), DOCDB_SQLSTATE(2942501),
		{"input", "sortBy"},
		{DOCDB_SQLSTATE(2942502), DOCDB_SQLSTATE(2942503)}
	};
	ExprNamedArg named[2];

	expr_parse_form(expr, argument, &form, named);
	expr_set_nargs(expr, 1);
	expr->args[0] = expr_parse(parser, &named[0].value);
	expr->data = parse_sort_by(&named[1].value);
}

/*
 * Elements that compare equal stay in their order, except that MongoDB turns it around where it
 * sorts whole elements downward.
 */
static int
compare_elements(const void *a, const void *b, void *arg)
{
	const SortElement *x = a;
	const SortElement *y = b;
	const ElementSort *sort = arg;
	bool		turn = sort->keys[0].path == NULL && sort->keys[0].descending;

	for (int i = 0; i < sort->nkeys; i++)
	{
		int			order = pgbson_compare(&x->keys[i], &y->keys[i]);

		if (order != 0)
			return sort->keys[i].descending ? -order : order;
	}
	return (x->place < y->place) == turn ? 1 : -1;
}

/* Missing fields sort as null; an element that is no document has no fields. */
static void
find_keys(const ElementSort *sort, SortElement *element)
{
	for (int i = 0; i < sort->nkeys; i++)
	{
		const BsonPath *path = sort->keys[i].path;

		if (path == NULL)
			element->keys[i] = element->value;
		else if (element->value.type != BSON_DOCUMENT ||
				 !pgbson_path_get(&element->value, path, &element->keys[i]))
			pgbson_make_simple(BSON_NULL, &element->keys[i]);
	}
}

void
expr_sort_array(ExprCall *call, BsonValue *result)
{
	ElementSort *sort = call->expr->data;
	SortElement *elements;
	BsonValue  *keys;
	BsonValue	input;
	BsonBuilder builder;
	BsonIter	iter;
	uint32		count;
	uint32		n = 0;

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

	count = pgbson_count(&input);
	elements = MemoryContextAllocHuge(CurrentMemoryContext,
									  Max(count, 1) * sizeof(SortElement));
	keys = MemoryContextAllocHuge(CurrentMemoryContext,
								  (Size) Max(count, 1) * sort->nkeys * sizeof(BsonValue));
	pgbson_iter_init(&iter, &input);
	while (pgbson_iter_next(&iter))
	{
		elements[n].place = n;
		elements[n].keys = keys + (Size) n * sort->nkeys;
		pgbson_iter_value(&iter, &elements[n].value);
		find_keys(sort, &elements[n++]);
	}
	qsort_interruptible(elements, count, sizeof(SortElement), compare_elements, sort);

	pgbson_builder_init(&builder);
	for (uint32 i = 0; i < count; i++)
		pgbson_push(&builder, &elements[i].value);
	pgbson_finish(&builder, BSON_ARRAY, result);
	pfree(elements);
	pfree(keys);
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
		{DOCDB_SQLSTATE(5787906), DOCDB_SQLSTATE(5787907)}
	};
	ExprNamedArg named[2];

	expr_parse_form(expr, argument, &form, named);
	expr_set_nargs(expr, 2);
	for (int i = 0; i < 2; i++)
		expr->args[i] = expr_parse(parser, &named[i].value);
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

static int
compare_ascending(const void *a, const void *b, void *arg)
{
	const SortElement *x = a;
	const SortElement *y = b;
	int			order = pgbson_compare(&x->value, &y->value) * *(int *) arg;

	if (order != 0)
		return order;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* The first elements in order, or in reverse order for a sense of -1, without nulls. */
static void
extreme_n(ExprCall *call, int sense, BsonValue *result)
{
	int64		n;
	uint32		count;
	uint32		kept = 0;
	BsonValue  *elements = get_elements(call, &n, &count);
	SortElement *sorted = MemoryContextAllocHuge(CurrentMemoryContext,
												 Max(count, 1) * sizeof(SortElement));

	for (uint32 i = 0; i < count; i++)
	{
		if (expr_is_nullish(&elements[i]))
			continue;
		sorted[kept].value = elements[i];
		sorted[kept].place = kept;
		kept++;
	}
	qsort_interruptible(sorted, kept, sizeof(SortElement), compare_ascending, &sense);
	kept = Min(n, kept);
	for (uint32 i = 0; i < kept; i++)
		elements[i] = sorted[i].value;
	expr_make_array(elements, kept, result);
	pfree(sorted);
}

void
expr_min_n(ExprCall *call, BsonValue *result)
{
	extreme_n(call, 1, result);
}

void
expr_max_n(ExprCall *call, BsonValue *result)
{
	extreme_n(call, -1, result);
}
