/*
 * element_sort.h
 *		Sorting the elements of an array, as $push and $sortArray do.
 *
 * One of the public headers of pgbson.
 */
#ifndef DOCDB_PGBSON_ELEMENT_SORT_H
#define DOCDB_PGBSON_ELEMENT_SORT_H

#include "pgbson/builder.h"
#include "pgbson/collation.h"

/* One field that is sorted by; a NULL path stands for the whole element. */
typedef struct BsonElementKey
{
	BsonPath   *path;
	bool		descending;
} BsonElementKey;

typedef struct BsonElementSort
{
	int			nkeys;
	bool		reverses_ties;	/* for the caller to set: equal elements come out in reverse */
	const BsonCollation *collation; /* for the caller to set */
	BsonElementKey *keys;
} BsonElementSort;

/* The SQLSTATEs of the errors in a specification. */
typedef struct BsonElementSortErrors
{
	int			bad_kind;		/* neither number nor document */
	int			bad_direction;	/* of whole elements: neither 1 nor -1 */
	int			bad_field;		/* a field's name or direction, or no fields */
} BsonElementSortErrors;

/*
 * Compiles 1 or -1, for whole elements, or {<path>: 1 | -1, ...}, into CurrentMemoryContext.
 */
extern BsonElementSort *pgbson_element_sort_compile(const BsonValue *spec,
													const BsonElementSortErrors *errors);

/*
 * Sorts values in place.  Missing fields sort as null, and an element that is no document has no
 * fields.  Elements that compare equal stay in their order, or in the reverse of it.
 */
extern void pgbson_element_sort(const BsonElementSort *sort, BsonValue *elements, int64 count);

#endif							/* DOCDB_PGBSON_ELEMENT_SORT_H */
