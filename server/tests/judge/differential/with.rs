//! Statements whose WITH changes rows.

use super::family::Family;
use super::pen::Pen;
use super::rows;

pub(super) const FAMILIES: &[Family] = &[(8, "WITH CHANGE", change)];
/// They make something of what a change gives back.
pub(super) const MAKING: &[Family] = &[(1, "AS WITH CHANGE", making)];

/// Names of queries of WITH; one is that of a table too.
const NAMES: [&str; 4] = ["changed", "moved", "\"Gone\"", "orders"];

fn change(pen: &mut Pen) -> Option<String> {
    let name = pen.dice.one(&NAMES);
    let recursive = pen.dice.maybe(6, "RECURSIVE ");
    let columns = pen.dice.weighted(&[(90, ""), (6, "(a)"), (4, "(a, b, c, d, e, f, g, h, i)")]);
    let first = inner(pen)?;
    let second = match pen.dice.below(100) {
        0..12 => format!(", later AS ({})", inner(pen)?),
        12..18 => format!(", later AS (SELECT * FROM {name})"),
        18..22 => format!(", later AS (DELETE FROM {0} USING {name} RETURNING {0}.*)", pen.stray()),
        _ => String::new(),
    };
    let outer = outer(pen, name)?;
    let with = format!("WITH {recursive}{name}{columns} AS ({first}){second}");
    Some(match pen.dice.below(30) {
        0 => format!("SELECT * FROM ({with} SELECT 1 AS one) AS f"),
        1 => format!("WITH around AS ({with} SELECT 1 AS one) SELECT * FROM around"),
        2 => format!("INSERT INTO {} {with} {outer}", pen.stray()),
        3 => format!("({with} SELECT 1)"),
        _ => format!("{with} {outer}"),
    })
}

fn making(pen: &mut Pen) -> Option<String> {
    let (name, new) = (pen.dice.one(&NAMES), pen.new_name());
    let first = inner(pen)?;
    let query = format!("WITH {name} AS ({first}) SELECT * FROM {name}");
    Some(match pen.dice.below(8) {
        0 => format!("CREATE VIEW {new} AS {query}"),
        1 => format!("CREATE MATERIALIZED VIEW {new} AS {query}"),
        2 => format!("WITH {name} AS ({first}) SELECT * INTO {new} FROM {name}"),
        _ => format!("CREATE TABLE {new} AS {query}{}", pen.dice.maybe(20, " WITH NO DATA")),
    })
}

/// Returns a statement that stands in WITH; mostly it gives something back.
fn inner(pen: &mut Pen) -> Option<String> {
    let changes: [fn(&mut Pen) -> Option<String>; 3] = [rows::delete, rows::update, rows::insert];
    let change = pen.dice.any(&changes).copied()?;
    let sql = change(pen)?;
    if sql.contains("RETURNING") {
        return Some(sql);
    }
    let back = pen.dice.weighted(&[
        (10, ""),
        (50, " RETURNING *"),
        (6, " RETURNING 1 AS one, 'x' AS two"),
        (1, " RETURNING id"),
    ]);
    Some(format!("{sql}{back}"))
}

/// Returns what stands behind the WITH.
fn outer(pen: &mut Pen, name: &str) -> Option<String> {
    let table = pen.table()?;
    let (target, column) = (pen.named(table), pen.column(table));
    Some(match pen.dice.below(9) {
        0 => format!("INSERT INTO {target} SELECT * FROM {name}"),
        1 => {
            format!("INSERT INTO {target} ({column}) SELECT {column} FROM {name}{}", pen.dice.maybe(20, " RETURNING *"))
        }
        2 => format!("UPDATE {target} SET {column} = f.{column} FROM {name} f"),
        3 => format!("DELETE FROM {target} d USING {name} f WHERE d.{column} = f.{column}"),
        4 => rows::delete(pen)?,
        5 => "SELECT 1".to_owned(),
        6 => format!("SELECT count(*) FROM {name}"),
        7 => format!("SELECT f.*, t.{column} FROM {name} f, {target} t"),
        _ => format!("SELECT * FROM {name}"),
    })
}
