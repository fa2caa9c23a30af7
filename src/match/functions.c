/*
 * functions.c
 *		SQL functions that show parts of the filter language: the inventory of operators, conditions
 *		on array elements, the equalities of a filter, and why a document does not match.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "match/match_internal.h"

PG_FUNCTION_INFO_V1(docdb_filter_operators);
PG_FUNCTION_INFO_V1(docdb_matches_element);
PG_FUNCTION_INFO_V1(docdb_filter_equalities);
PG_FUNCTION_INFO_V1(docdb_filter_id);
PG_FUNCTION_INFO_V1(docdb_filter_explain);

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
