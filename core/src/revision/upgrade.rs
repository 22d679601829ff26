//! Upgrades: what must be applied so that a target is.

use crate::document::Direction;

use super::error::Error;
use super::graph::{Graph, Index};
use super::relative::{Overwalk, Relative};
use super::rows::Step;

impl Graph {
    /// Returns the steps that lead from the version rows to a target, in the order in which they run: all that the
    /// target needs and that is not applied. Nothing where all is applied already.
    pub fn upgrade(&self, rows: &[Index], target: &str) -> Result<Vec<Step>, Error> {
        self.whole()?;
        let targets = self.upgrade_targets(rows, target, Overwalk::Refused)?;
        self.side_by_side(&targets, false)?;
        self.side_by_side(rows, true)?;
        let required = self.with_ancestors(&targets);
        let applied = self.with_ancestors(rows);
        let oldest_first = self.newest_first().iter().rev().copied();
        Ok(self.upgrade_steps(rows, oldest_first.filter(|&i| required.has(i) && !applied.has(i))))
    }

    /// Returns everything that version rows stand for: the revisions that are applied, oldest first.
    pub fn applied(&self, rows: &[Index]) -> Vec<Index> {
        let applied = self.with_ancestors(rows);
        self.newest_first().iter().rev().copied().filter(|&i| applied.has(i)).collect()
    }

    /// Returns the revisions that a target names, counted from the current revisions where it is relative to them.
    pub(super) fn upgrade_targets(
        &self,
        current: &[Index],
        text: &str,
        overwalk: Overwalk,
    ) -> Result<Vec<Index>, Error> {
        let Some(relative) = Relative::parse(text) else {
            return self.resolve(text);
        };
        let branch = relative.branch.map(|branch| self.branch(branch)).transpose()?;
        let up = relative.up && relative.steps > 0;
        let place = match relative.symbol {
            None if !up => {
                let rows = self.ids(current);
                return Err(Error::NotATarget { text: text.to_owned(), direction: Direction::Upgrade, rows });
            }
            None => {
                let starts = match &branch {
                    None => current.to_vec(),
                    Some(branch) => self.tips_on(current, |i| branch.lineage.has(i)),
                };
                if let [_, _, ..] = starts.as_slice() {
                    let candidates = self.exact_upgrades(current, &starts, relative.steps);
                    return Err(Error::AmbiguousWalk { text: text.to_owned(), at: None, candidates });
                }
                self.walk_up(starts.first().copied(), relative.steps, branch.as_ref(), overwalk, text)?
            }
            Some(symbol) if up => {
                self.walk_up(self.resolve_one(symbol)?, relative.steps, branch.as_ref(), overwalk, text)?
            }
            Some(symbol) => {
                let start = self.resolve_on(branch.as_ref(), symbol)?;
                self.walk_down(start, relative.steps, overwalk, text)?
            }
        };
        match place {
            None if overwalk == Overwalk::Refused => {
                Err(Error::TooFar { text: text.to_owned(), available: relative.steps.saturating_sub(1) })
            }
            place => Ok(place.into_iter().collect()),
        }
    }

    /// Returns the current revisions on a branch; where there is none, the last applied revisions on it.
    fn tips_on(&self, current: &[Index], on_branch: impl Fn(Index) -> bool) -> Vec<Index> {
        let rows: Vec<Index> = current.iter().copied().filter(|&row| on_branch(row)).collect();
        if !rows.is_empty() {
            return rows;
        }
        let applied = self.with_ancestors(current);
        let active = |i: Index| applied.has(i) && on_branch(i);
        let is_tip = |i: Index| active(i) && !self.normalized_children(i).iter().any(|&child| active(child));
        self.newest_first().iter().copied().filter(|&i| is_tip(i)).collect()
    }

    /// Returns, for each start from which that many steps can be walked, a form that walks them.
    fn exact_upgrades(&self, current: &[Index], starts: &[Index], steps: usize) -> Vec<String> {
        let form = |&start: &Index| {
            let id = self.id(start).as_str();
            let by_id = format!("{id}+{steps}");
            let place = self.walk_up(Some(start), steps, None, Overwalk::Refused, &by_id).ok()?;
            let leads_there = |branch: &&str| {
                self.branch(branch).is_ok_and(|branch| {
                    self.tips_on(current, |i| branch.lineage.has(i)) == [start]
                        && self.walk_up(Some(start), steps, Some(&branch), Overwalk::Refused, &by_id) == Ok(place)
                })
            };
            let by_label = self.labels_of(start).into_iter().find(leads_there);
            let by_branch = by_label.or_else(|| Relative::parse(&by_id).is_none().then_some(id).filter(leads_there));
            Some(by_branch.map_or(by_id.clone(), |branch| format!("{branch}@+{steps}")))
        };
        let mut forms: Vec<String> = starts.iter().filter_map(form).collect();
        forms.sort_unstable();
        forms
    }
}
