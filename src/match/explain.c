/*
 * explain.c
 *		Why a document does not match: the details of a failed validation, as MongoDB gives them.
 *
 * A conjunction reports the conditions that failed, a disjunction all of them.  Below a negation
 * everything is turned round: what is reported are conditions that hold.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "match/jsonschema_internal.h"
#include "pgbson/number.h"

/* MongoDB shows no more values than that. */
#define MAX_CONSIDERED 10

/* So many bytes of explanation are followed by no more values. */
#define ENOUGH_SAID (1024 * 1024)

typedef struct Explain
{
	const BsonValue *document;
	ExprEvalContext *context;
	const Matcher *matcher;
	BsonBuilder *out;
} Explain;

/* What is said of an operator, and the types it can be true of, if not all are. */
typedef struct Reason
{
	const char *failed;
	const char *held;
	const char *const *types;	/* sorted, up to a NULL */
} Reason;

static const char *const array_types[] = {"array", NULL};
static const char *const number_types[] = {"decimal", "double", "int", "long", NULL};
static const char *const bits_types[] = {"binData", "decimal", "double", "int", "long", NULL};
static const char *const regex_types[] = {"regex", "string", "symbol", NULL};

#define COMPARISON {"comparison failed", "comparison succeeded", NULL}
#define LISTED {"no matching value found in array", "matching value found in array", NULL}
#define BITS {"bitwise operator failed to match", "bitwise operator matched successfully", \
	bits_types}

static const Reason reasons[] = {
	[MATCH_OP_BITS_ALL_CLEAR] = BITS,
	[MATCH_OP_BITS_ALL_SET] = BITS,
	[MATCH_OP_BITS_ANY_CLEAR] = BITS,
	[MATCH_OP_BITS_ANY_SET] = BITS,
	[MATCH_OP_ELEM_MATCH] = {"array did not satisfy the child predicate",
	"array did satisfy the child predicate", array_types},
	[MATCH_OP_EQ] = COMPARISON,
	[MATCH_OP_EXISTS] = {"path does not exist", "path does exist", NULL},
	[MATCH_OP_EXPR] = {"expression did not match", "expression did match", NULL},
	[MATCH_OP_GT] = COMPARISON,
	[MATCH_OP_GTE] = COMPARISON,
	[MATCH_OP_IN] = LISTED,
	[MATCH_OP_LT] = COMPARISON,
	[MATCH_OP_LTE] = COMPARISON,
	[MATCH_OP_MOD] = {"$mod did not evaluate to expected remainder",
	"$mod did evaluate to expected remainder", number_types},
	[MATCH_OP_NE] = COMPARISON,
	[MATCH_OP_NIN] = LISTED,
	[MATCH_OP_REGEX] = {"regular expression did not match", "regular expression did match",
	regex_types},
	[MATCH_OP_SIZE] = {"array length was not equal to given size",
	"array length was equal to given size", array_types},
	[MATCH_OP_TYPE] = {"type did not match", "type did match", NULL},
};

static void explain_node(const Explain *explain, const MatchNode *node, bool inverted);
static void explain_group(const Explain *explain, const MatchNode *node, bool inverted);

static bool
node_holds(const Explain *explain, const MatchNode *node)
{
	Matcher    *matcher = match_finish(unconstify(MatchNode *, node));

	matcher->own_context = explain->matcher->own_context;
	return match_run(matcher, explain->document, explain->context);
}

/* ---- The values that a condition looked at ---- */

static List *
add_value(List *values, const BsonValue *value)
{
	BsonValue  *copy = palloc(sizeof(BsonValue));

	*copy = *value;
	return lappend(values, copy);
}

static List *
add_values(List *values, const BsonPath *path, int depth, const BsonValue *value, bool each)
{
	BsonIter	iter;
	BsonValue	next;

	check_stack_depth();
	if (depth < path->nparts && value->type == BSON_DOCUMENT)
	{
		const BsonPathPart *part = &path->part[depth];

		if (!pgbson_get(value, part->name, part->len, &next))
			return values;
		return add_values(values, path, depth + 1, &next, each);
	}
	if (value->type != BSON_ARRAY || (depth == path->nparts && !each))
		return depth == path->nparts ? add_value(values, value) : values;

	pgbson_iter_init(&iter, value);
	for (int i = 0; pgbson_iter_next(&iter); i++)
	{
		pgbson_iter_value(&iter, &next);
		if (depth == path->nparts)
			values = add_value(values, &next);
		else if (next.type == BSON_DOCUMENT)
			values = add_values(values, path, depth, &next, each);
		else if (path->part[depth].index == i)
			values = add_values(values, path, depth + 1, &next, false);
	}
	return values;
}

void
match_append_considered(BsonBuilder *out, const char *name, const BsonValue *value)
{
	if (out->len + pgbson_encoded_size(value) <= ENOUGH_SAID)
		pgbson_append(out, name, -1, value);
}

/* Appends the names of the values' types, each once, under one name or the other. */
static void
append_types(BsonBuilder *out, List *values)
{
	List	   *names = NIL;
	ListCell   *lc;

	foreach(lc, values)
	{
		const char *name = pgbson_type_name(((BsonValue *) lfirst(lc))->type);
		int			place = 0;

		while (place < list_length(names) && strcmp(list_nth(names, place), name) < 0)
			place++;
		if (place == list_length(names) || strcmp(list_nth(names, place), name) != 0)
			names = list_insert_nth(names, place, unconstify(char *, name));
	}
	if (list_length(names) == 1)
		pgbson_append_cstring(out, "consideredType", -1, linitial(names));
	if (list_length(names) <= 1)
		return;
	pgbson_begin(out, BSON_ARRAY, "consideredTypes", -1);
	foreach(lc, names)
	{
		BsonValue	name;

		pgbson_make_string(lfirst(lc), strlen(lfirst(lc)), &name);
		pgbson_push(out, &name);
	}
	pgbson_end(out);
}

static void
append_values(BsonBuilder *out, List *values)
{
	BsonBuilder array;
	BsonValue	value;
	ListCell   *lc;

	if (list_length(values) == 1)
	{
		match_append_considered(out, "consideredValue", linitial(values));
		return;
	}
	pgbson_builder_init(&array);
	foreach(lc, values)
	{
		if (foreach_current_index(lc) == MAX_CONSIDERED)
			break;
		pgbson_push(&array, lfirst(lc));
	}
	pgbson_finish(&array, BSON_ARRAY, &value);
	match_append_considered(out, "consideredValues", &value);
	if (list_length(values) > MAX_CONSIDERED)
		pgbson_append_bool(out, "consideredValuesTruncated", -1, true);
}

/* ---- Predicates ---- */

/* Whether any of the values is of a type that the operator can be true of. */
static bool
has_type(const Reason *reason, List *values)
{
	ListCell   *lc;

	if (reason->types == NULL || values == NIL)
		return true;
	foreach(lc, values)
	{
		const char *name = pgbson_type_name(((BsonValue *) lfirst(lc))->type);

		for (const char *const *type = reason->types; *type != NULL; type++)
			if (strcmp(*type, name) == 0)
				return true;
	}
	return false;
}

static void
append_type_mismatch(BsonBuilder *out, const Reason *reason, List *values)
{
	pgbson_append_cstring(out, "reason", -1, "type did not match");
	append_types(out, values);
	if (reason->types[1] == NULL)
	{
		pgbson_append_cstring(out, "expectedType", -1, reason->types[0]);
		return;
	}
	pgbson_begin(out, BSON_ARRAY, "expectedTypes", -1);
	for (const char *const *type = reason->types; *type != NULL; type++)
	{
		BsonValue	name;

		pgbson_make_string(*type, strlen(*type), &name);
		pgbson_push(out, &name);
	}
	pgbson_end(out);
}

/* The condition as it was written: {path: literal}, {path: {$operator: operand}}. */
static void
append_specified(const Explain *explain, const MatchNode *node)
{
	BsonBuilder *out = explain->out;

	pgbson_begin(out, BSON_DOCUMENT, "specifiedAs", -1);
	if (node->path == NULL)
		pgbson_append(out, node->op->name, -1, &node->operand);
	else if (node->written_op == NULL)
		pgbson_append(out, node->path, -1, &node->operand);
	else
	{
		pgbson_begin(out, BSON_DOCUMENT, node->path, -1);
		pgbson_append(out, node->written_op->name, -1, &node->written_operand);
		pgbson_end(out);
	}
	pgbson_end(out);
}

/* What the expression of an $expr came to. */
static void
append_expression_result(const Explain *explain, const MatchNode *node)
{
	ExprEvalContext *context = explain->context;
	BsonValue	result;

	if (context == NULL)
		context = explain->matcher->own_context;
	expr_context_set_root(context, explain->document);
	expr_eval(node->data, context, &result);
	match_append_considered(explain->out, "expressionResult", &result);
}

static void
explain_schema(const Explain *explain, const MatchNode *node, bool inverted)
{
	BsonBuilder *out = explain->out;

	match_schema_annotate(node->data, out);
	if (inverted)
	{
		pgbson_append_cstring(out, "reason", -1, "schema matched");
		return;
	}
	pgbson_begin(out, BSON_ARRAY, "schemaRulesNotSatisfied", -1);
	match_schema_explain(node->data, explain->document, out);
	pgbson_end(out);
}

static void
explain_values(const Explain *explain, const MatchNode *node, const Reason *reason, bool inverted)
{
	BsonBuilder *out = explain->out;
	const BsonPath *path = pgbson_path_parse(node->path, strlen(node->path));
	List	   *values = add_values(NIL, path, 0, explain->document,
									node->op->arrays == MATCH_EACH);
	const char *text = inverted ? reason->held : reason->failed;

	if (node->op->id == MATCH_OP_EXISTS)
	{
		pgbson_append_cstring(out, "reason", -1, text);
		return;
	}
	if (values == NIL)
	{
		pgbson_append_cstring(out, "reason", -1, "field was missing");
		return;
	}
	if (!has_type(reason, values))
		append_type_mismatch(out, reason, values);
	else if (text != NULL)
		pgbson_append_cstring(out, "reason", -1, text);
	append_values(out, values);
	if (node->op->id == MATCH_OP_TYPE)
		append_types(out, values);
}

/* A predicate that is negated without being written so stands in a $not. */
static bool
is_written_negated(const MatchNode *node)
{
	const MatchOperator *op = node->written_op;

	if (op == NULL)
		return false;
	return op->id == MATCH_OP_NE || op->id == MATCH_OP_NIN ||
		(op->id == MATCH_OP_EXISTS && !pgbson_is_truthy(&node->written_operand));
}

static void
explain_predicate(const Explain *explain, const MatchNode *node, bool inverted)
{
	BsonBuilder *out = explain->out;
	const MatchOperator *op = node->written_op != NULL ? node->written_op : node->op;
	bool		in_not = node->negated != is_written_negated(node);
	const Reason *reason = op->id < lengthof(reasons) ? &reasons[op->id] : NULL;

	/* What is on the whole document can only be negated by a $nor, here one of a single clause. */
	if (in_not && node->path == NULL)
	{
		MatchNode	positive = *node;
		MatchNode  *nor = match_node_group(MATCH_NODE_OR);

		positive.negated = false;
		nor->negated = true;
		match_node_add(nor, &positive);
		explain_group(explain, nor, inverted);
		return;
	}
	if (in_not)
	{
		pgbson_append_cstring(out, "operatorName", -1, "$not");
		pgbson_begin(out, BSON_DOCUMENT, "details", -1);
		inverted = !inverted;
	}
	pgbson_append_cstring(out, "operatorName", -1, op->name);
	if (node->op->id == MATCH_OP_JSON_SCHEMA)
		explain_schema(explain, node, inverted);
	else
	{
		/* A negative operator that failed is a positive one that held. */
		bool		held = inverted != is_written_negated(node);

		append_specified(explain, node);
		if (node->path != NULL && reason != NULL)
			explain_values(explain, node, reason, held);
		else if (reason != NULL && reason->failed != NULL)
			pgbson_append_cstring(out, "reason", -1, held ? reason->held : reason->failed);
		if (node->op->id == MATCH_OP_EXPR)
			append_expression_result(explain, node);
	}
	if (in_not)
		pgbson_end(out);
}

/* ---- Groups ---- */

static void
explain_children(const Explain *explain, const MatchNode *node, bool inverted)
{
	BsonBuilder *out = explain->out;
	bool		only_guilty = (node->kind == MATCH_NODE_AND) != inverted;
	ListCell   *lc;

	pgbson_begin(out, BSON_ARRAY, inverted ? "clausesSatisfied" : "clausesNotSatisfied", -1);
	foreach(lc, node->children)
	{
		const MatchNode *child = lfirst(lc);

		if (only_guilty && node_holds(explain, child) != inverted)
			continue;
		pgbson_push_begin(out, BSON_DOCUMENT);
		pgbson_append_int32(out, "index", -1, foreach_current_index(lc));
		pgbson_begin(out, BSON_DOCUMENT, "details", -1);
		explain_node(explain, child, inverted);
		pgbson_end(out);
		pgbson_end(out);
	}
	pgbson_end(out);
}

/* A negated disjunction is a $nor, a negated conjunction stands in a $not. */
static void
explain_group(const Explain *explain, const MatchNode *node, bool inverted)
{
	BsonBuilder *out = explain->out;

	if (node->negated && node->kind == MATCH_NODE_AND)
	{
		pgbson_append_cstring(out, "operatorName", -1, "$not");
		pgbson_begin(out, BSON_DOCUMENT, "details", -1);
		pgbson_append_cstring(out, "operatorName", -1, "$and");
		explain_children(explain, node, !inverted);
		pgbson_end(out);
		return;
	}
	pgbson_append_cstring(out, "operatorName", -1, node->negated ? "$nor" :
						  node->kind == MATCH_NODE_AND ? "$and" : "$or");
	explain_children(explain, node, inverted != node->negated);
}

static void
explain_node(const Explain *explain, const MatchNode *node, bool inverted)
{
	check_stack_depth();
	if (node->kind == MATCH_NODE_PREDICATE)
		explain_predicate(explain, node, inverted);
	else if (node->kind != MATCH_NODE_CONSTANT)
		explain_group(explain, node, inverted);
	else
		pgbson_append_cstring(explain->out, "reason", -1, inverted ?
							  "expression always evaluates to true" :
							  "expression always evaluates to false");
}

void
match_explain(const Matcher *matcher, const BsonValue *document, ExprEvalContext *context,
			  BsonValue *details)
{
	BsonBuilder builder;
	Explain		explain = {document, context, matcher, &builder};

	pgbson_builder_init(&builder);
	explain_node(&explain, matcher->root, false);
	pgbson_finish(&builder, BSON_DOCUMENT, details);
}
