-- Databases, collections and their indexes.

CREATE TABLE docdb.collections (
    collection regclass CONSTRAINT collections_pkey PRIMARY KEY,
    name text,
    options bson
);
COMMENT ON TABLE docdb.collections IS
    'what PostgreSQL''s catalog cannot hold of collections: names over 63 bytes, options';
GRANT SELECT ON docdb.collections TO PUBLIC;

-- Rows of dropped tables, should any be left, must not take their OIDs along into a dump.
SELECT pg_catalog.pg_extension_config_dump('docdb.collections',
    'WHERE collection IN (SELECT oid FROM pg_catalog.pg_class)');

CREATE TABLE docdb.capped (
    collection regclass CONSTRAINT capped_pkey PRIMARY KEY,
    documents bigint NOT NULL,
    bytes bigint NOT NULL
);
COMMENT ON TABLE docdb.capped IS 'how many documents, and bytes of them, capped collections have';
GRANT SELECT ON docdb.capped TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('docdb.capped',
    'WHERE collection IN (SELECT oid FROM pg_catalog.pg_class)');

CREATE FUNCTION docdb.capped_trigger() RETURNS trigger
    AS 'MODULE_PATHNAME', 'docdb_capped_trigger' LANGUAGE C;
COMMENT ON FUNCTION docdb.capped_trigger() IS
    'statement triggers of capped collections: delete the oldest documents when there are too many';

CREATE FUNCTION docdb.collection_trigger() RETURNS trigger
    AS 'MODULE_PATHNAME', 'docdb_collection_trigger' LANGUAGE C;
COMMENT ON FUNCTION docdb.collection_trigger() IS
    'row trigger of collections: keeps _id true to the document, runs the validator';

CREATE FUNCTION docdb.collections_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'docdb_collections_changed' LANGUAGE C;
COMMENT ON FUNCTION docdb.collections_changed() IS
    'row trigger of docdb.collections: makes backends forget what they know of the collection';
CREATE TRIGGER collections_changed BEFORE INSERT OR UPDATE OR DELETE ON docdb.collections
    FOR EACH ROW EXECUTE FUNCTION docdb.collections_changed();
ALTER TABLE docdb.collections ENABLE ALWAYS TRIGGER collections_changed;

CREATE FUNCTION docdb.collections_dropped() RETURNS event_trigger
    AS 'MODULE_PATHNAME', 'docdb_collections_dropped' LANGUAGE C;
COMMENT ON FUNCTION docdb.collections_dropped() IS
    'event trigger: removes rows of dropped tables from docdb.collections';
CREATE EVENT TRIGGER docdb_collections_dropped ON sql_drop
    EXECUTE FUNCTION docdb.collections_dropped();
COMMENT ON EVENT TRIGGER docdb_collections_dropped IS
    'keeps docdb.collections free of rows of dropped tables';

CREATE FUNCTION docdb.create_collection(name text, options bson DEFAULT NULL) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_create_collection' LANGUAGE C;
COMMENT ON FUNCTION docdb.create_collection(text, bson) IS
    'creates a collection; false when it exists with the same options';

CREATE FUNCTION docdb.drop_collection(name text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_drop_collection' LANGUAGE C;
COMMENT ON FUNCTION docdb.drop_collection(text) IS 'drops a collection; false when there is none';

CREATE FUNCTION docdb.rename_collection(
    name text, new_name text, drop_target boolean DEFAULT false) RETURNS void
    AS 'MODULE_PATHNAME', 'docdb_rename_collection' LANGUAGE C;
COMMENT ON FUNCTION docdb.rename_collection(text, text, boolean) IS 'renames a collection';

CREATE FUNCTION docdb.list_collections(
    database text DEFAULT current_schema(), filter bson DEFAULT NULL) RETURNS SETOF bson
    AS 'MODULE_PATHNAME', 'docdb_list_collections' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION docdb.list_collections(text, bson) IS
    'the collections of a database, as MongoDB''s listCollections gives them';

CREATE FUNCTION docdb.create_index(collection text, keys bson, options bson DEFAULT NULL)
    RETURNS text
    AS 'MODULE_PATHNAME', 'docdb_create_index' LANGUAGE C;
COMMENT ON FUNCTION docdb.create_index(text, bson, bson) IS
    'creates an index on a key pattern and returns its name';

CREATE FUNCTION docdb.drop_index(collection text, index text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'docdb_drop_index' LANGUAGE C;
COMMENT ON FUNCTION docdb.drop_index(text, text) IS
    'drops an index by name, or by key pattern where the text begins with a brace; "*" drops all';

CREATE FUNCTION docdb.list_indexes(collection text) RETURNS SETOF bson
    AS 'MODULE_PATHNAME', 'docdb_list_indexes' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION docdb.list_indexes(text) IS
    'the indexes of a collection, as MongoDB''s listIndexes gives them';

CREATE FUNCTION docdb.index_stats(collection regclass) RETURNS SETOF bson
    AS 'MODULE_PATHNAME', 'docdb_index_stats' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION docdb.index_stats(regclass) IS
    'how often the indexes of a collection were used, as MongoDB''s $indexStats gives it';
