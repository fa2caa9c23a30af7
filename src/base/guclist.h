/*
 * guclist.h
 *		The settings: DOCDB_INT_SETTING(name, variable, default, min, max, description), sorted by
 *		name.  A setting "x" is the configuration parameter docdb.x and the C variable docdb_x.
 */
/* no include guard: each includer defines DOCDB_INT_SETTING */
DOCDB_INT_SETTING("regex_match_limit", docdb_regex_match_limit, 1000000, 1, INT_MAX,
				  "Steps that matching one regular expression against one string may take.")
