/*
 * initlist.h
 *		What modules do when the library is loaded, in every process that loads it:
 *		DOCDB_INIT(what, function), sorted by name; nothing depends on the order.
 */
/* no include guard: each includer defines DOCDB_INIT */
DOCDB_INIT("covered index scan", docindex_covered_install)
DOCDB_INIT("document scan", crud_scan_install)
