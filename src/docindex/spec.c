/*
 * spec.c
 *		What an index is over: its options, compiled and kept.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "access/reloptions.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/errors.h"
#include "docindex/docindex_internal.h"
#include "pgbson/number.h"

PG_FUNCTION_INFO_V1(docdb_index_options);

/* The options of the operator class, as PostgreSQL stores them parsed. */
typedef struct KeyOptions
{
	int32		vl_len_;		/* varlena header, do not touch */
	int			keys;			/* offsets of strings */
	int			partial;
	int			collation;
	int			name;
	bool		sparse;
	bool		uniq;
} KeyOptions;

/* The storage parameters: nbtree's, which reads its own part, and ours. */
typedef struct StorageOptions
{
	BTOptions	nbtree;			/* must be first */
	bool		hidden;
	int			expire_after_seconds;
	int			collation_version;	/* offset of a string */
} StorageOptions;

/* ---- Options of the operator class ---- */

/* docdb.index_options(internal): tells PostgreSQL which options there are. */
Datum
docdb_index_options(PG_FUNCTION_ARGS)
{
	local_relopts *options = (local_relopts *) PG_GETARG_POINTER(0);

	init_local_reloptions(options, sizeof(KeyOptions));
	add_local_string_reloption(options, "keys", "paths and directions, a document", NULL, NULL,
							   NULL, offsetof(KeyOptions, keys));
	add_local_string_reloption(options, "partial", "filter of the documents in the index", NULL,
							   NULL, NULL, offsetof(KeyOptions, partial));
	add_local_string_reloption(options, "collation", "a collation document", NULL, NULL, NULL,
							   offsetof(KeyOptions, collation));
	add_local_string_reloption(options, "name", "the name in messages", NULL, NULL, NULL,
							   offsetof(KeyOptions, name));
	add_local_bool_reloption(options, "sparse", "leave documents without the paths out", false,
							 offsetof(KeyOptions, sparse));
	add_local_bool_reloption(options, "uniq", "refuse documents with equal keys", false,
							 offsetof(KeyOptions, uniq));
	PG_RETURN_VOID();
}

void
docindex_read_option(const char *text, BsonValue *document)
{
	char	   *utf8;

	pgbson_make_simple(BSON_MISSING, document);
	if (text == NULL)
		return;
	utf8 = pg_server_to_any(text, strlen(text), PG_UTF8);
	pgbson_from_json(utf8, strlen(utf8), true, document);
}

void
docindex_check_path(const char *path)
{
	const char *problem = NULL;

	if (path[0] == '\0')
		problem = "Index keys cannot be an empty field.";
	else if (path[0] == '.' || path[strlen(path) - 1] == '.' || strstr(path, "..") != NULL)
		problem = "Index keys cannot contain an empty field.";
	else if (path[0] == '$' || strstr(path, ".$") != NULL)
		problem = "Index key contains an illegal field name: field name starts with '$'.";
	if (problem != NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("%s", problem)));
}

/* A string for a direction: one of MongoDB's kinds of indexes that docdb lacks, or nonsense. */
static void
refuse_plugin(const BsonValue *name)
{
	static const char *const plugins[] = {"text", "hashed", "2d", "2dsphere", "geoHaystack"};
	char	   *text = pnstrdup(name->v.data, name->len);

	if (strcmp(text, "wildcard") == 0)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("The key pattern value for an 'wildcard' index must be a non-zero number, "
						"not a string.")));
	for (int i = 0; i < lengthof(plugins); i++)
		if (strcmp(text, plugins[i]) == 0)
			ereport(ERROR,
					(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
					 errmsg("indexes of type '%s' are not supported", text)));
	ereport(ERROR,
			(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
			 errmsg("Unknown index plugin '%s'", text)));
}

void
docindex_check_direction(const BsonValue *direction, const BsonValue *keys)
{
	if (direction->type == BSON_STRING)
		refuse_plugin(direction);
	if (!pgbson_is_number(direction))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("Values in v:2 index key pattern cannot be of type %s. Only numbers > 0, "
						"numbers < 0, and strings are allowed.",
						pgbson_type_name(direction->type))));
	if (pgbson_number_is_zero(direction) || pgbson_number_is_nan(direction))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("Values in the index key pattern cannot be 0. Key pattern: %s",
						pgbson_to_json(keys, BSON_JSON_RELAXED))));
}

void
docindex_check_keys(const BsonValue *keys)
{
	BsonIter	iter;
	BsonIter	earlier;
	int			n = 0;

	if (keys->len <= BSON_MIN_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("Index keys cannot be empty.")));
	pgbson_iter_init(&iter, keys);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	direction;

		docindex_check_path(iter.key);
		pgbson_iter_value(&iter, &direction);
		docindex_check_direction(&direction, keys);
		pgbson_iter_init(&earlier, keys);
		for (int i = 0; i < n && pgbson_iter_next(&earlier); i++)
			if (pgbson_iter_key_is(&earlier, iter.key, iter.keylen))
				ereport(ERROR,
						(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
						 errmsg("The field '%s' appears multiple times in the index key pattern "
								"%s", iter.key, pgbson_to_json(keys, BSON_JSON_RELAXED))));
		n++;
	}
	if (n > BSON_MAX_KEYS)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(13103)),
				 errmsg("too many compound keys")));
}

static bool
allowed_in_partial_filter(const MatchCondition *condition)
{
	switch (condition->kind)
	{
		case MATCH_IS_AND:
		case MATCH_IS_OR:
			for (int i = 0; i < condition->nchildren; i++)
				if (!allowed_in_partial_filter(condition->children[i]))
					return false;
			return true;
		case MATCH_IS_CONSTANT:
			return true;
		case MATCH_IS_IN:
			return condition->nregexes == 0 && !condition->negated;
		case MATCH_IS_EQ:
		case MATCH_IS_GT:
		case MATCH_IS_GTE:
		case MATCH_IS_LT:
		case MATCH_IS_LTE:
		case MATCH_IS_EXISTS:
		case MATCH_IS_TYPE:
			return !condition->negated;
		default:
			return false;
	}
}

void
docindex_check_partial_filter(const BsonValue *filter)
{
	(void) match_compile(filter, NULL);
	if (!allowed_in_partial_filter(match_conditions(filter)))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("Expression not supported in partial index: %s",
						pgbson_to_json(filter, BSON_JSON_RELAXED))));
}

/* ---- The compiled form ---- */

typedef struct SpecEntry
{
	Oid			index;			/* the key */
	bytea	   *options;		/* what the specification was made of */
	DocIndexSpec *spec;
} SpecEntry;

static HTAB *specs = NULL;
static MemoryContext spec_context = NULL;

static void
add_field(DocIndexSpec *spec, const BsonIter *iter)
{
	BsonValue	direction;
	BsonPath   *path = pgbson_path_parse(iter->key, iter->keylen);
	int			field = spec->nfields++;

	pgbson_iter_value(iter, &direction);
	if (pgbson_number_to_double(&direction) < 0)
		spec->descending |= (uint32) 1 << field;
	for (int i = 0; i < path->nparts; i++)
		spec->has_positions |= path->part[i].index >= 0;
	spec->names[field] = iter->key;
	docindex_fields_add_path(&spec->fields, iter->key);
	spec->paths.path[spec->paths.npaths++] = path;
}

static void
read_collation(DocIndexSpec *spec, const char *text)
{
	BsonValue	given;

	docindex_read_option(text, &given);
	if (given.type == BSON_DOCUMENT)
		spec->collator = pgbson_collation_open(&given);
	pgbson_collation_document(spec->collator, &spec->collation);
}

void
docindex_collate_filter(const BsonValue *filter, const BsonValue *collation, BsonValue *collated)
{
	BsonBuilder builder;
	BsonIter	iter;

	*collated = *filter;
	if (filter->type != BSON_DOCUMENT || collation->type == BSON_MISSING)
		return;
	pgbson_builder_init(&builder);
	pgbson_iter_init(&iter, filter);
	pgbson_append_elements(&builder, iter.next, iter.end);
	pgbson_append(&builder, BSON_COLLATION_FIELD, BSON_COLLATION_FIELD_LEN, collation);
	pgbson_finish(&builder, BSON_DOCUMENT, collated);
}

static DocIndexSpec *
compile_spec(KeyOptions *options)
{
	DocIndexSpec *spec = palloc0(sizeof(DocIndexSpec));
	BsonIter	iter;

	docindex_read_option(GET_STRING_RELOPTION(options, keys), &spec->keys);
	docindex_read_option(GET_STRING_RELOPTION(options, partial), &spec->partial);
	read_collation(spec, GET_STRING_RELOPTION(options, collation));
	docindex_collate_filter(&spec->partial, &spec->collation, &spec->partial_filter);
	if (spec->keys.type == BSON_MISSING)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("the operator class option \"keys\" is required"),
				 errhint("For example: (doc bson_keys (keys = '{\"a\": 1}')).")));
	docindex_check_keys(&spec->keys);
	if (spec->partial.type == BSON_DOCUMENT)
		docindex_check_partial_filter(&spec->partial);
	spec->name = GET_STRING_RELOPTION(options, name);
	spec->sparse = options->sparse;
	spec->unique = options->uniq;
	pgbson_iter_init(&iter, &spec->keys);
	while (pgbson_iter_next(&iter))
		add_field(spec, &iter);
	if (spec->partial.type == BSON_DOCUMENT)
		docindex_fields_add_condition(&spec->fields, match_conditions(&spec->partial));
	return spec;
}

static void
create_specs(void)
{
	HASHCTL		control = {0};

	spec_context = AllocSetContextCreate(CacheMemoryContext, "docdb index specifications",
										 ALLOCSET_DEFAULT_SIZES);
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(SpecEntry);
	control.hcxt = spec_context;
	specs = hash_create("docdb index specifications", 64, &control,
						HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/*
 * An index's options never change, so an entry is good while they are the same bytes; only an OID
 * that was used again could have others.  Scans may have pointers to what is kept, so that nothing
 * is ever freed.
 */
const DocIndexSpec *
docindex_spec_of_options(Oid index, bytea *options)
{
	SpecEntry  *entry;
	DocIndexSpec *spec;
	bytea	   *copy;
	MemoryContext old_context;

	if (options == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("the operator class option \"keys\" is required"),
				 errhint("For example: (doc bson_keys (keys = '{\"a\": 1}')).")));
	if (specs == NULL)
		create_specs();
	entry = hash_search(specs, &index, HASH_FIND, NULL);
	if (entry != NULL && VARSIZE(entry->options) == VARSIZE(options) &&
		memcmp(entry->options, options, VARSIZE(options)) == 0)
		return entry->spec;

	/* A specification that makes no sense must leave nothing behind. */
	(void) compile_spec((KeyOptions *) options);
	old_context = MemoryContextSwitchTo(spec_context);
	copy = palloc(VARSIZE(options));
	memcpy(copy, options, VARSIZE(options));
	spec = compile_spec((KeyOptions *) copy);
	MemoryContextSwitchTo(old_context);
	entry = hash_search(specs, &index, HASH_ENTER, NULL);
	entry->options = copy;
	entry->spec = spec;
	return spec;
}

bool
docindex_is_ours(Relation index)
{
	return index->rd_indam != NULL && index->rd_indam->ambuild == docindex_build;
}

/*
 * Warns, once in a session, where ICU has other rules than those that the keys were made by.  As
 * for PostgreSQL's own collations, whether they are in order all the same is not known.
 */
static void
check_collation_version(Relation index, DocIndexSpec *spec)
{
	const StorageOptions *options = (const StorageOptions *) index->rd_options;
	const char *made_by = options == NULL ? NULL : GET_STRING_RELOPTION(options, collation_version);
	const char *version = pgbson_collation_version(spec->collator);

	spec->version_checked = true;
	if (made_by == NULL || made_by[0] == '\0' || strcmp(made_by, version) == 0)
		return;
	ereport(WARNING,
			(errmsg("index \"%s\" may be out of order: the rules of its collation have changed",
					RelationGetRelationName(index)),
			 errdetail("Its keys were made by version %s of the rules, but ICU provides version "
					   "%s.", made_by, version),
			 errhint("Rebuild it with REINDEX INDEX, then run ALTER INDEX %s SET "
					 "(collation_version = '%s').",
					 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(index)),
												RelationGetRelationName(index)), version)));
}

const DocIndexSpec *
docindex_spec(Relation index)
{
	bytea	  **options = RelationGetIndexAttOptions(index, false);
	const DocIndexSpec *spec = docindex_spec_of_options(RelationGetRelid(index),
														options ? options[0] : NULL);

	if (unlikely(spec->collator != NULL && !spec->version_checked))
		check_collation_version(index, unconstify(DocIndexSpec *, spec));
	return spec;
}

/* ---- Storage parameters ---- */

extern bytea *docindex_options(Datum reloptions, bool validate);

bytea *
docindex_options(Datum reloptions, bool validate)
{
	static relopt_kind kind = 0;
	static const relopt_parse_elt elements[] = {
		{"fillfactor", RELOPT_TYPE_INT, offsetof(StorageOptions, nbtree.fillfactor)},
		{"deduplicate_items", RELOPT_TYPE_BOOL,
		offsetof(StorageOptions, nbtree.deduplicate_items)},
		{"hidden", RELOPT_TYPE_BOOL, offsetof(StorageOptions, hidden)},
		{"expire_after_seconds", RELOPT_TYPE_INT, offsetof(StorageOptions, expire_after_seconds)},
		{"collation_version", RELOPT_TYPE_STRING, offsetof(StorageOptions, collation_version)},
	};

	if (kind == 0)
	{
		LOCKMODE	lock = ShareUpdateExclusiveLock;

		kind = add_reloption_kind();
		add_int_reloption(kind, "fillfactor", "Packs index pages only to this percentage",
						  BTREE_DEFAULT_FILLFACTOR, BTREE_MIN_FILLFACTOR, 100, lock);
		add_bool_reloption(kind, "deduplicate_items", "Stores equal keys once a page", true, lock);
		add_bool_reloption(kind, "hidden", "The planner does not use the index", false, lock);
		add_int_reloption(kind, "expire_after_seconds",
						  "Age at which documents are removed, or -1", -1, -1, INT_MAX, lock);
		add_string_reloption(kind, "collation_version",
							 "Version of the collation's rules by which keys were made", NULL,
							 NULL, lock);
	}
	return build_reloptions(reloptions, validate, kind, sizeof(StorageOptions), elements,
							lengthof(elements));
}

void
docindex_settings(Relation index, DocIndexSettings *settings)
{
	const StorageOptions *options = (const StorageOptions *) index->rd_options;

	settings->hidden = options != NULL && options->hidden;
	settings->expire_after_seconds = options != NULL ? options->expire_after_seconds : -1;
}
