/*
 * ddl.c
 *		Creating, dropping, renaming and listing collections.
 *
 * All of it is PostgreSQL's own DDL, run as the caller.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/oids.h"
#include "collection/collection_internal.h"
#include "match/match.h"

/* Sets our advisory locks apart from those of pg_advisory_lock, which have 1 and 2 here. */
#define LOCK_CLASS 0xD0DB

#ifdef USE_LZ4
#define DOC_COMPRESSION " COMPRESSION lz4"
#else
#define DOC_COMPRESSION ""
#endif

/*
 * Lets one transaction at a time create something of that name.  The lock is held to the
 * transaction's end, because only then others can see what it made; whoever waited looks again.
 */
static void
lock_name(const char *name)
{
	uint64		hash = collection_hash_name(name);
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, LOCK_CLASS);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
	AcceptInvalidationMessages();
}

static void
create_schema(const CollectionName *name)
{
	lock_name(name->database);
	if (OidIsValid(get_namespace_oid(name->database, true)))
		return;
	collection_run_sql(psprintf("CREATE SCHEMA %s", quote_identifier(name->database)),
					   SPI_OK_UTILITY);
}

/* MongoDB keeps these names to itself, and docdb has no use for them. */
static void
refuse_system_name(const CollectionName *name)
{
	if (strncmp(name->name, "system.", 7) == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_NAMESPACE),
				 errmsg("Invalid system namespace: %s", collection_namespace(name))));
}

static void
create_table(const CollectionName *name)
{
	const char *types = docdb_oids()->schema_name;
	const char *table = quote_qualified_identifier(name->database, NameStr(name->relname));

	collection_run_sql(psprintf("CREATE TABLE %s (_id %s.bson_value PRIMARY KEY, "
								"doc %s.bson" DOC_COMPRESSION " NOT NULL)",
								table, types, types), SPI_OK_UTILITY);
	collection_run_sql(psprintf("CREATE TRIGGER " COLLECTION_TRIGGER
								" BEFORE INSERT OR UPDATE ON %s FOR EACH ROW "
								"EXECUTE FUNCTION docdb." COLLECTION_TRIGGER_FUNCTION "()",
								table), SPI_OK_UTILITY);
}

/*
 * Creates the collection unless it is there, whoever made it meanwhile; true when this
 * transaction made it.
 */
static bool
create(const CollectionName *name, const BsonValue *stored_options)
{
	char	   *namespace = collection_namespace(name);
	CollectionRecord record = {NULL};

	refuse_system_name(name);
	lock_name(namespace);
	if (collection_find(name) != NULL)
		return false;

	SPI_connect();
	if (!OidIsValid(get_namespace_oid(name->database, true)))
		create_schema(name);
	create_table(name);
	SPI_finish();

	if (strlen(name->name) >= NAMEDATALEN)
		record.name = name->name;
	record.options = *stored_options;
	if (record.name != NULL || record.options.type != BSON_MISSING)
		collection_record_write(get_relname_relid(NameStr(name->relname),
												  get_namespace_oid(name->database, false)),
								&record);
	CommandCounterIncrement();
	return true;
}

Collection *
collection_find_or_create(const CollectionName *name)
{
	Collection *collection = collection_find(name);
	BsonValue	no_options;

	if (collection != NULL)
		return collection;
	pgbson_make_simple(BSON_MISSING, &no_options);
	(void) create(name, &no_options);
	collection = collection_find(name);
	if (collection == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("collection \"%s\" was dropped while it was created",
						collection_namespace(name))));
	return collection;
}

bool
collection_create(const CollectionName *name, const BsonValue *options)
{
	BsonValue	stored;
	Collection *existing;
	CollectionRecord record;

	collection_parse_options(options, "create", &stored);
	existing = collection_find(name);
	if (existing == NULL && create(name, &stored))
		return true;

	existing = collection_find(name);
	if (existing == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("collection \"%s\" was dropped while it was created",
						collection_namespace(name))));
	(void) collection_record_read(existing->relid, &record);
	if (record.options.type != stored.type ||
		(stored.type == BSON_DOCUMENT && !pgbson_equal(&record.options, &stored)))
		ereport(ERROR,
				(errcode(DOCDB_ERR_NAMESPACE_EXISTS),
				 errmsg("Collection already exists. NS: %s", collection_namespace(name)),
				 errdetail("It exists with other options.")));
	return false;
}

static void
raise_missing(const CollectionName *name, const char *role)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_NAMESPACE_NOT_FOUND),
			 errmsg("%s %s does not exist", role, collection_namespace(name))));
}

void
collection_modify(const CollectionName *name, const BsonValue *options)
{
	Collection *collection = collection_find(name);
	CollectionRecord record;
	BsonValue	changes;
	BsonBuilder builder;
	BsonIter	iter;

	if (collection == NULL)
		raise_missing(name, "ns");
	collection_parse_options(options, "collMod", &changes);
	if (changes.type == BSON_MISSING)
		return;

	(void) collection_record_read(collection->relid, &record);
	pgbson_builder_init(&builder);
	if (record.options.type == BSON_DOCUMENT)
	{
		pgbson_iter_init(&iter, &record.options);
		while (pgbson_iter_next(&iter))
		{
			BsonValue	changed;

			if (!pgbson_get(&changes, iter.key, iter.keylen, &changed))
				pgbson_append_element(&builder, &iter);
		}
	}
	pgbson_iter_init(&iter, &changes);
	while (pgbson_iter_next(&iter))
		pgbson_append_element(&builder, &iter);
	pgbson_finish(&builder, BSON_DOCUMENT, &record.options);
	collection_record_write(collection->relid, &record);
	CommandCounterIncrement();
}

/* What DROP and ALTER call a relation of that kind. */
static const char *
relation_keyword(char relkind)
{
	switch (relkind)
	{
		case RELKIND_FOREIGN_TABLE:
			return "FOREIGN TABLE";
		case RELKIND_VIEW:
			return "VIEW";
		case RELKIND_MATVIEW:
			return "MATERIALIZED VIEW";
		default:
			return "TABLE";
	}
}

bool
collection_drop(const CollectionName *name)
{
	Collection *collection = collection_find_unlocked(name);

	/* Who may drop it waits for others who do, and then looks whether it is still there. */
	if (collection != NULL && docdb_relation_ownercheck(collection->relid, GetUserId()))
	{
		PreventCommandIfReadOnly("DROP TABLE");
		LockRelationOid(collection->relid, AccessExclusiveLock);
		collection = collection_find_unlocked(name);
	}
	if (collection == NULL)
		return false;
	SPI_connect();
	collection_run_sql(psprintf("DROP %s %s", relation_keyword(collection->relkind),
								collection->sql_name), SPI_OK_UTILITY);
	SPI_finish();
	return true;
}

void
collection_rename(const CollectionName *from, const CollectionName *to, bool drop_target)
{
	Collection *source = collection_find_unlocked(from);
	Collection *target;
	const char *keyword;
	CollectionRecord record;

	if (source == NULL)
		raise_missing(from, "Source collection");
	if (strcmp(from->database, to->database) == 0 && strcmp(from->name, to->name) == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_ILLEGAL_OPERATION),
				 errmsg("Can't rename a collection to itself")));
	refuse_system_name(to);
	lock_name(collection_namespace(to));
	target = collection_find_unlocked(to);
	if (target != NULL && !drop_target)
		ereport(ERROR,
				(errcode(DOCDB_ERR_NAMESPACE_EXISTS),
				 errmsg("target namespace exists")));
	if (target != NULL)
		(void) collection_drop(to);

	keyword = relation_keyword(source->relkind);
	(void) collection_record_read(source->relid, &record);
	SPI_connect();
	if (strcmp(from->database, to->database) != 0)
	{
		if (!OidIsValid(get_namespace_oid(to->database, true)))
			create_schema(to);
		collection_run_sql(psprintf("ALTER %s %s SET SCHEMA %s", keyword, source->sql_name,
									quote_identifier(to->database)), SPI_OK_UTILITY);
	}
	if (strcmp(NameStr(from->relname), NameStr(to->relname)) != 0)
		collection_run_sql(psprintf("ALTER %s %s RENAME TO %s", keyword,
									quote_qualified_identifier(to->database,
															   NameStr(from->relname)),
									quote_identifier(NameStr(to->relname))), SPI_OK_UTILITY);
	SPI_finish();

	if (record.name != NULL || strlen(to->name) >= NAMEDATALEN)
	{
		record.name = strlen(to->name) >= NAMEDATALEN ? to->name : NULL;
		collection_record_write(source->relid, &record);
	}
	CommandCounterIncrement();
}

/* ---- Listing ---- */

/* A row of the query below as MongoDB's listCollections has it. */
static void
build_list_entry(HeapTuple tuple, TupleDesc tupdesc, bool name_only, BsonValue *entry)
{
	char	   *relname = SPI_getvalue(tuple, tupdesc, 1);
	char		relkind = *SPI_getvalue(tuple, tupdesc, 2);
	char	   *long_name = SPI_getvalue(tuple, tupdesc, 3);
	bool		is_view = relkind == RELKIND_VIEW || relkind == RELKIND_MATVIEW;
	NameData	shortened;
	BsonBuilder builder;
	BsonValue	options;
	Datum		datum;
	bool		isnull;

	/* A renamed table has the name it was given, not that in docdb.collections. */
	if (long_name != NULL)
		collection_shorten(long_name, &shortened);
	if (long_name == NULL || strcmp(NameStr(shortened), relname) != 0)
		long_name = relname;

	pgbson_builder_init(&builder);
	pgbson_append_cstring(&builder, "name", -1, long_name);
	pgbson_append_cstring(&builder, "type", -1, is_view ? "view" : "collection");
	if (!name_only)
	{
		datum = SPI_getbinval(tuple, tupdesc, 4, &isnull);
		if (isnull)
		{
			pgbson_begin(&builder, BSON_DOCUMENT, "options", -1);
			pgbson_end(&builder);
		}
		else
		{
			pgbson_from_datum(datum, &options);
			pgbson_append(&builder, "options", -1, &options);
		}
		pgbson_begin(&builder, BSON_DOCUMENT, "info", -1);
		pgbson_append_bool(&builder, "readOnly", -1, is_view);
		pgbson_end(&builder);
		if (!is_view)
		{
			pgbson_begin(&builder, BSON_DOCUMENT, "idIndex", -1);
			pgbson_append_int32(&builder, "v", -1, 2);
			pgbson_begin(&builder, BSON_DOCUMENT, "key", -1);
			pgbson_append_int32(&builder, "_id", -1, 1);
			pgbson_end(&builder);
			pgbson_append_cstring(&builder, "name", -1, "_id_");
			pgbson_end(&builder);
		}
	}
	pgbson_finish(&builder, BSON_DOCUMENT, entry);
}

static char *
list_query(void)
{
	const DocdbOids *oids = docdb_oids();

	return psprintf("SELECT c.relname, c.relkind, r.name, r.options "
					"FROM pg_catalog.pg_class c LEFT JOIN docdb.collections r "
					"ON r.collection OPERATOR(pg_catalog.=) c.oid "
					"WHERE c.relnamespace OPERATOR(pg_catalog.=) $1 "
					"AND c.relkind OPERATOR(pg_catalog.=) "
					"ANY ('{r,p,f,v,m}'::pg_catalog.\"char\"[]) "
					"AND NOT c.relispartition "
					"AND EXISTS (SELECT FROM pg_catalog.pg_attribute a "
					"WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid "
					"AND a.attname OPERATOR(pg_catalog.=) '_id' "
					"AND a.atttypid OPERATOR(pg_catalog.=) %u) "
					"AND EXISTS (SELECT FROM pg_catalog.pg_attribute a "
					"WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid "
					"AND a.attname OPERATOR(pg_catalog.=) 'doc' "
					"AND a.atttypid OPERATOR(pg_catalog.=) %u) "
					"ORDER BY 1",
					oids->bson_value_type, oids->bson_type);
}

void
collection_list(const char *database, const BsonValue *filter, bool name_only,
				CollectionDocumentCallback callback, void *arg)
{
	Oid			schema = get_namespace_oid(database, true);
	Oid			types[1] = {OIDOID};
	Datum		values[1] = {ObjectIdGetDatum(schema)};
	Matcher    *matcher = NULL;

	if (filter != NULL && filter->type == BSON_DOCUMENT)
		matcher = match_compile(filter, NULL);
	if (!OidIsValid(schema))
		return;

	SPI_connect();
	if (SPI_execute_with_args(list_query(), 1, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pg_class");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		BsonValue	entry;

		CHECK_FOR_INTERRUPTS();
		build_list_entry(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, name_only, &entry);
		if (matcher == NULL || match_eval(matcher, &entry, NULL))
			callback(&entry, arg);
	}
	SPI_finish();
}
