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

SELECT name, pg_temp.try('{"$regexMatch": {"input": "$v", "regex": "e"}}', '{' || field || '}') AS input,
       pg_temp.try('{"$regexFind": {"input": "have seven apples", "regex": "$v"}}', '{' || field || '}') AS regex,
       pg_temp.try('{"$regexFindAll": {"input": "A", "regex": "a", "options": "$v"}}', '{' || field || '}') AS options
FROM types ORDER BY n;

SELECT n, expression, pg_temp.try(expression, '{"s": "Eins zwei\nDREI zwei", "u": "日本語 äöü", "p": "zw(.)i", "o": "i", "e": "", "z": "a\u0000b"}')
FROM (VALUES
    (1, '{"$regexMatch": {"input": "$s", "regex": "zwei"}}'),
    (2, '{"$regexMatch": {"input": "$s", "regex": "ZWEI"}}'),
    (3, '{"$regexMatch": {"input": "$s", "regex": "ZWEI", "options": "i"}}'),
    (4, '{"$regexMatch": {"input": "$s", "regex": {"$regularExpression": {"pattern": "ZWEI", "options": "i"}}}}'),
    (5, '{"$regexMatch": {"input": "$s", "regex": "^DREI"}}'),
    (6, '{"$regexMatch": {"input": "$s", "regex": "^DREI", "options": "m"}}'),
    (7, '{"$regexMatch": {"input": "$s", "regex": "zwei.DREI"}}'),
    (8, '{"$regexMatch": {"input": "$s", "regex": "zwei.DREI", "options": "s"}}'),
    (9, '{"$regexMatch": {"input": "$s", "regex": "zw ei # comment", "options": "x"}}'),
    (10, '{"$regexMatch": {"input": "$s", "regex": "eins.*drei", "options": "isu"}}'),
    (11, '{"$regexMatch": {"input": "$e", "regex": "^$"}}'),
    (12, '{"$regexMatch": {"input": "$z", "regex": "a\\x00b"}}'),
    (13, '{"$regexMatch": {"input": "$u", "regex": "^\\X{3} "}}'),
    (14, '{"$regexMatch": {"input": "$u", "regex": "ÄÖÜ", "options": "i"}}'),
    (15, '{"$regexMatch": {"input": "$s", "regex": "$p", "options": "$o"}}'),
    (16, '{"$regexMatch": {"input": "$s", "regex": "zwei", "options": null}}'),
    (20, '{"$regexFind": {"input": "$s", "regex": "$p"}}'),
    (21, '{"$regexFind": {"input": "$s", "regex": "(q)?zw(e)(i)"}}'),
    (22, '{"$regexFind": {"input": "$u", "regex": "ö"}}'),
    (23, '{"$regexFind": {"input": "$s", "regex": "none"}}'),
    (24, '{"$regexFind": {"input": "$u", "regex": ""}}'),
    (30, '{"$regexFindAll": {"input": "$s", "regex": "$p"}}'),
    (31, '{"$regexFindAll": {"input": "$u", "regex": "[äöü]"}}'),
    (32, '{"$regexFindAll": {"input": "aäb", "regex": ""}}'),
    (33, '{"$regexFindAll": {"input": "aaa", "regex": "a*?"}}'),
    (34, '{"$regexFindAll": {"input": "", "regex": ""}}'),
    (35, '{"$regexFindAll": {"input": "$s", "regex": "none"}}'),
    (36, '{"$regexFindAll": {"input": "aaaa", "regex": "aa"}}'),
    (37, '{"$regexFindAll": {"input": "abab", "regex": "b|$"}}'),
    (40, '{"$regexMatch": "$s"}'),
    (41, '{"$regexMatch": {"input": "$s"}}'),
    (42, '{"$regexMatch": {"regex": "a"}}'),
    (43, '{"$regexMatch": {"input": "$s", "regex": "a", "other": 1}}'),
    (44, '{"$regexMatch": {"input": "$s", "regex": "("}}'),
    (45, '{"$regexMatch": {"input": "$s", "regex": "a", "options": "g"}}'),
    (46, '{"$regexMatch": {"input": "$s", "regex": "a\u0000"}}'),
    (47, '{"$regexMatch": {"input": "$s", "regex": "a", "options": "i\u0000"}}'),
    (48, '{"$regexMatch": {"input": "$s", "regex": {"$regularExpression": {"pattern": "a", "options": "i"}}, "options": "i"}}'),
    (49, '{"$regexMatch": {"input": "$s", "regex": {"$regularExpression": {"pattern": "a", "options": "i"}}, "options": null}}'),
    (50, '{"$regexMatch": {"input": null, "regex": "("}}'),
    (51, '{"$regexMatch": {"input": "$s", "regex": null, "options": 5}}'),
    (52, '{"$regexMatch": {"input": "$s", "regex": "\\C"}}'),
    (54, '{"$regexMatch": {"input": 5, "regex": "a"}}'),
    (55, '{"$regexMatch": {"input": "$s", "regex": 5}}')
) AS t (n, expression) ORDER BY n;

SELECT pg_temp.try('{"$regexMatch": {"input": "a", "regex": "' || repeat('a', 32764) || '"}}') AS longest,
       pg_temp.try('{"$regexMatch": {"input": "a", "regex": "' || repeat('a', 32765) || '"}}') AS too_long;

-- Patterns that explode end in an error soon, whatever the length of the text.
SET statement_timeout = '20s';
SELECT n, regex, size, split_part(pg_temp.try(format('{"$regexMatch": {"input": "$s", "regex": "%s"}}', regex),
                                              format('{"s": "%s%s"}', repeat('a', size), ending)), ':', 1) AS result
FROM (VALUES
    (1, '^(a+)+$', 40, 'b'),
    (2, '^(a|aa)+$', 1000, 'b'),
    (3, '^(a+)+$', 5000, 'b'),
    (4, '(?=(a+))a*b\\1', 1000000, ''),
    (5, '(?:(?=(a+))a)*b', 1000000, ''),
    (6, '(?:(?:a|b)*)*c', 5000000, ''),
    (7, 'a*a*a*a*c', 100000, '')
) AS t (n, regex, size, ending) ORDER BY n;

-- Long texts are no problem in themselves, and the limit can be changed.
SELECT pg_temp.try('{"$regexMatch": {"input": "$s", "regex": "[ab]+c$"}}', format('{"s": "%sc"}', repeat('a', 1000000))) AS matches,
       pg_temp.try('{"$regexMatch": {"input": "$s", "regex": "(x|b)c"}}', format('{"s": "%s"}', repeat('abx', 1000000))) AS does_not;
SET docdb.regex_match_limit = 10;
SELECT pg_temp.try('{"$regexMatch": {"input": "$s", "regex": "(a|b)*[cd]"}}', format('{"s": "%s"}', repeat('a', 100))) AS short,
       pg_temp.try('{"$regexMatch": {"input": "$s", "regex": "(a|b)*[cd]"}}', format('{"s": "%s"}', repeat('a', 10000))) AS long;
-- Without a limit the query still can be cancelled.
SET docdb.regex_match_limit = 2147483647;
SET statement_timeout = '200ms';
\set VERBOSITY sqlstate
SELECT docdb.eval('{"$regexMatch": {"input": "$s", "regex": "(?=(a+))a*b\\1"}}', format('{"s": "%s"}', repeat('a', 1000000))::bson);
