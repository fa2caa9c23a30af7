/*
 * accum_sql.c
 *		The accumulators as SQL aggregates.
 *
 * Every accumulator has SQL functions of its own, all alike; the install script makes them and the
 * aggregates from docdb.accumulators().
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "expr/accum_internal.h"

PG_FUNCTION_INFO_V1(docdb_accumulators);

/* The memory context of an aggregate's states. */
static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("aggregate function called in non-aggregate context")));
	return context;
}

/* The aggregate's argument, where NULL is a missing value. */
static void
get_value(FunctionCallInfo fcinfo, int arg, BsonValue *value)
{
	if (PG_ARGISNULL(arg))
		pgbson_make_simple(BSON_MISSING, value);
	else
		pgbson_value_from_datum(PG_GETARG_DATUM(arg), value);
}

/* A new state by a collation, which may be MISSING. */
static AccumState *
create_state(MemoryContext context, AccumId id, const BsonValue *spec)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	const BsonCollation *collation = NULL;

	if (spec->type != BSON_MISSING)
		collation = pgbson_collation_open(spec);
	MemoryContextSwitchTo(old);
	return expr_accum_create(&expr_accum_ops[id], context, collation);
}

/* The state given as first argument, or that of no input, for which there is no collation. */
static AccumState *
get_state(FunctionCallInfo fcinfo, AccumId id)
{
	MemoryContext context = aggregate_context(fcinfo);

	if (PG_ARGISNULL(0))
		return expr_accum_create(&expr_accum_ops[id], context, NULL);
	return (AccumState *) PG_GETARG_POINTER(0);
}

static Datum
sql_step(FunctionCallInfo fcinfo, AccumId id)
{
	const AccumOp *op = &expr_accum_ops[id];
	AccumState *state;
	BsonValue	value;

	if (PG_ARGISNULL(0) && PG_NARGS() > 2 && !PG_ARGISNULL(2))
	{
		pgbson_from_datum(PG_GETARG_DATUM(2), &value);
		state = create_state(aggregate_context(fcinfo), id, &value);
	}
	else
		state = get_state(fcinfo, id);
	if (op->flags & ACCUM_NO_ARGUMENT)
		pgbson_make_simple(BSON_MISSING, &value);
	else
		get_value(fcinfo, 1, &value);
	op->step(state, &value);
	PG_RETURN_POINTER(state);
}

/* The inverse of sql_step; a NULL result makes the executor start the frame anew. */
static Datum
sql_remove(FunctionCallInfo fcinfo, AccumId id)
{
	AccumState *state = (AccumState *) PG_GETARG_POINTER(0);
	BsonValue	value;

	(void) aggregate_context(fcinfo);
	Assert(!PG_ARGISNULL(0));
	if (expr_accum_ops[id].flags & ACCUM_NO_ARGUMENT)
		pgbson_make_simple(BSON_MISSING, &value);
	else
		get_value(fcinfo, 1, &value);
	if (!expr_accum_ops[id].remove(state, &value))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

static Datum
sql_combine(FunctionCallInfo fcinfo, AccumId id)
{
	AccumState *state;
	AccumState *other;
	BsonValue	spec;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_POINTER(get_state(fcinfo, id));
	}
	other = (AccumState *) PG_GETARG_POINTER(1);
	if (PG_ARGISNULL(0))
	{
		pgbson_collation_document(other->collation, &spec);
		state = create_state(aggregate_context(fcinfo), id, &spec);
	}
	else
		state = get_state(fcinfo, id);
	expr_accum_ops[id].combine(state, other);
	PG_RETURN_POINTER(state);
}

static Datum
sql_write(FunctionCallInfo fcinfo, AccumId id)
{
	const AccumState *state = (const AccumState *) PG_GETARG_POINTER(0);
	StringInfoData out;
	BsonValue	spec;

	(void) aggregate_context(fcinfo);
	pq_begintypsend(&out);
	if (expr_accum_ops[id].flags & ACCUM_COMPARES)
	{
		pgbson_collation_document(state->collation, &spec);
		expr_accum_write_value(&out, &spec);
	}
	expr_accum_ops[id].write(state, &out);
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

static Datum
sql_read(FunctionCallInfo fcinfo, AccumId id)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	AccumState *state;
	StringInfoData in;
	BsonValue	spec;

	(void) aggregate_context(fcinfo);
	pgbson_make_simple(BSON_MISSING, &spec);
	in.data = VARDATA_ANY(bytes);
	in.len = in.maxlen = VARSIZE_ANY_EXHDR(bytes);
	in.cursor = 0;
	if (expr_accum_ops[id].flags & ACCUM_COMPARES)
		expr_accum_read_value(&in, &spec);
	state = create_state(CurrentMemoryContext, id, &spec);
	expr_accum_ops[id].read(state, &in);
	pq_getmsgend(&in);
	PG_RETURN_POINTER(state);
}

static Datum
sql_final(FunctionCallInfo fcinfo, AccumId id)
{
	AccumState *state = get_state(fcinfo, id);
	BsonValue	result;

	expr_accum_ops[id].final(state, &result);
	if (result.type == BSON_MISSING)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(pgbson_value_get_datum(&result));
}

#define SQL_FUNCTION(sql_name, part, symbol) \
	PG_FUNCTION_INFO_V1(docdb_accum_##sql_name##_##part); \
	Datum \
	docdb_accum_##sql_name##_##part(PG_FUNCTION_ARGS) \
	{ \
		return sql_##part(fcinfo, ACCUM_##symbol); \
	}

#define ACCUM(name, symbol, sql_name, family, step_name, final_name, argument, flags) \
	SQL_FUNCTION(sql_name, step, symbol) \
	SQL_FUNCTION(sql_name, remove, symbol) \
	SQL_FUNCTION(sql_name, combine, symbol) \
	SQL_FUNCTION(sql_name, write, symbol) \
	SQL_FUNCTION(sql_name, read, symbol) \
	SQL_FUNCTION(sql_name, final, symbol)
#include "expr/accum_list.h"
#undef ACCUM

/* docdb.accumulators(): the inventory of accum_list.h. */
Datum
docdb_accumulators(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < ACCUM_COUNT_OF_ROWS; i++)
	{
		const AccumOp *op = &expr_accum_ops[i];
		Datum		values[6];
		bool		nulls[6] = {false};

		values[0] = CStringGetTextDatum(op->name);
		values[1] = CStringGetTextDatum(psprintf("accum_%s", op->sql_name));
		values[2] = BoolGetDatum((op->flags & ACCUM_EXPRESSION) != 0);
		values[3] = BoolGetDatum((op->flags & ACCUM_ORDERED) != 0);
		values[4] = BoolGetDatum((op->flags & ACCUM_REMOVABLE) != 0);
		values[5] = BoolGetDatum((op->flags & ACCUM_COMPARES) != 0);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
