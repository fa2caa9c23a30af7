/*
 * command.c
 *		docdb.command: finding a command, running it, and its errors.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "command/command_internal.h"
#include "pgbson/number.h"

PG_FUNCTION_INFO_V1(docdb_command);
PG_FUNCTION_INFO_V1(docdb_commands);

static const CommandInfo commands[COMMANDS] = {
#define COMMAND(name, symbol, flags, function, build) {name, flags, function, build},
#include "command/command_list.h"
#undef COMMAND
};

static int
compare_commands(const void *a, const void *b)
{
	return strcmp(((const CommandInfo *) a)->name, ((const CommandInfo *) b)->name);
}

static const CommandInfo *
find_command(const char *name)
{
	CommandInfo wanted = {name};

#ifdef USE_ASSERT_CHECKING
	for (int i = 1; i < COMMANDS; i++)
		Assert(compare_commands(&commands[i - 1], &commands[i]) < 0);
#endif
	return bsearch(&wanted, commands, COMMANDS, sizeof(CommandInfo), compare_commands);
}

/* Refuses what is no name of a collection; aggregate takes 1 for pipelines without one. */
static void
refuse_target(const CommandInfo *info, const BsonValue *target)
{
	bool		aggregates = strcmp(info->name, "aggregate") == 0;

	if (aggregates && pgbson_is_number(target) && pgbson_number_to_double(target) != 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Invalid command format: the 'aggregate' field must specify a collection "
						"name or 1")));
	if (aggregates && pgbson_is_number(target))
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_NAMESPACE),
				 errmsg("{aggregate: 1} is not valid for this pipeline; a collection is "
						"required.")));
	ereport(ERROR,
			(errcode(aggregates ? DOCDB_ERR_TYPE_MISMATCH : DOCDB_ERR_INVALID_NAMESPACE),
			 errmsg("collection name has invalid type %s", pgbson_type_name(target->type))));
}

const CommandInfo *
command_prepare(const char *database, const BsonValue *document, CommandCall *call)
{
	const CommandInfo *info;
	BsonIter	iter;

	pgbson_iter_init(&iter, document);
	if (!pgbson_iter_next(&iter))
		ereport(ERROR,
				(errcode(DOCDB_ERR_COMMAND_NOT_FOUND),
				 errmsg("no such command: ''")));
	info = find_command(iter.key);
	if (info == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_COMMAND_NOT_FOUND),
				 errmsg("no such command: '%s'", iter.key)));

	memset(call, 0, sizeof(*call));
	call->database = database;
	call->name = info->name;
	call->document = *document;
	pgbson_iter_value(&iter, &call->target);
	if (info->flags & COMMAND_COLLECTION)
	{
		if (call->target.type != BSON_STRING)
			refuse_target(info, &call->target);
		collection_make_name(database, call->target.v.data, call->target.len,
							 &call->collection);
	}
	return info;
}

/* ---- Running ---- */

typedef struct CommandRun
{
	const char *database;
	const BsonValue *document;
	CommandCall call;
	Datum		reply;
} CommandRun;

static void
run_command(void *arg)
{
	CommandRun *run = arg;
	const CommandInfo *info = command_prepare(run->database, run->document, &run->call);
	BsonBuilder reply;

	pgbson_builder_init(&reply);
	info->function(&run->call, &reply);
	pgbson_append_double(&reply, "ok", 2, 1.0);
	run->reply = pgbson_finish_datum(&reply);
}

/* maxTimeMS, or 0 for no limit. */
static int64
time_limit(const BsonValue *document)
{
	BsonIter	iter;
	BsonValue	value;

	if (!pgbson_get(document, "maxTimeMS", 9, &value))
		return 0;
	pgbson_iter_init(&iter, document);
	(void) pgbson_iter_next(&iter);
	return command_time_limit(iter.key, &value);
}

Datum
command_run(const char *database, const BsonValue *document)
{
	CommandRun	run = {.database = database, .document = document};
	MemoryContext context = CurrentMemoryContext;

	PG_TRY();
	{
		crud_run_limited(time_limit(document), run_command, &run);
	}
	PG_CATCH();
	{
		ErrorData  *error;
		int			code;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		code = crud_error_code(error);
		if (code == 0 || docdb_error_code(error->sqlerrcode) >= 0)
			PG_RE_THROW();

		/* PostgreSQL's own error, under the number that drivers of MongoDB know. */
		FlushErrorState();
		if (run.call.collection.name != NULL)
			crud_translate_duplicate(&run.call.collection, error);
		error->sqlerrcode = DOCDB_SQLSTATE(code);
		ReThrowError(error);
	}
	PG_END_TRY();
	return run.reply;
}

/* docdb.command(database text, command bson) returns bson */
Datum
docdb_command(PG_FUNCTION_ARGS)
{
	BsonValue	document;

	pgbson_from_datum(PG_GETARG_DATUM(1), &document);
	PG_RETURN_DATUM(command_run(text_to_cstring(PG_GETARG_TEXT_PP(0)), &document));
}

/* docdb.commands(): the commands of command_list.h. */
Datum
docdb_commands(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < COMMANDS; i++)
	{
		Datum		values[3];
		bool		nulls[3] = {false, false, false};

		values[0] = CStringGetTextDatum(commands[i].name);
		values[1] = BoolGetDatum((commands[i].flags & COMMAND_COLLECTION) != 0);
		values[2] = BoolGetDatum(commands[i].build != NULL);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
