/*
 * stats.c
 *		Reading the statistics that ANALYZE gathered of paths, and estimates from them.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "utils/lsyscache.h"

#include "pgbson/analyze_internal.h"
#include "pgbson/keystring.h"
#include "pgbson/number.h"

/* The share of a part of the histogram that lies below a value where nothing better is known. */
#define MIDDLE 0.5

/* Of values that are not listed, those taken to equal a given one, or to be on one side of it. */
#define UNLISTED_EQUAL_FRACTION 0.005
#define UNLISTED_RANGE_FRACTION 0.333

/* Bytes of key strings that are looked at to place a value between two others. */
#define PLACE_BYTES 7

/* ---- Reading ---- */

static double
get_number(const BsonValue *document, const char *name)
{
	BsonValue	value;

	if (!pgbson_get(document, name, strlen(name), &value) || !pgbson_is_number(&value))
		return 0;
	return pgbson_number_to_double(&value);
}

/* A field that is a document or an array; an empty one where it is missing. */
static void
get_container(const BsonValue *document, const char *name, BsonType type, BsonValue *value)
{
	static const char empty[BSON_MIN_DOCUMENT_SIZE] = {BSON_MIN_DOCUMENT_SIZE, 0, 0, 0, 0};

	if (pgbson_get(document, name, strlen(name), value) && value->type == type)
		return;
	pgbson_make_simple(type, value);
	value->v.data = empty;
	value->len = sizeof(empty);
}

bool
pgbson_statistics_read(HeapTuple tuple, BsonStatistics *statistics)
{
	AttStatsSlot slot;
	BsonValue	stored;
	BsonValue	document;

	if (!HeapTupleIsValid(tuple) ||
		!get_attstatsslot(&slot, tuple, PATH_STATISTICS_KIND, InvalidOid, ATTSTATSSLOT_VALUES))
		return false;
	if (slot.nvalues != 1)
	{
		free_attstatsslot(&slot);
		return false;
	}
	pgbson_from_datum(slot.values[0], &stored);
	pgbson_value_copy(&stored, &document);
	free_attstatsslot(&slot);
	if (get_number(&document, "v") != PATH_STATISTICS_VERSION)
		return false;
	statistics->documents = Max(1, get_number(&document, "n"));
	statistics->unlisted = get_number(&document, "u");
	get_container(&document, "paths", BSON_DOCUMENT, &statistics->paths);
	return true;
}

/* "a.0.b" without its indexes: "a.b"; NULL when it has none. */
static char *
without_indexes(const char *path, uint32 len, uint32 *shorter)
{
	BsonPath   *parsed = pgbson_path_parse(path, len);
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < parsed->nparts; i++)
	{
		if (i > 0 && parsed->part[i].index >= 0)
			continue;
		if (i > 0)
			appendStringInfoChar(&text, '.');
		appendBinaryStringInfo(&text, parsed->part[i].name, parsed->part[i].len);
	}
	*shorter = text.len;
	return text.len < len ? text.data : NULL;
}

bool
pgbson_statistics_path(const BsonStatistics *statistics, const char *path, uint32 len,
					   BsonPathStatistics *result)
{
	double		documents = statistics->documents;
	BsonValue	known;

	memset(result, 0, sizeof(*result));
	result->documents = documents;
	if (!pgbson_get(&statistics->paths, path, len, &known))
	{
		uint32		shorter;
		char	   *other = without_indexes(path, len, &shorter);

		if (other == NULL || !pgbson_get(&statistics->paths, other, shorter, &known))
		{
			result->present = statistics->unlisted;
			pgbson_make_simple(BSON_DOCUMENT, &known);
			get_container(&statistics->paths, "", BSON_DOCUMENT, &result->types);
			get_container(&statistics->paths, "", BSON_ARRAY, &result->common);
			result->counts = result->histogram = result->common;
			return false;
		}
	}
	result->present = get_number(&known, "p") / documents;
	result->null = get_number(&known, "z") / documents;
	result->array = get_number(&known, "a") / documents;
	result->scalar = get_number(&known, "s") / documents;
	result->length = get_number(&known, "l");
	result->values = get_number(&known, "c");
	result->distinct = get_number(&known, "d");
	get_container(&known, "t", BSON_DOCUMENT, &result->types);
	get_container(&known, "m", BSON_ARRAY, &result->common);
	get_container(&known, "f", BSON_ARRAY, &result->counts);
	get_container(&known, "h", BSON_ARRAY, &result->histogram);
	return true;
}

/* ---- Estimates ---- */

double
pgbson_path_distinct(const BsonPathStatistics *path, double rows)
{
	double		distinct = path->distinct < 0 ? -path->distinct * rows : path->distinct;

	return Max(1, distinct);
}

static double
clamp_fraction(double fraction)
{
	return fraction > 1 ? 1 : fraction > 0 ? fraction : 0;
}

double
pgbson_path_type_fraction(const BsonPathStatistics *path, uint8 type)
{
	return get_number(&path->types, pgbson_type_name(type)) / path->documents;
}

/* A common value and the fraction of documents that have it. */
static bool
next_common(BsonIter *value_iter, BsonIter *count_iter, double documents, BsonValue *value,
			double *fraction)
{
	BsonValue	count;

	if (!pgbson_iter_next(value_iter) || !pgbson_iter_next(count_iter))
		return false;
	pgbson_iter_value(value_iter, value);
	pgbson_iter_value(count_iter, &count);
	*fraction = pgbson_number_to_double(&count) / documents;
	return true;
}

/* Of a path without statistics nothing is known but how many documents may have it. */
static bool
is_unlisted(const BsonPathStatistics *path)
{
	return pgbson_count(&path->types) == 0;
}

double
pgbson_path_equal_fraction(const BsonPathStatistics *path, const BsonValue *value, double rows)
{
	BsonIter	value_iter;
	BsonIter	count_iter;
	BsonValue	common;
	double		fraction;
	double		least = 1;
	double		rest = path->values;
	int			ncommon = 0;

	if (value->type == BSON_NULL || value->type == BSON_UNDEFINED)
		return path->null;
	if (is_unlisted(path))
		return path->present * UNLISTED_EQUAL_FRACTION;
	if (!pgbson_is_listed(value))
		return pgbson_path_type_fraction(path, value->type) * UNLISTED_EQUAL_FRACTION;

	pgbson_iter_init(&value_iter, &path->common);
	pgbson_iter_init(&count_iter, &path->counts);
	while (next_common(&value_iter, &count_iter, path->documents, &common, &fraction))
	{
		if (pgbson_equal(&common, value))
			return fraction;
		rest -= fraction;
		least = fraction;
		ncommon++;
	}

	/* The others share what is left, and none is more common than the common ones. */
	rest = Max(0, rest) / Max(1, pgbson_path_distinct(path, rows) - ncommon);
	return clamp_fraction(Min(rest, least));
}

/* Where a value is with respect to an end of a range: below (-1), inside (0) or above (1). */
static int
below_low(const BsonValue *value, const BsonRangeEnd *low)
{
	int			order;

	if (low->value == NULL)
		return pgbson_type_rank(value->type) < low->rank;
	order = pgbson_compare(value, low->value);
	return low->inclusive ? order < 0 : order <= 0;
}

static int
below_high(const BsonValue *value, const BsonRangeEnd *high)
{
	int			order;

	if (high->value == NULL)
		return pgbson_type_rank(value->type) <= high->rank;
	order = pgbson_compare(value, high->value);
	return high->inclusive ? order <= 0 : order < 0;
}

/* The bytes of a key string after a common beginning, as a number. */
static double
place_of_key(const StringInfoData *key, int start)
{
	double		place = 0;

	for (int i = start; i < start + PLACE_BYTES; i++)
		place = place * 256 + (i < key->len ? (uint8) key->data[i] : 0);
	return place;
}

double
pgbson_place_between(const BsonValue *low, const BsonValue *high, const BsonValue *value)
{
	StringInfoData keys[3];
	const BsonValue *values[3] = {low, high, value};
	double		places[3];
	int			common = 0;

	if (pgbson_is_number(low) && pgbson_is_number(high) && pgbson_is_number(value))
	{
		for (int i = 0; i < 3; i++)
			places[i] = pgbson_number_to_double(values[i]);
	}
	else
	{
		for (int i = 0; i < 3; i++)
		{
			initStringInfo(&keys[i]);
			pgbson_keystring_append(&keys[i], values[i], false);
		}
		while (common < keys[0].len && common < keys[1].len &&
			   keys[0].data[common] == keys[1].data[common])
			common++;
		for (int i = 0; i < 3; i++)
		{
			places[i] = place_of_key(&keys[i], common);
			pfree(keys[i].data);
		}
	}
	if (!(places[1] > places[0]) || isinf(places[0]) || isinf(places[1]) || isnan(places[2]))
		return MIDDLE;
	return clamp_fraction((places[2] - places[0]) / (places[1] - places[0]));
}

typedef int (*BelowEnd) (const BsonValue *value, const BsonRangeEnd *end);

/* The share of the histogram's values that are below an end of a range. */
static double
histogram_below(const BsonPathStatistics *path, const BsonRangeEnd *end, BelowEnd below)
{
	BsonIter	iter;
	BsonValue	bound;
	BsonValue	last;
	int			nbounds = pgbson_count(&path->histogram);
	int			nbelow = 0;
	double		part = MIDDLE;

	pgbson_iter_init(&iter, &path->histogram);
	while (pgbson_iter_next(&iter))
	{
		pgbson_iter_value(&iter, &bound);
		if (!below(&bound, end))
			break;
		last = bound;
		nbelow++;
	}
	if (nbounds < 2 || nbelow == 0)
		return 0;
	if (nbelow == nbounds)
		return 1;
	if (end->value != NULL)
		part = pgbson_place_between(&last, &bound, end->value);
	return (nbelow - 1 + part) / (nbounds - 1);
}

double
pgbson_path_range_fraction(const BsonPathStatistics *path, const BsonRangeEnd *low,
						   const BsonRangeEnd *high)
{
	BsonIter	value_iter;
	BsonIter	count_iter;
	BsonValue	common;
	double		fraction;
	double		inside = 0;
	double		most = 0;
	double		rest = path->values;
	double		share;

	if (is_unlisted(path))
		return path->present * UNLISTED_RANGE_FRACTION;
	if (path->scalar <= 0 || path->values <= 0)
		return 0;
	pgbson_iter_init(&value_iter, &path->common);
	pgbson_iter_init(&count_iter, &path->counts);
	while (next_common(&value_iter, &count_iter, path->documents, &common, &fraction))
	{
		rest -= fraction;
		if (!below_low(&common, low) && below_high(&common, high))
		{
			inside += fraction;
			most = Max(most, fraction);
		}
	}
	share = histogram_below(path, high, below_high) - histogram_below(path, low, below_low);
	if (rest > 0 && share > 0)
		inside += rest * share;

	/*
	 * That many pairs of a document and a value are inside.  A document that has several values is
	 * found if any of them is; those with a certain common value are found in any case.
	 */
	share = clamp_fraction(inside / path->values);
	share = path->scalar * (1 - pow(1 - share, Max(1, path->values / path->scalar)));
	return clamp_fraction(Max(share, most));
}
