/*
 * jsonschema_internal.h
 *		How a JSON Schema is compiled and tested.
 *
 * A schema becomes a list of rules, one for each keyword that constrains something.  A rule is
 * tested on a value, and holds for every value that its keyword does not apply to: "minimum" says
 * nothing of strings.  Schemas within schemas are tested on the fields and elements of the value.
 */
#ifndef DOCDB_MATCH_JSONSCHEMA_INTERNAL_H
#define DOCDB_MATCH_JSONSCHEMA_INTERNAL_H

#include "expr/regex.h"
#include "match/match_internal.h"
#include "pgbson/builder.h"

typedef struct MatchSchema MatchSchema;
typedef struct MatchSchemaKeyword MatchSchemaKeyword;
typedef struct MatchSchemaRule MatchSchemaRule;

/* The values that a keyword can refuse. */
typedef enum MatchSchemaApplies
{
	SCHEMA_ANY,
	SCHEMA_NUMBER,
	SCHEMA_STRING,
	SCHEMA_ARRAY,
	SCHEMA_OBJECT
} MatchSchemaApplies;

typedef enum MatchSchemaKeywordId
{
#define SCHEMA_KEYWORD(name, symbol, order, applies, reason, parse, eval, explain) \
	SCHEMA_KEYWORD_##symbol,
#define SCHEMA_PART(name, symbol, order, parse) SCHEMA_KEYWORD_##symbol,
#define SCHEMA_REFUSED(name, symbol) SCHEMA_KEYWORD_##symbol,
#include "match/jsonschema_list.h"
#undef SCHEMA_KEYWORD
#undef SCHEMA_PART
#undef SCHEMA_REFUSED
} MatchSchemaKeywordId;

/* schema is the document that the keyword stands in. */
typedef bool (*MatchSchemaParseFunction) (MatchSchemaRule *rule, const BsonValue *operand,
										  const BsonValue *schema);
typedef bool (*MatchSchemaEvalFunction) (const MatchSchemaRule *rule, const BsonValue *value);
typedef void (*MatchSchemaExplainFunction) (const MatchSchemaRule *rule, const BsonValue *value,
											BsonBuilder *out);

struct MatchSchemaKeyword
{
	const char *name;
	MatchSchemaKeywordId id;
	int			order;
	MatchSchemaApplies applies;
	const char *reason;
	MatchSchemaParseFunction parse; /* NULL where the keyword is refused */
	MatchSchemaEvalFunction eval;	/* NULL where it only is a part of another */
	MatchSchemaExplainFunction explain;
};

#define SCHEMA_PARSE_PROTOTYPE(function) \
	extern bool function(MatchSchemaRule *rule, const BsonValue *operand, const BsonValue *schema);
#define SCHEMA_KEYWORD(name, symbol, order, applies, reason, parse, eval, explain) \
	SCHEMA_PARSE_PROTOTYPE(parse) \
	extern bool eval(const MatchSchemaRule *rule, const BsonValue *value); \
	extern void explain(const MatchSchemaRule *rule, const BsonValue *value, BsonBuilder *out);
#define SCHEMA_PART(name, symbol, order, parse) SCHEMA_PARSE_PROTOTYPE(parse)
#define SCHEMA_REFUSED(name, symbol)
#include "match/jsonschema_list.h"
#undef SCHEMA_KEYWORD
#undef SCHEMA_PART
#undef SCHEMA_REFUSED

/* A schema that a keyword has several of, and what it is for. */
typedef struct MatchSchemaMember
{
	const char *name;			/* the field's name, or the pattern of such names */
	uint32		namelen;
	const BsonPath *path;		/* the name as a path, where fields are looked up by it */
	ExprRegex  *regex;			/* the name as a pattern, where it is one */
	MatchSchema *schema;		/* NULL for a name of "required" */
	bool		is_list;		/* of "dependencies": the schema only requires other fields */
} MatchSchemaMember;

/* A keyword with its operand; which fields it uses is the keyword's own affair. */
struct MatchSchemaRule
{
	const MatchSchemaKeyword *keyword;
	BsonValue	operand;
	int64		number;			/* a size, or where additional items begin */
	bool		exclusive;		/* of minimum, maximum */
	int64		types;			/* as $type has them */
	BsonDecimal divisor;
	ExprRegex  *regex;
	BsonValue  *values;			/* of enum, with the fields of documents sorted */
	int			nvalues;
	int			nmembers;
	MatchSchemaMember *members;
	MatchSchema *schema;		/* of "not", and for what no member is for; NULL: none */
};

struct MatchSchema
{
	BsonValue	source;
	int			nrules;
	MatchSchemaRule *rules;
};

/* Compiles a schema into CurrentMemoryContext. */
extern MatchSchema *match_schema_compile(const BsonValue *source);

/* Whether a value satisfies the schema. */
extern bool match_schema_matches(const MatchSchema *schema, const BsonValue *value);

/* Pushes a document for each rule that refuses the value into the array under construction. */
extern void match_schema_explain(const MatchSchema *schema, const BsonValue *value,
								 BsonBuilder *out);

/* Appends the schema's title and description, where it has them. */
extern void match_schema_annotate(const MatchSchema *schema, BsonBuilder *out);

/*
 * Appends a value that was looked at, unless what is said would become too long with it: the same
 * large value may be refused for many reasons.
 */
extern void match_append_considered(BsonBuilder *out, const char *name, const BsonValue *value);

/* Raises an error about a keyword: "$jsonSchema keyword 'name' <problem>". */
pg_noreturn extern void match_schema_refuse(const MatchSchemaKeyword *keyword, int sqlstate,
											const char *problem);

/*
 * A value in which the fields of documents are sorted by name, whatever their order was: schemas
 * take documents of the same fields for equal.
 */
extern void match_schema_sort_fields(const BsonValue *value, BsonValue *sorted);

/* Finds a field that a member names; false where there is none. */
extern bool match_schema_get(const MatchSchemaMember *member, const BsonValue *document,
							 BsonValue *field);

#endif							/* DOCDB_MATCH_JSONSCHEMA_INTERNAL_H */
