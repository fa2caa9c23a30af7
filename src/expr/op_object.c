/*
 * op_object.c
 *		Operators over the fields of an object, by names that may have dots and dollars.
 */
#include "postgres.h"

#include "expr/expr_internal.h"

/* ---- $getField ---- */

/* The operands, in this order. */
#define ARG_FIELD 0
#define ARG_INPUT 1

static void
require_name(const BsonValue *name)
{
	if (name->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(3041704)),
				 errmsg("$getField requires 'field' to evaluate to type String, but got %s",
						pgbson_type_name(name->type))));
}

/* {$getField: {field: name, input: object}} or {$getField: name}, of the current document */
void
expr_parse_get_field(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(3041701), DOCDB_SQLSTATE(3041701),
		{"field", "input"},
		{DOCDB_SQLSTATE(3041702), DOCDB_SQLSTATE(3041703)},
		true
	};
	ExprNamedArg named[2];
	BsonIter	iter;
	bool		is_form = argument->type == BSON_DOCUMENT;

	if (is_form)
	{
		pgbson_iter_init(&iter, argument);
		is_form = !pgbson_iter_next(&iter) || iter.key[0] != '$';
	}
	expr_set_nargs(expr, 2);
	if (is_form)
	{
		expr_parse_form(parser, expr, argument, &form, named);
		expr->args[ARG_FIELD] = expr_named_node(parser, &named[0]);
		expr->args[ARG_INPUT] = expr_named_node(parser, &named[1]);
	}
	else
	{
		BsonValue	current;

		expr->args[ARG_FIELD] = expr_parse(parser, argument);
		pgbson_make_string("$$CURRENT", strlen("$$CURRENT"), &current);
		expr->args[ARG_INPUT] = expr_parse(parser, &current);
	}
}

void
expr_get_field(ExprCall *call, BsonValue *result)
{
	BsonValue	name;
	BsonValue	input;

	expr_arg(call, ARG_FIELD, &name);
	require_name(&name);
	expr_arg(call, ARG_INPUT, &input);
	if (input.type == BSON_DOCUMENT)
		(void) pgbson_get(&input, name.v.data, name.len, result);
	else if (input.type == BSON_NULL || input.type == BSON_UNDEFINED)
		pgbson_make_simple(BSON_NULL, result);
	else
		pgbson_make_simple(BSON_MISSING, result);
}

/* ---- $setField and $unsetField ---- */

/* The operands are the object and, for $setField, the value; the name is kept as data. */
#define ARG_OBJECT 0
#define ARG_VALUE 1

/* Checks that the name is a constant string. */
static ExprName *
make_name(const ExprNode *expr, const ExprNode *field)
{
	ExprName   *name = palloc(sizeof(ExprName));
	BsonValue	value;

	if (field->kind == EXPR_PATH)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4161108)),
				 errmsg("%s: a field path reference is not allowed as 'field'. Did you mean "
						"{$literal: ...}?", expr->op->name)));
	if (!expr_is_literal(field, &value))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4161106)),
				 errmsg("%s requires 'field' to evaluate to a constant, but got a non-constant "
						"argument", expr->op->name)));
	if (value.type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4161107)),
				 errmsg("%s requires 'field' to evaluate to type String, but got %s",
						expr->op->name, pgbson_type_name(value.type))));
	if (memchr(value.v.data, '\0', value.len))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(9534700)),
				 errmsg("%s: 'field' cannot contain an embedded null byte", expr->op->name)));
	name->name = value.v.data;
	name->len = value.len;
	return name;
}

/* {$setField: {field: name, input: object, value: any}} */
void
expr_parse_set_field(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(4161100), DOCDB_SQLSTATE(4161101),
		{"field", "value", "input"},
		{DOCDB_SQLSTATE(4161102), DOCDB_SQLSTATE(4161103), DOCDB_SQLSTATE(4161109)},
		true
	};
	ExprNamedArg named[3];
	ExprNode   *field;

	expr_parse_form(parser, expr, argument, &form, named);
	expr_set_nargs(expr, 2);
	field = expr_named_node(parser, &named[0]);
	expr->args[ARG_OBJECT] = expr_named_node(parser, &named[2]);
	expr->args[ARG_VALUE] = expr_named_node(parser, &named[1]);
	expr->data = make_name(expr, field);
}

/* {$unsetField: {field: name, input: object}} */
void
expr_parse_unset_field(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(4161100), DOCDB_SQLSTATE(4161101),
		{"field", "input"},
		{DOCDB_SQLSTATE(4161102), DOCDB_SQLSTATE(4161109)},
		true
	};
	ExprNamedArg named[2];
	ExprNode   *field;

	expr_parse_form(parser, expr, argument, &form, named);
	expr_set_nargs(expr, 1);
	field = expr_named_node(parser, &named[0]);
	expr->args[ARG_OBJECT] = expr_named_node(parser, &named[1]);
	expr->data = make_name(expr, field);
}

/* A missing value takes the field away. */
void
expr_set_field(ExprCall *call, BsonValue *result)
{
	const ExprName *name = call->expr->data;
	BsonValue	object;
	BsonValue	value;
	BsonBuilder builder;
	BsonIter	iter;
	bool		found = false;

	expr_arg(call, ARG_OBJECT, &object);
	if (expr_is_nullish(&object))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (object.type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4161105)),
				 errmsg("%s requires 'input' to evaluate to type Object", expr_name(call))));
	if (call->nargs > ARG_VALUE)
		expr_arg(call, ARG_VALUE, &value);
	else
		pgbson_make_simple(BSON_MISSING, &value);

	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, &object);
	while (pgbson_iter_next(&iter))
	{
		if (!found && pgbson_iter_key_is(&iter, name->name, name->len))
		{
			found = true;
			pgbson_append(&builder, name->name, name->len, &value);
		}
		else
			pgbson_append_element(&builder, &iter);
	}
	if (!found)
		pgbson_append(&builder, name->name, name->len, &value);
	pgbson_finish(&builder, BSON_DOCUMENT, result);
}

/* ---- $bsonSize ---- */

/* {$bsonSize: object}: its size in bytes */
void
expr_bson_size(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	if (args[0].type != BSON_DOCUMENT)
		expr_type_error(call, DOCDB_SQLSTATE(31393), " requires a document input, found:",
						&args[0]);
	pgbson_make_int32((int32) args[0].len, result);
}
