/*
 * match.h
 *		MongoDB's filter language.
 */
#ifndef DOCDB_MATCH_H
#define DOCDB_MATCH_H

#include "pgbson/collation.h"
#include "expr/expr.h"

typedef struct Matcher Matcher;

/*
 * Compiles a filter document into CurrentMemoryContext.  `let` variables may be used by $expr:
 * pass the scope and give match_eval a context of it, or NULL and NULL where there are none.
 *
 * A field $collation is the collation by which the filter, $expr included, compares; without one
 * that is the scope's.  Regular expressions and $jsonSchema do without.
 * Raises MongoDB's errors (BadValue 2 for most, FailedToParse 9, ...).
 */
extern Matcher *match_compile(const BsonValue *filter, ExprScope *scope);

/* Which operators on whole documents, or that need an index of their own, a filter may have. */
typedef enum MatchFeatures
{
	MATCH_ALL_FEATURES,
	MATCH_PIPELINE_FEATURES,	/* no $where (2), $near, $nearSphere (5626500) */
	MATCH_NO_FEATURES			/* $text (2), $expr, $jsonSchema, $sampleRate (224) neither */
} MatchFeatures;

extern Matcher *match_compile_limited(const BsonValue *filter, MatchFeatures features,
									  ExprScope *scope);

/* Raises what match_compile raises for a filter that makes no sense. */
extern void match_check(const BsonValue *filter, ExprScope *scope);

/* Whether a document matches.  context may be NULL when the filter was compiled without a scope. */
extern bool match_eval(const Matcher *matcher, const BsonValue *document, ExprEvalContext *context);

/*
 * The position of the array element by which a document matches, which the positional operator
 * "$" of projections and updates stands for, or -1 where the filter met no array's element.  The
 * document is one that matches.
 */
extern int64 match_position(const Matcher *matcher, const BsonValue *document);

/*
 * Says why a document, one that does not match, does not: the details that MongoDB gives with
 * error 121, as in { operatorName: "$gt", specifiedAs: { a: { $gt: 5 } }, reason: "comparison
 * failed", consideredValue: 3 }.  In CurrentMemoryContext.
 */
extern void match_explain(const Matcher *matcher, const BsonValue *document,
						  ExprEvalContext *context, BsonValue *details);

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
 * The operand of $elemMatch, with MATCH_NO_FEATURES; and the position of the first element of an
 * array for which it holds, or -1.
 */
extern Matcher *match_compile_elem_match(const BsonValue *operand, ExprScope *scope);
extern int64 match_first_element(const Matcher *matcher, const BsonValue *array);

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

/* ---- What a filter requires, for those who look for documents without reading them all ---- */

typedef enum MatchConditionKind
{
	MATCH_IS_CONSTANT,
	MATCH_IS_AND,
	MATCH_IS_OR,
	MATCH_IS_EQ,				/* operand */
	MATCH_IS_GT,
	MATCH_IS_GTE,
	MATCH_IS_LT,
	MATCH_IS_LTE,
	MATCH_IS_IN,				/* values and regexes */
	MATCH_IS_REGEX,				/* regexes, one */
	MATCH_IS_EXISTS,
	MATCH_IS_TYPE,				/* types; see match_condition_has_type */
	MATCH_IS_SIZE,
	MATCH_IS_ELEM_MATCH,		/* children, one */
	MATCH_IS_NUMBER_TEST,		/* $mod and the like: of numbers */
	MATCH_IS_BITS_TEST,			/* of numbers and binary values */
	MATCH_IS_OTHER				/* $expr, ... */
} MatchConditionKind;

typedef struct MatchRegex
{
	const char *pattern;
	const char *options;
} MatchRegex;

/*
 * One condition of a filter.  Negations are pushed down to single conditions, which hold for a
 * document where no value at their path passes.
 */
typedef struct MatchCondition MatchCondition;
struct MatchCondition
{
	MatchConditionKind kind;
	bool		negated;		/* not with CONSTANT, AND, OR */
	bool		constant;		/* the value of CONSTANT */
	const char *path;			/* NULL where it is on a value itself, or on the whole document */
	BsonValue	operand;
	int			nvalues;
	const BsonValue *values;	/* sorted, each once */
	int			nregexes;
	const MatchRegex *regexes;
	uint64		types;
	int			nchildren;
	MatchCondition **children;	/* of ELEM_MATCH: what an element must be */
	const struct MatchNode *node;	/* what it was made of */
	bool		of_fields;		/* ELEM_MATCH: paths of the child are of fields of the element */
	const BsonCollation *collation; /* by which strings in operand and values compare, or NULL */
};

/*
 * The conditions of a filter, in CurrentMemoryContext; parts are views into the filter.  Raises
 * the errors of match_compile, but for those within $expr and regexes.
 */
extern MatchCondition *match_conditions(const BsonValue *filter);

/* Whether a condition compares with values that a collation may compare otherwise. */
extern bool match_condition_is_collatable(const MatchCondition *condition);

/* The same with regexes compiled, for match_condition_passes. */
extern MatchCondition *match_conditions_to_test(const BsonValue *filter);

/*
 * Whether the value at its path, which is no array and on whose way is none, meets a condition with
 * a path, its negation taken into account.  Any kind but CONSTANT, AND and OR.
 */
extern bool match_condition_passes(const MatchCondition *condition, const BsonValue *value);

/* Whether TYPE asks for a type. */
extern bool match_condition_has_type(const MatchCondition *condition, uint8 type);

/* Whether a value, not looked into where it is an array, passes; not for $expr and regexes. */
extern bool match_condition_test(const MatchCondition *condition, const BsonValue *value);

/*
 * Whether every document that one filter matches is matched by the other too.  True is certain;
 * false may only mean that it was not seen.
 */
extern bool match_implies(const MatchCondition *filter, const MatchCondition *other);

/* Whether every document that matches has a value, be it null, at the path. */
extern bool match_requires(const MatchCondition *filter, const char *path);

/*
 * The filter that a path has one of some values, regexes and undefined among them.  Null stands for
 * what {<path>: null} matches and, with or_missing, for where the path leads to no value at all, as
 * {<path>: {$exists: false}} has it.  collation is a document or NULL.
 */
extern void match_make_equals_any(const BsonValue *path, const BsonValue *values, int nvalues,
								  bool or_missing, const BsonValue *collation,
								  BsonValue *filter);

/*
 * Whether an expression of the planner's is a call of docdb.equals_any with a constant path.  The
 * values are not known then, but *filter is one of the same shape, null among its values.
 */
struct Node;
extern bool match_filter_shape(struct Node *node, BsonValue *filter);

/* Whether an expression of the planner's is "document @@ filter"; gives its operands. */
extern bool match_is_clause(struct Node *node, struct Node **document, struct Node **filter);

/*
 * What a support function of docdb.match and docdb.matches answers to the planner's requests for
 * their cost and selectivity; NULL to others.
 */
extern struct Node *match_answer_planner(struct Node *request);

#endif							/* DOCDB_MATCH_H */
