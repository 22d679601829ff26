//! Constraints of tables.

use tokio_postgres::SimpleQueryRow;

use super::row::{identifier, object, text};
use super::{NAMESPACES, Server, Tables, comment, list};
use crate::database::DatabaseError;

/// Returns an expression: the names of the columns whose numbers an array holds, in its order.
fn columns(table: &str, numbers: &str) -> String {
    list(&format!(
        "ARRAY(SELECT pg_catalog.quote_ident(a.attname) \
         FROM pg_catalog.unnest({numbers}) WITH ORDINALITY AS k (number, place) \
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = {table} AND a.attnum = k.number ORDER BY k.place)"
    ))
}

pub(super) fn query(server: &Server) -> String {
    let comment = comment("pg_constraint", "o.oid");
    let own = columns("o.conrelid", "o.conkey");
    let referenced = columns("o.confrelid", "o.confkey");
    let deleted = columns("o.conrelid", server.since(15, "o.confdelsetcols", "NULL::pg_catalog.int2[]"));
    // Of the numbers of an index, which count from 0, those behind the keys.
    let include = columns("o.conrelid", "(x.indkey::pg_catalog.int2[])[x.indnkeyatts:]");
    let options = list("i.reloptions");
    let not_distinct = server.since(15, "COALESCE(x.indnullsnotdistinct, false)", "false");
    let period = server.since(18, "o.conperiod", "false");
    let enforced = server.since(18, "o.conenforced", "true");
    let action = |column: &str| {
        format!(
            "CASE {column} WHEN 'r'::\"char\" THEN 'restrict' WHEN 'c'::\"char\" THEN 'cascade' \
             WHEN 'n'::\"char\" THEN 'set null' WHEN 'd'::\"char\" THEN 'set default' ELSE 'no action' END"
        )
    };
    let (on_delete, on_update) = (action("o.confdeltype"), action("o.confupdtype"));
    // Of not-null constraints only those that say more than their column does; a long name is cut, so its end must do.
    let telling = "NOT o.convalidated OR o.connoinherit OR o.conislocal AND o.conname::pg_catalog.text \
                   <> c.relname::pg_catalog.text || '_'::pg_catalog.text || first.attname::pg_catalog.text \
                   || '_not_null'::pg_catalog.text AND NOT (pg_catalog.right(o.conname::pg_catalog.text, 9) = '_not_null' \
                   AND pg_catalog.octet_length(c.relname::pg_catalog.text) \
                   + pg_catalog.octet_length(first.attname::pg_catalog.text) > 53)";
    format!(
        "SELECT o.conrelid, o.contype, pg_catalog.row_to_json(r) FROM pg_catalog.pg_constraint AS o \
         JOIN pg_catalog.pg_class AS c ON c.oid = o.conrelid \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_index AS x ON x.indexrelid = o.conindid \
         AND o.contype IN ('p'::\"char\", 'u'::\"char\", 'x'::\"char\") \
         LEFT JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid \
         LEFT JOIN pg_catalog.pg_attribute AS first ON first.attrelid = o.conrelid AND first.attnum = o.conkey[1] \
         CROSS JOIN LATERAL (SELECT pg_catalog.quote_ident(o.conname) AS name, {own} AS columns, {include} AS include, \
         {not_distinct} AS nulls_not_distinct, \
         {period} AND o.contype <> 'f'::\"char\" AS without_overlaps, {period} AND o.contype = 'f'::\"char\" AS period, \
         CASE WHEN o.condeferrable THEN CASE WHEN o.condeferred THEN 'deferred' ELSE 'immediate' END END AS deferrable, \
         {options} AS with, (SELECT pg_catalog.quote_ident(t.spcname) FROM pg_catalog.pg_tablespace AS t \
         WHERE t.oid = i.reltablespace) AS tablespace, \
         (SELECT pg_catalog.format('%I.%I', fn.nspname, f.relname) FROM pg_catalog.pg_class AS f \
         JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.relnamespace WHERE f.oid = o.confrelid) AS references, \
         {referenced} AS referenced_columns, {on_delete} AS on_delete, {on_update} AS on_update, \
         {deleted} AS on_delete_columns, o.confmatchtype = 'f'::\"char\" AS match_full, \
         o.convalidated AS validated, {enforced} AS enforced, o.connoinherit AS no_inherit, \
         pg_catalog.pg_get_expr(o.conbin, o.conrelid) AS expression, pg_catalog.quote_ident(first.attname) AS column, \
         CASE WHEN o.contype = 'x'::\"char\" THEN pg_catalog.pg_get_constraintdef(o.oid) END AS definition, \
         NOT o.conislocal OR o.conparentid <> 0::pg_catalog.oid AS inherited, {comment} AS comment) AS r \
         WHERE o.contype IN ('p'::\"char\", 'u'::\"char\", 'f'::\"char\", 'c'::\"char\", 'x'::\"char\", 'n'::\"char\") \
         AND (o.contype <> 'n'::\"char\" OR {telling}) \
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS parent WHERE parent.oid = o.conparentid \
         AND parent.conrelid = o.conrelid) \
         AND {NAMESPACES}"
    )
}

pub(super) fn read(tables: &mut Tables, rows: &[SimpleQueryRow]) -> Result<(), DatabaseError> {
    for row in rows {
        let Some(table) = tables.get_mut(&identifier(row, 0)?) else { continue };
        match text(row, 1)? {
            "p" => table.primary_key = Some(object(row, 2)?),
            "u" => table.unique.push(object(row, 2)?),
            "f" => table.foreign_keys.push(object(row, 2)?),
            "c" => table.checks.push(object(row, 2)?),
            "x" => table.exclusions.push(object(row, 2)?),
            _ => table.not_nulls.push(object(row, 2)?),
        }
    }
    Ok(())
}
