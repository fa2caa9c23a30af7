/*
 * errors.h
 *		MongoDB's error codes as SQLSTATEs.
 *
 * A SQLSTATE has five characters.  docdb's are 'M' followed by the MongoDB code in base 36, four
 * digits: BadValue (2) is M0002, DuplicateKey (11000) is M08HK.  Codes past 1,679,615 run on into
 * further first letters, skipping 'P', the one letter among them under which PostgreSQL has a
 * class.  The conversion is constant arithmetic, so that DOCDB_SQLSTATE(11000) costs nothing at
 * run time and can be a case label.
 *
 * Raise with plain ereport:
 *
 *		ereport(ERROR,
 *				(errcode(DOCDB_ERR_BAD_VALUE),
 *				 errmsg("unknown operator: %s", name)));
 *
 * and, where MongoDB has a number but no name for the error,
 *
 *		errcode(DOCDB_SQLSTATE(16410))
 */
#ifndef DOCDB_BASE_ERRORS_H
#define DOCDB_BASE_ERRORS_H

#include "utils/elog.h"

/* How many codes one first letter covers: 36^4. */
#define DOCDB_CODES_PER_LETTER 1679616

/* The largest code that has a SQLSTATE: ten letters' worth. */
#define DOCDB_MAX_CODE (10 * DOCDB_CODES_PER_LETTER - 1)

#define DOCDB_BASE36_DIGIT(n) ((n) < 10 ? '0' + (n) : 'A' + (n) -10)

/* Letters M N O, then Q to W. */
#define DOCDB_FIRST_LETTER(n) ((n) < 3 ? 'M' + (n) : 'N' + (n))

#define DOCDB_SQLSTATE(code) \
	MAKE_SQLSTATE(DOCDB_FIRST_LETTER((code) / DOCDB_CODES_PER_LETTER), \
				  DOCDB_BASE36_DIGIT((code) / 46656 % 36), \
				  DOCDB_BASE36_DIGIT((code) / 1296 % 36), \
				  DOCDB_BASE36_DIGIT((code) / 36 % 36), \
				  DOCDB_BASE36_DIGIT((code) % 36))

/* DOCDB_ERR_BAD_VALUE and so on: the SQLSTATE of each code that has a name. */
enum
{
#define DOCDB_ERROR(code, symbol, name) DOCDB_ERR_##symbol = DOCDB_SQLSTATE(code),
#include "base/errlist.h"
#undef DOCDB_ERROR
};

/*
 * The MongoDB code of a SQLSTATE as packed by MAKE_SQLSTATE, or -1 when the SQLSTATE is one of
 * PostgreSQL's own.
 */
extern int	docdb_error_code(int sqlstate);

/* MongoDB's name of a code ("BadValue"), or "Location<code>" where it has none; do not free it. */
extern const char *docdb_error_name(int code);

#endif							/* DOCDB_BASE_ERRORS_H */
