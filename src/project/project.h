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
	PROJECT_STAGE,				/* $project */
	PROJECT_ADD_FIELDS			/* $addFields, $set */
} ProjectMode;

/*
 * Compiles a projection into CurrentMemoryContext.  Inclusions, exclusions and computed fields
 * are told apart as MongoDB does; raises its errors (31253, 31254 for mixing the two, 31249 and
 * 31250 for path collisions, 51272 for an empty $project, ...).
 */
extern Projection *project_compile(const BsonValue *spec, ProjectMode mode, ExprScope *scope);

/*
 * The projected document.  It is a view of context's document or of builder, which the caller
 * gives initialized and which is reset here.
 */
extern void project_eval(const Projection *projection, const BsonValue *document,
						 ExprContext *context, BsonBuilder *builder, BsonValue *result);

#endif							/* DOCDB_PROJECT_H */
