/*
 * read.c
 *		The commands find, aggregate, count and distinct.
 */
#include "postgres.h"

#include "command/command_internal.h"
#include "pgbson/number.h"
#include "pipeline/pipeline.h"

static const BsonValue *
present(const BsonValue *value)
{
	return value->type == BSON_MISSING ? NULL : value;
}

/* ---- find ---- */

typedef struct FindRequest
{
	BsonValue	filter;
	BsonValue	projection;
	BsonValue	sort;
	BsonValue	let;
	BsonValue	hint;
	BsonValue	collation;
	BsonValue	min;
	BsonValue	max;
	int64		skip;
	int64		limit;
	int64		batch_size;
	bool		single_batch;
	bool		tailable;
	bool		await_data;
	bool		return_key;
	bool		show_record_id;
} FindRequest;

static const CommandField find_fields[] = {
	{"filter", COMMAND_GIVEN_DOCUMENT, offsetof(FindRequest, filter)},
	{"sort", COMMAND_GIVEN_DOCUMENT, offsetof(FindRequest, sort)},
	{"projection", COMMAND_GIVEN_DOCUMENT, offsetof(FindRequest, projection)},
	{"hint", COMMAND_HINT, offsetof(FindRequest, hint)},
	{"skip", COMMAND_COUNT_TYPE, offsetof(FindRequest, skip)},
	{"limit", COMMAND_COUNT_TYPE, offsetof(FindRequest, limit)},
	{"batchSize", COMMAND_COUNT_TYPE, offsetof(FindRequest, batch_size)},
	{"singleBatch", COMMAND_FLAG, offsetof(FindRequest, single_batch)},
	{"let", COMMAND_DOCUMENT, offsetof(FindRequest, let)},
	{"max", COMMAND_GIVEN_DOCUMENT, offsetof(FindRequest, max)},
	{"min", COMMAND_GIVEN_DOCUMENT, offsetof(FindRequest, min)},
	{"returnKey", COMMAND_FLAG, offsetof(FindRequest, return_key)},
	{"showRecordId", COMMAND_FLAG, offsetof(FindRequest, show_record_id)},
	{"tailable", COMMAND_FLAG, offsetof(FindRequest, tailable)},
	{"awaitData", COMMAND_FLAG, offsetof(FindRequest, await_data)},
	{"collation", COMMAND_DOCUMENT, offsetof(FindRequest, collation)},
	{"allowDiskUse", COMMAND_FLAG, -1},
	{"allowPartialResults", COMMAND_FLAG, -1},
	{"noCursorTimeout", COMMAND_FLAG, -1},
	{"oplogReplay", COMMAND_FLAG, -1},
	{"readOnce", COMMAND_FLAG, -1},
	{"mirrored", COMMAND_FLAG, -1},
	{"includeQueryStatsMetrics", COMMAND_FLAG, -1},
	{"term", COMMAND_INT, -1},
	{"runtimeConstants", COMMAND_DOCUMENT, -1},
	{"$_requestResumeToken", COMMAND_UNSUPPORTED, -1},
	{"$_resumeAfter", COMMAND_UNSUPPORTED, -1},
	{"$_startAt", COMMAND_UNSUPPORTED, -1},
	{"collectionUUID", COMMAND_UNSUPPORTED, -1},
	{"encryptionInformation", COMMAND_UNSUPPORTED, -1},
};

/*
 * Cursors that wait for more documents are there for capped collections only, and not for docdb's;
 * a collection that does not exist may be asked for one.
 */
static void
check_tailable(const FindRequest *request, const Collection *collection)
{
	BsonValue	natural;
	int64		direction;

	if (request->await_data && !request->tailable)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Cannot set 'awaitData' without also setting 'tailable'")));
	if (!request->tailable)
		return;
	if (request->sort.type == BSON_DOCUMENT && request->sort.len > BSON_MIN_DOCUMENT_SIZE &&
		!(pgbson_count(&request->sort) == 1 &&
		  pgbson_get(&request->sort, "$natural", 8, &natural) &&
		  pgbson_number_to_int64_exact(&natural, &direction) && direction == 1))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("cannot use tailable option with a sort other than {$natural: 1}")));
	if (request->single_batch)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("cannot use tailable option with the 'singleBatch' option")));
	if (collection != NULL && collection->capped)
		ereport(ERROR,
				(errcode(DOCDB_ERR_COMMAND_NOT_SUPPORTED),
				 errmsg("tailable cursors are not supported")));
	if (collection != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("tailable cursor requested on non capped collection")));
}

static CrudQuery *
build_find(const CommandCall *call, FindRequest *request)
{
	CrudFind	find = {collection_find(&call->collection)};

	command_parse(call, find_fields, request);
	check_tailable(request, find.collection);
	find.filter = request->filter;
	find.projection = request->projection;
	find.sort = request->sort;
	find.hint = request->hint;
	find.collation = request->collation;
	find.min = request->min;
	find.max = request->max;
	find.return_key = request->return_key;
	find.show_record_id = request->show_record_id;
	find.skip = request->skip;
	find.limit = request->limit;
	crud_resolve_let(present(&request->let), &find.let);
	return crud_build_find(&find);
}

/* {find: <collection>, filter, sort, projection, skip, limit, batchSize, singleBatch, let, ...} */
void
command_find(CommandCall *call, BsonBuilder *reply)
{
	FindRequest request = {.batch_size = -1};
	CrudQuery  *query = build_find(call, &request);

	command_reply_cursor(reply, query, collection_namespace(&call->collection),
						 request.batch_size, request.single_batch);
}

List *
command_build_find(CommandCall *call)
{
	FindRequest request = {{0}};

	return list_make1(build_find(call, &request));
}

/* ---- aggregate ---- */

typedef struct AggregateRequest
{
	BsonValue	pipeline;
	BsonValue	cursor;
	BsonValue	let;
	BsonValue	hint;
	BsonValue	collation;
	bool		explain;
} AggregateRequest;

static const CommandField aggregate_fields[] = {
	{"pipeline", COMMAND_ANY, offsetof(AggregateRequest, pipeline), true},
	{"cursor", COMMAND_GIVEN_DOCUMENT, offsetof(AggregateRequest, cursor)},
	{"let", COMMAND_DOCUMENT, offsetof(AggregateRequest, let)},
	{"explain", COMMAND_FLAG, offsetof(AggregateRequest, explain)},
	{"hint", COMMAND_HINT, offsetof(AggregateRequest, hint)},
	{"collation", COMMAND_DOCUMENT, offsetof(AggregateRequest, collation)},
	{"allowDiskUse", COMMAND_FLAG, -1},
	{"bypassDocumentValidation", COMMAND_BOOL, -1},
	{"mirrored", COMMAND_FLAG, -1},
	{"includeQueryStatsMetrics", COMMAND_FLAG, -1},
	{"runtimeConstants", COMMAND_DOCUMENT, -1},
	{"collectionUUID", COMMAND_UNSUPPORTED, -1},
	{"encryptionInformation", COMMAND_UNSUPPORTED, -1},
};

typedef struct CursorRequest
{
	int64		batch_size;
} CursorRequest;

static const CommandField cursor_fields[] = {
	{"batchSize", COMMAND_COUNT_TYPE, offsetof(CursorRequest, batch_size)},
};

static CrudQuery *
build_aggregate(const CommandCall *call, AggregateRequest *request)
{
	BsonValue	let;

	command_parse(call, aggregate_fields, request);
	crud_resolve_let(present(&request->let), &let);
	return pipeline_build(&call->collection, &request->pipeline, present(&let),
						  &request->hint, &request->collation);
}

/* {aggregate: <collection>, pipeline: [...], cursor: {batchSize}, let, explain, ...} */
void
command_aggregate(CommandCall *call, BsonBuilder *reply)
{
	AggregateRequest request = {{0}};
	CursorRequest cursor = {-1};
	CrudQuery  *query = build_aggregate(call, &request);

	if (request.explain)
	{
		command_append_explain(reply, call->database, &call->document, "queryPlanner");
		return;
	}
	if (request.cursor.type == BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("The 'cursor' option is required, except for aggregate with the explain "
						"argument")));
	command_parse_fields(&request.cursor, "cursor", 0, false, cursor_fields,
						 lengthof(cursor_fields), &cursor);
	command_reply_cursor(reply, query, collection_namespace(&call->collection),
						 cursor.batch_size, false);
}

List *
command_build_aggregate(CommandCall *call)
{
	AggregateRequest request = {{0}};

	return list_make1(build_aggregate(call, &request));
}

/* ---- count ---- */

typedef struct CountRequest
{
	BsonValue	query;
	BsonValue	hint;
	BsonValue	collation;
	int64		limit;
	int64		skip;
} CountRequest;

static const CommandField count_fields[] = {
	{"query", COMMAND_DOCUMENT, offsetof(CountRequest, query)},
	{"limit", COMMAND_ABSOLUTE, offsetof(CountRequest, limit)},
	{"skip", COMMAND_COUNT_TYPE, offsetof(CountRequest, skip)},
	{"hint", COMMAND_HINT, offsetof(CountRequest, hint)},
	{"collation", COMMAND_DOCUMENT, offsetof(CountRequest, collation)},
	{"fields", COMMAND_IGNORED, -1},
	{"mirrored", COMMAND_FLAG, -1},
	{"collectionUUID", COMMAND_UNSUPPORTED, -1},
	{"encryptionInformation", COMMAND_UNSUPPORTED, -1},
};

static void
parse_count(const CommandCall *call, CrudFind *find)
{
	CountRequest request = {{0}};

	memset(find, 0, sizeof(*find));
	find->collection = collection_find(&call->collection);
	command_parse(call, count_fields, &request);
	find->filter = request.query;
	find->hint = request.hint;
	find->collation = request.collation;
	find->skip = request.skip;
	find->limit = request.limit;
}

/* {count: <collection>, query, limit, skip, ...} */
void
command_count(CommandCall *call, BsonBuilder *reply)
{
	CrudFind	find;

	parse_count(call, &find);
	command_append_count(reply, "n", crud_count(&find, 0));
}

List *
command_build_count(CommandCall *call)
{
	CrudFind	find;

	parse_count(call, &find);
	return list_make1(crud_build_count(&find));
}

/* ---- distinct ---- */

typedef struct DistinctRequest
{
	BsonValue	key;
	BsonValue	query;
	BsonValue	hint;
	BsonValue	collation;
} DistinctRequest;

static const CommandField distinct_fields[] = {
	{"key", COMMAND_STRING, offsetof(DistinctRequest, key), true},
	{"query", COMMAND_DOCUMENT, offsetof(DistinctRequest, query)},
	{"hint", COMMAND_HINT, offsetof(DistinctRequest, hint)},
	{"collation", COMMAND_DOCUMENT, offsetof(DistinctRequest, collation)},
	{"mirrored", COMMAND_FLAG, -1},
	{"collectionUUID", COMMAND_UNSUPPORTED, -1},
	{"encryptionInformation", COMMAND_UNSUPPORTED, -1},
};

static CrudQuery *
build_distinct(const CommandCall *call)
{
	DistinctRequest request = {{0}};
	CrudFind	find = {collection_find(&call->collection)};

	command_parse(call, distinct_fields, &request);
	if (memchr(request.key.v.data, '\0', request.key.len))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31032)),
				 errmsg("Key field cannot contain an embedded null byte")));
	find.filter = request.query;
	find.hint = request.hint;
	find.collation = request.collation;
	return crud_build_distinct(&find, request.key.v.data, request.key.len);
}

static void
push_value(TupleTableSlot *slot, void *arg)
{
	bool		isnull;
	Datum		datum = slot_getattr(slot, 1, &isnull);
	BsonValue	value;

	if (isnull)
		return;
	pgbson_value_from_datum(datum, &value);
	pgbson_push(arg, &value);
}

/* {distinct: <collection>, key: <path>, query, ...} */
void
command_distinct(CommandCall *call, BsonBuilder *reply)
{
	CrudQuery  *query = build_distinct(call);

	pgbson_begin(reply, BSON_ARRAY, "values", 6);
	(void) crud_execute(query, push_value, reply);
	pgbson_end(reply);
}

List *
command_build_distinct(CommandCall *call)
{
	return list_make1(build_distinct(call));
}
