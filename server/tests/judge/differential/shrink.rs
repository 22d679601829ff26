//! Sequences that still show a difference, made as small as they get.

use super::compare::{Kind, Outcome, Pair, Signature};
use super::family::Statement;
use crate::played::Recorder;

/// How often a sequence is played again at most.
const LIMIT: usize = 400;

/// A sequence whose last statement shows a difference.
pub(super) struct Shrinking<'a> {
    recorder: &'a mut Recorder,
    signature: &'a Signature,
    left: usize,
}

/// Returns the smallest sequence that was found, and what both say to its last statement.
pub(super) async fn smallest(
    recorder: &mut Recorder,
    signature: &Signature,
    mut statements: Vec<Statement>,
) -> (Vec<Statement>, Option<(String, String)>) {
    let mut shrinking = Shrinking { recorder, signature, left: LIMIT };
    shrinking.fewer(&mut statements).await;
    for place in (0..statements.len()).rev() {
        shrinking.shorter(&mut statements, place).await;
    }
    shrinking.fewer(&mut statements).await;
    let said = shrinking.difference(&statements).await;
    (statements, said)
}

impl Shrinking<'_> {
    /// Leaves out statements, many at once and then each; the last one stays.
    async fn fewer(&mut self, statements: &mut Vec<Statement>) {
        let mut size = statements.len() / 2;
        while size > 0 {
            // From behind: what stands on others goes before them.
            let mut end = statements.len() - 1;
            while end >= size {
                let mut fewer = statements.clone();
                fewer.drain(end - size..end);
                if self.shows(&fewer).await {
                    *statements = fewer;
                }
                end -= size;
            }
            size /= 2;
        }
    }

    /// Leaves out words of one statement.
    async fn shorter(&mut self, statements: &mut Vec<Statement>, place: usize) {
        for size in [16, 8, 4, 2, 1] {
            let mut start = 1;
            loop {
                let words = words(&statements[place].sql);
                if start + size > words.len() {
                    break;
                }
                let mut shorter = statements.clone();
                shorter[place].sql = [&words[..start], &words[start + size..]].concat().concat();
                if self.shows(&shorter).await {
                    *statements = shorter;
                } else {
                    start += 1;
                }
            }
        }
        statements[place].sql = statements[place].sql.trim().to_owned();
    }

    async fn shows(&mut self, statements: &[Statement]) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        self.difference(statements).await.is_some()
    }

    /// Returns what both say to the last statement, if they differ as they did.
    async fn difference(&mut self, statements: &[Statement]) -> Option<(String, String)> {
        let mut pair = Pair::new(self.recorder).await;
        pair.looks = false;
        let (last, before) = statements.split_last()?;
        for statement in before {
            // Each of them was done by both; a sequence in which one is not, is another sequence.
            if !pair.play(statement).await.stands() {
                return None;
            }
        }
        pair.looks = self.signature.kind == Kind::Catalog;
        let Outcome::Different(differences) = pair.play(last).await else { return None };
        let same = differences.into_iter().find(|difference| difference.signature == *self.signature)?;
        Some((same.postgres, same.model))
    }
}

/// Returns words with the white space behind them, brackets and commas apart.
fn words(sql: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut quoted = None;
    for (place, letter) in sql.char_indices() {
        let ends = match quoted {
            Some(quote) => {
                if letter == quote {
                    quoted = None;
                }
                false
            }
            None if letter == '\'' || letter == '"' => {
                quoted = Some(letter);
                false
            }
            None => letter == ' ' || matches!(letter, '(' | ')' | ',' | '.'),
        };
        if ends {
            let end = if letter == ' ' { place + 1 } else { place };
            words.push(&sql[start..end]);
            if letter != ' ' {
                words.push(&sql[place..=place]);
            }
            start = place + 1;
        }
    }
    words.push(&sql[start..]);
    words.retain(|word| !word.is_empty());
    words
}
