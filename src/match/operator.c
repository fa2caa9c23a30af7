/*
 * operator.c
 *		The operator @@, and the function docdb.matches, which does the same with variables.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "utils/memutils.h"

#include "match/match_internal.h"

PG_FUNCTION_INFO_V1(docdb_match);
PG_FUNCTION_INFO_V1(docdb_matches);

/* How much of a document is worth asking for ahead of time, and the bytes that come at once. */
#define PREFETCH_MAX 512
#define PREFETCH_LINE 64

/* The filter that a call of @@ has compiled, in fn_extra. */
typedef struct CachedFilter
{
	MemoryContext context;		/* of the matcher and the copy; reset for another filter */
	bool		is_constant;	/* the argument is a constant of the plan */
	uint32		len;
	char	   *data;
	Matcher    *matcher;
} CachedFilter;

/* Whether an argument of the call is a literal in the plan, so that it never changes. */
static bool
argument_is_constant(FmgrInfo *flinfo, int number)
{
	Node	   *expr = flinfo->fn_expr;
	List	   *args;

	if (expr == NULL)
		return false;
	if (IsA(expr, OpExpr))
		args = ((OpExpr *) expr)->args;
	else if (IsA(expr, FuncExpr))
		args = ((FuncExpr *) expr)->args;
	else
		return false;
	return number < list_length(args) && IsA(list_nth(args, number), Const);
}

/* Compiles a filter into the cache of the call. */
static void
fill_cache(FmgrInfo *flinfo, CachedFilter *cached, const BsonValue *filter)
{
	MemoryContext old;

	/* An error below leaves a cache that fits no filter. */
	cached->len = 0;
	cached->matcher = NULL;
	MemoryContextReset(cached->context);
	old = MemoryContextSwitchTo(cached->context);
	cached->matcher = match_compile(filter, NULL);
	cached->data = palloc(filter->len);
	memcpy(cached->data, filter->v.data, filter->len);
	cached->len = filter->len;
	cached->is_constant = argument_is_constant(flinfo, 1);
	MemoryContextSwitchTo(old);
}

/* The compiled form of a call's second argument. */
static const Matcher *
get_matcher(FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	CachedFilter *cached = flinfo->fn_extra;
	BsonValue	filter;

	if (likely(cached != NULL && cached->is_constant && cached->matcher != NULL))
		return cached->matcher;

	pgbson_from_datum(PG_GETARG_DATUM(1), &filter);
	if (cached == NULL)
	{
		cached = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(CachedFilter));
		cached->context = AllocSetContextCreate(flinfo->fn_mcxt, "docdb filter",
												ALLOCSET_SMALL_SIZES);
		flinfo->fn_extra = cached;
	}
	if (cached->len != filter.len || memcmp(cached->data, filter.v.data, filter.len) != 0)
		fill_cache(flinfo, cached, &filter);
	return cached->matcher;
}

/*
 * Asks for the memory before a document, as much as the document takes.  A heap page fills from
 * its end, so in a sequential scan that is where the next document is; and such scans spend most
 * of their time waiting for documents to come from memory.  Elsewhere it costs a few cycles.
 *
 * It must be inlined: GCC takes a call of a function that only does this for one without effect.
 */
static pg_attribute_always_inline void
prefetch_next(const BsonValue *document)
{
	const char *start = document->v.data;
	uint32		len = Min(document->len, PREFETCH_MAX) + PREFETCH_LINE;

	for (uint32 i = PREFETCH_LINE / 2; i < len; i += PREFETCH_LINE)
		docdb_prefetch(start - i);
}

/* bson @@ bson: whether the document on the left matches the filter on the right. */
Datum
docdb_match(PG_FUNCTION_ARGS)
{
	const Matcher *matcher = get_matcher(fcinfo);
	BsonValue	document;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	prefetch_next(&document);
	PG_RETURN_BOOL(match_eval(matcher, &document, NULL));
}

static void *
compile_filter(const BsonValue *specs, ExprScope *scope)
{
	return match_compile(&specs[0], scope);
}

/*
 * docdb.matches(document bson, filter bson, variables bson): the same, with values for the
 * variables that $expr names.  A NULL filter matches everything.
 */
Datum
docdb_matches(PG_FUNCTION_ARGS)
{
	bool		has_variables = !PG_ARGISNULL(2);
	BsonValue	document;
	BsonValue	filter;
	BsonValue	variables;
	ExprEvalContext *context;
	Matcher    *matcher;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_BOOL(true);
	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_from_datum(PG_GETARG_DATUM(1), &filter);
	if (has_variables)
		pgbson_from_datum(PG_GETARG_DATUM(2), &variables);
	matcher = expr_cached(fcinfo, &filter, 1, has_variables ? &variables : NULL, compile_filter,
						  &context);
	PG_RETURN_BOOL(match_eval(matcher, &document, context));
}
