/*
 * filters.c
 *		Array filters: the conditions that "$[name]" in an update's paths refers to.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "update/update_internal.h"

/*
 * Finds the name that a filter is about: the first component of its field names, also inside
 * $and, $or and $nor.  *name is NULL as long as none was found.
 */
static void
find_name(const BsonValue *filter, const char **name, uint32 *len)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, filter);
	while (pgbson_iter_next(&iter))
	{
		const char *dot;
		uint32		found;

		if (iter.key[0] == '$')
		{
			BsonValue	operands;
			BsonValue	operand;
			BsonIter	each;

			pgbson_iter_value(&iter, &operands);
			if (operands.type != BSON_ARRAY)
				continue;
			pgbson_iter_init(&each, &operands);
			while (pgbson_iter_next(&each))
			{
				pgbson_iter_value(&each, &operand);
				if (operand.type == BSON_DOCUMENT)
					find_name(&operand, name, len);
			}
			continue;
		}
		dot = strchr(iter.key, '.');
		found = dot != NULL ? dot - iter.key : iter.keylen;
		if (*name == NULL)
		{
			*name = pnstrdup(iter.key, found);
			*len = found;
		}
		else if (*len != found || memcmp(*name, iter.key, found) != 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_FAILED_TO_PARSE),
					 errmsg("Error parsing array filter :: caused by :: Expected a single "
							"top-level field name, found '%s' and '%.*s'", *name, (int) found,
							iter.key)));
	}
}

static bool
is_identifier(const char *name, uint32 len)
{
	if (len == 0 || name[0] < 'a' || name[0] > 'z')
		return false;
	for (uint32 i = 1; i < len; i++)
	{
		char		c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
			return false;
	}
	return true;
}

static void
parse_filter(UpdateParser *parser, const BsonIter *element)
{
	Update	   *update = parser->update;
	UpdateFilter filter = {0};
	BsonValue	condition;

	pgbson_iter_value(element, &condition);
	if (condition.type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field 'update.updates.arrayFilters.%s' is the wrong type '%s', "
						"expected type 'object'", element->key,
						pgbson_type_name(condition.type))));
	filter.matcher = match_compile_limited(&condition, MATCH_NO_FEATURES, parser->scope);
	find_name(&condition, &filter.name, &filter.len);
	if (filter.name == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Cannot use an expression without a top-level field name in "
						"arrayFilters")));
	if (!is_identifier(filter.name, filter.len))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Error parsing array filter :: caused by :: The top-level field name "
						"must be an alphanumeric string beginning with a lowercase letter, "
						"found '%s'", filter.name)));
	for (int i = 0; i < update->nfilters; i++)
		if (strcmp(update->filters[i].name, filter.name) == 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_FAILED_TO_PARSE),
					 errmsg("Found multiple array filters with the same top-level field name %s",
							filter.name)));
	update->filters[update->nfilters++] = filter;
}

void
update_parse_filters(UpdateParser *parser, const BsonValue *array_filters)
{
	BsonIter	iter;

	if (array_filters == NULL || array_filters->type == BSON_MISSING)
		return;
	if (array_filters->type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field 'update.updates.arrayFilters' is the wrong type '%s', "
						"expected type 'array'", pgbson_type_name(array_filters->type))));
	parser->update->filters = palloc0(Max(pgbson_count(array_filters), 1) *
									  sizeof(UpdateFilter));
	pgbson_iter_init(&iter, array_filters);
	while (pgbson_iter_next(&iter))
		parse_filter(parser, &iter);
}

void
update_check_filters(const Update *update, const BsonValue *spec)
{
	for (int i = 0; i < update->nfilters; i++)
		if (!update->filters[i].used)
			ereport(ERROR,
					(errcode(DOCDB_ERR_FAILED_TO_PARSE),
					 errmsg("The array filter for identifier '%s' was not used in the update %s",
							update->filters[i].name,
							pgbson_to_json(spec, BSON_JSON_RELAXED))));
}

/* The filter is one of documents, so the element is made the field of one. */
bool
update_filter_matches(const UpdateFilter *filter, const BsonIter *element, ExprEvalContext *context)
{
	BsonBuilder builder;
	BsonValue	document;
	bool		matches;

	pgbson_builder_init(&builder);
	pgbson_append_payload(&builder, filter->name, filter->len, element);
	pgbson_finish(&builder, BSON_DOCUMENT, &document);
	matches = match_eval(filter->matcher, &document, context);
	pfree(builder.buffer);
	return matches;
}
