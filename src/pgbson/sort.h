/*
 * sort.h
 *		The keys that a document has for a list of paths, and sort specifications.
 *
 * One of the public headers of pgbson.  Both index keys and sort keys follow MongoDB's rules for
 * arrays, which are the same for both.
 */
#ifndef DOCDB_PGBSON_SORT_H
#define DOCDB_PGBSON_SORT_H

#include "pgbson/builder.h"
#include "pgbson/collation.h"

/* The most paths an index or a sort may have. */
#define BSON_MAX_KEYS 32

typedef struct BsonKeyPaths
{
	int			npaths;
	bool		for_sort;		/* refuse parallel arrays in terms of sorting, not of indexing */
	const BsonPath *path[BSON_MAX_KEYS];
} BsonKeyPaths;

/* One key: a value for each path, BSON_MISSING where the document has none. */
typedef void (*BsonKeyCallback) (const BsonValue *values, void *arg);

/*
 * Calls back for each key of a document, the same key possibly more than once.
 *
 * A path goes through documents by name.  Where it meets an array, the document has a key for
 * each element, in which all the paths that go through that array have a value of that element;
 * an empty array counts as undefined where the path ends at it, and as missing otherwise.  A part
 * that is an index ("a.0.b") picks that element instead.  Arrays within arrays are not gone
 * through.  Paths may not go through different arrays: CannotIndexParallelArrays (171), or
 * BadValue (2) with for_sort.  A part that is an index in an array and also a name in one of its
 * elements is error 16746.
 *
 * The result has bit i set where path i met an array, other than to pick an element by index:
 * elsewhere the document has only one value for the path.
 */
extern uint32 pgbson_each_key(const BsonKeyPaths *paths, const BsonValue *document,
							  BsonKeyCallback callback, void *arg);

/*
 * The value at a path unless an array is on the way or at its end; false when there is one.  A
 * value that is not there is BSON_MISSING.
 */
extern bool pgbson_path_get_single(const BsonValue *document, const BsonPath *path,
								   BsonValue *value);

typedef struct BsonSort
{
	BsonKeyPaths paths;
	uint32		descending;		/* bit i: path i is sorted downward */
	bool		whole_id;		/* the only path is _id, whose arrays are values like others */
	const BsonCollation *collation;
} BsonSort;

/*
 * Compiles {path: 1 | -1, ...}, into CurrentMemoryContext.  A field $collation is the collation to
 * sort by.  Numbers are truncated.  Raises
 * MongoDB's errors: 15974 for values that are no numbers, 15975 for other numbers, 7472500 for
 * repeated paths, 13103 for more than 32, those of pgbson_field_path_parse, and for {$meta: ...}
 * 17312, 9, 31138 or, as docdb has no scores, 40218.  {$meta: "randVal"} adds no path.  Without
 * paths all documents compare as equal.
 */
extern BsonSort *pgbson_sort_compile(const BsonValue *spec);

/*
 * The values that a document is sorted by: of all its keys the first in the order of the sort.
 * Missing values are BSON_NULL.  The array has room for paths.npaths values, which are views.
 */
extern void pgbson_sort_values(const BsonSort *sort, const BsonValue *document,
							   BsonValue *values);

/* The order of two arrays of sort values. */
extern int	pgbson_sort_compare(const BsonSort *sort, const BsonValue *a, const BsonValue *b);

/* Appends the key strings of a document's sort values, descending ones inverted. */
extern void pgbson_sort_append_key(const BsonSort *sort, const BsonValue *document,
								   StringInfo key);

#endif							/* DOCDB_PGBSON_SORT_H */
