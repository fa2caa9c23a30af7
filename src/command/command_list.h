/*
 * command_list.h
 *		The commands: COMMAND(name, symbol, flags, function, build), sorted by name.
 *
 * The function runs the command and appends the fields of its reply.  `build`, or NULL, makes the
 * statements that it would run, for explain and docdb.to_sql.
 */
/* no include guard: each includer defines COMMAND */
COMMAND("aggregate", AGGREGATE, COMMAND_COLLECTION, command_aggregate, command_build_aggregate)
COMMAND("buildInfo", BUILD_INFO, 0, command_build_info, NULL)
COMMAND("buildinfo", BUILDINFO, 0, command_build_info, NULL)
COMMAND("bulkWrite", BULK_WRITE, 0, command_bulk_write, NULL)
COMMAND("cloneCollectionAsCapped", CLONE_AS_CAPPED, COMMAND_COLLECTION,
		command_clone_as_capped, NULL)
COMMAND("collMod", COLL_MOD, COMMAND_COLLECTION, command_coll_mod, NULL)
COMMAND("collStats", COLL_STATS, COMMAND_COLLECTION, command_coll_stats, NULL)
COMMAND("connectionStatus", CONNECTION_STATUS, 0, command_connection_status, NULL)
COMMAND("convertToCapped", CONVERT_TO_CAPPED, COMMAND_COLLECTION, command_convert_to_capped, NULL)
COMMAND("count", COUNT, COMMAND_COLLECTION, command_count, command_build_count)
COMMAND("create", CREATE, COMMAND_COLLECTION, command_create, NULL)
COMMAND("createIndexes", CREATE_INDEXES, COMMAND_COLLECTION, command_create_indexes, NULL)
COMMAND("dbStats", DB_STATS, 0, command_db_stats, NULL)
COMMAND("dbstats", DBSTATS, 0, command_db_stats, NULL)
COMMAND("delete", DELETE, COMMAND_COLLECTION, command_delete, command_build_delete)
COMMAND("distinct", DISTINCT, COMMAND_COLLECTION, command_distinct, command_build_distinct)
COMMAND("drop", DROP, COMMAND_COLLECTION, command_drop, NULL)
COMMAND("dropDatabase", DROP_DATABASE, 0, command_drop_database, NULL)
COMMAND("dropIndexes", DROP_INDEXES, COMMAND_COLLECTION, command_drop_indexes, NULL)
COMMAND("endSessions", END_SESSIONS, 0, command_end_sessions, NULL)
COMMAND("explain", EXPLAIN, 0, command_explain, NULL)
COMMAND("find", FIND, COMMAND_COLLECTION, command_find, command_build_find)
COMMAND("findAndModify", FIND_AND_MODIFY, COMMAND_COLLECTION, command_find_and_modify,
		command_build_find_and_modify)
COMMAND("findandmodify", FINDANDMODIFY, COMMAND_COLLECTION, command_find_and_modify,
		command_build_find_and_modify)
COMMAND("getMore", GET_MORE, 0, command_get_more, NULL)
COMMAND("hello", HELLO, 0, command_hello, NULL)
COMMAND("insert", INSERT, COMMAND_COLLECTION, command_insert, NULL)
COMMAND("isMaster", IS_MASTER, 0, command_hello, NULL)
COMMAND("ismaster", ISMASTER, 0, command_hello, NULL)
COMMAND("killCursors", KILL_CURSORS, COMMAND_COLLECTION, command_kill_cursors, NULL)
COMMAND("listCollections", LIST_COLLECTIONS, 0, command_list_collections, NULL)
COMMAND("listDatabases", LIST_DATABASES, 0, command_list_databases, NULL)
COMMAND("listIndexes", LIST_INDEXES, COMMAND_COLLECTION, command_list_indexes, NULL)
COMMAND("ping", PING, 0, command_ping, NULL)
COMMAND("renameCollection", RENAME_COLLECTION, 0, command_rename_collection, NULL)
COMMAND("update", UPDATE, COMMAND_COLLECTION, command_update, command_build_update)
