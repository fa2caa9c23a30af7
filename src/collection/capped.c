/*
 * capped.c
 *		Capped collections: as many documents and bytes as it was made for, the oldest go first.
 *
 * A capped collection has a third column, natural_order, an identity that numbers its rows in the
 * order of their insertion; a unique index on it gives that order.  How many documents there are,
 * and bytes of them, is in docdb.capped, for counting them at each insertion would take a scan.
 *
 * Triggers of the statement keep all of it true for any SQL.  Before an insertion or deletion the
 * collection's row of docdb.capped is locked until the transaction ends, so that insertions into
 * one capped collection come one after the other.  After it the new and old rows, as transition
 * tables have them, are added up, and what an insertion leaves too much is deleted.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "base/errors.h"
#include "collection/collection_internal.h"

/* So many of the oldest rows are looked at in one go. */
#define ROWS_AT_ONCE 100

/* What there is of a capped collection. */
typedef struct CappedCount
{
	int64		documents;
	int64		bytes;
} CappedCount;

/* The triggers must leave the deletion of the oldest documents alone. */
static bool trimming = false;

PG_FUNCTION_INFO_V1(docdb_capped_trigger);

/* ---- The row of docdb.capped ---- */

/*
 * Runs one of the statements on docdb.capped, prepared once, as that table's owner.  Its parameters
 * are the collection, documents and bytes; returns the number of rows.
 */
static uint64
run_on_counts(SPIPlanPtr *plan, const char *sql, Oid relid, const CappedCount *count)
{
	Oid			types[3] = {REGCLASSOID, INT8OID, INT8OID};
	Datum		values[3] = {ObjectIdGetDatum(relid)};
	Oid			save_user;
	int			save_context;

	if (*plan == NULL)
	{
		SPIPlanPtr	made = SPI_prepare(sql, 3, types);

		if (made == NULL || SPI_keepplan(made) != 0)
			elog(ERROR, "could not prepare: %s", sql);
		*plan = made;
	}
	if (count != NULL)
	{
		values[1] = Int64GetDatum(count->documents);
		values[2] = Int64GetDatum(count->bytes);
	}
	/* An error restores the user with the transaction's state. */
	GetUserIdAndSecContext(&save_user, &save_context);
	SetUserIdAndSecContext(collection_registry_owner(),
						   save_context | SECURITY_LOCAL_USERID_CHANGE);
	if (SPI_execute_plan(*plan, values, NULL, false, 0) < 0)
		elog(ERROR, "could not run: %s", sql);
	SetUserIdAndSecContext(save_user, save_context);
	return SPI_processed;
}

/* Locks the collection's row until the transaction ends. */
static void
lock_counts(Oid relid)
{
	static SPIPlanPtr plan = NULL;

	(void) run_on_counts(&plan, "SELECT FROM docdb.capped "
						 "WHERE collection OPERATOR(pg_catalog.=) $1 "
						 "AND $2 IS NOT DISTINCT FROM $3 FOR UPDATE", relid, NULL);
}

/* Reads it, locked; false where there is none. */
static bool
read_counts(Oid relid, CappedCount *count)
{
	static SPIPlanPtr plan = NULL;
	bool		isnull;

	if (run_on_counts(&plan, "SELECT documents, bytes FROM docdb.capped "
					  "WHERE collection OPERATOR(pg_catalog.=) $1 "
					  "AND $2 IS NOT DISTINCT FROM $3 FOR UPDATE", relid, NULL) == 0)
		return false;
	count->documents = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc,
												   1, &isnull));
	count->bytes = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc,
											   2, &isnull));
	SPI_freetuptable(SPI_tuptable);
	return true;
}

static void
write_counts(Oid relid, const CappedCount *count)
{
	static SPIPlanPtr plan = NULL;

	(void) run_on_counts(&plan, "INSERT INTO docdb.capped (collection, documents, bytes) "
						 "VALUES ($1, $2, $3) ON CONFLICT (collection) DO UPDATE "
						 "SET documents = excluded.documents, bytes = excluded.bytes",
						 relid, count);
}

/* ---- The documents ---- */

static int64
document_size(Datum document)
{
	return (int64) toast_raw_datum_size(document) - VARHDRSZ;
}

/*
 * Opens a cursor over the documents in their natural order, without privileges in the way: who may
 * insert need not be allowed to read or delete.
 */
static Portal
open_documents(const Collection *collection)
{
	return SPI_cursor_open_with_args(NULL,
									 psprintf("SELECT %s, doc FROM %s ORDER BY %s",
											  COLLECTION_NATURAL_ORDER, collection->sql_name,
											  COLLECTION_NATURAL_ORDER),
									 0, NULL, NULL, NULL, false, 0);
}

/*
 * Goes over the oldest documents until so many of them and so many bytes are there, but the
 * newest is left out.  *last is the number of the last one; *found what they are.
 */
static void
find_oldest(const Collection *collection, const CappedCount *wanted, int64 except_newest,
			int64 *last, CappedCount *found)
{
	Portal		portal = open_documents(collection);
	bool		more = true;
	bool		isnull;

	memset(found, 0, sizeof(*found));
	while (more)
	{
		SPI_cursor_fetch(portal, true, ROWS_AT_ONCE);
		more = SPI_processed > 0;
		for (uint64 i = 0; i < SPI_processed && more; i++)
		{
			HeapTuple	row = SPI_tuptable->vals[i];

			more = found->documents < except_newest &&
				(found->documents < wanted->documents || found->bytes < wanted->bytes);
			if (!more)
				break;
			*last = DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull));
			found->documents++;
			found->bytes += document_size(SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &isnull));
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
}

/* Deletes the documents up to a number. */
static void
delete_oldest(const Collection *collection, int64 last)
{
	Oid			types[1] = {INT8OID};
	Datum		values[1] = {Int64GetDatum(last)};
	int			result;

	trimming = true;
	PG_TRY();
	{
		result = SPI_execute_with_args(psprintf("DELETE FROM %s WHERE %s "
												"OPERATOR(pg_catalog.<=) $1",
												collection->sql_name, COLLECTION_NATURAL_ORDER),
									   1, types, values, NULL, false, 0);
	}
	PG_FINALLY();
	{
		trimming = false;
	}
	PG_END_TRY();
	if (result != SPI_OK_DELETE)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(result));
}

/* Deletes what is too much; the newest document always stays. */
static void
trim(const Collection *collection, Oid owner, CappedCount *count)
{
	CappedCount wanted = {0};
	CappedCount found;
	int64		last = 0;
	Oid			save_user;
	int			save_context;

	if (collection->capped_max > 0)
		wanted.documents = Max(count->documents - collection->capped_max, 0);
	wanted.bytes = Max(count->bytes - collection->capped_size, 0);
	if (wanted.documents == 0 && wanted.bytes == 0)
		return;

	GetUserIdAndSecContext(&save_user, &save_context);
	SetUserIdAndSecContext(owner, save_context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_NOFORCE_RLS);
	find_oldest(collection, &wanted, count->documents - 1, &last, &found);
	if (found.documents > 0)
		delete_oldest(collection, last);
	SetUserIdAndSecContext(save_user, save_context);
	count->documents -= found.documents;
	count->bytes -= found.bytes;
}

/* Counts what is there: where nobody has kept count. */
static void
count_all(const Collection *collection, Oid owner, CappedCount *count)
{
	CappedCount all = {PG_INT64_MAX, PG_INT64_MAX};
	Oid			save_user;
	int			save_context;
	int64		last;

	GetUserIdAndSecContext(&save_user, &save_context);
	SetUserIdAndSecContext(owner, save_context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_NOFORCE_RLS);
	find_oldest(collection, &all, PG_INT64_MAX, &last, count);
	SetUserIdAndSecContext(save_user, save_context);
}

/* ---- The triggers ---- */

/* Adds up the rows of a transition table, each of which must be no larger than max_size. */
static void
add_rows(Tuplestorestate *rows, Relation rel, AttrNumber doc_attnum, int64 max_size, int sign,
		 CappedCount *count)
{
	TupleTableSlot *slot;

	if (rows == NULL)
		return;
	slot = MakeSingleTupleTableSlot(RelationGetDescr(rel), &TTSOpsMinimalTuple);
	tuplestore_select_read_pointer(rows, tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND));
	tuplestore_rescan(rows);
	while (tuplestore_gettupleslot(rows, true, false, slot))
	{
		bool		isnull;
		Datum		document = slot_getattr(slot, doc_attnum, &isnull);
		int64		size = isnull ? 0 : document_size(document);

		CHECK_FOR_INTERRUPTS();
		if (size > max_size)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("object to insert exceeds cappedMaxSize")));
		count->documents += sign;
		count->bytes += sign * size;
	}
	tuplestore_select_read_pointer(rows, 0);
	ExecDropSingleTupleTableSlot(slot);
}

static void
after_statement(const TriggerData *trigdata, const Collection *collection)
{
	Relation	rel = trigdata->tg_relation;
	Oid			owner = rel->rd_rel->relowner;
	bool		inserted = TRIGGER_FIRED_BY_INSERT(trigdata->tg_event);
	CappedCount change = {0};
	CappedCount count = {0};

	add_rows(trigdata->tg_newtable, rel, collection->doc_attnum,
			 inserted ? collection->capped_size : PG_INT64_MAX, 1, &change);
	add_rows(trigdata->tg_oldtable, rel, collection->doc_attnum, PG_INT64_MAX, -1, &change);
	if (TRIGGER_FIRED_BY_TRUNCATE(trigdata->tg_event))
		write_counts(collection->relid, &count);
	else if (change.documents != 0 || change.bytes != 0)
	{
		if (read_counts(collection->relid, &count))
		{
			count.documents += change.documents;
			count.bytes += change.bytes;
		}
		else
			count_all(collection, owner, &count);
		if (inserted)
			trim(collection, owner, &count);
		write_counts(collection->relid, &count);
	}
}

/*
 * docdb.capped_trigger(): FOR EACH STATEMENT, BEFORE INSERT OR DELETE, and with transition tables
 * AFTER INSERT, UPDATE and DELETE; AFTER TRUNCATE.
 */
Datum
docdb_capped_trigger(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	Collection *collection;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_STATEMENT(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("docdb.capped_trigger must be called for a statement")));
	collection = collection_find_by_oid(RelationGetRelid(trigdata->tg_relation));
	if (!collection->capped || trimming)
		return PointerGetDatum(NULL);
	SPI_connect();
	if (TRIGGER_FIRED_BEFORE(trigdata->tg_event))
		lock_counts(collection->relid);
	else
		after_statement(trigdata, collection);
	SPI_finish();
	return PointerGetDatum(NULL);
}

/* ---- Making them ---- */

/* One of the triggers. */
static void
create_trigger(const char *table, const char *name, const char *when)
{
	collection_run_sql(psprintf("CREATE TRIGGER %s %s FOR EACH STATEMENT EXECUTE FUNCTION "
								"docdb.capped_trigger()", name, psprintf(when, table)),
					   SPI_OK_UTILITY);
}

void
collection_create_capped_triggers(const char *table)
{
	create_trigger(table, "zz_docdb_capped_lock", "BEFORE INSERT OR DELETE ON %s");
	create_trigger(table, "zz_docdb_capped_insert",
				   "AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows");
	create_trigger(table, "zz_docdb_capped_update",
				   "AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows");
	create_trigger(table, "zz_docdb_capped_delete",
				   "AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows");
	create_trigger(table, "zz_docdb_capped_truncate", "AFTER TRUNCATE ON %s");
}

void
collection_count_capped(Oid relid)
{
	CappedCount none = {0};

	SPI_connect();
	write_counts(relid, &none);
	SPI_finish();
}

bool
collection_clone_as_capped(const CollectionName *from, const CollectionName *to, int64 size)
{
	Collection *source = collection_find(from);
	Collection *target;
	BsonBuilder builder;
	BsonValue	options;

	if (source == NULL)
		return false;
	pgbson_builder_init(&builder);
	pgbson_append_bool(&builder, "capped", -1, true);
	pgbson_append_int64(&builder, "size", -1, size);
	pgbson_finish(&builder, BSON_DOCUMENT, &options);
	if (!collection_create(to, &options))
		ereport(ERROR,
				(errcode(DOCDB_ERR_NAMESPACE_EXISTS),
				 errmsg("cloneCollectionAsCapped failed - destination collection %s already "
						"exists", collection_namespace(to))));
	target = collection_find(to);
	SPI_connect();
	collection_run_sql(psprintf("INSERT INTO %s (_id, doc) SELECT _id, doc FROM %s%s",
								target->sql_name, source->sql_name,
								source->has_order ? " ORDER BY " COLLECTION_NATURAL_ORDER : ""),
					   SPI_OK_INSERT);
	SPI_finish();
	return true;
}
