/*
 * expr_oplist.h
 *		The expression operators, sorted by name.
 *
 *	EXPR_OP(name, symbol, min, max, flags, function)
 *		An operator whose operands are all evaluated first, in order.
 *	EXPR_LAZY(name, symbol, min, max, flags, function)
 *		One that evaluates its operands itself.
 *	EXPR_FORM(name, symbol, flags, parse, optimize, function)
 *		One whose argument has a form of its own, or which folds constants in its own way.
 *
 * min and max are the numbers of arguments; the flags are explained in expr_internal.h.
 */
/* no include guard: each includer defines the three macros */
EXPR_OP("$abs", ABS, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_abs)
EXPR_OP("$acos", ACOS, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_acos)
EXPR_OP("$acosh", ACOSH, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_acosh)
EXPR_OP("$add", ADD, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_LEFT_ASSOCIATIVE, expr_add)
EXPR_OP("$allElementsTrue", ALL_ELEMENTS_TRUE, 1, 1, 0, expr_all_elements_true)
EXPR_FORM("$and", AND, 0, expr_parse_args, expr_optimize_and, expr_and)
EXPR_OP("$anyElementTrue", ANY_ELEMENT_TRUE, 1, 1, 0, expr_any_element_true)
EXPR_OP("$arrayElemAt", ARRAY_ELEM_AT, 2, 2, EXPR_NULL_PROPAGATES, expr_array_elem_at)
EXPR_OP("$arrayToObject", ARRAY_TO_OBJECT, 1, 1, EXPR_NULL_PROPAGATES, expr_array_to_object)
EXPR_OP("$asin", ASIN, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_asin)
EXPR_OP("$asinh", ASINH, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_asinh)
EXPR_OP("$atan", ATAN, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_atan)
EXPR_OP("$atan2", ATAN2, 2, 2, EXPR_NULL_ENDS, expr_atan2)
EXPR_OP("$atanh", ATANH, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_atanh)
EXPR_FORM("$avg", AVG, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_OP("$binarySize", BINARY_SIZE, 1, 1, EXPR_NULL_PROPAGATES, expr_binary_size)
EXPR_OP("$bitAnd", BIT_AND, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_ASSOCIATIVE, expr_bit_and)
EXPR_OP("$bitNot", BIT_NOT, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_bit_not)
EXPR_OP("$bitOr", BIT_OR, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_ASSOCIATIVE, expr_bit_or)
EXPR_OP("$bitXor", BIT_XOR, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_ASSOCIATIVE, expr_bit_xor)
EXPR_OP("$bsonSize", BSON_SIZE, 1, 1, EXPR_NULL_PROPAGATES, expr_bson_size)
EXPR_OP("$ceil", CEIL, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_ceil)
EXPR_OP("$cmp", CMP, 2, 2, 0, expr_cmp)
EXPR_OP("$concat", CONCAT, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_ASSOCIATIVE, expr_concat)
EXPR_OP("$concatArrays", CONCAT_ARRAYS, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_ASSOCIATIVE,
		expr_concat_arrays)
EXPR_FORM("$cond", COND, 0, expr_parse_cond, expr_optimize_cond, expr_cond)
EXPR_FORM("$const", CONST, 0, expr_parse_literal, expr_fold, expr_literal)
EXPR_FORM("$convert", CONVERT, 0, expr_parse_convert, expr_fold, expr_convert)
EXPR_OP("$cos", COS, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_cos)
EXPR_OP("$cosh", COSH, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_cosh)
EXPR_FORM("$dateAdd", DATE_ADD, 0, expr_parse_date_add, expr_optimize_date_add, expr_date_add_op)
EXPR_FORM("$dateDiff", DATE_DIFF, 0, expr_parse_date_diff, expr_optimize_date_diff,
		  expr_date_diff_op)
EXPR_FORM("$dateFromParts", DATE_FROM_PARTS, 0, expr_parse_date_from_parts,
		  expr_optimize_date_from_parts, expr_date_from_parts)
EXPR_FORM("$dateFromString", DATE_FROM_STRING, 0, expr_parse_date_from_string,
		  expr_optimize_date_text, expr_date_from_string)
EXPR_FORM("$dateSubtract", DATE_SUBTRACT, 0, expr_parse_date_add, expr_optimize_date_add,
		  expr_date_subtract_op)
EXPR_FORM("$dateToParts", DATE_TO_PARTS, 0, expr_parse_date_to_parts,
		  expr_optimize_date_to_parts, expr_date_to_parts)
EXPR_FORM("$dateToString", DATE_TO_STRING, 0, expr_parse_date_to_string,
		  expr_optimize_date_text, expr_date_to_string)
EXPR_FORM("$dateTrunc", DATE_TRUNC, 0, expr_parse_date_trunc, expr_optimize_date_trunc,
		  expr_date_trunc_op)
EXPR_FORM("$dayOfMonth", DAY_OF_MONTH, 0, expr_parse_date_part, expr_optimize_date_part,
		  expr_day_of_month)
EXPR_FORM("$dayOfWeek", DAY_OF_WEEK, 0, expr_parse_date_part, expr_optimize_date_part,
		  expr_day_of_week)
EXPR_FORM("$dayOfYear", DAY_OF_YEAR, 0, expr_parse_date_part, expr_optimize_date_part,
		  expr_day_of_year)
EXPR_OP("$degreesToRadians", DEGREES_TO_RADIANS, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC,
		expr_degrees_to_radians)
EXPR_OP("$divide", DIVIDE, 2, 2, 0, expr_divide)
EXPR_FORM("$encStrContains", ENC_STR_CONTAINS, 0, expr_parse_enc_str_contains, expr_fold_nothing,
		  expr_enc_str_contains)
EXPR_FORM("$encStrEndsWith", ENC_STR_ENDS_WITH, 0, expr_parse_enc_str_ends_with,
		  expr_fold_nothing, expr_enc_str_ends_with)
EXPR_FORM("$encStrNormalizedEq", ENC_STR_NORMALIZED_EQ, 0, expr_parse_enc_str_normalized_eq,
		  expr_fold_nothing, expr_enc_str_normalized_eq)
EXPR_FORM("$encStrStartsWith", ENC_STR_STARTS_WITH, 0, expr_parse_enc_str_starts_with,
		  expr_fold_nothing, expr_enc_str_starts_with)
EXPR_OP("$eq", EQ, 2, 2, 0, expr_eq)
EXPR_OP("$exp", EXP, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_exp)
EXPR_FORM("$expr", EXPR, 0, expr_parse_parentheses, expr_optimize_parentheses, expr_parentheses)
EXPR_FORM("$filter", FILTER, 0, expr_parse_filter, expr_fold_args, expr_filter)
EXPR_OP("$first", FIRST, 1, 1, EXPR_NULL_PROPAGATES, expr_first)
EXPR_FORM("$firstN", FIRST_N, 0, expr_parse_first_n, expr_fold, expr_first_n)
EXPR_OP("$floor", FLOOR, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_floor)
EXPR_FORM("$function", FUNCTION, 0, expr_parse_function, expr_fold_args, expr_function)
EXPR_FORM("$getField", GET_FIELD, 0, expr_parse_get_field, expr_fold_nothing, expr_get_field)
EXPR_OP("$gt", GT, 2, 2, 0, expr_gt)
EXPR_OP("$gte", GTE, 2, 2, 0, expr_gte)
EXPR_FORM("$hour", HOUR, 0, expr_parse_date_part, expr_optimize_date_part, expr_hour)
EXPR_FORM("$ifNull", IF_NULL, 0, expr_parse_if_null, expr_optimize_if_null, expr_if_null)
EXPR_OP("$in", IN, 2, 2, 0, expr_in)
EXPR_FORM("$indexOfArray", INDEX_OF_ARRAY, 0, expr_parse_index_of_array,
		  expr_optimize_index_of_array, expr_index_of_array)
EXPR_LAZY("$indexOfBytes", INDEX_OF_BYTES, 2, 4, 0, expr_index_of_bytes)
EXPR_LAZY("$indexOfCP", INDEX_OF_CP, 2, 4, 0, expr_index_of_cp)
EXPR_OP("$isArray", IS_ARRAY, 1, 1, 0, expr_is_array)
EXPR_OP("$isNumber", IS_NUMBER, 1, 1, 0, expr_is_number)
EXPR_FORM("$isoDayOfWeek", ISO_DAY_OF_WEEK, 0, expr_parse_date_part, expr_optimize_date_part,
		  expr_iso_day_of_week)
EXPR_FORM("$isoWeek", ISO_WEEK, 0, expr_parse_date_part, expr_optimize_date_part, expr_iso_week)
EXPR_FORM("$isoWeekYear", ISO_WEEK_YEAR, 0, expr_parse_date_part, expr_optimize_date_part,
		  expr_iso_week_year)
EXPR_OP("$last", LAST, 1, 1, EXPR_NULL_PROPAGATES, expr_last)
EXPR_FORM("$lastN", LAST_N, 0, expr_parse_first_n, expr_fold, expr_last_n)
EXPR_FORM("$let", LET, 0, expr_parse_let, expr_optimize_let, expr_let)
EXPR_FORM("$literal", LITERAL, 0, expr_parse_literal, expr_fold, expr_literal)
EXPR_OP("$ln", LN, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_ln)
EXPR_OP("$log", LOG, 2, 2, EXPR_NULL_PROPAGATES, expr_log)
EXPR_OP("$log10", LOG10, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_log10)
EXPR_OP("$lt", LT, 2, 2, 0, expr_lt)
EXPR_OP("$lte", LTE, 2, 2, 0, expr_lte)
EXPR_FORM("$ltrim", LTRIM, 0, expr_parse_ltrim, expr_fold, expr_trim)
EXPR_FORM("$map", MAP, 0, expr_parse_map, expr_fold_args, expr_map)
EXPR_FORM("$max", MAX, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$maxN", MAX_N, 0, expr_parse_min_n, expr_fold, expr_max_n)
EXPR_FORM("$median", MEDIAN, 0, expr_parse_percentile, expr_fold_args, expr_percentile)
EXPR_FORM("$mergeObjects", MERGE_OBJECTS, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$meta", META, EXPR_VOLATILE, expr_parse_meta, expr_fold_args, expr_meta)
EXPR_FORM("$millisecond", MILLISECOND, 0, expr_parse_date_part, expr_optimize_date_part,
		  expr_millisecond)
EXPR_FORM("$min", MIN, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$minN", MIN_N, 0, expr_parse_min_n, expr_fold, expr_min_n)
EXPR_FORM("$minute", MINUTE, 0, expr_parse_date_part, expr_optimize_date_part, expr_minute)
EXPR_OP("$mod", MOD, 2, 2, 0, expr_mod)
EXPR_FORM("$month", MONTH, 0, expr_parse_date_part, expr_optimize_date_part, expr_month)
EXPR_OP("$multiply", MULTIPLY, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_LEFT_ASSOCIATIVE,
		expr_multiply)
EXPR_OP("$ne", NE, 2, 2, 0, expr_ne)
EXPR_OP("$not", NOT, 1, 1, 0, expr_not)
EXPR_OP("$objectToArray", OBJECT_TO_ARRAY, 1, 1, EXPR_NULL_PROPAGATES, expr_object_to_array)
EXPR_FORM("$or", OR, 0, expr_parse_args, expr_optimize_or, expr_or)
EXPR_FORM("$percentile", PERCENTILE, 0, expr_parse_percentile, expr_fold_args, expr_percentile)
EXPR_OP("$pow", POW, 2, 2, EXPR_NULL_PROPAGATES, expr_pow)
EXPR_OP("$radiansToDegrees", RADIANS_TO_DEGREES, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC,
		expr_radians_to_degrees)
EXPR_FORM("$rand", RAND, EXPR_VOLATILE, expr_parse_rand, expr_fold, expr_rand)
EXPR_OP("$range", RANGE, 2, 3, 0, expr_range)
EXPR_FORM("$reduce", REDUCE, 0, expr_parse_reduce, expr_fold_args, expr_reduce)
EXPR_FORM("$regexFind", REGEX_FIND, 0, expr_parse_regex, expr_optimize_regex, expr_regex_op_find)
EXPR_FORM("$regexFindAll", REGEX_FIND_ALL, 0, expr_parse_regex, expr_optimize_regex,
		  expr_regex_op_find_all)
EXPR_FORM("$regexMatch", REGEX_MATCH, 0, expr_parse_regex, expr_optimize_regex,
		  expr_regex_op_match)
EXPR_FORM("$replaceAll", REPLACE_ALL, 0, expr_parse_replace, expr_fold_args, expr_replace_all)
EXPR_FORM("$replaceOne", REPLACE_ONE, 0, expr_parse_replace, expr_fold_args, expr_replace_one)
EXPR_OP("$reverseArray", REVERSE_ARRAY, 1, 1, EXPR_NULL_PROPAGATES, expr_reverse_array)
EXPR_OP("$round", ROUND, 1, 2, EXPR_NULL_ENDS, expr_round)
EXPR_FORM("$rtrim", RTRIM, 0, expr_parse_rtrim, expr_fold, expr_trim)
EXPR_FORM("$second", SECOND, 0, expr_parse_date_part, expr_optimize_date_part, expr_second)
EXPR_OP("$setDifference", SET_DIFFERENCE, 2, 2, EXPR_NULL_PROPAGATES, expr_set_difference)
EXPR_FORM("$setEquals", SET_EQUALS, 0, expr_parse_set_equals, expr_optimize_set_equals,
		  expr_set_equals)
EXPR_FORM("$setField", SET_FIELD, 0, expr_parse_set_field, expr_fold_nothing, expr_set_field)
EXPR_OP("$setIntersection", SET_INTERSECTION, 0, EXPR_ANY_NUMBER,
		EXPR_NULL_ENDS | EXPR_ASSOCIATIVE, expr_set_intersection)
EXPR_FORM("$setIsSubset", SET_IS_SUBSET, 0, expr_parse_set_is_subset,
		  expr_optimize_set_is_subset, expr_set_is_subset)
EXPR_OP("$setUnion", SET_UNION, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_ASSOCIATIVE,
		expr_set_union)
EXPR_FORM("$sigmoid", SIGMOID, 0, expr_parse_sigmoid, expr_fold, expr_sigmoid)
EXPR_OP("$sin", SIN, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_sin)
EXPR_OP("$sinh", SINH, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_sinh)
EXPR_OP("$size", SIZE, 1, 1, 0, expr_size)
EXPR_LAZY("$slice", SLICE, 2, 3, 0, expr_slice)
EXPR_FORM("$sortArray", SORT_ARRAY, 0, expr_parse_sort_array, expr_fold_args, expr_sort_array)
EXPR_OP("$split", SPLIT, 2, 2, EXPR_NULL_PROPAGATES, expr_split)
EXPR_OP("$sqrt", SQRT, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_sqrt)
EXPR_FORM("$stdDevPop", STD_DEV_POP, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$stdDevSamp", STD_DEV_SAMP, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_OP("$strLenBytes", STR_LEN_BYTES, 1, 1, 0, expr_str_len_bytes)
EXPR_OP("$strLenCP", STR_LEN_CP, 1, 1, 0, expr_str_len_cp)
EXPR_OP("$strcasecmp", STRCASECMP, 2, 2, 0, expr_strcasecmp)
EXPR_OP("$substr", SUBSTR, 3, 3, 0, expr_substr_bytes)
EXPR_OP("$substrBytes", SUBSTR_BYTES, 3, 3, 0, expr_substr_bytes)
EXPR_OP("$substrCP", SUBSTR_CP, 3, 3, 0, expr_substr_cp)
EXPR_OP("$subtract", SUBTRACT, 2, 2, 0, expr_subtract)
EXPR_FORM("$sum", SUM, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$switch", SWITCH, 0, expr_parse_switch, expr_optimize_switch, expr_switch)
EXPR_OP("$tan", TAN, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_tan)
EXPR_OP("$tanh", TANH, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_tanh)
EXPR_FORM("$toBool", TO_BOOL, 0, expr_parse_conversion, expr_fold, expr_to_bool)
EXPR_FORM("$toDate", TO_DATE, 0, expr_parse_conversion, expr_fold, expr_to_date)
EXPR_FORM("$toDecimal", TO_DECIMAL, 0, expr_parse_conversion, expr_fold, expr_to_decimal)
EXPR_FORM("$toDouble", TO_DOUBLE, 0, expr_parse_conversion, expr_fold, expr_to_double)
EXPR_FORM("$toHashedIndexKey", TO_HASHED_INDEX_KEY, 0, expr_parse_to_hashed_index_key, expr_fold,
		  expr_to_hashed_index_key)
EXPR_FORM("$toInt", TO_INT, 0, expr_parse_conversion, expr_fold, expr_to_int)
EXPR_FORM("$toLong", TO_LONG, 0, expr_parse_conversion, expr_fold, expr_to_long)
EXPR_OP("$toLower", TO_LOWER, 1, 1, 0, expr_to_lower)
EXPR_FORM("$toObjectId", TO_OBJECT_ID, 0, expr_parse_conversion, expr_fold, expr_to_objectid)
EXPR_FORM("$toString", TO_STRING, 0, expr_parse_conversion, expr_fold, expr_to_string)
EXPR_FORM("$toUUID", TO_UUID, 0, expr_parse_conversion, expr_fold, expr_to_uuid)
EXPR_OP("$toUpper", TO_UPPER, 1, 1, 0, expr_to_upper)
EXPR_FORM("$trim", TRIM, 0, expr_parse_trim, expr_fold, expr_trim)
EXPR_OP("$trunc", TRUNC, 1, 2, EXPR_NULL_ENDS, expr_trunc)
EXPR_OP("$tsIncrement", TS_INCREMENT, 1, 1, EXPR_NULL_PROPAGATES, expr_ts_increment)
EXPR_OP("$tsSecond", TS_SECOND, 1, 1, EXPR_NULL_PROPAGATES, expr_ts_second)
EXPR_OP("$type", TYPE, 1, 1, 0, expr_type)
EXPR_FORM("$unsetField", UNSET_FIELD, 0, expr_parse_unset_field, expr_fold_nothing,
		  expr_set_field)
EXPR_FORM("$week", WEEK, 0, expr_parse_date_part, expr_optimize_date_part, expr_week)
EXPR_FORM("$year", YEAR, 0, expr_parse_date_part, expr_optimize_date_part, expr_year)
EXPR_FORM("$zip", ZIP, 0, expr_parse_zip, expr_fold_args, expr_zip)
