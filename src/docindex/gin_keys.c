/*
 * gin_keys.c
 *		The keys that a document has in a wildcard index.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"

#include "docindex/gin_internal.h"
#include "pgbson/keystring.h"

PG_FUNCTION_INFO_V1(docdb_gin_extract_value);

/* Of what is cut off a key, so much goes into the hash; a key need not be made beyond. */
#define HASHED_SIZE 1024
#define CUT_SEED UINT64CONST(0x637574)

uint64
docindex_gin_hash_field(uint64 path, const char *name, uint32 len)
{
	return hash_bytes_extended((const unsigned char *) name, len, path);
}

void
docindex_gin_append_path(StringInfo key, uint64 path, bool in_array)
{
	uint32		bytes = pg_hton32((uint32) path << 1 | (in_array ? 1 : 0));

	appendBinaryStringInfo(key, (const char *) &bytes, sizeof(bytes));
}

void
docindex_gin_cut(StringInfo key)
{
	int			start = VARHDRSZ + GIN_PATH_SIZE + GIN_PREFIX_SIZE;
	int			rest = Min(key->len - start, HASHED_SIZE);
	uint32		hash;

	if (rest <= GIN_HASH_SIZE)
		return;
	hash = (uint32) hash_bytes_extended((const unsigned char *) key->data + start, rest,
										CUT_SEED);
	key->len = start;
	appendBinaryStringInfo(key, (const char *) &hash, sizeof(hash));
}

static void
add_datum(GinKeyList *list, StringInfo key)
{
	char	   *datum = palloc(key->len);

	memcpy(datum, key->data, key->len);
	SET_VARSIZE(datum, key->len);
	if (list->count == list->capacity)
	{
		list->capacity = Max(32, list->capacity * 2);
		list->keys = list->keys == NULL ? palloc(list->capacity * sizeof(Datum)) :
			repalloc_huge(list->keys, list->capacity * sizeof(Datum));
	}
	list->keys[list->count++] = PointerGetDatum(datum);
}

/* What stays the same while a document is walked. */
typedef struct Walk
{
	GinKeyList *list;
	const BsonCollation *collation;
	StringInfoData scratch;
} Walk;

/* The key of a value, or of a document that is not empty where value is NULL. */
static void
add_key(Walk *walk, uint64 path, bool in_array, const BsonValue *value)
{
	StringInfo	key = &walk->scratch;

	key->len = VARHDRSZ;
	docindex_gin_append_path(key, path, in_array);
	if (value != NULL && walk->collation != NULL && pgbson_is_collatable(value))
		pgbson_keystring_append_collated(key, value, false, walk->collation);
	else if (value != NULL)
		pgbson_keystring_append_limited(key, value, GIN_PREFIX_SIZE + HASHED_SIZE);
	else
		appendStringInfoChar(key, BSON_KEY_DOCUMENT);
	docindex_gin_cut(key);
	add_datum(walk->list, key);
}

static void walk_value(Walk *walk, GinScope scope, uint64 path, bool in_array,
					   const BsonValue *value);

static void
walk_fields(Walk *walk, GinScope scope, uint64 path, bool in_array, const BsonValue *document)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
	{
		GinScope	field = gin_scope_of_field(scope, iter.key, iter.keylen);
		BsonValue	value;

		if (field.node == NULL && !field.included)
			continue;
		pgbson_iter_value(&iter, &value);
		walk_value(walk, field, docindex_gin_hash_field(path, iter.key, iter.keylen), in_array,
				   &value);
	}
}

static void
walk_array(Walk *walk, GinScope scope, uint64 path, const BsonValue *array)
{
	BsonIter	iter;
	BsonValue	value;

	if (array->len <= BSON_MIN_DOCUMENT_SIZE && scope.included)
	{
		pgbson_make_simple(BSON_UNDEFINED, &value);
		add_key(walk, path, true, &value);
	}
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		pgbson_iter_value(&iter, &value);
		walk_value(walk, scope, path, true, &value);
	}
}

static void
walk_value(Walk *walk, GinScope scope, uint64 path, bool in_array, const BsonValue *value)
{
	bool		empty;

	if (value->type != BSON_DOCUMENT && value->type != BSON_ARRAY)
	{
		if (scope.included)
			add_key(walk, path, in_array, value);
		return;
	}
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (value->type == BSON_ARRAY)
	{
		walk_array(walk, scope, path, value);
		return;
	}
	empty = value->len <= BSON_MIN_DOCUMENT_SIZE;
	if (scope.included)
		add_key(walk, path, in_array, empty ? value : NULL);
	walk_fields(walk, scope, path, in_array, value);
}

void
docindex_gin_add_keys(GinKeyList *list, const BsonCollation *collation, GinScope scope,
					  uint64 path, bool in_array, const BsonValue *value)
{
	Walk		walk = {list, collation};

	initStringInfo(&walk.scratch);
	walk_value(&walk, scope, path, in_array, value);
	pfree(walk.scratch.data);
}

void
docindex_gin_document_keys(const GinSpec *spec, Datum datum, GinKeyList *list)
{
	Walk		walk = {list, spec->collator};
	BsonValue	document;

	memset(list, 0, sizeof(GinKeyList));
	pgbson_from_datum(datum, &document);
	if (spec->partial != NULL && !match_eval(spec->partial, &document, NULL))
		return;
	initStringInfo(&walk.scratch);
	walk_fields(&walk, spec->root, GIN_ROOT_PATH, false, &document);
	pfree(walk.scratch.data);
}

/* docdb.gin_extract_value(bson, internal, internal): the keys of a document. */
Datum
docdb_gin_extract_value(PG_FUNCTION_ARGS)
{
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);
	GinKeyList	list;

	docindex_gin_document_keys(docindex_gin_spec_of_call(fcinfo->flinfo), PG_GETARG_DATUM(0),
							   &list);
	*nkeys = list.count;
	PG_RETURN_POINTER(list.keys);
}
