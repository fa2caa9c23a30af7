/*
 * direct.c
 *		Inserting without a statement.
 *
 * Where nothing but the row trigger would run at an insertion, and the trigger's work has been
 * done on the documents already, rows go straight to the table and its indexes, many at a time,
 * as COPY writes them.  Everything else (other triggers, rules, row-level security, partitions,
 * foreign tables, checks, further columns) is left to an INSERT statement.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "crud/crud_internal.h"

/* So many rows, or so many bytes of documents, go to the table in one call. */
#define ROWS_AT_ONCE 1000
#define BYTES_AT_ONCE (1024 * 1024)

typedef struct DirectInsert
{
	Relation	rel;
	const Collection *collection;
	EState	   *estate;
	ResultRelInfo *target;
	CommandId	command;
	TupleTableSlot **slots;
	int			nslots;			/* made */
} DirectInsert;

/* The privilege to insert into both columns, which row-level security does not narrow here. */
static void
check_privilege(const Collection *collection, Relation rel)
{
	Oid			user = GetUserId();

	if (pg_class_aclcheck(collection->relid, user, ACL_INSERT) == ACLCHECK_OK)
		return;
	if (pg_attribute_aclcheck(collection->relid, collection->id_attnum, user,
							  ACL_INSERT) == ACLCHECK_OK &&
		pg_attribute_aclcheck(collection->relid, collection->doc_attnum, user,
							  ACL_INSERT) == ACLCHECK_OK)
		return;
	aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, RelationGetRelationName(rel));
}

static void
begin_insert(DirectInsert *insert, Relation rel, const Collection *collection, int nrows)
{
	if (XactReadOnly && !rel->rd_islocaltemp)
		PreventCommandIfReadOnly("INSERT");
	PreventCommandIfParallelMode("INSERT");
	check_privilege(collection, rel);

	insert->rel = rel;
	insert->collection = collection;
	insert->estate = CreateExecutorState();
	insert->target = makeNode(ResultRelInfo);
	InitResultRelInfo(insert->target, rel, 0, NULL, 0);
	ExecOpenIndices(insert->target, false);
	insert->command = GetCurrentCommandId(true);
	insert->slots = palloc(Min(nrows, ROWS_AT_ONCE) * sizeof(TupleTableSlot *));
	insert->nslots = 0;
}

/* The i-th slot with a row in it. */
static TupleTableSlot *
fill_slot(DirectInsert *insert, int i, Datum id, Datum document)
{
	TupleTableSlot *slot;

	if (i == insert->nslots)
		insert->slots[insert->nslots++] = table_slot_create(insert->rel, NULL);
	slot = insert->slots[i];
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	slot->tts_values[insert->collection->id_attnum - 1] = id;
	slot->tts_isnull[insert->collection->id_attnum - 1] = false;
	slot->tts_values[insert->collection->doc_attnum - 1] = document;
	slot->tts_isnull[insert->collection->doc_attnum - 1] = false;
	ExecStoreVirtualTuple(slot);
	return slot;
}

static void
insert_index_entries(DirectInsert *insert, TupleTableSlot *slot)
{
	if (insert->target->ri_NumIndices == 0)
		return;
	ResetPerTupleExprContext(insert->estate);
	(void) docdb_insert_index_tuples(insert->target, slot, insert->estate);
}

/* Writes the filled slots, whose documents count from first. */
static void
write_slots(DirectInsert *insert, int nslots, int first, volatile int *current)
{
	*current = first;
	if (nslots == 1)
		table_tuple_insert(insert->rel, insert->slots[0], insert->command, 0, NULL);
	else
		table_multi_insert(insert->rel, insert->slots, nslots, insert->command, 0, NULL);
	for (int i = 0; i < nslots; i++)
	{
		CHECK_FOR_INTERRUPTS();
		*current = first + i;
		insert_index_entries(insert, insert->slots[i]);
		ExecClearTuple(insert->slots[i]);
	}
}

static void
end_insert(DirectInsert *insert)
{
	for (int i = 0; i < insert->nslots; i++)
		ExecDropSingleTupleTableSlot(insert->slots[i]);
	ExecCloseIndices(insert->target);
	FreeExecutorState(insert->estate);
	pfree(insert->slots);
}

bool
crud_insert_direct(const Collection *collection, const Datum *documents, const Datum *ids,
				   int ndocuments, bool bypass_validation, volatile int *current)
{
	Relation	rel = table_open(collection->relid, RowExclusiveLock);
	Collection *locked = collection_find_by_oid(collection->relid);
	CollectionValidator *validator;
	DirectInsert insert;
	Size		bytes = 0;
	int			filled = 0;

	/* Now that the table is locked nobody can add a trigger or policy any more. */
	if (!locked->plain)
	{
		table_close(rel, NoLock);
		return false;
	}

	validator = bypass_validation ? NULL : collection_validator_create(locked);
	begin_insert(&insert, rel, locked, ndocuments);
	for (int i = 0; i < ndocuments; i++)
	{
		*current = i;
		if (validator != NULL)
		{
			BsonValue	document;

			pgbson_from_datum(documents[i], &document);
			collection_validate(validator, &document, NULL);
		}
		(void) fill_slot(&insert, filled++, ids[i], documents[i]);
		bytes += VARSIZE_ANY(DatumGetPointer(documents[i]));
		if (filled == ROWS_AT_ONCE || bytes >= BYTES_AT_ONCE || i == ndocuments - 1)
		{
			write_slots(&insert, filled, i + 1 - filled, current);
			filled = 0;
			bytes = 0;
		}
	}
	end_insert(&insert);
	table_close(rel, NoLock);
	return true;
}
