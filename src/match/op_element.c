/*
 * op_element.c
 *		$exists, $type: what there is at a path.
 */
#include "postgres.h"

#include "base/errors.h"
#include "match/match_internal.h"
#include "pgbson/number.h"

/* { $exists: truth } */
MatchNode *
match_parse_exists(MatchParse *parse, const MatchOperator *op, const char *path,
				   const BsonValue *operand, const BsonValue *siblings)
{
	MatchNode  *node = match_node_predicate(op->id, path, operand);

	node->negated = !pgbson_is_truthy(operand);
	return node;
}

bool
match_eval_exists(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return value->type != BSON_MISSING;
}

/* ---- $type ----
 *
 * The operand becomes a set of types, in the bits of an int64: type n is bit n, MinKey and MaxKey,
 * whose numbers are out of line, have bits of their own.
 */
#define MINKEY_BIT 62
#define MAXKEY_BIT 61

#define NUMBER_TYPES \
	(UINT64CONST(1) << BSON_INT32 | UINT64CONST(1) << BSON_INT64 | \
	 UINT64CONST(1) << BSON_DOUBLE | UINT64CONST(1) << BSON_DECIMAL128)

static uint64
type_bit(uint8 type)
{
	if (type == BSON_MINKEY)
		return UINT64CONST(1) << MINKEY_BIT;
	if (type == BSON_MAXKEY)
		return UINT64CONST(1) << MAXKEY_BIT;
	return UINT64CONST(1) << type;
}

int64
match_types_of_name(const char *text)
{
	if (strcmp(text, "number") == 0)
		return (int64) NUMBER_TYPES;
	for (int type = BSON_DOUBLE; type <= BSON_DECIMAL128; type++)
		if (strcmp(text, pgbson_type_name(type)) == 0)
			return (int64) type_bit(type);
	if (strcmp(text, pgbson_type_name(BSON_MINKEY)) == 0)
		return (int64) type_bit(BSON_MINKEY);
	if (strcmp(text, pgbson_type_name(BSON_MAXKEY)) == 0)
		return (int64) type_bit(BSON_MAXKEY);
	if (strcmp(text, pgbson_type_name(BSON_MISSING)) == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("'missing' is not a legal type name. To query for non-existence of a "
						"field, use {$exists:false}.")));
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("Unknown type name alias: %s", text)));
	return 0;					/* not reached */
}

static uint64
type_of_number(const BsonValue *number)
{
	int64		code;

	if (pgbson_number_to_int64_exact(number, &code))
	{
		if (code == -1)
			return type_bit(BSON_MINKEY);
		if (code == BSON_MAXKEY)
			return type_bit(BSON_MAXKEY);
		if (code >= BSON_DOUBLE && code <= BSON_DECIMAL128)
			return type_bit((uint8) code);
		if (code == 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("Invalid numerical type code: 0. Instead use {$exists:false}.")));
	}
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("Invalid numerical type code: %s",
					pgbson_to_json(number, BSON_JSON_RELAXED))));
	return 0;					/* not reached */
}

static uint64
types_of_operand(const BsonValue *operand)
{
	if (operand->type == BSON_STRING)
		return (uint64) match_types_of_name(pnstrdup(operand->v.data, operand->len));
	if (!pgbson_is_number(operand))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("type must be represented as a number or a string")));
	return type_of_number(operand);
}

/* { $type: "name" or number or [name or number, ...] }; the name "number" is any numeric type. */
MatchNode *
match_parse_type(MatchParse *parse, const MatchOperator *op, const char *path,
				 const BsonValue *operand, const BsonValue *siblings)
{
	uint64		types = 0;
	BsonValue	set;

	if (operand->type == BSON_ARRAY)
	{
		BsonIter	iter;

		pgbson_iter_init(&iter, operand);
		while (pgbson_iter_next(&iter))
		{
			BsonValue	item;

			pgbson_iter_value(&iter, &item);
			types |= types_of_operand(&item);
		}
		if (types == 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_FAILED_TO_PARSE),
					 errmsg("%s must match at least one type", path ? path : "$type")));
	}
	else
		types = types_of_operand(operand);
	pgbson_make_int64((int64) types, &set);
	return match_node_predicate(op->id, path, &set);
}

bool
match_is_type(int64 types, uint8 type)
{
	if (type > BSON_DECIMAL128 && type != BSON_MINKEY && type != BSON_MAXKEY)
		return false;
	return ((uint64) types & type_bit(type)) != 0;
}

bool
match_eval_type(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return match_is_type(predicate->operand.v.i64, value->type);
}
