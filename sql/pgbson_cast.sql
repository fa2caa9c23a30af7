-- Casts of bson and bson_value.

SELECT castsource::regtype, casttarget::regtype, castcontext, castmethod,
       obj_description(c.oid, 'pg_cast') IS NOT NULL AS described
FROM pg_cast AS c
WHERE 'bson'::regtype IN (castsource, casttarget) OR
      'bson_value'::regtype IN (castsource, casttarget)
ORDER BY castsource::regtype::text COLLATE "C", casttarget::regtype::text COLLATE "C";

-- jsonb and json, by relaxed Extended JSON.
SELECT '{"a": 1, "b": {"$numberLong": "5"}, "c": 1.50, "d": {"$numberDecimal": "1.50"},
         "e": {"$date": "2020-01-01T00:00:00Z"}, "f": [true, null, "x"], "b": 6}'::bson::jsonb;
SELECT '{"b": 1, "a": {"$numberLong": "5"}}'::bson::json;
SELECT j, docdb.to_canonical_json(j::jsonb::bson), docdb.to_canonical_json(j::json::bson)
FROM (VALUES
    ('{}'), ('{"a": 1, "b": 2147483648, "c": 9223372036854775808, "d": 1.0, "e": 1.50}'),
    ('{"b": {"$oid": "0102030405060708090a0b0c"}, "a": {"$date": "1970-01-01T00:00:00Z"}}'),
    ('{"a": [{"b": null}, "x\n", true]}')
) AS t(j);
SELECT '5'::jsonb::bson_value, '[1]'::jsonb::bson_value, '{"$numberLong": "5"}'::jsonb::bson_value,
       '[1, 2.0]'::bson_value::jsonb, '"x"'::bson_value::jsonb, 'null'::bson_value::jsonb;
\set VERBOSITY sqlstate
SELECT '[1]'::jsonb::bson;
SELECT '1'::json::bson;
SELECT '{"a": {"$oid": 1}}'::jsonb::bson;
SELECT '{"a": "\u0000"}'::bson::jsonb;
SELECT '{"a": 1e400}'::jsonb::bson;
\set VERBOSITY default

-- Text is read and written as Extended JSON, as jsonb's.
SELECT '{"a": 1}'::text::bson, '{"a": 1}'::bson::text, '1'::text::bson_value,
       '"abc"'::bson_value::text, '{"a": 1}'::varchar::bson;

-- Bytes.
SELECT '{"a": 1}'::bson::bytea, '\x0c0000001061000100000000'::bytea::bson,
       '"a"'::bson_value::bytea, '\x1005000000'::bytea::bson_value;
SELECT d::bytea::bson::text = d::text AS same FROM (SELECT
    ('{"a": "' || repeat('x', 100000) || '"}')::bson) AS s(d);
\set VERBOSITY sqlstate
SELECT '\x1005'::bytea::bson_value;
SELECT '\x05000000'::bytea::bson;
\set VERBOSITY default

-- bson and bson_value.
SELECT '{"a": 1}'::bson::bson_value, '{"a": 1}'::bson_value::bson;
\set VERBOSITY sqlstate
SELECT '[1]'::bson_value::bson;
SELECT 'null'::bson_value::bson;
\set VERBOSITY default

-- Assignment takes what is plain.
CREATE TABLE assigned (id bson_value, doc bson, j jsonb);
INSERT INTO assigned (id) VALUES (1), (1::bigint), (1.5::float8), (1.50), (true), ('"x"'),
    ('2020-01-01 00:00:00.0009+00'::timestamptz), ('73ffd264-44b3-4c69-90e8-e7d1dfc035d4'::uuid),
    ('{"a": 1}'::bson), ('[1]'::jsonb), ('\x0a'::bytea);
INSERT INTO assigned (doc) VALUES ('{"a": 1}'::bson_value), ('{"a": 1}'::jsonb),
    ('\x0500000000'::bytea);
INSERT INTO assigned (j) VALUES ('{"a": 1}'::bson), ('1'::bson_value);
SELECT docdb.to_canonical_json(id) AS id, doc, j FROM assigned;
-- It does not take text for JSON.
INSERT INTO assigned (id) VALUES ('"x"'::text);
DROP TABLE assigned;
-- There is nothing implicit from scalars: this stays an error.
SELECT true = 1;

-- From values to numbers.  NULL is null's.
CREATE FUNCTION cast_value(v bson_value, target text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT ($1::%s)::text', target) INTO result USING v;
    RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
    RETURN format('%s: %s', SQLSTATE, SQLERRM);
END $$;
SELECT v, cast_value(v::bson_value, 'integer') AS integer,
       cast_value(v::bson_value, 'bigint') AS bigint FROM (VALUES
    ('1'), ('-2147483648'), ('2147483648'), ('{"$numberLong": "5"}'), ('9223372036854775807'),
    ('0.5'), ('1.5'), ('2.5'), ('-0.5'), ('-1.5'), ('2147483647.4'), ('2147483647.5'),
    ('9223372036854774784.0'), ('9223372036854775808.0'), ('1e300'), ('-0.0'),
    ('{"$numberDouble": "NaN"}'), ('{"$numberDouble": "Infinity"}'),
    ('{"$numberDecimal": "2.5"}'), ('{"$numberDecimal": "-2.5"}'), ('{"$numberDecimal": "1E+3"}'),
    ('{"$numberDecimal": "9223372036854775807.4"}'),
    ('{"$numberDecimal": "9223372036854775807.5"}'), ('{"$numberDecimal": "1E-6176"}'),
    ('{"$numberDecimal": "1E+6144"}'), ('{"$numberDecimal": "NaN"}'),
    ('{"$numberDecimal": "-Infinity"}'),
    ('null'), ('{"$undefined": true}'), ('"1"'), ('true'), ('[1]'), ('{}'), ('{"$minKey": 1}')
) AS t(v);
SELECT v, cast_value(v::bson_value, 'numeric') AS numeric,
       cast_value(v::bson_value, 'float8') AS float8 FROM (VALUES
    ('1'), ('9007199254740993'), ('0.1'), ('1.0'), ('-0.0'), ('1e20'), ('1e-7'),
    ('{"$numberDouble": "NaN"}'), ('{"$numberDouble": "-Infinity"}'),
    ('{"$numberDecimal": "1.50"}'), ('{"$numberDecimal": "1E+3"}'), ('{"$numberDecimal": "NaN"}'),
    ('{"$numberDecimal": "Infinity"}'), ('{"$numberDecimal": "1E-20"}'),
    ('{"$numberDecimal": "9.999999999999999999999999999999999"}'),
    ('null'), ('"1"'), ('true'), ('{}')
) AS t(v);
SELECT length('{"$numberDecimal": "1E+6144"}'::bson_value::numeric::text),
       cast_value('{"$numberDecimal": "1E+6144"}', 'float8'),
       cast_value('{"$numberDecimal": "1E-6176"}', 'float8');
SELECT v, cast_value(v::bson_value, 'boolean') AS boolean,
       cast_value(v::bson_value, 'timestamptz') AS timestamptz,
       cast_value(v::bson_value, 'uuid') AS uuid FROM (VALUES
    ('true'), ('false'), ('1'), ('"true"'), ('null'),
    ('{"$date": "2020-02-29T12:34:56.789Z"}'), ('{"$date": "1969-12-31T23:59:59.999Z"}'),
    ('{"$date": {"$numberLong": "-210866803200000"}}'),
    ('{"$date": {"$numberLong": "-210866803200001"}}'),
    ('{"$date": {"$numberLong": "9224318015999999"}}'),
    ('{"$date": {"$numberLong": "9224318016000000"}}'),
    ('{"$date": {"$numberLong": "9223372036854775807"}}'),
    ('{"$timestamp": {"t": 4294967295, "i": 7}}'), ('{"$oid": "5e0be1000000000000000000"}'),
    ('{"$oid": "ffffffff0000000000000000"}'),
    ('{"$uuid": "73ffd264-44b3-4c69-90e8-e7d1dfc035d4"}'),
    ('{"$binary": {"base64": "c//SZESzTGmQ6OfR38A11A==", "subType": "03"}}'),
    ('{"$binary": {"base64": "c//S", "subType": "04"}}')
) AS t(v);

-- From scalars to values.
SELECT docdb.to_canonical_json(v) FROM (VALUES
    (1::bson_value), ((-2147483648)::bson_value), (1::bigint::bson_value),
    (9223372036854775807::bson_value), (1.5::float8::bson_value), ('NaN'::float8::bson_value),
    ('-infinity'::float8::bson_value), (1.50::bson_value), (0.00::bson_value),
    ((-12345678901234567890.12345678901234)::bson_value), ('NaN'::numeric::bson_value),
    ('-Infinity'::numeric::bson_value), (1e6000::numeric::bson_value),
    (1e-6000::numeric::bson_value), (true::bson_value), (false::bson_value),
    ('2020-01-01 00:00:00.123456+00'::timestamptz::bson_value),
    ('1969-12-31 23:59:59.999999+00'::timestamptz::bson_value),
    ('1970-01-01 00:00:00+00'::timestamptz::bson_value),
    ('1999-12-31 23:59:59.999999+00'::timestamptz::bson_value),
    ('4714-11-24 00:00:00+00 BC'::timestamptz::bson_value),
    ('294276-12-31 23:59:59.999999+00'::timestamptz::bson_value),
    ('73ffd264-44b3-4c69-90e8-e7d1dfc035d4'::uuid::bson_value)
) AS t(v);
\set VERBOSITY sqlstate
SELECT 12345678901234567890123456789012345::numeric::bson_value;
SELECT 1e7000::numeric::bson_value;
SELECT 'infinity'::timestamptz::bson_value;
\set VERBOSITY default
SELECT NULL::integer::bson_value IS NULL AND NULL::bson::jsonb IS NULL AND
       NULL::bson_value::integer IS NULL AND NULL::jsonb::bson IS NULL AS all_null;

-- docdb.to_value: any type.
CREATE TYPE pair AS (name text, "the value" integer[]);
CREATE TYPE mood AS ENUM ('fine', 'bad');
CREATE DOMAIN small AS integer CHECK (VALUE < 10);
CREATE TABLE columns (a integer, dropped integer, b jsonb);
ALTER TABLE columns DROP COLUMN dropped;
INSERT INTO columns VALUES (1, '{"x": [1]}'), (NULL, NULL);
SELECT docdb.to_canonical_json(v) FROM (VALUES
    (docdb.to_value(1::smallint)), (docdb.to_value(1)), (docdb.to_value(1::bigint)),
    (docdb.to_value(0.1::real)), (docdb.to_value(0.1::float8)), (docdb.to_value(0.10)),
    (docdb.to_value('NaN'::real)), (docdb.to_value(true)), (docdb.to_value('5'::text)),
    (docdb.to_value('é"'::varchar)), (docdb.to_value('x'::char(3))), (docdb.to_value('n'::name)),
    (docdb.to_value('\x00ff'::bytea)), (docdb.to_value('{"a": 1}'::jsonb)),
    (docdb.to_value('[1, {"$numberLong": "1"}]'::json)),
    (docdb.to_value('2020-01-01 00:00:00.1+01'::timestamptz)),
    (docdb.to_value('2020-01-01 00:00:00.1'::timestamp)), (docdb.to_value('2020-01-01'::date)),
    (docdb.to_value('73ffd264-44b3-4c69-90e8-e7d1dfc035d4'::uuid)),
    (docdb.to_value('1 day'::interval)), (docdb.to_value('10.0.0.1'::inet)),
    (docdb.to_value('bad'::mood)), (docdb.to_value(7::small)),
    (docdb.to_value('{"a": {"$oid": "0102030405060708090a0b0c"}}'::bson)),
    (docdb.to_value('"x"'::bson_value)),
    (docdb.to_value(ARRAY[1, NULL, 3])), (docdb.to_value(ARRAY[[1, 2], [3, 4]])),
    (docdb.to_value('{}'::integer[])), (docdb.to_value('[5:6]={a,b}'::text[])),
    (docdb.to_value(ARRAY['{"a": 1}'::bson])),
    (docdb.to_value(ROW('x', ARRAY[1])::pair)), (docdb.to_value(ARRAY[ROW('x', NULL)::pair])),
    (docdb.to_value(ROW(1, 'a'::text, NULL)))
) AS t(v);
SELECT docdb.to_value(columns) FROM columns;
SELECT docdb.to_value(NULL::integer) IS NULL;
SET timezone = 'America/New_York';
SELECT docdb.to_value('2020-01-01 00:00:00'::timestamp), docdb.to_value('2020-07-01'::date);
RESET timezone;
DROP TABLE columns;
DROP TYPE pair, mood;
DROP DOMAIN small;
DROP FUNCTION cast_value;
