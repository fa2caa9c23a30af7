/*
 * crud_internal.h
 *		What the files of the crud module share.
 */
#ifndef DOCDB_CRUD_INTERNAL_H
#define DOCDB_CRUD_INTERNAL_H

#include "access/tableam.h"
#include "executor/execdesc.h"
#include "utils/plancache.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#include "crud/crud.h"
#include "update/update.h"

/* ---- plan.c ---- */

/*
 * The plan of a query's shape, with a reference held by owner (NULL: by nobody, for a portal).
 * cursor_options are CURSOR_OPT_* as for planner().
 */
extern CachedPlan *crud_plan(const CrudQuery *query, ParamListInfo params, int cursor_options,
							 ResourceOwner owner);

/* The parameters' values as the executor wants them; in CurrentMemoryContext, values not copied. */
extern ParamListInfo crud_param_list(const CrudQuery *query);

/* The one statement of a plan for a query that reads. */
extern PlannedStmt *crud_plan_statement(const CachedPlan *plan);

/* A receiver that calls back for each row. */
extern DestReceiver *crud_receiver_create(CrudRowCallback callback, void *arg);

/* As crud_execute, and with the row trigger told what to do (may be NULL). */
extern uint64 crud_execute_write(CrudQuery *query, CollectionWrite *write,
								 CrudRowCallback callback, void *arg);

/*
 * Between begin and end the next call of the planner, by whomever, is one for that query's shape.
 * The end must come, errors included.
 */
extern void crud_planning_begin(const CrudQuery *query);
extern void crud_planning_end(void);

/* Plans are to be made anew when that index changes. */
extern void crud_watch_index(Oid index);

/* ---- hint.c ---- */

/* Makes a hint the one of the statement that is being planned; returns the former. */
extern CrudHint crud_hint_activate(CrudHint hint);

/* Installs the planner's hooks. */
extern void crud_hint_install(void);

/* ---- scan.c ---- */

struct CustomScanMethods;

/*
 * The plan node of a scan that matches documents where they lie.  Its qual is all that rows must
 * pass; custom_private is the number of the column of documents, then the positions in the qual of
 * the clauses "column @@ filter", whose filters do not depend on the row.
 */
extern const struct CustomScanMethods crud_scan_methods;

/* Offers it to the planner. */
extern void crud_scan_install(void);

/* ---- query.c ---- */

/*
 * 1 or -1 for {$natural: 1 | -1}, 0 for what has no $natural.  what is "sort" or "hint", for the
 * messages: raises BadValue (2) for another value, and for further fields.
 */
extern int	crud_natural_direction(const BsonValue *order, const char *what);

/* Appends " ORDER BY ..." for {$natural: direction}; nothing for 1 or 0. */
extern void crud_append_natural_order(CrudQuery *query, const Collection *collection,
									  const char *alias, int direction);

/* ---- metadata.c ---- */

/* What is known of the index that a find reads. */
typedef struct CrudFindIndex
{
	BsonValue	keys;			/* {path: 1 | -1, ...} */
	BsonValue	order;			/* the same with the index's collation */
	bool		sparse;
	BsonValue	partial;		/* the filter, or MISSING */
} CrudFindIndex;

/*
 * The index that MongoDB would read for a find: the one of the hint, or one for the filter or the
 * sort; false where that is none.
 */
extern bool crud_find_index(const CrudFind *find, CrudFindIndex *result);

/* Whether a find gives documents only, without metadata, keys and bounds. */
extern bool crud_find_is_plain(const CrudFind *find);

/* What crud_append_metadata does, for a find.  Raises BadValue (2) for a sortKey without a sort. */
extern void crud_append_find_metadata(CrudQuery *query, const CrudFind *find,
									  const BsonValue *projection);

/* Appends the expression of returnKey. */
extern void crud_append_index_key(CrudQuery *query, const CrudFind *find);

/*
 * Appends the condition of min and max; false where there are none.  Raises 51176,
 * NoQueryExecutionPlans (291) without a hint, 51174 and 51175.
 */
extern bool crud_append_bounds(CrudQuery *query, const CrudFind *find);

/* ---- id.c ---- */

/* Appends a column's name, qualified by the alias where there is one. */
extern void crud_append_column(CrudQuery *query, const char *alias, const char *column);

/* The _id that a filter requires, if the column can be compared with it. */
extern bool crud_id_equality(const BsonValue *filter, BsonValue *id);

/*
 * Whether a filter that requires an _id says no more than that: {_id: 5} or {_id: {$eq: 5}}.
 * Where the row trigger keeps column _id, the condition on the column then says it all.
 */
extern bool crud_is_id_equality_only(const BsonValue *filter);

/* Appends "_id > $n AND " and so on for the bounds that a filter sets to _id. */
extern void crud_append_id_bounds(CrudQuery *query, const char *alias, const BsonValue *filter);

/* Appends " ORDER BY _id" if that is the sort, a valid one. */
extern bool crud_append_id_order(CrudQuery *query, const char *alias, const BsonValue *sort);

/* ---- query.c ---- */

/*
 * 1 or -1 for {$natural: 1 | -1}, 0 for what has no $natural.  what is "sort" or "hint", for the
 * messages: raises BadValue (2) for another value, and for further fields.
 */
extern int	crud_natural_direction(const BsonValue *order, const char *what);

/* Whether the filter requires an _id that the collection has at most one row of. */
extern bool crud_names_one_row(const Collection *collection, const BsonValue *filter);

/*
 * Appends "WITH m AS MATERIALIZED (SELECT columns FROM the collection WHERE filter ORDER BY sort
 * LIMIT 1 lock SKIP LOCKED) ": the one row to update or delete.  LIMIT counts rows after they are
 * locked, and a row that another session changed meanwhile is looked at again before, so it still
 * matches.  Materialized, because a sub-select in FROM may be run again, and then finds the next
 * row.
 *
 * A row that another transaction is changing is passed over, so that those who take documents off
 * a queue do not wait for each other.  If there was nothing but such rows the statement is run a
 * second time without SKIP LOCKED, and waits: the other transaction may roll back.
 */
extern void crud_append_chosen_row(CrudQuery *query, const Collection *collection,
								   const char *columns, const BsonValue *filter,
								   const BsonValue *let, const BsonValue *sort,
								   const char *lock);

/* Makes such a statement one that waits. */
extern void crud_query_wait(CrudQuery *query);

/* ---- collate.c ---- */

/* The same find with its collation in its parts. */
extern CrudFind crud_collate_find(const CrudFind *find);

/* The same update with its collation in its parts. */
extern CrudUpdate crud_collate_update(const Collection *collection, const CrudUpdate *update);

/* ---- update.c ---- */

/* Appends "docdb.update_document(...)" of a column. */
extern void crud_append_update(CrudQuery *query, const char *column, const CrudUpdate *update);

/* An update compiled; what it points to lives in CurrentMemoryContext. */
typedef struct CrudCompiledUpdate
{
	Update	   *update;
	ExprScope  *scope;
	ExprEvalContext *context;	/* NULL until asked for */
	BsonValue	let;			/* DOCUMENT or MISSING */
} CrudCompiledUpdate;

/*
 * Inserts what an upsert without a match inserts; false where a unique index stood against it and
 * the update is to be tried again.  On the last attempt that is an error.
 */
extern bool crud_upsert(const CollectionName *name, const CrudUpdate *update,
						CrudCompiledUpdate *compiled, bool last_attempt,
						BsonValue *document, BsonValue *id);

/* Compiles; raises an error for an update that makes no sense, whatever it is applied to. */
extern void crud_compile_update(const CrudUpdate *update, CrudCompiledUpdate *compiled);

/* The context to apply it in. */
extern ExprEvalContext *crud_update_context(CrudCompiledUpdate *compiled);

/* What drivers check: that an update has operators (or is a pipeline), and a replacement none. */
extern void crud_check_operators(const BsonValue *update);
extern void crud_check_replacement(const BsonValue *update);

/* The options that are part of an update. */
extern void crud_apply_options(const CrudOptions *options, CrudUpdate *update);

/*
 * The filter of something that writes.  NULL is refused, although to find it means all documents:
 * what a client sends for a value it forgot to set must not change or empty a collection.
 */
extern void crud_arg_write_filter(FunctionCallInfo fcinfo, int arg, BsonValue *filter);

/* A bson_value argument that may not be NULL; what names it in the message. */
extern void crud_arg_update(FunctionCallInfo fcinfo, int arg, const char *what,
							BsonValue *update);

/* So often an update is tried before an upsert's conflict is an error. */
#define CRUD_UPSERT_ATTEMPTS 5

/* ---- options.c ---- */

/* Reads the options argument of a SQL function. */
extern void crud_arg_options(FunctionCallInfo fcinfo, int arg, CrudOptionUser user,
							 CrudOptions *options);

/* ---- insert.c ---- */

/*
 * Inserts one document unless a unique index stands against it; true when it was inserted.  The
 * document must have been through collection_fix_document.
 */
extern bool crud_insert_unless_conflict(const Collection *collection, const BsonValue *document,
										const BsonValue *id, bool bypass_validation);

/*
 * Inserts documents that are fit to be stored; raises the first error, when *current is the
 * document at work, or -1 where that cannot be told.
 */
extern void crud_insert_documents(const Collection *collection, const Datum *documents,
								  const Datum *ids, int ndocuments, bool bypass_validation,
								  volatile int *current);

/* ---- error.c ---- */

/* The key that stood against a row in one of our unique indexes, as a document. */
extern bool crud_duplicate_key(const ErrorData *error, BsonValue *key);

/* ---- direct.c ---- */

/* The same without a statement; false, with nothing done, where the collection is not plain. */
extern bool crud_insert_direct(const Collection *collection, const Datum *documents,
							   const Datum *ids, int ndocuments, bool bypass_validation,
							   volatile int *current);

/* ---- express.c ---- */

/*
 * Puts the row of an _id that a snapshot sees into a slot of the table's; false where there is
 * none.  The collection has an id_index, which stays locked.
 */
extern bool crud_fetch_row(Relation rel, const Collection *collection, const BsonValue *id,
						   Snapshot snapshot, LOCKMODE lock, TupleTableSlot *slot);

/* ---- row_index.c ---- */

/* The indexes of a table whose rows are updated; they are opened when that proves necessary. */
typedef struct CrudRowIndexes CrudRowIndexes;

/* In CurrentMemoryContext; rel and collection must live as long.  The table is locked. */
extern CrudRowIndexes *crud_row_indexes_create(Relation rel, const Collection *collection);
extern void crud_row_indexes_close(CrudRowIndexes *indexes);

typedef struct CrudRowUpdate
{
	ItemPointerData tid;		/* the version to replace */
	CommandId	command;
	Snapshot	snapshot;
	const BsonValue *old_document;	/* that version's */
	const BsonValue *new_document;
	TupleTableSlot *old_slot;	/* that version, and the new one */
	TupleTableSlot *slot;
	bool		new_id;			/* the bytes of column _id change */

	/* Set by crud_row_update. */
	TM_FailureData failure;
	LockTupleMode lock_mode;
	DocdbUpdateIndexes needs_entries;
} CrudRowUpdate;

/* As table_tuple_update, with the index entries; HOT where no index's entries of the row change. */
extern TM_Result crud_row_update(CrudRowIndexes *indexes, CrudRowUpdate *update);

/* ---- row_write.c ---- */

/* Updates or deletes rows without a statement. */
typedef struct CrudRowWriter CrudRowWriter;

typedef struct CrudRowResult
{
	bool		modified;		/* by an update */
	BsonValue	old_document;	/* live until the writer's next row, or its end */
	BsonValue	new_document;	/* of an update; the old one where nothing was modified */
} CrudRowResult;

/*
 * A writer for rows of a collection with lone_trigger, whose table is locked and whose filter and
 * update are these; without compiled it deletes.  Its snapshot is the active one.  With wait, rows
 * that other sessions are changing are waited for and then written in their newest version, as far
 * as the isolation level allows that and they still match; without they are left alone.  It is in
 * CurrentMemoryContext, and what it is given must live as long.
 */
extern CrudRowWriter *crud_row_writer_create(Relation rel, const Collection *collection,
											 const CrudUpdate *update,
											 CrudCompiledUpdate *compiled, bool wait);
extern void crud_row_writer_close(CrudRowWriter *writer);

/*
 * Writes a row that the snapshot sees and that matches the filter: by its place and the values of
 * its columns, or by its _id.  False where nothing was written.
 */
extern bool crud_row_write(CrudRowWriter *writer, ItemPointer tid, Datum id, Datum document,
						   CrudRowResult *result);
extern bool crud_row_write_by_id(CrudRowWriter *writer, const BsonValue *id,
								 CrudRowResult *result);

/* ---- express_write.c ---- */

typedef struct CrudExpressResult
{
	bool		keep_documents; /* in: the documents are wanted */
	int64		matched;
	int64		modified;
	BsonValue	old_document;	/* of the last row, in CurrentMemoryContext */
	BsonValue	new_document;
} CrudExpressResult;

/*
 * Does an update or, without compiled, the deletion of what an update's filter finds, without an
 * UPDATE or DELETE statement; false, with nothing written, where one must do it.
 */
extern bool crud_write_express(const Collection *collection, const CrudUpdate *update,
							   CrudCompiledUpdate *compiled, CrudExpressResult *result);

/* ---- stream.c ---- */

/* Begins a stream of one value (copied), or of none where it is 0. */
extern void crud_stream_begin_value(FunctionCallInfo fcinfo, Datum value);

#endif							/* DOCDB_CRUD_INTERNAL_H */
