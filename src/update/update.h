/*
 * update.h
 *		MongoDB's update language: operators, replacement documents and pipelines.
 */
#ifndef DOCDB_UPDATE_H
#define DOCDB_UPDATE_H

#include "pgbson/builder.h"
#include "expr/expr.h"

typedef struct Update Update;

typedef enum UpdateKind
{
	UPDATE_OPERATORS,			/* { $set: { <path>: <value>, ... }, ... } */
	UPDATE_REPLACEMENT,			/* any other document */
	UPDATE_PIPELINE				/* [ { $set: ... }, ... ] */
} UpdateKind;

/*
 * Compiles an update into CurrentMemoryContext; the update and the filters must live as long as
 * the result.  A document whose first field starts with a dollar is one of operators, any other
 * document is a replacement, an array is a pipeline of $addFields, $set, $project, $unset,
 * $replaceRoot and $replaceWith.
 *
 * array_filters is an ARRAY of the filters that `$[name]` in paths refers to, or NULL or MISSING.
 * scope (may be NULL) holds the variables that a pipeline may name.
 *
 * Raises FailedToParse (9) for an unknown operator, ConflictingUpdateOperators (40) for
 * overlapping paths, EmptyFieldName (56), and what the operators raise for their operands.
 */
extern Update *update_compile(const BsonValue *update, const BsonValue *array_filters,
							  ExprScope *scope);

/* Whether an update, not compiled yet, has the positional operator "$" in a path. */
extern bool update_is_positional(const BsonValue *update);

/*
 * Gives a compiled update the filter by which its documents are found, which says what "$" in its
 * paths stands for.  The filter must live as long as the update; scope is the update's.  Without
 * it, and for a document in which the filter met no array's element, update_apply raises BadValue
 * (2) for such an update.
 */
extern void update_set_filter(Update *update, const BsonValue *filter, ExprScope *scope);

extern UpdateKind update_kind(const Update *update);

/* True when the update is a replacement document. */
extern bool update_is_replacement(const Update *update);

/*
 * Whether each document counts as modified, also one that is the same afterwards, as MongoDB counts
 * a replacement without _id and a $push that sorts.
 */
extern bool update_always_modifies(const Update *update);

/*
 * A replacement with the current time in the place of the empty timestamps among its own fields
 * but _id; any other update, and one without such, is what it was.
 */
extern void update_fill_timestamps(BsonValue *update);

/*
 * Applies the update to a document.  With is_insert, $setOnInsert takes effect.  Returns whether
 * anything changed, byte for byte, or counts as if it had; *result is then the new document, in a
 * buffer of its own from CurrentMemoryContext (which pgbson_finished_datum makes a datum), and
 * otherwise the old one.  context must be one of the scope the update was compiled with, or NULL
 * where that was NULL.
 *
 * _id may not change: ImmutableField (66).  Other errors: PathNotViable (28) for a path through a
 * value that is neither document nor array, DollarPrefixedFieldName (52), TypeMismatch (14),
 * BadValue (2), CannotBackfillArray (34), and 17419 for a result of more than 16 MiB.
 */
extern bool update_apply(const Update *update, const BsonValue *document, bool is_insert,
						 ExprEvalContext *context, BsonValue *result);

/*
 * The document that an upsert inserts: the filter's equalities (of _id only, for a replacement),
 * then the update applied to it.  _id is its first field, a new ObjectId where neither gives one.
 * Raises NotSingleValueField (54) where the filter equals a path twice, NotExactValueField (111)
 * where a replacement's filter equals a path below _id, and 17420 for more than 16 MiB.
 */
extern void update_build_upsert(const Update *update, const BsonValue *filter,
								ExprEvalContext *context, BsonValue *result);

#endif							/* DOCDB_UPDATE_H */
