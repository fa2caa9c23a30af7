/*
 * unwind.c
 *		docdb.unwind: one document for each element of an array.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"

#include "pipeline/pipeline_internal.h"
#include "pipeline/unwind.h"

PG_FUNCTION_INFO_V1(docdb_unwind);

/* The document being unwound. */
typedef struct UnwindState
{
	Unwind		unwind;
	BsonValue	document;
	BsonIter	elements;
	int64		index;
} UnwindState;

/*
 * Starts on a document.  True when it has elements to enumerate; otherwise *result tells whether
 * the document itself comes out, changed as *removed says.
 */
static bool
start_unwinding(UnwindState *state, bool *passes, bool *removed)
{
	BsonValue	value;

	pipeline_get_nested(&state->document, state->unwind.path, &value);
	*removed = false;
	switch (value.type)
	{
		case BSON_ARRAY:
			pgbson_iter_init(&state->elements, &value);
			state->index = 0;
			if (value.len > BSON_MIN_DOCUMENT_SIZE)
				return true;
			*passes = state->unwind.preserve;
			*removed = true;
			return false;
		case BSON_MISSING:
		case BSON_NULL:
		case BSON_UNDEFINED:
			*passes = state->unwind.preserve;
			return false;
		default:
			*passes = true;
			return false;
	}
}

/*
 * The document with the element in the array's place and, where asked for, the element's index
 * (null for a negative one).  A NULL element leaves the array's place as it is.
 */
static Datum
make_result(const UnwindState *state, const BsonValue *element, int64 index)
{
	const Unwind *unwind = &state->unwind;
	BsonValue	document = state->document;
	BsonBuilder builder;
	BsonValue	position;

	pgbson_builder_init(&builder);
	if (element)
	{
		pipeline_append_nested(&builder, &document, unwind->path, element);
		if (unwind->index_path == NULL)
			return pgbson_finish_datum(&builder);
		pgbson_finish(&builder, BSON_DOCUMENT, &document);
		pgbson_builder_init(&builder);
	}
	if (unwind->index_path == NULL)
		return pgbson_get_datum(&document);
	if (index < 0)
		pgbson_make_simple(BSON_NULL, &position);
	else
		pgbson_make_int64(index, &position);
	pipeline_append_nested(&builder, &document, unwind->index_path, &position);
	return pgbson_finish_datum(&builder);
}

/* docdb.unwind(document bson, spec bson_value): as $unwind does. */
Datum
docdb_unwind(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	UnwindState *state;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;
		BsonValue	spec;
		BsonValue	document;
		bool		passes;
		bool		removed;

		call = SRF_FIRSTCALL_INIT();
		pgbson_from_datum(PG_GETARG_DATUM(0), &document);
		pgbson_value_from_datum(PG_GETARG_DATUM(1), &spec);
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		state = palloc0(sizeof(UnwindState));
		call->user_fctx = state;
		pipeline_unwind_parse(&spec, &state->unwind);
		pgbson_value_copy(&document, &state->document);
		MemoryContextSwitchTo(old);

		if (!start_unwinding(state, &passes, &removed))
		{
			BsonValue	missing;

			pgbson_make_simple(BSON_MISSING, &missing);
			state->index = -1;
			if (passes)
				SRF_RETURN_NEXT(call, make_result(state, removed ? &missing : NULL, -1));
			SRF_RETURN_DONE(call);
		}
	}

	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;
	if (state->index >= 0 && pgbson_iter_next(&state->elements))
	{
		BsonValue	element;

		pgbson_iter_value(&state->elements, &element);
		SRF_RETURN_NEXT(call, make_result(state, &element, state->index++));
	}
	SRF_RETURN_DONE(call);
}
