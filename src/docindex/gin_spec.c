/*
 * gin_spec.c
 *		What a wildcard index is over: the options of the operator class bson_ops.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/reloptions.h"
#include "catalog/pg_am_d.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "base/errors.h"
#include "docindex/gin_internal.h"
#include "pgbson/number.h"
#include "project/project.h"

PG_FUNCTION_INFO_V1(docdb_gin_options);

#define WILDCARD "$**"

/* The options of the operator class, as PostgreSQL stores them parsed. */
typedef struct GinOptions
{
	int32		vl_len_;		/* varlena header, do not touch */
	int			keys;			/* offsets of strings */
	int			projection;
	int			partial;
	int			collation;
	int			name;
	bool		hidden;
} GinOptions;

/* ---- Key patterns ---- */

/* Whether a path is "$**" or ends in ".$**". */
static bool
is_wildcard_path(const char *path, uint32 len)
{
	return (len == 3 && memcmp(path, WILDCARD, 3) == 0) ||
		(len > 3 && memcmp(path + len - 4, "." WILDCARD, 4) == 0);
}

bool
docindex_is_wildcard(const BsonValue *keys)
{
	BsonIter	iter;

	pgbson_iter_init(&iter, keys);
	while (pgbson_iter_next(&iter))
		if (is_wildcard_path(iter.key, iter.keylen))
			return true;
	return false;
}

/* Unlike MongoDB, docdb has no compound wildcard indexes. */
void
docindex_check_wildcard_keys(const BsonValue *keys)
{
	BsonIter	iter;
	BsonValue	direction;
	int			n = 0;

	pgbson_iter_init(&iter, keys);
	while (pgbson_iter_next(&iter))
	{
		pgbson_iter_value(&iter, &direction);
		docindex_check_direction(&direction, keys);
		if (!is_wildcard_path(iter.key, iter.keylen))
			docindex_check_path(iter.key);
		else if (iter.keylen > 3)
			docindex_check_path(pnstrdup(iter.key, iter.keylen - 4));
		n++;
	}
	if (n > 1)
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("compound wildcard indexes are not supported")));
}

/* ---- Projections ---- */

static void
check_projection_values(const BsonValue *projection)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, projection);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (value.type == BSON_DOCUMENT && value.len > BSON_MIN_DOCUMENT_SIZE && iter.key[0] != '$')
			check_projection_values(&value);
		else if (iter.key[0] == '$' || (value.type != BSON_BOOL && !pgbson_is_number(&value)))
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(51271)),
					 errmsg("Bad projection specification, cannot use computed fields when parsing "
							"a spec in kBanComputedFields mode: %s",
							pgbson_to_json(projection, BSON_JSON_RELAXED))));
	}
}

void
docindex_check_projection(const BsonValue *keys, const BsonValue *projection)
{
	BsonValue	direction;

	if (!docindex_is_wildcard(keys))
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("The field 'wildcardProjection' is only allowed in 'wildcard' indexes")));
	if (projection->type != BSON_DOCUMENT)
		ereport(ERROR,
				(errcode(DOCDB_ERR_TYPE_MISMATCH),
				 errmsg("The field 'wildcardProjection' must be a non-empty object, but got %s",
						pgbson_type_name(projection->type))));
	if (!pgbson_get(keys, WILDCARD, 3, &direction))
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("The field 'wildcardProjection' is only allowed when 'key' is "
						"{\"$**\": \302\2611}")));
	if (projection->len <= BSON_MIN_DOCUMENT_SIZE)
		ereport(ERROR,
				(errcode(DOCDB_ERR_FAILED_TO_PARSE),
				 errmsg("The 'wildcardProjection' field can't be an empty object")));
	check_projection_values(projection);
	(void) project_compile(projection, PROJECT_FIND, NULL);
}

/* ---- Scopes ---- */

static GinScopeNode *
scope_child(GinScopeNode *parent, const char *name, uint32 len)
{
	GinScopeNode *child;
	ListCell   *lc;

	foreach(lc, parent->children)
	{
		child = lfirst(lc);
		if (child->len == len && memcmp(child->name, name, len) == 0)
			return child;
	}
	child = palloc0(sizeof(GinScopeNode));
	child->name = name;
	child->len = len;
	parent->children = lappend(parent->children, child);
	return child;
}

static GinScopeNode *
scope_path(GinScopeNode *parent, const char *path, uint32 len)
{
	const BsonPath *parts = pgbson_path_parse(path, len);

	for (int i = 0; i < parts->nparts; i++)
		parent = scope_child(parent, parts->part[i].name, parts->part[i].len);
	return parent;
}

/* Adds the fields of a projection that are included, or those that are not. */
static void
add_projection(GinScopeNode *parent, const BsonValue *projection, bool included, bool is_root)
{
	BsonIter	iter;

	check_stack_depth();
	pgbson_iter_init(&iter, projection);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (is_root && pgbson_iter_key_is(&iter, "_id", 3))
			continue;
		if (value.type == BSON_DOCUMENT)
			add_projection(scope_path(parent, iter.key, iter.keylen), &value, included, false);
		else if (pgbson_is_truthy(&value) == included)
			(void) scope_path(parent, iter.key, iter.keylen);
	}
}

/* Whether a projection names what is in the index, rather than what is not. */
static bool
is_inclusion(const BsonValue *projection)
{
	BsonIter	iter;
	bool		only_id = true;
	bool		id_included = false;

	pgbson_iter_init(&iter, projection);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;

		pgbson_iter_value(&iter, &value);
		if (pgbson_iter_key_is(&iter, "_id", 3) && value.type != BSON_DOCUMENT)
		{
			id_included = pgbson_is_truthy(&value);
			continue;
		}
		only_id = false;
		while (value.type == BSON_DOCUMENT)
		{
			BsonIter	inner;

			pgbson_iter_init(&inner, &value);
			if (!pgbson_iter_next(&inner))
				return true;
			pgbson_iter_value(&inner, &value);
		}
		return pgbson_is_truthy(&value);
	}
	return only_id && id_included;
}

/* As MongoDB has it, _id is in the index only if the projection says so. */
static void
add_id(GinScopeNode *root, const BsonValue *projection, bool inclusion)
{
	BsonValue	value;
	bool		included = false;

	if (projection->type == BSON_DOCUMENT && pgbson_get(projection, "_id", 3, &value))
	{
		if (value.type == BSON_DOCUMENT)
		{
			add_projection(scope_child(root, "_id", 3), &value, inclusion, false);
			return;
		}
		included = pgbson_is_truthy(&value);
	}
	if (included == inclusion)
		scope_child(root, "_id", 3)->children = NIL;
}

static void
compile_scope(GinSpec *spec)
{
	GinScopeNode *root = palloc0(sizeof(GinScopeNode));
	const BsonValue *projection = &spec->wildcard.projection;
	bool		inclusion;
	BsonIter	iter;

	pgbson_iter_init(&iter, &spec->wildcard.keys);
	if (pgbson_iter_next(&iter) && iter.keylen > 3)
	{
		(void) scope_path(root, iter.key, iter.keylen - 4);
		inclusion = true;
	}
	else
	{
		inclusion = projection->type == BSON_DOCUMENT && is_inclusion(projection);
		if (projection->type == BSON_DOCUMENT)
			add_projection(root, projection, inclusion, true);
		add_id(root, projection, inclusion);
	}
	spec->root.included = !inclusion;
	spec->root.node = root->children != NIL ? root : NULL;
}

/* ---- Options ---- */

static GinSpec *
compile_spec(GinOptions *options)
{
	GinSpec    *spec = palloc0(sizeof(GinSpec));
	DocWildcard *wildcard = &spec->wildcard;
	BsonValue	collation;
	BsonValue	partial;

	docindex_read_option(options ? GET_STRING_RELOPTION(options, keys) : NULL, &wildcard->keys);
	if (wildcard->keys.type == BSON_MISSING)
		pgbson_from_json("{\"$**\": 1}", 10, true, &wildcard->keys);
	if (!docindex_is_wildcard(&wildcard->keys))
		ereport(ERROR,
				(errcode(DOCDB_ERR_CANNOT_CREATE_INDEX),
				 errmsg("the keys of an index of operator class %s must be {\"$**\": 1} or "
						"{\"<path>.$**\": 1}", DOCINDEX_GIN_OPCLASS_NAME)));
	docindex_check_wildcard_keys(&wildcard->keys);
	if (options)
	{
		docindex_read_option(GET_STRING_RELOPTION(options, projection), &wildcard->projection);
		docindex_read_option(GET_STRING_RELOPTION(options, partial), &wildcard->partial);
		docindex_read_option(GET_STRING_RELOPTION(options, collation), &collation);
		if (collation.type == BSON_DOCUMENT)
			spec->collator = pgbson_collation_open(&collation);
		pgbson_collation_document(spec->collator, &wildcard->collation);
		wildcard->name = GET_STRING_RELOPTION(options, name);
		wildcard->hidden = options->hidden;
	}
	if (wildcard->projection.type != BSON_MISSING)
		docindex_check_projection(&wildcard->keys, &wildcard->projection);
	if (wildcard->partial.type != BSON_MISSING)
	{
		docindex_check_partial_filter(&wildcard->partial);
		docindex_collate_filter(&wildcard->partial, &wildcard->collation, &partial);
		spec->partial = match_compile(&partial, NULL);
		spec->partial_condition = match_conditions(&partial);
		docindex_fields_add_condition(&spec->partial_fields, spec->partial_condition);
	}
	compile_scope(spec);
	return spec;
}

/* Refuses options that make no sense when an index is created. */
static void
validate_options(void *parsed, relopt_value *values, int nvalues)
{
	(void) compile_spec(parsed);
}

/* docdb.gin_options(internal): tells PostgreSQL which options there are. */
Datum
docdb_gin_options(PG_FUNCTION_ARGS)
{
	local_relopts *options = (local_relopts *) PG_GETARG_POINTER(0);

	init_local_reloptions(options, sizeof(GinOptions));
	add_local_string_reloption(options, "keys", "{\"$**\": 1}, or with a path before", NULL, NULL,
							   NULL, offsetof(GinOptions, keys));
	add_local_string_reloption(options, "projection", "paths that are in the index, or are not",
							   NULL, NULL, NULL, offsetof(GinOptions, projection));
	add_local_string_reloption(options, "partial", "filter of the documents in the index", NULL,
							   NULL, NULL, offsetof(GinOptions, partial));
	add_local_string_reloption(options, "collation", "a collation document", NULL, NULL, NULL,
							   offsetof(GinOptions, collation));
	add_local_string_reloption(options, "name", "MongoDB's name of the index", NULL, NULL, NULL,
							   offsetof(GinOptions, name));
	add_local_bool_reloption(options, "hidden", "the planner does not use the index", false,
							 offsetof(GinOptions, hidden));
	register_reloptions_validator(options, validate_options);
	PG_RETURN_VOID();
}

/* ---- The compiled form ---- */

/*
 * Calls do not tell which index they are for, so what is kept goes by the bytes of the options.
 * Scans may have pointers to it, so that nothing is ever freed; options that make no sense leave
 * nothing behind.
 */
typedef struct GinSpecEntry
{
	uint64		hash;			/* the key */
	List	   *options;		/* of bytea *, and */
	List	   *specs;			/* what was made of them */
} GinSpecEntry;

static HTAB *specs = NULL;
static MemoryContext spec_context = NULL;

static void
create_specs(void)
{
	HASHCTL		control = {0};

	spec_context = AllocSetContextCreate(CacheMemoryContext, "docdb wildcard specifications",
										 ALLOCSET_DEFAULT_SIZES);
	control.keysize = sizeof(uint64);
	control.entrysize = sizeof(GinSpecEntry);
	control.hcxt = spec_context;
	specs = hash_create("docdb wildcard specifications", 16, &control,
						HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

const GinSpec *
docindex_gin_spec_of_options(bytea *options)
{
	Size		size = options ? VARSIZE(options) : 0;
	uint64		hash = hash_bytes_extended((const unsigned char *) options, size, 0);
	GinSpecEntry *entry;
	MemoryContext old_context;
	bytea	   *copy = NULL;
	ListCell   *lc;
	ListCell   *lc2;
	bool		found;

	if (specs == NULL)
		create_specs();
	entry = hash_search(specs, &hash, HASH_FIND, NULL);
	if (entry != NULL)
	{
		forboth(lc, entry->options, lc2, entry->specs)
		{
			const bytea *seen = lfirst(lc);

			if (seen == NULL ? options == NULL : VARSIZE(seen) == size &&
				memcmp(seen, options, size) == 0)
				return lfirst(lc2);
		}
	}

	(void) compile_spec((GinOptions *) options);
	old_context = MemoryContextSwitchTo(spec_context);
	if (options != NULL)
	{
		copy = palloc(size);
		memcpy(copy, options, size);
	}
	entry = hash_search(specs, &hash, HASH_ENTER, &found);
	if (!found)
		entry->options = entry->specs = NIL;
	entry->specs = lappend(entry->specs, compile_spec((GinOptions *) copy));
	entry->options = lappend(entry->options, copy);
	MemoryContextSwitchTo(old_context);
	return llast(entry->specs);
}

const GinSpec *
docindex_gin_spec_of_call(FmgrInfo *flinfo)
{
	bytea	   *options = NULL;

	if (flinfo->fn_extra == NULL)
	{
		if (has_fn_opclass_options(flinfo))
			options = get_fn_opclass_options(flinfo);
		flinfo->fn_extra = unconstify(GinSpec *, docindex_gin_spec_of_options(options));
	}
	return flinfo->fn_extra;
}

const GinSpec *
docindex_gin_spec(Relation index)
{
	bytea	  **options = RelationGetIndexAttOptions(index, false);

	return docindex_gin_spec_of_options(options ? options[0] : NULL);
}

const DocWildcard *
docindex_wildcard(Relation index)
{
	if (index->rd_rel->relam != GIN_AM_OID ||
		index_getprocinfo(index, 1, GIN_EXTRACTVALUE_PROC)->fn_addr != docdb_gin_extract_value)
		return NULL;
	return &docindex_gin_spec(index)->wildcard;
}

/* ---- Updates ---- */

void
docindex_wildcard_add_fields(Relation index, DocIndexFields *fields)
{
	const GinSpec *spec = docindex_gin_spec(index);
	ListCell   *lc;

	docindex_fields_add(fields, &spec->partial_fields);
	if (spec->root.included || spec->root.node == NULL)
	{
		fields->all |= spec->root.included;
		return;
	}
	foreach(lc, spec->root.node->children)
	{
		const GinScopeNode *child = lfirst(lc);

		docindex_fields_add_path(fields, pnstrdup(child->name, child->len));
	}
}

/* A field in which something is in the index has other keys, or is taken for one that has. */
bool
docindex_wildcard_concerns(Relation index, const DocChange *change)
{
	const GinSpec *spec = docindex_gin_spec(index);

	if (change->all || docindex_concerns(&spec->partial_fields, change))
		return true;
	for (int i = 0; i < change->nfields; i++)
	{
		GinScope	scope = gin_scope_of_field(spec->root, change->names[i], change->lens[i]);

		if (scope.included || scope.node != NULL)
			return true;
	}
	return false;
}
