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

SELECT name, pg_temp.try('{"$toHashedIndexKey": "$v"}', '{' || field || '}') AS hash,
       pg_temp.try(format('{"$meta": %s}', coalesce(substr(nullif(field, ''), 6), '"$v"')), '{}') AS meta,
       pg_temp.try(format('{"$rand": %s}', coalesce(substr(nullif(field, ''), 6), '"$v"')), '{}') AS rand
FROM types ORDER BY n;

INSERT INTO cases (expression, document, expected) VALUES
    -- hashes as MongoDB's tests have them
    ('{"$toHashedIndexKey": 0}', '{}', '4854801880128277513'),
    ('{"$toHashedIndexKey": 0.456}', '{}', '4854801880128277513'),
    ('{"$toHashedIndexKey": {"$numberLong": "0"}}', '{}', '4854801880128277513'),
    ('{"$toHashedIndexKey": {"$numberDouble": "NaN"}}', '{}', '4854801880128277513'),
    ('{"$toHashedIndexKey": 1}', '{}', '5902408780260971510'),
    ('{"$toHashedIndexKey": -1.789}', '{}', '1140205862565771219'),
    ('{"$toHashedIndexKey": {"$numberDouble": "1.7976931348623157e308"}}', '{}', '921523596458303250'),
    ('{"$toHashedIndexKey": {"$numberLong": "9223372036854775807"}}', '{}', '921523596458303250'),
    ('{"$toHashedIndexKey": {"$numberLong": "-9223372036854775808"}}', '{}', '4532067210535695462'),
    ('{"$toHashedIndexKey": {"$minKey": 1}}', '{}', '7961148599568647290'),
    ('{"$toHashedIndexKey": {"$maxKey": 1}}', '{}', '5504842513779440750'),
    ('{"$toHashedIndexKey": "abc"}', '{}', '8478485326885698097'),
    ('{"$toHashedIndexKey": {"$symbol": "abc"}}', '{}', '8478485326885698097'),
    ('{"$toHashedIndexKey": ""}', '{}', '2049396243249673340'),
    ('{"$toHashedIndexKey": {"a": "abc", "b": {"$numberLong": "123"}}}', '{}', '4771603801758380216'),
    ('{"$toHashedIndexKey": {}}', '{}', '7980500913326740417'),
    ('{"$toHashedIndexKey": ["bar", "baz", "qux"]}', '{}', '-2938911267422831539'),
    ('{"$toHashedIndexKey": {"$literal": ["bar", "baz", "qux"]}}', '{}', '-2938911267422831539'),
    ('{"$toHashedIndexKey": []}', '{}', '8849948234993459283'),
    ('{"$toHashedIndexKey": "string to hash"}', '{}', '763543691661428748'),
    ('{"$toHashedIndexKey": {"$binary": {"base64": "AAECAwQG", "subType": "00"}}}', '{}', '7252465090394235301'),
    ('{"$toHashedIndexKey": {"$oid": "010203040506070809101112"}}', '{}', '-5588663249627035708'),
    ('{"$toHashedIndexKey": true}', '{}', '6405873908747105701'),
    ('{"$toHashedIndexKey": false}', '{}', '6289544573401934092'),
    ('{"$toHashedIndexKey": {"$date": {"$numberLong": "0"}}}', '{}', '-1178696894582842035'),
    ('{"$toHashedIndexKey": {"$regularExpression": {"pattern": "mongodb", "options": ""}}}', '{}', '-7275792090268217043'),
    ('{"$toHashedIndexKey": {"$dbPointer": {"$ref": "c", "$id": {"$oid": "010203040506070809101112"}}}}', '{}', '940175826736461384'),
    ('{"$toHashedIndexKey": {"$code": "func f() { return 1; }"}}', '{}', '6861638109178014270'),
    ('{"$toHashedIndexKey": {"$code": "func f() { return 1; }", "$scope": {"c": true}}}', '{}', '501342939894575968'),
    ('{"$toHashedIndexKey": null}', '{}', '2338878944348059895'),
    ('{"$toHashedIndexKey": "$nope"}', '{}', '2338878944348059895'),
    -- what is refused
    ('{"$meta": "textScore"}', '{}', '40218'),
    ('{"$meta": "geoNearDistance"}', '{}', '40218'),
    ('{"$meta": "score"}', '{}', '40218'),
    ('{"$type": {"$meta": "sortKey"}}', '{}', '"missing"'),
    ('{"$type": {"$meta": "searchScore"}}', '{}', '40218'),
    ('{"$meta": "nonsense"}', '{}', '17308'),
    ('{"$meta": "textScore\u0000"}', '{}', '17308'),
    ('{"$meta": ["textScore"]}', '{}', '17307'),
    ('{"$meta": 5}', '{}', '17307'),
    ('{"$function": {"body": "function() {}", "args": [], "lang": "js"}}', '{}', '31264'),
    ('{"$function": 5}', '{}', '31260'),
    ('{"$function": {"args": [], "lang": "js"}}', '{}', '31261'),
    ('{"$function": {"body": 5, "args": [], "lang": "js"}}', '{}', '31262'),
    ('{"$function": {"body": "$a", "args": [], "lang": "js"}}', '{}', '31432'),
    ('{"$function": {"body": "f", "lang": "js"}}', '{}', '31263'),
    ('{"$function": {"body": "f", "args": []}}', '{}', '31418'),
    ('{"$function": {"body": "f", "args": [], "lang": "py"}}', '{}', '31419'),
    ('{"$accumulator": {}}', '{}', '168'),
    -- encrypted strings: there are none, so the text that is searched for never is one
    ('{"$encStrStartsWith": {"input": "$a", "prefix": "x"}}', '{"a": "xy"}', '10111803'),
    ('{"$encStrEndsWith": {"input": "$a", "suffix": "x"}}', '{}', '10120900'),
    ('{"$encStrContains": {"input": "$a.b", "substring": "x"}}', '{}', '10208800'),
    ('{"$encStrNormalizedEq": {"input": "$a", "string": {"$literal": "$x"}}}', '{}', '10255705'),
    ('{"$and": [false, {"$encStrContains": {"input": "$a", "substring": "x"}}]}', '{}', 'false'),
    ('{"$encStrContains": "x"}', '{}', '10065'),
    ('{"$encStrContains": {}}', '{}', '40414'),
    ('{"$encStrContains": {"input": "$a"}}', '{}', '40414'),
    ('{"$encStrContains": {"input": "$a", "prefix": "x"}}', '{}', '40415'),
    ('{"$encStrContains": {"input": 1, "substring": "x"}}', '{}', '14'),
    ('{"$encStrContains": {"input": "a", "substring": "x"}}', '{}', '16873'),
    ('{"$encStrContains": {"input": "$", "substring": "x"}}', '{}', '16872'),
    ('{"$encStrContains": {"input": "$a", "substring": "$b"}}', '{}', '10111801'),
    ('{"$encStrContains": {"input": "$a", "substring": 1}}', '{}', '10111802'),
    ('{"$encStrContains": {"input": "$a", "substring": {"$binary": {"base64": "AA==", "subType": "06"}}}}', '{}', '10112803'),
    ('{"$rand": {"a": 1}}', '{}', '3040501'),
    ('{"$rand": [1]}', '{}', '3040501'),
    ('{"$rand": 1}', '{}', '10065'),
    ('{"$rand": "$a"}', '{}', '10065'),
    ('{"$rand": null}', '{}', '10065'),
    -- $expr is its operand, an array too
    ('{"$expr": {"$add": [1, 2]}}', '{}', '3'),
    ('{"$expr": "$a"}', '{"a": 5}', '5'),
    ('{"$expr": [1, {"$expr": 2}]}', '{}', '[1, 2]'),
    ('{"$expr": {}}', '{}', '{}'),
    ('{"$expr": {"$foo": 1}}', '{}', '168'),
    ('{"$setField": {"field": {"$expr": "a"}, "input": {}, "value": 1}}', '{}', '{"a": 1}'),
    ('{"$setField": {"field": {}, "input": {}, "value": 1}}', '{}', '4161107'),
    ('{"$lt": [{"$rand": []}, 1]}', '{}', 'true'),
    ('{"$gte": [{"$rand": {}}, 0]}', '{}', 'true'),
    ('{"$type": {"$rand": {}}}', '{}', '"double"');
SELECT * FROM pg_temp.report();
SELECT count(*) FROM cases;

-- Another number each time.
SELECT count(DISTINCT docdb.eval('{"$rand": {}}', '{}')) > 90 AS differ FROM generate_series(1, 100);
