/*
 * project_internal.h
 *		The compiled form of a projection.
 */
#ifndef DOCDB_PROJECT_INTERNAL_H
#define DOCDB_PROJECT_INTERNAL_H

#include "match/match.h"
#include "project/project.h"

typedef enum ProjectNodeKind
{
	PROJECT_NODE_BRANCH,		/* has children */
	PROJECT_NODE_INCLUDE,
	PROJECT_NODE_EXCLUDE,
	PROJECT_NODE_COMPUTE,		/* the value of an expression */
	PROJECT_NODE_SLICE,			/* find's $slice */
	PROJECT_NODE_ELEM_MATCH		/* find's $elemMatch */
} ProjectNodeKind;

typedef enum ProjectType
{
	PROJECT_TYPE_UNKNOWN,		/* while compiling */
	PROJECT_TYPE_INCLUSION,
	PROJECT_TYPE_EXCLUSION,
	PROJECT_TYPE_ADDITION
} ProjectType;

/* [skip, limit] or the first or last so many elements. */
typedef struct ProjectSlice
{
	bool		has_skip;
	int32		skip;
	int32		limit;
} ProjectSlice;

/* One component of a path. */
typedef struct ProjectNode
{
	const char *name;
	uint32		len;
	ProjectNodeKind kind;
	bool		computes;		/* this node or one below it makes a value of its own */
	bool		positional;		/* this node or one below it is "<path>.$" */
	ExprNode   *expr;			/* COMPUTE */
	Matcher    *matcher;		/* ELEM_MATCH */
	ProjectSlice slice;			/* SLICE */
	int			nchildren;
	int			max_children;
	uint64		mask;			/* the children's bits, see project_name_bit */
	struct ProjectNode **child; /* in the order of the specification */
} ProjectNode;

struct Projection
{
	ProjectType type;
	bool		trivial;
	Matcher    *matcher;		/* the query's, for a positional projection, or NULL */
	ProjectNode root;
};

/* A cheap test for most names that no child has. */
static inline uint64
project_name_bit(const char *name, uint32 len)
{
	return UINT64CONST(1) << ((len * 7 + (uint8) name[0]) & 63);
}

/* The child of that name, with its place; NULL when there is none. */
static inline const ProjectNode *
project_find_child(const ProjectNode *node, const char *name, uint32 len, int *place)
{
	if ((node->mask & project_name_bit(name, len)) == 0)
		return NULL;
	for (int i = 0; i < node->nchildren; i++)
	{
		const ProjectNode *child = node->child[i];

		if (child->len == len && memcmp(child->name, name, len) == 0)
		{
			*place = i;
			return child;
		}
	}
	return NULL;
}

#endif							/* DOCDB_PROJECT_INTERNAL_H */
