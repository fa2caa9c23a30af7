/*
 * date_zone.c
 *		Time zones.
 */
#include "postgres.h"

#include "base/errors.h"
#include "expr/date.h"

#define SECONDS_PER_HOUR 3600

/* How far around a local time to look for a change of the clock. */
#define SEARCH_DISTANCE (2 * SECONDS_PER_HOUR)

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "+hh", "+hhmm" or "+hh:mm", in seconds east; there are no limits to the numbers. */
static bool
parse_offset(const char *name, uint32 len, int *offset)
{
	const char *digits = name + 1;
	const char *minutes = NULL;
	int			seconds;

	if (len < 3 || (name[0] != '+' && name[0] != '-') ||
		!is_digit(digits[0]) || !is_digit(digits[1]))
		return false;
	if (len == 5)
		minutes = name + 3;
	else if (len == 6 && name[3] == ':')
		minutes = name + 4;
	else if (len != 3)
		return false;
	if (minutes && (!is_digit(minutes[0]) || !is_digit(minutes[1])))
		return false;

	seconds = ((digits[0] - '0') * 10 + (digits[1] - '0')) * SECONDS_PER_HOUR;
	if (minutes)
		seconds += ((minutes[0] - '0') * 10 + (minutes[1] - '0')) * 60;
	*offset = name[0] == '-' ? -seconds : seconds;
	return true;
}

/*
 * Whether a name with digits is one of the Olson database's.  PostgreSQL would take others for
 * rules in POSIX's notation, which MongoDB does not know.
 */
static bool
is_olson_name_with_digits(const char *name)
{
	static const char *const names[] = {
		"CST6CDT", "EST5EDT", "GMT+0", "GMT-0", "GMT0", "Etc/GMT0", "MST7MDT", "PST8PDT"
	};
	static const char prefix[] = "Etc/GMT";
	const char *hours;
	int			n;

	for (int i = 0; i < lengthof(names); i++)
	{
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return false;
	hours = name + strlen(prefix);
	if ((hours[0] != '+' && hours[0] != '-') || !is_digit(hours[1]))
		return false;
	n = hours[1] - '0';
	if (hours[2] != '\0')
	{
		if (n != 1 || !is_digit(hours[2]) || hours[3] != '\0')
			return false;
		n = 10 + (hours[2] - '0');
	}
	return n <= (hours[0] == '+' ? 12 : 14);
}

/* A named zone; names differ by case, and other names of the server's files are no zones. */
static pg_tz *
find_named(const char *name, uint32 len)
{
	char	   *copy;
	pg_tz	   *zone;

	if (len == 0 || len > TZ_STRLEN_MAX || memchr(name, '\0', len) != NULL || name[0] == '/' ||
		name[0] == '.')
		return NULL;
	copy = pnstrdup(name, len);
	if (strcmp(copy, "localtime") == 0 || strncmp(copy, "posix", strlen("posix")) == 0 ||
		strncmp(copy, "right/", strlen("right/")) == 0 ||
		(strpbrk(copy, "0123456789") != NULL && !is_olson_name_with_digits(copy)))
		return NULL;
	zone = pg_tzset(copy);
	if (zone && strcmp(pg_get_timezone_name(zone), copy) != 0)
		zone = NULL;
	pfree(copy);
	return zone;
}

void
expr_zone_find(const char *name, uint32 len, DateZone *zone)
{
	zone->named = NULL;
	zone->offset = 0;
	if (len == 3 && memcmp(name, "UTC", 3) == 0)
		return;
	zone->named = find_named(name, len);
	if (zone->named == NULL && !parse_offset(name, len, &zone->offset))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40485)),
				 errmsg("unrecognized time zone identifier: \"%.*s\"", (int) len, name)));
}

int
expr_zone_offset(const DateZone *zone, int64 seconds, bool *summer)
{
	pg_time_t	time = seconds;
	struct pg_tm *local;

	if (summer)
		*summer = false;
	if (zone->named == NULL)
		return zone->offset;
	local = pg_localtime(&time, zone->named);
	if (local == NULL)
		return 0;
	if (summer)
		*summer = local->tm_isdst > 0;
	return (int) local->tm_gmtoff;
}

bool
expr_zone_epoch_summer(const DateZone *zone)
{
	bool		summer;

	(void) expr_zone_offset(zone, 0, &summer);
	return summer;
}

/*
 * The first guess is the offset at the local time read as UTC, the second that at the instant which
 * the first leads to.
 */
int64
expr_zone_to_utc(const DateZone *zone, int64 local_seconds, bool summer)
{
	bool		first_summer;
	int			first = expr_zone_offset(zone, local_seconds, &first_summer);
	int			second;

	if (zone->named == NULL)
		return local_seconds - first;
	second = expr_zone_offset(zone, local_seconds - first, NULL);
	if (second != first)
	{
		/* West of UTC the second guess is past the change where the clock skips this time. */
		if (second > first && expr_zone_offset(zone, local_seconds - second, NULL) != second)
			second = first;
	}
	else
	{
		int			other = first;

		/* West of UTC the first guess is early, east of it late, in the hour that comes twice. */
		if (first >= 0 && summer && !first_summer)
			other = expr_zone_offset(zone, local_seconds - first - SEARCH_DISTANCE, NULL);
		else if (first <= 0 && first_summer && !summer)
			other = expr_zone_offset(zone, local_seconds - first + SEARCH_DISTANCE, NULL);
		if (other != first && expr_zone_offset(zone, local_seconds - other, NULL) == other)
			second = other;
	}
	return local_seconds - second;
}
