/*
 * op_evaluation.c
 *		$expr, $sampleRate, $alwaysTrue, $alwaysFalse, $comment, the fields of DBRefs, and what is
 *		refused: the operators on a whole document.
 */
#include "postgres.h"

#include "common/pg_prng.h"

#include "base/errors.h"
#include "match/match_internal.h"
#include "pgbson/number.h"

static void
refuse_in_element(MatchParse *parse, const MatchOperator *op)
{
	if (parse->in_element)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("%s can only be applied to the top-level document", op->name)));
	if (parse->features == MATCH_NO_FEATURES)
		ereport(ERROR,
				(errcode(DOCDB_ERR_QUERY_FEATURE_NOT_ALLOWED),
				 errmsg("%s is not allowed in this context", op->name)));
}

/* { $expr: aggregation expression }: its value's truth. */
MatchNode *
match_parse_expr(MatchParse *parse, const MatchOperator *op, const char *path,
				 const BsonValue *operand, const BsonValue *siblings)
{
	MatchNode  *node;
	BsonValue	value;
	ExprNode   *expr;

	refuse_in_element(parse, op);
	if (parse->skip_exprs)
		return match_node_predicate(op->id, NULL, operand);
	if (parse->scope == NULL)
	{
		parse->scope = parse->own_scope = expr_scope_create();
		expr_scope_set_collation(parse->scope, parse->collation);
	}
	expr = expr_compile(operand, parse->scope);
	if (expr_is_constant(expr, &value))
		return match_node_constant(pgbson_is_truthy(&value));
	node = match_node_predicate(op->id, NULL, operand);
	node->data = expr;
	return node;
}

bool
match_eval_expr(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	ExprEvalContext *context = run->context;
	BsonValue	result;

	if (context == NULL)
	{
		context = run->matcher->own_context;
		expr_context_set_now(context);
	}
	expr_context_set_root(context, value);
	expr_eval(predicate->data, context, &result);
	return pgbson_is_truthy(&result);
}

/* { $sampleRate: number from 0 to 1 }: passes documents at random. */
MatchNode *
match_parse_sample_rate(MatchParse *parse, const MatchOperator *op, const char *path,
						const BsonValue *operand, const BsonValue *siblings)
{
	BsonValue	rate;

	refuse_in_element(parse, op);
	if (!pgbson_is_number(operand))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("argument to $sampleRate must be a numeric type")));
	pgbson_make_double(pgbson_number_to_double(operand), &rate);
	if (!(rate.v.f64 >= 0.0 && rate.v.f64 <= 1.0))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("numeric argument to $sampleRate must be in [0, 1]")));
	return match_node_predicate(op->id, NULL, &rate);
}

bool
match_eval_sample_rate(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	return pg_prng_double(&pg_global_prng_state) < predicate->operand.v.f64;
}

/* { $alwaysTrue: 1 }, { $alwaysFalse: 1 } */
MatchNode *
match_parse_always(MatchParse *parse, const MatchOperator *op, const char *path,
				   const BsonValue *operand, const BsonValue *siblings)
{
	int64		one;
	const char *problem = match_read_integer(op->name, operand, PG_INT64_MIN, PG_INT64_MAX, &one);

	if (problem != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("%s", problem)));
	if (one != 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("%s must be an integer value of 1", op->name)));
	return match_node_constant(op->id == MATCH_OP_ALWAYS_TRUE);
}

/* { $comment: anything } */
MatchNode *
match_parse_nothing(MatchParse *parse, const MatchOperator *op, const char *path,
					const BsonValue *operand, const BsonValue *siblings)
{
	return NULL;
}

/* { $ref: value }, { $id: value }, { $db: value }: fields of those names. */
MatchNode *
match_parse_dbref(MatchParse *parse, const MatchOperator *op, const char *path,
				  const BsonValue *operand, const BsonValue *siblings)
{
	const MatchOperator *eq = &match_operators[MATCH_OP_EQ];

	return eq->parse(parse, eq, op->name, operand, siblings);
}

static bool
is_near(const MatchOperator *op)
{
	return op->id == MATCH_OP_NEAR || op->id == MATCH_OP_NEAR_SPHERE ||
		op->id == MATCH_OP_GEO_NEAR;
}

/*
 * What MongoDB refuses as well: an operator on whole documents in a condition on elements, and a
 * search by distance beside other conditions of its field.
 */
static void
check_refused_place(const MatchParse *parse, const MatchOperator *op, const BsonValue *operand,
					const BsonValue *siblings)
{
	MatchFeatures refused_from =
	op->id == MATCH_OP_WHERE ? MATCH_PIPELINE_FEATURES : MATCH_NO_FEATURES;

	if (op->place == MATCH_QUERY &&
		(parse->in_element || parse->features >= refused_from))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 parse->in_element ?
				 errmsg("%s can only be applied to the top-level document", op->name) :
				 errmsg("%s is not allowed in this context", op->name)));
	if (is_near(op) &&
		(match_first_operator(siblings, MATCH_FIELD) != op ||
		 (operand->type != BSON_DOCUMENT && operand->type != BSON_ARRAY)))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("near must be first in: %s",
						pgbson_to_json(siblings, BSON_JSON_RELAXED))));
}

/* A field of $text: raises what MongoDB raises for a wrong one. */
static void
check_text_field(const BsonIter *iter)
{
	if (strcmp(iter->key, "$search") != 0 && strcmp(iter->key, "$language") != 0 &&
		strcmp(iter->key, "$caseSensitive") != 0 &&
		strcmp(iter->key, "$diacriticSensitive") != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("extra fields in $text")));
}

static void
check_text_type(const BsonValue *operand, const char *name, uint8 type)
{
	BsonValue	value;

	if (pgbson_get(operand, name, strlen(name), &value) && value.type != type)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("\"%s\" had the wrong type. Expected %s, found %s", name,
						type == BSON_STRING ? "string" : "bool", pgbson_type_name(value.type))));
}

/* { $text: { $search: string, ... } }: MongoDB requires a text index, which docdb has not. */
static void
refuse_text(const BsonValue *operand)
{
	BsonValue	search;
	BsonIter	iter;

	if (operand->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$text expects an object")));
	if (!pgbson_get(operand, "$search", 7, &search))
		ereport(ERROR,
				(errcode(DOCDB_ERR_NO_SUCH_KEY),
				 errmsg("Missing expected field \"$search\"")));
	check_text_type(operand, "$search", BSON_STRING);
	check_text_type(operand, "$language", BSON_STRING);
	check_text_type(operand, "$caseSensitive", BSON_BOOL);
	check_text_type(operand, "$diacriticSensitive", BSON_BOOL);
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
		check_text_field(&iter);
	ereport(ERROR,
			(errcode(DOCDB_ERR_INDEX_NOT_FOUND),
			 errmsg("text index required for $text query")));
}

/* An operator that docdb does not have; MongoDB refuses $where where JavaScript is turned off. */
MatchNode *
match_parse_refused(MatchParse *parse, const MatchOperator *op, const char *path,
					const BsonValue *operand, const BsonValue *siblings)
{
	check_refused_place(parse, op, operand, siblings);
	if (is_near(op) && parse->features != MATCH_ALL_FEATURES)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5626500)),
				 errmsg("$geoNear, $near, and $nearSphere are not allowed in this context")));
	if (op->id == MATCH_OP_TEXT)
		refuse_text(operand);
	if (op->id == MATCH_OP_WHERE)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(6108304)),
				 errmsg("no globalScriptEngine in $where parsing"),
				 errdetail("docdb runs no JavaScript.")));
	ereport(ERROR,
			(errcode(DOCDB_ERR_COMMAND_NOT_SUPPORTED),
			 errmsg("%s is not supported", op->name)));
	return NULL;				/* not reached */
}
