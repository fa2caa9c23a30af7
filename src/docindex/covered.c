/*
 * covered.c
 *		Scans of an index that need not look at the rows: those that count.
 *
 * PostgreSQL's index-only scans are for queries whose columns can all be had from the index, and
 * take a column in a condition for one of them.  A document cannot be had from its keys.  But where
 * nothing is wanted of the rows but that they are there, and the keys tell which ones match, a scan
 * need not fetch those on pages that all transactions see.  That scan is a CustomScan, which takes
 * part in planning by its cost like any other path.
 *
 * What it must do for isolation and against VACUUM is what an index-only scan does: it keeps the
 * pin on the index's page until the visibility map has been asked, fetches the row where that does
 * not say that all see it, and takes the predicate lock on the heap's page that fetching would have
 * taken.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "access/visibilitymap.h"
#include "commands/explain.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/extensible.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/restrictinfo.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "docindex/docindex_internal.h"

/* The strategy number of @@ in the operator class. */
#define MATCH_STRATEGY 1

static set_rel_pathlist_hook_type previous_pathlist_hook = NULL;

typedef struct CoveredScan
{
	CustomScanState css;		/* must be first */
	Relation	index;
	IndexScanDesc scan;			/* NULL before the first row */
	int			nkeys;
	ScanKey		keys;
	ExprState **operands;		/* of the keys */
	ExprContext *operand_context;
	ExprState  *quals;			/* the conditions, for rows that are to be checked */
	TupleTableSlot *row;
	Buffer		map;			/* of the visibility map */
} CoveredScan;

/* ---- Planning ---- */

/*
 * Whether a clause is "document @@ filter" of the index's column and a filter known beforehand, and
 * no clause of row-level security must come before it.
 */
static bool
is_index_clause(const IndexOptInfo *index, RestrictInfo *rinfo)
{
	const OpExpr *clause = (const OpExpr *) rinfo->clause;

	return restriction_is_securely_promotable(rinfo, index->rel) &&
		IsA(clause, OpExpr) && list_length(clause->args) == 2 &&
		get_op_opfamily_strategy(clause->opno, index->opfamily[0]) == MATCH_STRATEGY &&
		bms_is_empty(rinfo->right_relids) &&
		match_index_to_operand(linitial(clause->args), 0, unconstify(IndexOptInfo *, index)) &&
		!contain_volatile_functions(lsecond(clause->args));
}

/* The conditions on a table as clauses of an index, if it serves all of them. */
static bool
make_index_clauses(const IndexOptInfo *index, List **clauses)
{
	ListCell   *lc;

	*clauses = NIL;
	foreach(lc, index->indrestrictinfo)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		IndexClause *clause;

		if (rinfo->pseudoconstant)
			continue;
		if (!is_index_clause(index, rinfo))
			return false;
		clause = makeNode(IndexClause);
		clause->rinfo = rinfo;
		clause->indexquals = list_make1(rinfo);
		*clauses = lappend(*clauses, clause);
	}
	return *clauses != NIL;
}

static Plan *plan_path(PlannerInfo *root, RelOptInfo *rel, CustomPath *best, List *targets,
					   List *clauses, List *plans);

static const CustomPathMethods path_methods = {
	.CustomName = DOCINDEX_COVERED_SCAN,
	.PlanCustomPath = plan_path,
};

/* Adds the path through an index, if its keys decide the conditions. */
static void
add_covered_path(PlannerInfo *root, RelOptInfo *rel, IndexOptInfo *index)
{
	IndexPath  *index_path;
	CustomPath *path;
	List	   *clauses;

	if ((index->indpred != NIL && !index->predOK) || !make_index_clauses(index, &clauses))
		return;
	index_path = create_index_path(root, index, clauses, NIL, NIL, NIL, ForwardScanDirection,
								   true, NULL, 1.0, false);
	if (index_path->path.total_cost >= DOCINDEX_IMPOSSIBLE_COST ||
		!docindex_keys_decide(root, index_path))
		return;
	path = makeNode(CustomPath);
	path->path = index_path->path;
	path->path.type = T_CustomPath;
	path->path.pathtype = T_CustomScan;
	path->custom_private = list_make1(index_path);
	path->methods = &path_methods;
	add_path(rel, &path->path);
}

void
docindex_add_covered_paths(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *rte)
{
	ListCell   *lc;

	if (rte->rtekind != RTE_RELATION || rte->inh || rte->tablesample != NULL ||
		rel->reltarget->exprs != NIL || !bms_is_empty(rel->lateral_relids) ||
		!enable_indexonlyscan)
		return;
	foreach(lc, rel->indexlist)
	{
		IndexOptInfo *index = lfirst_node(IndexOptInfo, lc);

		if (index->amcostestimate == docindex_cost_estimate)
			add_covered_path(root, rel, index);
	}
}

static void
add_paths(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	if (previous_pathlist_hook)
		previous_pathlist_hook(root, rel, rti, rte);
	docindex_add_covered_paths(root, rel, rte);
}

static Node *create_state(CustomScan *plan);

static const CustomScanMethods scan_methods = {
	.CustomName = DOCINDEX_COVERED_SCAN,
	.CreateCustomScanState = create_state,
};

static Plan *
plan_path(PlannerInfo *root, RelOptInfo *rel, CustomPath *best, List *targets, List *clauses,
		  List *plans)
{
	const IndexPath *path = linitial_node(IndexPath, best->custom_private);
	CustomScan *scan = makeNode(CustomScan);
	ListCell   *lc;

	scan->scan.plan.targetlist = targets;
	scan->scan.scanrelid = rel->relid;
	scan->flags = best->flags;
	scan->methods = &scan_methods;
	foreach(lc, path->indexclauses)
		scan->custom_exprs = lappend(scan->custom_exprs,
									 lfirst_node(IndexClause, lc)->rinfo->clause);
	scan->custom_private = list_make1_oid(path->indexinfo->indexoid);
	return &scan->scan.plan;
}

void
docindex_covered_install(void)
{
	RegisterCustomScanMethods(&scan_methods);
	previous_pathlist_hook = set_rel_pathlist_hook;
	set_rel_pathlist_hook = add_paths;
}

/* ---- Running ---- */

static void begin_scan(CustomScanState *node, EState *estate, int flags);
static TupleTableSlot *next_row(CustomScanState *node);
static void end_scan(CustomScanState *node);
static void rescan(CustomScanState *node);
static void explain(CustomScanState *node, List *ancestors, ExplainState *es);

static const CustomExecMethods exec_methods = {
	.CustomName = DOCINDEX_COVERED_SCAN,
	.BeginCustomScan = begin_scan,
	.ExecCustomScan = next_row,
	.EndCustomScan = end_scan,
	.ReScanCustomScan = rescan,
	.ExplainCustomScan = explain,
};

static Node *
create_state(CustomScan *plan)
{
	CoveredScan *state = (CoveredScan *) newNode(sizeof(CoveredScan), T_CustomScanState);

	state->css.methods = &exec_methods;
	return (Node *) state;
}

static void
begin_scan(CustomScanState *node, EState *estate, int flags)
{
	CoveredScan *state = (CoveredScan *) node;
	CustomScan *plan = castNode(CustomScan, node->ss.ps.plan);
	List	   *quals = plan->custom_exprs;
	ListCell   *lc;

	Assert(plan->scan.plan.targetlist == NIL);
	if ((flags & EXEC_FLAG_EXPLAIN_ONLY) != 0)
		return;
	state->index = index_open(linitial_oid(plan->custom_private), AccessShareLock);
	state->nkeys = list_length(quals);
	state->keys = palloc0(state->nkeys * sizeof(ScanKeyData));
	state->operands = palloc(state->nkeys * sizeof(ExprState *));
	foreach(lc, quals)
	{
		int			i = foreach_current_index(lc);

		state->keys[i].sk_attno = 1;
		state->keys[i].sk_strategy = MATCH_STRATEGY;
		state->operands[i] = ExecInitExpr((Expr *) get_rightop(lfirst(lc)), &node->ss.ps);
	}
	state->operand_context = CreateExprContext(estate);
	/* The conditions are on rows of the table, not on what the scan returns. */
	state->row = table_slot_create(node->ss.ss_currentRelation, &estate->es_tupleTable);
	node->ss.ps.scanops = state->row->tts_ops;
	state->quals = ExecInitQual(quals, &node->ss.ps);
	state->map = InvalidBuffer;
}

/* Evaluates the filters and (re)starts the scan of the index. */
static void
start_scan(CoveredScan *state)
{
	EState	   *estate = state->css.ss.ps.state;

	ResetExprContext(state->operand_context);
	for (int i = 0; i < state->nkeys; i++)
	{
		bool		isnull;

		state->keys[i].sk_argument = ExecEvalExprSwitchContext(state->operands[i],
															   state->operand_context, &isnull);
		state->keys[i].sk_flags = isnull ? SK_ISNULL : 0;
	}
	if (state->scan == NULL)
	{
		state->scan = docdb_index_beginscan(state->css.ss.ss_currentRelation, state->index,
											estate->es_snapshot, state->nkeys);
		state->scan->xs_want_itup = true;
	}
	index_rescan(state->scan, state->keys, state->nkeys, NULL, 0);
}

/* Whether the snapshot sees a row of the entry just found that matches. */
static bool
fetch_row(CoveredScan *state)
{
	ExprContext *context = state->css.ss.ps.ps_ExprContext;
	bool		matches = true;

	InstrCountTuples2(&state->css, 1);
	if (!index_fetch_heap(state->scan, state->row))
		return false;
	if (state->scan->xs_heap_continue)
		elog(ERROR, "non-MVCC snapshots are not supported in scans of an index only");
	if (state->scan->xs_recheck)
	{
		ResetExprContext(context);
		context->ecxt_scantuple = state->row;
		matches = ExecQual(state->quals, context);
		if (!matches)
			InstrCountFiltered2(&state->css, 1);
	}
	ExecClearTuple(state->row);
	return matches;
}

/* A row without columns for each row that matches. */
static TupleTableSlot *
next_row(CustomScanState *node)
{
	CoveredScan *state = (CoveredScan *) node;
	TupleTableSlot *result = node->ss.ps.ps_ResultTupleSlot;
	Relation	heap = node->ss.ss_currentRelation;
	ItemPointer tid;

	ExecClearTuple(result);
	if (state->scan == NULL)
		start_scan(state);
	while ((tid = index_getnext_tid(state->scan, ForwardScanDirection)) != NULL)
	{
		BlockNumber block = ItemPointerGetBlockNumber(tid);

		CHECK_FOR_INTERRUPTS();
		if (state->scan->xs_recheck || !VM_ALL_VISIBLE(heap, block, &state->map))
		{
			if (!fetch_row(state))
				continue;
		}
		else
			PredicateLockPage(heap, block, node->ss.ps.state->es_snapshot);
		return ExecStoreVirtualTuple(result);
	}
	return NULL;
}

static void
rescan(CustomScanState *node)
{
	CoveredScan *state = (CoveredScan *) node;

	if (state->scan != NULL)
		start_scan(state);
}

static void
end_scan(CustomScanState *node)
{
	CoveredScan *state = (CoveredScan *) node;

	if (BufferIsValid(state->map))
		ReleaseBuffer(state->map);
	if (state->scan != NULL)
		index_endscan(state->scan);
	if (state->index != NULL)
		index_close(state->index, NoLock);
}

static void
explain(CustomScanState *node, List *ancestors, ExplainState *es)
{
	CustomScan *plan = castNode(CustomScan, node->ss.ps.plan);
	List	   *context = set_deparse_context_plan(es->deparse_cxt, &plan->scan.plan, ancestors);
	Node	   *condition = (Node *) make_ands_explicit(plan->custom_exprs);

	ExplainPropertyText("Index Name", get_rel_name(linitial_oid(plan->custom_private)), es);
	ExplainPropertyText("Index Cond",
						deparse_expression(condition, context,
										   list_length(es->rtable) > 1 || es->verbose, false),
						es);
	if (es->analyze && node->ss.ps.instrument != NULL)
	{
		if (node->ss.ps.instrument->nfiltered2 > 0)
			ExplainPropertyFloat("Rows Removed by Index Recheck", NULL,
								 node->ss.ps.instrument->nfiltered2 /
								 Max(node->ss.ps.instrument->nloops, 1), 0, es);
		ExplainPropertyFloat("Heap Fetches", NULL, node->ss.ps.instrument->ntuples2, 0, es);
	}
}
