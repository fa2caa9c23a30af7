/*
 * op_string.c
 *		String operators.
 */
#include "postgres.h"

#include "expr/expr_internal.h"

/* {$concat: [string, ...]} */
void
expr_concat(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	uint64		total = 0;
	char	   *data;
	char	   *p;

	for (int i = 0; i < call->nargs; i++)
	{
		if (args[i].type != BSON_STRING)
			expr_type_error(call, DOCDB_SQLSTATE(16702), " only supports strings, not", &args[i]);
		total += args[i].len;
	}
	p = data = palloc(expr_check_size(total) + 1);
	for (int i = 0; i < call->nargs; i++)
	{
		memcpy(p, args[i].v.data, args[i].len);
		p += args[i].len;
	}
	pgbson_make_string(data, total, result);
}
