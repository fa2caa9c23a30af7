/*
 * bulk.c
 *		bulk_write: many operations in one call.
 *
 * Each operation runs in a subtransaction, so that one that fails leaves the others' work alone.
 * As in MongoDB the errors are part of the result; ordered stops at the first.  Insertions that
 * follow each other are one batch.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/errors.h"
#include "crud/crud_internal.h"

PG_FUNCTION_INFO_V1(docdb_bulk_write);

typedef struct Bulk
{
	CollectionName name;
	BsonValue	operations;
	CrudOptions options;
	int64		inserted;
	int64		matched;
	int64		modified;
	int64		deleted;
	int64		upserted;
	BsonBuilder inserted_ids;	/* {"<index>": _id, ...} */
	BsonBuilder upserted_ids;
	List	   *errors;			/* of CrudWriteError */
} Bulk;

/* One operation: what its document has, the rest being options. */
typedef struct BulkOperation
{
	const char *name;
	BsonValue	filter;
	BsonValue	update;			/* or replacement */
	BsonValue	document;
	BsonValue	options;
} BulkOperation;

typedef void (*BulkFunction) (Bulk *bulk, int index, const BulkOperation *operation);

static void
require(const BulkOperation *operation, const char *field, const BsonValue *value, bool array_too)
{
	if (value->type == BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40414)),
				 errmsg("BSON field '%s.%s' is missing but a required field", operation->name,
						field)));
	if (value->type != BSON_DOCUMENT && !(array_too && value->type == BSON_ARRAY))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field '%s.%s' is the wrong type '%s', expected type 'object'",
						operation->name, field, pgbson_type_name(value->type))));
}

/* Appends {"<index>": id}. */
static void
note_id(BsonBuilder *ids, int index, const BsonValue *id)
{
	char		key[12];
	int			len = pg_ltoa(index, key);

	pgbson_append(ids, key, len, id);
}

static void
run_update(Bulk *bulk, int index, const BulkOperation *operation, bool multi)
{
	CrudOptions options;
	CrudUpdate	update;
	CrudUpdateResult result;

	crud_parse_options(&operation->options, multi ? CRUD_FOR_UPDATE_MANY : CRUD_FOR_UPDATE,
					   &options);
	if (options.let.type == BSON_MISSING)
		options.let = bulk->options.let;
	options.bypass_validation |= bulk->options.bypass_validation;
	crud_apply_options(&options, &update);
	update.multi = multi;
	update.filter = operation->filter;
	update.update = operation->update;
	crud_update(&bulk->name, &update, &result);
	bulk->matched += result.matched;
	bulk->modified += result.modified;
	if (result.upserted)
	{
		bulk->upserted++;
		note_id(&bulk->upserted_ids, index, &result.upserted_id);
	}
}

static void
run_delete(Bulk *bulk, const BulkOperation *operation, bool multi)
{
	CrudOptions options;
	CrudDelete	del = {.multi = multi};

	require(operation, "filter", &operation->filter, false);
	crud_parse_options(&operation->options, CRUD_FOR_DELETE, &options);
	del.filter = operation->filter;
	del.hint = options.hint;
	del.collation = options.collation;
	del.let = options.let.type == BSON_MISSING ? bulk->options.let : options.let;
	bulk->deleted += crud_delete(&bulk->name, &del);
}

/* {deleteMany: {filter}} */
static void
bulk_delete_many(Bulk *bulk, int index, const BulkOperation *operation)
{
	run_delete(bulk, operation, true);
}

/* {deleteOne: {filter}} */
static void
bulk_delete_one(Bulk *bulk, int index, const BulkOperation *operation)
{
	run_delete(bulk, operation, false);
}

/* {insertOne: {document}}; only looked up by, for insertions run in batches. */
static void
bulk_insert_one(Bulk *bulk, int index, const BulkOperation *operation)
{
	Assert(false);
}

/* {replaceOne: {filter, replacement, upsert}} */
static void
bulk_replace_one(Bulk *bulk, int index, const BulkOperation *operation)
{
	require(operation, "filter", &operation->filter, false);
	require(operation, "replacement", &operation->update, false);
	crud_check_replacement(&operation->update);
	run_update(bulk, index, operation, false);
}

/* {updateMany: {filter, update, upsert, arrayFilters}} */
static void
bulk_update_many(Bulk *bulk, int index, const BulkOperation *operation)
{
	require(operation, "filter", &operation->filter, false);
	require(operation, "update", &operation->update, true);
	crud_check_operators(&operation->update);
	run_update(bulk, index, operation, true);
}

/* {updateOne: {filter, update, upsert, arrayFilters, sort}} */
static void
bulk_update_one(Bulk *bulk, int index, const BulkOperation *operation)
{
	require(operation, "filter", &operation->filter, false);
	require(operation, "update", &operation->update, true);
	crud_check_operators(&operation->update);
	run_update(bulk, index, operation, false);
}

/* ---- Reading operations ---- */

typedef struct BulkOp
{
	const char *name;
	BulkFunction function;
	const char *update;			/* the field of the update, or NULL */
} BulkOp;

static const BulkOp bulk_ops[] =
{
#define BULK_OP(name, function, update) {name, function, update},
#include "crud/bulk_list.h"
#undef BULK_OP
};

static int
compare_ops(const void *a, const void *b)
{
	return strcmp(((const BulkOp *) a)->name, ((const BulkOp *) b)->name);
}

/* Reads {name: {fields}}; the operation's fields are views. */
static const BulkOp *
read_operation(const BsonValue *value, int index, BulkOperation *operation)
{
	BsonIter	iter;
	BsonValue	body;
	BulkOp		key = {NULL};
	const BulkOp *op = NULL;
	BsonBuilder options;

	memset(operation, 0, sizeof(*operation));
	if (value->type == BSON_DOCUMENT && pgbson_count(value) == 1)
	{
		pgbson_iter_init(&iter, value);
		(void) pgbson_iter_next(&iter);
		key.name = operation->name = iter.key;
		op = bsearch(&key, bulk_ops, lengthof(bulk_ops), sizeof(key), compare_ops);
	}
	if (op == NULL || iter.type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("operation %d of bulk_write is none of insertOne, updateOne, updateMany, "
						"replaceOne, deleteOne, deleteMany with a document", index)));

	pgbson_iter_value(&iter, &body);
	pgbson_builder_init(&options);
	pgbson_iter_init(&iter, &body);
	while (pgbson_iter_next(&iter))
	{
		if (op->function == bulk_insert_one)
		{
			if (strcmp(iter.key, "document") == 0)
				pgbson_iter_value(&iter, &operation->document);
			else
				pgbson_append_element(&options, &iter);
		}
		else if (strcmp(iter.key, "filter") == 0)
			pgbson_iter_value(&iter, &operation->filter);
		else if (op->update != NULL && strcmp(iter.key, op->update) == 0)
			pgbson_iter_value(&iter, &operation->update);
		else
			pgbson_append_element(&options, &iter);
	}
	pgbson_finish(&options, BSON_DOCUMENT, &operation->options);
	return op;
}

/* ---- Running ---- */

/* What crud_try runs. */
typedef struct OperationRun
{
	Bulk	   *bulk;
	int			index;
	const BulkOp *op;
	const BulkOperation *operation;
} OperationRun;

static void
run_operation(void *arg)
{
	OperationRun *run = arg;

	run->op->function(run->bulk, run->index, run->operation);
}

/* Runs one operation that is no insertion, in a subtransaction. */
static void
try_operation(Bulk *bulk, int index, const BulkOp *op, const BulkOperation *operation)
{
	OperationRun run = {bulk, index, op, operation};
	ErrorData  *error = crud_try(run_operation, &run);

	if (error != NULL)
		bulk->errors = lappend(bulk->errors, crud_write_error(index, error));
}

/* Inserts a run of documents, those of operations [first, first + n). */
static void
insert_run(Bulk *bulk, int first, const Datum *documents, int ndocuments)
{
	CrudInsert	insert = {
		.documents = documents,
		.ndocuments = ndocuments,
		.ordered = bulk->options.ordered,
		.bypass_validation = bulk->options.bypass_validation,
		.report = true
	};
	CrudInsertResult result = {0};
	ListCell   *lc;
	ListCell   *next_error;

	result.ids = palloc(ndocuments * sizeof(Datum));
	crud_insert_batch(&bulk->name, &insert, &result);
	bulk->inserted += result.inserted;

	next_error = list_head(result.errors);
	for (int i = 0, done = 0; i < ndocuments && done < result.inserted; i++)
	{
		BsonValue	id;

		if (next_error != NULL && ((CrudWriteError *) lfirst(next_error))->index == i)
		{
			next_error = lnext(result.errors, next_error);
			continue;
		}
		pgbson_value_from_datum(result.ids[i], &id);
		note_id(&bulk->inserted_ids, first + i, &id);
		done++;
	}
	foreach(lc, result.errors)
	{
		CrudWriteError *error = lfirst(lc);

		error->index += first;
		bulk->errors = lappend(bulk->errors, error);
	}
}

/* The document of an insertion as a datum. */
static Datum
insertion_datum(const BulkOperation *operation)
{
	CrudOptions options;

	require(operation, "document", &operation->document, false);
	crud_parse_options(&operation->options, CRUD_FOR_INSERT_ONE, &options);
	return pgbson_get_datum(&operation->document);
}

static void
run_bulk(void *arg)
{
	Bulk	   *bulk = arg;
	int			noperations = pgbson_count(&bulk->operations);
	Datum	   *insertions = palloc(Max(noperations, 1) * sizeof(Datum));
	int			ninsertions = 0;
	BsonIter	iter;

	pgbson_iter_init(&iter, &bulk->operations);
	for (int index = 0; pgbson_iter_next(&iter); index++)
	{
		BulkOperation operation;
		BsonValue	value;
		const BulkOp *op;

		CHECK_FOR_INTERRUPTS();
		pgbson_iter_value(&iter, &value);
		op = read_operation(&value, index, &operation);
		if (op->function == bulk_insert_one)
		{
			insertions[ninsertions++] = insertion_datum(&operation);
			continue;
		}
		if (ninsertions > 0)
			insert_run(bulk, index - ninsertions, insertions, ninsertions);
		ninsertions = 0;
		if (bulk->options.ordered && bulk->errors != NIL)
			return;
		try_operation(bulk, index, op, &operation);
		if (bulk->options.ordered && bulk->errors != NIL)
			return;
	}
	if (ninsertions > 0)
		insert_run(bulk, noperations - ninsertions, insertions, ninsertions);
}

/* A count, as an int32 where it is one. */
static void
append_count(BsonBuilder *builder, const char *key, int64 count)
{
	if (count <= PG_INT32_MAX)
		pgbson_append_int32(builder, key, -1, (int32) count);
	else
		pgbson_append_int64(builder, key, -1, count);
}

static void
append_ids(BsonBuilder *builder, const char *key, BsonBuilder *ids)
{
	BsonValue	document;

	pgbson_finish(ids, BSON_DOCUMENT, &document);
	pgbson_append(builder, key, -1, &document);
}

static void
append_error(BsonBuilder *builder, const CollectionName *name, const CrudWriteError *error)
{
	BsonValue	details;
	const char *message = crud_describe_error(name, error, &details);
	BsonIter	iter;

	pgbson_push_begin(builder, BSON_DOCUMENT);
	pgbson_append_int32(builder, "index", -1, error->index);
	pgbson_append_int32(builder, "code", -1, error->code);
	pgbson_append_cstring(builder, "errmsg", -1, message);
	pgbson_iter_init(&iter, &details);
	pgbson_append_elements(builder, iter.next, iter.end);
	pgbson_end(builder);
}

static Datum
bulk_result(Bulk *bulk)
{
	BsonBuilder builder;
	ListCell   *lc;

	pgbson_builder_init(&builder);
	append_count(&builder, "insertedCount", bulk->inserted);
	append_count(&builder, "matchedCount", bulk->matched);
	append_count(&builder, "modifiedCount", bulk->modified);
	append_count(&builder, "deletedCount", bulk->deleted);
	append_count(&builder, "upsertedCount", bulk->upserted);
	append_ids(&builder, "insertedIds", &bulk->inserted_ids);
	append_ids(&builder, "upsertedIds", &bulk->upserted_ids);
	pgbson_begin(&builder, BSON_ARRAY, "writeErrors", -1);
	foreach(lc, bulk->errors)
	{
		append_error(&builder, &bulk->name, lfirst(lc));
	}
	pgbson_end(&builder);
	return pgbson_finish_datum(&builder);
}

/*
 * docdb.bulk_write(collection, operations, options): counts, ids and writeErrors.  An operation
 * that cannot be read is an error of the whole call; one that fails is in writeErrors.
 */
Datum
docdb_bulk_write(PG_FUNCTION_ARGS)
{
	Bulk		bulk = {0};

	collection_arg_name(fcinfo, 0, &bulk.name);
	crud_arg_update(fcinfo, 1, "operations", &bulk.operations);
	if (bulk.operations.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("the operations of bulk_write must be an array")));
	crud_arg_options(fcinfo, 2, CRUD_FOR_BULK, &bulk.options);
	pgbson_builder_init(&bulk.inserted_ids);
	pgbson_builder_init(&bulk.upserted_ids);
	crud_run_limited(bulk.options.max_time_ms, run_bulk, &bulk);
	PG_RETURN_DATUM(bulk_result(&bulk));
}
