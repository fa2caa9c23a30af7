/*
 * hash.c
 *		Hashes of BSON values that agree with the equality of order.c.
 *
 * What does not take part in equality does not take part here: the type of a number, a string's
 * being a symbol, the names of array elements.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/float.h"

#include "pgbson/collation.h"
#include "pgbson/decimal_internal.h"

/* The largest integers up to which every integer is a double. */
#define EXACT_INTEGER_LIMIT (INT64CONST(1) << 53)

static inline uint64
hash_string(const char *data, uint32 len, uint64 seed)
{
	return hash_bytes_extended((const unsigned char *) data, len, seed);
}

static uint64
hash_double(double f, uint64 seed)
{
	if (f == 0)
		f = 0.0;				/* -0.0 and 0.0 are equal */
	else if (isnan(f))
		f = get_float8_nan();	/* as are all NaNs */
	return hash_bytes_extended((const unsigned char *) &f, sizeof(f), seed);
}

/* A number that is no double, by its exact decimal digits. */
static uint64
hash_digits(BsonDecimal decimal, uint64 seed)
{
	DecimalParts parts;
	uint128		digits;
	uint64		words[3];

	pgbson_decimal_unpack(decimal, &parts);
	words[0] = (uint64) (int64) pgbson_decimal_normalize(&parts, &digits);
	words[1] = (uint64) (digits >> 64);
	words[2] = (uint64) digits;
	if (parts.negative)
		words[0] = ~words[0];
	return hash_bytes_extended((const unsigned char *) words, sizeof(words), seed);
}

static uint64
hash_int64(int64 i, uint64 seed)
{
	double		f = (double) i;

	if (i >= -EXACT_INTEGER_LIMIT && i <= EXACT_INTEGER_LIMIT)
		return hash_double(f, seed);
	if (f < -(double) PG_INT64_MIN && (int64) f == i)
		return hash_double(f, seed);
	return hash_digits(pgbson_decimal_from_int64(i), seed);
}

static uint64
hash_decimal(BsonDecimal decimal, uint64 seed)
{
	bool		exact = true;
	double		f = get_float8_nan();

	if (!pgbson_decimal_is_nan(decimal))
		f = pgbson_decimal_truncate_to_double(decimal, &exact);
	return exact ? hash_double(f, seed) : hash_digits(decimal, seed);
}

static uint64
hash_container(const BsonValue *container, bool names, uint64 seed,
			   const BsonCollation *collation)
{
	BsonIter	iter;
	uint64		hash = seed;
	uint64		count = 0;

	check_stack_depth();
	pgbson_iter_init(&iter, container);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		if (names)
			hash = hash_string(iter.key, iter.keylen, hash);
		pgbson_iter_value(&iter, &value);
		hash = pgbson_hash_collated(collation, &value, hash);
		count++;
	}

	/* The count tells [[1], 2] from [[1, 2]]. */
	return hash_combine64(hash, count);
}

static uint64
hash_code_w_scope(const BsonValue *value, uint64 seed)
{
	uint32		code_size = pgbson_read_uint32(value->v.data + 4);
	const char *document = value->v.data + 8 + code_size;
	BsonValue	scope;

	pgbson_decode(BSON_DOCUMENT, document, pgbson_read_uint32(document), &scope);
	return hash_container(&scope, true, hash_string(value->v.data + 8, code_size - 1, seed), NULL);
}

/* Strings that a collation takes for equal have equal sort keys. */
static uint64
hash_collated_string(const BsonCollation *collation, const BsonValue *value, uint64 seed)
{
	StringInfoData key;
	uint64		hash;

	initStringInfo(&key);
	pgbson_collation_append_key(collation, &key, value->v.data, value->len);
	hash = hash_string(key.data, key.len, seed);
	pfree(key.data);
	return hash;
}

uint64
pgbson_hash_collated(const BsonCollation *collation, const BsonValue *value, uint64 seed)
{
	uint64		hash = hash_combine64(seed, (uint64) pgbson_type_rank(value->type));

	switch (value->type)
	{
		case BSON_INT32:
			return hash_double((double) value->v.i32, hash);
		case BSON_INT64:
			return hash_int64(value->v.i64, hash);
		case BSON_DOUBLE:
			return hash_double(value->v.f64, hash);
		case BSON_DECIMAL128:
			return hash_decimal(value->v.dec, hash);
		case BSON_DOCUMENT:
			return hash_container(value, true, hash, collation);
		case BSON_ARRAY:
			return hash_container(value, false, hash, collation);
		case BSON_STRING:
		case BSON_SYMBOL:
			if (collation != NULL)
				return hash_collated_string(collation, value, hash);
			return hash_string(value->v.data, value->len, hash);
		case BSON_CODE:
		case BSON_REGEX:
		case BSON_DBPOINTER:
			return hash_string(value->v.data, value->len, hash);
		case BSON_BINARY:
			return hash_combine64(hash_string(value->v.data, value->len, hash), value->subtype);
		case BSON_OBJECTID:
			return hash_bytes_extended(value->v.oid, sizeof(value->v.oid), hash);
		case BSON_BOOL:
			return hash_combine64(hash, value->v.boolean ? 1 : 2);
		case BSON_DATE:
		case BSON_TIMESTAMP:
			return hash_bytes_extended((const unsigned char *) &value->v.i64,
									   sizeof(value->v.i64), hash);
		case BSON_CODE_W_SCOPE:
			return hash_code_w_scope(value, hash);
		default:				/* types with a single value */
			return hash;
	}
}

uint64
pgbson_hash(const BsonValue *value, uint64 seed)
{
	return pgbson_hash_collated(NULL, value, seed);
}
