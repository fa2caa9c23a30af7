/*
 * libbson_oracle.c
 *		libbson's reader and writer of Extended JSON, and its validation, as SQL functions.
 *
 * oracle_to_json(bson bytea, relaxed boolean) returns text
 * oracle_from_json(json text) returns bytea		NULL where libbson refuses it
 * oracle_is_valid(bson bytea) returns boolean
 * oracle_squeeze(json text) returns text			without space between tokens
 */
#include "postgres.h"

#include <bson/bson.h>

#include "fmgr.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(oracle_to_json);
PG_FUNCTION_INFO_V1(oracle_from_json);
PG_FUNCTION_INFO_V1(oracle_is_valid);
PG_FUNCTION_INFO_V1(oracle_squeeze);

Datum
oracle_to_json(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	bool		relaxed = PG_GETARG_BOOL(1);
	bson_t		document;
	char	   *json;
	size_t		len;
	text	   *result;

	if (!bson_init_static(&document, (uint8_t *) VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)))
		PG_RETURN_NULL();
	json = relaxed ? bson_as_relaxed_extended_json(&document, &len) :
		bson_as_canonical_extended_json(&document, &len);
	if (json == NULL)
		PG_RETURN_NULL();
	result = cstring_to_text_with_len(json, len);
	bson_free(json);
	PG_RETURN_TEXT_P(result);
}

Datum
oracle_from_json(PG_FUNCTION_ARGS)
{
	text	   *json = PG_GETARG_TEXT_PP(0);
	bson_t		document;
	bson_error_t error;
	bytea	   *result;

	if (!bson_init_from_json(&document, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json), &error))
		PG_RETURN_NULL();
	result = (bytea *) cstring_to_text_with_len((const char *) bson_get_data(&document),
												document.len);
	bson_destroy(&document);
	PG_RETURN_BYTEA_P(result);
}

Datum
oracle_is_valid(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	bson_t		document;

	PG_RETURN_BOOL(bson_init_static(&document, (uint8_t *) VARDATA_ANY(bytes),
									VARSIZE_ANY_EXHDR(bytes)) &&
				   bson_validate(&document, BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL,
								 NULL));
}

Datum
oracle_squeeze(PG_FUNCTION_ARGS)
{
	text	   *json = PG_GETARG_TEXT_PP(0);
	const char *from = VARDATA_ANY(json);
	const char *end = from + VARSIZE_ANY_EXHDR(json);
	text	   *result = palloc(VARHDRSZ + (end - from));
	char	   *to = VARDATA(result);
	bool		in_string = false;

	for (; from < end; from++)
	{
		if (in_string && *from == '\\' && from + 1 < end)
			*to++ = *from++;
		else if (*from == '"')
			in_string = !in_string;
		else if (!in_string && strchr(" \t\r\n", *from) != NULL)
			continue;
		*to++ = *from;
	}
	SET_VARSIZE(result, to - (char *) result);
	PG_RETURN_TEXT_P(result);
}
