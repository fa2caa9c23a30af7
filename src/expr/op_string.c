/*
 * op_string.c
 *		String operators: concatenation, case, length, parts, trimming.
 */
#include "postgres.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "utils/datetime.h"

#include "expr/expr_internal.h"
#include "pgbson/text.h"

/* ---- Values as strings ---- */

/* MongoDB's text of a timestamp where a string is wanted: "May  9 18:00:00:2a". */
static void
append_timestamp(StringInfo out, const BsonValue *value)
{
	char		text[BSON_DATE_TEXT_SIZE];
	int			month;

	(void) pgbson_date_to_string((int64) BSON_TIMESTAMP_SECONDS(value) * 1000, false, text);
	month = (text[5] - '0') * 10 + (text[6] - '0');
	appendStringInfo(out, "%s %c%c %.8s:%x", months[month - 1], text[8] == '0' ? ' ' : text[8],
					 text[9], text + 11, BSON_TIMESTAMP_INCREMENT(value));
}

/*
 * Makes a string of a value, as the operators do that take other values than strings; of null and
 * missing values an empty one.
 */
static void
coerce_to_string(const BsonValue *value, BsonValue *result)
{
	StringInfoData out;

	if (value->type == BSON_STRING || value->type == BSON_SYMBOL || value->type == BSON_CODE ||
		expr_is_nullish(value))
	{
		*result = *value;
		if (expr_is_nullish(value))
			pgbson_make_string("", 0, result);
		result->type = BSON_STRING;
		return;
	}
	if (!pgbson_is_number(value) && value->type != BSON_DATE && value->type != BSON_TIMESTAMP)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16007)),
				 errmsg("can't convert from BSON type %s to String",
						pgbson_type_name(value->type))));
	initStringInfo(&out);
	if (value->type == BSON_TIMESTAMP)
		append_timestamp(&out, value);
	else if (value->type == BSON_DOUBLE && isfinite(value->v.f64))
		appendStringInfo(&out, "%.16g", value->v.f64);
	else if (value->type == BSON_DOUBLE)
		appendStringInfoString(&out, isnan(value->v.f64) ? "nan" :
							   value->v.f64 < 0 ? "-inf" : "inf");
	else
		(void) pgbson_append_plain_text(&out, value);
	pgbson_make_string(out.data, out.len, result);
}

/* ---- Concatenation ---- */

/* {$concat: [string, ...]} */
void
expr_concat(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	uint64		total = 0;
	char	   *data;
	char	   *p;

	for (int i = 0; i < call->nargs; i++)
	{
		if (args[i].type != BSON_STRING)
			expr_type_error(call, DOCDB_SQLSTATE(16702), " only supports strings, not", &args[i]);
		total += args[i].len;
	}
	p = data = palloc(expr_check_size(total) + 1);
	for (int i = 0; i < call->nargs; i++)
	{
		memcpy(p, args[i].v.data, args[i].len);
		p += args[i].len;
	}
	pgbson_make_string(data, total, result);
}

/* ---- Case ---- */

/* As MongoDB, only the letters of ASCII have cases. */
static void
convert_case(const BsonValue *value, bool upper, BsonValue *result)
{
	char	   *data;

	coerce_to_string(value, result);
	data = palloc(result->len + 1);
	for (uint32 i = 0; i < result->len; i++)
	{
		unsigned char c = (unsigned char) result->v.data[i];

		data[i] = upper ? pg_ascii_toupper(c) : pg_ascii_tolower(c);
	}
	result->v.data = data;
}

/* {$toLower: any that has a text} */
void
expr_to_lower(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	convert_case(&args[0], false, result);
}

/* {$toUpper: any that has a text} */
void
expr_to_upper(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	convert_case(&args[0], true, result);
}

/* {$strcasecmp: [any, any]}: -1, 0 or 1 */
void
expr_strcasecmp(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonValue	a;
	BsonValue	b;
	int			order;

	convert_case(&args[0], true, &a);
	convert_case(&args[1], true, &b);
	order = memcmp(a.v.data, b.v.data, Min(a.len, b.len));
	if (order == 0)
		order = a.len < b.len ? -1 : a.len > b.len;
	pgbson_make_int32(order < 0 ? -1 : order > 0, result);
}

/* ---- Length ---- */

static inline bool
is_continuation(char c)
{
	return (c & 0xC0) == 0x80;
}

/* {$strLenBytes: string} */
void
expr_str_len_bytes(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	if (args[0].type != BSON_STRING)
		expr_type_error(call, DOCDB_SQLSTATE(34473), " requires a string argument, found:",
						&args[0]);
	pgbson_make_int32((int32) args[0].len, result);
}

/* {$strLenCP: string} */
void
expr_str_len_cp(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	int32		count = 0;

	if (args[0].type != BSON_STRING)
		expr_type_error(call, DOCDB_SQLSTATE(34471), " requires a string argument, found:",
						&args[0]);
	for (uint32 i = 0; i < args[0].len; i++)
		count += !is_continuation(args[0].v.data[i]);
	pgbson_make_int32(count, result);
}

/* {$binarySize: string or binary} */
void
expr_binary_size(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	if (args[0].type != BSON_STRING && args[0].type != BSON_BINARY)
		expr_type_error(call, DOCDB_SQLSTATE(51276),
						" requires a string or BinData argument, found:", &args[0]);
	pgbson_make_int32((int32) args[0].len, result);
}

/* ---- Parts ---- */

/* {$substrBytes: [any, start, count]}, and $substr; a negative count stands for all the rest */
void
expr_substr_bytes(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	int64		start;
	int64		count;
	BsonValue	string;

	coerce_to_string(&args[0], &string);
	if (!pgbson_is_number(&args[1]))
		expr_type_error(call, DOCDB_SQLSTATE(16034),
						":  starting index must be a numeric type, is", &args[1]);
	if (!pgbson_is_number(&args[2]))
		expr_type_error(call, DOCDB_SQLSTATE(16035), ":  length must be a numeric type, is",
						&args[2]);
	start = pgbson_number_to_int64_clamped(&args[1]);
	count = pgbson_number_to_int64_clamped(&args[2]);
	if (start < 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(50752)),
				 errmsg("%s:  starting index must be non-negative (got: " INT64_FORMAT ")",
						expr_name(call), start)));
	if (count < 0)
		count = string.len;
	if (start >= string.len)
	{
		pgbson_make_string("", 0, result);
		return;
	}
	count = Min(count, string.len - start);
	if (is_continuation(string.v.data[start]))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28656)),
				 errmsg("%s:  Invalid range, starting index is a UTF-8 continuation byte.",
						expr_name(call))));
	if (start + count < string.len && is_continuation(string.v.data[start + count]))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28657)),
				 errmsg("%s:  Invalid range, ending index is in the middle of a UTF-8 character.",
						expr_name(call))));
	pgbson_make_string(string.v.data + start, (uint32) count, result);
}

/* An operand of $substrCP: an int32 that is not negative. */
static int32
character_operand(ExprCall *call, const BsonValue *value, const char *which, int not_number,
				  int not_int32)
{
	int32		i;

	if (!pgbson_is_number(value))
		ereport(ERROR,
				(errcode(not_number),
				 errmsg("%s: %s must be a numeric type (is BSON type %s)", expr_name(call), which,
						pgbson_type_name(value->type))));
	if (!expr_to_int32(value, &i))
		ereport(ERROR,
				(errcode(not_int32),
				 errmsg("%s: %s cannot be represented as a 32-bit integral value: %s",
						expr_name(call), which, pgbson_to_json(value, BSON_JSON_RELAXED))));
	return i;
}

/* Skips a number of characters; returns the bytes from start to where that is. */
static uint32
skip_characters(const BsonValue *string, uint32 start, int32 count)
{
	uint32		i = start;

	while (i < string->len && count-- > 0)
	{
		do
			i++;
		while (i < string->len && is_continuation(string->v.data[i]));
	}
	return i;
}

/* {$substrCP: [any, start, count]} */
void
expr_substr_cp(ExprCall *call, const BsonValue *args, BsonValue *result)
{
	BsonValue	string;
	int32		start;
	int32		count;
	uint32		first;

	coerce_to_string(&args[0], &string);
	start = character_operand(call, &args[1], "starting index", DOCDB_SQLSTATE(34450),
							  DOCDB_SQLSTATE(34451));
	count = character_operand(call, &args[2], "length", DOCDB_SQLSTATE(34452),
							  DOCDB_SQLSTATE(34453));
	if (count < 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(34454)),
				 errmsg("%s: length must be a nonnegative integer.", expr_name(call))));
	if (start < 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(34455)),
				 errmsg("%s: the starting index must be nonnegative integer.",
						expr_name(call))));
	first = skip_characters(&string, 0, start);
	pgbson_make_string(string.v.data + first, skip_characters(&string, first, count) - first,
					   result);
}

/* ---- Trimming ---- */

/* What is trimmed unless characters are given: white space and NUL, in UTF-8. */
static const char default_characters[] =
"\0 \t\n\v\f\r\xC2\xA0\xE1\x9A\x80\xE2\x80\x80\xE2\x80\x81\xE2\x80\x82\xE2\x80\x83\xE2\x80\x84"
"\xE2\x80\x85\xE2\x80\x86\xE2\x80\x87\xE2\x80\x88\xE2\x80\x89\xE2\x80\x8A";

typedef struct TrimData
{
	bool		left;
	bool		right;
} TrimData;

static void
parse_trim(ExprParser *parser, ExprNode *expr, const BsonValue *argument, bool left, bool right)
{
	static const ExprForm form = {
		DOCDB_SQLSTATE(50696), DOCDB_SQLSTATE(50694),
		{"input", "chars"},
		{DOCDB_SQLSTATE(50695), 0},
		true
	};
	ExprNamedArg named[2];
	TrimData   *trim = palloc(sizeof(TrimData));

	expr_parse_form(parser, expr, argument, &form, named);
	expr_set_nargs(expr, named[1].present ? 2 : 1);
	for (int i = 0; i < expr->nargs; i++)
		expr->args[i] = expr_named_node(parser, &named[i]);
	trim->left = left;
	trim->right = right;
	expr->data = trim;
}

/* {$trim: {input: string, chars: string}} */
void
expr_parse_trim(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	parse_trim(parser, expr, argument, true, true);
}

/* {$ltrim: {input: string, chars: string}} */
void
expr_parse_ltrim(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	parse_trim(parser, expr, argument, true, false);
}

/* {$rtrim: {input: string, chars: string}} */
void
expr_parse_rtrim(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	parse_trim(parser, expr, argument, false, true);
}

/* Whether the character of len bytes is one of the list. */
static bool
is_in_list(const char *character, int len, const char *list, uint32 listlen)
{
	uint32		i = 0;

	while (i < listlen)
	{
		int			next = pg_utf_mblen((const unsigned char *) list + i);

		if (next == len && memcmp(list + i, character, len) == 0)
			return true;
		i += next;
	}
	return false;
}

static void
trim_string(BsonValue *string, const TrimData *trim, const char *list, uint32 listlen)
{
	const char *start = string->v.data;
	const char *end = start + string->len;

	while (trim->left && start < end)
	{
		int			len = pg_utf_mblen((const unsigned char *) start);

		if (!is_in_list(start, len, list, listlen))
			break;
		start += len;
	}
	while (trim->right && start < end)
	{
		const char *last = end - 1;

		while (last > start && is_continuation(*last))
			last--;
		if (!is_in_list(last, end - last, list, listlen))
			break;
		end = last;
	}
	pgbson_make_string(start, end - start, string);
}

void
expr_trim(ExprCall *call, BsonValue *result)
{
	const TrimData *trim = call->expr->data;
	BsonValue	string;
	BsonValue	list;

	pgbson_make_simple(BSON_NULL, result);
	expr_arg(call, 0, &string);
	if (expr_is_nullish(&string))
		return;
	if (string.type != BSON_STRING)
		expr_type_error(call, DOCDB_SQLSTATE(50699),
						" requires its input to be a string, got type", &string);
	pgbson_make_string(default_characters, sizeof(default_characters) - 1, &list);
	if (call->nargs > 1)
	{
		expr_arg(call, 1, &list);
		if (expr_is_nullish(&list))
			return;
		if (list.type != BSON_STRING)
			expr_type_error(call, DOCDB_SQLSTATE(50700),
							" requires 'chars' to be a string, got type", &list);
	}
	*result = string;
	trim_string(result, trim, list.v.data, list.len);
}
