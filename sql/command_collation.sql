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

DROP SCHEMA cc CASCADE;
DROP FUNCTION cmd;
