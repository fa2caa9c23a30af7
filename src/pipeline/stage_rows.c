/*
 * stage_rows.c
 *		Stages that choose, order and count documents: $sort, $skip, $limit, $sample, $count,
 *		$sortByCount.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"

#include "pgbson/number.h"
#include "pgbson/sort.h"
#include "pipeline/pipeline_internal.h"

/* ---- $sort ---- */

static void
check_sort(const BsonValue *spec)
{
	if (spec->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15973)),
				 errmsg("the $sort key specification must be an object")));
	if (spec->len == BSON_MIN_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15976)),
				 errmsg("$sort stage must have at least one sort key")));
	(void) pgbson_sort_compile(spec);
}

/* {$sort: {<path>: 1 or -1, ...}} */
void
pipeline_stage_sort(PipelineQuery *query, const BsonValue *spec)
{
	check_sort(spec);
	pipeline_close_rows(query);
	pipeline_drop_order(query); /* an earlier $sort is undone */
	pipeline_make_column(query);
	pipeline_order_by_spec(query, spec);
}

/* ---- $skip and $limit ---- */

/* The number that a stage takes: integral, not negative, at most 2^63 - 1. */
static int64
parse_count(const BsonValue *spec, const char *stage, int code)
{
	const char *reason = NULL;
	int64		n = 0;

	if (!pgbson_is_number(spec))
		reason = "Expected a number in";
	else if (pgbson_number_is_nan(spec))
		reason = "Expected an integer, but found NaN in";
	else if (!pgbson_number_to_int64_exact(spec, &n))
	{
		double		f = pgbson_number_to_double(spec);

		reason = fabs(f) >= 9223372036854775808.0 ? "Cannot represent as a 64-bit integer"
			: "Expected an integer";
	}
	else if (n < 0)
		reason = "Expected a non-negative number in";
	if (reason)
		ereport(ERROR,
				(errcode(code),
				 errmsg("invalid argument to %s stage: %s: %s: %s", stage, reason, stage,
						pgbson_to_json(spec, BSON_JSON_RELAXED))));
	return n;
}

/* {$skip: <number>} */
void
pipeline_stage_skip(PipelineQuery *query, const BsonValue *spec)
{
	int64		n = parse_count(spec, "$skip", DOCDB_SQLSTATE(5107200));

	if (query->limit >= 0)
		query->limit = n < query->limit ? query->limit - n : 0;
	if (pg_add_s64_overflow(query->skip, n, &query->skip))
		query->skip = PG_INT64_MAX;
}

/* {$limit: <number>} */
void
pipeline_stage_limit(PipelineQuery *query, const BsonValue *spec)
{
	int64		n = parse_count(spec, "$limit", DOCDB_SQLSTATE(5107201));

	if (n == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15958)),
				 errmsg("the limit must be positive")));
	if (query->limit < 0 || n < query->limit)
		query->limit = n;
}

/* ---- $sample ---- */

/* {$sample: {size: <number>}} */
void
pipeline_stage_sample(PipelineQuery *query, const BsonValue *spec)
{
	int64		size = -1;
	BsonIter	iter;

	pipeline_require_document(spec, 28745, "the $sample stage specification must be an object");
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;
		double		f;

		if (strcmp(iter.key, "size") != 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(28748)),
					 errmsg("unrecognized option to $sample: %s", iter.key)));
		pgbson_iter_value(&iter, &value);
		if (!pgbson_is_number(&value))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(28746)),
					 errmsg("size argument to $sample must be a number")));
		f = pgbson_number_is_nan(&value) ? 0 : pgbson_number_to_double(&value);
		size = f >= 9223372036854775807.0 ? PG_INT64_MAX : f < 1 ? 0 : (int64) f;
		if (size == 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(28747)),
					 errmsg("size argument to $sample must be a positive integer")));
	}
	if (size < 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28749)),
				 errmsg("$sample stage must specify a size")));
	pipeline_close_rows(query);
	pipeline_drop_order(query);
	query->order = "pg_catalog.random()";
	query->limit = size;
	pipeline_close(query, true);
	pipeline_drop_order(query);
}

/* ---- $count ---- */

/* {$count: <name>}: no document at all where none comes in. */
void
pipeline_stage_count(PipelineQuery *query, const BsonValue *spec)
{
	BsonValue	names;
	BsonBuilder builder;

	if (spec->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40156)),
				 errmsg("the count field must be a non-empty string")));
	if (spec->len == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40157)),
				 errmsg("the count field must be a non-empty string")));
	if (spec->v.data[0] == '$')
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40158)),
				 errmsg("the count field cannot be a $-prefixed path")));
	if (memchr(spec->v.data, '\0', spec->len))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40159)),
				 errmsg("the count field cannot contain a null byte")));
	if (memchr(spec->v.data, '.', spec->len))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40160)),
				 errmsg("the count field cannot contain '.'")));
	if (spec->len == 3 && memcmp(spec->v.data, "_id", 3) == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(9039800)),
				 errmsg("the count field cannot be '_id'")));

	pipeline_close_rows(query);
	pipeline_drop_order(query);
	pgbson_builder_init(&builder);
	pgbson_push(&builder, spec);
	pgbson_finish(&builder, BSON_ARRAY, &names);
	pipeline_set_doc(query, psprintf("docdb.build_document(%s, docdb.count_value(count(*)))",
									 pipeline_value_sql(query, &names)));
	query->having = "count(*) > 0";
	query->grouped = true;
}

/* ---- $sortByCount ---- */

/* {$sortByCount: <expression>}: $group by it with a count, then $sort by that, descending. */
void
pipeline_stage_sort_by_count(PipelineQuery *query, const BsonValue *spec)
{
	BsonBuilder builder;
	BsonValue	stage;

	if (spec->type == BSON_DOCUMENT)
	{
		BsonIter	iter;

		pgbson_iter_init(&iter, spec);
		if (!pgbson_iter_next(&iter) || iter.key[0] != '$')
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40147)),
					 errmsg("the sortByCount field must be defined as a $-prefixed path or an "
							"expression inside an object")));
	}
	else if (spec->type == BSON_STRING)
	{
		if (spec->len == 0 || spec->v.data[0] != '$')
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40148)),
					 errmsg("the sortByCount field must be defined as a $-prefixed path or an "
							"expression inside an object")));
	}
	else
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40149)),
				 errmsg("the sortByCount field must be specified as a string or as an object")));

	pgbson_builder_init(&builder);
	pgbson_append(&builder, "_id", 3, spec);
	pgbson_begin(&builder, BSON_DOCUMENT, "count", 5);
	pgbson_append_int32(&builder, "$sum", 4, 1);
	pgbson_end(&builder);
	pgbson_finish(&builder, BSON_DOCUMENT, &stage);
	pipeline_stage_group(query, &stage);

	pgbson_builder_init(&builder);
	pgbson_append_int32(&builder, "count", 5, -1);
	pgbson_finish(&builder, BSON_DOCUMENT, &stage);
	pipeline_stage_sort(query, &stage);
}
