/*
 * command_internal.h
 *		How commands are written.
 *
 * A command is one row of command_list.h and one function.  The function takes the command's
 * document apart by a list of fields, does the work through crud, collection and pipeline, and
 * appends the fields of its reply but "ok".
 */
#ifndef DOCDB_COMMAND_INTERNAL_H
#define DOCDB_COMMAND_INTERNAL_H

#include "base/errors.h"
#include "command/command.h"
#include "crud/crud.h"

/* A command that is to be run. */
typedef struct CommandCall
{
	const char *database;
	const char *name;			/* as it stands in command_list.h */
	BsonValue	document;		/* all of it */
	BsonValue	target;			/* the value of the first field */
	CollectionName collection;	/* of commands with COMMAND_COLLECTION */
} CommandCall;

typedef void CommandFunction(CommandCall *call, BsonBuilder *reply);

/* The statements of a command (of CrudQuery). */
typedef List *CommandBuildFunction(CommandCall *call);

typedef struct CommandInfo
{
	const char *name;
	int			flags;
	CommandFunction *function;
	CommandBuildFunction *build;
} CommandInfo;

/* Flags of rows in command_list.h: the first field's value is the name of a collection. */
#define COMMAND_COLLECTION	0x01

typedef enum CommandNumber
{
#define COMMAND(name, symbol, flags, function, build) COMMAND_##symbol,
#include "command/command_list.h"
#undef COMMAND
	COMMANDS
} CommandNumber;

#define COMMAND(name, symbol, flags, function, build) extern CommandFunction function;
#include "command/command_list.h"
#undef COMMAND

extern CommandBuildFunction command_build_aggregate;
extern CommandBuildFunction command_build_count;
extern CommandBuildFunction command_build_delete;
extern CommandBuildFunction command_build_distinct;
extern CommandBuildFunction command_build_find;
extern CommandBuildFunction command_build_find_and_modify;
extern CommandBuildFunction command_build_update;

/*
 * Finds a command's row and fills in the call.  Raises CommandNotFound (59), and InvalidNamespace
 * (73) for what cannot be a collection's name.
 */
extern const CommandInfo *command_prepare(const char *database, const BsonValue *document,
										  CommandCall *call);

/* The statements of a command (of CrudQuery); CommandNotSupported (115) where it has none. */
extern List *command_build(const char *database, const BsonValue *document);

/*
 * The version of MongoDB whose language this is, which drivers and tools look at before they use
 * a feature.
 */
#define COMMAND_MONGODB_VERSION "8.2.0"

/* ---- Fields (request.c) ---- */

/*
 * What a field may be.  null is as good as absent, but for COMMAND_ANY and those of which that is
 * said.
 */
typedef enum CommandFieldType
{
	COMMAND_ANY,				/* BsonValue */
	COMMAND_DOCUMENT,			/* BsonValue */
	COMMAND_GIVEN_DOCUMENT,		/* BsonValue: a document, not null */
	COMMAND_ARRAY,				/* BsonValue */
	COMMAND_STRING,				/* BsonValue */
	COMMAND_BOOL,				/* bool: a boolean or a number */
	COMMAND_STRICT_BOOL,		/* bool: a boolean */
	COMMAND_NUMBER,				/* BsonValue: a number */
	COMMAND_FLAG,				/* bool: a boolean, not null */
	COMMAND_INT,				/* int64: a number; fractions are cut off */
	COMMAND_COUNT_TYPE,			/* int64: ... and not negative */
	COMMAND_ABSOLUTE,			/* int64: an integral number, not null; its absolute value */
	COMMAND_IGNORED,			/* accepted, of no consequence */
	COMMAND_UNSUPPORTED,		/* refused (115) where it is neither false nor empty */
	COMMAND_HINT				/* BsonValue: a string or document, not null */
} CommandFieldType;

typedef struct CommandField
{
	const char *name;
	CommandFieldType type;
	int			offset;			/* of the member that takes the value, or -1 */
	bool		required;
} CommandField;

/*
 * Takes a document apart into a struct.  Members of absent fields are left as they are, so the
 * caller sets their defaults: a zeroed BsonValue is MISSING.  `context` is what messages put before
 * a field's name: the command's name, or "update.updates" for elements.  The document's first
 * `skip` fields are passed over.  With `generic` the fields that every command has ($db, lsid,
 * writeConcern, ...) are accepted.
 *
 * Raises Location40415 for an unknown field, Location40413 for a repeated one, Location40414 for a
 * missing one, TypeMismatch (14) for a wrong type, BadValue (2) for a negative count.
 */
extern void command_parse_fields(const BsonValue *document, const char *context, int skip,
								 bool generic, const CommandField *fields, int nfields,
								 void *request);

/* The same for the command itself. */
#define command_parse(call, fields, request) \
	command_parse_fields(&(call)->document, (call)->name, 1, true, fields, lengthof(fields), \
						 request)

/* Raises TypeMismatch (14), with the type that was expected. */
pg_noreturn extern void command_type_error(const char *context, const char *name,
										   const BsonValue *value, const char *expected);

/*
 * What maxTimeMS says, 0 for no limit.  Raises TypeMismatch (14), FailedToParse (9) for a number
 * that is not integral, BadValue (2) for one out of range.
 */
extern int64 command_time_limit(const char *context, const BsonValue *value);

/* Whether every command has a field of that name. */
extern bool command_is_generic_field(const char *name);

/*
 * Checks the value of such a field, as far as it matters: readConcern, apiVersion and what goes
 * with it.  Raises what MongoDB raises: TypeMismatch (14), BadValue (2), APIVersionError (322), ...
 */
extern void command_check_generic_field(const BsonIter *field, const char *context,
										const BsonValue *document);

/* A number as replies have it: an int where it fits, a long otherwise. */
extern void command_append_count(BsonBuilder *reply, const char *name, int64 count);

/* Appends the field "writeErrors" for a list of CrudWriteError; nothing for an empty one. */
extern void command_append_write_errors(BsonBuilder *reply, const CollectionName *name,
										List *errors);

/* ---- Writes (write.c) ---- */

/* Raises InvalidLength (16) for a number of statements that one command may not have. */
extern void command_check_batch_size(uint32 size);

/*
 * Raises FailedToParse (9) for what is no update, and for a sort of an update of many, TypeMismatch
 * (14) for a pipeline of something else than documents.
 */
extern void command_check_update(const BsonValue *update, const BsonValue *sort, bool multi);

/*
 * The variables of a command (resolved) and the constants of one of its updates, which win.
 * Raises Location51198 for constants of an update that is no pipeline.
 */
extern void command_merge_constants(const BsonValue *let, const BsonValue *constants,
									const BsonValue *update, BsonValue *merged);

/* ---- Cursors (cursor.c) ---- */

/*
 * Runs a query and appends the field "cursor": {firstBatch, id, ns}.  What does not fit into the
 * first batch stays with a cursor.
 */
extern void command_reply_cursor(BsonBuilder *reply, const CrudQuery *query, const char *ns,
								 int64 batch_size, bool single_batch);

/* A reply of documents that are all at hand: {firstBatch, id: 0, ns}. */
typedef struct CommandBatch
{
	BsonBuilder *reply;
	const char *ns;
} CommandBatch;

extern void command_begin_batch(CommandBatch *batch, BsonBuilder *reply, const char *ns);
extern void command_add_to_batch(const BsonValue *document, void *batch);
extern void command_end_batch(CommandBatch *batch);

/* ---- Explain (explain.c) ---- */

/* The explanation of a command. */
extern void command_append_explain(BsonBuilder *reply, const char *database,
								   const BsonValue *command, const char *verbosity);

#endif							/* DOCDB_COMMAND_INTERNAL_H */
