/*
 * query.c
 *		One SELECT under construction.
 *
 * The clauses of a SELECT take effect in SQL's order: FROM, WHERE, GROUP BY and HAVING, the
 * document (a set-returning one included), ORDER BY, OFFSET, LIMIT.  A stage may add to a clause
 * as long as nothing later in that order is there yet; otherwise the query is closed first.
 *
 * Order is had by ORDER BY at every level, never by hoping that a join or a filter keeps it.  The
 * sort key travels as the column k, and the planner sees that a subquery's rows are sorted by it
 * already, so that the outer ORDER BY costs a sort only where something lost the order.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "pipeline/pipeline_internal.h"

const char *
pipeline_alias(PipelineQuery *query)
{
	return psprintf("t%d", query->compiler->aliases++);
}

ExprScope *
pipeline_scope(const PipelineQuery *query)
{
	ExprScope  *scope = expr_scope_create();
	ListCell   *cell;

	foreach(cell, query->var_names)
	{
		const char *name = lfirst(cell);

		expr_scope_define(scope, name, strlen(name));
	}
	if (query->compiler->collation.type != BSON_MISSING)
		expr_scope_set_collation(scope, pgbson_collation_open(&query->compiler->collation));
	return scope;
}

const char *
pipeline_vars_argument(const PipelineQuery *query)
{
	return query->vars ? psprintf(", %s", query->vars) : "";
}

const char *
pipeline_collation_argument(const PipelineQuery *query)
{
	const char *collation = query->compiler->collation_sql;

	return collation ? psprintf(", %s", collation) : "";
}

BsonValue
pipeline_collated_filter(const PipelineQuery *query, const BsonValue *filter)
{
	BsonValue	collated = *filter;

	crud_collate(NULL, &query->compiler->collation, &collated, NULL, NULL);
	return collated;
}

static void
append_conditions(StringInfo sql, List *conditions)
{
	const char *separator = " WHERE ";
	ListCell   *cell;

	foreach(cell, conditions)
	{
		appendStringInfo(sql, "%s%s", separator, (const char *) lfirst(cell));
		separator = " AND ";
	}
}

/*
 * The SELECT.  With `keyed` the sort key is a second column k.  With `fence` the planner may not
 * merge the SELECT into the one around it, which would compute the document once for each time
 * that it is named there.
 */
static void
append_select(StringInfo sql, const PipelineQuery *query, const char *column, bool keyed,
			  bool sorted, bool fence)
{
	bool		limited = query->skip > 0 || query->limit >= 0;
	bool		order = query->order != NULL && (sorted || limited);

	appendStringInfo(sql, "SELECT %s AS doc", query->doc);
	if (column)
		appendStringInfo(sql, ", %s", column);
	if (keyed)
		appendStringInfo(sql, ", %s AS k", query->order);
	appendStringInfo(sql, " FROM %s", query->from);
	append_conditions(sql, query->where);
	if (query->group_by)
		appendStringInfo(sql, " GROUP BY %s", query->group_by);
	if (query->having)
		appendStringInfo(sql, " HAVING %s", query->having);
	if (order)
		appendStringInfo(sql, " ORDER BY %s%s", keyed ? "k" : query->order,
						 query->descending ? " DESC" : "");
	if (query->skip > 0)
		appendStringInfo(sql, " OFFSET %s", pipeline_count_sql(query, query->skip));
	else if (fence && !order && query->limit < 0)
		appendStringInfoString(sql, " OFFSET 0");
	if (query->limit >= 0)
		appendStringInfo(sql, " LIMIT %s", pipeline_count_sql(query, query->limit));
}

/* Makes a query over a subquery; its sort key is a column of that. */
static void
start_over(PipelineQuery *query, const char *subquery, const char *alias, const char *order)
{
	query->from = psprintf("(%s) AS %s", subquery, alias);
	query->doc = psprintf("%s.doc", alias);
	query->doc_is_column = true;
	query->alias = NULL;
	query->collection = NULL;
	query->where = NIL;
	query->group_by = NULL;
	query->having = NULL;
	query->grouped = false;
	query->returns_set = false;
	query->order = order ? psprintf("%s.%s", alias, order) : NULL;
	query->skip = 0;
	query->limit = -1;
}

static void
close_query(PipelineQuery *query, bool sorted, bool fence)
{
	bool		keyed = query->order != NULL;
	StringInfoData sql;

	initStringInfo(&sql);
	append_select(&sql, query, NULL, keyed, sorted, fence);
	start_over(query, sql.data, pipeline_alias(query), keyed ? "k" : NULL);
}

void
pipeline_close(PipelineQuery *query, bool sorted)
{
	close_query(query, sorted, false);
}

void
pipeline_close_rows(PipelineQuery *query)
{
	if (query->grouped || query->returns_set || query->skip > 0 || query->limit >= 0)
		close_query(query, true, false);
}

void
pipeline_make_column(PipelineQuery *query)
{
	if (!query->doc_is_column)
		close_query(query, true, !query->grouped && !query->returns_set);
}

void
pipeline_number_rows(PipelineQuery *query, const char *alias, const char *column)
{
	const char *number;
	StringInfoData sql;

	number = query->order
		? psprintf("row_number() OVER (ORDER BY %s) AS n, %s", pipeline_order_by(query), column)
		: psprintf("row_number() OVER () AS n, %s", column);
	pipeline_drop_order(query);
	initStringInfo(&sql);
	append_select(&sql, query, number, false, false, false);
	start_over(query, sql.data, alias, NULL);
	pipeline_order_by_number(query, psprintf("%s.n", alias));
}

void
pipeline_add_column(PipelineQuery *query, const char *alias, const char *column)
{
	bool		keyed = query->order != NULL;
	StringInfoData sql;

	initStringInfo(&sql);
	append_select(&sql, query, column, keyed, false, true);
	start_over(query, sql.data, alias, keyed ? "k" : NULL);
}

void
pipeline_drop_order(PipelineQuery *query)
{
	query->order = NULL;
	query->sort = NULL;
	query->order_type = PIPELINE_ORDER_KEY;
	query->descending = false;
}

void
pipeline_order_by_number(PipelineQuery *query, const char *number)
{
	query->order = number;
	query->order_type = PIPELINE_ORDER_NUMBER;
	query->descending = false;
}

const char *
pipeline_order_by(const PipelineQuery *query)
{
	return query->descending ? psprintf("%s DESC", query->order) : query->order;
}

const char *
pipeline_order_key(const PipelineQuery *query)
{
	switch (query->order_type)
	{
		case PIPELINE_ORDER_NUMBER:
			return psprintf("pg_catalog.int8send(%s)", query->order);
		case PIPELINE_ORDER_ID:
			return psprintf("docdb.key_string(%s, %s)", query->order,
							query->descending ? "true" : "false");
		default:
			return query->order;
	}
}

void
pipeline_add_condition(PipelineQuery *query, const char *condition)
{
	query->where = lappend(query->where, (void *) condition);
}

void
pipeline_set_doc(PipelineQuery *query, const char *doc)
{
	query->doc = doc;
	query->doc_is_column = false;
	query->sort = NULL;
}

void
pipeline_wrap(PipelineQuery *query, const char *select)
{
	start_over(query, select, pipeline_alias(query), NULL);
}

char *
pipeline_keyed_select(PipelineQuery *query)
{
	StringInfoData sql;

	initStringInfo(&sql);
	append_select(&sql, query, NULL, query->order != NULL, true, false);
	return sql.data;
}

char *
pipeline_select(PipelineQuery *query)
{
	StringInfoData sql;

	initStringInfo(&sql);
	append_select(&sql, query, NULL, false, true, false);
	return sql.data;
}
