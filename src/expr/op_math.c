/*
 * op_math.c
 *		Rounding, powers and logarithms.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"

#include "expr/expr_internal.h"
#include "pgbson/decimal_math.h"

/* The places after (before, where negative) the decimal point that $round and $trunc take. */
#define MIN_PLACES (-20)
#define MAX_PLACES 100

/* ---- Rounding ---- */

/* A number without its fraction; integers have none. */
static void
round_integral(const BsonValue *number, double (*round_double) (double),
			   DecimalRounding rounding, BsonValue *result)
{
	*result = *number;
	if (number->type == BSON_DOUBLE)
		result->v.f64 = round_double(number->v.f64);
	else if (number->type == BSON_DECIMAL128)
		result->v.dec = pgbson_decimal_quantize(number->v.dec, 0, rounding);
}

/* {$ceil: number} */
void
expr_ceil(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	round_integral(&args[0], ceil, DECIMAL_TOWARD_POSITIVE, result);
}

/* {$floor: number} */
void
expr_floor(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	round_integral(&args[0], floor, DECIMAL_TOWARD_NEGATIVE, result);
}

/* The second argument of $round and $trunc. */
static int32
get_places(ExprCall *call, const BsonValue *value)
{
	int32		places;

	if (!pgbson_is_number(value))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16004)),
				 errmsg("can't convert from BSON type %s to long",
						pgbson_type_name(value->type))));
	if (!expr_to_int32(value, &places))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51082)),
				 errmsg("precision argument to  %s must be a integral value", expr_name(call))));
	if (places < MIN_PLACES || places > MAX_PLACES)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51083)),
				 errmsg("cannot apply %s with precision value %d value must be in [-20, 100]",
						expr_name(call), places)));
	return places;
}

static void
round_integer(ExprCall *call, const BsonValue *number, int32 places, DecimalRounding rounding,
			  BsonValue *result)
{
	int64		value = expr_integer(number);
	int64		rounded;

	if (places >= 0)
	{
		*result = *number;
		return;
	}
	if (!pgbson_decimal_round_to_int64(pgbson_decimal_quantize(pgbson_decimal_from_int64(value),
															   -places, rounding), &rounded))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51080)),
				 errmsg("invalid conversion from Decimal128 result in %s resulting from "
						"arguments: [" INT64_FORMAT ", %d]", expr_name(call), value, places)));
	if (number->type == BSON_INT64)
		pgbson_make_int64(rounded, result);
	else
		expr_make_integer(rounded, result);
}

static void
round_number(ExprCall *call, const BsonValue *args, DecimalRounding rounding, BsonValue *result)
{
	int32		places = 0;
	BsonValue	decimal;

	if (call->nargs > 0 && !pgbson_is_number(&args[0]))
		expr_type_error(call, DOCDB_SQLSTATE(51081), " only supports numeric types, not",
						&args[0]);
	if (call->nargs > 1)
		places = get_places(call, &args[1]);
	if (call->nargs < call->expr->nargs)
		return;

	*result = args[0];
	if (args[0].type == BSON_DECIMAL128)
	{
		if (!pgbson_decimal_is_infinite(args[0].v.dec))
			result->v.dec = pgbson_decimal_round(args[0].v.dec, -places, rounding);
	}
	else if (args[0].type == BSON_DOUBLE)
	{
		if (isinf(args[0].v.f64))
			return;
		expr_make_decimal(pgbson_decimal_from_double_exact(args[0].v.f64), &decimal);
		decimal.v.dec = pgbson_decimal_round(decimal.v.dec, -places, rounding);
		result->v.f64 = pgbson_number_to_double(&decimal);
	}
	else
		round_integer(call, &args[0], places, rounding, result);
}

/* {$round: [number, places]}: halves to even */
void
expr_round(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	round_number(call, args, DECIMAL_HALF_EVEN, result);
}

/* {$trunc: [number, places]} */
void
expr_trunc(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	round_number(call, args, DECIMAL_TOWARD_ZERO, result);
}

/* ---- Powers ---- */

/* base^exponent as an int64, where there is one; the exponent is not negative. */
static bool
integer_power(int64 base, int64 exponent, int64 *result)
{
	*result = 1;
	if (base == 1 || base == -1 || base == 0)
	{
		if (exponent > 0)
			*result = base == -1 && exponent % 2 == 0 ? 1 : base;
		return true;
	}
	for (;;)
	{
		if (exponent % 2 == 1 && pg_mul_s64_overflow(*result, base, result))
			return false;
		exponent /= 2;
		if (exponent == 0)
			return true;
		if (pg_mul_s64_overflow(base, base, &base))
			return false;
	}
}

static void
power_of_integers(const BsonValue *base, const BsonValue *exponent, BsonValue *result)
{
	int64		b = expr_integer(base);
	int64		e = expr_integer(exponent);
	int64		power;

	/* To a negative power, only 1 and -1 give an integer. */
	if (e < 0 && (b == 1 || b == -1))
		e = -(e % 2);
	if (e < 0 || !integer_power(b, e, &power))
		pgbson_make_double(pow((double) b, (double) e), result);
	else if (base->type == BSON_INT64 || exponent->type == BSON_INT64)
		pgbson_make_int64(power, result);
	else
		expr_make_integer(power, result);
}

/* {$pow: [number, number]} */
void
expr_pow(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	const BsonValue *base = &args[0];
	const BsonValue *exponent = &args[1];

	if (!pgbson_is_number(base))
		expr_type_error(call, DOCDB_SQLSTATE(28762), "'s base must be numeric, not", base);
	if (!pgbson_is_number(exponent))
		expr_type_error(call, DOCDB_SQLSTATE(28763), "'s exponent must be numeric, not", exponent);
	if (pgbson_number_is_zero(base) &&
		(exponent->type == BSON_DECIMAL128 ? pgbson_decimal_is_negative(exponent->v.dec) :
		 pgbson_number_to_double(exponent) < 0))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28764)),
				 errmsg("$pow cannot take a base of 0 and a negative exponent")));

	if (base->type == BSON_DECIMAL128 || exponent->type == BSON_DECIMAL128)
		expr_make_decimal(pgbson_decimal_pow(pgbson_number_to_decimal(base),
											 pgbson_number_to_decimal(exponent)), result);
	else if (base->type == BSON_DOUBLE || exponent->type == BSON_DOUBLE)
		pgbson_make_double(pow(pgbson_number_to_double(base), pgbson_number_to_double(exponent)),
						   result);
	else
		power_of_integers(base, exponent, result);
}

/* {$sqrt: number} */
void
expr_sqrt(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonValue	zero;

	pgbson_make_int32(0, &zero);
	if (!pgbson_number_is_nan(&args[0]) && pgbson_number_compare(&args[0], &zero) < 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28714)),
				 errmsg("$sqrt's argument must be greater than or equal to 0")));
	if (args[0].type == BSON_DECIMAL128)
		expr_make_decimal(pgbson_decimal_sqrt(args[0].v.dec), result);
	else
		pgbson_make_double(sqrt(pgbson_number_to_double(&args[0])), result);
}

/* {$exp: number} */
void
expr_exp(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	if (args[0].type == BSON_DECIMAL128)
		expr_make_decimal(pgbson_decimal_exp(args[0].v.dec), result);
	else
		pgbson_make_double(exp(pgbson_number_to_double(&args[0])), result);
}

/* ---- Logarithms ---- */

/* A number as MongoDB's messages show it. */
static const char *
number_text(const BsonValue *number)
{
	return psprintf("%g", pgbson_number_to_double(number));
}

static bool
is_positive(const BsonValue *number)
{
	BsonValue	zero;

	pgbson_make_int32(0, &zero);
	return pgbson_number_compare(number, &zero) > 0;
}

/* Refuses what has no logarithm; NaN has NaN. */
static void
require_positive(ExprCall *call, int sqlstate, const BsonValue *number)
{
	if (!is_positive(number) && !pgbson_number_is_nan(number))
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg("%s's argument must be a positive number, but is %s", expr_name(call),
						number_text(number))));
}

/* {$ln: number} */
void
expr_ln(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	require_positive(call, DOCDB_SQLSTATE(28766), &args[0]);
	if (args[0].type == BSON_DECIMAL128 && !pgbson_number_is_nan(&args[0]))
		expr_make_decimal(pgbson_decimal_ln(args[0].v.dec), result);
	else
		pgbson_make_double(log(pgbson_number_to_double(&args[0])), result);
}

/* {$log10: number} */
void
expr_log10(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	require_positive(call, DOCDB_SQLSTATE(28761), &args[0]);
	if (args[0].type == BSON_DECIMAL128 && !pgbson_number_is_nan(&args[0]))
		expr_make_decimal(pgbson_decimal_log(args[0].v.dec, pgbson_decimal_from_int64(10)),
						  result);
	else
		pgbson_make_double(log10(pgbson_number_to_double(&args[0])), result);
}

/* {$log: [number, base]} */
void
expr_log(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	const BsonValue *number = &args[0];
	const BsonValue *base = &args[1];
	BsonValue	one;
	bool		nan = false;

	for (int i = 0; i < 2; i++)
	{
		if (!pgbson_is_number(&args[i]))
			expr_type_error(call, i == 0 ? DOCDB_SQLSTATE(28756) : DOCDB_SQLSTATE(28757),
							i == 0 ? "'s argument must be numeric, not" :
							"'s base must be numeric, not", &args[i]);
		nan = nan || pgbson_number_is_nan(&args[i]);
	}
	pgbson_make_int32(1, &one);
	require_positive(call, DOCDB_SQLSTATE(28758), number);
	if (!pgbson_number_is_nan(base) &&
		(!is_positive(base) || pgbson_number_compare(base, &one) == 0))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28759)),
				 errmsg("$log's base must be a positive number not equal to 1, but is %s",
						number_text(base))));

	if (!nan && (number->type == BSON_DECIMAL128 || base->type == BSON_DECIMAL128))
		expr_make_decimal(pgbson_decimal_log(pgbson_number_to_decimal(number),
											 pgbson_number_to_decimal(base)), result);
	else
		pgbson_make_double(log(pgbson_number_to_double(number)) /
						   log(pgbson_number_to_double(base)), result);
}
