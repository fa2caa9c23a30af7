-- The value of an expression for a document, "(missing)", or "error" with MongoDB's code.
CREATE FUNCTION pg_temp.try(expression text, document text DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    RETURN coalesce(docdb.eval(expression::bson_value, document::bson)::text, '(missing)');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
    RETURN 'error ' || coalesce((docdb.error_info(state)).code::text, state);
END
$$;

-- Cases whose result is not what is expected.
CREATE TABLE pg_temp.cases (n int, expression text, document text, expected text);
CREATE FUNCTION pg_temp.check_cases() RETURNS TABLE (n int, expression text, expected text, result text)
LANGUAGE sql AS $$
    SELECT n, expression, expected, result
    FROM pg_temp.cases, LATERAL pg_temp.try(expression, document) AS result
    WHERE result IS DISTINCT FROM expected ORDER BY n
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

-- Every type as each operand.
SELECT name, pg_temp.try('{"$dateAdd": {"startDate": "$v", "unit": "day", "amount": 1}}', '{' || field || '}') AS date,
       pg_temp.try('{"$dateAdd": {"startDate": {"$date": "2020-01-02T03:04:05Z"}, "unit": "$v", "amount": 1}}', '{' || field || '}') AS unit,
       pg_temp.try('{"$dateAdd": {"startDate": {"$date": "2020-01-02T03:04:05Z"}, "unit": "day", "amount": "$v"}}', '{' || field || '}') AS amount,
       pg_temp.try('{"$dateDiff": {"startDate": "$v", "endDate": {"$date": "2020-01-02T03:04:05Z"}, "unit": "day"}}', '{' || field || '}') AS diff_start,
       pg_temp.try('{"$dateDiff": {"startDate": {"$date": "2020-01-02T03:04:05Z"}, "endDate": "$v", "unit": "day"}}', '{' || field || '}') AS diff_end
FROM types ORDER BY n;
SELECT name, pg_temp.try('{"$dateTrunc": {"date": "$v", "unit": "day"}}', '{' || field || '}') AS trunc,
       pg_temp.try('{"$dateTrunc": {"date": {"$date": "2020-01-02T03:04:05Z"}, "unit": "hour", "binSize": "$v"}}', '{' || field || '}') AS bin,
       pg_temp.try('{"$dateTrunc": {"date": {"$date": "2020-01-02T03:04:05Z"}, "unit": "week", "startOfWeek": "$v"}}', '{' || field || '}') AS week,
       pg_temp.try('{"$dateTrunc": {"date": {"$date": "2020-01-02T03:04:05Z"}, "unit": "day", "startOfWeek": "$v"}}', '{' || field || '}') AS day
FROM types ORDER BY n;

-- $dateAdd and $dateSubtract.
TRUNCATE pg_temp.cases;
INSERT INTO pg_temp.cases VALUES
    (1, '{"$dateAdd": {"startDate": {"$date": "2020-11-30T12:10:05Z"}, "unit": "day", "amount": 1}}', '{}', '{"$date": "2020-12-01T12:10:05Z"}'),
    (2, '{"$dateAdd": {"startDate": {"$date": "2020-10-24T18:10:00Z"}, "unit": "hour", "amount": 24, "timezone": "Europe/Paris"}}', '{}', '{"$date": "2020-10-25T18:10:00Z"}'),
    (3, '{"$dateAdd": {"startDate": {"$date": "2020-10-24T18:10:00Z"}, "unit": "day", "amount": 1, "timezone": "Europe/Paris"}}', '{}', '{"$date": "2020-10-25T19:10:00Z"}'),
    (4, '{"$dateAdd": {"startDate": {"$date": "2021-01-30T23:30:00Z"}, "unit": "month", "amount": 1, "timezone": "Europe/Paris"}}', '{}', '{"$date": "2021-02-27T23:30:00Z"}'),
    (5, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": 1}}', '{}', '{"$date": "2021-01-01T12:10:05Z"}'),
    (6, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "week", "amount": 1}}', '{}', '{"$date": "2021-01-07T12:10:05Z"}'),
    (7, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "hour", "amount": 2}}', '{}', '{"$date": "2020-12-31T14:10:05Z"}'),
    (8, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "minute", "amount": 50}}', '{}', '{"$date": "2020-12-31T13:00:05Z"}'),
    (9, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "millisecond", "amount": 1050}}', '{}', '{"$date": "2020-12-31T12:10:06.050Z"}'),
    (10, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "second", "amount": 60}}', '{}', '{"$date": "2020-12-31T12:11:05Z"}'),
    (11, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "month", "amount": 1}}', '{}', '{"$date": "2021-01-31T12:10:05Z"}'),
    (12, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "month", "amount": 2}}', '{}', '{"$date": "2021-02-28T12:10:05Z"}'),
    (13, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "month", "amount": 38}}', '{}', '{"$date": "2024-02-29T12:10:05Z"}'),
    (14, '{"$dateAdd": {"startDate": {"$date": "2020-02-29T00:00:00Z"}, "unit": "year", "amount": 1}}', '{}', '{"$date": "2021-02-28T00:00:00Z"}'),
    (15, '{"$dateAdd": {"startDate": {"$date": "2020-02-29T00:00:00Z"}, "unit": "year", "amount": -4}}', '{}', '{"$date": "2016-02-29T00:00:00Z"}'),
    (16, '{"$dateAdd": {"startDate": {"$date": "2020-11-30T00:00:00Z"}, "unit": "quarter", "amount": 1}}', '{}', '{"$date": "2021-02-28T00:00:00Z"}'),
    (17, '{"$dateAdd": {"startDate": {"$date": "2020-11-01T05:50:02Z"}, "unit": "hour", "amount": 1, "timezone": "America/New_York"}}', '{}', '{"$date": "2020-11-01T06:50:02Z"}'),
    (18, '{"$dateAdd": {"startDate": {"$date": "2020-03-07T07:30:00Z"}, "unit": "day", "amount": 1, "timezone": "America/New_York"}}', '{}', '{"$date": "2020-03-08T07:30:00Z"}'),
    (19, '{"$dateAdd": {"startDate": {"$date": "2020-10-31T05:30:00Z"}, "unit": "day", "amount": 1, "timezone": "America/New_York"}}', '{}', '{"$date": "2020-11-01T05:30:00Z"}'),
    (20, '{"$dateAdd": {"startDate": {"$date": "2020-11-02T06:30:00Z"}, "unit": "day", "amount": -1, "timezone": "America/New_York"}}', '{}', '{"$date": "2020-11-01T06:30:00Z"}'),
    (21, '{"$dateAdd": {"startDate": {"$date": "2020-10-24T00:30:00Z"}, "unit": "day", "amount": 1, "timezone": "Europe/Berlin"}}', '{}', '{"$date": "2020-10-25T00:30:00Z"}'),
    (22, '{"$dateAdd": {"startDate": {"$date": "2020-10-26T01:30:00Z"}, "unit": "day", "amount": -1, "timezone": "Europe/Berlin"}}', '{}', '{"$date": "2020-10-25T01:30:00Z"}'),
    (23, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T23:30:00Z"}, "unit": "month", "amount": 2, "timezone": "+03:00"}}', '{}', '{"$date": "2021-02-28T23:30:00Z"}'),
    (24, '{"$dateAdd": {"startDate": {"$date": "1969-12-31T23:59:59.999Z"}, "unit": "second", "amount": 1}}', '{}', '{"$date": "1970-01-01T00:00:00.999Z"}'),
    (25, '{"$dateAdd": {"startDate": {"$date": "1969-12-31T23:59:59.999Z"}, "unit": "day", "amount": 1}}', '{}', '{"$date": "1970-01-01T23:59:59.999Z"}'),
    (26, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": 0}}', '{}', '{"$date": "2020-12-31T12:10:05Z"}'),
    (27, '{"$dateSubtract": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "year", "amount": 1}}', '{}', '{"$date": "2019-12-31T12:10:05Z"}'),
    (28, '{"$dateSubtract": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "quarter", "amount": 2}}', '{}', '{"$date": "2020-06-30T12:10:05Z"}'),
    (29, '{"$dateSubtract": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "month", "amount": 1}}', '{}', '{"$date": "2020-11-30T12:10:05Z"}'),
    (30, '{"$dateSubtract": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "month", "amount": 3, "timezone": "Europe/Paris"}}', '{}', '{"$date": "2020-09-30T11:10:05Z"}'),
    (31, '{"$dateSubtract": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": 15}}', '{}', '{"$date": "2020-12-16T12:10:05Z"}'),
    (32, '{"$dateSubtract": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "hour", "amount": 48}}', '{}', '{"$date": "2020-12-29T12:10:05Z"}'),
    (33, '{"$dateSubtract": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "minute", "amount": 15}}', '{}', '{"$date": "2020-12-31T11:55:05Z"}'),
    (34, '{"$dateSubtract": {"startDate": {"$date": "2021-01-31T03:00:00Z"}, "unit": "month", "amount": 2}}', '{}', '{"$date": "2020-11-30T03:00:00Z"}'),
    (35, '{"$dateSubtract": {"startDate": {"$date": "2021-01-31T03:00:00Z"}, "unit": "month", "amount": 2, "timezone": "America/New_York"}}', '{}', '{"$date": "2020-12-01T03:00:00Z"}'),
    (36, '{"$dateSubtract": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "week", "amount": -1}}', '{}', '{"$date": "2021-01-07T12:10:05Z"}'),
    (37, '{"$dateAdd": {"startDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "millisecond", "amount": 1}}', '{}', 'error 159'),
    (38, '{"$dateAdd": {"startDate": {"$date": {"$numberLong": "-9223372036854775808"}}, "unit": "millisecond", "amount": -1}}', '{}', 'error 159'),
    (39, '{"$dateAdd": {"startDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "second", "amount": 1}}', '{}', 'error 5166406'),
    (40, '{"$dateAdd": {"startDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "day", "amount": 1}}', '{}', 'error 5166406'),
    (41, '{"$dateAdd": {"startDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "year", "amount": 1}}', '{}', 'error 5166406'),
    (42, '{"$dateAdd": {"startDate": {"$date": {"$numberLong": "-9223372036854775808"}}, "unit": "year", "amount": -1}}', '{}', 'error 5166406'),
    (43, '{"$dateAdd": {"startDate": {"$date": {"$numberLong": "-9223372036854775808"}}, "unit": "second", "amount": -1}}', '{}', 'error 5166406'),
    (44, '{"$dateAdd": {"startDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "second", "amount": 0}}', '{}', '{"$date": {"$numberLong": "9223372036854775807"}}'),
    (45, '{"$dateAdd": {"startDate": {"$date": {"$numberLong": "-9223372036854775808"}}, "unit": "second", "amount": 0}}', '{}', 'error 5166406'),
    (46, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "year", "amount": {"$numberLong": "9223372036854775807"}}}', '{}', 'error 5976500'),
    (47, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": {"$numberLong": "300000000000"}}}', '{}', 'error 5976500'),
    (48, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": {"$numberLong": "200000000000"}}}', '{}', 'error 5166406'),
    (49, '{"$dateSubtract": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "second", "amount": {"$numberLong": "-9223372036854775808"}}}', '{}', 'error 6045000'),
    (50, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": {"$numberDecimal": "2.0"}}}', '{}', '{"$date": "2021-01-02T12:10:05Z"}'),
    (51, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": 2.0}}', '{}', '{"$date": "2021-01-02T12:10:05Z"}'),
    (52, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": 1.001}}', '{}', 'error 5166405'),
    (53, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": "1"}}', '{}', 'error 5166405'),
    (54, '{"$dateAdd": {"startDate": {"$oid": "592d2b5e0000000000000000"}, "unit": "day", "amount": 1}}', '{}', '{"$date": "2017-05-31T08:20:46Z"}'),
    (55, '{"$dateAdd": {"startDate": {"$timestamp": {"t": 1, "i": 5}}, "unit": "day", "amount": 1}}', '{}', '{"$date": "1970-01-02T00:00:01Z"}'),
    (56, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "epoch", "amount": 1}}', '{}', 'error 9'),
    (57, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "Day", "amount": 1}}', '{}', 'error 9'),
    (58, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "days", "amount": 1}}', '{}', 'error 9'),
    (59, '{"$dateAdd": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "amount": 1, "timezone": "Unknown"}}', '{}', 'error 40485'),
    (60, '{"$dateAdd": {"startDate": "x", "unit": "day", "amount": 1}}', '{}', 'error 5166403'),
    (61, '{"$dateAdd": {"startDate": "x", "unit": "day", "amount": null}}', '{}', 'null'),
    (62, '{"$dateAdd": {"startDate": "x", "unit": 5, "amount": null}}', '{}', 'error 5439013'),
    (63, '{"$dateAdd": {"startDate": null, "unit": 5, "amount": 1}}', '{}', 'null'),
    (64, '{"$dateAdd": {"startDate": "$x", "unit": 5, "amount": 1}}', '{}', 'error 5439013'),
    (65, '{"$dateAdd": {"startDate": "$x", "unit": "day", "amount": 1, "timezone": "Unknown"}}', '{}', 'error 40485'),
    (66, '{"$dateAdd": {"startDate": "$x", "unit": null, "amount": 1, "timezone": "Unknown"}}', '{}', 'null'),
    (67, '{"$dateAdd": {"unit": "second", "amount": 120}}', '{}', 'error 5166402'),
    (68, '{"$dateSubtract": {"startDate": 1, "amount": 1}}', '{}', 'error 5166402'),
    (69, '{"$dateAdd": {"startDate": 1, "units": "day", "amount": 1}}', '{}', 'error 5166401'),
    (70, '{"$dateAdd": 1}', '{}', 'error 5166400'),
    (71, '{"$dateSubtract": []}', '{}', 'error 5166400');
SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM pg_temp.cases;

-- $dateDiff.
TRUNCATE pg_temp.cases;
INSERT INTO pg_temp.cases VALUES
    (1, '{"$dateDiff": {"startDate": {"$date": "2020-11-01T18:23:36Z"}, "endDate": {"$date": "2020-11-02T00:00:00Z"}, "unit": "hour"}}', '{}', '{"$numberLong": "6"}'),
    (2, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T23:59:59.999Z"}, "endDate": {"$date": "2021-01-01T00:00:00Z"}, "unit": "year"}}', '{}', '{"$numberLong": "1"}'),
    (3, '{"$dateDiff": {"startDate": {"$date": "2021-01-01T00:00:00Z"}, "endDate": {"$date": "2020-12-31T23:59:59.999Z"}, "unit": "year"}}', '{}', '{"$numberLong": "-1"}'),
    (4, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T23:59:59.999Z"}, "endDate": {"$date": "2021-01-01T00:00:00Z"}, "unit": "quarter"}}', '{}', '{"$numberLong": "1"}'),
    (5, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T23:59:59.999Z"}, "endDate": {"$date": "2021-01-01T00:00:00Z"}, "unit": "month"}}', '{}', '{"$numberLong": "1"}'),
    (6, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T23:59:59.999Z"}, "endDate": {"$date": "2021-01-01T00:00:00Z"}, "unit": "day"}}', '{}', '{"$numberLong": "1"}'),
    (7, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T23:59:59.999Z"}, "endDate": {"$date": "2021-01-01T00:00:00Z"}, "unit": "hour"}}', '{}', '{"$numberLong": "1"}'),
    (8, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T23:59:59.999Z"}, "endDate": {"$date": "2021-01-01T00:00:00Z"}, "unit": "minute"}}', '{}', '{"$numberLong": "1"}'),
    (9, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T23:59:59.999Z"}, "endDate": {"$date": "2021-01-01T00:00:00Z"}, "unit": "second"}}', '{}', '{"$numberLong": "1"}'),
    (10, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T23:59:59.999Z"}, "endDate": {"$date": "2021-01-01T00:00:00Z"}, "unit": "millisecond"}}', '{}', '{"$numberLong": "1"}'),
    (11, '{"$dateDiff": {"startDate": {"$date": "2021-01-24T18:23:36Z"}, "endDate": {"$date": "2021-01-25T02:23:36Z"}, "unit": "week", "startOfWeek": "Monday"}}', '{}', '{"$numberLong": "1"}'),
    (12, '{"$dateDiff": {"startDate": {"$date": "2021-01-24T18:23:36Z"}, "endDate": {"$date": "2021-01-25T02:23:36Z"}, "unit": "week"}}', '{}', '{"$numberLong": "0"}'),
    (13, '{"$dateDiff": {"startDate": {"$date": "2021-01-23T18:23:36Z"}, "endDate": {"$date": "2021-01-24T02:23:36Z"}, "unit": "week"}}', '{}', '{"$numberLong": "1"}'),
    (14, '{"$dateDiff": {"startDate": {"$date": "2021-01-24T18:23:36Z"}, "endDate": {"$date": "2021-01-25T02:23:36Z"}, "unit": "week", "timezone": "America/New_York", "startOfWeek": "Monday"}}', '{}', '{"$numberLong": "0"}'),
    (15, '{"$dateDiff": {"startDate": {"$date": "2021-01-25T00:00:00Z"}, "endDate": {"$date": "2021-01-17T00:00:00Z"}, "unit": "week", "startOfWeek": "MON"}}', '{}', '{"$numberLong": "-2"}'),
    (16, '{"$dateDiff": {"startDate": {"$date": "2020-02-29T00:00:00Z"}, "endDate": {"$date": "2021-03-01T00:00:00Z"}, "unit": "day"}}', '{}', '{"$numberLong": "366"}'),
    (17, '{"$dateDiff": {"startDate": {"$date": "1900-01-01T00:00:00Z"}, "endDate": {"$date": "2100-01-01T00:00:00Z"}, "unit": "day"}}', '{}', '{"$numberLong": "73049"}'),
    (18, '{"$dateDiff": {"startDate": {"$date": "1969-12-31T00:00:00Z"}, "endDate": {"$date": "1970-01-01T00:00:00Z"}, "unit": "second"}}', '{}', '{"$numberLong": "86400"}'),
    (19, '{"$dateDiff": {"startDate": {"$date": "2020-11-01T05:30:00Z"}, "endDate": {"$date": "2020-11-01T06:30:00Z"}, "unit": "hour", "timezone": "America/New_York"}}', '{}', '{"$numberLong": "1"}'),
    (20, '{"$dateDiff": {"startDate": {"$date": "2020-11-01T04:30:00Z"}, "endDate": {"$date": "2020-11-01T07:30:00Z"}, "unit": "hour", "timezone": "America/New_York"}}', '{}', '{"$numberLong": "3"}'),
    (21, '{"$dateDiff": {"startDate": {"$date": "2020-11-01T04:30:00Z"}, "endDate": {"$date": "2020-11-02T04:30:00Z"}, "unit": "day", "timezone": "America/New_York"}}', '{}', '{"$numberLong": "0"}'),
    (22, '{"$dateDiff": {"startDate": {"$date": "2020-03-08T05:30:00Z"}, "endDate": {"$date": "2020-03-09T03:30:00Z"}, "unit": "day", "timezone": "America/New_York"}}', '{}', '{"$numberLong": "0"}'),
    (23, '{"$dateDiff": {"startDate": {"$date": "2020-03-08T06:59:00Z"}, "endDate": {"$date": "2020-03-08T07:01:00Z"}, "unit": "minute", "timezone": "America/New_York"}}', '{}', '{"$numberLong": "2"}'),
    (24, '{"$dateDiff": {"startDate": {"$date": "2020-11-01T05:59:59Z"}, "endDate": {"$date": "2020-11-01T06:00:00Z"}, "unit": "second", "timezone": "America/New_York"}}', '{}', '{"$numberLong": "1"}'),
    (25, '{"$dateDiff": {"startDate": {"$date": "2021-01-01T00:00:00Z"}, "endDate": {"$date": "2021-01-01T00:29:59Z"}, "unit": "hour", "timezone": "+05:30"}}', '{}', '{"$numberLong": "0"}'),
    (26, '{"$dateDiff": {"startDate": {"$date": "2021-01-01T00:00:00Z"}, "endDate": {"$date": "2021-01-01T00:30:00Z"}, "unit": "hour", "timezone": "+05:30"}}', '{}', '{"$numberLong": "1"}'),
    (27, '{"$dateDiff": {"startDate": {"$date": "2021-01-01T00:00:00Z"}, "endDate": {"$date": "2021-01-01T23:59:00Z"}, "unit": "day", "timezone": "-01:00"}}', '{}', '{"$numberLong": "1"}'),
    (28, '{"$dateDiff": {"startDate": {"$date": {"$numberLong": "-9223372036854775808"}}, "endDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "millisecond"}}', '{}', 'error 5166308'),
    (29, '{"$dateDiff": {"startDate": {"$date": {"$numberLong": "-9223372036854775808"}}, "endDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "year"}}', '{}', '{"$numberLong": "584554049"}'),
    (30, '{"$dateDiff": {"startDate": {"$date": {"$numberLong": "-9223372036854775808"}}, "endDate": {"$date": {"$numberLong": "9223372036854775807"}}, "unit": "second"}}', '{}', '18446744073709551'),
    (31, '{"$dateDiff": {"startDate": {"$date": "2020-01-01T00:00:00Z"}, "endDate": {"$date": "2020-01-02T00:00:00Z"}, "unit": "century"}}', '{}', 'error 9'),
    (32, '{"$dateDiff": {"startDate": "x", "endDate": 1, "unit": "day"}}', '{}', 'error 5166307'),
    (33, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "endDate": 1, "unit": "day"}}', '{}', 'error 5166307'),
    (34, '{"$dateDiff": {"startDate": null, "endDate": 1, "unit": 5}}', '{}', 'null'),
    (35, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "endDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": 5}}', '{}', 'error 5439013'),
    (36, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "endDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "week", "startOfWeek": 5}}', '{}', 'error 5439015'),
    (37, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "endDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "week", "startOfWeek": "friyay"}}', '{}', 'error 5439016'),
    (38, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "endDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "startOfWeek": "friyay"}}', '{}', '{"$numberLong": "0"}'),
    (39, '{"$dateDiff": {"startDate": "$x", "endDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "startOfWeek": "friyay"}}', '{}', 'error 5439016'),
    (40, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "endDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "week", "startOfWeek": null}}', '{}', 'null'),
    (41, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "endDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "timezone": null}}', '{}', 'null'),
    (42, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "endDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "timezone": "x"}}', '{}', 'error 40485'),
    (43, '{"$dateDiff": {"startDate": {"$date": "2020-12-31T12:10:05Z"}, "endDate": {"$date": "2020-12-31T12:10:05Z"}, "unit": "day", "timezone": 5}}', '{}', 'error 40517'),
    (44, '{"$dateDiff": 5}', '{}', 'error 5166301'),
    (45, '{"$dateDiff": {"x": 5}}', '{}', 'error 5166302'),
    (46, '{"$dateDiff": {"endDate": 5, "unit": "day"}}', '{}', 'error 5166303'),
    (47, '{"$dateDiff": {"startDate": 5, "unit": "day"}}', '{}', 'error 5166304'),
    (48, '{"$dateDiff": {"startDate": 5, "endDate": 5}}', '{}', 'error 5166305');
SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM pg_temp.cases;

-- $dateTrunc.
TRUNCATE pg_temp.cases;
INSERT INTO pg_temp.cases VALUES
    (1, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "year"}}', '{}', '{"$date": "2021-01-01T00:00:00Z"}'),
    (2, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "quarter"}}', '{}', '{"$date": "2021-01-01T00:00:00Z"}'),
    (3, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "month"}}', '{}', '{"$date": "2021-03-01T00:00:00Z"}'),
    (4, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "week"}}', '{}', '{"$date": "2021-03-14T00:00:00Z"}'),
    (5, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "week", "startOfWeek": "monday"}}', '{}', '{"$date": "2021-03-15T00:00:00Z"}'),
    (6, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "week", "startOfWeek": "Sat"}}', '{}', '{"$date": "2021-03-20T00:00:00Z"}'),
    (7, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "day"}}', '{}', '{"$date": "2021-03-20T00:00:00Z"}'),
    (8, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour"}}', '{}', '{"$date": "2021-03-20T11:00:00Z"}'),
    (9, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "minute"}}', '{}', '{"$date": "2021-03-20T11:30:00Z"}'),
    (10, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "second"}}', '{}', '{"$date": "2021-03-20T11:30:05Z"}'),
    (11, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "millisecond"}}', '{}', '{"$date": "2021-03-20T11:30:05.123Z"}'),
    (12, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour", "binSize": 2}}', '{}', '{"$date": "2021-03-20T10:00:00Z"}'),
    (13, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour", "binSize": 2, "timezone": "America/Los_Angeles"}}', '{}', '{"$date": "2021-03-20T10:00:00Z"}'),
    (14, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "week", "binSize": 2, "timezone": "America/Los_Angeles", "startOfWeek": "monday"}}', '{}', '{"$date": "2021-03-15T07:00:00Z"}'),
    (15, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "month", "binSize": 7}}', '{}', '{"$date": "2021-01-01T00:00:00Z"}'),
    (16, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "year", "binSize": 5}}', '{}', '{"$date": "2020-01-01T00:00:00Z"}'),
    (17, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "quarter", "binSize": 2}}', '{}', '{"$date": "2021-01-01T00:00:00Z"}'),
    (18, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "day", "binSize": 7}}', '{}', '{"$date": "2021-03-20T00:00:00Z"}'),
    (19, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "millisecond", "binSize": 1000}}', '{}', '{"$date": "2021-03-20T11:30:05Z"}'),
    (20, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "day", "timezone": "America/New_York"}}', '{}', '{"$date": "2021-03-20T04:00:00Z"}'),
    (21, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "day", "timezone": "+05:30"}}', '{}', '{"$date": "2021-03-19T18:30:00Z"}'),
    (22, '{"$dateTrunc": {"date": {"$date": "2021-03-14T12:00:00Z"}, "unit": "day", "timezone": "America/New_York"}}', '{}', '{"$date": "2021-03-14T05:00:00Z"}'),
    (23, '{"$dateTrunc": {"date": {"$date": "2020-11-01T12:00:00Z"}, "unit": "day", "timezone": "America/New_York"}}', '{}', '{"$date": "2020-11-01T04:00:00Z"}'),
    (24, '{"$dateTrunc": {"date": {"$date": "1999-12-31T23:59:59Z"}, "unit": "year"}}', '{}', '{"$date": "1999-01-01T00:00:00Z"}'),
    (25, '{"$dateTrunc": {"date": {"$date": "1999-12-31T23:59:59Z"}, "unit": "hour", "binSize": 5}}', '{}', '{"$date": "1999-12-31T19:00:00Z"}'),
    (26, '{"$dateTrunc": {"date": {"$date": "1969-07-20T20:17:40Z"}, "unit": "month"}}', '{}', '{"$date": {"$numberLong": "-15897600000"}}'),
    (27, '{"$dateTrunc": {"date": {"$date": "1969-07-20T20:17:40Z"}, "unit": "second", "binSize": 10}}', '{}', '{"$date": {"$numberLong": "-14182940000"}}'),
    (28, '{"$dateTrunc": {"date": {"$date": "2000-01-01T00:00:00Z"}, "unit": "week", "startOfWeek": "sunday"}}', '{}', '{"$date": "1999-12-26T00:00:00Z"}'),
    (29, '{"$dateTrunc": {"date": {"$date": "2000-01-02T00:00:00Z"}, "unit": "week"}}', '{}', '{"$date": "2000-01-02T00:00:00Z"}'),
    (30, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour", "binSize": {"$numberLong": "9223372036854775807"}}}', '{}', 'error 5439002'),
    (31, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "day", "binSize": {"$numberLong": "100000000001"}}}', '{}', 'error 5439006'),
    (32, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "day", "binSize": {"$numberLong": "100000000000"}}}', '{}', '{"$date": "2000-01-01T00:00:00Z"}'),
    (33, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour", "binSize": 0}}', '{}', 'error 5439018'),
    (34, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour", "binSize": -1}}', '{}', 'error 5439018'),
    (35, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour", "binSize": 1.5}}', '{}', 'error 5439017'),
    (36, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour", "binSize": "1"}}', '{}', 'error 5439017'),
    (37, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour", "binSize": null}}', '{}', 'null'),
    (38, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "hour", "binSize": 2.0}}', '{}', '{"$date": "2021-03-20T10:00:00Z"}'),
    (39, '{"$dateTrunc": {"date": {"$date": {"$numberLong": "-9223372036854775808"}}, "unit": "millisecond", "binSize": 2}}', '{}', 'error 5439000'),
    (40, '{"$dateTrunc": {"date": {"$date": {"$numberLong": "-9223371090169975808"}}, "unit": "millisecond", "binSize": {"$numberLong": "9223372036854775807"}}}', '{}', 'error 5439001'),
    (41, '{"$dateTrunc": {"date": {"$date": {"$numberLong": "-9223372036854775808"}}, "unit": "year"}}', '{}', 'error 5166406'),
    (42, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "decade"}}', '{}', 'error 9'),
    (43, '{"$dateTrunc": {"date": {"$literal": 5}, "unit": "day"}}', '{}', 'error 5166307'),
    (44, '{"$dateTrunc": {"date": null, "unit": 5, "binSize": -1}}', '{}', 'null'),
    (45, '{"$dateTrunc": {"date": "$x", "unit": "day", "binSize": -1}}', '{}', 'error 5439018'),
    (46, '{"$dateTrunc": {"date": "$x", "unit": 5}}', '{}', 'error 5439013'),
    (47, '{"$dateTrunc": {"date": "$x", "unit": "day", "startOfWeek": "x"}}', '{}', 'error 5439016'),
    (48, '{"$dateTrunc": {"date": "$x", "unit": "day", "timezone": "x"}}', '{}', 'error 40485'),
    (49, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "week", "startOfWeek": "x"}}', '{}', 'error 5439016'),
    (50, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "day", "startOfWeek": "x"}}', '{}', '{"$date": "2021-03-20T00:00:00Z"}'),
    (51, '{"$dateTrunc": {"date": {"$date": "2021-03-20T11:30:05.123Z"}, "unit": "day", "timezone": "x"}}', '{}', 'error 40485'),
    (52, '{"$dateTrunc": 5}', '{}', 'error 5439007'),
    (53, '{"$dateTrunc": {"x": 5}}', '{}', 'error 5439008'),
    (54, '{"$dateTrunc": {"unit": "day"}}', '{}', 'error 5439009'),
    (55, '{"$dateTrunc": {"date": 5}}', '{}', 'error 5439010');
SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM pg_temp.cases;

-- Operands from documents give what constant ones give.
SELECT n, pg_temp.try(expression, '{"d": {"$date": "2021-03-20T11:30:05.123Z"}, "u": "month", "n": 2, "z": "Europe/Paris", "w": "monday"}') AS result
FROM (VALUES
    (1, '{"$dateAdd": {"startDate": "$d", "unit": "$u", "amount": "$n", "timezone": "$z"}}'),
    (2, '{"$dateSubtract": {"startDate": "$d", "unit": "$u", "amount": "$n", "timezone": "Europe/Paris"}}'),
    (3, '{"$dateDiff": {"startDate": "$d", "endDate": {"$dateAdd": {"startDate": "$d", "unit": "day", "amount": 100}}, "unit": "week", "startOfWeek": "$w"}}'),
    (4, '{"$dateDiff": {"startDate": "$d", "endDate": "$missing", "unit": "week", "startOfWeek": "$w"}}'),
    (5, '{"$dateTrunc": {"date": "$d", "unit": "$u", "binSize": "$n", "timezone": "$z", "startOfWeek": "$w"}}'),
    (6, '{"$dateTrunc": {"date": "$d", "unit": "week", "binSize": 2, "timezone": "Europe/Paris", "startOfWeek": "monday"}}'),
    (7, '{"$dateTrunc": {"date": "$d", "unit": "$missing"}}')
) AS t (n, expression) ORDER BY n;
