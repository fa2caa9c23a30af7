/*
 * analyze_internal.h
 *		What ANALYZE gathers of documents, and how it is stored.
 *
 * The statistics of a column are one document, the only value of a slot in pg_statistic:
 *
 * { v: 1,               the version of this format
 *   n: int,             documents in the sample
 *   u: double,          the largest fraction of documents that a path not listed may be in
 *   paths: {
 *     "a.b": {
 *       p, z, a, s: int   documents that have the path, a null, an array, a scalar there
 *       l: double       average length of the arrays
 *       c: double       different scalar values per document, counted within each
 *       d: double       different scalar values; negative: a multiple of the rows
 *       t: {type: int}  documents by type
 *       m: [values]     most common values
 *       f: [ints]       documents that have each of them
 *       h: [values] } } }   histogram bounds
 */
#ifndef DOCDB_PGBSON_ANALYZE_INTERNAL_H
#define DOCDB_PGBSON_ANALYZE_INTERNAL_H

#include "pgbson/builder.h"
#include "pgbson/stats.h"

/* pg_statistic leaves 10000 to 30000 to private use. */
#define PATH_STATISTICS_KIND 17311

#define PATH_STATISTICS_VERSION 1

#define TYPE_SLOTS 22

/* A place for each BSON type. */
static inline int
type_slot(uint8 type)
{
	if (type <= BSON_DECIMAL128)
		return type;
	return type == BSON_MAXKEY ? TYPE_SLOTS - 2 : TYPE_SLOTS - 1;
}

static inline uint8
slot_type(int slot)
{
	if (slot <= BSON_DECIMAL128)
		return (uint8) slot;
	return slot == TYPE_SLOTS - 2 ? BSON_MAXKEY : BSON_MINKEY;
}

/* A scalar that a path led to in a document. */
typedef struct SampledValue
{
	BsonValue	value;
	uint32		document;
	uint32		cut_hash;		/* of the whole, where a string was too long to be kept; else 0 */
} SampledValue;

/* What was seen of a path that statistics are kept of. */
typedef struct PathSample
{
	const char *path;
	uint32		pathlen;
	uint32		present;		/* documents, as are the next two */
	uint32		scalar;
	uint32		by_type[TYPE_SLOTS];
	uint32		seen_in[TYPE_SLOTS];	/* the last document counted in by_type, plus one */
	uint32		scalar_in;		/* the same for scalar */
	uint32		kept_in;		/* the document that the next is of */
	uint32		kept;			/* values that were kept of it */
	double		elements;		/* of all arrays */
	double		arrays;
	double		seen;			/* values to be listed, those included that were skipped */
	SampledValue *values;
	int			nvalues;
	int			capacity;
} PathSample;

/* Whether values of this type are listed; the others are only counted. */
extern bool pgbson_is_listed(const BsonValue *value);

/*
 * Writes the statistics of one path: its samples come from so many documents, the table has so many
 * rows, and lists may have so many values.
 */
extern void pgbson_summarize_path(BsonBuilder *builder, PathSample *sample, double documents,
								  double rows, int limit);

#endif							/* DOCDB_PGBSON_ANALYZE_INTERNAL_H */
