/*
 * decimal_math.c
 *		Functions of decimal128 numbers beyond the four operations of number.h.
 */
#include "postgres.h"

#include "pgbson/decimal_bid.h"
#include "pgbson/decimal_math.h"

#define SIGN_BIT UINT64CONST(0x8000000000000000)
#define EXPONENT_BIAS 6176
#define EXPONENT_SHIFT 49		/* of the exponent in the high word */

static _IDEC_round
rounding_mode(DecimalRounding rounding)
{
	switch (rounding)
	{
		case DECIMAL_TOWARD_ZERO:
			return BID_ROUNDING_TO_ZERO;
		case DECIMAL_TOWARD_NEGATIVE:
			return BID_ROUNDING_DOWN;
		case DECIMAL_TOWARD_POSITIVE:
			return BID_ROUNDING_UP;
		default:
			return BID_ROUNDING_TO_NEAREST;
	}
}

BsonDecimal
pgbson_decimal_from_double_exact(double f)
{
	_IDEC_flags flags = 0;

	return from_bid(binary64_to_bid128(f, BID_ROUNDING_TO_NEAREST, &flags));
}

bool
pgbson_decimal_round_to_int64(BsonDecimal decimal, int64 *result)
{
	_IDEC_flags flags = 0;
	int64		i = bid128_to_int64_rnint(to_bid(decimal), &flags);

	if (flags & BID_INVALID_EXCEPTION)
		return false;
	*result = i;
	return true;
}

BsonDecimal
pgbson_decimal_quantize(BsonDecimal decimal, int exponent, DecimalRounding rounding)
{
	_IDEC_flags flags = 0;
	BsonDecimal quantum;

	/* 1E+exponent */
	quantum.high = (uint64) (exponent + EXPONENT_BIAS) << EXPONENT_SHIFT;
	quantum.low = 1;
	return from_bid_result(bid128_quantize(to_bid(decimal), to_bid(quantum),
										   rounding_mode(rounding), &flags));
}

BsonDecimal
pgbson_decimal_mod(BsonDecimal dividend, BsonDecimal divisor)
{
	_IDEC_flags flags = 0;

	return from_bid_result(bid128_fmod(to_bid(dividend), to_bid(divisor), &flags));
}

BsonDecimal
pgbson_decimal_abs(BsonDecimal decimal)
{
	decimal.high &= ~SIGN_BIT;
	return decimal;
}

/* The same number with as many digits as there is room for. */
static BID_UINT128
widen(BID_UINT128 decimal)
{
	BsonDecimal least_zero = {0, 0};	/* 0E-6176 */
	_IDEC_flags flags = 0;

	return bid128_add(decimal, to_bid(least_zero), BID_ROUNDING_TO_NEAREST, &flags);
}

BsonDecimal
pgbson_decimal_round(BsonDecimal decimal, int exponent, DecimalRounding rounding)
{
	BsonDecimal wide = from_bid_result(widen(to_bid(decimal)));

	/* A wide number is in the form whose exponent follows the sign. */
	if ((int) (wide.high >> EXPONENT_SHIFT & 0x3FFF) > exponent + EXPONENT_BIAS)
		return wide;
	return pgbson_decimal_quantize(decimal, exponent, rounding);
}

BsonDecimal
pgbson_decimal_sqrt(BsonDecimal decimal)
{
	_IDEC_flags flags = 0;

	return from_bid_result(bid128_sqrt(to_bid(decimal), BID_ROUNDING_TO_NEAREST, &flags));
}

BsonDecimal
pgbson_decimal_exp(BsonDecimal decimal)
{
	_IDEC_flags flags = 0;

	return from_bid_result(bid128_exp(to_bid(decimal), BID_ROUNDING_TO_NEAREST, &flags));
}

BsonDecimal
pgbson_decimal_ln(BsonDecimal decimal)
{
	_IDEC_flags flags = 0;

	return from_bid_result(bid128_log(to_bid(decimal), BID_ROUNDING_TO_NEAREST, &flags));
}

/* Whether a decimal equals a small integer. */
static bool
is_integer_value(BsonDecimal decimal, int i)
{
	_IDEC_flags flags = 0;

	return bid128_quiet_equal(to_bid(decimal), to_bid(pgbson_decimal_from_int64(i)), &flags);
}

BsonDecimal
pgbson_decimal_log(BsonDecimal decimal, BsonDecimal base)
{
	_IDEC_flags flags = 0;
	BID_UINT128 value = to_bid(decimal);

	if (is_integer_value(base, 2))
		return from_bid_result(bid128_log2(value, BID_ROUNDING_TO_NEAREST, &flags));
	if (is_integer_value(base, 10))
		return from_bid_result(bid128_log10(value, BID_ROUNDING_TO_NEAREST, &flags));
	return from_bid_result(bid128_div(bid128_log(value, BID_ROUNDING_TO_NEAREST, &flags),
									  bid128_log(to_bid(base), BID_ROUNDING_TO_NEAREST, &flags),
									  BID_ROUNDING_TO_NEAREST, &flags));
}

BsonDecimal
pgbson_decimal_pow(BsonDecimal base, BsonDecimal exponent)
{
	_IDEC_flags flags = 0;
	BID_UINT128 power = to_bid(exponent);

	if (is_integer_value(base, 10))
		power = bid128_exp10(power, BID_ROUNDING_TO_NEAREST, &flags);
	else if (is_integer_value(base, 2))
		power = bid128_exp2(power, BID_ROUNDING_TO_NEAREST, &flags);
	else
		power = bid128_pow(to_bid(base), power, BID_ROUNDING_TO_NEAREST, &flags);
	return from_bid_result(widen(power));
}

/* ---- Trigonometry ---- */

#define TRIGONOMETRIC_FUNCTION(name) \
	BsonDecimal \
	pgbson_decimal_##name(BsonDecimal decimal) \
	{ \
		_IDEC_flags flags = 0; \
\
		return from_bid_result(bid128_##name(to_bid(decimal), BID_ROUNDING_TO_NEAREST, &flags)); \
	}

TRIGONOMETRIC_FUNCTION(sin)
TRIGONOMETRIC_FUNCTION(cos)
TRIGONOMETRIC_FUNCTION(tan)
TRIGONOMETRIC_FUNCTION(asin)
TRIGONOMETRIC_FUNCTION(acos)
TRIGONOMETRIC_FUNCTION(atan)
TRIGONOMETRIC_FUNCTION(sinh)
TRIGONOMETRIC_FUNCTION(cosh)
TRIGONOMETRIC_FUNCTION(tanh)
TRIGONOMETRIC_FUNCTION(asinh)
TRIGONOMETRIC_FUNCTION(acosh)
TRIGONOMETRIC_FUNCTION(atanh)

BsonDecimal
pgbson_decimal_atan2(BsonDecimal y, BsonDecimal x)
{
	_IDEC_flags flags = 0;

	return from_bid_result(bid128_atan2(to_bid(y), to_bid(x), BID_ROUNDING_TO_NEAREST, &flags));
}
