/*
 * fields.c
 *		Which of a document's fields entries depend on, and which an update changes.
 *
 * Most updates change fields that no index is over.  That is seen without making any keys: the two
 * documents are walked side by side, and the names of the fields whose bytes differ are compared
 * with those at which the paths of the index begin.
 */
#include "postgres.h"

#include "docindex/docindex_internal.h"

/* ---- What entries depend on ---- */

static bool
has_name(const DocIndexFields *fields, const char *name, uint32 len)
{
	for (const char *p = fields->names; p < fields->names + fields->size; p += strlen(p) + 1)
		if (strlen(p) == len && memcmp(p, name, len) == 0)
			return true;
	return false;
}

static void
add_name(DocIndexFields *fields, const char *name, uint32 len)
{
	if (has_name(fields, name, len))
		return;
	if (fields->names == NULL)
		fields->names = palloc(len + 1);
	else
		fields->names = repalloc(fields->names, fields->size + len + 1);
	memcpy(fields->names + fields->size, name, len);
	fields->names[fields->size + len] = '\0';
	fields->size += len + 1;
}

void
docindex_fields_add_path(DocIndexFields *fields, const char *path)
{
	add_name(fields, path, strcspn(path, "."));
}

void
docindex_fields_add_condition(DocIndexFields *fields, const MatchCondition *condition)
{
	if (condition->kind == MATCH_IS_CONSTANT)
		return;
	if (condition->kind == MATCH_IS_AND || condition->kind == MATCH_IS_OR)
	{
		for (int i = 0; i < condition->nchildren; i++)
			docindex_fields_add_condition(fields, condition->children[i]);
	}
	else if (condition->path != NULL)
		docindex_fields_add_path(fields, condition->path);
	else
		fields->all = true;
}

void
docindex_fields_add(DocIndexFields *fields, const DocIndexFields *others)
{
	const char *end = others->names + others->size;

	for (const char *p = others->names; p < end; p += strlen(p) + 1)
		add_name(fields, p, strlen(p));
	fields->all |= others->all;
}

void
docindex_add_index_fields(DocIndexFields *fields, Relation index)
{
	if (docindex_is_ours(index))
		docindex_fields_add(fields, &docindex_spec(index)->fields);
	else
		docindex_wildcard_add_fields(index, fields);
}

/* ---- What an update changes ---- */

static void
note_changed(DocChange *change, const BsonIter *iter)
{
	if (change->nfields == DOCINDEX_MAX_CHANGED)
	{
		change->all = true;
		return;
	}
	change->names[change->nfields] = iter->key;
	change->lens[change->nfields] = iter->keylen;
	change->nfields++;
}

/* All that is left counts as changed. */
static void
note_rest(DocChange *change, BsonIter *iter)
{
	while (!change->all && pgbson_iter_next(iter))
		note_changed(change, iter);
}

/*
 * Fields are compared in the order in which they stand.  Where the names differ, as when one was
 * removed, the rest of both documents counts as changed.  So all fields of a name that is not noted
 * are the same bytes in both documents, even if it is there several times.
 */
void
docindex_compare_documents(const BsonValue *old_document, const BsonValue *new_document,
						   DocChange *change)
{
	BsonIter	old_iter;
	BsonIter	new_iter;

	change->old_document = old_document;
	change->new_document = new_document;
	change->all = false;
	change->nfields = 0;
	pgbson_iter_init(&old_iter, old_document);
	pgbson_iter_init(&new_iter, new_document);
	while (!change->all)
	{
		bool		has_old = pgbson_iter_next(&old_iter);
		bool		has_new = pgbson_iter_next(&new_iter);

		if (!has_old && !has_new)
			return;
		if (!has_old || !has_new || !pgbson_iter_key_is(&old_iter, new_iter.key, new_iter.keylen))
		{
			if (has_old)
				note_changed(change, &old_iter);
			if (has_new)
				note_changed(change, &new_iter);
			note_rest(change, &old_iter);
			note_rest(change, &new_iter);
			return;
		}
		if (old_iter.type != new_iter.type || old_iter.paylen != new_iter.paylen ||
			memcmp(old_iter.payload, new_iter.payload, old_iter.paylen) != 0)
			note_changed(change, &old_iter);
	}
}

bool
docindex_concerns(const DocIndexFields *fields, const DocChange *change)
{
	if (fields->all || change->all)
		return true;
	for (int i = 0; i < change->nfields; i++)
		if (has_name(fields, change->names[i], change->lens[i]))
			return true;
	return false;
}
