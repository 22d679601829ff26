//! Statements of a plan, played on the schema that all before them made.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::blocked::FORESEEN;
use super::meant::meant;
use super::point::point;
use super::reach::{Doubt, leaves_schema, of_postgres};
#[cfg(feature = "model")]
use super::section;
use super::{BY_ROWS, NOT_JUDGED};
use super::{Beyond, Made};
use crate::PostgresVersion;
use crate::catalog::{Catalog, Refusal, SqlState, Together};
use crate::ddl::{Effects, Played, Session};
use crate::diagnostic::{Diagnostic, Level, Position};
use crate::document::{Lock, Outcome, SqlError, Statement};
use crate::reflection;
use crate::revision::RevisionId;
use crate::script::Revision;
use crate::sql;
use crate::sql::tree::{NoTree, Tree};

const ANYWAY_HELP: &str =
    "mend it; where the database differs from what its revisions make, `limbeck upgrade --anyway` lets Postgres decide";

/// The SQLSTATE of a table of which checks wait for the end of the transaction.
const TABLE_IN_USE: &str = "55006";
const CHECKED_FIRST: &str = "`SET CONSTRAINTS ALL IMMEDIATE;` in front of it has what waits checked first";

/// Why nothing is said of what would be judged by itself.
const IN_DOUBT: &str = "an earlier statement that is not judged may have changed what it touches";

/// A database that is not there, and what is no longer certain of it.
#[derive(Debug, Clone)]
pub(super) struct Simulation {
    session: Session,
    doubt: Doubt,
    /// Names of all objects that were ever there.
    known: BTreeSet<String>,
    /// Statements that were not played.
    beyond: Vec<Beyond>,
    /// Names of the relations that the database has, where one was asked.
    pub(super) there: Option<Arc<BTreeSet<String>>>,
    /// A statement since may have made relations whose names nobody knows.
    made_more: bool,
}

/// What becomes of a schema.
#[cfg(feature = "model")]
#[derive(Debug, Clone)]
pub(super) enum Trial {
    /// This.
    Made(Box<Catalog>),
    /// Postgres refuses a statement, by its position; unless the database has what it needs `elsewhere` from.
    Refused { statement: usize, refusal: Refusal, elsewhere: bool },
    /// A statement is outside the model, or touches what is not certain.
    Unknown,
}

impl Default for Simulation {
    fn default() -> Self {
        let session = Session::default();
        let known = session.catalog().schemas().into_iter().map(|(_, name)| name.to_owned()).collect();
        Self { session, doubt: Doubt::default(), known, beyond: Vec::new(), there: None, made_more: false }
    }
}

impl Simulation {
    /// Returns an empty database on a server of a version.
    pub(super) fn new(version: PostgresVersion) -> Self {
        Self {
            session: Session::new(Catalog::new(version)),
            doubt: Doubt::default(),
            known: BTreeSet::new(),
            beyond: Vec::new(),
            there: None,
            made_more: false,
        }
    }

    /// Takes note that time passes: whoever uses the database may write rows into any table.
    pub(super) fn leave_to_others(&mut self) {
        // What was made so far is among the names that the database has.
        self.made_more = false;
        self.session.forget_rows();
    }

    /// Opens the transaction of a step, unless its statements run each for itself.
    pub(super) fn begin(&mut self, transaction: bool) {
        if transaction {
            self.session.begin();
        }
    }

    /// Ends a step: the next one starts with the session as this one found it.
    pub(super) fn end(&mut self) {
        self.session.end();
        self.doubt.step = false;
    }

    /// Plays a statement that was read, and says what becomes of it. One that was found wrong already is left out.
    /// Returns what it does beside changing the schema, where that is certain.
    pub(super) fn play(
        &mut self,
        statement: &mut Statement,
        tree: &Result<Tree, NoTree>,
        revision: &Revision,
    ) -> Option<Effects> {
        if statement.outcome == Outcome::Error {
            return None;
        }
        let made_more = self.made_more;
        // What a function does that it calls, is not known.
        self.made_more |= ["select", "do", "call", "execute", "create_extension"].contains(&statement.kind.as_str());
        let doubtful = self.doubt.touches(&statement.sql, &statement.kind);
        let more = self.doubt.touches_more(self.session.catalog(), &statement.sql);
        let before = self.session.catalog().clone();
        match self.session.play_read(tree) {
            Played::Done(effects) => {
                self.learn(&before, &statement.sql);
                if doubtful || more && changes_names(&statement.kind) {
                    statement.findings.push(not_judged(IN_DOUBT, revision, statement.line));
                    self.doubt.add(self.session.catalog(), &statement.sql, &statement.kind);
                    return None;
                }
                // Nothing but the statement itself stands on a role, so that those behind it are judged all the same.
                match (effects.roles.first(), effects.locales.first()) {
                    (Some(role), _) => statement.findings.push(needs_a_role(role, revision, statement.line)),
                    (None, Some(locale)) => statement.findings.push(needs_a_locale(locale, revision, statement.line)),
                    (None, None) => statement.outcome = Outcome::Ok,
                }
                describe(statement, &effects, &before, revision);
                return Some(effects);
            }
            Played::Refused(refusal)
                if !doubtful
                    && !more
                    && self.needs_a_stranger(&refusal, &statement.sql)
                    && (made_more || self.may_be_there(&refusal)) =>
            {
                let message = format!("fails with {refusal}, unless the database has it from elsewhere");
                let help = match meant(&before, &refusal, &statement.sql) {
                    Some(question) => format!("no revision before this one makes it: {question}"),
                    None => "no revision before this one makes it".to_owned(),
                };
                let finding = Diagnostic::warning("made-elsewhere", message).help(help);
                statement.findings.push(pointing(finding, &refusal, revision, statement));
                self.pass_over(&statement.sql, &statement.kind, tree);
            }
            Played::Refused(refusal) if !doubtful && !more => {
                let message = format!("Postgres refuses this with {refusal}");
                let help = match (remedy(&refusal), meant(&before, &refusal, &statement.sql)) {
                    (Some(remedy), _) => remedy.to_owned(),
                    (None, Some(question)) => question,
                    (None, None) => ANYWAY_HELP.to_owned(),
                };
                let finding = Diagnostic::error(FORESEEN, message).help(help);
                statement.findings.push(pointing(finding, &refusal, revision, statement));
                statement.outcome = Outcome::Error;
                statement.error = Some(error(&refusal));
            }
            Played::Refused(_) => {
                statement.findings.push(not_judged(IN_DOUBT, revision, statement.line));
                self.pass_over(&statement.sql, &statement.kind, tree);
            }
            Played::Unknown(why) => {
                statement.findings.push(not_judged(&why, revision, statement.line));
                self.pass_over(&statement.sql, &statement.kind, tree);
            }
        }
        None
    }

    /// Plays a statement for what it leaves behind alone.
    pub(super) fn replay(&mut self, sql: &str, read: &sql::Statement, (revision, line): (&RevisionId, u32)) {
        let kind = read.kind;
        let doubtful = self.doubt.touches(sql, kind);
        let more = self.doubt.touches_more(self.session.catalog(), sql);
        let before = self.session.catalog().clone();
        let why = match self.session.play_read(&read.tree) {
            Played::Done(_) => {
                self.learn(&before, sql);
                if doubtful || more && changes_names(kind) {
                    self.doubt.add(self.session.catalog(), sql, kind);
                }
                return;
            }
            // A revision that was applied somewhere did run: then it is the model that is wrong.
            Played::Refused(refusal) => refusal.to_string(),
            Played::Unknown(why) => why.to_string(),
        };
        if !leaves_schema(kind) {
            self.beyond.push(Beyond { revision: revision.to_string(), line, why });
        }
        self.pass_over(sql, kind, &read.tree);
    }

    /// Returns what is in the database now.
    #[cfg(feature = "model")]
    pub(super) fn catalog(&self) -> &Catalog {
        self.session.catalog()
    }

    /// Returns what becomes of a schema when statements are played that ought to undo others; the simulation itself
    /// stays as it is.
    #[cfg(feature = "model")]
    pub(super) fn trial(&self, transaction: bool, read: &section::Read) -> Trial {
        let mut session = self.session.clone();
        if transaction {
            session.begin();
        }
        for (at, (statement, tree)) in read.statements.iter().zip(&read.trees).enumerate() {
            let (sql, kind) = (statement.sql.as_str(), statement.kind.as_str());
            if self.doubt.touches(sql, kind) || self.doubt.touches_more(session.catalog(), sql) {
                return Trial::Unknown;
            }
            match session.play_read(tree) {
                Played::Done(_) => {}
                Played::Refused(refusal) => {
                    let elsewhere = self.needs_a_stranger(&refusal, sql);
                    return Trial::Refused { statement: at, refusal, elsewhere };
                }
                Played::Unknown(_) if leaves_schema(kind) => session.forget_rows(),
                Played::Unknown(_) => return Trial::Unknown,
            }
        }
        Trial::Made(Box::new(session.catalog().clone()))
    }

    /// Returns the schema as it stands.
    pub(super) fn made(self) -> Made {
        Made { schema: reflection::schema(self.session.catalog()), beyond: self.beyond }
    }

    /// Remembers the objects that a statement made or renamed. What was there before is not looked at.
    fn learn(&mut self, before: &Catalog, statement: &str) {
        let catalog = self.session.catalog();
        for oid in before.touched(catalog) {
            let name = || catalog.relation(oid).map(|relation| &relation.name);
            let of_type = || catalog.user_type(oid).map(|found| &found.name);
            let name = name().or_else(of_type).or_else(|| catalog.routine(oid).map(|routine| &routine.name));
            if let Some(name) = name.filter(|name| !self.known.contains(&***name)) {
                self.known.insert(name.to_string());
            }
        }
        if before.has_same_schemas(catalog) {
            return;
        }
        let is_there = |name: &String| catalog.schema(name).is_some() || catalog.extension(name).is_some();
        let others = sql::identifiers(statement).filter(|name| !self.known.contains(name) && is_there(name));
        self.known.extend(others.collect::<Vec<_>>());
    }

    /// Returns whether a statement fails only because of something that no revision ever made: a database that was
    /// there before its revisions may have it.
    fn needs_a_stranger(&self, refusal: &Refusal, statement: &str) -> bool {
        const MISSING: [SqlState; 3] =
            [SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_OBJECT, SqlState::INVALID_SCHEMA_NAME];
        let catalog = self.session.catalog();
        let strange = |name: &String| {
            !self.known.contains(name)
                && !of_postgres(catalog.version(), name)
                && !catalog.has_object(name)
                && !catalog.has_column(name)
        };
        let missing = MISSING.contains(&refusal.sqlstate) || refusal.sqlstate == SqlState("42883");
        // What belongs to a table is known where the table is.
        let is_part =
            [" for table \"", " for relation \"", " of relation \""].iter().any(|of| refusal.message.contains(of));
        missing && !is_part && sql::identifiers_inside(statement).any(|name| strange(&name))
    }

    /// Returns whether the database may have the relation that a statement misses.
    fn may_be_there(&self, refusal: &Refusal) -> bool {
        let missing = refusal.message.split('"').nth(1).map(|name| name.rsplit('.').next().unwrap_or(name));
        match (&self.there, missing) {
            (Some(there), Some(missing)) if refusal.sqlstate == SqlState::UNDEFINED_TABLE => there.contains(missing),
            _ => true,
        }
    }

    fn pass_over(&mut self, sql: &str, kind: &str, tree: &Result<Tree, NoTree>) {
        self.made_more = true;
        if self.doubt.pass(self.session.catalog(), sql, kind, tree) {
            self.session.forget_rows();
        }
    }
}

/// Returns whether statements of a kind may give a name to something.
fn changes_names(kind: &str) -> bool {
    kind.starts_with("create_") || kind.starts_with("alter_") || kind == "select_into"
}

fn error(refusal: &Refusal) -> SqlError {
    SqlError { sqlstate: refusal.sqlstate.to_string(), message: refusal.message.clone() }
}

/// A relation whose rows decide, what the error says, and the SQLSTATEs that it may have.
type Reason<'e> = (&'e str, &'e str, BTreeSet<String>);

fn describe(statement: &mut Statement, effects: &Effects, before: &Catalog, revision: &Revision) {
    let lock = |(relation, mode): (&String, &crate::ddl::LockMode)| Lock {
        relation: relation.clone(),
        mode: mode.to_string(),
    };
    let mut locks = effects.locks.clone();
    for (relation, mode) in &effects.locks_by_rows {
        let held = locks.entry(relation.clone()).or_insert(*mode);
        *held = (*held).max(*mode);
    }
    statement.locks = locks.iter().map(lock).collect();
    statement.rewrites.clone_from(&effects.rewrites);
    statement.scans.clone_from(&effects.scans);
    // One finding for one reason, whichever of several errors it would be.
    let mut reasons: Vec<Reason<'_>> = Vec::new();
    for may in &effects.may_raise {
        let (relation, message) = (may.relation.as_str(), may.refusal.message.as_str());
        let sqlstate = may.refusal.sqlstate.to_string();
        match reasons.iter_mut().find(|(known, why, _)| (*known, *why) == (relation, message)) {
            Some((_, _, states)) => drop(states.insert(sqlstate)),
            None => reasons.push((relation, message, BTreeSet::from([sqlstate]))),
        }
    }
    let by_zone = effects.rewrites_by_zone.iter().map(String::as_str).collect();
    for Together { name, .. } in before.together(by_zone, |relation| *relation, |_| String::new()) {
        let message = format!("rewrites {name} and takes its values as of the session's TimeZone, unless that is UTC");
        let finding = Diagnostic::warning("depends-on-time-zone", message);
        let finding =
            finding.help("`SET LOCAL TimeZone = 'UTC';` in front of it says which one is meant, and rewrites nothing");
        statement.findings.push(placed(finding, revision, statement.line));
    }
    if !effects.cascades.is_empty() {
        let message = format!("rows of {} go too, where they refer to what is deleted", effects.cascades.join(", "));
        statement.findings.push(placed(Diagnostic::warning("cascading-delete", message), revision, statement.line));
    }
    for trigger in &effects.row_triggers {
        let fires = format!("fires trigger {} of {} for each row", trigger.name, trigger.relation);
        let finding = match trigger.amiss.as_slice() {
            [] => {
                let message = format!("{fires}: what {} does beside is not judged", trigger.function);
                Diagnostic::new("row-trigger", Level::Info, message)
            }
            fields => {
                let fields = fields.join(", ");
                let message = format!("{fires}: {} mentions {fields}, which the table does not have", trigger.function);
                Diagnostic::warning("row-trigger", message).help("where it comes to that, Postgres raises 42703")
            }
        };
        statement.findings.push(placed(finding, revision, statement.line));
    }
    let words = |(_, message, states): &Reason<'_>| format!("{message} {states:?}");
    for Together { first: (_, message, states), name } in before.together(reasons, |(relation, ..)| *relation, words) {
        let with = match states.first() {
            Some(only) if states.len() == 1 => format!(" with {only}"),
            _ => String::new(),
        };
        let waits = states.contains(TABLE_IN_USE);
        let when = match waits {
            true => format!("if rows of {name} were changed before it"),
            false => format!("if rows of {name} do not fit"),
        };
        let finding = Diagnostic::new(BY_ROWS, Level::Info, format!("fails{with} {when}: {message}"));
        let finding = if waits { finding.help(CHECKED_FIRST) } else { finding };
        statement.findings.push(placed(finding, revision, statement.line));
    }
}

/// Returns what mends a statement that Postgres refuses, where there is one thing to do.
fn remedy(refusal: &Refusal) -> Option<&'static str> {
    (refusal.sqlstate.to_string() == TABLE_IN_USE).then_some(CHECKED_FIRST)
}

/// Returns that nothing is said of a statement, and why.
fn not_judged(why: &str, revision: &Revision, line: u32) -> Diagnostic {
    placed(Diagnostic::new(NOT_JUDGED, Level::Info, format!("what this does is not known: {why}")), revision, line)
}

/// Returns that a statement runs where the server has a role.
fn needs_a_role(role: &str, revision: &Revision, line: u32) -> Diagnostic {
    let refusal = Refusal::new(SqlState::UNDEFINED_OBJECT, format!("role \"{role}\" does not exist"));
    let message = format!("fails with {refusal}, unless the server has it");
    let help = "no revision before this one makes it; all databases of a server share its roles";
    placed(Diagnostic::warning("made-elsewhere", message).help(help), revision, line)
}

/// Returns the finding about what only the libraries of a server can say.
fn needs_a_locale(locale: &str, revision: &Revision, line: u32) -> Diagnostic {
    let message = format!("fails where the server does not know {locale}");
    let help = "the libraries that a server was built with decide; SELECT * FROM pg_collation shows what it brings";
    placed(Diagnostic::warning("made-elsewhere", message).help(help), revision, line)
}

/// Returns a finding at what a refusal names; where the statement does not, at the line on which that begins.
fn pointing(finding: Diagnostic, refusal: &Refusal, revision: &Revision, statement: &Statement) -> Diagnostic {
    match point(refusal, statement, revision) {
        Some((from, to)) => finding.path(&revision.path).revision(revision.id.as_str()).span(from, to),
        None => placed(finding, revision, statement.line),
    }
}

/// Returns a finding at the line on which a statement begins.
fn placed(finding: Diagnostic, revision: &Revision, line: u32) -> Diagnostic {
    let at = Position { line, column: 1 };
    finding.path(&revision.path).revision(revision.id.as_str()).span(at, at)
}
