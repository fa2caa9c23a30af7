/*
 * index_request.c
 *		What createIndexes asks for: key patterns and options.
 */
#include "postgres.h"

#include "base/errors.h"
#include "collection/collection_internal.h"
#include "docindex/docindex.h"
#include "pgbson/collation.h"
#include "pgbson/number.h"

typedef void (*IndexOptionHandler) (CollectionIndex *request, const char *name,
									const BsonValue *value);

static void
index_option_ignored(CollectionIndex *request, const char *name, const BsonValue *value)
{
}

static void
index_option_unsupported(CollectionIndex *request, const char *name, const BsonValue *value)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
			 errmsg("the index option '%s' is not supported", name)));
}

/* An option that _id's index may not have. */
static void
refuse_for_id(const CollectionIndex *request, const char *name)
{
	if (request->is_id)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_INDEX_SPECIFICATION_OPTION),
				 errmsg("The field '%s' is not valid for an _id index specification.", name)));
}

static bool
read_bool(const char *name, const BsonValue *value)
{
	if (value->type != BSON_BOOL && !pgbson_is_number(value))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field '%s' has value %s, which is not convertible to bool", name,
						pgbson_to_json(value, BSON_JSON_RELAXED))));
	return pgbson_is_truthy(value);
}

static void
index_option_if_true(CollectionIndex *request, const char *name, const BsonValue *value)
{
	if (read_bool(name, value) && !request->is_id)
		index_option_unsupported(request, name, value);
}

/* _id's index is unique anyway. */
static void
index_option_unique(CollectionIndex *request, const char *name, const BsonValue *value)
{
	request->unique = read_bool(name, value) && !request->is_id;
}

static void
index_option_sparse(CollectionIndex *request, const char *name, const BsonValue *value)
{
	request->sparse = read_bool(name, value);
	if (request->sparse)
		refuse_for_id(request, name);
}

static void
index_option_hidden(CollectionIndex *request, const char *name, const BsonValue *value)
{
	request->hidden = read_bool(name, value);
	if (request->hidden && request->is_id)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("can't hide _id index")));
}

static void
index_option_partial(CollectionIndex *request, const char *name, const BsonValue *value)
{
	if (value->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field '%s' must be an object, but got %s", name,
						pgbson_type_name(value->type))));
	refuse_for_id(request, name);
	docindex_check_partial_filter(value);
	request->partial = *value;
}

static void
index_option_projection(CollectionIndex *request, const char *name, const BsonValue *value)
{
	docindex_check_projection(&request->keys, value);
	request->projection = *value;
}

static void
index_option_expire(CollectionIndex *request, const char *name, const BsonValue *value)
{
	double		seconds;

	if (!pgbson_is_number(value))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field '%s' must be a number, but got %s", name,
						pgbson_type_name(value->type))));
	refuse_for_id(request, name);
	seconds = pgbson_number_to_double(value);
	if (!(seconds >= 0 && seconds <= PG_INT32_MAX))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("TTL index 'expireAfterSeconds' option must be within an acceptable "
						"range, try a different number than %s",
						pgbson_to_json(value, BSON_JSON_RELAXED))));
	request->expire_after_seconds = (int) seconds;
}

static void
index_option_collation(CollectionIndex *request, const char *name, const BsonValue *value)
{
	if (value->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field 'collation' must be an object, but got %s",
						pgbson_type_name(value->type))));
	if (value->len <= BSON_MIN_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The field 'collation' cannot be an empty object.")));
	pgbson_collation_document(pgbson_collation_open(value), &request->collation);
	request->has_collation = true;
}

static void
index_option_name(CollectionIndex *request, const char *name, const BsonValue *value)
{
	if (value->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field 'name' must be a string, but got %s",
						pgbson_type_name(value->type))));
	request->name = pnstrdup(value->v.data, value->len);
	if (value->len == 0 || strlen(request->name) != value->len ||
		strcmp(request->name, "*") == 0 ||
		(strcmp(request->name, COLLECTION_ID_INDEX) == 0 && !request->is_id))
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
read_index_options(CollectionIndex *request, const BsonValue *options)
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

/* Reads a key pattern: the request's keys and, as MongoDB builds it, its name. */
static void
read_keys(CollectionIndex *request, const BsonValue *keys)
{
	BsonBuilder builder;
	BsonIter	iter;
	StringInfoData name;
	BsonValue	seen;

	request->wildcard = docindex_is_wildcard(keys);
	if (request->wildcard)
		docindex_check_wildcard_keys(keys);
	else
		docindex_check_keys(keys);
	pgbson_builder_init(&builder);
	initStringInfo(&name);
	pgbson_iter_init(&iter, keys);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;
		int			direction;

		pgbson_iter_value(&iter, &value);
		direction = pgbson_number_to_double(&value) < 0 ? -1 : 1;
		pgbson_append_int32(&builder, iter.key, iter.keylen, direction);
		appendStringInfo(&name, "%s%s_%d", name.len > 0 ? "_" : "", iter.key, direction);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, &request->keys);
	request->name = name.data;
	request->is_id = pgbson_count(&request->keys) == 1 &&
		pgbson_get(&request->keys, "_id", 3, &seen) && seen.v.i32 == 1;
}

static void
check_wildcard_request(const CollectionIndex *request)
{
	const char *problem = NULL;

	if (request->sparse)
		problem = "does not support the sparse option";
	else if (request->unique)
		problem = "does not support the unique option";
	else if (request->expire_after_seconds >= 0)
		problem = "cannot be a TTL index";
	if (problem != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("Index type 'wildcard' %s", problem)));
}

/* Options that do not go together. */
static void
check_request(const CollectionIndex *request)
{
	if (request->wildcard)
		check_wildcard_request(request);
	if (request->sparse && request->partial.type != BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("cannot mix \"partialFilterExpression\" and \"sparse\" options")));
	if (request->expire_after_seconds >= 0 && pgbson_count(&request->keys) > 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("TTL indexes are single-field indexes, compound indexes do not support "
						"TTL. Index spec: %s",
						pgbson_to_json(&request->keys, BSON_JSON_RELAXED))));
}

void
collection_index_request(const BsonValue *keys, const BsonValue *options,
						 CollectionIndex *request)
{
	memset(request, 0, sizeof(CollectionIndex));
	request->expire_after_seconds = -1;
	read_keys(request, keys);
	read_index_options(request, options);
	check_request(request);
}

/* ---- Description ---- */

void
collection_index_describe(const CollectionIndex *index, BsonValue *document)
{
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	pgbson_append_int32(&builder, "v", 1, 2);
	pgbson_append(&builder, "key", 3, &index->keys);
	pgbson_append_cstring(&builder, "name", 4, index->name);
	if (index->unique)
		pgbson_append_bool(&builder, "unique", 6, true);
	if (index->sparse)
		pgbson_append_bool(&builder, "sparse", 6, true);
	pgbson_append(&builder, "partialFilterExpression", -1, &index->partial);
	pgbson_append(&builder, "wildcardProjection", -1, &index->projection);
	if (index->expire_after_seconds >= 0)
		pgbson_append_int32(&builder, "expireAfterSeconds", -1, index->expire_after_seconds);
	if (index->hidden)
		pgbson_append_bool(&builder, "hidden", 6, true);
	pgbson_append(&builder, "collation", 9, &index->collation);
	pgbson_finish(&builder, BSON_DOCUMENT, document);
}
