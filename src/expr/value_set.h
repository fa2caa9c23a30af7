/*
 * value_set.h
 *		Sets of BSON values, in the order in which they were added.
 *
 * One of the public headers of expr.
 */
#ifndef DOCDB_EXPR_VALUE_SET_H
#define DOCDB_EXPR_VALUE_SET_H

#include "pgbson/collation.h"

/* Values that compare equal, such as 1 and 1.0, are one; the first one added stays. */
typedef struct ValueSet
{
	MemoryContext context;
	const BsonCollation *collation; /* by which values are the same */
	BsonValue  *values;
	uint64	   *hashes;			/* of the values */
	uint32		count;
	uint32		capacity;		/* of the arrays */
	uint32	   *slots;			/* open addressing: one more than an index, or 0 */
	uint32		nslots;			/* a power of two, or 0 before the table is needed */
} ValueSet;

/* An empty set, which takes its memory from the context; and one by a collation or NULL. */
extern void expr_value_set_init(ValueSet *set, MemoryContext context);
extern void expr_value_set_init_collated(ValueSet *set, MemoryContext context,
										 const BsonCollation *collation);

/* Adds a value unless it is there; returns whether it was new.  The value is not copied. */
extern bool expr_value_set_add(ValueSet *set, const BsonValue *value);

/* The same, with a copy of the value where it is new. */
extern bool expr_value_set_add_copy(ValueSet *set, const BsonValue *value);

/* The index of a value in set->values, or -1. */
extern int64 expr_value_set_find(const ValueSet *set, const BsonValue *value);

#endif							/* DOCDB_EXPR_VALUE_SET_H */
