/*
 * op_numbers.c
 *		Update operators that compute a value from the old one: $inc, $mul, $min, $max, $bit.
 */
#include "postgres.h"

#include "pgbson/number.h"
#include "update/update_internal.h"

/* ---- $inc and $mul ---- */

typedef bool Arithmetic(const BsonValue *a, const BsonValue *b, BsonValue *result);

static void
require_number(const UpdateAction *action, const char *verb)
{
	if (!pgbson_is_number(&action->operand))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("Cannot %s with non-numeric argument: %s", verb,
						update_field_text(action->path, action->pathlen, &action->operand))));
}

/* The last component of a path. */
static const char *
field_name(const UpdateAction *action)
{
	const char *dot = strrchr(action->path, '.');

	return dot != NULL ? dot + 1 : action->path;
}

static UpdateOutcome
apply_arithmetic(UpdateCall *call, const BsonValue *old, Arithmetic *function, BsonValue *new)
{
	const UpdateAction *action = call->action;

	if (!pgbson_is_number(old))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("Cannot apply %s to a value of non-numeric type. %s has the field '%s' "
						"of non-numeric type %s", action->op->name,
						update_id_text(call->document), field_name(action),
						pgbson_type_name(old->type))));
	if (!function(&action->operand, old, new))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Failed to apply %s operations to current value (%s) for document %s",
						action->op->name, pgbson_to_json(old, BSON_JSON_CANONICAL),
						update_id_text(call->document))));
	return UPDATE_SET;
}

/* { $inc: { <path>: <number> } } */
void
update_parse_inc(UpdateParser *parser, UpdateAction *action)
{
	require_number(action, "increment");
}

UpdateOutcome
update_apply_inc(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	if (old->type == BSON_MISSING)
	{
		*new = call->action->operand;
		return UPDATE_SET;
	}
	return apply_arithmetic(call, old, pgbson_number_add, new);
}

/* { $mul: { <path>: <number> } } */
void
update_parse_mul(UpdateParser *parser, UpdateAction *action)
{
	require_number(action, "multiply");
}

/* A missing field becomes zero, of the operand's type. */
UpdateOutcome
update_apply_mul(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	BsonValue	zero;

	if (old->type == BSON_MISSING)
	{
		pgbson_make_int32(0, &zero);
		old = &zero;
	}
	return apply_arithmetic(call, old, pgbson_number_multiply, new);
}

/* ---- $min and $max ---- */

/* How the operand compares with a value. */
static int
compare_with(const UpdateCall *call, const BsonValue *old)
{
	return pgbson_compare_collated(call->context->collation, &call->action->operand, old);
}

/* { $min: { <path>: <value> } } */
UpdateOutcome
update_apply_min(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	if (old->type != BSON_MISSING && compare_with(call, old) >= 0)
		return UPDATE_KEEP;
	*new = call->action->operand;
	return UPDATE_SET;
}

/* { $max: { <path>: <value> } } */
UpdateOutcome
update_apply_max(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	if (old->type != BSON_MISSING && compare_with(call, old) <= 0)
		return UPDATE_KEEP;
	*new = call->action->operand;
	return UPDATE_SET;
}

/* ---- $bit ---- */

static bool
is_integer(const BsonValue *value)
{
	return value->type == BSON_INT32 || value->type == BSON_INT64;
}

static int64
get_integer(const BsonValue *value)
{
	return value->type == BSON_INT32 ? value->v.i32 : value->v.i64;
}

/* { $bit: { <path>: { and | or | xor: <int or long>, ... } } } */
void
update_parse_bit(UpdateParser *parser, UpdateAction *action)
{
	const BsonValue *operand = &action->operand;
	BsonIter	iter;

	if (operand->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The $bit modifier is not compatible with a %s. You must pass in an "
						"embedded document: {$bit: {field: {and/or/xor: #}}",
						pgbson_type_name(operand->type))));
	pgbson_iter_init(&iter, operand);
	if (iter.next >= iter.end)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("You must pass in at least one bitwise operation. The format is: "
						"{$bit: {field: {and/or/xor: #}}")));
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (strcmp(iter.key, "and") != 0 && strcmp(iter.key, "or") != 0 &&
			strcmp(iter.key, "xor") != 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("The $bit modifier only supports 'and', 'or', and 'xor', not '%s' "
							"which is an unknown operator: %s", iter.key,
							update_field_text(iter.key, iter.keylen, &value))));
		if (!is_integer(&value))
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("The $bit modifier field must be an Integer(32/64 bit); a '%s' is "
							"not supported here: %s", pgbson_type_name(value.type),
							update_field_text(iter.key, iter.keylen, &value))));
	}
}

/* A 64-bit operand makes the result one of 64 bits. */
UpdateOutcome
update_apply_bit(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	BsonIter	iter;
	bool		wide = old->type == BSON_INT64;
	int64		bits = 0;

	if (old->type != BSON_MISSING)
	{
		if (!is_integer(old))
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("Cannot apply $bit to a value of non-integral type. %s has the "
							"field %s of non-integer type %s", update_id_text(call->document),
							field_name(call->action), pgbson_type_name(old->type))));
		bits = get_integer(old);
	}
	pgbson_iter_init(&iter, &call->action->operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;
		int64		operand;

		pgbson_iter_value(&iter, &value);
		operand = get_integer(&value);
		if (value.type == BSON_INT64)
			wide = true;
		if (iter.key[0] == 'a')
			bits &= operand;
		else if (iter.key[0] == 'o')
			bits |= operand;
		else
			bits ^= operand;
	}
	if (wide)
		pgbson_make_int64(bits, new);
	else
		pgbson_make_int32((int32) bits, new);
	return UPDATE_SET;
}
