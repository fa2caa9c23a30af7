/*
 * module.c
 *		The module magic and the entry point of the shared library.
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
