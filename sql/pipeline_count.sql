\getenv srcdir PG_ABS_SRCDIR
\set helpers :srcdir '/sql/include/aggregate.sql'
\set ECHO none
\i :helpers
\set ECHO all

SELECT docdb.insert_many('pc', ARRAY['{"_id": 1}', '{"_id": 2}', '{"_id": 3}']::bson[]);

SELECT pg_temp.agg('pc', '[{"$count": "n"}]');
SELECT pg_temp.agg('pc', '[{"$match": {"_id": {"$gt": 1}}}, {"$count": "many words"}]');
SELECT pg_temp.agg('pc', '[{"$limit": 2}, {"$count": "n"}]');
SELECT pg_temp.agg('pc', '[{"$sort": {"_id": 1}}, {"$skip": 1}, {"$count": "n"}, {"$project": {"m": {"$add": ["$n", 1]}}}]');
SELECT pg_temp.agg('pc', '[{"$group": {"_id": "$x"}}, {"$count": "n"}]');

-- Nothing to count gives nothing.
SELECT pg_temp.agg('pc', '[{"$match": {"_id": 9}}, {"$count": "n"}]');
SELECT pg_temp.agg('pc_none', '[{"$count": "n"}]');

SELECT pg_temp.agg(c, p) FROM (VALUES ('pc'), ('pc_none')) AS c(c),
(VALUES
    ('[{"$count": 1}]'),
    ('[{"$count": {}}]'),
    ('[{"$count": ""}]'),
    ('[{"$count": "$n"}]'),
    ('[{"$count": "a\u0000b"}]'),
    ('[{"$count": "a.b"}]'),
    ('[{"$count": "_id"}]')
) AS p(p);

DROP TABLE pc;
