/*
 * date_text.c
 *		Dates as text in a format, and what all reading of dates shares.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "base/errors.h"
#include "expr/date_internal.h"
#include "pgbson/text.h"

static const char *const month_names[] = {
	"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December"
};

/* ---- Formats ---- */

void
expr_date_check_format(const char *format, uint32 len, bool reading)
{
	const char *specifiers = reading ? "%bBdGHjLmMSuVYzZ" : "%bBdGHjLmMSwuUVYzZ";

	for (uint32 i = 0; i < len; i++)
	{
		if (format[i] != '%')
			continue;
		i++;
		if (i == len)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(18535)),
					 errmsg("Unmatched '%%' at end of format string")));
		if (format[i] == '\0' || strchr(specifiers, format[i]) == NULL)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(18536)),
					 errmsg("Invalid format character '%%%.*s' in format string",
							(int) Max(1, pg_encoding_mblen(PG_UTF8, format + i)), format + i)));
	}
}

/* Appends a part of a date, with zeros in front up to so many digits. */
static void
write_number(StringInfo out, int64 number, int digits)
{
	if (number < 0 || number > 9999)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(18537)),
				 errmsg("Could not convert date to string: date component was outside the "
						"supported range of 0-9999: " INT64_FORMAT, number)));
	appendStringInfo(out, "%0*d", digits, (int) number);
}

static void
write_offset(StringInfo out, int offset)
{
	appendStringInfoChar(out, offset < 0 ? '-' : '+');
	write_number(out, abs(offset) / 3600, 2);
	write_number(out, abs(offset) / 60 % 60, 2);
}

static void
write_specifier(StringInfo out, char specifier, const DateParts *parts)
{
	int64		year;
	int			week;

	switch (specifier)
	{
		case 'Y':
			write_number(out, parts->year, 4);
			break;
		case 'm':
			write_number(out, parts->month, 2);
			break;
		case 'b':
			appendBinaryStringInfo(out, month_names[parts->month - 1], 3);
			break;
		case 'B':
			appendStringInfoString(out, month_names[parts->month - 1]);
			break;
		case 'd':
			write_number(out, parts->day, 2);
			break;
		case 'H':
			write_number(out, parts->hour, 2);
			break;
		case 'M':
			write_number(out, parts->minute, 2);
			break;
		case 'S':
			write_number(out, parts->second, 2);
			break;
		case 'L':
			write_number(out, parts->millisecond, 3);
			break;
		case 'j':
			write_number(out, expr_date_yearday(parts), 3);
			break;
		case 'w':
			write_number(out, expr_date_weekday(parts), 1);
			break;
		case 'u':
			write_number(out, expr_date_iso_weekday(parts), 1);
			break;
		case 'U':
			write_number(out, expr_date_week(parts), 2);
			break;
		case 'G':
			expr_date_iso_week(parts, &year, &week);
			write_number(out, year, 4);
			break;
		case 'V':
			expr_date_iso_week(parts, &year, &week);
			write_number(out, week, 2);
			break;
		case 'z':
			write_offset(out, parts->offset);
			break;
		case 'Z':
			appendStringInfo(out, "%d", parts->offset / 60);
			break;
		default:
			appendStringInfoChar(out, specifier);
			break;
	}
}

void
expr_date_write(StringInfo out, int64 date, const DateZone *zone, const char *format, uint32 len)
{
	DateParts	parts;

	expr_date_split(date, zone, &parts);
	for (uint32 i = 0; i < len; i++)
	{
		if (format[i] == '%' && i + 1 < len)
			write_specifier(out, format[++i], &parts);
		else
			appendStringInfoChar(out, format[i]);
	}
}

void
expr_date_write_default(StringInfo out, int64 date, const DateZone *zone)
{
	const char *format = expr_zone_is_utc(zone) ? "%Y-%m-%dT%H:%M:%S.%LZ" :
	"%Y-%m-%dT%H:%M:%S.%L";

	expr_date_write(out, date, zone, format, strlen(format));
}

/* ---- Reading ---- */

void
expr_date_fields_init(DateFields *fields)
{
	memset(fields, 0, sizeof(*fields));
	fields->year = fields->month = fields->day = DATE_UNSET;
	fields->hour = fields->minute = fields->second = fields->microsecond = DATE_UNSET;
}

void
expr_date_problem(DateFields *fields, const char *problem, const DateCursor *cursor)
{
	if (fields->problem)
		return;
	fields->problem = problem;
	fields->problem_at = cursor->next - cursor->start;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int64
expr_date_read_number(DateCursor *cursor, int max_digits, int *digits)
{
	int64		number = 0;
	int			count = 0;

	while (count < max_digits && is_digit(date_cursor_peek(cursor)))
	{
		number = number * 10 + (*cursor->next++ - '0');
		count++;
	}
	if (digits)
		*digits = count;
	return count > 0 ? number : DATE_UNSET;
}

int
expr_date_read_month(DateCursor *cursor)
{
	static const char *const roman[] = {
		"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"
	};
	const char *word = cursor->next;
	size_t		len;

	while (is_letter(date_cursor_peek(cursor)))
		cursor->next++;
	len = cursor->next - word;
	for (int i = 0; i < MONTHS_IN_YEAR; i++)
	{
		if (len >= 3 && (len == 3 || len == strlen(month_names[i])) &&
			pg_strncasecmp(word, month_names[i], len) == 0)
			return i + 1;
		if (len == strlen(roman[i]) && pg_strncasecmp(word, roman[i], len) == 0)
			return i + 1;
	}
	return len == 4 && pg_strncasecmp(word, "sept", 4) == 0 ? 9 : 0;
}

/* Digits and colons after a sign, by their number: h, hh, hmm, hhmm, h:mm, hh:mm, hhmmss, ... */
static bool
read_offset(DateCursor *cursor, int *seconds)
{
	const char *text = cursor->next;
	int			len;
	int			n = 0;
	int			first;

	while (is_digit(date_cursor_peek(cursor)) || date_cursor_peek(cursor) == ':')
		cursor->next++;
	len = cursor->next - text;
	if (len == 0 || len > 8)
		return false;

	/* The numbers before, between and after the colons. */
	for (first = 0; first < len && text[first] != ':'; first++)
		n = n * 10 + (text[first] - '0');
	if (first == len)
	{
		if (len <= 2)
			*seconds = n * 3600;
		else if (len <= 4)
			*seconds = n / 100 * 3600 + n % 100 * 60;
		else if (len == 6)
			*seconds = n / 10000 * 3600 + n / 100 % 100 * 60 + n % 100;
		else
			return false;
		return true;
	}
	if (first > 2 || first == 0)
		return false;
	*seconds = n * 3600;
	n = 0;
	for (int i = first + 1, unit = 60; i <= len; i++)
	{
		if (i == len || text[i] == ':')
		{
			*seconds += n * unit;
			unit /= 60;
			n = 0;
		}
		else
			n = n * 10 + (text[i] - '0');
	}
	return true;
}

/* Abbreviations of zones, and their offsets in minutes; the summer ones have it included. */
static const struct
{
	const char *name;
	int16		minutes;
}			abbreviations[] = {
	{"acdt", 630}, {"acst", 570}, {"adt", -180}, {"aedt", 660}, {"aest", 600}, {"akdt", -480},
	{"akst", -540}, {"ast", -240}, {"awst", 480}, {"bst", 60}, {"cat", 120}, {"cdt", -300},
	{"cest", 120}, {"cet", 60}, {"cst", -360}, {"eat", 180}, {"edt", -240}, {"eest", 180},
	{"eet", 120}, {"est", -300}, {"gmt", 0}, {"hdt", -540}, {"hkt", 480}, {"hst", -600},
	{"idt", 180}, {"ist", 120}, {"jst", 540}, {"kst", 540}, {"mdt", -360}, {"mest", 120},
	{"met", 60}, {"msd", 240}, {"msk", 180}, {"mst", -420}, {"ndt", -150}, {"nst", -210},
	{"nzdt", 780}, {"nzst", 720}, {"pdt", -420}, {"pkt", 300}, {"pst", -480}, {"sast", 120},
	{"sst", -660}, {"uct", 0}, {"utc", 0}, {"wat", 60}, {"west", 60}, {"wet", 0}, {"wib", 420},
	{"wit", 540}, {"wita", 480}
};

/* The zones of the military's letters: A to M without J east of UTC, N to Y west of it. */
static bool
letter_offset(char letter, int *minutes)
{
	int			n = pg_tolower((unsigned char) letter) - 'a';

	if (n == 'j' - 'a')
		return false;
	if (n <= 'i' - 'a')
		*minutes = (n + 1) * 60;
	else if (n <= 'm' - 'a')
		*minutes = n * 60;
	else if (n <= 'y' - 'a')
		*minutes = -(n - ('m' - 'a')) * 60;
	else
		*minutes = 0;
	return true;
}

static bool
find_abbreviation(const char *word, size_t len, int *minutes)
{
	if (len == 1 && is_letter(*word))
		return letter_offset(*word, minutes);
	for (int i = 0; i < lengthof(abbreviations); i++)
	{
		if (len == strlen(abbreviations[i].name) &&
			pg_strncasecmp(word, abbreviations[i].name, len) == 0)
		{
			*minutes = abbreviations[i].minutes;
			return true;
		}
	}
	return false;
}

bool
expr_date_read_zone(DateCursor *cursor, DateFields *fields)
{
	bool		found;
	char		c;

	while ((c = date_cursor_peek(cursor)) == ' ' || c == '\t' || c == '(')
		cursor->next++;
	if (cursor->end - cursor->next > 3 && strncmp(cursor->next, "GMT", 3) == 0 &&
		(cursor->next[3] == '+' || cursor->next[3] == '-'))
		cursor->next += 3;
	c = date_cursor_peek(cursor);
	fields->zone_is_name = false;
	if (c == '+' || c == '-')
	{
		int			seconds = 0;

		cursor->next++;
		found = read_offset(cursor, &seconds);
		fields->zone_offset = c == '-' ? -seconds : seconds;
	}
	else
	{
		const char *word = cursor->next;
		int			minutes = 0;

		while (is_letter(c = date_cursor_peek(cursor)) || is_digit(c) || c == '/' || c == '_' ||
			   c == '-' || c == '+')
			cursor->next++;
		found = find_abbreviation(word, cursor->next - word, &minutes);
		fields->zone_offset = minutes * 60;
		fields->zone_is_name = true;
	}
	while (date_cursor_peek(cursor) == ')')
		cursor->next++;
	fields->has_zone = true;
	return found;
}

/* ---- Reading in a format ---- */

/* What the ISO week date of a format is made of. */
typedef struct IsoFields
{
	int64		year;
	int64		week;
	int64		weekday;
} IsoFields;

/* A number that must begin right here. */
static int64
read_here(DateCursor *cursor, DateFields *fields, int max_digits)
{
	int64		number = expr_date_read_number(cursor, max_digits, NULL);

	if (number == DATE_UNSET)
		expr_date_problem(fields, "Unexpected data found.", cursor);
	return number;
}

/* A number of exactly two digits. */
static int64
read_two_digits(DateCursor *cursor, DateFields *fields)
{
	int			digits;
	int64		number = expr_date_read_number(cursor, 2, &digits);

	if (digits != 2)
		expr_date_problem(fields, "A two digit number could not be found", cursor);
	return number;
}

/* A number in a range; whatever is before its digits is skipped. */
static int64
read_iso(DateCursor *cursor, DateFields *fields, int max_digits, int64 max)
{
	int64		number;

	while (!date_cursor_at_end(cursor) && !is_digit(*cursor->next))
		cursor->next++;
	number = expr_date_read_number(cursor, max_digits, NULL);
	if (number == DATE_UNSET)
		expr_date_problem(fields, "A number could not be found", cursor);
	else if (max > 0 && (number < 1 || number > max))
		expr_date_problem(fields, "A number is out of range", cursor);
	return number;
}

/* The offset in minutes, with its sign. */
static void
read_minutes_east(DateCursor *cursor, DateFields *fields)
{
	char		sign = date_cursor_peek(cursor);
	int64		minutes;

	if (sign != '+' && sign != '-')
	{
		expr_date_problem(fields, "Invalid timezone offset in minutes", cursor);
		return;
	}
	cursor->next++;
	minutes = expr_date_read_number(cursor, 6, NULL);
	while (is_digit(date_cursor_peek(cursor)))
		cursor->next++;
	if (minutes == DATE_UNSET)
		minutes = 0;
	fields->has_zone = true;
	fields->zone_is_name = false;
	fields->zone_offset = (int) minutes * (sign == '-' ? -60 : 60);
}

/* The day of the year, which MongoDB counts from 0 here. */
static void
read_yearday(DateCursor *cursor, DateFields *fields)
{
	int64		yearday;
	int			month;
	int			day;

	if (fields->year == DATE_UNSET)
		expr_date_problem(fields, "A 'day of year' can only come after a year has been found",
						  cursor);
	yearday = read_here(cursor, fields, 3);
	if (fields->problem)
		return;
	pgbson_date_from_days(pgbson_days_from_date(fields->year, 1, 1) + yearday, &fields->year,
						  &month, &day);
	fields->month = month;
	fields->day = day;
}

static void
read_specifier(char specifier, DateCursor *cursor, DateFields *fields, IsoFields *iso)
{
	int			digits;
	int			month;

	switch (specifier)
	{
		case 'Y':
			fields->year = read_here(cursor, fields, 4);
			break;
		case 'm':
			fields->month = read_here(cursor, fields, 2);
			break;
		case 'b':
		case 'B':
			month = expr_date_read_month(cursor);
			if (month == 0)
				expr_date_problem(fields, "A textual month could not be found", cursor);
			fields->month = month;
			break;
		case 'd':
			fields->day = read_here(cursor, fields, 2);
			break;
		case 'j':
			read_yearday(cursor, fields);
			break;
		case 'H':
			fields->hour = read_here(cursor, fields, 2);
			break;
		case 'M':
			fields->minute = read_two_digits(cursor, fields);
			break;
		case 'S':
			fields->second = read_two_digits(cursor, fields);
			break;
		case 'L':
			fields->microsecond = expr_date_read_number(cursor, 3, &digits);
			if (digits == 0)
				expr_date_problem(fields, "Unexpected data found.", cursor);
			for (; digits > 0 && digits < 6; digits++)
				fields->microsecond *= 10;
			break;
		case 'G':
			iso->year = read_iso(cursor, fields, 4, 0);
			break;
		case 'V':
			iso->week = read_iso(cursor, fields, 2, 53);
			break;
		case 'u':
			iso->weekday = read_iso(cursor, fields, 1, DAYS_PER_WEEK);
			break;
		case 'z':
			if (!expr_date_read_zone(cursor, fields))
				expr_date_problem(fields, "passing a time zone identifier as part of the string "
								  "is not allowed", cursor);
			break;
		case 'Z':
			read_minutes_east(cursor, fields);
			break;
	}
}

/* Puts an ISO week date in the place of the calendar's. */
static void
use_iso_fields(const IsoFields *iso, DateCursor *cursor, DateFields *fields)
{
	bool		given = iso->year != DATE_UNSET || iso->week != DATE_UNSET ||
	iso->weekday != DATE_UNSET;
	int			month;
	int			day;

	if (!given)
		return;
	if (fields->year != DATE_UNSET ||
		(iso->year != DATE_UNSET && (fields->month != DATE_UNSET || fields->day != DATE_UNSET)))
		expr_date_problem(fields, "Mixing of ISO dates with natural dates is not allowed",
						  cursor);
	if (iso->year == DATE_UNSET)
		expr_date_problem(fields, "The parsed date was invalid", cursor);
	if (fields->problem)
		return;
	pgbson_date_from_days(expr_days_from_iso(iso->year,
											 iso->week == DATE_UNSET ? 1 : iso->week,
											 iso->weekday == DATE_UNSET ? 1 : iso->weekday),
						  &fields->year, &month, &day);
	fields->month = month;
	fields->day = day;
}

/* A part of the time that is given makes those that are not zero. */
static void
complete_time(DateFields *fields)
{
	int64	   *parts[] = {&fields->hour, &fields->minute, &fields->second, &fields->microsecond};
	bool		given = false;

	for (int i = 0; i < lengthof(parts); i++)
		given = given || *parts[i] != DATE_UNSET;
	for (int i = 0; given && i < lengthof(parts); i++)
	{
		if (*parts[i] == DATE_UNSET)
			*parts[i] = 0;
	}
}

static void
read_format(DateCursor *cursor, DateFields *fields, const char *format, size_t len)
{
	IsoFields	iso = {DATE_UNSET, DATE_UNSET, DATE_UNSET};
	size_t		i = 0;

	while (i < len && !date_cursor_at_end(cursor) && !fields->problem)
	{
		if (format[i] == '%' && i + 1 < len && format[i + 1] != '%')
		{
			read_specifier(format[i + 1], cursor, fields, &iso);
			i += 2;
			continue;
		}
		if (format[i] == '%')
			i++;
		if (*cursor->next != format[i])
			expr_date_problem(fields, "Format literal not found", cursor);
		cursor->next++;
		i++;
	}
	if (i < len)
		expr_date_problem(fields, "Not enough data available to satisfy format", cursor);
	else if (!date_cursor_at_end(cursor))
		expr_date_problem(fields, "Trailing data", cursor);
	complete_time(fields);
	use_iso_fields(&iso, cursor, fields);
	if (fields->hour != DATE_UNSET && (fields->hour > 23 || fields->minute > 59 ||
									   fields->second > 59))
		expr_date_problem(fields, "The parsed time was invalid", cursor);
	if (fields->year != DATE_UNSET && fields->month != DATE_UNSET && fields->day != DATE_UNSET &&
		(fields->year < 0 || fields->month < 1 || fields->month > MONTHS_IN_YEAR ||
		 fields->day < 1 ||
		 fields->day > pgbson_days_in_month(fields->year, (int) fields->month)))
		expr_date_problem(fields, "The parsed date was invalid", cursor);
}

/* ---- From fields to a date ---- */

/* Sunday is 0. */
static int
weekday_of(int64 days)
{
	return (int) (((days + 4) % DAYS_PER_WEEK + DAYS_PER_WEEK) % DAYS_PER_WEEK);
}

/* How many days a weekday moves a day. */
static int
weekday_distance(const DateFields *fields, int64 days)
{
	int			from = weekday_of(days);
	int			to = fields->weekday;
	int			distance = to - from;

	if (fields->weekday_rule == DATE_WEEKDAY_OF_WEEK)
	{
		if (from == 0 && to != 0)
			distance -= DAYS_PER_WEEK;
		else if (from != 0 && to == 0)
			distance += DAYS_PER_WEEK;
		return distance;
	}
	if (to < 0)
		return -to - from - DAYS_PER_WEEK;
	if (fields->add_days < 0 ? distance < 0 : distance <= -(int) fields->weekday_rule)
		distance += DAYS_PER_WEEK;
	return distance;
}

/* Moves a day by some days of which Saturdays and Sundays do not count. */
static int64
add_weekdays(int64 days, int64 amount)
{
	int			step = amount < 0 ? -1 : 1;

	/* From a weekend as from the day before, and with nothing to add to the day after. */
	while (weekday_of(days) % 6 == 0)
		days -= amount == 0 ? -1 : step;
	days += amount / 5 * DAYS_PER_WEEK;
	for (amount %= 5; amount != 0; amount -= step)
	{
		do
			days += step;
		while (weekday_of(days) % 6 == 0);
	}
	return days;
}

/* The days since 1970 of the date, moved as the fields ask for. */
static int64
fields_to_days(const DateFields *fields)
{
	int64		year = fields->year;
	int64		month = fields->month;
	int64		day = fields->day;
	int64		more_months = fields->add_months;

	if (fields->month_rule >= DATE_MONTH_NTH_WEEKDAY)
	{
		month += more_months + (fields->month_rule == DATE_MONTH_LAST_WEEKDAY ? 1 : 0);
		more_months = 0;
		day = 1;
	}
	if (fields->has_weekday)
	{
		int64		days = expr_days_carried(year, month, day);
		int			month_of_year;
		int			day_of_month;

		pgbson_date_from_days(days + weekday_distance(fields, days), &year, &month_of_year,
							  &day_of_month);
		month = month_of_year;
		day = day_of_month;
	}
	year += fields->add_years;
	month += more_months;
	day += fields->add_days;
	if (fields->month_rule == DATE_MONTH_FIRST_DAY)
		day = 1;
	else if (fields->month_rule == DATE_MONTH_LAST_DAY)
	{
		month++;
		day = 0;
	}
	return expr_days_carried(year, month, day);
}

/* Years beyond it overflow anyway. */
#define MAX_YEAR INT64CONST(1000000000)

static int64
fields_to_date(const DateFields *fields, const DateZone *zone)
{
	DateZone	own = {NULL, fields->zone_offset};
	int64		year = fields->year + fields->add_years;
	int64		days;

	if (fields->has_zone)
		zone = &own;
	if (Max(year, fields->year) > MAX_YEAR || Min(year, fields->year) < -MAX_YEAR)
		return expr_date_join(PG_INT64_MAX, 0, 0, zone, false); /* raises the overflow */
	days = fields_to_days(fields);
	if (fields->has_add_weekdays)
		days = add_weekdays(days, fields->add_weekdays);
	return expr_date_join(days,
						  fields->hour * 3600 + fields->minute * 60 + fields->second +
						  fields->add_seconds,
						  (fields->microsecond + fields->add_microseconds) / 1000, zone,
						  expr_zone_epoch_summer(zone));
}

bool
expr_date_read(const char *text, uint32 len, const char *format, uint32 format_len,
			   const DateZone *zone, int64 *date, char **problem)
{
	size_t		text_len = strnlen(text, len);
	DateCursor	cursor = {text, text, text + text_len};
	DateFields	fields;
	const char *other = NULL;

	/* Most texts are in this form. */
	if (format == NULL && expr_zone_is_utc(zone) && pgbson_date_from_string(text, len, date))
		return true;

	/* Like MongoDB's, this reader ends at the first NUL. */
	expr_date_fields_init(&fields);
	if (format)
		read_format(&cursor, &fields, format, strnlen(format, format_len));
	else
		expr_date_read_free(&cursor, &fields);
	if (fields.problem)
	{
		if (problem)
			*problem = psprintf("Error parsing date string '%.*s'; %u: %s '%c'", (int) text_len,
								text, fields.problem_at, fields.problem,
								fields.problem_at < text_len ? text[fields.problem_at] : ' ');
		return false;
	}

	if (fields.hour == DATE_UNSET && fields.minute == DATE_UNSET && fields.second == DATE_UNSET)
		fields.hour = fields.minute = fields.second = fields.microsecond = 0;
	if (fields.microsecond == DATE_UNSET)
		fields.microsecond = 0;
	if (fields.year == DATE_UNSET || fields.month == DATE_UNSET || fields.day == DATE_UNSET ||
		fields.hour == DATE_UNSET || fields.minute == DATE_UNSET || fields.second == DATE_UNSET)
		other = "an incomplete date/time string has been found, with elements missing: ";
	else if (fields.has_zone && !expr_zone_is_utc(zone))
		other = fields.zone_is_name ?
			"you cannot pass in a date/time string with time zone information together with a "
			"timezone argument: " :
			"you cannot pass in a date/time string with GMT offset together with a timezone "
			"argument: ";
	if (other)
	{
		if (problem)
			*problem = psprintf("%s\"%.*s\"", other, (int) text_len, text);
		return false;
	}
	*date = fields_to_date(&fields, zone);
	return true;
}
