/*
 * path.c
 *		The operators -> and ->>, and the plain text of values.
 */
#include "postgres.h"

#include "common/base64.h"
#include "common/shortest_dec.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "pgbson/number.h"
#include "pgbson/pgbson_internal.h"

PG_FUNCTION_INFO_V1(docdb_bson_get);
PG_FUNCTION_INFO_V1(docdb_bson_get_text);
PG_FUNCTION_INFO_V1(docdb_bson_value_get);
PG_FUNCTION_INFO_V1(docdb_bson_value_get_text);
PG_FUNCTION_INFO_V1(docdb_bson_value_to_text);

/* ---- Plain text ---- */

static void
append_hex(StringInfo out, const uint8 *bytes, int len)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < len; i++)
	{
		appendStringInfoCharMacro(out, digits[bytes[i] >> 4]);
		appendStringInfoCharMacro(out, digits[bytes[i] & 15]);
	}
}

/*
 * The shortest text that reads back as the same double.  MongoDB has an exponent only from 1e16 on,
 * PostgreSQL from 1e15 on.
 */
static void
append_double(StringInfo out, double f)
{
	char		buffer[DOUBLE_SHORTEST_DECIMAL_LEN];
	int			len = double_to_shortest_decimal_bufn(f, buffer);
	const char *p = buffer;
	const char *exponent = memchr(buffer, 'e', len);
	int			digits = 0;

	if (exponent == NULL || len - (exponent - buffer) != 4 || memcmp(exponent, "e+15", 4) != 0)
	{
		appendBinaryStringInfo(out, buffer, len);
		return;
	}
	for (; p < exponent; p++)
	{
		if (*p == '.')
			continue;
		if (digits == 16)
			appendStringInfoChar(out, '.');
		appendStringInfoChar(out, *p);
		if (*p != '-')
			digits++;
	}
	for (; digits < 16; digits++)
		appendStringInfoChar(out, '0');
}

bool
pgbson_append_plain_text(StringInfo out, const BsonValue *value)
{
	char		buffer[64];

	StaticAssertStmt(sizeof(buffer) >= BSON_DECIMAL_TEXT_SIZE &&
					 sizeof(buffer) >= BSON_DATE_TEXT_SIZE, "buffer too small");
	switch (value->type)
	{
		case BSON_STRING:
		case BSON_CODE:
		case BSON_SYMBOL:
			appendBinaryStringInfo(out, value->v.data, value->len);
			return true;
		case BSON_DOUBLE:
			append_double(out, value->v.f64);
			return true;
		case BSON_INT32:
			appendBinaryStringInfo(out, buffer, pg_ltoa(value->v.i32, buffer));
			return true;
		case BSON_INT64:
			appendBinaryStringInfo(out, buffer, pg_lltoa(value->v.i64, buffer));
			return true;
		case BSON_DECIMAL128:
			appendBinaryStringInfo(out, buffer, pgbson_decimal_to_string(value->v.dec, buffer));
			return true;
		case BSON_BOOL:
			appendStringInfoString(out, value->v.boolean ? "true" : "false");
			return true;
		case BSON_DATE:
			appendBinaryStringInfo(out, buffer,
								   pgbson_date_to_string(value->v.i64, true, buffer));
			return true;
		case BSON_OBJECTID:
			append_hex(out, value->v.oid, 12);
			return true;
		default:
			return false;
	}
}

/* Binary data as text: a UUID's as PostgreSQL writes it, all others in base64. */
static void
append_binary_text(StringInfo out, const BsonValue *value)
{
	if (value->subtype == 4 && value->len == 16)
	{
		const uint8 *bytes = (const uint8 *) value->v.data;
		static const uint8 groups[] = {4, 2, 2, 2, 6};

		for (int i = 0; i < lengthof(groups); i++)
		{
			if (i > 0)
				appendStringInfoChar(out, '-');
			append_hex(out, bytes, groups[i]);
			bytes += groups[i];
		}
	}
	else
	{
		int			size = pg_b64_enc_len(value->len);

		enlargeStringInfo(out, size + 1);
		out->len += pg_b64_encode((const void *) value->v.data, value->len,
								  out->data + out->len, size + 1);
		out->data[out->len] = '\0';
	}
}

/*
 * What ->> gives of a value: plain text of scalars, Extended JSON of containers and of the types
 * that have no plain text; false for null, undefined and missing.
 */
static bool
value_to_text(const BsonValue *value, text **result)
{
	StringInfoData out;
	size_t		len;
	char	   *converted;

	if (value->type == BSON_MISSING || value->type == BSON_NULL || value->type == BSON_UNDEFINED)
		return false;
	initStringInfo(&out);
	if (value->type == BSON_BINARY)
		append_binary_text(&out, value);
	else if (!pgbson_append_plain_text(&out, value))
		pgbson_append_json(&out, value, BSON_JSON_LOSSLESS);
	if (memchr(out.data, '\0', out.len) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
				 errmsg("a string with \\u0000 cannot be converted to text")));
	len = out.len;
	converted = pgbson_text_to_server(out.data, &len);
	*result = cstring_to_text_with_len(converted, len);
	return true;
}

/* ---- Paths ---- */

/* The path in an argument, parsed once where it is the same for all calls. */
static const BsonPath *
path_argument(FunctionCallInfo fcinfo, int arg)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	text	   *path;
	const char *data;
	size_t		len;
	MemoryContext old;

	if (flinfo->fn_extra != NULL)
		return flinfo->fn_extra;
	path = PG_GETARG_TEXT_PP(arg);
	len = VARSIZE_ANY_EXHDR(path);
	data = pgbson_text_from_server(VARDATA_ANY(path), &len);
	if (!get_fn_expr_arg_stable(flinfo, arg))
		return pgbson_path_parse(data, len);
	old = MemoryContextSwitchTo(flinfo->fn_mcxt);
	flinfo->fn_extra = pgbson_path_parse(data, len);
	MemoryContextSwitchTo(old);
	return flinfo->fn_extra;
}

static Datum
get(FunctionCallInfo fcinfo, const BsonValue *from)
{
	BsonValue	value;

	if (!pgbson_path_get(from, path_argument(fcinfo, 1), &value))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

static Datum
get_text(FunctionCallInfo fcinfo, const BsonValue *from)
{
	BsonValue	value;
	text	   *result;

	if (!pgbson_path_get(from, path_argument(fcinfo, 1), &value) ||
		!value_to_text(&value, &result))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(result);
}

/* bson -> text */
Datum
docdb_bson_get(PG_FUNCTION_ARGS)
{
	BsonValue	document;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	return get(fcinfo, &document);
}

/* bson ->> text */
Datum
docdb_bson_get_text(PG_FUNCTION_ARGS)
{
	BsonValue	document;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	return get_text(fcinfo, &document);
}

/* bson_value -> text */
Datum
docdb_bson_value_get(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	return get(fcinfo, &value);
}

/* bson_value ->> text */
Datum
docdb_bson_value_get_text(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	return get_text(fcinfo, &value);
}

/* docdb.to_text(bson_value): what ->> gives of a value in a document. */
Datum
docdb_bson_value_to_text(PG_FUNCTION_ARGS)
{
	BsonValue	value;
	text	   *result;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	if (!value_to_text(&value, &result))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(result);
}
