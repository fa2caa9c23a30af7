/*
 * aggregates.c
 *		Aggregates that stages compile to beside the accumulators.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "pipeline/pipeline_internal.h"

PG_FUNCTION_INFO_V1(docdb_collect_documents_step);
PG_FUNCTION_INFO_V1(docdb_collect_documents_combine);
PG_FUNCTION_INFO_V1(docdb_collect_documents_serialize);
PG_FUNCTION_INFO_V1(docdb_collect_documents_deserialize);
PG_FUNCTION_INFO_V1(docdb_collect_documents_final);
PG_FUNCTION_INFO_V1(docdb_lookup_step);
PG_FUNCTION_INFO_V1(docdb_lookup_final);
PG_FUNCTION_INFO_V1(docdb_first_by_step);
PG_FUNCTION_INFO_V1(docdb_last_by_step);
PG_FUNCTION_INFO_V1(docdb_first_by_combine);
PG_FUNCTION_INFO_V1(docdb_last_by_combine);
PG_FUNCTION_INFO_V1(docdb_by_serialize);
PG_FUNCTION_INFO_V1(docdb_by_deserialize);
PG_FUNCTION_INFO_V1(docdb_by_final);

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("aggregate function called in non-aggregate context")));
	return context;
}

/* ---- collect_documents(bson): an array of the documents ---- */

/*
 * The documents one after the other, as they are stored.  A document begins with its own length,
 * so nothing needs to stand between them.
 */
typedef struct DocumentList
{
	StringInfoData documents;
} DocumentList;

static DocumentList *
create_document_list(FunctionCallInfo fcinfo)
{
	MemoryContext old = MemoryContextSwitchTo(aggregate_context(fcinfo));
	DocumentList *list = palloc(sizeof(DocumentList));

	initStringInfo(&list->documents);
	MemoryContextSwitchTo(old);
	return list;
}

/* What an array may hold at most is also what a list may. */
static void
append_documents(DocumentList *list, const char *data, uint32 len)
{
	if ((uint64) list->documents.len + len > BSON_MAX_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4568)),
				 errmsg("Total size of documents in a stage's result exceeds %d bytes",
						BSON_MAX_DOCUMENT_SIZE)));
	appendBinaryStringInfo(&list->documents, data, len);
}

Datum
docdb_collect_documents_step(PG_FUNCTION_ARGS)
{
	DocumentList *list = PG_ARGISNULL(0) ? NULL : (DocumentList *) PG_GETARG_POINTER(0);
	BsonValue	document;

	if (list == NULL)
		list = create_document_list(fcinfo);
	if (!PG_ARGISNULL(1))
	{
		pgbson_from_datum(PG_GETARG_DATUM(1), &document);
		append_documents(list, document.v.data, document.len);
	}
	PG_RETURN_POINTER(list);
}

Datum
docdb_collect_documents_combine(PG_FUNCTION_ARGS)
{
	DocumentList *list = PG_ARGISNULL(0) ? NULL : (DocumentList *) PG_GETARG_POINTER(0);
	DocumentList *other = PG_ARGISNULL(1) ? NULL : (DocumentList *) PG_GETARG_POINTER(1);

	if (list == NULL)
		list = create_document_list(fcinfo);
	if (other)
		append_documents(list, other->documents.data, other->documents.len);
	PG_RETURN_POINTER(list);
}

Datum
docdb_collect_documents_serialize(PG_FUNCTION_ARGS)
{
	DocumentList *list = (DocumentList *) PG_GETARG_POINTER(0);

	PG_RETURN_BYTEA_P(cstring_to_text_with_len(list->documents.data, list->documents.len));
}

Datum
docdb_collect_documents_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	DocumentList *list = create_document_list(fcinfo);

	append_documents(list, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	PG_RETURN_POINTER(list);
}

Datum
docdb_collect_documents_final(PG_FUNCTION_ARGS)
{
	DocumentList *list = PG_ARGISNULL(0) ? NULL : (DocumentList *) PG_GETARG_POINTER(0);
	BsonBuilder builder;
	BsonValue	array;

	pgbson_builder_init(&builder);
	if (list)
	{
		const char *p = list->documents.data;
		const char *end = p + list->documents.len;

		while (p < end)
		{
			BsonValue	document;

			CHECK_FOR_INTERRUPTS();
			pgbson_decode(BSON_DOCUMENT, p, pgbson_read_uint32(p), &document);
			pgbson_push(&builder, &document);
			p += document.len;
		}
	}
	pgbson_finish(&builder, BSON_ARRAY, &array);
	PG_RETURN_DATUM(pgbson_value_get_datum(&array));
}

/* ---- lookup(bson, bson_value, bson_value, bson): a document with the documents it found ---- */

typedef struct FoundDocument
{
	BsonValue	id;
	BsonValue	document;
} FoundDocument;

typedef struct LookupState
{
	BsonValue	document;
	BsonPath   *as;
	int			nfound;
	int			max_found;
	FoundDocument *found;
} LookupState;

static LookupState *
create_lookup(FunctionCallInfo fcinfo, MemoryContext context)
{
	MemoryContext old;
	LookupState *state;
	BsonValue	document;
	BsonValue	as;

	pgbson_from_datum(PG_GETARG_DATUM(1), &document);
	pgbson_value_from_datum(PG_GETARG_DATUM(2), &as);
	old = MemoryContextSwitchTo(context);
	state = palloc0(sizeof(LookupState));
	pgbson_value_copy(&document, &state->document);
	state->as = pipeline_path_of(&as);
	MemoryContextSwitchTo(old);
	return state;
}

/* Keeps a document that was found, in the aggregate's memory. */
static void
add_found(LookupState *state, MemoryContext context, Datum id_datum, Datum document_datum)
{
	MemoryContext old;
	FoundDocument *found;
	BsonValue	id;
	BsonValue	document;

	pgbson_value_from_datum(id_datum, &id);
	pgbson_from_datum(document_datum, &document);
	old = MemoryContextSwitchTo(context);
	if (state->nfound >= state->max_found)
	{
		state->max_found = Max(2, 2 * state->max_found);
		state->found = state->found
			? repalloc_huge(state->found, state->max_found * sizeof(FoundDocument))
			: palloc(state->max_found * sizeof(FoundDocument));
	}
	found = &state->found[state->nfound++];
	pgbson_value_copy(&id, &found->id);
	pgbson_value_copy(&document, &found->document);
	MemoryContextSwitchTo(old);
}

/*
 * Arguments: state, local document, path of the array, foreign _id, foreign document.  The first
 * two arguments are the same in all rows of a group; the others are NULL where nothing was found.
 */
Datum
docdb_lookup_step(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	LookupState *state = PG_ARGISNULL(0) ? NULL : (LookupState *) PG_GETARG_POINTER(0);

	if (state == NULL)
	{
		if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
			PG_RETURN_NULL();
		state = create_lookup(fcinfo, context);
	}
	if (!PG_ARGISNULL(3) && !PG_ARGISNULL(4))
		add_found(state, context, PG_GETARG_DATUM(3), PG_GETARG_DATUM(4));
	PG_RETURN_POINTER(state);
}

static int
compare_found(const void *a, const void *b, void *arg)
{
	return pgbson_compare(&((const FoundDocument *) a)->id, &((const FoundDocument *) b)->id);
}

/*
 * The document with the array set: each foreign document once, by _id.  A document is found more
 * than once where both sides have several keys.
 */
Datum
docdb_lookup_final(PG_FUNCTION_ARGS)
{
	LookupState *state = PG_ARGISNULL(0) ? NULL : (LookupState *) PG_GETARG_POINTER(0);
	BsonBuilder array_builder;
	BsonBuilder builder;
	BsonValue	array;

	if (state == NULL)
		PG_RETURN_NULL();
	if (state->nfound > 1)
		qsort_interruptible(state->found, state->nfound, sizeof(FoundDocument), compare_found,
							NULL);
	pgbson_builder_init(&array_builder);
	for (int i = 0; i < state->nfound; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i == 0 || compare_found(&state->found[i - 1], &state->found[i], NULL) != 0)
			pgbson_push(&array_builder, &state->found[i].document);
	}
	pgbson_finish(&array_builder, BSON_ARRAY, &array);
	pgbson_builder_init(&builder);
	pipeline_append_nested(&builder, &state->document, state->as, &array);
	PG_RETURN_DATUM(pgbson_finish_datum(&builder));
}

/* ---- first_by(bson_value, bytea), last_by: the value of the row with the least sort key ---- */

typedef struct ByState
{
	bytea	   *key;			/* NULL before the first row */
	Datum		value;			/* a bson_value */
	bool		isnull;
} ByState;

static int
compare_bytes(const bytea *a, const bytea *b)
{
	uint32		alen = VARSIZE_ANY_EXHDR(a);
	uint32		blen = VARSIZE_ANY_EXHDR(b);
	int			order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(alen, blen));

	return order != 0 ? order : (alen > blen) - (alen < blen);
}

/* Keeps a row in place of the one the state has, in the aggregate's memory. */
static void
keep_row(ByState *state, MemoryContext context, const bytea *key, Datum value, bool isnull)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	bytea	   *old_key = state->key;

	state->key = (bytea *) PG_DETOAST_DATUM_COPY(PointerGetDatum(key));
	if (old_key)
	{
		pfree(old_key);
		if (!state->isnull)
			pfree(DatumGetPointer(state->value));
	}
	state->isnull = isnull;
	if (!isnull)
		state->value = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	MemoryContextSwitchTo(old);
}

static ByState *
by_state(FunctionCallInfo fcinfo, int arg)
{
	if (PG_ARGISNULL(arg))
		return MemoryContextAllocZero(aggregate_context(fcinfo), sizeof(ByState));
	return (ByState *) PG_GETARG_POINTER(arg);
}

/* Of rows with equal keys the first stays for first_by, the last for last_by. */
static Datum
by_step(FunctionCallInfo fcinfo, bool last)
{
	MemoryContext context = aggregate_context(fcinfo);
	ByState    *state = by_state(fcinfo, 0);
	bytea	   *key;
	int			order;

	if (PG_ARGISNULL(2))
		PG_RETURN_POINTER(state);
	key = PG_GETARG_BYTEA_PP(2);
	order = state->key ? compare_bytes(key, state->key) : 0;
	if (state->key == NULL || (last ? order >= 0 : order < 0))
		keep_row(state, context, key, PG_GETARG_DATUM(1), PG_ARGISNULL(1));
	PG_RETURN_POINTER(state);
}

static Datum
by_combine(FunctionCallInfo fcinfo, bool last)
{
	MemoryContext context = aggregate_context(fcinfo);
	ByState    *state = by_state(fcinfo, 0);
	ByState    *other = PG_ARGISNULL(1) ? NULL : (ByState *) PG_GETARG_POINTER(1);
	int			order;

	if (other == NULL || other->key == NULL)
		PG_RETURN_POINTER(state);
	order = state->key ? compare_bytes(other->key, state->key) : 0;
	if (state->key == NULL || (last ? order >= 0 : order < 0))
		keep_row(state, context, other->key, other->value, other->isnull);
	PG_RETURN_POINTER(state);
}

Datum
docdb_first_by_step(PG_FUNCTION_ARGS)
{
	return by_step(fcinfo, false);
}

Datum
docdb_last_by_step(PG_FUNCTION_ARGS)
{
	return by_step(fcinfo, true);
}

Datum
docdb_first_by_combine(PG_FUNCTION_ARGS)
{
	return by_combine(fcinfo, false);
}

Datum
docdb_last_by_combine(PG_FUNCTION_ARGS)
{
	return by_combine(fcinfo, true);
}

/* The key's length, the key, and the value's type byte and payload where it is not NULL. */
Datum
docdb_by_serialize(PG_FUNCTION_ARGS)
{
	ByState    *state = (ByState *) PG_GETARG_POINTER(0);
	StringInfoData out;

	pq_begintypsend(&out);
	if (state->key)
	{
		uint32		keylen = VARSIZE_ANY_EXHDR(state->key);

		pq_sendint32(&out, keylen);
		pq_sendbytes(&out, VARDATA_ANY(state->key), keylen);
		if (!state->isnull)
		{
			struct varlena *value = (struct varlena *) DatumGetPointer(state->value);

			pq_sendbytes(&out, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
		}
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

static bytea *
make_bytea(const char *data, uint32 len)
{
	return (bytea *) cstring_to_text_with_len(data, len);
}

Datum
docdb_by_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData in;
	ByState    *state = palloc0(sizeof(ByState));
	uint32		keylen;
	uint32		rest;

	in.data = VARDATA_ANY(bytes);
	in.len = in.maxlen = VARSIZE_ANY_EXHDR(bytes);
	in.cursor = 0;
	if (in.len == 0)
		PG_RETURN_POINTER(state);
	keylen = pq_getmsgint(&in, 4);
	state->key = make_bytea(pq_getmsgbytes(&in, keylen), keylen);
	rest = in.len - in.cursor;
	state->isnull = rest == 0;
	if (rest > 0)
		state->value = PointerGetDatum(make_bytea(pq_getmsgbytes(&in, rest), rest));
	PG_RETURN_POINTER(state);
}

Datum
docdb_by_final(PG_FUNCTION_ARGS)
{
	ByState    *state = PG_ARGISNULL(0) ? NULL : (ByState *) PG_GETARG_POINTER(0);

	if (state == NULL || state->key == NULL || state->isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(state->value);
}
