/*
 * unwind.h
 *		$unwind's specification.
 */
#ifndef DOCDB_PIPELINE_UNWIND_H
#define DOCDB_PIPELINE_UNWIND_H

#include "pgbson/builder.h"

typedef struct Unwind
{
	BsonPath   *path;
	BsonPath   *index_path;		/* where the element's index is put, or NULL */
	bool		preserve;		/* documents without elements */
} Unwind;

/* Parses into CurrentMemoryContext; raises MongoDB's errors. */
extern void pipeline_unwind_parse(const BsonValue *spec, Unwind *unwind);

#endif							/* DOCDB_PIPELINE_UNWIND_H */
