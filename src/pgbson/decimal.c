/*
 * decimal.c
 *		IEEE 754-2008 decimal128 numbers.
 *
 * Arithmetic and conversions from and to binary are those of the Intel decimal floating-point
 * library, which is also MongoDB's, so that results have the same digits.  Text and order need
 * nothing but the parts of a decimal and are done here.
 */
#include "postgres.h"

#include <math.h>

#include "port/pg_bitutils.h"
#include "utils/builtins.h"

#include "pgbson/decimal_bid.h"
#include "pgbson/decimal_internal.h"

/* The bits of the high word. */
#define SIGN_BIT UINT64CONST(0x8000000000000000)
#define INFINITY_BITS UINT64CONST(0x7800000000000000)
#define NAN_BITS UINT64CONST(0x7C00000000000000)
#define LARGE_COEFFICIENT_BITS UINT64CONST(0x6000000000000000)
#define COEFFICIENT_HIGH_MASK UINT64CONST(0x0001FFFFFFFFFFFF)
#define EXPONENT_SHIFT 49
#define LARGE_EXPONENT_SHIFT 47
#define EXPONENT_MASK 0x3FFF

/* Exponents in text are cut off here, far from anything that could be a number. */
#define EXPONENT_TEXT_LIMIT INT64CONST(1000000000000)

#define DOUBLE_DIGITS 15

#define POWER(high, low) ((uint128) (high) << 64 | (low))

static const uint128 power_of_10[DECIMAL_MAX_DIGITS + 1] = {
	POWER(UINT64CONST(0x0), UINT64CONST(0x1)),
	POWER(UINT64CONST(0x0), UINT64CONST(0xA)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x64)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x3E8)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x2710)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x186A0)),
	POWER(UINT64CONST(0x0), UINT64CONST(0xF4240)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x989680)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x5F5E100)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x3B9ACA00)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x2540BE400)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x174876E800)),
	POWER(UINT64CONST(0x0), UINT64CONST(0xE8D4A51000)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x9184E72A000)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x5AF3107A4000)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x38D7EA4C68000)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x2386F26FC10000)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x16345785D8A0000)),
	POWER(UINT64CONST(0x0), UINT64CONST(0xDE0B6B3A7640000)),
	POWER(UINT64CONST(0x0), UINT64CONST(0x8AC7230489E80000)),
	POWER(UINT64CONST(0x5), UINT64CONST(0x6BC75E2D63100000)),
	POWER(UINT64CONST(0x36), UINT64CONST(0x35C9ADC5DEA00000)),
	POWER(UINT64CONST(0x21E), UINT64CONST(0x19E0C9BAB2400000)),
	POWER(UINT64CONST(0x152D), UINT64CONST(0x2C7E14AF6800000)),
	POWER(UINT64CONST(0xD3C2), UINT64CONST(0x1BCECCEDA1000000)),
	POWER(UINT64CONST(0x84595), UINT64CONST(0x161401484A000000)),
	POWER(UINT64CONST(0x52B7D2), UINT64CONST(0xDCC80CD2E4000000)),
	POWER(UINT64CONST(0x33B2E3C), UINT64CONST(0x9FD0803CE8000000)),
	POWER(UINT64CONST(0x204FCE5E), UINT64CONST(0x3E25026110000000)),
	POWER(UINT64CONST(0x1431E0FAE), UINT64CONST(0x6D7217CAA0000000)),
	POWER(UINT64CONST(0xC9F2C9CD0), UINT64CONST(0x4674EDEA40000000)),
	POWER(UINT64CONST(0x7E37BE2022), UINT64CONST(0xC0914B2680000000)),
	POWER(UINT64CONST(0x4EE2D6D415B), UINT64CONST(0x85ACEF8100000000)),
	POWER(UINT64CONST(0x314DC6448D93), UINT64CONST(0x38C15B0A00000000)),
	POWER(UINT64CONST(0x1ED09BEAD87C0), UINT64CONST(0x378D8E6400000000)),
};

/* ---- Parts ---- */

void
pgbson_decimal_unpack(BsonDecimal decimal, DecimalParts *parts)
{
	parts->negative = (decimal.high & SIGN_BIT) != 0;
	parts->kind = DECIMAL_FINITE;
	parts->coefficient = 0;
	parts->exponent = 0;
	if ((decimal.high & INFINITY_BITS) == INFINITY_BITS)
	{
		parts->kind = (decimal.high & NAN_BITS) == NAN_BITS ? DECIMAL_NAN : DECIMAL_INFINITE;
		return;
	}
	if ((decimal.high & LARGE_COEFFICIENT_BITS) == LARGE_COEFFICIENT_BITS)
	{
		/* The form for coefficients of 2^113 and more, none of which is valid. */
		parts->exponent = (int) (decimal.high >> LARGE_EXPONENT_SHIFT & EXPONENT_MASK) -
			DECIMAL_EXPONENT_BIAS;
		return;
	}
	parts->exponent = (int) (decimal.high >> EXPONENT_SHIFT & EXPONENT_MASK) -
		DECIMAL_EXPONENT_BIAS;
	parts->coefficient = (uint128) (decimal.high & COEFFICIENT_HIGH_MASK) << 64 | decimal.low;
	if (parts->coefficient >= power_of_10[DECIMAL_MAX_DIGITS])
		parts->coefficient = 0;
}

BsonDecimal
pgbson_decimal_pack(const DecimalParts *parts)
{
	BsonDecimal decimal = {0, 0};

	switch (parts->kind)
	{
		case DECIMAL_NAN:
			decimal.high = NAN_BITS;
			return decimal;
		case DECIMAL_INFINITE:
			decimal.high = INFINITY_BITS;
			break;
		case DECIMAL_FINITE:
			decimal.high = (uint64) (parts->coefficient >> 64) |
				(uint64) (parts->exponent + DECIMAL_EXPONENT_BIAS) << EXPONENT_SHIFT;
			decimal.low = (uint64) parts->coefficient;
			break;
	}
	if (parts->negative)
		decimal.high |= SIGN_BIT;
	return decimal;
}

/* Decimal digits of a coefficient; 0 has none. */
static int
count_digits(uint128 coefficient)
{
	uint64		high = (uint64) (coefficient >> 64);
	uint64		low = (uint64) coefficient;
	int			bits;
	int			digits;

	if (high != 0)
		bits = 65 + pg_leftmost_one_pos64(high);
	else if (low != 0)
		bits = 1 + pg_leftmost_one_pos64(low);
	else
		return 0;

	/* 1233 / 4096 is log10(2); the estimate is exact or one too low. */
	digits = bits * 1233 >> 12;
	return digits + (coefficient >= power_of_10[digits] ? 1 : 0);
}

int
pgbson_decimal_normalize(const DecimalParts *parts, uint128 *digits)
{
	int			count = count_digits(parts->coefficient);

	*digits = parts->coefficient * power_of_10[DECIMAL_MAX_DIGITS - count];
	return parts->exponent + count - 1;
}

static int
compare_magnitudes(const DecimalParts *a, const DecimalParts *b)
{
	uint128		a_digits;
	uint128		b_digits;
	int			a_exponent;
	int			b_exponent;

	if (a->exponent == b->exponent || a->coefficient == 0 || b->coefficient == 0)
	{
		a_digits = a->coefficient;
		b_digits = b->coefficient;
	}
	else
	{
		a_exponent = pgbson_decimal_normalize(a, &a_digits);
		b_exponent = pgbson_decimal_normalize(b, &b_digits);
		if (a_exponent != b_exponent)
			return a_exponent < b_exponent ? -1 : 1;
	}
	if (a_digits == b_digits)
		return 0;
	return a_digits < b_digits ? -1 : 1;
}

/* The classes that the number line falls into: NaN, -infinity, negative, zero, and so on. */
static int
decimal_class(const DecimalParts *parts)
{
	if (parts->kind == DECIMAL_NAN)
		return -3;
	if (parts->kind == DECIMAL_INFINITE)
		return parts->negative ? -2 : 2;
	if (parts->coefficient == 0)
		return 0;
	return parts->negative ? -1 : 1;
}

int
pgbson_decimal_compare(BsonDecimal a, BsonDecimal b)
{
	DecimalParts a_parts;
	DecimalParts b_parts;
	int			a_class;
	int			b_class;

	pgbson_decimal_unpack(a, &a_parts);
	pgbson_decimal_unpack(b, &b_parts);
	a_class = decimal_class(&a_parts);
	b_class = decimal_class(&b_parts);
	if (a_class != b_class)
		return a_class < b_class ? -1 : 1;
	if (a_class == 1)
		return compare_magnitudes(&a_parts, &b_parts);
	if (a_class == -1)
		return compare_magnitudes(&b_parts, &a_parts);
	return 0;
}

bool
pgbson_decimal_is_nan(BsonDecimal decimal)
{
	return (decimal.high & NAN_BITS) == NAN_BITS;
}

bool
pgbson_decimal_is_infinite(BsonDecimal decimal)
{
	return (decimal.high & NAN_BITS) == INFINITY_BITS;
}

bool
pgbson_decimal_is_zero(BsonDecimal decimal)
{
	DecimalParts parts;

	pgbson_decimal_unpack(decimal, &parts);
	return parts.kind == DECIMAL_FINITE && parts.coefficient == 0;
}

bool
pgbson_decimal_is_negative(BsonDecimal decimal)
{
	return (decimal.high & SIGN_BIT) != 0;
}

/* ---- Text ---- */

/* What the digits of a number in text amount to, before they are made to fit. */
typedef struct DecimalText
{
	uint128		coefficient;	/* the first 34 significant digits */
	int			ndigits;		/* how many those are */
	int64		exponent;		/* of the last of them */
	int			next_digit;		/* the first one after them, or 0 */
	bool		more;			/* whether any digit after that one is not 0 */
} DecimalText;

static void
add_digit(DecimalText *number, int digit, int64 *extra)
{
	if (number->ndigits == 0 && digit == 0)
		return;
	if (number->ndigits < DECIMAL_MAX_DIGITS)
	{
		number->coefficient = number->coefficient * 10 + digit;
		number->ndigits++;
		return;
	}
	if (*extra == 0)
		number->next_digit = digit;
	else if (digit != 0)
		number->more = true;
	(*extra)++;
}

/* Reads digits with at most one point among them; NULL when there is no digit. */
static const char *
read_digits(const char *p, const char *end, DecimalText *number)
{
	bool		any = false;
	bool		point = false;
	int64		extra = 0;

	for (; p < end; p++)
	{
		if (*p == '.' && !point)
			point = true;
		else if (*p >= '0' && *p <= '9')
		{
			any = true;
			add_digit(number, *p - '0', &extra);
			if (point)
				number->exponent--;
		}
		else
			break;
	}
	number->exponent += extra;
	return any ? p : NULL;
}

/* Reads "E+12" and the like; NULL when it is malformed. */
static const char *
read_exponent(const char *p, const char *end, DecimalText *number)
{
	bool		negative = false;
	int64		exponent = 0;

	if (p >= end || (*p != 'e' && *p != 'E'))
		return p;
	p++;
	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	if (p >= end)
		return NULL;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
	{
		if (exponent < EXPONENT_TEXT_LIMIT)
			exponent = exponent * 10 + (*p - '0');
	}
	number->exponent += negative ? -exponent : exponent;
	return p;
}

/* Drops the last digits of a coefficient, rounding half to even. */
static void
drop_digits(DecimalText *number, int count)
{
	uint128		divisor = power_of_10[count];
	uint128		rest = number->coefficient % divisor;

	number->more = number->more || number->next_digit != 0 || rest % (divisor / 10) != 0;
	number->next_digit = (int) (rest / (divisor / 10));
	number->coefficient /= divisor;
	number->ndigits -= count;
	number->exponent += count;
}

static void
round_half_even(DecimalText *number)
{
	bool		half = number->next_digit == 5 && !number->more;

	if (number->next_digit > 5 || (number->next_digit == 5 && number->more) ||
		(half && (number->coefficient & 1) != 0))
		number->coefficient++;
	if (number->coefficient == power_of_10[DECIMAL_MAX_DIGITS])
	{
		number->coefficient = power_of_10[DECIMAL_MAX_DIGITS - 1];
		number->exponent++;
	}
	number->next_digit = 0;
	number->more = false;
}

/*
 * Brings the exponent into the format's range, by adding zeros to the coefficient or by dropping
 * digits from it.  The digits dropped are in next_digit and more; false when the number is too
 * large.
 */
static bool
clamp_exponent(DecimalText *number)
{
	if (number->exponent > DECIMAL_MAX_EXPONENT)
	{
		int64		zeros = number->exponent - DECIMAL_MAX_EXPONENT;

		if (number->coefficient != 0)
		{
			if (zeros > DECIMAL_MAX_DIGITS - number->ndigits)
				return false;
			number->coefficient *= power_of_10[zeros];
		}
		number->exponent = DECIMAL_MAX_EXPONENT;
	}
	if (number->exponent < DECIMAL_MIN_EXPONENT)
	{
		int64		drop = DECIMAL_MIN_EXPONENT - number->exponent;

		if (number->coefficient != 0)
		{
			if (drop > number->ndigits)
			{
				/* Nothing is left but the fact that it was not zero. */
				number->coefficient = 0;
				number->next_digit = 0;
				number->more = true;
			}
			else
				drop_digits(number, (int) drop);
		}
		number->exponent = DECIMAL_MIN_EXPONENT;
	}
	return true;
}

static bool
is_word(const char *p, const char *end, const char *word)
{
	size_t		len = strlen(word);

	return end - p == len && pg_strncasecmp(p, word, len) == 0;
}

static bool
parse_decimal(const char *text, size_t len, bool rounding, BsonDecimal *result)
{
	const char *p = text;
	const char *end = text + len;
	DecimalText number = {0};
	DecimalParts parts = {DECIMAL_FINITE};

	if (p < end && (*p == '+' || *p == '-'))
		parts.negative = *p++ == '-';
	if (is_word(p, end, "nan"))
		parts.kind = DECIMAL_NAN;
	else if (is_word(p, end, "inf") || is_word(p, end, "infinity"))
		parts.kind = DECIMAL_INFINITE;
	else
	{
		p = read_digits(p, end, &number);
		if (p != NULL)
			p = read_exponent(p, end, &number);
		if (p != end || !clamp_exponent(&number))
			return false;
		if (number.next_digit != 0 || number.more)
		{
			if (!rounding)
				return false;
			round_half_even(&number);
			if (number.coefficient == 0 || number.exponent > DECIMAL_MAX_EXPONENT)
				return false;
		}
		parts.coefficient = number.coefficient;
		parts.exponent = (int) number.exponent;
	}
	*result = pgbson_decimal_pack(&parts);
	return true;
}

bool
pgbson_decimal_from_string(const char *text, size_t len, BsonDecimal *result)
{
	return parse_decimal(text, len, false, result);
}

bool
pgbson_decimal_from_string_rounded(const char *text, size_t len, BsonDecimal *result)
{
	return parse_decimal(text, len, true, result);
}

/* The digits of a coefficient, "0" for zero; returns their count. */
static int
write_coefficient(uint128 coefficient, char *text)
{
	const uint64 chunk = UINT64CONST(10000000000000000000);
	uint64		high = (uint64) (coefficient / chunk);
	uint64		low = (uint64) (coefficient % chunk);
	int			len;

	if (high == 0)
		return pg_ulltoa_n(low, text);
	len = pg_ulltoa_n(high, text);

	/* The lower 19 digits, with their leading zeros. */
	for (int i = len + 18; i >= len; i--)
	{
		text[i] = '0' + low % 10;
		low /= 10;
	}
	return len + 19;
}

/* "123" with point 1 to "1.23"; returns the number of bytes written. */
static int
write_fraction(char *text, const char *digits, int ndigits, int point)
{
	char	   *p = text;

	if (point <= 0)
	{
		*p++ = '0';
		*p++ = '.';
		memset(p, '0', -point);
		p += -point;
		memcpy(p, digits, ndigits);
		return p + ndigits - text;
	}
	memcpy(p, digits, point);
	p += point;
	if (point < ndigits)
	{
		*p++ = '.';
		memcpy(p, digits + point, ndigits - point);
		p += ndigits - point;
	}
	return p - text;
}

int
pgbson_decimal_to_string(BsonDecimal decimal, char *text)
{
	DecimalParts parts;
	char		digits[DECIMAL_MAX_DIGITS + 6];
	int			ndigits;
	int			scientific;
	char	   *p = text;

	pgbson_decimal_unpack(decimal, &parts);
	if (parts.kind == DECIMAL_NAN)
		return strlcpy(text, "NaN", BSON_DECIMAL_TEXT_SIZE);
	if (parts.negative)
		*p++ = '-';
	if (parts.kind == DECIMAL_INFINITE)
		return p - text + strlcpy(p, "Infinity", BSON_DECIMAL_TEXT_SIZE - 1);

	ndigits = write_coefficient(parts.coefficient, digits);
	scientific = parts.exponent + ndigits - 1;
	if (parts.exponent > 0 || scientific < -6)
	{
		p += write_fraction(p, digits, ndigits, 1);
		*p++ = 'E';
		*p++ = scientific < 0 ? '-' : '+';
		p += pg_ultoa_n(abs(scientific), p);
	}
	else
		p += write_fraction(p, digits, ndigits, ndigits + parts.exponent);
	*p = '\0';
	return p - text;
}

/* ---- Conversions ---- */

BsonDecimal
pgbson_decimal_from_int64(int64 i)
{
	DecimalParts parts = {DECIMAL_FINITE};

	parts.negative = i < 0;
	parts.coefficient = parts.negative ? -(uint64) i : (uint64) i;
	return pgbson_decimal_pack(&parts);
}

/*
 * MongoDB takes the 34 digits of the double and rounds them to 15, which it keeps even where they
 * end in zeros: 2.5 is 2.50000000000000.
 */
BsonDecimal
pgbson_decimal_from_double(double f)
{
	_IDEC_flags flags = 0;
	BsonDecimal decimal = from_bid(binary64_to_bid128(f, BID_ROUNDING_TO_NEAREST, &flags));
	DecimalParts parts;
	DecimalText number = {0};
	int			ndigits;

	pgbson_decimal_unpack(decimal, &parts);
	if (parts.kind != DECIMAL_FINITE || parts.coefficient == 0)
	{
		parts.exponent = 0;
		return pgbson_decimal_pack(&parts);
	}

	ndigits = count_digits(parts.coefficient);
	if (ndigits > DOUBLE_DIGITS)
	{
		number.coefficient = parts.coefficient;
		number.ndigits = ndigits;
		drop_digits(&number, ndigits - DOUBLE_DIGITS);
		round_half_even(&number);
		parts.coefficient = number.coefficient;
		parts.exponent += ndigits - DOUBLE_DIGITS;
		if (parts.coefficient == power_of_10[DOUBLE_DIGITS])
		{
			parts.coefficient /= 10;
			parts.exponent++;
		}
	}
	else
	{
		parts.coefficient *= power_of_10[DOUBLE_DIGITS - ndigits];
		parts.exponent -= DOUBLE_DIGITS - ndigits;
	}
	return pgbson_decimal_pack(&parts);
}

double
pgbson_decimal_to_double(BsonDecimal decimal)
{
	_IDEC_flags flags = 0;

	return bid128_to_binary64(to_bid(decimal), BID_ROUNDING_TO_NEAREST, &flags);
}

double
pgbson_decimal_truncate_to_double(BsonDecimal decimal, bool *exact)
{
	_IDEC_flags flags = 0;
	double		f = bid128_to_binary64(to_bid(decimal), BID_ROUNDING_TO_ZERO, &flags);

	*exact = (flags & BID_INEXACT_EXCEPTION) == 0;
	return f;
}

bool
pgbson_decimal_to_int64(BsonDecimal decimal, int64 *result)
{
	_IDEC_flags flags = 0;
	int64		i = bid128_to_int64_xint(to_bid(decimal), &flags);

	if ((flags & (BID_INEXACT_EXCEPTION | BID_INVALID_EXCEPTION)) != 0)
		return false;
	*result = i;
	return true;
}

int64
pgbson_decimal_to_int64_clamped(BsonDecimal decimal)
{
	_IDEC_flags flags = 0;
	int64		i = bid128_to_int64_int(to_bid(decimal), &flags);

	if ((flags & BID_INVALID_EXCEPTION) == 0)
		return i;
	if (pgbson_decimal_is_nan(decimal))
		return 0;
	return pgbson_decimal_is_negative(decimal) ? PG_INT64_MIN : PG_INT64_MAX;
}

/* ---- Arithmetic ---- */

BsonDecimal
pgbson_decimal_add(BsonDecimal a, BsonDecimal b)
{
	_IDEC_flags flags = 0;

	return from_bid_result(bid128_add(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}

BsonDecimal
pgbson_decimal_subtract(BsonDecimal a, BsonDecimal b)
{
	_IDEC_flags flags = 0;

	return from_bid_result(bid128_sub(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}

BsonDecimal
pgbson_decimal_multiply(BsonDecimal a, BsonDecimal b)
{
	_IDEC_flags flags = 0;

	return from_bid_result(bid128_mul(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}

BsonDecimal
pgbson_decimal_divide(BsonDecimal a, BsonDecimal b)
{
	_IDEC_flags flags = 0;

	return from_bid_result(bid128_div(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}
