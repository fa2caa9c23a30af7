/*
 * parse.c
 *		From a filter document to a tree of nodes.
 *
 * The grammar is MongoDB's:
 *
 *		filter		{ field: condition, ..., $query_operator: operand, ...,
 *					  $collation: collation }
 *		condition	{ $field_operator: operand, ... } | regex | literal
 *
 * What an operator's operand may be is its own parse function's to say.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/errors.h"
#include "match/match_internal.h"

const MatchOperator match_operators[] = {
#define MATCH_OP(name, symbol, place, phase, arrays, selectivity, estimate, parse, eval) \
	{name, MATCH_OP_##symbol, place, phase, arrays, selectivity, estimate, parse, eval},
#define MATCH_REWRITE(name, symbol, place, parse) \
	{name, MATCH_OP_##symbol, place, MATCH_CHEAP, MATCH_EACH, 1.0, NULL, parse, NULL},
#define MATCH_REFUSED(name, symbol, place) \
	{name, MATCH_OP_##symbol, place, MATCH_CHEAP, MATCH_EACH, 1.0, NULL, match_parse_refused, NULL},
#include "match/match_oplist.h"
#undef MATCH_OP
#undef MATCH_REWRITE
#undef MATCH_REFUSED
};

const int	match_operator_count = lengthof(match_operators);

static int
compare_operators(const void *a, const void *b)
{
	return strcmp(((const MatchOperator *) a)->name, ((const MatchOperator *) b)->name);
}

const MatchOperator *
match_find_operator(const char *name, MatchPlace place)
{
	static bool order_checked = false;
	MatchOperator wanted = {.name = name};
	const MatchOperator *found;

	if (!order_checked)
	{
		for (int i = 1; i < match_operator_count; i++)
			if (compare_operators(&match_operators[i - 1], &match_operators[i]) >= 0)
				elog(ERROR, "match_oplist.h is not sorted at %s", match_operators[i].name);
		order_checked = true;
	}
	found = bsearch(&wanted, match_operators, match_operator_count, sizeof(MatchOperator),
					compare_operators);
	return found != NULL && found->place == place ? found : NULL;
}

const MatchOperator *
match_first_operator(const BsonValue *value, MatchPlace place)
{
	BsonIter	iter;

	if (value->type != BSON_DOCUMENT)
		return NULL;
	pgbson_iter_init(&iter, value);
	return pgbson_iter_next(&iter) ? match_find_operator(iter.key, place) : NULL;
}

MatchNode *
match_node_constant(bool value)
{
	MatchNode  *node = palloc0(sizeof(MatchNode));

	node->kind = MATCH_NODE_CONSTANT;
	node->constant = value;
	return node;
}

MatchNode *
match_node_group(MatchNodeKind kind)
{
	MatchNode  *node = palloc0(sizeof(MatchNode));

	node->kind = kind;
	return node;
}

MatchNode *
match_node_predicate(MatchOperatorId id, const char *path, const BsonValue *operand)
{
	MatchNode  *node = palloc0(sizeof(MatchNode));

	node->kind = MATCH_NODE_PREDICATE;
	node->op = &match_operators[id];
	node->phase = node->op->phase;
	node->path = path;
	node->operand = *operand;
	return node;
}

void
match_node_add(MatchNode *group, MatchNode *child)
{
	if (child != NULL)
		group->children = lappend(group->children, child);
}

bool
match_is_conditions(const BsonValue *value, bool incomplete_dbref)
{
	BsonIter	iter;
	bool		has_ref = false;
	bool		has_id = false;
	bool		has_db = false;

	if (value->type != BSON_DOCUMENT)
		return false;
	pgbson_iter_init(&iter, value);
	if (!pgbson_iter_next(&iter) || iter.key[0] != '$')
		return false;
	do
	{
		has_ref |= pgbson_iter_key_is(&iter, "$ref", 4);
		has_id |= pgbson_iter_key_is(&iter, "$id", 3);
		has_db |= pgbson_iter_key_is(&iter, "$db", 3);
	} while (pgbson_iter_next(&iter));

	if (incomplete_dbref)
		return !(has_ref || has_id || has_db);
	return !(has_ref && has_id);
}

void
match_parse_conditions(MatchParse *parse, const char *path, const BsonValue *conditions,
					   MatchNode *group)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, conditions);
	while (pgbson_iter_next(&iter))
	{
		const MatchOperator *op = match_find_operator(iter.key, MATCH_FIELD);
		MatchNode  *node;
		BsonValue	operand;

		if (op == NULL)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("unknown operator: %s", iter.key)));
		pgbson_iter_value(&iter, &operand);
		node = op->parse(parse, op, path, &operand, conditions);
		if (node != NULL && node->kind == MATCH_NODE_PREDICATE)
		{
			node->written_op = op;
			node->written_operand = operand;
		}
		match_node_add(group, node);
	}
}

/* The operator that stands where a field name could. */
static MatchNode *
parse_query_operator(MatchParse *parse, const BsonIter *iter, const BsonValue *document)
{
	const MatchOperator *op = match_find_operator(iter->key, MATCH_QUERY);
	BsonValue	operand;

	if (op == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("unknown top level operator: %s", iter->key),
				 pgbson_iter_key_is(iter, "$not", 4) ?
				 errhint("To negate an entire expression, use $nor.") :
				 errhint("For a field name that starts with '$', use $getField or $setField.")));
	pgbson_iter_value(iter, &operand);
	return op->parse(parse, op, NULL, &operand, document);
}

static void
check_path_length(const char *path)
{
	int			parts = 1;

	for (const char *p = path; *p; p++)
		if (*p == '.')
			parts++;
	if (parts > MATCH_MAX_PATH_PARTS)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5729100)),
				 errmsg("FieldPath is too long")));
}

MatchNode *
match_parse_document(MatchParse *parse, const BsonValue *document)
{
	MatchNode  *group = match_node_group(MATCH_NODE_AND);
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		if (iter.key[0] == '$')
		{
			if (document->v.data == parse->top &&
				pgbson_iter_key_is(&iter, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN))
				continue;
			match_node_add(group, parse_query_operator(parse, &iter, document));
			continue;
		}
		check_path_length(iter.key);
		pgbson_iter_value(&iter, &value);
		if (match_is_conditions(&value, false))
			match_parse_conditions(parse, iter.key, &value, group);
		else
			match_node_add(group, match_parse_literal(parse, iter.key, &value));
	}
	return group;
}
