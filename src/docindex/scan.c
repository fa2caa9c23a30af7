/*
 * scan.c
 *		Scanning an index.
 *
 * A filter, known at last when the scan (re)starts, becomes intervals of keys, and each of them a
 * scan of the nbtree beneath, one after the other.  Rows that have several keys in the intervals
 * are returned once.
 *
 * The planner is trusted with nothing.  It may have chosen the index for another filter than the
 * one that comes, as the same plan serves many.  Then the scan reads the whole index and has each
 * row checked; and where the index lacks rows that may match, all rows of the table.  An order that
 * the index does not give is left to the executor, which sorts what a scan returns when that says
 * that its order is only a lower bound.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/relscan.h"
#include "catalog/index.h"
#include "lib/binaryheap.h"
#include "miscadmin.h"
#include "nodes/tidbitmap.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "docindex/docindex_internal.h"

/* Rows that were returned: a bit for each line pointer of each page that has some. */
typedef struct SeenPage
{
	BlockNumber block;
	char		status;			/* of the hash table's */
	uint64		rows[(MaxHeapTuplesPerPage + 64) / 64];
} SeenPage;

#define SH_PREFIX seen
#define SH_ELEMENT_TYPE SeenPage
#define SH_KEY_TYPE BlockNumber
#define SH_KEY block
#define SH_HASH_KEY(table, key) ((uint32) (key) * 0x9E3779B1)
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Streams that are merged, or the only one. */
typedef struct DocScan
{
	const DocIndexSpec *spec;
	IndexScanDesc inner;		/* of the first stream */
	MemoryContext context;		/* of all below; reset by a rescan */
	KeyIntervals keys;
	int			nstreams;
	KeyStream  *streams;
	binaryheap *heap;			/* of streams, where there are several; NULL before the first row */
	int			last;			/* the stream of the last row, or -1 */
	const KeyBytes *prefixes;	/* of the streams' keys: what does not count for the order */
	bool		backward;
	bool		recheck;
	bool		deduplicate;
	seen_hash  *seen;

	/* Reading the table instead. */
	bool		read_heap;
	BlockNumber block;			/* the next one */
	BlockNumber nblocks;
	int			nrows;			/* of the page read last */
	int			next_row;
	OffsetNumber rows[MaxHeapTuplesPerPage];
} DocScan;

IndexScanDesc
docindex_begin_scan(Relation index, int nkeys, int norderbys)
{
	IndexScanDesc scan = RelationGetIndexScan(index, nkeys, norderbys);
	DocScan    *state = palloc0(sizeof(DocScan));

	state->spec = docindex_spec(index);
	state->inner = docindex_begin_inner(index, NULL, NULL, 2);
	state->context = AllocSetContextCreate(CurrentMemoryContext, "docdb index scan",
										   ALLOCSET_DEFAULT_SIZES);
	scan->xs_itupdesc = RelationGetDescr(index);
	if (norderbys > 0)
	{
		scan->xs_orderbyvals = palloc0(norderbys * sizeof(Datum));
		scan->xs_orderbynulls = palloc0(norderbys * sizeof(bool));
	}
	scan->opaque = state;
	return scan;
}

/* ---- From scan keys to intervals ---- */

/* The conditions of all scan keys; false where one is NULL, so that no row matches. */
static bool
read_conditions(IndexScanDesc scan, List **conditions)
{
	*conditions = NIL;
	for (int i = 0; i < scan->numberOfKeys; i++)
	{
		const ScanKeyData *key = &scan->keyData[i];
		BsonValue	filter;

		if ((key->sk_flags & SK_ISNULL) != 0)
			return false;
		pgbson_from_datum(key->sk_argument, &filter);
		*conditions = lappend(*conditions, match_conditions_to_test(&filter));
	}
	return true;
}

/*
 * Has the executor sort the rows: each is said to come no earlier than the least of all keys,
 * which is the empty string.
 */
static void
leave_order_to_executor(IndexScanDesc scan)
{
	bytea	   *least = palloc0(VARHDRSZ);

	SET_VARSIZE(least, VARHDRSZ);
	for (int i = 0; i < scan->numberOfOrderBys; i++)
	{
		scan->xs_orderbyvals[i] = PointerGetDatum(least);
		scan->xs_orderbynulls[i] = false;
	}
	scan->xs_recheckorderby = true;
}

/* How the index gives the order, if it does. */
static void
prepare_order(IndexScanDesc scan, DocScan *state, List *conditions, const MarkerInfo *markers,
			  OrderPlan *plan)
{
	plan->possible = false;
	if (scan->numberOfOrderBys == 1 && (scan->orderByData[0].sk_flags & SK_ISNULL) == 0)
	{
		BsonValue	sort;

		pgbson_from_datum(scan->orderByData[0].sk_argument, &sort);
		docindex_plan_order(state->spec, pgbson_sort_compile(&sort), conditions, markers, plan);
	}
	if (!plan->possible)
		docindex_no_order(plan);
}

/* Rows whose column is NULL match no filter, but are there without one: in an order at the end. */
static void
add_null_rows(IndexScanDesc scan, DocScan *state)
{
	static const uint8 first[] = {NULL_BYTE};
	static const uint8 end[] = {NULL_BYTE + 1};
	KeyInterval nulls = {{first, 1}, {end, 1}, false};
	KeyInterval *intervals;

	if (scan->numberOfKeys > 0)
		return;
	intervals = palloc((state->keys.count + 1) * sizeof(KeyInterval));
	memcpy(intervals, state->keys.intervals, state->keys.count * sizeof(KeyInterval));
	/* The last one to be scanned, in either direction. */
	if (state->backward)
	{
		memmove(intervals + 1, intervals, state->keys.count * sizeof(KeyInterval));
		intervals[0] = nulls;
	}
	else
		intervals[state->keys.count] = nulls;
	state->keys.intervals = intervals;
	state->keys.count++;
}

/* Begins the streams: one for each of the prefixes whose keys are to be merged, or one for all. */
static void
begin_streams(IndexScanDesc scan, DocScan *state, const KeyRuns *runs, KeyFilter *filter)
{
	const KeyInterval *intervals = state->keys.intervals;

	state->nstreams = Max(runs->count, 1);
	state->streams = palloc0(state->nstreams * sizeof(KeyStream));
	state->prefixes = runs->prefixes;
	for (int i = 0; i < state->nstreams; i++)
	{
		IndexScanDesc inner = i == 0 ? state->inner :
		docindex_begin_inner(scan->indexRelation, NULL, NULL, 2);
		int			count = runs->count > 0 ? runs->lengths[i] : state->keys.count;

		inner->xs_snapshot = scan->xs_snapshot;
		inner->heapRelation = scan->heapRelation;
		inner->ignore_killed_tuples = scan->ignore_killed_tuples;
		inner->kill_prior_tuple = false;
		/* Whoever does not look at the rows needs the pages pinned; see covered.c. */
		inner->xs_want_itup = scan->xs_want_itup || filter != NULL || runs->count > 0;
		docindex_stream_begin(&state->streams[i], inner, intervals, count, state->backward,
							  filter);
		intervals += count;
	}
}

static void
prepare_streams(IndexScanDesc scan, DocScan *state, List *conditions)
{
	MarkerInfo	markers = {PG_UINT32_MAX, false};
	FilterBounds bounds;
	OrderPlan	order;
	KeyFilter  *filter = NULL;
	bool		ordered = scan->numberOfOrderBys > 0;
	bool		decides;

	docindex_no_order(&order);
	if (!ordered)
		docindex_filter_bounds(state->spec, conditions, markers.arrays, BSON_MAX_KEYS, &bounds);
	decides = !ordered && bounds.exact;
	if (ordered || bounds.needs_arrays)
	{
		docindex_read_markers(scan->indexRelation, scan->heapRelation, scan->xs_snapshot,
							  &markers);
		if (ordered)
			prepare_order(scan, state, conditions, &markers, &order);
		docindex_filter_bounds(state->spec, conditions, markers.arrays, order.max_fields,
							   &bounds);
		filter = docindex_key_filter(state->spec, conditions, &markers, &bounds,
									 order.max_fields, &decides);
		state->deduplicate = markers.arrays != 0 && !bounds.single;
	}
	state->keys = bounds.keys;
	state->recheck = !decides;
	if (ordered && !(order.possible && docindex_find_runs(&order, &bounds.keys)))
	{
		leave_order_to_executor(scan);
		order.runs.count = 0;
	}
	else
		state->backward = order.backward;
	add_null_rows(scan, state);
	begin_streams(scan, state, &order.runs, filter);
}

/* Ends all that a former scan began. */
static void
end_streams(DocScan *state)
{
	for (int i = 1; i < state->nstreams; i++)
		docindex_end_inner(state->streams[i].inner);
	state->nstreams = 0;
	state->last = -1;
	state->heap = NULL;
}

void
docindex_rescan(IndexScanDesc scan, ScanKey keys, int nkeys, ScanKey orderbys, int norderbys)
{
	DocScan    *state = scan->opaque;
	MemoryContext old_context;
	List	   *conditions;

	if (keys != NULL && scan->numberOfKeys > 0)
		memmove(scan->keyData, keys, scan->numberOfKeys * sizeof(ScanKeyData));
	if (orderbys != NULL && scan->numberOfOrderBys > 0)
		memmove(scan->orderByData, orderbys, scan->numberOfOrderBys * sizeof(ScanKeyData));

	end_streams(state);
	MemoryContextReset(state->context);
	state->keys = docindex_intervals_none();
	state->backward = false;
	state->deduplicate = false;
	state->seen = NULL;
	state->read_heap = false;
	state->block = state->nblocks = 0;
	state->nrows = state->next_row = 0;
	scan->xs_recheckorderby = false;

	old_context = MemoryContextSwitchTo(state->context);
	if (read_conditions(scan, &conditions))
	{
		if (docindex_has_all(state->spec, conditions))
			prepare_streams(scan, state, conditions);
		else
		{
			state->read_heap = state->recheck = true;
			if (scan->numberOfOrderBys > 0)
				leave_order_to_executor(scan);
		}
	}
	MemoryContextSwitchTo(old_context);
}

/* ---- Reading the table ---- */

/* The line pointers of a page that a row, or a chain of its versions, may begin at. */
static void
read_heap_page(DocScan *state, Relation heap, BlockNumber block)
{
	Buffer		buffer = ReadBuffer(heap, block);
	Page		page = BufferGetPage(buffer);

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	state->nrows = state->next_row = 0;
	for (OffsetNumber i = FirstOffsetNumber; i <= PageGetMaxOffsetNumber(page); i++)
	{
		ItemId		item = PageGetItemId(page, i);

		if (ItemIdIsNormal(item) || ItemIdIsRedirected(item))
			state->rows[state->nrows++] = i;
	}
	UnlockReleaseBuffer(buffer);
}

/*
 * Where a later version of a row stands it is found to be none to begin at; the executor goes on
 * with the next then.
 */
static bool
next_heap_row(IndexScanDesc scan, DocScan *state)
{
	if (state->block == 0 && state->nblocks == 0)
	{
		PredicateLockRelation(scan->heapRelation, scan->xs_snapshot);
		state->nblocks = RelationGetNumberOfBlocks(scan->heapRelation);
	}
	while (state->next_row >= state->nrows)
	{
		CHECK_FOR_INTERRUPTS();
		if (state->block >= state->nblocks)
			return false;
		read_heap_page(state, scan->heapRelation, state->block++);
	}
	ItemPointerSet(&scan->xs_heaptid, state->block - 1, state->rows[state->next_row++]);
	scan->xs_recheck = true;
	return true;
}

static int64
add_heap_pages(IndexScanDesc scan, TIDBitmap *bitmap)
{
	Relation	heap = relation_open(IndexGetRelation(RelationGetRelid(scan->indexRelation), false),
									 NoLock);
	BlockNumber blocks = RelationGetNumberOfBlocks(heap);

	PredicateLockRelation(heap, scan->xs_snapshot);
	relation_close(heap, NoLock);
	for (BlockNumber block = 0; block < blocks; block++)
	{
		CHECK_FOR_INTERRUPTS();
		tbm_add_page(bitmap, block);
	}
	return blocks;
}

/* ---- Reading the index ---- */

/* Whether a row is met for the first time. */
static bool
is_new(DocScan *state, ItemPointer tid)
{
	OffsetNumber offset = ItemPointerGetOffsetNumber(tid);
	SeenPage   *page;
	uint64		bit = UINT64CONST(1) << (offset % 64);
	bool		found;

	if (state->seen == NULL)
		state->seen = seen_create(state->context, 64, NULL);
	page = seen_insert(state->seen, ItemPointerGetBlockNumber(tid), &found);
	if (!found)
		memset(page->rows, 0, sizeof(page->rows));
	if ((page->rows[offset / 64] & bit) != 0)
		return false;
	page->rows[offset / 64] |= bit;
	return true;
}

/* Which of two streams' entries comes first in the order that is asked for; lib/binaryheap's. */
static int
compare_streams(Datum a, Datum b, void *arg)
{
	const DocScan *state = arg;
	KeyBytes	keys[2] = {
		docindex_inner_key(state->streams[DatumGetInt32(a)].inner),
		docindex_inner_key(state->streams[DatumGetInt32(b)].inner)
	};
	int			order;

	for (int i = 0; i < 2; i++)
	{
		int			len = state->prefixes[DatumGetInt32(i == 0 ? a : b)].len;

		keys[i].data += len;
		keys[i].len -= len;
	}
	order = docindex_compare_bytes(&keys[0], &keys[1]);
	return state->backward ? order : -order;
}

/* Has each stream find its first entry. */
static void
begin_merge(DocScan *state)
{
	MemoryContext old_context = MemoryContextSwitchTo(state->context);

	state->heap = binaryheap_allocate(state->nstreams, compare_streams, state);
	MemoryContextSwitchTo(old_context);
	for (int i = 0; i < state->nstreams; i++)
		if (docindex_stream_next(&state->streams[i], false))
			binaryheap_add_unordered(state->heap, Int32GetDatum(i));
	binaryheap_build(state->heap);
}

/* The stream with the next entry, or -1. */
static int
next_stream(DocScan *state, bool kill_prior)
{
	if (state->nstreams == 1)
		return docindex_stream_next(&state->streams[0], kill_prior) ? 0 : -1;
	if (state->nstreams == 0)
		return -1;
	if (state->heap == NULL)
		begin_merge(state);
	else if (state->last >= 0)
	{
		if (docindex_stream_next(&state->streams[state->last], kill_prior))
			binaryheap_replace_first(state->heap, Int32GetDatum(state->last));
		else
			(void) binaryheap_remove_first(state->heap);
	}
	return binaryheap_empty(state->heap) ? -1 : DatumGetInt32(binaryheap_first(state->heap));
}

/* The stream that found the next row, or NULL. */
static const KeyStream *
next_entry(DocScan *state, bool kill_prior)
{
	while ((state->last = next_stream(state, kill_prior)) >= 0)
	{
		const KeyStream *stream = &state->streams[state->last];

		kill_prior = false;
		if (!state->deduplicate || is_new(state, &stream->inner->xs_heaptid))
			return stream;
		CHECK_FOR_INTERRUPTS();
	}
	return NULL;
}

static bool
must_recheck(const DocScan *state, const KeyStream *stream)
{
	return stream->filter != NULL ? stream->verdict != KEY_YES : state->recheck;
}

bool
docindex_get_tuple(IndexScanDesc scan, ScanDirection direction)
{
	DocScan    *state = scan->opaque;
	const KeyStream *stream;

	if (!ScanDirectionIsForward(direction))
		elog(ERROR, "an index of access method %s cannot be scanned backward", DOCINDEX_AM_NAME);
	if (state->read_heap)
		return next_heap_row(scan, state);
	stream = next_entry(state, scan->kill_prior_tuple);
	if (stream == NULL)
		return false;
	scan->xs_heaptid = stream->inner->xs_heaptid;
	scan->xs_itup = stream->inner->xs_itup; /* PostgreSQL's own scan that counts all wants some */
	scan->xs_recheck = must_recheck(state, stream);
	return true;
}

int64
docindex_get_bitmap(IndexScanDesc scan, TIDBitmap *bitmap)
{
	DocScan    *state = scan->opaque;
	const KeyStream *stream;
	int64		n = 0;

	if (state->read_heap)
		return add_heap_pages(scan, bitmap);
	state->deduplicate = false; /* the bitmap does that */
	while ((stream = next_entry(state, false)) != NULL)
	{
		tbm_add_tuples(bitmap, &stream->inner->xs_heaptid, 1, must_recheck(state, stream));
		if ((++n & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
	}
	return n;
}

void
docindex_end_scan(IndexScanDesc scan)
{
	DocScan    *state = scan->opaque;

	end_streams(state);
	docindex_end_inner(state->inner);
	MemoryContextDelete(state->context);
}
