/*
 * keystring_read.c
 *		Reading key strings: where one ends, and what value it was made of.
 *
 * See keystring.c for what they consist of.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/float.h"

#include "pgbson/keystring.h"
#include "pgbson/keystring_internal.h"

/* A key being read; at is beyond end once something was missing. */
typedef struct KeyReader
{
	const uint8 *at;
	const uint8 *end;
	uint8		mask;			/* of the bits that are inverted */
} KeyReader;

static inline bool
is_cut(const KeyReader *reader)
{
	return reader->at > reader->end;
}

static inline uint8
read_byte(KeyReader *reader)
{
	if (reader->at >= reader->end)
	{
		reader->at = reader->end + 1;
		return 0;
	}
	return *reader->at++ ^ reader->mask;
}

static inline void
skip_bytes(KeyReader *reader, uint32 n)
{
	if (reader->end - reader->at < (int64) n)
		reader->at = reader->end + 1;
	else
		reader->at += n;
}

/* To after the next byte that is zero. */
static inline void
skip_string(KeyReader *reader)
{
	const uint8 *found = NULL;

	if (!is_cut(reader))
		found = memchr(reader->at, reader->mask, reader->end - reader->at);
	reader->at = (found == NULL ? reader->end : found) + 1;
}

static uint32
read_length(KeyReader *reader)
{
	uint32		len = read_byte(reader);

	if (len < KEYSTRING_SHORT_LENGTH_LIMIT)
		return len;
	len = 0;
	for (int i = 0; i < sizeof(uint32); i++)
		len = len << 8 | read_byte(reader);
	return len;
}

/* ---- Where keys end ---- */

/* What follows the class of a number that is neither zero nor NaN. */
static void
skip_number(KeyReader *reader, bool negative)
{
	uint8		inverted = negative ? 0xFF : 0;
	uint8		more = 1;

	for (int i = 0; i < KEYSTRING_NUMBER_GROUPS && more; i++)
		more = (read_byte(reader) ^ inverted) & 1;
	if (!more)
		return;
	skip_bytes(reader, KEYSTRING_EXPONENT_SIZE);
	while (more && !is_cut(reader))
		more = (read_byte(reader) ^ inverted) & 1;
}

static void skip_payload(KeyReader *reader, uint8 class);

static inline void
skip_value(KeyReader *reader)
{
	skip_payload(reader, read_byte(reader));
}

/* Fields of a document: numbers and booleans have a class of their own behind the name. */
static void
skip_fields(KeyReader *reader)
{
	uint8		class;

	check_stack_depth();
	while ((class = read_byte(reader)) != 0 && !is_cut(reader))
	{
		skip_string(reader);
		if (class == BSON_KEY_NAN || class == BSON_KEY_FALSE)
			skip_value(reader);
		else
			skip_payload(reader, class);
	}
}

static void
skip_elements(KeyReader *reader)
{
	uint8		class;

	check_stack_depth();
	while ((class = read_byte(reader)) != 0 && !is_cut(reader))
		skip_payload(reader, class);
}

/* What follows the class of a value. */
static void
skip_payload(KeyReader *reader, uint8 class)
{
	switch (class)
	{
		case BSON_KEY_NEGATIVE:
		case BSON_KEY_POSITIVE:
			skip_number(reader, class == BSON_KEY_NEGATIVE);
			break;
		case BSON_KEY_STRING:
		case BSON_KEY_CODE:
			skip_string(reader);
			break;
		case BSON_KEY_DOCUMENT:
			skip_fields(reader);
			break;
		case BSON_KEY_ARRAY:
			skip_elements(reader);
			break;
		case BSON_KEY_BINARY:
			skip_bytes(reader, read_length(reader) + 1);
			break;
		case BSON_KEY_OBJECTID:
			skip_bytes(reader, KEYSTRING_OBJECTID_SIZE);
			break;
		case BSON_KEY_DATE:
		case BSON_KEY_TIMESTAMP:
			skip_bytes(reader, sizeof(uint64));
			break;
		case BSON_KEY_REGEX:
			skip_string(reader);
			skip_string(reader);
			break;
		case BSON_KEY_DBPOINTER:
			skip_bytes(reader, read_length(reader));
			break;
		case BSON_KEY_CODE_W_SCOPE:
			skip_string(reader);
			skip_fields(reader);
			break;
		default:				/* nothing but the class */
			break;
	}
}

int
pgbson_keystring_length(const uint8 *key, int len, bool descending)
{
	KeyReader	reader = {key, key + len, descending ? 0xFF : 0};

	skip_value(&reader);
	return is_cut(&reader) ? -1 : reader.at - key;
}

/* ---- The values that keys were made of ---- */

/* A number that is a double; others are not read. */
static bool
decode_number(KeyReader *reader, bool negative, BsonValue *value)
{
	uint8		inverted = negative ? 0xFF : 0;
	uint64		bits = 0;
	int			n = 0;
	uint8		byte;
	double		magnitude;

	do
	{
		byte = read_byte(reader) ^ inverted;
		bits = bits << KEYSTRING_GROUP_BITS | byte >> 1;
		n++;
	} while ((byte & 1) != 0 && n < KEYSTRING_NUMBER_GROUPS);
	if ((byte & 1) != 0 || is_cut(reader))
		return false;
	/* Nine groups hold 63 bits, and the sign is not among them. */
	bits <<= KEYSTRING_GROUP_BITS * (KEYSTRING_NUMBER_GROUPS - n);
	memcpy(&magnitude, &bits, sizeof(magnitude));
	pgbson_make_double(negative ? -magnitude : magnitude, value);
	return true;
}

static uint64
read_uint64(KeyReader *reader)
{
	uint64		n = 0;

	for (int i = 0; i < sizeof(uint64); i++)
		n = n << 8 | read_byte(reader);
	return n;
}

static void
decode_string(const KeyReader *reader, BsonValue *value)
{
	uint32		len = reader->end - reader->at - 1;
	const char *data = (const char *) reader->at;
	char	   *unescaped;
	uint32		n = 0;

	if (memchr(data, KEYSTRING_ESCAPE_BYTE, len) == NULL)
	{
		pgbson_make_string(data, len, value);
		return;
	}
	unescaped = palloc(len);
	for (uint32 i = 0; i < len; i++)
		unescaped[n++] = data[i] == KEYSTRING_ESCAPE_BYTE ? data[++i] - 1 : data[i];
	pgbson_make_string(unescaped, n, value);
}

static bool
decode_simple(uint8 class, BsonValue *value)
{
	switch (class)
	{
		case BSON_KEY_MINKEY:
			pgbson_make_simple(BSON_MINKEY, value);
			return true;
		case BSON_KEY_UNDEFINED:
			pgbson_make_simple(BSON_UNDEFINED, value);
			return true;
		case BSON_KEY_NULL:
			pgbson_make_simple(BSON_NULL, value);
			return true;
		case BSON_KEY_NAN:
			pgbson_make_double(get_float8_nan(), value);
			return true;
		case BSON_KEY_ZERO:
			pgbson_make_double(0, value);
			return true;
		case BSON_KEY_FALSE:
		case BSON_KEY_TRUE:
			pgbson_make_bool(class == BSON_KEY_TRUE, value);
			return true;
		case BSON_KEY_MAXKEY:
			pgbson_make_simple(BSON_MAXKEY, value);
			return true;
		default:
			return false;
	}
}

/* A key that is ascending and whole. */
static bool
decode(KeyReader *reader, BsonValue *value)
{
	uint8		class = read_byte(reader);
	uint32		len = reader->end - reader->at;

	switch (class)
	{
		case BSON_KEY_NEGATIVE:
		case BSON_KEY_POSITIVE:
			return decode_number(reader, class == BSON_KEY_NEGATIVE, value);
		case BSON_KEY_STRING:
			decode_string(reader, value);
			return true;
		case BSON_KEY_OBJECTID:
			pgbson_make_simple(BSON_OBJECTID, value);
			memcpy(value->v.oid, reader->at, sizeof(value->v.oid));
			return true;
		case BSON_KEY_DATE:
			pgbson_make_date((int64) (read_uint64(reader) ^ UINT64CONST(0x8000000000000000)),
							 value);
			return true;
		case BSON_KEY_TIMESTAMP:
			pgbson_make_simple(BSON_TIMESTAMP, value);
			value->v.i64 = (int64) read_uint64(reader);
			return true;
		case BSON_KEY_BINARY:
			pgbson_make_simple(BSON_BINARY, value);
			value->len = read_length(reader);
			value->subtype = read_byte(reader);
			value->v.data = (const char *) reader->at;
			return true;
		case BSON_KEY_REGEX:
			pgbson_make_simple(BSON_REGEX, value);
			value->len = len;
			value->v.data = (const char *) reader->at;
			return true;
		default:
			return decode_simple(class, value);
	}
}

bool
pgbson_keystring_decode(const uint8 *key, int len, bool descending, BsonValue *value)
{
	KeyReader	reader = {key, key + len, 0};

	if (descending)
	{
		uint8	   *copy = palloc(len);

		for (int i = 0; i < len; i++)
			copy[i] = ~key[i];
		reader.at = copy;
		reader.end = copy + len;
	}
	return decode(&reader, value);
}
