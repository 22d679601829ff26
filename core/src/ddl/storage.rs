//! Storage parameters, `WITH (fillfactor = 70)`: which there are, and what they take.

use super::syntax::name;
use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::types::{Types, storage};
use crate::catalog::{Column, Oid, Relation, SqlState};
use crate::sql::{ast, tree};

/// What has storage parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage<'a> {
    /// A table or a materialized view.
    Table,
    /// One with nothing stored beside its rows: what is said of that is not looked at, and goes.
    Bare,
    /// A view, which has no storage but options.
    View,
    /// An index by this access method.
    Index(&'a str),
    /// An operator class of this access method and name, in an index.
    Class(&'a str, &'a str),
    /// A column.
    Column,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy)]
enum Takes {
    Bool,
    Integer(i64, i64),
    Number(f64, f64),
    /// One of these words, whatever their case.
    Word(&'static [&'static str]),
}

/// What is said of what is stored beside the rows of a table.
const BESIDE: &str = "toast.";

const MOST: i64 = 2_147_483_647;
const FILL: (&str, Takes) = ("fillfactor", Takes::Integer(10, 100));

/// Of a table, and under `toast.` of what is stored beside it.
const VACUUM: [(&str, Takes); 18] = [
    ("autovacuum_enabled", Takes::Bool),
    ("autovacuum_freeze_max_age", Takes::Integer(100_000, 2_000_000_000)),
    ("autovacuum_freeze_min_age", Takes::Integer(0, 1_000_000_000)),
    ("autovacuum_freeze_table_age", Takes::Integer(0, 2_000_000_000)),
    ("autovacuum_multixact_freeze_max_age", Takes::Integer(10_000, 2_000_000_000)),
    ("autovacuum_multixact_freeze_min_age", Takes::Integer(0, 1_000_000_000)),
    ("autovacuum_multixact_freeze_table_age", Takes::Integer(0, 2_000_000_000)),
    ("autovacuum_vacuum_cost_delay", Takes::Number(0.0, 100.0)),
    ("autovacuum_vacuum_cost_limit", Takes::Integer(1, 10_000)),
    ("autovacuum_vacuum_insert_scale_factor", Takes::Number(0.0, 100.0)),
    ("autovacuum_vacuum_insert_threshold", Takes::Integer(-1, MOST)),
    ("autovacuum_vacuum_scale_factor", Takes::Number(0.0, 100.0)),
    ("autovacuum_vacuum_threshold", Takes::Integer(0, MOST)),
    ("log_autovacuum_min_duration", Takes::Integer(-1, MOST)),
    ("vacuum_index_cleanup", Takes::Word(&["auto", "on", "off", "true", "false", "yes", "no", "1", "0"])),
    ("vacuum_truncate", Takes::Bool),
    ("autovacuum_vacuum_max_threshold", Takes::Integer(-1, MOST)),
    ("vacuum_max_eager_freeze_failure_rate", Takes::Number(0.0, 1.0)),
];

const TABLE: [(&str, Takes); 6] = [
    FILL,
    ("autovacuum_analyze_scale_factor", Takes::Number(0.0, 100.0)),
    ("autovacuum_analyze_threshold", Takes::Integer(0, MOST)),
    ("parallel_workers", Takes::Integer(0, 1024)),
    ("toast_tuple_target", Takes::Integer(128, 8160)),
    ("user_catalog_table", Takes::Bool),
];

const VIEW: [(&str, Takes); 3] = [
    ("security_barrier", Takes::Bool),
    ("security_invoker", Takes::Bool),
    ("check_option", Takes::Word(&["local", "cascaded"])),
];

const COLUMN: [(&str, Takes); 2] =
    [("n_distinct", Takes::Number(-1.0, f64::MAX)), ("n_distinct_inherited", Takes::Number(-1.0, f64::MAX))];

/// Returns the version from which on there is a parameter.
fn since(parameter: &str) -> PostgresVersion {
    match parameter {
        "autovacuum_vacuum_insert_scale_factor" | "autovacuum_vacuum_insert_threshold" | "deduplicate_items" => {
            PostgresVersion::V13
        }
        "security_invoker" => PostgresVersion::V15,
        "autovacuum_vacuum_max_threshold" | "vacuum_max_eager_freeze_failure_rate" => PostgresVersion::V18,
        _ => PostgresVersion::V12,
    }
}

impl Storage<'_> {
    fn takes(self, version: PostgresVersion, namespace: Option<&str>, name: &str) -> Result<Option<Takes>, Stop> {
        let mut known: Vec<(&str, Takes)> = Vec::new();
        match (self, namespace) {
            (Self::Table | Self::Bare, None) => known.extend(TABLE.iter().chain(&VACUUM).copied()),
            (Self::Table, Some("toast")) => known.extend(VACUUM),
            (Self::View, None) => known.extend(VIEW),
            (_, Some(namespace)) => {
                let message = format!("unrecognized parameter namespace \"{namespace}\"");
                return refused(SqlState::INVALID_PARAMETER_VALUE, message);
            }
            (Self::Index(method), None) => known.extend(of_method(method)?.iter().copied()),
            (Self::Column, None) => known.extend(COLUMN),
            (Self::Class(method, class), None) => known.extend(of_class(method, class)?.iter().copied()),
        }
        Ok(known.into_iter().find(|(other, _)| *other == name && version >= since(name)).map(|(_, takes)| takes))
    }

    /// Returns the parameters with their values, each checked: `fillfactor=70`, `toast.autovacuum_enabled=false`.
    pub(super) fn read(
        self,
        version: PostgresVersion,
        list: Option<ast::AttributeList>,
    ) -> Result<Vec<(String, String)>, Stop> {
        let mut read: Vec<(String, String)> = Vec::new();
        for (namespace, option, value) in written(list)? {
            let full = full(namespace.as_deref(), &option);
            if self == Self::Bare && full.starts_with(BESIDE) {
                continue;
            }
            if read.iter().any(|(other, _)| *other == full) {
                let message = format!("parameter \"{option}\" specified more than once");
                return refused(SqlState::INVALID_PARAMETER_VALUE, message);
            }
            let Some(takes) = self.takes(version, namespace.as_deref(), &option)? else {
                return refused(SqlState::INVALID_PARAMETER_VALUE, format!("unrecognized parameter \"{option}\""));
            };
            let value = value.unwrap_or_else(|| "true".to_owned());
            takes.check(&option, &value)?;
            read.push((full, value));
        }
        Ok(read)
    }

    /// Returns the names of parameters that are to be taken away. What has no such parameter has none to take away.
    pub(super) fn names(self, list: Option<ast::AttributeList>) -> Result<Vec<String>, Stop> {
        let mut names = Vec::new();
        for (namespace, option, value) in written(list)? {
            if value.is_some() {
                return refused(SqlState::SYNTAX_ERROR, "RESET must not include values for parameters");
            }
            names.push(full(namespace.as_deref(), &option));
        }
        Ok(names)
    }
}

/// Returns the storage parameters of a new table over these columns. What is stored beside it has some of its own, which
/// go where nothing is stored there.
pub(super) fn of_new_table(
    list: Option<ast::AttributeList>,
    columns: &[Column],
    types: &dyn Types,
) -> Result<Vec<(String, String)>, Stop> {
    const OIDS: &str = "oids";
    let is_oids = |(namespace, name, _): &Written| namespace.is_none() && name == OIDS;
    let oids = written(list.clone())?.into_iter().find(is_oids);
    if let Some((_, _, value)) = oids {
        if value.is_none_or(|value| ["true", "on", "1", "yes"].contains(&value.as_str())) {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, "tables declared WITH OIDS are not supported");
        }
        return unknown("WITH (oids = false)");
    }
    let mut options = Storage::Table.read(types.version(), list)?;
    if of_beside(&options) && !needs_more(columns, types)? {
        options.retain(|(name, _)| !name.starts_with(BESIDE));
    }
    Ok(options)
}

fn of_beside(options: &[(String, String)]) -> bool {
    options.iter().any(|(name, _)| name.starts_with(BESIDE))
}

impl Play<'_> {
    /// Reads storage parameters that a table or a materialized view is to have, which has stored what it had before the
    /// statement.
    pub(super) fn storage_parameters(
        &self,
        of: Oid,
        list: Option<ast::AttributeList>,
    ) -> Result<Vec<(String, String)>, Stop> {
        let is_of_beside = |(namespace, ..): &Written| namespace.as_deref() == Some("toast");
        let storage = match self.before.relation(of) {
            Some(relation) if written(list.clone())?.iter().any(is_of_beside) && !has_more(relation, self.before)? => {
                Storage::Bare
            }
            _ => Storage::Table,
        };
        storage.read(self.catalog.version(), list)
    }

    /// Leaves nothing stored beside the rows of tables with new files that only dropped columns needed.
    pub(super) fn settle_storage(&mut self) -> Result<(), Stop> {
        for table in self.ledger.rewrites.clone() {
            let Some(relation) = self.catalog.relation(table) else { continue };
            let goes = of_beside(&relation.options) && !needs_more(&relation.columns, &self.catalog)?;
            let is_left = |column: &Column| column.dropped && column.storage.is_none();
            if !goes && !relation.columns.iter().any(is_left) {
                continue;
            }
            if let Some(relation) = self.catalog.relation_mut(table) {
                relation.columns.iter_mut().filter(|it| it.dropped).for_each(|it| it.storage = Some("plain"));
                relation.options.retain(|(name, _)| !(goes && name.starts_with(BESIDE)));
            }
        }
        Ok(())
    }
}

/// Returns whether something is stored beside the rows of a table: what its columns need, or did before one was dropped.
fn has_more(relation: &Relation, types: &dyn Types) -> Result<bool, Stop> {
    if needs_more(&relation.columns, types)? {
        return Ok(true);
    }
    let all: Vec<Column> = relation.columns.iter().map(|it| Column { dropped: false, ..it.clone() }).collect();
    for column in &all {
        if needs_more(std::slice::from_ref(column), types)? {
            return Ok(true);
        }
    }
    // Which of them were there at the same time, and since when one is stored in another way, is not kept.
    match needs_more(&all, types)? || relation.live().any(|column| column.storage == Some("plain")) {
        true => unknown("whether something is stored beside the rows of a table"),
        false => Ok(false),
    }
}

/// Returns whether rows over these columns may be so long that some of it is stored beside them; `needs_toast_table`.
fn needs_more(columns: &[Column], types: &dyn Types) -> Result<bool, Stop> {
    const BPCHAR: u32 = 1042;
    const VARCHAR: u32 = 1043;
    const NUMERIC: u32 = 1700;
    /// About what a page holds four times.
    const SURELY_SHORT: i64 = 1900;
    const SURELY_LONG: i64 = 2100;
    let (mut length, mut any) = (0, false);
    for column in columns.iter().filter(|column| !column.dropped) {
        if column.storage.unwrap_or_else(|| storage(types, column.of.oid)) == "plain" {
            length += 8;
            continue;
        }
        any = true;
        let modifier = i64::from(column.of.modifier);
        match column.of.oid.0 {
            // Four bytes for each character, and four in front.
            BPCHAR | VARCHAR if modifier >= 0 => length += modifier * 4,
            // Two bytes for four digits.
            NUMERIC if modifier >= 0 => length += (modifier >> 16) / 2 + 16,
            _ if modifier >= 0 => return unknown("how long the values of a table may be"),
            _ => return Ok(true),
        }
    }
    match length {
        _ if !any => Ok(false),
        ..=SURELY_SHORT => Ok(false),
        SURELY_LONG.. => Ok(true),
        _ => unknown("how long the values of a table may be"),
    }
}

/// Refuses parameters of a partitioned table: it has none, and nothing is stored beside it.
pub(super) fn of_partitioned(list: Option<ast::AttributeList>, version: PostgresVersion) -> Result<(), Stop> {
    let written = written(list)?;
    let strange = |namespace: &&str| *namespace != "toast";
    if let Some(namespace) = written.iter().filter_map(|(namespace, ..)| namespace.as_deref()).find(strange) {
        let message = format!("unrecognized parameter namespace \"{namespace}\"");
        return refused(SqlState::INVALID_PARAMETER_VALUE, message);
    }
    match written.iter().find(|(namespace, ..)| namespace.is_none()) {
        Some(_) if version >= PostgresVersion::V16 => {
            let message = "cannot specify storage parameters for a partitioned table";
            refused(SqlState::WRONG_OBJECT_TYPE, message)
        }
        Some((_, name, _)) => refused(SqlState::INVALID_PARAMETER_VALUE, format!("unrecognized parameter \"{name}\"")),
        None => Ok(()),
    }
}

type Written = (Option<String>, String, Option<String>);

/// Returns what is written: namespace, name, value.
fn written(list: Option<ast::AttributeList>) -> Result<Vec<Written>, Stop> {
    let Some(list) = list else { return Ok(Vec::new()) };
    list.attribute_options()
        .map(|option| {
            let namespace = option.namespace().map(|namespace| name(Some(namespace))).transpose()?;
            let value = option.attribute_value().map(|value| tree::text(&value));
            let unquoted = |text: &String| Some(text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"));
            let value = value.map(|text| unquoted(&text).unwrap_or_else(|| text.to_ascii_lowercase()));
            Ok((namespace, name(option.name())?, value))
        })
        .collect()
}

fn full(namespace: Option<&str>, option: &str) -> String {
    namespace.map_or_else(|| option.to_owned(), |namespace| format!("{namespace}.{option}"))
}

fn of_method(method: &str) -> Result<&'static [(&'static str, Takes)], Stop> {
    Ok(match method {
        "btree" => {
            &[FILL, ("deduplicate_items", Takes::Bool), ("vacuum_cleanup_index_scale_factor", Takes::Number(0.0, 1e10))]
        }
        "hash" | "spgist" => &[FILL],
        "gist" => &[FILL, ("buffering", Takes::Word(&["auto", "on", "off"]))],
        "gin" => &[("fastupdate", Takes::Bool), ("gin_pending_list_limit", Takes::Integer(64, MOST))],
        "brin" => &[("pages_per_range", Takes::Integer(1, 131_072)), ("autosummarize", Takes::Bool)],
        _ => return unknown("the storage parameters of this access method"),
    })
}

fn of_class(method: &str, class: &str) -> Result<&'static [(&'static str, Takes)], Stop> {
    Ok(match (method, class) {
        ("gist", "tsvector_ops" | "gist_trgm_ops" | "gist_hstore_ops") => &[("siglen", Takes::Integer(1, 2024))],
        ("brin", class) if class.ends_with("_minmax_multi_ops") => &[("values_per_range", Takes::Integer(8, 256))],
        ("brin", class) if class.ends_with("_bloom_ops") => &[
            ("n_distinct_per_range", Takes::Number(-1.0, 2_147_483_647.0)),
            ("false_positive_rate", Takes::Number(0.0001, 0.25)),
        ],
        _ => return unknown("the parameters of this operator class"),
    })
}

impl Takes {
    fn check(self, option: &str, value: &str) -> Result<(), Stop> {
        let wrong = |message: String| refused(SqlState::INVALID_PARAMETER_VALUE, message);
        let within = match self {
            Self::Bool => {
                return match is_bool(value) {
                    true => Ok(()),
                    false => wrong(format!("invalid value for boolean option \"{option}\": {value}")),
                };
            }
            Self::Word(words) => {
                return match words.contains(&value.to_ascii_lowercase().as_str()) {
                    true => Ok(()),
                    false => wrong(format!("invalid value for enum option \"{option}\": {value}")),
                };
            }
            Self::Integer(least, most) => match value.parse::<i64>() {
                Ok(number) => (least..=most).contains(&number),
                // Postgres rounds, and reads hexadecimal digits and units.
                Err(_) if value.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                    return unknown("the value of this storage parameter");
                }
                Err(_) => return wrong(format!("invalid value for integer option \"{option}\": {value}")),
            },
            Self::Number(least, most) => match value.parse::<f64>() {
                Ok(number) => (least..=most).contains(&number),
                Err(_) if value.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                    return unknown("the value of this storage parameter");
                }
                Err(_) => return wrong(format!("invalid value for floating point option \"{option}\": {value}")),
            },
        };
        if within { Ok(()) } else { wrong(format!("value {value} out of bounds for option \"{option}\"")) }
    }
}

/// Returns whether a text means yes or no: a word or its beginning, as far as that is no other's; `parse_bool`.
fn is_bool(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let begins = |word: &str, least: usize| value.len() >= least && word.starts_with(&value);
    begins("true", 1)
        || begins("false", 1)
        || begins("yes", 1)
        || begins("no", 1)
        || value == "on"
        || begins("off", 2)
        || value == "1"
        || value == "0"
}
