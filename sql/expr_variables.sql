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

SELECT n, expression, pg_temp.try(expression, '{"a": 1, "b": {"c": 2}, "l": [{"x": 1}, {"x": 2}]}')
FROM (VALUES
    (1, '{"$let": {"vars": {"x": 5}, "in": "$$x"}}'),
    (2, '{"$let": {"vars": {"x": "$a"}, "in": {"$add": ["$$x", "$$x"]}}}'),
    (3, '{"$let": {"in": {"$add": ["$$x", 1]}, "vars": {"x": "$a"}}}'),
    (4, '{"$let": {"vars": {"x": "$b"}, "in": "$$x.c"}}'),
    (5, '{"$let": {"vars": {"x": "$l"}, "in": "$$x.x"}}'),
    (6, '{"$let": {"vars": {"x": [{"y": 1}, {"y": 2}, 3]}, "in": "$$x.y"}}'),
    (7, '{"$let": {"vars": {"x": 5}, "in": "$$x.y"}}'),
    (8, '{"$let": {"vars": {"x": "$missing"}, "in": "$$x"}}'),
    (9, '{"$let": {"vars": {"x": "$missing"}, "in": {"y": "$$x", "z": ["$$x"]}}}'),
    (10, '{"$let": {"vars": {"x": 1}, "in": {"$let": {"vars": {"x": {"$add": ["$$x", "$a"]}}, "in": {"$add": ["$$x", 10]}}}}}'),
    (11, '{"$let": {"vars": {"x": 1, "y": 2}, "in": {"$let": {"vars": {"x": "$$y", "y": "$$x"}, "in": ["$$x", "$$y"]}}}}'),
    (12, '[{"$let": {"vars": {"x": "$a"}, "in": {"$let": {"vars": {"x": 2}, "in": "$$x"}}}}, {"$let": {"vars": {"x": 3}, "in": "$$x"}}]'),
    (13, '{"$let": {"vars": {}, "in": "$a"}}'),
    (14, '{"$let": {"vars": {"CURRENT": "$b"}, "in": "$c"}}'),
    (15, '{"$let": {"vars": {"CURRENT": "$b"}, "in": ["$c", "$$CURRENT.c", "$$ROOT.a"]}}'),
    (16, '{"$let": {"vars": {"CURRENT": {"k": 9}}, "in": "$k"}}'),
    (17, '{"$let": {"vars": {"aB_9": 1}, "in": "$$aB_9"}}'),
    (18, '{"$let": {"vars": {"é": 1}, "in": "$$é"}}'),
    (19, '{"$let": {"vars": {"x": {"$divide": [1, "$z"]}}, "in": 1}}'),
    (20, '{"$let": {"vars": {"x": {"$divide": [1, 0]}}, "in": 1}}'),
    (21, '{"$let": {"vars": {"x": "$$x"}, "in": 1}}'),
    (22, '{"$let": {"vars": {"x": 1, "y": "$$x"}, "in": 1}}'),
    (23, '{"$add": [{"$let": {"vars": {"x": 1}, "in": "$$x"}}, "$$x"]}'),
    (30, '{"$let": 1}'),
    (31, '{"$let": [{"vars": {}, "in": 1}]}'),
    (32, '{"$let": {"in": 1}}'),
    (33, '{"$let": {"vars": {}}}'),
    (34, '{"$let": {"vars": {}, "in": 1, "other": 1}}'),
    (35, '{"$let": {"vars": 1, "in": 1}}'),
    (45, '{"$let": {"vars": [], "in": 1}}'),
    (46, '{"$let": {"vars": [1], "in": 1}}'),
    (36, '{"$let": {"vars": {"": 1}, "in": 1}}'),
    (37, '{"$let": {"vars": {"X": 1}, "in": 1}}'),
    (38, '{"$let": {"vars": {"_x": 1}, "in": 1}}'),
    (39, '{"$let": {"vars": {"9x": 1}, "in": 1}}'),
    (40, '{"$let": {"vars": {"$x": 1}, "in": 1}}'),
    (41, '{"$let": {"vars": {"a.b": 1}, "in": 1}}'),
    (42, '{"$let": {"vars": {"a-b": 1}, "in": 1}}'),
    (43, '{"$let": {"vars": {"ROOT": 1}, "in": 1}}'),
    (44, '{"$let": {"vars": {"NOW": 1}, "in": 1}}')
) AS t (n, expression) ORDER BY n;

-- Reading variables: the system's, undefined ones, names that cannot be.
SELECT n, expression, pg_temp.try(expression, '{"a": 1}')
FROM (VALUES
    (1, '"$$ROOT.a"'),
    (2, '"$$CURRENT.a"'),
    (3, '"$$REMOVE"'),
    (4, '"$$REMOVE.a"'),
    (5, '{"x": "$$REMOVE", "y": 1}'),
    (6, '["$$REMOVE"]'),
    (7, '{"$type": "$$REMOVE"}'),
    (8, '{"$type": "$$NOW"}'),
    (9, '{"$type": "$$NOW.a"}'),
    (10, '"$$CLUSTER_TIME"'),
    (11, '"$$USER_ROLES"'),
    (12, '"$$SEARCH_META"'),
    (13, '"$$x"'),
    (14, '"$$X"'),
    (15, '"$$x.y"'),
    (16, '"$$"'),
    (17, '"$$.a"'),
    (18, '"$$$"'),
    (19, '"$$_x"'),
    (20, '"$$9"'),
    (21, '"$$x-y"'),
    (22, '"$$KEEP"'),
    (23, '{"$cond": [false, "$$CLUSTER_TIME", 1]}')
) AS t (n, expression) ORDER BY n;

-- $$NOW is the time of the statement, in milliseconds.
SELECT docdb.eval('"$$NOW"', '{}')::timestamptz = date_trunc('milliseconds', statement_timestamp()) AS is_now;

-- Literals: nothing inside is read.
SELECT n, expression, pg_temp.try(expression, '{"a": 1}')
FROM (VALUES
    (1, '{"$literal": "$a"}'),
    (2, '{"$literal": {"$add": [1, 2]}}'),
    (3, '{"$literal": ["$a", {"$foo": 1}]}'),
    (4, '{"$literal": null}'),
    (5, '{"$const": "$$x"}'),
    (6, '{"$literal": [1]}'),
    (7, '{"$eq": [{"$literal": "$a"}, "$a"]}'),
    (8, '{"$add": [{"$literal": 1}, "$a"]}')
) AS t (n, expression) ORDER BY n;

-- Variables from outside.
SELECT docdb.eval('{"$add": ["$a", "$$x", "$$y.z"]}', '{"a": 1}', '{"x": 10, "y": {"z": 100}}') AS sum,
       docdb.eval('"$$x"', '{"a": 1}', '{"x": "$a"}') AS not_read,
       docdb.eval('{"$let": {"vars": {"x": "$$y"}, "in": ["$$x", "$$y"]}}', '{}', '{"x": 1, "y": 2}') AS hidden;
SELECT v, docdb.eval('["$$x", "$a"]', '{"a": 1}', v::bson)
FROM (VALUES ('{"x": 1}'), ('{"x": "two"}'), ('{"y": 1, "x": 3}'), ('{"x": 4, "y": 1}')) AS t (v);
SELECT docdb.eval('"$$x"', '{}', '{"X": 1}');
SELECT docdb.eval('"$$x"', '{}', '{"y": 1}');
SELECT docdb.eval(NULL, '{}') IS NULL AS no_expression, docdb.eval('"$a"', NULL) IS NULL AS no_document;

-- One call site with expressions that change from row to row.
SELECT e, docdb.eval(e::bson_value, '{"a": 1, "b": 2}')
FROM (VALUES ('"$a"'), ('"$b"'), ('{"$add": ["$a", "$b"]}'), ('"$a"'), ('7'), ('8'), ('7.0')) AS t (e);
