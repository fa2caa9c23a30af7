/*
 * cost.c
 *		What the planner is told of an index scan.
 *
 * The operator @@ belongs to the operator class, so the planner takes every index for one that may
 * serve a filter.  What an index cannot do has a cost that no planner chooses.
 */
#include "postgres.h"

#include <math.h>

#include "access/genam.h"
#include "access/nbtree.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/index_selfuncs.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/selfuncs.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "docindex/docindex_internal.h"

/* What comparing keys on the way down costs, in units of cpu_operator_cost, as for nbtree. */
#define PAGE_COST_FACTOR 50.0

static const DocIndexSpec *
spec_of(const IndexOptInfo *index)
{
	return docindex_spec_of_options(index->indexoid,
									index->opclassoptions ? index->opclassoptions[0] : NULL);
}

/* The value of an operand, if planning can know it; it may only serve to estimate. */
static bool
known_value(PlannerInfo *root, Node *operand, BsonValue *value)
{
	Node	   *estimated = estimate_expression_value(root, operand);

	if (!IsA(estimated, Const) || ((Const *) estimated)->constisnull)
		return false;
	pgbson_from_datum(((Const *) estimated)->constvalue, value);
	return true;
}

typedef struct Estimate
{
	const DocIndexSpec *spec;
	Relation	index;
	bool		possible;
	bool		known;			/* the filter's value is */
	double		fraction;		/* of the index's entries */
	int			intervals;
	bool		arrays;
	bool		decided;		/* keys alone tell which rows match, */
	bool		filtered;		/* each of them by more than being within the bounds */
	int			runs;			/* to be merged */
} Estimate;

/*
 * The conditions of a path's clauses; false where the value of one is not known.  *exact tells
 * whether the values are, or only what the filters are made of.
 */
static bool
path_conditions(PlannerInfo *root, IndexPath *path, List **conditions, bool *exact)
{
	ListCell   *lc;
	ListCell   *lc2;

	*conditions = NIL;
	*exact = true;
	foreach(lc, path->indexclauses)
	{
		foreach(lc2, lfirst_node(IndexClause, lc)->indexquals)
		{
			RestrictInfo *qual = lfirst_node(RestrictInfo, lc2);
			BsonValue	filter;

			if (!known_value(root, get_rightop(qual->clause), &filter))
			{
				if (!match_filter_shape(get_rightop(qual->clause), &filter))
					return false;
				*exact = false;
			}
			*conditions = lappend(*conditions, match_conditions(&filter));
		}
	}
	return true;
}

/*
 * Whether the index gives the order that a path is to have; it must be a constant, as no plan may
 * rely on what is only an estimate.
 */
static bool
order_is_possible(const DocIndexSpec *spec, IndexPath *path, List *conditions,
				  const MarkerInfo *markers, int *max_fields, int *runs)
{
	Node	   *operand;
	BsonValue	sort;
	OrderPlan	plan;

	*max_fields = BSON_MAX_KEYS;
	if (path->indexorderbys == NIL)
		return true;
	operand = get_rightop(linitial(path->indexorderbys));
	if (list_length(path->indexorderbys) != 1 || !IsA(operand, Const) ||
		((Const *) operand)->constisnull)
		return false;
	pgbson_from_datum(((Const *) operand)->constvalue, &sort);
	docindex_plan_order(spec, pgbson_sort_compile(&sort), conditions, markers, &plan);
	*max_fields = plan.max_fields;
	*runs = plan.runs.count;
	return plan.possible;
}

/* The share of rows that a path's clauses select, as the statistics of the table have it. */
static double
clauses_selectivity(PlannerInfo *root, IndexPath *path)
{
	List	   *quals = get_quals_from_indexclauses(path->indexclauses);

	return clauselist_selectivity(root, quals, path->indexinfo->rel->relid, JOIN_INNER, NULL);
}

static void
estimate_entries(PlannerInfo *root, IndexPath *path, Estimate *estimate)
{
	MarkerInfo	markers = {PG_UINT32_MAX, false};
	FilterBounds bounds;
	List	   *conditions;
	int			max_fields = BSON_MAX_KEYS;
	bool		exact;
	bool		decides;

	estimate->known = path_conditions(root, path, &conditions, &exact);
	exact &= estimate->known;
	if (!estimate->known)
		conditions = NIL;
	estimate->possible = docindex_has_all(estimate->spec, conditions);
	if (!estimate->possible)
		return;
	docindex_filter_bounds(estimate->spec, conditions, markers.arrays, max_fields, &bounds);
	decides = bounds.exact;
	if (path->indexorderbys != NIL || bounds.needs_arrays)
	{
		docindex_read_markers(estimate->index, NULL, SnapshotAny, &markers);
		estimate->possible = order_is_possible(estimate->spec, path, conditions, &markers,
											   &max_fields, &estimate->runs);
		if (!estimate->possible)
			return;
		docindex_filter_bounds(estimate->spec, conditions, markers.arrays, max_fields, &bounds);
		estimate->filtered = docindex_key_filter(estimate->spec, conditions, &markers, &bounds,
												 max_fields, &decides) != NULL && decides;
		estimate->arrays = markers.arrays != 0;
	}

	/*
	 * Without a clause the path is one to read all of the index, and wanted.  All of an index that
	 * has not all rows may be less to read than the table.
	 */
	estimate->possible = path->indexorderbys != NIL || path->indexclauses == NIL ||
		estimate->spec->sparse || estimate->spec->partial.type == BSON_DOCUMENT ||
		!docindex_intervals_are_all(&bounds.keys);
	estimate->fraction = exact ? docindex_fraction(estimate->index, &bounds.keys) :
		clauses_selectivity(root, path);
	estimate->intervals = bounds.keys.count;
	estimate->decided = exact && decides;
}

bool
docindex_keys_decide(PlannerInfo *root, IndexPath *path)
{
	Estimate	estimate = {0};

	estimate.spec = spec_of(path->indexinfo);
	estimate.index = index_open(path->indexinfo->indexoid, NoLock);
	estimate_entries(root, path, &estimate);
	index_close(estimate.index, NoLock);
	return estimate.possible && estimate.decided;
}

/* The descents into the index: of each interval, one for each run before the first row. */
static void
add_descents(const IndexOptInfo *index, int height, const Estimate *estimate, GenericCosts *costs)
{
	Cost		descent = (height + 1) * PAGE_COST_FACTOR * cpu_operator_cost;

	if (index->tuples > 1)
		descent += ceil(log(index->tuples) / log(2.0)) * cpu_operator_cost;
	costs->indexStartupCost += descent * Max(estimate->runs, 1);
	costs->indexTotalCost += descent * Max(estimate->intervals, 1);
}

/* amcostestimate: from what the index itself says of the filter's bounds. */
void
docindex_cost_estimate(PlannerInfo *root, IndexPath *path, double loop_count,
					   Cost *startup_cost, Cost *total_cost, Selectivity *selectivity,
					   double *correlation, double *index_pages)
{
	IndexOptInfo *index = path->indexinfo;
	GenericCosts costs = {0};
	Estimate	estimate = {0};
	DocIndexSettings settings;
	int			height;
	double		rows = Max(index->rel->tuples, 1);	/* of the table */

	if (index->hypothetical)
		elog(ERROR, "access method %s needs an index that exists", DOCINDEX_AM_NAME);
	estimate.spec = spec_of(index);
	estimate.index = index_open(index->indexoid, NoLock);
	docindex_settings(estimate.index, &settings);
	if (!settings.hidden)
		estimate_entries(root, path, &estimate);
	height = _bt_getrootheight(estimate.index);
	index_close(estimate.index, NoLock);

	if (!estimate.possible)
	{
		*startup_cost = 0;
		*total_cost = DOCINDEX_IMPOSSIBLE_COST;
		*selectivity = 1;
		*correlation = 0;
		*index_pages = index->pages;
		docdb_disable_path(&path->path);
		return;
	}

	costs.numIndexTuples = Max(1.0, rint(estimate.fraction * Max(index->tuples, rows)));
	genericcostestimate(root, path, loop_count, &costs);
	add_descents(index, height, &estimate, &costs);
	*startup_cost = costs.indexStartupCost;
	*total_cost = costs.indexTotalCost;

	/* Statistics know how many entries a row has, which the index does not tell. */
	*selectivity = Min(1.0, costs.numIndexTuples / rows);
	if (estimate.filtered)
		*selectivity = Min(*selectivity, costs.indexSelectivity);
	else if (estimate.arrays)
		*selectivity = Max(*selectivity, costs.indexSelectivity);
	*correlation = 0;
	*index_pages = costs.numIndexPages;
}
