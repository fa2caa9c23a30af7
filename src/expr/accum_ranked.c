/*
 * accum_ranked.c
 *		Accumulators that keep n values: $firstN, $lastN, $minN, $maxN, $top, $topN, $bottom,
 *		$bottomN.
 *
 * A value that is taken in is a document: {n, input} for the first four, and for the others
 * {n, sortBy, output, "0": key, "1": key, ...}, where sortBy is a sort specification of the fields
 * "0", "1", and so on.  The expression that makes it is put together from the specification.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "expr/accum_internal.h"
#include "pgbson/sort.h"

/* ---- Arguments ---- */

/* Sorts the fields of a specification into a list; those without a code may be missing. */
static void
parse_spec(const AccumOp *op, const BsonValue *spec, const ExprForm *form, ExprNamedArg *list)
{
	ExprOp		named = {op->name};
	ExprNode	expr = {.op = &named};

	expr_parse_form(NULL, &expr, spec, form, list);
}

static void
parse_n_argument(const AccumOp *op, const BsonValue *spec, int not_document)
{
	const ExprForm form = {
		not_document, DOCDB_SQLSTATE(5787901),
		{"n", "input"},
		{DOCDB_SQLSTATE(5787906), DOCDB_SQLSTATE(5787907)}
	};
	ExprNamedArg named[2];

	parse_spec(op, spec, &form, named);
}

/* {$firstN: {n: number, input: expression}} is an expression of a document as it is. */
void
expr_accum_first_n_argument(const AccumOp *op, const BsonValue *spec, BsonValue *expression)
{
	parse_n_argument(op, spec, DOCDB_SQLSTATE(5787801));
	*expression = *spec;
}

/* {$minN: {n: number, input: expression}}, the same */
void
expr_accum_min_n_argument(const AccumOp *op, const BsonValue *spec, BsonValue *expression)
{
	parse_n_argument(op, spec, DOCDB_SQLSTATE(5787900));
	*expression = *spec;
}

/* Appends name: {$literal: value}. */
static void
append_literal(BsonBuilder *builder, const char *name, const BsonValue *value)
{
	pgbson_begin(builder, BSON_DOCUMENT, name, -1);
	pgbson_append(builder, "$literal", -1, value);
	pgbson_end(builder);
}

/*
 * Makes {n, output, sortBy, "0": "$path", ...} of n, output and sortBy.  The keys are those of the
 * values that the paths have as expressions, as in MongoDB.
 */
static void
make_sorted_argument(const BsonValue *n, const BsonValue *output, const BsonValue *sort_by,
					 BsonValue *expression)
{
	BsonBuilder builder;
	BsonBuilder numbered;
	BsonValue	value;
	BsonIter	iter;
	char		name[12];
	int			i = 0;

	(void) pgbson_sort_compile(sort_by);
	pgbson_builder_init(&builder);
	pgbson_builder_init(&numbered);
	pgbson_append(&builder, "n", 1, n);
	pgbson_append(&builder, "output", -1, output);
	pgbson_iter_init(&iter, sort_by);
	while (pgbson_iter_next(&iter))
	{
		char	   *path = psprintf("$%s", iter.key);

		snprintf(name, sizeof(name), "%d", i++);
		pgbson_append_payload(&numbered, name, -1, &iter);
		pgbson_make_string(path, strlen(path), &value);
		pgbson_append(&builder, name, -1, &value);
	}
	pgbson_finish(&numbered, BSON_DOCUMENT, &value);
	append_literal(&builder, "sortBy", &value);
	pgbson_finish(&builder, BSON_DOCUMENT, expression);
}

static void
parse_sorted_argument(const AccumOp *op, const BsonValue *spec, bool single,
					  BsonValue *expression)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(5788001), DOCDB_SQLSTATE(5788002),
		{"n", "output", "sortBy"},
		{DOCDB_SQLSTATE(5788003), DOCDB_SQLSTATE(5788004), DOCDB_SQLSTATE(5788005)}
	};
	static const ExprForm single_form = {
		DOCDB_SQLSTATE(5788001), DOCDB_SQLSTATE(5788002),
		{"output", "sortBy"},
		{DOCDB_SQLSTATE(5788004), DOCDB_SQLSTATE(5788005)}
	};
	ExprNamedArg named[3];
	const BsonValue *output;
	const BsonValue *sort_by;

	if (single)
	{
		parse_spec(op, spec, &single_form, &named[1]);
		pgbson_make_int32(1, &named[0].value);
	}
	else
		parse_spec(op, spec, &form, named);
	output = &named[1].value;
	sort_by = &named[2].value;
	if (sort_by->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(10065)),
				 errmsg("invalid parameter: expected an object (sortBy)")));
	make_sorted_argument(&named[0].value, output, sort_by, expression);
}

/* {$top: {output: expression, sortBy: specification}}, and $bottom */
void
expr_accum_top_argument(const AccumOp *op, const BsonValue *spec, BsonValue *expression)
{
	parse_sorted_argument(op, spec, true, expression);
}

/* {$topN: {n: number, output: expression, sortBy: specification}}, and $bottomN */
void
expr_accum_top_n_argument(const AccumOp *op, const BsonValue *spec, BsonValue *expression)
{
	parse_sorted_argument(op, spec, false, expression);
}

/* ---- Ranking ---- */

static int
compare_keys(const BsonValue *x, const BsonValue *y, const Ranking *ranking)
{
	for (int i = 0; i < ranking->nkeys; i++)
	{
		int			order = pgbson_compare_collated(ranking->collation, &x[i], &y[i]);

		if (order != 0)
			return (ranking->descending & (1U << i)) ? -order : order;
	}
	return 0;
}

static int
compare_places(int64 x, int64 y)
{
	return x < y ? -1 : x > y;
}

/* Equal entries, and those without keys, are in the order of the input. */
static int
compare_entries(const void *a, const void *b, void *arg)
{
	const RankedEntry *x = a;
	const RankedEntry *y = b;
	int			order = compare_keys(x->keys, y->keys, arg);

	return order != 0 ? order : compare_places(x->place, y->place);
}

static int
compare_int64(const void *a, const void *b, void *arg)
{
	return compare_places(*(const int64 *) a, *(const int64 *) b);
}

/* The n-th place in the order of the input, from 1. */
static int64
nth_place(const RankedEntry *entries, uint64 count, uint64 n)
{
	int64	   *places = MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof(int64));
	int64		result;

	for (uint64 i = 0; i < count; i++)
		places[i] = entries[i].place;
	qsort_interruptible(places, count, sizeof(int64), compare_int64, NULL);
	result = places[n - 1];
	pfree(places);
	return result;
}

/* Swaps two adjacent pieces of an array, of which the first has `first` of `count` entries. */
static void
rotate(RankedEntry *entries, uint64 count, uint64 first)
{
	Size		bytes = first * sizeof(RankedEntry);
	RankedEntry *saved = MemoryContextAllocHuge(CurrentMemoryContext, Max(bytes, 1));

	memcpy(saved, entries, bytes);
	memmove(entries, entries + first, (count - first) * sizeof(RankedEntry));
	memcpy(entries + (count - first), saved, bytes);
	pfree(saved);
}

/*
 * The last n of entries in order.  MongoDB keeps n entries on the way.  A later one that equals the
 * least of them is not taken in, and a greater one replaces the first of the least.  So of the
 * entries that equal the least which stays, the last ones stay of those that were among the first n
 * not less than it.
 */
static void
select_last(RankedEntry *entries, uint64 count, const Ranking *ranking)
{
	uint64		n = ranking->n;
	uint64		start = count - n;	/* of those equal to the least that stays */
	uint64		end = count - n;	/* of the same */
	uint64		taken;
	int64		full;

	while (start > 0 &&
		   compare_keys(entries[start - 1].keys, entries[count - n].keys, ranking) == 0)
		start--;
	while (end < count && compare_keys(entries[end].keys, entries[count - n].keys, ranking) == 0)
		end++;
	if (ranking->nkeys > 0 && start < count - n)
	{
		full = nth_place(entries + start, count - start, n);
		taken = start;
		while (taken < end && entries[taken].place <= full)
			taken++;

		/* Those after them go to the front. */
		rotate(entries + start, end - start, taken - start);
	}
	rotate(entries, count, count - n);
}

uint64
expr_accum_select(RankedEntry *entries, uint64 count, const Ranking *ranking)
{
	qsort_interruptible(entries, count, sizeof(RankedEntry), compare_entries,
						unconstify(Ranking *, ranking));
	if (count <= ranking->n)
		return count;
	if (ranking->last)
		select_last(entries, count, ranking);
	return ranking->n;
}

static void
release_entry(expr_accum_ranked_state *state, RankedEntry *entry)
{
	state->bytes -= sizeof(RankedEntry) + entry->value.len;
	expr_accum_release(&entry->value);
	for (int i = 0; i < state->ranking.nkeys; i++)
	{
		state->bytes -= entry->keys[i].len;
		expr_accum_release(&entry->keys[i]);
	}
	if (entry->keys)
		pfree(entry->keys);
}

/* Keeps only the n entries that the ranking asks for, in order. */
static void
keep_ranked(expr_accum_ranked_state *state)
{
	uint64		kept = expr_accum_select(state->entries, state->count, &state->ranking);

	if (kept == state->count)
		return;
	for (uint64 i = kept; i < state->count; i++)
		release_entry(state, &state->entries[i]);
	state->count = kept;
	state->cut = true;
}

/* Whether an entry comes too late, given the n that were the best when entries were dropped. */
static bool
is_too_late(const expr_accum_ranked_state *state, const BsonValue *keys)
{
	const Ranking *ranking = &state->ranking;

	/* Without keys the first n stay, and no later one is needed. */
	if (ranking->nkeys == 0)
		return !ranking->last && state->count >= ranking->n;
	if (!state->cut)
		return false;
	if (ranking->last)
		return compare_keys(keys, state->entries[0].keys, ranking) <= 0;
	return compare_keys(keys, state->entries[ranking->n - 1].keys, ranking) >= 0;
}

/* Makes room for one more entry: drops what is too much, or grows. */
static void
make_room(expr_accum_ranked_state *state)
{
	if (state->count > 0 && state->count / 2 >= state->ranking.n)
		keep_ranked(state);
	else if (state->capacity == 0)
	{
		state->capacity = 16;
		state->entries = MemoryContextAlloc(state->base.context,
											state->capacity * sizeof(RankedEntry));
	}
	else
	{
		state->capacity *= 2;
		state->entries = repalloc_huge(state->entries, state->capacity * sizeof(RankedEntry));
	}
}

static void
add_entry(expr_accum_ranked_state *state, const BsonValue *value, const BsonValue *keys,
		  int64 place)
{
	int			nkeys = state->ranking.nkeys;
	RankedEntry *entry;

	if (is_too_late(state, keys))
		return;
	if (state->count == state->capacity)
		make_room(state);
	entry = &state->entries[state->count++];
	entry->place = place;
	entry->keys = NULL;
	expr_accum_keep(&state->base, value, &entry->value);
	if (nkeys > 0)
		entry->keys = MemoryContextAlloc(state->base.context, nkeys * sizeof(BsonValue));
	state->bytes += sizeof(RankedEntry) + value->len;
	for (int i = 0; i < nkeys; i++)
	{
		expr_accum_keep(&state->base, &keys[i], &entry->keys[i]);
		state->bytes += keys[i].len;
	}
	expr_accum_check_memory(state->base.op->name, state->bytes);
}

/* A field of the document that is taken in; missing ones are null. */
static void
get_field(const BsonValue *document, const char *name, BsonValue *value)
{
	if (document->type != BSON_DOCUMENT ||
		!pgbson_get(document, name, strlen(name), value))
		pgbson_make_simple(BSON_NULL, value);
}

/* Takes n from the first value. */
static void
start_ranking(expr_accum_ranked_state *state, const BsonValue *document)
{
	BsonValue	n;

	get_field(document, "n", &n);
	state->ranking.n = expr_check_n(&n);
	state->ranking.collation = state->base.collation;
}

/* ---- The family ---- */

void
expr_accum_ranked_init(AccumState *base)
{
}

static void
step_in_order(AccumState *base, const BsonValue *document, bool last)
{
	expr_accum_ranked_state *state = (expr_accum_ranked_state *) base;
	BsonValue	value;

	if (state->ranking.n == 0)
	{
		start_ranking(state, document);
		state->ranking.last = last;
	}
	get_field(document, "input", &value);
	add_entry(state, &value, NULL, state->next_place++);
}

void
expr_accum_first_n_step(AccumState *base, const BsonValue *value)
{
	step_in_order(base, value, false);
}

void
expr_accum_last_n_step(AccumState *base, const BsonValue *value)
{
	step_in_order(base, value, true);
}

static void
step_by_value(AccumState *base, const BsonValue *document, bool greatest)
{
	expr_accum_ranked_state *state = (expr_accum_ranked_state *) base;
	BsonValue	value;

	if (state->ranking.n == 0)
	{
		start_ranking(state, document);
		state->ranking.nkeys = 1;
		state->ranking.last = greatest;
		state->ranking.reversed = greatest;
	}
	get_field(document, "input", &value);
	if (!expr_is_nullish(&value))
		add_entry(state, &value, &value, state->next_place++);
}

void
expr_accum_min_n_step(AccumState *base, const BsonValue *value)
{
	step_by_value(base, value, false);
}

void
expr_accum_max_n_step(AccumState *base, const BsonValue *value)
{
	step_by_value(base, value, true);
}

static void
step_by_keys(AccumState *base, const BsonValue *document, bool last)
{
	expr_accum_ranked_state *state = (expr_accum_ranked_state *) base;
	BsonValue	keys[BSON_MAX_KEYS];
	BsonValue	value;

	if (state->sort == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(base->context);
		BsonValue	copy;

		start_ranking(state, document);
		get_field(document, "sortBy", &value);
		pgbson_value_copy(&value, &copy);
		state->sort = pgbson_sort_compile(&copy);
		state->sort->collation = base->collation;
		state->ranking.nkeys = state->sort->paths.npaths;
		state->ranking.descending = state->sort->descending;
		state->ranking.last = last;
		MemoryContextSwitchTo(old);
	}
	get_field(document, "output", &value);
	pgbson_sort_values(state->sort, document, keys);
	add_entry(state, &value, keys, state->next_place++);
}

void
expr_accum_top_step(AccumState *base, const BsonValue *value)
{
	step_by_keys(base, value, false);
}

void
expr_accum_bottom_step(AccumState *base, const BsonValue *value)
{
	step_by_keys(base, value, true);
}

/* A copy of the list of entries, not of the entries. */
static RankedEntry *
copy_entries(const expr_accum_ranked_state *state)
{
	RankedEntry *entries = MemoryContextAllocHuge(CurrentMemoryContext,
												  Max(state->count, 1) * sizeof(RankedEntry));

	if (state->count > 0)
		memcpy(entries, state->entries, state->count * sizeof(RankedEntry));
	return entries;
}

/* What the other state has taken in comes after. */
void
expr_accum_ranked_combine(AccumState *base, const AccumState *other_base)
{
	expr_accum_ranked_state *state = (expr_accum_ranked_state *) base;
	const expr_accum_ranked_state *other = (const expr_accum_ranked_state *) other_base;
	RankedEntry *entries;
	Ranking		by_place = {0};

	if (other->ranking.n == 0)
		return;
	if (state->ranking.n == 0)
	{
		state->ranking = other->ranking;
		state->ranking.collation = base->collation;
	}

	/* They may be in another order. */
	entries = copy_entries(other);
	qsort_interruptible(entries, other->count, sizeof(RankedEntry), compare_entries, &by_place);
	for (uint64 i = 0; i < other->count; i++)
		add_entry(state, &entries[i].value, entries[i].keys,
				  state->next_place + entries[i].place);
	state->next_place += other->next_place;
	pfree(entries);
}

bool
expr_accum_ranked_remove(AccumState *base, const BsonValue *value)
{
	return false;
}

void
expr_accum_ranked_write(const AccumState *base, StringInfo out)
{
	const expr_accum_ranked_state *state = (const expr_accum_ranked_state *) base;

	pq_sendint64(out, state->ranking.n);
	pq_sendint32(out, state->ranking.nkeys);
	pq_sendint32(out, state->ranking.descending);
	pq_sendbyte(out, state->ranking.last);
	pq_sendbyte(out, state->ranking.reversed);
	pq_sendint64(out, state->next_place);
	pq_sendint64(out, state->count);
	for (uint64 i = 0; i < state->count; i++)
	{
		const RankedEntry *entry = &state->entries[i];

		pq_sendint64(out, entry->place);
		expr_accum_write_value(out, &entry->value);
		for (int j = 0; j < state->ranking.nkeys; j++)
			expr_accum_write_value(out, &entry->keys[j]);
	}
}

void
expr_accum_ranked_read(AccumState *base, StringInfo in)
{
	expr_accum_ranked_state *state = (expr_accum_ranked_state *) base;
	uint64		count;

	state->ranking.n = pq_getmsgint64(in);
	state->ranking.nkeys = pq_getmsgint(in, 4);
	state->ranking.descending = pq_getmsgint(in, 4);
	state->ranking.last = pq_getmsgbyte(in) != 0;
	state->ranking.reversed = pq_getmsgbyte(in) != 0;
	state->ranking.collation = base->collation;
	state->next_place = pq_getmsgint64(in);
	count = pq_getmsgint64(in);
	while (count-- > 0)
	{
		BsonValue	keys[BSON_MAX_KEYS];
		BsonValue	value;
		int64		place = pq_getmsgint64(in);

		expr_accum_read_value(in, &value);
		for (int i = 0; i < state->ranking.nkeys; i++)
			expr_accum_read_value(in, &keys[i]);
		add_entry(state, &value, keys, place);
	}
}

/* The values in order; the state stays as it is. */
void
expr_accum_ranked_final(const AccumState *base, BsonValue *result)
{
	const expr_accum_ranked_state *state = (const expr_accum_ranked_state *) base;
	RankedEntry *entries = copy_entries(state);
	uint64		kept = expr_accum_select(entries, state->count, &state->ranking);
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	for (uint64 i = 0; i < kept; i++)
		pgbson_push(&builder, &entries[state->ranking.reversed ? kept - 1 - i : i].value);
	pgbson_finish(&builder, BSON_ARRAY, result);
	pfree(entries);
}

/* The only value, null when there was none. */
void
expr_accum_ranked_one_final(const AccumState *base, BsonValue *result)
{
	BsonValue	array;
	BsonIter	iter;

	expr_accum_ranked_final(base, &array);
	pgbson_iter_init(&iter, &array);
	if (pgbson_iter_next(&iter))
		pgbson_iter_value(&iter, result);
	else
		pgbson_make_simple(BSON_NULL, result);
}
