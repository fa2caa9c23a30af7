/*
 * scan_path.c
 *		When the planner may take the scan of scan.c.
 *
 * It is offered beside the sequential scan of a plain table with a condition "column @@ filter"
 * whose filter is the same for all rows.  Such a condition is looked at before all others, so it
 * must not be one that has to wait for those of a security barrier or of row-level security.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "access/table.h"
#include "nodes/extensible.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/restrictinfo.h"
#include "utils/rel.h"
#include "utils/spccache.h"

#include "base/settings.h"
#include "crud/crud_internal.h"
#include "match/match.h"

/* The share of a sequential scan's processor time that this scan is reckoned to take. */
#define CPU_SHARE 0.4

/*
 * The same as far as parallel workers can save it: what a document of 311 bytes was measured to
 * take, 70 to 90 ns, against the 400 ns of a row of jsonb.  With more, workers are started for
 * scans that are over before the workers are ready.
 */
#define PARALLEL_SHARE 0.15

static set_rel_pathlist_hook_type previous_pathlist_hook = NULL;

static struct Plan *plan_scan(PlannerInfo *root, RelOptInfo *rel, struct CustomPath *path,
							  List *tlist, List *clauses, List *custom_plans);

static const CustomPathMethods path_methods =
{
	.CustomName = "DocumentScan",
	.PlanCustomPath = plan_scan,
};

/* The column of a condition that the scan can look at itself, or InvalidAttrNumber. */
static AttrNumber
filtered_column(RelOptInfo *rel, RestrictInfo *rinfo)
{
	Node	   *document;
	Node	   *filter;
	Var		   *var;

	if (!match_is_clause((Node *) rinfo->clause, &document, &filter) || !IsA(document, Var))
		return InvalidAttrNumber;
	var = (Var *) document;
	if (var->varno != rel->relid || var->varlevelsup != 0 || var->varattno <= 0 ||
		contain_var_clause(filter) || contain_subplans(filter) ||
		contain_volatile_functions(filter) || !restriction_is_securely_promotable(rinfo, rel))
		return InvalidAttrNumber;
	return var->varattno;
}

/* The column that the scan would match, that of the first such condition. */
static AttrNumber
choose_column(RelOptInfo *rel)
{
	ListCell   *lc;

	foreach(lc, rel->baserestrictinfo)
	{
		AttrNumber	attnum = filtered_column(rel, lfirst_node(RestrictInfo, lc));

		if (attnum != InvalidAttrNumber)
			return attnum;
	}
	return InvalidAttrNumber;
}

static struct Plan *
plan_scan(PlannerInfo *root, RelOptInfo *rel, struct CustomPath *path, List *tlist,
		  List *clauses, List *custom_plans)
{
	CustomScan *scan = makeNode(CustomScan);
	AttrNumber	attnum = choose_column(rel);
	List	   *private = list_make1_int(attnum);
	List	   *qual = NIL;
	ListCell   *lc;

	foreach(lc, clauses)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);

		if (rinfo->pseudoconstant)
			continue;
		if (filtered_column(rel, rinfo) == attnum)
			private = lappend_int(private, list_length(qual));
		qual = lappend(qual, rinfo->clause);
	}
	scan->scan.plan.targetlist = tlist;
	scan->scan.plan.qual = qual;
	scan->scan.scanrelid = rel->relid;
	scan->flags = path->flags;
	scan->custom_private = private;
	scan->methods = &crud_scan_methods;
	return &scan->scan.plan;
}

/* A path as the sequential scan's, but for the processor time. */
static Path *
make_path(PlannerInfo *root, RelOptInfo *rel, int workers)
{
	CustomPath *path = makeNode(CustomPath);
	Path	   *sequential = create_seqscan_path(root, rel, rel->lateral_relids, workers);
	double		page_cost;
	Cost		read_cost;
	Cost		cpu_cost;

	path->path = *sequential;
	path->path.type = T_CustomPath;
	path->path.pathtype = T_CustomScan;
	path->flags = CUSTOMPATH_SUPPORT_PROJECTION;
	path->methods = &path_methods;

	get_tablespace_page_costs(rel->reltablespace, NULL, &page_cost);
	read_cost = page_cost * rel->pages;
	cpu_cost = sequential->total_cost - sequential->startup_cost - read_cost;
	path->path.total_cost = sequential->startup_cost + read_cost + CPU_SHARE * cpu_cost;
	if (workers > 0)
	{
		Path	   *serial = create_seqscan_path(root, rel, rel->lateral_relids, 0);
		Cost		saved = serial->total_cost - serial->startup_cost - read_cost - cpu_cost;

		path->path.total_cost += (CPU_SHARE - PARALLEL_SHARE) * saved;
	}
	return &path->path;
}

static bool
is_heap(Oid relid)
{
	Relation	rel = table_open(relid, NoLock);
	bool		result = rel->rd_tableam == GetHeapamTableAmRoutine();

	table_close(rel, NoLock);
	return result;
}

static void
add_paths(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	int			workers;

	if (previous_pathlist_hook)
		previous_pathlist_hook(root, rel, rti, rte);
	if (!docdb_enable_document_scan || !IS_SIMPLE_REL(rel) || rte->rtekind != RTE_RELATION ||
		(rte->relkind != RELKIND_RELATION && rte->relkind != RELKIND_MATVIEW) ||
		rte->inh || rte->tablesample != NULL || IS_DUMMY_REL(rel) ||
		choose_column(rel) == InvalidAttrNumber || !is_heap(rte->relid))
		return;

	add_path(rel, make_path(root, rel, 0));
	if (!rel->consider_parallel || rel->lateral_relids != NULL)
		return;
	workers = compute_parallel_worker(rel, rel->pages, -1, max_parallel_workers_per_gather);
	if (workers > 0)
		add_partial_path(rel, make_path(root, rel, workers));
}

void
crud_scan_install(void)
{
	RegisterCustomScanMethods(&crud_scan_methods);
	previous_pathlist_hook = set_rel_pathlist_hook;
	set_rel_pathlist_hook = add_paths;
}
