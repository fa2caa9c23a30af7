/*
 * intervals.c
 *		Sets of keys as lists of intervals.
 *
 * An end of an interval is a place between keys: the bytes before which it is.  As no key is the
 * beginning of another, a point, which is the keys that begin with some bytes, is at each place
 * either wholly before or wholly after it.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "docindex/docindex_internal.h"

/* Before and after all keys of a field, in either direction. */
static const uint8 first_bytes[] = {FIRST_KEY_BYTE};
static const uint8 last_bytes[] = {AFTER_KEYS_BYTE};

int
docindex_compare_bytes(const KeyBytes *a, const KeyBytes *b)
{
	int			order = memcmp(a->data, b->data, Min(a->len, b->len));

	return order != 0 ? order : a->len - b->len;
}

KeyBytes
docindex_concat(KeyBytes a, KeyBytes b)
{
	uint8	   *data = palloc(a.len + b.len + 1);
	KeyBytes	result = {data, a.len + b.len};

	memcpy(data, a.data, a.len);
	memcpy(data + a.len, b.data, b.len);
	return result;
}

KeyBytes
docindex_successor(KeyBytes bytes)
{
	uint8	   *data = palloc(bytes.len + 1);
	KeyBytes	result = {data, bytes.len};

	memcpy(data, bytes.data, bytes.len);
	while (result.len > 0 && data[result.len - 1] == 0xFF)
		result.len--;
	if (result.len > 0)
		data[result.len - 1]++;
	else
	{
		data[0] = AFTER_KEYS_BYTE;
		result.len = 1;
	}
	return result;
}

static KeyBytes
invert_bytes(KeyBytes bytes)
{
	uint8	   *data = palloc(bytes.len + 1);
	KeyBytes	result = {data, bytes.len};

	for (int i = 0; i < bytes.len; i++)
		data[i] = ~bytes.data[i];
	return result;
}

static KeyIntervals
make_one(KeyBytes low, KeyBytes high, bool point)
{
	KeyIntervals set = {1, palloc(sizeof(KeyInterval))};

	set.intervals[0].low = low;
	set.intervals[0].high = high;
	set.intervals[0].point = point;
	return set;
}

KeyIntervals
docindex_intervals_none(void)
{
	KeyIntervals set = {0, NULL};

	return set;
}

KeyIntervals
docindex_intervals_all(void)
{
	KeyBytes	low = {first_bytes, 1};
	KeyBytes	high = {last_bytes, 1};

	return make_one(low, high, false);
}

KeyIntervals
docindex_intervals_range(KeyBytes low, KeyBytes high)
{
	if (docindex_compare_bytes(&low, &high) >= 0)
		return docindex_intervals_none();
	return make_one(low, high, false);
}

KeyIntervals
docindex_intervals_point(KeyBytes key)
{
	return make_one(key, docindex_successor(key), true);
}

bool
docindex_intervals_are_all(const KeyIntervals *set)
{
	KeyIntervals all = docindex_intervals_all();

	return set->count == 1 && !set->intervals[0].point &&
		docindex_compare_bytes(&set->intervals[0].low, &all.intervals[0].low) <= 0 &&
		docindex_compare_bytes(&set->intervals[0].high, &all.intervals[0].high) >= 0;
}

bool
docindex_intervals_are_points(const KeyIntervals *set)
{
	for (int i = 0; i < set->count; i++)
		if (!set->intervals[i].point)
			return false;
	return true;
}

static int
compare_intervals(const void *a, const void *b, void *arg)
{
	const KeyInterval *x = a;
	const KeyInterval *y = b;
	int			order = docindex_compare_bytes(&x->low, &y->low);

	/* A range that begins where a point does takes it in. */
	return order != 0 ? order : (int) x->point - (int) y->point;
}

void
docindex_intervals_normalize(KeyIntervals *set)
{
	int			kept = 0;

	if (set->count < 2)
		return;
	qsort_interruptible(set->intervals, set->count, sizeof(KeyInterval), compare_intervals, NULL);
	for (int i = 1; i < set->count; i++)
	{
		KeyInterval *last = &set->intervals[kept];
		KeyInterval *next = &set->intervals[i];

		CHECK_FOR_INTERRUPTS();
		if (docindex_compare_bytes(&next->low, &last->high) >= 0)
			set->intervals[++kept] = *next;
		else if (docindex_compare_bytes(&next->high, &last->high) > 0)
		{
			last->high = next->high;
			last->point = false;
		}
	}
	set->count = kept + 1;
}

KeyIntervals
docindex_intervals_union(const KeyIntervals *a, const KeyIntervals *b)
{
	KeyIntervals set = {a->count + b->count, NULL};

	set.intervals = palloc(Max(set.count, 1) * sizeof(KeyInterval));
	if (a->count > 0)
		memcpy(set.intervals, a->intervals, a->count * sizeof(KeyInterval));
	if (b->count > 0)
		memcpy(set.intervals + a->count, b->intervals, b->count * sizeof(KeyInterval));
	docindex_intervals_normalize(&set);
	return set;
}

KeyIntervals
docindex_intervals_intersect(const KeyIntervals *a, const KeyIntervals *b)
{
	KeyIntervals set = {0, palloc((a->count + b->count + 1) * sizeof(KeyInterval))};
	int			i = 0;
	int			j = 0;

	while (i < a->count && j < b->count)
	{
		const KeyInterval *x = &a->intervals[i];
		const KeyInterval *y = &b->intervals[j];
		KeyInterval both;
		int			order = docindex_compare_bytes(&x->high, &y->high);

		both.low = docindex_compare_bytes(&x->low, &y->low) >= 0 ? x->low : y->low;
		both.high = order <= 0 ? x->high : y->high;
		both.point = x->point || y->point;
		if (docindex_compare_bytes(&both.low, &both.high) < 0)
			set.intervals[set.count++] = both;
		if (order <= 0)
			i++;
		else
			j++;
	}
	return set;
}

KeyIntervals
docindex_intervals_complement(const KeyIntervals *set)
{
	KeyIntervals all = docindex_intervals_all();
	KeyIntervals result = {0, palloc((set->count + 1) * sizeof(KeyInterval))};
	KeyBytes	low = all.intervals[0].low;
	KeyBytes	end = all.intervals[0].high;

	for (int i = 0; i <= set->count; i++)
	{
		KeyBytes	high = i < set->count ? set->intervals[i].low : end;

		if (docindex_compare_bytes(&low, &high) < 0)
		{
			result.intervals[result.count].low = low;
			result.intervals[result.count].high = high;
			result.intervals[result.count++].point = false;
		}
		if (i < set->count)
			low = set->intervals[i].high;
	}
	return result;
}

bool
docindex_intervals_cut(KeyIntervals *set)
{
	bool		cut = false;

	for (int i = 0; i < set->count; i++)
	{
		KeyInterval *interval = &set->intervals[i];

		if (interval->low.len <= KEY_PREFIX_SIZE && interval->high.len <= KEY_PREFIX_SIZE)
			continue;
		cut = true;
		interval->point = false;
		interval->low.len = Min(interval->low.len, KEY_PREFIX_SIZE);
		if (interval->high.len > KEY_PREFIX_SIZE)
		{
			interval->high.len = KEY_PREFIX_SIZE;
			interval->high = docindex_successor(interval->high);
		}
	}
	if (cut)
		docindex_intervals_normalize(set);
	return cut;
}

KeyIntervals
docindex_intervals_invert(const KeyIntervals *set)
{
	KeyIntervals result = {set->count, palloc(Max(set->count, 1) * sizeof(KeyInterval))};

	for (int i = 0; i < set->count; i++)
	{
		const KeyInterval *from = &set->intervals[i];
		KeyInterval *to = &result.intervals[set->count - 1 - i];

		to->point = from->point;
		if (from->point)
		{
			to->low = invert_bytes(from->low);
			to->high = docindex_successor(to->low);
		}
		else
		{
			to->low = docindex_successor(invert_bytes(from->high));
			to->high = docindex_successor(invert_bytes(from->low));
		}
	}
	return result;
}

KeyIntervals
docindex_intervals_multiply(const KeyIntervals *points, const KeyIntervals *next)
{
	KeyIntervals product = {0, palloc(Max(points->count * next->count, 1) * sizeof(KeyInterval))};

	for (int i = 0; i < points->count; i++)
	{
		for (int j = 0; j < next->count; j++)
		{
			KeyInterval *to = &product.intervals[product.count++];

			CHECK_FOR_INTERRUPTS();
			to->low = docindex_concat(points->intervals[i].low, next->intervals[j].low);
			to->point = next->intervals[j].point;
			to->high = to->point ? docindex_successor(to->low) :
				docindex_concat(points->intervals[i].low, next->intervals[j].high);
		}
	}
	return product;
}
