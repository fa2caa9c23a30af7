/*
 * accum_list.h
 *		The accumulators, sorted by name.
 *
 *	ACCUM(name, symbol, sql_name, family, step, final, argument, flags)
 *
 * sql_name is the name of the SQL aggregate without its prefix docdb.accum_.  The family is a kind
 * of state: the type expr_accum_<family>_state and the functions expr_accum_<family>_init,
 * _combine, _remove, _write and _read.  expr_accum_<step>_step takes in a value and
 * expr_accum_<final>_final gives the result, so accumulators that differ only there share a
 * family.  expr_accum_<argument>_argument makes the expression of these values from what is
 * written after the name.  The flags are explained in accum.h.
 */
/* no include guard: each includer defines ACCUM */
ACCUM("$addToSet", ADD_TO_SET, add_to_set, set, set, set, plain, ACCUM_COMPARES)
ACCUM("$avg", AVG, avg, sum, sum, avg, plain, ACCUM_EXPRESSION | ACCUM_REMOVABLE)
ACCUM("$bottom", BOTTOM, bottom, ranked, bottom, ranked_one, top, ACCUM_COMPARES)
ACCUM("$bottomN", BOTTOM_N, bottom_n, ranked, bottom, ranked, top_n, ACCUM_COMPARES | ACCUM_TAKES_N)
ACCUM("$concatArrays", CONCAT_ARRAYS, concat_arrays, list, concat, list, plain, ACCUM_ORDERED)
ACCUM("$count", COUNT, count, count, count, count, plain, ACCUM_NO_ARGUMENT | ACCUM_REMOVABLE)
ACCUM("$first", FIRST, first, value, first, value, plain, ACCUM_ORDERED)
ACCUM("$firstN", FIRST_N, first_n, ranked, first_n, ranked, first_n, ACCUM_ORDERED | ACCUM_TAKES_N)
ACCUM("$last", LAST, last, value, last, value, plain, ACCUM_ORDERED)
ACCUM("$lastN", LAST_N, last_n, ranked, last_n, ranked, first_n, ACCUM_ORDERED | ACCUM_TAKES_N)
ACCUM("$max", MAX, max, value, max, extreme, plain,
	  ACCUM_EXPRESSION | ACCUM_REMOVABLE | ACCUM_COMPARES)
ACCUM("$maxN", MAX_N, max_n, ranked, max_n, ranked, min_n, ACCUM_COMPARES | ACCUM_TAKES_N)
ACCUM("$median", MEDIAN, median, percentile, percentile, median, median, 0)
ACCUM("$mergeObjects", MERGE_OBJECTS, merge_objects, merge, merge, merge, plain,
	  ACCUM_EXPRESSION | ACCUM_ORDERED)
ACCUM("$min", MIN, min, value, min, extreme, plain,
	  ACCUM_EXPRESSION | ACCUM_REMOVABLE | ACCUM_COMPARES)
ACCUM("$minN", MIN_N, min_n, ranked, min_n, ranked, min_n, ACCUM_COMPARES | ACCUM_TAKES_N)
ACCUM("$percentile", PERCENTILE, percentile, percentile, percentile, percentile, percentile, 0)
ACCUM("$push", PUSH, push, list, list, list, plain, ACCUM_ORDERED | ACCUM_REMOVABLE)
ACCUM("$setUnion", SET_UNION, set_union, set, union, set, plain, ACCUM_COMPARES)
ACCUM("$stdDevPop", STD_DEV_POP, std_dev_pop, deviation, deviation, deviation_pop, plain,
	  ACCUM_EXPRESSION)
ACCUM("$stdDevSamp", STD_DEV_SAMP, std_dev_samp, deviation, deviation, deviation_samp, plain,
	  ACCUM_EXPRESSION)
ACCUM("$sum", SUM, sum, sum, sum, sum, plain, ACCUM_EXPRESSION | ACCUM_REMOVABLE)
ACCUM("$top", TOP, top, ranked, top, ranked_one, top, ACCUM_COMPARES)
ACCUM("$topN", TOP_N, top_n, ranked, top, ranked, top_n, ACCUM_COMPARES | ACCUM_TAKES_N)
