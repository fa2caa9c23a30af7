/*
 * keys.c
 *		The keys that a document has for a list of paths, as indexes and sorts see it.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/errors.h"
#include "pgbson/sort.h"

/* Where a path that goes through an array by index goes on. */
typedef struct Position
{
	bool		set;			/* the array has an element of that index */
	bool		in_array;		/* which is itself an array */
	int			next;			/* the part after what was found */
	BsonValue	found;			/* BSON_MISSING where the path leads nowhere */
} Position;

/* How far each path has come: the part that is next, and the value where it is at its end. */
typedef struct KeyState
{
	int			next[BSON_MAX_KEYS];
	BsonValue	value[BSON_MAX_KEYS];
} KeyState;

typedef struct KeyContext
{
	const BsonKeyPaths *paths;
	BsonKeyCallback callback;
	void	   *arg;
	uint32		arrays;
} KeyContext;

/* The array that paths have met, and which paths those are. */
typedef struct MetArray
{
	BsonValue	array;			/* BSON_MISSING when none was met */
	const char *name;			/* of the path's part that holds it, for errors */
	int			namelen;
	uint32		paths;
	bool		keep_whole;		/* stands for itself where a path ends at it */
} MetArray;

static inline void
copy_state(const KeyContext *context, const KeyState *from, KeyState *to)
{
	memcpy(to->next, from->next, context->paths->npaths * sizeof(to->next[0]));
	memcpy(to->value, from->value, context->paths->npaths * sizeof(to->value[0]));
}

static void expand(KeyContext *context, const KeyState *from, const BsonValue *document,
				   const Position *positions);

/*
 * Walks from a value down to a path's end, to the first array on the way, or to nothing
 * (BSON_MISSING).  *next is the part to begin with, and then the part that would be next.
 */
static void
walk_to_array(const BsonValue *from, const BsonPath *path, int *next, BsonValue *value)
{
	*value = *from;
	while (*next < path->nparts && value->type == BSON_DOCUMENT)
	{
		const BsonPathPart *part = &path->part[(*next)++];
		BsonValue	container = *value;

		pgbson_get(&container, part->name, part->len, value);
	}
	if (*next < path->nparts && value->type != BSON_ARRAY)
		pgbson_make_simple(BSON_MISSING, value);
}

bool
pgbson_path_get_single(const BsonValue *document, const BsonPath *path, BsonValue *value)
{
	int			next = 0;

	walk_to_array(document, path, &next, value);
	return value->type != BSON_ARRAY;
}

/* The element that an index picks, and what the rest of the path leads to from there. */
static void
find_position(const BsonValue *array, const BsonPath *path, int next, Position *position)
{
	const BsonPathPart *part = &path->part[next];
	BsonValue	element;

	position->set = false;
	if (part->index < 0 || !pgbson_get(array, part->name, part->len, &element))
		return;
	position->set = true;
	position->in_array = element.type == BSON_ARRAY;
	position->next = next + 1;
	walk_to_array(&element, path, &position->next, &position->found);
}

static void
raise_parallel(const KeyContext *context, const MetArray *met, const BsonPathPart *part)
{
	if (context->paths->for_sort)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("cannot sort with keys that are parallel arrays")));
	ereport(ERROR,
			(errcode(DOCDB_ERR_CANNOT_INDEX_PARALLEL_ARRAYS),
			 errmsg("cannot index parallel arrays [%.*s] [%.*s]",
					(int) part->len, part->name, met->namelen, met->name)));
}

/*
 * Moves path i on, from a document (NULL for an array's element that is none) or from an element
 * picked by index.
 */
static void
advance(KeyContext *context, KeyState *state, int i, const BsonValue *document,
		const Position *position, MetArray *met)
{
	const BsonPath *path = context->paths->path[i];
	const BsonPathPart *part = &path->part[state->next[i]];
	BsonValue  *value = &state->value[i];
	BsonValue	field;
	bool		has_field = document && pgbson_get(document, part->name, part->len, &field);
	bool		picked = position && position->set;

	if (has_field && picked)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16746)),
				 errmsg("Ambiguous field name found in array (do not use numeric field names in "
						"embedded elements in an array), field: '%.*s'",
						(int) part->len, part->name)));
	if (has_field)
	{
		state->next[i]++;
		walk_to_array(&field, path, &state->next[i], value);
	}
	else if (picked)
	{
		state->next[i] = position->next;
		*value = position->found;
		met->keep_whole = met->keep_whole || (position->in_array && value->type == BSON_ARRAY);
	}
	else
		pgbson_make_simple(BSON_MISSING, value);

	if (value->type != BSON_ARRAY)
	{
		state->next[i] = path->nparts;
		return;
	}
	part = &path->part[state->next[i] - 1];
	if (met->array.type == BSON_MISSING)
	{
		met->array = *value;
		met->name = part->name;
		met->namelen = part->len;
	}
	else if (met->array.v.data != value->v.data)
		raise_parallel(context, met, part);
	met->paths |= (uint32) 1 << i;
}

/*
 * Goes on with one element of the array that was met.  Paths that end at the array have the
 * element or, where it was picked by index from another array, the whole of it.
 */
static void
expand_element(KeyContext *context, const KeyState *from, const MetArray *met,
			   const BsonValue *element, const Position *positions)
{
	KeyState	state;

	copy_state(context, from, &state);
	for (int i = 0; i < context->paths->npaths; i++)
	{
		if ((met->paths & (uint32) 1 << i) != 0 && state.next[i] == context->paths->path[i]->nparts)
			state.value[i] = met->keep_whole ? met->array : *element;
	}
	expand(context, &state, element->type == BSON_DOCUMENT ? element : NULL, positions);
}

static void
expand_array(KeyContext *context, const KeyState *state, MetArray *met)
{
	Position	positions[BSON_MAX_KEYS];
	BsonIter	iter;
	BsonValue	element;
	bool		empty = true;

	for (int i = 0; i < context->paths->npaths; i++)
	{
		const BsonPath *path = context->paths->path[i];

		positions[i].set = false;
		if ((met->paths & (uint32) 1 << i) == 0)
			continue;
		if (state->next[i] < path->nparts)
			find_position(&met->array, path, state->next[i], &positions[i]);
		if (!positions[i].set && !(state->next[i] == path->nparts && met->keep_whole))
			context->arrays |= (uint32) 1 << i;
	}

	pgbson_iter_init(&iter, &met->array);
	while (pgbson_iter_next(&iter))
	{
		CHECK_FOR_INTERRUPTS();
		empty = false;
		pgbson_iter_value(&iter, &element);
		expand_element(context, state, met, &element, positions);
	}
	if (empty)
	{
		met->keep_whole = false;
		pgbson_make_simple(BSON_UNDEFINED, &element);
		expand_element(context, state, met, &element, NULL);
	}
}

static void
expand(KeyContext *context, const KeyState *from, const BsonValue *document,
	   const Position *positions)
{
	KeyState	state;
	MetArray	met = {{BSON_MISSING}};

	check_stack_depth();
	copy_state(context, from, &state);
	for (int i = 0; i < context->paths->npaths; i++)
	{
		if (state.next[i] < context->paths->path[i]->nparts)
			advance(context, &state, i, document, positions ? &positions[i] : NULL, &met);
	}
	if (met.array.type == BSON_MISSING)
		context->callback(state.value, context->arg);
	else
		expand_array(context, &state, &met);
}

uint32
pgbson_each_key(const BsonKeyPaths *paths, const BsonValue *document, BsonKeyCallback callback,
				void *arg)
{
	KeyContext	context = {paths, callback, arg, 0};
	KeyState	state;

	for (int i = 0; i < paths->npaths; i++)
	{
		state.next[i] = 0;
		pgbson_make_simple(BSON_MISSING, &state.value[i]);
	}
	expand(&context, &state, document, NULL);
	return context.arrays;
}
