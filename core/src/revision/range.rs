//! Ranges `a:b` of a history, and what is current in a database.

use super::error::Error;
use super::graph::{Graph, Index};
use super::identifier::split_branch;
use super::marks::Marks;
use super::relative::{self, Overwalk, Relative};

impl Graph {
    /// Returns the revisions from one end of a range to the other, both included, newest first.
    ///
    /// Without a lower end it starts at the base, without an upper end it goes to the heads. `current` stands for the
    /// version rows, if there are any to ask. A relative upper end counts from the lower end; `-N` as the lower end
    /// counts from the heads; both stop at the last revision there is. If the lower end stands on a branch, so does the
    /// range.
    pub fn range(&self, range: &str, rows: Option<&[Index]>) -> Result<Vec<Index>, Error> {
        let bad = || Error::BadRange { text: range.to_owned() };
        let (lower, upper) = range.trim().split_once(':').filter(|(_, upper)| !upper.contains(':')).ok_or_else(bad)?;
        let lower = if lower.is_empty() { "base" } else { lower };
        let upper = if upper.is_empty() { "heads" } else { upper };
        let current = |end: &str| rows.filter(|_| end == "current");

        let mut to = match current(upper) {
            Some(rows) => rows.to_vec(),
            None => {
                let from = match (current(lower), Relative::parse(upper).filter(Relative::is_up_from_current)) {
                    (_, None) => Vec::new(),
                    (Some(rows), _) => rows.to_vec(),
                    (None, Some(Relative { branch: Some(_), .. })) => self.resolve(lower)?,
                    (None, Some(_)) => self.resolve_one(lower)?.into_iter().collect(),
                };
                self.upgrade_targets(&from, upper, Overwalk::Clamped)?
            }
        };
        if let (Some(branch), _) = split_branch(lower) {
            self.keep_branch(&mut to, branch)?;
        }
        self.side_by_side(&to, false)?;
        let from = match current(lower) {
            Some(rows) => rows.to_vec(),
            None => self.lower_end(lower)?,
        };
        let required = self.with_ancestors(&to);
        if from.iter().any(|&i| !required.has(i)) {
            let below = self.with_ancestors(&from);
            let swapped = !to.is_empty() && to.iter().all(|&i| below.has(i));
            return Err(Error::NotARange { lower: lower.to_owned(), upper: upper.to_owned(), swapped });
        }
        self.side_by_side(&from, false)?;
        let mut before = self.with_ancestors(&from);
        for &i in &from {
            before.remove(i);
        }
        let above = (!from.is_empty()).then(|| self.with_version_descendants(&from));
        let inside = |i: Index| required.has(i) && !before.has(i) && above.as_ref().is_none_or(|above| above.has(i));
        Ok(self.newest_first().iter().copied().filter(|&i| inside(i)).collect())
    }

    /// Returns what is current when the database has these version rows: the rows, and the tips of the branches that
    /// they need. Newest first.
    pub fn current(&self, rows: &[Index]) -> Vec<Index> {
        let applied = self.with_ancestors(rows);
        let is_tip = |i: Index| applied.has(i) && !self.children(i).iter().any(|&child| applied.has(child));
        self.newest_first().iter().copied().filter(|&i| is_tip(i)).collect()
    }

    fn lower_end(&self, text: &str) -> Result<Vec<Index>, Error> {
        let (branch, symbol) = split_branch(text);
        let Some(steps) = relative::below_heads(symbol) else {
            return self.resolve(text);
        };
        let mut ends = Vec::new();
        let mut seen = Marks::none(self);
        for head in self.heads_to_count_from(branch)? {
            match self.walk_down(Some(head), steps, Overwalk::Clamped, text)? {
                Some(end) => ends.extend(seen.insert(end).then_some(end)),
                None => return Ok(Vec::new()),
            }
        }
        Ok(ends)
    }

    /// Keeps the revisions that carry a label, or stand on the branch that a revision names.
    fn keep_branch(&self, revisions: &mut Vec<Index>, branch: &str) -> Result<(), Error> {
        let declared = match self.label(branch) {
            Some(declared) => Some(declared),
            None => match self.labels_of(self.branch(branch)?.revision).as_slice() {
                [only] => self.label(only),
                _ => None,
            },
        };
        match declared {
            Some(declared) => revisions.retain(|&i| self.carries(i, declared)),
            None => {
                let lineage = self.branch(branch)?.lineage;
                revisions.retain(|&i| lineage.has(i));
            }
        }
        Ok(())
    }
}
