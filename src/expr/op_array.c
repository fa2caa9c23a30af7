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
		found = pgbson_equal(&args[0], &value);
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
