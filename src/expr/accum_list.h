/*
 * accum_list.h
 *		The accumulators, sorted by name.
 *
 *	ACCUM(name, symbol, sql_name, family, step, final, flags)
 *
 * sql_name is the name of the SQL aggregate without its prefix docdb.accum_.  The family is a kind
 * of state, accum_<family>_state with the functions accum_<family>_init, _combine, _remove, _write
 * and _read; accumulators that differ only in what they take in or make of it share one.  The
 * flags are explained in accum.h.
 */
/* no include guard: each includer defines ACCUM */
ACCUM("$addToSet", ADD_TO_SET, add_to_set, set, accum_set_step, accum_set_final, 0)
ACCUM("$avg", AVG, avg, sum, accum_sum_step, accum_avg_final, ACCUM_EXPRESSION | ACCUM_REMOVABLE)
ACCUM("$count", COUNT, count, count, accum_count_step, accum_count_final,
	  ACCUM_NO_ARGUMENT | ACCUM_REMOVABLE)
ACCUM("$first", FIRST, first, value, accum_first_step, accum_value_final, ACCUM_ORDERED)
ACCUM("$last", LAST, last, value, accum_last_step, accum_value_final, ACCUM_ORDERED)
ACCUM("$max", MAX, max, value, accum_max_step, accum_extreme_final,
	  ACCUM_EXPRESSION | ACCUM_REMOVABLE)
ACCUM("$mergeObjects", MERGE_OBJECTS, merge_objects, merge, accum_merge_step, accum_merge_final,
	  ACCUM_EXPRESSION | ACCUM_ORDERED)
ACCUM("$min", MIN, min, value, accum_min_step, accum_extreme_final,
	  ACCUM_EXPRESSION | ACCUM_REMOVABLE)
ACCUM("$push", PUSH, push, list, accum_list_step, accum_list_final,
	  ACCUM_ORDERED | ACCUM_REMOVABLE)
ACCUM("$stdDevPop", STD_DEV_POP, std_dev_pop, deviation, accum_deviation_step,
	  accum_deviation_pop_final, ACCUM_EXPRESSION)
ACCUM("$stdDevSamp", STD_DEV_SAMP, std_dev_samp, deviation, accum_deviation_step,
	  accum_deviation_samp_final, ACCUM_EXPRESSION)
ACCUM("$sum", SUM, sum, sum, accum_sum_step, accum_sum_final, ACCUM_EXPRESSION | ACCUM_REMOVABLE)
