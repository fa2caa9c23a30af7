-- The value of an expression for a document, "missing", or MongoDB's error code.
CREATE FUNCTION pg_temp.try(expression text, document text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    RETURN coalesce(docdb.eval(expression::bson_value, document::bson)::text, 'missing');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
    RETURN coalesce((docdb.error_info(state)).code::text, state);
END
$$;

-- Cases whose result is not the expected one, and how many cases there are.
CREATE TEMP TABLE cases (n serial, expression text, document text DEFAULT '{}', expected text);
CREATE FUNCTION pg_temp.report() RETURNS TABLE (n int, expression text, document text, expected text, result text)
LANGUAGE sql AS $$
    SELECT c.n, c.expression, c.document, c.expected, t.result
    FROM pg_temp.cases AS c, LATERAL (SELECT pg_temp.try(c.expression, c.document) AS result) AS t
    WHERE t.result IS DISTINCT FROM c.expected ORDER BY c.n
$$;

-- A value of every type; the missing one is no field at all.
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

SELECT name, pg_temp.try('{"$getField": {"field": "a", "input": "$v"}}', '{' || field || '}') AS get_field,
       pg_temp.try('{"$getField": "$v"}', '{"seven": 5, ' || coalesce(nullif(field, ''), '"w": 1') || '}') AS field,
       pg_temp.try('{"$setField": {"field": "a", "input": "$v", "value": 5}}', '{' || field || '}') AS set_field,
       pg_temp.try('{"$unsetField": {"field": "a", "input": "$v"}}', '{' || field || '}') AS unset_field,
       pg_temp.try('{"$bsonSize": "$v"}', '{' || field || '}') AS size
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$setField": {"field": "a", "input": {"a": 1, "b": 2}, "value": "$v"}}', '{' || field || '}') AS value,
       pg_temp.try(format('{"$setField": {"field": %s, "input": {}, "value": 1}}', coalesce(substr(nullif(field, ''), 6), '"$v"')), '{}') AS field,
       pg_temp.try(format('{"$getField": {"$literal": %s}}', coalesce(substr(nullif(field, ''), 6), '"$v"')), '{}') AS literal
FROM types ORDER BY n;

INSERT INTO cases (expression, document, expected) VALUES
    ('{"$getField": "a"}', '{"a": 1}', '1'),
    ('{"$getField": "a.b"}', '{"a.b": 1, "a": {"b": 2}}', '1'),
    ('{"$getField": {"$literal": "$a"}}', '{"$a": 1}', '1'),
    ('{"$getField": {"$const": "$a.b"}}', '{"$a.b": 1}', '1'),
    ('{"$getField": {"$concat": ["a", "b"]}}', '{"ab": 1}', '1'),
    ('{"$getField": {"field": "$name", "input": "$$ROOT"}}', '{"name": "x", "x": 7}', '7'),
    ('{"$getField": {"field": "b", "input": {"$getField": "a"}}}', '{"a": {"b": [1]}}', '[1]'),
    ('{"$getField": {"field": "a", "input": "$d"}}', '{"d": [{"a": 1}]}', 'missing'),
    ('{"$getField": "nope"}', '{"a": 1}', 'missing'),
    ('{"$getField": {"field": "a", "input": {"a": null}}}', '{}', 'null'),
    ('{"$map": {"input": [{"b": 5}], "as": "CURRENT", "in": {"$getField": "b"}}}', '{"b": 1}', '[5]'),
    ('{"$getField": {"field": "a"}}', '{}', '3041703'),
    ('{"$getField": {"input": {"a": 1}}}', '{}', '3041702'),
    ('{"$getField": {}}', '{}', '3041702'),
    ('{"$getField": {"field": "a", "input": {}, "x": 1}}', '{}', '3041701'),
    ('{"$getField": 5}', '{}', '3041704'),
    ('{"$getField": ["a"]}', '{"a": 1}', '3041704'),
    ('{"$getField": {"field": {"a": 1}, "input": {}}}', '{}', '3041704'),
    ('{"$setField": {"field": "b", "input": {"a": 1, "b": 2, "c": 3}, "value": "x"}}', '{}', '{"a": 1, "b": "x", "c": 3}'),
    ('{"$setField": {"field": "d", "input": {"a": 1}, "value": {"$add": [1, 1]}}}', '{}', '{"a": 1, "d": 2}'),
    ('{"$setField": {"field": "a.b", "input": "$$ROOT", "value": 5}}', '{"a": {"b": 1}}', '{"a": {"b": 1}, "a.b": 5}'),
    ('{"$setField": {"field": {"$literal": "$p"}, "input": {}, "value": 5}}', '{}', '{"$p": 5}'),
    ('{"$setField": {"field": "b", "input": {"a": 1, "b": 2}, "value": "$$REMOVE"}}', '{}', '{"a": 1}'),
    ('{"$setField": {"field": "x", "input": {"a": 1}, "value": "$nope"}}', '{}', '{"a": 1}'),
    ('{"$setField": {"field": "x", "input": null, "value": {"$divide": [1, "$zero"]}}}', '{"zero": 0}', 'null'),
    ('{"$setField": {"field": "", "input": {}, "value": 1}}', '{}', '{"": 1}'),
    ('{"$setField": 5}', '{}', '4161100'),
    ('{"$setField": {"field": "a", "input": {}, "value": 1, "x": 1}}', '{}', '4161101'),
    ('{"$setField": {"input": {}, "value": 1}}', '{}', '4161102'),
    ('{"$setField": {"field": "a", "input": {}}}', '{}', '4161103'),
    ('{"$setField": {"field": "a", "value": 1}}', '{}', '4161109'),
    ('{"$setField": {"field": "a", "input": [], "value": 1}}', '{}', '4161105'),
    ('{"$setField": {"field": "$a", "input": {}, "value": 1}}', '{"a": "b"}', '4161108'),
    ('{"$setField": {"field": "$$ROOT", "input": {}, "value": 1}}', '{}', '4161108'),
    ('{"$setField": {"field": {"$concat": ["a", "b"]}, "input": {}, "value": 1}}', '{}', '4161106'),
    ('{"$setField": {"field": {}, "input": {}, "value": 1}}', '{}', '4161107'),
    -- the operands are not computed beforehand, so errors in them wait until they are needed
    ('{"$setField": {"field": "a", "input": "$x", "value": {"$abs": "a"}}}', '{}', 'null'),
    ('{"$setField": {"field": "a", "input": {}, "value": {"$abs": "a"}}}', '{}', '28765'),
    ('{"$setField": {"field": "a", "input": {}, "value": {"$cond": [true, 1, {"$abs": "a"}]}}}', '{}', '{"a": 1}'),
    ('{"$setField": {"field": "a", "input": {}, "value": {"$setEquals": [[1], [1]]}}}', '{}', '{"a": true}'),
    ('{"$setField": {"field": "a", "input": {}, "value": {"$setEquals": [[1], 1]}}}', '{}', '17044'),
    ('{"$setField": {"field": "a", "input": {}, "value": {"$dateTrunc": {"date": "$d", "unit": "day"}}}}', '{}', '{"a": null}'),
    ('{"$let": {"vars": {"v": 5}, "in": {"$setField": {"field": "a", "input": {}, "value": {"$add": ["$$v", 1]}}}}}', '{}', '{"a": 6}'),
    ('{"$let": {"vars": {"v": {"q": 1}}, "in": {"$getField": {"field": "q", "input": "$$v"}}}}', '{}', '1'),
    ('{"$setField": {"field": [], "input": {}, "value": 1}}', '{}', '4161106'),
    ('{"$setField": {"field": 5, "input": {}, "value": 1}}', '{}', '4161107'),
    ('{"$setField": {"field": {"$literal": []}, "input": {}, "value": 1}}', '{}', '4161107'),
    ('{"$setField": {"field": "a\u0000b", "input": {}, "value": 1}}', '{}', '9534700'),
    ('{"$unsetField": {"field": "a.b", "input": {"$literal": {"a.b": 1, "c": 2}}}}', '{}', '{"c": 2}'),
    ('{"$unsetField": {"field": "x", "input": {"a": 1}}}', '{}', '{"a": 1}'),
    ('{"$unsetField": {"field": "a", "input": {"a": 1}, "value": 1}}', '{}', '4161101'),
    ('{"$unsetField": {"input": {"a": 1}}}', '{}', '4161102'),
    ('{"$unsetField": {"field": "a"}}', '{}', '4161109'),
    ('{"$unsetField": {"field": "$a", "input": {}}}', '{}', '4161108'),
    ('{"$bsonSize": {}}', '{}', '5'),
    ('{"$bsonSize": "$$ROOT"}', '{"a": 1}', '12'),
    ('{"$bsonSize": ["$a"]}', '{"a": {"b": "xyz"}}', '16'),
    ('{"$bsonSize": ["$a", 1]}', '{"a": {}}', '16020');
SELECT * FROM pg_temp.report();
SELECT count(*) FROM cases;
