-- The bench's schema: document generator, timing, and the table of results.
\set QUIET on
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;

-- The n-th document as Extended JSON (bson) or as plain JSON (jsonb): about 320 bytes of BSON.
CREATE FUNCTION bench.document(n bigint, plain boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT format(
        '{"_id": %s, "name": "%s %s", "age": %s, "email": "user%s@example.com", '
        '"tags": ["tag%s", "tag%s", "tag%s"], '
        '"address": {"street": "%s Station Road", "city": "%s", "zip": "%s", "country": "%s"}, '
        '"score": %s, "created": %s, "note": "%s"}',
        n, (ARRAY['Ada', 'Alan', 'Grace', 'Sofia', 'Emmy', 'Kurt'])[1 + a % 6],
        (ARRAY['Lovelace', 'Turing', 'Hopper', 'Kovalevskaya', 'Noether', 'Goedel'])[1 + b % 6],
        18 + a % 70, n, a % 100, b % 100, c % 100, 1 + c % 300,
        (ARRAY['Amsterdam', 'Osaka', 'Lyon', 'Toronto', 'Nairobi', 'Recife'])[1 + c % 6],
        lpad((b % 100000)::text, 5, '0'), (ARRAY['NL', 'JP', 'FR', 'CA', 'KE', 'BR'])[1 + c % 6],
        ((a % 1000000) / 1000.0)::float8 + 0.0005,
        format(CASE WHEN plain THEN '"%s"' ELSE '{"$date": "%s"}' END,
               to_char(timestamp '2020-01-01' + (b % 126144000) * interval '1 second',
                       'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
        (ARRAY['paid in full', 'called twice', 'prefers mail', 'moved last year'])[1 + a % 4]
        || ', ' || md5(n::text))
    FROM (SELECT hashint8extended(n, 1) & 2147483647 AS a, hashint8extended(n, 2) & 2147483647 AS b,
                 hashint8extended(n, 3) & 2147483647 AS c) AS random
$$;

-- Nanoseconds of CPU time that this backend has used.
CREATE FUNCTION bench.cpu() RETURNS bigint LANGUAGE sql VOLATILE
AS $$ SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint $$;

CREATE TABLE bench.work (
    id serial PRIMARY KEY,
    name text NOT NULL,
    target numeric,             -- ratio to reach
    operations bigint NOT NULL, -- in one run of the statement
    docdb text NOT NULL,        -- the statements to compare
    jsonb text NOT NULL,
    before_docdb text,          -- run before each, not timed
    before_jsonb text
);

CREATE TABLE bench.run (
    work integer NOT NULL REFERENCES bench.work,
    round integer NOT NULL,
    side text NOT NULL,
    wall_us float8 NOT NULL,    -- of the whole statement
    cpu_us float8 NOT NULL
);

-- Runs one statement once, timed; its result is thrown away.
CREATE PROCEDURE bench.measure(work integer, round integer, side text, before text, statement text)
LANGUAGE plpgsql AS $$
DECLARE
    wall timestamptz;
    cpu bigint;
BEGIN
    IF before IS NOT NULL THEN
        EXECUTE before;
        COMMIT;
    END IF;
    cpu := bench.cpu();
    wall := clock_timestamp();
    EXECUTE statement;
    COMMIT;
    INSERT INTO bench.run VALUES (work, round, side,
        extract(epoch FROM clock_timestamp() - wall) * 1e6, (bench.cpu() - cpu) / 1e3);
END $$;

-- The first line of a statement's plan.
CREATE FUNCTION bench.plan(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    result text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line ~ '(Scan|Function|Insert|Update|Delete|Result)' THEN
            result := result || CASE WHEN result = '' THEN '' ELSE ' / ' END
                      || trim(regexp_replace(line, '->', ''));
        END IF;
    END LOOP;
    RETURN result;
EXCEPTION WHEN syntax_error OR feature_not_supported THEN
    RETURN split_part(statement, ' ', 1);       -- COPY has no plan
END $$;

-- All works, rounds times each, both sides in turn, the order of the sides changing every round.
CREATE PROCEDURE bench.run_all(rounds integer) LANGUAGE plpgsql AS $$
DECLARE
    w bench.work;
BEGIN
    FOR w IN SELECT * FROM bench.work ORDER BY id LOOP
        RAISE INFO 'measuring: %', w.name;
        FOR round IN 0 .. rounds LOOP           -- round 0 warms up
            IF round % 2 = 0 THEN
                CALL bench.measure(w.id, round, 'docdb', w.before_docdb, w.docdb);
                CALL bench.measure(w.id, round, 'jsonb', w.before_jsonb, w.jsonb);
            ELSE
                CALL bench.measure(w.id, round, 'jsonb', w.before_jsonb, w.jsonb);
                CALL bench.measure(w.id, round, 'docdb', w.before_docdb, w.docdb);
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- The table of ratios: jsonb's time divided by docdb's, higher is better for docdb.
CREATE VIEW bench.report AS
WITH pair AS (
    SELECT d.work, d.round, d.cpu_us AS docdb_cpu, j.cpu_us AS jsonb_cpu,
           j.cpu_us / d.cpu_us AS cpu_ratio, j.wall_us / d.wall_us AS wall_ratio
    FROM bench.run d JOIN bench.run j USING (work, round)
    WHERE d.side = 'docdb' AND j.side = 'jsonb' AND d.round > 0)
SELECT w.name AS work,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ratio)::numeric, 2) AS ratio,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY wall_ratio)::numeric, 2) AS "wall ratio",
       w.target AS "at least",
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY docdb_cpu) / w.operations)::numeric, 3) AS "docdb us",
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY jsonb_cpu) / w.operations)::numeric, 3) AS "jsonb us",
       bench.plan(w.docdb) AS plan
FROM bench.work w JOIN pair ON pair.work = w.id
GROUP BY w.id ORDER BY w.id;
