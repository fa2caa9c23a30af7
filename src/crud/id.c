/*
 * id.c
 *		What filters and sorts say of _id, as conditions on the column of that name.
 *
 * The primary key is PostgreSQL's own B-tree over column _id, in MongoDB's order.  A filter that
 * requires an _id, or one between bounds, gets the condition on the column besides, so that the
 * planner can use it.  The condition on the column may let more through than the filter, which
 * has the last word: comparison in a filter stays within one class of types, and that of the
 * column does not.  By a collation, strings get no condition, as the key has them in the order of
 * their bytes.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/lsyscache.h"

#include "base/oids.h"
#include "crud/crud_internal.h"
#include "match/match.h"
#include "pgbson/collation.h"
#include "pgbson/number.h"

/* Filter operators that bound _id, and the column's operator for each. */
typedef struct BoundOperator
{
	const char *filter;
	const char *column;
} BoundOperator;

static const BoundOperator bound_operators[] =
{
	{"$gt", ">"},
	{"$gte", ">="},
	{"$lt", "<"},
	{"$lte", "<="},
};

void
crud_append_column(CrudQuery *query, const char *alias, const char *column)
{
	if (alias != NULL)
	{
		appendStringInfoString(&query->sql, alias);
		appendStringInfoChar(&query->sql, '.');
	}
	appendStringInfoString(&query->sql, column);
}

bool
crud_is_id_equality_only(const BsonValue *filter)
{
	BsonIter	iter;
	BsonIter	inner;
	BsonValue	value;

	pgbson_iter_init(&iter, filter);
	if (!pgbson_iter_next(&iter) || !pgbson_iter_key_is(&iter, "_id", 3))
		return false;
	if (iter.type == BSON_DOCUMENT)
	{
		pgbson_iter_value(&iter, &value);
		pgbson_iter_init(&inner, &value);
		if (pgbson_iter_next(&inner) && inner.key[0] == '$' &&
			(!pgbson_iter_key_is(&inner, "$eq", 3) || pgbson_iter_next(&inner)))
			return false;
	}
	return !pgbson_iter_next(&iter);
}

/* Whether a filter may have a condition on _id at all; spares the others a closer look. */
static bool
may_name_id(const BsonValue *filter)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, filter);
	while (pgbson_iter_next(&iter))
		if (pgbson_iter_key_is(&iter, "_id", 3) || pgbson_iter_key_is(&iter, "$and", 4))
			return true;
	return false;
}

/* Whether the column can be compared with a value as the filter compares the field. */
static bool
is_comparable(uint8 type)
{
	return type != BSON_ARRAY && type != BSON_REGEX && type != BSON_UNDEFINED &&
		type != BSON_MISSING;
}

bool
crud_id_equality(const BsonValue *filter, BsonValue *id)
{
	return filter->type == BSON_DOCUMENT && may_name_id(filter) &&
		match_id_equality(filter, id) && is_comparable(id->type);
}

/* The elements of $in as an array of bson_value; false where one is no plain value. */
static bool
make_id_array(const BsonValue *list, bool collated, Datum *array)
{
	uint32		count = pgbson_count(list);
	Datum	   *values = palloc(Max(count, 1) * sizeof(Datum));
	BsonIter	iter;
	int			n = 0;

	pgbson_iter_init(&iter, list);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		if (!is_comparable(iter.type))
			return false;
		pgbson_iter_value(&iter, &value);
		if (collated && pgbson_is_collatable(&value))
			return false;
		values[n++] = pgbson_value_get_datum(&value);
	}
	*array = PointerGetDatum(construct_array(values, n, docdb_oids()->bson_value_type, -1, false,
											 TYPALIGN_INT));
	return true;
}

static void
append_membership(CrudQuery *query, const char *alias, const BsonValue *list, bool collated)
{
	Datum		array;

	if (list->type != BSON_ARRAY || !make_id_array(list, collated, &array))
		return;
	crud_append_column(query, alias, "_id");
	crud_query_operator(query, "=");
	appendStringInfoString(&query->sql, "ANY (");
	crud_query_param(query, get_array_type(docdb_oids()->bson_value_type), array, false);
	appendStringInfoString(&query->sql, ") AND ");
}

static void
append_bound(CrudQuery *query, const char *alias, const BsonIter *iter, bool collated)
{
	BsonValue	value;

	pgbson_iter_value(iter, &value);
	if (pgbson_iter_key_is(iter, "$in", 3))
	{
		append_membership(query, alias, &value, collated);
		return;
	}
	if (!is_comparable(value.type) || value.type == BSON_NULL ||
		(collated && pgbson_is_collatable(&value)))
		return;
	for (int i = 0; i < lengthof(bound_operators); i++)
	{
		if (strcmp(iter->key, bound_operators[i].filter) != 0)
			continue;
		crud_append_column(query, alias, "_id");
		crud_query_operator(query, bound_operators[i].column);
		crud_query_value(query, &value);
		appendStringInfoString(&query->sql, " AND ");
	}
}

void
crud_append_id_bounds(CrudQuery *query, const char *alias, const BsonValue *filter)
{
	BsonValue	condition;
	BsonIter	iter;
	bool		collated;

	if (!pgbson_get(filter, "_id", 3, &condition) || condition.type != BSON_DOCUMENT)
		return;
	collated = pgbson_collation_of(filter) != NULL;
	pgbson_iter_init(&iter, &condition);
	while (pgbson_iter_next(&iter))
		append_bound(query, alias, &iter, collated);
}

bool
crud_append_id_order(CrudQuery *query, const char *alias, const BsonValue *sort)
{
	BsonIter	iter;
	BsonValue	direction;
	int64		number;

	pgbson_iter_init(&iter, sort);
	if (!pgbson_iter_next(&iter) || !pgbson_iter_key_is(&iter, "_id", 3))
		return false;
	pgbson_iter_value(&iter, &direction);
	if (pgbson_iter_next(&iter) || !pgbson_is_number(&direction) ||
		!pgbson_number_to_int64_exact(&direction, &number))
		return false;
	appendStringInfoString(&query->sql, " ORDER BY ");
	crud_append_column(query, alias, "_id");
	if (number < 0)
		appendStringInfoString(&query->sql, " DESC");
	return true;
}
