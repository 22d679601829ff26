//! Relative forms: `+N`, `-N`, `symbol+N`, `symbol-N`, each with `branch@` before it.

use super::error::Error;
use super::graph::{Graph, Index};
use super::identifier::Branch;

/// A text that counts steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Relative<'a> {
    pub(super) branch: Option<&'a str>,
    /// Where to start; none for the current revisions.
    pub(super) symbol: Option<&'a str>,
    /// Towards the heads.
    pub(super) up: bool,
    pub(super) steps: usize,
}

impl<'a> Relative<'a> {
    /// Reads a relative form; none if the text has not that form. As with Alembic, a branch may be any text, a symbol
    /// has only letters, digits and underscores, and what stands behind the digits plays no part.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let branches = text.match_indices('@').filter(|&(at, _)| at > 0);
        branches
            .map(|(at, _)| (Some(&text[..at]), &text[at + 1..]))
            .chain([(None, text)])
            .find_map(|(branch, rest)| Self::without_branch(rest).map(|relative| Self { branch, ..relative }))
    }

    /// Returns whether it counts towards the heads, from the current revisions.
    pub(super) fn is_up_from_current(&self) -> bool {
        self.symbol.is_none() && self.up && self.steps > 0
    }

    fn without_branch(text: &'a str) -> Option<Self> {
        let sign = text.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        let (symbol, rest) = text.split_at(sign);
        let up = rest.starts_with('+');
        let digits = rest.strip_prefix(['+', '-'])?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let steps = count(&digits[..end])?;
        Some(Self { branch: None, symbol: (!symbol.is_empty()).then_some(symbol), up, steps })
    }
}

/// Returns the number of steps of a `-N` that is not zero and nothing else.
pub(super) fn below_heads(text: &str) -> Option<usize> {
    count(text.strip_prefix('-')?).filter(|&steps| steps > 0)
}

/// Returns the value of ASCII digits; a number that does not fit is more than any history has revisions.
fn count(digits: &str) -> Option<usize> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all_digits.then(|| digits.parse().unwrap_or(usize::MAX))
}

/// What becomes of a walk that goes beyond the first or last revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overwalk {
    /// It is an error.
    Refused,
    /// It ends there.
    Clamped,
}

impl Graph {
    /// Walks towards the heads along `Revises`, on the branch if there is one. None is below the first revision.
    pub(super) fn walk_up(
        &self,
        start: Option<Index>,
        steps: usize,
        branch: Option<&Branch>,
        overwalk: Overwalk,
        text: &str,
    ) -> Result<Option<Index>, Error> {
        let mut at = start;
        for walked in 0..steps {
            let mut ways = at.map_or_else(|| self.bases(), |at| self.children(at).to_vec());
            if let Some(branch) = branch {
                ways.retain(|&way| branch.lineage.has(way));
            }
            match ways.as_slice() {
                [] if overwalk == Overwalk::Clamped => break,
                [] => return Err(Error::TooFar { text: text.to_owned(), available: walked }),
                [way] => at = Some(*way),
                _ => return Err(self.ambiguous_walk(text, at, &ways, '+', steps - walked - 1)),
            }
        }
        Ok(at)
    }

    /// Walks towards the base along `Revises`. None, below the first revision, is the last place that can be walked to.
    pub(super) fn walk_down(
        &self,
        start: Option<Index>,
        steps: usize,
        overwalk: Overwalk,
        text: &str,
    ) -> Result<Option<Index>, Error> {
        let mut at = start;
        for walked in 0..steps {
            at = match at.map(|at| self.parents(at)) {
                None if overwalk == Overwalk::Clamped => break,
                None => return Err(Error::TooFar { text: text.to_owned(), available: walked }),
                Some([]) => None,
                Some([parent]) => Some(*parent),
                Some(parents) => return Err(self.ambiguous_walk(text, at, parents, '-', steps - walked - 1)),
            };
        }
        Ok(at)
    }

    /// Returns the revision that lies that many steps below.
    pub(super) fn below(&self, start: Index, steps: usize, text: &str) -> Result<Index, Error> {
        let place = self.walk_down(Some(start), steps, Overwalk::Refused, text)?;
        place.ok_or_else(|| Error::TooFar { text: text.to_owned(), available: steps - 1 })
    }

    /// Says where the ways part, and offers those that do not end before the steps that are left are walked.
    fn ambiguous_walk(&self, text: &str, at: Option<Index>, ways: &[Index], sign: char, left: usize) -> Error {
        let neighbors = |at: Index| if sign == '+' { self.children(at) } else { self.parents(at) };
        let goes_on = |way: &&Index| {
            let mut at = **way;
            for walked in 0..left {
                match neighbors(at) {
                    // The step below the first revision is one too.
                    [] => return sign == '-' && walked + 1 == left,
                    [next] => at = *next,
                    // There the next question is asked.
                    _ => return true,
                }
            }
            true
        };
        let form = |&way: &Index| match left {
            0 => self.id(way).to_string(),
            left => format!("{}{sign}{left}", self.id(way)),
        };
        Error::AmbiguousWalk {
            text: text.to_owned(),
            at: at.map(|at| self.id(at).clone()),
            candidates: ways.iter().filter(goes_on).map(form).collect(),
        }
    }
}
