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
EXPR_OP("$add", ADD, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_LEFT_ASSOCIATIVE, expr_add)
EXPR_OP("$allElementsTrue", ALL_ELEMENTS_TRUE, 1, 1, 0, expr_all_elements_true)
EXPR_FORM("$and", AND, 0, expr_parse_args, expr_optimize_and, expr_and)
EXPR_OP("$anyElementTrue", ANY_ELEMENT_TRUE, 1, 1, 0, expr_any_element_true)
EXPR_OP("$arrayElemAt", ARRAY_ELEM_AT, 2, 2, EXPR_NULL_PROPAGATES, expr_array_elem_at)
EXPR_OP("$arrayToObject", ARRAY_TO_OBJECT, 1, 1, EXPR_NULL_PROPAGATES, expr_array_to_object)
EXPR_FORM("$avg", AVG, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_OP("$ceil", CEIL, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_ceil)
EXPR_OP("$cmp", CMP, 2, 2, 0, expr_cmp)
EXPR_OP("$concat", CONCAT, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_ASSOCIATIVE, expr_concat)
EXPR_OP("$concatArrays", CONCAT_ARRAYS, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_ASSOCIATIVE,
		expr_concat_arrays)
EXPR_FORM("$cond", COND, 0, expr_parse_cond, expr_optimize_cond, expr_cond)
EXPR_FORM("$const", CONST, 0, expr_parse_literal, expr_fold, expr_literal)
EXPR_OP("$divide", DIVIDE, 2, 2, 0, expr_divide)
EXPR_OP("$eq", EQ, 2, 2, 0, expr_eq)
EXPR_OP("$exp", EXP, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_exp)
EXPR_FORM("$filter", FILTER, 0, expr_parse_filter, expr_fold_args, expr_filter)
EXPR_OP("$first", FIRST, 1, 1, EXPR_NULL_PROPAGATES, expr_first)
EXPR_FORM("$firstN", FIRST_N, 0, expr_parse_first_n, expr_fold, expr_first_n)
EXPR_OP("$floor", FLOOR, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_floor)
EXPR_OP("$gt", GT, 2, 2, 0, expr_gt)
EXPR_OP("$gte", GTE, 2, 2, 0, expr_gte)
EXPR_FORM("$ifNull", IF_NULL, 0, expr_parse_if_null, expr_optimize_if_null, expr_if_null)
EXPR_OP("$in", IN, 2, 2, 0, expr_in)
EXPR_FORM("$indexOfArray", INDEX_OF_ARRAY, 0, expr_parse_index_of_array,
		  expr_optimize_index_of_array, expr_index_of_array)
EXPR_OP("$isArray", IS_ARRAY, 1, 1, 0, expr_is_array)
EXPR_OP("$isNumber", IS_NUMBER, 1, 1, 0, expr_is_number)
EXPR_OP("$last", LAST, 1, 1, EXPR_NULL_PROPAGATES, expr_last)
EXPR_FORM("$lastN", LAST_N, 0, expr_parse_first_n, expr_fold, expr_last_n)
EXPR_FORM("$let", LET, 0, expr_parse_let, expr_optimize_let, expr_let)
EXPR_FORM("$literal", LITERAL, 0, expr_parse_literal, expr_fold, expr_literal)
EXPR_OP("$ln", LN, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_ln)
EXPR_OP("$log", LOG, 2, 2, EXPR_NULL_PROPAGATES, expr_log)
EXPR_OP("$log10", LOG10, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_log10)
EXPR_OP("$lt", LT, 2, 2, 0, expr_lt)
EXPR_OP("$lte", LTE, 2, 2, 0, expr_lte)
EXPR_FORM("$map", MAP, 0, expr_parse_map, expr_fold_args, expr_map)
EXPR_FORM("$max", MAX, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$maxN", MAX_N, 0, expr_parse_min_n, expr_fold, expr_max_n)
EXPR_FORM("$mergeObjects", MERGE_OBJECTS, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$min", MIN, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$minN", MIN_N, 0, expr_parse_min_n, expr_fold, expr_min_n)
EXPR_OP("$mod", MOD, 2, 2, 0, expr_mod)
EXPR_OP("$multiply", MULTIPLY, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_LEFT_ASSOCIATIVE,
		expr_multiply)
EXPR_OP("$ne", NE, 2, 2, 0, expr_ne)
EXPR_OP("$not", NOT, 1, 1, 0, expr_not)
EXPR_OP("$objectToArray", OBJECT_TO_ARRAY, 1, 1, EXPR_NULL_PROPAGATES, expr_object_to_array)
EXPR_FORM("$or", OR, 0, expr_parse_args, expr_optimize_or, expr_or)
EXPR_OP("$pow", POW, 2, 2, EXPR_NULL_PROPAGATES, expr_pow)
EXPR_OP("$range", RANGE, 2, 3, 0, expr_range)
EXPR_FORM("$reduce", REDUCE, 0, expr_parse_reduce, expr_fold_args, expr_reduce)
EXPR_FORM("$regexFind", REGEX_FIND, 0, expr_parse_regex, expr_optimize_regex, expr_regex_op_find)
EXPR_FORM("$regexFindAll", REGEX_FIND_ALL, 0, expr_parse_regex, expr_optimize_regex,
		  expr_regex_op_find_all)
EXPR_FORM("$regexMatch", REGEX_MATCH, 0, expr_parse_regex, expr_optimize_regex,
		  expr_regex_op_match)
EXPR_OP("$reverseArray", REVERSE_ARRAY, 1, 1, EXPR_NULL_PROPAGATES, expr_reverse_array)
EXPR_OP("$round", ROUND, 1, 2, EXPR_NULL_ENDS, expr_round)
EXPR_OP("$setDifference", SET_DIFFERENCE, 2, 2, EXPR_NULL_PROPAGATES, expr_set_difference)
EXPR_FORM("$setEquals", SET_EQUALS, 0, expr_parse_set_equals, expr_optimize_set_equals,
		  expr_set_equals)
EXPR_OP("$setIntersection", SET_INTERSECTION, 0, EXPR_ANY_NUMBER,
		EXPR_NULL_ENDS | EXPR_ASSOCIATIVE, expr_set_intersection)
EXPR_FORM("$setIsSubset", SET_IS_SUBSET, 0, expr_parse_set_is_subset,
		  expr_optimize_set_is_subset, expr_set_is_subset)
EXPR_OP("$setUnion", SET_UNION, 0, EXPR_ANY_NUMBER, EXPR_NULL_ENDS | EXPR_ASSOCIATIVE,
		expr_set_union)
EXPR_OP("$size", SIZE, 1, 1, 0, expr_size)
EXPR_LAZY("$slice", SLICE, 2, 3, 0, expr_slice)
EXPR_FORM("$sortArray", SORT_ARRAY, 0, expr_parse_sort_array, expr_fold_args, expr_sort_array)
EXPR_OP("$sqrt", SQRT, 1, 1, EXPR_NULL_PROPAGATES | EXPR_NUMERIC, expr_sqrt)
EXPR_FORM("$stdDevPop", STD_DEV_POP, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$stdDevSamp", STD_DEV_SAMP, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_OP("$subtract", SUBTRACT, 2, 2, 0, expr_subtract)
EXPR_FORM("$sum", SUM, 0, expr_parse_accumulator, expr_fold, expr_accumulate)
EXPR_FORM("$switch", SWITCH, 0, expr_parse_switch, expr_optimize_switch, expr_switch)
EXPR_OP("$trunc", TRUNC, 1, 2, EXPR_NULL_ENDS, expr_trunc)
EXPR_OP("$type", TYPE, 1, 1, 0, expr_type)
EXPR_FORM("$zip", ZIP, 0, expr_parse_zip, expr_fold_args, expr_zip)
