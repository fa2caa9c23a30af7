/*
 * collate.c
 *		The collation of an operation.
 *
 * It is the one that the operation names, or else the collection's.  From here on it travels in the
 * operands of the statement, as their field $collation: in the filter, in the sort specification
 * and in the document of variables.  What it cannot concern is left without, so that an equality of
 * numbers is the same statement, and as quick, by any collation.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "crud/crud_internal.h"
#include "pgbson/collation.h"

/* Whether a filter has a string anywhere, which may be compared with others. */
static bool
has_string(const BsonValue *value)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, value);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	child;

		if (iter.type == BSON_STRING || iter.type == BSON_SYMBOL)
			return true;
		if (iter.type != BSON_DOCUMENT && iter.type != BSON_ARRAY)
			continue;
		pgbson_iter_value(&iter, &child);
		if (has_string(&child))
			return true;
	}
	return false;
}

/* Appends the field, unless the document has it. */
static void
add_collation(BsonValue *document, const BsonValue *collation)
{
	BsonBuilder builder;
	BsonValue	present;
	BsonIter	iter;

	pgbson_builder_init(&builder);
	if (document->type == BSON_DOCUMENT)
	{
		if (pgbson_get(document, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN, &present))
			return;
		pgbson_iter_init(&iter, document);
		pgbson_append_elements(&builder, iter.next, iter.end);
	}
	pgbson_append(&builder, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN, collation);
	pgbson_finish(&builder, BSON_DOCUMENT, document);
}

static bool
is_natural(const BsonValue *sort)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, sort);
	return pgbson_iter_next(&iter) && pgbson_iter_key_is(&iter, "$natural", 8);
}

static bool
is_filled(const BsonValue *document)
{
	return document != NULL && document->type == BSON_DOCUMENT &&
		document->len > BSON_MIN_DOCUMENT_SIZE;
}

void
crud_effective_collation(const Collection *collection, const BsonValue *option,
						 BsonValue *collation)
{
	if (is_filled(option))
		pgbson_collation_document(pgbson_collation_open(option), collation);
	else if (collection != NULL)
		*collation = collection->collation;
	else
		pgbson_make_simple(BSON_MISSING, collation);
}

void
crud_collate(const Collection *collection, const BsonValue *option, BsonValue *filter,
			 BsonValue *sort, BsonValue *let)
{
	BsonValue	collation;

	crud_effective_collation(collection, option, &collation);
	if (collation.type == BSON_MISSING)
		return;
	if (is_filled(filter) && has_string(filter))
		add_collation(filter, &collation);
	if (is_filled(sort) && !is_natural(sort))
		add_collation(sort, &collation);
	if (let != NULL)
		add_collation(let, &collation);
}

CrudFind
crud_collate_find(const CrudFind *find)
{
	CrudFind	collated = *find;

	crud_collate(find->collection, &find->collation, &collated.filter, &collated.sort,
				 &collated.let);
	return collated;
}

CrudUpdate
crud_collate_update(const Collection *collection, const CrudUpdate *update)
{
	CrudUpdate	collated = *update;

	crud_collate(collection, &update->collation, &collated.filter, &collated.sort,
				 &collated.let);
	return collated;
}
