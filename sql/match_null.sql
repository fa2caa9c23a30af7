-- null, undefined and missing fields.  null in a filter matches null and missing fields; since
-- MongoDB 8.0 it does not match undefined.
CREATE TEMP TABLE documents (name text, document bson);
INSERT INTO documents VALUES
('no a', '{}'),
('null', '{"a": null}'),
('undefined', '{"a": {"$undefined": true}}'),
('number', '{"a": 1}'),
('[]', '{"a": []}'),
('[null]', '{"a": [null]}'),
('[1, null]', '{"a": [1, null]}'),
('[undefined]', '{"a": [{"$undefined": true}]}'),
('[[]]', '{"a": [[]]}'),
('[[null]]', '{"a": [[null]]}'),
('[1]', '{"a": [1]}'),
('{}', '{"a": {}}'),
('{b: null}', '{"a": {"b": null}}'),
('{b: undefined}', '{"a": {"b": {"$undefined": true}}}'),
('{b: 1}', '{"a": {"b": 1}}'),
('{b: []}', '{"a": {"b": []}}'),
('{b: [null]}', '{"a": {"b": [null]}}'),
('[{}]', '{"a": [{}]}'),
('[{b: null}]', '{"a": [{"b": null}]}'),
('[{b: undefined}]', '{"a": [{"b": {"$undefined": true}}]}'),
('[{b: 1}]', '{"a": [{"b": 1}]}'),
('[{b: 1}, {}]', '{"a": [{"b": 1}, {}]}'),
('[{b: 1}, 2]', '{"a": [{"b": 1}, 2]}'),
('[[{}]]', '{"a": [[{}]]}');

-- For each filter the documents that match it.
CREATE TEMP TABLE cases (n int GENERATED ALWAYS AS IDENTITY, filter bson, expected text);
INSERT INTO cases (filter, expected) VALUES
('{"a": null}', 'no a | null | [null] | [1, null]'),
('{"a": {"$eq": null}}', 'no a | null | [null] | [1, null]'),
('{"a": {"$gte": null}}', 'no a | null | [null] | [1, null]'),
('{"a": {"$lte": null}}', 'no a | null | [null] | [1, null]'),
('{"a": {"$gt": null}}', ''),
('{"a": {"$lt": null}}', ''),
('{"a": {"$in": [null]}}', 'no a | null | [null] | [1, null]'),
('{"a": {"$in": [null, 1]}}', 'no a | null | number | [null] | [1, null] | [1]'),
('{"a": {"$in": [[], 7]}}', '[] | [[]]'),
('{"a": {"$all": [null]}}', 'no a | null | [null] | [1, null]'),
('{"a": {"$type": "null"}}', 'null | [null] | [1, null]'),
('{"a": {"$type": "undefined"}}', 'undefined | [undefined]'),
('{"a": {"$exists": false}}', 'no a'),
('{"a": {"$elemMatch": {"$eq": null}}}', '[null] | [1, null]'),
('{"a": {"$elemMatch": {"$ne": null}}}',
 '[1, null] | [undefined] | [[]] | [[null]] | [1] | [{}] | [{b: null}] | [{b: undefined}] | [{b: 1}] | [{b: 1}, {}] | [{b: 1}, 2] | [[{}]]'),
('{"a": {"$elemMatch": {"b": null}}}', '[[]] | [[null]] | [{}] | [{b: null}] | [{b: 1}, {}] | [[{}]]'),
('{"a.b": null}', 'no a | null | undefined | number | {} | {b: null} | {b: [null]} | [{}] | [{b: null}] | [{b: 1}, {}]'),
('{"a.b": {"$gte": null}}', 'no a | null | undefined | number | {} | {b: null} | {b: [null]} | [{}] | [{b: null}] | [{b: 1}, {}]'),
('{"a.b": {"$in": [null, 5]}}', 'no a | null | undefined | number | {} | {b: null} | {b: [null]} | [{}] | [{b: null}] | [{b: 1}, {}]'),
('{"a.b": {"$exists": true}}',
 '{b: null} | {b: undefined} | {b: 1} | {b: []} | {b: [null]} | [{b: null}] | [{b: undefined}] | [{b: 1}] | [{b: 1}, {}] | [{b: 1}, 2]'),
('{"a.0": null}', 'no a | null | undefined | number | [null] | {} | {b: null} | {b: undefined} | {b: 1} | {b: []} | {b: [null]} | [{}] | [{b: null}] | [{b: undefined}] | [{b: 1}] | [{b: 1}, {}] | [{b: 1}, 2]'),
('{"a.1": null}', 'no a | null | undefined | number | [1, null] | {} | {b: null} | {b: undefined} | {b: 1} | {b: []} | {b: [null]} | [{}] | [{b: null}] | [{b: undefined}] | [{b: 1}] | [{b: 1}, {}] | [{b: 1}, 2]'),
('{"a.b.c": null}', 'no a | null | undefined | number | {} | {b: null} | {b: undefined} | {b: 1} | [{}] | [{b: null}] | [{b: undefined}] | [{b: 1}] | [{b: 1}, {}] | [{b: 1}, 2]');

-- The negations are the other documents.
INSERT INTO cases (filter, expected)
SELECT negated, (SELECT string_agg(name, ' | ') FROM documents
                 WHERE name <> ALL (string_to_array(expected, ' | ')))
FROM cases JOIN (VALUES
    ('{"a": {"$eq": null}}'::bson, '{"a": {"$ne": null}}'::bson),
    ('{"a": {"$eq": null}}', '{"a": {"$not": {"$eq": null}}}'),
    ('{"a": {"$gte": null}}', '{"a": {"$not": {"$gte": null}}}'),
    ('{"a": {"$in": [null, 1]}}', '{"a": {"$nin": [null, 1]}}'),
    ('{"a.b": null}', '{"a.b": {"$ne": null}}'),
    ('{"a.b": null}', '{"$nor": [{"a.b": null}]}'),
    ('{"a.b": {"$exists": true}}', '{"a.b": {"$exists": false}}'),
    ('{"a": {"$exists": false}}', '{"a": {"$exists": true}}')) AS pairs (filter, negated)
    ON cases.filter::text = pairs.filter::text;

SELECT n, filter, name, name = ANY (string_to_array(expected, ' | ')) AS expected
FROM cases, documents
WHERE (document @@ filter) IS DISTINCT FROM (name = ANY (string_to_array(expected, ' | ')))
ORDER BY n, name;
SELECT count(*) AS filters, sum(cardinality(string_to_array(expected, ' | '))) AS matching FROM cases;
