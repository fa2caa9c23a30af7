/*
 * op_push.c
 *		The update operator $push.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "pgbson/number.h"
#include "update/update_internal.h"

/* A field of the $sort clause; a NULL path stands for the whole element. */
typedef struct SortKey
{
	BsonPath   *path;
	bool		descending;
} SortKey;

typedef struct PushData
{
	BsonValue	values;			/* ARRAY, or MISSING where the operand is the one value */
	int64		position;
	bool		has_slice;
	int64		slice;
	int			nkeys;
	SortKey    *keys;
} PushData;

/* ---- Parsing ---- */

static void
parse_integer(const BsonIter *clause, int64 *result)
{
	BsonValue	value;

	pgbson_iter_value(clause, &value);
	if (!pgbson_is_number(&value) || !pgbson_number_to_int64_exact(&value, result))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The value for %s must be an integer value but was given type: %s",
						clause->key, pgbson_type_name(value.type))));
}

/* 1 or -1. */
static bool
parse_direction(const BsonValue *value)
{
	double		direction = pgbson_is_number(value) ? pgbson_number_to_double(value) : 0;

	if (direction != 1 && direction != -1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The $sort element value must be either 1 or -1")));
	return direction < 0;
}

static void
parse_sort_key(const BsonIter *field, SortKey *key)
{
	BsonValue	direction;

	pgbson_iter_value(field, &direction);
	key->descending = parse_direction(&direction);
	if (field->keylen == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The $sort field cannot be empty")));
	key->path = pgbson_path_parse(field->key, field->keylen);
	for (int i = 0; i < key->path->nparts; i++)
		if (key->path->part[i].len == 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("The $sort field is a dotted field but has an empty part: %s",
							field->key)));
}

/* { <field>: 1 | -1, ... }, or 1 or -1 for the whole elements. */
static void
parse_sort(const BsonIter *clause, PushData *data)
{
	BsonValue	value;
	BsonIter	iter;

	pgbson_iter_value(clause, &value);
	if (pgbson_is_number(&value))
	{
		data->keys = palloc0(sizeof(SortKey));
		data->nkeys = 1;
		data->keys[0].descending = parse_direction(&value);
		return;
	}
	if (value.type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The $sort is invalid: use 1/-1 to sort the whole element, or "
						"{field:1/-1} to sort embedded fields")));
	pgbson_iter_init(&iter, &value);
	if (iter.next >= iter.end)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The $sort pattern is empty when it should be a set of fields.")));
	data->keys = palloc(pgbson_count(&value) * sizeof(SortKey));
	while (pgbson_iter_next(&iter))
		parse_sort_key(&iter, &data->keys[data->nkeys++]);
}

static void
parse_each(const BsonIter *clause, PushData *data)
{
	pgbson_iter_value(clause, &data->values);
	if (data->values.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The argument to $each in $push must be an array but it was of type: %s",
						pgbson_type_name(data->values.type))));
}

static void
refuse_twice(bool seen, const char *name)
{
	if (seen)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Only one %s is supported.", name)));
}

/*
 * { $push: { <path>: <value> } }
 * { $push: { <path>: { $each: [ <value>, ... ], $position: <int>, $slice: <int>,
 *						$sort: 1 | -1 | { <field>: 1 | -1, ... } } } }
 */
void
update_parse_push(UpdateParser *parser, UpdateAction *action)
{
	PushData   *data = palloc0(sizeof(PushData));
	bool		has_position = false;
	BsonValue	each;
	BsonIter	iter;

	data->position = PG_INT64_MAX;
	action->data = data;
	if (action->operand.type != BSON_DOCUMENT ||
		!pgbson_get(&action->operand, "$each", 5, &each))
		return;
	pgbson_iter_init(&iter, &action->operand);
	while (pgbson_iter_next(&iter))
	{
		if (strcmp(iter.key, "$each") == 0)
		{
			refuse_twice(data->values.type != BSON_MISSING, iter.key);
			parse_each(&iter, data);
		}
		else if (strcmp(iter.key, "$position") == 0)
		{
			refuse_twice(has_position, iter.key);
			has_position = true;
			parse_integer(&iter, &data->position);
		}
		else if (strcmp(iter.key, "$slice") == 0)
		{
			refuse_twice(data->has_slice, iter.key);
			data->has_slice = true;
			parse_integer(&iter, &data->slice);
		}
		else if (strcmp(iter.key, "$sort") == 0)
		{
			refuse_twice(data->nkeys > 0, iter.key);
			parse_sort(&iter, data);
		}
		else
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("Unrecognized clause in $push: %s", iter.key)));
	}
}

/* ---- Applying ---- */

/* An element with what it is sorted by. */
typedef struct PushElement
{
	BsonValue	value;
	BsonValue  *keys;
	int64		place;			/* before sorting, to keep equal elements in order */
} PushElement;

static int
compare_elements(const void *a, const void *b, void *arg)
{
	const PushElement *x = a;
	const PushElement *y = b;
	const PushData *data = arg;

	for (int i = 0; i < data->nkeys; i++)
	{
		int			order = pgbson_compare(&x->keys[i], &y->keys[i]);

		if (order != 0)
			return data->keys[i].descending ? -order : order;
	}
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Missing fields sort as null; an element that is no document has no fields. */
static void
find_keys(const PushData *data, PushElement *element)
{
	element->keys = palloc(data->nkeys * sizeof(BsonValue));
	for (int i = 0; i < data->nkeys; i++)
	{
		BsonPath   *path = data->keys[i].path;

		if (path == NULL)
			element->keys[i] = element->value;
		else if (element->value.type != BSON_DOCUMENT ||
				 !pgbson_path_get(&element->value, path, &element->keys[i]))
			pgbson_make_simple(BSON_NULL, &element->keys[i]);
	}
}

static int64
add_elements(const BsonValue *array, PushElement *elements, int64 count)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
		pgbson_iter_value(&iter, &elements[count++].value);
	return count;
}

/* Appends values to an array whose elements are copied as they are. */
static void
append_values(const BsonValue *old, const BsonValue *values, BsonValue *new)
{
	BsonBuilder builder;
	BsonIter	iter;
	const char *start;
	uint32		count = 0;

	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, old);
	start = iter.next;
	while (pgbson_iter_next(&iter))
		count++;
	pgbson_append_elements(&builder, start, iter.end);
	pgbson_iter_init(&iter, values);
	while (pgbson_iter_next(&iter))
	{
		char		name[12];
		int			len = pg_ultoa_n(count++, name);

		pgbson_append_payload(&builder, name, len, &iter);
	}
	pgbson_finish(&builder, BSON_ARRAY, new);
}

/* Where the first new element goes. */
static int64
find_position(int64 position, int64 count)
{
	if (position >= 0)
		return Min(position, count);
	return position > -count ? count + position : 0;
}

static void
push_general(const PushData *data, const BsonValue *old, const BsonValue *values, BsonValue *new)
{
	int64		nold = pgbson_count(old);
	int64		nvalues = pgbson_count(values);
	int64		count = nold + nvalues;
	int64		position = find_position(data->position, nold);
	int64		first = 0;
	int64		last = count;
	PushElement *elements;
	BsonBuilder builder;

	elements = MemoryContextAllocHuge(CurrentMemoryContext,
									  Max(count, 1) * sizeof(PushElement));
	(void) add_elements(old, elements, 0);
	memmove(&elements[position + nvalues], &elements[position],
			(nold - position) * sizeof(PushElement));
	(void) add_elements(values, elements, position);
	if (data->nkeys > 0)
	{
		for (int64 i = 0; i < count; i++)
		{
			elements[i].place = i;
			find_keys(data, &elements[i]);
		}
		qsort_interruptible(elements, count, sizeof(PushElement), compare_elements,
							unconstify(PushData *, data));
	}
	if (data->has_slice && data->slice >= 0)
		last = Min(data->slice, count);
	else if (data->has_slice && data->slice > -count)
		first = count + data->slice;

	pgbson_builder_init(&builder);
	for (int64 i = first; i < last; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pgbson_push(&builder, &elements[i].value);
	}
	pgbson_finish(&builder, BSON_ARRAY, new);
}

UpdateOutcome
update_apply_push(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	const UpdateAction *action = call->action;
	const PushData *data = action->data;
	BsonBuilder builder;
	BsonValue	empty;
	BsonValue	values = data->values;

	if (old->type == BSON_MISSING)
	{
		pgbson_builder_init(&builder);
		pgbson_finish(&builder, BSON_ARRAY, &empty);
		old = &empty;
	}
	else if (old->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The field '%s' must be an array but is of type %s in document %s",
						action->path, pgbson_type_name(old->type),
						update_id_text(call->document))));
	if (values.type == BSON_MISSING)
	{
		pgbson_builder_init(&builder);
		pgbson_push(&builder, &action->operand);
		pgbson_finish(&builder, BSON_ARRAY, &values);
	}
	if (data->position == PG_INT64_MAX && !data->has_slice && data->nkeys == 0)
		append_values(old, &values, new);
	else
		push_general(data, old, &values, new);
	return UPDATE_SET;
}
