/*
 * settings.c
 *		docdb's configuration parameters.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"

#include "base/settings.h"

#define DOCDB_BOOL_SETTING(name, variable, initial, description) bool variable = initial;
#define DOCDB_INT_SETTING(name, variable, initial, min, max, description) int variable = initial;
#include "base/guclist.h"

void
docdb_define_settings(void)
{
#define DOCDB_BOOL_SETTING(name, variable, initial, description) \
	DefineCustomBoolVariable("docdb." name, description, NULL, &variable, initial, \
							 PGC_USERSET, 0, NULL, NULL, NULL);
#define DOCDB_INT_SETTING(name, variable, initial, min, max, description) \
	DefineCustomIntVariable("docdb." name, description, NULL, &variable, initial, min, max, \
							PGC_USERSET, 0, NULL, NULL, NULL);
#include "base/guclist.h"

	MarkGUCPrefixReserved("docdb");
}
