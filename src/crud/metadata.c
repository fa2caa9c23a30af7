/*
 * metadata.c
 *		What find gives beside the documents: the keys and numbers of records, and what min and max
 *		bound.
 *
 * The keys are those of an index: the one that the hint names or else one that a scan for the
 * filter or the sort would read.  They are made from the document again, so that it does not matter
 * which index PostgreSQL reads.  As PostgreSQL moves documents, the number of a record is that of
 * the row's place.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "storage/itemptr.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "base/errors.h"
#include "crud/crud_internal.h"
#include "docindex/docindex.h"
#include "match/match.h"
#include "pgbson/collation.h"
#include "pgbson/sort.h"
#include "project/project.h"

PG_FUNCTION_INFO_V1(docdb_find_metadata);
PG_FUNCTION_INFO_V1(docdb_index_key);
PG_FUNCTION_INFO_V1(docdb_key_between);

/* ---- The index that is read ---- */

static void
read_id_index(const Collection *collection, CrudFindIndex *result)
{
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	pgbson_append_int32(&builder, "_id", 3, 1);
	pgbson_finish(&builder, BSON_DOCUMENT, &result->keys);
	docindex_collate_filter(&result->keys, &collection->collation, &result->order);
}

/* What crud_find_index gives of an index of ours. */
static void
read_index(Relation index, CrudFindIndex *result)
{
	const DocIndexSpec *spec = docindex_spec(index);

	result->keys = spec->keys;
	result->sparse = spec->sparse;
	result->partial = spec->partial_filter;
	docindex_collate_filter(&spec->keys, &spec->collation, &result->order);
}

/* The collation of a document with all fields, or none. */
static const BsonCollation *
open_collation(const BsonValue *collation)
{
	return collation->type == BSON_MISSING ? NULL : pgbson_collation_open(collation);
}

/* Whether a filter bounds the values at a path, in an index of a collation. */
static bool
bounds_path(const MatchCondition *condition, const char *path, const BsonCollation *collation)
{
	check_stack_depth();
	if (condition->kind == MATCH_IS_AND)
	{
		for (int i = 0; i < condition->nchildren; i++)
			if (bounds_path(condition->children[i], path, collation))
				return true;
		return false;
	}
	return condition->kind != MATCH_IS_CONSTANT && condition->kind != MATCH_IS_OR &&
		condition->kind != MATCH_IS_OTHER && condition->path != NULL &&
		strcmp(condition->path, path) == 0 &&
		(!match_condition_is_collatable(condition) ||
		 pgbson_collation_same(condition->collation, collation));
}

static bool
sorts_by(const BsonValue *sort, const char *path, const BsonCollation *collation)
{
	BsonIter	iter;

	if (sort->type != BSON_DOCUMENT)
		return false;
	pgbson_iter_init(&iter, sort);
	return pgbson_iter_next(&iter) && strcmp(iter.key, path) == 0 &&
		pgbson_collation_same(pgbson_collation_of(sort), collation);
}

/*
 * The index that MongoDB would most likely read without a hint: one that the filter bounds or else
 * the sort asks for.  Those that have not all documents are left out.
 */
static void
choose_index(const CrudFind *find, const MatchCondition *condition, CrudFindIndex *result)
{
	Relation	rel = table_open(find->collection->relid, AccessShareLock);
	List	   *indexes = RelationGetIndexList(rel);
	const BsonCollation *id_collation = open_collation(&find->collection->collation);
	bool		bound = false;
	ListCell   *lc;

	foreach(lc, indexes)
	{
		Relation	index = index_open(lfirst_oid(lc), AccessShareLock);
		DocIndexSettings settings;
		bool		bounds;

		if (docindex_is_ours(index))
		{
			const DocIndexSpec *spec = docindex_spec(index);

			docindex_settings(index, &settings);
			bounds = condition != NULL && bounds_path(condition, spec->names[0],
													  spec->collator);
			if (!settings.hidden && !spec->sparse && spec->partial.type == BSON_MISSING &&
				!bound && (bounds || sorts_by(&find->sort, spec->names[0], spec->collator)))
			{
				read_index(index, result);
				bound = bounds;
			}
		}
		index_close(index, AccessShareLock);
	}
	table_close(rel, AccessShareLock);
	if (!bound && ((condition != NULL && bounds_path(condition, "_id", id_collation)) ||
				   (result->keys.type == BSON_MISSING &&
					sorts_by(&find->sort, "_id", id_collation))))
		read_id_index(find->collection, result);
}

bool
crud_find_index(const CrudFind *find, CrudFindIndex *result)
{
	memset(result, 0, sizeof(*result));
	if (find->collection == NULL || crud_natural_direction(&find->hint, "hint") != 0)
		return false;
	if (crud_is_hint(&find->hint))
	{
		Relation	index = index_open(collection_index_find(find->collection, &find->hint),
									   AccessShareLock);
		bool		has_keys = docindex_wildcard(index) == NULL;

		/* A wildcard index has no keys of its own, and no order. */
		if (docindex_is_ours(index))
			read_index(index, result);
		else if (has_keys)
			read_id_index(find->collection, result);
		index_close(index, AccessShareLock);
		return has_keys;
	}
	if (crud_has_records(find->collection))
		choose_index(find, find->filter.type == BSON_DOCUMENT ?
					 match_conditions(&find->filter) : NULL, result);
	return result->keys.type == BSON_DOCUMENT;
}

/* The filter that one of some paths leads to a value. */
static void
make_exists(const BsonValue *keys, BsonValue *filter)
{
	BsonBuilder builder;
	BsonIter	iter;

	pgbson_builder_init(&builder);
	if (pgbson_count(keys) > 1)
		pgbson_begin(&builder, BSON_ARRAY, "$or", 3);
	pgbson_iter_init(&iter, keys);
	while (pgbson_iter_next(&iter))
	{
		if (pgbson_count(keys) > 1)
			pgbson_push_begin(&builder, BSON_DOCUMENT);
		pgbson_begin(&builder, BSON_DOCUMENT, iter.key, iter.keylen);
		pgbson_append_bool(&builder, "$exists", 7, true);
		pgbson_end(&builder);
		if (pgbson_count(keys) > 1)
			pgbson_end(&builder);
	}
	if (pgbson_count(keys) > 1)
		pgbson_end(&builder);
	pgbson_finish(&builder, BSON_DOCUMENT, filter);
}

static void
append_match(CrudQuery *query, const char *alias, const BsonValue *filter)
{
	crud_append_column(query, alias, "doc");
	crud_query_operator(query, "@@");
	crud_query_bson(query, filter);
}

bool
crud_append_hinted(CrudQuery *query, const Collection *collection, const char *alias,
				   const BsonValue *hint)
{
	CrudFind	find = {.collection = collection, .hint = *hint};
	CrudFindIndex index;
	BsonValue	exists;

	if (!crud_is_hint(hint) || !crud_find_index(&find, &index))
		return false;
	if (index.partial.type == BSON_DOCUMENT)
		append_match(query, alias, &index.partial);
	if (!index.sparse)
		return index.partial.type == BSON_DOCUMENT;
	if (index.partial.type == BSON_DOCUMENT)
		appendStringInfoString(&query->sql, " AND ");
	make_exists(&index.keys, &exists);
	append_match(query, alias, &exists);
	return true;
}

/* ---- Metadata ---- */

/* Whether {$meta: name} stands somewhere in a projection. */
static bool
mentions_meta(const BsonValue *value, const char *name)
{
	BsonIter	iter;

	check_stack_depth();
	if (value->type != BSON_DOCUMENT && value->type != BSON_ARRAY)
		return false;
	pgbson_iter_init(&iter, value);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	child;

		pgbson_iter_value(&iter, &child);
		if (strcmp(iter.key, "$meta") == 0 && child.type == BSON_STRING &&
			child.len == strlen(name) && memcmp(child.v.data, name, child.len) == 0)
			return true;
		if (mentions_meta(&child, name))
			return true;
	}
	return false;
}

bool
crud_find_is_plain(const CrudFind *find)
{
	return !find->return_key && !find->show_record_id && find->min.type == BSON_MISSING &&
		find->max.type == BSON_MISSING && !mentions_meta(&find->projection, "recordId") &&
		!mentions_meta(&find->projection, "sortKey") &&
		!mentions_meta(&find->projection, "indexKey");
}

static bool
is_sorted(const CrudFind *find)
{
	return find->sort.type == BSON_DOCUMENT && find->sort.len > BSON_MIN_DOCUMENT_SIZE &&
		crud_natural_direction(&find->sort, "sort") == 0;
}

/* Appends a document as an argument, or NULL. */
static void
append_argument(CrudQuery *query, const BsonValue *document)
{
	appendStringInfoString(&query->sql, ", ");
	if (document->type == BSON_DOCUMENT)
		crud_query_bson(query, document);
	else
		appendStringInfoString(&query->sql, "NULL");
}

bool
crud_append_metadata(CrudQuery *query, const BsonValue *projection, const char *document,
					 const char *record, const BsonValue *sort, const BsonValue *keys)
{
	BsonValue	none;
	bool		of_record = record != NULL && mentions_meta(projection, "recordId");
	bool		of_sort = sort != NULL && mentions_meta(projection, "sortKey");
	bool		of_index = keys != NULL && mentions_meta(projection, "indexKey");

	if (!of_record && !of_sort && !of_index)
		return false;
	pgbson_make_simple(BSON_MISSING, &none);
	appendStringInfo(&query->sql, ", metadata => docdb.find_metadata(%s, %s", document,
					 of_record ? record : "NULL");
	append_argument(query, of_sort ? sort : &none);
	append_argument(query, of_index ? keys : &none);
	appendStringInfoChar(&query->sql, ')');
	return true;
}

bool
crud_has_records(const Collection *collection)
{
	return collection != NULL && (collection->relkind == RELKIND_RELATION ||
								  collection->relkind == RELKIND_PARTITIONED_TABLE);
}

void
crud_append_find_metadata(CrudQuery *query, const CrudFind *find, const BsonValue *projection)
{
	CrudFindIndex index;
	bool		indexed = mentions_meta(projection, "indexKey") && crud_find_index(find, &index);

	if (!is_sorted(find) && mentions_meta(projection, "sortKey"))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("cannot use sortKey $meta projection without a sort")));
	(void) crud_append_metadata(query, projection, "doc",
								crud_has_records(find->collection) ? "ctid" : NULL,
								is_sorted(find) ? &find->sort : NULL,
								indexed ? &index.keys : NULL);
}

void
crud_append_index_key(CrudQuery *query, const CrudFind *find)
{
	CrudFindIndex index;
	BsonBuilder builder;
	BsonValue	empty;

	if (crud_find_index(find, &index))
	{
		appendStringInfoString(&query->sql, "docdb.index_key(doc");
		append_argument(query, &index.keys);
		appendStringInfoChar(&query->sql, ')');
		return;
	}
	pgbson_builder_init(&builder);
	pgbson_finish(&builder, BSON_DOCUMENT, &empty);
	crud_query_bson(query, &empty);
}

/* The values of the first key that a document has by a specification; returns how many. */
static int
first_key(const BsonValue *document, const BsonValue *spec, BsonValue *values)
{
	BsonSort   *sort = pgbson_sort_compile(spec);

	pgbson_sort_values(sort, document, values);
	return sort->paths.npaths;
}

static void
append_index_key(BsonBuilder *builder, const BsonValue *document, const BsonValue *keys)
{
	BsonValue	values[BSON_MAX_KEYS];
	BsonIter	iter;
	int			i = 0;

	(void) first_key(document, keys, values);
	pgbson_iter_init(&iter, keys);
	while (pgbson_iter_next(&iter))
		pgbson_append(builder, iter.key, iter.keylen, &values[i++]);
}

/* docdb.find_metadata(document bson, record tid, sort bson, keys bson): what $meta gives. */
Datum
docdb_find_metadata(PG_FUNCTION_ARGS)
{
	BsonBuilder builder;
	BsonValue	document;
	BsonValue	spec;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_builder_init(&builder);
	if (!PG_ARGISNULL(1))
	{
		ItemPointer tid = (ItemPointer) PG_GETARG_POINTER(1);

		pgbson_append_int64(&builder, "recordId", 8,
							(int64) ItemPointerGetBlockNumberNoCheck(tid) << 16 |
							ItemPointerGetOffsetNumberNoCheck(tid));
	}
	if (!PG_ARGISNULL(2))
	{
		BsonValue	values[BSON_MAX_KEYS];
		int			count;

		pgbson_from_datum(PG_GETARG_DATUM(2), &spec);
		count = first_key(&document, &spec, values);
		pgbson_begin(&builder, BSON_ARRAY, "sortKey", 7);
		for (int i = 0; i < count; i++)
			pgbson_push(&builder, &values[i]);
		pgbson_end(&builder);
	}
	if (!PG_ARGISNULL(3))
	{
		pgbson_from_datum(PG_GETARG_DATUM(3), &spec);
		pgbson_begin(&builder, BSON_DOCUMENT, "indexKey", 8);
		append_index_key(&builder, &document, &spec);
		pgbson_end(&builder);
	}
	PG_RETURN_DATUM(pgbson_finish_datum(&builder));
}

/* docdb.index_key(document bson, keys bson): the first key that an index has for a document. */
Datum
docdb_index_key(PG_FUNCTION_ARGS)
{
	BsonBuilder builder;
	BsonValue	document;
	BsonValue	keys;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_from_datum(PG_GETARG_DATUM(1), &keys);
	pgbson_builder_init(&builder);
	append_index_key(&builder, &document, &keys);
	PG_RETURN_DATUM(pgbson_finish_datum(&builder));
}

/* ---- min and max ---- */

/* The values of a bound, in the order of the names. */
static int
read_bound(const BsonValue *bound, BsonValue *values)
{
	BsonIter	iter;
	int			n = 0;

	pgbson_iter_init(&iter, bound);
	while (pgbson_iter_next(&iter) && n < BSON_MAX_KEYS)
		pgbson_iter_value(&iter, &values[n++]);
	return n;
}

/* Whether two documents have the same names in the same order. */
static bool
same_names(const BsonValue *a, const BsonValue *b)
{
	BsonIter	x;
	BsonIter	y;

	if (pgbson_count(a) != pgbson_count(b))
		return false;
	pgbson_iter_init(&x, a);
	pgbson_iter_init(&y, b);
	while (pgbson_iter_next(&x) && pgbson_iter_next(&y))
		if (!pgbson_iter_key_is(&x, y.key, y.keylen))
			return false;
	return true;
}

static bool
is_bound(const BsonValue *bound)
{
	return bound->type == BSON_DOCUMENT && bound->len > BSON_MIN_DOCUMENT_SIZE;
}

/* Whether a collation compares some of a bound's values otherwise than bytes do. */
static bool
is_collatable(const BsonValue *bound)
{
	BsonIter	iter;

	if (!is_bound(bound))
		return false;
	pgbson_iter_init(&iter, bound);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (pgbson_is_collatable(&value))
			return true;
	}
	return false;
}

/*
 * Whether min and max may be on an index: it has their names, and the collation of the operation
 * where they depend on one.
 */
static bool
is_bounded_by(const CrudFind *find, const CrudFindIndex *index)
{
	BsonValue	collation;

	if (!same_names(is_bound(&find->min) ? &find->min : &find->max, &index->keys))
		return false;
	if (!is_collatable(&find->min) && !is_collatable(&find->max))
		return true;
	crud_effective_collation(find->collection, &find->collation, &collation);
	return pgbson_collation_same(open_collation(&collation), pgbson_collation_of(&index->order));
}

/* The index that min and max are on. */
static void
bounded_index(const CrudFind *find, CrudFindIndex *index)
{
	BsonValue	min[BSON_MAX_KEYS];
	BsonValue	max[BSON_MAX_KEYS];

	if (!crud_is_hint(&find->hint) || !crud_find_index(find, index))
		ereport(ERROR,
				(errcode(DOCDB_ERR_NO_QUERY_EXECUTION_PLANS),
				 errmsg("When using min()/max() a hint of which index to use must be provided")));
	if (!is_bounded_by(find, index))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51174)),
				 errmsg("The index chosen is not compatible with min/max")));
	if (!is_bound(&find->min) || !is_bound(&find->max))
		return;
	(void) read_bound(&find->min, min);
	(void) read_bound(&find->max, max);
	if (pgbson_sort_compare(pgbson_sort_compile(&index->order), min, max) >= 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51175)),
				 errmsg("The value provided for min() does not come before the value provided for "
						"max() in the hinted index")));
}

bool
crud_append_bounds(CrudQuery *query, const CrudFind *find)
{
	CrudFindIndex index;
	BsonValue	none;

	if (!is_bound(&find->min) && !is_bound(&find->max))
		return false;
	if (is_bound(&find->min) && is_bound(&find->max) && !same_names(&find->min, &find->max))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51176)),
				 errmsg("min and max must have the same field names")));
	if (find->collection == NULL)
		return false;
	bounded_index(find, &index);
	pgbson_make_simple(BSON_MISSING, &none);
	appendStringInfoString(&query->sql, "docdb.key_between(doc");
	append_argument(query, &index.order);
	append_argument(query, is_bound(&find->min) ? &find->min : &none);
	append_argument(query, is_bound(&find->max) ? &find->max : &none);
	appendStringInfoChar(&query->sql, ')');
	return true;
}

typedef struct Between
{
	const BsonSort *sort;
	bool		has_min;
	bool		has_max;
	BsonValue	min[BSON_MAX_KEYS];
	BsonValue	max[BSON_MAX_KEYS];
	bool		found;
} Between;

static void
test_key(const BsonValue *values, void *arg)
{
	Between    *between = arg;
	BsonValue	key[BSON_MAX_KEYS];

	for (int i = 0; i < between->sort->paths.npaths; i++)
	{
		key[i] = values[i];
		if (key[i].type == BSON_MISSING)
			key[i].type = BSON_NULL;
	}
	if ((!between->has_min || pgbson_sort_compare(between->sort, between->min, key) <= 0) &&
		(!between->has_max || pgbson_sort_compare(between->sort, key, between->max) < 0))
		between->found = true;
}

/*
 * docdb.key_between(document bson, keys bson, min bson, max bson): whether an index has a key for
 * the document from min on and before max; NULL is no bound.
 */
Datum
docdb_key_between(PG_FUNCTION_ARGS)
{
	Between		between = {0};
	BsonValue	document;
	BsonValue	keys;
	BsonValue	bound;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_from_datum(PG_GETARG_DATUM(1), &keys);
	between.sort = pgbson_sort_compile(&keys);
	if (!PG_ARGISNULL(2))
	{
		pgbson_from_datum(PG_GETARG_DATUM(2), &bound);
		between.has_min = read_bound(&bound, between.min) == between.sort->paths.npaths;
	}
	if (!PG_ARGISNULL(3))
	{
		pgbson_from_datum(PG_GETARG_DATUM(3), &bound);
		between.has_max = read_bound(&bound, between.max) == between.sort->paths.npaths;
	}
	(void) pgbson_each_key(&between.sort->paths, &document, test_key, &between);
	PG_RETURN_BOOL(between.found);
}
