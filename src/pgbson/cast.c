/*
 * cast.c
 *		Casts between bson, bson_value and PostgreSQL's types.
 *
 * A null value becomes SQL's NULL in every cast from bson_value to a scalar type.  What does not
 * fit raises ConversionFailure (241), as MongoDB's $convert does.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "common/shortest_dec.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/errors.h"
#include "pgbson/number.h"
#include "pgbson/pgbson_internal.h"

PG_FUNCTION_INFO_V1(docdb_bson_to_jsonb);
PG_FUNCTION_INFO_V1(docdb_bson_to_json);
PG_FUNCTION_INFO_V1(docdb_bson_from_jsonb);
PG_FUNCTION_INFO_V1(docdb_bson_from_json);
PG_FUNCTION_INFO_V1(docdb_bson_from_bytea);
PG_FUNCTION_INFO_V1(docdb_bson_to_value);
PG_FUNCTION_INFO_V1(docdb_bson_from_value);
PG_FUNCTION_INFO_V1(docdb_value_to_jsonb);
PG_FUNCTION_INFO_V1(docdb_value_from_jsonb);
PG_FUNCTION_INFO_V1(docdb_value_from_bytea);
PG_FUNCTION_INFO_V1(docdb_value_to_int4);
PG_FUNCTION_INFO_V1(docdb_value_to_int8);
PG_FUNCTION_INFO_V1(docdb_value_to_float8);
PG_FUNCTION_INFO_V1(docdb_value_to_numeric);
PG_FUNCTION_INFO_V1(docdb_value_to_bool);
PG_FUNCTION_INFO_V1(docdb_value_to_timestamptz);
PG_FUNCTION_INFO_V1(docdb_value_to_uuid);
PG_FUNCTION_INFO_V1(docdb_value_from_int4);
PG_FUNCTION_INFO_V1(docdb_value_from_int8);
PG_FUNCTION_INFO_V1(docdb_value_from_float8);
PG_FUNCTION_INFO_V1(docdb_value_from_numeric);
PG_FUNCTION_INFO_V1(docdb_value_from_bool);
PG_FUNCTION_INFO_V1(docdb_value_from_timestamptz);
PG_FUNCTION_INFO_V1(docdb_value_from_uuid);

/* Milliseconds from 1970-01-01 to PostgreSQL's epoch, 2000-01-01. */
#define EPOCH_DIFFERENCE_MS \
	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY * 1000)

/* ---- Documents, JSON and bytes ---- */

static Datum
jsonb_datum(const BsonValue *value)
{
	StringInfoData out;

	pgbson_to_server_text(&out, value, BSON_JSON_RELAXED);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data));
}

static char *
jsonb_text(Datum datum)
{
	Jsonb	   *jsonb = DatumGetJsonbP(datum);

	return JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb));
}

/* bson to jsonb: relaxed Extended JSON. */
Datum
docdb_bson_to_jsonb(PG_FUNCTION_ARGS)
{
	BsonValue	document;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	PG_RETURN_DATUM(jsonb_datum(&document));
}

/* bson to json: relaxed Extended JSON. */
Datum
docdb_bson_to_json(PG_FUNCTION_ARGS)
{
	BsonValue	document;
	StringInfoData out;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	pgbson_to_server_text(&out, &document, BSON_JSON_RELAXED);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* jsonb to bson: Extended JSON. */
Datum
docdb_bson_from_jsonb(PG_FUNCTION_ARGS)
{
	char	   *text = jsonb_text(PG_GETARG_DATUM(0));

	PG_RETURN_DATUM(pgbson_datum_from_text(text, strlen(text)));
}

/* json to bson: Extended JSON. */
Datum
docdb_bson_from_json(PG_FUNCTION_ARGS)
{
	text	   *json = PG_GETARG_TEXT_PP(0);

	PG_RETURN_DATUM(pgbson_datum_from_text(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json)));
}

/* bytea to bson: the bytes, validated. */
Datum
docdb_bson_from_bytea(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	BsonValue	document;

	pgbson_validate(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	pgbson_make_simple(BSON_DOCUMENT, &document);
	document.v.data = VARDATA_ANY(bytes);
	document.len = VARSIZE_ANY_EXHDR(bytes);
	PG_RETURN_DATUM(pgbson_get_datum(&document));
}

/* bson to bson_value: the document as a value. */
Datum
docdb_bson_to_value(PG_FUNCTION_ARGS)
{
	BsonValue	document;

	pgbson_from_datum(PG_GETARG_DATUM(0), &document);
	PG_RETURN_DATUM(pgbson_value_get_datum(&document));
}

pg_noreturn static void conversion_failure(const BsonValue *value, const char *target);

static void
conversion_failure(const BsonValue *value, const char *target)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_CONVERSION_FAILURE),
			 errmsg("cannot convert a value of type %s to %s",
					pgbson_type_name(value->type), target)));
}

/* bson_value to bson: the value must be a document. */
Datum
docdb_bson_from_value(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	if (value.type != BSON_DOCUMENT)
		conversion_failure(&value, "a document");
	PG_RETURN_DATUM(pgbson_get_datum(&value));
}

/* bson_value to jsonb: relaxed Extended JSON. */
Datum
docdb_value_to_jsonb(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	PG_RETURN_DATUM(jsonb_datum(&value));
}

/* jsonb to bson_value: Extended JSON. */
Datum
docdb_value_from_jsonb(PG_FUNCTION_ARGS)
{
	char	   *text = jsonb_text(PG_GETARG_DATUM(0));

	PG_RETURN_DATUM(pgbson_value_datum_from_text(text, strlen(text)));
}

/* bytea to bson_value: type byte and payload, validated. */
Datum
docdb_value_from_bytea(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_DATUM(pgbson_value_datum_from_bytes(VARDATA_ANY(bytes),
												  VARSIZE_ANY_EXHDR(bytes)));
}

/* ---- From values to scalars ---- */

/* The value in the first argument; false when it is null. */
static bool
scalar_argument(FunctionCallInfo fcinfo, BsonValue *value)
{
	pgbson_value_from_datum(PG_GETARG_DATUM(0), value);
	return value->type != BSON_NULL && value->type != BSON_UNDEFINED;
}

static Datum
numeric_from_cstring(char *text)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(text),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/* A number as PostgreSQL's numeric: a double by its shortest digits, as its text has them. */
static Datum
number_to_numeric(const BsonValue *value)
{
	char		text[64];
	int			len;

	switch (value->type)
	{
		case BSON_INT32:
			return NumericGetDatum(int64_to_numeric(value->v.i32));
		case BSON_INT64:
			return NumericGetDatum(int64_to_numeric(value->v.i64));
		case BSON_DOUBLE:
			len = double_to_shortest_decimal_bufn(value->v.f64, text);
			break;
		case BSON_DECIMAL128:
			len = pgbson_decimal_to_string(value->v.dec, text);
			break;
		default:
			conversion_failure(value, "numeric");
	}
	text[len] = '\0';
	return numeric_from_cstring(text);
}

pg_noreturn static void out_of_range(const BsonValue *value, const char *target);

static void
out_of_range(const BsonValue *value, const char *target)
{
	StringInfoData text;

	initStringInfo(&text);
	(void) pgbson_append_plain_text(&text, value);
	ereport(ERROR,
			(errcode(DOCDB_ERR_CONVERSION_FAILURE),
			 errmsg("%s is out of range for %s", text.data, target)));
}

/*
 * A number rounded to an integer between bounds, as PostgreSQL's own casts round: a double half to
 * even, a decimal half away from zero.
 */
static int64
number_to_integer(const BsonValue *value, int64 min, int64 max, const char *target)
{
	BsonValue	rounded = *value;
	int64		result;

	if (!pgbson_is_number(value))
		conversion_failure(value, target);
	if (value->type == BSON_DOUBLE)
		rounded.v.f64 = rint(value->v.f64);
	else if (value->type == BSON_DECIMAL128 && !pgbson_decimal_is_nan(value->v.dec) &&
			 !pgbson_decimal_is_infinite(value->v.dec))
	{
		Datum		whole = DirectFunctionCall2(numeric_round, number_to_numeric(value),
												Int32GetDatum(0));
		char	   *text = DatumGetCString(DirectFunctionCall1(numeric_out, whole));

		/* More than 34 digits are out of range in any case. */
		if (!pgbson_decimal_from_string(text, strlen(text), &rounded.v.dec))
			out_of_range(value, target);
	}
	if (!pgbson_number_to_int64_exact(&rounded, &result) || result < min || result > max)
		out_of_range(value, target);
	return result;
}

/* bson_value to integer */
Datum
docdb_value_to_int4(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	if (!scalar_argument(fcinfo, &value))
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) number_to_integer(&value, PG_INT32_MIN, PG_INT32_MAX, "integer"));
}

/* bson_value to bigint */
Datum
docdb_value_to_int8(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	if (!scalar_argument(fcinfo, &value))
		PG_RETURN_NULL();
	PG_RETURN_INT64(number_to_integer(&value, PG_INT64_MIN, PG_INT64_MAX, "bigint"));
}

/* bson_value to double precision: the nearest; a decimal past its range is an error. */
Datum
docdb_value_to_float8(PG_FUNCTION_ARGS)
{
	BsonValue	value;
	double		result;

	if (!scalar_argument(fcinfo, &value))
		PG_RETURN_NULL();
	if (!pgbson_is_number(&value))
		conversion_failure(&value, "double precision");
	result = pgbson_number_to_double(&value);
	if (isinf(result) && value.type == BSON_DECIMAL128 &&
		!pgbson_decimal_is_infinite(value.v.dec))
		out_of_range(&value, "double precision");
	PG_RETURN_FLOAT8(result);
}

/* bson_value to numeric */
Datum
docdb_value_to_numeric(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	if (!scalar_argument(fcinfo, &value))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(number_to_numeric(&value));
}

/* bson_value to boolean */
Datum
docdb_value_to_bool(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	if (!scalar_argument(fcinfo, &value))
		PG_RETURN_NULL();
	if (value.type != BSON_BOOL)
		conversion_failure(&value, "boolean");
	PG_RETURN_BOOL(value.v.boolean);
}

/*
 * bson_value to timestamptz: a date, or the time in an ObjectId or timestamp, as MongoDB's $toDate
 * takes them.
 */
Datum
docdb_value_to_timestamptz(PG_FUNCTION_ARGS)
{
	BsonValue	value;
	int64		milliseconds;
	TimestampTz result;

	if (!scalar_argument(fcinfo, &value))
		PG_RETURN_NULL();
	switch (value.type)
	{
		case BSON_DATE:
			milliseconds = value.v.i64;
			break;
		case BSON_TIMESTAMP:
			milliseconds = (int64) BSON_TIMESTAMP_SECONDS(&value) * 1000;
			break;
		case BSON_OBJECTID:
			milliseconds = ((int64) value.v.oid[0] << 24 | value.v.oid[1] << 16 |
							value.v.oid[2] << 8 | value.v.oid[3]) * 1000;
			break;
		default:
			conversion_failure(&value, "timestamp with time zone");
	}
	if (pg_sub_s64_overflow(milliseconds, EPOCH_DIFFERENCE_MS, &result) ||
		pg_mul_s64_overflow(result, 1000, &result) || !IS_VALID_TIMESTAMP(result))
		out_of_range(&value, "timestamp with time zone");
	PG_RETURN_TIMESTAMPTZ(result);
}

/* bson_value to uuid: binary data of subtype 4. */
Datum
docdb_value_to_uuid(PG_FUNCTION_ARGS)
{
	BsonValue	value;
	pg_uuid_t  *result;

	if (!scalar_argument(fcinfo, &value))
		PG_RETURN_NULL();
	if (value.type != BSON_BINARY || value.subtype != 4 || value.len != UUID_LEN)
		conversion_failure(&value, "uuid");
	result = palloc(sizeof(pg_uuid_t));
	memcpy(result->data, value.v.data, UUID_LEN);
	PG_RETURN_UUID_P(result);
}

/* ---- From scalars to values ---- */

void
pgbson_make_from_numeric(Datum numeric, BsonValue *value)
{
	char	   *text = DatumGetCString(DirectFunctionCall1(numeric_out, numeric));

	pgbson_make_simple(BSON_DECIMAL128, value);
	if (!pgbson_decimal_from_string(text, strlen(text), &value->v.dec))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CONVERSION_FAILURE),
				 errmsg("numeric value has too many digits for a decimal128"),
				 errdetail("A decimal128 has 34 significant digits.")));
}

/* The millisecond that a time falls in: microseconds are cut off, towards the past. */
void
pgbson_make_from_timestamptz(TimestampTz timestamp, BsonValue *value)
{
	int64		milliseconds;
	int64		rest;

	if (TIMESTAMP_NOT_FINITE(timestamp))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CONVERSION_FAILURE),
				 errmsg("an infinite timestamp cannot be converted to a date")));

	/* PostgreSQL's epoch is a whole number of milliseconds after 1970. */
	milliseconds = timestamp / 1000;
	rest = timestamp % 1000;
	if (rest < 0)
		milliseconds--;
	pgbson_make_date(milliseconds + EPOCH_DIFFERENCE_MS, value);
}

void
pgbson_make_from_uuid(const pg_uuid_t *uuid, BsonValue *value)
{
	pgbson_make_simple(BSON_BINARY, value);
	value->subtype = 4;
	value->v.data = (const char *) uuid->data;
	value->len = UUID_LEN;
}

/* integer to bson_value */
Datum
docdb_value_from_int4(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_make_int32(PG_GETARG_INT32(0), &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

/* bigint to bson_value */
Datum
docdb_value_from_int8(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_make_int64(PG_GETARG_INT64(0), &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

/* double precision to bson_value */
Datum
docdb_value_from_float8(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_make_double(PG_GETARG_FLOAT8(0), &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

/* numeric to bson_value */
Datum
docdb_value_from_numeric(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_make_from_numeric(PG_GETARG_DATUM(0), &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

/* boolean to bson_value */
Datum
docdb_value_from_bool(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_make_bool(PG_GETARG_BOOL(0), &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

/* timestamptz to bson_value */
Datum
docdb_value_from_timestamptz(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_make_from_timestamptz(PG_GETARG_TIMESTAMPTZ(0), &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

/* uuid to bson_value */
Datum
docdb_value_from_uuid(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_make_from_uuid(PG_GETARG_UUID_P(0), &value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}
