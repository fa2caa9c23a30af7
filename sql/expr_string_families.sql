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

SELECT name, pg_temp.try('{"$toUpper": "$v"}', '{' || field || '}') AS upper,
       pg_temp.try('{"$toLower": "$v"}', '{' || field || '}') AS lower,
       pg_temp.try('{"$strcasecmp": ["$v", "SEVEN"]}', '{' || field || '}') AS casecmp,
       pg_temp.try('{"$strLenBytes": "$v"}', '{' || field || '}') AS bytes,
       pg_temp.try('{"$strLenCP": "$v"}', '{' || field || '}') AS cp,
       pg_temp.try('{"$binarySize": "$v"}', '{' || field || '}') AS size
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$substrBytes": ["$v", 0, 2]}', '{' || field || '}') AS substr,
       pg_temp.try('{"$substrBytes": ["abcdefghijk", "$v", 2]}', '{' || field || '}') AS start,
       pg_temp.try('{"$substr": ["abcdefghijk", 1, "$v"]}', '{' || field || '}') AS length,
       pg_temp.try('{"$substrCP": ["$v", 0, 2]}', '{' || field || '}') AS substr_cp,
       pg_temp.try('{"$substrCP": ["abcdefghijk", "$v", 2]}', '{' || field || '}') AS start,
       pg_temp.try('{"$substrCP": ["abcdefghijk", 1, "$v"]}', '{' || field || '}') AS length
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$trim": {"input": "$v"}}', '{' || field || '}') AS trim,
       pg_temp.try('{"$ltrim": {"input": "nnn x", "chars": "$v"}}', '{' || field || '}') AS chars,
       pg_temp.try('{"$split": ["$v", "e"]}', '{' || field || '}') AS split,
       pg_temp.try('{"$split": ["six seven", "$v"]}', '{' || field || '}') AS separator,
       pg_temp.try('{"$indexOfBytes": ["$v", "v"]}', '{' || field || '}') AS of_bytes,
       pg_temp.try('{"$indexOfBytes": ["six seven", "$v"]}', '{' || field || '}') AS bytes_token,
       pg_temp.try('{"$indexOfBytes": ["six seven", "s", "$v"]}', '{' || field || '}') AS bytes_start,
       pg_temp.try('{"$indexOfCP": ["$v", "v"]}', '{' || field || '}') AS of_cp,
       pg_temp.try('{"$indexOfCP": ["six seven", "$v"]}', '{' || field || '}') AS cp_token,
       pg_temp.try('{"$indexOfCP": ["six seven", "s", 0, "$v"]}', '{' || field || '}') AS cp_end
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$replaceOne": {"input": "$v", "find": "e", "replacement": "-"}}', '{' || field || '}') AS one,
       pg_temp.try('{"$replaceOne": {"input": "seven", "find": "$v", "replacement": "-"}}', '{' || field || '}') AS find,
       pg_temp.try('{"$replaceAll": {"input": "e-e", "find": "e", "replacement": "$v"}}', '{' || field || '}') AS replacement
FROM types ORDER BY n;

INSERT INTO cases (expression, document, expected) VALUES
    -- case
    ('{"$toUpper": "abcäÖß1"}', '{}', '"ABCäÖß1"'),
    ('{"$toLower": "ABCäÖ1"}', '{}', '"abcäÖ1"'),
    ('{"$toUpper": ["a"]}', '{}', '"A"'),
    ('{"$toUpper": ["a", "b"]}', '{}', '16020'),
    ('{"$toUpper": "a\u0000b"}', '{}', '"A\u0000B"'),
    ('{"$toLower": 12345678901.5}', '{}', '"12345678901.5"'),
    ('{"$toLower": {"$numberDouble": "1e20"}}', '{}', '"1e+20"'),
    ('{"$toLower": {"$numberDouble": "5"}}', '{}', '"5"'),
    ('{"$toUpper": {"$numberDouble": "-Infinity"}}', '{}', '"-INF"'),
    ('{"$toLower": {"$numberDecimal": "1E+3"}}', '{}', '"1e+3"'),
    ('{"$toLower": {"$timestamp": {"t": 1336586400, "i": 42}}}', '{}', '"may  9 18:00:00:2a"'),
    ('{"$toUpper": {"$date": {"$numberLong": "0"}}}', '{}', '"1970-01-01T00:00:00.000Z"'),
    ('{"$strcasecmp": ["abc", "ABD"]}', '{}', '-1'),
    ('{"$strcasecmp": ["b", "A"]}', '{}', '1'),
    ('{"$strcasecmp": ["Abc", "aBC"]}', '{}', '0'),
    ('{"$strcasecmp": ["ab", "abc"]}', '{}', '-1'),
    ('{"$strcasecmp": ["ä", "Ä"]}', '{}', '1'),
    ('{"$strcasecmp": [5, "5"]}', '{}', '0'),
    ('{"$strcasecmp": [null, ""]}', '{}', '0'),
    ('{"$strcasecmp": ["a"]}', '{}', '16020'),
    -- length
    ('{"$strLenBytes": "aé寿😀"}', '{}', '10'),
    ('{"$strLenCP": "aé寿😀"}', '{}', '4'),
    ('{"$strLenCP": ""}', '{}', '0'),
    ('{"$binarySize": "aé"}', '{}', '3'),
    ('{"$binarySize": {"$binary": {"base64": "", "subType": "00"}}}', '{}', '0'),
    -- parts
    ('{"$substrBytes": ["apple", 0, 3]}', '{}', '"app"'),
    ('{"$substrBytes": ["apple", 2, -1]}', '{}', '"ple"'),
    ('{"$substrBytes": ["apple", 2, -5]}', '{}', '"ple"'),
    ('{"$substrBytes": ["apple", 5, 1]}', '{}', '""'),
    ('{"$substrBytes": ["apple", 99, 1]}', '{}', '""'),
    ('{"$substrBytes": ["apple", 1.9, 1.9]}', '{}', '"p"'),
    ('{"$substrBytes": ["apple", 1, {"$numberLong": "9223372036854775807"}]}', '{}', '"pple"'),
    ('{"$substrBytes": ["apple", {"$numberLong": "9223372036854775807"}, 1]}', '{}', '""'),
    ('{"$substrBytes": ["apple", -1, 1]}', '{}', '50752'),
    ('{"$substrBytes": ["é", 1, 1]}', '{}', '28656'),
    ('{"$substrBytes": ["éa", 0, 1]}', '{}', '28657'),
    ('{"$substrBytes": ["éa", 2, 1]}', '{}', '"a"'),
    ('{"$substrBytes": [12345, 1, 2]}', '{}', '"23"'),
    ('{"$substrBytes": [null, 1, 2]}', '{}', '""'),
    ('{"$substr": ["apple", 1]}', '{}', '16020'),
    ('{"$substrCP": ["aé寿😀b", 1, 3]}', '{}', '"é寿😀"'),
    ('{"$substrCP": ["aé", 1, 99]}', '{}', '"é"'),
    ('{"$substrCP": ["aé", 2, 1]}', '{}', '""'),
    ('{"$substrCP": ["aé", 99, 1]}', '{}', '""'),
    ('{"$substrCP": ["aé", 0, 0]}', '{}', '""'),
    ('{"$substrCP": ["aé", 0, -1]}', '{}', '34454'),
    ('{"$substrCP": ["aé", -1, 1]}', '{}', '34455'),
    ('{"$substrCP": ["aé", 0.5, 1]}', '{}', '34451'),
    ('{"$substrCP": ["aé", 0, 2147483648]}', '{}', '34453'),
    ('{"$substrCP": ["aé", 1]}', '{}', '16020'),
    -- trimming
    ('{"$trim": {"input": " \t\n\u000b\f\r\u0000\u00a0\u1680\u2000\u200a a b \u2005"}}', '{}', '"a b"'),
    ('{"$trim": {"input": "\u200ba\u3000"}}', '{}', U&'"\200ba\3000"'),
    ('{"$ltrim": {"input": "  a  "}}', '{}', '"a  "'),
    ('{"$rtrim": {"input": "  a  "}}', '{}', '"  a"'),
    ('{"$trim": {"input": "xéyaxyé", "chars": "éxy"}}', '{}', '"a"'),
    ('{"$trim": {"input": "xxx", "chars": "x"}}', '{}', '""'),
    ('{"$trim": {"input": " a ", "chars": ""}}', '{}', '" a "'),
    ('{"$trim": {"input": "", "chars": "x"}}', '{}', '""'),
    ('{"$trim": {"input": "$nope", "chars": 5}}', '{}', 'null'),
    ('{"$trim": {"input": 5, "chars": null}}', '{}', '50699'),
    ('{"$trim": {"input": "a", "chars": null}}', '{}', 'null'),
    ('{"$trim": " a "}', '{}', '50696'),
    ('{"$trim": {"input": " a ", "characters": "x"}}', '{}', '50694'),
    ('{"$trim": {"chars": "x"}}', '{}', '50695'),
    ('{"$ltrim": {}}', '{}', '50695'),
    ('{"$rtrim": []}', '{}', '50696'),
    -- $split
    ('{"$split": ["June-15-2013", "-"]}', '{}', '["June", "15", "2013"]'),
    ('{"$split": ["banana split", "a"]}', '{}', '["b", "n", "n", " split"]'),
    ('{"$split": ["astronomical", "astro"]}', '{}', '["", "nomical"]'),
    ('{"$split": ["pea green boat", "owl"]}', '{}', '["pea green boat"]'),
    ('{"$split": ["", "x"]}', '{}', '[""]'),
    ('{"$split": ["xx", "x"]}', '{}', '["", "", ""]'),
    ('{"$split": ["aaa", "aa"]}', '{}', '["", "a"]'),
    ('{"$split": ["aé寿", "é"]}', '{}', '["a", "寿"]'),
    ('{"$split": ["abc", ""]}', '{}', '40087'),
    ('{"$split": [5, null]}', '{}', 'null'),
    ('{"$split": [5, "x"]}', '{}', '40085'),
    ('{"$split": ["abc"]}', '{}', '16020'),
    -- $indexOfBytes, $indexOfCP
    ('{"$indexOfBytes": ["cafétéria", "é"]}', '{}', '3'),
    ('{"$indexOfBytes": ["cafétéria", "t"]}', '{}', '5'),
    ('{"$indexOfBytes": ["foo.bar", ".", 4]}', '{}', '-1'),
    ('{"$indexOfBytes": ["vanilla", "ll", 0, 12]}', '{}', '4'),
    ('{"$indexOfBytes": ["vanilla", "ll", 0, 5]}', '{}', '-1'),
    ('{"$indexOfBytes": ["vanilla", "ll", 12]}', '{}', '-1'),
    ('{"$indexOfBytes": ["vanilla", "nilla", 3]}', '{}', '-1'),
    ('{"$indexOfBytes": ["vanilla", "ll", 5, 2]}', '{}', '-1'),
    ('{"$indexOfBytes": ["abc", "", 3]}', '{}', '3'),
    ('{"$indexOfBytes": ["abc", "", 4]}', '{}', '-1'),
    ('{"$indexOfBytes": ["", ""]}', '{}', '0'),
    ('{"$indexOfBytes": ["abc", "b", -1]}', '{}', '40097'),
    ('{"$indexOfBytes": ["abc", "b", 0, -1]}', '{}', '40097'),
    ('{"$indexOfBytes": ["abc", "b", 1.5]}', '{}', '40096'),
    ('{"$indexOfBytes": ["abc"]}', '{}', '28667'),
    ('{"$indexOfBytes": ["abc", "a", 1, 2, 3]}', '{}', '28667'),
    ('{"$indexOfBytes": [null, 5]}', '{}', 'null'),
    ('{"$indexOfCP": ["cafétéria", "é"]}', '{}', '3'),
    ('{"$indexOfCP": ["cafétéria", "t"]}', '{}', '4'),
    ('{"$indexOfCP": ["cafétéria", "é", 4]}', '{}', '5'),
    ('{"$indexOfCP": ["cafétéria", "é", 4, 5]}', '{}', '-1'),
    ('{"$indexOfCP": ["abcdef", "cde", 0, 3]}', '{}', '2'),
    ('{"$indexOfCP": ["abc", "", 3]}', '{}', '-1'),
    ('{"$indexOfCP": ["abc", "", 1]}', '{}', '1'),
    ('{"$indexOfCP": ["", ""]}', '{}', '0'),
    ('{"$indexOfCP": ["", "", 1]}', '{}', '-1'),
    ('{"$indexOfCP": ["abc", "b", {"$numberLong": "0"}, 3.0]}', '{}', '1'),
    ('{"$indexOfCP": ["abc", "b", -1]}', '{}', '40097'),
    ('{"$indexOfCP": ["abc", "b", "x"]}', '{}', '40096'),
    ('{"$indexOfCP": ["abc", null]}', '{}', '40094'),
    ('{"$indexOfCP": ["abc"]}', '{}', '28667'),
    -- $replaceOne, $replaceAll
    ('{"$replaceOne": {"input": "abc abc", "find": "b", "replacement": "--"}}', '{}', '"a--c abc"'),
    ('{"$replaceAll": {"input": "abc abc", "find": "b", "replacement": "--"}}', '{}', '"a--c a--c"'),
    ('{"$replaceOne": {"input": "abc", "find": "x", "replacement": "y"}}', '{}', '"abc"'),
    ('{"$replaceAll": {"input": "abc", "find": "x", "replacement": "y"}}', '{}', '"abc"'),
    ('{"$replaceAll": {"input": "aaa", "find": "aa", "replacement": "a"}}', '{}', '"aa"'),
    ('{"$replaceAll": {"input": "abab", "find": "ab", "replacement": ""}}', '{}', '""'),
    ('{"$replaceOne": {"input": "abc", "find": "", "replacement": "-"}}', '{}', '"-abc"'),
    ('{"$replaceAll": {"input": "aé", "find": "", "replacement": "-"}}', '{}', '"-a-é-"'),
    ('{"$replaceAll": {"input": "", "find": "", "replacement": "-"}}', '{}', '"-"'),
    ('{"$replaceAll": {"input": "$nope", "find": 5, "replacement": "-"}}', '{}', '10503901'),
    ('{"$replaceAll": {"input": 5, "find": 5, "replacement": 5}}', '{}', '10503904'),
    ('{"$replaceAll": {"input": null, "find": null, "replacement": 5}}', '{}', '10503902'),
    ('{"$replaceOne": "a"}', '{}', '51751'),
    ('{"$replaceOne": {"input": "a", "find": "a", "replacement": "a", "x": 1}}', '{}', '51750'),
    ('{"$replaceOne": {"find": "a", "replacement": "a"}}', '{}', '51749'),
    ('{"$replaceOne": {"input": "a", "replacement": "a"}}', '{}', '51748'),
    ('{"$replaceAll": {"input": "a", "find": "a"}}', '{}', '51747');
SELECT * FROM pg_temp.report();
SELECT count(*) FROM cases;

-- Results have the size of a document at most.
SELECT pg_temp.try('{"$replaceAll": {"input": "$s", "find": "a", "replacement": "$s"}}', format('{"s": "%s"}', repeat('a', 10000)));
