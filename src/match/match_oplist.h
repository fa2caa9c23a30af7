/*
 * match_oplist.h
 *		The filter operators, sorted by name.
 *
 * MATCH_OP(name, symbol, place, phase, arrays, selectivity, estimate, parse, eval): an operator
 * that tests values.
 *		place		MATCH_QUERY: stands where a field name could, {$expr: ...};
 *					MATCH_FIELD: stands under a field name, {a: {$gt: 1}}
 *		phase		MATCH_CHEAP, MATCH_COSTLY or MATCH_WHOLE: when match_eval gets to it, see
 *					match_internal.h
 *		arrays		MATCH_EACH: an array at the end of the path is tested by element and as a whole;
 *					MATCH_ARRAY: only as a whole
 *		selectivity	the share of documents it is taken to pass where nothing better is known
 *		estimate	makes a better guess from statistics
 *		parse		reads the operand and returns the node
 *		eval		tests one value
 *
 * MATCH_REWRITE(name, symbol, place, parse): an operator that its parse function expresses by
 * others ($ne is the negation of $eq), or that constrains nothing.
 *
 * MATCH_REFUSED(name, symbol, place): an operator of MongoDB's that docdb does not have yet.
 *
 * The enum, the table, the prototypes and the SQL view docdb.filter_operators come from these rows.
 */
/* no include guard: each includer defines MATCH_OP, MATCH_REWRITE and MATCH_REFUSED */
MATCH_REWRITE("$all", ALL, MATCH_FIELD, match_parse_all)
MATCH_REWRITE("$alwaysFalse", ALWAYS_FALSE, MATCH_QUERY, match_parse_always)
MATCH_REWRITE("$alwaysTrue", ALWAYS_TRUE, MATCH_QUERY, match_parse_always)
MATCH_REWRITE("$and", AND, MATCH_QUERY, match_parse_logical)
MATCH_OP("$bitsAllClear", BITS_ALL_CLEAR, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.1,
		 match_estimate_number, match_parse_bits, match_eval_bits_all_clear)
MATCH_OP("$bitsAllSet", BITS_ALL_SET, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.1,
		 match_estimate_number, match_parse_bits, match_eval_bits_all_set)
MATCH_OP("$bitsAnyClear", BITS_ANY_CLEAR, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.5,
		 match_estimate_number, match_parse_bits, match_eval_bits_any_clear)
MATCH_OP("$bitsAnySet", BITS_ANY_SET, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.5,
		 match_estimate_number, match_parse_bits, match_eval_bits_any_set)
MATCH_REWRITE("$comment", COMMENT, MATCH_QUERY, match_parse_nothing)
MATCH_REWRITE("$db", DB, MATCH_QUERY, match_parse_dbref)
MATCH_OP("$elemMatch", ELEM_MATCH, MATCH_FIELD, MATCH_CHEAP, MATCH_ARRAY, 0.05,
		 match_estimate_elem_match, match_parse_elem_match, match_eval_elem_match)
MATCH_OP("$eq", EQ, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.005,
		 match_estimate_eq, match_parse_comparison, match_eval_eq)
MATCH_OP("$exists", EXISTS, MATCH_FIELD, MATCH_CHEAP, MATCH_ARRAY, 0.9,
		 match_estimate_exists, match_parse_exists, match_eval_exists)
MATCH_OP("$expr", EXPR, MATCH_QUERY, MATCH_WHOLE, MATCH_ARRAY, 0.3333,
		 match_estimate_default, match_parse_expr, match_eval_expr)
MATCH_REFUSED("$geoIntersects", GEO_INTERSECTS, MATCH_FIELD)
MATCH_REFUSED("$geoNear", GEO_NEAR, MATCH_FIELD)
MATCH_REFUSED("$geoWithin", GEO_WITHIN, MATCH_FIELD)
MATCH_OP("$gt", GT, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.3333,
		 match_estimate_range, match_parse_comparison, match_eval_gt)
MATCH_OP("$gte", GTE, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.3333,
		 match_estimate_range, match_parse_comparison, match_eval_gte)
MATCH_REWRITE("$id", ID, MATCH_QUERY, match_parse_dbref)
MATCH_OP("$in", IN, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.02,
		 match_estimate_in, match_parse_in, match_eval_in)
MATCH_OP("$jsonSchema", JSON_SCHEMA, MATCH_QUERY, MATCH_WHOLE, MATCH_ARRAY, 0.5,
		 match_estimate_default, match_parse_json_schema, match_eval_json_schema)
MATCH_OP("$lt", LT, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.3333,
		 match_estimate_range, match_parse_comparison, match_eval_lt)
MATCH_OP("$lte", LTE, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.3333,
		 match_estimate_range, match_parse_comparison, match_eval_lte)
MATCH_OP("$mod", MOD, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.1,
		 match_estimate_number, match_parse_mod, match_eval_mod)
MATCH_REWRITE("$ne", NE, MATCH_FIELD, match_parse_ne)
MATCH_REFUSED("$near", NEAR, MATCH_FIELD)
MATCH_REFUSED("$nearSphere", NEAR_SPHERE, MATCH_FIELD)
MATCH_REWRITE("$nin", NIN, MATCH_FIELD, match_parse_in)
MATCH_REWRITE("$nor", NOR, MATCH_QUERY, match_parse_logical)
MATCH_REWRITE("$not", NOT, MATCH_FIELD, match_parse_not)
MATCH_REWRITE("$options", OPTIONS, MATCH_FIELD, match_parse_options)
MATCH_REWRITE("$or", OR, MATCH_QUERY, match_parse_logical)
MATCH_REWRITE("$ref", REF, MATCH_QUERY, match_parse_dbref)
MATCH_OP("$regex", REGEX, MATCH_FIELD, MATCH_COSTLY, MATCH_EACH, 0.02,
		 match_estimate_regex, match_parse_regex, match_eval_regex)
MATCH_OP("$sampleRate", SAMPLE_RATE, MATCH_QUERY, MATCH_WHOLE, MATCH_ARRAY, 0.5,
		 match_estimate_sample_rate, match_parse_sample_rate, match_eval_sample_rate)
MATCH_OP("$size", SIZE, MATCH_FIELD, MATCH_CHEAP, MATCH_ARRAY, 0.1,
		 match_estimate_size, match_parse_size, match_eval_size)
MATCH_REFUSED("$text", TEXT, MATCH_QUERY)
MATCH_OP("$type", TYPE, MATCH_FIELD, MATCH_CHEAP, MATCH_EACH, 0.5,
		 match_estimate_type, match_parse_type, match_eval_type)
MATCH_REFUSED("$where", WHERE, MATCH_QUERY)
MATCH_REFUSED("$within", WITHIN, MATCH_FIELD)
