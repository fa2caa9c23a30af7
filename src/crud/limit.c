/*
 * limit.c
 *		Limits on the time that an operation takes: maxTimeMS.
 *
 * The limit cancels the operation as a user's request would; what tells the two apart is a flag
 * that only the timer sets.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/latch.h"
#include "utils/memutils.h"
#include "utils/timeout.h"

#include "base/errors.h"
#include "crud/crud_internal.h"

static TimeoutId time_limit;
static bool time_limit_registered = false;
static bool time_limit_active = false;
static volatile sig_atomic_t time_limit_expired = false;

/* Runs in the signal handler. */
static void
expire(void)
{
	time_limit_expired = true;
	InterruptPending = true;
	QueryCancelPending = true;
	SetLatch(MyLatch);
}

static void
end_limit(void)
{
	disable_timeout(time_limit, false);
	time_limit_active = false;
}

void
crud_run_limited(int64 max_time_ms, void (*run) (void *arg), void *arg)
{
	MemoryContext context = CurrentMemoryContext;

	/* The outermost limit holds for what runs inside of it. */
	if (max_time_ms <= 0 || time_limit_active)
	{
		run(arg);
		return;
	}

	if (!time_limit_registered)
	{
		time_limit = RegisterTimeout(USER_TIMEOUT, expire);
		time_limit_registered = true;
	}
	time_limit_expired = false;
	time_limit_active = true;
	enable_timeout_after(time_limit, (int) Min(max_time_ms, PG_INT32_MAX));
	PG_TRY();
	{
		run(arg);
	}
	PG_CATCH();
	{
		end_limit();
		if (time_limit_expired && geterrcode() == ERRCODE_QUERY_CANCELED)
		{
			MemoryContextSwitchTo(context);
			FlushErrorState();
			ereport(ERROR,
					(errcode(DOCDB_ERR_MAX_TIME_MS_EXPIRED),
					 errmsg("operation exceeded time limit")));
		}
		PG_RE_THROW();
	}
	PG_END_TRY();
	end_limit();

	/* The timer may have gone off after the last check for interrupts. */
	if (time_limit_expired)
		QueryCancelPending = false;
}
