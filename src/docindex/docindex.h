/*
 * docindex.h
 *		bson_btree: B-trees over documents with MongoDB's index semantics.
 *
 * An index of this access method is PostgreSQL's nbtree over key strings that are extracted from
 * the documents: a document has one key for each distinct element of an array that a path of the
 * index meets.  What is indexed is said by the options of the operator class bson_keys:
 *
 *		keys		{"a": 1, "b.c": -1}: paths and directions
 *		sparse		documents without any of the paths are left out
 *		partial		only documents that match this filter are in
 *		uniq		no two documents may have the same key
 *		name		MongoDB's name of the index, for messages
 *		collation	MongoDB's collation document, by which the keys are made
 *
 * and by storage parameters, which ALTER INDEX can change:
 *
 *		hidden					the planner does not use the index
 *		expire_after_seconds	of documents whose date at the path is older than that, or -1
 *		collation_version		of ICU's rules by which the keys were made; a warning is given where
 *								ICU has others now
 */
#ifndef DOCDB_DOCINDEX_H
#define DOCDB_DOCINDEX_H

#include "nodes/execnodes.h"
#include "utils/rel.h"

#include "pgbson/sort.h"

#define DOCINDEX_AM_NAME "bson_btree"
#define DOCINDEX_OPCLASS_NAME "bson_keys"
#define DOCINDEX_GIN_OPCLASS_NAME "bson_ops"

/* The custom scan that counts an index's entries without looking at the rows. */
#define DOCINDEX_COVERED_SCAN "DocIndexOnlyScan"

/*
 * Adds the paths of that scan to a table's: of indexes that serve all conditions, where no column
 * of the table is wanted otherwise.
 */
struct PlannerInfo;
struct RelOptInfo;
struct RangeTblEntry;
extern void docindex_add_covered_paths(struct PlannerInfo *root, struct RelOptInfo *rel,
									   struct RangeTblEntry *rte);

/*
 * A path whose cost is as high is one that the index cannot serve.  Not infinite, so that
 * arithmetic with it stays finite.
 */
#define DOCINDEX_IMPOSSIBLE_COST 1.0e100

/* The fields of a document that index entries depend on. */
typedef struct DocIndexFields
{
	bool		all;			/* on the whole document, whatever the names say */
	uint32		size;			/* bytes of the names */
	char	   *names;			/* each with its NUL, one after the other */
} DocIndexFields;

/* What an index is over, compiled; lives as long as the backend. */
typedef struct DocIndexSpec
{
	BsonValue	keys;			/* {path: 1 | -1, ...}, as given */
	int			nfields;
	BsonKeyPaths paths;
	const char *names[BSON_MAX_KEYS];	/* the paths as text */
	uint32		descending;		/* bit i: field i is in descending order */
	bool		has_positions;	/* a path has a part that could be an array's index */
	bool		sparse;
	bool		unique;
	BsonValue	partial;		/* the filter, or MISSING */
	BsonValue	partial_filter; /* the same with the collation in it */
	BsonValue	collation;		/* with all fields, or MISSING for the simple one */
	const BsonCollation *collator;	/* the same, or NULL */
	bool		version_checked;	/* of the collation */
	DocIndexFields fields;		/* at the beginning of the paths, and of the partial filter's */
	const char *name;			/* or NULL */
} DocIndexSpec;

/* The settings that ALTER INDEX may change. */
typedef struct DocIndexSettings
{
	bool		hidden;
	int			expire_after_seconds;	/* -1: never */
} DocIndexSettings;

/* Whether an index is of this access method. */
extern bool docindex_is_ours(Relation index);

/* What an index is over; raises CannotCreateIndex (67) where its options make no sense. */
extern const DocIndexSpec *docindex_spec(Relation index);

extern void docindex_settings(Relation index, DocIndexSettings *settings);

/* A filter or key pattern with a collation, a document or MISSING, in it. */
extern void docindex_collate_filter(const BsonValue *filter, const BsonValue *collation,
									BsonValue *collated);

/*
 * Raises CannotCreateIndex (67) for a key pattern that no index can have, BadValue (2) for a
 * partial filter with an operator that none may have, and the errors of match_compile.
 */
extern void docindex_check_keys(const BsonValue *keys);
extern void docindex_check_partial_filter(const BsonValue *filter);

/* ---- Updates ---- */

/* So many changed fields are told apart. */
#define DOCINDEX_MAX_CHANGED 16

/* How a new document differs from the old one. */
typedef struct DocChange
{
	const BsonValue *old_document;
	const BsonValue *new_document;
	bool		all;			/* in too many fields to name */
	int			nfields;
	const char *names[DOCINDEX_MAX_CHANGED];	/* views; a name may come several times */
	uint32		lens[DOCINDEX_MAX_CHANGED];
} DocChange;

/* Compares two documents, which the result points to. */
extern void docindex_compare_documents(const BsonValue *old_document,
									   const BsonValue *new_document, DocChange *change);

/*
 * Adds the fields that entries of an index depend on, a bson_btree or a wildcard index; names are
 * in CurrentMemoryContext.
 */
extern void docindex_add_index_fields(DocIndexFields *fields, Relation index);

/* Whether a change is one of those fields; if not, entries that depend on them are the same. */
extern bool docindex_concerns(const DocIndexFields *fields, const DocChange *change);

/*
 * Whether a row whose documents these are has the same entries before and after in a bson_btree,
 * the marker included, or in a wildcard index.  The index is over the document itself and has no
 * predicate in the catalog.  True is certain.  Raises CannotIndexParallelArrays (171) for a new
 * document that the index cannot have.
 */
extern bool docindex_same_entries(Relation index, Relation heap, IndexInfo *info,
								  const DocChange *change);

/* ---- Wildcard indexes: GIN with operator class bson_ops ---- */

/*
 * What such an index is over, as the options of its operator class say:
 *
 *		keys		{"$**": 1}, which is the default, or {"a.b.$**": 1}
 *		projection	MongoDB's wildcardProjection
 *		partial		only documents that match this filter have entries
 *		name		MongoDB's name of the index
 *		collation	MongoDB's collation document, by which the keys are made
 *		hidden		the planner does not use the index
 */
typedef struct DocWildcard
{
	BsonValue	keys;
	BsonValue	projection;		/* or MISSING */
	BsonValue	partial;		/* or MISSING */
	BsonValue	collation;		/* or MISSING */
	const char *name;			/* or NULL */
	bool		hidden;
} DocWildcard;

/* What an index is over; NULL for one of another operator class.  Lives as long as the backend. */
extern const DocWildcard *docindex_wildcard(Relation index);

/*
 * Whether a key pattern is one of a wildcard index; raises CannotCreateIndex (67) for such a one
 * that no index can have.
 */
extern bool docindex_is_wildcard(const BsonValue *keys);
extern void docindex_check_wildcard_keys(const BsonValue *keys);

/*
 * Raises the errors that MongoDB raises for a wildcardProjection: BadValue (2) where the index is
 * no wildcard index, TypeMismatch (14), FailedToParse (9), 31253 and 31254 for mixing inclusion
 * and exclusion, 51271 for computed fields.
 */
extern void docindex_check_projection(const BsonValue *keys, const BsonValue *projection);

/* How a scan uses an index. */
typedef struct DocIndexUse
{
	uint32		arrays;			/* bit i: path i meets an array */
	bool		backward;
	BsonValue	bounds;			/* {path: ["[1, 5)", ...], ...} */
} DocIndexUse;

/*
 * Describes the scan for filters (a list of BsonValue *) that all must match, and a sort or
 * MISSING.  Everything is in CurrentMemoryContext.  The caller has the index locked.
 */
extern void docindex_describe(Relation index, List *filters, const BsonValue *sort,
							  DocIndexUse *use);

/*
 * The bounds of a scan of a wildcard index for filters that all must match, as the planner made
 * them: {<path>: ["[1, 5)", ...], ...}.
 */
extern void docindex_describe_wildcard(Relation index, List *filters, BsonValue *bounds);

#endif							/* DOCDB_DOCINDEX_H */
