/*
 * collection.h
 *		Databases, collections, their options and indexes.
 *
 * A database is a schema.  A collection is a relation in it with the columns _id bson_value and
 * doc bson: normally a table that collection_create made, but a table, foreign table or view that
 * plain SQL made is as good.  What PostgreSQL's catalog cannot hold about a collection is in the
 * table docdb.collections, so a collection without options and with a short name has no row there.
 */
#ifndef DOCDB_COLLECTION_H
#define DOCDB_COLLECTION_H

#include "nodes/execnodes.h"

#include "docindex/docindex.h"
#include "pgbson/builder.h"

/* MongoDB's limit of a whole namespace, "database.collection", in bytes. */
#define COLLECTION_MAX_NAMESPACE 255

/* The column that numbers the rows of a capped collection in the order of their insertion. */
#define COLLECTION_NATURAL_ORDER "natural_order"

/* A collection's name, taken apart and checked; it need not exist. */
typedef struct CollectionName
{
	Oid			schema;			/* InvalidOid where the schema does not exist */
	char	   *database;		/* the schema's name */
	char	   *name;			/* the collection's, exactly as the user wrote it */
	NameData	relname;		/* the table's: name itself, or a hashed form of a long name */
} CollectionName;

/*
 * Takes 'database.collection' (up to the first dot the database) or 'collection' (in the current
 * schema) apart.  MongoDB's rules: raises InvalidNamespace (73) for names that are empty, too
 * long, or hold '$', NUL and the like, and PostgreSQL's 42501 without USAGE on the schema.
 * Everything is allocated in CurrentMemoryContext.
 */
extern void collection_parse_name(const char *namespace, uint32 len, CollectionName *name);

/* The same for a database and a collection given apart, as MongoDB's commands give them. */
extern void collection_make_name(const char *database, const char *collection, uint32 len,
								 CollectionName *name);

/* "database.collection" for messages and replies; palloc'd. */
extern char *collection_namespace(const CollectionName *name);

/* A collection that exists: a copy of the backend's cache entry, palloc'd. */
typedef struct Collection
{
	Oid			relid;
	char		relkind;
	AttrNumber	id_attnum;
	AttrNumber	doc_attnum;

	/* docdb's row trigger is there and enabled, so that column _id is the document's _id. */
	bool		has_trigger;

	/* A unique index on _id alone exists. */
	bool		id_unique;

	/* An index of ours other than that is unique. */
	bool		other_unique;

	/*
	 * That index and the function of its equality, where a row may be fetched through it without a
	 * statement: an ordinary table, without row-level security or children, whose column _id is
	 * the document's.  InvalidOid elsewhere.
	 */
	Oid			id_index;
	Oid			id_equality;

	/*
	 * An ordinary table of the two columns, with the row trigger and nothing else to run at an
	 * insertion: no other triggers, rules, check constraints, row-level security or parent.
	 */
	bool		plain;

	/*
	 * Plain, and rows may be updated and deleted without a statement: the row trigger is the only
	 * trigger, there is an id_index, and no column may be NULL.
	 */
	bool		lone_trigger;

	/*
	 * With lone_trigger, the fields of documents that entries of any index depend on, indexes that
	 * are being built included.  An index that is not one of docdb's over the document as it is
	 * counts as one that depends on all of it, unless it is on other columns only.
	 */
	DocIndexFields indexed;

	/* Row-level security is enabled on it (for some users). */
	bool		row_security;

	char	   *sql_name;		/* qualified and quoted for SQL */

	/* Column natural_order is there, and the limits of a capped collection (max 0: none). */
	bool		has_order;
	bool		capped;
	int64		capped_size;
	int64		capped_max;

	BsonValue	collation;		/* the default one, with all fields; MISSING for the simple one */
	BsonValue	validator;		/* the filter documents must match, or MISSING */
	bool		validate_moderate;	/* leave updates of documents that do not match already alone */
	bool		validate_warn;	/* only warn */
} Collection;

/*
 * The collection of that name, locked against being dropped until the transaction ends, or NULL
 * where there is none.  Raises InvalidNamespace (73) for a relation that is no collection.
 */
extern Collection *collection_find(const CollectionName *name);

/* The same by OID; raises an error where the relation is no collection. */
extern Collection *collection_find_by_oid(Oid relid);

/* The same, created first where it does not exist; the schema too. */
extern Collection *collection_find_or_create(const CollectionName *name);

/* ---- Definition ---- */

/*
 * Creates a collection with the options of MongoDB's create command (may be NULL).  False when it
 * exists with the same options already; raises NamespaceExists (48) when the options differ.
 */
extern bool collection_create(const CollectionName *name, const BsonValue *options);

/*
 * Creates a capped collection of that size with another's documents, the newest as far as they fit;
 * false where there is no other.  Raises NamespaceExists (48).
 */
extern bool collection_clone_as_capped(const CollectionName *from, const CollectionName *to,
									   int64 size);

/* Drops a collection; false when there is none. */
extern bool collection_drop(const CollectionName *name);

/* Changes the validator, validationLevel and validationAction, as MongoDB's collMod. */
extern void collection_modify(const CollectionName *name, const BsonValue *options);

/* Raises NamespaceNotFound (26), NamespaceExists (48) or IllegalOperation (20). */
extern void collection_rename(const CollectionName *from, const CollectionName *to,
							  bool drop_target);

typedef void (*CollectionDocumentCallback) (const BsonValue *document, void *arg);

/*
 * Calls back, in the memory context of the caller, with a document {name, type, options, info,
 * idIndex} for each collection of a database that matches the filter (may be NULL), in the order of
 * their names.  With name_only the documents are {name, type}.
 */
extern void collection_list(const char *database, const BsonValue *filter, bool name_only,
							CollectionDocumentCallback callback, void *arg);

/* ---- Indexes ---- */

/*
 * Whether an index of a collection finds the documents that a filter of match_make_equals_any is
 * for, by a collation with all fields, or MISSING.
 */
extern bool collection_has_index_on(const Collection *collection, const BsonValue *path,
									const BsonValue *collation);

/*
 * Creates an index on a collection, which is created where missing; returns its name.  *created
 * is false when the same index existed already.  Raises CannotCreateIndex (67),
 * InvalidIndexSpecificationOption (197), IndexOptionsConflict (85), IndexKeySpecsConflict (86).
 */
extern char *collection_index_create(const CollectionName *name, const BsonValue *keys,
									 const BsonValue *options, bool *created);

/*
 * Drops the index of that name (a STRING) or key pattern (a DOCUMENT); "*" drops all but _id's.
 * Raises NamespaceNotFound (26), IndexNotFound (27), InvalidOptions (72) for the index on _id.
 */
extern void collection_index_drop(const CollectionName *name, const BsonValue *index);

/*
 * The index that a hint names: by its name (a STRING) or keys (a DOCUMENT).  Raises BadValue (2)
 * where there is none or it is hidden, IndexNotFound (27) where there are several of those keys.
 */
extern Oid	collection_index_find(const Collection *collection, const BsonValue *hint);

/* Calls back with {v, key, name, ...} for each index; nothing for a missing collection. */
extern void collection_index_list(const CollectionName *name,
								  CollectionDocumentCallback callback, void *arg);

/*
 * Whether an index is a bson_btree or a wildcard index over the documents as they are, without a
 * predicate in the catalog, so that it knows itself whether an update changes its entries.
 */
extern bool collection_index_is_plain(const Collection *collection, Relation index);

/* ---- Documents ---- */

/*
 * Makes a document fit to be stored: a new ObjectId put first where there is no _id, an _id moved
 * first where it is not.  *fixed is the document itself or a new one in CurrentMemoryContext, *id
 * its _id.  Raises InvalidIdField (53) for an array, regex or undefined as _id,
 * DollarPrefixedFieldName (52) inside of _id, and what collection_check_limits raises.
 */
extern void collection_fix_document(const BsonValue *document, BsonValue *fixed, BsonValue *id);

/*
 * Raises BSONObjectTooLarge for a document over BSON_MAX_DOCUMENT_SIZE, Overflow (15) for one with
 * more than BSON_MAX_DEPTH levels, which could not be read again.
 */
extern void collection_check_limits(const BsonValue *document);

/*
 * Gives an updated document the _id that its row keeps: that of the document, which must be equal
 * to the old one though maybe of another type, or the old one where it has none.  *fixed has it as
 * the first field.  Raises ImmutableField (66).
 */
extern void collection_keep_id(const BsonValue *document, const BsonValue *old_id,
							   BsonValue *fixed, BsonValue *id);

/*
 * Whether a document's first field is the _id of a row's column _id (not compressed), byte by
 * byte; then the row trigger has nothing to mend.
 */
extern bool collection_id_agrees(const BsonValue *document, const struct varlena *id);

/* A collection's validator, compiled. */
typedef struct CollectionValidator CollectionValidator;

/* In CurrentMemoryContext; NULL where the collection has none. */
extern CollectionValidator *collection_validator_create(const Collection *collection);

/*
 * Raises DocumentValidationFailure (121), or warns, for a document that does not match.
 * old_document is what an update replaces, or NULL.
 */
extern void collection_validate(const CollectionValidator *validator, const BsonValue *document,
								const BsonValue *old_document);

/*
 * What the row trigger is to do for a statement of ours beyond its usual work; NULL where the
 * running statement is the user's own.  Whoever sets it restores the former value, errors
 * included.
 */
typedef struct CollectionWrite
{
	EState	   *estate;			/* the statement's; rows of other statements are left alone */
	bool		skip_unchanged; /* do not write rows whose document an update left as it was */
	bool		bypass_validation;
	bool		keep_skipped;	/* keep the document of the last skipped row */
	uint64		skipped;		/* rows not written for that reason */
	Datum		skipped_doc;	/* a bson datum in keep_context */
	MemoryContext keep_context;
} CollectionWrite;

extern CollectionWrite *collection_current_write;

/* ---- Arguments of SQL functions ---- */

/* The collection that a text argument names; raises InvalidNamespace (73) for NULL. */
extern void collection_arg_name(FunctionCallInfo fcinfo, int arg, CollectionName *name);

/* A bson argument, MISSING for NULL. */
extern void collection_arg_document(FunctionCallInfo fcinfo, int arg, BsonValue *document);

/* The same where NULL will not do; what names the argument in the message of BadValue (2). */
extern void collection_arg_required(FunctionCallInfo fcinfo, int arg, const char *what,
									BsonValue *document);

#endif							/* DOCDB_COLLECTION_H */
