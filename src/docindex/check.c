/*
 * check.c
 *		docdb.index_check: whether an index and its table agree.
 *
 * Three things are looked at: whether every row that a snapshot sees has its entries; whether every
 * entry of such a row is one that the row should have, with the entries in their order and, in a
 * unique index, each key once; and, where the extension amcheck is installed on the server, whether
 * the B-tree beneath is sound.  None of it stops writers.  Wildcard indexes are gin_check.c's.
 */
#include "postgres.h"

#include <sys/stat.h>

#include "access/genam.h"
#include "access/nbtree.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/index.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "base/errors.h"
#include "docindex/gin_internal.h"

PG_FUNCTION_INFO_V1(docdb_index_check);

typedef struct Check
{
	Relation	heap;
	Relation	index;
	IndexInfo  *info;
	EState	   *estate;
	Snapshot	snapshot;
	const DocIndexSpec *spec;
	KeyMaker   *maker;
	Tuplesortstate *expected;	/* of hashes of entries, as rows have them, */
	Tuplesortstate *found;		/* and as the index has them */
	uint64		missing;		/* the hash of an entry that the index lacks */
	MemoryContext row_context;
} Check;

static void
corrupted(const Check *check, ItemPointer tid, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INDEX_CORRUPTED),
			 errmsg("index \"%s\" %s", RelationGetRelationName(check->index), what),
			 errdetail("The row is (%u,%u) of table \"%s\".", ItemPointerGetBlockNumber(tid),
					   ItemPointerGetOffsetNumber(tid), RelationGetRelationName(check->heap))));
}

static KeyBytes
datum_bytes(Datum datum)
{
	const bytea *key = (const bytea *) DatumGetPointer(datum);
	KeyBytes	bytes = {(const uint8 *) VARDATA(key), VARSIZE(key) - VARHDRSZ};

	return bytes;
}

/* ---- Entries that rows should have ---- */

/* What stands for an entry, its row included: others that are the same are rare. */
static uint64
entry_hash(const KeyBytes *entry, ItemPointer tid)
{
	uint64		row = (uint64) ItemPointerGetBlockNumber(tid) << 16 |
	ItemPointerGetOffsetNumber(tid);

	return hash_bytes_extended(entry->data, entry->len, row);
}

static void
expect_entry(Check *check, Datum entry, ItemPointer tid)
{
	KeyBytes	bytes = datum_bytes(entry);
	uint64		hash = entry_hash(&bytes, tid);

	if (check->expected != NULL)
		tuplesort_putdatum(check->expected, Int64GetDatum((int64) hash), false);
	else if (hash == check->missing)
		corrupted(check, tid, "lacks an entry of a row");
}

static void
check_row(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool alive, void *state)
{
	Check	   *check = state;
	MemoryContext old_context = MemoryContextSwitchTo(check->row_context);
	DocKeys		keys;

	CHECK_FOR_INTERRUPTS();
	docindex_keys(check->maker, values[0], isnull[0], tid, &keys);
	if (keys.has_marker)
		expect_entry(check, keys.marker, tid);
	for (int i = 0; i < keys.nkeys; i++)
		expect_entry(check, keys.keys[i], tid);
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(check->row_context);
}

static void
check_rows(Check *check)
{
	TableScanDesc scan = table_beginscan_strat(check->heap, check->snapshot, 0, NULL, true, true);
	IndexInfo  *info = BuildIndexInfo(check->index);

	/* What makes the scan use the snapshot. */
	info->ii_Concurrent = true;
	info->ii_Unique = false;
	(void) table_index_build_scan(check->heap, check->index, info, true, false, check_row, check,
								  scan);
}

/* ---- Entries that there are ---- */

/* Whether a row, which has these entries, has an entry. */
static bool
has_entry(const DocKeys *keys, const KeyBytes *entry)
{
	KeyBytes	own;

	if (keys->has_marker)
	{
		own = datum_bytes(keys->marker);
		if (docindex_compare_bytes(&own, entry) == 0)
			return true;
	}
	for (int i = 0; i < keys->nkeys; i++)
	{
		own = datum_bytes(keys->keys[i]);
		if (docindex_compare_bytes(&own, entry) == 0)
			return true;
	}
	return false;
}

/* Whether the snapshot sees the row of an entry; raises an error where the entry is not its own. */
static bool
check_entry(Check *check, IndexFetchTableData *fetch, TupleTableSlot *slot, ItemPointer tid,
			const KeyBytes *entry)
{
	ItemPointerData row = *tid;
	bool		again = false;
	bool		all_dead = false;
	Datum		values[INDEX_MAX_KEYS];
	bool		isnull[INDEX_MAX_KEYS];
	DocKeys		keys;

	if (!table_index_fetch_tuple(fetch, &row, check->snapshot, slot, &again, &all_dead))
		return false;
	GetPerTupleExprContext(check->estate)->ecxt_scantuple = slot;
	FormIndexDatum(check->info, slot, check->estate, values, isnull);
	docindex_keys(check->maker, values[0], isnull[0], tid, &keys);
	if (!has_entry(&keys, entry))
		corrupted(check, tid, "has an entry that its row should not have");
	return true;
}

static int64
check_entries(Check *check)
{
	static const uint8 first[] = {0};
	static const uint8 end[] = {0xFF};
	KeyInterval all = {{first, 0}, {end, 1}, false};
	IndexScanDesc inner = docindex_begin_inner(check->index, check->heap, check->snapshot, 2);
	IndexFetchTableData *fetch = table_index_fetch_begin(check->heap);
	TupleTableSlot *slot = table_slot_create(check->heap, NULL);
	StringInfoData previous;
	bool		previous_seen = false;
	bool		is_first = true;
	int64		n = 0;

	initStringInfo(&previous);
	inner->xs_want_itup = true;
	docindex_rescan_inner(inner, &all);
	while (docindex_nbtree()->amgettuple(inner, ForwardScanDirection))
	{
		MemoryContext old_context = MemoryContextSwitchTo(check->row_context);
		KeyBytes	entry = docindex_inner_key(inner);
		KeyBytes	last = {(const uint8 *) previous.data, previous.len};
		int			order = is_first ? 1 : docindex_compare_bytes(&entry, &last);
		Datum		hash;
		bool		seen;

		CHECK_FOR_INTERRUPTS();
		if (order < 0)
			corrupted(check, &inner->xs_heaptid, "has entries out of order");
		seen = check_entry(check, fetch, slot, &inner->xs_heaptid, &entry);
		hash = Int64GetDatum((int64) entry_hash(&entry, &inner->xs_heaptid));
		if (check->spec->unique && order == 0 && seen && previous_seen)
			corrupted(check, &inner->xs_heaptid, "is unique and has a key twice");
		previous_seen = seen || (order == 0 && previous_seen);
		MemoryContextSwitchTo(old_context);
		if (order != 0)
		{
			resetStringInfo(&previous);
			appendBinaryStringInfo(&previous, (const char *) entry.data, entry.len);
		}
		ResetPerTupleExprContext(check->estate);
		MemoryContextReset(check->row_context);
		is_first = false;
		if (!seen)
			continue;
		tuplesort_putdatum(check->found, hash, false);
		n++;
	}
	ExecDropSingleTupleTableSlot(slot);
	table_index_fetch_end(fetch);
	docindex_end_inner(inner);
	return n;
}

/* ---- Both together ---- */

static Tuplesortstate *
begin_sort(void)
{
	Oid			less = lookup_type_cache(INT8OID, TYPECACHE_LT_OPR)->lt_opr;

	return tuplesort_begin_datum(INT8OID, less, InvalidOid, false, maintenance_work_mem / 2, NULL,
								 TUPLESORT_NONE);
}

static bool
next_hash(Tuplesortstate *sort, uint64 *hash)
{
	Datum		datum;
	bool		isnull;

	if (!docdb_tuplesort_getdatum(sort, &datum, &isnull))
		return false;
	*hash = (uint64) DatumGetInt64(datum);
	return true;
}

/* Whether a row should have an entry that the index lacks, and which. */
static bool
lacks_entry(Check *check)
{
	uint64		expected;
	uint64		found = 0;
	bool		more;

	tuplesort_performsort(check->expected);
	tuplesort_performsort(check->found);
	more = next_hash(check->found, &found);
	while (next_hash(check->expected, &expected))
	{
		CHECK_FOR_INTERRUPTS();
		while (more && (int64) found < (int64) expected)
			more = next_hash(check->found, &found);
		if (!more || found != expected)
		{
			check->missing = expected;
			return true;
		}
	}
	return false;
}

static void
compare_entries(Check *check)
{
	bool		lacks = lacks_entry(check);

	tuplesort_end(check->expected);
	tuplesort_end(check->found);
	check->expected = NULL;
	if (!lacks)
		return;
	/* Raises the error with the row that it belongs to. */
	check_rows(check);
	elog(ERROR, "index \"%s\" lacks an entry", RelationGetRelationName(check->index));
}

/* ---- The B-tree ---- */

/* amcheck takes none but nbtree's indexes, so it is shown one. */
static void
check_structure(const Check *check)
{
	char		path[MAXPGPATH];
	struct stat status;
	PGFunction	function;
	Oid			access_method = check->index->rd_rel->relam;

	snprintf(path, sizeof(path), "%s/amcheck%s", pkglib_path, DLSUFFIX);
	if (stat(path, &status) != 0)
		return;
	function = load_external_function(path, "bt_index_check", true, NULL);
	PG_TRY();
	{
		FmgrInfo	flinfo = {.fn_addr = function, .fn_nargs = 2, .fn_mcxt = CurrentMemoryContext};

		LOCAL_FCINFO(fcinfo, 2);

		check->index->rd_rel->relam = BTREE_AM_OID;
		InitFunctionCallInfoData(*fcinfo, &flinfo, 2, InvalidOid, NULL, NULL);
		fcinfo->args[0].value = ObjectIdGetDatum(RelationGetRelid(check->index));
		fcinfo->args[0].isnull = false;
		fcinfo->args[1].value = BoolGetDatum(false);
		fcinfo->args[1].isnull = false;
		(void) FunctionCallInvoke(fcinfo);
	}
	PG_FINALLY();
	{
		check->index->rd_rel->relam = access_method;
	}
	PG_END_TRY();
}

/* ---- The SQL function ---- */

/* Checks an index of this access method; the number of its entries. */
static int64
check_index(Check *check)
{
	int64		entries;

	check->info = BuildIndexInfo(check->index);
	check->estate = CreateExecutorState();
	check->spec = docindex_spec(check->index);
	check->maker = docindex_key_maker(check->spec);
	check->row_context = AllocSetContextCreate(CurrentMemoryContext, "docdb index check",
											   ALLOCSET_DEFAULT_SIZES);
	check->snapshot = RegisterSnapshot(GetTransactionSnapshot());
	check->expected = begin_sort();
	check->found = begin_sort();
	check_structure(check);
	check_rows(check);
	entries = check_entries(check);
	compare_entries(check);
	UnregisterSnapshot(check->snapshot);
	FreeExecutorState(check->estate);
	return entries;
}

/* docdb.index_check(regclass): the number of entries of rows that can be seen, or an error. */
Datum
docdb_index_check(PG_FUNCTION_ARGS)
{
	Oid			index_oid = PG_GETARG_OID(0);
	Oid			heap_oid;
	Check		check = {0};
	int64		entries;

	if (get_rel_relkind(index_oid) != RELKIND_INDEX)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is no index that holds entries", get_rel_name(index_oid))));
	heap_oid = IndexGetRelation(index_oid, false);
	if (!docdb_relation_ownercheck(heap_oid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(heap_oid));
	check.heap = table_open(heap_oid, AccessShareLock);
	check.index = index_open(index_oid, AccessShareLock);
	if (!docindex_is_ours(check.index) && docindex_wildcard(check.index) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is no %s index", RelationGetRelationName(check.index),
						DOCINDEX_AM_NAME),
				 errdetail("Nor is it one of GIN with operator class %s.",
						   DOCINDEX_GIN_OPCLASS_NAME)));
	if (!check.index->rd_index->indisvalid)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("index \"%s\" is not valid", RelationGetRelationName(check.index))));

	entries = docindex_is_ours(check.index) ? check_index(&check) :
		docindex_gin_check(check.heap, check.index);
	index_close(check.index, AccessShareLock);
	table_close(check.heap, AccessShareLock);
	PG_RETURN_INT64(entries);
}
