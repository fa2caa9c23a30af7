/*
 * options.c
 *		The options of collections.
 *
 * An option has one handler, which checks its value and says whether it is stored.  Options that
 * change what a collection does and are not there yet are refused rather than ignored.
 */
#include "postgres.h"

#include "base/errors.h"
#include "collection/collection_internal.h"
#include "match/match.h"

typedef struct OptionContext
{
	const char *command;
	const char *name;
} OptionContext;

/* Checks a value; true where the option is to be stored. */
typedef bool (*OptionHandler) (const OptionContext *context, const BsonValue *value);

static void
wrong_type(const OptionContext *context, const BsonValue *value, const char *expected)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_TYPE_MISMATCH),
			 errmsg("BSON field '%s.%s' is the wrong type '%s', expected type '%s'",
					context->command, context->name, pgbson_type_name(value->type), expected)));
}

static void
unsupported(const OptionContext *context)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_COMMAND_NOT_SUPPORTED),
			 errmsg("the option '%s' of %s is not supported", context->name, context->command)));
}

static bool
option_ignored(const OptionContext *context, const BsonValue *value)
{
	return false;
}

static bool
option_must_be_absent(const OptionContext *context, const BsonValue *value)
{
	unsupported(context);
	return false;
}

static bool
option_must_be_false(const OptionContext *context, const BsonValue *value)
{
	if (value->type != BSON_BOOL)
		wrong_type(context, value, "bool");
	if (value->v.boolean)
		unsupported(context);
	return false;
}

static bool
option_must_be_true(const OptionContext *context, const BsonValue *value)
{
	if (value->type != BSON_BOOL)
		wrong_type(context, value, "bool");
	if (!value->v.boolean)
		unsupported(context);
	return false;
}

static bool
option_must_be_empty(const OptionContext *context, const BsonValue *value)
{
	if (value->type != BSON_DOCUMENT)
		wrong_type(context, value, "object");
	if (value->len > BSON_MIN_DOCUMENT_SIZE)
		unsupported(context);
	return false;
}

/* {enabled: false} */
static bool
option_must_be_disabled(const OptionContext *context, const BsonValue *value)
{
	BsonValue	enabled;

	if (value->type != BSON_DOCUMENT)
		wrong_type(context, value, "object");
	if (pgbson_get(value, "enabled", 7, &enabled) &&
		(enabled.type != BSON_BOOL || enabled.v.boolean))
		unsupported(context);
	return false;
}

/* Capped collections are refused by their own option, so these have no collection to belong to. */
static bool
option_of_capped(const OptionContext *context, const BsonValue *value)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_INVALID_OPTIONS),
			 errmsg("the 'capped' field needs to be true when either the 'size' or 'max' fields "
					"are present")));
	return false;
}

static bool
option_collation(const OptionContext *context, const BsonValue *value)
{
	BsonValue	locale;

	if (value->type != BSON_DOCUMENT)
		wrong_type(context, value, "object");
	if (value->len > BSON_MIN_DOCUMENT_SIZE &&
		!(pgbson_get(value, "locale", 6, &locale) && locale.type == BSON_STRING &&
		  locale.len == 6 && memcmp(locale.v.data, "simple", 6) == 0))
		unsupported(context);
	return false;
}

static bool
option_validator(const OptionContext *context, const BsonValue *value)
{
	if (value->type != BSON_DOCUMENT)
		wrong_type(context, value, "object");
	(void) match_compile(value, NULL);
	return true;
}

/* A string out of a list that ends with NULL. */
static bool
check_enumeration(const OptionContext *context, const BsonValue *value, const char *const *allowed)
{
	if (value->type != BSON_STRING)
		wrong_type(context, value, "string");
	for (; *allowed != NULL; allowed++)
		if (strlen(*allowed) == value->len && memcmp(*allowed, value->v.data, value->len) == 0)
			return true;
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("Enumeration value '%s' for field '%s.%s' is not a valid value.",
					pnstrdup(value->v.data, value->len), context->command, context->name)));
	return false;
}

static bool
option_validation_level(const OptionContext *context, const BsonValue *value)
{
	static const char *const levels[] = {"off", "strict", "moderate", NULL};

	return check_enumeration(context, value, levels);
}

static bool
option_validation_action(const OptionContext *context, const BsonValue *value)
{
	static const char *const actions[] = {"error", "errorAndLog", "warn", NULL};

	return check_enumeration(context, value, actions);
}

typedef struct CollectionOption
{
	const char *name;
	OptionHandler handler;
} CollectionOption;

static const CollectionOption collection_options[] =
{
#define COLLECTION_OPTION(name, handler) {name, handler},
#include "collection/option_list.h"
#undef COLLECTION_OPTION
};

static int
compare_options(const void *a, const void *b)
{
	return strcmp(((const CollectionOption *) a)->name, ((const CollectionOption *) b)->name);
}

void
collection_parse_options(const BsonValue *options, const char *command, BsonValue *stored)
{
	BsonBuilder builder;
	BsonIter	iter;
	bool		any = false;

	pgbson_make_simple(BSON_MISSING, stored);
	if (options == NULL || options->type == BSON_MISSING)
		return;

	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, options);
	while (pgbson_iter_next(&iter))
	{
		CollectionOption key = {iter.key};
		const CollectionOption *found = bsearch(&key, collection_options,
												lengthof(collection_options), sizeof(key),
												compare_options);
		OptionContext context = {command, iter.key};
		BsonValue	value;

		if (found == NULL)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40415)),
					 errmsg("BSON field '%s.%s' is an unknown field.", command, iter.key)));
		pgbson_iter_value(&iter, &value);
		if (value.type == BSON_NULL || value.type == BSON_UNDEFINED)
			continue;
		if (found->handler(&context, &value))
		{
			pgbson_append_element(&builder, &iter);
			any = true;
		}
	}
	if (any)
		pgbson_finish(&builder, BSON_DOCUMENT, stored);
}

/* Whether an option is there and has that text. */
static bool
option_is(const BsonValue *stored, const char *name, const char *text)
{
	BsonValue	value;

	return pgbson_get(stored, name, strlen(name), &value) && value.type == BSON_STRING &&
		value.len == strlen(text) && memcmp(value.v.data, text, value.len) == 0;
}

void
collection_apply_options(const BsonValue *stored, Collection *collection)
{
	pgbson_make_simple(BSON_MISSING, &collection->validator);
	collection->validate_moderate = false;
	collection->validate_warn = false;
	if (stored->type != BSON_DOCUMENT || option_is(stored, "validationLevel", "off"))
		return;

	(void) pgbson_get(stored, "validator", 9, &collection->validator);
	if (collection->validator.type == BSON_DOCUMENT &&
		collection->validator.len <= BSON_MIN_DOCUMENT_SIZE)
		pgbson_make_simple(BSON_MISSING, &collection->validator);
	collection->validate_moderate = option_is(stored, "validationLevel", "moderate");
	collection->validate_warn = option_is(stored, "validationAction", "warn");
}
