/*
 * compile.c
 *		From a pipeline to one SELECT.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pipeline/pipeline_internal.h"

const PipelineStageInfo pipeline_stages[PIPELINE_STAGES] = {
#define STAGE(name, symbol, flags, function, modifies) {name, flags, function, modifies},
#include "pipeline/stage_list.h"
#undef STAGE
};

/* MongoDB allows as many nested sub-pipelines. */
#define MAX_DEPTH 20

/* ... and as many stages in a pipeline. */
#define MAX_STAGES 1000

static int
compare_stages(const void *a, const void *b)
{
	return strcmp(((const PipelineStageInfo *) a)->name, ((const PipelineStageInfo *) b)->name);
}

const PipelineStageInfo *
pipeline_find_stage(const char *name)
{
	PipelineStageInfo wanted = {name};

#ifdef USE_ASSERT_CHECKING
	for (int i = 1; i < PIPELINE_STAGES; i++)
		Assert(compare_stages(&pipeline_stages[i - 1], &pipeline_stages[i]) < 0);
#endif
	return bsearch(&wanted, pipeline_stages, PIPELINE_STAGES, sizeof(PipelineStageInfo),
				   compare_stages);
}

static PipelineStage *
parse_stage(const BsonValue *element)
{
	PipelineStage *stage = palloc(sizeof(PipelineStage));
	BsonIter	iter;

	if (element->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("Each element of the 'pipeline' array must be an object")));
	pgbson_iter_init(&iter, element);
	if (!pgbson_iter_next(&iter) || iter.next < iter.end)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40323)),
				 errmsg("A pipeline stage specification object must contain exactly one "
						"field.")));
	stage->info = pipeline_find_stage(iter.key);
	if (stage->info == NULL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40324)),
				 errmsg("Unrecognized pipeline stage name: '%s'", iter.key)));
	pgbson_iter_value(&iter, &stage->spec);
	return stage;
}

List *
pipeline_parse(const BsonValue *pipeline)
{
	List	   *stages = NIL;
	BsonIter	iter;

	if (pipeline->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("'pipeline' option must be specified as an array")));
	pgbson_iter_init(&iter, pipeline);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		stages = lappend(stages, parse_stage(&element));
	}
	if (list_length(stages) > MAX_STAGES)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(7749501)),
				 errmsg("Pipeline length must be no longer than %d stages.", MAX_STAGES)));
	return stages;
}

/*
 * Whether a $lookup is followed by the $unwind of exactly what it adds, without the elements'
 * indexes; *unwind then is that.
 */
static bool
unwinds_lookup(List *stages, int i, Unwind *unwind)
{
	const PipelineStage *lookup = list_nth(stages, i);
	const PipelineStage *next;
	BsonValue	as;
	BsonValue	path;

	if (pipeline_stage_id(lookup) != PIPELINE_STAGE_LOOKUP || i + 1 >= list_length(stages))
		return false;
	next = list_nth(stages, i + 1);
	if (pipeline_stage_id(next) != PIPELINE_STAGE_UNWIND ||
		lookup->spec.type != BSON_DOCUMENT ||
		!pgbson_get(&lookup->spec, "as", 2, &as) || as.type != BSON_STRING)
		return false;
	path = next->spec;
	if (path.type == BSON_DOCUMENT)
		(void) pgbson_get(&next->spec, "path", 4, &path);
	if (path.type != BSON_STRING || path.len != as.len + 1 || path.v.data[0] != '$' ||
		memcmp(path.v.data + 1, as.v.data, as.len) != 0)
		return false;
	pipeline_unwind_parse(&next->spec, unwind);
	return unwind->index_path == NULL;
}

void
pipeline_add_stages(PipelineQuery *query, const BsonValue *pipeline)
{
	List	   *stages = pipeline_optimize(pipeline_parse(pipeline));

	check_stack_depth();
	if (++query->compiler->depth > MAX_DEPTH)
		ereport(ERROR,
				(errcode(DOCDB_ERR_MAX_SUB_PIPELINE_DEPTH_EXCEEDED),
				 errmsg("Maximum number of nested sub-pipelines exceeded. Limit is %d",
						MAX_DEPTH)));
	for (int i = 0; i < list_length(stages); i++)
	{
		const PipelineStage *stage = list_nth(stages, i);
		Unwind		unwind;
		bool		unwinds = unwinds_lookup(stages, i, &unwind);

		query->unwind = unwinds ? &unwind : NULL;
		stage->info->function(query, &stage->spec);
		if (unwinds && query->unwind == NULL)
			i++;				/* done along */
		query->unwind = NULL;
	}
	query->compiler->depth--;
}

/* ---- Constants and names, made by crud at the end of its text and taken from there ---- */

static const char *
take_text(CrudQuery *sql, int from)
{
	const char *text = pstrdup(sql->sql.data + from);

	sql->sql.len = from;
	sql->sql.data[from] = '\0';
	return text;
}

const char *
pipeline_value_sql(PipelineQuery *query, const BsonValue *value)
{
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;

	crud_query_value(sql, value);
	return take_text(sql, from);
}

const char *
pipeline_document_sql(PipelineQuery *query, const BsonValue *document)
{
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;

	crud_query_bson(sql, document);
	return take_text(sql, from);
}

const char *
pipeline_string_sql(PipelineQuery *query, const char *string)
{
	BsonValue	value;

	pgbson_make_string(string, strlen(string), &value);
	return pipeline_value_sql(query, &value);
}

const char *
pipeline_count_sql(const PipelineQuery *query, int64 count)
{
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;

	crud_query_int64(sql, count);
	return take_text(sql, from);
}

const char *
pipeline_value_literal_sql(PipelineQuery *query, const BsonValue *value)
{
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;

	crud_query_value_literal(sql, value);
	return take_text(sql, from);
}

static const char *
document_literal_sql(PipelineQuery *query, const BsonValue *document)
{
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;

	crud_query_bson_literal(sql, document);
	return take_text(sql, from);
}

const char *
pipeline_operator_sql(PipelineQuery *query, const char *name)
{
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;

	crud_query_operator(sql, name);
	return take_text(sql, from);
}

void
pipeline_order_by_spec(PipelineQuery *query, const BsonValue *spec)
{
	static const char prefix[] = " ORDER BY ";
	static const char suffix[] = " DESC";
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;
	const char *text;
	const char *id;
	BsonValue  *sort = palloc(sizeof(BsonValue));

	*sort = *spec;
	crud_collate(NULL, &query->compiler->collation, NULL, sort, NULL);
	pipeline_drop_order(query);
	query->sort = sort;
	if (query->alias == NULL)
	{
		query->order = psprintf("%s%s%s", query->doc, pipeline_operator_sql(query, "<~>"),
								document_literal_sql(query, sort));
		return;
	}

	/* On the collection's table it is for crud to say: column _id may serve. */
	crud_append_order(sql, query->collection, query->alias, sort);
	text = take_text(sql, from);
	Assert(strncmp(text, prefix, strlen(prefix)) == 0);
	text += strlen(prefix);
	id = psprintf("%s._id", query->alias);
	if (strncmp(text, id, strlen(id)) == 0)
	{
		query->descending = strcmp(text + strlen(id), suffix) == 0;
		query->order = id;
		query->order_type = PIPELINE_ORDER_ID;
	}
	else
		query->order = text;
}

const char *
pipeline_metadata_argument(PipelineQuery *query, const BsonValue *projection)
{
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;
	const char *record = NULL;
	const char *document = query->doc;

	if (crud_has_records(query->collection))
		record = psprintf("%s.ctid", query->alias);
	if (query->sort == NULL && record != NULL)
		document = psprintf("%s.doc", query->alias);
	if (!crud_append_metadata(sql, projection, document, record, query->sort, NULL))
		return "";
	return take_text(sql, from);
}

const char *
pipeline_expression_sql(PipelineQuery *query, const BsonValue *expression, bool *constant)
{
	ExprNode   *expr = expr_compile(expression, pipeline_scope(query));
	BsonValue	value;
	bool		is_constant = expr_is_constant(expr, &value) && value.type != BSON_MISSING;

	if (constant)
		*constant = is_constant;
	if (is_constant)
		return pipeline_value_sql(query, &value);
	return psprintf("docdb.eval(%s, %s%s)", pipeline_value_sql(query, expression), query->doc,
					pipeline_vars_argument(query));
}

const char *
pipeline_filter_sql(PipelineQuery *query, const BsonValue *filter)
{
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;
	const char *text;
	BsonValue	collated = pipeline_collated_filter(query, filter);

	crud_append_where(sql, query->collection, query->alias, &collated, query->let);
	text = take_text(sql, from);
	Assert(text[0] == '\0' || strncmp(text, " WHERE ", 7) == 0);
	return text[0] == '\0' ? NULL : text + 7;
}

/* ---- Queries over collections ---- */

PipelineQuery *
pipeline_query_create(PipelineCompiler *compiler, const char *collection, uint32 len)
{
	CrudQuery  *sql = compiler->sql;
	int			from = sql->sql.len;
	PipelineQuery *query = palloc0(sizeof(PipelineQuery));
	CollectionName name;

	collection_make_name(compiler->database, collection, len, &name);
	query->compiler = compiler;
	query->limit = -1;
	query->collection = collection_find(&name);
	query->alias = pipeline_alias(query);
	crud_append_source(sql, query->collection);
	query->from = psprintf("%s AS %s", take_text(sql, from), query->alias);
	query->doc = psprintf("%s.doc", query->alias);
	query->doc_is_column = true;
	return query;
}

static void
set_collation(PipelineQuery *query, const BsonValue *option)
{
	PipelineCompiler *compiler = query->compiler;

	crud_effective_collation(query->collection, option, &compiler->collation);
	if (compiler->collation.type != BSON_MISSING)
		compiler->collation_sql = document_literal_sql(query, &compiler->collation);
}

/* The variables, and the collation along with them. */
static void
set_variables(PipelineQuery *query, const BsonValue *let)
{
	BsonValue  *variables = palloc(sizeof(BsonValue));
	BsonIter	iter;

	if (let)
	{
		pgbson_iter_init(&iter, let);
		while (pgbson_iter_next(&iter))
			query->var_names = lappend(query->var_names, pstrdup(iter.key));
		*variables = *let;
	}
	else
		pgbson_make_simple(BSON_MISSING, variables);
	crud_collate(NULL, &query->compiler->collation, NULL, NULL, variables);
	if (variables->type == BSON_MISSING)
		return;
	query->vars = pipeline_document_sql(query, variables);
	query->let = variables;
	(void) pipeline_scope(query);	/* refuses names that are not allowed */
}

/* What a sparse or partial index has no entry for is passed over where it is hinted. */
static void
add_hinted(PipelineQuery *query, const BsonValue *hint)
{
	CrudQuery  *sql = query->compiler->sql;
	int			from = sql->sql.len;

	if (crud_append_hinted(sql, query->collection, query->alias, hint))
		pipeline_add_condition(query, take_text(sql, from));
}

CrudQuery *
pipeline_build(const CollectionName *name, const BsonValue *pipeline, const BsonValue *let,
			   const BsonValue *hint, const BsonValue *collation)
{
	PipelineCompiler compiler = {crud_query_create(), name->database};
	PipelineQuery *query = pipeline_query_create(&compiler, name->name, strlen(name->name));

	crud_query_hint(compiler.sql, query->collection, query->alias, hint);
	set_collation(query, collation);
	set_variables(query, let);
	add_hinted(query, hint);
	pipeline_add_stages(query, pipeline);
	appendStringInfoString(&compiler.sql->sql, pipeline_select(query));
	return compiler.sql;
}
