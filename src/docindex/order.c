/*
 * order.c
 *		Whether an index gives the order that a sort specification asks for.
 *
 * The index's fields are taken one after the other.  Each is the next path of the sort, or is
 * passed over because the filter lets only one value of it pass.
 *
 * A document with arrays is sorted by the first of its keys, which is also the first of its entries
 * that a scan in this order meets, if the scan does not leave entries out: bounds on sorted fields
 * that meet arrays are not used.
 *
 * By another collation than the index's the order is right only where no field of the sort has
 * strings, nor what may have strings in it.
 */
#include "postgres.h"

#include "docindex/docindex_internal.h"
#include "pgbson/keystring.h"

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

void
docindex_plan_order(const DocIndexSpec *spec, const BsonSort *sort, List *conditions,
					const MarkerInfo *markers, OrderPlan *plan)
{
	FilterBounds bounds;
	uint32		arrays = markers->arrays;
	uint32		passed = 0;		/* fields passed over that meet arrays */
	bool		varies = false; /* a sorted field has more than one value */
	int			field = 0;
	int			path = 0;

	plan->possible = false;
	plan->backward = false;
	plan->max_fields = BSON_MAX_KEYS;
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
		else if (is_constant(spec, &bounds, arrays, sort->paths.path[path]))
			path++;
		else
			return;
	}
	plan->possible = true;
}
