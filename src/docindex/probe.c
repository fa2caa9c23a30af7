/*
 * probe.c
 *		Looking into an index: scans of the nbtree beneath, and estimates from its pages.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "access/relscan.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "docindex/docindex_internal.h"

/* So many different markers are looked at before all is taken for possible. */
#define MAX_MARKERS 8

/* So many intervals are looked up; the others are taken for the same. */
#define MAX_ESTIMATED_INTERVALS 16

const IndexAmRoutine *
docindex_nbtree(void)
{
	static const IndexAmRoutine *routine = NULL;

	if (routine == NULL)
	{
		MemoryContext old_context = MemoryContextSwitchTo(TopMemoryContext);

		routine = GetIndexAmRoutine(F_BTHANDLER);
		MemoryContextSwitchTo(old_context);
	}
	return routine;
}

/* ---- Scans ---- */

/* What index_beginscan sets beyond the access method must be set here. */
IndexScanDesc
docindex_begin_inner(Relation index, Relation heap, Snapshot snapshot, int nkeys)
{
	IndexScanDesc inner = docindex_nbtree()->ambeginscan(index, nkeys, 0);

	inner->parallel_scan = NULL;
	inner->xs_temp_snap = false;
	inner->xs_recheckorderby = false;
	inner->xs_snapshot = snapshot;
	inner->heapRelation = heap;
	docdb_init_inner_scan(inner);
	return inner;
}

void
docindex_end_inner(IndexScanDesc inner)
{
	docindex_nbtree()->amendscan(inner);
	IndexScanEnd(inner);
}

static Datum
bytes_datum(KeyBytes bytes)
{
	bytea	   *datum = palloc(VARHDRSZ + bytes.len);

	SET_VARSIZE(datum, VARHDRSZ + bytes.len);
	memcpy(VARDATA(datum), bytes.data, bytes.len);
	return PointerGetDatum(datum);
}

/* nbtree keeps what it allocates until the scan ends, so that goes to where the scan is. */
void
docindex_rescan_inner(IndexScanDesc inner, const KeyInterval *interval)
{
	ScanKeyData keys[2];
	MemoryContext old_context;

	ScanKeyInit(&keys[0], 1, BTGreaterEqualStrategyNumber, F_BYTEAGE,
				bytes_datum(interval->low));
	ScanKeyInit(&keys[1], 1, BTLessStrategyNumber, F_BYTEALT, bytes_datum(interval->high));
	keys[0].sk_collation = keys[1].sk_collation = InvalidOid;
	inner->kill_prior_tuple = false;
	old_context = MemoryContextSwitchTo(GetMemoryChunkContext(inner));
	docindex_nbtree()->amrescan(inner, keys, 2, NULL, 0);
	MemoryContextSwitchTo(old_context);
}

KeyBytes
docindex_inner_key(IndexScanDesc inner)
{
	bool		isnull;
	Datum		datum = index_getattr(inner->xs_itup, 1, inner->xs_itupdesc, &isnull);
	bytea	   *key = DatumGetByteaPP(datum);
	KeyBytes	bytes = {(const uint8 *) VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)};

	return bytes;
}

/* The union of all markers. */
static void
scan_markers(IndexScanDesc inner, MarkerInfo *info)
{
	static const uint8 first[] = {MARKER_BYTE};
	static const uint8 end[] = {FIRST_KEY_BYTE};
	KeyInterval interval = {{first, 1}, {end, 1}, false};

	for (int found = 0;; found++)
	{
		MarkerInfo	marker;
		KeyBytes	key;
		uint8	   *header;

		docindex_rescan_inner(inner, &interval);
		if (!docindex_nbtree()->amgettuple(inner, ForwardScanDirection))
			return;
		if (found == MAX_MARKERS)
		{
			info->arrays = PG_UINT32_MAX;
			info->cut_keys = true;
			return;
		}
		key = docindex_inner_key(inner);
		if (key.len < MARKER_HEADER)
			elog(ERROR, "index \"%s\" has a marker of %d bytes",
				 RelationGetRelationName(inner->indexRelation), key.len);
		docindex_read_marker(key.data, &marker);
		info->arrays |= marker.arrays;
		info->cut_keys |= marker.cut_keys;
		header = palloc(MARKER_HEADER);
		memcpy(header, key.data, MARKER_HEADER);
		interval.low.data = header;
		interval.low.len = MARKER_HEADER;
		interval.low = docindex_successor(interval.low);
	}
}

/*
 * Each different marker costs a descent, and few are different.  Markers of rows that the snapshot
 * does not see do no harm.  As the planner comes here too, statistics of the index's use are not to
 * know of it.
 */
void
docindex_read_markers(Relation index, Relation heap, Snapshot snapshot, MarkerInfo *info)
{
	struct PgStat_TableStatus *counters = index->pgstat_info;
	bool		counted = index->pgstat_enabled;
	IndexScanDesc inner = docindex_begin_inner(index, heap, snapshot, 2);

	info->arrays = 0;
	info->cut_keys = false;
	inner->xs_want_itup = true;
	index->pgstat_info = NULL;
	index->pgstat_enabled = false;
	PG_TRY();
	{
		scan_markers(inner, info);
	}
	PG_FINALLY();
	{
		index->pgstat_info = counters;
		index->pgstat_enabled = counted;
	}
	PG_END_TRY();
	docindex_end_inner(inner);
}

/* ---- Estimates ---- */

/* The number of a page's items, data only, whose keys are below some bytes. */
static int
count_below(Relation index, Page page, OffsetNumber first, int nitems, bool is_leaf,
			const KeyBytes *bytes)
{
	int			low = 0;
	int			high = nitems;

	while (low < high)
	{
		int			middle = (low + high) / 2;
		IndexTuple	tuple = (IndexTuple) PageGetItem(page, PageGetItemId(page, first + middle));
		bool		below = true;

		/* The first item of an inner page stands for minus infinity. */
		if (is_leaf || middle > 0)
		{
			bool		isnull;
			Datum		datum = index_getattr(tuple, 1, RelationGetDescr(index), &isnull);
			bytea	   *key = DatumGetByteaPP(datum);
			KeyBytes	item = {(const uint8 *) VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)};

			below = docindex_compare_bytes(&item, bytes) < 0;
		}
		if (below)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The fraction of the entries that are below some bytes, from one descent: each page on the way
 * tells which part of its parent's share is below.
 */
static double
fraction_below(Relation index, const KeyBytes *bytes)
{
	Buffer		buffer = docdb_bt_getroot(index);
	double		below = 0;
	double		share = 1;

	if (!BufferIsValid(buffer))
		return 0;
	for (;;)
	{
		Page		page = BufferGetPage(buffer);
		BTPageOpaque opaque = BTPageGetOpaque(page);
		OffsetNumber first = P_FIRSTDATAKEY(opaque);
		int			nitems = (int) PageGetMaxOffsetNumber(page) - first + 1;
		int			n;
		BlockNumber child;

		if (nitems <= 0 || P_IGNORE(opaque))
			break;
		n = count_below(index, page, first, nitems, P_ISLEAF(opaque), bytes);
		if (P_ISLEAF(opaque))
		{
			below += share * n / nitems;
			break;
		}
		n = Max(n - 1, 0);
		below += share * n / nitems;
		share /= nitems;
		child = BTreeTupleGetDownLink((IndexTuple)
									  PageGetItem(page, PageGetItemId(page, first + n)));
		buffer = _bt_relandgetbuf(index, buffer, child, BT_READ);
	}
	_bt_relbuf(index, buffer);
	return below;
}

double
docindex_fraction(Relation index, const KeyIntervals *keys)
{
	double		sum = 0;
	int			looked_up = Min(keys->count, MAX_ESTIMATED_INTERVALS);

	for (int i = 0; i < looked_up; i++)
	{
		/* Spread evenly over all of them. */
		const KeyInterval *interval = &keys->intervals[(int64) i * keys->count / looked_up];

		sum += Max(0, fraction_below(index, &interval->high) -
				   fraction_below(index, &interval->low));
	}
	if (looked_up > 0)
		sum *= (double) keys->count / looked_up;
	return Min(sum, 1.0);
}
