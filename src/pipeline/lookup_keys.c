/*
 * lookup_keys.c
 *		The join keys of $lookup's two sides.
 *
 * MongoDB defines the equality form by the filter that it runs on the foreign collection for each
 * local document: {<foreignField>: {$in: [<values of localField>]}}, with null where there are no
 * values.  The values of localField are the elements where the path ends in an array, and null is
 * not among them for an element that lacks the field.  On the foreign side {<path>: {$eq: v}} is
 * true for a v that is the value at the path or, where that is an array, one of its elements;
 * null also matches what is missing.  Both sides become sets of keys such that documents belong
 * together exactly when their sets meet.
 *
 * By a collation the keys are not the values but their key strings, as binary values, so that
 * equality of keys is all that joins need to know.
 *
 * MongoDB itself runs most such stages as joins, whose notion of a missing foreign value is
 * a little wider than the filter's; see foreign_keys.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#include "base/oids.h"
#include "match/match.h"
#include "pipeline/pipeline_internal.h"

PG_FUNCTION_INFO_V1(docdb_lookup_local_keys);
PG_FUNCTION_INFO_V1(docdb_lookup_foreign_keys);
PG_FUNCTION_INFO_V1(docdb_each_key);
PG_FUNCTION_INFO_V1(docdb_only_key);
PG_FUNCTION_INFO_V1(docdb_first_common_key);

typedef struct KeySet
{
	int			nkeys;
	int			max_keys;
	BsonValue  *keys;
} KeySet;

static void
add_key(KeySet *set, const BsonValue *key)
{
	if (set->nkeys >= set->max_keys)
	{
		set->max_keys = Max(4, 2 * set->max_keys);
		set->keys = set->keys
			? repalloc(set->keys, set->max_keys * sizeof(BsonValue))
			: palloc(set->max_keys * sizeof(BsonValue));
	}
	set->keys[set->nkeys++] = *key;
}

static int
compare_keys(const void *a, const void *b, void *arg)
{
	return pgbson_compare(a, b);
}

/* Makes the key a binary value of its key string. */
static void
collate_key(BsonValue *key, const BsonCollation *collation)
{
	StringInfoData string;

	initStringInfo(&string);
	pgbson_keystring_append_collated(&string, key, false, collation);
	pgbson_make_simple(BSON_BINARY, key);
	key->v.data = string.data;
	key->len = string.len;
}

/* Sorts the keys and drops repeated ones. */
static void
finish_keys(KeySet *set, const BsonCollation *collation)
{
	int			n = 1;

	for (int i = 0; collation != NULL && i < set->nkeys; i++)
		collate_key(&set->keys[i], collation);
	if (set->nkeys <= 1)
		return;
	qsort_interruptible(set->keys, set->nkeys, sizeof(BsonValue), compare_keys, NULL);
	for (int i = 1; i < set->nkeys; i++)
		if (pgbson_compare(&set->keys[n - 1], &set->keys[i]) != 0)
			set->keys[n++] = set->keys[i];
	set->nkeys = n;
}

/* The element of an array at a position; false when there is none. */
static bool
get_element(const BsonValue *array, int32 index, BsonValue *value)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		if (index-- == 0)
		{
			pgbson_iter_value(&iter, value);
			return true;
		}
	}
	return false;
}

/* ---- The local side ---- */

static void
add_elements(KeySet *set, const BsonValue *array)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		add_key(set, &value);
	}
}

/* The values at a path below a document, starting with part i of the path. */
static void
collect_local(KeySet *set, const BsonValue *document, const BsonPath *path, int i)
{
	BsonValue	value;

	check_stack_depth();
	if (!pgbson_get(document, path->part[i].name, path->part[i].len, &value))
		return;

	/* Numbers in the path are positions as long as there are arrays. */
	for (i++; i < path->nparts && value.type == BSON_ARRAY && path->part[i].index >= 0; i++)
	{
		BsonValue	element;

		if (!get_element(&value, path->part[i].index, &element))
			return;
		value = element;
	}

	if (i == path->nparts)
	{
		if (value.type == BSON_ARRAY)
			add_elements(set, &value);
		else
			add_key(set, &value);
	}
	else if (value.type == BSON_DOCUMENT)
		collect_local(set, &value, path, i);
	else if (value.type == BSON_ARRAY)
	{
		BsonIter	iter;

		pgbson_iter_init(&iter, &value);
		while (pgbson_iter_next(&iter))
		{
			BsonValue	element;

			if (iter.type != BSON_DOCUMENT)
				continue;
			pgbson_iter_value(&iter, &element);
			collect_local(set, &element, path, i);
		}
	}
}

static void
local_keys(KeySet *set, const BsonValue *document, const BsonPath *path,
		   const BsonCollation *collation)
{
	memset(set, 0, sizeof(*set));
	collect_local(set, document, path, 0);
	if (set->nkeys == 0)
	{
		BsonValue	null;

		pgbson_make_simple(BSON_NULL, &null);
		add_key(set, &null);
	}
	finish_keys(set, collation);
}

/* ---- The foreign side ---- */

/* A value at the end of the path: itself and, of an array, its elements. */
static void
add_value(KeySet *set, const BsonValue *value)
{
	add_key(set, value);
	if (value->type == BSON_ARRAY)
		add_elements(set, value);
}

/* The values at a path below a document or, where the parent was an array, one of its elements. */
static void
collect_foreign(KeySet *set, const BsonValue *document, const BsonPath *path, int i)
{
	BsonValue	value;
	BsonValue	element;
	BsonIter	iter;

	check_stack_depth();
	if (!pgbson_get(document, path->part[i].name, path->part[i].len, &value))
		return;
	if (++i == path->nparts)
	{
		add_value(set, &value);
		return;
	}
	for (;;)
	{
		if (value.type == BSON_DOCUMENT)
		{
			collect_foreign(set, &value, path, i);
			return;
		}
		if (value.type != BSON_ARRAY)
			return;

		/* The next part may be a field of the elements ... */
		pgbson_iter_init(&iter, &value);
		while (pgbson_iter_next(&iter))
		{
			if (iter.type != BSON_DOCUMENT)
				continue;
			pgbson_iter_value(&iter, &element);
			collect_foreign(set, &element, path, i);
		}

		/* ... and a position, too. */
		if (path->part[i].index < 0 || !get_element(&value, path->part[i].index, &element))
			return;
		value = element;
		if (++i == path->nparts)
		{
			/* What a position leads to is one value, be it an array. */
			add_key(set, &value);
			return;
		}
	}
}

/* Whether {<path>: null} matches is for the filter language to say. */
static Matcher *
compile_null_filter(const BsonValue *path)
{
	BsonBuilder builder;
	BsonValue	null;
	BsonValue	filter;

	pgbson_make_simple(BSON_NULL, &null);
	pgbson_builder_init(&builder);
	pgbson_append(&builder, path->v.data, path->len, &null);
	pgbson_finish(&builder, BSON_DOCUMENT, &filter);
	return match_compile(&filter, NULL);
}

typedef struct ForeignField
{
	BsonPath   *path;
	bool		positions;		/* a part of the path may be a position */
	Matcher    *null_matcher;
	const BsonCollation *collation;
} ForeignField;

/*
 * A document without any value at the path has the key null, even where {<path>: null} does not
 * match it because the path ends at an array's elements: so do MongoDB's joins, unless there are
 * positions in the path, when it falls back on the filter.
 */
static void
foreign_keys(KeySet *set, const BsonValue *document, const ForeignField *field)
{
	memset(set, 0, sizeof(*set));
	collect_foreign(set, document, field->path, 0);
	if ((set->nkeys == 0 && !field->positions) ||
		match_eval(field->null_matcher, document, NULL))
	{
		BsonValue	null;

		pgbson_make_simple(BSON_NULL, &null);
		add_key(set, &null);
	}
	finish_keys(set, field->collation);
}

/* ---- SQL functions ---- */

static Datum
key_array(const KeySet *set)
{
	Datum	   *keys = palloc(set->nkeys * sizeof(Datum));

	for (int i = 0; i < set->nkeys; i++)
		keys[i] = pgbson_value_get_datum(&set->keys[i]);
	return PointerGetDatum(construct_array(keys, set->nkeys, docdb_oids()->bson_value_type, -1,
										   false, TYPALIGN_INT));
}

/* The keys of an array that key_array made; NULL elements are left out. */
static void
read_key_array(Datum datum, KeySet *set)
{
	ArrayType  *array = DatumGetArrayTypeP(datum);
	Datum	   *values;
	bool	   *nulls;
	int			nvalues;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &values, &nulls,
					  &nvalues);
	memset(set, 0, sizeof(*set));
	for (int i = 0; i < nvalues; i++)
	{
		BsonValue	key;

		if (nulls[i])
			continue;
		pgbson_value_from_datum(values[i], &key);
		add_key(set, &key);
	}
}

/*
 * docdb.lookup_local_keys(document bson, path bson_value, collation bson) returns bson_value[],
 * never empty.
 */
Datum
docdb_lookup_local_keys(PG_FUNCTION_ARGS)
{
	BsonValue	document;
	BsonValue	path;
	BsonValue	spec;
	const BsonCollation *collation = NULL;
	KeySet		set;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_value_from_datum(PG_GETARG_DATUM(1), &path);
	if (PG_NARGS() > 2)
	{
		pgbson_from_datum(PG_GETARG_DATUM(2), &spec);
		collation = pgbson_collation_cached(fcinfo->flinfo, &spec);
	}
	local_keys(&set, &document, pipeline_path_of(&path), collation);
	PG_RETURN_DATUM(key_array(&set));
}

static void *
compile_foreign_field(const BsonValue *specs, ExprScope *scope)
{
	ForeignField *field = palloc0(sizeof(ForeignField));

	field->path = pipeline_path_of(&specs[0]);
	for (int i = 0; i < field->path->nparts; i++)
		field->positions = field->positions || field->path->part[i].index >= 0;
	field->null_matcher = compile_null_filter(&specs[0]);
	if (specs[1].type != BSON_MISSING)
		field->collation = pgbson_collation_open(&specs[1]);
	return field;
}

/* docdb.lookup_foreign_keys(document bson, path bson_value, collation bson) returns bson_value[] */
Datum
docdb_lookup_foreign_keys(PG_FUNCTION_ARGS)
{
	BsonValue	document;
	BsonValue	specs[2];
	ForeignField *field;
	ExprEvalContext *context;
	KeySet		set;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_value_from_datum(PG_GETARG_DATUM(1), &specs[0]);
	pgbson_make_simple(BSON_MISSING, &specs[1]);
	if (PG_NARGS() > 2)
		pgbson_from_datum(PG_GETARG_DATUM(2), &specs[1]);
	field = expr_cached(fcinfo, specs, 2, NULL, compile_foreign_field, &context);
	foreign_keys(&set, &document, field);
	PG_RETURN_DATUM(key_array(&set));
}

/*
 * docdb.each_key(keys bson_value[]) returns setof bson_value: unnest, but with an estimate that
 * suits keys, of which most documents have one.
 */
Datum
docdb_each_key(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	KeySet	   *set;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		call = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		set = palloc(sizeof(KeySet));
		read_key_array(PointerGetDatum(PG_GETARG_ARRAYTYPE_P_COPY(0)), set);
		call->user_fctx = set;
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	set = call->user_fctx;
	if (call->call_cntr < set->nkeys)
	{
		Datum		key = pgbson_value_get_datum(&set->keys[call->call_cntr]);

		SRF_RETURN_NEXT(call, key);
	}
	SRF_RETURN_DONE(call);
}

/* docdb.only_key(bson_value[]) returns bson_value: the key where there is one, NULL for several. */
Datum
docdb_only_key(PG_FUNCTION_ARGS)
{
	KeySet		set;

	read_key_array(PG_GETARG_DATUM(0), &set);
	if (set.nkeys != 1)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(pgbson_value_get_datum(&set.keys[0]));
}

/*
 * docdb.first_common_key(bson_value[], bson_value[]) returns bson_value: the least key that two
 * sorted arrays share, or NULL.  Of the rows that one pair of documents has in a join by keys, the
 * one with this key stands for all.
 */
Datum
docdb_first_common_key(PG_FUNCTION_ARGS)
{
	KeySet		a;
	KeySet		b;
	int			i = 0;
	int			j = 0;

	read_key_array(PG_GETARG_DATUM(0), &a);
	read_key_array(PG_GETARG_DATUM(1), &b);
	while (i < a.nkeys && j < b.nkeys)
	{
		int			order = pgbson_compare(&a.keys[i], &b.keys[j]);

		if (order == 0)
			PG_RETURN_DATUM(pgbson_value_get_datum(&a.keys[i]));
		if (order < 0)
			i++;
		else
			j++;
	}
	PG_RETURN_NULL();
}
