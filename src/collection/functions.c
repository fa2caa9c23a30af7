/*
 * functions.c
 *		SQL functions over databases, collections and indexes.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/errors.h"
#include "collection/collection_internal.h"

PG_FUNCTION_INFO_V1(docdb_create_collection);
PG_FUNCTION_INFO_V1(docdb_drop_collection);
PG_FUNCTION_INFO_V1(docdb_rename_collection);
PG_FUNCTION_INFO_V1(docdb_list_collections);
PG_FUNCTION_INFO_V1(docdb_create_index);
PG_FUNCTION_INFO_V1(docdb_drop_index);
PG_FUNCTION_INFO_V1(docdb_list_indexes);

void
collection_arg_name(FunctionCallInfo fcinfo, int arg, CollectionName *name)
{
	text	   *argument;

	if (PG_ARGISNULL(arg))
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_NAMESPACE),
				 errmsg("the name of the collection must not be NULL")));
	argument = PG_GETARG_TEXT_PP(arg);
	collection_parse_name(VARDATA_ANY(argument), VARSIZE_ANY_EXHDR(argument), name);
}

void
collection_arg_document(FunctionCallInfo fcinfo, int arg, BsonValue *document)
{
	if (PG_ARGISNULL(arg))
		pgbson_make_simple(BSON_MISSING, document);
	else
		pgbson_from_datum(PG_GETARG_DATUM(arg), document);
}

void
collection_arg_required(FunctionCallInfo fcinfo, int arg, const char *what, BsonValue *document)
{
	if (PG_ARGISNULL(arg))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("the %s must not be NULL", what)));
	pgbson_from_datum(PG_GETARG_DATUM(arg), document);
}

/* Puts a document into a materialized set of bson. */
static void
put_document(const BsonValue *document, void *arg)
{
	ReturnSetInfo *rsinfo = arg;
	Datum		value = pgbson_get_datum(document);
	bool		isnull = false;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	pfree(DatumGetPointer(value));
}

/* docdb.create_collection(name, options): false when it exists with these options. */
Datum
docdb_create_collection(PG_FUNCTION_ARGS)
{
	CollectionName name;
	BsonValue	options;

	collection_arg_name(fcinfo, 0, &name);
	collection_arg_document(fcinfo, 1, &options);
	PG_RETURN_BOOL(collection_create(&name, &options));
}

/* docdb.drop_collection(name): false when there is none. */
Datum
docdb_drop_collection(PG_FUNCTION_ARGS)
{
	CollectionName name;

	collection_arg_name(fcinfo, 0, &name);
	PG_RETURN_BOOL(collection_drop(&name));
}

/* docdb.rename_collection(from, to, drop_target); `to` without a database stays in from's. */
Datum
docdb_rename_collection(PG_FUNCTION_ARGS)
{
	CollectionName from;
	CollectionName to;
	text	   *target;

	collection_arg_name(fcinfo, 0, &from);
	if (PG_ARGISNULL(1))
		collection_arg_name(fcinfo, 1, &to);
	target = PG_GETARG_TEXT_PP(1);
	if (memchr(VARDATA_ANY(target), '.', VARSIZE_ANY_EXHDR(target)) == NULL)
		collection_make_name(from.database, VARDATA_ANY(target), VARSIZE_ANY_EXHDR(target), &to);
	else
		collection_arg_name(fcinfo, 1, &to);
	collection_rename(&from, &to, !PG_ARGISNULL(2) && PG_GETARG_BOOL(2));
	PG_RETURN_VOID();
}

/* docdb.list_collections(database, filter): documents as of MongoDB's listCollections. */
Datum
docdb_list_collections(PG_FUNCTION_ARGS)
{
	BsonValue	filter;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_NAMESPACE),
				 errmsg("the name of the database must not be NULL")));
	collection_arg_document(fcinfo, 1, &filter);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	collection_list(text_to_cstring(PG_GETARG_TEXT_PP(0)), &filter, false, put_document,
					fcinfo->resultinfo);
	return (Datum) 0;
}

/* docdb.create_index(collection, keys, options): the index's name. */
Datum
docdb_create_index(PG_FUNCTION_ARGS)
{
	CollectionName name;
	BsonValue	keys;
	BsonValue	options;
	bool		created;

	collection_arg_name(fcinfo, 0, &name);
	collection_arg_required(fcinfo, 1, "key pattern", &keys);
	collection_arg_document(fcinfo, 2, &options);
	PG_RETURN_TEXT_P(cstring_to_text(collection_index_create(&name, &keys, &options, &created)));
}

/* docdb.drop_index(collection, index): index is a name, or a key pattern as Extended JSON. */
Datum
docdb_drop_index(PG_FUNCTION_ARGS)
{
	CollectionName name;
	BsonValue	index;
	char	   *json;

	collection_arg_name(fcinfo, 0, &name);
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("the index must not be NULL")));
	json = text_to_cstring(PG_GETARG_TEXT_PP(1));
	json = pg_server_to_any(json, strlen(json), PG_UTF8);
	if (json[0] == '{')
		pgbson_from_json(json, strlen(json), true, &index);
	else
		pgbson_make_string(json, strlen(json), &index);
	collection_index_drop(&name, &index);
	PG_RETURN_BOOL(true);
}

/* docdb.list_indexes(collection): documents as of MongoDB's listIndexes. */
Datum
docdb_list_indexes(PG_FUNCTION_ARGS)
{
	CollectionName name;

	collection_arg_name(fcinfo, 0, &name);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	collection_index_list(&name, put_document, fcinfo->resultinfo);
	return (Datum) 0;
}
