/*
 * op_fields.c
 *		Update operators that set, remove and move fields: $set, $setOnInsert, $unset, $rename,
 *		$currentDate.
 */
#include "postgres.h"

#include <time.h>

#include "update/update_internal.h"

/* For operators that take any operand. */
void
update_parse_any(UpdateParser *parser, UpdateAction *action)
{
}

/* { $set: { <path>: <value> } } */
UpdateOutcome
update_apply_set(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	*new = call->action->operand;
	return UPDATE_SET;
}

/* { $unset: { <path>: <anything> } } */
UpdateOutcome
update_apply_unset(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	return UPDATE_REMOVE;
}

/* ---- $rename ---- */

/* Refuses a path with "$" or "$[name]" in it. */
static void
check_static(const BsonPath *path, const char *text, const char *which)
{
	for (int i = 0; i < path->nparts; i++)
	{
		const char *name = path->part[i].name;

		if (strcmp(name, "$") == 0 || strncmp(name, "$[", 2) == 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("The %s field for $rename may not be dynamic: %s", which, text)));
	}
}

/* Whether one path is the other or the beginning of it. */
static bool
is_same_or_below(const BsonPath *path, const BsonPath *parent)
{
	if (path->nparts < parent->nparts)
		return false;
	for (int i = 0; i < parent->nparts; i++)
		if (strcmp(path->part[i].name, parent->part[i].name) != 0)
			return false;
	return true;
}

static UpdateMoveEnd *
make_end(int move, bool source)
{
	UpdateMoveEnd *end = palloc(sizeof(UpdateMoveEnd));

	end->move = move;
	end->source = source;
	return end;
}

/* { $rename: { <path>: <new path> } } */
void
update_parse_rename(UpdateParser *parser, UpdateAction *action)
{
	Update	   *update = parser->update;
	const BsonValue *operand = &action->operand;
	UpdateAction *target = palloc(sizeof(UpdateAction));
	UpdateMove *move;

	if (operand->type != BSON_STRING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The 'to' field for $rename must be a string: %s: %s", action->path,
						pgbson_to_json(operand, BSON_JSON_RELAXED))));
	if (memchr(operand->v.data, '\0', operand->len) != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The 'to' field for $rename cannot contain an embedded null byte")));

	if (update->moves == NULL)
		update->moves = palloc(sizeof(UpdateMove));
	else
		update->moves = repalloc(update->moves, (update->nmoves + 1) * sizeof(UpdateMove));
	move = &update->moves[update->nmoves];
	move->from_text = action->path;
	move->to_text = pnstrdup(operand->v.data, operand->len);
	move->from = pgbson_path_parse(action->path, action->pathlen);
	move->to = pgbson_path_parse(move->to_text, operand->len);
	if (strcmp(move->from_text, move->to_text) == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The source and target field for $rename must differ: %s: \"%s\"",
						move->from_text, move->to_text)));
	if (is_same_or_below(move->from, move->to) || is_same_or_below(move->to, move->from))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The source and target field for $rename must not be on the same path: "
						"%s: \"%s\"", move->from_text, move->to_text)));
	check_static(move->from, move->from_text, "source");
	check_static(move->to, move->to_text, "destination");

	*target = *action;
	target->path = move->to_text;
	target->pathlen = operand->len;
	target->data = make_end(update->nmoves, false);
	action->data = make_end(update->nmoves, true);
	update->nmoves++;
	update_add_action(parser, target->path, target->pathlen, target, false);
}

/* Refuses a path that leads through an array, as far as the document has it. */
static void
check_no_array(const BsonPath *path, const char *text, const char *which,
			   const BsonValue *document)
{
	BsonValue	current = *document;

	for (int i = 0; i < path->nparts - 1; i++)
	{
		const BsonPathPart *part = &path->part[i];
		BsonValue	child;

		if (current.type != BSON_DOCUMENT ||
			!pgbson_get(&current, part->name, part->len, &child))
			return;
		if (child.type == BSON_ARRAY)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("The %s field cannot be an array element, '%s' in doc with %s has "
							"an array field called '%s'", which, text,
							update_id_text(document), part->name)));
		current = child;
	}
}

void
update_resolve_move(const UpdateMove *move, const BsonValue *document, BsonValue *value)
{
	BsonValue	current = *document;

	for (int i = 0; i < move->from->nparts; i++)
	{
		const BsonPathPart *part = &move->from->part[i];
		BsonValue	child;

		if (current.type != BSON_DOCUMENT && !(current.type == BSON_ARRAY && part->index >= 0))
			ereport(ERROR,
					(errcode(DOCDB_ERR_PATH_NOT_VIABLE),
					 errmsg("cannot use the part (%s of %s) to traverse the element (%s)",
							move->from->part[i - 1].name, move->from_text,
							update_field_text(move->from->part[i - 1].name,
											  move->from->part[i - 1].len, &current))));
		/* An array's elements are named by their indexes. */
		if (!pgbson_get(&current, part->name, part->len, &child))
		{
			pgbson_make_simple(BSON_MISSING, value);
			return;
		}
		current = child;
	}
	check_no_array(move->from, move->from_text, "source", document);
	check_no_array(move->to, move->to_text, "destination", document);
	*value = current;
}

UpdateOutcome
update_apply_rename(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	const UpdateMoveEnd *end = call->action->data;

	if (end->source)
		return UPDATE_REMOVE;
	*new = call->moved[end->move];
	return UPDATE_SET;
}

/* ---- $currentDate ---- */

/* Unlike MongoDB's, whose timestamps are the cluster's time, these are this backend's own. */
void
update_current_timestamp(BsonValue *value)
{
	static uint32 last_seconds = 0;
	static uint32 increment = 0;
	uint32		seconds = (uint32) time(NULL);

	if (seconds != last_seconds)
	{
		last_seconds = seconds;
		increment = 0;
	}
	increment++;
	pgbson_make_simple(BSON_TIMESTAMP, value);
	value->v.i64 = (int64) ((uint64) seconds << 32 | increment);
}

/* { $currentDate: { <path>: true | { $type: "date" | "timestamp" } } } */
void
update_parse_current_date(UpdateParser *parser, UpdateAction *action)
{
	const BsonValue *operand = &action->operand;
	BsonType	type = BSON_MISSING;
	BsonIter	iter;

	if (operand->type == BSON_BOOL)
		return;
	if (operand->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("%s is not valid type for $currentDate. Please use a boolean ('true') "
						"or a $type expression ({$type: 'timestamp/date'}).",
						pgbson_type_name(operand->type))));
	pgbson_iter_init(&iter, operand);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		if (strcmp(iter.key, "$type") != 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_BAD_VALUE),
					 errmsg("Unrecognized $currentDate option: %s", iter.key)));
		pgbson_iter_value(&iter, &value);
		if (value.type != BSON_STRING)
			continue;
		if (value.len == 4 && memcmp(value.v.data, "date", 4) == 0)
			type = BSON_DATE;
		else if (value.len == 9 && memcmp(value.v.data, "timestamp", 9) == 0)
			type = BSON_TIMESTAMP;
	}
	if (type == BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The '$type' string field is required to be 'date' or 'timestamp': "
						"{$currentDate: {field : {$type: 'date'}}}")));
	if (type == BSON_TIMESTAMP)
		action->data = action;	/* anything that is not NULL */
}

UpdateOutcome
update_apply_current_date(UpdateCall *call, const BsonValue *old, BsonValue *new)
{
	if (call->action->data != NULL)
		update_current_timestamp(new);
	else
		*new = call->context->now;
	return UPDATE_SET;
}
