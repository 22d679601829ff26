//! The graph of a history: linked once, then asked.

use std::cmp::Reverse;

use super::cycle;
use super::edges::Edges;
use super::id::RevisionId;
use super::names::Names;
use super::normalize;
use super::order;

/// A revision as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Identifier.
    pub id: RevisionId,
    /// Parents; none for a base.
    pub revises: Vec<RevisionId>,
    /// Full identifiers or branch labels of what must be applied before.
    pub depends_on: Vec<String>,
    /// Names of the branch that starts here.
    pub branch_labels: Vec<String>,
}

/// Position of a revision in the order in which the nodes were given.
pub type Index = usize;

/// Something that keeps a history from being whole. As long as there is one, nothing is planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// Several revisions have one identifier; the first given keeps it.
    #[error("revision {id} is there {} times", revisions.len())]
    DuplicateId {
        /// The identifier.
        id: RevisionId,
        /// Those that have it.
        revisions: Vec<Index>,
    },
    /// A parent is not there.
    #[error("revision {id} revises {missing}, which is not there")]
    MissingParent {
        /// The revision that names it.
        revision: Index,
        /// Its identifier.
        id: RevisionId,
        /// What it names.
        missing: RevisionId,
    },
    /// A dependency is neither a revision nor a branch label.
    #[error("revision {id} depends on {missing}, which is not there")]
    MissingDependency {
        /// The revision that names it.
        revision: Index,
        /// Its identifier.
        id: RevisionId,
        /// What it names.
        missing: String,
    },
    /// A revision revises itself.
    #[error("revision {id} revises itself")]
    SelfLoop {
        /// The revision.
        revision: Index,
        /// Its identifier.
        id: RevisionId,
    },
    /// A revision depends on itself.
    #[error("revision {id} depends on itself")]
    DependencySelfLoop {
        /// The revision.
        revision: Index,
        /// Its identifier.
        id: RevisionId,
    },
    /// Revisions revise each other in a circle.
    #[error("revisions {} revise each other in a circle", list(ids))]
    Cycle {
        /// Exactly those on the circle.
        revisions: Vec<Index>,
        /// Their identifiers.
        ids: Vec<RevisionId>,
    },
    /// Revisions need each other in a circle that at least one dependency closes.
    #[error("revisions {} depend on each other in a circle", list(ids))]
    DependencyCycle {
        /// Exactly those on the circle.
        revisions: Vec<Index>,
        /// Their identifiers.
        ids: Vec<RevisionId>,
    },
    /// A branch label that is taken, by another label or as an identifier.
    #[error("{}", if revision == owner && label != id.as_str() {
        format!("revision {id} declares branch label {label} twice")
    } else {
        format!("branch label {label} of revision {id} is already used by revision {owner_id}")
    })]
    DuplicateLabel {
        /// The label.
        label: String,
        /// The revision that declares it once too often.
        revision: Index,
        /// Its identifier.
        id: RevisionId,
        /// The revision that keeps it.
        owner: Index,
        /// Its identifier.
        owner_id: RevisionId,
    },
}

fn list(ids: &[RevisionId]) -> String {
    ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ")
}

impl GraphError {
    /// Returns the code of the finding, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DuplicateId { .. } => "duplicate-revision",
            Self::MissingParent { .. } => "missing-parent",
            Self::MissingDependency { .. } => "missing-dependency",
            Self::SelfLoop { .. } => "self-loop",
            Self::DependencySelfLoop { .. } => "dependency-self-loop",
            Self::Cycle { .. } => "cycle",
            Self::DependencyCycle { .. } => "dependency-cycle",
            Self::DuplicateLabel { .. } => "duplicate-label",
        }
    }

    /// Returns the revisions whose files it is about, the first to be mended first.
    pub fn revisions(&self) -> Vec<Index> {
        match self {
            Self::DuplicateId { revisions, .. }
            | Self::Cycle { revisions, .. }
            | Self::DependencyCycle { revisions, .. } => revisions.clone(),
            Self::MissingParent { revision, .. }
            | Self::MissingDependency { revision, .. }
            | Self::SelfLoop { revision, .. }
            | Self::DependencySelfLoop { revision, .. } => vec![*revision],
            Self::DuplicateLabel { revision, owner, .. } if revision == owner => vec![*revision],
            Self::DuplicateLabel { revision, owner, .. } => vec![*revision, *owner],
        }
    }

    /// Returns what to change.
    pub fn hint(&self) -> String {
        match self {
            Self::DuplicateId { .. } => "give all but one of them a new Revision ID".into(),
            Self::MissingParent { missing, .. } => {
                format!("bring back the file of {missing}, or let `Revises` name a revision that is there")
            }
            Self::MissingDependency { .. } => {
                "let `Depends On` name full revision ids or branch labels that are there".into()
            }
            Self::SelfLoop { .. } => "let `Revises` name its parent, or nothing to make it a base".into(),
            Self::DependencySelfLoop { .. } => "take it out of its own `Depends On`".into(),
            Self::Cycle { .. } => "let the oldest of them revise something older, or nothing".into(),
            Self::DependencyCycle { .. } => "take one `Depends On` out of the circle".into(),
            Self::DuplicateLabel { revision, owner, .. } if revision == owner => "take it out once".into(),
            Self::DuplicateLabel { .. } => "give one of the two branches another label".into(),
        }
    }
}

/// The revisions of a project and how they hang together.
///
/// Everything that can be linked is; what cannot is left out of the edges and named in [`Graph::errors`]. The edges
/// never contain a cycle: of each one the edge that closes it is left out.
#[derive(Debug, Clone)]
pub struct Graph {
    nodes: Vec<Node>,
    names: Names,
    errors: Vec<GraphError>,
    parents: Edges,
    children: Edges,
    dependencies: Edges,
    dependents: Edges,
    normalized_parents: Edges,
    normalized_children: Edges,
    newest_first: Vec<Index>,
    /// Something else declares to revise it, in a cycle or not.
    is_revised: Vec<bool>,
    /// Something else declares to depend on it, in a cycle or not.
    is_needed: Vec<bool>,
}

impl Graph {
    /// Links the revisions. Never fails: what cannot be linked is named in [`Graph::errors`].
    pub fn new(nodes: Vec<Node>) -> Self {
        let mut errors = Vec::new();
        let names = Names::new(&nodes, &mut errors);
        let parents = link_parents(&nodes, &names, &mut errors);
        let dependencies = link_dependencies(&nodes, &names, &mut errors);
        let len = nodes.len();
        let is_revised = targets(len, &parents);
        let is_needed = targets(len, &dependencies);
        let (parents, dependencies) =
            without_cycles(&nodes, names.order(), &is_revised, parents, dependencies, &mut errors);

        let children = parents.reversed(names.order());
        let dependents = dependencies.reversed(names.order());
        let mut roots: Vec<Index> = names.order().to_vec();
        roots.retain(|&i| children.of(i).is_empty() && dependents.of(i).is_empty());
        roots.reverse();
        let oldest_first = order::oldest_first(&roots, len, &dependencies, &parents);
        let normalized_parents = normalize::normalized_parents(&oldest_first, &dependencies, &parents);
        let normalized_children = normalized_parents.reversed(names.order());
        let mut newest_first = oldest_first;
        newest_first.reverse();
        Self {
            nodes,
            names,
            errors,
            parents,
            children,
            dependencies,
            dependents,
            normalized_parents,
            normalized_children,
            newest_first,
            is_revised,
            is_needed,
        }
    }

    /// Returns what keeps the history from being whole.
    pub fn errors(&self) -> &[GraphError] {
        &self.errors
    }

    /// Returns whether anything keeps the history from being whole.
    pub fn is_broken(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Returns the number of revisions.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns whether there is no revision.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns a revision as it was declared.
    ///
    /// # Panics
    /// If the index is not of this graph.
    pub fn node(&self, index: Index) -> &Node {
        &self.nodes[index]
    }

    /// Returns the identifier of a revision.
    ///
    /// # Panics
    /// If the index is not of this graph.
    pub fn id(&self, index: Index) -> &RevisionId {
        &self.nodes[index].id
    }

    /// Returns the revision with exactly this identifier.
    pub fn index_of(&self, id: &str) -> Option<Index> {
        self.names.revision(&self.nodes, id)
    }

    /// Returns the revision that declares exactly this branch label.
    pub fn label(&self, label: &str) -> Option<Index> {
        self.names.label(&self.nodes, label)
    }

    /// Returns the parents, as declared.
    pub fn parents(&self, index: Index) -> &[Index] {
        self.parents.of(index)
    }

    /// Returns the revisions that revise it, by id.
    pub fn children(&self, index: Index) -> &[Index] {
        self.children.of(index)
    }

    /// Returns the dependencies, as declared.
    pub fn dependencies(&self, index: Index) -> &[Index] {
        self.dependencies.of(index)
    }

    /// Returns the revisions that depend on it, by id.
    pub fn dependents(&self, index: Index) -> &[Index] {
        self.dependents.of(index)
    }

    /// Returns the parents and those dependencies that no ancestor declares already: what its version row takes over.
    pub fn normalized_parents(&self, index: Index) -> &[Index] {
        self.normalized_parents.of(index)
    }

    /// Returns the revisions that have it among their normalized parents, by id.
    pub fn normalized_children(&self, index: Index) -> &[Index] {
        self.normalized_children.of(index)
    }

    /// Returns whether nothing revises it.
    pub fn is_head(&self, index: Index) -> bool {
        !self.is_revised[index]
    }

    /// Returns whether nothing revises it but something depends on it.
    pub fn is_effective_head(&self, index: Index) -> bool {
        self.is_head(index) && self.is_needed[index]
    }

    /// Returns whether it declares no parent.
    pub fn is_base(&self, index: Index) -> bool {
        self.nodes[index].revises.is_empty()
    }

    /// Returns whether more than one revision revises it.
    pub fn is_branch_point(&self, index: Index) -> bool {
        self.children(index).len() > 1
    }

    /// Returns whether it revises more than one revision.
    pub fn is_merge_point(&self, index: Index) -> bool {
        let mut revises = self.nodes[index].revises.iter();
        revises.next().is_some_and(|first| revises.any(|other| other != first))
    }

    /// Returns what nothing revises, newest first.
    pub fn heads(&self) -> Vec<Index> {
        self.those(|i| self.is_head(i))
    }

    /// Returns what nothing revises or depends on, newest first: the version rows of a database that has everything.
    pub fn real_heads(&self) -> Vec<Index> {
        self.those(|i| self.is_head(i) && !self.is_needed[i])
    }

    /// Returns what declares no parent, newest first.
    pub fn bases(&self) -> Vec<Index> {
        self.those(|i| self.is_base(i))
    }

    /// Returns what more than one revision revises, newest first.
    pub fn branch_points(&self) -> Vec<Index> {
        self.those(|i| self.is_branch_point(i))
    }

    /// Returns every revision once, children and dependents before what they need, branches together. Depends on
    /// identifiers and edges alone, not on the order in which the nodes were given.
    pub fn newest_first(&self) -> &[Index] {
        &self.newest_first
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    fn those(&self, wanted: impl Fn(Index) -> bool) -> Vec<Index> {
        self.newest_first.iter().copied().filter(|&i| wanted(i)).collect()
    }
}

fn link_parents(nodes: &[Node], names: &Names, errors: &mut Vec<GraphError>) -> Edges {
    let mut taken_by = vec![None; nodes.len()];
    Edges::new(nodes.iter().enumerate().map(|(revision, node)| {
        let mut parents = Vec::with_capacity(node.revises.len());
        for parent in &node.revises {
            match names.revision(nodes, parent.as_str()) {
                _ if *parent == node.id => errors.push(GraphError::SelfLoop { revision, id: node.id.clone() }),
                Some(index) if taken_by[index].replace(revision) == Some(revision) => {}
                Some(index) => parents.push(index),
                None => {
                    errors.push(GraphError::MissingParent { revision, id: node.id.clone(), missing: parent.clone() });
                }
            }
        }
        parents
    }))
}

fn link_dependencies(nodes: &[Node], names: &Names, errors: &mut Vec<GraphError>) -> Edges {
    let mut taken_by = vec![None; nodes.len()];
    Edges::new(nodes.iter().enumerate().map(|(revision, node)| {
        let mut dependencies = Vec::with_capacity(node.depends_on.len());
        for name in &node.depends_on {
            match names.exactly(nodes, name) {
                Some(index) if nodes[index].id == node.id => {
                    errors.push(GraphError::DependencySelfLoop { revision, id: node.id.clone() });
                }
                Some(index) if taken_by[index].replace(revision) == Some(revision) => {}
                Some(index) => dependencies.push(index),
                None => {
                    let (id, missing) = (node.id.clone(), name.clone());
                    errors.push(GraphError::MissingDependency { revision, id, missing });
                }
            }
        }
        dependencies
    }))
}

fn targets(len: usize, edges: &Edges) -> Vec<bool> {
    let mut is_target = vec![false; len];
    for &target in (0..len).flat_map(|i| edges.of(i)) {
        is_target[target] = true;
    }
    is_target
}

/// Names the cycles and takes out the edges that close them.
fn without_cycles(
    nodes: &[Node],
    order: &[Index],
    is_revised: &[bool],
    parents: Edges,
    dependencies: Edges,
    errors: &mut Vec<GraphError>,
) -> (Edges, Edges) {
    let len = nodes.len();
    let both = Edges::new((0..len).map(|i| [parents.of(i), dependencies.of(i)].concat()));
    let mut mixed = cycle::components(len, &both);
    if mixed.is_empty() {
        return (parents, dependencies);
    }
    let mut cycles = cycle::components(len, &parents);
    for members in mixed.iter_mut().chain(&mut cycles) {
        members.sort_by_key(|&i| (&nodes[i].id, i));
    }
    mixed.retain(|members| !cycles.contains(members));
    mixed.sort_by_key(|members| members.first().map(|&i| &nodes[i].id));
    cycles.sort_by_key(|members| members.first().map(|&i| &nodes[i].id));
    let ids = |members: &[Index]| members.iter().map(|&i| nodes[i].id.clone()).collect();
    errors.extend(cycles.into_iter().map(|c| GraphError::Cycle { ids: ids(&c), revisions: c }));
    errors.extend(mixed.into_iter().map(|c| GraphError::DependencyCycle { ids: ids(&c), revisions: c }));

    let mut roots = order.to_vec();
    roots.sort_by_key(|&i| (is_revised[i], Reverse(&nodes[i].id)));
    let mut closing = cycle::closing_edges(&roots, &both);
    closing.sort_unstable();
    let kept = |edges: &Edges| {
        Edges::new((0..len).map(|i| {
            let open = |target: &Index| closing.binary_search(&(i, *target)).is_err();
            edges.of(i).iter().copied().filter(open).collect()
        }))
    };
    (kept(&parents), kept(&dependencies))
}
