/*
 * number.h
 *		Arithmetic over the four numeric types, and decimal128.
 *
 * One of the public headers of pgbson.  Results follow MongoDB's promotion: int32 with int32 gives
 * int32 and overflows into int64; int64 overflows into double in expressions (in updates it is an
 * error, which the caller detects); a double makes the result double; a decimal makes it decimal.
 */
#ifndef DOCDB_PGBSON_NUMBER_H
#define DOCDB_PGBSON_NUMBER_H

#include "pgbson/pgbson.h"

static inline bool
pgbson_is_number(const BsonValue *value)
{
	return value->type == BSON_INT32 || value->type == BSON_DOUBLE ||
		value->type == BSON_INT64 || value->type == BSON_DECIMAL128;
}

/*
 * Sum, difference, product; the operands must be numbers.  An int64 overflow gives a double and
 * returns false, so that a caller for whom it is an error can raise its own.
 */
extern bool pgbson_number_add(const BsonValue *a, const BsonValue *b, BsonValue *result);
extern bool pgbson_number_subtract(const BsonValue *a, const BsonValue *b, BsonValue *result);
extern bool pgbson_number_multiply(const BsonValue *a, const BsonValue *b, BsonValue *result);

/* Quotient: double unless a decimal is involved.  A zero divisor is the caller's to refuse. */
extern void pgbson_number_divide(const BsonValue *a, const BsonValue *b, BsonValue *result);

/* Order of two numbers by their exact values; NaN is equal to NaN and below all else. */
extern int	pgbson_number_compare(const BsonValue *a, const BsonValue *b);

extern bool pgbson_number_is_zero(const BsonValue *value);
extern bool pgbson_number_is_nan(const BsonValue *value);

/* The nearest double (decimals round half even; past its range: infinity). */
extern double pgbson_number_to_double(const BsonValue *value);

/* The exact decimal of an integer; the 15-digit decimal of a double, as MongoDB promotes it. */
extern BsonDecimal pgbson_number_to_decimal(const BsonValue *value);

/* True when the number is integral and fits; false (result untouched) for all others, NaN too. */
extern bool pgbson_number_to_int64_exact(const BsonValue *value, int64 *result);

/* Truncated toward zero; past int64's range its nearest end; 0 for NaN and what is no number. */
extern int64 pgbson_number_to_int64_clamped(const BsonValue *value);

/* The truth of any value in expressions: not 0, false, null, undefined or missing. */
extern bool pgbson_is_truthy(const BsonValue *value);

/* ---- Decimals ---- */

/* A buffer that every decimal's text fits in. */
#define BSON_DECIMAL_TEXT_SIZE 48

/*
 * Reads the decimal128 text of the BSON specification; false when it is none, is out of range or
 * has more digits than a decimal can hold.  The second rounds such digits half to even, as
 * MongoDB's conversions do, and is false for overflow and underflow only.
 */
extern bool pgbson_decimal_from_string(const char *text, size_t len, BsonDecimal *result);
extern bool pgbson_decimal_from_string_rounded(const char *text, size_t len, BsonDecimal *result);

/* The text of the BSON specification ("1.0E+3", "NaN", "-Infinity"); returns its length. */
extern int	pgbson_decimal_to_string(BsonDecimal decimal, char *text);

extern BsonDecimal pgbson_decimal_from_int64(int64 i);
extern BsonDecimal pgbson_decimal_from_double(double f);	/* 15 significant digits */
extern bool pgbson_decimal_is_nan(BsonDecimal decimal);
extern bool pgbson_decimal_is_infinite(BsonDecimal decimal);
extern bool pgbson_decimal_is_zero(BsonDecimal decimal);
extern bool pgbson_decimal_is_negative(BsonDecimal decimal);

#endif							/* DOCDB_PGBSON_NUMBER_H */
