/*
 * replace.c
 *		Replacement documents, given or made by a pipeline.
 */
#include "postgres.h"

#include "update/update_internal.h"

static void
check_dbref_string(const BsonIter *iter)
{
	if (iter->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_DBREF),
				 errmsg("The DBRef %s field must be a String, not a %s", iter->key,
						pgbson_type_name(iter->type))));
}

/* The DBRef's names may stand at the top only in the order of a DBRef: $ref, $id and $db. */
static void
check_dbref(const BsonIter *iter, const char *before)
{
	BsonIter	next = *iter;

	if (strcmp(iter->key, "$id") != 0)
		check_dbref_string(iter);
	if (strcmp(iter->key, "$ref") == 0 &&
		!(pgbson_iter_next(&next) && strcmp(next.key, "$id") == 0))
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_DBREF),
				 errmsg("The DBRef $ref field must be followed by a $id field")));
	if (strcmp(iter->key, "$id") == 0 && strcmp(before, "$ref") != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_DBREF),
				 errmsg("Found $id field without a $ref before it, which is invalid.")));
	if (strcmp(iter->key, "$db") == 0 && strcmp(before, "$id") != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_DBREF),
				 errmsg("Found $db field without a $id before it, which is invalid.")));
}

void
update_check_dbrefs(const BsonValue *document)
{
	const char *before = "";
	BsonIter	iter;

	pgbson_iter_init(&iter, document);
	for (; pgbson_iter_next(&iter); before = iter.key)
		if (update_is_dbref_name(iter.key))
			check_dbref(&iter, before);
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
 * The document's _id is kept where the replacement has none; 1.0 replaces an _id of 1.  A pipeline
 * may make names with dollars, a replacement may not have them at its top.
 */
bool
update_apply_replacement(const Update *update, const BsonValue *replacement,
						 const BsonValue *document, ExprEvalContext *context, BsonValue *result)
{
	BsonBuilder builder;
	BsonIter	iter;
	BsonValue	old_id;
	BsonValue	new_id;
	bool		has_old_id = pgbson_get(document, "_id", 3, &old_id);
	bool		has_new_id = pgbson_get(replacement, "_id", 3, &new_id);
	const char *before = "";

	pgbson_builder_init(&builder);
	if (has_old_id && has_new_id)
		check_id(&old_id, &new_id);
	pgbson_append(&builder, "_id", 3, has_old_id && has_new_id ? &new_id : &old_id);
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
			continue;
		pgbson_append_element(&builder, &iter);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, result);
	return !has_new_id || !update_identical(result, document);
}

/* Whether a field is an empty timestamp that stands for the current time. */
static bool
is_empty_timestamp(const BsonIter *iter)
{
	return iter->type == BSON_TIMESTAMP && pgbson_read_uint64(iter->payload) == 0 &&
		!pgbson_iter_key_is(iter, "_id", 3);
}

void
update_fill_timestamps(BsonValue *update)
{
	BsonBuilder builder;
	BsonIter	iter;
	bool		any = false;

	if (update->type != BSON_DOCUMENT)
		return;
	pgbson_iter_init(&iter, update);
	for (bool first = true; pgbson_iter_next(&iter); first = false)
	{
		if (first && iter.key[0] == '$')
			return;
		any |= is_empty_timestamp(&iter);
	}
	if (!any)
		return;
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, update);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		if (!is_empty_timestamp(&iter))
		{
			pgbson_append_element(&builder, &iter);
			continue;
		}
		update_current_timestamp(&value);
		pgbson_append(&builder, iter.key, iter.keylen, &value);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, update);
}
