/*
 * cursor.c
 *		Cursors: what does not fit into the first batch of a reply.
 *
 * A cursor is a portal, which goes on where it stopped.  In a transaction block it lives as long
 * as the transaction, as MongoDB's do; outside of one it is held, so that the next statement finds
 * it, in a tuplestore that spills.  Cursors belong to their session.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/portal.h"

#include "command/command_internal.h"
#include "pgbson/number.h"

#define DEFAULT_BATCH_SIZE 101

/* Bytes that the documents of a batch may take, their names in the array included. */
#define MAX_BATCH_BYTES BSON_MAX_DOCUMENT_SIZE

typedef struct CursorEntry
{
	int64		id;				/* the key */
	char	   *ns;				/* in TopMemoryContext, as the next */
	char	   *peeked;			/* a document that is fetched but not returned yet, or NULL */
} CursorEntry;

static HTAB *cursors = NULL;

static void
portal_name(int64 id, char *name, size_t size)
{
	snprintf(name, size, "docdb cursor " INT64_FORMAT, id);
}

static Portal
find_portal(int64 id)
{
	char		name[NAMEDATALEN];

	portal_name(id, name, sizeof(name));
	return GetPortalByName(name);
}

static void
remove_entry(CursorEntry *entry)
{
	pfree(entry->ns);
	if (entry->peeked)
		pfree(entry->peeked);
	hash_search(cursors, &entry->id, HASH_REMOVE, NULL);
}

/* Forgets the cursors whose portals ended with a transaction. */
static void
remove_dead_entries(void)
{
	HASH_SEQ_STATUS status;
	CursorEntry *entry;

	hash_seq_init(&status, cursors);
	while ((entry = hash_seq_search(&status)) != NULL)
		if (!PortalIsValid(find_portal(entry->id)))
			remove_entry(entry);
}

static CursorEntry *
create_entry(const char *ns)
{
	CursorEntry *entry;
	int64		id;
	bool		found;

	if (cursors == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(int64), .entrysize = sizeof(CursorEntry)};

		cursors = hash_create("docdb cursors", 16, &control, HASH_ELEM | HASH_BLOBS);
	}
	remove_dead_entries();
	do
	{
		if (!pg_strong_random(&id, sizeof(id)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate random values")));
		id &= PG_INT64_MAX;
	} while (id == 0 || hash_search(cursors, &id, HASH_FIND, NULL) != NULL);

	entry = hash_search(cursors, &id, HASH_ENTER, &found);
	entry->ns = NULL;
	entry->peeked = NULL;
	entry->ns = MemoryContextStrdup(TopMemoryContext, ns);
	return entry;
}

/* The cursor of an id with its portal, or NULL. */
static CursorEntry *
find_entry(int64 id, Portal *portal)
{
	CursorEntry *entry = cursors ? hash_search(cursors, &id, HASH_FIND, NULL) : NULL;

	if (entry == NULL)
		return NULL;
	*portal = find_portal(id);
	if (PortalIsValid(*portal))
		return entry;
	remove_entry(entry);
	return NULL;
}

static void
close_cursor(CursorEntry *entry, Portal portal)
{
	remove_entry(entry);
	crud_cursor_close(portal);
}

/* ---- Batches ---- */

/* The document of a row, as bytes in the current memory context. */
static void
copy_row(TupleTableSlot *slot, void *arg)
{
	char	  **copy = arg;
	bool		isnull;
	Datum		datum = slot_getattr(slot, 1, &isnull);
	BsonValue	document;

	if (isnull)
		return;
	pgbson_from_datum(datum, &document);
	*copy = palloc(document.len);
	memcpy(*copy, document.v.data, document.len);
}

/* The next document of a cursor, or NULL at its end. */
static char *
next_document(CursorEntry *entry, Portal portal)
{
	char	   *document = NULL;

	if (entry->peeked)
	{
		document = entry->peeked;
		entry->peeked = NULL;
		return document;
	}
	(void) crud_cursor_fetch(portal, 1, copy_row, &document);
	return document;
}

/*
 * Appends documents to the open array until the batch is full.  True when the cursor is at its
 * end.  The document after the batch is fetched as well, so that a cursor without documents need
 * not be kept.
 */
static bool
append_batch(BsonBuilder *reply, CursorEntry *entry, Portal portal, int64 batch_size)
{
	int64		count = 0;
	uint32		bytes = 0;
	char	   *document;

	while ((document = next_document(entry, portal)) != NULL)
	{
		BsonValue	value;

		CHECK_FOR_INTERRUPTS();
		pgbson_decode(BSON_DOCUMENT, document, pgbson_read_uint32(document), &value);
		if (count >= batch_size || (count > 0 && bytes + value.len + 12 > MAX_BATCH_BYTES))
		{
			entry->peeked = MemoryContextAlloc(TopMemoryContext, value.len);
			memcpy(entry->peeked, document, value.len);
			return false;
		}
		pgbson_push(reply, &value);
		bytes += value.len + 12;
		count++;
		pfree(document);
	}
	return true;
}

void
command_reply_cursor(BsonBuilder *reply, const CrudQuery *query, const char *ns,
					 int64 batch_size, bool single_batch)
{
	CursorEntry *entry = create_entry(ns);
	char		name[NAMEDATALEN];
	Portal		portal;
	bool		done = false;

	portal_name(entry->id, name, sizeof(name));
	portal = crud_cursor_open(name, query, !single_batch && !IsTransactionBlock());
	pgbson_begin(reply, BSON_DOCUMENT, "cursor", 6);
	pgbson_begin(reply, BSON_ARRAY, "firstBatch", 10);
	if (batch_size != 0)
		done = append_batch(reply, entry, portal,
							batch_size < 0 ? DEFAULT_BATCH_SIZE : batch_size);
	pgbson_end(reply);
	done = done || single_batch;
	pgbson_append_int64(reply, "id", 2, done ? 0 : entry->id);
	pgbson_append_cstring(reply, "ns", 2, ns);
	pgbson_end(reply);
	if (done)
		close_cursor(entry, portal);
}

/* ---- Replies of documents at hand ---- */

void
command_begin_batch(CommandBatch *batch, BsonBuilder *reply, const char *ns)
{
	batch->reply = reply;
	batch->ns = ns;
	pgbson_begin(reply, BSON_DOCUMENT, "cursor", 6);
	pgbson_append_int64(reply, "id", 2, 0);
	pgbson_append_cstring(reply, "ns", 2, ns);
	pgbson_begin(reply, BSON_ARRAY, "firstBatch", 10);
}

void
command_add_to_batch(const BsonValue *document, void *batch)
{
	pgbson_push(((CommandBatch *) batch)->reply, document);
}

void
command_end_batch(CommandBatch *batch)
{
	pgbson_end(batch->reply);
	pgbson_end(batch->reply);
}

/* ---- getMore and killCursors ---- */

typedef struct GetMoreRequest
{
	BsonValue	collection;
	int64		batch_size;
} GetMoreRequest;

static const CommandField get_more_fields[] = {
	{"collection", COMMAND_STRING, offsetof(GetMoreRequest, collection), true},
	{"batchSize", COMMAND_COUNT_TYPE, offsetof(GetMoreRequest, batch_size)},
	{"term", COMMAND_IGNORED, -1},
	{"lastKnownCommittedOpTime", COMMAND_IGNORED, -1},
};

/* What a cursor was opened on: a collection, or a command ("$cmd.bulkWrite"). */
static char *
cursor_namespace(const char *database, const BsonValue *collection)
{
	CollectionName name;

	if (collection->len > 5 && memcmp(collection->v.data, "$cmd.", 5) == 0)
		return psprintf("%s.%s", database, pnstrdup(collection->v.data, collection->len));
	collection_make_name(database, collection->v.data, collection->len, &name);
	return collection_namespace(&name);
}

/* {getMore: <cursor id>, collection: <name>, batchSize: <number>} */
void
command_get_more(CommandCall *call, BsonBuilder *reply)
{
	GetMoreRequest request = {{0}};
	char	   *ns;
	BsonValue	limit;
	CursorEntry *entry;
	Portal		portal;
	int64		id;
	bool		done;

	if (call->target.type != BSON_INT64)
		command_type_error(call->name, call->name, &call->target, "type 'long'");
	id = call->target.v.i64;
	command_parse(call, get_more_fields, &request);
	ns = cursor_namespace(call->database, &request.collection);
	entry = find_entry(id, &portal);
	if (entry == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CURSOR_NOT_FOUND),
				 errmsg("cursor id " INT64_FORMAT " not found", id)));
	if (strcmp(entry->ns, ns) != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_UNAUTHORIZED),
				 errmsg("Requested getMore on namespace '%s', but cursor belongs to a different "
						"namespace %s", ns, entry->ns)));
	if (pgbson_get(&call->document, "maxTimeMS", 9, &limit) && limit.type != BSON_NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("cannot set maxTimeMS on getMore command for a non-awaitData cursor")));

	pgbson_begin(reply, BSON_DOCUMENT, "cursor", 6);
	pgbson_begin(reply, BSON_ARRAY, "nextBatch", 9);
	done = append_batch(reply, entry, portal,
						request.batch_size == 0 ? PG_INT64_MAX : request.batch_size);
	pgbson_end(reply);
	pgbson_append_int64(reply, "id", 2, done ? 0 : id);
	pgbson_append_cstring(reply, "ns", 2, ns);
	pgbson_end(reply);
	if (done)
		close_cursor(entry, portal);
}

typedef struct KillCursorsRequest
{
	BsonValue	cursors;
} KillCursorsRequest;

static const CommandField kill_cursors_fields[] = {
	{"cursors", COMMAND_ARRAY, offsetof(KillCursorsRequest, cursors), true},
};

static void
append_ids(BsonBuilder *reply, const char *name, const BsonValue *ids, const bool *killed,
		   bool wanted)
{
	BsonIter	iter;
	int			i = 0;

	pgbson_begin(reply, BSON_ARRAY, name, -1);
	if (ids)
	{
		pgbson_iter_init(&iter, ids);
		while (pgbson_iter_next(&iter))
		{
			BsonValue	id;

			pgbson_iter_value(&iter, &id);
			if (killed[i++] == wanted)
				pgbson_push(reply, &id);
		}
	}
	pgbson_end(reply);
}

/* {killCursors: <collection>, cursors: [<cursor id>, ...]} */
void
command_kill_cursors(CommandCall *call, BsonBuilder *reply)
{
	KillCursorsRequest request = {{0}};
	bool	   *killed;
	BsonIter	iter;
	int			i = 0;

	command_parse(call, kill_cursors_fields, &request);
	killed = palloc0(pgbson_count(&request.cursors) * sizeof(bool) + 1);
	pgbson_iter_init(&iter, &request.cursors);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	id;
		CursorEntry *entry;
		Portal		portal;

		pgbson_iter_value(&iter, &id);
		if (id.type != BSON_INT64)
			command_type_error(call->name, "cursors", &id, "type 'long'");
		entry = find_entry(id.v.i64, &portal);
		if (entry)
		{
			close_cursor(entry, portal);
			killed[i] = true;
		}
		i++;
	}
	append_ids(reply, "cursorsKilled", &request.cursors, killed, true);
	append_ids(reply, "cursorsNotFound", &request.cursors, killed, false);
	append_ids(reply, "cursorsAlive", NULL, NULL, false);
	append_ids(reply, "cursorsUnknown", NULL, NULL, false);
}
