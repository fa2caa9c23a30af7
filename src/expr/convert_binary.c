/*
 * convert_binary.c
 *		Conversions of binary data.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "port/pg_bswap.h"

#include "base/errors.h"
#include "expr/convert.h"
#include "pgbson/number.h"
#include "pgbson/text.h"

#define SUBTYPE_OLD 2			/* its data begin with their length */
#define SUBTYPE_UUID 4
#define UUID_SIZE 16
#define MAX_DEFINED_SUBTYPE 9
#define MIN_USER_SUBTYPE 128

/* ---- Bytes ---- */

/* The data of a binary value, without the inner length of old ones. */
static const uint8 *
binary_bytes(const BsonValue *value, uint32 *len)
{
	*len = value->len;
	if (value->subtype == SUBTYPE_OLD && value->len >= 4)
	{
		*len -= 4;
		return (const uint8 *) value->v.data + 4;
	}
	return (const uint8 *) value->v.data;
}

static void
make_binary(uint8 subtype, const uint8 *bytes, uint32 len, BsonValue *result)
{
	uint32		prefix = subtype == SUBTYPE_OLD ? 4 : 0;
	char	   *data = palloc(prefix + len);

	for (uint32 i = 0; i < prefix; i++)
		data[i] = (char) (len >> (8 * i) & 0xFF);
	memcpy(data + prefix, bytes, len);
	pgbson_make_simple(BSON_BINARY, result);
	result->subtype = subtype;
	result->len = prefix + len;
	result->v.data = data;
}

/* The subtype to convert to; raises an error where it is none. */
static uint8
get_subtype(const BsonValue *value)
{
	int64		subtype;

	if (!pgbson_is_number(value))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4341108)),
				 errmsg("For BinData, $convert's 'subtype' argument must be a number, but is %s",
						pgbson_type_name(value->type))));
	if (!pgbson_number_to_int64_exact(value, &subtype) || subtype < PG_INT32_MIN ||
		subtype > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4341106)),
				 errmsg("In $convert, numeric 'subtype' argument is not an integer")));
	if (subtype < 0 || subtype > PG_UINT8_MAX ||
		(subtype > MAX_DEFINED_SUBTYPE && subtype < MIN_USER_SUBTYPE))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4341107)),
				 errmsg("In $convert, numeric value for 'subtype' does not correspond to a BinData "
						"type: %d", (int) subtype)));
	return (uint8) subtype;
}

static void
require_format(const Conversion *conversion, const BsonValue *from)
{
	if (conversion->format == CONVERT_FORMAT_NONE)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4341115)),
				 errmsg("Format must be speficied when converting from '%s' to '%s'",
						pgbson_type_name(from->type), pgbson_type_name(conversion->to))));
}

/* ---- Base64 and hexadecimal digits ---- */

static const char base64_digits[] =
"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* The two digits in which base64 and base64url differ. */
static const char *
last_digits(bool url)
{
	return url ? "-_" : "+/";
}

static char
base64_digit(uint32 n, bool url)
{
	return n < 62 ? base64_digits[n] : last_digits(url)[n - 62];
}

static int
base64_value(char c, bool url)
{
	const char *last = last_digits(url);

	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == last[0] ? 62 : c == last[1] ? 63 : -1;
}

/* base64url has no padding. */
static void
encode_base64(StringInfo out, const uint8 *bytes, uint32 len, bool url)
{
	for (uint32 i = 0; i < len; i += 3)
	{
		uint32		left = Min(len - i, 3);
		uint32		group = bytes[i] << 16;

		if (left > 1)
			group |= bytes[i + 1] << 8;
		if (left > 2)
			group |= bytes[i + 2];
		for (uint32 digit = 0; digit < 4; digit++)
		{
			if (digit <= left)
				appendStringInfoChar(out, base64_digit(group >> (18 - 6 * digit) & 63, url));
			else if (!url)
				appendStringInfoChar(out, '=');
		}
	}
}

/* Groups of four digits, the last padded; base64url need not be padded. */
static bool
decode_base64(const char *text, uint32 len, bool url, uint8 *bytes, uint32 *size)
{
	uint32		digits = len;
	uint32		buffer = 0;

	if (len % 4 == 0)
	{
		for (int i = 0; i < 2 && digits > 0 && text[digits - 1] == '='; i++)
			digits--;
	}
	else if (!url)
		return false;
	if (digits % 4 == 1)
		return false;
	*size = 0;
	for (uint32 i = 0; i < digits; i++)
	{
		int			value = base64_value(text[i], url);

		if (value < 0)
			return false;
		buffer = buffer << 6 | value;
		if (i % 4 > 0)
			bytes[(*size)++] = (uint8) (buffer >> (6 - 2 * (i % 4)));
	}
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
expr_decode_hex(const char *text, uint32 len, uint8 *bytes, uint32 *size)
{
	if (len % 2 != 0)
		return false;
	*size = len / 2;
	for (uint32 i = 0; i < *size; i++)
	{
		int			high = hex_digit(text[2 * i]);
		int			low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8) (high << 4 | low);
	}
	return true;
}

/* ---- UUIDs ---- */

/* Digits in the groups of a UUID's text. */
static const uint8 uuid_groups[] = {8, 4, 4, 4, 12};

static bool
decode_uuid(const char *text, uint32 len, uint8 *bytes, uint32 *size)
{
	uint32		at = 0;

	if (len != 36)
		return false;
	*size = 0;
	for (int i = 0; i < lengthof(uuid_groups); i++)
	{
		uint32		part;

		if (i > 0 && text[at++] != '-')
			return false;
		if (!expr_decode_hex(text + at, uuid_groups[i], bytes + *size, &part))
			return false;
		*size += part;
		at += uuid_groups[i];
	}
	return true;
}

static void
encode_uuid(StringInfo out, const uint8 *bytes)
{
	for (int i = 0; i < lengthof(uuid_groups); i++)
	{
		if (i > 0)
			appendStringInfoChar(out, '-');
		for (int digits = 0; digits < uuid_groups[i]; digits += 2)
			appendStringInfo(out, "%02x", *bytes++);
	}
}

/* ---- To binary data ---- */

static bool
string_to_binary(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	uint8	   *bytes = palloc(from->len + 1);
	uint32		size = 0;
	uint8		subtype;
	bool		valid = false;

	require_format(conversion, from);
	subtype = get_subtype(&conversion->subtype);
	if ((conversion->format == CONVERT_FORMAT_UUID) != (subtype == SUBTYPE_UUID))
		return expr_convert_fail(conversion,
								 "Failed to parse BinData '%.*s' in $convert with no onError "
								 "value: Only the 'uuid' format is allowed with the UUID subtype",
								 (int) from->len, from->v.data);
	switch (conversion->format)
	{
		case CONVERT_FORMAT_BASE64:
			valid = decode_base64(from->v.data, from->len, false, bytes, &size);
			break;
		case CONVERT_FORMAT_BASE64URL:
			valid = decode_base64(from->v.data, from->len, true, bytes, &size);
			break;
		case CONVERT_FORMAT_HEX:
			valid = expr_decode_hex(from->v.data, from->len, bytes, &size);
			break;
		case CONVERT_FORMAT_UUID:
			valid = decode_uuid(from->v.data, from->len, bytes, &size);
			break;
		case CONVERT_FORMAT_UTF8:
			memcpy(bytes, from->v.data, from->len);
			size = from->len;
			valid = true;
			break;
		default:
			break;
	}
	if (!valid)
		return expr_convert_fail(conversion,
								 "Failed to parse BinData '%.*s' in $convert with no onError "
								 "value: it is not in the format that is asked for",
								 (int) from->len, from->v.data);
	make_binary(subtype, bytes, size, to);
	return true;
}

/* The bytes of a number in one order or the other. */
static void
integer_to_binary(const Conversion *conversion, uint64 bits, uint32 size, BsonValue *to)
{
	uint8		bytes[8];

	for (uint32 i = 0; i < size; i++)
	{
		uint32		shift = 8 * (conversion->big_endian ? size - 1 - i : i);

		bytes[i] = (uint8) (bits >> shift);
	}
	make_binary(get_subtype(&conversion->subtype), bytes, size, to);
}

bool
expr_convert_to_binary(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	uint64		bits;

	switch (from->type)
	{
		case BSON_STRING:
			return string_to_binary(conversion, from, to);
		case BSON_BINARY:
			*to = *from;
			if (from->subtype != get_subtype(&conversion->subtype))
				return expr_convert_fail(conversion, "Conversions between different BinData "
										 "subtypes are not supported");
			return true;
		case BSON_INT32:
			integer_to_binary(conversion, (uint32) from->v.i32, 4, to);
			return true;
		case BSON_INT64:
			integer_to_binary(conversion, (uint64) from->v.i64, 8, to);
			return true;
		case BSON_DOUBLE:
			memcpy(&bits, &from->v.f64, sizeof(bits));
			integer_to_binary(conversion, bits, 8, to);
			return true;
		default:
			return expr_convert_unsupported(conversion, from);
	}
}

/* ---- From binary data ---- */

bool
expr_convert_binary_to_string(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	uint32		len;
	const uint8 *bytes = binary_bytes(from, &len);
	bool		is_uuid = from->subtype == SUBTYPE_UUID && len == UUID_SIZE;
	ConvertFormat format = conversion->format;
	StringInfoData text;

	require_format(conversion, from);
	if (format == CONVERT_FORMAT_AUTO)
		format = is_uuid ? CONVERT_FORMAT_UUID : CONVERT_FORMAT_BASE64;
	initStringInfo(&text);
	switch (format)
	{
		case CONVERT_FORMAT_BASE64URL:
			encode_base64(&text, bytes, len, true);
			break;
		case CONVERT_FORMAT_HEX:
			for (uint32 i = 0; i < len; i++)
				appendStringInfo(&text, "%02X", bytes[i]);
			break;
		case CONVERT_FORMAT_UTF8:
			if (!pgbson_utf8_valid((const char *) bytes, len))
				return expr_convert_fail(conversion, "BinData does not represent a valid UTF-8 "
										 "string");
			appendBinaryStringInfo(&text, (const char *) bytes, len);
			break;
		case CONVERT_FORMAT_UUID:
			if (!is_uuid)
				return expr_convert_fail(conversion, "BinData does not represent a valid UUID");
			encode_uuid(&text, bytes);
			break;
		default:
			encode_base64(&text, bytes, len, false);
			break;
	}
	pgbson_make_string(text.data, text.len, to);
	return true;
}

/* Integers of one, two, four and (for a long) eight bytes; doubles of four and eight. */
bool
expr_convert_binary_to_number(Conversion *conversion, const BsonValue *from, BsonValue *to)
{
	uint32		len;
	const uint8 *bytes = binary_bytes(from, &len);
	bool		is_double = conversion->to == BSON_DOUBLE;
	uint64		bits = 0;
	int64		number;

	if ((len != 1 && len != 2 && len != 4 && len != 8) ||
		(is_double && len < 4) || (conversion->to == BSON_INT32 && len == 8))
		return expr_convert_fail(conversion,
								 "Failed to convert '%s' to number in $convert because of invalid "
								 "length: %u", pgbson_to_json(from, BSON_JSON_RELAXED), len);
	for (uint32 i = 0; i < len; i++)
		bits = bits << 8 | bytes[conversion->big_endian ? i : len - 1 - i];
	if (is_double && len == 4)
	{
		uint32		half = (uint32) bits;
		float		f;

		memcpy(&f, &half, sizeof(f));
		pgbson_make_double(f, to);
		return true;
	}
	if (is_double)
	{
		pgbson_make_simple(BSON_DOUBLE, to);
		memcpy(&to->v.f64, &bits, sizeof(bits));
		return true;
	}

	/* Shifting there and back extends the sign. */
	number = (int64) (bits << (64 - 8 * len)) >> (64 - 8 * len);
	if (conversion->to == BSON_INT32)
		pgbson_make_int32((int32) number, to);
	else
		pgbson_make_int64(number, to);
	return true;
}
