/*
 * op_array.c
 *		Array operators.
 */
#include "postgres.h"

#include "expr/expr_internal.h"

/* The element at a position, from the end where negative; MISSING when there is none. */
static void
get_element(const BsonValue *array, int64 index, BsonValue *result)
{
	BsonIter	iter;

	if (index < 0)
		index += pgbson_count(array);
	pgbson_make_simple(BSON_MISSING, result);
	if (index < 0)
		return;
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		if (index-- == 0)
		{
			pgbson_iter_value(&iter, result);
			return;
		}
	}
}

/* {$arrayElemAt: [array, index]} */
void
expr_array_elem_at(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	int32		index;

	if (args[0].type != BSON_ARRAY)
		expr_type_error(call, DOCDB_SQLSTATE(28689), "'s first argument must be an array, but is",
						&args[0]);
	if (!pgbson_is_number(&args[1]))
		expr_type_error(call, DOCDB_SQLSTATE(28690),
						"'s second argument must be a numeric value, but is", &args[1]);
	if (!expr_to_int32(&args[1], &index))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28691)),
				 errmsg("$arrayElemAt's second argument must be representable as a 32-bit "
						"integer: %s", pgbson_to_json(&args[1], BSON_JSON_RELAXED))));
	get_element(&args[0], index, result);
}

static void
require_array(ExprCall *call, const BsonValue *value)
{
	if (value->type != BSON_ARRAY)
		expr_type_error(call, DOCDB_SQLSTATE(28689), "'s argument must be an array, but is",
						value);
}

/* {$first: array} */
void
expr_first(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	require_array(call, &args[0]);
	get_element(&args[0], 0, result);
}

/* {$last: array} */
void
expr_last(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	require_array(call, &args[0]);
	get_element(&args[0], -1, result);
}

/* {$concatArrays: [array, ...]} */
void
expr_concat_arrays(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	for (int i = 0; i < call->nargs; i++)
	{
		BsonIter	iter;

		if (args[i].type != BSON_ARRAY)
			expr_type_error(call, DOCDB_SQLSTATE(28664), " only supports arrays, not", &args[i]);
		pgbson_iter_init(&iter, &args[i]);
		while (pgbson_iter_next(&iter))
		{
			BsonValue	value;

			pgbson_iter_value(&iter, &value);
			pgbson_push(&builder, &value);
		}
	}
	pgbson_finish(&builder, BSON_ARRAY, result);
}

/* {$in: [any, array]} */
void
expr_in(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonIter	iter;
	bool		found = false;

	if (args[1].type != BSON_ARRAY)
		expr_type_error(call, DOCDB_SQLSTATE(40081),
						" requires an array as a second argument, found:", &args[1]);
	pgbson_iter_init(&iter, &args[1]);
	while (!found && pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		found = expr_equal(call, &args[0], &value);
	}
	pgbson_make_bool(found, result);
}

/* {$isArray: [any]} */
void
expr_is_array(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(args[0].type == BSON_ARRAY, result);
}

/* {$size: array} */
void
expr_size(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	if (args[0].type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(17124)),
				 errmsg("The argument to $size must be an array, but was of type: %s",
						pgbson_type_name(args[0].type))));
	pgbson_make_int32((int32) pgbson_count(&args[0]), result);
}

/* {$reverseArray: array} */
void
expr_reverse_array(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonValue  *elements;
	uint32		count;

	if (args[0].type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(34435)),
				 errmsg("The argument to $reverseArray must be an array, but was of type: %s",
						pgbson_type_name(args[0].type))));
	elements = expr_array_elements(&args[0], &count);
	for (uint32 i = 0; i < count / 2; i++)
	{
		BsonValue	element = elements[i];

		elements[i] = elements[count - 1 - i];
		elements[count - 1 - i] = element;
	}
	expr_make_array(elements, count, result);
	pfree(elements);
}

/* ---- $slice ---- */

/* A part of an array; start and end are within it. */
static void
make_part(const BsonValue *array, int64 start, int64 end, BsonValue *result)
{
	BsonBuilder builder;
	BsonIter	iter;

	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, array);
	for (int64 i = 0; i < end && pgbson_iter_next(&iter); i++)
	{
		BsonValue	element;

		if (i < start)
			continue;
		pgbson_iter_value(&iter, &element);
		pgbson_push(&builder, &element);
	}
	pgbson_finish(&builder, BSON_ARRAY, result);
}

/* An operand of $slice that must be an int32. */
static int32
slice_operand(const BsonValue *value, const char *which, int not_number, int not_int32)
{
	int32		i;

	if (!pgbson_is_number(value))
		ereport(ERROR,
				(errcode(not_number),
				 errmsg("%s argument to $slice must be numeric, but is of type: %s", which,
						pgbson_type_name(value->type))));
	if (!expr_to_int32(value, &i))
		ereport(ERROR,
				(errcode(not_int32),
				 errmsg("%s argument to $slice can't be represented as a 32-bit integer: %s",
						which, pgbson_to_json(value, BSON_JSON_RELAXED))));
	return i;
}

/* {$slice: [array, count]} or {$slice: [array, position, count]} */
void
expr_slice(ExprCall *call, BsonValue *result)
{
	BsonValue	array;
	BsonValue	value;
	int64		size;
	int64		start;
	int64		end;

	expr_arg(call, 0, &array);
	expr_arg(call, 1, &value);
	pgbson_make_simple(BSON_NULL, result);
	if (expr_is_nullish(&array) || expr_is_nullish(&value))
		return;
	if (array.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28724)),
				 errmsg("First argument to $slice must be an array, but is of type: %s",
						pgbson_type_name(array.type))));
	size = pgbson_count(&array);
	start = slice_operand(&value, "Second", DOCDB_SQLSTATE(28725), DOCDB_SQLSTATE(28726));
	if (call->nargs == 2)
	{
		/* The number of elements, from the end where negative. */
		end = start < 0 ? size : Min(start, size);
		start = start < 0 ? Max(size + start, 0) : 0;
	}
	else
	{
		int32		count;

		start = start < 0 ? Max(size + start, 0) : Min(start, size);
		expr_arg(call, 2, &value);
		if (expr_is_nullish(&value))
			return;
		count = slice_operand(&value, "Third", DOCDB_SQLSTATE(28727), DOCDB_SQLSTATE(28728));
		if (count <= 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(28729)),
					 errmsg("Third argument to $slice must be positive: %d", count)));
		end = Min(start + count, size);
	}
	make_part(&array, start, end, result);
}

/* ---- $range ---- */

/* MongoDB's limit for the memory of a range, of which it needs so many bytes for each number. */
#define MAX_RANGE_BYTES (INT64CONST(100) * 1024 * 1024)
#define RANGE_BYTES_EACH 16

static int32
range_operand(const BsonValue *value, const char *which, int not_number, int not_int32)
{
	int32		i;

	if (!pgbson_is_number(value))
		ereport(ERROR,
				(errcode(not_number),
				 errmsg("$range requires a numeric %s value, found value of type: %s", which,
						pgbson_type_name(value->type))));
	if (!expr_to_int32(value, &i))
		ereport(ERROR,
				(errcode(not_int32),
				 errmsg("$range requires a %s value that can be represented as a 32-bit integer, "
						"found value: %s", which, pgbson_to_json(value, BSON_JSON_RELAXED))));
	return i;
}

/* {$range: [start, end, step]}: the integers from start up to, but without, end */
void
expr_range(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	int64		current;
	int64		end;
	int64		step = 1;
	int64		steps;
	BsonBuilder builder;

	current = range_operand(&args[0], "starting", DOCDB_SQLSTATE(34443), DOCDB_SQLSTATE(34444));
	end = range_operand(&args[1], "ending", DOCDB_SQLSTATE(34445), DOCDB_SQLSTATE(34446));
	if (call->nargs == 3)
		step = range_operand(&args[2], "step", DOCDB_SQLSTATE(34447), DOCDB_SQLSTATE(34448));
	if (step == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(34449)),
				 errmsg("$range requires a non-zero step value")));
	steps = (end - current) / step;
	if (steps > MAX_RANGE_BYTES / RANGE_BYTES_EACH - 2)
		ereport(ERROR,
				(errcode(DOCDB_ERR_EXCEEDED_MEMORY_LIMIT),
				 errmsg("$range would use too much memory (" INT64_FORMAT " bytes) and cannot "
						"spill to disk. Memory limit: " INT64_FORMAT " bytes",
						steps * RANGE_BYTES_EACH, MAX_RANGE_BYTES)));

	pgbson_builder_init(&builder);
	for (; step > 0 ? current < end : current > end; current += step)
	{
		BsonValue	value;

		pgbson_make_int32((int32) current, &value);
		pgbson_push(&builder, &value);
	}
	pgbson_finish(&builder, BSON_ARRAY, result);
}

/* ---- $indexOfArray ---- */

int32
expr_index_operand(ExprCall *call, int i, const char *which, int not_integer, int negative)
{
	BsonValue	value;
	int32		index;

	expr_arg(call, i, &value);
	if (!expr_to_int32(&value, &index))
		ereport(ERROR,
				(errcode(not_integer),
				 errmsg("%s requires an integral %s, found a value of type: %s",
						expr_name(call), which, pgbson_type_name(value.type))));
	if (index < 0)
		ereport(ERROR,
				(errcode(negative),
				 errmsg("%s requires a nonnegative %s, found: %d", expr_name(call), which,
						index)));
	return index;
}

/* {$indexOfArray: [array, any, start, end]} */
void
expr_parse_index_of_array(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	expr_parse_args(parser, expr, argument);
	expr_require_arg_range(expr, 2, 4);
}

/* A constant that is no array is found out before anything is evaluated. */
ExprNode *
expr_optimize_index_of_array(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *folded = expr_fold(optimizer, expr);
	BsonValue	array;

	if (folded != expr || !expr_is_constant(expr->args[0], &array))
		return folded;
	if (expr_is_nullish(&array))
	{
		pgbson_make_simple(BSON_NULL, &array);
		return expr_make_constant(&array);
	}
	if (array.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(50809)),
				 errmsg("First operand of $indexOfArray must be an array. First argument is of "
						"type: %s", pgbson_type_name(array.type))));
	return expr;
}

void
expr_index_of_array(ExprCall *call, BsonValue *result)
{
	BsonValue	array;
	BsonValue	value;
	BsonIter	iter;
	int32		start = 0;
	int32		end = PG_INT32_MAX;

	expr_arg(call, 0, &array);
	if (expr_is_nullish(&array))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (array.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40090)),
				 errmsg("$indexOfArray requires an array as a first argument, found: %s",
						pgbson_type_name(array.type))));
	if (call->nargs > 2)
		start = expr_index_operand(call, 2, "starting index", DOCDB_SQLSTATE(9711600),
								   DOCDB_SQLSTATE(9711601));
	if (call->nargs > 3)
		end = expr_index_operand(call, 3, "ending index", DOCDB_SQLSTATE(9711600),
								 DOCDB_SQLSTATE(9711601));
	expr_arg(call, 1, &value);

	pgbson_iter_init(&iter, &array);
	for (int32 i = 0; i < end && pgbson_iter_next(&iter); i++)
	{
		BsonValue	element;

		if (i < start)
			continue;
		pgbson_iter_value(&iter, &element);
		if (expr_equal(call, &element, &value))
		{
			pgbson_make_int32(i, result);
			return;
		}
	}
	pgbson_make_int32(-1, result);
}
