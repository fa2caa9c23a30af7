/*
 * decimal_internal.h
 *		The parts of a decimal128, shared by the number, order and key string code of pgbson.
 */
#ifndef DOCDB_PGBSON_DECIMAL_INTERNAL_H
#define DOCDB_PGBSON_DECIMAL_INTERNAL_H

#include "pgbson/number.h"

#ifndef HAVE_INT128
#error "docdb needs a compiler with 128-bit integers"
#endif

#define DECIMAL_MAX_DIGITS 34
#define DECIMAL_MIN_EXPONENT (-6176)
#define DECIMAL_MAX_EXPONENT 6111
#define DECIMAL_EXPONENT_BIAS 6176

typedef enum DecimalKind
{
	DECIMAL_FINITE,
	DECIMAL_INFINITE,
	DECIMAL_NAN
} DecimalKind;

/* (-1)^negative * coefficient * 10^exponent, where the kind is DECIMAL_FINITE. */
typedef struct DecimalParts
{
	DecimalKind kind;
	bool		negative;
	int			exponent;
	uint128		coefficient;	/* below 10^34 */
} DecimalParts;

/*
 * Takes a decimal apart.  Coefficients of 10^34 and more, which the format can hold but not mean,
 * are zeros, as IEEE 754 says; the exponent is kept.
 */
extern void pgbson_decimal_unpack(BsonDecimal decimal, DecimalParts *parts);
extern BsonDecimal pgbson_decimal_pack(const DecimalParts *parts);

/*
 * The place of a finite decimal other than zero on the scale of magnitudes: the exponent of its
 * first digit, and its digits as an integer of exactly 34 digits.
 */
extern int	pgbson_decimal_normalize(const DecimalParts *parts, uint128 *digits);

/* Order by exact value; NaN is equal to NaN and below all else. */
extern int	pgbson_decimal_compare(BsonDecimal a, BsonDecimal b);

/* The nearest double; and the nearest one toward zero, telling whether it is the same number. */
extern double pgbson_decimal_to_double(BsonDecimal decimal);
extern double pgbson_decimal_truncate_to_double(BsonDecimal decimal, bool *exact);

/* The int64 of the same value; false when there is none. */
extern bool pgbson_decimal_to_int64(BsonDecimal decimal, int64 *result);

/* Truncated toward zero; past int64's range its nearest end; 0 for NaN. */
extern int64 pgbson_decimal_to_int64_clamped(BsonDecimal decimal);

extern BsonDecimal pgbson_decimal_add(BsonDecimal a, BsonDecimal b);
extern BsonDecimal pgbson_decimal_subtract(BsonDecimal a, BsonDecimal b);
extern BsonDecimal pgbson_decimal_multiply(BsonDecimal a, BsonDecimal b);
extern BsonDecimal pgbson_decimal_divide(BsonDecimal a, BsonDecimal b);

#endif							/* DOCDB_PGBSON_DECIMAL_INTERNAL_H */
