/*
 * validate.c
 *		Validation of untrusted BSON bytes.
 *
 * Everything that comes from outside passes through here once, and COPY BINARY does nothing else,
 * so it is a single loop without recursion: the open containers are kept in an array of their ends.
 * Because the last byte of each container is checked to be NUL when it is opened, looking for the
 * NUL after a name needs no bounds check.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/errors.h"
#include "pgbson/pgbson_internal.h"

/* Elements between two checks for interrupts. */
#define INTERRUPT_INTERVAL 65536

typedef struct Validator
{
	const char *start;			/* for the offsets in messages */
	int			depth;			/* open containers */
	const char *end[BSON_MAX_DEPTH];	/* the final NUL of each */
} Validator;

pg_noreturn static void invalid(const Validator *v, const char *at, const char *problem);

static void
invalid(const Validator *v, const char *at, const char *problem)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_INVALID_BSON),
			 errmsg("invalid BSON at byte %zd: %s", (Size) (at - v->start), problem)));
}

/* Length of the UTF-8 character at p, of which len > 0 bytes are readable; 0 when it is none. */
static inline uint32
utf8_length(const unsigned char *p, size_t len)
{
	unsigned char c = p[0];

	if (c < 0x80)
		return 1;
	if (c < 0xC2 || len < 2 || (p[1] & 0xC0) != 0x80)
		return 0;
	if (c < 0xE0)
		return 2;
	if (len < 3 || (p[2] & 0xC0) != 0x80)
		return 0;
	if (c < 0xF0)
	{
		if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] >= 0xA0))
			return 0;
		return 3;
	}
	if (c > 0xF4 || len < 4 || (p[3] & 0xC0) != 0x80)
		return 0;
	if ((c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] >= 0x90))
		return 0;
	return 4;
}

bool
pgbson_utf8_valid(const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *) data;
	const unsigned char *end = p + len;

	while (p < end)
	{
		uint32		n;

		/* Most text is ASCII: eight bytes at a time. */
		while (end - p >= 8)
		{
			uint64		chunk;

			memcpy(&chunk, p, sizeof(chunk));
			if (chunk & UINT64CONST(0x8080808080808080))
				break;
			p += 8;
		}
		while (p < end && *p < 0x80)
			p++;
		if (p >= end)
			break;
		n = utf8_length(p, end - p);
		if (n == 0)
			return false;
		p += n;
	}
	return true;
}

/*
 * A NUL-terminated UTF-8 string that starts at p, inside the container that ends at end; returns
 * what follows its NUL.
 */
static inline const char *
check_cstring(const Validator *v, const char *p, const char *end)
{
	const char *start = p;
	unsigned char high = 0;

	while (*p)
		high |= (unsigned char) *p++;
	if (p >= end)
		invalid(v, start, "unterminated name or string");
	if (unlikely(high & 0x80) && !pgbson_utf8_valid(start, p - start))
		invalid(v, start, "not UTF-8");
	return p + 1;
}

/* A string with its length before it; returns what follows its NUL. */
static inline const char *
check_string(const Validator *v, const char *p, const char *end)
{
	uint32		len;

	if (end - p < 5)
		invalid(v, p, "truncated string");
	len = pgbson_read_uint32(p);
	if (len < 1 || len > (size_t) (end - p - 4))
		invalid(v, p, "invalid string length");
	p += 4;
	if (p[len - 1] != '\0')
		invalid(v, p, "string without a final NUL");
	if (!pgbson_utf8_valid(p, len - 1))
		invalid(v, p, "not UTF-8");
	return p + len;
}

static const char *
check_binary(const Validator *v, const char *p, const char *end)
{
	uint32		len;

	if (end - p < 5)
		invalid(v, p, "truncated binary data");
	len = pgbson_read_uint32(p);
	if (len > (size_t) (end - p - 5))
		invalid(v, p, "invalid length of binary data");
	if (p[4] == 2 && (len < 4 || pgbson_read_uint32(p + 5) != len - 4))
		invalid(v, p, "invalid inner length of binary data");
	return p + 5 + len;
}

/* Opens the document or array at p, and returns where its first element is. */
static inline const char *
open_container(Validator *v, const char *p, const char *end)
{
	uint32		len;

	if (end - p < BSON_MIN_DOCUMENT_SIZE)
		invalid(v, p, "truncated document");
	len = pgbson_read_uint32(p);
	if (len < BSON_MIN_DOCUMENT_SIZE || len > (size_t) (end - p))
		invalid(v, p, "invalid document length");
	if (p[len - 1] != '\0')
		invalid(v, p, "document without a final NUL");
	if (v->depth >= BSON_MAX_DEPTH)
		ereport(ERROR,
				(errcode(DOCDB_ERR_OVERFLOW),
				 errmsg("BSON document exceeds the nesting limit of %d levels",
						BSON_MAX_DEPTH)));
	v->end[v->depth++] = p + len - 1;
	return p + 4;
}

/* Code with scope: its whole length, the code, and a document that fills the rest. */
static const char *
open_code_w_scope(Validator *v, const char *p, const char *end)
{
	const char *field = p;
	uint32		len;

	if (end - p < 4 + 5 + BSON_MIN_DOCUMENT_SIZE)
		invalid(v, field, "truncated code with scope");
	len = pgbson_read_uint32(p);
	if (len < 4 + 5 + BSON_MIN_DOCUMENT_SIZE || len > (size_t) (end - p))
		invalid(v, field, "invalid length of code with scope");
	end = p + len;
	p = check_string(v, p + 4, end);
	if (end - p < BSON_MIN_DOCUMENT_SIZE || pgbson_read_uint32(p) != end - p)
		invalid(v, field, "invalid length of code with scope");
	return open_container(v, p, end);
}

/* A payload whose size is not fixed by its type; returns what follows it. */
static const char *
check_variable(Validator *v, uint8 type, const char *p, const char *end)
{
	switch (type)
	{
		case BSON_CODE:
		case BSON_SYMBOL:
			return check_string(v, p, end);
		case BSON_BINARY:
			return check_binary(v, p, end);
		case BSON_REGEX:
			p = check_cstring(v, p, end);
			if (p >= end)
				invalid(v, p, "truncated regular expression");
			return check_cstring(v, p, end);
		case BSON_DBPOINTER:
			p = check_string(v, p, end);
			if (end - p < 12)
				invalid(v, p, "truncated DBPointer");
			return p + 12;
		case BSON_CODE_W_SCOPE:
			return open_code_w_scope(v, p, end);
		default:
			ereport(ERROR,
					(errcode(DOCDB_ERR_INVALID_BSON),
					 errmsg("invalid BSON at byte %zd: unknown type 0x%02x",
							(Size) (p - v->start), type)));
	}
	return NULL;				/* not reached */
}

/* The payload of an element or value; containers are only opened. */
static inline const char *
check_payload(Validator *v, uint8 type, const char *p, const char *end)
{
	uint32		fixed = pgbson_fixed_size_plus_one(type);

	if (fixed > 0)
	{
		if (fixed - 1 > (size_t) (end - p))
			invalid(v, p, "truncated value");
		if (type == BSON_BOOL && (unsigned char) *p > 1)
			invalid(v, p, "a boolean that is neither 0 nor 1");
		return p + fixed - 1;
	}
	if (type == BSON_STRING)
		return check_string(v, p, end);
	if (type == BSON_DOCUMENT || type == BSON_ARRAY)
		return open_container(v, p, end);
	return check_variable(v, type, p, end);
}

/* Goes through the elements from p on until every container is closed; returns what follows. */
static const char *
check_elements(Validator *v, const char *p)
{
	uint32		countdown = INTERRUPT_INTERVAL;

	while (v->depth > 0)
	{
		const char *end = v->end[v->depth - 1];

		if (p < end)
		{
			uint8		type = (uint8) *p;

			p = check_cstring(v, p + 1, end);
			p = check_payload(v, type, p, end);
			if (unlikely(--countdown == 0))
			{
				CHECK_FOR_INTERRUPTS();
				countdown = INTERRUPT_INTERVAL;
			}
		}
		else
		{
			Assert(p == end);
			p = end + 1;
			v->depth--;
		}
	}
	return p;
}

static void
check_size(size_t len)
{
	if (len > BSON_MAX_MESSAGE_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BSON_OBJECT_TOO_LARGE),
				 errmsg("BSONObj size: %zu is invalid. Size must be between 0 and %d",
						len, BSON_MAX_MESSAGE_SIZE)));
}

void
pgbson_validate(const char *data, size_t len)
{
	Validator	v;
	const char *p;

	check_size(len);
	v.start = data;
	v.depth = 0;
	p = open_container(&v, data, data + len);
	if (v.end[0] + 1 != data + len)
		invalid(&v, data, "invalid document length");
	p = check_elements(&v, p);
	Assert(p == data + len);
}

void
pgbson_validate_value(uint8 type, const char *payload, size_t len)
{
	Validator	v;
	const char *end = payload + len;
	const char *p;

	check_size(len);
	v.start = payload;
	v.depth = 0;

	/*
	 * Without a container around it there is no final NUL to stop at, and a regular expression is
	 * the one type that is scanned for NULs.
	 */
	if (type == BSON_REGEX)
	{
		const char *nul = memchr(payload, '\0', len);

		if (nul == NULL || memchr(nul + 1, '\0', end - nul - 1) == NULL)
			invalid(&v, payload, "unterminated regular expression");
	}
	p = check_payload(&v, type, payload, end);
	p = check_elements(&v, p);
	if (p != end)
		invalid(&v, p, "data after the value");
}
