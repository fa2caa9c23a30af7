/*
 * sieve.c
 *		What most values that are not in a list are recognized by.
 *
 * A long $in is a search among thousands of values, each in memory of its own, for every document,
 * of which most are not in the list.  A sieve is a bit for each of a few hash values, set for those
 * of the list's: small enough to stay in the processor's cache.
 */
#include "postgres.h"

#include <math.h>

#include "match/match_internal.h"
#include "pgbson/number.h"

/* Lists shorter than this are searched as they are. */
#define MIN_VALUES 16

/* Bits for each value, so that one of so many values that are not listed passes. */
#define BITS_PER_VALUE 16

#define MULTIPLIER UINT64CONST(0x9E3779B97F4A7C15)

struct MatchSieve
{
	uint64		mask;			/* number of bits, less one */
	uint64		words[FLEXIBLE_ARRAY_MEMBER];
};

static inline uint64
mix(uint64 hash, uint64 word)
{
	hash = (hash ^ word) * MULTIPLIER;
	return hash ^ hash >> 32;
}

static uint64
hash_bytes_of(const char *data, uint32 len)
{
	uint64		hash = mix(BSON_STRING, len);
	uint64		word;

	for (; len > sizeof(word); len -= sizeof(word), data += sizeof(word))
	{
		memcpy(&word, data, sizeof(word));
		hash = mix(hash, word);
	}
	word = 0;
	memcpy(&word, data, len);
	return mix(hash, word);
}

static inline uint64
hash_double(double number)
{
	uint64		bits;

	if (number == 0)
		number = 0;				/* of either sign */
	memcpy(&bits, &number, sizeof(bits));
	return mix(BSON_DOUBLE, isnan(number) ? 0 : bits);
}

/*
 * A hash of the types that ids and codes are of, the same for values that compare equal; false for
 * all other types, and for numbers that a double may not hold exactly.
 */
static inline bool
hash_value(const BsonValue *value, uint64 *hash)
{
	uint64		word;
	uint32		begin;

	switch (value->type)
	{
		case BSON_INT32:
			*hash = hash_double(value->v.i32);
			return true;
		case BSON_DOUBLE:
			*hash = hash_double(value->v.f64);
			return true;
		case BSON_INT64:
			if ((int64) (double) value->v.i64 != value->v.i64 ||
				value->v.i64 > INT64CONST(1) << 53 || value->v.i64 < -(INT64CONST(1) << 53))
				return false;
			*hash = hash_double((double) value->v.i64);
			return true;
		case BSON_STRING:
		case BSON_SYMBOL:
			*hash = hash_bytes_of(value->v.data, value->len);
			return true;
		case BSON_DATE:
			*hash = mix(BSON_DATE, (uint64) value->v.i64);
			return true;
		case BSON_OBJECTID:
			memcpy(&begin, value->v.oid, sizeof(begin));
			memcpy(&word, value->v.oid + sizeof(begin), sizeof(word));
			*hash = mix(mix(BSON_OBJECTID, begin), word);
			return true;
		default:
			return false;
	}
}

MatchSieve *
match_sieve_create(const BsonValue *values, int nvalues)
{
	MatchSieve *sieve;
	uint64		bits;

	if (nvalues < MIN_VALUES)
		return NULL;
	bits = pg_nextpower2_64((uint64) nvalues * BITS_PER_VALUE);
	sieve = MemoryContextAllocExtended(CurrentMemoryContext,
									   offsetof(MatchSieve, words) + bits / 8,
									   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	sieve->mask = bits - 1;
	for (int i = 0; i < nvalues; i++)
	{
		uint64		hash;

		if (hash_value(&values[i], &hash))
			sieve->words[(hash & sieve->mask) / 64] |= UINT64CONST(1) << hash % 64;
		else if (pgbson_is_number(&values[i]))
		{
			/* It may equal a number that has a hash. */
			pfree(sieve);
			return NULL;
		}
	}
	return sieve;
}

bool
match_sieve_passes(const MatchSieve *sieve, const BsonValue *value)
{
	uint64		hash;

	return !hash_value(value, &hash) ||
		(sieve->words[(hash & sieve->mask) / 64] & UINT64CONST(1) << hash % 64) != 0;
}
