//! A second, slow and obvious reading of the same histories: sets of ids, computed by definition.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_core::revision::{Node, RevisionId};

pub(crate) type Ids<'a> = BTreeSet<&'a str>;

/// A whole history.
pub(crate) struct Model<'a> {
    parents: BTreeMap<&'a str, Ids<'a>>,
    dependencies: BTreeMap<&'a str, Ids<'a>>,
    labels: BTreeMap<&'a str, &'a str>,
}

impl<'a> Model<'a> {
    pub(crate) fn new(nodes: &'a [Node]) -> Self {
        let labels: BTreeMap<&str, &str> = nodes
            .iter()
            .flat_map(|node| node.branch_labels.iter().map(|label| (label.as_str(), node.id.as_str())))
            .collect();
        let parents = nodes
            .iter()
            .map(|node| (node.id.as_str(), node.revises.iter().map(RevisionId::as_str).collect()))
            .collect();
        let dependency = |name: &'a String| *labels.get(name.as_str()).unwrap_or(&name.as_str());
        let dependencies =
            nodes.iter().map(|node| (node.id.as_str(), node.depends_on.iter().map(dependency).collect())).collect();
        Self { parents, dependencies, labels }
    }

    pub(crate) fn ids(&self) -> Vec<&'a str> {
        self.parents.keys().copied().collect()
    }

    pub(crate) fn labels(&self) -> Vec<&'a str> {
        self.labels.keys().copied().collect()
    }

    /// Labels that a revision declares.
    pub(crate) fn declared(&self, id: &str) -> Vec<&'a str> {
        self.labels.iter().filter(|(_, declaring)| **declaring == id).map(|(label, _)| *label).collect()
    }

    pub(crate) fn parents(&self, id: &str) -> Ids<'a> {
        self.parents.get(id).cloned().unwrap_or_default()
    }

    pub(crate) fn children(&self, id: &str) -> Ids<'a> {
        self.parents.iter().filter(|(_, parents)| parents.contains(id)).map(|(child, _)| *child).collect()
    }

    fn needs(&self, id: &str) -> Ids<'a> {
        self.parents(id).into_iter().chain(self.dependencies.get(id).into_iter().flatten().copied()).collect()
    }

    /// Parents, and dependencies that no ancestor along `Revises` declares.
    pub(crate) fn normalized(&self, id: &str) -> Ids<'a> {
        let above: Ids = self.version_ancestors(id).into_iter().filter(|other| *other != id).collect();
        let declared: Ids = above.iter().filter_map(|other| self.dependencies.get(other)).flatten().copied().collect();
        let own = self.dependencies.get(id).into_iter().flatten().copied().filter(|other| !declared.contains(other));
        self.parents(id).into_iter().chain(own).collect()
    }

    /// The revisions and all that they need.
    pub(crate) fn closure(&self, of: Ids<'a>) -> Ids<'a> {
        self.reach(of, |id| self.needs(id))
    }

    pub(crate) fn ancestors(&self, id: &str) -> Ids<'a> {
        self.closure(self.parents.get_key_value(id).map(|(id, _)| *id).into_iter().collect())
    }

    pub(crate) fn descendants(&self, id: &str) -> Ids<'a> {
        self.ids().into_iter().filter(|other| self.ancestors(other).contains(id)).collect()
    }

    /// The revision and its ancestors along `Revises`.
    pub(crate) fn version_ancestors(&self, id: &str) -> Ids<'a> {
        self.reach(self.parents.get_key_value(id).map(|(id, _)| *id).into_iter().collect(), |id| self.parents(id))
    }

    pub(crate) fn lineage(&self, id: &str) -> Ids<'a> {
        let above = self.ids().into_iter().filter(|other| self.version_ancestors(other).contains(id));
        above.chain(self.version_ancestors(id)).collect()
    }

    /// One of two different revisions needs the other, or they are the same.
    pub(crate) fn related(&self, a: &str, b: &str) -> bool {
        self.ancestors(a).contains(b) || self.ancestors(b).contains(a)
    }

    /// Those that no other of them needs.
    pub(crate) fn maximal(&self, of: &Ids<'a>) -> Ids<'a> {
        let below = |id: &&str| of.iter().any(|other| other != id && self.ancestors(other).contains(id));
        of.iter().copied().filter(|id| !below(id)).collect()
    }

    /// Whether the rows are such as an undisturbed database has.
    pub(crate) fn side_by_side(&self, rows: &Ids<'a>) -> bool {
        self.maximal(rows) == *rows
    }

    /// Whether among what its row takes over one is an ancestor of another.
    pub(crate) fn stands_twice(&self, id: &str) -> bool {
        !self.side_by_side(&self.normalized(id))
    }

    /// The ids as the history spells them.
    pub(crate) fn known<'t>(&self, ids: impl IntoIterator<Item = &'t String>) -> Ids<'a> {
        ids.into_iter().filter_map(|id| self.parents.get_key_value(id.as_str()).map(|(id, _)| *id)).collect()
    }

    fn reach(&self, of: Ids<'a>, next: impl Fn(&str) -> Ids<'a>) -> Ids<'a> {
        let mut reached = of.clone();
        let mut open: Vec<&str> = of.into_iter().collect();
        while let Some(id) = open.pop() {
            open.extend(next(id).into_iter().filter(|other| reached.insert(other)));
        }
        reached
    }
}
