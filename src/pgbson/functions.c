/*
 * functions.c
 *		Small SQL functions on documents and values.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "utils/builtins.h"

#include "base/errors.h"
#include "pgbson/pgbson_internal.h"

PG_FUNCTION_INFO_V1(docdb_to_canonical_json);
PG_FUNCTION_INFO_V1(docdb_to_relaxed_json);
PG_FUNCTION_INFO_V1(docdb_type_name);
PG_FUNCTION_INFO_V1(docdb_object_id);
PG_FUNCTION_INFO_V1(docdb_size);
PG_FUNCTION_INFO_V1(docdb_binary_data);

static Datum
json_text(const BsonValue *value, BsonJsonMode mode)
{
	StringInfoData out;

	pgbson_to_server_text(&out, value, mode);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* docdb.to_canonical_json(bson_value) */
Datum
docdb_to_canonical_json(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	return json_text(&value, BSON_JSON_CANONICAL);
}

/* docdb.to_relaxed_json(bson_value) */
Datum
docdb_to_relaxed_json(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	return json_text(&value, BSON_JSON_RELAXED);
}

/* docdb.type_name(bson_value): MongoDB's name of the type, of which only the first byte is read. */
Datum
docdb_type_name(PG_FUNCTION_ARGS)
{
	struct varlena *start = PG_DETOAST_DATUM_SLICE(PG_GETARG_DATUM(0), 0, 1);

	PG_RETURN_TEXT_P(cstring_to_text(pgbson_type_name((uint8) *VARDATA_ANY(start))));
}

/* docdb.object_id(): a new ObjectId. */
Datum
docdb_object_id(PG_FUNCTION_ARGS)
{
	BsonValue	value;

	pgbson_make_objectid(&value);
	PG_RETURN_DATUM(pgbson_value_get_datum(&value));
}

/* docdb.size(bson): the bytes of the document, as $bsonSize has them, without decompressing it. */
Datum
docdb_size(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (toast_raw_datum_size(PG_GETARG_DATUM(0)) - VARHDRSZ));
}

/* docdb.binary_data(bson_value): the bytes of a binary value, NULL of null. */
Datum
docdb_binary_data(PG_FUNCTION_ARGS)
{
	BsonValue	value;
	const char *data;
	uint32		len;
	bytea	   *result;

	pgbson_value_from_datum(PG_GETARG_DATUM(0), &value);
	if (value.type == BSON_NULL || value.type == BSON_UNDEFINED)
		PG_RETURN_NULL();
	if (value.type != BSON_BINARY)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CONVERSION_FAILURE),
				 errmsg("cannot convert a value of type %s to binary data",
						pgbson_type_name(value.type))));

	/* The old subtype repeats the length inside the data, where it is no part of them. */
	data = value.v.data;
	len = value.len;
	if (value.subtype == 2)
	{
		data += 4;
		len -= 4;
	}
	result = palloc(VARHDRSZ + len);
	SET_VARSIZE(result, VARHDRSZ + len);
	memcpy(VARDATA(result), data, len);
	PG_RETURN_BYTEA_P(result);
}
