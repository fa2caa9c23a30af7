/*
 * io.c
 *		Input and output functions of bson and bson_value.
 *
 * bson's binary form is the document's bytes; bson_value's is the type byte and the payload, as
 * stored.  Text is Extended JSON, which is UTF-8 and converted where the database's encoding is
 * another.
 */
#include "postgres.h"

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

void
pgbson_to_server_text(StringInfo out, const BsonValue *value, BsonJsonMode mode)
{
	size_t		len;

	initStringInfo(out);
	enlargeStringInfo(out, value->len + value->len / 2 + 512);
	pgbson_append_json(out, value, mode);
	len = out->len;
	out->data = pgbson_text_to_server(out->data, &len);
	out->len = len;
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
