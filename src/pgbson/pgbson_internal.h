/*
 * pgbson_internal.h
 *		What the files of pgbson share among themselves.
 */
#ifndef DOCDB_PGBSON_INTERNAL_H
#define DOCDB_PGBSON_INTERNAL_H

#include "datatype/timestamp.h"
#include "utils/uuid.h"

#include "pgbson/builder.h"
#include "pgbson/text.h"

/* The largest document that may exist inside the server: a stored one and a little more. */
#define BSON_MAX_INTERNAL_SIZE (BSON_MAX_DOCUMENT_SIZE + 16 * 1024)


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

/* Values of SQL's types; a UUID's is a view.  What does not fit raises ConversionFailure. */
extern void pgbson_make_from_numeric(Datum numeric, BsonValue *value);
extern void pgbson_make_from_timestamptz(TimestampTz timestamp, BsonValue *value);
extern void pgbson_make_from_uuid(const pg_uuid_t *uuid, BsonValue *value);

#endif							/* DOCDB_PGBSON_INTERNAL_H */
