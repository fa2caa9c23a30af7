/*
 * compat.h
 *		Differences between PostgreSQL 15, 16, 17 and 18.
 *
 * The only file that may ask for PG_VERSION_NUM.
 */
#ifndef DOCDB_BASE_COMPAT_H
#define DOCDB_BASE_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "docdb needs PostgreSQL 15 or later"
#endif

/* From PostgreSQL 16 on the varlena macros have a header of their own. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#endif							/* DOCDB_BASE_COMPAT_H */
