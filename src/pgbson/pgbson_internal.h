/*
 * pgbson_internal.h
 *		What the files of pgbson share among themselves.
 */
#ifndef DOCDB_PGBSON_INTERNAL_H
#define DOCDB_PGBSON_INTERNAL_H

#include "pgbson/builder.h"

/* The largest document that may exist inside the server: a stored one and a little more. */
#define BSON_MAX_INTERNAL_SIZE (BSON_MAX_DOCUMENT_SIZE + 16 * 1024)

/* Whether bytes are UTF-8: shortest forms, no surrogates, NUL allowed. */
extern bool pgbson_utf8_valid(const char *data, size_t len);

/*
 * The wrapper keys of Extended JSON: those whose presence makes the reader take an object for a
 * value of another type.  Returns whether key is one of them.
 */
extern bool pgbson_is_json_wrapper_key(const char *key, uint32 len);

/* pgbson_from_json of a document, as a bson datum without a further copy. */
extern Datum pgbson_json_to_datum(const char *json, size_t len);

/*
 * Text between the server's encoding and UTF-8, len bytes before and after; the result is the
 * argument itself where there is nothing to do.
 */
extern char *pgbson_text_from_server(const char *text, size_t *len);
extern char *pgbson_text_to_server(char *text, size_t *len);

/* Datums from Extended JSON in the server's encoding, and from untrusted bytes. */
extern Datum pgbson_datum_from_text(const char *text, size_t len);
extern Datum pgbson_value_datum_from_text(const char *text, size_t len);
extern Datum pgbson_value_datum_from_bytes(const char *data, size_t len);

/* Extended JSON in the server's encoding; initializes out. */
extern void pgbson_to_server_text(StringInfo out, const BsonValue *value, BsonJsonMode mode);

/* Date text: ISO 8601 in UTC, years 0 to 9999; at most BSON_DATE_TEXT_SIZE bytes, no NUL. */
#define BSON_DATE_TEXT_SIZE 32
extern int	pgbson_date_to_string(int64 milliseconds, char *text);
extern bool pgbson_date_from_string(const char *text, size_t len, int64 *milliseconds);

#endif							/* DOCDB_PGBSON_INTERNAL_H */
