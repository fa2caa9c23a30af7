/*
 * op_trigonometry.c
 *		Trigonometric and hyperbolic operators, and $sigmoid.
 */
#include "postgres.h"

#include <math.h>

#include "expr/expr_internal.h"
#include "pgbson/decimal_math.h"

/* Applies the function for the type of the number; integers are taken as doubles. */
static void
apply(const BsonValue *number, double (*for_double) (double),
	  BsonDecimal (*for_decimal) (BsonDecimal), BsonValue *result)
{
	if (number->type == BSON_DECIMAL128)
		expr_make_decimal(for_decimal(number->v.dec), result);
	else
		pgbson_make_double(for_double(pgbson_number_to_double(number)), result);
}

static void
out_of_bounds(ExprCall *call, const BsonValue *number, const char *bounds)
{
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(50989)),
			 errmsg("cannot apply %s to %s, value must in %s", expr_name(call),
					pgbson_to_json(number, BSON_JSON_RELAXED), bounds)));
}

/* The same for functions that are defined for finite numbers; NaN stays what it is. */
static void
apply_to_finite(ExprCall *call, const BsonValue *number, double (*for_double) (double),
				BsonDecimal (*for_decimal) (BsonDecimal), BsonValue *result)
{
	bool		infinite = number->type == BSON_DECIMAL128 ?
	pgbson_decimal_is_infinite(number->v.dec) : isinf(pgbson_number_to_double(number));

	if (infinite)
		out_of_bounds(call, number, "(-inf,inf)");
	if (pgbson_number_is_nan(number))
		*result = *number;
	else
		apply(number, for_double, for_decimal, result);
}

/* The same for functions that are defined between two numbers; these are part of it. */
static void
apply_between(ExprCall *call, const BsonValue *number, double low, double high,
			  double (*for_double) (double), BsonDecimal (*for_decimal) (BsonDecimal),
			  BsonValue *result)
{
	BsonValue	bound;

	if (pgbson_number_is_nan(number))
	{
		*result = *number;
		return;
	}
	pgbson_make_double(low, &bound);
	if (pgbson_number_compare(number, &bound) < 0)
		out_of_bounds(call, number, psprintf("[%g,%g]", low, high));
	pgbson_make_double(high, &bound);
	if (pgbson_number_compare(number, &bound) > 0)
		out_of_bounds(call, number, psprintf("[%g,%g]", low, high));
	apply(number, for_double, for_decimal, result);
}

/* {$sin: number} */
void
expr_sin(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply_to_finite(call, &args[0], sin, pgbson_decimal_sin, result);
}

/* {$cos: number} */
void
expr_cos(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply_to_finite(call, &args[0], cos, pgbson_decimal_cos, result);
}

/* {$tan: number} */
void
expr_tan(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply_to_finite(call, &args[0], tan, pgbson_decimal_tan, result);
}

/* {$asin: number} */
void
expr_asin(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply_between(call, &args[0], -1, 1, asin, pgbson_decimal_asin, result);
}

/* {$acos: number} */
void
expr_acos(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply_between(call, &args[0], -1, 1, acos, pgbson_decimal_acos, result);
}

/* {$atan: number} */
void
expr_atan(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply(&args[0], atan, pgbson_decimal_atan, result);
}

/* {$atan2: [y, x]} */
void
expr_atan2(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	for (int i = 0; i < call->nargs; i++)
	{
		if (!pgbson_is_number(&args[i]))
			expr_type_error(call, i == 0 ? DOCDB_SQLSTATE(51044) : DOCDB_SQLSTATE(51045),
							" only supports numeric types, not", &args[i]);
	}
	if (call->nargs < 2)
		return;
	if (args[0].type == BSON_DECIMAL128 || args[1].type == BSON_DECIMAL128)
		expr_make_decimal(pgbson_decimal_atan2(pgbson_number_to_decimal(&args[0]),
											   pgbson_number_to_decimal(&args[1])), result);
	else
		pgbson_make_double(atan2(pgbson_number_to_double(&args[0]),
								 pgbson_number_to_double(&args[1])), result);
}

/* {$sinh: number} */
void
expr_sinh(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply(&args[0], sinh, pgbson_decimal_sinh, result);
}

/* {$cosh: number} */
void
expr_cosh(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply(&args[0], cosh, pgbson_decimal_cosh, result);
}

/* {$tanh: number} */
void
expr_tanh(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply(&args[0], tanh, pgbson_decimal_tanh, result);
}

/* {$asinh: number} */
void
expr_asinh(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply(&args[0], asinh, pgbson_decimal_asinh, result);
}

/* {$acosh: number} */
void
expr_acosh(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply_between(call, &args[0], 1, HUGE_VAL, acosh, pgbson_decimal_acosh, result);
}

/* {$atanh: number} */
void
expr_atanh(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	apply_between(call, &args[0], -1, 1, atanh, pgbson_decimal_atanh, result);
}

/* ---- Degrees and radians ---- */

/* Multiplies by a factor, which is given as a double and with all digits of a decimal. */
static void
scale(const BsonValue *number, double factor, const char *digits, BsonValue *result)
{
	BsonValue	decimal;

	if (number->type != BSON_DECIMAL128)
	{
		pgbson_make_double(pgbson_number_to_double(number) * factor, result);
		return;
	}
	pgbson_make_simple(BSON_DECIMAL128, &decimal);
	(void) pgbson_decimal_from_string(digits, strlen(digits), &decimal.v.dec);
	(void) pgbson_number_multiply(number, &decimal, result);
}

/* {$degreesToRadians: number} */
void
expr_degrees_to_radians(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	scale(&args[0], M_PI / 180.0, "0.01745329251994329576923690768488613", result);
}

/* {$radiansToDegrees: number} */
void
expr_radians_to_degrees(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	scale(&args[0], 180.0 / M_PI, "57.29577951308232087679815481410517", result);
}

/* ---- $sigmoid ---- */

/* {$sigmoid: number}: 1 / (1 + e^-x); no list of operands */
void
expr_parse_sigmoid(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	if (argument->type == BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("$sigmoid only supports numeric types, not array")));
	expr_set_nargs(expr, 1);
	expr->args[0] = expr_parse(parser, argument);
}

void
expr_sigmoid(ExprCall *call, BsonValue *result)
{
	BsonValue	number;
	BsonValue	one;

	expr_arg(call, 0, &number);
	if (expr_is_nullish(&number))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (!pgbson_is_number(&number))
		expr_type_error(call, DOCDB_ERR_TYPE_MISMATCH, " only supports numeric types, not",
						&number);
	if (number.type != BSON_DECIMAL128)
	{
		pgbson_make_double(1 / (1 + exp(-pgbson_number_to_double(&number))), result);
		return;
	}
	pgbson_make_int32(-1, &one);
	(void) pgbson_number_multiply(&number, &one, &number);
	number.v.dec = pgbson_decimal_exp(number.v.dec);
	pgbson_make_int32(1, &one);
	(void) pgbson_number_add(&one, &number, &number);
	pgbson_number_divide(&one, &number, result);
}
