/*
 * filter.c
 *		The keys that a filter lets pass.
 *
 * Conditions that must all hold are sorted by the field of the index that they are on, a document's
 * element within $elemMatch included.  Field by field the bounds are put together, as long as those
 * of all fields before are points.
 *
 * What bounds may be put together depends on arrays.  Where no document has one on a field's path,
 * all conditions on it look at the same value, and so hold for the same key.  Otherwise each may be
 * met by another element: one of them must do.  The same holds for two fields whose paths may meet
 * the same array, unless both conditions are within the same $elemMatch.
 *
 * A disjunction is multiplied out: each of its branches joins the conditions around it, and the
 * keys of all branches are united.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "docindex/docindex_internal.h"

/* Multiplying out stops at so many combinations of branches, and products at so many intervals. */
#define MAX_BRANCHES 256
#define MAX_INTERVALS 10000

/* A condition on a field. */
typedef struct FieldItem
{
	const MatchCondition *condition;
	int			field;
	int			element;		/* the $elemMatch it is in, counted from 1; 0: none */
	int			depth;			/* parts of the path that lead to that array */
} FieldItem;

typedef struct Conjunction
{
	const DocIndexSpec *spec;
	List	   *items;			/* of FieldItem */
	List	   *disjunctions;	/* of MatchCondition */
	bool		never;			/* no document can match */
	bool		complete;		/* every condition became an item or a disjunction */
	int			elements;		/* $elemMatch conditions so far */
} Conjunction;

/* ---- Sorting conditions by field ---- */

static void add_condition(Conjunction *conjunction, const MatchCondition *condition,
						  const char *prefix, int element, int depth);

static void
add_item(Conjunction *conjunction, const MatchCondition *condition, int field, int element,
		 int depth)
{
	FieldItem  *item = palloc(sizeof(FieldItem));

	item->condition = condition;
	item->field = field;
	item->element = element;
	item->depth = depth;
	conjunction->items = lappend(conjunction->items, item);
}

static int
count_parts(const char *path)
{
	int			parts = 1;

	for (const char *p = path; *p != '\0'; p++)
		if (*p == '.')
			parts++;
	return parts;
}

static int
find_field(const DocIndexSpec *spec, const char *path)
{
	for (int i = 0; i < spec->nfields; i++)
		if (strcmp(spec->names[i], path) == 0)
			return i;
	return -1;
}

static void
add_elem_match(Conjunction *conjunction, const MatchCondition *condition, const char *path)
{
	const MatchCondition *inner = condition->children[0];

	conjunction->complete = false;
	if (conjunction->spec->has_positions)
		return;
	add_condition(conjunction, inner, path, ++conjunction->elements, count_parts(path));
}

bool
docindex_all_rows_meet(const DocIndexSpec *spec, const MatchCondition *condition)
{
	return spec->partial.type == BSON_DOCUMENT &&
		match_implies(match_conditions(&spec->partial_filter), condition);
}

/* Adds what must hold; prefix is the path to the element that it must hold for, or NULL. */
static void
add_condition(Conjunction *conjunction, const MatchCondition *condition, const char *prefix,
			  int element, int depth)
{
	const char *path;
	int			field;

	check_stack_depth();
	switch (condition->kind)
	{
		case MATCH_IS_CONSTANT:
			conjunction->never |= !condition->constant;
			return;
		case MATCH_IS_AND:
			for (int i = 0; i < condition->nchildren; i++)
				add_condition(conjunction, condition->children[i], prefix, element, depth);
			return;
		case MATCH_IS_OR:
			if (prefix == NULL)
				conjunction->disjunctions = lappend(conjunction->disjunctions,
													unconstify(MatchCondition *, condition));
			else
				conjunction->complete = false;
			return;
		default:
			break;
	}
	if (condition->path == NULL)
	{
		conjunction->complete = false;
		return;
	}
	path = prefix == NULL ? condition->path : psprintf("%s.%s", prefix, condition->path);
	if (condition->kind == MATCH_IS_ELEM_MATCH && !condition->negated && condition->of_fields)
	{
		add_elem_match(conjunction, condition, path);
		return;
	}
	field = find_field(conjunction->spec, path);
	if (field >= 0)
		add_item(conjunction, condition, field, element, depth);
	else if (prefix != NULL || !docindex_all_rows_meet(conjunction->spec, condition))
		conjunction->complete = false;
}

/* ---- Putting bounds together ---- */

static bool
parts_differ(const BsonPath *a, const BsonPath *b, int part)
{
	return part < a->nparts && part < b->nparts &&
		(a->part[part].len != b->part[part].len ||
		 memcmp(a->part[part].name, b->part[part].name, a->part[part].len) != 0);
}

bool
docindex_may_share_array(const DocIndexSpec *spec, int a, int b)
{
	return !parts_differ(spec->paths.path[a], spec->paths.path[b], 0);
}

/* Whether two conditions on different fields hold for one key whenever both hold. */
static bool
agree(const DocIndexSpec *spec, const FieldItem *a, const FieldItem *b)
{
	const BsonPath *x = spec->paths.path[a->field];
	const BsonPath *y = spec->paths.path[b->field];

	return parts_differ(x, y, 0) ||
		(a->element > 0 && a->element == b->element && parts_differ(x, y, a->depth));
}

/* How much a set of intervals is likely to narrow a scan: less is better. */
static int
width_class(const KeyIntervals *keys)
{
	if (docindex_intervals_are_all(keys))
		return 4;
	if (keys->count <= 1 && docindex_intervals_are_points(keys))
		return 0;
	if (docindex_intervals_are_points(keys))
		return 1;
	return keys->count == 1 ? 2 : 3;
}

/* The state of one conjunction's bounds while fields are added. */
typedef struct Building
{
	const DocIndexSpec *spec;
	uint32		arrays;
	const FieldItem *used[BSON_MAX_KEYS];	/* the items of fields that meet arrays */
	int			nused;
	bool		exact;
	uint32		inexact;		/* fields whose bounds do not say all that their conditions do */
} Building;

static bool
agrees_with_used(const Building *building, const FieldItem *item)
{
	for (int i = 0; i < building->nused; i++)
		if (!agree(building->spec, building->used[i], item))
			return false;
	return true;
}

/* The bounds of a field where all conditions are on one value. */
static void
intersect_items(Building *building, List *items, int field, FieldBounds *result)
{
	ListCell   *lc;

	foreach(lc, items)
	{
		const FieldItem *item = lfirst(lc);
		ConditionBounds bounds;

		if (item->field != field)
			continue;
		docindex_condition_bounds(item->condition, building->spec->collator, false,
								  building->spec->has_positions, &bounds);
		if (!bounds.exact || item->element != 0)
			building->inexact |= (uint32) 1 << field;
		if (docindex_intervals_are_all(&bounds.keys))
			continue;
		result->keys = result->bounded ?
			docindex_intervals_intersect(&result->keys, &bounds.keys) : bounds.keys;
		result->bounded = true;
	}
}

/* The bounds of a field where conditions may be met by different elements: the best ones. */
static void
choose_item(Building *building, List *items, int field, FieldBounds *result)
{
	const FieldItem *best = NULL;
	int			best_width = 0;
	ListCell   *lc;

	foreach(lc, items)
	{
		const FieldItem *item = lfirst(lc);
		ConditionBounds bounds;
		int			width;

		if (item->field != field)
			continue;
		docindex_condition_bounds(item->condition, building->spec->collator, true,
								  building->spec->has_positions, &bounds);
		width = width_class(&bounds.keys);
		if (!bounds.exact || item->element != 0 || best != NULL ||
			!agrees_with_used(building, item))
			building->inexact |= (uint32) 1 << field;
		if (width == 4 || !agrees_with_used(building, item) ||
			(best != NULL && width >= best_width))
			continue;
		best = item;
		best_width = width;
		result->keys = bounds.keys;
		result->bounded = true;
	}
	if (best != NULL)
		building->used[building->nused++] = best;
}

/*
 * The bounds of a conjunction, whose disjunctions count for nothing here.
 */
static void
conjunction_bounds(const Conjunction *conjunction, uint32 arrays, int max_fields,
				   FilterBounds *bounds)
{
	const DocIndexSpec *spec = conjunction->spec;
	Building	building = {spec, arrays};
	KeyIntervals keys = docindex_intervals_all();
	bool		open = true;	/* all fields so far have points */
	uint32		fields = PG_UINT32_MAX >> (32 - spec->nfields);
	uint32		fixed = 0;		/* fields of which all keys have one value */

	building.exact = conjunction->complete && conjunction->disjunctions == NIL;
	memset(bounds, 0, sizeof(FilterBounds));
	for (int i = 0; i < spec->nfields; i++)
	{
		FieldBounds *field = &bounds->fields[i];
		bool		in_arrays = (arrays & (uint32) 1 << i) != 0;

		if (in_arrays)
			choose_item(&building, conjunction->items, i, field);
		else
			intersect_items(&building, conjunction->items, i, field);
		if (field->bounded && (spec->descending & (uint32) 1 << i) != 0)
			field->keys = docindex_intervals_invert(&field->keys);
		if (!field->bounded)
		{
			open = false;
			continue;
		}
		if (!open || i >= max_fields || (int64) keys.count * field->keys.count > MAX_INTERVALS)
		{
			open = false;
			building.exact = false;
			continue;
		}
		keys = i == 0 ? field->keys : docindex_intervals_multiply(&keys, &field->keys);
		bounds->nfields = i + 1;
		open = docindex_intervals_are_points(&field->keys);
		if (open && field->keys.count == 1)
			fixed |= (uint32) 1 << i;
	}
	if (conjunction->never)
		keys = docindex_intervals_none();
	docindex_intervals_normalize(&keys);
	if (docindex_intervals_cut(&keys))
	{
		building.exact = false;
		bounds->cut = true;
		fixed = 0;
	}
	bounds->keys = keys;
	bounds->exact = building.exact && building.inexact == 0;
	bounds->decided = ~building.inexact;
	bounds->single = keys.count == 0 || (arrays & fields & ~fixed) == 0;
}

/* ---- Disjunctions ---- */

typedef struct Expansion
{
	uint32		arrays;
	int			max_fields;
	int			branches;		/* combinations so far */
	KeyIntervals keys;
	bool		exact;
	bool		cut;
	int			nfields;
} Expansion;

static void
expand(Expansion *expansion, Conjunction conjunction)
{
	const MatchCondition *disjunction;
	FilterBounds bounds;

	check_stack_depth();
	if (conjunction.disjunctions == NIL || conjunction.never)
	{
		conjunction_bounds(&conjunction, expansion->arrays, expansion->max_fields, &bounds);
		expansion->keys = docindex_intervals_union(&expansion->keys, &bounds.keys);
		expansion->exact &= bounds.exact;
		expansion->cut |= bounds.cut;
		expansion->nfields = Min(expansion->nfields, bounds.nfields);
		expansion->branches++;
		return;
	}
	disjunction = linitial(conjunction.disjunctions);
	conjunction.disjunctions = list_copy_tail(conjunction.disjunctions, 1);
	if (expansion->branches + disjunction->nchildren > MAX_BRANCHES)
	{
		conjunction.complete = false;
		expand(expansion, conjunction);
		return;
	}
	for (int i = 0; i < disjunction->nchildren; i++)
	{
		Conjunction branch = conjunction;

		branch.items = list_copy(conjunction.items);
		branch.disjunctions = list_copy(conjunction.disjunctions);
		add_condition(&branch, disjunction->children[i], NULL, 0, 0);
		expand(expansion, branch);
	}
}

/* Whether another mask of arrays could make a difference. */
static bool
depends_on_arrays(const Conjunction *conjunction, const FilterBounds *bounds)
{
	uint32		seen = 0;
	ListCell   *lc;

	if (!bounds->single || !bounds->exact)
		return true;
	foreach(lc, conjunction->items)
	{
		const FieldItem *item = lfirst(lc);

		if ((seen & (uint32) 1 << item->field) != 0 || item->condition->negated)
			return true;
		for (int i = 0; i < item->field; i++)
			if (docindex_may_share_array(conjunction->spec, i, item->field))
				return true;
		seen |= (uint32) 1 << item->field;
	}
	return false;
}

void
docindex_filter_bounds(const DocIndexSpec *spec, List *conditions, uint32 arrays, int max_fields,
					   FilterBounds *bounds)
{
	Conjunction conjunction = {spec, NIL, NIL, false, true, 0};
	ListCell   *lc;

	foreach(lc, conditions)
		add_condition(&conjunction, lfirst(lc), NULL, 0, 0);
	conjunction_bounds(&conjunction, arrays, max_fields, bounds);
	if (conjunction.disjunctions == NIL || conjunction.never)
	{
		bounds->needs_arrays = depends_on_arrays(&conjunction, bounds);
		return;
	}
	else
	{
		Expansion	expansion = {arrays, max_fields, 0, docindex_intervals_none(), true, false,
		BSON_MAX_KEYS};

		expand(&expansion, conjunction);
		bounds->keys = expansion.keys;
		bounds->exact = expansion.exact;
		bounds->cut = expansion.cut;
		bounds->branched = true;
		bounds->nfields = expansion.nfields;
		bounds->single = bounds->keys.count == 0;
		bounds->needs_arrays = true;
	}
}

bool
docindex_has_all(const DocIndexSpec *spec, List *conditions)
{
	ListCell   *lc;

	if (spec->partial.type == BSON_DOCUMENT)
	{
		MatchCondition filter = {MATCH_IS_AND};

		filter.children = palloc(Max(list_length(conditions), 1) * sizeof(MatchCondition *));
		foreach(lc, conditions)
			filter.children[filter.nchildren++] = lfirst(lc);
		if (filter.nchildren == 0 ||
			!match_implies(&filter, match_conditions(&spec->partial_filter)))
			return false;
	}
	if (!spec->sparse)
		return true;
	foreach(lc, conditions)
	{
		for (int i = 0; i < spec->nfields; i++)
			if (match_requires(lfirst(lc), spec->names[i]))
				return true;
	}
	return false;
}
