/*
 * layout.c
 *		From a tree of nodes to gates, predicates and tries.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "match/match_internal.h"
#include "pgbson/builder.h"

/* ---- Simplification ---- */

static bool
is_constant(const MatchNode *node, bool value)
{
	return node->kind == MATCH_NODE_CONSTANT && node->constant == value;
}

MatchNode *
match_simplify(MatchNode *node)
{
	bool		absorbing = node->kind == MATCH_NODE_OR;
	List	   *children = NIL;
	ListCell   *lc;

	check_stack_depth();
	if (node->kind == MATCH_NODE_PREDICATE)
		return node;
	if (node->kind == MATCH_NODE_CONSTANT)
		return match_node_constant(node->constant != node->negated);

	foreach(lc, node->children)
	{
		MatchNode  *child = match_simplify(lfirst(lc));

		if (is_constant(child, absorbing))
			return match_node_constant(absorbing != node->negated);
		if (child->kind == MATCH_NODE_CONSTANT)
			continue;
		if (child->kind == node->kind && !child->negated)
			children = list_concat(children, child->children);
		else
			children = lappend(children, child);
	}
	node->children = children;
	if (children == NIL)
		return match_node_constant(!absorbing != node->negated);
	if (list_length(children) == 1)
	{
		MatchNode  *child = linitial(children);

		child->negated = child->negated != node->negated;
		return child;
	}
	return node;
}

/* ---- Gates, and the predicates of each phase ---- */

/* A predicate on its way into a trie. */
typedef struct Hanging
{
	const MatchNode *node;
	int			nparts;			/* 0 for a predicate on the value itself */
	const BsonPathPart *part;
	int			gate;
} Hanging;

typedef struct Layout
{
	List	   *gates;			/* of MatchGate */
	List	   *hanging[MATCH_PHASES];	/* of Hanging */
} Layout;

static void
lay_out(Layout *layout, const MatchNode *node, int above)
{
	check_stack_depth();
	if (node->kind == MATCH_NODE_PREDICATE)
	{
		Hanging    *hanging = palloc(sizeof(Hanging));

		hanging->node = node;
		hanging->nparts = 0;
		hanging->gate = above;
		if (node->path != NULL)
		{
			BsonPath   *path = pgbson_path_parse(node->path, strlen(node->path));

			hanging->nparts = path->nparts;
			hanging->part = path->part;
		}
		layout->hanging[node->phase] = lappend(layout->hanging[node->phase], hanging);
	}
	else
	{
		MatchGate  *gate = palloc(sizeof(MatchGate));
		int			number = list_length(layout->gates);
		ListCell   *lc;

		gate->absorbing = node->kind == MATCH_NODE_OR;
		gate->negated = node->negated;
		gate->gate = above;
		gate->inputs = list_length(node->children);
		layout->gates = lappend(layout->gates, gate);
		foreach(lc, node->children)
			lay_out(layout, lfirst(lc), number);
	}
}

void
match_fill_predicate(MatchPredicate *predicate, const MatchNode *node)
{
	predicate->eval = node->collation == NULL ? node->op->eval :
		match_collated_eval(node->op->id);
	predicate->collation = node->collation;
	predicate->negated = node->negated;
	predicate->each = node->op->arrays == MATCH_EACH;
	predicate->operand = node->operand;
	predicate->data = node->data;
}

/* Notes what the evaluation needs to compare with numbers and dates itself. */
static void
set_quick(MatchQuick *quick, const MatchNode *node)
{
	static const uint8 passing[] = {
		[MATCH_OP_LT] = 1,[MATCH_OP_LTE] = 1 | 2,[MATCH_OP_EQ] = 2,
		[MATCH_OP_GTE] = 2 | 4,[MATCH_OP_GT] = 4
	};
	const BsonValue *operand = &node->operand;

	quick->type = BSON_MISSING;
	quick->any = node->op->id == MATCH_OP_EXISTS;
	if (node->op->id >= lengthof(passing) || passing[node->op->id] == 0)
		return;
	quick->passing = passing[node->op->id];
	if (operand->type == BSON_DATE)
	{
		quick->type = BSON_DATE;
		quick->date = operand->v.i64;
	}
	else if (operand->type == BSON_INT32 ||
			 (operand->type == BSON_DOUBLE && !isnan(operand->v.f64)))
	{
		quick->type = BSON_DOUBLE;
		quick->number = operand->type == BSON_INT32 ? operand->v.i32 : operand->v.f64;
	}
}

static void
append_predicate(Matcher *matcher, const Hanging *hanging)
{
	MatchPredicate *predicate = &matcher->predicates[matcher->npredicates++];

	match_fill_predicate(predicate, hanging->node);
	set_quick(&predicate->quick, hanging->node);
	predicate->gate = hanging->gate;
}

/* The order of the children of a trie node. */
static int
compare_names(const char *a, uint32 a_len, const char *b, uint32 b_len)
{
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return memcmp(a, b, a_len);
}

/*
 * Those with the same beginning of their paths come together, and in front the one that ends
 * there.
 */
static int
compare_hanging(const ListCell *a, const ListCell *b)
{
	const Hanging *x = lfirst(a);
	const Hanging *y = lfirst(b);

	for (int i = 0; i < x->nparts && i < y->nparts; i++)
	{
		int			order = compare_names(x->part[i].name, x->part[i].len,
										  y->part[i].name, y->part[i].len);

		if (order != 0)
			return order;
	}
	return x->nparts - y->nparts;
}

MatchTrie *
match_search_child(const MatchTrie *trie, const char *name, uint32 len)
{
	int			low = 0;
	int			high = trie->nchildren;

	while (low < high)
	{
		int			middle = (low + high) / 2;
		MatchTrie  *child = &trie->children[middle];
		int			order = compare_names(name, len, child->name, child->namelen);

		if (order == 0)
			return child;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void
set_name(MatchTrie *trie, const BsonPathPart *part)
{
	char		bytes[8] = {0};
	char		mask[8] = {0};

	trie->name = part->name;
	trie->namelen = part->len;
	trie->index = part->index;
	memcpy(bytes, part->name, Min(part->len, 8));
	memset(mask, 0xFF, Min(part->len, 8));
	trie->prefix = match_name_word(bytes);
	trie->prefix_mask = match_name_word(mask);
}

/* The end of the run, from start on, of those with the same component at a depth. */
static int
end_of_run(List *hanging, int start, int end, int depth)
{
	const Hanging *first = list_nth(hanging, start);
	const BsonPathPart *part = &first->part[depth];
	int			i = start + 1;

	for (; i < end; i++)
	{
		const Hanging *other = list_nth(hanging, i);

		if (compare_names(part->name, part->len, other->part[depth].name,
						  other->part[depth].len) != 0)
			break;
	}
	return i;
}

static int
count_runs(List *hanging, int start, int end, int depth)
{
	int			count = 0;

	for (; start < end; start = end_of_run(hanging, start, end, depth))
		count++;
	return count;
}

/*
 * Fills a trie node from a part of the sorted list: the predicates whose paths share their first
 * depth components.
 */
static void
hang(Matcher *matcher, MatchTrie *trie, List *hanging, int start, int end, int depth)
{
	check_stack_depth();
	trie->first = matcher->npredicates;
	for (; start < end; start++)
	{
		const Hanging *h = list_nth(hanging, start);

		if (h->nparts > depth)
			break;
		append_predicate(matcher, h);
		trie->each |= h->node->op->arrays == MATCH_EACH;
	}
	trie->own_end = matcher->npredicates;

	trie->nchildren = count_runs(hanging, start, end, depth);
	trie->children = palloc0(Max(trie->nchildren, 1) * sizeof(MatchTrie));
	for (int i = 0; i < trie->nchildren; i++)
	{
		MatchTrie  *child = &trie->children[i];
		const Hanging *first = list_nth(hanging, start);
		const BsonPathPart *part = &first->part[depth];
		int			run_end = end_of_run(hanging, start, end, depth);

		set_name(child, part);
		trie->lengths |= UINT64CONST(1) << part->len % 64;
		trie->indexed |= part->index >= 0;
		hang(matcher, child, hanging, start, run_end, depth + 1);
		trie->height = Max(trie->height, child->height + 1);
		start = run_end;
	}
	trie->end = matcher->npredicates;
	trie->quick = trie->end == trie->first + 1 && trie->own_end == trie->end &&
		(matcher->predicates[trie->first].quick.type != BSON_MISSING ||
		 matcher->predicates[trie->first].quick.any);
}

static MatchTrie *
make_trie(Matcher *matcher, List *hanging)
{
	MatchTrie  *trie;

	if (hanging == NIL)
		return NULL;
	list_sort(hanging, compare_hanging);
	trie = palloc0(sizeof(MatchTrie));
	hang(matcher, trie, hanging, 0, list_length(hanging), 0);
	return trie;
}

static void
collect_gates(Matcher *matcher, List *gates)
{
	ListCell   *lc;

	matcher->ngates = list_length(gates);
	matcher->gates = palloc(Max(matcher->ngates, 1) * sizeof(MatchGate));
	matcher->waiting = palloc(Max(matcher->ngates, 1) * sizeof(int));
	foreach(lc, gates)
		matcher->gates[foreach_current_index(lc)] = *(MatchGate *) lfirst(lc);
}

Matcher *
match_finish(MatchNode *root)
{
	Matcher    *matcher = palloc0(sizeof(Matcher));
	Layout		layout = {0};
	ListCell   *lc;
	int			total = 0;

	matcher->root = root;
	matcher->context = CurrentMemoryContext;
	if (root->kind == MATCH_NODE_CONSTANT)
	{
		matcher->is_constant = true;
		matcher->constant = root->constant;
		return matcher;
	}

	lay_out(&layout, root, MATCH_NO_GATE);
	collect_gates(matcher, layout.gates);
	matcher->is_conjunction = matcher->ngates == 1 && root->kind == MATCH_NODE_AND &&
		!root->negated;
	for (int phase = 0; phase < MATCH_PHASES; phase++)
		total += list_length(layout.hanging[phase]);
	matcher->predicates = palloc0(total * sizeof(MatchPredicate));
	matcher->decided = palloc0(total * sizeof(bool));
	matcher->tries[0] = make_trie(matcher, layout.hanging[MATCH_CHEAP]);
	matcher->tries[1] = make_trie(matcher, layout.hanging[MATCH_COSTLY]);
	matcher->first_whole = matcher->npredicates;
	foreach(lc, layout.hanging[MATCH_WHOLE])
		append_predicate(matcher, lfirst(lc));
	Assert(matcher->npredicates == total);
	return matcher;
}
