/*
 * crud.h
 *		Building, caching and running SQL over collections; find, insert, update, delete.
 *
 * Whatever docdb does with documents it does as SQL.  A CrudQuery is a statement under
 * construction: SQL text with parameters, fully qualified so that the caller's search_path does
 * not matter.  The text without the parameters' values is the statement's shape, and a backend
 * keeps one plan for each shape and user: what varies from call to call belongs into parameters,
 * what the planner must know (a sort specification) into literals.
 */
#ifndef DOCDB_CRUD_H
#define DOCDB_CRUD_H

#include "executor/tuptable.h"
#include "fmgr.h"
#include "nodes/params.h"
#include "utils/portal.h"

#include "collection/collection.h"
#include "crud/failure.h"
#include "crud/options.h"

/* ---- Building ---- */

typedef struct CrudParam
{
	Oid			type;
	bool		isnull;
	Datum		value;
	int			use_count;		/* so often the text names it */
} CrudParam;

/* Which index the planner is to use. */
typedef struct CrudHint
{
	Oid			relation;		/* the collection, or InvalidOid: there is no hint */
	Oid			index;			/* or InvalidOid: none at all */
	const char *alias;			/* of the collection in the statement, or NULL where it has none */
} CrudHint;

typedef struct CrudQuery
{
	StringInfoData sql;			/* append to it freely: keywords, names, literals */
	int			nparams;
	int			max_params;
	CrudParam  *params;
	bool		writes;			/* an INSERT, UPDATE or DELETE, or locks rows */
	uint64		filters;		/* the shapes of the filters among the parameters, hashed */
	int			skip_locked;	/* where the text says so, or 0; see crud_append_chosen_row */
	CrudHint	hint;			/* part of the shape */
} CrudQuery;

/* A query without text, in CurrentMemoryContext; its parameters must live as long. */
extern CrudQuery *crud_query_create(void);

/* Appends a new parameter "$n" and returns n. */
extern int	crud_query_param(CrudQuery *query, Oid type, Datum value, bool isnull);
extern int	crud_query_bson(CrudQuery *query, const BsonValue *document);
extern int	crud_query_value(CrudQuery *query, const BsonValue *value);
extern int	crud_query_int64(CrudQuery *query, int64 value);

/* Appends "$n" again for a parameter that is there. */
extern void crud_query_param_again(CrudQuery *query, int n);

/* Appends a literal with its type: part of the shape. */
extern void crud_query_bson_literal(CrudQuery *query, const BsonValue *document);
extern void crud_query_value_literal(CrudQuery *query, const BsonValue *value);

/* Appends " OPERATOR(schema.name) ", for the operators of the extension's types. */
extern void crud_query_operator(CrudQuery *query, const char *name);

/* The statement with its parameters' values in place, for docdb.to_sql and EXPLAIN; palloc'd. */
extern char *crud_query_text(const CrudQuery *query);

/* Appends the relation to read: the collection or, for NULL, a sub-select (_id, doc) of no rows. */
extern void crud_append_source(CrudQuery *query, const Collection *collection);

/*
 * Appends " WHERE ..." for a filter, or nothing where every document matches.  What it says of _id
 * becomes a condition on the column besides, so that the primary key serves.  alias (may be NULL)
 * qualifies the columns; let (may be NULL) is the document of variables for $expr.
 */
extern void crud_append_where(CrudQuery *query, const Collection *collection, const char *alias,
							  const BsonValue *filter, const BsonValue *let);

/* Appends " ORDER BY ..." for a sort, and where there is none what the collection's own is. */
extern void crud_append_order(CrudQuery *query, const Collection *collection, const char *alias,
							  const BsonValue *sort);

/* Whether there is a hint: not MISSING and not empty. */
extern bool crud_is_hint(const BsonValue *hint);

/*
 * Makes a hint part of the statement: a STRING, the index's name, or a DOCUMENT, its keys or
 * {$natural: 1}.  alias is that of the collection whose index it is, or NULL.  Raises BadValue (2)
 * for an index that is not there.
 */
extern void crud_query_hint(CrudQuery *query, const Collection *collection, const char *alias,
							const BsonValue *hint);

/*
 * Appends the condition that the hinted index, a sparse or partial one, has an entry for a
 * document; false, with nothing appended, where it has one for all.
 */
extern bool crud_append_hinted(CrudQuery *query, const Collection *collection, const char *alias,
							   const BsonValue *hint);

/*
 * Appends ", metadata => ..." for docdb.project and its kin where a projection has a $meta that
 * asks for it; false, with nothing appended, where it has none.  document and record are columns;
 * what is NULL is not to be had.
 */
extern bool crud_append_metadata(CrudQuery *query, const BsonValue *projection,
								 const char *document, const char *record,
								 const BsonValue *sort, const BsonValue *keys);

/* Whether the rows of a collection have a place, column ctid. */
extern bool crud_has_records(const Collection *collection);

/* Appends " LIMIT $n" and " OFFSET $n" where they are not zero. */
extern void crud_append_limit(CrudQuery *query, int64 limit, int64 skip);

/* ---- Running ---- */

/* Called for each row; the slot's contents are valid until it returns. */
typedef void (*CrudRowCallback) (TupleTableSlot *slot, void *arg);

/*
 * Runs a query to its end through the plan cache; returns the number of rows processed.  One that
 * reads sees what the calling statement sees; one that writes sees all done before it in this
 * transaction.  callback may be NULL.
 */
extern uint64 crud_execute(CrudQuery *query, CrudRowCallback callback, void *arg);

/* The first column of the first row, copied to CurrentMemoryContext; false when there is no row. */
extern bool crud_execute_value(CrudQuery *query, Datum *value, bool *isnull);

/* What EXPLAIN (FORMAT JSON) says of a query, in CurrentMemoryContext; with analyze it is run. */
extern char *crud_explain(const CrudQuery *query, bool analyze);

/*
 * A set-returning function that streams the first column of a query, value per call:
 *
 *		if (SRF_IS_FIRSTCALL())
 *			crud_stream_begin(fcinfo, query);
 *		return crud_stream_next(fcinfo);
 *
 * The query is copied.  A NULL query gives the empty set.  max_time_ms of 0 is no limit.
 */
extern void crud_stream_begin(FunctionCallInfo fcinfo, const CrudQuery *query, int64 max_time_ms);
extern Datum crud_stream_next(FunctionCallInfo fcinfo);

/*
 * Cursors that outlive the call: a portal that goes on where it stopped.  With hold it survives
 * the end of the transaction, when what is left is put into a tuplestore bounded by work_mem.
 */
extern Portal crud_cursor_open(const char *name, const CrudQuery *query, bool hold);

/* Calls back for at most count rows (0: all that is left); false when the cursor is at its end. */
extern bool crud_cursor_fetch(Portal portal, uint64 count, CrudRowCallback callback, void *arg);
extern void crud_cursor_close(Portal portal);

/*
 * A limit on the time an operation takes (maxTimeMS): between begin and end the statement is
 * cancelled with MaxTimeMSExpired (50) when it takes longer.  0 is no limit.
 */
extern void crud_run_limited(int64 max_time_ms, void (*run) (void *arg), void *arg);

/* ---- Reading ---- */

/* Absent documents are MISSING values. */
typedef struct CrudFind
{
	const Collection *collection;	/* NULL where it does not exist */
	BsonValue	filter;
	BsonValue	projection;
	BsonValue	sort;
	BsonValue	let;
	BsonValue	hint;
	BsonValue	collation;		/* see crud_collate */
	BsonValue	min;			/* bounds of the hinted index's keys, from here on ... */
	BsonValue	max;			/* ... and before */
	int64		skip;
	int64		limit;			/* 0: none */
	bool		return_key;		/* the index's keys in place of documents */
	bool		show_record_id; /* with a field $recordId */
} CrudFind;

/* SELECT of one column, the projected document. */
extern CrudQuery *crud_build_find(const CrudFind *find);

/*
 * Runs a find of one _id without a statement; false, with nothing done, where that cannot be.
 * *document is the projected document, a copy, or 0 for none.
 */
extern bool crud_find_by_id(const CrudFind *find, Datum *document);

/* SELECT of one bigint; projection and sort do not count. */
extern CrudQuery *crud_build_count(const CrudFind *find);

/* What that gives, within a time limit (0: none); without a statement where that can be. */
extern int64 crud_count(const CrudFind *find, int64 max_time_ms);

/* SELECT of one column, the distinct values at a path, in their order. */
extern CrudQuery *crud_build_distinct(const CrudFind *find, const char *path, uint32 len);

/* ---- Writing ---- */

typedef struct CrudUpdate
{
	BsonValue	filter;
	BsonValue	update;			/* DOCUMENT of operators or replacement, or ARRAY (a pipeline) */
	BsonValue	sort;			/* which one document to take; not with multi */
	BsonValue	let;
	BsonValue	array_filters;	/* ARRAY or MISSING */
	BsonValue	hint;
	BsonValue	collation;
	bool		multi;
	bool		upsert;
	bool		upsert_supplied;	/* the variable "new" is what an upsert inserts */
	bool		bypass_validation;
	bool		keep_timestamps;	/* empty ones in a replacement are not the current time */
} CrudUpdate;

typedef struct CrudUpdateResult
{
	int64		matched;		/* without what an upsert inserted */
	int64		modified;
	bool		upserted;
	BsonValue	upserted_id;	/* in CurrentMemoryContext */
} CrudUpdateResult;

extern void crud_update(const CollectionName *name, const CrudUpdate *update,
						CrudUpdateResult *result);

/* The statement crud_update runs, for to_sql and explain. */
extern CrudQuery *crud_build_update(const Collection *collection, const CrudUpdate *update);

typedef struct CrudDelete
{
	BsonValue	filter;
	BsonValue	sort;			/* not with multi */
	BsonValue	let;
	BsonValue	hint;
	BsonValue	collation;
	bool		multi;
} CrudDelete;

/* Returns the number of documents deleted. */
extern int64 crud_delete(const CollectionName *name, const CrudDelete *del);
extern CrudQuery *crud_build_delete(const Collection *collection, const CrudDelete *del);

typedef struct CrudFindAndModify
{
	CrudUpdate	update;			/* multi must be false; update is MISSING with remove */
	BsonValue	projection;
	bool		remove;
	bool		return_new;
} CrudFindAndModify;

typedef struct CrudFindAndModifyResult
{
	bool		found;			/* a document matched */
	CrudUpdateResult update;
	BsonValue	document;		/* the projected one before or after, MISSING when there is none */
} CrudFindAndModifyResult;

extern void crud_find_and_modify(const CollectionName *name, const CrudFindAndModify *spec,
								 CrudFindAndModifyResult *result);
extern CrudQuery *crud_build_find_and_modify(const Collection *collection,
											 const CrudFindAndModify *spec);

typedef struct CrudInsertResult
{
	int64		inserted;
	List	   *errors;			/* of CrudWriteError, in CurrentMemoryContext */
	Datum	   *ids;			/* NULL, or the caller's array: bson_value of each document */
} CrudInsertResult;

typedef struct CrudInsert
{
	const Datum *documents;		/* bson */
	int			ndocuments;
	bool		ordered;
	bool		bypass_validation;
	bool		keep_timestamps;	/* empty ones are not the current time */
	bool		report;
} CrudInsert;

/*
 * Inserts documents, creating the collection where missing.  Without report the first error is
 * raised and so undoes all.  With report errors of single documents are caught and listed, and the
 * other documents kept: with ordered those before the first error, without it all others.
 */
extern void crud_insert_batch(const CollectionName *name, const CrudInsert *insert,
							  CrudInsertResult *result);

#endif							/* DOCDB_CRUD_H */
