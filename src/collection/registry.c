/*
 * registry.c
 *		The tables docdb.collections and docdb.capped.
 *
 * Everybody may read it and only its owner may write, so that no role can forge the options
 * of another's collection.  docdb's functions write on behalf of the caller after checking that
 * he owns the collection.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "base/compat.h"
#include "base/oids.h"
#include "collection/collection_internal.h"

/* Columns of docdb.collections, and its primary key. */
#define COLLECTIONS_RELATION 1
#define COLLECTIONS_NAME 2
#define COLLECTIONS_OPTIONS 3

PG_FUNCTION_INFO_V1(docdb_collections_changed);
PG_FUNCTION_INFO_V1(docdb_collections_dropped);

static Oid
registry_relation(const char *name)
{
	Oid			relid = get_relname_relid(name, get_namespace_oid("docdb", false));

	if (!OidIsValid(relid))
		elog(ERROR, "table docdb.%s of extension docdb is missing", name);
	return relid;
}

void
collection_run_sql(const char *sql, int expected)
{
	int			result = SPI_execute(sql, false, 0);

	if (result != expected)
		elog(ERROR, "SPI_execute failed: %s: %s", SPI_result_code_string(result), sql);
}

bool
collection_record_read(Oid relid, CollectionRecord *record)
{
	Relation	rel = table_open(registry_relation("collections"), AccessShareLock);
	Oid			index = registry_relation("collections_pkey");
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	record->name = NULL;
	pgbson_make_simple(BSON_MISSING, &record->options);

	ScanKeyInit(&key, COLLECTIONS_RELATION, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, index, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		datum = heap_getattr(tuple, COLLECTIONS_NAME, RelationGetDescr(rel), &isnull);

		if (!isnull)
			record->name = TextDatumGetCString(datum);
		datum = heap_getattr(tuple, COLLECTIONS_OPTIONS, RelationGetDescr(rel), &isnull);
		if (!isnull)
		{
			BsonValue	view;

			pgbson_from_datum(datum, &view);
			pgbson_value_copy(&view, &record->options);
		}
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return record->name != NULL || record->options.type != BSON_MISSING;
}

Oid
collection_registry_owner(void)
{
	HeapTuple	tuple = SearchSysCache1(RELOID,
										ObjectIdGetDatum(registry_relation("collections")));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for table docdb.collections");
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/*
 * Runs a statement on one of the tables as their owner.  It names no object that others could
 * have made, so nothing of the caller's runs with the owner's rights.
 */
static void
run_as_owner(const char *sql, int nargs, Oid *types, Datum *values, const char *nulls)
{
	Oid			owner = collection_registry_owner();
	Oid			save_user;
	int			save_context;

	/* An error restores the user with the transaction's state. */
	GetUserIdAndSecContext(&save_user, &save_context);
	SetUserIdAndSecContext(owner, save_context | SECURITY_LOCAL_USERID_CHANGE);
	SPI_connect();
	if (SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0) < 0)
		elog(ERROR, "SPI_execute_with_args failed: %s", sql);
	SPI_finish();
	SetUserIdAndSecContext(save_user, save_context);
}

static void
check_owner(Oid relid)
{
	if (!docdb_relation_ownercheck(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(relid));
}

void
collection_record_write(Oid relid, const CollectionRecord *record)
{
	Oid			types[3] = {REGCLASSOID, TEXTOID, docdb_oids()->bson_type};
	Datum		values[3] = {ObjectIdGetDatum(relid)};
	char		nulls[4] = "   ";

	check_owner(relid);
	if (record->name == NULL && record->options.type == BSON_MISSING)
	{
		run_as_owner("DELETE FROM docdb.collections "
					 "WHERE collection OPERATOR(pg_catalog.=) $1",
					 1, types, values, nulls);
		return;
	}

	if (record->name != NULL)
		values[1] = CStringGetTextDatum(record->name);
	else
		nulls[1] = 'n';
	if (record->options.type != BSON_MISSING)
		values[2] = pgbson_get_datum(&record->options);
	else
		nulls[2] = 'n';
	run_as_owner("INSERT INTO docdb.collections (collection, name, options) VALUES ($1, $2, $3) "
				 "ON CONFLICT (collection) DO UPDATE SET name = excluded.name, "
				 "options = excluded.options",
				 3, types, values, nulls);
}

/*
 * Row trigger of docdb.collections: every backend is to forget what it knows of the collection,
 * whoever changed the row, pg_restore included.
 */
Datum
docdb_collections_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	HeapTuple	tuple;
	Oid			relid;
	bool		isnull;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) ||
		RelationGetRelid(trigdata->tg_relation) != registry_relation("collections"))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("docdb.collections_changed must be called as a row trigger of "
						"docdb.collections")));

	tuple = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) ? trigdata->tg_newtuple :
		trigdata->tg_trigtuple;
	relid = DatumGetObjectId(heap_getattr(tuple, COLLECTIONS_RELATION,
										  RelationGetDescr(trigdata->tg_relation), &isnull));
	if (!isnull && SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
		CacheInvalidateRelcacheByRelid(relid);
	return PointerGetDatum(tuple);
}

/* Event trigger sql_drop: removes the rows of tables that are gone. */
Datum
docdb_collections_dropped(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("docdb.collections_dropped must be called as an event trigger")));

	SPI_connect();
	if (SPI_execute("SELECT FROM pg_catalog.pg_event_trigger_dropped_objects() d "
					"WHERE d.classid OPERATOR(pg_catalog.=) "
					"'pg_catalog.pg_class'::pg_catalog.regclass", true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read the dropped objects");
	if (SPI_processed > 0)
	{
		run_as_owner("DELETE FROM docdb.collections c WHERE NOT EXISTS "
					 "(SELECT FROM pg_catalog.pg_class r "
					 "WHERE r.oid OPERATOR(pg_catalog.=) c.collection)", 0, NULL, NULL, NULL);
		run_as_owner("DELETE FROM docdb.capped c WHERE NOT EXISTS "
					 "(SELECT FROM pg_catalog.pg_class r "
					 "WHERE r.oid OPERATOR(pg_catalog.=) c.collection)", 0, NULL, NULL, NULL);
	}
	SPI_finish();
	PG_RETURN_NULL();
}
