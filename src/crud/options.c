/*
 * options.c
 *		The driver options of docdb's functions.
 *
 * One row of option_list.h for each option: which functions have it, its type, and the function
 * that takes its value.  An option that would change the result and is not honoured is an error,
 * never ignored.
 */
#include "postgres.h"

#include "base/errors.h"
#include "crud/crud_internal.h"
#include "expr/expr.h"
#include "pgbson/collation.h"
#include "pgbson/number.h"

typedef enum CrudOptionType
{
	CRUD_OPTION_ANY,
	CRUD_OPTION_BOOL,
	CRUD_OPTION_DOCUMENT,
	CRUD_OPTION_ARRAY,
	CRUD_OPTION_STRING,
	CRUD_OPTION_INT				/* a number that is integral and not negative */
} CrudOptionType;

typedef struct OptionContext
{
	const char *function;
	const char *name;
	CrudOptions *options;
} OptionContext;

typedef void (*OptionHandler) (const OptionContext *context, const BsonValue *value);

static void
not_supported(const OptionContext *context)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_COMMAND_NOT_SUPPORTED),
			 errmsg("the option '%s' of %s is not supported", context->name, context->function)));
}

/* A number of the type INT, which is known to be one. */
static int64
integer_of(const BsonValue *value)
{
	int64		result = 0;

	(void) pgbson_number_to_int64_exact(value, &result);
	return result;
}

static void
option_ignored(const OptionContext *context, const BsonValue *value)
{
}

static void
option_if_true(const OptionContext *context, const BsonValue *value)
{
	if (pgbson_is_truthy(value))
		not_supported(context);
}

/* An empty document is as good as none. */
static void
option_collation(const OptionContext *context, const BsonValue *value)
{
	if (value->len > BSON_MIN_DOCUMENT_SIZE)
		(void) pgbson_collation_open(value);
	context->options->collation = *value;
}

static void
option_hint(const OptionContext *context, const BsonValue *value)
{
	if (value->type != BSON_STRING && value->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Hint must be a string or an object")));
	context->options->hint = *value;
}

static void
option_array_filters(const OptionContext *context, const BsonValue *value)
{
	context->options->array_filters = *value;
}

static void
option_bypass_validation(const OptionContext *context, const BsonValue *value)
{
	context->options->bypass_validation = pgbson_is_truthy(value);
}

static void
option_comment(const OptionContext *context, const BsonValue *value)
{
	context->options->comment = *value;
}

static void
option_let(const OptionContext *context, const BsonValue *value)
{
	crud_resolve_let(value, &context->options->let);
}

static void
option_limit(const OptionContext *context, const BsonValue *value)
{
	context->options->limit = integer_of(value);
}

static void
option_skip(const OptionContext *context, const BsonValue *value)
{
	context->options->skip = integer_of(value);
}

static void
option_max_time_ms(const OptionContext *context, const BsonValue *value)
{
	context->options->max_time_ms = integer_of(value);
	if (context->options->max_time_ms > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg(INT64_FORMAT " value for maxTimeMS is out of range",
						context->options->max_time_ms)));
}

static void
option_max(const OptionContext *context, const BsonValue *value)
{
	context->options->max = *value;
}

static void
option_min(const OptionContext *context, const BsonValue *value)
{
	context->options->min = *value;
}

static void
option_ordered(const OptionContext *context, const BsonValue *value)
{
	context->options->ordered = pgbson_is_truthy(value);
}

static void
option_projection(const OptionContext *context, const BsonValue *value)
{
	context->options->projection = *value;
}

static void
option_return_document(const OptionContext *context, const BsonValue *value)
{
	bool		after = value->len == 5 && memcmp(value->v.data, "after", 5) == 0;

	if (!after && !(value->len == 6 && memcmp(value->v.data, "before", 6) == 0))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("returnDocument must be 'before' or 'after'")));
	context->options->return_new = after;
}

static void
option_return_key(const OptionContext *context, const BsonValue *value)
{
	context->options->return_key = pgbson_is_truthy(value);
}

static void
option_show_record_id(const OptionContext *context, const BsonValue *value)
{
	context->options->show_record_id = pgbson_is_truthy(value);
}

static void
option_sort(const OptionContext *context, const BsonValue *value)
{
	context->options->sort = *value;
}

static void
option_upsert(const OptionContext *context, const BsonValue *value)
{
	context->options->upsert = pgbson_is_truthy(value);
}

/* ---- The table ---- */

/* The names that the rows use for functions. */
enum
{
	FIND = CRUD_FOR_FIND,
	COUNT = CRUD_FOR_COUNT,
	DISTINCT = CRUD_FOR_DISTINCT,
	INSERT_MANY = CRUD_FOR_INSERT_MANY,
	UPDATE = CRUD_FOR_UPDATE,
	FIND_AND_UPDATE = CRUD_FOR_FIND_AND_UPDATE,
	BULK = CRUD_FOR_BULK,
	AGGREGATE = CRUD_FOR_AGGREGATE,

	INSERTS = CRUD_FOR_INSERT_ONE | INSERT_MANY | BULK,
	FIND_AND_MODIFY = FIND_AND_UPDATE | CRUD_FOR_FIND_AND_DELETE,
	UPDATES = UPDATE | CRUD_FOR_UPDATE_MANY | FIND_AND_UPDATE,
	READS = FIND | COUNT | DISTINCT | AGGREGATE,
	ALL = 0xFFF,
	WRITES = ALL & ~READS
};

typedef struct CrudOption
{
	const char *name;
	int			users;
	CrudOptionType type;
	OptionHandler handler;
} CrudOption;

static const CrudOption crud_options[] =
{
#define CRUD_OPTION(name, users, type, handler) {name, users, CRUD_OPTION_##type, handler},
#include "crud/option_list.h"
#undef CRUD_OPTION
};

static int
compare_options(const void *a, const void *b)
{
	return strcmp(((const CrudOption *) a)->name, ((const CrudOption *) b)->name);
}

/* What a function is called in messages: MongoDB's command. */
static const char *
function_name(CrudOptionUser user)
{
	switch (user)
	{
		case CRUD_FOR_FIND:
			return "find";
		case CRUD_FOR_COUNT:
			return "count";
		case CRUD_FOR_DISTINCT:
			return "distinct";
		case CRUD_FOR_INSERT_ONE:
		case CRUD_FOR_INSERT_MANY:
			return "insert";
		case CRUD_FOR_UPDATE:
		case CRUD_FOR_UPDATE_MANY:
			return "update";
		case CRUD_FOR_DELETE:
			return "delete";
		case CRUD_FOR_FIND_AND_UPDATE:
		case CRUD_FOR_FIND_AND_DELETE:
			return "findAndModify";
		case CRUD_FOR_BULK:
			return "bulkWrite";
		case CRUD_FOR_AGGREGATE:
			return "aggregate";
	}
	return "docdb";
}

static void
wrong_type(const OptionContext *context, const BsonValue *value, const char *expected)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_TYPE_MISMATCH),
			 errmsg("BSON field '%s.%s' is the wrong type '%s', expected type '%s'",
					context->function, context->name, pgbson_type_name(value->type), expected)));
}

static void
check_integer(const OptionContext *context, const BsonValue *value)
{
	int64		number;

	if (!pgbson_is_number(value))
		wrong_type(context, value, "int");
	if (!pgbson_number_to_int64_exact(value, &number))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("BSON field '%s.%s' must be an integer", context->function,
						context->name)));
	if (number < 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("BSON field '%s' value must be >= 0, actual value '" INT64_FORMAT "'",
						context->name, number)));
}

static void
check_type(const OptionContext *context, CrudOptionType type, const BsonValue *value)
{
	switch (type)
	{
		case CRUD_OPTION_ANY:
			break;
		case CRUD_OPTION_BOOL:
			if (value->type != BSON_BOOL && !pgbson_is_number(value))
				wrong_type(context, value, "bool");
			break;
		case CRUD_OPTION_DOCUMENT:
			if (value->type != BSON_DOCUMENT)
				wrong_type(context, value, "object");
			break;
		case CRUD_OPTION_ARRAY:
			if (value->type != BSON_ARRAY)
				wrong_type(context, value, "array");
			break;
		case CRUD_OPTION_STRING:
			if (value->type != BSON_STRING)
				wrong_type(context, value, "string");
			break;
		case CRUD_OPTION_INT:
			check_integer(context, value);
			break;
	}
}

void
crud_parse_options(const BsonValue *document, CrudOptionUser user, CrudOptions *options)
{
	BsonIter	iter;

	/* All absent values are BSON_MISSING, which is 0. */
	memset(options, 0, sizeof(*options));
	options->ordered = true;
	if (document == NULL || document->type != BSON_DOCUMENT)
		return;

	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
	{
		CrudOption	key = {iter.key};
		const CrudOption *found = bsearch(&key, crud_options, lengthof(crud_options),
										  sizeof(key), compare_options);
		OptionContext context = {function_name(user), iter.key, options};
		BsonValue	value;

		if (found == NULL || (found->users & user) == 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40415)),
					 errmsg("BSON field '%s.%s' is an unknown field.", context.function,
							iter.key)));
		pgbson_iter_value(&iter, &value);
		if (value.type == BSON_NULL || value.type == BSON_UNDEFINED)
			continue;
		check_type(&context, found->type, &value);
		found->handler(&context, &value);
	}
}

void
crud_arg_options(FunctionCallInfo fcinfo, int arg, CrudOptionUser user, CrudOptions *options)
{
	BsonValue	document;

	collection_arg_document(fcinfo, arg, &document);
	crud_parse_options(&document, user, options);
}

/* ---- Variables ---- */

/* The value of one variable's expression, which may name those before it (NULL: none). */
static void
resolve_variable(const BsonIter *iter, const BsonValue *before, BsonValue *value)
{
	ExprScope  *scope = expr_scope_from_variables(before);
	ExprEvalContext *context;
	BsonValue	specification;
	BsonValue	missing;
	ExprNode   *expr;

	/* The name is checked before the expression. */
	(void) expr_scope_define(expr_scope_create(), iter->key, iter->keylen);
	pgbson_iter_value(iter, &specification);
	expr = expr_compile(&specification, scope);
	if (expr_reads_document(expr))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(4890500)),
				 errmsg("Command let Expression tried to access a field, but this is not allowed "
						"because Command let Expressions run before the query examines any "
						"documents.")));
	context = expr_context_create(scope);
	expr_context_set_variables(context, before);
	pgbson_make_simple(BSON_MISSING, &missing);
	expr_context_set_root(context, &missing);
	expr_eval(expr, context, value);
	if (value->type == BSON_MISSING)
		pgbson_make_simple(BSON_UNDEFINED, value);
}

/* The document with one more field. */
static void
add_field(BsonValue *document, const BsonIter *iter, const BsonValue *value)
{
	BsonBuilder builder;
	BsonIter	old;

	pgbson_builder_init(&builder);
	if (document->type == BSON_DOCUMENT)
	{
		pgbson_iter_init(&old, document);
		while (pgbson_iter_next(&old))
			pgbson_append_element(&builder, &old);
	}
	pgbson_append(&builder, iter->key, iter->keylen, value);
	pgbson_finish(&builder, BSON_DOCUMENT, document);
}

void
crud_resolve_let(const BsonValue *let, BsonValue *resolved)
{
	BsonIter	iter;

	pgbson_make_simple(BSON_MISSING, resolved);
	if (let == NULL || let->type != BSON_DOCUMENT)
		return;

	pgbson_iter_init(&iter, let);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		resolve_variable(&iter, resolved->type == BSON_DOCUMENT ? resolved : NULL, &value);
		add_field(resolved, &iter, &value);
	}
}
