/*
 * to_value.c
 *		docdb.to_value(anyelement): any SQL value as a BSON value, as to_jsonb does for JSON.
 *
 * Arrays become arrays and rows documents; a type that has no BSON counterpart becomes the string
 * of its text.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
#include "utils/uuid.h"

#include "base/oids.h"
#include "pgbson/pgbson_internal.h"

PG_FUNCTION_INFO_V1(docdb_to_value);

static void make_from_datum(Datum datum, Oid type, BsonValue *value);

/* A string value of text in the server's encoding. */
static void
make_from_text(const char *text, size_t len, BsonValue *value)
{
	text = pgbson_text_from_server(text, &len);
	pgbson_make_string(text, len, value);
}

static void
make_from_json(const char *text, size_t len, BsonValue *value)
{
	text = pgbson_text_from_server(text, &len);
	pgbson_from_json(text, len, false, value);
}

/* A value of a base type that BSON has a type for; false for all others. */
static bool
make_from_known_type(Datum datum, Oid type, BsonValue *value)
{
	text	   *string;
	char	   *cstring;

	switch (type)
	{
		case BOOLOID:
			pgbson_make_bool(DatumGetBool(datum), value);
			return true;
		case INT2OID:
			pgbson_make_int32(DatumGetInt16(datum), value);
			return true;
		case INT4OID:
			pgbson_make_int32(DatumGetInt32(datum), value);
			return true;
		case INT8OID:
			pgbson_make_int64(DatumGetInt64(datum), value);
			return true;
		case FLOAT4OID:
			/* By its text, so that 0.1 stays 0.1. */
			cstring = DatumGetCString(DirectFunctionCall1(float4out, datum));
			pgbson_make_double(DatumGetFloat8(DirectFunctionCall1(float8in,
																  CStringGetDatum(cstring))),
							   value);
			return true;
		case FLOAT8OID:
			pgbson_make_double(DatumGetFloat8(datum), value);
			return true;
		case NUMERICOID:
			pgbson_make_from_numeric(datum, value);
			return true;
		case TIMESTAMPTZOID:
			pgbson_make_from_timestamptz(DatumGetTimestampTz(datum), value);
			return true;
		case TIMESTAMPOID:
			datum = DirectFunctionCall1(timestamp_timestamptz, datum);
			pgbson_make_from_timestamptz(DatumGetTimestampTz(datum), value);
			return true;
		case DATEOID:
			datum = DirectFunctionCall1(date_timestamptz, datum);
			pgbson_make_from_timestamptz(DatumGetTimestampTz(datum), value);
			return true;
		case UUIDOID:
			pgbson_make_from_uuid(DatumGetUUIDP(datum), value);
			return true;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			string = DatumGetTextPP(datum);
			make_from_text(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string), value);
			return true;
		case BYTEAOID:
			string = DatumGetTextPP(datum);
			pgbson_make_simple(BSON_BINARY, value);
			value->v.data = VARDATA_ANY(string);
			value->len = VARSIZE_ANY_EXHDR(string);
			return true;
		case JSONOID:
			string = DatumGetTextPP(datum);
			make_from_json(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string), value);
			return true;
		case JSONBOID:
			cstring = DatumGetCString(DirectFunctionCall1(jsonb_out, datum));
			make_from_json(cstring, strlen(cstring), value);
			return true;
		default:
			return false;
	}
}

/* One dimension of an array; *index moves through all its elements. */
static void
append_dimension(BsonBuilder *builder, int dim, const int *dims, int ndims, Oid element_type,
				 const Datum *elements, const bool *nulls, int *index)
{
	for (int i = 0; i < dims[dim]; i++)
	{
		BsonValue	value;

		CHECK_FOR_INTERRUPTS();
		if (dim + 1 < ndims)
		{
			pgbson_push_begin(builder, BSON_ARRAY);
			append_dimension(builder, dim + 1, dims, ndims, element_type, elements, nulls, index);
			pgbson_end(builder);
			continue;
		}
		if (nulls[*index])
			pgbson_make_simple(BSON_NULL, &value);
		else
			make_from_datum(elements[*index], element_type, &value);
		pgbson_push(builder, &value);
		(*index)++;
	}
}

static void
make_from_array(Datum datum, Oid element_type, BsonValue *value)
{
	ArrayType  *array = DatumGetArrayTypeP(datum);
	BsonBuilder builder;
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int			index = 0;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	get_typlenbyvalalign(element_type, &typlen, &typbyval, &typalign);
	deconstruct_array(array, element_type, typlen, typbyval, typalign, &elements, &nulls, &count);
	pgbson_builder_init(&builder);
	if (count > 0)
		append_dimension(&builder, 0, ARR_DIMS(array), ARR_NDIM(array), element_type, elements,
						 nulls, &index);
	pgbson_finish(&builder, BSON_ARRAY, value);
}

/* A row: a document of its columns, NULLs included. */
static void
make_from_row(Datum datum, BsonValue *value)
{
	HeapTupleHeader row = DatumGetHeapTupleHeader(datum);
	TupleDesc	desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(row),
											  HeapTupleHeaderGetTypMod(row));
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		const char *name = NameStr(attribute->attname);
		size_t		len = strlen(name);
		BsonValue	column;
		bool		isnull;
		Datum		field;

		if (attribute->attisdropped)
			continue;
		field = GetAttributeByNum(row, i + 1, &isnull);
		if (isnull)
			pgbson_make_simple(BSON_NULL, &column);
		else
			make_from_datum(field, attribute->atttypid, &column);
		name = pgbson_text_from_server(name, &len);
		pgbson_append(&builder, name, len, &column);
	}
	ReleaseTupleDesc(desc);
	pgbson_finish(&builder, BSON_DOCUMENT, value);
}

static void
make_from_datum(Datum datum, Oid type, BsonValue *value)
{
	const DocdbOids *oids = docdb_oids();
	Oid			base = getBaseType(type);
	Oid			element_type;
	Oid			output;
	bool		is_varlena;
	char	   *text;

	check_stack_depth();
	if (base == oids->bson_type)
		pgbson_from_datum(datum, value);
	else if (base == oids->bson_value_type)
		pgbson_value_from_datum(datum, value);
	else if (make_from_known_type(datum, base, value))
		return;
	else if (OidIsValid(element_type = get_element_type(base)))
		make_from_array(datum, element_type, value);
	else if (type_is_rowtype(base))
		make_from_row(datum, value);
	else
	{
		getTypeOutputInfo(type, &output, &is_varlena);
		text = OidOutputFunctionCall(output, datum);
		make_from_text(text, strlen(text), value);
	}
}

/* docdb.to_value(anyelement) */
Datum
docdb_to_value(PG_FUNCTION_ARGS)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	BsonValue	value;

	if (!OidIsValid(type))
		elog(ERROR, "could not determine input data type");
	make_from_datum(PG_GETARG_DATUM(0), type, &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}
