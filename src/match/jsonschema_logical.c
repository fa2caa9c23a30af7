/*
 * jsonschema_logical.c
 *		allOf, anyOf, oneOf, not, enum: the keywords of $jsonSchema that combine schemas, or list
 *		values.
 */
#include "postgres.h"

#include "base/errors.h"
#include "expr/value_set.h"
#include "match/jsonschema_internal.h"

/* ---- allOf, anyOf, oneOf ---- */

bool
match_schema_parse_list(MatchSchemaRule *rule, const BsonValue *operand, const BsonValue *schema)
{
	BsonIter	iter;

	if (operand->type != BSON_ARRAY)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be an array");
	rule->members = palloc0(Max(pgbson_count(operand), 1) * sizeof(MatchSchemaMember));
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	item;

		pgbson_iter_value(&iter, &item);
		if (item.type != BSON_DOCUMENT)
			match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
								psprintf("must be an array of objects, but found an element of "
										 "type %s", pgbson_type_name(item.type)));
		rule->members[rule->nmembers++].schema = match_schema_compile(&item);
	}
	if (rule->nmembers == 0)
		match_schema_refuse(rule->keyword, DOCDB_ERR_BAD_VALUE, "must be a non-empty array");
	return true;
}

static int
count_matching(const MatchSchemaRule *rule, const BsonValue *value, int enough)
{
	int			count = 0;

	for (int i = 0; i < rule->nmembers && count < enough; i++)
		if (match_schema_matches(rule->members[i].schema, value))
			count++;
	return count;
}

bool
match_schema_eval_all_of(const MatchSchemaRule *rule, const BsonValue *value)
{
	for (int i = 0; i < rule->nmembers; i++)
		if (!match_schema_matches(rule->members[i].schema, value))
			return false;
	return true;
}

bool
match_schema_eval_any_of(const MatchSchemaRule *rule, const BsonValue *value)
{
	return count_matching(rule, value, 1) == 1;
}

bool
match_schema_eval_one_of(const MatchSchemaRule *rule, const BsonValue *value)
{
	return count_matching(rule, value, 2) == 1;
}

void
match_schema_explain_list(const MatchSchemaRule *rule, const BsonValue *value, BsonBuilder *out)
{
	pgbson_begin(out, BSON_ARRAY, "schemasNotSatisfied", -1);
	for (int i = 0; i < rule->nmembers; i++)
	{
		const MatchSchema *schema = rule->members[i].schema;

		if (match_schema_matches(schema, value))
			continue;
		pgbson_push_begin(out, BSON_DOCUMENT);
		pgbson_append_int32(out, "index", -1, i);
		match_schema_annotate(schema, out);
		pgbson_begin(out, BSON_ARRAY, "details", -1);
		match_schema_explain(schema, value, out);
		pgbson_end(out);
		pgbson_end(out);
	}
	pgbson_end(out);
}

/* Either no schema matched, or more than one did. */
void
match_schema_explain_one_of(const MatchSchemaRule *rule, const BsonValue *value,
							BsonBuilder *out)
{
	if (count_matching(rule, value, 1) == 0)
	{
		match_schema_explain_list(rule, value, out);
		return;
	}
	pgbson_append_cstring(out, "reason", -1, "more than one subschema matched");
	pgbson_begin(out, BSON_ARRAY, "matchingSchemaIndexes", -1);
	for (int i = 0; i < rule->nmembers; i++)
	{
		BsonValue	index;

		if (!match_schema_matches(rule->members[i].schema, value))
			continue;
		pgbson_make_int32(i, &index);
		pgbson_push(out, &index);
	}
	pgbson_end(out);
}

/* ---- not ---- */

bool
match_schema_parse_not(MatchSchemaRule *rule, const BsonValue *operand, const BsonValue *schema)
{
	if (operand->type != BSON_DOCUMENT)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
							psprintf("must be an object, but found an element of type %s",
									 pgbson_type_name(operand->type)));
	rule->schema = match_schema_compile(operand);
	return true;
}

bool
match_schema_eval_not(const MatchSchemaRule *rule, const BsonValue *value)
{
	return !match_schema_matches(rule->schema, value);
}

void
match_schema_explain_not(const MatchSchemaRule *rule, const BsonValue *value, BsonBuilder *out)
{
	pgbson_append_cstring(out, "reason", -1, rule->keyword->reason);
}

/* ---- enum ---- */

bool
match_schema_parse_enum(MatchSchemaRule *rule, const BsonValue *operand, const BsonValue *schema)
{
	ValueSet	set;
	BsonIter	iter;

	if (operand->type != BSON_ARRAY)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
							psprintf("must be an array, but found an element of type %s",
									 pgbson_type_name(operand->type)));
	expr_value_set_init(&set, CurrentMemoryContext);
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		match_schema_sort_fields(&value, &value);
		if (!expr_value_set_add(&set, &value))
			match_schema_refuse(rule->keyword, DOCDB_ERR_FAILED_TO_PARSE,
								"array cannot contain duplicate values.");
	}
	if (set.count == 0)
		match_schema_refuse(rule->keyword, DOCDB_ERR_FAILED_TO_PARSE,
							"cannot be an empty array");
	rule->values = set.values;
	rule->nvalues = (int) set.count;
	return true;
}

bool
match_schema_eval_enum(const MatchSchemaRule *rule, const BsonValue *value)
{
	BsonValue	sorted;

	match_schema_sort_fields(value, &sorted);
	for (int i = 0; i < rule->nvalues; i++)
		if (pgbson_equal(&sorted, &rule->values[i]))
			return true;
	return false;
}
