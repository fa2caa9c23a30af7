/*
 * stats_sql.c
 *		docdb.path_statistics: what ANALYZE knows of the paths in a table's documents.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/syscache.h"

#include "base/errors.h"
#include "base/oids.h"
#include "pgbson/number.h"
#include "pgbson/stats.h"

PG_FUNCTION_INFO_V1(docdb_path_statistics);
PG_FUNCTION_INFO_V1(docdb_path_selectivity);

#define RESULT_COLUMNS 13

/* An array of counts as fractions, float8[]. */
static Datum
fractions(const BsonValue *counts, double documents)
{
	int			n = pgbson_count(counts);
	Datum	   *elements = palloc(Max(1, n) * sizeof(Datum));
	BsonIter	iter;

	n = 0;
	pgbson_iter_init(&iter, counts);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	count;

		pgbson_iter_value(&iter, &count);
		elements[n++] = Float8GetDatum(pgbson_number_to_double(&count) / documents);
	}
	return PointerGetDatum(construct_array(elements, n, FLOAT8OID, sizeof(float8),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* A list as bson_value, or NULL when it is empty. */
static Datum
list_value(const BsonValue *list, bool *is_null)
{
	*is_null = pgbson_count(list) == 0;
	return *is_null ? (Datum) 0 : pgbson_value_get_datum(list);
}

static void
put_path(ReturnSetInfo *rsinfo, Form_pg_attribute attribute, const BsonStatistics *statistics,
		 const BsonIter *iter)
{
	BsonPathStatistics path;
	Datum		values[RESULT_COLUMNS];
	bool		nulls[RESULT_COLUMNS] = {0};

	(void) pgbson_statistics_path(statistics, iter->key, iter->keylen, &path);
	values[0] = NameGetDatum(&attribute->attname);
	values[1] = PointerGetDatum(cstring_to_text_with_len(iter->key, iter->keylen));
	values[2] = Float8GetDatum(1 - path.present);
	values[3] = Float8GetDatum(path.null);
	values[4] = Float8GetDatum(path.array);
	values[5] = Float8GetDatum(path.length);
	nulls[5] = path.length == 0;
	values[6] = Float8GetDatum(path.scalar);
	values[7] = Float8GetDatum(path.values);
	values[8] = Float8GetDatum(path.distinct);
	values[9] = pgbson_get_datum(&path.types);
	values[10] = list_value(&path.common, &nulls[10]);
	values[11] = fractions(&path.counts, path.documents);
	nulls[11] = nulls[10];
	values[12] = list_value(&path.histogram, &nulls[12]);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* The user's to see are columns that he may select, unless row-level security hides some rows. */
static bool
may_see(Relation rel, AttrNumber attnum)
{
	Oid			relid = RelationGetRelid(rel);

	if (check_enable_rls(relid, InvalidOid, true) == RLS_ENABLED)
		return false;
	return pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck(relid, attnum, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
}

/* The statistics of a column; false when there are none or the user may not see them. */
static bool
column_statistics(Relation rel, Form_pg_attribute attribute, BsonStatistics *statistics)
{
	HeapTuple	tuple = NULL;
	bool		found = false;

	if (attribute->attisdropped || getBaseType(attribute->atttypid) != docdb_oids()->bson_type ||
		!may_see(rel, attribute->attnum))
		return false;

	/* Those of the table with its children or partitions are what there is of a parent. */
	for (int inherited = 0; inherited <= 1 && !HeapTupleIsValid(tuple); inherited++)
		tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(RelationGetRelid(rel)),
								Int16GetDatum(attribute->attnum), BoolGetDatum(inherited != 0));
	if (HeapTupleIsValid(tuple))
	{
		found = pgbson_statistics_read(tuple, statistics);
		ReleaseSysCache(tuple);
	}
	return found;
}

static Relation
open_relation(Oid relid)
{
	Relation	rel = try_relation_open(relid, AccessShareLock);

	if (rel == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	return rel;
}

/* docdb.path_statistics(regclass): a row for each path of each column of type bson. */
Datum
docdb_path_statistics(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Relation	rel = open_relation(PG_GETARG_OID(0));
	TupleDesc	columns = RelationGetDescr(rel);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(columns, i);
		BsonStatistics statistics;
		BsonIter	iter;

		if (!column_statistics(rel, attribute, &statistics))
			continue;
		pgbson_iter_init(&iter, &statistics.paths);
		while (pgbson_iter_next(&iter))
			put_path(rsinfo, attribute, &statistics, &iter);
	}
	relation_close(rel, AccessShareLock);
	return (Datum) 0;
}

/* The fraction for a comparison operator of the filter language. */
static double
operator_fraction(const BsonPathStatistics *path, const char *operator, const BsonValue *value,
				  double rows)
{
	BsonRangeEnd open = {NULL, pgbson_type_rank(value->type), true};
	BsonRangeEnd end = {value, 0, strlen(operator) == 4};

	if (strcmp(operator, "$eq") == 0)
		return pgbson_path_equal_fraction(path, value, rows);
	if (strcmp(operator, "$exists") == 0)
		return pgbson_is_truthy(value) ? path->present : 1 - path->present;
	if (strcmp(operator, "$lt") == 0 || strcmp(operator, "$lte") == 0)
		return pgbson_path_range_fraction(path, &open, &end);
	if (strcmp(operator, "$gt") == 0 || strcmp(operator, "$gte") == 0)
		return pgbson_path_range_fraction(path, &end, &open);
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("unknown operator: %s", operator)));
}

/*
 * docdb.path_selectivity(regclass, path, operator, value): what the first column of documents that
 * has statistics is taken to have; NULL when none has.
 */
Datum
docdb_path_selectivity(PG_FUNCTION_ARGS)
{
	Relation	rel = open_relation(PG_GETARG_OID(0));
	text	   *path_text = PG_GETARG_TEXT_PP(1);
	char	   *operator = text_to_cstring(PG_GETARG_TEXT_PP(2));
	TupleDesc	columns = RelationGetDescr(rel);
	double		rows = Max(1, rel->rd_rel->reltuples);
	bool		found = false;
	BsonStatistics statistics;
	BsonPathStatistics path;
	BsonValue	value;
	double		fraction;

	pgbson_value_from_datum(PG_GETARG_DATUM(3), &value);
	for (int i = 0; i < columns->natts && !found; i++)
		found = column_statistics(rel, TupleDescAttr(columns, i), &statistics);
	relation_close(rel, AccessShareLock);
	if (!found)
		PG_RETURN_NULL();
	(void) pgbson_statistics_path(&statistics, VARDATA_ANY(path_text),
								  VARSIZE_ANY_EXHDR(path_text), &path);
	fraction = operator_fraction(&path, operator, &value, rows);
	PG_RETURN_FLOAT8(fraction);
}
