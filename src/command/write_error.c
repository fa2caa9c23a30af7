/*
 * write_error.c
 *		Failed statements as they stand in a reply.
 */
#include "postgres.h"

#include "command/command_internal.h"

/* The code of errors that MongoDB has none for. */
#define UNKNOWN_ERROR 8

/*
 * The _id that a unique violation is about: in the error's detail it stands, as the output
 * function of its type writes it, between "Key (_id)=(" and ") already exists.".
 */
static bool
duplicate_id(const ErrorData *error, BsonValue *id)
{
	static const char prefix[] = "Key (_id)=(";
	static const char suffix[] = ") already exists";
	const char *start;
	const char *end = NULL;

	if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION || error->detail == NULL ||
		strncmp(error->detail, prefix, strlen(prefix)) != 0)
		return false;
	start = error->detail + strlen(prefix);
	for (const char *next = strstr(start, suffix); next; next = strstr(next + 1, suffix))
		end = next;
	if (end == NULL)
		return false;
	pgbson_from_json(start, end - start, false, id);
	return true;
}

/* Appends keyPattern and keyValue; returns the message that MongoDB gives. */
static const char *
append_duplicate_id(BsonBuilder *reply, const CollectionName *name, const BsonValue *id)
{
	pgbson_begin(reply, BSON_DOCUMENT, "keyPattern", -1);
	pgbson_append_int32(reply, "_id", 3, 1);
	pgbson_end(reply);
	pgbson_begin(reply, BSON_DOCUMENT, "keyValue", -1);
	pgbson_append(reply, "_id", 3, id);
	pgbson_end(reply);
	return psprintf("E11000 duplicate key error collection: %s index: _id_ dup key: { _id: %s }",
					collection_namespace(name), pgbson_to_json(id, BSON_JSON_RELAXED));
}

static void
append_write_error(BsonBuilder *reply, const CollectionName *name, const CrudWriteError *error)
{
	const char *message = error->message;
	BsonValue	id;

	pgbson_push_begin(reply, BSON_DOCUMENT);
	pgbson_append_int32(reply, "index", -1, error->index);
	pgbson_append_int32(reply, "code", -1, error->code == 0 ? UNKNOWN_ERROR : error->code);
	if (duplicate_id(error->error, &id))
		message = append_duplicate_id(reply, name, &id);
	pgbson_append_cstring(reply, "errmsg", -1, message);
	pgbson_end(reply);
}

void
command_append_write_errors(BsonBuilder *reply, const CollectionName *name, List *errors)
{
	ListCell   *cell;

	if (errors == NIL)
		return;
	pgbson_begin(reply, BSON_ARRAY, "writeErrors", -1);
	foreach(cell, errors)
		append_write_error(reply, name, lfirst(cell));
	pgbson_end(reply);
}
