/*
 * functions.c
 *		SQL functions that show parts of the filter language: the inventory of operators, conditions
 *		on array elements, the equalities of a filter, and why a document does not match.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/errors.h"
#include "match/match_internal.h"

PG_FUNCTION_INFO_V1(docdb_filter_operators);
PG_FUNCTION_INFO_V1(docdb_matches_element);
PG_FUNCTION_INFO_V1(docdb_filter_equalities);
PG_FUNCTION_INFO_V1(docdb_filter_id);
PG_FUNCTION_INFO_V1(docdb_filter_explain);
PG_FUNCTION_INFO_V1(docdb_equals_any);

/* docdb.filter_operators(): the inventory of match_oplist.h. */
Datum
docdb_filter_operators(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < match_operator_count; i++)
	{
		const MatchOperator *op = &match_operators[i];
		Datum		values[3];
		bool		nulls[3] = {false, false, false};

		values[0] = CStringGetTextDatum(op->name);
		values[1] = CStringGetTextDatum(op->place == MATCH_QUERY ? "query" : "field");
		values[2] = BoolGetDatum(op->parse != match_parse_refused);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* docdb.matches_element(element bson_value, condition bson_value) */
Datum
docdb_matches_element(PG_FUNCTION_ARGS)
{
	BsonValue	element;
	BsonValue	condition;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &element);
	pgbson_value_from_datum(PG_GETARG_DATUM(1), &condition);
	PG_RETURN_BOOL(match_eval_element(match_compile_element(&condition, NULL), &element, NULL));
}

static void
put_equality(const char *path, uint32 pathlen, const BsonValue *value, void *arg)
{
	ReturnSetInfo *rsinfo = arg;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	values[0] = PointerGetDatum(cstring_to_text_with_len(path, pathlen));
	values[1] = pgbson_value_get_datum(value);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* docdb.filter_equalities(filter bson): what match_equalities finds. */
Datum
docdb_filter_equalities(PG_FUNCTION_ARGS)
{
	BsonValue	filter;

	InitMaterializedSRF(fcinfo, 0);
	pgbson_from_datum(PG_GETARG_DATUM(0), &filter);
	match_equalities(&filter, put_equality, fcinfo->resultinfo);
	return (Datum) 0;
}

/* docdb.filter_id(filter bson): what match_id_equality finds. */
Datum
docdb_filter_id(PG_FUNCTION_ARGS)
{
	BsonValue	filter;
	BsonValue	id;

	pgbson_from_datum(PG_GETARG_DATUM(0), &filter);
	if (!match_id_equality(&filter, &id))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(pgbson_value_get_datum(&id));
}

/* docdb.filter_explain(document bson, filter bson): what match_explain says, NULL for a match. */
Datum
docdb_filter_explain(PG_FUNCTION_ARGS)
{
	BsonValue	document;
	BsonValue	filter;
	BsonValue	details;
	Matcher    *matcher;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_from_datum(PG_GETARG_DATUM(1), &filter);
	matcher = match_compile(&filter, NULL);
	if (match_eval(matcher, &document, NULL))
		PG_RETURN_NULL();
	match_explain(matcher, &document, NULL, &details);

	/* The details wrap what they quote, which may be as deep as documents may be. */
	pgbson_validate(details.v.data, details.len);
	PG_RETURN_DATUM(pgbson_get_datum(&details));
}

/* ---- Filters made of values ---- */

/* Appends {<path>: {<op>: <operand>}} to an array. */
static void
push_condition(BsonBuilder *builder, const BsonValue *path, const char *op,
			   const BsonValue *operand)
{
	pgbson_push_begin(builder, BSON_DOCUMENT);
	pgbson_begin(builder, BSON_DOCUMENT, path->v.data, path->len);
	pgbson_append(builder, op, -1, operand);
	pgbson_end(builder);
	pgbson_end(builder);
}

void
match_make_equals_any(const BsonValue *path, const BsonValue *values, int nvalues,
					  bool or_missing, const BsonValue *collation, BsonValue *filter)
{
	BsonBuilder builder;
	BsonBuilder list;
	BsonValue	operand;
	bool		has_null = false;

	pgbson_builder_init(&builder);
	pgbson_builder_init(&list);
	pgbson_begin(&builder, BSON_ARRAY, "$or", 3);
	for (int i = 0; i < nvalues; i++)
	{
		/* These two mean something else in a list, or nothing at all. */
		if (values[i].type == BSON_REGEX)
			push_condition(&builder, path, "$eq", &values[i]);
		else if (values[i].type == BSON_UNDEFINED)
		{
			pgbson_make_int32(BSON_UNDEFINED, &operand);
			push_condition(&builder, path, "$type", &operand);
		}
		else
			pgbson_push(&list, &values[i]);
		has_null |= values[i].type == BSON_NULL;
	}
	pgbson_finish(&list, BSON_ARRAY, &operand);
	push_condition(&builder, path, "$in", &operand);
	if (has_null && or_missing)
	{
		pgbson_make_bool(false, &operand);
		push_condition(&builder, path, "$exists", &operand);
	}
	pgbson_end(&builder);
	if (collation != NULL)
		pgbson_append(&builder, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN, collation);
	pgbson_finish(&builder, BSON_DOCUMENT, filter);
}

/*
 * docdb.equals_any(path bson_value, values bson_value[], or_missing boolean, collation bson): the
 * filter that the value at the path is one of those.  The planner knows it for what it is although
 * it does not know the values; see match_filter_shape.
 */
Datum
docdb_equals_any(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(1);
	BsonValue	path;
	BsonValue	collation;
	BsonValue	filter;
	BsonValue  *values;
	Datum	   *datums;
	bool	   *nulls;
	int			ndatums;
	int			nvalues = 0;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &path);
	if (path.type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("a path must be a string, not %s", pgbson_type_name(path.type))));
	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &datums, &nulls,
					  &ndatums);
	values = palloc(Max(ndatums, 1) * sizeof(BsonValue));
	for (int i = 0; i < ndatums; i++)
		if (!nulls[i])
			pgbson_value_from_datum(datums[i], &values[nvalues++]);
	if (PG_NARGS() > 3)
		pgbson_from_datum(PG_GETARG_DATUM(3), &collation);
	match_make_equals_any(&path, values, nvalues, PG_GETARG_BOOL(2),
						  PG_NARGS() > 3 ? &collation : NULL, &filter);
	PG_RETURN_DATUM(pgbson_get_datum(&filter));
}
