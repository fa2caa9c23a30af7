/*
 * equality.c
 *		What a filter says by equality: the fields of an upsert's new document, and the _id.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "match/match_internal.h"

typedef struct Equality
{
	const char *path;
	const BsonValue *value;
} Equality;

static int
compare_equalities(const ListCell *a, const ListCell *b)
{
	return strcmp(((const Equality *) lfirst(a))->path, ((const Equality *) lfirst(b))->path);
}

/* Adds the equalities that a (simplified) tree requires to the list. */
static List *
collect(const MatchNode *node, List *equalities)
{
	ListCell   *lc;

	check_stack_depth();
	if (node->negated)
		return equalities;
	if (node->kind == MATCH_NODE_AND)
	{
		foreach(lc, node->children)
			equalities = collect(lfirst(lc), equalities);
	}
	else if (node->kind == MATCH_NODE_PREDICATE && node->op->id == MATCH_OP_EQ)
	{
		Equality   *equality = palloc(sizeof(Equality));

		equality->path = node->path;
		equality->value = &node->operand;
		equalities = lappend(equalities, equality);
	}
	return equalities;
}

void
match_equalities(const BsonValue *filter, MatchEqualityCallback callback, void *arg)
{
	List	   *equalities = collect(match_parse_shape(filter, false), NIL);
	ListCell   *lc;

	list_sort(equalities, compare_equalities);
	foreach(lc, equalities)
	{
		const Equality *equality = lfirst(lc);

		callback(equality->path, strlen(equality->path), equality->value, arg);
	}
}

/*
 * An equality with an array could also be met by an element, and one by a collation by other
 * strings, so these name no one _id.
 */
static bool
names_one_id(const MatchNode *node, BsonValue *id)
{
	if (node->kind != MATCH_NODE_PREDICATE || node->negated || node->op->id != MATCH_OP_EQ ||
		strcmp(node->path, "_id") != 0 || node->operand.type == BSON_ARRAY ||
		node->collation != NULL)
		return false;
	*id = node->operand;
	return true;
}

/* The short way for {_id: literal, ...}, which is what most callers have. */
static bool
literal_id(const BsonValue *filter, BsonValue *id)
{
	return pgbson_get(filter, "_id", 3, id) && id->type != BSON_ARRAY &&
		id->type != BSON_REGEX && id->type != BSON_UNDEFINED &&
		!match_is_conditions(id, false) &&
		!(pgbson_is_collatable(id) && pgbson_collation_of(filter) != NULL);
}

bool
match_id_equality(const BsonValue *filter, BsonValue *id)
{
	MatchNode  *root;
	ListCell   *lc;

	if (literal_id(filter, id))
		return true;
	root = match_parse_shape(filter, false);
	if (root->kind != MATCH_NODE_AND || root->negated)
		return names_one_id(root, id);
	foreach(lc, root->children)
	{
		if (names_one_id(lfirst(lc), id))
			return true;
	}
	return false;
}
