-- insert, update, delete, findAndModify.
CREATE SCHEMA cw;
CREATE FUNCTION pg_temp.run(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN docdb.command('cw', command::bson);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;
CREATE FUNCTION pg_temp.all() RETURNS SETOF bson LANGUAGE sql AS $$ SELECT docdb.find('cw.t', sort => '{"_id": 1}') $$;

SELECT pg_temp.run('{"insert": "t", "documents": [{"_id": 1}, {"_id": 2, "a": 1}]}');
SELECT pg_temp.run('{"insert": "t", "documents": [{"_id": 3}, {"_id": 1}, {"_id": 4}]}');
SELECT pg_temp.run('{"insert": "t", "documents": [{"_id": 1}, {"_id": 4}, {"_id": [1]}, {"_id": 2}, {"_id": 5}], "ordered": false}');
SELECT pg_temp.run('{"insert": "t", "documents": [{"x": 1}], "writeConcern": {"w": "majority"}, "bypassDocumentValidation": true, "txnNumber": {"$numberLong": "1"}}');
SELECT docdb.delete_many('cw.t', '{"x": 1}');
SELECT pg_temp.run('{"insert": "t", "documents": [{"_id": ") already exists."}, {"_id": ") already exists."}, {"_id": {"a": 1}}, {"_id": {"a": 1.0}}], "ordered": false}');
SELECT docdb.delete_many('cw.t', '{"_id": {"$type": ["string", "object"]}}');
SELECT pg_temp.all();

SELECT pg_temp.run('{"update": "t", "updates": [{"q": {"_id": 1}, "u": {"$set": {"b": 1}}}]}');
SELECT pg_temp.run('{"update": "t", "updates": [{"q": {"_id": 1}, "u": {"$set": {"b": 1}}}]}');
SELECT pg_temp.run('{"update": "t", "updates": [{"q": {}, "u": {"$inc": {"c": 1}}, "multi": true}, {"q": {"_id": 2}, "u": {"r": 1}}]}');
SELECT pg_temp.run('{"update": "t", "updates": [{"q": {"_id": 10}, "u": {"$set": {"b": 1}}, "upsert": true}, {"q": {"_id": 1}, "u": {"$set": {"b": 2}}},
    {"q": {"_id": 11}, "u": {"z": 1}, "upsert": true}]}');
SELECT pg_temp.run('{"update": "t", "updates": [{"q": {"_id": 1}, "u": {"$set": {"_id": 9}}}, {"q": {"_id": 1}, "u": {"$set": {"b": 3}}}]}');
SELECT pg_temp.run('{"update": "t", "updates": [{"q": {"_id": 1}, "u": {"$set": {"_id": 9}}}, {"q": {"_id": 1}, "u": {"$set": {"b": 3}}}, {"q": {"_id": 1}, "u": {"$nope": 1}}], "ordered": false}');
SELECT pg_temp.run('{"update": "t", "updates": [{"q": {"_id": 1}, "u": {"$set": {"l.$[e]": 0}}, "arrayFilters": [{"e": 1}]}]}');
SELECT pg_temp.run('{"update": "t", "updates": [{"q": {"_id": 2}, "u": [{"$set": {"v": {"$add": ["$$x", "$$y"]}}}], "c": {"y": 2}}], "let": {"x": 40}}');
SELECT pg_temp.run('{"update": "t", "updates": [{"q": {"$expr": {"$eq": ["$_id", "$$x"]}}, "u": {"$unset": {"v": 1}}}], "let": {"x": 2}}');
SELECT pg_temp.run('{"update": "none", "updates": [{"q": {}, "u": {"$set": {"b": 1}}}]}');
SELECT pg_temp.all();

SELECT pg_temp.run('{"delete": "t", "deletes": [{"q": {"_id": {"$gte": 10}}, "limit": 1}]}');
SELECT pg_temp.run('{"delete": "t", "deletes": [{"q": {"_id": {"$gte": 10}}, "limit": 0}, {"q": {"_id": 3}, "limit": 1}, {"q": {"_id": 33}, "limit": 1}]}');
SELECT pg_temp.run('{"delete": "t", "deletes": [{"q": {"$nope": 1}, "limit": 0}, {"q": {"_id": 5}, "limit": 0}]}');
SELECT pg_temp.run('{"delete": "t", "deletes": [{"q": {"$nope": 1}, "limit": 0}, {"q": {"$expr": {"$eq": ["$_id", "$$x"]}}, "limit": 0}], "ordered": false, "let": {"x": 5}}');
SELECT pg_temp.run('{"delete": "none", "deletes": [{"q": {}, "limit": 0}]}');
SELECT pg_temp.all();

SELECT pg_temp.run('{"findAndModify": "t", "query": {"_id": 1}, "update": {"$set": {"f": 1}}}');
SELECT pg_temp.run('{"findAndModify": "t", "query": {"_id": 1}, "update": {"$set": {"f": 2}}, "new": true, "fields": {"f": 1}}');
SELECT pg_temp.run('{"findAndModify": "t", "query": {}, "sort": {"_id": -1}, "update": {"$set": {"last": true}}, "new": true}');
SELECT pg_temp.run('{"findAndModify": "t", "query": {"_id": 99}, "update": {"$set": {"f": 1}}}');
SELECT pg_temp.run('{"findAndModify": "t", "query": {"_id": 99}, "update": {"$set": {"f": 1}}, "upsert": true}');
SELECT pg_temp.run('{"findAndModify": "t", "query": {"_id": 98}, "update": {"f": 1}, "upsert": true, "new": true}');
SELECT pg_temp.run('{"findandmodify": "t", "query": {"_id": {"$gte": 98}}, "sort": {"_id": 1}, "remove": true}');
SELECT pg_temp.run('{"findAndModify": "t", "query": {"_id": 98}, "remove": true}');
SELECT pg_temp.run('{"findAndModify": "none", "query": {"_id": 98}, "remove": true}');
SELECT pg_temp.run('{"findAndModify": "t", "query": {"_id": 99}, "remove": true, "fields": {"_id": 0}}');
SELECT pg_temp.all();

-- The form of a command is checked before anything is done.
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"insert": "t"}'), ('{"insert": "t", "documents": []}'), ('{"insert": "t", "documents": {}}'), ('{"insert": "t", "documents": [{}, 1]}'), ('{"insert": 1, "documents": [{}]}'),
    ('{"insert": "t", "documents": [{}], "nope": 1}'), ('{"insert": "t", "documents": [{}], "ordered": "x"}'), ('{"insert": "a$b", "documents": [{}]}'),
    ('{"update": "t"}'), ('{"update": "t", "updates": []}'), ('{"update": "t", "updates": [1]}'), ('{"update": "t", "updates": [{"q": {}}]}'), ('{"update": "t", "updates": [{"u": {}}]}'),
    ('{"update": "t", "updates": [{"q": 1, "u": {}}]}'), ('{"update": "t", "updates": [{"q": {"_id": 1}, "u": {"$set": {"x": 1}}}, {"q": {}, "u": {}, "nope": 1}]}'),
    ('{"update": "t", "updates": [{"q": {}, "u": {}, "multi": "x"}]}'), ('{"update": "t", "updates": [{"q": {}, "u": {}, "hint": "x"}]}'), ('{"update": "t", "updates": [{"q": {}, "u": 1}]}'),
    ('{"update": "t", "updates": [{"q": {}, "u": {"r": 1}, "multi": true}]}'), ('{"update": "t", "updates": [{"q": {}, "u": {"$set": {"a": 1}}}], "nope": 1}'),
    ('{"delete": "t"}'), ('{"delete": "t", "deletes": []}'), ('{"delete": "t", "deletes": [{"q": {}}]}'), ('{"delete": "t", "deletes": [{"limit": 1}]}'), ('{"delete": "t", "deletes": [{"q": {}, "limit": 2}]}'),
    ('{"delete": "t", "deletes": [{"q": {}, "limit": "1"}]}'), ('{"delete": "t", "deletes": [{"q": {}, "limit": 0, "nope": 1}]}'), ('{"delete": "t", "deletes": [{"q": 1, "limit": 0}]}'),
    ('{"findAndModify": "t"}'), ('{"findAndModify": "t", "update": {}, "remove": true}'), ('{"findAndModify": "t", "remove": true, "upsert": true}'), ('{"findAndModify": "t", "remove": true, "new": true}'),
    ('{"findAndModify": "t", "query": 1, "remove": true}'), ('{"findAndModify": "t", "update": {"$nope": 1}}'), ('{"findAndModify": "t", "update": {"$set": {"_id": 77}}}'), ('{"findAndModify": "t", "remove": true, "nope": 1}')) AS c(c);
SELECT pg_temp.all();

SET client_min_messages = warning;
DROP SCHEMA cw CASCADE;
