/*
 * jsonschema_object.c
 *		properties, patternProperties, additionalProperties, required, dependencies: the keywords of
 *		$jsonSchema on the fields of documents.
 *
 * A name with dots in "properties", "required" and "dependencies" is a path, as elsewhere in
 * filters.
 */
#include "postgres.h"

#include "base/errors.h"
#include "match/jsonschema_internal.h"

static void
set_name(MatchSchemaMember *member, const char *name, uint32 len)
{
	member->name = name;
	member->namelen = len;
	member->path = pgbson_path_parse(name, len);
}

/* Opens a list with room for as many members as the operand has elements. */
static void
make_members(MatchSchemaRule *rule, const BsonValue *operand)
{
	rule->members = palloc0(Max(pgbson_count(operand), 1) * sizeof(MatchSchemaMember));
	rule->nmembers = 0;
}

/* ---- properties ---- */

/* { properties: { field: schema, ... } } */
bool
match_schema_parse_properties(MatchSchemaRule *rule, const BsonValue *operand,
							  const BsonValue *schema)
{
	BsonIter	iter;

	if (operand->type != BSON_DOCUMENT)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be an object");
	make_members(rule, operand);
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		MatchSchemaMember *member = &rule->members[rule->nmembers++];
		BsonValue	source;

		if (iter.type != BSON_DOCUMENT)
			ereport(ERROR,
					(errcode(DOCDB_ERR_TYPE_MISMATCH),
					 errmsg("Nested schema for $jsonSchema property '%s' must be an object",
							iter.key)));
		pgbson_iter_value(&iter, &source);
		set_name(member, iter.key, iter.keylen);
		member->schema = match_schema_compile(&source);
	}
	return true;
}

static bool
property_holds(const MatchSchemaMember *member, const BsonValue *document, BsonValue *field)
{
	return !match_schema_get(member, document, field) ||
		match_schema_matches(member->schema, field);
}

bool
match_schema_eval_properties(const MatchSchemaRule *rule, const BsonValue *value)
{
	BsonValue	field;

	for (int i = 0; i < rule->nmembers; i++)
		if (!property_holds(&rule->members[i], value, &field))
			return false;
	return true;
}

static void
append_details(const MatchSchema *schema, const BsonValue *value, BsonBuilder *out)
{
	pgbson_begin(out, BSON_ARRAY, "details", -1);
	match_schema_explain(schema, value, out);
	pgbson_end(out);
}

void
match_schema_explain_properties(const MatchSchemaRule *rule, const BsonValue *value,
								BsonBuilder *out)
{
	pgbson_begin(out, BSON_ARRAY, "propertiesNotSatisfied", -1);
	for (int i = 0; i < rule->nmembers; i++)
	{
		const MatchSchemaMember *member = &rule->members[i];
		BsonValue	field;

		if (property_holds(member, value, &field))
			continue;
		pgbson_push_begin(out, BSON_DOCUMENT);
		pgbson_append_cstring(out, "propertyName", -1, member->name);
		match_schema_annotate(member->schema, out);
		append_details(member->schema, &field, out);
		pgbson_end(out);
	}
	pgbson_end(out);
}

/* ---- patternProperties ---- */

/* { patternProperties: { pattern: schema, ... } } */
bool
match_schema_parse_pattern_properties(MatchSchemaRule *rule, const BsonValue *operand,
									  const BsonValue *schema)
{
	BsonIter	iter;

	if (operand->type != BSON_DOCUMENT)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be an object");
	make_members(rule, operand);
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		MatchSchemaMember *member = &rule->members[rule->nmembers++];
		BsonValue	source;

		if (iter.type != BSON_DOCUMENT)
			match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
								psprintf("has property '%s' which is not an object", iter.key));
		pgbson_iter_value(&iter, &source);
		member->name = iter.key;
		member->namelen = iter.keylen;
		member->regex = expr_regex_compile(iter.key, iter.keylen, "", 0, NULL);
		member->schema = match_schema_compile(&source);
	}
	return true;
}

/* Finds the first field that matches the pattern and is refused by its schema. */
static bool
find_refused(const MatchSchemaMember *member, const BsonValue *document, BsonIter *iter,
			 BsonValue *field)
{
	pgbson_iter_init(iter, document);
	while (pgbson_iter_next(iter))
	{
		if (!expr_regex_match(member->regex, iter->key, iter->keylen))
			continue;
		pgbson_iter_value(iter, field);
		if (!match_schema_matches(member->schema, field))
			return true;
	}
	return false;
}

bool
match_schema_eval_pattern_properties(const MatchSchemaRule *rule, const BsonValue *value)
{
	BsonIter	iter;
	BsonValue	field;

	for (int i = 0; i < rule->nmembers; i++)
		if (find_refused(&rule->members[i], value, &iter, &field))
			return false;
	return true;
}

void
match_schema_explain_pattern_properties(const MatchSchemaRule *rule, const BsonValue *value,
										BsonBuilder *out)
{
	pgbson_begin(out, BSON_ARRAY, "details", -1);
	for (int i = 0; i < rule->nmembers; i++)
	{
		const MatchSchemaMember *member = &rule->members[i];
		BsonIter	iter;
		BsonValue	field;

		if (!find_refused(member, value, &iter, &field))
			continue;
		pgbson_push_begin(out, BSON_DOCUMENT);
		pgbson_append_cstring(out, "propertyName", -1, iter.key);
		match_schema_annotate(member->schema, out);
		pgbson_append_cstring(out, "regexMatched", -1, member->name);
		append_details(member->schema, &field, out);
		pgbson_end(out);
	}
	pgbson_end(out);
}

/* ---- additionalProperties ---- */

/* Adds the names, or patterns of names, that another keyword of the schema has a schema for. */
static void
add_known_names(MatchSchemaRule *rule, const BsonValue *names, bool are_patterns)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, names);
	while (pgbson_iter_next(&iter))
	{
		MatchSchemaMember *member = &rule->members[rule->nmembers++];

		member->name = iter.key;
		member->namelen = iter.keylen;
		if (are_patterns)
			member->regex = expr_regex_compile(iter.key, iter.keylen, "", 0, NULL);
	}
}

/* { additionalProperties: boolean or schema }, for the fields that no other keyword knows. */
bool
match_schema_parse_additional_properties(MatchSchemaRule *rule, const BsonValue *operand,
										 const BsonValue *schema)
{
	BsonValue	properties;
	BsonValue	patterns;
	bool		has_properties = pgbson_get(schema, "properties", 10, &properties);
	bool		has_patterns = pgbson_get(schema, "patternProperties", 17, &patterns);

	if (operand->type == BSON_DOCUMENT)
		rule->schema = match_schema_compile(operand);
	else if (operand->type != BSON_BOOL)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
							"must be an object or a boolean");
	else if (operand->v.boolean)
		return false;

	rule->members = palloc0(((has_properties ? pgbson_count(&properties) : 0) +
							 (has_patterns ? pgbson_count(&patterns) : 0) + 1) *
							sizeof(MatchSchemaMember));
	if (has_properties)
		add_known_names(rule, &properties, false);
	if (has_patterns)
		add_known_names(rule, &patterns, true);
	return true;
}

static bool
is_known_name(const MatchSchemaRule *rule, const BsonIter *iter)
{
	for (int i = 0; i < rule->nmembers; i++)
	{
		const MatchSchemaMember *member = &rule->members[i];

		if (member->regex != NULL ? expr_regex_match(member->regex, iter->key, iter->keylen) :
			pgbson_iter_key_is(iter, member->name, member->namelen))
			return true;
	}
	return false;
}

/* Moves to the next additional field that is refused. */
static bool
next_refused_property(const MatchSchemaRule *rule, BsonIter *iter, BsonValue *field)
{
	while (pgbson_iter_next(iter))
	{
		if (is_known_name(rule, iter))
			continue;
		pgbson_iter_value(iter, field);
		if (rule->schema == NULL || !match_schema_matches(rule->schema, field))
			return true;
	}
	return false;
}

bool
match_schema_eval_additional_properties(const MatchSchemaRule *rule, const BsonValue *value)
{
	BsonIter	iter;
	BsonValue	field;

	pgbson_iter_init(&iter, value);
	return !next_refused_property(rule, &iter, &field);
}

void
match_schema_explain_additional_properties(const MatchSchemaRule *rule, const BsonValue *value,
										   BsonBuilder *out)
{
	BsonIter	iter;
	BsonValue	field;

	pgbson_iter_init(&iter, value);
	if (rule->schema != NULL)
	{
		match_schema_annotate(rule->schema, out);
		pgbson_append_cstring(out, "reason", -1,
							  "at least one additional property did not match the subschema");
		if (next_refused_property(rule, &iter, &field))
		{
			pgbson_append_cstring(out, "failingProperty", -1, iter.key);
			append_details(rule->schema, &field, out);
		}
		return;
	}
	pgbson_begin(out, BSON_DOCUMENT, "specifiedAs", -1);
	pgbson_append(out, rule->keyword->name, -1, &rule->operand);
	pgbson_end(out);
	pgbson_begin(out, BSON_ARRAY, "additionalProperties", -1);
	while (next_refused_property(rule, &iter, &field))
	{
		BsonValue	name;

		pgbson_make_string(iter.key, iter.keylen, &name);
		pgbson_push(out, &name);
	}
	pgbson_end(out);
}

/* ---- required ---- */

/* Adds a name to the list of those required, where it may stand only once. */
static void
add_required(MatchSchemaRule *rule, const BsonValue *name)
{
	if (name->type != BSON_STRING)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
							psprintf("must be an array of strings, but found an element of type: "
									 "%s", pgbson_type_name(name->type)));
	for (int i = 0; i < rule->nmembers; i++)
		if (rule->members[i].namelen == name->len &&
			memcmp(rule->members[i].name, name->v.data, name->len) == 0)
			match_schema_refuse(rule->keyword, DOCDB_ERR_FAILED_TO_PARSE,
								"array cannot contain duplicate values");
	set_name(&rule->members[rule->nmembers++], pnstrdup(name->v.data, name->len), name->len);
}

/* { required: [field, ...] } */
bool
match_schema_parse_required(MatchSchemaRule *rule, const BsonValue *operand,
							const BsonValue *schema)
{
	BsonIter	iter;

	if (operand->type != BSON_ARRAY)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
							psprintf("must be an array, but found an element of type %s",
									 pgbson_type_name(operand->type)));
	make_members(rule, operand);
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	name;

		pgbson_iter_value(&iter, &name);
		add_required(rule, &name);
	}
	if (rule->nmembers == 0)
		match_schema_refuse(rule->keyword, DOCDB_ERR_FAILED_TO_PARSE,
							"cannot be an empty array");
	return true;
}

bool
match_schema_eval_required(const MatchSchemaRule *rule, const BsonValue *value)
{
	BsonValue	field;

	for (int i = 0; i < rule->nmembers; i++)
		if (!match_schema_get(&rule->members[i], value, &field))
			return false;
	return true;
}

static void
append_missing(const MatchSchemaRule *rule, const BsonValue *document, BsonBuilder *out)
{
	pgbson_begin(out, BSON_ARRAY, "missingProperties", -1);
	for (int i = 0; i < rule->nmembers; i++)
	{
		const MatchSchemaMember *member = &rule->members[i];
		BsonValue	field;
		BsonValue	name;

		if (match_schema_get(member, document, &field))
			continue;
		pgbson_make_string(member->name, member->namelen, &name);
		pgbson_push(out, &name);
	}
	pgbson_end(out);
}

void
match_schema_explain_required(const MatchSchemaRule *rule, const BsonValue *value,
							  BsonBuilder *out)
{
	pgbson_begin(out, BSON_DOCUMENT, "specifiedAs", -1);
	pgbson_append(out, rule->keyword->name, -1, &rule->operand);
	pgbson_end(out);
	append_missing(rule, value, out);
}

/* ---- dependencies ---- */

static MatchSchema *
compile_dependency(const MatchSchemaKeyword *keyword, const BsonValue *operand)
{
	MatchSchema *schema;

	if (operand->type == BSON_DOCUMENT)
		return match_schema_compile(operand);
	schema = palloc0(sizeof(MatchSchema));
	pgbson_make_simple(BSON_MISSING, &schema->source);
	schema->rules = palloc0(sizeof(MatchSchemaRule));
	schema->rules->keyword = keyword;
	schema->nrules = 1;
	(void) match_schema_parse_required(schema->rules, operand, NULL);
	return schema;
}

/* { dependencies: { field: schema or [field, ...], ... } }, for documents that have the field. */
bool
match_schema_parse_dependencies(MatchSchemaRule *rule, const BsonValue *operand,
								const BsonValue *schema)
{
	BsonIter	iter;

	if (operand->type != BSON_DOCUMENT)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be an object");
	make_members(rule, operand);
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		MatchSchemaMember *member = &rule->members[rule->nmembers++];
		BsonValue	source;

		if (iter.type != BSON_DOCUMENT && iter.type != BSON_ARRAY)
			ereport(ERROR,
					(errcode(DOCDB_ERR_TYPE_MISMATCH),
					 errmsg("property '%s' in $jsonSchema keyword 'dependencies' must be either "
							"an object or an array", iter.key)));
		pgbson_iter_value(&iter, &source);
		set_name(member, iter.key, iter.keylen);
		member->is_list = source.type == BSON_ARRAY;
		member->schema = compile_dependency(rule->keyword, &source);
	}
	return true;
}

static bool
dependency_holds(const MatchSchemaMember *member, const BsonValue *document)
{
	BsonValue	field;

	if (!match_schema_get(member, document, &field))
		return true;
	return member->is_list ? match_schema_eval_required(member->schema->rules, document) :
		match_schema_matches(member->schema, document);
}

bool
match_schema_eval_dependencies(const MatchSchemaRule *rule, const BsonValue *value)
{
	for (int i = 0; i < rule->nmembers; i++)
		if (!dependency_holds(&rule->members[i], value))
			return false;
	return true;
}

void
match_schema_explain_dependencies(const MatchSchemaRule *rule, const BsonValue *value,
								  BsonBuilder *out)
{
	pgbson_begin(out, BSON_ARRAY, "failingDependencies", -1);
	for (int i = 0; i < rule->nmembers; i++)
	{
		const MatchSchemaMember *member = &rule->members[i];

		if (dependency_holds(member, value))
			continue;
		pgbson_push_begin(out, BSON_DOCUMENT);
		pgbson_append_cstring(out, "conditionalProperty", -1, member->name);
		if (member->is_list)
			append_missing(member->schema->rules, value, out);
		else
		{
			match_schema_annotate(member->schema, out);
			append_details(member->schema, value, out);
		}
		pgbson_end(out);
	}
	pgbson_end(out);
}
