//! Indexes that no constraint owns.

use limbeck_core::document::schema::Index;
use tokio_postgres::SimpleQueryRow;

use super::index_keys::index_keys;
use super::row::{identifier, object, text, unexpected};
use super::{NAMESPACES, Server, Tables, comment, list};
use crate::database::DatabaseError;

pub(super) fn query(server: &Server) -> String {
    let comment = comment("pg_class", "i.oid");
    let not_distinct = server.since(15, "x.indnullsnotdistinct", "false");
    let options = list("i.reloptions");
    let include = list(
        "ARRAY(SELECT pg_catalog.pg_get_indexdef(x.indexrelid, k, false) \
         FROM pg_catalog.generate_series(x.indnkeyatts + 1, x.indnatts::pg_catalog.int4) AS k ORDER BY k)",
    );
    format!(
        "SELECT x.indrelid, pg_catalog.row_to_json(r), pg_catalog.pg_get_indexdef(x.indexrelid) \
         FROM pg_catalog.pg_index AS x \
         JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid \
         JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_am AS m ON m.oid = i.relam \
         CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(i.relname) AS name, x.indisunique AS unique, \
         pg_catalog.quote_ident(m.amname) AS method, {include} AS include, \
         pg_catalog.pg_get_expr(x.indpred, x.indrelid) AS where, x.indisvalid AS valid, \
         {not_distinct} AS nulls_not_distinct, {options} AS with, \
         (SELECT pg_catalog.quote_ident(t.spcname) FROM pg_catalog.pg_tablespace AS t \
         WHERE t.oid = i.reltablespace) AS tablespace, \
         x.indisclustered AS clustered, x.indisreplident AS replica_identity, \
         (SELECT pg_catalog.format('%I.%I', pn.nspname, p.relname) FROM pg_catalog.pg_inherits AS h \
         JOIN pg_catalog.pg_class AS p ON p.oid = h.inhparent \
         JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace WHERE h.inhrelid = i.oid) AS partition_of, \
         {comment} AS comment) AS r \
         WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS o WHERE o.conindid = x.indexrelid \
         AND o.contype IN ('p'::\"char\", 'u'::\"char\", 'x'::\"char\")) \
         AND c.relpersistence <> 't'::\"char\" AND {NAMESPACES}"
    )
}

pub(super) fn read(tables: &mut Tables, rows: &[SimpleQueryRow]) -> Result<(), DatabaseError> {
    for row in rows {
        let Some(table) = tables.get_mut(&identifier(row, 0)?) else { continue };
        let keys = index_keys(text(row, 2)?).ok_or_else(|| unexpected("an index has no keys"))?;
        table.indexes.push(Index { keys, ..object(row, 1)? });
    }
    Ok(())
}
