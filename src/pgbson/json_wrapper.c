/*
 * json_wrapper.c
 *		The wrapper objects of Extended JSON: {"$oid": ...} and so on.
 *
 * One function a wrapper reads what stands after its first key, and one row of wrappers[] names it.
 * A wrapper must have exactly its own keys, with values of the right type; these are unordered.
 */
#include "postgres.h"

#include "common/base64.h"
#include "common/string.h"
#include "utils/float.h"

#include "base/errors.h"
#include "pgbson/json_reader.h"
#include "pgbson/number.h"

/* A key inside a wrapper, and the function that reads its value. */
typedef struct WrapperField
{
	const char *name;
	void		(*read) (JsonReader *r, BsonValue *value);
	BsonValue	value;
	bool		seen;
} WrapperField;

/* ---- Pieces ---- */

static void
read_string(JsonReader *r, JsonString *s, const char *expected)
{
	if (r->p >= r->end || *r->p != '"')
		pgbson_json_error(r, r->p, expected);
	pgbson_json_read_string(r, s);
}

/* A string as a value. */
static void
read_string_value(JsonReader *r, BsonValue *value)
{
	JsonString	s;

	read_string(r, &s, "a string");
	pgbson_make_string(s.data, s.len, value);
}

/* A string without NULs as a value. */
static void
read_cstring_value(JsonReader *r, BsonValue *value)
{
	const char *at = r->p;

	read_string_value(r, value);
	if (memchr(value->v.data, '\0', value->len) != NULL)
		pgbson_json_error(r, at, "a string without \\u0000");
}

/* An unsigned 32-bit number, as an INT64. */
static void
read_uint32_value(JsonReader *r, BsonValue *value)
{
	const char *at = r->p;
	uint64		n = 0;

	while (r->p < r->end && *r->p >= '0' && *r->p <= '9' && r->p - at < 11)
		n = n * 10 + (*r->p++ - '0');
	if (r->p == at || n > PG_UINT32_MAX || (*at == '0' && r->p - at > 1))
		pgbson_json_error(r, at, "an integer from 0 to 4294967295");
	pgbson_make_int64((int64) n, value);
}

/* Reads an object of exactly the given fields, in any order. */
static void
read_fields(JsonReader *r, WrapperField *fields, int nfields, const char *expected)
{
	const char *start = r->p;

	pgbson_json_expect(r, '{', expected);
	for (int i = 0; i < nfields; i++)
	{
		JsonString	key;
		WrapperField *field = NULL;

		if (i > 0)
			pgbson_json_expect(r, ',', expected);
		pgbson_json_skip_space(r);
		pgbson_json_read_key(r, &key);
		for (int j = 0; j < nfields; j++)
			if (strlen(fields[j].name) == key.len &&
				memcmp(fields[j].name, key.data, key.len) == 0)
				field = &fields[j];
		if (field == NULL || field->seen)
			pgbson_json_error(r, start, expected);
		field->seen = true;
		field->read(r, &field->value);
	}
	pgbson_json_expect(r, '}', expected);
}

/* An integer as text, between bounds. */
static int64
parse_integer(const JsonReader *r, const char *at, const JsonString *s, bool is_int32)
{
	const char *p = s->data;
	const char *end = p + s->len;
	bool		negative = p < end && *p == '-';
	uint64		limit = (is_int32 ? (uint64) PG_INT32_MAX : (uint64) PG_INT64_MAX) + negative;
	uint64		n = 0;

	if (negative)
		p++;
	if (p >= end || end - p > 19)
		pgbson_json_error(r, at, is_int32 ? "a 32-bit integer as a string" :
						  "a 64-bit integer as a string");
	for (; p < end; p++)
	{
		if (*p < '0' || *p > '9')
			break;
		n = n * 10 + (*p - '0');
	}
	if (p < end || n > limit)
		pgbson_json_error(r, at, is_int32 ? "a 32-bit integer as a string" :
						  "a 64-bit integer as a string");
	return (int64) (negative ? 0 - n : n);
}

static int64
read_integer_string(JsonReader *r, bool is_int32)
{
	const char *at = r->p;
	JsonString	s;

	read_string(r, &s, "an integer as a string");
	return parse_integer(r, at, &s, is_int32);
}

/* Decodes pairs of hex digits; false when there is anything else. */
static bool
decode_hex(const char *hex, uint32 bytes, uint8 *to)
{
	for (uint32 i = 0; i < 2 * bytes; i++)
	{
		char		c = hex[i];
		int			digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (c | 0x20) - 'a' + 10;
		else
			return false;
		to[i / 2] = (uint8) (i % 2 == 0 ? digit << 4 : to[i / 2] | digit);
	}
	return true;
}

/* ---- The wrappers ---- */

static void
read_oid(JsonReader *r, BsonValue *value)
{
	const char *at = r->p;
	JsonString	s;

	read_string(r, &s, "an ObjectId of 24 hexadecimal digits");
	pgbson_make_simple(BSON_OBJECTID, value);
	if (s.len != 24 || !decode_hex(s.data, 12, value->v.oid))
		pgbson_json_error(r, at, "an ObjectId of 24 hexadecimal digits");
}

static void
read_symbol(JsonReader *r, BsonValue *value)
{
	read_string_value(r, value);
	value->type = BSON_SYMBOL;
}

static void
read_number_int(JsonReader *r, BsonValue *value)
{
	pgbson_make_int32((int32) read_integer_string(r, true), value);
}

static void
read_number_long(JsonReader *r, BsonValue *value)
{
	pgbson_make_int64(read_integer_string(r, false), value);
}

/* Whether text is a decimal number: an optional sign, digits, '.', exponent. */
static bool
is_decimal_number(const char *p, const char *end)
{
	int			digits = 0;

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		digits++;
	if (p < end && *p == '.')
		for (p++; p < end && *p >= '0' && *p <= '9'; p++)
			digits++;
	if (digits == 0)
		return false;
	if (p < end && (*p == 'e' || *p == 'E'))
	{
		p++;
		if (p < end && (*p == '-' || *p == '+'))
			p++;
		if (p >= end)
			return false;
		while (p < end && *p >= '0' && *p <= '9')
			p++;
	}
	return p == end;
}

static void
read_number_double(JsonReader *r, BsonValue *value)
{
	const char *at = r->p;
	JsonString	s;
	double		f;

	read_string(r, &s, "a double as a string");
	if (s.len == 3 && memcmp(s.data, "NaN", 3) == 0)
		f = get_float8_nan();
	else if (s.len == 8 && memcmp(s.data, "Infinity", 8) == 0)
		f = get_float8_infinity();
	else if (s.len == 9 && memcmp(s.data, "-Infinity", 9) == 0)
		f = -get_float8_infinity();
	else if (!is_decimal_number(s.data, s.data + s.len) ||
			 !pgbson_json_parse_double(s.data, s.len, &f))
		pgbson_json_error(r, at, "a double as a string");
	pgbson_make_double(f, value);
}

static void
read_number_decimal(JsonReader *r, BsonValue *value)
{
	const char *at = r->p;
	JsonString	s;

	read_string(r, &s, "a decimal128 as a string");
	pgbson_make_simple(BSON_DECIMAL128, value);
	if (!pgbson_decimal_from_string(s.data, s.len, &value->v.dec))
		pgbson_json_error(r, at, "a decimal128 as a string");
}

/*
 * Decodes base64 with its padding; -1 when it is none.  PostgreSQL's decoder forgives space, bits
 * left over and bytes after the padding, so the bytes are encoded again and compared.
 */
static int
decode_base64(const char *text, int text_len, void *bytes, int size)
{
	int			len = pg_b64_decode(text, text_len, bytes, size);
	char	   *again;
	bool		same;

	if (len <= 0)
		return text_len == 0 ? 0 : -1;
	size = pg_b64_enc_len(len) + 1;
	again = palloc(size);
	same = pg_b64_encode(bytes, len, again, size) == text_len &&
		memcmp(again, text, text_len) == 0;
	pfree(again);
	return same ? len : -1;
}

/* Makes a BINARY of base64 text and a subtype of one or two hex digits. */
static void
make_binary(const JsonReader *r, const char *at, const BsonValue *base64,
			const BsonValue *subtype_text, BsonValue *value)
{
	char		digits[2] = {'0', '0'};
	uint8		subtype = 0;
	int			size = pg_b64_dec_len(base64->len);
	void	   *bytes = palloc(size + 4 + 1);
	char	   *data = (char *) bytes + 4;
	int			len;

	if (subtype_text->len == 1 || subtype_text->len == 2)
		memcpy(digits + 2 - subtype_text->len, subtype_text->v.data, subtype_text->len);
	if (subtype_text->len < 1 || subtype_text->len > 2 || !decode_hex(digits, 1, &subtype))
		pgbson_json_error(r, at, "a subtype of one or two hexadecimal digits");
	len = decode_base64(base64->v.data, base64->len, data, size);
	if (len < 0)
		pgbson_json_error(r, at, "binary data in base64");

	pgbson_make_simple(BSON_BINARY, value);
	value->subtype = subtype;
	value->v.data = data;
	value->len = len;

	/* The old subtype repeats the length inside the data. */
	if (subtype == 2)
	{
		value->v.data = bytes;
		value->len = len + 4;
		for (int i = 0; i < 4; i++)
			((char *) bytes)[i] = (char) ((uint32) len >> (8 * i));
	}
}

/* {"$binary": {"base64": "...", "subType": "00"}}, once {"$binary": "...", "$type": "00"}. */
static void
read_binary(JsonReader *r, BsonValue *value)
{
	static const char expected[] = "{\"base64\": \"...\", \"subType\": \"...\"}";
	const char *at = r->p;
	WrapperField fields[] = {{"base64", read_string_value}, {"subType", read_string_value}};

	if (r->p < r->end && *r->p == '"')
	{
		JsonString	key;

		read_string_value(r, &fields[0].value);
		pgbson_json_expect(r, ',', "\"$type\" after \"$binary\"");
		pgbson_json_skip_space(r);
		pgbson_json_read_key(r, &key);
		if (key.len != 5 || memcmp(key.data, "$type", 5) != 0)
			pgbson_json_error(r, at, "\"$type\" after \"$binary\"");
		read_string_value(r, &fields[1].value);
	}
	else
		read_fields(r, fields, lengthof(fields), expected);
	make_binary(r, at, &fields[0].value, &fields[1].value, value);
}

/* A UUID's text, with its four hyphens or with none. */
static void
read_uuid(JsonReader *r, BsonValue *value)
{
	static const char expected[] = "a UUID as a string";
	const char *at = r->p;
	char		hex[32];
	uint8	   *bytes = palloc(16);
	int			n = 0;
	JsonString	s;

	read_string(r, &s, expected);
	if (s.len != 36 && s.len != 32)
		pgbson_json_error(r, at, expected);
	for (int i = 0; i < s.len; i++)
	{
		if (s.len == 36 && (i == 8 || i == 13 || i == 18 || i == 23))
		{
			if (s.data[i] != '-')
				pgbson_json_error(r, at, expected);
		}
		else
			hex[n++] = s.data[i];
	}
	if (!decode_hex(hex, 16, bytes))
		pgbson_json_error(r, at, expected);
	pgbson_make_simple(BSON_BINARY, value);
	value->subtype = 4;
	value->v.data = (char *) bytes;
	value->len = 16;
}

static void
put_uint32(char *to, uint32 n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (char) (n >> (8 * i));
}

/* Makes a CODE_W_SCOPE of a code and its scope. */
static void
make_code_w_scope(const BsonValue *code, const BsonValue *scope, BsonValue *value)
{
	uint64		size = (uint64) 4 + 4 + code->len + 1 + scope->len;
	char	   *payload;

	if (size > BSON_MAX_INTERNAL_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BSON_OBJECT_TOO_LARGE),
				 errmsg("code with scope is too large")));
	payload = palloc(size);
	put_uint32(payload, size);
	put_uint32(payload + 4, code->len + 1);
	memcpy(payload + 8, code->v.data, code->len);
	payload[8 + code->len] = '\0';
	memcpy(payload + 9 + code->len, scope->v.data, scope->len);
	pgbson_make_simple(BSON_CODE_W_SCOPE, value);
	value->v.data = payload;
	value->len = size;
}

static void
read_scope(JsonReader *r, BsonValue *scope)
{
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	pgbson_json_read_document(r, &builder);
	pgbson_finish(&builder, BSON_DOCUMENT, scope);
}

/* {"$code": "..."}, with or without a "$scope". */
static void
read_code(JsonReader *r, BsonValue *value)
{
	BsonValue	scope;
	BsonValue	code;
	JsonString	key;
	const char *at;

	read_string_value(r, &code);
	pgbson_json_skip_space(r);
	if (r->p < r->end && *r->p == '}')
	{
		*value = code;
		value->type = BSON_CODE;
		return;
	}
	pgbson_json_expect(r, ',', "\"$scope\" or the end of a code");
	pgbson_json_skip_space(r);
	at = r->p;
	pgbson_json_read_key(r, &key);
	if (key.len != 6 || memcmp(key.data, "$scope", 6) != 0)
		pgbson_json_error(r, at, "\"$scope\" or the end of a code");
	read_scope(r, &scope);
	make_code_w_scope(&code, &scope, value);
}

/* {"$scope": {...}, "$code": "..."}: the same with its keys the other way round. */
static void
read_scope_first(JsonReader *r, BsonValue *value)
{
	BsonValue	scope;
	BsonValue	code;
	JsonString	key;
	const char *at;

	read_scope(r, &scope);
	pgbson_json_expect(r, ',', "\"$code\" after \"$scope\"");
	pgbson_json_skip_space(r);
	at = r->p;
	pgbson_json_read_key(r, &key);
	if (key.len != 5 || memcmp(key.data, "$code", 5) != 0)
		pgbson_json_error(r, at, "\"$code\" after \"$scope\"");
	read_string_value(r, &code);
	make_code_w_scope(&code, &scope, value);
}

static void
read_timestamp(JsonReader *r, BsonValue *value)
{
	WrapperField fields[] = {{"t", read_uint32_value}, {"i", read_uint32_value}};

	read_fields(r, fields, lengthof(fields), "{\"t\": seconds, \"i\": increment}");
	pgbson_make_simple(BSON_TIMESTAMP, value);
	value->v.i64 = (int64) ((uint64) fields[0].value.v.i64 << 32 |
							(uint64) fields[1].value.v.i64);
}

static int
compare_chars(const void *a, const void *b)
{
	return *(const char *) a - *(const char *) b;
}

/*
 * The options are stored in alphabetical order, as BSON's specification asks.  Those that are no
 * letters of ASCII mean nothing and stay as they are.
 */
static void
read_regular_expression(JsonReader *r, BsonValue *value)
{
	WrapperField fields[] = {{"pattern", read_cstring_value}, {"options", read_cstring_value}};
	const BsonValue *pattern = &fields[0].value;
	const BsonValue *options = &fields[1].value;
	char	   *data;
	char	   *sorted;

	read_fields(r, fields, lengthof(fields), "{\"pattern\": \"...\", \"options\": \"...\"}");
	pgbson_make_simple(BSON_REGEX, value);
	value->len = pattern->len + 1 + options->len + 1;
	value->v.data = data = palloc(value->len);
	memcpy(data, pattern->v.data, pattern->len);
	data[pattern->len] = '\0';
	sorted = data + pattern->len + 1;
	memcpy(sorted, options->v.data, options->len);
	sorted[options->len] = '\0';
	if (pg_is_ascii(sorted))
		qsort(sorted, options->len, 1, compare_chars);
}

/* {"$oid": "..."} as the value of a field. */
static void
read_oid_value(JsonReader *r, BsonValue *value)
{
	WrapperField fields[] = {{"$oid", read_oid}};

	read_fields(r, fields, lengthof(fields), "{\"$oid\": \"...\"}");
	*value = fields[0].value;
}

static void
read_dbpointer(JsonReader *r, BsonValue *value)
{
	WrapperField fields[] = {{"$ref", read_string_value}, {"$id", read_oid_value}};
	const BsonValue *ref = &fields[0].value;
	char	   *payload;

	read_fields(r, fields, lengthof(fields), "{\"$ref\": \"...\", \"$id\": {\"$oid\": \"...\"}}");
	pgbson_make_simple(BSON_DBPOINTER, value);
	value->len = 4 + ref->len + 1 + 12;
	value->v.data = payload = palloc(value->len);
	put_uint32(payload, ref->len + 1);
	memcpy(payload + 4, ref->v.data, ref->len);
	payload[4 + ref->len] = '\0';
	memcpy(payload + 4 + ref->len + 1, fields[1].value.v.oid, 12);
}

/* {"$date": "2020-01-31T23:59:59.123Z"} or {"$date": {"$numberLong": "..."}}. */
static void
read_date(JsonReader *r, BsonValue *value)
{
	static const char expected[] =
	"a date as an ISO 8601 string or {\"$numberLong\": \"milliseconds\"}";
	const char *at = r->p;
	int64		milliseconds;

	if (r->p < r->end && *r->p == '{')
	{
		WrapperField fields[] = {{"$numberLong", read_number_long}};

		read_fields(r, fields, lengthof(fields), expected);
		milliseconds = fields[0].value.v.i64;
	}
	else
	{
		JsonString	s;

		read_string(r, &s, expected);
		if (!pgbson_date_from_string(s.data, s.len, &milliseconds))
			pgbson_json_error(r, at, expected);
	}
	pgbson_make_date(milliseconds, value);
}

/* The 1 of {"$minKey": 1}. */
static void
read_one(JsonReader *r, const char *expected)
{
	const char *at = r->p;

	if (r->p >= r->end || *r->p++ != '1')
		pgbson_json_error(r, at, expected);
}

static void
read_minkey(JsonReader *r, BsonValue *value)
{
	read_one(r, "{\"$minKey\": 1}");
	pgbson_make_simple(BSON_MINKEY, value);
}

static void
read_maxkey(JsonReader *r, BsonValue *value)
{
	read_one(r, "{\"$maxKey\": 1}");
	pgbson_make_simple(BSON_MAXKEY, value);
}

static void
read_undefined(JsonReader *r, BsonValue *value)
{
	if (r->end - r->p < 4 || memcmp(r->p, "true", 4) != 0)
		pgbson_json_error(r, r->p, "{\"$undefined\": true}");
	r->p += 4;
	pgbson_make_simple(BSON_UNDEFINED, value);
}

/* ---- Dispatch ---- */

typedef struct Wrapper
{
	const char *key;
	uint32		len;
	void		(*read) (JsonReader *r, BsonValue *value);
} Wrapper;

#define WRAPPER(key, read) {key, sizeof(key) - 1, read}

static const Wrapper wrappers[] = {
	WRAPPER("$oid", read_oid),
	WRAPPER("$date", read_date),
	WRAPPER("$numberLong", read_number_long),
	WRAPPER("$numberDecimal", read_number_decimal),
	WRAPPER("$numberDouble", read_number_double),
	WRAPPER("$numberInt", read_number_int),
	WRAPPER("$binary", read_binary),
	WRAPPER("$uuid", read_uuid),
	WRAPPER("$timestamp", read_timestamp),
	WRAPPER("$regularExpression", read_regular_expression),
	WRAPPER("$code", read_code),
	WRAPPER("$scope", read_scope_first),
	WRAPPER("$symbol", read_symbol),
	WRAPPER("$dbPointer", read_dbpointer),
	WRAPPER("$minKey", read_minkey),
	WRAPPER("$maxKey", read_maxkey),
	WRAPPER("$undefined", read_undefined),
};

static const Wrapper *
find_wrapper(const char *key, uint32 len)
{
	for (int i = 0; i < lengthof(wrappers); i++)
		if (wrappers[i].len == len && memcmp(wrappers[i].key, key, len) == 0)
			return &wrappers[i];
	return NULL;
}

bool
pgbson_is_json_wrapper_key(const char *key, uint32 len)
{
	return find_wrapper(key, len) != NULL;
}

void
pgbson_json_read_wrapper(JsonReader *r, const char *at, const JsonString *key, BsonValue *value)
{
	const Wrapper *wrapper = find_wrapper(key->data, key->len);

	wrapper->read(r, value);
	pgbson_json_skip_space(r);
	if (r->p >= r->end || *r->p != '}')
		pgbson_json_error(r, r->p, psprintf("the end of an object with \"%s\"", wrapper->key));
	r->p++;
}
