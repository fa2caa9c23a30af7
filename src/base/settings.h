/*
 * settings.h
 *		The C variables behind docdb's configuration parameters; see guclist.h.
 */
#ifndef DOCDB_BASE_SETTINGS_H
#define DOCDB_BASE_SETTINGS_H

#define DOCDB_BOOL_SETTING(name, variable, initial, description) extern bool variable;
#define DOCDB_INT_SETTING(name, variable, initial, min, max, description) extern int variable;
#include "base/guclist.h"

/* Defines the parameters; called once, when the library is loaded. */
extern void docdb_define_settings(void);

#endif							/* DOCDB_BASE_SETTINGS_H */
