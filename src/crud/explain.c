/*
 * explain.c
 *		What PostgreSQL says of the plan of a query.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/memutils.h"

#include "crud/crud_internal.h"

char *
crud_explain(const CrudQuery *query, bool analyze)
{
	MemoryContext context = CurrentMemoryContext;
	char	   *sql = psprintf("EXPLAIN (FORMAT JSON%s) %s", analyze ? ", ANALYZE" : "",
							   crud_query_text(query));
	char	   *text;
	int			status;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	crud_planning_begin(query);
	PG_TRY();
	{
		status = SPI_execute(sql, false, 0);
	}
	PG_FINALLY();
	{
		crud_planning_end();
	}
	PG_END_TRY();
	if (status != SPI_OK_UTILITY || SPI_processed != 1)
		elog(ERROR, "EXPLAIN failed");
	text = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	text = MemoryContextStrdup(context, text);
	SPI_finish();
	return text;
}
