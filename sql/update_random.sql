-- Random documents and updates: what holds for all of them.

-- A number below n that depends on nothing but the seed.
CREATE FUNCTION pg_temp.pick(seed text, n int) RETURNS int LANGUAGE sql AS $$
    SELECT (('x' || substr(md5(seed), 1, 8))::bit(32)::bigint % n)::int
$$;

CREATE FUNCTION pg_temp.random_value(seed text, depth int) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    kind int := pg_temp.pick(seed || 'k', CASE WHEN depth > 0 THEN 14 ELSE 8 END);
    size int := pg_temp.pick(seed || 'n', 4);
BEGIN
    IF kind >= 11 THEN
        RETURN (SELECT '[' || COALESCE(string_agg(pg_temp.random_value(seed || i, depth - 1), ', '), '') || ']'
                FROM generate_series(1, size) i);
    ELSIF kind >= 8 THEN
        RETURN (SELECT '{' || COALESCE(string_agg(format('"%s": %s', substr('abc01', i, 1), pg_temp.random_value(seed || i, depth - 1)), ', '), '') || '}'
                FROM generate_series(1, 5) i WHERE pg_temp.pick(seed || 'f' || i, 2) = 1);
    END IF;
    RETURN (ARRAY['null', '"x"', 'true', '{"$numberLong": "5"}', '2.5', '1', '2', '{"$date": "2020-01-01T00:00:00Z"}'])[kind + 1];
END $$;

CREATE FUNCTION pg_temp.random_document(seed text) RETURNS bson LANGUAGE sql AS $$
    SELECT ('{"_id": 1' || COALESCE(string_agg(format(', "%s": %s', substr('abcd', i, 1), CASE i WHEN 1 THEN format('{"a": %1$s, "b": {"a": %1$s}}', v) WHEN 2 THEN format('[%1$s, {"a": %1$s, "b": [%1$s]}]', v) ELSE v END), ''), '') || '}')::bson
    FROM generate_series(1, 4) i, LATERAL pg_temp.random_value(seed || i, 2) v
    WHERE pg_temp.pick(seed || 'd' || i, 5) > 0
$$;

CREATE FUNCTION pg_temp.random_path(seed text) RETURNS text LANGUAGE sql AS $$
    SELECT substr('abc', 1 + pg_temp.pick(seed || 'p0', 3), 1) ||
           COALESCE(string_agg('.' || (ARRAY['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', '0', '1', '0', '3', '$[]', '$[e]'])[1 + pg_temp.pick(seed || 'p' || i, 14)], '' ORDER BY i), '')
    FROM generate_series(1, pg_temp.pick(seed || 'len', 3)) i
$$;

CREATE FUNCTION pg_temp.random_modifier(seed text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    op text := (ARRAY['$set', '$unset', '$inc', '$mul', '$min', '$max', '$push', '$addToSet', '$pop', '$pull',
                      '$pullAll', '$bit', '$rename', '$setOnInsert', '$set', '$push'])[1 + pg_temp.pick(seed || 'op', 16)];
    operand text := pg_temp.random_value(seed || 'v', 2);
BEGIN
    operand := CASE op
        WHEN '$inc' THEN (ARRAY['1', '2.5', '0', '{"$numberLong": "9223372036854775807"}'])[1 + pg_temp.pick(seed || 'i', 4)]
        WHEN '$mul' THEN (ARRAY['1', '2.5', '0', '{"$numberDecimal": "3"}'])[1 + pg_temp.pick(seed || 'i', 4)]
        WHEN '$pop' THEN (ARRAY['1', '-1'])[1 + pg_temp.pick(seed || 'i', 2)]
        WHEN '$bit' THEN '{"or": 6, "xor": 1}'
        WHEN '$pull' THEN (ARRAY['1', '{"$gte": 2}', '{"a": 1}', '{"b": {"$exists": true}}', 'null'])[1 + pg_temp.pick(seed || 'i', 5)]
        WHEN '$pullAll' THEN '[1, 2, null, "x", []]'
        WHEN '$rename' THEN to_json(pg_temp.random_path(seed || 'to'))::text
        WHEN '$push' THEN (ARRAY[operand, '{"$each": [3, 1], "$sort": 1}', '{"$each": [7], "$position": 1, "$slice": -2}',
                                 '{"$each": [{"a": 0}], "$sort": {"a": -1}}'])[1 + pg_temp.pick(seed || 'i', 4)]
        ELSE operand
    END;
    RETURN format('"%s": {"%s": %s}', op, pg_temp.random_path(seed), operand);
END $$;

CREATE FUNCTION pg_temp.random_update(seed text) RETURNS bson_value LANGUAGE sql AS $$
    SELECT ('{' || string_agg(pg_temp.random_modifier(seed || i), ', ' ORDER BY i) || '}')::bson_value
    FROM generate_series(1, 1 + pg_temp.pick(seed || 'c', 3)) i
$$;

-- The outcome: NULL where nothing changes, or the code of the error.
CREATE FUNCTION pg_temp.try_update(document bson, update bson_value, OUT result bson, OUT code text)
LANGUAGE plpgsql AS $$
BEGIN
    result := docdb.updated(document, update, NULL, false,
                            CASE WHEN update::text LIKE '%$[e]%' THEN '[{"e": {"$in": [1, "x", null]}}]'::bson_value END);
EXCEPTION WHEN OTHERS THEN
    code := COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE || ' ' || SQLERRM);
END $$;

CREATE TEMP TABLE runs AS
SELECT i, document, update, (pg_temp.try_update(document, update)).*
FROM generate_series(1, 4000) i,
     LATERAL (SELECT pg_temp.random_document('d' || i % 500) AS document,
                     pg_temp.random_update('u' || i) AS update) r;

-- Enough of everything happened, and no other errors.
SELECT count(*) > 500 AS changed FROM runs WHERE result IS NOT NULL;
SELECT count(*) > 200 AS unchanged FROM runs WHERE result IS NULL AND code IS NULL;
SELECT code, count(*) > 5 AS several FROM runs WHERE code IS NOT NULL GROUP BY code ORDER BY code::int;

-- Results are valid BSON, with arrays' elements named by their places.
SELECT count(*) FROM runs WHERE result::bytea::bson::bytea <> result::bytea OR result::text::bson::bytea <> result::bytea;

-- A result that differs was reported, one that does not was not, except that to sort counts.
SELECT count(*) FROM runs WHERE result::bytea = document::bytea AND update::text !~ '\$sort';

-- Fields at the top that the update does not name keep their values and their order.
CREATE FUNCTION pg_temp.rest(document bson, update bson_value) RETURNS bson LANGUAGE sql AS $$
    SELECT docdb.project(document, ('{"none": 0' || COALESCE(string_agg(format(', "%s": 0', f), ''), '') || '}')::bson)
    FROM (VALUES ('a'), ('b'), ('c')) t (f) WHERE update::text ~ format('"%s[".]', f)
$$;
SELECT count(*) FROM runs
WHERE pg_temp.rest(result, update)::bytea <> pg_temp.rest(document, update)::bytea;

-- Done again, an update of operators that do not add up changes nothing.
SELECT count(*) > 100 AS again, count(*) FILTER (WHERE a.result IS NOT NULL OR a.code IS NOT NULL) AS changed_again
FROM runs r, LATERAL pg_temp.try_update(r.result, r.update) a
WHERE r.result IS NOT NULL AND r.update::text !~ '\$(inc|mul|push|pop|bit|rename)';

-- The same update by any order of its operators.
CREATE FUNCTION pg_temp.reversed(update bson_value) RETURNS bson_value LANGUAGE sql AS $$
    SELECT ('{' || string_agg(format('"%s": %s', key, value), ', ' ORDER BY n DESC) || '}')::bson_value
    FROM json_each(update::text::json) WITH ORDINALITY e (key, value, n)
$$;
SELECT count(*) > 500 AS reversed, count(*) FILTER (WHERE a.result::bytea IS DISTINCT FROM r.result::bytea) AS different
FROM runs r, LATERAL pg_temp.try_update(r.document, pg_temp.reversed(r.update)) a
WHERE r.code IS NULL;

-- Projections of the same documents: an exclusion and the inclusion of all else agree; what an
-- inclusion keeps, it keeps the second time.
SELECT count(*) AS documents,
       count(*) FILTER (WHERE docdb.project(document, '{"a": 0, "_id": 0}')::bytea
                           <> docdb.project(document, '{"b": 1, "c": 1, "d": 1, "_id": 0}')::bytea) AS exclusion_differs,
       count(*) FILTER (WHERE docdb.project(inclusion, '{"a.b": 1, "b.0.c": 1, "c.a": 1}')::bytea <> inclusion::bytea) AS inclusion_differs,
       count(*) FILTER (WHERE docdb.project(exclusion, '{"a.b": 0, "b.0.c": 0, "c.a": 0}')::bytea <> exclusion::bytea) AS exclusion_differs,
       count(*) FILTER (WHERE inclusion::bytea::bson::bytea <> inclusion::bytea OR exclusion::bytea::bson::bytea <> exclusion::bytea
                           OR addition::bytea::bson::bytea <> addition::bytea) AS invalid,
       count(*) FILTER (WHERE docdb.project(addition, '{"a.b": 0, "c.0": 0}')::bytea
                           <> docdb.project(docdb.add_fields(addition, '{"a.b": 5, "c.0": "y"}'), '{"a.b": 0, "c.0": 0}')::bytea) AS addition_differs
FROM (SELECT document, docdb.project(document, '{"a.b": 1, "b.0.c": 1, "c.a": 1}') AS inclusion,
             docdb.project(document, '{"a.b": 0, "b.0.c": 0, "c.a": 0}') AS exclusion,
             docdb.add_fields(document, '{"a.b": 7, "c.0": "x"}') AS addition
      FROM (SELECT DISTINCT ON (i % 500) document FROM runs ORDER BY i % 500) d) p;
