/*
 * stats.h
 *		Statistics of the paths in a column of documents, as ANALYZE gathers them.
 *
 * One of the public headers of pgbson.
 *
 * All fractions are of the documents sampled.  A document has all the values that a path leads to
 * through arrays, so that the frequencies of a path's values may add up to more than 1.
 */
#ifndef DOCDB_PGBSON_STATS_H
#define DOCDB_PGBSON_STATS_H

#include "access/htup.h"

#include "pgbson/pgbson.h"

/* The most paths that statistics are kept of: those that most documents have. */
#define BSON_STATISTICS_PATHS 100

/* The statistics of one column. */
typedef struct BsonStatistics
{
	double		documents;		/* in the sample */
	double		unlisted;		/* no other path is in a larger fraction of the documents */
	BsonValue	paths;			/* a document, path: what is known of it */
} BsonStatistics;

/* The statistics of one path. */
typedef struct BsonPathStatistics
{
	double		documents;		/* in the sample */
	double		present;		/* fraction that has the path at all, null included */
	double		null;			/* has a null (or undefined) there; the missing are 1 - present */
	double		array;			/* has an array there */
	double		scalar;			/* has a value other than null, documents and arrays */
	double		length;			/* average length of the arrays */
	double		values;			/* average number of different scalar values per document, of all */
	double		distinct;		/* different scalar values; if negative, times minus the rows */
	BsonValue	types;			/* a document, name of the type: count */
	BsonValue	common;			/* an array of the most common values, most common first */
	BsonValue	counts;			/* an array of how many documents have each of them */
	BsonValue	histogram;		/* an array of values with equally many of the others between */
} BsonPathStatistics;

/*
 * Finds the path statistics in a pg_statistic tuple (VariableStatData.statsTuple, say).  False when
 * it has none.  The result lives in CurrentMemoryContext.  Whether the user may see the data, that
 * is, whether an operator that uses them may be given their values, is the caller's to check.
 */
extern bool pgbson_statistics_read(HeapTuple tuple, BsonStatistics *statistics);

/*
 * The statistics of a dotted path; parts that are indexes are left out where the path is not known
 * with them.  False when there are none: all fields are zero then, but for present, which is the
 * largest that it can be, and estimates are guesses below that.
 */
extern bool pgbson_statistics_path(const BsonStatistics *statistics, const char *path, uint32 len,
								   BsonPathStatistics *result);

/* How many different scalar values a table of so many rows has at the path; at least 1. */
extern double pgbson_path_distinct(const BsonPathStatistics *path, double rows);

/*
 * The fraction of documents in which the path leads to a value that equals a given one, in a table
 * of so many rows.  Null finds nulls, but not missing values.
 */
extern double pgbson_path_equal_fraction(const BsonPathStatistics *path, const BsonValue *value,
										 double rows);

/* One end of a range.  Without a value the range ends where values of the rank end. */
typedef struct BsonRangeEnd
{
	const BsonValue *value;		/* or NULL */
	int			rank;			/* pgbson_type_rank, where the value is NULL */
	bool		inclusive;
} BsonRangeEnd;

/* The fraction of documents in which the path leads to a scalar value in a range. */
extern double pgbson_path_range_fraction(const BsonPathStatistics *path, const BsonRangeEnd *low,
										 const BsonRangeEnd *high);

/* The share of what lies between two values that is below a third, which is between them. */
extern double pgbson_place_between(const BsonValue *low, const BsonValue *high,
								   const BsonValue *value);

/* The fraction of documents in which the path leads to a value of a type. */
extern double pgbson_path_type_fraction(const BsonPathStatistics *path, uint8 type);

#endif							/* DOCDB_PGBSON_STATS_H */
