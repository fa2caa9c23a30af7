/*
 * op_arithmetic.c
 *		Arithmetic operators.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"

#include "expr/expr_internal.h"
#include "pgbson/decimal_math.h"

/* 2^63: the doubles from its negative up to, but without, itself round to an int64. */
#define TWO_TO_63 9223372036854775808.0

/* ---- Sums ---- */

/*
 * Milliseconds of a number that is added to a date: fractions are rounded.  False when it has no
 * int64 value.
 */
static bool
to_milliseconds(const BsonValue *number, int64 *milliseconds)
{
	switch (number->type)
	{
		case BSON_DOUBLE:
			if (!(number->v.f64 >= -TWO_TO_63 && number->v.f64 < TWO_TO_63))
				return false;
			*milliseconds = llround(number->v.f64);
			return true;
		case BSON_DECIMAL128:
			return pgbson_decimal_round_to_int64(number->v.dec, milliseconds);
		default:
			*milliseconds = expr_integer(number);
			return true;
	}
}

static void
date_overflow(void)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_OVERFLOW),
			 errmsg("date overflow")));
}

static void
add_to_date(const BsonValue *number, int64 *date)
{
	int64		milliseconds;

	if (!to_milliseconds(number, &milliseconds) ||
		pg_add_s64_overflow(*date, milliseconds, date))
		date_overflow();
}

/* {$add: [number or one date, ...]} */
void
expr_add(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonValue	total;
	bool		narrow = true;	/* all operands were int32 */
	bool		have_date = false;
	int64		date = 0;

	pgbson_make_int32(0, &total);
	for (int i = 0; i < call->nargs; i++)
	{
		const BsonValue *arg = &args[i];

		if (arg->type == BSON_DATE)
		{
			if (have_date)
				ereport(ERROR,
						(errcode(DOCDB_SQLSTATE(16612)),
						 errmsg("only one date allowed in an $add expression")));
			have_date = true;
			date = arg->v.i64;
			add_to_date(&total, &date);
		}
		else if (!pgbson_is_number(arg))
			expr_type_error(call, DOCDB_ERR_TYPE_MISMATCH,
							" only supports numeric or date types, not", arg);
		else if (have_date)
			add_to_date(arg, &date);
		else
		{
			narrow = narrow && arg->type == BSON_INT32;
			(void) pgbson_number_add(&total, arg, &total);
		}
	}
	if (have_date)
		pgbson_make_date(date, result);
	else if (narrow && total.type == BSON_INT64)
		expr_make_integer(total.v.i64, result);
	else
		*result = total;
}

/* {$subtract: [number, number]}, [date, date] or [date, number] */
void
expr_subtract(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	const BsonValue *left = &args[0];
	const BsonValue *right = &args[1];
	int64		difference;

	if (pgbson_is_number(left) && pgbson_is_number(right))
		(void) pgbson_number_subtract(left, right, result);
	else if (expr_is_nullish(left) || expr_is_nullish(right))
		pgbson_make_simple(BSON_NULL, result);
	else if (left->type == BSON_DATE && right->type == BSON_DATE)
	{
		if (pg_sub_s64_overflow(left->v.i64, right->v.i64, &difference))
			date_overflow();
		pgbson_make_int64(difference, result);
	}
	else if (left->type == BSON_DATE && pgbson_is_number(right))
	{
		if (!to_milliseconds(right, &difference) ||
			pg_sub_s64_overflow(left->v.i64, difference, &difference))
			date_overflow();
		pgbson_make_date(difference, result);
	}
	else
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("can't $subtract %s from %s", pgbson_type_name(right->type),
						left->type == BSON_DATE ? "Date" : pgbson_type_name(left->type))));
}

/* ---- Products ---- */

/* {$multiply: [number, ...]} */
void
expr_multiply(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonValue	product;
	double		approximate = 1;	/* the product of the operands as doubles */
	bool		narrow = true;	/* all operands were int32 */

	pgbson_make_int32(1, &product);
	for (int i = 0; i < call->nargs; i++)
	{
		if (!pgbson_is_number(&args[i]))
			expr_type_error(call, DOCDB_ERR_TYPE_MISMATCH, " only supports numeric types, not",
							&args[i]);
		narrow = narrow && args[i].type == BSON_INT32;
		approximate *= pgbson_number_to_double(&args[i]);
		(void) pgbson_number_multiply(&product, &args[i], &product);

		/* MongoDB multiplies doubles beside the integers, and takes over where these overflow. */
		if (product.type == BSON_DOUBLE)
			product.v.f64 = approximate;
	}
	if (narrow && product.type == BSON_INT64)
		expr_make_integer(product.v.i64, result);
	else
		*result = product;
}

/* Refuses operands of a division that are not numbers; true when the result is null instead. */
static bool
is_null_division(ExprCall *call, const BsonValue *args, int sqlstate)
{
	if (pgbson_is_number(&args[0]) && pgbson_is_number(&args[1]))
		return false;
	if (expr_is_nullish(&args[0]) || expr_is_nullish(&args[1]))
		return true;
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("%s only supports numeric types, not %s and %s", expr_name(call),
					pgbson_type_name(args[0].type), pgbson_type_name(args[1].type))));
	return false;				/* not reached */
}

/* {$divide: [number, number]} */
void
expr_divide(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	if (is_null_division(call, args, DOCDB_ERR_TYPE_MISMATCH))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (pgbson_number_is_zero(&args[1]))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("can't $divide by zero")));
	pgbson_number_divide(&args[0], &args[1], result);
}

/* The remainder of truncating integer division; that by -1 would overflow for the least integer. */
static inline int64
remainder_of(int64 dividend, int64 divisor)
{
	return divisor == -1 ? 0 : dividend % divisor;
}

/* {$mod: [number, number]} */
void
expr_mod(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	bool		decimal = args[0].type == BSON_DECIMAL128 || args[1].type == BSON_DECIMAL128;

	if (is_null_division(call, args, DOCDB_SQLSTATE(16611)))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (pgbson_number_is_zero(&args[1]))
		ereport(ERROR,
				(errcode(decimal ? DOCDB_SQLSTATE(5733415) : DOCDB_SQLSTATE(16610)),
				 errmsg("can't $mod by zero")));
	if (decimal)
	{
		pgbson_make_simple(BSON_DECIMAL128, result);
		result->v.dec = pgbson_decimal_mod(pgbson_number_to_decimal(&args[0]),
										   pgbson_number_to_decimal(&args[1]));
	}
	else if (args[0].type == BSON_DOUBLE || args[1].type == BSON_DOUBLE)
		pgbson_make_double(fmod(pgbson_number_to_double(&args[0]),
								pgbson_number_to_double(&args[1])), result);
	else if (args[0].type == BSON_INT32 && args[1].type == BSON_INT32)
		pgbson_make_int32((int32) remainder_of(args[0].v.i32, args[1].v.i32), result);
	else
		pgbson_make_int64(remainder_of(expr_integer(&args[0]), expr_integer(&args[1])), result);
}

/* ---- Functions of one number ---- */

/* {$abs: number} */
void
expr_abs(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	*result = args[0];
	switch (args[0].type)
	{
		case BSON_DOUBLE:
			result->v.f64 = fabs(args[0].v.f64);
			break;
		case BSON_DECIMAL128:
			result->v.dec = pgbson_decimal_abs(args[0].v.dec);
			break;
		case BSON_INT32:
			expr_make_integer(llabs(args[0].v.i32), result);
			break;
		default:
			if (args[0].v.i64 == PG_INT64_MIN)
				ereport(ERROR,
						(errcode(DOCDB_SQLSTATE(28680)),
						 errmsg("can't take $abs of long long min")));
			result->v.i64 = llabs(args[0].v.i64);
			break;
	}
}
