/*
 * jsonschema.c
 *		$jsonSchema: compiling a schema, testing a value, and saying why one was refused.
 *
 * What the keywords mean is in the other jsonschema files.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/errors.h"
#include "match/jsonschema_internal.h"

static const MatchSchemaKeyword keywords[] = {
#define SCHEMA_KEYWORD(name, symbol, order, applies, reason, parse, eval, explain) \
	{name, SCHEMA_KEYWORD_##symbol, order, applies, reason, parse, eval, explain},
#define SCHEMA_PART(name, symbol, order, parse) \
	{name, SCHEMA_KEYWORD_##symbol, order, SCHEMA_ANY, NULL, parse, NULL, NULL},
#define SCHEMA_REFUSED(name, symbol) \
	{name, SCHEMA_KEYWORD_##symbol, 0, SCHEMA_ANY, NULL, NULL, NULL, NULL},
#include "match/jsonschema_list.h"
#undef SCHEMA_KEYWORD
#undef SCHEMA_PART
#undef SCHEMA_REFUSED
};

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const MatchSchemaKeyword *) a)->name, ((const MatchSchemaKeyword *) b)->name);
}

static const MatchSchemaKeyword *
find_keyword(const char *name)
{
	static bool order_checked = false;
	MatchSchemaKeyword wanted = {.name = name};

	if (!order_checked)
	{
		for (int i = 1; i < lengthof(keywords); i++)
			if (compare_names(&keywords[i - 1], &keywords[i]) >= 0)
				elog(ERROR, "jsonschema_list.h is not sorted at %s", keywords[i].name);
		order_checked = true;
	}
	return bsearch(&wanted, keywords, lengthof(keywords), sizeof(MatchSchemaKeyword),
				   compare_names);
}

void
match_schema_refuse(const MatchSchemaKeyword *keyword, int sqlstate, const char *problem)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("$jsonSchema keyword '%s' %s", keyword->name, problem)));
	pg_unreachable();
}

/* ---- Compiling ---- */

/* A keyword of a schema, before its operand is read. */
typedef struct Entry
{
	const MatchSchemaKeyword *keyword;
	BsonValue	operand;
} Entry;

static int
compare_entries(const void *a, const void *b)
{
	const MatchSchemaKeyword *x = ((const Entry *) a)->keyword;
	const MatchSchemaKeyword *y = ((const Entry *) b)->keyword;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* The keyword of the current field, which must be one that MongoDB has. */
static const MatchSchemaKeyword *
known_keyword(const BsonIter *iter)
{
	const MatchSchemaKeyword *keyword = find_keyword(iter->key);

	if (keyword == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Unknown $jsonSchema keyword: %s", iter->key)));
	if (keyword->parse == NULL)
		match_schema_refuse(keyword, DOCDB_ERR_FAILED_TO_PARSE, "is not currently supported");
	return keyword;
}

/* "type", "bsonType" and "encrypt" all say what type a value must have. */
static void
check_conflicts(const bool *present)
{
	static const MatchSchemaKeywordId conflicts[][2] = {
		{SCHEMA_KEYWORD_TYPE, SCHEMA_KEYWORD_BSON_TYPE},
		{SCHEMA_KEYWORD_ENCRYPT, SCHEMA_KEYWORD_TYPE},
		{SCHEMA_KEYWORD_ENCRYPT, SCHEMA_KEYWORD_BSON_TYPE},
		{SCHEMA_KEYWORD_ENCRYPT, SCHEMA_KEYWORD_ENCRYPT_METADATA}
	};

	for (int i = 0; i < lengthof(conflicts); i++)
	{
		if (present[conflicts[i][0]] && present[conflicts[i][1]])
			ereport(ERROR,
					(errcode(DOCDB_ERR_FAILED_TO_PARSE),
					 errmsg("Cannot specify both $jsonSchema keywords '%s' and '%s'",
							keywords[conflicts[i][0]].name, keywords[conflicts[i][1]].name)));
	}
}

/* The keywords of a schema in the order in which they are read. */
static Entry *
collect_entries(const BsonValue *source, int *count)
{
	Entry	   *entries = palloc(Max(pgbson_count(source), 1) * sizeof(Entry));
	bool		present[lengthof(keywords)] = {false};
	BsonIter	iter;

	*count = 0;
	pgbson_iter_init(&iter, source);
	while (pgbson_iter_next(&iter))
	{
		Entry	   *entry = &entries[(*count)++];

		entry->keyword = known_keyword(&iter);
		if (present[entry->keyword->id])
			ereport(ERROR,
					(errcode(DOCDB_ERR_FAILED_TO_PARSE),
					 errmsg("Duplicate $jsonSchema keyword: %s", iter.key)));
		present[entry->keyword->id] = true;
		pgbson_iter_value(&iter, &entry->operand);
		if (*count > lengthof(keywords))
			elog(ERROR, "more keywords than there are");
	}
	check_conflicts(present);
	qsort(entries, *count, sizeof(Entry), compare_entries);
	return entries;
}

MatchSchema *
match_schema_compile(const BsonValue *source)
{
	MatchSchema *schema = palloc0(sizeof(MatchSchema));
	int			count;
	Entry	   *entries;

	check_stack_depth();
	schema->source = *source;
	entries = collect_entries(source, &count);
	schema->rules = palloc0(Max(count, 1) * sizeof(MatchSchemaRule));
	for (int i = 0; i < count; i++)
	{
		MatchSchemaRule *rule = &schema->rules[schema->nrules];

		rule->keyword = entries[i].keyword;
		rule->operand = entries[i].operand;
		if (rule->keyword->parse(rule, &entries[i].operand, source))
			schema->nrules++;
		else
			memset(rule, 0, sizeof(MatchSchemaRule));
	}
	pfree(entries);
	return schema;
}

/* ---- Testing ---- */

static bool
applies(MatchSchemaApplies what, uint8 type)
{
	switch (what)
	{
		case SCHEMA_ANY:
			return true;
		case SCHEMA_NUMBER:
			return type == BSON_INT32 || type == BSON_INT64 || type == BSON_DOUBLE ||
				type == BSON_DECIMAL128;
		case SCHEMA_STRING:
			return type == BSON_STRING;
		case SCHEMA_ARRAY:
			return type == BSON_ARRAY;
		case SCHEMA_OBJECT:
			return type == BSON_DOCUMENT;
	}
	return false;
}

static bool
rule_holds(const MatchSchemaRule *rule, const BsonValue *value)
{
	return !applies(rule->keyword->applies, value->type) || rule->keyword->eval(rule, value);
}

bool
match_schema_matches(const MatchSchema *schema, const BsonValue *value)
{
	check_stack_depth();
	for (int i = 0; i < schema->nrules; i++)
		if (!rule_holds(&schema->rules[i], value))
			return false;
	return true;
}

bool
match_schema_get(const MatchSchemaMember *member, const BsonValue *document, BsonValue *field)
{
	if (member->path->nparts == 1)
		return pgbson_get(document, member->name, member->namelen, field);
	return pgbson_path_get(document, member->path, field);
}

/* ---- Saying why ---- */

void
match_schema_annotate(const MatchSchema *schema, BsonBuilder *out)
{
	BsonValue	text;

	if (pgbson_get(&schema->source, "title", 5, &text))
		pgbson_append(out, "title", 5, &text);
	if (pgbson_get(&schema->source, "description", 11, &text))
		pgbson_append(out, "description", 11, &text);
}

void
match_schema_explain(const MatchSchema *schema, const BsonValue *value, BsonBuilder *out)
{
	check_stack_depth();
	for (int i = 0; i < schema->nrules; i++)
	{
		const MatchSchemaRule *rule = &schema->rules[i];

		if (rule_holds(rule, value))
			continue;
		pgbson_push_begin(out, BSON_DOCUMENT);
		pgbson_append_cstring(out, "operatorName", -1, rule->keyword->name);
		rule->keyword->explain(rule, value, out);
		pgbson_end(out);
	}
}

/* ---- Documents whose fields have no order ---- */

static int
compare_fields(const void *a, const void *b)
{
	return strcmp(((const BsonIter *) a)->key, ((const BsonIter *) b)->key);
}

static void append_sorted(BsonBuilder *out, const BsonValue *container);

static void
append_sorted_field(BsonBuilder *out, const BsonIter *field)
{
	BsonValue	value;

	if (field->type != BSON_DOCUMENT && field->type != BSON_ARRAY)
	{
		pgbson_append_element(out, field);
		return;
	}
	pgbson_iter_value(field, &value);
	pgbson_begin(out, field->type, field->key, field->keylen);
	append_sorted(out, &value);
	pgbson_end(out);
}

/* Appends the fields of a document by name, or the elements of an array. */
static void
append_sorted(BsonBuilder *out, const BsonValue *container)
{
	uint32		count = pgbson_count(container);
	BsonIter   *fields = palloc(Max(count, 1) * sizeof(BsonIter));
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, container);
	for (uint32 i = 0; pgbson_iter_next(&iter); i++)
		fields[i] = iter;
	if (container->type == BSON_DOCUMENT)
		qsort(fields, count, sizeof(BsonIter), compare_fields);
	for (uint32 i = 0; i < count; i++)
		append_sorted_field(out, &fields[i]);
	pfree(fields);
}

void
match_schema_sort_fields(const BsonValue *value, BsonValue *sorted)
{
	BsonBuilder builder;

	*sorted = *value;
	if (value->type != BSON_DOCUMENT && value->type != BSON_ARRAY)
		return;
	pgbson_builder_init(&builder);
	append_sorted(&builder, value);
	pgbson_finish(&builder, value->type, sorted);
}

/* ---- The operator ---- */

/* { $jsonSchema: schema } */
MatchNode *
match_parse_json_schema(MatchParse *parse, const MatchOperator *op, const char *path,
						const BsonValue *operand, const BsonValue *siblings)
{
	MatchNode  *node;

	if (parse->features == MATCH_NO_FEATURES)
		ereport(ERROR,
				(errcode(DOCDB_ERR_QUERY_FEATURE_NOT_ALLOWED),
				 errmsg("$jsonSchema is not allowed in this context")));
	if (operand->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("$jsonSchema must be an object")));
	node = match_node_predicate(op->id, NULL, operand);
	if (!parse->skip_exprs)
		node->data = match_schema_compile(operand);
	return node;
}

/* An array that $elemMatch looks into passes for a document, its positions being the names. */
bool
match_eval_json_schema(const MatchPredicate *predicate, const BsonValue *value, MatchRun *run)
{
	BsonValue	document = *value;

	if (document.type == BSON_ARRAY)
		document.type = BSON_DOCUMENT;
	return match_schema_matches(predicate->data, &document);
}
