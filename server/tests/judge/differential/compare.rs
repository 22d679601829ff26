//! What Postgres and the model say to the same statement.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use limbeck_core::catalog::{Catalog, Refusal};
use limbeck_core::ddl::{Effects, LockMode, Played, Session};
use limbeck_core::document::schema::{Schema, TableKind};
use limbeck_core::reflection;

use super::family::Statement;
use crate::played::{Done, MODES, Recorder, Refused};

/// In which way two answers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The model panics.
    Panic,
    /// The model refuses what Postgres does.
    FalseAlarm,
    /// The model does what Postgres refuses.
    Miss,
    /// Both refuse, with different SQLSTATEs.
    SqlState,
    /// Both do it, with different locks.
    Locks,
    /// Both do it, and different relations get a new file.
    Rewrites,
    /// Both do it, and read different relations in full.
    Scans,
    /// Both do it, and hold something different then.
    Catalog,
}

/// Where two answers differ. Equal for two sequences if they show the same defect, as far as can be told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Signature {
    pub(crate) kind: Kind,
    /// SQLSTATEs, or the part of the catalog.
    pub(crate) what: String,
}

/// A difference with what both say.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    pub(crate) signature: Signature,
    pub(crate) postgres: String,
    pub(crate) model: String,
}

/// What became of a statement on both sides.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// Both did it, in the same way.
    Done,
    /// Both refused it, for the same reason.
    Refused,
    /// Postgres refused it because of rows or roles, which the model does not have; it knew that it may.
    RefusedForRows,
    /// The model says that it does not know, and why.
    Unknown(Arc<str>),
    /// They differ.
    Different(Vec<Difference>),
}

impl Outcome {
    /// Both did it, and hold the same behind it.
    pub(crate) fn stands(&self) -> bool {
        match self {
            Self::Done => true,
            Self::Different(differences) => differences
                .iter()
                .all(|difference| matches!(difference.signature.kind, Kind::Locks | Kind::Rewrites | Kind::Scans)),
            _ => false,
        }
    }
}

/// A database and its model, which hold the same.
pub(crate) struct Pair<'a> {
    recorder: &'a mut Recorder,
    session: Session,
    /// What both hold, as far as it was looked at.
    pub(crate) schema: Schema,
    /// Whether what both hold is compared at all while statements are played.
    pub(crate) looks: bool,
    /// Behind how many statements what both hold is compared once, which takes longer than all else. In between it is
    /// what the model says.
    pub(crate) every: usize,
    /// How many were played since it was compared.
    unseen: usize,
    /// One did what the other did not, so that they hold different things.
    pub(crate) apart: bool,
    /// Settings that were made and last, played before each statement: here it is a transaction of its own.
    pub(crate) lasting: Vec<String>,
}

impl<'a> Pair<'a> {
    /// Returns an empty database with an empty model.
    pub(crate) async fn new(recorder: &'a mut Recorder) -> Self {
        recorder.clean().await;
        let session = Session::new(Catalog::new(recorder.version()));
        Self {
            recorder,
            session,
            schema: Schema::default(),
            looks: true,
            every: 1,
            unseen: 0,
            apart: false,
            lasting: Vec::new(),
        }
    }

    /// Plays a statement on both. What one of them does not do, is done on neither, so that they stay equal.
    pub(crate) async fn play(&mut self, statement: &Statement) -> Outcome {
        let mut session = self.session.clone();
        let outside = statement.runs_outside_of_transactions();
        let lasting = &self.lasting;
        let played = catch_unwind(AssertUnwindSafe(|| {
            if !outside {
                session.begin();
            }
            for setting in lasting {
                session.play(setting);
            }
            let played = session.play(&statement.sql);
            session.end();
            played
        }));
        let answer = match played {
            Ok(Played::Unknown(why)) => return Outcome::Unknown(why),
            Ok(answer) => answer,
            Err(panic) => {
                let said = panic.downcast::<String>().map_or_else(|_| String::new(), |said| *said);
                return different(Kind::Panic, said.chars().take(40).collect(), String::new(), said);
            }
        };
        if outside {
            return self.alone(statement, session, answer).await;
        }
        let tried = self.recorder.attempt(&statement.sql).await;
        let (tried, effects) = match (tried, answer) {
            (Ok(tried), Played::Done(effects)) => (tried, effects),
            (Ok(_), Played::Refused(refusal)) => {
                self.recorder.undo().await;
                return false_alarm(&refusal);
            }
            (Err(refused), Played::Done(effects)) => return not_refused(statement, &refused, &effects),
            (Err(refused), Played::Refused(refusal)) => return both_refused(&refused, &refusal),
            (_, Played::Unknown(why)) => return Outcome::Unknown(why),
        };
        match self.recorder.keep(tried).await {
            Ok(done) => {
                self.session = session;
                self.done(statement, &done, &effects).await
            }
            Err(refused) => not_refused(statement, &refused, &effects),
        }
    }

    /// Plays a statement on Postgres that takes no transaction, and compares with the model's answer.
    async fn alone(&mut self, statement: &Statement, session: Session, answer: Played) -> Outcome {
        let outcome = match (self.recorder.alone(&statement.sql).await, answer) {
            (Ok(()), Played::Done(_)) => {
                self.session = session;
                let differences: Vec<Difference> = self.look().await.into_iter().collect();
                return if differences.is_empty() { Outcome::Done } else { Outcome::Different(differences) };
            }
            (Ok(()), Played::Refused(refusal)) => {
                self.apart = true;
                false_alarm(&refusal)
            }
            (Err(refused), Played::Done(effects)) => not_refused(statement, &refused, &effects),
            (Err(refused), Played::Refused(refusal)) => both_refused(&refused, &refusal),
            (_, Played::Unknown(why)) => Outcome::Unknown(why),
        };
        // What failed on its way may have left something.
        if self.look().await.is_some() {
            self.apart = true;
        }
        outcome
    }

    /// Ends what lasts.
    pub(crate) async fn reset(&mut self) {
        self.lasting.clear();
        self.recorder.reset().await;
    }

    /// Returns whether something was played since what both hold was compared.
    pub(crate) fn is_unseen(&self) -> bool {
        self.unseen > 0
    }

    /// Compares what both hold.
    pub(crate) async fn look(&mut self) -> Option<Difference> {
        self.unseen = 0;
        self.schema = self.recorder.schema().await;
        let modeled = reflection::schema(self.session.catalog());
        let difference = super::documents::difference(&self.schema, &modeled);
        self.apart |= difference.is_some();
        difference
    }

    async fn done(&mut self, statement: &Statement, done: &Done, effects: &Effects) -> Outcome {
        let mut differences = Vec::new();
        let mut differ = |kind, postgres: BTreeSet<String>, model: BTreeSet<String>| {
            if postgres != model {
                let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| {
                    these.difference(those).cloned().collect::<Vec<_>>().join(", ")
                };
                let (postgres, model) = (only(&postgres, &model), only(&model, &postgres));
                let signature = Signature { kind, what: shape(kind, &postgres, &model) };
                differences.push(Difference { signature, postgres, model });
            }
        };
        let lock = |(name, mode): (&String, &&str)| format!("{name} {mode}");
        // Which rows there are decides whether a foreign key looks at its other side, which partitions take rows and
        // say which they take, and what a trigger does.
        let by_rows = |(name, mode): &(&String, &&str)| {
            let weaker =
                effects.locks.get(*name).is_none_or(|own| MODES.iter().position(|it| it == *mode) > position(*own));
            statement.changes_rows() && MODES[..3].contains(*mode) && weaker
        };
        let by_rows: BTreeSet<&String> = done.locks.iter().filter(by_rows).map(|(name, _)| name).collect();
        // The planner leaves out partitions that have no such rows.
        let is_part = |name: &String| {
            self.schema.tables.iter().any(|table| table.name == *name && table.kind == TableKind::Partition)
        };
        let pruned = |name: &String| statement.computes_rows() && is_part(name) && !done.locks.contains_key(name);
        let locks = done.locks.iter().filter(|(name, _)| !by_rows.contains(name)).map(lock).collect();
        let modeled = effects.locks.iter().filter(|(name, _)| !by_rows.contains(name) && !pruned(name));
        differ(Kind::Locks, locks, modeled.map(|(name, mode)| format!("{name} {mode}")).collect());
        // The contract does not count the new, empty file of TRUNCATE.
        if statement.family != "TRUNCATE" {
            differ(Kind::Rewrites, done.rewrites.clone(), effects.rewrites.iter().cloned().collect());
            if statement.is_scanned_for_sure() {
                differ(Kind::Scans, done.scans.clone(), effects.scans.iter().cloned().collect());
            }
        }
        if self.looks && !statement.is_about_rows() {
            self.unseen += 1;
            if self.unseen < self.every {
                self.schema = reflection::schema(self.session.catalog());
            } else {
                differences.extend(self.look().await);
            }
        }
        if differences.is_empty() { Outcome::Done } else { Outcome::Different(differences) }
    }
}

fn position(mode: LockMode) -> Option<usize> {
    MODES.iter().position(|it| **it == mode.to_string())
}

fn false_alarm(refusal: &Refusal) -> Outcome {
    let said = format!("{} {}", refusal.sqlstate, refusal.message);
    different(Kind::FalseAlarm, refusal.sqlstate.to_string(), "done".to_owned(), said)
}

fn both_refused(refused: &Refused, refusal: &Refusal) -> Outcome {
    let (postgres, model) = (refused.sqlstate.as_str(), refusal.sqlstate.to_string());
    if postgres == model {
        return Outcome::Refused;
    }
    let what = format!("{postgres}, not {model}");
    let model = format!("{model} {}", refusal.message);
    different(Kind::SqlState, what, format!("{postgres} {}", refused.message), model)
}

fn not_refused(statement: &Statement, refused: &Refused, effects: &Effects) -> Outcome {
    let foreseen = effects.may_raise.iter().any(|may| may.refusal.sqlstate.to_string() == refused.sqlstate);
    // What a query computes for its rows, nobody reads; what constraints say to a row that is written is foreseen, and
    // what is computed for it as far as people meet it.
    let of_rows = statement.computes_rows()
        && !statement.changes_rows()
        && ["21", "22", "23"].iter().any(|class| refused.sqlstate.starts_with(class));
    let of_roles = !effects.roles.is_empty() && refused.sqlstate == "42704";
    let of_libraries = !effects.locales.is_empty() && ["0A000", "22023"].contains(&refused.sqlstate.as_str());
    if foreseen || of_rows || of_roles || of_libraries {
        return Outcome::RefusedForRows;
    }
    let said = format!("{} {}", refused.sqlstate, refused.message);
    different(Kind::Miss, refused.sqlstate.clone(), said, "done".to_owned())
}

fn different(kind: Kind, what: String, postgres: String, model: String) -> Outcome {
    Outcome::Different(vec![Difference { signature: Signature { kind, what }, postgres, model }])
}

/// Returns what two lists say without names: which modes of locks, or which of them is longer.
fn shape(kind: Kind, postgres: &str, model: &str) -> String {
    if kind != Kind::Locks {
        return if model.is_empty() { "not in the model".to_owned() } else { "only in the model".to_owned() };
    }
    let modes = |text: &str| {
        let modes: BTreeSet<&str> =
            text.split(", ").filter_map(|lock| lock.rsplit_once(' ')).map(|(_, mode)| mode).collect();
        if text.is_empty() { "nothing".to_owned() } else { modes.into_iter().collect::<Vec<_>>().join(" and ") }
    };
    format!("{}, not {}", modes(postgres), modes(model))
}
