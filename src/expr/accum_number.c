/*
 * accum_number.c
 *		Accumulators of numbers: $sum, $avg, $count, $stdDevPop, $stdDevSamp.
 *
 * Values that are not numbers are passed over.
 */
#include "postgres.h"

#include <math.h>

#include "expr/accum_internal.h"
#include "pgbson/decimal_math.h"

#define TWO_TO_63 9223372036854775808.0

/* ---- $sum and $avg ---- */

/*
 * Adds a double to the sum of two doubles; what is lost in rounding goes to the smaller one
 * (Dekker's and Knuth's error-free transformations).
 */
static void
add_double(expr_accum_sum_state *state, double x)
{
	double		low;
	double		sum;
	double		part;

	state->special += x;

	/* x + addend, exactly, where the addend is the smaller */
	sum = x + state->addend;
	low = state->addend - (sum - x);
	x = sum;

	/* sum + x, exactly, in any order of size */
	sum = state->sum + x;
	part = sum - x;
	x = (state->sum - part) + (x - (sum - part));
	state->sum = sum;
	state->addend = low + x;
}

/* Adds (or takes away) an integer in two halves that are doubles without rounding. */
static void
add_int64(expr_accum_sum_state *state, int64 i, double sign)
{
	int64		high = i / (INT64CONST(1) << 32) * (INT64CONST(1) << 32);

	add_double(state, sign * (double) (i - high));
	add_double(state, sign * (double) high);
}

static void
add_decimal(expr_accum_sum_state *state, BsonDecimal decimal)
{
	BsonValue	total;
	BsonValue	value;

	pgbson_make_simple(BSON_DECIMAL128, &total);
	pgbson_make_simple(BSON_DECIMAL128, &value);
	total.v.dec = state->decimal;
	value.v.dec = decimal;
	(void) pgbson_number_add(&total, &value, &total);
	state->decimal = total.v.dec;
}

void
expr_accum_sum_init(AccumState *base)
{
	((expr_accum_sum_state *) base)->decimal = pgbson_decimal_from_int64(0);
}

void
expr_accum_sum_step(AccumState *base, const BsonValue *value)
{
	expr_accum_sum_state *state = (expr_accum_sum_state *) base;

	switch (value->type)
	{
		case BSON_INT32:
			add_double(state, value->v.i32);
			state->ints++;
			break;
		case BSON_INT64:
			add_int64(state, value->v.i64, 1);
			state->longs++;
			break;
		case BSON_DOUBLE:
			add_double(state, value->v.f64);
			state->doubles++;
			break;
		case BSON_DECIMAL128:
			add_decimal(state, value->v.dec);
			state->decimals++;
			break;
		default:
			break;
	}
}

void
expr_accum_sum_combine(AccumState *base, const AccumState *other_base)
{
	expr_accum_sum_state *state = (expr_accum_sum_state *) base;
	const expr_accum_sum_state *other = (const expr_accum_sum_state *) other_base;

	if (isnan(other->sum))
		add_double(state, other->special);
	else
	{
		add_double(state, other->sum);

		/* Beside an infinite sum the addend is NaN, and means nothing. */
		if (isfinite(other->sum) || !isnan(other->addend))
			add_double(state, other->addend);
	}
	add_decimal(state, other->decimal);
	state->ints += other->ints;
	state->longs += other->longs;
	state->doubles += other->doubles;
	state->decimals += other->decimals;
}

/* Sums of integers are exact, so that they can be undone; others depend on the order. */
bool
expr_accum_sum_remove(AccumState *base, const BsonValue *value)
{
	expr_accum_sum_state *state = (expr_accum_sum_state *) base;

	if (!pgbson_is_number(value))
		return true;
	if (state->doubles > 0 || state->decimals > 0)
		return false;
	if (value->type == BSON_INT32)
	{
		add_double(state, -(double) value->v.i32);
		state->ints--;
	}
	else
	{
		add_int64(state, value->v.i64, -1);
		state->longs--;
	}
	return true;
}

void
expr_accum_sum_write(const AccumState *base, StringInfo out)
{
	const expr_accum_sum_state *state = (const expr_accum_sum_state *) base;

	pq_sendfloat8(out, state->sum);
	pq_sendfloat8(out, state->addend);
	pq_sendfloat8(out, state->special);
	pq_sendint64(out, state->decimal.high);
	pq_sendint64(out, state->decimal.low);
	pq_sendint64(out, state->ints);
	pq_sendint64(out, state->longs);
	pq_sendint64(out, state->doubles);
	pq_sendint64(out, state->decimals);
}

void
expr_accum_sum_read(AccumState *base, StringInfo in)
{
	expr_accum_sum_state *state = (expr_accum_sum_state *) base;

	state->sum = pq_getmsgfloat8(in);
	state->addend = pq_getmsgfloat8(in);
	state->special = pq_getmsgfloat8(in);
	state->decimal.high = pq_getmsgint64(in);
	state->decimal.low = pq_getmsgint64(in);
	state->ints = pq_getmsgint64(in);
	state->longs = pq_getmsgint64(in);
	state->doubles = pq_getmsgint64(in);
	state->decimals = pq_getmsgint64(in);
}

/*
 * The double nearest to the sum, and what is missing from it.  After large values have cancelled
 * each other, the addend may reach into the digits of the sum.
 *
 * Unlike MongoDB, which leaves such an addend out of a double result: then sums would depend on
 * the order of the input even where they are exact, and parallel workers would change them.
 */
static double
nearest_sum(const expr_accum_sum_state *state, double *rest)
{
	double		sum = state->sum + state->addend;

	*rest = state->addend - (sum - state->sum);
	return sum;
}

/* Whether the sum rounds to an int64; its value then is *i. */
static bool
sum_to_int64(const expr_accum_sum_state *state, int64 *i)
{
	double		rest;
	double		sum = nearest_sum(state, &rest);

	if (!(sum > -TWO_TO_63 && sum < TWO_TO_63))
	{
		if (sum == TWO_TO_63 && rest < -0.5)
		{
			*i = (int64) llround(rest) + PG_INT64_MAX + 1;
			return true;
		}
		if (!(sum == -TWO_TO_63 && rest >= -0.5))
			return false;
	}
	*i = llround(sum);
	*i += llround((sum - (double) *i) + rest);
	return true;
}

static double
sum_to_double(const expr_accum_sum_state *state)
{
	double		rest;

	return isfinite(state->sum) ? nearest_sum(state, &rest) : state->special;
}

static void
sum_to_decimal(const expr_accum_sum_state *state, BsonValue *result)
{
	BsonValue	part;

	pgbson_make_simple(BSON_DECIMAL128, result);
	pgbson_make_simple(BSON_DECIMAL128, &part);
	if (isfinite(state->sum))
	{
		result->v.dec = pgbson_decimal_from_double_exact(state->sum);
		part.v.dec = pgbson_decimal_from_double_exact(state->addend);
		(void) pgbson_number_add(result, &part, result);
	}
	else
		result->v.dec = pgbson_decimal_from_double_exact(state->special);
	part.v.dec = state->decimal;
	(void) pgbson_number_add(&part, result, result);
}

/* The widest type among the values; an integer sum beyond int64 is a double. */
void
expr_accum_sum_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_sum_state *state = (const expr_accum_sum_state *) base;
	int64		i;

	if (state->decimals > 0)
		sum_to_decimal(state, result);
	else if (state->doubles > 0 || !sum_to_int64(state, &i))
		pgbson_make_double(sum_to_double(state), result);
	else if (state->longs > 0 || i < PG_INT32_MIN || i > PG_INT32_MAX)
		pgbson_make_int64(i, result);
	else
		pgbson_make_int32((int32) i, result);
}

/* Null without numbers; otherwise a double, or a decimal where one was among them. */
void
expr_accum_avg_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_sum_state *state = (const expr_accum_sum_state *) base;
	int64		count = state->ints + state->longs + state->doubles + state->decimals;
	BsonValue	divisor;

	if (count == 0)
		pgbson_make_simple(BSON_NULL, result);
	else if (state->decimals > 0)
	{
		sum_to_decimal(state, result);
		pgbson_make_int64(count, &divisor);
		pgbson_number_divide(result, &divisor, result);
	}
	else
		pgbson_make_double(sum_to_double(state) / (double) count, result);
}

/* ---- $count ---- */

void
expr_accum_count_init(AccumState *base)
{
}

void
expr_accum_count_step(AccumState *base, const BsonValue *value)
{
	((expr_accum_count_state *) base)->count++;
}

void
expr_accum_count_combine(AccumState *base, const AccumState *other)
{
	((expr_accum_count_state *) base)->count += ((const expr_accum_count_state *) other)->count;
}

bool
expr_accum_count_remove(AccumState *base, const BsonValue *value)
{
	((expr_accum_count_state *) base)->count--;
	return true;
}

void
expr_accum_count_write(const AccumState *base, StringInfo out)
{
	pq_sendint64(out, ((const expr_accum_count_state *) base)->count);
}

void
expr_accum_count_read(AccumState *base, StringInfo in)
{
	((expr_accum_count_state *) base)->count = pq_getmsgint64(in);
}

void
expr_accum_count_final(const AccumState *base, BsonValue *result)
{
	int64		count = ((const expr_accum_count_state *) base)->count;

	if (count <= PG_INT32_MAX)
		pgbson_make_int32((int32) count, result);
	else
		pgbson_make_int64(count, result);
}

/* ---- $stdDevPop and $stdDevSamp ---- */

void
expr_accum_deviation_init(AccumState *base)
{
}

/* Welford's method. */
void
expr_accum_deviation_step(AccumState *base, const BsonValue *value)
{
	expr_accum_deviation_state *state = (expr_accum_deviation_state *) base;
	double		x;
	double		delta;

	if (!pgbson_is_number(value))
		return;
	x = pgbson_number_to_double(value);
	state->count++;
	delta = x - state->mean;
	if (delta != 0)
	{
		state->mean += delta / state->count;
		state->m2 += delta * (x - state->mean);
	}
}

void
expr_accum_deviation_combine(AccumState *base, const AccumState *other_base)
{
	expr_accum_deviation_state *state = (expr_accum_deviation_state *) base;
	const expr_accum_deviation_state *other = (const expr_accum_deviation_state *) other_base;
	int64		count = state->count + other->count;
	double		delta = other->mean - state->mean;

	if (other->count == 0)
		return;
	if (delta != 0)
	{
		state->mean = (state->count * state->mean + other->count * other->mean) / count;
		state->m2 += delta * delta * ((double) state->count * other->count / count);
	}
	state->m2 += other->m2;
	state->count = count;
}

bool
expr_accum_deviation_remove(AccumState *base, const BsonValue *value)
{
	return !pgbson_is_number(value);
}

void
expr_accum_deviation_write(const AccumState *base, StringInfo out)
{
	const expr_accum_deviation_state *state = (const expr_accum_deviation_state *) base;

	pq_sendint64(out, state->count);
	pq_sendfloat8(out, state->mean);
	pq_sendfloat8(out, state->m2);
}

void
expr_accum_deviation_read(AccumState *base, StringInfo in)
{
	expr_accum_deviation_state *state = (expr_accum_deviation_state *) base;

	state->count = pq_getmsgint64(in);
	state->mean = pq_getmsgfloat8(in);
	state->m2 = pq_getmsgfloat8(in);
}

static void
make_deviation(double m2, int64 count, BsonValue *result)
{
	if (count <= 0)
		pgbson_make_simple(BSON_NULL, result);
	else
		pgbson_make_double(sqrt(m2 / count), result);
}

void
expr_accum_deviation_pop_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_deviation_state *state = (const expr_accum_deviation_state *) base;

	make_deviation(state->m2, state->count, result);
}

void
expr_accum_deviation_samp_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_deviation_state *state = (const expr_accum_deviation_state *) base;

	make_deviation(state->m2, state->count - 1, result);
}
