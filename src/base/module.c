/*
 * module.c
 *		The module magic and the entry point of the shared library.
 */
#include "postgres.h"

#include "fmgr.h"

#include "base/settings.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

/* Functions of later modules are known here by their rows in the list alone. */
#define DOCDB_INIT(what, function) extern void function(void);
#include "base/initlist.h"
#undef DOCDB_INIT

void
_PG_init(void)
{
	docdb_define_settings();
#define DOCDB_INIT(what, function) function();
#include "base/initlist.h"
#undef DOCDB_INIT
}
