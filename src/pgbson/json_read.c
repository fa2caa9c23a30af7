/*
 * json_read.c
 *		Extended JSON to BSON.
 *
 * The text goes straight into a builder, without a tree in between.  An object whose first key is
 * one of Extended JSON's wrapper keys ({"$oid": ...}) is read as a value of that type, by
 * json_wrapper.c; everything else is plain JSON, strictly.
 *
 * As the specification of Extended JSON has it, a document's top level is never a wrapper, and a
 * wrapper key among other keys is an error.  A key whose dollar sign is written \u0024 is never a
 * wrapper's: that is how the writer writes such documents, see json_write.c.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "base/errors.h"
#include "pgbson/json_reader.h"
#include "pgbson/pgbson_internal.h"

static void read_value(JsonReader *r, const char *key, int keylen);

/* ---- Errors ---- */

#define EXCERPT_SIZE 20

/*
 * Raises FailedToParse for what is at a place.  The excerpt stops before anything but printable
 * ASCII, which needs no conversion to the server's encoding.
 */
void
pgbson_json_error(const JsonReader *r, const char *at, const char *expected)
{
	char		excerpt[EXCERPT_SIZE + 1];
	int			len = 0;
	int			position = 1;

	for (const char *p = r->start; p < at; p++)
		if (((unsigned char) *p & 0xC0) != 0x80)
			position++;
	while (len < EXCERPT_SIZE && at + len < r->end && at[len] >= ' ' && at[len] < 0x7F)
	{
		excerpt[len] = at[len];
		len++;
	}
	excerpt[len] = '\0';
	if (at >= r->end)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("invalid Extended JSON at position %d: expected %s, found the end",
						position, expected)));
	ereport(ERROR,
			(errcode(DOCDB_ERR_FAILED_TO_PARSE),
			 errmsg("invalid Extended JSON at position %d: expected %s", position, expected),
			 len > 0 ? errdetail("Found: %s", excerpt) : 0));
}

/* ---- Strings ---- */

/* Whether any of eight bytes is a control character, a quote or a backslash. */
static inline bool
chunk_is_special(uint64 chunk)
{
	const uint64 ones = UINT64CONST(0x0101010101010101);
	const uint64 highs = UINT64CONST(0x8080808080808080);
	uint64		quote = chunk ^ (ones * '"');
	uint64		backslash = chunk ^ (ones * '\\');

	return (((chunk - ones * 0x20) & ~chunk) |
			((quote - ones) & ~quote) |
			((backslash - ones) & ~backslash)) & highs;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four hex digits of a \u escape, at p. */
static uint32
read_hex4(const JsonReader *r, const char *p)
{
	uint32		n = 0;

	for (int i = 0; i < 4; i++)
	{
		int			digit = p + i < r->end ? hex_value(p[i]) : -1;

		if (digit < 0)
			pgbson_json_error(r, Min(p + i, r->end), "a hexadecimal digit");
		n = n * 16 + digit;
	}
	return n;
}

/* The rest of a \u escape, its digits at *p: the character, of a surrogate pair where it is one. */
static uint32
read_unicode_escape(const JsonReader *r, const char **p)
{
	const char *start = *p - 2;
	uint32		c = read_hex4(r, *p);

	*p += 4;
	if (c >= 0xDC00 && c <= 0xDFFF)
		pgbson_json_error(r, start, "a high surrogate before a low one");
	if (c >= 0xD800 && c <= 0xDBFF)
	{
		uint32		low;

		if (r->end - *p < 2 || (*p)[0] != '\\' || (*p)[1] != 'u')
			pgbson_json_error(r, start, "a low surrogate after a high one");
		low = read_hex4(r, *p + 2);
		if (low < 0xDC00 || low > 0xDFFF)
			pgbson_json_error(r, start, "a low surrogate after a high one");
		*p += 6;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	return c;
}

/* The character of the escape whose letter is at *p; moves *p past it. */
static uint32
read_escape(const JsonReader *r, const char **p)
{
	if (*p >= r->end)
		pgbson_json_error(r, *p, "an escape sequence");
	switch (*(*p)++)
	{
		case '"':
			return '"';
		case '\\':
			return '\\';
		case '/':
			return '/';
		case 'b':
			return '\b';
		case 'f':
			return '\f';
		case 'n':
			return '\n';
		case 'r':
			return '\r';
		case 't':
			return '\t';
		case 'u':
			return read_unicode_escape(r, p);
		default:
			pgbson_json_error(r, *p - 2, "an escape sequence");
	}
	return 0;					/* not reached */
}

/* The rest of a string with escapes: copies it, from the first one on at p. */
static void
read_escaped_string(JsonReader *r, const char *start, const char *p, JsonString *s)
{
	StringInfoData out;

	initStringInfo(&out);
	appendBinaryStringInfo(&out, start, p - start);
	for (;;)
	{
		const char *run = p;
		unsigned char utf8[4];

		while (p < r->end && *p != '"' && *p != '\\' && (unsigned char) *p >= 0x20)
			p++;
		appendBinaryStringInfo(&out, run, p - run);
		if (p >= r->end || (unsigned char) *p < 0x20)
			pgbson_json_error(r, p, "the end of a string");
		if (*p++ == '"')
			break;
		unicode_to_utf8(read_escape(r, &p), utf8);
		appendBinaryStringInfo(&out, (char *) utf8, pg_utf_mblen(utf8));
	}
	if (!pgbson_utf8_valid(out.data, out.len))
		pgbson_json_error(r, start - 1, "a string in UTF-8");
	s->data = out.data;
	s->len = out.len;
	r->p = p;
}

/*
 * Reads the string whose opening quote is at r->p: a view of the text, or a copy where it has
 * escapes.
 */
void
pgbson_json_read_string(JsonReader *r, JsonString *s)
{
	const char *start = r->p + 1;
	const char *p = start;
	uint64		high = 0;

	while (r->end - p >= 8)
	{
		uint64		chunk;

		memcpy(&chunk, p, sizeof(chunk));
		if (chunk_is_special(chunk))
			break;
		high |= chunk;
		p += 8;
	}
	while (p < r->end && *p != '"' && *p != '\\' && (unsigned char) *p >= 0x20)
		high |= (unsigned char) *p++;
	if (p >= r->end || (unsigned char) *p < 0x20)
		pgbson_json_error(r, p, "the end of a string");
	if (unlikely(*p == '\\'))
	{
		read_escaped_string(r, start, p, s);
		return;
	}
	if (unlikely(high & UINT64CONST(0x8080808080808080)) && !pgbson_utf8_valid(start, p - start))
		pgbson_json_error(r, start - 1, "a string in UTF-8");
	s->data = start;
	s->len = p - start;
	r->p = p + 1;
}

/* Reads a key and its colon, and skips to the value.  Names with NULs do not exist in BSON. */
void
pgbson_json_read_key(JsonReader *r, JsonString *key)
{
	const char *at = r->p;

	if (at >= r->end || *at != '"')
		pgbson_json_error(r, at, "a key in quotes");
	pgbson_json_read_string(r, key);
	if (key->data != at + 1 && memchr(key->data, '\0', key->len) != NULL)
		pgbson_json_error(r, at, "a key without \\u0000");
	pgbson_json_expect(r, ':', "a colon after the key");
	pgbson_json_skip_space(r);
}

/* ---- Numbers ---- */

/* A double from its text, which has been checked to be one; false when it is out of range. */
bool
pgbson_json_parse_double(const char *text, size_t len, double *f)
{
	char		small[64];
	char	   *copy = len < sizeof(small) ? small : palloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	*f = strtod(copy, NULL);
	if (copy != small)
		pfree(copy);
	return !isinf(*f);
}

/*
 * A mantissa of at most 2^53 and a power of ten of at most 22 are both exact as doubles, so that
 * one multiplication or division rounds correctly.
 */
static bool
exact_double(uint64 mantissa, int exponent, double *f)
{
	static const double powers[] = {
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
	};

	if (mantissa > (UINT64CONST(1) << 53) || exponent < -22 || exponent > 22)
		return false;
	*f = (double) mantissa;
	if (exponent < 0)
		*f /= powers[-exponent];
	else
		*f *= powers[exponent];
	return true;
}

static inline bool
is_digit(const JsonReader *r, const char *p)
{
	return p < r->end && *p >= '0' && *p <= '9';
}

/* Digits of a mantissa that are sure to fit in 64 bits. */
#define MAX_MANTISSA_DIGITS 19

/*
 * The rest of a number that is no integer: the fraction or exponent is at p, after ndigits digits
 * that make up mantissa (when they are few enough to).
 */
static void
read_double(JsonReader *r, const char *start, const char *p, uint64 mantissa, int ndigits,
			BsonValue *value)
{
	int			exponent = 0;
	int			fraction_digits = 0;
	double		f;

	if (*p == '.')
	{
		if (!is_digit(r, ++p))
			pgbson_json_error(r, p, "a digit");
		for (; is_digit(r, p); p++)
		{
			if (++ndigits <= MAX_MANTISSA_DIGITS)
				mantissa = mantissa * 10 + (*p - '0');
			fraction_digits++;
		}
	}
	if (p < r->end && (*p == 'e' || *p == 'E'))
	{
		bool		negative = false;

		p++;
		if (p < r->end && (*p == '+' || *p == '-'))
			negative = *p++ == '-';
		if (!is_digit(r, p))
			pgbson_json_error(r, p, "a digit");
		for (; is_digit(r, p); p++)
			exponent = Min(exponent * 10 + (*p - '0'), 100000);
		if (negative)
			exponent = -exponent;
	}
	if (ndigits <= MAX_MANTISSA_DIGITS && exact_double(mantissa, exponent - fraction_digits, &f))
		f = *start == '-' ? -f : f;
	else if (!pgbson_json_parse_double(start, p - start, &f))
		pgbson_json_error(r, start, "a number in the range of a double");
	pgbson_make_double(f, value);
	r->p = p;
}

/* A number: int32, int64 or double, the first that it fits, double where written as one. */
static void
read_number(JsonReader *r, BsonValue *value)
{
	const char *start = r->p;
	const char *p = start;
	bool		negative = *p == '-';
	uint64		n = 0;
	int			ndigits;
	const char *digits;

	if (negative)
		p++;
	digits = p;
	if (!is_digit(r, p))
		pgbson_json_error(r, p, "a digit");
	for (; is_digit(r, p) && p - digits < MAX_MANTISSA_DIGITS; p++)
		n = n * 10 + (*p - '0');
	while (is_digit(r, p))
		p++;
	ndigits = p - digits;
	if (*digits == '0' && ndigits > 1)
		pgbson_json_error(r, digits, "a number without leading zeros");
	if (p < r->end && (*p == '.' || *p == 'e' || *p == 'E'))
	{
		read_double(r, start, p, n, ndigits, value);
		return;
	}
	r->p = p;
	if (n <= (uint64) PG_INT32_MAX + negative)
		pgbson_make_int32(negative ? (int32) -(int64) n : (int32) n, value);
	else if (ndigits <= MAX_MANTISSA_DIGITS && n <= (uint64) PG_INT64_MAX + negative)
		pgbson_make_int64(negative ? (int64) (0 - n) : (int64) n, value);
	else
	{
		double		f;

		if (!pgbson_json_parse_double(start, p - start, &f))
			pgbson_json_error(r, start, "a number in the range of a double");
		pgbson_make_double(f, value);
	}
}

/* ---- Values ---- */

static bool
match_word(JsonReader *r, const char *word, size_t len)
{
	if ((size_t) (r->end - r->p) < len || memcmp(r->p, word, len) != 0)
		return false;
	r->p += len;
	return true;
}

/* Any value but an object or array, at r->p. */
static void
read_scalar(JsonReader *r, BsonValue *value)
{
	JsonString	s;

	if (r->p >= r->end)
		pgbson_json_error(r, r->p, "a value");
	switch (*r->p)
	{
		case '"':
			pgbson_json_read_string(r, &s);
			pgbson_make_string(s.data, s.len, value);
			return;
		case '-':
		case '0':
		case '1':
		case '2':
		case '3':
		case '4':
		case '5':
		case '6':
		case '7':
		case '8':
		case '9':
			read_number(r, value);
			return;
		case 't':
			if (match_word(r, "true", 4))
			{
				pgbson_make_bool(true, value);
				return;
			}
			break;
		case 'f':
			if (match_word(r, "false", 5))
			{
				pgbson_make_bool(false, value);
				return;
			}
			break;
		case 'n':
			if (match_word(r, "null", 4))
			{
				pgbson_make_simple(BSON_NULL, value);
				return;
			}
			break;
	}
	pgbson_json_error(r, r->p, "a value");
}

/* Appends a value to the open document under a key, or to the open array where key is NULL. */
static inline void
emit(JsonReader *r, const char *key, int keylen, const BsonValue *value)
{
	if (key != NULL)
		pgbson_append(r->builder, key, keylen, value);
	else
		pgbson_push(r->builder, value);
}

static inline void
emit_begin(JsonReader *r, BsonType type, const char *key, int keylen)
{
	if (key != NULL)
		pgbson_begin(r->builder, type, key, keylen);
	else
		pgbson_push_begin(r->builder, type);
}

/* Counts a level of nesting in; the caller counts it out. */
static void
enter_container(JsonReader *r)
{
	CHECK_FOR_INTERRUPTS();
	if (++r->depth > BSON_MAX_DEPTH)
		ereport(ERROR,
				(errcode(DOCDB_ERR_OVERFLOW),
				 errmsg("BSON document exceeds the nesting limit of %d levels",
						BSON_MAX_DEPTH)));
}

/*
 * The members of an object into the open document, through the closing brace.  The first key has
 * been read where it is given; else r->p is after the opening brace.
 */
static void
read_members(JsonReader *r, const JsonString *first, bool top_level)
{
	JsonString	key;

	enter_container(r);
	if (first != NULL)
		key = *first;
	else
	{
		pgbson_json_skip_space(r);
		if (r->p < r->end && *r->p == '}')
		{
			r->p++;
			r->depth--;
			return;
		}
		pgbson_json_read_key(r, &key);
	}
	for (;;)
	{
		const char *at;

		read_value(r, key.data, key.len);
		pgbson_json_skip_space(r);
		if (r->p < r->end && *r->p == '}')
			break;
		pgbson_json_expect(r, ',', "a comma or a closing brace");
		pgbson_json_skip_space(r);
		at = r->p;
		pgbson_json_read_key(r, &key);
		if (unlikely(pgbson_json_is_wrapper_key(at, &key)) && !top_level)
			pgbson_json_error(r, at, "a key that is no wrapper of Extended JSON");
	}
	r->p++;
	r->depth--;
}

/* The elements of an array into the open one, from after its bracket through the closing one. */
static void
read_elements(JsonReader *r)
{
	enter_container(r);
	pgbson_json_skip_space(r);
	if (r->p < r->end && *r->p == ']')
	{
		r->p++;
		r->depth--;
		return;
	}
	for (;;)
	{
		pgbson_json_skip_space(r);
		read_value(r, NULL, 0);
		pgbson_json_skip_space(r);
		if (r->p < r->end && *r->p == ']')
			break;
		pgbson_json_expect(r, ',', "a comma or a closing bracket");
	}
	r->p++;
	r->depth--;
}

/*
 * Reads the start of an object: true with its value where it is a wrapper (then read whole); else
 * false, with the first key in *key, or with key->data NULL where there is none, and r->p then at
 * the closing brace.
 */
static bool
read_object_start(JsonReader *r, JsonString *key, BsonValue *value)
{
	const char *at;

	r->p++;
	pgbson_json_skip_space(r);
	if (r->p < r->end && *r->p == '}')
	{
		key->data = NULL;
		return false;
	}
	at = r->p;
	pgbson_json_read_key(r, key);
	if (likely(!pgbson_json_is_wrapper_key(at, key)))
		return false;
	pgbson_json_read_wrapper(r, at, key, value);
	return true;
}

/* A value at r->p, appended under a key, or to the open array where key is NULL. */
static void
read_value(JsonReader *r, const char *key, int keylen)
{
	BsonValue	value;
	JsonString	first;

	if (r->p < r->end && *r->p == '{')
	{
		if (read_object_start(r, &first, &value))
			emit(r, key, keylen, &value);
		else
		{
			emit_begin(r, BSON_DOCUMENT, key, keylen);
			read_members(r, first.data ? &first : NULL, false);
			pgbson_end(r->builder);
		}
	}
	else if (r->p < r->end && *r->p == '[')
	{
		r->p++;
		emit_begin(r, BSON_ARRAY, key, keylen);
		read_elements(r);
		pgbson_end(r->builder);
	}
	else
	{
		read_scalar(r, &value);
		emit(r, key, keylen, &value);
	}
}

void
pgbson_json_read_document(JsonReader *r, BsonBuilder *builder)
{
	BsonBuilder *outer = r->builder;

	if (r->p >= r->end || *r->p != '{')
		pgbson_json_error(r, r->p, "a document");
	r->p++;
	r->builder = builder;
	read_members(r, NULL, true);
	r->builder = outer;
}

static void
start_reader(JsonReader *r, BsonBuilder *builder, const char *json, size_t len)
{
	r->start = r->p = json;
	r->end = json + len;
	r->depth = 0;
	r->builder = builder;
	pgbson_builder_init(builder);
	pgbson_builder_allow_message(builder);
	pgbson_json_skip_space(r);
}

static void
end_reader(JsonReader *r)
{
	pgbson_json_skip_space(r);
	if (r->p < r->end)
		pgbson_json_error(r, r->p, "the end");
}

void
pgbson_from_json(const char *json, size_t len, bool document_only, BsonValue *value)
{
	JsonReader	r;
	BsonBuilder builder;
	JsonString	first;

	start_reader(&r, &builder, json, len);
	if (document_only)
	{
		pgbson_json_read_document(&r, &builder);
		pgbson_finish(&builder, BSON_DOCUMENT, value);
	}
	else if (r.p < r.end && *r.p == '{')
	{
		if (!read_object_start(&r, &first, value))
		{
			read_members(&r, first.data ? &first : NULL, false);
			pgbson_finish(&builder, BSON_DOCUMENT, value);
		}
	}
	else if (r.p < r.end && *r.p == '[')
	{
		r.p++;
		read_elements(&r);
		pgbson_finish(&builder, BSON_ARRAY, value);
	}
	else
		read_scalar(&r, value);
	end_reader(&r);

	/* A string without escapes is a view of the text still. */
	if (value->type == BSON_STRING || value->type == BSON_CODE || value->type == BSON_SYMBOL)
	{
		BsonValue	view = *value;

		pgbson_value_copy(&view, value);
	}
}

Datum
pgbson_json_to_datum(const char *json, size_t len)
{
	JsonReader	r;
	BsonBuilder builder;

	start_reader(&r, &builder, json, len);
	pgbson_json_read_document(&r, &builder);
	end_reader(&r);
	return pgbson_finish_datum(&builder);
}
