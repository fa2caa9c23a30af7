/*
 * functions.c
 *		The SQL functions that stages compile to, one document at a time.
 *
 * Specifications are passed as MongoDB writes them, in bson or bson_value arguments: text would
 * bring a collation into the statement.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"

#include "base/oids.h"
#include "pipeline/pipeline_internal.h"

PG_FUNCTION_INFO_V1(docdb_build_document);
PG_FUNCTION_INFO_V1(docdb_count_value);
PG_FUNCTION_INFO_V1(docdb_array_of);
PG_FUNCTION_INFO_V1(docdb_set_field);
PG_FUNCTION_INFO_V1(docdb_replace_root);
PG_FUNCTION_INFO_V1(docdb_replace_with);
PG_FUNCTION_INFO_V1(docdb_let_variables);

/*
 * docdb.build_document(names bson_value, VARIADIC "values" bson_value[]): a document of fields in
 * the order given.  A NULL among the values becomes null.
 */
Datum
docdb_build_document(PG_FUNCTION_ARGS)
{
	BsonValue	names;
	ArrayType  *array;
	Datum	   *values;
	bool	   *nulls;
	int			nvalues;
	int			i = 0;
	BsonIter	iter;
	BsonBuilder builder;
	BsonValue	null;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &names);
	array = PG_GETARG_ARRAYTYPE_P(1);
	if (names.type != BSON_ARRAY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the names of a document's fields must be an array of strings")));
	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &values, &nulls,
					  &nvalues);
	pgbson_make_simple(BSON_NULL, &null);
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, &names);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	name;
		BsonValue	value;

		pgbson_iter_value(&iter, &name);
		if (name.type != BSON_STRING || i >= nvalues)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a document's fields need a string as name and a value each")));
		if (nulls[i])
			value = null;
		else
			pgbson_value_from_datum(values[i], &value);
		pgbson_append(&builder, name.v.data, name.len, &value);
		i++;
	}
	PG_RETURN_DATUM(pgbson_finish_datum(&builder));
}

/* docdb.count_value(bigint): an int where the number fits, a long otherwise, as $sum counts. */
Datum
docdb_count_value(PG_FUNCTION_ARGS)
{
	int64		count = PG_GETARG_INT64(0);
	BsonValue	value;

	if (count >= PG_INT32_MIN && count <= PG_INT32_MAX)
		pgbson_make_int32((int32) count, &value);
	else
		pgbson_make_int64(count, &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

/* docdb.array_of(bson) returns bson_value: an array of the document, or of nothing for NULL. */
Datum
docdb_array_of(PG_FUNCTION_ARGS)
{
	BsonBuilder builder;
	BsonValue	value;

	pgbson_builder_init(&builder);
	if (!PG_ARGISNULL(0))
	{
		pgbson_from_datum(PG_GETARG_DATUM(0), &value);
		pgbson_push(&builder, &value);
	}
	pgbson_finish(&builder, BSON_ARRAY, &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

/*
 * docdb.set_field(document bson, path bson_value, value bson_value): the document with the field
 * set, or removed where the value is NULL; see pipeline_append_nested.
 */
Datum
docdb_set_field(PG_FUNCTION_ARGS)
{
	BsonValue	document;
	BsonValue	path;
	BsonValue	value;
	BsonBuilder builder;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_value_from_datum(PG_GETARG_DATUM(1), &path);
	if (PG_ARGISNULL(2))
		pgbson_make_simple(BSON_MISSING, &value);
	else
		pgbson_value_from_datum(PG_GETARG_DATUM(2), &value);
	pgbson_builder_init(&builder);
	pipeline_append_nested(&builder, &document, pipeline_path_of(&path), &value);
	PG_RETURN_DATUM(pgbson_finish_datum(&builder));
}

static void *
compile_expression(const BsonValue *specs, ExprScope *scope)
{
	return expr_compile(&specs[0], scope);
}

/* The document that an expression gives; anything else is an error. */
static Datum
replace_root(FunctionCallInfo fcinfo, const char *what)
{
	BsonValue	document;
	BsonValue	spec;
	BsonValue	variables;
	bool		has_variables = !PG_ARGISNULL(2);
	ExprNode   *expr;
	ExprEvalContext *context;
	BsonValue	result;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_value_from_datum(PG_GETARG_DATUM(1), &spec);
	if (has_variables)
		pgbson_from_datum(PG_GETARG_DATUM(2), &variables);
	expr = expr_cached(fcinfo, &spec, 1, has_variables ? &variables : NULL, compile_expression,
					   &context);
	expr_context_set_root(context, &document);
	expr_eval(expr, context, &result);
	if (result.type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40228)),
				 errmsg("%s must evaluate to an object, but resulting value was: %s. Type of "
						"resulting value: '%s'. Input document: %s", what,
						result.type == BSON_MISSING ? "MISSING" :
						pgbson_to_json(&result, BSON_JSON_RELAXED),
						pgbson_type_name(result.type),
						pgbson_to_json(&document, BSON_JSON_RELAXED))));
	PG_RETURN_DATUM(pgbson_get_datum(&result));
}

/* docdb.replace_root(document bson, new_root bson_value, variables bson): as $replaceRoot does. */
Datum
docdb_replace_root(PG_FUNCTION_ARGS)
{
	return replace_root(fcinfo, "'newRoot' expression ");
}

/* docdb.replace_with(document bson, replacement bson_value, variables bson): as $replaceWith. */
Datum
docdb_replace_with(PG_FUNCTION_ARGS)
{
	return replace_root(fcinfo, "'replacement document' ");
}

/* ---- Variables ---- */

typedef struct LetVariable
{
	const char *name;
	uint32		namelen;
	ExprNode   *expr;
} LetVariable;

/* The variables of a `let` document; the list ends with a NULL name. */
static void *
compile_let(const BsonValue *specs, ExprScope *scope)
{
	LetVariable *variables = palloc0((pgbson_count(&specs[0]) + 1) * sizeof(LetVariable));
	int			n = 0;
	BsonIter	iter;

	pgbson_iter_init(&iter, &specs[0]);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		variables[n].name = iter.key;
		variables[n].namelen = iter.keylen;
		variables[n++].expr = expr_compile(&value, scope);
	}
	return variables;
}

/*
 * docdb.let_variables(document bson, let bson, variables bson): the variables there are, and those
 * of the `let` document with the values that its expressions have for the document.  A missing
 * value is passed on as undefined; see expr_context_set_variables.
 */
Datum
docdb_let_variables(PG_FUNCTION_ARGS)
{
	BsonValue	document;
	BsonValue	spec;
	BsonValue	outer;
	bool		has_outer = !PG_ARGISNULL(2);
	const LetVariable *variable;
	ExprEvalContext *context;
	BsonBuilder builder;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_from_datum(PG_GETARG_DATUM(1), &spec);
	if (has_outer)
		pgbson_from_datum(PG_GETARG_DATUM(2), &outer);
	variable = expr_cached(fcinfo, &spec, 1, has_outer ? &outer : NULL, compile_let, &context);
	expr_context_set_root(context, &document);

	pgbson_builder_init(&builder);
	if (has_outer)
	{
		BsonIter	iter;

		pgbson_iter_init(&iter, &outer);
		while (pgbson_iter_next(&iter))
			pgbson_append_element(&builder, &iter);
	}
	for (; variable->name; variable++)
	{
		BsonValue	value;

		expr_eval(variable->expr, context, &value);
		if (value.type == BSON_MISSING)
			pgbson_make_simple(BSON_UNDEFINED, &value);
		pgbson_append(&builder, variable->name, variable->namelen, &value);
	}
	PG_RETURN_DATUM(pgbson_finish_datum(&builder));
}
