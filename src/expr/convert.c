/*
 * convert.c
 *		Conversions of values between types.
 */
#include "postgres.h"

#include <ctype.h>
#include <float.h>
#include <math.h>

#include "common/int.h"

#include "base/errors.h"
#include "expr/convert.h"
#include "expr/op_date.h"
#include "pgbson/number.h"
#include "pgbson/text.h"

/* 2^63; doubles from its negative on and below it have an integral part that is an int64. */
#define TWO_TO_63 9223372036854775808.0

/* ---- Failures ---- */

bool
expr_convert_fail(Conversion *conversion, const char *format,...)
{
	StringInfoData text;

	if (conversion->quiet)
		return false;
	initStringInfo(&text);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, format);
		needed = appendStringInfoVA(&text, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&text, needed);
	}
	conversion->problem = text.data;
	return false;
}

bool
expr_convert_unsupported(Conversion *conversion, const BsonValue *from)
{
	return expr_convert_fail(conversion,
							 "Unsupported conversion from %s to %s in $convert with no onError "
							 "value", pgbson_type_name(from->type),
							 pgbson_type_name(conversion->to));
}

static bool
overflow(Conversion *conversion, const BsonValue *from)
{
	return expr_convert_fail(conversion,
							 "Conversion would overflow target type in $convert with no onError "
							 "value: %s", pgbson_to_json(from, BSON_JSON_RELAXED));
}

static bool
bad_number(Conversion *conversion, const BsonValue *from, const char *why)
{
	return expr_convert_fail(conversion,
							 "Failed to parse number '%.*s' in $convert with no onError value: "
							 "%s", (int) from->len, from->v.data, why);
}

/* ---- Numbers as text ---- */

static bool
refuse_hex(Conversion *conversion, const BsonValue *from)
{
	if (from->len < 2 || from->v.data[0] != '0' || (from->v.data[1] | 0x20) != 'x')
		return true;
	return expr_convert_fail(conversion,
							 "Illegal hexadecimal input in $convert with no onError value: %.*s",
							 (int) from->len, from->v.data);
}

/* Digits after a sign that may be missing, and nothing else. */
static bool
string_to_int64(Conversion *conversion, const BsonValue *from, int64 *result)
{
	const char *p = from->v.data;
	const char *end = p + from->len;
	bool		negative = from->len > 0 && *p == '-';
	int64		number = 0;

	if (!refuse_hex(conversion, from))
		return false;
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end)
		return bad_number(conversion, from, "No digits");
	for (; p < end; p++)
	{
		int			digit = *p - '0';

		if (digit < 0 || digit > 9)
			return bad_number(conversion, from, "Did not consume whole string.");
		if (pg_mul_s64_overflow(number, 10, &number) ||
			pg_add_s64_overflow(number, negative ? -digit : digit, &number))
			return bad_number(conversion, from, "Overflow");
	}
	*result = number;
	return true;
}

static bool
string_to_double(Conversion *conversion, const BsonValue *from, double *result)
{
	char	   *text;
	char	   *end;

	if (!refuse_hex(conversion, from))
		return false;
	if (from->len == 0)
		return bad_number(conversion, from, "Empty string");
	if (isspace((unsigned char) from->v.data[0]))
		return bad_number(conversion, from, "Leading whitespace");
	text = pnstrdup(from->v.data, from->len);
	errno = 0;
	*result = strtod(text, &end);
	if (end == text)
		return bad_number(conversion, from, "Did not consume any digits");
	if (errno == ERANGE)
		return bad_number(conversion, from, "Out of range");
	if (end != text + from->len)
		return bad_number(conversion, from, "Did not consume whole string.");
	pfree(text);
	return true;
}

static bool
string_to_decimal(Conversion *conversion, const BsonValue *from, BsonDecimal *result)
{
	if (!refuse_hex(conversion, from))
		return false;
	if (!pgbson_decimal_from_string_rounded(from->v.data, from->len, result))
		return bad_number(conversion, from, "Failed to parse string to decimal");
	return true;
}

/* ---- Integers ---- */

/* An integer between two bounds; a double must lie between them before it is truncated. */
static bool
double_to_integer(Conversion *conversion, const BsonValue *from, int64 min, int64 max,
				  int64 *result)
{
	double		f = from->v.f64;

	if (isnan(f))
		return expr_convert_fail(conversion, "Attempt to convert NaN value to integer type in "
								 "$convert with no onError value");
	if (isinf(f))
		return expr_convert_fail(conversion, "Attempt to convert infinity value to integer type "
								 "in $convert with no onError value");
	if (f < (double) min || (max == PG_INT64_MAX ? f >= TWO_TO_63 : f > (double) max))
		return overflow(conversion, from);
	*result = (int64) f;
	return true;
}

/* A decimal's integral part must lie between them. */
static bool
decimal_to_integer(Conversion *conversion, const BsonValue *from, int64 min, int64 max,
				   int64 *result)
{
	BsonValue	limit;

	if (pgbson_decimal_is_nan(from->v.dec))
		return expr_convert_fail(conversion, "Attempt to convert NaN value to integer type in "
								 "$convert with no onError value");
	if (pgbson_decimal_is_infinite(from->v.dec))
		return expr_convert_fail(conversion, "Attempt to convert infinity value to integer type "
								 "in $convert with no onError value");
	*result = pgbson_number_to_int64_clamped(from);
	if (*result < min || *result > max)
		return overflow(conversion, from);

	/* At the ends of int64 the number may have been out of range. */
	pgbson_make_simple(BSON_DECIMAL128, &limit);
	if (*result == PG_INT64_MAX &&
		pgbson_decimal_from_string("9223372036854775808", 19, &limit.v.dec) &&
		pgbson_number_compare(from, &limit) >= 0)
		return overflow(conversion, from);
	if (*result == PG_INT64_MIN &&
		pgbson_decimal_from_string("-9223372036854775809", 20, &limit.v.dec) &&
		pgbson_number_compare(from, &limit) <= 0)
		return overflow(conversion, from);
	return true;
}

static bool
to_integer(Conversion *conversion, const BsonValue *from, int64 min, int64 max, int64 *result)
{
	switch (from->type)
	{
		case BSON_INT32:
			*result = from->v.i32;
			return true;
		case BSON_INT64:
			*result = from->v.i64;
			break;
		case BSON_BOOL:
			*result = from->v.boolean ? 1 : 0;
			return true;
		case BSON_DOUBLE:
			return double_to_integer(conversion, from, min, max, result);
		case BSON_DECIMAL128:
			return decimal_to_integer(conversion, from, min, max, result);
		case BSON_STRING:
			if (!string_to_int64(conversion, from, result))
				return false;
			break;
		default:
			return expr_convert_unsupported(conversion, from);
	}
	if (*result < min || *result > max)
		return overflow(conversion, from);
	return true;
}

static bool
to_int(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	int64		n;

	if (from->type == BSON_BINARY)
		return expr_convert_binary_to_number(conversion, from, to);
	if (!to_integer(conversion, from, PG_INT32_MIN, PG_INT32_MAX, &n))
		return false;
	pgbson_make_int32((int32) n, to);
	return true;
}

static bool
to_long(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	int64		n;

	if (from->type == BSON_BINARY)
		return expr_convert_binary_to_number(conversion, from, to);
	if (from->type == BSON_DATE)
		n = from->v.i64;
	else if (!to_integer(conversion, from, PG_INT64_MIN, PG_INT64_MAX, &n))
		return false;
	pgbson_make_int64(n, to);
	return true;
}

/* ---- Other numbers ---- */

/* The nearest double, unless it is infinite, or so small that digits are lost. */
static bool
decimal_to_double(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	pgbson_make_double(pgbson_number_to_double(from), to);
	if (pgbson_decimal_is_nan(from->v.dec) || pgbson_decimal_is_infinite(from->v.dec))
		return true;
	if (isinf(to->v.f64) ||
		(fabs(to->v.f64) < DBL_MIN && pgbson_number_compare(from, to) != 0))
		return overflow(conversion, from);
	return true;
}

static bool
to_double(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	double		f = 0;

	switch (from->type)
	{
		case BSON_DOUBLE:
		case BSON_INT32:
		case BSON_INT64:
			f = pgbson_number_to_double(from);
			break;
		case BSON_DECIMAL128:
			return decimal_to_double(conversion, from, to);
		case BSON_BOOL:
			f = from->v.boolean ? 1 : 0;
			break;
		case BSON_DATE:
			f = (double) from->v.i64;
			break;
		case BSON_STRING:
			if (!string_to_double(conversion, from, &f))
				return false;
			break;
		case BSON_BINARY:
			return expr_convert_binary_to_number(conversion, from, to);
		default:
			return expr_convert_unsupported(conversion, from);
	}
	pgbson_make_double(f, to);
	return true;
}

static bool
to_decimal(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	pgbson_make_simple(BSON_DECIMAL128, to);
	switch (from->type)
	{
		case BSON_DOUBLE:
		case BSON_INT32:
		case BSON_INT64:
		case BSON_DECIMAL128:
			to->v.dec = pgbson_number_to_decimal(from);
			return true;
		case BSON_BOOL:
			to->v.dec = pgbson_decimal_from_int64(from->v.boolean ? 1 : 0);
			return true;
		case BSON_DATE:
			to->v.dec = pgbson_decimal_from_int64(from->v.i64);
			return true;
		case BSON_STRING:
			return string_to_decimal(conversion, from, &to->v.dec);
		default:
			return expr_convert_unsupported(conversion, from);
	}
}

/* ---- All others ---- */

/* Numbers other than zero are true, and so is all that is neither a number nor a boolean. */
static bool
to_bool(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	pgbson_make_bool(pgbson_is_truthy(from), to);
	return true;
}

static bool
to_string(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	static const DateZone utc = {NULL, 0};
	StringInfoData text;

	if (from->type == BSON_STRING)
	{
		*to = *from;
		return true;
	}
	if (from->type == BSON_BINARY)
		return expr_convert_binary_to_string(conversion, from, to);
	initStringInfo(&text);
	if (from->type == BSON_DATE)
		expr_date_write_default(&text, from->v.i64, &utc);
	else if (from->type == BSON_CODE || from->type == BSON_SYMBOL ||
			 !pgbson_append_plain_text(&text, from))
		return expr_convert_unsupported(conversion, from);
	pgbson_make_string(text.data, text.len, to);
	return true;
}

static bool
to_date(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	static const DateZone utc = {NULL, 0};
	int64		date;

	switch (from->type)
	{
		case BSON_DATE:
		case BSON_TIMESTAMP:
		case BSON_OBJECTID:
			date = expr_value_to_date(from);
			break;
		case BSON_INT64:
		case BSON_DOUBLE:
		case BSON_DECIMAL128:
			if (!to_integer(conversion, from, PG_INT64_MIN, PG_INT64_MAX, &date))
				return false;
			break;
		case BSON_STRING:
			if (!expr_date_read(from->v.data, from->len, NULL, 0, &utc, &date,
								conversion->quiet ? NULL : &conversion->problem))
				return false;
			break;
		default:
			return expr_convert_unsupported(conversion, from);
	}
	pgbson_make_date(date, to);
	return true;
}

static bool
to_objectid(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	uint32		size;

	if (from->type == BSON_OBJECTID)
	{
		*to = *from;
		return true;
	}
	if (from->type != BSON_STRING)
		return expr_convert_unsupported(conversion, from);
	pgbson_make_simple(BSON_OBJECTID, to);
	if (from->len != 24 || !expr_decode_hex(from->v.data, from->len, to->v.oid, &size))
		return expr_convert_fail(conversion,
								 "Failed to parse objectId '%.*s' in $convert with no onError "
								 "value: an objectId is a string of 24 hexadecimal digits",
								 (int) from->len, from->v.data);
	return true;
}

bool
expr_convert_value(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	static const struct
	{
		uint8		type;
		bool		(*convert) (Conversion *conversion, const BsonValue *from, BsonValue *to);
	}			targets[] = {
		{BSON_DOUBLE, to_double},
		{BSON_STRING, to_string},
		{BSON_BINARY, expr_convert_to_binary},
		{BSON_OBJECTID, to_objectid},
		{BSON_BOOL, to_bool},
		{BSON_DATE, to_date},
		{BSON_INT32, to_int},
		{BSON_INT64, to_long},
		{BSON_DECIMAL128, to_decimal}
	};

	for (int i = 0; i < lengthof(targets); i++)
	{
		if (targets[i].type == conversion->to)
			return targets[i].convert(conversion, from, to);
	}
	return expr_convert_unsupported(conversion, from);
}
