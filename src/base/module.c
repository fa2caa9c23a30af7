/*
 * module.c
 *		The module magic and the entry point of the shared library.
 */
#include "postgres.h"

#include "fmgr.h"

#include "base/settings.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	docdb_define_settings();
}
