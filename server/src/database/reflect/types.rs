//! Enums, domains, composite types, ranges and collations.

use super::{NAMESPACES, Server, collation, comment, comment_on_part, list, of_extension};

pub(super) fn enums(_: &Server) -> String {
    let labels = list(
        "ARRAY(SELECT l.enumlabel::pg_catalog.text FROM pg_catalog.pg_enum AS l \
         WHERE l.enumtypid = t.oid ORDER BY l.enumsortorder)",
    );
    of_types("'e'", "", &format!("{labels} AS labels"))
}

pub(super) fn domains(_: &Server) -> String {
    let (collation, comment) = (collation("t.typcollation", "b.typcollation"), comment("pg_constraint", "o.oid"));
    let checks = list(&format!(
        "ARRAY(SELECT pg_catalog.json_build_object('name', pg_catalog.quote_ident(o.conname), 'expression', \
         pg_catalog.pg_get_expr(o.conbin, 0::pg_catalog.oid), 'validated', o.convalidated, 'comment', {comment}) \
         FROM pg_catalog.pg_constraint AS o WHERE o.contypid = t.oid AND o.contype = 'c'::\"char\")"
    ));
    of_types(
        "'d'",
        "JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype",
        &format!(
            "pg_catalog.format_type(t.typbasetype, t.typtypmod) AS type, NOT t.typnotnull AS nullable, \
             pg_catalog.pg_get_expr(t.typdefaultbin, 0::pg_catalog.oid) AS default, {collation} AS collation, \
             {checks} AS checks"
        ),
    )
}

pub(super) fn composites(_: &Server) -> String {
    let collation = collation("a.attcollation", "at.typcollation");
    let comment = comment_on_part("pg_class", "a.attrelid", "a.attnum");
    let attributes = list(&format!(
        "ARRAY(SELECT pg_catalog.json_build_object('name', pg_catalog.quote_ident(a.attname), 'type', \
         pg_catalog.format_type(a.atttypid, a.atttypmod), 'collation', {collation}, 'comment', {comment}) \
         FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS at ON at.oid = a.atttypid \
         WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)"
    ));
    of_types(
        "'c'",
        "JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid AND c.relkind = 'c'::\"char\"",
        &format!("{attributes} AS attributes"),
    )
}

pub(super) fn ranges(server: &Server) -> String {
    let collation = collation("g.rngcollation", "b.typcollation");
    let multirange = server.since(
        14,
        "(SELECT pg_catalog.format('%I.%I', mn.nspname, m.typname) FROM pg_catalog.pg_type AS m \
         JOIN pg_catalog.pg_namespace AS mn ON mn.oid = m.typnamespace WHERE m.oid = g.rngmultitypid)",
        "NULL",
    );
    of_types(
        "'r'",
        "JOIN pg_catalog.pg_range AS g ON g.rngtypid = t.oid JOIN pg_catalog.pg_type AS b ON b.oid = g.rngsubtype",
        &format!(
            "pg_catalog.format_type(g.rngsubtype, NULL) AS subtype, {multirange} AS multirange, \
             (SELECT CASE WHEN pg_catalog.pg_opclass_is_visible(s.oid) THEN pg_catalog.quote_ident(s.opcname) \
             ELSE pg_catalog.format('%I.%I', k.nspname, s.opcname) END FROM pg_catalog.pg_opclass AS s \
             JOIN pg_catalog.pg_namespace AS k ON k.oid = s.opcnamespace \
             WHERE s.oid = g.rngsubopc AND NOT s.opcdefault) AS subtype_opclass, {collation} AS collation, \
             CASE WHEN g.rngcanonical::pg_catalog.oid <> 0::pg_catalog.oid THEN g.rngcanonical::pg_catalog.text END AS canonical, \
             CASE WHEN g.rngsubdiff::pg_catalog.oid <> 0::pg_catalog.oid THEN g.rngsubdiff::pg_catalog.text END AS subtype_diff"
        ),
    )
}

pub(super) fn collations(server: &Server) -> String {
    let (member, comment) = (of_extension("pg_collation", "l.oid"), comment("pg_collation", "l.oid"));
    let own = server.since(17, "l.colllocale", server.since(15, "l.colliculocale", "NULL::pg_catalog.text"));
    let rules = server.since(16, "l.collicurules", "NULL::pg_catalog.text");
    format!(
        "SELECT pg_catalog.row_to_json(r) FROM pg_catalog.pg_collation AS l \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace \
         CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', n.nspname, l.collname) AS name, \
         CASE l.collprovider WHEN 'i'::\"char\" THEN 'icu' WHEN 'b'::\"char\" THEN 'builtin' ELSE 'libc' END AS provider, \
         COALESCE({own}, l.collcollate::pg_catalog.text) AS locale, \
         CASE WHEN l.collctype::pg_catalog.text <> l.collcollate::pg_catalog.text \
         THEN l.collctype::pg_catalog.text END AS ctype, \
         l.collisdeterministic AS deterministic, {rules} AS rules, {comment} AS comment) AS r \
         WHERE {NAMESPACES} AND NOT {member}"
    )
}

/// Returns the query for the types of one kind, as a literal of `typtype`.
fn of_types(kind: &str, joins: &str, fields: &str) -> String {
    let (member, comment) = (of_extension("pg_type", "t.oid"), comment("pg_type", "t.oid"));
    format!(
        "SELECT pg_catalog.row_to_json(r) FROM pg_catalog.pg_type AS t \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace {joins} \
         CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', n.nspname, t.typname) AS name, {fields}, \
         {comment} AS comment) AS r \
         WHERE t.typtype = {kind}::\"char\" AND {NAMESPACES} AND NOT {member}"
    )
}
