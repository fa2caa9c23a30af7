-- The value of an expression for a document, "(missing)", or MongoDB's error code and message.
CREATE FUNCTION pg_temp.try(expression text, document text DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    RETURN coalesce(docdb.eval(expression::bson_value, document::bson)::text, '(missing)');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN coalesce((docdb.error_info(state)).code::text, state) || ': ' || message;
END
$$;

-- A value of every type, as text; the missing one is no field at all.
CREATE TEMP TABLE types (n int, name text, field text);
INSERT INTO types VALUES
    (1, 'missing', ''),
    (2, 'undefined', '"v": {"$undefined": true}'),
    (3, 'null', '"v": null'),
    (4, 'minKey', '"v": {"$minKey": 1}'),
    (5, 'int', '"v": 7'),
    (6, 'long', '"v": {"$numberLong": "7"}'),
    (7, 'double', '"v": 2.5'),
    (8, 'NaN', '"v": {"$numberDouble": "NaN"}'),
    (9, 'decimal', '"v": {"$numberDecimal": "2.50"}'),
    (10, 'string', '"v": "seven"'),
    (11, 'symbol', '"v": {"$symbol": "seven"}'),
    (12, 'object', '"v": {"a": 1}'),
    (13, 'array', '"v": [1, 2]'),
    (14, 'binData', '"v": {"$binary": {"base64": "AQI=", "subType": "00"}}'),
    (15, 'objectId', '"v": {"$oid": "0123456789abcdef01234567"}'),
    (16, 'bool', '"v": true'),
    (17, 'date', '"v": {"$date": "2020-01-02T03:04:05.678Z"}'),
    (18, 'timestamp', '"v": {"$timestamp": {"t": 5, "i": 6}}'),
    (19, 'regex', '"v": {"$regularExpression": {"pattern": "a", "options": "i"}}'),
    (20, 'dbPointer', '"v": {"$dbPointer": {"$ref": "c", "$id": {"$oid": "0123456789abcdef01234567"}}}'),
    (21, 'javascript', '"v": {"$code": "f()"}'),
    (22, 'javascriptWithScope', '"v": {"$code": "f()", "$scope": {"x": 1}}'),
    (23, 'maxKey', '"v": {"$maxKey": 1}');

SELECT * FROM docdb.accumulators() ORDER BY name COLLATE "C";

-- Each accumulator ($sum to $push and $addToSet) over no rows, one of each type alone, and all of them in order.
CREATE TEMP TABLE inputs AS
    SELECT n, name, CASE WHEN field = '' THEN NULL ELSE ('{' || field || '}')::bson -> 'v' END AS v FROM types;
SELECT docdb.accum_sum(v) AS sum, docdb.accum_avg(v) AS avg, docdb.accum_min(v) AS min, docdb.accum_max(v) AS max,
       docdb.accum_count(v) AS count, docdb.accum_push(v) AS push, docdb.accum_add_to_set(v) AS add_to_set,
       docdb.accum_first(v) AS first, docdb.accum_last(v) AS last, docdb.accum_merge_objects(v) AS merge_objects,
       docdb.accum_std_dev_pop(v) AS std_dev_pop, docdb.accum_std_dev_samp(v) AS std_dev_samp
FROM inputs WHERE false;
SELECT name, docdb.accum_sum(v) AS sum, docdb.accum_avg(v) AS avg, docdb.accum_min(v) AS min, docdb.accum_max(v) AS max,
       docdb.accum_count(v) AS count
FROM inputs GROUP BY n, name ORDER BY n;
SELECT name, docdb.accum_push(v) AS push, docdb.accum_add_to_set(v) AS add_to_set, docdb.accum_first(v) AS first,
       docdb.accum_last(v) AS last
FROM inputs GROUP BY n, name ORDER BY n;
SELECT name, docdb.accum_std_dev_pop(v) AS std_dev_pop, docdb.accum_std_dev_samp(v) AS std_dev_samp
FROM inputs GROUP BY n, name ORDER BY n;
\x on
SELECT docdb.accum_sum(v ORDER BY n) AS sum, docdb.accum_avg(v ORDER BY n) AS avg, docdb.accum_min(v ORDER BY n) AS min,
       docdb.accum_max(v ORDER BY n) AS max, docdb.accum_count(v ORDER BY n) AS count,
       docdb.accum_first(v ORDER BY n) AS first, docdb.accum_last(v ORDER BY n) AS last,
       docdb.accum_push(v ORDER BY n) AS push, docdb.accum_add_to_set(v ORDER BY n) AS add_to_set,
       docdb.accum_std_dev_pop(v ORDER BY n) AS std_dev_pop, docdb.accum_std_dev_samp(v ORDER BY n) AS std_dev_samp
FROM inputs WHERE name <> 'NaN';
\x off

-- Numbers.
CREATE FUNCTION pg_temp.elements(list text) RETURNS TABLE (n bigint, v bson_value) LANGUAGE sql AS $$
    SELECT ordinality, CASE WHEN value = '"(missing)"' THEN NULL ELSE value::text::bson_value END
    FROM jsonb_array_elements(list::jsonb) WITH ORDINALITY
$$;
SELECT t.n, list, docdb.accum_sum(v ORDER BY e.n) AS sum, docdb.accum_avg(v ORDER BY e.n) AS avg,
       docdb.accum_min(v ORDER BY e.n) AS min, docdb.accum_max(v ORDER BY e.n) AS max
FROM (VALUES
    (1, '[1, 2, 3]'),
    (2, '[2147483647, 1]'),
    (3, '[2147483647, 1, -1]'),
    (4, '[1, {"$numberLong": "2"}]'),
    (5, '[{"$numberLong": "9223372036854775807"}, 1]'),
    (6, '[{"$numberLong": "9223372036854775807"}, 1, -1]'),
    (7, '[{"$numberLong": "-9223372036854775808"}, -1]'),
    (8, '[{"$numberLong": "-9223372036854775808"}]'),
    (9, '[{"$numberLong": "9223372036854775807"}]'),
    (10, '[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]'),
    (11, '[1e100, 1, {"$numberDouble": "-1e100"}]'),
    (12, '[1, 2.5, {"$numberLong": "3"}]'),
    (13, '[1, {"$numberDecimal": "2.50"}, 0.1]'),
    (14, '[{"$numberDecimal": "1E+34"}, {"$numberDecimal": "0.1"}, {"$numberDecimal": "-1E+34"}]'),
    (15, '[1e34, {"$numberDecimal": "0.1"}, {"$numberDecimal": "0.11"}, {"$numberDouble": "-1e34"}]'),
    (16, '[{"$numberDouble": "Infinity"}, 1]'),
    (17, '[{"$numberDouble": "Infinity"}, {"$numberDouble": "-Infinity"}]'),
    (18, '[{"$numberDouble": "NaN"}, 1]'),
    (19, '[{"$numberDouble": "Infinity"}, {"$numberDecimal": "1"}]'),
    (20, '["x", null, true, [1], {"a": 1}]'),
    (21, '[1, "x", null, 2]'),
    (22, '["(missing)", 4, "(missing)"]'),
    (23, '[1, {"$numberDouble": "1.0"}, {"$numberLong": "1"}]'),
    (24, '[{"$numberDouble": "-0.0"}]'),
    (25, '[null, "(missing)"]'),
    (26, '[[1, 2], [1, 3], {"a": 1}]')
) AS t (n, list), LATERAL pg_temp.elements(list) AS e
GROUP BY t.n, list ORDER BY t.n;

SELECT t.n, list, docdb.accum_push(v ORDER BY e.n) AS push, docdb.accum_add_to_set(v ORDER BY e.n) AS add_to_set,
       docdb.accum_first(v ORDER BY e.n) AS first, docdb.accum_last(v ORDER BY e.n) AS last
FROM (VALUES
    (1, '[1, 2, 1, 3]'),
    (2, '["(missing)", 1, null, 1.0, null, "(missing)"]'),
    (3, '[{"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1, "b": 2}, [1], [1], [2]]'),
    (4, '["a", "b", "a", "", ""]'),
    (5, '["(missing)"]')
) AS t (n, list), LATERAL pg_temp.elements(list) AS e
GROUP BY t.n, list ORDER BY t.n;

SELECT t.n, list, docdb.accum_merge_objects(v ORDER BY e.n) AS merge_objects
FROM (VALUES
    (1, '[{"a": 1}, {"b": 2}, {"a": 3}]'),
    (2, '[{"x": {"y": 1}}, null, "(missing)", {"x": {"z": 2}}]'),
    (3, '[null]')
) AS t (n, list), LATERAL pg_temp.elements(list) AS e
GROUP BY t.n, list ORDER BY t.n;
\set VERBOSITY sqlstate
SELECT docdb.accum_merge_objects('1');
\set VERBOSITY default

SELECT t.n, list, docdb.accum_std_dev_pop(v ORDER BY e.n) AS pop, docdb.accum_std_dev_samp(v ORDER BY e.n) AS samp
FROM (VALUES
    (1, '[2, 4, 4, 4, 5, 5, 7, 9]'),
    (2, '[1]'),
    (3, '[1, "x", {"$numberDecimal": "3"}]'),
    (4, '[{"$numberDouble": "Infinity"}, 1]'),
    (5, '["x"]')
) AS t (n, list), LATERAL pg_temp.elements(list) AS e
GROUP BY t.n, list ORDER BY t.n;

-- As expressions: a list of operands, or one operand whose array stands for its elements.
SELECT n, expression, pg_temp.try(expression, '{"a": [1, 2, 3], "m": [[1, 2], 3], "s": "x", "f": 2.5, "n": null, "e": []}')
FROM (VALUES
    (1, '{"$sum": "$a"}'),
    (2, '{"$sum": ["$a"]}'),
    (3, '{"$sum": ["$a", 10]}'),
    (4, '{"$sum": [1, "$f", "$s", "$n", "$missing"]}'),
    (5, '{"$sum": "$s"}'),
    (6, '{"$sum": []}'),
    (7, '{"$sum": "$m"}'),
    (8, '{"$sum": [[1, 2, 3]]}'),
    (9, '{"$sum": [[1, 2], [3]]}'),
    (10, '{"$avg": "$a"}'),
    (11, '{"$avg": [1, "$f", "$s"]}'),
    (12, '{"$avg": "$e"}'),
    (13, '{"$avg": ["$s"]}'),
    (14, '{"$max": "$a"}'),
    (15, '{"$max": ["$a", 10]}'),
    (16, '{"$max": [1, "$s", "$n"]}'),
    (17, '{"$max": "$e"}'),
    (18, '{"$min": "$a"}'),
    (19, '{"$min": ["$n", 3, "$missing", 2]}'),
    (20, '{"$min": ["$n"]}'),
    (21, '{"$stdDevPop": "$a"}'),
    (22, '{"$stdDevSamp": ["$a"]}'),
    (23, '{"$stdDevSamp": 1}')
) AS t (n, expression) ORDER BY n;

-- Partial aggregation in parallel workers gives what one process gives.
CREATE TABLE expr_numbers (g int, n int, v bson_value);
INSERT INTO expr_numbers
    SELECT i % 7, i,
           CASE i % 11 WHEN 0 THEN NULL
                       WHEN 1 THEN to_jsonb(i)::text
                       WHEN 2 THEN format('{"$numberLong": "%s"}', i * 1000000007::bigint)
                       WHEN 3 THEN format('{"$numberLong": "-%s"}', 9000000000000000000 + i)
                       WHEN 4 THEN format('{"$numberLong": "%s"}', 9000000000000000000 + i)
                       WHEN 5 THEN format('"text %s"', i % 100)
                       WHEN 6 THEN format('[%s]', i % 50)
                       WHEN 7 THEN 'null'
                       WHEN 8 THEN format('{"k%s": %s}', i % 20, i % 10)
                       WHEN 9 THEN format('{"$numberDecimal": "%s.25"}', i)
                       ELSE to_jsonb(i % 100)::text END::bson_value
    FROM generate_series(1, 20000) AS i;
ANALYZE expr_numbers;
CREATE FUNCTION pg_temp.sorted_array(v bson_value) RETURNS text LANGUAGE sql AS $$
    SELECT md5(string_agg(e::text, ',' ORDER BY e::text COLLATE "C")) FROM jsonb_array_elements(v::text::jsonb) AS e
$$;
CREATE VIEW expr_summary AS
    SELECT g, docdb.accum_sum(v) AS sum, docdb.accum_avg(v) AS avg, docdb.accum_min(v) AS min, docdb.accum_max(v) AS max,
           docdb.accum_count(v) AS count, docdb.accum_push(v) AS push, docdb.accum_add_to_set(v) AS add_to_set,
           docdb.accum_merge_objects(v) FILTER (WHERE v::text LIKE '{"k%') AS merged,
           docdb.accum_first(v) IS NULL AS first, docdb.accum_last(v) IS NULL AS last,
           docdb.accum_std_dev_pop(v) AS pop
    FROM expr_numbers GROUP BY g;
CREATE TEMP TABLE serial AS SELECT * FROM expr_summary;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT g, docdb.accum_sum(v), docdb.accum_push(v) FROM expr_numbers GROUP BY g;
SELECT count(*) AS groups, count(*) FILTER (WHERE s.sum::text IS DISTINCT FROM p.sum::text) AS sums,
       count(*) FILTER (WHERE s.avg::text IS DISTINCT FROM p.avg::text) AS avgs,
       count(*) FILTER (WHERE s.min <> p.min OR s.max <> p.max OR s.count <> p.count) AS extremes,
       count(*) FILTER (WHERE pg_temp.sorted_array(s.push) <> pg_temp.sorted_array(p.push)) AS pushes,
       count(*) FILTER (WHERE pg_temp.sorted_array(s.add_to_set) <> pg_temp.sorted_array(p.add_to_set)) AS sets,
       count(*) FILTER (WHERE (SELECT string_agg(k, ',' ORDER BY k COLLATE "C") FROM jsonb_object_keys(s.merged::text::jsonb) AS k)
                           <> (SELECT string_agg(k, ',' ORDER BY k COLLATE "C") FROM jsonb_object_keys(p.merged::text::jsonb) AS k)) AS merges,
       count(*) FILTER (WHERE abs(s.pop::text::float8 / p.pop::text::float8 - 1) > 1e-12) AS deviations
FROM serial s JOIN expr_summary p USING (g);
SELECT g, sum, avg, min, max, count FROM serial ORDER BY g;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;
RESET parallel_leader_participation;
DROP VIEW expr_summary;

-- Moving windows: taking values out gives the same as starting over for each row.
CREATE TEMP TABLE windowed AS
    SELECT n, docdb.accum_sum(v) OVER w AS sum, docdb.accum_avg(v) OVER w AS avg, docdb.accum_min(v) OVER w AS min,
           docdb.accum_max(v) OVER w AS max, docdb.accum_count(v) OVER w AS count, docdb.accum_push(v) OVER w AS push,
           docdb.accum_first(v) OVER w AS first, docdb.accum_last(v) OVER w AS last,
           docdb.accum_add_to_set(v) OVER w AS add_to_set
    FROM expr_numbers WHERE n <= 400
    WINDOW w AS (ORDER BY n ROWS BETWEEN 6 PRECEDING AND 2 FOLLOWING);
SELECT count(*) AS rows, count(*) FILTER (WHERE
           row(w.sum::text, w.avg::text, w.min::text, w.max::text, w.count::text, w.push::text, w.first::text,
               w.last::text, w.add_to_set::text)
           IS DISTINCT FROM
           row(f.sum::text, f.avg::text, f.min::text, f.max::text, f.count::text, f.push::text, f.first::text,
               f.last::text, f.add_to_set::text)) AS different
FROM windowed w, LATERAL (
    SELECT docdb.accum_sum(v ORDER BY x.n) AS sum, docdb.accum_avg(v ORDER BY x.n) AS avg,
           docdb.accum_min(v ORDER BY x.n) AS min, docdb.accum_max(v ORDER BY x.n) AS max,
           docdb.accum_count(v ORDER BY x.n) AS count, docdb.accum_push(v ORDER BY x.n) AS push,
           docdb.accum_first(v ORDER BY x.n) AS first, docdb.accum_last(v ORDER BY x.n) AS last,
           docdb.accum_add_to_set(v ORDER BY x.n) AS add_to_set
    FROM expr_numbers x WHERE x.n BETWEEN w.n - 6 AND least(w.n + 2, 400)) AS f;
SELECT n, v, docdb.accum_sum(v) OVER w AS sum, docdb.accum_max(v) OVER w AS max, docdb.accum_push(v) OVER w AS push
FROM (VALUES (1, '1'::bson_value), (2, '{"$numberLong": "5"}'), (3, '2'), (4, NULL), (5, '0.5'), (6, '"x"'), (7, '3'),
             (8, '{"$numberDecimal": "1.5"}'), (9, '4'), (10, '5'), (11, '6')) AS t (n, v)
WINDOW w AS (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY n;
DROP TABLE expr_numbers;

-- Many distinct values.
SELECT jsonb_array_length(docdb.accum_add_to_set((i % 5000)::bson_value)::text::jsonb) AS distinct_values
FROM generate_series(1, 20000) AS i;
