//! What `--sql` prints: a script that does to a database what a run would do.
//!
//! Each revision is one transaction with its change of the version rows; a section with `transaction:false` stands
//! before the transaction that changes them. The text is a function of the plan.

use std::fmt::Write as _;

use super::summary;
use crate::diagnostic::Level;
use crate::document::{Direction, Plan, Step, Verdict};
use crate::project::Project;
use crate::revision::{RevisionId, RowChange};
use crate::script::{Revision, Section};
use crate::settings::Settings;
use crate::sql::{outline, quote_identifier, quote_literal, quote_name};

/// Returns the script that carries a plan out; run it with `psql --set ON_ERROR_STOP=1 --file`.
///
/// Of a plan that is blocked it holds comments only, saying why.
pub fn offline(project: &Project, plan: &Plan) -> String {
    let direction = plan.steps.first().map_or("nothing to do", |step| summary::direction(step.direction));
    let mut script = format!(
        "-- Limbeck: {} from {} to {}\n-- {}\n-- psql --set ON_ERROR_STOP=1 --file THIS_FILE\n\n",
        direction,
        comment(&summary::rows(&plan.from)),
        comment(&summary::rows(&plan.to)),
        plan.digest
    );
    if plan.verdict == Verdict::Blocked {
        script.push_str("-- This plan is blocked:\n");
        for finding in summary::findings(plan).filter(|finding| finding.level == Level::Error) {
            let path = finding.path.as_deref().map(|path| format!("{path}: ")).unwrap_or_default();
            let _ = writeln!(script, "-- {}{}", comment(&path), comment(&finding.message));
        }
        return script;
    }
    let table = VersionTable::of(project.settings());
    let mut missing = plan.from.is_empty();
    for step in &plan.steps {
        let revision = project.graph().index_of(&step.revision).and_then(|index| project.revisions().get(index));
        if let Some(revision) = revision {
            write_step(&mut script, &table, step, revision, missing);
            missing = false;
        }
    }
    script
}

/// Returns the script that changes version rows and runs nothing else.
pub fn offline_stamp(project: &Project, rows: &[String], changes: &[RowChange]) -> String {
    let table = VersionTable::of(project.settings());
    let mut script = String::from("BEGIN;\n\n");
    if rows.is_empty() {
        script.push_str(&table.create());
    }
    for change in changes {
        script.push_str(&table.change(change));
    }
    script + "COMMIT;\n"
}

/// Returns the script that forgets all version rows, whatever they are, and then makes these changes.
pub fn offline_purge(project: &Project, changes: &[RowChange]) -> String {
    let table = VersionTable::of(project.settings());
    let changes: String = changes.iter().map(|change| table.change(change)).collect();
    format!("BEGIN;\n\n{}DELETE FROM {};\n\n{changes}COMMIT;\n", table.create(), table.name)
}

/// Returns the script that makes the version table if it is missing.
pub fn offline_ensure_version(settings: &Settings) -> String {
    VersionTable::of(settings).create()
}

fn write_step(script: &mut String, table: &VersionTable, step: &Step, revision: &Revision, missing: bool) {
    let section = match step.direction {
        Direction::Upgrade => Some(&revision.up),
        Direction::Downgrade => revision.down.as_ref(),
    };
    let parents: Vec<&str> = revision.revises.iter().map(RevisionId::as_str).collect();
    let title = if revision.title.is_empty() { String::new() } else { format!(", {}", comment(&revision.title)) };
    let way = match (step.direction, parents.is_empty()) {
        (Direction::Upgrade, true) => format!("-> {}", revision.id),
        (Direction::Upgrade, false) => format!("{} -> {}", parents.join(", "), revision.id),
        (Direction::Downgrade, true) => format!("{} ->", revision.id),
        (Direction::Downgrade, false) => format!("{} -> {}", revision.id, parents.join(", ")),
    };
    let begin = match table.lock_timeout {
        Some(millis) => format!("BEGIN;\n\nSET LOCAL lock_timeout = {millis};\n\n"),
        None => "BEGIN;\n\n".to_owned(),
    };
    let body = section.map(body).unwrap_or_default();
    let running = format!("-- Running {} {way}{title}\n\n", summary::direction(step.direction));
    if step.transaction {
        script.push_str(&begin);
        script.push_str(&running);
        script.push_str(&body);
    } else {
        script.push_str(&running);
        script.push_str(&body);
        script.push_str(&begin);
    }
    if missing {
        script.push_str(&table.create());
    }
    for change in changes(&step.rows_before, &step.rows_after) {
        script.push_str(&table.change(&change));
    }
    script.push_str("COMMIT;\n\n");
}

/// Returns the text of a section up to its last statement, ended by a semicolon; then whatever takes back settings that
/// the section made for the session, for the next revision starts as this one did.
fn body(section: &Section) -> String {
    let sql = section.sql.as_str();
    let (statements, _) = outline(sql);
    let Some(last) = statements.last() else { return String::new() };
    let text = sql.get(..last.range.end).unwrap_or_default().trim_start_matches(['\n', '\r']);
    let sets = |kind: &str| kind.starts_with("set") && kind != "set_constraints" && kind != "set_transaction";
    let leaks = statements.iter().any(|statement| {
        let text = sql.get(statement.range.clone()).unwrap_or_default();
        sets(statement.kind) || text.to_ascii_lowercase().contains("set_config")
    });
    let reset = if leaks { "RESET SESSION AUTHORIZATION;\nRESET ROLE;\nRESET ALL;\n\n" } else { "" };
    format!("{text};\n\n{reset}")
}

/// Returns what turns some rows into others, both sorted: rows give way to new ones pair by pair, the rest is taken out
/// or added.
fn changes(before: &[String], after: &[String]) -> Vec<RowChange> {
    let only = |rows: &[String], others: &[String]| -> Vec<RevisionId> {
        let new = rows.iter().filter(|row| others.binary_search(row).is_err());
        new.filter_map(|row| RevisionId::new(row).ok()).collect()
    };
    let (mut gone, mut new) = (only(before, after).into_iter(), only(after, before).into_iter());
    let mut changes = Vec::new();
    loop {
        changes.push(match (gone.next(), new.next()) {
            (Some(from), Some(to)) => RowChange::Update { from, to },
            (Some(row), None) => RowChange::Delete(row),
            (None, Some(row)) => RowChange::Insert(row),
            (None, None) => return changes,
        });
    }
}

/// The version table as SQL spells it.
struct VersionTable {
    name: String,
    constraint: String,
    lock_timeout: Option<u128>,
}

impl VersionTable {
    fn of(settings: &Settings) -> Self {
        Self {
            name: quote_name(settings.version_table_schema.as_deref(), &settings.version_table),
            constraint: quote_identifier(&format!("{}_pkc", settings.version_table)).into_owned(),
            lock_timeout: settings.lock_timeout.map(|limit| limit.as_millis()),
        }
    }

    fn create(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\n    version_num character varying(255) NOT NULL,\n    \
             CONSTRAINT {} PRIMARY KEY (version_num)\n);\n\n",
            self.name, self.constraint
        )
    }

    fn change(&self, change: &RowChange) -> String {
        let literal = |id: &RevisionId| quote_literal(id.as_str());
        match change {
            RowChange::Insert(id) => {
                format!("INSERT INTO {} (version_num) VALUES ({});\n\n", self.name, literal(id))
            }
            RowChange::Delete(id) => format!("DELETE FROM {} WHERE version_num = {};\n\n", self.name, literal(id)),
            RowChange::Update { from, to } => {
                format!(
                    "UPDATE {} SET version_num = {} WHERE version_num = {};\n\n",
                    self.name,
                    literal(to),
                    literal(from)
                )
            }
        }
    }
}

/// Returns a text that stays within a line comment.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
