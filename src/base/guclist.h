/*
 * guclist.h
 *		The settings, sorted by name:
 *
 *		DOCDB_BOOL_SETTING(name, variable, default, description)
 *		DOCDB_INT_SETTING(name, variable, default, min, max, description)
 *
 * A setting "x" is the configuration parameter docdb.x and the C variable docdb_x.
 */
/* no include guard: each includer defines what it wants of the macros */
#ifndef DOCDB_BOOL_SETTING
#define DOCDB_BOOL_SETTING(name, variable, initial, description)
#endif
#ifndef DOCDB_INT_SETTING
#define DOCDB_INT_SETTING(name, variable, initial, min, max, description)
#endif
DOCDB_BOOL_SETTING("enable_document_scan", docdb_enable_document_scan, true,
				   "Enables the planner's use of scans that match documents where they lie.")
DOCDB_INT_SETTING("plan_cache_size", docdb_plan_cache_size, 1000, 16, 1000000,
				  "Shapes of queries whose plans one session keeps.")
DOCDB_INT_SETTING("regex_match_limit", docdb_regex_match_limit, 1000000, 1, INT_MAX,
				  "Steps that matching one regular expression against one string may take.")
#undef DOCDB_BOOL_SETTING
#undef DOCDB_INT_SETTING
