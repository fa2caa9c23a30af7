/*
 * variables.c
 *		Variables whose values are given as a document.
 */
#include "postgres.h"

#include "expr/expr.h"

static inline bool
is_collation(const BsonIter *iter)
{
	return pgbson_iter_key_is(iter, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN);
}

ExprScope *
expr_scope_from_variables(const BsonValue *variables)
{
	ExprScope  *scope = expr_scope_create();
	BsonIter	iter;

	if (variables == NULL)
		return scope;
	pgbson_iter_init(&iter, variables);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	spec;

		if (is_collation(&iter))
		{
			pgbson_iter_value(&iter, &spec);
			expr_scope_set_collation(scope, pgbson_collation_open(&spec));
		}
		else
			(void) expr_scope_define(scope, iter.key, iter.keylen);
	}
	return scope;
}

/* The variables were the first to be defined, so their slots count from 0. */
void
expr_context_set_variables(ExprEvalContext *context, const BsonValue *variables)
{
	BsonIter	iter;
	int			slot = 0;

	if (variables == NULL)
		return;
	pgbson_iter_init(&iter, variables);
	while (pgbson_iter_next(&iter))
	{
		BsonValue  *value;

		if (is_collation(&iter))
			continue;
		value = &context->vars[slot++];
		pgbson_iter_value(&iter, value);
		if (value->type == BSON_UNDEFINED)
			pgbson_make_simple(BSON_MISSING, value);
	}
}

bool
expr_same_variables(const BsonValue *a, const BsonValue *b)
{
	BsonIter	iter_a;
	BsonIter	iter_b;

	if (a == NULL || b == NULL)
		return a == b;
	pgbson_iter_init(&iter_a, a);
	pgbson_iter_init(&iter_b, b);
	while (pgbson_iter_next(&iter_a))
	{
		if (!pgbson_iter_next(&iter_b) ||
			!pgbson_iter_key_is(&iter_a, iter_b.key, iter_b.keylen))
			return false;
		if (is_collation(&iter_a) &&
			(iter_a.type != iter_b.type || iter_a.paylen != iter_b.paylen ||
			 memcmp(iter_a.payload, iter_b.payload, iter_a.paylen) != 0))
			return false;
	}
	return iter_b.next >= iter_b.end;
}
