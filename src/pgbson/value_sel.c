/*
 * value_sel.c
 *		How many rows have a value in a range: the restriction estimator of < <= >= > on bson_value.
 *
 * PostgreSQL's own cannot tell where between two bounds of the histogram a value lies that is of no
 * type of its own, so that whatever is narrower than what lies between two bounds is a guess.  It
 * knows the two ends of a range by the estimators that its operators have; so here the one end's
 * operator answers for both, and the other's says that it removes nothing.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/pg_statistic.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
#include "utils/typcache.h"

#include "pgbson/pgbson_internal.h"
#include "pgbson/stats.h"

PG_FUNCTION_INFO_V1(docdb_value_range_sel);

/* A condition "column operator value". */
typedef struct Bound
{
	int			strategy;
	bool		known;			/* the value is */
	BsonValue	value;
} Bound;

static bool
is_low(int strategy)
{
	return strategy == BTGreaterStrategyNumber || strategy == BTGreaterEqualStrategyNumber;
}

static bool
is_high(int strategy)
{
	return strategy == BTLessStrategyNumber || strategy == BTLessEqualStrategyNumber;
}

/* "value operator column" as "column operator value". */
static int
commute(int strategy)
{
	return strategy == 0 ? 0 : BTGreaterStrategyNumber + BTLessStrategyNumber - strategy;
}

/* The strategy of an operator in the order of a type, or 0. */
static int
strategy_of(Oid operator, Oid type)
{
	return get_op_opfamily_strategy(operator,
									lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf);
}

static void
set_value(Bound *bound, Node *node)
{
	bound->known = node != NULL && IsA(node, Const) && !((Const *) node)->constisnull;
	if (bound->known)
		pgbson_value_from_datum(((Const *) node)->constvalue, &bound->value);
}

/* A condition on the column, if that is what a clause is. */
static bool
read_clause(PlannerInfo *root, Node *clause, const VariableStatData *vardata, Bound *bound)
{
	OpExpr	   *op = (OpExpr *) clause;
	bool		is_left;

	if (!IsA(clause, OpExpr) || list_length(op->args) != 2)
		return false;
	is_left = equal(linitial(op->args), vardata->var);
	if (!is_left && !equal(lsecond(op->args), vardata->var))
		return false;
	bound->strategy = strategy_of(op->opno, vardata->vartype);
	if (!is_left)
		bound->strategy = commute(bound->strategy);
	if (!is_low(bound->strategy) && !is_high(bound->strategy))
		return false;
	set_value(bound, estimate_expression_value(root, is_left ? lsecond(op->args) :
											   linitial(op->args)));
	return true;
}

/*
 * The other end of the range that a condition begins or ends, among the conditions on its table.
 * There is one only where there is just one condition for each end.
 */
static bool
find_other_end(PlannerInfo *root, const VariableStatData *vardata, const Bound *bound,
			   Bound *other)
{
	int			same = 0;
	int			opposite = 0;
	ListCell   *lc;

	if (vardata->rel == NULL)
		return false;
	foreach(lc, vardata->rel->baserestrictinfo)
	{
		Bound		found;

		if (!read_clause(root, (Node *) lfirst_node(RestrictInfo, lc)->clause, vardata, &found))
			continue;
		if (is_low(found.strategy) == is_low(bound->strategy))
			same++;
		else if (++opposite == 1)
			*other = found;
	}
	return same == 1 && opposite == 1;
}

/* What ANALYZE found in a column of values. */
typedef struct ColumnValues
{
	double		null;
	AttStatsSlot common;
	AttStatsSlot histogram;
} ColumnValues;

/* The share of the histogram's values that are less than a value; false for one outside of it. */
static bool
histogram_below(const AttStatsSlot *histogram, const BsonValue *value, double *share)
{
	int			low = 0;		/* the bounds up to here are not greater */
	int			high = histogram->nvalues - 1;	/* and those from here on are */
	BsonValue	first;
	BsonValue	last;

	/* Without one the most common values are all that there are. */
	*share = 0;
	if (histogram->nvalues < 2)
		return true;
	pgbson_value_from_datum(histogram->values[low], &first);
	pgbson_value_from_datum(histogram->values[high], &last);
	*share = pgbson_compare(value, &first) < 0 ? 0 : 1;
	if (pgbson_compare(value, &first) < 0 || pgbson_compare(value, &last) >= 0)
		return false;
	while (high - low > 1)
	{
		int			middle = (low + high) / 2;
		BsonValue	bound;

		pgbson_value_from_datum(histogram->values[middle], &bound);
		if (pgbson_compare(value, &bound) < 0)
		{
			high = middle;
			last = bound;
		}
		else
		{
			low = middle;
			first = bound;
		}
	}
	*share = (low + pgbson_place_between(&first, &last, value)) / (histogram->nvalues - 1);
	return true;
}

/* The share of rows whose value is less than, or with inclusive equals, a value. */
static bool
rows_below(const ColumnValues *column, const BsonValue *value, bool inclusive, double *share)
{
	double		rest = 1 - column->null;
	double		below = 0;
	double		part;
	bool		is_inside;

	for (int i = 0; i < column->common.nvalues; i++)
	{
		BsonValue	common;
		int			order;

		pgbson_value_from_datum(column->common.values[i], &common);
		order = pgbson_compare(&common, value);
		rest -= column->common.numbers[i];
		if (order < 0 || (inclusive && order == 0))
			below += column->common.numbers[i];
	}
	is_inside = histogram_below(&column->histogram, value, &part);
	*share = below + Max(rest, 0) * part;
	return is_inside;
}

/*
 * The share of rows between a low and a high end, of which one may be NULL.  False where it is
 * better guessed, as both lie outside of what ANALYZE has seen.
 */
static bool
rows_between(const ColumnValues *column, const Bound *low, const Bound *high, double *share)
{
	double		from = 0;
	double		to = 1 - column->null;
	bool		is_inside = false;

	if (low != NULL)
		is_inside |= rows_below(column, &low->value, low->strategy == BTGreaterStrategyNumber,
								&from);
	if (high != NULL)
		is_inside |= rows_below(column, &high->value, high->strategy == BTLessEqualStrategyNumber,
								&to);
	*share = to - from;

	/* A range around all that there is, too. */
	return is_inside || (low != NULL && high != NULL && *share > 0);
}

/* The share of rows between two ends by what ANALYZE found; false where that does not tell. */
static bool
estimate(const VariableStatData *vardata, const Bound *low, const Bound *high, double *share)
{
	ColumnValues column;
	bool		known = false;

	if (!HeapTupleIsValid(vardata->statsTuple) || (low != NULL && !low->known) ||
		(high != NULL && !high->known))
		return false;
	column.null = ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;

	/* What is not there is left empty. */
	(void) get_attstatsslot(&column.histogram, vardata->statsTuple, STATISTIC_KIND_HISTOGRAM,
							InvalidOid, ATTSTATSSLOT_VALUES);
	(void) get_attstatsslot(&column.common, vardata->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
							ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS);
	if (column.histogram.nvalues > 1 || column.common.nvalues > 0)
		known = rows_between(&column, low, high, share);
	if (known && vardata->rel != NULL)
		*share = Max(*share, 1 / Max(1, vardata->rel->tuples));
	free_attstatsslot(&column.histogram);
	free_attstatsslot(&column.common);
	return known;
}

/* The share of rows for a condition, where the other end of the range is known too. */
static double
estimate_range(const VariableStatData *vardata, const Bound *bound, const Bound *other)
{
	double		share;

	if (is_high(bound->strategy))
		return 1;
	if (!estimate(vardata, bound, other, &share))
		share = DEFAULT_RANGE_INEQ_SEL;
	return share;
}

/* What PostgreSQL would say of one condition alone. */
static Datum
general_estimate(FunctionCallInfo fcinfo, int strategy)
{
	switch (strategy)
	{
		case BTLessStrategyNumber:
			return scalarltsel(fcinfo);
		case BTLessEqualStrategyNumber:
			return scalarlesel(fcinfo);
		case BTGreaterEqualStrategyNumber:
			return scalargesel(fcinfo);
		default:
			return scalargtsel(fcinfo);
	}
}

/* docdb.value_range_sel(internal, oid, internal, integer) */
Datum
docdb_value_range_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			strategy = list_length(args) != 2 ? 0 :
	strategy_of(operator, exprType(linitial(args)));
	VariableStatData vardata;
	Bound		bound;
	Bound		other;
	Node	   *value;
	bool		is_left;
	bool		known = false;
	double		share = 1;

	if (!get_restriction_variable(root, args, PG_GETARG_INT32(3), &vardata, &value, &is_left))
		return general_estimate(fcinfo, strategy);
	bound.strategy = is_left ? strategy : commute(strategy);
	set_value(&bound, value);
	if (strategy != 0 && (!HeapTupleIsValid(vardata.statsTuple) ||
						  statistic_proc_security_check(&vardata, get_opcode(operator))))
	{
		known = find_other_end(root, &vardata, &bound, &other);
		if (known)
			share = estimate_range(&vardata, &bound, &other);
		else
			known = estimate(&vardata, is_low(bound.strategy) ? &bound : NULL,
							 is_high(bound.strategy) ? &bound : NULL, &share);
	}
	ReleaseVariableStats(vardata);
	if (!known)
		return general_estimate(fcinfo, strategy);
	CLAMP_PROBABILITY(share);
	PG_RETURN_FLOAT8(share);
}
