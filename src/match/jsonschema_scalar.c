/*
 * jsonschema_scalar.c
 *		The keywords of $jsonSchema on types, numbers and strings, and the annotations.
 */
#include "postgres.h"

#include "base/errors.h"
#include "match/jsonschema_internal.h"
#include "pgbson/decimal_math.h"
#include "pgbson/number.h"

/* The subtype of binary values that clients encrypted, and where such a value has its type. */
#define ENCRYPTED_SUBTYPE 6
#define ENCRYPTED_TYPE_OFFSET 17

/* ---- Explanations ---- */

static void
append_specified(const MatchSchemaRule *rule, BsonBuilder *out)
{
	pgbson_begin(out, BSON_DOCUMENT, "specifiedAs", -1);
	pgbson_append(out, rule->keyword->name, -1, &rule->operand);
	pgbson_end(out);
}

void
match_schema_explain_leaf(const MatchSchemaRule *rule, const BsonValue *value, BsonBuilder *out)
{
	append_specified(rule, out);
	pgbson_append_cstring(out, "reason", -1, rule->keyword->reason);
	match_append_considered(out, "consideredValue", value);
}

void
match_schema_explain_type(const MatchSchemaRule *rule, const BsonValue *value, BsonBuilder *out)
{
	match_schema_explain_leaf(rule, value, out);
	pgbson_append_cstring(out, "consideredType", -1, pgbson_type_name(value->type));
}

void
match_schema_explain_limit(const MatchSchemaRule *rule, const BsonValue *value, BsonBuilder *out)
{
	bool		is_maximum = rule->keyword->id == SCHEMA_KEYWORD_MAXIMUM;

	pgbson_begin(out, BSON_DOCUMENT, "specifiedAs", -1);
	pgbson_append(out, rule->keyword->name, -1, &rule->operand);
	if (rule->exclusive)
		pgbson_append_bool(out, is_maximum ? "exclusiveMaximum" : "exclusiveMinimum", -1, true);
	pgbson_end(out);
	pgbson_append_cstring(out, "reason", -1, rule->keyword->reason);
	match_append_considered(out, "consideredValue", value);
}

void
match_schema_explain_size(const MatchSchemaRule *rule, const BsonValue *value, BsonBuilder *out)
{
	append_specified(rule, out);
	pgbson_append_cstring(out, "reason", -1, rule->keyword->reason);
	if (value->type == BSON_ARRAY)
		match_append_considered(out, "consideredValue", value);
	pgbson_append_int32(out, value->type == BSON_ARRAY ? "numberOfItems" : "numberOfProperties",
						-1, (int32) pgbson_count(value));
}

void
match_schema_explain_encrypt(const MatchSchemaRule *rule, const BsonValue *value,
							 BsonBuilder *out)
{
	bool		is_encrypted = value->type == BSON_BINARY && value->subtype == ENCRYPTED_SUBTYPE;

	pgbson_append_cstring(out, "reason", -1,
						  is_encrypted ? "encrypted value has wrong type" : rule->keyword->reason);
}

/* ---- title, description ---- */

bool
match_schema_parse_annotation(MatchSchemaRule *rule, const BsonValue *operand,
							  const BsonValue *schema)
{
	if (operand->type != BSON_STRING)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be of type string");
	return false;
}

/* ---- type, bsonType ---- */

/* The names of "type" are JSON Schema's, of which MongoDB has these. */
static const struct
{
	const char *name;
	const char *bson_name;
}			json_types[] = {
	{"array", "array"},
	{"boolean", "bool"},
	{"null", "null"},
	{"number", "number"},
	{"object", "object"},
	{"string", "string"}
};

static int64
types_of_json_name(const char *name)
{
	for (int i = 0; i < lengthof(json_types); i++)
		if (strcmp(name, json_types[i].name) == 0)
			return match_types_of_name(json_types[i].bson_name);
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("Unknown type name alias: %s", name)));
	return 0;					/* not reached */
}

static int64
read_type(MatchSchemaRule *rule, const BsonValue *value, List **names)
{
	char	   *name = pnstrdup(value->v.data, value->len);
	ListCell   *lc;

	if (strcmp(name, "integer") == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("$jsonSchema type 'integer' is not currently supported.")));
	foreach(lc, *names)
	{
		if (strcmp(lfirst(lc), name) == 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_FAILED_TO_PARSE),
					 errmsg("$jsonSchema keyword '%s' has duplicate value: %s",
							rule->keyword->name, name)));
	}
	*names = lappend(*names, name);
	return rule->keyword->id == SCHEMA_KEYWORD_TYPE ? types_of_json_name(name) :
		match_types_of_name(name);
}

bool
match_schema_parse_type(MatchSchemaRule *rule, const BsonValue *operand, const BsonValue *schema)
{
	List	   *names = NIL;
	BsonIter	iter;

	if (operand->type == BSON_STRING)
	{
		rule->types = read_type(rule, operand, &names);
		return true;
	}
	if (operand->type != BSON_ARRAY)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
							"must be either a string or an array of strings");
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	name;

		pgbson_iter_value(&iter, &name);
		if (name.type != BSON_STRING)
			match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH,
								"array elements must be strings");
		rule->types |= read_type(rule, &name, &names);
	}
	if (names == NIL)
		match_schema_refuse(rule->keyword, DOCDB_ERR_FAILED_TO_PARSE,
							"must name at least one type");
	return true;
}

bool
match_schema_parse_bson_type(MatchSchemaRule *rule, const BsonValue *operand,
							 const BsonValue *schema)
{
	return match_schema_parse_type(rule, operand, schema);
}

bool
match_schema_eval_type(const MatchSchemaRule *rule, const BsonValue *value)
{
	return match_is_type(rule->types, value->type);
}

/* ---- encrypt, encryptMetadata ---- */

/* Reads the fields of "encrypt" and "encryptMetadata", of which only the type is tested here. */
static void
read_encryption(MatchSchemaRule *rule, const BsonValue *operand, bool has_type)
{
	BsonIter	iter;

	if (operand->type != BSON_DOCUMENT)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be an object");
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (has_type && pgbson_iter_key_is(&iter, "bsonType", 8))
			(void) match_schema_parse_type(rule, &value, operand);
		else if (!pgbson_iter_key_is(&iter, "algorithm", 9) &&
				 !pgbson_iter_key_is(&iter, "keyId", 5))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40415)),
					 errmsg("BSON field '%s.%s' is an unknown field.", rule->keyword->name,
							iter.key)));
	}
}

bool
match_schema_parse_encrypt(MatchSchemaRule *rule, const BsonValue *operand,
						   const BsonValue *schema)
{
	read_encryption(rule, operand, true);
	return true;
}

bool
match_schema_parse_encrypt_metadata(MatchSchemaRule *rule, const BsonValue *operand,
									const BsonValue *schema)
{
	read_encryption(rule, operand, false);
	if (pgbson_count(operand) == 0)
		match_schema_refuse(rule->keyword, DOCDB_ERR_FAILED_TO_PARSE,
							"cannot be an empty object");
	return false;
}

/* An encrypted value says of what type it was. */
bool
match_schema_eval_encrypt(const MatchSchemaRule *rule, const BsonValue *value)
{
	if (value->type != BSON_BINARY || value->subtype != ENCRYPTED_SUBTYPE)
		return false;
	return rule->types == 0 ||
		(value->len > ENCRYPTED_TYPE_OFFSET &&
		 match_is_type(rule->types, (uint8) value->v.data[ENCRYPTED_TYPE_OFFSET]));
}

/* ---- minimum, maximum ---- */

bool
match_schema_parse_exclusive(MatchSchemaRule *rule, const BsonValue *operand,
							 const BsonValue *schema)
{
	bool		is_maximum = rule->keyword->id == SCHEMA_KEYWORD_EXCLUSIVE_MAXIMUM;
	const char *limit = is_maximum ? "maximum" : "minimum";
	BsonValue	value;

	if (!pgbson_get(schema, limit, 7, &value))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("$jsonSchema keyword '%s' must be a present if %s is present", limit,
						rule->keyword->name)));
	if (operand->type != BSON_BOOL)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be a boolean");
	return false;
}

bool
match_schema_parse_limit(MatchSchemaRule *rule, const BsonValue *operand,
						 const BsonValue *schema)
{
	bool		is_maximum = rule->keyword->id == SCHEMA_KEYWORD_MAXIMUM;
	const char *exclusive = is_maximum ? "exclusiveMaximum" : "exclusiveMinimum";
	BsonValue	value;

	if (!pgbson_is_number(operand))
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be a number");
	rule->exclusive = pgbson_get(schema, exclusive, strlen(exclusive), &value) &&
		value.type == BSON_BOOL && value.v.boolean;
	return true;
}

/* NaN is neither less nor greater than other numbers. */
static bool
within(const MatchSchemaRule *rule, const BsonValue *value, int sign)
{
	int			order;

	if (pgbson_number_is_nan(value) != pgbson_number_is_nan(&rule->operand))
		return false;
	order = sign * pgbson_number_compare(value, &rule->operand);
	return rule->exclusive ? order < 0 : order <= 0;
}

bool
match_schema_eval_maximum(const MatchSchemaRule *rule, const BsonValue *value)
{
	return within(rule, value, 1);
}

bool
match_schema_eval_minimum(const MatchSchemaRule *rule, const BsonValue *value)
{
	return within(rule, value, -1);
}

/* ---- multipleOf ---- */

bool
match_schema_parse_multiple_of(MatchSchemaRule *rule, const BsonValue *operand,
							   const BsonValue *schema)
{
	if (!pgbson_is_number(operand))
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be a number");
	rule->divisor = pgbson_number_to_decimal(operand);
	if (pgbson_decimal_is_negative(rule->divisor) || pgbson_decimal_is_zero(rule->divisor))
		match_schema_refuse(rule->keyword, DOCDB_ERR_FAILED_TO_PARSE,
							"must have a positive value");
	return true;
}

bool
match_schema_eval_multiple_of(const MatchSchemaRule *rule, const BsonValue *value)
{
	BsonDecimal decimal = pgbson_number_to_decimal(value);

	return pgbson_decimal_is_zero(pgbson_decimal_mod(decimal, rule->divisor));
}

/* ---- minLength, maxLength, minItems, maxItems, minProperties, maxProperties ---- */

bool
match_schema_parse_size(MatchSchemaRule *rule, const BsonValue *operand, const BsonValue *schema)
{
	const char *problem = match_read_integer(rule->keyword->name, operand, 0, PG_INT64_MAX,
											 &rule->number);

	if (problem != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("%s", problem)));
	return true;
}

/* The number of code points. */
static int64
string_length(const BsonValue *string)
{
	int64		length = 0;

	for (uint32 i = 0; i < string->len; i++)
		if (((uint8) string->v.data[i] & 0xC0) != 0x80)
			length++;
	return length;
}

bool
match_schema_eval_max_length(const MatchSchemaRule *rule, const BsonValue *value)
{
	return string_length(value) <= rule->number;
}

bool
match_schema_eval_min_length(const MatchSchemaRule *rule, const BsonValue *value)
{
	return string_length(value) >= rule->number;
}

/* Of arrays the elements are counted, of documents the fields. */
bool
match_schema_eval_max_items(const MatchSchemaRule *rule, const BsonValue *value)
{
	return pgbson_count(value) <= rule->number;
}

bool
match_schema_eval_min_items(const MatchSchemaRule *rule, const BsonValue *value)
{
	return pgbson_count(value) >= rule->number;
}

/* ---- pattern ---- */

bool
match_schema_parse_pattern(MatchSchemaRule *rule, const BsonValue *operand,
						   const BsonValue *schema)
{
	if (operand->type != BSON_STRING)
		match_schema_refuse(rule->keyword, DOCDB_ERR_TYPE_MISMATCH, "must be a string");
	rule->regex = expr_regex_compile(operand->v.data, operand->len, "", 0, NULL);
	return true;
}

bool
match_schema_eval_pattern(const MatchSchemaRule *rule, const BsonValue *value)
{
	return expr_regex_match(rule->regex, value->v.data, value->len);
}
