/*
 * cache.c
 *		What a backend knows of collections.
 *
 * One entry for each relation asked for, dropped when PostgreSQL's invalidation says that the
 * relation, its triggers, indexes or its row in docdb.collections changed.  Names are looked up in
 * PostgreSQL's own catalog caches each time, so renaming needs no care here.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/stratnum.h"
#include "access/sysattr.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "optimizer/optimizer.h"
#include "storage/lmgr.h"
#include "storage/sinval.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "base/errors.h"
#include "base/oids.h"
#include "collection/collection_internal.h"
#include "docindex/docindex.h"

typedef struct CacheEntry
{
	Oid			relid;			/* the key */
	MemoryContext context;		/* of what the entry points to; NULL while it is made */
	bool		is_collection;
	Collection	collection;
} CacheEntry;

static HTAB *cache = NULL;

/* Counts invalidations, so that an entry made while one arrived is not kept. */
static uint64 invalidations = 0;

static void
remove_entry(CacheEntry *entry)
{
	MemoryContext context = entry->context;

	hash_search(cache, &entry->relid, HASH_REMOVE, NULL);
	MemoryContextDelete(context);
}

static void
remove_all_entries(void)
{
	HASH_SEQ_STATUS status;
	CacheEntry *entry;

	hash_seq_init(&status, cache);
	while ((entry = hash_seq_search(&status)) != NULL)
		remove_entry(entry);
}

static void
relcache_callback(Datum arg, Oid relid)
{
	invalidations++;
	if (OidIsValid(relid))
	{
		CacheEntry *entry = hash_search(cache, &relid, HASH_FIND, NULL);

		if (entry != NULL)
			remove_entry(entry);
	}
	else
		remove_all_entries();
}

/* A schema was renamed or dropped: the qualified names are wrong. */
static void
syscache_callback(Datum arg, int cacheid, uint32 hashvalue)
{
	invalidations++;
	remove_all_entries();
}

static void
create_cache(void)
{
	HASHCTL		control = {0};

	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(CacheEntry);
	control.hcxt = CacheMemoryContext;
	cache = hash_create("docdb collections", 64, &control,
						HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	CacheRegisterRelcacheCallback(relcache_callback, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, syscache_callback, (Datum) 0);
}

bool
collection_columns(TupleDesc tupdesc, AttrNumber *id_attnum, AttrNumber *doc_attnum)
{
	Oid			bson_type = docdb_oids()->bson_type;
	Oid			bson_value_type = docdb_oids()->bson_value_type;

	*id_attnum = *doc_attnum = InvalidAttrNumber;
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (att->attisdropped)
			continue;
		if (att->atttypid == bson_value_type && strcmp(NameStr(att->attname), "_id") == 0)
			*id_attnum = att->attnum;
		else if (att->atttypid == bson_type && strcmp(NameStr(att->attname), "doc") == 0)
			*doc_attnum = att->attnum;
	}
	return *id_attnum != InvalidAttrNumber && *doc_attnum != InvalidAttrNumber;
}

/* Whether an index of ours is unique; the catalog does not say so. */
static bool
has_unique_index(Relation rel)
{
	List	   *indexes;
	ListCell   *lc;
	bool		found = false;

	if (rel->rd_rel->relkind != RELKIND_RELATION &&
		rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		return false;
	indexes = RelationGetIndexList(rel);
	foreach(lc, indexes)
	{
		Relation	index = index_open(lfirst_oid(lc), AccessShareLock);

		found = docindex_is_ours(index) && docindex_spec(index)->unique;
		index_close(index, AccessShareLock);
		if (found)
			break;
	}
	list_free(indexes);
	return found;
}

/* Whether there is the column that numbers the rows of a capped collection. */
static bool
has_natural_order(TupleDesc tupdesc)
{
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (!att->attisdropped && att->atttypid == INT8OID && att->attnotnull &&
			strcmp(NameStr(att->attname), COLLECTION_NATURAL_ORDER) == 0)
			return true;
	}
	return false;
}

static Oid
trigger_function(void)
{
	Oid			schema = get_namespace_oid("docdb", false);
	oidvector  *noargs = buildoidvector(NULL, 0);

	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
						   CStringGetDatum(COLLECTION_TRIGGER_FUNCTION),
						   PointerGetDatum(noargs), ObjectIdGetDatum(schema));
}

/* Looks at a relation's triggers: is ours there, and does anything else run at an insertion? */
static void
examine_triggers(Relation rel, bool *ours, bool *others)
{
	TriggerDesc *triggers = rel->trigdesc;
	Oid			function;

	*ours = *others = false;
	if (triggers == NULL)
		return;

	function = trigger_function();
	for (int i = 0; i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (trigger->tgfoid == function &&
			TRIGGER_TYPE_MATCHES(trigger->tgtype, TRIGGER_TYPE_ROW, TRIGGER_TYPE_BEFORE,
								 TRIGGER_TYPE_INSERT) &&
			TRIGGER_FOR_UPDATE(trigger->tgtype) && trigger->tgnattr == 0 &&
			trigger->tgqual == NULL &&
			(trigger->tgenabled == TRIGGER_FIRES_ON_ORIGIN ||
			 trigger->tgenabled == TRIGGER_FIRES_ALWAYS))
			*ours = true;
		else if (TRIGGER_FOR_INSERT(trigger->tgtype))
			*others = true;
	}
}

/* The valid unique index without conditions that has a column alone as its key, or InvalidOid. */
static Oid
find_unique_index(Relation rel, AttrNumber attnum)
{
	List	   *indexes;
	ListCell   *lc;
	Oid			found = InvalidOid;

	if (rel->rd_rel->relkind != RELKIND_RELATION &&
		rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		return InvalidOid;

	indexes = RelationGetIndexList(rel);
	foreach(lc, indexes)
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(lc)));
		Form_pg_index index;

		if (!HeapTupleIsValid(tuple))
			continue;
		index = (Form_pg_index) GETSTRUCT(tuple);
		if (index->indisunique && index->indisvalid && index->indimmediate &&
			index->indnkeyatts == 1 && index->indkey.values[0] == attnum &&
			heap_attisnull(tuple, Anum_pg_index_indpred, NULL))
			found = index->indexrelid;
		ReleaseSysCache(tuple);
		if (OidIsValid(found))
			break;
	}
	list_free(indexes);
	return found;
}

/* Notes the index on _id, and whether rows may be fetched through it as they are. */
static void
examine_id_index(Relation rel, Collection *collection)
{
	Oid			index_oid = find_unique_index(rel, collection->id_attnum);
	Oid			type = docdb_oids()->bson_value_type;
	Relation	index;
	Oid			operator;

	collection->id_unique = OidIsValid(index_oid);
	if (!collection->id_unique || collection->relkind != RELKIND_RELATION ||
		!collection->has_trigger || collection->row_security || rel->rd_rel->relhassubclass)
		return;
	index = index_open(index_oid, AccessShareLock);
	if (index->rd_rel->relam == BTREE_AM_OID && !index->rd_index->indcheckxmin)
	{
		operator = get_opfamily_member(index->rd_opfamily[0], type, type,
									   BTEqualStrategyNumber);
		if (OidIsValid(operator))
		{
			collection->id_index = index_oid;
			collection->id_equality = get_opcode(operator);
		}
	}
	index_close(index, AccessShareLock);
}

/* Whether an index refers to a column, be it by the whole row. */
static bool
refers_to(Relation index, AttrNumber attnum)
{
	Form_pg_index form = index->rd_index;
	Bitmapset  *attributes = NULL;
	bool		result;

	for (int i = 0; i < form->indnatts; i++)
		if (form->indkey.values[i] == attnum)
			return true;
	pull_varattnos((Node *) RelationGetIndexExpressions(index), 1, &attributes);
	pull_varattnos((Node *) RelationGetIndexPredicate(index), 1, &attributes);
	result = bms_is_member(attnum - FirstLowInvalidHeapAttributeNumber, attributes) ||
		bms_is_member(InvalidAttrNumber - FirstLowInvalidHeapAttributeNumber, attributes);
	bms_free(attributes);
	return result;
}

bool
collection_index_is_plain(const Collection *collection, Relation index)
{
	return (docindex_is_ours(index) || docindex_wildcard(index) != NULL) &&
		index->rd_index->indnatts == 1 &&
		index->rd_index->indkey.values[0] == collection->doc_attnum &&
		heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL);
}

/* Notes on which fields of documents index entries depend. */
static void
examine_indexed_fields(Relation rel, Collection *collection)
{
	List	   *indexes = RelationGetIndexList(rel);
	ListCell   *lc;

	foreach(lc, indexes)
	{
		Relation	index = index_open(lfirst_oid(lc), AccessShareLock);

		if (collection_index_is_plain(collection, index))
			docindex_add_index_fields(&collection->indexed, index);
		else if (refers_to(index, collection->doc_attnum))
			collection->indexed.all = true;
		index_close(index, AccessShareLock);
	}
	list_free(indexes);
}

static int
live_columns(TupleDesc tupdesc)
{
	int			count = 0;

	for (int i = 0; i < tupdesc->natts; i++)
		if (!TupleDescAttr(tupdesc, i)->attisdropped)
			count++;
	return count;
}

static bool
is_collection_kind(char relkind)
{
	return relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE ||
		relkind == RELKIND_FOREIGN_TABLE || relkind == RELKIND_VIEW ||
		relkind == RELKIND_MATVIEW;
}

/* Fills a collection in CurrentMemoryContext; false where the relation is none. */
static bool
describe(Relation rel, Collection *collection)
{
	TupleDesc	tupdesc = RelationGetDescr(rel);
	CollectionRecord record;
	bool		other_triggers;
	char	   *schema;

	memset(collection, 0, sizeof(*collection));
	collection->relid = RelationGetRelid(rel);
	collection->relkind = rel->rd_rel->relkind;
	if (!is_collection_kind(collection->relkind) ||
		!collection_columns(tupdesc, &collection->id_attnum, &collection->doc_attnum))
		return false;

	examine_triggers(rel, &collection->has_trigger, &other_triggers);
	collection->row_security = rel->rd_rel->relrowsecurity;
	examine_id_index(rel, collection);
	collection->plain = collection->relkind == RELKIND_RELATION &&
		collection->has_trigger && !other_triggers && !rel->rd_rel->relhasrules &&
		!rel->rd_rel->relispartition && !collection->row_security &&
		live_columns(tupdesc) == 2 &&
		(tupdesc->constr == NULL ||
		 (tupdesc->constr->num_check == 0 && !tupdesc->constr->has_generated_stored));
	collection->lone_trigger = collection->plain && OidIsValid(collection->id_index) &&
		rel->trigdesc->numtriggers == 1 &&
		TupleDescAttr(tupdesc, collection->id_attnum - 1)->attnotnull &&
		TupleDescAttr(tupdesc, collection->doc_attnum - 1)->attnotnull;
	if (collection->lone_trigger)
		examine_indexed_fields(rel, collection);

	schema = get_namespace_name(RelationGetNamespace(rel));
	if (schema == NULL)
		return false;
	collection->sql_name = quote_qualified_identifier(schema, RelationGetRelationName(rel));

	collection->other_unique = has_unique_index(rel);
	collection->has_order = has_natural_order(tupdesc);
	(void) collection_record_read(collection->relid, &record);
	collection_apply_options(&record.options, collection);
	return true;
}

/* A copy of an entry for a caller, whom an invalidation must not pull it away from. */
static Collection *
copy_collection(const Collection *from)
{
	Collection *copy = palloc(sizeof(Collection));

	*copy = *from;
	copy->sql_name = pstrdup(from->sql_name);
	if (from->indexed.size > 0)
	{
		copy->indexed.names = palloc(from->indexed.size);
		memcpy(copy->indexed.names, from->indexed.names, from->indexed.size);
	}
	pgbson_value_copy(&from->collation, &copy->collation);
	pgbson_value_copy(&from->validator, &copy->validator);
	return copy;
}

/* Keeps what was found; the description's memory is context. */
static void
keep(Oid relid, bool is_collection, const Collection *collection, MemoryContext context)
{
	CacheEntry *entry = hash_search(cache, &relid, HASH_ENTER, NULL);

	MemoryContextSetParent(context, CacheMemoryContext);
	entry->context = context;
	entry->is_collection = is_collection;
	entry->collection = *collection;
}

/* The collection of a relation, or NULL where it is gone (*exists false) or no collection. */
static Collection *
find_relation(Oid relid, bool *exists)
{
	CacheEntry *entry;
	Relation	rel;
	Collection	collection;
	Collection *result;
	MemoryContext context;
	MemoryContext old_context;
	uint64		invalidations_before;
	bool		is_collection;

	*exists = true;
	if (cache == NULL)
		create_cache();
	entry = hash_search(cache, &relid, HASH_FIND, NULL);
	if (entry != NULL)
		return entry->is_collection ? copy_collection(&entry->collection) : NULL;

	rel = try_relation_open(relid, AccessShareLock);
	if (rel == NULL)
	{
		*exists = false;
		return NULL;
	}
	context = AllocSetContextCreate(CurrentMemoryContext, "docdb collection",
									ALLOCSET_SMALL_SIZES);
	old_context = MemoryContextSwitchTo(context);
	invalidations_before = invalidations;
	is_collection = describe(rel, &collection);
	relation_close(rel, AccessShareLock);
	MemoryContextSwitchTo(old_context);

	result = is_collection ? copy_collection(&collection) : NULL;
	if (invalidations == invalidations_before &&
		hash_search(cache, &relid, HASH_FIND, NULL) == NULL)
		keep(relid, is_collection, &collection, context);
	else
		MemoryContextDelete(context);
	return result;
}

/* Whether the relation that a name leads to is that collection's, and not one of a like name. */
static bool
exact_name_agrees(const CollectionName *name, Oid relid)
{
	CollectionRecord record;

	if (strlen(name->name) < NAMEDATALEN)
		return true;
	return collection_record_read(relid, &record) && record.name != NULL &&
		strcmp(record.name, name->name) == 0;
}

static Oid
find_name(const CollectionName *name)
{
	Oid			schema = name->schema;
	Oid			relid;

	if (!OidIsValid(schema))
		schema = get_namespace_oid(name->database, true);
	if (!OidIsValid(schema))
		return InvalidOid;
	relid = get_relname_relid(NameStr(name->relname), schema);
	if (OidIsValid(relid) && !exact_name_agrees(name, relid))
		return InvalidOid;
	return relid;
}

static void
not_a_collection(const char *namespace)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_INVALID_NAMESPACE),
			 errmsg("relation \"%s\" is not a collection", namespace),
			 errdetail("A collection has the columns _id of type bson_value and doc of type "
					   "bson.")));
}

/* The relation of a name, or InvalidOid, also if another session made it just now. */
static Oid
find_name_now(const CollectionName *name)
{
	Oid			relid = find_name(name);

	if (!OidIsValid(relid))
	{
		AcceptInvalidationMessages();
		relid = find_name(name);
	}
	return relid;
}

/*
 * Locks a relation against being dropped; false where the name has come to mean another one or
 * none until the lock was there.
 */
static bool
lock_relation(const CollectionName *name, Oid relid)
{
	uint64		messages = SharedInvalidMessageCounter;

	LockRelationOid(relid, AccessShareLock);
	if (messages == SharedInvalidMessageCounter || find_name(name) == relid)
		return true;
	UnlockRelationOid(relid, AccessShareLock);
	return false;
}

static Collection *
find_collection(const CollectionName *name, bool lock)
{
	for (;;)
	{
		Oid			relid = find_name_now(name);
		bool		exists;
		Collection *collection;

		if (!OidIsValid(relid))
			return NULL;
		if (lock && !lock_relation(name, relid))
			continue;
		collection = find_relation(relid, &exists);
		if (collection != NULL)
			return collection;
		if (exists)
			not_a_collection(collection_namespace(name));
		/* It was dropped meanwhile; look the name up anew. */
	}
}

Collection *
collection_find(const CollectionName *name)
{
	return find_collection(name, true);
}

Collection *
collection_find_unlocked(const CollectionName *name)
{
	return find_collection(name, false);
}

Collection *
collection_find_by_oid(Oid relid)
{
	bool		exists;
	Collection *collection = find_relation(relid, &exists);

	if (!exists)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	if (collection == NULL)
		not_a_collection(get_rel_name(relid));
	return collection;
}
