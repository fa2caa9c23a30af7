-- The SQL that commands run as.
CREATE SCHEMA ts;
SET search_path = ts, public;
CREATE FUNCTION pg_temp.sql(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN regexp_replace(docdb.to_sql('ts', command::bson), 'OPERATOR\(\w+\.(\S+)\)|::\w+\.bson\w*', '\1', 'g');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;
SELECT docdb.insert_many('t', (SELECT array_agg(format('{"_id": %s, "a": %s, "s": "v%s"}', i, i % 4, i)::bson) FROM generate_series(1, 12) AS i));

SELECT pg_temp.sql('{"find": "t"}');
SELECT pg_temp.sql('{"find": "t", "filter": {"a": 1}, "sort": {"_id": -1}, "projection": {"a": 1}, "skip": 1, "limit": 2}');
SELECT pg_temp.sql('{"find": "t", "filter": {"_id": 5}}');
SELECT pg_temp.sql('{"find": "none"}');
SELECT pg_temp.sql('{"count": "t", "query": {"a": 1}, "limit": 3}');
SELECT pg_temp.sql('{"distinct": "t", "key": "a", "query": {"_id": {"$gt": 3}}}');
SELECT pg_temp.sql('{"aggregate": "t", "pipeline": [{"$match": {"a": 1}}, {"$count": "n"}], "cursor": {}}');
SELECT pg_temp.sql('{"update": "t", "updates": [{"q": {"a": 1}, "u": {"$set": {"b": 1}}, "multi": true}]}');
SELECT pg_temp.sql('{"update": "t", "updates": [{"q": {"_id": 1}, "u": {"$set": {"b": 1}}}, {"q": {"_id": 2}, "u": {"b": 2}}]}') ~ ';\n' AS two_updates;
SELECT pg_temp.sql('{"delete": "t", "deletes": [{"q": {"a": 1}, "limit": 0}]}');
SELECT pg_temp.sql('{"findAndModify": "t", "query": {"a": 1}, "remove": true}') ~ 'DELETE' AS find_and_delete;

-- Commands that are no such statements, or no commands, or wrong.
SELECT pg_temp.sql(c) FROM (VALUES
    ('{"insert": "t", "documents": [{}]}'), ('{"ping": 1}'), ('{"explain": {"find": "t"}}'), ('{"nope": 1}'), ('{}'),
    ('{"find": 1}'), ('{"find": "t", "nope": 1}'), ('{"find": "t", "limit": -1}'), ('{"aggregate": "t"}'),
    ('{"aggregate": "t", "pipeline": [{"$nope": 1}]}'), ('{"delete": "t", "deletes": []}'), ('{"find": "a$b"}')) AS c(c);
SELECT docdb.to_sql(NULL, '{"find": "t"}') IS NULL, docdb.to_sql('ts', NULL) IS NULL;

-- Whatever the values are, the SQL that is shown gives what the function gives.
CREATE TEMP TABLE literals (v text);
INSERT INTO literals VALUES
    ('1'), ('-1'), ('{"$numberLong": "5"}'), ('1.5'), ('{"$numberDouble": "-0.0"}'), ('{"$numberDouble": "NaN"}'),
    ('{"$numberDouble": "-Infinity"}'), ('{"$numberDecimal": "1.10"}'), ('"text"'), ('""'), ('"it''s"'), ('"back\\slash"'),
    ('"quote\"quote"'), ('"$1 and $2"'), ('"''$1''"'), ('"-- no comment"'), ('"/* nor this */"'), ('";"'), ('"\u0000"'), ('"\u00e4\ud83d\ude00"'),
    ('"line\nbreak\ttab"'), ('"E''x''"'), ('"$$"'), ('{}'), ('{"a": {"b": [1, {"c": null}]}}'), ('{"$x": 1}'), ('[]'), ('[[], {}]'), ('null'), ('true'),
    ('{"$undefined": true}'), ('{"$date": "2020-02-29T12:34:56.789Z"}'), ('{"$timestamp": {"t": 4294967295, "i": 1}}'),
    ('{"$oid": "0123456789abcdef01234567"}'), ('{"$binary": {"base64": "AP8=", "subType": "80"}}'),
    ('{"$regularExpression": {"pattern": "a''\\\\d$1", "options": "i"}}'), ('{"$code": "f(''x'')"}'), ('{"$code": "f", "$scope": {"x": 1}}'), ('{"$symbol": "s"}'),
    ('{"$minKey": 1}'), ('{"$maxKey": 1}'), ('{"$dbPointer": {"$ref": "c", "$id": {"$oid": "0123456789abcdef01234567"}}}');
SELECT docdb.insert_many('lit', (SELECT array_agg(format('{"_id": %s, "v": %s}', n, v)::bson) FROM (SELECT row_number() OVER () AS n, v FROM literals) AS s));
CREATE FUNCTION pg_temp.differs(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    expected text[];
    got text[];
    reply bson := docdb.command('ts', command::bson);
BEGIN
    SELECT array_agg(x::text) INTO expected FROM docdb.unwind(reply, '"$cursor.firstBatch"') AS u, LATERAL (SELECT u -> 'cursor.firstBatch' AS x) AS s;
    EXECUTE format('SELECT array_agg(x::text) FROM (%s) AS s(x)', docdb.to_sql('ts', command::bson)) INTO got;
    RETURN CASE WHEN got IS DISTINCT FROM expected THEN format('%s: %s, not %s', command, got, expected) END;
END
$$;
SELECT count(*) AS commands, count(*) FILTER (WHERE ran) AS ran, string_agg(difference, E'\n') AS differences
FROM (SELECT CASE WHEN ran THEN pg_temp.differs(format(c, v)) END AS difference, ran
      FROM (SELECT c, v, NOT (c ~ '\$in' AND v ~ 'regular|"\$x"' OR c ~ '\$gte' AND v ~ 'regular' OR c ~ '"filter"|\$match' AND v ~ 'undefined') AS ran
            FROM literals, (VALUES
    ('{"find": "lit", "filter": {"v": {"$eq": %s}}, "sort": {"_id": 1}}'),
    ('{"find": "lit", "filter": {"v": {"$in": [%s]}}, "projection": {"x": {"$literal": %1$s}}}'),
    ('{"find": "lit", "filter": {"v": {"$gte": %s}}, "sort": {"_id": -1}}'),
    ('{"aggregate": "lit", "pipeline": [{"$match": {"v": {"$eq": %s}}}, {"$addFields": {"w": {"$literal": %1$s}}}], "cursor": {}}'),
    ('{"aggregate": "lit", "pipeline": [{"$limit": 3}, {"$group": {"_id": {"$literal": %s}, "n": {"$push": {"$literal": %1$s}}}}], "cursor": {}}'),
    ('{"aggregate": "lit", "pipeline": [{"$limit": 3}, {"$project": {"p": "$$q"}}], "cursor": {}, "let": {"q": {"$literal": %s}}}')) AS c(c) OFFSET 0) AS s OFFSET 0) AS d;

-- Names that need quotes.
SELECT docdb.insert_one('ts.Odd "name" with.dots', '{"_id": 1}');
SELECT pg_temp.sql('{"find": "Odd \"name\" with.dots"}');
SELECT pg_temp.differs('{"find": "Odd \"name\" with.dots"}') IS NULL AS same;
SELECT pg_temp.differs(format('{"aggregate": "t", "pipeline": [{"$lookup": {"from": %s, "localField": "a", "foreignField": "x", "as": "y"}}, {"$limit": 1}], "cursor": {}}', to_json('Odd "name" with.dots'::text))) IS NULL AS same;

SET client_min_messages = warning;
DROP SCHEMA ts CASCADE;
