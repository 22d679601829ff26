-- Prints types.tsv: the types that every database has and a statement may name.
SELECT t.oid, t.typname, t.typtype, t.typcategory, t.typispreferred, t.typarray, t.typstorage, t.typcollation <> 0,
       coalesce(r.rngsubtype, 0), t.typbasetype
FROM pg_type t LEFT JOIN pg_range r ON t.oid IN (r.rngtypid, r.rngmultitypid)
WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'p', 'r', 'm')
      AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
ORDER BY t.oid
