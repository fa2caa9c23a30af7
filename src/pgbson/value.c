/*
 * value.c
 *		Values, iteration and datums.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/float.h"
#include "utils/timestamp.h"

#include "base/errors.h"
#include "pgbson/pgbson.h"

#define WITH_LENGTH PG_UINT32_MAX

const BsonSizeRule pgbson_size_rules[256] = {
	[BSON_DOUBLE] = {9, 0},
	[BSON_STRING] = {4 + 1, WITH_LENGTH},
	[BSON_DOCUMENT] = {0 + 1, WITH_LENGTH},
	[BSON_ARRAY] = {0 + 1, WITH_LENGTH},
	[BSON_BINARY] = {5 + 1, WITH_LENGTH},
	[BSON_UNDEFINED] = {1, 0},
	[BSON_OBJECTID] = {13, 0},
	[BSON_BOOL] = {2, 0},
	[BSON_DATE] = {9, 0},
	[BSON_NULL] = {1, 0},
	[BSON_DBPOINTER] = {4 + 12 + 1, WITH_LENGTH},
	[BSON_CODE] = {4 + 1, WITH_LENGTH},
	[BSON_SYMBOL] = {4 + 1, WITH_LENGTH},
	[BSON_CODE_W_SCOPE] = {0 + 1, WITH_LENGTH},
	[BSON_INT32] = {5, 0},
	[BSON_TIMESTAMP] = {9, 0},
	[BSON_INT64] = {9, 0},
	[BSON_DECIMAL128] = {17, 0},
	[BSON_MAXKEY] = {1, 0},
	[BSON_MINKEY] = {1, 0},
};

uint32
pgbson_payload_size(uint8 type, const char *payload)
{
	const BsonSizeRule *rule = &pgbson_size_rules[type];
	uint32		size;

	if (rule->base_plus_one > 0)
		return rule->base_plus_one - 1 + (rule->mask ? pgbson_read_uint32(payload) : 0);
	if (type != BSON_REGEX)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_BSON),
				 errmsg("Unrecognized BSON type %d", type)));
	size = strlen(payload) + 1;
	return size + strlen(payload + size) + 1;
}

void
pgbson_decode(uint8 type, const char *payload, uint32 paylen, BsonValue *value)
{
	uint64		bits;

	value->type = type;
	value->subtype = 0;
	value->len = 0;
	switch (type)
	{
		case BSON_DOUBLE:
			bits = pgbson_read_uint64(payload);
			memcpy(&value->v.f64, &bits, sizeof(bits));
			break;
		case BSON_INT32:
			value->v.i32 = (int32) pgbson_read_uint32(payload);
			break;
		case BSON_INT64:
		case BSON_DATE:
		case BSON_TIMESTAMP:
			value->v.i64 = (int64) pgbson_read_uint64(payload);
			break;
		case BSON_STRING:
		case BSON_CODE:
		case BSON_SYMBOL:
			value->v.data = payload + 4;
			value->len = paylen - 5;
			break;
		case BSON_BINARY:
			value->subtype = (uint8) payload[4];
			value->v.data = payload + 5;
			value->len = paylen - 5;
			break;
		case BSON_BOOL:
			value->v.boolean = payload[0] != 0;
			break;
		case BSON_OBJECTID:
			memcpy(value->v.oid, payload, 12);
			break;
		case BSON_DECIMAL128:
			value->v.dec.low = pgbson_read_uint64(payload);
			value->v.dec.high = pgbson_read_uint64(payload + 8);
			break;
		default:				/* documents, raw payloads, and types without one */
			value->v.data = payload;
			value->len = paylen;
			break;
	}
}

static bool
is_deeper(const BsonValue *value, int levels)
{
	BsonIter	iter;

	/* The innermost level takes five bytes and those around it seven at least. */
	if ((value->type != BSON_DOCUMENT && value->type != BSON_ARRAY) ||
		value->len < 5 + 7 * levels)
		return false;
	if (levels == 0)
		return true;
	check_stack_depth();
	pgbson_iter_init(&iter, value);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		if (iter.type != BSON_DOCUMENT && iter.type != BSON_ARRAY)
			continue;
		pgbson_iter_value(&iter, &element);
		if (is_deeper(&element, levels - 1))
			return true;
	}
	return false;
}

/* In a loop of a length that the compiler knows, so that it takes many bytes at a time. */
#define BYTES_AT_ONCE 64

static int
count_container_bytes(const char *bytes)
{
	uint8		count = 0;

	for (int i = 0; i < BYTES_AT_ONCE; i++)
		count += (bytes[i] == BSON_DOCUMENT) | (bytes[i] == BSON_ARRAY);
	return count;
}

/*
 * Whether so many of a value's bytes could be the type of a document or array, whatever they are.
 * That is told faster than what they are, and most values have fewer.
 */
static bool
may_have_containers(const BsonValue *value, int count)
{
	const char *p = value->v.data;
	const char *end = p + value->len;

	for (; count > 0 && end - p >= BYTES_AT_ONCE; p += BYTES_AT_ONCE)
		count -= count_container_bytes(p);
	return count <= end - p;
}

bool
pgbson_is_deeper(const BsonValue *value, int levels)
{
	if ((value->type != BSON_DOCUMENT && value->type != BSON_ARRAY) ||
		value->len < 5 + 7 * levels || !may_have_containers(value, levels))
		return false;
	return is_deeper(value, levels);
}

uint32
pgbson_count(const BsonValue *container)
{
	BsonIter	iter;
	uint32		count = 0;

	pgbson_iter_init(&iter, container);
	while (pgbson_iter_next(&iter))
		count++;
	return count;
}

bool
pgbson_get(const BsonValue *document, const char *key, uint32 keylen, BsonValue *value)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
	{
		if (pgbson_iter_key_is(&iter, key, keylen))
		{
			pgbson_iter_value(&iter, value);
			return true;
		}
	}
	pgbson_make_simple(BSON_MISSING, value);
	return false;
}

void
pgbson_from_datum(Datum datum, BsonValue *document)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(datum);

	document->type = BSON_DOCUMENT;
	document->subtype = 0;
	document->len = VARSIZE_ANY_EXHDR(stored);
	document->v.data = VARDATA_ANY(stored);
}

void
pgbson_value_from_datum(Datum datum, BsonValue *value)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(datum);
	const char *data = VARDATA_ANY(stored);

	pgbson_decode((uint8) data[0], data + 1, VARSIZE_ANY_EXHDR(stored) - 1, value);
}

Datum
pgbson_get_datum(const BsonValue *document)
{
	struct varlena *result = palloc(VARHDRSZ + document->len);

	Assert(document->type == BSON_DOCUMENT);
	SET_VARSIZE(result, VARHDRSZ + document->len);
	memcpy(VARDATA(result), document->v.data, document->len);
	return PointerGetDatum(result);
}

Datum
pgbson_value_get_datum(const BsonValue *value)
{
	uint32		paylen = pgbson_encoded_size(value);
	struct varlena *result = palloc(VARHDRSZ + 1 + paylen);

	SET_VARSIZE(result, VARHDRSZ + 1 + paylen);
	*VARDATA(result) = (char) value->type;
	pgbson_encode(value, VARDATA(result) + 1);
	return PointerGetDatum(result);
}

uint32
pgbson_encoded_size(const BsonValue *value)
{
	switch (value->type)
	{
		case BSON_STRING:
		case BSON_CODE:
		case BSON_SYMBOL:
		case BSON_BINARY:
			return value->len + 5;
		default:
			if (pgbson_fixed_size_plus_one(value->type) > 0)
				return pgbson_fixed_size_plus_one(value->type) - 1;
			return value->len;
	}
}

static inline void
write_uint32(char *to, uint32 n)
{
#ifdef WORDS_BIGENDIAN
	n = pg_bswap32(n);
#endif
	memcpy(to, &n, sizeof(n));
}

static inline void
write_uint64(char *to, uint64 n)
{
#ifdef WORDS_BIGENDIAN
	n = pg_bswap64(n);
#endif
	memcpy(to, &n, sizeof(n));
}

void
pgbson_encode(const BsonValue *value, char *to)
{
	uint64		bits;

	switch (value->type)
	{
		case BSON_DOUBLE:
			memcpy(&bits, &value->v.f64, sizeof(bits));
			write_uint64(to, bits);
			break;
		case BSON_INT32:
			write_uint32(to, (uint32) value->v.i32);
			break;
		case BSON_INT64:
		case BSON_DATE:
		case BSON_TIMESTAMP:
			write_uint64(to, (uint64) value->v.i64);
			break;
		case BSON_STRING:
		case BSON_CODE:
		case BSON_SYMBOL:
			write_uint32(to, value->len + 1);
			memcpy(to + 4, value->v.data, value->len);
			to[4 + value->len] = '\0';
			break;
		case BSON_BINARY:
			write_uint32(to, value->len);
			to[4] = (char) value->subtype;
			memcpy(to + 5, value->v.data, value->len);
			break;
		case BSON_BOOL:
			to[0] = value->v.boolean ? 1 : 0;
			break;
		case BSON_OBJECTID:
			memcpy(to, value->v.oid, 12);
			break;
		case BSON_DECIMAL128:
			write_uint64(to, value->v.dec.low);
			write_uint64(to + 8, value->v.dec.high);
			break;
		default:
			/* Null and the like have no payload, and then perhaps no pointer either. */
			if (value->len > 0)
				memcpy(to, value->v.data, value->len);
			break;
	}
}

void
pgbson_value_copy(const BsonValue *from, BsonValue *to)
{
	*to = *from;
	if (from->len > 0)
	{
		char	   *copy = palloc(from->len);

		memcpy(copy, from->v.data, from->len);
		to->v.data = copy;
	}
}

void
pgbson_make_simple(BsonType type, BsonValue *value)
{
	memset(value, 0, sizeof(*value));
	value->type = type;
}

void
pgbson_make_double(double f, BsonValue *value)
{
	/* What arithmetic gives is a NaN with a sign on some machines, and text has none. */
	pgbson_make_simple(BSON_DOUBLE, value);
	value->v.f64 = unlikely(isnan(f)) ? get_float8_nan() : f;
}

void
pgbson_make_int32(int32 i, BsonValue *value)
{
	pgbson_make_simple(BSON_INT32, value);
	value->v.i32 = i;
}

void
pgbson_make_int64(int64 i, BsonValue *value)
{
	pgbson_make_simple(BSON_INT64, value);
	value->v.i64 = i;
}

void
pgbson_make_bool(bool b, BsonValue *value)
{
	pgbson_make_simple(BSON_BOOL, value);
	value->v.boolean = b;
}

void
pgbson_make_date(int64 milliseconds, BsonValue *value)
{
	pgbson_make_simple(BSON_DATE, value);
	value->v.i64 = milliseconds;
}

void
pgbson_make_string(const char *data, uint32 len, BsonValue *value)
{
	pgbson_make_simple(BSON_STRING, value);
	value->len = len;
	value->v.data = data;
}

/*
 * A new ObjectId: seconds since 1970, five bytes that are random for this process, and a counter
 * with a random start; big-endian throughout, as the BSON specification asks.
 */
void
pgbson_make_objectid(BsonValue *value)
{
	static int	seeded_for_pid = 0;
	static uint8 process_bytes[5];
	static uint32 counter;
	uint32		seconds = (uint32) (GetCurrentTimestamp() / USECS_PER_SEC +
									((int64) POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) *
									SECS_PER_DAY);
	uint8	   *oid;

	if (seeded_for_pid != MyProcPid)
	{
		if (!pg_strong_random(process_bytes, sizeof(process_bytes)) ||
			!pg_strong_random(&counter, sizeof(counter)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate random values")));
		seeded_for_pid = MyProcPid;
	}

	pgbson_make_simple(BSON_OBJECTID, value);
	oid = value->v.oid;
	oid[0] = (uint8) (seconds >> 24);
	oid[1] = (uint8) (seconds >> 16);
	oid[2] = (uint8) (seconds >> 8);
	oid[3] = (uint8) seconds;
	memcpy(oid + 4, process_bytes, 5);
	oid[9] = (uint8) (counter >> 16);
	oid[10] = (uint8) (counter >> 8);
	oid[11] = (uint8) counter;
	counter++;
}
