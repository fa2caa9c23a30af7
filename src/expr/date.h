/*
 * date.h
 *		Dates in time zones: their parts, their text, and arithmetic in calendar units.
 *
 * A date is milliseconds since 1970-01-01T00:00Z.  Named zones are PostgreSQL's, so that they are
 * those of the Olson database which the server was built with or told to use.
 */
#ifndef DOCDB_EXPR_DATE_H
#define DOCDB_EXPR_DATE_H

#include "pgtime.h"

#include "pgbson/pgbson.h"

#define MS_PER_SECOND INT64CONST(1000)
#define MS_PER_DATE_DAY INT64CONST(86400000)
#define SECONDS_PER_DAY INT64CONST(86400)
#define DAYS_PER_WEEK 7
#define MONTHS_IN_YEAR 12
#define MONTHS_PER_QUARTER 3
#define QUARTERS_PER_YEAR 4

/* ---- Time zones ---- */

typedef struct DateZone
{
	pg_tz	   *named;			/* NULL: a fixed offset */
	int			offset;			/* seconds east of UTC, where it is fixed */
} DateZone;

/* UTC under this name, or an offset of zero; not one of its other names. */
static inline bool
expr_zone_is_utc(const DateZone *zone)
{
	return zone->named == NULL && zone->offset == 0;
}

/* Finds "Europe/Paris", "UTC", "+02", "+0200" or "+02:00"; raises 40485 for anything else. */
extern void expr_zone_find(const char *name, uint32 len, DateZone *zone);

/* Seconds east of UTC at an instant, and whether that is summer time (which may be NULL). */
extern int	expr_zone_offset(const DateZone *zone, int64 seconds, bool *summer);

/*
 * The instant of a local time.  A time that a change of the clock skips is read with the offset
 * before the change.  Of the two instants of a time that comes twice, `summer` tells which one to
 * prefer where the zone's rules leave it open.
 */
extern int64 expr_zone_to_utc(const DateZone *zone, int64 local_seconds, bool summer);

/* Whether it is summer time at the epoch, which is the preference where there is no other. */
extern bool expr_zone_epoch_summer(const DateZone *zone);

/* ---- Parts ---- */

typedef struct DateParts
{
	int64		days;			/* local days since 1970-01-01 */
	int64		year;
	int			month;			/* from 1 */
	int			day;			/* from 1 */
	int			hour;
	int			minute;
	int			second;
	int			millisecond;
	int			offset;			/* seconds east of UTC */
	bool		summer;
} DateParts;

extern void expr_date_split(int64 date, const DateZone *zone, DateParts *parts);

/* Sunday is 1; the first of January is 1; weeks begin on Sundays, before the first it is week 0. */
extern int	expr_date_weekday(const DateParts *parts);
extern int	expr_date_yearday(const DateParts *parts);
extern int	expr_date_week(const DateParts *parts);

/* ISO 8601: Monday is 1; weeks from 1, of a year that may be another than the calendar's. */
extern int	expr_date_iso_weekday(const DateParts *parts);
extern void expr_date_iso_week(const DateParts *parts, int64 *year, int *week);

/* Days since 1970-01-01 of a date whose month and day may be any numbers. */
extern int64 expr_days_carried(int64 year, int64 month, int64 day);
extern int64 expr_days_from_iso(int64 year, int64 week, int64 weekday);

/*
 * The date of a local day and seconds and milliseconds after its midnight; raises DurationOverflow
 * where it is out of range.
 */
extern int64 expr_date_join(int64 days, int64 seconds, int64 milliseconds, const DateZone *zone,
							bool summer);

/* ---- Text ---- */

/* Refuses a format with unknown specifiers (18536) or an unfinished one (18535). */
extern void expr_date_check_format(const char *format, uint32 len, bool reading);

/* Appends a date in a format that has been checked; raises 18537 where a part has no room. */
extern void expr_date_write(StringInfo out, int64 date, const DateZone *zone, const char *format,
							uint32 len);

/* The text of $dateToString without a format. */
extern void expr_date_write_default(StringInfo out, int64 date, const DateZone *zone);

/*
 * Reads a date in any of the forms that MongoDB takes, or in a format that has been checked (NULL:
 * none).  False where it is none of them, with what is wrong in *problem, which may be NULL.
 */
extern bool expr_date_read(const char *text, uint32 len, const char *format, uint32 format_len,
						   const DateZone *zone, int64 *date, char **problem);

/* ---- Arithmetic ---- */

typedef enum DateUnit
{
	DATE_MILLISECOND,
	DATE_SECOND,
	DATE_MINUTE,
	DATE_HOUR,
	DATE_DAY,
	DATE_WEEK,
	DATE_MONTH,
	DATE_QUARTER,
	DATE_YEAR
} DateUnit;

/* The unit of a name; false where there is none. */
extern bool expr_unit_find(const char *name, uint32 len, DateUnit *unit);
extern const char *expr_unit_name(DateUnit unit);

/* The day of a name, full or of three letters in any case; Monday is 1. */
extern bool expr_weekday_find(const char *name, uint32 len, int *weekday);

/*
 * Adds an amount of units.  Days and more are counted in the zone's calendar and keep the time of
 * the day; a day that the month does not have becomes its last.
 */
extern int64 expr_date_add(int64 date, DateUnit unit, int64 amount, const DateZone *zone);

/* How many boundaries of units there are from one date to another; weeks begin on start_of_week. */
extern int64 expr_date_diff(int64 start, int64 end, DateUnit unit, const DateZone *zone,
							int start_of_week);

/* The begin of the bin of so many units that a date lies in; bins are counted from 2000. */
extern int64 expr_date_trunc(int64 date, DateUnit unit, int64 bin_size, const DateZone *zone,
							 int start_of_week);

#endif							/* DOCDB_EXPR_DATE_H */
