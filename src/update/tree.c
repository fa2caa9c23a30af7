/*
 * tree.c
 *		The tree of paths that an update of operators compiles to.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "update/update_internal.h"

const UpdateOp update_ops[UPDATE_OP_COUNT] = {
#define UPDATE_OP(name, symbol, flags, parse, apply) {name, flags, parse, apply},
#include "update/update_oplist.h"
#undef UPDATE_OP
};

/* From so many children on they are also kept sorted by name. */
#define MANY_CHILDREN 16

static int
compare_op_names(const void *name, const void *op)
{
	return strcmp((const char *) name, ((const UpdateOp *) op)->name);
}

static const UpdateOp *
find_op(const char *name)
{
#ifdef USE_ASSERT_CHECKING
	for (int i = 1; i < UPDATE_OP_COUNT; i++)
		Assert(strcmp(update_ops[i - 1].name, update_ops[i].name) < 0);
#endif
	return bsearch(name, update_ops, UPDATE_OP_COUNT, sizeof(UpdateOp), compare_op_names);
}

/* ---- Children ---- */

static int
compare_bytes(const char *a, uint32 alen, const char *b, uint32 blen)
{
	int			order = memcmp(a, b, Min(alen, blen));

	if (order != 0)
		return order;
	return alen < blen ? -1 : alen > blen;
}

/* A name that is a number as an array's elements have it: without leading zeros. */
static bool
is_plain_number(const UpdateNode *node)
{
	return node->index >= 0 && (node->name[0] != '0' || node->len == 1);
}

/*
 * The order in which MongoDB creates missing fields: numbers by value, all else by bytes.  It is
 * no total order where both kinds meet, so it must not be searched by.
 */
static int
compare_creation(const UpdateNode *a, const UpdateNode *b)
{
	if (is_plain_number(a) && is_plain_number(b) && a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return compare_bytes(a->name, a->len, b->name, b->len);
}

static int
compare_by_name(const void *a, const void *b)
{
	const UpdateNode *node_a = *(UpdateNode *const *) a;
	const UpdateNode *node_b = *(UpdateNode *const *) b;

	return compare_bytes(node_a->name, node_a->len, node_b->name, node_b->len);
}

/* A decimal number as an array index; -1 where the name is none. */
static int64
parse_index(const char *name, uint32 len)
{
	int64		index = 0;

	if (len == 0)
		return -1;
	for (uint32 i = 0; i < len; i++)
	{
		if (name[i] < '0' || name[i] > '9')
			return -1;
		index = index * 10 + (name[i] - '0');
		if (index > PG_UINT32_MAX)
			return -1;
	}
	return index;
}

UpdateNode *
update_find_child(const UpdateNode *node, const char *name, uint32 len, int *place)
{
	if ((node->mask & update_name_bit(name, len)) == 0)
		return NULL;
	if (node->by_name != NULL)
	{
		int			low = 0;
		int			high = node->nchildren;

		while (low < high)
		{
			int			middle = (low + high) / 2;
			UpdateNode *child = node->by_name[middle];
			int			order = compare_bytes(name, len, child->name, child->len);

			if (order == 0)
			{
				*place = middle;
				return child;
			}
			if (order < 0)
				high = middle;
			else
				low = middle + 1;
		}
		return NULL;
	}
	for (int i = 0; i < node->nchildren; i++)
	{
		UpdateNode *child = node->child[i];

		if (child->len == len && memcmp(child->name, name, len) == 0)
		{
			*place = i;
			return child;
		}
	}
	return NULL;
}

static UpdateNode *
make_node(const char *name, uint32 len)
{
	UpdateNode *node = palloc0(sizeof(UpdateNode));

	node->name = name;
	node->len = len;
	node->index = parse_index(name, len);
	return node;
}

static void
add_child(UpdateNode *parent, UpdateNode *child)
{
	int			place = parent->nchildren;

	if (parent->nchildren >= parent->max_children)
	{
		int			max = Max(4, 2 * parent->max_children);

		if (parent->child == NULL)
			parent->child = palloc(max * sizeof(UpdateNode *));
		else
			parent->child = repalloc(parent->child, max * sizeof(UpdateNode *));
		parent->max_children = max;
	}
	while (place > 0 && compare_creation(child, parent->child[place - 1]) < 0)
	{
		parent->child[place] = parent->child[place - 1];
		place--;
	}
	parent->child[place] = child;
	parent->nchildren++;
	parent->mask |= update_name_bit(child->name, child->len);
}

/* The child of that name while the tree is being built. */
static UpdateNode *
get_child(const UpdateNode *parent, const char *name, uint32 len)
{
	int			place;

	return update_find_child(parent, name, len, &place);
}

/* Sorts the children of nodes that have many, once all are there. */
static void
sort_names(UpdateNode *node)
{
	check_stack_depth();
	for (int i = 0; i < node->nchildren; i++)
		sort_names(node->child[i]);
	if (node->nchildren < MANY_CHILDREN)
		return;
	node->by_name = palloc(node->nchildren * sizeof(UpdateNode *));
	memcpy(node->by_name, node->child, node->nchildren * sizeof(UpdateNode *));
	qsort(node->by_name, node->nchildren, sizeof(UpdateNode *), compare_by_name);
}

/* ---- Paths ---- */

static bool
is_positional(const BsonPathPart *part)
{
	return part->len == 1 && part->name[0] == '$';
}

static bool
is_filter(const BsonPathPart *part)
{
	return part->len >= 3 && part->name[0] == '$' && part->name[1] == '[' &&
		part->name[part->len - 1] == ']';
}

/* Refuses what MongoDB refuses in a path whatever the document. */
static void
check_path(UpdateParser *parser, const BsonPath *path, const char *text, uint32 len)
{
	int			npositional = 0;

	if (len == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_EMPTY_FIELD_NAME),
				 errmsg("An empty update path is not valid.")));
	for (int i = 0; i < path->nparts; i++)
	{
		const BsonPathPart *part = &path->part[i];

		if (part->len == 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_EMPTY_FIELD_NAME),
					 errmsg("The update path '%s' contains an empty field name, which is not "
							"allowed.", text)));
		if (is_positional(part))
		{
			npositional++;
			parser->update->positional = true;
		}
	}
	if (npositional > 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Too many positional (i.e. '$') elements found in path '%s'", text)));
	if (is_positional(&path->part[0]))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Cannot have positional (i.e. '$') element in the first position in "
						"path '%s'", text)));
	if (is_filter(&path->part[0]))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Cannot have array filter identifier (i.e. '$[<id>]') element in the "
						"first position in path '%s'", text)));
	if (path->nparts > BSON_MAX_DEPTH)
		ereport(ERROR,
				(errcode(DOCDB_ERR_OVERFLOW),
				 errmsg("Document exceeds maximum nesting depth of %d", BSON_MAX_DEPTH)));
}

pg_noreturn static void conflict(const BsonPath *path, const char *text, int nparts);

static void
conflict(const BsonPath *path, const char *text, int nparts)
{
	const BsonPathPart *last = &path->part[nparts - 1];

	ereport(ERROR,
			(errcode(DOCDB_ERR_CONFLICTING_UPDATE_OPERATORS),
			 errmsg("Updating the path '%s' would create a conflict at '%.*s'", text,
					(int) (last->name + last->len - path->part[0].name), text)));
}

/* The filter that "$[name]" refers to; NULL for "$[]". */
static UpdateFilter *
find_filter(UpdateParser *parser, const char *name, uint32 len, const char *path)
{
	Update	   *update = parser->update;

	if (len == 0)
		return NULL;
	for (int i = 0; i < update->nfilters; i++)
	{
		UpdateFilter *filter = &update->filters[i];

		if (filter->len == len && memcmp(filter->name, name, len) == 0)
		{
			filter->used = true;
			return filter;
		}
	}
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("No array filter found for identifier '%.*s' in path '%s'", (int) len, name,
					path)));
	return NULL;				/* not reached */
}

/* The child for a component of a path; conflicts where it is of the other kind than the others. */
static UpdateNode *
make_child(UpdateParser *parser, UpdateNode *parent, const BsonPath *path, int i,
		   const char *text, bool literal)
{
	const BsonPathPart *part = &path->part[i];
	bool		by_filter = !literal && is_filter(part);
	UpdateNode *child;

	if (parent->nchildren > 0 && parent->by_filter != by_filter)
		conflict(path, text, i);
	child = get_child(parent, part->name, part->len);
	if (child != NULL)
	{
		if (child->action != NULL || i == path->nparts - 1)
			conflict(path, text, i + 1);
		return child;
	}
	child = make_node(part->name, part->len);
	child->positional = !literal && is_positional(part);
	if (by_filter)
	{
		parent->by_filter = true;
		child->filter = find_filter(parser, part->name + 2, part->len - 3, text);
	}
	add_child(parent, child);
	return child;
}

void
update_add_action(UpdateParser *parser, const char *path, uint32 len, UpdateAction *action,
				  bool literal)
{
	BsonPath   *parts = pgbson_path_parse(path, len);
	UpdateNode *node = &parser->update->root;

	if (!literal)
		check_path(parser, parts, path, len);
	for (int i = 0; i < parts->nparts; i++)
		node = make_child(parser, node, parts, i, path, literal);
	node->action = action;
}

/* ---- Merging ---- */

UpdateNode *
update_merge_nodes(const UpdateNode *a, const UpdateNode *b, const char *path)
{
	UpdateNode *merged;

	check_stack_depth();
	if (a->action != NULL || b->action != NULL || a->by_filter != b->by_filter)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CONFLICTING_UPDATE_OPERATORS),
				 errmsg("Update created a conflict at '%s'", path)));
	merged = make_node(a->name, a->len);
	merged->by_filter = a->by_filter;
	for (int i = 0; i < a->nchildren; i++)
	{
		UpdateNode *child = a->child[i];
		UpdateNode *other = get_child(b, child->name, child->len);

		if (other != NULL)
		{
			UpdateFilter *filter = child->filter;

			child = update_merge_nodes(child, other, psprintf("%s.%s", path, child->name));
			child->filter = filter;
		}
		add_child(merged, child);
	}
	for (int i = 0; i < b->nchildren; i++)
		if (get_child(a, b->child[i]->name, b->child[i]->len) == NULL)
			add_child(merged, b->child[i]);
	return merged;
}

/* ---- The positional operator ---- */

/* Notes on every node whether "$" stands below it. */
static bool
mark_positional(UpdateNode *node)
{
	check_stack_depth();
	for (int i = 0; i < node->nchildren; i++)
		if (mark_positional(node->child[i]))
			node->positional = true;
	return node->positional;
}

/* Adds a node to another's children, or merges it with the one of its name. */
static void
add_or_merge(UpdateNode *parent, UpdateNode *node, const char *path)
{
	for (int i = 0; i < parent->nchildren; i++)
	{
		UpdateNode *child = parent->child[i];

		if (child->len == node->len && memcmp(child->name, node->name, node->len) == 0)
		{
			parent->child[i] = update_merge_nodes(child, node, path);
			return;
		}
	}
	add_child(parent, node);
}

/* Whether a node is "$" itself. */
static bool
is_position(const UpdateNode *node)
{
	return node->positional && node->len == 1 && node->name[0] == '$';
}

/* A copy of a node, whose path is given, with a name in the place of every "$" below it. */
static UpdateNode *
place_below(const UpdateNode *node, const char *name, const char *path)
{
	UpdateNode *copy = make_node(node->name, node->len);

	check_stack_depth();
	copy->action = node->action;
	copy->by_filter = node->by_filter;
	copy->filter = node->filter;
	for (int i = 0; i < node->nchildren; i++)
	{
		UpdateNode *child = node->child[i];
		bool		placed = is_position(child);
		const char *child_name = placed ? name : pnstrdup(child->name, child->len);
		const char *child_path = *path ? psprintf("%s.%s", path, child_name) : child_name;

		if (child->positional)
			child = place_below(child, name, child_path);
		if (placed)
		{
			child->name = name;
			child->len = strlen(name);
			child->index = parse_index(name, child->len);
		}
		add_or_merge(copy, child, child_path);
	}
	return copy;
}

const UpdateNode *
update_place_position(const UpdateNode *root, int64 position)
{
	return place_below(root, psprintf(INT64_FORMAT, position), "");
}

/* ---- Operators ---- */

/* One operator with its document of paths and operands. */
static void
parse_operator(UpdateParser *parser, const BsonIter *modifier)
{
	const UpdateOp *op = find_op(modifier->key);
	BsonValue	paths;
	BsonIter	iter;

	if (op == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Unknown modifier: %s. Expected a valid update modifier or "
						"pipeline-style update specified as an array", modifier->key)));
	pgbson_iter_value(modifier, &paths);
	if (paths.type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Modifiers operate on fields but we found type %s instead. For "
						"example: {$mod: {<field>: ...}} not {%s: %s}",
						pgbson_type_name(paths.type), modifier->key,
						pgbson_to_json(&paths, BSON_JSON_RELAXED))));

	pgbson_iter_init(&iter, &paths);
	while (pgbson_iter_next(&iter))
	{
		UpdateAction *action = palloc0(sizeof(UpdateAction));

		action->op = op;
		action->path = iter.key;
		action->pathlen = iter.keylen;
		pgbson_iter_value(&iter, &action->operand);
		op->parse(parser, action);
		update_add_action(parser, action->path, action->pathlen, action, false);
	}
}

void
update_parse_operators(UpdateParser *parser, const BsonValue *update)
{
	UpdateNode *root = &parser->update->root;
	BsonIter	iter;

	pgbson_iter_init(&iter, update);
	while (pgbson_iter_next(&iter))
		parse_operator(parser, &iter);
	sort_names(root);
	(void) mark_positional(root);
	for (int i = 0; i < root->nchildren; i++)
		if (update_is_dbref_name(root->child[i]->name))
			parser->update->names_dbref = true;
}
