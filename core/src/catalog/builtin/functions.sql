-- Prints functions.tsv: the functions that a statement may call, by name and argument types, and the names of their
-- arguments where they have any. Not those that only the server calls: input and output of types, triggers, support of
-- indexes and the like; nor what has another number on each server.
SELECT oid, proname, CASE WHEN aggkind <> 'n' THEN 'o' ELSE prokind END, provolatile, proisstrict, proretset, pronargdefaults, provariadic, prorettype, proargtypes,
       coalesce(array_to_string(proargnames[1:pronargs], ' '), '')
FROM pg_proc LEFT JOIN pg_aggregate ON aggfnoid = oid
WHERE pronamespace = 'pg_catalog'::regnamespace AND oid < 10000
      AND NOT proargtypes::oid[] && ARRAY['internal', 'cstring']::regtype[]::oid[]
      AND prorettype <> ALL (ARRAY['internal', 'cstring', 'trigger', 'event_trigger', 'language_handler', 'fdw_handler',
                                   'index_am_handler', 'table_am_handler', 'tsm_handler']::regtype[]::oid[])
ORDER BY proname COLLATE "C", proargtypes
