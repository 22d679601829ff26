-- Prints operators.tsv: name, operand types (0 for none), result, the function behind it, and its number.
SELECT oprname, oprleft, oprright, oprresult, oprcode::oid, oid
FROM pg_operator
WHERE oprnamespace = 'pg_catalog'::regnamespace
ORDER BY oprname COLLATE "C", oprleft, oprright
