/*
 * keys.c
 *		The entries that a row has in an index.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "storage/itemptr.h"
#include "utils/lsyscache.h"

#include "base/errors.h"
#include "docindex/docindex_internal.h"
#include "pgbson/keystring.h"

/* Seeds of the two halves of the hash of what is cut off a key. */
#define HASH_SEED_1 UINT64CONST(0x646F636462)
#define HASH_SEED_2 UINT64CONST(0x6B657973)

KeyMaker *
docindex_key_maker(const DocIndexSpec *spec)
{
	KeyMaker   *maker = palloc0(sizeof(KeyMaker));

	maker->spec = spec;
	if (spec->partial.type == BSON_DOCUMENT)
		maker->partial = match_compile(&spec->partial_filter, NULL);
	return maker;
}

/* The keys under construction. */
typedef struct KeyList
{
	const DocIndexSpec *spec;
	bool		any_present;	/* some path leads to something */
	bool		cut;			/* some key was cut */
	StringInfoData scratch;		/* for the key being made */
	int			capacity;
	DocKeys    *result;
} KeyList;

/* Cuts what is too long off a key; its bytes begin after the varlena header. */
static bool
cut_key(StringInfo key)
{
	const unsigned char *rest = (unsigned char *) key->data + VARHDRSZ + KEY_PREFIX_SIZE;
	int			len = key->len - VARHDRSZ;
	uint64		hash[2];

	if (len <= KEY_LIMIT)
		return false;
	hash[0] = pg_hton64(hash_bytes_extended(rest, len - KEY_PREFIX_SIZE, HASH_SEED_1));
	hash[1] = pg_hton64(hash_bytes_extended(rest, len - KEY_PREFIX_SIZE, HASH_SEED_2));
	key->len = VARHDRSZ + KEY_PREFIX_SIZE;
	appendBinaryStringInfo(key, (char *) hash, sizeof(hash));
	return true;
}

/* Makes room for one more key. */
static void
enlarge(KeyList *list)
{
	DocKeys    *result = list->result;

	if (result->nkeys < list->capacity)
		return;
	list->capacity = Max(4, list->capacity * 2);
	if (result->keys == NULL)
		result->keys = palloc(list->capacity * sizeof(Datum));
	else
		result->keys = repalloc(result->keys, list->capacity * sizeof(Datum));
	if (!list->spec->unique)
		return;
	if (result->values == NULL)
		result->values = palloc(list->capacity * list->spec->nfields * sizeof(BsonValue));
	else
		result->values = repalloc(result->values,
								  list->capacity * list->spec->nfields * sizeof(BsonValue));
}

/* One key; a path that leads to nothing counts as null. */
static void
add_key(const BsonValue *values, void *arg)
{
	KeyList    *list = arg;
	const DocIndexSpec *spec = list->spec;
	DocKeys    *result = list->result;
	StringInfo	key = &list->scratch;
	char	   *datum;

	enlarge(list);
	key->len = VARHDRSZ;
	for (int i = 0; i < spec->nfields; i++)
	{
		BsonValue	value = values[i];

		if (value.type == BSON_MISSING)
			value.type = BSON_NULL;
		else
			list->any_present = true;
		pgbson_keystring_append_collated(key, &value, (spec->descending & (uint32) 1 << i) != 0,
										 spec->collator);
		if (spec->unique)
			result->values[result->nkeys * spec->nfields + i] = value;
	}
	list->cut |= cut_key(key);
	datum = palloc(key->len);
	memcpy(datum + VARHDRSZ, key->data + VARHDRSZ, key->len - VARHDRSZ);
	SET_VARSIZE(datum, key->len);
	result->keys[result->nkeys++] = PointerGetDatum(datum);
}

/* For documents without arrays on the paths, that is nearly all; false for others. */
static bool
add_single_key(KeyList *list, const BsonValue *document)
{
	BsonValue	values[BSON_MAX_KEYS];

	for (int i = 0; i < list->spec->nfields; i++)
		if (!pgbson_path_get_single(document, list->spec->paths.path[i], &values[i]))
			return false;
	add_key(values, list);
	return true;
}

static int
compare_keys(Datum a, Datum b)
{
	const struct varlena *x = (const struct varlena *) DatumGetPointer(a);
	const struct varlena *y = (const struct varlena *) DatumGetPointer(b);
	int			x_len = VARSIZE(x) - VARHDRSZ;
	int			y_len = VARSIZE(y) - VARHDRSZ;
	int			order = memcmp(VARDATA(x), VARDATA(y), Min(x_len, y_len));

	return order != 0 ? order : x_len - y_len;
}

static int
compare_numbered_keys(const void *a, const void *b, void *arg)
{
	const Datum *keys = arg;

	return compare_keys(keys[*(const int *) a], keys[*(const int *) b]);
}

/* Sorts the keys and removes repetitions. */
static void
sort_keys(const DocIndexSpec *spec, DocKeys *keys)
{
	int		   *order = palloc(keys->nkeys * sizeof(int));
	Datum	   *sorted = palloc(keys->nkeys * sizeof(Datum));
	BsonValue  *values = NULL;
	int			kept = 0;

	for (int i = 0; i < keys->nkeys; i++)
		order[i] = i;
	qsort_interruptible(order, keys->nkeys, sizeof(int), compare_numbered_keys, keys->keys);
	if (spec->unique)
		values = palloc(keys->nkeys * spec->nfields * sizeof(BsonValue));
	for (int i = 0; i < keys->nkeys; i++)
	{
		if (kept > 0 && compare_keys(sorted[kept - 1], keys->keys[order[i]]) == 0)
			continue;
		if (spec->unique)
			memcpy(&values[kept * spec->nfields], &keys->values[order[i] * spec->nfields],
				   spec->nfields * sizeof(BsonValue));
		sorted[kept++] = keys->keys[order[i]];
	}
	keys->nkeys = kept;
	keys->keys = sorted;
	keys->values = values;
}

/*
 * In a unique index an entry that is no key must not be equal to another row's; its TID sees to
 * that.
 */
static Datum
finish_special(StringInfo entry, const DocIndexSpec *spec, ItemPointer tid)
{
	if (spec->unique)
	{
		uint32		block = pg_hton32(ItemPointerGetBlockNumber(tid));
		uint16		offset = pg_hton16(ItemPointerGetOffsetNumber(tid));

		appendBinaryStringInfo(entry, (char *) &block, sizeof(block));
		appendBinaryStringInfo(entry, (char *) &offset, sizeof(offset));
	}
	return pgbson_keystring_finish(entry);
}

static void
set_marker(const DocIndexSpec *spec, uint32 arrays, bool cut, ItemPointer tid, DocKeys *result)
{
	StringInfoData marker;
	uint32		mask = pg_hton32(arrays);

	pgbson_keystring_init(&marker);
	appendStringInfoChar(&marker, MARKER_BYTE);
	appendStringInfoChar(&marker, cut ? MARKER_CUT_KEYS : 0);
	appendBinaryStringInfo(&marker, (char *) &mask, sizeof(mask));
	result->has_marker = true;
	result->marker = finish_special(&marker, spec, tid);
}

void
docindex_read_marker(const uint8 *marker, MarkerInfo *info)
{
	info->cut_keys = (marker[1] & MARKER_CUT_KEYS) != 0;
	memcpy(&info->arrays, marker + 2, sizeof(info->arrays));
	info->arrays = pg_ntoh32(info->arrays);
}

/* The one entry of a row whose column is NULL. */
static void
add_null(const DocIndexSpec *spec, ItemPointer tid, DocKeys *result)
{
	StringInfoData entry;

	pgbson_keystring_init(&entry);
	appendStringInfoChar(&entry, (char) NULL_BYTE);
	result->keys = palloc(sizeof(Datum));
	result->keys[0] = finish_special(&entry, spec, tid);
	result->nkeys = 1;
}

void
docindex_document_keys(const KeyMaker *maker, const BsonValue *document, ItemPointer tid,
					   DocKeys *result)
{
	const DocIndexSpec *spec = maker->spec;
	KeyList		list = {.spec = spec, .result = result};
	uint32		arrays = 0;

	memset(result, 0, sizeof(DocKeys));
	if (maker->partial != NULL && !match_eval(maker->partial, document, NULL))
		return;
	pgbson_keystring_init(&list.scratch);
	if (!add_single_key(&list, document))
	{
		arrays = pgbson_each_key(&spec->paths, document, add_key, &list);
		if (result->nkeys > 1)
			sort_keys(spec, result);
	}
	if (spec->sparse && !list.any_present)
		result->nkeys = 0;
	else if (arrays != 0 || list.cut)
		set_marker(spec, arrays, list.cut, tid, result);
}

void
docindex_keys(const KeyMaker *maker, Datum datum, bool isnull, ItemPointer tid, DocKeys *result)
{
	BsonValue	document;

	if (isnull)
	{
		memset(result, 0, sizeof(DocKeys));
		add_null(maker->spec, tid, result);
		return;
	}
	pgbson_from_datum(datum, &document);
	docindex_document_keys(maker, &document, tid, result);
}

void
docindex_raise_duplicate(Relation heap, Relation index, const DocIndexSpec *spec,
						 const BsonValue *values)
{
	BsonBuilder builder;
	BsonValue	key;
	char	   *schema = get_namespace_name(RelationGetNamespace(heap));

	pgbson_builder_init(&builder);
	for (int i = 0; i < spec->nfields; i++)
		pgbson_append(&builder, spec->names[i], -1, &values[i]);
	pgbson_finish(&builder, BSON_DOCUMENT, &key);
	ereport(ERROR,
			(errcode(ERRCODE_UNIQUE_VIOLATION),
			 errmsg("E11000 duplicate key error collection: %s.%s index: %s dup key: %s",
					schema ? schema : "", RelationGetRelationName(heap),
					spec->name ? spec->name : RelationGetRelationName(index),
					pgbson_to_shell(&key)),
			 errdetail_internal("{\"keyPattern\": %s, \"keyValue\": %s}",
								pgbson_to_json(&spec->keys, BSON_JSON_LOSSLESS),
								pgbson_to_json(&key, BSON_JSON_LOSSLESS)),
			 errtableconstraint(heap, RelationGetRelationName(index))));
}
