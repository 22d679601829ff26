//! What came of a run: a table, and the smallest examples of what differs.

use std::collections::BTreeMap;
use std::fmt;

use super::compare::{Difference, Kind, Outcome, Signature};
use super::family::{self, Statement};
use super::lanes::Step;
use super::{open, shrink};
use crate::played::Recorder;

/// Kinds of differences, in the order of the columns.
const KINDS: [(Kind, &str); 8] = [
    (Kind::Panic, "panic"),
    (Kind::FalseAlarm, "alarm"),
    (Kind::Miss, "miss"),
    (Kind::SqlState, "state"),
    (Kind::Locks, "locks"),
    (Kind::Rewrites, "rewrite"),
    (Kind::Scans, "scan"),
    (Kind::Catalog, "catalog"),
];

/// How often what came of the statements of one family.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    pub(super) played: usize,
    pub(super) done: usize,
    pub(super) refused: usize,
    pub(super) rows: usize,
    pub(super) unknown: usize,
    pub(super) different: BTreeMap<Kind, usize>,
}

/// How often what came of the statements of each family.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    families: BTreeMap<&'static str, Counts>,
    /// Why the model does not know.
    reasons: BTreeMap<String, usize>,
    /// Differences that nobody knows of.
    unexpected: BTreeMap<Kind, usize>,
    /// Those that are known, by their reasons.
    open: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// Counts.
    pub(super) fn of(played: &[Vec<Step>]) -> Self {
        let mut tally = Self::default();
        for step in played.iter().flatten() {
            let counts = tally.families.entry(step.statement.family).or_default();
            counts.played += 1;
            match &step.outcome {
                Outcome::Done => counts.done += 1,
                Outcome::Refused => counts.refused += 1,
                Outcome::RefusedForRows => counts.rows += 1,
                Outcome::Unknown(why) => {
                    counts.unknown += 1;
                    *tally.reasons.entry(why.to_string()).or_default() += 1;
                }
                Outcome::Different(differences) => {
                    for difference in differences {
                        let kind = difference.signature.kind;
                        *counts.different.entry(kind).or_default() += 1;
                        match open::reason(&difference.signature) {
                            Some(reason) => *tally.open.entry(reason).or_default() += 1,
                            None => *tally.unexpected.entry(kind).or_default() += 1,
                        }
                    }
                }
            }
        }
        tally
    }

    /// Returns what a run may not bring, in words.
    pub(super) fn wrong(&self) -> Vec<String> {
        let all = self.all();
        let mut wrong = Vec::new();
        let unexpected = |kind| self.unexpected.get(&kind).copied().unwrap_or(0);
        for kind in [Kind::Panic, Kind::FalseAlarm, Kind::Miss, Kind::Catalog] {
            if unexpected(kind) > 0 {
                wrong.push(format!("{kind:?}: {}", unexpected(kind)));
            }
        }
        // In thousandths, of all statements that could differ in this way.
        for (kind, of, most) in [
            (Kind::SqlState, all.refused, 5),
            (Kind::Locks, all.done, 10),
            (Kind::Rewrites, all.done, 10),
            (Kind::Scans, all.done, 10),
        ] {
            if unexpected(kind) * 1000 > of * most {
                wrong.push(format!("{kind:?}: {} of {of}, which is more than {most} in a thousand", unexpected(kind)));
            }
        }
        // Statements that all fail, or never, prove nothing.
        let share = all.done * 100 / (all.done + all.refused + all.rows).max(1);
        if !(55..=90).contains(&share) {
            wrong.push(format!("{share} % of the statements were done"));
        }
        wrong
    }

    /// Returns the sum of all families.
    fn all(&self) -> Counts {
        let mut all = Counts::default();
        for counts in self.families.values() {
            all.played += counts.played;
            all.done += counts.done;
            all.refused += counts.refused;
            all.rows += counts.rows;
            all.unknown += counts.unknown;
            for (kind, count) in &counts.different {
                *all.different.entry(*kind).or_default() += count;
            }
        }
        all
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:30} {:>6} {:>6} {:>7} {:>5} {:>7}", "", "played", "done", "refused", "rows", "unknown")?;
        for (_, name) in KINDS {
            write!(f, " {name:>7}")?;
        }
        writeln!(f)?;
        let nothing = Counts::default();
        let all = self.all();
        let families = family::names().map(|name| (name, self.families.get(name).unwrap_or(&nothing)));
        for (name, counts) in families.chain([("all", &all)]) {
            let Counts { played, done, refused, rows, unknown, different } = counts;
            write!(f, "{name:30} {played:>6} {done:>6} {refused:>7} {rows:>5} {unknown:>7}")?;
            for (kind, _) in KINDS {
                match different.get(&kind) {
                    Some(count) => write!(f, " {count:>7}")?,
                    None => write!(f, " {:>7}", "")?,
                }
            }
            writeln!(f)?;
        }
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        writeln!(f, "\nunknown, most often:")?;
        for (reason, count) in reasons.iter().take(40) {
            writeln!(f, "{count:>6} {reason}")?;
        }
        for (reason, count) in &self.open {
            writeln!(f, "\nknown to differ, {count} times: {reason}")?;
        }
        Ok(())
    }
}

/// A sequence whose last statement shows a difference.
pub(super) struct Example<'a> {
    statements: Vec<Statement>,
    difference: &'a Difference,
    times: usize,
}

/// Returns one example of each kind of difference in each family, those that are most frequent first; those that are
/// known to be open only where they are wanted.
pub(super) fn examples(played: &[Vec<Step>], count: usize, known_too: bool) -> Vec<Example<'_>> {
    let mut examples: BTreeMap<(&Signature, &str), Example<'_>> = BTreeMap::new();
    for steps in played {
        for (place, step) in steps.iter().enumerate() {
            let Outcome::Different(differences) = &step.outcome else { continue };
            for difference in differences {
                if !known_too && open::reason(&difference.signature).is_some() {
                    continue;
                }
                let example = examples.entry((&difference.signature, step.statement.family)).or_insert_with(|| {
                    let before = steps[..place].iter().filter(|step| step.outcome.stands());
                    let statements = before.chain([step]).map(|step| step.statement.clone()).collect();
                    Example { statements, difference, times: 0 }
                });
                example.times += 1;
            }
        }
    }
    let mut examples: Vec<_> = examples.into_values().collect();
    examples.sort_by_key(|example| std::cmp::Reverse(example.times));
    examples.truncate(count);
    examples
}

impl Example<'_> {
    /// Returns the sequence as a script, as small as it gets, with what both say.
    pub(super) async fn shown(&self, recorder: &mut Recorder) -> String {
        let Signature { kind, what } = &self.difference.signature;
        let (statements, said) = shrink::smallest(recorder, &self.difference.signature, self.statements.clone()).await;
        let said = said.unwrap_or_else(|| (self.difference.postgres.clone(), self.difference.model.clone()));
        let mut text = format!("-- {kind:?} {what}: {} times\n", self.times);
        for statement in statements {
            text.push_str(&format!("{};\n", statement.sql));
        }
        format!("{text}--  Postgres: {}\n--  model:    {}\n\n", said.0, said.1)
    }
}
