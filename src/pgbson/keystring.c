/*
 * keystring.c
 *		Key strings: bytes that compare by memcmp as the values they are made of compare.
 *
 * After the class byte (see keystring.h) come:
 *
 * Numbers.  The magnitude, truncated toward zero to a double, as nine groups of seven bits, each
 * in a byte whose lowest bit says whether more bytes follow; groups of zeros at the end are left
 * out, so that small integers are short.  A number that is no double sets that bit in the ninth
 * byte too and goes on with its exact decimal: the exponent of the first digit in two bytes, then
 * the digits from the first on, two in a byte that says in the same way whether more follow.
 * Negative numbers have all these bytes inverted.  Zero and NaN are only their class.
 *
 * Strings.  The bytes, with 0x00 and 0x01 written 0x01 0x01 and 0x01 0x02, and 0x00 at the end.  By
 * a collation instead the sort key, whose last byte is its only 0x00.
 *
 * Documents and arrays.  For each element of an array its key.  For each field of a document the
 * class of its type, its name with a 0x00, and the rest of its key, which for numbers and booleans
 * has a class of its own.  At the end 0x00, which is below every class.
 *
 * Binary.  The length, the subtype, the bytes.  Dates and timestamps have eight bytes, ObjectIds
 * twelve; regexes are as in BSON, both of their strings ending in 0x00.
 *
 * What does not take part in equality, such as the type of a number, is not in the key.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "pgbson/collation.h"
#include "pgbson/decimal_internal.h"
#include "pgbson/keystring_internal.h"

#define DIGIT_PAIRS (DECIMAL_MAX_DIGITS / 2)
#define MAX_NUMBER_SIZE (1 + KEYSTRING_NUMBER_GROUPS + KEYSTRING_EXPONENT_SIZE + DIGIT_PAIRS)

/* Makes the exponent of a decimal's first digit, at least -6176, positive. */
#define EXPONENT_OFFSET 8192

/* What parts 34 digits into 16 and 18, so that both are uint64. */
#define LOW_PAIRS 9
#define LOW_DIVISOR UINT64CONST(1000000000000000000)

/* ---- Bytes ---- */

static inline unsigned char *
reserve(StringInfo key, int bytes)
{
	enlargeStringInfo(key, bytes);
	return (unsigned char *) key->data + key->len;
}

static inline void
append_byte(StringInfo key, uint8 byte)
{
	appendStringInfoCharMacro(key, (char) byte);
}

static void
append_uint32(StringInfo key, uint32 n)
{
	n = pg_hton32(n);
	appendBinaryStringInfo(key, (const char *) &n, sizeof(n));
}

static void
append_uint64(StringInfo key, uint64 n)
{
	n = pg_hton64(n);
	appendBinaryStringInfo(key, (const char *) &n, sizeof(n));
}

/* A length: one byte, or 0xFF and four. */
static void
append_length(StringInfo key, uint32 len)
{
	if (len < KEYSTRING_SHORT_LENGTH_LIMIT)
		append_byte(key, (uint8) len);
	else
	{
		append_byte(key, KEYSTRING_SHORT_LENGTH_LIMIT);
		append_uint32(key, len);
	}
}

/* Whether any of eight bytes is 0 or 1: the lowest such byte is found rightly, others maybe not. */
static inline bool
has_special_byte(uint64 word)
{
	const uint64 ones = UINT64CONST(0x0101010101010101);

	return ((word - 2 * ones) & ~word & (ones << 7)) != 0;
}

/* A string's bytes, escaped, without the end. */
static void
append_escaped(StringInfo key, const char *data, uint32 len)
{
	unsigned char *start = reserve(key, 2 * (int) len + 1);
	unsigned char *to = start;
	const char *end = data + len;

	while (data < end)
	{
		uint8		byte;

		if (end - data >= sizeof(uint64))
		{
			uint64		word;

			memcpy(&word, data, sizeof(word));
			if (!has_special_byte(word))
			{
				memcpy(to, &word, sizeof(word));
				to += sizeof(word);
				data += sizeof(word);
				continue;
			}
		}
		byte = (uint8) *data++;
		if (unlikely(byte <= KEYSTRING_ESCAPE_BYTE))
		{
			*to++ = KEYSTRING_ESCAPE_BYTE;
			byte++;
		}
		*to++ = byte;
	}
	key->len += to - start;
	key->data[key->len] = '\0';
}

static void
append_string(StringInfo key, const char *data, uint32 len)
{
	append_escaped(key, data, len);
	append_byte(key, KEYSTRING_END_BYTE);
}

void
pgbson_keystring_invert(StringInfo key, int start)
{
	for (int i = start; i < key->len; i++)
		key->data[i] = ~key->data[i];
}

/* ---- Numbers ---- */

/* Writes a magnitude's groups; returns the number of bytes. */
static int
write_groups(double magnitude, bool exact, unsigned char *to)
{
	uint64		bits;
	int			n = 0;

	memcpy(&bits, &magnitude, sizeof(bits));
	bits <<= 1;					/* the sign is zero and not wanted */
	do
	{
		uint8		group = (uint8) (bits >> (64 - KEYSTRING_GROUP_BITS));

		bits <<= KEYSTRING_GROUP_BITS;
		to[n++] = group << 1 | (bits != 0 || !exact ? 1 : 0);
	} while (n < KEYSTRING_NUMBER_GROUPS && (bits != 0 || !exact));
	return n;
}

/* Writes a decimal's exponent and digits; returns the number of bytes. */
static int
write_digits(BsonDecimal decimal, unsigned char *to)
{
	DecimalParts parts;
	uint128		digits;
	uint64		high;
	uint64		low;
	int			exponent;
	int			last = 0;

	pgbson_decimal_unpack(decimal, &parts);
	exponent = pgbson_decimal_normalize(&parts, &digits) + EXPONENT_OFFSET;
	*to++ = (unsigned char) (exponent >> 8);
	*to++ = (unsigned char) exponent;

	high = (uint64) (digits / LOW_DIVISOR);
	low = (uint64) (digits % LOW_DIVISOR);
	for (int i = DIGIT_PAIRS - 1; i >= 0; i--)
	{
		uint64	   *half = i >= DIGIT_PAIRS - LOW_PAIRS ? &low : &high;
		uint8		pair = (uint8) (*half % 100);

		*half /= 100;
		if (last == 0 && pair != 0)
			last = i;
		to[i] = pair << 1 | (i < last ? 1 : 0);
	}
	return KEYSTRING_EXPONENT_SIZE + last + 1;
}

/*
 * A number that truncates to f.  The decimal of the same value is looked at only where f is not
 * exact.
 */
static void
append_number(StringInfo key, double f, bool exact, BsonDecimal decimal)
{
	unsigned char *start = reserve(key, MAX_NUMBER_SIZE);
	unsigned char *to = start + 1;
	bool		negative = signbit(f) != 0;

	if (exact && f == 0)
		*start = BSON_KEY_ZERO;
	else if (isnan(f))
		*start = BSON_KEY_NAN;
	else
	{
		*start = negative ? BSON_KEY_NEGATIVE : BSON_KEY_POSITIVE;
		to += write_groups(fabs(f), exact, to);
		if (!exact)
			to += write_digits(decimal, to);
		if (negative)
		{
			for (unsigned char *p = start + 1; p < to; p++)
				*p = ~*p;
		}
	}
	key->len += to - start;
}

static void
append_int64(StringInfo key, int64 i)
{
	const BsonDecimal unused = {0, 0};
	uint64		magnitude = i < 0 ? -(uint64) i : (uint64) i;
	uint64		low = 0;
	double		f;

	/* What a double cannot hold of it, so that the rest converts exactly. */
	if (magnitude >> DBL_MANT_DIG != 0)
	{
		int			shift = pg_leftmost_one_pos64(magnitude) + 1 - DBL_MANT_DIG;

		low = magnitude & ((UINT64CONST(1) << shift) - 1);
	}
	f = (double) (magnitude - low);
	append_number(key, i < 0 ? -f : f, low == 0, low == 0 ? unused : pgbson_decimal_from_int64(i));
}

static void
append_decimal(StringInfo key, BsonDecimal decimal)
{
	bool		exact = true;
	double		f;

	if (pgbson_decimal_is_nan(decimal))
	{
		append_byte(key, BSON_KEY_NAN);
		return;
	}
	f = pgbson_decimal_truncate_to_double(decimal, &exact);
	append_number(key, copysign(f, pgbson_decimal_is_negative(decimal) ? -1.0 : 1.0), exact,
				  decimal);
}

/* ---- Values ---- */

static uint8
class_of(const BsonValue *value)
{
	switch (value->type)
	{
		case BSON_MINKEY:
			return BSON_KEY_MINKEY;
		case BSON_MISSING:
		case BSON_UNDEFINED:
			return BSON_KEY_UNDEFINED;
		case BSON_NULL:
			return BSON_KEY_NULL;
		case BSON_STRING:
		case BSON_SYMBOL:
			return BSON_KEY_STRING;
		case BSON_DOCUMENT:
			return BSON_KEY_DOCUMENT;
		case BSON_ARRAY:
			return BSON_KEY_ARRAY;
		case BSON_BINARY:
			return BSON_KEY_BINARY;
		case BSON_OBJECTID:
			return BSON_KEY_OBJECTID;
		case BSON_BOOL:
			return value->v.boolean ? BSON_KEY_TRUE : BSON_KEY_FALSE;
		case BSON_DATE:
			return BSON_KEY_DATE;
		case BSON_TIMESTAMP:
			return BSON_KEY_TIMESTAMP;
		case BSON_REGEX:
			return BSON_KEY_REGEX;
		case BSON_DBPOINTER:
			return BSON_KEY_DBPOINTER;
		case BSON_CODE:
			return BSON_KEY_CODE;
		case BSON_CODE_W_SCOPE:
			return BSON_KEY_CODE_W_SCOPE;
		default:
			Assert(value->type == BSON_MAXKEY);
			return BSON_KEY_MAXKEY;
	}
}

/*
 * The functions below stop once the key has the length of limit, or not much later: what it has
 * up to there is right.
 */
static void append_value(StringInfo key, const BsonValue *value, int limit,
						 const BsonCollation *collation);
static void append_payload(StringInfo key, const BsonValue *value, int limit,
						   const BsonCollation *collation);

/*
 * The type, the name and the value of a field, which count in this order.  The class of a number
 * or a boolean is part of its value, so it is behind the name, and not what tells the type.
 */
static void
append_field(StringInfo key, const BsonIter *iter, const BsonValue *value, int limit,
			 const BsonCollation *collation)
{
	uint8		first;
	uint8		last;

	pgbson_keystring_bracket(value->type, &first, &last);
	append_byte(key, first);
	appendBinaryStringInfo(key, iter->key, iter->keylen + 1);
	if (first == last)
		append_payload(key, value, limit, collation);
	else
		append_value(key, value, limit, collation);
}

static void
append_container(StringInfo key, const BsonValue *container, bool names, int limit,
				 const BsonCollation *collation)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, container);
	while (key->len < limit && pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (names)
			append_field(key, &iter, &value, limit, collation);
		else
			append_value(key, &value, limit, collation);
	}
	append_byte(key, KEYSTRING_END_BYTE);
}

static void
append_code_w_scope(StringInfo key, const BsonValue *value, int limit)
{
	uint32		code_size = pgbson_read_uint32(value->v.data + 4);
	const char *document = value->v.data + 8 + code_size;
	BsonValue	scope;

	append_string(key, value->v.data + 8, code_size - 1);
	pgbson_decode(BSON_DOCUMENT, document, pgbson_read_uint32(document), &scope);
	append_container(key, &scope, true, limit, NULL);
}

/* What comes after the class of a value that is not a number. */
static void
append_payload(StringInfo key, const BsonValue *value, int limit, const BsonCollation *collation)
{
	switch (value->type)
	{
		case BSON_STRING:
		case BSON_SYMBOL:
			if (collation != NULL)
				pgbson_collation_append_key(collation, key, value->v.data, value->len);
			else
				append_string(key, value->v.data, Min(value->len, (uint32) limit));
			break;
		case BSON_CODE:
			append_string(key, value->v.data, Min(value->len, (uint32) limit));
			break;
		case BSON_DOCUMENT:
			append_container(key, value, true, limit, collation);
			break;
		case BSON_ARRAY:
			append_container(key, value, false, limit, collation);
			break;
		case BSON_BINARY:
			append_length(key, value->len);
			append_byte(key, value->subtype);
			appendBinaryStringInfo(key, value->v.data, Min(value->len, (uint32) limit));
			break;
		case BSON_OBJECTID:
			appendBinaryStringInfo(key, (const char *) value->v.oid, sizeof(value->v.oid));
			break;
		case BSON_DATE:
			append_uint64(key, (uint64) value->v.i64 ^ UINT64CONST(0x8000000000000000));
			break;
		case BSON_TIMESTAMP:
			append_uint64(key, (uint64) value->v.i64);
			break;
		case BSON_REGEX:
			appendBinaryStringInfo(key, value->v.data, value->len);
			break;
		case BSON_DBPOINTER:
			append_length(key, value->len);
			appendBinaryStringInfo(key, value->v.data, value->len);
			break;
		case BSON_CODE_W_SCOPE:
			append_code_w_scope(key, value, limit);
			break;
		default:				/* nothing but the class */
			break;
	}
}

static void
append_value(StringInfo key, const BsonValue *value, int limit, const BsonCollation *collation)
{
	const BsonDecimal unused = {0, 0};

	switch (value->type)
	{
		case BSON_INT32:
			append_number(key, (double) value->v.i32, true, unused);
			break;
		case BSON_DOUBLE:
			append_number(key, value->v.f64, true, unused);
			break;
		case BSON_INT64:
			append_int64(key, value->v.i64);
			break;
		case BSON_DECIMAL128:
			append_decimal(key, value->v.dec);
			break;
		default:
			append_byte(key, class_of(value));
			append_payload(key, value, limit, collation);
			break;
	}
}

void
pgbson_keystring_append_collated(StringInfo key, const BsonValue *value, bool descending,
								 const BsonCollation *collation)
{
	int			start = key->len;

	append_value(key, value, PG_INT32_MAX, collation);
	if (descending)
		pgbson_keystring_invert(key, start);
}

void
pgbson_keystring_append(StringInfo key, const BsonValue *value, bool descending)
{
	pgbson_keystring_append_collated(key, value, descending, NULL);
}

void
pgbson_keystring_append_limited(StringInfo key, const BsonValue *value, int bytes)
{
	append_value(key, value, key->len + bytes, NULL);
}

void
pgbson_keystring_bracket(uint8 type, uint8 *first, uint8 *last)
{
	BsonValue	value;

	switch (type)
	{
		case BSON_INT32:
		case BSON_INT64:
		case BSON_DOUBLE:
		case BSON_DECIMAL128:
			*first = BSON_KEY_NAN;
			*last = BSON_KEY_POSITIVE;
			break;
		case BSON_BOOL:
			*first = BSON_KEY_FALSE;
			*last = BSON_KEY_TRUE;
			break;
		default:
			pgbson_make_simple(type, &value);
			*first = *last = class_of(&value);
			break;
	}
}

void
pgbson_keystring_append_prefix(StringInfo key, const char *prefix, uint32 len)
{
	append_byte(key, BSON_KEY_STRING);
	append_escaped(key, prefix, len);
}

void
pgbson_keystring_init(StringInfo key)
{
	initStringInfo(key);
	key->len = VARHDRSZ;
}

Datum
pgbson_keystring_finish(StringInfo key)
{
	SET_VARSIZE(key->data, key->len);
	return PointerGetDatum(key->data);
}
