/*
 * pipeline.c
 *		Updates by an aggregation pipeline.
 *
 *		[ { $addFields | $set: { <path>: <expression>, ... } },
 *		  { $project: <projection> },
 *		  { $unset: <path> | [ <path>, ... ] },
 *		  { $replaceRoot: { newRoot: <expression> } },
 *		  { $replaceWith: <expression> } ]
 */
#include "postgres.h"

#include "update/update_internal.h"

static void
parse_add_fields(UpdateParser *parser, const BsonValue *spec, UpdateStage *stage)
{
	stage->projection = project_compile(spec, PROJECT_ADD_FIELDS, parser->scope);
}

static void
parse_project(UpdateParser *parser, const BsonValue *spec, UpdateStage *stage)
{
	stage->projection = project_compile(spec, PROJECT_STAGE, parser->scope);
}

static void
parse_unset(UpdateParser *parser, const BsonValue *spec, UpdateStage *stage)
{
	BsonValue	exclusion;

	project_unset_spec(spec, &exclusion);
	stage->projection = project_compile(&exclusion, PROJECT_STAGE, parser->scope);
}

static void
parse_replace_with(UpdateParser *parser, const BsonValue *spec, UpdateStage *stage)
{
	stage->new_root = expr_compile(spec, parser->scope);
	stage->new_root_name = "replacement document";
}

static void
parse_replace_root(UpdateParser *parser, const BsonValue *spec, UpdateStage *stage)
{
	BsonValue	new_root;
	BsonIter	iter;

	if (spec->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40229)),
				 errmsg("expected an object as specification for $replaceRoot stage, got %s",
						pgbson_type_name(spec->type))));
	pgbson_make_simple(BSON_MISSING, &new_root);
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		if (strcmp(iter.key, "newRoot") != 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40230)),
					 errmsg("unrecognized option to $replaceRoot stage: %s, only valid option is "
							"'newRoot'.", iter.key)));
		pgbson_iter_value(&iter, &new_root);
	}
	if (new_root.type == BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40231)),
				 errmsg("no newRoot specified for the $replaceRoot stage")));
	stage->new_root = expr_compile(&new_root, parser->scope);
	stage->new_root_name = "'newRoot' expression ";
}

/* A stage; one without a parse function is known but has no place in an update. */
typedef struct StageKind
{
	const char *name;
	void		(*parse) (UpdateParser *parser, const BsonValue *spec, UpdateStage *stage);
} StageKind;

static const StageKind stage_kinds[] = {
	{"$addFields", parse_add_fields},
	{"$bucket", NULL},
	{"$bucketAuto", NULL},
	{"$changeStream", NULL},
	{"$collStats", NULL},
	{"$count", NULL},
	{"$currentOp", NULL},
	{"$densify", NULL},
	{"$documents", NULL},
	{"$facet", NULL},
	{"$fill", NULL},
	{"$geoNear", NULL},
	{"$graphLookup", NULL},
	{"$group", NULL},
	{"$indexStats", NULL},
	{"$limit", NULL},
	{"$listLocalSessions", NULL},
	{"$listSessions", NULL},
	{"$lookup", NULL},
	{"$match", NULL},
	{"$merge", NULL},
	{"$out", NULL},
	{"$planCacheStats", NULL},
	{"$project", parse_project},
	{"$redact", NULL},
	{"$replaceRoot", parse_replace_root},
	{"$replaceWith", parse_replace_with},
	{"$sample", NULL},
	{"$search", NULL},
	{"$set", parse_add_fields},
	{"$setWindowFields", NULL},
	{"$skip", NULL},
	{"$sort", NULL},
	{"$sortByCount", NULL},
	{"$unionWith", NULL},
	{"$unset", parse_unset},
	{"$unwind", NULL},
};

static int
compare_stage_names(const void *name, const void *kind)
{
	return strcmp((const char *) name, ((const StageKind *) kind)->name);
}

static void
parse_stage(UpdateParser *parser, const BsonValue *spec, UpdateStage *stage)
{
	BsonIter	iter;
	BsonValue	argument;
	const StageKind *kind;

	if (spec->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("Each element of the 'pipeline' array must be an object")));
	pgbson_iter_init(&iter, spec);
	if (!pgbson_iter_next(&iter) || iter.next < iter.end)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40323)),
				 errmsg("A pipeline stage specification object must contain exactly one "
						"field.")));
	pgbson_iter_value(&iter, &argument);
	kind = bsearch(iter.key, stage_kinds, lengthof(stage_kinds), sizeof(StageKind),
				   compare_stage_names);
	if (kind == NULL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40324)),
				 errmsg("Unrecognized pipeline stage name: '%s'", iter.key)));
	if (kind->parse == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_OPTIONS),
				 errmsg("%s is not allowed to be used within an update", iter.key)));
	kind->parse(parser, &argument, stage);
}

void
update_parse_pipeline(UpdateParser *parser, const BsonValue *pipeline)
{
	Update	   *update = parser->update;
	BsonIter	iter;

	update->stages = palloc0(Max(pgbson_count(pipeline), 1) * sizeof(UpdateStage));
	pgbson_iter_init(&iter, pipeline);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	spec;

		pgbson_iter_value(&iter, &spec);
		parse_stage(parser, &spec, &update->stages[update->nstages++]);
	}
}

/* Evaluates a stage; the result may be a view of its input. */
static void
apply_stage(const UpdateStage *stage, ExprEvalContext *context, const BsonValue *input,
			BsonValue *output)
{
	BsonBuilder builder;

	if (stage->projection != NULL)
	{
		pgbson_builder_init(&builder);
		project_eval(stage->projection, input, context, &builder, output);
		return;
	}
	expr_context_set_root(context, input);
	expr_eval(stage->new_root, context, output);
	if (output->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40228)),
				 errmsg("%s must evaluate to an object, but resulting value was: %s. Type of "
						"resulting value: '%s'. Input document: %s", stage->new_root_name,
						output->type == BSON_MISSING ? "MISSING" :
						pgbson_to_json(output, BSON_JSON_RELAXED),
						pgbson_type_name(output->type),
						pgbson_to_json(input, BSON_JSON_RELAXED))));
}

bool
update_apply_pipeline(const Update *update, const BsonValue *document, ExprEvalContext *context,
					  BsonValue *result)
{
	BsonValue	current = *document;

	for (int i = 0; i < update->nstages; i++)
	{
		BsonValue	next;

		apply_stage(&update->stages[i], context, &current, &next);
		current = next;
	}
	return update_apply_replacement(update, &current, document, context, result);
}
