-- Statistics of paths.  The tables are smaller than the sample, so that all their rows are in it.

CREATE TABLE stats_test (doc bson);
SELECT * FROM docdb.path_statistics('stats_test');
ANALYZE stats_test;
SELECT * FROM docdb.path_statistics('stats_test');

INSERT INTO stats_test
SELECT format('{"_id": %s, "even": %s, "skew": %s, "sub": {"n": %s, "list": [1.5, %s]}, '
              '"tags": ["t%s", "u%s"], "items": [{"q": %s}, {"q": 7, "x": [[%s]]}], '
              '"text": "%s"%s}',
              i, (i % 2 = 0)::text, CASE WHEN i % 10 < 6 THEN 0 ELSE i END, i % 40, i,
              i % 4, i % 5, i % 8, i,
              CASE WHEN i % 3 = 0 THEN repeat('long ', 50) || i ELSE 'short' END,
              CASE i % 4 WHEN 0 THEN ', "maybe": null' WHEN 1 THEN ', "maybe": ' || i
                         WHEN 2 THEN ', "maybe": {"$numberDouble": "NaN"}' ELSE '' END)::bson
FROM generate_series(1, 2000) i;
ANALYZE stats_test;

SELECT path, missing_frac AS missing, null_frac AS nulls, array_frac AS arrays,
    avg_array_length AS length, scalar_frac AS scalars, avg_values AS values, n_distinct, types
FROM docdb.path_statistics('stats_test');

SELECT path, most_common_vals, most_common_freqs FROM docdb.path_statistics('stats_test')
WHERE most_common_vals IS NOT NULL AND path <> 'sub.n';
SELECT path, (SELECT count(*) FROM jsonb_array_elements(histogram_bounds::jsonb)) AS bounds,
       histogram_bounds::jsonb -> 0 AS first, histogram_bounds::jsonb -> 50 AS middle,
           histogram_bounds::jsonb -> -1 AS last
FROM docdb.path_statistics('stats_test') WHERE histogram_bounds IS NOT NULL AND path <> 'text';
-- Long strings are cut.
SELECT length(histogram_bounds::jsonb ->> 0) AS length FROM docdb.path_statistics('stats_test')
    WHERE path = 'text';

-- What is estimated, in thousandths of the documents, and what is there.
CREATE FUNCTION estimates(path text, operator text, value text, OUT estimated int,
    OUT actual int) LANGUAGE plpgsql AS $$
BEGIN
    estimated := 1000 * docdb.path_selectivity('stats_test', path, operator, value::bson_value);
    EXECUTE format('SELECT 1000 * count(*) FILTER (WHERE doc @@ %L) / count(*) FROM stats_test',
                   format('{"%s": {"%s": %s}}', path, operator, value)) INTO actual;
END $$;
SELECT path, operator, value, e.*, abs(estimated - actual) <= 15 AS close
FROM (VALUES
    (1, '_id', '$eq', '77'), (2, '_id', '$eq', '{"$numberLong": "77"}'), (3, '_id', '$lt', '500'),
    (4, '_id', '$gte', '1990'), (5, '_id', '$gt', '5000'), (6, '_id', '$lt', '0'),
        (7, '_id', '$gt', '"a"'),
    (8, 'even', '$eq', 'true'), (9, 'even', '$lt', 'true'), (10, 'skew', '$eq', '0'),
        (11, 'skew', '$eq', '17'),
    (12, 'skew', '$gt', '1000'), (13, 'skew', '$gte', '0'), (14, 'sub.n', '$eq', '3'),
        (15, 'sub.n', '$lte', '9'),
    (16, 'sub.list', '$lt', '2'), (17, 'sub.list', '$eq', '1.5'), (18, 'sub.list.0', '$eq', '1.5'),
    (19, 'tags', '$eq', '"t1"'), (20, 'tags', '$eq', '"none"'), (21, 'tags', '$lte', '"t0"'),
    (22, 'items.q', '$eq', '7'), (23, 'items.q', '$eq', '2'), (24, 'items.q', '$gt', '6'),
        (25, 'items.0.q', '$eq', '7'),
    (26, 'maybe', '$eq', '1001'), (27, 'maybe', '$exists', 'true'),
        (28, 'maybe', '$exists', 'false'),
    (29, 'maybe', '$gt', '1000'), (30, 'maybe', '$eq', '{"$numberDouble": "NaN"}'),
    (31, 'text', '$eq', '"short"'), (32, 'text', '$lt', '"m"'), (33, 'nothing', '$eq', '1'),
    (34, 'nothing', '$gt', '1'), (35, 'nothing', '$exists', 'true'), (36, 'sub', '$exists', 'true')
) AS cases (n, path, operator, value), LATERAL estimates(path, operator, value) e
ORDER BY n;
-- Null is what is there, not what is missing; whole documents are a guess.
SELECT docdb.path_selectivity('stats_test', 'maybe', '$eq', 'null') AS nulls,
       docdb.path_selectivity('stats_test', 'sub', '$eq', '{"n": 1}') AS documents;

-- The length of lists follows the statistics target.
ALTER TABLE stats_test ALTER COLUMN doc SET STATISTICS 10;
ANALYZE stats_test;
SELECT (SELECT count(*) FROM jsonb_array_elements(histogram_bounds::jsonb)) AS bounds
    FROM docdb.path_statistics('stats_test') WHERE path = '_id';
SELECT count(*) FROM jsonb_array_elements((SELECT most_common_vals::jsonb
    FROM docdb.path_statistics('stats_test') WHERE path = 'sub.n'));

-- What PostgreSQL keeps itself.
SELECT null_frac, avg_width > 100 AS width, n_distinct FROM pg_stats
    WHERE tablename = 'stats_test' AND attname = 'doc';

-- Only the hundred most frequent paths are kept, with shorter lists; others are known to be rarer.
CREATE TABLE stats_wide (id int, doc bson);
INSERT INTO stats_wide
SELECT i, ('{"_id": ' || i || ', ' || (SELECT string_agg(format('"f%s": %s', j, i), ', ')
    FROM generate_series(1, 150) j WHERE i % 151 < j) || '}')::bson
FROM generate_series(1, 1510) i WHERE i % 151 < 150;
INSERT INTO stats_wide VALUES (0, NULL), (0, NULL);
ALTER TABLE stats_wide ALTER COLUMN doc SET STATISTICS 100;
ANALYZE stats_wide;
SELECT count(*) AS paths, min(1 - missing_frac) AS rarest, max((SELECT count(*)
    FROM jsonb_array_elements(histogram_bounds::jsonb))) AS bounds
FROM docdb.path_statistics('stats_wide');
SELECT docdb.path_selectivity('stats_wide', 'f1', '$exists', 'true') AS unlisted,
       docdb.path_selectivity('stats_wide', 'f1', '$eq', '1') AS unlisted_value,
       docdb.path_selectivity('stats_wide', 'f150', '$exists', 'true') AS listed;
SELECT null_frac > 0 AS null_frac FROM pg_stats WHERE tablename = 'stats_wide' AND attname = 'doc';

-- Names made of data are more than there is room for; those that all documents have are found.
CREATE TABLE stats_names (doc bson);
INSERT INTO stats_names
SELECT format('{"k%s": {"a": 1}, "l%s": 2, "common": {"k%s": 1, "n": %s}, "a.b": 1, "$x": 1, '
              '"": 1}', i, i, i, i % 3)::bson
FROM generate_series(1, 6000) i;
ANALYZE stats_names;
SELECT path, missing_frac, n_distinct FROM docdb.path_statistics('stats_names')
    WHERE missing_frac < 0.9;
SELECT count(*) AS paths FROM docdb.path_statistics('stats_names');

-- Depth, repeated names, large documents, other types.
CREATE TABLE stats_odd (doc bson);
INSERT INTO stats_odd SELECT (repeat('{"a": ', 100) || '1' || repeat('}', 100))::bson
    FROM generate_series(1, 3);
INSERT INTO stats_odd SELECT '{"r": 1, "r": 2, "m": {"$minKey": 1},
    "x": {"$regularExpression": {"pattern": "a", "options": ""}},
    "o": {"$oid": "0123456789abcdef01234567"}, "d": {"$date": "2020-01-01T00:00:00Z"},
    "t": {"$timestamp": {"t": 1, "i": 2}}, "b": {"$binary": {"base64": "AAEC", "subType": "00"}},
    "c": {"$code": "f"}, "u": {"$undefined": true}, "n": {"$numberDecimal": "1.5"}, "l": {"$numberLong": "5"}}'::bson
FROM generate_series(1, 3);
INSERT INTO stats_odd SELECT ('{"big": [' || string_agg(j::text, ', ') || ']}')::bson
    FROM generate_series(1, 3) i, generate_series(1, 20000) j GROUP BY i;
ANALYZE stats_odd;
SELECT path, round(missing_frac::numeric, 3) AS missing, avg_array_length AS length, avg_values,
    n_distinct, types, most_common_vals
FROM docdb.path_statistics('stats_odd') WHERE path <> 'big';
SELECT avg_array_length, avg_values, n_distinct,
    (histogram_bounds IS NOT NULL OR most_common_vals IS NOT NULL) AS lists
    FROM docdb.path_statistics('stats_odd') WHERE path = 'big';

-- Parents and partitions.
CREATE TABLE stats_parent (k int, doc bson) PARTITION BY LIST (k);
CREATE TABLE stats_child_1 PARTITION OF stats_parent FOR VALUES IN (1);
CREATE TABLE stats_child_2 PARTITION OF stats_parent FOR VALUES IN (2);
INSERT INTO stats_parent SELECT 1 + i % 2, format('{"k": %s}', i)::bson
    FROM generate_series(1, 100) i;
ANALYZE stats_parent;
SELECT types FROM docdb.path_statistics('stats_parent');
SELECT types FROM docdb.path_statistics('stats_child_1');

-- An expression index has statistics of its own; other columns have none here.
CREATE TABLE stats_other (a int, v bson_value);
INSERT INTO stats_other SELECT i, (i % 10)::bson_value FROM generate_series(1, 100) i;
ANALYZE stats_other;
SELECT * FROM docdb.path_statistics('stats_other');
SELECT docdb.path_selectivity('stats_other', 'a', '$eq', '1') IS NULL AS none;
SELECT n_distinct, array_length(most_common_vals::text::text[], 1) AS common FROM pg_stats
    WHERE tablename = 'stats_other' AND attname = 'v';

-- Only those who may read the documents see what is in them.
CREATE ROLE regress_stats_reader;
SET ROLE regress_stats_reader;
SELECT count(*) FROM docdb.path_statistics('stats_test');
SELECT docdb.path_selectivity('stats_test', '_id', '$eq', '1') IS NULL AS hidden;
RESET ROLE;
GRANT SELECT (doc) ON stats_test TO regress_stats_reader;
SET ROLE regress_stats_reader;
SELECT count(*) > 5 AS seen FROM docdb.path_statistics('stats_test');
RESET ROLE;
ALTER TABLE stats_test ENABLE ROW LEVEL SECURITY;
SET ROLE regress_stats_reader;
SELECT count(*) FROM docdb.path_statistics('stats_test');
RESET ROLE;
SELECT count(*) > 5 AS seen FROM docdb.path_statistics('stats_test');

\set VERBOSITY sqlstate
SELECT docdb.path_selectivity('stats_test', 'a', '$near', '1');
SELECT docdb.path_statistics('no_such_table');
\set VERBOSITY default

DROP TABLE stats_test, stats_wide, stats_names, stats_odd, stats_parent, stats_other;
DROP FUNCTION estimates;
DROP ROLE regress_stats_reader;
