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

SELECT n, expression, pg_temp.try(expression)
FROM (VALUES
    (1, '{"$foo": 1}'),
    (2, '{"$foo": {"$bar": 1}}'),
    (3, '{"a": {"$foo": 1}}'),
    (4, '[{"$foo": 1}]'),
    (5, '{"$add": [1, {"$foo": 1}]}'),
    (6, '{"$": 1}'),
    (7, '{"$ADD": [1]}'),
    (8, '{"$add": [1], "$subtract": [1, 2]}'),
    (9, '{"$add": [1], "a": 2}'),
    (10, '{"$foo": 1, "a": 2}'),
    (11, '{"$eq": 1}'),
    (12, '{"$eq": []}'),
    (13, '{"$eq": [1, 2, 3]}'),
    (14, '{"$not": [[1, 2], 3]}'),
    (15, '{"$abs": []}'),
    (16, '{"$abs": [1, 2]}'),
    (17, '{"$abs": {}}'),
    (18, '{"$subtract": {"a": 1}}'),
    (19, '{"$divide": 5}')
) AS t (n, expression) ORDER BY n;

-- Errors in the form of an expression come before those in its constants.
SELECT pg_temp.try('{"$add": [{"$divide": [1, 0]}, {"$foo": 1}]}') AS form_first,
       pg_temp.try('{"$cond": [{"$divide": [1, 0]}, 1]}') AS arity_first,
       pg_temp.try('{"x": {"$divide": [1, 0]}, "y": "$$nope"}') AS variable_first;

-- Constants are computed when the expression is compiled, whether or not they would be reached,
-- except where an operator decides without them.
SELECT n, expression, pg_temp.try(expression, '{"a": 1}')
FROM (VALUES
    (1, '{"$divide": [1, 0]}'),
    (2, '{"$cond": ["$a", 1, {"$divide": [1, 0]}]}'),
    (3, '{"$concat": ["$missing", {"$concat": ["x", 5]}]}'),
    (4, '{"$concat": ["$missing", "x", 5]}'),
    (5, '{"$concat": ["$missing", 5]}'),
    (6, '{"$add": [1, "x", "$missing"]}'),
    (7, '{"$add": ["$missing", 1, "x"]}'),
    (8, '{"$literal": {"$divide": [1, 0]}}'),
    (9, '{"$switch": {"branches": [{"case": true, "then": 1}, {"case": {"$divide": [1, 0]}, "then": 2}]}}')
) AS t (n, expression) ORDER BY n;

-- An error does not spoil the call site's cache.
SELECT pg_temp.try(e, '{"a": 1}') FROM (VALUES ('"$a"'), ('{"$foo": 1}'), ('"$a"')) AS t (e);

-- The inventory is sorted, and its operators are the ones that can be called.
SELECT count(*) >= 39 AS enough, bool_and(name ~ '^\$[a-zA-Z0-9]+$') AS well_named,
       bool_and(in_order) AS sorted,
       bool_and(pg_temp.try(format('{"%s": 1}', name)) NOT LIKE '168: %') AS known
FROM (SELECT *, coalesce(lag(name COLLATE "C") OVER (ORDER BY ordinality) < name COLLATE "C", true) AS in_order
      FROM docdb.expression_operators() WITH ORDINALITY) AS t;
SELECT * FROM docdb.expression_operators() WHERE name IN ('$abs', '$add', '$cond', '$let', '$subtract') ORDER BY name;

-- Of several errors in the form the first one met is reported. Most operators parse the operands
-- where they stand; some gather their arguments first, and parse them once the form is right.
SELECT n, expression, pg_temp.try(expression)
FROM (VALUES
    (1, '{"$trim": {"input": {"$foo": 1}, "x": 1}}'),
    (2, '{"$trim": {"x": 1, "input": {"$foo": 1}}}'),
    (3, '{"$trim": {"chars": {"$foo": 1}}}'),
    (4, '{"$cond": {"if": {"$foo": 1}, "x": 1}}'),
    (5, '{"$cond": {"x": 1, "if": {"$foo": 1}}}'),
    (6, '{"$regexMatch": {"input": {"$foo": 1}, "x": 1}}'),
    (7, '{"$convert": {"input": {"$foo": 1}, "x": 1}}'),
    (8, '{"$replaceAll": {"input": {"$foo": 1}, "x": 1}}'),
    (9, '{"$dateAdd": {"unit": {"$foo": 1}, "x": 1}}'),
    (10, '{"$hour": {"date": {"$foo": 1}, "x": 1}}'),
    (11, '{"$sortArray": {"input": {"$foo": 1}, "x": 1}}'),
    (12, '{"$maxN": {"input": {"$foo": 1}, "x": 1}}'),
    (13, '{"$getField": {"input": {"$foo": 1}, "x": 1}}'),
    (14, '{"$setField": {"input": {"$foo": 1}, "x": 1}}'),
    (15, '{"$reduce": {"input": {"$foo": 1}, "x": 1}}'),
    (16, '{"$switch": {"default": {"$foo": 1}, "x": 1}}'),
    (17, '{"$switch": {"branches": [{"case": {"$foo": 1}, "x": 1}], "x": 1}}'),
    (18, '{"$switch": {"branches": [{"case": 1}], "x": 1}}'),
    (19, '{"$switch": {"x": 1, "branches": 1}}'),
    (20, '{"$dateToString": {"date": {"$foo": 1}, "x": 1}}'),
    (21, '{"$dateFromParts": {"year": {"$foo": 1}, "x": 1}}'),
    (22, '{"$dateDiff": {"unit": {"$foo": 1}, "x": 1}}'),
    (23, '{"$filter": {"cond": {"$foo": 1}}}'),
    (24, '{"$map": {"in": {"$foo": 1}}}'),
    (25, '{"$zip": {"inputs": [{"$foo": 1}], "x": 1}}'),
    (26, '{"$zip": {"x": 1, "inputs": [{"$foo": 1}]}}'),
    (27, '{"$zip": {"useLongestLength": 1, "inputs": 1}}'),
    (28, '{"$zip": {"defaults": [{"$foo": 1}]}}')
) AS t (n, expression) ORDER BY n;
