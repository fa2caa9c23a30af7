/*
 * stream.c
 *		Results that are taken row by row: set-returning functions and cursors.
 *
 * A set-returning function runs its query in an executor of its own that stops after each row, as
 * PostgreSQL's functions in SQL do.  The row's value is handed on where it lies, without a copy:
 * it stays there until the next row is asked for.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "tcop/cmdtag.h"
#include "tcop/pquery.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "crud/crud_internal.h"

typedef struct CrudStream
{
	CachedPlan *plan;			/* NULL: the empty set */
	ResourceOwner owner;
	QueryDesc  *desc;
	TupleTableSlot *slot;		/* the row that came last */
	bool		got_row;
	TimestampTz deadline;		/* 0: none */
	Datum		value;			/* where there is no query: the one value, or 0 */
} CrudStream;

static void
stream_row(TupleTableSlot *slot, void *arg)
{
	CrudStream *stream = arg;

	stream->slot = slot;
	stream->got_row = true;
}

static void
end_stream(CrudStream *stream)
{
	QueryDesc  *desc = stream->desc;

	stream->desc = NULL;
	if (desc != NULL)
	{
		PushActiveSnapshot(desc->snapshot);
		ExecutorFinish(desc);
		ExecutorEnd(desc);
		PopActiveSnapshot();
		FreeQueryDesc(desc);
	}
	if (stream->plan != NULL)
		ReleaseCachedPlan(stream->plan, stream->owner);
	stream->plan = NULL;
}

/* The calling query ends, possibly before it has taken all rows. */
static void
stream_shutdown(Datum arg)
{
	end_stream((CrudStream *) DatumGetPointer(arg));
}

/* A query whose text and parameters live in CurrentMemoryContext. */
static CrudQuery *
copy_query(const CrudQuery *from)
{
	CrudQuery  *query = palloc0(sizeof(CrudQuery));

	initStringInfo(&query->sql);
	appendBinaryStringInfo(&query->sql, from->sql.data, from->sql.len);
	query->writes = from->writes;
	query->filters = from->filters;
	query->hint = from->hint;
	query->nparams = query->max_params = from->nparams;
	query->params = palloc(Max(from->nparams, 1) * sizeof(CrudParam));
	for (int i = 0; i < from->nparams; i++)
	{
		query->params[i] = from->params[i];
		if (!from->params[i].isnull)
		{
			int16		len;
			bool		by_value;

			get_typlenbyval(from->params[i].type, &len, &by_value);
			query->params[i].value = datumCopy(from->params[i].value, by_value, len);
		}
	}
	return query;
}

void
crud_stream_begin(FunctionCallInfo fcinfo, const CrudQuery *query, int64 max_time_ms)
{
	FuncCallContext *funcctx = SRF_FIRSTCALL_INIT();
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext old_context = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
	CrudStream *stream = palloc0(sizeof(CrudStream));
	CrudQuery  *kept;
	ParamListInfo params;

	funcctx->user_fctx = stream;
	if (query != NULL)
	{
		if (max_time_ms > 0)
			stream->deadline = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), max_time_ms);
		kept = copy_query(query);
		params = crud_param_list(kept);
		stream->owner = CurrentResourceOwner;
		RegisterExprContextCallback(rsinfo->econtext, stream_shutdown, PointerGetDatum(stream));
		stream->plan = crud_plan(kept, params, 0, stream->owner);
		stream->desc = CreateQueryDesc(crud_plan_statement(stream->plan), kept->sql.data,
									   GetActiveSnapshot(), InvalidSnapshot,
									   crud_receiver_create(stream_row, stream),
									   params, NULL, 0);
		ExecutorStart(stream->desc, 0);
	}
	MemoryContextSwitchTo(old_context);
}

void
crud_stream_begin_value(FunctionCallInfo fcinfo, Datum value)
{
	FuncCallContext *funcctx = SRF_FIRSTCALL_INIT();
	MemoryContext old_context = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
	CrudStream *stream = palloc0(sizeof(CrudStream));

	if (value != (Datum) 0)
		stream->value = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	funcctx->user_fctx = stream;
	MemoryContextSwitchTo(old_context);
}

static void
run_stream(void *arg)
{
	CrudStream *stream = arg;

	docdb_executor_run(stream->desc, ForwardScanDirection, 1, false);
}

/* Asks the executor for one more row. */
static void
next_row(CrudStream *stream)
{
	stream->got_row = false;
	PushActiveSnapshot(stream->desc->snapshot);
	if (stream->deadline != 0)
	{
		long		left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(),
														   stream->deadline);

		crud_run_limited(Max(left, 1), run_stream, stream);
	}
	else
		run_stream(stream);
	PopActiveSnapshot();
}

Datum
crud_stream_next(FunctionCallInfo fcinfo)
{
	FuncCallContext *funcctx = SRF_PERCALL_SETUP();
	CrudStream *stream = funcctx->user_fctx;
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bool		isnull;
	Datum		value;

	if (stream->desc != NULL)
	{
		next_row(stream);
		if (stream->got_row)
		{
			value = slot_getattr(stream->slot, 1, &isnull);
			if (isnull)
				SRF_RETURN_NEXT_NULL(funcctx);
			SRF_RETURN_NEXT(funcctx, value);
		}
		UnregisterExprContextCallback(rsinfo->econtext, stream_shutdown,
									  PointerGetDatum(stream));
		end_stream(stream);
	}
	if (stream->value != (Datum) 0)
	{
		value = stream->value;
		stream->value = (Datum) 0;
		SRF_RETURN_NEXT(funcctx, value);
	}
	SRF_RETURN_DONE(funcctx);
}

/* ---- Cursors ---- */

Portal
crud_cursor_open(const char *name, const CrudQuery *query, bool hold)
{
	Portal		portal = CreatePortal(name, false, false);
	MemoryContext old_context;
	CrudQuery  *kept;
	ParamListInfo params;
	CachedPlan *plan;

	portal->cursorOptions = CURSOR_OPT_NO_SCROLL | (hold ? CURSOR_OPT_HOLD : 0);
	old_context = MemoryContextSwitchTo(portal->portalContext);
	kept = copy_query(query);
	params = crud_param_list(kept);
	MemoryContextSwitchTo(old_context);

	plan = crud_plan(kept, params, 0, NULL);
	PortalDefineQuery(portal, NULL, kept->sql.data, CMDTAG_SELECT, plan->stmt_list, plan);
	(void) crud_plan_statement(plan);
	PortalStart(portal, params, 0, InvalidSnapshot);
	return portal;
}

bool
crud_cursor_fetch(Portal portal, uint64 count, CrudRowCallback callback, void *arg)
{
	DestReceiver *receiver = crud_receiver_create(callback, arg);

	(void) PortalRunFetch(portal, FETCH_FORWARD, count > 0 ? (long) count : FETCH_ALL, receiver);
	receiver->rDestroy(receiver);
	return !portal->atEnd;
}

void
crud_cursor_close(Portal portal)
{
	PortalDrop(portal, false);
}
