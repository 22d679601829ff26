-- Prints types.tsv: the types that every database has and a statement may name, and how far reading and writing a value
-- depends on more than its text.
SELECT t.oid, t.typname, t.typtype, t.typcategory, t.typispreferred, t.typarray, t.typstorage, t.typcollation <> 0,
       coalesce(r.rngsubtype, 0), t.typbasetype, i.provolatile, o.provolatile
FROM pg_type t LEFT JOIN pg_range r ON t.oid IN (r.rngtypid, r.rngmultitypid)
     JOIN pg_proc i ON i.oid = t.typinput JOIN pg_proc o ON o.oid = t.typoutput
WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'p', 'r', 'm')
      AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
ORDER BY t.oid
