/*
 * op_number.c
 *		$mod, $bitsAllSet, $bitsAllClear, $bitsAnySet, $bitsAnyClear: numbers bit by bit.
 */
#include "postgres.h"

#include <math.h>

#include "base/errors.h"
#include "match/match_internal.h"
#include "pgbson/decimal_math.h"
#include "pgbson/number.h"

const char *
match_read_integer(const char *name, const BsonValue *value, int64 min, int64 max, int64 *result)
{
	const char *text;

	if (pgbson_is_number(value) && pgbson_number_to_int64_exact(value, result) &&
		*result >= min && *result <= max)
		return NULL;

	text = psprintf("%s: %s", name, pgbson_to_json(value, BSON_JSON_RELAXED));
	if (!pgbson_is_number(value))
		return psprintf("Expected a number in: %s", text);
	if (pgbson_number_is_nan(value))
		return psprintf("Expected an integer, but found NaN in: %s", text);
	if (pgbson_number_to_int64_exact(value, result))
	{
		if (*result < min && min == 0)
			return psprintf("Expected a non-negative number in: %s", text);
		return psprintf("Cannot represent in an int: %s", text);
	}
	if (fabs(pgbson_number_to_double(value)) >= 9223372036854775808.0)
		return psprintf("Cannot represent as a 64-bit integer: %s", text);
	return psprintf("Expected an integer: %s", text);
}

/* The integer part of a number; false where that is no int64. */
static bool
truncate_to_int64(const BsonValue *value, int64 *result)
{
	BsonValue	whole = *value;

	if (value->type == BSON_DOUBLE)
		whole.v.f64 = trunc(value->v.f64);
	else if (value->type == BSON_DECIMAL128)
		whole.v.dec = pgbson_decimal_quantize(value->v.dec, 0, DECIMAL_TOWARD_ZERO);
	return pgbson_is_number(value) && pgbson_number_to_int64_exact(&whole, result);
}

/* ---- $mod ---- */

typedef struct ModOperand
{
	int64		divisor;
	int64		remainder;
} ModOperand;

static void
refuse_mod(const char *problem)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("malformed mod, %s", problem)));
}

/*
 * A number of the operand, cut to an integer; false where it is out of range.  As in MongoDB that
 * is looked at before it is cut, and the double next above the range is the largest integer.
 */
static bool
read_mod_number(const BsonValue *value, int64 *result)
{
	BsonValue	max;

	pgbson_make_int64(PG_INT64_MAX, &max);
	if (value->type == BSON_DOUBLE && value->v.f64 == 9223372036854775808.0)
	{
		*result = PG_INT64_MAX;
		return true;
	}
	if (value->type == BSON_DECIMAL128 && pgbson_compare(value, &max) > 0)
		return false;
	return truncate_to_int64(value, result);
}

/* { $mod: [divisor, remainder] }: both are cut to integers. */
MatchNode *
match_parse_mod(MatchParse *parse, const MatchOperator *op, const char *path,
				const BsonValue *operand, const BsonValue *siblings)
{
	ModOperand *mod = palloc(sizeof(ModOperand));
	MatchNode  *node;
	BsonValue	item[2];
	BsonIter	iter;

	if (operand->type != BSON_ARRAY)
		refuse_mod("needs to be an array");
	pgbson_iter_init(&iter, operand);
	for (int i = 0; i < 2; i++)
	{
		if (!pgbson_iter_next(&iter))
			refuse_mod("not enough elements");
		pgbson_iter_value(&iter, &item[i]);
		if (!pgbson_is_number(&item[i]))
			refuse_mod(i == 0 ? "divisor not a number" : "remainder not a number");
	}
	if (pgbson_iter_next(&iter))
		refuse_mod("too many elements");
	if (!read_mod_number(&item[0], &mod->divisor))
		refuse_mod("divisor value is invalid");
	if (!read_mod_number(&item[1], &mod->remainder))
		refuse_mod("remainder value is invalid");
	if (mod->divisor == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("divisor cannot be 0")));

	node = match_node_predicate(op->id, path, operand);
	node->data = mod;
	return node;
}

bool
match_eval_mod(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	const ModOperand *mod = predicate->data;
	int64		dividend;

	if (!truncate_to_int64(value, &dividend))
		return false;
	/* INT64_MIN % -1 would trap. */
	return (mod->divisor == -1 ? 0 : dividend % mod->divisor) == mod->remainder;
}

/* ---- $bits... ---- */

/*
 * The bits to look at: as a mask for numbers, whose sign goes on for ever, and as positions for
 * binary values, which are followed by zeroes.
 */
typedef struct BitsOperand
{
	uint64		mask;
	int			npositions;
	uint32	   *positions;
} BitsOperand;

static void
add_position(BitsOperand *bits, uint32 position)
{
	bits->mask |= UINT64CONST(1) << Min(position, 63);
	bits->positions[bits->npositions++] = position;
}

static void
read_positions(const char *name, const BsonValue *array, BitsOperand *bits)
{
	BsonIter	iter;

	bits->positions = palloc(Max(pgbson_count(array), 1) * sizeof(uint32));
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		const char *problem;
		BsonValue	item;
		int64		position;

		pgbson_iter_value(&iter, &item);
		problem = match_read_integer(iter.key, &item, 0, PG_INT32_MAX, &position);
		if (problem != NULL)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("Failed to parse bit position. %s", problem)));
		add_position(bits, (uint32) position);
	}
}

static void
read_mask(const char *name, const BsonValue *number, BitsOperand *bits)
{
	int64		mask;
	const char *problem = match_read_integer(name, number, 0, PG_INT64_MAX, &mask);

	if (problem != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("%s", problem)));
	bits->positions = palloc(64 * sizeof(uint32));
	for (uint32 i = 0; i < 64; i++)
		if ((uint64) mask & UINT64CONST(1) << i)
			add_position(bits, i);
}

static bool
bit_of_binary(const BsonValue *binary, uint32 position)
{
	return position / 8 < binary->len &&
		((uint8) binary->v.data[position / 8] & 1 << position % 8) != 0;
}

static void
read_binary_mask(const BsonValue *binary, BitsOperand *bits)
{
	bits->positions = palloc(Max((Size) binary->len * 8, 1) * sizeof(uint32));
	for (uint32 i = 0; i < binary->len * 8; i++)
		if (bit_of_binary(binary, i))
			add_position(bits, i);
}

/* { $bitsAllSet: mask or binary or [position, ...] }, and the same for the other three. */
MatchNode *
match_parse_bits(MatchParse *parse, const MatchOperator *op, const char *path,
				 const BsonValue *operand, const BsonValue *siblings)
{
	BitsOperand *bits = palloc0(sizeof(BitsOperand));
	MatchNode  *node;

	if (operand->type == BSON_ARRAY)
		read_positions(op->name, operand, bits);
	else if (pgbson_is_number(operand))
		read_mask(op->name, operand, bits);
	else if (operand->type == BSON_BINARY)
		read_binary_mask(operand, bits);
	else
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("%s takes an Array, a number, or a BinData but received: %s", op->name,
						pgbson_to_json(operand, BSON_JSON_RELAXED))));
	node = match_node_predicate(op->id, path, operand);
	node->data = bits;
	return node;
}

/* Counts which of the bits are set and which clear; false for a value that has no bits. */
static bool
count_bits(const BitsOperand *bits, const BsonValue *value, bool *any_set, bool *any_clear)
{
	int64		number;

	*any_set = *any_clear = false;
	if (value->type == BSON_BINARY)
	{
		for (int i = 0; i < bits->npositions; i++)
		{
			if (bit_of_binary(value, bits->positions[i]))
				*any_set = true;
			else
				*any_clear = true;
		}
		return true;
	}
	if (!pgbson_is_number(value) || !pgbson_number_to_int64_exact(value, &number))
		return false;
	*any_set = ((uint64) number & bits->mask) != 0;
	*any_clear = (~(uint64) number & bits->mask) != 0;
	return true;
}

bool
match_eval_bits_all_clear(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	bool		any_set;
	bool		any_clear;

	return count_bits(predicate->data, value, &any_set, &any_clear) && !any_set;
}

bool
match_eval_bits_all_set(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	bool		any_set;
	bool		any_clear;

	return count_bits(predicate->data, value, &any_set, &any_clear) && !any_clear;
}

bool
match_eval_bits_any_clear(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	bool		any_set;
	bool		any_clear;

	return count_bits(predicate->data, value, &any_set, &any_clear) && any_clear;
}

bool
match_eval_bits_any_set(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	bool		any_set;
	bool		any_clear;

	return count_bits(predicate->data, value, &any_set, &any_clear) && any_set;
}
