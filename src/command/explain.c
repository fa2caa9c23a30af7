/*
 * explain.c
 *		The command explain and docdb.explain: PostgreSQL's plan in MongoDB's words.
 *
 * The plan is that of EXPLAIN (FORMAT JSON) for the command's statement.  It is in the reply as it
 * is, and as a tree of stages with the names that MongoDB gives to what corresponds.
 */
#include "postgres.h"

#include <unistd.h>

#include "access/genam.h"
#include "access/xact.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "postmaster/postmaster.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/resowner.h"

#include "command/command_internal.h"
#include "docindex/docindex.h"
#include "pgbson/collation.h"
#include "pgbson/number.h"

PG_FUNCTION_INFO_V1(docdb_explain);

/* PostgreSQL's nodes that have another name in MongoDB, sorted. */
static const struct
{
	const char *node;
	const char *stage;
}			stage_names[] =

{
	{"Aggregate", "GROUP"},
	{"Append", "UNION"},
	{"Bitmap Heap Scan", "FETCH"},
	{"Bitmap Index Scan", "IXSCAN"},
	{"BitmapAnd", "AND_SORTED"},
	{"BitmapOr", "OR"},
	{"Custom Scan", "COLLSCAN"},
	{"Hash Join", "HASH_LOOKUP"},
	{"Incremental Sort", "SORT"},
	{"Limit", "LIMIT"},
	{"LockRows", "LOCK_ROWS"},
	{"Merge Append", "SORT_MERGE"},
	{"Nested Loop", "LOOKUP"},
	{"ProjectSet", "UNWIND"},
	{"Seq Scan", "COLLSCAN"},
	{"Sort", "SORT"},
	{"Tid Scan", "FETCH"},
	{"Unique", "DISTINCT"},
};

/* ---- Running EXPLAIN ---- */

/* EXPLAIN ANALYZE in a subtransaction that is undone: to explain a write is not to write. */
static char *
explain_text_undone(const CrudQuery *query)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	char	   *text;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	text = crud_explain(query, true);
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return text;
}

/* ---- The tree of stages ---- */

static const char *
get_string(const BsonValue *node, const char *key)
{
	BsonValue	value;

	if (!pgbson_get(node, key, strlen(key), &value) || value.type != BSON_STRING)
		return NULL;
	return pnstrdup(value.v.data, value.len);
}

static double
get_number(const BsonValue *node, const char *key)
{
	BsonValue	value;

	if (!pgbson_get(node, key, strlen(key), &value) || !pgbson_is_number(&value))
		return 0;
	return pgbson_number_to_double(&value);
}

/* "Merge Join" as MERGE_JOIN. */
static const char *
stage_name(const char *node)
{
	char	   *name;

	for (int i = 0; i < lengthof(stage_names); i++)
		if (strcmp(stage_names[i].node, node) == 0)
			return stage_names[i].stage;
	name = pstrdup(node);
	for (char *p = name; *p; p++)
		*p = *p == ' ' ? '_' : pg_ascii_toupper((unsigned char) *p);
	return name;
}

/* What an executed plan did in all. */
typedef struct ExplainTotals
{
	double		keys;
	double		documents;
} ExplainTotals;

typedef struct ExplainTree
{
	BsonBuilder *reply;
	const CommandCall *call;
	bool		executed;
	ExplainTotals totals;
} ExplainTree;

static void
append_number(BsonBuilder *reply, const char *name, double number)
{
	command_append_count(reply, name, (int64) number);
}

/* Rows that came out of a node, over all its loops. */
static double
returned_rows(const BsonValue *node)
{
	return get_number(node, "Actual Rows") * get_number(node, "Actual Loops");
}

static void
append_execution(ExplainTree *tree, const BsonValue *node, const char *stage)
{
	double		loops = get_number(node, "Actual Loops");
	double		examined = returned_rows(node) +
	(get_number(node, "Rows Removed by Filter") +
	 get_number(node, "Rows Removed by Index Recheck")) * loops;

	append_number(tree->reply, "nReturned", returned_rows(node));
	append_number(tree->reply, "executionTimeMillisEstimate",
				  get_number(node, "Actual Total Time") * loops);
	if (strcmp(stage, "IXSCAN") == 0 || strcmp(stage, "COUNT_SCAN") == 0 ||
		strcmp(stage, "IDHACK") == 0)
	{
		append_number(tree->reply, "keysExamined", examined);
		tree->totals.keys += examined;
	}
	if (strcmp(stage, "COLLSCAN") == 0 || strcmp(stage, "FETCH") == 0 ||
		strcmp(stage, "IDHACK") == 0)
	{
		append_number(tree->reply, "docsExamined", examined);
		tree->totals.documents += examined;
	}
}

static void
append_text(ExplainTree *tree, const BsonValue *node, const char *key, const char *name)
{
	const char *text = get_string(node, key);

	if (text)
		pgbson_append_cstring(tree->reply, name, -1, text);
}

static void append_stage(ExplainTree *tree, const BsonValue *node);

static void
append_children(ExplainTree *tree, const BsonValue *node)
{
	BsonValue	plans;
	BsonValue	child;
	BsonIter	iter;
	bool		many;

	if (!pgbson_get(node, "Plans", 5, &plans) || plans.type != BSON_ARRAY)
		return;
	many = pgbson_count(&plans) > 1;
	if (many)
		pgbson_begin(tree->reply, BSON_ARRAY, "inputStages", -1);
	pgbson_iter_init(&iter, &plans);
	while (pgbson_iter_next(&iter))
	{
		pgbson_iter_value(&iter, &child);
		if (child.type != BSON_DOCUMENT)
			continue;
		if (many)
			pgbson_push_begin(tree->reply, BSON_DOCUMENT);
		else
			pgbson_begin(tree->reply, BSON_DOCUMENT, "inputStage", -1);
		append_stage(tree, &child);
		pgbson_end(tree->reply);
	}
	if (many)
		pgbson_end(tree->reply);
}

/* ---- Documents in PostgreSQL's conditions ---- */

/* Reads a literal of SQL at p, '...' or E'...', into a document; NULL where there is none. */
static BsonValue *
read_literal(const char *p)
{
	bool		escapes = *p == 'E';
	StringInfoData text;
	BsonValue  *document;

	if (escapes)
		p++;
	if (*p++ != '\'')
		return NULL;
	initStringInfo(&text);
	for (; *p != '\0'; p++)
	{
		if ((*p == '\'' && p[1] == '\'') || (escapes && *p == '\\'))
			p++;
		else if (*p == '\'')
			break;
		appendStringInfoChar(&text, *p);
	}
	if (text.len == 0 || text.data[0] != '{')
		return NULL;
	document = palloc(sizeof(BsonValue));
	pgbson_from_json(text.data, text.len, false, document);
	return document;
}

/* The documents that stand behind an operator in a condition or sort key; a list of BsonValue *. */
static List *
read_operands(const char *condition, const char *operator)
{
	List	   *operands = NIL;
	int			len = strlen(operator);

	for (const char *p = condition; p && (p = strstr(p, operator)) != NULL; p += len)
	{
		const char *operand = p + len;
		BsonValue  *document;

		if (strncmp(operand, ") ", 2) == 0) /* OPERATOR(public.@@) */
			operand++;
		document = *operand == ' ' ? read_literal(operand + 1) : NULL;
		if (document)
			operands = lappend(operands, document);
	}
	return operands;
}

/* Appends a condition as the filter it is made of, or else as it is. */
/* A filter or sort as it was written: the collation is told once, for all of the plan. */
static const BsonValue *
without_collation(BsonValue *document)
{
	BsonBuilder builder;
	BsonIter	iter;

	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
		if (!pgbson_iter_key_is(&iter, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN))
			pgbson_append_element(&builder, &iter);
	pgbson_finish(&builder, BSON_DOCUMENT, document);
	return document;
}

static void
append_filter(ExplainTree *tree, const BsonValue *node)
{
	const char *condition = get_string(node, "Filter");
	List	   *filters = read_operands(condition, "@@");
	ListCell   *lc;

	if (list_length(filters) == 0)
		append_text(tree, node, "Filter", "filter");
	else if (list_length(filters) == 1)
		pgbson_append(tree->reply, "filter", -1, without_collation(linitial(filters)));
	else
	{
		pgbson_begin(tree->reply, BSON_DOCUMENT, "filter", -1);
		pgbson_begin(tree->reply, BSON_ARRAY, "$and", -1);
		foreach(lc, filters)
			pgbson_push(tree->reply, without_collation(lfirst(lc)));
		pgbson_end(tree->reply);
		pgbson_end(tree->reply);
	}
}

/* ---- Indexes ---- */

static Relation
open_index(const ExplainTree *tree, const BsonValue *node)
{
	const char *name = get_string(node, "Index Name");
	Oid			relid = InvalidOid;

	if (name && OidIsValid(tree->call->collection.schema))
		relid = get_relname_relid(name, tree->call->collection.schema);
	return OidIsValid(relid) ? index_open(relid, AccessShareLock) : NULL;
}

/* Appends what MongoDB says of an index and its use. */
static void
append_index(ExplainTree *tree, Relation index, const BsonValue *node)
{
	const DocIndexSpec *spec = docindex_spec(index);
	List	   *sorts = read_operands(get_string(node, "Order By"), "<~>");
	BsonValue	sort = {BSON_MISSING};
	DocIndexUse use;

	if (sorts != NIL)
		sort = *(BsonValue *) linitial(sorts);
	docindex_describe(index, read_operands(get_string(node, "Index Cond"), "@@"), &sort, &use);
	pgbson_append(tree->reply, "keyPattern", -1, &spec->keys);
	pgbson_append_cstring(tree->reply, "indexName", -1,
						  spec->name ? spec->name : RelationGetRelationName(index));
	pgbson_append(tree->reply, "collation", -1, &spec->collation);
	pgbson_append_bool(tree->reply, "isMultiKey", -1, use.arrays != 0);
	pgbson_append_bool(tree->reply, "isUnique", -1, spec->unique);
	pgbson_append_bool(tree->reply, "isSparse", -1, spec->sparse);
	pgbson_append_bool(tree->reply, "isPartial", -1, spec->partial.type != BSON_MISSING);
	pgbson_append_int32(tree->reply, "indexVersion", -1, 2);
	pgbson_append_cstring(tree->reply, "direction", -1, use.backward ? "backward" : "forward");
	pgbson_append(tree->reply, "indexBounds", -1, &use.bounds);
}

/* The same of a wildcard index, which in MongoDB lacks documents without any of the paths. */
static void
append_wildcard(ExplainTree *tree, Relation index, const BsonValue *node)
{
	const DocWildcard *wildcard = docindex_wildcard(index);
	BsonValue	bounds;

	docindex_describe_wildcard(index, read_operands(get_string(node, "Index Cond"), "@@*"),
							   &bounds);
	pgbson_append(tree->reply, "keyPattern", -1, &wildcard->keys);
	pgbson_append_cstring(tree->reply, "indexName", -1,
						  wildcard->name ? wildcard->name : RelationGetRelationName(index));
	pgbson_append_bool(tree->reply, "isUnique", -1, false);
	pgbson_append_bool(tree->reply, "isSparse", -1, true);
	pgbson_append_bool(tree->reply, "isPartial", -1, wildcard->partial.type != BSON_MISSING);
	pgbson_append_int32(tree->reply, "indexVersion", -1, 2);
	pgbson_append_cstring(tree->reply, "direction", -1, "forward");
	pgbson_append(tree->reply, "indexBounds", -1, &bounds);
}

/* The literal that _id is compared with, if that is all of a condition; what follows its quote. */
static const char *
id_equality(const char *condition)
{
	const char *literal = NULL;

	if (condition && strncmp(condition, "(_id ", 5) == 0)
		literal = strchr(condition, '\'');

	/* Before it stands "= " or "OPERATOR(schema.=) ". */
	if (literal == NULL || literal[-1] != ' ' ||
		!(strncmp(condition, "(_id = '", 8) == 0 || strncmp(literal - 4, ".=) ", 4) == 0))
		return NULL;
	return literal + 1;
}

/* The condition on column _id as bounds: those of one value, or as PostgreSQL has it. */
static void
append_id_bounds(ExplainTree *tree, const char *condition)
{
	const char *literal = id_equality(condition);
	const char *end = literal ? strstr(literal, "'::") : NULL;
	BsonValue	bounds;

	if (condition == NULL)
		condition = "[MinKey, MaxKey]";
	else if (end)
	{
		const char *value = pnstrdup(literal, end - literal);

		condition = psprintf("[%s, %s]", value, value);
	}
	pgbson_make_string(condition, strlen(condition), &bounds);
	pgbson_begin(tree->reply, BSON_DOCUMENT, "indexBounds", -1);
	pgbson_begin(tree->reply, BSON_ARRAY, "_id", 3);
	pgbson_push(tree->reply, &bounds);
	pgbson_end(tree->reply);
	pgbson_end(tree->reply);
}

/* An index on column _id, or one that is none of MongoDB's. */
static void
append_other_index(ExplainTree *tree, Relation index, const BsonValue *node)
{
	const char *direction = get_string(node, "Scan Direction");
	bool		backward = direction && strcmp(direction, "Backward") == 0;

	if (index == NULL || !index->rd_index->indisprimary)
	{
		append_text(tree, node, "Index Name", "indexName");
		pgbson_append_cstring(tree->reply, "direction", -1, backward ? "backward" : "forward");
		append_text(tree, node, "Index Cond", "indexBounds");
		return;
	}
	pgbson_begin(tree->reply, BSON_DOCUMENT, "keyPattern", -1);
	pgbson_append_int32(tree->reply, "_id", 3, 1);
	pgbson_end(tree->reply);
	pgbson_append_cstring(tree->reply, "indexName", -1, "_id_");
	pgbson_append_bool(tree->reply, "isMultiKey", -1, false);
	pgbson_append_bool(tree->reply, "isUnique", -1, true);
	pgbson_append_cstring(tree->reply, "direction", -1, backward ? "backward" : "forward");
	append_id_bounds(tree, get_string(node, "Index Cond"));
}

/* Appends an IXSCAN, or an IDHACK, to the open document. */
static void
append_index_stage(ExplainTree *tree, const BsonValue *node, const char *stage)
{
	Relation	index = open_index(tree, node);

	pgbson_append_cstring(tree->reply, "stage", -1, stage);
	if (index && docindex_is_ours(index))
		append_index(tree, index, node);
	else if (index && docindex_wildcard(index) != NULL)
		append_wildcard(tree, index, node);
	else
		append_other_index(tree, index, node);
	if (tree->executed)
		append_execution(tree, node, stage);
	if (index)
		index_close(index, AccessShareLock);
}

/*
 * An index scan is two stages in MongoDB, one for the index and one for the documents, unless it
 * is for one _id.
 */
static void
append_index_scan(ExplainTree *tree, const BsonValue *node, bool only)
{
	if (id_equality(get_string(node, "Index Cond")))
		append_index_stage(tree, node, "IDHACK");
	else if (only)
		append_index_stage(tree, node, "IXSCAN");
	else
	{
		pgbson_append_cstring(tree->reply, "stage", -1, "FETCH");
		append_filter(tree, node);
		if (tree->executed)
			append_execution(tree, node, "FETCH");
		pgbson_begin(tree->reply, BSON_DOCUMENT, "inputStage", -1);
		append_index_stage(tree, node, "IXSCAN");
		pgbson_end(tree->reply);
	}
}

/* Appends what a sort sorts by, or how many documents a limit lets pass. */
static void
append_arguments(ExplainTree *tree, const BsonValue *node, const char *stage)
{
	BsonValue	value;

	if (strcmp(stage, "SORT") == 0 && pgbson_get(node, "Sort Key", 8, &value) &&
		pgbson_get(&value, "0", 1, &value) && value.type == BSON_STRING)
	{
		List	   *sorts = read_operands(pnstrdup(value.v.data, value.len), "<~>");

		if (sorts != NIL)
			pgbson_append(tree->reply, "sortPattern", -1, without_collation(linitial(sorts)));
	}
	if (strcmp(stage, "LIMIT") == 0 && pgbson_get(&tree->call->document, "limit", 5, &value) &&
		pgbson_is_number(&value))
		pgbson_append(tree->reply, "limitAmount", -1, &value);
}

static bool
is_custom_scan(const BsonValue *node, const char *name)
{
	const char *provider = get_string(node, "Custom Plan Provider");

	return provider != NULL && strcmp(provider, name) == 0;
}

/* Appends the fields of a node's stage to the open document. */
static void
append_stage(ExplainTree *tree, const BsonValue *node)
{
	const char *type = get_string(node, "Node Type");
	const char *stage;

	check_stack_depth();
	if (type == NULL)
		type = "Unknown";
	if (strcmp(type, "Index Scan") == 0 || strcmp(type, "Index Only Scan") == 0)
	{
		append_index_scan(tree, node, strcmp(type, "Index Only Scan") == 0);
		return;
	}
	if (strcmp(type, "Bitmap Index Scan") == 0)
	{
		append_index_stage(tree, node, "IXSCAN");
		return;
	}
	if (is_custom_scan(node, DOCINDEX_COVERED_SCAN))
	{
		append_index_stage(tree, node, "COUNT_SCAN");
		return;
	}
	if (strcmp(type, "ModifyTable") == 0)
		stage = stage_name(get_string(node, "Operation"));
	else if (strcmp(type, "Result") == 0 && get_string(node, "One-Time Filter"))
		stage = "EOF";
	else
		stage = stage_name(type);
	pgbson_append_cstring(tree->reply, "stage", -1, stage);
	append_filter(tree, node);
	append_arguments(tree, node, stage);
	if (strcmp(stage, "COLLSCAN") == 0)
		pgbson_append_cstring(tree->reply, "direction", -1, "forward");
	if (tree->executed)
		append_execution(tree, node, stage);
	append_children(tree, node);
}

/* ---- The reply ---- */

static const char *const verbosities[] = {"allPlansExecution", "executionStats", "queryPlanner"};

static bool
is_verbosity(const char *verbosity)
{
	for (int i = 0; i < lengthof(verbosities); i++)
		if (strcmp(verbosities[i], verbosity) == 0)
			return true;
	return false;
}

static void
append_server_info(BsonBuilder *reply)
{
	char		host[256];

	if (gethostname(host, sizeof(host)) != 0)
		host[0] = '\0';
	host[sizeof(host) - 1] = '\0';
	pgbson_begin(reply, BSON_DOCUMENT, "serverInfo", -1);
	pgbson_append_cstring(reply, "host", -1, host);
	pgbson_append_int32(reply, "port", -1, PostPortNumber);
	pgbson_append_cstring(reply, "version", -1, COMMAND_MONGODB_VERSION);
	pgbson_append_cstring(reply, "gitVersion", -1, "docdb");
	pgbson_append_cstring(reply, "postgresql", -1, PG_VERSION);
	pgbson_end(reply);
}

/* The filter that a command has at its top level, as it was given. */
static void
append_parsed_query(BsonBuilder *reply, const CommandCall *call)
{
	BsonValue	filter;

	if ((pgbson_get(&call->document, "filter", 6, &filter) ||
		 pgbson_get(&call->document, "query", 5, &filter)) && filter.type == BSON_DOCUMENT)
		pgbson_append(reply, "parsedQuery", -1, &filter);
}

/* The collation of the operation, or of the one statement of a batch. */
static void
append_collation(BsonBuilder *reply, const CommandCall *call)
{
	static const char *const batches[] = {"updates", "deletes"};
	BsonValue	statement = call->document;
	BsonValue	option;
	BsonValue	collation;

	for (int i = 0; i < lengthof(batches); i++)
	{
		BsonValue	batch;
		BsonIter	iter;

		if (!pgbson_get(&call->document, batches[i], strlen(batches[i]), &batch) ||
			batch.type != BSON_ARRAY)
			continue;
		pgbson_iter_init(&iter, &batch);
		if (pgbson_iter_next(&iter) && iter.type == BSON_DOCUMENT)
			pgbson_iter_value(&iter, &statement);
	}
	(void) pgbson_get(&statement, "collation", 9, &option);
	crud_effective_collation(collection_find(&call->collection), &option, &collation);
	pgbson_append(reply, "collation", -1, &collation);
}

static void
append_query_planner(BsonBuilder *reply, const CommandCall *call, const BsonValue *explained,
					 const BsonValue *plan)
{
	ExplainTree tree = {reply, call};

	pgbson_begin(reply, BSON_DOCUMENT, "queryPlanner", -1);
	pgbson_append_cstring(reply, "namespace", -1, collection_namespace(&call->collection));
	append_parsed_query(reply, call);
	append_collation(reply, call);
	pgbson_append_bool(reply, "indexFilterSet", -1, false);
	pgbson_begin(reply, BSON_DOCUMENT, "winningPlan", -1);
	append_stage(&tree, plan);
	pgbson_end(reply);
	pgbson_begin(reply, BSON_ARRAY, "rejectedPlans", -1);
	pgbson_end(reply);
	pgbson_append(reply, "postgresql", -1, explained);
	pgbson_end(reply);
}

static void
append_execution_stats(BsonBuilder *reply, const CommandCall *call, const BsonValue *explained,
					   const BsonValue *plan, bool all_plans)
{
	BsonBuilder stages;
	BsonValue	document;
	ExplainTree tree = {&stages, call, true};

	pgbson_builder_init(&stages);
	append_stage(&tree, plan);
	pgbson_finish(&stages, BSON_DOCUMENT, &document);
	pgbson_begin(reply, BSON_DOCUMENT, "executionStats", -1);
	pgbson_append_bool(reply, "executionSuccess", -1, true);
	append_number(reply, "nReturned", returned_rows(plan));
	append_number(reply, "executionTimeMillis", get_number(explained, "Execution Time"));
	append_number(reply, "totalKeysExamined", tree.totals.keys);
	append_number(reply, "totalDocsExamined", tree.totals.documents);
	pgbson_append(reply, "executionStages", -1, &document);
	if (all_plans)
	{
		/* PostgreSQL tries no plan but one. */
		pgbson_begin(reply, BSON_ARRAY, "allPlansExecution", -1);
		pgbson_end(reply);
	}
	pgbson_end(reply);
}

void
command_append_explain(BsonBuilder *reply, const char *database, const BsonValue *command,
					   const char *verbosity)
{
	CommandCall call;
	List	   *queries;
	CrudQuery  *query;
	bool		execute;
	char	   *text;
	BsonValue	explained;
	BsonValue	plan;

	if (!is_verbosity(verbosity))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Enumeration value '%s' for field 'explain.verbosity' is not a valid "
						"value.", verbosity)));
	(void) command_prepare(database, command, &call);
	queries = command_build(database, command);
	if (list_length(queries) != 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_LENGTH),
				 errmsg("explained write batches must be of size 1")));
	query = linitial(queries);
	execute = strcmp(verbosity, "queryPlanner") != 0;
	text = execute && query->writes ? explain_text_undone(query) : crud_explain(query, execute);

	/* An array of one document, whose field Plan is the root node. */
	pgbson_from_json(text, strlen(text), false, &explained);
	if (explained.type != BSON_ARRAY || !pgbson_get(&explained, "0", 1, &explained) ||
		!pgbson_get(&explained, "Plan", 4, &plan) || plan.type != BSON_DOCUMENT)
		elog(ERROR, "EXPLAIN gave something unexpected");

	pgbson_append_cstring(reply, "explainVersion", -1, "1");
	append_query_planner(reply, &call, &explained, &plan);
	if (execute)
		append_execution_stats(reply, &call, &explained, &plan,
							   strcmp(verbosity, "allPlansExecution") == 0);
	pgbson_append(reply, "command", -1, command);
	append_server_info(reply);
}

typedef struct ExplainRequest
{
	BsonValue	verbosity;
} ExplainRequest;

static const CommandField explain_fields[] = {
	{"verbosity", COMMAND_STRING, offsetof(ExplainRequest, verbosity)},
};

/* {explain: <command>, verbosity: "queryPlanner", "executionStats" or "allPlansExecution"} */
void
command_explain(CommandCall *call, BsonBuilder *reply)
{
	ExplainRequest request = {{0}};

	if (call->target.type != BSON_DOCUMENT)
		command_type_error(call->name, call->name, &call->target, "type 'object'");
	command_parse(call, explain_fields, &request);
	command_append_explain(reply, call->database, &call->target,
						   request.verbosity.type == BSON_MISSING ? "allPlansExecution" :
						   pnstrdup(request.verbosity.v.data, request.verbosity.len));
}

/* docdb.explain(database text, command bson, verbosity text) returns bson */
Datum
docdb_explain(PG_FUNCTION_ARGS)
{
	BsonValue	command;
	BsonBuilder reply;

	pgbson_from_datum(PG_GETARG_DATUM(1), &command);
	pgbson_builder_init(&reply);
	command_append_explain(&reply, text_to_cstring(PG_GETARG_TEXT_PP(0)), &command,
						   text_to_cstring(PG_GETARG_TEXT_PP(2)));
	pgbson_append_double(&reply, "ok", 2, 1.0);
	PG_RETURN_DATUM(pgbson_finish_datum(&reply));
}
