/*
 * match_internal.h
 *		How a filter is compiled and evaluated.
 *
 * Parsing makes a tree of nodes: conjunctions, disjunctions, and predicates, each on one path.  The
 * tree is then laid out for evaluation: its inner nodes become gates, and the predicates of the
 * whole filter, whatever gate they feed, are hung into a trie of path components.  Evaluating walks
 * the document along the trie, so that each level is read once however many predicates look into
 * it.  A predicate is decided true by the first value that passes, and false when no value can
 * come any more; each decision is passed up through the gates, and the walk ends as soon as the
 * outermost one knows its value.
 *
 * There are two tries, for the cheap predicates and for the costly ones; the second is only walked
 * when the first left the outcome open, and predicates on the whole document ($expr) come last.
 */
#ifndef DOCDB_MATCH_INTERNAL_H
#define DOCDB_MATCH_INTERNAL_H

#include "nodes/pg_list.h"

#include "expr/regex.h"
#include "match/match.h"
#include "pgbson/stats.h"

/* MongoDB's limit for the components of a path: its nesting limit. */
#define MATCH_MAX_PATH_PARTS BSON_MAX_DEPTH

typedef struct MatchEstimate MatchEstimate;
typedef struct MatchNode MatchNode;
typedef struct MatchOperator MatchOperator;
typedef struct MatchParse MatchParse;
typedef struct MatchPredicate MatchPredicate;
typedef struct MatchRun MatchRun;
typedef struct MatchTrie MatchTrie;

/* ---- Operators ---- */

typedef enum MatchOperatorId
{
#define MATCH_OP(name, symbol, place, phase, arrays, selectivity, estimate, parse, eval) \
	MATCH_OP_##symbol,
#define MATCH_REWRITE(name, symbol, place, parse) MATCH_OP_##symbol,
#define MATCH_REFUSED(name, symbol, place) MATCH_OP_##symbol,
#include "match/match_oplist.h"
#undef MATCH_OP
#undef MATCH_REWRITE
#undef MATCH_REFUSED
} MatchOperatorId;

typedef enum MatchPlace
{
	MATCH_QUERY,
	MATCH_FIELD
} MatchPlace;

typedef enum MatchPhase
{
	MATCH_CHEAP,
	MATCH_COSTLY,
	MATCH_WHOLE,
	MATCH_PHASES
} MatchPhase;

typedef enum MatchArrays
{
	MATCH_EACH,
	MATCH_ARRAY
} MatchArrays;

/*
 * Reads an operand.  path is the field's, NULL where the predicate is on a value itself (inside
 * the value form of $elemMatch); siblings is the document the operator stands in.  Returns NULL
 * for an operator that constrains nothing ($comment, $options).
 */
typedef MatchNode *(*MatchParseFunction) (MatchParse *parse, const MatchOperator *op,
										  const char *path, const BsonValue *operand,
										  const BsonValue *siblings);

/* Tests one value, which may be BSON_MISSING. */
typedef bool (*MatchEvalFunction) (const MatchPredicate *predicate, const BsonValue *value,
								   MatchRun *run);

/*
 * Guesses the share of documents that pass a predicate, not negated.  path is what is known of the
 * path; NULL without statistics.
 */
typedef double (*MatchEstimateFunction) (const MatchNode *node, const MatchEstimate *known,
										 const BsonPathStatistics *path);

struct MatchOperator
{
	const char *name;
	MatchOperatorId id;
	MatchPlace	place;
	MatchPhase	phase;
	MatchArrays arrays;
	double		selectivity;
	MatchEstimateFunction estimate;
	MatchParseFunction parse;
	MatchEvalFunction eval;		/* NULL where parse rewrites or refuses */
};

extern const MatchOperator match_operators[];
extern const int match_operator_count;

/* The operator of that name for that place, or NULL. */
extern const MatchOperator *match_find_operator(const char *name, MatchPlace place);

/* The operator that a value begins with, or NULL where it is no document or begins otherwise. */
extern const MatchOperator *match_first_operator(const BsonValue *value, MatchPlace place);

#define MATCH_PARSE_PROTOTYPE(function) \
	extern MatchNode *function(MatchParse *parse, const MatchOperator *op, const char *path, \
							   const BsonValue *operand, const BsonValue *siblings);
#define MATCH_OP(name, symbol, place, phase, arrays, selectivity, estimate, parse, eval) \
	extern double estimate(const MatchNode *node, const MatchEstimate *known, \
						   const BsonPathStatistics *path); \
	MATCH_PARSE_PROTOTYPE(parse) \
	extern bool eval(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run);
#define MATCH_REWRITE(name, symbol, place, parse) MATCH_PARSE_PROTOTYPE(parse)
#define MATCH_REFUSED(name, symbol, place)
#include "match/match_oplist.h"
#undef MATCH_OP
#undef MATCH_REWRITE
#undef MATCH_REFUSED
MATCH_PARSE_PROTOTYPE(match_parse_refused)

/* ---- Parsing ---- */

struct MatchParse
{
	ExprScope  *scope;			/* the variables that $expr may name, or NULL */
	ExprScope  *own_scope;		/* made for a $expr where the caller gave no scope */
	bool		in_element;		/* inside $elemMatch: no $expr and the like */
	MatchFeatures features;
	bool		skip_exprs;		/* $expr is not compiled, as the tree is only looked at, */
	bool		skip_regexes;	/* nor are regexes */
	bool		check_only;		/* only errors are looked for; lists need not be in order */
	const BsonCollation *collation;
	const char *top;			/* the document that may have a field $collation */
};

typedef enum MatchNodeKind
{
	MATCH_NODE_CONSTANT,
	MATCH_NODE_AND,
	MATCH_NODE_OR,
	MATCH_NODE_PREDICATE
} MatchNodeKind;

struct MatchNode
{
	MatchNodeKind kind;
	bool		negated;
	bool		constant;		/* the value of a CONSTANT */
	List	   *children;		/* of AND, OR */

	/* PREDICATE */
	const MatchOperator *op;
	MatchPhase	phase;
	const BsonCollation *collation; /* of a comparison with what it may concern */
	const char *path;
	BsonValue	operand;		/* what the eval function reads; */
	void	   *data;			/* the two are the operator's own affair */
	const MatchOperator *written_op;	/* the operator it was written with; NULL for a literal */
	BsonValue	written_operand;
};

/* New nodes, in CurrentMemoryContext. */
extern MatchNode *match_node_constant(bool value);
extern MatchNode *match_node_group(MatchNodeKind kind);
extern MatchNode *match_node_predicate(MatchOperatorId id, const char *path,
									   const BsonValue *operand);

/* Adds a child to a group; NULL adds nothing. */
extern void match_node_add(MatchNode *group, MatchNode *child);

/* {field: value, $and: [...], ...}: the conjunction of the fields' conditions. */
extern MatchNode *match_parse_document(MatchParse *parse, const BsonValue *document);

/* {field: literal}: equality, or a match where the literal is a regex. */
extern MatchNode *match_parse_literal(MatchParse *parse, const char *path,
									  const BsonValue *literal);

/* The data of $regex; compiled is NULL where only the shape is looked at. */
typedef struct MatchRegexData
{
	ExprRegex  *compiled;
	const char *pattern;
	const char *options;
} MatchRegexData;

/* What most values that are not in a list are recognized by; see sieve.c. */
typedef struct MatchSieve MatchSieve;

/* A sieve in CurrentMemoryContext, or NULL where it would be of no use. */
extern MatchSieve *match_sieve_create(const BsonValue *values, int nvalues);

/* False for a value that none of the list equals, in the order without collation. */
extern bool match_sieve_passes(const MatchSieve *sieve, const BsonValue *value);

/* The data of $in. */
typedef struct MatchInData
{
	int			nvalues;
	const BsonCollation *collation; /* where it may concern some value */
	BsonValue  *values;			/* sorted, each once */
	MatchSieve *sieve;			/* or NULL */
	bool		has_null;
	int			nregexes;
	MatchPredicate *regexes;	/* whose data is MatchRegexData */
} MatchInData;

/*
 * The function that evaluates a comparison by a predicate's collation; the operator's own does
 * without.
 */
extern MatchEvalFunction match_collated_eval(MatchOperatorId id);

/* A predicate with a BSON_REGEX, and the data its evaluation function works with. */
extern MatchNode *match_regex_node(MatchParse *parse, const char *path, const BsonValue *regex);
extern MatchRegexData *match_regex_data(const MatchParse *parse, const BsonValue *regex);

/*
 * Reads an operand that must be an integer within a range, of whatever numeric type.  Returns
 * NULL, or what is wrong with it, for a message.
 */
extern const char *match_read_integer(const char *name, const BsonValue *value, int64 min,
									  int64 max, int64 *result);

/* {$gt: 1, $lt: 5}: adds the conditions on one field to a conjunction. */
extern void match_parse_conditions(MatchParse *parse, const char *path,
								   const BsonValue *conditions, MatchNode *group);

/*
 * Whether a value is a document of operators rather than a literal: its first field starts with
 * '$' and it is no DBRef.  {$ref: ..., $id: ...} is a DBRef; with incomplete_dbref one of $ref,
 * $id and $db is enough.
 */
extern bool match_is_conditions(const BsonValue *value, bool incomplete_dbref);

/*
 * The set of types that a name stands for, "number" for all numeric ones; BadValue for no name of
 * a type.
 */
extern int64 match_types_of_name(const char *text);

/* Whether a type is in the set that $type's operand became. */
extern bool match_is_type(int64 types, uint8 type);

/* Parses a filter only to look at its tree, which is simplified; regexes are compiled on demand. */
extern MatchNode *match_parse_shape(const BsonValue *filter, bool regexes);

/*
 * Removes constants, groups of one, and groups within groups of their own kind.  What comes back
 * is a constant (not negated), a predicate, or a group of at least two.
 */
extern MatchNode *match_simplify(MatchNode *node);

/* Lays a simplified tree out for evaluation. */
extern Matcher *match_finish(MatchNode *root);

/* What a node says of a predicate: all but its gate. */
extern void match_fill_predicate(MatchPredicate *predicate, const MatchNode *node);

/* ---- Evaluation ---- */

/* Where a predicate's or gate's value goes when it has no gate above. */
#define MATCH_NO_GATE (-1)

/*
 * What comparisons with a number or a date need, which are tested where the value lies: the
 * operand, and a bit for each way a value may stand to it that lets it pass.  $exists needs no
 * more than that there is a value.
 */
typedef struct MatchQuick
{
	bool		any;			/* any value passes */
	uint8		type;			/* BSON_DOUBLE (and int32), BSON_DATE, or BSON_MISSING: neither */
	uint8		passing;		/* bits 0 to 3: less, equal, greater, none of them */
	double		number;
	int64		date;
} MatchQuick;

struct MatchPredicate
{
	MatchEvalFunction eval;
	bool		negated;
	bool		each;			/* arrays at the end of the path are tested by element too */
	int			gate;
	BsonValue	operand;
	const void *data;
	const BsonCollation *collation;
	MatchQuick	quick;
};

typedef struct MatchGate
{
	bool		absorbing;		/* the input that decides alone: false for AND, true for OR */
	bool		negated;
	int			gate;			/* the next one up */
	int			inputs;
} MatchGate;

/*
 * Documents of a collection are much alike, so a trie node remembers what fields it met, in their
 * order.  To recognize a field by the bytes it begins with, type, name and all, is quicker than to
 * read it: the processor need not wait for the length of the name and the type's size before it
 * looks at the next one, as it guesses that the field is the one expected.
 */
typedef struct MatchField
{
	uint64		words[2];		/* type, name and NUL, as they lie in memory, */
	uint64		masks[2];		/* and which bytes of the words they are */
	MatchTrie  *child;			/* which the field belongs to, or NULL */
	uint8		type;
	bool		has_length;		/* the payload begins with a length that is to be added */
	uint32		header;			/* bytes before the payload */
	uint32		base;			/* bytes of the payload, without that length */
} MatchField;

#define MATCH_REMEMBERED_FIELDS 32

typedef struct MatchMemory
{
	int			nfields;
	int			misses;			/* fields of late that were not as expected */
	int			pause;			/* so many documents are to be read without it */
	MatchField	fields[MATCH_REMEMBERED_FIELDS + 1];	/* the last one is never any */
} MatchMemory;

/*
 * A path component.  Predicates are numbered so that those of a subtree are consecutive: first to
 * own_end are at this path, own_end to end below it.
 */
struct MatchTrie
{
	uint64		prefix;			/* the first bytes of the name, eight at most, in one word */
	uint64		prefix_mask;
	const char *name;
	uint32		namelen;
	int32		index;			/* as an array index, or -1 */
	uint32		visit;			/* stamp of the last walk that met the name */
	int			first;
	int			own_end;
	int			end;
	int			height;			/* levels below */
	int			nchildren;
	uint64		lengths;		/* bit n: a child's name has n bytes, modulo 64 */
	bool		indexed;		/* a child may be an array index */
	bool		each;			/* a predicate at this path is on the elements of arrays too */
	bool		quick;			/* the only predicate at and below this path is quick */
	int			walks;			/* documents seen before there was a memory */
	MatchMemory *memory;		/* NULL: none yet */
	MatchTrie  *children;		/* sorted by the length of the name, then by the name */
};

/* Finds a child by its name: quicker than looking at each where they are many. */
extern MatchTrie *match_search_child(const MatchTrie *trie, const char *name, uint32 len);

/* The first bytes of a name, which eight bytes can be read of, as MatchTrie has them. */
static inline uint64
match_name_word(const char *name)
{
	uint64		word;

	memcpy(&word, name, sizeof(word));
	return word;
}

typedef enum MatchForm
{
	MATCH_FORM_DOCUMENT,		/* a filter: the value is a document whose fields are walked */
	MATCH_FORM_SUBDOCUMENT,		/* the same, but a value that is no document does not match */
	MATCH_FORM_FIELD,			/* conditions on a value as if it stood in a field */
	MATCH_FORM_VALUE,			/* conditions on a value itself: arrays are not looked into */
	MATCH_FORM_LITERAL			/* equality with a literal */
} MatchForm;

struct Matcher
{
	MatchForm	form;
	bool		is_constant;
	bool		constant;
	BsonValue	literal;
	const BsonCollation *collation;
	MatchNode  *root;
	MemoryContext context;		/* where it lives */
	ExprEvalContext *own_context;	/* for $expr where match_eval is given none */
	int			npredicates;
	MatchPredicate *predicates;
	int			ngates;
	MatchGate  *gates;
	MatchTrie  *tries[2];		/* of MATCH_CHEAP and MATCH_COSTLY; NULL where none is */
	int			first_whole;	/* from here on the predicates are on the whole document */
	bool		is_conjunction; /* of all predicates; the gates are not needed */

	/* Scratch: how many inputs each gate still waits for, and which predicates are decided. */
	int		   *waiting;
	bool	   *decided;
	bool		any_decided;
	uint32		visits;
};

struct MatchRun
{
	Matcher    *matcher;
	ExprEvalContext *context;
	bool		result;			/* once an evaluation function returned true */
};

/* ---- Estimates ---- */

/* What estimates are made from. */
struct MatchEstimate
{
	const BsonStatistics *statistics;	/* or NULL */
	double		rows;			/* of the table, at least 1 */
	const char *prefix;			/* the path of the array that $elemMatch is on, or NULL */
	int			id_conditions;	/* what conditions on the column _id say already: */
};

/* MatchEstimate.id_conditions */
#define MATCH_ID_LOW 1			/* where it begins */
#define MATCH_ID_HIGH 2			/* where it ends */
#define MATCH_ID_EQUAL 4		/* what it is, or may be */

/* The share of documents that pass a tree of nodes. */
extern double match_selectivity(const MatchNode *node, const MatchEstimate *known);

/* Evaluates a matcher of any form but MATCH_FORM_LITERAL on a value. */
extern bool match_run(const Matcher *matcher, const BsonValue *value, ExprEvalContext *context);

#endif							/* DOCDB_MATCH_INTERNAL_H */
