/*
 * stage_lookup.c
 *		$lookup: the documents of another collection that belong to each document.
 *
 *		{ $lookup: { from: <collection>, localField: <path>, foreignField: <path>, as: <path> } }
 *		{ $lookup: { from: <collection>, let: { <name>: <expression>, ... }, pipeline: [...],
 *					 as: <path> } }
 *
 * or both forms together: the pipeline then runs over the documents that the fields select.
 *
 * There are four ways to write it in SQL:
 *
 * - By _id: a join with the foreign collection's table, in which a document has at most one
 *   partner; only those with an array of values have a LATERAL subquery look for them.
 *
 * - By a foreign field that has an index: a LATERAL subquery that looks into it for each document.
 *
 * - By any other foreign field: each side is expanded into one row for each of its join keys, the
 *   two are joined by equality of keys (a hash join, which spills where it must), and the rows of
 *   each document are put together again.  Documents are numbered first for that.
 *
 * - With a pipeline: a LATERAL subquery that runs it for each document.
 *
 * A following $unwind of what $lookup adds is done along: then each pair of documents is a row, and
 * no array is made.
 */
#include "postgres.h"

#include "pipeline/pipeline_internal.h"
#include "pipeline/unwind.h"

typedef struct Lookup
{
	BsonValue	from;
	BsonValue	as;
	BsonValue	local_field;
	BsonValue	foreign_field;
	BsonValue	let;
	BsonValue	pipeline;
	bool		by_field;
	bool		unwind;			/* do the $unwind that follows, too */
	bool		preserve;		/* ... keeping documents without a match */
} Lookup;

/* ---- Parsing ---- */

#define lookup_error(...) \
	ereport(ERROR, (errcode(DOCDB_ERR_FAILED_TO_PARSE), errmsg(__VA_ARGS__)))

static void
parse_argument(const BsonIter *iter, Lookup *lookup)
{
	BsonValue	value;

	pgbson_iter_value(iter, &value);
	if (strcmp(iter->key, "pipeline") == 0)
	{
		(void) pipeline_parse(&value);
		lookup->pipeline = value;
	}
	else if (strcmp(iter->key, "let") == 0)
	{
		if (value.type != BSON_DOCUMENT)
			lookup_error("$lookup argument 'let: %s' must be an object, is type %s",
						 pgbson_to_json(&value, BSON_JSON_RELAXED),
						 pgbson_type_name(value.type));
		lookup->let = value;
	}
	else if (strcmp(iter->key, "from") == 0)
	{
		if (value.type != BSON_STRING)
			lookup_error("$lookup 'from' field must be a string, but found %s",
						 pgbson_type_name(value.type));
		lookup->from = value;
	}
	else
	{
		if (value.type != BSON_STRING)
			lookup_error("$lookup argument '%s' must be a string, found %s: %s: %s", iter->key,
						 iter->key, pgbson_to_json(&value, BSON_JSON_RELAXED),
						 pgbson_type_name(value.type));
		if (strcmp(iter->key, "as") == 0)
			lookup->as = value;
		else if (strcmp(iter->key, "localField") == 0)
			lookup->local_field = value;
		else if (strcmp(iter->key, "foreignField") == 0)
			lookup->foreign_field = value;
		else
			lookup_error("unknown argument to $lookup: %s", iter->key);
	}
}

static void
parse_lookup(const BsonValue *spec, Lookup *lookup)
{
	BsonIter	iter;
	bool		local;
	bool		foreign;

	if (spec->type != BSON_DOCUMENT)
		lookup_error("the $lookup specification must be an Object");
	memset(lookup, 0, sizeof(*lookup));
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
		parse_argument(&iter, lookup);

	/* Absent arguments have no type and no length; empty strings count as absent. */
	if (lookup->from.len == 0)
		lookup_error("must specify 'from' field for a $lookup");
	if (lookup->as.len == 0)
		lookup_error("must specify 'as' field for a $lookup");
	local = lookup->local_field.len > 0;
	foreign = lookup->foreign_field.len > 0;
	if (lookup->pipeline.type != BSON_MISSING)
	{
		if (local != foreign)
			lookup_error("$lookup requires both or neither of 'localField' and 'foreignField' "
						 "to be specified");
	}
	else
	{
		if (!local || !foreign)
			lookup_error("$lookup requires either 'pipeline' or both 'localField' and "
						 "'foreignField' to be specified");
		if (lookup->let.type != BSON_MISSING)
			lookup_error("$lookup with a 'let' argument must also specify 'pipeline'");
	}
	lookup->by_field = local;

	(void) expr_parse_field_path(lookup->as.v.data, lookup->as.len);
	if (local)
	{
		(void) expr_parse_field_path(lookup->local_field.v.data, lookup->local_field.len);
		(void) expr_parse_field_path(lookup->foreign_field.v.data, lookup->foreign_field.len);
	}
}

/* ---- SQL ---- */

/* The primary key is of no use to a collation. */
static bool
joins_by_id(const PipelineQuery *query, const Lookup *lookup, const Collection *foreign)
{
	return foreign->id_unique && query->compiler->collation_sql == NULL &&
		lookup->foreign_field.len == 3 && memcmp(lookup->foreign_field.v.data, "_id", 3) == 0;
}

/* The document with the array added; an array that is SQL's NULL removes the field. */
static void
set_as(PipelineQuery *query, const Lookup *lookup, const char *value)
{
	pipeline_set_doc(query, psprintf("docdb.set_field(%s, %s, %s)", query->doc,
									 pipeline_value_sql(query, &lookup->as), value));
}

/* Nothing is found in a collection that does not exist. */
static void
lookup_nothing(PipelineQuery *query, const Lookup *lookup)
{
	if (!lookup->unwind)
		set_as(query, lookup, "'[]'");
	else if (lookup->preserve)
		set_as(query, lookup, "NULL");
	else
		pipeline_add_condition(query, "false");
}

/* The SELECT of the foreign documents that the fields select for one document. */
static PipelineQuery *
foreign_query(PipelineQuery *query, const Lookup *lookup)
{
	PipelineQuery *foreign = pipeline_query_create(query->compiler, lookup->from.v.data,
												   lookup->from.len);

	if (!lookup->by_field || foreign->collection == NULL)
		return foreign;
	if (joins_by_id(query, lookup, foreign->collection))
	{
		foreign->from = psprintf("docdb.each_key(docdb.lookup_local_keys(%s, %s)) AS k(key) "
								 "JOIN %s ON %s._id%sk.key", query->doc,
								 pipeline_value_sql(query, &lookup->local_field), foreign->from,
								 foreign->alias, pipeline_operator_sql(query, "="));
		return foreign;
	}

	/* The planner must see the path: it has what indexes there are from it. */
	pipeline_add_condition(foreign,
						   psprintf("%s%sdocdb.equals_any(%s, "
									"docdb.lookup_local_keys(%s, %s), %s%s)",
									foreign->doc, pipeline_operator_sql(query, "@@"),
									pipeline_value_literal_sql(query, &lookup->foreign_field),
									query->doc,
									pipeline_value_sql(query, &lookup->local_field),
									lookup->pipeline.type == BSON_MISSING ? "true" : "false",
									pipeline_collation_argument(query)));
	return foreign;
}

/*
 * Adds the values of `let` to FROM and makes them known to the sub-pipeline, whose variables are
 * those of the query around it and these.
 */
static void
define_variables(PipelineQuery *query, PipelineQuery *foreign, const Lookup *lookup)
{
	const char *alias;
	BsonIter	iter;

	foreign->var_names = query->var_names;
	foreign->vars = query->vars;
	foreign->let = query->let;
	if (lookup->let.type == BSON_MISSING || lookup->let.len == BSON_MIN_DOCUMENT_SIZE)
		return;
	foreign->var_names = list_copy(query->var_names);
	pgbson_iter_init(&iter, &lookup->let);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	expression;

		pgbson_iter_value(&iter, &expression);
		(void) expr_compile(&expression, pipeline_scope(query));
		foreign->var_names = lappend(foreign->var_names, pstrdup(iter.key));
	}
	alias = pipeline_alias(query);
	query->from = psprintf("%s CROSS JOIN LATERAL "
						   "(SELECT docdb.let_variables(%s, %s%s) AS vars OFFSET 0) AS %s",
						   query->from, query->doc,
						   pipeline_document_sql(query, &lookup->let),
						   pipeline_vars_argument(query), alias);
	foreign->vars = psprintf("%s.vars", alias);
	foreign->let = NULL;
	(void) pipeline_scope(foreign); /* refuses names that are not allowed */
}

/* A LATERAL subquery of the foreign documents. */
static void
lookup_lateral(PipelineQuery *query, const Lookup *lookup)
{
	PipelineQuery *foreign;
	const char *alias;
	const char *select;

	/* Sort before the join: there are fewer bytes, and an index may give the order. */
	if (query->order && (query->alias || query->where != NIL))
		pipeline_close(query, true);
	foreign = foreign_query(query, lookup);
	define_variables(query, foreign, lookup);
	if (lookup->pipeline.type != BSON_MISSING)
		pipeline_add_stages(foreign, &lookup->pipeline);
	select = pipeline_select(foreign);

	alias = pipeline_alias(query);
	if (lookup->unwind)
	{
		query->from = psprintf("%s %s JOIN LATERAL (%s) AS %s ON true", query->from,
							   lookup->preserve ? "LEFT" : "INNER", select, alias);
		set_as(query, lookup, psprintf("%s.doc", alias));
	}
	else
	{
		query->from = psprintf("%s CROSS JOIN LATERAL "
							   "(SELECT docdb.collect_documents(s.doc) AS docs FROM (%s) AS s) "
							   "AS %s", query->from, select, alias);
		set_as(query, lookup, psprintf("%s.docs", alias));
	}
}

/* The subquery's column "keys" of a document's join keys. */
static const char *
local_keys_column(PipelineQuery *query, const Lookup *lookup)
{
	return psprintf("docdb.lookup_local_keys(%s, %s%s) AS keys", query->doc,
					pipeline_value_sql(query, &lookup->local_field),
					pipeline_collation_argument(query));
}

/* A join by _id. */
static void
lookup_by_id(PipelineQuery *query, const Lookup *lookup, const PipelineQuery *foreign)
{
	const char *local = pipeline_alias(query);
	const char *many = pipeline_alias(query);
	const char *equals = pipeline_operator_sql(query, "=");

	pipeline_add_column(query, local, local_keys_column(query, lookup));
	query->from = psprintf("%s LEFT JOIN %s ON %s._id%sdocdb.only_key(%s.keys) "
						   "CROSS JOIN LATERAL (SELECT docdb.collect_documents(f.doc) AS docs "
						   "FROM docdb.each_key(%s.keys) AS k(key) JOIN %s AS f "
						   "ON f._id%sk.key WHERE pg_catalog.cardinality(%s.keys) > 1) AS %s",
						   query->from, foreign->from, foreign->alias, equals, local,
						   local, foreign->collection->sql_name, equals, local, many);
	set_as(query, lookup, psprintf("CASE WHEN pg_catalog.cardinality(%s.keys) > 1 THEN %s.docs "
								   "ELSE docdb.array_of(%s.doc) END", local, many,
								   foreign->alias));
}

/* The SELECT of the foreign collection's documents, one row for each key. */
static const char *
foreign_rows(PipelineQuery *query, const Lookup *lookup, const PipelineQuery *foreign)
{
	return psprintf("SELECT s._id, s.doc, s.keys, docdb.each_key(s.keys) AS key FROM "
					"(SELECT %s._id, %s.doc, docdb.lookup_foreign_keys(%s.doc, %s%s) AS keys "
					"FROM %s OFFSET 0) AS s",
					foreign->alias, foreign->alias, foreign->alias,
					pipeline_value_sql(query, &lookup->foreign_field),
					pipeline_collation_argument(query), foreign->from);
}

/* A join over the keys of both sides, whose rows are grouped by local document again. */
static void
lookup_by_key(PipelineQuery *query, const Lookup *lookup, const PipelineQuery *foreign)
{
	const char *local = pipeline_alias(query);
	const char *other = pipeline_alias(query);
	const char *keys = psprintf("docdb.lookup_local_keys(%s, %s%s)", query->doc,
								pipeline_value_sql(query, &lookup->local_field),
								pipeline_collation_argument(query));

	pipeline_number_rows(query, local, psprintf("docdb.each_key(%s) AS key", keys));
	query->from = psprintf("%s LEFT JOIN (%s) AS %s ON %s.key%s%s.key", query->from,
						   foreign_rows(query, lookup, foreign), other, other,
						   pipeline_operator_sql(query, "="), local);
	pipeline_set_doc(query, psprintf("docdb.lookup(%s, %s, %s._id, %s.doc)", query->doc,
									 pipeline_value_sql(query, &lookup->as), other, other));
	query->group_by = psprintf("%s.n", local);
	query->grouped = true;
}

/* The same with the $unwind: each pair of documents once, with nothing to put together. */
static void
lookup_pairs(PipelineQuery *query, const Lookup *lookup, const PipelineQuery *foreign)
{
	const char *local = pipeline_alias(query);
	const char *other = pipeline_alias(query);
	const char *equals = pipeline_operator_sql(query, "=");

	pipeline_add_column(query, local, local_keys_column(query, lookup));
	query->from = psprintf("(SELECT %s.*, docdb.each_key(%s.keys) AS key FROM %s) AS %s "
						   "INNER JOIN (%s) AS %s ON %s.key%s%s.key "
						   "AND %s.key%sdocdb.first_common_key(%s.keys, %s.keys)",
						   local, local, query->from, local,
						   foreign_rows(query, lookup, foreign), other,
						   other, equals, local, local, equals, local, other);
	set_as(query, lookup, psprintf("%s.doc", other));
}

void
pipeline_stage_lookup(PipelineQuery *query, const BsonValue *spec)
{
	Lookup		lookup;
	PipelineQuery *foreign;
	bool		by_id = false;
	bool		by_key = false;

	parse_lookup(spec, &lookup);
	pipeline_close_rows(query);
	pipeline_make_column(query);
	foreign = pipeline_query_create(query->compiler, lookup.from.v.data, lookup.from.len);
	if (foreign->collection && lookup.pipeline.type == BSON_MISSING)
	{
		by_id = joins_by_id(query, &lookup, foreign->collection);
		by_key = !by_id && !collection_has_index_on(foreign->collection, &lookup.foreign_field,
													&query->compiler->collation);
	}

	/* A join by keys cannot tell documents without a match from those whose other key has one. */
	if (query->unwind && !(by_key && query->unwind->preserve))
	{
		lookup.unwind = true;
		lookup.preserve = query->unwind->preserve;
		query->unwind = NULL;
	}

	if (foreign->collection == NULL && lookup.pipeline.type == BSON_MISSING)
		lookup_nothing(query, &lookup);
	else if (by_key)
	{
		if (lookup.unwind)
			lookup_pairs(query, &lookup, foreign);
		else
			lookup_by_key(query, &lookup, foreign);
	}
	else if (by_id && !lookup.unwind)
		lookup_by_id(query, &lookup, foreign);
	else
		lookup_lateral(query, &lookup);
}
