/*
 * op_convert.c
 *		$convert and its short forms.
 */
#include "postgres.h"

#include "expr/convert.h"
#include "expr/operands.h"

enum
{
	CONVERT_INPUT, CONVERT_TO, CONVERT_FORMAT, CONVERT_ON_ERROR, CONVERT_ON_NULL,
	CONVERT_BYTE_ORDER
};

/* ---- $convert ---- */

/*
 * {$convert: {input: expression, to: type, format: string, byteOrder: string, onError: expression,
 * onNull: expression}}, where the type is a name, a number, or {type: type, subtype: number}
 */
void
expr_parse_convert(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[] = {
		{"input"}, {"to"}, {"format"}, {"onError"}, {"onNull"}, {"byteOrder"}
	};
	ExprNamedIndex *index = palloc(sizeof(ExprNamedIndex));
	const char *unknown;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("$convert expects an object of named arguments but found: %s",
						pgbson_type_name(argument->type))));
	unknown = expr_named_args(parser, argument, named, lengthof(named));
	if (unknown)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("$convert found an unknown argument: %s", unknown)));
	for (int i = CONVERT_INPUT; i <= CONVERT_TO; i++)
	{
		if (!named[i].present)
			ereport(ERROR,
					(errcode(DOCDB_ERR_FAILED_TO_PARSE),
					 errmsg("Missing '%s' parameter to $convert", named[i].name)));
	}
	expr_parse_named(parser, expr, named, lengthof(named), index);
	expr->data = index;
}

static uint8
type_from_name(const BsonValue *name)
{
	static const uint8 other_types[] = {BSON_MINKEY, BSON_MAXKEY};

	for (int i = 0; i < BSON_DECIMAL128 + 1 + lengthof(other_types); i++)
	{
		uint8		type = i <= BSON_DECIMAL128 ? i : other_types[i - BSON_DECIMAL128 - 1];
		const char *known = pgbson_type_name(type);

		if (name->len == strlen(known) && memcmp(name->v.data, known, name->len) == 0)
			return type;
	}
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("Unknown type name alias: %.*s", (int) name->len, name->v.data)));
	return 0;					/* not reached */
}

static uint8
type_from_number(const BsonValue *number)
{
	int64		type;

	if (!pgbson_number_to_int64_exact(number, &type) || type < PG_INT32_MIN ||
		type > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("In $convert, numeric 'to' argument is not an integer")));
	if (type == -1)
		return BSON_MINKEY;
	if (type != BSON_MAXKEY && (type < 0 || type > BSON_DECIMAL128))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("In $convert, numeric value for 'to' does not correspond to a BSON type: "
						"%d", (int) type)));
	return (uint8) type;
}

/* Fills the target of a conversion; false where it is null. */
static bool
get_target(const BsonValue *value, Conversion *conversion)
{
	BsonValue	type = *value;

	pgbson_make_int32(0, &conversion->subtype);
	if (expr_is_nullish(value))
		return false;
	if (value->type == BSON_DOCUMENT)
	{
		BsonValue	subtype;

		(void) pgbson_get(value, "type", strlen("type"), &type);
		if (pgbson_get(value, "subtype", strlen("subtype"), &subtype))
			conversion->subtype = subtype;
	}
	if (type.type == BSON_STRING)
		conversion->to = type_from_name(&type);
	else if (pgbson_is_number(&type))
		conversion->to = type_from_number(&type);
	else
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("$convert's 'to' argument must be a string or number, but is %s",
						pgbson_type_name(type.type))));
	return true;
}

static ConvertFormat
get_format(const BsonValue *value)
{
	/* In the order of ConvertFormat. */
	static const char *const names[] = {"auto", "base64", "base64url", "hex", "utf8", "uuid"};

	if (expr_is_nullish(value))
		return CONVERT_FORMAT_NONE;
	if (value->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4341114)),
				 errmsg("$convert requires that 'format' be a string, found: %s with value %s",
						pgbson_type_name(value->type),
						pgbson_to_json(value, BSON_JSON_RELAXED))));
	for (int i = 0; i < lengthof(names); i++)
	{
		if (value->len == strlen(names[i]) && memcmp(value->v.data, names[i], value->len) == 0)
			return CONVERT_FORMAT_AUTO + i;
	}
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(4341125)),
			 errmsg("Invalid 'format' argument for $convert: %.*s", (int) value->len,
					value->v.data)));
	return CONVERT_FORMAT_NONE; /* not reached */
}

static bool
is_big_endian(const BsonValue *value)
{
	if (expr_is_nullish(value))
		return false;
	if (value->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(9130001)),
				 errmsg("$convert requires that 'byteOrder' be a string, found: %s with value %s",
						pgbson_type_name(value->type),
						pgbson_to_json(value, BSON_JSON_RELAXED))));
	if (value->len == 3 && memcmp(value->v.data, "big", 3) == 0)
		return true;
	if (value->len != 6 || memcmp(value->v.data, "little", 6) != 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(9130002)),
				 errmsg("Invalid 'byteOrder' argument for $convert: %.*s", (int) value->len,
						value->v.data)));
	return false;
}

static void
raise_failure(const Conversion *conversion)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_CONVERSION_FAILURE),
			 errmsg("%s", conversion->problem)));
}

void
expr_convert(ExprCall *call, BsonValue *result)
{
	const ExprNamedIndex *index = call->expr->data;
	Conversion	conversion = {0};
	BsonValue	to;
	BsonValue	input;
	BsonValue	format;
	BsonValue	byte_order;
	bool		has_target;

	pgbson_make_simple(BSON_MISSING, &format);
	pgbson_make_simple(BSON_MISSING, &byte_order);
	(void) expr_named_value(call, index, CONVERT_TO, &to);
	(void) expr_named_value(call, index, CONVERT_INPUT, &input);
	(void) expr_named_value(call, index, CONVERT_FORMAT, &format);
	(void) expr_named_value(call, index, CONVERT_BYTE_ORDER, &byte_order);
	has_target = get_target(&to, &conversion);
	if (expr_is_nullish(&input))
	{
		if (!expr_named_value(call, index, CONVERT_ON_NULL, result))
			pgbson_make_simple(BSON_NULL, result);
		return;
	}
	if (!has_target)
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	conversion.format = get_format(&format);
	conversion.big_endian = is_big_endian(&byte_order);
	conversion.quiet = expr_has_named(index, CONVERT_ON_ERROR);
	if (expr_convert_value(&conversion, &input, result))
		return;
	if (!expr_named_value(call, index, CONVERT_ON_ERROR, result))
		raise_failure(&conversion);
}

/* ---- Short forms ---- */

/* {$toInt: expression} and the like */
void
expr_parse_conversion(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	expr_parse_args(parser, expr, argument);
	if (expr->nargs != 1)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(50723)),
				 errmsg("%s requires a single argument, got %d", expr->op->name, expr->nargs)));
}

/* Converts the operand; null stays null. */
static void
convert_to(ExprCall *call, BsonType type, ConvertFormat format, int32 subtype, BsonValue *result)
{
	Conversion	conversion = {0};
	BsonValue	input;

	expr_arg(call, 0, &input);
	if (expr_is_nullish(&input))
	{
		pgbson_make_simple(BSON_NULL, result);
		return;
	}
	conversion.to = type;
	conversion.format = format;
	pgbson_make_int32(subtype, &conversion.subtype);
	if (!expr_convert_value(&conversion, &input, result))
		raise_failure(&conversion);
}

void
expr_to_bool(ExprCall *call, BsonValue *result)
{
	convert_to(call, BSON_BOOL, CONVERT_FORMAT_NONE, 0, result);
}

void
expr_to_date(ExprCall *call, BsonValue *result)
{
	convert_to(call, BSON_DATE, CONVERT_FORMAT_NONE, 0, result);
}

void
expr_to_decimal(ExprCall *call, BsonValue *result)
{
	convert_to(call, BSON_DECIMAL128, CONVERT_FORMAT_NONE, 0, result);
}

void
expr_to_double(ExprCall *call, BsonValue *result)
{
	convert_to(call, BSON_DOUBLE, CONVERT_FORMAT_NONE, 0, result);
}

void
expr_to_int(ExprCall *call, BsonValue *result)
{
	convert_to(call, BSON_INT32, CONVERT_FORMAT_NONE, 0, result);
}

void
expr_to_long(ExprCall *call, BsonValue *result)
{
	convert_to(call, BSON_INT64, CONVERT_FORMAT_NONE, 0, result);
}

void
expr_to_objectid(ExprCall *call, BsonValue *result)
{
	convert_to(call, BSON_OBJECTID, CONVERT_FORMAT_NONE, 0, result);
}

void
expr_to_string(ExprCall *call, BsonValue *result)
{
	convert_to(call, BSON_STRING, CONVERT_FORMAT_AUTO, 0, result);
}

/* To binary data of the UUID subtype. */
void
expr_to_uuid(ExprCall *call, BsonValue *result)
{
	convert_to(call, BSON_BINARY, CONVERT_FORMAT_UUID, 4, result);
}
