/*
 * io.c
 *		Input and output functions of bson and bson_value.
 *
 * bson's binary form is the document's bytes; bson_value's is the type byte and the payload, as
 * stored.  Text is Extended JSON, which is UTF-8 and converted where the database's encoding is
 * another.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/errors.h"
#include "pgbson/pgbson_internal.h"

PG_FUNCTION_INFO_V1(docdb_bson_in);
PG_FUNCTION_INFO_V1(docdb_bson_out);
PG_FUNCTION_INFO_V1(docdb_bson_recv);
PG_FUNCTION_INFO_V1(docdb_bson_send);
PG_FUNCTION_INFO_V1(docdb_bson_value_in);
PG_FUNCTION_INFO_V1(docdb_bson_value_out);
PG_FUNCTION_INFO_V1(docdb_bson_value_recv);
PG_FUNCTION_INFO_V1(docdb_bson_value_send);

char *
pgbson_text_from_server(const char *text, size_t *len)
{
	char	   *converted;

	if (GetDatabaseEncoding() == PG_UTF8)
		return unconstify(char *, text);
	converted = pg_server_to_any(text, *len, PG_UTF8);
	if (converted != text)
		*len = strlen(converted);
	return converted;
}

char *
pgbson_text_to_server(char *text, size_t *len)
{
	char	   *converted;

	if (GetDatabaseEncoding() == PG_UTF8)
		return text;
	converted = pg_any_to_server(text, *len, PG_UTF8);
	if (converted != text)
		*len = strlen(converted);
	return converted;
}

Datum
pgbson_datum_from_text(const char *text, size_t len)
{
	text = pgbson_text_from_server(text, &len);
	return pgbson_json_to_datum(text, len);
}

Datum
pgbson_value_datum_from_text(const char *text, size_t len)
{
	BsonValue	value;

	text = pgbson_text_from_server(text, &len);
	pgbson_from_json(text, len, false, &value);
	return pgbson_value_get_datum(&value);
}

/*
 * Converts Extended JSON, which has characters beyond ASCII in strings only, to a server encoding
 * that is not UTF-8: what the encoding lacks is written as \u escapes, so that documents can be
 * dumped and restored whatever is in them.
 */
static void
convert_json(StringInfo json)
{
	Oid			proc = FindDefaultConversionProc(PG_UTF8, GetDatabaseEncoding());
	unsigned char *from = (unsigned char *) json->data;
	unsigned char *end = from + json->len;
	StringInfoData out;

	if (!OidIsValid(proc))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("there is no conversion from UTF8 to %s", GetDatabaseEncodingName())));
	initStringInfo(&out);
	while (from < end)
	{
		int			piece = Min(end - from, 65536);
		int			converted;
		uint32		c;

		/* Not in the middle of a character. */
		while (piece < end - from && (from[piece] & 0xC0) == 0x80)
			piece--;
		enlargeStringInfo(&out, piece * MAX_CONVERSION_GROWTH + 16);
		converted = pg_do_encoding_conversion_buf(proc, PG_UTF8, GetDatabaseEncoding(), from,
												  piece, (unsigned char *) out.data + out.len,
												  piece * MAX_CONVERSION_GROWTH + 8, true);
		out.len += strlen(out.data + out.len);
		from += converted;
		if (converted == piece)
			continue;
		c = utf8_to_unicode(from);
		from += pg_utf_mblen(from);
		if (c > 0xFFFF)
			appendStringInfo(&out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
							 0xDC00 + (c & 0x3FF));
		else
			appendStringInfo(&out, "\\u%04x", c);
	}
	pfree(json->data);
	*json = out;
}

void
pgbson_to_server_text(StringInfo out, const BsonValue *value, BsonJsonMode mode)
{
	int			encoding = GetDatabaseEncoding();

	initStringInfo(out);
	enlargeStringInfo(out, value->len + value->len / 2 + 512);
	pgbson_append_json(out, value, mode);
	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII)
		convert_json(out);
}

/* ---- bson ---- */

Datum
docdb_bson_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);

	PG_RETURN_DATUM(pgbson_datum_from_text(text, strlen(text)));
}

Datum
docdb_bson_out(PG_FUNCTION_ARGS)
{
	BsonValue	document;
	StringInfoData out;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_to_server_text(&out, &document, BSON_JSON_LOSSLESS);
	PG_RETURN_CSTRING(out.data);
}

Datum
docdb_bson_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len = buf->len - buf->cursor;
	const char *data = pq_getmsgbytes(buf, len);
	BsonValue	document;

	pgbson_validate(data, len);
	pgbson_make_simple(BSON_DOCUMENT, &document);
	document.v.data = data;
	document.len = len;
	PG_RETURN_DATUM(pgbson_get_datum(&document));
}

/* The bytes after the varlena header, as they are. */
static bytea *
send_bytes(Datum datum)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(datum);
	uint32		len = VARSIZE_ANY_EXHDR(stored);
	bytea	   *result = palloc(VARHDRSZ + len);

	SET_VARSIZE(result, VARHDRSZ + len);
	memcpy(VARDATA(result), VARDATA_ANY(stored), len);
	return result;
}

Datum
docdb_bson_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(send_bytes(PG_GETARG_DATUM(0)));
}

/* ---- bson_value ---- */

Datum
docdb_bson_value_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);

	PG_RETURN_DATUM(pgbson_value_datum_from_text(text, strlen(text)));
}

Datum
docdb_bson_value_out(PG_FUNCTION_ARGS)
{
	BsonValue	value;
	StringInfoData out;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	pgbson_to_server_text(&out, &value, BSON_JSON_LOSSLESS);
	PG_RETURN_CSTRING(out.data);
}

Datum
docdb_bson_value_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len = buf->len - buf->cursor;
	const char *data = pq_getmsgbytes(buf, len);

	PG_RETURN_DATUM(pgbson_value_datum_from_bytes(data, len));
}

Datum
docdb_bson_value_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(send_bytes(PG_GETARG_DATUM(0)));
}

Datum
pgbson_value_datum_from_bytes(const char *data, size_t len)
{
	struct varlena *result;

	if (len == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_BSON),
				 errmsg("invalid BSON value: it has no type byte")));
	pgbson_validate_value((uint8) data[0], data + 1, len - 1);
	result = palloc(VARHDRSZ + len);
	SET_VARSIZE(result, VARHDRSZ + len);
	memcpy(VARDATA(result), data, len);
	return PointerGetDatum(result);
}
