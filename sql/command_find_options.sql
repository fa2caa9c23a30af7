-- The fields of find, count, distinct, aggregate and getMore: what is accepted, and the code of
-- what is not.
SET client_min_messages = warning;
CREATE SCHEMA cfo;
CREATE FUNCTION pg_temp.code(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM docdb.command('cfo', command::bson);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN coalesce((docdb.error_info(SQLSTATE)).code::text, SQLSTATE);
END
$$;
SELECT docdb.insert_many('cfo.t', (SELECT array_agg(format('{"_id": %s, "a": %s}', i, i % 3)::bson) FROM generate_series(1, 5) AS i));

CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, command text, expected text);
INSERT INTO cases (command, expected)
SELECT format('{"find": "t", %s}', field), expected FROM (VALUES
-- documents, of which null is none
('"filter": {}', 'accepted'), ('"filter": null', '14'), ('"filter": []', '14'), ('"filter": "x"', '14'),
('"sort": {}', 'accepted'), ('"sort": null', '14'), ('"sort": 5', '14'), ('"sort": []', '14'),
('"projection": {}', 'accepted'), ('"projection": null', '14'), ('"projection": []', '14'), ('"projection": "x"', '14'),
('"let": {}', 'accepted'), ('"let": null', 'accepted'), ('"let": 5', '14'), ('"let": []', '14'),
('"readConcern": {}', 'accepted'), ('"readConcern": null', 'accepted'), ('"readConcern": 5', '14'),
('"readConcern": {"level": "local"}', 'accepted'), ('"readConcern": {"level": "majority"}', 'accepted'),
('"readConcern": {"level": "x"}', '2'), ('"readConcern": {"level": 5}', '14'), ('"readConcern": {"foo": 1}', '40415'),
('"collation": {}', 'accepted'), ('"collation": 5', '14'), ('"collation": {"locale": "simple"}', 'accepted'),
-- hints
('"hint": {}', 'accepted'), ('"hint": {"_id": 1}', 'accepted'), ('"hint": "_id_"', 'accepted'), ('"hint": null', '9'), ('"hint": 5', '9'), ('"hint": []', '9'),
('"hint": "nope"', '2'), ('"hint": {"x": 1}', '2'), ('"hint": "$natural"', '2'),
('"hint": {"$natural": 1}', 'accepted'), ('"hint": {"$natural": -1}', 'accepted'), ('"hint": {"$natural": 2}', '2'), ('"hint": {"$natural": "1"}', '2'),
('"hint": {"$natural": 1, "a": 1}', '2'),
('"sort": {"$natural": 1}', 'accepted'), ('"sort": {"$natural": -1}', 'accepted'), ('"sort": {"$natural": 1.0}', 'accepted'), ('"sort": {"$natural": 0}', '2'),
('"sort": {"$natural": 2}', '2'), ('"sort": {"$natural": "x"}', '2'), ('"sort": {"$natural": 1, "a": 1}', '2'), ('"sort": {"a": 1, "$natural": 1}', '2'),
('"sort": {"$natural": 1}, "hint": {"_id": 1}', '2'), ('"sort": {"$natural": 1}, "hint": "_id_"', '2'), ('"sort": {"$natural": 1}, "hint": {"$natural": 1}', 'accepted'),
('"sort": {"$natural": 1}, "hint": {"$natural": -1}', '2'), ('"sort": {"a": 1}, "hint": {"$natural": -1}', 'accepted'),
-- numbers: fractions are cut off, what is too large is the largest, negative ones are refused
('"limit": 1', 'accepted'), ('"limit": 0', 'accepted'), ('"limit": 1.5', 'accepted'), ('"limit": -0.5', 'accepted'), ('"limit": 1e300', 'accepted'), ('"limit": null', 'accepted'),
('"limit": {"$numberDouble": "NaN"}', 'accepted'), ('"limit": {"$numberDecimal": "1.5"}', 'accepted'), ('"limit": {"$numberLong": "1"}', 'accepted'),
('"limit": -1', '2'), ('"limit": -1.5', '2'), ('"limit": {"$numberDouble": "-Infinity"}', '2'), ('"limit": "1"', '14'), ('"limit": true', '14'), ('"limit": []', '14'), ('"limit": {}', '14'),
('"skip": 2.5', 'accepted'), ('"skip": null', 'accepted'), ('"skip": -1', '2'), ('"skip": "1"', '14'), ('"skip": true', '14'),
('"batchSize": 0', 'accepted'), ('"batchSize": null', 'accepted'), ('"batchSize": -1', '2'), ('"batchSize": "1"', '14'),
('"term": 1', 'accepted'), ('"term": "x"', '14'),
-- flags are booleans and nothing else
('"singleBatch": true', 'accepted'), ('"singleBatch": 1', '14'), ('"singleBatch": null', '14'), ('"singleBatch": "x"', '14'),
('"allowDiskUse": false', 'accepted'), ('"allowDiskUse": 1', '14'), ('"allowDiskUse": null', '14'),
('"allowPartialResults": true', 'accepted'), ('"allowPartialResults": "x"', '14'), ('"noCursorTimeout": true', 'accepted'), ('"noCursorTimeout": 1', '14'),
('"oplogReplay": true', 'accepted'), ('"oplogReplay": 1', '14'), ('"readOnce": true', 'accepted'), ('"mirrored": false', 'accepted'),
-- there are no capped collections to follow
('"tailable": false', 'accepted'), ('"tailable": true', '2'), ('"tailable": 1', '14'), ('"awaitData": true', '9'), ('"awaitData": false', 'accepted'), ('"awaitData": true, "tailable": true', '2'),
('"tailable": true, "singleBatch": true', '2'), ('"tailable": true, "sort": {"a": 1}', '2'),
-- maxTimeMS is of every command
('"maxTimeMS": 10000', 'accepted'), ('"maxTimeMS": 0', 'accepted'), ('"maxTimeMS": null', 'accepted'), ('"maxTimeMS": 10000.0', 'accepted'), ('"maxTimeMS": 2147483647', 'accepted'),
('"maxTimeMS": -1', '2'), ('"maxTimeMS": 2147483648', '2'), ('"maxTimeMS": 1.5', '9'), ('"maxTimeMS": -1.5', '9'), ('"maxTimeMS": {"$numberDouble": "NaN"}', '9'),
('"maxTimeMS": {"$numberDouble": "Infinity"}', '9'), ('"maxTimeMS": 1e100', '9'), ('"maxTimeMS": {"$numberDecimal": "1.5"}', '9'), ('"maxTimeMS": {"$numberDecimal": "NaN"}', '9'),
('"maxTimeMS": "x"', '14'), ('"maxTimeMS": {}', '14'), ('"maxTimeMS": [1]', '14'), ('"maxTimeMS": true', '14'),
-- let: names of variables, and expressions that read no document
('"let": {"a": 1}', 'accepted'), ('"let": {"a": 1, "b": {"$add": ["$$a", 1]}}', 'accepted'), ('"let": {"a": "$$NOW"}', 'accepted'), ('"let": {"a": "$$REMOVE"}', 'accepted'),
('"let": {"a": "$x"}', '4890500'), ('"let": {"a": "$$ROOT"}', '4890500'), ('"let": {"a": {"$ifNull": ["$x", 1]}}', '4890500'), ('"let": {"a": ["$$CURRENT.x"]}', '4890500'),
('"let": {"a": "$$b"}', '17276'), ('"let": {"b": 1, "a": "$$B"}', '17276'), ('"let": {"a": {"$foo": 1}}', '168'), ('"let": {"1a": 1}', '9'), ('"let": {"A": 1}', '9'), ('"let": {"ROOT": 1}', '9'),
('"let": {"a.b": 1}', '9'), ('"let": {"": 1}', '9'), ('"let": {"a b": 1}', '9'), ('"let": {"$a": 1}', '9'),
-- the stable API
('"apiVersion": "1"', 'accepted'), ('"apiVersion": "1", "apiStrict": true', 'accepted'), ('"apiVersion": "2"', '322'), ('"apiVersion": ""', '322'), ('"apiVersion": 1', '14'),
('"apiStrict": true', '4886600'), ('"apiDeprecationErrors": true', '4886600'), ('"apiVersion": "1", "apiStrict": 1', '14'),
-- names
('"comment": {"a": 1}', 'accepted'), ('"comment": 5', 'accepted'), ('"foo": 1', '40415'), ('"snapshot": true', '40415'), ('"maxScan": 1', '40415'), ('"ntoreturn": 1', '40415'), ('"options": {}', '40415'),
('"query": {}', '40415'), ('"limit": 1, "limit": 2', '40413')) AS f(field, expected);

INSERT INTO cases (command, expected) VALUES
('{"find": 5}', '73'), ('{"find": null}', '73'), ('{"find": ""}', '73'), ('{"find": ".x"}', '73'), ('{"find": "a$b"}', '73'), ('{"find": "a\u0000b"}', '73'), ('{"find": "a..b"}', 'accepted'),
('{"find": "none", "tailable": true}', 'accepted'), ('{"find": "none", "hint": "nope"}', 'accepted'), ('{"find": "none", "filter": {"a": {"$foo": 1}}}', '2'), ('{"find": "none", "sort": {"a": 2}}', '15975'),
('{"find": "none", "projection": {"a": 1, "b": 0}}', '31254'),
('{"count": "t", "query": {"a": 1}}', 'accepted'), ('{"count": "t", "query": null}', 'accepted'), ('{"count": "t", "query": []}', '14'), ('{"count": "t", "query": {"a": {"$foo": 1}}}', '2'),
('{"count": "t", "limit": -2}', 'accepted'), ('{"count": "t", "limit": 2.0}', 'accepted'), ('{"count": "t", "limit": null}', '2'), ('{"count": "t", "limit": "x"}', '2'), ('{"count": "t", "limit": true}', '2'),
('{"count": "t", "limit": 1.5}', '9'), ('{"count": "t", "limit": {"$numberDouble": "NaN"}}', '9'), ('{"count": "t", "limit": 1e300}', '9'), ('{"count": "t", "limit": {"$numberLong": "-9223372036854775808"}}', '2'),
('{"count": "t", "skip": 1.5}', 'accepted'), ('{"count": "t", "skip": null}', 'accepted'), ('{"count": "t", "skip": -1}', '2'), ('{"count": "t", "skip": "x"}', '14'),
('{"count": "t", "hint": null}', '9'), ('{"count": "t", "hint": "nope"}', '2'), ('{"count": "t", "hint": {"$natural": 1}}', 'accepted'), ('{"count": "t", "fields": {"a": 1}}', 'accepted'),
('{"count": "t", "let": {"a": 1}}', '40415'), ('{"count": "t", "filter": {}}', '40415'), ('{"count": "t", "sort": {}}', '40415'), ('{"count": "t", "maxTimeMS": -1}', '2'), ('{"count": 1}', '73'),
('{"distinct": "t", "key": "a"}', 'accepted'), ('{"distinct": "t", "key": ""}', 'accepted'), ('{"distinct": "t"}', '40414'), ('{"distinct": "t", "key": null}', '40414'), ('{"distinct": "t", "key": 1}', '14'),
('{"distinct": "t", "key": ["a"]}', '14'), ('{"distinct": "t", "key": "a\u0000b"}', '31032'), ('{"distinct": "t", "key": "a", "query": null}', 'accepted'), ('{"distinct": "t", "key": "a", "query": 1}', '14'),
('{"distinct": "t", "key": "a", "query": {"$foo": 1}}', '2'), ('{"distinct": "t", "key": "a", "hint": "nope"}', '2'), ('{"distinct": "t", "key": "a", "hint": {"_id": 1}}', 'accepted'),
('{"distinct": "t", "key": "a", "hint": null}', '9'), ('{"distinct": "t", "key": "a", "let": {}}', '40415'), ('{"distinct": "t", "key": "a", "sort": {}}', '40415'), ('{"distinct": "t", "key": "a", "limit": 1}', '40415'),
('{"distinct": 1, "key": "a"}', '73'),
('{"aggregate": 1, "pipeline": [], "cursor": {}}', '73'), ('{"aggregate": 1, "pipeline": [{"$match": {}}], "cursor": {}}', '73'), ('{"aggregate": 2, "pipeline": [], "cursor": {}}', '2'),
('{"aggregate": null, "pipeline": [], "cursor": {}}', '14'), ('{"aggregate": {}, "pipeline": [], "cursor": {}}', '14'), ('{"aggregate": "", "pipeline": [], "cursor": {}}', '73'),
('{"aggregate": "t", "pipeline": []}', '9'), ('{"aggregate": "t", "cursor": {}}', '40414'), ('{"aggregate": "t", "pipeline": null, "cursor": {}}', '14'), ('{"aggregate": "t", "pipeline": {}, "cursor": {}}', '14'),
('{"aggregate": "t", "pipeline": [5], "cursor": {}}', '14'), ('{"aggregate": "t", "pipeline": [], "cursor": null}', '14'), ('{"aggregate": "t", "pipeline": [], "cursor": 5}', '14'),
('{"aggregate": "t", "pipeline": [], "cursor": {"batchSize": -1}}', '2'), ('{"aggregate": "t", "pipeline": [], "cursor": {"batchSize": "x"}}', '14'), ('{"aggregate": "t", "pipeline": [], "cursor": {"foo": 1}}', '40415'),
('{"aggregate": "t", "pipeline": [], "cursor": {}, "explain": 1}', '14'), ('{"aggregate": "t", "pipeline": [], "cursor": {}, "allowDiskUse": 1}', '14'), ('{"aggregate": "t", "pipeline": [], "cursor": {}, "hint": null}', '9'),
('{"aggregate": "t", "pipeline": [], "cursor": {}, "let": {"A": 1}}', '9'), ('{"aggregate": "t", "pipeline": [], "cursor": {}, "foo": 1}', '40415'),
('{"getMore": 5, "collection": "t"}', '14'), ('{"getMore": "x", "collection": "t"}', '14'), ('{"getMore": {"$numberLong": "5"}}', '40414'), ('{"getMore": {"$numberLong": "5"}, "collection": null}', '40414'),
('{"getMore": {"$numberLong": "5"}, "collection": 5}', '14'), ('{"getMore": {"$numberLong": "5"}, "collection": ""}', '73'), ('{"getMore": {"$numberLong": "5"}, "collection": ".a"}', '73'),
('{"getMore": {"$numberLong": "5"}, "collection": "t", "batchSize": -1}', '2'), ('{"getMore": {"$numberLong": "5"}, "collection": "t", "batchSize": "x"}', '14'),
('{"getMore": {"$numberLong": "5"}, "collection": "t", "foo": 1}', '40415'), ('{"getMore": {"$numberLong": "5"}, "collection": "t"}', '43'), ('{"getMore": {"$numberLong": "-5"}, "collection": "t"}', '43'),
('{"killCursors": "t"}', '40414'), ('{"killCursors": "t", "cursors": null}', '40414'), ('{"killCursors": "t", "cursors": 5}', '14'), ('{"killCursors": "t", "cursors": ["x"]}', '14'), ('{"killCursors": "t", "cursors": [5]}', '14'),
('{"killCursors": "t", "cursors": [null]}', '14'), ('{"killCursors": "t", "cursors": []}', 'accepted'), ('{"killCursors": "t", "cursors": [{"$numberLong": "5"}]}', 'accepted'), ('{"killCursors": "t", "cursors": [], "foo": 1}', '40415'),
('{"killCursors": 5, "cursors": []}', '73');

SELECT command, expected, pg_temp.code(command) AS got FROM cases WHERE pg_temp.code(command) <> expected ORDER BY n;
SELECT count(*) FROM cases;
DROP SCHEMA cfo CASCADE;
