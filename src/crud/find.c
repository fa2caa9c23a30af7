/*
 * find.c
 *		Reading: find, find_one, count_documents, estimated_document_count, distinct.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "optimizer/plancat.h"
#include "storage/bufmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/errors.h"
#include "base/oids.h"
#include "crud/crud_internal.h"
#include "project/project.h"

/* A table of at most so many pages is counted rather than estimated. */
#define PAGES_TO_COUNT 128

PG_FUNCTION_INFO_V1(docdb_find);
PG_FUNCTION_INFO_V1(docdb_find_one);
PG_FUNCTION_INFO_V1(docdb_count_documents);
PG_FUNCTION_INFO_V1(docdb_estimated_document_count);
PG_FUNCTION_INFO_V1(docdb_distinct);
PG_FUNCTION_INFO_V1(docdb_distinct_values);

/* ---- Building ---- */

/* Takes back a word that nothing was appended after. */
static void
truncate_query(CrudQuery *query, int len)
{
	query->sql.len = len;
	query->sql.data[len] = '\0';
}

/* Appends " FROM ..." up to and including the filter and what hint, min and max leave of it. */
static void
append_from(CrudQuery *query, const CrudFind *find)
{
	int			from;
	int			len;

	appendStringInfoString(&query->sql, " FROM ");
	crud_append_source(query, find->collection);
	if (find->collection == NULL)
		appendStringInfoString(&query->sql, " AS c");
	from = query->sql.len;
	crud_append_where(query, find->collection, NULL, &find->filter, &find->let);

	len = query->sql.len;
	appendStringInfoString(&query->sql, len == from ? " WHERE " : " AND ");
	if (!crud_append_hinted(query, find->collection, NULL, &find->hint))
		truncate_query(query, len);
	len = query->sql.len;
	appendStringInfoString(&query->sql, len == from ? " WHERE " : " AND ");
	if (!crud_append_bounds(query, find))
		truncate_query(query, len);
}

/* The projection with what returnKey and showRecordId make of it; MISSING for none. */
static void
effective_projection(const CrudFind *find, BsonValue *result)
{
	BsonBuilder builder;
	BsonIter	iter;

	pgbson_make_simple(BSON_MISSING, result);
	if (find->projection.type == BSON_DOCUMENT && !find->return_key)
		*result = find->projection;
	if (!find->show_record_id)
		return;
	pgbson_builder_init(&builder);
	if (result->type == BSON_DOCUMENT)
	{
		pgbson_iter_init(&iter, result);
		while (pgbson_iter_next(&iter))
			pgbson_append_element(&builder, &iter);
	}
	pgbson_begin(&builder, BSON_DOCUMENT, "$recordId", 9);
	pgbson_append_cstring(&builder, "$meta", 5, "recordId");
	pgbson_end(&builder);
	pgbson_finish(&builder, BSON_DOCUMENT, result);
}

static void
append_document(CrudQuery *query, const CrudFind *find)
{
	if (find->return_key)
		crud_append_index_key(query, find);
	else
		appendStringInfoString(&query->sql, "doc");
}

static void
append_projection(CrudQuery *query, const CrudFind *find)
{
	const BsonValue *let = find->let.type == BSON_DOCUMENT ? &find->let : NULL;
	Projection *projection = NULL;
	BsonValue	spec;

	effective_projection(find, &spec);
	if (spec.type == BSON_DOCUMENT)
		projection = project_compile(&spec, PROJECT_FIND, expr_scope_from_variables(let));
	if (projection == NULL || project_is_trivial(projection))
	{
		append_document(query, find);
		return;
	}
	appendStringInfoString(&query->sql, "docdb.project(");
	append_document(query, find);
	appendStringInfoString(&query->sql, ", ");
	crud_query_bson(query, &spec);
	if (let != NULL)
	{
		appendStringInfoString(&query->sql, ", ");
		crud_query_bson(query, let);
	}
	if (find->filter.type == BSON_DOCUMENT && project_is_positional(projection))
	{
		appendStringInfoString(&query->sql, ", filter => ");
		crud_query_bson(query, &find->filter);
	}
	crud_append_find_metadata(query, find, &spec);
	appendStringInfoChar(&query->sql, ')');
}

static bool
is_sort(const BsonValue *sort)
{
	return sort->type == BSON_DOCUMENT && sort->len > BSON_MIN_DOCUMENT_SIZE;
}

/* The direction of {$natural: ...} in sort or hint, which must not contradict each other; or 0. */
static int
natural_direction(const CrudFind *find)
{
	int			sort = crud_natural_direction(&find->sort, "sort");
	int			hint = crud_natural_direction(&find->hint, "hint");

	if (sort == 0)
		return is_sort(&find->sort) ? 0 : hint;
	if (hint == 0 && crud_is_hint(&find->hint))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("index hint not allowed with $natural sort order")));
	if (hint != 0 && hint != sort)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$natural hint must be in the same direction as $natural sort order")));
	return sort;
}

/* The order in which the hinted index is read; MISSING without one. */
static void
hinted_order(const CrudFind *find, BsonValue *order)
{
	CrudFindIndex index;

	pgbson_make_simple(BSON_MISSING, order);
	if (crud_is_hint(&find->hint) && crud_find_index(find, &index))
		*order = index.order;
}

CrudQuery *
crud_build_find(const CrudFind *given)
{
	CrudQuery  *query = crud_query_create();
	CrudFind	find = crud_collate_find(given);
	int			natural = natural_direction(&find);

	crud_query_hint(query, find.collection, NULL, &find.hint);
	appendStringInfoString(&query->sql, "SELECT ");
	append_projection(query, &find);
	append_from(query, &find);
	if (!is_sort(&find.sort))
		hinted_order(&find, &find.sort);
	if (natural != 0)
		crud_append_natural_order(query, find.collection, NULL, natural);
	else
		crud_append_order(query, find.collection, NULL, &find.sort);
	crud_append_limit(query, find.limit, find.skip);
	return query;
}

CrudQuery *
crud_build_count(const CrudFind *given)
{
	CrudQuery  *query = crud_query_create();
	CrudFind	collated = crud_collate_find(given);
	const CrudFind *find = &collated;

	crud_query_hint(query, find->collection, NULL, &find->hint);
	appendStringInfoString(&query->sql, "SELECT pg_catalog.count(*)");
	if (find->limit > 0 || find->skip > 0)
	{
		appendStringInfoString(&query->sql, " FROM (SELECT");
		append_from(query, find);
		crud_append_limit(query, find->limit, find->skip);
		appendStringInfoString(&query->sql, ") AS d");
	}
	else
		append_from(query, find);
	return query;
}

CrudQuery *
crud_build_distinct(const CrudFind *given, const char *path, uint32 len)
{
	CrudQuery  *query = crud_query_create();
	CrudFind	find = crud_collate_find(given);
	BsonValue	collation;
	BsonValue	path_value;
	const char *key = "v";

	if (memchr(path, '\0', len) != NULL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31032)),
				 errmsg("Key field cannot contain an embedded null byte")));
	pgbson_make_string(path, len, &path_value);
	crud_query_hint(query, find.collection, NULL, &find.hint);
	crud_effective_collation(find.collection, &find.collation, &collation);
	/* Unlike MongoDB, which gives the values in no order, in theirs. */
	if (collation.type == BSON_MISSING)
		appendStringInfoString(&query->sql, "SELECT DISTINCT v FROM (SELECT ");
	else
	{
		key = "k";
		appendStringInfoString(&query->sql, "SELECT DISTINCT ON (k) v FROM (SELECT v, "
							   "docdb.key_string(v, false, ");
		crud_query_bson_literal(query, &collation);
		appendStringInfoString(&query->sql, ") AS k FROM (SELECT ");
	}
	appendStringInfoString(&query->sql, "docdb.distinct_values(doc, ");
	crud_query_value(query, &path_value);
	appendStringInfoString(&query->sql, ") AS v");
	append_from(query, &find);
	if (collation.type != BSON_MISSING)
		appendStringInfoString(&query->sql, ") AS e");
	appendStringInfo(&query->sql, ") AS d ORDER BY %s", key);
	return query;
}

/* ---- find, find_one ---- */

static void
check_not_negative(const char *name, int64 value)
{
	if (value < 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("BSON field '%s' value must be >= 0, actual value '" INT64_FORMAT "'",
						name, value)));
}

/* A bigint argument, 0 for NULL. */
static int64
arg_int64(FunctionCallInfo fcinfo, int arg)
{
	return PG_ARGISNULL(arg) ? 0 : PG_GETARG_INT64(arg);
}

static void
take_options(CrudFind *find, const CrudOptions *options)
{
	find->let = options->let;
	find->hint = options->hint;
	find->collation = options->collation;
	find->min = options->min;
	find->max = options->max;
	find->return_key = options->return_key;
	find->show_record_id = options->show_record_id;
}

/*
 * docdb.find(collection, filter, projection, sort, skip, limit, options).  A negative limit is
 * what it is to MongoDB's drivers: that many documents in one batch.
 */
Datum
docdb_find(PG_FUNCTION_ARGS)
{
	if (SRF_IS_FIRSTCALL())
	{
		CollectionName name;
		CrudFind	find;
		CrudOptions options;
		Datum		document;

		collection_arg_name(fcinfo, 0, &name);
		collection_arg_document(fcinfo, 1, &find.filter);
		collection_arg_document(fcinfo, 2, &find.projection);
		collection_arg_document(fcinfo, 3, &find.sort);
		find.skip = arg_int64(fcinfo, 4);
		check_not_negative("skip", find.skip);
		find.limit = arg_int64(fcinfo, 5);
		if (find.limit < 0)
			find.limit = find.limit == PG_INT64_MIN ? PG_INT64_MAX : -find.limit;
		crud_arg_options(fcinfo, 6, CRUD_FOR_FIND, &options);
		take_options(&find, &options);
		find.collection = collection_find(&name);
		if (crud_find_by_id(&find, &document))
			crud_stream_begin_value(fcinfo, document);
		else
			crud_stream_begin(fcinfo, crud_build_find(&find), options.max_time_ms);
	}
	return crud_stream_next(fcinfo);
}

typedef struct ValueRun
{
	CrudQuery  *query;
	bool		found;
	bool		isnull;
	Datum		value;
} ValueRun;

static void
run_for_value(void *arg)
{
	ValueRun   *run = arg;

	run->found = crud_execute_value(run->query, &run->value, &run->isnull);
}

/* docdb.find_one(collection, filter, projection, sort, options) */
Datum
docdb_find_one(PG_FUNCTION_ARGS)
{
	CollectionName name;
	CrudFind	find;
	CrudOptions options;
	ValueRun	run;

	collection_arg_name(fcinfo, 0, &name);
	collection_arg_document(fcinfo, 1, &find.filter);
	collection_arg_document(fcinfo, 2, &find.projection);
	collection_arg_document(fcinfo, 3, &find.sort);
	crud_arg_options(fcinfo, 4, CRUD_FOR_FIND, &options);
	take_options(&find, &options);
	find.skip = 0;
	find.limit = 1;
	find.collection = collection_find(&name);
	if (crud_find_by_id(&find, &run.value))
	{
		if (run.value == (Datum) 0)
			PG_RETURN_NULL();
		PG_RETURN_DATUM(run.value);
	}
	run.query = crud_build_find(&find);
	crud_run_limited(options.max_time_ms, run_for_value, &run);
	if (!run.found || run.isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(run.value);
}

/* ---- Counting ---- */

/* docdb.count_documents(collection, filter, options) */
Datum
docdb_count_documents(PG_FUNCTION_ARGS)
{
	CollectionName name;
	CrudFind	find = {0};
	CrudOptions options;

	collection_arg_name(fcinfo, 0, &name);
	collection_arg_document(fcinfo, 1, &find.filter);
	crud_arg_options(fcinfo, 2, CRUD_FOR_COUNT, &options);
	find.let = options.let;
	find.hint = options.hint;
	find.collation = options.collation;
	find.skip = options.skip;
	find.limit = options.limit;
	find.collection = collection_find(&name);
	PG_RETURN_INT64(crud_count(&find, options.max_time_ms));
}

/* PostgreSQL's estimate of a table's rows, from its size now; -1 where counting is as good. */
static double
estimate_rows(const Collection *collection)
{
	Relation	rel;
	BlockNumber pages;
	double		rows = -1;
	double		visible;

	if ((collection->relkind != RELKIND_RELATION && collection->relkind != RELKIND_MATVIEW) ||
		collection->row_security)
		return -1;
	if (pg_class_aclcheck(collection->relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		return -1;				/* counting raises the error, if it is one */

	rel = table_open(collection->relid, AccessShareLock);
	if (rel->rd_rel->reltuples >= 0 && RelationGetNumberOfBlocks(rel) > PAGES_TO_COUNT)
		estimate_rel_size(rel, NULL, &pages, &rows, &visible);
	table_close(rel, AccessShareLock);
	return rows;
}

/* docdb.estimated_document_count(collection) */
Datum
docdb_estimated_document_count(PG_FUNCTION_ARGS)
{
	CollectionName name;
	CrudFind	find = {0};
	double		rows;

	collection_arg_name(fcinfo, 0, &name);
	find.collection = collection_find(&name);
	if (find.collection == NULL)
		PG_RETURN_INT64(0);
	rows = estimate_rows(find.collection);
	if (rows < 0)
		PG_RETURN_INT64(crud_count(&find, 0));
	PG_RETURN_INT64((int64) rows);
}

/* ---- distinct ---- */

/* docdb.distinct(collection, path, filter, options) */
Datum
docdb_distinct(PG_FUNCTION_ARGS)
{
	if (SRF_IS_FIRSTCALL())
	{
		CollectionName name;
		CrudFind	find = {0};
		CrudOptions options;
		text	   *path;

		collection_arg_name(fcinfo, 0, &name);
		if (PG_ARGISNULL(1))
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("the path must not be NULL")));
		path = PG_GETARG_TEXT_PP(1);
		collection_arg_document(fcinfo, 2, &find.filter);
		crud_arg_options(fcinfo, 3, CRUD_FOR_DISTINCT, &options);
		find.hint = options.hint;
		find.collation = options.collation;
		find.collection = collection_find(&name);
		crud_stream_begin(fcinfo,
						  crud_build_distinct(&find, VARDATA_ANY(path),
											  VARSIZE_ANY_EXHDR(path)),
						  options.max_time_ms);
	}
	return crud_stream_next(fcinfo);
}

typedef struct DistinctValues
{
	int			count;
	int			capacity;
	int			next;
	Datum	   *values;
} DistinctValues;

static void
add_value(DistinctValues *found, const BsonIter *iter)
{
	BsonValue	value;

	if (found->count == found->capacity)
	{
		found->capacity = Max(8, found->capacity * 2);
		found->values = found->values == NULL ?
			palloc(found->capacity * sizeof(Datum)) :
			repalloc(found->values, found->capacity * sizeof(Datum));
	}
	pgbson_iter_value(iter, &value);
	found->values[found->count++] = pgbson_value_get_datum(&value);
}

/* A value at the path's end: an array gives its elements. */
static void
collect_leaf(DistinctValues *found, const BsonIter *iter)
{
	BsonValue	array;
	BsonIter	element;

	if (iter->type != BSON_ARRAY)
	{
		add_value(found, iter);
		return;
	}
	pgbson_iter_value(iter, &array);
	pgbson_iter_init(&element, &array);
	while (pgbson_iter_next(&element))
		add_value(found, &element);
}

/*
 * Collects the values at parts [part, nparts) of a path below a document or array.  An array on
 * the way is gone into at the index that the next part names, or else each of its documents.
 */
static void
collect_values(DistinctValues *found, const BsonValue *container, const BsonPath *path, int part)
{
	const BsonPathPart *name = &path->part[part];
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, container);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		if (!pgbson_iter_key_is(&iter, name->name, name->len))
			continue;
		if (part == path->nparts - 1)
			collect_leaf(found, &iter);
		else if (iter.type == BSON_DOCUMENT ||
				 (iter.type == BSON_ARRAY && path->part[part + 1].index >= 0))
		{
			pgbson_iter_value(&iter, &value);
			collect_values(found, &value, path, part + 1);
		}
		else if (iter.type == BSON_ARRAY)
		{
			BsonIter	element;

			pgbson_iter_value(&iter, &value);
			pgbson_iter_init(&element, &value);
			while (pgbson_iter_next(&element))
			{
				BsonValue	child;

				if (element.type != BSON_DOCUMENT)
					continue;
				pgbson_iter_value(&element, &child);
				collect_values(found, &child, path, part + 1);
			}
		}
		return;
	}
}

/* docdb.distinct_values(document, path): the values that distinct sees in one document. */
Datum
docdb_distinct_values(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	DistinctValues *found;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old_context;
		BsonValue	document;
		BsonValue	path;

		funcctx = SRF_FIRSTCALL_INIT();
		old_context = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
		pgbson_from_datum(PG_GETARG_DATUM(0), &document);
		pgbson_value_from_datum(PG_GETARG_DATUM(1), &path);
		if (path.type != BSON_STRING)
			ereport(ERROR,
					(errcode(DOCDB_ERR_TYPE_MISMATCH),
					 errmsg("BSON field 'distinct.key' is the wrong type '%s', expected type "
							"'string'", pgbson_type_name(path.type))));
		found = palloc0(sizeof(DistinctValues));
		collect_values(found, &document, pgbson_path_parse(path.v.data, path.len), 0);
		funcctx->user_fctx = found;
		MemoryContextSwitchTo(old_context);
	}
	funcctx = SRF_PERCALL_SETUP();
	found = funcctx->user_fctx;
	if (found->next < found->count)
		SRF_RETURN_NEXT(funcctx, found->values[found->next++]);
	SRF_RETURN_DONE(funcctx);
}
