/*
 * bulk_list.h
 *		The operations of bulk_write: BULK_OP(name, function), sorted by name.
 */
/* no include guard: each includer defines BULK_OP */
BULK_OP("deleteMany", bulk_delete_many)
BULK_OP("deleteOne", bulk_delete_one)
BULK_OP("insertOne", bulk_insert_one)
BULK_OP("replaceOne", bulk_replace_one)
BULK_OP("updateMany", bulk_update_many)
BULK_OP("updateOne", bulk_update_one)
