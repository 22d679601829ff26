//! The tables that a plan makes itself.

use std::collections::BTreeSet;

use super::words::{Word, key, names};

/// The tables that the plan itself has made so far: what is in them was put there by the plan.
///
/// A loss of older data shows where it leaves its older table; so a history that makes a column and drops it later
/// runs on an empty database without a question.
#[derive(Debug, Default)]
pub(super) struct Made(BTreeSet<String>);

impl Made {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(&key(name))
    }

    /// Takes note that any name may mean another table from here on.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// Takes note of what a statement makes, renames or drops.
    pub(super) fn note(&mut self, words: &[Word<'_>]) {
        let is = |at: usize, keyword: &str| words.get(at).is_some_and(|word| word.is(keyword));
        let any = |keyword: &str| words.iter().any(|word| word.is(keyword));
        // Names may mean other tables from here on, or rows of other tables stand in those made.
        if any("SEARCH_PATH") || words.iter().any(|word| word.is("'SEARCH_PATH'")) {
            self.forget();
        } else if is(0, "CREATE") {
            let options = ["GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED"];
            let at = 1 + words.iter().skip(1).take_while(|word| options.iter().any(|it| word.is(it))).count();
            if is(at, "TABLE") && !is(at + 1, "IF") {
                self.0.extend(names(words, at + 1, false).iter().map(|name| key(name)));
            }
        } else if is(0, "DROP") && is(1, "TABLE") {
            for name in names(words, 2, true) {
                self.0.remove(&key(&name));
            }
        } else if is(0, "DROP") && is(1, "SCHEMA") {
            self.forget();
        } else if is(0, "ALTER") && (any("ATTACH") || any("INHERIT") || any("SCHEMA") || any("RENAME")) {
            self.rename(words);
        }
    }

    fn rename(&mut self, words: &[Word<'_>]) {
        let to = words.windows(2).position(|pair| matches!(pair, [a, b] if a.is("RENAME") && b.is("TO")));
        let was = key(&names(words, 2, false).concat());
        match to.and_then(|at| words.get(at + 2)) {
            Some(name) if words.get(1).is_some_and(|word| word.is("TABLE")) => {
                let schema = was.rsplit_once('.').map(|(schema, _)| format!("{schema}.")).unwrap_or_default();
                let is = format!("{schema}{}", key(name.text));
                if self.0.remove(&was) {
                    self.0.insert(is);
                } else {
                    self.0.remove(&is);
                }
            }
            // A column; its table stays.
            None if words.iter().any(|word| word.is("RENAME")) && words.get(1).is_some_and(|word| word.is("TABLE")) => {
            }
            _ => self.forget(),
        }
    }
}
