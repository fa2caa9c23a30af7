/*
 * decimal_math.h
 *		Functions of decimal128 numbers beyond the four operations of number.h.
 *
 * One of the public headers of pgbson.  Results round half to even in the last of 34 digits unless
 * said otherwise; they are the digits that MongoDB gives, since it uses the same library.
 */
#ifndef DOCDB_PGBSON_DECIMAL_MATH_H
#define DOCDB_PGBSON_DECIMAL_MATH_H

#include "pgbson/pgbson.h"

typedef enum DecimalRounding
{
	DECIMAL_HALF_EVEN,
	DECIMAL_TOWARD_ZERO,
	DECIMAL_TOWARD_NEGATIVE,
	DECIMAL_TOWARD_POSITIVE
} DecimalRounding;

/* All the digits of a double that fit; pgbson_decimal_from_double keeps 15. */
extern BsonDecimal pgbson_decimal_from_double_exact(double f);

/* The nearest int64, halves to even; false (result untouched) where there is none. */
extern bool pgbson_decimal_round_to_int64(BsonDecimal decimal, int64 *result);

/* Rounds to a multiple of 10^exponent, which becomes the result's exponent; NaN if impossible. */
extern BsonDecimal pgbson_decimal_quantize(BsonDecimal decimal, int exponent,
										   DecimalRounding rounding);

/* The same, but a number with all its digits above 10^exponent is returned as it is. */
extern BsonDecimal pgbson_decimal_round(BsonDecimal decimal, int exponent,
										DecimalRounding rounding);

/* The remainder of truncating division, with the dividend's sign. */
extern BsonDecimal pgbson_decimal_mod(BsonDecimal dividend, BsonDecimal divisor);

extern BsonDecimal pgbson_decimal_abs(BsonDecimal decimal);

extern BsonDecimal pgbson_decimal_sqrt(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_exp(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_ln(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_log(BsonDecimal decimal, BsonDecimal base);
extern BsonDecimal pgbson_decimal_pow(BsonDecimal base, BsonDecimal exponent);

/* Angles are in radians; NaN where a function is not defined. */
extern BsonDecimal pgbson_decimal_sin(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_cos(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_tan(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_asin(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_acos(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_atan(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_sinh(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_cosh(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_tanh(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_asinh(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_acosh(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_atanh(BsonDecimal decimal);
extern BsonDecimal pgbson_decimal_atan2(BsonDecimal y, BsonDecimal x);

#endif							/* DOCDB_PGBSON_DECIMAL_MATH_H */
