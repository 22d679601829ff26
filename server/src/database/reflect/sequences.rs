//! Sequences, those behind serial and identity columns too.

use super::{NAMESPACES, Server, comment, of_extension};

pub(super) fn query(_: &Server) -> String {
    let (member, comment) = (of_extension("pg_class", "c.oid"), comment("pg_class", "c.oid"));
    format!(
        "SELECT pg_catalog.row_to_json(r) FROM pg_catalog.pg_sequence AS s \
         JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_depend AS o ON o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass \
         AND o.objid = c.oid AND o.objsubid = 0 AND o.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass \
         AND o.refobjsubid > 0 AND o.deptype IN ('a'::\"char\", 'i'::\"char\") \
         LEFT JOIN pg_catalog.pg_class AS t ON t.oid = o.refobjid \
         LEFT JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace \
         LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid \
         CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, \
         pg_catalog.format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment, \
         s.seqmin AS min, s.seqmax AS max, s.seqcache AS cache, s.seqcycle AS cycle, \
         CASE WHEN a.attname IS NOT NULL THEN pg_catalog.format('%I.%I.%I', tn.nspname, t.relname, a.attname) END \
         AS owned_by, COALESCE(o.deptype = 'i'::\"char\", false) AS identity, \
         c.relpersistence = 'u'::\"char\" AS unlogged, {comment} AS comment) AS r \
         WHERE c.relpersistence <> 't'::\"char\" AND {NAMESPACES} AND NOT {member}"
    )
}
