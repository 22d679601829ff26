-- Prints extensions.tsv: the functions that a statement may call, of extensions that come with Postgres, in a database that
-- has them all. Only over types that every database has.
SELECT extname, proname, proretset, proisstrict, provolatile, prorettype, proargtypes
FROM pg_extension
JOIN pg_depend ON refclassid = 'pg_extension'::regclass AND refobjid = pg_extension.oid AND deptype = 'e'
JOIN pg_proc ON classid = 'pg_proc'::regclass AND objid = pg_proc.oid
WHERE extname IN ('autoinc', 'btree_gin', 'btree_gist', 'fuzzystrmatch', 'insert_username', 'moddatetime', 'pg_trgm',
                  'pgcrypto', 'tcn', 'unaccent', 'uuid-ossp')
      AND prorettype < 16384
      AND NOT EXISTS (SELECT FROM unnest(proargtypes) AS t (oid)
                      WHERE t.oid >= 16384 OR t.oid = ANY (ARRAY['internal', 'cstring']::regtype[]::oid[]))
ORDER BY extname COLLATE "C", proname COLLATE "C", proargtypes::text
