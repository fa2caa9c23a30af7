-- The stages $project, $unset and $addFields.

CREATE TEMP TABLE cases (
    n int GENERATED ALWAYS AS IDENTITY, document text, spec text, expected text);

CREATE FUNCTION pg_temp.outcome(stage text, document text, spec text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE stage
               WHEN '$project' THEN docdb.project_stage(document::bson, spec::bson)
               ELSE docdb.add_fields(document::bson, spec::bson)
           END::text;
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE || SQLERRM);
END $$;

CREATE FUNCTION pg_temp.check_cases(stage text)
    RETURNS TABLE (n int, spec text, got text, expected text)
LANGUAGE sql AS $$
    SELECT c.n, c.spec, got, c.expected
    FROM cases c, LATERAL pg_temp.outcome(stage, c.document, c.spec) AS got
    WHERE got IS DISTINCT FROM
          CASE WHEN c.expected LIKE 'error%' THEN c.expected ELSE c.expected::bson::text END
    ORDER BY c.n
$$;

-- $project.
INSERT INTO cases (document, spec, expected) VALUES
('{"_id": 1, "a": 1, "b": 2}', '{"a": 1}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": 0}', '{"_id": 1, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"_id": 0}', '{"a": 1, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"_id": 0, "x": "$b"}', '{"x": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"x": ["$a", "$b", "$c"]}', '{"_id": 1, "x": [1, 2, null]}'),
('{"_id": 1, "a": {"b": 1, "c": 2}}', '{"a": {"b": 1}}', '{"_id": 1, "a": {"b": 1}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}}', '{"a.b": 0}', '{"_id": 1, "a": {"c": 2}}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": "$$REMOVE", "b": 1}', '{"_id": 1, "b": 2}'),
('{"_id": 1}', '{}', 'error 51272'),
('{"_id": 1}', '{"a": {}}', 'error 51270'),
('{"_id": 1}', '{"a.$": 1}', 'error 31324'),
('{"_id": 1}', '{"a": {"$elemMatch": {"x": 1}}}', 'error 168'),
('{"_id": 1}', '{"a": {"$nope": 1}}', 'error 31325'),
('{"_id": 1}', '{"a": 1, "b": 0}', 'error 31254'),
('{"_id": 1}', '{"a": 1, "a.b": 1}', 'error 31249'),
('{"_id": 1}', '{"$a": 1}', 'error 16410');

SELECT * FROM pg_temp.check_cases('$project');
SELECT count(*) FROM cases;
TRUNCATE cases;

-- $addFields: new fields last, old ones in their place.
INSERT INTO cases (document, spec, expected) VALUES
('{"_id": 1, "a": 1, "b": 2}', '{}', '{"_id": 1, "a": 1, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"c": 3}', '{"_id": 1, "a": 1, "b": 2, "c": 3}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": 3}', '{"_id": 1, "a": 3, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": 0}', '{"_id": 1, "a": 0, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": true}', '{"_id": 1, "a": true, "b": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"d": "$a", "c": "$b", "b": "$a"}', '{"_id": 1, "a": 1, "b": 1, "d": 1, "c": 2}'),
('{"_id": 1, "a": 1, "b": 2}', '{"a": "$b", "b": "$a"}', '{"_id": 1, "a": 2, "b": 1}'),
('{"_id": 1, "a": 1}', '{"_id": "$a"}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 7}', '{"_id": "$a"}', '{"_id": 7, "a": 7}'),
('{"_id": 1, "a": 1}', '{"a": "$none"}', '{"_id": 1}'),
('{"_id": 1, "a": 1}', '{"a": "$$REMOVE"}', '{"_id": 1}'),
('{"_id": 1, "a": 1}', '{"x": "$none"}', '{"_id": 1, "a": 1}'),
('{"_id": 1, "a": 1}', '{"x": {}}', '{"_id": 1, "a": 1, "x": {}}'),
('{"_id": 1, "a": 1}', '{"a": {}}', '{"_id": 1, "a": {}}'),
('{"_id": 1, "a": 1}', '{"x": []}', '{"_id": 1, "a": 1, "x": []}'),
('{"_id": 1, "a": 1}', '{"x": {"$literal": {"b": "$a"}}}', '{"_id": 1, "a": 1, "x": {"b": "$a"}}'),
-- Below a field.
('{"_id": 1, "a": {"b": 1, "c": 2}}', '{"a.d": 3}', '{"_id": 1, "a": {"b": 1, "c": 2, "d": 3}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}}', '{"a.b": "$a.c"}', '{"_id": 1, "a": {"b": 2, "c": 2}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}}', '{"a": {"b": 5}}', '{"_id": 1, "a": {"b": 5, "c": 2}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}}', '{"a": {"b": "$none"}}', '{"_id": 1, "a": {"c": 2}}'),
('{"_id": 1, "a": 5}', '{"a.b": 1}', '{"_id": 1, "a": {"b": 1}}'),
('{"_id": 1, "a": null}', '{"a.b": 1}', '{"_id": 1, "a": {"b": 1}}'),
('{"_id": 1}', '{"a.b.c": 1, "a.d": 2}', '{"_id": 1, "a": {"b": {"c": 1}, "d": 2}}'),
('{"_id": 1}', '{"a.b": "$none"}', '{"_id": 1, "a": {}}'),
('{"_id": 1, "a": [1, {"b": 2, "c": 3}, [4, {"b": 5}], {}, []]}', '{"a.b": 9}', '{"_id": 1, "a": [{"b": 9}, {"b": 9, "c": 3}, [{"b": 9}, {"b": 9}], {"b": 9}, []]}'),
('{"_id": 1, "a": [1, 2]}', '{"a.0": 9}', '{"_id": 1, "a": [{"0": 9}, {"0": 9}]}'),
('{"_id": 1, "a": []}', '{"a.b": 9}', '{"_id": 1, "a": []}'),
-- Errors.
('{"_id": 1}', '{"a": 1, "a": 2}', 'error 40176'),
('{"_id": 1}', '{"a": 1, "a.b": 2}', 'error 40176'),
('{"_id": 1}', '{"a.b": 1, "a": 2}', 'error 40176'),
('{"_id": 1}', '{"a": {"b": 1}, "a.b": 2}', 'error 40176'),
('{"_id": 1}', '{"a": {"b.c": 1}}', 'error 40183'),
('{"_id": 1}', '{"a": {"$add": [1], "b": 1}}', 'error 40181'),
('{"_id": 1}', '{"a": {"$nope": 1}}', 'error 168'),
('{"_id": 1}', '{"$a": 1}', 'error 16410'),
('{"_id": 1}', '{"a.$b": 1}', 'error 16410'),
('{"_id": 1}', '{"a..b": 1}', 'error 15998'),
('{"_id": 1}', '{"a.": 1}', 'error 40353'),
('{"_id": 1}', '{"": 1}', 'error 40352');

SELECT * FROM pg_temp.check_cases('$addFields');
SELECT count(*) FROM cases;
TRUNCATE cases;

-- Every type of value passes through whole, as a field and below one.
CREATE TEMP TABLE type_values (name text, value bson_value);
INSERT INTO type_values VALUES
('double', '1.5'), ('string', '"s"'), ('object', '{"a": {"b": 1}}'), ('array', '[1, [2]]'),
('binary', '{"$binary": {"base64": "AQI=", "subType": "05"}}'),
('undefined', '{"$undefined": true}'), ('objectId', '{"$oid": "0102030405060708090a0b0c"}'),
('bool', 'false'), ('date', '{"$date": "2020-01-02T03:04:05.006Z"}'), ('null', 'null'),
('regex', '{"$regularExpression": {"pattern": "a|b", "options": "i"}}'),
('dbPointer', '{"$dbPointer": {"$ref": "c", "$id": {"$oid": "0102030405060708090a0b0c"}}}'),
('javascript', '{"$code": "f()"}'), ('symbol', '{"$symbol": "y"}'),
('javascriptWithScope', '{"$code": "f()", "$scope": {"x": 1}}'), ('int', '7'),
('timestamp', '{"$timestamp": {"t": 1, "i": 2}}'), ('long', '{"$numberLong": "8"}'),
('decimal', '{"$numberDecimal": "1.50"}'), ('minKey', '{"$minKey": 1}'),
('maxKey', '{"$maxKey": 1}');

SELECT name
FROM type_values,
     LATERAL (SELECT format('{"_id": 1, "v": %s, "w": {"v": %s, "u": 0}, "x": [{"v": %s}]}',
                            value, value, value)::bson AS document) d
WHERE docdb.project(document, '{"v": 1}')::text <> format('{"_id": 1, "v": %s}', value)
   OR docdb.project(document, '{"v": 0, "w.u": 0, "x": 0}')::text <> format('{"_id": 1, "w": {"v": %s}}', value)
   OR docdb.project(document, '{"w.v": 1, "x.v": 1, "_id": 0}')::text <> format('{"w": {"v": %s}, "x": [{"v": %s}]}', value, value)
   OR docdb.add_fields(document, '{"v": "$w.v", "w": "$$REMOVE", "x.y": "$v"}')::text
      <> format('{"_id": 1, "v": %s, "x": [{"v": %s, "y": %s}]}', value, value, value);
SELECT count(*) FROM type_values;

-- The walk over a document with more fields than a projection's sets have bits.
SELECT count(*) AS fields,
       docdb.project(document, inclusion) = document AS included,
       docdb.project(document, exclusion) = '{"_id": 0}' AS excluded,
       docdb.add_fields('{"_id": 0}', document) = document AS added
FROM generate_series(1, 200) i,
     LATERAL (SELECT ('{"_id": 0, ' || string_agg(format('"f%s": %s', j, j), ', ' ORDER BY j) || '}')::bson AS document,
                     ('{' || string_agg(format('"f%s": 1', j), ', ' ORDER BY j DESC) || '}')::bson AS inclusion,
                     ('{' || string_agg(format('"f%s": 0', j), ', ' ORDER BY j DESC) || '}')::bson AS exclusion
              FROM generate_series(1, 200) j) d
GROUP BY 2, 3, 4;

-- Depth: a projection as deep as a document may be, and one deeper.
SELECT docdb.project(('{"_id": 1, "a": ' || repeat('{"a": ', 198) || '1' || repeat('}', 199))::bson,
                     (format('{"%s": 1}', 'a' || repeat('.a', 198)))::bson)
       = ('{"_id": 1, "a": ' || repeat('{"a": ', 198) || '1' || repeat('}', 199))::bson AS same;
SELECT pg_temp.outcome('$addFields', '{"_id": 1}', format('{"%s": 1}', 'a' || repeat('.a', 198))) LIKE '{%' AS at_limit,
       pg_temp.outcome('$addFields', '{"_id": 1}', format('{"%s": 1}', 'a' || repeat('.a', 250))) AS too_deep;

-- Raw bytes of what is kept do not change: a document with -0.0, NaN with a payload, old binary.
SELECT docdb.project(document, '{"zzz": 0}')::bytea = document::bytea AS exclusion,
       docdb.add_fields(document, '{"_id": 1}')::bytea = document::bytea AS addition
FROM (SELECT '{"_id": 1, "z": -0.0, "n": {"$numberDouble": "NaN"}, "d": {"$numberDecimal": "1.000"}, "b": {"$binary": {"base64": "AAAAAA==", "subType": "02"}}, "a": [1, [2, {"b": 3}]]}'::bson AS document) d;
