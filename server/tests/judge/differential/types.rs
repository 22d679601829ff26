//! Enums, domains and composite types; what is done to types of every kind.

use super::family::Family;
use super::pen::Pen;
use super::tables::created;

pub(super) const FAMILIES: &[Family] = &[
    (22, "CREATE TYPE AS ENUM", create_enum),
    (18, "ALTER TYPE ADD VALUE", add_value),
    (6, "ALTER TYPE RENAME VALUE", rename_value),
    (10, "CREATE DOMAIN", create_domain),
    (10, "ALTER DOMAIN", alter_domain),
    (4, "DROP DOMAIN", drop_domain),
    (8, "CREATE TYPE AS composite", create_composite),
    (7, "ALTER TYPE ATTRIBUTE", attribute),
    (8, "ALTER TYPE RENAME", rename_type),
    (8, "DROP TYPE", drop_type),
];

const LABELS: [&str; 9] = ["new", "open", "closed", "in progress", "it''s", "Old", "", "x", "done"];

fn create_enum(pen: &mut Pen) -> Option<String> {
    let name = created(pen);
    let mut labels: Vec<String> = Vec::new();
    for _ in 0..pen.dice.below(5) {
        let label = format!("'{}'", pen.dice.one(&LABELS));
        if !labels.contains(&label) || pen.dice.percent(3) {
            labels.push(label);
        }
    }
    Some(format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", ")))
}

fn enums<'a>(pen: &Pen<'a>) -> Vec<&'a str> {
    let schema = pen.schema;
    schema.enums.iter().map(|found| found.name.as_str()).collect()
}

/// Returns a label of one of the enums.
fn label(pen: &mut Pen) -> String {
    let labels: Vec<&String> = pen.schema.enums.iter().flat_map(|found| &found.labels).collect();
    pen.dice.any(&labels).map_or_else(|| "new".to_owned(), |label| label.replace('\'', "''"))
}

fn add_value(pen: &mut Pen) -> Option<String> {
    let names = enums(pen);
    let name = pen.existing(&names)?;
    let if_not_exists = pen.dice.maybe(20, "IF NOT EXISTS ");
    let new = format!("{}{}", pen.dice.one(&LABELS), pen.dice.one(&["", "2", "3", "4"]));
    let place = match pen.dice.below(10) {
        0 => format!(" BEFORE '{}'", label(pen)),
        1 => format!(" AFTER '{}'", label(pen)),
        _ => String::new(),
    };
    Some(format!("ALTER TYPE {name} ADD VALUE {if_not_exists}'{new}'{place}"))
}

fn rename_value(pen: &mut Pen) -> Option<String> {
    let found = pen.dice.any(&pen.schema.enums)?;
    let from = if pen.dice.percent(90) { pen.dice.any(&found.labels)?.replace('\'', "''") } else { label(pen) };
    let name = pen.spelled(&found.name);
    Some(format!("ALTER TYPE {name} RENAME VALUE '{from}' TO '{}5'", pen.dice.one(&LABELS)))
}

fn create_domain(pen: &mut Pen) -> Option<String> {
    let (name, data_type) = (created(pen), pen.data_type());
    let default = if pen.dice.percent(20) { format!(" DEFAULT {}", pen.literal(&data_type)) } else { String::new() };
    let not_null = pen.dice.maybe(15, " NOT NULL");
    let check = if pen.dice.percent(55) {
        let label = pen.constraint_name();
        format!(" {label}CHECK ({})", pen.condition(&[("VALUE".to_owned(), data_type.clone())]))
    } else {
        String::new()
    };
    Some(format!("CREATE DOMAIN {name} AS {data_type}{default}{not_null}{check}"))
}

fn alter_domain(pen: &mut Pen) -> Option<String> {
    let domain = pen.dice.any(&pen.schema.domains)?.clone();
    let constraint = |pen: &mut Pen| {
        let names: Vec<&str> = domain.checks.iter().map(|check| check.name.as_str()).collect();
        if names.is_empty() || pen.dice.percent(8) { "missing".to_owned() } else { pen.dice.one(&names).to_owned() }
    };
    let what = match pen.dice.below(12) {
        0 => format!("SET DEFAULT {}", pen.literal(&domain.data_type)),
        1 => "DROP DEFAULT".to_owned(),
        2 => "SET NOT NULL".to_owned(),
        3 => "DROP NOT NULL".to_owned(),
        4..7 => {
            let (label, value) = (pen.constraint_name(), [("VALUE".to_owned(), domain.data_type.clone())]);
            format!("ADD {label}CHECK ({}){}", pen.condition(&value), pen.dice.maybe(25, " NOT VALID"))
        }
        7 => {
            let if_exists = pen.if_exists();
            format!("DROP CONSTRAINT {if_exists}{}", constraint(pen))
        }
        8 => format!("VALIDATE CONSTRAINT {}", constraint(pen)),
        9 => format!("RENAME CONSTRAINT {} TO {}", constraint(pen), pen.part_name()),
        10 => format!("SET SCHEMA {}", pen.schema_name()),
        _ => format!("RENAME TO {}", pen.new_bare_name()),
    };
    let name = pen.existing(&[&domain.name])?;
    Some(format!("ALTER DOMAIN {name} {what}"))
}

fn drop_domain(pen: &mut Pen) -> Option<String> {
    let names: Vec<&str> = pen.schema.domains.iter().map(|found| found.name.as_str()).collect();
    let name = pen.existing(&names)?;
    Some(format!("DROP DOMAIN {}{name}{}", pen.if_exists(), pen.behavior()))
}

fn create_composite(pen: &mut Pen) -> Option<String> {
    let name = created(pen);
    let mut attributes = Vec::new();
    for attribute in ["x", "y", "\"Z\""].iter().take(pen.dice.below(4)) {
        attributes.push(format!("{attribute} {}", pen.data_type()));
    }
    Some(format!("CREATE TYPE {name} AS ({})", attributes.join(", ")))
}

fn attribute(pen: &mut Pen) -> Option<String> {
    let found = pen.dice.any(&pen.schema.composites)?;
    let name = pen.spelled(&found.name);
    let any = pen.dice.any(&found.attributes).map_or("x", |attribute| attribute.name.as_str());
    let what = match pen.dice.below(4) {
        0 => format!("ADD ATTRIBUTE {} {}", pen.dice.one(&["x", "v", "w"]), pen.data_type()),
        1 => format!("DROP ATTRIBUTE {}{any}", pen.if_exists()),
        2 => format!("ALTER ATTRIBUTE {any} TYPE {}", pen.data_type()),
        _ => format!("RENAME ATTRIBUTE {any} TO {}", pen.dice.one(&["q", "r", "x"])),
    };
    Some(format!("ALTER TYPE {name} {what}{}", pen.dice.maybe(30, " CASCADE")))
}

fn all<'a>(pen: &Pen<'a>) -> Vec<&'a str> {
    let schema = pen.schema;
    let names = schema.enums.iter().map(|found| &found.name).chain(schema.composites.iter().map(|found| &found.name));
    let names = names.chain(schema.ranges.iter().map(|found| &found.name));
    names.chain(schema.domains.iter().map(|found| &found.name)).map(String::as_str).collect()
}

fn rename_type(pen: &mut Pen) -> Option<String> {
    let names = all(pen);
    let name = pen.existing(&names)?;
    if pen.dice.percent(35) {
        return Some(format!("ALTER TYPE {name} SET SCHEMA {}", pen.schema_name()));
    }
    Some(format!("ALTER TYPE {name} RENAME TO {}", pen.new_bare_name()))
}

fn drop_type(pen: &mut Pen) -> Option<String> {
    let names = all(pen);
    let name = pen.existing(&names)?;
    Some(format!("DROP TYPE {}{name}{}", pen.if_exists(), pen.behavior()))
}
