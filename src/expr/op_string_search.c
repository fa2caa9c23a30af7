/*
 * op_string_search.c
 *		Operators that look for a string in a string.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "expr/expr_internal.h"

/* Where a string is found in len bytes, or NULL. */
static const char *
find_string(const char *data, size_t len, const BsonValue *string)
{
	return string->len == 0 ? data : memmem(data, len, string->v.data, string->len);
}

/* ---- $split ---- */

/* {$split: [string, separator]} */
void
expr_split(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonBuilder builder;
	BsonValue	part;
	const char *start;
	const char *end;
	const char *found;

	if (args[0].type != BSON_STRING)
		expr_type_error(call, DOCDB_SQLSTATE(40085),
						" requires an expression that evaluates to a string as a first "
						"argument, found:", &args[0]);
	if (args[1].type != BSON_STRING)
		expr_type_error(call, DOCDB_SQLSTATE(10503900),
						" requires an expression that evaluates to a string as a second "
						"argument, found:", &args[1]);
	if (args[1].len == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40087)),
				 errmsg("$split requires a non-empty separator")));

	start = args[0].v.data;
	end = start + args[0].len;
	pgbson_builder_init(&builder);
	while ((found = find_string(start, end - start, &args[1])) != NULL)
	{
		pgbson_make_string(start, found - start, &part);
		pgbson_push(&builder, &part);
		start = found + args[1].len;
	}
	pgbson_make_string(start, end - start, &part);
	pgbson_push(&builder, &part);
	pgbson_finish(&builder, BSON_ARRAY, result);
}

/* ---- $indexOfBytes and $indexOfCP ---- */

/* Evaluates the string and the one to be found in it; false when the result is null. */
static bool
get_strings(ExprCall *call, int not_string, int not_token, BsonValue *string, BsonValue *token)
{
	expr_arg(call, 0, string);
	if (expr_is_nullish(string))
		return false;
	if (string->type != BSON_STRING)
		expr_type_error(call, not_string, " requires a string as the first argument, found:",
						string);
	expr_arg(call, 1, token);
	if (token->type != BSON_STRING)
		expr_type_error(call, not_token, " requires a string as the second argument, found:",
						token);
	return true;
}

/* Evaluates one end of the range that is searched; by default the whole string. */
static uint32
get_bound(ExprCall *call, int i, uint32 fallback)
{
	if (call->nargs <= i)
		return fallback;
	return expr_index_operand(call, i, i == 2 ? "starting index" : "ending index",
							  DOCDB_SQLSTATE(40096), DOCDB_SQLSTATE(40097));
}

/* {$indexOfBytes: [string, string, start, end]} */
void
expr_index_of_bytes(ExprCall *call, BsonValue *result)
{
	BsonValue	string;
	BsonValue	token;
	uint32		start;
	uint32		end;
	const char *found = NULL;

	if (!get_strings(call, DOCDB_SQLSTATE(40091), DOCDB_SQLSTATE(40092), &string, &token))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	start = get_bound(call, 2, 0);
	end = Min(get_bound(call, 3, string.len), string.len);
	if (start <= end)
		found = find_string(string.v.data + start, end - start, &token);
	pgbson_make_int32(found ? (int32) (found - string.v.data) : -1, result);
}

/*
 * {$indexOfCP: [string, string, start, end]}: what is found must start before the end, which as in
 * MongoDB it may go beyond.
 */
void
expr_index_of_cp(ExprCall *call, BsonValue *result)
{
	BsonValue	string;
	BsonValue	token;
	uint32		start;
	uint32		end;
	uint32		byte = 0;

	if (!get_strings(call, DOCDB_SQLSTATE(40093), DOCDB_SQLSTATE(40094), &string, &token))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	start = get_bound(call, 2, 0);
	end = get_bound(call, 3, PG_UINT32_MAX);
	if (string.len == 0 && token.len == 0 && start == 0)
	{
		pgbson_make_int32(0, result);
		return;
	}
	for (uint32 i = 0; i < end && byte < string.len; i++)
	{
		const char *here = string.v.data + byte;

		if (i >= start && token.len <= string.len - byte &&
			memcmp(here, token.v.data, token.len) == 0)
		{
			pgbson_make_int32(i, result);
			return;
		}
		byte += pg_utf_mblen((const unsigned char *) here);
	}
	pgbson_make_int32(-1, result);
}

/* ---- $replaceOne and $replaceAll ---- */

/* {$replaceOne: {input: string, find: string, replacement: string}}, and $replaceAll */
void
expr_parse_replace(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(51751), DOCDB_SQLSTATE(51750),
		{"input", "find", "replacement"},
		{DOCDB_SQLSTATE(51749), DOCDB_SQLSTATE(51748), DOCDB_SQLSTATE(51747)},
		true
	};
	ExprNamedArg named[3];

	expr_parse_form(parser, expr, argument, &form, named);
	expr_set_nargs(expr, 3);
	for (int i = 0; i < 3; i++)
		expr->args[i] = expr_named_node(parser, &named[i]);
}

static void
append_string(StringInfo out, const char *data, size_t len)
{
	(void) expr_check_size((uint64) out->len + len);
	appendBinaryStringInfo(out, data, (int) len);
}

/*
 * Replaces the first or all places where a string is found.  An empty string is found before each
 * character and at the end.
 *
 * Unlike MongoDB, which finds it between the bytes of a character too, and then makes strings that
 * are no UTF-8.
 */
static void
replace(const BsonValue *input, const BsonValue *find, const BsonValue *replacement, bool all,
		BsonValue *result)
{
	const char *start = input->v.data;
	const char *end = start + input->len;
	const char *found;
	StringInfoData out;

	initStringInfo(&out);
	while ((found = find_string(start, end - start, find)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		append_string(&out, start, found - start);
		append_string(&out, replacement->v.data, replacement->len);
		start = found + find->len;
		if (!all)
			break;
		if (find->len == 0)
		{
			int			len;

			if (start == end)
				break;
			len = pg_utf_mblen((const unsigned char *) start);
			append_string(&out, start, len);
			start += len;
		}
	}
	append_string(&out, start, end - start);
	pgbson_make_string(out.data, out.len, result);
}

static void
evaluate_replace(ExprCall *call, bool all, BsonValue *result)
{
	static const struct
	{
		const char *name;
		int			sqlstate;
	}			operands[3] = {
		{"input", DOCDB_SQLSTATE(10503904)},
		{"find", DOCDB_SQLSTATE(10503901)},
		{"replacement", DOCDB_SQLSTATE(10503902)}
	};
	BsonValue	values[3];
	bool		null = false;

	for (int i = 0; i < 3; i++)
		expr_arg(call, i, &values[i]);
	for (int i = 0; i < 3; i++)
	{
		if (expr_is_nullish(&values[i]))
			null = true;
		else if (values[i].type != BSON_STRING)
			ereport(ERROR,
					(errcode(operands[i].sqlstate),
					 errmsg("%s requires that '%s' be a string, found: %s", expr_name(call),
							operands[i].name, pgbson_to_json(&values[i], BSON_JSON_RELAXED))));
	}
	if (null)
		pgbson_make_simple(BSON_NULL, result);
	else
		replace(&values[0], &values[1], &values[2], all, result);
}

void
expr_replace_one(ExprCall *call, BsonValue *result)
{
	evaluate_replace(call, false, result);
}

void
expr_replace_all(ExprCall *call, BsonValue *result)
{
	evaluate_replace(call, true, result);
}
