/*
 * op_array_object.c
 *		$zip, and from arrays to objects and back.
 */
#include "postgres.h"

#include "expr/expr_internal.h"
#include "expr/value_set.h"

/* ---- $zip ---- */

/* The operands are the inputs and then as many defaults, or none. */
typedef struct ZipData
{
	int			ninputs;
	bool		longest;		/* as many rows as the longest input has */
} ZipData;

static void
require_type(const char *name, const BsonValue *value, BsonType type, int sqlstate)
{
	if (value->type != type)
		ereport(ERROR,
				(errcode(sqlstate),
				 errmsg("%s must be %s, found %s", name,
						type == BSON_ARRAY ? "an array of expressions" : "a bool",
						pgbson_type_name(value->type))));
}

/* Parses the elements, and returns how many there are. */
static int
parse_elements(ExprParser *parser, const BsonValue *array, ExprNode ***nodes)
{
	int			count = pgbson_count(array);
	BsonIter	iter;

	*nodes = palloc(Max(count, 1) * sizeof(ExprNode *));
	pgbson_iter_init(&iter, array);
	for (int i = 0; pgbson_iter_next(&iter); i++)
	{
		BsonValue	element;

		pgbson_iter_value(&iter, &element);
		(*nodes)[i] = expr_parse(parser, &element);
	}
	return count;
}

static void
check_zip(const ZipData *zip, int ndefaults)
{
	if (zip->ninputs == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(34465)),
				 errmsg("$zip requires at least one input array")));
	if (ndefaults > 0 && !zip->longest)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(34466)),
				 errmsg("cannot specify defaults unless useLongestLength is true")));
	if (ndefaults > 0 && ndefaults != zip->ninputs)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(34467)),
				 errmsg("defaults and inputs must have the same length")));
}

/* {$zip: {inputs: [array, ...], useLongestLength: bool, defaults: [any, ...]}} */
void
expr_parse_zip(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	ZipData    *zip = palloc0(sizeof(ZipData));
	ExprNode  **inputs = NULL;
	ExprNode  **defaults = NULL;
	int			ndefaults = 0;
	BsonIter	iter;

	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(34460)),
				 errmsg("$zip only supports an object as an argument, found %s",
						pgbson_type_name(argument->type))));
	pgbson_iter_init(&iter, argument);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (strcmp(iter.key, "inputs") == 0)
		{
			require_type(iter.key, &value, BSON_ARRAY, DOCDB_SQLSTATE(34461));
			zip->ninputs = parse_elements(parser, &value, &inputs);
		}
		else if (strcmp(iter.key, "defaults") == 0)
		{
			require_type(iter.key, &value, BSON_ARRAY, DOCDB_SQLSTATE(34462));
			ndefaults = parse_elements(parser, &value, &defaults);
		}
		else if (strcmp(iter.key, "useLongestLength") == 0)
		{
			require_type(iter.key, &value, BSON_BOOL, DOCDB_SQLSTATE(34463));
			zip->longest = value.v.boolean;
		}
		else
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(34464)),
					 errmsg("$zip found an unknown argument: %s", iter.key)));
	}
	check_zip(zip, ndefaults);

	expr->data = zip;
	expr_set_nargs(expr, zip->ninputs + ndefaults);
	for (int i = 0; i < zip->ninputs; i++)
		expr->args[i] = inputs[i];
	for (int i = 0; i < ndefaults; i++)
		expr->args[zip->ninputs + i] = defaults[i];
}

/* One input: its elements and how many there are. */
typedef struct ZipInput
{
	BsonIter	iter;
	BsonValue	fallback;		/* for rows beyond its end */
} ZipInput;

static void
zip_rows(ZipInput *inputs, int ninputs, uint32 rows, BsonValue *result)
{
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	for (uint32 row = 0; row < rows; row++)
	{
		pgbson_push_begin(&builder, BSON_ARRAY);
		for (int i = 0; i < ninputs; i++)
		{
			BsonValue	value;

			if (pgbson_iter_next(&inputs[i].iter))
				pgbson_iter_value(&inputs[i].iter, &value);
			else
				value = inputs[i].fallback;
			pgbson_push(&builder, &value);
		}
		pgbson_end(&builder);
	}
	pgbson_finish(&builder, BSON_ARRAY, result);
}

void
expr_zip(ExprCall *call, BsonValue *result)
{
	const ZipData *zip = call->expr->data;
	ZipInput   *inputs = palloc(zip->ninputs * sizeof(ZipInput));
	uint32		shortest = PG_UINT32_MAX;
	uint32		longest = 0;

	for (int i = 0; i < zip->ninputs; i++)
	{
		BsonValue	array;
		uint32		count;

		expr_arg(call, i, &array);
		if (expr_is_nullish(&array))
		{
			pgbson_make_simple(BSON_NULL, result);
			return;
		}
		if (array.type != BSON_ARRAY)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(34468)),
					 errmsg("$zip found a non-array expression in input: %s",
							pgbson_to_json(&array, BSON_JSON_RELAXED))));
		count = pgbson_count(&array);
		shortest = Min(shortest, count);
		longest = Max(longest, count);
		pgbson_iter_init(&inputs[i].iter, &array);
		pgbson_make_simple(BSON_NULL, &inputs[i].fallback);
	}
	for (int i = zip->ninputs; shortest < longest && i < call->nargs; i++)
	{
		BsonValue  *fallback = &inputs[i - zip->ninputs].fallback;

		expr_arg(call, i, fallback);
		if (fallback->type == BSON_MISSING)
			fallback->type = BSON_NULL;
	}
	zip_rows(inputs, zip->ninputs, zip->longest ? longest : shortest, result);
}

/* ---- $objectToArray ---- */

/* {$objectToArray: object}: an object {k, v} for each field */
void
expr_object_to_array(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonBuilder builder;
	BsonIter	iter;

	if (args[0].type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40390)),
				 errmsg("$objectToArray requires a document input, found: %s",
						pgbson_type_name(args[0].type))));
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, &args[0]);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	name;

		pgbson_make_string(iter.key, iter.keylen, &name);
		pgbson_push_begin(&builder, BSON_DOCUMENT);
		pgbson_append(&builder, "k", 1, &name);
		pgbson_append_payload(&builder, "v", 1, &iter);
		pgbson_end(&builder);
	}
	pgbson_finish(&builder, BSON_ARRAY, result);
}

/* ---- $arrayToObject ---- */

/* The codes of what may be wrong with a pair; the two forms of pairs have each their own. */
typedef struct PairErrors
{
	int			not_alike;
	int			not_two;
	int			not_string;
	int			nul;
} PairErrors;

static const PairErrors array_pair_errors = {
	DOCDB_SQLSTATE(40396), DOCDB_SQLSTATE(40397), DOCDB_SQLSTATE(40395), DOCDB_SQLSTATE(4940400)
};
static const PairErrors object_pair_errors = {
	DOCDB_SQLSTATE(40391), DOCDB_SQLSTATE(40392), DOCDB_SQLSTATE(40394), DOCDB_SQLSTATE(4940401)
};

/* Takes apart [k, v] or {k: ..., v: ...}. */
static void
read_pair(const BsonValue *pair, BsonType form, BsonValue *key, BsonValue *value)
{
	const PairErrors *errors = form == BSON_ARRAY ? &array_pair_errors : &object_pair_errors;
	BsonIter	iter;

	if (pair->type != form)
		ereport(ERROR,
				(errcode(errors->not_alike),
				 errmsg("$arrayToObject requires a consistent input format. Elements must all be "
						"arrays or all be objects. Found: %s", pgbson_type_name(pair->type))));
	if (pgbson_count(pair) != 2)
		ereport(ERROR,
				(errcode(errors->not_two),
				 errmsg("$arrayToObject requires pairs of a key and a value, found: %s",
						pgbson_to_json(pair, BSON_JSON_RELAXED))));
	if (form == BSON_DOCUMENT)
	{
		if (!pgbson_get(pair, "k", 1, key) || !pgbson_get(pair, "v", 1, value))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40393)),
					 errmsg("$arrayToObject requires an object with keys 'k' and 'v'. Missing "
							"either or both keys from: %s",
							pgbson_to_json(pair, BSON_JSON_RELAXED))));
	}
	else
	{
		pgbson_iter_init(&iter, pair);
		if (pgbson_iter_next(&iter))
			pgbson_iter_value(&iter, key);
		if (pgbson_iter_next(&iter))
			pgbson_iter_value(&iter, value);
	}
	if (key->type != BSON_STRING)
		ereport(ERROR,
				(errcode(errors->not_string),
				 errmsg("$arrayToObject requires keys of type string. Found type: %s",
						pgbson_type_name(key->type))));
	if (memchr(key->v.data, '\0', key->len))
		ereport(ERROR,
				(errcode(errors->nul),
				 errmsg("Key field cannot contain an embedded null byte")));
}

/* {$arrayToObject: [[name, any], ...]} or [{k: name, v: any}, ...] */
void
expr_array_to_object(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonBuilder builder;
	ValueSet	names;
	BsonValue  *pairs;
	BsonValue  *values;
	uint32		count;

	if (args[0].type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40386)),
				 errmsg("$arrayToObject requires an array input, found: %s",
						pgbson_type_name(args[0].type))));
	pairs = values = expr_array_elements(&args[0], &count);
	if (count > 0 && pairs[0].type != BSON_ARRAY && pairs[0].type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40398)),
				 errmsg("Unrecognised input type format for $arrayToObject: %s",
						pgbson_type_name(pairs[0].type))));

	/* A name stands where it came first, with its last value; there are no more than pairs. */
	expr_value_set_init(&names, CurrentMemoryContext);
	for (uint32 i = 0, form = count > 0 ? pairs[0].type : 0; i < count; i++)
	{
		BsonValue	key;
		BsonValue	value;
		int64		place;

		read_pair(&pairs[i], form, &key, &value);
		place = expr_value_set_add(&names, &key) ? names.count - 1 :
			expr_value_set_find(&names, &key);
		values[place] = value;
	}
	pgbson_builder_init(&builder);
	for (uint32 i = 0; i < names.count; i++)
		pgbson_append(&builder, names.values[i].v.data, names.values[i].len, &values[i]);
	pgbson_finish(&builder, BSON_DOCUMENT, result);
}
