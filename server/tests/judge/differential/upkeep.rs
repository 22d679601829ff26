//! What changes no schema: VACUUM, ANALYZE, LOCK TABLE, SET CONSTRAINTS; and statistics once they are there.

use super::family::Family;
use super::pen::Pen;

pub(super) const FAMILIES: &[Family] = &[
    (3, "ANALYZE", analyze),
    (1, "VACUUM", vacuum),
    (3, "LOCK TABLE", lock),
    (3, "SET CONSTRAINTS", constraints),
    (3, "ALTER STATISTICS", statistics),
];

fn analyze(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let name = pen.named(table);
    let columns = if pen.dice.percent(40) { format!(" ({})", pen.columns(table).join(", ")) } else { String::new() };
    Some(format!("ANALYZE {}{name}{columns}", pen.dice.maybe(20, "VERBOSE ")))
}

fn vacuum(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let name = pen.named(table);
    let options = pen.dice.one(&["", "FULL ", "ANALYZE ", "(FULL, ANALYZE) ", "(INDEX_CLEANUP off) "]);
    let columns = if pen.dice.percent(20) { format!(" ({})", pen.column(table)) } else { String::new() };
    Some(format!("VACUUM {options}{name}{columns}"))
}

fn lock(pen: &mut Pen) -> Option<String> {
    let names = super::tables::tables(pen);
    let name = pen.existing(&names)?;
    let mode = pen.dice.one(&[
        "",
        " IN ACCESS SHARE MODE",
        " IN ROW EXCLUSIVE MODE",
        " IN SHARE MODE",
        " IN SHARE ROW EXCLUSIVE MODE",
        " IN EXCLUSIVE MODE",
        " IN ACCESS EXCLUSIVE MODE",
    ]);
    Some(format!("LOCK TABLE {}{name}{mode}", pen.dice.maybe(10, "ONLY ")))
}

fn constraints(pen: &mut Pen) -> Option<String> {
    let how = pen.dice.one(&["DEFERRED", "IMMEDIATE"]);
    if pen.dice.percent(30) {
        return Some(format!("SET CONSTRAINTS ALL {how}"));
    }
    let table = pen.table()?;
    Some(format!("SET CONSTRAINTS {} {how}", pen.constraint(table)))
}

fn statistics(pen: &mut Pen) -> Option<String> {
    let schema = pen.schema;
    let all = schema.tables.iter().flat_map(|table| &table.statistics);
    let names: Vec<&str> = all.map(|statistics| statistics.name.as_str()).collect();
    let name = pen.existing(&names)?;
    Some(match pen.dice.below(5) {
        0 => format!("ALTER STATISTICS {name} SET STATISTICS {}", pen.dice.one(&["100", "-1", "-2"])),
        1 => format!("ALTER STATISTICS {name} SET SCHEMA {}", pen.schema_name()),
        2 => format!("COMMENT ON STATISTICS {name} IS 'what goes together'"),
        3 => format!("ALTER STATISTICS {name} OWNER TO {}", pen.dice.one(&["CURRENT_USER", "nobody_here"])),
        _ => format!("ALTER STATISTICS {name} RENAME TO {}", pen.new_bare_name()),
    })
}
