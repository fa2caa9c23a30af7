/*
 * op_bitwise.c
 *		Operators over the bits of integers.
 */
#include "postgres.h"

#include "expr/expr_internal.h"

typedef enum BitOperation
{
	BIT_AND,
	BIT_OR,
	BIT_XOR
} BitOperation;

static void
require_integer(ExprCall *call, const BsonValue *value)
{
	if (value->type != BSON_INT32 && value->type != BSON_INT64)
		expr_type_error(call, DOCDB_ERR_TYPE_MISMATCH, " only supports int and long operands, not",
						value);
}

/* An int64 where one of the operands is. */
static void
combine_bits(ExprCall *call, const BsonValue *args, BitOperation operation, BsonValue *result)
{
	int64		bits = operation == BIT_AND ? -1 : 0;
	bool		wide = false;

	for (int i = 0; i < call->nargs; i++)
	{
		int64		operand;

		require_integer(call, &args[i]);
		operand = expr_integer(&args[i]);
		wide = wide || args[i].type == BSON_INT64;
		if (operation == BIT_AND)
			bits &= operand;
		else if (operation == BIT_OR)
			bits |= operand;
		else
			bits ^= operand;
	}
	if (wide)
		pgbson_make_int64(bits, result);
	else
		pgbson_make_int32((int32) bits, result);
}

/* {$bitAnd: [integer, ...]} */
void
expr_bit_and(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	combine_bits(call, args, BIT_AND, result);
}

/* {$bitOr: [integer, ...]} */
void
expr_bit_or(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	combine_bits(call, args, BIT_OR, result);
}

/* {$bitXor: [integer, ...]} */
void
expr_bit_xor(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	combine_bits(call, args, BIT_XOR, result);
}

/* {$bitNot: integer} */
void
expr_bit_not(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	require_integer(call, &args[0]);
	if (args[0].type == BSON_INT32)
		pgbson_make_int32(~args[0].v.i32, result);
	else
		pgbson_make_int64(~args[0].v.i64, result);
}
