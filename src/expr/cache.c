/*
 * cache.c
 *		What SQL functions compile, kept from call to call.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "expr/expr.h"

#define MAX_SPECS 3

typedef struct CachedCall
{
	MemoryContext memory;		/* of all that follows */
	void	   *compiled;		/* NULL after an error */
	ExprEvalContext *context;
	bool		has_variables;
	BsonValue	variables;		/* as compiled: only the names count */
	BsonValue	specs[MAX_SPECS];
} CachedCall;

/* Whether two specifications are the same, byte for byte. */
static bool
same_spec(const BsonValue *a, const BsonValue *b)
{
	uint32		size;
	char	   *bytes;
	bool		same;

	if (a->type != b->type || a->subtype != b->subtype || a->len != b->len)
		return false;
	if (a->len > 0)
		return memcmp(a->v.data, b->v.data, a->len) == 0;

	/* Scalars, seldom given, and mostly to be refused. */
	size = a->type == BSON_MISSING ? 0 : pgbson_encoded_size(a);
	if (size == 0)
		return true;
	bytes = palloc(2 * size);
	pgbson_encode(a, bytes);
	pgbson_encode(b, bytes + size);
	same = memcmp(bytes, bytes + size, size) == 0;
	pfree(bytes);
	return same;
}

static bool
cache_is_valid(const CachedCall *cache, const BsonValue *specs, int nspecs,
			   const BsonValue *variables)
{
	if (cache->compiled == NULL)
		return false;
	for (int i = 0; i < nspecs; i++)
		if (!same_spec(&cache->specs[i], &specs[i]))
			return false;
	return expr_same_variables(cache->has_variables ? &cache->variables : NULL, variables);
}

static void
fill_cache(CachedCall *cache, const BsonValue *specs, int nspecs, const BsonValue *variables,
		   ExprCompileCallback compile)
{
	MemoryContext old;
	ExprScope  *scope;
	void	   *compiled;

	cache->compiled = NULL;
	MemoryContextReset(cache->memory);
	old = MemoryContextSwitchTo(cache->memory);
	for (int i = 0; i < nspecs; i++)
		pgbson_value_copy(&specs[i], &cache->specs[i]);
	cache->has_variables = variables != NULL;
	if (variables != NULL)
		pgbson_value_copy(variables, &cache->variables);
	scope = expr_scope_from_variables(variables);
	compiled = compile(cache->specs, scope);
	cache->context = expr_context_create(scope);
	cache->compiled = compiled;
	MemoryContextSwitchTo(old);
}

void *
expr_cached(FunctionCallInfo fcinfo, const BsonValue *specs, int nspecs,
			const BsonValue *variables, ExprCompileCallback compile, ExprEvalContext **context)
{
	CachedCall *cache = fcinfo->flinfo->fn_extra;

	Assert(nspecs <= MAX_SPECS);
	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(CachedCall));
		cache->memory = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "docdb compiled call",
											  ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = cache;
	}
	if (!cache_is_valid(cache, specs, nspecs, variables))
		fill_cache(cache, specs, nspecs, variables, compile);
	expr_context_set_now(cache->context);
	expr_context_set_variables(cache->context, variables);
	*context = cache->context;
	return cache->compiled;
}
