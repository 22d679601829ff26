//! Downgrades: what must be undone so that a target is the last that is applied.

use crate::document::Direction;

use super::error::Error;
use super::graph::{Graph, Index};
use super::identifier::Branch;
use super::marks::Marks;
use super::relative::{Overwalk, Relative};
use super::rows::Step;

impl Graph {
    /// Returns the steps that lead from the version rows down to a target, in the order in which they run: all that is
    /// applied above the target, and all that needs it. Nothing where the target is a current revision.
    pub fn downgrade(&self, rows: &[Index], target: &str) -> Result<Vec<Step>, Error> {
        self.whole()?;
        let active = self.with_ancestors(rows);
        let undone = self.undone(rows, &active, target)?;
        Ok(self.downgrade_steps(rows, &active, undone.into_iter()))
    }

    /// Returns what a downgrade undoes, children first.
    fn undone(&self, rows: &[Index], active: &Marks, target: &str) -> Result<Vec<Index>, Error> {
        let down = Downgrade { graph: self, rows, active, text: target };
        let undone = match Relative::parse(target) {
            Some(relative) => down.relative(relative)?,
            None => down.absolute(target)?,
        };
        Ok(self.newest_first().iter().copied().filter(|&i| undone.has(i)).collect())
    }
}

/// A downgrade that is being worked out.
struct Downgrade<'a> {
    graph: &'a Graph,
    rows: &'a [Index],
    /// The rows and all that they need.
    active: &'a Marks,
    /// The target as it was asked for.
    text: &'a str,
}

impl Downgrade<'_> {
    fn absolute(&self, text: &str) -> Result<Marks, Error> {
        let (branch, symbol) = match text.rsplit_once('@') {
            Some(("", symbol)) => (None, symbol),
            Some((branch, symbol)) => (Some(self.graph.branch(branch)?), symbol),
            None => (None, text),
        };
        match (self.graph.resolve_one(symbol)?, branch) {
            (None, Some(branch)) => Ok(self.branch_to_base(&branch)),
            (target, branch) => self.to(target, branch.as_ref()),
        }
    }

    fn relative(&self, relative: Relative) -> Result<Marks, Error> {
        let branch = relative.branch.map(|branch| self.graph.branch(branch)).transpose()?;
        let down = !relative.up && relative.steps > 0;
        match relative.symbol {
            None if !down => Err(self.not_a_target()),
            None => self.below_current(relative.steps, branch),
            Some(symbol) if down => {
                let start = self.graph.resolve_on(branch.as_ref(), symbol)?;
                let place = self.graph.walk_down(start, relative.steps, Overwalk::Refused, self.text)?;
                self.to(place, branch.as_ref())
            }
            Some(symbol) => {
                let start = self.graph.resolve_one(symbol)?;
                match self.graph.walk_up(start, relative.steps, branch.as_ref(), Overwalk::Refused, self.text)? {
                    None => Err(Error::TooFar { text: self.text.to_owned(), available: 0 }),
                    place => self.to(place, branch.as_ref()),
                }
            }
        }
    }

    /// Undoes what is applied above a target, on the branch alone if there is one; above the base are all bases.
    fn to(&self, target: Option<Index>, branch: Option<&Branch>) -> Result<Marks, Error> {
        let mut lowest = target.map_or_else(|| self.graph.bases(), |target| self.graph.children(target).to_vec());
        if let (Some(branch), [_, _, ..]) = (branch, lowest.as_slice()) {
            let below_branch = self.graph.with_version_ancestors(&[branch.revision]);
            lowest.retain(|&i| below_branch.has(i));
            if lowest.is_empty() {
                return Err(self.not_a_target());
            }
        }
        let undone = self.active_from(&lowest);
        match target {
            Some(target) if undone.is_empty() && !self.rows.contains(&target) => Err(self.not_a_target()),
            _ => Ok(undone),
        }
    }

    /// Undoes a number of revisions below the one current revision, or below the one on the branch. A merge point may
    /// be the last of them: undoing it leaves its parents as the current revisions.
    fn below_current(&self, steps: usize, branch: Option<Branch>) -> Result<Marks, Error> {
        let starts = self.starts(branch.as_ref());
        let start = match starts.as_slice() {
            [] if branch.is_some() => return Err(self.not_a_target()),
            [] => return Err(Error::TooFar { text: self.text.to_owned(), available: 0 }),
            [start] => *start,
            _ => {
                self.graph.side_by_side(self.rows, true)?;
                let candidates = self.exact_forms(&starts, steps);
                return Err(Error::AmbiguousWalk { text: self.text.to_owned(), at: None, candidates });
            }
        };
        let walk = |steps| self.graph.walk_down(Some(start), steps, Overwalk::Refused, self.text);
        // Where the way parts, what can be named is where it ends, and not the last revision that is undone.
        let last = walk(steps - 1).map_err(|error| self.on_one_side(walk(steps).err().unwrap_or(error), steps))?;
        if let Some(merge) = last.filter(|&last| self.graph.parents(last).len() > 1) {
            return Ok(self.active_from(&[merge]));
        }
        let place = self.graph.walk_down(last, 1, Overwalk::Refused, self.text).map_err(|error| match error {
            Error::TooFar { text, .. } => Error::TooFar { text, available: steps - 1 },
            other => other,
        })?;
        match branch {
            Some(branch) => self.to(place, Some(&branch)),
            None => self.to(place, Some(&self.graph.branch(self.graph.id(start).as_str())?)),
        }
    }

    /// Names, where the way parts at a merge point, the forms that undo as many revisions as were asked for: along one
    /// side, and nothing beside it. Where a side parts again, the next question is asked there.
    fn on_one_side(&self, mut error: Error, steps: usize) -> Error {
        if let Error::AmbiguousWalk { candidates, .. } = &mut error {
            let form = |candidate: String| {
                let side = candidate.split('-').next().unwrap_or_default();
                let alone = format!("{side}@{candidate}");
                [candidate, alone].into_iter().find(|form| match self.graph.undone(self.rows, self.active, form) {
                    Ok(undone) => undone.len() == steps,
                    Err(error) => matches!(error, Error::AmbiguousWalk { .. }),
                })
            };
            *candidates = std::mem::take(candidates).into_iter().filter_map(form).collect();
            let applied = self.graph.newest_first().iter().filter(|&&i| self.active.has(i));
            if candidates.is_empty() && applied.count() == steps {
                candidates.push("base".to_owned());
            }
        }
        error
    }

    /// Returns the current revisions, or those on a branch; where no row is on it, what is current there because a row
    /// needs it.
    fn starts(&self, branch: Option<&Branch>) -> Vec<Index> {
        let Some(branch) = branch else {
            return self.rows.to_vec();
        };
        let on_branch = |i: &Index| branch.lineage.has(*i);
        let rows: Vec<Index> = self.rows.iter().copied().filter(on_branch).collect();
        match rows.as_slice() {
            [] => self.graph.current(self.rows).into_iter().filter(on_branch).collect(),
            _ => rows,
        }
    }

    /// Undoes a branch and all that stands on it, then those of its ancestors that nothing else applied stands on.
    fn branch_to_base(&self, branch: &Branch) -> Marks {
        let mut undone = self.active_from(&[branch.revision]);
        let ancestors = self.graph.with_version_ancestors(&[branch.revision]);
        for &i in self.graph.newest_first().iter().filter(|&&i| ancestors.has(i) && self.active.has(i)) {
            if self.graph.normalized_children(i).iter().all(|&child| undone.has(child) || !self.active.has(child)) {
                undone.insert(i);
            }
        }
        undone
    }

    /// Returns what is applied of the revisions and of all that needs them.
    fn active_from(&self, lowest: &[Index]) -> Marks {
        let mut marks = self.graph.with_descendants(lowest);
        marks.retain(|i| self.active.has(i));
        marks
    }

    /// Returns, for each start from which that many steps can be undone, the form that undoes them and nothing beside
    /// them: by label where one tells the branches apart, else by id.
    fn exact_forms(&self, starts: &[Index], steps: usize) -> Vec<String> {
        let form = |&start: &Index| {
            let id = self.graph.id(start).as_str();
            let wanted = self.undone_by(&format!("{id}@-{steps}"), start)?;
            let mut branches = self.graph.labels_of(start);
            branches.push(id);
            let by_branch = branches.iter().map(|branch| format!("{branch}@-{steps}"));
            let mut forms = by_branch.chain([format!("{id}-{steps}")]);
            forms.find(|form| self.undone_by(form, start).as_ref() == Some(&wanted))
        };
        let mut forms: Vec<String> = starts.iter().filter_map(form).collect();
        forms.sort_unstable();
        forms
    }

    /// Returns what a form undoes, if it starts at one revision alone.
    fn undone_by(&self, form: &str, start: Index) -> Option<Vec<Index>> {
        let relative = Relative::parse(form)?;
        if let (Some(branch), None) = (relative.branch, relative.symbol)
            && self.starts(Some(&self.graph.branch(branch).ok()?)) != [start]
        {
            return None;
        }
        self.graph.undone(self.rows, self.active, form).ok()
    }

    fn not_a_target(&self) -> Error {
        let mut rows = self.graph.ids(self.rows);
        rows.sort_unstable();
        Error::NotATarget { text: self.text.to_owned(), direction: Direction::Downgrade, rows }
    }
}
