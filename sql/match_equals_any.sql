-- docdb.equals_any: a filter made of values.
SELECT docdb.equals_any('"a.b"', v::bson_value[], m) FROM (VALUES
    ('{}', false), ('{}', true),
    ('{1,"\"x\"",1}', true),
    ('{"null"}', false), ('{"null"}', true),
    ('{NULL,"[1]"}', false),
    ('{"{\"$regularExpression\": {\"pattern\": \"x\", \"options\": \"\"}}","{\"$undefined\": true}",2}', false)) AS v(v, m);
SELECT docdb.equals_any('"a"', '{{1,2},{3,4}}'), docdb.equals_any('""', '{1}');

-- What it matches.
CREATE TEMP TABLE docs AS SELECT d::bson AS doc FROM (VALUES
    ('{"_id": 0}'), ('{"_id": 1, "a": null}'), ('{"_id": 2, "a": 1}'), ('{"_id": 3, "a": {"b": 1}}'), ('{"_id": 4, "a": {"b": null}}'),
    ('{"_id": 5, "a": {"b": [1, 2]}}'), ('{"_id": 6, "a": [{"b": 2}, {"c": 1}]}'), ('{"_id": 7, "a": []}'), ('{"_id": 8, "a": [1]}'),
    ('{"_id": 9, "a": {"b": {"$undefined": true}}}'), ('{"_id": 10, "a": {"b": "x"}}'),
    ('{"_id": 11, "a": {"b": {"$regularExpression": {"pattern": "x", "options": ""}}}}')) AS d(d);
SELECT v, m, array_agg(doc -> '_id' ORDER BY doc -> '_id')
FROM docs, (VALUES ('{}', true), ('{1}', true), ('{2,"[1,2]"}', false), ('{"null"}', false), ('{"null"}', true),
    ('{"{\"$undefined\": true}"}', false), ('{"{\"$regularExpression\": {\"pattern\": \"x\", \"options\": \"\"}}"}', false)) AS v(v, m)
WHERE doc @@ docdb.equals_any('"a.b"', v::bson_value[], m) GROUP BY v, m ORDER BY v, m;

SELECT docdb.equals_any(NULL, '{}'), docdb.equals_any('"a"', NULL), docdb.equals_any('"a"', '{}', NULL);
SELECT docdb.equals_any('1', '{}');
