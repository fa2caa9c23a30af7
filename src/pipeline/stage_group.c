/*
 * stage_group.c
 *		$group: GROUP BY over docdb's aggregates.
 *
 *		{ $group: { _id: <expression>, <field>: { <accumulator>: <expression> }, ... } }
 */
#include "postgres.h"

#include "expr/accum.h"
#include "pipeline/pipeline_internal.h"

/* One accumulated field. */
typedef struct GroupField
{
	const char *name;
	uint32		namelen;
	const AccumOp *op;
	BsonValue	argument;
} GroupField;

/* ---- Parsing ---- */

static void
parse_accumulator(const BsonIter *iter, GroupField *field)
{
	BsonValue	value;
	BsonIter	inner;

	pgbson_iter_value(iter, &value);
	if (value.type == BSON_DOCUMENT)
	{
		pgbson_iter_init(&inner, &value);
		if (!pgbson_iter_next(&inner))
			value.type = BSON_NULL;
	}
	if (value.type != BSON_DOCUMENT || inner.key[0] != '$')
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40234)),
				 errmsg("The field '%s' must be an accumulator object", iter->key)));
	if (memchr(iter->key, '.', iter->keylen))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40235)),
				 errmsg("The field name '%s' cannot contain '.'", iter->key)));
	if (iter->key[0] == '$')
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40236)),
				 errmsg("The field name '%s' cannot be an operator name", iter->key)));
	if (pgbson_count(&value) != 1)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40238)),
				 errmsg("The field '%s' must specify one accumulator", iter->key)));
	if (inner.type == BSON_ARRAY)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40237)),
				 errmsg("The %s accumulator is a unary operator", inner.key)));
	field->name = iter->key;
	field->namelen = iter->keylen;
	field->op = expr_accum_find(inner.key);
	if (field->op == NULL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15952)),
				 errmsg("unknown group operator '%s'", inner.key)));
	pgbson_iter_value(&inner, &value);
	field->op->argument(field->op, &value, &field->argument);
	if ((field->op->flags & ACCUM_NO_ARGUMENT) &&
		(field->argument.type != BSON_DOCUMENT ||
		 field->argument.len > BSON_MIN_DOCUMENT_SIZE))
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("%s takes no arguments, i.e. %s:{}", inner.key, inner.key)));
}

/* A document as _id is an expression, or fields that are expressions; never inclusions. */
static void
check_id(const BsonValue *id)
{
	BsonIter	iter;

	if (id->type != BSON_DOCUMENT)
		return;
	pgbson_iter_init(&iter, id);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		if (iter.key[0] == '$')
			return;
		pgbson_iter_value(&iter, &value);
		if (value.type == BSON_BOOL || value.type == BSON_INT32 || value.type == BSON_INT64 ||
			value.type == BSON_DOUBLE || value.type == BSON_DECIMAL128)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(17390)),
					 errmsg("$group does not support inclusion-style expressions")));
	}
}

/*
 * Makes n an expression of the group's key, as it is in MongoDB: {$let: {vars: {CURRENT: <_id>},
 * in: <n>}}.  A key that is no document has no fields.
 */
static void
bind_n(GroupField *field, const BsonValue *id)
{
	BsonBuilder builder;
	BsonIter	iter;

	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, &field->argument);
	while (pgbson_iter_next(&iter))
	{
		if (!pgbson_iter_key_is(&iter, "n", 1) ||
			(iter.type != BSON_STRING && iter.type != BSON_DOCUMENT && iter.type != BSON_ARRAY))
		{
			pgbson_append_payload(&builder, iter.key, iter.keylen, &iter);
			continue;
		}
		pgbson_begin(&builder, BSON_DOCUMENT, "n", 1);
		pgbson_begin(&builder, BSON_DOCUMENT, "$let", -1);
		pgbson_begin(&builder, BSON_DOCUMENT, "vars", -1);
		pgbson_append(&builder, "CURRENT", -1, id);
		pgbson_end(&builder);
		pgbson_append_payload(&builder, "in", -1, &iter);
		pgbson_end(&builder);
		pgbson_end(&builder);
	}
	pgbson_finish(&builder, BSON_DOCUMENT, &field->argument);
}

/* Splits the specification into the _id expression and the fields (of GroupField). */
static List *
parse_group(const BsonValue *spec, BsonValue *id)
{
	List	   *fields = NIL;
	ListCell   *cell;
	BsonIter	iter;

	pipeline_require_document(spec, 15947, "a group's fields must be specified in an object");
	pgbson_make_simple(BSON_MISSING, id);
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		if (pgbson_iter_key_is(&iter, "_id", 3))
		{
			if (id->type != BSON_MISSING)
				ereport(ERROR,
						(errcode(DOCDB_SQLSTATE(15948)),
						 errmsg("a group's _id may only be specified once")));
			pgbson_iter_value(&iter, id);
			check_id(id);
		}
		else
		{
			GroupField *field = palloc(sizeof(GroupField));

			parse_accumulator(&iter, field);
			fields = lappend(fields, field);
		}
	}
	if (id->type == BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15955)),
				 errmsg("a group specification must include an _id")));
	foreach(cell, fields)
	{
		GroupField *field = lfirst(cell);

		if (field->op->flags & ACCUM_TAKES_N)
			bind_n(field, id);
	}
	return fields;
}

/* ---- SQL ---- */

/*
 * The aggregate of one field.  Where documents come in an order and the accumulator heeds it, the
 * order is stated inside the aggregate: nothing else holds under GROUP BY.
 */
static const char *
aggregate_sql(PipelineQuery *query, const GroupField *field)
{
	const char *argument;

	if (field->op->flags & ACCUM_NO_ARGUMENT)
		return psprintf("docdb.accum_%s(NULL)", field->op->sql_name);

	argument = pipeline_expression_sql(query, &field->argument, NULL);
	if (field->op->flags & ACCUM_COMPARES)
		argument = psprintf("%s%s", argument, pipeline_collation_argument(query));
	if (query->order == NULL || !(field->op->flags & ACCUM_ORDERED))
		return psprintf("docdb.accum_%s(%s)", field->op->sql_name, argument);

	/* The first and the last need no sort, only a look at each row's key. */
	if (field->op == &expr_accum_ops[ACCUM_FIRST])
		return psprintf("docdb.first_by(%s, %s)", argument, pipeline_order_key(query));
	if (field->op == &expr_accum_ops[ACCUM_LAST])
		return psprintf("docdb.last_by(%s, %s)", argument, pipeline_order_key(query));
	return psprintf("docdb.accum_%s(%s ORDER BY %s)", field->op->sql_name, argument,
					pipeline_order_by(query));
}

/*
 * By a collation several values may be one group, of which _id is the first.  *key becomes what to
 * group by.
 */
static const char *
collated_id(PipelineQuery *query, const char **key)
{
	const char *id = *key;

	if (query->compiler->collation_sql == NULL)
		return id;
	*key = psprintf("docdb.key_string(%s, false%s)", id, pipeline_collation_argument(query));
	if (query->order == NULL)
		return psprintf("docdb.accum_first(%s)", id);
	return psprintf("docdb.first_by(%s, %s)", id, pipeline_order_key(query));
}

void
pipeline_stage_group(PipelineQuery *query, const BsonValue *spec)
{
	BsonValue	id;
	List	   *fields = parse_group(spec, &id);
	ListCell   *cell;
	bool		constant;
	const char *key;
	BsonBuilder builder;
	BsonValue	names;
	StringInfoData values;

	pipeline_close_rows(query);
	pipeline_make_column(query);
	key = pipeline_expression_sql(query, &id, &constant);

	/* A missing _id is null. */
	if (!constant)
	{
		BsonValue	null;

		pgbson_make_simple(BSON_NULL, &null);
		key = psprintf("coalesce(%s, %s)", key, pipeline_value_literal_sql(query, &null));
	}

	pgbson_builder_init(&builder);
	pgbson_append_cstring(&builder, "0", 1, "_id");
	initStringInfo(&values);
	appendStringInfoString(&values, constant ? key : collated_id(query, &key));
	foreach(cell, fields)
	{
		const GroupField *field = lfirst(cell);
		char		index[12];
		BsonValue	name;

		pgbson_make_string(field->name, field->namelen, &name);
		snprintf(index, sizeof(index), "%d", foreach_current_index(cell) + 1);
		pgbson_append(&builder, index, -1, &name);
		appendStringInfo(&values, ", %s", aggregate_sql(query, field));
	}
	pgbson_finish(&builder, BSON_ARRAY, &names);

	pipeline_set_doc(query, psprintf("docdb.build_document(%s, %s)",
									 pipeline_value_sql(query, &names), values.data));
	pipeline_drop_order(query);
	query->grouped = true;
	if (constant)
		query->having = "count(*) > 0"; /* no document makes no group */
	else
		query->group_by = key;
}
