/*
 * match_oplist.h
 *		The filter operators, sorted by name.
 *
 * MATCH_OP(name, symbol, place, phase, arrays, selectivity, parse, eval): an operator that tests
 * values.
 *		place		MATCH_QUERY: stands where a field name could, {$expr: ...};
 *					MATCH_FIELD: stands under a field name, {a: {$gt: 1}}
 *		phase		MATCH_CHEAP, MATCH_COSTLY or MATCH_WHOLE: when match_eval gets to it, see
 *					match_internal.h
 *		arrays		MATCH_EACH: an array at the end of the path is tested by element and as a whole;
 *					MATCH_ARRAY: only as a whole
 *		selectivity	the share of documents it is taken to pass where nothing better is known
 *		parse		reads the operand and returns the node
 *		eval		tests one value
 *
 * MATCH_REWRITE(name, symbol, place, parse): an operator that its parse function expresses by
 * others ($ne is the negation of $eq) or refuses.
 *
 * The enum, the table, the prototypes and the SQL view docdb.filter_operators come from these rows.
 */
/* no include guard: each includer defines MATCH_OP and MATCH_REWRITE */
MATCH_REWRITE("$and", AND, MATCH_QUERY, match_parse_logical)
MATCH_OP("$eq", EQ, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.005,
		 match_parse_comparison, match_eval_eq)
MATCH_OP("$gt", GT, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.3333,
		 match_parse_comparison, match_eval_gt)
MATCH_OP("$gte", GTE, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.3333,
		 match_parse_comparison, match_eval_gte)
MATCH_OP("$lt", LT, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.3333,
		 match_parse_comparison, match_eval_lt)
MATCH_OP("$lte", LTE, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.3333,
		 match_parse_comparison, match_eval_lte)
MATCH_REWRITE("$ne", NE, MATCH_FIELD, match_parse_ne)
MATCH_REWRITE("$nor", NOR, MATCH_QUERY, match_parse_logical)
MATCH_REWRITE("$not", NOT, MATCH_FIELD, match_parse_not)
MATCH_REWRITE("$or", OR, MATCH_QUERY, match_parse_logical)
