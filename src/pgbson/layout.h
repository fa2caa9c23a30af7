/*
 * layout.h
 *		How BSON lies in memory: numbers, names and sizes.
 *
 * One of the public headers of pgbson, which pgbson.h includes.
 */
#ifndef DOCDB_PGBSON_LAYOUT_H
#define DOCDB_PGBSON_LAYOUT_H

#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"

/* ---- Reading little-endian numbers at any alignment ---- */

static inline uint32
pgbson_read_uint32(const char *p)
{
	uint32		n;

	memcpy(&n, p, sizeof(n));
#ifdef WORDS_BIGENDIAN
	n = pg_bswap32(n);
#endif
	return n;
}

static inline uint64
pgbson_read_uint64(const char *p)
{
	uint64		n;

	memcpy(&n, p, sizeof(n));
#ifdef WORDS_BIGENDIAN
	n = pg_bswap64(n);
#endif
	return n;
}

/*
 * The size of a type's payload is base, plus the number that the payload begins with where the
 * mask lets it through.  base_plus_one is 0 for the types (and what is no type) whose size that
 * does not say; mask is 0 for those of a fixed size.
 */
typedef struct BsonSizeRule
{
	uint32		base_plus_one;
	uint32		mask;
} BsonSizeRule;

extern const BsonSizeRule pgbson_size_rules[256];

/* Payload bytes of a value of any type; raises InvalidBSON for what is no type. */
extern uint32 pgbson_payload_size(uint8 type, const char *payload);

/* One more than the payload bytes of a fixed-size type; 0 for all others. */
static inline uint32
pgbson_fixed_size_plus_one(uint8 type)
{
	const BsonSizeRule *rule = &pgbson_size_rules[type];

	return rule->mask == 0 ? rule->base_plus_one : 0;
}

/*
 * strlen of a name within a document that ends at end: names are short, and eight bytes at a time
 * are quicker than the call.
 */
static inline uint32
pgbson_name_length(const char *name, const char *end)
{
	const char *p = name;

#ifndef WORDS_BIGENDIAN
	while (end - p >= 8)
	{
		uint64		word = pgbson_read_uint64(p);
		uint64		zeros = (word - UINT64CONST(0x0101010101010101)) & ~word &
		UINT64CONST(0x8080808080808080);

		if (zeros != 0)
			return (p - name) + pg_rightmost_one_pos64(zeros) / 8;
		p += 8;
	}
#endif
	return (p - name) + strlen(p);
}

#endif							/* DOCDB_PGBSON_LAYOUT_H */
