/*
 * stage_document.c
 *		Stages that look at one document at a time: $match, $project, $addFields, $set, $unset,
 *		$replaceRoot, $replaceWith.
 */
#include "postgres.h"

#include "match/match.h"
#include "pipeline/pipeline_internal.h"
#include "project/project.h"

/* ---- $match ---- */

/*
 * Splits a filter's top-level fields: conditions on the document, which operator @@ and so indexes
 * can serve, and those that may name variables.
 */
static void
split_filter(const BsonValue *filter, BsonValue *plain, BsonValue *computed)
{
	BsonBuilder builders[2];
	BsonIter	iter;

	pgbson_builder_init(&builders[0]);
	pgbson_builder_init(&builders[1]);
	pgbson_iter_init(&iter, filter);
	while (pgbson_iter_next(&iter))
		pgbson_append_element(&builders[iter.key[0] == '$' ? 1 : 0], &iter);
	pgbson_finish(&builders[0], BSON_DOCUMENT, plain);
	pgbson_finish(&builders[1], BSON_DOCUMENT, computed);
}

/*
 * {$match: <filter>}
 *
 * On the collection's table itself the condition is that of a find.
 */
void
pipeline_stage_match(PipelineQuery *query, const BsonValue *spec)
{
	Matcher    *matcher;
	BsonValue	collated;

	pipeline_require_document(spec, 15959,
							  "the match filter must be an expression in an object");
	matcher = match_compile_limited(spec, MATCH_PIPELINE_FEATURES, pipeline_scope(query));
	if (match_is_trivial(matcher))
		return;
	pipeline_close_rows(query);
	pipeline_make_column(query);
	if (query->alias && (query->vars == NULL || query->let))
	{
		const char *condition = pipeline_filter_sql(query, spec);

		if (condition)
			pipeline_add_condition(query, condition);
		return;
	}
	if (query->var_names != NIL)
	{
		BsonValue	plain;
		BsonValue	computed;

		split_filter(spec, &plain, &computed);
		if (computed.len > BSON_MIN_DOCUMENT_SIZE)
			pipeline_add_condition(query,
								   psprintf("docdb.matches(%s, %s%s)", query->doc,
											pipeline_document_sql(query, &computed),
											pipeline_vars_argument(query)));
		if (plain.len == BSON_MIN_DOCUMENT_SIZE)
			return;
		plain = pipeline_collated_filter(query, &plain);
		pipeline_add_condition(query,
							   psprintf("%s%s%s", query->doc, pipeline_operator_sql(query, "@@"),
										pipeline_document_sql(query, &plain)));
		return;
	}
	collated = pipeline_collated_filter(query, spec);
	pipeline_add_condition(query,
						   psprintf("%s%s%s", query->doc, pipeline_operator_sql(query, "@@"),
									pipeline_document_sql(query, &collated)));
}

/* ---- $project and its kin ---- */

/* Compiles the projection for its errors, and makes the document what the SQL function gives. */
static void
apply_projection(PipelineQuery *query, const BsonValue *spec, ProjectMode mode,
				 const char *function)
{
	(void) project_compile(spec, mode, pipeline_scope(query));
	pipeline_close_rows(query);
	pipeline_set_doc(query, psprintf("docdb.%s(%s, %s%s%s)", function, query->doc,
									 pipeline_document_sql(query, spec),
									 pipeline_vars_argument(query),
									 pipeline_metadata_argument(query, spec)));
}

/* {$project: <specification>} */
void
pipeline_stage_project(PipelineQuery *query, const BsonValue *spec)
{
	pipeline_require_document(spec, 15969, "$project specification must be an object");
	apply_projection(query, spec, PROJECT_STAGE, "project_stage");
}

static void
add_fields(PipelineQuery *query, const BsonValue *spec, const char *name)
{
	pipeline_require_document(spec, 40272, "%s specification stage must be an object, got %s",
							  name, pgbson_type_name(spec->type));
	apply_projection(query, spec, PROJECT_ADD_FIELDS, "add_fields");
}

/* {$addFields: {<field>: <expression>, ...}} */
void
pipeline_stage_add_fields(PipelineQuery *query, const BsonValue *spec)
{
	add_fields(query, spec, "$addFields");
}

/* {$set: {<field>: <expression>, ...}} */
void
pipeline_stage_set(PipelineQuery *query, const BsonValue *spec)
{
	add_fields(query, spec, "$set");
}

static void
exclude(BsonBuilder *builder, const BsonValue *path)
{
	if (path->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31120)),
				 errmsg("$unset specification must be a string or an array containing only "
						"string values")));
	pgbson_append_int32(builder, path->v.data, path->len, 0);
}

/* {$unset: <path>} or {$unset: [<path>, ...]}: a $project that excludes. */
void
pipeline_stage_unset(PipelineQuery *query, const BsonValue *spec)
{
	BsonBuilder builder;
	BsonValue	projection;

	pgbson_builder_init(&builder);
	if (spec->type == BSON_ARRAY)
	{
		BsonIter	iter;
		BsonValue	path;

		if (pgbson_count(spec) == 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(31119)),
					 errmsg("$unset specification must be a string or an array with at least "
							"one field")));
		pgbson_iter_init(&iter, spec);
		while (pgbson_iter_next(&iter))
		{
			pgbson_iter_value(&iter, &path);
			exclude(&builder, &path);
		}
	}
	else if (spec->type == BSON_STRING)
		exclude(&builder, spec);
	else
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31002)),
				 errmsg("$unset specification must be a string or an array")));
	pgbson_finish(&builder, BSON_DOCUMENT, &projection);
	apply_projection(query, &projection, PROJECT_STAGE, "project_stage");
}

/* ---- $replaceRoot ---- */

static void
replace_root(PipelineQuery *query, const BsonValue *expression, const char *function)
{
	(void) expr_compile(expression, pipeline_scope(query));
	pipeline_close_rows(query);
	pipeline_set_doc(query, psprintf("docdb.%s(%s, %s%s)", function, query->doc,
									 pipeline_value_sql(query, expression),
									 pipeline_vars_argument(query)));
}

/* {$replaceRoot: {newRoot: <expression>}} */
void
pipeline_stage_replace_root(PipelineQuery *query, const BsonValue *spec)
{
	BsonValue	expression;
	BsonIter	iter;

	pipeline_require_document(spec, 40229,
							  "expected an object as specification for $replaceRoot stage, got %s",
							  pgbson_type_name(spec->type));
	pgbson_make_simple(BSON_MISSING, &expression);
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		if (strcmp(iter.key, "newRoot") != 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40415)),
					 errmsg("BSON field '$replaceRoot.%s' is an unknown field.", iter.key)));
		pgbson_iter_value(&iter, &expression);
	}
	if (expression.type == BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40414)),
				 errmsg("BSON field '$replaceRoot.newRoot' is missing but a required field")));
	replace_root(query, &expression, "replace_root");
}

/* {$replaceWith: <expression>} */
void
pipeline_stage_replace_with(PipelineQuery *query, const BsonValue *spec)
{
	replace_root(query, spec, "replace_with");
}
