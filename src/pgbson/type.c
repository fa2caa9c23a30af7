/*
 * type.c
 *		Names of the BSON types.
 */
#include "postgres.h"

#include "pgbson/pgbson.h"

static const char *const type_names[256] = {
	[BSON_MISSING] = "missing",
	[BSON_DOUBLE] = "double",
	[BSON_STRING] = "string",
	[BSON_DOCUMENT] = "object",
	[BSON_ARRAY] = "array",
	[BSON_BINARY] = "binData",
	[BSON_UNDEFINED] = "undefined",
	[BSON_OBJECTID] = "objectId",
	[BSON_BOOL] = "bool",
	[BSON_DATE] = "date",
	[BSON_NULL] = "null",
	[BSON_REGEX] = "regex",
	[BSON_DBPOINTER] = "dbPointer",
	[BSON_CODE] = "javascript",
	[BSON_SYMBOL] = "symbol",
	[BSON_CODE_W_SCOPE] = "javascriptWithScope",
	[BSON_INT32] = "int",
	[BSON_TIMESTAMP] = "timestamp",
	[BSON_INT64] = "long",
	[BSON_DECIMAL128] = "decimal",
	[BSON_MAXKEY] = "maxKey",
	[BSON_MINKEY] = "minKey",
};

const char *
pgbson_type_name(uint8 type)
{
	return type_names[type] ? type_names[type] : "unknown";
}
