/*
 * stage_unwind.c
 *		$unwind: one document for each element of an array.
 *
 *		{ $unwind: "$<path>" }
 *		{ $unwind: { path: "$<path>", includeArrayIndex: <path>,
 *					 preserveNullAndEmptyArrays: <boolean> } }
 *
 * The elements are enumerated by the set-returning function docdb.unwind in the SELECT list: there
 * rows are passed on one by one, while one in FROM would collect those of each document first.
 */
#include "postgres.h"

#include "pipeline/pipeline_internal.h"
#include "pipeline/unwind.h"

static void
parse_option(const BsonIter *iter, BsonValue *path, Unwind *unwind)
{
	BsonValue	value;

	pgbson_iter_value(iter, &value);
	if (strcmp(iter->key, "path") == 0)
	{
		if (value.type != BSON_STRING)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(28808)),
					 errmsg("expected a string as the path for $unwind stage, got %s",
							pgbson_type_name(value.type))));
		*path = value;
	}
	else if (strcmp(iter->key, "preserveNullAndEmptyArrays") == 0)
	{
		if (value.type != BSON_BOOL)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(28809)),
					 errmsg("expected a boolean for the preserveNullAndEmptyArrays option to "
							"$unwind stage, got %s", pgbson_type_name(value.type))));
		unwind->preserve = value.v.boolean;
	}
	else if (strcmp(iter->key, "includeArrayIndex") == 0)
	{
		if (value.type != BSON_STRING || value.len == 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(28810)),
					 errmsg("expected a non-empty string for the includeArrayIndex option to "
							"$unwind stage, got %s", pgbson_type_name(value.type))));
		if (value.v.data[0] == '$')
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(28822)),
					 errmsg("includeArrayIndex option to $unwind stage should not be prefixed "
							"with a '$': %s", pnstrdup(value.v.data, value.len))));
		unwind->index_path = expr_parse_field_path(value.v.data, value.len);
	}
	else
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28811)),
				 errmsg("unrecognized option to $unwind stage: %s", iter->key)));
}

void
pipeline_unwind_parse(const BsonValue *spec, Unwind *unwind)
{
	BsonValue	path;
	BsonIter	iter;

	memset(unwind, 0, sizeof(*unwind));
	pgbson_make_string("", 0, &path);
	if (spec->type == BSON_STRING)
		path = *spec;
	else if (spec->type == BSON_DOCUMENT)
	{
		pgbson_iter_init(&iter, spec);
		while (pgbson_iter_next(&iter))
			parse_option(&iter, &path, unwind);
	}
	else
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15981)),
				 errmsg("expected either a string or an object as specification for $unwind "
						"stage, got %s", pgbson_type_name(spec->type))));
	if (path.len == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28812)),
				 errmsg("no path specified to $unwind stage")));
	if (path.v.data[0] != '$')
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28818)),
				 errmsg("path option to $unwind stage should be prefixed with a '$': %s",
						pnstrdup(path.v.data, path.len))));
	unwind->path = expr_parse_field_path(path.v.data + 1, path.len - 1);
}

void
pipeline_stage_unwind(PipelineQuery *query, const BsonValue *spec)
{
	Unwind		unwind;

	pipeline_unwind_parse(spec, &unwind);
	pipeline_close_rows(query);
	pipeline_set_doc(query, psprintf("docdb.unwind(%s, %s)", query->doc,
									 pipeline_value_sql(query, spec)));
	query->returns_set = true;
}
