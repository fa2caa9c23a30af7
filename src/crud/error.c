/*
 * error.c
 *		Caught errors as MongoDB reports them.
 */
#include "postgres.h"

#include "base/errors.h"
#include "crud/crud_internal.h"

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
