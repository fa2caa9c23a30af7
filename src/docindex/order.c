/*
 * order.c
 *		Whether an index gives the order that a sort specification asks for.
 *
 * The index's fields are taken one after the other.  Each is the next path of the sort, or is
 * passed over because the filter lets only one value of it pass.  Where the filter lets several
 * values of the first fields pass, the keys that begin with each of them are a run in the order
 * wanted, and the runs are to be merged.
 *
 * A document with arrays is sorted by the first of its keys, which is also the first of its entries
 * that a scan in this order meets, if the scan does not leave entries out: bounds on sorted fields
 * that meet arrays are not used.
 *
 * By another collation than the index's the order is right only where no field of the sort has
 * strings, nor what may have strings in it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/guc.h"

#include "docindex/docindex_internal.h"
#include "pgbson/keystring.h"

/* So many runs are merged.  Each has a page pinned, of which there must be enough. */
#define MAX_RUNS 100
#define PINNED_SHARE 10

static bool
path_is(const BsonPath *path, const BsonPath *other)
{
	if (path->nparts != other->nparts)
		return false;
	for (int i = 0; i < path->nparts; i++)
		if (path->part[i].len != other->part[i].len ||
			memcmp(path->part[i].name, other->part[i].name, path->part[i].len) != 0)
			return false;
	return true;
}

static bool
is_one_point(const FieldBounds *field)
{
	return field->bounded && field->keys.count == 1 && field->keys.intervals[0].point;
}

static bool
are_points(const FieldBounds *field)
{
	return field->bounded && docindex_intervals_are_points(&field->keys);
}

/* Whether the filter fixes the value at a path of the sort. */
static bool
is_constant(const DocIndexSpec *spec, const FilterBounds *bounds, uint32 arrays,
			const BsonPath *path)
{
	for (int i = 0; i < spec->nfields; i++)
		if (path_is(spec->paths.path[i], path))
			return is_one_point(&bounds->fields[i]) && (arrays & (uint32) 1 << i) == 0;
	return false;
}

/* Whether a sorted field may meet the same array as a field that is passed over. */
static bool
shares_array(const DocIndexSpec *spec, uint32 fields, int field)
{
	for (int i = 0; i < spec->nfields; i++)
		if ((fields & (uint32) 1 << i) != 0 && docindex_may_share_array(spec, i, field))
			return true;
	return false;
}

/* Whether the bounds of a field let no strings, documents and arrays pass. */
static bool
has_no_strings(const DocIndexSpec *spec, const FilterBounds *bounds, uint32 arrays, int field)
{
	static const uint8 first = BSON_KEY_STRING;
	static const uint8 end = BSON_KEY_ARRAY + 1;
	KeyBytes	low = {&first, 1};
	KeyBytes	high = {&end, 1};
	KeyIntervals strings = docindex_intervals_range(low, high);
	KeyIntervals keys = bounds->fields[field].keys;

	if (!bounds->fields[field].bounded || (arrays & (uint32) 1 << field) != 0)
		return false;
	if ((spec->descending & (uint32) 1 << field) != 0)
		keys = docindex_intervals_invert(&keys);
	return docindex_intervals_intersect(&keys, &strings).count == 0;
}

static bool
collation_agrees(const DocIndexSpec *spec, const BsonSort *sort, const FilterBounds *bounds,
				 uint32 arrays)
{
	if (pgbson_collation_same(sort->collation, spec->collator))
		return true;
	for (int i = 0; i < sort->paths.npaths; i++)
		for (int j = 0; j < spec->nfields; j++)
			if (path_is(spec->paths.path[j], sort->paths.path[i]) &&
				!has_no_strings(spec, bounds, arrays, j))
				return false;
	return true;
}

static int
max_runs(void)
{
	return Min(MAX_RUNS, Min(NBuffers, num_temp_buffers) / PINNED_SHARE);
}

void
docindex_no_order(OrderPlan *plan)
{
	memset(plan, 0, sizeof(OrderPlan));
	plan->max_fields = BSON_MAX_KEYS;
}

/* The beginnings of keys that the first fields' points make; false where there are too many. */
static bool
make_runs(const FilterBounds *bounds, int nfields, KeyRuns *runs)
{
	KeyIntervals points = bounds->fields[0].keys;

	runs->count = 0;
	for (int i = 1; i < nfields && points.count <= max_runs(); i++)
	{
		if ((int64) points.count * bounds->fields[i].keys.count > max_runs())
			return false;
		points = docindex_intervals_multiply(&points, &bounds->fields[i].keys);
	}
	if (points.count > max_runs())
		return false;
	runs->prefixes = palloc(Max(points.count, 1) * sizeof(KeyBytes));
	for (int i = 0; i < points.count; i++)
		runs->prefixes[runs->count++] = points.intervals[i].low;
	return true;
}

static bool
begins_with(const KeyBytes *bytes, const KeyBytes *prefix)
{
	return bytes->len >= prefix->len && memcmp(bytes->data, prefix->data, prefix->len) == 0;
}

/* Both are in their order.  Runs without intervals are left out. */
bool
docindex_find_runs(OrderPlan *plan, const KeyIntervals *keys)
{
	KeyRuns    *runs = &plan->runs;
	int			nprefixes = runs->count;
	int			prefix = 0;

	if (nprefixes == 0)
		return true;
	runs->count = 0;
	runs->lengths = palloc0(nprefixes * sizeof(int));
	for (int i = 0; i < keys->count; i++)
	{
		const KeyInterval *interval = &keys->intervals[i];
		KeyBytes	end;

		if (runs->count == 0 ||
			!begins_with(&interval->low, &runs->prefixes[runs->count - 1]))
		{
			while (prefix < nprefixes && !begins_with(&interval->low, &runs->prefixes[prefix]))
				prefix++;
			if (prefix == nprefixes)
				return false;
			runs->prefixes[runs->count++] = runs->prefixes[prefix++];
		}
		end = docindex_successor(runs->prefixes[runs->count - 1]);
		if (docindex_compare_bytes(&interval->high, &end) > 0)
			return false;
		runs->lengths[runs->count - 1]++;
	}
	return true;
}

void
docindex_plan_order(const DocIndexSpec *spec, const BsonSort *sort, List *conditions,
					const MarkerInfo *markers, OrderPlan *plan)
{
	FilterBounds bounds;
	uint32		arrays = markers->arrays;
	uint32		passed = 0;		/* fields passed over that meet arrays */
	bool		varies = false; /* a sorted field has more than one value */
	int			varying = 0;	/* the first such field */
	bool		many = false;	/* a field before it has several values */
	int			field = 0;
	int			path = 0;

	docindex_no_order(plan);
	if (markers->cut_keys || (arrays != 0 && (spec->has_positions || sort->whole_id)))
		return;
	docindex_filter_bounds(spec, conditions, arrays, BSON_MAX_KEYS, &bounds);
	if (!collation_agrees(spec, sort, &bounds, arrays))
		return;

	while (path < sort->paths.npaths)
	{
		uint32		bit = field < spec->nfields ? (uint32) 1 << field : 0;
		bool		in_arrays = (arrays & bit) != 0;

		if (bit != 0 && path_is(spec->paths.path[field], sort->paths.path[path]))
		{
			bool		backward = ((spec->descending & bit) != 0) !=
			((sort->descending & (uint32) 1 << path) != 0);

			if (in_arrays || !is_one_point(&bounds.fields[field]))
			{
				if ((varies && backward != plan->backward) ||
					(in_arrays && shares_array(spec, passed, field)))
					return;
				plan->backward = backward;
				if (!varies)
					varying = field;
				varies = true;
				if (in_arrays)
					plan->max_fields = Min(plan->max_fields, field);
			}
			field++;
			path++;
		}
		else if (bit != 0 && is_one_point(&bounds.fields[field]) && !(varies && in_arrays))
		{
			if (in_arrays)
				passed |= bit;
			field++;
		}
		else if (bit != 0 && are_points(&bounds.fields[field]) && !varies)
		{
			if (in_arrays)
				passed |= bit;
			many = true;
			field++;
		}
		else if (is_constant(spec, &bounds, arrays, sort->paths.path[path]))
			path++;
		else
			return;
	}
	plan->possible = !(varies && many) || make_runs(&bounds, varying, &plan->runs);
}
