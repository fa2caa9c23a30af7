/*
 * command.h
 *		MongoDB's commands.
 */
#ifndef DOCDB_COMMAND_H
#define DOCDB_COMMAND_H

#include "pgbson/builder.h"

/*
 * Runs a command document in a database and returns the reply's, a bson datum.  Errors are raised,
 * PostgreSQL's own under the SQLSTATE of MongoDB's code where there is one.
 */
extern Datum command_run(const char *database, const BsonValue *document);

#endif							/* DOCDB_COMMAND_H */
