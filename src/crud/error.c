/*
 * error.c
 *		Caught errors as MongoDB reports them.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "base/errors.h"
#include "crud/crud_internal.h"

/* The code of errors that MongoDB has none for. */
#define UNKNOWN_ERROR 8

/* PostgreSQL's errors that have a counterpart. */
typedef struct ErrorCode
{
	int			sqlstate;
	int			code;
} ErrorCode;

static const ErrorCode error_codes[] =
{
	{ERRCODE_UNIQUE_VIOLATION, 11000},	/* DuplicateKey */
	{ERRCODE_EXCLUSION_VIOLATION, 11000},
	{ERRCODE_CHECK_VIOLATION, 121}, /* DocumentValidationFailure */
	{ERRCODE_NOT_NULL_VIOLATION, 121},
	{ERRCODE_FOREIGN_KEY_VIOLATION, 121},
	{ERRCODE_T_R_SERIALIZATION_FAILURE, 112},	/* WriteConflict */
	{ERRCODE_T_R_DEADLOCK_DETECTED, 112},
	{ERRCODE_LOCK_NOT_AVAILABLE, 24},	/* LockTimeout */
	{ERRCODE_INSUFFICIENT_PRIVILEGE, 13},	/* Unauthorized */
	{ERRCODE_QUERY_CANCELED, 11601},	/* Interrupted */
	{ERRCODE_ADMIN_SHUTDOWN, 11600},	/* InterruptedAtShutdown */
	{ERRCODE_READ_ONLY_SQL_TRANSACTION, 10107}, /* NotWritablePrimary */
	{ERRCODE_DISK_FULL, 14031}, /* OutOfDiskSpace */
	{ERRCODE_OUT_OF_MEMORY, 146},	/* ExceededMemoryLimit */
	{ERRCODE_UNDEFINED_TABLE, 26},	/* NamespaceNotFound */
	{ERRCODE_INVALID_SCHEMA_NAME, 26},
	{ERRCODE_STATEMENT_TOO_COMPLEX, 15},	/* Overflow */
	{ERRCODE_FEATURE_NOT_SUPPORTED, 115},	/* CommandNotSupported */
	{ERRCODE_PROGRAM_LIMIT_EXCEEDED, 17280},	/* KeyTooLong: an index entry over a page's third */
};

int
crud_error_code(const ErrorData *error)
{
	int			code = docdb_error_code(error->sqlerrcode);

	if (code >= 0)
		return code;
	for (int i = 0; i < lengthof(error_codes); i++)
		if (error_codes[i].sqlstate == error->sqlerrcode)
			return error_codes[i].code;
	return 0;
}

bool
crud_error_is_local(const ErrorData *error)
{
	int			class = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	return error->elevel == ERROR &&
		class != ERRCODE_OPERATOR_INTERVENTION &&
		class != ERRCODE_INSUFFICIENT_RESOURCES &&
		class != ERRCODE_TRANSACTION_ROLLBACK &&
		error->sqlerrcode != DOCDB_ERR_MAX_TIME_MS_EXPIRED &&
		error->sqlerrcode != ERRCODE_READ_ONLY_SQL_TRANSACTION &&
		error->sqlerrcode != ERRCODE_INTERNAL_ERROR &&
		error->sqlerrcode != ERRCODE_DATA_CORRUPTED &&
		error->sqlerrcode != ERRCODE_INDEX_CORRUPTED;
}

/* ---- Statements that may fail ---- */

ErrorData *
crud_try(void (*run) (void *arg), void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		run(arg);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (error != NULL && !crud_error_is_local(error))
		ReThrowError(error);
	return error;
}

CrudWriteError *
crud_write_error(int index, ErrorData *error)
{
	CrudWriteError *result = palloc(sizeof(CrudWriteError));

	result->index = index;
	result->code = crud_error_code(error);
	if (result->code == 0)
		result->code = UNKNOWN_ERROR;
	result->message = error->message;
	result->error = error;
	return result;
}

/* ---- Details ---- */

/*
 * The _id that a unique violation is about: in the error's detail it stands, as the output
 * function of its type writes it, between "Key (_id)=(" and ") already exists.".
 */
static bool
duplicate_id(const ErrorData *error, BsonValue *id)
{
	static const char prefix[] = "Key (_id)=(";
	static const char suffix[] = ") already exists";
	const char *start;
	const char *end = NULL;

	if (error->detail == NULL || strncmp(error->detail, prefix, strlen(prefix)) != 0)
		return false;
	start = error->detail + strlen(prefix);
	for (const char *next = strstr(start, suffix); next; next = strstr(next + 1, suffix))
		end = next;
	if (end == NULL)
		return false;
	pgbson_from_json(start, end - start, false, id);
	return true;
}

/* Appends keyPattern and keyValue; returns the message that MongoDB gives. */
static const char *
describe_duplicate_id(const CollectionName *name, const BsonValue *id, BsonBuilder *details)
{
	pgbson_begin(details, BSON_DOCUMENT, "keyPattern", -1);
	pgbson_append_int32(details, "_id", 3, 1);
	pgbson_end(details);
	pgbson_begin(details, BSON_DOCUMENT, "keyValue", -1);
	pgbson_append(details, "_id", 3, id);
	pgbson_end(details);
	return psprintf("E11000 duplicate key error collection: %s index: _id_ dup key: { _id: %s }",
					collection_namespace(name), pgbson_to_shell(id));
}

void
crud_translate_duplicate(const CollectionName *name, ErrorData *error)
{
	BsonBuilder builder;
	BsonValue	details;
	BsonValue	id;

	if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION || !duplicate_id(error, &id))
		return;
	pgbson_builder_init(&builder);
	error->message = pstrdup(describe_duplicate_id(name, &id, &builder));
	pgbson_finish(&builder, BSON_DOCUMENT, &details);
	error->detail = pgbson_to_json(&details, BSON_JSON_LOSSLESS);
}

bool
crud_duplicate_key(const ErrorData *error, BsonValue *key)
{
	BsonValue	details;

	if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION || error->detail == NULL ||
		strncmp(error->detail, "{\"keyPattern\": ", 15) != 0)
		return false;
	pgbson_from_json(error->detail, strlen(error->detail), true, &details);
	return pgbson_get(&details, "keyValue", 8, key);
}

/*
 * Appends what an error's detail says, a document: that of a duplicate key in another index, or of
 * a failed validation.
 */
static void
append_detail(BsonBuilder *details, const ErrorData *error)
{
	BsonValue	value;
	BsonIter	iter;

	if (error->detail == NULL)
		return;
	if (error->sqlerrcode == DOCDB_ERR_DOCUMENT_VALIDATION_FAILURE)
	{
		pgbson_from_json(error->detail, strlen(error->detail), false, &value);
		pgbson_append(details, "errInfo", -1, &value);
	}
	else if (error->sqlerrcode == ERRCODE_UNIQUE_VIOLATION &&
			 strncmp(error->detail, "{\"keyPattern\": ", 15) == 0)
	{
		pgbson_from_json(error->detail, strlen(error->detail), true, &value);
		pgbson_iter_init(&iter, &value);
		pgbson_append_elements(details, iter.next, iter.end);
	}
}

const char *
crud_describe_error(const CollectionName *name, const CrudWriteError *error, BsonValue *details)
{
	const char *message = error->message;
	const ErrorData *raised = error->error;
	BsonBuilder builder;
	BsonValue	value;

	pgbson_builder_init(&builder);
	if (raised->sqlerrcode == ERRCODE_UNIQUE_VIOLATION && duplicate_id(raised, &value))
		message = describe_duplicate_id(name, &value, &builder);
	else
		append_detail(&builder, raised);
	pgbson_finish(&builder, BSON_DOCUMENT, details);
	return message;
}
