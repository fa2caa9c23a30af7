/*
 * op_misc.c
 *		$rand, $toHashedIndexKey, and what docdb has nothing to answer with: $meta, $function.
 */
#include "postgres.h"

#include <math.h>

#include "common/cryptohash.h"
#include "common/md5.h"
#include "common/pg_prng.h"
#include "miscadmin.h"

#include "expr/expr_internal.h"
#include "pgbson/decimal_math.h"

/* ---- $rand ---- */

/* {$rand: {}} */
void
expr_parse_rand(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	if (argument->type != BSON_DOCUMENT && argument->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(10065)),
				 errmsg("invalid parameter: expected an object ($rand)")));
	if (pgbson_count(argument) > 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(3040501)),
				 errmsg("$rand does not currently accept arguments")));
	expr_set_nargs(expr, 0);
}

void
expr_rand(ExprCall *call, BsonValue *result)
{
	pgbson_make_double(pg_prng_double(&pg_global_prng_state), result);
}

/* ---- $toHashedIndexKey ---- */

/* The number that stands for a type in hashes. */
static int32
hashed_type(uint8 type)
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
		case BSON_DOUBLE:
		case BSON_INT32:
		case BSON_INT64:
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
		default:
			return 127;
	}
}

/* The integer that stands for a number in hashes. */
static int64
hashed_integer(const BsonValue *number)
{
	int64		i;

	if (number->type == BSON_DOUBLE && number->v.f64 == 9223372036854775808.0)
		return PG_INT64_MIN;
	if (number->type == BSON_DECIMAL128 && pgbson_decimal_round_to_int64(number->v.dec, &i))
		return i;
	return pgbson_number_to_int64_clamped(number);
}

static void
hash_bytes_into(pg_cryptohash_ctx *hash, const void *data, size_t len)
{
	if (pg_cryptohash_update(hash, data, len) < 0)
		elog(ERROR, "could not compute a hash");
}

static void
hash_int32_into(pg_cryptohash_ctx *hash, int32 i)
{
#ifdef WORDS_BIGENDIAN
	i = (int32) pg_bswap32((uint32) i);
#endif
	hash_bytes_into(hash, &i, sizeof(i));
}

static void
hash_int64_into(pg_cryptohash_ctx *hash, int64 i)
{
#ifdef WORDS_BIGENDIAN
	i = (int64) pg_bswap64((uint64) i);
#endif
	hash_bytes_into(hash, &i, sizeof(i));
}

/* A value with the name that it has as a field, if it is one. */
static void
hash_value_into(pg_cryptohash_ctx *hash, const char *name, const BsonValue *value)
{
	BsonValue	container = *value;
	BsonIter	iter;

	check_stack_depth();
	hash_int32_into(hash, hashed_type(value->type));
	if (name)
		hash_bytes_into(hash, name, strlen(name) + 1);
	if (pgbson_is_number(value))
	{
		hash_int64_into(hash, hashed_integer(value));
		return;
	}
	if (value->type == BSON_CODE_W_SCOPE)
	{
		/* The length of all, that of the code with its NUL, the code, the scope. */
		uint32		len = pgbson_read_uint32(value->v.data + 4);

		hash_bytes_into(hash, value->v.data + 8, len);
		container.type = BSON_DOCUMENT;
		container.v.data = value->v.data + 8 + len;
		container.len = value->len - 8 - len;
	}
	else if (value->type != BSON_DOCUMENT && value->type != BSON_ARRAY)
	{
		uint32		size = pgbson_encoded_size(value);
		char	   *bytes = palloc(size + 1);

		pgbson_encode(value, bytes);
		hash_bytes_into(hash, bytes, size);
		pfree(bytes);
		return;
	}
	pgbson_iter_init(&iter, &container);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		hash_value_into(hash, iter.key, &element);
	}
	hash_int32_into(hash, 0);	/* MongoDB takes the final NUL for an element without a name */
}

/*
 * {$toHashedIndexKey: any}: the key of the value in MongoDB's hashed indexes, from its MD5 hash;
 * an array is the value itself, not a list of operands
 */
void
expr_parse_to_hashed_index_key(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	expr_set_nargs(expr, 1);
	expr->args[0] = expr_parse(parser, argument);
}

void
expr_to_hashed_index_key(ExprCall *call, BsonValue *result)
{
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_MD5);
	uint8		digest[MD5_DIGEST_LENGTH];
	BsonValue	value;

	expr_arg(call, 0, &value);
	if (value.type == BSON_MISSING)
		value.type = BSON_NULL;
	if (hash == NULL || pg_cryptohash_init(hash) < 0)
		elog(ERROR, "could not compute a hash");
	hash_int32_into(hash, 0);	/* MongoDB's seed */
	hash_value_into(hash, NULL, &value);
	if (pg_cryptohash_final(hash, digest, sizeof(digest)) < 0)
		elog(ERROR, "could not compute a hash");
	pg_cryptohash_free(hash);
	pgbson_make_int64((int64) pgbson_read_uint64((const char *) digest), result);
}

/* ---- $meta ---- */

/* What MongoDB knows, and whether it refuses it where nothing in the query gives it. */
static const struct
{
	const char *name;
	bool		refused;
}			metadata[] = {
	{"geoNearDistance", true},
	{"geoNearPoint", true},
	{"indexKey", false},
	{"randVal", false},
	{"recordId", false},
	{"score", true},
	{"scoreDetails", true},
	{"searchHighlights", false},
	{"searchRootDocumentId", true},
	{"searchScore", true},
	{"searchScoreDetails", false},
	{"searchSequenceToken", false},
	{"sortKey", false},
	{"stream", false},
	{"textScore", true},
	{"timeseriesBucketMaxTime", false},
	{"timeseriesBucketMinTime", false},
	{"vectorSearchScore", true},
};

/* The name that {$meta: name} gives; what is not refused may still be missing. */
static const char *
check_meta(const BsonValue *argument)
{
	const char *name;

	if (argument->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(17307)),
				 errmsg("$meta only supports string arguments")));
	name = pnstrdup(argument->v.data, argument->len);
	for (int i = 0; i < lengthof(metadata); i++)
	{
		if (strlen(name) != argument->len || strcmp(name, metadata[i].name) != 0)
			continue;
		if (metadata[i].refused)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40218)),
					 errmsg("query requires %s metadata, but it is not available", name)));
		return metadata[i].name;
	}
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(17308)),
			 errmsg("Unsupported argument to $meta: %s", name)));
	return NULL;				/* not reached */
}

/* {$meta: name}: refused, or what the query gives of it */
void
expr_parse_meta(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	expr->data = unconstify(char *, check_meta(argument));
	expr_set_nargs(expr, 0);
}

void
expr_meta(ExprCall *call, BsonValue *result)
{
	const BsonValue *given = &call->context->metadata;
	const char *name = call->expr->data;

	if (given->type != BSON_DOCUMENT || !pgbson_get(given, name, strlen(name), result))
		pgbson_make_simple(BSON_MISSING, result);
}

/* ---- $function ---- */

static void
function_error(int sqlstate, const char *message)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("$function: %s", message)));
}

/*
 * {$function: {body: code, args: [any, ...], lang: "js"}}: refused once it would be evaluated, as
 * by a MongoDB without JavaScript
 */
void
expr_parse_function(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ExprNamedArg named[3] = {{"body"}, {"args"}, {"lang"}};
	BsonValue	body;

	if (argument->type != BSON_DOCUMENT)
		function_error(DOCDB_SQLSTATE(31260), "an object is required as an argument");
	(void) expr_named_args(NULL, argument, named, lengthof(named));
	if (!named[0].present)
		function_error(DOCDB_SQLSTATE(31261), "the body function must be specified");
	if (!expr_is_literal(expr_parse(parser, &named[0].value), &body))
		function_error(DOCDB_SQLSTATE(31432), "the body function must be a constant expression");
	if (body.type != BSON_STRING && body.type != BSON_CODE)
		function_error(DOCDB_SQLSTATE(31262),
					   "the body function must evaluate to type string or code");
	if (!named[1].present)
		function_error(DOCDB_SQLSTATE(31263), "the args field must be specified");
	expr_set_nargs(expr, 1);
	expr->args[0] = expr_parse(parser, &named[1].value);
	if (!named[2].present)
		function_error(DOCDB_SQLSTATE(31418), "the lang field must be specified");
	if (named[2].value.type != BSON_STRING || named[2].value.len != 2 ||
		memcmp(named[2].value.v.data, "js", 2) != 0)
		function_error(DOCDB_SQLSTATE(31419),
					   "currently the only supported language specifier is 'js'");
}

void
expr_function(ExprCall *call, BsonValue *result)
{
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(31264)),
			 errmsg("Cannot run server-side javascript without the javascript engine enabled")));
}
