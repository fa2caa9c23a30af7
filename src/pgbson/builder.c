/*
 * builder.c
 *		Building documents, and dotted paths.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/errors.h"
#include "pgbson/builder.h"

/* Intermediate documents may exceed the limit of stored ones a little, as in MongoDB. */
#define MAX_INTERNAL_SIZE (BSON_MAX_DOCUMENT_SIZE + 16 * 1024)

#define INITIAL_CAPACITY 512

static void
write_length(char *to, uint32 n)
{
#ifdef WORDS_BIGENDIAN
	n = pg_bswap32(n);
#endif
	memcpy(to, &n, sizeof(n));
}

static void
open_level(BsonBuilder *builder)
{
	BsonBuilderLevel *level;

	if (unlikely(builder->depth >= BSON_MAX_DEPTH))
		ereport(ERROR,
				(errcode(DOCDB_ERR_OVERFLOW),
				 errmsg("BSON document exceeds the nesting limit of %d levels",
						BSON_MAX_DEPTH)));
	if (builder->depth >= builder->max_depth)
	{
		Size		size;

		size = 2 * builder->max_depth * sizeof(BsonBuilderLevel);
		level = MemoryContextAlloc(builder->context, size);
		memcpy(level, builder->level, builder->depth * sizeof(BsonBuilderLevel));
		builder->level = level;
		builder->max_depth *= 2;
	}
	level = &builder->level[builder->depth++];
	level->start = builder->len;
	level->count = 0;
	builder->len += 4;
}

void
pgbson_builder_init(BsonBuilder *builder)
{
	builder->context = CurrentMemoryContext;
	builder->capacity = INITIAL_CAPACITY;
	builder->buffer = palloc(INITIAL_CAPACITY);
	builder->level = builder->inline_level;
	builder->max_depth = BSON_BUILDER_INLINE_LEVELS;
	builder->max_size = MAX_INTERNAL_SIZE;
	pgbson_builder_reset(builder);
}

void
pgbson_builder_allow_message(BsonBuilder *builder)
{
	builder->max_size = BSON_MAX_MESSAGE_SIZE;
}

void
pgbson_builder_reset(BsonBuilder *builder)
{
	builder->len = VARHDRSZ;
	builder->depth = 0;
	open_level(builder);
}

static void
grow(BsonBuilder *builder, uint32 more)
{
	uint64		needed = (uint64) builder->len + more + BSON_MAX_DEPTH + 8;
	uint64		most = (uint64) builder->max_size + VARHDRSZ + BSON_MAX_DEPTH + 8;
	uint64		capacity = builder->capacity;

	if (needed > most)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BSON_OBJECT_TOO_LARGE),
				 errmsg("BSONObj size: " UINT64_FORMAT " is invalid. Size must be between 0 and %u",
						(uint64) builder->len + more, builder->max_size)));
	while (capacity < needed)
		capacity *= 2;

	/* No more than that, so that the limit is met again. */
	capacity = Min(capacity, most);
	builder->buffer = repalloc(builder->buffer, capacity);
	builder->capacity = capacity;
}

/* Makes room for so many bytes; each open level keeps one more for its final NUL. */
static inline char *
reserve(BsonBuilder *builder, uint32 bytes)
{
	if ((uint64) builder->len + bytes + builder->depth + 8 > builder->capacity)
		grow(builder, bytes);
	return builder->buffer + builder->len;
}

/* Writes type, name and NUL, with room for a payload of that size; returns the payload's place. */
static inline char *
append_head(BsonBuilder *builder, uint8 type, const char *key, int keylen, uint32 paylen)
{
	uint32		len = keylen < 0 ? strlen(key) : keylen;
	char	   *p;

	if (unlikely(paylen > MAX_INTERNAL_SIZE || len > MAX_INTERNAL_SIZE))
		grow(builder, MAX_INTERNAL_SIZE + 1);
	p = reserve(builder, 1 + len + 1 + paylen);
	*p++ = (char) type;
	memcpy(p, key, len);
	p[len] = '\0';
	builder->len += 2 + len + paylen;
	return p + len + 1;
}

void
pgbson_append(BsonBuilder *builder, const char *key, int keylen, const BsonValue *value)
{
	char	   *payload;

	if (value->type == BSON_MISSING)
		return;
	payload = append_head(builder, value->type, key, keylen, pgbson_encoded_size(value));
	pgbson_encode(value, payload);
}

void
pgbson_append_int32(BsonBuilder *builder, const char *key, int keylen, int32 i)
{
	BsonValue	value;

	pgbson_make_int32(i, &value);
	pgbson_append(builder, key, keylen, &value);
}

void
pgbson_append_int64(BsonBuilder *builder, const char *key, int keylen, int64 i)
{
	BsonValue	value;

	pgbson_make_int64(i, &value);
	pgbson_append(builder, key, keylen, &value);
}

void
pgbson_append_double(BsonBuilder *builder, const char *key, int keylen, double f)
{
	BsonValue	value;

	pgbson_make_double(f, &value);
	pgbson_append(builder, key, keylen, &value);
}

void
pgbson_append_bool(BsonBuilder *builder, const char *key, int keylen, bool b)
{
	BsonValue	value;

	pgbson_make_bool(b, &value);
	pgbson_append(builder, key, keylen, &value);
}

void
pgbson_append_cstring(BsonBuilder *builder, const char *key, int keylen, const char *string)
{
	BsonValue	value;

	pgbson_make_string(string, strlen(string), &value);
	pgbson_append(builder, key, keylen, &value);
}

void
pgbson_append_element(BsonBuilder *builder, const BsonIter *iter)
{
	uint32		size = 1 + iter->keylen + 1 + iter->paylen;
	char	   *p = reserve(builder, size);

	memcpy(p, iter->key - 1, size);
	builder->len += size;
}

void
pgbson_append_elements(BsonBuilder *builder, const char *from, const char *to)
{
	uint32		size = to - from;

	if (size > 0)
	{
		memcpy(reserve(builder, size), from, size);
		builder->len += size;
	}
}

void
pgbson_append_payload(BsonBuilder *builder, const char *key, int keylen, const BsonIter *iter)
{
	char	   *payload = append_head(builder, iter->type, key, keylen, iter->paylen);

	memcpy(payload, iter->payload, iter->paylen);
}

void
pgbson_begin(BsonBuilder *builder, BsonType type, const char *key, int keylen)
{
	(void) append_head(builder, type, key, keylen, 4);
	builder->len -= 4;
	open_level(builder);
}

void
pgbson_end(BsonBuilder *builder)
{
	BsonBuilderLevel *level;
	char	   *p = reserve(builder, 1);

	Assert(builder->depth > 0);
	*p = '\0';
	builder->len++;
	level = &builder->level[--builder->depth];
	write_length(builder->buffer + level->start, builder->len - level->start);
}

/* The name of the next element of the innermost array. */
static int
next_index(BsonBuilder *builder, char *name)
{
	return pg_ultoa_n(builder->level[builder->depth - 1].count++, name);
}

void
pgbson_push(BsonBuilder *builder, const BsonValue *value)
{
	char		name[12];
	int			len = next_index(builder, name);

	Assert(value->type != BSON_MISSING);
	pgbson_append(builder, name, len, value);
}

void
pgbson_push_begin(BsonBuilder *builder, BsonType type)
{
	char		name[12];
	int			len = next_index(builder, name);

	pgbson_begin(builder, type, name, len);
}

void
pgbson_finish(BsonBuilder *builder, BsonType type, BsonValue *value)
{
	Assert(builder->depth == 1);
	pgbson_end(builder);
	pgbson_make_simple(type, value);
	value->v.data = builder->buffer + VARHDRSZ;
	value->len = builder->len - VARHDRSZ;
}

Datum
pgbson_finish_datum(BsonBuilder *builder)
{
	Assert(builder->depth == 1);
	pgbson_end(builder);
	SET_VARSIZE(builder->buffer, builder->len);
	return PointerGetDatum(builder->buffer);
}

Datum
pgbson_finished_datum(const BsonValue *document)
{
	char	   *buffer = unconstify(char *, document->v.data) - VARHDRSZ;

	SET_VARSIZE(buffer, VARHDRSZ + document->len);
	return PointerGetDatum(buffer);
}

/* A path part as an array index: decimal digits without a leading zero, below 2^31; else -1. */
static int32
parse_index(const char *name, uint32 len)
{
	int64		index = 0;

	if (len == 0 || len > 10 || (len > 1 && name[0] == '0'))
		return -1;
	for (uint32 i = 0; i < len; i++)
	{
		if (name[i] < '0' || name[i] > '9')
			return -1;
		index = index * 10 + (name[i] - '0');
	}
	return index <= PG_INT32_MAX ? (int32) index : -1;
}

BsonPath *
pgbson_path_parse(const char *path, uint32 len)
{
	int			nparts = 1;
	BsonPath   *result;
	char	   *copy;
	char	   *start;

	for (uint32 i = 0; i < len; i++)
		if (path[i] == '.')
			nparts++;

	result = palloc(offsetof(BsonPath, part) + nparts * sizeof(BsonPathPart));
	result->nparts = nparts;
	/* A name may hold a NUL where the caller has not looked, so no string function will do. */
	copy = palloc(len + 1);
	memcpy(copy, path, len);
	start = copy;
	for (int i = 0; i < nparts; i++)
	{
		BsonPathPart *part = &result->part[i];
		char	   *dot = memchr(start, '.', copy + len - start);
		char	   *end = dot ? dot : copy + len;

		*end = '\0';
		part->name = start;
		part->len = end - start;
		part->index = parse_index(start, part->len);
		start = end + 1;
	}
	return result;
}

bool
pgbson_is_dollar_field(const char *name, uint32 len)
{
	static const char *const allowed[] = {
		"$id", "$ref", "$db", "$sortKey", "$recordId", "$searchSortValues", "$searchScore"
	};

	for (int i = 0; i < lengthof(allowed); i++)
	{
		if (len == strlen(allowed[i]) && memcmp(name, allowed[i], len) == 0)
			return true;
	}
	return false;
}

bool
pgbson_is_field_path(const char *path, uint32 len)
{
	BsonPath   *parsed;

	if (len == 0 || path[len - 1] == '.')
		return false;
	parsed = pgbson_path_parse(path, len);
	for (int i = 0; i < parsed->nparts; i++)
	{
		const BsonPathPart *part = &parsed->part[i];

		if (part->len == 0 ||
			(part->name[0] == '$' && !pgbson_is_dollar_field(part->name, part->len)))
			return false;
	}
	return parsed->nparts <= BSON_MAX_DEPTH;
}

BsonPath *
pgbson_field_path_parse(const char *path, uint32 len)
{
	BsonPath   *result;

	if (len == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40352)),
				 errmsg("FieldPath cannot be constructed with empty string")));
	if (path[len - 1] == '.')
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40353)),
				 errmsg("FieldPath must not end with a '.'.")));
	result = pgbson_path_parse(path, len);
	if (result->nparts > BSON_MAX_DEPTH)
		ereport(ERROR,
				(errcode(DOCDB_ERR_OVERFLOW),
				 errmsg("FieldPath is too long")));
	for (int i = 0; i < result->nparts; i++)
	{
		if (result->part[i].len == 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(15998)),
					 errmsg("FieldPath field names may not be empty strings.")));
		if (result->part[i].name[0] == '$' &&
			!pgbson_is_dollar_field(result->part[i].name, result->part[i].len))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(16410)),
					 errmsg("FieldPath field names may not start with '$'. "
							"Consider using $getField or $setField.")));
	}
	return result;
}

/* The element of an array at a position. */
static bool
get_element(const BsonValue *array, int32 index, BsonValue *value)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		if (index-- == 0)
		{
			pgbson_iter_value(&iter, value);
			return true;
		}
	}
	return false;
}

bool
pgbson_path_get(const BsonValue *document, const BsonPath *path, BsonValue *value)
{
	BsonValue	current = *document;

	for (int i = 0; i < path->nparts; i++)
	{
		const BsonPathPart *part = &path->part[i];
		BsonValue	child;
		bool		found = false;

		if (current.type == BSON_DOCUMENT)
			found = pgbson_get(&current, part->name, part->len, &child);
		else if (current.type == BSON_ARRAY && part->index >= 0)
			found = get_element(&current, part->index, &child);
		if (!found)
		{
			pgbson_make_simple(BSON_MISSING, value);
			return false;
		}
		current = child;
	}
	*value = current;
	return true;
}
