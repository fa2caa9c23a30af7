/*
 * options.c
 *		The options of collections.
 *
 * An option has one handler, which checks its value and says whether it is stored.  Options that
 * change what a collection does and are not there yet are refused rather than ignored.
 */
#include "postgres.h"

#include <math.h>

#include "base/errors.h"
#include "collection/collection_internal.h"
#include "match/match.h"
#include "pgbson/collation.h"
#include "pgbson/number.h"

/* 1 PB, and how many documents there may be at most. */
#define MAX_CAPPED_SIZE (INT64CONST(1) << 50)
#define MAX_CAPPED_DOCUMENTS (INT64CONST(1) << 31)

typedef struct OptionContext
{
	const char *command;
	const char *name;
	BsonBuilder *stored;		/* for handlers that store something else than the value */
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

/* Adds one option to what is stored. */
static void
store_number(BsonBuilder *stored, const char *name, int64 number)
{
	if (number <= PG_INT32_MAX)
		pgbson_append_int32(stored, name, -1, (int32) number);
	else
		pgbson_append_int64(stored, name, -1, number);
}

static void
out_of_range(const OptionContext *context, const char *bound, int64 number)
{
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(51024)),
			 errmsg("BSON field '%s' value must be %s, actual value '" INT64_FORMAT "'",
					context->name, bound, number)));
}

static int64
number_of(const OptionContext *context, const BsonValue *value)
{
	int64		number;

	if (!pgbson_is_number(value))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field '%s.%s' is the wrong type '%s', expected types '[long, int, "
						"decimal, double]'", context->command, context->name,
						pgbson_type_name(value->type))));
	if (!pgbson_number_to_int64_exact(value, &number))
	{
		double		f = pgbson_number_to_double(value);

		number = isnan(f) ? 0 : f >= (double) PG_INT64_MAX ? PG_INT64_MAX :
			f <= (double) PG_INT64_MIN ? PG_INT64_MIN : (int64) f;
	}
	return number;
}

/* A boolean or a number, as create's capped is. */
static bool
option_capped(const OptionContext *context, const BsonValue *value)
{
	if (value->type != BSON_BOOL && !pgbson_is_number(value))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field '%s.%s' is the wrong type '%s', expected types '[bool, long, "
						"int, decimal, double]'", context->command, context->name,
						pgbson_type_name(value->type))));
	if (pgbson_is_truthy(value))
		pgbson_append_bool(context->stored, "capped", -1, true);
	return false;
}

static bool
option_capped_size(const OptionContext *context, const BsonValue *value)
{
	int64		size = number_of(context, value);

	if (size < 1)
		out_of_range(context, ">= 1", size);
	if (size > MAX_CAPPED_SIZE)
		out_of_range(context, psprintf("<= " INT64_FORMAT, MAX_CAPPED_SIZE), size);
	store_number(context->stored, "size", size);
	return false;
}

/* Zero and less are no limit, that is, one that no collection reaches. */
static bool
option_capped_max(const OptionContext *context, const BsonValue *value)
{
	int64		max = number_of(context, value);

	if (max >= MAX_CAPPED_DOCUMENTS)
		out_of_range(context, psprintf("< " INT64_FORMAT, MAX_CAPPED_DOCUMENTS), max);
	store_number(context->stored, "max", max > 0 ? max : MAX_CAPPED_DOCUMENTS - 1);
	return false;
}

/* Stored with all its fields, as it is listed; the simple one is none. */
static bool
option_collation(const OptionContext *context, const BsonValue *value)
{
	BsonValue	document;

	if (value->type != BSON_DOCUMENT)
		wrong_type(context, value, "object");
	pgbson_collation_document(pgbson_collation_open(value), &document);
	pgbson_append(context->stored, context->name, -1, &document);
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

/* The commands that have an option. */
#define CREATE 1
#define MODIFY 2
#define BOTH (CREATE | MODIFY)

typedef struct CollectionOption
{
	const char *name;
	int			commands;
	OptionHandler handler;
} CollectionOption;

static const CollectionOption collection_options[] =
{
#define COLLECTION_OPTION(name, commands, handler) {name, commands, handler},
#include "collection/option_list.h"
#undef COLLECTION_OPTION
};

static int
compare_options(const void *a, const void *b)
{
	return strcmp(((const CollectionOption *) a)->name, ((const CollectionOption *) b)->name);
}

/* A capped collection has a size, and no other has. */
static void
check_capped(const BsonValue *stored)
{
	BsonValue	value;
	bool		capped = pgbson_get(stored, "capped", 6, &value);
	bool		size = pgbson_get(stored, "size", 4, &value);

	if (capped && !size)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_OPTIONS),
				 errmsg("the 'size' field is required when 'capped' is true")));
	if (!capped && (size || pgbson_get(stored, "max", 3, &value)))
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_OPTIONS),
				 errmsg("the 'capped' field needs to be true when either the 'size' or 'max' "
						"fields are present")));
}

void
collection_parse_options(const BsonValue *options, const char *command, BsonValue *stored)
{
	int			user = strcmp(command, "create") == 0 ? CREATE : MODIFY;
	BsonBuilder builder;
	BsonIter	iter;

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
		OptionContext context = {command, iter.key, &builder};
		BsonValue	value;

		if (found == NULL || (found->commands & user) == 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40415)),
					 errmsg("BSON field '%s.%s' is an unknown field.", command, iter.key)));
		pgbson_iter_value(&iter, &value);
		if (value.type == BSON_NULL || value.type == BSON_UNDEFINED)
			continue;
		if (found->handler(&context, &value))
			pgbson_append_element(&builder, &iter);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, stored);
	if (user == CREATE)
		check_capped(stored);
	if (stored->len <= BSON_MIN_DOCUMENT_SIZE)
		pgbson_make_simple(BSON_MISSING, stored);
}

/* Whether an option is there and has that text. */
static bool
option_is(const BsonValue *stored, const char *name, const char *text)
{
	BsonValue	value;

	return pgbson_get(stored, name, strlen(name), &value) && value.type == BSON_STRING &&
		value.len == strlen(text) && memcmp(value.v.data, text, value.len) == 0;
}

static int64
option_number(const BsonValue *stored, const char *name, int64 otherwise)
{
	BsonValue	value;
	int64		number;

	if (pgbson_get(stored, name, strlen(name), &value) &&
		pgbson_number_to_int64_exact(&value, &number))
		return number;
	return otherwise;
}

/* The validator compares by the collection's collation. */
static void
collate_validator(Collection *collection)
{
	BsonBuilder builder;
	BsonIter	iter;

	if (collection->validator.type != BSON_DOCUMENT || collection->collation.type == BSON_MISSING)
		return;
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, &collection->validator);
	pgbson_append_elements(&builder, iter.next, iter.end);
	pgbson_append(&builder, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN,
				  &collection->collation);
	pgbson_finish(&builder, BSON_DOCUMENT, &collection->validator);
}

void
collection_apply_options(const BsonValue *stored, Collection *collection)
{
	BsonValue	value;

	pgbson_make_simple(BSON_MISSING, &collection->validator);
	pgbson_make_simple(BSON_MISSING, &collection->collation);
	if (stored->type == BSON_DOCUMENT)
		(void) pgbson_get(stored, "collation", 9, &collection->collation);
	collection->validate_moderate = false;
	collection->validate_warn = false;
	collection->capped = false;
	if (stored->type == BSON_DOCUMENT && collection->has_order &&
		pgbson_get(stored, "capped", 6, &value))
	{
		collection->capped = true;
		collection->capped_size = option_number(stored, "size", PG_INT64_MAX);
		collection->capped_max = option_number(stored, "max", 0);
	}
	if (stored->type != BSON_DOCUMENT || option_is(stored, "validationLevel", "off"))
		return;

	(void) pgbson_get(stored, "validator", 9, &collection->validator);
	if (collection->validator.type == BSON_DOCUMENT &&
		collection->validator.len <= BSON_MIN_DOCUMENT_SIZE)
		pgbson_make_simple(BSON_MISSING, &collection->validator);
	collate_validator(collection);
	collection->validate_moderate = option_is(stored, "validationLevel", "moderate");
	collection->validate_warn = option_is(stored, "validationAction", "warn");
}
