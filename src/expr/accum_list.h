/*
 * accum_list.h
 *		The accumulators, sorted by name.
 *
 *	ACCUM(name, symbol, sql_name, family, step, final, flags)
 *
 * sql_name is the name of the SQL aggregate without its prefix docdb.accum_.  The family is a kind
 * of state: the type expr_accum_<family>_state and the functions expr_accum_<family>_init,
 * _combine, _remove, _write and _read.  expr_accum_<step>_step takes in a value and
 * expr_accum_<final>_final gives the result, so accumulators that differ only there share a
 * family.  The flags are explained in accum.h.
 */
/* no include guard: each includer defines ACCUM */
ACCUM("$addToSet", ADD_TO_SET, add_to_set, set, set, set, 0)
ACCUM("$avg", AVG, avg, sum, sum, avg, ACCUM_EXPRESSION | ACCUM_REMOVABLE)
ACCUM("$count", COUNT, count, count, count, count, ACCUM_NO_ARGUMENT | ACCUM_REMOVABLE)
ACCUM("$first", FIRST, first, value, first, value, ACCUM_ORDERED)
ACCUM("$last", LAST, last, value, last, value, ACCUM_ORDERED)
ACCUM("$max", MAX, max, value, max, extreme, ACCUM_EXPRESSION | ACCUM_REMOVABLE)
ACCUM("$mergeObjects", MERGE_OBJECTS, merge_objects, merge, merge, merge,
	  ACCUM_EXPRESSION | ACCUM_ORDERED)
ACCUM("$min", MIN, min, value, min, extreme, ACCUM_EXPRESSION | ACCUM_REMOVABLE)
ACCUM("$push", PUSH, push, list, list, list, ACCUM_ORDERED | ACCUM_REMOVABLE)
ACCUM("$stdDevPop", STD_DEV_POP, std_dev_pop, deviation, deviation, deviation_pop,
	  ACCUM_EXPRESSION)
ACCUM("$stdDevSamp", STD_DEV_SAMP, std_dev_samp, deviation, deviation, deviation_samp,
	  ACCUM_EXPRESSION)
ACCUM("$sum", SUM, sum, sum, sum, sum, ACCUM_EXPRESSION | ACCUM_REMOVABLE)
