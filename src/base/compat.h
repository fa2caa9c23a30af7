/*
 * compat.h
 *		Differences between PostgreSQL 15, 16, 17 and 18.
 *
 * The only file that may ask for PG_VERSION_NUM.
 */
#ifndef DOCDB_BASE_COMPAT_H
#define DOCDB_BASE_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "docdb needs PostgreSQL 15 or later"
#endif

/* Stands before a function that does not return. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* From PostgreSQL 16 on the varlena macros have a header of their own. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* From PostgreSQL 18 on the functions that write EXPLAIN's properties have one, too. */
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#endif

/* The number of rows and details that ANALYZE is asked for; -1 means default_statistics_target. */
#if PG_VERSION_NUM >= 170000
#define docdb_statistics_target(stats) ((stats)->attstattarget)
#else
#define docdb_statistics_target(stats) ((stats)->attr->attstattarget)
#endif

/* vacuum_delay_point() as ANALYZE calls it. */
#if PG_VERSION_NUM >= 180000
#define docdb_analyze_delay() vacuum_delay_point(true)
#else
#define docdb_analyze_delay() vacuum_delay_point()
#endif

/* Privileges and ownership by one pair of functions for all catalogs since PostgreSQL 16. */
#if PG_VERSION_NUM >= 160000
#define docdb_schema_aclcheck(schema, role, mode) \
	object_aclcheck(NamespaceRelationId, schema, role, mode)
#define docdb_relation_ownercheck(relid, role) object_ownercheck(RelationRelationId, relid, role)
#else
#define docdb_schema_aclcheck(schema, role, mode) pg_namespace_aclcheck(schema, role, mode)
#define docdb_relation_ownercheck(relid, role) pg_class_ownercheck(relid, role)
#endif

/* Index entries for a new row; PostgreSQL 16 added an argument that only updates use. */
#if PG_VERSION_NUM >= 160000
#define docdb_insert_index_tuples(result_rel, slot, estate) \
	ExecInsertIndexTuples(result_rel, slot, estate, false, false, NULL, NIL, false)
#else
#define docdb_insert_index_tuples(result_rel, slot, estate) \
	ExecInsertIndexTuples(result_rel, slot, estate, false, false, NULL, NIL)
#endif

/*
 * What table_tuple_update says of a row's indexes, zero where they need no entries, and the entries
 * for it; since PostgreSQL 16 only those of summarizing indexes may be needed.
 */
#if PG_VERSION_NUM >= 160000
#define DocdbUpdateIndexes TU_UpdateIndexes
#define docdb_update_index_tuples(result_rel, slot, estate, which) \
	ExecInsertIndexTuples(result_rel, slot, estate, true, false, NULL, NIL, \
						  (which) == TU_Summarizing)
#else
#define DocdbUpdateIndexes bool
#define docdb_update_index_tuples(result_rel, slot, estate, which) \
	ExecInsertIndexTuples(result_rel, slot, estate, true, false, NULL, NIL)
#endif

/*
 * The columns whose change keeps an update from being HOT, and where the relation cache keeps them;
 * after it is set to NULL the cache is to be told to look at the indexes again.
 */
#if PG_VERSION_NUM >= 160000
#define DOCDB_HOT_BLOCKING_COLUMNS INDEX_ATTR_BITMAP_HOT_BLOCKING
#define docdb_hot_blocking_columns(rel) ((rel)->rd_hotblockingattr)
#define docdb_forget_index_columns(rel) ((rel)->rd_attrsvalid = false)
#else
#define DOCDB_HOT_BLOCKING_COLUMNS INDEX_ATTR_BITMAP_ALL
#define docdb_hot_blocking_columns(rel) ((rel)->rd_indexattr)
#define docdb_forget_index_columns(rel) ((void) 0)
#endif

/* PostgreSQL 18 counts an index scan's searches for EXPLAIN. */
#if PG_VERSION_NUM >= 180000
#define docdb_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define docdb_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* PostgreSQL 18 derives execute_once itself. */
#if PG_VERSION_NUM >= 180000
#define docdb_executor_run(query_desc, direction, count, once) \
	ExecutorRun(query_desc, direction, count)
#else
#define docdb_executor_run(query_desc, direction, count, once) \
	ExecutorRun(query_desc, direction, count, once)
#endif

/* Asks for memory that will be read soon; any address may be given. */
#ifdef __GNUC__
#define docdb_prefetch(address) __builtin_prefetch(address)
#else
#define docdb_prefetch(address) ((void) 0)
#endif

/* nbtree's functions that PostgreSQL 16 gave the table as an argument; it is not used to read. */
#if PG_VERSION_NUM >= 160000
#define docdb_bt_getroot(index) _bt_getroot(index, NULL, BT_READ)
#else
#define docdb_bt_getroot(index) _bt_getroot(index, BT_READ)
#endif

/* What a scan descriptor made behind index_beginscan's back lacks. */
#if PG_VERSION_NUM >= 180000
#define docdb_init_inner_scan(scan) ((scan)->instrument = NULL)
#else
#define docdb_init_inner_scan(scan) ((void) 0)
#endif

/*
 * The relation that nbtree builds an index with must look like one of nbtree's: PostgreSQL 18 asks
 * its access method's routines, those before its OID.
 */
#if PG_VERSION_NUM >= 180000
#define docdb_imitate_nbtree(index, routine) \
	((index)->rd_indam = unconstify(IndexAmRoutine *, routine))
#else
#define docdb_imitate_nbtree(index, routine) ((void) (routine))
#endif

/* Members of IndexAmRoutine that later versions added. */
#if PG_VERSION_NUM >= 180000
#define docdb_disable_new_am_members(routine) \
	((routine)->amcanbuildparallel = false, (routine)->amcanhash = false, \
	 (routine)->amconsistentequality = false, (routine)->amconsistentordering = false, \
	 (routine)->amgettreeheight = NULL, (routine)->amtranslatestrategy = NULL, \
	 (routine)->amtranslatecmptype = NULL)
#elif PG_VERSION_NUM >= 170000
#define docdb_disable_new_am_members(routine) ((routine)->amcanbuildparallel = false)
#else
#define docdb_disable_new_am_members(routine) ((void) 0)
#endif

/* PostgreSQL 18 counts a bitmap scan's searches for EXPLAIN. */
#if PG_VERSION_NUM >= 180000
#define docdb_index_beginscan_bitmap(index, snapshot, nkeys) \
	index_beginscan_bitmap(index, snapshot, NULL, nkeys)
#else
#define docdb_index_beginscan_bitmap(index, snapshot, nkeys) \
	index_beginscan_bitmap(index, snapshot, nkeys)
#endif

/*
 * Going through a bitmap of rows page by page; the includer has nodes/tidbitmap.h.  PostgreSQL 18
 * gives the rows of a page apart.
 */
#ifdef DOCDB_WITH_BITMAPS
#if PG_VERSION_NUM >= 180000
typedef struct DocdbBitmapIterator
{
	TBMPrivateIterator *iterator;
	TBMIterateResult page;
	int			noffsets;
	OffsetNumber offsets[TBM_MAX_TUPLES_PER_PAGE];
} DocdbBitmapIterator;

static inline bool
docdb_bitmap_next(DocdbBitmapIterator *it)
{
	if (!tbm_private_iterate(it->iterator, &it->page))
		return false;
	it->noffsets = it->page.lossy ? 0 :
		tbm_extract_page_tuple(&it->page, it->offsets, TBM_MAX_TUPLES_PER_PAGE);
	return true;
}

#define docdb_bitmap_begin(it, bitmap) ((it)->iterator = tbm_begin_private_iterate(bitmap))
#define docdb_bitmap_end(it) tbm_end_private_iterate((it)->iterator)
#define docdb_bitmap_block(it) ((it)->page.blockno)
#define docdb_bitmap_is_lossy(it) ((it)->page.lossy)
#else
typedef struct DocdbBitmapIterator
{
	TBMIterator *iterator;
	TBMIterateResult *page;
	int			noffsets;
	const OffsetNumber *offsets;
} DocdbBitmapIterator;

static inline bool
docdb_bitmap_next(DocdbBitmapIterator *it)
{
	it->page = tbm_iterate(it->iterator);
	if (it->page == NULL)
		return false;
	it->noffsets = Max(it->page->ntuples, 0);
	it->offsets = it->page->offsets;
	return true;
}

#define docdb_bitmap_begin(it, bitmap) ((it)->iterator = tbm_begin_iterate(bitmap))
#define docdb_bitmap_end(it) tbm_end_iterate((it)->iterator)
#define docdb_bitmap_block(it) ((it)->page->blockno)
#define docdb_bitmap_is_lossy(it) ((it)->page->ntuples < 0)
#endif
#endif

/* Makes a path the last choice; before PostgreSQL 18 its cost alone must do that. */
#if PG_VERSION_NUM >= 180000
#define docdb_disable_path(path) ((path)->disabled_nodes = 2)
#else
#define docdb_disable_path(path) ((void) 0)
#endif

/* Counts rows that were read from a table in pg_stat_all_tables. */
#if PG_VERSION_NUM >= 160000
#define docdb_table_counts(rel) ((rel)->pgstat_info->counts.tuples_returned)
#else
#define docdb_table_counts(rel) ((rel)->pgstat_info->t_counts.t_tuples_returned)
#endif
#define docdb_count_rows_read(rel, n) \
	do { \
		if (pgstat_should_count_relation(rel)) \
			docdb_table_counts(rel) += (n); \
	} while (0)

/* The files of a relation, for functions of the buffer manager. */
#if PG_VERSION_NUM >= 160000
#define docdb_relation_files(rel) ((rel)->rd_locator)
#else
#define docdb_relation_files(rel) ((rel)->rd_node)
#endif

/* Raises "snapshot too old", an error that PostgreSQL 17 did away with. */
#if PG_VERSION_NUM >= 170000
#define docdb_test_for_old_snapshot(snapshot, rel, page) ((void) 0)
#else
#define docdb_test_for_old_snapshot(snapshot, rel, page) TestForOldSnapshot(snapshot, rel, page)
#endif

/* The next value of a sort; PostgreSQL 16 has it copied or not. */
#if PG_VERSION_NUM >= 160000
#define docdb_tuplesort_getdatum(sort, value, isnull) \
	tuplesort_getdatum(sort, true, false, value, isnull, NULL)
#else
#define docdb_tuplesort_getdatum(sort, value, isnull) \
	tuplesort_getdatum(sort, true, value, isnull, NULL)
#endif

#endif							/* DOCDB_BASE_COMPAT_H */
