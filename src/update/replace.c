/*
 * replace.c
 *		Replacement documents, given or made by a pipeline.
 */
#include "postgres.h"

#include "update/update_internal.h"

/* The DBRef's names may stand at the top only in the order of a DBRef. */
static void
check_dbref(const BsonIter *iter, const char *before)
{
	if (strcmp(iter->key, "$id") == 0 && strcmp(before, "$ref") != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_DBREF),
				 errmsg("Found $id field without a $ref before it, which is invalid.")));
	if (strcmp(iter->key, "$db") == 0 && strcmp(before, "$id") != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_DBREF),
				 errmsg("Found $db field without a $id before it, which is invalid.")));
}

/* Appends a field of a replacement; an empty timestamp at the top becomes the current one. */
static void
append_field(BsonBuilder *builder, const BsonIter *iter)
{
	BsonValue	value;

	if (iter->type == BSON_TIMESTAMP)
	{
		pgbson_iter_value(iter, &value);
		if (value.v.i64 == 0)
		{
			update_current_timestamp(&value);
			pgbson_append(builder, iter->key, iter->keylen, &value);
			return;
		}
	}
	pgbson_append_element(builder, iter);
}

/* Refuses another _id than the document has. */
static void
check_id(const BsonValue *old_id, const BsonValue *new_id)
{
	if (pgbson_compare(old_id, new_id) != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_IMMUTABLE_FIELD),
				 errmsg("After applying the update, the (immutable) field '_id' was found to "
						"have been altered to _id: %s",
						pgbson_to_json(new_id, BSON_JSON_RELAXED))));
}

/*
 * Unlike MongoDB, which would store the replacement's 1.0 for an _id of 1, the document's own _id
 * stays as it is.  A pipeline may make names with dollars, a replacement may not have them at its
 * top.
 */
bool
update_apply_replacement(const Update *update, const BsonValue *replacement,
						 const BsonValue *document, ExprEvalContext *context, BsonValue *result)
{
	BsonBuilder builder;
	BsonIter	iter;
	BsonValue	old_id;
	bool		has_old_id = pgbson_get(document, "_id", 3, &old_id);
	const char *before = "";

	pgbson_builder_init(&builder);
	pgbson_append(&builder, "_id", 3, &old_id);
	pgbson_iter_init(&iter, replacement);
	while (pgbson_iter_next(&iter))
	{
		if (update->kind == UPDATE_REPLACEMENT && iter.key[0] == '$')
		{
			update_check_dollar_name(iter.key);
			check_dbref(&iter, before);
		}
		before = iter.key;
		if (has_old_id && pgbson_iter_key_is(&iter, "_id", 3))
		{
			BsonValue	new_id;

			pgbson_iter_value(&iter, &new_id);
			check_id(&old_id, &new_id);
			continue;
		}
		if (update->kind == UPDATE_REPLACEMENT)
			append_field(&builder, &iter);
		else
			pgbson_append_element(&builder, &iter);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, result);
	return !update_identical(result, document);
}
