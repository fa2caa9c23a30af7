/*
 * jsonschema_array.c
 *		items, additionalItems, uniqueItems: the keywords of $jsonSchema on the elements of arrays.
 */
#include "postgres.h"

#include "base/errors.h"
#include "expr/value_set.h"
#include "match/jsonschema_internal.h"

/* ---- items ---- */

/* { items: schema } for all elements, or { items: [schema, ...] } for those at the positions. */
bool
match_schema_parse_items(MatchSchemaRule *rule, const BsonValue *operand,
						 const BsonValue *schema)
{
	BsonIter	iter;

	if (operand->type == BSON_DOCUMENT)
	{
		rule->schema = match_schema_compile(operand);
		return true;
	}
	if (operand->type != BSON_ARRAY)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
							psprintf("must be an array or an object, not %s",
									 pgbson_type_name(operand->type)));
	rule->members = palloc0(Max(pgbson_count(operand), 1) * sizeof(MatchSchemaMember));
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	item;

		pgbson_iter_value(&iter, &item);
		if (item.type != BSON_DOCUMENT)
			match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
								psprintf("requires that each element of the array is an object, "
										 "but found a %s", pgbson_type_name(item.type)));
		rule->members[rule->nmembers++].schema = match_schema_compile(&item);
	}
	return true;
}

/* Finds the next element from position *i on that its schema refuses. */
static bool
next_refused_item(const MatchSchemaRule *rule, BsonIter *iter, int64 *i, BsonValue *item,
				  const MatchSchema **schema)
{
	for (; pgbson_iter_next(iter); (*i)++)
	{
		*schema = *i < rule->nmembers ? rule->members[*i].schema : rule->schema;
		if (*schema == NULL)
			return false;
		pgbson_iter_value(iter, item);
		if (!match_schema_matches(*schema, item))
			return true;
	}
	return false;
}

bool
match_schema_eval_items(const MatchSchemaRule *rule, const BsonValue *value)
{
	const MatchSchema *schema;
	BsonIter	iter;
	BsonValue	item;
	int64		i = 0;

	pgbson_iter_init(&iter, value);
	return !next_refused_item(rule, &iter, &i, &item, &schema);
}

static void
explain_item(const MatchSchema *schema, const BsonValue *item, BsonBuilder *out)
{
	pgbson_begin(out, BSON_ARRAY, "details", -1);
	match_schema_explain(schema, item, out);
	pgbson_end(out);
}

/* One schema for all reports the first element, a list of schemas all that are refused. */
void
match_schema_explain_items(const MatchSchemaRule *rule, const BsonValue *value, BsonBuilder *out)
{
	const MatchSchema *schema;
	BsonIter	iter;
	BsonValue	item;
	int64		i = 0;

	pgbson_iter_init(&iter, value);
	if (rule->schema != NULL)
	{
		match_schema_annotate(rule->schema, out);
		pgbson_append_cstring(out, "reason", -1,
							  "At least one item did not match the sub-schema");
		if (next_refused_item(rule, &iter, &i, &item, &schema))
		{
			pgbson_append_int32(out, "itemIndex", -1, (int32) i);
			explain_item(schema, &item, out);
		}
		return;
	}
	pgbson_begin(out, BSON_ARRAY, "details", -1);
	for (; next_refused_item(rule, &iter, &i, &item, &schema); i++)
	{
		pgbson_push_begin(out, BSON_DOCUMENT);
		match_schema_annotate(schema, out);
		pgbson_append_int64(out, "itemIndex", -1, i);
		explain_item(schema, &item, out);
		pgbson_end(out);
	}
	pgbson_end(out);
}

/* ---- additionalItems ---- */

/* { additionalItems: boolean or schema }, for the elements that an array of "items" leaves. */
bool
match_schema_parse_additional_items(MatchSchemaRule *rule, const BsonValue *operand,
									const BsonValue *schema)
{
	BsonValue	items;

	if (operand->type == BSON_DOCUMENT)
		rule->schema = match_schema_compile(operand);
	else if (operand->type != BSON_BOOL)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
							psprintf("must be either an object or a boolean, but got a %s",
									 pgbson_type_name(operand->type)));
	if (!pgbson_get(schema, "items", 5, &items) || items.type != BSON_ARRAY)
		return false;
	rule->number = pgbson_count(&items);
	return operand->type == BSON_DOCUMENT || !operand->v.boolean;
}

/* Moves to the last element that is not additional; false if there is none after it. */
static bool
skip_items(const MatchSchemaRule *rule, BsonIter *iter, const BsonValue *array)
{
	pgbson_iter_init(iter, array);
	for (int64 i = 0; i < rule->number; i++)
		if (!pgbson_iter_next(iter))
			return false;
	return true;
}

static bool
next_refused_additional(const MatchSchemaRule *rule, BsonIter *iter, int64 *i, BsonValue *item)
{
	for (; pgbson_iter_next(iter); (*i)++)
	{
		pgbson_iter_value(iter, item);
		if (rule->schema == NULL || !match_schema_matches(rule->schema, item))
			return true;
	}
	return false;
}

bool
match_schema_eval_additional_items(const MatchSchemaRule *rule, const BsonValue *value)
{
	BsonIter	iter;
	BsonValue	item;
	int64		i = rule->number;

	return !skip_items(rule, &iter, value) ||
		!next_refused_additional(rule, &iter, &i, &item);
}

void
match_schema_explain_additional_items(const MatchSchemaRule *rule, const BsonValue *value,
									  BsonBuilder *out)
{
	BsonBuilder items;
	BsonIter	iter;
	BsonValue	item;
	int64		i = rule->number;

	(void) skip_items(rule, &iter, value);
	if (rule->schema != NULL)
	{
		match_schema_annotate(rule->schema, out);
		pgbson_append_cstring(out, "reason", -1,
							  "At least one additional item did not match the sub-schema");
		if (next_refused_additional(rule, &iter, &i, &item))
		{
			pgbson_append_int32(out, "itemIndex", -1, (int32) i);
			explain_item(rule->schema, &item, out);
		}
		return;
	}
	pgbson_begin(out, BSON_DOCUMENT, "specifiedAs", -1);
	pgbson_append(out, rule->keyword->name, -1, &rule->operand);
	pgbson_end(out);
	pgbson_append_cstring(out, "reason", -1, "found additional items");
	(void) skip_items(rule, &iter, value);
	pgbson_builder_init(&items);
	while (pgbson_iter_next(&iter))
	{
		pgbson_iter_value(&iter, &item);
		pgbson_push(&items, &item);
	}
	pgbson_finish(&items, BSON_ARRAY, &item);
	match_append_considered(out, "additionalItems", &item);
}

/* ---- uniqueItems ---- */

bool
match_schema_parse_unique_items(MatchSchemaRule *rule, const BsonValue *operand,
								const BsonValue *schema)
{
	if (operand->type != BSON_BOOL)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be a boolean");
	return operand->v.boolean;
}

/* Finds the first element that equals one before it. */
static bool
find_duplicate(const BsonValue *array, BsonValue *duplicate)
{
	ValueSet	set;
	BsonIter	iter;

	expr_value_set_init(&set, CurrentMemoryContext);
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	sorted;

		pgbson_iter_value(&iter, duplicate);
		match_schema_sort_fields(duplicate, &sorted);
		if (!expr_value_set_add(&set, &sorted))
			return true;
	}
	return false;
}

bool
match_schema_eval_unique_items(const MatchSchemaRule *rule, const BsonValue *value)
{
	BsonValue	duplicate;

	return !find_duplicate(value, &duplicate);
}

void
match_schema_explain_unique_items(const MatchSchemaRule *rule, const BsonValue *value,
								  BsonBuilder *out)
{
	BsonValue	duplicate;

	match_schema_explain_leaf(rule, value, out);
	if (find_duplicate(value, &duplicate))
		match_append_considered(out, "duplicatedValue", &duplicate);
}
