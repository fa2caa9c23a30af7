/*
 * update.h
 *		MongoDB's update language: operators and replacement.
 */
#ifndef DOCDB_UPDATE_H
#define DOCDB_UPDATE_H

#include "pgbson/builder.h"
#include "expr/expr.h"

typedef struct Update Update;

/*
 * Compiles an update: a document of operators ({$set: ...}) or a replacement document, told apart
 * by the first field's name as MongoDB does.  Raises FailedToParse (9) for an unknown operator,
 * ConflictingUpdateOperators (40) for overlapping paths, ...
 */
extern Update *update_compile(const BsonValue *update, ExprScope *scope);

/* True when the update is a replacement document. */
extern bool update_is_replacement(const Update *update);

/*
 * Applies the update to a document.  With is_insert, $setOnInsert takes effect.  Returns whether
 * anything changed; *result is then the new document, a view of memory in CurrentMemoryContext,
 * and otherwise the old one.  _id may not change: ImmutableField (66).
 */
extern bool update_apply(const Update *update, const BsonValue *document, bool is_insert,
						 ExprEvalContext *context, BsonValue *result);

/*
 * The document that an upsert inserts: the filter's equalities, then the update applied to it.
 * An _id is put first where neither gives one.
 */
extern void update_build_upsert(const Update *update, const BsonValue *filter,
								ExprEvalContext *context, BsonValue *result);

#endif							/* DOCDB_UPDATE_H */
