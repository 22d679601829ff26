//! What came of all corpora: a table, and what differs or is not known.

use std::collections::BTreeMap;
use std::fmt;

use super::player::{Played, Step};
use crate::differential::{Difference, Kind, Outcome};

/// What came of all of them.
pub(super) struct Verdict<'a> {
    played: &'a [Played],
}

/// How often what came of the statements of a corpus.
#[derive(Default)]
struct Counts {
    played: usize,
    done: usize,
    refused: usize,
    rows: usize,
    unknown: usize,
    different: usize,
}

impl Counts {
    fn of<'a>(steps: impl Iterator<Item = &'a Step>) -> Self {
        let mut counts = Self::default();
        for step in steps {
            counts.played += 1;
            *match &step.outcome {
                Outcome::Done => &mut counts.done,
                Outcome::Refused => &mut counts.refused,
                Outcome::RefusedForRows => &mut counts.rows,
                Outcome::Unknown(_) => &mut counts.unknown,
                Outcome::Different(_) => &mut counts.different,
            } += 1;
        }
        counts
    }
}

impl<'a> Verdict<'a> {
    pub(super) fn of(played: &'a [Played]) -> Self {
        Self { played }
    }

    fn steps(&self) -> impl Iterator<Item = &'a Step> {
        self.played.iter().flat_map(|played| &played.steps)
    }

    /// Returns what may not be, in words.
    pub(super) fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for step in self.steps() {
            let Outcome::Different(differences) = &step.outcome else { continue };
            for difference in differences {
                let (what, sql) = (&difference.signature, &step.sql);
                wrong.push(format!(
                    "{:?} {} in {}:\n{sql};\n-- Postgres: {}\n-- model:    {}\n",
                    what.kind, what.what, step.file, difference.postgres, difference.model
                ));
            }
        }
        for played in self.played {
            for (file, difference) in played.apart.iter().filter(|(_, difference)| !is_of_later_key_words(difference)) {
                let what = &difference.signature.what;
                wrong.push(format!(
                    "{:?} {what} behind {} {file}:\n-- Postgres: {}\n-- model:    {}\n",
                    Kind::Catalog,
                    played.name,
                    difference.postgres,
                    difference.model
                ));
            }
        }
        let all = Counts::of(self.steps());
        if all.unknown * 100 > all.played * 3 {
            wrong.push(format!("{} of {} are unknown, which is more than 3 %", all.unknown, all.played));
        }
        wrong
    }
}

impl fmt::Display for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:22} {:>6} {:>6} {:>7} {:>5} {:>7} {:>9}",
            "", "played", "done", "refused", "rows", "unknown", "different"
        )?;
        let line = |name: &str, counts: Counts, f: &mut fmt::Formatter<'_>| {
            let Counts { played, done, refused, rows, unknown, different } = counts;
            writeln!(f, "{name:22} {played:>6} {done:>6} {refused:>7} {rows:>5} {unknown:>7} {different:>9}")
        };
        for played in self.played {
            line(played.name, Counts::of(played.steps.iter()), f)?;
        }
        line("all", Counts::of(self.steps()), f)?;
        let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for step in self.steps() {
            if let Outcome::Unknown(why) = &step.outcome {
                *reasons.entry((step.kind, why)).or_default() += 1;
            }
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        writeln!(f, "\nunknown, most often:")?;
        for ((kind, why), count) in reasons {
            writeln!(f, "{count:>6} {kind}: {why}")?;
        }
        writeln!(f, "\nunknown, and refused by both:")?;
        for played in self.played {
            for step in &played.steps {
                let because = match &step.outcome {
                    Outcome::Refused => "refused",
                    Outcome::RefusedForRows => "refused for its rows",
                    Outcome::Unknown(why) => why,
                    _ => continue,
                };
                let words: Vec<&str> = step.sql.split_whitespace().collect();
                let start: String = words.join(" ").chars().take(140).collect();
                writeln!(f, "{} {}: {because}: {start}", played.name, step.file)?;
            }
        }
        Ok(())
    }
}

/// Returns whether names alone differ, by the quotes around a word that is a key word only of servers newer than the
/// judge. It goes when the model spells names by the version of the server.
fn is_of_later_key_words(difference: &Difference) -> bool {
    difference.model.replace("\"\\\"json\\\"\"", "\"json\"") == difference.postgres
}
