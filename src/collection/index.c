/*
 * index.c
 *		Indexes of collections.
 *
 * An index on {a: 1, b: -1} is PostgreSQL's B-tree over the sort key of that specification,
 * doc <~> '{"a": 1, "b": -1}'.  It serves ORDER BY of the same specification, and so MongoDB's
 * sort with limit; it does not serve filters, and cannot tell what is unique in MongoDB's sense,
 * where each element of an array is a key.  Unlike MongoDB, what it cannot honour is refused.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_index.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "base/errors.h"
#include "base/oids.h"
#include "collection/collection_internal.h"
#include "pgbson/number.h"

#define ID_INDEX_NAME "_id_"

/* One index that MongoDB's clients see. */
typedef struct IndexEntry
{
	BsonValue	keys;
	char	   *name;			/* MongoDB's */
	char	   *relname;
	bool		is_id;
} IndexEntry;

/* ---- Reading the catalog ---- */

/* The sort specification that an index is over; false where it is no such index. */
static bool
sort_specification(Relation index, AttrNumber doc_attnum, Oid sort_operator, BsonValue *keys)
{
	List	   *expressions = RelationGetIndexExpressions(index);
	OpExpr	   *op;
	Var		   *column;
	Const	   *specification;
	BsonValue	view;

	if (list_length(expressions) != 1 || !IsA(linitial(expressions), OpExpr) ||
		IndexRelationGetNumberOfKeyAttributes(index) != 1)
		return false;
	op = linitial_node(OpExpr, expressions);
	if (op->opno != sort_operator || list_length(op->args) != 2 ||
		!IsA(linitial(op->args), Var) || !IsA(lsecond(op->args), Const))
		return false;
	column = linitial_node(Var, op->args);
	specification = lsecond_node(Const, op->args);
	if (column->varattno != doc_attnum || specification->constisnull)
		return false;
	pgbson_from_datum(specification->constvalue, &view);
	pgbson_value_copy(&view, keys);
	return true;
}

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

/* The entry of one index of a collection, or NULL where it is none of MongoDB's kind. */
static IndexEntry *
read_index(const Collection *collection, Oid index_oid, Oid sort_operator)
{
	Relation	index = index_open(index_oid, AccessShareLock);
	IndexEntry *entry = palloc0(sizeof(IndexEntry));
	bool		found = true;

	entry->relname = pstrdup(RelationGetRelationName(index));
	if (is_id_index(index, collection->id_attnum))
	{
		entry->is_id = true;
		entry->name = pstrdup(ID_INDEX_NAME);
		make_id_keys(&entry->keys);
	}
	else if (sort_specification(index, collection->doc_attnum, sort_operator, &entry->keys))
		entry->name = collection_index_record_read(collection->relid, entry->relname);
	else
		found = false;
	index_close(index, AccessShareLock);

	if (!found)
		return NULL;
	if (entry->name == NULL)
		entry->name = entry->relname;
	return entry;
}

/* The indexes of a collection, that on _id first; a list of IndexEntry. */
static List *
read_indexes(const Collection *collection)
{
	const DocdbOids *oids = docdb_oids();
	Oid			sort_operator;
	Relation	rel;
	List	   *indexes;
	List	   *result = NIL;
	ListCell   *lc;
	bool		have_id = false;

	if (collection->relkind == RELKIND_FOREIGN_TABLE || collection->relkind == RELKIND_VIEW)
		return NIL;
	sort_operator = OpernameGetOprid(list_make2(makeString(get_namespace_name(oids->schema)),
												makeString("<~>")),
									 oids->bson_type, oids->bson_type);
	rel = table_open(collection->relid, AccessShareLock);
	indexes = RelationGetIndexList(rel);
	foreach(lc, indexes)
	{
		IndexEntry *entry = read_index(collection, lfirst_oid(lc), sort_operator);

		if (entry == NULL || (entry->is_id && have_id))
			continue;
		have_id |= entry->is_id;
		result = entry->is_id ? lcons(entry, result) : lappend(result, entry);
	}
	table_close(rel, AccessShareLock);
	return result;
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
		IndexEntry *entry = lfirst(lc);
		BsonBuilder builder;
		BsonValue	document;

		pgbson_builder_init(&builder);
		pgbson_append_int32(&builder, "v", 1, 2);
		pgbson_append(&builder, "key", 3, &entry->keys);
		pgbson_append_cstring(&builder, "name", 4, entry->name);
		pgbson_finish(&builder, BSON_DOCUMENT, &document);
		callback(&document, arg);
	}
}

/* ---- Options of an index ---- */

typedef struct IndexRequest
{
	BsonValue	keys;			/* directions are 1 and -1 */
	char	   *name;
	bool		is_id;
} IndexRequest;

typedef void (*IndexOptionHandler) (IndexRequest *request, const char *name,
									const BsonValue *value);

static void
index_option_ignored(IndexRequest *request, const char *name, const BsonValue *value)
{
}

static void
index_option_unsupported(IndexRequest *request, const char *name, const BsonValue *value)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
			 errmsg("the index option '%s' is not supported", name)));
}

static void
index_option_if_true(IndexRequest *request, const char *name, const BsonValue *value)
{
	if (value->type != BSON_BOOL && !pgbson_is_number(value))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field '%s' has value %s, which is not convertible to bool", name,
						pgbson_to_json(value, BSON_JSON_RELAXED))));
	if (pgbson_is_truthy(value) && !request->is_id)
		index_option_unsupported(request, name, value);
}

static void
index_option_collation(IndexRequest *request, const char *name, const BsonValue *value)
{
	BsonValue	locale;

	if (value->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field 'collation' must be an object, but got %s",
						pgbson_type_name(value->type))));
	if (!pgbson_get(value, "locale", 6, &locale) || locale.type != BSON_STRING ||
		locale.len != 6 || memcmp(locale.v.data, "simple", 6) != 0)
		index_option_unsupported(request, name, value);
}

static void
index_option_name(IndexRequest *request, const char *name, const BsonValue *value)
{
	if (value->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field 'name' must be a string, but got %s",
						pgbson_type_name(value->type))));
	request->name = pnstrdup(value->v.data, value->len);
	if (value->len == 0 || strlen(request->name) != value->len ||
		strcmp(request->name, "*") == 0 ||
		(strcmp(request->name, ID_INDEX_NAME) == 0 && !request->is_id))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("The index name '%s' is not valid", request->name)));
}

typedef struct IndexOption
{
	const char *name;
	IndexOptionHandler handler;
} IndexOption;

static const IndexOption index_options[] =
{
#define INDEX_OPTION(name, handler) {name, handler},
#include "collection/index_option_list.h"
#undef INDEX_OPTION
};

static int
compare_index_options(const void *a, const void *b)
{
	return strcmp(((const IndexOption *) a)->name, ((const IndexOption *) b)->name);
}

static void
read_index_options(IndexRequest *request, const BsonValue *options)
{
	BsonIter	iter;

	if (options == NULL || options->type == BSON_MISSING)
		return;
	pgbson_iter_init(&iter, options);
	while (pgbson_iter_next(&iter))
	{
		IndexOption key = {iter.key};
		const IndexOption *found = bsearch(&key, index_options, lengthof(index_options),
										   sizeof(key), compare_index_options);
		BsonValue	value;

		if (found == NULL)
			ereport(ERROR,
					(errcode(DOCDB_ERR_INVALID_INDEX_SPECIFICATION_OPTION),
					 errmsg("The field '%s' is not valid for an index specification.", iter.key)));
		pgbson_iter_value(&iter, &value);
		found->handler(request, iter.key, &value);
	}
}

/* ---- Key patterns ---- */

/* The direction of one key: 1 or -1. */
static int
key_direction(const BsonIter *iter, const BsonValue *keys)
{
	BsonValue	value;

	pgbson_iter_value(iter, &value);
	if (value.type == BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("Unknown index plugin '%s'", pnstrdup(value.v.data, value.len))));
	if (!pgbson_is_number(&value))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("Values in v:2 index key pattern cannot be of type %s. Only numbers > 0, "
						"numbers < 0, and strings are allowed.", pgbson_type_name(value.type))));
	if (pgbson_number_is_zero(&value) || pgbson_number_is_nan(&value))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("Values in the index key pattern cannot be 0. Key pattern: %s",
						pgbson_to_json(keys, BSON_JSON_RELAXED))));
	return pgbson_number_to_double(&value) < 0 ? -1 : 1;
}

static void
check_key_path(const char *path)
{
	const char *problem = NULL;

	if (path[0] == '\0')
		problem = "Index keys cannot be an empty field.";
	else if (path[0] == '.' || path[strlen(path) - 1] == '.' || strstr(path, "..") != NULL)
		problem = "Index keys cannot contain an empty field.";
	else if (strcmp(path, "$**") == 0 || strstr(path, ".$**") != NULL)
		problem = "wildcard indexes are not supported";
	else if (path[0] == '$' || strstr(path, ".$") != NULL)
		problem = "Index key contains an illegal field name: field name starts with '$'.";
	if (problem != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("%s", problem)));
}

/* Reads a key pattern: the request's keys and, as MongoDB builds it, its name. */
static void
read_keys(IndexRequest *request, const BsonValue *keys)
{
	BsonBuilder builder;
	BsonIter	iter;
	StringInfoData name;
	BsonValue	seen;

	if (keys->len <= BSON_MIN_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("Index keys cannot be empty.")));

	pgbson_builder_init(&builder);
	initStringInfo(&name);
	pgbson_iter_init(&iter, keys);
	while (pgbson_iter_next(&iter))
	{
		int			direction;

		check_key_path(iter.key);
		direction = key_direction(&iter, keys);
		pgbson_append_int32(&builder, iter.key, iter.keylen, direction);
		appendStringInfo(&name, "%s%s_%d", name.len > 0 ? "_" : "", iter.key, direction);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, &request->keys);
	if (pgbson_count(&request->keys) > 32)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(13103)),
				 errmsg("too many compound keys")));
	request->name = name.data;
	request->is_id = pgbson_count(&request->keys) == 1 &&
		pgbson_get(&request->keys, "_id", 3, &seen) && seen.v.i32 == 1;
}

/* ---- Creating and dropping ---- */

/* Whether an index like the one asked for exists; raises an error where one stands in its way. */
static bool
index_exists(const IndexRequest *request, List *entries)
{
	ListCell   *lc;

	foreach(lc, entries)
	{
		IndexEntry *entry = lfirst(lc);
		bool		same_name = strcmp(entry->name, request->name) == 0;
		bool		same_keys = pgbson_equal(&entry->keys, &request->keys);

		if (same_name && same_keys)
			return true;
		if (same_name)
			ereport(ERROR,
					(errcode(DOCDB_ERR_INDEX_KEY_SPECS_CONFLICT),
					 errmsg("An existing index has the same name as the requested index. "
							"Requested index: {key: %s, name: \"%s\"}, existing index: "
							"{key: %s, name: \"%s\"}",
							pgbson_to_json(&request->keys, BSON_JSON_RELAXED), request->name,
							pgbson_to_json(&entry->keys, BSON_JSON_RELAXED), entry->name)));
		if (same_keys)
			ereport(ERROR,
					(errcode(DOCDB_ERR_INDEX_OPTIONS_CONFLICT),
					 errmsg("Index already exists with a different name: %s", entry->name)));
	}
	return false;
}

/* A name for the index's relation that nothing in the schema has. */
static void
choose_relname(const Collection *collection, const char *index_name, NameData *relname)
{
	char	   *table = get_rel_name(collection->relid);
	Oid			schema = get_rel_namespace(collection->relid);
	char	   *candidate = pstrdup(index_name);

	for (int i = 1;; i++)
	{
		collection_join_names(table, candidate, relname);
		if (!OidIsValid(get_relname_relid(NameStr(*relname), schema)))
			return;
		candidate = psprintf("%s_%d", index_name, i);
	}
}

char *
collection_index_create(const CollectionName *name, const BsonValue *keys,
						const BsonValue *options, bool *created)
{
	IndexRequest request;
	Collection *collection;
	NameData	relname;
	const char *types;
	char	   *json;

	read_keys(&request, keys);
	read_index_options(&request, options);
	collection = collection_find_or_create(name);
	*created = false;
	if (request.is_id)
		return pstrdup(ID_INDEX_NAME);
	if (index_exists(&request, read_indexes(collection)))
		return request.name;

	choose_relname(collection, request.name, &relname);
	types = docdb_oids()->schema_name;
	json = pgbson_to_json(&request.keys, BSON_JSON_LOSSLESS);
	json = pg_any_to_server(json, strlen(json), PG_UTF8);
	SPI_connect();
	collection_run_sql(psprintf("CREATE INDEX %s ON %s ((doc OPERATOR(%s.<~>) %s::%s.bson))",
								quote_identifier(NameStr(relname)), collection->sql_name, types,
								quote_literal_cstr(json), types), SPI_OK_UTILITY);
	SPI_finish();
	collection_index_record_write(collection->relid, NameStr(relname), request.name);
	CommandCounterIncrement();
	*created = true;
	return request.name;
}

static void
drop_entry(const Collection *collection, const IndexEntry *entry)
{
	char	   *schema = get_namespace_name(get_rel_namespace(collection->relid));

	SPI_connect();
	collection_run_sql(psprintf("DROP INDEX %s",
								quote_qualified_identifier(schema, entry->relname)),
					   SPI_OK_UTILITY);
	SPI_finish();
}

static bool
entry_is_meant(const IndexEntry *entry, const BsonValue *index)
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
		IndexEntry *entry = lfirst(lc);

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
