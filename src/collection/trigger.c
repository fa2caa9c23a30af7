/*
 * trigger.c
 *		The row trigger that keeps a collection's rows true.
 *
 * Column _id is the document's _id, whoever writes the row: docdb's functions, COPY, or plain SQL
 * that gives nothing but the document.  A row that is in order, which is nearly every row that
 * docdb's own functions write, costs the comparison of two short byte strings.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "commands/trigger.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/errors.h"
#include "collection/collection_internal.h"

CollectionWrite *collection_current_write = NULL;

/* What is the same for all rows that one statement writes to one relation. */
typedef struct TriggerState
{
	AttrNumber	id_attnum;
	AttrNumber	doc_attnum;
	CollectionValidator *validator; /* NULL: none, or bypassed */
	CollectionWrite *write;		/* when the statement is docdb's own */
} TriggerState;

/* A row's two columns; the document only where load_document was called. */
typedef struct Row
{
	struct varlena *id;			/* NULL for a null; never compressed or out of line */
	struct varlena *doc;		/* NULL for a null; as stored */
	BsonValue	document;
} Row;

PG_FUNCTION_INFO_V1(docdb_collection_trigger);

/*
 * Whether the trigger was called for a row of the statement that collection_current_write
 * describes, and not for one of another statement that runs inside of it: PostgreSQL keeps a
 * statement's trigger functions in the executor's description of each of its target relations.
 */
static bool
has_function(List *targets, const FmgrInfo *flinfo)
{
	ListCell   *lc;

	foreach(lc, targets)
	{
		ResultRelInfo *target = (ResultRelInfo *) lfirst(lc);

		if (target->ri_TrigFunctions != NULL && target->ri_TrigDesc != NULL &&
			flinfo >= target->ri_TrigFunctions &&
			flinfo < target->ri_TrigFunctions + target->ri_TrigDesc->numtriggers)
			return true;
	}
	return false;
}

static bool
is_current_write(const FmgrInfo *flinfo)
{
	EState	   *estate = collection_current_write ? collection_current_write->estate : NULL;

	return estate != NULL &&
		(has_function(estate->es_opened_result_relations, flinfo) ||
		 has_function(estate->es_tuple_routing_result_relations, flinfo));
}

static TriggerState *
create_state(FmgrInfo *flinfo, Relation rel)
{
	MemoryContext old_context = MemoryContextSwitchTo(flinfo->fn_mcxt);
	TriggerState *state = palloc0(sizeof(TriggerState));
	Collection *collection = collection_find_by_oid(RelationGetRelid(rel));

	state->id_attnum = collection->id_attnum;
	state->doc_attnum = collection->doc_attnum;
	if (is_current_write(flinfo))
		state->write = collection_current_write;
	if (state->write == NULL || !state->write->bypass_validation)
		state->validator = collection_validator_create(collection);
	MemoryContextSwitchTo(old_context);
	flinfo->fn_extra = state;
	return state;
}

static void
read_row(HeapTuple tuple, TupleDesc tupdesc, const TriggerState *state, Row *row)
{
	bool		isnull;
	Datum		datum = heap_getattr(tuple, state->id_attnum, tupdesc, &isnull);

	row->id = isnull ? NULL : PG_DETOAST_DATUM_PACKED(datum);
	datum = heap_getattr(tuple, state->doc_attnum, tupdesc, &isnull);
	row->doc = isnull ? NULL : (struct varlena *) DatumGetPointer(datum);
}

static void
load_document(Row *row)
{
	pgbson_from_datum(PointerGetDatum(row->doc), &row->document);
}

/* The document's size without loading it. */
static Size
document_size(const Row *row)
{
	return toast_raw_datum_size(PointerGetDatum(row->doc)) - VARHDRSZ;
}

/* Whether two documents are the same as they are stored, so that there is no need to load them. */
static bool
same_as_stored(const Row *a, const Row *b)
{
	return a->doc != NULL && b->doc != NULL && VARSIZE_ANY(a->doc) == VARSIZE_ANY(b->doc) &&
		memcmp(a->doc, b->doc, VARSIZE_ANY(a->doc)) == 0;
}

/* Whether an update left the document as it was. */
static bool
is_unchanged(Row *old_row, const Row *row)
{
	if (old_row->doc == NULL || document_size(old_row) != row->document.len)
		return false;
	load_document(old_row);
	return memcmp(old_row->document.v.data, row->document.v.data, row->document.len) == 0;
}

static bool
same_bytes(const struct varlena *a, const struct varlena *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* Whether the row's _id column and its document's first field are the same _id. */
static bool
id_agrees(const Row *row)
{
	return row->id != NULL && collection_id_agrees(&row->document, row->id);
}

/* The value of column _id, which is not null. */
static void
decode_id(const Row *row, BsonValue *id)
{
	pgbson_decode((uint8) *VARDATA_ANY(row->id), VARDATA_ANY(row->id) + 1,
				  VARSIZE_ANY_EXHDR(row->id) - 1, id);
}

/* The row with other contents. */
static HeapTuple
modify_row(HeapTuple tuple, TupleDesc tupdesc, const TriggerState *state,
		   const BsonValue *id, const BsonValue *document)
{
	int			columns[2] = {state->id_attnum, state->doc_attnum};
	Datum		values[2] = {pgbson_value_get_datum(id), pgbson_get_datum(document)};
	bool		nulls[2] = {false, false};

	return heap_modify_tuple_by_cols(tuple, tupdesc, 2, columns, values, nulls);
}

/*
 * A new row whose _id column and document do not agree: the document's _id counts; without one
 * the column's; without either there is a new ObjectId.
 */
static HeapTuple
fix_inserted_row(HeapTuple tuple, TupleDesc tupdesc, const TriggerState *state, Row *row)
{
	BsonValue	column_id;
	BsonValue	id;

	if (row->id != NULL)
	{
		decode_id(row, &column_id);
		if (!pgbson_get(&row->document, "_id", 3, &id))
		{
			BsonValue	document = row->document;

			collection_replace_id(&document, &column_id, &row->document);
		}
		else if (!pgbson_equal(&column_id, &id))
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("column _id is %s but the document's _id is %s",
							pgbson_to_json(&column_id, BSON_JSON_LOSSLESS),
							pgbson_to_json(&id, BSON_JSON_LOSSLESS))));
	}
	collection_fix_document(&row->document, &row->document, &id);
	return modify_row(tuple, tupdesc, state, &id, &row->document);
}

/*
 * An updated row whose _id column and document do not agree, or whose _id column changed.  As with
 * MongoDB's replacement, a document without _id keeps the old one, and one that is equal but of
 * another type (1 and 1.0) takes its place.
 */
static HeapTuple
fix_updated_row(HeapTuple tuple, TupleDesc tupdesc, const TriggerState *state,
				const Row *old_row, Row *row)
{
	BsonValue	old_id;
	BsonValue	id;

	if (old_row->id == NULL)
		return fix_inserted_row(tuple, tupdesc, state, row);
	decode_id(old_row, &old_id);
	if (row->id == NULL || !same_bytes(row->id, old_row->id))
	{
		BsonValue	column_id;

		pgbson_make_simple(BSON_NULL, &column_id);
		if (row->id != NULL)
			decode_id(row, &column_id);
		if (!pgbson_equal(&column_id, &old_id))
			collection_id_was_altered(&column_id);
	}
	collection_keep_id(&row->document, &old_id, &row->document, &id);
	return modify_row(tuple, tupdesc, state, &id, &row->document);
}

/* Notes a row that is not written because its document did not change. */
static void
note_skipped(CollectionWrite *write, Row *row)
{
	write->skipped++;
	if (write->keep_skipped)
	{
		MemoryContext old_context = MemoryContextSwitchTo(write->keep_context);

		load_document(row);
		write->skipped_doc = pgbson_get_datum(&row->document);
		MemoryContextSwitchTo(old_context);
	}
}

/* Types that an _id may not have, or whose contents have to be looked at. */
static bool
is_suspicious_id(uint8 type)
{
	return type == BSON_ARRAY || type == BSON_REGEX || type == BSON_UNDEFINED ||
		type == BSON_DOCUMENT;
}

static HeapTuple
before_insert(HeapTuple tuple, TupleDesc tupdesc, const TriggerState *state)
{
	Row			row;

	read_row(tuple, tupdesc, state, &row);
	if (row.doc == NULL)
		return tuple;			/* the NOT NULL constraint has the word */
	load_document(&row);
	if (!id_agrees(&row))
		tuple = fix_inserted_row(tuple, tupdesc, state, &row);
	else if (is_suspicious_id((uint8) *VARDATA_ANY(row.id)))
	{
		BsonValue	id;

		decode_id(&row, &id);
		collection_check_id(&id);
	}
	collection_check_limits(&row.document);
	if (state->validator != NULL)
		collection_validate(state->validator, &row.document, NULL);
	return tuple;
}

static HeapTuple
before_update(HeapTuple old_tuple, HeapTuple tuple, TupleDesc tupdesc, const TriggerState *state)
{
	CollectionWrite *write = state->write;
	bool		same_id;
	Row			old_row;
	Row			row;

	read_row(old_tuple, tupdesc, state, &old_row);
	read_row(tuple, tupdesc, state, &row);
	if (row.doc == NULL)
		return tuple;

	same_id = row.id != NULL && old_row.id != NULL && same_bytes(row.id, old_row.id);
	if (same_id && same_as_stored(&old_row, &row))
	{
		if (write == NULL || !write->skip_unchanged)
			return tuple;
		note_skipped(write, &row);
		return NULL;
	}

	load_document(&row);
	if (!same_id || !id_agrees(&row))
		tuple = fix_updated_row(tuple, tupdesc, state, &old_row, &row);
	collection_check_limits(&row.document);
	if (write != NULL && write->skip_unchanged && is_unchanged(&old_row, &row))
	{
		note_skipped(write, &row);
		return NULL;
	}
	if (state->validator != NULL)
	{
		if (old_row.doc != NULL)
			load_document(&old_row);
		collection_validate(state->validator, &row.document,
							old_row.doc != NULL ? &old_row.document : NULL);
	}
	return tuple;
}

/* docdb.collection_trigger(): BEFORE INSERT OR UPDATE, FOR EACH ROW. */
Datum
docdb_collection_trigger(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	TriggerState *state;
	TupleDesc	tupdesc;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("docdb.collection_trigger must be called BEFORE ROW")));

	state = fcinfo->flinfo->fn_extra;
	if (state == NULL)
		state = create_state(fcinfo->flinfo, trigdata->tg_relation);
	tupdesc = RelationGetDescr(trigdata->tg_relation);
	if (TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		return PointerGetDatum(before_insert(trigdata->tg_trigtuple, tupdesc, state));
	if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		return PointerGetDatum(before_update(trigdata->tg_trigtuple, trigdata->tg_newtuple,
											 tupdesc, state));
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("docdb.collection_trigger must be called for INSERT or UPDATE")));
	return (Datum) 0;			/* not reached */
}
