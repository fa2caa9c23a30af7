/*
 * sort.c
 *		Sort specifications and the keys they give documents.
 */
#include "postgres.h"

#include "base/errors.h"
#include "pgbson/keystring.h"
#include "pgbson/number.h"
#include "pgbson/sort.h"

/* The kinds of metadata that MongoDB sorts by, and what it calls them in messages. */
static const char *const meta_sorts[][2] = {
	{"textScore", "text score"},
	{"randVal", "random value"},
	{"geoNearDistance", "$geoNear distance"},
	{"searchScore", "$search score"},
	{"vectorSearchScore", "$vectorSearch score"},
	{"score", "score"}
};

static const char *
meta_description(const BsonValue *kind)
{
	for (int i = 0; kind->type == BSON_STRING && i < lengthof(meta_sorts); i++)
	{
		if (kind->len == strlen(meta_sorts[i][0]) &&
			memcmp(kind->v.data, meta_sorts[i][0], kind->len) == 0)
			return meta_sorts[i][1];
	}
	return NULL;
}

/*
 * A document as a sort value, {$meta: kind}.  The random value is that of a document that comes
 * from $sample, in MongoDB too; where it is missing it makes no difference.  All else is refused.
 */
static void
check_meta(const BsonValue *expression)
{
	BsonIter	iter;
	BsonValue	kind;
	const char *description;

	pgbson_iter_init(&iter, expression);
	if (!pgbson_iter_next(&iter) || strcmp(iter.key, "$meta") != 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(17312)),
				 errmsg("$meta is the only expression supported by $sort right now")));
	pgbson_iter_value(&iter, &kind);
	if (pgbson_iter_next(&iter))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Cannot have additional keys in a $meta sort specification")));
	description = meta_description(&kind);
	if (description == NULL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31138)),
				 errmsg("Illegal $meta sort: $meta: %s",
						pgbson_to_json(&kind, BSON_JSON_RELAXED))));
	if (kind.len == 7 && memcmp(kind.v.data, "randVal", 7) == 0)
		return;
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(40218)),
			 errmsg("query requires %s metadata, but it is not available", description)));
}

static void
check_repeated(const BsonSort *sort, const BsonIter *iter, BsonIter earlier)
{
	while (pgbson_iter_next(&earlier) && earlier.key != iter->key)
	{
		if (pgbson_iter_key_is(&earlier, iter->key, iter->keylen))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(7472500)),
					 errmsg("$sort key must not contain duplicate keys (duplicate: '%s')",
							iter->key)));
	}
}

static void
add_path(BsonSort *sort, const BsonIter *iter, const BsonValue *direction)
{
	int64		sign;

	if (!pgbson_is_number(direction))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15974)),
				 errmsg("Illegal key in $sort specification: %s: %s", iter->key,
						pgbson_to_json(direction, BSON_JSON_RELAXED))));
	sign = pgbson_number_to_int64_clamped(direction);
	if (sign != 1 && sign != -1)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15975)),
				 errmsg("$sort key ordering must be 1 (for ascending) or -1 (for descending)")));
	if (sort->paths.npaths == BSON_MAX_KEYS)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(13103)),
				 errmsg("too many compound keys")));
	if (sign < 0)
		sort->descending |= (uint32) 1 << sort->paths.npaths;
	sort->paths.path[sort->paths.npaths] = pgbson_field_path_parse(iter->key, iter->keylen);
}

BsonSort *
pgbson_sort_compile(const BsonValue *spec)
{
	BsonSort   *sort = palloc0(sizeof(BsonSort));
	BsonIter	iter;
	BsonIter	start;
	BsonValue	direction;

	sort->paths.for_sort = true;
	pgbson_iter_init(&iter, spec);
	start = iter;
	while (pgbson_iter_next(&iter))
	{
		pgbson_iter_value(&iter, &direction);
		if (pgbson_iter_key_is(&iter, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN))
		{
			sort->collation = pgbson_collation_open(&direction);
			continue;
		}
		if (direction.type == BSON_DOCUMENT)
		{
			check_meta(&direction);
			continue;
		}
		add_path(sort, &iter, &direction);
		check_repeated(sort, &iter, start);
		sort->paths.npaths++;
	}
	sort->whole_id = sort->paths.npaths == 1 && sort->paths.path[0]->nparts == 1 &&
		strcmp(sort->paths.path[0]->part[0].name, "_id") == 0;
	return sort;
}

int
pgbson_sort_compare(const BsonSort *sort, const BsonValue *a, const BsonValue *b)
{
	for (int i = 0; i < sort->paths.npaths; i++)
	{
		int			order = pgbson_compare_collated(sort->collation, &a[i], &b[i]);

		if (order != 0)
			return (sort->descending & (uint32) 1 << i) != 0 ? (order < 0 ? 1 : -1) : order;
	}
	return 0;
}

/* The first of the keys seen so far. */
typedef struct FirstKey
{
	const BsonSort *sort;
	BsonValue  *values;
	bool		any;
} FirstKey;

static void
keep_first(const BsonValue *values, void *arg)
{
	FirstKey   *first = arg;
	BsonValue	key[BSON_MAX_KEYS];
	int			npaths = first->sort->paths.npaths;

	for (int i = 0; i < npaths; i++)
	{
		key[i] = values[i];
		if (key[i].type == BSON_MISSING)
			key[i].type = BSON_NULL;
	}
	if (!first->any || pgbson_sort_compare(first->sort, key, first->values) < 0)
	{
		memcpy(first->values, key, npaths * sizeof(BsonValue));
		first->any = true;
	}
}

/* For documents without arrays on the way, that is nearly all; false for others. */
static bool
single_values(const BsonSort *sort, const BsonValue *document, BsonValue *values)
{
	for (int i = 0; i < sort->paths.npaths; i++)
	{
		if (!pgbson_path_get_single(document, sort->paths.path[i], &values[i]) &&
			!sort->whole_id)
			return false;
		if (values[i].type == BSON_MISSING)
			values[i].type = BSON_NULL;
	}
	return true;
}

void
pgbson_sort_values(const BsonSort *sort, const BsonValue *document, BsonValue *values)
{
	FirstKey	first = {sort, values, false};

	if (!single_values(sort, document, values))
		pgbson_each_key(&sort->paths, document, keep_first, &first);
}

void
pgbson_sort_append_key(const BsonSort *sort, const BsonValue *document, StringInfo key)
{
	BsonValue	values[BSON_MAX_KEYS];

	pgbson_sort_values(sort, document, values);
	for (int i = 0; i < sort->paths.npaths; i++)
		pgbson_keystring_append_collated(key, &values[i],
										 (sort->descending & (uint32) 1 << i) != 0,
										 sort->collation);
}
