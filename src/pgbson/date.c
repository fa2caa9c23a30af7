/*
 * date.c
 *		The calendar, and dates as ISO 8601 text.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "pgbson/text.h"

#define MS_PER_DAY INT64CONST(86400000)

/* Days from 0000-03-01, where a 400-year cycle begins, to 1970-01-01. */
#define DAYS_BEFORE_EPOCH 719468
#define DAYS_PER_CYCLE 146097

static char *
put_digits(char *p, uint32 n, int digits)
{
	for (int i = digits - 1; i >= 0; i--)
	{
		p[i] = '0' + n % 10;
		n /= 10;
	}
	return p + digits;
}

void
pgbson_date_from_days(int64 days, int64 *year, int *month, int *day)
{
	int64		cycle;
	uint32		day_of_cycle;
	uint32		year_of_cycle;
	uint32		day_of_year;
	uint32		march_month;	/* March is 0 */

	days += DAYS_BEFORE_EPOCH;
	cycle = (days >= 0 ? days : days - (DAYS_PER_CYCLE - 1)) / DAYS_PER_CYCLE;
	day_of_cycle = (uint32) (days - cycle * DAYS_PER_CYCLE);
	year_of_cycle = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 -
					 day_of_cycle / (DAYS_PER_CYCLE - 1)) / 365;
	day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
	march_month = (5 * day_of_year + 2) / 153;
	*year = cycle * 400 + year_of_cycle + (march_month >= 10 ? 1 : 0);
	*month = march_month < 10 ? march_month + 3 : march_month - 9;
	*day = day_of_year - (153 * march_month + 2) / 5 + 1;
}

int
pgbson_date_to_string(int64 milliseconds, bool always_fraction, char *text)
{
	int64		days = milliseconds / MS_PER_DAY;
	int64		rest = milliseconds % MS_PER_DAY;
	int64		year;
	int			month;
	int			day;
	char	   *p = text;

	if (rest < 0)
	{
		rest += MS_PER_DAY;
		days--;
	}
	pgbson_date_from_days(days, &year, &month, &day);
	if (year < 0)
	{
		*p++ = '-';
		year = -year;
	}
	if (year <= 9999)
		p = put_digits(p, (uint32) year, 4);
	else
		p += pg_ultoa_n((uint32) year, p);
	*p++ = '-';
	p = put_digits(p, month, 2);
	*p++ = '-';
	p = put_digits(p, day, 2);
	*p++ = 'T';
	p = put_digits(p, rest / 3600000, 2);
	*p++ = ':';
	p = put_digits(p, rest / 60000 % 60, 2);
	*p++ = ':';
	p = put_digits(p, rest / 1000 % 60, 2);
	if (always_fraction || rest % 1000 != 0)
	{
		*p++ = '.';
		p = put_digits(p, rest % 1000, 3);
	}
	*p++ = 'Z';
	return p - text;
}

/* Reads exactly so many digits at *p; false when they are not there. */
static bool
get_digits(const char **p, const char *end, int digits, int *n)
{
	const char *s = *p;

	if (end - s < digits)
		return false;
	*n = 0;
	for (int i = 0; i < digits; i++)
	{
		if (s[i] < '0' || s[i] > '9')
			return false;
		*n = *n * 10 + (s[i] - '0');
	}
	*p = s + digits;
	return true;
}

static bool
get_char(const char **p, const char *end, char c)
{
	if (*p >= end || **p != c)
		return false;
	(*p)++;
	return true;
}

/* "Z", or an offset of hours with or without minutes and a colon, in minutes east of UTC. */
static bool
get_zone(const char **p, const char *end, int *minutes_east)
{
	int			hours;
	int			minutes = 0;
	bool		west;

	*minutes_east = 0;
	if (get_char(p, end, 'Z'))
		return true;
	west = get_char(p, end, '-');
	if (!west && !get_char(p, end, '+'))
		return false;
	if (!get_digits(p, end, 2, &hours) || hours > 23)
		return false;
	if (*p < end)
	{
		(void) get_char(p, end, ':');
		if (!get_digits(p, end, 2, &minutes) || minutes > 59)
			return false;
	}
	*minutes_east = (hours * 60 + minutes) * (west ? -1 : 1);
	return true;
}

int
pgbson_days_in_month(int64 year, int month)
{
	static const uint8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

int64
pgbson_days_from_date(int64 year, int month, int day)
{
	int64		march_year = month > 2 ? year : year - 1;
	int64		cycle = (march_year >= 0 ? march_year : march_year - 399) / 400;
	int			year_of_cycle = (int) (march_year - cycle * 400);
	int			day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return cycle * DAYS_PER_CYCLE + year_of_cycle * 365 + year_of_cycle / 4 -
		year_of_cycle / 100 + day_of_year - DAYS_BEFORE_EPOCH;
}

bool
pgbson_date_from_string(const char *text, size_t len, int64 *milliseconds)
{
	const char *p = text;
	const char *end = text + len;
	int			year;
	int			month;
	int			day;
	int			hour;
	int			minute;
	int			second = 0;
	int			fraction = 0;
	int			minutes_east;

	if (!get_digits(&p, end, 4, &year) || !get_char(&p, end, '-') ||
		!get_digits(&p, end, 2, &month) || !get_char(&p, end, '-') ||
		!get_digits(&p, end, 2, &day) || !get_char(&p, end, 'T') ||
		!get_digits(&p, end, 2, &hour) || !get_char(&p, end, ':') ||
		!get_digits(&p, end, 2, &minute))
		return false;
	if (get_char(&p, end, ':'))
	{
		if (!get_digits(&p, end, 2, &second))
			return false;
		if (get_char(&p, end, '.'))
		{
			int			digits = 0;

			for (; p < end && *p >= '0' && *p <= '9'; p++, digits++)
				if (digits < 3)
					fraction = fraction * 10 + (*p - '0');
			if (digits == 0)
				return false;
			for (; digits < 3; digits++)
				fraction *= 10;
		}
	}
	if (!get_zone(&p, end, &minutes_east) || p != end)
		return false;
	if (month < 1 || month > 12 || day < 1 || day > pgbson_days_in_month(year, month) ||
		hour > 23 || minute > 59 || second > 59)
		return false;
	*milliseconds = pgbson_days_from_date(year, month, day) * MS_PER_DAY +
		((hour * 60 + minute - minutes_east) * INT64CONST(60) + second) * 1000 + fraction;
	return true;
}
