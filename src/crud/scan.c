/*
 * scan.c
 *		A scan of a whole table that matches documents where they lie.
 *
 * PostgreSQL's sequential scan puts each row into a slot, takes it apart into columns and calls
 * the operator through the expression interpreter.  With a filter compiled once that is most of
 * the work, and the rest is waiting for memory: a table is larger than the processor's caches, and
 * only when a document is looked at is it known that it is needed.  This scan asks for the next
 * documents of the page while it matches one, finds the document in the row's bytes, and makes
 * slots only of rows that match.
 *
 * The pages are read by the heap's own scan: which rows of a page are visible, synchronized scans,
 * parallel chunks, predicate locks and buffer strategies are its affair.  It is asked for one row,
 * has then found all visible rows of that row's page, and is told that it returned all of them when
 * the next page is due.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "executor/executor.h"
#include "executor/instrument.h"
#include "miscadmin.h"
#include "nodes/extensible.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "crud/crud_internal.h"
#include "match/match.h"

/* So many rows ahead documents are asked for, and so many of their bytes. */
#define PREFETCH_ROWS 4
#define PREFETCH_BYTES 512
#define PREFETCH_LINE 64

/* A clause "document @@ filter". */
typedef struct ScanFilter
{
	ExprState  *expression;		/* the filter's */
	MemoryContext context;		/* of the two below */
	Matcher    *matcher;		/* NULL: the filter is NULL, which nothing matches */
	BsonValue	compiled;		/* what the matcher was made of */
} ScanFilter;

typedef struct DocumentScan
{
	CustomScanState css;
	AttrNumber	doc_attnum;
	int			nfilters;
	ScanFilter *filters;
	bool		filters_ready;	/* compiled from the values that count now */
	bool		only_counts;	/* nobody looks at the rows, as in SELECT count(*) */
	ParallelTableScanDesc parallel;

	/* The position. */
	TableScanDesc scan;			/* NULL until the first row is asked for */
	bool		at_end;
	int			nrows;			/* visible ones of the page */
	int			next;			/* the next of them to look at */
	HeapTupleData row;			/* the one looked at */
} DocumentScan;

/* ---- Filters ---- */

static void
compile_filter(ScanFilter *filter, const BsonValue *value)
{
	MemoryContext old_context;

	filter->matcher = NULL;
	filter->compiled.type = BSON_MISSING;
	MemoryContextReset(filter->context);
	old_context = MemoryContextSwitchTo(filter->context);
	filter->matcher = match_compile(value, NULL);
	pgbson_value_copy(value, &filter->compiled);
	MemoryContextSwitchTo(old_context);
}

/* Takes the filters' values as they are now; what was compiled for the same value is kept. */
static void
prepare_filters(DocumentScan *state)
{
	ExprContext *econtext = state->css.ss.ps.ps_ExprContext;

	for (int i = 0; i < state->nfilters; i++)
	{
		ScanFilter *filter = &state->filters[i];
		BsonValue	value;
		Datum		datum;
		bool		isnull;

		datum = ExecEvalExprSwitchContext(filter->expression, econtext, &isnull);
		if (isnull)
		{
			filter->matcher = NULL;
			continue;
		}
		pgbson_from_datum(datum, &value);
		if (filter->matcher == NULL || filter->compiled.len != value.len ||
			memcmp(filter->compiled.v.data, value.v.data, value.len) != 0)
			compile_filter(filter, &value);
	}
	state->filters_ready = true;
}

static inline bool
passes_filters(const DocumentScan *state, const BsonValue *document)
{
	for (int i = 0; i < state->nfilters; i++)
	{
		const Matcher *matcher = state->filters[i].matcher;

		if (matcher == NULL || !match_eval(matcher, document, NULL))
			return false;
	}
	return true;
}

/* ---- Documents in rows ---- */

/*
 * The column of documents of a row; false where it is NULL.  As columns before it can be of any
 * length the row is walked, which for a collection means to step over _id.
 */
static inline bool
get_document(DocumentScan *state, TupleDesc tupdesc, Datum *datum)
{
	HeapTupleHeader header = state->row.t_data;
	AttrNumber	attnum = state->doc_attnum;
	char	   *data;
	uint32		offset = 0;
	bool		isnull;

	if (HeapTupleHeaderGetNatts(header) < attnum || HeapTupleHasNulls(&state->row))
	{
		*datum = heap_getattr(&state->row, attnum, tupdesc, &isnull);
		return !isnull;
	}
	data = (char *) header + header->t_hoff;
	for (int i = 0;; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		offset = att_align_pointer(offset, att->attalign, att->attlen, data + offset);
		if (i == attnum - 1)
			break;
		offset = att_addlength_pointer(offset, att->attlen, data + offset);
	}
	*datum = PointerGetDatum(data + offset);
	return true;
}

/* Points the current row to one of the page's. */
static inline void
set_row(HeapTuple row, Page page, BlockNumber block, OffsetNumber offset)
{
	ItemId		item = PageGetItemId(page, offset);

	Assert(ItemIdIsNormal(item));
	row->t_data = (HeapTupleHeader) PageGetItem(page, item);
	row->t_len = ItemIdGetLength(item);
	ItemPointerSet(&row->t_self, block, offset);
}

/* It must be inlined: GCC takes a call of a function that only does this for one without effect. */
static pg_attribute_always_inline void
prefetch_bytes(const char *start, uint32 len)
{
	for (uint32 i = 0; i < len; i += PREFETCH_LINE)
		docdb_prefetch(start + i);
}

static pg_attribute_always_inline void
prefetch_row(Page page, OffsetNumber offset)
{
	ItemId		item = PageGetItemId(page, offset);

	prefetch_bytes((const char *) PageGetItem(page, item),
				   Min(ItemIdGetLength(item), PREFETCH_BYTES));
}

/*
 * Asks for the number-th row of the next page.  Blocks that were read one after the other are often
 * in buffers one after the other, and pages fill from their end; so this is a guess, of which
 * nothing depends but time.
 */
static pg_attribute_always_inline void
prefetch_next_page(Buffer buffer, int number, uint32 row_len)
{
	const char *page;
	uint32		end = (number + 1) * MAXALIGN(row_len);

	if (buffer <= 0 || buffer >= NBuffers || end > BLCKSZ)
		return;
	page = BufferGetPage(buffer + 1);
	if (number == 0)
		prefetch_bytes(page, PREFETCH_LINE * 3);
	prefetch_bytes(page + BLCKSZ - end, Min(row_len, PREFETCH_BYTES));
}

/* ---- Scanning ---- */

static void
begin_scan(DocumentScan *state)
{
	Relation	rel = state->css.ss.ss_currentRelation;
	Snapshot	snapshot = state->css.ss.ps.state->es_snapshot;

	state->scan = state->parallel == NULL ? table_beginscan(rel, snapshot, 0, NULL) :
		table_beginscan_parallel(rel, state->parallel);
	if ((state->scan->rs_flags & SO_ALLOW_PAGEMODE) == 0)
		elog(ERROR, "a document scan needs a snapshot of many rows");
	state->css.ss.ss_currentScanDesc = state->scan;
	state->row.t_tableOid = RelationGetRelid(rel);
	state->at_end = false;
	state->nrows = state->next = 0;
}

/* Goes to the next page with visible rows; false at the end. */
static bool
next_page(DocumentScan *state)
{
	HeapScanDesc heap = (HeapScanDesc) state->scan;

	if (state->nrows > 0)
	{
		/* The first one was counted by the heap. */
		docdb_count_rows_read(state->scan->rs_rd, state->nrows - 1);
		heap->rs_cindex = heap->rs_ntuples - 1;
	}
	state->nrows = state->next = 0;
	if (heap_getnext(state->scan, ForwardScanDirection) == NULL)
	{
		state->at_end = true;
		return false;
	}
	Assert(heap->rs_cindex == 0);
	state->nrows = heap->rs_ntuples;
	for (int i = 0; i < Min(PREFETCH_ROWS, state->nrows); i++)
		prefetch_row(BufferGetPage(heap->rs_cbuf), heap->rs_vistuples[i]);
	return true;
}

/* Makes the next row that passes the filters the current one; false at the end. */
static bool
next_match(DocumentScan *state)
{
	HeapScanDesc heap = (HeapScanDesc) state->scan;
	TupleDesc	tupdesc = RelationGetDescr(state->css.ss.ss_currentRelation);
	ExprContext *econtext = state->css.ss.ps.ps_ExprContext;
	MemoryContext old_context;
	uint64		removed = 0;
	bool		found = false;

	if (state->at_end)
		return false;
	old_context = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);
	while (!found && (state->next < state->nrows || next_page(state)))
	{
		Page		page = BufferGetPage(heap->rs_cbuf);
		int			next = state->next++;
		BsonValue	document;
		Datum		datum;

		CHECK_FOR_INTERRUPTS();
		if (next + PREFETCH_ROWS < state->nrows)
			prefetch_row(page, heap->rs_vistuples[next + PREFETCH_ROWS]);
		else
			prefetch_next_page(heap->rs_cbuf, next + PREFETCH_ROWS - state->nrows,
							   state->row.t_len);
		set_row(&state->row, page, heap->rs_cblock, heap->rs_vistuples[next]);
		if (get_document(state, tupdesc, &datum))
		{
			pgbson_from_datum(datum, &document);
			found = passes_filters(state, &document);
		}
		removed += !found;
		ResetExprContext(econtext);
	}
	MemoryContextSwitchTo(old_context);
	InstrCountFiltered1(&state->css.ss.ps, removed);
	return found;
}

/* Does what is put off until the first row is asked for. */
static inline void
prepare_scan(DocumentScan *state)
{
	if (state->scan == NULL)
		begin_scan(state);
	if (!state->filters_ready)
		prepare_filters(state);
}

/* ExecScan's access method: the next row that passes the filters, in the scan slot. */
static TupleTableSlot *
scan_next(ScanState *node)
{
	DocumentScan *state = (DocumentScan *) node;
	TupleTableSlot *slot = node->ss_ScanTupleSlot;

	prepare_scan(state);
	if (!next_match(state))
		return ExecClearTuple(slot);
	return ExecStoreBufferHeapTuple(&state->row, slot, ((HeapScanDesc) state->scan)->rs_cbuf);
}

/* ExecScan's method for a newer version of a row that another session has changed. */
static bool
scan_recheck(ScanState *node, TupleTableSlot *slot)
{
	DocumentScan *state = (DocumentScan *) node;
	ExprContext *econtext = node->ps.ps_ExprContext;
	MemoryContext old_context;
	BsonValue	document;
	Datum		datum;
	bool		isnull;
	bool		passes = false;

	if (!state->filters_ready)
		prepare_filters(state);
	datum = slot_getattr(slot, state->doc_attnum, &isnull);
	if (isnull)
		return false;
	old_context = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);
	pgbson_from_datum(datum, &document);
	passes = passes_filters(state, &document);
	MemoryContextSwitchTo(old_context);
	return passes;
}

static TupleTableSlot *
exec_scan(CustomScanState *node)
{
	DocumentScan *state = (DocumentScan *) node;
	TupleTableSlot *slot = node->ss.ps.ps_ResultTupleSlot;

	if (state->only_counts)
	{
		prepare_scan(state);
		ExecClearTuple(slot);
		return next_match(state) ? ExecStoreVirtualTuple(slot) : slot;
	}
	return ExecScan(&node->ss, scan_next, scan_recheck);
}

/* ---- The plan node ---- */

/* The clauses at the listed positions become filters, the others the node's qual. */
static void
init_clauses(DocumentScan *state, CustomScan *plan)
{
	PlanState  *planstate = &state->css.ss.ps;
	List	   *positions = list_copy_tail(plan->custom_private, 1);
	List	   *others = NIL;
	ListCell   *lc;

	state->filters = palloc0(list_length(positions) * sizeof(ScanFilter));
	foreach(lc, plan->scan.plan.qual)
	{
		ScanFilter *filter = &state->filters[state->nfilters];

		if (!list_member_int(positions, foreach_current_index(lc)))
		{
			others = lappend(others, lfirst(lc));
			continue;
		}
		filter->expression = ExecInitExpr(lsecond(lfirst_node(OpExpr, lc)->args), planstate);
		filter->context = AllocSetContextCreate(CurrentMemoryContext, "docdb filter",
												ALLOCSET_SMALL_SIZES);
		state->nfilters++;
	}
	planstate->qual = ExecInitQual(others, planstate);
}

/*
 * ExecInitCustomScan has prepared expressions for a virtual slot; rows of a table are better left
 * as they are.
 */
static void
begin_node(CustomScanState *node, EState *estate, int eflags)
{
	DocumentScan *state = (DocumentScan *) node;
	CustomScan *plan = (CustomScan *) node->ss.ps.plan;
	Relation	rel = node->ss.ss_currentRelation;

	ExecInitScanTupleSlot(estate, &node->ss, RelationGetDescr(rel), table_slot_callbacks(rel));
	ExecAssignScanProjectionInfoWithVarno(&node->ss, plan->scan.scanrelid);
	state->doc_attnum = linitial_int(plan->custom_private);
	init_clauses(state, plan);
	state->only_counts = plan->scan.plan.targetlist == NIL && node->ss.ps.qual == NULL &&
		estate->es_epq_active == NULL;
}

static void
end_scan(DocumentScan *state)
{
	if (state->scan == NULL)
		return;
	if (state->next > 1)
		docdb_count_rows_read(state->scan->rs_rd, state->next - 1);
	table_endscan(state->scan);
	state->scan = state->css.ss.ss_currentScanDesc = NULL;
}

static void
end_node(CustomScanState *node)
{
	end_scan((DocumentScan *) node);
}

static void
rescan_node(CustomScanState *node)
{
	DocumentScan *state = (DocumentScan *) node;

	state->filters_ready = false;
	state->at_end = false;
	if (state->scan != NULL)
	{
		if (state->next > 1)
			docdb_count_rows_read(state->scan->rs_rd, state->next - 1);
		table_rescan(state->scan, NULL);
	}
	state->nrows = state->next = 0;
	ExecScanReScan(&node->ss);
}

/* ---- Parallel scans ---- */

static Size
estimate_shared(CustomScanState *node, ParallelContext *pcxt)
{
	return table_parallelscan_estimate(node->ss.ss_currentRelation, node->ss.ps.state->es_snapshot);
}

static void
init_shared(CustomScanState *node, ParallelContext *pcxt, void *coordinate)
{
	DocumentScan *state = (DocumentScan *) node;

	state->parallel = coordinate;
	table_parallelscan_initialize(node->ss.ss_currentRelation, state->parallel,
								  node->ss.ps.state->es_snapshot);
}

static void
reinit_shared(CustomScanState *node, ParallelContext *pcxt, void *coordinate)
{
	table_parallelscan_reinitialize(node->ss.ss_currentRelation, coordinate);
}

static void
init_worker(CustomScanState *node, shm_toc *toc, void *coordinate)
{
	((DocumentScan *) node)->parallel = coordinate;
}

static const CustomExecMethods exec_methods =
{
	.CustomName = "DocumentScan",
	.BeginCustomScan = begin_node,
	.ExecCustomScan = exec_scan,
	.EndCustomScan = end_node,
	.ReScanCustomScan = rescan_node,
	.EstimateDSMCustomScan = estimate_shared,
	.InitializeDSMCustomScan = init_shared,
	.ReInitializeDSMCustomScan = reinit_shared,
	.InitializeWorkerCustomScan = init_worker,
};

static Node *
create_state(CustomScan *plan)
{
	DocumentScan *state = (DocumentScan *) newNode(sizeof(DocumentScan), T_CustomScanState);

	state->css.methods = &exec_methods;
	return (Node *) state;
}

const CustomScanMethods crud_scan_methods =
{
	.CustomName = "DocumentScan",
	.CreateCustomScanState = create_state,
};
