/*
 * json_reader.h
 *		The reader of Extended JSON, as its two files share it.
 */
#ifndef DOCDB_PGBSON_JSON_READER_H
#define DOCDB_PGBSON_JSON_READER_H

#include "pgbson/pgbson_internal.h"

typedef struct JsonReader
{
	const char *start;
	const char *p;				/* what is read next */
	const char *end;
	int			depth;			/* open objects and arrays */
	BsonBuilder *builder;
} JsonReader;

/* A view of the text, or a copy. */
typedef struct JsonString
{
	const char *data;
	uint32		len;
} JsonString;

pg_noreturn extern void pgbson_json_error(const JsonReader *r, const char *at,
										  const char *expected);

static inline void
pgbson_json_skip_space(JsonReader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r'))
		r->p++;
}

/* Skips space and the given character, which must come next. */
static inline void
pgbson_json_expect(JsonReader *r, char c, const char *what)
{
	pgbson_json_skip_space(r);
	if (r->p >= r->end || *r->p != c)
		pgbson_json_error(r, r->p, what);
	r->p++;
}

extern void pgbson_json_read_string(JsonReader *r, JsonString *s);
extern void pgbson_json_read_key(JsonReader *r, JsonString *key);
extern bool pgbson_json_parse_double(const char *text, size_t len, double *f);

/* Reads an object at r->p into a builder of its own. */
extern void pgbson_json_read_document(JsonReader *r, BsonBuilder *builder);

/* Whether the key that was read at a place (its opening quote) makes its object a wrapper. */
static inline bool
pgbson_json_is_wrapper_key(const char *at, const JsonString *key)
{
	return at[1] == '$' && pgbson_is_json_wrapper_key(key->data, key->len);
}

/* Reads the rest of a wrapper, of which the first key and its colon have been read. */
extern void pgbson_json_read_wrapper(JsonReader *r, const char *at, const JsonString *key,
									 BsonValue *value);

#endif							/* DOCDB_PGBSON_JSON_READER_H */
