/*
 * keystring_internal.h
 *		Beginnings of key strings, for abbreviated keys.
 */
#ifndef DOCDB_PGBSON_KEYSTRING_INTERNAL_H
#define DOCDB_PGBSON_KEYSTRING_INTERNAL_H

#include "pgbson/keystring.h"

/*
 * Appends a value's ascending key, of which only the first bytes, so many, are sure to be right:
 * what comes after may be cut off or wrong.  Takes time in proportion to them, not to the value.
 */
extern void pgbson_keystring_append_limited(StringInfo key, const BsonValue *value, int bytes);

#endif							/* DOCDB_PGBSON_KEYSTRING_INTERNAL_H */
