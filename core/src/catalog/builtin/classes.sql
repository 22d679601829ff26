-- Prints classes.tsv: how access methods treat types. Access method, operator class, the type that it is for, whether it is
-- that type's own, whether it takes parameters, and the operators that an EXCLUDE constraint may name with it.
SELECT amname, opcname, opcintype, opcdefault,
       EXISTS (SELECT FROM pg_amproc
               WHERE amprocfamily = opcfamily AND amproclefttype = opcintype AND amprocrighttype = opcintype
                     AND (amname, amprocnum) IN (('btree', 5), ('hash', 3), ('gist', 10), ('gin', 7), ('spgist', 6), ('brin', 5))),
       coalesce((SELECT string_agg(amopopr::oid::text, ' ' ORDER BY amopopr)
                 FROM pg_amop JOIN pg_operator ON pg_operator.oid = amopopr
                 WHERE amopfamily = opcfamily AND amoppurpose = 's' AND oprleft = oprright AND oprcom = amopopr
                       AND amname IN ('btree', 'hash', 'gist', 'spgist')), '')
FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod
WHERE opcnamespace = 'pg_catalog'::regnamespace
ORDER BY amname COLLATE "C", opcname COLLATE "C", opcintype
