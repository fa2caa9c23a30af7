-- Loads one of Debian's ISO code lists: :file is the JSON file, :list its one field, :key the field
-- of each entry that becomes its _id, :collection where it goes.
\set QUIET on
SELECT docdb.insert_many(:'collection', array_agg(docdb.add_fields(entry::text::bson,
           format('{"_id": "$%s"}', :'key')::bson))) AS inserted
FROM json_array_elements(pg_read_file(:'file')::json -> :'list') AS entry;
