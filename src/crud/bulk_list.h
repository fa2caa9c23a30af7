/*
 * bulk_list.h
 *		The operations of bulk_write: BULK_OP(name, function, update), sorted by name.
 *
 * `update` names the field that holds the update, or is NULL.
 */
/* no include guard: each includer defines BULK_OP */
BULK_OP("deleteMany", bulk_delete_many, NULL)
BULK_OP("deleteOne", bulk_delete_one, NULL)
BULK_OP("insertOne", bulk_insert_one, NULL)
BULK_OP("replaceOne", bulk_replace_one, "replacement")
BULK_OP("updateMany", bulk_update_many, "update")
BULK_OP("updateOne", bulk_update_one, "update")
