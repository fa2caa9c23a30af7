/*
 * upsert.c
 *		The document that an upsert inserts.
 */
#include "postgres.h"

#include "update/update_internal.h"

/* An equality that a filter requires. */
typedef struct Equality
{
	const char *path;
	uint32		len;
	BsonValue	value;
} Equality;

typedef struct EqualityList
{
	bool		id_only;		/* for a replacement only _id counts */
	int			count;
	int			max;
	Equality   *item;
} EqualityList;

/* Whether a path is below another. */
static bool
is_below(const char *path, uint32 len, const char *parent, uint32 parent_len)
{
	return len > parent_len && path[parent_len] == '.' && memcmp(path, parent, parent_len) == 0;
}

static void
collect(const char *path, uint32 len, const BsonValue *value, void *arg)
{
	EqualityList *list = arg;
	Equality   *item;

	if (list->id_only && is_below(path, len, "_id", 3))
		ereport(ERROR,
				(errcode(DOCDB_ERR_NOT_EXACT_VALUE_FIELD),
				 errmsg("field at '_id' must be exactly specified, field at sub-path '%.*s'"
						"found", (int) len, path)));
	if (list->id_only && !(len == 3 && memcmp(path, "_id", 3) == 0))
		return;
	if (list->count >= list->max)
	{
		list->max = Max(8, 2 * list->max);
		if (list->item == NULL)
			list->item = palloc(list->max * sizeof(Equality));
		else
			list->item = repalloc(list->item, list->max * sizeof(Equality));
	}
	item = &list->item[list->count++];
	item->path = pnstrdup(path, len);
	item->len = len;
	pgbson_value_copy(value, &item->value);
}

/* By bytes, with the dot below all others, so that paths follow their parents. */
static int
compare_equalities(const void *a, const void *b)
{
	const char *p = ((const Equality *) a)->path;
	const char *q = ((const Equality *) b)->path;

	while (*p != '\0' && *p == *q)
	{
		p++;
		q++;
	}
	return (*p == '.' ? 1 : (uint8) *p) - (*q == '.' ? 1 : (uint8) *q);
}

static void
check_conflicts(const EqualityList *list)
{
	for (int i = 1; i < list->count; i++)
	{
		const Equality *parent = &list->item[i - 1];
		const Equality *item = &list->item[i];

		if (strcmp(item->path, parent->path) == 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_NOT_SINGLE_VALUE_FIELD),
					 errmsg("cannot infer query fields to set, path '%s' is matched twice",
							item->path)));
		if (is_below(item->path, item->len, parent->path, parent->len))
			ereport(ERROR,
					(errcode(DOCDB_ERR_NOT_SINGLE_VALUE_FIELD),
					 errmsg("cannot infer query fields to set, both paths '%s' and '%s' are "
							"matched", item->path, parent->path)));
	}
}

/* A document of the equalities, nested as their paths say. */
static void
build_base(const EqualityList *list, ExprEvalContext *context, BsonValue *base)
{
	Update		setting = {.kind = UPDATE_OPERATORS};
	UpdateParser parser = {&setting, NULL};
	BsonBuilder builder;
	BsonValue	empty;

	pgbson_builder_init(&builder);
	pgbson_finish(&builder, BSON_DOCUMENT, &empty);
	for (int i = 0; i < list->count; i++)
	{
		const Equality *item = &list->item[i];
		UpdateAction *action = palloc0(sizeof(UpdateAction));

		action->op = &update_ops[UPDATE_OP_SET];
		action->path = item->path;
		action->pathlen = item->len;
		action->operand = item->value;
		update_add_action(&parser, item->path, item->len, action, true);
	}
	if (!update_apply_operators(&setting, &empty, true, context, base))
		*base = empty;
}

/* Puts a new ObjectId first. */
static void
add_id(BsonValue *document)
{
	BsonBuilder builder;
	BsonIter	iter;
	BsonValue	id;

	pgbson_make_objectid(&id);
	pgbson_builder_init(&builder);
	pgbson_append(&builder, "_id", 3, &id);
	pgbson_iter_init(&iter, document);
	pgbson_append_elements(&builder, iter.next, iter.end);
	pgbson_finish(&builder, BSON_DOCUMENT, document);
}

void
update_build_upsert(const Update *update, const BsonValue *filter, ExprEvalContext *context,
					BsonValue *result)
{
	EqualityList list = {.id_only = update->kind == UPDATE_REPLACEMENT};
	BsonValue	base;
	BsonValue	id;

	match_equalities(filter, collect, &list);
	if (list.count > 1)
		qsort(list.item, list.count, sizeof(Equality), compare_equalities);
	check_conflicts(&list);
	build_base(&list, context, &base);
	(void) update_apply_any(update, &base, true, context, result);
	if (pgbson_get(result, "_id", 3, &id))
		update_put_id_first(result);
	else
		add_id(result);
	if (result->len > BSON_MAX_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(17420)),
				 errmsg("Document to upsert is larger than %d", BSON_MAX_DOCUMENT_SIZE)));
}
