/*
 * layout.c
 *		From a tree of nodes to gates, predicates and tries.
 */
#include "postgres.h"

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
	const BsonPath *path;		/* NULL for a predicate on the value itself */
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
		hanging->path = node->path ? pgbson_path_parse(node->path, strlen(node->path)) : NULL;
		hanging->gate = above;
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

static void
append_predicate(Matcher *matcher, const Hanging *hanging)
{
	MatchPredicate *predicate = &matcher->predicates[matcher->npredicates++];
	const MatchNode *node = hanging->node;

	predicate->eval = node->op->eval;
	predicate->negated = node->negated;
	predicate->each = node->op->arrays == MATCH_EACH;
	predicate->gate = hanging->gate;
	predicate->operand = node->operand;
	predicate->data = node->data;
}

static bool
same_part(const BsonPathPart *a, const BsonPathPart *b)
{
	return a->len == b->len && memcmp(a->name, b->name, a->len) == 0;
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

/*
 * Fills a trie node that stands for the first depth components of the paths of all those hanging
 * from it.
 */
static void
hang(Matcher *matcher, MatchTrie *trie, List *hanging, int depth)
{
	List	   *groups = NIL;	/* of List of Hanging, one for each next component */
	ListCell   *lc;

	check_stack_depth();
	trie->first = matcher->npredicates;
	foreach(lc, hanging)
	{
		Hanging    *h = lfirst(lc);
		ListCell   *group;

		if (h->path == NULL || h->path->nparts == depth)
		{
			append_predicate(matcher, h);
			continue;
		}
		foreach(group, groups)
		{
			Hanging    *other = linitial(lfirst(group));

			if (same_part(&other->path->part[depth], &h->path->part[depth]))
				break;
		}
		if (group != NULL)
			lfirst(group) = lappend(lfirst(group), h);
		else
			groups = lappend(groups, list_make1(h));
	}
	trie->own_end = matcher->npredicates;

	trie->nchildren = list_length(groups);
	trie->children = palloc0(Max(trie->nchildren, 1) * sizeof(MatchTrie));
	foreach(lc, groups)
	{
		MatchTrie  *child = &trie->children[foreach_current_index(lc)];
		const Hanging *first = linitial(lfirst(lc));
		const BsonPathPart *part = &first->path->part[depth];

		set_name(child, part);
		trie->lengths |= UINT64CONST(1) << part->len % 64;
		trie->indexed |= part->index >= 0;
		hang(matcher, child, lfirst(lc), depth + 1);
	}
	trie->end = matcher->npredicates;
}

static MatchTrie *
make_trie(Matcher *matcher, List *hanging)
{
	MatchTrie  *trie;

	if (hanging == NIL)
		return NULL;
	trie = palloc0(sizeof(MatchTrie));
	hang(matcher, trie, hanging, 0);
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
	if (root->kind == MATCH_NODE_CONSTANT)
	{
		matcher->is_constant = true;
		matcher->constant = root->constant;
		return matcher;
	}

	lay_out(&layout, root, MATCH_NO_GATE);
	collect_gates(matcher, layout.gates);
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
