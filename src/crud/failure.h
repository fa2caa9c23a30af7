/*
 * failure.h
 *		Writes that fail, caught and as they are reported.
 */
#ifndef DOCDB_CRUD_FAILURE_H
#define DOCDB_CRUD_FAILURE_H

#include "collection/collection.h"

/* A document of a batch, or operation of a bulk, that failed. */
typedef struct CrudWriteError
{
	int			index;
	int			code;			/* MongoDB's */
	char	   *message;
	ErrorData  *error;			/* as raised */
} CrudWriteError;

/*
 * MongoDB's code of a caught error: that of docdb's own SQLSTATEs, and of PostgreSQL's the one
 * nearest in meaning (23505 is 11000), or 0 where there is none.
 */
extern int	crud_error_code(const ErrorData *error);

/* Whether an error may be reported and passed over: false for cancellation, shutdown, deadlock. */
extern bool crud_error_is_local(const ErrorData *error);

/*
 * Runs a function in a subtransaction.  NULL for success, or the error, in CurrentMemoryContext;
 * one that may not be passed over is raised.
 */
extern ErrorData *crud_try(void (*run) (void *arg), void *arg);

/* A failure as it is reported; in CurrentMemoryContext. */
extern CrudWriteError *crud_write_error(int index, ErrorData *error);

/*
 * The message of a failure as MongoDB gives it, and what it gives besides: a document, to append
 * the fields of, of keyPattern and keyValue for a duplicate key, of errInfo for a document that
 * failed validation.
 */
extern const char *crud_describe_error(const CollectionName *name, const CrudWriteError *error,
									   BsonValue *details);

/*
 * Gives the error of a duplicate _id MongoDB's message, and as its detail {keyPattern, keyValue},
 * as those of other unique indexes have them already.  Reads no catalog.
 */
extern void crud_translate_duplicate(const CollectionName *name, ErrorData *error);

#endif							/* DOCDB_CRUD_FAILURE_H */
