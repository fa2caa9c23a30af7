/*
 * generic.c
 *		The fields that every command has.
 */
#include "postgres.h"

#include "command/command_internal.h"

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

/* ---- readConcern ---- */

typedef struct ReadConcern
{
	BsonValue	level;
} ReadConcern;

static const CommandField read_concern_fields[] = {
	{"level", COMMAND_STRING, offsetof(ReadConcern, level)},
	{"afterOpTime", COMMAND_IGNORED, -1},
	{"afterClusterTime", COMMAND_IGNORED, -1},
	{"atClusterTime", COMMAND_IGNORED, -1},
	{"provenance", COMMAND_STRING, -1},
	{"allowTransactionTableSnapshot", COMMAND_IGNORED, -1},
	{"$waitLastStableRecoveryTimestamp", COMMAND_IGNORED, -1},
};

static const char *const read_concern_levels[] = {
	"available", "linearizable", "local", "majority", "snapshot",
};

static void
check_read_concern(const char *context, const BsonValue *value)
{
	ReadConcern concern = {{0}};

	if (value->type != BSON_DOCUMENT)
		command_type_error(context, "readConcern", value, "type 'object'");
	command_parse_fields(value, "readConcern", 0, false, read_concern_fields,
						 lengthof(read_concern_fields), &concern);
	if (concern.level.type == BSON_MISSING)
		return;
	for (int i = 0; i < lengthof(read_concern_levels); i++)
		if (strlen(read_concern_levels[i]) == concern.level.len &&
			memcmp(read_concern_levels[i], concern.level.v.data, concern.level.len) == 0)
			return;
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("Enumeration value '%.*s' for field 'readConcern.level' is not a valid value.",
					(int) concern.level.len, concern.level.v.data)));
}

/* ---- The stable API ---- */

static void
check_api_version(const char *context, const BsonValue *value)
{
	if (value->type != BSON_STRING)
		command_type_error(context, "apiVersion", value, "type 'string'");
	if (value->len != 1 || value->v.data[0] != '1')
		ereport(ERROR,
				(errcode(DOCDB_ERR_API_VERSION_ERROR),
				 errmsg("API version must be \"1\"")));
}

/* apiStrict and apiDeprecationErrors, which say nothing without a version. */
static void
check_api_switch(const char *context, const char *name, const BsonValue *value,
				 const BsonValue *document)
{
	BsonValue	version;

	if (value->type != BSON_BOOL)
		command_type_error(context, name, value, "type 'bool'");
	if (!pgbson_get(document, "apiVersion", 10, &version))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4886600)),
				 errmsg("Provided apiStrict and/or apiDeprecationErrors without passing "
						"apiVersion")));
}

void
command_check_generic_field(const BsonIter *field, const char *context,
							const BsonValue *document)
{
	BsonValue	value;

	pgbson_iter_value(field, &value);
	if (value.type == BSON_NULL || value.type == BSON_UNDEFINED)
		return;
	if (strcmp(field->key, "readConcern") == 0)
		check_read_concern(context, &value);
	else if (strcmp(field->key, "apiVersion") == 0)
		check_api_version(context, &value);
	else if (strcmp(field->key, "apiStrict") == 0 ||
			 strcmp(field->key, "apiDeprecationErrors") == 0)
		check_api_switch(context, field->key, &value, document);
}
