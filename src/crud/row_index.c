/*
 * row_index.c
 *		The index entries of rows that are updated without a statement, and updates without any.
 *
 * heapam makes an update HOT, so that it needs no index entries, if no column changed that an index
 * refers to.  Of a collection the indexes refer to the document as a whole, and so that would never
 * be.  But what HOT rests on is not the columns: it is that every index would have the same entries
 * for the new version as for the old one, because an entry leads to all versions of a HOT chain.
 * Here that can be found out, as both documents are at hand.  If it holds for every index of the
 * table, heapam is shown, for the length of one call, columns of indexes without the document's.
 *
 * What an index is asked depends on its kind.  A bson_btree compares the keys and markers of both
 * documents, a wildcard index looks at which fields changed.  Of any other index its predicate is
 * evaluated for both rows, and its expressions, whose results must be the same bytes.  Whatever is
 * in doubt counts as changed.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "catalog/index.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "utils/datum.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "crud/crud_internal.h"

/* What an index has to do with the document. */
typedef enum IndexKind
{
	INDEX_OF_OTHERS,			/* nothing: it is on _id */
	INDEX_OF_FIELDS,			/* a bson_btree, or a wildcard index */
	INDEX_OF_EXPRESSIONS
} IndexKind;

/* The indexes of a table while its rows are updated. */
struct CrudRowIndexes
{
	Relation	rel;
	const Collection *collection;
	EState	   *estate;			/* NULL while the indexes are not open */
	ResultRelInfo *target;
	IndexKind  *kinds;			/* of each of its indexes */
};

CrudRowIndexes *
crud_row_indexes_create(Relation rel, const Collection *collection)
{
	CrudRowIndexes *indexes = palloc0(sizeof(CrudRowIndexes));

	indexes->rel = rel;
	indexes->collection = collection;
	return indexes;
}

static IndexKind
index_kind(const CrudRowIndexes *indexes, Relation index, const IndexInfo *info)
{
	if (collection_index_is_plain(indexes->collection, index))
		return INDEX_OF_FIELDS;
	if (info->ii_Expressions != NIL || info->ii_Predicate != NIL)
		return INDEX_OF_EXPRESSIONS;
	for (int i = 0; i < info->ii_NumIndexAttrs; i++)
		if (info->ii_IndexAttrNumbers[i] != indexes->collection->id_attnum)
			return INDEX_OF_EXPRESSIONS;
	return INDEX_OF_OTHERS;
}

static void
open_indexes(CrudRowIndexes *indexes)
{
	MemoryContext old_context;

	if (indexes->estate != NULL)
		return;
	old_context = MemoryContextSwitchTo(GetMemoryChunkContext(indexes));
	indexes->estate = CreateExecutorState();
	indexes->target = makeNode(ResultRelInfo);
	InitResultRelInfo(indexes->target, indexes->rel, 0, NULL, 0);
	ExecOpenIndices(indexes->target, false);
	indexes->kinds = palloc(Max(indexes->target->ri_NumIndices, 1) * sizeof(IndexKind));
	for (int i = 0; i < indexes->target->ri_NumIndices; i++)
		indexes->kinds[i] = index_kind(indexes, indexes->target->ri_IndexRelationDescs[i],
									   indexes->target->ri_IndexRelationInfo[i]);
	MemoryContextSwitchTo(old_context);
}

void
crud_row_indexes_close(CrudRowIndexes *indexes)
{
	if (indexes->estate != NULL)
	{
		ExecCloseIndices(indexes->target);
		FreeExecutorState(indexes->estate);
	}
	pfree(indexes);
}

/* ---- Whether entries change ---- */

/* Whether a value of an index's i-th column is the same for both rows. */
static bool
same_value(const CrudRowIndexes *indexes, const IndexInfo *info, int i, Node *expression,
		   Datum a, Datum b)
{
	AttrNumber	attnum = info->ii_IndexAttrNumbers[i];
	int16		len;
	bool		by_value;

	/* The type of the value, which that of what the index keeps may differ from. */
	if (expression != NULL)
		get_typlenbyval(exprType(expression), &len, &by_value);
	else
	{
		Form_pg_attribute att = TupleDescAttr(RelationGetDescr(indexes->rel), attnum - 1);

		if (attnum == indexes->collection->doc_attnum)
			return false;
		len = att->attlen;
		by_value = att->attbyval;
	}
	return datum_image_eq(a, b, by_value, len);
}

/* Whether the index's predicate holds for a row, and its columns' values if it does. */
static bool
form_entry(CrudRowIndexes *indexes, IndexInfo *info, TupleTableSlot *slot, Datum *values,
		   bool *isnull)
{
	ExprContext *context = GetPerTupleExprContext(indexes->estate);

	context->ecxt_scantuple = slot;
	if (info->ii_Predicate != NIL)
	{
		if (info->ii_PredicateState == NULL)
			info->ii_PredicateState = ExecPrepareQual(info->ii_Predicate, indexes->estate);
		if (!ExecQual(info->ii_PredicateState, context))
			return false;
	}
	FormIndexDatum(info, slot, indexes->estate, values, isnull);
	return true;
}

static bool
same_expressions(CrudRowIndexes *indexes, Relation index, IndexInfo *info,
				 TupleTableSlot *old_slot, TupleTableSlot *new_slot)
{
	ListCell   *expression = list_head(info->ii_Expressions);
	Datum		old_values[INDEX_MAX_KEYS];
	Datum		new_values[INDEX_MAX_KEYS];
	bool		old_isnull[INDEX_MAX_KEYS];
	bool		new_isnull[INDEX_MAX_KEYS];
	bool		in_index;

	/* It may not be able to bear the old row, which must not keep that from being mended. */
	if (!index->rd_index->indisvalid || !index->rd_index->indisready)
		return false;

	in_index = form_entry(indexes, info, new_slot, new_values, new_isnull);
	if (form_entry(indexes, info, old_slot, old_values, old_isnull) != in_index)
		return false;
	for (int i = 0; in_index && i < info->ii_NumIndexAttrs; i++)
	{
		Node	   *node = NULL;

		if (info->ii_IndexAttrNumbers[i] == InvalidAttrNumber)
		{
			node = lfirst(expression);
			expression = lnext(info->ii_Expressions, expression);
		}
		if (old_isnull[i] != new_isnull[i])
			return false;
		if (!new_isnull[i] &&
			!same_value(indexes, info, i, node, old_values[i], new_values[i]))
			return false;
	}
	return true;
}

/* Whether an index's entries are the same for both rows. */
static bool
same_entries(CrudRowIndexes *indexes, int i, const DocChange *change, TupleTableSlot *old_slot,
			 TupleTableSlot *new_slot)
{
	Relation	index = indexes->target->ri_IndexRelationDescs[i];
	IndexInfo  *info = indexes->target->ri_IndexRelationInfo[i];

	switch (indexes->kinds[i])
	{
		case INDEX_OF_OTHERS:
			return true;
		case INDEX_OF_FIELDS:
			return docindex_same_entries(index, indexes->rel, info, change);
		case INDEX_OF_EXPRESSIONS:
			break;
	}
	return same_expressions(indexes, index, info, old_slot, new_slot);
}

/*
 * Whether all indexes' entries are the same for both rows; notes for each index whether its own
 * are, which the access methods take for a hint where new ones have to be made nevertheless.
 */
static bool
examine_indexes(CrudRowIndexes *indexes, const DocChange *change, TupleTableSlot *old_slot,
				TupleTableSlot *new_slot)
{
	bool		all_same = true;

	open_indexes(indexes);
	ResetPerTupleExprContext(indexes->estate);
	for (int i = 0; i < indexes->target->ri_NumIndices; i++)
	{
		IndexInfo  *info = indexes->target->ri_IndexRelationInfo[i];

		info->ii_CheckedUnchanged = true;
		info->ii_IndexUnchanged = same_entries(indexes, i, change, old_slot, new_slot);
		all_same &= info->ii_IndexUnchanged;
	}
	return all_same;
}

/* Notes the same for all indexes. */
static void
mark_indexes(CrudRowIndexes *indexes, bool unchanged)
{
	for (int i = 0; i < indexes->target->ri_NumIndices; i++)
	{
		indexes->target->ri_IndexRelationInfo[i]->ii_CheckedUnchanged = true;
		indexes->target->ri_IndexRelationInfo[i]->ii_IndexUnchanged = unchanged;
	}
}

/* ---- Updating without the document among the columns of indexes ---- */

/*
 * The relation whose columns of indexes are replaced at the moment, and whether PostgreSQL was told
 * meanwhile that it changed.
 */
static Oid	shown_relation = InvalidOid;
static bool shown_relation_changed = false;

static void
note_relation_change(Datum arg, Oid relid)
{
	if (!OidIsValid(relid) || relid == shown_relation)
		shown_relation_changed = true;
}

static void
watch_relations(void)
{
	static bool watching = false;

	if (watching)
		return;
	CacheRegisterRelcacheCallback(note_relation_change, (Datum) 0);
	watching = true;
}

/* The columns of the table's indexes but for the document's; the relation cache owns neither. */
static Bitmapset *
other_columns(const CrudRowIndexes *indexes)
{
	Bitmapset  *columns = RelationGetIndexAttrBitmap(indexes->rel, DOCDB_HOT_BLOCKING_COLUMNS);
	MemoryContext old_context = MemoryContextSwitchTo(CacheMemoryContext);
	Bitmapset  *copy = bms_copy(columns);

	copy = bms_del_member(copy, indexes->collection->doc_attnum -
						  FirstLowInvalidHeapAttributeNumber);
	MemoryContextSwitchTo(old_context);
	bms_free(columns);
	return copy;
}

/*
 * Takes back what was shown.  Writing a row may open the TOAST table and so accept messages that
 * the table changed, upon which its entry in the relation cache is built anew: what was shown is
 * freed then, and what was there before is nobody's any more.
 */
static void
restore_columns(Relation rel, Bitmapset *shown, Bitmapset *original)
{
	if (docdb_hot_blocking_columns(rel) == shown)
	{
		bms_free(shown);
		docdb_hot_blocking_columns(rel) = original;
		if (!shown_relation_changed)
			return;

		/* It may be another set that only came to lie where ours was; PostgreSQL is to look. */
		docdb_hot_blocking_columns(rel) = NULL;
		docdb_forget_index_columns(rel);
	}
	bms_free(original);
}

static TM_Result
update_tuple(Relation rel, CrudRowUpdate *update)
{
	return table_tuple_update(rel, &update->tid, update->slot, update->command, update->snapshot,
							  InvalidSnapshot, true, &update->failure,
							  &update->lock_mode, &update->needs_entries);
}

/* The same with heapam believing that no index refers to the document. */
static TM_Result
update_tuple_hot(const CrudRowIndexes *indexes, CrudRowUpdate *update)
{
	Relation	rel = indexes->rel;
	Bitmapset  *shown = other_columns(indexes);
	Bitmapset  *original = docdb_hot_blocking_columns(rel);
	TM_Result	result = TM_Ok;

	watch_relations();
	shown_relation = RelationGetRelid(rel);
	shown_relation_changed = false;
	docdb_hot_blocking_columns(rel) = shown;
	PG_TRY();
	{
		result = update_tuple(rel, update);
	}
	PG_FINALLY();
	{
		restore_columns(rel, shown, original);
		shown_relation = InvalidOid;
	}
	PG_END_TRY();
	return result;
}

/* ---- The update ---- */

/* Whether all entries of the row stay as they are. */
static bool
entries_stay(CrudRowIndexes *indexes, const CrudRowUpdate *update)
{
	DocChange	change;

	if (update->new_id)
		return false;
	docindex_compare_documents(update->old_document, update->new_document, &change);
	if (docindex_concerns(&indexes->collection->indexed, &change))
		return examine_indexes(indexes, &change, update->old_slot, update->slot);
	if (indexes->estate != NULL)
		mark_indexes(indexes, true);
	return true;
}

static void
insert_entries(CrudRowIndexes *indexes, const CrudRowUpdate *update, bool unchanged)
{
	bool		examined = indexes->estate != NULL && !update->new_id;

	open_indexes(indexes);
	if (!examined)
		mark_indexes(indexes, unchanged);
	ResetPerTupleExprContext(indexes->estate);
	(void) docdb_update_index_tuples(indexes->target, update->slot, indexes->estate,
									 update->needs_entries);
}

TM_Result
crud_row_update(CrudRowIndexes *indexes, CrudRowUpdate *update)
{
	const DocIndexFields *indexed = &indexes->collection->indexed;
	bool		unchanged = entries_stay(indexes, update);
	bool		refers = indexed->all || indexed->size > 0;
	TM_Result	result;

	if (unchanged && refers)
		result = update_tuple_hot(indexes, update);
	else
		result = update_tuple(indexes->rel, update);
	if (result == TM_Ok && update->needs_entries)
		insert_entries(indexes, update, unchanged);
	return result;
}
