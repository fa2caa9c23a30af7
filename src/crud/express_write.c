/*
 * express_write.c
 *		Updating and deleting documents without an UPDATE or DELETE statement.
 *
 * Where nothing but the row trigger would run besides, rows are written directly: see row_write.c.
 * A row of an _id is found through the primary key without any statement, other rows by the SELECT
 * that finds the documents of the filter, each written as soon as it comes.  Whatever is out of the
 * ordinary (other triggers, foreign keys among them, rules, checks, further columns, partitions,
 * row-level security, privileges on columns only, somebody who wants to see all privilege checks)
 * is left to the statement, before anything is written.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "crud/crud_internal.h"

/* A write that is under way. */
typedef struct ExpressWrite
{
	Relation	rel;
	const Collection *collection;
	const CrudUpdate *update;
	CrudCompiledUpdate *compiled;	/* NULL: delete */
	bool		chooses;		/* one of the rows that match */
	CrudExpressResult *result;
	MemoryContext context;		/* the caller's */
	CrudRowWriter *writer;		/* NULL before the first row */
} ExpressWrite;

/* ---- Whether it can be ---- */

/* Whether a statement on the collection would do no more than is done here. */
static bool
is_possible(const Collection *collection, AclMode privileges)
{
	return collection->lone_trigger && ExecutorCheckPerms_hook == NULL &&
		SessionReplicationRole != SESSION_REPLICATION_ROLE_REPLICA &&
		pg_class_aclmask(collection->relid, GetUserId(), privileges, ACLMASK_ALL) == privileges;
}

static void
check_command(Relation rel, CmdType type)
{
	const char *name = type == CMD_DELETE ? "DELETE" : "UPDATE";

	if (XactReadOnly && !rel->rd_islocaltemp)
		PreventCommandIfReadOnly(name);
	PreventCommandIfParallelMode(name);
	CheckCmdReplicaIdentity(rel, type);
}

/* ---- Rows ---- */

/* The writer, made when the snapshot is active. */
static CrudRowWriter *
get_writer(ExpressWrite *write)
{
	if (write->writer == NULL)
		write->writer = crud_row_writer_create(write->rel, write->collection, write->update,
											   write->compiled, !write->chooses);
	return write->writer;
}

static void
count_row(ExpressWrite *write, const CrudRowResult *row)
{
	CrudExpressResult *result = write->result;

	result->matched++;
	result->modified += row->modified;
	if (result->keep_documents)
	{
		pgbson_value_copy(&row->old_document, &result->old_document);
		pgbson_value_copy(&row->new_document, &result->new_document);
	}
}

/* Writes a row that the SELECT found: its ctid, _id and doc. */
static void
write_found(TupleTableSlot *slot, void *arg)
{
	ExpressWrite *write = arg;
	MemoryContext old_context = MemoryContextSwitchTo(write->context);
	CrudRowResult row = {0};

	slot_getallattrs(slot);
	if (crud_row_write(get_writer(write), (ItemPointer) DatumGetPointer(slot->tts_values[0]),
					   slot->tts_values[1], slot->tts_values[2], &row))
		count_row(write, &row);
	MemoryContextSwitchTo(old_context);
}

/* ---- Finding them ---- */

static void
write_by_id(ExpressWrite *write, const BsonValue *id)
{
	CrudRowResult row = {0};

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (crud_row_write_by_id(get_writer(write), id, &row))
		count_row(write, &row);
	crud_row_writer_close(write->writer);
	PopActiveSnapshot();
}

/*
 * False where one row is to be chosen, and another session is changing or has changed the one that
 * was found: a statement that locks rows before it counts them then finds the next one.
 */
static bool
write_by_filter(ExpressWrite *write)
{
	const CrudUpdate *update = write->update;
	CrudQuery  *query = crud_query_create();
	uint64		found;

	query->writes = true;
	crud_query_hint(query, write->collection, NULL, &update->hint);
	appendStringInfo(&query->sql, "SELECT ctid, _id, doc FROM %s", write->collection->sql_name);
	crud_append_where(query, write->collection, NULL, &update->filter, &update->let);
	if (!update->multi)
		crud_append_order(query, write->collection, NULL, &update->sort);
	if (write->chooses)
		appendStringInfoString(&query->sql, " LIMIT 1");
	found = crud_execute(query, write_found, write);
	if (write->writer != NULL)
		crud_row_writer_close(write->writer);
	return !write->chooses || found == 0 || write->result->matched > 0;
}

/* Whether the filter and the options say no more than the _id of one row. */
static bool
is_by_id(const CrudUpdate *update, BsonValue *id)
{
	return update->sort.type != BSON_DOCUMENT && !crud_is_hint(&update->hint) &&
		crud_id_equality(&update->filter, id) && crud_is_id_equality_only(&update->filter);
}

bool
crud_write_express(const Collection *collection, const CrudUpdate *update,
				   CrudCompiledUpdate *compiled, CrudExpressResult *result)
{
	ExpressWrite write = {
		.update = update,
		.compiled = compiled,
		.result = result,
		.context = CurrentMemoryContext
	};
	CmdType		command = compiled != NULL ? CMD_UPDATE : CMD_DELETE;
	BsonValue	id;
	bool		done = false;

	if (!is_possible(collection, ACL_SELECT | (compiled ? ACL_UPDATE : ACL_DELETE)))
		return false;

	/* Another session may have changed the table until it was locked. */
	write.rel = table_open(collection->relid, RowExclusiveLock);
	write.collection = collection_find_by_oid(collection->relid);
	if (write.collection->lone_trigger)
	{
		check_command(write.rel, command);
		write.chooses = !update->multi && !crud_names_one_row(collection, &update->filter);
		if (is_by_id(update, &id))
		{
			write_by_id(&write, &id);
			done = true;
		}
		else
			done = write_by_filter(&write);
	}
	table_close(write.rel, NoLock);
	return done;
}
