/*
 * option_list.h
 *		The options of create and collMod: COLLECTION_OPTION(name, handler), sorted by name.
 */
/* no include guard: each includer defines COLLECTION_OPTION */
COLLECTION_OPTION("autoIndexId", option_must_be_true)
COLLECTION_OPTION("capped", option_must_be_false)
COLLECTION_OPTION("changeStreamPreAndPostImages", option_must_be_disabled)
COLLECTION_OPTION("clusteredIndex", option_must_be_absent)
COLLECTION_OPTION("collation", option_collation)
COLLECTION_OPTION("comment", option_ignored)
COLLECTION_OPTION("encryptedFields", option_must_be_absent)
COLLECTION_OPTION("expireAfterSeconds", option_must_be_absent)
COLLECTION_OPTION("idIndex", option_ignored)
COLLECTION_OPTION("indexOptionDefaults", option_must_be_empty)
COLLECTION_OPTION("max", option_of_capped)
COLLECTION_OPTION("pipeline", option_must_be_absent)
COLLECTION_OPTION("size", option_of_capped)
COLLECTION_OPTION("storageEngine", option_must_be_empty)
COLLECTION_OPTION("temp", option_must_be_false)
COLLECTION_OPTION("timeseries", option_must_be_absent)
COLLECTION_OPTION("validationAction", option_validation_action)
COLLECTION_OPTION("validationLevel", option_validation_level)
COLLECTION_OPTION("validator", option_validator)
COLLECTION_OPTION("viewOn", option_must_be_absent)
COLLECTION_OPTION("writeConcern", option_ignored)
