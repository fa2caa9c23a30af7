/*
 * hint.c
 *		Hints: a statement that is to use one index, or none.
 *
 * The planner learns of a hint through two hooks, and only while it plans the statement that has
 * it.  The first leaves of the collection's indexes only the one that the hint names; the second
 * makes the paths again without those that read the whole table, as far as the index can serve.
 */
#include "postgres.h"

#include "catalog/partition.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/plancat.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

#include "base/errors.h"
#include "crud/crud_internal.h"
#include "docindex/docindex.h"

static get_relation_info_hook_type previous_relation_info_hook = NULL;
static set_rel_pathlist_hook_type previous_pathlist_hook = NULL;

/* The hint of the statement that is being planned. */
static CrudHint active_hint;

/* ---- Reading hints ---- */

bool
crud_is_hint(const BsonValue *hint)
{
	return hint->type == BSON_STRING ||
		(hint->type == BSON_DOCUMENT && hint->len > BSON_MIN_DOCUMENT_SIZE);
}

void
crud_query_hint(CrudQuery *query, const Collection *collection, const char *alias,
				const BsonValue *hint)
{
	if (!crud_is_hint(hint))
		return;
	if (crud_natural_direction(hint, "hint") != 0)
		query->hint.index = InvalidOid;
	else if (collection != NULL)
		query->hint.index = collection_index_find(collection, hint);
	if (collection != NULL)
		query->hint.relation = collection->relid;
	query->hint.alias = alias;
}

/* ---- Planning with them ---- */

/* Whether an object is another one or a partition of it. */
static bool
is_part_of(Oid object, Oid whole)
{
	return object == whole ||
		(get_rel_relispartition(object) &&
		 list_member_oid(get_partition_ancestors(object), whole));
}

/* Whether the hint is for that occurrence of a table in the statement. */
static bool
is_meant(const RangeTblEntry *rte)
{
	if (!OidIsValid(active_hint.relation) || rte->rtekind != RTE_RELATION)
		return false;
	if (rte->relid != active_hint.relation)
		return is_part_of(rte->relid, active_hint.relation);
	if (active_hint.alias == NULL)
		return rte->alias == NULL;
	return rte->alias != NULL && strcmp(rte->alias->aliasname, active_hint.alias) == 0;
}

static void
keep_hinted_index(PlannerInfo *root, Oid relid, bool is_parent, RelOptInfo *rel)
{
	ListCell   *lc;

	if (previous_relation_info_hook)
		previous_relation_info_hook(root, relid, is_parent, rel);
	foreach(lc, rel->indexlist)
		crud_watch_index(lfirst_node(IndexOptInfo, lc)->indexoid);
	if (!is_meant(planner_rt_fetch(rel->relid, root)))
		return;
	foreach(lc, rel->indexlist)
	{
		if (!OidIsValid(active_hint.index) ||
			!is_part_of(lfirst_node(IndexOptInfo, lc)->indexoid, active_hint.index))
			rel->indexlist = foreach_delete_current(rel->indexlist, lc);
	}
}

static List *
remove_impossible_paths(List *paths)
{
	ListCell   *lc;

	foreach(lc, paths)
	{
		if (((Path *) lfirst(lc))->total_cost >= DOCINDEX_IMPOSSIBLE_COST)
			paths = foreach_delete_current(paths, lc);
	}
	return paths;
}

/* Whether one of the paths needs nothing from other tables. */
static bool
have_plain_path(List *paths)
{
	ListCell   *lc;

	foreach(lc, paths)
	{
		if (PATH_REQ_OUTER((Path *) lfirst(lc)) == NULL)
			return true;
	}
	return false;
}

/* Adds the path that reads all of the index, whatever the filter says. */
static void
add_full_scan(PlannerInfo *root, RelOptInfo *rel)
{
	IndexOptInfo *index = linitial(rel->indexlist);
	IndexPath  *path;

	if (!index->amoptionalkey || !index->amhasgettuple ||
		(index->indpred != NIL && !index->predOK))
		return;
	path = create_index_path(root, index, NIL, NIL, NIL, NIL, ForwardScanDirection, false, NULL,
							 1.0, false);
	if (path->path.total_cost < DOCINDEX_IMPOSSIBLE_COST)
		add_path(rel, (Path *) path);
}

/* Makes the paths of a table anew from its index alone, if that has all rows wanted. */
static void
use_hinted_index(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	List	   *paths;
	List	   *partial_paths;

	if (previous_pathlist_hook)
		previous_pathlist_hook(root, rel, rti, rte);
	paths = rel->pathlist;
	partial_paths = rel->partial_pathlist;
	if (rte->inh || !is_meant(rte) || !OidIsValid(active_hint.index) || rel->indexlist == NIL)
		return;
	rel->pathlist = NIL;
	rel->partial_pathlist = NIL;
	create_index_paths(root, rel);
	rel->pathlist = remove_impossible_paths(rel->pathlist);
	rel->partial_pathlist = remove_impossible_paths(rel->partial_pathlist);
	docindex_add_covered_paths(root, rel, rte);
	if (!have_plain_path(rel->pathlist))
		add_full_scan(root, rel);
	if (!have_plain_path(rel->pathlist))
	{
		rel->pathlist = paths;
		rel->partial_pathlist = partial_paths;
	}
}

CrudHint
crud_hint_activate(CrudHint hint)
{
	CrudHint	outer = active_hint;

	active_hint = hint;
	return outer;
}

void
crud_hint_install(void)
{
	previous_relation_info_hook = get_relation_info_hook;
	get_relation_info_hook = keep_hinted_index;
	previous_pathlist_hook = set_rel_pathlist_hook;
	set_rel_pathlist_hook = use_hinted_index;
}
