/*
 * errors.c
 *		From SQLSTATE back to MongoDB's code and its name.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "base/errors.h"

typedef struct ErrorName
{
	int			code;
	const char *name;
} ErrorName;

static const ErrorName error_names[] =
{
#define DOCDB_ERROR(code, symbol, name) {code, name},
#include "base/errlist.h"
#undef DOCDB_ERROR
};

PG_FUNCTION_INFO_V1(docdb_error_info);
PG_FUNCTION_INFO_V1(docdb_error_names);

/* The value of a base 36 digit as it stands in a SQLSTATE, or -1. */
static int
base36_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return -1;
}

int
docdb_error_code(int sqlstate)
{
	const char *text = unpack_sql_state(sqlstate);
	char		letter = text[0];
	int			code;

	if (letter < 'M' || letter > 'W' || letter == 'P')
		return -1;
	code = letter < 'P' ? letter - 'M' : letter - 'N';
	for (int i = 1; i < 5; i++)
	{
		int			digit = base36_value(text[i]);

		if (digit < 0)
			return -1;
		code = code * 36 + digit;
	}
	return code;
}

static int
compare_error_names(const void *a, const void *b)
{
	return ((const ErrorName *) a)->code - ((const ErrorName *) b)->code;
}

const char *
docdb_error_name(int code)
{
	ErrorName	wanted = {code, NULL};
	const ErrorName *found = bsearch(&wanted, error_names, lengthof(error_names),
									 sizeof(ErrorName), compare_error_names);

	return found ? found->name : psprintf("Location%d", code);
}

/*
 * docdb.error_info(sqlstate text): (code, name) of a SQLSTATE that docdb raises, NULLs for any
 * other.
 */
Datum
docdb_error_info(PG_FUNCTION_ARGS)
{
	char	   *state = text_to_cstring(PG_GETARG_TEXT_PP(0));
	TupleDesc	tupdesc;
	Datum		values[2] = {0};
	bool		nulls[2] = {true, true};
	int			code = -1;

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (strlen(state) == 5)
		code = docdb_error_code(MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4]));
	if (code >= 0)
	{
		values[0] = Int32GetDatum(code);
		values[1] = CStringGetTextDatum(docdb_error_name(code));
		nulls[0] = nulls[1] = false;
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}

/* docdb.error_names(): the inventory of errlist.h. */
Datum
docdb_error_names(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < lengthof(error_names); i++)
	{
		int			code = error_names[i].code;
		int			state = DOCDB_SQLSTATE(code);
		Datum		values[3];
		bool		nulls[3] = {false, false, false};

		values[0] = Int32GetDatum(code);
		values[1] = CStringGetTextDatum(error_names[i].name);
		values[2] = CStringGetTextDatum(unpack_sql_state(state));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
