/*
 * builder.h
 *		Building documents, and dotted paths.
 *
 * One of the public headers of pgbson.
 */
#ifndef DOCDB_PGBSON_BUILDER_H
#define DOCDB_PGBSON_BUILDER_H

#include "pgbson/pgbson.h"

/* ---- Building ---- */

#define BSON_BUILDER_INLINE_LEVELS 16

typedef struct BsonBuilderLevel
{
	uint32		start;			/* offset of the length word */
	uint32		count;			/* elements pushed, for an array's names */
} BsonBuilderLevel;

/*
 * A document under construction, in the memory context that was current at init.  The buffer
 * leaves room for a varlena header, so that the finished document becomes a datum without a copy.
 */
typedef struct BsonBuilder
{
	char	   *buffer;
	uint32		len;
	uint32		capacity;
	int			depth;			/* open levels, the root included */
	int			max_depth;		/* levels that fit in level[] */
	uint32		max_size;		/* of the document */
	BsonBuilderLevel *level;
	MemoryContext context;
	BsonBuilderLevel inline_level[BSON_BUILDER_INLINE_LEVELS];
} BsonBuilder;

/* Opens the root document (or array: there is no difference in BSON). */
extern void pgbson_builder_init(BsonBuilder *builder);

/* Allows a document as large as one that comes from a client may be. */
extern void pgbson_builder_allow_message(BsonBuilder *builder);

/* Forgets what was built and opens the root again, keeping the buffer. */
extern void pgbson_builder_reset(BsonBuilder *builder);

/* Appends name: value.  A keylen of -1 means strlen(key).  A BSON_MISSING value is skipped. */
extern void pgbson_append(BsonBuilder *builder, const char *key, int keylen,
						  const BsonValue *value);
extern void pgbson_append_int32(BsonBuilder *builder, const char *key, int keylen, int32 i);
extern void pgbson_append_int64(BsonBuilder *builder, const char *key, int keylen, int64 i);
extern void pgbson_append_double(BsonBuilder *builder, const char *key, int keylen, double f);
extern void pgbson_append_bool(BsonBuilder *builder, const char *key, int keylen, bool b);
extern void pgbson_append_cstring(BsonBuilder *builder, const char *key, int keylen,
								  const char *string);

/* Copies the iterator's current element as it is, name and all. */
extern void pgbson_append_element(BsonBuilder *builder, const BsonIter *iter);

/* Copies whole elements that stand one after the other, from one's type byte to another's end. */
extern void pgbson_append_elements(BsonBuilder *builder, const char *from, const char *to);

/* The same value under another name. */
extern void pgbson_append_payload(BsonBuilder *builder, const char *key, int keylen,
								  const BsonIter *iter);

/* Opens a document or array as a field; pgbson_end closes the innermost. */
extern void pgbson_begin(BsonBuilder *builder, BsonType type, const char *key, int keylen);
extern void pgbson_end(BsonBuilder *builder);

/* Array elements: the name is the running index of the innermost open array. */
extern void pgbson_push(BsonBuilder *builder, const BsonValue *value);
extern void pgbson_push_begin(BsonBuilder *builder, BsonType type);

/*
 * Closes the root.  The value is a view of the builder's buffer; the datum is the buffer itself,
 * so nothing may be appended after.  A document larger than BSON_MAX_DOCUMENT_SIZE plus 16 KiB
 * (what MongoDB allows inside the server) raises BSONObjectTooLarge (10334) while it grows, unless
 * a message's size is allowed.
 */
extern void pgbson_finish(BsonBuilder *builder, BsonType type, BsonValue *value);
extern Datum pgbson_finish_datum(BsonBuilder *builder);

/* The datum of a document that pgbson_finish gave: its buffer, so nothing may be appended after. */
extern Datum pgbson_finished_datum(const BsonValue *document);

/* ---- Paths ---- */

typedef struct BsonPathPart
{
	const char *name;
	uint32		len;
	int32		index;			/* as an array index, or -1: "0" and "12" but not "01" or "-1" */
} BsonPathPart;

typedef struct BsonPath
{
	int			nparts;
	BsonPathPart part[FLEXIBLE_ARRAY_MEMBER];
} BsonPath;

/* Splits "a.b.0" at its dots, into CurrentMemoryContext; empty parts are kept as they are. */
extern BsonPath *pgbson_path_parse(const char *path, uint32 len);

/*
 * The same for a path as MongoDB's stages and sorts have it, which may not be empty (40352), end in
 * a dot (40353), have empty parts (15998) or parts that start with $ (16410), or be deeper than
 * documents may be (Overflow, 15).  The second only tells whether it is one.
 */
extern BsonPath *pgbson_field_path_parse(const char *path, uint32 len);
extern bool pgbson_is_field_path(const char *path, uint32 len);

/* The names with a dollar that such a path may have: MongoDB itself puts them into documents. */
extern bool pgbson_is_dollar_field(const char *name, uint32 len);

/*
 * The value at a path, through documents by name and arrays by index; arrays are not searched.
 * False and BSON_MISSING when there is none.
 */
extern bool pgbson_path_get(const BsonValue *document, const BsonPath *path, BsonValue *value);

#endif							/* DOCDB_PGBSON_BUILDER_H */
