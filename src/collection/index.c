/*
 * index.c
 *		Indexes of collections.
 *
 * An index is one of access method bson_btree on column doc, or of GIN with our operator class for
 * MongoDB's wildcard indexes; its options say all there is to know of it, MongoDB's name included.
 * The index on _id is the primary key.
 */
#include "postgres.h"

#include <unistd.h>

#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_inherits.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/postmaster.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/timestamp.h"

#include "base/errors.h"
#include "base/oids.h"
#include "collection/collection_internal.h"
#include "docindex/docindex.h"

/* ---- Reading the catalog ---- */

static bool
is_id_index(Relation index, AttrNumber id_attnum)
{
	Form_pg_index form = index->rd_index;

	return form->indisunique && form->indnkeyatts == 1 &&
		form->indkey.values[0] == id_attnum && RelationGetIndexPredicate(index) == NIL;
}

static void
make_id_keys(BsonValue *keys)
{
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	pgbson_append_int32(&builder, "_id", 3, 1);
	pgbson_finish(&builder, BSON_DOCUMENT, keys);
}

/* What an index of our access method says of itself. */
static void
read_spec(Relation index, CollectionIndex *entry)
{
	const DocIndexSpec *spec = docindex_spec(index);
	DocIndexSettings settings;

	docindex_settings(index, &settings);
	pgbson_value_copy(&spec->keys, &entry->keys);
	entry->name = pstrdup(spec->name ? spec->name : RelationGetRelationName(index));
	entry->unique = spec->unique;
	entry->sparse = spec->sparse;
	entry->hidden = settings.hidden;
	entry->expire_after_seconds = settings.expire_after_seconds;
	pgbson_value_copy(&spec->partial, &entry->partial);
	pgbson_value_copy(&spec->collation, &entry->collation);
}

/* The same of a wildcard index. */
static void
read_wildcard(Relation index, CollectionIndex *entry)
{
	const DocWildcard *wildcard = docindex_wildcard(index);

	entry->wildcard = true;
	pgbson_value_copy(&wildcard->keys, &entry->keys);
	entry->name = pstrdup(wildcard->name ? wildcard->name : RelationGetRelationName(index));
	entry->hidden = wildcard->hidden;
	pgbson_value_copy(&wildcard->projection, &entry->projection);
	pgbson_value_copy(&wildcard->partial, &entry->partial);
	pgbson_value_copy(&wildcard->collation, &entry->collation);
}

/* The entry of one index of a collection, or NULL where it is none of MongoDB's kind. */
static CollectionIndex *
read_index(const Collection *collection, Oid index_oid)
{
	Relation	index = index_open(index_oid, AccessShareLock);
	CollectionIndex *entry = palloc0(sizeof(CollectionIndex));
	bool		found = true;

	entry->relid = index_oid;
	entry->relname = pstrdup(RelationGetRelationName(index));
	entry->expire_after_seconds = -1;
	if (is_id_index(index, collection->id_attnum))
	{
		entry->is_id = true;
		entry->name = pstrdup(COLLECTION_ID_INDEX);
		make_id_keys(&entry->keys);
		entry->collation = collection->collation;
	}
	else if (docindex_is_ours(index) && index->rd_index->indkey.values[0] == collection->doc_attnum)
	{
		read_spec(index, entry);
		if (strcmp(entry->name, COLLECTION_ID_INDEX) == 0)
		{
			entry->is_id = true;
			entry->is_collated_id = true;
			entry->unique = false;
		}
	}
	else if (docindex_wildcard(index) != NULL &&
			 index->rd_index->indkey.values[0] == collection->doc_attnum)
		read_wildcard(index, entry);
	else
		found = false;
	index_close(index, AccessShareLock);
	return found ? entry : NULL;
}

/*
 * The indexes of a collection, that on _id first; a list of CollectionIndex.  The one that
 * collection_create_id_index made stands for the primary key, too.
 */
static List *
read_indexes(const Collection *collection)
{
	Relation	rel;
	List	   *indexes;
	List	   *result = NIL;
	CollectionIndex *id = NULL;
	ListCell   *lc;

	if (collection->relkind == RELKIND_FOREIGN_TABLE || collection->relkind == RELKIND_VIEW)
		return NIL;
	rel = table_open(collection->relid, AccessShareLock);
	indexes = RelationGetIndexList(rel);
	foreach(lc, indexes)
	{
		CollectionIndex *entry = read_index(collection, lfirst_oid(lc));

		if (entry == NULL)
			continue;
		if (!entry->is_id)
			result = lappend(result, entry);
		else if (id == NULL || entry->is_collated_id)
			id = entry;
	}
	table_close(rel, AccessShareLock);
	return id == NULL ? result : lcons(id, result);
}

static bool
same_value(const BsonValue *a, const BsonValue *b)
{
	return a->type == b->type && (a->type == BSON_MISSING || pgbson_equal(a, b));
}

/*
 * Whether the index has all documents, by this path first, a path without positions, and by that
 * collation.
 */
static bool
is_index_on(Relation index, const BsonValue *path, const BsonValue *collation)
{
	const DocIndexSpec *spec;
	DocIndexSettings settings;

	if (!docindex_is_ours(index) || !index->rd_index->indisvalid)
		return false;
	spec = docindex_spec(index);
	docindex_settings(index, &settings);
	return !settings.hidden && !spec->sparse && spec->partial.type == BSON_MISSING &&
		same_value(&spec->collation, collation) && !spec->has_positions &&
		strlen(spec->names[0]) == path->len &&
		memcmp(spec->names[0], path->v.data, path->len) == 0;
}

bool
collection_has_index_on(const Collection *collection, const BsonValue *path,
						const BsonValue *collation)
{
	Relation	rel;
	ListCell   *lc;
	bool		found = false;

	if (collection->relkind == RELKIND_FOREIGN_TABLE || collection->relkind == RELKIND_VIEW)
		return false;
	rel = table_open(collection->relid, AccessShareLock);
	foreach(lc, RelationGetIndexList(rel))
	{
		Relation	index = index_open(lfirst_oid(lc), AccessShareLock);

		found = found || is_index_on(index, path, collation);
		index_close(index, AccessShareLock);
	}
	table_close(rel, AccessShareLock);
	return found;
}

void
collection_index_list(const CollectionName *name, CollectionDocumentCallback callback, void *arg)
{
	Collection *collection = collection_find(name);
	ListCell   *lc;

	if (collection == NULL)
		return;
	foreach(lc, read_indexes(collection))
	{
		BsonValue	document;

		collection_index_describe(lfirst(lc), &document);
		callback(&document, arg);
	}
}

/* ---- Creating ---- */

/* Whether two indexes hold the same entries, so that one of them is enough. */
static bool
same_contents(const CollectionIndex *a, const CollectionIndex *b)
{
	return same_value(&a->keys, &b->keys) && a->unique == b->unique && a->sparse == b->sparse &&
		same_value(&a->projection, &b->projection) && same_value(&a->partial, &b->partial) &&
		same_value(&a->collation, &b->collation);
}

static char *
describe(const CollectionIndex *index)
{
	BsonValue	document;

	collection_index_describe(index, &document);
	return pgbson_to_json(&document, BSON_JSON_RELAXED);
}

/* Whether an index like the one asked for exists; raises an error where one stands in its way. */
static bool
index_exists(const CollectionIndex *request, List *entries)
{
	ListCell   *lc;

	foreach(lc, entries)
	{
		CollectionIndex *entry = lfirst(lc);
		bool		same_name = strcmp(entry->name, request->name) == 0;
		bool		same = same_contents(entry, request);

		if (same_name && same && entry->expire_after_seconds == request->expire_after_seconds)
			return true;
		if (same_name && same)
			ereport(ERROR,
					(errcode(DOCDB_ERR_INDEX_OPTIONS_CONFLICT),
					 errmsg("An equivalent index already exists with the same name but different "
							"options. Requested index: %s, existing index: %s", describe(request),
							describe(entry))));
		if (same_name)
			ereport(ERROR,
					(errcode(DOCDB_ERR_INDEX_KEY_SPECS_CONFLICT),
					 errmsg("An existing index has the same name as the requested index. When "
							"index names are not specified, they are auto generated and can "
							"cause conflicts. Please refer to our documentation. Requested "
							"index: %s, existing index: %s", describe(request),
							describe(entry))));
		if (same)
			ereport(ERROR,
					(errcode(DOCDB_ERR_INDEX_OPTIONS_CONFLICT),
					 errmsg("Index already exists with a different name: %s", entry->name)));
	}
	return false;
}

/* A name for the index's relation that nothing in the schema has. */
static void
choose_relname(Oid relid, const char *index_name, NameData *relname)
{
	char	   *table = get_rel_name(relid);
	Oid			schema = get_rel_namespace(relid);
	char	   *candidate = pstrdup(index_name);

	for (int i = 1;; i++)
	{
		collection_join_names(table, candidate, relname);
		if (!OidIsValid(get_relname_relid(NameStr(*relname), schema)))
			return;
		candidate = psprintf("%s_%d", index_name, i);
	}
}

static void
append_document_option(StringInfo sql, const char *option, const BsonValue *document)
{
	char	   *json;

	if (document->type == BSON_MISSING)
		return;
	json = pgbson_to_json(document, BSON_JSON_LOSSLESS);
	json = pg_any_to_server(json, strlen(json), PG_UTF8);
	appendStringInfo(sql, "%s = %s, ", option, quote_literal_cstr(json));
}

static void
append_parameters(StringInfo sql, const CollectionIndex *index)
{
	const char *separator = " WITH (";

	if (index->hidden)
	{
		appendStringInfo(sql, "%shidden = true", separator);
		separator = ", ";
	}
	if (index->expire_after_seconds >= 0)
	{
		appendStringInfo(sql, "%sexpire_after_seconds = %d", separator,
						 index->expire_after_seconds);
		separator = ", ";
	}
	if (index->collation.type != BSON_MISSING)
	{
		const BsonCollation *collation = pgbson_collation_open(&index->collation);

		appendStringInfo(sql, "%scollation_version = '%s'", separator,
						 pgbson_collation_version(collation));
		separator = ", ";
	}
	if (separator[0] == ',')
		appendStringInfoChar(sql, ')');
}

/* Appends the operator class with its options, and the storage parameters. */
static void
append_definition(StringInfo sql, const CollectionIndex *index)
{
	char	   *name = pg_any_to_server(index->name, strlen(index->name), PG_UTF8);

	appendStringInfo(sql, " USING %s (doc %s.%s (", index->wildcard ? "gin" : DOCINDEX_AM_NAME,
					 docdb_oids()->schema_name,
					 index->wildcard ? DOCINDEX_GIN_OPCLASS_NAME : DOCINDEX_OPCLASS_NAME);
	append_document_option(sql, "keys", &index->keys);
	append_document_option(sql, "projection", &index->projection);
	append_document_option(sql, "partial", &index->partial);
	append_document_option(sql, "collation", &index->collation);
	if (index->unique)
		appendStringInfoString(sql, "uniq = true, ");
	if (index->sparse)
		appendStringInfoString(sql, "sparse = true, ");
	if (index->wildcard && index->hidden)
		appendStringInfoString(sql, "hidden = true, ");
	appendStringInfo(sql, "name = %s))", quote_literal_cstr(name));
	if (!index->wildcard)
		append_parameters(sql, index);
}

static char *
qualified_name(Oid relid, const char *relname)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), relname);
}

/*
 * Creates the index on a table, and on its partitions.  PostgreSQL would do the latter by itself,
 * but takes an index of ours on other keys, which a partition may have, for the same.
 */
static char *
create_on(Oid relid, const CollectionIndex *index)
{
	bool		partitioned = get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE;
	NameData	relname;
	StringInfoData sql;
	ListCell   *lc;

	check_stack_depth();
	choose_relname(relid, index->name, &relname);
	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE INDEX %s ON %s%s", quote_identifier(NameStr(relname)),
					 partitioned ? "ONLY " : "", qualified_name(relid, get_rel_name(relid)));
	append_definition(&sql, index);
	collection_run_sql(sql.data, SPI_OK_UTILITY);
	CommandCounterIncrement();
	if (!partitioned)
		return pstrdup(NameStr(relname));
	foreach(lc, find_inheritance_children(relid, ShareLock))
	{
		Oid			partition = lfirst_oid(lc);

		if (get_rel_relkind(partition) == RELKIND_FOREIGN_TABLE)
			continue;
		collection_run_sql(psprintf("ALTER INDEX %s ATTACH PARTITION %s",
									qualified_name(relid, NameStr(relname)),
									qualified_name(partition, create_on(partition, index))),
						   SPI_OK_UTILITY);
		CommandCounterIncrement();
	}
	return pstrdup(NameStr(relname));
}

void
collection_create_id_index(Oid relid, const BsonValue *collation)
{
	CollectionIndex index = {
		.name = COLLECTION_ID_INDEX,
		.unique = true,
		.expire_after_seconds = -1,
		.collation = *collation
	};

	make_id_keys(&index.keys);
	SPI_connect();
	(void) create_on(relid, &index);
	SPI_finish();
}

char *
collection_index_create(const CollectionName *name, const BsonValue *keys,
						const BsonValue *options, bool *created)
{
	CollectionIndex request;
	Collection *collection;

	collection_index_request(keys, options, &request);
	collection = collection_find_or_create(name);
	*created = false;
	if (!request.has_collation)
		request.collation = collection->collation;
	else if (request.is_id && !same_value(&request.collation, &collection->collation))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The _id index must have the same collation as the collection. Index "
						"collation: %s", pgbson_to_json(&request.collation, BSON_JSON_RELAXED))));
	if (request.is_id)
		return pstrdup(COLLECTION_ID_INDEX);
	if (index_exists(&request, read_indexes(collection)))
		return request.name;
	if (request.unique && collection->relkind == RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("cannot create unique index over %s with shard key pattern {_id: 1}",
						pgbson_to_json(&request.keys, BSON_JSON_RELAXED))));

	SPI_connect();
	(void) create_on(collection->relid, &request);
	SPI_finish();
	*created = true;
	return request.name;
}

/* ---- Dropping ---- */

static void
drop_entry(const Collection *collection, const CollectionIndex *entry)
{
	SPI_connect();
	collection_run_sql(psprintf("DROP INDEX %s",
								qualified_name(collection->relid, entry->relname)),
					   SPI_OK_UTILITY);
	SPI_finish();
}

static bool
entry_is_meant(const CollectionIndex *entry, const BsonValue *index)
{
	if (index->type == BSON_DOCUMENT)
		return pgbson_equal(&entry->keys, index);
	return strlen(entry->name) == index->len &&
		memcmp(entry->name, index->v.data, index->len) == 0;
}

void
collection_index_drop(const CollectionName *name, const BsonValue *index)
{
	Collection *collection = collection_find(name);
	bool		all = index->type == BSON_STRING && index->len == 1 && index->v.data[0] == '*';
	bool		found = all;
	ListCell   *lc;

	if (index->type != BSON_STRING && index->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field 'dropIndexes.index' is the wrong type '%s', expected types "
						"'[string, object]'", pgbson_type_name(index->type))));
	if (collection == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_NAMESPACE_NOT_FOUND),
				 errmsg("ns not found %s", collection_namespace(name))));

	foreach(lc, read_indexes(collection))
	{
		CollectionIndex *entry = lfirst(lc);

		if (!(all ? !entry->is_id : entry_is_meant(entry, index)))
			continue;
		if (entry->is_id)
			ereport(ERROR,
					(errcode(DOCDB_ERR_INVALID_OPTIONS),
					 errmsg("cannot drop _id index")));
		drop_entry(collection, entry);
		found = true;
	}
	if (found)
		return;
	if (index->type == BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INDEX_NOT_FOUND),
				 errmsg("index not found with name [%s]",
						pnstrdup(index->v.data, index->len))));
	ereport(ERROR,
			(errcode(DOCDB_ERR_INDEX_NOT_FOUND),
			 errmsg("can't find index with key: %s", pgbson_to_json(index, BSON_JSON_RELAXED))));
}

/* ---- Hints ---- */

Oid
collection_index_find(const Collection *collection, const BsonValue *hint)
{
	CollectionIndex *found = NULL;
	ListCell   *lc;

	foreach(lc, read_indexes(collection))
	{
		CollectionIndex *entry = lfirst(lc);

		if (entry->hidden || !entry_is_meant(entry, hint))
			continue;
		if (found != NULL)
			ereport(ERROR,
					(errcode(DOCDB_ERR_INDEX_NOT_FOUND),
					 errmsg("Hint matched multiple indexes, must hint by index name. Matched: "
							"%s, %s", found->name, entry->name)));
		found = entry;
	}
	if (found == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("hint provided does not correspond to an existing index")));
	return found->relid;
}

/* ---- Statistics ---- */

PG_FUNCTION_INFO_V1(docdb_index_stats);

/* Since when the database's counters count, in milliseconds since 1970. */
static int64
counting_since(void)
{
	PgStat_StatDBEntry *database = pgstat_fetch_stat_dbentry(MyDatabaseId);
	TimestampTz since = PgStartTime;

	if (database != NULL && database->stat_reset_timestamp != 0)
		since = database->stat_reset_timestamp;
	return since / 1000 +
		(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * (int64) SECS_PER_DAY * 1000;
}

static void
describe_use(const CollectionIndex *index, BsonValue *document)
{
	Datum		scans = OidFunctionCall1(F_PG_STAT_GET_NUMSCANS, ObjectIdGetDatum(index->relid));
	char		host[256];
	BsonBuilder builder;
	BsonValue	since;
	BsonValue	spec;

	if (gethostname(host, sizeof(host)) != 0)
		host[0] = '\0';
	host[sizeof(host) - 1] = '\0';
	pgbson_make_date(counting_since(), &since);
	collection_index_describe(index, &spec);

	pgbson_builder_init(&builder);
	pgbson_append_cstring(&builder, "name", -1, index->name);
	pgbson_append(&builder, "key", -1, &index->keys);
	pgbson_append_cstring(&builder, "host", -1, psprintf("%s:%d", host, PostPortNumber));
	pgbson_begin(&builder, BSON_DOCUMENT, "accesses", -1);
	pgbson_append_int64(&builder, "ops", -1, DatumGetInt64(scans));
	pgbson_append(&builder, "since", -1, &since);
	pgbson_end(&builder);
	pgbson_append(&builder, "spec", -1, &spec);
	pgbson_finish(&builder, BSON_DOCUMENT, document);
}

/* docdb.index_stats(collection regclass): what $indexStats gives. */
Datum
docdb_index_stats(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			relid = PG_GETARG_OID(0);
	ListCell   *lc;

	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(relid));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach(lc, read_indexes(collection_find_by_oid(relid)))
	{
		BsonValue	document;
		Datum		value;
		bool		isnull = false;

		describe_use(lfirst(lc), &document);
		value = pgbson_get_datum(&document);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	}
	return (Datum) 0;
}
