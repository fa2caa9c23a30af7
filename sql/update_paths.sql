-- Paths of updates: creation, order of new fields, arrays, conflicts, what may not be written.

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

-- Telling updates apart.
INSERT INTO cases (document, update, expected) VALUES
('{"_id": 1, "a": 1}', '{"$set": {}}', 'same'),
('{"_id": 1, "a": 1}', '{"$set": {}, "$inc": {}, "$push": {}}', 'same'),
('{"_id": 1, "a": 1}', '{"$nope": {"a": 1}}', 'error 9'),
('{"_id": 1, "a": 1}', '{"$set": {"a": 2}, "b": {"c": 1}}', 'error 9'),
('{"_id": 1, "a": 1}', '{"$set": {"a": 2}, "$Set": {"b": 1}}', 'error 9'),
('{"_id": 1, "a": 1}', '{"$set": 5}', 'error 9'),
('{"_id": 1, "a": 1}', '{"$set": "a"}', 'error 9'),
('{"_id": 1, "a": 1}', '{"$set": ["a"]}', 'error 9'),
('{"_id": 1, "a": 1}', '{"$set": null}', 'error 9'),
('{"_id": 1, "a": 1}', '5', 'error 9'),
('{"_id": 1, "a": 1}', '"$set"', 'error 9'),
('{"_id": 1, "a": 1}', 'null', 'error 9'),
-- Paths.
('{"_id": 1, "a": 1}', '{"$set": {"": 1}}', 'error 56'),
('{"_id": 1, "a": 1}', '{"$set": {".": 1}}', 'error 56'),
('{"_id": 1, "a": 1}', '{"$set": {"a.": 1}}', 'error 56'),
('{"_id": 1, "a": 1}', '{"$set": {".a": 1}}', 'error 56'),
('{"_id": 1, "a": 1}', '{"$set": {"a..b": 1}}', 'error 56'),
('{"_id": 1, "a": 1}', '{"$unset": {"": 1}}', 'error 56'),
('{"_id": 1, "a": 1}', '{"$set": {"x": 1}}', '{"_id": 1, "a": 1, "x": 1}'),
('{"_id": 1, "a": 1}', '{"$set": {"x.y.z": 1}}', '{"_id": 1, "a": 1, "x": {"y": {"z": 1}}}'),
('{"_id": 1, "a": {"b": 1}}', '{"$set": {"a.c.d": 1}}', '{"_id": 1, "a": {"b": 1, "c": {"d": 1}}}'),
('{"_id": 1, "a": {"b": 1}}', '{"$set": {"a.0": 1}}', '{"_id": 1, "a": {"b": 1, "0": 1}}'),
('{"_id": 1}', '{"$set": {"a.0": 1}}', '{"_id": 1, "a": {"0": 1}}'),
('{"_id": 1}', '{"$set": {" ": 1}}', '{"_id": 1, " ": 1}'),
('{}', '{"$set": {"a": 1}}', '{"a": 1}'),
('{}', '{"$set": {"_id": 1}}', '{"_id": 1}'),
('{"a": 1}', '{"$set": {"_id": 1, "b": 2}}', '{"_id": 1, "a": 1, "b": 2}'),
('{}', '{"$set": {"_id.a": 1}}', '{"_id": {"a": 1}}'),
-- The first of several fields of one name is meant.
('{"_id": 1, "a": 1, "a": 2}', '{"$set": {"a": 3}}', '{"_id": 1, "a": 3, "a": 2}'),
-- Through a scalar there is no way.
('{"_id": 1, "a": 1}', '{"$set": {"a.b": 1}}', 'error 28'),
('{"_id": 1, "a": 1}', '{"$set": {"a.0": 1}}', 'error 28'),
('{"_id": 1, "a": null}', '{"$set": {"a.b": 1}}', 'error 28'),
('{"_id": 1, "a": {"b": "x"}}', '{"$set": {"a.b.c.d": 1}}', 'error 28'),
('{"_id": 1, "a": 1}', '{"$inc": {"a.b": 1}}', 'error 28'),
('{"_id": 1, "a": 1}', '{"$push": {"a.b": 1}}', 'error 28'),
('{"_id": 1, "a": 1}', '{"$pop": {"a.b": 1}}', 'error 28'),
('{"_id": 1, "a": 1}', '{"$pull": {"a.b": 1}}', 'error 28'),
('{"_id": 1, "a": 1}', '{"$pullAll": {"a.b": [1]}}', 'error 28'),
('{"_id": 1, "a": 1}', '{"$unset": {"a.b": 1}}', 'same'),
('{"_id": 1, "a": 1}', '{"$setOnInsert": {"a.b": 1}}', 'same'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.b": 1}}', 'error 28'),
('{"_id": 1, "a": [{"b": 1}]}', '{"$set": {"a.b": 1}}', 'error 28'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.-1": 1}}', 'error 28'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.1x": 1}}', 'error 28'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.0.b": 1}}', 'error 28'),
('{"_id": 1, "a": [1]}', '{"$unset": {"a.b": 1}}', 'same'),
('{"_id": 1, "a": [1]}', '{"$pull": {"a.b": 1}}', 'error 28'),
-- Where a path ends early, operators that do not create do nothing.
('{"_id": 1, "a": {}}', '{"$unset": {"a.b.c": 1, "x": 1, "y.z": 1}}', 'same'),
('{"_id": 1, "a": {}}', '{"$pop": {"a.b.c": 1, "x": 1, "y.z": 1}}', 'same'),
('{"_id": 1, "a": {}}', '{"$pull": {"a.b.c": 1, "x": 1, "y.z": 1}}', 'same'),
('{"_id": 1, "a": {}}', '{"$pullAll": {"a.b.c": [1], "x": [], "y.z": [1]}}', 'same'),
('{"_id": 1, "a": [1]}', '{"$pop": {"a.5": 1, "a.6.b": 1}}', 'same'),
('{"_id": 1, "a": [1]}', '{"$unset": {"a.5": 1}}', 'same'),
('{"_id": 1}', '{"$unset": {"a.b": 1}, "$set": {"a.c": 1}}', '{"_id": 1, "a": {"c": 1}}'),
('{"_id": 1}', '{"$pull": {"a.b": 1}, "$set": {"x": 1}}', '{"_id": 1, "x": 1}'),
-- Elements of arrays, and nulls before new ones.
('{"_id": 1, "a": [1, 2, 3]}', '{"$set": {"a.1": 9}}', '{"_id": 1, "a": [1, 9, 3]}'),
('{"_id": 1, "a": [1, 2, 3]}', '{"$set": {"a.01": 9}}', '{"_id": 1, "a": [1, 9, 3]}'),
('{"_id": 1, "a": [1, {"b": 2}, 3]}', '{"$set": {"a.1.b": 9, "a.1.c": 8}}', '{"_id": 1, "a": [1, {"b": 9, "c": 8}, 3]}'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.1": 2}}', '{"_id": 1, "a": [1, 2]}'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.3": 2}}', '{"_id": 1, "a": [1, null, null, 2]}'),
('{"_id": 1, "a": []}', '{"$set": {"a.1": 2}}', '{"_id": 1, "a": [null, 2]}'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.2.b.c": 2}}', '{"_id": 1, "a": [1, null, {"b": {"c": 2}}]}'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.4": 4, "a.2": 2, "a.0": 0}}', '{"_id": 1, "a": [0, null, 2, null, 4]}'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.10": 10, "a.9": 9}}', '{"_id": 1, "a": [1, null, null, null, null, null, null, null, null, 9, 10]}'),
('{"_id": 1, "a": [1]}', '{"$inc": {"a.2": 5}}', '{"_id": 1, "a": [1, null, 5]}'),
('{"_id": 1, "a": [[1, 2], [3]]}', '{"$set": {"a.0.1": 9, "a.1.1": 8}}', '{"_id": 1, "a": [[1, 9], [3, 8]]}'),
('{"_id": 1, "a": [1, 2, 3]}', '{"$unset": {"a.1": 1}}', '{"_id": 1, "a": [1, null, 3]}'),
('{"_id": 1, "a": [1, null, 3]}', '{"$unset": {"a.1": 1}}', 'same'),
('{"_id": 1, "a": [1, {"b": 2, "c": 3}]}', '{"$unset": {"a.1.b": 1}}', '{"_id": 1, "a": [1, {"c": 3}]}'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.1500002": 1}}', 'error 34'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.99999999999": 1}}', 'error 28'),
-- New fields come in the order of their names, numbers by value.
('{"_id": 1}', '{"$set": {"c": 1, "a": 2, "b": 3}}', '{"_id": 1, "a": 2, "b": 3, "c": 1}'),
('{"_id": 1}', '{"$set": {"10": 1, "9": 2, "1": 3, "a": 4}}', '{"_id": 1, "1": 3, "9": 2, "10": 1, "a": 4}'),
('{"_id": 1}', '{"$set": {"b": 1, "B": 2, "é": 3, "ab": 4, "a": 5}}', '{"_id": 1, "B": 2, "a": 5, "ab": 4, "b": 1, "é": 3}'),
('{"_id": 1}', '{"$set": {"x.c": 1, "x.a": 2, "w": 3}}', '{"_id": 1, "w": 3, "x": {"a": 2, "c": 1}}'),
('{"_id": 1}', '{"$set": {"z": 1}, "$inc": {"m": 2}, "$push": {"a": 3}}', '{"_id": 1, "a": [3], "m": 2, "z": 1}'),
('{"_id": 1, "z": 0}', '{"$set": {"b": 1, "z": 2, "a": 3}}', '{"_id": 1, "z": 2, "a": 3, "b": 1}'),
-- Conflicts.
('{"_id": 1}', '{"$set": {"a": 1}, "$inc": {"a": 1}}', 'error 40'),
('{"_id": 1}', '{"$set": {"a": 1, "a": 2}}', 'error 40'),
('{"_id": 1}', '{"$set": {"a": 1, "a.b": 2}}', 'error 40'),
('{"_id": 1}', '{"$set": {"a.b": 1, "a": 2}}', 'error 40'),
('{"_id": 1}', '{"$set": {"a.b.c": 1}, "$unset": {"a.b": 1}}', 'error 40'),
('{"_id": 1}', '{"$set": {"a": 1}, "$rename": {"a": "b"}}', 'error 40'),
('{"_id": 1}', '{"$set": {"b": 1}, "$rename": {"a": "b"}}', 'error 40'),
('{"_id": 1}', '{"$rename": {"a": "b", "c": "b"}}', 'error 40'),
('{"_id": 1}', '{"$rename": {"a": "b", "b": "c"}}', 'error 40'),
('{"_id": 1, "a": [1, 2]}', '{"$set": {"a.$[]": 1, "a.0": 2}}', 'error 40'),
('{"_id": 1, "a": [1, 2]}', '{"$set": {"a.0": 2, "a.$[]": 1}}', 'error 40'),
('{"_id": 1, "a": [1, 2]}', '{"$set": {"a.1": 2, "a.01": 1}}', 'error 40'),
('{"_id": 1}', '{"$set": {"ab": 1, "a": 2, "a-b": 3}}', '{"_id": 1, "a": 2, "a-b": 3, "ab": 1}'),
-- _id may be set to what it is.
('{"_id": 1, "a": 1}', '{"$set": {"_id": 1}}', 'same'),
('{"_id": 1, "a": 1}', '{"$set": {"_id": 1, "a": 2}}', '{"_id": 1, "a": 2}'),
('{"_id": 1, "a": 1}', '{"$set": {"_id": 2}}', 'error 66'),
('{"_id": 1, "a": 1}', '{"$set": {"_id": 1.0}}', 'error 66'),
('{"_id": 1, "a": 1}', '{"$unset": {"_id": 1}}', 'error 66'),
('{"_id": 1, "a": 1}', '{"$inc": {"_id": 1}}', 'error 66'),
('{"_id": 1, "a": 1}', '{"$inc": {"_id": 0}}', 'same'),
('{"_id": 1, "a": 1}', '{"$rename": {"_id": "b"}}', 'error 66'),
('{"_id": 1, "a": 1}', '{"$rename": {"a": "_id"}}', '{"_id": 1}'),
('{"_id": 1, "a": 2}', '{"$rename": {"a": "_id"}}', 'error 66'),
('{"_id": {"x": 1}, "a": 1}', '{"$set": {"_id.x": 1}}', 'same'),
('{"_id": {"x": 1}, "a": 1}', '{"$set": {"_id.x": 2}}', 'error 66'),
('{"_id": {"x": 1}, "a": 1}', '{"$set": {"_id.y": 2}}', 'error 66'),
('{"_id": 1, "a": {"_id": 5}}', '{"$set": {"a._id": 6}}', '{"_id": 1, "a": {"_id": 6}}'),
-- Names with a dollar: not at the top, but below since 5.0.
('{"_id": 1}', '{"$set": {"$a": 1}}', 'error 52'),
('{"_id": 1}', '{"$set": {"$a.b": 1}}', 'error 52'),
('{"_id": 1}', '{"$inc": {"$a": 1}}', 'error 52'),
('{"_id": 1}', '{"$unset": {"$a": 1}}', 'same'),
('{"_id": 1}', '{"$set": {"a.$b": 1}}', '{"_id": 1, "a": {"$b": 1}}'),
('{"_id": 1}', '{"$set": {"a": {"$b": 1, "c.d": 2, "": 3}}}', '{"_id": 1, "a": {"$b": 1, "c.d": 2, "": 3}}'),
('{"_id": 1}', '{"$push": {"a": {"$b": 1}}}', '{"_id": 1, "a": [{"$b": 1}]}'),
-- Positional paths.
('{"_id": 1, "a": [1]}', '{"$set": {"a.$": 1}}', 'error 2'),
('{"_id": 1, "a": [1]}', '{"$set": {"$": 1}}', 'error 2'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$.b.$": 1}}', 'error 2');

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;
TRUNCATE cases;

-- Array filters.
INSERT INTO cases (document, update, expected, filters) VALUES
('{"_id": 1, "a": [1, 2, 3]}', '{"$set": {"a.$[]": 9}}', '{"_id": 1, "a": [9, 9, 9]}', NULL),
('{"_id": 1, "a": [1, 2, 3]}', '{"$inc": {"a.$[]": 1}}', '{"_id": 1, "a": [2, 3, 4]}', '[]'),
('{"_id": 1, "a": [9, 9]}', '{"$set": {"a.$[]": 9}}', 'same', NULL),
('{"_id": 1, "a": []}', '{"$set": {"a.$[]": 9}}', 'same', NULL),
('{"_id": 1, "a": [{"b": 1}, {"c": 2}]}', '{"$set": {"a.$[].b": 9}}', '{"_id": 1, "a": [{"b": 9}, {"c": 2, "b": 9}]}', NULL),
('{"_id": 1, "a": [[1, 2], [3]]}', '{"$inc": {"a.$[].$[]": 10}}', '{"_id": 1, "a": [[11, 12], [13]]}', NULL),
('{"_id": 1, "a": [{"b": [1, 5]}, {"b": [6]}]}', '{"$inc": {"a.$[].b.$[e]": 10}}', '{"_id": 1, "a": [{"b": [1, 15]}, {"b": [16]}]}', '[{"e": {"$gte": 5}}]'),
('{"_id": 1, "a": [1, 5, 7]}', '{"$set": {"a.$[e]": 0}}', '{"_id": 1, "a": [1, 0, 0]}', '[{"e": {"$gte": 5}}]'),
('{"_id": 1, "a": [1, 5, 7]}', '{"$set": {"a.$[e]": 0}}', '{"_id": 1, "a": [1, 0, 7]}', '[{"e": 5}]'),
('{"_id": 1, "a": [{"x": 1}, {"x": 5}]}', '{"$set": {"a.$[e].y": 0}}', '{"_id": 1, "a": [{"x": 1}, {"x": 5, "y": 0}]}', '[{"e.x": {"$gte": 5}}]'),
('{"_id": 1, "a": [{"x": 1, "y": 1}, {"x": 5, "y": 2}]}', '{"$unset": {"a.$[e]": 0}}', '{"_id": 1, "a": [{"x": 1, "y": 1}, null]}', '[{"e.x": 5, "e.y": 2}]'),
('{"_id": 1, "a": [1, 5, 7, 9]}', '{"$set": {"a.$[e]": 0}}', '{"_id": 1, "a": [0, 5, 7, 0]}', '[{"$or": [{"e": {"$lt": 2}}, {"e": {"$gt": 8}}]}]'),
('{"_id": 1, "a": [1, 5, 7]}', '{"$set": {"a.$[e]": 0, "a.$[f]": 1}}', '{"_id": 1, "a": [1, 0, 1]}', '[{"e": 5}, {"f": {"$gt": 6}}]'),
('{"_id": 1, "a": [{"x": 1}, {"x": 2}]}', '{"$set": {"a.$[e].y": 0, "a.$[f].z": 1, "a.$[].w": 2}}', '{"_id": 1, "a": [{"x": 1, "w": 2, "y": 0}, {"x": 2, "w": 2, "y": 0, "z": 1}]}', '[{"e.x": {"$gte": 1}}, {"f.x": 2}]'),
('{"_id": 1, "a": [1, 5, 7]}', '{"$set": {"a.$[e]": 0, "a.$[f]": 1}}', 'error 40', '[{"e": {"$gt": 4}}, {"f": {"$gt": 6}}]'),
('{"_id": 1, "a": [1], "b": [1]}', '{"$set": {"a.$[e]": 0, "b.$[e]": 2}}', '{"_id": 1, "a": [0], "b": [2]}', '[{"e": 1}]'),
('{"_id": 1, "a": [[1, 5], 6]}', '{"$set": {"a.$[e]": 0}}', '{"_id": 1, "a": [0, 0]}', '[{"e": {"$gte": 5}}]'),
-- Errors.
('{"_id": 1, "a": 1}', '{"$set": {"a.$[]": 9}}', 'error 2', NULL),
('{"_id": 1}', '{"$set": {"a.$[]": 9}}', 'error 2', NULL),
('{"_id": 1}', '{"$unset": {"a.b.$[].c": 9}}', 'error 2', NULL),
('{"_id": 1, "a": [{"b": 1}]}', '{"$set": {"a.$[].b.$[]": 9}}', 'error 2', NULL),
('{"_id": 1, "a": [1]}', '{"$set": {"$[]": 9}}', 'error 2', NULL),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[e]": 9}}', 'error 2', NULL),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[e]": 9}}', 'error 2', '[{"f": 1}]'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[]": 9}}', 'error 9', '[{"f": 1}]'),
('{"_id": 1, "a": [1]}', '{"a": 1}', '{"_id": 1, "a": 1}', '[{"f": 1}]'),
('{"a": [1]}', '{"$set": {"a.$[i]": 2}}', 'error 224', '[{"$expr": {"$eq": ["$a", 1]}}]'),
('{"a": [1]}', '{"$set": {"a.$[i]": 2}}', 'error 224', '[{"i": 1, "$expr": true}]'),
('{"a": [1]}', '{"$set": {"a.$[i]": 2}}', 'error 224', '[{"$jsonSchema": {}}]'),
('{"a": [1]}', '{"$set": {"a.$[i]": 2}}', 'error 2', '[{"$text": {"$search": "x"}}]'),
('{"a": [1]}', '{"$set": {"a.$[i]": 2}}', 'error 2', '[{"$where": "x"}]'),
('{"a": [1]}', '{"$set": {"a.$[i]": 2}}', 'error 2', '[{"i": {"$nope": 1}, "j": 1}]'),
('{"a": [1]}', '{"$set": {"a.$[i]": 2}}', 'error 9', '[{"$alwaysTrue": 1}]'),
('{"a": [0, 1]}', '{"$set": {"a.$[i]": 5}}', '{"a": [5, 1]}', '[{"$or": [{"i": 0}, {"$and": [{"i": 7}]}]}]'),
('{"_id": 1, "a": [1]}', '[{"$set": {"a": 1}}]', 'error 9', '[{"f": 1}]'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[e]": 9}}', 'error 9', '[{"e": 1, "f": 1}]'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[e]": 9}}', 'error 9', '[{"e": 1}, {"e": 2}]'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[e]": 9}}', 'error 9', '[{}]'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[E]": 9}}', 'error 2', '[{"E": 1}]'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[e]": 9}}', 'error 14', '[5]'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[e]": 9}}', 'error 14', '{"e": 1}'),
('{"_id": 1, "a": [1]}', '{"$set": {"a.$[e]": 9}}', 'error 2', '[{"e": {"$nope": 1}}]'),
('{"_id": 1, "a": [1]}', '{"$rename": {"a.$[]": "b"}}', 'error 2', NULL);

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;
TRUNCATE cases;

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

-- A path through a value of any type: only documents and arrays have fields below them.
SELECT name, pg_temp.outcome(format('{"_id": 1, "v": %s}', value), '{"$set": {"v.0": 1}}', false, NULL) AS set,
       pg_temp.outcome(format('{"_id": 1, "v": %s}', value), '{"$unset": {"v.0": 1}}', false, NULL) AS unset,
       pg_temp.outcome(format('{"_id": 1, "v": %s}', value), '{"$pop": {"v.x": 1}}', false, NULL) AS pop
FROM type_values
ORDER BY name;

-- What the update does not name stays as it was, byte for byte.
SELECT count(*) AS same_bytes
FROM (SELECT ('{"_id": 1, "first": {"x": 1}, ' || string_agg(format('"%s": %s', name, value), ', ' ORDER BY name)
              || ', "last": [{"x": 1}]}')::bson AS document
      FROM type_values) d,
     (VALUES ('{"$set": {"first.x": 2, "last.0.x": 2}}'::bson_value), ('{"$set": {"new": 1}}'),
             ('{"$push": {"last": 5}, "$inc": {"first.x": 1}}')) u (update),
     LATERAL (SELECT ('{' || string_agg(format('"%s": %s', name, value), ', ' ORDER BY name) || '}')::bson::bytea AS untouched
              FROM type_values) b
WHERE position(substring(untouched FROM 5 FOR length(untouched) - 5)
               IN docdb.update_document(document, update)::bytea) > 0;

-- Updates of disjoint paths: one statement does what the single ones do, in any order.
WITH RECURSIVE
documents (d, document) AS (VALUES
    (1, '{"_id": 1}'::bson),
    (2, '{"_id": 1, "a": {"b": 1, "c": [1, 2, 3]}, "n": 5, "arr": [3, 1, 2], "s": "x"}'),
    (3, '{"_id": 1, "arr": [{"q": 1}, {"q": 2}], "a": {"b": 7, "z": {"y": 1}}, "s": null, "z": 1}'),
    (4, '{"_id": 1, "n": {"$numberLong": "9"}, "arr": [], "a": {}, "last": true}')),
parts (p, operator, path, operand) AS (VALUES
    (1, '$set', 'a.k', '"v"'), (2, '$inc', 'n', '3'), (3, '$unset', 's', '1'),
    (4, '$push', 'arr', '{"$each": [9], "$position": 0}'), (5, '$set', 'a.z.y', '[1]'),
    (6, '$min', 'a.b', '4'), (7, '$setOnInsert', 'ins', '1'), (8, '$bit', 'bits', '{"or": 6}'),
    (9, '$mul', 'm', '2.5')),
subsets AS (
    SELECT m, array_agg(p ORDER BY p) AS ps, count(*) AS size
    FROM generate_series(1, 511) m, parts WHERE (m >> (p - 1)) & 1 = 1 GROUP BY m),
one AS (
    SELECT d, m, docdb.update_document(document, (SELECT ('{' || string_agg(format('"%s": {%s}', operator, paths), ', ') || '}')
               FROM (SELECT operator, string_agg(format('"%s": %s', path, operand), ', ' ORDER BY p DESC) AS paths
                     FROM parts WHERE p = ANY (ps) GROUP BY operator) g)::bson_value, NULL, true) AS result
    FROM documents, subsets),
single (d, m, step, result) AS (
    SELECT d, m, 0, document FROM documents, subsets
    UNION ALL
    SELECT s.d, s.m, s.step + 1,
           docdb.update_document(s.result, format('{"%s": {"%s": %s}}', operator, path, operand)::bson_value, NULL, true)
    FROM single s JOIN subsets USING (m) JOIN parts ON p = ps[s.step + 1])
SELECT count(*) AS compared,
       count(*) FILTER (WHERE NOT docdb.project(one.result, '{"_id": 0}') @@ '{}') AS impossible,
       count(*) FILTER (WHERE (SELECT string_agg(e, ',' ORDER BY e) FROM unnest(ARRAY['a.b', 'a.k', 'a.z', 'n', 's', 'arr', 'ins', 'bits', 'm', 'last', 'z']) p, LATERAL (SELECT p || (one.result ->> p)) v (e))
                       IS DISTINCT FROM
                       (SELECT string_agg(e, ',' ORDER BY e) FROM unnest(ARRAY['a.b', 'a.k', 'a.z', 'n', 's', 'arr', 'ins', 'bits', 'm', 'last', 'z']) p, LATERAL (SELECT p || (single.result ->> p)) v (e))) AS different
FROM one JOIN single USING (d, m) JOIN subsets USING (m)
WHERE step = size;

-- Wide updates: more paths than are searched one by one; names that mix.
SELECT docdb.update_document('{"_id": 0}', update) = expected AS created,
       docdb.update_document(expected, update2) = expected2 AS replaced
FROM (SELECT ('{"$set": {' || string_agg(format('"%s": %s', i, i), ', ' ORDER BY i DESC) || '}}')::bson_value AS update,
             ('{"$set": {' || string_agg(format('"%s": %s', i, -i), ', ' ORDER BY i DESC) || '}}')::bson_value AS update2,
             ('{"_id": 0, ' || string_agg(format('"%s": %s', i, i), ', ' ORDER BY i) || '}')::bson AS expected,
             ('{"_id": 0, ' || string_agg(format('"%s": %s', i, -i), ', ' ORDER BY i) || '}')::bson AS expected2
      FROM generate_series(1, 300) i) w;

-- Depth, and size.
SELECT length(pg_temp.outcome('{"_id": 1}', format('{"$set": {"%s": 1}}', 'a' || repeat('.a', 199)), false, NULL)) > 200 AS at_limit,
       pg_temp.outcome('{"_id": 1}', format('{"$set": {"%s": {}}}', 'a' || repeat('.a', 199)), false, NULL) AS one_more,
       pg_temp.outcome('{"_id": 1}', format('{"$set": {"%s": 1}}', 'a' || repeat('.a', 200)), false, NULL) AS path_too_deep,
       pg_temp.outcome('{"_id": 1}', format('{"$set": {"%s": %s}}', 'a' || repeat('.a', 150), repeat('[', 100) || repeat(']', 100)), false, NULL) AS value_too_deep;
SELECT pg_temp.outcome('{"_id": 1}', format('{"$set": {"a": "%s"}}', repeat('x', 16777216 - 30)), false, NULL) LIKE '{"_id": 1, "a": "xxx%' AS below,
       pg_temp.outcome(format('{"_id": 1, "a": "%s"}', repeat('x', 9000000)), format('{"$set": {"b": "%s"}}', repeat('x', 7777200)), false, NULL) AS above,
       pg_temp.outcome(format('{"_id": 1, "a": "%s"}', repeat('x', 9000000)), format('{"$set": {"b": "%s"}}', repeat('x', 9000000)), false, NULL) AS far_above;

-- NULL arguments, and what stays the same.
SELECT docdb.update_document(NULL, '{"$set": {"a": 1}}') IS NULL AS no_document,
       docdb.update_document('{"_id": 1}', NULL) IS NULL AS no_update,
       docdb.update_document('{"_id": 1}', '{"$set": {"_id": 1}}') AS same,
       docdb.updated('{"_id": 1}', '{"$set": {"_id": 1}}') IS NULL AS not_updated;

SELECT * FROM docdb.update_operators();

-- Messages as MongoDB has them.
\set VERBOSITY terse
SELECT docdb.update_document('{"_id": 1}', '{"$nope": {"a": 1}}');
SELECT docdb.update_document('{"_id": 1, "a": 1}', '{"$set": {"a.b": 1}}');
SELECT docdb.update_document('{"_id": 1, "a": [1]}', '{"$set": {"a.b.c": 1}}');
SELECT docdb.update_document('{"_id": 1, "a": 1}', '{"$pull": {"a.b.c": 1}}');
SELECT docdb.update_document('{"_id": 1}', '{"$set": {"a.b": 1}, "$inc": {"a": 1}}');
SELECT docdb.update_document('{"_id": 1}', '{"$set": {"_id": 2}}');
SELECT docdb.update_document('{"_id": 1}', '{"$set": {"a..b": 2}}');
SELECT docdb.update_document('{"_id": 1}', '{"$set": {"$a": 2}}');
SELECT docdb.update_document('{"_id": 1}', '{"$set": {"a.$": 2}}');
SELECT docdb.update_document('{"_id": 1}', '{"$set": {"a.b.$[].c": 2}}');
SELECT docdb.update_document('{"_id": 1}', '{"$set": {"a.$[x]": 2}}');
