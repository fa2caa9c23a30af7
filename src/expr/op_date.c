/*
 * op_date.c
 *		Parts of dates, dates from their parts, and dates as text.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "expr/op_date.h"

/* ---- What the operators share ---- */

int64
expr_value_to_date(const BsonValue *value)
{
	uint32		seconds;

	switch (value->type)
	{
		case BSON_DATE:
			return value->v.i64;
		case BSON_TIMESTAMP:
			return BSON_TIMESTAMP_SECONDS(value) * MS_PER_SECOND;
		case BSON_OBJECTID:
			memcpy(&seconds, value->v.oid, sizeof(seconds));
			return (int32) pg_ntoh32(seconds) * MS_PER_SECOND;
		default:
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(16006)),
					 errmsg("can't convert from BSON type %s to Date",
							pgbson_type_name(value->type))));
	}
	return 0;					/* not reached */
}

static bool
zone_from_value(const BsonValue *value, DateZone *zone)
{
	if (expr_is_nullish(value))
		return false;
	if (value->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40517)),
				 errmsg("timezone must evaluate to a string, found %s",
						pgbson_type_name(value->type))));
	expr_zone_find(value->v.data, value->len, zone);
	return true;
}

bool
expr_date_zone(ExprCall *call, const DateData *data, int name, DateZone *zone)
{
	BsonValue	value;

	if (data->zone_known)
	{
		*zone = data->zone;
		return !data->zone_null;
	}
	if (!expr_named_value(call, &data->index, name, &value))
	{
		memset(zone, 0, sizeof(*zone));
		return true;
	}
	return zone_from_value(&value, zone);
}

bool
expr_date_fold_zone(ExprNode *expr, DateData *data, int name)
{
	BsonValue	value;

	if (!expr_has_named(&data->index, name))
		data->zone_known = true;
	else if (expr_named_constant(expr, &data->index, name, &value))
	{
		data->zone_null = !zone_from_value(&value, &data->zone);
		data->zone_known = true;
	}
	return !data->zone_null;
}

ExprNode *
expr_date_null(void)
{
	BsonValue	null;

	pgbson_make_simple(BSON_NULL, &null);
	return expr_make_constant(&null);
}

/* ---- Parts: $year and the like ---- */

#define PART_DATE 0
#define PART_ZONE 1

/* {$year: date} or {$year: {date: date, timezone: string}} */
void
expr_parse_date_part(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[2] = {{"date"}, {"timezone"}};
	const char *name = expr->op->name;
	DateData   *data = palloc0(sizeof(DateData));
	const char *unknown;
	BsonIter	iter;

	expr->data = data;
	data->index.arg[PART_ZONE] = -1;
	if (argument->type == BSON_ARRAY && pgbson_count(argument) != 1)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40536)),
				 errmsg("%s accepts exactly one argument if given an array, but was given %u",
						name, pgbson_count(argument))));
	if (argument->type == BSON_DOCUMENT)
		pgbson_iter_init(&iter, argument);
	if (argument->type != BSON_DOCUMENT || (pgbson_iter_next(&iter) && iter.key[0] == '$'))
	{
		expr_parse_args(parser, expr, argument);
		return;
	}

	unknown = expr_named_args(parser, argument, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40535)),
				 errmsg("unrecognized option to %s: \"%s\"", name, unknown)));
	if (!named[PART_DATE].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40539)),
				 errmsg("missing 'date' argument to %s, provided: %s: %s", name, name,
						pgbson_to_json(argument, BSON_JSON_RELAXED))));
	expr_parse_named(parser, expr, named, lengthof(named), &data->index);
}

ExprNode *
expr_optimize_date_part(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *folded = expr_fold(optimizer, expr);

	if (folded == expr && !expr_date_fold_zone(expr, expr->data, PART_ZONE))
		return expr_date_null();
	return folded;
}

/* Evaluates the operands; false, and a null result, where one of them is null. */
static bool
get_parts(ExprCall *call, DateParts *parts, BsonValue *result)
{
	DateData   *data = call->expr->data;
	BsonValue	value;
	DateZone	zone;
	int64		date;

	pgbson_make_simple(BSON_NULL, result);
	expr_arg(call, data->index.arg[PART_DATE], &value);
	if (expr_is_nullish(&value))
		return false;
	date = expr_value_to_date(&value);
	if (!expr_date_zone(call, data, PART_ZONE, &zone))
		return false;
	expr_date_split(date, &zone, parts);
	return true;
}

void
expr_year(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32((int32) parts.year, result);
}

void
expr_month(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(parts.month, result);
}

void
expr_day_of_month(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(parts.day, result);
}

void
expr_day_of_week(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(expr_date_weekday(&parts), result);
}

void
expr_day_of_year(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(expr_date_yearday(&parts), result);
}

void
expr_hour(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(parts.hour, result);
}

void
expr_minute(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(parts.minute, result);
}

void
expr_second(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(parts.second, result);
}

void
expr_millisecond(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(parts.millisecond, result);
}

void
expr_week(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(expr_date_week(&parts), result);
}

void
expr_iso_day_of_week(ExprCall *call, BsonValue *result)
{
	DateParts	parts;

	if (get_parts(call, &parts, result))
		pgbson_make_int32(expr_date_iso_weekday(&parts), result);
}

void
expr_iso_week(ExprCall *call, BsonValue *result)
{
	DateParts	parts;
	int64		year;
	int			week;

	if (!get_parts(call, &parts, result))
		return;
	expr_date_iso_week(&parts, &year, &week);
	pgbson_make_int32(week, result);
}

/* Unlike the other parts this is a long. */
void
expr_iso_week_year(ExprCall *call, BsonValue *result)
{
	DateParts	parts;
	int64		year;
	int			week;

	if (!get_parts(call, &parts, result))
		return;
	expr_date_iso_week(&parts, &year, &week);
	pgbson_make_int64(year, result);
}

/* ---- $tsSecond and $tsIncrement ---- */

static void
check_timestamp(ExprCall *call, int sqlstate, const BsonValue *value)
{
	if (value->type != BSON_TIMESTAMP)
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg(" Argument to %s must be a timestamp, but is %s", expr_name(call),
						pgbson_type_name(value->type))));
}

/* {$tsSecond: timestamp} */
void
expr_ts_second(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	check_timestamp(call, DOCDB_SQLSTATE(5687301), &args[0]);
	pgbson_make_int64(BSON_TIMESTAMP_SECONDS(&args[0]), result);
}

/* {$tsIncrement: timestamp} */
void
expr_ts_increment(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	check_timestamp(call, DOCDB_SQLSTATE(5687302), &args[0]);
	pgbson_make_int64(BSON_TIMESTAMP_INCREMENT(&args[0]), result);
}

/* ---- $dateFromParts ---- */

enum
{
	FROM_YEAR, FROM_MONTH, FROM_DAY, FROM_HOUR, FROM_MINUTE, FROM_SECOND, FROM_MILLISECOND,
	FROM_ISO_YEAR, FROM_ISO_WEEK, FROM_ISO_WEEKDAY, FROM_ZONE, FROM_COUNT
};

static const char *const from_parts_names[FROM_COUNT] = {
	"year", "month", "day", "hour", "minute", "second", "millisecond",
	"isoWeekYear", "isoWeek", "isoDayOfWeek", "timezone"
};

/*
 * {$dateFromParts: {year: n, month: n, day: n, hour: n, minute: n, second: n, millisecond: n,
 * timezone: string}}, or with isoWeekYear, isoWeek and isoDayOfWeek for the first three
 */
void
expr_parse_date_from_parts(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[FROM_COUNT] = {{0}};
	DateData   *data = palloc0(sizeof(DateData));
	const char *unknown;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40519)),
				 errmsg("$dateFromParts only supports an object as its argument")));
	for (int i = 0; i < FROM_COUNT; i++)
		named[i].name = from_parts_names[i];
	unknown = expr_named_args(NULL, argument, named, FROM_COUNT);
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40518)),
				 errmsg("Unrecognized argument to $dateFromParts: %s", unknown)));
	if (!named[FROM_YEAR].present && !named[FROM_ISO_YEAR].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40516)),
				 errmsg("$dateFromParts requires either 'year' or 'isoWeekYear' to be present")));
	if (named[FROM_YEAR].present &&
		(named[FROM_ISO_YEAR].present || named[FROM_ISO_WEEK].present ||
		 named[FROM_ISO_WEEKDAY].present))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40489)),
				 errmsg("$dateFromParts does not allow mixing natural dates with ISO dates")));
	if (named[FROM_ISO_YEAR].present && (named[FROM_MONTH].present || named[FROM_DAY].present))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40525)),
				 errmsg("$dateFromParts does not allow mixing ISO dates with natural dates")));
	expr_parse_named(parser, expr, named, FROM_COUNT, &data->index);
	expr->data = data;
}

ExprNode *
expr_optimize_date_from_parts(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *folded = expr_fold(optimizer, expr);

	if (folded == expr && !expr_date_fold_zone(expr, expr->data, FROM_ZONE))
		return expr_date_null();
	return folded;
}

/* An integer, or its default where it is absent; false where it is null. */
static bool
get_number(ExprCall *call, int name, int64 otherwise, int64 *number)
{
	DateData   *data = call->expr->data;
	BsonValue	value;

	*number = otherwise;
	if (!expr_named_value(call, &data->index, name, &value))
		return true;
	if (expr_is_nullish(&value))
		return false;
	if (!pgbson_number_to_int64_exact(&value, number))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40515)),
				 errmsg("'%s' must evaluate to an integer, found %s with value %s",
						from_parts_names[name], pgbson_type_name(value.type),
						pgbson_to_json(&value, BSON_JSON_RELAXED))));
	return true;
}

/* The same for the parts whose numbers are limited to 16 bits. */
static bool
get_small_number(ExprCall *call, int name, int64 otherwise, int64 *number)
{
	if (!get_number(call, name, otherwise, number))
		return false;
	if (*number < PG_INT16_MIN || *number > PG_INT16_MAX)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31034)),
				 errmsg("'%s' must evaluate to a value in the range [%d, %d]; value "
						INT64_FORMAT " is not in range", from_parts_names[name], PG_INT16_MIN,
						PG_INT16_MAX, *number)));
	return true;
}

/* The local day, from either kind of parts; false where one is null. */
static bool
get_days(ExprCall *call, int64 *days)
{
	DateData   *data = call->expr->data;
	bool		iso = expr_has_named(&data->index, FROM_ISO_YEAR);
	int			name = iso ? FROM_ISO_YEAR : FROM_YEAR;
	int64		year;
	int64		second;
	int64		third;

	if (!get_number(call, name, 1970, &year) ||
		!get_small_number(call, name + 1, 1, &second) ||
		!get_small_number(call, name + 2, 1, &third))
		return false;
	if (year < 1 || year > 9999)
		ereport(ERROR,
				(errcode(iso ? DOCDB_SQLSTATE(31095) : DOCDB_SQLSTATE(40523)),
				 errmsg("'%s' must evaluate to an integer in the range 1 to 9999, found "
						INT64_FORMAT, from_parts_names[name], year)));
	*days = iso ? expr_days_from_iso(year, second, third) :
		expr_days_carried(year, second, third);
	return true;
}

void
expr_date_from_parts(ExprCall *call, BsonValue *result)
{
	DateData   *data = call->expr->data;
	int64		days;
	int64		hour;
	int64		minute;
	int64		second;
	int64		millisecond;
	DateZone	zone;

	pgbson_make_simple(BSON_NULL, result);
	if (!get_small_number(call, FROM_HOUR, 0, &hour) ||
		!get_small_number(call, FROM_MINUTE, 0, &minute) ||
		!get_number(call, FROM_SECOND, 0, &second) ||
		!get_number(call, FROM_MILLISECOND, 0, &millisecond) ||
		!expr_date_zone(call, data, FROM_ZONE, &zone) ||
		!get_days(call, &days))
		return;

	/* MongoDB counts in microseconds. */
	if (millisecond > PG_INT64_MAX / 1000 || millisecond < PG_INT64_MIN / 1000 ||
		second > PG_INT64_MAX / 1000 || second < PG_INT64_MIN / 1000)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(159)),
				 errmsg("Overflow casting from a lower-precision duration to a "
						"higher-precision duration")));
	pgbson_make_date(expr_date_join(days, hour * 3600 + minute * 60 + second, millisecond, &zone,
									expr_zone_epoch_summer(&zone)), result);
}

/* ---- $dateToParts ---- */

enum
{
	TO_PARTS_DATE, TO_PARTS_ZONE, TO_PARTS_ISO
};

/* {$dateToParts: {date: date, timezone: string, iso8601: bool}} */
void
expr_parse_date_to_parts(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[] = {{"date"}, {"timezone"}, {"iso8601"}};
	DateData   *data = palloc0(sizeof(DateData));
	const char *unknown;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40524)),
				 errmsg("$dateToParts only supports an object as its argument")));
	unknown = expr_named_args(NULL, argument, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40520)),
				 errmsg("Unrecognized argument to $dateToParts: %s", unknown)));
	if (!named[TO_PARTS_DATE].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40522)),
				 errmsg("Missing 'date' parameter to $dateToParts")));
	expr_parse_named(parser, expr, named, lengthof(named), &data->index);
	expr->data = data;
}

ExprNode *
expr_optimize_date_to_parts(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *folded = expr_fold(optimizer, expr);

	if (folded == expr && !expr_date_fold_zone(expr, expr->data, TO_PARTS_ZONE))
		return expr_date_null();
	return folded;
}

static void
append_parts(BsonBuilder *builder, const DateParts *parts, bool iso)
{
	if (iso)
	{
		int64		year;
		int			week;

		expr_date_iso_week(parts, &year, &week);
		pgbson_append_int32(builder, "isoWeekYear", -1, (int32) year);
		pgbson_append_int32(builder, "isoWeek", -1, week);
		pgbson_append_int32(builder, "isoDayOfWeek", -1, expr_date_iso_weekday(parts));
	}
	else
	{
		pgbson_append_int32(builder, "year", -1, (int32) parts->year);
		pgbson_append_int32(builder, "month", -1, parts->month);
		pgbson_append_int32(builder, "day", -1, parts->day);
	}
	pgbson_append_int32(builder, "hour", -1, parts->hour);
	pgbson_append_int32(builder, "minute", -1, parts->minute);
	pgbson_append_int32(builder, "second", -1, parts->second);
	pgbson_append_int32(builder, "millisecond", -1, parts->millisecond);
}

void
expr_date_to_parts(ExprCall *call, BsonValue *result)
{
	DateData   *data = call->expr->data;
	BsonValue	date;
	BsonValue	iso;
	DateZone	zone;
	DateParts	parts;
	BsonBuilder builder;

	pgbson_make_simple(BSON_NULL, result);
	(void) expr_named_value(call, &data->index, TO_PARTS_DATE, &date);
	if (!expr_date_zone(call, data, TO_PARTS_ZONE, &zone))
		return;
	if (!expr_named_value(call, &data->index, TO_PARTS_ISO, &iso))
		pgbson_make_bool(false, &iso);
	if (expr_is_nullish(&iso))
		return;
	if (iso.type != BSON_BOOL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40521)),
				 errmsg("iso8601 must evaluate to a bool, found %s",
						pgbson_type_name(iso.type))));
	if (expr_is_nullish(&date))
		return;
	expr_date_split(expr_value_to_date(&date), &zone, &parts);
	pgbson_builder_init(&builder);
	append_parts(&builder, &parts, iso.v.boolean);
	pgbson_finish(&builder, BSON_DOCUMENT, result);
}

/* ---- $dateToString and $dateFromString ---- */

/* A format that is a string or null; whether it is there and not null. */
static bool
get_format(ExprCall *call, int name, int sqlstate, bool reading, BsonValue *format)
{
	DateData   *data = call->expr->data;

	pgbson_make_simple(BSON_NULL, format);
	if (!expr_named_value(call, &data->index, name, format) || expr_is_nullish(format))
		return false;
	if (format->type != BSON_STRING)
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg("%s requires that 'format' be a string, found: %s with value %s",
						expr_name(call), pgbson_type_name(format->type),
						pgbson_to_json(format, BSON_JSON_RELAXED))));
	expr_date_check_format(format->v.data, format->len, reading);
	return true;
}

enum
{
	TEXT_DATE, TEXT_FORMAT, TEXT_ZONE, TEXT_ON_NULL, TEXT_ON_ERROR
};

/* Errors of the two operators' forms. */
typedef struct TextForm
{
	int			not_document;
	int			unknown;
	int			missing;
	const char *not_document_message;
} TextForm;

static void
parse_text(ExprParser *parser, ExprNode *expr, const BsonValue *argument, ExprNamedArg *named,
		   int count, const TextForm *form)
{
	const char *name = expr->op->name;
	DateData   *data = palloc0(sizeof(DateData));
	const char *unknown;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(form->not_document),
				 errmsg("%s only supports an object as %s argument", name,
						form->not_document_message)));
	unknown = expr_named_args(NULL, argument, named, count);
	if (unknown)
		ereport(ERROR,
				(errcode(form->unknown),
				 errmsg("Unrecognized argument to %s: %s", name, unknown)));
	if (!named[TEXT_DATE].present)
		ereport(ERROR,
				(errcode(form->missing),
				 errmsg("Missing '%s' parameter to %s", named[TEXT_DATE].name, name)));
	expr_parse_named(parser, expr, named, count, &data->index);
	expr->data = data;
}

/* {$dateToString: {date: date, format: string, timezone: string, onNull: expression}} */
void
expr_parse_date_to_string(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[] = {{"date"}, {"format"}, {"timezone"}, {"onNull"}};
	static const TextForm form = {
		DOCDB_SQLSTATE(18629), DOCDB_SQLSTATE(18534), DOCDB_SQLSTATE(18628), "its"
	};

	parse_text(parser, expr, argument, named, lengthof(named), &form);
}

/*
 * {$dateFromString: {dateString: string, format: string, timezone: string, onNull: expression,
 * onError: expression}}
 */
void
expr_parse_date_from_string(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[] = {{"dateString"}, {"format"}, {"timezone"}, {"onNull"}, {"onError"}};
	static const TextForm form = {
		DOCDB_SQLSTATE(40540), DOCDB_SQLSTATE(40541), DOCDB_SQLSTATE(40542), "an"
	};

	parse_text(parser, expr, argument, named, lengthof(named), &form);
}

/* A constant zone is found once; what null does depends on the other operands. */
ExprNode *
expr_optimize_date_text(ExprOptimizer *optimizer, ExprNode *expr)
{
	ExprNode   *folded = expr_fold(optimizer, expr);

	if (folded == expr)
		(void) expr_date_fold_zone(expr, expr->data, TEXT_ZONE);
	return folded;
}

/* The onNull operand, or null. */
static void
give_on_null(ExprCall *call, BsonValue *result)
{
	DateData   *data = call->expr->data;

	if (!expr_named_value(call, &data->index, TEXT_ON_NULL, result))
		pgbson_make_simple(BSON_NULL, result);
}

void
expr_date_to_string(ExprCall *call, BsonValue *result)
{
	DateData   *data = call->expr->data;
	BsonValue	date;
	BsonValue	format;
	bool		has_format;
	bool		has_zone;
	DateZone	zone;
	StringInfoData text;

	(void) expr_named_value(call, &data->index, TEXT_DATE, &date);
	has_format = get_format(call, TEXT_FORMAT, DOCDB_SQLSTATE(18533), false, &format);
	has_zone = expr_date_zone(call, data, TEXT_ZONE, &zone);
	if (expr_is_nullish(&date))
	{
		give_on_null(call, result);
		return;
	}
	pgbson_make_simple(BSON_NULL, result);
	if (!has_zone || (!has_format && expr_has_named(&data->index, TEXT_FORMAT)))
		return;
	initStringInfo(&text);
	if (has_format)
		expr_date_write(&text, expr_value_to_date(&date), &zone, format.v.data, format.len);
	else
		expr_date_write_default(&text, expr_value_to_date(&date), &zone);
	pgbson_make_string(text.data, text.len, result);
}

void
expr_date_from_string(ExprCall *call, BsonValue *result)
{
	DateData   *data = call->expr->data;
	bool		catches = expr_has_named(&data->index, TEXT_ON_ERROR);
	BsonValue	text;
	BsonValue	format;
	bool		has_format;
	bool		has_zone;
	DateZone	zone;
	char	   *problem = NULL;
	bool		read = false;
	int64		date;

	(void) expr_named_value(call, &data->index, TEXT_DATE, &text);
	has_format = get_format(call, TEXT_FORMAT, DOCDB_SQLSTATE(40684), true, &format);
	has_zone = expr_date_zone(call, data, TEXT_ZONE, &zone);
	if (expr_is_nullish(&text))
	{
		give_on_null(call, result);
		return;
	}
	pgbson_make_simple(BSON_NULL, result);
	if (text.type == BSON_STRING)
	{
		if (!has_zone || (!has_format && expr_has_named(&data->index, TEXT_FORMAT)))
			return;
		read = expr_date_read(text.v.data, text.len, has_format ? format.v.data : NULL,
							  format.len, &zone, &date, catches ? NULL : &problem);
	}
	else if (!catches)
		problem = psprintf("$dateFromString requires that 'dateString' be a string, found: %s "
						   "with value %s", pgbson_type_name(text.type),
						   pgbson_to_json(&text, BSON_JSON_RELAXED));
	if (read)
		pgbson_make_date(date, result);
	else if (!expr_named_value(call, &data->index, TEXT_ON_ERROR, result))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CONVERSION_FAILURE),
				 errmsg("%s", problem)));
}
