/*
 * update_internal.h
 *		The compiled form of an update, and how update operators are written.
 *
 * An operator is one row of update_oplist.h and two functions: one that checks its operand, and
 * one that computes the new value of a field from the old one.  The engine (tree.c, apply.c) finds
 * the fields: it walks paths, creates missing parents, pads arrays, refuses conflicts, orders new
 * fields and copies everything that no operator names.
 */
#ifndef DOCDB_UPDATE_INTERNAL_H
#define DOCDB_UPDATE_INTERNAL_H

#include "base/errors.h"
#include "match/match.h"
#include "project/project.h"
#include "update/update.h"

typedef struct UpdateOp UpdateOp;
typedef struct UpdateParser UpdateParser;

/* An operator with its operand, for one path. */
typedef struct UpdateAction
{
	const UpdateOp *op;
	const char *path;			/* dotted, as the update has it */
	uint32		pathlen;
	BsonValue	operand;
	void	   *data;			/* what the parse function keeps */
} UpdateAction;

/* What an apply function is given besides the old value. */
typedef struct UpdateCall
{
	const UpdateAction *action;
	const BsonValue *document;	/* before the update */
	ExprEvalContext *context;
	const BsonValue *moved;		/* values of the fields that $rename moves, or MISSING */
} UpdateCall;

typedef enum UpdateOutcome
{
	UPDATE_KEEP,				/* the field stays as it is */
	UPDATE_SET,					/* the field gets the new value */
	UPDATE_REMOVE				/* the field goes; in an array it becomes null */
} UpdateOutcome;

/* Checks the operand; raises an error, or keeps in action->data what the apply function needs. */
typedef void UpdateParseFunction(UpdateParser *parser, UpdateAction *action);

/*
 * Computes the new value of a field.  The old one is MISSING where there is no such field, which
 * only operators with UPDATE_CREATES are called for.  A new value may be a view of the old one, of
 * the operand, or of memory in CurrentMemoryContext.
 */
typedef UpdateOutcome UpdateApplyFunction(UpdateCall *call, const BsonValue *old,
										   BsonValue *new);

/* Flags of rows in update_oplist.h. */
#define UPDATE_CREATES		0x01	/* creates a missing field, and its parents */
#define UPDATE_INSERT_ONLY	0x02	/* takes effect only where an upsert inserts */
#define UPDATE_LENIENT		0x04	/* a path that could not be created is no error */
#define UPDATE_MOVES		0x08	/* $rename: acts on two paths */

struct UpdateOp
{
	const char *name;			/* with its dollar */
	int			flags;
	UpdateParseFunction *parse;
	UpdateApplyFunction *apply;
};

typedef enum UpdateOpId
{
#define UPDATE_OP(name, symbol, flags, parse, apply) UPDATE_OP_##symbol,
#include "update/update_oplist.h"
#undef UPDATE_OP
	UPDATE_OP_COUNT
} UpdateOpId;

extern const UpdateOp update_ops[UPDATE_OP_COUNT];

#define UPDATE_OP(name, symbol, flags, parse, apply) \
	extern UpdateParseFunction parse; \
	extern UpdateApplyFunction apply;
#include "update/update_oplist.h"
#undef UPDATE_OP

/* ---- The tree of paths ---- */

/* A filter that "$[name]" in a path refers to. */
typedef struct UpdateFilter
{
	const char *name;
	uint32		len;
	Matcher    *matcher;		/* of a document {name: element} */
	bool		used;
} UpdateFilter;

/*
 * A component of a path.  A leaf has an action; others have children, whose names are those of
 * fields or, with by_filter, of array filters.
 */
typedef struct UpdateNode
{
	const char *name;
	uint32		len;
	int64		index;			/* the name as an array index, or -1 */
	UpdateAction *action;		/* of a leaf */
	bool		positional;		/* it, or a node below it, is "$" */
	bool		by_filter;
	UpdateFilter *filter;		/* of a by_filter child; NULL for "$[]" */
	uint64		mask;			/* the children's bits, see name_bit */
	int			nchildren;
	int			max_children;
	struct UpdateNode **child;	/* in the order in which missing fields are created */
	struct UpdateNode **by_name;	/* sorted by bytes, where there are many, else NULL */
} UpdateNode;

/* A $rename: what stands at one path goes to the other. */
typedef struct UpdateMove
{
	const char *from_text;
	const char *to_text;
	BsonPath   *from;
	BsonPath   *to;
} UpdateMove;

typedef struct UpdateStage
{
	Projection *projection;		/* or else */
	ExprNode   *new_root;
	const char *new_root_name;	/* of the expression, for messages */
} UpdateStage;

struct Update
{
	UpdateKind	kind;
	ExprScope  *scope;
	UpdateNode	root;			/* OPERATORS */
	bool		positional;		/* a path has the component "$" */
	bool		always_modifies;	/* see update_always_modifies */
	bool		names_dbref;	/* a path begins with a field of a DBRef */
	Matcher    *matcher;		/* what says which element that is, or NULL */
	int			nfilters;
	UpdateFilter *filters;
	int			nmoves;
	UpdateMove *moves;
	BsonValue	replacement;	/* REPLACEMENT */
	int			nstages;
	UpdateStage *stages;		/* PIPELINE */
};

struct UpdateParser
{
	Update	   *update;
	ExprScope  *scope;
};

/* A cheap test for most names that no child has. */
static inline uint64
update_name_bit(const char *name, uint32 len)
{
	return UINT64CONST(1) << ((len * 7 + (uint8) name[0]) & 63);
}

/* The child of that name, with its place in node->child; NULL when there is none. */
extern UpdateNode *update_find_child(const UpdateNode *node, const char *name, uint32 len,
									 int *place);

/*
 * Adds an action to the tree at a path.  Refuses (40) a path that overlaps another's, and checks
 * the path as MongoDB does unless it is literal.
 */
extern void update_add_action(UpdateParser *parser, const char *path, uint32 len,
							  UpdateAction *action, bool literal);

/* A node that does what two do; conflicts raise an error that names the path so far. */
extern UpdateNode *update_merge_nodes(const UpdateNode *a, const UpdateNode *b, const char *path);

/* The tree in which "$" is the name of the array element at a position. */
extern const UpdateNode *update_place_position(const UpdateNode *root, int64 position);

/* Parses the operators of an update document into the tree. */
extern void update_parse_operators(UpdateParser *parser, const BsonValue *update);

/* Reads the array filters of an update. */
extern void update_parse_filters(UpdateParser *parser, const BsonValue *array_filters);

/* Raises an error where a filter is not used by any path. */
extern void update_check_filters(const Update *update, const BsonValue *spec);

extern bool update_filter_matches(const UpdateFilter *filter, const BsonIter *element,
								  ExprEvalContext *context);

/* ---- Kinds of updates ---- */

/* update_apply without a look at the result's size and at where its _id stands. */
extern bool update_apply_any(const Update *update, const BsonValue *document, bool is_insert,
							 ExprEvalContext *context, BsonValue *result);

extern bool update_apply_operators(const Update *update, const BsonValue *document,
								   bool is_insert, ExprEvalContext *context, BsonValue *result);
extern bool update_apply_replacement(const Update *update, const BsonValue *replacement,
									 const BsonValue *document, ExprEvalContext *context,
									 BsonValue *result);
extern void update_parse_pipeline(UpdateParser *parser, const BsonValue *pipeline);
extern bool update_apply_pipeline(const Update *update, const BsonValue *document,
								  ExprEvalContext *context, BsonValue *result);

/* ---- Helpers ---- */

/* Whether two values are the same in type and every bit. */
extern bool update_identical(const BsonValue *a, const BsonValue *b);

/* "{name: value}" and "{_id: value}" for messages. */
extern char *update_field_text(const char *name, uint32 len, const BsonValue *value);
extern char *update_id_text(const BsonValue *document);

/* The current time as a TIMESTAMP, another one each time within a second. */
extern void update_current_timestamp(BsonValue *value);

/*
 * The value that a $rename moves, or MISSING.  Raises what is wrong with its paths in this
 * document.
 */
extern void update_resolve_move(const UpdateMove *move, const BsonValue *document,
								BsonValue *value);

/* An action of $rename: at which end of the move it stands. */
typedef struct UpdateMoveEnd
{
	int			move;
	bool		source;
} UpdateMoveEnd;

/* Refuses a name that starts with a dollar at the top of a document (52), DBRefs excepted. */
extern void update_check_dollar_name(const char *name);

/* Whether it is $ref, $id or $db. */
extern bool update_is_dbref_name(const char *name);

/* Refuses a document with such fields at its top that are no DBRef's (InvalidDBRef 55). */
extern void update_check_dbrefs(const BsonValue *document);

/* The document with its _id in first place, if it has one elsewhere. */
extern void update_put_id_first(BsonValue *document);

#endif							/* DOCDB_UPDATE_INTERNAL_H */
