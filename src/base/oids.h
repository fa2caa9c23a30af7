/*
 * oids.h
 *		The OIDs and the schema of the extension's own objects, looked up once a backend.
 */
#ifndef DOCDB_BASE_OIDS_H
#define DOCDB_BASE_OIDS_H

typedef struct DocdbOids
{
	Oid			schema;			/* where the types and operators are */
	Oid			bson_type;
	Oid			bson_array_type;
	Oid			bson_value_type;
	char	   *schema_name;	/* quoted where needed, for generated SQL */
} DocdbOids;

/*
 * The current database's OIDs; valid until the next invalidation message is processed, so use
 * them at once and do not keep the pointer.  Raises an error when the extension is not installed.
 */
extern const DocdbOids *docdb_oids(void);

#endif							/* DOCDB_BASE_OIDS_H */
