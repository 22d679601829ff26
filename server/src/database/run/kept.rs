//! What of a section stays when it stops. Its own BEGIN and COMMIT decide that, and what is not known is not claimed.

use std::fmt;
use std::ops::Range;

use limbeck_core::document::{Statement, Step};
use limbeck_core::sql::{TokenKind, Transactions, tokens, transactions};

/// What of a section stays. Statements are counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// How many statements the section has.
    pub count: usize,
    /// Those that are committed, in order.
    pub committed: Vec<usize>,
    /// Those of which something may stay or not, in order.
    pub unknown: Vec<usize>,
}

impl Kept {
    /// Says whether it is known that nothing stays.
    pub fn is_nothing(&self) -> bool {
        self.committed.is_empty() && self.unknown.is_empty()
    }

    /// Says whether the whole section stays.
    pub fn is_everything(&self) -> bool {
        self.count > 0 && self.committed.len() == self.count
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nothing() {
            return f.write_str("nothing of this revision was kept");
        }
        match self.committed.as_slice() {
            [] => {}
            [_] => write!(f, "{} of {} was committed and stays", list(&self.committed), self.count)?,
            _ => write!(f, "{} of {} were committed and stay", list(&self.committed), self.count)?,
        }
        if !self.unknown.is_empty() {
            let comma = if self.committed.is_empty() { "" } else { ", " };
            write!(f, "{comma}what of {} stays is not known", list(&self.unknown))?;
        }
        Ok(())
    }
}

/// Keeps account of a section while it runs.
pub(super) struct Ledger {
    kept: Kept,
    open: Option<Block>,
}

/// A transaction block that is open.
struct Block {
    first: usize,
    savepoint: Option<usize>,
    /// From here on something was rolled back to a savepoint.
    doubtful: Option<usize>,
}

impl Block {
    fn new(first: usize) -> Self {
        Self { first, savepoint: None, doubtful: None }
    }
}

impl Ledger {
    /// Opens the account of a step.
    pub(super) fn new(step: &Step) -> Self {
        let kept = Kept { count: step.statements.len(), ..Kept::default() };
        Self { kept, open: step.transaction.then(|| Block::new(0)) }
    }

    /// Enters a statement that ran.
    pub(super) fn ran(&mut self, position: usize, statement: &Statement) {
        let block = self.open.take();
        match (transactions(&statement.sql, &statement.kind), statement.kind.as_str(), block) {
            // Inside of a transaction, BEGIN is a warning.
            (Transactions::Begins, _, block) => self.open = block.or_else(|| Some(Block::new(position))),
            (Transactions::Ends, kind, block) => {
                match (kind, block) {
                    ("rollback", _) => {}
                    ("commit", Some(Block { first, doubtful, .. })) => {
                        let end = doubtful.unwrap_or(position + 1);
                        self.kept.committed.extend(first..end);
                        self.kept.unknown.extend(end..position + 1);
                    }
                    ("commit", None) => self.kept.committed.push(position),
                    // Who prepares a transaction has it ended by somebody else.
                    (_, Some(Block { first, .. })) => self.kept.unknown.extend(first..position + 1),
                    (_, None) => {}
                }
                self.open = chains(&statement.sql).then(|| Block::new(position + 1));
            }
            (_, kind, Some(mut block)) => {
                match kind {
                    "savepoint" => block.savepoint = block.savepoint.or(Some(position)),
                    "rollback" => block.doubtful = block.doubtful.or(block.savepoint),
                    _ => {}
                }
                self.open = Some(block);
            }
            (_, _, None) => self.kept.committed.push(position),
        }
    }

    /// Returns what stays if nothing more is run.
    pub(super) fn stopped(&self) -> Kept {
        self.kept.clone()
    }

    /// Returns what stays when nothing more is run.
    pub(super) fn stop(self) -> Kept {
        // A transaction that nobody ended is rolled back.
        self.kept
    }

    /// Returns what stays when a statement fails, or the connection with it: whether it ran is then not known.
    pub(super) fn stop_in(mut self, position: usize, statement: &Statement, connection_is_gone: bool) -> Kept {
        let relation = transactions(&statement.sql, &statement.kind);
        let doubtful = match &self.open {
            Some(block) if connection_is_gone && relation == Transactions::Ends && statement.kind != "rollback" => {
                block.first..position + 1
            }
            None if connection_is_gone && relation != Transactions::Begins => position..position + 1,
            None if commits_itself(statement, relation) => position..position + 1,
            _ => 0..0,
        };
        self.kept.unknown.extend(doubtful);
        self.kept
    }

    /// Returns what stays when a section was found to have ended the transaction of its step.
    pub(super) fn stop_ended(mut self) -> Kept {
        // By what, if no statement says so?
        if let Some(Block { first: 0, .. }) = self.open {
            self.kept.unknown.extend(0..self.kept.count);
        }
        self.kept
    }
}

/// Says whether a statement outside a transaction may have committed something before it failed.
fn commits_itself(statement: &Statement, relation: Transactions) -> bool {
    let mentions = |word: &str| {
        statement.sql.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
    };
    match statement.kind.as_str() {
        "call" => true,
        // In whatever language: `COMMIT`, `plpy.commit()`, or a procedure that does it.
        "do" => mentions("commit") || mentions("call"),
        // What the parser could not read.
        "unknown" => true,
        // Its first transaction marks the partition. What an index leaves behind is looked for.
        _ => relation == Transactions::OnlyOutside("ALTER TABLE ... DETACH CONCURRENTLY"),
    }
}

/// Says whether the end of a transaction begins the next one: `AND CHAIN`.
fn chains(sql: &str) -> bool {
    let tokens = tokens(sql).into_iter().filter(|token| token.kind != TokenKind::Comment);
    let words: Vec<String> = tokens.filter_map(|token| Some(sql.get(token.range)?.to_ascii_lowercase())).collect();
    words.ends_with(&["and".to_owned(), "chain".to_owned()])
}

/// `statements 1 to 3, 5 and 7`.
fn list(positions: &[usize]) -> String {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for &position in positions {
        match runs.last_mut() {
            Some(run) if run.end == position => run.end += 1,
            _ => runs.push(position..position + 1),
        }
    }
    let run = |run: &Range<usize>| match run.len() {
        1 => run.end.to_string(),
        _ => format!("{} to {}", run.start + 1, run.end),
    };
    let mut text = if positions.len() == 1 { "statement ".to_owned() } else { "statements ".to_owned() };
    for (at, range) in runs.iter().enumerate() {
        text.push_str(match at {
            0 => "",
            at if at + 1 == runs.len() => " and ",
            _ => ", ",
        });
        text.push_str(&run(range));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_listed_as_a_person_would() {
        assert_eq!(list(&[0]), "statement 1");
        assert_eq!(list(&[0, 1]), "statements 1 to 2");
        assert_eq!(list(&[0, 4]), "statements 1 and 5");
        assert_eq!(list(&[0, 1, 2, 4, 6, 7]), "statements 1 to 3, 5 and 7 to 8");
    }

    #[test]
    fn a_transaction_is_followed_by_another_only_where_it_says_so() {
        for (sql, expected) in [
            ("COMMIT", false),
            ("ROLLBACK WORK AND\n CHAIN", true),
            ("end and /* no */ chain", true),
            ("COMMIT AND NO CHAIN", false),
            ("COMMIT -- and chain", false),
        ] {
            assert_eq!(chains(sql), expected, "{sql}");
        }
    }
}
