/*
 * compile.c
 *		From a projection's specification to a tree of path components.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "base/errors.h"
#include "pgbson/number.h"
#include "project/project_internal.h"

typedef struct CompileState
{
	ProjectMode mode;
	ExprScope  *scope;
	Projection *projection;
	ProjectType type;
	bool		id_specified;	/* _id or a path below it is named */
	bool		id_included;	/* _id: 1 */
	bool		id_excluded;	/* _id: 0 */
	bool		has_slice;
	bool		has_elem_match;
	bool		has_meta;
	bool		has_positional;
} CompileState;

static void parse_element(CompileState *state, ProjectNode *parent, const BsonIter *iter);

/* ---- The tree ---- */

static ProjectNode *
make_node(ProjectNodeKind kind)
{
	ProjectNode *node = palloc0(sizeof(ProjectNode));

	node->kind = kind;
	node->computes = kind == PROJECT_NODE_COMPUTE || kind == PROJECT_NODE_ELEM_MATCH;
	return node;
}

static void
add_child(ProjectNode *parent, ProjectNode *child, const BsonPathPart *part)
{
	if (parent->nchildren >= parent->max_children)
	{
		int			max = Max(4, 2 * parent->max_children);

		if (parent->child == NULL)
			parent->child = palloc(max * sizeof(ProjectNode *));
		else
			parent->child = repalloc(parent->child, max * sizeof(ProjectNode *));
		parent->max_children = max;
	}
	child->name = part->name;
	child->len = part->len;
	parent->child[parent->nchildren++] = child;
	parent->mask |= project_name_bit(part->name, part->len);
}

static ProjectNode *
get_child(const ProjectNode *parent, const BsonPathPart *part)
{
	int			place;

	return unconstify(ProjectNode *, project_find_child(parent, part->name, part->len, &place));
}

static void
collision(CompileState *state, const char *path)
{
	if (state->mode == PROJECT_ADD_FIELDS)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40176)),
				 errmsg("specification contains two conflicting paths, one of them '%s'", path)));
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(31250)),
			 errmsg("Path collision at %s", path)));
}

/* Puts a node at a path below parent, making the branches on the way. */
static void
add_at_path(CompileState *state, ProjectNode *parent, const char *name, const BsonPath *path,
			ProjectNode *node)
{
	for (int i = 0; i < path->nparts - 1; i++)
	{
		const BsonPathPart *part = &path->part[i];
		ProjectNode *child = get_child(parent, part);

		if (child == NULL)
		{
			child = make_node(PROJECT_NODE_BRANCH);
			add_child(parent, child, part);
		}
		else if (child->kind != PROJECT_NODE_BRANCH)
		{
			if (state->mode == PROJECT_ADD_FIELDS)
				collision(state, name);
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(31249)),
					 errmsg("Path collision at %s remaining portion %s", name,
							strchr(name, '.') + 1)));
		}
		parent = child;
	}
	if (get_child(parent, &path->part[path->nparts - 1]) != NULL)
		collision(state, name);
	add_child(parent, node, &path->part[path->nparts - 1]);
}

/* The branch at a path below parent, if that is what stands there. */
static ProjectNode *
find_branch(ProjectNode *parent, const BsonPath *path)
{
	for (int i = 0; i < path->nparts && parent != NULL; i++)
	{
		parent = get_child(parent, &path->part[i]);
		if (parent != NULL && parent->kind != PROJECT_NODE_BRANCH)
			return NULL;
	}
	return parent;
}

/* Whether nothing at a path, or on the way to it, keeps a node from being put there. */
static bool
is_free(const ProjectNode *parent, const BsonPath *path)
{
	for (int i = 0; i < path->nparts; i++)
	{
		parent = get_child(parent, &path->part[i]);
		if (parent == NULL)
			return true;
		if (parent->kind != PROJECT_NODE_BRANCH)
			return false;
	}
	return false;
}

/* Whether a name asks for the positional projection "a.$"; refuses where it may not stand. */
static bool
check_positional(CompileState *state, const char *name, uint32 len)
{
	bool		positional = len >= 2 && strcmp(name + len - 2, ".$") == 0;

	if (positional && state->mode != PROJECT_FIND)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31324)),
				 errmsg("Cannot use positional projection in aggregation projection")));
	if (strstr(name, ".$.") != NULL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31394)),
				 errmsg("As of 4.4, it's illegal to specify positional operator in the middle "
						"of a path.")));
	return positional;
}

/* ---- Kinds of elements ---- */

static bool
is_top_level_id(CompileState *state, const ProjectNode *parent, const BsonIter *iter)
{
	return parent == &state->projection->root && strcmp(iter->key, "_id") == 0;
}

static void
parse_inclusion(CompileState *state, ProjectNode *parent, const BsonIter *iter, bool positional)
{
	ProjectNode *node = make_node(PROJECT_NODE_INCLUDE);

	node->positional = positional;
	add_at_path(state, parent, iter->key, expr_parse_field_path(iter->key, iter->keylen), node);
	if (is_top_level_id(state, parent, iter))
	{
		state->id_included = true;
		return;
	}
	if (state->type == PROJECT_TYPE_EXCLUSION)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31253)),
				 errmsg("Cannot do inclusion on field %s in exclusion projection", iter->key)));
	state->type = PROJECT_TYPE_INCLUSION;
}

/* "<path>.$": 1, which includes the path. */
static void
parse_positional(CompileState *state, ProjectNode *parent, const BsonIter *iter)
{
	BsonIter	path = *iter;

	if (state->has_positional)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31276)),
				 errmsg("Cannot specify more than one positional projection per query.")));
	if (state->has_elem_match)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31256)),
				 errmsg("Cannot specify positional operator and $elemMatch.")));
	if (iter->keylen <= 2)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(5392900)),
				 errmsg("a positional projection needs a path before '.$'")));
	state->has_positional = true;
	path.keylen = iter->keylen - 2;
	path.key = pnstrdup(iter->key, path.keylen);
	parse_inclusion(state, parent, &path, true);
}

static void
parse_exclusion(CompileState *state, ProjectNode *parent, const BsonIter *iter)
{
	add_at_path(state, parent, iter->key, expr_parse_field_path(iter->key, iter->keylen),
				make_node(PROJECT_NODE_EXCLUDE));
	if (is_top_level_id(state, parent, iter))
	{
		state->id_excluded = true;
		return;
	}
	if (state->type == PROJECT_TYPE_INCLUSION)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31254)),
				 errmsg("Cannot do exclusion on field %s in inclusion projection", iter->key)));
	state->type = PROJECT_TYPE_EXCLUSION;
}

static void
add_computed(CompileState *state, ProjectNode *parent, const BsonIter *iter,
			 const BsonValue *spec)
{
	ProjectNode *node = make_node(PROJECT_NODE_COMPUTE);

	node->expr = expr_compile(spec, state->scope);
	add_at_path(state, parent, iter->key, expr_parse_field_path(iter->key, iter->keylen), node);
}

/* A value that is neither a number, a boolean nor a document. */
static void
parse_literal(CompileState *state, ProjectNode *parent, const BsonIter *iter)
{
	BsonValue	value;

	pgbson_iter_value(iter, &value);
	add_computed(state, parent, iter, &value);
	if (state->type == PROJECT_TYPE_EXCLUSION)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31310)),
				 errmsg("Cannot use an expression %s: %s in an exclusion projection", iter->key,
						pgbson_to_json(&value, BSON_JSON_RELAXED))));
	if (state->type == PROJECT_TYPE_UNKNOWN)
		state->type = PROJECT_TYPE_INCLUSION;
}

/* A document of one field that starts with a dollar; $meta goes with any type of projection. */
static void
parse_expression(CompileState *state, ProjectNode *parent, const BsonIter *iter,
				 const BsonValue *spec, bool meta)
{
	if (state->type == PROJECT_TYPE_EXCLUSION && !meta)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31252)),
				 errmsg("Cannot use expression other than $meta in exclusion projection")));
	if (state->type == PROJECT_TYPE_UNKNOWN && !meta)
		state->type = PROJECT_TYPE_INCLUSION;
	add_computed(state, parent, iter, spec);
	state->has_meta |= meta;
}

/* A number as an int32, out of range values clamped. */
static int32
clamp_int32(const BsonValue *number)
{
	double		f = pgbson_number_to_double(number);

	if (f >= (double) PG_INT32_MAX)
		return PG_INT32_MAX;
	if (f <= (double) PG_INT32_MIN)
		return PG_INT32_MIN;
	return isnan(f) ? 0 : (int32) f;
}

/* find's {$slice: n} and {$slice: [skip, limit]}; false where only an expression can be meant. */
static bool
parse_find_slice(CompileState *state, ProjectNode *parent, const BsonIter *iter,
				 const BsonIter *operator)
{
	ProjectSlice slice = {false, 0, 0};
	BsonPath   *path = expr_parse_field_path(iter->key, iter->keylen);
	BsonValue	operand;
	ProjectNode *node;

	pgbson_iter_value(operator, &operand);

	/*
	 * As in MongoDB, what is no slice of find because of a collision is tried as an expression;
	 * only the form of two arguments is one.
	 */
	if (!is_free(parent, path) &&
		(pgbson_is_number(&operand) || state->type == PROJECT_TYPE_EXCLUSION))
		return false;
	if (pgbson_is_number(&operand))
		slice.limit = clamp_int32(&operand);
	else
	{
		BsonIter	args;
		BsonValue	value[2];
		int			count = 0;

		if (operand.type != BSON_ARRAY)
			return false;
		pgbson_iter_init(&args, &operand);
		while (pgbson_iter_next(&args))
		{
			if (count == 2)
				return false;
			pgbson_iter_value(&args, &value[count]);
			if (!pgbson_is_number(&value[count++]))
				return false;
		}
		if (count != 2)
			return false;
		slice.has_skip = true;
		slice.skip = clamp_int32(&value[0]);
		slice.limit = clamp_int32(&value[1]);
		if (slice.limit <= 0)
			return false;
	}
	node = make_node(PROJECT_NODE_SLICE);
	node->slice = slice;
	add_at_path(state, parent, iter->key, path, node);
	state->has_slice = true;
	return true;
}

static void
parse_elem_match(CompileState *state, ProjectNode *parent, const BsonIter *iter,
				 const BsonIter *operator)
{
	BsonPath   *path = expr_parse_field_path(iter->key, iter->keylen);
	BsonValue	condition;
	ProjectNode *node;

	if (state->mode != PROJECT_FIND)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_PIPELINE_OPERATOR),
				 errmsg("Cannot use $elemMatch in this context")));
	if (operator->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31274)),
				 errmsg("elemMatch: Invalid argument, object required, but got %s",
						pgbson_type_name(operator->type))));
	if (state->has_positional)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31255)),
				 errmsg("Cannot specify positional operator and $elemMatch.")));
	if (path->nparts > 1 || parent != &state->projection->root)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31275)),
				 errmsg("Cannot use $elemMatch projection on a nested field.")));
	pgbson_iter_value(operator, &condition);
	node = make_node(PROJECT_NODE_ELEM_MATCH);
	node->matcher = match_compile_elem_match(&condition, state->scope);
	add_at_path(state, parent, iter->key, path, node);
	state->has_elem_match = true;
}

/*
 * A document: an operator of find, an expression, or a projection one level down.
 */
static void
parse_document(CompileState *state, ProjectNode *parent, const BsonIter *iter)
{
	BsonValue	spec;
	BsonIter	field;
	BsonPath   *path;
	ProjectNode *branch;

	pgbson_iter_value(iter, &spec);
	pgbson_iter_init(&field, &spec);
	if (!pgbson_iter_next(&field))
	{
		if (state->mode != PROJECT_ADD_FIELDS)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(51270)),
					 errmsg("Invalid empty sub-projection: %s", iter->key)));
		add_computed(state, parent, iter, &spec);
		return;
	}
	if (field.key[0] == '$')
	{
		if (field.next >= field.end)
		{
			if (state->mode == PROJECT_FIND && strcmp(field.key, "$slice") == 0 &&
				parse_find_slice(state, parent, iter, &field))
				return;
			if (state->mode != PROJECT_ADD_FIELDS && strcmp(field.key, "$elemMatch") == 0)
			{
				parse_elem_match(state, parent, iter, &field);
				return;
			}
			if (state->mode == PROJECT_ADD_FIELDS || expr_is_operator(field.key))
			{
				parse_expression(state, parent, iter, &spec, strcmp(field.key, "$meta") == 0);
				return;
			}
			if (!pgbson_is_field_path(field.key, field.keylen))
				ereport(ERROR,
						(errcode(DOCDB_SQLSTATE(31325)),
						 errmsg("Unknown expression %s", field.key)));
		}
		if (state->mode == PROJECT_ADD_FIELDS)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40181)),
					 errmsg("an expression specification must contain exactly one field, the "
							"name of the expression. Found %u fields in %s",
							pgbson_count(&spec), pgbson_to_json(&spec, BSON_JSON_RELAXED))));
	}

	path = expr_parse_field_path(iter->key, iter->keylen);
	branch = find_branch(parent, path);
	if (branch == NULL)
	{
		branch = make_node(PROJECT_NODE_BRANCH);
		add_at_path(state, parent, iter->key, path, branch);
	}
	do
	{
		parse_element(state, branch, &field);
	} while (pgbson_iter_next(&field));
}

static void
parse_element(CompileState *state, ProjectNode *parent, const BsonIter *iter)
{
	bool		positional = false;

	check_stack_depth();
	if (state->mode == PROJECT_ADD_FIELDS)
	{
		if (parent != &state->projection->root && strchr(iter->key, '.') != NULL)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40183)),
					 errmsg("cannot use dotted field name '%s' in a sub object", iter->key)));
	}
	else
		positional = check_positional(state, iter->key, iter->keylen);

	if (iter->type == BSON_DOCUMENT)
	{
		if (positional)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(31271)),
					 errmsg("positional projection cannot be used with an expression or sub "
							"object")));
		parse_document(state, parent, iter);
		return;
	}
	if (state->mode != PROJECT_ADD_FIELDS)
	{
		BsonValue	value;

		pgbson_iter_value(iter, &value);
		if (value.type == BSON_BOOL || pgbson_is_number(&value))
		{
			bool		include = pgbson_is_truthy(&value);

			if (positional && !include)
				ereport(ERROR,
						(errcode(DOCDB_SQLSTATE(31395)),
						 errmsg("positional projection cannot be used with exclusion")));
			if (positional)
				parse_positional(state, parent, iter);
			else if (include)
				parse_inclusion(state, parent, iter, false);
			else
				parse_exclusion(state, parent, iter);
			return;
		}
		if (positional)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(31308)),
					 errmsg("positional projection cannot be used with a literal")));
	}
	parse_literal(state, parent, iter);
}

/* ---- The whole ---- */

/* What a projection is where no field other than _id tells. */
static ProjectType
default_type(const CompileState *state)
{
	if (state->has_slice)
		return state->id_included ? PROJECT_TYPE_INCLUSION : PROJECT_TYPE_EXCLUSION;
	if (state->has_elem_match || state->id_included)
		return PROJECT_TYPE_INCLUSION;
	return state->has_meta && state->mode == PROJECT_STAGE ?
		PROJECT_TYPE_INCLUSION : PROJECT_TYPE_EXCLUSION;
}

/* Works out below which branches something is computed, or positional. */
static void
mark_branches(ProjectNode *node)
{
	check_stack_depth();
	for (int i = 0; i < node->nchildren; i++)
	{
		mark_branches(node->child[i]);
		node->computes |= node->child[i]->computes;
		node->positional |= node->child[i]->positional;
	}
}

static void
remove_child(ProjectNode *parent, const char *name)
{
	for (int i = 0; i < parent->nchildren; i++)
	{
		if (strcmp(parent->child[i]->name, name) == 0)
		{
			parent->nchildren--;
			memmove(&parent->child[i], &parent->child[i + 1],
					(parent->nchildren - i) * sizeof(ProjectNode *));
			return;
		}
	}
}

static void
require_document(const BsonValue *spec, ProjectMode mode)
{
	if (spec->type == BSON_DOCUMENT)
		return;
	switch (mode)
	{
		case PROJECT_FIND:
			ereport(ERROR,
					(errcode(DOCDB_ERR_TYPE_MISMATCH),
					 errmsg("BSON field 'find.projection' is the wrong type '%s', expected type "
							"'object'", pgbson_type_name(spec->type))));
			break;
		case PROJECT_STAGE:
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(15969)),
					 errmsg("$project specification must be an object")));
			break;
		case PROJECT_ADD_FIELDS:
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40272)),
					 errmsg("$addFields specification stage must be an object, got %s",
							pgbson_type_name(spec->type))));
			break;
	}
}

Projection *
project_compile(const BsonValue *spec, ProjectMode mode, ExprScope *scope)
{
	CompileState state = {mode, scope};
	BsonIter	iter;
	ProjectNode *root;

	require_document(spec, mode);
	state.projection = palloc0(sizeof(Projection));
	root = &state.projection->root;
	if (mode == PROJECT_ADD_FIELDS)
		state.type = PROJECT_TYPE_ADDITION;

	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		if (strcmp(iter.key, "_id") == 0 || strncmp(iter.key, "_id.", 4) == 0)
			state.id_specified = true;
		parse_element(&state, root, &iter);
	}
	if (mode == PROJECT_STAGE && root->nchildren == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51272)),
				 errmsg("projection specification must have at least one field")));

	if (state.type == PROJECT_TYPE_UNKNOWN)
		state.type = default_type(&state);
	if (state.type == PROJECT_TYPE_INCLUSION && !state.id_specified)
	{
		BsonPath   *id = pgbson_path_parse("_id", 3);

		add_child(root, make_node(PROJECT_NODE_INCLUDE), &id->part[0]);
	}
	if (state.type == PROJECT_TYPE_EXCLUSION && state.id_included)
		remove_child(root, "_id");
	mark_branches(root);
	state.projection->type = state.type;
	state.projection->trivial = root->nchildren == 0 && state.type != PROJECT_TYPE_INCLUSION;
	return state.projection;
}

void
project_set_filter(Projection *projection, const BsonValue *filter, ExprScope *scope)
{
	if (projection->root.positional)
		projection->matcher = match_compile_limited(filter, MATCH_NO_FEATURES, scope);
}

bool
project_is_positional(const Projection *projection)
{
	return projection->root.positional;
}

bool
project_is_trivial(const Projection *projection)
{
	return projection->trivial;
}

/* Appends the exclusion of a path, which must be one: a NUL could not stand in a field name. */
static void
append_exclusion(BsonBuilder *builder, const BsonValue *path)
{
	(void) expr_parse_field_path(path->v.data, path->len);
	pgbson_append_bool(builder, path->v.data, path->len, false);
}

void
project_unset_spec(const BsonValue *spec, BsonValue *exclusion)
{
	BsonBuilder builder;
	BsonIter	iter;

	pgbson_builder_init(&builder);
	if (spec->type == BSON_STRING)
	{
		append_exclusion(&builder, spec);
		pgbson_finish(&builder, BSON_DOCUMENT, exclusion);
		return;
	}
	if (spec->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31002)),
				 errmsg("$unset specification must be a string or an array")));
	pgbson_iter_init(&iter, spec);
	if (iter.next >= iter.end)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(31119)),
				 errmsg("$unset specification must be a string or an array with at least one "
						"field")));
	while (pgbson_iter_next(&iter))
	{
		BsonValue	path;

		pgbson_iter_value(&iter, &path);
		if (path.type != BSON_STRING)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(31120)),
					 errmsg("$unset specification must be a string or an array containing only "
							"string values")));
		append_exclusion(&builder, &path);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, exclusion);
}
