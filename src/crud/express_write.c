/*
 * express_write.c
 *		Updating and deleting a document by its _id without a statement.
 *
 * What an UPDATE or DELETE of one row does is done directly: find the row through the primary key
 * with the transaction's snapshot, compute the new document, write it, and where another session
 * was faster, what the executor does: at READ COMMITTED wait, go to the row's newest version and
 * start again from that, at the higher levels fail with 40001.  Predicate locks and conflicts of
 * SERIALIZABLE are the access methods' affair.  The work of the row trigger, the only one here, is
 * done too.  Whatever is out of the ordinary is left to the statement, before anything is written:
 * all that crud_find_by_id leaves to it, other triggers (foreign keys among them), rules, checks,
 * further columns, and updates that change the bytes of _id.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "crud/crud_internal.h"

/* The row at work. */
typedef struct ExpressRow
{
	Relation	rel;
	const Collection *collection;
	BsonValue	id;				/* what the filter asks for */
	Snapshot	snapshot;
	CommandId	command;
	TupleTableSlot *slot;		/* the version at hand */
} ExpressRow;

/* How an attempt to write or lock the version at hand ended. */
typedef enum ExpressOutcome
{
	EXPRESS_DONE,
	EXPRESS_GONE,				/* there is no such row any more */
	EXPRESS_NEWER				/* the slot has a newer version now, which is locked */
} ExpressOutcome;

/* ---- Whether it can be ---- */

/* Whether a statement on the collection would do no more than is done here. */
static bool
is_possible(const Collection *collection, const BsonValue *filter, AclMode privileges,
			BsonValue *id)
{
	return collection->lone_trigger && ExecutorCheckPerms_hook == NULL &&
		SessionReplicationRole != SESSION_REPLICATION_ROLE_REPLICA &&
		crud_id_equality(filter, id) && crud_is_id_equality_only(filter) &&
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

/* ---- Finding and following the row ---- */

/* Whether the version in the slot still has the _id that is asked for. */
static bool
still_matches(const ExpressRow *row)
{
	bool		isnull;
	Datum		datum = slot_getattr(row->slot, row->collection->id_attnum, &isnull);
	BsonValue	id;

	if (isnull)
		return false;
	pgbson_value_from_datum(datum, &id);
	return pgbson_equal(&id, &row->id);
}

static void
serialization_failure(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent %s", what)));
}

/*
 * The row was changed by this very transaction after the snapshot was taken; only something that
 * ran inside of this command can have done that.
 */
static void
check_self_modified(const ExpressRow *row, const TM_FailureData *failure)
{
	if (failure->cmax != row->command)
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
				 errmsg("tuple to be updated or deleted was already modified by an operation "
						"triggered by the current command")));
}

/*
 * Locks the row, whose version at hand may be out of date.  DONE where it was the newest one, which
 * the snapshot's levels insist on.
 */
static ExpressOutcome
lock_row(ExpressRow *row, LockTupleMode mode)
{
	ItemPointerData tid = row->slot->tts_tid;
	bool		follow = !IsolationUsesXactSnapshot();
	TM_FailureData failure;
	TM_Result	result;

	result = table_tuple_lock(row->rel, &tid, row->snapshot, row->slot, row->command, mode,
							  LockWaitBlock, follow ? TUPLE_LOCK_FLAG_FIND_LAST_VERSION : 0,
							  &failure);
	switch (result)
	{
		case TM_Ok:
			if (!failure.traversed)
				return EXPRESS_DONE;
			return still_matches(row) ? EXPRESS_NEWER : EXPRESS_GONE;
		case TM_SelfModified:
			check_self_modified(row, &failure);
			return EXPRESS_GONE;
		case TM_Updated:
			if (!follow)
				serialization_failure("update");
			break;
		case TM_Deleted:
			if (!follow)
				serialization_failure("delete");
			return EXPRESS_GONE;
		default:
			break;
	}
	elog(ERROR, "unexpected table_tuple_lock status: %u", result);
	return EXPRESS_GONE;		/* not reached */
}

/* What follows from the result of table_tuple_update or table_tuple_delete. */
static ExpressOutcome
judge_result(ExpressRow *row, TM_Result result, const TM_FailureData *failure,
			 LockTupleMode mode)
{
	switch (result)
	{
		case TM_Ok:
			return EXPRESS_DONE;
		case TM_SelfModified:
			check_self_modified(row, failure);
			return EXPRESS_GONE;
		case TM_Updated:
			if (IsolationUsesXactSnapshot())
				serialization_failure("update");
			return lock_row(row, mode) == EXPRESS_GONE ? EXPRESS_GONE : EXPRESS_NEWER;
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				serialization_failure("delete");
			return EXPRESS_GONE;
		default:
			elog(ERROR, "unexpected result of writing a row: %u", result);
	}
	return EXPRESS_GONE;		/* not reached */
}

/* ---- Writing ---- */

/* Tells the index access methods which indexes the update left alone: those on _id. */
static void
mark_unchanged_indexes(const Collection *collection, ResultRelInfo *target)
{
	for (int i = 0; i < target->ri_NumIndices; i++)
	{
		IndexInfo  *info = target->ri_IndexRelationInfo[i];

		info->ii_CheckedUnchanged = true;
		info->ii_IndexUnchanged = info->ii_NumIndexKeyAttrs == 1 &&
			info->ii_IndexAttrNumbers[0] == collection->id_attnum;
	}
}

static void
insert_index_entries(ExpressRow *row, TupleTableSlot *slot, DocdbUpdateIndexes which)
{
	EState	   *estate = CreateExecutorState();
	ResultRelInfo *target = makeNode(ResultRelInfo);

	InitResultRelInfo(target, row->rel, 0, NULL, 0);
	ExecOpenIndices(target, false);
	mark_unchanged_indexes(row->collection, target);
	(void) docdb_update_index_tuples(target, slot, estate, which);
	ExecCloseIndices(target);
	FreeExecutorState(estate);
}

/* Writes a new document into the row. */
static ExpressOutcome
write_document(ExpressRow *row, TupleTableSlot *slot, Datum document)
{
	const Collection *collection = row->collection;
	DocdbUpdateIndexes update_indexes;
	ItemPointerData tid = row->slot->tts_tid;
	TM_FailureData failure;
	LockTupleMode mode;
	TM_Result	result;
	bool		isnull;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	slot->tts_values[collection->id_attnum - 1] =
		slot_getattr(row->slot, collection->id_attnum, &isnull);
	slot->tts_isnull[collection->id_attnum - 1] = isnull;
	slot->tts_values[collection->doc_attnum - 1] = document;
	slot->tts_isnull[collection->doc_attnum - 1] = false;
	ExecStoreVirtualTuple(slot);

	result = table_tuple_update(row->rel, &tid, slot, row->command, row->snapshot,
								InvalidSnapshot, true, &failure, &mode, &update_indexes);
	if (result == TM_Ok && update_indexes)
		insert_index_entries(row, slot, update_indexes);
	return judge_result(row, result, &failure, mode);
}

static ExpressOutcome
delete_row(ExpressRow *row)
{
	ItemPointerData tid = row->slot->tts_tid;
	TM_FailureData failure;
	TM_Result	result;

	result = table_tuple_delete(row->rel, &tid, row->command, row->snapshot, InvalidSnapshot,
								true, &failure, false);
	return judge_result(row, result, &failure, LockTupleExclusive);
}

/* ---- Updating ---- */

/* Whether the row's document can be read and written here; the document, and column _id. */
static bool
read_row(const ExpressRow *row, BsonValue *document, struct varlena **id)
{
	bool		isnull;
	Datum		datum = slot_getattr(row->slot, row->collection->id_attnum, &isnull);

	if (isnull)
		return false;
	*id = PG_DETOAST_DATUM_PACKED(datum);
	datum = slot_getattr(row->slot, row->collection->doc_attnum, &isnull);
	if (isnull)
		return false;
	pgbson_from_datum(datum, document);
	return true;
}

/* Updates the row in the slot; false, with nothing written, where a statement must do it. */
static bool
update_row(ExpressRow *row, const CrudUpdate *update, CrudCompiledUpdate *compiled,
		   CrudExpressResult *result)
{
	CollectionValidator *validator = update->bypass_validation ? NULL :
	collection_validator_create(row->collection);
	TupleTableSlot *new_slot = MakeSingleTupleTableSlot(RelationGetDescr(row->rel),
														&TTSOpsVirtual);
	ExpressOutcome outcome = EXPRESS_GONE;
	bool		possible;

	do
	{
		BsonValue	document;
		BsonValue	new_document;
		struct varlena *id;

		CHECK_FOR_INTERRUPTS();
		possible = read_row(row, &document, &id);
		if (!possible)
			break;
		result->modified = update_apply(compiled->update, &document, false,
										crud_update_context(compiled), &new_document);
		if (result->keep_old)
			result->old_document = pgbson_get_datum(&document);
		if (!result->modified)
		{
			result->new_document = result->old_document;
			outcome = lock_row(row, LockTupleNoKeyExclusive);
		}
		else
		{
			possible = collection_id_agrees(&new_document, id);
			if (!possible)
				break;
			collection_check_limits(&new_document);
			if (validator != NULL)
				collection_validate(validator, &new_document, &document);
			result->new_document = pgbson_finished_datum(&new_document);
			outcome = write_document(row, new_slot, result->new_document);
		}
	} while (outcome == EXPRESS_NEWER);

	result->found = possible && outcome == EXPRESS_DONE;
	ExecDropSingleTupleTableSlot(new_slot);
	return possible;
}

/* Deletes the row in the slot. */
static bool
remove_row(ExpressRow *row, CrudExpressResult *result)
{
	ExpressOutcome outcome;

	do
	{
		CHECK_FOR_INTERRUPTS();
		if (result->keep_old)
		{
			bool		isnull;
			Datum		document = slot_getattr(row->slot, row->collection->doc_attnum, &isnull);

			if (isnull)
				return false;
			result->old_document = PointerGetDatum(PG_DETOAST_DATUM_COPY(document));
		}
		outcome = delete_row(row);
	} while (outcome == EXPRESS_NEWER);
	result->found = outcome == EXPRESS_DONE;
	return true;
}

/* ---- Entry points ---- */

/* Updates, or without an update deletes, the row of an _id. */
static bool
write_by_id(ExpressRow *row, const CrudUpdate *update, CrudCompiledUpdate *compiled,
			CrudExpressResult *result)
{
	bool		done = true;

	check_command(row->rel, update != NULL ? CMD_UPDATE : CMD_DELETE);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	row->snapshot = GetActiveSnapshot();
	row->command = GetCurrentCommandId(true);
	row->slot = table_slot_create(row->rel, NULL);
	if (crud_fetch_row(row->rel, row->collection, &row->id, row->snapshot, RowExclusiveLock,
					   row->slot))
		done = update != NULL ? update_row(row, update, compiled, result) :
			remove_row(row, result);
	ExecDropSingleTupleTableSlot(row->slot);
	PopActiveSnapshot();
	return done;
}

/* The same with the table open, which may have changed until it was. */
static bool
open_and_write(const Collection *collection, const BsonValue *id, const CrudUpdate *update,
			   CrudCompiledUpdate *compiled, CrudExpressResult *result)
{
	ExpressRow	row = {.id = *id};
	bool		done = false;

	row.rel = table_open(collection->relid, RowExclusiveLock);
	row.collection = collection_find_by_oid(collection->relid);
	if (row.collection->lone_trigger)
		done = write_by_id(&row, update, compiled, result);
	table_close(row.rel, NoLock);
	return done;
}

bool
crud_update_by_id(const Collection *collection, const CrudUpdate *update,
				  CrudCompiledUpdate *compiled, CrudExpressResult *result)
{
	BsonValue	id;

	return is_possible(collection, &update->filter, ACL_SELECT | ACL_UPDATE, &id) &&
		!update_is_positional(&update->update) &&
		open_and_write(collection, &id, update, compiled, result);
}

bool
crud_delete_by_id(const Collection *collection, const BsonValue *filter,
				  CrudExpressResult *result)
{
	BsonValue	id;

	return is_possible(collection, filter, ACL_SELECT | ACL_DELETE, &id) &&
		open_and_write(collection, &id, NULL, NULL, result);
}
