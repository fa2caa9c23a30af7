/*
 * number.c
 *		Arithmetic, comparison and conversion over int32, int64, double and decimal128.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"

#include "pgbson/decimal_internal.h"

/* 2^63; every double below it and not below its negative has an integral part that is an int64. */
#define TWO_TO_63 9223372036854775808.0

typedef enum NumberOp
{
	NUMBER_ADD,
	NUMBER_SUBTRACT,
	NUMBER_MULTIPLY
} NumberOp;

static inline bool
is_integer(const BsonValue *value)
{
	return value->type == BSON_INT32 || value->type == BSON_INT64;
}

static inline int64
integer_value(const BsonValue *value)
{
	return value->type == BSON_INT32 ? value->v.i32 : value->v.i64;
}

static inline int
compare_int64(int64 a, int64 b)
{
	return (a > b) - (a < b);
}

static void
set_decimal(BsonDecimal decimal, BsonValue *result)
{
	pgbson_make_simple(BSON_DECIMAL128, result);
	result->v.dec = decimal;
}

/* ---- Conversions ---- */

double
pgbson_number_to_double(const BsonValue *value)
{
	switch (value->type)
	{
		case BSON_DOUBLE:
			return value->v.f64;
		case BSON_DECIMAL128:
			return pgbson_decimal_to_double(value->v.dec);
		default:
			Assert(is_integer(value));
			return (double) integer_value(value);
	}
}

BsonDecimal
pgbson_number_to_decimal(const BsonValue *value)
{
	switch (value->type)
	{
		case BSON_DOUBLE:
			return pgbson_decimal_from_double(value->v.f64);
		case BSON_DECIMAL128:
			return value->v.dec;
		default:
			Assert(is_integer(value));
			return pgbson_decimal_from_int64(integer_value(value));
	}
}

bool
pgbson_number_to_int64_exact(const BsonValue *value, int64 *result)
{
	switch (value->type)
	{
		case BSON_INT32:
		case BSON_INT64:
			*result = integer_value(value);
			return true;
		case BSON_DOUBLE:
			if (!(value->v.f64 >= -TWO_TO_63 && value->v.f64 < TWO_TO_63) ||
				value->v.f64 != trunc(value->v.f64))
				return false;
			*result = (int64) value->v.f64;
			return true;
		case BSON_DECIMAL128:
			return pgbson_decimal_to_int64(value->v.dec, result);
		default:
			return false;
	}
}

int64
pgbson_number_to_int64_clamped(const BsonValue *value)
{
	switch (value->type)
	{
		case BSON_INT32:
		case BSON_INT64:
			return integer_value(value);
		case BSON_DOUBLE:
			if (isnan(value->v.f64))
				return 0;
			if (value->v.f64 >= TWO_TO_63)
				return PG_INT64_MAX;
			return value->v.f64 < -TWO_TO_63 ? PG_INT64_MIN : (int64) value->v.f64;
		case BSON_DECIMAL128:
			return pgbson_decimal_to_int64_clamped(value->v.dec);
		default:
			return 0;
	}
}

bool
pgbson_number_is_zero(const BsonValue *value)
{
	switch (value->type)
	{
		case BSON_INT32:
		case BSON_INT64:
			return integer_value(value) == 0;
		case BSON_DOUBLE:
			return value->v.f64 == 0;
		case BSON_DECIMAL128:
			return pgbson_decimal_is_zero(value->v.dec);
		default:
			return false;
	}
}

bool
pgbson_number_is_nan(const BsonValue *value)
{
	return (value->type == BSON_DOUBLE && isnan(value->v.f64)) ||
		(value->type == BSON_DECIMAL128 && pgbson_decimal_is_nan(value->v.dec));
}

bool
pgbson_is_truthy(const BsonValue *value)
{
	switch (value->type)
	{
		case BSON_MISSING:
		case BSON_NULL:
		case BSON_UNDEFINED:
			return false;
		case BSON_BOOL:
			return value->v.boolean;
		default:
			return !pgbson_number_is_zero(value);
	}
}

/* ---- Arithmetic ---- */

/* The exact result of two integers, where it is an int64. */
static bool
integer_result(NumberOp op, int64 a, int64 b, int64 *result)
{
	switch (op)
	{
		case NUMBER_ADD:
			return !pg_add_s64_overflow(a, b, result);
		case NUMBER_SUBTRACT:
			return !pg_sub_s64_overflow(a, b, result);
		case NUMBER_MULTIPLY:
			return !pg_mul_s64_overflow(a, b, result);
	}
	return false;
}

static double
double_result(NumberOp op, double a, double b)
{
	switch (op)
	{
		case NUMBER_ADD:
			return a + b;
		case NUMBER_SUBTRACT:
			return a - b;
		case NUMBER_MULTIPLY:
			return a * b;
	}
	return 0;
}

static BsonDecimal
decimal_result(NumberOp op, BsonDecimal a, BsonDecimal b)
{
	switch (op)
	{
		case NUMBER_ADD:
			return pgbson_decimal_add(a, b);
		case NUMBER_SUBTRACT:
			return pgbson_decimal_subtract(a, b);
		case NUMBER_MULTIPLY:
			break;
	}
	return pgbson_decimal_multiply(a, b);
}

/* The result may be one of the operands. */
static bool
combine(NumberOp op, const BsonValue *a, const BsonValue *b, BsonValue *result)
{
	bool		integers = is_integer(a) && is_integer(b);
	bool		narrow = a->type == BSON_INT32 && b->type == BSON_INT32;
	int64		i;

	Assert(pgbson_is_number(a) && pgbson_is_number(b));
	if (integers && integer_result(op, integer_value(a), integer_value(b), &i))
	{
		if (narrow && i >= PG_INT32_MIN && i <= PG_INT32_MAX)
			pgbson_make_int32((int32) i, result);
		else
			pgbson_make_int64(i, result);
		return true;
	}
	if (a->type == BSON_DECIMAL128 || b->type == BSON_DECIMAL128)
		set_decimal(decimal_result(op, pgbson_number_to_decimal(a), pgbson_number_to_decimal(b)),
					result);
	else
		pgbson_make_double(double_result(op, pgbson_number_to_double(a),
										 pgbson_number_to_double(b)), result);
	return !integers;
}

bool
pgbson_number_add(const BsonValue *a, const BsonValue *b, BsonValue *result)
{
	return combine(NUMBER_ADD, a, b, result);
}

bool
pgbson_number_subtract(const BsonValue *a, const BsonValue *b, BsonValue *result)
{
	return combine(NUMBER_SUBTRACT, a, b, result);
}

bool
pgbson_number_multiply(const BsonValue *a, const BsonValue *b, BsonValue *result)
{
	return combine(NUMBER_MULTIPLY, a, b, result);
}

void
pgbson_number_divide(const BsonValue *a, const BsonValue *b, BsonValue *result)
{
	Assert(pgbson_is_number(a) && pgbson_is_number(b));
	if (a->type == BSON_DECIMAL128 || b->type == BSON_DECIMAL128)
		set_decimal(pgbson_decimal_divide(pgbson_number_to_decimal(a),
										  pgbson_number_to_decimal(b)), result);
	else
		pgbson_make_double(pgbson_number_to_double(a) / pgbson_number_to_double(b), result);
}

/* ---- Order ---- */

static inline int
compare_doubles(double a, double b)
{
	if (a < b)
		return -1;
	if (a > b)
		return 1;
	if (a == b)
		return 0;

	/* At least one is NaN, which is the lowest number. */
	return (isnan(b) ? 1 : 0) - (isnan(a) ? 1 : 0);
}

static int
compare_int64_double(int64 i, double f)
{
	double		integral;

	if (isnan(f) || f < -TWO_TO_63)
		return 1;
	if (f >= TWO_TO_63)
		return -1;
	integral = trunc(f);
	if (i != (int64) integral)
		return i < (int64) integral ? -1 : 1;
	return compare_doubles(integral, f);
}

/*
 * A decimal lies at its truncation to a double or, when that is inexact, strictly between it and
 * the next double away from zero.
 */
static int
compare_decimal_double(BsonDecimal decimal, double f)
{
	bool		exact;
	double		truncated;
	int			order;

	if (pgbson_decimal_is_nan(decimal))
		return isnan(f) ? 0 : -1;
	truncated = pgbson_decimal_truncate_to_double(decimal, &exact);
	order = compare_doubles(truncated, f);
	if (order == 0 && !exact)
		return pgbson_decimal_is_negative(decimal) ? -1 : 1;
	return order;
}

int
pgbson_number_compare(const BsonValue *a, const BsonValue *b)
{
	if (a->type == BSON_DECIMAL128)
	{
		if (b->type == BSON_DOUBLE)
			return compare_decimal_double(a->v.dec, b->v.f64);
		return pgbson_decimal_compare(a->v.dec, pgbson_number_to_decimal(b));
	}
	if (b->type == BSON_DECIMAL128)
		return -pgbson_number_compare(b, a);
	if (a->type == BSON_DOUBLE)
	{
		if (b->type == BSON_DOUBLE)
			return compare_doubles(a->v.f64, b->v.f64);
		return -compare_int64_double(integer_value(b), a->v.f64);
	}
	if (b->type == BSON_DOUBLE)
		return compare_int64_double(integer_value(a), b->v.f64);
	return compare_int64(integer_value(a), integer_value(b));
}
