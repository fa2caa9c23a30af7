-- The commands with a collation.
\set VERBOSITY sqlstate
CREATE SCHEMA cc;
CREATE FUNCTION cmd(command text) RETURNS bson LANGUAGE sql AS $$ SELECT docdb.command('cc', command::bson) $$;
SELECT cmd('{"insert": "c", "documents": [{"_id": 1, "s": "foo"}, {"_id": 2, "s": "FOO"}, {"_id": 3, "s": "bar"}]}');

SELECT cmd('{"find": "c", "filter": {"s": "Foo"}, "collation": {"locale": "en_US", "strength": 2}, "sort": {"_id": 1}}');
SELECT cmd('{"find": "c", "filter": {"s": "Foo"}, "collation": {"locale": "en_US"}}');
SELECT cmd('{"find": "c", "filter": {"s": "Foo"}, "collation": {}}');
SELECT cmd('{"find": "c", "sort": {"s": 1}, "collation": {"locale": "en_US", "caseFirst": "upper"}}');
SELECT cmd('{"count": "c", "query": {"s": "Foo"}, "collation": {"locale": "en_US", "strength": 2}}');
SELECT cmd('{"distinct": "c", "key": "s", "query": {"s": {"$gt": "BAR"}}, "collation": {"locale": "en_US"}}');
SELECT cmd('{"aggregate": "c", "pipeline": [{"$match": {"s": "BAR"}}], "cursor": {}, "collation": {"locale": "en_US", "strength": 2}}');
SELECT cmd('{"update": "c", "updates": [{"q": {"s": "BAR"}, "u": {"$set": {"x": 1}}, "collation": {"locale": "en_US", "strength": 2}}, {"q": {"s": "BAR"}, "u": {"$set": {"x": 1}}}]}');
SELECT cmd('{"findAndModify": "c", "query": {"s": "Bar"}, "update": {"$set": {"x": 2}}, "new": true, "collation": {"locale": "en_US", "strength": 2}}');
SELECT cmd('{"delete": "c", "deletes": [{"q": {"s": "Bar"}, "limit": 1, "collation": {"locale": "en_US", "strength": 2}}]}');
SELECT docdb.command('admin', '{"bulkWrite": 1, "ops": [{"update": 0, "filter": {"s": "fOO"}, "updateMods": {"$set": {"y": 1}}, "multi": true, "collation": {"locale": "en", "strength": 2}}, {"delete": 0, "filter": {"s": "fOO"}, "collation": {"locale": "en", "strength": 2}}], "nsInfo": [{"ns": "cc.c"}]}');

-- What is wrong with it.
SELECT cmd('{"find": "c", "collation": "en"}');
SELECT cmd('{"find": "c", "collation": {"locale": "xx"}}');
SELECT cmd('{"count": "c", "collation": {"locale": "en", "blah": 1}}');
SELECT cmd('{"distinct": "c", "key": "s", "collation": {"strength": 1}}');
SELECT cmd('{"aggregate": "c", "pipeline": [], "cursor": {}, "collation": {"locale": "en", "strength": 0}}');
SELECT cmd('{"update": "c", "updates": [{"q": {}, "u": {"$set": {"x": 1}}, "collation": {"locale": "en", "strength": 6}}]}');
SELECT cmd('{"delete": "c", "deletes": [{"q": {}, "limit": 1, "collation": 1}]}');
SELECT cmd('{"findAndModify": "c", "remove": true, "collation": {"locale": "en", "caseLevel": "yes"}}');
SELECT cmd('{"create": "d", "collation": {}}');
SELECT cmd('{"create": "d", "collation": {"locale": "en", "version": "unknownVersion"}}');

-- A collection's own.
SELECT cmd('{"create": "d", "collation": {"locale": "fr_CA"}}');
SELECT cmd('{"listCollections": 1, "filter": {"name": "d"}}') -> 'cursor' -> 'firstBatch' -> '0' -> 'options';
SELECT cmd('{"insert": "d", "documents": [{"_id": 1, "s": "cote"}, {"_id": 2, "s": "coté"}, {"_id": 3, "s": "côte"}, {"_id": 4, "s": "côté"}]}') -> 'n';
SELECT cmd('{"find": "d", "sort": {"s": 1}}');
SELECT cmd('{"find": "d", "sort": {"s": 1}, "collation": {"locale": "fr"}}');
SELECT cmd('{"find": "d", "sort": {"s": 1}, "collation": {"locale": "simple"}}');


-- explain: the collation once, the index's in its stage, and bounds that are sort keys.
SELECT docdb.command('cc', '{"createIndexes": "d", "indexes": [{"key": {"s": 1}, "name": "s_1"}, {"key": {"s": 1, "n": -1}, "name": "en", "collation": {"locale": "en", "strength": 1}}]}') -> 'ok';
CREATE FUNCTION planner(command text) RETURNS jsonb LANGUAGE sql
AS $$ SELECT docdb.explain('cc', command::bson, 'queryPlanner')::jsonb -> 'queryPlanner' $$;
CREATE FUNCTION ixscan(command text) RETURNS jsonb LANGUAGE sql
AS $$ SELECT regexp_replace(stage::text, '0x2[0-9a-f]+', '0x2...', 'g')::jsonb
      FROM (SELECT jsonb_path_query_first(planner(command) -> 'winningPlan', '$.**{0 to 9} ? (@.stage == "IXSCAN")') - '{isMultiKey,isUnique,isSparse,isPartial,indexVersion,multiKeyPaths}'::text[] AS stage) AS s $$;
SELECT planner('{"find": "d", "filter": {"s": "cote"}, "sort": {"s": 1}, "hint": {"$natural": 1}}') - 'postgresql';
SELECT planner('{"find": "d", "filter": {"s": "cote"}, "collation": {"locale": "simple"}}') -> 'collation';
SELECT planner('{"aggregate": "c", "pipeline": [{"$match": {"s": "a"}}], "cursor": {}, "collation": {"locale": "fr"}}') -> 'collation' ->> 'locale';
SELECT planner('{"update": "c", "updates": [{"q": {"s": "a"}, "u": {"$set": {"a": 1}}, "collation": {"locale": "fr"}}]}') -> 'collation' ->> 'locale';
SELECT ixscan('{"find": "d", "filter": {"s": "cote"}, "hint": "s_1"}');
SELECT ixscan('{"find": "d", "filter": {"s": {"$gt": "a", "$lt": "b"}}, "hint": "s_1"}') -> 'indexBounds';
SELECT ixscan('{"find": "d", "filter": {"s": {"$in": ["a", 5]}}, "hint": "en", "collation": {"locale": "en", "strength": 1}}') -> 'indexBounds';
SELECT ixscan('{"find": "d", "filter": {"s": {"$in": ["a", 5]}}, "hint": "en"}') -> 'indexBounds';
SELECT ixscan('{"find": "d", "filter": {"s": {"$gt": 5}}, "hint": "en"}') -> 'indexBounds';
-- Sorted by the index where the collation is the same.
SELECT jsonb_path_exists(planner(format('{"find": "d", "sort": {"s": %s}, "hint": "s_1" %s}', d, c)) -> 'winningPlan', '$.**{0 to 9} ? (@.stage == "SORT")') AS sorts
FROM (VALUES (1, 1, ''), (2, -1, ''), (3, 1, ', "collation": {"locale": "fr"}'), (4, 1, ', "collation": {"locale": "simple"}')) AS v(n, d, c) ORDER BY n;
SELECT cmd('{"find": "d", "filter": {"s": "COTE"}, "hint": "en", "collation": {"locale": "en", "strength": 1}, "sort": {"_id": 1}}') -> 'cursor' -> 'firstBatch';
SELECT cmd('{"find": "d", "filter": {"s": "cote"}, "hint": "en", "sort": {"_id": 1}}') -> 'cursor' -> 'firstBatch';

DROP FUNCTION planner, ixscan;
DROP SCHEMA cc CASCADE;
DROP FUNCTION cmd;
