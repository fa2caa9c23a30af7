/*
 * request.c
 *		The fields of command documents.
 */
#include "postgres.h"

#include <math.h>

#include "command/command_internal.h"
#include "pgbson/number.h"

/*
 * Fields that any command may have; drivers add them.  readConcern and writeConcern are
 * PostgreSQL's transaction isolation and synchronous_commit here.
 */
static const char *const generic_fields[] = {
	"$audit",
	"$client",
	"$clusterTime",
	"$configServerState",
	"$configTime",
	"$db",
	"$queryOptions",
	"$readPreference",
	"$replData",
	"$tenant",
	"$topologyTime",
	"allowImplicitCollectionCreation",
	"apiDeprecationErrors",
	"apiStrict",
	"apiVersion",
	"autocommit",
	"clientOperationKey",
	"comment",
	"databaseVersion",
	"help",
	"lsid",
	"maxTimeMS",
	"maxTimeMSOpOnly",
	"mayBypassWriteBlocking",
	"readConcern",
	"rawData",
	"serialization_context",
	"shardVersion",
	"startTransaction",
	"stmtId",
	"stmtIds",
	"tracking_info",
	"txnNumber",
	"txnRetryCounter",
	"writeConcern",
};

bool
command_is_generic_field(const char *name)
{
	for (int i = 0; i < lengthof(generic_fields); i++)
		if (strcmp(generic_fields[i], name) == 0)
			return true;
	return false;
}

void
command_type_error(const char *context, const char *name, const BsonValue *value,
				   const char *expected)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_TYPE_MISMATCH),
			 errmsg("BSON field '%s.%s' is the wrong type '%s', expected %s", context, name,
					pgbson_type_name(value->type), expected)));
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

static void
check_collation(const char *context, const char *name, const BsonValue *value)
{
	BsonValue	locale;

	if (value->type != BSON_DOCUMENT)
		command_type_error(context, name, value, "type 'object'");
	if (pgbson_get(value, "locale", 6, &locale) && locale.type == BSON_STRING &&
		locale.len == 6 && memcmp(locale.v.data, "simple", 6) == 0)
		return;
	refuse_unsupported(context, name, value);
}

static void
check_hint(const BsonValue *value)
{
	if (value->type != BSON_STRING && value->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Hint must be a string or an object")));
}

/* Checks a field's type and puts its value into the request. */
static void
store_field(const CommandField *field, const char *context, const BsonValue *value,
			void *request)
{
	void	   *member = field->offset < 0 ? NULL : (char *) request + field->offset;

	switch (field->type)
	{
		case COMMAND_ANY:
			*(BsonValue *) member = *value;
			return;
		case COMMAND_DOCUMENT:
			if (value->type != BSON_DOCUMENT)
				command_type_error(context, field->name, value, "type 'object'");
			*(BsonValue *) member = *value;
			return;
		case COMMAND_ARRAY:
			if (value->type != BSON_ARRAY)
				command_type_error(context, field->name, value, "type 'array'");
			*(BsonValue *) member = *value;
			return;
		case COMMAND_STRING:
			if (value->type != BSON_STRING)
				command_type_error(context, field->name, value, "type 'string'");
			*(BsonValue *) member = *value;
			return;
		case COMMAND_BOOL:
			if (value->type != BSON_BOOL && !pgbson_is_number(value))
				command_type_error(context, field->name, value,
								   "types '[bool, long, int, decimal, double]'");
			*(bool *) member = pgbson_is_truthy(value);
			return;
		case COMMAND_STRICT_BOOL:
			if (value->type != BSON_BOOL)
				command_type_error(context, field->name, value, "type 'bool'");
			*(bool *) member = value->v.boolean;
			return;
		case COMMAND_NUMBER:
			if (!pgbson_is_number(value))
				command_type_error(context, field->name, value,
								   "types '[long, int, decimal, double]'");
			*(BsonValue *) member = *value;
			return;
		case COMMAND_INT:
		case COMMAND_COUNT_TYPE:
			if (!pgbson_is_number(value))
				command_type_error(context, field->name, value,
								   "types '[long, int, decimal, double]'");
			*(int64 *) member = clamp_number(value);
			if (field->type == COMMAND_COUNT_TYPE && *(int64 *) member < 0)
				ereport(ERROR,
						(errcode(DOCDB_SQLSTATE(51024)),
						 errmsg("BSON field '%s' value must be >= 0, actual value '%lld'",
								field->name, (long long) *(int64 *) member)));
			return;
		case COMMAND_IGNORED:
			return;
		case COMMAND_UNSUPPORTED:
			refuse_unsupported(context, field->name, value);
			return;
		case COMMAND_COLLATION:
			check_collation(context, field->name, value);
			return;
		case COMMAND_HINT:
			check_hint(value);
			*(BsonValue *) member = *value;
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
				continue;
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40415)),
					 errmsg("BSON field '%s.%s' is an unknown field.", context, iter.key)));
		}
		if (seen & (UINT64CONST(1) << i))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40413)),
					 errmsg("BSON field '%s.%s' is a duplicate field", context, iter.key)));
		pgbson_iter_value(&iter, &value);
		if (fields[i].type != COMMAND_ANY &&
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
