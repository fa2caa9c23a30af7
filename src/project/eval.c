/*
 * eval.c
 *		Applying a projection: one walk over the document, copying what is kept as raw bytes.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/errors.h"
#include "project/project_internal.h"

typedef struct EvalState
{
	const Projection *projection;
	const BsonValue *document;
	ExprEvalContext *context;
	BsonBuilder *builder;
} EvalState;

/* Which of a node's children a document's fields have met; more than 64 need memory. */
typedef struct SeenSet
{
	uint64		inline_bits;
	uint64	   *bits;
	int			count;
} SeenSet;

static void project_fields(EvalState *state, const ProjectNode *node, const BsonValue *document);

static void
seen_init(SeenSet *seen, int nchildren)
{
	seen->inline_bits = 0;
	seen->count = 0;
	seen->bits = nchildren <= 64 ? &seen->inline_bits :
		palloc0((nchildren + 63) / 64 * sizeof(uint64));
}

/* False if it was in the set before. */
static inline bool
seen_add(SeenSet *seen, int i)
{
	uint64		bit = UINT64CONST(1) << (i & 63);

	if (seen->bits[i / 64] & bit)
		return false;
	seen->bits[i / 64] |= bit;
	seen->count++;
	return true;
}

static inline bool
seen_has(const SeenSet *seen, int i)
{
	return (seen->bits[i / 64] >> (i & 63)) & 1;
}

/* ---- find's own operators ---- */

/* Appends the elements of an array that $slice lets through. */
static void
append_slice(EvalState *state, const ProjectSlice *slice, const BsonIter *element)
{
	BsonValue	array;
	BsonIter	iter;
	int64		count;
	int64		skip;
	int64		limit;

	if (element->type != BSON_ARRAY)
	{
		pgbson_append_element(state->builder, element);
		return;
	}
	pgbson_iter_value(element, &array);
	count = pgbson_count(&array);
	if (slice->has_skip)
	{
		skip = slice->skip >= 0 ? slice->skip : Max(count + slice->skip, 0);
		limit = slice->limit;
	}
	else
	{
		skip = slice->limit >= 0 ? 0 : Max(count + slice->limit, 0);
		limit = slice->limit < 0 ? -(int64) slice->limit : slice->limit;
	}
	pgbson_begin(state->builder, BSON_ARRAY, element->key, element->keylen);
	pgbson_iter_init(&iter, &array);
	while (limit > 0 && pgbson_iter_next(&iter))
	{
		BsonValue	value;

		if (skip-- > 0)
			continue;
		pgbson_iter_value(&iter, &value);
		pgbson_push(state->builder, &value);
		limit--;
	}
	pgbson_end(state->builder);
}

/* Appends an array of one element of an array; false where the array has none at the position. */
static bool
append_array_of_one(EvalState *state, const char *name, uint32 len, const BsonValue *array,
					int64 position)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	for (int64 i = 0; pgbson_iter_next(&iter); i++)
	{
		BsonValue	value;

		if (i < position)
			continue;
		pgbson_iter_value(&iter, &value);
		pgbson_begin(state->builder, BSON_ARRAY, name, len);
		pgbson_push(state->builder, &value);
		pgbson_end(state->builder);
		return true;
	}
	return false;
}

/* The first matching element of the document's array, as an array of one. */
static void
append_elem_match(EvalState *state, const ProjectNode *node)
{
	BsonValue	array;
	int64		position;

	if (!pgbson_get(state->document, node->name, node->len, &array) ||
		array.type != BSON_ARRAY)
		return;
	position = match_first_element(node->matcher, &array);
	if (position >= 0)
		(void) append_array_of_one(state, node->name, node->len, &array, position);
}

/* ---- Computed fields ---- */

/* Appends the value that a leaf makes; nothing where that is missing. */
static void
append_leaf(EvalState *state, const ProjectNode *node)
{
	BsonValue	value;

	if (node->kind == PROJECT_NODE_ELEM_MATCH)
	{
		append_elem_match(state, node);
		return;
	}
	expr_eval(node->expr, state->context, &value);
	pgbson_append(state->builder, node->name, node->len, &value);
}

/*
 * Appends the computed fields below node that the document had no place for, in the order of the
 * specification.  Without `seen` none of them was met.
 */
static void
append_computed(EvalState *state, const ProjectNode *node, const SeenSet *seen)
{
	check_stack_depth();
	for (int i = 0; i < node->nchildren; i++)
	{
		const ProjectNode *child = node->child[i];

		if (!child->computes || (seen != NULL && seen_has(seen, i)))
			continue;
		if (child->kind == PROJECT_NODE_BRANCH)
		{
			pgbson_begin(state->builder, BSON_DOCUMENT, child->name, child->len);
			append_computed(state, child, NULL);
			pgbson_end(state->builder);
		}
		else
			append_leaf(state, child);
	}
}

/* ---- The walk ---- */

/*
 * Appends what a branch makes of an array.  Elements that are documents are projected, those that
 * are arrays walked through; others are kept by an exclusion, dropped by an inclusion, and become
 * a document of the computed fields where there are any.
 */
static void
project_array(EvalState *state, const ProjectNode *node, const BsonValue *array)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (value.type == BSON_DOCUMENT)
		{
			pgbson_push_begin(state->builder, BSON_DOCUMENT);
			project_fields(state, node, &value);
			pgbson_end(state->builder);
		}
		else if (value.type == BSON_ARRAY)
		{
			pgbson_push_begin(state->builder, BSON_ARRAY);
			project_array(state, node, &value);
			pgbson_end(state->builder);
		}
		else if (node->computes)
		{
			pgbson_push_begin(state->builder, BSON_DOCUMENT);
			append_computed(state, node, NULL);
			pgbson_end(state->builder);
		}
		else if (state->projection->type != PROJECT_TYPE_INCLUSION)
			pgbson_push(state->builder, &value);
	}
}

/* Appends what a branch makes of a field. */
static void
project_branch(EvalState *state, const ProjectNode *node, const BsonIter *element)
{
	BsonBuilder *builder = state->builder;
	BsonValue	value;

	if (element->type == BSON_DOCUMENT)
	{
		pgbson_iter_value(element, &value);
		pgbson_begin(builder, BSON_DOCUMENT, element->key, element->keylen);
		project_fields(state, node, &value);
		pgbson_end(builder);
	}
	else if (element->type == BSON_ARRAY)
	{
		pgbson_iter_value(element, &value);
		pgbson_begin(builder, BSON_ARRAY, element->key, element->keylen);
		project_array(state, node, &value);
		pgbson_end(builder);
	}
	else if (node->computes)
	{
		pgbson_begin(builder, BSON_DOCUMENT, element->key, element->keylen);
		append_computed(state, node, NULL);
		pgbson_end(builder);
	}
	else if (state->projection->type != PROJECT_TYPE_INCLUSION)
		pgbson_append_element(builder, element);
}

/* Appends what a node makes of a document's field.  False where its place is at the end. */
static bool
project_field(EvalState *state, const ProjectNode *node, const BsonIter *element)
{
	switch (node->kind)
	{
		case PROJECT_NODE_BRANCH:
			project_branch(state, node, element);
			break;
		case PROJECT_NODE_INCLUDE:
			pgbson_append_element(state->builder, element);
			break;
		case PROJECT_NODE_EXCLUDE:
			break;
		case PROJECT_NODE_SLICE:
			append_slice(state, &node->slice, element);
			break;
		case PROJECT_NODE_COMPUTE:
		case PROJECT_NODE_ELEM_MATCH:
			if (state->projection->type == PROJECT_TYPE_INCLUSION)
				return false;
			append_leaf(state, node);
			break;
	}
	return true;
}

/*
 * Appends the fields of a document as a branch projects them.  The walk ends when every child has
 * met its field: what follows is kept or dropped as a whole.
 */
static void
project_fields(EvalState *state, const ProjectNode *node, const BsonValue *document)
{
	bool		keep = state->projection->type != PROJECT_TYPE_INCLUSION;
	SeenSet		seen;
	SeenSet		placed;
	BsonIter	iter;
	const char *kept_from;

	check_stack_depth();
	seen_init(&seen, node->nchildren);
	seen_init(&placed, node->nchildren);
	pgbson_iter_init(&iter, document);
	kept_from = iter.next;
	while (seen.count < node->nchildren && pgbson_iter_next(&iter))
	{
		int			place;
		const ProjectNode *child = project_find_child(node, iter.key, iter.keylen, &place);

		if (child == NULL || !seen_add(&seen, place))
			continue;
		if (keep)
			pgbson_append_elements(state->builder, kept_from, iter.key - 1);
		kept_from = iter.next;
		if (project_field(state, child, &iter))
			(void) seen_add(&placed, place);
	}
	if (keep)
		pgbson_append_elements(state->builder, kept_from, iter.end);
	if (node->computes && placed.count < node->nchildren)
		append_computed(state, node, &placed);
}

/* ---- The positional projection ---- */

/* Appends an array that is left with the element at a position. */
static void
append_position(EvalState *state, const BsonIter *element, int64 position)
{
	BsonValue	array;

	if (position < 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51246)),
				 errmsg("positional operator '.$' couldn't find a matching element in the "
						"array")));
	pgbson_iter_value(element, &array);
	if (append_array_of_one(state, element->key, element->keylen, &array, position))
		return;
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(51247)),
			 errmsg("positional operator '.$' element mismatch")));
}

/* Appends the fields of a projected document; the first array on the path of "<path>.$" shrinks. */
static void
append_fields_at(EvalState *state, const ProjectNode *node, const BsonValue *document,
				 int64 position)
{
	bool		found = false;
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
	{
		const ProjectNode *child = NULL;
		int			place;
		BsonValue	value;

		if (!found)
			child = project_find_child(node, iter.key, iter.keylen, &place);
		if (child == NULL || !child->positional)
		{
			pgbson_append_element(state->builder, &iter);
			continue;
		}
		found = true;
		if (iter.type == BSON_ARRAY)
			append_position(state, &iter, position);
		else if (iter.type == BSON_DOCUMENT && child->kind == PROJECT_NODE_BRANCH)
		{
			pgbson_iter_value(&iter, &value);
			pgbson_begin(state->builder, BSON_DOCUMENT, iter.key, iter.keylen);
			append_fields_at(state, child, &value, position);
			pgbson_end(state->builder);
		}
		else
			pgbson_append_element(state->builder, &iter);
	}
}

/* Replaces the projected document by one with a single element in the array. */
static void
apply_position(EvalState *state, BsonValue *result)
{
	const Projection *projection = state->projection;
	BsonValue	projected;
	int64		position = -1;

	if (projection->matcher != NULL)
		position = match_position(projection->matcher, state->document);
	pgbson_value_copy(result, &projected);
	pgbson_builder_reset(state->builder);
	append_fields_at(state, &projection->root, &projected, position);
	pgbson_finish(state->builder, BSON_DOCUMENT, result);
}

void
project_eval(const Projection *projection, const BsonValue *document, ExprEvalContext *context,
			 BsonBuilder *builder, BsonValue *result)
{
	EvalState	state = {projection, document, context, builder};

	if (projection->trivial)
	{
		*result = *document;
		return;
	}
	if (context != NULL)
		expr_context_set_root(context, document);
	pgbson_builder_reset(builder);
	project_fields(&state, &projection->root, document);
	pgbson_finish(builder, BSON_DOCUMENT, result);
	if (projection->root.positional)
		apply_position(&state, result);
}

Datum
project_result_datum(const BsonValue *result, BsonBuilder *builder)
{
	if (result->v.data == builder->buffer + VARHDRSZ)
		return pgbson_finished_datum(result);
	return pgbson_get_datum(result);
}
