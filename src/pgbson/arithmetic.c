/*
 * arithmetic.c
 *		The arithmetic operators of bson_value.
 */
#include "postgres.h"

#include "base/errors.h"
#include "pgbson/number.h"

PG_FUNCTION_INFO_V1(docdb_bson_value_add);
PG_FUNCTION_INFO_V1(docdb_bson_value_subtract);
PG_FUNCTION_INFO_V1(docdb_bson_value_multiply);
PG_FUNCTION_INFO_V1(docdb_bson_value_divide);

static bool
is_null(const BsonValue *value)
{
	return value->type == BSON_NULL || value->type == BSON_UNDEFINED;
}

/* The operands; false where one is null, which makes the result null. */
static bool
get_operands(FunctionCallInfo fcinfo, const char *operation, BsonValue *a, BsonValue *b)
{
	pgbson_value_from_datum(PG_GETARG_DATUM(0), a);
	pgbson_value_from_datum(PG_GETARG_DATUM(1), b);
	if (is_null(a) || is_null(b))
		return false;
	if (!pgbson_is_number(a) || !pgbson_is_number(b))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("%s only supports numeric types, not %s and %s", operation,
						pgbson_type_name(a->type), pgbson_type_name(b->type))));
	return true;
}

static Datum
null_value(void)
{
	BsonValue	result;

	pgbson_make_simple(BSON_NULL, &result);
	return pgbson_value_get_datum(&result);
}

typedef bool (*Operation) (const BsonValue *a, const BsonValue *b, BsonValue *result);

/* An int64 overflow gives a double, as in MongoDB's expressions. */
static Datum
calculate(FunctionCallInfo fcinfo, const char *name, Operation operation)
{
	BsonValue	a;
	BsonValue	b;
	BsonValue	result;

	if (!get_operands(fcinfo, name, &a, &b))
		return null_value();
	(void) operation(&a, &b, &result);
	return pgbson_value_get_datum(&result);
}

Datum
docdb_bson_value_add(PG_FUNCTION_ARGS)
{
	return calculate(fcinfo, "addition", pgbson_number_add);
}

Datum
docdb_bson_value_subtract(PG_FUNCTION_ARGS)
{
	return calculate(fcinfo, "subtraction", pgbson_number_subtract);
}

Datum
docdb_bson_value_multiply(PG_FUNCTION_ARGS)
{
	return calculate(fcinfo, "multiplication", pgbson_number_multiply);
}

Datum
docdb_bson_value_divide(PG_FUNCTION_ARGS)
{
	BsonValue	a;
	BsonValue	b;
	BsonValue	result;

	if (!get_operands(fcinfo, "division", &a, &b))
		return null_value();
	if (pgbson_number_is_zero(&b))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("can't divide by zero")));
	pgbson_number_divide(&a, &b, &result);
	return pgbson_value_get_datum(&result);
}
