/*
 * op_date.h
 *		What the date operators share.
 */
#ifndef DOCDB_EXPR_OP_DATE_H
#define DOCDB_EXPR_OP_DATE_H

#include "expr/date.h"
#include "expr/operands.h"

/* A date operator's operands, and those of them that are constant in a form ready for use. */
typedef struct DateData
{
	ExprNamedIndex index;
	bool		zone_known;
	bool		zone_null;
	DateZone	zone;
	bool		unit_known;
	DateUnit	unit;
	bool		start_of_week_known;
	int			start_of_week;
	bool		bin_size_known;
	int64		bin_size;
} DateData;

/* The date that a date, timestamp or ObjectId is; raises 16006 for all others. */
extern int64 expr_value_to_date(const BsonValue *value);

/* The zone of the operand of a name, UTC where it is absent; false where it is null. */
extern bool expr_date_zone(ExprCall *call, const DateData *data, int name, DateZone *zone);

/* Finds a zone that is constant; false where it is null. */
extern bool expr_date_fold_zone(ExprNode *expr, DateData *data, int name);

/* A node for a null. */
extern ExprNode *expr_date_null(void);

#endif							/* DOCDB_EXPR_OP_DATE_H */
