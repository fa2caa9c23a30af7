/*
 * json_write.c
 *		BSON to Extended JSON.
 *
 * Text is what psql, text-mode drivers, pg_dump and logical replication see of every document, so
 * this is a hot path: bytes are written through a pointer into a buffer that is grown ahead, and
 * clean runs of a string are copied whole.
 *
 * Extended JSON has no way to say that a document {"$oid": "x"} is just a document.  The reader
 * takes a key as a wrapper's only when its dollar sign is written as itself, so such a document is
 * written {"\u0024oid": "x"}: the same JSON to every other parser, and the same bytes to ours.
 */
#include "postgres.h"

#include <math.h>

#include "common/base64.h"
#include "common/shortest_dec.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "pgbson/number.h"
#include "pgbson/pgbson_internal.h"

typedef struct JsonWriter
{
	StringInfo	out;
	BsonJsonMode mode;
} JsonWriter;

/* Room that any scalar but a string, binary, regex, code or DBPointer fits in. */
#define SCALAR_ROOM 96

static const char hex_digits[] = "0123456789abcdef";

static void write_value(JsonWriter *w, uint8 type, const char *payload, uint32 paylen);

/* ---- The buffer ---- */

/* Makes room for so many bytes and returns where to write them; finish tells how far it went. */
static inline char *
reserve(JsonWriter *w, uint32 bytes)
{
	if (unlikely(w->out->len + (int64) bytes >= w->out->maxlen))
		enlargeStringInfo(w->out, bytes);
	return w->out->data + w->out->len;
}

static inline void
finish(JsonWriter *w, char *p)
{
	w->out->len = p - w->out->data;
}

/* Copies a literal to p and returns what follows it. */
#define PUT(p, literal) put_bytes(p, literal, sizeof(literal) - 1)

static inline char *
put_bytes(char *p, const char *bytes, size_t len)
{
	memcpy(p, bytes, len);
	return p + len;
}

/* ---- Strings ---- */

/*
 * The escape of a byte: 0 for none, 'u' for \u00xx, else the letter after the backslash.  DEL and
 * everything above are not escaped.
 */
static const char escape_of[256] = {
	'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',
	'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
	['"'] = '"',
	['\\'] = '\\',
};

/* Whether any of eight bytes is a control character, a quote or a backslash. */
static inline bool
chunk_needs_escape(uint64 chunk)
{
	const uint64 ones = UINT64CONST(0x0101010101010101);
	const uint64 highs = UINT64CONST(0x8080808080808080);
	uint64		quote = chunk ^ (ones * '"');
	uint64		backslash = chunk ^ (ones * '\\');
	uint64		found;

	found = (chunk - ones * 0x20) & ~chunk;
	found |= (quote - ones) & ~quote;
	found |= (backslash - ones) & ~backslash;
	return (found & highs) != 0;
}

/* Writes a string's bytes with JSON's escapes, where 6 bytes of room for each are there. */
static char *
put_escaped(char *p, const char *data, uint32 len)
{
	const char *end = data + len;

	while (data < end)
	{
		unsigned char c;

		while (end - data >= 8)
		{
			uint64		chunk;

			memcpy(&chunk, data, sizeof(chunk));
			if (chunk_needs_escape(chunk))
				break;
			memcpy(p, &chunk, sizeof(chunk));
			data += 8;
			p += 8;
		}
		while (data < end && escape_of[(unsigned char) *data] == 0)
			*p++ = *data++;
		if (data >= end)
			break;
		c = (unsigned char) *data++;
		*p++ = '\\';
		*p++ = escape_of[c];
		if (escape_of[c] == 'u')
		{
			*p++ = '0';
			*p++ = '0';
			*p++ = hex_digits[c >> 4];
			*p++ = hex_digits[c & 15];
		}
	}
	return p;
}

/*
 * Long strings are written in pieces, so that the room for the worst case is not taken for all of
 * them at once.
 */
#define STRING_PIECE 4096

static void
write_string(JsonWriter *w, const char *data, uint32 len)
{
	char	   *p = reserve(w, 2 + 6 * Min(len, STRING_PIECE));

	*p++ = '"';
	while (len > STRING_PIECE)
	{
		finish(w, put_escaped(p, data, STRING_PIECE));
		data += STRING_PIECE;
		len -= STRING_PIECE;
		p = reserve(w, 2 + 6 * Min(len, STRING_PIECE));
	}
	p = put_escaped(p, data, len);
	*p++ = '"';
	finish(w, p);
}

static void
write_literal(JsonWriter *w, const char *literal)
{
	size_t		len = strlen(literal);

	finish(w, put_bytes(reserve(w, len), literal, len));
}

/* ---- Numbers and other scalars ---- */

/*
 * The shortest digits that read back as the same double, with a '.' or an exponent, so that the
 * text cannot be taken for an integer's.  The canonical form has the specification's capital E.
 */
static char *
put_finite_double(char *p, double f, BsonJsonMode mode)
{
	int			len = double_to_shortest_decimal_bufn(f, p);
	char	   *exponent = memchr(p, 'e', len);

	if (exponent != NULL)
	{
		if (mode == BSON_JSON_CANONICAL)
			*exponent = 'E';
	}
	else if (memchr(p, '.', len) == NULL)
	{
		p[len++] = '.';
		p[len++] = '0';
	}
	return p + len;
}

static char *
put_double(char *p, double f, BsonJsonMode mode)
{
	if (isnan(f))
		return PUT(p, "{\"$numberDouble\": \"NaN\"}");
	if (isinf(f))
		return f > 0 ? PUT(p, "{\"$numberDouble\": \"Infinity\"}") :
			PUT(p, "{\"$numberDouble\": \"-Infinity\"}");
	if (mode != BSON_JSON_CANONICAL)
		return put_finite_double(p, f, mode);
	p = PUT(p, "{\"$numberDouble\": \"");
	p = put_finite_double(p, f, mode);
	return PUT(p, "\"}");
}

static char *
put_int32(char *p, int32 i, BsonJsonMode mode)
{
	if (mode != BSON_JSON_CANONICAL)
		return p + pg_ltoa(i, p);
	p = PUT(p, "{\"$numberInt\": \"");
	p += pg_ltoa(i, p);
	return PUT(p, "\"}");
}

static char *
put_int64(char *p, int64 i, BsonJsonMode mode)
{
	bool		fits_int32 = i >= PG_INT32_MIN && i <= PG_INT32_MAX;

	if (mode == BSON_JSON_RELAXED || (mode == BSON_JSON_LOSSLESS && !fits_int32))
		return p + pg_lltoa(i, p);
	p = PUT(p, "{\"$numberLong\": \"");
	p += pg_lltoa(i, p);
	return PUT(p, "\"}");
}

static char *
put_date(char *p, int64 milliseconds, BsonJsonMode mode)
{
	/* Through the last millisecond of the year 9999. */
	if (mode != BSON_JSON_CANONICAL &&
		milliseconds >= 0 && milliseconds < INT64CONST(253402300800000))
	{
		p = PUT(p, "{\"$date\": \"");
		p += pgbson_date_to_string(milliseconds, false, p);
		return PUT(p, "\"}");
	}
	p = PUT(p, "{\"$date\": {\"$numberLong\": \"");
	p += pg_lltoa(milliseconds, p);
	return PUT(p, "\"}}");
}

static char *
put_objectid(char *p, const char *oid)
{
	p = PUT(p, "{\"$oid\": \"");
	for (int i = 0; i < 12; i++)
	{
		*p++ = hex_digits[(unsigned char) oid[i] >> 4];
		*p++ = hex_digits[(unsigned char) oid[i] & 15];
	}
	return PUT(p, "\"}");
}

static char *
put_timestamp(char *p, uint64 timestamp)
{
	p = PUT(p, "{\"$timestamp\": {\"t\": ");
	p += pg_ultoa_n((uint32) (timestamp >> 32), p);
	p = PUT(p, ", \"i\": ");
	p += pg_ultoa_n((uint32) timestamp, p);
	return PUT(p, "}}");
}

static char *
put_decimal(char *p, const char *payload)
{
	BsonDecimal decimal;

	decimal.low = pgbson_read_uint64(payload);
	decimal.high = pgbson_read_uint64(payload + 8);
	p = PUT(p, "{\"$numberDecimal\": \"");
	p += pgbson_decimal_to_string(decimal, p);
	return PUT(p, "\"}");
}

/* A value that fits in SCALAR_ROOM. */
static char *
put_scalar(char *p, uint8 type, const char *payload, BsonJsonMode mode)
{
	uint64		bits;
	double		f;

	switch (type)
	{
		case BSON_DOUBLE:
			bits = pgbson_read_uint64(payload);
			memcpy(&f, &bits, sizeof(f));
			return put_double(p, f, mode);
		case BSON_UNDEFINED:
			return PUT(p, "{\"$undefined\": true}");
		case BSON_OBJECTID:
			return put_objectid(p, payload);
		case BSON_BOOL:
			return *payload ? PUT(p, "true") : PUT(p, "false");
		case BSON_DATE:
			return put_date(p, (int64) pgbson_read_uint64(payload), mode);
		case BSON_NULL:
			return PUT(p, "null");
		case BSON_INT32:
			return put_int32(p, (int32) pgbson_read_uint32(payload), mode);
		case BSON_TIMESTAMP:
			return put_timestamp(p, pgbson_read_uint64(payload));
		case BSON_INT64:
			return put_int64(p, (int64) pgbson_read_uint64(payload), mode);
		case BSON_DECIMAL128:
			return put_decimal(p, payload);
		case BSON_MAXKEY:
			return PUT(p, "{\"$maxKey\": 1}");
		case BSON_MINKEY:
			return PUT(p, "{\"$minKey\": 1}");
		default:
			elog(ERROR, "unexpected BSON type %d", type);
	}
	return p;					/* not reached */
}

/* ---- Values of any length ---- */

static void
write_binary(JsonWriter *w, const char *payload)
{
	uint32		len = pgbson_read_uint32(payload);
	uint8		subtype = (uint8) payload[4];
	const char *data = payload + 5;
	int			encoded_size;
	int			encoded;
	char	   *p;

	/* The old subtype repeats the length inside the data, where it is no part of them. */
	if (subtype == 2)
	{
		data += 4;
		len -= 4;
	}
	write_literal(w, "{\"$binary\": {\"base64\": \"");
	encoded_size = pg_b64_enc_len(len);
	p = reserve(w, encoded_size + 1);
	encoded = pg_b64_encode((const void *) data, len, p, encoded_size + 1);
	Assert(encoded >= 0);
	finish(w, p + encoded);

	p = reserve(w, 32);
	p = PUT(p, "\", \"subType\": \"");
	*p++ = hex_digits[subtype >> 4];
	*p++ = hex_digits[subtype & 15];
	finish(w, PUT(p, "\"}}"));
}

static void
write_regex(JsonWriter *w, const char *pattern)
{
	const char *options = pattern + strlen(pattern) + 1;

	write_literal(w, "{\"$regularExpression\": {\"pattern\": ");
	write_string(w, pattern, strlen(pattern));
	write_literal(w, ", \"options\": ");
	write_string(w, options, strlen(options));
	write_literal(w, "}}");
}

static void
write_dbpointer(JsonWriter *w, const char *payload)
{
	uint32		size = pgbson_read_uint32(payload);

	write_literal(w, "{\"$dbPointer\": {\"$ref\": ");
	write_string(w, payload + 4, size - 1);
	write_literal(w, ", \"$id\": ");
	finish(w, put_objectid(reserve(w, SCALAR_ROOM), payload + 4 + size));
	write_literal(w, "}}");
}

static void
write_code_w_scope(JsonWriter *w, const char *payload)
{
	uint32		code_size = pgbson_read_uint32(payload + 4);
	const char *scope = payload + 8 + code_size;

	write_literal(w, "{\"$code\": ");
	write_string(w, payload + 8, code_size - 1);
	write_literal(w, ", \"$scope\": ");
	write_value(w, BSON_DOCUMENT, scope, pgbson_read_uint32(scope));
	write_literal(w, "}");
}

/* A string in a wrapper: a code or symbol. */
static void
write_wrapped_string(JsonWriter *w, const char *start, const char *payload)
{
	write_literal(w, start);
	write_string(w, payload + 4, pgbson_read_uint32(payload) - 1);
	write_literal(w, "}");
}

static void
write_key(JsonWriter *w, const char *key, uint32 len)
{
	char	   *p;

	if (unlikely(key[0] == '$') && pgbson_is_json_wrapper_key(key, len))
	{
		p = reserve(w, len + 16);
		p = PUT(p, "\"\\u0024");
		p = put_bytes(p, key + 1, len - 1);
		*p++ = '"';
		finish(w, p);
	}
	else
		write_string(w, key, len);
	p = reserve(w, 2);
	*p++ = ':';
	*p++ = ' ';
	finish(w, p);
}

static void
write_container(JsonWriter *w, bool is_array, const char *data, uint32 len)
{
	BsonIter	iter;
	bool		first = true;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	iter.next = data + 4;
	iter.end = data + len - 1;
	appendStringInfoCharMacro(w->out, is_array ? '[' : '{');
	while (pgbson_iter_next(&iter))
	{
		if (!first)
		{
			char	   *p = reserve(w, 2);

			*p++ = ',';
			*p++ = ' ';
			finish(w, p);
		}
		first = false;
		if (!is_array)
			write_key(w, iter.key, iter.keylen);
		write_value(w, iter.type, iter.payload, iter.paylen);
	}
	appendStringInfoCharMacro(w->out, is_array ? ']' : '}');
}

static void
write_value(JsonWriter *w, uint8 type, const char *payload, uint32 paylen)
{
	switch (type)
	{
		case BSON_STRING:
			write_string(w, payload + 4, paylen - 5);
			break;
		case BSON_DOCUMENT:
		case BSON_ARRAY:
			write_container(w, type == BSON_ARRAY, payload, paylen);
			break;
		case BSON_BINARY:
			write_binary(w, payload);
			break;
		case BSON_REGEX:
			write_regex(w, payload);
			break;
		case BSON_DBPOINTER:
			write_dbpointer(w, payload);
			break;
		case BSON_CODE:
			write_wrapped_string(w, "{\"$code\": ", payload);
			break;
		case BSON_SYMBOL:
			write_wrapped_string(w, "{\"$symbol\": ", payload);
			break;
		case BSON_CODE_W_SCOPE:
			write_code_w_scope(w, payload);
			break;
		default:
			finish(w, put_scalar(reserve(w, SCALAR_ROOM), type, payload, w->mode));
			break;
	}
}

void
pgbson_append_json(StringInfo out, const BsonValue *value, BsonJsonMode mode)
{
	JsonWriter	w = {out, mode};

	if (value->type == BSON_DOCUMENT || value->type == BSON_ARRAY)
		write_container(&w, value->type == BSON_ARRAY, value->v.data, value->len);
	else
	{
		uint32		paylen = pgbson_encoded_size(value);
		char		small[64];
		char	   *payload = paylen <= sizeof(small) ? small : palloc(paylen);

		pgbson_encode(value, payload);
		write_value(&w, value->type, payload, paylen);
		if (payload != small)
			pfree(payload);
	}
	out->data[out->len] = '\0';
}

char *
pgbson_to_json(const BsonValue *value, BsonJsonMode mode)
{
	StringInfoData out;

	initStringInfo(&out);
	pgbson_append_json(&out, value, mode);
	return out.data;
}
