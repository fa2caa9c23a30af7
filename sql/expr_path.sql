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

-- Paths go through documents by name, and from an array into each document that it holds; other
-- elements and those without the field are left out, and numbers are names.
SELECT n, expression, pg_temp.try(expression, document)
FROM (VALUES
    (1, '"$a"', '{"a": 1}'),
    (2, '"$a"', '{}'),
    (3, '"$a"', '{"a": null}'),
    (4, '"$a"', '{"b": 1, "a": {"b": 2}}'),
    (5, '"$a.b"', '{"a": {"b": 2}}'),
    (6, '"$a.b"', '{"a": {"c": 2}}'),
    (7, '"$a.b"', '{"a": 1}'),
    (8, '"$a.b"', '{"a": null}'),
    (9, '"$a.b"', '{"a": []}'),
    (10, '"$a.b"', '{"a": [{"b": 1}, {"c": 2}, 3, null, {"b": null}, {"b": [4]}]}'),
    (11, '"$a.b"', '{"a": [[{"b": 1}], {"b": 2}]}'),
    (12, '"$a.b"', '{"a": [1, 2]}'),
    (13, '"$a.b.c"', '{"a": [{"b": [{"c": 1}, {"c": 2}]}, {"b": {"c": 3}}, {"b": {}}, {"b": []}]}'),
    (14, '"$a.0"', '{"a": [10, 20]}'),
    (15, '"$a.0"', '{"a": {"0": 10}}'),
    (16, '"$a.0"', '{"a": [{"0": 10}]}'),
    (17, '"$a.0.b"', '{"a": [{"b": 10}]}'),
    (18, '"$a.b.c.d"', '{"a": {"b": {"c": {"d": "deep"}}}}'),
    (19, '"$ a b"', '{" a b": 1}'),
    (20, '"$é.ü"', '{"é": {"ü": "umlaut"}}'),
    (21, '"$a"', '{"a": 1, "a": 2}'),
    (22, '"$$ROOT"', '{"a": 1}'),
    (23, '"$$ROOT.a"', '{"a": 1}'),
    (24, '"$$CURRENT"', '{"a": 1}'),
    (25, '"$$CURRENT.a.b"', '{"a": [{"b": 1}]}'),
    (26, '"$ref.$id"', '{"ref": {"$ref": "c", "$id": 5}}'),
    (27, '"$ref.$db"', '{"ref": {"$ref": "c", "$id": 5, "$db": "d"}}')
) AS t (n, expression, document) ORDER BY n;

-- A string that does not begin with a dollar is a literal.
SELECT pg_temp.try('"a"', '{"a": 1}'), pg_temp.try('""', '{}'), pg_temp.try('"a$b"', '{}');

-- Names that are refused.
SELECT n, expression, pg_temp.try(expression)
FROM (VALUES
    (1, '"$"'),
    (2, '"$."'),
    (3, '"$a."'),
    (4, '"$.a"'),
    (5, '"$a..b"'),
    (6, '"$a.$b"'),
    (7, '"$a.$id.$b"'),
    (8, '"$a\u0000b"'),
    (9, '"$a.b\u0000"'),
    (10, '"$$ROOT."'),
    (11, '"$$ROOT..a"'),
    (12, '"$$ROOT.$a"')
) AS t (n, expression) ORDER BY n;

-- 200 parts at most, of which CURRENT is one.
SELECT pg_temp.try('"$a' || repeat('.a', 198) || '"'), pg_temp.try('"$a' || repeat('.a', 199) || '"');

-- In documents a missing value is left out, in arrays it is null.
SELECT n, expression, pg_temp.try(expression, '{"a": 1, "b": [{"c": 2}, {"c": 3}], "n": null}')
FROM (VALUES
    (1, '{"x": "$a"}'),
    (2, '{"x": "$missing"}'),
    (3, '{"x": "$missing", "y": "$n", "z": {"w": "$missing", "v": "$b.c"}}'),
    (4, '["$a", "$missing", "$n", ["$missing"], {"x": "$missing"}]'),
    (5, '{}'),
    (6, '[]'),
    (7, '{"x": {}, "y": [], "z": [[]]}'),
    (8, '{"x": {"$add": ["$a", 1]}, "y": [{"$add": ["$a", 2]}]}'),
    (9, '{"x": 1, "y": "two", "z": true}'),
    (10, '{"x": "$$ROOT.a"}')
) AS t (n, expression) ORDER BY n;

-- Field names of documents.
SELECT n, expression, pg_temp.try(expression)
FROM (VALUES
    (1, '{"": 1}'),
    (2, '{"a.b": 1}'),
    (3, '{"a": 1, "$b": 2}'),
    (4, '{"a": 1, "a": 2}'),
    (5, '{"a": {"b.c": 1}}'),
    (6, '{"a": 1, "$add": [1, 2]}'),
    (7, '{"a": 1, "$id": 2}'),
    (8, '{"$id": 2}')
) AS t (n, expression) ORDER BY n;

-- Documents nested to the limit.
SELECT length(pg_temp.try(repeat('{"a": ', 150) || '"$v"' || repeat('}', 150), '{"v": 1}')) AS deep;
