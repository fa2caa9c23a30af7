\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

SELECT docdb.insert_one('pe', '{"_id": 1}');

-- What a pipeline is.
SELECT pg_temp.agg('pe', p) FROM (VALUES
    ('1'), ('null'), ('"x"'), ('{}'), ('{"$match": {}}'),
    ('[1]'), ('["$match"]'), ('[[]]'), ('[null]'), ('[{}]'),
    ('[{"$match": {}, "$limit": 1}]'), ('[{"a": 1}]'), ('[{"match": {}}]'), ('[{"$Match": {}}]'),
    ('[{"$matc": {}}]'), ('[{"$matchx": {}}]'), ('[{"": 1}]'), ('[{"$zzz": 1}]'), ('[{"$": 1}]'),
    ('[{"$limit": 1}, {"$nope": 1}]'),
    ('[{"$nope": 1}, {"$limit": 0}]')) AS p(p);

-- Stages of MongoDB that are not there are unknown.
SELECT s.name, pg_temp.agg('pe', format('[{"%s": {}}]', s.name)) FROM unnest('{$out,$merge,$bucket,$bucketAuto,$graphLookup,$redact,$geoNear,$setWindowFields,$densify,$fill,$documents,$search,$changeStream,$collStats,$currentOp}'::text[]) AS s(name);

-- Errors in documents come while they are read.
SELECT pg_temp.agg('pe', '[{"$project": {"x": {"$divide": [1, 0]}}}]');
SELECT pg_temp.agg('pe', '[{"$project": {"x": {"$divide": [1, {"$subtract": ["$_id", 1]}]}}}]');
SELECT pg_temp.agg('pe', '[{"$match": {"_id": 2}}, {"$project": {"x": {"$divide": [1, {"$subtract": ["$_id", 2]}]}}}]');

-- Length and depth.
SELECT pg_temp.agg('pe', '[' || repeat('{"$match": {}}, ', 999) || '{"$count": "n"}]');
SELECT pg_temp.agg('pe', '[' || repeat('{"$match": {}}, ', 1000) || '{"$count": "n"}]');
SELECT pg_temp.agg('pe', repeat('[{"$lookup": {"from": "pe", "as": "a", "pipeline": ', 19) || '[]' || repeat('}}]', 19)) IS NOT NULL AS works;
SELECT pg_temp.agg('pe', repeat('[{"$lookup": {"from": "pe", "as": "a", "pipeline": ', 20) || '[]' || repeat('}}]', 20));

-- The function's arguments.
\set VERBOSITY sqlstate
SELECT docdb.aggregate('pe', NULL);
SELECT docdb.aggregate(NULL, '[]');
SELECT docdb.aggregate('', '[]');
SELECT docdb.aggregate('a$b', '[]');
SELECT docdb.aggregate('pg_catalog.pg_class', '[]');
SELECT docdb.aggregate('pe', '[]', '{"nope": 1}');
SELECT docdb.aggregate('pe', '[]', '{"let": 1}');
SELECT docdb.aggregate('pe', '[]', '{"let": {"X": 1}}');
SELECT docdb.aggregate('pe', '[]', '{"maxTimeMS": -1}');
SELECT docdb.aggregate('pe', '[]', '{"collation": {"locale": "xx"}}');
SELECT docdb.aggregate('pe', '[]', '{"hint": {"a": 1}}');
SELECT docdb.aggregate('pe', '[]', '{"allowDiskUse": 1, "cursor": {"batchSize": 5}, "comment": "x", "maxTimeMS": 1000, "readConcern": {}}');
SELECT docdb.aggregate('pe', '[]', NULL);
SELECT docdb.aggregate(collection => 'pe', pipeline => '[{"$count": "n"}]');
\set VERBOSITY default

-- Permissions are those of the table.
CREATE ROLE regress_pipeline;
SET ROLE regress_pipeline;
SELECT pg_temp.agg('pe', '[{"$match": {}}]');
RESET ROLE;
DROP ROLE regress_pipeline;

-- The inventory.
SELECT * FROM docdb.aggregation_stages() ORDER BY name COLLATE "C";

DROP TABLE pe;
