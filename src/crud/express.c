/*
 * express.c
 *		Fetching a document by its _id without a statement.
 *
 * {_id: x} is what most finds ask for.  Where a statement would do nothing but look into the
 * primary key and fetch one row, that is done directly: a fifth of the work is the search, the
 * rest setting up an executor for it.  Privileges are checked as the statement would; whatever is
 * out of the ordinary (row-level security, partitions, views, privileges on columns only, somebody
 * who wants to see all privilege checks) is left to the statement.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "crud/crud_internal.h"
#include "project/project.h"

/* The function of the equality of _id, looked up once. */
static FmgrInfo *
equality_function(Oid function)
{
	static FmgrInfo equality;

	if (equality.fn_oid != function)
		fmgr_info_cxt(function, &equality, TopMemoryContext);
	return &equality;
}

bool
crud_fetch_row(Relation rel, const Collection *collection, const BsonValue *id,
			   Snapshot snapshot, LOCKMODE lock, TupleTableSlot *slot)
{
	Relation	index = index_open(collection->id_index, lock);
	IndexScanDesc scan;
	ScanKeyData key;
	bool		found;

	ScanKeyEntryInitializeWithInfo(&key, 0, 1, BTEqualStrategyNumber, InvalidOid, InvalidOid,
								   equality_function(collection->id_equality),
								   pgbson_value_get_datum(id));
	scan = docdb_index_beginscan(rel, index, snapshot, 1);
	index_rescan(scan, &key, 1, NULL, 0);
	found = index_getnext_slot(scan, ForwardScanDirection, slot);
	index_endscan(scan);
	index_close(index, NoLock);
	return found;
}

/* The document with that _id as the active snapshot sees it, copied; 0 where there is none. */
static Datum
fetch(Relation rel, const Collection *collection, const BsonValue *id)
{
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	Datum		document = (Datum) 0;
	bool		isnull;

	if (crud_fetch_row(rel, collection, id, GetActiveSnapshot(), AccessShareLock, slot))
	{
		document = slot_getattr(slot, collection->doc_attnum, &isnull);
		document = isnull ? (Datum) 0 : PointerGetDatum(PG_DETOAST_DATUM_COPY(document));
	}
	ExecDropSingleTupleTableSlot(slot);
	return document;
}

static void
apply_projection(const CrudFind *find, Datum *document)
{
	const BsonValue *let = find->let.type == BSON_DOCUMENT ? &find->let : NULL;
	ExprScope  *scope;
	Projection *projection;
	ExprEvalContext *context;
	BsonBuilder builder;
	BsonValue	whole;
	BsonValue	projected;

	if (find->projection.type != BSON_DOCUMENT)
		return;
	scope = expr_scope_from_variables(let);
	projection = project_compile(&find->projection, PROJECT_FIND, scope);
	if (*document == (Datum) 0 || project_is_trivial(projection))
		return;
	context = expr_context_create(scope);
	expr_context_set_variables(context, let);
	pgbson_builder_init(&builder);
	pgbson_from_datum(*document, &whole);
	project_eval(projection, &whole, context, &builder, &projected);
	*document = project_result_datum(&projected, &builder);
}

bool
crud_find_by_id(const CrudFind *given, Datum *document)
{
	CrudFind	collated = crud_collate_find(given);
	const CrudFind *find = &collated;
	BsonValue	id;
	Relation	rel;

	*document = (Datum) 0;
	if (find->collection == NULL || !OidIsValid(find->collection->id_index) || find->skip > 0 ||
		crud_is_hint(&find->hint) || !crud_find_is_plain(find) ||
		ExecutorCheckPerms_hook != NULL ||
		!crud_id_equality(&find->filter, &id) || !crud_is_id_equality_only(&find->filter))
		return false;
	if (pg_class_aclcheck(find->collection->relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		return false;

	/* collection_find locked the table before it looked at it. */
	rel = table_open(find->collection->relid, NoLock);
	*document = fetch(rel, find->collection, &id);
	table_close(rel, NoLock);
	if (find->sort.type == BSON_DOCUMENT)
		crud_append_order(crud_query_create(), NULL, NULL, &find->sort);
	apply_projection(find, document);
	return true;
}
