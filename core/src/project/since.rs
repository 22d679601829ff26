//! Which revisions are new or changed since others have the project.

use std::collections::BTreeSet;

use super::Project;
use crate::diagnostic::{Diagnostic, Level};
use crate::revision::Index;
use crate::script::{Published, Revision};

impl Project {
    /// Returns the positions of revisions whose files are among `changed`, by path. A file that only moved is not new:
    /// then `published` has one with the same revision.
    pub fn changed(&self, changed: &BTreeSet<String>, published: &[Published]) -> Vec<Index> {
        let before: Vec<Revision> = published.iter().filter_map(Published::revision).collect();
        let moved = |now: &Revision| before.iter().any(|old| is_same(old, now));
        let of = |(index, revision): (Index, &Revision)| {
            (changed.contains(&revision.path) && !moved(revision)).then_some(index)
        };
        self.revisions.iter().enumerate().filter_map(of).collect()
    }

    /// Returns of all that is wrong what somebody has to mend who changed these files: what is wrong in them, and every
    /// error of the history, wherever it is placed.
    pub fn validate_changed(&self, changed: &BTreeSet<String>) -> Vec<Diagnostic> {
        let is_theirs = |finding: &Diagnostic| finding.path.as_ref().is_some_and(|path| changed.contains(path));
        let of_history = |finding: &Diagnostic| finding.level == Level::Error && self.findings.contains(finding);
        self.validate().into_iter().filter(|finding| is_theirs(finding) || of_history(finding)).collect()
    }
}

/// Returns whether two files hold the same revision at the same place of the history.
fn is_same(old: &Revision, now: &Revision) -> bool {
    old.id == now.id && old.checksum == now.checksum && old.revises == now.revises && old.depends_on == now.depends_on
}
