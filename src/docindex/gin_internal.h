/*
 * gin_internal.h
 *		How the GIN operator class bson_ops makes keys of documents and filters.
 *
 * A key of a document is four bytes of a hash of a path and the key string of a value there.  Paths
 * have no positions: what is in an array is at the array's path, however many arrays are around it.
 * The last bit of the hash tells whether there are any: of what is in none, a document has only one
 * value for a path, which all conditions on it are about.
 *
 *		a scalar			its key string
 *		an empty array		the key string of undefined, as in an array
 *		an empty document	its key string
 *		another document	the byte of its class, beside the keys of its fields
 *
 * So that a value is at a path if and only if there is a key with the path's hash.  Key strings are
 * cut after GIN_PREFIX_SIZE bytes, with a hash of what follows.  As paths and cut values may have
 * the same hash, and keys do not tell which of them belong together, rows that are found are always
 * checked again.
 */
#ifndef DOCDB_DOCINDEX_GIN_INTERNAL_H
#define DOCDB_DOCINDEX_GIN_INTERNAL_H

#include "docindex/docindex_internal.h"

/* Strategies: the operator docdb.@@*, and the rows that have one key, for docdb.index_check. */
#define GIN_MATCH_STRATEGY 1
#define GIN_KEY_STRATEGY 2

#define GIN_PATH_SIZE 4
#define GIN_PREFIX_SIZE 60		/* bytes of a value's key string that are kept */
#define GIN_HASH_SIZE 4

/* ---- gin_spec.c ---- */

/* The paths of an index as a tree of names. */
typedef struct GinScopeNode
{
	const char *name;
	uint32		len;
	List	   *children;		/* of GinScopeNode; NIL where a path ends */
} GinScopeNode;

/*
 * Where in documents something is, as an index's paths see it: included or not, and the names that
 * make a difference below.
 */
typedef struct GinScope
{
	const GinScopeNode *node;	/* NULL: nothing below makes a difference */
	bool		included;
} GinScope;

typedef struct GinSpec
{
	DocWildcard wildcard;
	GinScope	root;
	const BsonCollation *collator;	/* by which strings are in the index, or NULL */
	Matcher    *partial;		/* or NULL */
	const MatchCondition *partial_condition;
	DocIndexFields partial_fields;
} GinSpec;

/* A field's scope, from that of the document it is in. */
static inline GinScope
gin_scope_of_field(GinScope scope, const char *name, uint32 len)
{
	const GinScopeNode *parent = scope.node;
	const ListCell *lc;

	if (parent == NULL)
		return scope;
	scope.node = NULL;
	foreach(lc, parent->children)
	{
		const GinScopeNode *child = lfirst(lc);

		if (child->len != len || memcmp(child->name, name, len) != 0)
			continue;
		if (child->children != NIL)
			scope.node = child;
		else
			scope.included = !scope.included;
		break;
	}
	return scope;
}

/* The compiled form of the operator class's options; NULL for none. */
extern const GinSpec *docindex_gin_spec_of_options(bytea *options);

/* The compiled form of the options of a call of one of the operator class's functions. */
extern const GinSpec *docindex_gin_spec_of_call(FmgrInfo *flinfo);

/* That of an index of the operator class. */
extern const GinSpec *docindex_gin_spec(Relation index);

/* ---- gin_keys.c ---- */

/* What a function of ours is known by. */
extern Datum docdb_gin_extract_value(PG_FUNCTION_ARGS);

/* A path's hash; that of the empty path is GIN_ROOT_PATH. */
#define GIN_ROOT_PATH UINT64CONST(0x67696E)

extern uint64 docindex_gin_hash_field(uint64 path, const char *name, uint32 len);

/* The bytes that stand for a path in keys. */
extern void docindex_gin_append_path(StringInfo key, uint64 path, bool in_array);

/* Cuts a key, whose value begins after the path, to what is kept of it. */
extern void docindex_gin_cut(StringInfo key);

typedef struct GinKeyList
{
	int			count;
	int			capacity;
	Datum	   *keys;			/* bytea datums in CurrentMemoryContext, not sorted */
} GinKeyList;

/* Adds the keys of a value at a path. */
extern void docindex_gin_add_keys(GinKeyList *list, const BsonCollation *collation,
								  GinScope scope, uint64 path, bool in_array,
								  const BsonValue *value);

/* Adds the keys of a document; none where the index's partial filter leaves it out. */
extern void docindex_gin_document_keys(const GinSpec *spec, Datum document, GinKeyList *list);

/* ---- gin_tree.c: what keys a filter asks for ---- */

typedef enum GinTreeKind
{
	GIN_TREE_NEVER,				/* no row matches */
	GIN_TREE_KEY,
	GIN_TREE_AND,
	GIN_TREE_OR
} GinTreeKind;

/* How much of a table's rows a tree is likely to leave. */
typedef enum GinStrength
{
	GIN_WEAK = 1,				/* those that have something at a path, or a type there */
	GIN_RANGE,
	GIN_POINT
} GinStrength;

/* Conditions on one path of which keys were made. */
typedef struct GinSource
{
	const char *path;
	bool		of_element;		/* all of them are about the same element of an array */
	List	   *conditions;		/* of MatchCondition */
} GinSource;

/* All keys from one on, up to but not including another; or a single one. */
typedef struct GinKeyRange
{
	KeyBytes	low;
	KeyBytes	high;			/* no data: only the key that is low */
} GinKeyRange;

typedef struct GinTree
{
	GinTreeKind kind;
	GinStrength strength;
	int			key;			/* KEY: its number, and */
	const GinKeyRange *range;	/* the keys themselves */
	List	   *children;
	const GinSource *source;	/* what the tree stands for, where it is of one path's conditions */
} GinTree;

typedef struct GinQuery
{
	const GinTree *tree;
	List	   *keys;			/* of GinKeyRange, those that the tree has numbers of */
} GinQuery;

/*
 * The tree of a filter.  False where an index cannot tell: where all rows might match, or rows that
 * are not in it.
 */
extern bool docindex_gin_query(const GinSpec *spec, const BsonValue *filter, GinQuery *query);

/* ---- gin_check.c ---- */

/* docdb.index_check of a wildcard index: the number of entries of rows that can be seen. */
extern int64 docindex_gin_check(Relation heap, Relation index);

#endif							/* DOCDB_DOCINDEX_GIN_INTERNAL_H */
