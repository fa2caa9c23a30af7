/*
 * op_type.c
 *		Operators that look at the type of a value.
 */
#include "postgres.h"

#include "expr/expr_internal.h"

/* {$type: any}: the type's name, "missing" for no value */
void
expr_type(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	const char *name = pgbson_type_name(args[0].type);

	pgbson_make_string(name, strlen(name), result);
}

/* {$isNumber: any} */
void
expr_is_number(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	pgbson_make_bool(pgbson_is_number(&args[0]), result);
}
