//! Columns of tables and views.

use tokio_postgres::SimpleQueryRow;

use super::relations::KINDS;
use super::{NAMESPACES, Server, Tables, collation, comment_on_part, list, row};
use crate::database::DatabaseError;

pub(super) fn query(server: &Server) -> String {
    let comment = comment_on_part("pg_class", "a.attrelid", "a.attnum");
    let collation = collation("a.attcollation", "t.typcollation");
    let compression = server.since(14, "a.attcompression", "''::\"char\"");
    let options = list(
        "ARRAY(SELECT o FROM pg_catalog.unnest(a.attoptions) AS o \
         UNION ALL SELECT o FROM pg_catalog.unnest(a.attfdwoptions) AS o)",
    );
    format!(
        "SELECT a.attrelid, pg_catalog.row_to_json(r) FROM pg_catalog.pg_attribute AS a \
         JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid \
         LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
         CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression) AS e \
         CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(a.attname) AS name, \
         pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable, \
         CASE WHEN a.attgenerated = ''::\"char\" THEN e.expression END AS default, \
         CASE a.attidentity WHEN 'a'::\"char\" THEN 'always' WHEN 'd'::\"char\" THEN 'by default' END AS identity, \
         CASE WHEN a.attgenerated <> ''::\"char\" THEN pg_catalog.json_build_object('expression', e.expression, 'kind', \
         CASE a.attgenerated WHEN 'v'::\"char\" THEN 'virtual' ELSE 'stored' END) END AS generated, \
         {collation} AS collation, \
         CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p'::\"char\" THEN 'plain' \
         WHEN 'e'::\"char\" THEN 'external' WHEN 'x'::\"char\" THEN 'extended' ELSE 'main' END END AS storage, \
         CASE {compression} WHEN 'p'::\"char\" THEN 'pglz' WHEN 'l'::\"char\" THEN 'lz4' END AS compression, \
         CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END AS statistics_target, \
         {options} AS options, a.attinhcount > 0 AND NOT a.attislocal AS inherited, {comment} AS comment) AS r \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND {KINDS} AND {NAMESPACES} ORDER BY a.attrelid, a.attnum"
    )
}

pub(super) fn read(tables: &mut Tables, rows: &[SimpleQueryRow]) -> Result<(), DatabaseError> {
    row::attach(tables, rows, |table| &mut table.columns)
}
