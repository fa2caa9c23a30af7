/*
 * describe.c
 *		The bounds of a scan as people read them: {"a": ["(5, inf.0]"]}.
 *
 * A key cannot always be turned back into the value it was made of.  But the ends of intervals
 * are the keys of values that stand in the filter, or begin or end the keys of a type, so each is
 * looked for among those.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/snapmgr.h"

#include "docindex/docindex_internal.h"
#include "pgbson/keystring.h"

/*
 * The places between types, by the byte that keys from there on begin with.  What is named may be
 * the last value before the place or the first one after it.
 */
static const struct
{
	uint8		byte;
	bool		before;
	const char *text;
}			places[] =

{
	{FIRST_KEY_BYTE, false, "MinKey"},
	{BSON_KEY_MINKEY + 1, true, "MinKey"},
	{BSON_KEY_UNDEFINED, false, "undefined"},
	{BSON_KEY_UNDEFINED + 1, true, "undefined"},
	{BSON_KEY_NULL, false, "null"},
	{BSON_KEY_NULL + 1, true, "null"},
	{BSON_KEY_NAN, false, "nan"},
	{BSON_KEY_NEGATIVE, false, "-inf.0"},
	{BSON_KEY_POSITIVE + 1, true, "inf.0"},
	{BSON_KEY_STRING, false, "\"\""},
	{BSON_KEY_STRING + 1, false, "{}"},
	{BSON_KEY_DOCUMENT, false, "{}"},
	{BSON_KEY_DOCUMENT + 1, false, "[]"},
	{BSON_KEY_ARRAY, false, "[]"},
	{BSON_KEY_ARRAY + 1, false, "BinData(0, )"},
	{BSON_KEY_BINARY, false, "BinData(0, )"},
	{BSON_KEY_BINARY + 1, false, "ObjectId('000000000000000000000000')"},
	{BSON_KEY_OBJECTID, false, "ObjectId('000000000000000000000000')"},
	{BSON_KEY_OBJECTID + 1, true, "ObjectId('ffffffffffffffffffffffff')"},
	{BSON_KEY_FALSE, false, "false"},
	{BSON_KEY_TRUE, false, "true"},
	{BSON_KEY_TRUE + 1, true, "true"},
	{BSON_KEY_DATE, false, "new Date(-9223372036854775808)"},
	{BSON_KEY_DATE + 1, true, "new Date(9223372036854775807)"},
	{BSON_KEY_TIMESTAMP, false, "Timestamp(0, 0)"},
	{BSON_KEY_TIMESTAMP + 1, true, "Timestamp(4294967295, 4294967295)"},
	{BSON_KEY_REGEX, false, "//"},
	{BSON_KEY_REGEX + 1, false, "DBRef"},
	{BSON_KEY_MAXKEY, false, "MaxKey"},
	{BSON_KEY_MAXKEY + 1, true, "MaxKey"},
	{AFTER_KEYS_BYTE, true, "MaxKey"},
};

typedef struct Describer
{
	List	   *values;			/* of BsonValue *, those in the filter */
	const BsonCollation *collation; /* of the index */
	StringInfo	out;
} Describer;

void
docindex_collect_values(List *conditions, List **values)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, conditions)
	{
		const MatchCondition *condition = lfirst(lc);
		List	   *children = NIL;

		if (condition->operand.type != BSON_MISSING)
			*values = lappend(*values, unconstify(BsonValue *, &condition->operand));
		for (int i = 0; i < condition->nvalues; i++)
			*values = lappend(*values, unconstify(BsonValue *, &condition->values[i]));
		for (int i = 0; i < condition->nchildren; i++)
			children = lappend(children, condition->children[i]);
		docindex_collect_values(children, values);
	}
}

static bool
same_bytes(const KeyBytes *a, const KeyBytes *b)
{
	return docindex_compare_bytes(a, b) == 0;
}

/* The sort key of a string, which is what an index by a collation has of it. */
static void
append_collation_key(StringInfo out, const BsonValue *string, const BsonCollation *collation)
{
	StringInfoData key;

	initStringInfo(&key);
	pgbson_collation_append_key(collation, &key, string->v.data, string->len);
	appendStringInfoString(out, "CollationKey(0x");
	for (int i = 0; i < key.len - 1; i++)
		appendStringInfo(out, "%02x", (unsigned char) key.data[i]);
	appendStringInfoChar(out, ')');
}

/* A value as MongoDB's shell has it. */
static void
append_text(StringInfo out, const BsonValue *value, const BsonCollation *collation)
{
	if (value->type == BSON_STRING && collation != NULL)
	{
		append_collation_key(out, value, collation);
		return;
	}
	if (value->type == BSON_DATE)
		appendStringInfo(out, "new Date(" INT64_FORMAT ")", value->v.i64);
	else if (value->type == BSON_OBJECTID)
	{
		appendStringInfoString(out, "ObjectId('");
		for (int i = 0; i < 12; i++)
			appendStringInfo(out, "%02x", value->v.oid[i]);
		appendStringInfoString(out, "')");
	}
	else
		pgbson_append_json(out, value, BSON_JSON_RELAXED);
}

/* Appends the value whose key an interval begins or ends with; *after tells on which side of it. */
static bool
append_value(const Describer *describer, const KeyBytes *end, bool *after)
{
	ListCell   *lc;

	foreach(lc, describer->values)
	{
		const BsonValue *value = lfirst(lc);
		StringInfoData buffer;
		KeyBytes	key;
		KeyBytes	successor;

		initStringInfo(&buffer);
		pgbson_keystring_append_collated(&buffer, value, false, describer->collation);
		key.data = (const uint8 *) buffer.data;
		key.len = buffer.len;
		successor = docindex_successor(key);
		*after = same_bytes(end, &successor);
		if (!*after && !same_bytes(end, &key))
			continue;
		append_text(describer->out, value, describer->collation);
		return true;
	}
	return false;
}

/* The beginning of strings' keys as a string: what a regex's prefix gives. */
static bool
append_prefix(const Describer *describer, const KeyBytes *end)
{
	BsonValue	string;

	if (end->len < 2 || end->data[0] != BSON_KEY_STRING ||
		memchr(end->data, 0, end->len) != NULL)
		return false;
	pgbson_make_string((const char *) end->data + 1, end->len - 1, &string);
	pgbson_append_json(describer->out, &string, BSON_JSON_RELAXED);
	return true;
}

/* Appends one end of an interval; true where it is after the value that was appended. */
static bool
append_end(const Describer *describer, const KeyBytes *end)
{
	bool		after = false;

	if (append_value(describer, end, &after))
		return after;
	for (int i = 0; end->len == 1 && i < lengthof(places); i++)
	{
		if (places[i].byte != end->data[0])
			continue;
		appendStringInfoString(describer->out, places[i].text);
		return places[i].before;
	}
	if (!append_prefix(describer, end))
		appendStringInfoString(describer->out, "...");
	return false;
}

static void
append_interval(const Describer *describer, const KeyInterval *interval, bool descending)
{
	StringInfoData low;
	StringInfoData high;
	Describer	part = *describer;
	bool		above_low;
	bool		above_high;

	initStringInfo(&low);
	initStringInfo(&high);
	part.out = &low;
	above_low = append_end(&part, &interval->low);
	part.out = &high;
	above_high = append_end(&part, &interval->high);
	if (descending)
		appendStringInfo(describer->out, "%c%s, %s%c", above_high ? '[' : '(', high.data,
						 low.data, above_low ? ')' : ']');
	else
		appendStringInfo(describer->out, "%c%s, %s%c", above_low ? '(' : '[', low.data, high.data,
						 above_high ? ']' : ')');
}

void
docindex_push_intervals(const KeyIntervals *keys, bool descending, List *values,
						const BsonCollation *collation, BsonBuilder *builder)
{
	Describer	describer = {values, collation, makeStringInfo()};

	for (int i = 0; i < keys->count; i++)
	{
		BsonValue	text;

		resetStringInfo(describer.out);
		append_interval(&describer, &keys->intervals[descending ? keys->count - 1 - i : i],
						descending);
		pgbson_make_string(describer.out->data, describer.out->len, &text);
		pgbson_push(builder, &text);
	}
}

static void
append_field(List *values, const DocIndexSpec *spec, int field,
			 const FilterBounds *bounds, BsonBuilder *builder)
{
	bool		descending = (spec->descending & (uint32) 1 << field) != 0;
	KeyIntervals keys = bounds->fields[field].keys;

	/* What comes of a disjunction is not by fields. */
	if (spec->nfields == 1)
		keys = bounds->keys;
	else if (field >= bounds->nfields || !bounds->fields[field].bounded)
		keys = docindex_intervals_all();
	if (descending)
		keys = docindex_intervals_invert(&keys);
	pgbson_begin(builder, BSON_ARRAY, spec->names[field], -1);
	docindex_push_intervals(&keys, descending, values, spec->collator, builder);
	pgbson_end(builder);
}

void
docindex_describe(Relation index, List *filters, const BsonValue *sort, DocIndexUse *use)
{
	const DocIndexSpec *spec = docindex_spec(index);
	List	   *values = NIL;
	List	   *conditions = NIL;
	MarkerInfo	markers;
	OrderPlan	order = {true, false, BSON_MAX_KEYS};
	FilterBounds bounds;
	BsonBuilder builder;
	ListCell   *lc;

	foreach(lc, filters)
		conditions = lappend(conditions, match_conditions(lfirst(lc)));
	docindex_collect_values(conditions, &values);
	docindex_read_markers(index, NULL, SnapshotAny, &markers);
	if (sort->type == BSON_DOCUMENT)
		docindex_plan_order(spec, pgbson_sort_compile(sort), conditions, &markers, &order);
	docindex_filter_bounds(spec, conditions, markers.arrays,
						   order.possible ? order.max_fields : BSON_MAX_KEYS, &bounds);

	use->arrays = markers.arrays;
	use->backward = order.possible && order.backward;
	pgbson_builder_init(&builder);
	for (int i = 0; i < spec->nfields; i++)
		append_field(values, spec, i, &bounds, &builder);
	pgbson_finish(&builder, BSON_DOCUMENT, &use->bounds);
}
