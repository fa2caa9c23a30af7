/*
 * date_internal.h
 *		What the readers of dates share.
 */
#ifndef DOCDB_EXPR_DATE_INTERNAL_H
#define DOCDB_EXPR_DATE_INTERNAL_H

#include "expr/date.h"

/* A part that was not given. */
#define DATE_UNSET PG_INT64_MIN

/* How the name of a day moves the date. */
typedef enum DateWeekdayRule
{
	DATE_WEEKDAY_LATER,			/* "next friday": never the day itself */
	DATE_WEEKDAY_FROM,			/* "friday": the day itself, or the next one */
	DATE_WEEKDAY_OF_WEEK		/* "friday this week": the one between Monday and Sunday */
} DateWeekdayRule;

/* Which day of its month is taken. */
typedef enum DateMonthRule
{
	DATE_MONTH_ANY_DAY,
	DATE_MONTH_FIRST_DAY,		/* "first day of" */
	DATE_MONTH_LAST_DAY,		/* "last day of" */
	DATE_MONTH_NTH_WEEKDAY,		/* "second friday of": counted from the first day */
	DATE_MONTH_LAST_WEEKDAY		/* "last friday of": back from the first day of the next month */
} DateMonthRule;

/* What was read; parts keep the numbers as they are written. */
typedef struct DateFields
{
	int64		year;
	int64		month;
	int64		day;
	int64		hour;
	int64		minute;
	int64		second;
	int64		microsecond;
	bool		has_zone;
	bool		zone_is_name;	/* "EST", not an offset */
	int			zone_offset;	/* seconds east of UTC */
	bool		has_weekday;
	int			weekday;		/* that the day is moved to: Sunday is 0; negative: "ago" */
	DateWeekdayRule weekday_rule;
	DateMonthRule month_rule;
	bool		has_add_weekdays;
	int64		add_weekdays;	/* days that are no Saturdays and Sundays */
	int64		add_years;		/* and moved by this, and the time too */
	int64		add_months;
	int64		add_days;
	int64		add_seconds;
	int64		add_microseconds;
	const char *problem;		/* the first one found */
	uint32		problem_at;
} DateFields;

/* A position in a text that is read. */
typedef struct DateCursor
{
	const char *start;
	const char *next;
	const char *end;
} DateCursor;

static inline bool
date_cursor_at_end(const DateCursor *cursor)
{
	return cursor->next >= cursor->end;
}

/* The next character; NUL at the end. */
static inline char
date_cursor_peek(const DateCursor *cursor)
{
	return cursor->next < cursor->end ? *cursor->next : '\0';
}

extern void expr_date_fields_init(DateFields *fields);

/* Notes what is wrong; only the first problem is kept. */
extern void expr_date_problem(DateFields *fields, const char *problem, const DateCursor *cursor);

/*
 * Reads a zone: "+hh", "+hhmm", "+hh:mm" and the like, perhaps after GMT, or an abbreviation, in
 * parentheses or not.
 */
extern bool expr_date_read_zone(DateCursor *cursor, DateFields *fields);

/* The month of a name (a Roman number too) that the letters at the cursor are; 0 for none. */
extern int	expr_date_read_month(DateCursor *cursor);

/* Up to so many digits, DATE_UNSET where there is none. */
extern int64 expr_date_read_number(DateCursor *cursor, int max_digits, int *digits);

/* The form that is found out from the text itself. */
extern void expr_date_read_free(DateCursor *cursor, DateFields *fields);

#endif							/* DOCDB_EXPR_DATE_INTERNAL_H */
