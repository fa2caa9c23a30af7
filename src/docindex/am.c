/*
 * am.c
 *		The access method's handler: nbtree's routines, some of them replaced.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "access/reloptions.h"

#include "base/compat.h"
#include "docindex/docindex_internal.h"

PG_FUNCTION_INFO_V1(docdb_bson_btree_handler);

extern bytea *docindex_options(Datum reloptions, bool validate);

/*
 * nbtree takes an index for wrong that has more entries than the table has rows, and corrects its
 * statistics; more entries are what this one is about.
 */
static IndexBulkDeleteResult *
vacuum_cleanup(IndexVacuumInfo *info, IndexBulkDeleteResult *stats)
{
	IndexVacuumInfo uncertain = *info;

	uncertain.estimated_count = true;
	return docindex_nbtree()->amvacuumcleanup(&uncertain, stats);
}

/* The operator class is the extension's own. */
static bool
validate(Oid opclass)
{
	return true;
}

/* docdb.bson_btree_handler(internal) */
Datum
docdb_bson_btree_handler(PG_FUNCTION_ARGS)
{
	IndexAmRoutine *routine = makeNode(IndexAmRoutine);

	*routine = *docindex_nbtree();
	routine->amstrategies = 0;
	routine->amcanorder = false;
	routine->amcanorderbyop = true;
	routine->amcanbackward = false; /* the executor requires it of ordering operators */
	routine->amcanunique = false;	/* see docindex_insert */
	routine->amcanmulticol = false;
	routine->amoptionalkey = true;
	routine->amsearcharray = false;
	routine->amsearchnulls = false;
	routine->amstorage = true;
	routine->amclusterable = false;
	routine->amcanparallel = false;
	routine->amcaninclude = false;
	docdb_disable_new_am_members(routine);

	routine->ambuild = docindex_build;
	routine->aminsert = docindex_insert;
	routine->amvacuumcleanup = vacuum_cleanup;
	routine->amcanreturn = NULL;
	routine->amcostestimate = docindex_cost_estimate;
	routine->amoptions = docindex_options;
	routine->amproperty = NULL;
	routine->amvalidate = validate;
	routine->amadjustmembers = NULL;
	routine->ambeginscan = docindex_begin_scan;
	routine->amrescan = docindex_rescan;
	routine->amgettuple = docindex_get_tuple;
	routine->amgetbitmap = docindex_get_bitmap;
	routine->amendscan = docindex_end_scan;
	routine->ammarkpos = NULL;
	routine->amrestrpos = NULL;
	routine->amestimateparallelscan = NULL;
	routine->aminitparallelscan = NULL;
	routine->amparallelrescan = NULL;
	PG_RETURN_POINTER(routine);
}
