/*
 * update.c
 *		update_one, update_many, replace_one.
 *
 * An update is one UPDATE statement.  The row trigger leaves rows unwritten whose document the
 * update did not change, and counts them: they are matched but not modified.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/oids.h"
#include "crud/crud_internal.h"
#include "update/update.h"

PG_FUNCTION_INFO_V1(docdb_update_one);
PG_FUNCTION_INFO_V1(docdb_update_many);
PG_FUNCTION_INFO_V1(docdb_replace_one);

/* ---- Building ---- */

void
crud_append_update(CrudQuery *query, const char *column, const CrudUpdate *update)
{
	appendStringInfo(&query->sql, "docdb.update_document(%s, ", column);
	crud_query_value(query, &update->update);
	if (update->let.type == BSON_DOCUMENT)
	{
		appendStringInfoString(&query->sql, ", variables => ");
		crud_query_bson(query, &update->let);
	}
	if (update->array_filters.type == BSON_ARRAY)
	{
		appendStringInfoString(&query->sql, ", array_filters => ");
		crud_query_value(query, &update->array_filters);
	}
	if (update->filter.type == BSON_DOCUMENT && update_is_positional(&update->update))
	{
		appendStringInfoString(&query->sql, ", filter => ");
		crud_query_bson(query, &update->filter);
	}
	appendStringInfoChar(&query->sql, ')');
}

CrudQuery *
crud_build_update(const Collection *collection, const CrudUpdate *given)
{
	CrudQuery  *query = crud_query_create();
	CrudUpdate	collated = crud_collate_update(collection, given);
	const CrudUpdate *update = &collated;

	query->writes = true;
	crud_query_hint(query, collection, NULL, &update->hint);
	if (update->multi || crud_names_one_row(collection, &update->filter))
	{
		appendStringInfo(&query->sql, "UPDATE %s SET doc = ", collection->sql_name);
		crud_append_update(query, "doc", update);
		crud_append_where(query, collection, NULL, &update->filter, &update->let);
		return query;
	}
	crud_append_chosen_row(query, collection, "_id", &update->filter, &update->let,
						   &update->sort, "FOR NO KEY UPDATE");
	appendStringInfo(&query->sql, "UPDATE %s AS c SET doc = ", collection->sql_name);
	crud_append_update(query, "c.doc", update);
	appendStringInfoString(&query->sql, " FROM m WHERE c._id");
	crud_query_operator(query, "=");
	appendStringInfoString(&query->sql, "m._id");
	return query;
}

/* ---- Running ---- */

/* The variables of a compiled update, or NULL. */
static const BsonValue *
variables(const CrudCompiledUpdate *compiled)
{
	return compiled->let.type == BSON_DOCUMENT ? &compiled->let : NULL;
}

/* Whether a filter has $expr, which stands at its top or within $and, $or and $nor. */
static bool
uses_expr(const BsonValue *filter)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, filter);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		if (filter->type == BSON_DOCUMENT && strcmp(iter.key, "$expr") == 0)
			return true;
		if (filter->type == BSON_DOCUMENT ? iter.type != BSON_ARRAY || iter.key[0] != '$' :
			iter.type != BSON_DOCUMENT)
			continue;
		pgbson_iter_value(&iter, &value);
		if (uses_expr(&value))
			return true;
	}
	return false;
}

/* The document that comes with an upsert: the variable "new". */
static bool
get_supplied(const BsonValue *let, BsonValue *supplied)
{
	return let->type == BSON_DOCUMENT && pgbson_get(let, "new", 3, supplied) &&
		supplied->type == BSON_DOCUMENT;
}

static void
check_supplied(const CrudUpdate *update)
{
	BsonValue	supplied;

	if (!update->upsert)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Cannot specify '{upsertSupplied: true}' with '{upsert: false}'")));
	if (!get_supplied(&update->let, &supplied))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("the parameter 'upsertSupplied' is set to 'true', but no document was "
						"supplied")));
}

void
crud_compile_update(const CrudUpdate *update, CrudCompiledUpdate *compiled)
{
	if (update->upsert && update->filter.type == BSON_DOCUMENT && uses_expr(&update->filter))
		ereport(ERROR,
				(errcode(DOCDB_ERR_QUERY_FEATURE_NOT_ALLOWED),
				 errmsg("$expr is not allowed in the query predicate for an upsert")));
	compiled->let = update->let;
	compiled->context = NULL;
	compiled->scope = expr_scope_from_variables(variables(compiled));
	compiled->update = update_compile(&update->update, &update->array_filters, compiled->scope);
	if (update->upsert_supplied)
		check_supplied(update);
	if (update->multi && update_is_replacement(compiled->update))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("multi update is not supported for replacement-style update")));
}

ExprEvalContext *
crud_update_context(CrudCompiledUpdate *compiled)
{
	if (compiled->context == NULL)
	{
		compiled->context = expr_context_create(compiled->scope);
		expr_context_set_variables(compiled->context, variables(compiled));
	}
	return compiled->context;
}

/* The supplied document as the replacement that an upsert with that filter would be. */
static void
build_supplied(const CrudUpdate *update, const BsonValue *filter, BsonValue *built)
{
	BsonValue	supplied;
	ExprScope  *scope = expr_scope_create();

	(void) get_supplied(&update->let, &supplied);
	update_build_upsert(update_compile(&supplied, NULL, scope), filter,
						expr_context_create(scope), built);
}

bool
crud_upsert(const CollectionName *name, const CrudUpdate *update,
			CrudCompiledUpdate *compiled, bool last_attempt, BsonValue *document, BsonValue *id)
{
	Collection *collection;
	BsonValue	built;
	BsonValue	filter = update->filter;
	BsonBuilder empty;
	Datum		document_datum;
	Datum		id_datum;
	volatile int current = 0;

	if (filter.type != BSON_DOCUMENT)
	{
		pgbson_builder_init(&empty);
		pgbson_finish(&empty, BSON_DOCUMENT, &filter);
	}
	if (update->upsert_supplied)
		build_supplied(update, &filter, &built);
	else
		update_build_upsert(compiled->update, &filter, crud_update_context(compiled), &built);
	collection_fix_document(&built, document, id);
	collection = collection_find_or_create(name);
	if (!last_attempt)
		return crud_insert_unless_conflict(collection, document, id, update->bypass_validation);
	document_datum = pgbson_get_datum(document);
	id_datum = pgbson_value_get_datum(id);
	crud_insert_documents(collection, &document_datum, &id_datum, 1, update->bypass_validation,
						  &current);
	return true;
}

/* Runs the UPDATE; a collection without the row trigger has every matched row written. */
static void
run_update(const Collection *collection, const CrudUpdate *update, CrudCompiledUpdate *compiled,
		   CrudUpdateResult *result)
{
	CrudExpressResult express = {0};
	CollectionWrite write = {
		.skip_unchanged = !update_always_modifies(compiled->update),
		.bypass_validation = update->bypass_validation
	};

	if (crud_write_express(collection, update, compiled, &express))
	{
		result->matched = express.matched;
		result->modified = express.modified;
		return;
	}

	result->modified = crud_execute_write(crud_build_update(collection, update), &write, NULL,
										  NULL);
	result->matched = result->modified + write.skipped;
}

void
crud_update(const CollectionName *name, const CrudUpdate *given, CrudUpdateResult *result)
{
	Collection *collection = collection_find(name);
	CrudUpdate	copy = crud_collate_update(collection, given);
	const CrudUpdate *update = &copy;
	CrudCompiledUpdate compiled;

	memset(result, 0, sizeof(*result));
	if (!copy.keep_timestamps)
		update_fill_timestamps(&copy.update);
	crud_compile_update(update, &compiled);
	for (int attempt = 1;; attempt++, collection = collection_find(name))
	{
		BsonValue	document;

		if (collection != NULL)
			run_update(collection, update, &compiled, result);
		else
			crud_append_where(crud_query_create(), NULL, NULL, &update->filter, &update->let);
		if (result->matched > 0 || !update->upsert)
			return;
		if (crud_upsert(name, update, &compiled, attempt == CRUD_UPSERT_ATTEMPTS, &document,
						&result->upserted_id))
		{
			result->upserted = true;
			return;
		}
	}
}

/* ---- SQL functions ---- */

/*
 * The row type of the functions' results.  It is the same for all of them, and looking it up in the
 * catalog takes longer than finding a document, so the backend keeps it.
 */
static TupleDesc
result_type(FunctionCallInfo fcinfo)
{
	static TupleDesc kept = NULL;
	Oid			bson_value_type = docdb_oids()->bson_value_type;
	MemoryContext old_context;
	TupleDesc	tupdesc;

	if (kept != NULL && TupleDescAttr(kept, 2)->atttypid == bson_value_type)
		return kept;

	if (kept != NULL)
		FreeTupleDesc(kept);
	kept = NULL;
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != 3)
		elog(ERROR, "return type must be a row type of three columns");
	old_context = MemoryContextSwitchTo(TopMemoryContext);
	kept = CreateTupleDescCopy(BlessTupleDesc(tupdesc));
	MemoryContextSwitchTo(old_context);
	return kept;
}

/* The result type (matched_count, modified_count, upserted_id) as a datum. */
static Datum
result_datum(FunctionCallInfo fcinfo, const CrudUpdateResult *result)
{
	TupleDesc	tupdesc = result_type(fcinfo);
	Datum		values[3];
	bool		nulls[3] = {false, false, !result->upserted};

	values[0] = Int64GetDatum(result->matched);
	values[1] = Int64GetDatum(result->modified);
	values[2] = result->upserted ? pgbson_value_get_datum(&result->upserted_id) : (Datum) 0;
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}

typedef struct UpdateRun
{
	CollectionName name;
	CrudUpdate	update;
	CrudUpdateResult result;
} UpdateRun;

static void
run_limited_update(void *arg)
{
	UpdateRun  *run = arg;

	crud_update(&run->name, &run->update, &run->result);
}

void
crud_check_operators(const BsonValue *update)
{
	BsonIter	iter;

	if (update->type == BSON_ARRAY)
		return;
	if (update->type == BSON_DOCUMENT)
		pgbson_iter_init(&iter, update);
	if (update->type != BSON_DOCUMENT || !pgbson_iter_next(&iter) || iter.key[0] != '$')
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Update document requires atomic operators")));
}

void
crud_check_replacement(const BsonValue *update)
{
	BsonIter	iter;

	if (update->type == BSON_DOCUMENT)
		pgbson_iter_init(&iter, update);
	if (update->type != BSON_DOCUMENT || (pgbson_iter_next(&iter) && iter.key[0] == '$'))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Replacement document must not contain atomic operators")));
}

void
crud_apply_options(const CrudOptions *options, CrudUpdate *update)
{
	update->sort = options->sort;
	update->let = options->let;
	update->hint = options->hint;
	update->collation = options->collation;
	update->array_filters = options->array_filters;
	update->upsert = options->upsert;
	update->upsert_supplied = false;
	update->keep_timestamps = false;
	update->bypass_validation = options->bypass_validation;
}

void
crud_arg_write_filter(FunctionCallInfo fcinfo, int arg, BsonValue *filter)
{
	collection_arg_required(fcinfo, arg, "filter", filter);
}

void
crud_arg_update(FunctionCallInfo fcinfo, int arg, const char *what, BsonValue *update)
{
	if (PG_ARGISNULL(arg))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("the %s must not be NULL", what)));
	pgbson_value_from_datum(PG_GETARG_DATUM(arg), update);
}

static Datum
update_function(FunctionCallInfo fcinfo, bool multi, bool replace)
{
	UpdateRun	run;
	CrudOptions options;

	collection_arg_name(fcinfo, 0, &run.name);
	crud_arg_write_filter(fcinfo, 1, &run.update.filter);
	crud_arg_update(fcinfo, 2, replace ? "replacement" : "update", &run.update.update);
	crud_arg_options(fcinfo, 3, multi ? CRUD_FOR_UPDATE_MANY : CRUD_FOR_UPDATE, &options);
	if (replace)
		crud_check_replacement(&run.update.update);
	else
		crud_check_operators(&run.update.update);
	crud_apply_options(&options, &run.update);
	run.update.multi = multi;
	crud_run_limited(options.max_time_ms, run_limited_update, &run);
	return result_datum(fcinfo, &run.result);
}

/* docdb.update_one(collection, filter, update, options) */
Datum
docdb_update_one(PG_FUNCTION_ARGS)
{
	return update_function(fcinfo, false, false);
}

/* docdb.update_many(collection, filter, update, options) */
Datum
docdb_update_many(PG_FUNCTION_ARGS)
{
	return update_function(fcinfo, true, false);
}

/* docdb.replace_one(collection, filter, replacement, options) */
Datum
docdb_replace_one(PG_FUNCTION_ARGS)
{
	return update_function(fcinfo, false, true);
}
