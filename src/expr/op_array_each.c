/*
 * op_array_each.c
 *		$map, $filter and $reduce, which evaluate an expression for each element of an array.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "expr/expr_internal.h"

/* Arrays of so many elements are gone through with a memory context of their own. */
#define MANY_ELEMENTS 16

/* What a value of $reduce may leave behind before it is copied and the rest released. */
#define REDUCE_GARBAGE (256 * 1024)

/* The operands, in this order. */
#define ARG_INPUT 0
#define ARG_EACH 1				/* the expression for each element */
#define ARG_LIMIT 2				/* of $filter, may be absent */
#define ARG_INITIAL 2			/* of $reduce */

typedef struct EachData
{
	int			element_slot;
	int			value_slot;		/* $$value of $reduce */
} EachData;

/* ---- Parsing ---- */

/*
 * Parses the expression for each element, for which the name in `as` (by default "this") stands
 * for the element.
 */
static void
parse_each(ExprParser *parser, ExprNode *expr, const ExprNamedArg *as, const BsonValue *each)
{
	EachData   *data = palloc0(sizeof(EachData));

	if (!as->present)
		data->element_slot = expr_define(parser, "this", strlen("this"));
	else if (as->value.type == BSON_STRING)
		data->element_slot = expr_define(parser, as->value.v.data, as->value.len);
	else
		data->element_slot = expr_define(parser, "", 0);
	expr->args[ARG_EACH] = expr_parse(parser, each);
	expr_undefine(parser, 1);
	expr->data = data;
}

/* {$map: {input: array, as: name, in: expression}} */
void
expr_parse_map(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(16878), DOCDB_SQLSTATE(16879),
		{"input", "as", "in"},
		{DOCDB_SQLSTATE(16880), 0, DOCDB_SQLSTATE(16882)}
	};
	ExprNamedArg named[3];

	expr_parse_form(parser, expr, argument, &form, named);
	expr_set_nargs(expr, 2);
	expr->args[ARG_INPUT] = expr_named_node(parser, &named[0]);
	parse_each(parser, expr, &named[1], &named[2].value);
}

/* {$filter: {input: array, as: name, cond: expression, limit: number}} */
void
expr_parse_filter(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(28646), DOCDB_SQLSTATE(28647),
		{"input", "as", "cond", "limit"},
		{DOCDB_SQLSTATE(28648), 0, DOCDB_SQLSTATE(28650), 0}
	};
	ExprNamedArg named[4];

	expr_parse_form(parser, expr, argument, &form, named);
	expr_set_nargs(expr, named[3].present ? 3 : 2);
	expr->args[ARG_INPUT] = expr_named_node(parser, &named[0]);
	parse_each(parser, expr, &named[1], &named[2].value);
	if (named[3].present)
		expr->args[ARG_LIMIT] = expr_named_node(parser, &named[3]);
}

/* {$reduce: {input: array, initialValue: expression, in: expression}} */
void
expr_parse_reduce(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(40075), DOCDB_SQLSTATE(40076),
		{"input", "initialValue", "in"},
		{DOCDB_SQLSTATE(40077), DOCDB_SQLSTATE(40078), DOCDB_SQLSTATE(40079)},
		true, 1 << 2
	};
	ExprNamedArg named[3];
	EachData   *data = palloc0(sizeof(EachData));

	expr_parse_form(parser, expr, argument, &form, named);
	expr_set_nargs(expr, 3);
	expr->data = data;
	expr->args[ARG_INPUT] = expr_named_node(parser, &named[0]);
	expr->args[ARG_INITIAL] = expr_named_node(parser, &named[1]);
	data->element_slot = expr_define(parser, "this", strlen("this"));
	data->value_slot = expr_define(parser, "value", strlen("value"));
	expr->args[ARG_EACH] = expr_named_node(parser, &named[2]);
	expr_undefine(parser, 2);
}

/* ---- Evaluation ---- */

/* The array to go through; false when it is null. */
static bool
get_input(ExprCall *call, int sqlstate, BsonValue *input)
{
	expr_arg(call, ARG_INPUT, input);
	if (expr_is_nullish(input))
		return false;
	if (input->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg("input to %s must be an array not %s", expr_name(call),
						pgbson_type_name(input->type))));
	return true;
}

/* A memory context that is reset for each element, or NULL for a few elements. */
static MemoryContext
create_scratch(const BsonValue *input)
{
	if (pgbson_count(input) < MANY_ELEMENTS)
		return NULL;
	return AllocSetContextCreate(CurrentMemoryContext, "elements of an array",
								 ALLOCSET_DEFAULT_SIZES);
}

void
expr_map(ExprCall *call, BsonValue *result)
{
	const EachData *data = call->expr->data;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch;
	BsonBuilder builder;
	BsonValue	input;
	BsonIter	iter;

	if (!get_input(call, DOCDB_SQLSTATE(16883), &input))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	scratch = create_scratch(&input);
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, &input);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		CHECK_FOR_INTERRUPTS();
		pgbson_iter_value(&iter, &call->context->vars[data->element_slot]);
		if (scratch)
		{
			MemoryContextReset(scratch);
			MemoryContextSwitchTo(scratch);
		}
		expr_arg(call, ARG_EACH, &value);
		MemoryContextSwitchTo(caller);
		if (value.type == BSON_MISSING)
			value.type = BSON_NULL;
		pgbson_push(&builder, &value);
	}
	if (scratch)
		MemoryContextDelete(scratch);
	pgbson_finish(&builder, BSON_ARRAY, result);
}

/* The most elements that $filter shall keep. */
static uint32
get_limit(ExprCall *call)
{
	BsonValue	value;
	int32		limit;

	if (call->nargs <= ARG_LIMIT)
		return PG_UINT32_MAX;
	expr_arg(call, ARG_LIMIT, &value);
	if (expr_is_nullish(&value))
		return PG_UINT32_MAX;
	if (!expr_to_int32(&value, &limit))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(327391)),
				 errmsg("$filter: limit must be represented as a 32-bit integral value: %s",
						pgbson_to_json(&value, BSON_JSON_RELAXED))));
	if (limit <= 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(327392)),
				 errmsg("$filter: limit must be greater than 0: %d", limit)));
	return limit;
}

void
expr_filter(ExprCall *call, BsonValue *result)
{
	const EachData *data = call->expr->data;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch;
	BsonBuilder builder;
	BsonValue	input;
	BsonIter	iter;
	uint32		limit;

	if (!get_input(call, DOCDB_SQLSTATE(28651), &input))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (pgbson_count(&input) == 0)
	{
		*result = input;
		return;
	}
	limit = get_limit(call);
	scratch = create_scratch(&input);
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, &input);
	while (limit > 0 && pgbson_iter_next(&iter))
	{
		BsonValue	element;
		BsonValue	condition;

		CHECK_FOR_INTERRUPTS();
		pgbson_iter_value(&iter, &element);
		call->context->vars[data->element_slot] = element;
		if (scratch)
		{
			MemoryContextReset(scratch);
			MemoryContextSwitchTo(scratch);
		}
		expr_arg(call, ARG_EACH, &condition);
		MemoryContextSwitchTo(caller);
		if (!pgbson_is_truthy(&condition))
			continue;
		pgbson_push(&builder, &element);
		limit--;
	}
	if (scratch)
		MemoryContextDelete(scratch);
	pgbson_finish(&builder, BSON_ARRAY, result);
}

/*
 * The value may be made anew for each element, or be a view of the one before.  So two memory
 * contexts take turns: once the one in use has grown, the value is copied to the other, and all
 * that led to it is released.
 */
static void
reduce_elements(ExprCall *call, const BsonValue *input, BsonValue *value)
{
	const EachData *data = call->expr->data;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext used = AllocSetContextCreate(caller, "$reduce", ALLOCSET_DEFAULT_SIZES);
	MemoryContext other = AllocSetContextCreate(caller, "$reduce", ALLOCSET_DEFAULT_SIZES);
	BsonValue	copy;
	BsonIter	iter;

	pgbson_iter_init(&iter, input);
	while (pgbson_iter_next(&iter))
	{
		Size		garbage;

		CHECK_FOR_INTERRUPTS();
		pgbson_iter_value(&iter, &call->context->vars[data->element_slot]);
		call->context->vars[data->value_slot] = *value;
		MemoryContextSwitchTo(used);
		expr_arg(call, ARG_EACH, value);
		if (pgbson_is_deeper(value, BSON_MAX_DEPTH))
			ereport(ERROR,
					(errcode(DOCDB_ERR_OVERFLOW),
					 errmsg("$reduce accumulated value exceeded max allowable BSON depth")));

		garbage = MemoryContextMemAllocated(used, true);
		if (garbage > REDUCE_GARBAGE && garbage > 4 * (Size) value->len)
		{
			MemoryContext full = used;

			MemoryContextSwitchTo(other);
			pgbson_value_copy(value, &copy);
			*value = copy;
			used = other;
			other = full;
			MemoryContextReset(full);
		}
	}
	MemoryContextSwitchTo(caller);
	pgbson_value_copy(value, &copy);
	*value = copy;
	MemoryContextDelete(used);
	MemoryContextDelete(other);
}

void
expr_reduce(ExprCall *call, BsonValue *result)
{
	BsonValue	input;

	expr_arg(call, ARG_INPUT, &input);
	if (expr_is_nullish(&input))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (input.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40080)),
				 errmsg("$reduce requires that 'input' be an array, found: %s",
						pgbson_to_json(&input, BSON_JSON_RELAXED))));
	expr_arg(call, ARG_INITIAL, result);
	if (pgbson_count(&input) > 0)
		reduce_elements(call, &input, result);
}
