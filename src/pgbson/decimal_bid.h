/*
 * decimal_bid.h
 *		Access to the Intel decimal floating-point library, for pgbson's own files.
 *
 * The library's headers define types and macros with short names, so they are included by the
 * files that compute with decimals only.
 */
#ifndef DOCDB_PGBSON_DECIMAL_BID_H
#define DOCDB_PGBSON_DECIMAL_BID_H

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>

#include "pgbson/number.h"

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

/* Quiets signalling NaNs and drops what a NaN may carry, so that equal results have equal bytes. */
static inline BsonDecimal
from_bid_result(BID_UINT128 bid)
{
	BsonDecimal decimal = from_bid(bid);

	if (pgbson_decimal_is_nan(decimal))
	{
		decimal.high = UINT64CONST(0x7C00000000000000);
		decimal.low = 0;
	}
	return decimal;
}

#endif							/* DOCDB_PGBSON_DECIMAL_BID_H */
