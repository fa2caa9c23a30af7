-- Every object of the extension that a user meets has a description.  Left out are functions that
-- stand behind something else (a type, an operator, a cast, an operator class, an aggregate, an
-- access method, a planner hook), casts, operator families, the operator classes for = and ORDER
-- BY, and types that PostgreSQL makes by itself for arrays and rows.
CREATE TEMP VIEW members AS
SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS object
FROM pg_depend AS d
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.refobjid =
      (SELECT oid FROM pg_extension WHERE extname = 'docdb');

CREATE TEMP VIEW supporting (classid, objid) AS
SELECT 'pg_proc'::regclass, unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin,
                                         typmodout, typanalyze, typsubscript]::oid[])
FROM pg_type
UNION
SELECT 'pg_proc'::regclass, unnest(ARRAY[oprcode, oprrest, oprjoin]::oid[]) FROM pg_operator
UNION
SELECT 'pg_proc'::regclass, castfunc FROM pg_cast
UNION
SELECT 'pg_proc'::regclass, amproc::oid FROM pg_amproc
UNION
SELECT 'pg_proc'::regclass, unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn,
                                         aggdeserialfn, aggmtransfn, aggminvtransfn,
                                         aggmfinalfn]::oid[])
FROM pg_aggregate
UNION
SELECT 'pg_proc'::regclass, amhandler::oid FROM pg_am
UNION
SELECT 'pg_proc'::regclass, prosupport::oid FROM pg_proc
UNION
SELECT 'pg_cast'::regclass, oid FROM pg_cast
UNION
SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily
UNION
SELECT 'pg_opclass'::regclass, o.oid
FROM pg_opclass AS o JOIN pg_am AS a ON a.oid = o.opcmethod
WHERE o.opcdefault AND a.amname IN ('btree', 'hash')
UNION
SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typelem <> 0 OR typrelid <> 0;

SELECT object AS without_description
FROM members
WHERE (classid, objid) NOT IN (SELECT classid, objid FROM supporting)
  AND obj_description(objid, classid::regclass::name) IS NULL
ORDER BY object COLLATE "C";

-- The check above sees something.
SELECT count(*) FILTER (WHERE classid = 'pg_proc'::regclass) > 0 AS functions,
       count(*) FILTER (WHERE classid = 'pg_namespace'::regclass) = 1 AS schema
FROM members
WHERE (classid, objid) NOT IN (SELECT classid, objid FROM supporting)
  AND obj_description(objid, classid::regclass::name) IS NOT NULL;

-- Functions are named docdb.something; only types, their operators and what PostgreSQL makes for
-- them live in the schema of the extension.
SELECT m.object AS misplaced
FROM members AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE p.pronamespace <> 'docdb'::regnamespace
  AND (classid, objid) NOT IN (SELECT classid, objid FROM supporting)
ORDER BY m.object COLLATE "C";

-- Nothing runs with the rights of its owner, and functions that depend on nothing but their
-- arguments say so where they can run in parallel workers.
SELECT m.object AS security_definer
FROM members AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE p.prosecdef
ORDER BY m.object COLLATE "C";

SELECT m.object AS immutable_but_not_parallel_safe
FROM members AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE p.provolatile = 'i' AND p.proparallel <> 's'
ORDER BY m.object COLLATE "C";
