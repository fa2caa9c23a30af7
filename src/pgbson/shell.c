/*
 * shell.c
 *		Values as MongoDB writes them into messages: { a: 1, b: [ "x", ObjectId('...') ] }.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "pgbson/number.h"
#include "pgbson/pgbson.h"

/* A longer string is cut, to so many bytes. */
#define LONGEST_STRING 159
#define CUT_STRING 70

/* So many bytes of binary data are shown. */
#define LONGEST_BINARY 80

static void append_value(StringInfo out, const BsonValue *value);

/* With digits after the point, so that it does not look like an integer. */
static void
append_double(StringInfo out, double number)
{
	char		text[32];

	if (isnan(number) || isinf(number))
		strlcpy(text, isnan(number) ? "nan" : number > 0 ? "inf" : "-inf", sizeof(text));
	else
		snprintf(text, sizeof(text), "%.16g", number);
	appendStringInfoString(out, text);
	if (strpbrk(text, ".en") == NULL)
		appendStringInfoString(out, ".0");
}

static void
append_string(StringInfo out, const BsonValue *value)
{
	appendStringInfoChar(out, '"');
	if (value->len > LONGEST_STRING)
	{
		int			len = CUT_STRING;

		/* Not in the middle of a character. */
		while (len > 0 && ((uint8) value->v.data[len] & 0xC0) == 0x80)
			len--;
		appendBinaryStringInfo(out, value->v.data, len);
		appendStringInfoString(out, "...");
	}
	else
		appendBinaryStringInfo(out, value->v.data, value->len);
	appendStringInfoChar(out, '"');
}

static void
append_hex(StringInfo out, const char *data, uint32 len, const char *format)
{
	for (uint32 i = 0; i < len; i++)
		appendStringInfo(out, format, (uint8) data[i]);
}

static void
append_binary(StringInfo out, const BsonValue *value)
{
	uint32		len = Min(value->len, LONGEST_BINARY);

	if (value->subtype == 4 && value->len == 16)
	{
		appendStringInfoString(out, "UUID(\"");
		for (int i = 0; i < 16; i++)
			appendStringInfo(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
							 (uint8) value->v.data[i]);
		appendStringInfoString(out, "\")");
		return;
	}
	appendStringInfo(out, "BinData(%d, ", value->subtype);
	append_hex(out, value->v.data, len, "%02X");
	appendStringInfoString(out, value->len > len ? "...)" : ")");
}

static void
append_members(StringInfo out, const BsonValue *value)
{
	bool		array = value->type == BSON_ARRAY;
	bool		first = true;
	BsonIter	iter;

	check_stack_depth();
	if (value->len <= BSON_MIN_DOCUMENT_SIZE)
	{
		appendStringInfoString(out, array ? "[]" : "{}");
		return;
	}
	appendStringInfoChar(out, array ? '[' : '{');
	pgbson_iter_init(&iter, value);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	member;

		appendStringInfoString(out, first ? " " : ", ");
		first = false;
		if (!array)
			appendStringInfo(out, "%s: ", iter.key);
		pgbson_iter_value(&iter, &member);
		append_value(out, &member);
	}
	appendStringInfoString(out, array ? " ]" : " }");
}

static void
append_decimal(StringInfo out, BsonDecimal decimal)
{
	char		text[64];

	appendBinaryStringInfo(out, text, pgbson_decimal_to_string(decimal, text));
}

static void
append_value(StringInfo out, const BsonValue *value)
{
	switch (value->type)
	{
		case BSON_DOUBLE:
			append_double(out, value->v.f64);
			break;
		case BSON_STRING:
		case BSON_SYMBOL:
			append_string(out, value);
			break;
		case BSON_DOCUMENT:
		case BSON_ARRAY:
			append_members(out, value);
			break;
		case BSON_BINARY:
			append_binary(out, value);
			break;
		case BSON_OBJECTID:
			appendStringInfoString(out, "ObjectId('");
			append_hex(out, (const char *) value->v.oid, sizeof(value->v.oid), "%02x");
			appendStringInfoString(out, "')");
			break;
		case BSON_BOOL:
			appendStringInfoString(out, value->v.boolean ? "true" : "false");
			break;
		case BSON_DATE:
			appendStringInfo(out, "new Date(" INT64_FORMAT ")", value->v.i64);
			break;
		case BSON_INT32:
			appendStringInfo(out, "%d", value->v.i32);
			break;
		case BSON_INT64:
			appendStringInfo(out, INT64_FORMAT, value->v.i64);
			break;
		case BSON_TIMESTAMP:
			appendStringInfo(out, "Timestamp(%u, %u)", BSON_TIMESTAMP_SECONDS(value),
							 BSON_TIMESTAMP_INCREMENT(value));
			break;
		case BSON_DECIMAL128:
			append_decimal(out, value->v.dec);
			break;
		case BSON_NULL:
			appendStringInfoString(out, "null");
			break;
		case BSON_UNDEFINED:
		case BSON_MISSING:
			appendStringInfoString(out, "undefined");
			break;
		case BSON_MINKEY:
			appendStringInfoString(out, "MinKey");
			break;
		case BSON_MAXKEY:
			appendStringInfoString(out, "MaxKey");
			break;
		default:
			/* Regular expressions, code and pointers, whose form nobody looks for. */
			pgbson_append_json(out, value, BSON_JSON_RELAXED);
	}
}

char *
pgbson_to_shell(const BsonValue *value)
{
	StringInfoData out;

	initStringInfo(&out);
	append_value(&out, value);
	return out.data;
}
