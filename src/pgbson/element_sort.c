/*
 * element_sort.c
 *		Sorting the elements of an array, as $push and $sortArray do.
 */
#include "postgres.h"

#include "pgbson/element_sort.h"
#include "pgbson/number.h"

/* An element with the values that it is sorted by. */
typedef struct SortElement
{
	BsonValue	value;
	BsonValue  *keys;
	int64		place;			/* before sorting */
} SortElement;

/* ---- Compiling ---- */

static bool
is_descending(const BsonValue *value, int sqlstate)
{
	double		direction = pgbson_is_number(value) ? pgbson_number_to_double(value) : 0;

	if (direction != 1 && direction != -1)
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg("The $sort element value must be either 1 or -1")));
	return direction < 0;
}

static void
compile_key(const BsonIter *field, const BsonElementSortErrors *errors, BsonElementKey *key)
{
	BsonValue	direction;

	pgbson_iter_value(field, &direction);
	key->descending = is_descending(&direction, errors->bad_field);
	if (field->keylen == 0)
		ereport(ERROR,
				(errcode(errors->bad_field),
				 errmsg("The $sort field cannot be empty")));
	key->path = pgbson_path_parse(field->key, field->keylen);
	for (int i = 0; i < key->path->nparts; i++)
	{
		if (key->path->part[i].len == 0)
			ereport(ERROR,
					(errcode(errors->bad_field),
					 errmsg("The $sort field is a dotted field but has an empty part: %s",
							field->key)));
	}
}

BsonElementSort *
pgbson_element_sort_compile(const BsonValue *spec, const BsonElementSortErrors *errors)
{
	BsonElementSort *sort = palloc0(sizeof(BsonElementSort));
	BsonIter	iter;

	if (pgbson_is_number(spec))
	{
		sort->nkeys = 1;
		sort->keys = palloc0(sizeof(BsonElementKey));
		sort->keys[0].descending = is_descending(spec, errors->bad_direction);
		return sort;
	}
	if (spec->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(errors->bad_kind),
				 errmsg("The $sort is invalid: use 1/-1 to sort the whole element, or "
						"{field:1/-1} to sort embedded fields")));
	pgbson_iter_init(&iter, spec);
	if (iter.next >= iter.end)
		ereport(ERROR,
				(errcode(errors->bad_field),
				 errmsg("The $sort pattern is empty when it should be a set of fields.")));
	sort->keys = palloc(pgbson_count(spec) * sizeof(BsonElementKey));
	while (pgbson_iter_next(&iter))
		compile_key(&iter, errors, &sort->keys[sort->nkeys++]);
	return sort;
}

/* ---- Sorting ---- */

static int
compare_elements(const void *a, const void *b, void *arg)
{
	const SortElement *x = a;
	const SortElement *y = b;
	const BsonElementSort *sort = arg;

	for (int i = 0; i < sort->nkeys; i++)
	{
		int			order = pgbson_compare_collated(sort->collation, &x->keys[i], &y->keys[i]);

		if (order != 0)
			return sort->keys[i].descending ? -order : order;
	}
	return (x->place < y->place) == sort->reverses_ties ? 1 : -1;
}

static void
find_keys(const BsonElementSort *sort, SortElement *element)
{
	for (int i = 0; i < sort->nkeys; i++)
	{
		const BsonPath *path = sort->keys[i].path;

		if (path == NULL)
			element->keys[i] = element->value;
		else if (element->value.type != BSON_DOCUMENT ||
				 !pgbson_path_get(&element->value, path, &element->keys[i]))
			pgbson_make_simple(BSON_NULL, &element->keys[i]);
	}
}

void
pgbson_element_sort(const BsonElementSort *sort, BsonValue *elements, int64 count)
{
	SortElement *sorted;
	BsonValue  *keys;

	if (count < 2)
		return;
	sorted = MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof(SortElement));
	keys = MemoryContextAllocHuge(CurrentMemoryContext,
								  (Size) count * sort->nkeys * sizeof(BsonValue));
	for (int64 i = 0; i < count; i++)
	{
		sorted[i].value = elements[i];
		sorted[i].place = i;
		sorted[i].keys = keys + i * sort->nkeys;
		find_keys(sort, &sorted[i]);
	}
	qsort_interruptible(sorted, count, sizeof(SortElement), compare_elements,
						unconstify(BsonElementSort *, sort));
	for (int64 i = 0; i < count; i++)
		elements[i] = sorted[i].value;
	pfree(keys);
	pfree(sorted);
}
