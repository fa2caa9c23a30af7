/*
 * op_encrypted.c
 *		$encStrContains, $encStrEndsWith, $encStrNormalizedEq and $encStrStartsWith.
 *
 * They compare encrypted strings.  A client that encrypts puts a token in the place of the text,
 * and only with one MongoDB can tell anything.  docdb has no encrypted fields: as in MongoDB, an
 * operator whose text is plain is refused once it is evaluated.
 */
#include "postgres.h"

#include "expr/expr_internal.h"

/* The operands, in this order. */
#define ARG_INPUT 0
#define ARG_TEXT 1

/* The subtype of encrypted binary data. */
#define SUBTYPE_ENCRYPTED 6

static void
parse_encrypted(ExprParser *parser, ExprNode *expr, const BsonValue *argument,
				const char *text_name)
{
	const ExprForm form = {
		DOCDB_SQLSTATE(10065), DOCDB_SQLSTATE(40415),
		{"input", text_name},
		{DOCDB_SQLSTATE(40414), DOCDB_SQLSTATE(40414)}
	};
	ExprNamedArg named[2];
	const BsonValue *input = &named[ARG_INPUT].value;
	BsonValue	text;

	expr_parse_form(parser, expr, argument, &form, named);
	if (input->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field '%s.input' is the wrong type '%s', expected type 'string'",
						expr->op->name, pgbson_type_name(input->type))));
	if (input->len == 0 || input->v.data[0] != '$')
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16873)),
				 errmsg("FieldPath '%.*s' doesn't start with $", (int) input->len,
						input->v.data)));
	expr_set_nargs(expr, 2);
	for (int i = 0; i < 2; i++)
		expr->args[i] = expr_parse(parser, &named[i].value);
	if (!expr_is_literal(expr->args[ARG_TEXT], &text))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(10111801)),
				 errmsg("%s expects a constant as its '%s'", expr->op->name, text_name)));
	if (text.type == BSON_BINARY && text.subtype == SUBTYPE_ENCRYPTED)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(10112803)),
				 errmsg("Unexpected encrypted data in %s", expr->op->name)));
	if (text.type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(10111802)),
				 errmsg("%s expects a string as its '%s', not %s", expr->op->name, text_name,
						pgbson_type_name(text.type))));
}

static void
refuse_plain_text(ExprCall *call, int sqlstate)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("%s can't be evaluated without an encrypted text", expr_name(call))));
}

/* {$encStrStartsWith: {input: path, prefix: string}} */
void
expr_parse_enc_str_starts_with(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	parse_encrypted(parser, expr, argument, "prefix");
}

void
expr_enc_str_starts_with(ExprCall *call, BsonValue *result)
{
	refuse_plain_text(call, DOCDB_SQLSTATE(10111803));
}

/* {$encStrEndsWith: {input: path, suffix: string}} */
void
expr_parse_enc_str_ends_with(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	parse_encrypted(parser, expr, argument, "suffix");
}

void
expr_enc_str_ends_with(ExprCall *call, BsonValue *result)
{
	refuse_plain_text(call, DOCDB_SQLSTATE(10120900));
}

/* {$encStrContains: {input: path, substring: string}} */
void
expr_parse_enc_str_contains(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	parse_encrypted(parser, expr, argument, "substring");
}

void
expr_enc_str_contains(ExprCall *call, BsonValue *result)
{
	refuse_plain_text(call, DOCDB_SQLSTATE(10208800));
}

/* {$encStrNormalizedEq: {input: path, string: string}} */
void
expr_parse_enc_str_normalized_eq(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	parse_encrypted(parser, expr, argument, "string");
}

void
expr_enc_str_normalized_eq(ExprCall *call, BsonValue *result)
{
	refuse_plain_text(call, DOCDB_SQLSTATE(10255705));
}
