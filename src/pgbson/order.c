/*
 * order.c
 *		MongoDB's order over all BSON values.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pgbson/collation.h"
#include "pgbson/number.h"
#include "pgbson/pgbson.h"

#define RANK_UNKNOWN 126

int
pgbson_type_rank(uint8 type)
{
	switch (type)
	{
		case BSON_MINKEY:
			return -1;
		case BSON_MISSING:
		case BSON_UNDEFINED:
			return 0;
		case BSON_NULL:
			return 5;
		case BSON_INT32:
		case BSON_INT64:
		case BSON_DOUBLE:
		case BSON_DECIMAL128:
			return 10;
		case BSON_STRING:
		case BSON_SYMBOL:
			return 15;
		case BSON_DOCUMENT:
			return 20;
		case BSON_ARRAY:
			return 25;
		case BSON_BINARY:
			return 30;
		case BSON_OBJECTID:
			return 35;
		case BSON_BOOL:
			return 40;
		case BSON_DATE:
			return 45;
		case BSON_TIMESTAMP:
			return 47;
		case BSON_REGEX:
			return 50;
		case BSON_DBPOINTER:
			return 55;
		case BSON_CODE:
			return 60;
		case BSON_CODE_W_SCOPE:
			return 65;
		case BSON_MAXKEY:
			return 127;
		default:
			return RANK_UNKNOWN;
	}
}

/* Bytes in memcmp order, a prefix first. */
static inline int
compare_bytes(const char *a, uint32 a_len, const char *b, uint32 b_len)
{
	int			order = memcmp(a, b, Min(a_len, b_len));

	if (order != 0)
		return order;
	return (a_len > b_len) - (a_len < b_len);
}

static inline int
compare_lengths(const BsonValue *a, const BsonValue *b)
{
	return (a->len > b->len) - (a->len < b->len);
}

static int	compare_values(const BsonValue *a, const BsonValue *b,
						   const BsonCollation *collation);

/*
 * Element by element: type, then name where names count, then value.  A container that is the
 * beginning of the other is less.
 */
static int
compare_containers(const BsonValue *a, const BsonValue *b, bool names,
				   const BsonCollation *collation)
{
	BsonIter	a_iter;
	BsonIter	b_iter;

	check_stack_depth();
	pgbson_iter_init(&a_iter, a);
	pgbson_iter_init(&b_iter, b);
	for (;;)
	{
		bool		a_more = pgbson_iter_next(&a_iter);
		bool		b_more = pgbson_iter_next(&b_iter);
		BsonValue	a_value;
		BsonValue	b_value;
		int			order;

		if (!a_more || !b_more)
			return (a_more ? 1 : 0) - (b_more ? 1 : 0);
		if (a_iter.type != b_iter.type)
		{
			order = pgbson_type_rank(a_iter.type) - pgbson_type_rank(b_iter.type);
			if (order != 0)
				return order;
		}
		if (names)
		{
			order = compare_bytes(a_iter.key, a_iter.keylen, b_iter.key, b_iter.keylen);
			if (order != 0)
				return order;
		}
		pgbson_iter_value(&a_iter, &a_value);
		pgbson_iter_value(&b_iter, &b_value);
		order = compare_values(&a_value, &b_value, collation);
		if (order != 0)
			return order;
	}
}

static int
compare_binary(const BsonValue *a, const BsonValue *b)
{
	if (a->len != b->len)
		return compare_lengths(a, b);
	if (a->subtype != b->subtype)
		return (int) a->subtype - (int) b->subtype;
	return memcmp(a->v.data, b->v.data, a->len);
}

static int
compare_regexes(const BsonValue *a, const BsonValue *b)
{
	int			order = strcmp(a->v.data, b->v.data);

	if (order != 0)
		return order;
	return strcmp(a->v.data + strlen(a->v.data) + 1, b->v.data + strlen(b->v.data) + 1);
}

/* The code and the scope within the payload: total length, code with its length, document. */
static void
split_code_w_scope(const BsonValue *value, BsonValue *code, BsonValue *scope)
{
	uint32		code_size = pgbson_read_uint32(value->v.data + 4);
	const char *document = value->v.data + 8 + code_size;

	pgbson_make_string(value->v.data + 8, code_size - 1, code);
	pgbson_decode(BSON_DOCUMENT, document, pgbson_read_uint32(document), scope);
}

static int
compare_code_w_scope(const BsonValue *a, const BsonValue *b)
{
	BsonValue	a_code;
	BsonValue	b_code;
	BsonValue	a_scope;
	BsonValue	b_scope;
	int			order;

	split_code_w_scope(a, &a_code, &a_scope);
	split_code_w_scope(b, &b_code, &b_scope);
	order = compare_bytes(a_code.v.data, a_code.len, b_code.v.data, b_code.len);
	if (order != 0)
		return order;
	return compare_containers(&a_scope, &b_scope, true, NULL);
}

/*
 * Two values of one rank.  It is expanded where it is called, so that it is two functions, with a
 * collation and without.
 */
static pg_attribute_always_inline int
compare_same_rank(const BsonValue *a, const BsonValue *b, const BsonCollation *collation)
{
	switch (a->type)
	{
		case BSON_INT32:
		case BSON_INT64:
		case BSON_DOUBLE:
		case BSON_DECIMAL128:
			return pgbson_number_compare(a, b);
		case BSON_STRING:
		case BSON_SYMBOL:
			if (collation != NULL)
				return pgbson_collation_compare(collation, a->v.data, a->len, b->v.data, b->len);
			return compare_bytes(a->v.data, a->len, b->v.data, b->len);
		case BSON_CODE:
			return compare_bytes(a->v.data, a->len, b->v.data, b->len);
		case BSON_DOCUMENT:
			return compare_containers(a, b, true, collation);
		case BSON_ARRAY:
			return compare_containers(a, b, false, collation);
		case BSON_BINARY:
			return compare_binary(a, b);
		case BSON_OBJECTID:
			return memcmp(a->v.oid, b->v.oid, sizeof(a->v.oid));
		case BSON_BOOL:
			return (int) a->v.boolean - (int) b->v.boolean;
		case BSON_DATE:
			return (a->v.i64 > b->v.i64) - (a->v.i64 < b->v.i64);
		case BSON_TIMESTAMP:
			return ((uint64) a->v.i64 > (uint64) b->v.i64) -
				((uint64) a->v.i64 < (uint64) b->v.i64);
		case BSON_REGEX:
			return compare_regexes(a, b);
		case BSON_DBPOINTER:
			if (a->len != b->len)
				return compare_lengths(a, b);
			return memcmp(a->v.data, b->v.data, a->len);
		case BSON_CODE_W_SCOPE:
			return compare_code_w_scope(a, b);
		default:				/* types with a single value */
			return 0;
	}
}

static pg_attribute_always_inline int
compare_inline(const BsonValue *a, const BsonValue *b, const BsonCollation *collation)
{
	if (a->type == b->type)
	{
		if (a->type == BSON_INT32)
			return (a->v.i32 > b->v.i32) - (a->v.i32 < b->v.i32);
	}
	else
	{
		int			order = pgbson_type_rank(a->type) - pgbson_type_rank(b->type);

		if (order != 0)
			return order;
	}
	return compare_same_rank(a, b, collation);
}

/* Values within containers. */
static int
compare_values(const BsonValue *a, const BsonValue *b, const BsonCollation *collation)
{
	return compare_inline(a, b, collation);
}

int
pgbson_compare(const BsonValue *a, const BsonValue *b)
{
	return compare_inline(a, b, NULL);
}

int
pgbson_compare_collated(const BsonCollation *collation, const BsonValue *a, const BsonValue *b)
{
	return collation == NULL ? pgbson_compare(a, b) : compare_values(a, b, collation);
}

bool
pgbson_equal(const BsonValue *a, const BsonValue *b)
{
	if (a->type == b->type && a->len != b->len &&
		(a->type == BSON_STRING || a->type == BSON_BINARY))
		return false;
	return pgbson_compare(a, b) == 0;
}

bool
pgbson_equal_collated(const BsonCollation *collation, const BsonValue *a, const BsonValue *b)
{
	return collation == NULL ? pgbson_equal(a, b) : compare_values(a, b, collation) == 0;
}
