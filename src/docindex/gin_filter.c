/*
 * gin_filter.c
 *		What the planner asks about @@ and wildcard indexes.
 *
 * A condition of an index is made of a filter by leaving out what the index cannot tell; what is
 * left is a filter too, so that the planner's estimates of it are as good as of others.  A filter
 * of which nothing is left, or whose value the planner does not know, has no condition.  Where the
 * value may be another one when the plan is run, what the index can answer is worked out then, by
 * docdb.index_filter.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/gin.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"

#include "base/oids.h"
#include "docindex/gin_internal.h"
#include "pgbson/builder.h"

PG_FUNCTION_INFO_V1(docdb_index_filter);
PG_FUNCTION_INFO_V1(docdb_match_support);

/* ---- A tree as a filter ---- */

static void
make_regex(const MatchRegex *regex, BsonValue *value)
{
	uint32		pattern_size = strlen(regex->pattern) + 1;
	uint32		options_size = strlen(regex->options) + 1;
	char	   *data = palloc(pattern_size + options_size);

	memcpy(data, regex->pattern, pattern_size);
	memcpy(data + pattern_size, regex->options, options_size);
	pgbson_make_simple(BSON_REGEX, value);
	value->v.data = data;
	value->len = pattern_size + options_size;
}

static void
append_types(const MatchCondition *condition, BsonBuilder *builder)
{
	BsonValue	type;

	pgbson_begin(builder, BSON_ARRAY, "$type", -1);
	for (int i = BSON_DOUBLE; i <= BSON_DECIMAL128; i++)
	{
		pgbson_make_int32(i, &type);
		if (match_condition_has_type(condition, i))
			pgbson_push(builder, &type);
	}
	pgbson_make_int32(-1, &type);
	if (match_condition_has_type(condition, BSON_MINKEY))
		pgbson_push(builder, &type);
	pgbson_make_int32(BSON_MAXKEY, &type);
	if (match_condition_has_type(condition, BSON_MAXKEY))
		pgbson_push(builder, &type);
	pgbson_end(builder);
}

static void
append_values(const MatchCondition *condition, BsonBuilder *builder)
{
	BsonValue	regex;

	pgbson_begin(builder, BSON_ARRAY, "$in", -1);
	for (int i = 0; i < condition->nvalues; i++)
		pgbson_push(builder, &condition->values[i]);
	for (int i = 0; i < condition->nregexes; i++)
	{
		make_regex(&condition->regexes[i], &regex);
		pgbson_push(builder, &regex);
	}
	pgbson_end(builder);
}

static void
append_condition(const MatchCondition *condition, GinStrength strength, BsonBuilder *builder)
{
	switch (condition->kind)
	{
		case MATCH_IS_EQ:
			pgbson_append(builder, "$eq", -1, &condition->operand);
			break;
		case MATCH_IS_GT:
			pgbson_append(builder, "$gt", -1, &condition->operand);
			break;
		case MATCH_IS_GTE:
			pgbson_append(builder, "$gte", -1, &condition->operand);
			break;
		case MATCH_IS_LT:
			pgbson_append(builder, "$lt", -1, &condition->operand);
			break;
		case MATCH_IS_LTE:
			pgbson_append(builder, "$lte", -1, &condition->operand);
			break;
		case MATCH_IS_IN:
			append_values(condition, builder);
			break;
		case MATCH_IS_REGEX:
			if (strength > GIN_WEAK)
				append_values(condition, builder);
			else
			{
				/* Any string may match. */
				pgbson_begin(builder, BSON_ARRAY, "$type", -1);
				pgbson_append_int32(builder, "0", 1, BSON_STRING);
				pgbson_append_int32(builder, "1", 1, BSON_REGEX);
				pgbson_end(builder);
			}
			break;
		case MATCH_IS_TYPE:
			append_types(condition, builder);
			break;
		default:
			pgbson_append_bool(builder, "$exists", -1, true);
			break;
	}
}

/* {<path>: {<operator>: <operand>, ...}} */
static void
append_source(const GinTree *tree, BsonBuilder *builder)
{
	const GinSource *source = tree->source;
	ListCell   *lc;

	pgbson_begin(builder, BSON_DOCUMENT, source->path, -1);
	if (source->of_element)
		pgbson_begin(builder, BSON_DOCUMENT, "$elemMatch", -1);
	foreach(lc, source->conditions)
		append_condition(lfirst(lc), tree->strength, builder);
	if (source->of_element)
		pgbson_end(builder);
	pgbson_end(builder);
}

/* Whether all parts of a conjunction are of paths, and of different ones. */
static bool
is_plain_conjunction(const GinTree *tree)
{
	const ListCell *lc;
	const ListCell *lc2;

	if (tree->kind != GIN_TREE_AND)
		return false;
	foreach(lc, tree->children)
	{
		const GinTree *child = lfirst(lc);

		if (child->source == NULL)
			return false;
		foreach(lc2, tree->children)
		{
			if (lc2 == lc)
				break;
			if (strcmp(child->source->path, ((const GinTree *) lfirst(lc2))->source->path) == 0)
				return false;
		}
	}
	return true;
}

/* Appends the fields of a filter for a tree. */
static void
append_tree(const GinTree *tree, BsonBuilder *builder)
{
	const ListCell *lc;

	check_stack_depth();
	if (tree->source != NULL)
		append_source(tree, builder);
	else if (tree->kind == GIN_TREE_NEVER)
		pgbson_append_int32(builder, "$alwaysFalse", -1, 1);
	else if (is_plain_conjunction(tree))
	{
		foreach(lc, tree->children)
			append_source(lfirst(lc), builder);
	}
	else
	{
		pgbson_begin(builder, BSON_ARRAY, tree->kind == GIN_TREE_AND ? "$and" : "$or", -1);
		foreach(lc, tree->children)
		{
			pgbson_push_begin(builder, BSON_DOCUMENT);
			append_tree(lfirst(lc), builder);
			pgbson_end(builder);
		}
		pgbson_end(builder);
	}
}

/*
 * Makes a filter of what an index can tell of one.  The partial filter of the index must follow
 * from it too, as without that a scan could not know that the index has all rows.  The collation
 * stays.
 */
static bool
make_index_filter(const GinSpec *spec, const BsonValue *filter, BsonValue *result)
{
	GinQuery	query;
	BsonBuilder builder;
	BsonValue	collation = {BSON_MISSING};

	if (!docindex_gin_query(spec, filter, &query))
		return false;
	pgbson_builder_init(&builder);
	(void) pgbson_get(filter, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN, &collation);
	append_tree(query.tree, &builder);
	pgbson_append(&builder, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN, &collation);
	pgbson_finish(&builder, BSON_DOCUMENT, result);
	if (spec->partial == NULL || match_implies(match_conditions(result), spec->partial_condition))
		return true;

	pgbson_builder_init(&builder);
	pgbson_begin(&builder, BSON_ARRAY, "$and", -1);
	pgbson_push_begin(&builder, BSON_DOCUMENT);
	append_tree(query.tree, &builder);
	pgbson_end(&builder);
	pgbson_push(&builder, &spec->wildcard.partial);
	pgbson_end(&builder);
	pgbson_append(&builder, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN, &collation);
	pgbson_finish(&builder, BSON_DOCUMENT, result);
	return true;
}

/* docdb.index_filter(filter bson, index regclass): {} where the index can tell nothing. */
Datum
docdb_index_filter(PG_FUNCTION_ARGS)
{
	Oid			index_oid = PG_GETARG_OID(1);
	Relation	index;
	BsonValue	filter;
	BsonValue	result;

	if (get_rel_relkind(index_oid) != RELKIND_INDEX)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("relation with OID %u is no index", index_oid)));
	index = index_open(index_oid, AccessShareLock);
	pgbson_from_datum(PG_GETARG_DATUM(0), &filter);
	if (docindex_wildcard(index) == NULL ||
		!make_index_filter(docindex_gin_spec(index), &filter, &result))
		pgbson_from_json("{}", 2, true, &result);
	index_close(index, AccessShareLock);
	PG_RETURN_DATUM(pgbson_get_datum(&result));
}

/* ---- The planner ---- */

/* docdb.index_filter(filter, index) for the planner. */
static Node *
make_run_time_filter(Node *filter, Oid index)
{
	static const Oid types[] = {InvalidOid, REGCLASSOID};
	Oid			argument_types[lengthof(types)];
	Oid			function;
	Const	   *constant = makeConst(REGCLASSOID, -1, InvalidOid, sizeof(Oid),
									 ObjectIdGetDatum(index), false, true);

	memcpy(argument_types, types, sizeof(types));
	argument_types[0] = docdb_oids()->bson_type;
	function = LookupFuncName(list_make2(makeString("docdb"), makeString("index_filter")),
							  lengthof(types), argument_types, false);
	return (Node *) makeFuncExpr(function, docdb_oids()->bson_type, list_make2(filter, constant),
								 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
}

static Node *
make_constant_filter(const BsonValue *filter)
{
	return (Node *) makeConst(docdb_oids()->bson_type, -1, InvalidOid, -1,
							  pgbson_get_datum(filter), false, false);
}

/* The arguments of a call of @@ whose filter an index may be asked with, or NIL. */
static List *
indexable_arguments(const SupportRequestIndexCondition *request)
{
	List	   *args = NIL;

	if (IsA(request->node, OpExpr))
		args = ((OpExpr *) request->node)->args;
	else if (IsA(request->node, FuncExpr))
		args = ((FuncExpr *) request->node)->args;
	if (request->indexarg != 0 || list_length(args) != 2 ||
		!is_pseudo_constant_for_index(request->root, lsecond(args), request->index))
		return NIL;
	return args;
}

/* The condition of an index for a filter; a list of an expression, or NIL. */
static List *
answer_index_condition(SupportRequestIndexCondition *request)
{
	IndexOptInfo *index = request->index;
	Oid			bson = docdb_oids()->bson_type;
	List	   *args = indexable_arguments(request);
	Oid			operator;
	Node	   *operand;
	const GinSpec *spec;
	BsonValue	filter;
	BsonValue	weaker;

	if (args == NIL || index->relam != GIN_AM_OID)
		return NIL;
	operator = get_opfamily_member(request->opfamily, bson, bson, GIN_MATCH_STRATEGY);
	if (!OidIsValid(operator) || get_opcode(operator) != request->funcid)
		return NIL;
	operand = estimate_expression_value(request->root, lsecond(args));
	if (!IsA(operand, Const) || ((Const *) operand)->constisnull)
		return NIL;
	spec = docindex_gin_spec_of_options(index->opclassoptions ?
										index->opclassoptions[request->indexcol] : NULL);
	pgbson_from_datum(((Const *) operand)->constvalue, &filter);
	if (spec->wildcard.hidden || !make_index_filter(spec, &filter, &weaker))
		return NIL;
	operand = IsA(lsecond(args), Const) ? make_constant_filter(&weaker) :
		make_run_time_filter(lsecond(args), index->indexoid);
	return list_make1(make_opclause(operator, BOOLOID, false, linitial(args),
									(Expr *) operand, InvalidOid, InvalidOid));
}

/* docdb.match_support(internal): the planner's questions about docdb.match and docdb.matches. */
Datum
docdb_match_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestIndexCondition))
		PG_RETURN_POINTER(answer_index_condition((SupportRequestIndexCondition *) request));
	PG_RETURN_POINTER(match_answer_planner(request));
}
