/*
 * collation.h
 *		MongoDB's collations, by ICU: how strings compare other than by their bytes.
 *
 * One of the public headers of pgbson.
 *
 * A collation applies to strings wherever they stand in values, within documents and arrays too,
 * but not to field names.  NULL stands for the simple collation, that of bytes, throughout.
 */
#ifndef DOCDB_PGBSON_COLLATION_H
#define DOCDB_PGBSON_COLLATION_H

#include "pgbson/pgbson.h"

typedef struct BsonCollation BsonCollation;

/*
 * The name of the field by which operands of SQL's operators carry a collation: in a filter, in a
 * sort specification, and in a document of variables.  No field path or variable can have it.
 */
#define BSON_COLLATION_FIELD "$collation"
#define BSON_COLLATION_FIELD_LEN 10

/*
 * The collation of a document
 *
 *		{ locale: <string>, caseLevel: <bool>, caseFirst: "upper" | "lower" | "off",
 *		  strength: 1 .. 5, numericOrdering: <bool>, alternate: "non-ignorable" | "shifted",
 *		  maxVariable: "punct" | "space", normalization: <bool>, backwards: <bool>,
 *		  version: "57.1" }
 *
 * of which only the locale is required, "simple" for bytes.  It is valid until CurrentMemoryContext
 * is reset or deleted.  The collator that is in it is kept for others who ask for the same.
 *
 * Raises MongoDB's errors: TypeMismatch (14) for a wrong type, 40414 without a locale, 40415 for an
 * unknown field, 40413 for a repeated one, BadValue (2) for a locale or another name that is not
 * known and for options that do not go together, 51024 and FailedToParse (9) for a strength out of
 * range, IncompatibleCollationVersion (161).
 */
extern const BsonCollation *pgbson_collation_open(const BsonValue *spec);

/*
 * The collation in a document's field $collation, NULL where it has none.  This is how filters,
 * sort specifications and variables bring theirs.
 */
extern const BsonCollation *pgbson_collation_of(const BsonValue *document);

/*
 * For SQL functions: the same as pgbson_collation_open, kept in fn_extra, which must be for nothing
 * else, until another is asked for.
 */
extern const BsonCollation *pgbson_collation_cached(FmgrInfo *flinfo, const BsonValue *spec);

/*
 * The document with all fields, as MongoDB lists it; a view of the collation, or MISSING for the
 * simple one.
 */
extern void pgbson_collation_document(const BsonCollation *collation, BsonValue *document);

/* Whether two collations are the same. */
extern bool pgbson_collation_same(const BsonCollation *a, const BsonCollation *b);

/* The version of ICU's rules for the collation: another one may order strings otherwise. */
extern const char *pgbson_collation_version(const BsonCollation *collation);

/* Whether a value is one that a collation may compare otherwise than bytes do. */
static inline bool
pgbson_is_collatable(const BsonValue *value)
{
	return value->type == BSON_STRING || value->type == BSON_SYMBOL ||
		value->type == BSON_DOCUMENT || value->type == BSON_ARRAY;
}

/* Strings by a collation, which may not be NULL here. */
extern int	pgbson_collation_compare(const BsonCollation *collation, const char *a, uint32 a_len,
									 const char *b, uint32 b_len);

/*
 * Appends the sort key of a string: keys compare by memcmp as the strings do, and end with the only
 * NUL that is in them.
 */
extern void pgbson_collation_append_key(const BsonCollation *collation, StringInfo key,
										const char *data, uint32 len);

/*
 * Values by a collation.  What has no strings in it has the same hash and the same key string by
 * all of them.
 */
extern int	pgbson_compare_collated(const BsonCollation *collation, const BsonValue *a,
									const BsonValue *b);
extern bool pgbson_equal_collated(const BsonCollation *collation, const BsonValue *a,
								  const BsonValue *b);
extern uint64 pgbson_hash_collated(const BsonCollation *collation, const BsonValue *value,
								   uint64 seed);
extern void pgbson_keystring_append_collated(StringInfo key, const BsonValue *value,
											 bool descending, const BsonCollation *collation);

#endif							/* DOCDB_PGBSON_COLLATION_H */
