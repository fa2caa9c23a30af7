/*
 * match.h
 *		MongoDB's filter language.
 */
#ifndef DOCDB_MATCH_H
#define DOCDB_MATCH_H

#include "pgbson/pgbson.h"
#include "expr/expr.h"

typedef struct Matcher Matcher;

/*
 * Compiles a filter document into CurrentMemoryContext.  `let` variables may be used by $expr:
 * pass the scope and give match_eval a context of it, or NULL and NULL where there are none.
 * Raises MongoDB's errors (BadValue 2 for most, FailedToParse 9, ...).
 */
extern Matcher *match_compile(const BsonValue *filter, ExprScope *scope);

/* Whether a document matches.  context may be NULL when the filter was compiled without a scope. */
extern bool match_eval(const Matcher *matcher, const BsonValue *document, ExprEvalContext *context);

/*
 * The position of the array element by which a document matches, which the positional operator
 * "$" of projections and updates stands for, or -1 where the filter met no array's element.  The
 * document is one that matches.
 */
extern int64 match_position(const Matcher *matcher, const BsonValue *document);

/* True for a filter that every document matches. */
extern bool match_is_trivial(const Matcher *matcher);

/*
 * The same for a condition on one value, as $pull and array filters have it: {$gte: 5}, a document
 * of conditions on fields of the element, or a literal to equal.
 */
extern Matcher *match_compile_element(const BsonValue *condition, ExprScope *scope);
extern bool match_eval_element(const Matcher *matcher, const BsonValue *element,
							   ExprEvalContext *context);

/*
 * The equalities that a filter requires: calls back with each path and value, by path, for the
 * document that an upsert inserts ($and, $or and $in of one operand, $eq and $all are looked
 * through).  Paths may come twice, or lead to each other: what that means is the caller's to say.
 */
typedef void (*MatchEqualityCallback) (const char *path, uint32 pathlen, const BsonValue *value,
									   void *arg);
extern void match_equalities(const BsonValue *filter, MatchEqualityCallback callback, void *arg);

/*
 * If the filter is exactly an equality on _id (or contains one as a top-level conjunct), gives its
 * value; used to find the row by primary key.
 */
extern bool match_id_equality(const BsonValue *filter, BsonValue *id);

#endif							/* DOCDB_MATCH_H */
