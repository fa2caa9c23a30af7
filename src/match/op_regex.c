/*
 * op_regex.c
 *		$regex and $options, and regexes as literals.
 *
 * A regex matches strings and symbols, and equals the regex values of the same text.
 */
#include "postgres.h"

#include "base/errors.h"
#include "expr/regex.h"
#include "match/match_internal.h"

static MatchRegexData *
compile_regex(const MatchParse *parse, const char *pattern, uint32 len, const char *options,
			  uint32 optlen)
{
	MatchRegexData *regex = palloc(sizeof(MatchRegexData));

	regex->compiled = parse->skip_regexes ? NULL :
		expr_regex_compile(pattern, len, options, optlen, NULL);
	regex->pattern = pnstrdup(pattern, len);
	regex->options = pnstrdup(options, optlen);
	return regex;
}

MatchRegexData *
match_regex_data(const MatchParse *parse, const BsonValue *regex)
{
	const char *pattern;
	const char *options;
	uint32		len;
	uint32		optlen;

	expr_regex_parts(regex, &pattern, &len, &options, &optlen);
	return compile_regex(parse, pattern, len, options, optlen);
}

MatchNode *
match_regex_node(MatchParse *parse, const char *path, const BsonValue *regex)
{
	MatchNode  *node = match_node_predicate(MATCH_OP_REGEX, path, regex);

	node->data = match_regex_data(parse, regex);
	return node;
}

/* What $regex and $options of one document say together. */
typedef struct RegexParts
{
	const char *pattern;
	uint32		len;
	const char *options;
	uint32		optlen;
} RegexParts;

static void
read_pattern(const BsonValue *value, RegexParts *parts)
{
	const char *options;
	uint32		optlen;

	if (value->type == BSON_STRING)
	{
		parts->pattern = value->v.data;
		parts->len = value->len;
		return;
	}
	if (value->type != BSON_REGEX)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$regex has to be a string")));
	expr_regex_parts(value, &parts->pattern, &parts->len, &options, &optlen);
	if (optlen == 0)
		return;
	if (parts->optlen > 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51074)),
				 errmsg("options set in both $regex and $options")));
	parts->options = options;
	parts->optlen = optlen;
}

static void
read_options(const BsonValue *value, RegexParts *parts)
{
	if (value->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$options has to be a string")));
	if (parts->optlen > 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51075)),
				 errmsg("options set in both $regex and $options")));
	parts->options = value->v.data;
	parts->optlen = value->len;
}

/*
 * { $regex: "pattern" or regex, $options: "imsxu" }: the two may stand in either order, and apart
 * from each other.
 */
MatchNode *
match_parse_regex(MatchParse *parse, const MatchOperator *op, const char *path,
				  const BsonValue *operand, const BsonValue *siblings)
{
	RegexParts	parts = {.pattern = "", .options = ""};
	MatchNode  *node;
	BsonIter	iter;

	pgbson_iter_init(&iter, siblings);
	while (pgbson_iter_next(&iter))
	{
		const MatchOperator *sibling = match_find_operator(iter.key, MATCH_FIELD);
		BsonValue	value;

		if (sibling == NULL)
			continue;
		pgbson_iter_value(&iter, &value);
		if (sibling->id == MATCH_OP_REGEX)
			read_pattern(&value, &parts);
		else if (sibling->id == MATCH_OP_OPTIONS)
			read_options(&value, &parts);
	}
	node = match_node_predicate(op->id, path, operand);
	node->data = compile_regex(parse, parts.pattern, parts.len, parts.options, parts.optlen);
	return node;
}

/* { $options: ... } is read with the $regex beside it, which must be there. */
MatchNode *
match_parse_options(MatchParse *parse, const MatchOperator *op, const char *path,
					const BsonValue *operand, const BsonValue *siblings)
{
	BsonValue	regex;

	if (!pgbson_get(siblings, "$regex", 6, &regex))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$options needs a $regex")));
	return NULL;
}

bool
match_eval_regex(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	const MatchRegexData *regex = predicate->data;

	if (value->type == BSON_STRING || value->type == BSON_SYMBOL)
		return expr_regex_match(regex->compiled, value->v.data, value->len);
	if (value->type == BSON_REGEX)
	{
		const char *pattern;
		const char *options;
		uint32		len;
		uint32		optlen;

		expr_regex_parts(value, &pattern, &len, &options, &optlen);
		return strcmp(pattern, regex->pattern) == 0 && strcmp(options, regex->options) == 0;
	}
	return false;
}
