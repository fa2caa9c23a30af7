/*
 * optimize.c
 *		The order of stages.
 *
 * A $match comes before whatever it does not depend on, so that it becomes a condition on the
 * collection's table and an index can serve it; so does a $sort; a $skip or $limit comes before
 * stages that give one document for each.  A stage whose specification has not the form expected
 * stays where it is: its own function raises the error.
 */
#include "postgres.h"

#include "pgbson/number.h"
#include "pipeline/pipeline_internal.h"

static uint32
root_length(const char *path, uint32 len)
{
	const char *dot = memchr(path, '.', len);

	return dot ? dot - path : len;
}

/* Whether a path begins with the name. */
static bool
has_root(const char *path, uint32 pathlen, const char *name, uint32 len)
{
	return root_length(path, pathlen) == len && memcmp(path, name, len) == 0;
}

/* ---- What stages modify ---- */

bool
pipeline_modifies_nothing(const BsonValue *spec, const char *name, uint32 len)
{
	return false;
}

bool
pipeline_modifies_all(const BsonValue *spec, const char *name, uint32 len)
{
	return true;
}

/* $addFields: what is named. */
bool
pipeline_modifies_names(const BsonValue *spec, const char *name, uint32 len)
{
	BsonIter	iter;

	if (spec->type != BSON_DOCUMENT)
		return true;
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
		if (has_root(iter.key, iter.keylen, name, len))
			return true;
	return false;
}

/* What a $project says of a field: 1 to keep it, 0 to drop it, -1 for anything else. */
static int
projected_as(const BsonIter *iter)
{
	BsonValue	value;

	pgbson_iter_value(iter, &value);
	if (value.type != BSON_BOOL && !pgbson_is_number(&value))
		return -1;
	return pgbson_is_truthy(&value);
}

/*
 * $project: with inclusions, all but the fields that are kept as they are, _id among them; with
 * exclusions only, what is named.
 */
bool
pipeline_modifies_projected(const BsonValue *spec, const char *name, uint32 len)
{
	bool		is_id = len == 3 && memcmp(name, "_id", 3) == 0;
	bool		named = false;
	bool		kept = false;
	bool		exclusion = true;
	BsonIter	iter;

	if (spec->type != BSON_DOCUMENT)
		return true;
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		int			as = projected_as(&iter);

		if (as != 0)
			exclusion = false;
		if (has_root(iter.key, iter.keylen, name, len))
		{
			named = true;
			kept = iter.keylen == len && as == 1;
		}
	}
	if (named)
		return !kept;
	return !exclusion && !is_id;
}

bool
pipeline_modifies_unset(const BsonValue *spec, const char *name, uint32 len)
{
	BsonIter	iter;
	BsonValue	value;

	if (spec->type == BSON_STRING)
		return has_root(spec->v.data, spec->len, name, len);
	if (spec->type != BSON_ARRAY)
		return true;
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		pgbson_iter_value(&iter, &value);
		if (value.type != BSON_STRING || has_root(value.v.data, value.len, name, len))
			return true;
	}
	return false;
}

/* A string field of a specification names the field; a leading dollar does not count. */
static bool
option_has_root(const BsonValue *spec, const char *option, const char *name, uint32 len)
{
	BsonValue	value;

	if (!pgbson_get(spec, option, strlen(option), &value))
		return false;
	if (value.type != BSON_STRING || value.len == 0)
		return true;
	if (value.v.data[0] == '$')
	{
		value.v.data++;
		value.len--;
	}
	return has_root(value.v.data, value.len, name, len);
}

bool
pipeline_modifies_unwound(const BsonValue *spec, const char *name, uint32 len)
{
	if (spec->type == BSON_STRING && spec->len > 0)
		return has_root(spec->v.data + 1, spec->len - 1, name, len);
	return spec->type != BSON_DOCUMENT ||
		option_has_root(spec, "path", name, len) ||
		option_has_root(spec, "includeArrayIndex", name, len);
}

bool
pipeline_modifies_as(const BsonValue *spec, const char *name, uint32 len)
{
	return spec->type != BSON_DOCUMENT || option_has_root(spec, "as", name, len);
}

/* ---- What $match and $sort depend on ---- */

/*
 * Whether every field a filter looks at is left alone by the stage.  False for operators that are
 * not conditions on fields ($expr, $where, ...), which may look at any.
 */
static bool
filter_independent(const BsonValue *filter, const PipelineStage *stage)
{
	BsonIter	iter;

	if (filter->type != BSON_DOCUMENT)
		return false;
	pgbson_iter_init(&iter, filter);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;
		BsonIter	inner;

		pgbson_iter_value(&iter, &value);
		if (iter.key[0] != '$')
		{
			if (stage->info->modifies(&stage->spec, iter.key,
									  root_length(iter.key, iter.keylen)))
				return false;
			continue;
		}
		if (strcmp(iter.key, "$comment") == 0)
			continue;
		if ((strcmp(iter.key, "$and") != 0 && strcmp(iter.key, "$or") != 0 &&
			 strcmp(iter.key, "$nor") != 0) || value.type != BSON_ARRAY)
			return false;
		pgbson_iter_init(&inner, &value);
		while (pgbson_iter_next(&inner))
		{
			pgbson_iter_value(&inner, &value);
			if (!filter_independent(&value, stage))
				return false;
		}
	}
	return true;
}

static bool
sort_independent(const BsonValue *sort, const PipelineStage *stage)
{
	BsonIter	iter;

	if (sort->type != BSON_DOCUMENT)
		return false;
	pgbson_iter_init(&iter, sort);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (!pgbson_is_number(&value) ||
			stage->info->modifies(&stage->spec, iter.key, root_length(iter.key, iter.keylen)))
			return false;
	}
	return true;
}

/* A number that $skip or $limit takes. */
static bool
is_count(const BsonValue *value)
{
	int64		n;

	return pgbson_is_number(value) && pgbson_number_to_int64_exact(value, &n) && n >= 0;
}

/* Whether the stage may be done before the one that precedes it. */
static bool
may_go_before(const PipelineStage *stage, const PipelineStage *previous)
{
	switch (pipeline_stage_id(stage))
	{
		case PIPELINE_STAGE_MATCH:
			return (previous->info->flags & STAGE_EACH) != 0 &&
				filter_independent(&stage->spec, previous);
		case PIPELINE_STAGE_SORT:
			return (previous->info->flags & STAGE_EACH) != 0 &&
				pipeline_stage_id(previous) != PIPELINE_STAGE_SORT &&
				sort_independent(&stage->spec, previous);
		case PIPELINE_STAGE_SKIP:
		case PIPELINE_STAGE_LIMIT:
			return (previous->info->flags & STAGE_ONE_TO_ONE) != 0 && is_count(&stage->spec);
		default:
			return false;
	}
}

List *
pipeline_optimize(List *stages)
{
	for (int i = 1; i < list_length(stages); i++)
	{
		int			at = i;
		PipelineStage *stage = list_nth(stages, i);

		while (at > 0 && may_go_before(stage, list_nth(stages, at - 1)))
			at--;
		if (at < i)
		{
			stages = list_delete_nth_cell(stages, i);
			stages = list_insert_nth(stages, at, stage);
		}
	}
	return stages;
}
