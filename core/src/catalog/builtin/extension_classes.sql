-- Prints extension_classes.tsv: the operator classes of extensions that come with Postgres, in a database that has them all.
-- As classes.tsv, behind the extension; of a type that an extension brings, the name. Operators are those that every
-- database has.
SELECT extname, amname, opcname, CASE WHEN opcintype < 16384 THEN opcintype::oid::text ELSE typname END, opcdefault,
       EXISTS (SELECT FROM pg_amproc
               WHERE amprocfamily = opcfamily AND amproclefttype = opcintype AND amprocrighttype = opcintype
                     AND (amname, amprocnum) IN (('btree', 5), ('hash', 3), ('gist', 10), ('gin', 7), ('spgist', 6), ('brin', 5))),
       coalesce((SELECT string_agg(amopopr::oid::text, ' ' ORDER BY amopopr)
                 FROM pg_amop JOIN pg_operator ON pg_operator.oid = amopopr
                 WHERE amopfamily = opcfamily AND amoppurpose = 's' AND oprleft = oprright AND oprcom = amopopr
                       AND amopopr < 16384 AND amname IN ('btree', 'hash', 'gist', 'spgist')), '')
FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod JOIN pg_type ON pg_type.oid = opcintype
JOIN pg_depend ON refclassid = 'pg_extension'::regclass AND deptype = 'e' AND classid = 'pg_opclass'::regclass
                  AND objid = pg_opclass.oid
JOIN pg_extension ON pg_extension.oid = refobjid
ORDER BY extname COLLATE "C", amname COLLATE "C", opcname COLLATE "C", opcintype
