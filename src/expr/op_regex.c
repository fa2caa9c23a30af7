/*
 * op_regex.c
 *		$regexMatch, $regexFind and $regexFindAll.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "expr/expr_internal.h"
#include "expr/regex.h"

/* The operands, in this order; the options may be absent. */
#define ARG_INPUT 0
#define ARG_REGEX 1
#define ARG_OPTIONS 2

/* A pattern that is constant is compiled with the expression. */
typedef struct RegexData
{
	bool		constant;
	ExprRegex  *regex;			/* NULL for a null pattern */
} RegexData;

/* {$regexMatch: {input: string, regex: string or regex, options: string}}, and the other two */
void
expr_parse_regex(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[3] = {{"input"}, {"regex"}, {"options"}};
	const char *name = expr->op->name;
	const char *unknown;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51103)),
				 errmsg("%s expects an object of named arguments but found: %s", name,
						pgbson_type_name(argument->type))));
	unknown = expr_named_args(parser, argument, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31024)),
				 errmsg("%s found an unknown argument: %s", name, unknown)));
	if (!named[ARG_INPUT].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31022)),
				 errmsg("%s requires 'input' parameter", name)));
	if (!named[ARG_REGEX].present)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31023)),
				 errmsg("%s requires 'regex' parameter", name)));

	expr->data = palloc0(sizeof(RegexData));
	expr_set_nargs(expr, named[ARG_OPTIONS].present ? 3 : 2);
	for (int i = 0; i < expr->nargs; i++)
		expr->args[i] = expr_named_node(parser, &named[i]);
}

/* Compiles a pattern given as a string or regex, with options; NULL for a null pattern. */
static ExprRegex *
compile_regex(const char *op, const BsonValue *regex, const BsonValue *options)
{
	const char *pattern = NULL;
	const char *flags = "";
	uint32		len = 0;
	uint32		nflags = 0;

	if (!expr_is_nullish(regex) && regex->type != BSON_STRING && regex->type != BSON_REGEX)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51105)),
				 errmsg("%s needs 'regex' to be of type string or regex", op)));
	if (!expr_is_nullish(options) && options->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51106)),
				 errmsg("%s needs 'options' to be of type string", op)));

	if (regex->type == BSON_REGEX)
	{
		expr_regex_parts(regex, &pattern, &len, &flags, &nflags);
		if (!expr_is_nullish(options) && nflags > 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(51107)),
					 errmsg("%s: found regex option(s) specified in both 'regex' and 'option' "
							"fields", op)));
	}
	else if (regex->type == BSON_STRING)
	{
		pattern = regex->v.data;
		len = regex->len;
	}
	if (!expr_is_nullish(options))
	{
		flags = options->v.data;
		nflags = options->len;
	}

	if (pattern)
		return expr_regex_compile(pattern, len, flags, nflags, op);

	/* Options are checked even where there is no pattern to go with them. */
	if (memchr(flags, '\0', nflags))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51110)),
				 errmsg("%s: regular expression options cannot contain an embedded null byte",
						op)));
	return NULL;
}

/*
 * Folds the operands and compiles a pattern that is constant.  As in MongoDB the operator itself
 * is not folded.
 */
ExprNode *
expr_optimize_regex(ExprOptimizer *optimizer, ExprNode *expr)
{
	RegexData  *data = expr->data;
	BsonValue	regex;
	BsonValue	options;

	expr_fold_args(optimizer, expr);
	pgbson_make_simple(BSON_NULL, &options);
	if (!expr_is_constant(expr->args[ARG_REGEX], &regex) ||
		(expr->nargs > ARG_OPTIONS && !expr_is_constant(expr->args[ARG_OPTIONS], &options)))
		return expr;
	data->constant = true;
	data->regex = compile_regex(expr->op->name, &regex, &options);
	return expr;
}

/* Evaluates the operands; NULL when the input or the pattern is null. */
static ExprRegex *
get_operands(ExprCall *call, BsonValue *input)
{
	const RegexData *data = call->expr->data;
	ExprRegex  *compiled = data->regex;

	expr_arg(call, ARG_INPUT, input);
	if (!data->constant)
	{
		BsonValue	regex;
		BsonValue	options;

		expr_arg(call, ARG_REGEX, &regex);
		if (call->nargs > ARG_OPTIONS)
			expr_arg(call, ARG_OPTIONS, &options);
		else
			pgbson_make_simple(BSON_NULL, &options);
		compiled = compile_regex(expr_name(call), &regex, &options);
	}
	if (expr_is_nullish(input))
		return NULL;
	if (input->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51104)),
				 errmsg("%s needs 'input' to be of type string", expr_name(call))));
	return compiled;
}

void
expr_regex_op_match(ExprCall *call, BsonValue *result)
{
	BsonValue	input;
	ExprRegex  *regex = get_operands(call, &input);

	pgbson_make_bool(regex && expr_regex_match(regex, input.v.data, input.len), result);
}

/* Appends {match, idx, captures} of the last match; idx counts characters. */
static void
append_match(BsonBuilder *builder, const ExprRegex *regex, const BsonValue *input, int32 index)
{
	int			groups = expr_regex_group_count(regex);
	BsonValue	value;
	uint32		start;
	uint32		end;

	(void) expr_regex_group(regex, 0, &start, &end);
	pgbson_make_string(input->v.data + start, end - start, &value);
	pgbson_append(builder, "match", -1, &value);
	pgbson_append_int32(builder, "idx", -1, index);
	pgbson_begin(builder, BSON_ARRAY, "captures", -1);
	for (int i = 1; i <= groups; i++)
	{
		if (expr_regex_group(regex, i, &start, &end))
			pgbson_make_string(input->v.data + start, end - start, &value);
		else
			pgbson_make_simple(BSON_NULL, &value);
		pgbson_push(builder, &value);
	}
	pgbson_end(builder);
}

/* Characters in a part of a valid UTF-8 string. */
static int32
count_characters(const char *data, uint32 start, uint32 end)
{
	int32		count = 0;

	for (uint32 i = start; i < end; i++)
	{
		if ((data[i] & 0xC0) != 0x80)
			count++;
	}
	return count;
}

void
expr_regex_op_find(ExprCall *call, BsonValue *result)
{
	BsonValue	input;
	ExprRegex  *regex = get_operands(call, &input);
	BsonBuilder builder;
	uint32		start;
	uint32		end;

	if (regex == NULL || !expr_regex_search(regex, input.v.data, input.len, 0))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	(void) expr_regex_group(regex, 0, &start, &end);
	pgbson_builder_init(&builder);
	append_match(&builder, regex, &input, count_characters(input.v.data, 0, start));
	pgbson_finish(&builder, BSON_DOCUMENT, result);
}

/* All matches that do not overlap; after an empty one the search goes on one character later. */
void
expr_regex_op_find_all(ExprCall *call, BsonValue *result)
{
	BsonValue	input;
	ExprRegex  *regex = get_operands(call, &input);
	BsonBuilder builder;
	uint32		position = 0;	/* in bytes */
	uint32		counted = 0;	/* the byte up to which characters were counted ... */
	int32		index = 0;		/* ... and their number */

	pgbson_builder_init(&builder);
	while (regex && expr_regex_search(regex, input.v.data, input.len, position))
	{
		uint32		start;
		uint32		end;

		(void) expr_regex_group(regex, 0, &start, &end);
		index += count_characters(input.v.data, counted, start);
		counted = start;
		pgbson_push_begin(&builder, BSON_DOCUMENT);
		append_match(&builder, regex, &input, index);
		pgbson_end(&builder);

		position = end;
		if (start == end && end < input.len)
			position += pg_utf_mblen((const unsigned char *) input.v.data + end);
		if (position >= input.len)
			break;
	}
	pgbson_finish(&builder, BSON_ARRAY, result);
}
