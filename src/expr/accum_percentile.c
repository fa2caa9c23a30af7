/*
 * accum_percentile.c
 *		$percentile and $median, as accumulators and as expressions.
 *
 * Unlike MongoDB, which estimates the percentiles of many numbers, docdb keeps all of them: a
 * result is always one of the numbers.
 */
#include "postgres.h"

#include <math.h>

#include "expr/accum_internal.h"

/* ---- Percentiles of an array of numbers ---- */

static int
compare_doubles(const void *a, const void *b, void *arg)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return x < y ? -1 : x > y;
}

/* The number that a part p of all numbers is not above. */
static double
get_percentile(const double *sorted, uint64 count, double p)
{
	double		rank = p >= 1 ? (double) count : ceil((double) count * p);

	return sorted[rank < 1 ? 0 : (uint64) rank - 1];
}

/* Sorts the numbers; results are null where there are none. */
static void
make_percentiles(double *values, uint64 count, const double *ps, int nps, BsonValue *results)
{
	qsort_interruptible(values, count, sizeof(double), compare_doubles, NULL);
	for (int i = 0; i < nps; i++)
	{
		if (count == 0)
			pgbson_make_simple(BSON_NULL, &results[i]);
		else
			pgbson_make_double(get_percentile(values, count, ps[i]), &results[i]);
	}
}

/* ---- Specifications ---- */

static void
check_method(const ExprNamedArg *method)
{
	if (method->value.type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field 'method' is the wrong type '%s', expected type 'string'",
						pgbson_type_name(method->value.type))));
	if (method->value.len != strlen("approximate") ||
		memcmp(method->value.v.data, "approximate", method->value.len) != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Currently only 'approximate' can be used as percentile 'method'.")));
}

static void
bad_percentile(int sqlstate, const BsonValue *value)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but "
					"found: %s", value->type == BSON_MISSING ? "missing" :
					pgbson_to_json(value, BSON_JSON_RELAXED))));
}

/* Reads the percentiles that are wanted; returns how many there are. */
static int
read_percentiles(const BsonValue *array, double **ps)
{
	BsonIter	iter;
	int			count = 0;

	if (array->type != BSON_ARRAY || pgbson_count(array) == 0)
		bad_percentile(DOCDB_SQLSTATE(7750301), array);
	*ps = palloc(pgbson_count(array) * sizeof(double));
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	p;

		pgbson_iter_value(&iter, &p);
		if (!pgbson_is_number(&p))
			bad_percentile(DOCDB_SQLSTATE(7750302), &p);
		(*ps)[count] = pgbson_number_to_double(&p);
		if ((*ps)[count] < 0 || (*ps)[count] > 1)
			bad_percentile(DOCDB_SQLSTATE(7750303), &p);
		count++;
	}
	return count;
}

/* The percentiles must be constant. */
static void
require_constant(const ExprNode *expr, BsonValue *value)
{
	if (!expr_is_constant(expr, value))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(7750300)),
				 errmsg("The $percentile 'p' field must be an array of constant values")));
}

/* Sorts a specification into its fields; $median has no p. */
static void
parse_spec(const char *name, const BsonValue *spec, int not_document, ExprNamedArg *named)
{
	bool		median = strcmp(name, "$median") == 0;
	const ExprForm form = {
		not_document, DOCDB_SQLSTATE(40415),
		{"input", "method", median ? NULL : "p"},
		{DOCDB_SQLSTATE(40414), DOCDB_SQLSTATE(40414), DOCDB_SQLSTATE(40414)}
	};
	ExprOp		op = {name};
	ExprNode	expr = {.op = &op};

	memset(named, 0, 3 * sizeof(ExprNamedArg));
	expr_parse_form(NULL, &expr, spec, &form, named);
	check_method(&named[1]);
}

/* ---- The accumulators ---- */

/* Makes {input: expression, p: {$literal: [number, ...]}}, whose values are taken in. */
static void
make_argument(const BsonValue *input, const BsonValue *p, BsonValue *expression)
{
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	pgbson_append(&builder, "input", -1, input);
	pgbson_begin(&builder, BSON_DOCUMENT, "p", 1);
	pgbson_append(&builder, "$literal", -1, p);
	pgbson_end(&builder);
	pgbson_finish(&builder, BSON_DOCUMENT, expression);
}

/* {$percentile: {input: expression, p: [number, ...], method: "approximate"}} */
void
expr_accum_percentile_argument(const AccumOp *op, const BsonValue *spec, BsonValue *expression)
{
	ExprNamedArg named[3];
	BsonValue	p;
	double	   *ps;

	parse_spec(op->name, spec, DOCDB_SQLSTATE(7429703), named);
	require_constant(expr_compile(&named[2].value, expr_scope_create()), &p);
	(void) read_percentiles(&p, &ps);
	make_argument(&named[0].value, &p, expression);
}

/* {$median: {input: expression, method: "approximate"}} */
void
expr_accum_median_argument(const AccumOp *op, const BsonValue *spec, BsonValue *expression)
{
	ExprNamedArg named[3];
	BsonBuilder builder;
	BsonValue	p;

	parse_spec(op->name, spec, DOCDB_SQLSTATE(7436100), named);
	pgbson_builder_init(&builder);
	pgbson_make_double(0.5, &p);
	pgbson_push(&builder, &p);
	pgbson_finish(&builder, BSON_ARRAY, &p);
	make_argument(&named[0].value, &p, expression);
}

void
expr_accum_percentile_init(AccumState *base)
{
}

/* Takes in a number; others, and NaN, do not count. */
static void
add_number(expr_accum_percentile_state *state, double number)
{
	if (isnan(number))
		return;
	if (state->count == state->capacity)
	{
		if (state->capacity == 0)
		{
			state->capacity = 16;
			state->values = MemoryContextAlloc(state->base.context,
											   state->capacity * sizeof(double));
		}
		else
		{
			state->capacity *= 2;
			state->values = repalloc_huge(state->values, state->capacity * sizeof(double));
		}
	}
	state->values[state->count++] = number;
	expr_accum_check_memory(state->base.op->name, state->count * sizeof(double));
}

static void
set_percentiles(expr_accum_percentile_state *state, const double *ps, int nps)
{
	state->nps = nps;
	state->ps = MemoryContextAlloc(state->base.context, Max(nps, 1) * sizeof(double));
	memcpy(state->ps, ps, nps * sizeof(double));
}

void
expr_accum_percentile_step(AccumState *base, const BsonValue *document)
{
	expr_accum_percentile_state *state = (expr_accum_percentile_state *) base;
	BsonValue	value;

	if (document->type != BSON_DOCUMENT)
		return;
	if (state->ps == NULL && pgbson_get(document, "p", 1, &value))
	{
		double	   *ps;
		int			nps = read_percentiles(&value, &ps);

		set_percentiles(state, ps, nps);
	}
	if (pgbson_get(document, "input", strlen("input"), &value) && pgbson_is_number(&value))
		add_number(state, pgbson_number_to_double(&value));
}

void
expr_accum_percentile_combine(AccumState *base, const AccumState *other_base)
{
	expr_accum_percentile_state *state = (expr_accum_percentile_state *) base;
	const expr_accum_percentile_state *other = (const expr_accum_percentile_state *) other_base;

	if (state->ps == NULL && other->ps != NULL)
		set_percentiles(state, other->ps, other->nps);
	for (uint64 i = 0; i < other->count; i++)
		add_number(state, other->values[i]);
}

bool
expr_accum_percentile_remove(AccumState *base, const BsonValue *value)
{
	return false;
}

void
expr_accum_percentile_write(const AccumState *base, StringInfo out)
{
	const expr_accum_percentile_state *state = (const expr_accum_percentile_state *) base;

	pq_sendint32(out, state->nps);
	for (int i = 0; i < state->nps; i++)
		pq_sendfloat8(out, state->ps[i]);
	pq_sendint64(out, state->count);
	for (uint64 i = 0; i < state->count; i++)
		pq_sendfloat8(out, state->values[i]);
}

void
expr_accum_percentile_read(AccumState *base, StringInfo in)
{
	expr_accum_percentile_state *state = (expr_accum_percentile_state *) base;
	uint64		count;

	state->nps = pq_getmsgint(in, 4);
	if (state->nps > 0)
		state->ps = MemoryContextAlloc(base->context, state->nps * sizeof(double));
	for (int i = 0; i < state->nps; i++)
		state->ps[i] = pq_getmsgfloat8(in);
	count = pq_getmsgint64(in);
	while (count-- > 0)
		add_number(state, pq_getmsgfloat8(in));
}

void
expr_accum_percentile_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_percentile_state *state = (const expr_accum_percentile_state *) base;
	BsonValue  *results = palloc(Max(state->nps, 1) * sizeof(BsonValue));

	make_percentiles(state->values, state->count, state->ps, state->nps, results);
	expr_make_array(results, state->nps, result);
}

void
expr_accum_median_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_percentile_state *state = (const expr_accum_percentile_state *) base;
	double		half = 0.5;

	make_percentiles(state->values, state->count, &half, 1, result);
}

/* ---- The expressions ---- */

typedef struct PercentileData
{
	bool		median;			/* a single result */
	int			nps;
	double	   *ps;
} PercentileData;

/* {$percentile: {input: array or number, p: [number, ...], method: "approximate"}}, and $median */
void
expr_parse_percentile(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	bool		median = strcmp(expr->op->name, "$median") == 0;
	PercentileData *data = palloc(sizeof(PercentileData));
	ExprNamedArg named[3];
	BsonValue	p;

	parse_spec(expr->op->name, argument,
			   median ? DOCDB_SQLSTATE(7436201) : DOCDB_SQLSTATE(7436200), named);
	expr_set_nargs(expr, 1);
	expr->args[0] = expr_parse(parser, &named[0].value);
	expr->data = data;
	data->median = median;
	if (median)
	{
		data->nps = 1;
		data->ps = palloc(sizeof(double));
		data->ps[0] = 0.5;
		return;
	}
	require_constant(expr_optimize_all(expr_parse(parser, &named[2].value), NULL), &p);
	data->nps = read_percentiles(&p, &data->ps);
}

void
expr_percentile(ExprCall *call, BsonValue *result)
{
	const PercentileData *data = call->expr->data;
	BsonValue  *results = palloc(data->nps * sizeof(BsonValue));
	double	   *values;
	BsonValue  *elements;
	BsonValue	input;
	uint32		nelements = 1;
	uint64		count = 0;

	expr_arg(call, 0, &input);
	elements = &input;
	if (input.type == BSON_ARRAY)
		elements = expr_array_elements(&input, &nelements);
	values = MemoryContextAllocHuge(CurrentMemoryContext, Max(nelements, 1) * sizeof(double));
	for (uint32 i = 0; i < nelements; i++)
	{
		if (!pgbson_is_number(&elements[i]))
			continue;
		values[count] = pgbson_number_to_double(&elements[i]);
		if (!isnan(values[count]) || input.type != BSON_ARRAY)
			count++;
	}
	make_percentiles(values, count, data->ps, data->nps, results);
	if (data->median)
		*result = results[0];
	else
		expr_make_array(results, data->nps, result);
}
