/*
 * compile.c
 *		From a BSON specification to a tree of expression nodes.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "expr/expr_internal.h"

/* A user variable that is visible now. */
typedef struct ScopeEntry
{
	const char *name;
	uint32		len;
	int			slot;
} ScopeEntry;

struct ExprScope
{
	int			count;
	int			capacity;
	ScopeEntry *entries;		/* the innermost last */
	int			slots;			/* slots given out, of variables out of sight too */
	const BsonCollation *collation;
};

struct ExprParser
{
	ExprScope  *scope;
};

typedef struct SystemVariable
{
	const char *name;
	int			slot;
} SystemVariable;

static const SystemVariable system_variables[] = {
	{"CLUSTER_TIME", EXPR_SLOT_UNAVAILABLE},
	{"CURRENT", EXPR_SLOT_CURRENT},
	{"NOW", EXPR_SLOT_NOW},
	{"REMOVE", EXPR_SLOT_REMOVE},
	{"ROOT", EXPR_SLOT_ROOT},
	{"SEARCH_META", EXPR_SLOT_REMOVE},	/* missing where there was no search */
	{"USER_ROLES", EXPR_SLOT_USER_ROLES},
};

const ExprOp expr_ops[EXPR_OP_COUNT] = {
#define EXPR_OP(name, symbol, min, max, flags, function) \
	{name, min, max, flags, NULL, NULL, function, NULL},
#define EXPR_LAZY(name, symbol, min, max, flags, function) \
	{name, min, max, flags, NULL, NULL, NULL, function},
#define EXPR_FORM(name, symbol, flags, parse, optimize, function) \
	{name, 0, EXPR_ANY_NUMBER, flags, parse, optimize, NULL, function},
#include "expr/expr_oplist.h"
#undef EXPR_OP
#undef EXPR_LAZY
#undef EXPR_FORM
};

/* ---- Operators by name ---- */

static int
compare_op_names(const void *name, const void *op)
{
	return strcmp((const char *) name, ((const ExprOp *) op)->name);
}

const ExprOp *
expr_find_op(const char *name)
{
#ifdef USE_ASSERT_CHECKING
	for (int i = 1; i < EXPR_OP_COUNT; i++)
		Assert(strcmp(expr_ops[i - 1].name, expr_ops[i].name) < 0);
#endif
	return bsearch(name, expr_ops, EXPR_OP_COUNT, sizeof(ExprOp), compare_op_names);
}

bool
expr_is_operator(const char *name)
{
	return expr_find_op(name) != NULL;
}

/* ---- Variables ---- */

ExprScope *
expr_scope_create(void)
{
	return palloc0(sizeof(ExprScope));
}

int
expr_scope_slots(const ExprScope *scope)
{
	return scope->slots;
}

void
expr_scope_set_collation(ExprScope *scope, const BsonCollation *collation)
{
	scope->collation = collation;
}

const BsonCollation *
expr_scope_collation(const ExprScope *scope)
{
	return scope == NULL ? NULL : scope->collation;
}

static bool
is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || IS_HIGHBIT_SET(c);
}

static bool
is_name_part(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/*
 * Checks a variable's name.  Users may define names that start in lower case or outside ASCII;
 * they may read those in upper case too.
 */
static void
check_variable_name(const char *name, uint32 len, bool defining)
{
	if (len == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("empty variable names are not allowed")));
	if (!is_lower(name[0]) && (defining || name[0] < 'A' || name[0] > 'Z'))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("'%.*s' starts with an invalid character for a user variable name",
						(int) len, name)));
	for (uint32 i = 1; i < len; i++)
	{
		if (!is_name_part(name[i]))
			ereport(ERROR,
					(errcode(DOCDB_ERR_FAILED_TO_PARSE),
					 errmsg("'%.*s' contains an invalid character for a variable name: '%c'",
							(int) len, name, name[i])));
	}
}

static bool
name_is(const char *name, uint32 len, const char *expected)
{
	return len == strlen(expected) && memcmp(name, expected, len) == 0;
}

int
expr_scope_define(ExprScope *scope, const char *name, uint32 len)
{
	ScopeEntry *entry;

	if (!name_is(name, len, "CURRENT"))
		check_variable_name(name, len, true);
	if (scope->count == scope->capacity)
	{
		scope->capacity = Max(8, 2 * scope->capacity);
		if (scope->entries == NULL)
			scope->entries = palloc(scope->capacity * sizeof(ScopeEntry));
		else
			scope->entries = repalloc(scope->entries, scope->capacity * sizeof(ScopeEntry));
	}
	entry = &scope->entries[scope->count++];
	entry->name = pnstrdup(name, len);
	entry->len = len;
	entry->slot = scope->slots++;
	return entry->slot;
}

int
expr_define(ExprParser *parser, const char *name, uint32 len)
{
	return expr_scope_define(parser->scope, name, len);
}

void
expr_undefine(ExprParser *parser, int count)
{
	Assert(count <= parser->scope->count);
	parser->scope->count -= count;
}

/* The slot of a variable that is visible: a user's or else the system's. */
static int
find_variable(const ExprScope *scope, const char *name, uint32 len)
{
	for (int i = scope->count - 1; i >= 0; i--)
	{
		const ScopeEntry *entry = &scope->entries[i];

		if (entry->len == len && memcmp(entry->name, name, len) == 0)
			return entry->slot;
	}
	for (int i = 0; i < lengthof(system_variables); i++)
	{
		if (name_is(name, len, system_variables[i].name))
			return system_variables[i].slot;
	}
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(17276)),
			 errmsg("Use of undefined variable: %.*s", (int) len, name)));
	return 0;					/* not reached */
}

/* ---- Field paths ---- */

void
expr_check_field_name(const char *name, uint32 len)
{
	if (len == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15998)),
				 errmsg("FieldPath field names may not be empty strings.")));
	if (name[0] == '$' && !pgbson_is_dollar_field(name, len))
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16410)),
				 errmsg("FieldPath field names may not start with '$'. "
						"Consider using $getField or $setField.")));
	if (memchr(name, '\0', len) != NULL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16411)),
				 errmsg("FieldPath field names may not contain '\\0'.")));
	if (memchr(name, '.', len) != NULL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16412)),
				 errmsg("FieldPath field names may not contain '.'. "
						"Consider using $getField or $setField.")));
}

static BsonPath *
parse_field_path(const char *path, uint32 len, int max_parts)
{
	BsonPath   *result;

	if (len == 0)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40352)),
				 errmsg("FieldPath cannot be constructed with empty string")));
	if (path[len - 1] == '.')
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40353)),
				 errmsg("FieldPath must not end with a '.'.")));
	result = pgbson_path_parse(path, len);
	if (result->nparts > max_parts)
		ereport(ERROR,
				(errcode(DOCDB_ERR_OVERFLOW),
				 errmsg("FieldPath is too long")));
	for (int i = 0; i < result->nparts; i++)
		expr_check_field_name(result->part[i].name, result->part[i].len);
	return result;
}

BsonPath *
expr_parse_field_path(const char *path, uint32 len)
{
	return parse_field_path(path, len, BSON_MAX_DEPTH);
}

/* ---- Nodes ---- */

static ExprNode *
make_node(ExprKind kind,
		  void (*eval) (const ExprNode *expr, ExprEvalContext *context, BsonValue *result))
{
	ExprNode   *expr = palloc0(sizeof(ExprNode));

	expr->kind = kind;
	expr->eval = eval;
	return expr;
}

ExprNode *
expr_make_constant(const BsonValue *value)
{
	ExprNode   *expr = make_node(EXPR_CONSTANT, expr_eval_constant);

	expr->constant = *value;
	return expr;
}

void
expr_set_nargs(ExprNode *expr, int nargs)
{
	expr->nargs = nargs;
	expr->args = palloc0(Max(nargs, 1) * sizeof(ExprNode *));
	if (expr->kind == EXPR_OPERATOR && expr->op->function != NULL)
		expr->values = palloc(Max(nargs, 1) * sizeof(BsonValue));
}

/* The most parts of a path into a variable, since the variable counts as one. */
#define MAX_INNER_PARTS (BSON_MAX_DEPTH - 1)

/* "$a.b" or "$$x.a.b". */
static ExprNode *
parse_path(ExprParser *parser, const char *text, uint32 len)
{
	ExprNode   *expr = make_node(EXPR_PATH, expr_eval_path);
	const char *name;
	const char *dot;
	uint32		namelen;

	if (len < 2)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16872)),
				 errmsg("'$' by itself is not a valid FieldPath")));
	if (text[1] != '$')
	{
		expr->slot = find_variable(parser->scope, "CURRENT", strlen("CURRENT"));
		expr->path = parse_field_path(text + 1, len - 1, MAX_INNER_PARTS);
		return expr;
	}

	name = text + 2;
	dot = memchr(name, '.', len - 2);
	namelen = dot ? dot - name : len - 2;
	check_variable_name(name, namelen, false);
	expr->slot = find_variable(parser->scope, name, namelen);
	if (expr->slot == EXPR_SLOT_UNAVAILABLE)
		expr->variable = pnstrdup(name, namelen);
	if (dot)
	{
		/* A path that is nothing but the dot ends in a dot. */
		uint32		rest = len - 2 - namelen - 1;

		expr->path = rest > 0 ? parse_field_path(dot + 1, rest, MAX_INNER_PARTS) :
			parse_field_path(dot, 1, MAX_INNER_PARTS);
	}
	return expr;
}

static ExprNode *
parse_operator(ExprParser *parser, const BsonValue *spec)
{
	ExprNode   *expr = make_node(EXPR_OPERATOR, NULL);
	const ExprOp *op;
	BsonValue	argument;
	BsonIter	iter;

	pgbson_iter_init(&iter, spec);
	if (!pgbson_iter_next(&iter) || iter.next != iter.end)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(15983)),
				 errmsg("An object representing an expression must have exactly one field: %s",
						pgbson_to_json(spec, BSON_JSON_RELAXED))));
	op = expr_find_op(iter.key);
	if (op == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INVALID_PIPELINE_OPERATOR),
				 errmsg("Unrecognized expression '%s'", iter.key)));

	expr->op = op;
	expr->eval = op->function ? expr_eval_operator : expr_eval_lazy;
	pgbson_iter_value(&iter, &argument);
	if (op->parse)
		op->parse(parser, expr, &argument);
	else
		expr_parse_args(parser, expr, &argument);
	return expr;
}

static ExprNode *
parse_document(ExprParser *parser, const BsonValue *spec)
{
	ExprNode   *expr = make_node(EXPR_DOCUMENT, expr_eval_document);
	BsonIter	iter;
	int			i = 0;

	expr_set_nargs(expr, pgbson_count(spec));
	expr->names = palloc(expr->nargs * sizeof(ExprName));
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		expr_check_field_name(iter.key, iter.keylen);
		for (int j = 0; j < i; j++)
		{
			if (pgbson_iter_key_is(&iter, expr->names[j].name, expr->names[j].len))
				ereport(ERROR,
						(errcode(DOCDB_SQLSTATE(16406)),
						 errmsg("duplicate field name specified in object literal: %s",
								pgbson_to_json(spec, BSON_JSON_RELAXED))));
		}
		expr->names[i].name = iter.key;
		expr->names[i].len = iter.keylen;
		pgbson_iter_value(&iter, &value);
		expr->args[i++] = expr_parse(parser, &value);
	}
	return expr;
}

static void
parse_elements(ExprParser *parser, ExprNode *expr, const BsonValue *array)
{
	BsonIter	iter;
	int			i = 0;

	expr_set_nargs(expr, pgbson_count(array));
	pgbson_iter_init(&iter, array);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		expr->args[i++] = expr_parse(parser, &value);
	}
}

ExprNode *
expr_parse(ExprParser *parser, const BsonValue *spec)
{
	ExprNode   *expr;
	BsonIter	iter;

	check_stack_depth();
	switch (spec->type)
	{
		case BSON_STRING:
			if (spec->len > 0 && spec->v.data[0] == '$')
				return parse_path(parser, spec->v.data, spec->len);
			return expr_make_constant(spec);
		case BSON_DOCUMENT:
			pgbson_iter_init(&iter, spec);
			if (!pgbson_iter_next(&iter))
				return expr_make_constant(spec);
			if (iter.key[0] == '$')
				return parse_operator(parser, spec);
			return parse_document(parser, spec);
		case BSON_ARRAY:
			expr = make_node(EXPR_ARRAY, expr_eval_array);
			parse_elements(parser, expr, spec);
			return expr;
		default:
			return expr_make_constant(spec);
	}
}

/* ---- Help for parse functions ---- */

void
expr_require_args(const ExprNode *expr, int nargs)
{
	if (expr->nargs != nargs)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(16020)),
				 errmsg("Expression %s takes exactly %d arguments. %d were passed in.",
						expr->op->name, nargs, expr->nargs)));
}

void
expr_require_arg_range(const ExprNode *expr, int min_args, int max_args)
{
	if (expr->nargs < min_args || expr->nargs > max_args)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(28667)),
				 errmsg("Expression %s takes at least %d arguments, and at most %d, "
						"but %d were passed in.",
						expr->op->name, min_args, max_args, expr->nargs)));
}

static void
check_arity(const ExprNode *expr)
{
	const ExprOp *op = expr->op;

	if (op->max_args == EXPR_ANY_NUMBER)
		return;
	if (op->min_args == op->max_args)
		expr_require_args(expr, op->min_args);
	else
		expr_require_arg_range(expr, op->min_args, op->max_args);
}

void
expr_parse_args(ExprParser *parser, ExprNode *expr, const BsonValue *argument)
{
	if (argument->type == BSON_ARRAY)
		parse_elements(parser, expr, argument);
	else
	{
		expr_set_nargs(expr, 1);
		expr->args[0] = expr_parse(parser, argument);
	}
	check_arity(expr);
}

const char *
expr_named_args(ExprParser *parser, const BsonValue *argument, ExprNamedArg *list, int count)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, argument);
	while (pgbson_iter_next(&iter))
	{
		int			i = 0;

		while (i < count && strcmp(list[i].name, iter.key) != 0)
			i++;
		if (i == count)
			return iter.key;
		list[i].present = true;
		pgbson_iter_value(&iter, &list[i].value);
		if (parser && !list[i].raw)
			list[i].node = expr_parse(parser, &list[i].value);
	}
	return NULL;
}

ExprNode *
expr_named_node(ExprParser *parser, const ExprNamedArg *arg)
{
	return arg->node ? arg->node : expr_parse(parser, &arg->value);
}

void
expr_parse_form(ExprParser *parser, const ExprNode *expr, const BsonValue *argument,
				const ExprForm *form, ExprNamedArg *list)
{
	const char *unknown;
	int			count = 0;

	while (count < EXPR_MAX_FORM_FIELDS && form->names[count])
	{
		memset(&list[count], 0, sizeof(ExprNamedArg));
		list[count].name = form->names[count];
		list[count].raw = (form->raw & (1U << count)) != 0;
		count++;
	}
	if (argument->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(form->not_document),
				 errmsg("%s only supports an object as its argument, found: %s",
						expr->op->name, pgbson_type_name(argument->type))));
	unknown = expr_named_args(form->in_order ? parser : NULL, argument, list, count);
	if (unknown)
		ereport(ERROR,
				(errcode(form->unknown),
				 errmsg("Unrecognized parameter to %s: %s", expr->op->name, unknown)));
	for (int i = 0; i < count; i++)
	{
		if (!list[i].present && form->missing[i] != 0)
			ereport(ERROR,
					(errcode(form->missing[i]),
					 errmsg("Missing '%s' parameter to %s", list[i].name, expr->op->name)));
	}
}

/* ---- The module's interface ---- */

ExprNode *
expr_compile(const BsonValue *spec, ExprScope *scope)
{
	ExprParser	parser = {scope};
	BsonValue	copy;

	pgbson_value_copy(spec, &copy);
	return expr_optimize_all(expr_parse(&parser, &copy), scope->collation);
}

bool
expr_is_constant(const ExprNode *expr, BsonValue *value)
{
	if (expr->kind != EXPR_CONSTANT)
		return false;
	*value = expr->constant;
	return true;
}

bool
expr_reads_document(const ExprNode *expr)
{
	check_stack_depth();
	if (expr->kind == EXPR_PATH)
		return expr->slot == EXPR_SLOT_CURRENT || expr->slot == EXPR_SLOT_ROOT;
	for (int i = 0; i < expr->nargs; i++)
	{
		if (expr->args[i] != NULL && expr_reads_document(expr->args[i]))
			return true;
	}
	return false;
}

bool
expr_is_field_path(const ExprNode *expr, const BsonPath **path)
{
	static const BsonPath whole = {0};

	if (expr->kind != EXPR_PATH ||
		(expr->slot != EXPR_SLOT_CURRENT && expr->slot != EXPR_SLOT_ROOT))
		return false;
	*path = expr->path ? expr->path : &whole;
	return true;
}
