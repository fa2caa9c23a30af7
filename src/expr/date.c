/*
 * date.c
 *		Parts of dates, and arithmetic in calendar units.
 */
#include "postgres.h"

#include "common/int.h"

#include "base/errors.h"
#include "expr/date.h"
#include "pgbson/text.h"

/* ---- Parts ---- */

/* Division that rounds down; what is left over is never negative. */
static int64
divide_down(int64 n, int64 by, int64 *rest)
{
	int64		quotient = n / by;

	*rest = n % by;
	if (*rest < 0)
	{
		*rest += by;
		quotient--;
	}
	return quotient;
}

void
expr_date_split(int64 date, const DateZone *zone, DateParts *parts)
{
	int64		seconds;
	int64		rest;

	seconds = divide_down(date, MS_PER_SECOND, &rest);
	parts->millisecond = (int) rest;
	parts->offset = expr_zone_offset(zone, seconds, &parts->summer);
	parts->days = divide_down(seconds + parts->offset, SECONDS_PER_DAY, &rest);
	parts->hour = (int) (rest / 3600);
	parts->minute = (int) (rest / 60 % 60);
	parts->second = (int) (rest % 60);
	pgbson_date_from_days(parts->days, &parts->year, &parts->month, &parts->day);
}

/* Days since the last Monday; 1970-01-01 was a Thursday. */
static int
days_since_monday(int64 days)
{
	int64		rest;

	(void) divide_down(days + 3, DAYS_PER_WEEK, &rest);
	return (int) rest;
}

int
expr_date_iso_weekday(const DateParts *parts)
{
	return days_since_monday(parts->days) + 1;
}

int
expr_date_weekday(const DateParts *parts)
{
	return expr_date_iso_weekday(parts) % DAYS_PER_WEEK + 1;
}

int
expr_date_yearday(const DateParts *parts)
{
	return (int) (parts->days - pgbson_days_from_date(parts->year, 1, 1)) + 1;
}

int
expr_date_week(const DateParts *parts)
{
	return (expr_date_yearday(parts) - expr_date_weekday(parts) + DAYS_PER_WEEK) / DAYS_PER_WEEK;
}

/* A week belongs to the year of its Thursday. */
void
expr_date_iso_week(const DateParts *parts, int64 *year, int *week)
{
	int64		thursday = parts->days - days_since_monday(parts->days) + 3;
	int			month;
	int			day;

	pgbson_date_from_days(thursday, year, &month, &day);
	*week = (int) ((thursday - pgbson_days_from_date(*year, 1, 1)) / DAYS_PER_WEEK) + 1;
}

int64
expr_days_carried(int64 year, int64 month, int64 day)
{
	int64		month_of_year;

	year += divide_down(month - 1, MONTHS_IN_YEAR, &month_of_year);
	return pgbson_days_from_date(year, (int) month_of_year + 1, 1) + day - 1;
}

/* The first week is the one that has the fourth of January. */
int64
expr_days_from_iso(int64 year, int64 week, int64 weekday)
{
	int64		fourth = pgbson_days_from_date(year, 1, 4);

	return fourth - days_since_monday(fourth) + (week - 1) * DAYS_PER_WEEK + weekday - 1;
}

static void
duration_overflow(void)
{
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(159)),
			 errmsg("Overflow casting from a lower-precision duration to a higher-precision "
					"duration")));
}

int64
expr_date_join(int64 days, int64 seconds, int64 milliseconds, const DateZone *zone, bool summer)
{
	int64		date;

	if (pg_mul_s64_overflow(days, SECONDS_PER_DAY, &date) ||
		pg_add_s64_overflow(date, seconds, &date) ||
		date > PG_INT64_MAX / MS_PER_SECOND || date < PG_INT64_MIN / MS_PER_SECOND)
		duration_overflow();
	date = expr_zone_to_utc(zone, date, summer);
	if (pg_mul_s64_overflow(date, MS_PER_SECOND, &date) ||
		pg_add_s64_overflow(date, milliseconds, &date))
		duration_overflow();
	return date;
}

/* ---- Units ---- */

/* In the order of DateUnit; milliseconds in each, 0 for those that the calendar counts. */
static const struct
{
	const char *name;
	int64		milliseconds;
}			units[] = {
	{"millisecond", 1},
	{"second", MS_PER_SECOND},
	{"minute", 60 * MS_PER_SECOND},
	{"hour", 3600 * MS_PER_SECOND},
	{"day", 0},
	{"week", 0},
	{"month", 0},
	{"quarter", 0},
	{"year", 0},
};

bool
expr_unit_find(const char *name, uint32 len, DateUnit *unit)
{
	for (int i = 0; i < lengthof(units); i++)
	{
		if (len == strlen(units[i].name) && memcmp(name, units[i].name, len) == 0)
		{
			*unit = i;
			return true;
		}
	}
	return false;
}

const char *
expr_unit_name(DateUnit unit)
{
	return units[unit].name;
}

bool
expr_weekday_find(const char *name, uint32 len, int *weekday)
{
	static const char *const days[] = {
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
	};

	for (int i = 0; i < lengthof(days); i++)
	{
		if ((len == 3 || len == strlen(days[i])) && pg_strncasecmp(name, days[i], len) == 0)
		{
			*weekday = i + 1;
			return true;
		}
	}
	return false;
}

/* ---- Adding ---- */

/* The units of one kind that the whole range of dates has, and a bit more. */
static int64
max_amount(DateUnit unit)
{
	int64		days = (int64) (PG_UINT64_MAX / MS_PER_DATE_DAY) + 1;
	int64		years = days / 365 + 1;

	switch (unit)
	{
		case DATE_YEAR:
			return years;
		case DATE_QUARTER:
			return years * QUARTERS_PER_YEAR;
		case DATE_MONTH:
			return years * MONTHS_IN_YEAR;
		case DATE_WEEK:
			return days / DAYS_PER_WEEK;
		case DATE_DAY:
			return days;
		default:
			return days * (MS_PER_DATE_DAY / units[unit].milliseconds);
	}
}

/* The local day so many months away, or the last one of that month. */
static int64
add_months(const DateParts *parts, int64 months)
{
	int64		month_of_year;
	int64		year = parts->year + divide_down(parts->month - 1 + months, MONTHS_IN_YEAR,
												 &month_of_year);
	int			month = (int) month_of_year + 1;

	return pgbson_days_from_date(year, month,
								 Min(parts->day, pgbson_days_in_month(year, month)));
}

int64
expr_date_add(int64 date, DateUnit unit, int64 amount, const DateZone *zone)
{
	DateParts	parts;
	int64		days;
	int64		seconds;
	int64		rest;
	int64		result;

	if (unit == DATE_MILLISECOND)
	{
		if (pg_add_s64_overflow(date, amount, &result))
			duration_overflow();
		return result;
	}
	if (amount >= max_amount(unit) || amount <= -max_amount(unit))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5976500)),
				 errmsg("invalid dateAdd 'amount' parameter value: " INT64_FORMAT " %s", amount,
						expr_unit_name(unit))));

	expr_date_split(date, zone, &parts);
	days = parts.days;
	seconds = parts.hour * 3600 + parts.minute * 60 + parts.second;
	switch (unit)
	{
		case DATE_YEAR:
			days = add_months(&parts, amount * MONTHS_IN_YEAR);
			break;
		case DATE_QUARTER:
			days = add_months(&parts, amount * MONTHS_PER_QUARTER);
			break;
		case DATE_MONTH:
			days = add_months(&parts, amount);
			break;
		case DATE_WEEK:
			days += amount * DAYS_PER_WEEK;
			break;
		case DATE_DAY:
			days += amount;
			break;
		default:
			seconds = divide_down(date, MS_PER_SECOND, &rest) +
				amount * (units[unit].milliseconds / MS_PER_SECOND);
			break;
	}
	if (units[unit].milliseconds == 0)
		seconds = expr_zone_to_utc(zone, days * SECONDS_PER_DAY + seconds, parts.summer);
	if (pg_mul_s64_overflow(seconds, MS_PER_SECOND, &result))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5166406)),
				 errmsg("dateAdd overflowed")));
	if (pg_add_s64_overflow(result, parts.millisecond, &result))
		duration_overflow();
	return result;
}

/* ---- Differences ---- */

static int64
months_since_zero(const DateParts *parts)
{
	return parts->year * MONTHS_IN_YEAR + parts->month - 1;
}

static int64
quarters_since_zero(const DateParts *parts)
{
	return parts->year * QUARTERS_PER_YEAR + (parts->month - 1) / MONTHS_PER_QUARTER;
}

/* The day that the week of a day begins with. */
static int64
week_start(int64 days, int start_of_week)
{
	return days - (days_since_monday(days) - (start_of_week - 1) + DAYS_PER_WEEK) % DAYS_PER_WEEK;
}

/* Full minutes that the local clock has shown since 1970. */
static int64
local_minutes(const DateParts *parts)
{
	return parts->days * (SECONDS_PER_DAY / 60) + parts->hour * 60 + parts->minute;
}

int64
expr_date_diff(int64 start, int64 end, DateUnit unit, const DateZone *zone, int start_of_week)
{
	DateParts	from;
	DateParts	to;
	int64		result = 0;

	if (unit == DATE_MILLISECOND)
	{
		if (pg_sub_s64_overflow(end, start, &result))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(5166308)),
					 errmsg("dateDiff overflowed")));
		return result;
	}
	expr_date_split(start, zone, &from);
	expr_date_split(end, zone, &to);
	switch (unit)
	{
		case DATE_YEAR:
			return to.year - from.year;
		case DATE_QUARTER:
			return quarters_since_zero(&to) - quarters_since_zero(&from);
		case DATE_MONTH:
			return months_since_zero(&to) - months_since_zero(&from);
		case DATE_WEEK:
			return (week_start(to.days, start_of_week) -
					week_start(from.days, start_of_week)) / DAYS_PER_WEEK;
		case DATE_DAY:
			return to.days - from.days;
		case DATE_HOUR:

			/* What the clock was changed by counts in full hours. */
			return (to.days - from.days) * 24 + to.hour - from.hour +
				(from.offset - to.offset) / 3600;
		case DATE_MINUTE:
			return local_minutes(&to) - local_minutes(&from) + (from.offset - to.offset) / 60;
		default:
			return (local_minutes(&to) - local_minutes(&from)) * 60 + to.second - from.second +
				from.offset - to.offset;
	}
}

/* ---- Truncation ---- */

/* 2000-01-01T00:00Z, and the day of it. */
#define REFERENCE_DATE INT64CONST(946684800000)
#define REFERENCE_DAY INT64CONST(10957)

static int64
trunc_overflow(int code)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("dateTrunc overflowed")));
	return 0;					/* not reached */
}

/* How far a number lies in its bin. */
static int64
distance_into_bin(int64 n, int64 bin_size)
{
	int64		rest;

	(void) divide_down(n, bin_size, &rest);
	return rest;
}

/* Bins of a fixed length. */
static int64
trunc_fixed(int64 date, int64 reference, int64 bin_size)
{
	int64		shifted;
	int64		result;

	if (pg_sub_s64_overflow(date, reference, &shifted))
		return trunc_overflow(DOCDB_SQLSTATE(5439000));
	if (pg_sub_s64_overflow(date, distance_into_bin(shifted, bin_size), &result))
		return trunc_overflow(DOCDB_SQLSTATE(5439001));
	return result;
}

int64
expr_date_trunc(int64 date, DateUnit unit, int64 bin_size, const DateZone *zone,
				int start_of_week)
{
	int64		reference = REFERENCE_DATE -
	expr_zone_offset(zone, REFERENCE_DATE / MS_PER_SECOND, NULL) * MS_PER_SECOND;
	int64		distance;

	if (unit == DATE_WEEK)
	{
		/* The first week that begins in 2000; no clock was changed in that January. */
		int64		day = week_start(REFERENCE_DAY + DAYS_PER_WEEK - 1, start_of_week);

		reference += (day - REFERENCE_DAY) * MS_PER_DATE_DAY;
	}
	if (units[unit].milliseconds > 0)
	{
		if (pg_mul_s64_overflow(bin_size, units[unit].milliseconds, &bin_size))
			return trunc_overflow(DOCDB_SQLSTATE(5439002));
		return trunc_fixed(date, reference, bin_size);
	}
	if (bin_size > INT64CONST(100000000000))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5439006)),
				 errmsg("dateTrunc unsupported binSize value")));

	distance = expr_date_diff(reference, date, unit, zone, start_of_week);
	return expr_date_add(reference, unit, distance - distance_into_bin(distance, bin_size), zone);
}
