/*
 * delete.c
 *		delete_one, delete_many.
 */
#include "postgres.h"

#include "base/errors.h"
#include "crud/crud_internal.h"

PG_FUNCTION_INFO_V1(docdb_delete_one);
PG_FUNCTION_INFO_V1(docdb_delete_many);

static CrudDelete
collate_delete(const Collection *collection, const CrudDelete *del)
{
	CrudDelete	collated = *del;

	crud_collate(collection, &del->collation, &collated.filter, &collated.sort, NULL);
	return collated;
}

CrudQuery *
crud_build_delete(const Collection *collection, const CrudDelete *given)
{
	CrudQuery  *query = crud_query_create();
	CrudDelete	collated = collate_delete(collection, given);
	const CrudDelete *del = &collated;

	query->writes = true;
	crud_query_hint(query, collection, NULL, &del->hint);
	if (del->multi || crud_names_one_row(collection, &del->filter))
	{
		appendStringInfo(&query->sql, "DELETE FROM %s", collection->sql_name);
		crud_append_where(query, collection, NULL, &del->filter, &del->let);
		return query;
	}
	crud_append_chosen_row(query, collection, "_id", &del->filter, &del->let, &del->sort,
						   "FOR UPDATE");
	appendStringInfo(&query->sql, "DELETE FROM %s AS c USING m WHERE c._id",
					 collection->sql_name);
	crud_query_operator(query, "=");
	appendStringInfoString(&query->sql, "m._id");
	return query;
}

int64
crud_delete(const CollectionName *name, const CrudDelete *given)
{
	Collection *collection = collection_find(name);
	CrudDelete	collated = collate_delete(collection, given);
	const CrudDelete *del = &collated;
	CrudExpressResult express = {0};
	CrudUpdate	found = {
		.filter = del->filter,
		.sort = del->sort,
		.let = del->let,
		.hint = del->hint,
		.multi = del->multi
	};

	if (collection == NULL)
	{
		crud_append_where(crud_query_create(), NULL, NULL, &del->filter, &del->let);
		return 0;
	}
	if (crud_write_express(collection, &found, NULL, &express))
		return express.matched;
	return crud_execute(crud_build_delete(collection, del), NULL, NULL);
}

typedef struct DeleteRun
{
	CollectionName name;
	CrudDelete	del;
	int64		deleted;
} DeleteRun;

static void
run_delete(void *arg)
{
	DeleteRun  *run = arg;

	run->deleted = crud_delete(&run->name, &run->del);
}

static Datum
delete_function(FunctionCallInfo fcinfo, bool multi)
{
	DeleteRun	run = {.del = {.multi = multi}};
	CrudOptions options;

	collection_arg_name(fcinfo, 0, &run.name);
	crud_arg_write_filter(fcinfo, 1, &run.del.filter);
	crud_arg_options(fcinfo, 2, CRUD_FOR_DELETE, &options);
	run.del.let = options.let;
	run.del.hint = options.hint;
	run.del.collation = options.collation;
	crud_run_limited(options.max_time_ms, run_delete, &run);
	PG_RETURN_INT64(run.deleted);
}

/* docdb.delete_one(collection, filter, options) */
Datum
docdb_delete_one(PG_FUNCTION_ARGS)
{
	return delete_function(fcinfo, false);
}

/* docdb.delete_many(collection, filter, options) */
Datum
docdb_delete_many(PG_FUNCTION_ARGS)
{
	return delete_function(fcinfo, true);
}
