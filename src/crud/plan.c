/*
 * plan.c
 *		The plan cache, and running queries.
 *
 * A query's text without its parameters' values, its filters' shape and its hint are its shape.
 * Each shape has one entry, which holds PostgreSQL's own CachedPlanSource, so that whatever
 * invalidates a prepared statement invalidates ours.  The plan is a generic one: it keeps its
 * parameters and serves every value.
 *
 * Unlike PostgreSQL's generic plans it is made with the values of the call that needed it at
 * hand, so that the estimates are those of a typical value and not those of none: a hook hands
 * the planner the values, not marked as constants.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "jit/jit.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/planner.h"
#include "tcop/cmdtag.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "base/compat.h"
#include "base/oids.h"
#include "base/settings.h"
#include "crud/crud_internal.h"

/* What makes two queries the same for the planner. */
typedef struct ShapeKey
{
	const char *sql;
	uint32		len;
	Oid			user;
	Oid			bson_type;		/* another one since the extension was created anew */
	int			cursor_options;
	uint64		filters;		/* filters of other shapes may be served by other indexes */
	CrudHint	hint;			/* whose alias is in the text */
	uint32		settings;		/* what the planner may use; see planner_settings */
} ShapeKey;

typedef struct Shape
{
	ShapeKey	key;
	CachedPlanSource *source;
	dlist_node	recency;
} Shape;

static HTAB *shapes = NULL;
static dlist_head shapes_by_recency = DLIST_STATIC_INIT(shapes_by_recency);
static MemoryContext shape_context = NULL;

/* The next call of the planner is for a query of ours, to be estimated with these values. */
static bool planning_shape = false;
static ParamListInfo estimation_params = NULL;	/* as the executor gets them */
static CrudHint planning_hint;

/* So many calls are in the planner, which may call functions that come back here. */
static int	planning_depth = 0;
static planner_hook_type previous_planner_hook = NULL;

/* ---- Planning with values for estimates ---- */

/* Parameters that the planner may look at and must not fold. */
static ParamListInfo
params_for_estimates(ParamListInfo params)
{
	ParamListInfo copy;

	if (params == NULL)
		return NULL;
	copy = makeParamList(params->numParams);
	for (int i = 0; i < params->numParams; i++)
	{
		copy->params[i] = params->params[i];
		copy->params[i].pflags = 0;
	}
	return copy;
}

static PlannedStmt *
plan_with_estimates(Query *parse, const char *query_string, int cursor_options,
					ParamListInfo params)
{
	PlannedStmt *volatile statement = NULL;
	CrudHint	outer_hint = crud_hint_activate(planning_hint);
	bool		ours = planning_shape;

	/* Only the first call is ours: planning may run queries of its own. */
	if (params == NULL)
		params = params_for_estimates(estimation_params);
	estimation_params = NULL;
	planning_shape = false;
	memset(&planning_hint, 0, sizeof(planning_hint));
	PG_TRY();
	{
		statement = previous_planner_hook
			? previous_planner_hook(parse, query_string, cursor_options, params)
			: standard_planner(parse, query_string, cursor_options, params);
	}
	PG_FINALLY();
	{
		(void) crud_hint_activate(outer_hint);
	}
	PG_END_TRY();

	/* The work is in C functions; compiling their calls takes longer than it saves. */
	if (ours)
		statement->jitFlags = PGJIT_NONE;
	return statement;
}

/* ---- What makes plans stale beyond what PostgreSQL sees to ---- */

/*
 * PostgreSQL makes a plan anew when a table changes, but not when only its statistics do, nor for
 * an index that is hidden or shown.
 */
static bool shapes_stale = false;
static HTAB *watched_indexes = NULL;

static void
note_statistics_change(Datum arg, int cache, uint32 hash)
{
	shapes_stale = true;
}

static void
note_relation_change(Datum arg, Oid relid)
{
	bool		found = !OidIsValid(relid);

	if (!found)
		(void) hash_search(watched_indexes, &relid, HASH_REMOVE, &found);
	shapes_stale |= found;
}

void
crud_watch_index(Oid index)
{
	(void) hash_search(watched_indexes, &index, HASH_ENTER, NULL);
}

static void
watch_changes(void)
{
	HASHCTL		control = {0};

	control.keysize = control.entrysize = sizeof(Oid);
	control.hcxt = shape_context;
	watched_indexes = hash_create("docdb indexes in plans", 128, &control,
								  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	CacheRegisterSyscacheCallback(STATRELATTINH, note_statistics_change, (Datum) 0);
	CacheRegisterRelcacheCallback(note_relation_change, (Datum) 0);
}

/* The settings that forbid the planner something, as bits. */
static uint32
planner_settings(void)
{
	return (uint32) enable_seqscan | (uint32) enable_indexscan << 1 |
		(uint32) enable_indexonlyscan << 2 | (uint32) enable_bitmapscan << 3 |
		(uint32) enable_sort << 4 | (uint32) enable_hashjoin << 5 |
		(uint32) enable_nestloop << 6 | (uint32) enable_mergejoin << 7 |
		(uint32) enable_hashagg << 8 | (uint32) docdb_enable_document_scan << 9;
}

/* ---- The cache ---- */

static uint32
hash_shape(const void *key, Size size)
{
	const ShapeKey *shape = key;

	return hash_combine(hash_bytes((const unsigned char *) shape->sql, shape->len),
						shape->user ^ shape->bson_type ^ (uint32) shape->cursor_options ^
						(uint32) shape->filters ^ shape->hint.index ^ shape->settings);
}

static int
compare_shapes(const void *a, const void *b, Size size)
{
	const ShapeKey *x = a;
	const ShapeKey *y = b;

	return x->len != y->len || x->user != y->user || x->bson_type != y->bson_type ||
		x->cursor_options != y->cursor_options || x->filters != y->filters ||
		x->hint.relation != y->hint.relation ||
		x->hint.index != y->hint.index || x->settings != y->settings ||
		memcmp(x->sql, y->sql, x->len) != 0;
}

static void
create_shapes(void)
{
	HASHCTL		control = {0};

	shape_context = AllocSetContextCreate(CacheMemoryContext, "docdb query shapes",
										  ALLOCSET_DEFAULT_SIZES);
	control.keysize = sizeof(ShapeKey);
	control.entrysize = sizeof(Shape);
	control.hash = hash_shape;
	control.match = compare_shapes;
	control.hcxt = shape_context;
	shapes = hash_create("docdb query shapes", 128, &control,
						 HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	watch_changes();
	previous_planner_hook = planner_hook;
	planner_hook = plan_with_estimates;
	crud_hint_install();
}

static void
forget_shape(Shape *shape)
{
	CachedPlanSource *source = shape->source;
	char	   *sql = unconstify(char *, shape->key.sql);

	dlist_delete(&shape->recency);
	hash_search(shapes, &shape->key, HASH_REMOVE, NULL);
	pfree(sql);
	DropCachedPlan(source);
}

static void
forget_stale_shapes(void)
{
	shapes_stale = false;
	while (!dlist_is_empty(&shapes_by_recency))
		forget_shape(dlist_head_element(Shape, recency, &shapes_by_recency));
}

/* Parses and analyzes a statement; the source is saved, and so lives until it is dropped. */
static CachedPlanSource *
create_source(const CrudQuery *query, int cursor_options)
{
	const char *sql = query->sql.data;
	List	   *raw_statements = pg_parse_query(sql);
	RawStmt    *raw = linitial_node(RawStmt, raw_statements);
	Oid		   *types = palloc(Max(query->nparams, 1) * sizeof(Oid));
	CachedPlanSource *source;
	List	   *statements;

	Assert(list_length(raw_statements) == 1);
	for (int i = 0; i < query->nparams; i++)
		types[i] = query->params[i].type;
	source = CreateCachedPlan(raw, sql, CreateCommandTag(raw->stmt));
	statements = pg_analyze_and_rewrite_fixedparams(raw, sql, types, query->nparams, NULL);
	CompleteCachedPlan(source, statements, NULL, types, query->nparams, NULL, NULL,
					   cursor_options, false);
	SaveCachedPlan(source);
	return source;
}

static Shape *
add_shape(const CrudQuery *query, const ShapeKey *key)
{
	CachedPlanSource *source = create_source(query, key->cursor_options);
	ShapeKey	kept = *key;
	Shape	   *shape;

	while (hash_get_num_entries(shapes) >= docdb_plan_cache_size && planning_depth == 0)
		forget_shape(dlist_tail_element(Shape, recency, &shapes_by_recency));
	kept.sql = MemoryContextStrdup(shape_context, key->sql);
	kept.hint.alias = NULL;
	shape = hash_search(shapes, &kept, HASH_ENTER, NULL);
	shape->source = source;
	dlist_push_head(&shapes_by_recency, &shape->recency);
	return shape;
}

static Shape *
find_shape(const CrudQuery *query, int cursor_options)
{
	ShapeKey	key = {query->sql.data, query->sql.len, GetUserId(), docdb_oids()->bson_type,
	cursor_options, query->filters, query->hint, planner_settings()};
	Shape	   *shape;

	if (shapes == NULL)
		create_shapes();
	if (shapes_stale && planning_depth == 0)
		forget_stale_shapes();
	shape = hash_search(shapes, &key, HASH_FIND, NULL);
	if (shape != NULL && shape->source->query_list == NIL)
	{
		/* A rule made nothing of it, so PostgreSQL does not know when it changes. */
		forget_shape(shape);
		shape = NULL;
	}
	if (shape == NULL)
		return add_shape(query, &key);
	dlist_move_head(&shapes_by_recency, &shape->recency);
	return shape;
}

ParamListInfo
crud_param_list(const CrudQuery *query)
{
	ParamListInfo params;

	if (query->nparams == 0)
		return NULL;
	params = makeParamList(query->nparams);
	for (int i = 0; i < query->nparams; i++)
	{
		params->params[i].value = query->params[i].value;
		params->params[i].isnull = query->params[i].isnull;
		params->params[i].pflags = PARAM_FLAG_CONST;
		params->params[i].ptype = query->params[i].type;
	}
	return params;
}

void
crud_planning_begin(const CrudQuery *query)
{
	if (shapes == NULL)
		create_shapes();
	planning_depth++;
	planning_shape = true;
	planning_hint = query->hint;
}

void
crud_planning_end(void)
{
	planning_depth--;
	planning_shape = false;
	memset(&planning_hint, 0, sizeof(planning_hint));
}

CachedPlan *
crud_plan(const CrudQuery *query, ParamListInfo params, int cursor_options,
		  ResourceOwner owner)
{
	Shape	   *shape = find_shape(query, cursor_options | CURSOR_OPT_GENERIC_PLAN);
	CachedPlan *plan;

	/* The planner is not called if the plan there is still is good. */
	estimation_params = params;
	crud_planning_begin(query);
	PG_TRY();
	{
		plan = GetCachedPlan(shape->source, params, owner, NULL);
	}
	PG_FINALLY();
	{
		estimation_params = NULL;
		crud_planning_end();
	}
	PG_END_TRY();
	return plan;
}

PlannedStmt *
crud_plan_statement(const CachedPlan *plan)
{
	PlannedStmt *statement = linitial_node(PlannedStmt, plan->stmt_list);

	if (list_length(plan->stmt_list) != 1 || statement->commandType != CMD_SELECT)
		elog(ERROR, "a query that reads must be one SELECT");
	return statement;
}

/* ---- Running ---- */

typedef struct CallbackReceiver
{
	DestReceiver pub;
	CrudRowCallback callback;
	void	   *arg;
} CallbackReceiver;

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	CallbackReceiver *receiver = (CallbackReceiver *) self;

	if (receiver->callback != NULL)
		receiver->callback(slot, receiver->arg);
	return true;
}

static void
start_receiver(DestReceiver *self, int operation, TupleDesc tupdesc)
{
}

static void
stop_receiver(DestReceiver *self)
{
}

static void
destroy_receiver(DestReceiver *self)
{
	pfree(self);
}

DestReceiver *
crud_receiver_create(CrudRowCallback callback, void *arg)
{
	CallbackReceiver *receiver = palloc0(sizeof(CallbackReceiver));

	receiver->pub.receiveSlot = receive_row;
	receiver->pub.rStartup = start_receiver;
	receiver->pub.rShutdown = stop_receiver;
	receiver->pub.rDestroy = destroy_receiver;
	receiver->pub.mydest = DestNone;
	receiver->callback = callback;
	receiver->arg = arg;
	return &receiver->pub;
}

/*
 * Finds the node that locks the row that a statement chooses; has the rows that come to it
 * counted.
 */
static bool
find_lock_rows(PlanState *node, LockRowsState **found)
{
	if (node == NULL)
		return false;
	if (IsA(node, LockRowsState))
	{
		*found = (LockRowsState *) node;
		outerPlanState(node)->instrument = InstrAlloc(1, INSTRUMENT_ROWS, false);
		return true;
	}
	return planstate_tree_walker(node, find_lock_rows, found);
}

static LockRowsState *
count_candidates(EState *estate)
{
	LockRowsState *found = NULL;
	ListCell   *lc;

	foreach(lc, estate->es_subplanstates)
	{
		if (find_lock_rows(lfirst(lc), &found))
			break;
	}
	return found;
}

/* Whether any row came to the node. */
static bool
had_candidates(const LockRowsState *node)
{
	return node != NULL && outerPlanState(node)->instrument->tuplecount > 0;
}

/*
 * Runs one planned statement; returns the rows it processed.  With candidates it is noted whether
 * there were any rows to choose from.
 */
static uint64
run_statement(PlannedStmt *statement, const char *sql, ParamListInfo params,
			  CollectionWrite *write, DestReceiver *receiver, bool *candidates)
{
	LockRowsState *lock_rows = NULL;
	QueryDesc  *desc;
	uint64		processed;

	if (statement->commandType == CMD_UTILITY)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a rule on a collection may not run a utility statement")));

	desc = CreateQueryDesc(statement, sql, GetActiveSnapshot(), InvalidSnapshot, receiver,
						   params, NULL, 0);
	ExecutorStart(desc, 0);
	if (write != NULL)
		write->estate = desc->estate;
	if (candidates != NULL)
		lock_rows = count_candidates(desc->estate);
	docdb_executor_run(desc, ForwardScanDirection, 0, true);
	processed = desc->estate->es_processed;
	if (had_candidates(lock_rows))
		*candidates = true;
	ExecutorFinish(desc);
	if (write != NULL)
		write->estate = NULL;
	ExecutorEnd(desc);
	FreeQueryDesc(desc);
	return processed;
}

static uint64
run_plan(CachedPlan *plan, const CrudQuery *query, ParamListInfo params,
		 CollectionWrite *write, DestReceiver *receiver, bool *candidates)
{
	CollectionWrite *outer_write = collection_current_write;
	volatile uint64 processed = 0;
	ListCell   *lc;

	collection_current_write = write;
	PG_TRY();
	{
		/* There is more than one statement only where the collection has rules. */
		foreach(lc, plan->stmt_list)
		{
			PlannedStmt *statement = lfirst_node(PlannedStmt, lc);
			uint64		rows = run_statement(statement, query->sql.data, params, write,
											 statement->canSetTag ? receiver : None_Receiver,
											 candidates);

			if (statement->canSetTag)
				processed = rows;
		}
	}
	PG_FINALLY();
	{
		collection_current_write = outer_write;
	}
	PG_END_TRY();
	return processed;
}

static uint64
execute(CrudQuery *query, CollectionWrite *write, CrudRowCallback callback, void *arg,
		bool *candidates)
{
	ParamListInfo params = crud_param_list(query);
	DestReceiver *receiver = crud_receiver_create(callback, arg);
	ResourceOwner owner = CurrentResourceOwner;
	CachedPlan *plan;
	uint64		processed;

	if (query->writes)
	{
		CommandCounterIncrement();
		PushActiveSnapshot(GetTransactionSnapshot());
	}
	plan = crud_plan(query, params, query->writes ? 0 : CURSOR_OPT_PARALLEL_OK, owner);
	processed = run_plan(plan, query, params, write, receiver, candidates);
	ReleaseCachedPlan(plan, owner);
	if (query->writes)
		PopActiveSnapshot();
	receiver->rDestroy(receiver);
	return processed;
}

uint64
crud_execute_write(CrudQuery *query, CollectionWrite *write, CrudRowCallback callback, void *arg)
{
	bool		may_skip = query->skip_locked > 0;
	bool		candidates = false;
	uint64		processed = execute(query, write, callback, arg, may_skip ? &candidates : NULL);

	/* There was nothing to choose but what others have locked, so wait for one of them. */
	if (candidates && processed == 0 && (write == NULL || write->skipped == 0))
	{
		crud_query_wait(query);
		processed = execute(query, write, callback, arg, NULL);
	}
	return processed;
}

uint64
crud_execute(CrudQuery *query, CrudRowCallback callback, void *arg)
{
	return crud_execute_write(query, NULL, callback, arg);
}

typedef struct FirstValue
{
	MemoryContext context;
	bool		found;
	bool		isnull;
	Datum		value;
} FirstValue;

static void
keep_first_value(TupleTableSlot *slot, void *arg)
{
	FirstValue *first = arg;
	Form_pg_attribute att = TupleDescAttr(slot->tts_tupleDescriptor, 0);
	MemoryContext old_context;

	if (first->found)
		return;
	first->found = true;
	first->value = slot_getattr(slot, 1, &first->isnull);
	if (first->isnull)
		return;
	old_context = MemoryContextSwitchTo(first->context);
	if (att->attlen == -1)
		first->value = PointerGetDatum(PG_DETOAST_DATUM_COPY(first->value));
	else
		first->value = datumCopy(first->value, att->attbyval, att->attlen);
	MemoryContextSwitchTo(old_context);
}

bool
crud_execute_value(CrudQuery *query, Datum *value, bool *isnull)
{
	FirstValue	first = {CurrentMemoryContext, false, true, (Datum) 0};

	(void) crud_execute(query, keep_first_value, &first);
	*value = first.value;
	*isnull = first.isnull;
	return first.found;
}
