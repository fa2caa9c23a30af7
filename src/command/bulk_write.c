/*
 * bulk_write.c
 *		The command bulkWrite: operations on several collections, each with a result of its own.
 *
 * Insertions into one collection that follow each other are one batch; every other operation is a
 * subtransaction.  The results are a cursor, as they may be more than a reply can hold.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"

#include "base/oids.h"
#include "command/command_internal.h"

#define RESULTS_NAMESPACE "admin.$cmd.bulkWrite"

typedef struct BulkWriteRequest
{
	BsonValue	ops;
	BsonValue	namespaces;
	BsonValue	let;
	BsonValue	cursor;
	int64		batch_size;
	bool		ordered;
	bool		errors_only;
	bool		bypass_validation;
	bool		keep_timestamps;
} BulkWriteRequest;

static const CommandField bulk_write_fields[] = {
	{"ops", COMMAND_ARRAY, offsetof(BulkWriteRequest, ops), true},
	{"nsInfo", COMMAND_ARRAY, offsetof(BulkWriteRequest, namespaces), true},
	{"ordered", COMMAND_STRICT_BOOL, offsetof(BulkWriteRequest, ordered)},
	{"errorsOnly", COMMAND_STRICT_BOOL, offsetof(BulkWriteRequest, errors_only)},
	{"bypassDocumentValidation", COMMAND_BOOL, offsetof(BulkWriteRequest, bypass_validation)},
	{"let", COMMAND_DOCUMENT, offsetof(BulkWriteRequest, let)},
	{"cursor", COMMAND_DOCUMENT, offsetof(BulkWriteRequest, cursor)},
	{"bypassEmptyTsReplacement", COMMAND_STRICT_BOOL,
	offsetof(BulkWriteRequest, keep_timestamps)},
};

static const CommandField cursor_fields[] = {
	{"batchSize", COMMAND_COUNT_TYPE, offsetof(BulkWriteRequest, batch_size)},
};

/* ---- Namespaces ---- */

typedef struct NamespaceEntry
{
	BsonValue	ns;
} NamespaceEntry;

static const CommandField namespace_fields[] = {
	{"ns", COMMAND_STRING, offsetof(NamespaceEntry, ns), true},
	{"collectionUUID", COMMAND_UNSUPPORTED, -1},
	{"encryptionInformation", COMMAND_UNSUPPORTED, -1},
	{"isTimeseriesNamespace", COMMAND_IGNORED, -1},
};

static void
check_element(const BsonValue *element, const char *field)
{
	if (element->type != BSON_DOCUMENT)
		command_type_error("bulkWrite", field, element, "type 'object'");
}

static void
check_namespace(const BsonValue *ns)
{
	const char *dot = memchr(ns->v.data, '.', ns->len);

	if (dot == NULL || dot == ns->v.data || dot == ns->v.data + ns->len - 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_NAMESPACE),
				 errmsg("Invalid namespace specified for bulkWrite: '%s'",
						pnstrdup(ns->v.data, ns->len))));
}

/* The names of nsInfo, each a STRING "database.collection". */
static BsonValue *
read_namespaces(const BsonValue *array)
{
	BsonValue  *result = palloc(Max(pgbson_count(array), 1) * sizeof(BsonValue));
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	for (int i = 0; pgbson_iter_next(&iter); i++)
	{
		NamespaceEntry entry;
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		check_element(&element, "nsInfo");
		command_parse_fields(&element, "bulkWrite.nsInfo", 0, false, namespace_fields,
							 lengthof(namespace_fields), &entry);
		result[i] = entry.ns;
	}
	return result;
}

/* ---- Operations ---- */

typedef enum BulkWriteKind
{
	BULK_WRITE_INSERT,
	BULK_WRITE_UPDATE,
	BULK_WRITE_DELETE
} BulkWriteKind;

typedef struct BulkWriteOp
{
	BulkWriteKind kind;
	int64		ns;				/* position in nsInfo */
	BsonValue	document;
	BsonValue	filter;
	BsonValue	update;
	BsonValue	sort;
	BsonValue	array_filters;
	BsonValue	constants;
	BsonValue	hint;
	BsonValue	collation;
	bool		multi;
	bool		upsert;
	bool		upsert_supplied;
} BulkWriteOp;

static const CommandField insert_fields[] = {
	{"insert", COMMAND_INT, offsetof(BulkWriteOp, ns), true},
	{"document", COMMAND_DOCUMENT, offsetof(BulkWriteOp, document), true},
};

static const CommandField update_fields[] = {
	{"update", COMMAND_INT, offsetof(BulkWriteOp, ns), true},
	{"filter", COMMAND_DOCUMENT, offsetof(BulkWriteOp, filter), true},
	{"sort", COMMAND_DOCUMENT, offsetof(BulkWriteOp, sort)},
	{"multi", COMMAND_STRICT_BOOL, offsetof(BulkWriteOp, multi)},
	{"updateMods", COMMAND_ANY, offsetof(BulkWriteOp, update), true},
	{"upsert", COMMAND_STRICT_BOOL, offsetof(BulkWriteOp, upsert)},
	{"upsertSupplied", COMMAND_STRICT_BOOL, offsetof(BulkWriteOp, upsert_supplied)},
	{"arrayFilters", COMMAND_ARRAY, offsetof(BulkWriteOp, array_filters)},
	{"hint", COMMAND_HINT, offsetof(BulkWriteOp, hint)},
	{"constants", COMMAND_DOCUMENT, offsetof(BulkWriteOp, constants)},
	{"collation", COMMAND_DOCUMENT, offsetof(BulkWriteOp, collation)},
	{"sampleId", COMMAND_IGNORED, -1},
};

static const CommandField delete_fields[] = {
	{"delete", COMMAND_INT, offsetof(BulkWriteOp, ns), true},
	{"filter", COMMAND_DOCUMENT, offsetof(BulkWriteOp, filter), true},
	{"multi", COMMAND_STRICT_BOOL, offsetof(BulkWriteOp, multi)},
	{"hint", COMMAND_HINT, offsetof(BulkWriteOp, hint)},
	{"collation", COMMAND_DOCUMENT, offsetof(BulkWriteOp, collation)},
	{"sampleId", COMMAND_IGNORED, -1},
};

/* The kinds of operations, each named by its first field. */
static const struct
{
	const CommandField *fields;
	int			nfields;
}			bulk_write_kinds[] = {
	[BULK_WRITE_INSERT] = {insert_fields, lengthof(insert_fields)},
	[BULK_WRITE_UPDATE] = {update_fields, lengthof(update_fields)},
	[BULK_WRITE_DELETE] = {delete_fields, lengthof(delete_fields)},
};

static BulkWriteKind
read_kind(const BsonValue *element)
{
	BsonIter	iter;
	const char *name = "";

	pgbson_iter_init(&iter, element);
	if (pgbson_iter_next(&iter))
		name = iter.key;
	for (int kind = 0; kind < lengthof(bulk_write_kinds); kind++)
		if (strcmp(bulk_write_kinds[kind].fields[0].name, name) == 0)
			return kind;
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(40415)),
			 errmsg("BSON field 'bulkWrite.%s' is an unknown field.", name)));
}

/* Reads one operation; its values are views into the element. */
static void
read_op(const BsonValue *element, BulkWriteOp *op)
{
	check_element(element, "ops");
	memset(op, 0, sizeof(*op));
	op->kind = read_kind(element);
	command_parse_fields(element, "bulkWrite.ops", 0, false, bulk_write_kinds[op->kind].fields,
						 bulk_write_kinds[op->kind].nfields, op);
	if (op->ns < 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("BSON field '%s' value must be >= 0, actual value '" INT64_FORMAT "'",
						bulk_write_kinds[op->kind].fields[0].name, op->ns)));
	if (op->kind == BULK_WRITE_UPDATE)
		command_check_update(&op->update, &op->sort, op->multi);
}

/* ---- Running ---- */

typedef struct BulkWrite
{
	BulkWriteRequest request;
	BsonValue	let;
	BsonValue  *namespaces;
	int			nops;
	BulkWriteOp *ops;
	Datum	   *results;		/* bson */
	int			nresults;
	uint64		result_bytes;
	int64		errors;
	int64		inserted;
	int64		matched;
	int64		modified;
	int64		upserted;
	int64		deleted;

	/* The collection of the operation at work, and its outcome. */
	CollectionName name;
	int64		named;			/* the namespace that name is of, or -1 */
	const BulkWriteOp *op;
	CrudUpdateResult update;
	int64		count;
} BulkWrite;

/*
 * Makes `name` the collection of a namespace.  A name whose schema was missing is looked up again,
 * as the operations before may have created it.
 */
static void
use_namespace(BulkWrite *bulk, int64 ns)
{
	const BsonValue *value = &bulk->namespaces[ns];

	if (bulk->named == ns && OidIsValid(bulk->name.schema))
		return;
	collection_parse_name(value->v.data, value->len, &bulk->name);
	bulk->named = ns;
}

static void
add_result(BulkWrite *bulk, BsonBuilder *builder)
{
	Datum		result = pgbson_finish_datum(builder);

	bulk->result_bytes += VARSIZE_ANY(DatumGetPointer(result)) + 12;
	bulk->results[bulk->nresults++] = result;
}

static void
add_success(BulkWrite *bulk, int index, int64 n)
{
	BsonBuilder builder;
	bool		is_update = bulk->ops[index].kind == BULK_WRITE_UPDATE;

	if (bulk->request.errors_only)
		return;
	pgbson_builder_init(&builder);
	pgbson_append_double(&builder, "ok", 2, 1.0);
	pgbson_append_int32(&builder, "idx", 3, index);
	command_append_count(&builder, "n", n);
	if (is_update)
		command_append_count(&builder, "nModified", bulk->update.modified);
	if (is_update && bulk->update.upserted)
	{
		pgbson_begin(&builder, BSON_DOCUMENT, "upserted", 8);
		pgbson_append(&builder, "_id", 3, &bulk->update.upserted_id);
		pgbson_end(&builder);
	}
	add_result(bulk, &builder);
}

static void
add_failure(BulkWrite *bulk, const CrudWriteError *error)
{
	BsonBuilder builder;
	BsonValue	details;
	const char *message = crud_describe_error(&bulk->name, error, &details);
	BsonIter	iter;

	bulk->errors++;
	pgbson_builder_init(&builder);
	pgbson_append_double(&builder, "ok", 2, 0.0);
	pgbson_append_int32(&builder, "idx", 3, error->index);
	pgbson_append_int32(&builder, "code", 4, error->code);
	pgbson_append_cstring(&builder, "errmsg", 6, message);
	pgbson_iter_init(&iter, &details);
	pgbson_append_elements(&builder, iter.next, iter.end);
	pgbson_append_int32(&builder, "n", 1, 0);
	if (bulk->ops[error->index].kind == BULK_WRITE_UPDATE)
		pgbson_append_int32(&builder, "nModified", 9, 0);
	add_result(bulk, &builder);
}

static void
run_update(void *arg)
{
	BulkWrite  *bulk = arg;
	const BulkWriteOp *op = bulk->op;
	CrudUpdate	update = {
		.filter = op->filter,
		.update = op->update,
		.sort = op->sort,
		.hint = op->hint,
		.collation = op->collation,
		.array_filters = op->array_filters,
		.multi = op->multi,
		.upsert = op->upsert,
		.upsert_supplied = op->upsert_supplied,
		.bypass_validation = bulk->request.bypass_validation,
		.keep_timestamps = bulk->request.keep_timestamps
	};

	command_merge_constants(&bulk->let, &op->constants, &op->update, &update.let);
	crud_update(&bulk->name, &update, &bulk->update);
}

static void
run_delete(void *arg)
{
	BulkWrite  *bulk = arg;
	const BulkWriteOp *op = bulk->op;
	CrudDelete	del = {
		.filter = op->filter,
		.hint = op->hint,
		.collation = op->collation,
		.multi = op->multi,
		.let = bulk->let
	};

	bulk->count = crud_delete(&bulk->name, &del);
}

/* Runs an update or a deletion. */
static void
run_op(BulkWrite *bulk, int index)
{
	ErrorData  *error;

	bulk->op = &bulk->ops[index];
	if (bulk->op->kind == BULK_WRITE_DELETE)
	{
		error = crud_try(run_delete, bulk);
		if (error == NULL)
		{
			bulk->deleted += bulk->count;
			add_success(bulk, index, bulk->count);
		}
	}
	else
	{
		error = crud_try(run_update, bulk);
		if (error == NULL)
		{
			bulk->matched += bulk->update.matched;
			bulk->modified += bulk->update.modified;
			bulk->upserted += bulk->update.upserted;
			add_success(bulk, index, bulk->update.matched + bulk->update.upserted);
		}
	}
	if (error != NULL)
		add_failure(bulk, crud_write_error(index, error));
}

/* Inserts the documents of operations [first, end), which are of one collection. */
static void
run_inserts(BulkWrite *bulk, int first, int end)
{
	Datum	   *documents = palloc((end - first) * sizeof(Datum));
	CrudInsert	insert = {
		.documents = documents,
		.ndocuments = end - first,
		.ordered = bulk->request.ordered,
		.bypass_validation = bulk->request.bypass_validation,
		.keep_timestamps = bulk->request.keep_timestamps,
		.report = true
	};
	CrudInsertResult result = {0};
	ListCell   *lc;
	int			next = first;

	for (int i = first; i < end; i++)
		documents[i - first] = pgbson_get_datum(&bulk->ops[i].document);
	crud_insert_batch(&bulk->name, &insert, &result);
	bulk->inserted += result.inserted;
	foreach(lc, result.errors)
	{
		CrudWriteError *error = lfirst(lc);

		error->index += first;
		while (next < error->index)
			add_success(bulk, next++, 1);
		add_failure(bulk, error);
		next++;
	}
	if (result.errors != NIL && bulk->request.ordered)
		return;
	while (next < end)
		add_success(bulk, next++, 1);
}

static int
end_of_inserts(const BulkWrite *bulk, int first)
{
	int			end = first;

	while (end < bulk->nops && bulk->ops[end].kind == BULK_WRITE_INSERT &&
		   bulk->ops[end].ns == bulk->ops[first].ns)
		end++;
	return end;
}

static void
run_bulk_write(BulkWrite *bulk)
{
	int			index = 0;

	while (index < bulk->nops && !(bulk->request.ordered && bulk->errors > 0))
	{
		int			end = end_of_inserts(bulk, index);

		CHECK_FOR_INTERRUPTS();
		use_namespace(bulk, bulk->ops[index].ns);
		if (end > index)
			run_inserts(bulk, index, end);
		else
		{
			run_op(bulk, index);
			end = index + 1;
		}
		index = end;
	}
}

/* ---- Request and reply ---- */

static void
read_request(CommandCall *call, BulkWrite *bulk)
{
	BulkWriteRequest *request = &bulk->request;
	int			nnamespaces;
	BsonIter	iter;

	memset(bulk, 0, sizeof(*bulk));
	bulk->named = -1;
	request->ordered = true;
	request->batch_size = -1;
	command_parse(call, bulk_write_fields, request);
	if (request->cursor.type == BSON_DOCUMENT)
		command_parse_fields(&request->cursor, "bulkWrite.cursor", 0, false, cursor_fields,
							 lengthof(cursor_fields), request);
	bulk->namespaces = read_namespaces(&request->namespaces);
	nnamespaces = pgbson_count(&request->namespaces);

	bulk->ops = palloc(Max(pgbson_count(&request->ops), 1) * sizeof(BulkWriteOp));
	pgbson_iter_init(&iter, &request->ops);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		CHECK_FOR_INTERRUPTS();
		pgbson_iter_value(&iter, &element);
		read_op(&element, &bulk->ops[bulk->nops++]);
	}
	command_check_batch_size(bulk->nops);
	for (int i = 0; i < nnamespaces; i++)
		check_namespace(&bulk->namespaces[i]);
	for (int i = 0; i < bulk->nops; i++)
		if (bulk->ops[i].ns >= nnamespaces)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("BulkWrite ops entry %d has an invalid nsInfo index.", i)));
	for (int i = 0; i < bulk->nops; i++)
		use_namespace(bulk, bulk->ops[i].ns);
	crud_resolve_let(request->let.type == BSON_MISSING ? NULL : &request->let, &bulk->let);
	bulk->results = palloc(bulk->nops * sizeof(Datum));
}

/* The cursor of the results, a real one only if they do not fit into its first batch. */
static void
append_results(BulkWrite *bulk, BsonBuilder *reply)
{
	int64		batch_size = bulk->request.batch_size;

	if (batch_size < 0)
		batch_size = bulk->nops;
	if (bulk->nresults <= batch_size && bulk->result_bytes <= BSON_MAX_DOCUMENT_SIZE)
	{
		CommandBatch batch;

		command_begin_batch(&batch, reply, RESULTS_NAMESPACE);
		for (int i = 0; i < bulk->nresults; i++)
		{
			BsonValue	result;

			pgbson_from_datum(bulk->results[i], &result);
			command_add_to_batch(&result, &batch);
		}
		command_end_batch(&batch);
	}
	else
	{
		const DocdbOids *oids = docdb_oids();
		CrudQuery  *query = crud_query_create();
		ArrayType  *array = construct_array(bulk->results, bulk->nresults, oids->bson_type, -1,
											false, TYPALIGN_INT);

		appendStringInfoString(&query->sql, "SELECT d FROM pg_catalog.unnest(");
		crud_query_param(query, oids->bson_array_type, PointerGetDatum(array), false);
		appendStringInfoString(&query->sql, ") AS d");
		command_reply_cursor(reply, query, RESULTS_NAMESPACE, batch_size, false);
	}
}

/*
 * {bulkWrite: 1, ops: [{insert: <n>, document}, {update: <n>, filter, updateMods, ...}, {delete:
 * <n>, filter, ...}, ...], nsInfo: [{ns}, ...], ordered, errorsOnly, let, cursor, ...}
 */
void
command_bulk_write(CommandCall *call, BsonBuilder *reply)
{
	BulkWrite	bulk;

	if (strcmp(call->database, "admin") != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_UNAUTHORIZED),
				 errmsg("bulkWrite may only be run against the admin database.")));
	read_request(call, &bulk);
	run_bulk_write(&bulk);
	append_results(&bulk, reply);
	command_append_count(reply, "nErrors", bulk.errors);
	command_append_count(reply, "nInserted", bulk.inserted);
	command_append_count(reply, "nMatched", bulk.matched);
	command_append_count(reply, "nModified", bulk.modified);
	command_append_count(reply, "nUpserted", bulk.upserted);
	command_append_count(reply, "nDeleted", bulk.deleted);
}
