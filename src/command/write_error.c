/*
 * write_error.c
 *		Failed statements as they stand in a reply.
 */
#include "postgres.h"

#include "command/command_internal.h"

static void
append_write_error(BsonBuilder *reply, const CollectionName *name, const CrudWriteError *error)
{
	BsonValue	details;
	const char *message = crud_describe_error(name, error, &details);
	BsonIter	iter;

	pgbson_push_begin(reply, BSON_DOCUMENT);
	pgbson_append_int32(reply, "index", -1, error->index);
	pgbson_append_int32(reply, "code", -1, error->code);
	pgbson_iter_init(&iter, &details);
	pgbson_append_elements(reply, iter.next, iter.end);
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
