-- The aggregates beneath $firstN, $lastN, $minN, $maxN, $top, $topN, $bottom and $bottomN take
-- documents, which $group makes of the specification; pipeline_group_accumulators has the rest.
CREATE TEMP TABLE inputs AS
SELECT i, format('{"n": 3, "input": %s}', v)::bson_value AS plain,
       format('{"n": 2, "output": "o%s", "sortBy": {"0": 1, "1": -1}, "0": %s, "1": %s}', i, v, i)::bson_value AS sorted
FROM (VALUES (1, '5'), (2, 'null'), (3, '"x"'), (4, '2.5'), (5, '[3, 7]'), (6, '{"$numberLong": "5"}'), (7, '{"a": 1}')) AS t (i, v);
SELECT docdb.accum_first_n(plain ORDER BY i) AS "$firstN", docdb.accum_last_n(plain ORDER BY i) AS "$lastN",
       docdb.accum_min_n(plain ORDER BY i) AS "$minN", docdb.accum_max_n(plain ORDER BY i) AS "$maxN"
FROM inputs;
SELECT docdb.accum_top(one ORDER BY i) AS "$top", docdb.accum_top_n(sorted ORDER BY i) AS "$topN",
       docdb.accum_bottom(one ORDER BY i) AS "$bottom", docdb.accum_bottom_n(sorted ORDER BY i) AS "$bottomN"
FROM inputs, LATERAL (SELECT replace(sorted::text, '"n": 2', '"n": 1')::bson_value AS one) AS o;

-- No rows at all, as in a window.
SELECT docdb.accum_first_n(plain) AS first_n, docdb.accum_max_n(plain) AS max_n, docdb.accum_top(sorted) AS top,
       docdb.accum_bottom_n(sorted) AS bottom_n, docdb.accum_median(plain) AS median, docdb.accum_percentile(plain) AS percentile,
       docdb.accum_concat_arrays(plain) AS concat_arrays, docdb.accum_set_union(plain) AS set_union
FROM inputs WHERE i > 100;

-- What is dropped on the way changes nothing: the n best of many, against sorting all.
CREATE TEMP TABLE many AS
SELECT i, (i * 7919) % 1009 AS v FROM generate_series(1, 5000) AS i;
SELECT n,
       docdb.accum_min_n(format('{"n": %s, "input": %s}', n, v)::bson_value ORDER BY i)::text
           = (SELECT jsonb_agg(s.v ORDER BY s.v)::text FROM (SELECT v FROM many ORDER BY v LIMIT n) AS s) AS min_n,
       docdb.accum_max_n(format('{"n": %s, "input": %s}', n, v)::bson_value ORDER BY i)::text
           = (SELECT jsonb_agg(s.v ORDER BY s.v DESC)::text FROM (SELECT v FROM many ORDER BY v DESC LIMIT n) AS s) AS max_n,
       docdb.accum_last_n(format('{"n": %s, "input": %s}', n, i)::bson_value ORDER BY i)::text
           = (SELECT jsonb_agg(s.i ORDER BY s.i)::text FROM (SELECT i FROM many ORDER BY i DESC LIMIT n) AS s) AS last_n,
       docdb.accum_top_n(format('{"n": %s, "output": %s, "sortBy": {"0": -1, "1": 1}, "0": %s, "1": %s}', n, i, v, i)::bson_value ORDER BY i)::text
           = (SELECT jsonb_agg(s.i ORDER BY s.v DESC, s.i)::text FROM (SELECT i, v FROM many ORDER BY v DESC, i LIMIT n) AS s) AS top_n,
       docdb.accum_bottom_n(format('{"n": %s, "output": %s, "sortBy": {"0": 1, "1": 1}, "0": %s, "1": %s}', n, i, v, i)::bson_value ORDER BY i)::text
           = (SELECT jsonb_agg(s.i ORDER BY s.v, s.i)::text FROM (SELECT i, v FROM many ORDER BY v DESC, i DESC LIMIT n) AS s) AS bottom_n
FROM many, (VALUES (1), (7), (16), (100), (4999), (6000)) AS t (n) GROUP BY n ORDER BY n;

-- Equal keys: the first ones in the input stay.
SELECT docdb.accum_top_n(format('{"n": 2, "output": %s, "sortBy": {"0": 1}, "0": 1}', i)::bson_value ORDER BY i) AS top_n,
       docdb.accum_bottom_n(format('{"n": 2, "output": %s, "sortBy": {"0": 1}, "0": 1}', i)::bson_value ORDER BY i) AS bottom_n
FROM generate_series(1, 100) AS i;

-- Which of equal keys $bottomN and $maxN keep follows from how MongoDB takes them in: when there are
-- n, one that equals the least is passed over, and a greater one takes the place of the first of
-- the least.
CREATE FUNCTION pg_temp.take_in(keys int[], n int) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    kept int[] := '{}';
    least int;
BEGIN
    FOR place IN 1 .. cardinality(keys) LOOP
        IF cardinality(kept) = n THEN
            SELECT k INTO least FROM unnest(kept) k ORDER BY keys[k], k LIMIT 1;
            CONTINUE WHEN keys[place] <= keys[least];
            kept := array_remove(kept, least);
        END IF;
        kept := kept || place;
    END LOOP;
    RETURN ARRAY(SELECT k FROM unnest(kept) k ORDER BY keys[k], k);
END
$$;
SELECT count(*) AS cases, count(*) FILTER (WHERE docdb_places = places) AS same
FROM (SELECT pg_temp.take_in(keys, n) AS places,
             (SELECT array_agg(p::text::int) FROM jsonb_array_elements(b.bottom::text::jsonb) p) AS docdb_places
      FROM generate_series(1, 40) AS seed, (VALUES (1), (2), (3), (7)) AS ns (n),
           LATERAL (SELECT array_agg((seed * i * i + 3 * i + seed / 3) % 4) AS keys FROM generate_series(1, 10 + seed) i) AS k,
           LATERAL (SELECT docdb.accum_bottom_n(format('{"n": %s, "output": %s, "sortBy": {"0": 1}, "0": %s}', n, place, key)::bson_value ORDER BY place) AS bottom
                    FROM unnest(keys) WITH ORDINALITY AS u (key, place)) AS b) AS c;
SELECT docdb.accum_max_n(format('{"n": 2, "input": %s}', v)::bson_value ORDER BY i) AS max_n
FROM (VALUES (1, '1'), (2, '{"$numberLong": "1"}'), (3, '1.0'), (4, '2')) AS t (i, v);

\set VERBOSITY sqlstate
SELECT docdb.accum_first_n('{"n": 0, "input": 1}');
SELECT docdb.accum_top_n('{"n": "x", "output": 1, "sortBy": {"0": 1}, "0": 1}');
SELECT docdb.accum_percentile('{"input": 1, "p": [2]}');
SELECT docdb.accum_concat_arrays('5');
SELECT docdb.accum_set_union('null');
