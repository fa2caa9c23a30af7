/*
 * query.c
 *		Building the SQL that docdb runs.
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/errors.h"
#include "base/oids.h"
#include "crud/crud_internal.h"
#include "match/match.h"
#include "pgbson/number.h"
#include "pgbson/sort.h"

#define SKIP_LOCKED " SKIP LOCKED"

/* So many elements of a list are part of a filter's shape. */
#define LIST_SHAPE_LENGTH 8

CrudQuery *
crud_query_create(void)
{
	CrudQuery  *query = palloc0(sizeof(CrudQuery));

	initStringInfo(&query->sql);
	query->max_params = 8;
	query->params = palloc(query->max_params * sizeof(CrudParam));
	return query;
}

/* ---- Parameters and literals ---- */

int
crud_query_param(CrudQuery *query, Oid type, Datum value, bool isnull)
{
	CrudParam  *param;

	if (query->nparams == query->max_params)
	{
		query->max_params *= 2;
		query->params = repalloc(query->params, query->max_params * sizeof(CrudParam));
	}
	param = &query->params[query->nparams++];
	param->type = type;
	param->value = value;
	param->isnull = isnull;
	crud_query_param_again(query, query->nparams);
	return query->nparams;
}

void
crud_query_param_again(CrudQuery *query, int n)
{
	char		digits[12];
	int			len = pg_ultoa_n(n, digits);

	appendStringInfoChar(&query->sql, '$');
	appendBinaryStringInfo(&query->sql, digits, len);
}

int
crud_query_bson(CrudQuery *query, const BsonValue *document)
{
	return crud_query_param(query, docdb_oids()->bson_type, pgbson_get_datum(document), false);
}

int
crud_query_value(CrudQuery *query, const BsonValue *value)
{
	return crud_query_param(query, docdb_oids()->bson_value_type, pgbson_value_get_datum(value),
							false);
}

int
crud_query_int64(CrudQuery *query, int64 value)
{
	return crud_query_param(query, INT8OID, Int64GetDatum(value), false);
}

static void
append_literal(CrudQuery *query, const BsonValue *value, const char *type)
{
	char	   *json = pgbson_to_json(value, BSON_JSON_LOSSLESS);

	json = pg_any_to_server(json, strlen(json), PG_UTF8);
	appendStringInfo(&query->sql, "%s::%s.%s", quote_literal_cstr(json),
					 docdb_oids()->schema_name, type);
}

void
crud_query_bson_literal(CrudQuery *query, const BsonValue *document)
{
	append_literal(query, document, "bson");
}

void
crud_query_value_literal(CrudQuery *query, const BsonValue *value)
{
	append_literal(query, value, "bson_value");
}

void
crud_query_operator(CrudQuery *query, const char *name)
{
	appendStringInfo(&query->sql, " OPERATOR(%s.%s) ", docdb_oids()->schema_name, name);
}

/* ---- The statement as text ---- */

/* A parameter's value as a literal of its type. */
static void
append_param_literal(StringInfo out, const CrudParam *param)
{
	const DocdbOids *oids = docdb_oids();
	Oid			output;
	bool		is_varlena;

	if (param->isnull)
	{
		appendStringInfo(out, "NULL::%s", format_type_be_qualified(param->type));
		return;
	}
	getTypeOutputInfo(param->type, &output, &is_varlena);
	if (param->type == INT8OID)
		appendStringInfoString(out, OidOutputFunctionCall(output, param->value));
	else
		appendStringInfo(out, "%s::%s",
						 quote_literal_cstr(OidOutputFunctionCall(output, param->value)),
						 param->type == oids->bson_type ? psprintf("%s.bson", oids->schema_name) :
						 param->type == oids->bson_value_type ?
						 psprintf("%s.bson_value", oids->schema_name) :
						 format_type_be_qualified(param->type));
}

/* The end of a quoted string or identifier that begins at p. */
static const char *
skip_quoted(const char *p)
{
	char		quote = *p++;

	while (*p != '\0' && !(p[0] == quote && p[1] != quote))
		p += p[0] == quote ? 2 : 1;
	return *p == '\0' ? p : p + 1;
}

char *
crud_query_text(const CrudQuery *query)
{
	StringInfoData out;
	const char *p = query->sql.data;

	initStringInfo(&out);
	while (*p != '\0')
	{
		const char *start = p;

		if (*p == '\'' || *p == '"')
			p = skip_quoted(p);
		else if (p[0] == '$' && isdigit((unsigned char) p[1]))
		{
			char	   *end;
			long		n = strtol(p + 1, &end, 10);

			Assert(n >= 1 && n <= query->nparams);
			append_param_literal(&out, &query->params[n - 1]);
			p = end;
			continue;
		}
		else
			p++;
		appendBinaryStringInfo(&out, start, p - start);
	}
	return out.data;
}

/* ---- Clauses ---- */

void
crud_append_source(CrudQuery *query, const Collection *collection)
{
	const char *types;

	if (collection != NULL)
	{
		appendStringInfoString(&query->sql, collection->sql_name);
		return;
	}
	types = docdb_oids()->schema_name;
	appendStringInfo(&query->sql, "(SELECT NULL::%s.bson_value AS _id, NULL::%s.bson AS doc "
					 "WHERE false)", types, types);
}

/* Whether there are variables for the filter, which brings its collation itself. */
static bool
has_variables(const BsonValue *let)
{
	BsonIter	iter;

	if (let == NULL || let->type != BSON_DOCUMENT)
		return false;
	pgbson_iter_init(&iter, let);
	while (pgbson_iter_next(&iter))
		if (!pgbson_iter_key_is(&iter, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN))
			return true;
	return false;
}

/*
 * The shape of a filter, hashed: its names and types, and how long lists are, but no values.  What
 * indexes serve a filter depends on no more, but for the regexes that begin with a literal, and for
 * the collation.
 */
static uint64
filter_shape(const BsonValue *value, uint64 hash)
{
	BsonIter	iter;
	uint32		n = 0;

	check_stack_depth();
	pgbson_iter_init(&iter, value);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	child;
		bool		anchored = iter.paylen > 4 &&
		((iter.type == BSON_REGEX && iter.payload[0] == '^') ||
		 (iter.type == BSON_STRING && iter.payload[4] == '^'));
		unsigned char kind[2] = {iter.type, anchored};

		/* The first elements of a list tell enough. */
		if (value->type == BSON_ARRAY && n++ >= LIST_SHAPE_LENGTH)
			continue;
		if (value->type == BSON_DOCUMENT)
			hash = hash_bytes_extended((const unsigned char *) iter.key, iter.keylen, hash);
		if (pgbson_iter_key_is(&iter, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN))
			hash = hash_bytes_extended((const unsigned char *) iter.payload, iter.paylen, hash);
		hash = hash_bytes_extended(kind, sizeof(kind), hash);
		if (iter.type == BSON_DOCUMENT || iter.type == BSON_ARRAY)
		{
			pgbson_iter_value(&iter, &child);
			hash = filter_shape(&child, hash);
		}
	}
	if (value->type == BSON_ARRAY)
		hash = hash_combine64(hash, n == 0 ? 0 : pg_leftmost_one_pos32(n) + 1);
	return hash;
}

/* Appends the condition that a document matches, without a word before it. */
static void
append_match(CrudQuery *query, const char *alias, const BsonValue *filter, const BsonValue *let)
{
	query->filters = filter_shape(filter, query->filters);
	if (has_variables(let))
	{
		appendStringInfoString(&query->sql, "docdb.matches(");
		crud_append_column(query, alias, "doc");
		appendStringInfoString(&query->sql, ", ");
		crud_query_bson(query, filter);
		appendStringInfoString(&query->sql, ", ");
		crud_query_bson(query, let);
		appendStringInfoChar(&query->sql, ')');
		return;
	}
	crud_append_column(query, alias, "doc");
	crud_query_operator(query, "@@");
	crud_query_bson(query, filter);
}

void
crud_append_where(CrudQuery *query, const Collection *collection, const char *alias,
				  const BsonValue *filter, const BsonValue *let)
{
	BsonValue	id;
	bool		by_id;

	if (filter == NULL || filter->type != BSON_DOCUMENT ||
		filter->len <= BSON_MIN_DOCUMENT_SIZE)
		return;

	appendStringInfoString(&query->sql, " WHERE ");
	by_id = crud_id_equality(filter, &id);
	if (by_id)
	{
		crud_append_column(query, alias, "_id");
		crud_query_operator(query, "=");
		crud_query_value(query, &id);
		if (crud_is_id_equality_only(filter) && (collection == NULL || collection->has_trigger))
			return;
		appendStringInfoString(&query->sql, " AND ");
	}
	else
		crud_append_id_bounds(query, alias, filter);

	/* A filter that makes no sense is an error also where there is no document to match. */
	match_check(filter, has_variables(let) ? expr_scope_from_variables(let) : NULL);
	append_match(query, alias, filter, let);
}

int
crud_natural_direction(const BsonValue *order, const char *what)
{
	BsonValue	value;
	int64		direction;

	if (order == NULL || order->type != BSON_DOCUMENT ||
		!pgbson_get(order, "$natural", 8, &value))
		return 0;
	if (!pgbson_is_number(&value) ||
		((direction = pgbson_number_to_int64_clamped(&value)) != 1 && direction != -1))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("$natural %s cannot be set to a value other than -1 or 1.", what)));
	if (pgbson_count(order) > 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Cannot include '$natural' in compound %s: %s", what,
						pgbson_to_json(order, BSON_JSON_RELAXED))));
	return (int) direction;
}

/* The sort specification with directions as int32, as create_index writes it into the index. */
static bool
normalize_sort(const BsonValue *sort, BsonValue *normal)
{
	BsonBuilder builder;
	BsonIter	iter;

	if (sort == NULL || sort->type != BSON_DOCUMENT || sort->len <= BSON_MIN_DOCUMENT_SIZE)
		return false;
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, sort);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;
		int64		direction;

		pgbson_iter_value(&iter, &value);
		if (pgbson_is_number(&value) && pgbson_number_to_int64_exact(&value, &direction) &&
			(direction == 1 || direction == -1))
			pgbson_append_int32(&builder, iter.key, iter.keylen, (int32) direction);
		else
			pgbson_append_element(&builder, &iter);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, normal);
	return true;
}

void
crud_append_natural_order(CrudQuery *query, const Collection *collection, const char *alias,
						  int direction)
{
	/* A scan of a table goes forward by itself; what is no table has no order of its own. */
	if (collection == NULL || (!collection->has_order &&
							   (direction >= 0 || collection->relkind != RELKIND_RELATION)))
		return;
	appendStringInfoString(&query->sql, " ORDER BY ");
	crud_append_column(query, alias, collection->has_order ? COLLECTION_NATURAL_ORDER : "ctid");
	if (direction < 0)
		appendStringInfoString(&query->sql, " DESC");
}

void
crud_append_order(CrudQuery *query, const Collection *collection, const char *alias,
				  const BsonValue *sort)
{
	int			natural = crud_natural_direction(sort, "sort");
	BsonValue	normal;

	if (natural != 0)
	{
		crud_append_natural_order(query, collection, alias, natural);
		return;
	}
	if (!normalize_sort(sort, &normal))
	{
		crud_append_natural_order(query, collection, alias, 1);
		return;
	}
	(void) pgbson_sort_compile(&normal);
	if ((collection == NULL || collection->has_trigger) &&
		crud_append_id_order(query, alias, &normal))
		return;
	appendStringInfoString(&query->sql, " ORDER BY ");
	crud_append_column(query, alias, "doc");
	crud_query_operator(query, "<~>");
	crud_query_bson_literal(query, &normal);
}

void
crud_append_limit(CrudQuery *query, int64 limit, int64 skip)
{
	if (limit == 1)
		appendStringInfoString(&query->sql, " LIMIT 1");
	else if (limit > 0)
	{
		appendStringInfoString(&query->sql, " LIMIT ");
		crud_query_int64(query, limit);
	}
	if (skip > 0)
	{
		appendStringInfoString(&query->sql, " OFFSET ");
		crud_query_int64(query, skip);
	}
}

/* ---- One row of those that match ---- */

bool
crud_names_one_row(const Collection *collection, const BsonValue *filter)
{
	BsonValue	id;

	return collection->id_unique && crud_id_equality(filter, &id);
}

void
crud_append_chosen_row(CrudQuery *query, const Collection *collection, const char *columns,
					   const BsonValue *filter, const BsonValue *let, const BsonValue *sort,
					   const char *lock)
{
	appendStringInfo(&query->sql, "WITH m AS MATERIALIZED (SELECT %s FROM %s", columns,
					 collection->sql_name);
	crud_append_where(query, collection, NULL, filter, let);
	crud_append_order(query, collection, NULL, sort);
	appendStringInfo(&query->sql, " LIMIT 1 %s", lock);
	query->skip_locked = query->sql.len;
	appendStringInfoString(&query->sql, SKIP_LOCKED ") ");
}

void
crud_query_wait(CrudQuery *query)
{
	char	   *clause = query->sql.data + query->skip_locked;
	int			len = strlen(SKIP_LOCKED);

	Assert(query->skip_locked > 0);
	memmove(clause, clause + len, query->sql.len - query->skip_locked - len + 1);
	query->sql.len -= len;
	query->skip_locked = 0;
}
