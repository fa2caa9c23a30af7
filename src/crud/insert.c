/*
 * insert.c
 *		insert_one, insert_many, and batches for the command layer.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_index.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/oids.h"
#include "crud/crud_internal.h"

PG_FUNCTION_INFO_V1(docdb_insert_one);
PG_FUNCTION_INFO_V1(docdb_insert_many);
PG_FUNCTION_INFO_V1(docdb_document_id);

/* ---- Making documents fit ---- */

/*
 * Makes a document fit to be inserted, as MongoDB does: what collection_fix_document does, empty
 * timestamps filled in, and a second _id refused.
 */
static void
prepare_document(Datum datum, bool keep_timestamps, Datum *prepared, Datum *id)
{
	BsonValue	document;
	BsonValue	fixed;
	BsonValue	id_value;
	BsonIter	iter;
	int			ids = 0;
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(datum);

	pgbson_from_datum(PointerGetDatum(stored), &document);
	pgbson_iter_init(&iter, &document);
	while (pgbson_iter_next(&iter))
		if (pgbson_iter_key_is(&iter, "_id", 3))
			ids++;
	if (ids > 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("can't have multiple _id fields in one document")));
	if (!keep_timestamps)
		update_fill_timestamps(&document);
	collection_fix_document(&document, &fixed, &id_value);
	*id = pgbson_value_get_datum(&id_value);
	*prepared = fixed.v.data == VARDATA_ANY(stored) ? PointerGetDatum(stored) :
		pgbson_get_datum(&fixed);
}

/* ---- Inserting by a statement ---- */

static Datum
make_bson_array(const Datum *documents, int ndocuments)
{
	ArrayType  *array = construct_array((Datum *) documents, ndocuments,
										docdb_oids()->bson_type, -1, false, TYPALIGN_INT);

	return PointerGetDatum(array);
}

static void
insert_by_statement(const Collection *collection, const Datum *documents, const Datum *ids,
					int ndocuments, bool bypass_validation)
{
	CrudQuery  *query = crud_query_create();
	CollectionWrite write = {.bypass_validation = bypass_validation};
	const DocdbOids *oids = docdb_oids();

	query->writes = true;
	appendStringInfo(&query->sql, "INSERT INTO %s (_id, doc) ", collection->sql_name);
	if (ndocuments == 1)
	{
		appendStringInfoString(&query->sql, "VALUES (");
		crud_query_param(query, oids->bson_value_type, ids[0], false);
		appendStringInfoString(&query->sql, ", ");
		crud_query_param(query, oids->bson_type, documents[0], false);
		appendStringInfoChar(&query->sql, ')');
	}
	else
	{
		appendStringInfoString(&query->sql,
							   "SELECT docdb.document_id(d), d FROM pg_catalog.unnest(");
		crud_query_param(query, oids->bson_array_type,
						 make_bson_array(documents, ndocuments), false);
		appendStringInfoString(&query->sql, ") AS d");
	}
	(void) crud_execute_write(query, &write, NULL, NULL);
}

void
crud_insert_documents(const Collection *collection, const Datum *documents, const Datum *ids,
					  int ndocuments, bool bypass_validation, volatile int *current)
{
	if (collection->plain &&
		crud_insert_direct(collection, documents, ids, ndocuments, bypass_validation, current))
		return;
	*current = ndocuments == 1 ? 0 : -1;
	insert_by_statement(collection, documents, ids, ndocuments, bypass_validation);
}

/* An insertion that may meet a conflict. */
typedef struct TriedInsert
{
	const Collection *collection;
	const BsonValue *document;
	const BsonValue *id;
	bool		bypass_validation;
	bool		inserted;
} TriedInsert;

static void
try_insert(void *arg)
{
	TriedInsert *insert = arg;
	CrudQuery  *query = crud_query_create();
	CollectionWrite write = {.bypass_validation = insert->bypass_validation};

	query->writes = true;
	appendStringInfo(&query->sql, "INSERT INTO %s (_id, doc) VALUES (",
					 insert->collection->sql_name);
	crud_query_value(query, insert->id);
	appendStringInfoString(&query->sql, ", ");
	crud_query_bson(query, insert->document);
	appendStringInfoString(&query->sql, ") ON CONFLICT DO NOTHING");
	insert->inserted = crud_execute_write(query, &write, NULL, NULL) > 0;
}

/*
 * Where the snapshot is the transaction's, a document that stands against an insertion may be one
 * that it does not see: then only another transaction can go on.
 */
static void
check_conflict_visible(const Collection *collection, ErrorData *error)
{
	CrudFind	find = {.collection = collection, .limit = 1};
	Datum		found;
	bool		isnull;

	if (IsolationUsesXactSnapshot() && crud_duplicate_key(error, &find.filter) &&
		!crud_execute_value(crud_build_find(&find), &found, &isnull))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent update")));
}

/*
 * ON CONFLICT knows of the primary key, but not of our own unique indexes, whose conflicts are
 * errors, so that a subtransaction is needed.
 */
bool
crud_insert_unless_conflict(const Collection *collection, const BsonValue *document,
							const BsonValue *id, bool bypass_validation)
{
	TriedInsert insert = {collection, document, id, bypass_validation};
	ErrorData  *error;

	if (!collection->other_unique)
	{
		try_insert(&insert);
		return insert.inserted;
	}
	error = crud_try(try_insert, &insert);
	if (error == NULL)
		return insert.inserted;
	if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION)
		ReThrowError(error);
	check_conflict_visible(collection, error);
	return false;
}

/* docdb.document_id(document): the _id, as the statement above takes it from the document. */
Datum
docdb_document_id(PG_FUNCTION_ARGS)
{
	BsonValue	document;
	BsonValue	id;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	if (!pgbson_get(&document, "_id", 3, &id))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(pgbson_value_get_datum(&id));
}

/* ---- Batches ---- */

typedef struct Batch
{
	const CollectionName *name;
	const CrudInsert *insert;
	Collection *collection;
	Datum	   *prepared;
	Datum	   *ids;
	bool		inserting;		/* the documents of the range are prepared */
	CrudInsertResult *result;
} Batch;

/* Whether a unique index that a key offended is the one on _id. */
static bool
is_id_constraint(const Collection *collection, const char *constraint)
{
	Oid			index;
	HeapTuple	tuple;
	Form_pg_index form;
	bool		result;

	if (constraint == NULL)
		return false;
	index = get_relname_relid(constraint, get_rel_namespace(collection->relid));
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_index) GETSTRUCT(tuple);
	result = form->indrelid == collection->relid && form->indnkeyatts == 1 &&
		form->indkey.values[0] == collection->id_attnum;
	ReleaseSysCache(tuple);
	return result;
}

static char *
error_message(const Batch *batch, int index, const ErrorData *error)
{
	BsonValue	id;

	if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION || batch->collection == NULL ||
		strncmp(error->message, "E11000 ", 7) == 0)
		return error->message;
	if (!is_id_constraint(batch->collection, error->constraint_name) ||
		batch->ids[index] == (Datum) 0)
		return psprintf("E11000 duplicate key error collection: %s index: %s",
						collection_namespace(batch->name),
						error->constraint_name ? error->constraint_name : "");
	pgbson_value_from_datum(batch->ids[index], &id);
	return psprintf("E11000 duplicate key error collection: %s index: _id_ dup key: { _id: %s }",
					collection_namespace(batch->name), pgbson_to_shell(&id));
}

static void
report_error(const Batch *batch, int index, ErrorData *error)
{
	CrudWriteError *write_error = crud_write_error(index, error);

	write_error->message = error_message(batch, index, error);
	batch->result->errors = lappend(batch->result->errors, write_error);
}

/*
 * Prepares and inserts documents [start, end); *failed is the one at work when an error is raised,
 * or -1 where that cannot be told.
 */
static void
insert_range(Batch *batch, int start, int end, volatile int *failed)
{
	volatile int current = 0;

	batch->inserting = false;
	for (int i = start; i < end; i++)
	{
		*failed = i;
		if (batch->ids[i] == (Datum) 0)
			prepare_document(batch->insert->documents[i], batch->insert->keep_timestamps,
							 &batch->prepared[i], &batch->ids[i]);
	}
	*failed = start;
	batch->inserting = true;
	if (batch->collection == NULL)
		batch->collection = collection_find_or_create(batch->name);
	PG_TRY();
	{
		crud_insert_documents(batch->collection, batch->prepared + start, batch->ids + start,
							  end - start, batch->insert->bypass_validation, &current);
	}
	PG_CATCH();
	{
		*failed = current < 0 ? -1 : start + current;
		PG_RE_THROW();
	}
	PG_END_TRY();
}

typedef struct InsertAttempt
{
	Batch	   *batch;
	int			start;
	int			end;
	volatile int *failed;
} InsertAttempt;

static void
run_attempt(void *arg)
{
	InsertAttempt *attempt = arg;

	insert_range(attempt->batch, attempt->start, attempt->end, attempt->failed);
}

/* The same in a subtransaction; NULL for success, or else the error. */
static ErrorData *
try_insert_range(Batch *batch, int start, int end, volatile int *failed)
{
	InsertAttempt attempt = {batch, start, end, failed};
	Collection *collection_before = batch->collection;
	ErrorData  *error = crud_try(run_attempt, &attempt);

	if (error == NULL)
		return NULL;

	/* A collection that was created with the documents is gone with them, but is wanted. */
	batch->collection = collection_before;
	if (batch->inserting && batch->collection == NULL)
		batch->collection = collection_find_or_create(batch->name);
	return error;
}

/*
 * Inserts all that can be inserted.  What fails is found by the document that was at work; those
 * before it are inserted again without it.  Where it cannot be told, documents go one by one.
 */
static void
insert_reporting(Batch *batch)
{
	int			ndocuments = batch->insert->ndocuments;
	int			start = 0;
	int			chunk = ndocuments;

	while (start < ndocuments)
	{
		int			end = Min(start + chunk, ndocuments);
		volatile int failed = start;
		ErrorData  *error;

		CHECK_FOR_INTERRUPTS();
		error = try_insert_range(batch, start, end, &failed);
		if (error == NULL)
		{
			batch->result->inserted += end - start;
			start = end;
			chunk = Min(chunk * 2, ndocuments);
			continue;
		}
		if (end - start > 1 && failed != start)
		{
			chunk = failed < 0 ? 1 : failed - start;
			continue;
		}
		report_error(batch, start, error);
		if (batch->insert->ordered)
			return;
		start++;
		chunk = 1;
	}
}

void
crud_insert_batch(const CollectionName *name, const CrudInsert *insert, CrudInsertResult *result)
{
	Batch		batch = {name, insert};
	int			ndocuments = insert->ndocuments;
	volatile int failed = 0;

	result->inserted = 0;
	result->errors = NIL;
	if (ndocuments == 0)
		return;

	batch.result = result;
	batch.prepared = palloc(ndocuments * sizeof(Datum));
	batch.ids = result->ids != NULL ? result->ids : palloc(ndocuments * sizeof(Datum));
	memset(batch.ids, 0, ndocuments * sizeof(Datum));
	if (insert->report)
	{
		insert_reporting(&batch);
		return;
	}
	insert_range(&batch, 0, ndocuments, &failed);
	result->inserted = ndocuments;
}

/* ---- SQL functions ---- */

typedef struct InsertRun
{
	CollectionName name;
	Datum	   *documents;
	int			ndocuments;
	CrudOptions options;
	CrudInsertResult result;
} InsertRun;

static void
run_insert(void *arg)
{
	InsertRun  *run = arg;
	CrudInsert	insert = {
		.documents = run->documents,
		.ndocuments = run->ndocuments,
		.ordered = run->options.ordered,
		.bypass_validation = run->options.bypass_validation
	};

	crud_insert_batch(&run->name, &insert, &run->result);
}

/* docdb.insert_one(collection, document, options): the _id. */
Datum
docdb_insert_one(PG_FUNCTION_ARGS)
{
	InsertRun	run;
	Datum		document;
	Datum		id;

	collection_arg_name(fcinfo, 0, &run.name);
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("the document must not be NULL")));
	document = PG_GETARG_DATUM(1);
	crud_arg_options(fcinfo, 2, CRUD_FOR_INSERT_ONE, &run.options);
	run.documents = &document;
	run.ndocuments = 1;
	run.result.ids = &id;
	crud_run_limited(run.options.max_time_ms, run_insert, &run);
	PG_RETURN_DATUM(id);
}

/*
 * docdb.insert_many(collection, documents, options): how many were inserted.  Unlike MongoDB, an
 * error undoes all of them, whether ordered or not, as errors in SQL do, and an empty array
 * inserts nothing.
 */
Datum
docdb_insert_many(PG_FUNCTION_ARGS)
{
	InsertRun	run;
	bool	   *nulls;

	collection_arg_name(fcinfo, 0, &run.name);
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("the documents must not be NULL")));
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), docdb_oids()->bson_type, -1, false, TYPALIGN_INT,
					  &run.documents, &nulls, &run.ndocuments);
	for (int i = 0; i < run.ndocuments; i++)
		if (nulls[i])
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("document %d of the documents must not be NULL", i)));
	crud_arg_options(fcinfo, 2, CRUD_FOR_INSERT_MANY, &run.options);
	run.result.ids = NULL;
	crud_run_limited(run.options.max_time_ms, run_insert, &run);
	PG_RETURN_INT64(run.result.inserted);
}
