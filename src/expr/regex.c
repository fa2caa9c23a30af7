/*
 * regex.c
 *		Regular expressions of PCRE2, as MongoDB has them.
 */
#include "postgres.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/errors.h"
#include "base/settings.h"
#include "expr/regex.h"

/* The longest pattern in bytes, MongoDB's. */
#define MAX_PATTERN_LENGTH 32764

/* What one match may take of the heap, in KiB, and of nested backtracking points. */
#define HEAP_LIMIT_KB (20 * 1024)
#define DEPTH_LIMIT 250000

/* The stack of compiled code, in bytes; where it does not suffice, the interpreter takes over. */
#define JIT_STACK_START (32 * 1024)
#define JIT_STACK_MAX (1024 * 1024)

/*
 * The limit of steps does not bound the time: a step may run along the whole subject.  For subjects
 * up to this many bytes, and a limit up to this many steps, it bounds it well enough.  Beyond them
 * the pattern is compiled once more so that PCRE2 calls back before each item of it, where
 * interrupts are looked at and the bytes that were passed over are counted.
 */
#define UNGUARDED_LENGTH 1024
#define UNGUARDED_STEPS 10000000

/* What a call costs, in bytes, and how many bytes one step of docdb.regex_match_limit may take. */
#define BYTES_PER_CALL 16
#define BYTES_PER_STEP 1000

struct ExprRegex
{
	pcre2_code *code;
	pcre2_code *guarded;		/* for long subjects; NULL until it is needed */
	pcre2_match_data *match_data;
	pcre2_match_context *match_context;
	MemoryContext context;
	const char *op;				/* for messages, or NULL */
	char	   *pattern;
	uint32		len;
	uint32		flags;
	MemoryContextCallback callback;

	/* The state of a guarded match. */
	int64		budget;			/* bytes that may still be passed over */
	PCRE2_SIZE	position;		/* at the last call */
};

/* PCRE2's memory comes from the regex's own context.  It must not be left by a longjmp. */
static void *
regex_malloc(PCRE2_SIZE size, void *context)
{
	return MemoryContextAllocExtended((MemoryContext) context, size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
}

static void
regex_free(void *pointer, void *context)
{
	if (pointer)
		pfree(pointer);
}

/* Runs before the memory goes: compiled machine code is outside of it. */
static void
release_regex(void *arg)
{
	ExprRegex  *regex = arg;

	if (regex->code)
		pcre2_code_free(regex->code);
	if (regex->guarded)
		pcre2_code_free(regex->guarded);
	regex->code = NULL;
	regex->guarded = NULL;
}

static const char *
pcre_message(int error)
{
	PCRE2_UCHAR buffer[256];

	if (pcre2_get_error_message(error, buffer, sizeof(buffer)) < 0)
		return psprintf("PCRE2 error %d", error);
	return pstrdup((const char *) buffer);
}

static uint32
parse_options(const char *options, uint32 len, const char *op)
{
	uint32		flags = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;

	for (uint32 i = 0; i < len; i++)
	{
		switch (options[i])
		{
			case 'i':
				flags |= PCRE2_CASELESS;
				break;
			case 'm':
				flags |= PCRE2_MULTILINE;
				break;
			case 's':
				flags |= PCRE2_DOTALL;
				break;
			case 'x':
				flags |= PCRE2_EXTENDED;
				break;
			case 'u':
				break;
			default:
				ereport(ERROR,
						(errcode(DOCDB_SQLSTATE(51108)),
						 errmsg("%s%sinvalid flag in regex options: %.*s", op ? op : "",
								op ? " " : "", pg_utf_mblen((const unsigned char *) options + i),
								options + i)));
		}
	}
	return flags;
}

static void
check_text(const char *pattern, uint32 len, const char *options, uint32 optlen, const char *op)
{
	if (memchr(pattern, '\0', len))
		ereport(ERROR,
				(errcode(op ? DOCDB_SQLSTATE(51109) : DOCDB_ERR_BAD_VALUE),
				 op ? errmsg("%s: regular expression cannot contain an embedded null byte", op) :
				 errmsg("Regular expression cannot contain an embedded null byte")));
	if (memchr(options, '\0', optlen))
		ereport(ERROR,
				(errcode(op ? DOCDB_SQLSTATE(51110) : DOCDB_ERR_BAD_VALUE),
				 op ? errmsg("%s: regular expression options cannot contain an embedded null byte",
							 op) :
				 errmsg("Regular expression options string cannot contain an embedded null byte")));
	if (len > MAX_PATTERN_LENGTH && op == NULL)
		ereport(ERROR,
				(errcode(DOCDB_ERR_BAD_VALUE),
				 errmsg("Regular expression is too long")));
}

static void
out_of_memory(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_OUT_OF_MEMORY),
			 errmsg("out of memory")));
}

/* Compiles the pattern, with additional flags; NULL when it is invalid. */
static pcre2_code *
compile_pattern(const ExprRegex *regex, uint32 more_flags, pcre2_general_context *general,
				int *error)
{
	pcre2_compile_context *compile = pcre2_compile_context_create(general);
	pcre2_code *code;
	PCRE2_SIZE	offset;

	if (compile == NULL)
		out_of_memory();
	pcre2_set_max_pattern_length(compile, MAX_PATTERN_LENGTH);
	code = pcre2_compile((PCRE2_SPTR) regex->pattern, regex->len, regex->flags | more_flags,
						 error, &offset, compile);
	pcre2_compile_context_free(compile);

	/* Without machine code (no support, no memory) the pattern is interpreted. */
	if (code)
		(void) pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

/* Called back during a guarded match, which ends with a negative result; must not raise errors. */
static int
check_progress(pcre2_callout_block * block, void *arg)
{
	ExprRegex  *regex = arg;
	PCRE2_SIZE	position = block->current_position;

	if (InterruptPending && INTERRUPTS_CAN_BE_PROCESSED())
		return PCRE2_ERROR_CALLOUT;
	regex->budget -= BYTES_PER_CALL + (position > regex->position ?
									   position - regex->position : regex->position - position);
	regex->position = position;
	return regex->budget < 0 ? PCRE2_ERROR_MATCHLIMIT : 0;
}

static pcre2_general_context *
make_general_context(MemoryContext context)
{
	pcre2_general_context *general = pcre2_general_context_create(regex_malloc, regex_free,
																  context);

	if (general == NULL)
		out_of_memory();
	return general;
}

ExprRegex *
expr_regex_compile(const char *pattern, uint32 len, const char *options, uint32 optlen,
				   const char *op)
{
	ExprRegex  *regex = palloc0(sizeof(ExprRegex));
	pcre2_general_context *general;
	int			error;

	check_text(pattern, len, options, optlen, op);
	regex->context = CurrentMemoryContext;
	regex->op = op;
	regex->pattern = pnstrdup(pattern, len);
	regex->len = len;
	regex->flags = parse_options(options, optlen, op);

	general = make_general_context(regex->context);
	regex->code = compile_pattern(regex, 0, general, &error);
	if (regex->code == NULL)
		ereport(ERROR,
				(errcode(op ? DOCDB_SQLSTATE(51111) : DOCDB_SQLSTATE(51091)),
				 op ? errmsg("Invalid Regex in %s: %s", op, pcre_message(error)) :
				 errmsg("Regular expression is invalid: %s", pcre_message(error))));
	regex->callback.func = release_regex;
	regex->callback.arg = regex;
	MemoryContextRegisterResetCallback(regex->context, &regex->callback);

	regex->match_data = pcre2_match_data_create_from_pattern(regex->code, general);
	regex->match_context = pcre2_match_context_create(general);
	if (regex->match_data == NULL || regex->match_context == NULL)
		out_of_memory();
	pcre2_set_heap_limit(regex->match_context, HEAP_LIMIT_KB);
	pcre2_set_depth_limit(regex->match_context, DEPTH_LIMIT);
	pcre2_set_callout(regex->match_context, check_progress, regex);
	pcre2_general_context_free(general);
	return regex;
}

void
expr_regex_parts(const BsonValue *regex, const char **pattern, uint32 *len,
				 const char **options, uint32 *optlen)
{
	Assert(regex->type == BSON_REGEX);
	*pattern = regex->v.data;
	*len = strlen(*pattern);
	*options = *pattern + *len + 1;
	*optlen = strlen(*options);
}

ExprRegex *
expr_regex_compile_value(const BsonValue *regex, const char *op)
{
	const char *pattern;
	const char *options;
	uint32		len;
	uint32		optlen;

	expr_regex_parts(regex, &pattern, &len, &options, &optlen);
	return expr_regex_compile(pattern, len, options, optlen, op);
}

/* One stack for the backend: matches do not nest. */
static pcre2_jit_stack *
jit_stack(void)
{
	static pcre2_jit_stack *stack = NULL;

	if (stack == NULL)
		stack = pcre2_jit_stack_create(JIT_STACK_START, JIT_STACK_MAX, NULL);
	return stack;
}

/* The code for a subject of a length. */
static pcre2_code *
choose_code(ExprRegex *regex, uint32 len)
{
	pcre2_general_context *general;
	int			error;

	if (len <= UNGUARDED_LENGTH && docdb_regex_match_limit <= UNGUARDED_STEPS)
		return regex->code;
	if (regex->guarded == NULL)
	{
		general = make_general_context(regex->context);
		regex->guarded = compile_pattern(regex, PCRE2_AUTO_CALLOUT, general, &error);
		pcre2_general_context_free(general);
		if (regex->guarded == NULL)
			ereport(ERROR,
					(errcode(DOCDB_SQLSTATE(51091)),
					 errmsg("Regular expression is invalid: %s", pcre_message(error))));
	}
	return regex->guarded;
}

/* One match; strings have been validated when they were stored. */
static int
run_match(ExprRegex *regex, const char *subject, uint32 len, uint32 start)
{
	pcre2_code *code = choose_code(regex, len);
	int			result;

	regex->budget = (int64) docdb_regex_match_limit * BYTES_PER_STEP;
	regex->position = start;
	result = pcre2_match(code, (PCRE2_SPTR) subject, len, start, PCRE2_NO_UTF_CHECK,
						 regex->match_data, regex->match_context);
	if (result == PCRE2_ERROR_JIT_STACKLIMIT)
		result = pcre2_match(code, (PCRE2_SPTR) subject, len, start,
							 PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT,
							 regex->match_data, regex->match_context);
	return result;
}

bool
expr_regex_search(ExprRegex *regex, const char *subject, uint32 len, uint32 start)
{
	int			result;

	pcre2_set_match_limit(regex->match_context, docdb_regex_match_limit);
	pcre2_jit_stack_assign(regex->match_context, NULL, jit_stack());

	/* An interrupt that does not end the query ends the match, which then starts again. */
	do
	{
		CHECK_FOR_INTERRUPTS();
		result = run_match(regex, subject, len, start);
	} while (result == PCRE2_ERROR_CALLOUT);

	if (result < 0 && result != PCRE2_ERROR_NOMATCH)
		ereport(ERROR,
				(errcode(DOCDB_SQLSTATE(51156)),
				 errmsg("Error occurred while executing the regular expression%s%s. "
						"Result code: %s", regex->op ? " in " : "", regex->op ? regex->op : "",
						pcre_message(result)),
				 result == PCRE2_ERROR_MATCHLIMIT ?
				 errhint("The limit is the setting docdb.regex_match_limit.") : 0));
	return result >= 0;
}

bool
expr_regex_match(ExprRegex *regex, const char *subject, uint32 len)
{
	return expr_regex_search(regex, subject, len, 0);
}

bool
expr_regex_group(const ExprRegex *regex, int i, uint32 *start, uint32 *end)
{
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(regex->match_data);

	if (offsets[2 * i] == PCRE2_UNSET)
		return false;
	*start = offsets[2 * i];
	*end = offsets[2 * i + 1];
	return true;
}

int
expr_regex_group_count(const ExprRegex *regex)
{
	uint32_t	count = 0;

	(void) pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &count);
	return (int) count;
}
