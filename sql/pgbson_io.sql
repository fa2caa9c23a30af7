-- The types, their binary form, and its validation.

SELECT typname, typlen, typalign, typstorage, typcategory, typarray <> 0 AS has_array
FROM pg_type WHERE typname IN ('bson', 'bson_value') ORDER BY 1;
-- All is described, strict, parallel safe and immutable, but that to_value depends on settings.
SELECT p.oid::regprocedure, provolatile, proisstrict, proparallel
FROM pg_proc AS p JOIN pg_depend AS d ON d.objid = p.oid AND d.deptype = 'e'
WHERE (proname ~ '^bson(_value)?_(in|out|recv|send|get|get_text)$' OR
       proname ~ '^(bson|value)_(to|from)_|^to_(can|rel|tex|val)')
      AND p.pronamespace = 'docdb'::regnamespace
      AND (provolatile <> 'i' OR NOT proisstrict OR proparallel <> 's'
           OR obj_description(p.oid, 'pg_proc') IS NULL)
ORDER BY 1;

-- Binary is BSON's bytes; a value is its type byte and payload.
SELECT docdb.bson_send('{"hello": "world"}'), docdb.bson_send('{}');
SELECT v, docdb.bson_value_send(v::bson_value) FROM (VALUES
    ('1'), ('{"$numberLong": "1"}'), ('1.5'), ('"é"'), ('""'), ('true'), ('false'), ('null'),
    ('{}'), ('[]'), ('[true]'), ('{"$oid": "0102030405060708090a0b0c"}'),
    ('{"$date": "1970-01-01T00:00:00.001Z"}'), ('{"$timestamp": {"t": 1, "i": 2}}'),
    ('{"$binary": {"base64": "/w==", "subType": "80"}}'),
    ('{"$binary": {"base64": "/w==", "subType": "02"}}'),
    ('{"$regularExpression": {"pattern": "a", "options": "i"}}'), ('{"$code": "c"}'),
    ('{"$symbol": "s"}'), ('{"$code": "c", "$scope": {}}'),
    ('{"$dbPointer": {"$ref": "r", "$id": {"$oid": "0102030405060708090a0b0c"}}}'),
    ('{"$numberDecimal": "1"}'), ('{"$undefined": true}'), ('{"$minKey": 1}'), ('{"$maxKey": 1}')
) AS t(v);

-- Arrays and NULLs.
SELECT ARRAY['{"a": 1}', '{}']::bson[], '{"{\"a\": \"b,c\"}",NULL}'::bson[], NULL::bson IS NULL;
SELECT ARRAY['1', '"a"']::bson_value[];

-- What is refused, and where.
CREATE FUNCTION read_bytes(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN bytes::bson;
EXCEPTION WHEN OTHERS THEN
    RETURN format('%s: %s', SQLSTATE, SQLERRM);
END $$;
CREATE FUNCTION read_value_bytes(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN bytes::bson_value;
EXCEPTION WHEN OTHERS THEN
    RETURN format('%s: %s', SQLSTATE, SQLERRM);
END $$;

SELECT what, read_bytes(decode(hex, 'hex')) FROM (VALUES
    ('nothing', ''),
    ('length only', '04000000'),
    ('length below 5', '0400000000'),
    ('length 0', '0000000000'),
    ('length negative', 'ffffffff00'),
    ('length too long', '0600000000'),
    ('length too short', '050000000000'),
    ('no final NUL', '0500000001'),
    ('empty', '0500000000'),
    ('unknown type', '08000000206100 00'),
    ('type 0', '07000000006100'),
    ('name without NUL', '07000000106100'),
    ('name is not UTF-8', '080000000aff0000'),
    ('name is an overlong form', '090000000ac0800000'),
    ('name is a surrogate', '0a0000000aeda0800000'),
    ('name in UTF-8', '090000000ac3a90000'),
    ('int truncated', '0a00000010610001 00'),
    ('bool of 2', '090000000861000200'),
    ('bool of 1', '090000000861000100'),
    ('string of length 0', '0c000000026100 00000000 00'),
    ('string too long', '0e000000026100 03000000 6200 00'),
    ('string too short', '0e000000026100 01000000 6200 00'),
    ('string of negative length', '0e000000026100 ffffffff 6200 00'),
    ('string without NUL', '0e000000026100 02000000 6263 00'),
    ('string is not UTF-8', '0e000000026100 02000000 e900 00'),
    ('string truncated', '0a000000026100 0100 00'),
    ('string with NUL', '0f000000026100 03000000 620000 00'),
    ('UTF-8 past U+10FFFF', '11000000026100 05000000 f490808000 00'),
    ('UTF-8 cut by its end', '0f000000026100 03000000 e29800 00'),
    ('U+10FFFF', '11000000026100 05000000 f48fbfbf00 00'),
    ('document inside too long', '0d000000036100 06000000 00 00'),
    ('document inside too short', '0d000000036100 04000000 00 00'),
    ('document inside without NUL', '0d000000036100 05000000 01 00'),
    ('document inside truncated', '0c000000036100 05000000 00'),
    ('binary too long', '0e000000056100 02000000 00ff 00'),
    ('binary truncated', '0b000000056100 00000000'),
    ('old binary without inner length', '0d000000056100 00000000 02 00'),
    ('old binary, inner too long', '12000000056100 05000000 02 02000000 ff 00'),
    ('old binary', '12000000056100 05000000 02 01000000 ff 00'),
    ('regex without options', '0a0000000b6100 6200 00'),
    ('regex without end', '090000000b6100 62 00'),
    ('regex', '0b0000000b6100 620000 00'),
    ('code with scope, length 0', '160000000f6100 00000000 01000000 00 0500000000 00'),
    ('code with scope, too short', '160000000f6100 0d000000 01000000 00 0500000000 00'),
    ('code with scope, too long', '160000000f6100 0f000000 01000000 00 0500000000 00'),
    ('code with scope, code too long', '160000000f6100 0e000000 02000000 00 0500000000 00'),
    ('code with scope, code takes scope', '160000000f6100 0e000000 06000000 00 0500000000 00'),
    ('code with scope, scope too short', '170000000f6100 0f000000 01000000 00 0500000000 00 00'),
    ('code with scope', '160000000f6100 0e000000 01000000 00 0500000000 00'),
    ('DBPointer truncated', '190000000c6100 02000000 6200 0102030405060708090a0b 00'),
    ('DBPointer', '1a0000000c6100 02000000 6200 0102030405060708090a0b0c 00')
) AS t(what, hex);

SELECT what, read_value_bytes(decode(hex, 'hex')) FROM (VALUES
    ('nothing', ''),
    ('type 0', '00'),
    ('unknown type', '20'),
    ('null', '0a'),
    ('null with more', '0a00'),
    ('int', '1001000000'),
    ('int truncated', '10010000'),
    ('int with more', '100100000000'),
    ('string', '02020000006100'),
    ('string with more', '0202000000610000'),
    ('string too long', '02030000006100'),
    ('regex', '0b610000'),
    ('regex without options', '0b6100'),
    ('regex without end', '0b61'),
    ('regex of nothing', '0b'),
    ('regex with more', '0b61000000'),
    ('document', '030500000000'),
    ('document with more', '03050000000000'),
    ('array', '040500000000')
) AS t(what, hex);

-- Nesting is limited and takes no stack.
CREATE FUNCTION nested(levels integer) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    size integer := 5 + (levels - 1) * 8;
    result bytea := '';
BEGIN
    FOR i IN 1 .. levels LOOP
        -- int4send is big-endian.
        result := result || (SELECT string_agg(set_byte('\x00', 0, get_byte(int4send(size), b)), ''
                                               ORDER BY b DESC) FROM generate_series(0, 3) AS b);
        IF i < levels THEN
            result := result || '\x036100'::bytea;
        END IF;
        size := size - 8;
    END LOOP;
    RETURN result || decode(repeat('00', levels), 'hex');
END $$;
SELECT n, length(read_bytes(nested(n))), substr(read_bytes(nested(n)), 1, 70)
FROM (VALUES (1), (2), (200), (201)) AS t(n);
SELECT substr(read_bytes(nested(20000)), 1, 70);

-- Damage in any place gives a clean error or another valid document, which can be written out.
CREATE FUNCTION all_types() RETURNS bson LANGUAGE sql AS $$ SELECT
    '{"double": 1.5, "string": "text é☆😀", "document": {"x": [1, {"y": {}}]}, "array": [1, "a"],
      "binary": {"$binary": {"base64": "AQID", "subType": "00"}},
      "old": {"$binary": {"base64": "AQID", "subType": "02"}}, "undefined": {"$undefined": true},
      "oid": {"$oid": "0102030405060708090a0b0c"}, "bool": true,
      "date": {"$date": "2020-01-01T00:00:00Z"}, "null": null,
      "regex": {"$regularExpression": {"pattern": "^a", "options": "im"}},
      "pointer": {"$dbPointer": {"$ref": "r", "$id": {"$oid": "0102030405060708090a0b0c"}}},
      "code": {"$code": "f()"}, "symbol": {"$symbol": "s"},
      "scoped": {"$code": "g()", "$scope": {"z": 1}}, "int": 7,
      "timestamp": {"$timestamp": {"t": 1, "i": 2}}, "long": {"$numberLong": "8"},
      "decimal": {"$numberDecimal": "1.5"}, "min": {"$minKey": 1}, "max": {"$maxKey": 1}}'::bson
$$;
DO $$
DECLARE
    good bytea := all_types()::bytea;
    bad bytea;
    value bytea;
    errors integer := 0;
    valid integer := 0;
    unlike integer := 0;
    total integer := 0;
    canonical text;
BEGIN
    -- Every way to cut it, and every bit turned round.
    FOR i IN 0 .. length(good) - 1 + 8 * length(good) LOOP
        bad := CASE WHEN i < length(good) THEN substr(good, 1, i)
            ELSE set_bit(good, i - length(good), 1 - get_bit(good, i - length(good))) END;
        total := total + 1;
        BEGIN
            canonical := docdb.to_canonical_json(bad::bson);
            valid := valid + 1;
            -- What was valid can be read back; only the order of a regex's options may change.
            IF docdb.to_canonical_json(canonical::bson) <> canonical THEN
                unlike := unlike + 1;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            IF SQLSTATE NOT IN ('M000M', 'M000F') THEN
                RAISE NOTICE 'byte %: % %', i, SQLSTATE, SQLERRM;
            END IF;
            errors := errors + 1;
        END;
    END LOOP;
    RAISE NOTICE 'documents: % tried, % refused, % valid, % unlike', total, errors, valid, unlike;

    -- The same for each value on its own.
    errors := 0; valid := 0; unlike := 0; total := 0;
    FOR value IN SELECT (all_types() -> k)::bytea FROM unnest(ARRAY['double', 'string',
        'document', 'array', 'binary', 'old', 'undefined', 'oid', 'bool', 'date', 'null', 'regex',
        'pointer', 'code', 'symbol', 'scoped', 'int', 'timestamp', 'long', 'decimal', 'min',
        'max']) AS k LOOP
        FOR i IN 0 .. length(value) - 1 + 8 * length(value) LOOP
            bad := CASE WHEN i < length(value) THEN substr(value, 1, i)
                ELSE set_bit(value, i - length(value), 1 - get_bit(value, i - length(value))) END;
            total := total + 1;
            BEGIN
                canonical := docdb.to_canonical_json(bad::bson_value);
                valid := valid + 1;
                IF docdb.to_canonical_json(canonical::bson_value) <> canonical THEN
                    unlike := unlike + 1;
                    END IF;
            EXCEPTION WHEN OTHERS THEN
                IF SQLSTATE NOT IN ('M000M', 'M000F') THEN
                    RAISE NOTICE 'byte %: % %', i, SQLSTATE, SQLERRM;
                END IF;
                errors := errors + 1;
            END;
        END LOOP;
    END LOOP;
    RAISE NOTICE 'values: % tried, % refused, % valid, % unlike', total, errors, valid, unlike;
END $$;

-- Small functions.
SELECT k, docdb.type_name(all_types() -> k) FROM unnest(ARRAY['double', 'string',
    'document', 'array', 'binary', 'old', 'undefined', 'oid', 'bool', 'date', 'null', 'regex',
    'pointer', 'code', 'symbol', 'scoped', 'int', 'timestamp', 'long', 'decimal', 'min',
    'max']) AS k;
SELECT docdb.size('{}'), docdb.size('{"a": 1}'),
       docdb.size(('{"a": "' || repeat('x', 100000) || '"}')::bson);
SELECT docdb.type_name(docdb.object_id()),
       docdb.object_id()::text <> docdb.object_id()::text AS differ,
       now() - docdb.object_id()::timestamptz < interval '1 minute' AS recent;
SELECT count(DISTINCT id::text) FROM (SELECT docdb.object_id() FROM generate_series(1, 1000))
    AS s(id);
SELECT docdb.binary_data(all_types() -> 'binary'), docdb.binary_data(all_types() -> 'old'),
       docdb.binary_data('null') IS NULL;
\set VERBOSITY sqlstate
SELECT docdb.binary_data('"abc"');
\set VERBOSITY default

-- Compressed and out of line.
CREATE TABLE stored (doc bson, value bson_value);
INSERT INTO stored SELECT d, d -> 'a'
FROM (SELECT ('{"a": ' || to_json(string_agg(md5(i::text), ' ')) || ', "b": 2}')::bson
      FROM generate_series(1, 1000) AS i) AS s(d);
INSERT INTO stored SELECT d, d -> 'a' FROM (SELECT ('{"a": "' || repeat('x', 10000)
    || '", "b": 2}')::bson) AS s(d);
SELECT pg_column_size(doc) < docdb.size(doc) AS compressed, docdb.size(doc), doc -> 'b',
       docdb.type_name(value), length(value::text), doc::text::bson::bytea = doc::bytea AS same
FROM stored;
DROP TABLE stored;

DROP FUNCTION read_bytes, read_value_bytes, nested, all_types;
