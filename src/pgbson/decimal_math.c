/*
 * decimal_math.c
 *		Functions of decimal128 numbers beyond the four operations of number.h.
 */
#include "postgres.h"

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>

#include "pgbson/decimal_math.h"
#include "pgbson/number.h"

#define SIGN_BIT UINT64CONST(0x8000000000000000)
#define EXPONENT_BIAS 6176
#define EXPONENT_SHIFT 49		/* of the exponent in the high word */

static inline BID_UINT128
to_bid(BsonDecimal decimal)
{
	BID_UINT128 bid;

	bid.w[BID_HIGH_128W] = decimal.high;
	bid.w[1 - BID_HIGH_128W] = decimal.low;
	return bid;
}

static inline BsonDecimal
from_bid(BID_UINT128 bid)
{
	BsonDecimal decimal;

	decimal.high = bid.w[BID_HIGH_128W];
	decimal.low = bid.w[1 - BID_HIGH_128W];
	return decimal;
}

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
	return from_bid(bid128_quantize(to_bid(decimal), to_bid(quantum), rounding_mode(rounding),
									&flags));
}

BsonDecimal
pgbson_decimal_mod(BsonDecimal dividend, BsonDecimal divisor)
{
	_IDEC_flags flags = 0;

	return from_bid(bid128_fmod(to_bid(dividend), to_bid(divisor), &flags));
}

BsonDecimal
pgbson_decimal_abs(BsonDecimal decimal)
{
	decimal.high &= ~SIGN_BIT;
	return decimal;
}
