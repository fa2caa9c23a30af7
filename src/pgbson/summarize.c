/*
 * summarize.c
 *		From the values that ANALYZE found at a path to common values and a histogram.
 */
#include "postgres.h"

#include <math.h>

#include "pgbson/analyze_internal.h"

/*
 * Values are common that are more frequent than the average by this factor, and by so many standard
 * deviations, so that chance alone makes none of them.
 */
#define COMMON_EXCESS 1.25
#define COMMON_DEVIATIONS 3

/* Where more of the rows than this have values of their own, their number grows with the rows. */
#define GROWING_FRACTION 0.1

/* Equal values. */
typedef struct ValueGroup
{
	const SampledValue *first;
	int			documents;		/* that have the value */
	bool		common;
} ValueGroup;

typedef struct Groups
{
	ValueGroup *group;			/* in the order of the values */
	int			ngroups;
	int			single;			/* groups of one document */
	int			cut;			/* groups whose value was cut */
	double		pairs;			/* of a document and a value it has */
	double		distinct;		/* values in the whole table, estimated */
} Groups;

static int
compare_samples(const void *a, const void *b)
{
	const SampledValue *a_sample = a;
	const SampledValue *b_sample = b;
	int			order = pgbson_compare(&a_sample->value, &b_sample->value);

	if (order != 0)
		return order;
	if (a_sample->cut_hash != b_sample->cut_hash)
		return a_sample->cut_hash < b_sample->cut_hash ? -1 : 1;
	return (a_sample->document > b_sample->document) - (a_sample->document < b_sample->document);
}

static void
group_values(PathSample *sample, Groups *groups)
{
	const SampledValue *previous = NULL;

	memset(groups, 0, sizeof(*groups));
	groups->group = palloc(Max(1, sample->nvalues) * sizeof(ValueGroup));
	qsort(sample->values, sample->nvalues, sizeof(SampledValue), compare_samples);
	for (int i = 0; i < sample->nvalues; i++)
	{
		const SampledValue *current = &sample->values[i];
		ValueGroup *group = &groups->group[groups->ngroups - 1];

		if (previous != NULL && previous->cut_hash == current->cut_hash &&
			pgbson_equal(&previous->value, &current->value))
		{
			if (previous->document != current->document)
				group->documents++;
		}
		else
		{
			group = &groups->group[groups->ngroups++];
			group->first = current;
			group->documents = 1;
			group->common = false;
		}
		previous = current;
	}
	for (int i = 0; i < groups->ngroups; i++)
	{
		groups->pairs += groups->group[i].documents;
		groups->single += groups->group[i].documents == 1 ? 1 : 0;
		groups->cut += groups->group[i].first->cut_hash != 0 ? 1 : 0;
	}
}

/*
 * The number of different values in the table, by the estimator of Haas and Stokes that PostgreSQL
 * uses too; all is the number of pairs in the table.
 */
static double
estimate_distinct(const Groups *groups, double all)
{
	double		n = groups->pairs;
	double		d = groups->ngroups;
	double		f1 = groups->single;
	double		estimate;

	if (groups->ngroups == 0)
		return 0;
	if (groups->single == 0)
		return d;
	if (groups->single == groups->ngroups)
		return Max(d, all);
	estimate = n * d / (n - f1 + f1 * n / Max(n, all));
	return floor(Min(Max(estimate, d), Max(d, all)) + 0.5);
}

static int
compare_groups(const void *a, const void *b)
{
	const ValueGroup *a_group = *(ValueGroup *const *) a;
	const ValueGroup *b_group = *(ValueGroup *const *) b;

	if (a_group->documents != b_group->documents)
		return a_group->documents > b_group->documents ? -1 : 1;
	return a_group < b_group ? -1 : 1;
}

/*
 * Marks the common values and returns them, the most common first: all where the sample seems to
 * have all there are and they fit, otherwise those that are clearly more common than the average.
 */
static ValueGroup **
find_common(Groups *groups, int limit, int *ncommon)
{
	ValueGroup **order = palloc(Max(1, groups->ngroups) * sizeof(ValueGroup *));
	double		average = groups->pairs / Max(1, groups->distinct);
	double		minimum = Max(COMMON_EXCESS * average, average + COMMON_DEVIATIONS * sqrt(average));
	bool		all = groups->ngroups <= limit && groups->distinct <= groups->ngroups &&
	groups->cut == 0;

	/* Whatever would fill a part of the histogram alone is common enough. */
	minimum = Max(2, Min(minimum, groups->pairs / limit));
	for (int i = 0; i < groups->ngroups; i++)
		order[i] = &groups->group[i];
	qsort(order, groups->ngroups, sizeof(ValueGroup *), compare_groups);
	*ncommon = 0;
	for (int i = 0; i < groups->ngroups && *ncommon < limit; i++)
	{
		if (order[i]->first->cut_hash != 0)
			continue;
		if (!all && order[i]->documents < minimum)
			break;
		order[i]->common = true;
		order[(*ncommon)++] = order[i];
	}
	return order;
}

static void
write_common(BsonBuilder *builder, ValueGroup **common, int ncommon)
{
	if (ncommon == 0)
		return;
	pgbson_begin(builder, BSON_ARRAY, "m", 1);
	for (int i = 0; i < ncommon; i++)
		pgbson_push(builder, &common[i]->first->value);
	pgbson_end(builder);
	pgbson_begin(builder, BSON_ARRAY, "f", 1);
	for (int i = 0; i < ncommon; i++)
	{
		BsonValue	count;

		pgbson_make_int32(common[i]->documents, &count);
		pgbson_push(builder, &count);
	}
	pgbson_end(builder);
}

/* Values that part the rest, each as often as it is there, into equal parts. */
static void
write_histogram(BsonBuilder *builder, const Groups *groups, int limit)
{
	double		rest = 0;
	double		before = 0;
	int			ngroups = 0;
	int			nbounds;
	int			bound = 0;

	for (int i = 0; i < groups->ngroups; i++)
	{
		if (groups->group[i].common)
			continue;
		ngroups++;
		rest += groups->group[i].documents;
	}
	nbounds = Min(ngroups, limit + 1);
	if (nbounds < 2)
		return;

	pgbson_begin(builder, BSON_ARRAY, "h", 1);
	for (int i = 0; i < groups->ngroups; i++)
	{
		const ValueGroup *group = &groups->group[i];

		if (group->common)
			continue;
		before += group->documents;
		while (bound < nbounds && floor(bound * (rest - 1) / (nbounds - 1)) < before)
		{
			pgbson_push(builder, &group->first->value);
			bound++;
		}
	}
	pgbson_end(builder);
}

static void
write_types(BsonBuilder *builder, const PathSample *sample)
{
	pgbson_begin(builder, BSON_DOCUMENT, "t", 1);
	for (int slot = 0; slot < TYPE_SLOTS; slot++)
	{
		if (sample->by_type[slot] > 0)
			pgbson_append_int32(builder, pgbson_type_name(slot_type(slot)), -1,
								sample->by_type[slot]);
	}
	pgbson_end(builder);
}

void
pgbson_summarize_path(BsonBuilder *builder, PathSample *sample, double documents, double rows,
					  int limit)
{
	Groups		groups;
	ValueGroup **common;
	int			ncommon;
	uint32		nulls = Max(sample->by_type[BSON_NULL], sample->by_type[BSON_UNDEFINED]);
	double		per_document;

	group_values(sample, &groups);
	per_document = groups.pairs / Max(1, documents);
	if (sample->nvalues > 0)
		per_document *= sample->seen / sample->nvalues;
	groups.distinct = estimate_distinct(&groups, per_document * rows);
	common = find_common(&groups, limit, &ncommon);

	pgbson_begin(builder, BSON_DOCUMENT, sample->path, sample->pathlen);
	pgbson_append_int32(builder, "p", 1, sample->present);
	pgbson_append_int32(builder, "z", 1, nulls);
	pgbson_append_int32(builder, "a", 1, sample->by_type[BSON_ARRAY]);
	pgbson_append_int32(builder, "s", 1, sample->scalar);
	if (sample->arrays > 0)
		pgbson_append_double(builder, "l", 1, sample->elements / sample->arrays);
	pgbson_append_double(builder, "c", 1, per_document);
	pgbson_append_double(builder, "d", 1, groups.distinct > GROWING_FRACTION * rows ?
						 -groups.distinct / Max(1, rows) : groups.distinct);
	write_types(builder, sample);
	write_common(builder, common, ncommon);
	write_histogram(builder, &groups, limit);
	pgbson_end(builder);
	pfree(common);
	pfree(groups.group);
}
