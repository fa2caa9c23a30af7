/*
 * option_list.h
 *		The options of create and collMod: COLLECTION_OPTION(name, commands that have it, handler),
 *		sorted by name.
 */
/* no include guard: each includer defines COLLECTION_OPTION */
COLLECTION_OPTION("autoIndexId", CREATE, option_must_be_true)
COLLECTION_OPTION("capped", CREATE, option_capped)
COLLECTION_OPTION("cappedMax", MODIFY, option_capped_max)
COLLECTION_OPTION("cappedSize", MODIFY, option_capped_size)
COLLECTION_OPTION("changeStreamPreAndPostImages", BOTH, option_must_be_disabled)
COLLECTION_OPTION("clusteredIndex", CREATE, option_must_be_absent)
COLLECTION_OPTION("collation", CREATE, option_collation)
COLLECTION_OPTION("comment", BOTH, option_ignored)
COLLECTION_OPTION("encryptedFields", CREATE, option_must_be_absent)
COLLECTION_OPTION("expireAfterSeconds", BOTH, option_must_be_absent)
COLLECTION_OPTION("idIndex", CREATE, option_ignored)
COLLECTION_OPTION("indexOptionDefaults", CREATE, option_must_be_empty)
COLLECTION_OPTION("max", CREATE, option_capped_max)
COLLECTION_OPTION("pipeline", BOTH, option_must_be_absent)
COLLECTION_OPTION("size", CREATE, option_capped_size)
COLLECTION_OPTION("storageEngine", CREATE, option_must_be_empty)
COLLECTION_OPTION("temp", CREATE, option_must_be_false)
COLLECTION_OPTION("timeseries", BOTH, option_must_be_absent)
COLLECTION_OPTION("validationAction", BOTH, option_validation_action)
COLLECTION_OPTION("validationLevel", BOTH, option_validation_level)
COLLECTION_OPTION("validator", BOTH, option_validator)
COLLECTION_OPTION("viewOn", BOTH, option_must_be_absent)
COLLECTION_OPTION("writeConcern", BOTH, option_ignored)
