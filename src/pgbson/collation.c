/*
 * collation.c
 *		Collations: their documents, and ICU's collators.
 *
 * A collator takes a tenth of a millisecond to make, and filters are compiled again and again, so a
 * backend keeps the last ones.  Who uses one holds a pin, which goes with a memory context; only
 * collators without pins make room for others.
 */
#include "postgres.h"

#include <unicode/ucol.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>
#include <unicode/uversion.h>

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "base/errors.h"
#include "pgbson/builder.h"
#include "pgbson/collation.h"
#include "pgbson/number.h"

/*
 * The version that MongoDB's documents name.  It says which documents go together, not which ICU
 * docdb runs with; see pgbson_collation_version.
 */
#define DOCUMENT_VERSION "57.1"

/* So many collators are kept, and more only while they are in use. */
#define KEPT_COLLATORS 64

/* Strings of so many UTF-16 units are converted without an allocation. */
#define INLINE_UNITS 256

struct BsonCollation
{
	struct BsonCollation *next; /* the one used last comes first */
	int			pins;
	BsonValue	spec;			/* the document that was given */
	BsonValue	document;		/* with all fields */
	UCollator  *collator;
	char		version[U_MAX_VERSION_STRING_LENGTH];
};

static BsonCollation *collations = NULL;

/* ---- Reading the document ---- */

/* The fields of a document; a name is NULL and a number is -1 where it is not given. */
typedef struct CollationFields
{
	const BsonValue *spec;
	char	   *locale;
	int			case_level;
	const char *case_first;
	int			strength;
	int			numeric_ordering;
	const char *alternate;
	const char *max_variable;
	int			normalization;
	int			backwards;
	char	   *version;
} CollationFields;

typedef enum FieldKind
{
	FIELD_BOOL,
	FIELD_NAME,					/* one of a few names */
	FIELD_STRENGTH,
	FIELD_STRING
} FieldKind;

typedef struct FieldRule
{
	const char *name;
	FieldKind	kind;
	size_t		offset;			/* in CollationFields */
	const char *const *names;	/* that are allowed, up to NULL */
} FieldRule;

static const char *const case_first_names[] = {"upper", "lower", "off", NULL};
static const char *const alternate_names[] = {"non-ignorable", "shifted", NULL};
static const char *const max_variable_names[] = {"punct", "space", NULL};

static const FieldRule field_rules[] = {
	{"locale", FIELD_STRING, offsetof(CollationFields, locale)},
	{"caseLevel", FIELD_BOOL, offsetof(CollationFields, case_level)},
	{"caseFirst", FIELD_NAME, offsetof(CollationFields, case_first), case_first_names},
	{"strength", FIELD_STRENGTH, offsetof(CollationFields, strength)},
	{"numericOrdering", FIELD_BOOL, offsetof(CollationFields, numeric_ordering)},
	{"alternate", FIELD_NAME, offsetof(CollationFields, alternate), alternate_names},
	{"maxVariable", FIELD_NAME, offsetof(CollationFields, max_variable), max_variable_names},
	{"normalization", FIELD_BOOL, offsetof(CollationFields, normalization)},
	{"backwards", FIELD_BOOL, offsetof(CollationFields, backwards)},
	{"version", FIELD_STRING, offsetof(CollationFields, version)},
};

static void
wrong_type(const char *name, const BsonValue *value, const char *expected)
{
	ereport(ERROR,
			(errcode(DOCDB_ERR_TYPE_MISMATCH),
			 errmsg("BSON field 'collation.%s' is the wrong type '%s', expected type '%s'", name,
					pgbson_type_name(value->type), expected)));
}

static const char *
spec_text(const BsonValue *spec)
{
	return pgbson_to_json(spec, BSON_JSON_RELAXED);
}

/* One of a list of names. */
static const char *
read_name(const FieldRule *rule, const BsonValue *value)
{
	if (value->type != BSON_STRING)
		wrong_type(rule->name, value, "string");
	for (const char *const *name = rule->names; *name != NULL; name++)
		if (strlen(*name) == value->len && memcmp(*name, value->v.data, value->len) == 0)
			return *name;
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("Enumeration value '%.*s' for field 'collation.%s' is not a valid value.",
					(int) value->len, value->v.data, rule->name)));
}

/* Any number, without its fraction. */
static int
read_strength(const FieldRule *rule, const BsonValue *value)
{
	int64		strength;

	if (!pgbson_is_number(value))
		wrong_type(rule->name, value, "int");
	strength = pgbson_number_to_int64_clamped(value);
	if (strength < 0 || strength > 5)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51024)),
				 errmsg("BSON field 'strength' value must be %s, actual value '" INT64_FORMAT "'",
						strength < 0 ? ">= 0" : "<= 5", strength)));
	if (strength == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("Field 'strength' must be an integer 1 through 5. Got: 0")));
	return (int) strength;
}

static char *
read_string(const FieldRule *rule, const BsonValue *value)
{
	char	   *string;

	if (value->type != BSON_STRING)
		wrong_type(rule->name, value, "string");
	string = pnstrdup(value->v.data, value->len);
	if (strlen(string) != value->len)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Field '%s' cannot contain null byte.", rule->name)));
	return string;
}

static void
read_field(CollationFields *fields, const FieldRule *rule, const BsonValue *value)
{
	void	   *field = (char *) fields + rule->offset;

	switch (rule->kind)
	{
		case FIELD_BOOL:
			if (value->type != BSON_BOOL)
				wrong_type(rule->name, value, "bool");
			*(int *) field = value->v.boolean;
			break;
		case FIELD_NAME:
			*(const char **) field = read_name(rule, value);
			break;
		case FIELD_STRENGTH:
			*(int *) field = read_strength(rule, value);
			break;
		case FIELD_STRING:
			*(char **) field = read_string(rule, value);
			break;
	}
}

static const FieldRule *
find_rule(const BsonIter *iter)
{
	for (int i = 0; i < lengthof(field_rules); i++)
		if (strcmp(iter->key, field_rules[i].name) == 0)
			return &field_rules[i];
	ereport(ERROR,
			(errcode(DOCDB_SQLSTATE(40415)),
			 errmsg("BSON field 'collation.%s' is an unknown field.", iter->key)));
}

static void
read_fields(const BsonValue *spec, CollationFields *fields)
{
	uint32		seen = 0;
	BsonIter	iter;

	memset(fields, 0, sizeof(*fields));
	fields->spec = spec;
	fields->case_level = fields->strength = fields->numeric_ordering = -1;
	fields->normalization = fields->backwards = -1;
	if (spec->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("BSON field 'collation' is the wrong type '%s', expected type 'object'",
						pgbson_type_name(spec->type))));
	pgbson_iter_init(&iter, spec);
	while (pgbson_iter_next(&iter))
	{
		const FieldRule *rule = find_rule(&iter);
		uint32		bit = (uint32) 1 << (rule - field_rules);
		BsonValue	value;

		if ((seen & bit) != 0)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(40413)),
					 errmsg("BSON field 'collation.%s' is a duplicate field", iter.key)));
		seen |= bit;
		pgbson_iter_value(&iter, &value);
		if ((value.type == BSON_NULL || value.type == BSON_UNDEFINED) &&
			rule->offset != offsetof(CollationFields, backwards))
			continue;
		read_field(fields, rule, &value);
	}
	if (fields->locale == NULL)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(40414)),
				 errmsg("BSON field 'collation.locale' is missing but a required field")));
}

/* ---- Making a collator ---- */

static void
check_status(UErrorCode status, const CollationFields *fields)
{
	if (U_FAILURE(status))
		ereport(ERROR,
				(errcode(DOCDB_ERR_OPERATION_FAILED),
				 errmsg("Failed to create collator: %s. Collation spec: %s", u_errorName(status),
						spec_text(fields->spec))));
}

/* Whether ICU has rules or names for exactly that locale. */
static bool
is_available(const char *locale)
{
	int32_t		count = ucol_countAvailable();

	for (int32_t i = 0; i < count; i++)
		if (strcmp(ucol_getAvailable(i), locale) == 0)
			return true;
	return false;
}

/*
 * A locale must be written as ICU itself writes it, and be known to it with all its parts.  (What
 * ICU says of a collator may be the name of another locale with the same rules that was opened
 * before, hence the second look.)
 */
static void
check_locale(UCollator *collator, const CollationFields *fields)
{
	UErrorCode	status = U_ZERO_ERROR;
	const char *valid = ucol_getLocaleByType(collator, ULOC_VALID_LOCALE, &status);

	check_status(status, fields);
	if (fields->locale[0] == '\0')
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Field 'locale' cannot be the empty string in: %s",
						spec_text(fields->spec))));
	if (strcmp(valid, fields->locale) == 0 || is_available(fields->locale))
		return;
	ereport(ERROR,
			(errcode(DOCDB_ERR_BAD_VALUE),
			 errmsg("Field 'locale' is invalid in: %s%s", spec_text(fields->spec),
					strcmp(valid, "root") == 0 || valid[0] == '\0' ? "" :
					psprintf(". Did you mean '%s'?", valid))));
}

/* Sets what the document gives, and reads what it does not. */
static void
set_attribute(UCollator *collator, UColAttribute attribute, int *value,
			  const CollationFields *fields)
{
	UErrorCode	status = U_ZERO_ERROR;

	if (*value >= 0)
		ucol_setAttribute(collator, attribute, *value ? UCOL_ON : UCOL_OFF, &status);
	else
		*value = ucol_getAttribute(collator, attribute, &status) == UCOL_ON;
	check_status(status, fields);
}

static void
set_strength(UCollator *collator, CollationFields *fields)
{
	static const UCollationStrength strengths[] = {
		UCOL_PRIMARY, UCOL_SECONDARY, UCOL_TERTIARY, UCOL_QUATERNARY, UCOL_IDENTICAL
	};

	if (fields->strength > 0)
		ucol_setStrength(collator, strengths[fields->strength - 1]);
	else
	{
		UCollationStrength strength = ucol_getStrength(collator);

		fields->strength = strength == UCOL_IDENTICAL ? 5 : (int) strength + 1;
	}
}

static void
set_names(UCollator *collator, CollationFields *fields)
{
	static const UColAttributeValue case_first[] = {UCOL_UPPER_FIRST, UCOL_LOWER_FIRST, UCOL_OFF};
	UErrorCode	status = U_ZERO_ERROR;

	if (fields->case_first == NULL)
	{
		UColAttributeValue value = ucol_getAttribute(collator, UCOL_CASE_FIRST, &status);

		fields->case_first = value == UCOL_UPPER_FIRST ? "upper" :
			value == UCOL_LOWER_FIRST ? "lower" : "off";
	}
	else
	{
		for (int i = 0; case_first_names[i] != NULL; i++)
			if (fields->case_first == case_first_names[i])
				ucol_setAttribute(collator, UCOL_CASE_FIRST, case_first[i], &status);
	}
	if (fields->alternate == NULL)
		fields->alternate = alternate_names[ucol_getAttribute(collator, UCOL_ALTERNATE_HANDLING,
															  &status) == UCOL_SHIFTED];
	else
		ucol_setAttribute(collator, UCOL_ALTERNATE_HANDLING,
						  fields->alternate == alternate_names[1] ?
						  UCOL_SHIFTED : UCOL_NON_IGNORABLE, &status);
	if (fields->max_variable == NULL)
		fields->max_variable =
			max_variable_names[ucol_getMaxVariable(collator) == UCOL_REORDER_CODE_SPACE];
	else
		ucol_setMaxVariable(collator,
							fields->max_variable == max_variable_names[1] ?
							UCOL_REORDER_CODE_SPACE : UCOL_REORDER_CODE_PUNCTUATION, &status);
	check_status(status, fields);
}

/* Options that could have no effect together. */
static void
check_fields(const CollationFields *fields)
{
	if (fields->version != NULL && strcmp(fields->version, DOCUMENT_VERSION) != 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_INCOMPATIBLE_COLLATION_VERSION),
				 errmsg("Requested collation version %s but the only available collator version "
						"was %s. Requested collation spec: %s", fields->version,
						DOCUMENT_VERSION, spec_text(fields->spec))));
	if (fields->backwards && fields->strength == 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("'backwards' is invalid with 'strength' of 1 in: %s",
						spec_text(fields->spec))));
	if (strcmp(fields->case_first, "off") != 0 && !fields->case_level && fields->strength <= 2)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("'caseFirst' is invalid unless 'caseLevel' is on or 'strength' is greater "
						"than 2 in: %s", spec_text(fields->spec))));
}

static void
build_document(const CollationFields *fields, BsonValue *document)
{
	BsonBuilder builder;

	pgbson_builder_init(&builder);
	pgbson_append_cstring(&builder, "locale", -1, fields->locale);
	pgbson_append_bool(&builder, "caseLevel", -1, fields->case_level);
	pgbson_append_cstring(&builder, "caseFirst", -1, fields->case_first);
	pgbson_append_int32(&builder, "strength", -1, fields->strength);
	pgbson_append_bool(&builder, "numericOrdering", -1, fields->numeric_ordering);
	pgbson_append_cstring(&builder, "alternate", -1, fields->alternate);
	pgbson_append_cstring(&builder, "maxVariable", -1, fields->max_variable);
	pgbson_append_bool(&builder, "normalization", -1, fields->normalization);
	pgbson_append_bool(&builder, "backwards", -1, fields->backwards);
	pgbson_append_cstring(&builder, "version", -1, DOCUMENT_VERSION);
	pgbson_finish(&builder, BSON_DOCUMENT, document);
}

/* Sets a new collator up; *document becomes the whole document. */
static void
set_up(UCollator *collator, CollationFields *fields, BsonValue *document)
{
	check_locale(collator, fields);
	set_attribute(collator, UCOL_CASE_LEVEL, &fields->case_level, fields);
	set_strength(collator, fields);
	set_attribute(collator, UCOL_NUMERIC_COLLATION, &fields->numeric_ordering, fields);
	set_attribute(collator, UCOL_NORMALIZATION_MODE, &fields->normalization, fields);
	set_attribute(collator, UCOL_FRENCH_COLLATION, &fields->backwards, fields);
	set_names(collator, fields);
	check_fields(fields);
	build_document(fields, document);
}

/* A new collation, in TopMemoryContext. */
static BsonCollation *
make_collation(CollationFields *fields)
{
	BsonCollation *collation;
	UErrorCode	status = U_ZERO_ERROR;
	UCollator  *collator = ucol_open(fields->locale, &status);
	UVersionInfo version;
	BsonValue	document;
	MemoryContext old;

	check_status(status, fields);
	PG_TRY();
	{
		set_up(collator, fields, &document);
		old = MemoryContextSwitchTo(TopMemoryContext);
		collation = palloc0(sizeof(BsonCollation));
		pgbson_value_copy(fields->spec, &collation->spec);
		pgbson_value_copy(&document, &collation->document);
		MemoryContextSwitchTo(old);
	}
	PG_CATCH();
	{
		ucol_close(collator);
		PG_RE_THROW();
	}
	PG_END_TRY();
	collation->collator = collator;
	ucol_getVersion(collator, version);
	u_versionToString(version, collation->version);
	return collation;
}

/* ---- Keeping collators ---- */

static void
free_collation(BsonCollation *collation)
{
	ucol_close(collation->collator);
	pfree(unconstify(char *, collation->spec.v.data));
	pfree(unconstify(char *, collation->document.v.data));
	pfree(collation);
}

/* Leaves the collations that are in use, and of the others those used last. */
static void
forget_collations(void)
{
	BsonCollation **link = &collations;
	int			kept = 0;

	while (*link != NULL)
	{
		BsonCollation *collation = *link;

		if (collation->pins > 0 || kept < KEPT_COLLATORS)
		{
			kept++;
			link = &collation->next;
			continue;
		}
		*link = collation->next;
		free_collation(collation);
	}
}

static bool
same_bytes(const BsonValue *a, const BsonValue *b)
{
	return a->len == b->len && memcmp(a->v.data, b->v.data, a->len) == 0;
}

/* A collation that was made from the same document, or is the one with all fields. */
static BsonCollation *
find_collation(const BsonValue *spec)
{
	for (BsonCollation **link = &collations; *link != NULL; link = &(*link)->next)
	{
		BsonCollation *collation = *link;

		if (!same_bytes(&collation->spec, spec) && !same_bytes(&collation->document, spec))
			continue;
		*link = collation->next;
		collation->next = collations;
		collations = collation;
		return collation;
	}
	return NULL;
}

static void
unpin(void *arg)
{
	((BsonCollation *) arg)->pins--;
}

const BsonCollation *
pgbson_collation_open(const BsonValue *spec)
{
	BsonCollation *collation = spec->type == BSON_DOCUMENT ? find_collation(spec) : NULL;
	MemoryContextCallback *callback;

	if (collation == NULL)
	{
		CollationFields fields;

		read_fields(spec, &fields);
		if (strcmp(fields.locale, "simple") == 0)
			return NULL;
		forget_collations();
		collation = make_collation(&fields);
		collation->next = collations;
		collations = collation;
	}
	callback = palloc(sizeof(MemoryContextCallback));
	callback->func = unpin;
	callback->arg = collation;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	collation->pins++;
	return collation;
}

const BsonCollation *
pgbson_collation_of(const BsonValue *document)
{
	BsonValue	spec;

	if (document == NULL || document->type != BSON_DOCUMENT ||
		!pgbson_get(document, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN, &spec))
		return NULL;
	return pgbson_collation_open(&spec);
}

/* What a call site has in fn_extra. */
typedef struct CachedCollation
{
	BsonValue	spec;
	const BsonCollation *collation;
} CachedCollation;

const BsonCollation *
pgbson_collation_cached(FmgrInfo *flinfo, const BsonValue *spec)
{
	CachedCollation *cached = flinfo->fn_extra;
	MemoryContext old;

	if (cached != NULL && same_bytes(&cached->spec, spec))
		return cached->collation;
	old = MemoryContextSwitchTo(flinfo->fn_mcxt);
	cached = palloc0(sizeof(CachedCollation));
	cached->collation = pgbson_collation_open(spec);
	pgbson_value_copy(spec, &cached->spec);
	MemoryContextSwitchTo(old);
	flinfo->fn_extra = cached;
	return cached->collation;
}

void
pgbson_collation_document(const BsonCollation *collation, BsonValue *document)
{
	if (collation == NULL)
		pgbson_make_simple(BSON_MISSING, document);
	else
		*document = collation->document;
}

bool
pgbson_collation_same(const BsonCollation *a, const BsonCollation *b)
{
	if (a == b)
		return true;
	return a != NULL && b != NULL && same_bytes(&a->document, &b->document);
}

const char *
pgbson_collation_version(const BsonCollation *collation)
{
	return collation->version;
}

/* ---- Comparing ---- */

static void
check_comparison(UErrorCode status)
{
	if (U_FAILURE(status))
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("could not compare strings: %s", u_errorName(status))));
}

int
pgbson_collation_compare(const BsonCollation *collation, const char *a, uint32 a_len,
						 const char *b, uint32 b_len)
{
	UErrorCode	status = U_ZERO_ERROR;
	UCollationResult order;

	if (a_len == b_len && memcmp(a, b, a_len) == 0)
		return 0;
	order = ucol_strcollUTF8(collation->collator, a, (int32_t) a_len, b, (int32_t) b_len, &status);
	check_comparison(status);
	return (int) order;
}

void
pgbson_collation_append_key(const BsonCollation *collation, StringInfo key, const char *data,
							uint32 len)
{
	UChar		buffer[INLINE_UNITS];
	UChar	   *units = buffer;
	UErrorCode	status = U_ZERO_ERROR;
	int32_t		count;
	int32_t		room;
	int32_t		size;

	/* UTF-16 never has more units than UTF-8 has bytes. */
	if (len > INLINE_UNITS)
		units = palloc(len * sizeof(UChar));
	u_strFromUTF8WithSub(units, Max(len, INLINE_UNITS), &count, data, (int32_t) len, 0xFFFD, NULL,
						 &status);
	if (U_FAILURE(status))
		check_comparison(status);

	enlargeStringInfo(key, 64);
	room = key->maxlen - key->len;
	size = ucol_getSortKey(collation->collator, units, count, (uint8_t *) key->data + key->len,
						   room);
	if (size > room)
	{
		enlargeStringInfo(key, size);
		size = ucol_getSortKey(collation->collator, units, count,
							   (uint8_t *) key->data + key->len, size);
	}
	if (size <= 0)
		check_comparison(U_MEMORY_ALLOCATION_ERROR);
	key->len += size;
	if (units != buffer)
		pfree(units);
}
