//! CREATE INDEX and what is done to indexes; extended statistics.

use limbeck_core::document::schema::{Table, TableKind};

use super::expression::Class;
use super::family::Family;
use super::pen::{Pen, schema_of};

pub(super) const FAMILIES: &[Family] = &[
    (72, "CREATE INDEX", create),
    (20, "DROP INDEX", drop_index),
    (9, "ALTER INDEX", alter),
    (7, "REINDEX", reindex),
    (3, "CREATE INDEX CONCURRENTLY", concurrently),
    (5, "CLUSTER", cluster),
    (5, "CREATE STATISTICS", statistics),
    (2, "DROP STATISTICS", drop_statistics),
];

fn create(pen: &mut Pen) -> Option<String> {
    let table = pen.table_of(|kind| !matches!(kind, TableKind::View | TableKind::ForeignTable))?;
    build(pen, table, "")
}

fn concurrently(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    build(pen, table, "CONCURRENTLY ")
}

fn build(pen: &mut Pen, table: &Table, concurrently: &str) -> Option<String> {
    let unique = pen.dice.maybe(25, "UNIQUE ");
    let name = match pen.dice.below(10) {
        0..4 => String::new(),
        4..9 => {
            let columns = pen.columns(table);
            format!("{}{}_index ", pen.dice.one(&["ix_", "on_", "i"]), columns.first()?.replace(['"', ' '], ""))
        }
        _ => {
            let name = pen.new_bare_name();
            format!("{name} ")
        }
    };
    let if_not_exists = if name.is_empty() { "" } else { pen.if_not_exists() };
    let method = pen.dice.weighted(&[
        (70, ""),
        (6, "btree"),
        (5, "hash"),
        (7, "gin"),
        (5, "gist"),
        (4, "brin"),
        (2, "spgist"),
        (1, "nonsense"),
    ]);
    let known = pen.known(table);
    let mut keys = Vec::new();
    for column in pen.columns(table) {
        let key = if pen.dice.percent(12) {
            let (expression, class) = pen.scalar(&known);
            if class == Class::Other { expression } else { format!("({expression})") }
        } else {
            column.clone()
        };
        let data_type = known.iter().find(|(name, _)| *name == column).map(|(_, data_type)| data_type.as_str());
        let collation = collation(pen, data_type);
        let class = operator_class(pen, data_type, method);
        let order = order(pen, method);
        keys.push(format!("{key}{collation}{class}{order}"));
    }
    // Beyond what most access methods take.
    if keys.len() > 1 && ["hash", "spgist"].contains(&method) && pen.dice.percent(70) {
        keys.truncate(1);
    }
    let include = match pen.dice.below(20) {
        0 => format!(" INCLUDE ({}{})", pen.column(table), pen.dice.maybe(10, " COLLATE \"C\"")),
        _ => String::new(),
    };
    let method = if method.is_empty() { String::new() } else { format!(" USING {method}") };
    let with = if pen.dice.percent(5) { parameters(pen) } else { "" };
    let predicate = if pen.dice.percent(15) { format!(" WHERE {}", pen.condition(&known)) } else { String::new() };
    let only = pen.dice.maybe(3, "ONLY ");
    let on = pen.named(table);
    let nulls = if unique.is_empty() { "" } else { pen.dice.maybe(4, " NULLS NOT DISTINCT") };
    Some(format!(
        "CREATE {unique}INDEX {concurrently}{if_not_exists}{name}ON {only}{on}{method} ({}){include}{nulls}{with}{predicate}",
        keys.join(", ")
    ))
}

/// Returns a collation for a part of a key, mostly of a text.
fn collation(pen: &mut Pen, data_type: Option<&str>) -> &'static str {
    let of_text = data_type.is_some_and(|data_type| pen.class(data_type) == Class::Text);
    match pen.dice.below(if of_text { 30 } else { 200 }) {
        0 => " COLLATE \"C\"",
        1 => " COLLATE \"POSIX\"",
        2 => " COLLATE \"default\"",
        _ => "",
    }
}

/// Returns an operator class for a part of a key, mostly one of its type.
fn operator_class(pen: &mut Pen, data_type: Option<&str>, method: &str) -> &'static str {
    if !pen.dice.percent(if ["gin", "gist", "brin", "spgist"].contains(&method) { 40 } else { 8 }) {
        return "";
    }
    let all: &[&str] = match (method, data_type.unwrap_or_default()) {
        ("gin", "jsonb") => &[" jsonb_path_ops", " jsonb_ops", " pg_catalog.jsonb_path_ops"],
        ("gin", of) if of.ends_with("[]") => &[" array_ops", " _text_ops"],
        ("gin", _) => &[" gin_trgm_ops", " tsvector_ops", " tsvector_ops (siglen = 8)"],
        ("gist", _) => &[" inet_ops", " range_ops", " tsvector_ops (siglen = 32)", " gist_int4_ops"],
        ("brin", "integer") => &[
            " int4_minmax_multi_ops (values_per_range = 16)",
            " int4_bloom_ops",
            " int4_minmax_ops",
            " int4_minmax_multi_ops (values_per_range = 2)",
        ],
        ("brin", _) => &[" text_bloom_ops", " timestamptz_minmax_multi_ops", " date_bloom_ops"],
        ("spgist", _) => &[" text_ops", " inet_ops", " range_ops"],
        (_, "integer") => &[" int4_ops", " int8_ops", " pg_catalog.int4_ops", " text_ops"],
        (_, "text") => &[" text_pattern_ops", " text_ops", " varchar_pattern_ops", " public.text_ops", " nowhere.x"],
        _ => &[" varchar_pattern_ops", " varchar_ops", " record_image_ops", " none_such", " int4_ops (x = 1)"],
    };
    pen.dice.one(all)
}

fn order(pen: &mut Pen, method: &str) -> &'static str {
    let ordered = ["", "btree"].contains(&method);
    match pen.dice.below(if ordered { 20 } else { 200 }) {
        0 | 1 => " DESC",
        2 => " DESC NULLS LAST",
        3 => " NULLS FIRST",
        4 => " ASC",
        5 => " ASC NULLS LAST",
        _ => "",
    }
}

fn parameters(pen: &mut Pen) -> &'static str {
    pen.dice.one(&[
        " WITH (fillfactor = 90)",
        " WITH (fillfactor = 5)",
        " WITH (fillfactor)",
        " WITH (deduplicate_items = off)",
        " WITH (fastupdate = off, gin_pending_list_limit = 128)",
        " WITH (buffering = auto)",
        " WITH (pages_per_range = 16, autosummarize)",
        " WITH (nonsense = 1)",
        " WITH (toast.fillfactor = 70)",
    ])
}

/// Returns the qualified names of all indexes, sometimes with those of constraints.
fn indexes(pen: &mut Pen) -> Vec<String> {
    let mut names = Vec::new();
    let keys_too = pen.dice.percent(12);
    for table in &pen.schema.tables {
        let schema = schema_of(&table.name);
        names.extend(table.indexes.iter().map(|index| format!("{schema}.{}", index.name)));
        if keys_too {
            names.extend(table.primary_key.iter().chain(&table.unique).map(|key| format!("{schema}.{}", key.name)));
        }
    }
    names
}

fn one_index(pen: &mut Pen) -> Option<String> {
    let names = indexes(pen);
    pen.existing(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn drop_index(pen: &mut Pen) -> Option<String> {
    let name = one_index(pen)?;
    Some(format!("DROP INDEX {}{}{name}{}", pen.dice.maybe(3, "CONCURRENTLY "), pen.if_exists(), pen.behavior()))
}

fn alter(pen: &mut Pen) -> Option<String> {
    let name = one_index(pen)?;
    let to = match pen.dice.below(8) {
        0 => "SET (fillfactor = 75)".to_owned(),
        1 => "RESET (fillfactor)".to_owned(),
        2 => "SET (fastupdate = off)".to_owned(),
        3 => "SET (deduplicate_items = false, fillfactor = 101)".to_owned(),
        _ => format!("RENAME TO {}", pen.new_bare_name()),
    };
    Some(format!("ALTER INDEX {}{name} {to}", pen.if_exists()))
}

fn reindex(pen: &mut Pen) -> Option<String> {
    let concurrently = pen.dice.maybe(8, "CONCURRENTLY ");
    if pen.dice.percent(50) {
        let name = one_index(pen)?;
        return Some(format!("REINDEX INDEX {concurrently}{name}"));
    }
    let names = super::tables::tables(pen);
    let name = pen.existing(&names)?;
    Some(format!("REINDEX TABLE {concurrently}{name}"))
}

fn cluster(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let index = pen.dice.any(&table.indexes)?.name.clone();
    let name = pen.named(table);
    Some(match pen.dice.below(8) {
        0 => format!("CLUSTER {name}"),
        1 | 2 => format!("ALTER TABLE {name} CLUSTER ON {index}"),
        3 => format!("ALTER TABLE {name} SET WITHOUT CLUSTER"),
        _ => format!("CLUSTER {name} USING {index}"),
    })
}

fn statistics(pen: &mut Pen) -> Option<String> {
    let table = pen.table_of(|kind| !matches!(kind, TableKind::View))?;
    let name = super::tables::created(pen);
    let mut parts = pen.columns(table);
    if pen.dice.percent(30) {
        let known = pen.known(table);
        let expression = if pen.dice.percent(40) { pen.condition(&known) } else { pen.scalar(&known).0 };
        parts.push(format!("({expression})"));
    }
    let kinds = pen.dice.one(&["", "", " (ndistinct)", " (dependencies, mcv)", " (mcv, ndistinct, dependencies)"]);
    let on = pen.named(table);
    Some(format!("CREATE STATISTICS {}{name}{kinds} ON {} FROM {on}", pen.if_not_exists(), parts.join(", ")))
}

fn drop_statistics(pen: &mut Pen) -> Option<String> {
    let schema = pen.schema;
    let all = schema.tables.iter().flat_map(|table| &table.statistics);
    let names: Vec<&str> = all.map(|statistics| statistics.name.as_str()).collect();
    let name = pen.existing(&names)?;
    Some(format!("DROP STATISTICS {}{name}", pen.if_exists()))
}
