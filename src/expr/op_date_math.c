/*
 * op_date_math.c
 *		$dateAdd, $dateSubtract, $dateDiff and $dateTrunc.
 */
#include "postgres.h"

#include "expr/op_date.h"

/* ---- Units, days of the week and sizes as operands ---- */

static bool
unit_from_value(const char *op, const BsonValue *value, DateUnit *unit)
{
	if (expr_is_nullish(value))
		return false;
	if (value->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439013)),
				 errmsg("%s requires 'unit' to be a string, but got %s", op,
						pgbson_type_name(value->type))));
	if (!expr_unit_find(value->v.data, value->len, unit))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("%s parameter 'unit' value parsing failed :: caused by :: unknown time "
						"unit value: %.*s", op, (int) value->len, value->v.data)));
	return true;
}

/* The unit, which is always there; false where it is null. */
static bool
get_unit(ExprCall *call, int name, DateUnit *unit)
{
	DateData   *data = call->expr->data;
	BsonValue	value;

	if (data->unit_known)
	{
		*unit = data->unit;
		return true;
	}
	(void) expr_named_value(call, &data->index, name, &value);
	return unit_from_value(expr_name(call), &value, unit);
}

/* Finds a unit that is constant; false where it is null. */
static bool
fold_unit(ExprNode *expr, int name)
{
	DateData   *data = expr->data;
	BsonValue	value;

	if (!expr_named_constant(expr, &data->index, name, &value))
		return true;
	data->unit_known = unit_from_value(expr->op->name, &value, &data->unit);
	return data->unit_known;
}

static bool
start_of_week_from_value(const char *op, const BsonValue *value, int *day)
{
	if (expr_is_nullish(value))
		return false;
	if (value->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439015)),
				 errmsg("%s requires 'startOfWeek' to be a string, but got %s", op,
						pgbson_type_name(value->type))));
	if (!expr_weekday_find(value->v.data, value->len, day))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439016)),
				 errmsg("%s parameter 'startOfWeek' value cannot be recognized as a day of a "
						"week: %.*s", op, (int) value->len, value->v.data)));
	return true;
}

/* The day that weeks begin with, Sunday by default; false where it is null. */
static bool
get_start_of_week(ExprCall *call, int name, int *day)
{
	DateData   *data = call->expr->data;
	BsonValue	value;

	*day = DAYS_PER_WEEK;
	if (data->start_of_week_known)
		*day = data->start_of_week;
	else if (expr_named_value(call, &data->index, name, &value))
		return start_of_week_from_value(expr_name(call), &value, day);
	return true;
}

static bool
fold_start_of_week(ExprNode *expr, int name)
{
	DateData   *data = expr->data;
	BsonValue	value;

	if (!expr_named_constant(expr, &data->index, name, &value))
		return true;
	data->start_of_week_known = start_of_week_from_value(expr->op->name, &value,
														 &data->start_of_week);
	return data->start_of_week_known;
}

static bool
bin_size_from_value(const BsonValue *value, int64 *size)
{
	if (expr_is_nullish(value))
		return false;
	if (!pgbson_number_to_int64_exact(value, size))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439017)),
				 errmsg("$dateTrunc requires 'binSize' to be a 64-bit integer, but got value "
						"'%s' of type %s", pgbson_to_json(value, BSON_JSON_RELAXED),
						pgbson_type_name(value->type))));
	if (*size <= 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439018)),
				 errmsg("$dateTrunc requires 'binSize' to be greater than 0, but got value "
						INT64_FORMAT, *size)));
	return true;
}

static bool
is_date_like(const BsonValue *value)
{
	return value->type == BSON_DATE || value->type == BSON_TIMESTAMP ||
		value->type == BSON_OBJECTID;
}

static int64
date_operand(ExprCall *call, const char *name, const BsonValue *value)
{
	if (!is_date_like(value))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5166307)),
				 errmsg("%s requires '%s' to be a date, but got %s", expr_name(call), name,
						pgbson_type_name(value->type))));
	return expr_value_to_date(value);
}

/* ---- $dateAdd and $dateSubtract ---- */

enum
{
	ADD_DATE, ADD_UNIT, ADD_AMOUNT, ADD_ZONE
};

/* {$dateAdd: {startDate: date, unit: string, amount: integer, timezone: string}} */
void
expr_parse_date_add(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[] = {{"startDate"}, {"unit"}, {"amount"}, {"timezone"}};
	const char *name = expr->op->name;
	DateData   *data = palloc0(sizeof(DateData));
	const char *unknown;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5166400)),
				 errmsg("%s expects an object as its argument", name)));
	unknown = expr_named_args(parser, argument, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5166401)),
				 errmsg("Unrecognized argument to %s: %s. Expected arguments are startDate, "
						"unit, amount, and optionally timezone.", name, unknown)));
	if (!named[ADD_DATE].present || !named[ADD_UNIT].present || !named[ADD_AMOUNT].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5166402)),
				 errmsg("%s requires startDate, unit, and amount to be present", name)));
	expr_parse_named(parser, expr, named, lengthof(named), &data->index);
	expr->data = data;
}

ExprNode *
expr_optimize_date_add(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *folded = expr_fold(optimizer, expr);

	if (folded == expr && (!fold_unit(expr, ADD_UNIT) ||
						   !expr_date_fold_zone(expr, expr->data, ADD_ZONE)))
		return expr_date_null();
	return folded;
}

/* Evaluates the operands; false where one of them is null. */
static bool
get_addition(ExprCall *call, int64 *date, DateUnit *unit, int64 *amount, DateZone *zone)
{
	DateData   *data = call->expr->data;
	BsonValue	start;
	BsonValue	value;

	(void) expr_named_value(call, &data->index, ADD_DATE, &start);
	if (expr_is_nullish(&start) || !get_unit(call, ADD_UNIT, unit))
		return false;
	(void) expr_named_value(call, &data->index, ADD_AMOUNT, &value);
	if (expr_is_nullish(&value) || !expr_date_zone(call, data, ADD_ZONE, zone))
		return false;
	if (!is_date_like(&start))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5166403)),
				 errmsg("%s requires startDate to be convertible to a date", expr_name(call))));
	if (!pgbson_number_to_int64_exact(&value, amount))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5166405)),
				 errmsg("%s expects integer amount of time units", expr_name(call))));
	*date = expr_value_to_date(&start);
	return true;
}

void
expr_date_add_op(ExprCall *call, BsonValue *result)
{
	int64		date;
	DateUnit	unit;
	int64		amount;
	DateZone	zone;

	if (get_addition(call, &date, &unit, &amount, &zone))
		pgbson_make_date(expr_date_add(date, unit, amount, &zone), result);
	else
		pgbson_make_simple(BSON_NULL, result);
}

void
expr_date_subtract_op(ExprCall *call, BsonValue *result)
{
	int64		date;
	DateUnit	unit;
	int64		amount;
	DateZone	zone;

	if (!get_addition(call, &date, &unit, &amount, &zone))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (amount == PG_INT64_MIN)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(6045000)),
				 errmsg("invalid $dateSubtract 'amount' parameter value: " INT64_FORMAT,
						amount)));
	pgbson_make_date(expr_date_add(date, unit, -amount, &zone), result);
}

/* ---- $dateDiff ---- */

enum
{
	DIFF_START, DIFF_END, DIFF_UNIT, DIFF_ZONE, DIFF_START_OF_WEEK
};

/*
 * {$dateDiff: {startDate: date, endDate: date, unit: string, timezone: string, startOfWeek:
 * string}}
 */
void
expr_parse_date_diff(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const int missing_code[] = {
		DOCDB_SQLSTATE(5166303), DOCDB_SQLSTATE(5166304), DOCDB_SQLSTATE(5166305)
	};
	ExprNamedArg named[] = {{"startDate"}, {"endDate"}, {"unit"}, {"timezone"}, {"startOfWeek"}};
	DateData   *data = palloc0(sizeof(DateData));
	const char *unknown;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5166301)),
				 errmsg("$dateDiff only supports an object as its argument")));
	unknown = expr_named_args(NULL, argument, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5166302)),
				 errmsg("Unrecognized argument to $dateDiff: %s", unknown)));
	for (int i = 0; i < lengthof(missing_code); i++)
	{
		if (!named[i].present)
			ereport(ERROR,
					(errcode(missing_code[i]),
					 errmsg("Missing '%s' parameter to $dateDiff", named[i].name)));
	}
	expr_parse_named(parser, expr, named, lengthof(named), &data->index);
	expr->data = data;
}

ExprNode *
expr_optimize_date_diff(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *folded = expr_fold(optimizer, expr);

	if (folded == expr && (!fold_unit(expr, DIFF_UNIT) ||
						   !fold_start_of_week(expr, DIFF_START_OF_WEEK) ||
						   !expr_date_fold_zone(expr, expr->data, DIFF_ZONE)))
		return expr_date_null();
	return folded;
}

void
expr_date_diff_op(ExprCall *call, BsonValue *result)
{
	DateData   *data = call->expr->data;
	BsonValue	start;
	BsonValue	end;
	DateUnit	unit;
	int			start_of_week = DAYS_PER_WEEK;
	DateZone	zone;
	int64		from;
	int64		to;

	pgbson_make_simple(BSON_NULL, result);
	(void) expr_named_value(call, &data->index, DIFF_START, &start);
	if (expr_is_nullish(&start))
		return;
	(void) expr_named_value(call, &data->index, DIFF_END, &end);
	if (expr_is_nullish(&end) || !get_unit(call, DIFF_UNIT, &unit) ||
		(unit == DATE_WEEK && !get_start_of_week(call, DIFF_START_OF_WEEK, &start_of_week)) ||
		!expr_date_zone(call, data, DIFF_ZONE, &zone))
		return;
	from = date_operand(call, "startDate", &start);
	to = date_operand(call, "endDate", &end);
	pgbson_make_int64(expr_date_diff(from, to, unit, &zone, start_of_week), result);
}

/* ---- $dateTrunc ---- */

enum
{
	TRUNC_DATE, TRUNC_UNIT, TRUNC_BIN_SIZE, TRUNC_ZONE, TRUNC_START_OF_WEEK
};

/*
 * {$dateTrunc: {date: date, unit: string, binSize: integer, timezone: string, startOfWeek:
 * string}}
 */
void
expr_parse_date_trunc(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[] = {{"date"}, {"unit"}, {"binSize"}, {"timezone"}, {"startOfWeek"}};
	DateData   *data = palloc0(sizeof(DateData));
	const char *unknown;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439007)),
				 errmsg("$dateTrunc only supports an object as its argument")));
	unknown = expr_named_args(NULL, argument, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439008)),
				 errmsg("Unrecognized argument to $dateTrunc: %s. Expected arguments are date, "
						"unit, and optionally, binSize, timezone, startOfWeek", unknown)));
	if (!named[TRUNC_DATE].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439009)),
				 errmsg("Missing 'date' parameter to $dateTrunc")));
	if (!named[TRUNC_UNIT].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439010)),
				 errmsg("Missing 'unit' parameter to $dateTrunc")));
	expr_parse_named(parser, expr, named, lengthof(named), &data->index);
	expr->data = data;
}

static bool
fold_bin_size(ExprNode *expr)
{
	DateData   *data = expr->data;
	BsonValue	value;

	if (!expr_named_constant(expr, &data->index, TRUNC_BIN_SIZE, &value))
		return true;
	data->bin_size_known = bin_size_from_value(&value, &data->bin_size);
	return data->bin_size_known;
}

ExprNode *
expr_optimize_date_trunc(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *folded = expr_fold(optimizer, expr);

	if (folded == expr && (!fold_unit(expr, TRUNC_UNIT) ||
						   !fold_start_of_week(expr, TRUNC_START_OF_WEEK) ||
						   !expr_date_fold_zone(expr, expr->data, TRUNC_ZONE) ||
						   !fold_bin_size(expr)))
		return expr_date_null();
	return folded;
}

/* The size of the bins, 1 by default; false where it is null. */
static bool
get_bin_size(ExprCall *call, int64 *size)
{
	DateData   *data = call->expr->data;
	BsonValue	value;

	*size = 1;
	if (data->bin_size_known)
		*size = data->bin_size;
	else if (expr_named_value(call, &data->index, TRUNC_BIN_SIZE, &value))
		return bin_size_from_value(&value, size);
	return true;
}

void
expr_date_trunc_op(ExprCall *call, BsonValue *result)
{
	DateData   *data = call->expr->data;
	BsonValue	date;
	int64		bin_size;
	DateUnit	unit;
	int			start_of_week = DAYS_PER_WEEK;
	DateZone	zone;

	pgbson_make_simple(BSON_NULL, result);
	(void) expr_named_value(call, &data->index, TRUNC_DATE, &date);
	if (expr_is_nullish(&date) || !get_bin_size(call, &bin_size) ||
		!get_unit(call, TRUNC_UNIT, &unit) ||
		(unit == DATE_WEEK && !get_start_of_week(call, TRUNC_START_OF_WEEK, &start_of_week)) ||
		!expr_date_zone(call, data, TRUNC_ZONE, &zone))
		return;
	pgbson_make_date(expr_date_trunc(date_operand(call, "date", &date), unit, bin_size, &zone,
									 start_of_week), result);
}
