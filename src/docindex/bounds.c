/*
 * bounds.c
 *		The keys that a condition lets pass.
 *
 * A document that meets a condition has a key for the condition's path in these bounds; that is
 * what makes an index scan complete.  Where only such documents have one the bounds are exact.  As
 * a condition looks at an array's elements and, mostly, at the array as a whole too, which has no
 * key of its own, conditions that an array as a whole could pass have no bounds.
 *
 * Strings are in the keys by the index's collation; comparisons by another one with strings, or
 * with what may have strings in it, have no bounds.
 *
 * Null is what makes trouble.  A missing field has the key of null.  So has a path that meets an
 * array without a document in it, where a condition sees no value at all.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "docindex/docindex_internal.h"
#include "pgbson/keystring.h"
#include "pgbson/number.h"

static KeyBytes
bytes_of(const StringInfo key)
{
	KeyBytes	bytes = {(const uint8 *) key->data, key->len};

	return bytes;
}

static KeyBytes
value_key(const BsonValue *value, const BsonCollation *collation)
{
	StringInfoData key;

	initStringInfo(&key);
	pgbson_keystring_append_collated(&key, value, false, collation);
	return bytes_of(&key);
}

static KeyBytes
class_byte(uint8 class)
{
	uint8	   *data = palloc(1);
	KeyBytes	bytes = {data, 1};

	*data = class;
	return bytes;
}

/* All keys of a range of classes. */
static KeyIntervals
classes(uint8 first, uint8 last)
{
	return docindex_intervals_range(class_byte(first), class_byte(last + 1));
}

/* All keys of a type, and of those that compare with it. */
static KeyIntervals
type_bracket(uint8 type)
{
	uint8		first;
	uint8		last;

	pgbson_keystring_bracket(type, &first, &last);
	return classes(first, last);
}

static void
set_unbounded(ConditionBounds *bounds)
{
	bounds->keys = docindex_intervals_all();
	bounds->exact = bounds->exact_null = false;
}

static void
set_exact(ConditionBounds *bounds, KeyIntervals keys)
{
	bounds->keys = keys;
	bounds->exact = bounds->exact_null = true;
}

static void
set_inexact(ConditionBounds *bounds, KeyIntervals keys)
{
	bounds->keys = keys;
	bounds->exact = bounds->exact_null = false;
}

static void
add(ConditionBounds *bounds, const ConditionBounds *more)
{
	bounds->keys = docindex_intervals_union(&bounds->keys, &more->keys);
	bounds->exact &= more->exact;
	bounds->exact_null &= more->exact_null;
}

/* ---- Comparisons ---- */

/*
 * Equality.  An array may be equal to the whole array, which has keys for its elements, or to an
 * array within the array.
 */
static void
equality_bounds(const BsonValue *value, const BsonCollation *collation, ConditionBounds *bounds)
{
	KeyIntervals whole = docindex_intervals_point(value_key(value, collation));
	KeyIntervals element;
	BsonIter	iter;
	BsonValue	first;

	if (value->type == BSON_NULL)
	{
		bounds->keys = whole;
		bounds->exact = false;
		bounds->exact_null = true;
		return;
	}
	if (value->type != BSON_ARRAY)
	{
		set_exact(bounds, whole);
		return;
	}
	pgbson_iter_init(&iter, value);
	if (pgbson_iter_next(&iter))
		pgbson_iter_value(&iter, &first);
	else
		pgbson_make_simple(BSON_UNDEFINED, &first);
	element = docindex_intervals_point(value_key(&first, collation));
	set_inexact(bounds, docindex_intervals_union(&whole, &element));
}

static bool
is_nan(const BsonValue *value)
{
	return pgbson_is_number(value) && pgbson_number_is_nan(value);
}

/* $gt, $gte, $lt, $lte: within the operand's class only, and NaN stands for itself. */
static void
range_bounds(const MatchCondition *condition, const BsonCollation *collation,
			 ConditionBounds *bounds)
{
	const BsonValue *operand = &condition->operand;
	bool		upward = condition->kind == MATCH_IS_GT || condition->kind == MATCH_IS_GTE;
	bool		inclusive = condition->kind == MATCH_IS_GTE || condition->kind == MATCH_IS_LTE;
	KeyBytes	key;
	uint8		first;
	uint8		last;

	if (operand->type == BSON_ARRAY || operand->type == BSON_MINKEY ||
		operand->type == BSON_MAXKEY)
	{
		set_unbounded(bounds);
		return;
	}
	if (operand->type == BSON_NULL || is_nan(operand))
	{
		if (inclusive)
			equality_bounds(operand, collation, bounds);
		else
			set_exact(bounds, docindex_intervals_none());
		return;
	}
	pgbson_keystring_bracket(operand->type, &first, &last);
	if (pgbson_is_number(operand))
		first = BSON_KEY_NEGATIVE;
	key = value_key(operand, collation);
	if (upward)
		set_exact(bounds, docindex_intervals_range(inclusive ? key : docindex_successor(key),
												   class_byte(last + 1)));
	else
		set_exact(bounds, docindex_intervals_range(class_byte(first),
												   inclusive ? docindex_successor(key) : key));
}

/* ---- Regexes ---- */

/*
 * The literal that a pattern begins with: what follows a '^' up to the first character that means
 * anything.  A character that a quantifier follows may not be there at all.
 */
static uint32
literal_prefix(const MatchRegex *regex, const char **prefix)
{
	const char *p = regex->pattern;
	uint32		len = 0;

	if (regex->options[0] != '\0' || *p != '^' || strchr(p, '|') != NULL)
		return 0;
	*prefix = ++p;
	while (p[len] != '\0' && strchr("\\^$.[]|()?*+{}#", p[len]) == NULL)
		len++;
	if (p[len] != '\0' && strchr("?*+{", p[len]) != NULL && len > 0)
	{
		/* Back over the whole of a UTF-8 character. */
		do
			len--;
		while (len > 0 && ((unsigned char) p[len] & 0xC0) == 0x80);
	}
	return len;
}

/*
 * Strings that may match, and regexes, which match if they are the same.  The keys of an index by a
 * collation do not tell how strings begin.
 */
static void
regex_bounds(const MatchRegex *regex, const BsonCollation *collation, ConditionBounds *bounds)
{
	const char *prefix = "";
	uint32		len = collation == NULL ? literal_prefix(regex, &prefix) : 0;
	KeyIntervals strings;
	KeyIntervals regexes = type_bracket(BSON_REGEX);

	if (len == 0)
		strings = type_bracket(BSON_STRING);
	else
	{
		StringInfoData low;

		initStringInfo(&low);
		pgbson_keystring_append_prefix(&low, prefix, len);
		strings = docindex_intervals_range(bytes_of(&low), docindex_successor(bytes_of(&low)));
	}
	set_inexact(bounds, docindex_intervals_union(&strings, &regexes));
}

static void
in_bounds(const MatchCondition *condition, const BsonCollation *collation,
		  ConditionBounds *bounds)
{
	int			capacity = condition->nvalues + 1;
	KeyIntervals all = {0, palloc(capacity * sizeof(KeyInterval))};

	set_exact(bounds, docindex_intervals_none());
	for (int i = 0; i < condition->nvalues; i++)
	{
		ConditionBounds one;

		equality_bounds(&condition->values[i], collation, &one);
		bounds->exact &= one.exact;
		bounds->exact_null &= one.exact_null;
		if (one.keys.count == 1)
			all.intervals[all.count++] = one.keys.intervals[0];
		else
			add(bounds, &one);
	}
	docindex_intervals_normalize(&all);
	bounds->keys = docindex_intervals_union(&bounds->keys, &all);
	for (int i = 0; i < condition->nregexes; i++)
	{
		ConditionBounds one;

		regex_bounds(&condition->regexes[i], collation, &one);
		add(bounds, &one);
	}
}

/* ---- Types ---- */

static void
type_bounds(const MatchCondition *condition, ConditionBounds *bounds)
{
	static const uint8 types[] = {
		BSON_DOUBLE, BSON_STRING, BSON_DOCUMENT, BSON_BINARY, BSON_UNDEFINED, BSON_OBJECTID,
		BSON_BOOL, BSON_DATE, BSON_NULL, BSON_REGEX, BSON_DBPOINTER, BSON_CODE, BSON_SYMBOL,
		BSON_CODE_W_SCOPE, BSON_INT32, BSON_TIMESTAMP, BSON_INT64, BSON_DECIMAL128, BSON_MINKEY,
		BSON_MAXKEY
	};

	if (match_condition_has_type(condition, BSON_ARRAY))
	{
		set_unbounded(bounds);
		return;
	}
	set_inexact(bounds, docindex_intervals_none());
	for (int i = 0; i < lengthof(types); i++)
	{
		KeyIntervals keys;

		if (!match_condition_has_type(condition, types[i]))
			continue;
		keys = type_bracket(types[i]);
		bounds->keys = docindex_intervals_union(&bounds->keys, &keys);
	}
}

/* Tests of numbers, and of the bits of binary values. */
static void
number_bounds(const MatchCondition *condition, ConditionBounds *bounds)
{
	KeyIntervals more = type_bracket(BSON_BINARY);

	set_inexact(bounds, type_bracket(BSON_INT32));
	if (condition->kind == MATCH_IS_BITS_TEST)
		bounds->keys = docindex_intervals_union(&bounds->keys, &more);
}

/* ---- Conditions on an element of an array ---- */

static void
element_group_bounds(const MatchCondition *group, const BsonCollation *collation,
					 ConditionBounds *bounds)
{
	for (int i = 0; i < group->nchildren; i++)
	{
		ConditionBounds one;

		docindex_condition_bounds(group->children[i], collation, true, false, &one);
		if (i == 0)
			*bounds = one;
		else if (group->kind == MATCH_IS_OR)
			add(bounds, &one);
		else
		{
			bounds->keys = docindex_intervals_intersect(&bounds->keys, &one.keys);
			bounds->exact &= one.exact;
			bounds->exact_null &= one.exact_null;
		}
	}
}

/* ---- All of them ---- */

static void
positive_bounds(const MatchCondition *condition, const BsonCollation *collation,
				ConditionBounds *bounds)
{
	switch (condition->kind)
	{
		case MATCH_IS_CONSTANT:
			if (condition->constant)
				set_exact(bounds, docindex_intervals_all());
			else
				set_exact(bounds, docindex_intervals_none());
			break;
		case MATCH_IS_AND:
		case MATCH_IS_OR:
			element_group_bounds(condition, collation, bounds);
			break;
		case MATCH_IS_EQ:
			equality_bounds(&condition->operand, collation, bounds);
			break;
		case MATCH_IS_GT:
		case MATCH_IS_GTE:
		case MATCH_IS_LT:
		case MATCH_IS_LTE:
			range_bounds(condition, collation, bounds);
			break;
		case MATCH_IS_IN:
			in_bounds(condition, collation, bounds);
			break;
		case MATCH_IS_REGEX:
			regex_bounds(&condition->regexes[0], collation, bounds);
			break;
		case MATCH_IS_TYPE:
			type_bounds(condition, bounds);
			break;
		case MATCH_IS_NUMBER_TEST:
		case MATCH_IS_BITS_TEST:
			number_bounds(condition, bounds);
			break;
		case MATCH_IS_ELEM_MATCH:
			/* An element that is an array has a key as a whole, and none for its elements. */
			if (condition->path == NULL)
				set_inexact(bounds, type_bracket(BSON_ARRAY));
			else if (condition->of_fields)
				set_unbounded(bounds);
			else
				docindex_condition_bounds(condition->children[0], collation, true, false,
										  bounds);
			bounds->exact = bounds->exact_null = false;
			break;
		default:
			set_unbounded(bounds);
			break;
	}
}

/* Whether null's key is among the keys. */
static bool
lets_null_pass(const KeyIntervals *keys)
{
	KeyIntervals null = docindex_intervals_point(class_byte(BSON_KEY_NULL));
	KeyIntervals both = docindex_intervals_intersect(keys, &null);

	return both.count > 0;
}

void
docindex_condition_bounds(const MatchCondition *condition, const BsonCollation *collation,
						  bool arrays, bool has_positions, ConditionBounds *bounds)
{
	check_stack_depth();

	/* Keys by one collation say nothing of what compares by another. */
	if (match_condition_is_collatable(condition) &&
		!pgbson_collation_same(condition->collation, collation))
	{
		set_unbounded(bounds);
		return;
	}

	/* $exists: false is the same as having nothing but nulls, of which it is a part. */
	if (condition->kind == MATCH_IS_EXISTS)
	{
		if (condition->negated && !has_positions)
			set_inexact(bounds, docindex_intervals_point(class_byte(BSON_KEY_NULL)));
		else
			set_unbounded(bounds);
		return;
	}

	positive_bounds(condition, collation, bounds);
	if (docindex_intervals_cut(&bounds->keys))
		bounds->exact = bounds->exact_null = false;
	if (!arrays)
		bounds->exact = bounds->exact_null;
	if (condition->negated)
	{
		/* No value passes: then no key is within exact bounds, and every document has a key. */
		if (bounds->exact)
			bounds->keys = docindex_intervals_complement(&bounds->keys);
		else
			set_unbounded(bounds);
		bounds->exact &= !arrays;
	}
	if (has_positions)
	{
		if (condition->negated || condition->kind == MATCH_IS_ELEM_MATCH ||
			lets_null_pass(&bounds->keys))
			set_unbounded(bounds);
		bounds->exact = false;
	}
}
