/*
 * project.h
 *		Projections, as find and the $project, $addFields/$set and $unset stages have them.
 */
#ifndef DOCDB_PROJECT_H
#define DOCDB_PROJECT_H

#include "pgbson/builder.h"
#include "expr/expr.h"

typedef struct Projection Projection;

typedef enum ProjectMode
{
	PROJECT_FIND,				/* the projection argument of find */
	PROJECT_STAGE,				/* $project; $unset is a $project of exclusions */
	PROJECT_ADD_FIELDS			/* $addFields, $set */
} ProjectMode;

/*
 * Compiles a projection into CurrentMemoryContext:
 *
 *		{ <path>: 1 | true, ... }				inclusion; with an implied _id: 1
 *		{ <path>: 0 | false, ... }				exclusion
 *		{ <path>: <expression>, ... }			computed fields, beside inclusions
 *		{ <path>: { <path>: ... } }				nested form of "<path>.<path>": ...
 *		{ <path>: { $slice: n | [skip, n] } }	find only
 *		{ <field>: { $elemMatch: <filter> } }	find only
 *		{ "<path>.$": 1 | true }				find only, once: of the first array on the path
 *												the element that the query's filter met
 *
 * In PROJECT_ADD_FIELDS everything but a nested document is an expression.  Inclusions and
 * exclusions are told apart as MongoDB does; raises its errors (31253, 31254 for mixing the two,
 * 31249 and 31250, or 40176 for $addFields, for path collisions, 51272 for an empty $project, 16410
 * and 15998 for field names, ...).
 */
extern Projection *project_compile(const BsonValue *spec, ProjectMode mode, ExprScope *scope);

/*
 * The $project specification that excludes what an $unset stage names: a path or an array of
 * paths.  In CurrentMemoryContext.  Raises 31002, 31119, 31120.
 */
extern void project_unset_spec(const BsonValue *spec, BsonValue *exclusion);

/*
 * Gives a projection of find the query's filter, which a positional "<path>.$" needs; the filter
 * must live as long as the projection.  scope is the projection's.  Without a filter it is as with
 * an empty one.
 */
extern void project_set_filter(Projection *projection, const BsonValue *filter,
							   ExprScope *scope);

/* Whether the projection is positional. */
extern bool project_is_positional(const Projection *projection);

/* True when the projection leaves every document as it is. */
extern bool project_is_trivial(const Projection *projection);

/*
 * The projected document.  It is a view of the document or of builder, which the caller gives
 * initialized and which is reset here; to make it a datum without a copy, see
 * project_result_datum.  Sets the context's $$ROOT.  context may be NULL where no field is
 * computed.  Raises 51246 and 51247 where a positional projection meets an array, but the filter
 * met no array's element, or one that the array does not have.
 */
extern void project_eval(const Projection *projection, const BsonValue *document,
						 ExprEvalContext *context, BsonBuilder *builder, BsonValue *result);

/* The datum of project_eval's result: the builder's own buffer, or a copy of the document. */
extern Datum project_result_datum(const BsonValue *result, BsonBuilder *builder);

#endif							/* DOCDB_PROJECT_H */
