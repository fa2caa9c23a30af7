/*
 * guclist.h
 *		The settings: DOCDB_INT_SETTING(name, variable, default, min, max, description), sorted by
 *		name.  A setting "x" is the configuration parameter docdb.x and the C variable docdb_x.
 */
/* no include guard: each includer defines DOCDB_INT_SETTING */
DOCDB_INT_SETTING("plan_cache_size", docdb_plan_cache_size, 1000, 16, 1000000,
				  "Shapes of queries whose plans one session keeps.")
DOCDB_INT_SETTING("regex_match_limit", docdb_regex_match_limit, 1000000, 1, INT_MAX,
				  "Steps that matching one regular expression against one string may take.")
