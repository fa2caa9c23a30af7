/*
 * nested.c
 *		Fields by dotted path, as $lookup and $unwind set them.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pipeline/pipeline_internal.h"

BsonPath *
pipeline_path_of(const BsonValue *path)
{
	if (path->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("a path must be a string, not %s", pgbson_type_name(path->type))));
	return expr_parse_field_path(path->v.data, path->len);
}

bool
pipeline_get_nested(const BsonValue *document, const BsonPath *path, BsonValue *value)
{
	BsonValue	current = *document;

	for (int i = 0; i < path->nparts; i++)
	{
		BsonValue	child;

		if (current.type != BSON_DOCUMENT ||
			!pgbson_get(&current, path->part[i].name, path->part[i].len, &child))
		{
			pgbson_make_simple(BSON_MISSING, value);
			return false;
		}
		current = child;
	}
	*value = current;
	return true;
}

/* The rest of a path that has no document yet. */
static void
append_path(BsonBuilder *builder, const BsonPath *path, int i, const BsonValue *value)
{
	int			opened = 0;

	for (; i < path->nparts - 1; i++, opened++)
		pgbson_begin(builder, BSON_DOCUMENT, path->part[i].name, path->part[i].len);
	pgbson_append(builder, path->part[i].name, path->part[i].len, value);
	while (opened-- > 0)
		pgbson_end(builder);
}

static void
append_level(BsonBuilder *builder, const BsonValue *document, const BsonPath *path, int i,
			 const BsonValue *value)
{
	const BsonPathPart *part = &path->part[i];
	bool		found = false;
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
	{
		if (found || !pgbson_iter_key_is(&iter, part->name, part->len))
		{
			pgbson_append_element(builder, &iter);
			continue;
		}
		found = true;
		if (i < path->nparts - 1 && iter.type == BSON_DOCUMENT)
		{
			BsonValue	child;

			pgbson_iter_value(&iter, &child);
			pgbson_begin(builder, BSON_DOCUMENT, part->name, part->len);
			append_level(builder, &child, path, i + 1, value);
			pgbson_end(builder);
		}
		else
			append_path(builder, path, i, value);
	}
	if (!found)
		append_path(builder, path, i, value);
}

void
pipeline_append_nested(BsonBuilder *builder, const BsonValue *document, const BsonPath *path,
					   const BsonValue *value)
{
	append_level(builder, document, path, 0, value);
}
