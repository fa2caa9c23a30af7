/*
 * build.c
 *		Building an index.
 *
 * nbtree's own build does it: it reads the table, sorts, and writes the leaves in their order.  It
 * is given a table whose build scan is decorated, so that it meets several entries where the real
 * scan meets a row, and an index that looks like one of nbtree's.  Both are copies of the
 * relations' descriptors for the length of the call.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "access/tableam.h"
#include "catalog/index.h"
#include "catalog/pg_am_d.h"
#include "miscadmin.h"
#include "storage/smgr.h"
#include "utils/memutils.h"
#include "utils/sortsupport.h"

#include "base/compat.h"
#include "base/errors.h"
#include "docindex/docindex_internal.h"

PG_FUNCTION_INFO_V1(docdb_key_sortsupport);

typedef struct BuildState
{
	TableAmRoutine routines;	/* must be first: what the table's copy points to */
	const TableAmRoutine *original;
	Relation	heap;			/* the real one */
	Relation	index;			/* the copy that nbtree has */
	IndexInfo  *info;
	KeyMaker   *maker;
	MemoryContext row_context;
	Size		sort_memory;	/* bytes */
	KeySorter  *sorter;
	IndexBuildCallback callback;	/* nbtree's */
	void	   *callback_state;
	KeyBytes	duplicate;		/* the key to find, after nbtree found it twice */
} BuildState;

/* ---- Sorting ---- */

/*
 * The key that the comparison function found to be equal to another last.  The sort of a unique
 * index that raises an error does it right after.  The key is in the sort's memory, which is there
 * until the transaction ends.
 */
static Datum last_equal_key = (Datum) 0;

static int
compare_keys(Datum a, Datum b, SortSupport ssup)
{
	bytea	   *x = DatumGetByteaPP(a);
	bytea	   *y = DatumGetByteaPP(b);
	int			x_len = VARSIZE_ANY_EXHDR(x);
	int			y_len = VARSIZE_ANY_EXHDR(y);
	int			order = memcmp(VARDATA_ANY(x), VARDATA_ANY(y), Min(x_len, y_len));

	if (order == 0)
		order = x_len - y_len;
	if (order == 0)
		last_equal_key = a;
	if ((Pointer) x != DatumGetPointer(a))
		pfree(x);
	if ((Pointer) y != DatumGetPointer(b))
		pfree(y);
	return order;
}

#if SIZEOF_DATUM == 8

/* The first eight bytes of a key. */
static Datum
abbreviate_key(Datum original, SortSupport ssup)
{
	bytea	   *key = DatumGetByteaPP(original);
	uint64		bytes = 0;

	memcpy(&bytes, VARDATA_ANY(key), Min(VARSIZE_ANY_EXHDR(key), sizeof(bytes)));
	if ((Pointer) key != DatumGetPointer(original))
		pfree(key);
	return (Datum) pg_ntoh64(bytes);
}

/* Making them costs next to nothing, so they are always worth it. */
static bool
never_abort(int memtupcount, SortSupport ssup)
{
	return false;
}

#endif

/* docdb.key_sortsupport(internal) */
Datum
docdb_key_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = compare_keys;
#if SIZEOF_DATUM == 8
	if (ssup->abbreviate)
	{
		ssup->comparator = ssup_datum_unsigned_cmp;
		ssup->abbrev_converter = abbreviate_key;
		ssup->abbrev_abort = never_abort;
		ssup->abbrev_full_comparator = compare_keys;
	}
#endif
	PG_RETURN_VOID();
}

/* ---- Reading the table ---- */

/* Hands an entry on to nbtree. */
static void
add_entry(Datum key, ItemPointer tid, bool alive, void *arg)
{
	BuildState *build = arg;
	bool		not_null = false;

	build->callback(build->index, tid, &key, &not_null, alive, build->callback_state);
}

static void
build_callback(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool alive,
			   void *state)
{
	BuildState *build = state;
	MemoryContext old_context = MemoryContextSwitchTo(build->row_context);
	DocKeys		keys;

	docindex_keys(build->maker, values[0], isnull[0], tid, &keys);
	if (keys.has_marker)
		docindex_sorter_add(build->sorter, keys.marker, tid, alive);
	for (int i = 0; i < keys.nkeys; i++)
		docindex_sorter_add(build->sorter, keys.keys[i], tid, alive);
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(build->row_context);
}

/* What nbtree calls to read the table. */
static double
build_range_scan(Relation heap, Relation index, IndexInfo *info, bool allow_sync,
				 bool anyvisible, bool progress, BlockNumber start, BlockNumber blocks,
				 IndexBuildCallback callback, void *callback_state, TableScanDesc scan)
{
	BuildState *build = (BuildState *) heap->rd_tableam;
	double		rows;

	/* The sort has found its support functions; from here on the values are keys. */
	build->index->rd_opcintype = docindex_key_types();
	build->callback = callback;
	build->callback_state = callback_state;
	build->sorter = docindex_sorter_create(build->sort_memory, add_entry, build);
	rows = build->original->index_build_range_scan(build->heap, index, info, allow_sync,
												   anyvisible, progress, start, blocks,
												   build_callback, build, scan);
	docindex_sorter_finish(build->sorter);
	return rows;
}

/* ---- Duplicate keys ---- */

/* Raises the error for the first row that has the key that was found twice. */
static void
find_duplicate(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool alive,
			   void *state)
{
	BuildState *build = state;
	const DocIndexSpec *spec = build->maker->spec;
	MemoryContext old_context;
	DocKeys		keys;

	if (isnull[0])
		return;
	old_context = MemoryContextSwitchTo(build->row_context);
	docindex_keys(build->maker, values[0], isnull[0], tid, &keys);
	for (int i = 0; i < keys.nkeys; i++)
	{
		const bytea *key = (const bytea *) DatumGetPointer(keys.keys[i]);
		KeyBytes	bytes = {(const uint8 *) VARDATA(key), VARSIZE(key) - VARHDRSZ};

		if (docindex_compare_bytes(&bytes, &build->duplicate) == 0)
			docindex_raise_duplicate(build->heap, index, spec, &keys.values[i * spec->nfields]);
	}
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(build->row_context);
}

/* Says which documents' key is there twice, instead of nbtree's error about a key string. */
static void
explain_duplicate(BuildState *build, Relation index)
{
	bytea	   *key = DatumGetByteaPCopy(last_equal_key);
	ErrorData  *error = CopyErrorData();

	FlushErrorState();
	build->duplicate.data = (const uint8 *) VARDATA(key);
	build->duplicate.len = VARSIZE(key) - VARHDRSZ;
	(void) build->original->index_build_range_scan(build->heap, index, build->info, false, false,
												   false, 0, InvalidBlockNumber, find_duplicate,
												   build, NULL);
	ReThrowError(error);
}

/* ---- Building ---- */

/* Copies of descriptors must own nothing that a flush of caches could pull away. */
static void
copy_relation(Relation from, Relation to)
{
	*to = *from;
	to->rd_smgr = NULL;
	to->pgstat_info = NULL;
	to->pgstat_enabled = false;
	to->rd_amcache = NULL;
	if (from->rd_options != NULL)
	{
		to->rd_options = palloc(VARSIZE(from->rd_options));
		memcpy(to->rd_options, from->rd_options, VARSIZE(from->rd_options));
	}
}

/*
 * Parallel workers would open the table anew and read it as it is, so there are none.
 */
IndexBuildResult *
docindex_build(Relation heap, Relation index, IndexInfo *info)
{
	IndexBuildResult *volatile result = NULL;
	MemoryContext context = CurrentMemoryContext;
	RelationData heap_copy;
	RelationData index_copy;
	FormData_pg_class class = *index->rd_rel;
	IndexInfo	info_copy = *info;
	BuildState	build = {0};
	const DocIndexSpec *spec = docindex_spec(index);
	int			memory = maintenance_work_mem;

	build.routines = *heap->rd_tableam;
	build.routines.index_build_range_scan = build_range_scan;
	build.original = heap->rd_tableam;
	build.heap = heap;
	build.index = &index_copy;
	build.info = &info_copy;
	build.maker = docindex_key_maker(spec);
	build.row_context = AllocSetContextCreate(context, "docdb index build",
											  ALLOCSET_DEFAULT_SIZES);
	copy_relation(heap, &heap_copy);
	heap_copy.rd_tableam = &build.routines;
	copy_relation(index, &index_copy);
	class.relam = BTREE_AM_OID;
	index_copy.rd_rel = &class;
	docdb_imitate_nbtree(&index_copy, docindex_nbtree());
	info_copy.ii_ParallelWorkers = 0;
	info_copy.ii_Unique = spec->unique;
	last_equal_key = (Datum) 0;

	/* The sort before nbtree's has its part of the memory. */
	maintenance_work_mem = memory / 3 * 2;
	build.sort_memory = (Size) (memory - maintenance_work_mem) * 1024;
	PG_TRY();
	{
		result = docindex_nbtree()->ambuild(&heap_copy, &index_copy, &info_copy);
	}
	PG_CATCH();
	{
		maintenance_work_mem = memory;
		RelationCloseSmgr(&heap_copy);
		RelationCloseSmgr(&index_copy);
		MemoryContextSwitchTo(context);
		if (geterrcode() != ERRCODE_UNIQUE_VIOLATION || last_equal_key == (Datum) 0)
			PG_RE_THROW();
		explain_duplicate(&build, index);
	}
	PG_END_TRY();
	maintenance_work_mem = memory;
	RelationCloseSmgr(&heap_copy);
	RelationCloseSmgr(&index_copy);
	info->ii_BrokenHotChain = info_copy.ii_BrokenHotChain;
	MemoryContextDelete(build.row_context);
	return result;
}
