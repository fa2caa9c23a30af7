/*
 * op_array.c
 *		$all, $elemMatch, $size: arrays.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/errors.h"
#include "match/match_internal.h"

/* ---- $size ---- */

/* { $size: non-negative integer } */
MatchNode *
match_parse_size(MatchParse *parse, const MatchOperator *op, const char *path,
				 const BsonValue *operand, const BsonValue *siblings)
{
	int64		size;
	const char *problem = match_read_integer(op->name, operand, 0, PG_INT32_MAX, &size);
	BsonValue	count;

	if (problem != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Failed to parse $size. %s", problem)));
	pgbson_make_int64(size, &count);
	return match_node_predicate(op->id, path, &count);
}

bool
match_eval_size(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return value->type == BSON_ARRAY && pgbson_count(value) == predicate->operand.v.i64;
}

/* ---- $elemMatch ---- */

/*
 * The value form has conditions for an element itself, {$gt: 1}; the object form is a filter that
 * an element is matched against.  A document that begins with an operator of filters ($and, $expr)
 * is of the object form, and so is a part of a DBRef.
 */
static bool
is_value_form(const BsonValue *operand)
{
	return match_is_conditions(operand, true) &&
		match_first_operator(operand, MATCH_QUERY) == NULL;
}

static Matcher *
compile_elem_match(const MatchParse *parse, const BsonValue *operand)
{
	MatchParse	inner = *parse;
	MatchNode  *root;
	Matcher    *matcher;
	MatchForm	form;

	inner.in_element = true;
	if (is_value_form(operand))
	{
		form = MATCH_FORM_VALUE;
		root = match_node_group(MATCH_NODE_AND);
		match_parse_conditions(&inner, NULL, operand, root);
	}
	else
	{
		form = MATCH_FORM_DOCUMENT;
		root = match_parse_document(&inner, operand);
	}
	matcher = match_finish(match_simplify(root));
	matcher->form = form;
	return matcher;
}

Matcher *
match_compile_elem_match(const BsonValue *operand, ExprScope *scope)
{
	MatchParse	parse = {
		.scope = scope,
		.features = MATCH_NO_FEATURES,
		.collation = expr_scope_collation(scope)
	};
	BsonValue	copy;

	pgbson_value_copy(operand, &copy);
	return compile_elem_match(&parse, &copy);
}

/* { $elemMatch: { $operator: operand, ... } } or { $elemMatch: filter } */
MatchNode *
match_parse_elem_match(MatchParse *parse, const MatchOperator *op, const char *path,
					   const BsonValue *operand, const BsonValue *siblings)
{
	MatchNode  *node;
	Matcher    *matcher;

	if (operand->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$elemMatch needs an Object")));
	matcher = compile_elem_match(parse, operand);
	node = match_node_predicate(op->id, path, operand);
	node->data = matcher;
	if (matcher->tries[MATCH_COSTLY] != NULL)
		node->phase = MATCH_COSTLY;
	return node;
}

/* The object form takes an array within the array as a document whose names are the positions. */
int64
match_first_element(const Matcher *matcher, const BsonValue *array)
{
	BsonIter	iter;

	if (array->type != BSON_ARRAY)
		return -1;
	check_stack_depth();
	pgbson_iter_init(&iter, array);
	for (int64 i = 0; pgbson_iter_next(&iter); i++)
	{
		BsonValue	element;

		if (matcher->form == MATCH_FORM_DOCUMENT && iter.type != BSON_DOCUMENT &&
			iter.type != BSON_ARRAY)
			continue;
		pgbson_iter_value(&iter, &element);
		if (match_run(matcher, &element, NULL))
			return i;
	}
	return -1;
}

bool
match_eval_elem_match(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return match_first_element(predicate->data, value) >= 0;
}

/* ---- $all ---- */

/* The operand of $elemMatch, if that is what a document begins with. */
static bool
get_elem_match(const BsonValue *item, BsonValue *operand)
{
	const MatchOperator *op = match_first_operator(item, MATCH_FIELD);

	return op != NULL && op->id == MATCH_OP_ELEM_MATCH &&
		pgbson_get(item, op->name, strlen(op->name), operand);
}

/* A document that begins with an operator other than $not, which MongoDB takes for a literal. */
static bool
begins_with_operator(const BsonValue *item)
{
	const MatchOperator *op = match_first_operator(item, MATCH_FIELD);

	return op != NULL && op->id != MATCH_OP_NOT;
}

static MatchNode *
parse_all_elem_match(MatchParse *parse, const char *path, const BsonValue *operand)
{
	const MatchOperator *op = &match_operators[MATCH_OP_ELEM_MATCH];
	MatchNode  *group = match_node_group(MATCH_NODE_AND);
	BsonIter	iter;

	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	item;
		BsonValue	inner;

		pgbson_iter_value(&iter, &item);
		if (!get_elem_match(&item, &inner))
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("$all/$elemMatch has to be consistent")));
		match_node_add(group, op->parse(parse, op, path, &inner, &item));
	}
	return group;
}

/*
 * { $all: [value or regex, ...] } or { $all: [{ $elemMatch: ... }, ...] }: the conjunction of
 * equalities, matches or $elemMatch conditions.  An empty array matches nothing.
 */
MatchNode *
match_parse_all(MatchParse *parse, const MatchOperator *op, const char *path,
				const BsonValue *operand, const BsonValue *siblings)
{
	MatchNode  *group = match_node_group(MATCH_NODE_AND);
	BsonIter	iter;

	if (operand->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$all needs an array")));
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	item;
		BsonValue	inner;

		pgbson_iter_value(&iter, &item);
		if (group->children == NIL && get_elem_match(&item, &inner))
			return parse_all_elem_match(parse, path, operand);
		if (begins_with_operator(&item))
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("no $ expressions in $all")));
		match_node_add(group, match_parse_literal(parse, path, &item));
	}
	return group->children != NIL ? group : match_node_constant(false);
}
