-- SQLSTATEs and MongoDB's error codes.  A state is a letter and the code in base 36: 8HK is
-- 8 * 1296 + 17 * 36 + 20 = 11000, VCV is 40639, M4O is 28680, ZZZZ is 1679615.  The letters go
-- M N O Q R S ..., so that N0000 is 1679616, Q0000 three times and S0000 five times that.
SELECT state, info.*
FROM (VALUES (1, 'M0002'), (2, 'M08HK'), (3, 'M0M4O'), (4, 'M0VCV'), (5, 'MZZZZ'), (6, 'N0000'),
             (7, 'Q0000'), (8, 'S0000')) AS cases (n, state),
     docdb.error_info(state) AS info
ORDER BY n;

-- PostgreSQL's own states are not MongoDB codes.
SELECT state, info.*
FROM (VALUES (1, '23505'), (2, '40001'), (3, 'P0001'), (4, 'XX000'), (5, 'M'), (6, ''),
             (7, 'M00000'), (8, 'm0002'), (9, 'M00-2'), (10, NULL)) AS cases (n, state),
     docdb.error_info(state) AS info
ORDER BY n;

-- The inventory: every state decodes to its own code, and none is in one of PostgreSQL's classes.
SELECT count(*) > 40 AS enough,
       count(*) FILTER (WHERE info.code IS DISTINCT FROM names.code
                           OR info.name IS DISTINCT FROM names.name) AS wrong,
       count(*) - count(DISTINCT names.sqlstate) AS repeated,
       count(*) FILTER (WHERE names.sqlstate !~ '^[MNOQ-W][0-9A-Z]{4}$') AS misplaced
FROM docdb.error_names() AS names, docdb.error_info(names.sqlstate) AS info;

SELECT * FROM docdb.error_names() WHERE code IN (2, 9, 14, 40, 66, 11000, 10334) ORDER BY code;
