-- Update operators on fields and numbers: $set, $setOnInsert, $unset, $rename, $currentDate, $inc,
-- $mul, $min, $max, $bit.

CREATE TEMP TABLE cases (
    n int GENERATED ALWAYS AS IDENTITY, document text, update text, expected text,
    is_insert boolean DEFAULT false, filters text);

-- The outcome: a document, "same" where nothing changes, or "error" and MongoDB's code.
CREATE FUNCTION pg_temp.outcome(document text, update text, is_insert boolean, filters text)
    RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN COALESCE(docdb.updated(document::bson, update::bson_value, NULL, is_insert,
                                  filters::bson_value)::text, 'same');
EXCEPTION WHEN OTHERS THEN
    RETURN 'error ' || COALESCE((docdb.error_info(SQLSTATE)).code::text, SQLSTATE || SQLERRM);
END $$;

CREATE FUNCTION pg_temp.check_cases()
    RETURNS TABLE (n int, document text, update text, got text, expected text)
LANGUAGE sql AS $$
    SELECT c.n, c.document, c.update, got, c.expected
    FROM cases c, LATERAL pg_temp.outcome(c.document, c.update, c.is_insert, c.filters) AS got
    WHERE got IS DISTINCT FROM
          CASE WHEN c.expected LIKE '{%' THEN c.expected::bson::text ELSE c.expected END
    ORDER BY c.n
$$;

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

-- $set, $setOnInsert and $unset with values of every type, on fields of every type.
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE set IS DISTINCT FROM format('{"_id": 1, "v": %s, "w": 1}', new.value)
                          AND NOT (old.name = new.name AND set = 'same')) AS set_wrong,
       count(*) FILTER (WHERE ins IS DISTINCT FROM set) AS insert_wrong,
       count(*) FILTER (WHERE noins <> 'same') AS no_insert_wrong,
       count(*) FILTER (WHERE unset <> '{"_id": 1, "w": 1}') AS unset_wrong,
       count(*) FILTER (WHERE created <> format('{"_id": 1, "x": {"y": %s}}', new.value)) AS created_wrong
FROM type_values old, type_values new,
     LATERAL (SELECT format('{"_id": 1, "v": %s, "w": 1}', old.value) AS document) d,
     LATERAL (SELECT pg_temp.outcome(document, format('{"$set": {"v": %s}}', new.value), false, NULL) AS set,
                     pg_temp.outcome(document, format('{"$setOnInsert": {"v": %s}}', new.value), true, NULL) AS ins,
                     pg_temp.outcome(document, format('{"$setOnInsert": {"v": %s}}', new.value), false, NULL) AS noins,
                     pg_temp.outcome(document, format('{"$unset": {"v": %s}}', new.value), false, NULL) AS unset,
                     pg_temp.outcome('{"_id": 1}', format('{"$set": {"x.y": %s}}', new.value), false, NULL) AS created) r;

-- The same value of another type is another value.
INSERT INTO cases (document, update, expected) VALUES
('{"_id": 1, "a": 1}', '{"$set": {"a": 1}}', 'same'),
('{"_id": 1, "a": 1}', '{"$set": {"a": 1.0}}', '{"_id": 1, "a": 1.0}'),
('{"_id": 1, "a": 1}', '{"$set": {"a": {"$numberLong": "1"}}}', '{"_id": 1, "a": {"$numberLong": "1"}}'),
('{"_id": 1, "a": 0.0}', '{"$set": {"a": -0.0}}', '{"_id": 1, "a": -0.0}'),
('{"_id": 1, "a": {"$numberDecimal": "1.0"}}', '{"$set": {"a": {"$numberDecimal": "1.00"}}}', '{"_id": 1, "a": {"$numberDecimal": "1.00"}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}}', '{"$set": {"a": {"b": 1, "c": 2}}}', 'same'),
('{"_id": 1, "a": {"b": 1, "c": 2}}', '{"$set": {"a": {"c": 2, "b": 1}}}', '{"_id": 1, "a": {"c": 2, "b": 1}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}}', '{"$set": {"a": {"b": 1}}}', '{"_id": 1, "a": {"b": 1}}'),
('{"_id": 1, "a": {"b": 1, "c": 2}, "d": 3}', '{"$unset": {"a.b": "", "d": ""}}', '{"_id": 1, "a": {"c": 2}}'),
('{"_id": 1, "a": {"b": 1}}', '{"$unset": {"a.b": ""}}', '{"_id": 1, "a": {}}'),
('{"_id": 1, "a": "$b"}', '{"$set": {"a": "$$c"}}', '{"_id": 1, "a": "$$c"}');

-- $rename.
INSERT INTO cases (document, update, expected) VALUES
('{"_id": 1, "a": 5, "b": 6}', '{"$rename": {"a": "c"}}', '{"_id": 1, "b": 6, "c": 5}'),
('{"_id": 1, "a": 5, "b": 6, "c": 7}', '{"$rename": {"a": "b"}}', '{"_id": 1, "b": 5, "c": 7}'),
('{"_id": 1, "a": 5, "b": 5}', '{"$rename": {"a": "b"}}', '{"_id": 1, "b": 5}'),
('{"_id": 1, "b": 6}', '{"$rename": {"a": "b"}}', 'same'),
('{"_id": 1, "b": 6}', '{"$rename": {"a.x": "c.y"}}', 'same'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": "b.c.d"}}', '{"_id": 1, "b": {"c": {"d": 5}}}'),
('{"_id": 1, "a": {"x": 1, "y": 2}}', '{"$rename": {"a.x": "z"}}', '{"_id": 1, "a": {"y": 2}, "z": 1}'),
('{"_id": 1, "a": {"x": 1, "y": 2}}', '{"$rename": {"a.x": "a.z"}}', '{"_id": 1, "a": {"y": 2, "z": 1}}'),
('{"_id": 1, "a": {"x": 1}}', '{"$rename": {"a.x": "b"}}', '{"_id": 1, "a": {}, "b": 1}'),
('{"_id": 1, "a": [1, 2]}', '{"$rename": {"a": "b"}}', '{"_id": 1, "b": [1, 2]}'),
('{"_id": 1, "a": 5, "b": [1]}', '{"$rename": {"a": "b"}}', '{"_id": 1, "b": 5}'),
('{"_id": 1, "a": 5, "b": 6}', '{"$rename": {"a": "c", "b": "d"}}', '{"_id": 1, "c": 5, "d": 6}'),
('{"_id": 1, "a": 5, "c": {"d": 1}}', '{"$rename": {"a": "c.x"}, "$set": {"c.y": 2}}', '{"_id": 1, "c": {"d": 1, "x": 5, "y": 2}}'),
('{"_id": 1, "a": 5, "b": 6}', '{"$rename": {"none": "x.y"}, "$set": {"x.z": 1}}', '{"_id": 1, "a": 5, "b": 6, "x": {"z": 1}}'),
('{"_id": 1, "b": 6}', '{"$rename": {"a": "b.c"}}', 'same'),
('{"_id": 1, "a": [{"b": 1}]}', '{"$rename": {"a.0.c": "d"}}', 'same'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": 1}}', 'error 2'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": null}}', 'error 2'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": {"$code": "b"}}}', 'error 2'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": "a"}}', 'error 2'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": "a.b"}}', 'error 2'),
('{"_id": 1, "a": {"b": 1}}', '{"$rename": {"a.b": "a"}}', 'error 2'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": "b\u0000c"}}', 'error 2'),
('{"_id": 1, "a": [5]}', '{"$rename": {"a.$": "b"}}', 'error 2'),
('{"_id": 1, "a": [5]}', '{"$rename": {"b": "a.$"}}', 'error 2'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": ""}}', 'error 56'),
('{"_id": 1, "a": 5}', '{"$rename": {"": "a"}}', 'error 56'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": "b..c"}}', 'error 56'),
('{"_id": 1, "a": 5}', '{"$rename": {"a": "$b"}}', 'error 52'),
('{"_id": 1, "a": 5, "b": 6}', '{"$rename": {"a": "b.c"}}', 'error 28'),
('{"_id": 1, "b": 6}', '{"$rename": {"b.c": "d"}}', 'error 28'),
('{"_id": 1, "a": [{"b": 1}]}', '{"$rename": {"a.b": "c"}}', 'error 28'),
('{"_id": 1, "a": [{"b": 1}]}', '{"$rename": {"a.0.b": "c"}}', 'error 2'),
('{"_id": 1, "a": [1]}', '{"$rename": {"a.0": "c"}}', 'error 2'),
('{"_id": 1, "a": [1], "b": 2}', '{"$rename": {"b": "a.0"}}', 'error 2'),
('{"_id": 1, "a": [{}], "b": 2}', '{"$rename": {"b": "a.0.c"}}', 'error 2');

-- $currentDate: what is wrong with an operand.
INSERT INTO cases (document, update, expected)
SELECT '{"_id": 1}', format('{"$currentDate": {"a": %s}}', operand), 'error 2'
FROM (VALUES ('1'), ('null'), ('"date"'), ('[true]'), ('{}'), ('{"$type": "x"}'), ('{"$type": true}'),
             ('{"$type": "Date"}'), ('{"$type": "date", "x": 1}'), ('{"x": 1}')) o (operand);

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;
TRUNCATE cases;

SELECT u.update,
       pgtype, abs(extract(epoch FROM clock_timestamp()) - seconds) < 3600 AS is_now
FROM (VALUES ('{"$currentDate": {"a.b": true}}'::bson_value), ('{"$currentDate": {"a.b": false}}'),
             ('{"$currentDate": {"a.b": {"$type": "date"}}}'),
             ('{"$currentDate": {"a.b": {"$type": "timestamp"}}}')) u (update),
     LATERAL (SELECT docdb.update_document('{"_id": 1, "a": {"b": 1}}', update) AS result) r,
     LATERAL (SELECT result::jsonb #> '{a,b}' AS b) b,
     LATERAL (SELECT (SELECT key FROM jsonb_each(b) LIMIT 1) AS pgtype,
                     COALESCE((b #>> '{$timestamp,t}')::numeric,
                              extract(epoch FROM (b ->> '$date')::timestamptz)) AS seconds) s;

-- $inc and $mul: the types of numbers.
CREATE TEMP TABLE numbers (name text, value text);
INSERT INTO numbers VALUES
('int', '3'), ('long', '{"$numberLong": "4"}'), ('double', '2.5'), ('decimal', '{"$numberDecimal": "1.5"}');
SELECT o.name AS old, n.name AS operand, inc, mul
FROM numbers o, numbers n,
     LATERAL (SELECT format('{"a": %s}', o.value) AS document) d,
     LATERAL (SELECT pg_temp.outcome(document, format('{"$inc": {"a": %s}}', n.value), false, NULL) AS inc,
                     pg_temp.outcome(document, format('{"$mul": {"a": %s}}', n.value), false, NULL) AS mul) r
ORDER BY o.name, n.name;

INSERT INTO cases (document, update, expected) VALUES
('{"_id": 1}', '{"$inc": {"a": 5}}', '{"_id": 1, "a": 5}'),
('{"_id": 1}', '{"$inc": {"a.b": {"$numberLong": "5"}}}', '{"_id": 1, "a": {"b": {"$numberLong": "5"}}}'),
('{"_id": 1}', '{"$inc": {"a": 1.5}}', '{"_id": 1, "a": 1.5}'),
('{"_id": 1}', '{"$inc": {"a": {"$numberDecimal": "1.50"}}}', '{"_id": 1, "a": {"$numberDecimal": "1.50"}}'),
('{"_id": 1}', '{"$inc": {"a": 0}}', '{"_id": 1, "a": 0}'),
('{"_id": 1}', '{"$mul": {"a": 5}}', '{"_id": 1, "a": 0}'),
('{"_id": 1}', '{"$mul": {"a": {"$numberLong": "5"}}}', '{"_id": 1, "a": {"$numberLong": "0"}}'),
('{"_id": 1}', '{"$mul": {"a": 1.5}}', '{"_id": 1, "a": 0.0}'),
('{"_id": 1}', '{"$mul": {"a": {"$numberDecimal": "1.5"}}}', '{"_id": 1, "a": {"$numberDecimal": "0.0"}}'),
('{"_id": 1, "a": 5}', '{"$inc": {"a": -7}}', '{"_id": 1, "a": -2}'),
('{"_id": 1, "a": 5}', '{"$inc": {"a": 0}}', 'same'),
('{"_id": 1, "a": 5}', '{"$mul": {"a": 1}}', 'same'),
('{"_id": 1, "a": 5}', '{"$inc": {"a": {"$numberLong": "0"}}}', '{"_id": 1, "a": {"$numberLong": "5"}}'),
('{"_id": 1, "a": 5}', '{"$inc": {"a": 0.0}}', '{"_id": 1, "a": 5.0}'),
('{"_id": 1, "a": 5, "b": 1}', '{"$inc": {"a": 1, "b": 2}, "$mul": {"c": 3}}', '{"_id": 1, "a": 6, "b": 3, "c": 0}'),
-- Overflow: of an int into a long, of a long an error, of a double into infinity.
('{"_id": 1, "a": 2147483647}', '{"$inc": {"a": 1}}', '{"_id": 1, "a": {"$numberLong": "2147483648"}}'),
('{"_id": 1, "a": -2147483648}', '{"$inc": {"a": -1}}', '{"_id": 1, "a": {"$numberLong": "-2147483649"}}'),
('{"_id": 1, "a": 2147483647}', '{"$mul": {"a": 2}}', '{"_id": 1, "a": {"$numberLong": "4294967294"}}'),
('{"_id": 1, "a": {"$numberLong": "9223372036854775807"}}', '{"$inc": {"a": 1}}', 'error 2'),
('{"_id": 1, "a": {"$numberLong": "-9223372036854775808"}}', '{"$inc": {"a": -1}}', 'error 2'),
('{"_id": 1, "a": {"$numberLong": "-9223372036854775808"}}', '{"$mul": {"a": -1}}', 'error 2'),
('{"_id": 1, "a": {"$numberLong": "4611686018427387904"}}', '{"$mul": {"a": 2}}', 'error 2'),
('{"_id": 1, "a": {"$numberLong": "4611686018427387904"}}', '{"$mul": {"a": {"$numberLong": "2"}}}', 'error 2'),
('{"_id": 1, "a": {"$numberLong": "9223372036854775807"}}', '{"$inc": {"a": 1.0}}', '{"_id": 1, "a": 9223372036854775808.0}'),
('{"_id": 1, "a": {"$numberLong": "9223372036854775807"}}', '{"$inc": {"a": {"$numberDecimal": "1"}}}', '{"_id": 1, "a": {"$numberDecimal": "9223372036854775808"}}'),
('{"_id": 1, "a": 1e308}', '{"$mul": {"a": 10}}', '{"_id": 1, "a": {"$numberDouble": "Infinity"}}'),
('{"_id": 1, "a": {"$numberDouble": "Infinity"}}', '{"$inc": {"a": {"$numberDouble": "-Infinity"}}}', '{"_id": 1, "a": {"$numberDouble": "NaN"}}'),
('{"_id": 1, "a": {"$numberDouble": "NaN"}}', '{"$inc": {"a": 1}}', 'same'),
('{"_id": 1, "a": 0.1}', '{"$inc": {"a": 0.2}}', '{"_id": 1, "a": 0.30000000000000004}'),
('{"_id": 1, "a": {"$numberDecimal": "0.1"}}', '{"$inc": {"a": {"$numberDecimal": "0.2"}}}', '{"_id": 1, "a": {"$numberDecimal": "0.3"}}'),
('{"_id": 1, "a": {"$numberDecimal": "9.999999999999999999999999999999999E+6144"}}', '{"$mul": {"a": 10}}', '{"_id": 1, "a": {"$numberDecimal": "Infinity"}}');

-- Whatever is no number is refused, as operand and as field.
INSERT INTO cases (document, update, expected)
SELECT '{"_id": 1, "a": 1}', format('{"%s": {"a": %s}}', op, value), 'error 14'
FROM type_values, (VALUES ('$inc'), ('$mul')) o (op)
WHERE name NOT IN ('int', 'long', 'double', 'decimal')
UNION ALL
SELECT format('{"_id": 1, "a": %s}', value), format('{"%s": {"a": 1}}', op), 'error 14'
FROM type_values, (VALUES ('$inc'), ('$mul')) o (op)
WHERE name NOT IN ('int', 'long', 'double', 'decimal');

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;
TRUNCATE cases;

-- $min and $max over all pairs of types, in the order of BSON values.
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE min IS DISTINCT FROM CASE WHEN new.value < old.value THEN format('{"a": %s}', new.value) ELSE 'same' END) AS min_wrong,
       count(*) FILTER (WHERE max IS DISTINCT FROM CASE WHEN new.value > old.value THEN format('{"a": %s}', new.value) ELSE 'same' END) AS max_wrong,
       count(*) FILTER (WHERE created_min <> format('{"_id": 1, "a": %s}', new.value) OR created_min <> created_max) AS created_wrong
FROM type_values old, type_values new,
     LATERAL (SELECT pg_temp.outcome(format('{"a": %s}', old.value), format('{"$min": {"a": %s}}', new.value), false, NULL) AS min,
                     pg_temp.outcome(format('{"a": %s}', old.value), format('{"$max": {"a": %s}}', new.value), false, NULL) AS max,
                     pg_temp.outcome('{"_id": 1}', format('{"$min": {"a": %s}}', new.value), false, NULL) AS created_min,
                     pg_temp.outcome('{"_id": 1}', format('{"$max": {"a": %s}}', new.value), false, NULL) AS created_max) r;

INSERT INTO cases (document, update, expected) VALUES
('{"a": 5}', '{"$min": {"a": 4}}', '{"a": 4}'),
('{"a": 5}', '{"$min": {"a": 5}}', 'same'),
('{"a": 5}', '{"$min": {"a": 5.0}}', 'same'),
('{"a": 5}', '{"$max": {"a": 5.0}}', 'same'),
('{"a": 5}', '{"$max": {"a": 5.5}}', '{"a": 5.5}'),
('{"a": 5}', '{"$max": {"a": "1"}}', '{"a": "1"}'),
('{"a": 5}', '{"$min": {"a": null}}', '{"a": null}'),
('{"a": null}', '{"$max": {"a": 5}}', '{"a": 5}'),
('{"a": {"$numberDouble": "NaN"}}', '{"$max": {"a": -5}}', '{"a": -5}'),
('{"a": -5}', '{"$min": {"a": {"$numberDouble": "NaN"}}}', '{"a": {"$numberDouble": "NaN"}}'),
('{"a": {"b": 1}}', '{"$max": {"a": {"b": 2}}}', '{"a": {"b": 2}}'),
('{"a": [1, 2]}', '{"$max": {"a": [1, 3]}}', '{"a": [1, 3]}'),
('{"a": {"$date": "2020-01-01T00:00:00Z"}}', '{"$max": {"a": {"$date": "2020-01-02T00:00:00Z"}}}', '{"a": {"$date": "2020-01-02T00:00:00Z"}}'),
-- $bit.
('{"a": 13}', '{"$bit": {"a": {"and": 10}}}', '{"a": 8}'),
('{"a": 3}', '{"$bit": {"a": {"or": 5}}}', '{"a": 7}'),
('{"a": 1}', '{"$bit": {"a": {"xor": 5}}}', '{"a": 4}'),
('{"a": 12}', '{"$bit": {"a": {"and": 10, "or": 1, "xor": 15}}}', '{"a": 6}'),
('{"a": 12}', '{"$bit": {"a": {"xor": 15, "or": 1, "and": 10}}}', '{"a": 2}'),
('{"a": 8}', '{"$bit": {"a": {"or": 8}}}', 'same'),
('{"a": 8}', '{"$bit": {"a": {"or": {"$numberLong": "8"}}}}', '{"a": {"$numberLong": "8"}}'),
('{"a": {"$numberLong": "8"}}', '{"$bit": {"a": {"and": 12}}}', 'same'),
('{"a": {"$numberLong": "8"}}', '{"$bit": {"a": {"or": 1}}}', '{"a": {"$numberLong": "9"}}'),
('{"a": -1}', '{"$bit": {"a": {"and": {"$numberLong": "4294967296"}}}}', '{"a": {"$numberLong": "4294967296"}}'),
('{"a": -1}', '{"$bit": {"a": {"xor": 1}}}', '{"a": -2}'),
('{}', '{"$bit": {"a": {"or": 5}}}', '{"a": 5}'),
('{}', '{"$bit": {"a": {"and": 5}}}', '{"a": 0}'),
('{}', '{"$bit": {"a": {"xor": {"$numberLong": "5"}}}}', '{"a": {"$numberLong": "5"}}'),
('{"a": 1}', '{"$bit": {"a": {}}}', 'error 2'),
('{"a": 1}', '{"$bit": {"a": {"not": 1}}}', 'error 2'),
('{"a": 1}', '{"$bit": {"a": {"and": 1.0}}}', 'error 2'),
('{"a": 1}', '{"$bit": {"a": {"and": "x"}}}', 'error 2');
INSERT INTO cases (document, update, expected)
SELECT '{"a": 1}', format('{"$bit": {"a": %s}}', value), 'error 2' FROM type_values
UNION ALL
SELECT format('{"a": %s}', value), '{"$bit": {"a": {"or": 1}}}', 'error 2'
FROM type_values WHERE name NOT IN ('int', 'long');

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;

\set VERBOSITY terse
SELECT docdb.update_document('{"_id": 1, "a": "x"}', '{"$inc": {"a": 1}}');
SELECT docdb.update_document('{"_id": 1, "a": 1}', '{"$inc": {"a": "x"}}');
SELECT docdb.update_document('{"_id": 1, "a": {"b": {"$numberLong": "9223372036854775807"}}}', '{"$inc": {"a.b": 1}}');
SELECT docdb.update_document('{"_id": 1, "a": [1]}', '{"$rename": {"a.0": "b"}}');
SELECT docdb.update_document('{"_id": 1, "a": 1.5}', '{"$bit": {"a": {"or": 1}}}');
