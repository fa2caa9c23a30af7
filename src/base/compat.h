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

/* The number of rows and details that ANALYZE is asked for; -1 means default_statistics_target. */
#if PG_VERSION_NUM >= 170000
#define docdb_statistics_target(stats) ((stats)->attstattarget)
#else
#define docdb_statistics_target(stats) ((stats)->attr->attstattarget)
#endif

/* vacuum_delay_point() as ANALYZE calls it. */
#if PG_VERSION_NUM >= 180000
#define docdb_analyze_delay() vacuum_delay_point(true)
#else
#define docdb_analyze_delay() vacuum_delay_point()
#endif

#endif							/* DOCDB_BASE_COMPAT_H */
