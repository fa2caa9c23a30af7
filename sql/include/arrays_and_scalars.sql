-- arrays_and_scalars.sql: the documents that the tests of index scans include: every type of value at
-- one path, arrays of them, and strings longer than an index stores.

CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, doc bson);
INSERT INTO t (doc) SELECT doc::bson FROM (VALUES
    ('{}'), ('{"a": null}'), ('{"a": {"$undefined": true}}'),
    ('{"a": 1}'), ('{"a": {"$numberLong": "1"}}'), ('{"a": 1.5}'), ('{"a": {"$numberDecimal": "1.50"}}'),
    ('{"a": -2}'), ('{"a": 0}'), ('{"a": {"$numberDouble": "NaN"}}'), ('{"a": {"$numberDouble": "Infinity"}}'),
    ('{"a": {"$numberLong": "9007199254740993"}}'), ('{"a": 9007199254740992}'),
    ('{"a": ""}'), ('{"a": "x"}'), ('{"a": "xy"}'), ('{"a": "y"}'), ('{"a": {"$symbol": "x"}}'),
    ('{"a": true}'), ('{"a": false}'), ('{"a": {"$date": {"$numberLong": "5"}}}'),
    ('{"a": {"$oid": "000000000000000000000001"}}'), ('{"a": {"$timestamp": {"t": 1, "i": 1}}}'),
    ('{"a": {"$binary": {"base64": "AQ==", "subType": "00"}}}'), ('{"a": {"$code": "x"}}'),
    ('{"a": {"$regularExpression": {"pattern": "^x", "options": ""}}}'),
    ('{"a": {"$minKey": 1}}'), ('{"a": {"$maxKey": 1}}'),
    ('{"a": {"b": 1}}'), ('{"a": {"b": 2, "c": 3}}'), ('{"a": {}}'),
    ('{"a": []}'), ('{"a": [1]}'), ('{"a": [1, 5]}'), ('{"a": [2, "x"]}'), ('{"a": [[1, 5]]}'), ('{"a": [[]]}'),
    ('{"a": [null]}'), ('{"a": [{"b": 1}, {"b": 2}]}'), ('{"a": [{"b": [1, 2], "c": 3}, {"b": 4, "c": 5}]}'),
    ('{"a": [{"c": 3}]}'), ('{"a": {"b": [1, 7]}}'), ('{"a": 1, "d": 1}'), ('{"a": 1, "d": 2}'),
    ('{"a": [1, 2], "d": 2}'), ('{"d": [1, 2]}'), (NULL)) AS v(doc);
INSERT INTO t (doc) VALUES
    (format('{"a": "%s"}', repeat('long', 800))::bson),
    (format('{"a": "%sx"}', repeat('long', 800))::bson),
    (format('{"a": "%s", "d": 1}', repeat('long', 636))::bson);
