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

-- What MongoDB says of an error besides its message: the key of a duplicate, why a document failed validation.
SELECT pg_temp.run('{"createIndexes": "u", "indexes": [{"key": {"a": 1, "b": -1}, "name": "ab", "unique": true}]}');
SELECT pg_temp.run('{"insert": "u", "documents": [{"_id": 1, "a": 1, "b": "x"}, {"_id": 2, "a": 1, "b": "x"}, {"_id": 3, "a": 3}, {"_id": 1}], "ordered": false}');
SELECT pg_temp.run('{"update": "u", "updates": [{"q": {"_id": 3}, "u": {"$set": {"a": 1, "b": "x"}}}]}');
SELECT pg_temp.run('{"findAndModify": "u", "query": {"_id": 3}, "update": {"$set": {"a": 1, "b": "x"}}}');
SELECT pg_temp.run('{"create": "v", "validator": {"a": {"$gt": 5}}}');
SELECT pg_temp.run('{"insert": "v", "documents": [{"_id": 1, "a": 1}, {"_id": 2, "a": 6}], "ordered": false}');
SELECT pg_temp.run('{"update": "v", "updates": [{"q": {"_id": 2}, "u": {"$set": {"a": 0}}}]}');
SELECT pg_temp.run('{"update": "v", "updates": [{"q": {"_id": 3}, "u": {"$set": {"a": 0}}, "upsert": true}]}');
SELECT pg_temp.run('{"findAndModify": "v", "query": {"_id": 2}, "update": {"$set": {"a": 0}}}');
SELECT pg_temp.run('{"update": "v", "updates": [{"q": {"_id": 2}, "u": {"$set": {"a": 0}}}], "bypassDocumentValidation": true}');
SELECT pg_temp.run('{"collMod": "v", "validationLevel": "moderate", "validationAction": "errorAndLog"}');
SELECT pg_temp.run('{"update": "v", "updates": [{"q": {"_id": 2}, "u": {"$set": {"b": 0}}}]}');
SELECT pg_temp.run('{"insert": "v", "documents": [{"_id": 4}]}');
SELECT pg_temp.run('{"collMod": "v", "validator": {"$jsonSchema": {"required": ["z"]}}, "validationLevel": "strict"}');
SELECT pg_temp.run('{"update": "v", "updates": [{"q": {"_id": 2}, "u": {"$set": {"b": 1}}}]}');
SELECT pg_temp.run('{"collMod": "v", "validationLevel": "off"}');
SELECT pg_temp.run('{"update": "v", "updates": [{"q": {"_id": 2}, "u": {"$set": {"b": 1}}}]}');

-- moderate: a document that does not match already may be changed, until it matches; then it is kept so.
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"collMod": "v", "validator": {"a": {"$gt": 5}}, "validationLevel": "moderate", "validationAction": "error"}'),
    ('{"update": "v", "updates": [{"q": {"_id": 2}, "u": {"$set": {"b": 2}}}]}'), ('{"update": "v", "updates": [{"q": {"_id": 2}, "u": {"$set": {"a": 7}}}]}'), ('{"update": "v", "updates": [{"q": {"_id": 2}, "u": {"$set": {"a": 3}}}]}'),
    ('{"update": "v", "updates": [{"q": {}, "u": {"$set": {"a": 3}}, "multi": true}]}'), ('{"findAndModify": "v", "query": {"_id": 2}, "update": {"a": 1}}'), ('{"findAndModify": "v", "query": {"_id": 2}, "update": {"a": 1}, "bypassDocumentValidation": true, "new": true}'),
    ('{"findAndModify": "v", "query": {"_id": 5}, "update": {"a": 1}, "upsert": true}'), ('{"findAndModify": "v", "query": {"_id": 5}, "update": {"a": 1}, "upsert": true, "bypassDocumentValidation": true}'),
    ('{"collMod": "v", "validator": {}, "validationLevel": "strict"}'), ('{"insert": "v", "documents": [{"_id": 6}]}'), ('{"collMod": "v", "validator": {"a": {"$bad": 1}}}'), ('{"collMod": "v", "validationAction": "x"}'), ('{"collMod": "v", "validationLevel": 1}'), ('{"collMod": "v", "nope": 1}'), ('{"collMod": "none", "validator": {}}')) AS c(c);

-- Hints name an index that exists; constants belong to pipelines.
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"update": "u", "updates": [{"q": {"_id": 3}, "u": {"$set": {"c": 1}}, "hint": "ab"}, {"q": {"_id": 3}, "u": {"$set": {"c": 2}}, "hint": {"a": 1, "b": -1}}, {"q": {"_id": 3}, "u": {"$set": {"c": 3}}, "hint": {"b": -1, "a": 1}}]}'),
    ('{"update": "u", "updates": [{"q": {"_id": 3}, "u": {"$set": {"c": 4}}, "hint": "_id_"}, {"q": {"_id": 3}, "u": {"$set": {"c": 5}}, "hint": {"_id": 1}}, {"q": {"_id": 3}, "u": {"$set": {"c": 6}}, "hint": {"$natural": 1}}, {"q": {"_id": 3}, "u": {"$set": {"c": 7}}, "hint": {}}]}'),
    ('{"update": "none", "updates": [{"q": {"_id": 3}, "u": {"$set": {"c": 1}}, "hint": "ab"}]}'),
    ('{"delete": "u", "deletes": [{"q": {"_id": 9}, "limit": 1, "hint": "_id_"}, {"q": {"_id": 9}, "limit": 0, "hint": "a_1"}]}'),
    ('{"delete": "u", "deletes": [{"q": {"_id": 9}, "limit": 1, "collation": {"locale": "xx"}}]}'),
    ('{"findAndModify": "u", "query": {"_id": 3}, "update": {"$set": {"c": 8}}, "hint": "ab"}'),
    ('{"findAndModify": "u", "query": {"_id": 3}, "update": {"$set": {"c": 9}}, "hint": {"c": 1}}'),
    ('{"findAndModify": "u", "query": {"_id": 3}, "remove": true, "hint": "c"}'),
    ('{"find": "u", "filter": {"_id": 3}, "hint": "ab"}'), ('{"find": "u", "hint": "c"}'), ('{"count": "u", "hint": {"_id": 1}}'), ('{"count": "u", "hint": {"_id": -1}}'),
    ('{"distinct": "u", "key": "a", "hint": "c"}'), ('{"aggregate": "u", "pipeline": [], "cursor": {}, "hint": "c"}'), ('{"aggregate": "u", "pipeline": [{"$match": {"_id": 3}}], "cursor": {}, "hint": "_id_"}'),
    ('{"update": "u", "updates": [{"q": {"_id": 3}, "u": {"$set": {"c": 1}}, "c": {"x": 1}}]}'), ('{"update": "u", "updates": [{"q": {"_id": 3}, "u": {"c": 1}, "c": {}}]}'),
    ('{"update": "u", "updates": [{"q": {"_id": 3}, "u": [{"$set": {"c": "$$x", "d": "$$y"}}], "c": {"x": 1}}], "let": {"x": 2, "y": 3}}'),
    ('{"update": "u", "updates": [{"q": {}, "u": {"$set": {"c": 1}}, "multi": true, "sort": {"a": 1}}]}'), ('{"update": "u", "updates": [{"q": {}, "u": {"$set": {"top": 1}}, "sort": {"a": -1}}]}'),
    ('{"findAndModify": "u", "remove": true, "arrayFilters": [{"x": 1}]}'), ('{"findAndModify": "u", "update": [{"$set": {"a": 1}}], "arrayFilters": [{"x": 1}]}'), ('{"findAndModify": "u", "update": {"$set": {"a": 1}}, "arrayFilters": [{"x": 1}]}'),
    ('{"findAndModify": "u", "update": 5}'), ('{"findAndModify": "u", "query": {"_id": 3}, "fields": {"a": 1, "b": 0}, "remove": true}'), ('{"findAndModify": "u", "query": null, "sort": {"_id": -1}, "update": [{"$set": {"n": {"$add": ["$$x", 1]}}}], "let": {"x": 41}, "new": true}'),
    ('{"findAndModify": "u", "query": {"_id": 70, "k.l": 1, "g": {"$gt": 1}}, "update": {"$set": {"a": 70}, "$setOnInsert": {"s": 1}}, "upsert": true, "new": true, "fields": {"s": 1, "k": 1, "_id": 0}}'),
    ('{"findAndModify": "u", "query": {"_id": 71}, "update": {"_id": 72}, "upsert": true}')) AS c(c);
SELECT docdb.find('cw.u', sort => '{"_id": 1}');
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"findAndModify": "u", "query": {"zz": 1}, "update": {"$set": {"_id": 1}}, "upsert": true}'), ('{"findAndModify": "u", "query": {"_id": 1}, "update": {"$set": {"c": 1}}, "new": 1, "upsert": 0, "remove": 0, "fields": {"c": 1}}'), ('{"findAndModify": "u", "query": {"_id": 1}, "update": {"$set": {"c": 1}}, "new": "x"}'),
    ('{"update": "u", "updates": [{"q": {}, "u": {"$set": {"c": 1}}, "multi": 1}]}'), ('{"update": "u", "updates": [{"q": {}, "u": {"$set": {"c": 1}}, "upsert": 1}]}'), ('{"insert": "u", "documents": [{}], "ordered": 1}'), ('{"delete": "u", "deletes": [{"q": {}, "limit": 1}], "ordered": 0}'),
    ('{"insert": "u", "documents": [{"_id": 1}], "bypassEmptyTsReplacement": false}'), ('{"insert": "u", "documents": [{"_id": 1}], "bypassEmptyTsReplacement": true}')) AS c(c);
-- What an _id may be; empty timestamps; what an upsert makes of its filter.
SELECT c, pg_temp.run(c) FROM (VALUES
    ('{"insert": "i", "documents": [{"_id": {"a": {"$b": 1}}}, {"_id": {"a": [{"$b": 1}]}}, {"_id": {"$ref": "x", "$id": 1}}, {"_id": {"a": 1, "b": [{"c": 1}]}}, {"_id": {"a": 1.0, "b": [{"c": 1}]}}, {"a": 1, "_id": 1}, {"_id": 2, "_id": 3}], "ordered": false}'),
    ('{"insert": "i", "documents": [{"_id": 4, "t": {"$timestamp": {"t": 0, "i": 0}}, "d": {"t": {"$timestamp": {"t": 0, "i": 0}}}, "l": [{"$timestamp": {"t": 0, "i": 0}}]}]}'),
    ('{"update": "i", "updates": [{"q": {"$expr": {"$eq": ["$_id", 100]}}, "u": {"$set": {"c": 1}}, "upsert": true}, {"q": {"$and": [{"$or": [{"$expr": true}]}]}, "u": {"$set": {"c": 1}}, "upsert": true}], "ordered": false}'),
    ('{"findAndModify": "i", "query": {"$expr": {"$eq": ["$_id", 100]}}, "update": {"$set": {"c": 1}}, "upsert": true}'),
    ('{"findAndModify": "i", "query": {"_id": 10, "$and": [{"a": 1}, {"b": {"$eq": {"$x": 1}}}], "c": {"$all": [3]}, "d": {"$in": [4]}, "e": {"$elemMatch": {"x": 1}}, "f": {"$gt": 3}, "$or": [{"g": 7}], "h": {"$in": [1, 2]}, "i": {"$not": {"$eq": 1}}, "j": {"$regularExpression": {"pattern": "x", "options": ""}}}, "update": {"$set": {"y": 1}}, "upsert": true, "new": true}'),
    ('{"update": "i", "updates": [{"q": {"c": {"$all": [3, 4]}, "_id": 11}, "u": {"$set": {"y": 1}}, "upsert": true}]}'),
    ('{"update": "i", "updates": [{"q": {"_id": 12}, "u": {"$set": {"_id": 13}}, "upsert": true}]}'), ('{"update": "i", "updates": [{"q": {"_id": 12}, "u": {"_id": 13}, "upsert": true}]}'), ('{"update": "i", "updates": [{"q": {"_id": 12}, "u": [{"$set": {"_id": 13}}], "upsert": true}]}'),
    ('{"update": "i", "updates": [{"q": {"_id": {"$gt": 20}}, "u": {"$set": {"_id": 21}}, "upsert": true}]}'), ('{"update": "i", "updates": [{"q": {"_id": [1]}, "u": {"$set": {"a": 1}}, "upsert": true}]}'), ('{"update": "i", "updates": [{"q": {"_id.a": 1}, "u": {"b": 1}, "upsert": true}]}'),
    ('{"update": "i", "updates": [{"q": {"q.r": 1, "q": 2}, "u": {"$set": {"a": 1}}, "upsert": true}]}'), ('{"update": "i", "updates": [{"q": {"_id": 22, "q.r": 1, "q.s": 2}, "u": {"$set": {"q.t": 3}}, "upsert": true, "multi": true}]}'),
    ('{"update": "i", "updates": [{"q": {"_id": 23, "q": 1}, "u": {"$set": {"q.t": 3}}, "upsert": true}]}'), ('{"update": "i", "updates": [{"q": {"_id": 24, "q": 1}, "u": {"z": 1}, "upsert": true}]}'), ('{"update": "i", "updates": [{"q": {"_id": 24.0}, "u": {"_id": 24, "z": 1}, "upsert": true}]}')) AS c(c);
SELECT (doc -> 't')::text <> '{"$timestamp": {"t": 0, "i": 0}}', doc -> 'd', doc -> 'l' FROM cw.i WHERE doc @@ '{"_id": 4}';
SELECT docdb.find('cw.i', '{"_id": {"$ne": 4}}', sort => '{"_id": 1}');

SET client_min_messages = warning;
DROP SCHEMA cw CASCADE;
