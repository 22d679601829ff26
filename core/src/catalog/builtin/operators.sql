-- Prints operators.tsv: name, operand types (0 for none), result, and the function behind it.
SELECT oprname, oprleft, oprright, oprresult, oprcode::oid
FROM pg_operator
WHERE oprnamespace = 'pg_catalog'::regnamespace
ORDER BY oprname COLLATE "C", oprleft, oprright
