/*
 * accum_value.c
 *		Accumulators that keep values: $first, $last, $min, $max, $push, $addToSet,
 *		$mergeObjects.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "expr/accum_internal.h"

/* ---- One value ---- */

void
expr_accum_value_init(AccumState *base)
{
}

/* Keeps a value instead of the one before, in the same memory where that suffices. */
static void
replace_value(AccumState *base, const BsonValue *value)
{
	expr_accum_value_state *state = (expr_accum_value_state *) base;

	state->present = true;
	state->value = *value;
	if (value->len == 0)
		return;
	if (value->len > state->capacity)
	{
		if (state->data)
			pfree(state->data);
		state->capacity = Max(value->len, 2 * state->capacity);
		state->data = MemoryContextAlloc(base->context, state->capacity);
	}
	memcpy(state->data, value->v.data, value->len);
	state->value.v.data = state->data;
}

void
expr_accum_value_combine(AccumState *base, const AccumState *other_base)
{
	const expr_accum_value_state *other = (const expr_accum_value_state *) other_base;

	if (other->present)
		base->op->step(base, &other->value);
}

/* Once a value equal to the one that is kept leaves, the next one is not known. */
bool
expr_accum_value_remove(AccumState *base, const BsonValue *value)
{
	const expr_accum_value_state *state = (const expr_accum_value_state *) base;

	return expr_is_nullish(value) ||
		!pgbson_equal_collated(base->collation, &state->value, value);
}

void
expr_accum_value_write(const AccumState *base, StringInfo out)
{
	const expr_accum_value_state *state = (const expr_accum_value_state *) base;

	pq_sendbyte(out, state->present);
	if (state->present)
		expr_accum_write_value(out, &state->value);
}

void
expr_accum_value_read(AccumState *base, StringInfo in)
{
	expr_accum_value_state *state = (expr_accum_value_state *) base;

	state->present = pq_getmsgbyte(in) != 0;
	if (state->present)
		expr_accum_read_value(in, &state->value);
}

/* The value, missing when there was no input or a missing one was kept. */
void
expr_accum_value_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_value_state *state = (const expr_accum_value_state *) base;

	if (state->present)
		*result = state->value;
	else
		pgbson_make_simple(BSON_MISSING, result);
}

/* The value, null when there was none. */
void
expr_accum_extreme_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_value_state *state = (const expr_accum_value_state *) base;

	if (state->present)
		*result = state->value;
	else
		pgbson_make_simple(BSON_NULL, result);
}

/* $first and $last keep any value, a missing one too. */
void
expr_accum_first_step(AccumState *base, const BsonValue *value)
{
	if (!((expr_accum_value_state *) base)->present)
		replace_value(base, value);
}

void
expr_accum_last_step(AccumState *base, const BsonValue *value)
{
	replace_value(base, value);
}

/* Null, undefined and missing do not count; of equal values the first one stays. */
static void
extreme_step(AccumState *base, const BsonValue *value, bool smallest)
{
	const expr_accum_value_state *state = (const expr_accum_value_state *) base;
	int			order;

	if (expr_is_nullish(value))
		return;
	order = state->present ?
		pgbson_compare_collated(base->collation, value, &state->value) : 0;
	if (!state->present || (smallest ? order < 0 : order > 0))
		replace_value(base, value);
}

void
expr_accum_min_step(AccumState *base, const BsonValue *value)
{
	extreme_step(base, value, true);
}

void
expr_accum_max_step(AccumState *base, const BsonValue *value)
{
	extreme_step(base, value, false);
}

/* ---- $push: all values but missing ones, in order ---- */

static void
make_array(const BsonValue *values, uint64 count, BsonValue *result)
{
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	for (uint64 i = 0; i < count; i++)
		pgbson_push(&builder, &values[i]);
	pgbson_finish(&builder, BSON_ARRAY, result);
}

void
expr_accum_list_init(AccumState *base)
{
}

/* Makes room for one more value. */
static void
grow_list(expr_accum_list_state *state)
{
	if (state->capacity == 0)
	{
		state->capacity = 4;
		state->values = MemoryContextAlloc(state->base.context,
										   state->capacity * sizeof(BsonValue));
	}
	else if (state->start > state->capacity / 2)
	{
		memmove(state->values, state->values + state->start,
				(state->count - state->start) * sizeof(BsonValue));
		state->count -= state->start;
		state->start = 0;
	}
	else
	{
		state->capacity *= 2;
		state->values = repalloc_huge(state->values, state->capacity * sizeof(BsonValue));
	}
}

void
expr_accum_list_step(AccumState *base, const BsonValue *value)
{
	expr_accum_list_state *state = (expr_accum_list_state *) base;

	if (value->type == BSON_MISSING)
		return;
	if (state->count == state->capacity)
		grow_list(state);
	expr_accum_keep(base, value, &state->values[state->count++]);
	state->bytes += sizeof(BsonValue) + value->len;
	expr_accum_check_memory(base->op->name, state->bytes);
}

/* Takes in the elements of an array, for $concatArrays and $setUnion; missing ones have none. */
static void
step_elements(AccumState *base, const BsonValue *array,
			  void (*step) (AccumState *state, const BsonValue *value))
{
	BsonIter	iter;

	if (array->type == BSON_MISSING)
		return;
	if (array->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("%s requires array inputs, but input %s is of type %s", base->op->name,
						pgbson_to_json(array, BSON_JSON_RELAXED),
						pgbson_type_name(array->type))));
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		step(base, &element);
	}
}

void
expr_accum_concat_step(AccumState *base, const BsonValue *value)
{
	step_elements(base, value, expr_accum_list_step);
}

void
expr_accum_list_combine(AccumState *base, const AccumState *other_base)
{
	const expr_accum_list_state *other = (const expr_accum_list_state *) other_base;

	for (uint64 i = other->start; i < other->count; i++)
		expr_accum_list_step(base, &other->values[i]);
}

bool
expr_accum_list_remove(AccumState *base, const BsonValue *value)
{
	expr_accum_list_state *state = (expr_accum_list_state *) base;

	if (value->type == BSON_MISSING)
		return true;
	Assert(state->start < state->count);
	state->bytes -= sizeof(BsonValue) + state->values[state->start].len;
	expr_accum_release(&state->values[state->start++]);
	return true;
}

void
expr_accum_list_write(const AccumState *base, StringInfo out)
{
	const expr_accum_list_state *state = (const expr_accum_list_state *) base;

	pq_sendint64(out, state->count - state->start);
	for (uint64 i = state->start; i < state->count; i++)
		expr_accum_write_value(out, &state->values[i]);
}

void
expr_accum_list_read(AccumState *base, StringInfo in)
{
	uint64		count = pq_getmsgint64(in);

	while (count-- > 0)
	{
		BsonValue	value;

		expr_accum_read_value(in, &value);
		expr_accum_list_step(base, &value);
	}
}

void
expr_accum_list_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_list_state *state = (const expr_accum_list_state *) base;

	make_array(state->values + state->start, state->count - state->start, result);
}

/* ---- $addToSet: distinct values but missing ones ---- */

void
expr_accum_set_init(AccumState *base)
{
	expr_value_set_init_collated(&((expr_accum_set_state *) base)->set, base->context,
								 base->collation);
}

void
expr_accum_set_step(AccumState *base, const BsonValue *value)
{
	expr_accum_set_state *state = (expr_accum_set_state *) base;

	if (value->type == BSON_MISSING || !expr_value_set_add_copy(&state->set, value))
		return;
	state->bytes += sizeof(BsonValue) + value->len;
	expr_accum_check_memory(base->op->name, state->bytes);
}

void
expr_accum_union_step(AccumState *base, const BsonValue *value)
{
	step_elements(base, value, expr_accum_set_step);
}

void
expr_accum_set_combine(AccumState *base, const AccumState *other_base)
{
	const ValueSet *other = &((const expr_accum_set_state *) other_base)->set;

	for (uint32 i = 0; i < other->count; i++)
		expr_accum_set_step(base, &other->values[i]);
}

bool
expr_accum_set_remove(AccumState *base, const BsonValue *value)
{
	return value->type == BSON_MISSING;
}

void
expr_accum_set_write(const AccumState *base, StringInfo out)
{
	const ValueSet *set = &((const expr_accum_set_state *) base)->set;

	pq_sendint64(out, set->count);
	for (uint32 i = 0; i < set->count; i++)
		expr_accum_write_value(out, &set->values[i]);
}

void
expr_accum_set_read(AccumState *base, StringInfo in)
{
	uint64		count = pq_getmsgint64(in);

	while (count-- > 0)
	{
		BsonValue	value;

		expr_accum_read_value(in, &value);
		expr_accum_set_step(base, &value);
	}
}

void
expr_accum_set_final(const AccumState *base, BsonValue *result)
{
	const ValueSet *set = &((const expr_accum_set_state *) base)->set;

	make_array(set->values, set->count, result);
}

/* ---- $mergeObjects: the fields of all documents, of equal names the last value ---- */

void
expr_accum_merge_init(AccumState *base)
{
	expr_value_set_init(&((expr_accum_merge_state *) base)->names, base->context);
}

static void
merge_field(expr_accum_merge_state *state, const char *name, uint32 len, const BsonValue *value)
{
	BsonValue	key;
	int64		i;

	pgbson_make_string(name, len, &key);
	i = expr_value_set_find(&state->names, &key);
	if (i >= 0)
		expr_accum_release(&state->values[i]);
	else
	{
		i = state->names.count;
		(void) expr_value_set_add_copy(&state->names, &key);
		if (state->values == NULL)
		{
			state->capacity = state->names.capacity;
			state->values = MemoryContextAlloc(state->base.context,
											   state->capacity * sizeof(BsonValue));
		}
		else if (state->capacity < state->names.capacity)
		{
			state->capacity = state->names.capacity;
			state->values = repalloc_huge(state->values,
										  (Size) state->capacity * sizeof(BsonValue));
		}
	}
	expr_accum_keep(&state->base, value, &state->values[i]);
}

void
expr_accum_merge_step(AccumState *base, const BsonValue *value)
{
	BsonIter	iter;

	if (expr_is_nullish(value))
		return;
	if (value->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40400)),
				 errmsg("$mergeObjects requires object inputs, but input %s is of type %s",
						pgbson_to_json(value, BSON_JSON_RELAXED),
						pgbson_type_name(value->type))));
	pgbson_iter_init(&iter, value);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	field;

		pgbson_iter_value(&iter, &field);
		merge_field((expr_accum_merge_state *) base, iter.key, iter.keylen, &field);
	}
}

void
expr_accum_merge_combine(AccumState *base, const AccumState *other_base)
{
	const expr_accum_merge_state *other = (const expr_accum_merge_state *) other_base;

	for (uint32 i = 0; i < other->names.count; i++)
		merge_field((expr_accum_merge_state *) base, other->names.values[i].v.data,
					other->names.values[i].len, &other->values[i]);
}

bool
expr_accum_merge_remove(AccumState *base, const BsonValue *value)
{
	return expr_is_nullish(value);
}

void
expr_accum_merge_write(const AccumState *base, StringInfo out)
{
	BsonValue	document;

	expr_accum_merge_final(base, &document);
	expr_accum_write_value(out, &document);
}

void
expr_accum_merge_read(AccumState *base, StringInfo in)
{
	BsonValue	document;

	expr_accum_read_value(in, &document);
	expr_accum_merge_step(base, &document);
}

void
expr_accum_merge_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_merge_state *state = (const expr_accum_merge_state *) base;
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	for (uint32 i = 0; i < state->names.count; i++)
		pgbson_append(&builder, state->names.values[i].v.data, state->names.values[i].len,
					  &state->values[i]);
	pgbson_finish(&builder, BSON_DOCUMENT, result);
}
