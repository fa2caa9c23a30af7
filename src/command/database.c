/*
 * database.c
 *		Commands about whole databases, and sizes: listDatabases, dropDatabase, dbStats, collStats.
 *
 * A schema is a database when it has a collection, that is a relation with _id and doc of our
 * types, and the user may use it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "base/oids.h"
#include "command/command_internal.h"
#include "match/match.h"

/* The collections c of the databases n; the parameters are the types' OIDs. */
static void
append_collections(CrudQuery *query)
{
	const DocdbOids *oids = docdb_oids();

	appendStringInfo(&query->sql,
					 " FROM pg_catalog.pg_class AS c "
					 "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
					 "JOIN pg_catalog.pg_attribute AS i ON i.attrelid = c.oid "
					 "AND i.attname = '_id' AND i.atttypid = %u "
					 "JOIN pg_catalog.pg_attribute AS d ON d.attrelid = c.oid "
					 "AND d.attname = 'doc' AND d.atttypid = %u "
					 "WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND NOT c.relispartition "
					 "AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')",
					 oids->bson_value_type, oids->bson_type);
}

static void
append_database(CrudQuery *query, const char *database)
{
	appendStringInfo(&query->sql, " AND n.nspname = %s", quote_literal_cstr(database));
}

/* ---- listDatabases ---- */

typedef struct ListDatabasesRequest
{
	BsonValue	filter;
	bool		name_only;
} ListDatabasesRequest;

static const CommandField list_databases_fields[] = {
	{"filter", COMMAND_DOCUMENT, offsetof(ListDatabasesRequest, filter)},
	{"nameOnly", COMMAND_BOOL, offsetof(ListDatabasesRequest, name_only)},
	{"authorizedDatabases", COMMAND_IGNORED, -1},
};

typedef struct DatabaseList
{
	BsonBuilder *reply;
	Matcher    *matcher;		/* or NULL */
	bool		name_only;
	int64		total;
} DatabaseList;

/* A row of name and size. */
static void
add_database(TupleTableSlot *slot, void *arg)
{
	DatabaseList *list = arg;
	bool		isnull;
	const char *name = NameStr(*DatumGetName(slot_getattr(slot, 1, &isnull)));
	int64		size = DatumGetInt64(slot_getattr(slot, 2, &isnull));
	BsonBuilder builder;
	BsonValue	document;

	pgbson_builder_init(&builder);
	pgbson_append_cstring(&builder, "name", 4, name);
	if (!list->name_only)
	{
		pgbson_append_int64(&builder, "sizeOnDisk", 10, size);
		pgbson_append_bool(&builder, "empty", 5, false);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, &document);
	if (list->matcher && !match_eval(list->matcher, &document, NULL))
		return;
	list->total += size;
	pgbson_push(list->reply, &document);
}

/* {listDatabases: 1, filter, nameOnly} */
void
command_list_databases(CommandCall *call, BsonBuilder *reply)
{
	ListDatabasesRequest request = {{0}};
	DatabaseList list = {reply};
	CrudQuery  *query = crud_query_create();

	command_parse(call, list_databases_fields, &request);
	if (request.filter.type != BSON_MISSING)
		list.matcher = match_compile(&request.filter, NULL);
	list.name_only = request.name_only;

	appendStringInfoString(&query->sql,
						   "SELECT n.nspname, pg_catalog.sum("
						   "pg_catalog.pg_total_relation_size(c.oid))::pg_catalog.int8");
	append_collections(query);
	appendStringInfoString(&query->sql, " GROUP BY n.nspname ORDER BY n.nspname");
	pgbson_begin(reply, BSON_ARRAY, "databases", 9);
	(void) crud_execute(query, add_database, &list);
	pgbson_end(reply);
	if (!request.name_only)
	{
		pgbson_append_int64(reply, "totalSize", 9, list.total);
		pgbson_append_int64(reply, "totalSizeMb", 11, list.total / (1024 * 1024));
	}
}

/* ---- dropDatabase ---- */

static void
add_name(const BsonValue *document, void *arg)
{
	List	  **names = arg;
	BsonValue	name;

	if (pgbson_get(document, "name", 4, &name) && name.type == BSON_STRING)
		*names = lappend(*names, pnstrdup(name.v.data, name.len));
}

/*
 * {dropDatabase: 1}: drops the schema's collections.  Unlike MongoDB, what else the schema holds
 * stays, and so does the schema: it may be somebody's search_path or have privileges of its own.
 */
void
command_drop_database(CommandCall *call, BsonBuilder *reply)
{
	List	   *names = NIL;
	ListCell   *cell;

	command_parse_fields(&call->document, call->name, 1, true, NULL, 0, NULL);
	collection_list(call->database, NULL, true, add_name, &names);
	foreach(cell, names)
	{
		const char *collection = lfirst(cell);
		CollectionName name;

		collection_make_name(call->database, collection, strlen(collection), &name);
		(void) collection_drop(&name);
	}
	if (names != NIL)
		pgbson_append_cstring(reply, "dropped", 7, call->database);
}

/* ---- Sizes ---- */

typedef struct StatsRequest
{
	int64		scale;
} StatsRequest;

static const CommandField stats_fields[] = {
	{"scale", COMMAND_COUNT_TYPE, offsetof(StatsRequest, scale)},
	{"freeStorage", COMMAND_IGNORED, -1},
};

#define MAX_STATS 8

/* The bigint columns of a row; NULL is 0. */
static void
read_stats(TupleTableSlot *slot, void *arg)
{
	int64	   *stats = arg;

	for (int i = 0; i < slot->tts_tupleDescriptor->natts && i < MAX_STATS; i++)
	{
		bool		isnull;
		Datum		value = slot_getattr(slot, i + 1, &isnull);

		stats[i] = isnull ? 0 : DatumGetInt64(value);
	}
}

static int64
parse_scale(CommandCall *call)
{
	StatsRequest request = {1};

	command_parse(call, stats_fields, &request);
	return Max(request.scale, 1);
}

static void
append_average(BsonBuilder *reply, int64 size, int64 count)
{
	pgbson_append_double(reply, "avgObjSize", -1, count > 0 ? (double) size / count : 0);
}

/*
 * {dbStats: 1, scale}: sizes as PostgreSQL has them.  objects is the planner's estimate, as
 * counting takes a scan.
 */
void
command_db_stats(CommandCall *call, BsonBuilder *reply)
{
	int64		stats[MAX_STATS] = {0};
	int64		scale = parse_scale(call);
	CrudQuery  *query = crud_query_create();

	appendStringInfoString(&query->sql,
						   "SELECT pg_catalog.count(*) FILTER (WHERE c.relkind <> 'v'), "
						   "pg_catalog.count(*) FILTER (WHERE c.relkind = 'v'), "
						   "pg_catalog.sum(GREATEST(c.reltuples, 0))::pg_catalog.int8, "
						   "pg_catalog.sum(pg_catalog.pg_table_size(c.oid))::pg_catalog.int8, "
						   "pg_catalog.sum(pg_catalog.pg_indexes_size(c.oid))::pg_catalog.int8, "
						   "pg_catalog.sum((SELECT pg_catalog.count(*) FROM pg_catalog.pg_index "
						   "WHERE indrelid = c.oid))::pg_catalog.int8");
	append_collections(query);
	append_database(query, call->database);
	(void) crud_execute(query, read_stats, stats);
	pgbson_append_cstring(reply, "db", -1, call->database);
	pgbson_append_int64(reply, "collections", -1, stats[0]);
	pgbson_append_int64(reply, "views", -1, stats[1]);
	pgbson_append_int64(reply, "objects", -1, stats[2]);
	append_average(reply, stats[3], stats[2]);
	pgbson_append_double(reply, "dataSize", -1, (double) stats[3] / scale);
	pgbson_append_double(reply, "storageSize", -1, (double) stats[3] / scale);
	pgbson_append_int64(reply, "indexes", -1, stats[5]);
	pgbson_append_double(reply, "indexSize", -1, (double) stats[4] / scale);
	pgbson_append_double(reply, "totalSize", -1, (double) (stats[3] + stats[4]) / scale);
	pgbson_append_int64(reply, "scaleFactor", -1, scale);
}

static void
append_capped(BsonBuilder *reply, const Collection *collection, int64 scale)
{
	bool		capped = collection != NULL && collection->capped;

	pgbson_append_bool(reply, "capped", -1, capped);
	if (!capped)
		return;
	command_append_count(reply, "max", collection->capped_max);
	command_append_count(reply, "maxSize", collection->capped_size / scale);
}

/* {collStats: <collection>, scale}: count is exact, the sizes are PostgreSQL's. */
void
command_coll_stats(CommandCall *call, BsonBuilder *reply)
{
	int64		stats[MAX_STATS] = {0};
	int64		scale = parse_scale(call);
	Collection *collection = collection_find(&call->collection);
	CrudQuery  *query = crud_query_create();

	if (collection)
	{
		appendStringInfo(&query->sql,
						 "SELECT (SELECT pg_catalog.count(*) FROM %s), "
						 "pg_catalog.pg_table_size(%u), pg_catalog.pg_indexes_size(%u), "
						 "(SELECT pg_catalog.count(*) FROM pg_catalog.pg_index "
						 "WHERE indrelid = %u)",
						 collection->sql_name, collection->relid, collection->relid,
						 collection->relid);
		(void) crud_execute(query, read_stats, stats);
	}
	pgbson_append_cstring(reply, "ns", -1, collection_namespace(&call->collection));
	pgbson_append_int64(reply, "size", -1, stats[1] / scale);
	command_append_count(reply, "count", stats[0]);
	append_average(reply, stats[1], stats[0]);
	pgbson_append_int64(reply, "storageSize", -1, stats[1] / scale);
	append_capped(reply, collection, scale);
	command_append_count(reply, "nindexes",
						 stats[3] - (collection != NULL && collection->has_order));
	pgbson_append_int64(reply, "totalIndexSize", -1, stats[2] / scale);
	pgbson_append_int64(reply, "totalSize", -1, (stats[1] + stats[2]) / scale);
	pgbson_append_int64(reply, "scaleFactor", -1, scale);
}
