/*
 * value_set.c
 *		Sets of BSON values, in the order in which they were added.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "expr/value_set.h"

/* Up to so many values are searched one by one. */
#define LINEAR_LIMIT 8

void
expr_value_set_init(ValueSet *set, MemoryContext context)
{
	expr_value_set_init_collated(set, context, NULL);
}

void
expr_value_set_init_collated(ValueSet *set, MemoryContext context, const BsonCollation *collation)
{
	memset(set, 0, sizeof(*set));
	set->context = context;
	set->collation = collation;
}

/* The slot that holds the value, or the free one where it belongs. */
static uint32
find_slot(const ValueSet *set, const BsonValue *value, uint64 hash)
{
	uint32		mask = set->nslots - 1;
	uint32		slot = (uint32) hash & mask;

	while (set->slots[slot] != 0)
	{
		uint32		i = set->slots[slot] - 1;

		if (set->hashes[i] == hash && pgbson_equal_collated(set->collation, &set->values[i], value))
			break;
		slot = (slot + 1) & mask;
	}
	return slot;
}

static int64
find_value(const ValueSet *set, const BsonValue *value, uint64 hash)
{
	if (set->nslots > 0)
		return (int64) set->slots[find_slot(set, value, hash)] - 1;
	for (uint32 i = 0; i < set->count; i++)
	{
		if (set->hashes[i] == hash && pgbson_equal_collated(set->collation, &set->values[i], value))
			return i;
	}
	return -1;
}

/* Makes a table for twice the capacity of the arrays. */
static void
rebuild_slots(ValueSet *set)
{
	if (set->slots)
		pfree(set->slots);
	set->nslots = 2 * set->capacity;
	set->slots = MemoryContextAllocExtended(set->context, (Size) set->nslots * sizeof(uint32),
											MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint32 i = 0; i < set->count; i++)
		set->slots[find_slot(set, &set->values[i], set->hashes[i])] = i + 1;
}

static void
grow(ValueSet *set)
{
	if (set->capacity == 0)
	{
		set->capacity = LINEAR_LIMIT;
		set->values = MemoryContextAlloc(set->context, set->capacity * sizeof(BsonValue));
		set->hashes = MemoryContextAlloc(set->context, set->capacity * sizeof(uint64));
		return;
	}
	set->capacity *= 2;
	set->values = repalloc_huge(set->values, (Size) set->capacity * sizeof(BsonValue));
	set->hashes = repalloc_huge(set->hashes, (Size) set->capacity * sizeof(uint64));
	rebuild_slots(set);
}

static bool
add_value(ValueSet *set, const BsonValue *value, bool copy)
{
	uint64		hash;

	CHECK_FOR_INTERRUPTS();
	hash = pgbson_hash_collated(set->collation, value, 0);
	if (find_value(set, value, hash) >= 0)
		return false;
	if (set->count == set->capacity)
		grow(set);
	if (copy)
	{
		MemoryContext old = MemoryContextSwitchTo(set->context);

		pgbson_value_copy(value, &set->values[set->count]);
		MemoryContextSwitchTo(old);
	}
	else
		set->values[set->count] = *value;
	set->hashes[set->count] = hash;
	if (set->nslots > 0)
		set->slots[find_slot(set, value, hash)] = set->count + 1;
	set->count++;
	return true;
}

bool
expr_value_set_add(ValueSet *set, const BsonValue *value)
{
	return add_value(set, value, false);
}

bool
expr_value_set_add_copy(ValueSet *set, const BsonValue *value)
{
	return add_value(set, value, true);
}

int64
expr_value_set_find(const ValueSet *set, const BsonValue *value)
{
	CHECK_FOR_INTERRUPTS();
	return find_value(set, value, pgbson_hash_collated(set->collation, value, 0));
}
