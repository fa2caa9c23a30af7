/*
 * keyfilter.c
 *		What a key says of its row beyond being within the bounds of a scan.
 *
 * Bounds end at the first field whose keys are not single points.  What is known of later fields is
 * tested on each key, and tells how far to go on where a key does not pass.  Conditions that bounds
 * do not decide, such as regexes, are tried on the values that keys are turned back into.  So rows
 * that do not match are not fetched, and rows that surely match need not be checked.
 *
 * A key says what its row's value is only where no row has an array on the path.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "docindex/docindex_internal.h"
#include "pgbson/keystring.h"

/* A filter as keys are tried on it. */
typedef struct KeyTest KeyTest;
struct KeyTest
{
	MatchConditionKind kind;	/* CONSTANT, AND, OR, or a condition on a field */
	KeyVerdict	constant;
	int			nchildren;
	KeyTest   **children;
	const MatchCondition *condition;
	int			field;
	KeyIntervals keys;			/* without which no value passes */
	bool		exact;			/* all values with them pass */
};

struct KeyFilter
{
	const DocIndexSpec *spec;
	int			nfields;		/* so many fields of a key are looked at */
	uint32		bounded;		/* bit i: keys must be in the bounds of field i */
	FieldBounds bounds[BSON_MAX_KEYS];
	KeyTest    *test;
	MemoryContext context;		/* of values */

	/* The key looked at. */
	KeyBytes	parts[BSON_MAX_KEYS];
	int			failed;			/* the field that is not within its bounds, or -1 */
};

/* ---- From conditions to tests ---- */

typedef struct TestMaker
{
	KeyFilter  *filter;
	const FilterBounds *bounds;
	uint32		arrays;
	bool		used;			/* some key must be looked at */
} TestMaker;

static inline bool
has_bit(uint32 mask, int i)
{
	return (mask & (uint32) 1 << i) != 0;
}

static KeyTest *
constant_test(KeyVerdict verdict)
{
	KeyTest    *test = palloc0(sizeof(KeyTest));

	test->kind = MATCH_IS_CONSTANT;
	test->constant = verdict;
	return test;
}

static int
field_of(const DocIndexSpec *spec, const MatchCondition *condition)
{
	if (condition->path == NULL)
		return -1;
	for (int i = 0; i < spec->nfields; i++)
		if (strcmp(spec->names[i], condition->path) == 0)
			return i;
	return -1;
}

/* Whether the condition on a field that meets arrays is met by all keys that are found. */
static bool
array_is_decided(const TestMaker *maker, int field)
{
	return !maker->bounds->branched && has_bit(maker->bounds->decided, field) &&
		(field < maker->bounds->nfields || has_bit(maker->filter->bounded, field));
}

/* A condition on a path; outermost where it must hold for every row. */
static KeyTest *
make_field_test(TestMaker *maker, const MatchCondition *condition, bool outermost)
{
	const DocIndexSpec *spec = maker->filter->spec;
	int			field = field_of(spec, condition);
	ConditionBounds bounds;
	KeyTest    *test;

	if (field < 0)
		return constant_test(docindex_all_rows_meet(spec, condition) ? KEY_YES : KEY_UNSURE);
	if (has_bit(maker->arrays, field))
		return constant_test(outermost && array_is_decided(maker, field) ?
							 KEY_YES : KEY_UNSURE);
	if (spec->has_positions)
		return constant_test(KEY_UNSURE);

	docindex_condition_bounds(condition, spec->collator, false, false, &bounds);
	if (bounds.exact && outermost)
		return constant_test(KEY_YES);
	test = palloc0(sizeof(KeyTest));
	test->kind = condition->kind;
	test->condition = condition;
	test->field = field;
	test->keys = bounds.keys;
	test->exact = bounds.exact;
	if (has_bit(spec->descending, field))
		test->keys = docindex_intervals_invert(&test->keys);
	maker->filter->nfields = Max(maker->filter->nfields, field + 1);
	maker->used = true;
	return test;
}

static KeyTest *
make_test(TestMaker *maker, const MatchCondition *condition, bool outermost)
{
	bool		is_and = condition->kind == MATCH_IS_AND;
	KeyTest    *test;

	check_stack_depth();
	if (condition->kind == MATCH_IS_CONSTANT)
		return constant_test(condition->constant ? KEY_YES : KEY_NO);
	if (!is_and && condition->kind != MATCH_IS_OR)
		return make_field_test(maker, condition, outermost);

	test = palloc0(sizeof(KeyTest));
	test->kind = condition->kind;
	test->children = palloc(Max(condition->nchildren, 1) * sizeof(KeyTest *));
	for (int i = 0; i < condition->nchildren; i++)
	{
		KeyTest    *child = make_test(maker, condition->children[i], outermost && is_and);

		/* What makes no difference is left out. */
		if (child->kind == MATCH_IS_CONSTANT && child->constant == (is_and ? KEY_YES : KEY_NO))
			continue;
		test->children[test->nchildren++] = child;
	}
	if (test->nchildren == 0)
		return constant_test(is_and ? KEY_YES : KEY_NO);
	return test->nchildren == 1 ? test->children[0] : test;
}

static KeyVerdict test_class(const KeyFilter *filter, const MatchCondition *condition,
							 uint8 class);

/* Whether keys of the kinds of values that a condition is about tell whether it is met. */
static bool
kind_is_sure(const KeyFilter *filter, const MatchCondition *condition)
{
	switch (condition->kind)
	{
		case MATCH_IS_EXISTS:
			return !condition->negated ||
				test_class(filter, condition, BSON_KEY_NULL) != KEY_UNSURE;
		case MATCH_IS_TYPE:
			return test_class(filter, condition, BSON_KEY_NULL) != KEY_UNSURE &&
				test_class(filter, condition, BSON_KEY_ZERO) != KEY_UNSURE &&
				test_class(filter, condition, BSON_KEY_STRING) != KEY_UNSURE;
		default:
			return condition->kind != MATCH_IS_OTHER;
	}
}

/* Whether some key may surely pass a test. */
static bool
may_be_sure(const KeyFilter *filter, const KeyTest *test)
{
	bool		is_and = test->kind == MATCH_IS_AND;

	if (test->kind == MATCH_IS_CONSTANT)
		return test->constant == KEY_YES;
	if (!is_and && test->kind != MATCH_IS_OR)
		return test->exact || kind_is_sure(filter, test->condition);
	for (int i = 0; i < test->nchildren; i++)
		if (may_be_sure(filter, test->children[i]) != is_and)
			return !is_and;
	return is_and;
}

/*
 * Fields whose bounds are not part of the scan's must be looked at.  With several keys of a row, or
 * branches that each have bounds of their own, only those may be that hold for all keys of a row.
 */
static void
add_bounds(TestMaker *maker, int max_fields)
{
	KeyFilter  *filter = maker->filter;
	const FilterBounds *bounds = maker->bounds;

	for (int i = bounds->nfields; i < filter->spec->nfields; i++)
	{
		if (!bounds->fields[i].bounded ||
			(has_bit(maker->arrays, i) && (bounds->branched || i >= max_fields)))
			continue;
		filter->bounds[i] = bounds->fields[i];
		filter->bounded |= (uint32) 1 << i;
		filter->nfields = i + 1;
		maker->used = true;
	}
}

KeyFilter *
docindex_key_filter(const DocIndexSpec *spec, List *conditions, const MarkerInfo *markers,
					const FilterBounds *bounds, int max_fields, bool *decides)
{
	KeyFilter  *filter = palloc0(sizeof(KeyFilter));
	TestMaker	maker = {filter, bounds, markers->arrays, false};
	MatchCondition all = {MATCH_IS_AND};
	ListCell   *lc;

	*decides = bounds->exact;
	if (bounds->exact || bounds->cut || markers->cut_keys)
		return NULL;
	filter->spec = spec;
	filter->failed = -1;
	all.children = palloc(Max(list_length(conditions), 1) * sizeof(MatchCondition *));
	foreach(lc, conditions)
		all.children[all.nchildren++] = lfirst(lc);
	add_bounds(&maker, max_fields);
	filter->test = make_test(&maker, &all, true);
	*decides = may_be_sure(filter, filter->test);
	if (!maker.used)
		return NULL;
	filter->context = AllocSetContextCreate(CurrentMemoryContext, "docdb key filter",
											ALLOCSET_SMALL_SIZES);
	return filter;
}

/* ---- Trying a value ---- */

static KeyVerdict
verdict_of(bool passes)
{
	return passes ? KEY_YES : KEY_NO;
}

/* Of a class whose keys do not tell types apart: whether all of them are asked for, or none. */
static KeyVerdict
test_types(const MatchCondition *condition, const uint8 *types, int ntypes)
{
	int			n = 0;

	for (int i = 0; i < ntypes; i++)
		if (match_condition_has_type(condition, types[i]))
			n++;
	return n == 0 ? KEY_NO : n == ntypes ? KEY_YES : KEY_UNSURE;
}

static KeyVerdict
test_type(const MatchCondition *condition, uint8 class)
{
	static const uint8 numbers[] = {BSON_DOUBLE, BSON_INT32, BSON_INT64, BSON_DECIMAL128};
	static const uint8 strings[] = {BSON_STRING, BSON_SYMBOL};
	static const uint8 others[] = {
		BSON_MINKEY, BSON_UNDEFINED, BSON_DOCUMENT, BSON_BINARY, BSON_OBJECTID, BSON_BOOL,
		BSON_DATE, BSON_TIMESTAMP, BSON_REGEX, BSON_DBPOINTER, BSON_CODE, BSON_CODE_W_SCOPE,
		BSON_MAXKEY
	};

	/* A missing field is of no type. */
	if (class == BSON_KEY_NULL)
		return match_condition_has_type(condition, BSON_NULL) ? KEY_UNSURE : KEY_NO;
	if (class >= BSON_KEY_NAN && class <= BSON_KEY_POSITIVE)
		return test_types(condition, numbers, lengthof(numbers));
	if (class == BSON_KEY_STRING)
		return test_types(condition, strings, lengthof(strings));
	for (int i = 0; i < lengthof(others); i++)
	{
		uint8		first;
		uint8		last;

		pgbson_keystring_bracket(others[i], &first, &last);
		if (class >= first && class <= last)
			return verdict_of(match_condition_has_type(condition, others[i]));
	}
	return KEY_UNSURE;
}

/* Tries a condition, as if it were not negated, on what kind of value a key is of. */
static KeyVerdict
test_class(const KeyFilter *filter, const MatchCondition *condition, uint8 class)
{
	switch (condition->kind)
	{
		case MATCH_IS_EXISTS:
			/* A missing field has the key of null. */
			return class != BSON_KEY_NULL || (filter->spec->sparse && filter->spec->nfields == 1) ?
				KEY_YES : KEY_UNSURE;
		case MATCH_IS_TYPE:
			return test_type(condition, class);
		case MATCH_IS_SIZE:
		case MATCH_IS_ELEM_MATCH:
			return KEY_NO;
		default:
			return KEY_UNSURE;
	}
}

static bool
in_intervals(const KeyIntervals *set, const KeyBytes *key)
{
	int			low = 0;
	int			high = set->count;

	/* The first interval that ends after the key. */
	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (docindex_compare_bytes(&set->intervals[middle].high, key) > 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low < set->count && docindex_compare_bytes(&set->intervals[low].low, key) <= 0;
}

/* Tries a condition on a key's value. */
static KeyVerdict
test_value(KeyFilter *filter, const KeyTest *test)
{
	const MatchCondition *condition = test->condition;
	const DocIndexSpec *spec = filter->spec;
	const KeyBytes *part = &filter->parts[test->field];
	bool		descending = has_bit(spec->descending, test->field);
	uint8		class = part->data[0] ^ (descending ? 0xFF : 0);
	KeyVerdict	verdict = test_class(filter, condition, class);
	MemoryContext old_context;
	BsonValue	value;

	if (verdict != KEY_UNSURE)
		return condition->negated ? KEY_YES - verdict : verdict;
	if (condition->kind == MATCH_IS_EXISTS || condition->kind == MATCH_IS_TYPE ||
		condition->kind == MATCH_IS_OTHER)
		return KEY_UNSURE;
	/* By a collation strings have other keys, which do not give them back. */
	if (class == BSON_KEY_STRING && spec->collator != NULL)
		return KEY_UNSURE;
	old_context = MemoryContextSwitchTo(filter->context);
	if (pgbson_keystring_decode(part->data, part->len, descending, &value))
		verdict = verdict_of(match_condition_passes(condition, &value));
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(filter->context);
	return verdict;
}

static KeyVerdict
run_test(KeyFilter *filter, const KeyTest *test)
{
	bool		is_and = test->kind == MATCH_IS_AND;
	KeyVerdict	verdict;

	if (test->kind == MATCH_IS_CONSTANT)
		return test->constant;
	if (!is_and && test->kind != MATCH_IS_OR)
	{
		if (!in_intervals(&test->keys, &filter->parts[test->field]))
			return KEY_NO;
		return test->exact ? KEY_YES : test_value(filter, test);
	}
	check_stack_depth();
	verdict = is_and ? KEY_YES : KEY_NO;
	for (int i = 0; i < test->nchildren; i++)
	{
		KeyVerdict	one = run_test(filter, test->children[i]);

		if (one == (is_and ? KEY_NO : KEY_YES))
			return one;
		if (one == KEY_UNSURE)
			verdict = KEY_UNSURE;
	}
	return verdict;
}

/* ---- Trying keys ---- */

static bool
split_key(KeyFilter *filter, const KeyBytes *key)
{
	KeyBytes	rest = *key;

	for (int i = 0; i < filter->nfields; i++)
	{
		int			len = pgbson_keystring_length(rest.data, rest.len,
												  has_bit(filter->spec->descending, i));

		if (len < 0)
			return false;
		filter->parts[i].data = rest.data;
		filter->parts[i].len = len;
		rest.data += len;
		rest.len -= len;
	}
	return true;
}

KeyVerdict
docindex_try_key(KeyFilter *filter, const KeyBytes *key)
{
	filter->failed = -1;
	if (key->len == 0 || key->data[0] < FIRST_KEY_BYTE || key->data[0] >= AFTER_KEYS_BYTE ||
		!split_key(filter, key))
		return KEY_UNSURE;
	for (int i = 0; i < filter->nfields; i++)
	{
		if (!has_bit(filter->bounded, i) ||
			in_intervals(&filter->bounds[i].keys, &filter->parts[i]))
			continue;
		filter->failed = i;
		return KEY_NO;
	}
	return run_test(filter, filter->test);
}

/* Keys between the one tried last and the next that may pass all begin with its first fields. */
bool
docindex_next_place(const KeyFilter *filter, bool backward, StringInfo place)
{
	const KeyBytes *part;
	const KeyIntervals *set;
	const KeyBytes *next = NULL;

	if (filter->failed < 0)
		return false;
	part = &filter->parts[filter->failed];
	set = &filter->bounds[filter->failed].keys;
	for (int i = 0; i < set->count; i++)
	{
		if (!backward && docindex_compare_bytes(&set->intervals[i].low, part) > 0)
		{
			next = &set->intervals[i].low;
			break;
		}
		if (backward && docindex_compare_bytes(&set->intervals[i].high, part) <= 0)
			next = &set->intervals[i].high;
	}
	resetStringInfo(place);
	appendBinaryStringInfo(place, (const char *) filter->parts[0].data,
						   part->data - filter->parts[0].data);
	if (next != NULL)
		appendBinaryStringInfo(place, (const char *) next->data, next->len);
	else if (!backward)
		appendStringInfoChar(place, (char) AFTER_KEYS_BYTE);
	return true;
}
