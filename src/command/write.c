/*
 * write.c
 *		The commands insert, update, delete and findAndModify.
 *
 * A statement that fails does not fail the command: it is reported in writeErrors, and with
 * `ordered` (the default) the statements after it are not run.  So each runs in a subtransaction of
 * its own.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "command/command_internal.h"
#include "pgbson/number.h"

#define MAX_BATCH 100000

static const BsonValue *
present(const BsonValue *value)
{
	return value->type == BSON_MISSING ? NULL : value;
}

void
command_check_batch_size(uint32 size)
{
	if (size < 1 || size > MAX_BATCH)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_LENGTH),
				 errmsg("Write batch sizes must be between 1 and %d. Got %u operations.",
						MAX_BATCH, size)));
}

/* ---- insert ---- */

typedef struct InsertRequest
{
	BsonValue	documents;
	bool		ordered;
	bool		bypass_validation;
	bool		keep_timestamps;
} InsertRequest;

static const CommandField insert_fields[] = {
	{"documents", COMMAND_ARRAY, offsetof(InsertRequest, documents), true},
	{"ordered", COMMAND_STRICT_BOOL, offsetof(InsertRequest, ordered)},
	{"bypassDocumentValidation", COMMAND_BOOL, offsetof(InsertRequest, bypass_validation)},
	{"encryptionInformation", COMMAND_UNSUPPORTED, -1},
	{"collectionUUID", COMMAND_UNSUPPORTED, -1},
	{"bypassEmptyTsReplacement", COMMAND_STRICT_BOOL, offsetof(InsertRequest, keep_timestamps)},
	{"isTimeseries", COMMAND_IGNORED, -1},
	{"isTimeseriesNamespace", COMMAND_IGNORED, -1},
};

/* {insert: <collection>, documents: [...], ordered, bypassDocumentValidation, ...} */
void
command_insert(CommandCall *call, BsonBuilder *reply)
{
	InsertRequest request = {.ordered = true};
	CrudInsert	insert = {.report = true};
	CrudInsertResult result = {0};
	Datum	   *documents;
	int			ndocuments = 0;
	BsonIter	iter;

	command_parse(call, insert_fields, &request);
	command_check_batch_size(pgbson_count(&request.documents));
	documents = palloc(pgbson_count(&request.documents) * sizeof(Datum));
	pgbson_iter_init(&iter, &request.documents);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	document;

		pgbson_iter_value(&iter, &document);
		if (document.type != BSON_DOCUMENT)
			ereport(ERROR,
					(errcode(DOCDB_ERR_TYPE_MISMATCH),
					 errmsg("BSON field 'insert.documents.%d' is the wrong type '%s', expected "
							"type 'object'", ndocuments, pgbson_type_name(document.type))));
		documents[ndocuments++] = pgbson_get_datum(&document);
	}
	insert.documents = documents;
	insert.ndocuments = ndocuments;
	insert.ordered = request.ordered;
	insert.bypass_validation = request.bypass_validation;
	insert.keep_timestamps = request.keep_timestamps;
	crud_insert_batch(&call->collection, &insert, &result);
	pgbson_append_int32(reply, "n", 1, (int32) result.inserted);
	command_append_write_errors(reply, &call->collection, result.errors);
}

/* ---- Statements that may fail ---- */

typedef struct WriteBatch
{
	CommandCall *call;
	BsonValue	let;
	bool		ordered;
	bool		bypass_validation;
	bool		keep_timestamps;
	int64		matched;
	int64		modified;
	List	   *errors;			/* of CrudWriteError */
	BsonBuilder *upserted;		/* an array of {index, _id} */
	int			nupserted;
} WriteBatch;

typedef void WriteFunction(WriteBatch *batch, int index, const BsonValue *element);

/* What crud_try runs. */
typedef struct StatementRun
{
	WriteBatch *batch;
	WriteFunction *function;
	int			index;
	const BsonValue *element;
} StatementRun;

static void
run_statement(void *arg)
{
	StatementRun *run = arg;

	run->function(run->batch, run->index, run->element);
}

static void
run_batch(WriteBatch *batch, WriteFunction *function, const BsonValue *elements)
{
	StatementRun run = {batch, function};
	ErrorData  *error;
	BsonIter	iter;
	int			index = 0;

	command_check_batch_size(pgbson_count(elements));
	pgbson_iter_init(&iter, elements);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		CHECK_FOR_INTERRUPTS();
		pgbson_iter_value(&iter, &element);
		run.element = &element;
		run.index = index++;
		error = crud_try(run_statement, &run);
		if (error == NULL)
			continue;
		batch->errors = lappend(batch->errors, crud_write_error(run.index, error));
		if (batch->ordered)
			break;
	}
}

static void
check_element(const BsonValue *element, const char *context)
{
	if (element->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field '%s' is the wrong type '%s', expected type 'object'", context,
						pgbson_type_name(element->type))));
}

/* Parses every element before any is run, as their form is part of the command's. */
static void
check_elements(const BsonValue *elements, void (*parse) (const BsonValue *element))
{
	BsonIter	iter;

	pgbson_iter_init(&iter, elements);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		parse(&element);
	}
}

/* ---- update ---- */

typedef struct UpdateRequest
{
	BsonValue	updates;
	BsonValue	let;
	bool		ordered;
	bool		bypass_validation;
	bool		keep_timestamps;
} UpdateRequest;

static const CommandField update_fields[] = {
	{"updates", COMMAND_ARRAY, offsetof(UpdateRequest, updates), true},
	{"ordered", COMMAND_STRICT_BOOL, offsetof(UpdateRequest, ordered)},
	{"bypassDocumentValidation", COMMAND_BOOL, offsetof(UpdateRequest, bypass_validation)},
	{"let", COMMAND_DOCUMENT, offsetof(UpdateRequest, let)},
	{"encryptionInformation", COMMAND_UNSUPPORTED, -1},
	{"collectionUUID", COMMAND_UNSUPPORTED, -1},
	{"bypassEmptyTsReplacement", COMMAND_STRICT_BOOL, offsetof(UpdateRequest, keep_timestamps)},
	{"isTimeseries", COMMAND_IGNORED, -1},
	{"isTimeseriesNamespace", COMMAND_IGNORED, -1},
};

typedef struct UpdateElement
{
	BsonValue	q;
	BsonValue	u;
	BsonValue	c;
	BsonValue	array_filters;
	BsonValue	sort;
	BsonValue	hint;
	BsonValue	collation;
	bool		multi;
	bool		upsert;
	bool		upsert_supplied;
} UpdateElement;

static const CommandField update_element_fields[] = {
	{"q", COMMAND_DOCUMENT, offsetof(UpdateElement, q), true},
	{"u", COMMAND_ANY, offsetof(UpdateElement, u), true},
	{"c", COMMAND_DOCUMENT, offsetof(UpdateElement, c)},
	{"multi", COMMAND_STRICT_BOOL, offsetof(UpdateElement, multi)},
	{"upsert", COMMAND_STRICT_BOOL, offsetof(UpdateElement, upsert)},
	{"arrayFilters", COMMAND_ARRAY, offsetof(UpdateElement, array_filters)},
	{"sort", COMMAND_DOCUMENT, offsetof(UpdateElement, sort)},
	{"hint", COMMAND_HINT, offsetof(UpdateElement, hint)},
	{"collation", COMMAND_DOCUMENT, offsetof(UpdateElement, collation)},
	{"upsertSupplied", COMMAND_STRICT_BOOL, offsetof(UpdateElement, upsert_supplied)},
	{"sampleId", COMMAND_IGNORED, -1},
};

static void
check_pipeline(const BsonValue *pipeline)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, pipeline);
	while (pgbson_iter_next(&iter))
		if (iter.type != BSON_DOCUMENT)
			ereport(ERROR,
					(errcode(DOCDB_ERR_TYPE_MISMATCH),
					 errmsg("Each element of the 'pipeline' array must be an object")));
}

void
command_check_update(const BsonValue *update, const BsonValue *sort, bool multi)
{
	if (update->type != BSON_DOCUMENT && update->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Update argument must be either an object or an array")));
	if (update->type == BSON_ARRAY)
		check_pipeline(update);
	if (multi && sort->type != BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Cannot specify sort with multi=true")));
}

static void
parse_update_element(const BsonValue *element, UpdateElement *update)
{
	memset(update, 0, sizeof(*update));
	check_element(element, "update.updates");
	command_parse_fields(element, "update.updates", 0, false, update_element_fields,
						 lengthof(update_element_fields), update);
	command_check_update(&update->u, &update->sort, update->multi);
}

static void
check_update_element(const BsonValue *element)
{
	UpdateElement update;

	parse_update_element(element, &update);
}

void
command_merge_constants(const BsonValue *let, const BsonValue *constants, const BsonValue *update,
						BsonValue *merged)
{
	BsonBuilder builder;
	BsonIter	iter;

	*merged = *let;
	if (constants->type == BSON_MISSING)
		return;
	if (update->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51198)),
				 errmsg("Constant values may only be specified for pipeline updates")));
	pgbson_builder_init(&builder);
	if (let->type != BSON_MISSING)
	{
		pgbson_iter_init(&iter, let);
		while (pgbson_iter_next(&iter))
		{
			BsonValue	constant;

			if (!pgbson_get(constants, iter.key, iter.keylen, &constant))
				pgbson_append_element(&builder, &iter);
		}
	}
	pgbson_iter_init(&iter, constants);
	pgbson_append_elements(&builder, iter.next, iter.end);
	pgbson_finish(&builder, BSON_DOCUMENT, merged);
}

static void
make_update(const BsonValue *element, const BsonValue *let, CrudUpdate *update)
{
	UpdateElement parsed;

	parse_update_element(element, &parsed);
	memset(update, 0, sizeof(*update));
	update->filter = parsed.q;
	update->update = parsed.u;
	update->sort = parsed.sort;
	update->hint = parsed.hint;
	update->collation = parsed.collation;
	update->array_filters = parsed.array_filters;
	update->multi = parsed.multi;
	update->upsert = parsed.upsert;
	update->upsert_supplied = parsed.upsert_supplied;
	command_merge_constants(let, &parsed.c, &parsed.u, &update->let);
}

static void
run_update(WriteBatch *batch, int index, const BsonValue *element)
{
	CrudUpdate	update;
	CrudUpdateResult result = {0};

	make_update(element, &batch->let, &update);
	update.bypass_validation = batch->bypass_validation;
	update.keep_timestamps = batch->keep_timestamps;
	crud_update(&batch->call->collection, &update, &result);
	batch->matched += result.matched;
	batch->modified += result.modified;
	if (result.upserted)
	{
		batch->matched++;
		batch->nupserted++;
		pgbson_push_begin(batch->upserted, BSON_DOCUMENT);
		pgbson_append_int32(batch->upserted, "index", 5, index);
		pgbson_append(batch->upserted, "_id", 3, &result.upserted_id);
		pgbson_end(batch->upserted);
	}
}

/* {update: <collection>, updates: [{q, u, multi, upsert, arrayFilters, ...}], ordered, let, ...} */
void
command_update(CommandCall *call, BsonBuilder *reply)
{
	UpdateRequest request = {.ordered = true};
	WriteBatch	batch = {call};
	BsonBuilder upserted;
	BsonValue	array;

	command_parse(call, update_fields, &request);
	check_elements(&request.updates, check_update_element);
	crud_resolve_let(present(&request.let), &batch.let);
	batch.ordered = request.ordered;
	batch.bypass_validation = request.bypass_validation;
	batch.keep_timestamps = request.keep_timestamps;
	batch.upserted = &upserted;
	pgbson_builder_init(&upserted);
	run_batch(&batch, run_update, &request.updates);

	pgbson_append_int32(reply, "n", 1, (int32) batch.matched);
	if (batch.nupserted > 0)
	{
		pgbson_finish(&upserted, BSON_ARRAY, &array);
		pgbson_append(reply, "upserted", 8, &array);
	}
	pgbson_append_int32(reply, "nModified", 9, (int32) batch.modified);
	command_append_write_errors(reply, &call->collection, batch.errors);
}

List *
command_build_update(CommandCall *call)
{
	UpdateRequest request = {.ordered = true};
	BsonValue	let;
	List	   *queries = NIL;
	BsonIter	iter;

	command_parse(call, update_fields, &request);
	check_elements(&request.updates, check_update_element);
	command_check_batch_size(pgbson_count(&request.updates));
	crud_resolve_let(present(&request.let), &let);
	pgbson_iter_init(&iter, &request.updates);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;
		CrudUpdate	update;

		pgbson_iter_value(&iter, &element);
		make_update(&element, &let, &update);
		queries = lappend(queries,
						  crud_build_update(collection_find(&call->collection), &update));
	}
	return queries;
}

/* ---- delete ---- */

typedef struct DeleteRequest
{
	BsonValue	deletes;
	BsonValue	let;
	bool		ordered;
} DeleteRequest;

static const CommandField delete_fields[] = {
	{"deletes", COMMAND_ARRAY, offsetof(DeleteRequest, deletes), true},
	{"ordered", COMMAND_STRICT_BOOL, offsetof(DeleteRequest, ordered)},
	{"let", COMMAND_DOCUMENT, offsetof(DeleteRequest, let)},
	{"encryptionInformation", COMMAND_UNSUPPORTED, -1},
	{"collectionUUID", COMMAND_UNSUPPORTED, -1},
	{"bypassEmptyTsReplacement", COMMAND_IGNORED, -1},
	{"isTimeseries", COMMAND_IGNORED, -1},
	{"isTimeseriesNamespace", COMMAND_IGNORED, -1},
};

typedef struct DeleteElement
{
	BsonValue	q;
	BsonValue	hint;
	BsonValue	collation;
	BsonValue	limit;			/* a number */
	bool		multi;
} DeleteElement;

static const CommandField delete_element_fields[] = {
	{"q", COMMAND_DOCUMENT, offsetof(DeleteElement, q), true},
	{"limit", COMMAND_NUMBER, offsetof(DeleteElement, limit), true},
	{"hint", COMMAND_HINT, offsetof(DeleteElement, hint)},
	{"collation", COMMAND_DOCUMENT, offsetof(DeleteElement, collation)},
	{"sampleId", COMMAND_IGNORED, -1},
};

static void
parse_delete_element(const BsonValue *element, DeleteElement *parsed)
{
	double		limit;

	memset(parsed, 0, sizeof(*parsed));
	check_element(element, "delete.deletes");
	command_parse_fields(element, "delete.deletes", 0, false, delete_element_fields,
						 lengthof(delete_element_fields), parsed);
	limit = pgbson_number_to_double(&parsed->limit);
	if (limit != 0 && limit != 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("The limit field in delete objects must be 0 or 1. Got %g", limit)));
	parsed->multi = limit == 0;
}

static void
check_delete_element(const BsonValue *element)
{
	DeleteElement parsed;

	parse_delete_element(element, &parsed);
}

static void
make_delete(const BsonValue *element, const BsonValue *let, CrudDelete *del)
{
	DeleteElement parsed;

	parse_delete_element(element, &parsed);
	memset(del, 0, sizeof(*del));
	del->filter = parsed.q;
	del->hint = parsed.hint;
	del->collation = parsed.collation;
	del->multi = parsed.multi;
	del->let = *let;
}

static void
run_delete(WriteBatch *batch, int index, const BsonValue *element)
{
	CrudDelete	del;

	make_delete(element, &batch->let, &del);
	batch->matched += crud_delete(&batch->call->collection, &del);
}

/* {delete: <collection>, deletes: [{q, limit}], ordered, let, ...} */
void
command_delete(CommandCall *call, BsonBuilder *reply)
{
	DeleteRequest request = {.ordered = true};
	WriteBatch	batch = {call};

	command_parse(call, delete_fields, &request);
	check_elements(&request.deletes, check_delete_element);
	crud_resolve_let(present(&request.let), &batch.let);
	batch.ordered = request.ordered;
	run_batch(&batch, run_delete, &request.deletes);
	pgbson_append_int32(reply, "n", 1, (int32) batch.matched);
	command_append_write_errors(reply, &call->collection, batch.errors);
}

List *
command_build_delete(CommandCall *call)
{
	DeleteRequest request = {.ordered = true};
	BsonValue	let;
	List	   *queries = NIL;
	BsonIter	iter;

	command_parse(call, delete_fields, &request);
	check_elements(&request.deletes, check_delete_element);
	command_check_batch_size(pgbson_count(&request.deletes));
	crud_resolve_let(present(&request.let), &let);
	pgbson_iter_init(&iter, &request.deletes);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;
		CrudDelete	del;

		pgbson_iter_value(&iter, &element);
		make_delete(&element, &let, &del);
		queries = lappend(queries, crud_build_delete(collection_find(&call->collection), &del));
	}
	return queries;
}

/* ---- findAndModify ---- */

typedef struct FindAndModifyRequest
{
	BsonValue	query;
	BsonValue	sort;
	BsonValue	update;
	BsonValue	fields;
	BsonValue	array_filters;
	BsonValue	let;
	BsonValue	hint;
	BsonValue	collation;
	bool		remove;
	bool		return_new;
	bool		upsert;
	bool		bypass_validation;
	bool		keep_timestamps;
} FindAndModifyRequest;

static const CommandField find_and_modify_fields[] = {
	{"query", COMMAND_DOCUMENT, offsetof(FindAndModifyRequest, query)},
	{"sort", COMMAND_DOCUMENT, offsetof(FindAndModifyRequest, sort)},
	{"update", COMMAND_ANY, offsetof(FindAndModifyRequest, update)},
	{"fields", COMMAND_DOCUMENT, offsetof(FindAndModifyRequest, fields)},
	{"arrayFilters", COMMAND_ARRAY, offsetof(FindAndModifyRequest, array_filters)},
	{"let", COMMAND_DOCUMENT, offsetof(FindAndModifyRequest, let)},
	{"remove", COMMAND_BOOL, offsetof(FindAndModifyRequest, remove)},
	{"new", COMMAND_BOOL, offsetof(FindAndModifyRequest, return_new)},
	{"upsert", COMMAND_BOOL, offsetof(FindAndModifyRequest, upsert)},
	{"bypassDocumentValidation", COMMAND_BOOL,
	offsetof(FindAndModifyRequest, bypass_validation)},
	{"bypassEmptyTsReplacement", COMMAND_STRICT_BOOL,
	offsetof(FindAndModifyRequest, keep_timestamps)},
	{"hint", COMMAND_HINT, offsetof(FindAndModifyRequest, hint)},
	{"collation", COMMAND_DOCUMENT, offsetof(FindAndModifyRequest, collation)},
	{"encryptionInformation", COMMAND_UNSUPPORTED, -1},
	{"sampleId", COMMAND_IGNORED, -1},
};

static void
check_find_and_modify(const FindAndModifyRequest *request)
{
	const char *problem = NULL;

	if (request->remove)
	{
		if (request->update.type != BSON_MISSING)
			problem = "Cannot specify both an update and remove=true";
		else if (request->upsert)
			problem = "Cannot specify both upsert=true and remove=true ";
		else if (request->return_new)
			problem = "Cannot specify both new=true and remove=true; "
				"'remove' always returns the deleted document";
		else if (request->array_filters.type != BSON_MISSING)
			problem = "Cannot specify arrayFilters and remove=true";
	}
	else if (request->update.type == BSON_MISSING)
		problem = "Either an update or remove=true must be specified";
	else if (request->update.type == BSON_ARRAY && request->array_filters.type != BSON_MISSING)
		problem = "Cannot specify arrayFilters and a pipeline update";
	if (problem)
		ereport(ERROR, (errcode(DOCDB_ERR_FAILED_TO_PARSE), errmsg("%s", problem)));
}

static void
make_find_and_modify(CommandCall *call, CrudFindAndModify *spec)
{
	FindAndModifyRequest request = {{0}};

	command_parse(call, find_and_modify_fields, &request);
	check_find_and_modify(&request);
	memset(spec, 0, sizeof(*spec));
	spec->update.filter = request.query;
	spec->update.update = request.update;
	spec->update.sort = request.sort;
	spec->update.hint = request.hint;
	spec->update.collation = request.collation;
	spec->update.array_filters = request.array_filters;
	spec->update.upsert = request.upsert;
	spec->update.bypass_validation = request.bypass_validation;
	spec->update.keep_timestamps = request.keep_timestamps;
	crud_resolve_let(present(&request.let), &spec->update.let);
	spec->projection = request.fields;
	spec->remove = request.remove;
	spec->return_new = request.return_new;
}

/* {findAndModify: <collection>, query, sort, update or remove, new, fields, upsert, ...} */
void
command_find_and_modify(CommandCall *call, BsonBuilder *reply)
{
	CrudFindAndModify spec;
	CrudFindAndModifyResult result = {0};
	BsonValue	null;

	make_find_and_modify(call, &spec);
	crud_find_and_modify(&call->collection, &spec, &result);

	pgbson_begin(reply, BSON_DOCUMENT, "lastErrorObject", 15);
	pgbson_append_int32(reply, "n", 1, result.found || result.update.upserted ? 1 : 0);
	if (!spec.remove)
	{
		pgbson_append_bool(reply, "updatedExisting", 15, result.found);
		if (result.update.upserted)
			pgbson_append(reply, "upserted", 8, &result.update.upserted_id);
	}
	pgbson_end(reply);
	pgbson_make_simple(BSON_NULL, &null);
	pgbson_append(reply, "value", 5,
				  result.document.type == BSON_MISSING ? &null : &result.document);
}

List *
command_build_find_and_modify(CommandCall *call)
{
	CrudFindAndModify spec;

	make_find_and_modify(call, &spec);
	return list_make1(crud_build_find_and_modify(collection_find(&call->collection), &spec));
}
