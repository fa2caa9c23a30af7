/*
 * presort.c
 *		Sorting the entries of an index that is built, before nbtree sorts them.
 *
 * nbtree's sort is general.  Each comparison of keys whose first bytes are the same looks at two
 * tuples that are somewhere in memory, and keys are often the same, or begin like each other.  What
 * is sorted here is compact: bytes of the key from where the keys begin to differ, and the row's
 * TID, which decides between equal keys.  nbtree's sort finds its input sorted then, which takes
 * one comparison for each entry.
 *
 * Only so many entries are collected as fit into the memory given.  Of more, nbtree gets those that
 * were collected and then the others as they come, and sorts all.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bswap.h"

#include "base/compat.h"
#include "docindex/docindex_internal.h"

/* So many entries ahead keys are asked for when they are handed on. */
#define PREFETCH_ENTRIES 8

/* Entries and bytes of keys there is room for at first. */
#define INITIAL_ENTRIES 1024
#define INITIAL_BYTES (32 * 1024)

typedef struct SortEntry
{
	uint64		bytes;			/* of the key, behind what all have in common */
	uint32		key;			/* where its bytes are */
	BlockNumber block;
	OffsetNumber offset;
	uint16		len;			/* of the key */
	bool		alive;
} SortEntry;

struct KeySorter
{
	Size		limit;			/* of memory */
	bool		full;
	uint32		nentries;
	uint32		max_entries;
	SortEntry  *entries;
	uint32		used;			/* bytes of keys */
	uint32		max_bytes;
	uint8	   *keys;
	int			common;			/* bytes that all keys begin with */
	KeySorterCallback callback;
	void	   *arg;
	bytea	   *key;			/* for the callback */
};

KeySorter *
docindex_sorter_create(Size limit, KeySorterCallback callback, void *arg)
{
	KeySorter  *sorter = palloc0(sizeof(KeySorter));

	sorter->limit = Min(limit, PG_UINT32_MAX / 2);	/* as places are uint32 */
	sorter->full = sorter->limit < INITIAL_ENTRIES * sizeof(SortEntry) + INITIAL_BYTES;
	sorter->callback = callback;
	sorter->arg = arg;
	if (sorter->full)
		return sorter;
	sorter->max_entries = INITIAL_ENTRIES;
	sorter->entries = palloc(sorter->max_entries * sizeof(SortEntry));
	sorter->max_bytes = INITIAL_BYTES;
	sorter->keys = palloc(sorter->max_bytes);
	sorter->key = palloc(VARHDRSZ + KEY_LIMIT + VARHDRSZ);
	return sorter;
}

/* ---- Collecting ---- */

/* Makes room for a key; false where memory does not allow it. */
static bool
make_room(KeySorter *sorter, int len)
{
	uint32		entries = sorter->max_entries;
	uint32		bytes = sorter->max_bytes;

	if (sorter->nentries == entries)
		entries += entries / 2;
	if (bytes - sorter->used < len)
		bytes += bytes / 2;
	if (entries * sizeof(SortEntry) + bytes > sorter->limit)
		return false;
	if (entries > sorter->max_entries)
		sorter->entries = repalloc_huge(sorter->entries, entries * sizeof(SortEntry));
	if (bytes > sorter->max_bytes)
		sorter->keys = repalloc_huge(sorter->keys, bytes);
	sorter->max_entries = entries;
	sorter->max_bytes = bytes;
	return true;
}

/* How many bytes, no more than that, two keys have in common at their beginning. */
static int
common_bytes(const uint8 *a, const uint8 *b, int len)
{
	int			n = 0;

	while (n < len && a[n] == b[n])
		n++;
	return n;
}

void
docindex_sorter_add(KeySorter *sorter, Datum key, ItemPointer tid, bool alive)
{
	const bytea *datum = (const bytea *) DatumGetPointer(key);
	const uint8 *data = (const uint8 *) VARDATA(datum);
	int			len = VARSIZE(datum) - VARHDRSZ;
	SortEntry  *entry;

	if (!sorter->full && (sorter->nentries == sorter->max_entries ||
						  sorter->max_bytes - sorter->used < len) && !make_room(sorter, len))
		docindex_sorter_finish(sorter);
	if (sorter->full)
	{
		sorter->callback(key, tid, alive, sorter->arg);
		return;
	}
	entry = &sorter->entries[sorter->nentries++];
	entry->key = sorter->used;
	entry->len = len;
	entry->block = ItemPointerGetBlockNumber(tid);
	entry->offset = ItemPointerGetOffsetNumber(tid);
	entry->alive = alive;
	memcpy(sorter->keys + sorter->used, data, len);
	sorter->used += len;
	sorter->common = sorter->nentries == 1 ? len :
		common_bytes(sorter->keys, data, Min(sorter->common, len));
}

/* ---- Sorting ---- */

static inline int
compare_entries(const SortEntry *a, const SortEntry *b, const KeySorter *sorter)
{
	int			from = sorter->common + sizeof(a->bytes);

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? -1 : 1;
	if (a->len > from || b->len > from)
	{
		/* No key is the beginning of another one, so that both have more bytes. */
		int			order = memcmp(sorter->keys + a->key + from, sorter->keys + b->key + from,
								   Max(Min(a->len, b->len) - from, 0));

		if (order != 0)
			return order;
		if (a->len != b->len)
			return a->len < b->len ? -1 : 1;
	}
	if (a->block != b->block)
		return a->block < b->block ? -1 : 1;
	return (int) a->offset - (int) b->offset;
}

#define ST_SORT sort_entries
#define ST_ELEMENT_TYPE SortEntry
#define ST_COMPARE(a, b, sorter) compare_entries(a, b, sorter)
#define ST_COMPARE_ARG_TYPE const KeySorter
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

static void
set_bytes(KeySorter *sorter)
{
	for (uint32 i = 0; i < sorter->nentries; i++)
	{
		SortEntry  *entry = &sorter->entries[i];
		int			len = Max((int) entry->len - sorter->common, 0);
		uint64		bytes = 0;

		memcpy(&bytes, sorter->keys + entry->key + sorter->common, Min(len, sizeof(bytes)));
		entry->bytes = pg_ntoh64(bytes);
	}
}

void
docindex_sorter_finish(KeySorter *sorter)
{
	if (sorter->full)
		return;
	sorter->full = true;
	set_bytes(sorter);
	sort_entries(sorter->entries, sorter->nentries, sorter);
	for (uint32 i = 0; i < sorter->nentries; i++)
	{
		const SortEntry *entry = &sorter->entries[i];
		ItemPointerData tid;

		CHECK_FOR_INTERRUPTS();
		if (i + PREFETCH_ENTRIES < sorter->nentries)
			docdb_prefetch(sorter->keys + entry[PREFETCH_ENTRIES].key);
		ItemPointerSet(&tid, entry->block, entry->offset);
		SET_VARSIZE(sorter->key, VARHDRSZ + entry->len);
		memcpy(VARDATA(sorter->key), sorter->keys + entry->key, entry->len);
		sorter->callback(PointerGetDatum(sorter->key), &tid, entry->alive, sorter->arg);
	}
	pfree(sorter->entries);
	pfree(sorter->keys);
}
