/*
 * insert.c
 *		Inserting a row's entries.
 *
 * nbtree's own insertion is called for each entry.  While it runs it is shown what it expects: the
 * key's type instead of the document's, and a table whose deletion of dead index entries can deal
 * with several entries of one row.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "access/tableam.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_type_d.h"
#include "utils/memutils.h"

#include "base/errors.h"
#include "docindex/docindex_internal.h"

/* A table's routines, with one of them replaced. */
typedef struct TableDecorator
{
	TableAmRoutine routines;	/* must be first */
	const TableAmRoutine *original;
} TableDecorator;

/* What a statement's insertions share. */
typedef struct InsertState
{
	KeyMaker   *maker;
	MemoryContext row_context;
	TableDecorator table;
} InsertState;

Oid *
docindex_key_types(void)
{
	static Oid	types[] = {BYTEAOID};

	return types;
}

/* ---- Dead entries ---- */

/* A row's place and below it the number of an entry among those of a page. */
#define PLACE_BITS 16
#define place_of(tid, i) \
	((uint64) ItemPointerGetBlockNumberNoCheck(tid) << (2 * PLACE_BITS) | \
	 (uint64) ItemPointerGetOffsetNumberNoCheck(tid) << PLACE_BITS | (uint64) (i))
#define place_row(place) ((place) >> PLACE_BITS)
#define place_entry(place) ((int) ((place) & ((1 << PLACE_BITS) - 1)))

#define ST_SORT sort_places
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Of the entries of one row the first that is known to be deletable, or else the first, stands for
 * all.  Moves the others to `others` and their representatives' ids to `represented`; returns their
 * number.
 */
static int
split_entries(TM_IndexDeleteOp *op, TM_IndexDelete *others, int *represented)
{
	int			n = op->ndeltids;
	TM_IndexDelete *all = palloc(n * sizeof(TM_IndexDelete));
	uint64	   *places = palloc(n * sizeof(uint64));
	int			nothers = 0;

	Assert(n < 1 << PLACE_BITS);
	memcpy(all, op->deltids, n * sizeof(TM_IndexDelete));
	for (int i = 0; i < n; i++)
		places[i] = place_of(&all[i].tid, i);
	sort_places(places, n);
	op->ndeltids = 0;
	for (int first = 0, end; first < n; first = end)
	{
		TM_IndexDelete *chosen = &all[place_entry(places[first])];

		for (end = first + 1; end < n && place_row(places[first]) == place_row(places[end]); end++)
		{
			TM_IndexDelete *entry = &all[place_entry(places[end])];

			if (op->status[entry->id].knowndeletable && !op->status[chosen->id].knowndeletable)
				chosen = entry;
		}
		for (int i = first; end > first + 1 && i < end; i++)
		{
			TM_IndexDelete *entry = &all[place_entry(places[i])];

			if (entry == chosen)
				continue;
			represented[nothers] = chosen->id;
			others[nothers++] = *entry;
		}
		op->deltids[op->ndeltids++] = *chosen;
	}
	pfree(places);
	pfree(all);
	return nothers;
}

/*
 * heapam takes for granted that a row's TID is only once among the entries it is asked about, which
 * are those of one page.  So it is asked once for each row, and what it says holds for all entries
 * of that row; it takes those that it did not look at from the list.
 */
static TransactionId
delete_tuples(Relation heap, TM_IndexDeleteOp *op)
{
	const TableDecorator *table = (const TableDecorator *) heap->rd_tableam;
	int			n = op->ndeltids;
	TM_IndexDelete *others = palloc(n * sizeof(TM_IndexDelete));
	int		   *represented = palloc(n * sizeof(int));
	int			nothers = split_entries(op, others, represented);
	TransactionId horizon = table->original->index_delete_tuples(heap, op);
	bool	   *looked_at;

	if (nothers > 0)
	{
		looked_at = palloc0(n * sizeof(bool));
		for (int i = 0; i < op->ndeltids; i++)
			looked_at[op->deltids[i].id] = true;
		for (int i = 0; i < nothers; i++)
		{
			if (!looked_at[represented[i]])
				continue;
			op->status[others[i].id].knowndeletable = op->status[represented[i]].knowndeletable;
			op->deltids[op->ndeltids++] = others[i];
		}
		pfree(looked_at);
	}
	pfree(others);
	pfree(represented);
	return horizon;
}

/* ---- Insertion ---- */

static InsertState *
get_state(Relation index, Relation heap, IndexInfo *info)
{
	MemoryContext old_context;
	InsertState *state = info->ii_AmCache;

	if (state != NULL)
		return state;
	old_context = MemoryContextSwitchTo(info->ii_Context);
	state = palloc0(sizeof(InsertState));
	state->maker = docindex_key_maker(docindex_spec(index));
	state->row_context = AllocSetContextCreate(info->ii_Context, "docdb index insertion",
											   ALLOCSET_SMALL_SIZES);
	state->table.original = heap->rd_tableam;
	state->table.routines = *heap->rd_tableam;
	state->table.routines.index_delete_tuples = delete_tuples;
	info->ii_AmCache = state;
	MemoryContextSwitchTo(old_context);
	return state;
}

/* *current is the number of the key that nbtree has, for when it raises an error. */
static void
insert_entries(Relation index, const DocIndexSpec *spec, const DocKeys *keys, bool isnull,
			   ItemPointer tid, Relation heap, bool unchanged, IndexInfo *info,
			   volatile int *current)
{
	const IndexAmRoutine *nbtree = docindex_nbtree();
	bool		not_null = false;
	Datum		entry;

	/* First the marker: who sees a key of the row shall see that it has several. */
	if (keys->has_marker)
	{
		entry = keys->marker;
		nbtree->aminsert(index, &entry, &not_null, tid, heap, UNIQUE_CHECK_NO, unchanged, info);
	}
	for (int i = 0; i < keys->nkeys; i++)
	{
		*current = i;
		entry = keys->keys[i];
		nbtree->aminsert(index, &entry, &not_null, tid, heap,
						 spec->unique && !isnull ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO,
						 unchanged, info);
	}
}

/*
 * To PostgreSQL the index is not unique, but nbtree is told that it is, so that it finds equal keys
 * of other rows and waits for transactions that have not ended.  Keys are inserted in their order,
 * so that two insertions that wait for each other are rare.
 */
bool
docindex_insert(Relation index, Datum *values, bool *isnull, ItemPointer tid, Relation heap,
				IndexUniqueCheck check, bool unchanged, IndexInfo *info)
{
	InsertState *state = get_state(index, heap, info);
	MemoryContext old_context = MemoryContextSwitchTo(state->row_context);
	Oid		   *input_types = index->rd_opcintype;
	volatile int current = -1;
	DocKeys		keys;
#ifdef USE_ASSERT_CHECKING
	Oid			access_method = index->rd_rel->relam;
#endif

	docindex_keys(state->maker, values[0], isnull[0], tid, &keys);
	index->rd_opcintype = docindex_key_types();
	heap->rd_tableam = &state->table.routines;
#ifdef USE_ASSERT_CHECKING
	index->rd_rel->relam = BTREE_AM_OID;
#endif
	PG_TRY();
	{
		insert_entries(index, state->maker->spec, &keys, isnull[0], tid, heap, unchanged, info,
					   &current);
	}
	PG_CATCH();
	{
		index->rd_opcintype = input_types;
		heap->rd_tableam = state->table.original;
#ifdef USE_ASSERT_CHECKING
		index->rd_rel->relam = access_method;
#endif
		if (geterrcode() != ERRCODE_UNIQUE_VIOLATION || keys.values == NULL || current < 0)
			PG_RE_THROW();
		MemoryContextSwitchTo(state->row_context);
		FlushErrorState();
		docindex_raise_duplicate(heap, index, state->maker->spec,
								 &keys.values[current * state->maker->spec->nfields]);
	}
	PG_END_TRY();
	index->rd_opcintype = input_types;
	heap->rd_tableam = state->table.original;
#ifdef USE_ASSERT_CHECKING
	index->rd_rel->relam = access_method;
#endif
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(state->row_context);
	return false;
}

/* ---- Updates ---- */

static bool
same_bytea(Datum a, Datum b)
{
	const bytea *x = (const bytea *) DatumGetPointer(a);
	const bytea *y = (const bytea *) DatumGetPointer(b);

	return VARSIZE(x) == VARSIZE(y) && memcmp(VARDATA(x), VARDATA(y), VARSIZE(x) - VARHDRSZ) == 0;
}

/* Whether two rows' entries are the same; both were made for the same place. */
static bool
same_keys(const DocKeys *a, const DocKeys *b)
{
	if (a->has_marker != b->has_marker || a->nkeys != b->nkeys ||
		(a->has_marker && !same_bytea(a->marker, b->marker)))
		return false;
	for (int i = 0; i < a->nkeys; i++)
		if (!same_bytea(a->keys[i], b->keys[i]))
			return false;
	return true;
}

/*
 * Of an index that is not valid no keys are made: it may have none for the old document, because
 * there can be none, and that must not keep the document from being mended.
 */
bool
docindex_same_entries(Relation index, Relation heap, IndexInfo *info, const DocChange *change)
{
	const DocIndexSpec *spec;
	ItemPointerData tid;
	InsertState *state;
	MemoryContext old_context;
	DocKeys		old_keys;
	DocKeys		new_keys;
	bool		same;

	if (!docindex_is_ours(index))
		return !docindex_wildcard_concerns(index, change);
	spec = docindex_spec(index);
	if (!docindex_concerns(&spec->fields, change))
		return true;
	if (!index->rd_index->indisvalid || !index->rd_index->indisready)
		return false;

	ItemPointerSet(&tid, 0, FirstOffsetNumber);
	state = get_state(index, heap, info);
	old_context = MemoryContextSwitchTo(state->row_context);
	docindex_document_keys(state->maker, change->new_document, &tid, &new_keys);
	docindex_document_keys(state->maker, change->old_document, &tid, &old_keys);
	same = same_keys(&old_keys, &new_keys);
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(state->row_context);
	return same;
}
