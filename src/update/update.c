/*
 * update.c
 *		The kinds of updates: telling them apart, compiling and applying them.
 */
#include "postgres.h"

#include "update/update_internal.h"

static UpdateKind
find_kind(const BsonValue *update)
{
	BsonIter	iter;

	if (update->type == BSON_ARRAY)
		return UPDATE_PIPELINE;
	if (update->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Update argument must be either an object or an array")));
	pgbson_iter_init(&iter, update);
	if (pgbson_iter_next(&iter) && iter.key[0] == '$')
		return UPDATE_OPERATORS;
	return UPDATE_REPLACEMENT;
}

Update *
update_compile(const BsonValue *update, const BsonValue *array_filters, ExprScope *scope)
{
	Update	   *result = palloc0(sizeof(Update));
	UpdateParser parser = {result, scope};
	BsonValue	id;

	if (scope == NULL)
		parser.scope = expr_scope_create();
	result->kind = find_kind(update);
	result->scope = parser.scope;
	update_parse_filters(&parser, array_filters);
	switch (result->kind)
	{
		case UPDATE_OPERATORS:
			update_parse_operators(&parser, update);
			update_check_filters(result, update);
			break;
		case UPDATE_REPLACEMENT:
			result->replacement = *update;
			result->always_modifies = !pgbson_get(update, "_id", 3, &id);
			break;
		case UPDATE_PIPELINE:
			if (result->nfilters > 0)
				ereport(ERROR,
						(errcode(DOCDB_ERR_FAILED_TO_PARSE),
						 errmsg("arrayFilters may not be specified for pipeline-style "
								"updates")));
			update_parse_pipeline(&parser, update);
			break;
	}
	return result;
}

/* Whether a document of paths names a positional one. */
static bool
has_positional_path(const BsonValue *paths)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, paths);
	while (pgbson_iter_next(&iter))
	{
		const char *dollar = strstr(iter.key, ".$");

		for (; dollar != NULL; dollar = strstr(dollar + 2, ".$"))
			if (dollar[2] == '.' || dollar[2] == '\0')
				return true;
	}
	return false;
}

bool
update_is_positional(const BsonValue *update)
{
	BsonIter	iter;

	if (update->type != BSON_DOCUMENT)
		return false;
	pgbson_iter_init(&iter, update);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	paths;

		if (iter.key[0] != '$' || iter.type != BSON_DOCUMENT)
			continue;
		pgbson_iter_value(&iter, &paths);
		if (has_positional_path(&paths))
			return true;
	}
	return false;
}

void
update_set_filter(Update *update, const BsonValue *filter, ExprScope *scope)
{
	if (update->positional)
		update->matcher = match_compile(filter, scope);
}

UpdateKind
update_kind(const Update *update)
{
	return update->kind;
}

bool
update_is_replacement(const Update *update)
{
	return update->kind == UPDATE_REPLACEMENT;
}

bool
update_always_modifies(const Update *update)
{
	return update->always_modifies;
}

bool
update_apply_any(const Update *update, const BsonValue *document, bool is_insert,
				 ExprEvalContext *context, BsonValue *result)
{
	bool		modified = false;

	if (context == NULL)
		context = expr_context_create(update->scope);
	switch (update->kind)
	{
		case UPDATE_OPERATORS:
			modified = update_apply_operators(update, document, is_insert, context, result);
			break;
		case UPDATE_REPLACEMENT:
			modified = update_apply_replacement(update, &update->replacement, document, context,
												result);
			break;
		case UPDATE_PIPELINE:
			modified = update_apply_pipeline(update, document, context, result);
			break;
	}
	if (!modified)
		*result = *document;
	return modified;
}

bool
update_apply(const Update *update, const BsonValue *document, bool is_insert,
			 ExprEvalContext *context, BsonValue *result)
{
	if (!update_apply_any(update, document, is_insert, context, result))
		return false;
	update_put_id_first(result);
	if (result->len > BSON_MAX_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(17419)),
				 errmsg("Resulting document after update is larger than %d",
						BSON_MAX_DOCUMENT_SIZE)));
	return true;
}

/* ---- Helpers ---- */

bool
update_identical(const BsonValue *a, const BsonValue *b)
{
	if (a->type != b->type || a->subtype != b->subtype || a->len != b->len)
		return false;
	switch (a->type)
	{
		case BSON_DOUBLE:
			return memcmp(&a->v.f64, &b->v.f64, sizeof(double)) == 0;
		case BSON_INT32:
			return a->v.i32 == b->v.i32;
		case BSON_INT64:
		case BSON_DATE:
		case BSON_TIMESTAMP:
			return a->v.i64 == b->v.i64;
		case BSON_BOOL:
			return a->v.boolean == b->v.boolean;
		case BSON_OBJECTID:
			return memcmp(a->v.oid, b->v.oid, sizeof(a->v.oid)) == 0;
		case BSON_DECIMAL128:
			return a->v.dec.low == b->v.dec.low && a->v.dec.high == b->v.dec.high;
		default:
			return a->len == 0 || memcmp(a->v.data, b->v.data, a->len) == 0;
	}
}

char *
update_field_text(const char *name, uint32 len, const BsonValue *value)
{
	return psprintf("{%.*s: %s}", (int) len, name, pgbson_to_json(value, BSON_JSON_RELAXED));
}

char *
update_id_text(const BsonValue *document)
{
	BsonValue	id;

	if (!pgbson_get(document, "_id", 3, &id))
		return "{no id}";
	return update_field_text("_id", 3, &id);
}

bool
update_is_dbref_name(const char *name)
{
	return strcmp(name, "$ref") == 0 || strcmp(name, "$id") == 0 || strcmp(name, "$db") == 0;
}

void
update_check_dollar_name(const char *name)
{
	if (update_is_dbref_name(name))
		return;
	ereport(ERROR,
			(errcode(DOCDB_ERR_DOLLAR_PREFIXED_FIELD_NAME),
			 errmsg("The dollar ($) prefixed field '%s' in '%s' is not allowed in the context of "
					"an update's replacement document. Consider using an aggregation pipeline "
					"with $replaceWith.", name, name)));
}

void
update_put_id_first(BsonValue *document)
{
	BsonBuilder builder;
	BsonIter	iter;
	const char *start;

	pgbson_iter_init(&iter, document);
	start = iter.next;
	while (pgbson_iter_next(&iter))
	{
		const char *element = iter.key - 1;

		if (!pgbson_iter_key_is(&iter, "_id", 3))
			continue;
		if (element == start)
			return;
		pgbson_builder_init(&builder);
		pgbson_append_element(&builder, &iter);
		pgbson_append_elements(&builder, start, element);
		pgbson_append_elements(&builder, iter.next, iter.end);
		pgbson_finish(&builder, BSON_DOCUMENT, document);
		return;
	}
}
