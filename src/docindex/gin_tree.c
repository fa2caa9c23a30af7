/*
 * gin_tree.c
 *		What keys a filter asks for.
 *
 * A filter's conditions become a tree of keys such that every document that matches has keys that
 * make it true.  Conditions that documents may meet without any value at their path, negations
 * above all, have no keys; a conjunction does without them, a disjunction has no keys then either.
 *
 * Where no array is on the way to a path a document has one value there, so that all conditions on
 * it must be met by the same key.  In arrays each may be met by another one.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "docindex/gin_internal.h"
#include "pgbson/keystring.h"

#define MAX_FORMS 8				/* of a path that may have positions in it */
#define MAX_LITERAL_KEYS 16		/* that are looked for of one document or array */
#define MAX_INTERVALS 2000		/* of one condition */
#define MAX_KEYS 10000			/* of a filter */

/* What conditions are on. */
typedef struct Place
{
	const char *path;			/* of a document within, or of the value itself; NULL: the whole */
	bool		in_array;		/* an array is on the path for sure */
} Place;

/* A path as keys have it; more than one where parts may be positions or names. */
typedef struct PathForm
{
	uint64		hash;
	GinScope	scope;
} PathForm;

typedef struct PathForms
{
	int			count;
	bool		too_many;
	PathForm	form[MAX_FORMS];
} PathForms;

/* A condition that is met by keys of its path in some intervals. */
typedef struct KeyCondition
{
	const MatchCondition *condition;
	KeyIntervals keys;
	bool		array;			/* only in arrays */
} KeyCondition;

/* Conditions of a conjunction on the same path. */
typedef struct PathConditions
{
	const char *path;
	List	   *conditions;		/* of KeyCondition */
} PathConditions;

static GinTree *make_tree(const GinSpec *spec, const MatchCondition *condition,
						  const Place *place);

/* ---- Trees; NULL stands for one that is always true ---- */

static GinTree *
new_tree(GinTreeKind kind, GinStrength strength)
{
	GinTree    *tree = palloc0(sizeof(GinTree));

	tree->kind = kind;
	tree->strength = strength;
	return tree;
}

/* What is weak is only worth looking up where there is nothing better. */
static GinTree *
combine_and(List *trees)
{
	GinTree    *result = new_tree(GIN_TREE_AND, GIN_WEAK);
	ListCell   *lc;

	foreach(lc, trees)
	{
		GinTree    *tree = lfirst(lc);

		if (tree != NULL && tree->kind == GIN_TREE_NEVER)
			return tree;
		if (tree != NULL)
			result->strength = Max(result->strength, tree->strength);
	}
	foreach(lc, trees)
	{
		GinTree    *tree = lfirst(lc);

		if (tree == NULL ||
			(tree->strength == GIN_WEAK &&
			 (result->strength > GIN_WEAK || result->children != NIL)))
			continue;
		result->children = lappend(result->children, tree);
	}
	if (list_length(result->children) == 1)
		return linitial(result->children);
	return result->children != NIL ? result : NULL;
}

static GinTree *
combine_or(List *trees)
{
	GinTree    *result = new_tree(GIN_TREE_OR, GIN_POINT);
	ListCell   *lc;

	foreach(lc, trees)
	{
		GinTree    *tree = lfirst(lc);

		if (tree == NULL)
			return NULL;
		if (tree->kind == GIN_TREE_NEVER)
			continue;
		result->strength = Min(result->strength, tree->strength);
		result->children = lappend(result->children, tree);
	}
	if (result->children == NIL)
		result->kind = GIN_TREE_NEVER;
	if (list_length(result->children) == 1)
		return linitial(result->children);
	return result;
}

/* Marks a tree as one for conditions on a path. */
static GinTree *
add_source(GinTree *tree, const char *path, bool of_element, List *conditions)
{
	GinTree    *result;
	GinSource  *source;

	if (tree == NULL || tree->kind == GIN_TREE_NEVER)
		return tree;
	source = palloc(sizeof(GinSource));
	source->path = path;
	source->of_element = of_element;
	source->conditions = conditions;
	result = palloc(sizeof(GinTree));
	*result = *tree;
	result->source = source;
	return result;
}

/* ---- Paths ---- */

static const char *
join_path(const Place *place, const MatchCondition *condition)
{
	if (place->path == NULL || condition->path == NULL)
		return place->path ? place->path : condition->path;
	return psprintf("%s.%s", place->path, condition->path);
}

static void
add_forms(PathForms *forms, const BsonPath *path, int part, PathForm form)
{
	const BsonPathPart *next = &path->part[part];

	check_stack_depth();
	if (part == path->nparts)
	{
		if (forms->count < MAX_FORMS)
			forms->form[forms->count++] = form;
		else
			forms->too_many = true;
		return;
	}
	if (part > 0 && next->index >= 0 && !forms->too_many)
		add_forms(forms, path, part + 1, form);
	form.hash = docindex_gin_hash_field(form.hash, next->name, next->len);
	form.scope = gin_scope_of_field(form.scope, next->name, next->len);
	add_forms(forms, path, part + 1, form);
}

/* The forms of a path; false where they are too many, or not all of them are in the index. */
static bool
get_forms(const GinSpec *spec, const char *path, bool values, PathForms *forms)
{
	PathForm	root = {GIN_ROOT_PATH, spec->root};

	forms->count = 0;
	forms->too_many = false;
	add_forms(forms, pgbson_path_parse(path, strlen(path)), 0, root);
	for (int i = 0; values && i < forms->count; i++)
		if (!forms->form[i].scope.included)
			return false;
	return !forms->too_many;
}

/* ---- Keys ---- */

static KeyBytes
key_bytes(const StringInfo key)
{
	KeyBytes	bytes = {(const uint8 *) key->data + VARHDRSZ, key->len - VARHDRSZ};

	return bytes;
}

static GinTree *
key_tree(KeyBytes low, KeyBytes high, GinStrength strength)
{
	GinTree    *tree = new_tree(GIN_TREE_KEY, strength);
	GinKeyRange *range = palloc(sizeof(GinKeyRange));

	range->low = low;
	range->high = high;
	tree->range = range;
	return tree;
}

/* An end of an interval at a path, cut to what is kept of keys. */
static KeyBytes
end_key(uint64 path, bool in_array, KeyBytes end, bool high)
{
	StringInfoData key;

	if (end.len > GIN_PREFIX_SIZE)
	{
		end.len = GIN_PREFIX_SIZE;
		if (high)
			end = docindex_successor(end);
	}
	pgbson_keystring_init(&key);
	docindex_gin_append_path(&key, path, in_array);
	appendBinaryStringInfo(&key, (const char *) end.data, end.len);
	return key_bytes(&key);
}

static GinTree *
point_tree(uint64 path, bool in_array, KeyBytes value)
{
	const KeyBytes none = {NULL, 0};
	StringInfoData key;

	pgbson_keystring_init(&key);
	docindex_gin_append_path(&key, path, in_array);
	appendBinaryStringInfo(&key, (const char *) value.data, value.len);
	docindex_gin_cut(&key);
	return key_tree(key_bytes(&key), none, GIN_POINT);
}

static GinStrength
interval_strength(const KeyInterval *interval)
{
	uint8		first = interval->low.data[0];
	uint8		end = interval->high.data[0];

	if (interval->point)
		return GIN_POINT;
	if (interval->low.len > 1 || interval->high.len > 1)
		return GIN_RANGE;

	/* Regexes as values are rare, and part of every condition with a regex. */
	if (first == BSON_KEY_REGEX)
		return GIN_RANGE;

	/* Zero has a class of its own, so that numbers above or below it are whole classes. */
	if (first >= BSON_KEY_NAN && end <= BSON_KEY_POSITIVE + 1)
		return first <= BSON_KEY_NEGATIVE && end > BSON_KEY_POSITIVE ? GIN_WEAK : GIN_RANGE;
	return GIN_WEAK;
}

/* Keys in any of the intervals, at a path outside of arrays or in them. */
static GinTree *
interval_trees(uint64 path, bool in_array, const KeyIntervals *keys)
{
	List	   *trees = NIL;

	for (int i = 0; i < keys->count; i++)
	{
		const KeyInterval *interval = &keys->intervals[i];

		if (interval->point)
			trees = lappend(trees, point_tree(path, in_array, interval->low));
		else
			trees = lappend(trees, key_tree(end_key(path, in_array, interval->low, false),
											end_key(path, in_array, interval->high, true),
											interval_strength(interval)));
	}
	return combine_or(trees);
}

/* Any key of a path. */
static GinTree *
path_tree(uint64 path)
{
	KeyIntervals all = docindex_intervals_all();

	return key_tree(end_key(path, false, all.intervals[0].low, false),
					end_key(path, true, all.intervals[0].high, true), GIN_WEAK);
}

/* ---- Conditions on values ---- */

static KeyIntervals
classes(uint8 first, uint8 last)
{
	uint8	   *ends = palloc(2);
	KeyBytes	low = {ends, 1};
	KeyBytes	high = {ends + 1, 1};

	ends[0] = first;
	ends[1] = last + 1;
	return docindex_intervals_range(low, high);
}

/* Whether a set has intervals, other than single keys, that reach into some classes. */
static bool
reaches(const KeyIntervals *set, const KeyIntervals *classes)
{
	KeyIntervals both = docindex_intervals_intersect(set, classes);

	return both.count > 0 && !docindex_intervals_are_points(&both);
}

static bool
is_literal(const BsonValue *value)
{
	return value->type == BSON_ARRAY ||
		(value->type == BSON_DOCUMENT && value->len > BSON_MIN_DOCUMENT_SIZE);
}

/* Whether a condition is equality with documents or arrays, possibly among others. */
static bool
has_literals(const MatchCondition *condition)
{
	if (condition->kind == MATCH_IS_EQ)
		return is_literal(&condition->operand);
	for (int i = 0; condition->kind == MATCH_IS_IN && i < condition->nvalues; i++)
		if (is_literal(&condition->values[i]))
			return true;
	return false;
}

/*
 * Whether every document that meets a condition has a key at its path, by which it can be found; of
 * tests of numbers too little would be known.
 */
static bool
needs_key(const MatchCondition *condition)
{
	if (condition->negated || condition->kind >= MATCH_IS_NUMBER_TEST)
		return false;
	return condition->path == NULL || match_requires(condition, condition->path);
}

/* The keys of which a document that meets a condition must have one; false where there are none. */
static bool
condition_keys(const GinSpec *spec, const MatchCondition *condition, KeyCondition *result)
{
	ConditionBounds bounds;
	KeyIntervals documents = classes(BSON_KEY_DOCUMENT, BSON_KEY_DOCUMENT);
	KeyIntervals nulls = classes(BSON_KEY_UNDEFINED, BSON_KEY_NULL);
	int			n;

	if (!needs_key(condition) || condition->kind < MATCH_IS_EQ ||
		condition->kind == MATCH_IS_ELEM_MATCH || has_literals(condition))
		return false;
	result->condition = condition;
	result->array = condition->kind == MATCH_IS_SIZE;
	if (condition->kind == MATCH_IS_EXISTS)
		result->keys = docindex_intervals_all();
	else
	{
		docindex_condition_bounds(condition, spec->collator, true, false, &bounds);
		result->keys = bounds.keys;
	}

	/* Documents have no keys as a whole.  An element that is undefined may count as null. */
	if (reaches(&result->keys, &documents))
		result->keys = docindex_intervals_union(&result->keys, &documents);
	if (condition->path == NULL &&
		docindex_intervals_intersect(&result->keys, &nulls).count > 0)
		result->keys = docindex_intervals_union(&result->keys, &nulls);
	n = result->keys.count;
	if (n > MAX_INTERVALS)
		result->keys = docindex_intervals_range(result->keys.intervals[0].low,
												result->keys.intervals[n - 1].high);
	return true;
}

static KeyIntervals
intersect_keys(List *conditions)
{
	KeyIntervals keys = docindex_intervals_all();
	ListCell   *lc;

	foreach(lc, conditions)
	{
		const KeyCondition *condition = lfirst(lc);

		keys = docindex_intervals_intersect(&keys, &condition->keys);
	}
	return keys;
}

/* All conditions on the one value that is at a path outside of arrays. */
static GinTree *
single_value_tree(const PathForm *form, List *conditions)
{
	KeyIntervals keys = intersect_keys(conditions);
	ListCell   *lc;

	foreach(lc, conditions)
	{
		if (((const KeyCondition *) lfirst(lc))->array)
			keys = docindex_intervals_none();
	}
	return interval_trees(form->hash, false, &keys);
}

/* Conditions on a path that has one form: keys outside of arrays, or some in them. */
static GinTree *
one_form_tree(const PathForm *form, List *conditions, bool in_array)
{
	List	   *parts = NIL;
	List	   *alternatives = NIL;
	bool		any_key = !in_array;
	ListCell   *lc;

	foreach(lc, conditions)
	{
		const KeyCondition *condition = lfirst(lc);

		any_key &= docindex_intervals_are_all(&condition->keys) && !condition->array;
		parts = lappend(parts, interval_trees(form->hash, true, &condition->keys));
	}
	if (any_key)
		return path_tree(form->hash);
	alternatives = list_make1(combine_and(parts));
	if (!in_array)
		alternatives = lcons(single_value_tree(form, conditions), alternatives);
	return combine_or(alternatives);
}

/* All of the conditions on a path, each of which may be met in another form of it. */
static GinTree *
path_conditions_tree(const GinSpec *spec, const PathConditions *group, bool in_array)
{
	PathForms	forms;
	List	   *trees = NIL;
	List	   *sources = NIL;
	ListCell   *lc;

	if (!get_forms(spec, group->path, true, &forms))
		return NULL;
	foreach(lc, group->conditions)
	{
		KeyCondition *condition = lfirst(lc);
		List	   *alternatives = NIL;

		sources = lappend(sources, unconstify(MatchCondition *, condition->condition));
		if (forms.count == 1)
			continue;
		for (int i = 0; i < forms.count; i++)
			alternatives = lappend(alternatives, one_form_tree(&forms.form[i],
															   list_make1(condition), in_array));
		trees = lappend(trees, combine_or(alternatives));
	}
	if (forms.count == 1)
		trees = list_make1(one_form_tree(&forms.form[0], group->conditions, in_array));
	return add_source(combine_and(trees), group->path, false, sources);
}

/* ---- Documents and arrays as values ---- */

/* The keys that a document or array at a path has. */
static GinTree *
literal_keys(const GinSpec *spec, const PathForm *form, bool in_array, const BsonValue *value)
{
	GinKeyList	list = {0};
	List	   *trees = NIL;
	GinTree    *beside = NULL;	/* a document that is not empty */
	const KeyBytes none = {NULL, 0};

	docindex_gin_add_keys(&list, spec->collator, form->scope, form->hash, in_array, value);
	for (int i = 0; i < list.count && list_length(trees) < MAX_LITERAL_KEYS; i++)
	{
		const bytea *key = (const bytea *) DatumGetPointer(list.keys[i]);
		KeyBytes	bytes = {(const uint8 *) VARDATA(key), VARSIZE(key) - VARHDRSZ};

		if (bytes.len == GIN_PATH_SIZE + 1 && bytes.data[GIN_PATH_SIZE] == BSON_KEY_DOCUMENT)
			beside = key_tree(bytes, none, GIN_WEAK);
		else
			trees = lappend(trees, key_tree(bytes, none, GIN_POINT));
	}
	return trees != NIL ? combine_and(trees) : beside;
}

/* Equality with a value at a path. */
static GinTree *
value_tree(const GinSpec *spec, const PathForms *forms, bool in_array, const BsonValue *value)
{
	List	   *trees = NIL;

	for (int i = 0; i < forms->count; i++)
	{
		const PathForm *form = &forms->form[i];

		/* What is not in the index at all cannot be told from what is not there. */
		if (!is_literal(value) && !form->scope.included)
			return NULL;
		trees = lappend(trees, literal_keys(spec, form, true, value));
		if (!in_array && value->type != BSON_ARRAY)
			trees = lappend(trees, literal_keys(spec, form, false, value));
	}
	return combine_or(trees);
}

static GinTree *
literal_tree(const GinSpec *spec, const MatchCondition *condition, const Place *place)
{
	const char *path = join_path(place, condition);
	List	   *trees = NIL;
	PathForms	forms;

	/* By another collation strings in them may be equal to others. */
	if (!get_forms(spec, path, false, &forms) || condition->nregexes > 0 ||
		condition->nvalues > MAX_INTERVALS ||
		!pgbson_collation_same(condition->collation, spec->collator))
		return NULL;
	if (condition->kind == MATCH_IS_EQ)
		trees = list_make1(value_tree(spec, &forms, place->in_array, &condition->operand));
	for (int i = 0; i < condition->nvalues; i++)
		trees = lappend(trees, value_tree(spec, &forms, place->in_array, &condition->values[i]));
	return add_source(combine_or(trees), path, condition->path == NULL,
					  list_make1(unconstify(MatchCondition *, condition)));
}

/* ---- Conditions on elements of arrays ---- */

/* Any element of an array at a path. */
static GinTree *
element_tree(const GinSpec *spec, const char *path)
{
	static MatchCondition exists = {MATCH_IS_EXISTS};
	KeyCondition any = {&exists, docindex_intervals_all(), true};
	PathConditions group = {path, list_make1(&any)};

	return path_conditions_tree(spec, &group, true);
}

/* Conditions on an element itself: those that only scalars meet must be met by the same. */
static GinTree *
scalar_element_tree(const GinSpec *spec, List *conditions, const char *path)
{
	KeyIntervals keys = intersect_keys(conditions);
	List	   *trees = NIL;
	List	   *sources = NIL;
	PathForms	forms;
	ListCell   *lc;

	if (!get_forms(spec, path, true, &forms))
		return NULL;
	for (int i = 0; i < forms.count; i++)
		trees = lappend(trees, interval_trees(forms.form[i].hash, true, &keys));
	foreach(lc, conditions)
		sources = lappend(sources, unconstify(MatchCondition *,
											  ((KeyCondition *) lfirst(lc))->condition));
	return add_source(combine_or(trees), path, true, sources);
}

static bool
only_scalars_meet(const MatchCondition *condition)
{
	switch (condition->kind)
	{
		case MATCH_IS_EQ:
		case MATCH_IS_GT:
		case MATCH_IS_GTE:
		case MATCH_IS_LT:
		case MATCH_IS_LTE:
			return condition->operand.type != BSON_ARRAY;
		case MATCH_IS_IN:
		case MATCH_IS_REGEX:
			return true;
		case MATCH_IS_TYPE:
			return !match_condition_has_type(condition, BSON_ARRAY);
		default:
			return false;
	}
}

static GinTree *
elem_match_tree(const GinSpec *spec, const MatchCondition *condition, const Place *place)
{
	Place		element = {join_path(place, condition), true};
	GinTree    *tree = make_tree(spec, condition->children[0], &element);

	return tree != NULL ? tree : element_tree(spec, element.path);
}

/* ---- Conjunctions ---- */

typedef struct Conjunction
{
	List	   *trees;
	List	   *paths;			/* of PathConditions */
	List	   *scalars;		/* of KeyCondition, on the element itself */
} Conjunction;

static void
add_key_condition(Conjunction *conjunction, const char *path, const KeyCondition *condition)
{
	KeyCondition *copy = palloc(sizeof(KeyCondition));
	PathConditions *group = NULL;
	ListCell   *lc;

	*copy = *condition;
	if (condition->condition->path == NULL && only_scalars_meet(condition->condition))
	{
		conjunction->scalars = lappend(conjunction->scalars, copy);
		return;
	}
	foreach(lc, conjunction->paths)
	{
		group = lfirst(lc);
		if (strcmp(group->path, path) == 0)
			break;
		group = NULL;
	}
	if (group == NULL)
	{
		group = palloc0(sizeof(PathConditions));
		group->path = path;
		conjunction->paths = lappend(conjunction->paths, group);
	}
	group->conditions = lappend(group->conditions, copy);
}

static void
add_condition(const GinSpec *spec, const MatchCondition *condition, const Place *place,
			  Conjunction *conjunction)
{
	KeyCondition keys;

	check_stack_depth();
	if (condition->kind == MATCH_IS_AND)
	{
		for (int i = 0; i < condition->nchildren; i++)
			add_condition(spec, condition->children[i], place, conjunction);
	}
	else if (condition->kind >= MATCH_IS_EQ && condition_keys(spec, condition, &keys))
		add_key_condition(conjunction, join_path(place, condition), &keys);
	else
		conjunction->trees = lappend(conjunction->trees, make_tree(spec, condition, place));
}

static GinTree *
conjunction_tree(const GinSpec *spec, const MatchCondition *condition, const Place *place)
{
	Conjunction conjunction = {NIL, NIL, NIL};
	ListCell   *lc;

	add_condition(spec, condition, place, &conjunction);
	foreach(lc, conjunction.paths)
		conjunction.trees = lappend(conjunction.trees,
									path_conditions_tree(spec, lfirst(lc), place->in_array));
	if (conjunction.scalars != NIL)
		conjunction.trees = lappend(conjunction.trees,
									scalar_element_tree(spec, conjunction.scalars, place->path));
	return combine_and(conjunction.trees);
}

/* The tree of a condition, or NULL where all documents might meet it. */
static GinTree *
make_tree(const GinSpec *spec, const MatchCondition *condition, const Place *place)
{
	List	   *trees = NIL;
	KeyCondition keys;

	check_stack_depth();
	switch (condition->kind)
	{
		case MATCH_IS_CONSTANT:
			return condition->constant ? NULL : new_tree(GIN_TREE_NEVER, GIN_POINT);
		case MATCH_IS_AND:
			return conjunction_tree(spec, condition, place);
		case MATCH_IS_OR:
			for (int i = 0; i < condition->nchildren; i++)
				trees = lappend(trees, make_tree(spec, condition->children[i], place));
			return combine_or(trees);
		default:
			break;
	}
	if (!needs_key(condition))
		return NULL;
	if (condition->kind == MATCH_IS_ELEM_MATCH)
		return elem_match_tree(spec, condition, place);
	if (has_literals(condition))
		return literal_tree(spec, condition, place);
	return condition_keys(spec, condition, &keys) ? conjunction_tree(spec, condition, place) : NULL;
}

/* ---- The whole ---- */

static void
number_keys(GinTree *tree, GinQuery *query)
{
	ListCell   *lc;

	check_stack_depth();
	if (tree->kind == GIN_TREE_KEY)
	{
		tree->key = list_length(query->keys);
		query->keys = lappend(query->keys, unconstify(GinKeyRange *, tree->range));
	}
	foreach(lc, tree->children)
		number_keys(lfirst(lc), query);
}

/*
 * Leaves out what the partial filter says of every document in the index, unless that is all there
 * is.
 */
static const MatchCondition *
without_partial(const MatchCondition *condition, const MatchCondition *partial)
{
	MatchCondition *result = palloc0(sizeof(MatchCondition));

	if (condition->kind != MATCH_IS_AND)
		return condition;
	result->kind = MATCH_IS_AND;
	result->children = palloc(condition->nchildren * sizeof(MatchCondition *));
	for (int i = 0; i < condition->nchildren; i++)
		if (!match_implies(partial, condition->children[i]))
			result->children[result->nchildren++] = condition->children[i];
	return result->nchildren > 0 ? result : condition;
}

bool
docindex_gin_query(const GinSpec *spec, const BsonValue *filter, GinQuery *query)
{
	const MatchCondition *condition = match_conditions(filter);
	const Place whole = {NULL, false};
	GinTree    *tree = NULL;

	if (spec->partial_condition != NULL)
	{
		if (!match_implies(condition, spec->partial_condition))
			return false;
		tree = make_tree(spec, without_partial(condition, spec->partial_condition), &whole);
	}
	if (tree == NULL)
		tree = make_tree(spec, condition, &whole);
	query->tree = tree;
	query->keys = NIL;
	if (tree != NULL)
		number_keys(tree, query);
	return tree != NULL && list_length(query->keys) <= MAX_KEYS;
}
