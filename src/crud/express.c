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
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "crud/crud_internal.h"
#include "project/project.h"

/* The document with that _id as the active snapshot sees it, copied; false where there is none. */
static bool
fetch(Relation rel, const Collection *collection, const BsonValue *id, Datum *document)
{
	Relation	index = index_open(collection->id_index, AccessShareLock);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	IndexScanDesc scan;
	ScanKeyData key;
	bool		found;
	bool		isnull = true;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, collection->id_equality,
				pgbson_value_get_datum(id));
	scan = docdb_index_beginscan(rel, index, GetActiveSnapshot(), 1);
	index_rescan(scan, &key, 1, NULL, 0);
	found = index_getnext_slot(scan, ForwardScanDirection, slot);
	if (found)
	{
		*document = slot_getattr(slot, collection->doc_attnum, &isnull);
		if (!isnull)
			*document = PointerGetDatum(PG_DETOAST_DATUM_COPY(*document));
	}
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	index_close(index, AccessShareLock);
	return found && !isnull;
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
crud_find_by_id(const CrudFind *find, Datum *document)
{
	BsonValue	id;
	Relation	rel;
	Collection *locked;
	bool		possible;

	*document = (Datum) 0;
	if (find->collection == NULL || !OidIsValid(find->collection->id_index) || find->skip > 0 ||
		crud_is_hint(&find->hint) || ExecutorCheckPerms_hook != NULL ||
		!crud_id_equality(&find->filter, &id) || !crud_is_id_equality_only(&find->filter))
		return false;
	if (pg_class_aclcheck(find->collection->relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		return false;

	/* What is known of the table was without a lock; look again with one. */
	rel = table_open(find->collection->relid, AccessShareLock);
	locked = collection_find_by_oid(find->collection->relid);
	possible = OidIsValid(locked->id_index);
	if (possible)
		(void) fetch(rel, locked, &id, document);
	table_close(rel, AccessShareLock);
	if (!possible)
		return false;
	crud_append_order(crud_query_create(), NULL, NULL, &find->sort);
	apply_projection(find, document);
	return true;
}
