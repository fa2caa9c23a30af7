/*
 * text.h
 *		Dates and scalars as plain text.
 *
 * One of the public headers of pgbson.
 */
#ifndef DOCDB_PGBSON_TEXT_H
#define DOCDB_PGBSON_TEXT_H

#include "pgbson/pgbson.h"

/* A buffer that every date's text fits in. */
#define BSON_DATE_TEXT_SIZE 40

/*
 * Writes milliseconds since 1970 as "2020-01-31T23:59:59.123Z" and returns the length; there is no
 * NUL.  A fraction of zero is left out unless asked for.  Years past 9999 have more digits, those
 * before 0 a minus sign.
 */
extern int	pgbson_date_to_string(int64 milliseconds, bool always_fraction, char *text);

/*
 * Reads "2020-01-31T23:59:59.123Z": the years are 0000 to 9999; "+hh:mm", "+hhmm" or "+hh" may
 * stand for the Z; seconds may be missing; digits after the third of the fraction are ignored, as
 * a date has no room for them.  False when it is no such text.
 */
extern bool pgbson_date_from_string(const char *text, size_t len, int64 *milliseconds);

/*
 * The proleptic Gregorian calendar: days since 1970-01-01 from a date and back, for all years that
 * a date's milliseconds can reach.  Months are 1 to 12; the day need not be one of the month's.
 */
extern int64 pgbson_days_from_date(int64 year, int month, int day);
extern void pgbson_date_from_days(int64 days, int64 *year, int *month, int *day);
extern int	pgbson_days_in_month(int64 year, int month);

/*
 * Appends the text that MongoDB's $toString gives for a string (or symbol or code), number,
 * boolean, date or ObjectId; false, with nothing appended, for all other types.
 */
extern bool pgbson_append_plain_text(StringInfo out, const BsonValue *value);

/* Whether bytes are UTF-8; NULs are characters like any other. */
extern bool pgbson_utf8_valid(const char *data, size_t len);

#endif							/* DOCDB_PGBSON_TEXT_H */
