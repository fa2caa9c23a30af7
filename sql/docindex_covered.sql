-- Counting with an index whose keys decide the filter does without the documents.
SET client_min_messages = warning;
CREATE SCHEMA covered;
SET search_path = covered, public;
\pset format unaligned

CREATE TABLE t (_id bson_value, id int GENERATED ALWAYS AS IDENTITY, doc bson) WITH (autovacuum_enabled = off);
INSERT INTO t (doc)
    SELECT format('{"a": %s, "b": %s, "t": ["t%s", "t%s"], "s": "name%s", "n": %s}', i % 50, i % 7, i % 20, i % 31, i % 40,
        CASE WHEN i % 3 = 0 THEN 'null' ELSE (i % 10)::text END)::bson FROM generate_series(1, 3000) i;
INSERT INTO t (doc) VALUES ('{}'), ('{"a": null}'), ('{"a": 1.0, "b": {"$numberDecimal": "2.0"}, "t": "t5"}'), (NULL),
    ('{"a": {"$undefined": true}, "t": []}'), ('{"t": ["t5", "t5", "t6"]}'), ('{"t": [["t5"]]}');
CREATE INDEX t_ab ON t USING bson_btree (doc bson_keys (keys = '{"a": 1, "b": -1}'));
CREATE INDEX t_t ON t USING bson_btree (doc bson_keys (keys = '{"t": 1}'));
CREATE INDEX t_ta ON t USING bson_btree (doc bson_keys (keys = '{"t": 1, "a": 1}'));
CREATE INDEX t_s ON t USING bson_btree (doc bson_keys (keys = '{"s": 1}', sparse = true));
CREATE INDEX t_n ON t USING bson_btree (doc bson_keys (keys = '{"n": 1}', partial = '{"a": {"$lt": 25}}'));
VACUUM ANALYZE t;
SET enable_seqscan = off;
SET enable_bitmapscan = off;

CREATE TABLE filters (n int GENERATED ALWAYS AS IDENTITY, filter text);
INSERT INTO filters (filter) VALUES
    ('{"a": 7}'), ('{"a": {"$lt": 3}}'), ('{"a": {"$gt": 3, "$lte": 9}}'), ('{"a": {"$in": [1, 2, 99]}}'), ('{"a": null}'),
    ('{"a": {"$ne": 7}}'), ('{"a": {"$nin": [1, 2]}}'), ('{"a": {"$exists": false}}'), ('{"a": {"$type": "int"}}'),
    ('{"a": 7, "b": 3}'), ('{"a": 7, "b": {"$gte": 3}}'), ('{"a": {"$in": [1, 2]}, "b": {"$in": [1, 2]}}'), ('{"a": 7, "c": 3}'),
    ('{"$or": [{"a": 1}, {"a": {"$gt": 45}}]}'), ('{"$or": [{"a": 1}, {"c": 2}]}'), ('{"a": {"$lt": 3}, "b": 1}'),
    ('{"t": "t5"}'), ('{"t": {"$in": ["t5", "t6", "t7"]}}'), ('{"t": {"$gt": "t5"}}'), ('{"t": {"$all": ["t5", "t6"]}}'),
    ('{"t": []}'), ('{"t": ["t5"]}'), ('{"t": {"$ne": "t5"}}'), ('{"t": {"$elemMatch": {"$eq": "t5"}}}'), ('{"t": {"$size": 2}}'),
    ('{"t": "t5", "a": 5}'), ('{"t": "t5", "a": {"$gt": 5}}'), ('{"t": {"$in": ["t5", "t6"]}, "a": {"$lt": 10}}'),
    ('{"s": "name7"}'), ('{"s": {"$gte": "name3"}}'), ('{"s": {"$regex": "^name3"}}'), ('{"s": null}'),
    ('{"n": 3, "a": {"$lt": 25}}'), ('{"n": 3, "a": {"$lt": 10}}'), ('{"n": 3}'), ('{"a": 1, "$expr": {"$gt": ["$b", 3]}}'),
    ('{"a": {"$mod": [5, 1]}}'), ('{"a": []}');

-- How a filter is counted, and with which index: "covered" where the documents are not wanted.
CREATE FUNCTION plan_of(filter text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    kind text := 'other';
BEGIN
    FOR line IN EXECUTE format('EXPLAIN (COSTS OFF) SELECT count(*) FROM t WHERE doc @@ %L', filter) LOOP
        IF line ~ 'DocIndexOnlyScan' THEN
            kind := 'covered';
        ELSIF line ~ 'Index Name' THEN
            RETURN kind || ' ' || substring(line FROM 'Index Name: (.*)');
        END IF;
    END LOOP;
    RETURN kind;
END $$;

-- Counts by a plan of any kind, by the table's, and by the function.
CREATE FUNCTION counts(filter text, OUT by_index bigint, OUT by_table bigint, OUT by_function bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*) FROM t WHERE doc @@ %L', filter) INTO by_index;
    by_function := docdb.count_documents('covered.t', filter::bson);
    SET LOCAL enable_indexscan = off;
    SET LOCAL enable_indexonlyscan = off;
    SET LOCAL enable_seqscan = on;
    EXECUTE format('SELECT count(*) FROM t WHERE doc @@ %L', filter) INTO by_table;
    RESET enable_indexscan;
    RESET enable_indexonlyscan;
    SET LOCAL enable_seqscan = off;
END $$;

SELECT filter, plan_of(filter), c.by_index FROM filters, counts(filter) c ORDER BY n;
SELECT filter, c.* FROM filters, counts(filter) c WHERE by_index <> by_table OR by_function <> by_table;

-- Pages that not all transactions see as they are, rows that moved, rows that are gone.
BEGIN;
UPDATE t SET doc = doc WHERE id % 5 = 0;
UPDATE t SET doc = '{"a": 7, "t": ["t5", "t6"], "s": "name7"}' WHERE id % 11 = 0;
DELETE FROM t WHERE id % 13 = 0;
SELECT filter, c.* FROM filters, counts(filter) c WHERE by_index <> by_table OR by_function <> by_table;
ROLLBACK;
SELECT filter, c.* FROM filters, counts(filter) c WHERE by_index <> by_table OR by_function <> by_table;
DELETE FROM t WHERE id % 13 = 0;
UPDATE t SET doc = '{"a": 7, "t": ["t5", "t6"], "s": "name7"}' WHERE id % 11 = 0;
SELECT filter, c.* FROM filters, counts(filter) c WHERE by_index <> by_table OR by_function <> by_table;
VACUUM t;
SELECT filter, c.* FROM filters, counts(filter) c WHERE by_index <> by_table OR by_function <> by_table;

-- What is fetched.
CREATE FUNCTION fetched(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || statement LOOP
        RETURN NEXT line;
    END LOOP;
END $$;
SELECT fetched($$SELECT count(*) FROM t WHERE doc @@ '{"t": "t5"}'$$);
INSERT INTO t (doc) VALUES ('{"t": "t5"}');
SELECT fetched($$SELECT count(*) FROM t WHERE doc @@ '{"t": "t5"}'$$);
VACUUM t;
SELECT fetched($$SELECT count(*) FROM t WHERE doc @@ '{"t": "t5"}'$$);

-- A plan that was made for values that keys decide serves values that they do not.
SELECT docdb.count_documents('covered.t', '{"a": {"$in": [11, 12, 13, 14, 15, 16, 17, 18, 19]}}') AS decided,
    docdb.count_documents('covered.t', '{"a": {"$in": [11, 12, 13, 14, 15, 16, 17, 18, null]}}') AS undecided,
    docdb.count_documents('covered.t', '{"a": {"$in": [11, 12, 13, 14, 15, 16, 17, 18, [1]]}}') AS undecided_too;

-- The same scan over and over, limits, rows without columns, other conditions, and no column but a constant.
SELECT count(*) FROM generate_series(1, 3), t WHERE doc @@ '{"a": {"$lt": 3}}';
SELECT docdb.count_documents('covered.t', '{"a": {"$lt": 3}}', '{"skip": 10, "limit": 50}');
SELECT count(*) FROM (SELECT 1 FROM t WHERE doc @@ '{"a": {"$lt": 3}}' LIMIT 7) s;
SELECT EXISTS (SELECT FROM t WHERE doc @@ '{"a": 49}'), EXISTS (SELECT FROM t WHERE doc @@ '{"a": 50}');
SELECT count(*), count(id), min(id) FROM t WHERE doc @@ '{"a": 8}';
SELECT count(*) FROM t WHERE doc @@ '{"a": 8}' AND id > 100;
SELECT count(*) FROM t WHERE doc @@ '{"a": 8}' AND doc @@ '{"b": 2}';
SELECT count(*) FROM t WHERE doc @@ NULL;
SELECT count(*) FROM t TABLESAMPLE BERNOULLI (100) WHERE doc @@ '{"a": 8}';
SELECT count(*) FROM t;
SELECT fetched('SELECT count(*) FROM t WHERE id > 0 OR id IS NULL');
SELECT fetched('SELECT count(*) FROM t');
SELECT * FROM docdb.aggregate('covered.t', '[{"$match": {"a": {"$lt": 3}}}, {"$count": "n"}]');
SELECT * FROM docdb.aggregate('covered.t', '[{"$match": {"a": {"$lt": 3}}}, {"$group": {"_id": null, "n": {"$sum": 1}}}]');

-- A cursor sees what was there when it was opened.
BEGIN;
DECLARE c NO SCROLL CURSOR FOR SELECT 1 AS one FROM t WHERE doc @@ '{"a": 9}';
DELETE FROM t WHERE doc @@ '{"a": 9}';
MOVE FORWARD 20 FROM c;
MOVE FORWARD ALL FROM c;
CLOSE c;
SELECT count(*) FROM t WHERE doc @@ '{"a": 9}';
ROLLBACK;

-- Not where row-level security has a say, nor against a hint; a hidden index is not looked at.
SELECT docdb.explain('covered', '{"count": "t", "query": {"a": 8}, "hint": "t_ab"}') -> 'queryPlanner.winningPlan.inputStage.stage' AS hinted,
    docdb.explain('covered', '{"count": "t", "query": {"a": 8}, "hint": {"$natural": 1}}') -> 'queryPlanner.winningPlan.inputStage.stage' AS natural;
ALTER INDEX t_ab SET (hidden = true);
SELECT plan_of('{"a": 8}');
ALTER INDEX t_ab RESET (hidden);
SELECT plan_of('{"a": 8}');
SET enable_indexonlyscan = off;
SELECT plan_of('{"a": 8}');
RESET enable_indexonlyscan;
CREATE ROLE covered_reader;
GRANT USAGE ON SCHEMA covered TO covered_reader;
GRANT SELECT ON t TO covered_reader;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON t FOR SELECT TO covered_reader USING (id < 100);
SET ROLE covered_reader;
SELECT count(*) FROM t WHERE doc @@ '{"a": 8}';
RESET ROLE;
-- What a policy says comes first, although the index would serve both conditions.
ALTER POLICY few ON t USING (doc @@ '{"b": {"$gte": 2}}');
SET ROLE covered_reader;
EXPLAIN (COSTS OFF) SELECT count(*) FROM t WHERE doc @@ '{"a": 8}';
SELECT count(*) FROM t WHERE doc @@ '{"a": 8}';
RESET ROLE;
SELECT count(*) FROM t WHERE doc @@ '{"a": 8, "b": {"$gte": 2}}';
ALTER TABLE t DISABLE ROW LEVEL SECURITY;

-- Partitions, each with its index.
CREATE TABLE p (id int, doc bson) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (1000) TO (9000);
CREATE INDEX ON p USING bson_btree (doc bson_keys (keys = '{"a": 1}'));
INSERT INTO p SELECT id, doc FROM t;
VACUUM ANALYZE p;
EXPLAIN (COSTS OFF) SELECT count(*) FROM p WHERE doc @@ '{"a": 8}';
SELECT count(*) FROM p WHERE doc @@ '{"a": 8}';

DROP SCHEMA covered CASCADE;
DROP ROLE covered_reader;
