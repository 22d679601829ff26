//! The same rows, asked of the model.

use limbeck_core::PostgresVersion;
use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::{Played, Session};
use limbeck_core::sql::{self, Transactions};

use super::short;

/// Statements of rows that are known to differ, each with its reason. None of them is meant to stay.
const OPEN: &[(&str, &str)] = &[
    ("CREATE TABLE q AS SELECT * FROM t", QUERY),
    ("CREATE MATERIALIZED VIEW q AS SELECT * FROM t", QUERY),
    ("REFRESH MATERIALIZED VIEW m", QUERY),
    ("REFRESH MATERIALIZED VIEW CONCURRENTLY m", QUERY),
];

const QUERY: &str = "how much of a table a query reads, the planner decides by its rows";

/// Says whether it is known to differ.
pub(super) fn is_open(statement: &str) -> bool {
    OPEN.iter().any(|(open, _)| *open == statement)
}

/// Statements about rows, which leave the catalog as it is.
const ROWS_ONLY: [&str; 2] = ["insert", "truncate"];

/// Returns what the model says to a statement behind others, in the words of the tables; nothing where it does not know
/// one of them. A refusal that rows decide counts as one where it is `expected`.
pub(super) fn said(version: PostgresVersion, before: &[&str], statement: &str, expected: &str) -> Option<String> {
    let mut session = Session::new(Catalog::new(version));
    for script in before {
        let (statements, _) = sql::split(script);
        for statement in statements {
            let text = script.get(statement.range.clone())?;
            match session.play(text) {
                Played::Done(_) => {}
                Played::Unknown(_) if ROWS_ONLY.contains(&statement.kind) => {}
                Played::Unknown(_) => return None,
                Played::Refused(refusal) => return Some(format!("{text}: {refusal:?}")),
            }
        }
    }
    let (parts, _) = sql::split(statement);
    if parts.iter().any(|part| matches!(sql::transactions(statement, part.kind), Transactions::OnlyOutside(_))) {
        return Some("25001".to_owned());
    }
    // What was put into them is not known.
    session.forget_rows();
    session.begin();
    match session.play(statement) {
        Played::Unknown(_) => None,
        Played::Refused(refusal) => Some(refusal.sqlstate.to_string()),
        Played::Done(effects) => {
            if effects.may_raise.iter().any(|may| may.refusal.sqlstate.to_string() == expected) {
                return Some(expected.to_owned());
            }
            let bare = |name: &str| name.strip_prefix("public.").unwrap_or(name).to_owned();
            let lock = |(name, mode): (&String, &_)| format!("{} {}", bare(name), short(&format!("{mode}")));
            let mut parts: Vec<String> = effects.locks.iter().map(lock).collect();
            let mut sorted = |word: &str, names: &[String]| {
                let mut names: Vec<String> = names.iter().map(|name| format!("{word} {}", bare(name))).collect();
                names.sort();
                parts.append(&mut names);
            };
            sorted("rewrite", &effects.rewrites);
            sorted("scan", &effects.scans);
            Some(if parts.is_empty() { "-".to_owned() } else { parts.join(", ") })
        }
    }
}
