/*
 * position.c
 *		Which element of an array a filter met: what the positional operator "$" stands for.
 *
 * It is a second, slower walk, made only for documents that are known to match and whose position
 * is asked for.  As in MongoDB, each condition that holds for an element of an array gives that
 * element's position, the outermost array's where there are several; the last condition to give
 * one counts.  Conditions are taken in MongoDB's order, and those below a negation give none.
 * Neither do those of $or, unless it only lists values for one path.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "match/match_internal.h"
#include "pgbson/builder.h"

/* The search for the first value that passes one predicate. */
typedef struct Search
{
	MatchPredicate predicate;
	bool		into_elements;	/* $elemMatch: the position is that of an element of the value */
	const BsonPath *path;
	MatchRun	run;
	int64		position;
} Search;

static bool search_value(Search *search, int depth, const BsonValue *value, int64 outer);
static bool search_array(Search *search, int depth, const BsonValue *array, int64 outer);

static bool
passes(Search *search, const BsonValue *value, int64 position)
{
	if (!search->predicate.eval(&search->predicate, value, &search->run))
		return false;
	search->position = position;
	return true;
}

/* A value at the end of the path. */
static bool
search_end(Search *search, const BsonValue *value, int64 outer)
{
	BsonIter	iter;

	if (search->into_elements)
	{
		int64		inner = match_first_element(search->predicate.data, value);

		search->position = outer >= 0 ? outer : inner;
		return inner >= 0;
	}
	if (value->type == BSON_ARRAY && search->predicate.each)
	{
		pgbson_iter_init(&iter, value);
		for (int64 i = 0; pgbson_iter_next(&iter); i++)
		{
			BsonValue	element;

			pgbson_iter_value(&iter, &element);
			if (passes(search, &element, outer >= 0 ? outer : i))
				return true;
		}
	}
	return passes(search, value, outer);
}

static bool
search_document(Search *search, int depth, const BsonValue *document, int64 outer)
{
	const BsonPathPart *part = &search->path->part[depth];
	BsonValue	field;

	(void) pgbson_get(document, part->name, part->len, &field);
	return search_value(search, depth + 1, &field, outer);
}

/* The element that the next component of the path names by its index. */
static bool
search_indexed(Search *search, int depth, const BsonValue *element, int64 outer)
{
	if (depth + 1 == search->path->nparts)
		return search->into_elements ? search_end(search, element, outer) :
			passes(search, element, outer);
	if (element->type == BSON_DOCUMENT)
		return search_document(search, depth + 1, element, outer);
	return element->type == BSON_ARRAY && search_array(search, depth + 1, element, outer);
}

static bool
search_array(Search *search, int depth, const BsonValue *array, int64 outer)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, array);
	for (int64 i = 0; pgbson_iter_next(&iter); i++)
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		if (element.type == BSON_DOCUMENT &&
			search_document(search, depth, &element, outer >= 0 ? outer : i))
			return true;
		if (search->path->part[depth].index == i &&
			search_indexed(search, depth, &element, outer))
			return true;
	}
	return false;
}

/* A value that the first depth components lead to; outer is the position so far, or -1. */
static bool
search_value(Search *search, int depth, const BsonValue *value, int64 outer)
{
	BsonValue	missing;

	check_stack_depth();
	if (depth == search->path->nparts)
		return search_end(search, value, outer);
	if (value->type == BSON_DOCUMENT)
		return search_document(search, depth, value, outer);
	if (value->type == BSON_ARRAY)
		return search_array(search, depth, value, outer);
	pgbson_make_simple(BSON_MISSING, &missing);
	return search_end(search, &missing, outer);
}

static int64
predicate_position(const Matcher *matcher, const MatchNode *node, const BsonValue *document)
{
	Search		search = {.position = -1};

	if (node->negated || node->path == NULL)
		return -1;
	match_fill_predicate(&search.predicate, node);
	search.into_elements = node->op->id == MATCH_OP_ELEM_MATCH;
	search.path = pgbson_path_parse(node->path, strlen(node->path));
	search.run.matcher = unconstify(Matcher *, matcher);
	return search_value(&search, 0, document, -1) ? search.position : -1;
}

/* ---- Trees ---- */

/* MongoDB's order of the conditions of a conjunction: by kind, then by path. */
static int
rank(const MatchNode *node)
{
	static const int8 ranks[] = {
		[MATCH_OP_ELEM_MATCH] = 1,
		[MATCH_OP_SIZE] = 2,
		[MATCH_OP_EQ] = 3,
		[MATCH_OP_LTE] = 4,
		[MATCH_OP_LT] = 5,
		[MATCH_OP_GT] = 6,
		[MATCH_OP_GTE] = 7,
		[MATCH_OP_REGEX] = 8,
		[MATCH_OP_MOD] = 9,
		[MATCH_OP_EXISTS] = 10,
		[MATCH_OP_IN] = 11,
		[MATCH_OP_BITS_ALL_SET] = 12,
		[MATCH_OP_BITS_ALL_CLEAR] = 13,
		[MATCH_OP_BITS_ANY_SET] = 14,
		[MATCH_OP_BITS_ANY_CLEAR] = 15,
		[MATCH_OP_TYPE] = 16
	};

	if (node->kind != MATCH_NODE_PREDICATE || node->op->id >= lengthof(ranks))
		return 0;
	return ranks[node->op->id];
}

static int
compare_nodes(const ListCell *a, const ListCell *b)
{
	const MatchNode *x = lfirst(a);
	const MatchNode *y = lfirst(b);

	if (rank(x) != rank(y))
		return rank(x) < rank(y) ? -1 : 1;
	return x->path == NULL || y->path == NULL ? 0 : strcmp(x->path, y->path);
}

/* Inserts into a sorted list, after those that are equal. */
static List *
insert_sorted(List *nodes, MatchNode *node)
{
	ListCell	cell = {.ptr_value = node};
	int			place = list_length(nodes);

	while (place > 0 && compare_nodes(&cell, list_nth_cell(nodes, place - 1)) < 0)
		place--;
	return list_insert_nth(nodes, place, node);
}

/* Whether a disjunction only lists values for one path, as $in does. */
static bool
is_list_of_values(const MatchNode *node)
{
	const MatchNode *first = linitial(node->children);
	ListCell   *lc;

	foreach(lc, node->children)
	{
		const MatchNode *child = lfirst(lc);

		if (child->kind != MATCH_NODE_PREDICATE || child->negated ||
			(child->op->id != MATCH_OP_EQ && child->op->id != MATCH_OP_REGEX) ||
			strcmp(child->path, first->path) != 0)
			return false;
	}
	return true;
}

static int64
node_position(const Matcher *matcher, const MatchNode *node, const BsonValue *document)
{
	int64		position = -1;
	List	   *sorted = NIL;
	ListCell   *lc;

	check_stack_depth();
	if (node->kind == MATCH_NODE_PREDICATE)
		return predicate_position(matcher, node, document);
	if (node->negated || node->kind == MATCH_NODE_CONSTANT ||
		(node->kind == MATCH_NODE_OR && !is_list_of_values(node)))
		return -1;
	foreach(lc, node->children)
		sorted = insert_sorted(sorted, lfirst(lc));
	foreach(lc, sorted)
	{
		int64		next = node_position(matcher, lfirst(lc), document);

		/* Of a list of values it is the first element that equals any. */
		if (next >= 0 && (node->kind == MATCH_NODE_AND || position < 0 || next < position))
			position = next;
	}
	list_free(sorted);
	return position;
}

int64
match_position(const Matcher *matcher, const BsonValue *document)
{
	return node_position(matcher, matcher->root, document);
}
