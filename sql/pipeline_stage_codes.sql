-- The codes with which stages refuse their arguments, and $replaceRoot its documents.
\set VERBOSITY terse
CREATE FUNCTION pg_temp.code(stage text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM docdb.command('psc', format('{"aggregate": "c", "pipeline": [%s], "cursor": {}}', stage)::bson);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN coalesce((docdb.error_info(SQLSTATE)).code::text, SQLSTATE);
END $$;
CREATE SCHEMA psc;
SELECT docdb.insert_one('psc.c', '{"_id": 1, "a": 1}');
CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, stage text, expected text);
INSERT INTO cases (stage, expected) VALUES
('{"$match": 1}', '15959'), ('{"$match": {"$near": 1}}', '2'), ('{"$match": {"a": {"$near": [1,2]}}}', '5626500'), ('{"$match": {"$where": "1"}}', '2'), ('{"$match": {"a": {"$elemMatch": {"$expr": 1}}}}', '2'), ('{"$match": {"$text": {"$search": "a"}}}', '27'), ('{"$match": {"$expr": {"$foo": 1}}}', '168'), ('{"$match": {"$foo": 1}}', '2'), ('{"$match": null}', '15959'), ('{"$match": {"a": {"$expr": 1}}}', '2'), ('{"$match": {}, "$limit": 1}', '40323'),
('{"$sort": 1}', '15973'), ('{"$sort": {}}', '15976'), ('{"$sort": {"a": 0}}', '15975'), ('{"$sort": {"a": "x"}}', '15974'), ('{"$sort": {"$natural": 1}}', '16410'), ('{"$sort": {"a": {"$meta": "randVal"}}}', 'accepted'), ('{"$sort": {"": 1}}', '40352'), ('{"$sort": {"a.": 1}}', '40353'), ('{"$sort": {"a..b": 1}}', '15998'), ('{"$sort": {"a": 1.5}}', 'accepted'), ('{"$sort": {"a": true}}', '15974'), ('{"$sort": {"a": null}}', '15974'), ('{"$sort": {"a": {}}}', '17312'), ('{"$sort": {"a": {"$meta": "textScore"}}}', '40218'),
('{"$project": 1}', '15969'), ('{"$project": {}}', '51272'), ('{"$project": {"a": 1, "b": 0}}', '31254'), ('{"$project": {"a": 0, "b": 1}}', '31253'), ('{"$project": {"a.$": 1}}', '31324'), ('{"$project": {"a": {"$slice": 1}}}', '28667'), ('{"$project": {"a": {"$elemMatch": {}}}}', '168'), ('{"$project": {"$a": 1}}', '16410'), ('{"$project": {"a": {}}}', '51270'), ('{"$project": {"": 1}}', '40352'), ('{"$project": {"a": {"$foo": 1}}}', '31325'), ('{"$project": {"a": {"$meta": "textScore"}}}', '40218'), ('{"$project": {"a": "$$x"}}', '17276'), ('{"$project": {"a": {"$add": 1, "b": 1}}}', '16410'),
('{"$addFields": 1}', '40272'), ('{"$addFields": {}}', 'accepted'), ('{"$addFields": {"a": {"$foo": 1}}}', '168'), ('{"$addFields": {"a.b": 1, "a": 1}}', '40176'), ('{"$addFields": {"$a": 1}}', '16410'), ('{"$addFields": {"": 1}}', '40352'), ('{"$addFields": {"a.$": 1}}', '16410'),
('{"$set": 1}', '40272'),
('{"$unset": 1}', '31002'), ('{"$unset": []}', '31119'), ('{"$unset": [1]}', '31120'), ('{"$unset": ""}', '40352'), ('{"$unset": "$a"}', '16410'), ('{"$unset": ["a", "a.b"]}', '31249'), ('{"$unset": ["a", "a"]}', '31250'), ('{"$unset": {}}', '31002'), ('{"$unset": "a.$"}', '31324'),
('{"$skip": "x"}', '5107200'), ('{"$skip": -1}', '5107200'), ('{"$skip": 1.5}', '5107200'), ('{"$skip": 0}', 'accepted'), ('{"$skip": {"$numberDouble": "NaN"}}', '5107200'), ('{"$skip": 1.0}', 'accepted'), ('{"$skip": {"$numberDecimal": "1"}}', 'accepted'),
('{"$limit": "x"}', '5107201'), ('{"$limit": 0}', '15958'), ('{"$limit": -1}', '5107201'), ('{"$limit": 1.5}', '5107201'), ('{"$limit": 1e30}', '5107201'), ('{"$limit": null}', '5107201'),
('{"$count": 1}', '40156'), ('{"$count": ""}', '40157'), ('{"$count": "$a"}', '40158'), ('{"$count": "a.b"}', '40160'), ('{"$count": "a\u0000"}', '40159'), ('{"$count": "_id"}', '9039800'),
('{"$unwind": 1}', '15981'), ('{"$unwind": {"path": "$a", "x": 1}}', '28811'), ('{"$unwind": {}}', '28812'), ('{"$unwind": "a"}', '28818'), ('{"$unwind": ""}', '28812'), ('{"$unwind": {"path": 1}}', '28808'), ('{"$unwind": {"path": "$a", "includeArrayIndex": 1}}', '28810'), ('{"$unwind": {"path": "$a", "includeArrayIndex": "$x"}}', '28822'), ('{"$unwind": {"path": "$a", "preserveNullAndEmptyArrays": 1}}', '28809'), ('{"$unwind": "$"}', '40352'), ('{"$unwind": {"path": "$a", "includeArrayIndex": ""}}', '28810'),
('{"$replaceRoot": 1}', '40229'), ('{"$replaceRoot": {}}', '40414'), ('{"$replaceRoot": {"newRoot": 1}}', '40228'), ('{"$replaceRoot": {"x": 1}}', '40415'), ('{"$replaceRoot": {"newRoot": "$a"}}', '40228'),
('{"$replaceWith": 1}', '40228'),
('{"$sample": 1}', '28745'), ('{"$sample": {}}', '28749'), ('{"$sample": {"size": "x"}}', '28746'), ('{"$sample": {"size": -1}}', '28747'), ('{"$sample": {"x": 1}}', '28748'), ('{"$sample": {"size": 0}}', '28747'),
('{"$group": 1}', '15947'), ('{"$group": {"_id": 1, "a": 1}}', '40234'), ('{"$group": {}}', '15955'), ('{"$group": {"_id": 1, "a": {"$foo": 1}}}', '15952'), ('{"$group": {"_id": 1, "a.b": {"$sum": 1}}}', '40235'), ('{"$group": {"_id": 1, "a": {"$sum": 1, "$avg": 1}}}', '40238'), ('{"$group": {"_id": 1, "$a": {"$sum": 1}}}', '40236'), ('{"$group": {"_id": 1, "a": {}}}', '40234'),
('{"$sortByCount": 1}', '40149'), ('{"$sortByCount": "a"}', '40148'), ('{"$sortByCount": {"a": 1}}', '40147'), ('{"$sortByCount": {"$foo": 1}}', '168'),
('{"$facet": 1}', '40169'), ('{"$facet": {}}', '40169'), ('{"$facet": {"a": 1}}', '40170'), ('{"$facet": {"a": [{"$facet": {"b": []}}]}}', '40600'), ('{"$facet": {"$a": []}}', '16410'), ('{"$facet": {"a.b": []}}', '16412'),
('{"$lookup": 1}', '9'), ('{"$lookup": {}}', '9'), ('{"$lookup": {"from": 1}}', '9'),
('{"$unionWith": 1}', '9'), ('{"$unionWith": {}}', '9'),
('{"$foo": 1}', '40324'),
('{}', '40323'),
('{"$indexStats": 1}', '28803');
SELECT stage, expected, pg_temp.code(stage) AS got FROM cases WHERE pg_temp.code(stage) <> expected ORDER BY n;
SELECT count(*) FROM cases;
SET client_min_messages = warning;
DROP SCHEMA psc CASCADE;
