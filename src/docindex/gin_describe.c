/*
 * gin_describe.c
 *		The bounds of a scan of a wildcard index as people read them.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "docindex/gin_internal.h"

/* What is asked of one path. */
typedef struct PathBounds
{
	const char *path;
	KeyIntervals keys;
} PathBounds;

/* The keys of which a value that meets all conditions on a path has one. */
static KeyIntervals
source_keys(const GinSource *source, const BsonCollation *collation)
{
	KeyIntervals keys = docindex_intervals_all();
	ListCell   *lc;

	foreach(lc, source->conditions)
	{
		ConditionBounds bounds;

		docindex_condition_bounds(lfirst(lc), collation, true, false, &bounds);
		keys = docindex_intervals_intersect(&keys, &bounds.keys);
	}
	return keys;
}

static void
add_source(const GinSource *source, const BsonCollation *collation, List **paths,
		   List **values)
{
	KeyIntervals keys = source_keys(source, collation);
	PathBounds *bounds;
	ListCell   *lc;

	docindex_collect_values(source->conditions, values);
	foreach(lc, *paths)
	{
		bounds = lfirst(lc);
		if (strcmp(bounds->path, source->path) != 0)
			continue;
		bounds->keys = docindex_intervals_union(&bounds->keys, &keys);
		return;
	}
	bounds = palloc(sizeof(PathBounds));
	bounds->path = source->path;
	bounds->keys = keys;
	*paths = lappend(*paths, bounds);
}

static void
add_tree(const GinTree *tree, const BsonCollation *collation, List **paths, List **values)
{
	ListCell   *lc;

	check_stack_depth();
	if (tree->source != NULL)
		add_source(tree->source, collation, paths, values);
	else
	{
		foreach(lc, tree->children)
			add_tree(lfirst(lc), collation, paths, values);
	}
}

void
docindex_describe_wildcard(Relation index, List *filters, BsonValue *result)
{
	const GinSpec *spec = docindex_gin_spec(index);
	List	   *paths = NIL;
	List	   *values = NIL;
	BsonBuilder builder;
	ListCell   *lc;

	foreach(lc, filters)
	{
		GinQuery	query;

		if (docindex_gin_query(spec, lfirst(lc), &query))
			add_tree(query.tree, spec->collator, &paths, &values);
	}
	pgbson_builder_init(&builder);
	foreach(lc, paths)
	{
		const PathBounds *bounds = lfirst(lc);

		pgbson_begin(&builder, BSON_ARRAY, bounds->path, -1);
		docindex_push_intervals(&bounds->keys, false, values, spec->collator, &builder);
		pgbson_end(&builder);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, result);
}
