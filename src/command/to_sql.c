/*
 * to_sql.c
 *		docdb.to_sql: the SQL that a command runs as.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "command/command_internal.h"

PG_FUNCTION_INFO_V1(docdb_to_sql);

List *
command_build(const char *database, const BsonValue *document)
{
	CommandCall *call = palloc(sizeof(CommandCall));
	const CommandInfo *info = command_prepare(database, document, call);

	if (info->build == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_COMMAND_NOT_SUPPORTED),
				 errmsg("command '%s' does not run as SQL statements that could be shown",
						info->name)));
	return info->build(call);
}

/*
 * docdb.to_sql(database text, command bson) returns text: the statements, separated by semicolons,
 * with all values in place.
 */
Datum
docdb_to_sql(PG_FUNCTION_ARGS)
{
	BsonValue	document;
	List	   *queries;
	ListCell   *cell;
	StringInfoData sql;

	pgbson_from_datum(PG_GETARG_DATUM(1), &document);
	queries = command_build(text_to_cstring(PG_GETARG_TEXT_PP(0)), &document);
	initStringInfo(&sql);
	foreach(cell, queries)
		appendStringInfo(&sql, "%s%s", sql.len > 0 ? ";\n" : "", crud_query_text(lfirst(cell)));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(sql.data, sql.len));
}
