-- Updates and projections by a collation, which comes with the variables.
\set VERBOSITY sqlstate

CREATE FUNCTION up(update_ text, document text, coll text DEFAULT '{"locale": "en", "strength": 2}',
                   filters text DEFAULT NULL, filter text DEFAULT NULL)
    RETURNS bson LANGUAGE sql
    RETURN docdb.update_document(document::bson, update_::bson_value,
                                 variables => format('{"$collation": %s}', coll)::bson,
                                 array_filters => filters::bson_value, filter => filter::bson);

SELECT n, up(u, d) AS collated, up(u, d, '{"locale": "simple"}') AS simple
FROM (VALUES
    (1, '{"$addToSet": {"a": "FOO"}}', '{"_id": 1, "a": ["foo"]}'),
    (2, '{"$addToSet": {"a": {"$each": ["x", "X", "FOO"]}}}', '{"_id": 1, "a": ["foo"]}'),
    (3, '{"$addToSet": {"a": {"b": "X"}}}', '{"_id": 1, "a": [{"b": "x"}]}'),
    (4, '{"$pull": {"a": "foo"}}', '{"_id": 1, "a": ["foo", "FOO", "bar"]}'),
    (5, '{"$pull": {"a": {"$in": ["foo", "BAR"]}}}', '{"_id": 1, "a": ["foo", "FOO", "bar"]}'),
    (6, '{"$pull": {"a": {"b": "foo"}}}', '{"_id": 1, "a": [{"b": "FOO"}, {"b": "bar"}]}'),
    (7, '{"$pull": {"a": {"$regex": "^f"}}}', '{"_id": 1, "a": ["foo", "FOO"]}'),
    (8, '{"$pullAll": {"a": ["foo", "BAR"]}}', '{"_id": 1, "a": ["foo", "FOO", "bar", "x"]}'),
    (9, '{"$min": {"a": "B"}}', '{"_id": 1, "a": "a"}'),
    (10, '{"$min": {"a": "A"}}', '{"_id": 1, "a": "b"}'),
    (11, '{"$max": {"a": "B"}}', '{"_id": 1, "a": "a"}'),
    (12, '{"$max": {"a": "A"}}', '{"_id": 1, "a": "a"}'),
    (13, '{"$push": {"a": {"$each": ["b"], "$sort": 1}}}', '{"_id": 1, "a": ["C", "a"]}'),
    (14, '{"$push": {"a": {"$each": [{"k": "b"}], "$sort": {"k": -1}}}}', '{"_id": 1, "a": [{"k": "C"}, {"k": "a"}]}'),
    (15, '[{"$set": {"b": {"$eq": ["$a", "FOO"]}}}]', '{"_id": 1, "a": "foo"}'),
    (16, '{"$set": {"a": "FOO"}}', '{"_id": 1, "a": "foo"}'),
    (17, '{"a": "FOO"}', '{"_id": 1, "a": "foo"}')
) AS v(n, u, d)
ORDER BY n;

-- Array filters and the positional operator.
SELECT up('{"$set": {"a.$[x]": 0}}', '{"_id": 1, "a": ["foo", "FOO", "bar"]}', filters => '[{"x": "foo"}]') AS filters,
       up('{"$set": {"a.$[x].n": 0}}', '{"_id": 1, "a": [{"b": "FOO"}, {"b": "bar"}]}', filters => '[{"x.b": "foo"}]') AS path,
       up('{"$set": {"a.$": 0}}', '{"_id": 1, "a": ["bar", "FOO"]}', filter => '{"a": "foo"}') AS positional;

-- An upsert takes the filter's value as it is.
SELECT docdb.upsert_document('{"_id": 1, "a": "FOO", "$collation": {"locale": "en", "strength": 2}}', '{"$set": {"b": 1}}', NULL, NULL);
SELECT docdb.matches_element('"FOO"', '{"$eq": "foo"}');

-- Projections.
SELECT docdb.project('{"_id": 1, "a": ["bar", "FOO"]}', '{"a": {"$elemMatch": {"$eq": "foo"}}}',
                     '{"$collation": {"locale": "en", "strength": 2}}') AS elem_match,
       docdb.project('{"_id": 1, "a": ["bar", "FOO"]}', '{"a.$": 1}', '{"$collation": {"locale": "en", "strength": 2}}',
                     '{"a": "foo"}') AS positional,
       docdb.project('{"_id": 1, "a": "FOO"}', '{"b": {"$eq": ["$a", "foo"]}}',
                     '{"$collation": {"locale": "en", "strength": 2}}') AS expression,
       docdb.project_stage('{"_id": 1, "a": "FOO"}', '{"b": {"$eq": ["$a", "foo"]}}',
                           '{"$collation": {"locale": "en", "strength": 2}}') AS stage,
       docdb.add_fields('{"_id": 1, "a": "FOO"}', '{"b": {"$eq": ["$a", "foo"]}}',
                        '{"$collation": {"locale": "en", "strength": 2}}') AS add_fields;
DROP FUNCTION up;
