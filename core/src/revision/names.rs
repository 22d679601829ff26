//! What revisions can be called by: identifiers and branch labels, sorted.

use super::graph::{GraphError, Index, Node};
use super::id::RevisionId;

/// One thing that a revision can be called by; which text it is, the node knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Name {
    index: Index,
    /// Position among the labels of the node; the identifier if none.
    label: Option<usize>,
}

impl Name {
    fn text(self, nodes: &[Node]) -> &str {
        match self.label {
            Some(label) => &nodes[self.index].branch_labels[label],
            None => nodes[self.index].id.as_str(),
        }
    }
}

/// All names of a graph, each text once.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// Sorted by text.
    names: Vec<Name>,
    /// Those of them that are labels.
    labels: Vec<Name>,
    /// All revisions, sorted by identifier.
    order: Vec<Index>,
}

impl Names {
    /// Collects the names; a text that is there twice stays with the identifier, else with the first given.
    pub(super) fn new(nodes: &[Node], errors: &mut Vec<GraphError>) -> Self {
        let mut order: Vec<Index> = (0..nodes.len()).collect();
        order.sort_by_key(|&i| (&nodes[i].id, i));
        for same in order.chunk_by(|&a, &b| nodes[a].id == nodes[b].id) {
            if let [first, _, ..] = same {
                errors.push(GraphError::DuplicateId { id: nodes[*first].id.clone(), revisions: same.to_vec() });
            }
        }

        let mut all: Vec<Name> = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            all.push(Name { index, label: None });
            all.extend((0..node.branch_labels.len()).map(|label| Name { index, label: Some(label) }));
        }
        all.sort_by_key(|name| (name.text(nodes), name.label.is_some(), name.index, name.label));
        let id = |name: &Name| -> RevisionId { nodes[name.index].id.clone() };
        let mut names: Vec<Name> = Vec::with_capacity(all.len());
        for name in all {
            match names.last() {
                Some(owner) if owner.text(nodes) == name.text(nodes) => {
                    if name.label.is_some() {
                        errors.push(GraphError::DuplicateLabel {
                            label: name.text(nodes).to_owned(),
                            revision: name.index,
                            id: id(&name),
                            owner: owner.index,
                            owner_id: id(owner),
                        });
                    }
                }
                _ => names.push(name),
            }
        }
        let labels = names.iter().copied().filter(|name| name.label.is_some()).collect();
        Self { names, labels, order }
    }

    /// Returns all revisions, sorted by identifier.
    pub(super) fn order(&self) -> &[Index] {
        &self.order
    }

    /// Returns the revision that an identifier or a label names exactly.
    pub(super) fn exactly(&self, nodes: &[Node], text: &str) -> Option<Index> {
        self.find(nodes, text).map(|name| name.index)
    }

    /// Returns the revision with exactly this identifier.
    pub(super) fn revision(&self, nodes: &[Node], id: &str) -> Option<Index> {
        self.find(nodes, id).filter(|name| name.label.is_none()).map(|name| name.index)
    }

    /// Returns the revision that declares exactly this label.
    pub(super) fn label(&self, nodes: &[Node], label: &str) -> Option<Index> {
        self.find(nodes, label).filter(|name| name.label.is_some()).map(|name| name.index)
    }

    /// Returns the names that start with the text and what they name, sorted.
    pub(super) fn starting_with<'a>(
        &'a self,
        nodes: &'a [Node],
        text: &'a str,
    ) -> impl Iterator<Item = (&'a str, Index)> + 'a {
        let start = self.names.partition_point(|name| name.text(nodes) < text);
        let names = self.names[start..].iter().map(|name| (name.text(nodes), name.index));
        names.take_while(move |(name, _)| name.starts_with(text))
    }

    /// Returns every name and what it names, sorted.
    pub(super) fn iter<'a>(&'a self, nodes: &'a [Node]) -> impl Iterator<Item = (&'a str, Index)> + 'a {
        self.names.iter().map(|name| (name.text(nodes), name.index))
    }

    /// Returns every label and the revision that declares it, sorted.
    pub(super) fn labels<'a>(&'a self, nodes: &'a [Node]) -> impl Iterator<Item = (&'a str, Index)> + 'a {
        self.labels.iter().map(|name| (name.text(nodes), name.index))
    }

    /// Returns whether any revision declares a label.
    pub(super) fn has_labels(&self) -> bool {
        !self.labels.is_empty()
    }

    fn find(&self, nodes: &[Node], text: &str) -> Option<Name> {
        let position = self.names.binary_search_by(|name| name.text(nodes).cmp(text)).ok()?;
        self.names.get(position).copied()
    }
}
