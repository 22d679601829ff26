//! ALTER TABLE, one or several sub-commands.

use limbeck_core::PostgresVersion;
use limbeck_core::document::schema::{Column, Identity, Table, TableKind};

use super::expression::Class;
use super::family::Family;
use super::pen::Pen;
use super::tables;

/// A sub-command, and how often it is used.
type Command = (usize, &'static str, fn(&mut Pen, &Table) -> Option<String>);

pub(super) const FAMILIES: &[Family] = &[
    (70, "ALTER TABLE ADD COLUMN", |pen| alone(pen, add_column)),
    (34, "ALTER TABLE DROP COLUMN", |pen| alone(pen, drop_column)),
    (34, "ALTER TABLE ALTER TYPE", |pen| alone(pen, alter_type)),
    (24, "ALTER TABLE SET DEFAULT", |pen| alone(pen, set_default)),
    (10, "ALTER TABLE DROP DEFAULT", |pen| alone(pen, drop_default)),
    (26, "ALTER TABLE SET NOT NULL", |pen| alone(pen, set_not_null)),
    (16, "ALTER TABLE DROP NOT NULL", |pen| alone(pen, drop_not_null)),
    (64, "ALTER TABLE ADD CONSTRAINT", |pen| alone(pen, add_constraint)),
    (24, "ALTER TABLE DROP CONSTRAINT", |pen| alone(pen, drop_constraint)),
    (14, "ALTER TABLE VALIDATE", |pen| alone(pen, validate)),
    (8, "ALTER TABLE ALTER CONSTRAINT", |pen| alone(pen, alter_constraint)),
    (10, "ALTER TABLE identity", |pen| alone(pen, identity)),
    (3, "ALTER TABLE DROP EXPRESSION", |pen| alone(pen, drop_expression)),
    (12, "ALTER TABLE storage", |pen| alone(pen, storage)),
    (5, "ALTER TABLE OWNER TO", |pen| alone(pen, owner)),
    (6, "ALTER TABLE row security", |pen| alone(pen, row_security)),
    (6, "ALTER TABLE TRIGGER", |pen| alone(pen, triggers)),
    (7, "ALTER TABLE INHERIT", |pen| alone(pen, inherit)),
    (56, "ALTER TABLE several", several),
    (32, "ALTER TABLE RENAME COLUMN", rename_column),
    (10, "ALTER TABLE RENAME CONSTRAINT", rename_constraint),
];

/// Where more is wanted of it than migrations use.
pub(super) const IDENTITY: &[Family] = &[(24, "ALTER TABLE identity", |pen| alone(pen, identity))];

const COMMANDS: &[Command] = &[
    (30, "ADD COLUMN", add_column),
    (12, "DROP COLUMN", drop_column),
    (14, "ALTER TYPE", alter_type),
    (12, "SET DEFAULT", set_default),
    (6, "DROP DEFAULT", drop_default),
    (12, "SET NOT NULL", set_not_null),
    (8, "DROP NOT NULL", drop_not_null),
    (20, "ADD CONSTRAINT", add_constraint),
    (10, "DROP CONSTRAINT", drop_constraint),
    (3, "VALIDATE", validate),
    (3, "identity", identity),
    (3, "storage", storage),
];

fn alone(pen: &mut Pen, command: fn(&mut Pen, &Table) -> Option<String>) -> Option<String> {
    let table = pen.table()?;
    let command = command(pen, table)?;
    Some(format!("{} {command}", head(pen, table)))
}

fn head(pen: &mut Pen, table: &Table) -> String {
    let (if_exists, only, name) = (pen.dice.maybe(6, "IF EXISTS "), pen.dice.maybe(3, "ONLY "), pen.named(table));
    format!("ALTER TABLE {if_exists}{only}{name}")
}

fn several(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let count = pen.dice.weighted(&[(6, 2), (3, 3), (1, 4)]);
    let weighted: Vec<_> = COMMANDS.iter().map(|(weight, _, command)| (*weight, *command)).collect();
    let mut commands = Vec::new();
    for _ in 0..count {
        let command = pen.dice.weighted(&weighted);
        commands.extend(command(pen, table));
    }
    Some(format!("{} {}", head(pen, table), commands.join(", ")))
}

fn add_column(pen: &mut Pen, table: &Table) -> Option<String> {
    let (name, data_type) = (pen.new_column(Some(table)), pen.data_type());
    let serial = pen.dice.weighted(&[(95, ""), (2, "serial"), (2, "bigserial"), (1, "smallserial")]);
    let data_type = if serial.is_empty() { data_type } else { serial.to_owned() };
    let others = if pen.dice.percent(50) { pen.known(table) } else { Vec::new() };
    let definition = tables::column(pen, &name, &data_type, &others, table.primary_key.is_none());
    let word = pen.dice.maybe(85, "COLUMN ");
    let if_not_exists = if word.is_empty() { "" } else { pen.if_not_exists() };
    Some(format!("ADD {word}{if_not_exists}{definition}"))
}

fn drop_column(pen: &mut Pen, table: &Table) -> Option<String> {
    let (word, if_exists) = (pen.dice.maybe(90, "COLUMN "), pen.if_exists());
    Some(format!("DROP {word}{if_exists}{}{}", pen.column(table), pen.behavior()))
}

fn alter_type(pen: &mut Pen, table: &Table) -> Option<String> {
    let column = pen.dice.any(&table.columns)?;
    let name = if pen.dice.percent(3) { pen.column(table) } else { column.name.clone() };
    let data_type = match (pen.class(&column.data_type), pen.dice.below(10)) {
        (Class::Number, 0..8) => pen
            .dice
            .one(&["bigint", "integer", "numeric", "numeric(12,4)", "text", "smallint", "double precision"])
            .to_owned(),
        (Class::Text, 0..8) => pen
            .dice
            .one(&["text", "varchar(50)", "varchar(300)", "varchar", "char(10)", "text COLLATE \"C\"", "name"])
            .to_owned(),
        (Class::Moment, 0..8) => {
            pen.dice.one(&["timestamptz", "timestamp", "date", "timestamp(3)", "timestamptz(6)", "text"]).to_owned()
        }
        _ => pen.data_type(),
    };
    let using = match pen.dice.below(100) {
        0..22 => format!(" USING {name}::{}", data_type.split(" COLLATE").next()?),
        22..26 => format!(" USING {}", pen.literal(&data_type)),
        26..28 => format!(" USING ({name})"),
        _ => String::new(),
    };
    Some(format!("ALTER COLUMN {name} {}TYPE {data_type}{using}", pen.dice.maybe(30, "SET DATA ")))
}

fn plain(pen: &mut Pen, table: &Table) -> Option<Column> {
    let plain: Vec<&Column> =
        table.columns.iter().filter(|column| column.identity.is_none() && column.generated.is_none()).collect();
    let column = if pen.dice.percent(94) { pen.dice.any(&plain).copied() } else { None };
    column.or(table.columns.first()).cloned()
}

fn set_default(pen: &mut Pen, table: &Table) -> Option<String> {
    let column = plain(pen, table)?;
    let name = if pen.dice.percent(2) { pen.column(table) } else { column.name };
    Some(format!("ALTER COLUMN {name} SET DEFAULT {}", pen.default(&column.data_type)))
}

fn drop_default(pen: &mut Pen, table: &Table) -> Option<String> {
    let column = plain(pen, table)?;
    Some(format!("ALTER {}{} DROP DEFAULT", pen.dice.maybe(80, "COLUMN "), column.name))
}

fn set_not_null(pen: &mut Pen, table: &Table) -> Option<String> {
    Some(format!("ALTER COLUMN {} SET NOT NULL", pen.column(table)))
}

fn drop_not_null(pen: &mut Pen, table: &Table) -> Option<String> {
    let in_key = |name: &str| table.primary_key.iter().any(|key| key.columns.iter().any(|column| column == name));
    let free: Vec<&Column> =
        table.columns.iter().filter(|column| !in_key(&column.name) && column.identity.is_none()).collect();
    let name = if pen.dice.percent(80) { pen.dice.any(&free).map(|column| column.name.clone()) } else { None };
    let name = match name {
        Some(name) => name,
        None => pen.column(table),
    };
    Some(format!("ALTER COLUMN {name} DROP NOT NULL"))
}

fn add_constraint(pen: &mut Pen, table: &Table) -> Option<String> {
    let unused: Vec<&str> = table
        .indexes
        .iter()
        .filter(|index| index.unique && index.method == "btree" && index.predicate.is_none())
        .map(|index| index.name.as_str())
        .collect();
    if !unused.is_empty() && pen.dice.percent(15) {
        let (label, kind) = (pen.constraint_name(), pen.dice.one(&["UNIQUE", "PRIMARY KEY"]));
        return Some(format!("ADD {label}{kind} USING INDEX {}", pen.dice.one(&unused)));
    }
    let known = pen.known(table);
    let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    let constraint = tables::constraint(pen, &names, &known, Some(&table.name), table.primary_key.is_none());
    let checked_later = ["CHECK", "FOREIGN KEY", "NOT NULL"].iter().any(|word| constraint.contains(word));
    let not_valid = if checked_later { pen.dice.maybe(35, " NOT VALID") } else { "" };
    Some(format!("ADD {constraint}{not_valid}"))
}

fn drop_constraint(pen: &mut Pen, table: &Table) -> Option<String> {
    if super::pen::constraints(table).is_empty() && pen.dice.percent(90) {
        return None;
    }
    Some(format!("DROP CONSTRAINT {}{}{}", pen.if_exists(), pen.constraint(table), pen.behavior()))
}

fn validate(pen: &mut Pen, table: &Table) -> Option<String> {
    let checks = table.checks.iter().filter(|check| !check.validated).map(|check| check.name.as_str());
    let keys = table.foreign_keys.iter().filter(|key| !key.validated).map(|key| key.name.as_str());
    let not_nulls = table.not_nulls.iter().filter(|it| !it.validated).map(|it| it.name.as_str());
    let open: Vec<&str> = checks.chain(keys).chain(not_nulls).collect();
    if open.is_empty() && pen.dice.percent(80) {
        return None;
    }
    let name = if pen.dice.percent(85) { pen.dice.one(&open).to_owned() } else { pen.constraint(table) };
    (!name.is_empty()).then(|| format!("VALIDATE CONSTRAINT {name}"))
}

fn alter_constraint(pen: &mut Pen, table: &Table) -> Option<String> {
    let keys: Vec<&str> = table.foreign_keys.iter().map(|key| key.name.as_str()).collect();
    let name = if pen.dice.percent(90) { pen.dice.one(&keys).to_owned() } else { pen.constraint(table) };
    let how = pen.dice.one(&["DEFERRABLE", "NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED", "INITIALLY IMMEDIATE"]);
    let knows_enforced = pen.server.version >= PostgresVersion::V18 && pen.dice.percent(40);
    let how = if knows_enforced { pen.dice.one(&["ENFORCED", "NOT ENFORCED"]) } else { how };
    (!name.is_empty()).then(|| format!("ALTER CONSTRAINT {name} {how}"))
}

fn identity(pen: &mut Pen, table: &Table) -> Option<String> {
    let is: Vec<&Column> = table.columns.iter().filter(|column| column.identity.is_some()).collect();
    if let Some(column) = pen.dice.any(&is).copied().filter(|_| pen.dice.percent(60)) {
        let other = if column.identity == Some(Identity::Always) { "BY DEFAULT" } else { "ALWAYS" };
        let command = match pen.dice.below(5) {
            0 => "DROP IDENTITY".to_owned(),
            1 => "DROP IDENTITY IF EXISTS".to_owned(),
            2 => "SET INCREMENT BY 10 SET START WITH 100".to_owned(),
            3 => "RESTART WITH 5".to_owned(),
            _ => format!("SET GENERATED {other}"),
        };
        return Some(format!("ALTER COLUMN {} {command}", column.name));
    }
    let fits = |column: &&Column| {
        matches!(column.data_type.as_str(), "integer" | "bigint" | "smallint")
            && column.default.is_none()
            && !column.nullable
    };
    let fitting: Vec<&Column> = table.columns.iter().filter(fits).collect();
    let name = match pen.dice.any(&fitting) {
        Some(column) if pen.dice.percent(85) => column.name.clone(),
        _ if pen.dice.percent(25) => pen.column(table),
        _ => return None,
    };
    let tail = pen.dice.one(&["", "", " (START WITH 10)", " (INCREMENT BY 2 CACHE 5)"]);
    Some(format!("ALTER COLUMN {name} ADD GENERATED {} AS IDENTITY{tail}", pen.dice.one(&["ALWAYS", "BY DEFAULT"])))
}

fn drop_expression(pen: &mut Pen, table: &Table) -> Option<String> {
    let made: Vec<&Column> = table.columns.iter().filter(|column| column.generated.is_some()).collect();
    let name = match pen.dice.any(&made) {
        Some(column) => column.name.clone(),
        None if pen.dice.percent(20) => pen.column(table),
        None => return None,
    };
    Some(format!("ALTER COLUMN {name} DROP EXPRESSION{}", pen.dice.maybe(30, " IF EXISTS")))
}

fn storage(pen: &mut Pen, table: &Table) -> Option<String> {
    let column = pen.column(table);
    let indexes: Vec<&str> = table.indexes.iter().map(|index| index.name.as_str()).collect();
    Some(match pen.dice.below(12) {
        0 => format!("ALTER COLUMN {column} SET STATISTICS 500"),
        1 => format!("ALTER COLUMN {column} SET STORAGE {}", pen.dice.one(&["EXTERNAL", "EXTENDED", "MAIN", "PLAIN"])),
        2 => match pen.dice.below(3) {
            0 => format!("ALTER COLUMN {column} RESET (n_distinct)"),
            _ => format!("ALTER COLUMN {column} SET (n_distinct = {})", pen.dice.one(&["5", "-0.5", "-2", "x"])),
        },
        3 => {
            let lz4 = if pen.server.has_lz4 { "lz4" } else { "pglz" };
            format!("ALTER COLUMN {column} SET COMPRESSION {}", pen.dice.one(&["pglz", lz4, "default", "zstd"]))
        }
        4 | 5 => "SET (fillfactor = 80)".to_owned(),
        6 => "SET (autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0.05)".to_owned(),
        7 => "RESET (fillfactor)".to_owned(),
        8 => pen.dice.one(&["SET UNLOGGED", "SET LOGGED", "SET WITHOUT CLUSTER", "SET ACCESS METHOD heap"]).to_owned(),
        9 => {
            pen.dice.one(&["REPLICA IDENTITY FULL", "REPLICA IDENTITY DEFAULT", "REPLICA IDENTITY NOTHING"]).to_owned()
        }
        10 if !indexes.is_empty() => format!("REPLICA IDENTITY USING INDEX {}", pen.dice.one(&indexes)),
        11 if !indexes.is_empty() => format!("CLUSTER ON {}", pen.dice.one(&indexes)),
        _ => "SET (toast.autovacuum_enabled = true)".to_owned(),
    })
}

fn owner(pen: &mut Pen, _: &Table) -> Option<String> {
    Some(format!("OWNER TO {}", pen.dice.one(&["postgres", "CURRENT_USER", "pg_monitor", "nobody_here"])))
}

fn row_security(pen: &mut Pen, _: &Table) -> Option<String> {
    let word = pen.dice.one(&["ENABLE", "DISABLE", "FORCE", "NO FORCE", "ENABLE"]);
    Some(format!("{word} ROW LEVEL SECURITY"))
}

fn triggers(pen: &mut Pen, table: &Table) -> Option<String> {
    let names: Vec<&str> = table.triggers.iter().map(|trigger| trigger.name.as_str()).collect();
    if names.is_empty() {
        return Some(format!(
            "{} TRIGGER {}",
            pen.dice.one(&["DISABLE", "ENABLE"]),
            pen.dice.one(&["USER", "ALL", "missing"])
        ));
    }
    let how = pen.dice.one(&["DISABLE", "ENABLE", "ENABLE ALWAYS", "ENABLE REPLICA"]);
    Some(format!("{how} TRIGGER {}", pen.dice.one(&names)))
}

fn inherit(pen: &mut Pen, table: &Table) -> Option<String> {
    if let Some(parent) = pen.dice.any(&table.inherits).filter(|_| pen.dice.percent(70)) {
        return Some(format!("NO INHERIT {}", pen.spelled(parent)));
    }
    let has =
        |own: &Column| table.columns.iter().any(|column| column.name == own.name && column.data_type == own.data_type);
    let fits = |parent: &&Table| parent.kind == TableKind::Table && parent.columns.iter().all(has);
    let fitting: Vec<&Table> =
        pen.schema.tables.iter().filter(fits).filter(|parent| parent.name != table.name).collect();
    let parent = if pen.dice.percent(20) { pen.table()? } else { pen.dice.any(&fitting).copied()? };
    Some(format!("INHERIT {}", pen.named(parent)))
}

fn rename_column(pen: &mut Pen) -> Option<String> {
    let table = pen.table_of(|kind| !matches!(kind, TableKind::ForeignTable | TableKind::MaterializedView))?;
    let (from, to) = (pen.column(table), pen.new_column(Some(table)));
    Some(format!("{} RENAME {}{from} TO {to}", head(pen, table), pen.dice.maybe(80, "COLUMN ")))
}

fn rename_constraint(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    if super::pen::constraints(table).is_empty() && pen.dice.percent(90) {
        return None;
    }
    let (from, to) = (pen.constraint(table), pen.part_name());
    Some(format!("{} RENAME CONSTRAINT {from} TO {to}", head(pen, table)))
}
