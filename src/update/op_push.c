/*
 * op_push.c
 *		The update operator $push.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "pgbson/element_sort.h"
#include "pgbson/number.h"
#include "update/update_internal.h"

typedef struct PushData
{
	BsonValue	values;			/* ARRAY, or MISSING where the operand is the one value */
	int64		position;
	bool		has_slice;
	int64		slice;
	BsonElementSort *sort;		/* NULL for none */
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

static void
parse_sort(const BsonIter *clause, PushData *data)
{
	static const BsonElementSortErrors errors = {
		DOCDB_ERR_BAD_VALUE, DOCDB_ERR_BAD_VALUE, DOCDB_ERR_BAD_VALUE
	};
	BsonValue	value;

	pgbson_iter_value(clause, &value);
	data->sort = pgbson_element_sort_compile(&value, &errors);
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
			refuse_twice(data->sort != NULL, iter.key);
			parse_sort(&iter, data);
			data->sort->collation = expr_scope_collation(parser->scope);
			parser->update->always_modifies = true;
		}
		else
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("Unrecognized clause in $push: %s", iter.key)));
	}
}

/* ---- Applying ---- */

static int64
add_elements(const BsonValue *array, BsonValue *elements, int64 count)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
		pgbson_iter_value(&iter, &elements[count++]);
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
	BsonValue  *elements;
	BsonBuilder builder;

	elements = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(BsonValue));
	(void) add_elements(old, elements, 0);
	memmove(&elements[position + nvalues], &elements[position],
			(nold - position) * sizeof(BsonValue));
	(void) add_elements(values, elements, position);
	if (data->sort != NULL)
		pgbson_element_sort(data->sort, elements, count);
	if (data->has_slice && data->slice >= 0)
		last = Min(data->slice, count);
	else if (data->has_slice && data->slice > -count)
		first = count + data->slice;

	pgbson_builder_init(&builder);
	for (int64 i = first; i < last; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pgbson_push(&builder, &elements[i]);
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
	if (data->position == PG_INT64_MAX && !data->has_slice && data->sort == NULL)
		append_values(old, &values, new);
	else
		push_general(data, old, &values, new);
	return UPDATE_SET;
}
