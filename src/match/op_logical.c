/*
 * op_logical.c
 *		$and, $or, $nor, $not: how conditions combine.
 */
#include "postgres.h"

#include "base/errors.h"
#include "match/match_internal.h"

/* { $and: [filter, ...] }, and the same for $or and $nor. */
MatchNode *
match_parse_logical(MatchParse *parse, const MatchOperator *op, const char *path,
					const BsonValue *operand, const BsonValue *siblings)
{
	MatchNode  *group = match_node_group(op->id == MATCH_OP_AND ? MATCH_NODE_AND : MATCH_NODE_OR);
	BsonIter	iter;

	if (operand->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("%s argument must be an array", op->name)));
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	filter;

		if (iter.type != BSON_DOCUMENT)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("%s argument's entries must be objects", op->name)));
		pgbson_iter_value(&iter, &filter);
		match_node_add(group, match_parse_document(parse, &filter));
	}
	if (group->children == NIL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("%s argument must be a non-empty array", op->name)));
	group->negated = op->id == MATCH_OP_NOR;
	return group;
}

/* { $not: { $operator: operand, ... } } or { $not: regex } */
MatchNode *
match_parse_not(MatchParse *parse, const MatchOperator *op, const char *path,
				const BsonValue *operand, const BsonValue *siblings)
{
	MatchNode  *group = match_node_group(MATCH_NODE_AND);

	group->negated = true;
	if (operand->type == BSON_REGEX)
	{
		match_node_add(group, match_regex_node(parse, path, operand));
		return group;
	}
	if (operand->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$not argument must be a regex or an object")));
	if (operand->len == BSON_MIN_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$not argument must be a non-empty object")));
	match_parse_conditions(parse, path, operand, group);
	return group;
}
