/*
 * options.h
 *		The driver options of docdb's functions.
 */
#ifndef DOCDB_CRUD_OPTIONS_H
#define DOCDB_CRUD_OPTIONS_H

#include "collection/collection.h"

/* All options that some function has; each parser fills those that its caller's mask names. */
typedef struct CrudOptions
{
	bool		ordered;		/* default true */
	bool		upsert;
	bool		return_new;		/* returnDocument: "after" */
	bool		bypass_validation;
	int64		max_time_ms;
	int64		skip;
	int64		limit;
	BsonValue	sort;
	BsonValue	projection;
	BsonValue	let;
	BsonValue	array_filters;
	BsonValue	comment;
	BsonValue	hint;
	BsonValue	collation;
	BsonValue	min;
	BsonValue	max;
	bool		return_key;
	bool		show_record_id;
} CrudOptions;

/* Which functions have an option. */
typedef enum CrudOptionUser
{
	CRUD_FOR_FIND = 0x001,
	CRUD_FOR_COUNT = 0x002,
	CRUD_FOR_DISTINCT = 0x004,
	CRUD_FOR_INSERT_ONE = 0x008,
	CRUD_FOR_INSERT_MANY = 0x010,
	CRUD_FOR_UPDATE = 0x020,
	CRUD_FOR_UPDATE_MANY = 0x040,
	CRUD_FOR_DELETE = 0x080,
	CRUD_FOR_FIND_AND_UPDATE = 0x100,
	CRUD_FOR_FIND_AND_DELETE = 0x200,
	CRUD_FOR_BULK = 0x400,
	CRUD_FOR_AGGREGATE = 0x800
} CrudOptionUser;

/*
 * Reads a document of options (may be NULL: the defaults).  Raises Location40415 for an unknown
 * one, TypeMismatch (14) for a wrong type, and CommandNotSupported (115) for a value that would
 * matter and is not honoured (returnKey).
 */
extern void crud_parse_options(const BsonValue *document, CrudOptionUser user,
							   CrudOptions *options);

/*
 * The values of a let document, whose expressions are evaluated in its order; MISSING where
 * there are none.  Raises Location4890500 for one without a value.
 */
extern void crud_resolve_let(const BsonValue *let, BsonValue *resolved);

/*
 * The collation of an operation with that option (MISSING, an empty document or a collation) on a
 * collection (or NULL), with all fields; MISSING for the simple one.  Raises the errors of
 * pgbson_collation_open.
 */
extern void crud_effective_collation(const Collection *collection, const BsonValue *option,
									 BsonValue *collation);

/*
 * Puts it into the operation's filter, sort and variables, where it can concern them; each may be
 * NULL.  They must not be shared with another operation.
 */
extern void crud_collate(const Collection *collection, const BsonValue *option,
						 BsonValue *filter, BsonValue *sort, BsonValue *let);

#endif							/* DOCDB_CRUD_OPTIONS_H */
