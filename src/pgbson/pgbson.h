/*
 * pgbson.h
 *		BSON values, documents, iteration, order, key strings and text.
 *
 * A bson datum is a varlena whose data are exactly the document's BSON bytes.  A bson_value datum
 * is a varlena with one type byte and the value's BSON payload (for a string, code or symbol with
 * its length prefix and NUL, as inside a document).  Both are validated when they are made, and
 * trusted after.
 *
 * In C every value, whole documents included, is a BsonValue: scalars are held by value, the
 * others are views into memory that belongs to somebody else (a detoasted datum, a builder, a
 * constant) and live as long as that does.  BSON_MISSING stands for "no such field".
 *
 * Building documents and paths are in builder.h, arithmetic and decimals in number.h.
 */
#ifndef DOCDB_PGBSON_H
#define DOCDB_PGBSON_H

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "base/compat.h"
#include "pgbson/layout.h"

typedef enum BsonType
{
	BSON_MISSING = 0x00,		/* never stored */
	BSON_DOUBLE = 0x01,
	BSON_STRING = 0x02,
	BSON_DOCUMENT = 0x03,
	BSON_ARRAY = 0x04,
	BSON_BINARY = 0x05,
	BSON_UNDEFINED = 0x06,
	BSON_OBJECTID = 0x07,
	BSON_BOOL = 0x08,
	BSON_DATE = 0x09,
	BSON_NULL = 0x0A,
	BSON_REGEX = 0x0B,
	BSON_DBPOINTER = 0x0C,
	BSON_CODE = 0x0D,
	BSON_SYMBOL = 0x0E,
	BSON_CODE_W_SCOPE = 0x0F,
	BSON_INT32 = 0x10,
	BSON_TIMESTAMP = 0x11,
	BSON_INT64 = 0x12,
	BSON_DECIMAL128 = 0x13,
	BSON_MAXKEY = 0x7F,
	BSON_MINKEY = 0xFF
} BsonType;

/* IEEE 754-2008 decimal128 in binary integer significand form, as BSON stores it. */
typedef struct BsonDecimal
{
	uint64		low;
	uint64		high;
} BsonDecimal;

typedef struct BsonValue
{
	uint8		type;			/* a BsonType */
	uint8		subtype;		/* of BSON_BINARY */
	uint32		len;			/* bytes at v.data, for the types that use it */
	union
	{
		double		f64;		/* DOUBLE */
		int32		i32;		/* INT32 */
		int64		i64;		/* INT64, DATE (milliseconds since 1970), TIMESTAMP (see below) */
		bool		boolean;	/* BOOL */
		uint8		oid[12];	/* OBJECTID */
		BsonDecimal dec;		/* DECIMAL128 */

		/*
		 * STRING, CODE, SYMBOL: the bytes without a NUL (none need follow).  DOCUMENT, ARRAY: the
		 * whole of it, length and final NUL included.  BINARY: the bytes after the subtype (for
		 * the old subtype 2 they begin with the inner length).  REGEX: pattern NUL options NUL.
		 * DBPOINTER, CODE_W_SCOPE: the raw payload.
		 */
		const char *data;
	}			v;
} BsonValue;

/* A TIMESTAMP is compared as unsigned: seconds in the high half, increment in the low half. */
#define BSON_TIMESTAMP_SECONDS(value) ((uint32) ((uint64) (value)->v.i64 >> 32))
#define BSON_TIMESTAMP_INCREMENT(value) ((uint32) ((uint64) (value)->v.i64 & 0xFFFFFFFF))

#define BSON_MAX_DOCUMENT_SIZE (16 * 1024 * 1024)	/* of a stored document, bytes */
#define BSON_MAX_MESSAGE_SIZE 48000000	/* of what comes from a client: a command */
#define BSON_MAX_DEPTH 200		/* levels of documents and arrays, as MongoDB's server */
#define BSON_MIN_DOCUMENT_SIZE 5	/* an empty document */

/* ---- Iteration over the elements of a document or array ---- */

typedef struct BsonIter
{
	const char *next;			/* the next element's type byte */
	const char *end;			/* the document's final NUL */
	const char *key;			/* the current element's name, NUL-terminated */
	const char *payload;
	uint32		keylen;
	uint32		paylen;
	uint8		type;
} BsonIter;

/* Starts before the first element of a DOCUMENT or ARRAY. */
static inline void
pgbson_iter_init(BsonIter *iter, const BsonValue *container)
{
	Assert(container->type == BSON_DOCUMENT || container->type == BSON_ARRAY);
	iter->next = container->v.data + 4;
	iter->end = container->v.data + container->len - 1;
}

/* Advances to the next element; false at the end. */
static inline bool
pgbson_iter_next(BsonIter *iter)
{
	const char *p = iter->next;
	const BsonSizeRule *rule;

	if (p >= iter->end)
		return false;
	iter->type = (uint8) *p;
	iter->key = p + 1;
	iter->keylen = pgbson_name_length(iter->key, iter->end);
	iter->payload = iter->key + iter->keylen + 1;
	rule = &pgbson_size_rules[iter->type];
	if (likely(rule->base_plus_one > 0 && iter->end - iter->payload >= 3))
		iter->paylen = rule->base_plus_one - 1 +
			(pgbson_read_uint32(iter->payload) & rule->mask);
	else
		iter->paylen = pgbson_payload_size(iter->type, iter->payload);
	iter->next = iter->payload + iter->paylen;
	return true;
}

static inline bool
pgbson_iter_key_is(const BsonIter *iter, const char *key, uint32 keylen)
{
	return iter->keylen == keylen && memcmp(iter->key, key, keylen) == 0;
}

/* Makes a value of a type byte and its payload; a view into the payload where not a scalar. */
extern void pgbson_decode(uint8 type, const char *payload, uint32 paylen, BsonValue *value);

static inline void
pgbson_iter_value(const BsonIter *iter, BsonValue *value)
{
	pgbson_decode(iter->type, iter->payload, iter->paylen, value);
}

/* Number of elements of a DOCUMENT or ARRAY. */
extern uint32 pgbson_count(const BsonValue *container);

/* Whether a value has more than so many levels of documents and arrays, itself being one. */
extern bool pgbson_is_deeper(const BsonValue *value, int levels);

/* The field of that name (the first, where repeated); false and BSON_MISSING when there is none. */
extern bool pgbson_get(const BsonValue *document, const char *key, uint32 keylen,
					   BsonValue *value);

/* ---- Datums ---- */

/* Views of a bson or bson_value datum, detoasted into CurrentMemoryContext where it must be. */
extern void pgbson_from_datum(Datum datum, BsonValue *document);
extern void pgbson_value_from_datum(Datum datum, BsonValue *value);

/* New datums in CurrentMemoryContext.  The document must be a DOCUMENT. */
extern Datum pgbson_get_datum(const BsonValue *document);
extern Datum pgbson_value_get_datum(const BsonValue *value);

/*
 * Validates untrusted bytes as one BSON document of at most len bytes and exactly its own length:
 * lengths, types, UTF-8, NULs, nesting of at most BSON_MAX_DEPTH.  Raises InvalidBSON (22), or
 * Overflow (15) for the nesting.
 */
extern void pgbson_validate(const char *data, size_t len);

/* The same for the payload of one value; a bson_value's type byte is given apart. */
extern void pgbson_validate_value(uint8 type, const char *payload, size_t len);

/* The size of a value's payload, and the payload written out. */
extern uint32 pgbson_encoded_size(const BsonValue *value);
extern void pgbson_encode(const BsonValue *value, char *to);

/* A deep copy in CurrentMemoryContext. */
extern void pgbson_value_copy(const BsonValue *from, BsonValue *to);

/* ---- Making values ---- */

extern void pgbson_make_double(double f, BsonValue *value);
extern void pgbson_make_int32(int32 i, BsonValue *value);
extern void pgbson_make_int64(int64 i, BsonValue *value);
extern void pgbson_make_bool(bool b, BsonValue *value);
extern void pgbson_make_date(int64 milliseconds, BsonValue *value);
extern void pgbson_make_simple(BsonType type, BsonValue *value);	/* NULL, MISSING, MINKEY, ... */
extern void pgbson_make_string(const char *data, uint32 len, BsonValue *value); /* a view */
extern void pgbson_make_objectid(BsonValue *value); /* a new one */

/* ---- Order, hash and key strings ---- */

/*
 * MongoDB's order over all values: by type class first (MinKey, missing and undefined, null,
 * numbers, strings and symbols, documents, arrays, binary, ObjectId, booleans, dates, timestamps,
 * regexes, DBPointers, code, code with scope, MaxKey), numbers by their exact value whatever their
 * type, NaN below all other numbers and equal to itself.  Negative, zero or positive.
 */
extern int	pgbson_compare(const BsonValue *a, const BsonValue *b);
extern bool pgbson_equal(const BsonValue *a, const BsonValue *b);

/* The rank of a type in that order; types of equal rank compare by value. */
extern int	pgbson_type_rank(uint8 type);

/* Equal values have equal hashes. */
extern uint64 pgbson_hash(const BsonValue *value, uint64 seed);

/*
 * Appends the value's key string: keys compare by memcmp as the values do by pgbson_compare, equal
 * values have equal keys, and no key is a prefix of another, so that keys of several values can
 * be concatenated.  A descending key is the ascending one with every bit inverted.
 */
extern void pgbson_keystring_append(StringInfo key, const BsonValue *value, bool descending);

/* ---- Text ---- */

typedef enum BsonJsonMode
{
	BSON_JSON_LOSSLESS,			/* relaxed wherever reading it back gives the same bytes */
	BSON_JSON_CANONICAL,
	BSON_JSON_RELAXED			/* may lose int32/int64 and the like */
} BsonJsonMode;

/* Extended JSON v2 of a value. */
extern void pgbson_append_json(StringInfo out, const BsonValue *value, BsonJsonMode mode);
extern char *pgbson_to_json(const BsonValue *value, BsonJsonMode mode);

/* A value as MongoDB writes it into messages; palloc'd. */
extern char *pgbson_to_shell(const BsonValue *value);

/*
 * Reads Extended JSON v2, canonical or relaxed, into CurrentMemoryContext.  With document_only
 * anything but a document is refused.  Raises FailedToParse (9) with what was expected and where.
 */
extern void pgbson_from_json(const char *json, size_t len, bool document_only, BsonValue *value);

/* MongoDB's name of a type, as $type gives it: "int", "string", "missing". */
extern const char *pgbson_type_name(uint8 type);

#endif							/* DOCDB_PGBSON_H */
