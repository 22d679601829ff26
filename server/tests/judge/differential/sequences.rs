//! Sequences.

use limbeck_core::document::schema::Sequence;

use super::family::Family;
use super::pen::Pen;
use super::tables::created;

pub(super) const FAMILIES: &[Family] =
    &[(14, "CREATE SEQUENCE", create), (14, "ALTER SEQUENCE", alter), (7, "DROP SEQUENCE", drop_sequence)];

fn options(pen: &mut Pen) -> String {
    let mut text = String::new();
    for option in [
        " START WITH 5",
        " INCREMENT BY 10",
        " MINVALUE 1",
        " MAXVALUE 100",
        " CACHE 20",
        " CYCLE",
        " INCREMENT BY -1",
        " NO MAXVALUE",
        " START 1000",
        " NO CYCLE",
    ] {
        text.push_str(pen.dice.maybe(9, option));
    }
    text
}

fn owned(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let name = pen.named(table);
    Some(format!("{name}.{}", pen.column(table)))
}

fn create(pen: &mut Pen) -> Option<String> {
    let (if_not_exists, name) = (pen.if_not_exists(), created(pen));
    let data_type =
        pen.dice.weighted(&[(80, ""), (8, " AS integer"), (6, " AS smallint"), (4, " AS bigint"), (2, " AS text")]);
    let options = options(pen);
    let owned = if pen.dice.percent(20) { format!(" OWNED BY {}", owned(pen)?) } else { String::new() };
    Some(format!("CREATE SEQUENCE {if_not_exists}{name}{data_type}{options}{owned}"))
}

fn any(pen: &mut Pen) -> Option<String> {
    // Those that columns own are rarely touched by hand.
    let own_too = pen.dice.percent(30);
    let wanted = |sequence: &&Sequence| own_too || sequence.owned_by.is_none();
    let names: Vec<&str> = pen.schema.sequences.iter().filter(wanted).map(|found| found.name.as_str()).collect();
    pen.existing(&names)
}

fn alter(pen: &mut Pen) -> Option<String> {
    let name = any(pen)?;
    let what = match pen.dice.below(10) {
        0 => "RESTART".to_owned(),
        1 => "RESTART WITH 50".to_owned(),
        2 => "OWNED BY NONE".to_owned(),
        3 => format!("OWNED BY {}", owned(pen)?),
        4 => format!("RENAME TO {}", pen.new_bare_name()),
        5 => format!("SET SCHEMA {}", pen.schema_name()),
        6 => format!("AS {}", pen.dice.one(&["integer", "bigint", "smallint"])),
        _ => {
            let options = options(pen);
            if options.is_empty() { "CACHE 3".to_owned() } else { options.trim().to_owned() }
        }
    };
    Some(format!("ALTER SEQUENCE {}{name} {what}", pen.if_exists()))
}

fn drop_sequence(pen: &mut Pen) -> Option<String> {
    let name = any(pen)?;
    Some(format!("DROP SEQUENCE {}{name}{}", pen.if_exists(), pen.behavior()))
}
