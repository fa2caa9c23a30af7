/*
 * gin_query.c
 *		What GIN asks while it scans an index: the keys of a filter, and whether those that a row
 *		has are enough.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "miscadmin.h"

#include "docindex/gin_internal.h"

PG_FUNCTION_INFO_V1(docdb_gin_extract_query);
PG_FUNCTION_INFO_V1(docdb_gin_compare_partial);
PG_FUNCTION_INFO_V1(docdb_gin_consistent);

/* What goes along with each key. */
typedef struct KeyExtra
{
	const GinTree *tree;		/* of the whole filter */
	KeyBytes	high;
} KeyExtra;

static Datum
bytes_datum(KeyBytes bytes)
{
	char	   *datum = palloc(VARHDRSZ + bytes.len);

	memcpy(VARDATA(datum), bytes.data, bytes.len);
	SET_VARSIZE(datum, VARHDRSZ + bytes.len);
	return PointerGetDatum(datum);
}

/* The parts of what docdb_gin_extract_query returns. */
typedef struct QueryKeys
{
	int32	   *nkeys;
	bool	  **partial_match;
	Pointer   **extra_data;
	int32	   *search_mode;
} QueryKeys;

static Datum *
return_keys(const GinQuery *query, const QueryKeys *result)
{
	int			n = list_length(query->keys);
	Datum	   *keys = palloc(Max(n, 1) * sizeof(Datum));
	ListCell   *lc;

	*result->nkeys = n;
	*result->partial_match = palloc0(Max(n, 1) * sizeof(bool));
	*result->extra_data = palloc0(Max(n, 1) * sizeof(Pointer));
	foreach(lc, query->keys)
	{
		const GinKeyRange *range = lfirst(lc);
		KeyExtra   *extra = palloc(sizeof(KeyExtra));
		int			i = foreach_current_index(lc);

		keys[i] = bytes_datum(range->low);
		(*result->partial_match)[i] = range->high.data != NULL;
		(*result->extra_data)[i] = (Pointer) extra;
		extra->tree = query->tree;
		extra->high = range->high;
	}
	return keys;
}

/*
 * docdb.gin_extract_query(bson, internal, smallint, internal, internal, internal, internal).  A
 * filter that the index does not tell much about gets all rows of the table, which are in the index
 * whatever they hold, so that a scan is never wrong.
 */
Datum
docdb_gin_extract_query(PG_FUNCTION_ARGS)
{
	QueryKeys	result = {
		(int32 *) PG_GETARG_POINTER(1), (bool **) PG_GETARG_POINTER(3),
		(Pointer **) PG_GETARG_POINTER(4), (int32 *) PG_GETARG_POINTER(6)
	};
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	BsonValue	filter;
	GinQuery	query;

	if (strategy == GIN_KEY_STRATEGY)
	{
		Datum	   *key = palloc(sizeof(Datum));

		*key = PG_GETARG_DATUM(0);
		*result.nkeys = 1;
		PG_RETURN_POINTER(key);
	}
	pgbson_from_datum(PG_GETARG_DATUM(0), &filter);
	if (!docindex_gin_query(docindex_gin_spec_of_call(fcinfo->flinfo), &filter, &query))
	{
		*result.nkeys = 0;
		*result.search_mode = GIN_SEARCH_MODE_ALL;
		PG_RETURN_POINTER(NULL);
	}
	PG_RETURN_POINTER(return_keys(&query, &result));
}

/*
 * docdb.gin_compare_partial(bytea, bytea, smallint, internal): whether a key, one that is not
 * before the beginning of a range, is in it (0) or after it (1).
 */
Datum
docdb_gin_compare_partial(PG_FUNCTION_ARGS)
{
	const bytea *key = PG_GETARG_BYTEA_PP(1);
	const KeyExtra *extra = (const KeyExtra *) PG_GETARG_POINTER(3);
	KeyBytes	bytes = {(const uint8 *) VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)};

	PG_RETURN_INT32(docindex_compare_bytes(&bytes, &extra->high) < 0 ? 0 : 1);
}

/* The value of a tree where it is known which of its keys a row has. */
static GinTernaryValue
evaluate(const GinTree *tree, const GinTernaryValue *check)
{
	GinTernaryValue deciding = tree->kind == GIN_TREE_OR ? GIN_TRUE : GIN_FALSE;
	GinTernaryValue result = tree->kind == GIN_TREE_OR ? GIN_FALSE : GIN_TRUE;
	const ListCell *lc;

	check_stack_depth();
	if (tree->kind == GIN_TREE_NEVER)
		return GIN_FALSE;
	if (tree->kind == GIN_TREE_KEY)
		return check[tree->key];
	foreach(lc, tree->children)
	{
		GinTernaryValue value = evaluate(lfirst(lc), check);

		if (value == deciding)
			return value;
		if (value == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	return result;
}

/*
 * docdb.gin_consistent(internal, smallint, bson, integer, internal, internal, internal): whether a
 * row may match.  That it does is never certain.
 */
Datum
docdb_gin_consistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *check = (const GinTernaryValue *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		nkeys = PG_GETARG_INT32(3);
	Pointer    *extra_data = (Pointer *) PG_GETARG_POINTER(4);
	const KeyExtra *extra;

	if (strategy == GIN_KEY_STRATEGY)
		PG_RETURN_GIN_TERNARY_VALUE(check[0]);
	if (nkeys == 0)
		PG_RETURN_GIN_TERNARY_VALUE(GIN_MAYBE);
	extra = (const KeyExtra *) extra_data[0];
	PG_RETURN_GIN_TERNARY_VALUE(evaluate(extra->tree, check) == GIN_FALSE ?
								GIN_FALSE : GIN_MAYBE);
}
