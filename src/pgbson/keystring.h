/*
 * keystring.h
 *		The layout of key strings, for those who build bounds from parts of them.
 *
 * One of the public headers of pgbson; pgbson_keystring_append in pgbson.h makes whole keys.
 *
 * A key begins with a byte that tells its class, and classes are in the order of types.  All are
 * in 0x10 .. 0x7E, so that a key never begins with a byte outside 0x10 .. 0xEF, whether it is
 * ascending or descending (all bits inverted); bytes beyond are free for sentinels.
 */
#ifndef DOCDB_PGBSON_KEYSTRING_H
#define DOCDB_PGBSON_KEYSTRING_H

#include "pgbson/pgbson.h"

typedef enum BsonKeyClass
{
	BSON_KEY_MINKEY = 0x10,
	BSON_KEY_UNDEFINED = 0x14,	/* missing too */
	BSON_KEY_NULL = 0x18,
	BSON_KEY_NAN = 0x1C,
	BSON_KEY_NEGATIVE = 0x1D,
	BSON_KEY_ZERO = 0x1E,
	BSON_KEY_POSITIVE = 0x1F,
	BSON_KEY_STRING = 0x24,		/* symbols too */
	BSON_KEY_DOCUMENT = 0x28,
	BSON_KEY_ARRAY = 0x2C,
	BSON_KEY_BINARY = 0x30,
	BSON_KEY_OBJECTID = 0x34,
	BSON_KEY_FALSE = 0x38,
	BSON_KEY_TRUE = 0x39,
	BSON_KEY_DATE = 0x3C,
	BSON_KEY_TIMESTAMP = 0x40,
	BSON_KEY_REGEX = 0x44,
	BSON_KEY_DBPOINTER = 0x48,
	BSON_KEY_CODE = 0x4C,
	BSON_KEY_CODE_W_SCOPE = 0x50,
	BSON_KEY_MAXKEY = 0x7E
} BsonKeyClass;

/*
 * The classes of all values that compare by value with those of a type (for any number: NaN to
 * positive; for a boolean: both): a value's ascending key begins with a byte in [first, last] if
 * and only if it is of the type's rank.
 */
extern void pgbson_keystring_bracket(uint8 type, uint8 *first, uint8 *last);

/*
 * The beginning, ascending, that the keys of all strings with a prefix have, and no other keys:
 * the key of the prefix without its end.
 */
extern void pgbson_keystring_append_prefix(StringInfo key, const char *prefix, uint32 len);

/*
 * Appends a value's ascending key, of which only the first bytes, so many, are sure to be right:
 * what comes after may be cut off or wrong.  Takes time in proportion to them, not to the value.
 */
extern void pgbson_keystring_append_limited(StringInfo key, const BsonValue *value, int bytes);

/* Inverts every bit from a position on, which makes descending keys of ascending ones. */
extern void pgbson_keystring_invert(StringInfo key, int start);

/*
 * The length of the key that some bytes begin with, or -1 where they end before it does.
 */
extern int	pgbson_keystring_length(const uint8 *key, int len, bool descending);

/*
 * Turns a whole key back into a value that has this key, made without a collation.  What keys do
 * not tell apart is one of what has the same key: numbers are doubles, strings and symbols strings.
 * False for keys that do not say enough: those of documents, arrays, code, DBPointers, and numbers
 * that no double holds.  The value is a view into the key or lies in CurrentMemoryContext.
 */
extern bool pgbson_keystring_decode(const uint8 *key, int len, bool descending,
									BsonValue *value);

/*
 * For keys as bytea datums: init leaves room for the varlena header, finish fills it in and gives
 * the datum, which is the buffer itself.
 */
extern void pgbson_keystring_init(StringInfo key);
extern Datum pgbson_keystring_finish(StringInfo key);

#endif							/* DOCDB_PGBSON_KEYSTRING_H */
