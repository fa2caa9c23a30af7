/*
 * oids.c
 *		Cache of the extension's own OIDs.
 *
 * The extension's types live in whatever schema CREATE EXTENSION was given, so their OIDs have to
 * be found through pg_extension.  The cache is dropped whenever a type or a schema changes, which
 * covers DROP EXTENSION, a new CREATE EXTENSION and ALTER SCHEMA ... RENAME.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "base/oids.h"

static DocdbOids cached_oids;
static bool cache_valid = false;
static bool callback_registered = false;

static void
invalidate_oids(Datum arg, int cacheid, uint32 hashvalue)
{
	cache_valid = false;
}

/* The schema of an extension; PostgreSQL 15 has the lookup only as a static function. */
static Oid
extension_schema(Oid extension)
{
	Relation	rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			schema = InvalidOid;

	ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(extension));
	scan = systable_beginscan(rel, ExtensionOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		schema = ((Form_pg_extension) GETSTRUCT(tuple))->extnamespace;
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return schema;
}

static Oid
type_in_schema(Oid schema, const char *name)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum(name), ObjectIdGetDatum(schema));

	if (!OidIsValid(type))
		elog(ERROR, "type \"%s\" of extension docdb is missing", name);
	return type;
}

const DocdbOids *
docdb_oids(void)
{
	DocdbOids	oids;
	char	   *schema_name;

	if (cache_valid)
		return &cached_oids;

	if (!callback_registered)
	{
		CacheRegisterSyscacheCallback(TYPEOID, invalidate_oids, (Datum) 0);
		CacheRegisterSyscacheCallback(NAMESPACEOID, invalidate_oids, (Datum) 0);
		callback_registered = true;
	}

	oids.schema = extension_schema(get_extension_oid("docdb", false));
	schema_name = get_namespace_name(oids.schema);
	if (schema_name == NULL)
		elog(ERROR, "schema of extension docdb is missing");
	oids.bson_type = type_in_schema(oids.schema, "bson");
	oids.bson_value_type = type_in_schema(oids.schema, "bson_value");
	oids.bson_array_type = get_array_type(oids.bson_type);
	oids.schema_name = MemoryContextStrdup(TopMemoryContext, quote_identifier(schema_name));

	if (cached_oids.schema_name)
		pfree(cached_oids.schema_name);
	cached_oids = oids;
	cache_valid = true;
	return &cached_oids;
}
