/*
 * server.c
 *		Commands about the server and the connection.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "command/command_internal.h"

/* The wire protocol's version that goes with COMMAND_MONGODB_VERSION. */
#define MAX_WIRE_VERSION 27

#define MAX_WRITE_BATCH 100000
#define SESSION_TIMEOUT_MINUTES 30

/* {ping: 1} */
void
command_ping(CommandCall *call, BsonBuilder *reply)
{
	command_parse_fields(&call->document, call->name, 1, true, NULL, 0, NULL);
}

static const CommandField hello_fields[] = {
	{"client", COMMAND_IGNORED, -1},
	{"compression", COMMAND_IGNORED, -1},
	{"helloOk", COMMAND_IGNORED, -1},
	{"topologyVersion", COMMAND_IGNORED, -1},
	{"maxAwaitTimeMS", COMMAND_IGNORED, -1},
	{"saslSupportedMechs", COMMAND_IGNORED, -1},
	{"speculativeAuthenticate", COMMAND_IGNORED, -1},
	{"hostInfo", COMMAND_IGNORED, -1},
	{"loadBalanced", COMMAND_IGNORED, -1},
	{"forShell", COMMAND_IGNORED, -1},
};

/* {hello: 1}, and {isMaster: 1} under its older name */
void
command_hello(CommandCall *call, BsonBuilder *reply)
{
	bool		standby = RecoveryInProgress();
	bool		older = strcmp(call->name, "hello") != 0;
	BsonValue	now;

	command_parse(call, hello_fields, NULL);
	if (older)
		pgbson_append_bool(reply, "helloOk", 7, true);
	pgbson_append_bool(reply, older ? "ismaster" : "isWritablePrimary", -1, !standby);
	pgbson_append_int32(reply, "maxBsonObjectSize", -1, BSON_MAX_DOCUMENT_SIZE);
	pgbson_append_int32(reply, "maxMessageSizeBytes", -1, BSON_MAX_MESSAGE_SIZE);
	pgbson_append_int32(reply, "maxWriteBatchSize", -1, MAX_WRITE_BATCH);
	pgbson_make_date((GetCurrentTimestamp() +
					  ((int64) POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY) / 1000,
					 &now);
	pgbson_append(reply, "localTime", 9, &now);
	pgbson_append_int32(reply, "logicalSessionTimeoutMinutes", -1, SESSION_TIMEOUT_MINUTES);
	pgbson_append_int32(reply, "connectionId", -1, MyProcPid);
	pgbson_append_int32(reply, "minWireVersion", -1, 0);
	pgbson_append_int32(reply, "maxWireVersion", -1, MAX_WIRE_VERSION);
	pgbson_append_bool(reply, "readOnly", -1, standby);
}

/* {buildInfo: 1} */
void
command_build_info(CommandCall *call, BsonBuilder *reply)
{
	static const int version[] = {8, 2, 0, 0};

	command_parse_fields(&call->document, call->name, 1, true, NULL, 0, NULL);
	pgbson_append_cstring(reply, "version", -1, COMMAND_MONGODB_VERSION);
	pgbson_append_cstring(reply, "gitVersion", -1, "docdb");
	pgbson_begin(reply, BSON_ARRAY, "modules", -1);
	pgbson_end(reply);
	pgbson_begin(reply, BSON_ARRAY, "versionArray", -1);
	for (int i = 0; i < lengthof(version); i++)
	{
		BsonValue	part;

		pgbson_make_int32(version[i], &part);
		pgbson_push(reply, &part);
	}
	pgbson_end(reply);
	pgbson_append_int32(reply, "bits", -1, 8 * sizeof(void *));
	pgbson_append_bool(reply, "debug", -1, false);
	pgbson_append_int32(reply, "maxBsonObjectSize", -1, BSON_MAX_DOCUMENT_SIZE);
	pgbson_begin(reply, BSON_ARRAY, "storageEngines", -1);
	pgbson_end(reply);
	pgbson_append_cstring(reply, "postgresql", -1, PG_VERSION);
}

static const CommandField connection_status_fields[] = {
	{"showPrivileges", COMMAND_IGNORED, -1},
};

/* {connectionStatus: 1}: the role that runs the command. */
void
command_connection_status(CommandCall *call, BsonBuilder *reply)
{
	command_parse(call, connection_status_fields, NULL);
	pgbson_begin(reply, BSON_DOCUMENT, "authInfo", -1);
	pgbson_begin(reply, BSON_ARRAY, "authenticatedUsers", -1);
	pgbson_push_begin(reply, BSON_DOCUMENT);
	pgbson_append_cstring(reply, "user", -1, GetUserNameFromId(GetUserId(), false));
	pgbson_append_cstring(reply, "db", -1, "admin");
	pgbson_end(reply);
	pgbson_end(reply);
	pgbson_begin(reply, BSON_ARRAY, "authenticatedUserRoles", -1);
	pgbson_end(reply);
	pgbson_end(reply);
}

/* {endSessions: [{id: <UUID>}, ...]}: sessions are PostgreSQL's own, and end with them. */
void
command_end_sessions(CommandCall *call, BsonBuilder *reply)
{
	command_parse_fields(&call->document, call->name, 1, true, NULL, 0, NULL);
}
