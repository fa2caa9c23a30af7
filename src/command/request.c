/*
 * request.c
 *		The fields of command documents.
 */
#include "postgres.h"

#include <math.h>

#include "command/command_internal.h"
#include "pgbson/number.h"

void
command_type_error(const char *context, const char *name, const BsonValue *value,
				   const char *expected)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_TYPE_MISMATCH),
			 errmsg("BSON field '%s.%s' is the wrong type '%s', expected %s", context, name,
					pgbson_type_name(value->type), expected)));
}

/* Whether null is a value of that type of field, a wrong one maybe, and not an absent value. */
static bool
takes_null(CommandFieldType type)
{
	switch (type)
	{
		case COMMAND_ANY:
		case COMMAND_GIVEN_DOCUMENT:
		case COMMAND_FLAG:
		case COMMAND_ABSOLUTE:
		case COMMAND_HINT:
			return true;
		default:
			return false;
	}
}

/* A number as an integer; what is out of range is the nearest that is in it. */
static int64
clamp_number(const BsonValue *value)
{
	double		f;
	int64		n;

	if (pgbson_number_to_int64_exact(value, &n))
		return n;
	if (pgbson_number_is_nan(value))
		return 0;
	f = pgbson_number_to_double(value);
	if (f >= 9223372036854775807.0)
		return PG_INT64_MAX;
	if (f <= -9223372036854775808.0)
		return PG_INT64_MIN;
	return (int64) trunc(f);
}

static void
refuse_unsupported(const char *context, const char *name, const BsonValue *value)
{
	bool		matters;

	switch (value->type)
	{
		case BSON_DOCUMENT:
		case BSON_ARRAY:
			matters = value->len > BSON_MIN_DOCUMENT_SIZE;
			break;
		case BSON_STRING:
			matters = value->len > 0;
			break;
		default:
			matters = pgbson_is_truthy(value);
	}
	if (matters)
		ereport(ERROR,
				(errcode(DOCDB_ERR_COMMAND_NOT_SUPPORTED),
				 errmsg("BSON field '%s.%s' is not supported", context, name)));
}

/*
 * An integral number of whatever numeric type.  Raises FailedToParse (9) for others.
 */
static int64
exact_integer(const char *name, const BsonValue *value)
{
	const char *text;
	int64		n;

	if (pgbson_number_to_int64_exact(value, &n))
		return n;
	text = psprintf("%s: %s", name, pgbson_to_json(value, BSON_JSON_RELAXED));
	if (pgbson_number_is_nan(value) && value->type == BSON_DOUBLE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Expected an integer, but found NaN in: %s", text)));
	if (value->type == BSON_DOUBLE && fabs(value->v.f64) < 9223372036854775808.0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Expected an integer: %s", text)));
	ereport(ERROR,
			(errcode(DOCDB_ERR_FAILED_TO_PARSE),
			 errmsg("Cannot represent as a 64-bit integer: %s", text)));
	return 0;					/* not reached */
}

/* The limit of count, whose sign is of no consequence. */
static int64
absolute_number(const char *name, const BsonValue *value)
{
	int64		n;

	if (!pgbson_is_number(value))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("%s value is not a valid number", name)));
	n = exact_integer(name, value);
	if (n == PG_INT64_MIN)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("%s value for count cannot be min long", name)));
	return n < 0 ? -n : n;
}

int64
command_time_limit(const char *context, const BsonValue *value)
{
	int64		limit;

	if (value->type == BSON_NULL || value->type == BSON_UNDEFINED)
		return 0;
	if (!pgbson_is_number(value))
		command_type_error(context, "maxTimeMS", value, "types '[long, int, decimal, double]'");
	limit = exact_integer("maxTimeMS", value);
	if (limit < 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("BSON field 'maxTimeMS' value must be >= 0, actual value '" INT64_FORMAT
						"'", limit)));
	if (limit > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("BSON field 'maxTimeMS' value must be <= %d, actual value '" INT64_FORMAT
						"'", PG_INT32_MAX, limit)));
	return limit;
}

static void
check_hint(const BsonValue *value)
{
	if (value->type != BSON_STRING && value->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Hint must be a string or an object")));
}

static void
check_type(const CommandField *field, const char *context, const BsonValue *value, uint8 type)
{
	if (value->type != type)
		command_type_error(context, field->name, value,
						   psprintf("type '%s'", pgbson_type_name(type)));
}

/* A number, not negative where the field wants a count. */
static int64
number_of(const CommandField *field, const char *context, const BsonValue *value)
{
	int64		n;

	if (!pgbson_is_number(value))
		command_type_error(context, field->name, value, "types '[long, int, decimal, double]'");
	n = clamp_number(value);
	if (field->type == COMMAND_COUNT_TYPE && n < 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("BSON field '%s' value must be >= 0, actual value '" INT64_FORMAT "'",
						field->name, n)));
	return n;
}

/* The same for booleans, numbers among them where that is allowed. */
static bool
truth_of(const CommandField *field, const char *context, const BsonValue *value)
{
	if (field->type == COMMAND_BOOL)
	{
		if (value->type != BSON_BOOL && !pgbson_is_number(value))
			command_type_error(context, field->name, value,
							   "types '[bool, long, int, decimal, double]'");
		return pgbson_is_truthy(value);
	}
	if (field->type == COMMAND_FLAG && value->type != BSON_BOOL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("Field '%s' should be a boolean value, but found: %s", field->name,
						pgbson_type_name(value->type))));
	check_type(field, context, value, BSON_BOOL);
	return value->v.boolean;
}

/* Puts a checked value into the request; fields without a member are only checked. */
static void
store_value(const CommandField *field, void *request, const BsonValue *value)
{
	if (field->offset >= 0)
		*(BsonValue *) ((char *) request + field->offset) = *value;
}

static void
store_truth(const CommandField *field, void *request, bool truth)
{
	if (field->offset >= 0)
		*(bool *) ((char *) request + field->offset) = truth;
}

static void
store_number(const CommandField *field, void *request, int64 number)
{
	if (field->offset >= 0)
		*(int64 *) ((char *) request + field->offset) = number;
}

/* Checks a field's type and puts its value into the request. */
static void
store_field(const CommandField *field, const char *context, const BsonValue *value,
			void *request)
{
	switch (field->type)
	{
		case COMMAND_ANY:
			store_value(field, request, value);
			return;
		case COMMAND_DOCUMENT:
		case COMMAND_GIVEN_DOCUMENT:
			check_type(field, context, value, BSON_DOCUMENT);
			store_value(field, request, value);
			return;
		case COMMAND_ARRAY:
			check_type(field, context, value, BSON_ARRAY);
			store_value(field, request, value);
			return;
		case COMMAND_STRING:
			check_type(field, context, value, BSON_STRING);
			store_value(field, request, value);
			return;
		case COMMAND_BOOL:
		case COMMAND_STRICT_BOOL:
		case COMMAND_FLAG:
			store_truth(field, request, truth_of(field, context, value));
			return;
		case COMMAND_NUMBER:
			if (!pgbson_is_number(value))
				command_type_error(context, field->name, value,
								   "types '[long, int, decimal, double]'");
			store_value(field, request, value);
			return;
		case COMMAND_INT:
		case COMMAND_COUNT_TYPE:
			store_number(field, request, number_of(field, context, value));
			return;
		case COMMAND_ABSOLUTE:
			store_number(field, request, absolute_number(field->name, value));
			return;
		case COMMAND_IGNORED:
			return;
		case COMMAND_UNSUPPORTED:
			refuse_unsupported(context, field->name, value);
			return;
		case COMMAND_HINT:
			check_hint(value);
			store_value(field, request, value);
			return;
	}
}

static int
find_field(const CommandField *fields, int nfields, const char *name)
{
	for (int i = 0; i < nfields; i++)
		if (strcmp(fields[i].name, name) == 0)
			return i;
	return -1;
}

void
command_parse_fields(const BsonValue *document, const char *context, int skip, bool generic,
					 const CommandField *fields, int nfields, void *request)
{
	uint64		seen = 0;
	BsonIter	iter;

	Assert(nfields <= 64);
	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
	{
		int			i = find_field(fields, nfields, iter.key);
		BsonValue	value;

		if (skip-- > 0)
			continue;
		if (i < 0)
		{
			if (generic && command_is_generic_field(iter.key))
			{
				command_check_generic_field(&iter, context, document);
				continue;
			}
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40415)),
					 errmsg("BSON field '%s.%s' is an unknown field.", context, iter.key)));
		}
		if (seen & (UINT64CONST(1) << i))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40413)),
					 errmsg("BSON field '%s.%s' is a duplicate field", context, iter.key)));
		pgbson_iter_value(&iter, &value);
		if (!takes_null(fields[i].type) &&
			(value.type == BSON_NULL || value.type == BSON_UNDEFINED))
			continue;
		seen |= UINT64CONST(1) << i;
		store_field(&fields[i], context, &value, request);
	}
	for (int i = 0; i < nfields; i++)
		if (fields[i].required && !(seen & (UINT64CONST(1) << i)))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40414)),
					 errmsg("BSON field '%s.%s' is missing but a required field", context,
							fields[i].name)));
}

void
command_append_count(BsonBuilder *reply, const char *name, int64 count)
{
	if (count >= PG_INT32_MIN && count <= PG_INT32_MAX)
		pgbson_append_int32(reply, name, -1, (int32) count);
	else
		pgbson_append_int64(reply, name, -1, count);
}
