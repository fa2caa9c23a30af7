/*
 * ddl.c
 *		Commands that define, list and drop collections and indexes.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "command/command_internal.h"
#include "pgbson/number.h"

/*
 * A command's options for the collection module: its fields but the first and those that every
 * command has.
 */
static void
collect_options(const CommandCall *call, BsonValue *options)
{
	BsonBuilder builder;
	BsonIter	iter;

	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, &call->document);
	(void) pgbson_iter_next(&iter);
	while (pgbson_iter_next(&iter))
		if (!command_is_generic_field(iter.key))
			pgbson_append_element(&builder, &iter);
	pgbson_finish(&builder, BSON_DOCUMENT, options);
}

/* ---- Collections ---- */

/* {create: <collection>, <option>: <value>, ...} */
void
command_create(CommandCall *call, BsonBuilder *reply)
{
	BsonValue	options;

	collect_options(call, &options);
	(void) collection_create(&call->collection, &options);
}

/* {collMod: <collection>, validator, validationLevel, validationAction} */
void
command_coll_mod(CommandCall *call, BsonBuilder *reply)
{
	BsonValue	options;

	collect_options(call, &options);
	collection_modify(&call->collection, &options);
}

/* ---- Capped collections ---- */

typedef struct CappedRequest
{
	BsonValue	to;
	BsonValue	size;
} CappedRequest;

static const CommandField clone_as_capped_fields[] = {
	{"toCollection", COMMAND_STRING, offsetof(CappedRequest, to), true},
	{"size", COMMAND_NUMBER, offsetof(CappedRequest, size), true},
	{"temp", COMMAND_IGNORED, -1},
};

static const CommandField convert_to_capped_fields[] = {
	{"size", COMMAND_NUMBER, offsetof(CappedRequest, size), true},
};

/* Copies a collection into a capped one. */
static void
clone_as_capped(const CollectionName *from, const CollectionName *to, const BsonValue *size)
{
	double		bytes = pgbson_number_to_double(size);

	if (!(bytes >= 1 && bytes <= PG_INT64_MAX / 2))
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_OPTIONS),
				 errmsg("Capped collection size must be greater than zero")));
	if (!collection_clone_as_capped(from, to, (int64) bytes))
		ereport(ERROR,
				(errcode(DOCDB_ERR_NAMESPACE_NOT_FOUND),
				 errmsg("source collection %s does not exist", collection_namespace(from))));
}

/* {cloneCollectionAsCapped: <collection>, toCollection: <collection>, size} */
void
command_clone_as_capped(CommandCall *call, BsonBuilder *reply)
{
	CappedRequest request = {{0}};
	CollectionName to;

	command_parse(call, clone_as_capped_fields, &request);
	collection_make_name(call->database, request.to.v.data, request.to.len, &to);
	clone_as_capped(&call->collection, &to, &request.size);
}

/* {convertToCapped: <collection>, size}: as in MongoDB its indexes, but for _id's, are gone. */
void
command_convert_to_capped(CommandCall *call, BsonBuilder *reply)
{
	CappedRequest request = {{0}};
	CollectionName copy;
	char	   *name;

	command_parse(call, convert_to_capped_fields, &request);
	name = psprintf("tmp%u.convertToCapped.%s", MyProcPid, call->collection.name);
	collection_make_name(call->database, name, strlen(name), &copy);
	clone_as_capped(&call->collection, &copy, &request.size);
	collection_rename(&copy, &call->collection, true);
}

static void
count_document(const BsonValue *document, void *arg)
{
	(*(int *) arg)++;
}

static int
count_indexes(const CollectionName *name)
{
	int			count = 0;

	collection_index_list(name, count_document, &count);
	return count;
}

/* {drop: <collection>}: no error where there is none, as in MongoDB since 7.0. */
void
command_drop(CommandCall *call, BsonBuilder *reply)
{
	int			nindexes;

	command_parse_fields(&call->document, call->name, 1, true, NULL, 0, NULL);
	nindexes = count_indexes(&call->collection);
	if (collection_drop(&call->collection))
	{
		pgbson_append_int32(reply, "nIndexesWas", 11, nindexes);
		pgbson_append_cstring(reply, "ns", 2, collection_namespace(&call->collection));
	}
}

typedef struct RenameRequest
{
	BsonValue	to;
	bool		drop_target;
} RenameRequest;

static const CommandField rename_fields[] = {
	{"to", COMMAND_STRING, offsetof(RenameRequest, to), true},
	{"dropTarget", COMMAND_BOOL, offsetof(RenameRequest, drop_target)},
	{"stayTemp", COMMAND_IGNORED, -1},
};

/* A whole namespace, "database.collection". */
static void
parse_namespace(const BsonValue *value, CollectionName *name)
{
	if (memchr(value->v.data, '.', value->len) == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_NAMESPACE),
				 errmsg("Invalid namespace specified '%s'",
						pnstrdup(value->v.data, value->len))));
	collection_parse_name(value->v.data, value->len, name);
}

/* {renameCollection: "<database>.<collection>", to: "<database>.<collection>", dropTarget} */
void
command_rename_collection(CommandCall *call, BsonBuilder *reply)
{
	RenameRequest request = {{0}};
	CollectionName from;
	CollectionName to;

	if (call->target.type != BSON_STRING)
		command_type_error(call->name, call->name, &call->target, "type 'string'");
	command_parse(call, rename_fields, &request);
	parse_namespace(&call->target, &from);
	parse_namespace(&request.to, &to);
	collection_rename(&from, &to, request.drop_target);
}

typedef struct ListRequest
{
	BsonValue	filter;
	BsonValue	cursor;
	bool		name_only;
} ListRequest;

static const CommandField list_collections_fields[] = {
	{"filter", COMMAND_DOCUMENT, offsetof(ListRequest, filter)},
	{"nameOnly", COMMAND_BOOL, offsetof(ListRequest, name_only)},
	{"cursor", COMMAND_DOCUMENT, offsetof(ListRequest, cursor)},
	{"authorizedCollections", COMMAND_IGNORED, -1},
};

/* {listCollections: 1, filter, nameOnly}: all of them are in the first batch. */
void
command_list_collections(CommandCall *call, BsonBuilder *reply)
{
	ListRequest request = {{0}};
	CommandBatch batch;

	command_parse(call, list_collections_fields, &request);
	command_begin_batch(&batch, reply, psprintf("%s.$cmd.listCollections", call->database));
	collection_list(call->database,
					request.filter.type == BSON_MISSING ? NULL : &request.filter,
					request.name_only, command_add_to_batch, &batch);
	command_end_batch(&batch);
}

/* ---- Indexes ---- */

typedef struct CreateIndexesRequest
{
	BsonValue	indexes;
} CreateIndexesRequest;

static const CommandField create_indexes_fields[] = {
	{"indexes", COMMAND_ARRAY, offsetof(CreateIndexesRequest, indexes), true},
	{"commitQuorum", COMMAND_IGNORED, -1},
	{"ignoreUnknownIndexOptions", COMMAND_IGNORED, -1},
};

/* Creates one index of the list; true when it was not there before. */
static bool
create_index(const CollectionName *name, const BsonValue *spec)
{
	BsonBuilder builder;
	BsonValue	keys;
	BsonValue	index_name;
	BsonValue	options;
	BsonIter	iter;
	bool		created;

	if (spec->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field 'createIndexes.indexes' is the wrong type '%s', expected "
						"type 'object'", pgbson_type_name(spec->type))));
	if (!pgbson_get(spec, "key", 3, &keys))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Error in specification %s :: caused by :: The 'key' field is a required "
						"property of an index specification",
						pgbson_to_json(spec, BSON_JSON_RELAXED))));
	if (keys.type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field 'key' must be an object, but got %s",
						pgbson_type_name(keys.type))));
	if (!pgbson_get(spec, "name", 4, &index_name))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Error in specification %s :: caused by :: The 'name' field is a "
						"required property of an index specification",
						pgbson_to_json(spec, BSON_JSON_RELAXED))));
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
		if (!pgbson_iter_key_is(&iter, "key", 3))
			pgbson_append_element(&builder, &iter);
	pgbson_finish(&builder, BSON_DOCUMENT, &options);
	(void) collection_index_create(name, &keys, &options, &created);
	return created;
}

/* {createIndexes: <collection>, indexes: [{key, name, <option>: <value>, ...}, ...]} */
void
command_create_indexes(CommandCall *call, BsonBuilder *reply)
{
	CreateIndexesRequest request = {{0}};
	bool		new_collection = collection_find(&call->collection) == NULL;
	bool		any = false;
	int			before;
	BsonIter	iter;

	command_parse(call, create_indexes_fields, &request);
	if (request.indexes.len == BSON_MIN_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Must specify at least one index to create")));
	before = new_collection ? 1 : count_indexes(&call->collection);
	pgbson_iter_init(&iter, &request.indexes);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	spec;

		pgbson_iter_value(&iter, &spec);
		any = create_index(&call->collection, &spec) || any;
	}
	pgbson_append_int32(reply, "numIndexesBefore", 16, before);
	pgbson_append_int32(reply, "numIndexesAfter", 15, count_indexes(&call->collection));
	if (new_collection)
		pgbson_append_bool(reply, "createdCollectionAutomatically", 30, true);
	if (!any)
		pgbson_append_cstring(reply, "note", 4, "all indexes already exist");
}

typedef struct DropIndexesRequest
{
	BsonValue	index;
} DropIndexesRequest;

static const CommandField drop_indexes_fields[] = {
	{"index", COMMAND_ANY, offsetof(DropIndexesRequest, index), true},
};

/* {dropIndexes: <collection>, index: <name>, "*", <key pattern> or [<name>, ...]} */
void
command_drop_indexes(CommandCall *call, BsonBuilder *reply)
{
	DropIndexesRequest request = {{0}};
	int			before;

	command_parse(call, drop_indexes_fields, &request);
	before = count_indexes(&call->collection);
	if (request.index.type == BSON_ARRAY)
	{
		BsonIter	iter;

		pgbson_iter_init(&iter, &request.index);
		while (pgbson_iter_next(&iter))
		{
			BsonValue	name;

			pgbson_iter_value(&iter, &name);
			if (name.type != BSON_STRING)
				command_type_error(call->name, "index", &name, "type 'string'");
			collection_index_drop(&call->collection, &name);
		}
	}
	else if (request.index.type == BSON_STRING || request.index.type == BSON_DOCUMENT)
		collection_index_drop(&call->collection, &request.index);
	else
		command_type_error(call->name, "index", &request.index,
						   "types '[string, object, array]'");
	pgbson_append_int32(reply, "nIndexesWas", 11, before);
}

static const CommandField list_indexes_fields[] = {
	{"cursor", COMMAND_DOCUMENT, offsetof(ListRequest, cursor)},
	{"includeBuildUUIDs", COMMAND_IGNORED, -1},
	{"includeIndexBuildInfo", COMMAND_IGNORED, -1},
};

/* {listIndexes: <collection>} */
void
command_list_indexes(CommandCall *call, BsonBuilder *reply)
{
	ListRequest request = {{0}};
	CommandBatch batch;
	char	   *ns = collection_namespace(&call->collection);

	command_parse(call, list_indexes_fields, &request);
	if (collection_find(&call->collection) == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_NAMESPACE_NOT_FOUND),
				 errmsg("ns does not exist: %s", ns)));
	command_begin_batch(&batch, reply, ns);
	collection_index_list(&call->collection, command_add_to_batch, &batch);
	command_end_batch(&batch);
}
