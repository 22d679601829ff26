//! Views through which rows are changed, and these changes.

use limbeck_core::document::schema::{Table, TableKind};

use super::family::Family;
use super::pen::Pen;
use super::rows;

pub(super) const FAMILIES: &[Family] = &[(12, "THROUGH VIEW", change)];
/// What makes such views, and triggers that stand in for them.
pub(super) const AROUND: &[Family] = &[(6, "VIEW OF ONE", view), (2, "INSTEAD OF", instead)];

fn is_shown(kind: TableKind) -> bool {
    matches!(kind, TableKind::View | TableKind::MaterializedView)
}

fn change(pen: &mut Pen) -> Option<String> {
    let view =
        if pen.dice.percent(95) { pen.table_of(|kind| kind == TableKind::View)? } else { pen.table_of(is_shown)? };
    match pen.dice.below(10) {
        0..5 => rows::insert_into(pen, view),
        5..8 => rows::update_of(pen, view),
        _ => rows::delete_from(pen, view),
    }
}

fn view(pen: &mut Pen) -> Option<String> {
    let base = match pen.dice.below(10) {
        0..3 => pen.table_of(|kind| kind == TableKind::View).or(pen.table())?,
        3 => pen.table_of(is_shown)?,
        _ => pen.table()?,
    };
    let (name, from) = (pen.new_name(), pen.named(base));
    let outputs = match pen.dice.below(5) {
        0 => "*".to_owned(),
        1 => format!("{}, 1 AS one", outputs(pen, base)),
        2 => format!("{0}, {0} AS again", pen.column(base)),
        _ => outputs(pen, base),
    };
    let tail = match pen.dice.below(16) {
        0 => " LIMIT 3".to_owned(),
        1 => format!(" GROUP BY {}", pen.column(base)),
        2 => format!(", {} AS f", pen.named(base)),
        3 => " ORDER BY 1".to_owned(),
        4 => " UNION SELECT 1".to_owned(),
        5..9 => format!(" WHERE {} IS NOT NULL", pen.column(base)),
        9 => format!(" WHERE EXISTS (SELECT 1 FROM {})", pen.table().map(|table| pen.named(table))?),
        _ => String::new(),
    };
    let distinct = pen.dice.maybe(5, "DISTINCT ");
    let check = pen.dice.weighted(&[(80, ""), (12, " WITH CHECK OPTION"), (8, " WITH LOCAL CHECK OPTION")]);
    Some(format!("CREATE VIEW {name} AS SELECT {distinct}{outputs} FROM {from}{tail}{check}"))
}

fn outputs(pen: &mut Pen, base: &Table) -> String {
    let mut outputs = Vec::new();
    for column in pen.columns(base) {
        let renamed = pen.dice.maybe(30, " AS renamed");
        outputs.push(format!("{column}{renamed}"));
    }
    outputs.join(", ")
}

fn instead(pen: &mut Pen) -> Option<String> {
    if !pen.schema.functions.iter().any(|function| function.name == "public.stands_in") || pen.dice.percent(10) {
        let body = "BEGIN RETURN NULL; END";
        return Some(format!(
            "CREATE OR REPLACE FUNCTION public.stands_in() RETURNS trigger LANGUAGE plpgsql AS '{body}'"
        ));
    }
    let view = pen.table_of(|kind| kind == TableKind::View)?;
    let (name, on) = (pen.part_name(), pen.named(view));
    let event = pen.dice.one(&["INSERT", "UPDATE", "DELETE", "INSERT OR UPDATE", "UPDATE OR DELETE"]);
    Some(format!("CREATE TRIGGER {name} INSTEAD OF {event} ON {on} FOR EACH ROW EXECUTE FUNCTION public.stands_in()"))
}
