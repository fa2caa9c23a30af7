/*
 * convert.h
 *		Conversions of values between types, as $convert makes them.
 */
#ifndef DOCDB_EXPR_CONVERT_H
#define DOCDB_EXPR_CONVERT_H

#include "pgbson/pgbson.h"

typedef enum ConvertFormat
{
	CONVERT_FORMAT_NONE,
	CONVERT_FORMAT_AUTO,
	CONVERT_FORMAT_BASE64,
	CONVERT_FORMAT_BASE64URL,
	CONVERT_FORMAT_HEX,
	CONVERT_FORMAT_UTF8,
	CONVERT_FORMAT_UUID
} ConvertFormat;

typedef struct Conversion
{
	uint8		to;				/* a BsonType; BSON_MISSING is one that nothing is converted to */
	BsonValue	subtype;		/* of binary data, not checked before it is needed */
	ConvertFormat format;		/* of binary data as text */
	bool		big_endian;		/* numbers in binary data */
	bool		quiet;			/* no message is wanted */
	char	   *problem;		/* why a conversion failed, unless quiet */
} Conversion;

/*
 * Converts a value that is not null.  False where it cannot be converted (MongoDB's
 * ConversionFailure); other errors, such as a wrong subtype, are raised.
 */
extern bool expr_convert_value(Conversion *conversion, const BsonValue *from, BsonValue *to);

/* Notes why the conversion fails, and returns false. */
extern bool expr_convert_fail(Conversion *conversion, const char *format,...)
			pg_attribute_printf(2, 3);

/* What binary data are converted from and to. */
extern bool expr_convert_to_binary(Conversion *conversion, const BsonValue *from, BsonValue *to);
extern bool expr_convert_binary_to_string(Conversion *conversion, const BsonValue *from,
										  BsonValue *to);
extern bool expr_convert_binary_to_number(Conversion *conversion, const BsonValue *from,
										  BsonValue *to);

/* The bytes of hexadecimal digits, an even number of them; false where there are others. */
extern bool expr_decode_hex(const char *text, uint32 len, uint8 *bytes, uint32 *size);

/* Notes that values of the type are not converted to the other, and returns false. */
extern bool expr_convert_unsupported(Conversion *conversion, const BsonValue *from);

#endif							/* DOCDB_EXPR_CONVERT_H */
