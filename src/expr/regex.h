/*
 * regex.h
 *		Regular expressions of PCRE2, as MongoDB has them.
 *
 * One of the public headers of expr.
 */
#ifndef DOCDB_EXPR_REGEX_H
#define DOCDB_EXPR_REGEX_H

#include "pgbson/pgbson.h"

typedef struct ExprRegex ExprRegex;

/*
 * Compiles a pattern with options out of "imsxu" (u changes nothing, since patterns and subjects
 * always are UTF-8).  The result lives in CurrentMemoryContext and what PCRE2 holds for it is
 * released with that.  It may be used by one match at a time.
 *
 * Errors are those of the operator named: NULL for the match language's $regex (51091 for an
 * invalid pattern, BadValue for an embedded NUL or too long a pattern), and otherwise the name of
 * an expression operator (51111, 51109, 51110).  An unknown option is 51108 for both.
 */
extern ExprRegex *expr_regex_compile(const char *pattern, uint32 len,
									 const char *options, uint32 optlen, const char *op);

/* The same for a BSON_REGEX value. */
extern ExprRegex *expr_regex_compile_value(const BsonValue *regex, const char *op);

/* The parts of a BSON_REGEX value; views. */
extern void expr_regex_parts(const BsonValue *regex, const char **pattern, uint32 *len,
							 const char **options, uint32 *optlen);

/*
 * Whether the pattern matches somewhere in a valid UTF-8 string.  A match that takes more than
 * docdb.regex_match_limit steps, or too much memory, is an error (51156).
 */
extern bool expr_regex_match(ExprRegex *regex, const char *subject, uint32 len);

/*
 * The same from byte `start` on.  After a match, expr_regex_group gives the bytes of group i
 * (0 for the whole match); false where the group took no part.
 */
extern bool expr_regex_search(ExprRegex *regex, const char *subject, uint32 len, uint32 start);
extern bool expr_regex_group(const ExprRegex *regex, int i, uint32 *start, uint32 *end);

/* Number of capturing groups. */
extern int	expr_regex_group_count(const ExprRegex *regex);

#endif							/* DOCDB_EXPR_REGEX_H */
