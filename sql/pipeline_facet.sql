\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

SELECT docdb.insert_many('pf', ARRAY[
    '{"_id": 1, "k": "a", "v": 5}', '{"_id": 2, "k": "b", "v": 3}', '{"_id": 3, "k": "a", "v": 1}',
    '{"_id": 4, "k": "c", "v": [7, 8]}']::bson[]);
SELECT docdb.insert_many('pf_other', ARRAY['{"_id": 1, "o": "x"}', '{"_id": 2, "o": "y"}']::bson[]);

-- $facet: one document, an array for each pipeline.
SELECT pg_temp.agg('pf', '[{"$facet": {"all": [], "n": [{"$count": "n"}], "by": [{"$sortByCount": "$k"}, {"$limit": 1}]}}]');
SELECT pg_temp.agg('pf', '[{"$match": {"k": "a"}}, {"$facet": {"x": [{"$match": {"v": 1}}], "none": [{"$match": {"v": 9}}]}}]');
SELECT pg_temp.agg('pf', '[{"$sort": {"v": -1}}, {"$limit": 3}, {"$facet": {"ids": [{"$project": {"_id": 1}}], "first": [{"$limit": 1}],
                            "rev": [{"$sort": {"_id": -1}}, {"$group": {"_id": null, "i": {"$push": "$_id"}}}],
                            "same": [{"$group": {"_id": null, "i": {"$push": "$_id"}}}]}}]');
SELECT pg_temp.agg('pf', '[{"$facet": {"u": [{"$unwind": "$v"}, {"$sort": {"v": 1}}, {"$project": {"_id": 0, "v": 1}}]}}, {"$unwind": "$u"}, {"$replaceWith": "$u"}, {"$match": {"v": {"$gt": 4}}}]');
SELECT pg_temp.agg('pf', '[{"$facet": {"l": [{"$lookup": {"from": "pf_other", "localField": "_id", "foreignField": "_id", "as": "o"}}, {"$match": {"o": {"$ne": []}}}, {"$project": {"o": "$o.o"}}, {"$sort": {"_id": 1}}]}}]');
SELECT pg_temp.agg('pf', '[{"$facet": {"v": [{"$match": {"$expr": {"$eq": ["$k", "$$x"]}}}, {"$count": "n"}]}}]', '{"let": {"x": "a"}}');
SELECT pg_temp.agg('pf_none', '[{"$facet": {"a": [{"$count": "n"}], "b": []}}]');
SELECT pg_temp.agg('pf_other', '[{"$sort": {"_id": 1}}, {"$lookup": {"from": "pf", "let": {"i": "$_id"}, "pipeline": [
    {"$match": {"$expr": {"$gt": ["$_id", "$$i"]}}}, {"$facet": {"n": [{"$count": "n"}], "m": [{"$match": {"$expr": {"$eq": ["$_id", {"$add": ["$$i", 1]}]}}}]}}], "as": "f"}}]');

-- $unionWith: the documents there are, then the others.
SELECT pg_temp.agg('pf', '[{"$project": {"k": 1}}, {"$unionWith": "pf_other"}]');
SELECT pg_temp.agg('pf', '[{"$sort": {"_id": -1}}, {"$project": {"k": 1}}, {"$unionWith": {"coll": "pf_other", "pipeline": [{"$sort": {"o": -1}}]}}]');
SELECT pg_temp.agg('pf', '[{"$match": {"_id": 1}}, {"$unionWith": {"coll": "pf_other", "pipeline": [{"$sort": {"o": -1}}, {"$limit": 1}]}}, {"$unionWith": "pf_other"}, {"$skip": 1}]');
SELECT pg_temp.agg('pf', '[{"$unionWith": {"coll": "pf_other"}}, {"$group": {"_id": null, "n": {"$sum": 1}}}]');
SELECT pg_temp.agg('pf', '[{"$unionWith": {"coll": "pf_other"}}, {"$match": {"_id": 1}}, {"$sort": {"o": 1}}]');
SELECT pg_temp.agg('pf', '[{"$limit": 1}, {"$unionWith": "pf_none"}]');
SELECT pg_temp.agg('pf_none', '[{"$unionWith": "pf_other"}]');
SELECT pg_temp.agg('pf', '[{"$match": {"_id": 4}}, {"$unionWith": {"coll": "pf_other", "pipeline": [{"$match": {"$expr": {"$eq": ["$o", "$$x"]}}}]}}]', '{"let": {"x": "y"}}');

SELECT pg_temp.agg(c, p) FROM (VALUES ('pf'), ('pf_none')) AS c(c),
(VALUES
    ('[{"$facet": 1}]'),
    ('[{"$facet": {}}]'),
    ('[{"$facet": []}]'),
    ('[{"$facet": {"a": 1}}]'),
    ('[{"$facet": {"a": [1]}}]'),
    ('[{"$facet": {"a": [{}]}}]'),
    ('[{"$facet": {"a": [{"$nope": 1}]}}]'),
    ('[{"$facet": {"a": [{"$facet": {"b": []}}]}}]'),
    ('[{"$facet": {"a.b": []}}]'),
    ('[{"$facet": {"$a": []}}]'),
    ('[{"$facet": {"": []}}]'),
    ('[{"$facet": {"a": [{"$limit": 0}]}}]'),
    ('[{"$unionWith": 1}]'),
    ('[{"$unionWith": {}}]'),
    ('[{"$unionWith": {"coll": 1}}]'),
    ('[{"$unionWith": {"coll": "x", "pipeline": 1}}]'),
    ('[{"$unionWith": {"coll": "x", "pipeline": [{"$nope": 1}]}}]'),
    ('[{"$unionWith": {"coll": "x", "nope": 1}}]'),
    ('[{"$unionWith": ""}]')
) AS p(p);

DROP TABLE pf, pf_other;
