-- Functions that extensions of Postgres bring and that statements can call: extension, name, whether it returns a set, is
-- strict, its volatility, type of the result, types of the arguments. In a database with all these extensions.
SELECT concat_ws(E'\t', e.extname, p.proname, p.proretset, p.proisstrict, p.provolatile, p.prorettype,
                 p.proargtypes::text)
FROM pg_extension AS e
JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
                   AND d.classid = 'pg_proc'::regclass
JOIN pg_proc AS p ON p.oid = d.objid
WHERE e.extname IN ('autoinc', 'btree_gin', 'btree_gist', 'fuzzystrmatch', 'insert_username', 'moddatetime', 'pg_trgm', 'pgcrypto', 'tcn',
                    'unaccent', 'uuid-ossp')
  AND p.prorettype < 16384
  AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) AS t (oid) WHERE t.oid IN (2281, 2275) OR t.oid >= 16384)
ORDER BY e.extname COLLATE "C", p.proname COLLATE "C", p.proargtypes::text;
