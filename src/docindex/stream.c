/*
 * stream.c
 *		The entries of a list of intervals, one scan of the nbtree beneath after the other.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "docindex/docindex_internal.h"

/* So many keys in a row that do not pass are stepped over before the next place is looked up. */
#define KEYS_TO_STEP_OVER 12

void
docindex_stream_begin(KeyStream *stream, IndexScanDesc inner, const KeyInterval *intervals,
					  int count, bool backward, KeyFilter *filter)
{
	memset(stream, 0, sizeof(KeyStream));
	stream->inner = inner;
	stream->intervals = intervals;
	stream->count = count;
	stream->current = -1;
	stream->backward = backward;
	stream->filter = filter;
	stream->verdict = KEY_UNSURE;
	stream->context = AllocSetContextCreate(CurrentMemoryContext, "docdb key stream",
											ALLOCSET_SMALL_SIZES);
	initStringInfo(&stream->place);
}

static void
restart(KeyStream *stream, const KeyInterval *interval)
{
	MemoryContext old_context;

	MemoryContextReset(stream->context);
	old_context = MemoryContextSwitchTo(stream->context);
	docindex_rescan_inner(stream->inner, interval);
	MemoryContextSwitchTo(old_context);
	stream->failures = 0;
}

static const KeyInterval *
current_interval(const KeyStream *stream)
{
	return &stream->intervals[stream->backward ? stream->count - 1 - stream->current :
							  stream->current];
}

/* Begins the next interval; false when there is none. */
static bool
next_interval(KeyStream *stream)
{
	if (stream->current >= stream->count || ++stream->current >= stream->count)
		return false;
	restart(stream, current_interval(stream));
	return true;
}

/* After many keys that did not pass, goes on where the next one might. */
static void
skip(KeyStream *stream)
{
	KeyInterval rest = *current_interval(stream);
	KeyBytes	place;

	if (++stream->failures < KEYS_TO_STEP_OVER ||
		!docindex_next_place(stream->filter, stream->backward, &stream->place))
		return;
	place.data = (const uint8 *) stream->place.data;
	place.len = stream->place.len;
	if (stream->backward)
		rest.high = place;
	else
		rest.low = place;
	restart(stream, &rest);
}

bool
docindex_stream_next(KeyStream *stream, bool kill_prior)
{
	ScanDirection direction = stream->backward ? BackwardScanDirection : ForwardScanDirection;
	IndexScanDesc inner = stream->inner;
	KeyBytes	key;

	/*
	 * Looking for what to mark as dead, _bt_killitems may meet the row once more on the page, in
	 * another key's entry.  To mark that too is right, as the row is dead to all, but an assertion
	 * of nbtree's does not expect it.
	 */
#ifdef USE_ASSERT_CHECKING
	kill_prior = false;
#endif
	inner->kill_prior_tuple = kill_prior;
	do
	{
		if (stream->current < 0)
			continue;
		while (stream->current < stream->count && docindex_nbtree()->amgettuple(inner, direction))
		{
			inner->kill_prior_tuple = false;
			if (stream->filter == NULL)
				return true;
			key = docindex_inner_key(inner);
			stream->verdict = docindex_try_key(stream->filter, &key);
			if (stream->verdict != KEY_NO)
			{
				stream->failures = 0;
				return true;
			}
			CHECK_FOR_INTERRUPTS();
			skip(stream);
		}
	} while (next_interval(stream));
	return false;
}
