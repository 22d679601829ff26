//! Tables, views and foreign tables, without their parts.

use serde::Deserialize;
use tokio_postgres::SimpleQueryRow;

use super::row::{identifier, object};
use super::{NAMESPACES, Server, Tables, comment, list, of_extension};
use crate::database::DatabaseError;

/// What has columns and is no composite type, by a condition on `c`, a row of `pg_class`.
pub(super) const KINDS: &str = "c.relkind IN ('r'::\"char\", 'p'::\"char\", 'v'::\"char\", 'm'::\"char\", 'f'::\"char\") \
     AND c.relpersistence <> 't'::\"char\"";

pub(super) fn query(server: &Server) -> String {
    let (member, comment) = (of_extension("pg_class", "c.oid"), comment("pg_class", "c.oid"));
    let version_table = server.version_table;
    let options = list(
        "ARRAY(SELECT o FROM pg_catalog.unnest(c.reloptions) AS o UNION ALL SELECT 'toast.'::pg_catalog.text || o \
         FROM pg_catalog.pg_class AS t CROSS JOIN LATERAL pg_catalog.unnest(t.reloptions) AS o WHERE t.oid = c.reltoastrelid)",
    );
    let server_options = list("f.ftoptions");
    format!(
        "SELECT c.oid, pg_catalog.row_to_json(r) FROM pg_catalog.pg_class AS c \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_foreign_table AS f ON f.ftrelid = c.oid \
         LEFT JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver \
         CROSS JOIN LATERAL (SELECT \
         pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, \
         CASE WHEN c.relkind = 'v'::\"char\" THEN 'view' WHEN c.relkind = 'm'::\"char\" THEN 'materialized view' \
         WHEN c.relkind = 'f'::\"char\" THEN 'foreign table' WHEN c.relispartition THEN 'partition' \
         WHEN c.relkind = 'p'::\"char\" THEN 'partitioned' ELSE 'table' END AS kind, \
         CASE WHEN c.relkind IN ('v'::\"char\", 'm'::\"char\") THEN pg_catalog.pg_get_viewdef(c.oid) END AS definition, \
         CASE WHEN c.relkind = 'p'::\"char\" THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_by, \
         pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS partition_bound, \
         (SELECT pg_catalog.format('%I.%I', tn.nspname, t.typname) FROM pg_catalog.pg_type AS t \
         JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.typnamespace WHERE t.oid = c.reloftype) AS of_type, \
         c.relpersistence = 'u'::\"char\" AS unlogged, c.relrowsecurity AS row_security, \
         c.relforcerowsecurity AS force_row_security, \
         CASE WHEN c.relkind IN ('r'::\"char\", 'p'::\"char\", 'm'::\"char\") THEN CASE c.relreplident WHEN 'f'::\"char\" THEN 'full' WHEN 'n'::\"char\" THEN 'nothing' \
         WHEN 'i'::\"char\" THEN 'index' END END AS replica_identity, \
         {options} AS with, \
         (SELECT pg_catalog.quote_ident(m.amname) FROM pg_catalog.pg_am AS m \
         WHERE m.oid = c.relam AND m.amname <> 'heap'::pg_catalog.name) AS access_method, \
         (SELECT pg_catalog.quote_ident(t.spcname) FROM pg_catalog.pg_tablespace AS t \
         WHERE t.oid = c.reltablespace) AS tablespace, \
         pg_catalog.quote_ident(s.srvname) AS server, {server_options} AS server_options, {comment} AS comment) AS r \
         WHERE {KINDS} AND {NAMESPACES} AND c.oid <> {version_table}::pg_catalog.oid AND NOT {member}"
    )
}

pub(super) fn read(tables: &mut Tables, rows: &[SimpleQueryRow]) -> Result<(), DatabaseError> {
    for row in rows {
        tables.insert(identifier(row, 0)?, object(row, 1)?);
    }
    Ok(())
}

/// A parent of a table.
#[derive(Deserialize)]
struct Parent {
    name: String,
    partitioned: bool,
}

pub(super) fn inheritance(_: &Server) -> String {
    format!(
        "SELECT i.inhrelid, pg_catalog.row_to_json(r) FROM pg_catalog.pg_inherits AS i \
         JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid \
         JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace \
         CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', n.nspname, p.relname) AS name, \
         c.relispartition AS partitioned) AS r \
         WHERE {KINDS} ORDER BY i.inhrelid, i.inhseqno"
    )
}

pub(super) fn read_inheritance(tables: &mut Tables, rows: &[SimpleQueryRow]) -> Result<(), DatabaseError> {
    for row in rows {
        let Some(table) = tables.get_mut(&identifier(row, 0)?) else { continue };
        let Parent { name, partitioned } = object(row, 1)?;
        if partitioned {
            table.partition_of = Some(name);
        } else {
            table.inherits.push(name);
        }
    }
    Ok(())
}
