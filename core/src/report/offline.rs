//! What `--sql` prints: a script that does to a database what a run would do.
//!
//! First it makes sure that the database stands where the script starts. Then each revision is one transaction with its
//! change of the version rows; a section with `transaction:false` stands before the transaction that changes them. The
//! text is a function of project, rows and target.

use serde::{Deserialize, Serialize};

use super::judgement::judgement;
use super::summary;
use crate::document::{Direction, Verdict};
use crate::dry_run;
use crate::project::{PlanError, Project};
use crate::revision::{RevisionId, RowChange, Step};
use crate::script::{Revision, Section};
use crate::settings::Settings;
use crate::sql::{self, RESET_SESSION, quote_identifier, quote_literal, quote_name};

/// The script of a way, with the digest of its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offline {
    /// As in [`crate::document::Plan`].
    pub digest: String,
    /// Stands for the plan and everything that it was judged by.
    pub judgement: String,
    /// How each step was cut, in their order.
    pub cuts: Vec<Cut>,
    /// To be run with `psql --set ON_ERROR_STOP=1 --file`.
    pub sql: String,
}

/// What a script needs to know of the SQL of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Where its last statement ends, in bytes; 0 where there is none.
    end: usize,
    /// The session is afterwards as it was before.
    leaves: bool,
}

/// Returns the script of the way from version rows to a target; none where something keeps it from running:
/// [`Project::plan`] says what.
///
/// `known` is asked for [`Offline::judgement`] and answers with [`Offline::cuts`], if a script with the same was made
/// before, by this very build; then the plan is not judged again, nor its SQL read. Who remembers nothing answers with
/// nothing.
pub fn offline(
    project: &Project,
    rows: &[String],
    direction: Direction,
    target: &str,
    known: impl FnOnce(&str) -> Option<Vec<Cut>>,
) -> Result<Option<Offline>, PlanError> {
    let history = project.history()?;
    let rows = project.graph().resolve_rows(rows)?;
    let way = dry_run::way(history, &rows, direction, target)?;
    let judgement = judgement(project, &way.digest);
    let section = |step: &Step| {
        let revision = project.revisions().get(step.revision)?;
        Some((revision, dry_run::section_of(revision, direction)?))
    };
    let sections: Option<Vec<(&Revision, &Section)>> = way.steps.iter().map(section).collect();
    let cuts = match known(&judgement).filter(|cuts| cuts.len() == way.steps.len()) {
        Some(cuts) => cuts,
        None if dry_run::plan(history, &rows, direction, target)?.verdict == Verdict::Blocked => return Ok(None),
        None => project.map(sections.as_deref().unwrap_or_default(), |(_, section)| Cut::of(&section.sql)),
    };
    // A step without a section is never fit to run.
    let Some(sections) = sections else { return Ok(None) };
    let table = VersionTable::of(project.settings());
    let mut missing = way.from.is_empty();
    let mut written = String::new();
    for (((revision, section), cut), step) in sections.into_iter().zip(&cuts).zip(&way.steps) {
        let (before, after) = (history.ids(&step.rows_before), history.ids(&step.rows_after));
        let body = cut.body(&section.sql);
        write(&mut written, &table, revision, (section.transaction, &body), (direction, &before, &after), missing);
        missing = false;
    }
    let to = way.steps.last().map_or_else(|| way.from.clone(), |step| history.ids(&step.rows_after));
    let mut sql = header(way.steps.first().map(|_| direction), &way.from, &to, &way.digest);
    if !way.steps.is_empty() {
        sql.push_str(&table.guard(&way.from));
    }
    Ok(Some(Offline { digest: way.digest, judgement, cuts, sql: sql + &written }))
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

fn header(direction: Option<Direction>, from: &[String], to: &[String], digest: &str) -> String {
    format!(
        "-- Limbeck: {} from {} to {}\n-- {digest}\n-- psql --set ON_ERROR_STOP=1 --file THIS_FILE\n\n",
        direction.map_or("nothing to do", summary::direction),
        comment(&summary::rows(from)),
        comment(&summary::rows(to)),
    )
}

/// Writes one step as SQL: whether it runs in a transaction and what, its way with the version rows before and after,
/// and whether the version table may be missing.
fn write(
    script: &mut String,
    table: &VersionTable,
    revision: &Revision,
    (transaction, body): (bool, &str),
    (direction, before, after): (Direction, &[String], &[String]),
    missing: bool,
) {
    let parents: Vec<&str> = revision.revises.iter().map(RevisionId::as_str).collect();
    let title = if revision.title.is_empty() { String::new() } else { format!(", {}", comment(&revision.title)) };
    let way = match (direction, parents.is_empty()) {
        (Direction::Upgrade, true) => format!("-> {}", revision.id),
        (Direction::Upgrade, false) => format!("{} -> {}", parents.join(", "), revision.id),
        (Direction::Downgrade, true) => format!("{} ->", revision.id),
        (Direction::Downgrade, false) => format!("{} -> {}", revision.id, parents.join(", ")),
    };
    let begin = match table.lock_timeout {
        Some(millis) => format!("BEGIN;\n\nSET LOCAL lock_timeout = {millis};\n\n"),
        None => "BEGIN;\n\n".to_owned(),
    };
    let running = format!("-- Running {} {way}{title}\n\n", summary::direction(direction));
    if transaction {
        script.push_str(&begin);
        script.push_str(&running);
        script.push_str(body);
    } else {
        script.push_str(&running);
        script.push_str(body);
        script.push_str(&begin);
    }
    if missing {
        script.push_str(&table.create());
    }
    for change in changes(before, after) {
        script.push_str(&table.change(&change));
    }
    script.push_str("COMMIT;\n\n");
}

impl Cut {
    fn of(section: &str) -> Self {
        let mut cut = Self { end: 0, leaves: true };
        for (range, kind) in sql::outline(section) {
            cut.end = range.end;
            cut.leaves = cut.leaves && leaves_the_session(section.get(range).unwrap_or_default(), kind);
        }
        cut
    }

    /// Returns the text of a section up to its last statement, ended by a semicolon; then what brings the session back,
    /// for the next revision starts as this one did.
    fn body(self, section: &str) -> String {
        if self.end == 0 {
            return String::new();
        }
        let text = section.get(..self.end).unwrap_or_default().trim_start_matches(['\n', '\r']);
        let reset = if self.leaves { String::new() } else { format!("{};\n\n", RESET_SESSION.replace("; ", ";\n")) };
        format!("{text};\n\n{reset}")
    }
}

/// Returns whether a statement leaves the session as it was: definitions do, unless they are temporary. Whatever can
/// call a function may set something.
fn leaves_the_session(sql: &str, kind: &str) -> bool {
    let defines = ["create_", "alter_", "drop_", "comment", "grant", "revoke"];
    let computes = ["create_table_as", "create_materialized_view"];
    let temporary = || sql.as_bytes().windows(4).any(|word| word.eq_ignore_ascii_case(b"temp"));
    defines.iter().any(|start| kind.starts_with(start)) && !computes.contains(&kind) && !temporary()
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

    /// Returns a statement that fails unless the rows are these, sorted; to have none there may be no table at all.
    fn guard(&self, rows: &[String]) -> String {
        let name = &self.name;
        let elsewhere = match rows {
            [] => format!("EXISTS (SELECT FROM {name})"),
            rows => {
                let rows = rows.iter().map(|row| quote_literal(row)).collect::<Vec<_>>().join(", ");
                let found =
                    format!("(SELECT array_agg(version_num::text ORDER BY version_num COLLATE \"C\") FROM {name})");
                format!("{found}\n            IS DISTINCT FROM ARRAY[{rows}]")
            }
        };
        let message =
            quote_literal(&format!("this script starts from {}, and the database is elsewhere", summary::rows(rows)));
        let raise = format!(
            "RAISE EXCEPTION USING MESSAGE = {message}, HINT = 'make it again for where `limbeck status` says it is';"
        );
        let regclass = quote_literal(name);
        let body = match rows {
            // Only looked into where there is one: the body of a branch that is not taken is never planned.
            [] => format!(
                "    IF to_regclass({regclass}) IS NOT NULL THEN\n        IF {elsewhere} THEN\n            {raise}\n        END IF;\n    END IF;"
            ),
            _ => format!("    IF {elsewhere} THEN\n        {raise}\n    END IF;"),
        };
        format!("DO {};\n\n", dollar_quoted(&format!("\nBEGIN\n{body}\nEND\n")))
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

/// Returns a text in dollar quotes that it does not hold.
fn dollar_quoted(text: &str) -> String {
    let tags = (0..).map(|number| if number == 0 { "$limbeck$".to_owned() } else { format!("$limbeck{number}$") });
    // Longer than any text that could hold them all.
    let tag = tags.take(text.len() + 1).find(|tag| !text.contains(tag.as_str())).unwrap_or_default();
    format!("{tag}{text}{tag}")
}

/// Returns a text that stays within a line comment.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
