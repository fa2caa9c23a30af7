/*
 * eval.c
 *		Evaluation of compiled expressions.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "expr/expr_internal.h"

#define UNIX_EPOCH_IN_POSTGRES_USECS \
	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)

ExprEvalContext *
expr_context_create(const ExprScope *scope)
{
	int			slots = expr_scope_slots(scope);
	ExprEvalContext *context = palloc0(sizeof(ExprEvalContext));

	context->vars = palloc0(Max(slots, 1) * sizeof(BsonValue));
	context->collation = expr_scope_collation(scope);
	expr_context_set_now(context);
	return context;
}

void
expr_context_set_now(ExprEvalContext *context)
{
	int64		usecs = GetCurrentStatementStartTimestamp() + UNIX_EPOCH_IN_POSTGRES_USECS;
	int64		milliseconds = usecs / 1000;

	if (usecs % 1000 < 0)
		milliseconds--;
	pgbson_make_date(milliseconds, &context->now);
}

void
expr_eval(const ExprNode *expr, ExprEvalContext *context, BsonValue *result)
{
	expr->eval(expr, context, result);
}

void
expr_type_error(ExprCall *call, int sqlstate, const char *what, const BsonValue *value)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("%s%s %s", expr_name(call), what, pgbson_type_name(value->type))));
}

bool
expr_to_int32(const BsonValue *number, int32 *i)
{
	int64		value;

	if (!pgbson_number_to_int64_exact(number, &value) ||
		value < PG_INT32_MIN || value > PG_INT32_MAX)
		return false;
	*i = (int32) value;
	return true;
}

uint32
expr_check_size(uint64 size)
{
	if (size > BSON_MAX_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BSON_OBJECT_TOO_LARGE),
				 errmsg("value of " UINT64_FORMAT " bytes exceeds the limit of %d",
						size, BSON_MAX_DOCUMENT_SIZE)));
	return (uint32) size;
}

BsonValue *
expr_array_elements(const BsonValue *array, uint32 *count)
{
	uint32		n = pgbson_count(array);
	BsonValue  *elements = MemoryContextAllocHuge(CurrentMemoryContext,
												  Max(n, 1) * sizeof(BsonValue));
	BsonIter	iter;
	uint32		i = 0;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
		pgbson_iter_value(&iter, &elements[i++]);
	*count = n;
	return elements;
}

void
expr_make_array(const BsonValue *values, uint32 count, BsonValue *result)
{
	BsonBuilder builder;
	BsonValue	null;

	pgbson_make_simple(BSON_NULL, &null);
	pgbson_builder_init(&builder);
	for (uint32 i = 0; i < count; i++)
		pgbson_push(&builder, values[i].type == BSON_MISSING ? &null : &values[i]);
	pgbson_finish(&builder, BSON_ARRAY, result);
}

/* ---- Paths ---- */

static void push_path(BsonBuilder *builder, const BsonValue *document, const BsonPath *path,
					  int part);

/* The elements that a path leads to from each document in an array. */
static void
push_elements(BsonBuilder *builder, const BsonValue *array, const BsonPath *path, int part)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		if (iter.type != BSON_DOCUMENT)
			continue;
		pgbson_iter_value(&iter, &element);
		push_path(builder, &element, path, part);
	}
}

/* Pushes what the rest of a path leads to, if anything, as one element. */
static void
push_path(BsonBuilder *builder, const BsonValue *document, const BsonPath *path, int part)
{
	BsonValue	value = *document;

	for (; part < path->nparts; part++)
	{
		BsonValue	child;

		if (value.type == BSON_ARRAY)
		{
			pgbson_push_begin(builder, BSON_ARRAY);
			push_elements(builder, &value, path, part);
			pgbson_end(builder);
			return;
		}
		if (value.type != BSON_DOCUMENT ||
			!pgbson_get(&value, path->part[part].name, path->part[part].len, &child))
			return;
		value = child;
	}
	pgbson_push(builder, &value);
}

void
expr_path_eval(const BsonValue *document, const BsonPath *path, BsonValue *result)
{
	BsonValue	value = *document;

	for (int part = 0; part < path->nparts; part++)
	{
		BsonValue	child;

		if (value.type == BSON_ARRAY)
		{
			BsonBuilder builder;

			pgbson_builder_init(&builder);
			push_elements(&builder, &value, path, part);
			pgbson_finish(&builder, BSON_ARRAY, result);
			return;
		}
		if (value.type != BSON_DOCUMENT ||
			!pgbson_get(&value, path->part[part].name, path->part[part].len, &child))
		{
			pgbson_make_simple(BSON_MISSING, result);
			return;
		}
		value = child;
	}
	*result = value;
}

/* ---- Kinds of nodes ---- */

void
expr_eval_constant(const ExprNode *expr, ExprEvalContext *context, BsonValue *result)
{
	*result = expr->constant;
}

void
expr_eval_path(const ExprNode *expr, ExprEvalContext *context, BsonValue *result)
{
	const BsonValue *variable;
	BsonValue	missing;
	BsonValue	no_roles;

	switch (expr->slot)
	{
		case EXPR_SLOT_CURRENT:
			variable = &context->current;
			break;
		case EXPR_SLOT_ROOT:
			variable = &context->root;
			break;
		case EXPR_SLOT_NOW:
			variable = &context->now;
			break;
		case EXPR_SLOT_REMOVE:
			pgbson_make_simple(BSON_MISSING, &missing);
			variable = &missing;
			break;
		case EXPR_SLOT_USER_ROLES:
			expr_make_array(NULL, 0, &no_roles);
			variable = &no_roles;
			break;
		case EXPR_SLOT_UNAVAILABLE:
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(51144)),
					 errmsg("Builtin variable '$$%s' is not available", expr->variable)));
			break;
		default:
			variable = &context->vars[expr->slot];
			break;
	}
	if (expr->path)
		expr_path_eval(variable, expr->path, result);
	else
		*result = *variable;
}

void
expr_eval_document(const ExprNode *expr, ExprEvalContext *context, BsonValue *result)
{
	BsonBuilder builder;

	check_stack_depth();
	pgbson_builder_init(&builder);
	for (int i = 0; i < expr->nargs; i++)
	{
		const ExprNode *arg = expr->args[i];
		BsonValue	value;

		arg->eval(arg, context, &value);
		pgbson_append(&builder, expr->names[i].name, expr->names[i].len, &value);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, result);
}

void
expr_eval_array(const ExprNode *expr, ExprEvalContext *context, BsonValue *result)
{
	BsonBuilder builder;

	check_stack_depth();
	pgbson_builder_init(&builder);
	for (int i = 0; i < expr->nargs; i++)
	{
		const ExprNode *arg = expr->args[i];
		BsonValue	value;

		arg->eval(arg, context, &value);
		if (value.type == BSON_MISSING)
			value.type = BSON_NULL;
		pgbson_push(&builder, &value);
	}
	pgbson_finish(&builder, BSON_ARRAY, result);
}

/* Refuses operands that are not numbers. */
static void
check_numeric(ExprCall *call, const BsonValue *values)
{
	for (int i = 0; i < call->nargs; i++)
	{
		if (!pgbson_is_number(&values[i]))
			expr_type_error(call, DOCDB_SQLSTATE(28765), " only supports numeric types, not",
							&values[i]);
	}
}

void
expr_eval_operator(const ExprNode *expr, ExprEvalContext *context, BsonValue *result)
{
	const ExprOp *op = expr->op;
	ExprCall	call = {expr, expr->nargs, context};
	bool		null = false;

	check_stack_depth();
	for (int i = 0; i < expr->nargs; i++)
	{
		const ExprNode *arg = expr->args[i];
		BsonValue  *value = &expr->values[i];

		arg->eval(arg, context, value);
		if (op->flags & (EXPR_NULL_PROPAGATES | EXPR_NULL_ENDS) && expr_is_nullish(value))
		{
			null = true;
			if (op->flags & EXPR_NULL_ENDS)
			{
				call.nargs = i;
				break;
			}
		}
	}
	if (null && op->flags & EXPR_NULL_PROPAGATES)
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (op->flags & EXPR_NUMERIC)
		check_numeric(&call, expr->values);
	op->function(&call, expr->values, result);
	if (null)
		pgbson_make_simple(BSON_NULL, result);
}

void
expr_eval_lazy(const ExprNode *expr, ExprEvalContext *context, BsonValue *result)
{
	ExprCall	call = {expr, expr->nargs, context};

	check_stack_depth();
	expr->op->lazy(&call, result);
}
