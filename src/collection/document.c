/*
 * document.c
 *		What a document must be to be stored, and validators.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/errors.h"
#include "collection/collection_internal.h"
#include "match/match.h"

struct CollectionValidator
{
	Matcher    *matcher;
	bool		moderate;
	bool		warn;
};

/* Whether an element of an _id document belongs to a DBRef: {$ref, $id[, $db]}. */
static bool
is_dbref_field(const BsonIter *iter, int position, bool *is_dbref)
{
	if (position == 0)
		*is_dbref = strcmp(iter->key, "$ref") == 0 && iter->type == BSON_STRING;
	if (!*is_dbref)
		return false;
	return position == 0 || (position == 1 && strcmp(iter->key, "$id") == 0) ||
		(position == 2 && strcmp(iter->key, "$db") == 0 && iter->type == BSON_STRING);
}

/* No name in an _id begins with '$', at any depth, but for those of a DBRef. */
static void
check_id_names(const BsonValue *document)
{
	BsonIter	iter;
	bool		is_dbref = false;

	check_stack_depth();
	pgbson_iter_init(&iter, document);
	for (int position = 0; pgbson_iter_next(&iter); position++)
	{
		bool		in_dbref = is_dbref_field(&iter, position, &is_dbref);
		BsonValue	value;

		if (iter.key[0] == '$' && !in_dbref)
			ereport(ERROR,
					(errcode(DOCDB_ERR_DOLLAR_PREFIXED_FIELD_NAME),
					 errmsg("_id fields may not contain '$'-prefixed fields: %s is not valid for "
							"storage.", iter.key)));
		if (iter.type == BSON_DOCUMENT || iter.type == BSON_ARRAY)
		{
			pgbson_iter_value(&iter, &value);
			check_id_names(&value);
		}
	}
}

void
collection_check_id(const BsonValue *id)
{
	if (id->type == BSON_ARRAY || id->type == BSON_REGEX || id->type == BSON_UNDEFINED)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_ID_FIELD),
				 errmsg("The '_id' value cannot be of type %s", pgbson_type_name(id->type))));
	if (id->type == BSON_DOCUMENT)
		check_id_names(id);
}

void
collection_check_limits(const BsonValue *document)
{
	if (document->len > BSON_MAX_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BSON_OBJECT_TOO_LARGE),
				 errmsg("object to insert too large. size in bytes: %u, max size: %d",
						document->len, BSON_MAX_DOCUMENT_SIZE)));
	if (pgbson_is_deeper(document, BSON_MAX_DEPTH))
		ereport(ERROR,
				(errcode(DOCDB_ERR_OVERFLOW),
				 errmsg("Document exceeds maximum nesting depth of %d", BSON_MAX_DEPTH)));
}

void
collection_replace_id(const BsonValue *document, const BsonValue *id, BsonValue *result)
{
	BsonBuilder builder;
	BsonIter	iter;
	int			ids = 0;

	pgbson_builder_init(&builder);
	pgbson_append(&builder, "_id", 3, id);
	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
	{
		if (!pgbson_iter_key_is(&iter, "_id", 3))
			pgbson_append_element(&builder, &iter);
		else if (++ids > 1)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("can't have multiple _id fields in one document")));
	}
	pgbson_finish(&builder, BSON_DOCUMENT, result);
}

void
collection_fix_document(const BsonValue *document, BsonValue *fixed, BsonValue *id)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, document);
	if (pgbson_iter_next(&iter) && pgbson_iter_key_is(&iter, "_id", 3))
	{
		pgbson_iter_value(&iter, id);
		*fixed = *document;
	}
	else
	{
		if (!pgbson_get(document, "_id", 3, id))
			pgbson_make_objectid(id);
		collection_replace_id(document, id, fixed);
	}
	collection_check_id(id);
	collection_check_limits(fixed);
}

void
collection_id_was_altered(const BsonValue *id)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_IMMUTABLE_FIELD),
			 errmsg("After applying the update, the (immutable) field '_id' was found to have been "
					"altered to _id: %s", pgbson_to_json(id, BSON_JSON_LOSSLESS))));
}

void
collection_keep_id(const BsonValue *document, const BsonValue *old_id, BsonValue *fixed,
				   BsonValue *id)
{
	BsonValue	source = *document;

	if (!pgbson_get(&source, "_id", 3, id))
		*id = *old_id;
	else if (!pgbson_equal(id, old_id))
		collection_id_was_altered(id);
	collection_replace_id(&source, id, fixed);
}

CollectionValidator *
collection_validator_create(const Collection *collection)
{
	CollectionValidator *validator;

	if (collection->validator.type == BSON_MISSING)
		return NULL;
	validator = palloc(sizeof(CollectionValidator));
	validator->matcher = match_compile(&collection->validator, NULL);
	validator->moderate = collection->validate_moderate;
	validator->warn = collection->validate_warn;
	return validator;
}

/* What MongoDB gives as errInfo: the document's _id, and why it was refused. */
static void
failure_info(const CollectionValidator *validator, const BsonValue *document, BsonValue *info)
{
	BsonBuilder builder;
	BsonValue	id;
	BsonValue	details;

	(void) pgbson_get(document, "_id", 3, &id);
	match_explain(validator->matcher, document, NULL, &details);
	pgbson_builder_init(&builder);
	pgbson_append(&builder, "failingDocumentId", -1, &id);
	pgbson_append(&builder, "details", -1, &details);
	pgbson_finish(&builder, BSON_DOCUMENT, info);
}

void
collection_validate(const CollectionValidator *validator, const BsonValue *document,
					const BsonValue *old_document)
{
	BsonValue	info;

	if (match_eval(validator->matcher, document, NULL))
		return;
	if (validator->moderate && old_document != NULL &&
		!match_eval(validator->matcher, old_document, NULL))
		return;
	failure_info(validator, document, &info);
	ereport(validator->warn ? WARNING : ERROR,
			(errcode(DOCDB_ERR_DOCUMENT_VALIDATION_FAILURE),
			 errmsg("Document failed validation"),
			 errdetail("%s", pgbson_to_json(&info, BSON_JSON_LOSSLESS))));
}

bool
collection_id_agrees(const BsonValue *document, const struct varlena *id)
{
	const char *data = document->v.data;
	const char *id_data = VARDATA_ANY(id);
	uint32		len = VARSIZE_ANY_EXHDR(id);

	/* length, type byte, "_id" and NUL, payload, final NUL */
	return document->len >= 4 + 1 + 4 + (len - 1) + 1 &&
		data[4] == id_data[0] && memcmp(data + 5, "_id", 4) == 0 &&
		pgbson_payload_size((uint8) id_data[0], data + 9) == len - 1 &&
		memcmp(data + 9, id_data + 1, len - 1) == 0;
}
