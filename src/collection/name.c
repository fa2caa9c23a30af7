/*
 * name.c
 *		Names of databases and collections.
 *
 * MongoDB allows names of collections that are longer than PostgreSQL's identifiers.  The table of
 * such a collection is named by the first bytes of the name and a hash of all of it, and
 * docdb.collections has the whole name.  The hash is FNV-1a, because it must be the same on every
 * platform a dump may be restored on.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/errors.h"
#include "collection/collection_internal.h"

/* How a shortened name ends: '~' and 16 hexadecimal digits. */
#define HASH_SUFFIX_LEN 17

uint64
collection_hash_name(const char *name)
{
	uint64		hash = UINT64CONST(0xcbf29ce484222325);

	for (; *name; name++)
		hash = (hash ^ (uint8) *name) * UINT64CONST(0x100000001b3);
	return hash;
}

void
collection_shorten(const char *name, NameData *relname)
{
	size_t		len = strlen(name);
	int			kept;

	memset(relname, 0, sizeof(NameData));
	if (len < NAMEDATALEN)
	{
		memcpy(NameStr(*relname), name, len);
		return;
	}
	kept = pg_mbcliplen(name, len, NAMEDATALEN - 1 - HASH_SUFFIX_LEN);
	memcpy(NameStr(*relname), name, kept);
	snprintf(NameStr(*relname) + kept, HASH_SUFFIX_LEN + 1, "~%016llx",
			 (unsigned long long) collection_hash_name(name));
}

void
collection_join_names(const char *relname, const char *index_name, NameData *result)
{
	char	   *joined = psprintf("%s_%s", relname, index_name);

	collection_shorten(joined, result);
	pfree(joined);
}

char *
collection_namespace(const CollectionName *name)
{
	return psprintf("%s.%s", name->database, name->name);
}

/* A piece of a message's text that may hold anything: without what follows a NUL. */
static char *
printable(const char *data, uint32 len)
{
	return pnstrdup(data, len);
}

static void
check_database(const char *database, uint32 len)
{
	if (len == 0 || len >= NAMEDATALEN || memchr(database, '\0', len) != NULL ||
		strcspn(database, "/\\. \"$") < len)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_NAMESPACE),
				 errmsg("Invalid database name: '%s'", printable(database, len)),
				 errdetail("A database's name has 1 to %d bytes and none of / \\ . \" $ and space.",
						   NAMEDATALEN - 1)));
}

static void
check_collection(const char *database, const char *collection, uint32 len)
{
	if (len == 0 || collection[0] == '.' || memchr(collection, '\0', len) != NULL ||
		memchr(collection, '$', len) != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_NAMESPACE),
				 errmsg("Invalid namespace specified '%s.%s'", database,
						printable(collection, len))));
	if (strlen(database) + 1 + len > COLLECTION_MAX_NAMESPACE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_NAMESPACE),
				 errmsg("Fully qualified namespace is too long. Namespace: %s.%s Max: %d",
						database, printable(collection, len), COLLECTION_MAX_NAMESPACE)));
}

static void
check_schema_usage(Oid schema, const char *database)
{
	AclResult	result = docdb_schema_aclcheck(schema, GetUserId(), ACL_USAGE);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, database);
}

/* Fills the name's collection half; the database half is there. */
static void
set_collection(CollectionName *name, const char *collection, uint32 len)
{
	check_collection(name->database, collection, len);
	name->name = pnstrdup(collection, len);
	collection_shorten(name->name, &name->relname);
}

void
collection_make_name(const char *database, const char *collection, uint32 len,
					 CollectionName *name)
{
	check_database(database, strlen(database));
	name->database = pstrdup(database);
	name->schema = get_namespace_oid(database, true);
	if (OidIsValid(name->schema))
		check_schema_usage(name->schema, database);
	set_collection(name, collection, len);
}

/* The schema that unqualified names are created in. */
static Oid
current_schema_oid(void)
{
	List	   *path = fetch_search_path(false);
	Oid			schema;

	if (path == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("no schema has been selected"),
				 errhint("Name the collection as 'database.collection', or set search_path.")));
	schema = linitial_oid(path);
	list_free(path);
	return schema;
}

void
collection_parse_name(const char *namespace, uint32 len, CollectionName *name)
{
	const char *dot = memchr(namespace, '.', len);

	if (dot != NULL)
	{
		char	   *database = pnstrdup(namespace, dot - namespace);

		check_database(namespace, dot - namespace);
		collection_make_name(database, dot + 1, len - (dot + 1 - namespace), name);
		return;
	}

	name->schema = current_schema_oid();
	name->database = get_namespace_name(name->schema);
	if (name->database == NULL)
		elog(ERROR, "cache lookup failed for schema %u", name->schema);
	set_collection(name, namespace, len);
}
