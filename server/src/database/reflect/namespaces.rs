//! Schemas and extensions.

use super::{NAMESPACES, Server, comment, of_extension};

pub(super) fn schemas(_: &Server) -> String {
    let (member, comment) = (of_extension("pg_namespace", "n.oid"), comment("pg_namespace", "n.oid"));
    format!(
        "SELECT pg_catalog.row_to_json(r) FROM pg_catalog.pg_namespace AS n CROSS JOIN LATERAL ( \
         SELECT pg_catalog.quote_ident(n.nspname) AS name, CASE WHEN n.nspname <> 'public'::pg_catalog.name \
         OR {comment} <> 'standard public schema' THEN {comment} END AS comment) AS r \
         WHERE {NAMESPACES} AND NOT {member}"
    )
}

pub(super) fn extensions(_: &Server) -> String {
    "SELECT pg_catalog.row_to_json(r) FROM pg_catalog.pg_extension AS e \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace CROSS JOIN LATERAL ( \
     SELECT pg_catalog.quote_ident(e.extname) AS name, pg_catalog.quote_ident(n.nspname) AS schema) AS r \
     WHERE e.extname <> 'plpgsql'::pg_catalog.name"
        .to_owned()
}
