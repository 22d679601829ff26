//! Triggers, policies, rules and extended statistics.

use super::{NAMESPACES, Server, comment, list};

pub(super) fn triggers(_: &Server) -> String {
    let comment = comment("pg_trigger", "t.oid");
    // A copy on a partition depends on the trigger that it copies; before Postgres 15 it counts as internal.
    let copied = "EXISTS (SELECT FROM pg_catalog.pg_depend AS d \
                  WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objid = t.oid \
                  AND d.refclassid = 'pg_catalog.pg_trigger'::pg_catalog.regclass)";
    format!(
        "SELECT t.tgrelid, pg_catalog.row_to_json(r) FROM pg_catalog.pg_trigger AS t \
         JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         CROSS JOIN LATERAL (SELECT {copied} AS inherited) AS i \
         CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(t.tgname) AS name, \
         pg_catalog.pg_get_triggerdef(t.oid) AS definition, \
         CASE t.tgenabled WHEN 'D'::\"char\" THEN 'disabled' WHEN 'R'::\"char\" THEN 'replica' \
         WHEN 'A'::\"char\" THEN 'always' END AS enabled, i.inherited, {comment} AS comment) AS r \
         WHERE (NOT t.tgisinternal OR i.inherited AND t.tgconstraint = 0::pg_catalog.oid) AND {NAMESPACES}"
    )
}

pub(super) fn policies(_: &Server) -> String {
    let comment = comment("pg_policy", "p.oid");
    let roles = list(
        "ARRAY(SELECT CASE WHEN o.role = 0::pg_catalog.oid THEN 'public' ELSE pg_catalog.quote_ident(a.rolname) END \
         FROM pg_catalog.unnest(p.polroles) AS o (role) LEFT JOIN pg_catalog.pg_roles AS a ON a.oid = o.role)",
    );
    format!(
        "SELECT p.polrelid, pg_catalog.row_to_json(r) FROM pg_catalog.pg_policy AS p \
         JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(p.polname) AS name, \
         CASE p.polcmd WHEN 'r'::\"char\" THEN 'select' WHEN 'a'::\"char\" THEN 'insert' \
         WHEN 'w'::\"char\" THEN 'update' WHEN 'd'::\"char\" THEN 'delete' ELSE 'all' END AS command, \
         p.polpermissive AS permissive, {roles} AS roles, \
         pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using, \
         pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS check, {comment} AS comment) AS r WHERE {NAMESPACES}"
    )
}

pub(super) fn rules(_: &Server) -> String {
    let comment = comment("pg_rewrite", "w.oid");
    format!(
        "SELECT w.ev_class, pg_catalog.row_to_json(r) FROM pg_catalog.pg_rewrite AS w \
         JOIN pg_catalog.pg_class AS c ON c.oid = w.ev_class \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(w.rulename) AS name, \
         pg_catalog.pg_get_ruledef(w.oid) AS definition, \
         CASE w.ev_enabled WHEN 'D'::\"char\" THEN 'disabled' WHEN 'R'::\"char\" THEN 'replica' \
         WHEN 'A'::\"char\" THEN 'always' END AS enabled, {comment} AS comment) AS r \
         WHERE w.rulename <> '_RETURN'::pg_catalog.name AND {NAMESPACES}"
    )
}

pub(super) fn statistics(_: &Server) -> String {
    let comment = comment("pg_statistic_ext", "s.oid");
    format!(
        "SELECT s.stxrelid, pg_catalog.row_to_json(r) FROM pg_catalog.pg_statistic_ext AS s \
         JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.stxnamespace \
         JOIN pg_catalog.pg_class AS c ON c.oid = s.stxrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', sn.nspname, s.stxname) AS name, \
         pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition, {comment} AS comment) AS r WHERE {NAMESPACES}"
    )
}
