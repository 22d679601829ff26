-- Prints operators.tsv: name, operand types (0 for none), result, the function behind it, and its number. Not those that
-- stand behind their operand, as `!` did up to 13.
SELECT oprname, oprleft, oprright, oprresult, oprcode::oid, oid
FROM pg_operator
WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprright <> 0
ORDER BY oprname COLLATE "C", oprleft, oprright
