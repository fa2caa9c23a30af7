/*
 * accum.c
 *		The table of accumulators, and the accumulators that are expressions too.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "expr/accum_internal.h"

/* What MongoDB lets one state grow to that cannot be written to disk. */
#define MAX_STATE_BYTES (UINT64CONST(100) * 1024 * 1024)

const AccumOp expr_accum_ops[ACCUM_COUNT_OF_ROWS] = {
#define ACCUM(name, symbol, sql_name, family, step, final, argument, flags) \
	{name, #sql_name, flags, sizeof(expr_accum_##family##_state), expr_accum_##family##_init, \
		expr_accum_##step##_step, expr_accum_##family##_combine, expr_accum_##family##_remove, \
		expr_accum_##family##_write, expr_accum_##family##_read, expr_accum_##final##_final, \
		expr_accum_##argument##_argument},
#include "expr/accum_list.h"
#undef ACCUM
};

static int
compare_accum_names(const void *name, const void *op)
{
	return strcmp((const char *) name, ((const AccumOp *) op)->name);
}

const AccumOp *
expr_accum_find(const char *name)
{
#ifdef USE_ASSERT_CHECKING
	for (int i = 1; i < ACCUM_COUNT_OF_ROWS; i++)
		Assert(strcmp(expr_accum_ops[i - 1].name, expr_accum_ops[i].name) < 0);
#endif
	return bsearch(name, expr_accum_ops, ACCUM_COUNT_OF_ROWS, sizeof(AccumOp), compare_accum_names);
}

AccumState *
expr_accum_create(const AccumOp *op, MemoryContext context, const BsonCollation *collation)
{
	AccumState *state = MemoryContextAllocZero(context, op->state_size);

	state->op = op;
	state->context = context;
	state->collation = collation;
	op->init(state);
	return state;
}

/* What most accumulators take: any expression. */
void
expr_accum_plain_argument(const AccumOp *op, const BsonValue *spec, BsonValue *expression)
{
	*expression = *spec;
}

/* ---- Help for the families ---- */

void
expr_accum_keep(AccumState *state, const BsonValue *value, BsonValue *copy)
{
	MemoryContext old = MemoryContextSwitchTo(state->context);

	pgbson_value_copy(value, copy);
	MemoryContextSwitchTo(old);
}

void
expr_accum_release(BsonValue *value)
{
	if (value->len > 0)
		pfree(unconstify(char *, value->v.data));
}

void
expr_accum_check_memory(const char *name, uint64 bytes)
{
	if (bytes > MAX_STATE_BYTES)
		ereport(ERROR,
				(errcode(DOCDB_ERR_EXCEEDED_MEMORY_LIMIT),
				 errmsg("%s used too much memory and cannot spill to disk. Memory limit: "
						UINT64_FORMAT " bytes", name, MAX_STATE_BYTES)));
}

void
expr_accum_write_value(StringInfo out, const BsonValue *value)
{
	uint32		size = value->type == BSON_MISSING ? 0 : pgbson_encoded_size(value);

	pq_sendbyte(out, value->type);
	pq_sendint32(out, size);
	if (size == 0)
		return;
	enlargeStringInfo(out, size);
	pgbson_encode(value, out->data + out->len);
	out->len += size;
}

void
expr_accum_read_value(StringInfo in, BsonValue *value)
{
	uint8		type = (uint8) pq_getmsgbyte(in);
	uint32		size = pq_getmsgint(in, 4);

	if (type == BSON_MISSING)
		pgbson_make_simple(BSON_MISSING, value);
	else
		pgbson_decode(type, pq_getmsgbytes(in, size), size, value);
}

/* ---- As expressions ---- */

/* {$sum: [number, ...]} or {$sum: expression}, where an array stands for its elements */
void
expr_parse_accumulator(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	expr->data = unconstify(AccumOp *, expr_accum_find(expr->op->name));
	Assert(expr->data != NULL);
	expr_parse_args(parser, expr, argument);
}

void
expr_accumulate(ExprCall *call, BsonValue *result)
{
	const AccumOp *op = call->expr->data;
	AccumState *state = expr_accum_create(op, CurrentMemoryContext, call->context->collation);
	BsonValue	value;
	BsonIter	iter;

	for (int i = 0; i < call->nargs; i++)
	{
		expr_arg(call, i, &value);
		if (call->nargs > 1 || value.type != BSON_ARRAY)
		{
			op->step(state, &value);
			continue;
		}
		pgbson_iter_init(&iter, &value);
		while (pgbson_iter_next(&iter))
		{
			pgbson_iter_value(&iter, &value);
			op->step(state, &value);
		}
	}
	op->final(state, result);
}
