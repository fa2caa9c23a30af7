-- Update operators on arrays: $push, $addToSet, $pop, $pull, $pullAll.

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

-- $push.
INSERT INTO cases (document, update, expected) VALUES
('{"a": [1, 2]}', '{"$push": {"a": 3}}', '{"a": [1, 2, 3]}'),
('{"a": []}', '{"$push": {"a": 3}}', '{"a": [3]}'),
('{}', '{"$push": {"a": 3}}', '{"a": [3]}'),
('{"a": {"b": 1}}', '{"$push": {"a.c": 3}}', '{"a": {"b": 1, "c": [3]}}'),
('{"a": [1]}', '{"$push": {"a": [2, 3]}}', '{"a": [1, [2, 3]]}'),
('{"a": [1]}', '{"$push": {"a": {"b": 2}}}', '{"a": [1, {"b": 2}]}'),
('{"a": [[1], [2]]}', '{"$push": {"a.0": 9}}', '{"a": [[1, 9], [2]]}'),
('{"a": [1]}', '{"$push": {"a": {"$each": [2, 3]}}}', '{"a": [1, 2, 3]}'),
('{"a": [1]}', '{"$push": {"a": {"$each": []}}}', 'same'),
('{}', '{"$push": {"a": {"$each": []}}}', '{"a": []}'),
('{}', '{"$push": {"a": {"$each": [1, 2]}}}', '{"a": [1, 2]}'),
('{"a": [1]}', '{"$push": {"a": {"x": 1, "y": 2}}}', '{"a": [1, {"x": 1, "y": 2}]}'),
('{"a": [1]}', '{"$push": {"a": {"$slice": 1}}}', '{"a": [1, {"$slice": 1}]}'),
('{"a": [0,1,2,3,4,5,6,7,8,9]}', '{"$push": {"a": {"$each": [10, 11]}}}', '{"a": [0,1,2,3,4,5,6,7,8,9,10,11]}'),
-- $position.
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8, 9], "$position": 0}}}', '{"a": [8, 9, 1, 2, 3]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8, 9], "$position": 1}}}', '{"a": [1, 8, 9, 2, 3]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8, 9], "$position": 3}}}', '{"a": [1, 2, 3, 8, 9]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8, 9], "$position": 99}}}', '{"a": [1, 2, 3, 8, 9]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8, 9], "$position": -1}}}', '{"a": [1, 2, 8, 9, 3]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8, 9], "$position": -2}}}', '{"a": [1, 8, 9, 2, 3]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8, 9], "$position": -3}}}', '{"a": [8, 9, 1, 2, 3]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8, 9], "$position": -99}}}', '{"a": [8, 9, 1, 2, 3]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8], "$position": 1.0}}}', '{"a": [1, 8, 2, 3]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8], "$position": {"$numberLong": "-9223372036854775808"}}}}', '{"a": [8, 1, 2, 3]}'),
('{}', '{"$push": {"a": {"$each": [8, 9], "$position": 0}}}', '{"a": [8, 9]}'),
('{"a": []}', '{"$push": {"a": {"$each": [8, 9], "$position": -1}}}', '{"a": [8, 9]}'),
('{"a": [1]}', '{"$push": {"a": {"$each": [], "$position": 0}}}', 'same'),
-- $slice.
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [4], "$slice": 2}}}', '{"a": [1, 2]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [4], "$slice": -2}}}', '{"a": [3, 4]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [4], "$slice": 0}}}', '{"a": []}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [4], "$slice": 9}}}', '{"a": [1, 2, 3, 4]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [4], "$slice": -9}}}', '{"a": [1, 2, 3, 4]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [], "$slice": -2}}}', '{"a": [2, 3]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [], "$slice": 3}}}', 'same'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [4], "$slice": 3}}}', 'same'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [4], "$slice": {"$numberLong": "-9223372036854775808"}}}}', '{"a": [1, 2, 3, 4]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [4], "$slice": 2.0}}}', '{"a": [1, 2]}'),
('{}', '{"$push": {"a": {"$each": [1, 2, 3], "$slice": -1}}}', '{"a": [3]}'),
('{"a": [1, 2, 3]}', '{"$push": {"a": {"$each": [8, 9], "$position": 0, "$slice": 3}}}', '{"a": [8, 9, 1]}'),
-- $sort.
('{"a": [3, 1]}', '{"$push": {"a": {"$each": [2], "$sort": 1}}}', '{"a": [1, 2, 3]}'),
('{"a": [3, 1]}', '{"$push": {"a": {"$each": [2], "$sort": -1}}}', '{"a": [3, 2, 1]}'),
('{"a": [3, "x", null, {"b": 1}, [1], 1.5, true]}', '{"$push": {"a": {"$each": [2], "$sort": 1}}}', '{"a": [null, 1.5, 2, 3, "x", {"b": 1}, [1], true]}'),
('{"a": [{"b": 3}, {"b": 1}]}', '{"$push": {"a": {"$each": [{"b": 2}], "$sort": {"b": 1}}}}', '{"a": [{"b": 1}, {"b": 2}, {"b": 3}]}'),
('{"a": [{"b": 3}, {"b": 1}]}', '{"$push": {"a": {"$each": [{"b": 2}], "$sort": {"b": -1}, "$slice": 2}}}', '{"a": [{"b": 3}, {"b": 2}]}'),
('{"a": [{"b": 1, "c": 1}, {"b": 1, "c": 2}]}', '{"$push": {"a": {"$each": [{"b": 0, "c": 3}], "$sort": {"b": 1, "c": -1}}}}', '{"a": [{"b": 0, "c": 3}, {"b": 1, "c": 2}, {"b": 1, "c": 1}]}'),
('{"a": [{"b": 1, "n": 1}, {"b": 0}, {"b": 1, "n": 2}]}', '{"$push": {"a": {"$each": [{"b": 1, "n": 3}], "$sort": {"b": 1}}}}', '{"a": [{"b": 0}, {"b": 1, "n": 1}, {"b": 1, "n": 2}, {"b": 1, "n": 3}]}'),
('{"a": [{"b": 1}, {"c": 5}, 7]}', '{"$push": {"a": {"$each": [{"b": null}, {"b": -1}], "$sort": {"b": 1}}}}', '{"a": [{"c": 5}, 7, {"b": null}, {"b": -1}, {"b": 1}]}'),
('{"a": [{"b": {"c": 2}}, {"b": {"c": 1}}]}', '{"$push": {"a": {"$each": [], "$sort": {"b.c": 1}}}}', '{"a": [{"b": {"c": 1}}, {"b": {"c": 2}}]}'),
('{"a": [{"b": [5]}, {"b": [1, 9]}]}', '{"$push": {"a": {"$each": [], "$sort": {"b": 1}}}}', '{"a": [{"b": [1, 9]}, {"b": [5]}]}'),
('{"a": [1, 2]}', '{"$push": {"a": {"$each": [], "$sort": 1}}}', '{"a": [1, 2]}'),
('{}', '{"$push": {"a": {"$each": [2, 1, 3], "$sort": 1, "$slice": -2}}}', '{"a": [2, 3]}'),
('{"a": [3, 1]}', '{"$push": {"a": {"$each": [2], "$sort": 1.0}}}', '{"a": [1, 2, 3]}'),
('{"quizzes": [{"wk": 1, "score": 10}, {"wk": 2, "score": 8}, {"wk": 3, "score": 5}, {"wk": 4, "score": 6}]}', '{"$push": {"quizzes": {"$each": [{"wk": 5, "score": 8}, {"wk": 6, "score": 7}, {"wk": 7, "score": 6}], "$sort": {"score": -1}, "$slice": 3}}}', '{"quizzes": [{"wk": 1, "score": 10}, {"wk": 2, "score": 8}, {"wk": 5, "score": 8}]}'),
-- Errors.
('{"a": []}', '{"$push": {"a": {"$each": 1}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": {"b": 1}}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$nope": 1}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "x": 1}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"x": 1, "$each": []}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$each": []}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$slice": 1, "$slice": 1}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$slice": "x"}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$slice": 1.5}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$slice": null}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$position": "x"}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$position": 0.5}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$sort": 2}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$sort": 0}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$sort": "x"}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$sort": [1]}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$sort": {}}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$sort": {"b": 5}}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$sort": {"b": "x"}}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$sort": {"": 1}}}}', 'error 2'),
('{"a": []}', '{"$push": {"a": {"$each": [], "$sort": {"b..c": 1}}}}', 'error 2'),
-- $addToSet.
('{"a": [1, 2]}', '{"$addToSet": {"a": 3}}', '{"a": [1, 2, 3]}'),
('{"a": [1, 2]}', '{"$addToSet": {"a": 2}}', 'same'),
('{"a": [1, 2]}', '{"$addToSet": {"a": 2.0}}', 'same'),
('{"a": [1, 2]}', '{"$addToSet": {"a": {"$numberDecimal": "2.00"}}}', 'same'),
('{"a": [1, 2]}', '{"$addToSet": {"a": "2"}}', '{"a": [1, 2, "2"]}'),
('{}', '{"$addToSet": {"a": 3}}', '{"a": [3]}'),
('{}', '{"$addToSet": {"a": {"$each": []}}}', '{"a": []}'),
('{"a": [1]}', '{"$addToSet": {"a": {"$each": []}}}', 'same'),
('{"a": [1]}', '{"$addToSet": {"a": {"$each": [2, 1, 3, 2, 2.0, 3]}}}', '{"a": [1, 2, 3]}'),
('{"a": [1, 1, 2]}', '{"$addToSet": {"a": {"$each": [1, 2]}}}', 'same'),
('{}', '{"$addToSet": {"a": {"$each": [2, 1, 2]}}}', '{"a": [2, 1]}'),
('{"a": [1]}', '{"$addToSet": {"a": [1]}}', '{"a": [1, [1]]}'),
('{"a": [[1]]}', '{"$addToSet": {"a": [1]}}', 'same'),
('{"a": [{"b": 1, "c": 2}]}', '{"$addToSet": {"a": {"b": 1, "c": 2}}}', 'same'),
('{"a": [{"b": 1, "c": 2}]}', '{"$addToSet": {"a": {"c": 2, "b": 1}}}', '{"a": [{"b": 1, "c": 2}, {"c": 2, "b": 1}]}'),
('{"a": [{"b": 1}]}', '{"$addToSet": {"a": {"b": 1.0}}}', 'same'),
('{"a": [null]}', '{"$addToSet": {"a": null}}', 'same'),
('{"a": [{"$numberDouble": "NaN"}]}', '{"$addToSet": {"a": {"$numberDecimal": "NaN"}}}', 'same'),
('{"a": [0]}', '{"$addToSet": {"a": -0.0}}', 'same'),
('{"a": []}', '{"$addToSet": {"a": {"x": 1, "$each": [1]}}}', '{"a": [{"x": 1, "$each": [1]}]}'),
('{"a": []}', '{"$addToSet": {"a": {"$each": 1}}}', 'error 14'),
('{"a": []}', '{"$addToSet": {"a": {"$each": [1], "x": 1}}}', 'error 2'),
-- $pop.
('{"a": [1, 2, 3]}', '{"$pop": {"a": 1}}', '{"a": [1, 2]}'),
('{"a": [1, 2, 3]}', '{"$pop": {"a": -1}}', '{"a": [2, 3]}'),
('{"a": [1]}', '{"$pop": {"a": -1}}', '{"a": []}'),
('{"a": []}', '{"$pop": {"a": 1}}', 'same'),
('{}', '{"$pop": {"a": 1}}', 'same'),
('{"a": [[1, 2], [3]]}', '{"$pop": {"a.0": 1.0}}', '{"a": [[1], [3]]}'),
('{"a": [1, 2, 3]}', '{"$pop": {"a": {"$numberLong": "-1"}}}', '{"a": [2, 3]}'),
('{"a": [1, 2, 3]}', '{"$pop": {"a": 0}}', 'error 9'),
('{"a": [1, 2, 3]}', '{"$pop": {"a": 2}}', 'error 9'),
('{"a": [1, 2, 3]}', '{"$pop": {"a": 1.5}}', 'error 9'),
('{"a": [1, 2, 3]}', '{"$pop": {"a": "1"}}', 'error 9'),
('{"a": [1, 2, 3]}', '{"$pop": {"a": true}}', 'error 9'),
('{"a": [1, 2, 3]}', '{"$pop": {"a": null}}', 'error 9'),
-- $pull of values.
('{"a": [1, 2, 1, 3]}', '{"$pull": {"a": 1}}', '{"a": [2, 3]}'),
('{"a": [1, 2, 1.0, {"$numberLong": "1"}, "1"]}', '{"$pull": {"a": 1}}', '{"a": [2, "1"]}'),
('{"a": [1, 2]}', '{"$pull": {"a": 3}}', 'same'),
('{"a": []}', '{"$pull": {"a": 3}}', 'same'),
('{"a": [1, 1]}', '{"$pull": {"a": 1}}', '{"a": []}'),
('{"a": [[1, 2], 1, [1]]}', '{"$pull": {"a": 1}}', '{"a": [[1, 2], [1]]}'),
('{"a": [[1, 2], 1, [2, 1]]}', '{"$pull": {"a": [1, 2]}}', '{"a": [1, [2, 1]]}'),
('{"a": [null, 1, {"b": null}]}', '{"$pull": {"a": null}}', '{"a": [1, {"b": null}]}'),
('{"a": ["abc", "b", "ab", 5]}', '{"$pull": {"a": {"$regularExpression": {"pattern": "^a", "options": ""}}}}', '{"a": ["b", 5]}'),
('{"a": [0,1,2,3,4,5,6,7,8,9,10,11]}', '{"$pull": {"a": 9}}', '{"a": [0,1,2,3,4,5,6,7,8,10,11]}'),
-- $pull by a condition on the elements.
('{"a": [1, 5, 7]}', '{"$pull": {"a": {"$gte": 5}}}', '{"a": [1]}'),
('{"a": [1, 5, 7]}', '{"$pull": {"a": {"$gt": 1, "$lt": 7}}}', '{"a": [1, 7]}'),
('{"a": [1, 5, 7]}', '{"$pull": {"a": {"$in": [1, 7, 9]}}}', '{"a": [5]}'),
('{"a": [1, 5, 7]}', '{"$pull": {"a": {"$ne": 5}}}', '{"a": [5]}'),
('{"a": [1, 5, 7]}', '{"$pull": {"a": {"$not": {"$gt": 4}}}}', 'error 2'),
('{"a": [1, "x", null]}', '{"$pull": {"a": {"$type": "string"}}}', '{"a": [1, null]}'),
('{"a": [1, 5, 7]}', '{"$pull": {"a": {"$eq": 5}}}', '{"a": [1, 7]}'),
-- $pull by a condition on the elements' fields.
('{"a": [{"b": 1, "c": 1}, {"b": 2, "c": 1}, 1]}', '{"$pull": {"a": {"b": 1}}}', '{"a": [{"b": 2, "c": 1}, 1]}'),
('{"a": [{"b": 1, "c": 1}, {"b": 2, "c": 1}]}', '{"$pull": {"a": {"c": 1, "b": {"$gte": 2}}}}', '{"a": [{"b": 1, "c": 1}]}'),
('{"a": [{"b": {"c": 1}}, {"b": {"c": 2}}]}', '{"$pull": {"a": {"b.c": 2}}}', '{"a": [{"b": {"c": 1}}]}'),
('{"a": [{"b": 1}, {"b": 2}, {"b": 3}]}', '{"$pull": {"a": {"$or": [{"b": 1}, {"b": 3}]}}}', '{"a": [{"b": 2}]}'),
('{"a": [{"b": [{"q": 1, "a": 4}, {"q": 2, "a": 6}]}, {"b": [{"q": 1, "a": 8}]}]}', '{"$pull": {"a": {"b": {"$elemMatch": {"q": 2, "a": {"$gte": 6}}}}}}', '{"a": [{"b": [{"q": 1, "a": 8}]}]}'),
('{"a": [{"b": 1}, {}, 5, null]}', '{"$pull": {"a": {"b": null}}}', '{"a": [{"b": 1}, 5, null]}'),
('{"a": [{"b": 1}, 1, {}]}', '{"$pull": {"a": {}}}', '{"a": [1]}'),
('{"a": [1]}', '{"$pull": {"a": {"$nope": 1}}}', 'error 2'),
-- $pullAll.
('{"a": [0, 2, 5, 5, 1, 0]}', '{"$pullAll": {"a": [0, 5]}}', '{"a": [2, 1]}'),
('{"a": [0, 2, 5]}', '{"$pullAll": {"a": [0.0, {"$numberLong": "5"}]}}', '{"a": [2]}'),
('{"a": [0, 2, 5]}', '{"$pullAll": {"a": []}}', 'same'),
('{"a": [0, 2, 5]}', '{"$pullAll": {"a": [7]}}', 'same'),
('{"a": [{"b": 1}, {"b": 1, "c": 2}, [1], 1]}', '{"$pullAll": {"a": [{"b": 1}, [1]]}}', '{"a": [{"b": 1, "c": 2}, 1]}'),
('{"a": [1]}', '{"$pullAll": {"a": 1}}', 'error 2'),
('{"a": [1]}', '{"$pullAll": {"a": {"$gt": 1}}}', 'error 2');

-- Only arrays can be worked on.
INSERT INTO cases (document, update, expected)
SELECT format('{"a": %s}', value), format('{"%s": {"a": %s}}', op, operand), error
FROM type_values,
     (VALUES ('$push', '1', 'error 2'), ('$addToSet', '1', 'error 2'), ('$pop', '1', 'error 14'),
             ('$pull', '1', 'error 2'), ('$pullAll', '[1]', 'error 2')) o (op, operand, error)
WHERE name <> 'array';

-- Values of every type are pushed, found and pulled.
INSERT INTO cases (document, update, expected)
SELECT '{"a": [1]}', format('{"$push": {"a": {"$each": [%s]}}}', value), format('{"a": [1, %s]}', value) FROM type_values
UNION ALL
SELECT format('{"a": ["q", %s, "r"]}', value), format('{"$addToSet": {"a": {"$each": [%s]}}}', value), 'same' FROM type_values
UNION ALL
SELECT format('{"a": ["q", %s, "r"]}', value), format('{"$pullAll": {"a": [%s]}}', value), '{"a": ["q", "r"]}' FROM type_values
UNION ALL
SELECT format('{"a": ["q", %s, "r"]}', value), format('{"$pull": {"a": %s}}', value), '{"a": ["q", "r"]}' FROM type_values
WHERE name <> 'regex';

SELECT * FROM pg_temp.check_cases();
SELECT count(*) FROM cases;

-- Large arrays: as many values to add as there are, half of them there already.
SELECT result = expected AS added
FROM (SELECT docdb.update_document(('{"a": [' || string_agg(i::text, ',' ORDER BY i) || ']}')::bson,
                                   ('{"$addToSet": {"a": {"$each": [' || string_agg((i + 10000)::text, ',' ORDER BY i) || ']}}}')::bson_value) AS result
      FROM generate_series(1, 20000) i) r,
     (SELECT ('{"a": [' || string_agg(i::text, ',' ORDER BY i) || ']}')::bson AS expected
      FROM generate_series(1, 30000) i) e;

\set VERBOSITY terse
SELECT docdb.update_document('{"_id": 7, "a": {"b": 1}}', '{"$push": {"a.b": 1}}');
SELECT docdb.update_document('{"_id": 7, "a": 1}', '{"$addToSet": {"a": 1}}');
SELECT docdb.update_document('{"_id": 7, "a": 1}', '{"$pull": {"a": 1}}');
SELECT docdb.update_document('{"_id": 7, "a": 1}', '{"$pop": {"a": 1}}');
SELECT docdb.update_document('{"_id": 7, "a": 1}', '{"$pop": {"a": 3}}');
