/*
 * keystring_internal.h
 *		What those who write and who read key strings share.
 */
#ifndef DOCDB_PGBSON_KEYSTRING_INTERNAL_H
#define DOCDB_PGBSON_KEYSTRING_INTERNAL_H

#include "pgbson/keystring.h"

#define KEYSTRING_END_BYTE 0x00
#define KEYSTRING_ESCAPE_BYTE 0x01

/* Magnitudes in groups of bits, and what follows them where they are not exact. */
#define KEYSTRING_NUMBER_GROUPS 9
#define KEYSTRING_GROUP_BITS 7
#define KEYSTRING_EXPONENT_SIZE 2

/* Lengths from here on follow in four bytes. */
#define KEYSTRING_SHORT_LENGTH_LIMIT 0xFF

#define KEYSTRING_OBJECTID_SIZE 12

#endif							/* DOCDB_PGBSON_KEYSTRING_INTERNAL_H */
