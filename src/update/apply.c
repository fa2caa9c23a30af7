/*
 * apply.c
 *		Applying update operators: one walk over the document along the tree of paths.
 *
 * The walk copies what no path names as raw bytes, and ends in a document as soon as all paths
 * below it have met their fields.  New fields follow in the order of the tree's children.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "update/update_internal.h"

/* MongoDB pads an array with at most so many nulls at once. */
#define MAX_PADDING 1500000

typedef struct UpdateRun
{
	const Update *update;
	UpdateCall	call;
	bool		is_insert;
	bool		modified;
	BsonBuilder builder;
} UpdateRun;

static void apply_fields(UpdateRun *run, const UpdateNode *node, const BsonValue *document);
static void apply_elements(UpdateRun *run, const UpdateNode *node, const BsonIter *element);
static void apply_filtered(UpdateRun *run, const UpdateNode *node, const BsonIter *element);

/* ---- Leaves ---- */

/* Whether an action does anything in this run. */
static bool
is_active(const UpdateRun *run, const UpdateAction *action)
{
	if ((action->op->flags & UPDATE_INSERT_ONLY) && !run->is_insert)
		return false;
	if (action->op->flags & UPDATE_MOVES)
		return run->call.moved[((UpdateMoveEnd *) action->data)->move].type != BSON_MISSING;
	return true;
}

/* Whether an action makes a field that does not exist. */
static bool
action_creates(const UpdateRun *run, const UpdateAction *action)
{
	if (!is_active(run, action))
		return false;
	if (action->op->flags & UPDATE_MOVES)
		return !((UpdateMoveEnd *) action->data)->source;
	return (action->op->flags & UPDATE_CREATES) != 0;
}

static UpdateOutcome
call_action(UpdateRun *run, const UpdateAction *action, const BsonValue *old, BsonValue *new)
{
	run->call.action = action;
	return action->op->apply(&run->call, old, new);
}

/* Appends a new value. */
static void
append_new(UpdateRun *run, const char *key, uint32 keylen, const BsonValue *value)
{
	int			level = run->builder.depth;

	if (pgbson_is_deeper(value, BSON_MAX_DEPTH - level))
		ereport(ERROR,
				(errcode(DOCDB_ERR_OVERFLOW),
				 errmsg("Document exceeds maximum nesting depth of %d", BSON_MAX_DEPTH)));
	if (level == 1 && key[0] == '$')
		update_check_dollar_name(key);
	pgbson_append(&run->builder, key, keylen, value);
	run->modified = true;
}

/*
 * Appends what an action makes of a field.  A value that is the same in every bit is no change
 * in itself.
 */
static void
apply_leaf(UpdateRun *run, const UpdateAction *action, const BsonIter *element, bool in_array)
{
	BsonValue	old;
	BsonValue	new;

	if (!is_active(run, action))
	{
		pgbson_append_element(&run->builder, element);
		return;
	}
	pgbson_iter_value(element, &old);
	switch (call_action(run, action, &old, &new))
	{
		case UPDATE_SET:
			if (!update_identical(&old, &new))
			{
				append_new(run, element->key, element->keylen, &new);
				return;
			}
			break;
		case UPDATE_REMOVE:
			if (!in_array)
			{
				run->modified = true;
				return;
			}
			if (old.type != BSON_NULL)
			{
				pgbson_make_simple(BSON_NULL, &new);
				append_new(run, element->key, element->keylen, &new);
				return;
			}
			break;
		case UPDATE_KEEP:
			break;
	}
	pgbson_append_element(&run->builder, element);
}

/* ---- Paths that end early ---- */

/*
 * Whether anything below a node that the document does not have is to be created.  Array filters
 * need an array that is there.
 */
static bool
node_creates(const UpdateRun *run, const UpdateNode *node)
{
	check_stack_depth();
	if (node->action != NULL)
		return action_creates(run, node->action);
	for (int i = 0; i < node->nchildren; i++)
		if (node_creates(run, node->child[i]))
			return true;
	return false;
}

/* The first action below a node, for messages. */
static const UpdateAction *
first_action(const UpdateNode *node)
{
	while (node->action == NULL)
		node = node->child[0];
	return node->action;
}

/* Refuses array filters below a node that the document does not have. */
static void
check_filters_below(const UpdateNode *node)
{
	check_stack_depth();
	if (node->by_filter)
	{
		const UpdateAction *action = first_action(node);
		const char *filter = strstr(action->path, ".$[");

		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The path '%.*s' must exist in the document in order to apply array "
						"updates.",
						filter != NULL ? (int) (filter - action->path) : (int) action->pathlen,
						action->path)));
	}
	for (int i = 0; i < node->nchildren; i++)
		check_filters_below(node->child[i]);
}

/*
 * For actions below a value that can have no such child: raises what MongoDB does, unless no
 * action minds.  name is that of the child.
 */
static void
check_viable(const UpdateRun *run, const UpdateNode *node, const UpdateNode *child,
			 const BsonIter *element)
{
	BsonValue	value;

	check_stack_depth();
	if (node->action == NULL)
	{
		for (int i = 0; i < node->nchildren; i++)
			check_viable(run, node->child[i], child, element);
		return;
	}
	if (action_creates(run, node->action))
	{
		pgbson_iter_value(element, &value);
		ereport(ERROR,
				(errcode(DOCDB_ERR_PATH_NOT_VIABLE),
				 errmsg("Cannot create field '%s' in element %s", child->name,
						update_field_text(element->key, element->keylen, &value))));
	}
	if ((node->action->op->flags & (UPDATE_LENIENT | UPDATE_MOVES)) == 0 &&
		is_active(run, node->action))
	{
		pgbson_iter_value(element, &value);
		ereport(ERROR,
				(errcode(DOCDB_ERR_PATH_NOT_VIABLE),
				 errmsg("Cannot use the part (%s) of (%s) to traverse the element (%s)",
						child->name, node->action->path,
						update_field_text(element->key, element->keylen, &value))));
	}
}

/* Appends a field that the document does not have, with its parents, where an action creates it. */
static void
create_field(UpdateRun *run, const UpdateNode *node, const char *key, uint32 keylen)
{
	BsonValue	missing;
	BsonValue	new;

	check_stack_depth();
	if (!node_creates(run, node))
		return;
	if (node->action == NULL)
	{
		if (run->builder.depth == 1 && key[0] == '$')
			update_check_dollar_name(key);
		pgbson_begin(&run->builder, BSON_DOCUMENT, key, keylen);
		for (int i = 0; i < node->nchildren; i++)
			create_field(run, node->child[i], node->child[i]->name, node->child[i]->len);
		pgbson_end(&run->builder);
		return;
	}
	pgbson_make_simple(BSON_MISSING, &missing);
	if (call_action(run, node->action, &missing, &new) == UPDATE_SET)
		append_new(run, key, keylen, &new);
}

/* ---- The walk ---- */

/* Appends what a node makes of a field or element that is there. */
static void
apply_node(UpdateRun *run, const UpdateNode *node, const BsonIter *element, bool in_array)
{
	BsonValue	value;

	check_stack_depth();
	if (node->action != NULL)
		apply_leaf(run, node->action, element, in_array);
	else if (node->by_filter)
		apply_filtered(run, node, element);
	else if (element->type == BSON_DOCUMENT)
	{
		pgbson_iter_value(element, &value);
		pgbson_begin(&run->builder, BSON_DOCUMENT, element->key, element->keylen);
		apply_fields(run, node, &value);
		pgbson_end(&run->builder);
	}
	else if (element->type == BSON_ARRAY)
		apply_elements(run, node, element);
	else
	{
		for (int i = 0; i < node->nchildren; i++)
		{
			check_filters_below(node->child[i]);
			check_viable(run, node->child[i], node->child[i], element);
		}
		pgbson_append_element(&run->builder, element);
	}
}

/* The same for a field at the top of the document: _id may not change. */
static void
apply_top_node(UpdateRun *run, const UpdateNode *node, const BsonIter *element)
{
	bool		modified = run->modified;

	run->modified = false;
	apply_node(run, node, element, false);
	if (run->modified && pgbson_iter_key_is(element, "_id", 3))
		ereport(ERROR,
				(errcode(DOCDB_ERR_IMMUTABLE_FIELD),
				 errmsg("Performing an update on the path '%s' would modify the immutable "
						"field '_id'", first_action(node)->path)));
	run->modified |= modified;
}

static bool *
make_flags(int count)
{
	return palloc0(count * sizeof(bool));
}

static void
apply_fields(UpdateRun *run, const UpdateNode *node, const BsonValue *document)
{
	bool		few_flags[16] = {false};
	bool	   *seen = node->nchildren <= lengthof(few_flags) ? few_flags :
	make_flags(node->nchildren);
	UpdateNode **by_place = node->by_name != NULL ? node->by_name : node->child;
	bool		top = run->builder.depth == 1;
	int			nseen = 0;
	BsonIter	iter;
	const char *copy_from;

	pgbson_iter_init(&iter, document);
	copy_from = iter.next;
	while (nseen < node->nchildren && pgbson_iter_next(&iter))
	{
		int			place;
		const UpdateNode *child = update_find_child(node, iter.key, iter.keylen, &place);

		if (child == NULL || seen[place])
			continue;
		seen[place] = true;
		nseen++;
		pgbson_append_elements(&run->builder, copy_from, iter.key - 1);
		copy_from = iter.next;
		if (top)
			apply_top_node(run, child, &iter);
		else
			apply_node(run, child, &iter, false);
	}
	pgbson_append_elements(&run->builder, copy_from, iter.end);
	if (nseen == node->nchildren)
		return;
	for (int i = 0; i < node->nchildren; i++)
	{
		UpdateNode *child = node->child[i];
		int			place = i;

		if (by_place != node->child)
			(void) update_find_child(node, child->name, child->len, &place);
		if (seen[place])
			continue;
		check_filters_below(child);
		create_field(run, child, child->name, child->len);
	}
}

/* Appends an element that an array does not have, and nulls up to it. */
static void
create_element(UpdateRun *run, const UpdateNode *child, int64 *count)
{
	char		name[12];
	int			len;
	BsonValue	null;

	check_filters_below(child);
	if (!node_creates(run, child))
		return;
	if (child->index - *count > MAX_PADDING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_BACKFILL_ARRAY),
				 errmsg("can't backfill more than %d elements", MAX_PADDING)));
	pgbson_make_simple(BSON_NULL, &null);
	while (*count < child->index)
	{
		CHECK_FOR_INTERRUPTS();
		len = pg_ultoa_n((*count)++, name);
		pgbson_append(&run->builder, name, len, &null);
	}
	len = pg_ultoa_n((*count)++, name);
	create_field(run, child, name, len);
}

/* Appends what a node with named children makes of an array: names are its elements' indexes. */
static void
apply_elements(UpdateRun *run, const UpdateNode *node, const BsonIter *element)
{
	bool	   *seen = make_flags(node->nchildren);
	int			nseen = 0;
	int64		count = 0;
	BsonValue	array;
	BsonIter	iter;

	pgbson_iter_value(element, &array);
	pgbson_begin(&run->builder, BSON_ARRAY, element->key, element->keylen);
	pgbson_iter_init(&iter, &array);
	while (nseen < node->nchildren && pgbson_iter_next(&iter))
	{
		const UpdateNode *child = NULL;

		for (int i = 0; i < node->nchildren; i++)
		{
			if (node->child[i]->index != count)
				continue;

			/* Unlike MongoDB, "a.1" and "a.01" are not both applied to one element. */
			if (child != NULL)
				ereport(ERROR,
						(errcode(DOCDB_ERR_CONFLICTING_UPDATE_OPERATORS),
						 errmsg("Update created a conflict at '%s'",
								first_action(child)->path)));
			child = node->child[i];
			seen[i] = true;
			nseen++;
		}
		if (child != NULL)
			apply_node(run, child, &iter, true);
		else
			pgbson_append_element(&run->builder, &iter);
		count++;
	}
	pgbson_append_elements(&run->builder, iter.next, iter.end);
	for (int i = 0; i < node->nchildren; i++)
	{
		const UpdateNode *child = node->child[i];

		if (seen[i])
			continue;
		if (child->index >= count)
			create_element(run, child, &count);
		else
		{
			check_filters_below(child);
			check_viable(run, child, child, element);
		}
	}
	pgbson_end(&run->builder);
	pfree(seen);
}

/* What an array's element meets in a node with filters: the nodes of those that match, merged. */
static const UpdateNode *
matching_node(UpdateRun *run, const UpdateNode *node, const BsonIter *iter)
{
	const UpdateNode *found = NULL;

	for (int i = 0; i < node->nchildren; i++)
	{
		const UpdateNode *child = node->child[i];

		if (child->filter != NULL &&
			!update_filter_matches(child->filter, iter, run->call.context))
			continue;
		if (found == NULL)
			found = child;
		else
			found = update_merge_nodes(found, child,
									   psprintf("%s.%s", first_action(node)->path, iter->key));
	}
	return found;
}

static void
apply_filtered(UpdateRun *run, const UpdateNode *node, const BsonIter *element)
{
	BsonValue	array;
	BsonIter	iter;

	pgbson_iter_value(element, &array);
	if (element->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Cannot apply array updates to non-array element %s: %s", element->key,
						pgbson_to_json(&array, BSON_JSON_RELAXED))));
	pgbson_begin(&run->builder, BSON_ARRAY, element->key, element->keylen);
	pgbson_iter_init(&iter, &array);
	while (pgbson_iter_next(&iter))
	{
		const UpdateNode *found = matching_node(run, node, &iter);

		CHECK_FOR_INTERRUPTS();
		if (found != NULL)
			apply_node(run, found, &iter, true);
		else
			pgbson_append_element(&run->builder, &iter);
	}
	pgbson_end(&run->builder);
}

/*
 * The tree of paths for a document, whose "$" is the element that the filter met; an upsert's was
 * met by no filter.
 */
static const UpdateNode *
positional_root(const Update *update, const BsonValue *document, bool is_insert)
{
	int64		position = -1;

	if (update->matcher != NULL && !is_insert)
		position = match_position(update->matcher, document);
	if (position < 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The positional operator did not find the match needed from the "
						"query.")));
	return update_place_position(&update->root, position);
}

/*
 * Unlike MongoDB, which goes through the paths in their order, the walk meets them in the order of
 * the document's fields: of several errors another one may be raised.
 */
bool
update_apply_operators(const Update *update, const BsonValue *document, bool is_insert,
					   ExprEvalContext *context, BsonValue *result)
{
	UpdateRun	run = {.update = update, .is_insert = is_insert};
	const UpdateNode *root = &update->root;

	if (update->positional)
		root = positional_root(update, document, is_insert);
	run.call.document = document;
	run.call.context = context;
	if (update->nmoves > 0)
	{
		BsonValue  *moved = palloc(update->nmoves * sizeof(BsonValue));

		for (int i = 0; i < update->nmoves; i++)
			update_resolve_move(&update->moves[i], document, &moved[i]);
		run.call.moved = moved;
	}
	pgbson_builder_init(&run.builder);
	apply_fields(&run, root, document);
	if (!run.modified && !update->always_modifies)
		return false;
	pgbson_finish(&run.builder, BSON_DOCUMENT, result);
	if (update->names_dbref && run.modified)
		update_check_dbrefs(result);
	return true;
}
