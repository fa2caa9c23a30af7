/*
 * stage_combine.c
 *		Stages that run pipelines side by side: $facet and $unionWith.
 */
#include "postgres.h"

#include "pipeline/pipeline_internal.h"

/* ---- $facet ---- */

static void
check_facet_stage(const PipelineStage *stage)
{
	if (stage->info->flags & STAGE_NOT_IN_FACET)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40600)),
				 errmsg("%s is not allowed to be used within a $facet stage",
						stage->info->name)));
}

static void
check_facet(const BsonIter *iter, const BsonValue *pipeline)
{
	BsonIter	inner;
	ListCell   *cell;

	expr_check_field_name(iter->key, iter->keylen);
	if (pipeline->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40170)),
				 errmsg("arguments to $facet must be arrays, %s is type %s", iter->key,
						pgbson_type_name(pipeline->type))));
	pgbson_iter_init(&inner, pipeline);
	while (pgbson_iter_next(&inner))
	{
		BsonValue	stage;

		pgbson_iter_value(&inner, &stage);
		if (stage.type != BSON_DOCUMENT)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40171)),
					 errmsg("elements of arrays in $facet spec must be non-empty objects, %s "
							"argument contained an element of type %s: %s", iter->key,
							pgbson_type_name(stage.type),
							pgbson_to_json(&stage, BSON_JSON_RELAXED))));
	}
	foreach(cell, pipeline_parse(pipeline))
		check_facet_stage(lfirst(cell));
}

/* A query over the documents that go into all facets. */
static PipelineQuery *
facet_query(const PipelineQuery *query, const char *cte)
{
	PipelineQuery *facet = palloc(sizeof(PipelineQuery));

	*facet = *query;
	facet->from = cte;
	facet->doc = psprintf("%s.doc", cte);
	facet->doc_is_column = true;
	facet->alias = NULL;
	facet->collection = NULL;
	facet->where = NIL;
	facet->order = query->order ? psprintf("%s.k", cte) : NULL;
	return facet;
}

/*
 * {$facet: {<name>: <pipeline>, ...}}: one document, with the results of each pipeline as an
 * array.  The documents that go in are computed once, in a common table expression.
 */
void
pipeline_stage_facet(PipelineQuery *query, const BsonValue *spec)
{
	const char *cte;
	StringInfoData sql;
	BsonBuilder names;
	BsonValue	name;
	BsonIter	iter;

	if (spec->type != BSON_DOCUMENT || spec->len == BSON_MIN_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40169)),
				 errmsg("the $facet specification must be a non-empty object, but found: %s",
						pgbson_to_json(spec, BSON_JSON_RELAXED))));
	pipeline_close_rows(query);
	cte = pipeline_alias(query);
	initStringInfo(&sql);
	pgbson_builder_init(&names);
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		PipelineQuery *facet = facet_query(query, cte);
		BsonValue	pipeline;

		pgbson_iter_value(&iter, &pipeline);
		check_facet(&iter, &pipeline);
		pipeline_add_stages(facet, &pipeline);
		pgbson_make_string(iter.key, iter.keylen, &name);
		pgbson_push(&names, &name);
		appendStringInfo(&sql, ", (SELECT docdb.collect_documents(s.doc) FROM (%s) AS s)",
						 pipeline_select(facet));
	}
	pgbson_finish(&names, BSON_ARRAY, &name);
	pipeline_wrap(query, psprintf("WITH %s AS (%s) SELECT docdb.build_document(%s%s) AS doc", cte,
								  pipeline_keyed_select(query), pipeline_value_sql(query, &name),
								  sql.data));
}

/* ---- $unionWith ---- */

typedef struct UnionWith
{
	BsonValue	collection;
	BsonValue	pipeline;
} UnionWith;

static void
parse_union_with(const BsonValue *spec, UnionWith *parsed)
{
	BsonIter	iter;

	memset(parsed, 0, sizeof(*parsed));
	if (spec->type == BSON_STRING)
	{
		parsed->collection = *spec;
		return;
	}
	if (spec->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("the $unionWith stage specification must be an object or string, but "
						"found %s", pgbson_type_name(spec->type))));
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (strcmp(iter.key, "coll") == 0)
		{
			if (value.type != BSON_STRING)
				ereport(ERROR,
						(errcode(DOCDB_ERR_TYPE_MISMATCH),
						 errmsg("BSON field '$unionWith.coll' is the wrong type '%s', expected "
								"type 'string'", pgbson_type_name(value.type))));
			parsed->collection = value;
		}
		else if (strcmp(iter.key, "pipeline") == 0)
		{
			(void) pipeline_parse(&value);
			parsed->pipeline = value;
		}
		else
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40415)),
					 errmsg("BSON field '$unionWith.%s' is an unknown field.", iter.key)));
	}
	if (parsed->collection.type == BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("$unionWith stage without explicit collection must have a pipeline with "
						"$documents as first stage")));
}

/*
 * {$unionWith: <collection>} or {$unionWith: {coll: <collection>, pipeline: [...]}}: the documents
 * there are, then those of the other collection.
 */
void
pipeline_stage_union_with(PipelineQuery *query, const BsonValue *spec)
{
	UnionWith	parsed;
	PipelineQuery *other;

	parse_union_with(spec, &parsed);
	other = pipeline_query_create(query->compiler, parsed.collection.v.data,
								  parsed.collection.len);
	other->var_names = query->var_names;
	other->vars = query->vars;
	other->let = query->let;
	if (parsed.pipeline.type != BSON_MISSING)
		pipeline_add_stages(other, &parsed.pipeline);

	if (query->order == NULL && other->order == NULL)
	{
		pipeline_wrap(query, psprintf("(%s) UNION ALL (%s)", pipeline_select(query),
									  pipeline_select(other)));
		return;
	}

	/* Number the rows of both, so that the order is stated and not left to the Append. */
	pipeline_close(query, true);
	pipeline_close(other, true);
	pipeline_number_rows(query, pipeline_alias(query), "1 AS part");
	pipeline_number_rows(other, pipeline_alias(query), "2 AS part");
	pipeline_wrap(query, psprintf("SELECT s.doc, row_number() OVER (ORDER BY s.part, s.n) AS k "
								  "FROM (SELECT * FROM %s UNION ALL SELECT * FROM %s) AS s",
								  query->from, other->from));
	pipeline_order_by_number(query, psprintf("%.*s.k", (int) (strlen(query->doc) - strlen(".doc")),
											 query->doc));
}
