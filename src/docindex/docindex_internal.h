/*
 * docindex_internal.h
 *		How bson_btree keeps keys, and what its files share.
 *
 * An entry of the index is one bytea.  Its first byte tells what it is:
 *
 *		0x00			a marker: flags, a mask of paths, and in a unique index the row's TID.
 *						A row has one where a path meets an array or one of its keys was cut.
 *		0x10 .. 0xEF	a key: the key strings of all fields, one after the other
 *		0xFE			the column is NULL (in a unique index followed by the row's TID)
 *
 * Keys longer than KEY_LIMIT are cut, and a hash of what was cut off takes its place.
 */
#ifndef DOCDB_DOCINDEX_INTERNAL_H
#define DOCDB_DOCINDEX_INTERNAL_H

#include "access/amapi.h"
#include "access/genam.h"
#include "access/relscan.h"
#include "nodes/execnodes.h"
#include "nodes/pathnodes.h"

#include "docindex/docindex.h"
#include "match/match.h"

#define MARKER_BYTE 0x00
#define FIRST_KEY_BYTE 0x10
#define AFTER_KEYS_BYTE 0xF0
#define NULL_BYTE 0xFE

/* Bytes of a key: at most so many, of which the hash is the last part where it was cut. */
#define KEY_LIMIT 2560
#define KEY_HASH_SIZE 16
#define KEY_PREFIX_SIZE (KEY_LIMIT - KEY_HASH_SIZE)

/* nbtree's own routines. */
extern const IndexAmRoutine *docindex_nbtree(void);

/* ---- spec.c ---- */

/* A document in an option, in UTF-8 whatever the server's encoding is; MISSING for NULL. */
extern void docindex_read_option(const char *text, BsonValue *document);

/* Raises CannotCreateIndex (67) for a path that no index can have, and for a direction. */
extern void docindex_check_path(const char *path);
extern void docindex_check_direction(const BsonValue *direction, const BsonValue *keys);

/* The compiled form of an index's operator class options. */
extern const DocIndexSpec *docindex_spec_of_options(Oid index, bytea *options);

/* ---- fields.c ---- */

/* Adds the fields of others, where a path begins, or where all paths of a condition do. */
extern void docindex_fields_add(DocIndexFields *fields, const DocIndexFields *others);
extern void docindex_fields_add_path(DocIndexFields *fields, const char *path);
extern void docindex_fields_add_condition(DocIndexFields *fields,
										  const MatchCondition *condition);

/* ---- gin_spec.c ---- */

/* Adds the fields that entries of a wildcard index depend on; whether a change is one of them. */
extern void docindex_wildcard_add_fields(Relation index, DocIndexFields *fields);
extern bool docindex_wildcard_concerns(Relation index, const DocChange *change);

/* ---- keys.c ---- */

/* What a document's row has in the index: the marker, if it has one, and its keys in order. */
typedef struct DocKeys
{
	bool		has_marker;
	Datum		marker;
	int			nkeys;
	Datum	   *keys;			/* bytea datums, different from each other, in their order */
	BsonValue  *values;			/* nkeys * nfields values, only in a unique index */
} DocKeys;

/* What is needed to make keys: the compiled filter beside the specification. */
typedef struct KeyMaker
{
	const DocIndexSpec *spec;
	Matcher    *partial;		/* or NULL */
} KeyMaker;

extern KeyMaker *docindex_key_maker(const DocIndexSpec *spec);

/*
 * The entries of a row.  Everything is in CurrentMemoryContext; values are views into the document.
 * Raises CannotIndexParallelArrays (171).
 */
extern void docindex_keys(const KeyMaker *maker, Datum document, bool isnull, ItemPointer tid,
						  DocKeys *result);

/* The same for a column that is not NULL. */
extern void docindex_document_keys(const KeyMaker *maker, const BsonValue *document,
								   ItemPointer tid, DocKeys *result);

/* A marker's contents. */
typedef struct MarkerInfo
{
	uint32		arrays;			/* bit i: path i meets an array */
	bool		cut_keys;
} MarkerInfo;

#define MARKER_HEADER 6			/* bytes: MARKER_BYTE, flags, mask */
#define MARKER_CUT_KEYS 0x01

/* Reads MARKER_HEADER bytes. */
extern void docindex_read_marker(const uint8 *marker, MarkerInfo *info);

/* Raises DuplicateKey in the form of PostgreSQL's unique_violation, for the nth key. */
pg_noreturn extern void docindex_raise_duplicate(Relation heap, Relation index,
												 const DocIndexSpec *spec,
												 const BsonValue *values);

/* ---- intervals.c ---- */

typedef struct KeyBytes
{
	const uint8 *data;
	int			len;
} KeyBytes;

/*
 * Keys from low on, up to but not including high.  A point is an interval whose keys all begin
 * with low.
 */
typedef struct KeyInterval
{
	KeyBytes	low;
	KeyBytes	high;
	bool		point;
} KeyInterval;

/* Intervals that do not overlap, in their order. */
typedef struct KeyIntervals
{
	int			count;
	KeyInterval *intervals;
} KeyIntervals;

extern int	docindex_compare_bytes(const KeyBytes *a, const KeyBytes *b);

/* The least bytes greater than all that begin with some bytes. */
extern KeyBytes docindex_successor(KeyBytes bytes);
extern KeyBytes docindex_concat(KeyBytes a, KeyBytes b);
extern KeyIntervals docindex_intervals_all(void);
extern KeyIntervals docindex_intervals_none(void);
extern KeyIntervals docindex_intervals_range(KeyBytes low, KeyBytes high);
extern KeyIntervals docindex_intervals_point(KeyBytes key);
extern bool docindex_intervals_are_all(const KeyIntervals *set);
extern bool docindex_intervals_are_points(const KeyIntervals *set);
extern KeyIntervals docindex_intervals_union(const KeyIntervals *a, const KeyIntervals *b);
extern KeyIntervals docindex_intervals_intersect(const KeyIntervals *a, const KeyIntervals *b);
extern KeyIntervals docindex_intervals_complement(const KeyIntervals *set);

/* The intervals of descending keys. */
extern KeyIntervals docindex_intervals_invert(const KeyIntervals *set);

/* Every combination of a point and an interval of the next field. */
extern KeyIntervals docindex_intervals_multiply(const KeyIntervals *points,
												const KeyIntervals *next);

/* Sorts any intervals and joins those that overlap. */
extern void docindex_intervals_normalize(KeyIntervals *set);

/*
 * Cuts the ends to what an index stores of long key strings, which must not be told apart by the
 * rest; whether there was anything to cut.
 */
extern bool docindex_intervals_cut(KeyIntervals *set);

/* ---- bounds.c: the keys that single conditions let pass ---- */

typedef struct ConditionBounds
{
	KeyIntervals keys;			/* of one field, ascending */
	bool		exact;			/* a document passes if and only if it has a key in them */
	bool		exact_null;		/* the same, where no path meets an array */
} ConditionBounds;

/*
 * Bounds of a condition on the path of a field, in an index by a collation or NULL.  arrays says
 * that the path may meet arrays, has_positions that it has parts that may be an array's indexes.
 */
extern void docindex_condition_bounds(const MatchCondition *condition,
									  const BsonCollation *collation, bool arrays,
									  bool has_positions, ConditionBounds *bounds);

/* ---- filter.c: the keys that a filter lets pass ---- */

/* Of a field, after all conditions on it were put together. */
typedef struct FieldBounds
{
	bool		bounded;
	KeyIntervals keys;			/* as they are in the index */
} FieldBounds;

typedef struct FilterBounds
{
	KeyIntervals keys;			/* of the whole index */
	int			nfields;		/* so many fields have bounds, from the first on */
	bool		exact;			/* a row matches if and only if it has a key in them */
	bool		needs_arrays;	/* another mask of arrays could give other bounds */
	bool		single;			/* no row has more than one key in them */
	bool		branched;		/* they are those of several branches of a disjunction */
	bool		cut;			/* some were too long, and are wider now */
	FieldBounds fields[BSON_MAX_KEYS];	/* only for what all documents must meet */
	uint32		decided;		/* bit i: the bounds of field i say all that its conditions do */
} FilterBounds;

/*
 * Bounds for a list of MatchCondition that all must hold.  arrays is the mask of paths that meet
 * arrays; no more than max_fields fields are used.
 */
extern void docindex_filter_bounds(const DocIndexSpec *spec, List *conditions, uint32 arrays,
								   int max_fields, FilterBounds *bounds);

/* Whether the index has all rows that match. */
extern bool docindex_has_all(const DocIndexSpec *spec, List *conditions);

/* Whether a condition follows from what the rows of a partial index have in common. */
extern bool docindex_all_rows_meet(const DocIndexSpec *spec, const MatchCondition *condition);

/* Whether the paths of two fields may meet the same array. */
extern bool docindex_may_share_array(const DocIndexSpec *spec, int a, int b);

/* ---- keyfilter.c: what a key says of its row ---- */

/* Whether the row matches. */
typedef enum KeyVerdict
{
	KEY_NO,
	KEY_UNSURE,
	KEY_YES
} KeyVerdict;

typedef struct KeyFilter KeyFilter;

/*
 * What to try the keys of a scan on, whose bounds these are, of no more than max_fields fields;
 * NULL where that would tell nothing.  *decides says whether the keys, or else the bounds alone,
 * may tell that a row matches.  Keys can only be tried with conditions from
 * match_conditions_to_test.
 */
extern KeyFilter *docindex_key_filter(const DocIndexSpec *spec, List *conditions,
									  const MarkerInfo *markers, const FilterBounds *bounds,
									  int max_fields, bool *decides);

extern KeyVerdict docindex_try_key(KeyFilter *filter, const KeyBytes *key);

/*
 * After a key that did not pass: the place before which, in the direction of the scan, no key does.
 * False where that is not known.
 */
extern bool docindex_next_place(const KeyFilter *filter, bool backward, StringInfo place);

/* ---- describe.c ---- */

/* Adds the values in conditions (a list of MatchCondition) to a list of BsonValue *. */
extern void docindex_collect_values(List *conditions, List **values);

/*
 * Pushes intervals, which are ascending, onto the open array of a builder: "[1, 5)".  Ends are
 * named after those of the values that have their keys, by a collation or NULL.
 */
extern void docindex_push_intervals(const KeyIntervals *keys, bool descending, List *values,
									const BsonCollation *collation, BsonBuilder *builder);

/* ---- order.c ---- */

/* Intervals whose keys begin with the same values, one run for each combination of those. */
typedef struct KeyRuns
{
	int			count;			/* 0: they are in the order wanted as they are */
	KeyBytes   *prefixes;
	int		   *lengths;		/* of so many intervals */
} KeyRuns;

typedef struct OrderPlan
{
	bool		possible;		/* the index gives the order */
	bool		backward;
	int			max_fields;		/* use the bounds of so many fields at most */
	KeyRuns		runs;			/* whose entries are to be merged; lengths come later */
} OrderPlan;

/* The plan for a scan without an order. */
extern void docindex_no_order(OrderPlan *plan);

/* How an index gives an order, for a filter and what is known of the index's rows. */
extern void docindex_plan_order(const DocIndexSpec *spec, const BsonSort *sort, List *conditions,
								const MarkerInfo *markers, OrderPlan *plan);

/* Tells which intervals are of which run; false where that cannot be. */
extern bool docindex_find_runs(OrderPlan *plan, const KeyIntervals *keys);

/* ---- probe.c: looking into an index ---- */

/* An nbtree scan of the same index, and its end. */
extern IndexScanDesc docindex_begin_inner(Relation index, Relation heap, Snapshot snapshot,
										  int nkeys);
extern void docindex_end_inner(IndexScanDesc inner);

/* Restarts it with the keys of an interval, of which copies go to CurrentMemoryContext. */
extern void docindex_rescan_inner(IndexScanDesc inner, const KeyInterval *interval);

/* The key of the entry that an inner scan returned last, if it was asked for them. */
extern KeyBytes docindex_inner_key(IndexScanDesc inner);

/* What the markers of all rows that a snapshot may see say together. */
extern void docindex_read_markers(Relation index, Relation heap, Snapshot snapshot,
								  MarkerInfo *info);

/* The fraction of an index's entries that are in the intervals. */
extern double docindex_fraction(Relation index, const KeyIntervals *keys);

/* ---- stream.c: entries of several intervals ---- */

/* In their order, or backward. */
typedef struct KeyStream
{
	IndexScanDesc inner;
	const KeyInterval *intervals;
	int			count;
	int			current;		/* interval; -1 before the first */
	bool		backward;
	KeyFilter  *filter;			/* or NULL */
	KeyVerdict	verdict;		/* on the entry found, where there is a filter */
	int			failures;		/* keys in a row that did not pass */
	StringInfoData place;		/* to go on at */
	MemoryContext context;		/* of the scan's keys */
} KeyStream;

/*
 * Begins a stream in CurrentMemoryContext.  The inner scan, which with a filter must give its
 * entries, and all else must live as long.
 */
extern void docindex_stream_begin(KeyStream *stream, IndexScanDesc inner,
								  const KeyInterval *intervals, int count, bool backward,
								  KeyFilter *filter);

/*
 * The next entry, which is the inner scan's; false when there is none.  kill_prior is what the
 * access method is told of the one before.
 */
extern bool docindex_stream_next(KeyStream *stream, bool kill_prior);

/* ---- presort.c: sorting what an index is built of ---- */

typedef struct KeySorter KeySorter;
typedef void (*KeySorterCallback) (Datum key, ItemPointer tid, bool alive, void *arg);

/* Calls back with the keys that are added, in their order if all of them fit into a limit. */
extern KeySorter *docindex_sorter_create(Size limit, KeySorterCallback callback, void *arg);
extern void docindex_sorter_add(KeySorter *sorter, Datum key, ItemPointer tid, bool alive);
extern void docindex_sorter_finish(KeySorter *sorter);

/* ---- The access method's routines ---- */

extern IndexBuildResult *docindex_build(Relation heap, Relation index, IndexInfo *info);
extern bool docindex_insert(Relation index, Datum *values, bool *isnull, ItemPointer tid,
							Relation heap, IndexUniqueCheck check, bool unchanged,
							IndexInfo *info);
extern IndexScanDesc docindex_begin_scan(Relation index, int nkeys, int norderbys);
extern void docindex_rescan(IndexScanDesc scan, ScanKey keys, int nkeys, ScanKey orderbys,
							int norderbys);
extern bool docindex_get_tuple(IndexScanDesc scan, ScanDirection direction);
extern int64 docindex_get_bitmap(IndexScanDesc scan, TIDBitmap *bitmap);
extern void docindex_end_scan(IndexScanDesc scan);
extern void docindex_cost_estimate(PlannerInfo *root, IndexPath *path, double loop_count,
								   Cost *startup_cost, Cost *total_cost,
								   Selectivity *selectivity, double *correlation,
								   double *index_pages);

/* ---- covered.c: scans that do without the rows ---- */

/* Whether the keys alone tell which rows match a path's clauses, as far as planning knows. */
extern bool docindex_keys_decide(PlannerInfo *root, IndexPath *path);

/* Has the planner consider them; called when the library is loaded. */
extern void docindex_covered_install(void);

/* What nbtree reads of a relation instead of the document's type, while keys are given to it. */
extern Oid *docindex_key_types(void);

#endif							/* DOCDB_DOCINDEX_INTERNAL_H */
