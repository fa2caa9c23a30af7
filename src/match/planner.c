/*
 * planner.c
 *		What the planner asks about filters: selectivity and cost.
 *
 * match_answer_planner answers for the selectivity of the function docdb.matches and for the cost
 * of both; @@ as an operator has a selectivity estimator of its own.  A filter that the planner
 * knows is a constant of the query, or a parameter whose value it may look at.
 *
 * Conditions of a filter are not turned into an AND or OR of SQL (SupportRequestSimplify): one walk
 * of the document serves all of them.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/transam.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
#include "utils/typcache.h"

#include "base/oids.h"
#include "match/match_internal.h"

/* The share taken where the filter is not known: about a condition with an equality. */
#define UNKNOWN_FILTER_SELECTIVITY 0.01

/* In units of cpu_operator_cost: a walk of a document, and each condition it takes along. */
#define WALK_COST 4.0
#define CHEAP_COST 0.5
#define COSTLY_COST 15.0
#define WHOLE_COST 20.0

PG_FUNCTION_INFO_V1(docdb_match_sel);
PG_FUNCTION_INFO_V1(docdb_match_join_sel);

/* The tree of a filter that the planner knows, or NULL. */
static const MatchNode *
known_filter(Node *node, bool regexes)
{
	BsonValue	filter;

	if (node == NULL || !IsA(node, Const) || ((Const *) node)->constisnull)
		return NULL;
	pgbson_from_datum(((Const *) node)->constvalue, &filter);
	return match_parse_shape(&filter, regexes);
}

/* Whether the user may learn of the column's values what a plan shows. */
static bool
may_use_statistics(VariableStatData *vardata, Oid function)
{
	return HeapTupleIsValid(vardata->statsTuple) &&
		statistic_proc_security_check(vardata, function);
}

extern Datum docdb_equals_any(PG_FUNCTION_ARGS);

/* An argument of a call that is a constant and not NULL, or NULL. */
static Const *
constant_argument(const FuncExpr *call, int number)
{
	Node	   *argument = list_nth(call->args, number);

	return IsA(argument, Const) && !((Const *) argument)->constisnull ? (Const *) argument : NULL;
}

/* The constant path of a call of docdb.equals_any, and its collation, MISSING where it has none. */
static bool
equals_any_path(Node *node, BsonValue *path, BsonValue *collation)
{
	FuncExpr   *call = (FuncExpr *) node;
	Const	   *constant;
	FmgrInfo	function;

	if (node == NULL || !IsA(node, FuncExpr) || list_length(call->args) < 3 ||
		list_length(call->args) > 4 || (constant = constant_argument(call, 0)) == NULL)
		return false;
	fmgr_info(call->funcid, &function);
	if (function.fn_addr != docdb_equals_any)
		return false;
	pgbson_value_from_datum(constant->constvalue, path);
	pgbson_make_simple(BSON_MISSING, collation);
	if (list_length(call->args) > 3)
	{
		constant = constant_argument(call, 3);
		if (constant == NULL)
			return false;
		pgbson_from_datum(constant->constvalue, collation);
	}
	return path->type == BSON_STRING;
}

bool
match_filter_shape(Node *node, BsonValue *filter)
{
	BsonValue	values[2];
	BsonValue	path;
	BsonValue	collation;

	/* With a string, so that an index by another collation is not taken for one that serves. */
	if (!equals_any_path(node, &path, &collation))
		return false;
	pgbson_make_string("1", 1, &values[0]);
	pgbson_make_simple(BSON_NULL, &values[1]);
	match_make_equals_any(&path, values, 2, true,
						  collation.type == BSON_MISSING ? NULL : &collation, filter);
	return true;
}

extern Datum docdb_match(PG_FUNCTION_ARGS);

bool
match_is_clause(Node *node, Node **document, Node **filter)
{
	OpExpr	   *op = (OpExpr *) node;
	FmgrInfo	function;

	/* Built-in operators are not worth a look at their functions. */
	if (node == NULL || !IsA(node, OpExpr) || list_length(op->args) != 2 ||
		op->opno < FirstNormalObjectId)
		return false;
	fmgr_info(get_opcode(op->opno), &function);
	if (function.fn_addr != docdb_match)
		return false;
	*document = linitial(op->args);
	*filter = lsecond(op->args);
	return true;
}

/* The share of rows that have one value, not known which, at a path. */
static double
value_selectivity(VariableStatData *vardata, Oid function, const BsonValue *path)
{
	BsonStatistics statistics;
	BsonPathStatistics path_statistics;

	if (vardata->rel == NULL || !may_use_statistics(vardata, function) ||
		!pgbson_statistics_read(vardata->statsTuple, &statistics) ||
		!pgbson_statistics_path(&statistics, path->v.data, path->len, &path_statistics))
		return UNKNOWN_FILTER_SELECTIVITY;
	return 1.0 / pgbson_path_distinct(&path_statistics, Max(1, vardata->rel->tuples));
}

/* What a condition on a table's column _id says; see MatchEstimate.id_conditions. */
static int
id_condition(Node *clause, const RelOptInfo *rel, Oid relid)
{
	Node	   *left;
	Oid			operator;
	Oid			family;
	const char *name;

	if (IsA(clause, OpExpr) && list_length(((OpExpr *) clause)->args) == 2)
	{
		left = linitial(((OpExpr *) clause)->args);
		operator = ((OpExpr *) clause)->opno;
	}
	else if (IsA(clause, ScalarArrayOpExpr) && ((ScalarArrayOpExpr *) clause)->useOr)
	{
		left = linitial(((ScalarArrayOpExpr *) clause)->args);
		operator = ((ScalarArrayOpExpr *) clause)->opno;
	}
	else
		return 0;
	if (!IsA(left, Var) || ((Var *) left)->varno != rel->relid || ((Var *) left)->varattno <= 0 ||
		((Var *) left)->vartype != docdb_oids()->bson_value_type)
		return 0;
	name = get_attname(relid, ((Var *) left)->varattno, true);
	if (name == NULL || strcmp(name, "_id") != 0)
		return 0;
	family = lookup_type_cache(((Var *) left)->vartype, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	switch (get_op_opfamily_strategy(operator, family))
	{
		case BTLessStrategyNumber:
		case BTLessEqualStrategyNumber:
			return MATCH_ID_HIGH;
		case BTEqualStrategyNumber:
			return MATCH_ID_EQUAL;
		case BTGreaterEqualStrategyNumber:
		case BTGreaterStrategyNumber:
			return MATCH_ID_LOW;
		default:
			return 0;
	}
}

/* What all conditions on it say. */
static int
id_conditions(PlannerInfo *root, const RelOptInfo *rel)
{
	int			conditions = 0;
	ListCell   *lc;

	if (!IS_SIMPLE_REL(rel) || rel->rtekind != RTE_RELATION)
		return 0;
	foreach(lc, rel->baserestrictinfo)
		conditions |= id_condition((Node *) lfirst_node(RestrictInfo, lc)->clause, rel,
								   planner_rt_fetch(rel->relid, root)->relid);
	return conditions;
}

/* The share of rows for which a document expression matches a filter expression. */
static double
filter_selectivity(PlannerInfo *root, Node *document, Node *filter, int varRelid, Oid function)
{
	MatchEstimate known = {.rows = 1};
	VariableStatData vardata;
	BsonStatistics statistics;
	const MatchNode *tree;
	BsonValue	path;
	BsonValue	collation;
	double		selectivity = UNKNOWN_FILTER_SELECTIVITY;

	filter = estimate_expression_value(root, filter);
	tree = known_filter(filter, true);
	if (tree == NULL)
	{
		if (equals_any_path(filter, &path, &collation))
		{
			examine_variable(root, document, varRelid, &vardata);
			selectivity = value_selectivity(&vardata, function, &path);
			ReleaseVariableStats(vardata);
		}
		return selectivity;
	}

	examine_variable(root, document, varRelid, &vardata);
	if (vardata.rel != NULL)
	{
		known.rows = Max(1, vardata.rel->tuples);
		known.id_conditions = id_conditions(root, vardata.rel);
	}
	if (may_use_statistics(&vardata, function) &&
		pgbson_statistics_read(vardata.statsTuple, &statistics))
		known.statistics = &statistics;
	selectivity = match_selectivity(tree, &known);
	ReleaseVariableStats(vardata);
	CLAMP_PROBABILITY(selectivity);
	return selectivity;
}

/* The restriction estimator of @@. */
Datum
docdb_match_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);

	if (list_length(args) != 2)
		PG_RETURN_FLOAT8(UNKNOWN_FILTER_SELECTIVITY);
	PG_RETURN_FLOAT8(filter_selectivity(root, linitial(args), lsecond(args), varRelid,
										get_opcode(operator)));
}

/* The join estimator of @@: of a filter from another table at most the path is known. */
Datum
docdb_match_join_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);

	if (list_length(args) != 2)
		PG_RETURN_FLOAT8(UNKNOWN_FILTER_SELECTIVITY);
	PG_RETURN_FLOAT8(filter_selectivity(root, linitial(args), lsecond(args), 0,
										get_opcode(operator)));
}

/* What evaluating a tree once costs, in units of cpu_operator_cost, apart from the walk. */
static double
tree_cost(const MatchNode *node)
{
	static const double phase_costs[MATCH_PHASES] = {
		[MATCH_CHEAP] = CHEAP_COST,
		[MATCH_COSTLY] = COSTLY_COST,
		[MATCH_WHOLE] = WHOLE_COST,
	};
	double		cost = 0;
	ListCell   *lc;

	check_stack_depth();
	if (node->kind == MATCH_NODE_PREDICATE)
		return phase_costs[node->phase];
	foreach(lc, node->children)
		cost += tree_cost(lfirst(lc));
	return cost;
}

/* The arguments of a call of @@ or of docdb.matches, or NIL. */
static List *
call_arguments(Node *node)
{
	if (node == NULL)
		return NIL;
	if (IsA(node, FuncExpr))
		return ((FuncExpr *) node)->args;
	if (IsA(node, OpExpr))
		return ((OpExpr *) node)->args;
	return NIL;
}

static Node *
answer_cost(SupportRequestCost *request)
{
	List	   *args = call_arguments(request->node);
	const MatchNode *tree = list_length(args) < 2 ? NULL : known_filter(lsecond(args), false);

	if (tree == NULL)
		return NULL;
	request->startup = 0;
	request->per_tuple = (WALK_COST + tree_cost(tree)) * cpu_operator_cost;
	return (Node *) request;
}

static Node *
answer_selectivity(SupportRequestSelectivity *request)
{
	if (request->is_join || list_length(request->args) < 2)
		return NULL;
	request->selectivity = filter_selectivity(request->root, linitial(request->args),
											  lsecond(request->args), request->varRelid,
											  request->funcid);
	return (Node *) request;
}

Node *
match_answer_planner(Node *request)
{
	if (IsA(request, SupportRequestCost))
		return answer_cost((SupportRequestCost *) request);
	if (IsA(request, SupportRequestSelectivity))
		return answer_selectivity((SupportRequestSelectivity *) request);
	return NULL;
}
