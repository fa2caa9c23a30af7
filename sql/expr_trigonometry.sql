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

-- All of them take numbers only, and nulls.
SELECT name, string_agg(DISTINCT CASE WHEN result ~ '^[0-9]{5}$|^null$' OR result ~ 'NaN' THEN result ELSE 'number' END, ' ' ORDER BY CASE WHEN result ~ '^[0-9]{5}$|^null$' OR result ~ 'NaN' THEN result ELSE 'number' END) AS results
FROM types, unnest('{sin,cos,tan,asin,acos,atan,sinh,cosh,tanh,asinh,acosh,atanh,degreesToRadians,radiansToDegrees}'::text[]) AS op,
     LATERAL (SELECT pg_temp.try(format('{"$%s": "$v"}', op), '{' || field || '}') AS result) AS r
GROUP BY name, n ORDER BY n;
SELECT name, pg_temp.try('{"$atan2": ["$v", 1]}', '{' || field || '}') AS y,
       pg_temp.try('{"$atan2": [1, "$v"]}', '{' || field || '}') AS x,
       pg_temp.try('{"$sigmoid": "$v"}', '{' || field || '}') AS sigmoid
FROM types ORDER BY n;

INSERT INTO cases (expression, expected) VALUES
    ('{"$sin": 0}', '0.0'),
    ('{"$sin": {"$numberDouble": "-0.0"}}', '-0.0'),
    ('{"$cos": {"$numberLong": "0"}}', '1.0'),
    ('{"$tan": 0.0}', '0.0'),
    ('{"$asin": 0}', '0.0'),
    ('{"$acos": 1}', '0.0'),
    ('{"$atan": 0}', '0.0'),
    ('{"$sinh": 0}', '0.0'),
    ('{"$cosh": 0}', '1.0'),
    ('{"$tanh": 0}', '0.0'),
    ('{"$asinh": 0}', '0.0'),
    ('{"$acosh": 1}', '0.0'),
    ('{"$atanh": 0}', '0.0'),
    ('{"$acos": -1}', '3.141592653589793'),
    ('{"$asin": 1}', '1.5707963267948966'),
    ('{"$atan": {"$numberDouble": "Infinity"}}', '1.5707963267948966'),
    ('{"$atan2": [0, -1]}', '3.141592653589793'),
    ('{"$atan2": [{"$numberLong": "1"}, 0]}', '1.5707963267948966'),
    ('{"$degreesToRadians": 180}', '3.141592653589793'),
    ('{"$degreesToRadians": 90.0}', '1.5707963267948966'),
    ('{"$radiansToDegrees": 3.141592653589793}', '180.0'),
    ('{"$tanh": {"$numberDouble": "-Infinity"}}', '-1.0'),
    ('{"$cosh": {"$numberDouble": "-Infinity"}}', '{"$numberDouble": "Infinity"}'),
    ('{"$acosh": {"$numberDouble": "Infinity"}}', '{"$numberDouble": "Infinity"}'),
    ('{"$atanh": 1}', '{"$numberDouble": "Infinity"}'),
    ('{"$atanh": -1}', '{"$numberDouble": "-Infinity"}'),
    -- 34 digits; the last one may be off by one in Intel's library, and so in MongoDB
    ('{"$sin": {"$numberDecimal": "1"}}', '{"$numberDecimal": "0.8414709848078965066525023216302991"}'),
    ('{"$cos": {"$numberDecimal": "1"}}', '{"$numberDecimal": "0.5403023058681397174009366074429766"}'),
    ('{"$tan": {"$numberDecimal": "1"}}', '{"$numberDecimal": "1.557407724654902230506974807458360"}'),
    ('{"$asin": {"$numberDecimal": "1"}}', '{"$numberDecimal": "1.570796326794896619231321691639751"}'),
    ('{"$acos": {"$numberDecimal": "0"}}', '{"$numberDecimal": "1.570796326794896619231321691639751"}'),
    ('{"$atan": {"$numberDecimal": "1"}}', '{"$numberDecimal": "0.7853981633974483096156608458198757"}'),
    ('{"$sinh": {"$numberDecimal": "1"}}', '{"$numberDecimal": "1.175201193643801456882381850595601"}'),
    ('{"$cosh": {"$numberDecimal": "1"}}', '{"$numberDecimal": "1.543080634815243778477905620757062"}'),
    ('{"$tanh": {"$numberDecimal": "1"}}', '{"$numberDecimal": "0.7615941559557648881194582826047936"}'),
    ('{"$asinh": {"$numberDecimal": "1"}}', '{"$numberDecimal": "0.8813735870195430252326093249797923"}'),
    ('{"$acosh": {"$numberDecimal": "2"}}', '{"$numberDecimal": "1.316957896924816708625046347307968"}'),
    ('{"$atanh": {"$numberDecimal": "0.5"}}', '{"$numberDecimal": "0.5493061443340548456976226184612628"}'),
    ('{"$atan2": [{"$numberDecimal": "1"}, 1]}', '{"$numberDecimal": "0.7853981633974483096156608458198757"}'),
    ('{"$degreesToRadians": {"$numberDecimal": "180"}}', '{"$numberDecimal": "3.141592653589793238462643383279503"}'),
    ('{"$radiansToDegrees": {"$numberDecimal": "1"}}', '{"$numberDecimal": "57.29577951308232087679815481410517"}'),
    ('{"$sin": {"$numberDecimal": "NaN"}}', '{"$numberDecimal": "NaN"}'),
    ('{"$atanh": {"$numberDecimal": "1"}}', '{"$numberDecimal": "Infinity"}'),
    ('{"$tanh": {"$numberDecimal": "Infinity"}}', '{"$numberDecimal": "1"}'),
    -- out of bounds
    ('{"$sin": {"$numberDouble": "Infinity"}}', '50989'),
    ('{"$cos": {"$numberDouble": "-Infinity"}}', '50989'),
    ('{"$tan": {"$numberDecimal": "Infinity"}}', '50989'),
    ('{"$asin": 1.0000001}', '50989'),
    ('{"$asin": {"$numberDecimal": "-1.0000000000000000000000000000001"}}', '50989'),
    ('{"$acos": 2}', '50989'),
    ('{"$acos": {"$numberDouble": "-Infinity"}}', '50989'),
    ('{"$acosh": 0.9999}', '50989'),
    ('{"$acosh": {"$numberLong": "-5"}}', '50989'),
    ('{"$acosh": {"$numberDecimal": "0"}}', '50989'),
    ('{"$atanh": 1.5}', '50989'),
    ('{"$atanh": {"$numberDecimal": "-2"}}', '50989'),
    ('{"$atan2": ["x", null]}', '51044'),
    ('{"$atan2": [null, "x"]}', 'null'),
    ('{"$atan2": [1]}', '16020'),
    ('{"$sin": []}', '16020'),
    ('{"$sin": [1, 2]}', '16020'),
    ('{"$sin": [[1]]}', '28765'),
    -- $sigmoid, with the results of MongoDB
    ('{"$sigmoid": 0}', '0.5'),
    ('{"$sigmoid": 5}', '0.9933071490757153'),
    ('{"$sigmoid": 1}', '0.7310585786300049'),
    ('{"$sigmoid": -24}', '3.7751345441365816e-11'),
    ('{"$sigmoid": -100}', '3.7200759760208356e-44'),
    ('{"$sigmoid": {"$numberDecimal": "-3.14"}}', '{"$numberDecimal": "0.04148711930169585060767831941324486"}'),
    ('{"$sigmoid": {"$numberDecimal": "3.14"}}', '{"$numberDecimal": "0.9585128806983041493923216805867550"}'),
    ('{"$sigmoid": -2147483648}', '0.0'),
    ('{"$sigmoid": {"$numberLong": "9223372036854775807"}}', '1.0'),
    ('{"$sigmoid": [1]}', '14'),
    ('{"$sigmoid": "4"}', '14');
SELECT * FROM pg_temp.report();
SELECT count(*) FROM cases;
