/*
 * findandmodify.c
 *		find_one_and_update, find_one_and_replace, find_one_and_delete.
 */
#include "postgres.h"

#include "base/errors.h"
#include "crud/crud_internal.h"
#include "project/project.h"

PG_FUNCTION_INFO_V1(docdb_find_one_and_update);
PG_FUNCTION_INFO_V1(docdb_find_one_and_replace);
PG_FUNCTION_INFO_V1(docdb_find_one_and_delete);

/* The statement where the filter names one row and nothing of its old self is wanted back. */
static void
build_for_one_row(CrudQuery *query, const Collection *collection, const CrudFindAndModify *spec)
{
	const CrudUpdate *update = &spec->update;

	if (spec->remove)
		appendStringInfo(&query->sql, "DELETE FROM %s", collection->sql_name);
	else
	{
		appendStringInfo(&query->sql, "UPDATE %s SET doc = ", collection->sql_name);
		crud_append_update(query, "doc", update);
	}
	crud_append_where(query, collection, NULL, &update->filter, &update->let);
	appendStringInfoString(&query->sql, " RETURNING doc");
}

CrudQuery *
crud_build_find_and_modify(const Collection *collection, const CrudFindAndModify *given)
{
	CrudQuery  *query = crud_query_create();
	CrudFindAndModify collated = *given;
	const CrudFindAndModify *spec = &collated;
	const CrudUpdate *update = &collated.update;

	collated.update = crud_collate_update(collection, &given->update);
	query->writes = true;
	crud_query_hint(query, collection, NULL, &update->hint);
	if ((spec->remove || spec->return_new) && crud_names_one_row(collection, &update->filter))
	{
		build_for_one_row(query, collection, spec);
		return query;
	}
	crud_append_chosen_row(query, collection, spec->remove ? "_id" : "_id, doc",
						   &update->filter, &update->let, &update->sort,
						   spec->remove ? "FOR UPDATE" : "FOR NO KEY UPDATE");
	if (spec->remove)
		appendStringInfo(&query->sql, "DELETE FROM %s AS c USING m", collection->sql_name);
	else
	{
		appendStringInfo(&query->sql, "UPDATE %s AS c SET doc = ", collection->sql_name);
		crud_append_update(query, "c.doc", update);
		appendStringInfoString(&query->sql, " FROM m");
	}
	appendStringInfoString(&query->sql, " WHERE c._id");
	crud_query_operator(query, "=");
	appendStringInfo(&query->sql, "m._id RETURNING %s.doc",
					 spec->remove || spec->return_new ? "c" : "m");
	return query;
}

typedef struct Returned
{
	MemoryContext context;
	bool		found;
	Datum		document;
} Returned;

static void
keep_returned(TupleTableSlot *slot, void *arg)
{
	Returned   *returned = arg;
	MemoryContext old_context = MemoryContextSwitchTo(returned->context);
	bool		isnull;
	Datum		document = slot_getattr(slot, 1, &isnull);

	returned->found = !isnull;
	if (!isnull)
		returned->document = PointerGetDatum(PG_DETOAST_DATUM_COPY(document));
	MemoryContextSwitchTo(old_context);
}

/* Does it without a statement, where that can be. */
static bool
run_express(const Collection *collection, const CrudFindAndModify *spec,
			CrudCompiledUpdate *compiled, CrudFindAndModifyResult *result)
{
	CrudExpressResult express = {.keep_documents = true};

	if (!crud_write_express(collection, &spec->update, spec->remove ? NULL : compiled, &express))
		return false;
	result->found = express.matched > 0;
	if (!spec->remove)
	{
		result->update.matched = express.matched;
		result->update.modified = express.modified;
	}
	if (result->found)
		result->document = spec->return_new && !spec->remove ? express.new_document :
			express.old_document;
	return true;
}

/* Runs the statement; a document that the update left as it was is both the old and the new. */
static bool
run_statement(const Collection *collection, const CrudFindAndModify *spec,
			  CrudFindAndModifyResult *result)
{
	Returned	returned = {CurrentMemoryContext};
	CollectionWrite write = {
		.skip_unchanged = true,
		.keep_skipped = true,
		.keep_context = CurrentMemoryContext,
		.bypass_validation = spec->update.bypass_validation
	};
	uint64		processed;

	processed = crud_execute_write(crud_build_find_and_modify(collection, spec), &write,
								   keep_returned, &returned);
	if (!spec->remove)
	{
		result->update.modified = processed;
		result->update.matched = processed + write.skipped;
	}
	if (write.skipped > 0)
	{
		returned.found = true;
		returned.document = write.skipped_doc;
	}
	if (returned.found)
		pgbson_from_datum(returned.document, &result->document);
	return returned.found;
}

static void
project_result(const CrudFindAndModify *spec, BsonValue *document)
{
	const BsonValue *let = spec->update.let.type == BSON_DOCUMENT ? &spec->update.let : NULL;
	ExprScope  *scope = expr_scope_from_variables(let);
	Projection *projection;
	ExprEvalContext *context;
	BsonBuilder builder;

	if (spec->projection.type != BSON_DOCUMENT)
		return;
	projection = project_compile(&spec->projection, PROJECT_FIND, scope);
	if (project_is_positional(projection) && spec->return_new)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("cannot use a positional projection and return the new document")));
	if (spec->update.filter.type == BSON_DOCUMENT)
		project_set_filter(projection, &spec->update.filter, scope);
	if (document->type != BSON_DOCUMENT)
		return;
	context = expr_context_create(scope);
	expr_context_set_variables(context, let);
	pgbson_builder_init(&builder);
	project_eval(projection, document, context, &builder, document);
}

void
crud_find_and_modify(const CollectionName *name, const CrudFindAndModify *given,
					 CrudFindAndModifyResult *result)
{
	Collection *collection = collection_find(name);
	CrudFindAndModify copy = *given;
	const CrudFindAndModify *spec = &copy;
	CrudCompiledUpdate compiled;

	memset(result, 0, sizeof(*result));
	copy.update = crud_collate_update(collection, &given->update);
	if (!copy.update.keep_timestamps)
		update_fill_timestamps(&copy.update.update);
	if (!spec->remove)
		crud_compile_update(&spec->update, &compiled);
	for (int attempt = 1; !result->found; attempt++, collection = collection_find(name))
	{
		BsonValue	document;

		if (collection != NULL)
		{
			if (!run_express(collection, spec, &compiled, result))
				result->found = run_statement(collection, spec, result);
		}
		else
		{
			crud_append_where(crud_query_create(), NULL, NULL, &spec->update.filter,
							  &spec->update.let);
			crud_append_order(crud_query_create(), NULL, NULL, &spec->update.sort);
		}
		if (result->found || spec->remove || !spec->update.upsert)
			break;
		if (crud_upsert(name, &spec->update, &compiled, attempt == CRUD_UPSERT_ATTEMPTS,
						&document, &result->update.upserted_id))
		{
			result->update.upserted = true;
			if (spec->return_new)
				result->document = document;
			break;
		}
	}
	project_result(spec, &result->document);
}

/* ---- SQL functions ---- */

typedef struct FindAndModifyRun
{
	CollectionName name;
	CrudFindAndModify spec;
	CrudFindAndModifyResult result;
} FindAndModifyRun;

static void
run_limited(void *arg)
{
	FindAndModifyRun *run = arg;

	crud_find_and_modify(&run->name, &run->spec, &run->result);
}

static Datum
run_function(FunctionCallInfo fcinfo, FindAndModifyRun *run, const CrudOptions *options)
{
	crud_apply_options(options, &run->spec.update);
	run->spec.projection = options->projection;
	run->spec.return_new = options->return_new;
	crud_run_limited(options->max_time_ms, run_limited, run);
	if (run->result.document.type != BSON_DOCUMENT)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(pgbson_get_datum(&run->result.document));
}

/* docdb.find_one_and_update(collection, filter, update, options) */
Datum
docdb_find_one_and_update(PG_FUNCTION_ARGS)
{
	FindAndModifyRun run = {0};
	CrudOptions options;

	collection_arg_name(fcinfo, 0, &run.name);
	crud_arg_write_filter(fcinfo, 1, &run.spec.update.filter);
	crud_arg_update(fcinfo, 2, "update", &run.spec.update.update);
	crud_arg_options(fcinfo, 3, CRUD_FOR_FIND_AND_UPDATE, &options);
	crud_check_operators(&run.spec.update.update);
	return run_function(fcinfo, &run, &options);
}

/* docdb.find_one_and_replace(collection, filter, replacement, options) */
Datum
docdb_find_one_and_replace(PG_FUNCTION_ARGS)
{
	FindAndModifyRun run = {0};
	CrudOptions options;

	collection_arg_name(fcinfo, 0, &run.name);
	crud_arg_write_filter(fcinfo, 1, &run.spec.update.filter);
	crud_arg_update(fcinfo, 2, "replacement", &run.spec.update.update);
	crud_arg_options(fcinfo, 3, CRUD_FOR_FIND_AND_UPDATE, &options);
	crud_check_replacement(&run.spec.update.update);
	return run_function(fcinfo, &run, &options);
}

/* docdb.find_one_and_delete(collection, filter, options) */
Datum
docdb_find_one_and_delete(PG_FUNCTION_ARGS)
{
	FindAndModifyRun run = {.spec = {.remove = true}};
	CrudOptions options;

	collection_arg_name(fcinfo, 0, &run.name);
	crud_arg_write_filter(fcinfo, 1, &run.spec.update.filter);
	crud_arg_options(fcinfo, 2, CRUD_FOR_FIND_AND_DELETE, &options);
	return run_function(fcinfo, &run, &options);
}
