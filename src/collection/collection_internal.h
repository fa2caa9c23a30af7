/*
 * collection_internal.h
 *		What the files of the collection module share.
 */
#ifndef DOCDB_COLLECTION_INTERNAL_H
#define DOCDB_COLLECTION_INTERNAL_H

#include "utils/rel.h"

#include "collection/collection.h"

/*
 * The trigger that keeps column _id true, and the function it calls.  Triggers fire in the order of
 * their names; this one is to see what others made of the row.
 */
#define COLLECTION_TRIGGER "zz_docdb_collection"
#define COLLECTION_TRIGGER_FUNCTION "collection_trigger"

/* ---- capped.c ---- */

/* Creates the triggers on a table, whose name is given as SQL.  SPI must be connected. */
extern void collection_create_capped_triggers(const char *table);

/* Begins to count its documents, of which there are none. */
extern void collection_count_capped(Oid relid);

/* ---- name.c ---- */

/* A name's form as a PostgreSQL identifier: itself, or cut and hashed where it is too long. */
extern void collection_shorten(const char *name, NameData *relname);

/* The hash in such a form: FNV-1a, the same on every platform. */
extern uint64 collection_hash_name(const char *name);

/* An identifier made of two parts for an index; cut and hashed where it is too long. */
extern void collection_join_names(const char *relname, const char *index_name, NameData *result);

/* ---- cache.c ---- */

/* Whether a relation has the columns of a collection; their numbers. */
extern bool collection_columns(TupleDesc tupdesc, AttrNumber *id_attnum, AttrNumber *doc_attnum);

/* As collection_find, for who is going to take a stronger lock, without one. */
extern Collection *collection_find_unlocked(const CollectionName *name);

/* ---- registry.c: the table docdb.collections ---- */

typedef struct CollectionRecord
{
	char	   *name;			/* the exact name, or NULL where it is the table's */
	BsonValue	options;		/* a DOCUMENT, or MISSING */
} CollectionRecord;

/* The row of a relation; false where there is none.  In CurrentMemoryContext. */
extern bool collection_record_read(Oid relid, CollectionRecord *record);

/* Writes it; a record without name and options is removed.  The caller must own the relation. */
extern void collection_record_write(Oid relid, const CollectionRecord *record);

/* The owner of docdb's tables. */
extern Oid	collection_registry_owner(void);

/* Runs one statement as the current user; raises an error unless its result is expected. */
extern void collection_run_sql(const char *sql, int expected);

/* ---- document.c ---- */

/* Raises an error for an _id that no document may have. */
extern void collection_check_id(const BsonValue *id);

/* Raises ImmutableField (66) for an update that gives a row that _id. */
pg_noreturn extern void collection_id_was_altered(const BsonValue *id);

/* The document with that _id, put first; any _id of its own is left out. */
extern void collection_replace_id(const BsonValue *document, const BsonValue *id,
								  BsonValue *result);

/* ---- options.c ---- */

/*
 * Reads the options of create or collMod into what is stored: validator, validationLevel,
 * validationAction.  command names the command in messages.
 */
extern void collection_parse_options(const BsonValue *options, const char *command,
									 BsonValue *stored);

/* The settings for the row trigger out of stored options. */
extern void collection_apply_options(const BsonValue *stored, Collection *collection);

/* ---- index_request.c ---- */

#define COLLECTION_ID_INDEX "_id_"

/* An index that somebody asks for, or one that exists. */
typedef struct CollectionIndex
{
	BsonValue	keys;			/* directions are 1 and -1 */
	char	   *name;			/* MongoDB's */
	Oid			relid;			/* of one that exists */
	char	   *relname;		/* the same */
	bool		is_id;
	bool		is_collated_id; /* see collection_create_id_index */
	bool		wildcard;
	bool		unique;
	bool		sparse;
	bool		hidden;
	int			expire_after_seconds;	/* -1: never */
	BsonValue	projection;		/* of a wildcard index, or MISSING */
	BsonValue	partial;		/* the filter, or MISSING */
	BsonValue	collation;		/* with all fields; MISSING for MongoDB's simple one */
	bool		has_collation;	/* somebody asked for that, and not for the collection's */
} CollectionIndex;

/* Reads a key pattern and the options of createIndexes (may be NULL). */
extern void collection_index_request(const BsonValue *keys, const BsonValue *options,
									 CollectionIndex *request);

/*
 * Creates what belongs to the index on _id of a collection with a collation: the primary key has
 * strings in the order of their bytes, so that there is an index by the collation besides, which
 * serves filters and sorts, and in which _ids are unique.
 */
extern void collection_create_id_index(Oid relid, const BsonValue *collation);

/* {v, key, name, ...}, as listIndexes shows it. */
extern void collection_index_describe(const CollectionIndex *index, BsonValue *document);

#endif							/* DOCDB_COLLECTION_INTERNAL_H */
