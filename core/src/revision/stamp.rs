//! Stamps: version rows set by hand, without running anything.

use super::error::Error;
use super::graph::{Graph, Index};
use super::identifier::split_branch;
use super::marks::Marks;
use super::rows::{RowChange, Rows};

impl Graph {
    /// Returns the writes that set the version rows to the targets. Rows that share no lineage with a target,
    /// dependencies counted, stay as they are; `base` takes out all rows, `branch@base` those of the branch.
    ///
    /// With `purge` the caller empties the table first, whatever it holds, and the writes start from there.
    pub fn stamp(&self, rows: &[Index], targets: &[&str], purge: bool) -> Result<Vec<RowChange>, Error> {
        self.whole()?;
        let mut rows = if purge { Vec::new() } else { rows.to_vec() };
        rows.sort_by_key(|&row| self.id(row));
        let mut to = Vec::new();
        let mut seen = Marks::none(self);
        for target in targets {
            to.extend(self.stamp_target(target)?.into_iter().filter(|&i| seen.insert(i)));
        }
        let affected = self.affected(&rows, targets)?;
        let is_affected = {
            let mut marks = Marks::none(self);
            for &row in &affected {
                marks.insert(row);
            }
            marks
        };
        let mut table = Rows::new(self, &rows);
        if to.is_empty() {
            return Ok(table.replace(&affected, &[]));
        }
        let mut changes = Vec::new();
        for target in to.into_iter().filter(|&target| !is_affected.has(target)) {
            let above = self.with_descendants(&[target]);
            let below = self.with_ancestors(&[target]);
            let moves_down = affected.iter().find(|&&row| above.has(row));
            let moves_up = affected.iter().find(|&&row| below.has(row));
            let gone: Vec<Index> = match (moves_down, moves_up) {
                (Some(&descendant), Some(&ancestor)) => {
                    let (ancestor, descendant) = (self.id(ancestor).clone(), self.id(descendant).clone());
                    return Err(Error::Overlap { ancestor, descendant, in_database: true });
                }
                (None, None) => Vec::new(),
                // An earlier target has taken over the rows: this one stands beside it.
                _ if affected.iter().any(|&row| !table.has(row)) => Vec::new(),
                _ => affected.clone(),
            };
            if !table.has(target) {
                changes.extend(table.replace(&gone, &[target]));
            }
        }
        Ok(changes)
    }

    fn stamp_target(&self, text: &str) -> Result<Vec<Index>, Error> {
        match split_branch(text) {
            // Relative forms are no targets of a stamp.
            (_, symbol) if symbol.starts_with(['-', '+']) => {
                self.resolve_one(symbol).map(|one| one.into_iter().collect())
            }
            _ => self.resolve(text),
        }
    }

    /// Returns the rows that share lineage with any of the targets, in the order of the targets.
    fn affected(&self, rows: &[Index], targets: &[&str]) -> Result<Vec<Index>, Error> {
        let mut affected = Vec::new();
        let mut seen = Marks::none(self);
        for target in targets {
            let (branch, symbol) = split_branch(target);
            let mut near: Vec<Index> =
                branch.map(|branch| self.branch(branch)).transpose()?.iter().map(|b| b.revision).collect();
            near.extend(self.stamp_target(target)?);
            let everything = branch.is_none() && symbol == "base";
            let below = self.with_ancestors(&near);
            let above = self.with_descendants(&near);
            let shares_lineage = |row: Index| everything || below.has(row) || above.has(row);
            affected.extend(rows.iter().copied().filter(|&row| shares_lineage(row) && seen.insert(row)));
        }
        Ok(affected)
    }
}
