/*
 * gin_check.c
 *		docdb.index_check of wildcard indexes: whether each row that a snapshot sees has its
 *		entries.
 *
 * The keys of all rows are sorted, and each is looked for once: what the index has for it must
 * hold all its rows.  Then all rows must be among those of a scan for a filter of which the index
 * can tell nothing.  Entries that no row should have do no harm, as rows are checked again, and are
 * not looked for.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/tableam.h"
#include "access/tupdesc.h"
#include "access/xlog.h"
#include "catalog/index.h"
#include "catalog/pg_type_d.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "nodes/tidbitmap.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

#define DOCDB_WITH_BITMAPS
#include "base/compat.h"
#include "docindex/gin_internal.h"

/* Columns of what is sorted: a key, and a row's TID as a number. */
#define SORT_COLUMNS 2

typedef struct GinCheck
{
	Relation	heap;
	Relation	index;
	const GinSpec *spec;
	Snapshot	snapshot;
	Tuplesortstate *sort;
	TupleTableSlot *slot;		/* for what is sorted */
	MemoryContext row_context;
	MemoryContext key_context;	/* for the key that is looked for */
	Datum		empty_filter;
	int64		entries;
} GinCheck;

static int64
tid_number(ItemPointer tid)
{
	return (int64) ItemPointerGetBlockNumber(tid) << 16 | ItemPointerGetOffsetNumber(tid);
}

/* ---- What the table says ---- */

static void
put(GinCheck *check, Datum key, ItemPointer tid)
{
	ExecClearTuple(check->slot);
	check->slot->tts_values[0] = key;
	check->slot->tts_values[1] = Int64GetDatum(tid_number(tid));
	check->slot->tts_isnull[0] = check->slot->tts_isnull[1] = false;
	ExecStoreVirtualTuple(check->slot);
	tuplesort_puttupleslot(check->sort, check->slot);
}

static Datum
empty_key(void)
{
	bytea	   *key = palloc(VARHDRSZ);

	SET_VARSIZE(key, VARHDRSZ);
	return PointerGetDatum(key);
}

/* Puts a row's keys, and an empty one besides, which stands for a row being there at all. */
static void
put_row(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool alive, void *state)
{
	GinCheck   *check = state;
	MemoryContext old_context = MemoryContextSwitchTo(check->row_context);
	GinKeyList	list = {0};

	CHECK_FOR_INTERRUPTS();
	put(check, empty_key(), tid);
	if (!isnull[0])
		docindex_gin_document_keys(check->spec, values[0], &list);
	for (int i = 0; i < list.count; i++)
		put(check, list.keys[i], tid);
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(check->row_context);
}

static void
sort_rows(GinCheck *check)
{
	AttrNumber	columns[SORT_COLUMNS] = {1, 2};
	Oid			types[SORT_COLUMNS] = {BYTEAOID, INT8OID};
	Oid			collations[SORT_COLUMNS] = {InvalidOid, InvalidOid};
	Oid			operators[SORT_COLUMNS];
	bool		nulls_first[SORT_COLUMNS] = {false, false};
	TupleDesc	tupdesc = CreateTemplateTupleDesc(SORT_COLUMNS);
	IndexInfo  *info = BuildIndexInfo(check->index);
	TableScanDesc scan;

	for (int i = 0; i < SORT_COLUMNS; i++)
	{
		TupleDescInitEntry(tupdesc, i + 1, NULL, types[i], -1, 0);
		operators[i] = lookup_type_cache(types[i], TYPECACHE_LT_OPR)->lt_opr;
	}
	check->slot = MakeSingleTupleTableSlot(tupdesc, &TTSOpsVirtual);
	check->sort = tuplesort_begin_heap(tupdesc, SORT_COLUMNS, columns, operators, collations,
									   nulls_first, maintenance_work_mem, NULL,
									   TUPLESORT_NONE);
	scan = table_beginscan_strat(check->heap, check->snapshot, 0, NULL, true, true);

	/* What makes the scan use the snapshot. */
	info->ii_Concurrent = true;
	(void) table_index_build_scan(check->heap, check->index, info, true, false, put_row, check,
								  scan);
	tuplesort_performsort(check->sort);
	ExecDropSingleTupleTableSlot(check->slot);
	check->slot = MakeSingleTupleTableSlot(tupdesc, &TTSOpsMinimalTuple);
}

/* ---- What the index says ---- */

/* The rows that the index has for a key, while those that it should have are gone through. */
typedef struct KeyRows
{
	TIDBitmap  *bitmap;
	DocdbBitmapIterator iterator;
	bool		more;			/* a page is at hand */
} KeyRows;

/* For an empty key all rows. */
static void
begin_key(GinCheck *check, IndexScanDesc scan, Datum key, KeyRows *rows)
{
	bool		whole = VARSIZE_ANY_EXHDR(DatumGetPointer(key)) == 0;
	ScanKeyData scan_key;

	ScanKeyEntryInitialize(&scan_key, 0, 1, whole ? GIN_MATCH_STRATEGY : GIN_KEY_STRATEGY,
						   InvalidOid, InvalidOid, F_BYTEAEQ,
						   whole ? check->empty_filter : key);
	index_rescan(scan, &scan_key, 1, NULL, 0);
	rows->bitmap = tbm_create((Size) work_mem * 1024, NULL);
	(void) index_getbitmap(scan, rows->bitmap);
	docdb_bitmap_begin(&rows->iterator, rows->bitmap);
	rows->more = docdb_bitmap_next(&rows->iterator);
}

static void
end_key(KeyRows *rows)
{
	if (rows->bitmap == NULL)
		return;
	docdb_bitmap_end(&rows->iterator);
	tbm_free(rows->bitmap);
	rows->bitmap = NULL;
}

/* Whether a row, one that is not before those asked for already, is among a key's. */
static bool
has_row(KeyRows *rows, int64 tid)
{
	BlockNumber block = (BlockNumber) (tid >> 16);
	OffsetNumber offset = (OffsetNumber) (tid & 0xFFFF);

	while (rows->more && docdb_bitmap_block(&rows->iterator) < block)
		rows->more = docdb_bitmap_next(&rows->iterator);
	if (!rows->more || docdb_bitmap_block(&rows->iterator) != block)
		return false;
	if (docdb_bitmap_is_lossy(&rows->iterator))
		return true;
	for (int i = 0; i < rows->iterator.noffsets; i++)
		if (rows->iterator.offsets[i] == offset)
			return true;
	return false;
}

static void
corrupted(const GinCheck *check, int64 tid)
{
	ereport(ERROR,
			(errcode(ERRCODE_INDEX_CORRUPTED),
			 errmsg("index \"%s\" lacks an entry of a row", RelationGetRelationName(check->index)),
			 errdetail("The row is (%u,%u) of table \"%s\".", (uint32) (tid >> 16),
					   (uint32) (tid & 0xFFFF), RelationGetRelationName(check->heap))));
}

static bool
same_key(const bytea *a, Datum b)
{
	const bytea *other = (const bytea *) DatumGetPointer(b);

	return a != NULL && VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(other) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(other), VARSIZE_ANY_EXHDR(a)) == 0;
}

static void
check_keys(GinCheck *check)
{
	IndexScanDesc scan = docdb_index_beginscan_bitmap(check->index, check->snapshot, 1);
	const bytea *key = NULL;
	KeyRows		rows = {NULL};
	int64		previous = -1;

	while (tuplesort_gettupleslot(check->sort, true, false, check->slot, NULL))
	{
		int64		tid;

		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(check->slot);
		tid = DatumGetInt64(check->slot->tts_values[1]);
		if (!same_key(key, check->slot->tts_values[0]))
		{
			MemoryContext old_context;

			end_key(&rows);
			MemoryContextReset(check->key_context);
			old_context = MemoryContextSwitchTo(check->key_context);
			key = DatumGetByteaPCopy(check->slot->tts_values[0]);
			MemoryContextSwitchTo(old_context);
			begin_key(check, scan, PointerGetDatum(key), &rows);
			previous = -1;
		}
		if (tid == previous)
			continue;
		if (!has_row(&rows, tid))
			corrupted(check, tid);
		if (VARSIZE_ANY_EXHDR(key) > 0)
			check->entries++;
		previous = tid;
	}
	end_key(&rows);
	index_endscan(scan);
}

int64
docindex_gin_check(Relation heap, Relation index)
{
	GinCheck	check = {heap, index, docindex_gin_spec(index)};
	BsonValue	filter;

	pgbson_from_json("{}", 2, true, &filter);
	check.empty_filter = pgbson_get_datum(&filter);

	/* Each scan reads the list of entries that are not in their place yet. */
	if (!RecoveryInProgress())
		(void) DirectFunctionCall1(gin_clean_pending_list,
								   ObjectIdGetDatum(RelationGetRelid(index)));
	check.row_context = AllocSetContextCreate(CurrentMemoryContext, "docdb index check: row",
											  ALLOCSET_DEFAULT_SIZES);
	check.key_context = AllocSetContextCreate(CurrentMemoryContext, "docdb index check: key",
											  ALLOCSET_DEFAULT_SIZES);
	check.snapshot = RegisterSnapshot(GetTransactionSnapshot());
	sort_rows(&check);
	check_keys(&check);
	ExecDropSingleTupleTableSlot(check.slot);
	tuplesort_end(check.sort);
	UnregisterSnapshot(check.snapshot);
	return check.entries;
}
