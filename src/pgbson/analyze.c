/*
 * analyze.c
 *		ANALYZE for bson: statistics of the paths that the documents of a column have.
 *
 * The sampled documents are walked twice.  The first time the paths are counted, in a tree of
 * field names; those that most documents have are chosen.  The second time the values at the
 * chosen paths are collected.  Time and memory are bounded however large the documents are, by
 * leaving documents of the sample out: every document that is looked at is looked at as a whole.
 */
#include "postgres.h"

#include <math.h>

#include "access/detoast.h"
#include "commands/vacuum.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "pgbson/analyze_internal.h"

/* Bytes of documents that one pass may read, and of memory for values. */
#define READ_BUDGET (64.0 * 1024 * 1024)
#define VALUE_BUDGET (32.0 * 1024 * 1024)

/* What a value takes, apart from SampledValue. */
#define TYPICAL_VALUE_SIZE 24

/* Field names in the tree.  Beyond, rare ones make room when the next document begins. */
#define MAX_NODES 10000

/* Names and paths that nobody could ask for, or only with effort, are left out. */
#define MAX_NAME_LENGTH 128
#define MAX_PATH_LENGTH 256
#define MAX_LEVELS 10

/* Values kept of one path of one document. */
#define MAX_VALUES_PER_DOCUMENT 100

/* Of longer arrays only so many elements are looked at. */
#define MAX_ELEMENTS 100

/* Longer strings are cut. */
#define MAX_VALUE_SIZE 64

/* Lists are shorter where there are many paths, down to a minimum. */
#define TOTAL_LIST_LENGTH 1500
#define MIN_LIST_LENGTH 25

#define ROOT 0
#define NO_NODE PG_UINT32_MAX

/* A field name within the documents that another node stands for. */
typedef struct PathNode
{
	uint32		parent;
	const char *name;
	uint32		namelen;
	uint32		documents;		/* that have it */
	uint32		last_document;	/* the last of these */
	uint32		values;			/* of it in that document */
	double		total_values;
	bool		wanted;			/* chosen, or on the way to one that is */
	PathSample *sample;			/* of a chosen one */
} PathNode;

typedef struct NodeKey
{
	uint32		parent;
	uint32		namelen;
	uint64		hash;			/* of the name */
} NodeKey;

typedef struct NodeEntry
{
	NodeKey		key;
	uint32		node;
} NodeEntry;

typedef struct PathTree
{
	HTAB	   *index;
	PathNode   *nodes;
	uint32		nnodes;
	uint32		document;		/* the number of the current one, from 1 */
	bool		collecting;		/* in the second pass */
	double		weight;			/* of values, which stand for those skipped of long arrays */
	MemoryContext context;		/* of what is kept */
	PathSample *samples;
	int			nsamples;
} PathTree;

static void walk_document(PathTree *tree, uint32 node, const BsonValue *document, int level);

/* ---- The tree ---- */

static void
create_index(PathTree *tree)
{
	HASHCTL		control = {0};

	control.keysize = sizeof(NodeKey);
	control.entrysize = sizeof(NodeEntry);
	control.hcxt = tree->context;
	tree->index = hash_create("bson paths", MAX_NODES, &control,
							  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static void
set_key(NodeKey *key, uint32 parent, const char *name, uint32 namelen)
{
	key->parent = parent;
	key->namelen = namelen;
	key->hash = hash_bytes_extended((const unsigned char *) name, namelen, 0);
}

static PathTree *
create_tree(void)
{
	PathTree   *tree = palloc0(sizeof(PathTree));

	tree->context = CurrentMemoryContext;
	tree->nodes = palloc0(MAX_NODES * sizeof(PathNode));
	tree->nnodes = 1;			/* the root */
	tree->nodes[ROOT].wanted = true;
	tree->weight = 1;
	create_index(tree);
	return tree;
}

/*
 * The node of a field of the documents of a node, or NO_NODE when there is none and none can or
 * need be made.
 */
static uint32
find_node(PathTree *tree, uint32 parent, const char *name, uint32 namelen)
{
	NodeKey		key;
	NodeEntry  *entry;
	PathNode   *node;
	bool		found;
	bool		can_add = !tree->collecting && tree->nnodes < MAX_NODES;

	if (namelen == 0 || namelen > MAX_NAME_LENGTH)
		return NO_NODE;
	set_key(&key, parent, name, namelen);
	entry = hash_search(tree->index, &key, can_add ? HASH_ENTER : HASH_FIND, &found);
	if (found)
	{
		node = &tree->nodes[entry->node];
		return memcmp(node->name, name, namelen) == 0 ? entry->node : NO_NODE;
	}
	if (!can_add)
		return NO_NODE;

	entry->node = tree->nnodes++;
	node = &tree->nodes[entry->node];
	memset(node, 0, sizeof(*node));
	node->parent = parent;
	node->namelen = namelen;
	node->name = MemoryContextStrdup(tree->context, name);
	return entry->node;
}

/*
 * Drops the nodes that not more than a thousandth of the documents have had, or more if that is
 * not enough.  A node's descendants are in no more documents than it is, so they go with it.
 */
static void
prune_tree(PathTree *tree)
{
	uint32	   *moved = palloc(tree->nnodes * sizeof(uint32));
	uint32		threshold = Max(1, tree->document / 1000);

	while (tree->nnodes > MAX_NODES / 2)
	{
		uint32		kept = 1;

		moved[ROOT] = ROOT;
		for (uint32 i = 1; i < tree->nnodes; i++)
		{
			moved[i] = NO_NODE;
			if (tree->nodes[i].documents <= threshold)
				continue;
			moved[i] = kept;
			tree->nodes[kept] = tree->nodes[i];
			tree->nodes[kept].parent = moved[tree->nodes[i].parent];
			kept++;
		}
		tree->nnodes = kept;
		threshold *= 2;
	}
	pfree(moved);

	hash_destroy(tree->index);
	create_index(tree);
	for (uint32 i = 1; i < tree->nnodes; i++)
	{
		PathNode   *node = &tree->nodes[i];
		NodeKey		key;
		NodeEntry  *entry;

		set_key(&key, node->parent, node->name, node->namelen);
		entry = hash_search(tree->index, &key, HASH_ENTER, NULL);
		entry->node = i;
	}
}

/* ---- Walking ---- */

bool
pgbson_is_listed(const BsonValue *value)
{
	switch (value->type)
	{
		case BSON_DOUBLE:
		case BSON_STRING:
		case BSON_SYMBOL:
		case BSON_OBJECTID:
		case BSON_BOOL:
		case BSON_DATE:
		case BSON_INT32:
		case BSON_TIMESTAMP:
		case BSON_INT64:
		case BSON_DECIMAL128:
			return true;
		case BSON_BINARY:
			/* These are ordered by their length, so that cutting would misplace them. */
			return value->len <= MAX_VALUE_SIZE;
		default:
			return false;
	}
}

/* Shortens a string, at the beginning of a character. */
static void
cut_string(SampledValue *sampled)
{
	const char *data = sampled->value.v.data;
	uint32		len = MAX_VALUE_SIZE;

	sampled->cut_hash = hash_bytes((const unsigned char *) data, sampled->value.len) | 1;
	while (len > 0 && ((uint8) data[len] & 0xC0) == 0x80)
		len--;
	sampled->value.len = len;
}

static void
keep_value(PathTree *tree, PathSample *sample, const BsonValue *value)
{
	SampledValue *sampled;
	MemoryContext old;

	if (sample->kept_in != tree->document)
	{
		sample->kept_in = tree->document;
		sample->kept = 0;
	}
	if (sample->kept >= MAX_VALUES_PER_DOCUMENT)
		return;
	sample->kept++;

	old = MemoryContextSwitchTo(tree->context);
	if (sample->nvalues == sample->capacity)
	{
		sample->capacity = Max(64, 2 * sample->capacity);
		sample->values = sample->values == NULL ?
			palloc(sample->capacity * sizeof(SampledValue)) :
			repalloc_huge(sample->values, sample->capacity * sizeof(SampledValue));
	}
	sampled = &sample->values[sample->nvalues++];
	sampled->value = *value;
	sampled->document = tree->document;
	sampled->cut_hash = 0;
	if (value->len > MAX_VALUE_SIZE)
		cut_string(sampled);
	pgbson_value_copy(&sampled->value, &sampled->value);
	MemoryContextSwitchTo(old);
}

/* Counts a value that a chosen path leads to, and keeps it if it is one to be listed. */
static void
collect_value(PathTree *tree, PathSample *sample, const BsonValue *value)
{
	int			slot = type_slot(value->type);

	if (sample->seen_in[slot] != tree->document)
	{
		sample->seen_in[slot] = tree->document;
		sample->by_type[slot]++;
	}
	if (value->type == BSON_NULL || value->type == BSON_UNDEFINED ||
		value->type == BSON_DOCUMENT || value->type == BSON_ARRAY)
		return;
	if (sample->scalar_in != tree->document)
	{
		sample->scalar_in = tree->document;
		sample->scalar++;
	}
	if (pgbson_is_listed(value))
	{
		sample->seen += tree->weight;
		keep_value(tree, sample, value);
	}
}

/* A value at a node: the field's own, or an element of the array that it is. */
static void
walk_value(PathTree *tree, uint32 index, const BsonValue *value, int level)
{
	PathNode   *node = &tree->nodes[index];

	if (node->sample != NULL)
		collect_value(tree, node->sample, value);
	if (value->type == BSON_DOCUMENT)
		walk_document(tree, index, value, level);
	else if (value->type != BSON_ARRAY && ++node->values <= MAX_VALUES_PER_DOCUMENT)
		node->total_values++;
}

static void
walk_array(PathTree *tree, uint32 index, const BsonValue *array, int level)
{
	PathSample *sample = tree->nodes[index].sample;
	double		outer_weight = tree->weight;
	uint32		count = pgbson_count(array);
	uint32		step = (count + MAX_ELEMENTS - 1) / MAX_ELEMENTS;
	BsonIter	iter;

	if (sample != NULL)
	{
		sample->arrays++;
		sample->elements += count;
	}
	tree->weight *= step;
	pgbson_iter_init(&iter, array);
	for (uint32 i = 0; pgbson_iter_next(&iter); i++)
	{
		BsonValue	element;

		/* Others in each document, should their arrays be alike. */
		if ((i + tree->document) % step != 0)
			continue;
		pgbson_iter_value(&iter, &element);
		walk_value(tree, index, &element, level);
	}
	tree->weight = outer_weight;
}

static void
walk_field(PathTree *tree, uint32 index, const BsonValue *value, int level)
{
	PathNode   *node = &tree->nodes[index];

	if (node->last_document != tree->document)
	{
		node->last_document = tree->document;
		node->documents++;
		node->values = 0;
		if (node->sample != NULL)
			node->sample->present++;
	}
	walk_value(tree, index, value, level);
	if (value->type == BSON_ARRAY)
		walk_array(tree, index, value, level);
}

static void
walk_document(PathTree *tree, uint32 node, const BsonValue *document, int level)
{
	BsonIter	iter;

	if (level >= MAX_LEVELS)
		return;
	pgbson_iter_init(&iter, document);
	while (pgbson_iter_next(&iter))
	{
		BsonValue	value;
		uint32		child = find_node(tree, node, iter.key, iter.keylen);

		if (child == NO_NODE || (tree->collecting && !tree->nodes[child].wanted))
			continue;
		pgbson_iter_value(&iter, &value);
		walk_field(tree, child, &value, level + 1);
	}
}

/* ---- Choosing ---- */

/* A name with dots or a dollar sign is none that a path could mean. */
static bool
can_be_asked_for(const PathNode *node)
{
	return node->name[0] != '$' && memchr(node->name, '.', node->namelen) == NULL;
}

/* The dotted path of a node, or NULL if it is none or too long. */
static char *
node_path(const PathTree *tree, uint32 index, uint32 *len)
{
	StringInfoData path;
	uint32		chain[MAX_LEVELS];
	int			n = 0;

	for (uint32 i = index; i != ROOT; i = tree->nodes[i].parent)
	{
		if (!can_be_asked_for(&tree->nodes[i]))
			return NULL;
		chain[n++] = i;
	}
	initStringInfo(&path);
	while (n > 0)
	{
		const PathNode *node = &tree->nodes[chain[--n]];

		appendBinaryStringInfo(&path, node->name, node->namelen);
		if (n > 0)
			appendStringInfoChar(&path, '.');
	}
	*len = path.len;
	return path.len <= MAX_PATH_LENGTH ? path.data : NULL;
}

static int
compare_nodes(const void *a, const void *b, void *arg)
{
	const PathTree *tree = arg;
	uint32		a_index = *(const uint32 *) a;
	uint32		b_index = *(const uint32 *) b;
	uint32		a_documents = tree->nodes[a_index].documents;
	uint32		b_documents = tree->nodes[b_index].documents;

	if (a_documents != b_documents)
		return a_documents > b_documents ? -1 : 1;

	/* Then in the order in which they were first seen, which has outer ones before inner ones. */
	return a_index < b_index ? -1 : 1;
}

/*
 * Chooses the paths that most documents have; returns the fraction of documents that may have one
 * that was not chosen.
 */
static double
choose_paths(PathTree *tree)
{
	uint32	   *order = palloc(tree->nnodes * sizeof(uint32));
	uint32		norder = tree->nnodes - 1;
	double		unlisted = 1.0 / Max(1, tree->document);

	for (uint32 i = 0; i < norder; i++)
		order[i] = i + 1;
	qsort_arg(order, norder, sizeof(uint32), compare_nodes, tree);

	tree->samples = palloc0(BSON_STATISTICS_PATHS * sizeof(PathSample));
	for (uint32 i = 0; i < norder; i++)
	{
		PathNode   *node = &tree->nodes[order[i]];
		uint32		pathlen;
		char	   *path = node_path(tree, order[i], &pathlen);

		if (path == NULL)
			continue;
		if (tree->nsamples == BSON_STATISTICS_PATHS)
		{
			unlisted = (double) node->documents / tree->document;
			break;
		}
		node->sample = &tree->samples[tree->nsamples++];
		node->sample->path = path;
		node->sample->pathlen = pathlen;
		for (uint32 on_the_way = order[i]; on_the_way != ROOT;
			 on_the_way = tree->nodes[on_the_way].parent)
			tree->nodes[on_the_way].wanted = true;
	}
	pfree(order);
	return unlisted;
}

/* Values to be kept of a document, on average. */
static double
values_per_document(const PathTree *tree)
{
	double		values = 0;

	for (uint32 i = 1; i < tree->nnodes; i++)
	{
		if (tree->nodes[i].sample != NULL)
			values += tree->nodes[i].total_values;
	}
	return values / Max(1, tree->document);
}

/* ---- Passes ---- */

typedef struct ColumnSample
{
	VacAttrStats *stats;
	AnalyzeAttrFetchFunc fetch;
	int			rows;
	int			nulls;
	double		width;			/* as stored */
	double		bytes;			/* as read */
} ColumnSample;

static void
measure_sample(ColumnSample *sample)
{
	for (int i = 0; i < sample->rows; i++)
	{
		bool		is_null;
		Datum		datum = sample->fetch(sample->stats, i, &is_null);

		if (is_null)
		{
			sample->nulls++;
			continue;
		}
		sample->width += VARSIZE_ANY(DatumGetPointer(datum));
		sample->bytes += toast_raw_datum_size(datum);
	}
}

/* Walks every so-many-th document of the sample. */
static void
walk_sample(PathTree *tree, const ColumnSample *sample, int stride)
{
	MemoryContext document_context = AllocSetContextCreate(CurrentMemoryContext,
														   "bson document",
														   ALLOCSET_DEFAULT_SIZES);

	tree->document = 0;
	for (uint32 i = 0; i < tree->nnodes; i++)
		tree->nodes[i].last_document = 0;
	for (int i = 0; i < sample->rows; i += stride)
	{
		MemoryContext old;
		BsonValue	document;
		bool		is_null;
		Datum		datum;

		docdb_analyze_delay();
		datum = sample->fetch(sample->stats, i, &is_null);
		if (is_null)
			continue;
		if (tree->nnodes >= MAX_NODES && !tree->collecting)
			prune_tree(tree);
		tree->document++;
		old = MemoryContextSwitchTo(document_context);
		pgbson_from_datum(datum, &document);
		walk_document(tree, ROOT, &document, 0);
		MemoryContextSwitchTo(old);
		MemoryContextReset(document_context);
	}
	MemoryContextDelete(document_context);
}

static int
divide_up(double size, double budget)
{
	double		parts = ceil(size / budget);

	return (int) Max(1, Min(parts, PG_INT32_MAX / 2));
}

static Datum
write_statistics(PathTree *tree, double unlisted, double rows, int target)
{
	BsonBuilder builder;
	int			limit = Min(target, Max(MIN_LIST_LENGTH,
										TOTAL_LIST_LENGTH / Max(1, tree->nsamples)));

	pgbson_builder_init(&builder);
	pgbson_append_int32(&builder, "v", 1, PATH_STATISTICS_VERSION);
	pgbson_append_int32(&builder, "n", 1, (int32) tree->document);
	pgbson_append_double(&builder, "u", 1, unlisted);
	pgbson_begin(&builder, BSON_DOCUMENT, "paths", -1);
	for (int i = 0; i < tree->nsamples; i++)
	{
		docdb_analyze_delay();
		pgbson_summarize_path(&builder, &tree->samples[i], tree->document, rows, limit);
	}
	pgbson_end(&builder);
	return pgbson_finish_datum(&builder);
}

static void
compute_statistics(VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc, int samplerows,
				   double totalrows)
{
	ColumnSample sample = {stats, fetchfunc, samplerows};
	MemoryContext old;
	PathTree   *tree;
	double		unlisted;
	int			stride;

	measure_sample(&sample);
	if (samplerows == 0)
		return;
	stats->stats_valid = true;
	stats->stanullfrac = (double) sample.nulls / samplerows;
	if (sample.nulls == samplerows)
	{
		stats->stadistinct = 0.0;
		return;
	}
	stats->stawidth = sample.width / (samplerows - sample.nulls);

	/* Documents have an _id, as a rule, so that no two are equal. */
	stats->stadistinct = -1.0 * (1.0 - stats->stanullfrac);

	tree = create_tree();
	stride = divide_up(sample.bytes, READ_BUDGET);
	walk_sample(tree, &sample, stride);
	unlisted = choose_paths(tree);
	stride *= divide_up(values_per_document(tree) * tree->document *
						(sizeof(SampledValue) + TYPICAL_VALUE_SIZE), VALUE_BUDGET);
	tree->collecting = true;
	walk_sample(tree, &sample, stride);

	old = MemoryContextSwitchTo(stats->anl_context);
	stats->stavalues[0] = palloc(sizeof(Datum));
	stats->stavalues[0][0] = write_statistics(tree, unlisted,
											  totalrows * (1.0 - stats->stanullfrac),
											  docdb_statistics_target(stats));
	stats->numvalues[0] = 1;
	stats->stakind[0] = PATH_STATISTICS_KIND;
	MemoryContextSwitchTo(old);
}

PG_FUNCTION_INFO_V1(docdb_bson_typanalyze);

/* The typanalyze function of bson. */
Datum
docdb_bson_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);

	if (docdb_statistics_target(stats) < 0)
		docdb_statistics_target(stats) = default_statistics_target;
	stats->compute_stats = compute_statistics;
	stats->minrows = 300 * docdb_statistics_target(stats);
	PG_RETURN_BOOL(true);
}
