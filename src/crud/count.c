/*
 * count.c
 *		Counting the documents of a collection.
 *
 * With a filter, or where a statement would do more than read a table, counting is a statement.
 * Counting all rows of an ordinary table needs none, and where all rows of a page are visible
 * not even a look at the rows.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/acl.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "crud/crud_internal.h"

/* So many bytes at a page's beginning are asked for ahead of time: header and line pointers. */
#define PREFETCH_BYTES 192
#define PREFETCH_LINE 64

typedef struct Count
{
	const CrudFind *find;
	int64		result;
} Count;

/* Whether a statement would give the number of a table's rows, if it is as plain as it looks. */
static bool
counts_all_rows(const CrudFind *find)
{
	const Collection *collection = find->collection;
	bool		is_filtered = find->filter.type == BSON_DOCUMENT &&
	find->filter.len > BSON_MIN_DOCUMENT_SIZE;

	return collection != NULL && collection->relkind == RELKIND_RELATION && !is_filtered &&
		find->limit == 0 && !crud_is_hint(&find->hint) && !collection->row_security &&
		ExecutorCheckPerms_hook == NULL &&
		pg_class_aclcheck(collection->relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
}

/* ---- Counting rows of a table ---- */

/* The rows of a page that a snapshot sees; the caller has pinned the page. */
static int
count_page(Relation rel, Buffer buffer, BlockNumber block, Snapshot snapshot)
{
	Page		page = BufferGetPage(buffer);
	bool		all_visible;
	int			rows = 0;
	int			last;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	docdb_test_for_old_snapshot(snapshot, rel, page);

	/*
	 * On a page of which all rows are visible to everybody each normal line pointer is a row.  A
	 * standby may have set that before a snapshot of its own sees so, and under SERIALIZABLE each
	 * row has to be looked at.
	 */
	all_visible = PageIsAllVisible(page) && !snapshot->takenDuringRecovery &&
		!CheckForSerializableConflictOutNeeded(rel, snapshot);
	last = PageGetMaxOffsetNumber(page);
	for (OffsetNumber offset = FirstOffsetNumber; offset <= last; offset++)
	{
		ItemId		item = PageGetItemId(page, offset);
		HeapTupleData row;
		bool		visible;

		if (!ItemIdIsNormal(item) || all_visible)
		{
			rows += ItemIdIsNormal(item);
			continue;
		}
		row.t_tableOid = RelationGetRelid(rel);
		row.t_data = (HeapTupleHeader) PageGetItem(page, item);
		row.t_len = ItemIdGetLength(item);
		ItemPointerSet(&row.t_self, block, offset);
		visible = HeapTupleSatisfiesVisibility(&row, snapshot, buffer);
		HeapCheckForSerializableConflictOut(visible, rel, &row, buffer, snapshot);
		rows += visible;
	}
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	return rows;
}

/*
 * Pins a block.  Most of the time that counting takes is PostgreSQL's search for the buffer, in
 * memory that nobody else has touched of late.  Blocks that were read one after the other are often
 * in buffers one after the other, so the next buffer is tried first.
 */
static Buffer
pin_block(Relation rel, BlockNumber block, Buffer previous, BufferAccessStrategy strategy)
{
	Buffer		guess = previous + 1;

	if (previous > 0 && guess <= NBuffers)
	{
		if (ReadRecentBuffer(docdb_relation_files(rel), MAIN_FORKNUM, block, guess))
			return guess;
	}
	return ReadBufferExtended(rel, MAIN_FORKNUM, block, RBM_NORMAL, strategy);
}

/* Asks for the header and the line pointers of the page that probably comes next. */
static pg_attribute_always_inline void
prefetch_page(Buffer buffer)
{
	if (buffer > 0 && buffer < NBuffers)
	{
		const char *page = BufferGetPage(buffer + 1);

		for (int i = 0; i < PREFETCH_BYTES; i += PREFETCH_LINE)
			docdb_prefetch(page + i);
	}
}

/* All rows that a snapshot sees. */
static int64
count_rows(Relation rel, Snapshot snapshot)
{
	BlockNumber blocks = RelationGetNumberOfBlocks(rel);
	BufferAccessStrategy strategy = NULL;
	Buffer		previous = InvalidBuffer;
	int64		rows = 0;

	/* As the heap's own scan does it. */
	if (!RelationUsesLocalBuffers(rel) && blocks > NBuffers / 4)
		strategy = GetAccessStrategy(BAS_BULKREAD);
	PredicateLockRelation(rel, snapshot);
	pgstat_count_heap_scan(rel);
	for (BlockNumber block = 0; block < blocks; block++)
	{
		Buffer		buffer;

		CHECK_FOR_INTERRUPTS();
		buffer = pin_block(rel, block, previous, strategy);
		prefetch_page(buffer);
		rows += count_page(rel, buffer, block, snapshot);
		ReleaseBuffer(buffer);
		previous = buffer;
	}
	if (strategy != NULL)
		FreeAccessStrategy(strategy);
	docdb_count_rows_read(rel, rows);
	return rows;
}

/* ---- Counting documents ---- */

/* Counts without a statement; false, with nothing done, where that cannot be. */
static bool
count_directly(Count *count)
{
	Relation	rel;
	bool		possible;

	if (!counts_all_rows(count->find))
		return false;

	/* collection_find locked the table before it looked at it. */
	rel = table_open(count->find->collection->relid, NoLock);
	possible = rel->rd_tableam == GetHeapamTableAmRoutine() && !rel->rd_rel->relhassubclass &&
		IsMVCCSnapshot(GetActiveSnapshot());
	if (possible)
	{
		int64		rows = count_rows(rel, GetActiveSnapshot());

		count->result = Max(rows - count->find->skip, 0);
	}
	table_close(rel, NoLock);
	return possible;
}

static void
run_count(void *arg)
{
	Count	   *count = arg;
	Datum		value;
	bool		isnull;

	if (count_directly(count))
		return;
	if (crud_execute_value(crud_build_count(count->find), &value, &isnull) && !isnull)
		count->result = DatumGetInt64(value);
}

int64
crud_count(const CrudFind *find, int64 max_time_ms)
{
	CrudFind	collated = crud_collate_find(find);
	Count		count = {&collated};

	crud_run_limited(max_time_ms, run_count, &count);
	return count.result;
}
