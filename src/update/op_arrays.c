/*
 * op_arrays.c
 *		Update operators on arrays: $addToSet, $pop, $pull, $pullAll.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "expr/value_set.h"
#include "pgbson/number.h"
#include "update/update_internal.h"

/* ---- Sets of values ---- */

static ValueSet *
make_set(const UpdateParser *parser)
{
	ValueSet   *set = palloc(sizeof(ValueSet));

	expr_value_set_init_collated(set, CurrentMemoryContext, expr_scope_collation(parser->scope));
	return set;
}

/* A set of an array's elements, without repetitions. */
static ValueSet *
make_set_of_array(const UpdateParser *parser, const BsonValue *array)
{
	ValueSet   *set = make_set(parser);
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		(void) expr_value_set_add(set, &value);
	}
	return set;
}

/* ---- $addToSet ---- */

/*
 * { $addToSet: { <path>: <value> } }
 * { $addToSet: { <path>: { $each: [ <value>, ... ] } } }
 */
void
update_parse_add_to_set(UpdateParser *parser, UpdateAction *action)
{
	ValueSet   *set;
	BsonIter	iter;
	BsonValue	each;

	if (action->operand.type == BSON_DOCUMENT)
	{
		pgbson_iter_init(&iter, &action->operand);
		if (pgbson_iter_next(&iter) && strcmp(iter.key, "$each") == 0)
		{
			pgbson_iter_value(&iter, &each);
			if (each.type != BSON_ARRAY)
				ereport(ERROR,
						(errcode(DOCDB_ERR_TYPE_MISMATCH),
						 errmsg("The argument to $each in $addToSet must be an array but it was "
								"of type %s", pgbson_type_name(each.type))));
			if (iter.next < iter.end)
				ereport(ERROR,
						(errcode(DOCDB_ERR_BAD_VALUE),
						 errmsg("Found unexpected fields after $each in $addToSet: %s",
								pgbson_to_json(&action->operand, BSON_JSON_RELAXED))));
			action->data = make_set_of_array(parser, &each);
			return;
		}
	}
	set = make_set(parser);
	(void) expr_value_set_add(set, &action->operand);
	action->data = set;
}

UpdateOutcome
update_apply_add_to_set(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	const UpdateAction *action = call->action;
	const ValueSet *set = action->data;
	bool	   *present = palloc0(Max(set->count, 1) * sizeof(bool));
	uint32		npresent = 0;
	uint32		count = 0;
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	if (old->type != BSON_MISSING)
	{
		BsonIter	iter;
		const char *start;

		if (old->type != BSON_ARRAY)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("Cannot apply $addToSet to non-array field. Field named '%s' has "
							"non-array type %s", action->path, pgbson_type_name(old->type))));
		pgbson_iter_init(&iter, old);
		start = iter.next;
		while (pgbson_iter_next(&iter))
		{
			BsonValue	value;
			int64		i;

			pgbson_iter_value(&iter, &value);
			i = expr_value_set_find(set, &value);
			if (i >= 0 && !present[i])
			{
				present[i] = true;
				npresent++;
			}
			count++;
		}
		if (npresent == set->count)
			return UPDATE_KEEP;
		pgbson_append_elements(&builder, start, iter.end);
	}
	for (uint32 i = 0; i < set->count; i++)
	{
		char		name[12];
		int			len;

		if (present[i])
			continue;
		len = pg_ultoa_n(count++, name);
		pgbson_append(&builder, name, len, &set->values[i]);
	}
	pgbson_finish(&builder, BSON_ARRAY, new);
	return UPDATE_SET;
}

/* ---- $pull and $pullAll ---- */

typedef bool PullTest(UpdateCall *call, const BsonValue *element);

/* Removes the elements of an array that pass a test. */
static UpdateOutcome
pull(UpdateCall *call, const BsonValue *old, PullTest *test, BsonValue *new)
{
	BsonBuilder builder;
	BsonIter	iter;
	const char *start;
	uint32		kept = 0;
	bool		removed = false;

	if (old->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Cannot apply $pull to a non-array value")));
	pgbson_iter_init(&iter, old);
	start = iter.next;
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		CHECK_FOR_INTERRUPTS();
		pgbson_iter_value(&iter, &value);
		if (test(call, &value))
		{
			if (!removed)
			{
				removed = true;
				pgbson_builder_init(&builder);
				pgbson_append_elements(&builder, start, iter.key - 1);
			}
			continue;
		}
		if (removed)
		{
			char		name[12];
			int			len = pg_ultoa_n(kept, name);

			pgbson_append_payload(&builder, name, len, &iter);
		}
		kept++;
	}
	if (!removed)
		return UPDATE_KEEP;
	pgbson_finish(&builder, BSON_ARRAY, new);
	return UPDATE_SET;
}

/* $not cannot come first: as an operator at the top of a filter it is none. */
static void
check_pull(const BsonValue *condition)
{
	BsonIter	iter;

	if (condition->type != BSON_DOCUMENT)
		return;
	pgbson_iter_init(&iter, condition);
	if (pgbson_iter_next(&iter) && strcmp(iter.key, "$not") == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("unknown top level operator: $not. If you are trying to negate an entire "
						"expression, use $nor.")));
}

/* { $pull: { <path>: <value> | <condition on the elements> } } */
void
update_parse_pull(UpdateParser *parser, UpdateAction *action)
{
	check_pull(&action->operand);
	if (action->operand.type == BSON_DOCUMENT || action->operand.type == BSON_REGEX)
		action->data = match_compile_element(&action->operand, parser->scope);
}

/* Without a matcher the operand is a value to equal. */
static bool
pull_test(UpdateCall *call, const BsonValue *element)
{
	const UpdateAction *action = call->action;

	if (action->data == NULL)
		return pgbson_equal_collated(call->context->collation, element, &action->operand);
	return match_eval_element(action->data, element, call->context);
}

UpdateOutcome
update_apply_pull(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	return pull(call, old, pull_test, new);
}

/* { $pullAll: { <path>: [ <value>, ... ] } } */
void
update_parse_pull_all(UpdateParser *parser, UpdateAction *action)
{
	if (action->operand.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$pullAll requires an array argument but was given a %s",
						pgbson_type_name(action->operand.type))));
	action->data = make_set_of_array(parser, &action->operand);
}

static bool
pull_all_test(UpdateCall *call, const BsonValue *element)
{
	return expr_value_set_find(call->action->data, element) >= 0;
}

UpdateOutcome
update_apply_pull_all(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	return pull(call, old, pull_all_test, new);
}

/* ---- $pop ---- */

/* { $pop: { <path>: 1 | -1 } }: the last or the first element */
void
update_parse_pop(UpdateParser *parser, UpdateAction *action)
{
	int64		direction;

	if (!pgbson_is_number(&action->operand) ||
		!pgbson_number_to_int64_exact(&action->operand, &direction))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Expected an integer: %s: %s", action->path,
						pgbson_to_json(&action->operand, BSON_JSON_RELAXED))));
	if (direction != 1 && direction != -1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("$pop expects 1 or -1, found: " INT64_FORMAT, direction)));
	if (direction < 0)
		action->data = action;	/* anything that is not NULL: from the front */
}

UpdateOutcome
update_apply_pop(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	const UpdateAction *action = call->action;
	bool		front = action->data != NULL;
	BsonBuilder builder;
	BsonIter	iter;
	uint32		count = 0;

	if (old->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("Path '%s' contains an element of non-array type '%s'", action->path,
						pgbson_type_name(old->type))));
	pgbson_iter_init(&iter, old);
	if (iter.next >= iter.end)
		return UPDATE_KEEP;
	pgbson_builder_init(&builder);
	while (pgbson_iter_next(&iter))
	{
		char		name[12];
		int			len;

		if (front ? iter.key - 5 == old->v.data : iter.next >= iter.end)
			continue;
		len = pg_ultoa_n(count++, name);
		pgbson_append_payload(&builder, name, len, &iter);
	}
	pgbson_finish(&builder, BSON_ARRAY, new);
	return UPDATE_SET;
}
