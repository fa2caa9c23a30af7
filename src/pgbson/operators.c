/*
 * operators.c
 *		The comparison, hash and sort key functions of SQL.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "lib/hyperloglog.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/sortsupport.h"

#include "pgbson/collation.h"
#include "pgbson/keystring.h"
#include "pgbson/pgbson.h"
#include "pgbson/sort.h"

typedef void (*FromDatum) (Datum datum, BsonValue *value);

/* A detoasted copy is freed at once, as functions of operator classes must not leak. */
static int
compare_datums(Datum a, Datum b, FromDatum from_datum)
{
	struct varlena *a_stored = PG_DETOAST_DATUM_PACKED(a);
	struct varlena *b_stored = PG_DETOAST_DATUM_PACKED(b);
	BsonValue	a_value;
	BsonValue	b_value;
	int			order;

	from_datum(PointerGetDatum(a_stored), &a_value);
	from_datum(PointerGetDatum(b_stored), &b_value);
	order = pgbson_compare(&a_value, &b_value);
	if ((Pointer) a_stored != DatumGetPointer(a))
		pfree(a_stored);
	if ((Pointer) b_stored != DatumGetPointer(b))
		pfree(b_stored);
	return (order > 0) - (order < 0);
}

static uint64
hash_datum(Datum datum, uint64 seed, FromDatum from_datum)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(datum);
	BsonValue	value;
	uint64		hash;

	from_datum(PointerGetDatum(stored), &value);
	hash = pgbson_hash(&value, seed);
	if ((Pointer) stored != DatumGetPointer(datum))
		pfree(stored);
	return hash;
}

/* One SQL function for each comparison operator of a type. */
#define COMPARISON(name, from_datum, operator) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(compare_datums(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), from_datum) \
				   operator 0); \
}

COMPARISON(docdb_bson_eq, pgbson_from_datum, ==)
COMPARISON(docdb_bson_ne, pgbson_from_datum, !=)
COMPARISON(docdb_bson_lt, pgbson_from_datum, <)
COMPARISON(docdb_bson_le, pgbson_from_datum, <=)
COMPARISON(docdb_bson_gt, pgbson_from_datum, >)
COMPARISON(docdb_bson_ge, pgbson_from_datum, >=)
COMPARISON(docdb_bson_value_eq, pgbson_value_from_datum, ==)
COMPARISON(docdb_bson_value_ne, pgbson_value_from_datum, !=)
COMPARISON(docdb_bson_value_lt, pgbson_value_from_datum, <)
COMPARISON(docdb_bson_value_le, pgbson_value_from_datum, <=)
COMPARISON(docdb_bson_value_gt, pgbson_value_from_datum, >)
COMPARISON(docdb_bson_value_ge, pgbson_value_from_datum, >=)

PG_FUNCTION_INFO_V1(docdb_bson_cmp);
PG_FUNCTION_INFO_V1(docdb_bson_value_cmp);
PG_FUNCTION_INFO_V1(docdb_bson_hash);
PG_FUNCTION_INFO_V1(docdb_bson_hash_extended);
PG_FUNCTION_INFO_V1(docdb_bson_value_hash);
PG_FUNCTION_INFO_V1(docdb_bson_value_hash_extended);
PG_FUNCTION_INFO_V1(docdb_bson_sortsupport);
PG_FUNCTION_INFO_V1(docdb_bson_value_sortsupport);
PG_FUNCTION_INFO_V1(docdb_key_string);
PG_FUNCTION_INFO_V1(docdb_sort_key);
PG_FUNCTION_INFO_V1(docdb_collation);
PG_FUNCTION_INFO_V1(docdb_collation_version);
PG_FUNCTION_INFO_V1(docdb_compare_collated);
PG_FUNCTION_INFO_V1(docdb_hash_collated);

Datum
docdb_bson_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_datums(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), pgbson_from_datum));
}

/*
 * Compares two values of one of the types that an _id mostly has, where they lie: what a search in
 * a primary key does at each step.  False, with nothing compared, for others.
 */
static bool
compare_in_place(const struct varlena *a, const struct varlena *b, int *order)
{
	const char *x;
	const char *y;

	if (VARATT_IS_COMPRESSED(a) || VARATT_IS_EXTERNAL(a) ||
		VARATT_IS_COMPRESSED(b) || VARATT_IS_EXTERNAL(b))
		return false;
	x = VARDATA_ANY(a);
	y = VARDATA_ANY(b);
	if (*x != *y)
		return false;
	switch ((uint8) *x)
	{
		case BSON_INT32:
			{
				int32		i = (int32) pgbson_read_uint32(x + 1);
				int32		j = (int32) pgbson_read_uint32(y + 1);

				*order = (i > j) - (i < j);
				return true;
			}
		case BSON_INT64:
			{
				int64		i = (int64) pgbson_read_uint64(x + 1);
				int64		j = (int64) pgbson_read_uint64(y + 1);

				*order = (i > j) - (i < j);
				return true;
			}
		case BSON_OBJECTID:
			{
				int			difference = memcmp(x + 1, y + 1, 12);

				*order = (difference > 0) - (difference < 0);
				return true;
			}
		default:
			return false;
	}
}

Datum
docdb_bson_value_cmp(PG_FUNCTION_ARGS)
{
	Datum		a = PG_GETARG_DATUM(0);
	Datum		b = PG_GETARG_DATUM(1);
	int			order;

	if (!compare_in_place((struct varlena *) DatumGetPointer(a),
						  (struct varlena *) DatumGetPointer(b), &order))
		order = compare_datums(a, b, pgbson_value_from_datum);
	PG_RETURN_INT32(order);
}

Datum
docdb_bson_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32((uint32) hash_datum(PG_GETARG_DATUM(0), 0, pgbson_from_datum));
}

Datum
docdb_bson_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(hash_datum(PG_GETARG_DATUM(0), PG_GETARG_INT64(1), pgbson_from_datum));
}

Datum
docdb_bson_value_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32((uint32) hash_datum(PG_GETARG_DATUM(0), 0, pgbson_value_from_datum));
}

Datum
docdb_bson_value_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(hash_datum(PG_GETARG_DATUM(0), PG_GETARG_INT64(1),
								pgbson_value_from_datum));
}

/* ---- Sorting ---- */

/*
 * Values are sorted by the first eight bytes of their key strings as long as these tell most of
 * them apart.
 */
typedef struct ValueSort
{
	StringInfoData key;
	int64		converted;
	bool		estimating;
	hyperLogLogState distinct;	/* of abbreviated keys */
} ValueSort;

/* Before this many values nothing is concluded from them. */
#define ABBREVIATION_TRIAL 10000

/* Distinct abbreviated keys among all; more are as good as all distinct. */
#define WORTHWHILE_FRACTION 0.05
#define WORTHWHILE_COUNT 100000

static int
bson_sort_comparator(Datum a, Datum b, SortSupport ssup)
{
	return compare_datums(a, b, pgbson_from_datum);
}

static int
value_sort_comparator(Datum a, Datum b, SortSupport ssup)
{
	return compare_datums(a, b, pgbson_value_from_datum);
}

#if SIZEOF_DATUM == 8

static Datum
value_sort_abbreviate(Datum original, SortSupport ssup)
{
	ValueSort  *sort = ssup->ssup_extra;
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(original);
	BsonValue	value;
	uint64		bytes = 0;

	pgbson_value_from_datum(PointerGetDatum(stored), &value);
	resetStringInfo(&sort->key);
	pgbson_keystring_append_limited(&sort->key, &value, sizeof(bytes));
	memcpy(&bytes, sort->key.data, Min(sort->key.len, sizeof(bytes)));
	bytes = pg_ntoh64(bytes);
	if ((Pointer) stored != DatumGetPointer(original))
		pfree(stored);

	sort->converted++;
	if (sort->estimating)
		addHyperLogLog(&sort->distinct, (uint32) murmurhash32((uint32) (bytes ^ bytes >> 32)));
	return (Datum) bytes;
}

static bool
value_sort_abort(int memtupcount, SortSupport ssup)
{
	ValueSort  *sort = ssup->ssup_extra;
	double		distinct;

	if (memtupcount < ABBREVIATION_TRIAL || sort->converted < ABBREVIATION_TRIAL ||
		!sort->estimating)
		return false;
	distinct = estimateHyperLogLog(&sort->distinct);
	if (distinct > WORTHWHILE_COUNT)
		sort->estimating = false;
	return distinct < sort->converted * WORTHWHILE_FRACTION;
}

#endif

Datum
docdb_bson_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = bson_sort_comparator;
	PG_RETURN_VOID();
}

Datum
docdb_bson_value_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = value_sort_comparator;
#if SIZEOF_DATUM == 8
	if (ssup->abbreviate)
	{
		MemoryContext old = MemoryContextSwitchTo(ssup->ssup_cxt);
		ValueSort  *sort = palloc0(sizeof(ValueSort));

		initStringInfo(&sort->key);
		sort->estimating = true;
		initHyperLogLog(&sort->distinct, 10);
		ssup->ssup_extra = sort;
		ssup->comparator = ssup_datum_unsigned_cmp;
		ssup->abbrev_converter = value_sort_abbreviate;
		ssup->abbrev_abort = value_sort_abort;
		ssup->abbrev_full_comparator = value_sort_comparator;
		MemoryContextSwitchTo(old);
	}
#endif
	PG_RETURN_VOID();
}

/* ---- Keys ---- */

/* docdb.key_string(bson_value, descending boolean, collation bson) */
Datum
docdb_key_string(PG_FUNCTION_ARGS)
{
	StringInfoData key;
	BsonValue	value;

	const BsonCollation *collation = NULL;
	BsonValue	spec;

	if (PG_NARGS() > 2)
	{
		pgbson_from_datum(PG_GETARG_DATUM(2), &spec);
		collation = pgbson_collation_cached(fcinfo->flinfo, &spec);
	}
	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	pgbson_keystring_init(&key);
	pgbson_keystring_append_collated(&key, &value, PG_GETARG_BOOL(1), collation);
	PG_RETURN_DATUM(pgbson_keystring_finish(&key));
}

/* The specification that a call site saw last, and what it was compiled to. */
typedef struct SortCache
{
	MemoryContext context;		/* of the two below */
	BsonValue	spec;
	BsonSort   *sort;
} SortCache;

static const BsonSort *
cached_sort(FmgrInfo *flinfo, const BsonValue *spec)
{
	SortCache  *cache = flinfo->fn_extra;
	MemoryContext old;

	if (cache != NULL && cache->sort != NULL && cache->spec.len == spec->len &&
		memcmp(cache->spec.v.data, spec->v.data, spec->len) == 0)
		return cache->sort;

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(SortCache));
		cache->context = AllocSetContextCreate(flinfo->fn_mcxt, "docdb sort specification",
											   ALLOCSET_SMALL_SIZES);
		flinfo->fn_extra = cache;
	}
	cache->sort = NULL;
	MemoryContextReset(cache->context);
	old = MemoryContextSwitchTo(cache->context);
	pgbson_value_copy(spec, &cache->spec);
	cache->sort = pgbson_sort_compile(&cache->spec);
	MemoryContextSwitchTo(old);
	return cache->sort;
}

/* docdb.sort_key(bson, bson): the operator <~>. */
Datum
docdb_sort_key(PG_FUNCTION_ARGS)
{
	StringInfoData key;
	BsonValue	document;
	BsonValue	spec;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_from_datum(PG_GETARG_DATUM(1), &spec);
	pgbson_keystring_init(&key);
	pgbson_sort_append_key(cached_sort(fcinfo->flinfo, &spec), &document, &key);
	PG_RETURN_DATUM(pgbson_keystring_finish(&key));
}

/* ---- Collations ---- */

/* docdb.collation(bson): the collation with all fields, NULL for the simple one. */
Datum
docdb_collation(PG_FUNCTION_ARGS)
{
	BsonValue	spec;
	BsonValue	document;

	pgbson_from_datum(PG_GETARG_DATUM(0), &spec);
	pgbson_collation_document(pgbson_collation_open(&spec), &document);
	if (document.type == BSON_MISSING)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(pgbson_get_datum(&document));
}

/* docdb.collation_version(bson): the version of the rules that ICU has for it. */
Datum
docdb_collation_version(PG_FUNCTION_ARGS)
{
	BsonValue	spec;
	const BsonCollation *collation;

	pgbson_from_datum(PG_GETARG_DATUM(0), &spec);
	collation = pgbson_collation_open(&spec);
	if (collation == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(pgbson_collation_version(collation)));
}

/* docdb.compare_collated(bson_value, bson_value, collation bson): -1, 0 or 1 */
Datum
docdb_compare_collated(PG_FUNCTION_ARGS)
{
	BsonValue	a;
	BsonValue	b;
	BsonValue	spec;
	int			order;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &a);
	pgbson_value_from_datum(PG_GETARG_DATUM(1), &b);
	pgbson_from_datum(PG_GETARG_DATUM(2), &spec);
	order = pgbson_compare_collated(pgbson_collation_cached(fcinfo->flinfo, &spec), &a, &b);
	PG_RETURN_INT32((order > 0) - (order < 0));
}

/* docdb.hash_collated(bson_value, collation bson): equal for values that are equal by it. */
Datum
docdb_hash_collated(PG_FUNCTION_ARGS)
{
	BsonValue	value;
	BsonValue	spec;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	pgbson_from_datum(PG_GETARG_DATUM(1), &spec);
	PG_RETURN_INT64((int64) pgbson_hash_collated(pgbson_collation_cached(fcinfo->flinfo, &spec),
												 &value, 0));
}
