/*
 * row_write.c
 *		Updating and deleting single rows without a statement.
 *
 * What an UPDATE or DELETE does with a row that it found is done directly: compute the new
 * document, write it, and where another session was faster, what the executor does: at READ
 * COMMITTED wait, go to the row's newest version, look whether it still matches the filter and
 * start again from that; at the higher levels fail with 40001.  Predicate locks and conflicts of
 * SERIALIZABLE are the access methods' affair.  The work of the row trigger, the only one here, is
 * done too.
 *
 * As the executor does, all rows are written with the command id that the snapshot was taken with,
 * so that a scan does not meet what was written during it.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "crud/crud_internal.h"
#include "match/match.h"

struct CrudRowWriter
{
	Relation	rel;
	const Collection *collection;
	const CrudUpdate *update;	/* in a deletion only its filter and let */
	bool		wait;			/* for other sessions, and then follow what they wrote */
	CrudCompiledUpdate *compiled;	/* NULL: delete */
	CrudRowIndexes *indexes;
	CollectionValidator *validator; /* or NULL */
	Matcher    *matcher;		/* of the filter; NULL until asked for */
	ExprEvalContext *match_context; /* with it, or NULL */
	Snapshot	snapshot;
	CommandId	command;

	/* The version at hand, and the slot for those that have to be fetched. */
	ItemPointerData tid;
	struct varlena *id;			/* the columns, detoasted */
	struct varlena *doc;
	BsonValue	document;		/* a view of it */
	TupleTableSlot *fetched;
	TupleTableSlot *old_slot;	/* the version at hand as a row */
	TupleTableSlot *new_slot;

	MemoryContext context;		/* the writer's own */
	MemoryContext row_context;	/* of what is made for a row */
};

/* How an attempt to write or lock the version at hand ended. */
typedef enum RowOutcome
{
	ROW_DONE,
	ROW_GONE,					/* there is no such row any more, it does not match any more, or,
								 * without waiting, another session is or was at it */
	ROW_NEWER					/* the version at hand is a newer one now, which is locked */
} RowOutcome;

CrudRowWriter *
crud_row_writer_create(Relation rel, const Collection *collection, const CrudUpdate *update,
					   CrudCompiledUpdate *compiled, bool wait)
{
	CrudRowWriter *writer = palloc0(sizeof(CrudRowWriter));
	TupleDesc	tupdesc = RelationGetDescr(rel);

	writer->rel = rel;
	writer->collection = collection;
	writer->update = update;
	writer->compiled = compiled;
	writer->wait = wait;
	writer->snapshot = GetActiveSnapshot();
	writer->command = GetCurrentCommandId(true);
	writer->context = CurrentMemoryContext;
	writer->row_context = AllocSetContextCreate(CurrentMemoryContext, "docdb row",
												ALLOCSET_DEFAULT_SIZES);
	if (compiled == NULL)
		return writer;

	writer->indexes = crud_row_indexes_create(rel, collection);
	if (!update->bypass_validation)
		writer->validator = collection_validator_create(collection);
	writer->old_slot = MakeSingleTupleTableSlot(tupdesc, &TTSOpsVirtual);
	writer->new_slot = MakeSingleTupleTableSlot(tupdesc, &TTSOpsVirtual);
	writer->old_slot->tts_tableOid = writer->new_slot->tts_tableOid = RelationGetRelid(rel);
	(void) crud_update_context(compiled);
	if (update_is_positional(&update->update))
		update_set_filter(compiled->update, &update->filter, compiled->scope);
	return writer;
}

void
crud_row_writer_close(CrudRowWriter *writer)
{
	if (writer->indexes != NULL)
	{
		crud_row_indexes_close(writer->indexes);
		ExecDropSingleTupleTableSlot(writer->old_slot);
		ExecDropSingleTupleTableSlot(writer->new_slot);
	}
	if (writer->fetched != NULL)
		ExecDropSingleTupleTableSlot(writer->fetched);
	MemoryContextDelete(writer->row_context);
	pfree(writer);
}

/* The slot for rows of the table. */
static TupleTableSlot *
fetched_slot(CrudRowWriter *writer)
{
	MemoryContext old_context;

	if (writer->fetched == NULL)
	{
		old_context = MemoryContextSwitchTo(writer->context);
		writer->fetched = table_slot_create(writer->rel, NULL);
		MemoryContextSwitchTo(old_context);
	}
	return writer->fetched;
}

/* ---- Following the row ---- */

/* Whether the version at hand matches the filter, after another session changed the row. */
static bool
still_matches(CrudRowWriter *writer)
{
	const CrudUpdate *update = writer->update;

	if (writer->matcher == NULL)
	{
		MemoryContext old_context = MemoryContextSwitchTo(writer->context);
		const BsonValue *let = update->let.type == BSON_DOCUMENT ? &update->let : NULL;
		ExprScope  *scope = expr_scope_from_variables(let);

		writer->matcher = match_compile(&update->filter, scope);
		writer->match_context = expr_context_create(scope);
		expr_context_set_variables(writer->match_context, let);
		MemoryContextSwitchTo(old_context);
	}
	return match_eval(writer->matcher, &writer->document, writer->match_context);
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
check_self_modified(const CrudRowWriter *writer, const TM_FailureData *failure)
{
	if (failure->cmax != writer->command)
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
				 errmsg("tuple to be updated or deleted was already modified by an operation "
						"triggered by the current command")));
}

static void
set_version(CrudRowWriter *writer, ItemPointer tid, Datum id, Datum document)
{
	writer->tid = *tid;
	writer->id = PG_DETOAST_DATUM_PACKED(id);
	writer->doc = PG_DETOAST_DATUM_PACKED(document);
	pgbson_from_datum(PointerGetDatum(writer->doc), &writer->document);
}

/* Makes the row in a slot of the table's the version at hand. */
static void
take_version(CrudRowWriter *writer, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		id = slot_getattr(slot, writer->collection->id_attnum, &isnull);
	Datum		document = slot_getattr(slot, writer->collection->doc_attnum, &isnull);

	set_version(writer, &slot->tts_tid, id, document);
}

/*
 * Locks the row, whose version at hand may be out of date.  DONE where it was the newest one, which
 * the snapshot's levels insist on.
 */
static RowOutcome
lock_row(CrudRowWriter *writer, LockTupleMode mode)
{
	bool		follow = writer->wait && !IsolationUsesXactSnapshot();
	TM_FailureData failure;
	TM_Result	result;

	result = table_tuple_lock(writer->rel, &writer->tid, writer->snapshot,
							  fetched_slot(writer), writer->command, mode,
							  writer->wait ? LockWaitBlock : LockWaitSkip,
							  follow ? TUPLE_LOCK_FLAG_FIND_LAST_VERSION : 0, &failure);
	switch (result)
	{
		case TM_Ok:
			if (!failure.traversed)
				return ROW_DONE;
			take_version(writer, writer->fetched);
			return still_matches(writer) ? ROW_NEWER : ROW_GONE;
		case TM_SelfModified:
			check_self_modified(writer, &failure);
			return ROW_GONE;
		case TM_Updated:
			if (IsolationUsesXactSnapshot())
				serialization_failure("update");
			return ROW_GONE;
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				serialization_failure("delete");
			return ROW_GONE;
		case TM_WouldBlock:
			return ROW_GONE;
		default:
			elog(ERROR, "unexpected table_tuple_lock status: %u", result);
	}
	return ROW_GONE;			/* not reached */
}

/*
 * Whether a row that must not be waited for is free to be written: then it is locked, as heapam
 * itself only updates and deletes with waiting.
 */
static bool
is_free(CrudRowWriter *writer, LockTupleMode mode)
{
	return writer->wait || lock_row(writer, mode) == ROW_DONE;
}

/* What follows from the result of table_tuple_update or table_tuple_delete. */
static RowOutcome
judge_result(CrudRowWriter *writer, TM_Result result, const TM_FailureData *failure,
			 LockTupleMode mode)
{
	switch (result)
	{
		case TM_Ok:
			return ROW_DONE;
		case TM_SelfModified:
			check_self_modified(writer, failure);
			return ROW_GONE;
		case TM_Updated:
			if (IsolationUsesXactSnapshot())
				serialization_failure("update");

			/* The same version, if it was only in the way for a while. */
			return lock_row(writer, mode) == ROW_GONE ? ROW_GONE : ROW_NEWER;
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				serialization_failure("delete");
			return ROW_GONE;
		default:
			elog(ERROR, "unexpected result of writing a row: %u", result);
	}
	return ROW_GONE;			/* not reached */
}

/* ---- Updating ---- */

static void
fill_slot(CrudRowWriter *writer, TupleTableSlot *slot, Datum id, Datum document)
{
	const Collection *collection = writer->collection;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	slot->tts_values[collection->id_attnum - 1] = id;
	slot->tts_isnull[collection->id_attnum - 1] = false;
	slot->tts_values[collection->doc_attnum - 1] = document;
	slot->tts_isnull[collection->doc_attnum - 1] = false;
	ExecStoreVirtualTuple(slot);
}

/*
 * Writes a new document into the row.  An _id that is equal to the old one without being the same
 * (1 and 1.0) takes its place.
 */
static RowOutcome
write_document(CrudRowWriter *writer, BsonValue *document)
{
	CrudRowUpdate update = {
		.tid = writer->tid,
		.command = writer->command,
		.snapshot = writer->snapshot,
		.old_document = &writer->document,
		.new_document = document,
		.old_slot = writer->old_slot,
		.slot = writer->new_slot
	};
	Datum		id = PointerGetDatum(writer->id);
	TM_Result	result;

	if (!collection_id_agrees(document, writer->id))
	{
		BsonValue	old_id;
		BsonValue	new_id;

		pgbson_value_from_datum(id, &old_id);
		collection_keep_id(document, &old_id, document, &new_id);
		id = pgbson_value_get_datum(&new_id);
		update.new_id = true;
	}
	if (!is_free(writer, update.new_id ? LockTupleExclusive : LockTupleNoKeyExclusive))
		return ROW_GONE;

	/* Operators check what they add, where they add it. */
	if (update_kind(writer->compiled->update) != UPDATE_OPERATORS)
		collection_check_limits(document);
	if (writer->validator != NULL)
		collection_validate(writer->validator, document, &writer->document);
	fill_slot(writer, writer->old_slot, PointerGetDatum(writer->id),
			  PointerGetDatum(writer->doc));
	fill_slot(writer, writer->new_slot, id, pgbson_finished_datum(document));
	result = crud_row_update(writer->indexes, &update);
	return judge_result(writer, result, &update.failure, update.lock_mode);
}

/* Updates the row whose version is at hand; with the document as it is, locks it as if it did. */
static RowOutcome
update_row(CrudRowWriter *writer, CrudRowResult *result)
{
	CrudCompiledUpdate *compiled = writer->compiled;

	result->modified = update_apply(compiled->update, &writer->document, false,
									compiled->context, &result->new_document);
	return result->modified ? write_document(writer, &result->new_document) :
		lock_row(writer, LockTupleNoKeyExclusive);
}

/* ---- Deleting ---- */

static RowOutcome
delete_row(CrudRowWriter *writer)
{
	TM_FailureData failure;
	TM_Result	result;

	if (!is_free(writer, LockTupleExclusive))
		return ROW_GONE;
	result = table_tuple_delete(writer->rel, &writer->tid, writer->command, writer->snapshot,
								InvalidSnapshot, true, &failure, false);
	return judge_result(writer, result, &failure, LockTupleExclusive);
}

/* ---- Entry points ---- */

/* Writes the row whose version is at hand, or a newer one of it. */
static bool
write_row(CrudRowWriter *writer, CrudRowResult *result)
{
	RowOutcome	outcome;

	do
	{
		CHECK_FOR_INTERRUPTS();
		outcome = writer->compiled != NULL ? update_row(writer, result) : delete_row(writer);
	} while (outcome == ROW_NEWER);
	result->old_document = writer->document;
	return outcome == ROW_DONE;
}

bool
crud_row_write(CrudRowWriter *writer, ItemPointer tid, Datum id, Datum document,
			   CrudRowResult *result)
{
	MemoryContext old_context = MemoryContextSwitchTo(writer->row_context);
	bool		done;

	MemoryContextReset(writer->row_context);
	set_version(writer, tid, id, document);
	done = write_row(writer, result);
	MemoryContextSwitchTo(old_context);
	return done;
}

bool
crud_row_write_by_id(CrudRowWriter *writer, const BsonValue *id, CrudRowResult *result)
{
	MemoryContext old_context = MemoryContextSwitchTo(writer->row_context);
	TupleTableSlot *slot = fetched_slot(writer);
	bool		done = false;

	MemoryContextReset(writer->row_context);
	if (crud_fetch_row(writer->rel, writer->collection, id, writer->snapshot, RowExclusiveLock,
					   slot))
	{
		take_version(writer, slot);
		done = write_row(writer, result);
	}
	MemoryContextSwitchTo(old_context);
	return done;
}
