//! Casts and operators.

use super::{NAMESPACES, Server, comment, depends, of_extension};

pub(super) fn casts(_: &Server) -> String {
    let (member, comment) = (of_extension("pg_cast", "c.oid"), comment("pg_cast", "c.oid"));
    // The cast from a range to its multirange is a part of the type.
    let part = depends("pg_cast", "c.oid", 'i');
    format!(
        "SELECT pg_catalog.row_to_json(r) FROM pg_catalog.pg_cast AS c \
         CROSS JOIN LATERAL (SELECT pg_catalog.format_type(c.castsource, NULL) AS \"from\", \
         pg_catalog.format_type(c.casttarget, NULL) AS \"to\", \
         CASE WHEN c.castfunc <> 0::pg_catalog.oid \
         THEN c.castfunc::pg_catalog.regproc::pg_catalog.text END AS function, \
         CASE c.castmethod WHEN 'f'::\"char\" THEN 'function' WHEN 'i'::\"char\" THEN 'inout' ELSE 'binary' END \
         AS method, \
         CASE c.castcontext WHEN 'i'::\"char\" THEN 'implicit' WHEN 'a'::\"char\" THEN 'assignment' ELSE 'explicit' \
         END AS context, {comment} AS comment) AS r \
         WHERE c.oid >= 16384::pg_catalog.oid AND NOT {part} AND NOT {member}"
    )
}

pub(super) fn operators(_: &Server) -> String {
    let (member, comment) = (of_extension("pg_operator", "o.oid"), comment("pg_operator", "o.oid"));
    let named = |number: &str| {
        format!(
            "(SELECT pg_catalog.format('%I.%s', m.nspname, q.oprname) FROM pg_catalog.pg_operator AS q \
             JOIN pg_catalog.pg_namespace AS m ON m.oid = q.oprnamespace WHERE q.oid = {number})"
        )
    };
    let (commutator, negator) = (named("o.oprcom"), named("o.oprnegate"));
    format!(
        "SELECT pg_catalog.row_to_json(r) FROM pg_catalog.pg_operator AS o \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace \
         CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%s', n.nspname, o.oprname) AS name, \
         CASE WHEN o.oprleft <> 0::pg_catalog.oid THEN pg_catalog.format_type(o.oprleft, NULL) END AS \"left\", \
         pg_catalog.format_type(o.oprright, NULL) AS \"right\", \
         CASE WHEN o.oprcode::pg_catalog.oid <> 0::pg_catalog.oid THEN o.oprcode::pg_catalog.text END AS function, \
         {commutator} AS commutator, {negator} AS negator, {comment} AS comment) AS r \
         WHERE {NAMESPACES} AND NOT {member}"
    )
}
