//! What came with some version: syntax, numbers, parameters, roles, options of COPY.

use limbeck_core::PostgresVersion;
use limbeck_core::document::schema::Table;

use super::family::Family;
use super::pen::Pen;

pub(super) const FAMILIES: &[Family] = &[
    (4, "COPY", copy),
    (2, "COPY of old", copy_of_old),
    (3, "ALTER TABLE SET", parameter),
    (3, "ALTER TABLE of late", alter_table),
    (3, "SELECT of late", select),
    (1, "VACUUM of late", upkeep),
    (1, "roles of the server", role),
    (5, "generated column", generated),
    (5, "temporal key", temporal),
];

/// `/dev/null` has no row, and takes all.
fn copy(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let name = pen.named(table);
    let columns = if pen.dice.percent(30) { format!(" ({})", pen.columns(table).join(", ")) } else { String::new() };
    let into = pen.dice.percent(50);
    let mut options = Vec::new();
    if pen.dice.percent(60) {
        let format = pen.dice.weighted(&[(8, "csv"), (2, "text"), (1, "'csv'"), (1, "xml"), (1, "json"), (1, "CSV")]);
        options.push(format!("FORMAT {format}"));
    }
    for _ in 0..pen.dice.below(3) {
        let column = pen.dice.any(&table.columns)?.name.clone();
        options.push(match pen.dice.below(16) {
            0 => format!("HEADER{}", pen.dice.one(&["", " true", " off", " 1", " perhaps"])),
            // What the header of a file is, decides else.
            1 if !into => "HEADER match".to_owned(),
            2 => format!("FORCE_QUOTE {}", pen.dice.one(&["*", &format!("({column})"), "yes"])),
            3 => format!("FORCE_NULL {}", pen.dice.one(&["*", &format!("({column})"), "yes"])),
            4 => format!("FORCE_NOT_NULL {}", pen.dice.one(&["*", &format!("({column})")])),
            5 => format!("QUOTE {}", pen.dice.one(&["''''", "','", "'xx'", "''", "';'"])),
            6 => format!("ESCAPE {}", pen.dice.one(&["'\"'", "'xx'", "''", "','"])),
            7 => format!("NULL {}", pen.dice.one(&["''", "'a,b'", "E'a\\nb'", "'\\N'", "'\"'", "'x'"])),
            8 => format!("DEFAULT {}", pen.dice.one(&["'x'", "''", "'\\N'", "'a,b'"])),
            9 => format!("ON_ERROR {}", pen.dice.one(&["ignore", "stop", "never"])),
            10 => format!("REJECT_LIMIT {}", pen.dice.one(&["1", "0", "-3", "1000000"])),
            11 => format!("LOG_VERBOSITY {}", pen.dice.one(&["default", "verbose", "silent", "loud"])),
            12 => "FREEZE".to_owned(),
            13 => "NO_SUCH_OPTION 1".to_owned(),
            14 => format!("ENCODING {}", pen.dice.one(&["'UTF8'", "'latin-1'", "win1252", "'nope'", "''"])),
            _ => format!("DELIMITER {}", pen.dice.one(&["';'", "';;'", "'a'", "E'\\n'", "'\\'", "','", "'ä'"])),
        });
    }
    let options = if options.is_empty() { String::new() } else { format!(" WITH ({})", options.join(", ")) };
    Some(format!("COPY {name}{columns} {} '/dev/null'{options}", if into { "FROM" } else { "TO" }))
}

/// As it was written before 9.0.
fn copy_of_old(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let (name, column) = (pen.named(table), pen.column(table));
    let binary = pen.dice.maybe(10, "BINARY ");
    // What a file in binary format holds, decides else.
    let into = binary.is_empty() && pen.dice.percent(50);
    let mut options = String::new();
    for _ in 0..pen.dice.below(4) {
        let option = pen.dice.weighted(&[
            (6, "CSV"),
            (2, "HEADER"),
            (2, "DELIMITER ';'"),
            (1, "DELIMITER AS ';;'"),
            (1, "NULL AS ''"),
            (1, "QUOTE ''''"),
            (1, "ESCAPE AS '\"'"),
            (1, "ENCODING 'utf8'"),
            (1, "FREEZE"),
            (2, "FORCE QUOTE"),
            (1, "FORCE NULL"),
            (1, "FORCE NOT NULL"),
        ]);
        let columns = match option.starts_with("FORCE") {
            true if pen.dice.percent(50) => " *".to_owned(),
            true => format!(" {column}"),
            false => String::new(),
        };
        options = format!("{options} {option}{columns}");
    }
    Some(format!("COPY {binary}{name} {} '/dev/null'{options}", if into { "FROM" } else { "TO" }))
}

fn parameter(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let name = pen.named(table);
    let parameter = pen.dice.one(&[
        "autovacuum_vacuum_insert_threshold = 1000",
        "autovacuum_vacuum_insert_scale_factor = 0.1",
        "autovacuum_vacuum_max_threshold = 5",
        "autovacuum_vacuum_max_threshold = -2",
        "toast.autovacuum_vacuum_max_threshold = 5",
        "vacuum_max_eager_freeze_failure_rate = 0.5",
        "vacuum_max_eager_freeze_failure_rate = 2",
        "vacuum_index_cleanup = auto",
        "vacuum_index_cleanup = perhaps",
        "vacuum_truncate",
        "log_autovacuum_min_duration = 5",
        "parallel_workers = 4",
        "toast_tuple_target = 100",
        "autovacuum_freeze_max_age = 1_000_000",
        "fillfactor = 0x50",
    ]);
    Some(format!("ALTER TABLE {name} SET ({parameter})"))
}

fn alter_table(pen: &mut Pen) -> Option<String> {
    let (table, other) = (pen.table()?, pen.table()?);
    let (name, column, second) = (pen.named(table), pen.column(table), pen.column(table));
    let new = pen.new_column(Some(table));
    let number = pen.dice.one(&["1_000", "0x1F", "0b101", "0o17", "1__0", "1_", "0b2", "1_000.5", "0xFFFFFFFFFF"]);
    Some(match pen.dice.below(10) {
        0 | 1 => format!("ALTER TABLE {name} ADD COLUMN {new} bigint DEFAULT {number}"),
        2 => format!("ALTER TABLE {name} ADD CHECK ({column} <> {number})"),
        3 => format!("ALTER TABLE {name} ALTER COLUMN {column} SET STATISTICS {}", pen.dice.one(&["DEFAULT", "-2"])),
        4 => {
            let referenced = pen.named(other);
            let on = pen.dice.one(&["DELETE", "UPDATE"]);
            let set = pen.dice.one(&["NULL", "DEFAULT"]);
            format!(
                "ALTER TABLE {name} ADD FOREIGN KEY ({column}) REFERENCES {referenced} ON {on} SET {set} ({second})"
            )
        }
        5 => format!("ALTER TABLE {name} OWNER TO CURRENT_ROLE"),
        6 => format!("CREATE INDEX ON {name} ({column}) WITH (deduplicate_items = off)"),
        7 => format!("ALTER TABLE {name} ADD CHECK (json_exists({column}, '$.a'))"),
        8 => format!("ALTER TYPE {} DROP VALUE 'a'", pen.stray()),
        _ => format!("CREATE STATISTICS ON {column}, {second} FROM {name}"),
    })
}

fn select(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let (name, column) = (pen.named(table), pen.column(table));
    Some(match pen.dice.below(9) {
        0 => format!("SELECT {column} value FROM {name}"),
        1 => format!("SELECT {column} over FROM {name}"),
        2 => format!("SELECT * FROM (SELECT {column} FROM {name})"),
        3 => format!("SELECT json_value({column}, '$.a') FROM {name}"),
        4 => format!("SELECT json_query({column}, '$.a') FROM {name}"),
        5 => format!("SELECT json_array({column}, 1) FROM {name}"),
        6 => format!("SELECT {column} FROM {name} WHERE 0x1F > 1_000"),
        7 => format!("SELECT {column} AT LOCAL FROM {name}"),
        _ => format!("SELECT {column} IS JSON FROM {name}"),
    })
}

fn upkeep(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let name = pen.named(table);
    Some(match pen.dice.below(3) {
        0 => format!("VACUUM ONLY {name}"),
        1 => format!("ANALYZE ONLY {name}"),
        _ => format!("REINDEX (CONCURRENTLY) TABLE {name}"),
    })
}

/// All databases of a server share its roles, so that nothing is granted here that lasts.
fn role(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let name = pen.named(table);
    let role = pen.dice.one(&[
        "pg_monitor",
        "pg_read_all_data",
        "pg_checkpoint",
        "pg_maintain",
        "pg_signal_autovacuum_worker",
        "pg_use_reserved_connections",
        "pg_no_such_role",
    ]);
    Some(match pen.dice.below(4) {
        0 => format!("GRANT SELECT ON {name} TO {role}"),
        1 => format!("GRANT SELECT ON {name} TO {role} GRANTED BY CURRENT_USER"),
        2 => format!("REVOKE SELECT ON {name} FROM {role}"),
        _ => format!("ALTER TABLE {name} OWNER TO {role}"),
    })
}

/// Columns that are computed when they are read, and new expressions for those that are computed at all.
fn generated(pen: &mut Pen) -> Option<String> {
    if pen.server.version < PostgresVersion::V17 {
        return None;
    }
    let has_one = |table: &&Table| table.columns.iter().any(|column| column.generated.is_some());
    let with_one: Vec<&Table> = pen.schema.tables.iter().filter(has_one).collect();
    let found = pen.dice.any(&with_one).copied();
    let Some(table) = found.filter(|_| pen.dice.percent(70)) else {
        let table = pen.table()?;
        let (name, new, known) = (pen.named(table), pen.new_column(Some(table)), pen.known(table));
        let (expression, _) = pen.scalar(&known);
        let (of, computed) = (pen.data_type(), pen.computed());
        let rest = pen.dice.weighted(&[(80, ""), (10, " NOT NULL"), (5, " UNIQUE"), (5, " CHECK (true)")]);
        return Some(format!(
            "ALTER TABLE {name} ADD COLUMN {new} {of} GENERATED ALWAYS AS ({expression}){computed}{rest}"
        ));
    };
    let all: Vec<&str> = table.columns.iter().filter(|it| it.generated.is_some()).map(|it| it.name.as_str()).collect();
    let column = pen.dice.one(&all).to_owned();
    let (name, known) = (pen.named(table), pen.known(table));
    let other = pen.column(table);
    Some(match pen.dice.below(14) {
        0..5 => {
            let (expression, _) = pen.scalar(&known);
            let only = pen.dice.maybe(8, "ONLY ");
            format!("ALTER TABLE {only}{name} ALTER COLUMN {column} SET EXPRESSION AS ({expression})")
        }
        5 => format!("CREATE INDEX ON {name} ({other}) WHERE {column} IS NOT NULL"),
        6 => format!("CREATE INDEX ON {name} ({other}, {column})"),
        7 => format!("ALTER TABLE {name} ADD UNIQUE ({column})"),
        8 => format!("ALTER TABLE {name} ALTER COLUMN {column} TYPE {}", pen.data_type()),
        9 => format!("ALTER TABLE {name} ALTER COLUMN {column} DROP EXPRESSION"),
        10 => format!("ALTER TABLE {name} ALTER COLUMN {column} SET STATISTICS 10"),
        11 => format!("ALTER TABLE {name} ALTER COLUMN {column} SET NOT NULL"),
        12 => format!("CREATE TABLE {} (LIKE {name} INCLUDING GENERATED)", super::tables::created(pen)),
        _ => format!(
            "CREATE TABLE {} ({column} integer GENERATED ALWAYS AS (1)) INHERITS ({name})",
            super::tables::created(pen)
        ),
    })
}

/// Keys whose last column is a period, and what references them.
fn temporal(pen: &mut Pen) -> Option<String> {
    if pen.server.version < PostgresVersion::V18 {
        return None;
    }
    let is_period = |of: &str| of.ends_with("range");
    let keyed = |table: &&Table| {
        let mut keys = table.primary_key.iter().chain(&table.unique);
        keys.any(|key| key.without_overlaps) && pen.schema.tables.len() > 1
    };
    let with_key: Vec<&Table> = pen.schema.tables.iter().filter(keyed).collect();
    let found = pen.dice.any(&with_key).copied();
    let periods = ["daterange", "int4range", "tstzrange", "datemultirange", "date", "numrange"];
    let Some(found) = found.filter(|_| pen.dice.percent(60)) else {
        let name = super::tables::created(pen);
        let (first, second) =
            (pen.dice.one(&["int4range", "int4range", "daterange", "integer", "point"]), pen.dice.one(&periods));
        let kind = pen.dice.one(&["PRIMARY KEY", "UNIQUE"]);
        let by = pen.dice.weighted(&[(85, ""), (10, " PARTITION BY LIST (id)"), (5, " PARTITION BY RANGE (valid)")]);
        return Some(format!(
            "CREATE TABLE {name} (id {first}, valid {second}, note text, {kind} (id, valid WITHOUT OVERLAPS)){by}"
        ));
    };
    let name = pen.named(found);
    let key = found.primary_key.iter().chain(&found.unique).find(|key| key.without_overlaps)?;
    let period = key.columns.last()?.clone();
    let first = key.columns.first()?.clone();
    let other = pen.table()?;
    let own: Vec<&str> =
        other.columns.iter().filter(|it| is_period(&it.data_type)).map(|it| it.name.as_str()).collect();
    Some(match pen.dice.below(12) {
        0..5 => {
            let (from, on) = (pen.named(other), pen.dice.one(&["PERIOD ", "PERIOD ", "PERIOD ", ""]));
            let target = match pen.dice.below(4) {
                0 => String::new(),
                1 => format!(" ({first}, {period})"),
                _ => format!(" ({first}, PERIOD {period})"),
            };
            let (column, valid) = (pen.dice.one(&own), pen.dice.one(&own));
            let column = if column.is_empty() { pen.column(other) } else { column.to_owned() };
            let valid = if valid.is_empty() { pen.column(other) } else { valid.to_owned() };
            let action = pen.dice.weighted(&[(80, ""), (10, " ON DELETE CASCADE"), (10, " DEFERRABLE")]);
            format!("ALTER TABLE {from} ADD FOREIGN KEY ({column}, {on}{valid}) REFERENCES {name}{target}{action}")
        }
        5 => format!("ALTER TABLE {name} ADD UNIQUE ({}, {period} WITHOUT OVERLAPS)", pen.column(found)),
        6 => format!("CREATE TABLE {} (LIKE {name} INCLUDING INDEXES)", super::tables::created(pen)),
        7 => format!("ALTER TABLE {name} ADD UNIQUE ({period} WITHOUT OVERLAPS)"),
        8 => format!("ALTER TABLE {name} DROP COLUMN {period}{}", pen.behavior()),
        9 => format!("ALTER TABLE {name} DROP CONSTRAINT {}{}", key.name, pen.behavior()),
        10 => format!("ALTER TABLE {name} RENAME COLUMN {period} TO {}", pen.new_column(Some(found))),
        _ => format!("SELECT {first}, count(*) FROM {name} GROUP BY {first}, {period}"),
    })
}
