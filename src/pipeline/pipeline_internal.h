/*
 * pipeline_internal.h
 *		How aggregation stages are compiled.
 *
 * A stage is one row of stage_list.h and one function.  The function is given the query so far and
 * changes it so that it also does what the stage does.  A query is one SELECT under construction:
 * where a stage needs what SQL computes before what is there already (a $match after a $limit),
 * pipeline_close makes the query so far a subquery of a new SELECT.  Nothing is materialised on
 * the way, and the planner pulls up what can be pulled up.
 */
#ifndef DOCDB_PIPELINE_INTERNAL_H
#define DOCDB_PIPELINE_INTERNAL_H

#include "nodes/pg_list.h"

#include "base/errors.h"
#include "crud/crud.h"
#include "expr/expr.h"
#include "pipeline/pipeline.h"
#include "pipeline/unwind.h"

/* What all queries of one statement share. */
typedef struct PipelineCompiler
{
	CrudQuery  *sql;			/* collects the parameters, and the text at last */
	const char *database;		/* where $lookup and $unionWith find their collections */
	int			aliases;		/* handed out so far */
	int			depth;			/* of sub-pipelines */
	BsonValue	collation;		/* of all of it, with all fields; MISSING for the simple one */
	const char *collation_sql;	/* the same as a literal, or NULL */
} PipelineCompiler;

/* What type the expression is by which rows are ordered. */
typedef enum PipelineOrderType
{
	PIPELINE_ORDER_KEY,			/* a bytea, what operator <~> gives */
	PIPELINE_ORDER_ID,			/* a bson_value, column _id */
	PIPELINE_ORDER_NUMBER		/* a bigint, a number of rows */
} PipelineOrderType;

/*
 * One SELECT under construction.  Expressions are SQL text.
 */
typedef struct PipelineQuery
{
	PipelineCompiler *compiler;

	const char *from;			/* the FROM list */
	const char *doc;			/* the document */
	bool		doc_is_column;	/* ... which costs nothing to name more than once */
	const char *alias;			/* of the collection's table, while that alone is in FROM */
	const Collection *collection;	/* ... and the collection */
	List	   *where;			/* conditions, of char * */
	const char *group_by;
	const char *having;
	bool		grouped;		/* doc has aggregates */
	bool		returns_set;	/* doc is a set-returning function */

	/*
	 * The expression by which the rows shall come out, or NULL.  It is computed from the rows that
	 * FROM gives, not from doc, and is carried along when the query becomes a subquery, so that
	 * the order can be had again after a join or within a group.
	 */
	const char *order;
	const BsonValue *sort;		/* what doc, still the same, was sorted by, or NULL */
	PipelineOrderType order_type;
	bool		descending;
	int64		skip;
	int64		limit;			/* -1: none */

	/* Variables that expressions may use, beside the system's. */
	List	   *var_names;		/* of char *, all that the bson has */
	const char *vars;			/* the bson that has their values and the collation, or NULL */
	const BsonValue *let;		/* that bson where it is a constant, or NULL */

	/* For $lookup: the $unwind of what it adds, which it is to do along; otherwise NULL. */
	const Unwind *unwind;
} PipelineQuery;

/* Makes the query do what a stage does. */
typedef void PipelineStageFunction(PipelineQuery *query, const BsonValue *spec);

/*
 * Whether a stage may change the field of that name; true where the specification is not
 * understood.
 */
typedef bool PipelineModifiesFunction(const BsonValue *spec, const char *name, uint32 len);

typedef struct PipelineStageInfo
{
	const char *name;			/* with its dollar */
	int			flags;
	PipelineStageFunction *function;
	PipelineModifiesFunction *modifies;
} PipelineStageInfo;

/* Flags of rows in stage_list.h. */

/* One document out for each one in, in the same order: $skip and $limit may be done before. */
#define STAGE_ONE_TO_ONE	0x01

/* Takes each document for itself: a $match or $sort by fields it does not modify may go before. */
#define STAGE_EACH			0x02

#define STAGE_NOT_IN_FACET	0x04

typedef enum PipelineStageId
{
#define STAGE(name, symbol, flags, function, modifies) PIPELINE_STAGE_##symbol,
#include "pipeline/stage_list.h"
#undef STAGE
	PIPELINE_STAGES
} PipelineStageId;

extern const PipelineStageInfo pipeline_stages[PIPELINE_STAGES];

#define STAGE(name, symbol, flags, function, modifies) extern PipelineStageFunction function;
#include "pipeline/stage_list.h"
#undef STAGE

extern PipelineModifiesFunction pipeline_modifies_nothing;
extern PipelineModifiesFunction pipeline_modifies_all;
extern PipelineModifiesFunction pipeline_modifies_names;
extern PipelineModifiesFunction pipeline_modifies_projected;
extern PipelineModifiesFunction pipeline_modifies_unset;
extern PipelineModifiesFunction pipeline_modifies_unwound;
extern PipelineModifiesFunction pipeline_modifies_as;

/* A parsed stage: its row and its argument. */
typedef struct PipelineStage
{
	const PipelineStageInfo *info;
	BsonValue	spec;
} PipelineStage;

/* The stage of a name, or NULL. */
extern const PipelineStageInfo *pipeline_find_stage(const char *name);

static inline PipelineStageId
pipeline_stage_id(const PipelineStage *stage)
{
	return (PipelineStageId) (stage->info - pipeline_stages);
}

/* ---- Queries (query.c) ---- */

/* A new query over a collection, or over nothing where the collection does not exist. */
extern PipelineQuery *pipeline_query_create(PipelineCompiler *compiler, const char *collection,
											uint32 len);

/* Parses a pipeline, an ARRAY, into stages (of PipelineStage); raises MongoDB's errors. */
extern List *pipeline_parse(const BsonValue *pipeline);

/* Brings stages into an order that does less work and gives the same documents. */
extern List *pipeline_optimize(List *stages);

/* Parses, optimizes and compiles stages onto the query. */
extern void pipeline_add_stages(PipelineQuery *query, const BsonValue *pipeline);

/* A table alias that nothing else in the statement has. */
extern const char *pipeline_alias(PipelineQuery *query);

/* SQL of a constant: a parameter. */
extern const char *pipeline_value_sql(PipelineQuery *query, const BsonValue *value);
extern const char *pipeline_document_sql(PipelineQuery *query, const BsonValue *document);
extern const char *pipeline_string_sql(PipelineQuery *query, const char *string);
extern const char *pipeline_count_sql(const PipelineQuery *query, int64 count);

/* A filter with the collation in it, where it may concern it. */
extern BsonValue pipeline_collated_filter(const PipelineQuery *query, const BsonValue *filter);

/* ", collation" as a further argument of a function, or "". */
extern const char *pipeline_collation_argument(const PipelineQuery *query);

/* SQL of a constant as a literal, which is part of the statement's shape. */
extern const char *pipeline_value_literal_sql(PipelineQuery *query, const BsonValue *value);

/* An operator of the extension's types, with its schema. */
extern const char *pipeline_operator_sql(PipelineQuery *query, const char *name);

/*
 * The value, a bson_value, of an expression of the query's document; NULL where it is missing.
 * Raises the errors of compiling it.  *constant (may be NULL) tells whether it is a constant.
 */
extern const char *pipeline_expression_sql(PipelineQuery *query, const BsonValue *expression,
										   bool *constant);

/* Sets the order to that of a sort specification. */
extern void pipeline_order_by_spec(PipelineQuery *query, const BsonValue *sort);

/* The condition of a filter on the collection's table, or NULL where every document matches. */
extern const char *pipeline_filter_sql(PipelineQuery *query, const BsonValue *filter);

/*
 * Makes the query so far a subquery of a new one, so that what it does is done before what comes.
 * Where rows have an order it is carried along in a column; with `sorted` the subquery's rows also
 * come in that order, without it (and without a limit) the order is left to be had outside.
 */
extern void pipeline_close(PipelineQuery *query, bool sorted);

/*
 * Makes the query a subquery of that alias, which has the number n of each row in their order and
 * one more column; the rows' order is by n then.
 */
extern void pipeline_number_rows(PipelineQuery *query, const char *alias, const char *column);

/*
 * Makes the query a subquery of that alias, which has one more column.  The rows need not come in
 * their order.
 */
extern void pipeline_add_column(PipelineQuery *query, const char *alias, const char *column);

/* The query's order as a bytea that ascends, and what stands after ORDER BY in it. */
extern const char *pipeline_order_key(const PipelineQuery *query);
extern const char *pipeline_order_by(const PipelineQuery *query);

/* Forgets the order, or sets it to a number of rows. */
extern void pipeline_drop_order(PipelineQuery *query);
extern void pipeline_order_by_number(PipelineQuery *query, const char *number);

/* Closes the query where conditions can no longer be added before what it does. */
extern void pipeline_close_rows(PipelineQuery *query);

/* Makes doc something that may be named more than once. */
extern void pipeline_make_column(PipelineQuery *query);

extern void pipeline_add_condition(PipelineQuery *query, const char *condition);

/* Makes doc the result of a function of it, which costs more than a column. */
extern void pipeline_set_doc(PipelineQuery *query, const char *doc);

/* ", vars" as a further argument of a function, or "". */
extern const char *pipeline_vars_argument(const PipelineQuery *query);

/* ", metadata => ..." for a projection that has a $meta for what there is; otherwise "". */
extern const char *pipeline_metadata_argument(PipelineQuery *query, const BsonValue *projection);

/* The finished SELECT, of one column doc; or with the sort key as column k where there is one. */
extern char *pipeline_select(PipelineQuery *query);
extern char *pipeline_keyed_select(PipelineQuery *query);

/* Makes the query one over a SELECT that has a column doc. */
extern void pipeline_wrap(PipelineQuery *query, const char *select);

/* A scope that knows the query's variables, for compiling expressions. */
extern ExprScope *pipeline_scope(const PipelineQuery *query);

/* ---- Help for stages ---- */

/* Raises an error with MongoDB's code unless the argument is a document. */
#define pipeline_require_document(spec, code, ...) \
	do { \
		if ((spec)->type != BSON_DOCUMENT) \
			ereport(ERROR, (errcode(DOCDB_SQLSTATE(code)), errmsg(__VA_ARGS__))); \
	} while (0)

/* ---- Nested fields (nested.c) ---- */

/* The path that a STRING is, checked; other values raise TypeMismatch (14). */
extern BsonPath *pipeline_path_of(const BsonValue *path);

/* The value at a path through documents; arrays are not looked into. */
extern bool pipeline_get_nested(const BsonValue *document, const BsonPath *path,
								BsonValue *value);

/*
 * Appends the document's fields to builder's open document, with the field at the path set to
 * value, or removed where that is MISSING.  Whatever is not a document on the way is replaced by
 * one, arrays too: so do $lookup and $unwind, unlike $addFields.
 */
extern void pipeline_append_nested(BsonBuilder *builder, const BsonValue *document,
								   const BsonPath *path, const BsonValue *value);

#endif							/* DOCDB_PIPELINE_INTERNAL_H */
