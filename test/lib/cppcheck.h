/*
 * cppcheck.h
 *		PostgreSQL's vocabulary, for cppcheck.
 *
 * cppcheck reads docdb's own files only: with PostgreSQL's headers it sees less, as these replace
 * functions that it knows (snprintf), and takes much longer.  So tell it here what it cannot guess:
 * what the macros do to the flow of control, and how wide the integers are.
 */
#define PG_VERSION_NUM 150000
#define HAVE_INT128 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef int8_t int8;
typedef int16_t int16;
typedef int32_t int32;
typedef int64_t int64;
typedef uint8_t uint8;
typedef uint16_t uint16;
typedef uint32_t uint32;
typedef uint64_t uint64;
typedef float float4;
typedef double float8;
typedef size_t Size;
typedef uintptr_t Datum;
typedef unsigned int Oid;

#define InvalidOid 0
#define OidIsValid(oid) ((oid) != InvalidOid)

/* Errors do not return; lesser messages do. */
#define DEBUG1 14
#define LOG 15
#define INFO 17
#define NOTICE 18
#define WARNING 19
#define ERROR 21
#define FATAL 22
#define PANIC 23
#define ereport(level, ...) do { if ((level) >= ERROR) abort(); } while (0)
#define elog(level, ...) do { if ((level) >= ERROR) abort(); } while (0)
#define PG_RE_THROW() abort()
#define pg_unreachable() abort()
#define Assert(condition) do { if (!(condition)) abort(); } while (0)
#define StaticAssertStmt(condition, message) ((void) 0)
#define StaticAssertDecl(condition, message) extern void static_assert_dummy(void)

#define PG_TRY() if (setjmp(0) == 0) {
#define PG_CATCH() } else {
#define PG_FINALLY() } {
#define PG_END_TRY() }

#define foreach(cell, list) \
	for (cell = list_head(list); cell != NULL; cell = lnext(list, cell))
#define forboth(cell1, list1, cell2, list2) \
	for (cell1 = list_head(list1), cell2 = list_head(list2); \
		 cell1 != NULL && cell2 != NULL; \
		 cell1 = lnext(list1, cell1), cell2 = lnext(list2, cell2))

#define PG_MODULE_MAGIC extern int no_magic
#define PG_FUNCTION_INFO_V1(name) extern Datum name(PG_FUNCTION_ARGS)
#define PG_FUNCTION_ARGS FunctionCallInfo fcinfo
#define PG_RETURN_NULL() return (fcinfo->isnull = true, 0)
#define PG_RETURN_DATUM(x) return (x)
#define PG_RETURN_VOID() return 0
#define PGDLLEXPORT
#define CHECK_FOR_INTERRUPTS() ((void) 0)

#define Min(x, y) ((x) < (y) ? (x) : (y))
#define Max(x, y) ((x) > (y) ? (x) : (y))
#define lengthof(array) (sizeof(array) / sizeof((array)[0]))
#define UINT64CONST(x) (x##UL)
#define INT64CONST(x) (x##L)
#define pg_attribute_noreturn() __attribute__((noreturn))
#define pg_attribute_printf(f, a)
#define pg_attribute_always_inline
#define pg_noinline
#define likely(x) (x)
#define unlikely(x) (x)
#define FLEXIBLE_ARRAY_MEMBER
