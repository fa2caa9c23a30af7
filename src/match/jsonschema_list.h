/*
 * jsonschema_list.h
 *		The keywords of $jsonSchema, sorted by name.
 *
 * SCHEMA_KEYWORD(name, symbol, order, applies, reason, parse, eval, explain): a keyword that values
 * are tested by.
 *		order		keywords of one schema are read, tested and reported in this order
 *		applies		the values that it can refuse: SCHEMA_ANY, SCHEMA_NUMBER, SCHEMA_STRING,
 *					SCHEMA_ARRAY or SCHEMA_OBJECT
 *		reason		what explain says of a value that was refused, or NULL
 *		parse		reads the operand into a rule; false where it constrains nothing
 *		eval		tests a value
 *		explain		says in a document why a value was refused
 *
 * SCHEMA_PART(name, symbol, order, parse): a keyword that is only checked, and read with another
 * where it means something.
 *
 * SCHEMA_REFUSED(name, symbol): a keyword of JSON Schema that MongoDB refuses.
 */
/* no include guard: each includer defines SCHEMA_KEYWORD, SCHEMA_PART and SCHEMA_REFUSED */
SCHEMA_REFUSED("$ref", REF)
SCHEMA_REFUSED("$schema", SCHEMA)
SCHEMA_KEYWORD("additionalItems", ADDITIONAL_ITEMS, 14, SCHEMA_ARRAY, NULL,
			   match_schema_parse_additional_items, match_schema_eval_additional_items,
			   match_schema_explain_additional_items)
SCHEMA_KEYWORD("additionalProperties", ADDITIONAL_PROPERTIES, 19, SCHEMA_OBJECT, NULL,
			   match_schema_parse_additional_properties, match_schema_eval_additional_properties,
			   match_schema_explain_additional_properties)
SCHEMA_KEYWORD("allOf", ALL_OF, 24, SCHEMA_ANY, NULL,
			   match_schema_parse_list, match_schema_eval_all_of, match_schema_explain_list)
SCHEMA_KEYWORD("anyOf", ANY_OF, 25, SCHEMA_ANY, NULL,
			   match_schema_parse_list, match_schema_eval_any_of, match_schema_explain_list)
SCHEMA_KEYWORD("bsonType", BSON_TYPE, 29, SCHEMA_ANY, "type did not match",
			   match_schema_parse_bson_type, match_schema_eval_type, match_schema_explain_type)
SCHEMA_REFUSED("default", DEFAULT)
SCHEMA_REFUSED("definitions", DEFINITIONS)
SCHEMA_KEYWORD("dependencies", DEPENDENCIES, 23, SCHEMA_OBJECT, NULL,
			   match_schema_parse_dependencies, match_schema_eval_dependencies,
			   match_schema_explain_dependencies)
SCHEMA_PART("description", DESCRIPTION, 1, match_schema_parse_annotation)
SCHEMA_KEYWORD("encrypt", ENCRYPT, 16, SCHEMA_ANY, "value was not encrypted",
			   match_schema_parse_encrypt, match_schema_eval_encrypt, match_schema_explain_encrypt)
SCHEMA_PART("encryptMetadata", ENCRYPT_METADATA, 15, match_schema_parse_encrypt_metadata)
SCHEMA_KEYWORD("enum", ENUM, 28, SCHEMA_ANY, "value was not found in enum",
			   match_schema_parse_enum, match_schema_eval_enum, match_schema_explain_leaf)
SCHEMA_PART("exclusiveMaximum", EXCLUSIVE_MAXIMUM, 7, match_schema_parse_exclusive)
SCHEMA_PART("exclusiveMinimum", EXCLUSIVE_MINIMUM, 9, match_schema_parse_exclusive)
SCHEMA_REFUSED("format", FORMAT)
SCHEMA_REFUSED("id", ID)
SCHEMA_KEYWORD("items", ITEMS, 13, SCHEMA_ARRAY, NULL,
			   match_schema_parse_items, match_schema_eval_items, match_schema_explain_items)
SCHEMA_KEYWORD("maxItems", MAX_ITEMS, 11, SCHEMA_ARRAY, "array did not match specified length",
			   match_schema_parse_size, match_schema_eval_max_items, match_schema_explain_size)
SCHEMA_KEYWORD("maxLength", MAX_LENGTH, 4, SCHEMA_STRING,
			   "specified string length was not satisfied",
			   match_schema_parse_size, match_schema_eval_max_length, match_schema_explain_leaf)
SCHEMA_KEYWORD("maxProperties", MAX_PROPERTIES, 22, SCHEMA_OBJECT,
			   "specified number of properties was not satisfied",
			   match_schema_parse_size, match_schema_eval_max_items, match_schema_explain_size)
SCHEMA_KEYWORD("maximum", MAXIMUM, 8, SCHEMA_NUMBER, "comparison failed",
			   match_schema_parse_limit, match_schema_eval_maximum, match_schema_explain_limit)
SCHEMA_KEYWORD("minItems", MIN_ITEMS, 10, SCHEMA_ARRAY, "array did not match specified length",
			   match_schema_parse_size, match_schema_eval_min_items, match_schema_explain_size)
SCHEMA_KEYWORD("minLength", MIN_LENGTH, 5, SCHEMA_STRING,
			   "specified string length was not satisfied",
			   match_schema_parse_size, match_schema_eval_min_length, match_schema_explain_leaf)
SCHEMA_KEYWORD("minProperties", MIN_PROPERTIES, 21, SCHEMA_OBJECT,
			   "specified number of properties was not satisfied",
			   match_schema_parse_size, match_schema_eval_min_items, match_schema_explain_size)
SCHEMA_KEYWORD("minimum", MINIMUM, 9, SCHEMA_NUMBER, "comparison failed",
			   match_schema_parse_limit, match_schema_eval_minimum, match_schema_explain_limit)
SCHEMA_KEYWORD("multipleOf", MULTIPLE_OF, 6, SCHEMA_NUMBER,
			   "considered value is not a multiple of the specified value",
			   match_schema_parse_multiple_of, match_schema_eval_multiple_of,
			   match_schema_explain_leaf)
SCHEMA_KEYWORD("not", NOT, 27, SCHEMA_ANY, "child expression matched",
			   match_schema_parse_not, match_schema_eval_not, match_schema_explain_not)
SCHEMA_KEYWORD("oneOf", ONE_OF, 26, SCHEMA_ANY, NULL,
			   match_schema_parse_list, match_schema_eval_one_of, match_schema_explain_one_of)
SCHEMA_KEYWORD("pattern", PATTERN, 3, SCHEMA_STRING, "regular expression did not match",
			   match_schema_parse_pattern, match_schema_eval_pattern, match_schema_explain_leaf)
SCHEMA_KEYWORD("patternProperties", PATTERN_PROPERTIES, 18, SCHEMA_OBJECT, NULL,
			   match_schema_parse_pattern_properties, match_schema_eval_pattern_properties,
			   match_schema_explain_pattern_properties)
SCHEMA_KEYWORD("properties", PROPERTIES, 17, SCHEMA_OBJECT, NULL,
			   match_schema_parse_properties, match_schema_eval_properties,
			   match_schema_explain_properties)
SCHEMA_KEYWORD("required", REQUIRED, 20, SCHEMA_OBJECT, NULL,
			   match_schema_parse_required, match_schema_eval_required,
			   match_schema_explain_required)
SCHEMA_PART("title", TITLE, 1, match_schema_parse_annotation)
SCHEMA_KEYWORD("type", TYPE, 29, SCHEMA_ANY, "type did not match",
			   match_schema_parse_type, match_schema_eval_type, match_schema_explain_type)
SCHEMA_KEYWORD("uniqueItems", UNIQUE_ITEMS, 12, SCHEMA_ARRAY, "found a duplicate item",
			   match_schema_parse_unique_items, match_schema_eval_unique_items,
			   match_schema_explain_unique_items)
