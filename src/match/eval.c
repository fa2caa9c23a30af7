/*
 * eval.c
 *		Compiling the public forms of a filter, and evaluating them.
 *
 * How a path meets arrays follows MongoDB:
 *
 * - At the end of a path an array is tested element by element and as a whole (MATCH_EACH), or
 *   only as a whole (MATCH_ARRAY).  Arrays inside it count as elements, not as more arrays to look
 *   into.
 * - Before the end of a path, the rest of it is looked for in those elements of an array that are
 *   documents.  Other elements give no value at all, not even "missing".
 * - A component that is a number, say i, names also the i-th element of an array.  That element is
 *   then taken as it is: at the end of the path it is tested as a whole.  Before the end, an array
 *   there is looked into like the one around it.
 * - A path that ends in nothing gives one value, BSON_MISSING, for each document it ended in.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "match/match_internal.h"

/* From so many children on a trie node's are searched rather than looked at one by one. */
#define MANY_CHILDREN 12

/* So many documents a trie node has seen before it remembers their fields. */
#define WALKS_BEFORE_MEMORY 3

/* After so many misses too much it takes a pause for so many documents. */
#define MEMORY_MISSES 64
#define MEMORY_PAUSE 250

/* ---- Deciding ---- */

/*
 * Gives a predicate its value and passes it up; is_last says that no other will come for it.
 * Returns true when that decided the outcome, which is then in run->result.
 */
static pg_attribute_always_inline bool
decide(MatchRun *run, int number, bool value, bool is_last)
{
	Matcher    *matcher = run->matcher;
	const MatchPredicate *predicate = &matcher->predicates[number];
	int			gate = predicate->gate;

	value = value != predicate->negated;
	if (gate == MATCH_NO_GATE)
	{
		run->result = value;
		return true;
	}
	if (matcher->is_conjunction)
	{
		/* The outcome is true unless one is false, and a last value needs no note. */
		if (!is_last)
			matcher->any_decided = matcher->decided[number] = true;
		run->result = value;
		return !value;
	}
	matcher->any_decided = matcher->decided[number] = true;
	while (gate != MATCH_NO_GATE)
	{
		const MatchGate *g = &matcher->gates[gate];

		if (matcher->waiting[gate] == 0)
			return false;		/* decided before, by another input */
		if (value == g->absorbing)
			matcher->waiting[gate] = 0;
		else if (--matcher->waiting[gate] > 0)
			return false;
		value = value != g->negated;
		gate = g->gate;
	}
	run->result = value;
	return true;
}

/* Tests a value; is_last says that no other will come for the predicate. */
static pg_attribute_always_inline bool
test(MatchRun *run, int number, const BsonValue *value, bool is_last)
{
	const MatchPredicate *predicate = &run->matcher->predicates[number];
	bool		passes;

	if (run->matcher->any_decided && run->matcher->decided[number])
		return false;
	passes = predicate->eval(predicate, value, run);
	if (passes || is_last)
		return decide(run, number, passes, is_last);
	return false;
}

static bool
test_range(MatchRun *run, int first, int end, const BsonValue *value, bool is_last)
{
	for (int i = first; i < end; i++)
		if (test(run, i, value, is_last))
			return true;
	return false;
}

static bool
decide_false(MatchRun *run, int first, int end)
{
	for (int i = first; i < end; i++)
		if (!run->matcher->decided[i] && decide(run, i, false, true))
			return true;
	return false;
}

static bool
all_decided(MatchRun *run, int first, int end)
{
	for (int i = first; i < end; i++)
		if (!run->matcher->decided[i])
			return false;
	return true;
}

/* ---- Walking ----
 *
 * Each of these functions returns true when the outcome is known.
 */

static bool walk_document(MatchRun *run, MatchTrie *trie, const BsonValue *document,
						  bool is_last);
static bool walk_array(MatchRun *run, MatchTrie *trie, const BsonValue *array);

/* Tests the elements of the array that a path ends in; the array itself is the caller's to test. */
static bool
test_elements(MatchRun *run, MatchTrie *trie, const BsonValue *array)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;
		bool		open = false;

		pgbson_iter_value(&iter, &element);
		for (int i = trie->first; i < trie->own_end; i++)
		{
			if (!run->matcher->predicates[i].each || run->matcher->decided[i])
				continue;
			if (test(run, i, &element, false))
				return true;
			open = true;
		}
		if (!open)
			break;
	}
	return false;
}

/*
 * The value that stands where the trie node's path leads to, not by way of an array index.
 */
static bool
visit(MatchRun *run, MatchTrie *trie, const BsonValue *value, bool is_last)
{
	if (trie->own_end > trie->first)
	{
		if (value->type == BSON_ARRAY && trie->each && test_elements(run, trie, value))
			return true;
		if (test_range(run, trie->first, trie->own_end, value, is_last))
			return true;
	}
	if (trie->nchildren == 0)
		return false;

	check_stack_depth();
	if (value->type == BSON_DOCUMENT)
		return walk_document(run, trie, value, is_last);
	if (value->type == BSON_ARRAY)
	{
		if (walk_array(run, trie, value))
			return true;
		return is_last && decide_false(run, trie->own_end, trie->end);
	}
	else
	{
		BsonValue	missing;

		pgbson_make_simple(BSON_MISSING, &missing);
		return test_range(run, trie->own_end, trie->end, &missing, is_last);
	}
}

/* Looks for the components below a trie node in the elements of an array. */
static bool
walk_array(MatchRun *run, MatchTrie *trie, const BsonValue *array)
{
	BsonIter	iter;
	int			position = 0;

	check_stack_depth();
	pgbson_iter_init(&iter, array);
	for (; pgbson_iter_next(&iter); position++)
	{
		BsonValue	element;

		if (iter.type != BSON_DOCUMENT && !trie->indexed)
			continue;
		if (all_decided(run, trie->own_end, trie->end))
			return false;
		pgbson_iter_value(&iter, &element);
		if (element.type == BSON_DOCUMENT && walk_document(run, trie, &element, false))
			return true;
		if (!trie->indexed)
			continue;
		for (int i = 0; i < trie->nchildren; i++)
		{
			MatchTrie  *child = &trie->children[i];

			if (child->index != position)
				continue;
			if (test_range(run, child->first, child->own_end, &element, false))
				return true;
			if (element.type == BSON_DOCUMENT ? walk_document(run, child, &element, false) :
				element.type == BSON_ARRAY && walk_array(run, child, &element))
				return true;
		}
	}
	return false;
}

static bool
visit_missing(MatchRun *run, MatchTrie *trie, bool is_last)
{
	BsonValue	missing;

	pgbson_make_simple(BSON_MISSING, &missing);
	return test_range(run, trie->first, trie->end, &missing, is_last);
}

/* ---- Fields of a document ---- */

/* A walk over the fields of a document, and the one it is at. */
typedef struct FieldWalk
{
	const char *next;
	const char *end;			/* the document's final NUL */
	MatchMemory *memory;		/* NULL: without one */
	MatchField *expected;		/* the next field, if it is as in the documents before */

	MatchTrie  *child;			/* that the field belongs to, or NULL */
	const char *payload;
	uint32		paylen;
	uint8		type;
} FieldWalk;

/* pgbson_decode, with the most common types in line. */
static inline void
get_value(const FieldWalk *walk, BsonValue *value)
{
	switch (walk->type)
	{
		case BSON_STRING:
			value->type = BSON_STRING;
			value->len = walk->paylen - 5;
			value->v.data = walk->payload + 4;
			break;
		case BSON_INT32:
			value->type = BSON_INT32;
			value->len = 0;
			value->v.i32 = (int32) pgbson_read_uint32(walk->payload);
			break;
		case BSON_DOUBLE:
		case BSON_DATE:
			/* Both are eight bytes in the same order. */
			value->type = walk->type;
			value->len = 0;
			value->v.i64 = (int64) pgbson_read_uint64(walk->payload);
			break;
		case BSON_DOCUMENT:
		case BSON_ARRAY:
			value->type = walk->type;
			value->len = walk->paylen;
			value->v.data = walk->payload;
			break;
		default:
			pgbson_decode(walk->type, walk->payload, walk->paylen, value);
			break;
	}
}

/* The child of a trie node that a name names, or NULL; the document goes on to end. */
static inline MatchTrie *
find_child(const MatchTrie *trie, const char *name, uint32 len, const char *end)
{
	uint64		word;

	if ((trie->lengths & UINT64CONST(1) << len % 64) == 0)
		return NULL;
	if (trie->nchildren > MANY_CHILDREN)
		return match_search_child(trie, name, len);

	/* Near the end of the document there may be less than a word to read. */
	if (likely(end - name >= sizeof(word)))
		word = match_name_word(name);
	else
	{
		word = 0;
		memcpy(&word, name, Min(len, sizeof(word)));
	}
	for (int i = 0; i < trie->nchildren; i++)
	{
		MatchTrie  *child = &trie->children[i];

		if (((word ^ child->prefix) & child->prefix_mask) == 0 && len == child->namelen &&
			(len <= sizeof(word) || memcmp(name + sizeof(word), child->name + sizeof(word),
										   len - sizeof(word)) == 0))
			return child;
	}
	return NULL;
}

/* What stands where nothing is remembered: no field begins with a type of zero. */
static const MatchField no_field = {{0, 0}, {~UINT64CONST(0), ~UINT64CONST(0)}};

/*
 * A node has a memory from the third document on.  Where fields are in no order that could be
 * learned, it is left alone for a while.
 */
static MatchMemory *
use_memory(const MatchRun *run, MatchTrie *trie)
{
	MatchMemory *memory = trie->memory;

	if (memory == NULL)
	{
		if (++trie->walks < WALKS_BEFORE_MEMORY)
			return NULL;
		memory = MemoryContextAlloc(run->matcher->context, sizeof(MatchMemory));
		memory->nfields = memory->misses = memory->pause = 0;
		memory->fields[0] = no_field;
		trie->memory = memory;
	}
	if (memory->pause > 0)
	{
		memory->pause--;
		return NULL;
	}
	if (memory->misses > 0 && --memory->misses > MEMORY_MISSES)
	{
		memory->misses = 0;
		memory->pause = MEMORY_PAUSE;
		return NULL;
	}
	return memory;
}

/*
 * Puts a field that was not expected there into the place of the one that was, or after the last
 * one.  Returns what is to be expected next.
 */
static pg_noinline MatchField *
remember(MatchMemory *memory, MatchField *place, const char *start, uint32 header,
		 MatchTrie *child)
{
	const BsonSizeRule *rule = &pgbson_size_rules[(uint8) *start];

	if (place == &memory->fields[MATCH_REMEMBERED_FIELDS])
		return place;
	memory->misses++;
	if (place == &memory->fields[memory->nfields])
	{
		memory->nfields++;
		place[1] = no_field;
	}
	*place = no_field;
	if (header <= sizeof(place->words) && rule->base_plus_one > 0)
	{
		memcpy(place->words, start, header);
		memset((char *) place->masks + header, 0, sizeof(place->masks) - header);
		place->child = child;
		place->type = (uint8) *start;
		place->has_length = rule->mask != 0;
		place->header = header;
		place->base = rule->base_plus_one - 1;
	}
	return place + 1;
}

static pg_attribute_always_inline bool
is_field(const MatchField *field, const char *start)
{
	uint64		words[2];

	memcpy(words, start, sizeof(words));
	return (((words[0] ^ field->words[0]) & field->masks[0]) |
			((words[1] ^ field->words[1]) & field->masks[1])) == 0;
}

/* Starts before the first field. */
static pg_attribute_always_inline void
start_walk(const MatchRun *run, MatchTrie *trie, const BsonValue *document, FieldWalk *walk)
{
	walk->next = document->v.data + 4;
	walk->end = document->v.data + document->len - 1;
	walk->memory = use_memory(run, trie);
	walk->expected = walk->memory == NULL ? unconstify(MatchField *, &no_field) :
		walk->memory->fields;
}

/* The end of a field that has been recognized. */
static pg_attribute_always_inline const char *
end_of_field(const MatchField *field, const char *start)
{
	const char *payload = start + field->header;

	return payload + field->base + (field->has_length ? pgbson_read_uint32(payload) : 0);
}

/* Whether there is room for a field's first bytes before the end of the document. */
static pg_attribute_always_inline bool
may_recognize(const FieldWalk *walk, const char *start)
{
	return walk->end - start >= (int) sizeof(((MatchField *) 0)->words) - 1;
}

/*
 * Steps over fields as they are expected, and over the one after, if that is what is there, until
 * one belongs to a child.  False where the next field is to be read.
 */
static pg_attribute_always_inline bool
skip_fields(FieldWalk *walk)
{
	const char *start = walk->next;
	MatchField *field = walk->expected;

	while (may_recognize(walk, start))
	{
		if (unlikely(!is_field(field, start)))
		{
			if (walk->memory == NULL || field == &walk->memory->fields[walk->memory->nfields] ||
				!is_field(field + 1, start))
				break;
			field++;
		}
		walk->next = end_of_field(field, start);
		if (field->child != NULL)
		{
			walk->expected = field + 1;
			walk->child = field->child;
			walk->type = field->type;
			walk->payload = start + field->header;
			walk->paylen = walk->next - walk->payload;
			return true;
		}
		start = walk->next;
		field++;
	}
	walk->expected = field;
	return false;
}

/* Reads a field; false at the end. */
static pg_attribute_always_inline bool
read_field(const MatchTrie *trie, FieldWalk *walk)
{
	const char *start = walk->next;
	const char *name = start + 1;
	const BsonSizeRule *rule;
	uint32		namelen;

	if (start >= walk->end)
		return false;
	walk->type = (uint8) *start;
	namelen = pgbson_name_length(name, walk->end);
	walk->payload = name + namelen + 1;
	rule = &pgbson_size_rules[walk->type];
	if (likely(rule->base_plus_one > 0 && walk->end - walk->payload >= 3))
		walk->paylen = rule->base_plus_one - 1 +
			(pgbson_read_uint32(walk->payload) & rule->mask);
	else
		walk->paylen = pgbson_payload_size(walk->type, walk->payload);
	walk->next = walk->payload + walk->paylen;
	walk->child = find_child(trie, name, namelen, walk->end);
	if (walk->memory != NULL)
		walk->expected = remember(walk->memory, walk->expected, start, walk->payload - start,
								  walk->child);
	return true;
}

/* Goes to the next field that belongs to a child of the trie node; false at the end. */
static pg_attribute_always_inline bool
next_field(const MatchTrie *trie, FieldWalk *walk)
{
	while (!skip_fields(walk))
	{
		if (!read_field(trie, walk))
			return false;
		if (walk->child != NULL)
			break;
	}
	return true;
}

/* visit(), with the most common cases in line. */
static inline bool
visit_field(MatchRun *run, MatchTrie *trie, const BsonValue *value, bool is_last)
{
	if (trie->nchildren == 0 && (value->type != BSON_ARRAY || !trie->each))
	{
		for (int i = trie->first; i < trie->own_end; i++)
			if (test(run, i, value, is_last))
				return true;
		return false;
	}
	if (value->type == BSON_DOCUMENT && trie->own_end == trie->first)
	{
		if (trie->height > 1)
			check_stack_depth();
		return walk_document(run, trie, value, is_last);
	}
	return visit(run, trie, value, is_last);
}

/* How a value stands to another one, as a bit of MatchQuick.passing. */
#define STANDING(value, other) \
	((value) < (other) ? 0 : (value) == (other) ? 1 : (value) > (other) ? 2 : 3)

/* Tests the field that the walk is at, if it can be done where it lies. */
static pg_attribute_always_inline bool
test_quick(const MatchQuick *quick, const FieldWalk *walk, bool *passes)
{
	int64		bits;
	double		number;
	int			standing;

	if (quick->any)
	{
		*passes = true;
		return true;
	}
	if (walk->type == BSON_INT32 && quick->type == BSON_DOUBLE)
		standing = STANDING((double) (int32) pgbson_read_uint32(walk->payload), quick->number);
	else if (walk->type != quick->type)
		return false;
	else
	{
		bits = (int64) pgbson_read_uint64(walk->payload);
		memcpy(&number, &bits, sizeof(number));
		standing = walk->type == BSON_DATE ? STANDING(bits, quick->date) :
			STANDING(number, quick->number);
	}
	*passes = (quick->passing >> standing) & 1;
	return true;
}

/* Looks for the components below a trie node among the fields of a document. */
static bool
walk_document(MatchRun *run, MatchTrie *trie, const BsonValue *document, bool is_last)
{
	uint32		stamp = ++run->matcher->visits;
	int			unseen = trie->nchildren;
	FieldWalk	walk;

	start_walk(run, trie, document, &walk);
	while (unseen > 0 && next_field(trie, &walk))
	{
		MatchTrie  *child = walk.child;
		BsonValue	value;
		bool		passes;

		/* Of a repeated name the first counts. */
		if (child->visit == stamp)
			continue;
		child->visit = stamp;
		unseen--;
		if (child->quick && is_last &&
			test_quick(&run->matcher->predicates[child->first].quick, &walk, &passes))
		{
			if (decide(run, child->first, passes, true))
				return true;
			continue;
		}
		get_value(&walk, &value);
		if (visit_field(run, child, &value, is_last))
			return true;
	}
	for (int i = 0; unseen > 0; i++)
	{
		MatchTrie  *child = &trie->children[i];

		if (child->visit == stamp)
			continue;
		unseen--;
		if (visit_missing(run, child, is_last))
			return true;
	}
	return false;
}

/* ---- The public functions ---- */

bool
match_run(const Matcher *matcher, const BsonValue *value, ExprEvalContext *context)
{
	MatchRun	run;

	if (matcher->is_constant)
		return matcher->constant;

	run.matcher = unconstify(Matcher *, matcher);
	run.context = context;
	run.result = matcher->is_conjunction;
	if (!matcher->is_conjunction)
		for (int i = 0; i < matcher->ngates; i++)
			matcher->waiting[i] = matcher->gates[i].inputs;
	if (matcher->any_decided)
	{
		memset(matcher->decided, false, matcher->npredicates);
		run.matcher->any_decided = false;
	}

	if (matcher->form == MATCH_FORM_VALUE)
	{
		(void) test_range(&run, 0, matcher->npredicates, value, true);
		return run.result;
	}
	for (int i = 0; i < lengthof(matcher->tries); i++)
	{
		MatchTrie  *trie = matcher->tries[i];

		if (trie == NULL)
			continue;
		if (matcher->form == MATCH_FORM_FIELD ? visit(&run, trie, value, true) :
			walk_document(&run, trie, value, true))
			return run.result;
	}
	(void) test_range(&run, matcher->first_whole, matcher->npredicates, value, true);
	return run.result;
}

MatchNode *
match_parse_shape(const BsonValue *filter, bool regexes)
{
	MatchParse	parse = {.skip_exprs = true, .skip_regexes = !regexes};

	parse.top = filter->v.data;
	parse.collation = pgbson_collation_of(filter);
	return match_simplify(match_parse_document(&parse, filter));
}

static Matcher *
compile(const BsonValue *filter, MatchFeatures features, ExprScope *scope, bool check_only)
{
	MatchParse	parse = {.scope = scope, .features = features, .check_only = check_only};
	BsonValue	copy;
	Matcher    *matcher;

	pgbson_value_copy(filter, &copy);
	parse.top = copy.v.data;
	parse.collation = pgbson_collation_of(&copy);
	if (parse.collation == NULL)
		parse.collation = expr_scope_collation(scope);
	else if (scope != NULL)
		expr_scope_set_collation(scope, parse.collation);
	matcher = match_finish(match_simplify(match_parse_document(&parse, &copy)));
	if (parse.own_scope != NULL)
		matcher->own_context = expr_context_create(parse.own_scope);
	return matcher;
}

Matcher *
match_compile(const BsonValue *filter, ExprScope *scope)
{
	return compile(filter, MATCH_ALL_FEATURES, scope, false);
}

Matcher *
match_compile_limited(const BsonValue *filter, MatchFeatures features, ExprScope *scope)
{
	return compile(filter, features, scope, false);
}

void
match_check(const BsonValue *filter, ExprScope *scope)
{
	(void) compile(filter, MATCH_ALL_FEATURES, scope, true);
}

bool
match_eval(const Matcher *matcher, const BsonValue *document, ExprEvalContext *context)
{
	return match_run(matcher, document, context);
}

bool
match_is_trivial(const Matcher *matcher)
{
	return matcher->is_constant && matcher->constant;
}

Matcher *
match_compile_element(const BsonValue *condition, ExprScope *scope)
{
	MatchParse	parse = {
		.scope = scope,
		.features = MATCH_NO_FEATURES,
		.collation = expr_scope_collation(scope)
	};
	MatchNode  *root;
	MatchForm	form;
	Matcher    *matcher;
	BsonValue	copy;

	pgbson_value_copy(condition, &copy);
	if (copy.type == BSON_DOCUMENT && match_first_operator(&copy, MATCH_FIELD) == NULL)
	{
		form = MATCH_FORM_SUBDOCUMENT;
		root = match_parse_document(&parse, &copy);
	}
	else if (copy.type == BSON_DOCUMENT)
	{
		form = MATCH_FORM_FIELD;
		root = match_node_group(MATCH_NODE_AND);
		match_parse_conditions(&parse, NULL, &copy, root);
	}
	else
	{
		form = copy.type == BSON_REGEX ? MATCH_FORM_FIELD : MATCH_FORM_LITERAL;
		root = match_parse_literal(&parse, NULL, &copy);
	}
	matcher = match_finish(match_simplify(root));
	matcher->form = form;
	matcher->literal = copy;
	matcher->collation = parse.collation;
	return matcher;
}

bool
match_eval_element(const Matcher *matcher, const BsonValue *element, ExprEvalContext *context)
{
	if (matcher->form == MATCH_FORM_LITERAL)
		return pgbson_equal_collated(matcher->collation, element, &matcher->literal);
	if (matcher->form == MATCH_FORM_SUBDOCUMENT && element->type != BSON_DOCUMENT)
		return false;
	return match_run(matcher, element, context);
}
